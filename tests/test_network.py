"""Does the Network page show what was trained? Everything drawn is held against the weights of the sweep."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from regviz.core.training import Progress, TrainingSweep
from regviz.figures import network as picture
from regviz.live.board import Board, LiveFigure, Ref, payload
from regviz.settings import BATCH_SIZES, LEARNING_RATES, PROBLEMS, NetworkSettings
from regviz.sweeps.network import (
    ALPHAS,
    CLIP,
    N_BINS,
    RATIOS,
    REACH,
    SIDE,
    SIZES,
    START,
    Network,
    Task,
    check_gradients,
    network,
    to_unit,
    train_all,
)
from tests.test_live import same_in_javascript, sent_size

KEYS = ("l1", "mix", "l2")
SMALL = {"epochs": 100, "units": 5, "n_samples": 30}
SHOWN = {
    "curve": NetworkSettings(),
    "classes": NetworkSettings(problem="moons", epochs=200),
    "deep": NetworkSettings(depth=3, units=4, epochs=200, learning_rate="0.03"),
    "one unit": NetworkSettings(depth=1, units=1, epochs=100),
    "exploded": NetworkSettings(
        problem="moons",
        optimizer="momentum",
        learning_rate="10",
        activation="relu",
        initial_scale=5.0,
        depth=3,
        units=4,
        epochs=100,
    ),
    "exploded curve": NetworkSettings(optimizer="sgd", learning_rate="1", activation="relu", epochs=100),
}


@cache
def trained(settings: NetworkSettings) -> tuple[Network, Board]:
    net = network(settings, train_all(settings))
    return net, picture.board(net)


@pytest.fixture(params=list(SHOWN))
def shown(request: pytest.FixtureRequest) -> tuple[Network, Board]:
    return trained(SHOWN[request.param])


def places(net: Network) -> Iterator[tuple[dict[str, int], int, str]]:
    """Positions of the sliders, with each penalty."""
    last = len(net.sweep.epochs) - 1
    for e, a, (r, key) in product((0, 1, last // 2, last), (0, 1, START, 25, len(ALPHAS) - 1), enumerate(KEYS)):
        yield {"alpha": a, "epoch": e}, r, key


def weights(net: Network, at: dict[str, int], r: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Weights (out, in) and biases of every layer at a position, cut from the flat parameters by hand."""
    flat = net.sweep.parameters[at["epoch"], r, at["alpha"]]
    units = [1 if net.task.is_curve else 2, *[net.task.settings.units] * net.task.settings.depth, 1]
    ws, bs, start = [], [], 0
    for n_in, n_out in pairwise(units):
        W = flat[start : start + n_out * (n_in + 1)].reshape(n_out, n_in + 1)
        ws.append(W[:, :-1])
        bs.append(W[:, -1])
        start += W.size
    assert start == len(flat)
    return ws, bs


def figure(board: Board, name: str) -> LiveFigure:
    return next(figure for figure in board.figures if figure.name == name)


def card(board: Board, name: str, at: dict[str, int]) -> tuple[str, dict[str, str]]:
    readout = next(readout for readout in board.readouts if readout.name == name)
    return board.say(readout.headline, at), {label: board.say(words, at) for label, words, _ in readout.rows}


def alive(ws: list[np.ndarray]) -> list[np.ndarray]:
    """Which hidden neurons lie on a path from an input to the output: the number of paths, by matrix products."""
    wires = [(W != 0).astype(float) for W in ws]
    found = []
    for layer in range(1, len(wires)):
        into = np.linalg.multi_dot([np.eye(len(wires[layer - 1])), *wires[layer - 1 :: -1], np.eye(wires[0].shape[1])])
        out = np.linalg.multi_dot([np.eye(1), *wires[: layer - 1 : -1], np.eye(wires[layer].shape[1])])
        found.append((into.sum(axis=1) > 0) & (out.sum(axis=0) > 0))
    return found


# -- what is counted


