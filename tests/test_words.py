"""Is every sentence on the pages true, whatever the reader sets?

Each sentence of the words below a picture, of its notes, questions and answers stands in a table here with a predicate
that asks the arrays, at random positions of random settings; a sentence that only names, asks or advises has None. A
sentence that is not in the table fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pytest

from regviz.charts.notes import notes
from regviz.core.data.datasets import DATASETS, Data
from regviz.live.board import Board
from regviz.scenes.choosing import board as choosing_figures
from regviz.scenes.choosing.sweep import Choosing, Opened, Optimism, choosing, vault_rows
from regviz.scenes.compare import board as compare_figures
from regviz.scenes.geometry import board as geometry
from regviz.scenes.outliers import board as outliers_figures
from regviz.scenes.outliers.sweep import outliers
from regviz.scenes.paths import board as paths_figures
from regviz.scenes.paths.sweep import Paths
from regviz.scenes.variance import board as variance_figures
from regviz.scenes.variance.sweep import variance
from regviz.settings import OWN_DATA, Settings
from tests.test_bindings import (
    SEEDS,
    Fits,
    Index,
    Two,
    choice_of,
    geometry_positions,
    positions,
    random_paths,
    random_settings,
    rows_of,
)
from tests.test_paths import table


def sentences(words: str) -> list[str]:
    """The sentences of Markdown, without headings and marks."""
    found = []
    for line in re.sub(r"\n\s+", " ", words).splitlines():
        plain = line.removeprefix("- ").replace("**", "").strip()
        if plain and not line.startswith("#"):
            found += re.split(r"(?<=[.?])\s+(?=[A-Z“(])", plain)
    return found


def ask(words: str, claims: Mapping[str, Any]) -> None:
    """Words and table have the same sentences."""
    assert sentences(words) == list(claims)


# -- Compare and Paths


@dataclass
class Seen:
    """One position of one sweep."""

    found: Paths
    fits: Fits
    board: Board
    index: Index

    @property
    def a(self) -> int:
        return rows_of(self.index)["l1"][1]

    def pull(self, r: int, a: int) -> np.ndarray:
        """−∇D: how the data pull at each weight."""
        residual = self.fits.y - self.fits.predict(self.fits.X, r, a)
        return np.asarray(self.fits.centred.T @ residual / self.fits.n)

    @property
    def size(self) -> float:
        """Of a pull: rounding is a small part of it."""
        fits = self.fits
        norms = np.linalg.norm(fits.centred, axis=0).max() / fits.n
        huge = max(np.linalg.norm(fits.centred, axis=0) @ np.abs(fits.coef[r, self.a]) for r in (0, 10))
        return float(norms * (np.linalg.norm(fits.y - fits.y.mean()) + 1e-4 * huge)) + 1e-300

    @property
    def loud(self) -> np.ndarray:
        """Features that say something: not the same in all rows."""
        return np.asarray(np.ptp(self.fits.X, axis=0) > 0)

    @property
    def constant(self) -> bool:
        """y is the same in all training rows."""
        return bool(np.ptp(self.fits.y) == 0)

    @property
    def alpha_max(self) -> float:
        fits = self.fits
        return float(np.abs(fits.centred.T @ (fits.y - fits.y.mean())).max() / fits.n)

    def loss(self, r: int, a: int, points: np.ndarray) -> np.ndarray:
        """D with the two weights of the constraint picture at points (k, 2)."""
        assert self.found.sweep.slices is not None
        w = np.repeat(self.fits.coef[r, a][None], len(points), axis=0)
        w[:, list(self.found.sweep.slices.pair)] = points
        residual = self.fits.y - self.fits.y.mean() - w @ self.fits.centred.T
        return np.asarray(np.square(residual).mean(axis=1) / 2)


def same_at_zero(s: Seen) -> bool:
    train = s.found.sweep.train_error
    one = np.ptp(s.fits.coef[:, 0], axis=0).max() == 0
    return bool(one and np.all(train[:, :1] <= train * (1 + 1e-9) + 1e-9 * s.fits.y.std() + 1e-12))


def has_ghost(s: Seen) -> bool:
    figures = [f for f in s.board.figures if f.name.startswith(("fit_", "weights_"))]
    assert len(figures) == 6
    return all("no regularization" in [t["name"] for t in f.figure["data"]] for f in figures)


def l1_pulls_alike(s: Seen) -> bool:
    w, alpha = s.fits.coef[10, s.a], s.fits.alphas[10, s.a]
    return bool(np.all(np.abs(np.abs(s.pull(10, s.a)[w != 0]) - alpha) <= 1e-7 * s.size))


def l1_reaches_zero(s: Seen) -> bool:
    zeros = s.fits.coef[10] == 0
    strong = s.fits.alphas[10] >= s.alpha_max * (1 + 1e-9)
    return bool(zeros[strong].all())


def corner_is_a_zero(s: Seen) -> bool:
    """The corners of the drawn diamond are on the axes, and a solution at one has a weight of exactly zero."""
    if s.found.sweep.slices is None:
        return True
    figure = next(f for f in s.board.figures if f.name == "constraint_l1").at(s.board, s.index)
    x, y = (np.asarray(figure["data"][1][axis]) for axis in "xy")
    far = np.hypot(x, y)
    corners = far >= far.max() * (1 - 1e-12)
    return bool(np.all(np.minimum(np.abs(x), np.abs(y))[corners] <= 1e-12 * far.max()))


def l2_pulls_by_size(s: Seen) -> bool:
    w, alphas = s.fits.coef[0], s.fits.alphas[0]
    norms = np.linalg.norm(w, axis=1)[np.argsort(alphas, kind="stable")]
    shrinks = np.all(np.diff(norms) <= 1e-9 * norms.max())
    pulled = np.all(np.abs(s.pull(0, s.a) - alphas[s.a] * w[s.a]) <= 1e-7 * s.size)
    untouched = s.constant or np.all(w[:, s.loud] != 0)
    return bool(shrinks and pulled and untouched)


def alike_share(s: Seen) -> bool:
    """α (w_i − w_j) = (z_i − z_j)ᵀ residual / n, so the gap is small where the features are alike or α is large."""
    alpha = s.fits.alphas[0, s.a]
    residual = np.linalg.norm(s.fits.y - s.fits.predict(s.fits.X, 0, s.a))
    gaps = np.abs(s.fits.coef[0, s.a][:, None] - s.fits.coef[0, s.a])
    apart = np.linalg.norm(s.fits.centred[:, :, None] - s.fits.centred[:, None], axis=0)
    return bool(np.all(alpha * gaps <= apart * residual / s.fits.n + 1e-7 * s.size))


def slice_is_shown(s: Seen) -> bool:
    shown = [f for f in s.board.figures if f.name.startswith("constraint")]
    if s.fits.p == 1:
        return not shown and "no_constraint" in [note.name for note in s.board.notes]
    assert s.found.sweep.slices is not None
    pair = list(s.found.sweep.slices.pair)
    for figure in shown:
        r, a = rows_of(s.index)[figure.name.rsplit("_", 1)[1]]
        point = figure.at(s.board, s.index)["data"][4]
        if [point["x"][0], point["y"][0]] != s.fits.coef[r, a][pair].tolist():
            return False
    return len(shown) == 3


def none_in_the_ball_is_better(s: Seen) -> bool:
    """Points of the drawn shape, and on its edge: no less loss than at the solution."""
    if s.found.sweep.slices is None:
        return True
    pair = list(s.found.sweep.slices.pair)
    for figure in [f for f in s.board.figures if f.name.startswith("constraint")]:
        r, a = rows_of(s.index)[figure.name.rsplit("_", 1)[1]]
        ball = figure.at(s.board, s.index)["data"][1]
        edge = np.array([ball["x"], ball["y"]]).T
        w = s.fits.coef[r, a][pair]
        here = s.loss(r, a, w[None])[0]
        top = s.loss(r, a, np.zeros((1, 2)))[0]
        points = np.concatenate([edge, 0.7 * edge, 0.3 * edge])
        if s.loss(r, a, points).min() < here - 1e-7 * (top + s.fits.y.var() + s.size**2):
            return False
    return True


def ends_of_the_slice(s: Seen) -> bool:
    if s.found.sweep.slices is None:
        return True
    for figure in [f for f in s.board.figures if f.name.startswith("constraint")]:
        r, a = rows_of(s.index)[figure.name.rsplit("_", 1)[1]]
        data = figure.at(s.board, s.index)["data"]
        w = s.fits.coef[r, a][list(s.found.sweep.slices.pair)]
        reach = figure.at(s.board, s.index)["layout"]["xaxis"]["range"][1]
        if s.fits.alphas[r, a] == 0:
            pull = s.pull(r, a)[list(s.found.sweep.slices.pair)]
            if np.abs(pull).max() > 1e-6 * s.size:
                return False
        if not w.any() and max(np.abs(data[1]["x"]).max(), np.abs(data[1]["y"]).max()) > 1e-12 * reach:
            return False
    return True


COMPARE: dict[str, Callable[[Seen], bool] | None] = {
    "At λ = 0 all three are the same fit, the one with the least training error.": same_at_zero,
    "It stays in the picture as a ghost, “no regularization”.": has_ghost,
    "With many weights and few noisy points it may miss new points by far: compare the errors.": None,
    "L1 pulls at every weight with the same force, however small the weight is.": l1_pulls_alike,
    "So weights reach exactly zero (hollow rings), and a large enough λ leaves none.": l1_reaches_zero,
    "The diamond's corners lie on the axes: where the contour touches one, a weight is exactly zero.": corner_is_a_zero,
    "L2 pulls at a weight in proportion to its size: as its λ grows, ‖w‖₂ shrinks, but a weight gets near zero without "
    "being set to it.": l2_pulls_by_size,
    "With enough λ, two features that are nearly alike get nearly the same weight.": alike_share,
    "The constraint picture (of two weights or more) is a true slice of this fit: two weights are free, the others "
    "stay at their solution.": slice_is_shown,
    "The coloured shape holds all weights whose penalty is at most that of the solution; the thick contour is the "
    "lowest loss that reaches it.": none_in_the_ball_is_better,
    "At λ = 0 the contour is only its lowest point, under the dot; where both weights are zero, the shape is only a "
    "point.": ends_of_the_slice,
}


def strong_end(s: Seen) -> bool:
    """By the drawn coordinates: the strongest fit is at one end of every curve."""
    kind = s.found.path_axis
    for key, (r, _) in rows_of(s.index).items():
        figure = next(f for f in s.board.figures if f.name == f"freedom_{key}").at(s.board, s.index)
        x = np.asarray(figure["data"][0]["x"])[np.argsort(s.fits.alphas[r], kind="stable")]
        end = x.max() if kind == "alpha" else x.min()
        if abs(x[-1] - end) > 1e-9 * (1 + np.abs(x).max()):
            return False
    return True


def ticks_are_events(s: Seen) -> bool:
    """Beside the λ of a tick another set of weights is not zero."""
    if s.found.path_axis != "alpha" or s.constant:
        return True
    figure = next(f for f in s.board.figures if f.name == "path_l1").at(s.board, s.index)
    ticks = next(t for t in figure["data"] if t["name"] == "a weight enters or leaves")
    at = 10 ** np.asarray(ticks["x"]).reshape(-1, 3)[:, 0]
    alone = at[np.min(np.abs(np.log(at[:, None] / at) + np.eye(len(at))), axis=1) > 1e-5] if len(at) > 1 else at
    beside = [s.found.path.at(np.append(alone * (1 + side), 0.0))[:-1] != 0 for side in (1e-6, -1e-6)]
    return bool(np.all((beside[0] != beside[1]).any(axis=1)))


def straight_between(s: Seen) -> bool:
    corners = s.found.corners
    if len(corners) < 2:
        return True
    low, high = corners[:-1], corners[1:]
    way = (s.found.path.at(low) + s.found.path.at(high)) / 2
    return bool(np.abs(way - s.found.path.at((low + high) / 2)).max() <= 1e-7 * (np.abs(way).max() + 1e-300))


def l2_keeps_all(s: Seen) -> bool:
    inside = s.fits.coef[0] != 0
    return bool((inside == inside[0]).all())


def equally_free(s: Seen) -> bool:
    if s.found.sweep.settings.match != "df" or s.a == 0:
        return True
    df = {key: s.found.sweep.df[r, a] for key, (r, a) in rows_of(s.index).items()}
    return bool(abs(df["l2"] - df["l1"]) <= 0.01 and abs(df["mix"] - df["l1"]) <= 1)


PATHS: dict[str, Callable[[Seen], bool] | None] = {
    "Against λ the strong penalties stand at the right end; against ‖w‖₁ or the degrees of freedom, at the "
    "left.": strong_end,
    "With a large enough λ the lasso is empty.": l1_reaches_zero,
    "As λ falls, weights enter, and each tick at the bottom of L1's chart is the exact λ at which one enters or "
    "leaves.": ticks_are_events,
    "In between every weight of the lasso is a straight line in λ, which the logarithmic axis bends.": straight_between,
    "L2 has no such corners: no weight enters or leaves, all change smoothly.": l2_keeps_all,
    "With enough λ, the weights of two features that are nearly alike stay together.": alike_share,
    "A path may turn back: a weight that was large may give way when a better feature enters, and it may even leave "
    "again.": None,
    "Fair comparison: the same λ need not act equally strongly on L1 and on L2.": None,
    "Set “Compare at” in the side panel to the same degrees of freedom, and the three cursors mark models that have, "
    "as nearly as each penalty can, equally many.": equally_free,
}


def notes_are_true(s: Seen) -> bool:
    """Above the picture: which features are constant, and when the fit at λ = 0 is one of many."""
    told = notes(s.found.sweep)
    centred, w = s.fits.centred, s.fits.coef
    flat = np.flatnonzero(np.ptp(s.fits.X, axis=0) == 0)
    scaled = centred[:, s.loud] / np.sqrt(np.mean(centred[:, s.loud] ** 2, axis=0))
    _, d, rows = np.linalg.svd(scaled) if scaled.size else (None, np.zeros(0), np.zeros((0, 0)))
    rank = int((d > 1e-10 * d[:1].max(initial=0)).sum())
    many = [note for note in told if "many choices" in note]
    constant = [note for note in told if "the same in all training rows" in note]
    assert len(told) == len(many) + len(constant)
    if bool(constant) != bool(len(flat)) or (len(flat) and not constant[0].startswith(s.found.sweep.names[flat[0]])):
        return False
    if len(flat) and w[..., flat].any():
        return False
    if s.loud.sum() >= s.fits.n and not many:
        return False
    if not many:
        return True
    # Weights of standardised features along which the training error does not change: the shown have no part in it.
    free, scale = rows[rank:], np.sqrt(np.mean(centred[:, s.loud] ** 2, axis=0))
    start = w[0, 0, s.loud] * scale
    least_norm = np.abs(free @ start).max(initial=0.0) <= 1e-6 * np.abs(start).max() + 1e-12
    if s.found.sweep.settings.standardize != ("standardised features" not in many[0]):
        return False
    sums = np.abs(w[10]).sum(axis=-1)
    return bool(len(free) and least_norm and sums[1] <= sums[0] * (1 + 1e-9))


@pytest.mark.parametrize("seed", SEEDS)
def test_compare_and_paths(seed: int) -> None:
    """40 settings × 5 positions, over all data sets and the reader's own tables."""
    found = random_paths(seed)
    fits = Fits(found.sweep)
    for board, claims in (
        (compare_figures.board(found.sweep), COMPARE | {"notes": notes_are_true}),
        (paths_figures.board(found), PATHS),
    ):
        for index in positions(board, seed):
            for sentence, holds in claims.items():
                assert holds is None or holds(Seen(found, fits, board, index)), (sentence, random_settings(seed), index)


