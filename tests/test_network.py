"""Is what the Network page shows what the trained networks are, for all settings that a reader can choose?"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regviz.core.training import Progress, TrainingSweep
from regviz.figures.network import board, check_table, check_words, exploded
from regviz.live.board import Board, payload
from regviz.settings import PROBLEMS, NetworkSettings
from regviz.sweeps.network import (
    ALPHAS,
    N_BINS,
    RATIOS,
    SIDE,
    SIZES,
    Network,
    Task,
    check_gradients,
    network,
    train_all,
)

DEFAULT = NetworkSettings(epochs=200)
MOONS = NetworkSettings(problem="moons", noise=0.15, epochs=200, units=8)
COLUMNS = ("l1", "mix", "l2")


@cache
def shown(settings: NetworkSettings) -> tuple[Network, Board]:
    net = network(settings, train_all(settings))
    return net, board(net)


def places(net: Network, n: int = 12) -> list[tuple[int, int, int]]:
    """Some (epoch, penalty, alpha), both ends among them."""
    rng = np.random.default_rng(1)
    shape = net.sweep.data_loss.shape
    drawn = [tuple(int(rng.integers(size)) for size in shape) for _ in range(n)]
    return [(0, 0, 0), (shape[0] - 1, 0, shape[2] - 1), (shape[0] - 1, 2, 20), *drawn]


def figure(made: Board, name: str, e: int, a: int) -> dict[str, Any]:
    found = next(figure for figure in made.figures if figure.name == name)
    return found.at(made, {"epoch": e, "alpha": a})


@pytest.mark.parametrize("chosen", [DEFAULT, MOONS, NetworkSettings(epochs=100, depth=3, units=5, activation="relu")])
def test_counts_norms_and_histograms_are_those_of_the_weights(chosen: NetworkSettings) -> None:
    net, made = shown(chosen)
    for e, r, a in places(net):
        key, index = COLUMNS[r], {"epoch": e, "alpha": a}
        layers = [W[e, r, a] for W in net.sweep.weights]
        weights = [W[:, :-1].ravel() for W in layers]
        told = {name: made.say(f"{{{key}_{name}}}", index) for name in ("weights", "neurons", "data_loss", "objective")}
        assert told["weights"] == str(sum(np.count_nonzero(w) for w in weights))
        assert float(told["objective"]) == pytest.approx(
            net.sweep.data_loss[e, r, a] + net.sweep.penalty[e, r, a], rel=6e-3
        )
        for layer, w in enumerate(weights):
            assert net.zeros[e, r, a, layer] == np.count_nonzero(w == 0)
            assert net.frobenius[e, r, a, layer] == pytest.approx(np.sqrt(np.sum(w.astype(float) ** 2)), rel=1e-5)
            assert net.absolute[e, r, a, layer] == pytest.approx(np.abs(w).sum(), rel=1e-5)
            inside = np.clip(w[w != 0], -net.reach * 0.999, net.reach * 0.999)
            counts = np.histogram(inside, np.linspace(-net.reach, net.reach, N_BINS + 1))[0]
            assert np.abs(net.counts[layer][e, r, a] - counts).sum() <= 2  # a weight on an edge
            assert net.counts[layer][e, r, a].sum() == np.count_nonzero(w)
            bars = figure(made, f"histogram_{layer}_{key}", e, a)["data"]
            np.testing.assert_array_equal(bars[1]["customdata"], net.counts[layer][e, r, a])
            np.testing.assert_array_equal(bars[0]["y"], np.arcsinh(net.counts[layer][e, r, 0] / 3.0))
            assert bars[2]["customdata"] == np.count_nonzero(w == 0)
        assert net.biases[e, r, a].sum() == sum(np.count_nonzero(W[:, -1]) for W in layers)


@pytest.mark.parametrize("chosen", [DEFAULT, MOONS])
def test_exactly_the_weights_that_are_not_zero_are_drawn_as_wires(chosen: NetworkSettings) -> None:
    net, made = shown(chosen)
    wires = np.array([made.arrays[f"wire_{axis}"].values for axis in "xy"]).reshape(2, -1, 3)
    for e, r, a in places(net):
        weights = np.concatenate([W[e, r, a][:, :-1].ravel() for W in net.sweep.weights])
        traces = figure(made, f"graph_{COLUMNS[r]}", e, a)["data"]
        drawn = np.zeros(len(weights), dtype=int)
        edges = [*SIZES, np.inf]
        for k, trace in enumerate(traces[: 2 * len(SIZES)]):
            visible = np.isfinite(trace["x"]).reshape(-1, 3)[:, 0]
            np.testing.assert_array_equal(np.array(trace["x"]).reshape(-1, 3)[visible, :2], wires[0][visible, :2])
            size = np.abs(weights[visible])
            low, high = edges[k % len(SIZES)], edges[k % len(SIZES) + 1]
            assert np.all((size > low - 1e-7) & (size <= high + 1e-7))
            assert np.all(np.sign(weights[visible]) == (-1 if k >= len(SIZES) else 1))
            drawn += visible
        np.testing.assert_array_equal(drawn, weights != 0)


def test_a_live_neuron_lies_on_a_path_from_an_input_to_the_output() -> None:
    net, _ = shown(DEFAULT)
    for e, r, a in places(net, 20):
        layers = [W[e, r, a][:, :-1] != 0 for W in net.sweep.weights]
        paths = layers[0].astype(float)  # number of paths from each input to each unit, layer by layer
        ahead = [paths.sum(axis=1)]
        for W in layers[1:-1]:
            paths = W @ paths
            ahead.append(paths.sum(axis=1))
        back = [layers[-1].astype(float).ravel()]
        for W in reversed(layers[1:-1]):
            back.insert(0, back[0] @ W)
        alive = np.concatenate([(f > 0) & (b > 0) for f, b in zip(ahead, back, strict=True)])
        np.testing.assert_array_equal(net.live[e, r, a], alive)


def test_drawn_curves_are_the_networks() -> None:
    net, made = shown(DEFAULT)
    low, high = made.figures[0].figure["layout"]["yaxis"]["range"]
    inside = (low - (high - low), high + (high - low))
    for e, r, a in places(net):
        curves = figure(made, f"fit_{COLUMNS[r]}", e, a)["data"]
        np.testing.assert_allclose(
            np.clip(curves[-1]["y"], *inside), np.clip(net.fit[e, r, a], *inside), atol=3e-3 * (high - low)
        )
        np.testing.assert_allclose(
            np.clip(curves[-2]["y"], *inside), np.clip(net.fit[e, r, 0], *inside), atol=3e-3 * (high - low)
        )


def test_the_map_is_that_of_the_logits() -> None:
    net, made = shown(MOONS)
    plane = np.stack(np.meshgrid(net.x_line, net.x_line), axis=-1).reshape(-1, 2)
    logits = net.sweep.predict(plane)
    for e, r, a in places(net):
        z = figure(made, f"fit_{COLUMNS[r]}", e, a)["data"][-1]["z"]
        assert z.shape == (SIDE, SIDE)
        np.testing.assert_allclose(z.ravel(), 127 + 127 * np.tanh(logits[e, r, a] / 4), atol=0.5001)
        clear = np.abs(logits[e, r, a]) > 0.05
        np.testing.assert_array_equal((z.ravel() > 127)[clear], (logits[e, r, a] > 0)[clear])


def test_moving_lambda_changes_the_penalty_and_nothing_else() -> None:
    net, _ = shown(DEFAULT)
    start = net.sweep.parameters[0]
    assert np.all(start == start[0, 0]), "the same initial weights"
    end = net.sweep.parameters[-1][:, 0]
    assert np.all(end == end[0]), "without a penalty the three are one network"
    again = train_all(DEFAULT)
    np.testing.assert_array_equal(again.parameters, net.sweep.parameters)
    for other in (replace(DEFAULT, learning_rate="0.03"), replace(DEFAULT, epochs=100), replace(DEFAULT, units=4)):
        task, first = Task.of(other), net.task
        np.testing.assert_array_equal(task.X, first.X)
        np.testing.assert_array_equal(task.data.y, first.data.y)
        np.testing.assert_array_equal(task.train, first.train)


def test_l1_cuts_and_l2_does_not() -> None:
    """Claims 12 and 14 of the course, on the page's own networks."""
    net, _ = shown(NetworkSettings())
    live = (net.sizes[-1] > 0).sum(axis=-1)  # (R, A)
    total = net.sizes.shape[-1]
    at = int(np.argmin(np.abs(ALPHAS - 0.003)))
    assert live[0, at] < 0.1 * total
    assert live[0, at] <= live[1, at] < total
    assert np.all(live[2, ALPHAS < 0.1] == total)
    assert net.live[-1, 0, at].sum() < 0.5 * net.live.shape[-1]
    assert np.all(np.diff(net.frobenius[-1, 2].sum(axis=-1)[5:]) < 0), "L2: the stronger, the smaller"


