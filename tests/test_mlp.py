"""Are the predictions and the gradients those of the textbook, for every model of a batch?"""

from itertools import product

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor

from regviz.core.losses import LogLoss, Loss, SquaredError
from regviz.core.nets.mlp import ACTIVATIONS, RELU, TANH, Architecture, forward, gradient_check, loss_and_gradient

LOSSES = [SquaredError(), LogLoss()]
HIDDEN = [(), (1,), (5,), (4, 3), (3, 1, 4)]
CASES = list(product(ACTIVATIONS.values(), LOSSES, HIDDEN))


def data(n_inputs: int = 2, n: int = 7, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, n_inputs))
    return X, (X[:, 0] > 0).astype(float)


def models(architecture: Architecture, n_models: int, seed: int = 1) -> np.ndarray:
    """As many different networks: (n_models, n_parameters)."""
    rng = np.random.default_rng(seed)
    return np.stack([architecture.initial(rng) for _ in range(n_models)])


def textbook(architecture: Architecture, parameters: np.ndarray, x: np.ndarray) -> float:
    """One network, one observation, one sum at a time."""
    f = {"tanh": np.tanh, "relu": lambda z: max(z, 0.0)}[architecture.activation.name]
    layers, a = architecture.layers(parameters), list(x)
    for index, W in enumerate(layers):
        z = [sum(w * value for w, value in zip(row[:-1], a, strict=True)) + row[-1] for row in W]
        a = z if index == len(layers) - 1 else [f(value) for value in z]
    return float(a[0])


def numeric_gradient(
    architecture: Architecture, w: np.ndarray, X: np.ndarray, y: np.ndarray, loss: Loss, masks: tuple = ()
) -> np.ndarray:
    """Central differences of D, all models and parameters: (B, n_parameters)."""
    h, numeric = 1e-5, np.empty_like(w)
    for j in range(w.shape[1]):
        nudge = h * np.eye(w.shape[1])[j]
        up, down = (loss_and_gradient(architecture, w + sign * nudge, X, y, loss, masks)[0] for sign in (1, -1))
        numeric[:, j] = (up - down) / (2 * h)
    return numeric


@pytest.mark.parametrize(("activation", "loss", "hidden"), CASES)
def test_backpropagation_against_central_differences(activation: object, loss: Loss, hidden: tuple[int, ...]) -> None:
    architecture = Architecture(2, hidden, activation)
    X, y = data()
    w = models(architecture, 3)
    value, gradient = loss_and_gradient(architecture, w, X, y, loss)
    np.testing.assert_allclose(value, loss.value(y, forward(architecture, w, X)), rtol=1e-14)
    numeric = numeric_gradient(architecture, w, X, y, loss)
    for model, (ours, theirs) in enumerate(zip(gradient, numeric, strict=True)):
        check = gradient_check(architecture, w[model], X, y, loss)
        np.testing.assert_allclose(check.analytic, ours, rtol=1e-12, atol=1e-15)
        assert check.difference.shape == (architecture.n_layers,)
        assert check.difference.max() <= 1e-6
        assert check.right
        assert not check.wrong
        assert not check.kinks.any()
        for layer in architecture.slices:
            norms = np.linalg.norm(ours[layer]) + np.linalg.norm(theirs[layer])
            assert np.linalg.norm(ours[layer] - theirs[layer]) <= 1e-6 * norms + 1e-12


@pytest.mark.parametrize("activation", ACTIVATIONS.values())
@pytest.mark.parametrize("shared", [True, False])
def test_masks_count_in_both_passes(activation: object, shared: bool) -> None:
    architecture, rng = Architecture(2, (6, 5), activation), np.random.default_rng(5)
    X, y = data()
    w = models(architecture, 3)
    front = () if shared else (3,)
    masks = tuple((rng.random((*front, units, 7)) < 0.5) / 0.5 for units in (6, 5))
    for chosen in (masks, (masks[0], None), (None, masks[1])):
        _, gradient = loss_and_gradient(architecture, w, X, y, SquaredError(), chosen)
        numeric = numeric_gradient(architecture, w, X, y, SquaredError(), chosen)
        np.testing.assert_allclose(gradient, numeric, rtol=0, atol=1e-9)
    ones = tuple(np.ones_like(mask) for mask in masks)
    _, unmasked = loss_and_gradient(architecture, w, X, y, SquaredError())
    np.testing.assert_array_equal(loss_and_gradient(architecture, w, X, y, SquaredError(), ones)[1], unmasked)