def test_the_tables_have_every_sentence() -> None:
    ask(compare_figures.WORDS, COMPARE)
    ask(paths_figures.WORDS, PATHS)
    ask(choosing_figures.WORDS, CHOOSING)
    ask(variance_figures.WORDS, VARIANCE)
    ask(outliers_figures.WORDS, OUTLIERS)


# -- Choose λ

Chosen = tuple[Choosing, dict[str, np.ndarray]]


def rule(c: Chosen) -> bool:
    """No stronger λ of any ratio has an error within one standard error of the least, and the chosen one has."""
    found, told = c
    mean = found.folds.mean(axis=0)
    se = found.folds.std(axis=0, ddof=1) / np.sqrt(len(found.folds))
    for r in range(11):
        bound = mean[r].min() + se[r, told["best"][r]]
        if mean[r, found.choice.one_se[r]] > bound or np.any(mean[r, found.choice.one_se[r] + 1 :] <= bound):
            return False
    return True


def training_falls(c: Chosen) -> bool:
    train = c[0].sweep.train_error  # λ rises along the last axis
    return bool(np.all(np.diff(train, axis=1) >= -1e-9 * train.max() - 1e-12))


def expected_only_where_known(c: Chosen) -> bool:
    shown = np.isfinite(c[0].sweep.expected_error).all()
    data = c[0].sweep.settings.data
    return bool(shown == (data in DATASETS and DATASETS[data].takes_noise))


