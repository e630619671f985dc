"""The app in a real browser: a server of its own, Debian's Chromium, and what a person does with a board."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import numpy as np
import plotly
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright

from regviz.live.board import Board, payload
from regviz.live.component import plotly_address
from regviz.live.modules import JS, css, joined
from tests.node import in_base64

ROOT = Path(__file__).parents[1]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """Debian's Chromium (or another one on the path); REGVIZ_CHROMIUM names it outright."""
    names = (os.environ.get("REGVIZ_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@contextmanager
def read_only_copy() -> Iterator[Path]:
    """The app in a folder to which its owner may not write."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "app"
        folder.mkdir()
        for name in ("pages", "regviz", ".streamlit"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "app.py", folder)
        parts = [folder, *folder.rglob("*")]
        for part in parts:
            part.chmod(0o555 if part.is_dir() else 0o444)
        yield folder
        for part in parts:
            part.chmod(0o755 if part.is_dir() else 0o644)


# What runs a command without root's power to write where the permissions forbid it; others have none.
BOUND = ["setpriv", "--inh-caps=-dac_override", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []


@contextmanager
def serve(script: str = "app.py", folder: Path = ROOT) -> Iterator[str]:
    """Run the app on a free port; yields its address. Its log is in the error if it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [] if folder == ROOT else BOUND.copy()
    command += [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
    command += ["--server.address=127.0.0.1"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                    break
            except OSError:
                if process.poll() is not None:
                    assert process.stdout is not None
                    raise RuntimeError(process.stdout.read().decode()) from None
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def far_away(url: str, seconds: float) -> Iterator[str]:
    """The same server at another address, from which every answer and every question takes so long."""
    target = int(url.rsplit(":", 1)[1])

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            more = True
            while more:
                due, part = await under_way.get()
                await asyncio.sleep(due - clock())
                more = bool(part)
                writer.write(part) if more else writer.close()

        delivery = asyncio.create_task(deliver())
        with suppress(OSError):
            while part := await reader.read(65536):
                under_way.put_nowait((clock() + seconds, part))
        under_way.put_nowait((clock() + seconds, b""))
        with suppress(OSError):
            await delivery

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(carry(reader, there[1]), carry(there[0], writer))

    async def listen() -> None:
        server = await asyncio.start_server(visit, "127.0.0.1", 0)
        listening.set_result((server.sockets[0].getsockname()[1], asyncio.current_task(), asyncio.get_running_loop()))
        with suppress(asyncio.CancelledError):
            await server.serve_forever()

    listening: Future[tuple[int, Any, asyncio.AbstractEventLoop]] = Future()
    thread = Thread(target=lambda: asyncio.run(listen()), daemon=True)
    thread.start()
    port, task, loop = listening.result()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()


@contextmanager
def chromium(driver: Playwright) -> Iterator[Browser]:
    """A headless Chromium; every context of it is another reader's."""
    browser = driver.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield browser
    browser.close()


@contextmanager
def laptop(driver: Playwright) -> Iterator[BrowserContext]:
    """A reader's laptop: it keeps the app's files and their compiled code on disk, and lets it use the clipboard."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        context = driver.chromium.launch_persistent_context(
            profile, executable_path=chromium_path(), args=FLAGS, viewport={"width": 1366, "height": 768}
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield context
        context.close()


def open_board(page: Page, url: str) -> Locator:
    """Go to a page and wait until its board is drawn; the board."""
    page.goto(url)
    board = page.locator(".board")
    board.locator(".plot .overlay path").first.wait_for(state="attached", timeout=60_000)
    page.wait_for_function("() => document.querySelector('[data-test-script-state=notRunning]')")
    return board


MOUNT = """async ([source, css, spec, packed, stay]) => {
  const live = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  const host = document.createElement('div');
  document.body.replaceChildren(host);
  const root = host.attachShadow({ mode: 'open' });
  root.innerHTML = `<style>${css}</style>`;
  const column = (text) => ({ toArray: () => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)) });
  const data = { spec };
  for (const [kind, text] of Object.entries(packed)) data[kind] = { getChild: () => column(text) };
  window.unmount = live.default({ data, parentElement: root });
  if (!stay) window.unmount();
}"""


def mount(page: Page, app_url: str, board: Board, stay: bool = True) -> None:
    """A board alone on an otherwise empty page of the app, with no server behind it; `unmount()` takes it away.

    One that does not `stay` is taken away while it arrives.
    """
    if not page.url.startswith(f"{app_url}/_stcore"):
        page.goto(f"{app_url}/_stcore/health")
    sent = payload(board)
    packed = in_base64(sent)
    spec = sent["spec"] | {"plotly": f"{app_url}/{plotly_address()}"}
    page.evaluate(MOUNT, [joined("streamlit.js"), css(), spec, packed, stay])


PLAIN = """<!doctype html>
<meta charset="utf-8">
<title>Two boards</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="live.css">
<main></main>
<aside></aside>
<script type="module">
  import { mount } from "./js/page.js";
  import { Address } from "./js/position.js";

  const payload = await (await fetch("payload.json")).json();
  const [main, aside] = document.querySelectorAll("main, aside");
  mount(main, payload, { plotly: "plotly.min.js", position: new Address() });
  window.unmount = mount(aside, payload, { plotly: "plotly.min.js" });
</script>
"""


class Quiet(SimpleHTTPRequestHandler):
    """Files of a folder, and no word about it."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


@contextmanager
def plain_page(board: Board) -> Iterator[str]:
    """One HTML file beside the modules, the looks, plotly.js and a payload; its address on a server of its own."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        shutil.copytree(JS, folder / "js")
        shutil.copy(JS.with_name("live.css"), folder)
        (folder / "plotly.min.js").symlink_to(Path(plotly.__file__).parent / "package_data" / "plotly.min.js")
        (folder / "index.html").write_text(PLAIN, encoding="utf-8")
        sent = payload(board)
        (folder / "payload.json").write_text(json.dumps({"spec": sent["spec"], **in_base64(sent)}), encoding="utf-8")
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=place)) as server:
            Thread(target=server.serve_forever, daemon=True).start()
            yield f"http://127.0.0.1:{server.server_address[1]}/"
            server.shutdown()


REST = """(quiet) => new Promise((resolve, reject) => {
  // Nothing has changed for so many milliseconds, in the page or in a board, and the server is not at work.
  const watched = new Set();
  let timer;
  const wait = () => { clearTimeout(timer); timer = setTimeout(look, quiet); };
  const observer = new MutationObserver(wait);
  const look = () => {
    const boards = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean);
    const fresh = [document, ...boards].filter((root) => !watched.has(root));
    for (const root of fresh) {
      watched.add(root);
      observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    }
    if (fresh.length || document.querySelector('[data-test-script-state=running]')) return wait();
    observer.disconnect();
    resolve();
  };
  setTimeout(() => reject(new Error('the page never came to rest')), 90_000);
  look();
})"""


def settle(page: Page) -> None:
    """Wait until nothing is left to run, on the server and in the browser."""
    page.evaluate(REST, 400)  # a board rests 300 ms after its sliders


def value_of(page: Page, axis: str) -> str:
    """What the box beside a slider says."""
    return page.get_by_label(f"{axis}, typed value").input_value()


def drawn(page: Page) -> list[str]:
    """Everything that moves, as drawn."""
    paths: list[str] = page.locator(".overlay path").evaluate_all("paths => paths.map((p) => p.getAttribute('d'))")
    return paths


def at_rest(page: Page) -> dict[str, list[dict[str, Any]]]:
    """The coordinates that Plotly holds for every figure that is on screen."""
    held: dict[str, list[dict[str, Any]]] = page.locator(".cell[data-figure]").evaluate_all(
        """cells => Object.fromEntries(cells.filter((c) => c.querySelector('.still').data).map((c) =>
          [c.dataset.figure, c.querySelector('.still').data.map((t) => ({x: [...t.x], y: [...t.y]}))]))"""
    )
    return held


def assert_same_coordinates(figure: dict[str, Any], seen: list[dict[str, Any]], share: float) -> None:
    """What Plotly holds is what Python draws, to a share of the largest coordinate."""
    for expected, got in zip(figure["data"], seen, strict=True):
        for key in ("x", "y"):
            want = np.asarray(expected[key], dtype=float).ravel()
            have = np.array([np.nan if v is None else v for v in got[key]], dtype=float)
            scale = np.nanmax(np.abs(want), initial=1e-30)
            np.testing.assert_allclose(have, want, atol=share * scale, err_msg=f"{expected['name']} {key}")


LOOKS: tuple[tuple[int, int, Any], ...] = ((1366, 768, "light"), (390, 844, "dark"))


def assert_good_looks(page: Page) -> None:
    """On a laptop and on a phone in the dark: nothing is wider than the screen, and axe-core finds nothing."""
    found: list[str] = []
    for width, height, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.locator(f".board[data-mode={scheme}]").wait_for(state="attached")
        settle(page)
        wide = page.evaluate("() => document.documentElement.scrollWidth")
        main = page.get_by_test_id("stMain").evaluate("e => [e.scrollWidth, e.clientWidth]")
        assert wide <= width, scheme
        assert main[0] <= main[1], scheme
        for box in page.locator(".cell").evaluate_all("cells => cells.map((c) => c.getBoundingClientRect().toJSON())"):
            assert 0 <= box["left"] <= box["right"] <= width, scheme
        run = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
        found += [
            f"{scheme} {violation['id']}: {node['html'][:200]}"
            for violation in run.response["violations"]
            for node in violation["nodes"]
            if not _streamlits_own(str(node["html"]) + str(node["target"]))
        ]
    assert not found, "\n".join(found)


def _streamlits_own(node: str) -> bool:
    """Marks of elements that Streamlit draws around the app and that no page can change."""
    return any(mark in node for mark in ("stSidebarCollapse", "stAppViewContainer", "stExpandSidebar", "stToolbar"))


def slider(page: Page, axis: str) -> Locator:
    """The slider of an axis, by the words of its label."""
    return page.locator(".axis", has=page.locator("label", has_text=axis)).locator("input.range")


def drag(page: Page, axis: str, path: Callable[[float], float], seconds: float, release: bool = True) -> None:
    """Press the thumb where it is and move it, as fast as the browser takes it, to path(elapsed / seconds).

    `path` maps 0 … 1 to a share of the track.
    """
    handle = slider(page, axis)
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    inset = 12  # half a thumb
    y = box["y"] + box["height"] / 2

    def place(share: float) -> float:
        return box["x"] + inset + share * (box["width"] - 2 * inset)

    page.mouse.move(place(handle.evaluate("e => (e.value - e.min) / (e.max - e.min)")), y)
    page.mouse.down()
    start = time.perf_counter()
    while (share := (time.perf_counter() - start) / seconds) < 1:
        page.mouse.move(place(path(share)), y)
    page.mouse.move(place(path(1.0)), y)
    if release:
        page.mouse.up()


WATCH = """() => {
  // Counts distinct pictures painted, and the time from an input event to the first task after the frame that shows it.
  const root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).find((r) => r?.querySelector('.board'));
  const watch = (window.watch = { pictures: [], latency: [] });
  const range = root.querySelector('.board');  // whichever slider moves
  let pending = null;
  const moved = (event) => { pending ??= event.timeStamp; };
  range.addEventListener('input', moved, true);
  root.querySelector('.handle')?.addEventListener('pointermove', moved, true);
  const onScreen = (cell) => cell.getBoundingClientRect().bottom > 0 && cell.getBoundingClientRect().top < innerHeight;
  const cells = [...root.querySelectorAll('.cell')].filter(onScreen);
  const paths = () => cells.flatMap((cell) => [...cell.querySelectorAll('.overlay path')]).slice(0, 30);
  const drawn = () => paths().map((p) => p.getAttribute('d')).join('|');
  let [seen, shown] = [drawn(), null];
  const channel = new MessageChannel();
  let asked = null;
  channel.port1.onmessage = () => {
    const now = drawn();
    if (now !== shown && asked !== null) watch.latency.push(performance.now() - asked);
    if (now !== shown) [shown, asked] = [now, null];
  };
  const frame = (now) => {
    // Nobody has drawn in this frame yet: the overlay holds what the last one has painted.
    const painted = drawn();
    if (painted !== seen) watch.pictures.push(now);
    seen = painted;
    if (pending !== null) { asked ??= pending; pending = null; }
    channel.port2.postMessage(0);
    watch.handle = requestAnimationFrame(frame);
  };
  shown = seen;
  frame(performance.now());
}"""
