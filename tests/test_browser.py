"""The app in a real browser: what a visitor sees, drags, shares and saves."""

from __future__ import annotations

import base64
import csv
import io
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from regviz import theme
from regviz.charts.traces import markup, points
from regviz.fits.compare import compare
from regviz.live.board import Axis, Board, LiveFigure, LiveTrace, Moving, Ref, Swept, number_text
from regviz.live.modules import in_order
from regviz.scenes import scenes
from regviz.scenes.compare.board import board as picture
from regviz.scenes.geometry import board as geometry
from regviz.settings import Settings
from tests.harness import (
    BOUND,
    WATCH,
    assert_good_looks,
    assert_same_coordinates,
    at_rest,
    drag,
    drawn,
    far_away,
    mount,
    open_board,
    plain_page,
    read_only_copy,
    serve,
    settle,
    slider,
    value_of,
)


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


@pytest.mark.parametrize("entry", list(scenes().values()), ids=lambda entry: entry.title)
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


def test_a_board_writes_as_its_page_does_and_stays_below_its_header(page: Page, app_url: str) -> None:
    board = open_board(page, app_url)
    settle(page)
    font, theirs = board.evaluate(
        """e => [getComputedStyle(e).fontFamily, getComputedStyle(e).getPropertyValue('--st-font').trim()]"""
    )
    assert "Source Sans" in theirs
    assert font.replace(" ", "") == theirs.replace(" ", "")
    page.set_viewport_size({"width": 1366, "height": 620})
    page.locator("[data-figure=fit_l1]").evaluate("e => e.scrollIntoView()")
    header, controls = page.get_by_test_id("stHeader").bounding_box(), board.locator(".controls").bounding_box()
    assert header is not None
    assert controls is not None
    assert controls["y"] == pytest.approx(header["y"] + header["height"], abs=1)


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


RELEASE = """range => { // the hand of somebody else: the reader's own stays where it is
  range.value = Number(range.value) + 1;
  for (const kind of ['input', 'change']) range.dispatchEvent(new Event(kind, { bubbles: true }));
}"""


@pytest.mark.parametrize(
    ("name", "other", "seconds", "pauses"),
    [
        ("standardize", "false", 0, (0, 160)),
        ("standardize", "false", 0.15, (100, 300)),
        ("basis", "legendre", 0.15, (0, 160)),
        ("match", "error", 0.15, (0, 300)),
    ],
)
def test_a_release_and_a_setting_at_once_both_count(
    page: Page, app_url: str, name: str, other: str, seconds: float, pauses: tuple[int, int]
) -> None:
    knob = Settings.knobs()[name]
    typed = page.get_by_label(re.compile("^Strength λ.*, typed value"))  # of L1, where the others have another
    box = page.get_by_role("combobox", name=re.compile(knob.label))
    with far_away(app_url, seconds) as url:
        open_board(page, url)
        settle(page)
        for turn, pause in enumerate(pauses):
            before = typed.input_value()
            wanted = None if turn % 2 else other
            words = knob.options.get(wanted or getattr(Settings, name), knob.label)
            if box.count():
                box.focus()
                settle(page)  # a list closes when its page scrolls
                box.press("ArrowDown")
                page.get_by_role("option", name=words).wait_for()
            slider(page, "Strength λ").evaluate(RELEASE)
            page.wait_for_timeout(pause)
            (page.get_by_role("option", name=words) if box.count() else page.get_by_text(words, exact=True)).click()
            page.wait_for_timeout(4000 * seconds)
            settle(page)
            assert typed.input_value() != before
            page.wait_for_function(
                """([name, ...told]) => ['alpha', name].every((field, i) =>
                  new URLSearchParams(window.location.search).get(field) === told[i])""",
                arg=[name, typed.input_value(), wanted],
            )
            if name == "standardize":
                expect(page.get_by_role("switch", name=words)).to_be_checked(checked=wanted is None)
            elif box.count():
                expect(box).to_have_value(words)
            else:
                expect(page.get_by_role("radio", name=words)).to_be_checked()