def not_below_the_noise(c: Chosen) -> bool:
    noise, errors = c[0].sweep.data.noise_sd, c[0].sweep.expected_error
    return bool(noise is None or np.all(errors >= noise * (1 - 1e-12)))


CHOOSING: dict[str, Callable[[Chosen], bool] | None] = {
    "Training error never rises as λ falls, so it cannot choose.": training_falls,
    "Validation and cross-validation may rise again: there the fit suits its own rows better, and other rows "
    "worse.": None,
    "How sharp is the minimum?": None,
    "The band is one standard error of the cross-validated error to each side.": None,  # in test_bindings
    "The one-standard-error rule takes the strongest λ whose error is within one standard error of the least: these "
    "folds cannot tell it from the best.": rule,
    "Expected error is what validation and cross-validation estimate; it is shown for synthetic data only, where the "
    "truth is known.": expected_only_where_known,
    "It never goes below the noise.": not_below_the_noise,
    "Each choice by a held-out set uses it up a little.": None,
    "That is why a test set belongs in a vault until all is decided.": None,
}


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
def test_choosing(seed: int) -> None:
    settings, own = random_settings(seed)
    found = choosing(settings, own)
    for sentence, holds in CHOOSING.items():
        assert holds is None or holds((found, choice_of(found, found.sweep.strengths))), (sentence, settings)
    spare = vault_rows(settings, own)
    count = spare.n_samples if spare else 0
    used = found.sweep.data.n_samples
    told = choosing_figures.vault_intro(count)
    assert told.startswith(f"{count} rows took no part" if count else "All rows of the table are in use")
    if settings.data in DATASETS and not DATASETS[settings.data].takes_noise:
        assert used + count <= DATASETS[settings.data].max_samples


