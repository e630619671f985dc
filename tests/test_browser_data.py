"""All pages but the first two and Network in a real browser, and what one takes home."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from regviz.fits.penalties import PENALTIES
from regviz.live.board import Board, LiveFigure, Ref
from regviz.scenes.choosing import board as choosing_figures
from regviz.scenes.choosing.sweep import choosing, open_vault
from regviz.scenes.decay import board as decay_figures
from regviz.scenes.decay.sweep import decay_runs
from regviz.scenes.outliers import board as outlier_figures
from regviz.scenes.outliers.sweep import outliers
from regviz.scenes.paths import board as path_figures
from regviz.scenes.paths.settings import PathsSettings
from regviz.scenes.paths.sweep import paths
from regviz.scenes.variance import board as variance_figures
from regviz.scenes.variance.sweep import variance
from regviz.settings import Knobs, Settings
from tests.harness import WATCH, assert_same_coordinates, drag, drawn, open_board, settle, slider, value_of

TALL = {"width": 1366, "height": 2600}  # all figures are on screen
BUILD = {
    "paths": lambda settings: path_figures.board(
        paths(Settings.of(settings), None, getattr(settings, "path_axis", "alpha"))
    ),
    "choosing": lambda settings: choosing_figures.board(choosing(settings)),
    "variance": lambda settings: variance_figures.board(variance(settings)),
    "outliers": lambda settings: outlier_figures.board(outliers(settings)),
    "weight_decay": lambda settings: decay_figures.board(decay_runs(settings)),
}


@cache
def board_of(name: str, settings: Knobs) -> Board:
    return BUILD[name](settings)


def query_of(settings: Knobs, position: dict[str, str]) -> str:
    """The URL of a picture."""
    default, knobs = type(settings)(), settings.knobs()
    told = {name: getattr(settings, name) for name in knobs if getattr(settings, name) != getattr(default, name)}
    pairs = {name: knobs[name].written(value) for name, value in told.items()} | position
    return "&".join(f"{name}={value.replace(' ', '+')}" for name, value in pairs.items())


def figure_of(board: Board, name: str) -> LiveFigure:
    return next(figure for figure in board.figures if figure.name == name)


def at_stop(board: Board, page: Page) -> dict[str, int]:
    """The index at which the page's sliders stand."""
    return board.index({axis.name: value_of(page, axis.label) for axis in board.axes})


def frames_sent(page: Page) -> list[Any]:
    """Everything that the browser will tell the server."""
    sent: list[Any] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: sent.append(frame))

    page.on("websocket", listen)
    return sent


# -- moving

CURSORS = r"""() => {
  // In every frame: what the slider says, and where the cursor of each chart stands, as a share of its width.
  const root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).find((r) => r?.querySelector('.board'));
  const areas = [...root.querySelectorAll('.cell')].filter((c) => /^(path|freedom)_/.test(c.dataset.figure))
    .map((c) => [c.dataset.figure, c.querySelector('.overlay > svg')]);
  const upright = /^M([-\d.]+) [-\d.]+L([-\d.]+) [-\d.]+$/;
  const cursor = (area) => {
    const ends = [...area.querySelectorAll('path')].map((p) => upright.exec(p.getAttribute('d'))).filter(Boolean);
    return ends.find((m) => m[1] === m[2])[1] / area.width.baseVal.value;
  };
  window.cursors = [];
  const look = () => {
    const places = Object.fromEntries(areas.map(([name, area]) => [name, cursor(area)]));
    window.cursors.push([root.querySelector('.typed').value, places]);
    requestAnimationFrame(look);
  };
  look();
}"""


