"""Is L2 in the loss weight decay? What the page shows, against steps and rules written out by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import product

import numpy as np
import plotly.graph_objects as go
import pytest

from regviz.core.data.datasets import DATASETS
from regviz.core.losses import SquaredError
from regviz.core.nets.mlp import forward
from regviz.core.nets.optimizers import DECOUPLED, SGD
from regviz.core.nets.training import trace, train
from regviz.live.board import Board, LiveFigure, Ref, Swept, _values_of, payload
from regviz.scenes.decay.board import APART, LOSS, board
from regviz.scenes.decay.claims import WORDS
from regviz.scenes.decay.sweep import (
    ADAM_RATE,
    ALPHAS,
    BATCH,
    BATCH_RATE,
    EPOCHS,
    INITIAL,
    KEPT,
    N_POINTS,
    N_WEIGHTS,
    NET,
    PER_EPOCH,
    RULES,
    SGD_RATE,
    START,
    WAYS,
    DecayRuns,
    decay_runs,
)
from regviz.settings import SampleSettings, Settings

UNITS = 8
SAMPLES = [Settings(), Settings(noise=0.0), Settings(noise=1.0), Settings(random_state=0, noise=1.0)]
SAMPLES += [Settings(random_state=9999), Settings(random_state=123, noise=0.5)]


@pytest.fixture(scope="module")
def found() -> DecayRuns:
    return decay_runs(Settings())


@pytest.fixture(scope="module")
def shown(found: DecayRuns) -> Board:
    return board(found)


def index(alpha: int = START, step: int = 20, weight: int = 7) -> dict[str, int]:
    return {"alpha": alpha, "step": step, "weight": weight}


INDEXES = [
    index(*stops) for stops in product((0, 1, START, len(ALPHAS) - 1), (0, 1, 25, len(KEPT) - 1), (0, 7, N_WEIGHTS - 1))
]


def card(board: Board, name: str, at: dict[str, int]) -> tuple[str, dict[str, str]]:
    """Headline and rows of a card."""
    readout = next(readout for readout in board.readouts if readout.name == name)
    return board.say(readout.headline, at), {label: board.say(words, at) for label, words, _ in readout.rows}


def figure(board: Board, name: str) -> LiveFigure:
    return next(figure for figure in board.figures if figure.name == name)


def number(words: str) -> float:
    return float(re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", words)[0])


# --- By hand: the network 1 - 8 - 1 and the rules of the textbook -----------------------------------


def unit(x: np.ndarray) -> np.ndarray:
    """[0, 1] to mean 0 and variance 1."""
    return (2 * x - 1) * np.sqrt(3)


def gradient(parameters: np.ndarray, x: np.ndarray, y: np.ndarray, scale: float = 1.0) -> np.ndarray:
    """Of scale / (2n) Σ (ŷ − y)², ŷ = Σ v_k tanh(w_k x + b_k) + c; parameters w_1, b_1, w_2, …, v_1 … v_8, c."""
    w, b = parameters[0 : 2 * UNITS : 2], parameters[1 : 2 * UNITS : 2]
    v, c = parameters[2 * UNITS : -1], parameters[-1]
    a = np.tanh(np.outer(x, w) + b)
    error = scale * (a @ v + c - y) / len(x)
    inner = error[:, np.newaxis] * v * (1 - a**2)
    out = np.empty_like(parameters)
    out[0 : 2 * UNITS : 2], out[1 : 2 * UNITS : 2] = x @ inner, inner.sum(axis=0)
    out[2 * UNITS : -1], out[-1] = error @ a, error.sum()
    return out


IS_WEIGHT = np.array([True, False] * UNITS + [True] * UNITS + [False])


def by_hand(name: str, found: DecayRuns, alpha: float, steps: int) -> tuple[np.ndarray, ...]:
    """(w, data step, decay step, new w) of step `steps` + 1, all weights."""
    x, y = unit(found.x), found.y
    p = found.runs[name].parameters[0, 0].copy()
    m_data, m_decay, v = np.zeros((3, len(p)))
    for t in range(1, steps + 2):
        g, decay = gradient(p, x, y), alpha * p * IS_WEIGHT
        if name.startswith("sgd"):
            data_step, decay_step = -SGD_RATE * g, -SGD_RATE * decay
        else:
            seen = decay if name == "adam_loss" else 0 * decay
            m_data, m_decay = 0.9 * m_data + 0.1 * g, 0.9 * m_decay + 0.1 * seen
            v = 0.999 * v + 0.001 * (g + seen) ** 2
            size = np.sqrt(v / (1 - 0.999**t)) + 1e-8
            data_step = -ADAM_RATE * m_data / (1 - 0.9**t) / size
            decay_step = -ADAM_RATE * m_decay / (1 - 0.9**t) / size
            if name == "adam_decoupled":
                decay_step = -ADAM_RATE * decay
        before, p = p, p + data_step + decay_step
    return tuple(values[IS_WEIGHT] for values in (before, data_step, decay_step, p))


# --- The two forms -------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("settings", SAMPLES, ids=str)
def test_sgd_is_one_rule_and_adam_is_two(settings: Settings) -> None:
    found = decay_runs(settings)
    sgd = found.runs["sgd_loss"].parameters - found.runs["sgd_decoupled"].parameters
    assert np.abs(sgd).max() < 2e-14
    assert (found.gap["sgd"] < 2e-14).all()
    assert (found.gap["adam"][0] == 0).all()
    assert (found.gap["adam"][:, 0] == 0).all()
    assert (found.gap["adam"][1:, 1:] > 1e-6).all()
    assert (found.gap["adam"][START:, -1] > 0.3).all()
    for run in found.runs.values():
        for name in ("parameters", "norm", "curve", "w", "new", "data_step", "decay_step", "rate"):
            assert np.isfinite(getattr(run, name)).all()
        assert np.ptp(run.parameters[:, 0], axis=0).max() == 0  # moving λ leaves the initial weights
    assert np.isfinite(found.batches.norm).all()
    picture = board(found)
    for at in (index(), index(1, 1), index(len(ALPHAS) - 1, len(KEPT) - 1)):
        assert "which is rounding" in card(picture, "heading_sgd", at)[0]
        assert "at the same λ" in card(picture, "heading_adam", at)[0]


def test_the_headline_is_the_difference_of_the_drawn_weights(found: DecayRuns, shown: Board) -> None:
    for at in INDEXES:
        for kind in ("sgd", "adam"):
            told, _ = card(shown, f"heading_{kind}", at)
            drawn = figure(shown, f"weights_{kind}").at(shown, at)["data"]
            loss, apart = (next(t for t in drawn if t.get("marker", {}).get("symbol") == s) for s in MARKS)
            gap = np.abs(loss["y"] - apart["y"]).max()
            if at["step"] == 0:
                assert "same weights" in told
            elif at["alpha"] == 0:
                assert "no decay" in told
            else:
                assert number(told) == pytest.approx(gap, rel=0.06, abs=1e-6)
            sticks = [t["y"] for t in drawn if t["name"] == "difference"]
            assert np.allclose(sticks, np.stack([loss["y"], apart["y"]], axis=1), atol=1e-12)
            curve = figure(shown, f"gap_{kind}").at(shown, at)["data"]
            now = curve[3]["y"][0]
            assert now == curve[2]["y"][at["step"]]
            assert 10**now == pytest.approx(max(found.gap[kind][at["alpha"], at["step"]], 10**-17.5), rel=1e-4)


MARKS = ("circle", "circle-open")


def test_curves_and_sizes_are_those_of_the_recorded_weights(found: DecayRuns, shown: Board) -> None:
    line = unit(found.x_line)[:, np.newaxis]
    for at in INDEXES:
        a, e = at["alpha"], at["step"]
        for kind in ("sgd", "adam"):
            drawn = figure(shown, f"fit_{kind}").at(shown, at)["data"]
            norms = figure(shown, f"norm_{kind}").at(shown, at)["data"]
            for number, form in enumerate(("loss", "decoupled")):
                parameters = found.runs[f"{kind}_{form}"].parameters[a, e]
                assert np.abs(drawn[1 + number]["y"] - forward(NET, parameters, line)).max() < 1e-3
                size = float(np.square(parameters[IS_WEIGHT]).sum())
                assert norms[2 + number]["y"][e] == pytest.approx(size, rel=1e-5)
                assert norms[4 + number]["y"][0] == pytest.approx(size, rel=1e-5)
                assert norms[4 + number]["x"][0] == KEPT[e]


# --- Term by term --------------------------------------------------------------------------------


EQUATION = re.compile(r"(\S+) ([+−]) (\S+) ([+−]) (\S+) = (\S+)")


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize(("alpha", "step"), [(START, 20), (0, 5), (1, 0), (8, 30), (len(ALPHAS) - 1, len(KEPT) - 1)])
def test_the_written_step_is_the_step_by_hand(found: DecayRuns, shown: Board, name: str, alpha: int, step: int) -> None:
    expected = by_hand(name, found, float(ALPHAS[alpha]), int(KEPT[step]))
    order = [0, 1, 2, 3] if name.endswith("loss") else [0, 2, 1, 3]
    for weight in range(N_WEIGHTS):
        at = index(alpha, step, weight)
        told, rows = card(shown, f"step_{name}", at)
        match = EQUATION.fullmatch(told)
        assert match, told
        w, sign_1, first, sign_2, second, new = match.groups()
        signed = [Decimal(w), *(Decimal(t) * (1 if s == "+" else -1) for s, t in ((sign_1, first), (sign_2, second)))]
        assert sum(signed) == Decimal(new), told
        values = [float(v) for v in (*signed, Decimal(new))]
        assert np.abs(np.array(values) - [expected[k][weight] for k in order]).max() < 2.1e-6, told
        assert [f"{sign_1} {first}", f"{sign_2} {second}"] == list(rows.values())[:2]
        share = rows["decay, as a part of the weight"]
        if abs(expected[0][weight]) > 1e-3:
            assert number(share) == pytest.approx(-100 * expected[2][weight] / expected[0][weight], rel=0.06, abs=1e-9)


def test_terms_are_those_of_a_trace_and_lead_to_the_recorded_weights(found: DecayRuns) -> None:
    sine = DATASETS["sine"].sample(N_POINTS, Settings.noise, Settings.random_state)
    for name, rule in RULES.items():
        run = found.runs[name]
        assert np.abs(run.w + run.data_step + run.decay_step - run.new).max() < 1e-15
        follows = np.flatnonzero(np.diff(KEPT) == 1)
        assert np.abs(run.new[:, follows] - run.w[:, follows + 1]).max() < 1e-14
        X = unit(sine.X)
        rng = np.random.default_rng(INITIAL)
        alone = trace(NET, X, sine.y, 0.05, 0.0, loss=SquaredError(), optimizer=rule, steps=61, generator=rng)
        early = KEPT <= 60
        assert np.abs(alone.w[KEPT[early]][:, IS_WEIGHT] - run.w[START, early]).max() < 1e-11
        assert np.abs(alone.new[KEPT[early]][:, IS_WEIGHT] - run.new[START, early]).max() < 1e-11
        assert alone.rate[KEPT[early]][:, IS_WEIGHT] == pytest.approx(run.rate[START, early], rel=1e-8)


def test_the_weight_of_the_slider_leads_where_it_says(shown: Board) -> None:
    note = next(note for note in shown.notes if note.name == "which")
    flat = np.arange(NET.n_parameters)
    first, second = NET.layers(flat)
    for weight, place in enumerate(flat[IS_WEIGHT]):
        words = shown.say(note.paragraphs[0], index(weight=weight))
        layer, told = (
            (first[:, 0], r"input to neuron (\d)") if weight < UNITS else (second[0, :-1], r"neuron (\d) to the output")
        )
        neuron = re.search(told, words)
        assert neuron, words
        assert layer[int(neuron[1]) - 1] == place
        assert words.startswith(f"Weight {weight + 1} ")


# --- Per step, not per epoch ---------------------------------------------------------------------


def test_what_decay_alone_leaves(found: DecayRuns, shown: Board) -> None:
    batches = found.batches
    epochs = np.arange(EPOCHS + 1)
    assert PER_EPOCH == -(-N_POINTS // BATCH) == 6
    factor = {
        "whole": 1 - BATCH_RATE * ALPHAS,
        "small": (1 - BATCH_RATE * ALPHAS) ** 6,
        "corrected": 1 - BATCH_RATE * ALPHAS,
        "slower": (1 - BATCH_RATE * ALPHAS / 6) ** 6,
    }
    for number_of, way in enumerate(WAYS):
        assert batches.kept[number_of] == pytest.approx(factor[way], abs=1e-12)
        # measured in the training, on weights of an input that is always 0
        assert batches.left[number_of] == pytest.approx(factor[way][:, np.newaxis] ** epochs, abs=1e-9)
        for alpha in (1, START, len(ALPHAS) - 1):
            _, rows = card(shown, "batch_kept", index(alpha))
            assert float(list(rows.values())[number_of]) == pytest.approx(factor[way][alpha], rel=1e-3)
            _, ends = card(shown, "batch_ends", index(alpha))
            assert float(list(ends.values())[number_of]) == pytest.approx(batches.norm[number_of, alpha, -1], rel=6e-3)
    assert "λ′ = 0.00834" in card(shown, "batch_kept", index())[0]


def test_what_a_correction_does_to_the_network(found: DecayRuns) -> None:
    norm = dict(zip(WAYS, found.batches.norm, strict=True))
    # the same λ in small batches: another course, and faster
    assert (norm["small"][START:, 20] < 0.97 * norm["whole"][START:, 20]).all()
    # η / 6 keeps both the pull of the data and the decay of an epoch
    assert (np.abs(norm["slower"] - norm["whole"]) < 0.02 * norm["whole"] + 0.02).all()
    # λ corrected keeps the decay only: the data pull six times an epoch
    assert (norm["corrected"][START:, -1] > 1.2 * norm["whole"][START:, -1]).all()


def test_the_same_strength_ends_at_the_same_weights_at_any_batch_size(found: DecayRuns) -> None:
    def end(epochs: int, batch: int | None, alpha: float) -> float:
        sweep = train(
            NET,
            unit(found.x)[:, np.newaxis],
            found.y,
            [alpha],
            [0.0],
            loss=SquaredError(),
            optimizer=SGD(BATCH_RATE, decay=DECOUPLED),
            epochs=epochs,
            batch_size=batch,
            generator=np.random.default_rng(INITIAL),
            dtype=np.float64,
        )
        return float(np.square(sweep.parameters[-1, 0, 0, IS_WEIGHT]).sum())

    whole = end(3000, None, 0.05)
    assert end(500, BATCH, 0.05) == pytest.approx(whole, rel=0.03)
    assert end(500, BATCH, 0.05 / 6) > 2 * whole


# --- Elsewhere -----------------------------------------------------------------------------------


def pytorch(name: str, w: np.ndarray, g: np.ndarray, lr: float, weight_decay: float) -> np.ndarray:
    """The first step of torch.optim.SGD, Adam and AdamW, as their documentation writes it."""
    if name == "AdamW":
        w = w - lr * weight_decay * w
    else:
        g = g + weight_decay * w
    if name == "SGD":
        return w - lr * g
    m, v = (1 - 0.9) * g / (1 - 0.9), (1 - 0.999) * g**2 / (1 - 0.999)
    return w - lr * m / (np.sqrt(v) + 1e-8)


@pytest.mark.parametrize("alpha", [1, START, len(ALPHAS) - 1])
def test_the_numbers_elsewhere_make_the_same_step(found: DecayRuns, shown: Board, alpha: int) -> None:
    x, y = unit(found.x), found.y
    p = found.runs["sgd_loss"].parameters[alpha, 0]
    once, twice = (gradient(p, x, y, scale)[IS_WEIGHT] for scale in (1.0, 2.0))  # ours; nn.MSELoss has no ½
    w = p[IS_WEIGHT]
    for kind, rate in (("sgd", SGD_RATE), ("adam", ADAM_RATE)):
        _, rows = card(shown, f"elsewhere_{kind}", index(alpha))
        for label, told in rows.items():
            if match := re.match(r"torch\.optim\.(\w+)\(lr=([\d.]+)", label):
                form = "decoupled" if match[1] == "AdamW" else "loss"
                assert float(match[2]) == rate
                step = pytorch(match[1], w, once, rate, float(told))
                assert np.abs(step - found.runs[f"{kind}_{form}"].new[alpha, 0]).max() < 1e-7
            elif "MSELoss" in label:
                decay, *lr = re.findall(r"[\d.]+", told)
                name = {"sgd": "SGD", "adam": "Adam"}[kind]
                step = pytorch(name, w, twice, float(lr[0]) if lr else rate, float(decay))
                assert np.abs(step - found.runs[f"{kind}_loss"].new[alpha, 0]).max() < 1e-6
            elif "keeps" in label:
                assert float(told) == pytest.approx(1 - rate * ALPHAS[alpha], abs=1e-6)
            elif "paper" in label:
                assert float(told) == pytest.approx(rate * ALPHAS[alpha], rel=1e-3)
            else:
                assert told == f"D + {ALPHAS[alpha]:g}/2 · Σw²"


# --- Every word and every line, also of runs that never were ---------------------------------------


def made_up(found: DecayRuns, seed: int) -> DecayRuns:
    """The same board's arrays filled with random numbers: no two of them are alike, as they are under SGD."""
    rng = np.random.default_rng(seed)
    runs = {}
    for name, run in found.runs.items():
        w, data, decay = rng.normal(size=(3, *run.w.shape))
        values = {"w": w, "data_step": data, "decay_step": decay, "new": w + data + decay}
        values |= {"norm": rng.uniform(1, 99, run.norm.shape), "rate": rng.uniform(0.01, 2, run.rate.shape)}
        runs[name] = replace(run, **values, curve=rng.normal(size=run.curve.shape))
    gap = {kind: 10 ** rng.uniform(-16, 0, values.shape) for kind, values in found.gap.items()}
    gap["sgd"][2, 3] = 0
    batches = found.batches
    of_batches = {name: rng.uniform(0.1, 9, getattr(batches, name).shape) for name in ("norm", "left", "kept")}
    return replace(found, runs=runs, gap=gap, batches=replace(batches, **of_batches, alphas=batches.alphas * 1.1))