def test_the_vault_says_what_is_in_it() -> None:
    assert vault_rows(Settings(data="diabetes", n_samples=500)) is None
    assert "none is left" in choosing_figures.vault_intro(0)
    one, again, other = (Opened(9, alpha, 0.5, (1.0, 2.0, 3.0)) for alpha in (0.1, 0.1, 0.2))
    assert "Opened **once**" in choosing_figures.vault_words([one])
    assert "Opened **2 times**" in choosing_figures.vault_words([one, again])
    assert "too good to be true" not in choosing_figures.vault_words([one, again])  # nothing was chosen by it
    assert "too good to be true" in choosing_figures.vault_words([one, again, other])


def test_what_is_said_of_tuning_follows_the_samples() -> None:
    wave = np.tile([-0.1, 0.1], 50)

    def told(on_test: float, honest: float) -> str:
        return choosing_figures.optimism_words(Optimism(wave + on_test, wave + honest, 9))

    assert "looks better than it is" in told(-0.3, 0.0)
    assert "no optimism that these samples could show" in told(-0.3, 0.0)
    assert "looks better than it is" not in told(0.1, 0.4)  # too high, only less so than the honest one
    assert "looks better than it would honestly" in told(0.1, 0.4)
    assert "buys nothing" in told(0.0, 0.0)
    for honest in (-0.3, 0.3):  # many times its scatter: it is not called honest
        assert "no optimism" not in told(-0.3, honest)
        assert "more than chance explains" in told(-0.3, honest)


