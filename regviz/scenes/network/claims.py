"""What does the Network page say about its pictures?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from regviz.charts.claims import Claim, Words, possible
from regviz.core import Array
from regviz.core.nets.mlp import forward
from regviz.fits.task import to_unit
from regviz.live.board import Index
from regviz.scenes.network.board import board
from regviz.scenes.network.settings import NetworkSettings
from regviz.scenes.network.sweep import CLIP, FADED, FADED_SIZE, RATIOS, Network, network, train_all

L1, MIX, L2 = range(len(RATIOS))
VANISHED = 0.05  # of the usual size of a gradient


def _at(net: Network, penalty: int, index: Index) -> tuple[int, int, int]:
    return index["epoch"], penalty, index["alpha"]


def _layers(net: Network, penalty: int, index: Index) -> list[NDArray[np.bool_]]:
    """Which weights are not zero, layer by layer: (n_out, n_in) each."""
    architecture = net.sweep.architecture
    flat = np.zeros(architecture.n_parameters)
    flat[architecture.is_weight] = net.sizes[_at(net, penalty, index)]
    return [layer[:, :-1] > 0 for layer in architecture.layers(flat)]


def _pale_without_a_path(net: Network, index: Index) -> bool:
    """Exact zeros are made by L1 alone; a neuron is live if a path of other weights leads to it and one from it."""
    if net.zeros[:, L2].any() or net.zeros[:, :, 0].any():
        return False
    for penalty in (L1, MIX, L2):
        layers = _layers(net, penalty, index)
        reached: list[NDArray[np.bool_]] = [np.ones(layers[0].shape[1], dtype=bool)]
        leads: list[NDArray[np.bool_]] = [np.ones(1, dtype=bool)]
        for kept in layers[:-1]:
            reached.append(np.asarray((kept & reached[-1]).any(axis=1)))
        for kept in reversed(layers[1:]):
            leads.append(np.asarray((kept & leads[-1][:, np.newaxis]).any(axis=0)))
        live = np.concatenate([a & b for a, b in zip(reached[1:], reversed(leads[1:]), strict=True)])
        if not np.array_equal(live, net.live[_at(net, penalty, index)] > 0):
            return False
    return True


def _simpler(net: Network, index: Index) -> bool:
    """L1 has cut more than half of the weights and some neurons, not all; L2 none."""
    uncut, live = ((values > 0).mean(axis=-1) for values in (net.sizes, net.live))
    l1, l2 = _at(net, L1, index), _at(net, L2, index)
    return bool(0 < uncut[l1] < 0.5 and 0 < live[l1] < 1 and uncut[l2] == live[l2] == 1)


def _comes_back(net: Network, index: Index) -> bool:
    """At this λ a weight of L1 is zero at some epoch and not at a later one."""
    sizes = net.sizes[:, L1, index["alpha"]]
    return bool(((sizes[:-1] == 0) & (sizes[1:] > 0)).any())


def _l2_cuts_none(net: Network, _: Index) -> bool:
    return not net.zeros[:, L2].any() and bool((net.sizes[:, L2] > 0).all())


def _faded_is_not_zero(net: Network, index: Index) -> bool:
    """Faded are just those below 1e-30 that L1 has not cut; of L2, all below."""
    weights = np.abs(net.sweep.parameters[..., net.sweep.architecture.is_weight])
    small = weights[_at(net, L2, index)] < FADED
    return bool(np.array_equal(net.sizes[_at(net, L2, index)] == FADED_SIZE, small))


def _some_have_faded(net: Network, index: Index) -> bool:
    return bool(net.faded[_at(net, L2, index)][:-1].sum() > 0)


def _sums_over_layers(net: Network, index: Index) -> bool:
    """λ · penalty is λ (ρ Σ|w| + (1 − ρ)/2 Σ‖W‖²) of all layers, and of the biases if they are penalised."""
    alpha, sweep = net.sweep.alphas[index["alpha"]], net.sweep
    for penalty, rho in enumerate(RATIOS):
        at = _at(net, penalty, index)
        absolute, squares = net.absolute[at].sum(dtype=float), np.square(net.frobenius[at]).sum(dtype=float)
        if net.task.settings.penalise_biases:
            biases = sweep.parameters[at][~sweep.architecture.is_weight].astype(float)
            absolute, squares = absolute + np.abs(biases).sum(), squares + np.square(biases).sum()
        told = alpha * (rho * absolute + (1 - rho) / 2 * squares)
        if abs(sweep.penalty[at] - told) > 1e-4 * told + 1e-9:
            return False
    return True


def _every_layer_counts(net: Network, index: Index) -> bool:
    """Under L1 and L2 every layer has a tenth or more of the penalty."""
    shares = [net.absolute[_at(net, L1, index)], np.square(net.frobenius[_at(net, L2, index)])]
    return all(bool(np.all(share > 0.1 * share.sum())) for share in shares)


def _leaves_the_level(net: Network, index: Index) -> bool:
    """Biases are penalised; of all penalties the fit is flat, and nearer to 0 than to the mean of the data."""
    level = net.task.data.y[net.task.train].mean()
    fits = net.fit[index["epoch"], :, index["alpha"]]
    flat = np.ptp(fits, axis=-1) < 0.05 * np.ptp(net.task.data.y)
    near = np.abs(fits.mean(axis=-1)) < 0.75 * abs(level)
    return net.task.settings.penalise_biases and bool(flat.all() and near.all())


def _predicts_from_weights(net: Network, index: Index) -> bool:
    """What is drawn is the network of the weights; no λ goes into it."""
    x = net.x_line
    if net.task.is_curve:
        assert net.task.data.domain is not None
        X = to_unit(x[:, np.newaxis], net.task.data.domain)
    else:
        X = np.stack(np.meshgrid(x, x), axis=-1).reshape(-1, 2)
    for penalty in (L1, MIX, L2):
        at = _at(net, penalty, index)
        said = forward(net.sweep.architecture, net.sweep.parameters[at].astype(float), X)
        drawn: Array = net.fit[at].astype(float)
        slack = 1e-3 * max(1.0, float(np.abs(drawn).max()))
        if not net.task.is_curve:
            said, slack = 127 + 127 * np.tanh(said / CLIP), 1.01
        if np.abs(drawn - said).max() > slack:
            return False
    return True


def _lambda_matters(net: Network, index: Index) -> bool:
    """λ is above 0, and the training is over."""
    return index["alpha"] > 0 and net.sweep.epochs[index["epoch"]] == net.task.settings.epochs


def _vanish(net: Network, index: Index) -> bool:
    """At epoch 0 the gradient of every layer is a twentieth, or less, of that from initial weights of usual size."""
    usual = train_all(replace(net.task.settings, initial_scale=1.0), lambda progress: False)
    return index["epoch"] == 0 and bool(np.all(net.sweep.gradient_norm[0] < VANISHED * usual.gradient_norm[0]))


WORDS = Words(
    settings=NetworkSettings,
    sweep=lambda settings: network(settings, train_all(settings)),
    board=board,
    heading="What to look at",
    points=(
        (
            Claim(
                "**L1** cuts wires: where λ is strong enough, weights become exactly zero, neurons without a live path "
                "go pale, and what is left is a simpler network.",
                holds=_pale_without_a_path,
                seen=_simpler,
                at={"alpha": 0.01},
            ),
            Claim(
                "A weight that was zero can come back: play the epochs and watch.",
                holds=possible,
                seen=_comes_back,
                at={"alpha": 0.01},
            ),
        ),
        (
            Claim(
                "**L2** pulls at every weight in proportion to its size, and cuts none: no bar of its histograms is "
                "hollow.",
                holds=_l2_cuts_none,
                seen=_simpler,
                at={"alpha": 0.03},
            ),
            Claim(
                "A weight on which the data hardly pull shrinks on and on; below 1e-30 it counts as faded.",
                holds=_faded_is_not_zero,
                seen=_some_have_faded,
                scene={"optimizer": "sgd", "learning_rate": "0.3", "depth": 3},
                at={"alpha": 1},
            ),
        ),
        (
            Claim(
                "**The penalty sums over all layers**: half the squared Frobenius norm of every W, or the sizes of all "
                "weights.",
                holds=_sums_over_layers,
                seen=_every_layer_counts,
            ),
            Claim(
                (
                    "Biases are left out, because they only shift.",
                    "Biases would be left out, because they only shift; you have switched “Penalise biases too” on.",
                ),
                wording=lambda settings: int(settings.penalise_biases),
                holds=_sums_over_layers,
                seen=_every_layer_counts,
                at={"alpha": 0.001},
            ),
            Claim(
                "To see why, take Runge's curve and the strongest λ, with and without “Penalise biases too”: the flat "
                "fit leaves the level of the data towards 0.",
                holds=possible,
                seen=_leaves_the_level,
                scene={"problem": "runge", "penalise_biases": True},
                at={"alpha": 1},
            ),
        ),
        (
            "**It acts in training only.** J = D + λ · penalty is what training makes small (under AdamW only nearly: "
            "its decay is no part of a J).",
            Claim(
                "A prediction uses the weights alone.",
                holds=_predicts_from_weights,
                seen=_lambda_matters,
                at={"alpha": 0.03},
            ),
        ),
        (
            Claim(
                "**Vanishing and exploding gradients**: take three layers of ReLU and make the initial weights small, "
                "or large; look at epoch 0.",
                holds=possible,
                seen=_vanish,
                scene={"depth": 3, "activation": "relu", "initial_scale": 0.1},
                at={"epoch": 0},
            ),
            "Batch normalisation keeps scales in check; against explosions the direct remedy is to clip the gradient, "
            "or a smaller η.",
        ),
    ),
)
