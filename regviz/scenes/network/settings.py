"""Which settings has Network?"""

from __future__ import annotations

from dataclasses import dataclass

from regviz.core.data.datasets import DATASETS, LABELLED
from regviz.core.nets.mlp import ACTIVATIONS, MAX_LAYERS, MAX_UNITS
from regviz.core.nets.optimizers import OPTIMIZERS
from regviz.settings import MAX_RANDOM_STATE, DataSettings, Knobs, Settings, knob

PROBLEMS = {name: f"Curve: {entry.label}" for name, entry in DATASETS.items() if entry.domain} | {
    name: f"Classes: {entry.label}" for name, entry in LABELLED.items()
}

WHOLE = "all"

BATCH_SIZES = {WHOLE: "all points", **{str(size): str(size) for size in (5, 10, 20, 50)}}

LEARNING_RATES = {f"{rate:g}": f"{rate:g}" for rate in (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10)}


@dataclass(frozen=True)
class NetworkSettings(Knobs):
    """Of the pages on small neural networks."""

    problem: str = knob(
        "sine",
        "Problem",
        "A curve to follow (one input) or two classes to tell apart (two inputs).",
        options=PROBLEMS,
    )
    n_samples: int = knob(60, "Points", "Rows in all, for training and validation together.", low=10, high=200, step=5)
    noise: float = DataSettings.field("noise")
    random_state: int = Settings.field("random_state")
    validation: float = Settings.field("validation")
    depth: int = knob(2, "Hidden layers", "Layers between the inputs and the output.", low=1, high=MAX_LAYERS)
    units: int = knob(16, "Units in each", "Neurons in every hidden layer.", low=1, high=MAX_UNITS)
    activation: str = knob(
        "tanh",
        "Activation",
        "What a neuron does with its sum.",
        options={name: f.label for name, f in ACTIVATIONS.items()},
    )
    optimizer: str = knob(
        "adam",
        "Optimizer",
        "How a gradient becomes a step. The gradient is that of the data alone; after each step the penalty moves the "
        "weights towards 0. Adam scales that move for each weight as it scales its step; AdamW does so with the L1 "
        "part only, and its L2 part shrinks all weights by the same share.",
        options={name: kind.label for name, kind in OPTIMIZERS.items()},
    )
    learning_rate: str = knob(
        "0.01",
        "Learning rate η",
        "Size of a step. Too large, and training explodes or overshoots.",
        options=LEARNING_RATES,
    )
    batch_size: str = knob(
        WHOLE, "Batch", "Points in one step. Fewer make more steps an epoch, and noisier ones.", options=BATCH_SIZES
    )
    epochs: int = knob(1000, "Epochs", "How often training goes through all points.", low=50, high=2000, step=50)
    initial_state: int = knob(
        0, "Initial weights", "The seed of the initial weights, the same for every λ.", high=MAX_RANDOM_STATE
    )
    initial_scale: float = knob(
        1.0,
        "Their size",
        "Factor on the initial weights: near 0 gradients vanish, far above 1 they explode.",
        low=0.1,
        high=5,
        step=0.1,
    )
    penalise_biases: bool = knob(
        False,
        "Penalise biases too",
        "Biases only shift; penalised, they pull the fit off the data's level. Try it with a strong λ.",
    )
