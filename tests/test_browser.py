"""The app in a real browser: what a visitor sees, drags, shares and saves."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from regviz.figures import geometry
from regviz.figures.compare import board as picture
from regviz.live.board import Board, Ref, format_number
from regviz.settings import Settings
from regviz.sweeps.compare import compare
from regviz.ui import PAGES
from tests.harness import (
    BOUND,
    WATCH,
    assert_good_looks,
    assert_same_coordinates,
    at_rest,
    drag,
    drawn,
    open_board,
    read_only_copy,
    serve,
    settle,
    slider,
    value_of,
)
from tests.test_live import NUMBERS

pytestmark = pytest.mark.browser


def board_of(**settings: Any) -> Board:
    return picture(compare(Settings(**settings)))


# -- opening


def test_a_page_opens_as_the_first_page_of_a_fresh_server_that_may_write_nothing(laptop: BrowserContext) -> None:
    with read_only_copy() as folder, serve(folder=folder) as url:
        assert subprocess.run([*BOUND, "mkdir", folder / "static"], stderr=subprocess.DEVNULL).returncode != 0
        page = laptop.new_page()
        failed: list[str] = []
        page.on("requestfailed", lambda request: failed.append(request.url))
        came: list[tuple[int, str]] = []
        page.on("response", lambda response: came.append((response.status, response.url)))
        open_board(page, f"{url}/network")
        settle(page)
        assert not failed
        assert [status for status, address in came if "plotly" in address] == [200]
        expect(page.locator("[data-testid=stException], .problem:not(:empty)")).to_have_count(0)
        page.close()


def test_the_board_says_why_nothing_is_drawn_and_draws_when_it_can(browser: Browser, app_url: str) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    answer: dict[str, Any] = {"body": "<!doctype html><title>Sign in</title>", "content_type": "text/html"}
    asked: list[str] = []

    def route(route: Route) -> None:
        asked.append(route.request.resource_type)
        route.fulfill(**answer) if answer else route.abort()

    page.route(re.compile("plotly[^/]*js"), route)
    page.goto(app_url)
    problem = page.locator(".problem")
    expect(problem).to_contain_text("another page came in place of the drawing library", timeout=60_000)
    expect(problem).to_contain_text("sign in")
    settle(page)
    slider(page, "Strength λ").press("End")  # what needs no library still works
    expect(page.locator("[data-card=heading_l1]")).to_contain_text("15 of 15 weights exactly zero")
    answer |= {"status": 404, "content_type": "text/plain"}
    problem.get_by_role("button", name="Try again").click()
    expect(problem).to_contain_text("the server answered 404")
    answer.clear()
    problem.get_by_role("button", name="Try again").click()
    expect(problem).to_contain_text("Check the connection")
    answer |= {"status": 200, "content_type": "text/javascript", "body": "window.nothing = 1"}
    problem.get_by_role("button", name="Try again").click()
    expect(problem).to_contain_text("does not run in this browser")
    assert asked.count("script") == 5, "one more try where a script seems to have come"
    page.unroute_all()
    page.evaluate("() => window.dispatchEvent(new Event('online'))")  # without a click too
    page.locator(".plot .overlay path").first.wait_for(state="attached")
    expect(problem).to_be_empty()
    page.close()


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.title)
def test_every_page_opens_looks_well_and_asks_nobody_else(page: Page, app_url: str, entry: Any) -> None:
    name = "" if entry.path == "app.py" else Path(entry.path).stem
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    open_board(page, f"{app_url}/{name}")
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text(entry.title)
    assert not failed
    elsewhere = [address for address in requested if not address.startswith((app_url, "data:", "blob:"))]
    assert not elsewhere, "everything comes from the app itself"
    assert len([address for address in requested if "plotly" in address]) == 1
    assert_good_looks(page)
    if entry.path == "app.py":
        last = page.locator("[data-figure=fit_l1] .overlay path").last
        expect(last).to_have_attribute("stroke", "#ff9147")  # the theme has followed the reader without a reload


def test_the_picture_is_the_one_that_python_draws(page: Page, app_url: str) -> None:
    """At three positions, every figure in the browser holds the coordinates of LiveFigure.at."""
    for query, settings in (
        ("alpha=0.0045&l1_ratio=0.5", {}),
        ("alpha=0&l1_ratio=1&degree=6&basis=Chebyshev", {"degree": 6, "basis": "chebyshev"}),
        ("alpha=0.05&l1_ratio=0.3&match=same+training+error", {"match": "error"}),
        ("alpha=5&l1_ratio=0.8&data=Diabetes&n_samples=200", {"data": "diabetes", "n_samples": 200}),
    ):
        open_board(page, f"{app_url}/?{query}")
        board = board_of(**settings)
        index = board.index(dict(pair.split("=") for pair in query.split("&")))
        page.set_viewport_size({"width": 1366, "height": 2600})  # all figures are on screen
        settle(page)
        seen = at_rest(page)
        assert set(seen) == {figure.name for figure in board.figures}
        for figure in board.figures:
            assert_same_coordinates(figure.at(board, index), seen[figure.name], 2e-5)
        for readout in board.readouts:
            text = page.locator(f"[data-card={readout.name}]").inner_text()
            assert board.say(readout.headline, index) in text
            values = page.locator(f"[data-card={readout.name}] dd").all_inner_texts()
            assert values == [board.say(template, index) for _, template, _ in readout.rows]


def test_the_overlay_draws_where_plotly_would(page: Page, app_url: str) -> None:
    """The moving curve in pixels = Plotly's own scale applied to the coordinates at rest."""
    open_board(page, app_url)
    settle(page)
    cell = page.locator("[data-figure=fit_l1]")
    path = cell.locator(".overlay path").last.get_attribute("d") or ""
    pixels = np.array([[float(n) for n in pair.split()] for pair in re.findall(r"[ML]([-\d.]+ [-\d.]+)", path)])
    expected = np.array(
        cell.locator(".still").evaluate(
            """gd => { const {xaxis, yaxis} = gd._fullLayout, t = gd.data.at(-1);
                       return t.x.map((x, i) => [xaxis.d2p(x), yaxis.d2p(t.y[i])]); }"""
        )
    )
    np.testing.assert_allclose(pixels, expected, atol=0.02)