def test_counts_norms_and_bins_are_those_of_the_weights(shown: tuple[Network, Board]) -> None:
    net, board = shown
    edges = np.linspace(-net.reach, net.reach, N_BINS + 1)
    for at, r, key in places(net):
        ws, bs = weights(net, at, r)
        live = sum(int((W != 0).sum()) for W in ws)
        headline, _ = card(board, f"heading_{key}", at)
        assert headline.startswith(f"{live} of {sum(W.size for W in ws)} weights live")
        assert board.read(Ref("weights", {"penalty": r}), at) == live
        for layer, w in enumerate([*ws, np.concatenate(bs)]):
            drawn = figure(board, f"histogram_{layer}_{key}").at(board, at)["data"]
            inside = np.clip(w[w != 0], edges[0] * (1 - 1e-9), edges[-1] * (1 - 1e-9))
            expected, _ = np.histogram(inside.astype(float), edges)
            got = drawn[1]["customdata"]
            assert got.sum() == (w != 0).sum()
            assert np.abs(np.cumsum(got) - np.cumsum(expected)).max() <= 1, "one on an edge may fall on either side"
            np.testing.assert_allclose(np.sinh(drawn[1]["y"]) * 3, got, atol=1e-9)
            if layer < len(ws):
                assert drawn[2]["customdata"] == (w == 0).sum()
                assert net.frobenius[at["epoch"], r, at["alpha"], layer] == pytest.approx(
                    np.sqrt(np.square(w.astype(float)).sum()), rel=1e-5
                )
                assert net.absolute[at["epoch"], r, at["alpha"], layer] == pytest.approx(
                    np.abs(w.astype(float)).sum(), rel=1e-5
                )
        ghost = figure(board, f"histogram_0_{key}").at(board, at)["data"][0]["y"]
        unpenalised = figure(board, f"histogram_0_{key}").at(board, at | {"alpha": 0})["data"][1]["y"]
        np.testing.assert_array_equal(ghost, unpenalised)
        every = np.concatenate([W.ravel() for W in ws]).astype(float)
        totals = [float(board.read(Ref(name, {"penalty": r}, item=len(ws)), at)) for name in ("frobenius", "absolute")]
        assert totals == pytest.approx([np.sqrt(np.square(every).sum()), np.abs(every).sum()], rel=1e-5)


def test_the_parts_of_the_objective_add_up(shown: tuple[Network, Board]) -> None:
    """J = D + lambda (rho |w|_1 + (1 - rho)/2 |w|_2^2), of the drawn weights; the prediction has no lambda in it."""
    net, board = shown
    task = net.task
    for at, r, _ in places(net):
        ws, bs = weights(net, at, r)
        every = np.concatenate([W.ravel() for W in ws]).astype(float)
        rho, alpha = RATIOS[r], ALPHAS[at["alpha"]]
        penalty = alpha * (rho * np.abs(every).sum() + (1 - rho) / 2 * np.square(every).sum())
        z = task.X[task.train].T
        for k, (W, b) in enumerate(zip(ws, bs, strict=True)):
            z = W.astype(float) @ z + b[:, np.newaxis]
            if k < len(ws) - 1:
                z = np.tanh(z) if task.settings.activation == "tanh" else np.maximum(z, 0)
        y, f = task.data.y[task.train], z[0]
        D = np.square(y - f).mean() / 2 if task.is_curve else (np.logaddexp(0, f) - y * f).mean()
        pin = {"penalty": r}
        assert board.read(Ref("penalty_term", pin), at) == pytest.approx(penalty, rel=1e-4, abs=1e-9)
        assert board.read(Ref("data_loss", pin), at) == pytest.approx(D, rel=1e-3, abs=1e-6)
        assert board.read(Ref("objective", pin), at) == pytest.approx(D + penalty, rel=1e-3, abs=1e-6)


# -- the graph


