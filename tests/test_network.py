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

from regviz.core.data.datasets import DATASETS, LABELLED, split
from regviz.core.nets import optimizers
from regviz.core.nets.mlp import ACTIVATIONS, gradient_check
from regviz.core.nets.training import Progress, TrainingSweep, train
from regviz.fits.task import to_unit
from regviz.live.board import Board, LiveFigure, Ref, Swept, _values_of, payload
from regviz.scenes.network import board as picture
from regviz.scenes.network import sweep as sweeps
from regviz.scenes.network.claims import WORDS
from regviz.scenes.network.settings import BATCH_SIZES, LEARNING_RATES, PROBLEMS, NetworkSettings
from regviz.scenes.network.sweep import (
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


def masks(net: Network, at: dict[str, int], r: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Of each layer, and of all biases: which numbers L1 has cut, and which have faded."""
    ws, bs = weights(net, at, r)
    every = [*ws, np.concatenate(bs)]
    l1 = RATIOS[r] * ALPHAS[at["alpha"]] > 0
    penalised = [l1] * len(ws) + [l1 and net.task.settings.penalise_biases]
    cut = [(w == 0) & there for w, there in zip(every, penalised, strict=True)]
    return cut, [(np.abs(w) < 1e-30) & ~zero for w, zero in zip(every, cut, strict=True)]


def figure(board: Board, name: str) -> LiveFigure:
    return next(figure for figure in board.figures if figure.name == name)


def card(board: Board, name: str, at: dict[str, int]) -> tuple[str, dict[str, str]]:
    readout = next(readout for readout in board.readouts if readout.name == name)
    return board.say(readout.headline, at), {label: board.say(words, at) for label, words, _ in readout.rows}


def alive(cut: list[np.ndarray]) -> list[np.ndarray]:
    """Which hidden neurons lie on a path from an input to the output: the number of paths, by matrix products."""
    wires = [(~W).astype(float) for W in cut]
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
        cut, _ = masks(net, at, r)
        for layer, w in enumerate([*ws, np.concatenate(bs)]):
            drawn = figure(board, f"histogram_{layer}_{key}").at(board, at)["data"]
            inside = np.clip(w[~cut[layer]], edges[0] * (1 - 1e-9), edges[-1] * (1 - 1e-9))
            expected, _ = np.histogram(inside.astype(float), edges)
            got = drawn[1]["customdata"]
            assert got.sum() == (~cut[layer]).sum()
            assert np.abs(np.cumsum(got) - np.cumsum(expected)).max() <= 1, "one on an edge may fall on either side"
            np.testing.assert_allclose(np.sinh(drawn[1]["y"]) * 3, got, atol=1e-9)
            if layer < len(ws) or net.task.settings.penalise_biases:
                assert drawn[2]["customdata"] == cut[layer].sum()
                assert drawn[2]["y"] == pytest.approx(np.arcsinh(cut[layer].sum() / 3))
            assert len(drawn) == 2 + (layer < len(ws) or net.task.settings.penalise_biases)
            hover = drawn[1]["hovertemplate"]
            assert "or beyond" in hover[0]
            assert "or beyond" in hover[-1]
            assert not any("beyond" in words for words in hover[1:-1])
            if layer < len(ws):
                assert net.frobenius[at["epoch"], r, at["alpha"], layer] == pytest.approx(
                    np.sqrt(np.square(w.astype(float)).sum()), rel=1e-5
                )
                assert net.absolute[at["epoch"], r, at["alpha"], layer] == pytest.approx(
                    np.abs(w.astype(float)).sum(), rel=1e-5
                )
            unpenalised = figure(board, f"histogram_{layer}_{key}").at(board, at | {"alpha": 0})["data"][1]["y"]
            np.testing.assert_array_equal(drawn[0]["y"], unpenalised)
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


# -- every word and every line, at random positions


def near(text: str, value: float, digits: int = 3) -> bool:
    """Whether a number was written to so many digits, from single precision."""
    return bool(np.isclose(float(text), value, rtol=6 * 10.0**-digits, atol=1e-9 + 2e-5 * abs(value)))


def outputs(net: Network, at: dict[str, int], r: int, X: np.ndarray) -> np.ndarray:
    """What the network says, written out in double precision."""
    z = X.T
    ws, bs = weights(net, at, r)
    for k, (W, b) in enumerate(zip(ws, bs, strict=True)):
        z = W.astype(float) @ z + b[:, np.newaxis]
        if k < len(ws) - 1:
            z = np.tanh(z) if net.task.settings.activation == "tanh" else np.maximum(z, 0)
    return np.asarray(z[0])


def data_loss(net: Network, y: np.ndarray, f: np.ndarray) -> float:
    return float(np.square(y - f).mean() / 2 if net.task.is_curve else (np.logaddexp(0, f) - y * f).mean())


def rows_of(settings: NetworkSettings) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, outputs, training rows and validation rows, straight from the sample."""
    entry: Any = DATASETS.get(settings.problem) or LABELLED[settings.problem]
    data = entry.sample(settings.n_samples, settings.noise, settings.random_state)
    X = data.X if settings.problem in LABELLED else to_unit(data.X, entry.domain)
    return X, data.y, *split(settings.n_samples, settings.validation, settings.random_state)


def true_words(net: Network, board: Board, at: dict[str, int]) -> None:
    """Every sentence, number and label of the board at a position, computed anew from weights and settings."""
    sweep, settings = net.sweep, net.task.settings
    e, a = at["epoch"], at["alpha"]
    alpha, n_layers = ALPHAS[a], sweep.architecture.n_layers
    X, y, train_rows, held_out = rows_of(settings)
    assert len(set(train_rows) | set(held_out)) == settings.n_samples
    best = float(np.var(y[train_rows]) / 2)
    if not net.task.is_curve:
        p = min(max(float(y[train_rows].mean()), 1e-22), 1 - 1e-16)
        best = -float(p * np.log(p) + (1 - p) * np.log1p(-p))
    heads, losses = [], []
    for r, key in enumerate(KEYS):
        ws, bs = weights(net, at, r)
        cut, faded = masks(net, at, r)
        flat = np.concatenate([W.ravel() for W in ws]).astype(float)
        n_cut, n_faded = (sum(int(mask.sum()) for mask in found[:-1]) for found in (cut, faded))
        assert not n_faded or (RATIOS[r] == 0 and alpha > 0), "only L2 alone lets weights fade"
        live = np.concatenate(alive(cut[:-1]))
        tail = f"; {n_faded} of them faded below 1e-30" if n_faded else ""
        head = f"{flat.size - n_cut} of {flat.size} weights uncut, {live.sum()} of {live.size} neurons{tail}"
        said, rows = card(board, f"heading_{key}", at)
        assert said == head
        assert not rows
        heads.append(f"{ {'l1': 'L1', 'mix': 'mix', 'l2': 'L2'}[key] } {flat.size - n_cut}")

        # the card
        f = outputs(net, at, r, X)
        D = data_loss(net, y[train_rows], f[train_rows])
        rho = RATIOS[r]
        penalised = np.concatenate([flat, *bs]).astype(float) if settings.penalise_biases else flat
        omega = alpha * (rho * np.abs(penalised).sum() + (1 - rho) / 2 * np.square(penalised).sum())
        losses.append(D)
        said, rows = card(board, f"numbers_{key}", at)
        expected = {"Data loss D": D, "+ λ · penalty": omega, "= objective J": D + omega}
        if len(held_out):
            expected["Validation loss D"] = data_loss(net, y[held_out], f[held_out])
        if rows["+ λ · penalty"] == "≈ 0":
            assert 0 < n_faded == flat.size - n_cut
            expected.pop("+ λ · penalty")
            rows.pop("+ λ · penalty")
        for label, value in expected.items():
            assert near(rows.pop(label), value), label
        shares = {"Right on training points": train_rows, "Right on validation points": held_out}
        for label, chosen in shares.items() if not net.task.is_curve else ():
            if len(chosen):
                share = 100 * float(((f[chosen] > 0) == (y[chosen] > 0.5)).mean())
                assert abs(float(rows.pop(label).removesuffix(" %")) - share) <= 0.51
        every = [*ws, flat]
        for layer, (label, told) in enumerate(rows.items()):
            name = "All layers" if layer == n_layers else "Output layer" if layer == n_layers - 1 else None
            assert label == f"{name or f'Layer {layer + 1}'}: ‖W‖, Σ|w|"
            w = every[layer].astype(float)
            gone = (np.abs(w) < 1e-30) if layer == n_layers else faded[layer] | cut[layer]
            if gone.all() and (faded[layer].any() if layer < n_layers else n_faded):
                assert told == "≈ 0"
            else:
                norms = told.split(", ")
                assert near(norms[0], np.sqrt(np.square(w).sum()))
                assert near(norms[1], np.abs(w).sum())
        assert len(rows) == n_layers + 1
        helps = {label: words for label, _, words in read_card(board, f"numbers_{key}").rows}
        minimised = settings.optimizer != "adamw" or key == "l1"
        assert helps["= objective J"].startswith("What training makes small" if minimised else "Not quite what AdamW")

        # what has happened
        note = next((note for note in board.notes if note.name == f"happened_{key}"), None)
        told = " ".join(board.say(words, at) for words in note.paragraphs).strip() if note else ""
        when = int(sweep.diverged[r, a])
        state, epoch = int(net.state[e, r, a]), int(sweep.epochs[e])
        if when < 0 or epoch < when:
            assert state == epoch
        else:
            assert max(k for k in sweep.epochs if k < when) <= state < when
            kept = int(np.flatnonzero(sweep.epochs == state)[0]) if state in sweep.epochs else e
            assert kept < e or len(sweep.epochs) == 8
            np.testing.assert_array_equal(sweep.parameters[e, r, a], sweep.parameters[kept, r, a])
        D_of, J_of = sweep.data_loss[:, r, a], (sweep.data_loss + sweep.penalty)[:, r, a]
        peaks = when < 0 and D_of.max() > 5 * max(D_of[0], best)
        worse = when < 0 and D_of[-1] > 1.05 * best and D_of[-1] > 1.05 * D_of.min() and J_of[-1] > 1.05 * J_of.min()
        words, name = "", {"l1": "L1", "mix": "Mix", "l2": "L2"}[key]
        if when >= 0:
            words = f"{name}: training explodes in epoch {when}."
            if epoch >= when:
                words = (
                    f"{name}: training exploded in epoch {when}: shown is epoch {state}, the last that was kept before."
                )
        elif peaks:
            found = re.match(
                name + r": steps overshoot; in epoch (\d+) D was (\S+) times what it was at the start\.", told
            )
            assert found, told
            assert D_of[list(sweep.epochs).index(int(found[1]))] == D_of.max()
            assert near(found[2], D_of.max() / D_of[0])
            words = found[0]
        elif worse:
            ends = "ends at" if sweep.completed == settings.epochs else "is now"
            found = re.match(
                rf"{name}: steps overshoot; J {ends} (\S+) times the least that it has been, and the loss on the "
                r"training points at (\S+) times that of the best constant\.",
                told,
            )
            assert found, told
            assert near(found[1], J_of[-1] / J_of.min())
            assert near(found[2], min(D_of[-1] / best, 1e30))
            words = found[0]
        assert told.startswith(words)
        rest = told.removeprefix(words).strip()
        assert rest.startswith(f"{name}: {n_faded} weights faded below 1e-30. L2 takes a share" if n_faded else "")
        assert bool(rest) == bool(n_faded)

        # figures
        captions = {figure.name.removesuffix(f"_{key}"): board.say(figure.caption, at) for figure in board.figures}
        alts = {figure.name.removesuffix(f"_{key}"): board.say(figure.alt, at) for figure in board.figures}
        after = f"at λ = {board.axes[0].text[a]} after {state} epochs"
        assert after in alts["fit"]
        if net.task.is_curve:
            assert near(alts["fit"].rpartition("Data loss ")[2][:-1], D)
            low, high = figure(board, f"fit_{key}").figure["layout"]["yaxis"]["range"]
            outside = (net.fit[e, r, a] < low) | (net.fit[e, r, a] > high)
            assert captions["fit"] == ("The curve lies outside this frame." if outside.all() else "")
            np.testing.assert_allclose(
                net.fit[e, r, a], outputs(net, at, r, to_unit(net.x_line[:, np.newaxis], net.task.data.domain)),
                rtol=1e-3, atol=1e-3 * max(1, float(np.abs(net.fit[e, r, a]).max())),
            )  # fmt: skip
        else:
            share = 100 * float(((f[train_rows] > 0) == (y[train_rows] > 0.5)).mean())
            right = re.search(r"(\d+) % of the training points are right", alts["fit"])
            assert right
            assert abs(float(right[1]) - share) <= 0.51
            side = np.linspace(-1.6, 1.6, 33)
            says = outputs(net, at, r, np.array([[u, v] for v in side for u in side]))
            sure = (says > 0)[np.abs(says) > 1e-5 * np.abs(says).max()]
            crossed = "the dark line is the boundary"
            lines = [f"here all is class {int(k)}" for k in sure[:1]]
            lines = [crossed] if sure.any() and not sure.all() else lines
            lines += [crossed] if len(sure) < len(says) else []  # rounding decides
            p = 0.5 + 0.5 * np.tanh(says / 2)
            if ((p > 0.4955) & (p < 0.5125)).all():
                lines += ["here it is undecided everywhere"]
                surely = ((p > 0.4965) & (p < 0.511)).all() and len(set(sure)) == 1
                lines = lines[-1:] if surely and len(sure) == len(says) else lines
            assert any(line in captions["fit"] for line in lines), (captions["fit"], lines)
            assert ("Filled points" in captions["fit"]) == bool(len(held_out))
            moved = re.search(r"(\d+) % of the training points are right at epoch", alts["accuracy"])
            assert moved
            assert abs(float(moved[1]) - share) <= 0.51
        assert f"{flat.size - n_cut} of {flat.size} weights and {live.sum()} of {live.size} hidden" in alts["graph"]
        assert (f"{n_faded} of them faded below" in alts["graph"]) == bool(n_faded)
        assert not n_faded or "Dotted grey: faded" in captions["graph"]
        numbers = re.match(r".*: data loss (\S+), penalty (≈ 0|\S+) at epoch (\S+)\.", alts["losses"])
        assert numbers
        assert near(numbers[1], D)
        assert numbers[2] == "≈ 0" or near(numbers[2], omega)
        assert int(numbers[3]) == epoch
        for layer, w in enumerate([*ws, np.concatenate(bs)]):
            of_biases = layer == n_layers
            expected_words = f"{w.size} biases, which are not penalised"
            if not of_biases or settings.penalise_biases:
                kind = "biases, penalised like weights," if of_biases else "weights"
                expected_words = f"{cut[layer].sum()} of {w.size} {kind} exactly zero"
                expected_words += f", {faded[layer].sum()} faded below 1e-30" if faded[layer].any() else ""
            beyond = int((np.abs(w) > net.reach).sum())
            if beyond:
                expected_words += f". Beyond ±{net.reach:g}, in the outermost bars: {beyond}"
            assert captions[f"histogram_{layer}"] == expected_words + "."
            assert expected_words in alts[f"histogram_{layer}"]
        looks = ("solid", "dashed", "dotted", "long dashes")
        named = re.findall(r"(?:layer \d|output layer) \(([a-z ]+)\) (≈ 0|[\d.e+-]*\d)", captions["gradients"])
        assert [look for look, _ in named] == list(looks[:n_layers])
        told_norms = [norm for _, norm in named]
        for text, value in zip(told_norms, sweep.gradient_norm[e, r, a], strict=True):
            assert (text == "≈ 0") == (value == 0)
            assert near(text.removeprefix("≈ "), float(value), 2)
            assert text in alts["gradients"]

    summary = board.say(board.summary, at)
    assert summary.startswith(f"λ {board.axes[0].text[a]}, epoch {int(sweep.epochs[e])}. Live weights of {flat.size}: ")
    assert all(head in summary for head in heads)
    told_losses = [float(x) for x in re.findall(r"(?:L1|mix|L2) ([\d.e+-]*\d)(?=,|\.$)", summary.partition("loss:")[2])]
    assert len(told_losses) == 3
    assert all(near(str(told), D) for told, D in zip(told_losses, losses, strict=True))
    done = sweep.completed == settings.epochs
    assert board.axes[1].ends == ("0: initial weights", "trained" if done else "so far")


def read_card(board: Board, name: str) -> Any:
    return next(readout for readout in board.readouts if readout.name == name)


def random_settings(rng: np.random.Generator) -> NetworkSettings:
    """Any problem, optimizer, activation, batch, size: short trainings of few neurons."""
    return NetworkSettings(
        problem=str(rng.choice(list(PROBLEMS))),
        n_samples=int(rng.choice([10, 20, 35])),
        noise=float(rng.choice([0.0, 0.25, 1.0])),
        random_state=int(rng.integers(0, 9999)),
        validation=float(rng.choice([0.0, 0.3, 0.5])),
        depth=int(rng.integers(1, 4)),
        units=int(rng.integers(1, 6)),
        activation=str(rng.choice(["tanh", "relu"])),
        optimizer=str(rng.choice(["sgd", "momentum", "adam", "adamw"])),
        learning_rate=str(rng.choice(LEARNING_RATES_HERE)),
        batch_size=str(rng.choice(["all", "all", "5", "20"])),
        epochs=int(rng.choice([50, 100])),
        initial_state=int(rng.integers(0, 99)),
        initial_scale=float(rng.choice([0.1, 1.0, 5.0])),
        penalise_biases=bool(rng.integers(2)),
    )


LEARNING_RATES_HERE = ["0.001", "0.01", "0.1", "1", "3", "10"]


@pytest.mark.parametrize("seed", range(30))
def test_every_word_is_true_in_random_states(seed: int) -> None:
    """Thirty settings, five positions of each: first and last epoch, λ = 0 and the largest among them."""
    rng = np.random.default_rng(seed)
    net, board = made(random_settings(rng), 8 if seed % 5 == 0 else None)
    last = (len(ALPHAS) - 1, len(net.sweep.epochs) - 1)
    stops = [(0, 0), last, (last[0], int(rng.integers(0, last[1])))]
    stops += [(int(rng.integers(0, last[0])), e) for e in (last[1], int(rng.integers(0, last[1])))]
    for a, e in stops:
        true_words(net, board, {"alpha": a, "epoch": e})
        true_lines(net, board, {"alpha": a, "epoch": e})


def made(settings: NetworkSettings, at_most: int | None = None) -> tuple[Network, Board]:
    net = network(settings, train_all(settings), at_most)
    return net, picture.board(net)


def true_lines(net: Network, board: Board, at: dict[str, int]) -> None:
    """Lines over the epochs, cursors and ghosts, against the sweep; the other traces have tests of their own."""
    sweep, e, a = net.sweep, at["epoch"], at["alpha"]
    for r, key in enumerate(KEYS):
        drawn = {kind: figure(board, f"{kind}_{key}").at(board, at)["data"] for kind in ("losses", "gradients", "fit")}
        expected = {
            "data loss, training": sweep.data_loss,
            "λ · penalty": sweep.penalty,
            "sum J": sweep.data_loss + sweep.penalty,
            "data loss, validation": sweep.validation_loss,
        }
        expected |= {
            f"gradient of {'output layer' if k == sweep.architecture.n_layers - 1 else f'layer {k + 1}'}": norms
            for k, norms in enumerate(np.moveaxis(sweep.gradient_norm, -1, 0))
        }
        if sweep.accuracy is not None:
            drawn["accuracy"] = figure(board, f"accuracy_{key}").at(board, at)["data"]
            expected |= {"training points": sweep.accuracy, "validation points": sweep.validation_accuracy}
            low, _ = figure(board, f"accuracy_{key}").figure["layout"]["yaxis"]["range"]
            assert low < sweep.accuracy.min()
        left = {name for name, values in expected.items() if values is not None}
        for kind in set(drawn) - {"fit"}:
            for trace in drawn[kind][:-1]:
                values = expected[trace["name"]]
                assert values is not None
                np.testing.assert_allclose(trace["y"], values[:, r, a], rtol=1e-6)
                np.testing.assert_array_equal(trace["x"], sweep.epochs)
                assert trace["hovertemplate"].startswith(trace["name"])
                left.remove(trace["name"])
            np.testing.assert_array_equal(drawn[kind][-1]["x"], [sweep.epochs[e]] * 2)
        assert not left
        still = figure(board, f"fit_{key}").at(board, at | {"alpha": 0})["data"]
        if net.task.is_curve:
            assert drawn["fit"][-2]["name"] == "the same at λ = 0"
            np.testing.assert_array_equal(drawn["fit"][-2]["y"], still[-1]["y"])


@pytest.mark.slow
def test_no_value_or_line_can_show_another_array(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each name that words or lines read is bound to other numbers: the two checks above must see every one."""
    base = NetworkSettings(problem="moons", depth=2, units=5, n_samples=35, epochs=100, learning_rate="0.1")
    monkeypatch.setattr(sweeps, "_round_up", lambda x: 0.2)  # some weights lie beyond the frame
    names: dict[str, bool] = {}
    for change in (
        {},
        {"problem": "sine", "optimizer": "sgd", "learning_rate": "3", "activation": "relu", "penalise_biases": True},
        {"problem": "runge", "learning_rate": "10"},
        {"learning_rate": "3", "optimizer": "sgd", "batch_size": "5"},
    ):
        net, board = made(replace(base, **change))
        last = len(net.sweep.epochs) - 1
        stops = [{"alpha": a, "epoch": e} for a, e in ((10, last), (20, 1), (len(ALPHAS) - 1, last), (0, 0), (26, 4))]
        said = [all_words(board, at) for at in stops]
        for at in stops:
            assert not notices(net, board, at)
        for name, (ref, form) in _values_of(board).items():
            if names.get(name):
                continue
            if isinstance(form, tuple):
                changed = replace(board, values=dict(board.values) | {name: (ref, (*form[1:], form[0]))})
            else:
                arrays = dict(board.arrays) | {"another": Swept(np.array(0.4321 if form == "%" else 4321.0))}
                changed = replace(board, arrays=arrays, values=dict(board.values) | {name: (Ref("another"), form)})
            differs = (at for at, words in zip(stops, said, strict=True) if all_words(changed, at) != words)
            at = next(differs, None)
            assert at is None or notices(net, changed, at), name
            names[name] = at is not None
        for number, live in enumerate(board.figures):
            if not live.name.startswith(("losses", "gradients", "accuracy")):
                continue
            for k, moving in enumerate(live.moving):
                for key, expression in moving.coordinates().items():
                    pin = dict(expression.vector.pin)
                    other = {"penalty": (pin["penalty"] + 1) % 3} if pin else {"epoch": 0}
                    wrong = replace(expression, vector=replace(expression.vector, pin=pin | other))
                    turned = (*live.moving[:k], replace(moving, **{key: wrong}), *live.moving[k + 1 :])
                    figures = [*board.figures[:number], replace(live, moving=turned), *board.figures[number + 1 :]]
                    changed = replace(board, figures=tuple(figures))
                    assert any(notices(net, changed, at) for at in stops), (live.name, k, key)
    never = {name for name in names if re.match(r"(l1|mix)_\w*fad", name)}  # L1 cuts before they fade
    assert {name for name, found in names.items() if not found} <= never


def notices(net: Network, board: Board, at: dict[str, int]) -> bool:
    """Whether one of the two checks fails."""
    try:
        true_words(net, board, at)
        true_lines(net, board, at)
    except (AssertionError, IndexError, KeyError, ValueError):
        return True
    return False


def all_words(board: Board, at: dict[str, int]) -> list[str]:
    told = [board.summary, board.place]
    told += [words for figure in board.figures for words in (figure.alt, figure.caption)]
    told += [words for card in board.readouts for words in (card.headline, *(row[1] for row in card.rows))]
    told += [words for note in board.notes for words in note.paragraphs]
    return [board.say(words, at) for words in told]


def test_l2_leaves_no_exact_zero() -> None:
    """In double precision, and without the page's flush of tiny numbers, what has faded on the page is not zero."""
    settings = NetworkSettings(optimizer="sgd", learning_rate="1", epochs=150, units=4, depth=3, n_samples=20)
    net, _ = trained(settings)
    assert net.faded[-1, 2, -1, :-1].sum() > 10
    assert not net.zeros[:, 2].any()
    task = net.task

    def long(dtype: type) -> np.ndarray:
        sweep = train(
            task.architecture,
            task.X[task.train],
            task.data.y[task.train],
            ALPHAS[-1:],
            [0.0],
            loss=task.loss,
            optimizer=task.optimizer,
            epochs=150,
            generator=np.random.default_rng(settings.initial_state),
            snapshots=2,
            dtype=dtype,
        )
        return np.asarray(sweep.parameters[-1, 0, 0, task.architecture.is_weight])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(optimizers, "flush", lambda *arrays: None)
        exact = long(np.float64)
    assert (exact != 0).all()
    assert (np.abs(exact) < 1e-30).sum() > 10


# -- the graph


def test_the_right_wires_are_drawn(shown: tuple[Network, Board]) -> None:
    """Each weight that is not zero is one segment between its units, in the trace of its size and sign."""
    net, board = shown
    sizes = [*SIZES, np.inf]
    for at, r, key in places(net):
        ws, _ = weights(net, at, r)
        cut, faded = masks(net, at, r)
        drawn = figure(board, f"graph_{key}").at(board, at)["data"]
        total = 0
        for sign, k in product((1, -1), range(len(SIZES))):
            trace = drawn[(sign < 0) * len(SIZES) + k]
            assert ("negative" if sign < 0 else "positive") in trace["name"]
            assert f"above {SIZES[k]:g}" in trace["name"]
            assert (trace["line"].get("dash") == "dash") == (sign < 0)
            expected = []
            for layer, W in enumerate(ws):
                here = (np.sign(W) == sign) & (np.abs(W) > np.float32(sizes[k])) & (np.abs(W) <= sizes[k + 1])
                expected += ends_of(net, layer, here & ~faded[layer])
            np.testing.assert_allclose(segments(trace), np.array(expected).reshape(-1, 2, 2), atol=1e-9)
            total += len(expected)
        trace = drawn[2 * len(SIZES)]
        assert "faded below 1e-30" in trace["name"]
        expected = [pair for layer in range(len(ws)) for pair in ends_of(net, layer, faded[layer])]
        np.testing.assert_allclose(segments(trace), np.array(expected).reshape(-1, 2, 2), atol=1e-9)
        assert total + len(expected) == sum((~zero).sum() for zero in cut[:-1])


def segments(trace: dict[str, Any]) -> np.ndarray:
    """Ends of the wires of a trace: (n, 2, 2)."""
    ends = np.column_stack([trace["x"], trace["y"]]).reshape(-1, 3, 2)[:, :2]
    return ends[np.isfinite(ends).all(axis=(1, 2))]


def ends_of(net: Network, layer: int, chosen: np.ndarray) -> list[list[tuple[float, float]]]:
    """Where the chosen weights (out, in) of a layer begin and end."""
    return [[unit(net, layer, start), unit(net, layer + 1, to)] for to, start in zip(*np.nonzero(chosen), strict=True)]


def unit(net: Network, layer: int, k: int) -> tuple[float, float]:
    """Where a unit stands; the first of a layer on top."""
    settings = net.task.settings
    n = [1 if net.task.is_curve else 2, *[settings.units] * settings.depth, 1][layer]
    top = 0.9 if n > 2 else 0.35 if n == 2 else 0.0
    return float(layer), top - 2 * top * k / max(n - 1, 1)


def test_wires_of_made_up_weights() -> None:
    """All classes and exact zeros, in known places. Only L1, with a λ > 0, makes a zero; another has faded."""
    settings = NetworkSettings(depth=1, units=8, epochs=50)
    net, _ = trained(settings)
    values = [0, 1e-31, 1e-30, 0.05, 0.051, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 2.1, 1e5]
    codes = [0, 13, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]
    for sign in (1, -1):
        for value, code in zip(values, codes, strict=True):
            parameters = np.zeros_like(net.sweep.parameters)
            parameters[..., 0] = sign * value  # input to the first unit
            parameters[..., 16] = sign * value  # first unit to the output
            made = network(settings, replace(net.sweep, parameters=parameters))
            expected = code + 6 * (sign < 0 and 0 < code < 7)
            l1 = (slice(None), slice(2), slice(1, None))
            assert (made.sizes[l1][..., [0, 8]] == expected).all(), value
            assert not made.sizes[l1][..., [*range(1, 8), *range(9, 16)]].any()
            assert (made.live[l1][..., 0] == (code > 0)).all()
            assert not made.live[l1][..., 1:].any()
            for no_l1 in ((slice(None), 2), (slice(None), slice(None), 0)):
                assert (made.sizes[no_l1][..., [0, 8]] == (expected or 13)).all(), value
                assert (made.sizes[no_l1][..., 1] == 13).all()
                assert made.live[no_l1].all()
                assert not made.zeros[no_l1].any()
                assert (made.faded[no_l1][..., :-1].sum(axis=-1) == 14 + 2 * (code in (0, 13))).all()


def test_live_neurons_are_those_on_a_path(shown: tuple[Network, Board]) -> None:
    net, board = shown
    for at, r, key in places(net):
        ws, _ = weights(net, at, r)
        expected = np.concatenate(alive(masks(net, at, r)[0][:-1]))
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
        expected = np.concatenate(alive(masks(made, {"epoch": e, "alpha": a}, r)[0][:-1]))
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
        exact = 127 + 127 * np.tanh(z / CLIP)
        np.testing.assert_allclose(drawn["z"], np.where(z > 0, np.maximum(exact, 128), exact), atol=0.51)
        np.testing.assert_array_equal(drawn["z"] > 127, z > 0, err_msg="blue is class 1")
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


def test_gradients_vanish_and_explode_as_the_page_says() -> None:
    """Three layers of ReLU at epoch 0, with small and with large initial weights."""
    norms = {}
    for scale in (0.1, 1.0, 5.0):
        settings = NetworkSettings(depth=3, activation="relu", initial_scale=scale)
        norms[scale] = train_all(settings, lambda progress: False).gradient_norm[0, 0, 0]
    assert (norms[0.1] < 0.05 * norms[1.0]).all()
    assert (norms[5.0] > 20 * norms[1.0]).all()


def test_the_words_follow_the_settings() -> None:
    for on in (False, True):
        told = WORDS.markdown(NetworkSettings(penalise_biases=on))
        assert ("you have switched" in told) == on
        assert ("Biases are left out" in told) != on


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
        assert "the gradients are right" in picture.check_words(checks, "tanh")


@pytest.mark.parametrize("name", ["curve", "classes", "deep"])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_a_wrong_gradient_is_told_and_a_kink_is_not_one(name: str, activation: str) -> None:
    settings = replace(SHOWN[name], activation=activation, epochs=50, n_samples=30)
    task = Task.of(settings)
    X, y = task.X[task.train], task.data.y[task.train]
    w = train_all(settings).parameters[-1, 2, START].astype(float)
    label = ACTIVATIONS[activation].label

    class Wrong(type(task.loss)):  # type: ignore[misc]
        def gradient(self, y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
            return np.asarray(1.001 * super().gradient(y, prediction))

    assert "right" in picture.check_words((gradient_check(task.architecture, w, X, y, task.loss),), label)
    wrong = gradient_check(task.architecture, w, X, y, Wrong())
    assert wrong.wrong
    assert "backpropagation is wrong" in picture.check_words((wrong,), label)
    # a unit that switches on just here, at one of the points
    W, *_ = layers = task.architecture.layers(w)
    W[0, -1] = -W[0, :-1] @ X[0]
    layers[-1][0, 0] = 1.0
    at_kink = gradient_check(task.architecture, w, X, y, task.loss)
    told = picture.check_words((at_kink,), label)
    assert "the gradients are right" in told
    assert ("kink of ReLU" in told) == (activation == "relu") == bool(at_kink.kinks.any())
    assert "backpropagation is wrong" in picture.check_words(
        (gradient_check(task.architecture, w, X, y, Wrong()),), label
    )


def test_a_loss_that_bends_within_a_step_cannot_be_judged() -> None:
    """As steep as tanh gets in a training that explodes: no kink, and no fault of backpropagation."""
    task = Task.of(NetworkSettings(depth=2, units=3, n_samples=30))
    X, y = task.X[task.train], task.data.y[task.train]
    w = task.architecture.initial(np.random.default_rng(0))
    first, second, _ = task.architecture.layers(w)
    second *= 1e5
    second[:, -1] = -second[:, :-1] @ np.tanh(first @ [X[3, 0], 1.0])
    check = gradient_check(task.architecture, w, X, y, task.loss)
    assert not check.right
    assert not check.wrong
    assert "too much to tell" in picture.check_words((check,), "tanh")


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


def test_what_still_runs_has_not_ended() -> None:
    settings = NetworkSettings(**SMALL | {"learning_rate": "10", "optimizer": "adam"})
    part = train_all(settings, lambda progress: progress.epoch < 30)
    assert part.completed < settings.epochs
    net = network(settings, part)
    net = replace(net, worse=np.ones_like(net.worse), peaks=np.zeros_like(net.peaks))
    told = [words for _, words in picture.board(net).values.values() if isinstance(words, tuple)]
    courses = [words for sentences in told for words in sentences if "overshoot; J" in words]
    assert len(courses) == 3
    assert all("J is now" in words for words in courses)


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


@pytest.mark.slow
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
    told = picture.happened(net)
    assert ("exploded" in told) == bool((sweep.diverged >= 0).any())
    rng = np.random.default_rng(0)
    for a, e in zip((0, 20, len(ALPHAS) - 1), rng.integers(0, len(sweep.epochs), 3).tolist(), strict=True):
        true_words(net, board, {"alpha": a, "epoch": e})


@pytest.mark.slow
def test_what_a_large_learning_rate_did_is_told() -> None:
    net, _ = trained(SHOWN["exploded curve"])
    assert 0 < (net.sweep.diverged >= 0).sum() < 96
    told = picture.happened(net)
    assert "learning rate 1 " in told
    assert "exploded" in told
    assert "No λ" not in told, "some λ did"
    every, _ = trained(NetworkSettings(optimizer="sgd", learning_rate="10", epochs=50, units=8))
    assert (every.sweep.diverged >= 0).all()
    assert "No λ holds it, and none acts on the biases." in picture.happened(every)
    # Adam does not explode: its steps have a size of their own
    for rate in ("10", "3"):
        net, board = trained(NetworkSettings(learning_rate=rate, epochs=100, units=8))
        assert (net.sweep.diverged < 0).all()
        assert net.peaks.sum() > 80
        assert "overshoots without exploding" in picture.happened(net)
        note = next(note for note in board.notes if note.name == "happened_l2")
        assert "steps overshoot; in epoch" in board.say(note.paragraphs[0], board.index({}))
    for name in ("curve", "classes", "deep", "one unit"):
        net, board = trained(SHOWN[name])
        assert picture.happened(net) == "", "small steps do not"
        assert not [note for note in board.notes if "course" in note.paragraphs[0]]


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
