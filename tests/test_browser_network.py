"""The Network page in a real browser: trainings that run, stop and queue, and what their sliders paint."""

from __future__ import annotations

import re
import time
from functools import cache
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from regviz.live.board import Board
from regviz.scenes.network.board import board as picture
from regviz.scenes.network.settings import NetworkSettings
from regviz.scenes.network.sweep import network, train_all
from tests.harness import (
    WATCH,
    assert_good_looks,
    assert_same_coordinates,
    at_rest,
    drag,
    drawn,
    open_board,
    settle,
    slider,
    value_of,
)

LONG = {"depth": 3, "units": 8, "epochs": 2000, "n_samples": 200, "batch_size": 5}  # 20 s or so
MIDDLING = {"depth": 3, "units": 8, "epochs": 1500, "n_samples": 100, "batch_size": 20}  # 2 s or so


@cache
def board_of(**settings: Any) -> Board:
    chosen = NetworkSettings(**settings)
    return picture(network(chosen, train_all(chosen)))


def link(app_url: str, **query: Any) -> str:
    return f"{app_url}/network?{urlencode(query)}"


def trained(page: Page) -> None:
    """Wait until nothing trains any more."""
    settle(page)  # it has begun
    expect(page.get_by_role("button", name="Check the gradients here")).to_be_visible(timeout=60_000)
    settle(page)


def open_trained(page: Page, url: str) -> None:
    open_board(page, url)
    trained(page)


def stop_all(page: Page) -> None:
    """Leave, so that the training is given up and the next test has the machine."""
    page.goto("about:blank")


def last_epoch(page: Page) -> float:
    return float(value_of(page, "Epoch"))


# -- a training


def test_a_long_training_shows_how_far_it_is_stops_and_goes_on(page: Page, app_url: str) -> None:
    open_board(page, link(app_url, **LONG))
    bar = page.get_by_test_id("stProgress")
    expect(bar).to_contain_text(re.compile(r"Epoch \d+ of 2000"))
    seen, words, reached = set(), set(), []
    while len(seen) < 3 or len(words) < 3 or len(set(reached)) < 3:  # pictures change while it trains
        seen.add(tuple(drawn(page)))
        words.add(bar.inner_text(timeout=5_000))
        reached.append(last_epoch(page))
        page.wait_for_timeout(200)
    assert reached == sorted(reached), "the slider stays at the last epoch there is"
    assert "epoch=" not in page.url

    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    told = page.get_by_text(re.compile(r"Stopped after \d+ of 2000 epochs"))
    expect(told).to_be_visible(timeout=20_000)
    settle(page)
    stopped = float(re.search(r"after (\d+)", told.inner_text())[1])  # type: ignore[index]
    assert 0 < stopped < 2000
    assert last_epoch(page) == stopped
    still = drawn(page)
    page.wait_for_timeout(1200)
    assert drawn(page) == still, "nothing goes on"
    drag(page, "Epoch", lambda share: 1 - share, 0.3)
    page.wait_for_timeout(300)
    assert drawn(page) != still, "what there is can be looked at"
    assert last_epoch(page) == 0
    slider(page, "Epoch").press("End")
    settle(page)
    page.get_by_role("button", name="Check the gradients here").click()
    expect(page.get_by_text("the gradients are right")).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()

    page.get_by_role("button", name="Train to the end").click()
    expect(bar).to_be_visible()
    before = value_of(page, "Epoch")
    expect(told).not_to_be_visible()
    expect(page.get_by_label("Epoch, typed value")).not_to_have_value(before, timeout=20_000)
    stop_all(page)