def test_the_cursor_is_in_the_same_place_of_all_charts_in_every_frame(page: Page, app_url: str) -> None:
    """In each frame of a drag, all six cursors stand where Python puts the λ that the slider shows."""
    settings = PathsSettings(match="df")  # each penalty has a λ, and so a place, of its own
    board = board_of("paths", settings)
    sent = frames_sent(page)
    page.set_viewport_size(TALL)
    open_board(page, f"{app_url}/paths?{query_of(settings, {})}")
    settle(page)
    address = page.url
    sent.clear()
    page.evaluate(CURSORS)
    drag(page, board.axes[0].label, lambda share: 0.5 + 0.45 * share, 1.2, release=False)
    samples = page.evaluate("() => window.cursors")
    assert not sent, "a drag is nobody's business but the browser's"
    assert page.url == address
    page.mouse.up()
    assert len({typed for typed, _ in samples}) >= 15, "new pictures while the pointer was down"
    strength, ratio = board.axes
    for typed, places in samples:
        index = {strength.name: strength.text.index(typed), ratio.name: ratio.default}
        assert len(places) == 6
        for key, entry in PENALTIES.items():
            place = float(board.read(Ref("place", entry.pin), index).ravel()[0])
            for kind in ("path", "freedom"):
                low, high = figure_of(board, f"{kind}_{key}").figure["layout"]["xaxis"]["range"]
                assert places[f"{kind}_{key}"] == pytest.approx((place - low) / (high - low), abs=5e-4), (typed, key)


def pixels_of(page: Page, figure: str, places: list[float]) -> list[tuple[float, float]]:
    """Where some x stand on screen, at the middle height of a figure."""
    found: list[tuple[float, float]] = page.locator(f"[data-figure={figure}]").evaluate(
        """(cell, places) => {
          const { xaxis, yaxis } = cell.querySelector('.still')._fullLayout;
          const box = cell.querySelector('.plot').getBoundingClientRect();
          const y = box.top + yaxis._offset + yaxis._length / 2;
          return places.map((x) => [box.left + xaxis._offset + xaxis.d2p(x), y]);
        }""",
        places,
    )
    return found


@pytest.mark.parametrize(("name", "figure"), [("paths", "path_mix"), ("choosing", "map")])
def test_a_drag_inside_a_chart_moves_the_strength(page: Page, app_url: str, name: str, figure: str) -> None:
    board = board_of(name, Settings())
    strength = board.axes[0]
    sent = frames_sent(page)
    open_board(page, f"{app_url}/{name}")
    page.locator(f"[data-figure={figure}]").scroll_into_view_if_needed()
    settle(page)
    scrub = figure_of(board, figure).scrub
    assert scrub is not None
    places = board.read(scrub[1], board.index({})).ravel()
    start, goal = len(places) // 2, len(places) // 2 + 20
    x, y = pixels_of(page, figure, [float(places[start])])[0]
    sent.clear()
    page.evaluate(WATCH)
    address = page.url
    page.mouse.move(x, y)
    page.mouse.down()
    page.wait_for_timeout(60)
    assert value_of(page, strength.label) == strength.text[start], "where it is pressed, λ comes"
    for x, y in pixels_of(page, figure, [float(place) for place in places[start : goal + 1]]):
        page.mouse.move(x, y)
        page.wait_for_timeout(20)
    assert page.evaluate("() => window.watch.pictures.length") >= 8
    assert value_of(page, strength.label) == strength.text[goal]
    assert page.url == address
    assert not sent
    page.mouse.up()
    page.wait_for_url(f"**alpha={strength.text[goal]}*")


