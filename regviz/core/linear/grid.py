"""Which coefficients does every penalty on the elastic-net family give, at every strength?

J(w, b) = 1/(2n) ‖y − Xw − b‖² + α (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²), solved for a whole grid of (ρ, α) at
once, to rounding error, each fit with its certificate.

On a known support S with known signs s the problem is linear,

    (X_Sᵀ X_S / n + α(1 − ρ)) w_S = X_Sᵀ y / n − αρ s,

so to find the fit is to find S. All data sets and ratios advance in lock-step from large α to small:
guess S, solve the whole batch, exchange the columns that are on the wrong side, repeat. The few fits that
this does not settle are finished one by one by an active-set method that cannot cycle.

All that works on the Gram matrix, whose rounding error can decide a sign where columns are nearly dependent, and
otherwise on every processor. So each fit is judged by the rows of the data, and solved again on these, by QR, where
it is not what rounding allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import ThreadpoolController

from regviz.core import Array
from regviz.core.checks import reals
from regviz.core.linear.problem import EPS, NEGLIGIBLE, TRACE, Problem, Rows, check_data, check_matrix
from regviz.core.penalties import ElasticNet

# A batch exchanges columns at most so often, and until so few fits are left; a column whose
# violation is below this share of the worst one waits.
ROUNDS, FEW, WEAK = 8, 2, 0.7
# A violation is rounding error up to so many EPS (1 + ‖u‖₁).
SLACK = 8
# Steps allowed one by one, for a fit: this times p.
STEPS = 10
# Numbers in the largest array of a solve: data sets beyond that wait for their turn.
LARGEST = 1_000_000
# Fits in a batch, if there are not more paths; coefficients in a part of it that is worth its own calls.
FITS, PART = 200, 1_000


@dataclass(frozen=True, eq=False)
class LinearGrid:
    """The fits for every L1 ratio and strength, in the order in which they were asked for.

    alphas     (n_alphas,) or (n_ratios, n_alphas)  as given
    l1_ratios  (n_ratios,)  as given
    coef       (n_ratios, n_alphas, n_features)  on the scale of X and y
    intercept  (n_ratios, n_alphas)
    kkt        (n_ratios, n_alphas)  the certificate, 0 for an exact solution; see `fit_grid`
    """

    alphas: Array
    l1_ratios: Array
    coef: Array
    intercept: Array
    kkt: Array


def alpha_max(X: ArrayLike, y: ArrayLike, l1_ratio: float) -> float:
    """The least α at which every coefficient is zero: max_j |x_jᵀ(y − ȳ)| / (n ρ), x_j centred.

    X (n, p), y (n,). An L2 penalty alone never reaches zero: inf at l1_ratio 0, unless the gradient
    itself is 0 (constant y, say), where every l1_ratio gives 0. To scale a grid of strengths use
    l1_ratio 1. ValueError as in `fit_grid`.
    """
    problem = Problem.of(*check_data(X, y))
    return ElasticNet(l1_ratio).alpha_max(problem.gradient_at_zero)


def fit_grid(X: ArrayLike, y: ArrayLike, alphas: ArrayLike, l1_ratios: ArrayLike) -> LinearGrid:
    """Minimise 1/(2n) ‖y − Xw − b‖² + α (ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂²) for every ρ and α.

    X          (n, p)  used as it is: centred for the intercept, not standardised
    y          (n,)
    alphas     (n_alphas,), shared by all ratios, or (n_ratios, n_alphas), one row a ratio; >= 0
    l1_ratios  (n_ratios,)  ρ in [0, 1]; both in any order, duplicates allowed

    `kkt` is the largest violation of the optimality conditions, computed afresh from the returned
    coefficients. With g = −X_cᵀ(y_c − X_c w)/n the gradient of the data term (X_c, y_c centred),

        kkt = max_j dist(−g_j, α ∂penalty_j(w)) / alpha_max(X, y, 1):

    the distance by which some x_j is more correlated with the residual than its penalty allows, or
    less than its coefficient needs, as a share of the largest correlation that there was at w = 0.
    No support and no Gram matrix of the solver enters: only the returned w and, when n > p + 1, the
    triangular QR factor of [X_c, y_c] instead of these, with the same products to rounding error.
    If alpha_max is itself rounding error (constant y, or y orthogonal to X), max_j rms(x_j) rms(y)
    takes its place; for constant y, where w = 0 is exact, kkt is 0.

    What to expect: about 1e-16 times the sum of |w_j| rms(x_j) / rms(y), the rounding error of w
    itself: below 1e-14 unless coefficients explode, as for α → 0 on monomials of high degree.

    Where the solution is not unique one of the solutions is returned. For α = 0, and where both parts
    of the penalty are lost in rounding, that is least squares, of minimum norm in units of standardised
    columns; with dependent columns the limit of the lasso as α → 0 is another one of them. Lost is an
    L1 part below 1e-14 of the largest correlation, and an L2 part below 1e-14 of the Gram matrix, which
    does not know the unit of y. A constant column gets the coefficient 0. The work is bounded: a fit that
    is not settled within it is returned as it is, and its kkt says so.

    Units do not matter: cy with c times the L1 part and the same L2 part gives cw, and so for columns.
    ValueError, naming the field, for NaN or inf, wrong shapes, values out of range, or columns whose
    spread is not 0 and not 1e-120 to 1e120.

    Sources: Friedman, Hastie & Tibshirani (2010), Regularization paths for generalized linear
    models, for the objective; Kim & Park (2010), Fast active-set-type algorithms for l1-regularized
    linear regression, for the exchange of many columns at once; Lee, Battle, Raina & Ng (2006),
    Efficient sparse coding algorithms (feature-sign search), for the active-set method.
    """
    return fit_grids([(X, y)], alphas, l1_ratios)[0]


def fit_grids(
    problems: Sequence[tuple[ArrayLike, ArrayLike]], alphas: ArrayLike, l1_ratios: ArrayLike
) -> list[LinearGrid]:
    """`fit_grid` of every (X, y), in their order: the folds of a cross-validation, or many samples.

    problems           pairs of X (n_k, p) and y (n_k,); the n_k may differ, p may not
    alphas, l1_ratios  as in `fit_grid`, the same for all

    They advance in lock-step, so that the cost of a call to NumPy is shared by more fits: five take three
    quarters of the time of five calls, a hundred about 60 %. Memory beyond the data and the result does not
    grow with their number. Each fit has its own certificate, each pair its own bound on the work; where
    a solution is not unique, which one is returned may depend on the company.

    ValueError as in `fit_grid`, or if the numbers of columns differ.
    """
    data = [check_data(X, y) for X, y in problems]
    alphas, l1_ratios = _check_grid(alphas, l1_ratios)
    widths = sorted({X.shape[1] for X, _ in data})
    if len(widths) > 1:
        raise ValueError(f"every X must have the same number of columns, got {widths[0]} to {widths[-1]}")
    p = max(widths, default=1)
    table = np.broadcast_to(alphas, (len(l1_ratios), alphas.shape[-1]))  # (n_ratios, n_alphas)
    descending = np.argsort(-table, axis=1, kind="stable")
    together = max(1, LARGEST // (len(l1_ratios) * p * max(p, alphas.shape[-1])))

    grids = []
    with one_blas_thread():
        for first in range(0, len(data), together):
            reduced = [Problem.of(X, y) for X, y in data[first : first + together]]
            paths = _solve(reduced, np.take_along_axis(table, descending, axis=1), l1_ratios)
            for problem, path in zip(reduced, paths, strict=True):
                coef = np.empty_like(path)
                np.put_along_axis(coef, descending[:, :, None], path, axis=1)
                grids.append(
                    LinearGrid(
                        alphas=alphas,
                        l1_ratios=l1_ratios,
                        coef=coef,
                        intercept=problem.y_mean - coef @ problem.x_mean,
                        kkt=_certificate(problem, table, l1_ratios, coef),
                    )
                )
    return grids


def effective_df(X: ArrayLike, grid: LinearGrid) -> Array:
    """Effective degrees of freedom of every fit, the intercept not counted: (n_ratios, n_alphas).

    The trace of the hat matrix on the active set S, with d the singular values of the centred X_S:

        df = Σ d² / (d² + n α (1 − ρ)),   the number of d > 0 where α (1 − ρ) = 0.

    That is the trace of the ridge smoother for ρ = 0, and for the lasso the rank of the active
    columns: the number of non-zero coefficients if those are independent. It is exact for ρ = 0 and
    an unbiased estimate of the degrees of freedom for ρ > 0.

    Sources: Zou, Hastie & Tibshirani (2007), On the "degrees of freedom" of the lasso; Tibshirani &
    Taylor (2012), Degrees of freedom in lasso problems, for dependent columns and the elastic net;
    Hastie, Tibshirani & Friedman (2009), eq. 3.50, for ridge.

    X is the one the grid was fitted on; ValueError if its columns do not match.
    """
    X = check_matrix(X)
    if X.shape[1] != grid.coef.shape[2]:
        raise ValueError(f"X must have {grid.coef.shape[2]} columns, got {X.shape[1]}")
    l2 = np.broadcast_to(grid.alphas, grid.kkt.shape) * (1 - grid.l1_ratios[:, None])

    with one_blas_thread():
        problem = Problem.of(X, np.zeros(len(X)))
        # A rank is counted on standardised columns, a ridge acts on the columns as they are.
        bare = (l2 == 0).ravel()
        active = (grid.coef != 0).reshape(bare.size, -1)
        # Each support that occurs is decomposed once.
        keys = np.packbits(np.column_stack([bare, active]), axis=1)
        _, first, which = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        columns = np.where(bare[first, None], 1 / problem.positive_x_scale, 1) * active[first]
        d = np.linalg.svd(problem.factor * columns[:, None, :], compute_uv=False)
        d[d <= EPS * max(X.shape) * d[:, :1]] = 0
        squares = np.square(d)[which]  # (n_fits, p)
        shrunk = squares + problem.n * l2.reshape(-1, 1)
        df = np.divide(squares, shrunk, out=np.zeros_like(squares), where=squares > 0).sum(axis=1)
    return np.asarray(df.reshape(l2.shape))


# --- Solving: all in standard units, columns and y of root mean square 1 -------------------------


def _solve(problems: list[Problem], alphas: Array, l1_ratios: Array) -> Array:
    """Coefficients (n_problems, n_ratios, n_alphas, p); `alphas` (n_ratios, n_alphas), rows descending."""
    rows = [problem.rows for problem in problems]
    gram = np.stack([r.Z.T @ r.Z for r in rows])
    corr = np.stack([r.Z.T @ r.target for r in rows])

    # (n_problems, n_ratios, n_alphas), and with p behind
    l1_part, l2_part = alphas * l1_ratios[:, None], alphas * (1 - l1_ratios[:, None])
    x_scale = np.stack([problem.positive_x_scale for problem in problems])[:, None, None]
    y_scale = np.array([problem.positive_y_scale for problem in problems])[:, None, None]
    with np.errstate(over="ignore"):
        l1 = l1_part[..., None] / x_scale / y_scale[..., None]
        l2 = l2_part[..., None] / x_scale / x_scale
    if not (np.isfinite(l1).all() and np.isfinite(l2).all()):
        raise ValueError(f"alphas must be smaller for data of this size, got {alphas.max():g}")
    # The L1 part is lost beside the correlations, the L2 part beside the Gram matrix, if the smallest column's is.
    smallest = np.array([problem.x_scale.min(where=problem.x_scale > 0, initial=np.inf) for problem in problems])
    smallest = smallest[:, None, None]
    largest = np.abs(corr).max(axis=1)[:, None, None]
    largest = np.where(largest > NEGLIGIBLE, largest, 1)
    with np.errstate(over="ignore"):
        penalised = l1_part / smallest / y_scale > NEGLIGIBLE * largest
        penalised |= l2_part / smallest / smallest > NEGLIGIBLE

    u = np.zeros_like(l1)
    ridge = l1_ratios == 0
    for k, problem in enumerate(problems):
        if not penalised[k].all():
            cutoff = EPS * max(problem.n, gram.shape[-1])
            u[k, ~penalised[k]] = np.linalg.lstsq(rows[k].Z, rows[k].target, rcond=cutoff)[0]
        chosen = penalised[k] & ridge[:, None]
        if chosen.any():
            everything = np.ones_like(l1[k, chosen])
            owner = np.zeros(len(everything), dtype=int)
            u[k, chosen] = _solve_on_support(
                gram[k, None], corr[k, None], owner, l1[k, chosen], l2[k, chosen], everything
            )
    if not ridge.all():
        u[:, ~ridge] = _elastic_net_paths(gram, corr, l1[:, ~ridge], l2[:, ~ridge], penalised[:, ~ridge], u[:, ~ridge])
    for k, r in enumerate(rows):
        for ratio, alpha in np.argwhere(penalised[k] & ~_settled(r, l1[k], l2[k], u[k])):
            fit = k, ratio, alpha
            u[fit] = _active_set(r, l1[fit], l2[fit], u[fit])
    return np.asarray(u * np.stack([problem.unit for problem in problems])[:, None, None])


def _settled(rows: Rows, l1: Array, l2: Array, u: Array) -> NDArray[np.bool_]:
    """Whether the optimality conditions hold up to rounding error: (..., p) -> (...)."""
    signs = np.sign(u)
    violation = np.abs(rows.slope(u) - l1 * signs - l2 * u)
    violation -= np.where(signs == 0, l1, 0)
    return np.asarray(violation.max(axis=-1) <= _rounding(u)[..., 0])


@dataclass(frozen=True, eq=False)
class _Gram:
    """`Rows` by their products alone, gram (p, p) and corr (p,): cheaper, and exact enough for most."""

    gram: Array
    corr: Array

    def slope(self, u: Array) -> Array:
        """corr − gram u: (p,) -> (p,)."""
        return self.corr - self.gram @ u

    def solve(self, on: NDArray[np.intp], l1: Array, l2: Array, u: Array) -> Array:
        """(G_SS + l2)⁻¹ (c_S − l1) from u nearby, with a trace of ridge on two steps: (|S|,) -> (|S|,)."""
        system = self.gram[on[:, None], on]
        system.flat[:: len(on) + 1] += l2
        ridged = system + TRACE * np.eye(len(on))
        for _ in range(2):
            u = u + _solve_stack(ridged, self.corr[on] - l1 - system @ u)
        return u


def _elastic_net_paths(gram: Array, corr: Array, l1: Array, l2: Array, wanted: NDArray[np.bool_], u: Array) -> Array:
    """Every path, problems and ratios in lock-step, blocks of strengths from large to small.

    gram (n_problems, p, p), corr (n_problems, p); l1, l2, u (n_problems, n_ratios, n_alphas, p);
    wanted (n_problems, n_ratios, n_alphas). Returns u, wanted fits filled.
    """
    shape = _, n_ratios, n_alphas, p = u.shape
    l1, l2, u = (table.reshape(-1, n_alphas, p) for table in (l1, l2, u))  # (n_paths, n_alphas, p)
    wanted = wanted.reshape(-1, n_alphas)
    # Long enough to be worth the calls to NumPy, short enough for good guesses.
    block = max(1, min(FITS // len(u), 20 if p <= 6 else 10 if p <= 12 else 6 if p <= 60 else 1))
    for start in range(0, n_alphas, block):
        path, k = np.nonzero(wanted[:, start : start + block])
        k += start
        owner = path // n_ratios
        before = np.sign(u[path, start - 1]) if start else np.zeros((len(path), p))
        u[path, k], unsettled = _exchange(gram, corr, owner, l1[path, k], l2[path, k], before)
        for i in unsettled:
            fit, problem = (path[i], k[i]), owner[i]
            nearest = u[path[i], k[i] - 1] if k[i] else np.zeros(p)
            u[fit] = _active_set(_Gram(gram[problem], corr[problem]), l1[fit], l2[fit], nearest)
    return u.reshape(shape)


def _exchange(
    gram: Array, corr: Array, owner: NDArray[np.intp], l1: Array, l2: Array, signs: Array
) -> tuple[Array, NDArray[np.intp]]:
    """Solve a batch on guessed supports, move the columns that are on the wrong side, repeat.

    owner (n_fits,) ascending, the problem of each fit; l1, l2, signs (n_fits, p). Returns u (n_fits, p)
    and the indices of the fits not yet settled.
    """
    u = np.empty_like(signs)
    active = np.arange(len(signs))
    for _ in range(ROUNDS):
        guess = _solve_in_parts(gram, corr, owner, l1, l2, signs)
        u[active] = guess
        slope = _slope(gram, corr, owner, guess)
        excess = np.where(signs == 0, np.abs(slope) - l1 - _rounding(guess), 0)
        leaves = guess * signs < 0
        # Not the weak ones: among collinear columns the strongest often settles the others.
        joins = excess > WEAK * excess.max(axis=1, keepdims=True)

        wrong = leaves | joins
        again = wrong.any(axis=1)
        active = active[again]
        if len(active) <= FEW:
            break
        signs = np.where(wrong, np.where(joins, np.sign(slope), 0), signs)[again]
        owner, l1, l2 = owner[again], l1[again], l2[again]
    return u, active


def _solve_in_parts(gram: Array, corr: Array, owner: NDArray[np.intp], l1: Array, l2: Array, signs: Array) -> Array:
    """`_solve_on_support`, with supports of like size together when the batch is large."""
    n_parts = signs.size // PART
    if n_parts < 2:
        return _solve_on_support(gram, corr, owner, l1, l2, signs)
    u = np.empty_like(signs)
    ascending = np.argsort(np.count_nonzero(signs, axis=1), kind="stable")
    for part in np.array_split(ascending, n_parts):
        u[part] = _solve_on_support(gram, corr, owner[part], l1[part], l2[part], signs[part])
    return u


def _solve_on_support(gram: Array, corr: Array, owner: NDArray[np.intp], l1: Array, l2: Array, signs: Array) -> Array:
    """(G_SS + l2) u_S = c_S − l1 s_S, and u = 0 off S = {signs != 0}, for a batch: (n_fits, p).

    G and c are those of each fit's problem, owner (n_fits,).
    """
    on = signs != 0
    used = np.flatnonzero(on.any(axis=0))  # by any fit of the batch
    on = on[:, used]
    system = _of_each(gram[:, used[:, None], used], owner) * (on[:, :, None] & on[:, None, :])
    diagonal = np.einsum("bii->bi", system)
    diagonal += np.where(on, l2[:, used], 1)
    right = np.where(on, _of_each(corr[:, used], owner) - l1[:, used] * signs[:, used], 0)
    u = np.zeros_like(signs)
    u[:, used] = _solve_stack(system, right)
    return u


def _of_each(table: Array, owner: NDArray[np.intp]) -> Array:
    """table[owner], or the table as it is, to be broadcast without a copy, if there is one problem."""
    return table if len(table) == 1 else table[owner]


def _slope(gram: Array, corr: Array, owner: NDArray[np.intp], u: Array) -> Array:
    """c − G u with the c and G of each fit's problem: (n_fits, p); `owner` ascends."""
    if len(gram) == 1:
        return np.asarray(corr - u @ gram[0])
    product = np.empty_like(u)
    bounds = owner.searchsorted(np.arange(len(gram) + 1)).tolist()
    for problem, (start, stop) in enumerate(pairwise(bounds)):
        np.matmul(u[start:stop], gram[problem], out=product[start:stop])
    return corr[owner] - product


