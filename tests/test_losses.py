"""Do the losses keep their promises: value, gradient, curvature, at any size, in either precision?"""

import numpy as np
import pytest
from sklearn.metrics import log_loss

from regviz.core.losses import LogLoss, Loss, SquaredError

LOSSES = [SquaredError(), LogLoss()]
Y = np.array([0.0, 1, 1, 0, 1])


@pytest.fixture
def prediction() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(3, 5)) * np.array([[0.1], [1], [8]])


@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_and_curvature_are_central_differences(loss: Loss, prediction: np.ndarray) -> None:
    h = 1e-5
    nudge = h * np.eye(5)[:, None]  # (5, 1, 5)
    up, here, down = (loss.value(Y, prediction + sign * nudge) for sign in (1, 0, -1))
    np.testing.assert_allclose(loss.gradient(Y, prediction), ((up - down) / (2 * h)).T, rtol=0, atol=1e-9)
    slope = [loss.gradient(Y, prediction + sign * h) for sign in (1, -1)]
    np.testing.assert_allclose(loss.curvature(Y, prediction), (slope[0] - slope[1]) / (2 * h), rtol=0, atol=1e-9)
    assert here.shape == (5, 3)


def test_log_loss_is_that_of_a_library(prediction: np.ndarray) -> None:
    probability = LogLoss().probability(prediction)
    expected = [log_loss(Y, row) for row in probability]
    np.testing.assert_allclose(LogLoss().value(Y, prediction), expected, rtol=1e-9)  # it sees probabilities only
    np.testing.assert_allclose(probability, 1 / (1 + np.exp(-prediction)), rtol=0, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_log_loss_of_huge_logits(dtype: type) -> None:
    z = np.array([-1e4, 1e4, 800, -800], dtype=dtype)
    right, wrong = np.array([0, 1, 1, 0], dtype=dtype), np.array([1, 0, 0, 1], dtype=dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert LogLoss().value(right, z) == 0
        assert LogLoss().value(wrong, z) == pytest.approx((2e4 + 1600) / 4)
        np.testing.assert_array_equal(LogLoss().gradient(right, z), 0)
        np.testing.assert_allclose(LogLoss().gradient(wrong, z), np.array([-1, 1, 1, -1]) / 4)
        np.testing.assert_array_equal(LogLoss().curvature(right, z), 0)
    # a right answer far from the border keeps its small loss instead of losing it in a difference
    assert LogLoss().value(np.ones(1), np.array([50.0])) == pytest.approx(np.exp(-50), rel=1e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_single_precision_stays_single(loss: Loss, prediction: np.ndarray) -> None:
    y, single = Y.astype(np.float32), prediction.astype(np.float32)
    for method in (loss.value, loss.gradient, loss.curvature):
        assert method(y, single).dtype == np.float32
        assert method(Y, prediction).dtype == np.float64
    assert SquaredError().curvature(np.arange(4), np.arange(4)).tolist() == [0.25] * 4


def test_accuracy_counts_the_right_side() -> None:
    z = np.array([[-1.0, 1, 1, -1, 1], [1, 1, 1, 1, 1]])
    assert LogLoss().accuracy(Y, z).tolist() == [1, 0.6]
    # z = 0 is class 0, wherever it stands: probability 1/2 is not more than a half
    assert LogLoss().accuracy(np.array([0.0, 1, 0, 1]), np.array([0.0, 0, -0.0, 1e-300])).tolist() == 0.75
    assert LogLoss().accuracy(np.array([1.0, 0]), np.array([[1.0, 1], [0, 0], [-1, 1]])).tolist() == [0.5, 0.5, 0]
    assert SquaredError().accuracy(Y, z) is None
