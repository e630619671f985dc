"""Are the bases what their names say, and is standardising undone exactly?"""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.polynomial import Chebyshev, Legendre, Polynomial

from regviz.core import Array
from regviz.core.data.features import BASES, MAX_DEGREE, Standardizer

ORACLES = {"monomial": Polynomial, "legendre": Legendre, "chebyshev": Chebyshev}

bases = st.sampled_from(list(BASES.values()))
degrees = st.integers(1, MAX_DEGREE)
points = arrays(np.float64, st.integers(1, 30), elements=st.floats(-1, 1))
tables = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12),
    elements=st.floats(-1e6, 1e6).map(lambda v: round(v, 6)),
)


def test_the_table() -> None:
    assert set(BASES) == set(ORACLES)
    assert all(name == basis.name for name, basis in BASES.items())


@given(points, degrees, st.floats(-100, 100), st.floats(0.01, 100))
def test_columns_are_the_named_polynomials(t: Array, degree: int, low: float, width: float) -> None:
    x = low + width * (t + 1) / 2
    for name, basis in BASES.items():
        columns = basis.expand(x, degree, (low, low + width))
        assert columns.shape == (len(t), degree)
        for k in range(1, degree + 1):
            oracle = ORACLES[name].basis(k, domain=[low, low + width])
            np.testing.assert_allclose(columns[:, k - 1], oracle(x), rtol=0, atol=1e-8)


@given(bases, points, degrees)
def test_columns_stay_in_the_unit_interval_and_do_not_depend_on_the_degree(basis, t: Array, degree: int) -> None:
    columns = basis.expand(t, degree, (-1.0, 1.0))
    assert np.abs(columns).max() <= 1 + 1e-12
    np.testing.assert_array_equal(columns, basis.expand(t, MAX_DEGREE, (-1.0, 1.0))[:, :degree])


@pytest.mark.parametrize("basis", BASES.values(), ids=BASES)
def test_the_ends_of_the_domain_are_mapped_exactly(basis) -> None:
    ends = basis.expand(np.array([0.1, 0.7]), 4, (0.1, 0.7))
    np.testing.assert_array_equal(ends, [[-1, 1, -1, 1], [1, 1, 1, 1]])


@given(st.integers(2, 40), st.integers(1, 10))
def test_legendre_columns_are_orthogonal(n: int, degree: int) -> None:
    assume(n > degree)
    nodes, weights = np.polynomial.legendre.leggauss(n)
    P = BASES["legendre"].expand(nodes, degree, (-1.0, 1.0))
    expected = np.diag(2 / (2 * np.arange(1, degree + 1) + 1))
    np.testing.assert_allclose(P.T @ (weights[:, None] * P), expected, atol=1e-12)


def test_terms() -> None:
    assert BASES["monomial"].terms(3) == ("x", "x²", "x³")
    assert BASES["monomial"].terms(12)[-1] == "x¹²"
    assert BASES["legendre"].terms(10)[-1] == "P₁₀"
    assert BASES["chebyshev"].terms(3)[-1] == "T₃"
    for basis in BASES.values():
        assert len(set(basis.terms(20))) == 20


@pytest.mark.parametrize("degree", [0, 21, 40, -1, 2.0, True, float("nan")])
@pytest.mark.parametrize("basis", BASES.values(), ids=BASES)
def test_bad_degree_is_named(basis, degree) -> None:
    message = f"^degree must be 1 to 20, got {degree}$"
    with pytest.raises(ValueError, match=message):
        basis.expand(np.zeros(3), degree, (0.0, 1.0))
    with pytest.raises(ValueError, match=message):
        basis.terms(degree)


@pytest.mark.parametrize("domain", [(1.0, 1.0), (1.0, 0.0), (0.0, np.inf), (np.nan, 1.0)])
def test_bad_domain_is_named(domain: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match=r"^domain must be"):
        BASES["monomial"].expand(np.zeros(3), 2, domain)


def test_x_with_two_dimensions_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^x must be one-dimensional"):
        BASES["monomial"].expand(np.zeros((3, 1)), 2, (0.0, 1.0))