def _solve_stack(system: Array, right: Array) -> Array:
    """system⁻¹ right for (..., m, m) and (..., m); with a trace of ridge on two steps in those that are singular."""
    right = right[..., None]
    try:
        solution = np.linalg.solve(system, right)
    except np.linalg.LinAlgError:
        ridge = TRACE * (np.linalg.slogdet(system)[0] == 0)[..., None, None]
        ridged = system + ridge * np.eye(system.shape[-1])
        solution = np.linalg.solve(ridged, right)
        solution += np.linalg.solve(ridged, ridge * solution)
    return np.asarray(solution[..., 0], dtype=float)


def _active_set(equations: Rows | _Gram, l1: Array, l2: Array, u: Array) -> Array:
    """One fit by feature-sign search from `u`: every step lowers the objective, so none comes back.

    Solve on the support. If a coefficient would change its sign, go only as far as the first that
    reaches zero, and drop it; else let the worst violator join. All vectors (p,).

    A column that joins moves to the side to which it was pulled, unless that pull was rounding error: then it
    would leave at once and join again for ever, and is kept out.
    """
    signs = np.sign(u)
    kept_out = np.zeros(len(u), dtype=bool)
    worst = -1
    for _ in range(STEPS * len(u)):
        on = np.flatnonzero(signs)
        goal = np.zeros_like(u)
        goal[on] = equations.solve(on, l1[on] * signs[on], l2[on], u[on])

        crossing = np.flatnonzero(goal * signs < 0)
        if len(crossing):
            shares = u[crossing] / (u[crossing] - goal[crossing])
            first = crossing[np.argmin(shares)]
            kept_out[first] |= first == worst and shares.min() == 0
            u = u + shares.min() * (goal - u)
            u[first] = signs[first] = 0
            continue

        u = goal
        slope = equations.slope(u)
        excess = np.where((signs == 0) & ~kept_out, np.abs(slope) - l1, 0)
        worst = int(np.argmax(excess))
        if excess[worst] <= _rounding(u):
            break
        signs[worst] = np.sign(slope[worst])
    return u