def test_a_finger_scrolls_up_and_down_and_moves_the_strength_sideways(browser: Browser, app_url: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    board = board_of("paths", PathsSettings())
    label = board.axes[0].label
    open_board(page, f"{app_url}/paths")
    settle(page)
    client = context.new_cdp_session(page)
    plot = page.locator("[data-figure=path_l1] .plot")
    assert plot.evaluate("e => getComputedStyle(e).touchAction") == "pan-y"

    def swipe(across: float, down: float) -> None:
        """A finger from the lower middle of the first chart."""
        box = plot.bounding_box()
        assert box is not None
        x, y = box["x"] + 0.4 * box["width"], box["y"] + 0.8 * box["height"]
        for k in range(21):
            kind = "touchMove" if k else "touchStart"
            points = [{"x": x + across * k / 20, "y": y + down * k / 20}]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            page.wait_for_timeout(16)
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        settle(page)

    def scrolled() -> float:
        return float(page.locator("[data-testid=stMain]").evaluate("e => e.scrollTop"))

    before, address, top = value_of(page, label), page.url, scrolled()
    swipe(10, -160)
    assert scrolled() > top + 80, "the page scrolls"
    assert value_of(page, label) == before, "and λ stays"
    assert page.url == address
    top = scrolled()
    swipe(150, 6)
    assert abs(scrolled() - top) < 3, "the page stays"
    assert float(value_of(page, label)) > float(before), "and λ moves"
    page.wait_for_url(f"**alpha={value_of(page, label)}*")
    context.close()


# -- the picture

HELD = """cells => Object.fromEntries(cells.map((c) => [c.dataset.figure, c.querySelector('.still').data.map(
  (t) => ({x: [...t.x], y: [...t.y], z: t.z && t.z.map((row) => [...row]), text: t.text}))]))"""
CURSOR_NAMES = ("λ of the slider", "height of the outlier")
PICTURES: tuple[tuple[str, dict[str, Any], tuple[dict[str, str], ...]], ...] = (
    ("paths", {}, ({"alpha": "0.0045", "l1_ratio": "0.5"}, {"alpha": "0", "l1_ratio": "0"})),
    ("paths", {"data": "diabetes", "n_samples": 200, "path_axis": "norm"}, ({"alpha": "9", "l1_ratio": "1"},)),
    ("choosing", {}, ({"alpha": "0.02", "l1_ratio": "0.3"}, {"alpha": "0", "l1_ratio": "1"})),
    ("variance", {}, ({"alpha": "0.03", "l1_ratio": "0.8"}, {"alpha": "0", "l1_ratio": "0.5"})),
    ("variance", {"data": "groups", "n_samples": 60}, ({"alpha": "0.06", "l1_ratio": "0"},)),
    ("outliers", {}, ({"outlier": "-2", "share": "0.3"}, {"outlier": "4", "share": "0"})),
    (
        "weight_decay",
        {},
        ({"alpha": "0.02", "step": "40", "weight": "3"}, {"alpha": "0", "step": "300", "weight": "16"}),
    ),
)


@pytest.mark.parametrize(("name", "knobs", "positions"), PICTURES)
def test_the_picture_is_the_one_that_python_draws(
    page: Page, app_url: str, name: str, knobs: dict[str, Any], positions: tuple[dict[str, str], ...]
) -> None:
    """All coordinates, cells and words, and every cursor stands where Plotly would put it: by URL, and after typing."""
    settings = (PathsSettings if name == "paths" else Settings)(**knobs)
    board = board_of(name, settings)
    page.set_viewport_size(TALL)
    open_board(page, f"{app_url}/{name}?{query_of(settings, positions[0])}")
    for position in positions:
        for axis in board.axes:
            typed = page.get_by_label(f"{axis.label}, typed value")
            typed.fill(position[axis.name])
            typed.press("Enter")
        settle(page)
        index = board.index(position)
        assert at_stop(board, page) == index
        seen = page.locator(".cell[data-figure]").evaluate_all(HELD)
        assert set(seen) == {figure.name for figure in board.figures}
        for figure in board.figures:
            assert_drawn(figure.at(board, index), seen[figure.name], page.locator(f"[data-figure={figure.name}]"))
        for readout in board.readouts:
            values = page.locator(f"[data-card={readout.name}] dd").all_inner_texts()
            assert values == [board.say(template, index) for _, template, _ in readout.rows]


def assert_drawn(drawn: dict[str, Any], seen: list[dict[str, Any]], cell: Locator) -> None:
    """Plotly holds what Python draws, cells of maps and words included, and the cursor stands where it should."""
    assert_same_coordinates(drawn, seen, 2e-5)
    for expected, got in zip(drawn["data"], seen, strict=True):
        if "z" in expected:
            np.testing.assert_allclose(got["z"], expected["z"], atol=2e-5 * np.abs(expected["z"]).max())
        if isinstance(expected.get("text"), list):
            assert got["text"] == expected["text"], expected["name"]
    assert_cursor(cell, drawn)


def assert_cursor(cell: Locator, drawn: dict[str, Any]) -> None:
    """The cursor of a figure, if it has one, is drawn where Plotly's scale puts its coordinate."""
    x = next((trace["x"][0] for trace in drawn["data"] if trace["name"] in CURSOR_NAMES), None)
    if x is None:
        return
    pixel, lines = cell.evaluate(
        r"""(cell, x) => [cell.querySelector('.still')._fullLayout.xaxis.d2p(x),
          [...cell.querySelectorAll('.overlay path')].map((p) => /^M(\S+) \S+L(\S+) \S+$/.exec(p.getAttribute('d')))
            .filter((m) => m && m[1] === m[2]).map((m) => +m[1])]""",
        float(x),
    )
    assert min(abs(line - pixel) for line in lines) < 0.02


def ramp(scale: list[list[Any]], share: NDArray[np.float64]) -> NDArray[np.float64]:
    """The colour (n, 3) of a share of a colour scale."""
    stops = [stop for stop, _ in scale]
    colours = np.array([[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for _, colour in scale], dtype=float)
    return np.column_stack([np.interp(np.clip(share, 0, 1), stops, colours[:, k]) for k in range(3)])


def test_a_map_has_the_colour_of_each_cell_in_its_place(page: Page, app_url: str) -> None:
    """Where the axes put (λ, degree), the canvas has the colour of that cell; also after the ratio has moved."""
    board = board_of("choosing", Settings())
    page.set_viewport_size(TALL)
    open_board(page, f"{app_url}/choosing?l1_ratio=0.8")
    slider(page, "L1 ratio").press("Home")
    settle(page)
    for name in ("degrees_l1", "degrees_mix", "map"):
        drawn = figure_of(board, name).at(board, board.index({"l1_ratio": "0"}))["data"][0]
        rows, columns = drawn["z"].shape
        rng = np.random.default_rng(0)
        picked = [(0, 0), (rows - 1, columns - 1), (0, columns - 1), (rows - 1, 0), (1, 1)]
        picked += [(int(rng.integers(rows)), int(rng.integers(columns))) for _ in range(40)]
        places = [[float(drawn["x"][j]), float(drawn["y"][i])] for i, j in picked]
        found = page.locator(f"[data-figure={name}]").evaluate(PIXELS, places)
        assert max(found["spill"]) <= 0.5, "it stays between the axes"
        z = np.array([drawn["z"][i, j] for i, j in picked])
        expected = ramp(drawn["colorscale"], (z - drawn["zmin"]) / (drawn["zmax"] - drawn["zmin"]))
        colours = np.array(found["colours"])
        assert np.all(colours[:, 3] == 255)
        np.testing.assert_allclose(colours[:, :3], expected, atol=4, err_msg=name)


PIXELS = """(cell, places) => {
  // The colours of a map at some places of its axes, and by how much it leaves the axes on each side.
  const canvas = cell.querySelector('canvas'), context = canvas.getContext('2d');
  const { xaxis, yaxis } = cell.querySelector('.still')._fullLayout;
  const [box, plot] = [canvas, cell.querySelector('.plot')].map((e) => e.getBoundingClientRect());
  const [left, top] = [box.left - plot.left - xaxis._offset, box.top - plot.top - yaxis._offset];
  const colours = places.map(([x, y]) => {
    const across = ((xaxis.d2p(x) - left) / box.width) * canvas.width;
    const down = ((yaxis.d2p(y) - top) / box.height) * canvas.height;
    return [...context.getImageData(Math.floor(across), Math.floor(down), 1, 1).data];
  });
  return { colours, spill: [-left, -top, left + box.width - xaxis._length, top + box.height - yaxis._length] };
}"""


def test_names_of_features_stand_as_they_are(page: Page, app_url: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 3))
    rows = np.column_stack([X, X @ [3.0, -2.0, 1.0] + rng.normal(size=40)])
    text = "<b>wide</b>,a & b,plain,y\n" + "\n".join(",".join(f"{v:.4f}" for v in row) for row in rows)
    open_board(page, f"{app_url}/paths?data=Your+own+CSV")
    upload = {"name": "own.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("[data-testid=stFileUploader] input").set_input_files(upload)
    expect(page.locator("[data-card=entries_l1]")).to_contain_text("a & b")
    settle(page)
    words = page.locator("[data-figure=path_l2] .overlay text").all_text_contents()
    assert {"<b>wide</b>", "a & b", "plain"} <= set(words)
    expect(page.locator("[data-card=entries_l1]")).to_contain_text("<b>wide</b>")


# -- choosing


def test_the_menu_goes_to_the_chosen_strength(page: Page, app_url: str) -> None:
    board = board_of("choosing", Settings())
    open_board(page, f"{app_url}/choosing")
    menu = page.get_by_label(board.menu)
    assert menu.locator("option").all_inner_texts() == ["choose", *(label for label, _ in board.presets)]
    for label, place in (board.presets[0], board.presets[3], board.presets[-1]):
        menu.select_option(label)
        page.wait_for_timeout(60)
        for axis in board.axes:
            if axis.name in place:
                assert value_of(page, axis.label) == axis.text[axis.nearest(place[axis.name])]
        page.wait_for_url(f"**alpha={value_of(page, board.axes[0].label)}*")
        expect(menu.locator("option:checked")).to_have_text(label)
    slider(page, board.axes[0].label).press("ArrowLeft")
    expect(menu.locator("option:checked")).to_have_text("choose")  # the sliders have left that place


def test_the_vault_is_closed_until_it_is_opened_and_counts(page: Page, app_url: str) -> None:
    received: list[bytes] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(bytes(frame))))
    settings = Settings()
    board = board_of("choosing", settings)
    open_board(page, f"{app_url}/choosing?alpha=0.01&l1_ratio=0.3")
    assert received
    assert not any(b"test error" in frame for frame in received), "nothing of it has left the server"
    expect(page.locator("[data-testid=stDataFrame]")).to_have_count(0)
    opened = []
    for count in (1, 2):
        page.get_by_role("button", name="Open the vault").click()
        position = {axis.name: float(value_of(page, axis.label)) for axis in board.axes}
        found = open_vault(settings, None, position["alpha"], position["l1_ratio"])
        assert found is not None
        opened.append(found)
        told = "once" if count == 1 else "2 times"
        expect(page.get_by_text(re.compile(f"Opened {told}"))).to_be_visible()
        shown = [str(v) for row in choosing_figures.vault_table(opened) for v in row.values()]
        expect(page.locator("[data-testid=stDataFrame] canvas td")).to_have_text(shown)
        slider(page, board.axes[0].label).press("PageUp")
        settle(page)
    assert opened[0].test != opened[1].test
    page.get_by_role("button", name="New", exact=True).click()  # other rows: a new vault
    expect(page.locator("[data-testid=stDataFrame]")).to_have_count(0)


