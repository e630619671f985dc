"""What does the page on weight decay say about its pictures?"""

from __future__ import annotations

import numpy as np

from regviz.charts.claims import Claim, Words
from regviz.core import Array
from regviz.core.data.datasets import DATASETS, Synthetic
from regviz.core.nets.mlp import forward
from regviz.fits.task import to_unit
from regviz.live.board import Index
from regviz.scenes.decay.board import board
from regviz.scenes.decay.sweep import (
    ADAM_RATE,
    ALPHAS,
    BATCH,
    NET,
    PER_EPOCH,
    SGD_RATE,
    WAYS,
    DecayRuns,
    Run,
    decay_runs,
)
from regviz.settings import SampleSettings

ROUNDING = 1e-13


def _runs(found: DecayRuns, kind: str) -> tuple[Run, Run]:
    """With L2 in the loss, and decoupled."""
    return found.runs[f"{kind}_loss"], found.runs[f"{kind}_decoupled"]


def _way(found: DecayRuns, name: str, way: str) -> Array:
    """Of one way of making batches: (A, …)."""
    return np.asarray(getattr(found.batches, name)[WAYS.index(way)])


def _at(index: Index) -> tuple[int, int]:
    return index["alpha"], index["step"]


def _decays(_: DecayRuns, index: Index) -> bool:
    """λ is 0.01 or more, and 50 steps or more have been made."""
    return bool(ALPHAS[index["alpha"]] >= 0.01 and index["step"] >= 20)


def _sgd_takes_the_same(found: DecayRuns, index: Index) -> bool:
    """Both runs of SGD take −ηλw of every weight, and leave it the same."""
    loss, apart = _runs(found, "sgd")
    taken = -SGD_RATE * ALPHAS[index["alpha"]] * loss.w[_at(index)]
    same = [np.abs(run.decay_step[_at(index)] - taken).max() for run in (loss, apart)]
    return bool(max(same) < ROUNDING and np.abs(loss.new - apart.new)[_at(index)].max() < ROUNDING)


def _rings_on_dots(found: DecayRuns, _: Index) -> bool:
    loss, apart = _runs(found, "sgd")
    return bool((found.gap["sgd"] < ROUNDING).all() and np.abs(loss.w - apart.w).max() < ROUNDING)


def _adam_differs(found: DecayRuns, index: Index) -> bool:
    """Where there is decay and a step has been made, the weights of the two runs of Adam differ by more than rounding.

    From the first step on.
    """
    gap = found.gap["adam"]
    return bool((gap[1:, 1:] > 1e-6).all() and not gap[0].any() and not gap[:, 0].any())


def _adam_far_apart(found: DecayRuns, index: Index) -> bool:
    return bool(found.gap["adam"][_at(index)] > 0.3 and found.gap["sgd"][_at(index)] < ROUNDING)


def _own_step_sizes(found: DecayRuns, index: Index) -> bool:
    """The step sizes of Adam's weights differ; at the first step they fall with the size of the gradient, step/rate."""
    run = found.runs["adam_loss"]
    first, gradient = run.rate[:, 0], np.abs((run.new - run.w)[:, 0] / run.rate[:, 0])
    falling = np.take_along_axis(first, gradient.argsort(axis=-1), axis=-1)
    rate = run.rate[_at(index)]
    return bool((np.diff(falling, axis=-1) <= 1e-9 * first.max()).all() and rate.max() > 1.1 * rate.min())


def _shares_differ(found: DecayRuns, index: Index) -> bool:
    """In the loss the shares that decay takes differ twofold; AdamW's are the same."""
    a, e = _at(index)
    loss = found.runs["adam_loss"]
    own = np.abs(loss.decay_step[a, e] / loss.w[a, e])
    return bool(own.max() > 2 * own.min()) and _adamw_takes_its_share(found, index) and _decays(found, index)


def _adamw_takes_its_share(found: DecayRuns, index: Index) -> bool:
    a, e = _at(index)
    apart = found.runs["adam_decoupled"]
    taken = -ADAM_RATE * ALPHAS[a] * apart.w[a, e]
    return bool(np.abs(apart.decay_step[a, e] - taken).max() <= 1e-12 * max(1.0, np.abs(taken).max()))


