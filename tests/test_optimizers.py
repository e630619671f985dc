"""Is every step the one of the paper, and does every way to penalise do what it says?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neural_network._stochastic_optimizers import AdamOptimizer, SGDOptimizer

from regviz.core.nets.optimizers import (
    DECAYS,
    DECOUPLED,
    DECOUPLED_IMPLICIT,
    IN_LOSS,
    OPTIMIZERS,
    PROXIMAL,
    SGD,
    Adam,
    AdamW,
    Momentum,
    Optimizer,
    StackedPenalty,
    flush,
    kept_per_epoch,
    kept_per_step,
    l2_for_other_steps,
    paper_weight_decay,
    pytorch_weight_decay,
    update_terms,
)
from regviz.core.penalties import L1, L2, ElasticNet

P = 6
CURVATURE = np.array([0.3, 0.5, 1.0, 0.2, 0.7, 0.4])
TARGET = np.array([1.0, -2.0, 0.07, 0.3, -0.4, 0.0])


def gradient(w: np.ndarray) -> np.ndarray:
    """Of D = 1/2 sum CURVATURE (w - TARGET)^2."""
    return CURVATURE * (w - TARGET)


def penalty(alphas: list[float], l1_ratios: list[float], penalised: np.ndarray | None = None) -> StackedPenalty:
    mask = np.ones(P, dtype=bool) if penalised is None else penalised
    return StackedPenalty.of(np.array(alphas), np.array(l1_ratios), mask)


def run(optimizer: Optimizer, stack: StackedPenalty, steps: int, start: float = 0.5) -> np.ndarray:
    """Weights after every step: (steps + 1, B, P)."""
    w = np.full(stack.alpha.shape, start)
    state, path = optimizer.init(w.shape), [w.copy()]
    for _ in range(steps):
        optimizer.step(state, w, gradient(w), stack)
        path.append(w.copy())
    return np.array(path)


FREE = penalty([0.0, 0.0], [0.0, 1.0])

# --- Against a reference -------------------------------------------------------------------------


def test_steps_by_hand() -> None:
    eta, mu, b1, b2, eps = 0.1, 0.8, 0.9, 0.99, 1e-8
    sgd = momentum = adam = np.full(P, 0.5)
    velocity = m = v = np.zeros(P)
    paths = [run(kind, FREE, 30) for kind in (SGD(eta), Momentum(eta, momentum=mu), Adam(eta, beta1=b1, beta2=b2))]
    for t in range(1, 31):
        sgd = sgd - eta * gradient(sgd)
        velocity = mu * velocity - eta * gradient(momentum)
        momentum = momentum + velocity
        g = gradient(adam)
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        adam = adam - eta * (m / (1 - b1**t)) / (np.sqrt(v / (1 - b2**t)) + eps)
        for path, expected in zip(paths, (sgd, momentum, adam), strict=True):
            np.testing.assert_allclose(path[t], [expected, expected], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("ours", "peer"),
    [
        (SGD(0.1), lambda w: SGDOptimizer([w], 0.1, momentum=0, nesterov=False)),
        (Momentum(0.1, momentum=0.7), lambda w: SGDOptimizer([w], 0.1, momentum=0.7, nesterov=False)),
        # scikit-learn adds epsilon before the bias is corrected; without epsilon the two are the same
        (Adam(0.1, epsilon=1e-300), lambda w: AdamOptimizer([w], 0.1, epsilon=0)),
    ],
)
def test_steps_of_a_library(ours: Optimizer, peer: object) -> None:
    path, w = run(ours, FREE, 50), np.full(P, 0.5)
    theirs = peer(w)
    for t in range(1, 51):
        theirs.update_params([w], [gradient(w)])
        np.testing.assert_allclose(path[t, 0], w, rtol=1e-11, atol=1e-13)


def test_adamw_is_the_published_rule() -> None:
    eta, l2, eps = 0.05, 0.3, 1e-8
    path = run(AdamW(eta, decay=DECOUPLED), penalty([l2], [0.0]), 40)
    w, m, v = np.full(P, 0.5), np.zeros(P), np.zeros(P)
    for t in range(1, 41):
        g = gradient(w)
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        w = w - eta * l2 * w - eta * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + eps)
        np.testing.assert_allclose(path[t, 0], w, rtol=1e-11)


# --- The penalties of many models ------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(0, 10), st.sampled_from([0, 0.3, 1])), min_size=1, max_size=6), st.integers(0, 99))
def test_a_stack_is_its_elastic_nets(pairs: list[tuple[float, float]], seed: int) -> None:
    rng = np.random.default_rng(seed)
    penalised = rng.random(P) < 0.7
    alphas, ratios = (list(values) for values in zip(*pairs, strict=True))
    stack = penalty(alphas, ratios, penalised)
    w, rate = rng.normal(size=(2, len(pairs), P))
    rate = np.abs(rate)
    moved = w.copy()
    stack.prox(moved, rate)
    for i, (alpha, rho) in enumerate(pairs):
        expected = np.where(penalised, ElasticNet(rho).prox(w[i], alpha * rate[i]), w[i])
        np.testing.assert_allclose(moved[i], expected, rtol=1e-14)
        value = alpha * ElasticNet(rho).value(w[i][penalised])
        np.testing.assert_allclose(stack.value(w)[i], value if penalised.any() else 0, rtol=1e-12)
    two_steps = L2.prox(L1.prox(w, rate * stack.l1), rate * stack.l2)
    np.testing.assert_allclose(moved, two_steps, rtol=1e-12)


@pytest.mark.parametrize("decay", DECAYS.values())
@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_what_is_not_penalised_feels_no_penalty(kind: type[Optimizer], decay: object) -> None:
    penalised = np.arange(P) < 3
    optimizer = kind(0.05, decay)
    free = run(optimizer, penalty([0.0], [0.5], penalised), 25)
    under = run(optimizer, penalty([0.3], [0.5], penalised), 25)
    np.testing.assert_array_equal(free[..., 3:], under[..., 3:])
    assert (np.abs(free[-1] - under[-1])[:, :3] > 1e-3).any()


# --- Ways to penalise ----------------------------------------------------------------------------


def test_l2_in_the_loss_is_decoupled_decay_under_sgd_alone() -> None:
    stack = penalty([0.01, 0.3, 2.0], [0.0, 0.0, 0.5])
    in_loss, decoupled = run(SGD(0.1, IN_LOSS), stack, 300), run(SGD(0.1, DECOUPLED), stack, 300)
    assert np.abs(in_loss - decoupled).max() <= 1e-10
    for kind in (Momentum, Adam):
        in_loss, decoupled = run(kind(0.05, IN_LOSS), stack, 300), run(kind(0.05, DECOUPLED), stack, 300)
        assert np.abs(in_loss - decoupled).max() > 0.05
    np.testing.assert_array_equal(run(Adam(0.05, DECOUPLED), stack, 9), run(AdamW(0.05, decay=DECOUPLED), stack, 9))


@pytest.mark.parametrize("optimizer", [SGD(0.5), Momentum(0.1), Adam(0.01), Adam(0.05, epsilon=1e-2)])
@pytest.mark.parametrize("decay", [PROXIMAL, IN_LOSS])
def test_rest_is_where_the_objective_is_stationary(optimizer: Optimizer, decay: object) -> None:
    alphas, ratios = [0.0, 0.02, 0.1, 0.1, 0.1], [0.5, 1.0, 0.0, 0.5, 1.0]
    fields = {"decay": decay, "learning_rate": optimizer.learning_rate}
    fields |= {"epsilon": optimizer.epsilon} if isinstance(optimizer, Adam) else {}
    last = run(type(optimizer)(**fields), penalty(alphas, ratios), 6000)[-1]
    for w, alpha, rho in zip(last, alphas, ratios, strict=True):
        best = ElasticNet(rho).prox(TARGET, alpha / CURVATURE)  # the problem is separable
        np.testing.assert_allclose(w, best, rtol=0, atol=1e-6)
        np.testing.assert_array_equal(w == 0, best == 0)


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
@pytest.mark.parametrize("decay", DECAYS.values())
def test_zeros_are_exact_and_come_back(kind: type[Optimizer], decay: object) -> None:
    optimizer = kind(0.05, decay)
    stack = penalty([2.0], [1.0])
    w = np.full((1, P), 0.5)
    state = optimizer.init(w.shape)
    for _ in range(400):
        optimizer.step(state, w, gradient(w), stack)
    assert (w == 0).all()
    for _ in range(400):
        optimizer.step(state, w, gradient(w) - 3, stack)  # the data now pull harder than alpha
    assert (w > 0).sum() >= 4


@pytest.mark.parametrize("rho", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("alpha", [1.0, 1e3, 1e6])
@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_no_strength_makes_the_default_diverge(kind: type[Optimizer], alpha: float, rho: float) -> None:
    path = run(kind(1.0), penalty([alpha], [rho]), 100, start=3.0)
    assert np.abs(path).max() <= 12
    assert np.abs(path[-1]).max() <= np.abs(TARGET).max() + 1e-9


def test_the_explicit_forms_diverge_when_the_rate_times_alpha_is_above_two() -> None:
    for decay in (IN_LOSS, DECOUPLED):
        assert np.abs(run(SGD(1.0, decay), penalty([2.5], [0.0]), 200)[-1]).max() > 1e6
        assert np.abs(run(SGD(1.0, decay), penalty([0.9], [0.0]), 200)[-1]).max() < 2


def test_implicit_decay_is_the_explicit_one_to_first_order() -> None:
    stack = penalty([1e-4], [0.0])
    implicit, explicit = run(AdamW(0.01), stack, 100), run(AdamW(0.01, decay=DECOUPLED), stack, 100)
    assert 0 < np.abs(implicit - explicit).max() < 2e-6
    for kind in (SGD, Momentum):
        stack = penalty([0.3], [0.4])
        proximal, implicit = run(kind(0.1, PROXIMAL), stack, 50), run(kind(0.1, DECOUPLED_IMPLICIT), stack, 50)
        np.testing.assert_allclose(proximal, implicit, rtol=1e-12, atol=1e-15)


# --- Term by term, and in other people's words ------------------------------------------------------


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
@pytest.mark.parametrize("decay", DECAYS.values())
def test_the_terms_add_up_and_change_nothing(kind: type[Optimizer], decay: object) -> None:
    optimizer, stack = kind(0.05, decay), penalty([0.2, 0.4], [0.0, 0.5])
    w = np.linspace(-1, 1, 2 * P).reshape(2, P)
    state = optimizer.init(w.shape)
    for _ in range(5):
        before = [array.copy() for array in (w, *state.moments)]
        terms = update_terms(optimizer, state, w, gradient(w), stack)
        for array, kept in zip((w, *state.moments), before, strict=True):
            np.testing.assert_array_equal(array, kept)
        np.testing.assert_allclose(terms.w + terms.data_step + terms.decay_step, terms.new, rtol=0, atol=1e-15)
        np.testing.assert_array_equal(terms.gradient, gradient(w))
        expected = stack.l2 * w if decay is IN_LOSS else 0
        np.testing.assert_allclose(terms.decay_gradient, np.broadcast_to(expected, w.shape), rtol=0, atol=1e-15)
        assert terms.rate.shape == w.shape
        optimizer.step(state, w, gradient(w), stack)
        np.testing.assert_array_equal(terms.new, w)


def test_the_decay_step_of_sgd_is_minus_eta_lambda_w() -> None:
    stack, w = penalty([0.2], [0.0]), np.linspace(-1, 1, P)[None]
    for decay in (IN_LOSS, DECOUPLED):
        terms = update_terms(SGD(0.1, decay), SGD(0.1).init(w.shape), w, gradient(w), stack)
        np.testing.assert_allclose(terms.decay_step, -0.1 * 0.2 * w, rtol=0, atol=1e-16)
        np.testing.assert_allclose(terms.data_step, -0.1 * gradient(w), rtol=0, atol=1e-16)


def test_decay_is_per_step_not_per_epoch() -> None:
    eta, l2 = 0.1, 0.5
    assert kept_per_step(eta, l2) == pytest.approx(0.95)
    assert kept_per_epoch(eta, l2, 10) == pytest.approx(0.95**10)
    other = l2_for_other_steps(eta, l2, steps=1, other_steps=10)
    assert kept_per_epoch(eta, other, 10) == pytest.approx(kept_per_epoch(eta, l2, 1), rel=1e-12)
    with pytest.raises(ValueError, match=r"learning_rate \* l2 must be at most 1"):
        l2_for_other_steps(1.0, 2.0, 1, 2)
    # and that is what the optimizer does where the data pull nowhere
    w = np.ones((1, P))
    for _ in range(10):
        SGD(eta, DECOUPLED).step(SGD(eta).init(w.shape), w, np.zeros_like(w), penalty([l2], [0.0]))
    np.testing.assert_allclose(w, kept_per_epoch(eta, l2, 10), rtol=1e-12)


def test_lambda_in_other_words() -> None:
    assert pytorch_weight_decay(0.2, 0.25) == pytest.approx(0.15)
    assert paper_weight_decay(0.1, 0.2) == pytest.approx(0.02)


def test_tiny_numbers_become_zero() -> None:
    a = np.array([1e-31, -1e-31, 1e-29, 0, -2], dtype=np.float32)
    flush(a)
    np.testing.assert_array_equal(a, np.array([0, 0, 1e-29, 0, -2], dtype=np.float32))
    w = np.full((1, P), 1e-20, dtype=np.float32)
    stack = StackedPenalty.of(np.ones(1), np.zeros(1), np.ones(P, dtype=bool), np.float32)
    optimizer = SGD(1.0)
    state = optimizer.init(w.shape, np.float32)
    for _ in range(40):  # halves w every step: 1e-32
        optimizer.step(state, w, np.zeros_like(w), stack)
    assert (w == 0).all()


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_single_precision_stays_single(kind: type[Optimizer]) -> None:
    for decay in DECAYS.values():
        optimizer = kind(0.05, decay)
        w = np.ones((2, P), dtype=np.float32)
        stack = StackedPenalty.of(np.array([0.1, 1]), np.array([0, 0.5]), np.ones(P, dtype=bool), np.float32)
        terms = update_terms(optimizer, optimizer.init(w.shape, np.float32), w, w.copy(), stack)
        assert terms.new.dtype == terms.rate.dtype == stack.value(w).dtype == np.float32


def test_values_out_of_range_are_named() -> None:
    with pytest.raises(ValueError, match="learning_rate must be finite and > 0, got 0"):
        SGD(0)
    with pytest.raises(ValueError, match="momentum must be 0 to less than 1, got 1"):
        Momentum(momentum=1)
    with pytest.raises(ValueError, match="beta2 must be"):
        Adam(beta2=1.0)
    with pytest.raises(ValueError, match="epsilon must be"):
        AdamW(epsilon=0)
    for bad in (np.nan, np.inf, True, "0.1", None, -1, [0.1], 1j):
        for kind, name in ((SGD, "learning_rate"), (Momentum, "momentum"), (Adam, "beta1"), (Adam, "epsilon")):
            with pytest.raises(ValueError, match=f"{name} must be "):
                kind(**{name: bad})


def test_who_minimises_the_objective_says_so() -> None:
    """At rest under `of_objective` J is stationary; under the others, with Adam's rates, it is not."""
    best = ElasticNet(0.0).prox(TARGET, 0.2 / CURVATURE)
    for decay in DECAYS.values():
        last = run(Adam(0.01, decay), penalty([0.2], [0.0]), 6000)[-1, 0]
        assert (np.abs(last - best).max() < 1e-4) == decay.of_objective