def test_tuning_on_the_test_set_is_a_switch_in_the_url(page: Page, app_url: str) -> None:
    open_board(page, f"{app_url}/choosing")
    figure = page.locator("[data-figure=optimism]")
    expect(figure).to_have_count(0)
    page.get_by_text("Show what tuning on the test set would buy").click()
    page.wait_for_url("**tune_on_test=true*")
    expect(figure.locator(".title")).to_have_text("By how much the reported error is off the true one", timeout=20_000)
    expect(page.get_by_text(re.compile("Chosen on the test set"))).to_be_visible()


# -- outliers


def rings(page: Page) -> dict[str, float]:
    """The height of the outlier in each picture, read off the ring on screen."""
    return {
        cell.get_attribute("data-figure") or "": cell.evaluate(
            """cell => {
              const { yaxis } = cell.querySelector('.still')._fullLayout;
              const box = cell.querySelector('.overlay > svg > path').getBBox();
              return yaxis.p2d(box.y + box.height / 2);
            }"""
        )
        for cell in page.locator("[data-figure^=fit_]").all()
    }


def test_the_outlier_is_dragged_in_one_picture_and_moves_in_all(page: Page, app_url: str) -> None:
    board = board_of("outliers", Settings())
    height = board.axes[0]
    sent = frames_sent(page)
    page.set_viewport_size({"width": 1366, "height": 1500})
    open_board(page, f"{app_url}/outliers")
    settle(page)
    assert len(rings(page)) == 6
    cell = page.locator("[data-figure=fit_huber_l2]")
    ring = cell.locator(".overlay > svg > path").first.bounding_box()
    box = cell.locator(".handle").bounding_box()
    assert box is not None
    assert ring is not None
    assert box["y"] + box["height"] / 2 == pytest.approx(ring["y"] + ring["height"] / 2, abs=0.5), "it is at the ring"
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    sent.clear()
    page.evaluate(WATCH)
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(30):
        page.mouse.move(x + k, y + 2 * k)
        page.wait_for_timeout(12)
    assert page.evaluate("() => window.watch.pictures.length") >= 8
    assert not sent
    now = float(value_of(page, height.label))
    assert now < height.values[height.default] - 2
    assert rings(page) == pytest.approx(dict.fromkeys(rings(page), now), abs=0.02)
    page.mouse.up()
    page.wait_for_url(f"**outlier={value_of(page, height.label)}*")
    handle = slider(page, height.label)
    handle.focus()
    handle.press("ArrowRight")
    page.wait_for_timeout(60)
    up = float(height.values[height.nearest(now) + 1])
    assert float(value_of(page, height.label)) == up
    assert rings(page) == pytest.approx(dict.fromkeys(rings(page), up), abs=0.02)