def test_penalised_biases_pull_the_fit_off_the_level() -> None:
    """Claim 9: at a strong λ a network with free biases still predicts the mean, one without does not."""
    data = Task.of(DEFAULT)
    mean = data.data.y[data.train].mean()
    last = {}
    for switch in (False, True):
        sweep = train_all(replace(DEFAULT, penalise_biases=switch, epochs=1000, random_state=3))
        last[switch] = abs(float(sweep.predict(data.X[data.train])[-1, 2, -1].mean()))
        mean = Task.of(replace(DEFAULT, random_state=3))
        level = abs(mean.data.y[mean.train].mean())
        if not switch:
            assert last[switch] == pytest.approx(level, abs=0.02)
    assert last[True] < 0.7 * level


def test_gradients_are_right_and_the_table_says_so() -> None:
    net, _ = shown(DEFAULT)
    checks = check_gradients(DEFAULT, net.sweep, len(net.sweep.epochs) - 1, 10)
    assert all((check.difference < 1e-6).all() for check in checks)
    rows = check_table(checks)
    assert [row["Layer"] for row in rows] == ["Layer 1", "Layer 2", "Output layer"]
    assert "the gradients are right" in check_words(checks)


def assert_finite(made: Board) -> None:
    for name, swept in made.arrays.items():
        values = np.asarray(swept.values, dtype=float)
        if not name.startswith("wire"):  # gaps between wires
            assert np.isfinite(values).all(), name
            assert np.abs(values * swept.scale).max(initial=0) < 3e38, f"{name} fits single precision"