def test_the_right_wires_are_drawn(shown: tuple[Network, Board]) -> None:
    """Each weight that is not zero is one segment between its units, in the trace of its size and sign."""
    net, board = shown
    sizes = [*SIZES, np.inf]
    for at, r, key in places(net):
        ws, _ = weights(net, at, r)
        drawn = figure(board, f"graph_{key}").at(board, at)["data"]
        total = 0
        for sign, k in product((1, -1), range(len(SIZES))):
            trace = drawn[(sign < 0) * len(SIZES) + k]
            assert ("negative" if sign < 0 else "positive") in trace["name"]
            assert f"above {SIZES[k]:g}" in trace["name"]
            assert (trace["line"].get("dash") == "dash") == (sign < 0)
            ends = np.column_stack([trace["x"], trace["y"]]).reshape(-1, 3, 2)[:, :2]
            ends = ends[np.isfinite(ends).all(axis=(1, 2))]
            expected = []
            for layer, W in enumerate(ws):
                here = (np.sign(W) == sign) & (np.abs(W) > np.float32(sizes[k])) & (np.abs(W) <= sizes[k + 1])
                for to, start in zip(*np.nonzero(here), strict=True):
                    expected.append([unit(net, layer, start), unit(net, layer + 1, to)])
            np.testing.assert_allclose(ends, np.array(expected).reshape(-1, 2, 2), atol=1e-9)
            total += len(ends)
        assert total == sum((W != 0).sum() for W in ws)


def unit(net: Network, layer: int, k: int) -> tuple[float, float]:
    """Where a unit stands; the first of a layer on top."""
    settings = net.task.settings
    n = [1 if net.task.is_curve else 2, *[settings.units] * settings.depth, 1][layer]
    top = 0.9 if n > 2 else 0.35 if n == 2 else 0.0
    return float(layer), top - 2 * top * k / max(n - 1, 1)