def test_sliders_of_others_react_while_a_training_runs(page: Page, browser: Browser, app_url: str) -> None:
    open_trained(page, link(app_url))

    def pace() -> float:
        """Pictures in a second of a drag."""
        page.evaluate(WATCH)
        start = time.perf_counter()
        drag(page, "Strength λ", lambda share: abs(1 - 2 * ((4 * share) % 1)), 1.2, release=False)
        pictures: int = page.evaluate("() => { cancelAnimationFrame(watch.handle); return watch.pictures.length; }")
        passed = time.perf_counter() - start
        page.mouse.up()
        return pictures / passed

    alone = pace()
    settle(page)
    # Another window, since a tab behind another one is not drawn; and with little to draw, as it is on our machine too.
    other = browser.new_page(viewport={"width": 320, "height": 240})
    other.goto(link(app_url, **LONG, random_state=1))
    expect(other.get_by_test_id("stProgress")).to_contain_text("Epoch", timeout=20_000)
    beside = pace()
    assert other.get_by_test_id("stProgress").is_visible(), "it was running all the time"
    stop_all(other)
    other.close()
    assert beside > 0.5, f"{beside:.1f} pictures a second, {alone:.1f} without the training"


def test_more_than_two_trainings_queue_and_are_told(laptop: BrowserContext, app_url: str) -> None:
    pages = [laptop.new_page() for _ in range(3)]
    for k, page in enumerate(pages):
        epochs = 400 if k == 2 else LONG["epochs"]  # which is the last to begin
        page.goto(link(app_url, **LONG | {"epochs": epochs}, random_state=20 + k))
        expect(page.get_by_test_id("stProgress")).to_be_visible(timeout=20_000)
        page.wait_for_timeout(300)
    expect(pages[2].get_by_test_id("stProgress")).to_contain_text("Waiting for 1 other training to end", timeout=20_000)
    assert not pages[2].locator(".board").count()
    stop_all(pages[0])  # given up a few seconds later
    expect(pages[2].get_by_test_id("stProgress")).to_contain_text("Epoch", timeout=40_000)
    for page in pages:
        stop_all(page)
        page.close()


def test_a_second_visitor_has_the_same_training_at_once(page: Page, laptop: BrowserContext, app_url: str) -> None:
    url = link(app_url, **MIDDLING, random_state=3)
    start = time.perf_counter()
    open_trained(page, url)
    first = time.perf_counter() - start
    other = laptop.new_page()
    other.goto(url)
    seen = []
    other.locator(".board .plot .overlay path").first.wait_for(state="attached", timeout=60_000)
    seen.append(other.get_by_test_id("stProgress").count())
    assert seen == [0], f"no training of its own (the first took {first:.1f} s)"
    trained(other)
    assert drawn(other) == drawn(page)
    other.close()


# -- sliders


def test_drags_paint_new_pictures_and_send_nothing(page: Page, app_url: str) -> None:
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append("frame")))
    open_trained(page, link(app_url))
    for axis, path in (("Strength λ", lambda share: 0.1 + 0.8 * share), ("Epoch", lambda share: 1 - share)):
        before, address = drawn(page), page.url
        sent.clear()
        page.evaluate(WATCH)
        drag(page, axis, path, 1.0, release=False)
        pictures = page.evaluate("() => window.watch.pictures.length")
        during = drawn(page)
        assert pictures >= 12, f"pictures painted while the pointer was down on {axis}"
        assert not sent
        assert page.url == address
        assert sum(one != other for one, other in zip(before, during, strict=True)) >= 12, "all columns follow"
        page.mouse.up()
        page.wait_for_function("address => window.location.href !== address", arg=address)
        settle(page)
    assert "epoch=0" in page.url


