"""What does the page on choosing λ say about its pictures?"""

from __future__ import annotations

import numpy as np

from regviz.charts.claims import Claim, Words, possible
from regviz.core import Array
from regviz.core.data.datasets import DATASETS
from regviz.fits.task import L1, L2
from regviz.live.board import Index
from regviz.scenes.choosing.board import board
from regviz.scenes.choosing.settings import ChoosingSettings
from regviz.scenes.choosing.sweep import Choosing, choosing
from regviz.settings import Settings


def _cross_validated(found: Choosing) -> tuple[Array, Array]:
    """Mean squared error over the folds, and its standard error: (R, A) each."""
    folds = found.folds
    return folds.mean(axis=0), folds.std(axis=0, ddof=1) / np.sqrt(len(folds))


def _training_falls(found: Choosing, _: Index) -> bool:
    train = found.sweep.train_error  # λ rises along the last axis
    return bool(np.all(np.diff(train, axis=1) >= -1e-9 * train.max() - 1e-12))


def _others_rise(found: Choosing, index: Index) -> bool:
    """Left of here, at λ = 0, the training error is less, and both others are more than a quarter larger."""
    sweep, a = found.sweep, index["alpha"]
    held_out = (sweep.validation_error, np.sqrt(found.choice.mean))
    return all(
        sweep.train_error[r, 0] < sweep.train_error[r, a] and all(e[r, 0] > 1.25 * e[r, a] for e in held_out)
        for r in (L1, L2)
    )


def _band(found: Choosing, _: Index) -> bool:
    """The band is what the sweep calls its mean and its standard error."""
    mean, error = _cross_validated(found)
    gaps = np.abs(found.choice.mean - mean), np.abs(found.choice.standard_error - error)
    return all(bool(np.all(gap <= 1e-9 * mean.max())) for gap in gaps)


def _flat_minimum(found: Choosing, _: Index) -> bool:
    """The band at the least error of each penalty is so wide that ten stops or more lie in it."""
    mean, error = _cross_validated(found)
    best = mean.argmin(axis=1)
    return all((mean[r] <= mean[r, best[r]] + error[r, best[r]]).sum() >= 10 for r in (L1, L2))


def _strongest_within(found: Choosing, _: Index) -> bool:
    """No stronger λ of any ratio has an error within one standard error of the least, and the chosen one has."""
    mean, error = _cross_validated(found)
    for row, width, chosen in zip(mean, error, found.choice.one_se, strict=True):
        best = max(np.flatnonzero(row == row.min()))
        inside = row <= row[best] + width[best]
        if not inside[chosen] or inside[chosen + 1 :].any():
            return False
    return True


def _at_another_choice(found: Choosing, index: Index) -> bool:
    """The slider stands where the rule leads for L1, and that is more than twice the λ of the least error."""
    alphas, choice = found.sweep.strengths, found.choice
    return index["alpha"] == choice.one_se[L1] and bool(alphas[choice.one_se[L1]] > 2 * alphas[choice.best[L1]] > 0)


def _where_the_truth_is_known(found: Choosing, _: Index) -> bool:
    shown, data = np.isfinite(found.sweep.expected_error).all(), found.sweep.settings.data
    return bool(shown == (data in DATASETS and DATASETS[data].takes_noise))


def _estimated(found: Choosing, index: Index) -> bool:
    """Near the least error, cross-validation and validation are within 30 % of the expected error."""
    sweep, a = found.sweep, index["alpha"]
    held_out = (sweep.validation_error, np.sqrt(found.choice.mean))
    return all(abs(e[r, a] / sweep.expected_error[r, a] - 1) < 0.3 for e in held_out for r in (L1, L2))


def _not_below_the_noise(found: Choosing, _: Index) -> bool:
    noise, errors = found.sweep.data.noise_sd, found.sweep.expected_error
    return bool(noise is None or not np.isfinite(errors).all() or np.all(errors >= noise * (1 - 1e-12)))


def _near_the_noise(found: Choosing, index: Index) -> bool:
    """The expected error is above the noise, by less than a fifth, and the training error below it."""
    sweep, noise = found.sweep, found.sweep.data.noise_sd or 0.0
    rows = [(r, index["alpha"]) for r in (L1, L2)]
    return all(noise < sweep.expected_error[at] < 1.2 * noise and sweep.train_error[at] < noise for at in rows)


WORDS = Words(
    settings=ChoosingSettings,
    sweep=lambda settings: choosing(Settings.of(settings)),
    board=board,
    heading="What to look at",
    points=(
        (
            Claim(
                "**Training error** never rises as λ falls, so it cannot choose.",
                holds=_training_falls,
                seen=lambda found, index: index["alpha"] == 0,
                at={"alpha": 0},
            ),
            Claim(
                "**Validation** and **cross-validation** may rise again: there the fit suits its own rows better, and "
                "other rows worse.",
                holds=possible,
                seen=_others_rise,
                at={"alpha": 0.002},
            ),
        ),
        (
            "**How sharp is the minimum?**",
            Claim(
                "The band is one standard error of the cross-validated error to each side.",
                holds=_band,
                seen=_flat_minimum,
            ),
            Claim(
                "The **one-standard-error rule** takes the strongest λ whose error is within one standard error of the "
                "least: these folds cannot tell it from the best.",
                holds=_strongest_within,
                seen=_at_another_choice,
                scene={"noise": 0.5},
                at={"alpha": 0.045},
            ),
        ),
        (
            Claim(
                "**Expected error** is what validation and cross-validation estimate; it is shown for synthetic data "
                "only, where the truth is known.",
                holds=_where_the_truth_is_known,
                seen=_estimated,
                scene={"n_samples": 200},
                at={"alpha": 0.002},
            ),
            Claim(
                "It never goes below the noise.",
                holds=_not_below_the_noise,
                seen=_near_the_noise,
                scene={"n_samples": 200},
                at={"alpha": 0.002},
            ),
        ),
        (
            "**Each choice by a held-out set uses it up a little.** That is why a test set belongs in a vault until "
            "all is decided.",
        ),
    ),
    pictured=(
        Claim(
            "◆ largest λ whose error is within one standard error of it",
            holds=_strongest_within,
            seen=_at_another_choice,
            scene={"noise": 0.5},
            at={"alpha": 0.045},
        ),
    ),
)