def _more_steps_more_decay(found: DecayRuns, _: Index) -> bool:
    """An epoch of small batches leaves less of a weight than one of a single step, as the idle weights measure it."""
    kept, left = ([_way(found, name, way) for way in ("small", "whole")] for name in ("kept", "left"))
    return bool((kept[0][1:] < kept[1][1:]).all() and (left[0][1:, 1:] < left[1][1:, 1:]).all())


def _clearly_more_decay(found: DecayRuns, index: Index) -> bool:
    left = {way: _way(found, "left", way)[index["alpha"], -1] for way in WAYS}
    return bool(left["small"] < 0.5 * left["whole"])


def _correction_takes_as_much(found: DecayRuns, _: Index) -> bool:
    """λ′ is λ / PER_EPOCH up to 3 %, and what an epoch leaves is the same, to rounding."""
    about = _way(found, "alphas", "corrected")[1:] * PER_EPOCH / ALPHAS[1:]
    kept = _way(found, "kept", "corrected") - _way(found, "kept", "whole")
    left = _way(found, "left", "corrected") - _way(found, "left", "whole")
    return bool(np.abs(about - 1).max() < 0.03 and np.abs(kept).max() < 1e-12 and np.abs(left).max() < 1e-9)


def _only_decay_moves_them(found: DecayRuns, _: Index) -> bool:
    """After t epochs each way leaves the t-th power of what it leaves in one."""
    batches = found.batches
    epochs = np.arange(batches.left.shape[-1])
    return bool(np.abs(batches.left - batches.kept[..., np.newaxis] ** epochs).max() < 1e-9)


def _ends_larger(found: DecayRuns, _: Index) -> bool:
    return bool((_way(found, "norm", "corrected")[:, -1] > _way(found, "norm", "whole")[:, -1]).all())


def _ends_clearly_larger(found: DecayRuns, index: Index) -> bool:
    ends = [_way(found, "norm", way)[index["alpha"], -1] for way in ("corrected", "whole")]
    return bool(ends[0] > 1.2 * ends[1])


def _slower_brings_back(found: DecayRuns, _: Index) -> bool:
    """‖W‖² at every epoch, to a tenth."""
    return bool((np.abs(_way(found, "norm", "slower") / _way(found, "norm", "whole") - 1) < 0.1).all())


def _only_slower_brings_back(found: DecayRuns, index: Index) -> bool:
    ends = {way: _way(found, "norm", way)[index["alpha"], -1] for way in WAYS}
    gaps = {way: abs(ends[way] / ends["whole"] - 1) for way in ("small", "corrected", "slower")}
    return bool(gaps["slower"] < 0.02 and gaps["corrected"] > 0.1)


def _predicts_from_weights(found: DecayRuns, index: Index) -> bool:
    """Every drawn curve is the network of its weights: no λ goes into it."""
    sine = DATASETS["sine"]
    assert isinstance(sine, Synthetic)
    line = to_unit(found.x_line[:, np.newaxis], sine.domain)
    gaps = [
        np.abs(forward(NET, run.parameters[_at(index)], line) - run.curve[_at(index)]).max()
        for run in found.runs.values()
    ]
    return bool(max(gaps) < 1e-9)


def _never_overshoots(found: DecayRuns, _: Index) -> bool:
    return bool(max(SGD_RATE, ADAM_RATE) * ALPHAS.max() <= 0.2 + 1e-12)