# -- Bias & variance

Parts = Any


@lru_cache(maxsize=4)
def opened(data: str) -> Parts:
    """The page as the data set opens."""
    return variance(Settings(data=data, n_samples=DATASETS[data].usual_samples))


def falls(values: np.ndarray, way: int) -> bool:
    """Usually, as λ grows: in most steps of most ratios."""
    steps = way * np.diff(values[:, 1:], axis=1)
    steps = steps[np.isfinite(steps)]
    return bool(np.mean(steps >= -1e-9 * np.nanmax(values)) >= 0.8)


def total(found: Parts) -> np.ndarray:
    return np.asarray(found.bias_squared + found.variance + found.noise)


def penalty_pays(found: Parts) -> bool:
    for r, best in enumerate(total(found).argmin(axis=1)):
        lost = found.variance[r, 0] - found.variance[r, best]
        gained = found.bias_squared[r, best] - found.bias_squared[r, 0]
        if best > 0 and not lost > gained:
            return False
    return True


def none_is_best(found: Parts) -> bool:
    sums = total(found)
    return all(np.all(sums[r, 0] <= sums[r]) for r in np.flatnonzero(sums.argmin(axis=1) == 0))


def sparse_and_dense(found: Parts) -> bool:
    sparse, dense = (total(opened(data)).min(axis=1) for data in ("sparse", "dense"))
    return bool(sparse[10] < sparse[0] and dense[0] < dense[10])