def test_numbers_are_written_alike_in_both_languages(page: Page, app_url: str) -> None:
    source = (Path(__file__).parents[1] / "regviz/live/live.js").read_text(encoding="utf-8")
    page.goto(f"{app_url}/_stcore/health")
    generator = np.random.default_rng(0)
    ties = [n / 2**k for k in range(6) for n in range(-40, 400)]  # 0.125 has no nearest number of two digits
    sizes = np.exp(generator.uniform(-30, 30, 300)) * generator.choice([-1, 1], 300)
    short = [float(f"{value:.{k}g}") for k, value in enumerate(sizes[:17])]
    values = [0.0, -0.0, *ties, *sizes.tolist(), *short, *(value for value, _, _ in NUMBERS)]
    forms = ["1", "2", "3", "4", "6", "int", "%"]
    texts = page.evaluate(
        """async ([source, values, forms]) => {
          const live = await import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})));
          const read = (v) => ({inf: Infinity, nan: NaN})[v] ?? Number(v);
          return forms.map((form) => values.map((v) => live.formatNumber(read(v), form)));
        }""",
        [source, [str(value) for value in values], forms],
    )
    for form, told in zip(forms, texts, strict=True):
        assert told == [format_number(value, form) for value in values], form


# -- moving


def test_a_drag_paints_new_fits_while_the_pointer_is_down(page: Page, app_url: str) -> None:
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append("frame")))
    open_board(page, app_url)
    settle(page)
    before, address = drawn(page), page.url
    sent.clear()
    page.evaluate(WATCH)
    drag(page, "Strength λ", lambda share: 0.6 + 0.35 * share, 1.0, release=False)
    pictures = page.evaluate("() => window.watch.pictures.length")
    during = drawn(page)
    assert pictures >= 15, "fits painted while the pointer was down"
    assert not sent, "a drag is nobody's business but the browser's"
    assert page.url == address
    moved = [one != other for one, other in zip(before, during, strict=True)]
    assert sum(moved) >= 6, "all columns follow"
    page.mouse.up()
    page.wait_for_url("**alpha=*")
    assert float(page.url.split("alpha=")[1].split("&")[0]) == float(value_of(page, "Strength λ"))