def digits(text: str, value: float, n: int) -> bool:
    return bool(np.isclose(float(text), value, rtol=6 * 10.0**-n, atol=1e-9))


def true_words(found: DecayRuns, board: Board, at: dict[str, int]) -> None:
    """Every number and every word that follows the position, against the array that it names."""
    a, e, k = at["alpha"], at["step"], at["weight"]
    alpha, step = float(ALPHAS[a]), int(KEPT[e])
    place = f"λ {alpha:g}, step {step}"
    assert board.say(board.place, at) == f"{place}, weight {k + 1}"
    words = {figure.name: (board.say(figure.alt, at), board.say(figure.caption, at)) for figure in board.figures}
    for kind, rate, adam in (("sgd", SGD_RATE, False), ("adam", ADAM_RATE, True)):
        gap = found.gap[kind][a, e]
        told, _ = card(board, f"heading_{kind}", at)
        if e == 0:
            assert told == "no step yet: both runs start from the same weights"
        elif a == 0:
            assert told == "λ = 0: no decay, so there is nothing to tell them apart"
        elif gap == 0:
            assert told == "no difference at all, to the last digit"
        else:
            match = re.fullmatch(r"largest difference of a weight: (\S+), (which is rounding|at the same λ)", told)
            assert match, told
            assert digits(match[1], gap, 2 if adam else 1)
            assert (match[2] == "which is rounding") == (gap < 1e-10)
        for name in ("fit", "weights", "gap"):
            said = re.findall(r"(?:at most|differ by|runs is) (\d\S*?)[.,]? ", words[f"{name}_{kind}"][0] + " ")
            assert len(said) == 1
            assert digits(said[0], gap, 2 if adam else 1)
        assert f"at λ = {alpha:g} after {step} steps" in words[f"fit_{kind}"][0]
        assert f"at step {step}" in words[f"gap_{kind}"][0]
        runs = {form: found.runs[f"{kind}_{form}"] for form in ("loss", "decoupled")}
        for said in words[f"norm_{kind}"]:
            sizes = re.findall(r"(?:is|and|loss|decoupled) (\d\S*?)(?:[.,]? |,|\.$)", said)
            assert len(sizes) == 2, said
            assert all(digits(told, run.norm[a, e], 3) for told, run in zip(sizes, runs.values(), strict=True))
        pair = re.search(r"Weight (\d+) is (\S+) with L2 in the loss and (\S+) with", words[f"weights_{kind}"][0])
        assert pair
        assert int(pair[1]) == k + 1
        for form, run, text in zip(runs, runs.values(), pair.groups()[1:], strict=True):
            assert abs(float(text) - run.w[a, e, k]) < 6e-7
            told, rows = card(board, f"step_{kind}_{form}", at)
            terms = [run.w, run.data_step, run.decay_step, run.new]
            terms = [
                float(values[a, e, k]) for values in (terms if form == "loss" else [terms[i] for i in (0, 2, 1, 3)])
            ]
            match = EQUATION.fullmatch(told)
            assert match, told
            w, sign_1, first, sign_2, second, new = match.groups()
            signs = [1 if sign == "+" else -1 for sign in (sign_1, sign_2)]
            shown = [float(w), signs[0] * float(first), signs[1] * float(second), float(new)]
            assert np.abs(np.array(shown) - terms).max() < 2.1e-6
            assert list(rows.values())[:2] == [f"{sign_1} {first}", f"{sign_2} {second}"]
            share = float(rows["decay, as a part of the weight"].removesuffix(" %"))
            exact = 100 * rate * alpha
            if adam and form == "loss":
                exact = -100 * run.decay_step[a, e, k] / run.w[a, e, k]
                assert digits(rows["step size of this weight, η/(√v̂ + ε)"], run.rate[a, e, k], 2)
            assert share == pytest.approx(exact, rel=0.06)
            assert [label for label in rows if label.startswith("data")] == [list(rows)[form != "loss"]]
        _, rows = card(board, f"elsewhere_{kind}", at)
        assert f"D + {alpha:g}/2 · Σw²" in rows.values()
        for label, told in rows.items():
            decay, *lr = re.findall(r"[\d.e-]*\d", told)
            if "torch" in label:
                assert digits(decay, alpha, 4)
            elif "MSELoss" in label:
                assert digits(decay, 2 * alpha, 4)
                assert [float(text) for text in lr] == ([] if adam else [rate / 2])
            elif "keeps" in label:
                assert digits(told, 1 - rate * alpha, 6)
            elif "paper" in label:
                assert digits(told, rate * alpha, 3)
    summary = board.say(board.summary, at)
    assert summary.startswith(f"{place}. Largest difference")
    gaps = re.search(r"SGD (\S+), Adam (\S+)\. Weight (\d+) goes from (\S+) to (\S+) in", summary)
    assert gaps
    assert digits(gaps[1], found.gap["sgd"][a, e], 1)
    assert digits(gaps[2], found.gap["adam"][a, e], 2)
    assert int(gaps[3]) == k + 1
    sgd = found.runs["sgd_loss"]
    assert abs(float(gaps[4]) - sgd.w[a, e, k]) < 6e-7
    assert abs(float(gaps[5]) - sgd.new[a, e, k]) < 6e-7
    which = next(note for note in board.notes if note.name == "which")
    leads = f"from the input to neuron {k + 1}" if k < UNITS else f"from neuron {k + 1 - UNITS} to the output"
    said = board.say(which.paragraphs[0], at)
    assert said == f"Weight {k + 1} leads {leads}. Below is the step that follows step {step}, at λ = {alpha:g}."
    batches = found.batches
    numbers = {"batch_ends": (batches.norm[:, a, -1], 3), "batch_kept": (batches.kept[:, a], 4)}
    for name, (values, n) in numbers.items():
        told, rows = card(board, name, at)
        match = re.fullmatch(r"η = 0\.05, λ = (\S+), λ′ = (\S+)", told)
        assert match
        assert float(match[1]) == alpha
        assert digits(match[2], batches.alphas[2, a], 3)
        assert all(digits(text, value, n) for text, value in zip(rows.values(), values, strict=True))
    ends = re.findall(r"(\d\S*) (?:with all|in small|with λ|with a smaller)", words["batch_norm"][0])
    assert all(digits(text, value, 3) for text, value in zip(ends, batches.norm[:, a, -1], strict=True))
    kept = re.findall(r"(\d\S*) (?:of it with all|in small|with λ)", words["batch_left"][0])
    assert all(digits(text, value, 4) for text, value in zip(kept, batches.kept[:3, a], strict=True))


