"""What does the Geometry page say about its pictures? Its sentences are the notes of the board, in their words."""

from __future__ import annotations

from functools import cache

import numpy as np

from regviz.charts.claims import Claim, Words
from regviz.core import Array
from regviz.core.toy.two_weights import solve
from regviz.live.board import Board, Index, Ref
from regviz.scenes.geometry.board import PRESETS, board
from regviz.settings import NoSettings

KEYS = ("l1", "mix", "l2")
ROUNDING = 1e-9
START, CORNER, TIE = (dict(PRESETS)[name] for name in ("Start", "Corner hit", "Correlation 1: a whole edge is optimal"))


def _number(shown: Board, index: Index, name: str) -> float:
    return float(shown.read(Ref(name), index)[0])


def _weights(shown: Board, index: Index, key: str) -> Array:
    return np.array([_number(shown, index, f"{key}_solution_{side}") for side in "ab"])


def _ratio(shown: Board, index: Index, key: str) -> float:
    return {"l1": 1.0, "mix": _number(shown, index, "l1_ratio"), "l2": 0.0}[key]


def _optimum(shown: Board, index: Index) -> Array:
    return np.array([_number(shown, index, f"optimum_{side}") for side in "ab"])


def _gram(shown: Board, index: Index) -> Array:
    c = _number(shown, index, "correlation")
    return np.array([[1.0, c], [c, 1.0]])


def _pull(shown: Board, index: Index, key: str) -> Array:
    """G (o − w)"""
    return np.asarray(_gram(shown, index) @ (_optimum(shown, index) - _weights(shown, index, key)))


def _none_is_better(shown: Board, index: Index) -> bool:
    """Points on the drawn ball and inside it: no less loss than at the solution."""
    G, o = _gram(shown, index), _optimum(shown, index)

    def loss(points: Array) -> Array:
        return np.asarray(np.einsum("...i,ij,...j", points - o, G, points - o) / 2)

    for key in KEYS:
        edge = np.stack([shown.read(Ref(f"{key}_ball_{axis}"), index) for axis in "xy"], axis=-1)
        points = np.concatenate([edge, 0.7 * edge, 0.3 * edge])
        if loss(points).min() < loss(_weights(shown, index, key)) - ROUNDING:
            return False
    return True


def _held_back(shown: Board, index: Index) -> bool:
    """No penalty leaves the optimum where it is, none leaves nothing."""
    o = _optimum(shown, index)
    return all(np.abs(w).max() > 0 and np.abs(w - o).max() > 0.1 for w in (_weights(shown, index, k) for k in KEYS))


@cache
def _by_correlation() -> tuple[Array, dict[str, Array]]:
    """From “Start”, the solutions as the correlation rises: (k,), and (k, 2) for L1, the mix and L2."""
    steps = np.round(np.arange(0.3, 1.0, 0.02), 2)
    optimum = np.array([START["optimum_a"], START["optimum_b"]])
    ratios = {"l1": 1.0, "mix": START["l1_ratio"], "l2": 0.0}
    return steps, {key: solve(steps, optimum, START["alpha"], rho).coef for key, rho in ratios.items()}


def _apart() -> dict[str, Array]:
    return {key: np.abs(w[:, 0] - w[:, 1]) for key, w in _by_correlation()[1].items()}


def _l2_shares(shown: Board, _: Index) -> bool:
    apart = _apart()["l2"]
    return bool(np.all(np.diff(apart) < 0) and apart[-1] < 0.05)


def _l1_does_not(shown: Board, _: Index) -> bool:
    steps, w = _by_correlation()
    corner = w["l1"][:, 1] == 0
    apart = np.abs(_apart()["l1"][~corner] - abs(START["optimum_a"] - START["optimum_b"]))
    return bool(np.array_equal(corner, steps <= 0.42) and np.all(apart < ROUNDING))


def _mix_between(shown: Board, _: Index) -> bool:
    apart = _apart()
    return bool(np.all((apart["l2"] < apart["mix"]) & (apart["mix"] < apart["l1"])))


def _shared_unequally(shown: Board, index: Index) -> bool:
    """At the position L1's two weights are far apart, those of L2 nearly equal, those of the mix in between."""
    l1, mix, l2 = (abs(np.diff(_weights(shown, index, key))[0]) for key in KEYS)
    return bool(l1 > 0.8 > mix > l2 and l2 < 0.1)


def _forces_balance(shown: Board, index: Index) -> bool:
    """−∇D is αρ sign(w) + α(1 − ρ)w where w is not 0, and at most αρ in size where it is."""
    alpha = _number(shown, index, "alpha")
    for key in KEYS:
        rho, w, pull = _ratio(shown, index, key), _weights(shown, index, key), _pull(shown, index, key)
        off = np.abs(pull - alpha * (rho * np.sign(w) + (1 - rho) * w))
        off = np.where(w == 0, np.maximum(np.abs(pull) - alpha * rho, 0), off)
        if off.max() > ROUNDING:
            return False
    return True