def test_the_ratio_moves_the_mix_alone(page: Page, app_url: str) -> None:
    open_board(page, app_url)
    settle(page)

    def curves() -> list[str | None]:
        cells = [page.locator(f"[data-figure=fit_{key}] .overlay path").last for key in ("l1", "mix", "l2")]
        return [cell.get_attribute("d") for cell in cells]

    one = curves()
    drag(page, "L1 ratio", lambda share: 0.5 + 0.5 * share, 0.4)
    other = curves()
    assert one[0] == other[0]
    assert one[1] != other[1]
    assert one[2] == other[2]
    assert other[1] == other[0], "at ratio 1 the mix is L1"


def test_keyboard_buttons_and_typing(page: Page, app_url: str) -> None:
    open_board(page, app_url)
    settle(page)
    handle = slider(page, "Strength λ")
    board = board_of()
    text, start = board.axes[0].text, board.axes[0].default
    last = len(text) - 1

    def after(action: Any, stop: int) -> None:
        action()
        expect(page.get_by_label("Strength λ, typed value")).to_have_value(text[stop])
        expect(handle).to_have_attribute("aria-valuetext", text[stop])

    handle.focus()
    after(lambda: handle.press("ArrowRight"), start + 1)
    after(lambda: handle.press("ArrowLeft"), start)
    after(lambda: handle.press("PageUp"), min(last, start + 16))
    after(lambda: handle.press("PageDown"), start)
    after(lambda: handle.press("Home"), 0)
    expect(page.locator("[data-card=heading_l1]")).to_contain_text("0 of 15 weights exactly zero")
    after(lambda: handle.press("End"), last)
    expect(page.locator("[data-card=heading_l1]")).to_contain_text("15 of 15 weights exactly zero")
    settle(page)
    index = board.index({"alpha": text[-1]})
    assert page.locator(".summary").inner_text() == board.say(board.summary, index), "for those who do not see"
    told = page.locator("[data-figure=fit_l1] .plot").get_attribute("aria-label")
    assert told == board.say(board.figures[0].alt, index)
    after(lambda: page.get_by_label("Strength λ: one step less").click(), last - 1)
    after(lambda: page.get_by_label("Strength λ: one step more").click(), last)
    typed = page.get_by_label("Strength λ, typed value")
    typed.fill("0.05")
    after(lambda: typed.press("Enter"), text.index("0.05"))
    page.wait_for_url("**alpha=0.05*")
    typed.fill("nonsense")
    after(lambda: typed.press("Enter"), text.index("0.05"))
    expect(page.locator(".hint").first).to_have_text(f"Type a number from 0 to {text[-1]}.")
    typed.fill("7777")
    after(lambda: typed.press("Enter"), last)
    expect(page.locator(".hint").first).to_contain_text("Nearest stop")


def test_half_a_number_is_left_alone(page: Page, app_url: str) -> None:
    open_board(page, app_url)
    start = value_of(page, "Strength λ")
    slider(page, "Strength λ").press("ArrowRight")
    page.wait_for_url("**alpha=*")
    typed = page.get_by_label("Strength λ, typed value")
    typed.fill("0.0")
    page.evaluate("() => history.back()")  # a new picture
    expect(slider(page, "Strength λ")).to_have_attribute("aria-valuetext", start)
    expect(typed).to_have_value("0.0")
    typed.press("5")
    typed.press("Enter")
    expect(slider(page, "Strength λ")).to_have_attribute("aria-valuetext", "0.05")
    typed.fill("77")
    typed.press("Escape")
    expect(typed).to_have_value("0.05")
    typed.press("Tab")
    expect(slider(page, "Strength λ")).to_have_attribute("aria-valuetext", "0.05")


# -- the URL is the state