def picks_by_chance(found: Parts) -> bool:
    """Of the lasso where the page opens: the largest weight of group a, and of group c, in ten samples."""
    groups = opened("groups")
    first = np.abs(groups.drawn[10, groups.start]).reshape(10, 5, 3).argmax(axis=2)
    return bool(len(set(first[:, 0])) > 1 and len(set(first[:, 2])) > 1)


VARIANCE: dict[str, Callable[[Parts], bool] | None] = {
    "Variance is how far the thin fits lie from their mean: what another sample would have changed.": None,
    "A stronger penalty usually lowers it.": lambda found: falls(found.variance, -1),
    "Bias is how far that mean lies from the truth: what no number of samples would mend.": None,
    "A stronger penalty usually raises it.": lambda found: falls(found.bias_known, 1),
    "(Where the fits scatter so wildly that 60 samples cannot tell it, the dashed line ends and a dash stands for the "
    "number.)": lambda found: bool(
        np.all(np.isfinite(found.bias_known) | (found.variance / 60 > 0.0999 * found.bias_squared))
    ),
    "Their sum, with the noise, is the expected squared error.": None,  # in test_variance
    "Where the cross lies at a λ above 0, the penalty pays: what the variance lost is more than what bias² "
    "gained.": penalty_pays,
    "Where it lies at 0, no penalty is best.": none_is_best,
    "Sparse truth or dense truth?": None,
    "Choose them as data sets and compare the crosses.": None,
    "As these data sets open, L1 has the smaller least sum if few features matter, L2 if all do.": sparse_and_dense,
    "With correlated groups, look how the weights of L1 scatter: which member of a group it prefers changes from "
    "sample to sample.": picks_by_chance,
}


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(data="cubic", basis="chebyshev", degree=3, noise=0.0),  # no penalty is best
        Settings(data="dense", n_samples=15, noise=1.0, correlation=0.95),
    ],
)
def test_variance(settings: Settings) -> None:
    found = variance(settings)
    usual = settings.noise > 0
    for sentence, holds in VARIANCE.items():
        if holds is not None and (usual or "usually" not in sentence):
            assert holds(found), (sentence, settings)