EXTREMES: dict[str, dict[str, Any]] = {
    "a huge learning rate": {"learning_rate": "10", "optimizer": "sgd"},
    "a huge learning rate, Adam": {"learning_rate": "10"},
    "vanishing weights": {"initial_scale": 0.1, "depth": 3},
    "exploding weights": {"initial_scale": 5.0, "depth": 3, "activation": "relu"},
    "one unit": {"units": 1, "depth": 1},
    "three layers of one unit": {"units": 1, "depth": 3, "problem": "spirals"},
    "ten points": {"n_samples": 10, "validation": 0.5},
    "no validation": {"validation": 0.0, "problem": "xor"},
    "no noise": {"noise": 0.0, "problem": "circles"},
    "noise": {"noise": 1.0, "problem": "step"},
    "small batches": {"batch_size": "5", "epochs": 50},
    "momentum": {"optimizer": "momentum", "learning_rate": "1"},
    "adamw": {"optimizer": "adamw", "penalise_biases": True},
}


@pytest.mark.parametrize("case", EXTREMES)
def test_nothing_a_reader_can_choose_gives_nan(case: str) -> None:
    chosen = NetworkSettings(**({"epochs": 100, "units": 6} | EXTREMES[case]))
    net, made = shown(chosen)
    assert_finite(made)
    for index in ({"epoch": 0, "alpha": 0}, {"epoch": len(net.sweep.epochs) - 1, "alpha": len(ALPHAS) - 1}):
        for drawn in made.figures:
            go.Figure(drawn.at(made, index))
            assert "{" not in made.say(drawn.alt, index) + made.say(drawn.caption, index)
        for readout in made.readouts:
            told = "".join([made.say(readout.headline, index), *(made.say(row[1], index) for row in readout.rows)])
            assert "{" not in told
            assert "∞" not in told
    if (net.sweep.diverged >= 0).any():
        assert "Lower the learning rate" in exploded(net)
        assert any("Training exploded" in made.say(note.paragraphs[0], {"epoch": 0, "alpha": 5}) for note in made.notes)
    else:
        assert exploded(net) == ""
    assert case != "a huge learning rate" or (net.sweep.diverged >= 0).all()


@pytest.mark.parametrize("problem", PROBLEMS)
def test_first_load_stays_small(problem: str) -> None:
    sent = payload(shown(NetworkSettings(problem=problem))[1])
    size = sum(sent[kind].nbytes for kind in ("floats", "shorts", "bytes")) + len(json.dumps(sent["spec"]))
    assert size <= 1_500_000


@given(st.dictionaries(st.sampled_from(list(NetworkSettings.knobs())), st.text(max_size=20) | st.floats().map(str)))
@settings(max_examples=100)
def test_any_url_gives_settings(raw: dict[str, str]) -> None:
    chosen, problems = NetworkSettings.clean(raw)
    again, none = NetworkSettings.clean({name: getattr(chosen, name) for name in raw})
    assert again == chosen
    assert not none
    assert all("must be" in problem for problem in problems)


def test_an_unfinished_training_can_be_drawn() -> None:
    """Every report, from the initial weights on; and one that is stopped keeps what there is."""
    seen: list[int] = []

    def look(progress: Progress) -> bool:
        sweep: TrainingSweep = progress.sweep()
        if progress.epoch in (0, 1) or len(seen) == 2:
            net = network(DEFAULT, sweep, at_most=6)
            assert len(net.sweep.epochs) <= 6
            assert net.sweep.epochs[-1] == sweep.epochs[-1]
            assert_finite(board(net))
        seen.append(progress.epoch)
        return progress.epoch < 60

    sweep = train_all(DEFAULT, look)
    assert seen[0] == 0
    assert 0 < sweep.completed < DEFAULT.epochs
    made = board(network(DEFAULT, sweep))
    assert made.axes[1].values[-1] == sweep.completed
    assert len(RATIOS) == len(COLUMNS)
