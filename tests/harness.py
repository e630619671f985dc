"""The app in a real browser: a server of its own, Debian's Chromium, and what a person does with a board."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

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
def serve(script: str = "app.py") -> Iterator[str]:
    """Run the app on a free port; yields its address. Its log is in the error if it does not start."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
    command += ["--server.address=127.0.0.1"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
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
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


def open_board(page: Page, url: str) -> Locator:
    """Go to a page and wait until its board is drawn; the board."""
    page.goto(url)
    board = page.locator(".board")
    board.locator(".plot .overlay path").first.wait_for(state="attached", timeout=60_000)
    page.wait_for_function("() => !document.querySelector('[data-testid=stStatusWidget]')")
    return board


def slider(page: Page, axis: str) -> Locator:
    """The slider of an axis, by the words of its label."""
    return page.locator(".axis", has=page.get_by_text(axis)).locator("input.range")


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
  // Counts distinct pictures painted, and the time from an input event to the frame that shows it.
  const root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).find((r) => r?.querySelector('.board'));
  const watch = (window.watch = { pictures: [], latency: [], first: 0, last: 0 });
  const range = root.querySelector('.board');  // whichever slider moves
  let pending = null;
  const moved = (event) => { pending ??= event.timeStamp; watch.first ||= event.timeStamp; };
  range.addEventListener('input', moved, true);
  root.querySelector('.handle')?.addEventListener('pointermove', moved, true);
  const paths = () => [...root.querySelectorAll('.cell .overlay path')].slice(0, 30);
  const path = () => paths().map((p) => p.getAttribute('d')).join('|');
  let seen = path();
  const channel = new MessageChannel();
  let asked = null;
  channel.port1.onmessage = () => {
    // First task after the frame was produced: what the overlay holds now is on screen.
    const now = performance.now();
    const drawn = path();
    if (drawn !== seen) {
      seen = drawn;
      watch.pictures.push(now);
      watch.last = now;
      if (asked !== null) watch.latency.push(now - asked);
      asked = null;
    }
  };
  const frame = () => {
    if (pending !== null) { asked ??= pending; pending = null; }
    channel.port2.postMessage(0);
    watch.handle = requestAnimationFrame(frame);
  };
  frame();
}"""