def test_play_pause_and_the_keyboard(page: Page, app_url: str) -> None:
    open_trained(page, link(app_url))
    epochs = board_of().axes[1]
    last = len(epochs.values) - 1
    handle = slider(page, "Epoch")
    play = page.get_by_role("button", name="Play: Epoch")
    pause = page.get_by_role("button", name="Pause: Epoch")
    play.click()
    page.wait_for_timeout(500)
    first = int(handle.input_value())
    assert 0 < first < last, "it starts anew from the initial weights"
    page.wait_for_timeout(500)
    assert int(handle.input_value()) > first
    pause.click()
    page.wait_for_timeout(200)
    paused = int(handle.input_value())
    page.wait_for_timeout(500)
    assert int(handle.input_value()) == paused
    expect(play).to_be_visible()
    page.wait_for_url(f"**epoch={epochs.text[paused]}*")
    settle(page)

    for act in (lambda: handle.press("Home"), lambda: drag(page, "Epoch", lambda share: 0.3, 0.1)):
        play.click()
        page.wait_for_timeout(400)
        act()
        page.wait_for_timeout(200)
        stands = int(handle.input_value())
        page.wait_for_timeout(400)
        assert int(handle.input_value()) == stands, "the hand on the slider stops it"
        expect(play).to_be_visible()
    settle(page)
    handle.press("End")
    page.wait_for_timeout(300)
    assert value_of(page, "Epoch") == "1000"
    handle.press("PageDown")
    page.wait_for_timeout(60)
    assert value_of(page, "Epoch") == epochs.text[last - 5]
    strength = slider(page, "Strength λ")
    strength.press("End")
    page.wait_for_timeout(60)
    assert value_of(page, "Strength λ") == "1"
    expect(page.locator("[data-card=heading_l1]")).to_contain_text(re.compile(r"^L1.*\n*.*0 of 288 weights uncut"))
    strength.press("Home")
    page.wait_for_timeout(60)
    expect(page.locator("[data-card=heading_l1]")).to_contain_text("288 of 288 weights uncut")


def test_play_runs_to_its_end(page: Page, app_url: str) -> None:
    open_trained(page, link(app_url, epochs=50, problem="blobs"))
    handle = slider(page, "Epoch")
    last = int(handle.get_attribute("max") or 0)
    page.get_by_role("button", name="Play: Epoch").click()
    expect(page.get_by_role("button", name="Play: Epoch")).to_be_visible(timeout=20_000)
    assert int(handle.input_value()) == last
    assert value_of(page, "Epoch") == "50"


def test_a_link_reopens_the_same_position(page: Page, laptop: BrowserContext, app_url: str) -> None:
    open_trained(page, link(app_url, problem="Classes: XOR"))
    drag(page, "Strength λ", lambda share: 0.3 + 0.4 * share, 0.3)
    page.wait_for_url("**alpha=*")
    settle(page)
    assert "epoch=" not in page.url, "the end of a training is not a number"
    drag(page, "Epoch", lambda share: 1 - 0.5 * share, 0.3)
    page.wait_for_url("**epoch=*")
    settle(page)
    moved, numbers = drawn(page), page.locator("[data-card=numbers_l1]").inner_text()
    other = laptop.new_page()
    open_trained(other, page.url)
    assert other.locator("[data-card=numbers_l1]").inner_text() == numbers
    assert drawn(other) == moved
    other.close()


# -- what is drawn