# -- Outliers

OUTLIERS: dict[str, Callable[[np.ndarray, int], bool] | None] = {
    "Of penalties that is not true.": None,
    "Drag the ringed point up: under the squared loss both fits go on following it, L1 about as far as L2.": (
        lambda moved, s: bool(
            np.all(np.diff(moved[0, :, 15:, s], axis=1) > 0) and 0.8 < moved[0, 0, -1, s] / moved[0, 1, -1, s] < 1.3
        )
    ),
    "A penalty is about the weights; it does not know which point is off.": None,
    "Of losses it is.": None,
    "The square pulls harder the farther off a point is.": None,
    "The absolute value pulls equally hard from any distance.": None,
    "Huber's loss is the square near the fit and the absolute value far from it: in the third row of pictures the "
    "curves of these two level off.": (
        lambda moved, s: bool(
            np.all(moved[1:, :, -1, s] - moved[1:, :, -7, s] <= 0.05 * (moved[0, :, -1, s] - moved[0, :, -7, s]))
        )
    ),
    "What counts is that: a fit may move once, while the point crosses it, and then no longer, however far the point "
    "goes.": (
        lambda moved, s: bool(
            np.all(moved[1:, :, -1, s] - moved[1:, :, -7, s] <= 0.05 * (moved[0, :, -1, s] - moved[0, :, -7, s]))
        )
    ),
    "(λ max is, for each loss, the λ that leaves L1 no weight without the ringed point.)": None,
    "So: absolute or Huber loss against outliers, L1 penalty for few weights.": None,
    "They are two choices, not one.": None,
}


@pytest.mark.parametrize(("noise", "seed"), [(0.0, 3), (0.5, 8), (1.0, 21)])
def test_outliers(noise: float, seed: int) -> None:
    found = outliers(Settings(noise=noise, random_state=seed))
    for s in range(found.moved.shape[-1]):
        for sentence, holds in OUTLIERS.items():
            assert holds is None or holds(found.moved, s), (sentence, noise, seed, s)


# -- Geometry: notes, questions and answers


def from_start(**moved: float) -> dict[str, float]:
    return {**geometry.PRESETS[0][1], **moved}