def test_reload_back_and_a_shared_link_give_the_same_picture(page: Page, browser: Browser, app_url: str) -> None:
    open_board(page, f"{app_url}/?degree=9&noise=0.4")
    settle(page)
    first = drawn(page)
    drag(page, "Strength λ", lambda share: 0.6 + 0.25 * share, 0.4)
    page.wait_for_url("**alpha=*")
    settle(page)
    moved = drawn(page)
    assert moved != first
    page.reload()
    page.locator(".overlay path").first.wait_for(state="attached")
    settle(page)
    assert drawn(page) == moved, "reload"

    page.get_by_test_id("stPopoverButton").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert "alpha=" in link
    assert "degree=9" in link
    expect(page.locator("[data-testid=stImage] img, [data-testid=stImage] svg")).to_be_visible()
    other = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    open_board(other, link)
    settle(other)
    assert drawn(other) == moved, "the link in another browser"
    numbers = page.locator("[data-card=numbers_mix]").inner_text()
    assert other.locator("[data-card=numbers_mix]").inner_text() == numbers
    other.context.close()

    page.go_back()
    settle(page)
    assert drawn(page) == first, "browser back"
    page.go_forward()
    settle(page)
    assert drawn(page) == moved, "browser forward"


def test_the_same_release_counts_after_going_back(page: Page, app_url: str) -> None:
    open_board(page, app_url)
    settle(page)
    handle = slider(page, "Strength λ")
    handle.press("Home")
    page.wait_for_url("**alpha=0&*")
    page.go_back()
    settle(page)
    assert value_of(page, "Strength λ") == "0.0045"
    handle.press("Home")
    page.wait_for_url("**alpha=0&*")


def test_a_release_and_a_setting_at_once_both_count(page: Page, app_url: str) -> None:
    open_board(page, app_url)
    settle(page)
    for pause in (0, 100, 160, 300):
        before = value_of(page, "Strength λ")
        slider(page, "Strength λ").press("ArrowRight")
        page.wait_for_timeout(pause)
        page.get_by_text("Standardise the features").click()
        settle(page)
        assert value_of(page, "Strength λ") != before
        on = page.get_by_role("switch", name="Standardise the features").is_checked()
        told = [value_of(page, "Strength λ"), None if on else "false"]
        page.wait_for_function(
            """told => ['alpha', 'standardize'].every((name, i) =>
              new URLSearchParams(window.location.search).get(name) === told[i])""",
            arg=told,
        )


def test_new_data_do_not_stop_a_drag(page: Page, app_url: str) -> None:
    open_board(page, f"{app_url}/?match=same+effective+degrees+of+freedom&degree=19")
    settle(page)
    page.get_by_role("button", name="New", exact=True).click()
    label = "Strength λ of L1"
    drag(page, label, lambda share: 0.6 + 0.3 * share, 1.5)
    settle(page)
    last = len(board_of().axes[0].values) - 1
    assert float(slider(page, label).input_value()) / last == pytest.approx(0.9, abs=0.02)
    assert f"alpha={value_of(page, label)}" in page.url


def test_the_weights_of_the_constraint_picture_travel_in_the_link(page: Page, app_url: str) -> None:
    open_board(page, f"{app_url}/?weight_a=x⁵&weight_b=x⁷")
    settle(page)
    expect(page.locator("[data-figure=constraint_l1] .title")).to_have_text("L1: constraint on x⁵ and x⁷")


def test_a_drag_without_a_server_still_reaches_the_url(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    with serve() as url:
        open_board(page, url)
        settle(page)
    before = drawn(page)
    drag(page, "Strength λ", lambda share: 0.6 + 0.3 * share, 0.5)
    page.wait_for_url("**alpha=*")
    assert drawn(page) != before
    assert f"alpha={value_of(page, 'Strength λ')}" in page.url
    page.close()


def test_a_release_sends_no_figure_again(page: Page, app_url: str) -> None:
    sizes: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: sizes.append(len(frame))))
    open_board(page, app_url)
    settle(page)
    loaded = sum(sizes)
    assert loaded <= 400_000
    sizes.clear()
    slider(page, "Strength λ").press("ArrowRight")
    settle(page)
    assert 0 < sum(sizes) < 12_000, "the widgets of the side panel, and no figure"


def test_settings_change_the_picture_and_the_url(page: Page, app_url: str) -> None:
    open_board(page, app_url)
    settle(page)
    page.get_by_role("button", name="New", exact=True).click()
    page.wait_for_url("**random_state=8*")
    settle(page)
    page.get_by_role("combobox", name=re.compile("Data set")).click()
    page.keyboard.type("Diab")  # a long list is drawn as far as it is on screen
    page.get_by_role("option", name="Diabetes").click()
    page.wait_for_url("**data=Diabetes*")
    expect(page.locator("[data-figure=fit_l1] .title")).to_have_text("L1: predicted against observed")
    expect(page.locator("[data-figure=weights_l1] .still")).to_contain_text("body mass index")