@given(tables)
def test_fit_centres_and_scales(X: Array) -> None:
    standardizer = Standardizer.fit(X)
    Z = standardizer.transform(X)
    for j in range(X.shape[1]):
        if np.ptp(X[:, j]) == 0:
            assert standardizer.scale[j] == 1.0
            np.testing.assert_array_equal(Z[:, j], 0.0)
        else:
            # The mean of the column is rounded at its own size, seen here in units of its sd.
            blur = 1e-15 * np.abs(X[:, j]).max() / standardizer.scale[j]
            assert abs(Z[:, j].mean()) <= 1e-12 + 4 * blur
            assert abs(Z[:, j].std() - 1) <= 1e-12 + 4 * blur
            np.testing.assert_allclose(standardizer.scale[j], X[:, j].std(), rtol=1e-6)


@given(tables, st.booleans(), st.data())
def test_scaling_is_undone(X: Array, enabled: bool, data: st.DataObject) -> None:
    p = X.shape[1]
    numbers = st.floats(-1e3, 1e3).map(lambda v: round(v, 6))
    coef = data.draw(arrays(np.float64, (2, 3, p), elements=numbers))
    intercept = data.draw(arrays(np.float64, (2, 3), elements=numbers))
    standardizer = Standardizer.fit(X, enabled)
    there = coef @ standardizer.transform(X).T + intercept[..., None]
    back = standardizer.coef_original(coef)
    shift = standardizer.intercept_original(coef, intercept)
    assert back.shape == (2, 3, p)
    assert shift.shape == (2, 3)
    here = back @ X.T + shift[..., None]
    size = np.abs(back) @ np.abs(X).max(axis=0) + np.abs(intercept) + 1
    assert (np.abs(here - there) <= 1e-12 * size[..., None]).all()


@given(tables)
def test_switched_off_changes_nothing(X: Array) -> None:
    off = Standardizer.fit(X, enabled=False)
    np.testing.assert_array_equal(off.transform(X), X)
    np.testing.assert_array_equal(off.coef_original(X), X)
    assert off.intercept_original(X[0], 2.5) == 2.5
    np.testing.assert_array_equal(off.mean, Standardizer.identity(X.shape[1]).mean)


@given(tables, st.sampled_from([1e-12, 1e-6, 1e6, 1e15]), st.data())
def test_units_do_not_matter(X: Array, unit: float, data: st.DataObject) -> None:
    """u·X has u times the mean and the scale, the same standardised columns, and weights and intercepts to match."""
    units = np.array(data.draw(st.lists(st.sampled_from([1.0, unit]), min_size=X.shape[1], max_size=X.shape[1])))
    here, there = Standardizer.fit(X), Standardizer.fit(X * units)
    constant = np.ptp(X, axis=0) == 0
    assert (there.scale[constant] == 1).all()
    np.testing.assert_allclose(there.scale[~constant], (units * here.scale)[~constant], rtol=1e-9)
    blur = 1e-14 * np.abs(X).max(axis=0)
    assert (np.abs(there.mean / units - here.mean) <= blur).all()
    z = (there.transform(X * units) - here.transform(X))[:, ~constant]
    assert (np.abs(z) <= 1e-9 + (3 * blur / here.scale)[~constant]).all()


@pytest.mark.parametrize("size", [1e-200, 1e-8, 1.0, 1e8, 1e150])
def test_any_size_of_column(size: float) -> None:
    X = size * np.array([[1.0, 7.0], [2.0, 7.0], [4.0, 7.0]])
    standardizer = Standardizer.fit(X)
    Z = standardizer.transform(X)
    np.testing.assert_allclose(Z[:, 0].std(), 1, rtol=1e-12)
    np.testing.assert_array_equal(Z[:, 1], 0)
    assert standardizer.scale[1] == 1.0


def test_constant_up_to_rounding_is_not_blown_up() -> None:
    X = np.array([[0.1], [0.1 + 2e-17], [0.3 - 0.2]])
    assert np.ptp(X) > 0
    assert Standardizer.fit(X).scale[0] == 1.0


def test_a_small_spread_on_a_high_level_is_no_constant() -> None:
    X = 1e6 + 1e-6 * np.array([[1.0], [2.0], [4.0]])
    np.testing.assert_allclose(Standardizer.fit(X).scale[0], X.std(), rtol=1e-3)


def test_validation_rows_use_the_training_scale() -> None:
    standardizer = Standardizer.fit(np.array([[0.0], [2.0]]))
    np.testing.assert_array_equal(standardizer.transform(np.array([[5.0]])), [[4.0]])


@pytest.mark.parametrize("X", [np.zeros(3), np.zeros((0, 2)), np.array([[np.nan]]), np.array([[np.inf]])])
def test_fit_refuses_what_it_cannot_scale(X: Array) -> None:
    with pytest.raises(ValueError, match=r"^X must be"):
        Standardizer.fit(X)