def test_the_answers_of_the_geometry_page() -> None:
    """Each experiment that an answer tells of, done."""
    answers = {note.name: note.answer for note in geometry.board().notes}
    steps = np.round(np.arange(0.3, 1.0, 0.02), 2)
    l1, mix, l2 = (np.array([Two(from_start(correlation=c), rho).w for c in steps]) for rho in (1.0, 0.5, 0.0))
    assert "it sits in its corner up to 0.42" in answers["bowl"]
    np.testing.assert_array_equal(l1[:, 1] == 0, steps <= 0.42)
    apart = [np.abs(w[:, 0] - w[:, 1]) for w in (l1, mix, l2)]
    assert "stay as far apart as the optimum's" in answers["bowl"]
    np.testing.assert_allclose(apart[0][steps > 0.42], 1.6 - 0.7)
    assert "L2 moves towards equal weights" in answers["bowl"]
    assert np.all(np.diff(apart[2]) < 0)
    assert apart[2][-1] < 0.05
    assert "The mix lies between" in answers["bowl"]
    assert np.all((apart[2] < apart[1]) & (apart[1] < apart[0]))
    rng = np.random.default_rng(4)
    board = geometry.board()
    for index in geometry_positions(board, 200):
        value = {axis.name: float(axis.values[index[axis.name]]) for axis in board.axes}
        for rho in (1.0, value["l1_ratio"], 0.0):
            two = Two(value, rho)
            # None of no larger penalty has less loss; the pull ends in what the penalty can hold.
            near = rng.normal(size=(200, 2)) * 2
            inside = near[two.penalty(near) <= two.penalty(two.w)]
            assert two.height(inside).min(initial=np.inf) >= two.height(two.w) - 1e-9
            if rho == 0:  # L2 holds no weight at zero against a pull
                assert np.all((two.w != 0) | (np.abs(two.pull) < 1e-9))
            # t never rises with λ.
            more = two.solve(two.o, two.alpha + 0.5)
            assert two.penalty(more) <= two.penalty(two.w) + 1e-9
            # The strips double for L1, and get wider for every mix with L1 in it.
            if abs(two.c) < 1 and two.alpha > 0 and rho > 0:
                width = [_strip(two, alpha) for alpha in (two.alpha, 2 * two.alpha)]
                assert width[1] > width[0]
                if rho == 1:
                    assert width[1] == pytest.approx(2 * width[0])
    assert "twice as wide" in answers["zeromap"]
    assert "ten times sooner" in answers["fee"]
    fee, tax = 0.1, 1.1
    assert round(2 / fee) == 10 * round(0.2 / fee)
    assert (2 / tax) / (0.2 / tax) == pytest.approx(2 / 0.2)
    assert "a corner keeps one weight, an edge two, a face all three" in answers["three"]


def _strip(two: Two, alpha: float) -> float:
    """How wide the strip is in which w₂ ends at zero while w₁ does not: along w₂, far to the right."""
    h, l1 = 1 + alpha * (1 - two.rho), alpha * two.rho
    # |b₂ − c (b₁ − αρ)/h| ≤ αρ with b = G o: linear in o₂, whose factor is 1 − c²/h
    return float(2 * l1 / (1 - two.c**2 / h))


def test_presets_show_what_they_are_called() -> None:
    """Whatever the other sliders say, where a preset leaves them alone."""
    board = geometry.board()
    presets = dict(geometry.PRESETS)
    rng = np.random.default_rng(3)
    axes = {axis.name: axis.values for axis in board.axes}
    for _ in range(200):
        any_where = {name: float(rng.choice(values)) for name, values in axes.items()}
        assert not Two({**any_where, **presets["λ too large: all zero for L1"]}, 1.0).w.any()
        assert {**any_where, **presets["λ = 0: no penalty"]}["alpha"] == 0
        corner = Two({**any_where, **presets["Corner hit"]}, 1.0).w
        assert (corner == 0).sum() == 1
        assert Two({**any_where, **presets["No corner"]}, 1.0).w.all()
    tie = board.index({**presets["Start"], **presets["Correlation 1: a whole edge is optimal"]})
    assert "thick line" in board.say(board.notes[0].paragraphs[0], tie)
    assert np.linalg.cond([[1, 0.98], [0.98, 1]]) > 50  # a very long ellipse


def test_own_tables_are_told_what_is_odd_about_them() -> None:
    settings = Settings(data=OWN_DATA)
    from regviz.fits.compare import compare

    def told(own: Data) -> str:
        return " ".join(notes(compare(settings, own)))

    many = table(12, 20)
    assert "training points: at λ = 0 many choices" in told(many)
    assert "smallest ‖w‖₁" in told(many)
    assert told(table(40, 1)) == ""  # no word of a constraint picture on pages that have none
    assert told(table(40, 3)) == ""