def true_lines(found: DecayRuns, board: Board, at: dict[str, int]) -> None:
    """Every trace that moves, against the array that it is named after."""
    a, e, k = at["alpha"], at["step"], at["weight"]
    drawn = {figure.name: figure.at(board, at)["data"] for figure in board.figures}
    for kind in ("sgd", "adam"):
        loss, apart = (found.runs[f"{kind}_{form}"] for form in ("loss", "decoupled"))
        _, first, second = drawn[f"fit_{kind}"]
        for line, name, run in ((first, LOSS[1], loss), (second, APART[1], apart)):
            assert line["name"] == name
            np.testing.assert_allclose(line["y"], run.curve[a, e], atol=2e-3 * np.abs(run.curve).max())
        *sticks, dots, rings, cursor = drawn[f"weights_{kind}"]
        np.testing.assert_allclose(dots["y"], loss.w[a, e], atol=6e-7)
        np.testing.assert_allclose(rings["y"], apart.w[a, e], atol=6e-7)
        np.testing.assert_allclose([stick["y"] for stick in sticks], np.array([dots["y"], rings["y"]]).T, atol=1e-12)
        assert (dots["name"].startswith(LOSS[1]), rings["name"].startswith(APART[1])) == (True, True)
        assert list(cursor["x"]) == [k + 1] * 2
        _, cursor, line, now = drawn[f"gap_{kind}"]
        logs = np.log10(np.maximum(found.gap[kind][a], 10**-17.5))
        np.testing.assert_allclose(line["y"], logs, atol=1e-6)
        np.testing.assert_allclose(line["customdata"], found.gap[kind][a], rtol=1e-6)
        np.testing.assert_allclose([now["x"][0], now["y"][0]], [KEPT[e], logs[e]], atol=1e-6)
        assert now["customdata"][0] == pytest.approx(found.gap[kind][a, e])
        assert list(cursor["x"]) == [KEPT[e]] * 2
        ghost, cursor, first, second, now, then = drawn[f"norm_{kind}"]
        assert ghost["name"] == "λ = 0"
        np.testing.assert_allclose(ghost["y"], loss.norm[0])
        assert list(cursor["x"]) == [KEPT[e]] * 2
        for line, mark, run in ((first, now, loss), (second, then, apart)):
            np.testing.assert_allclose(line["y"], run.norm[a])
            assert (mark["x"][0], mark["y"][0]) == (KEPT[e], pytest.approx(run.norm[a, e]))
    for name in ("norm", "left"):
        for line, values in zip(drawn[f"batch_{name}"], getattr(found.batches, name), strict=True):
            np.testing.assert_allclose(line["y"], values[a])
    names = [line["name"] for line in drawn["batch_norm"]]
    small = [f"batches of 5, {way}" for way in ("same λ", "λ corrected", "same λ, η / 6")]
    assert names == ["all 30 points at once", *small]