WORDS = Words(
    settings=SampleSettings,
    sweep=decay_runs,
    board=board,
    heading="What to look at",
    points=(
        (
            Claim(
                "**Under SGD, L2 in the loss is weight decay.** The gradient of λ/2 · Σw² is λw, so a step is "
                "w − η(∇D + λw) = (1 − ηλ)w − η∇D: the same numbers in another order.",
                holds=_sgd_takes_the_same,
                seen=_decays,
                at={"alpha": 0.1, "step": 100},
            ),
            Claim(
                "Drag λ and the step: every ring stays on its dot, and the difference is that of rounding, below "
                "1e-13.",
                holds=_rings_on_dots,
                seen=_decays,
                at={"alpha": 0.3, "step": 300},
            ),
        ),
        (
            Claim(
                "**▲ Under Adam it is not.**",
                holds=_adam_differs,
                seen=_adam_far_apart,
                at={"alpha": 0.1, "step": 300},
            ),
            Claim(
                "In the loss, λw goes through m̂ and is divided by √v̂ + ε like the gradient: each weight has a step "
                "size of its own, smaller the larger its gradients have been.",
                holds=_own_step_sizes,
                seen=_shares_differ,
                at={"alpha": 0.05, "step": 100},
            ),
            Claim(
                "AdamW takes ηλ of every weight, whatever its gradients.",
                holds=_adamw_takes_its_share,
                seen=_shares_differ,
                at={"alpha": 0.1, "step": 100},
            ),
            Claim(
                "So the same λ means another strength, and with any λ > 0 the weights part at the first step.",
                holds=_adam_differs,
                seen=lambda found, index: _adam_differs(found, index) and _at(index) == (1, 1),
                at={"alpha": float(ALPHAS[1]), "step": 1},
            ),
        ),
        (
            Claim(
                "**▲ The decay is per step, not per epoch.** Smaller batches make more steps of an epoch, and the "
                "weights decay in each.",
                holds=_more_steps_more_decay,
                seen=_clearly_more_decay,
                at={"alpha": 0.1},
            ),
            Claim(
                f"λ′ = (1 − (1 − ηλ)^(1/{PER_EPOCH}))/η, about λ/{PER_EPOCH}, takes as much in an epoch as λ did: "
                "right picture.",
                holds=_correction_takes_as_much,
                seen=_clearly_more_decay,
                at={"alpha": 0.1},
            ),
            Claim(
                "It does not bring the network back: the data pull in each step too, and the weights end larger, in "
                "the left picture.",
                holds=_ends_larger,
                seen=_ends_clearly_larger,
                at={"alpha": 0.1},
            ),
            Claim(
                f"Dividing η by {PER_EPOCH} very nearly does, as it slows both down.",
                holds=_slower_brings_back,
                seen=_only_slower_brings_back,
                at={"alpha": 0.1},
            ),
            "(SGD with the same λ and η ends near the same weights at any batch size, where D + λ/2 · Σw² is least; "
            "smaller batches get there in fewer epochs.)",
        ),
        (
            Claim(
                "**The penalty acts in training only.** A prediction is made from the weights alone, and there is no λ "
                "in it: λ has done its work when the weights are found.",
                holds=_predicts_from_weights,
                seen=_decays,
                at={"alpha": 0.1, "step": 300},
            ),
        ),
        (
            "**Explicit decay can overshoot.** For ηλ > 2 the factor 1 − ηλ is below −1, and the weights grow without "
            "end.",
            Claim(
                f"Here ηλ is at most {max(SGD_RATE, ADAM_RATE) * ALPHAS[-1]:g}.",
                holds=_never_overshoots,
                seen=lambda found, index: index["alpha"] == len(ALPHAS) - 1,
                at={"alpha": float(ALPHAS[-1])},
            ),
            "An implicit step, w/(1 + ηλ), never does that.",
        ),
    ),
    pictured=(
        Claim(
            "Every ring lies on its dot.",
            holds=_rings_on_dots,
            seen=_decays,
            at={"alpha": 0.3, "step": 300},
        ),
        Claim(
            f"Batches of {BATCH} make {PER_EPOCH} steps an epoch instead of 1, and the weights decay in each of them.",
            holds=_more_steps_more_decay,
            seen=_clearly_more_decay,
            at={"alpha": 0.1},
        ),
        Claim(
            "these weights belong to an input that is always 0, so only the decay moves them.",
            holds=_only_decay_moves_them,
            seen=_clearly_more_decay,
            at={"alpha": 0.1},
        ),
    ),
)