def test_a_hostile_link_is_mended_and_told(page: Page, app_url: str) -> None:
    page.on("dialog", lambda dialog: pytest.fail("a script ran"))
    attack = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"
    open_board(page, f"{app_url}/?degree=99&alpha={attack}&l1_ratio=7&data={attack}&weight_a={attack}&match={attack}")
    settle(page)
    warnings = " ".join(page.get_by_role("alert").all_inner_texts())
    assert "Degree (degree) must be 1 to 20" in warnings
    assert "L1 ratio of your mix (l1_ratio) must be 0 to 1" in warnings
    assert value_of(page, "L1 ratio of your mix") == "1"


# -- looks


# -- taking it home


def test_downloads(page: Page, app_url: str) -> None:
    open_board(page, f"{app_url}/?alpha=0.05&l1_ratio=0.5")
    settle(page)
    cell = page.locator("[data-figure=weights_l1]")
    kinds = {"PNG": b"\x89PNG", "SVG": b"<svg", "CSV": b"trace,label,x,y"}
    for kind, start in kinds.items():
        cell.get_by_label("Download: L1: weights").click()
        with page.expect_download() as waiting:
            cell.get_by_role("button", name=kind).click()
        content = Path(waiting.value.path()).read_bytes()
        assert waiting.value.suggested_filename == f"weights_l1_alpha-0.05_l1_ratio-0.5.{kind.lower()}"
        assert content.startswith(start)
        if kind == "SVG":
            assert b"#b84700" in content or b"rgb(184, 71, 0)" in content, "the moving bars are in the picture"
        if kind == "CSV":
            rows = list(csv.DictReader(io.StringIO(content.decode())))
            assert {row["trace"] for row in rows} == {"no regularization", "L1 weights", "exactly zero"}
            board = board_of()
            index = board.index({"alpha": "0.05", "l1_ratio": "0.5"})
            weights = board.arrays["coef"].values[10, index["alpha"]]
            got = [float(row["y"]) for row in rows if row["trace"] == "L1 weights"]
            np.testing.assert_allclose(got, weights, rtol=1e-6)
            assert [row["label"] for row in rows][:3] == ["x", "x²", "x³"]


# -- the user's own file


def _upload(page: Page, name: str, content: bytes) -> None:
    page.locator("[data-testid=stFileUploader] input").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )
    settle(page)


def test_own_csv_and_what_is_wrong_with_it(page: Page, app_url: str) -> None:
    open_board(page, f"{app_url}/?data=Your+own+CSV")
    settle(page)
    expect(page.locator("[data-figure=fit_l1] .title")).to_have_text("L1: fitted curve")  # until there is a file
    generator = np.random.default_rng(0)
    X = generator.normal(size=(60, 3))
    y = X @ [3.0, 0.0, -1.0] + generator.normal(size=60)
    lines = [
        "height,<b>width</b>,$l1,$price/2",
        *(",".join(f"{v:.4f}" for v in (*row, out)) for row, out in zip(X, y, strict=True)),
    ]
    good = "\n".join(lines).encode()
    _upload(page, "good.csv", good)
    expect(page.locator("[data-figure=fit_l1] .title")).to_have_text("L1: predicted against observed")
    expect(page.locator("[data-figure=weights_l1] .still")).to_contain_text("<b>width</b>")
    expect(page.locator("[data-figure=weights_l1] .still")).to_contain_text("$l1")
    picture_in_hand = drawn(page)
    bad = {
        "not UTF-8": "größe,preis\n1,2\n".encode("latin-1"),
        "is empty": b"",
        "Only one column": b"a\n1\n2\n3\n",
        "holds only numbers": b"a,b\nx,y\n" * 20,
        "same in every row": b"a,b,c\n" + b"1,2,3\n" * 20,
    }
    for sentence, content in bad.items():
        _upload(page, f"{len(content)}.csv", content)
        expect(page.locator("[data-testid=stSidebar] [role=alert]").first).to_contain_text(sentence)
        assert drawn(page) == picture_in_hand, "the work in hand is kept"
    _upload(page, "large.csv", b"a,b\n" + b"1,2\n" * 1_500_000)
    expect(page.locator("[data-testid=stFileUploader]")).to_contain_text(re.compile("5.*MB"))
    assert drawn(page) == picture_in_hand
    _upload(page, "decimal.csv", good.replace(b",", b";").replace(b".", b","))
    expect(page.locator("[data-testid=stSidebar]")).to_contain_text("semicolons")