def test_choices_stand_in_the_address_as_slugs_and_old_links_with_words_open(page: Page, app_url: str) -> None:
    """Whatever the widgets show. The reader of an old link is not told, nor sent a step further."""
    page.goto("about:blank")
    steps = page.evaluate("() => history.length")
    open_board(page, f"{app_url}/?match=same+training+error&basis=Legendre&data=Runge&alpha=0.01")
    settle(page)
    query = "?match=error&basis=legendre&data=runge&alpha=0.01"
    assert page.url == f"{app_url}/{query}"
    assert page.evaluate("() => history.length") == steps + 1
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    assert board_of(match="error", basis="legendre", data="runge").axes[0].label == "Strength λ of L1"
    assert value_of(page, "Strength λ of L1") == "0.01"
    fields = {"alpha": "0.01", "basis": "legendre", "data": "runge", "match": "error"}

    def told() -> Any:
        return page.evaluate("() => Object.fromEntries(new URLSearchParams(window.location.search))")

    page.get_by_text("same effective degrees of freedom").click()
    settle(page)
    assert told() == fields | {"match": "df"}
    slider(page, "Strength λ").press("ArrowRight")
    page.wait_for_url("**alpha=0.012*")
    settle(page)
    page.get_by_text("same λ", exact=True).click()
    settle(page)
    assert "match" not in told()
    page.go_back()
    settle(page)
    assert told() == fields | {"match": "df"}
    expect(page.get_by_role("radio", name="same effective degrees of freedom")).to_be_checked()
    page.reload()
    page.locator(".overlay path").first.wait_for(state="attached")
    settle(page)
    assert told() == fields | {"match": "df"}
    page.get_by_test_id("stSidebar").get_by_role("link", name="Paths", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("RegViz · Paths")
    page.locator(".board .plot .overlay path").first.wait_for(state="attached")
    settle(page)
    assert told() == fields | {"match": "df"}
    expect(page.get_by_role("radio", name="same effective degrees of freedom")).to_be_checked()


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
    page.wait_for_url("**data=diabetes*")
    expect(page.locator("[data-figure=fit_l1] .title")).to_have_text("L1: predicted against observed")
    expect(page.locator("[data-figure=weights_l1] .still")).to_contain_text("body mass index")


def test_a_hostile_link_is_mended_and_told(page: Page, app_url: str) -> None:
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    attack = "%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E"
    open_board(page, f"{app_url}/?degree=99&alpha={attack}&l1_ratio=7&data={attack}&weight_a={attack}&match={attack}")
    settle(page)
    warnings = " ".join(page.get_by_role("alert").all_inner_texts())
    assert "Degree (degree) must be 1 to 20" in warnings
    assert "L1 ratio of your mix (l1_ratio) must be 0 to 1" in warnings
    assert value_of(page, "L1 ratio of your mix") == "1"
    assert not ran, "a script of the link"


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
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    assert {row["trace"] for row in rows} == {"no regularization", "L1 weights", "exactly zero"}
    board = board_of()
    index = board.index({"alpha": "0.05", "l1_ratio": "0.5"})
    for trace, weights in (
        ("L1 weights", board.arrays["coef"].values[10, index["alpha"]]),
        ("no regularization", board.arrays["coef"].values[10, 0]),
    ):
        got = [float(row["y"]) for row in rows if row["trace"] == trace]
        np.testing.assert_allclose(got, weights, rtol=1e-6)
    assert [row["label"] for row in rows][:3] == ["x", "x²", "x³"]
    assert_in_the_picture(page, "weights_l1", theme.PALETTES["light"]["l1"], 300)


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
        "height,<b>width</b>,$l1&co,$price/2",
        *(",".join(f"{v:.4f}" for v in (*row, out)) for row, out in zip(X, y, strict=True)),
    ]
    good = "\n".join(lines).encode()
    _upload(page, "good.csv", good)
    expect(page.locator("[data-figure=fit_l1] .title")).to_have_text("L1: predicted against observed")
    expect(page.locator("[data-figure=weights_l1] .still")).to_contain_text("<b>width</b>")
    expect(page.locator("[data-figure=weights_l1] .still")).to_contain_text("$l1&co")
    rows = csv.DictReader(io.StringIO(saved(page, "weights_l1", "CSV").decode()))
    assert [row["label"] for row in rows if row["trace"] == "L1 weights"] == ["height", "<b>width</b>", "$l1&co"]
    title = page.locator("[data-figure=constraint_l1] .title").inner_text()
    assert title in "".join(ElementTree.fromstring(saved(page, "constraint_l1", "SVG")).itertext())
    picture_in_hand = drawn(page)
    bad = {
        "a zero byte in line 2": b"a,b\n1,\x00\n",
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


# -- one board with every kind of figure, on a page of its own


SOFT = 0.5
CELLS = np.arange(72.0).reshape(6, 12) * 37 % 61  # a map of 3 x 4 cells at each of 6 times
ACROSS, UP = np.array([0.0, 1.0, 2.0, 4.0]), np.array([0.0, 1.0, 3.0])
WEIGHTS = np.array([[0.1, -2.0, 7.0 + t] for t in range(6)])
NAMES = ["=1+1", "a <b> & c", "plain"]


def every_kind() -> Board:
    """Two coordinates and a time; no number occurs twice."""
    plane = {"xaxis": {}, "yaxis": {}}
    bar = {"type": "bar", "orientation": "h", "y": [1.0, 2.0, 3.0], "textposition": "none", "marker": {"color": "$l1"}}
    heat = {"type": "heatmap", "name": "cells", "x": ACROSS, "y": UP, "zmin": 0, "zmax": 60, "showscale": False}
    heat |= {"colorscale": [[0, "#000000"], [1, "#ffffff"]], "meta": {"drawn": ["log10", None]}}
    slope = np.linspace(0, 254, 5) + 10 * np.arange(6)[:, None]
    smooth = heat | {"x": np.arange(5.0), "y": np.arange(2.0), "zmax": 304, "zsmooth": "best"}
    smooth["meta"] = {"level": 127, "drawn": ["times", 254]}
    side = np.linspace(-2, 2, 41).round(1)
    drawn_weights = Moving(Ref("weights"), asinh=SOFT)
    figures = (
        ("plane", (points("$l1", "here", size=8),), plane, (LiveTrace(0, Moving(Ref("a")), Moving(Ref("b"))),)),
        (
            "map",
            (heat,),
            {
                "xaxis": {"range": [-1, 6]},
                "yaxis": {"range": [-1, 5]},
                "meta": {"x": ["log10", 0.0], "y": ["asinh", 2]},
            },
            (LiveTrace(0, z=Moving(Ref("z"))),),
        ),
        (
            "bars",
            (bar | {"name": "<i> & co", "text": [markup(name) for name in NAMES]}, bar | {"name": "again"}),
            {"xaxis": {"range": [-4, 4]}, "yaxis": {"range": [0, 4]}},
            (LiveTrace(0, drawn_weights, customdata=Moving(Ref("weights"))), LiveTrace(1, drawn_weights)),
        ),
        (
            "smooth",
            (smooth,),
            {"xaxis": {"range": [0, 4]}, "yaxis": {"range": [0, 1]}},
            (LiveTrace(0, z=Moving(Ref("slope"))),),
        ),
        (
            "lever",
            (points("$l2", "high"),),
            {"xaxis": {"range": [0, 2]}, "yaxis": {"range": [0, 60]}},
            (LiveTrace(0, x=Moving(Ref("one")), y=Moving(Ref("height"))),),
        ),
    )
    more: dict[str, dict[str, Any]] = {
        "plane": {"span": Ref("reach"), "handle": ("a", "b"), "wide": True},
        "map": {"scrub": ("t", Ref("places", along="t"))},
        "bars": {},
        "smooth": {},
        "lever": {"lever": ("t", Ref("height", along="t"), 1.0)},
    }
    return Board(
        axes=(
            Axis("a", "First", side, 30),
            Axis("b", "Second", side, 15),
            Axis("t", "Time", np.arange(6.0), 2, play=True),
        ),
        arrays={
            "a": Swept(side, ("a",)),
            "b": Swept(side, ("b",)),
            "reach": Swept(np.array([2.5, 3.5, 4.5, 7.0, 13.0, 30.0]), ("t",)),
            "z": Swept(CELLS, ("t",)),
            "places": Swept(np.linspace(0, 5, 6), ("t",)),
            "weights": Swept(WEIGHTS, ("t",)),
            "slope": Swept(np.concatenate([slope, slope], axis=1), ("t",)),
            "height": Swept(10 * np.arange(6.0), ("t",)),
            "one": Swept(np.ones(1)),
        },
        figures=tuple(
            LiveFigure(
                name, name.title(), {"data": data, "layout": layout}, moving, f"The figure of {name}.", k % 2,
                1 + k // 2, 200, **more[name],
            )
            for k, (name, data, layout, moving) in enumerate(figures)
        ),
        readouts=(),
        values={},
        summary="At {a}, {b}, {t}.",
        place="at {a}, {b}",
        columns=2,
        legend=((2, 0),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def kinds(laptop: BrowserContext, app_url: str) -> Iterator[Page]:
    """The page of that board."""
    page = laptop.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_viewport_size({"width": 1000, "height": 1100})
    mount(page, app_url, every_kind())
    page.locator("[data-figure=lever] .overlay path").first.wait_for(state="attached")
    settle(page)
    yield page
    page.close()
    assert not errors, errors


def at(page: Page) -> list[float]:
    return [float(value_of(page, name)) for name in ("First", "Second", "Time")]


def expect_at(page: Page, *values: float) -> None:
    """Wait until the sliders stand there; everything else is drawn with them."""
    for name, value in zip(("First", "Second", "Time"), values, strict=True):
        expect(page.get_by_label(f"{name}, typed value")).to_have_value(number_text(round(value, 6), 4))


def centre(found: Locator) -> tuple[float, float]:
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


# Of a figure: its plot area on screen; of a plane also the words and pixels of the ticks that the board draws.
AREA = """cell => { const { xaxis, yaxis } = cell.querySelector('.still')._fullLayout;
  const box = cell.querySelector('.plot').getBoundingClientRect();
  return [box.left + xaxis._offset, box.top + yaxis._offset, xaxis._length, yaxis._length]; }"""
TICKS = """cell => [...cell.querySelectorAll('.overlay > g:not(.text) > text')].map((t) => {
  const { left, right, top, bottom } = t.getBoundingClientRect();
  return [t.textContent, t.getAttribute('text-anchor'), (left + right) / 2, (top + bottom) / 2]; })"""


def assert_ticks_at_their_places(cell: Locator, reach: float) -> None:
    """Every tick label of a plane from -reach to reach stands where its number is."""
    left, top, width, height = cell.evaluate(AREA)
    unit = min(width, height) / 2 / reach
    ticks = cell.evaluate(TICKS)
    assert len(ticks) == 6
    assert len({text for text, *_ in ticks}) == 3
    for text, anchor, x, y in ticks:
        value = float(text.replace("−", "-"))
        place = left + width / 2 + value * unit if anchor == "middle" else top + height / 2 - value * unit
        assert (x if anchor == "middle" else y) == pytest.approx(place, abs=2), text


def test_a_handle_moves_what_its_direction_names(kinds: Page) -> None:
    """Across moves one coordinate alone, up the other; the scale and its tick labels follow while a pointer is down."""
    board, cell = every_kind(), kinds.locator("[data-figure=plane]")
    handle, mark = cell.locator(".handle"), cell.locator(".overlay > svg > path")
    reach = board.arrays["reach"].values
    assert_ticks_at_their_places(cell, reach[2])
    left, top, width, height = cell.evaluate(AREA)
    unit = min(width, height) / 2 / reach[2]
    for dx, dy in ((-1.5, 0.0), (0.0, 1.2), (0.7, -0.4)):
        (x, y), (a, b, t) = centre(handle), at(kinds)
        assert centre(mark) == pytest.approx((x, y), abs=1)
        assert (x, y) == pytest.approx((left + width / 2 + a * unit, top + height / 2 - b * unit), abs=1)
        kinds.mouse.move(x + 3, y - 2)  # not in its middle
        kinds.mouse.down()
        kinds.mouse.move(x + 3 + dx * unit, y - 2 - dy * unit, steps=4)
        expect_at(kinds, a + dx, b + dy, t)
        assert centre(mark) == pytest.approx((x + dx * unit, y - dy * unit), abs=1)
        kinds.mouse.up()
    x, y = centre(handle)
    before = at(kinds)
    kinds.mouse.move(x, y)
    kinds.mouse.down(button="right")
    kinds.mouse.move(x + 40, y + 40)
    kinds.wait_for_timeout(50)
    assert at(kinds) == before, "the other button asks for a menu"
    kinds.mouse.up(button="right")
    # The scale moves with time, at every stop while the pointer is down.
    drag(kinds, "Time", lambda share: 0.4 - 0.4 * share, 0.2, release=False)
    for t in (0, 1, 3, 4, 5, 2):
        share = kinds.locator(".axis", has_text="Time").locator(".range").bounding_box()
        assert share is not None
        kinds.mouse.move(share["x"] + 12 + t / 5 * (share["width"] - 24), share["y"] + 5)
        expect(kinds.get_by_label("Time, typed value")).to_have_value(str(t))
        assert_ticks_at_their_places(cell, reach[t])
    kinds.mouse.up()
    settle(kinds)


GREYS = """(cell, places) => { const canvas = cell.querySelector('canvas'), box = canvas.getBoundingClientRect();
  const context = canvas.getContext('2d');
  return places.map(([x, y]) => context.getImageData((x - box.left) / box.width * canvas.width,
    (y - box.top) / box.height * canvas.height, 1, 1).data[0]); }"""


def test_a_map_and_a_lever_follow_the_pointer(kinds: Page) -> None:
    cell = kinds.locator("[data-figure=map]")
    left, top, width, height = cell.evaluate(AREA)
    middles = [(left + (x + 1) / 7 * width, top + (5 - y) / 6 * height) for y in UP for x in ACROSS]

    def assert_map(t: int) -> None:
        expect(kinds.get_by_label("Time, typed value")).to_have_value(str(t))
        np.testing.assert_allclose(cell.evaluate(GREYS, middles), CELLS[t] / 60 * 255, atol=2)  # of 255

    assert_map(int(at(kinds)[2]))
    y = top + height / 2
    kinds.mouse.move(left + 2 / 7 * width, y)
    kinds.mouse.down()
    for t in (1, 3, 5, 0, 4):
        kinds.mouse.move(left + (t + 1.2) / 7 * width, y)
        assert_map(t)
    kinds.mouse.up()
    kinds.mouse.move(left + 1 / 7 * width, y)
    kinds.wait_for_timeout(50)
    assert at(kinds)[2] == 4, "nothing follows a pointer that is up"
    middle = "e => { const { left, right } = e.getBoundingClientRect(); return (left + right) / 2; }"  # it has no width
    level = kinds.locator("[data-figure=smooth] .level").evaluate(middle)
    x_left, _, x_width, _ = kinds.locator("[data-figure=smooth]").evaluate(AREA)
    assert level == pytest.approx(x_left + (127 - 40) / 254 * x_width, abs=1)
    handle = kinds.locator("[data-figure=lever] .handle")
    _, _, _, tall = kinds.locator("[data-figure=lever]").evaluate(AREA)
    x, y = centre(handle)
    kinds.mouse.move(x, y)
    kinds.mouse.down()
    kinds.mouse.move(x + 30, y + 30 / 60 * tall)
    expect_at(kinds, *at(kinds)[:2], 1)
    assert centre(handle) == pytest.approx((x, y + 30 / 60 * tall), abs=1)
    kinds.mouse.up()
    kinds.wait_for_url("**t=1*")


def test_a_finger_that_scrolls_changes_nothing(kinds: Page) -> None:
    """The browser takes the pointer away: sliders and figures go back to where they were."""
    session = kinds.context.new_cdp_session(kinds)

    def touch(kind: str, *places: tuple[float, float]) -> None:
        spots = [{"x": x, "y": y, "id": k} for k, (x, y) in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    before, address = at(kinds), kinds.url
    row = slider(kinds, "First").bounding_box()
    assert row is not None
    x, y = row["x"] + 20, row["y"] + row["height"] / 2
    touch("touchStart", (x, y))
    touch("touchMove", (x + 30, y))
    expect(kinds.get_by_label("First, typed value")).to_have_value(re.compile("-1"))  # it has followed
    touch("touchCancel")
    expect_at(kinds, *before)
    left, top, width, height = kinds.locator("[data-figure=map]").evaluate(AREA)
    touch("touchStart", (left + width / 2, top + height / 2))
    touch("touchMove", (left + width * 0.9, top + height / 2))
    expect_at(kinds, *before[:2], 5)
    touch("touchCancel")
    expect_at(kinds, *before)
    kinds.wait_for_timeout(300)
    assert kinds.url == address
    # A handle keeps what the first finger did, and a second one does not pull it elsewhere.
    x, y = centre(kinds.locator("[data-figure=plane] .handle"))
    touch("touchStart", (x, y))
    reach = every_kind().arrays["reach"].values[int(before[2])]
    unit = min(kinds.locator("[data-figure=plane]").evaluate(AREA)[2:]) / 2 / reach
    touch("touchMove", (x - 0.8 * unit, y))
    expect_at(kinds, before[0] - 0.8, *before[1:])
    touch("touchStart", (x - 0.8 * unit, y), (x - 0.8 * unit + 5, y + 5))
    touch("touchMove", (x - 0.8 * unit, y), (x - 0.8 * unit + 15, y + 15))
    kinds.wait_for_timeout(100)
    assert at(kinds) == pytest.approx([before[0] - 0.8, *before[1:]])
    touch("touchEnd")
    kinds.wait_for_url(f"**a={number_text(round(before[0] - 0.8, 6), 4)}*")


def test_numbers_are_typed_as_people_write_them(kinds: Page) -> None:
    typed = kinds.get_by_label("First, typed value")
    hint = kinds.locator(".axis", has_text="First").locator(".hint")
    for text, value, said in (
        ("0,7", "0.7", ""),
        (" −1.3 ", "-1.3", ""),
        (".5", "0.5", ""),
        ("1e-1", "0.1", ""),
        ("1,2,3", "0.1", "Type a number from -2 to 2."),
        ("Infinity", "0.1", "Type a number from -2 to 2."),
        ("0,77", "0.8", "Nearest stop to 0.77 (-2 to 2)."),
    ):
        typed.fill(text)
        typed.press("Enter")
        expect(typed).to_have_value(value)
        expect(hint).to_have_text(said)


INK = """async ([text, type, [red, green, blue]]) => {
  // How many pixels of a picture have about this colour.
  const image = new Image();
  image.src = `data:${type};base64,${text}`;
  await image.decode();
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  let count = 0;
  for (let i = 0; i < data.length; i += 4)
    if (data[i + 3] > 200 && Math.hypot(data[i] - red, data[i + 1] - green, data[i + 2] - blue) < 40) count++;
  return count;
}"""


def saved(page: Page, name: str, kind: str) -> bytes:
    """What the menu of a figure gives."""
    cell = page.locator(f"[data-figure={name}]")
    cell.locator("summary").press("Enter")  # wherever it is under the sliders that stay in view
    with page.expect_download() as waiting:
        cell.get_by_role("button", name=kind).press("Enter")
    return Path(waiting.value.path()).read_bytes()


def assert_in_the_picture(page: Page, name: str, colour: str, pixels: int) -> None:
    """A colour covers at least so many pixels of the figure that is saved as SVG, and of the PNG."""
    rgb = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    for kind, media in (("SVG", "image/svg+xml"), ("PNG", "image/png")):
        content = base64.b64encode(saved(page, name, kind)).decode()
        assert page.evaluate(INK, [content, media, rgb]) >= pixels, kind


def test_what_is_saved_is_what_is_seen(kinds: Page) -> None:
    t = int(at(kinds)[2])
    rows = list(csv.DictReader(io.StringIO(saved(kinds, "bars", "CSV").decode())))
    assert [row["trace"] for row in rows] == ["<i> & co"] * 3 + ["again"] * 3
    assert [row["label"] for row in rows] == ["'" + NAMES[0], *NAMES[1:], "", "", ""], "no entity, and no formula"
    np.testing.assert_allclose([float(row["x"]) for row in rows], np.tile(WEIGHTS[t], 2), rtol=1e-6)
    assert [float(row["y"]) for row in rows] == [1, 2, 3, 1, 2, 3]
    rows = list(csv.DictReader(io.StringIO(saved(kinds, "map", "CSV").decode())))
    cells = np.array([[float(row[key]) for key in "xyz"] for row in rows])
    across, up = np.meshgrid(np.where(ACROSS == 0, 0, 10**ACROSS), 2 * np.sinh(UP))
    expected = np.column_stack([across.ravel(), up.ravel(), 10 ** CELLS[t]])
    np.testing.assert_allclose(cells, expected, rtol=5e-6, err_msg="drawn as logarithms, told as numbers")
    rows = list(csv.DictReader(io.StringIO(saved(kinds, "smooth", "CSV").decode())))
    slope = np.linspace(0, 254, 5) + 10 * t
    np.testing.assert_allclose([float(row["z"]) for row in rows], np.tile(slope, 2) / 254, rtol=5e-6)
    expect(kinds.locator(".legend")).to_have_text("<i> & co")
    palette = theme.PALETTES["light"]
    assert_in_the_picture(kinds, "bars", palette["l1"], 2000)
    assert_in_the_picture(kinds, "plane", palette["l1"], 20)
    assert_in_the_picture(kinds, "smooth", "#10202e", 200)


RUNNING = """() => {
  // Everything that goes on by itself: timers, frames, idle work, observers, and listeners outside the board.
  const running = (window.running = new Map());
  const note = (kind, id) => running.set(`${kind} ${id}`, new Error().stack.split('\\n').slice(2, 8).join());
  for (const [start, stop, once] of [['setTimeout', 'clearTimeout', true], ['setInterval', 'clearInterval', false],
    ['requestAnimationFrame', 'cancelAnimationFrame', true], ['requestIdleCallback', 'cancelIdleCallback', true]]) {
    const [begin, end] = [window[start], window[stop]];
    window[start] = (work, ...rest) => {
      const id = begin.call(window, (...given) => {
        if (once) running.delete(`${start} ${id}`);
        work(...given);
      }, ...rest);
      note(start, id);
      return id;
    };
    window[stop] = (id) => { running.delete(`${start} ${id}`); end.call(window, id); };
  }
  for (const name of ['IntersectionObserver', 'ResizeObserver', 'MutationObserver']) {
    let born = 0;
    window[name] = class extends window[name] {
      observe(...given) { this.number ??= ++born; note(name, this.number); super.observe(...given); }
      disconnect() { running.delete(`${name} ${this.number}`); super.disconnect(); }
    };
  }
  for (const target of [window, document, MediaQueryList.prototype]) {
    const { addEventListener, removeEventListener } = target;
    target.addEventListener = function (kind, work, ...rest) {
      note(`listener ${kind}`, work);
      addEventListener.call(this ?? window, kind, work, ...rest);
    };
    target.removeEventListener = function (kind, work, ...rest) {
      running.delete(`listener ${kind} ${work}`);
      removeEventListener.call(this ?? window, kind, work, ...rest);
    };
  }
}"""


def test_a_preset_may_change_settings_too(page: Page, app_url: str) -> None:
    """One step of browser back: the sliders move, and the address asks for other settings, which the page then has."""
    toy = every_kind()
    axis = toy.axes[0]
    places = (
        ("here", {axis.name: axis.values[1]}),
        ("elsewhere", {axis.name: axis.values[0], "degree": "9", "x": None}),
    )
    mount(page, app_url, replace(toy, presets=places, menu="Go"))
    menu = page.get_by_label("Go")
    menu.select_option("here")
    page.wait_for_function("() => window.location.search.length > 1")
    assert "degree" not in page.url
    page.evaluate("() => window.history.replaceState({}, '', `${window.location.search}&x=1`)")
    menu.select_option("elsewhere")
    page.wait_for_url("**degree=9*")
    assert "x=1" not in page.url
    expect(page.get_by_label(f"{axis.label}, typed value")).to_have_value(axis.text[0])
    page.go_back()
    expect(page.get_by_label(f"{axis.label}, typed value")).to_have_value(axis.text[1])
    assert "degree" not in page.url


def test_a_board_that_is_taken_away_leaves_nothing_running(page: Page, app_url: str) -> None:
    """Whatever it was doing: arriving, drawing, playing, being dragged, going to rest."""
    page.add_init_script(f"({RUNNING})()")
    mount(page, app_url, every_kind(), stay=False)
    page.wait_for_timeout(300)
    assert page.locator(".grid").inner_html() == "", "nothing arrives in a board that has gone"
    for doing in ("arrives", "plays", "is dragged", "turns dark", "rests"):
        mount(page, app_url, every_kind())
        if doing != "arrives":
            page.locator("[data-figure=map] .overlay").wait_for()
            page.locator("[data-figure=plane] .overlay path").first.wait_for(state="attached")
        if doing == "plays":
            page.get_by_role("button", name="Play: Time").click()
            expect(page.get_by_label("Time, typed value")).to_have_value("3")
        if doing == "is dragged":
            x, y = centre(page.locator("[data-figure=plane] .handle"))
            page.mouse.move(x, y)
            page.mouse.down()
            page.mouse.move(x + 20, y + 10)
        if doing == "turns dark":
            page.emulate_media(color_scheme="dark")
            page.set_viewport_size({"width": 800, "height": 700})
        if doing == "rests":
            slider(page, "First").press("End")
            page.wait_for_timeout(330)
        address = page.url
        page.evaluate("() => window.unmount()")
        running = "() => [...window.running].filter(([, who]) => /blob:|plotly/.test(who))"
        left = page.evaluate(running)
        page.wait_for_timeout(500)
        assert not [what for what in left if "Idle" not in what[0]], doing
        assert not page.evaluate(running), doing
        assert page.url == address, doing
        page.mouse.up()


def test_a_plain_page_mounts_boards_from_the_modules_themselves(page: Page) -> None:
    """No Streamlit, no joined text: a position in the address, and beside it a board that keeps its own."""
    board = every_kind()
    page.set_viewport_size({"width": 1000, "height": 2600})
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    with plain_page(board) as url:
        page.goto(f"{url}?t=4&mine=1")
        first, second = page.locator("main"), page.locator("aside")
        for place in (first, second):
            place.locator("[data-figure=lever] .overlay path").first.wait_for(state="attached")
        settle(page)
        assert all(address.startswith((url, "data:")) for address in requested)
        assert {address.rpartition("/")[2] for address in requested if "/js/" in address} == set(in_order("page.js"))

        def picture_of(place: Locator) -> list[Any]:
            drawn = place.locator(".overlay path").evaluate_all("paths => paths.map((p) => p.getAttribute('d'))")
            return [drawn, place.get_by_label("Time, typed value").input_value()]

        assert [picture_of(place)[1] for place in (first, second)] == ["4", "2"]
        before = picture_of(first), picture_of(second)
        track = first.locator(".axis", has_text="Time").locator(".range")
        box = track.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 12 + 0.8 * (box["width"] - 24), box["y"] + box["height"] / 2)
        page.mouse.down()
        seen = []
        for stop in (3, 1, 0):
            page.mouse.move(box["x"] + 12 + stop / 5 * (box["width"] - 24), box["y"] + box["height"] / 2)
            expect(first.get_by_label("Time, typed value")).to_have_value(str(stop))
            seen.append(picture_of(first))
        assert len({str(picture) for picture in (*seen, before[0])}) == 4, "drawn while the pointer is down"
        assert page.url == f"{url}?t=4&mine=1"
        page.mouse.up()
        page.wait_for_url(re.compile(r"\?t=0&mine=1&a=\S+&b=\S+$"))
        assert picture_of(second) == before[1]
        settle(page)
        held = first.locator("[data-figure=lever] .still").evaluate("e => [...e.data[0].y]")
        assert held == pytest.approx(board.figures[4].at(board, board.index({"t": "0"}))["data"][0]["y"], rel=1e-6)
        page.go_back()
        expect(first.get_by_label("Time, typed value")).to_have_value("4")
        second.locator(".axis", has_text="Time").locator(".range").press("End")
        settle(page)
        assert picture_of(second)[1] == "5"
        assert page.url == f"{url}?t=4&mine=1", "nobody else's business"
        page.evaluate("() => window.unmount()")
        expect(second).to_be_empty()
        assert first.locator(".controls").evaluate("e => getComputedStyle(e).top") == "0px"


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