# -- taking it home


@pytest.mark.parametrize(("name", "data"), [("", "Sine"), ("paths", "Sparse+truth")])
def test_the_receipt_makes_the_same_numbers(page: Page, app_url: str, tmp_path: Path, name: str, data: str) -> None:
    """A drag, a click, and what fit.py then prints are the weights in the picture; its link reopens them."""
    page.set_viewport_size(TALL)
    open_board(page, f"{app_url}/{name}?data={data}&l1_ratio=0.4")
    drag(page, "Strength λ", lambda share: 0.6 + 0.1 * share, 0.3)
    settle(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Receipt").click()
    assert waiting.value.suggested_filename == "regviz-receipt.zip"
    zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())).extractall(tmp_path)
    printed = subprocess.run(
        [sys.executable, "fit.py"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    weights = printed.splitlines()[1:16]
    table = np.array([[float(v) for v in line[24:].split()] for line in weights])
    names = [line[:24].strip() for line in weights]
    for column, key in enumerate(("l1", "mix", "l2")):
        bars = page.locator(f"[data-figure=weights_{key}] .still").evaluate(
            "gd => { const t = gd.data.find((t) => / weights$/.test(t.name)); return [...t.customdata]; }"
        )
        np.testing.assert_allclose(table[:, column], bars, atol=2e-6 * np.abs(bars).max())
    tick = ".xtick" if name == "" else ".ytick"
    assert set(page.locator(f"[data-figure=weights_l1] .still {tick}").all_text_contents()) == set(names)
    readme = (tmp_path / "README.txt").read_text(encoding="utf-8")
    link = re.search(r"http\S+", readme)
    assert link is not None
    shown = [value_of(page, label) for label in ("Strength λ", "L1 ratio of your mix")]
    heading = page.locator("[data-card=heading_mix]").inner_text()
    open_board(page, link[0])
    assert [value_of(page, label) for label in ("Strength λ", "L1 ratio of your mix")] == shown
    assert page.locator("[data-card=heading_mix]").inner_text() == heading


# -- from page to page


def test_data_and_sliders_stay_from_page_to_page(page: Page, app_url: str) -> None:
    open_board(page, f"{app_url}/?degree=9&noise=0.4&n_samples=210&data=Sine&n_splits=7&correlation=0.9")
    typed, ratio = (page.get_by_label(f"{label}, typed value") for label in ("Strength λ", "L1 ratio of your mix"))

    def go(title: str) -> None:
        page.get_by_test_id("stSidebar").get_by_role("link", name=title, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"RegViz · {title}")
        page.locator(".board .plot .overlay path").first.wait_for(state="attached", timeout=30_000)
        settle(page)

    slider(page, "L1 ratio").press("ArrowRight")
    drag(page, "Strength λ", lambda share: 0.6 + 0.2 * share, 0.3)
    settle(page)
    strength = value_of(page, "Strength λ")
    assert f"alpha={strength}&" in page.url
    for title in ("Paths", "Choose λ", "Bias & variance"):
        steps = page.evaluate("() => history.length")
        go(title)
        assert page.evaluate("() => history.length") == steps + 1, "one step back leads back"
        for field in ("degree=9", "noise=0.4", "n_samples=210", "n_splits=7", "correlation=0.9"):
            assert page.url.count(field) == 1, title
        expect(ratio).to_have_value("0.6")
        if title == "Bias & variance":  # which has every other stop
            assert float(typed.input_value()) == pytest.approx(float(strength), rel=0.3)
        else:
            expect(typed).to_have_value(strength)
    page.get_by_text("Standardise the features").click()
    page.wait_for_url("**standardize=false*")
    settle(page)
    page.go_back()  # to what was seen there
    expect(page.get_by_role("heading", level=1)).to_have_text("RegViz · Choose λ")
    expect(page.get_by_role("switch", name="Standardise the features")).to_be_checked()
    settle(page)
    assert "standardize" not in page.url
    assert page.url.count("noise=0.4") == page.url.count("n_samples=210") == 1
    go("Geometry")
    expect(typed).not_to_have_value(strength)  # another λ of another problem
    assert "n_samples" not in page.url
    assert "correlation" not in page.url
    slider(page, "Strength λ").press("End")
    slider(page, "Correlation").press("Home")
    settle(page)
    go("Network")  # which takes at most 200 points
    expect(page.get_by_test_id("stSidebar").get_by_role("slider", name="Points")).to_have_value("60")
    assert "noise" not in page.url
    go("Geometry")
    assert value_of(page, "Correlation") == "-1"
    assert "correlation=-1" in page.url
    go("Paths")
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    expect(typed).to_have_value(strength)
    assert page.url.count("correlation=0.9") == page.url.count("n_samples=210") == 1
    slider(page, "Strength λ").press("Home")
    page.wait_for_url("**alpha=0&*")
    page.go_back()
    expect(typed).to_have_value(strength)
    page.reload()
    page.locator(".board .plot .overlay path").first.wait_for(state="attached")
    expect(typed).to_have_value(strength)
    assert "degree=9" in page.url


def test_the_link_of_a_special_case_reopens_it(page: Page, browser: Browser, app_url: str) -> None:
    """Geometry at correlation 1: the same picture for another reader, and no word of a value out of range."""
    open_board(page, f"{app_url}/geometry")
    settle(page)
    page.get_by_label("Special cases").select_option(label="Correlation 1: a whole edge is optimal")
    page.wait_for_url("**correlation=1*")
    settle(page)
    other = browser.new_page(viewport={"width": 1366, "height": 768})
    open_board(other, f"{page.url}&data=Nope&degree=99")  # as old links had them
    settle(other)
    expect(other.get_by_test_id("stAlert")).to_have_count(0)
    assert value_of(other, "Correlation") == "1"
    assert drawn(other) == drawn(page)
    assert "correlation=1&" in f"{other.url}&"
    other.close()


# -- every page, by a bad link


MARKUP = "&lt; https://a.de w@a.de :smile: -> $x$"


@pytest.fixture(scope="module", params=BUILD)
def opened(request: pytest.FixtureRequest, browser: Browser, app_url: str) -> Iterator[tuple[Page, Board]]:
    """A page opened by a link with everything out of its range, and its board."""
    board = board_of(request.param, Settings(noise=1.0))
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    bad = "&".join(f"{axis.name}=99999" for axis in board.axes)
    open_board(page, f"{app_url}/{request.param}?noise=7&random_state={quote(MARKUP)}&{bad}")
    settle(page)
    yield page, board
    page.close()


def test_a_bad_link_is_mended_and_told(opened: tuple[Page, Board]) -> None:
    page, board = opened
    told = " ".join(page.get_by_role("alert").all_inner_texts())
    assert "Noise (noise) must be 0 to 1" in told
    assert f"got “{MARKUP}”" in told.replace("\u2060", ""), "as it is written, and nothing more"
    expect(page.get_by_test_id("stAlert").locator("a, img, code, strong, .katex")).to_have_count(0)
    assert "noise=1" in page.url
    for axis in board.axes:
        assert f"({axis.name}) must be" in told
        assert f"{axis.name}=99999" not in page.url
        assert value_of(page, axis.label) == axis.text[-1]


def test_the_keyboard_moves_every_slider(opened: tuple[Page, Board]) -> None:
    page, board = opened
    page.set_viewport_size(TALL)
    settle(page)
    for axis in board.axes:
        handle = slider(page, axis.label)
        handle.focus()
        before = drawn(page)
        for key in ("Home", "ArrowRight", "PageUp"):
            handle.press(key)
        page.wait_for_timeout(60)
        assert int(handle.input_value()) == min(len(axis.text) - 1, 1 + axis.page)
        assert drawn(page) != before
