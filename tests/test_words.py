"""Is what the pages say beside their claims true: of the data, the vault, tuning on it; and what Geometry answers?

The claims of the pages are asked in test_claims.
"""

from __future__ import annotations

import numpy as np
import pytest

from regviz.charts.notes import notes
from regviz.core.data.datasets import DATASETS, Data
from regviz.fits.compare import Compare, compare
from regviz.scenes.choosing import board as choosing_figures
from regviz.scenes.choosing.sweep import Opened, Optimism, choosing, vault_rows
from regviz.scenes.geometry import board as geometry
from regviz.settings import OWN_DATA, Settings
from tests.test_bindings import (
    SEEDS,
    Fits,
    Two,
    geometry_positions,
    random_paths,
    random_settings,
)
from tests.test_paths import table

# -- above the pictures of Compare, Paths and Choose λ


def notes_are_true(sweep: Compare, fits: Fits) -> bool:
    """Above the picture: which features are constant, and when the fit at λ = 0 is one of many."""
    told = notes(sweep)
    centred, w = fits.centred, fits.coef
    flat, loud = np.flatnonzero(np.ptp(fits.X, axis=0) == 0), np.ptp(fits.X, axis=0) > 0
    scaled = centred[:, loud] / np.sqrt(np.mean(centred[:, loud] ** 2, axis=0))
    _, d, rows = np.linalg.svd(scaled) if scaled.size else (None, np.zeros(0), np.zeros((0, 0)))
    rank = int((d > 1e-10 * d[:1].max(initial=0)).sum())
    many = [note for note in told if "many choices" in note]
    constant = [note for note in told if "the same in all training rows" in note]
    assert len(told) == len(many) + len(constant)
    if bool(constant) != bool(len(flat)) or (len(flat) and not constant[0].startswith(sweep.names[flat[0]])):
        return False
    if len(flat) and w[..., flat].any():
        return False
    if loud.sum() >= fits.n and not many:
        return False
    if not many:
        return True
    # Weights of standardised features along which the training error does not change: the shown have no part in it.
    free, scale = rows[rank:], np.sqrt(np.mean(centred[:, loud] ** 2, axis=0))
    start = w[0, 0, loud] * scale
    least_norm = np.abs(free @ start).max(initial=0.0) <= 1e-6 * np.abs(start).max() + 1e-12
    if sweep.settings.standardize != ("standardised features" not in many[0]):
        return False
    sums = np.abs(w[10]).sum(axis=-1)
    return bool(len(free) and least_norm and sums[1] <= sums[0] * (1 + 1e-9))


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_told_of_the_data(seed: int) -> None:
    """Over all data sets and the reader's own tables; the claims are asked of the same features (see test_claims)."""
    sweep = random_paths(seed).sweep
    fits = Fits(sweep)
    np.testing.assert_allclose(sweep.design, fits.X, rtol=1e-9, atol=1e-9)
    assert notes_are_true(sweep, fits), random_settings(seed)


# -- Choose λ


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])
def test_the_vault_holds_rows_that_took_no_part(seed: int) -> None:
    settings, own = random_settings(seed)
    spare = vault_rows(settings, own)
    count = spare.n_samples if spare else 0
    used = choosing(settings, own).sweep.data.n_samples
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

    def told(own: Data) -> str:
        return " ".join(notes(compare(settings, own)))

    many = table(12, 20)
    assert "training points: at λ = 0 many choices" in told(many)
    assert "smallest ‖w‖₁" in told(many)
    assert told(table(40, 1)) == ""  # no word of a constraint picture on pages that have none
    assert told(table(40, 3)) == ""