# -- geometry


def test_the_optimum_is_dragged_and_the_touch_point_is_the_solved_one(page: Page, app_url: str) -> None:
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append("frame")))
    open_board(page, f"{app_url}/geometry")
    settle(page)
    board = geometry.board()
    cell = page.locator("[data-figure=bowl_l1]")
    handle = cell.locator(".handle")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    sent.clear()
    page.evaluate(WATCH)
    page.mouse.move(x, y)
    page.mouse.down()
    for k in range(40):
        page.mouse.move(x - 3 * k, y + k)
    assert page.evaluate("() => window.watch.pictures.length") >= 30, "every position is painted"
    assert not sent
    moved = {axis.name: value_of(page, axis.label) for axis in board.axes}
    assert float(moved["optimum_a"]) < 1.6
    assert float(moved["optimum_b"]) < 0.7
    page.mouse.up()
    page.wait_for_url("**optimum_a=*")
    settle(page)
    index = board.index(moved)
    for key in ("l1", "mix", "l2"):
        expected = next(f for f in board.figures if f.name == f"bowl_{key}").at(board, index)["data"][7]
        pixel = page.locator(f"[data-figure=bowl_{key}]").evaluate(
            """(cell, [x, y]) => {
              const { xaxis, yaxis } = cell.querySelector('.still')._fullLayout;
              const box = cell.querySelector('.overlay > svg > path:last-of-type').getBBox();
              const unit = Math.min(xaxis._length, yaxis._length) / 2 / 3.24;
              return [box.x + box.width / 2 - (xaxis._length / 2 + x * unit),
                      box.y + box.height / 2 - (yaxis._length / 2 - y * unit)];
            }""",
            [float(expected["x"][0]), float(expected["y"][0])],
        )
        assert max(map(abs, pixel)) <= 1, "the touch point on screen is the solved one"


def test_the_keyboard_moves_all_and_budget_and_lambda_move_each_other(page: Page, app_url: str) -> None:
    open_board(page, f"{app_url}/geometry")
    settle(page)
    board = geometry.board()
    for axis in board.axes:
        handle = slider(page, axis.label)
        handle.focus()
        handle.press("ArrowRight")
        page.wait_for_timeout(50)
        assert value_of(page, axis.label) == axis.text[axis.default + 1]
    before = float(value_of(page, "Budget t of your mix"))
    slider(page, "Strength λ").press("PageUp")
    page.wait_for_timeout(100)
    lower = float(value_of(page, "Budget t of your mix"))
    assert lower < before, "more λ, less budget"
    strength = float(value_of(page, "Strength λ"))
    for _ in range(3):
        slider(page, "Budget t of your mix").press("PageUp")
        page.wait_for_timeout(100)
    assert float(value_of(page, "Strength λ")) < strength, "more budget, less λ"
    index = board.index({axis.name: value_of(page, axis.label) for axis in board.axes})
    assert float(value_of(page, "Budget t of your mix")) == pytest.approx(
        board.read(Ref("mix_budget"), index)[0], rel=0.01
    )


def test_special_cases_are_drawn(page: Page, app_url: str) -> None:
    page.set_viewport_size({"width": 1366, "height": 4200})  # all figures are on screen
    open_board(page, f"{app_url}/geometry")
    board = geometry.board()
    for name, position in geometry.PRESETS:
        page.get_by_label("Special cases").select_option(name)
        settle(page)
        index = board.index({**geometry.PRESETS[0][1], **position})
        for key in ("l1", "mix", "l2"):
            readout = next(r for r in board.readouts if r.name == f"heading_{key}")
            assert board.say(readout.headline, index) in page.locator(f"[data-card=heading_{key}]").inner_text(), name
        seen = at_rest(page)
        assert set(seen) == {figure.name for figure in board.figures}
        for figure in board.figures:
            assert_same_coordinates(figure.at(board, index), seen[figure.name], 1e-9)