def _corner_holds(shown: Board, index: Index) -> bool:
    """L1 has one weight at zero, and the data pull at it with some force, less than λρ."""
    w, pull = _weights(shown, index, "l1"), np.abs(_pull(shown, index, "l1"))
    return (w == 0).sum() == 1 and bool(0.1 < pull[w == 0][0] < _number(shown, index, "l1_threshold"))


def _l2_holds_none(shown: Board, index: Index) -> bool:
    w, pull = _weights(shown, index, "l2"), _pull(shown, index, "l2")
    return bool(np.all((w != 0) | (np.abs(pull) < ROUNDING)))


def _l2_keeps_both(shown: Board, index: Index) -> bool:
    return bool(_weights(shown, index, "l2").all() and not _weights(shown, index, "l1").all())


def _zero_where(shown: Board, index: Index) -> bool:
    """w₁ = 0 just where |b₁ − c w₂| ≤ λρ, for all penalties; on the border rounding decides."""
    c, b = _number(shown, index, "correlation"), _gram(shown, index) @ _optimum(shown, index)
    for key in KEYS:
        w, edge = _weights(shown, index, key), _number(shown, index, "alpha") * _ratio(shown, index, key)
        size = abs(b[0] - c * w[1])
        if abs(size - edge) > ROUNDING and (w[0] == 0) != (size < edge):
            return False
    return True


def _both_regions(shown: Board, index: Index) -> bool:
    """L1 loses some of the optima's weights, keeps both of others; L2 loses none."""
    kept = {key: _number(shown, index, f"{key}_area_none") for key in KEYS}
    return 0.1 < kept["l1"] < 0.9 and kept["l2"] == 1


def _inactive_at_zero(shown: Board, index: Index) -> bool:
    """The dashed ball is drawn, and the filled one is not, just where λ is 0."""
    inactive = _number(shown, index, "alpha") == 0
    dashed, filled = (np.isfinite(shown.read(Ref(f"mix_{name}_x"), index)).all() for name in ("slack", "limit"))
    return bool(dashed == inactive and filled != inactive)


def _corner_edge_face(shown: Board, index: Index) -> bool:
    """In three dimensions L1 has as many weights at zero as of the optima are at most λ in size."""
    optimum = np.array([*_optimum(shown, index), _number(shown, index, "optimum_c")])
    small = np.abs(optimum) <= _number(shown, index, "alpha") + ROUNDING
    touch = np.array([_number(shown, index, f"l1_touch_{axis}") for axis in "xyz"])
    zeros = int(_number(shown, index, "l1_touch_zeros"))
    return zeros == (touch == 0).sum() and bool(np.all(small | (touch != 0))) and zeros <= small.sum()


def _on_an_edge(shown: Board, index: Index) -> bool:
    return _number(shown, index, "l1_touch_zeros") == 1


WORDS = Words(
    settings=NoSettings,
    sweep=lambda settings: board(),
    board=lambda shown: shown,
    pictured=(
        Claim(
            "Of all weights whose penalty P(w) = ρ (|w₁| + |w₂|) + (1 − ρ)/2 (w₁² + w₂²) is no larger, none has less "
            "loss than the solution.",
            holds=_none_is_better,
            seen=_held_back,
            at=START,
        ),
        Claim(
            "L2 moves towards equal weights and lets the two features share.",
            holds=_l2_shares,
            seen=_shared_unequally,
            at=START | {"correlation": 0.96},
        ),
        Claim(
            "L1 does not: it sits in its corner up to 0.42, then leaves it, and its two weights stay as far apart as "
            "the optimum's.",
            holds=_l1_does_not,
            seen=_shared_unequally,
            at=START | {"correlation": 0.96},
        ),
        Claim(
            "The mix lies between.",
            holds=_mix_between,
            seen=_shared_unequally,
            at=START | {"correlation": 0.96},
        ),
        Claim(
            "At the solution −∇D(w) ∈ λ ∂P(w): the pull of the data (solid) ends in the coloured set of all pulls that "
            "the penalty can hold, and the penalty pulls back just as hard (dotted).",
            holds=_forces_balance,
            seen=_corner_holds,
            at=CORNER,
        ),
        Claim(
            "Only where the data do not pull at all does an L2 weight end at zero, and such optima have no area in the "
            "map below.",
            holds=_l2_holds_none,
            seen=_l2_keeps_both,
            at=CORNER,
        ),
        Claim(
            "the limit is inactive: λ = 0, and the ball is dashed.",
            holds=_inactive_at_zero,
            seen=lambda shown, index: _number(shown, index, "alpha") == 0,
            at={"alpha": 0},
        ),
        Claim(
            "w₁ = 0 exactly where |b₁ − c w₂| ≤ λρ, with b = G o.",
            holds=_zero_where,
            seen=_both_regions,
            at=START,
        ),
        Claim(
            "Two: a corner keeps one weight, an edge two, a face all three.",
            holds=_corner_edge_face,
            seen=_on_an_edge,
            at=START,
        ),
    ),
)