@pytest.mark.parametrize("settings", [{}, {"problem": "circles"}], ids=["curve", "classes"])
def test_the_picture_is_the_one_that_python_draws(page: Page, app_url: str, settings: dict[str, Any]) -> None:
    board = board_of(**settings)
    epochs = board.axes[1]
    page.set_viewport_size({"width": 1366, "height": 3400})
    positions = (("0.003", epochs.text[-1]), ("0.0002", epochs.text[len(epochs.text) // 2]))
    open_trained(page, link(app_url, **settings, alpha=positions[0][0]))
    for alpha, epoch in positions:
        query = {"alpha": alpha, "epoch": epoch}
        for axis in board.axes:
            typed = page.get_by_label(f"{axis.label}, typed value")
            typed.fill(query[axis.name])
            typed.press("Enter")
        settle(page)
        index = board.index(query)
        seen = at_rest(page)
        assert set(seen) == {figure.name for figure in board.figures}
        for figure in board.figures:
            assert_same_coordinates(figure.at(board, index), seen[figure.name], 2e-5)
        for readout in board.readouts:
            text = page.locator(f"[data-card={readout.name}]")
            assert board.say(readout.headline, index) in text.inner_text()
            values = text.locator("dd").all_inner_texts()
            assert values == [board.say(template, index) for _, template, _ in readout.rows]


def test_colours_and_boundary_are_where_the_map_says_and_classes_look_well(page: Page, app_url: str) -> None:
    board = board_of(problem="circles")
    open_trained(page, link(app_url, problem="circles"))
    for query in ({"alpha": "0.003"}, {"alpha": "0.0001"}):
        page.get_by_label("Strength λ, typed value").fill(query["alpha"])
        page.get_by_label("Strength λ, typed value").press("Enter")
        page.wait_for_timeout(150)
        figure = next(figure for figure in board.figures if figure.name == "fit_l1")
        trace = figure.at(board, board.index(query))["data"][-1]
        z, side = np.asarray(trace["z"], dtype=float), np.asarray(trace["x"])
        cell = page.locator("[data-figure=fit_l1]")
        width, height, flat = cell.locator("canvas").evaluate(
            "c => [c.width, c.height, [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]]"
        )
        pixels = np.array(flat).reshape(height, width, 4)[::-1]  # from below
        fine = width // (len(side) - 1)
        stops = [(share, [int(c[i : i + 2], 16) for i in (1, 3, 5)]) for share, c in trace["colorscale"]]
        for row, column in np.random.default_rng(0).integers(0, width, size=(300, 2)):
            u, v = (column + 0.5) / fine, (row + 0.5) / fine
            i, j, s, t = int(v), int(u), u % 1, v % 1
            value = (1 - t) * ((1 - s) * z[i, j] + s * z[i, j + 1]) + t * ((1 - s) * z[i + 1, j] + s * z[i + 1, j + 1])
            wanted = [np.interp(value / 254, [x for x, _ in stops], [c[k] for _, c in stops]) for k in range(3)]
            assert np.abs(pixels[row, column, :3] - wanted).max() <= 3, (row, column)

        area = cell.locator(".overlay > svg")
        frame = [float(area.get_attribute(name) or 0) for name in ("width", "height")]
        path = area.locator("path.level").get_attribute("d") or ""
        points = np.array([float(number) for number in re.findall(r"-?[\d.]+", path)]).reshape(-1, 2)
        assert len(points) > 20
        u = points[:, 0] / frame[0] * (len(side) - 1)
        v = (1 - points[:, 1] / frame[1]) * (len(side) - 1)
        i, j = np.minimum(v.astype(int), len(side) - 2), np.minimum(u.astype(int), len(side) - 2)
        s, t = u - j, v - i
        there = (1 - t) * ((1 - s) * z[i, j] + s * z[i, j + 1]) + t * ((1 - s) * z[i + 1, j] + s * z[i + 1, j + 1])
        steep = np.abs(np.gradient(z)).max()
        assert np.abs(there - 127).max() < 0.05 * steep + 0.5
        above = z > 127
        crossed = (above[:, 1:] != above[:, :-1]).sum() + (above[1:] != above[:-1]).sum()
        assert len(points) == 2 * crossed - on_the_rim(above), "every crossing belongs to two cells, on the rim to one"
    assert_good_looks(page)


def on_the_rim(above: np.ndarray) -> int:
    return sum(int((line[1:] != line[:-1]).sum()) for line in (above[0], above[-1], above[:, 0], above[:, -1]))


# -- settings


def test_another_setting_trains_anew_and_the_sliders_stay_where_that_makes_sense(page: Page, app_url: str) -> None:
    open_trained(page, link(app_url, alpha="0.02", epochs=200))
    page.get_by_test_id("stSidebar").get_by_text("Penalise biases too").click()
    page.wait_for_url("**penalise_biases=true*")
    trained(page)
    assert value_of(page, "Strength λ") == "0.02"
    assert value_of(page, "Epoch") == "200"
    handle = page.get_by_role("slider", name="Epochs")
    handle.focus()
    for _ in range(6):
        handle.press("ArrowRight")
    page.wait_for_url("**epochs=500*")
    trained(page)
    assert value_of(page, "Epoch") == "500", "who is at the end stays at the end"
    typed = page.get_by_label("Epoch, typed value")
    typed.fill("400")
    typed.press("Enter")
    page.wait_for_url("**epoch=*")
    settle(page)
    there = last_epoch(page)
    assert 330 < there < 470
    handle.focus()
    for _ in range(6):
        handle.press("ArrowLeft")
    page.wait_for_url("**epochs=200*")
    trained(page)
    assert value_of(page, "Epoch") == "200", "there is no later epoch"
    assert value_of(page, "Strength λ") == "0.02"
    assert "epoch=200" in page.url
    assert not page.get_by_text("must be").count(), "nobody did anything wrong"


def test_a_release_during_a_training_does_not_hold_the_epoch_back(page: Page, app_url: str) -> None:
    open_board(page, link(app_url, **MIDDLING, random_state=5))
    slider(page, "Strength λ").press("ArrowRight")
    page.wait_for_url("**alpha=*")
    assert page.get_by_test_id("stProgress").is_visible()
    trained(page)
    assert value_of(page, "Epoch") == "1500"
    assert value_of(page, "Strength λ") == "0.005"


def test_an_epoch_in_a_link_waits_for_its_training(page: Page, app_url: str) -> None:
    open_board(page, link(app_url, **MIDDLING, random_state=6, epoch="1103"))
    assert page.get_by_test_id("stProgress").is_visible()
    trained(page)
    assert 1000 < last_epoch(page) < 1200


def test_a_link_with_more_epochs_than_there_are_is_mended_and_told(page: Page, app_url: str) -> None:
    open_trained(page, link(app_url, epochs=500, epoch=1000, random_state=8))
    assert value_of(page, "Epoch") == "500"
    expect(page.get_by_text("must be 0 to 500, got “1000”")).to_be_visible()


def test_a_hostile_link_is_mended_and_told(page: Page, app_url: str) -> None:
    bad = {
        "problem": "<img src=x onerror=alert(1)>",
        "units": "1e9",
        "depth": "-3",
        "epochs": "999999999",
        "batch_size": "0",
        "learning_rate": "1e400",
        "initial_scale": "nan",
        "alpha": "<script>",
        "epoch": "-7",
    }
    start = time.perf_counter()
    page.goto(link(app_url, **bad))
    for words in (
        "Problem (problem) must be one of",
        "Units in each (units) must be 1 to 32",
        "Epochs (epochs) must be",
    ):
        expect(page.get_by_text(words)).to_be_visible(timeout=20_000)
    trained(page)
    assert time.perf_counter() - start < 40
    for words in ("Problem (problem) must be one of", "Epochs (epochs) must be 50 to 2000", "Epoch (epoch) must be"):
        expect(page.get_by_text(words)).to_be_visible()
    assert not page.locator("img[src=x]").count()
    assert last_epoch(page) in (0, 2000)
    assert "%3C" not in page.url


# -- words


def test_a_training_that_explodes_or_overshoots_is_told(page: Page, app_url: str) -> None:
    open_trained(page, link(app_url, learning_rate="10", optimizer="SGD", epochs=50))
    expect(page.get_by_text("With the learning rate 10 the training of")).to_be_visible()
    note = page.locator("[data-note=happened_l1]")
    expect(note).to_contain_text("L1: training exploded in epoch")
    slider(page, "Epoch").press("Home")
    expect(note).to_contain_text("L1: training explodes in epoch")
    assert not re.search(r"NaN|Infinity|undefined", page.locator(".board").inner_text())

    query: dict[str, Any] = {"learning_rate": "3", "epochs": 100, "units": 8, "activation": "relu"}
    board = board_of(**query)
    open_trained(page, link(app_url, **query | {"activation": "ReLU"}, alpha=0.3))
    expect(page.get_by_text("overshoots without exploding")).to_be_visible()
    place = board.index({"alpha": 0.3})
    faded = board.say("{l2_faded}", place)
    assert int(faded) > 0, "L2 leaves no zeros, and says what else happened"
    head = page.locator("[data-card=heading_l2]")
    expect(head).to_contain_text(f"80 of 80 weights uncut, 16 of 16 neurons; {faded} of them faded below 1e-30")
    told = page.locator("[data-note=happened_l2]")
    for words in ("L2: steps overshoot; in epoch", f"L2: {faded} weights faded below 1e-30"):
        expect(told).to_contain_text(words)
