"""Is L2 in the loss weight decay? What the page shows, against steps and rules written out by hand."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import product

import numpy as np
import plotly.graph_objects as go
import pytest

from regviz.core.datasets import DATASETS
from regviz.core.losses import SquaredError
from regviz.core.mlp import forward
from regviz.core.optimizers import DECOUPLED, SGD
from regviz.core.training import trace, train
from regviz.figures.decay import APART, LOSS, WORDS, board
from regviz.live.board import Board, LiveFigure, payload
from regviz.settings import Settings
from regviz.sweeps.decay import (
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
    assert "{" not in WORDS
    assert LOSS != APART


def test_the_rules_cannot_diverge_here() -> None:
    assert max(rule.learning_rate for rule in RULES.values()) * ALPHAS[-1] == pytest.approx(0.2)
    assert "at most 0.2." in " ".join(WORDS.split())
    assert (np.diff(ALPHAS) > 0).all()
    assert (ALPHAS[0], len(KEPT), KEPT[0], KEPT[-1]) == (0, 48, 0, 300)


def test_the_page_is_light(shown: Board) -> None:
    sent = payload(shown)
    assert len(str(sent.pop("spec"))) + sum(column.nbytes for column in sent.values()) < 700_000