def test_wires_of_made_up_weights() -> None:
    """All twelve classes and exact zeros, in known places."""
    settings = NetworkSettings(depth=1, units=8, epochs=50)
    net, _ = trained(settings)
    values = [0, 1e-30, 0.05, 0.051, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 2.1, 1e5]
    codes = [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    for sign in (1, -1):
        for value, code in zip(values, codes, strict=True):
            parameters = np.zeros_like(net.sweep.parameters)
            parameters[..., 0] = sign * value  # input to the first unit
            parameters[..., 16] = sign * value  # first unit to the output
            made = network(settings, replace(net.sweep, parameters=parameters))
            expected = code + 6 * (sign < 0 and code > 0)
            assert (made.sizes[..., [0, 8]] == expected).all(), value
            assert not made.sizes[..., [*range(1, 8), *range(9, 16)]].any()
            assert (made.live[..., 0] == (code > 0)).all()
            assert not made.live[..., 1:].any()


def test_live_neurons_are_those_on_a_path(shown: tuple[Network, Board]) -> None:
    net, board = shown
    for at, r, key in places(net):
        ws, _ = weights(net, at, r)
        expected = np.concatenate(alive(ws))
        headline, _ = card(board, f"heading_{key}", at)
        assert headline.endswith(f"{expected.sum()} of {len(expected)} neurons")
        drawn = figure(board, f"graph_{key}").at(board, at)["data"]
        hidden = [unit(net, layer, k) for layer, W in enumerate(ws[:-1], start=1) for k in range(len(W))]
        for name, shows in (("live neuron", expected), ("no live path", ~expected)):
            trace = next(trace for trace in drawn if trace["name"] == name)
            np.testing.assert_array_equal(np.isfinite(trace["x"]), shows)
            np.testing.assert_allclose(np.column_stack([trace["x"], trace["y"]])[shows], np.array(hidden)[shows])


def test_live_neurons_of_sparse_random_networks() -> None:
    """Dead ends and loose beginnings, which a training seldom has all of."""
    settings = NetworkSettings(problem="xor", depth=3, units=4, epochs=50)
    net, _ = trained(settings)
    rng = np.random.default_rng(0)
    parameters = net.sweep.parameters * (rng.random(net.sweep.parameters.shape) < 0.35)
    made = network(settings, replace(net.sweep, parameters=parameters))
    seen = set()
    for e, r, a in product(range(0, len(net.sweep.epochs), 4), range(3), range(0, len(ALPHAS), 3)):
        ws, _ = weights(made, {"epoch": e, "alpha": a}, r)
        expected = np.concatenate(alive(ws))
        np.testing.assert_array_equal(made.live[e, r, a], expected)
        seen.add(int(expected.sum()))
    assert len(seen) > 6


# -- the fit


@pytest.mark.parametrize("problem", [name for name, words in PROBLEMS.items() if words.startswith("Curve")])
def test_curves_are_drawn_to_a_thousandth_of_the_frame(problem: str) -> None:
    settings = NetworkSettings(problem=problem, epochs=200)
    net, board = trained(settings)
    domain = net.task.data.domain
    assert domain is not None
    for at, r, key in places(net):
        trace = figure(board, f"fit_{key}")
        low, high = trace.figure["layout"]["yaxis"]["range"]
        drawn = trace.at(board, at)["data"][-1]
        x = np.asarray(drawn["x"])
        assert x[[0, -1]] == pytest.approx(domain)
        exact = net.sweep.predict(to_unit(x[:, np.newaxis], domain))[at["epoch"], r, at["alpha"]]
        inside = (exact > low) & (exact < high)
        assert np.abs(np.asarray(drawn["y"]) - exact)[inside].max() < 1.1e-3 * (high - low)
        assert not (np.abs(np.asarray(drawn["y"]) - (low + high) / 2) < 0.5 * (high - low))[~inside].any()
        ghost = trace.at(board, at)["data"][-2]
        assert "λ = 0" in ghost["name"]
        np.testing.assert_array_equal(ghost["y"], trace.at(board, at | {"alpha": 0})["data"][-1]["y"])


@pytest.mark.parametrize("name", ["classes", "exploded"])
def test_the_map_is_the_predicted_class(name: str) -> None:
    net, board = trained(SHOWN[name])
    side = np.linspace(-REACH, REACH, SIDE)
    plane = np.array([[x, y] for y in side for x in side])
    logits = net.sweep.predict(plane)
    for at, r, key in places(net):
        drawn = figure(board, f"fit_{key}").at(board, at)["data"][-1]
        z = logits[at["epoch"], r, at["alpha"]].reshape(SIDE, SIDE).astype(float)
        assert (drawn["zmin"], drawn["zmax"]) == (0, 254)
        assert drawn["z"].shape == (SIDE, SIDE)
        np.testing.assert_allclose(drawn["z"], 127 + 127 * np.tanh(z / CLIP), atol=0.51)
        assert ((drawn["z"] > 127) <= (z > 0)).all(), "blue is class 1"
        np.testing.assert_allclose(drawn["x"], side)
        np.testing.assert_allclose(drawn["y"], side)
    assert np.abs(net.task.X).max() <= REACH, "every point is on the map"


def test_points_are_those_of_the_task(shown: tuple[Network, Board]) -> None:
    net, board = shown
    task = net.task
    drawn = figure(board, "fit_l1").at(board, board.index({}))["data"]
    X = np.column_stack([task.data.X[:, 0], task.data.y]) if task.is_curve else task.X
    for rows, filled in ((task.train, True), (task.validation, False)):
        traces = [
            trace
            for trace in drawn
            if trace.get("mode") == "markers" and ("-open" not in trace["marker"]["symbol"]) == filled
        ]
        got = np.concatenate([np.column_stack([trace["x"], trace["y"]]) for trace in traces])
        np.testing.assert_allclose(np.sort(got, axis=0), np.sort(X[rows], axis=0))
    if not task.is_curve:
        for trace in drawn[:-1]:
            label = 1 if "class 1" in trace["name"] else 0
            chosen = task.X[task.data.y == label]
            assert all((np.abs(chosen - p).sum(axis=1) < 1e-12).any() for p in zip(trace["x"], trace["y"], strict=True))


def test_lines_over_the_epochs_are_the_sweep(shown: tuple[Network, Board]) -> None:
    net, board = shown
    sweep = net.sweep
    for at, r, key in places(net):
        a = at["alpha"]
        drawn = {trace["name"]: trace for trace in figure(board, f"losses_{key}").at(board, at)["data"]}
        np.testing.assert_array_equal(drawn["data loss, training"]["x"], sweep.epochs)
        np.testing.assert_allclose(drawn["data loss, training"]["y"], sweep.data_loss[:, r, a])
        np.testing.assert_allclose(drawn["λ · penalty"]["y"], sweep.penalty[:, r, a])
        np.testing.assert_allclose(drawn["sum J"]["y"], (sweep.data_loss + sweep.penalty)[:, r, a], rtol=1e-6)
        assert sweep.validation_loss is not None
        np.testing.assert_allclose(drawn["data loss, validation"]["y"], sweep.validation_loss[:, r, a])
        np.testing.assert_array_equal(drawn["epoch of the slider"]["x"], [sweep.epochs[at["epoch"]]] * 2)
        gradients = figure(board, f"gradients_{key}").at(board, at)["data"]
        for layer in range(sweep.architecture.n_layers):
            np.testing.assert_allclose(gradients[layer]["y"], sweep.gradient_norm[:, r, a, layer])
        if sweep.accuracy is not None:
            accuracy = figure(board, f"accuracy_{key}").at(board, at)["data"]
            np.testing.assert_allclose(accuracy[0]["y"], sweep.accuracy[:, r, a])
            f = sweep.predict(net.task.X[net.task.train])[at["epoch"], r, a]
            share = ((f > 0) == (net.task.data.y[net.task.train] == 1)).mean()
            assert sweep.accuracy[at["epoch"], r, a] == pytest.approx(share)


def test_the_last_loss_lies_in_the_frame(shown: tuple[Network, Board]) -> None:
    net, board = shown
    low, high = figure(board, "losses_l1").figure["layout"]["yaxis"]["range"]
    inside = (np.log10(net.sweep.data_loss[-1]) > low) & (np.log10(net.sweep.data_loss[-1]) < high)
    # Exploded losses go over more powers of ten than a frame has.
    assert inside.mean() > 0.9 or (net.sweep.diverged >= 0).any()


# -- words, sizes, the browser's half


def test_every_figure_is_one_that_plotly_takes_and_has_words(shown: tuple[Network, Board]) -> None:
    net, board = shown
    for at in [
        board.index({}),
        {"alpha": 0, "epoch": 0},
        {"alpha": len(ALPHAS) - 1, "epoch": len(net.sweep.epochs) - 1},
    ]:
        for live in board.figures:
            for mode in ("light", "dark"):
                go.Figure(live.at(board, at, mode))  # type: ignore[arg-type]
            words = board.say(live.alt, at)
            assert len(words) > 20
            assert "{" not in words + board.say(live.caption, at)
        told = [board.summary, board.place, *(card.headline for card in board.readouts)]
        told += [words for card in board.readouts for _, words, _ in card.rows]
        told += [words for note in board.notes for words in note.paragraphs]
        for template in told:
            said = board.say(template, at)
            assert not re.search(r"[{}]|nan|inf\b|–", said), said
    assert len({figure.name for figure in board.figures}) == len(board.figures)


def test_the_browser_reads_what_python_reads(shown: tuple[Network, Board]) -> None:
    net, board = shown
    last = len(net.sweep.epochs) - 1
    indexes = [board.index({}), {"alpha": 20, "epoch": last // 2}, {"alpha": 0, "epoch": 0}]
    assert same_in_javascript(board, indexes) > 100


@pytest.mark.parametrize("problem", list(PROBLEMS))
def test_what_travels_is_at_most_a_megabyte_and_a_half(problem: str) -> None:
    _, board = trained(NetworkSettings(problem=problem))
    travelling, held = sent_size(board)
    assert travelling <= 1.5e6
    assert held <= 6e6, "in the browser"


# -- what stays the same


@pytest.fixture(scope="module")
def base() -> TrainingSweep:
    return train_all(NetworkSettings(**SMALL))


def test_all_strengths_start_from_the_same_weights(base: TrainingSweep) -> None:
    assert (base.parameters[0] == base.parameters[0, 0, 0]).all()
    assert np.ptp(base.data_loss[0]) == 0


def test_without_strength_all_penalties_are_the_same(base: TrainingSweep) -> None:
    assert ALPHAS[0] == 0
    assert (base.parameters[:, :, 0] == base.parameters[:, :1, 0]).all()
    assert not (base.parameters[-1, 0, START] == base.parameters[-1, 2, START]).all()


def test_the_same_settings_give_the_same_sweep(base: TrainingSweep) -> None:
    again = train_all(NetworkSettings(**SMALL))
    for field in fields(base):
        value = getattr(base, field.name)
        if isinstance(value, np.ndarray):
            np.testing.assert_array_equal(value, getattr(again, field.name), err_msg=field.name)


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 150},
        {"learning_rate": "0.1"},
        {"optimizer": "sgd"},
        {"batch_size": "10"},
        {"penalise_biases": True},
    ],
    ids=lambda change: next(iter(change)),
)
def test_how_it_is_trained_changes_neither_data_nor_initial_weights(base: TrainingSweep, change: Any) -> None:
    settings = NetworkSettings(**SMALL)
    changed = replace(settings, **change)
    one, other = Task.of(settings), Task.of(changed)
    for name in ("X", "train", "validation"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    np.testing.assert_array_equal(one.data.y, other.data.y)
    sweep = train_all(changed)
    np.testing.assert_array_equal(sweep.parameters[0], base.parameters[0])
    assert sweep.parameters[-1, 0, 5].tolist() != base.parameters[-1, 0, 5].tolist()


def test_seeds_and_sizes_of_weights() -> None:
    settings = NetworkSettings(**SMALL)
    first = train_all(replace(settings, epochs=50)).parameters[0, 0, 0]
    larger = train_all(replace(settings, epochs=50, initial_scale=2.0)).parameters[0, 0, 0]
    np.testing.assert_allclose(larger, 2 * first, rtol=1e-6)
    other = train_all(replace(settings, epochs=50, initial_state=1)).parameters[0, 0, 0]
    assert (other != first).any()
    assert Task.of(replace(settings, initial_state=1)).data.y.tolist() == Task.of(settings).data.y.tolist()


# -- claims of the page


def test_penalised_biases_pull_the_fit_off_the_level_of_the_data() -> None:
    """Row 9: at the strongest λ a free bias leaves the mean of the data, a penalised one does not."""
    settings = NetworkSettings(problem="runge", depth=1, units=8)
    task = Task.of(settings)
    level = task.data.y[task.train].mean()
    assert abs(level) > 0.05
    free, pulled = (
        train_all(replace(settings, penalise_biases=on)).predict(task.X[task.train])[-1, :, -1] for on in (False, True)
    )
    assert np.abs(free.mean(axis=1) - level).max() < 0.01 * abs(level)
    assert (np.abs(pulled.mean(axis=1)) < 0.75 * abs(level)).all()
    assert np.abs(pulled[0]).max() == 0, "L1 makes it exactly zero"


def test_l1_cuts_and_l2_does_not() -> None:
    net, _ = trained(SHOWN["curve"])
    share = net.zeros[-1].sum(axis=-1) / net.sizes.shape[-1]
    assert share[0, START] > 0.5
    assert share[2, START] == 0
    assert (np.diff(share[0]) > -0.15).all(), "more λ, more zeros"
    came_back = (net.sizes[:-1, 0] == 0) & (net.sizes[1:, 0] > 0)
    assert came_back.any(), "a weight that was zero can come back"


@pytest.mark.parametrize("name", ["curve", "classes", "deep", "one unit"])
def test_gradients_are_right_at_every_stop(name: str) -> None:
    net, _ = trained(SHOWN[name])
    last = len(net.sweep.epochs) - 1
    for epoch, alpha in ((0, 0), (last // 2, START), (last, START), (last, len(ALPHAS) - 1)):
        checks = check_gradients(SHOWN[name], net.sweep, epoch, alpha)
        assert len(checks) == len(RATIOS)
        assert max(check.difference.max() for check in checks) < 1e-6
        table = picture.check_table(checks)
        assert [row["Layer"] for row in table][-1] == "Output layer"
        assert len(table) == net.sweep.architecture.n_layers
        assert "the gradients are right" in picture.check_words(checks)


def test_the_gradient_check_is_quick_for_the_largest_network() -> None:
    settings = NetworkSettings(problem="spirals", depth=3, units=32, n_samples=200, epochs=50, validation=0.0)
    parts: list[TrainingSweep] = []
    train_all(settings, lambda progress: parts.append(progress.sweep()))  # type: ignore[arg-type, func-returns-value]
    start = time.perf_counter()
    check_gradients(settings, parts[0], 0, START)
    assert time.perf_counter() - start < 10


# -- what is there of a training that still runs


@pytest.mark.parametrize("settings", [NetworkSettings(**SMALL), NetworkSettings(problem="blobs", **SMALL)])
@pytest.mark.parametrize("stop_at", [0, 1, 30])
def test_part_of_a_training_is_drawn(settings: NetworkSettings, stop_at: int) -> None:
    sweep = train_all(settings, lambda progress: progress.epoch < stop_at)
    assert sweep.completed < settings.epochs
    if stop_at == 0:
        assert sweep.epochs.tolist() == [0]
    for at_most in (None, 2, 6):
        net = network(settings, sweep, at_most)
        assert len(net.sweep.epochs) <= (at_most or 1000)
        assert net.sweep.epochs[-1] == sweep.completed
        board = picture.board(net)
        sound(board)
        assert board.axes[1].values[-1] == sweep.completed
        whole = network(settings, sweep)
        np.testing.assert_array_equal(net.sizes[-1], whole.sizes[-1])
        np.testing.assert_allclose(net.fit[-1], whole.fit[-1], atol=1e-6)


def test_the_callback_comes_often_and_can_stop() -> None:
    seen: list[Progress] = []
    train_all(NetworkSettings(**SMALL), lambda progress: not seen.append(progress))  # type: ignore[func-returns-value]
    assert seen[0].epoch == 0
    assert seen[-1].epoch == seen[-1].epochs == SMALL["epochs"]
    assert len(seen) >= 5


# -- extremes


def sound(board: Board) -> None:
    """Nothing that is sent or drawn is NaN or infinite."""
    sent = payload(board)
    assert sent["spec"]
    for name, swept in board.arrays.items():
        numbers = np.asarray(swept.values, dtype=float)
        if name in ("wire_x", "wire_y"):
            assert np.isnan(numbers[2::3]).all()
            numbers = np.delete(numbers, np.s_[2::3])
        assert np.isfinite(numbers).all(), name
        if swept.values.dtype.kind == "f":
            assert np.abs(numbers).max(initial=0) < 3e38, f"{name} in single precision"
    for at in (board.index({}), {axis.name: 0 for axis in board.axes}):
        for live in board.figures:
            go.Figure(live.at(board, at))
            for key in ("xaxis", "yaxis"):
                ends = live.figure["layout"][key].get("range")
                assert ends is None or (np.isfinite(ends).all() and ends[0] < ends[1]), live.name


EXTREMES: list[dict[str, Any]] = [
    *({"optimizer": name, "learning_rate": "10"} for name in ("sgd", "momentum", "adam", "adamw")),
    *({"optimizer": name, "learning_rate": "0.001"} for name in ("sgd", "adamw")),
    *({"initial_scale": scale, "depth": 3, "activation": kind} for scale in (0.1, 5.0) for kind in ("tanh", "relu")),
    *({"problem": name} for name in PROBLEMS),
    *({"problem": name, "noise": noise} for name in ("sine", "moons") for noise in (0.0, 1.0)),
    {"units": 1, "depth": 1},
    {"units": 1, "depth": 3, "activation": "relu"},
    {"units": 2, "depth": 2, "problem": "xor"},
    {"depth": 3, "units": 32},
    {"depth": 3, "units": 32, "problem": "spirals", "n_samples": 200},
    {"n_samples": 10, "validation": 0.5},
    {"n_samples": 10, "validation": 0.5, "problem": "circles", "noise": 1.0},
    {"validation": 0.0},
    {"validation": 0.0, "problem": "blobs"},
    {"batch_size": "5"},
    {"batch_size": "50", "n_samples": 10},
    {"batch_size": "5", "optimizer": "sgd", "learning_rate": "10", "activation": "relu", "problem": "circles"},
    {"penalise_biases": True, "optimizer": "momentum", "learning_rate": "3"},
    {"problem": "runge", "optimizer": "sgd", "learning_rate": "3", "activation": "relu", "initial_scale": 5.0},
]


@pytest.mark.parametrize("change", EXTREMES, ids=lambda change: " ".join(f"{k}={v}" for k, v in change.items()))
def test_extremes_are_finite_pictures_and_words(change: dict[str, Any]) -> None:
    settings = NetworkSettings(**{"epochs": 100, "units": 8} | change)
    start = time.perf_counter()
    sweep = train_all(settings)
    net = network(settings, sweep)
    board = picture.board(net)
    assert time.perf_counter() - start < 30
    for field in fields(sweep):
        value = getattr(sweep, field.name)
        assert not isinstance(value, np.ndarray) or np.isfinite(value).all(), field.name
    sound(board)
    told = picture.exploded(net)
    assert bool(told) == bool((sweep.diverged >= 0).any())
    last = len(sweep.epochs) - 1
    for r, key in enumerate(KEYS):
        note = next((note for note in board.notes if note.name == f"exploded_{key}"), None)
        for a in (0, 20, len(ALPHAS) - 1):
            words = board.say(note.paragraphs[0], {"alpha": a, "epoch": last}) if note else ""
            when = int(sweep.diverged[r, a])
            assert (f"epoch {when}:" in words) if when >= 0 else not words


def test_a_diverging_training_is_told() -> None:
    net, _ = trained(SHOWN["exploded curve"])
    assert 0 < (net.sweep.diverged >= 0).sum() < 96
    told = picture.exploded(net)
    assert "learning rate 1 " in told
    assert "exploded" in told
    assert "not penalised" in told
    assert "not penalised" not in picture.exploded(
        replace(net, task=replace(net.task, settings=replace(net.task.settings, penalise_biases=True)))
    )


def test_one_input_bin_per_weight_even_if_they_explode() -> None:
    net, _ = trained(SHOWN["exploded"])
    assert 0.5 <= net.reach < 1e7
    assert all(
        (
            counts.sum(axis=-1) + net.zeros[..., layer]
            == net.sweep.weights[layer][..., :-1].size / net.zeros[..., 0].size
        ).all()
        for layer, counts in enumerate(net.counts)
    )


# -- settings from a link


HOSTILE = [
    "",
    "nan",
    "inf",
    "-inf",
    "1e999",
    "-5",
    "99999999999",
    "abc",
    "<script>",
    "0x10",
    "1_000",
    "٣",
    "'; DROP",
    "a" * 5000,
    "true",
    "None",
    "[]",
    "1.5",
]


@pytest.mark.parametrize("name", list(NetworkSettings.knobs()))
def test_hostile_values_become_valid_ones(name: str) -> None:
    knob = NetworkSettings.knobs()[name]
    default = getattr(NetworkSettings, name)
    for raw in HOSTILE:
        settings, problems = NetworkSettings.clean({name: raw, "nonsense": raw})
        value = getattr(settings, name)
        assert type(value) is type(default)
        if knob.options:
            assert value in knob.options
        elif not isinstance(default, bool):
            assert knob.low <= value <= knob.high
            assert abs((value - knob.low) / knob.step - round((value - knob.low) / knob.step)) < 1e-6
        assert all(len(problem) < 500 for problem in problems)
        if raw in ("<script>", "abc"):
            assert len(problems) == 1
            assert knob.label in problems[0]
    assert replace(settings, **{name: default}) == NetworkSettings()


def test_the_words_of_a_choice_are_its_name_in_a_link() -> None:
    chosen = {"problem": "Classes: Spirals", "learning_rate": "0.3", "batch_size": "all points", "units": "7"}
    settings, problems = NetworkSettings.clean(chosen)
    assert not problems
    assert (settings.problem, settings.learning_rate, settings.batch_size, settings.units) == (
        "spirals",
        "0.3",
        "all",
        7,
    )
    assert set(LEARNING_RATES) >= {"0.01", "10"}
    assert set(BATCH_SIZES) >= {"all", "5"}