def _rounding(u: Array) -> Array:
    """Error to expect in a correlation c − G u in floating point: (..., p) -> (..., 1)."""
    return np.asarray(SLACK * EPS * (1 + np.abs(u).sum(axis=-1, keepdims=True)))


# --- The certificate ---------------------------------------------------------------------------


def _certificate(problem: Problem, alphas: Array, l1_ratios: Array, coef: Array) -> Array:
    """`kkt` as defined in `fit_grid`: (n_ratios, n_alphas)."""
    slope = -problem.gradient(coef)
    violations = [
        ElasticNet(rho).violation(w, s, alpha[:, None]).max(axis=1)
        for rho, alpha, w, s in zip(l1_ratios, alphas, coef, slope, strict=True)
    ]
    return np.stack(violations) / (problem.gradient_scale or 1.0)


# --- Checks and housekeeping -------------------------------------------------------------------


def _check_grid(alphas: ArrayLike, l1_ratios: ArrayLike) -> tuple[Array, Array]:
    alphas = np.array(reals("alphas", alphas), dtype=float)
    l1_ratios = np.array(reals("l1_ratios", l1_ratios), dtype=float)
    if l1_ratios.ndim != 1 or l1_ratios.size == 0:
        raise ValueError(f"l1_ratios must be (n_ratios,), not empty, got shape {l1_ratios.shape}")
    if alphas.ndim not in (1, 2) or alphas.size == 0:
        raise ValueError(f"alphas must be (n_alphas,) or (n_ratios, n_alphas), got {alphas.shape}")
    if alphas.ndim == 2 and len(alphas) != len(l1_ratios):
        raise ValueError(f"alphas must have {len(l1_ratios)} rows, one a ratio, got {len(alphas)}")
    for name, values, valid, bounds in (
        ("alphas", alphas, np.isfinite(alphas) & (alphas >= 0), "finite and >= 0"),
        ("l1_ratios", l1_ratios, (l1_ratios >= 0) & (l1_ratios <= 1), "0 to 1"),
    ):
        if not valid.all():
            raise ValueError(f"{name} must be {bounds}, got {values[~valid][0]}")
    return alphas, l1_ratios


@cache
def _threadpools() -> ThreadpoolController:
    return ThreadpoolController()


def one_blas_thread() -> AbstractContextManager[object]:
    """A second BLAS thread slows small systems down, or other people's work. Costs 8 µs."""
    limit: AbstractContextManager[object] = _threadpools().limit(limits=1, user_api="blas")
    return limit