def test_a_wrong_gradient_is_seen() -> None:
    class Wrong(SquaredError):
        def gradient(self, y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
            return 1.01 * super().gradient(y, prediction)

    architecture = Architecture(2, (8, 8))
    check = gradient_check(architecture, models(architecture, 1)[0], *data(), Wrong())
    np.testing.assert_allclose(check.difference, 0.01 / 2.01, rtol=1e-3)
    assert check.wrong
    assert not check.right


def test_a_kink_is_where_a_unit_switches_within_the_step() -> None:
    """One ReLU unit at z = w x + b = 1e-6 for one of two observations: a step of 1e-5 in w or b switches it."""
    X, y = np.array([[1.0], [3.0]]), np.array([0.0, 1.0])
    for f, expected in ((RELU, [True, True, False, False]), (TANH, [False] * 4)):
        for b, there in ((-0.5 + 1e-6, True), (-0.5 + 1e-4, False)):
            check = gradient_check(Architecture(1, (1,), f), np.array([0.5, b, 1.0, 0.0]), X, y, SquaredError())
            assert check.kinks.tolist() == [there and kink for kink in expected]
            assert check.right
            assert (check.difference[0] > 1e-3) == (there and f is RELU)


def test_the_check_does_not_blame_vanished_gradients() -> None:
    architecture = Architecture(2, (8, 8, 8))
    for scale in (0.0, 1e-3, 5.0):
        w = architecture.initial(np.random.default_rng(0), scale)
        assert gradient_check(architecture, w, *data(), LogLoss()).difference.max() <= 1e-6


@pytest.mark.parametrize(("activation", "hidden"), [*product(ACTIVATIONS.values(), HIDDEN)])
def test_predictions_are_those_of_the_textbook(activation: object, hidden: tuple[int, ...]) -> None:
    architecture = Architecture(2, hidden, activation)
    X, _ = data()
    w = models(architecture, 3)
    expected = [[textbook(architecture, model, x) for x in X] for model in w]
    np.testing.assert_allclose(forward(architecture, w, X), expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(forward(architecture, w[1], X), expected[1], rtol=1e-12, atol=1e-14)
    assert forward(architecture, w.astype(np.float32), X).dtype == np.float32


@pytest.mark.parametrize(("kind", "activation"), [*product((MLPRegressor, MLPClassifier), ACTIVATIONS.values())])
def test_predictions_are_those_of_a_library(kind: type, activation: object) -> None:
    X, y = data(3, 60)
    peer = kind(hidden_layer_sizes=(5, 4), activation=activation.name, max_iter=500, tol=1e-2, random_state=0).fit(X, y)
    pairs = zip(peer.coefs_, peer.intercepts_, strict=True)
    w = np.concatenate([np.column_stack([coef.T, bias]).ravel() for coef, bias in pairs])
    ours = forward(Architecture(3, (5, 4), activation), w, X)
    if kind is MLPClassifier:
        np.testing.assert_allclose(LogLoss().probability(ours), peer.predict_proba(X)[:, 1], rtol=1e-12)
    else:
        np.testing.assert_allclose(ours, peer.predict(X), rtol=1e-12, atol=1e-13)


def test_many_models_are_computed_in_runs() -> None:
    architecture, X = Architecture(1, (32,)), np.linspace(-1, 1, 1000)[:, None]
    w = models(architecture, 11).reshape(1, 11, -1)
    together = forward(architecture, w, X)
    assert together.shape == (1, 11, 1000)
    for i in range(11):
        np.testing.assert_allclose(together[0, i], forward(architecture, w[0, i], X), rtol=1e-12, atol=1e-13)


def test_layers_are_views_with_the_bias_last() -> None:
    architecture = Architecture(2, (4, 3))
    assert architecture.shapes == ((4, 3), (3, 5), (1, 4))
    assert architecture.n_parameters == 12 + 15 + 4
    w = np.zeros((2, 5, architecture.n_parameters))
    for layer, shape in zip(architecture.layers(w), architecture.shapes, strict=True):
        assert layer.shape == (2, 5, *shape)
        layer[..., :-1] = 1
    np.testing.assert_array_equal(w, np.broadcast_to(architecture.is_weight, w.shape))


# standard deviation of a weight from n_in inputs to n_out units: Glorot & Bengio (2010), He et al. (2015)
PUBLISHED = {"tanh": lambda n_in, n_out: np.sqrt(2 / (n_in + n_out)), "relu": lambda n_in, n_out: np.sqrt(2 / n_in)}


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=lambda f: f.name)
def test_initial_weights_are_one_draw_times_the_published_size(activation: object) -> None:
    """Every layer, its biases too, in layers whose inputs and outputs differ in number."""
    architecture = Architecture(2, (32, 3, 9), activation)
    once = architecture.initial(np.random.default_rng(0))
    np.testing.assert_allclose(architecture.initial(np.random.default_rng(0), 3.0), 3 * once, rtol=1e-14)
    draw = np.random.default_rng(0).standard_normal(architecture.n_parameters)
    for (n_out, n_in), layer in zip([(32, 2), (3, 32), (9, 3), (1, 9)], architecture.slices, strict=True):
        np.testing.assert_allclose(once[layer], PUBLISHED[activation.name](n_in, n_out) * draw[layer], rtol=1e-12)
    assert draw.std() == pytest.approx(1, abs=0.1)


def test_sizes_out_of_range_are_named() -> None:
    for hidden in ((0,), (33,), (4, 4, 4, 4), (2.5,), (2.0,), (True,), (np.nan,), ("4",), [4], 4, None):
        told = r"hidden must be a tuple of at most 3 layers of 1 to 32 units, whole numbers, got "
        with pytest.raises(ValueError, match=told):
            Architecture(1, hidden)
    assert Architecture(1, (np.int64(4),)).n_parameters == 13
    for n_inputs in (0, -1, 1.0, 2.5, np.nan, True, "1"):
        with pytest.raises(ValueError, match="n_inputs must be a whole number, 1 or more, got "):
            Architecture(n_inputs)
    with pytest.raises(ValueError, match=r"X must be \(n, 2\), got shape \(3, 1\)"):
        forward(Architecture(2), np.zeros(Architecture(2).n_parameters), np.zeros((3, 1)))