def random_places(seed: int, n: int) -> list[dict[str, int]]:
    rng = np.random.default_rng(seed)
    places = [index(*(int(rng.integers(0, top)) for top in (len(ALPHAS), len(KEPT), N_WEIGHTS))) for _ in range(n)]
    ends = [index(0, 0, 0), index(len(ALPHAS) - 1, len(KEPT) - 1, N_WEIGHTS - 1), index(0, 20), index(4, 0)]
    return [*places, *ends, index(2, 3, 5)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_every_word_and_line_is_that_of_its_array(found: DecayRuns, seed: int) -> None:
    """Two boards at twenty-five positions each: of random data, and of random numbers in place of all runs."""
    rng = np.random.default_rng(seed)
    noise = float(rng.choice([0, 0.05, 0.25, 0.5, 1.0]))
    real = decay_runs(Settings(noise=noise, random_state=int(rng.integers(0, 9999))))
    for runs in (real, made_up(found, seed)):
        picture = board(runs)
        for at in random_places(seed, 20):
            true_words(runs, picture, at)
            true_lines(runs, picture, at)


@pytest.mark.slow
def test_no_value_or_line_can_show_another_array(found: DecayRuns) -> None:
    """Each name that words or lines read is bound to other numbers: the two checks above must see every one."""
    runs = made_up(found, 0)
    picture, stops = board(runs), random_places(1, 3)

    def notices(changed: Board) -> bool:
        for at in stops:
            try:
                true_words(runs, changed, at)
                true_lines(runs, changed, at)
            except (AssertionError, IndexError, KeyError, ValueError):
                return True
        return False

    assert not notices(picture)
    for name, (ref, form) in _values_of(picture).items():
        if isinstance(form, tuple):
            changed = replace(picture, values=dict(picture.values) | {name: (ref, (*form[1:], form[0]))})
        else:
            arrays = dict(picture.arrays) | {"another": Swept(np.array(0.4321))}
            changed = replace(picture, arrays=arrays, values=dict(picture.values) | {name: (Ref("another"), form)})
        assert notices(changed), name
    for number, live in enumerate(picture.figures):
        for k, moving in enumerate(live.moving):
            for key, expression in moving.coordinates().items():
                swept = picture.arrays[expression.vector.array]
                arrays = dict(picture.arrays) | {"another": replace(swept, values=swept.values[::-1] + 1)}
                wrong = replace(expression, vector=replace(expression.vector, array="another"))
                turned = (*live.moving[:k], replace(moving, **{key: wrong}), *live.moving[k + 1 :])
                figures = [*picture.figures[:number], replace(live, moving=turned), *picture.figures[number + 1 :]]
                assert notices(replace(picture, arrays=arrays, figures=tuple(figures))), (live.name, k, key)
                if expression.vector.pin.get("alpha") == 0:
                    wrong = replace(expression, vector=replace(expression.vector, pin={"alpha": 1}))
                    turned = (*live.moving[:k], replace(moving, **{key: wrong}), *live.moving[k + 1 :])
                    figures[number] = replace(live, moving=turned)
                    assert notices(replace(picture, figures=tuple(figures))), "the ghost of λ = 0"


# --- The whole page ------------------------------------------------------------------------------


def test_every_figure_is_a_plotly_figure_and_all_words_are_filled_in(shown: Board) -> None:
    for at in INDEXES:
        for each in shown.figures:
            for mode in ("light", "dark"):
                go.Figure(each.at(shown, at, mode))  # type: ignore[arg-type]
            for words in (each.alt, each.caption):
                assert "{" not in shown.say(words, at)
            assert "{" not in each.title
            assert len(each.alt) > 20
        for readout in shown.readouts:
            assert "{" not in readout.title
            said = [readout.headline, *(words for _, words, _ in readout.rows)]
            assert not any(sign in shown.say(words, at) for words in said for sign in ("{", "nan", "–", "∞"))
            assert not any("{" in label + hint for label, _, hint in readout.rows)
        for note in shown.notes:
            assert not any("{" in shown.say(words, at) for words in note.paragraphs)
        assert "{" not in shown.say(shown.summary, at) + shown.say(shown.place, at)
    assert "{" not in WORDS.markdown(SampleSettings())
    looks = [
        (trace["name"], trace["line"]["color"], trace["line"].get("dash"))
        for trace in shown.figures[0].figure["data"][1:]
    ]
    assert all(one != other for one, other in zip(*looks, strict=True)), "the two runs differ in name, colour and dash"
    assert [name for name, *_ in looks] == [LOSS[1], APART[1]]


def test_the_rules_cannot_diverge_here() -> None:
    assert max(rule.learning_rate for rule in RULES.values()) * ALPHAS[-1] == pytest.approx(0.2)
    assert "at most 0.2." in WORDS.markdown(SampleSettings())
    assert (np.diff(ALPHAS) > 0).all()
    assert (ALPHAS[0], len(KEPT), KEPT[0], KEPT[-1]) == (0, 48, 0, 300)


def test_the_page_is_light(shown: Board) -> None:
    sent = payload(shown)
    assert len(str(sent.pop("spec"))) + sum(column.nbytes for column in sent.values()) < 700_000
