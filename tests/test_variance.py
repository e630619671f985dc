"""Do bias², variance and noise add up to the error on new points, and are the drawn fits those of other samples?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from regviz.core.data.datasets import DATASETS, Data, split
from regviz.core.data.features import BASES, Standardizer
from regviz.core.linear.grid import fit_grids
from regviz.fits.task import L1, L1_RATIOS, L2, Task, resample_seeds
from regviz.live.board import Board, number_text
from regviz.scenes.variance.board import board as picture
from regviz.scenes.variance.sweep import DRAWN, PROBES, RESAMPLES, Variance, refused, variance
from regviz.settings import OWN_DATA, Settings
from tests.test_live import as_sent, ends_of, same_in_javascript, sent_size, sound

pytestmark = pytest.mark.slow  # each case is sixty samples
DEFAULT = Settings()
CASES = {
    "sine": DEFAULT,
    "legendre": Settings(data="runge", basis="legendre", degree=8, n_samples=40, standardize=False),
    "sparse": Settings(data="sparse", n_samples=40),
    "groups": Settings(data="groups", n_samples=30, correlation=0.95, noise=0.5, validation=0.0),
}
EXTREMES = {
    "few": Settings(n_samples=10, degree=20, validation=0.5),
    "no validation": Settings(n_samples=10, degree=20, validation=0.0),
    "no noise": Settings(noise=0.0),
    "nothing to learn but the truth": Settings(data="cubic", noise=0.0, basis="chebyshev", degree=3),
    "loud": Settings(noise=1.0, n_samples=500),
    "one weight": Settings(degree=1),
    "few rows of many features": Settings(data="dense", n_samples=10, validation=0.5, noise=1.0, correlation=0.0),
    "no noise, known weights": Settings(data="sparse", noise=0.0, match="df"),
}


@pytest.fixture(scope="module", params=list(CASES))
def shown(request: pytest.FixtureRequest) -> tuple[Variance, Board]:
    found = variance(CASES[request.param])
    return found, picture(found)


def _sampled(settings: Settings, seed: int) -> Data:
    entry = DATASETS[settings.data]
    return entry.sample(settings.n_samples, settings.noise, seed, settings.correlation)


def _expand(settings: Settings, X: np.ndarray) -> np.ndarray:
    domain = getattr(DATASETS[settings.data], "domain", None)
    return X if domain is None else BASES[settings.basis].expand(X[:, 0], settings.degree, domain)


def _fits(settings: Settings, seeds: list[int], alphas: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fits to samples of these seeds: predictions at rows X (T, R, A, m), weights of the raw columns (T, R, A, p)."""
    problems, scalers = [], []
    for seed in seeds:
        data = _sampled(settings, seed)
        train, _ = split(data.n_samples, settings.validation, seed)
        raw = _expand(settings, data.X[train])
        scalers.append(Standardizer.fit(raw, settings.standardize))
        problems.append((scalers[-1].transform(raw), data.y[train]))
    grids = fit_grids(problems, alphas, L1_RATIOS)
    raw = _expand(settings, X)
    predicted = [g.coef @ s.transform(raw).T + g.intercept[..., None] for g, s in zip(grids, scalers, strict=True)]
    return np.array(predicted), np.array([g.coef / s.scale for g, s in zip(grids, scalers, strict=True)])


def _new_rows(settings: Settings, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(X, y) of n fresh rows of the source."""
    parts = [
        DATASETS[settings.data].sample(1000, settings.noise, seed + k, settings.correlation) for k in range(n // 1000)
    ]
    return np.concatenate([part.X for part in parts]), np.concatenate([part.y for part in parts])


def _stops(found: Variance) -> list[int]:
    return [found.start - 8, found.start, found.start + 8, len(found.alphas) - 1]


def _figure(board: Board, name: str, index: dict[str, int]) -> list[dict]:
    return next(figure for figure in board.figures if figure.name == name).at(board, index)["data"]


def _rows(index: dict[str, int]) -> dict[str, int]:
    return {"l1": L1, "mix": index["l1_ratio"], "l2": L2}


def test_every_figure_is_a_plotly_figure_and_has_words(shown: tuple[Variance, Board]) -> None:
    sound(shown[1])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", EXTREMES)
def test_both_ends_of_every_slider(case: str) -> None:
    found = variance(EXTREMES[case])
    board = picture(found)
    sound(board, ends_of(board)[1:2])
    assert found.bias_squared.min() >= 0
    assert found.variance.min() >= 0
    sent = as_sent(board)
    assert all(np.isfinite(swept.values).all() for name, swept in sent.arrays.items() if name != "bias")
    bias = sent.arrays["bias"].values
    told = np.isfinite(bias)
    least = (found.bias_squared + found.variance).min() + found.noise
    np.testing.assert_array_equal(told, found.variance / RESAMPLES <= 0.1 * np.maximum(found.bias_squared, least))


# -- the sum


def test_the_parts_are_those_of_the_fits(shown: tuple[Variance, Board]) -> None:
    """Bias² + variance is the mean squared distance of these 60 fits from the truth, exactly; each part is fair."""
    found, _ = shown
    settings, stops = found.settings, _stops(found)
    entry = DATASETS[settings.data]
    seeds = resample_seeds(settings, RESAMPLES)
    assert len(set(seeds)) == RESAMPLES
    assert settings.random_state not in seeds
    domain = getattr(entry, "domain", None)
    if domain is not None:
        low, high = domain
        X = (low + (high - low) * (np.arange(PROBES) + 0.5) / PROBES)[:, None]
        goal = entry.truth(X[:, 0])  # type: ignore[union-attr]
    else:
        probe = entry.sample(PROBES, 0.0, resample_seeds(settings, RESAMPLES + 1)[-1], settings.correlation)
        X, goal = probe.X, probe.y
    predicted, _ = _fits(settings, seeds, found.alphas[stops], X)
    distance = np.square(predicted - goal).mean(axis=(0, 3))
    both = (found.bias_squared + found.variance)[:, stops]
    np.testing.assert_allclose(both, distance, rtol=1e-6)
    assert found.bias_squared.min() >= 0
    assert found.variance.min() >= 0
    # The unbiased estimates of both: of the variance with T − 1, of bias² what is left.
    spread = predicted.var(axis=0, ddof=1).mean(axis=-1)
    fair = np.square(predicted.mean(axis=0) - goal).mean(axis=-1) - spread / RESAMPLES
    np.testing.assert_allclose(found.bias_squared[:, stops], np.maximum(fair, 0), rtol=1e-5, atol=1e-6 * both.max())


def test_bias_is_told_where_chance_is_a_tenth_of_it(shown: tuple[Variance, Board]) -> None:
    """The mean of 60 draws scatters with a 60th of their variance: 6 is just told beside an error of 1, 6.01 is not."""
    draws = np.random.default_rng(0).normal(size=(20_000, RESAMPLES))
    assert draws.mean(axis=1).var() == pytest.approx(draws.var(axis=1, ddof=1).mean() / RESAMPLES, rel=0.03)
    found, _ = shown
    told = {
        scatter: np.isfinite(
            replace(
                found, bias_squared=np.array([[0.0, 0.0]]), variance=np.array([[scatter, 0.75]]), noise=0.25
            ).bias_known[0, 0]
        )
        for scatter in (5.0, 5.95, 6.0, 6.01, 7.0)
    }
    assert told == {5.0: True, 5.95: True, 6.0: True, 6.01: False, 7.0: False}


def test_the_sum_is_the_error_on_new_points(shown: tuple[Variance, Board]) -> None:
    """Other samples, fresh noisy points: the same within the Monte-Carlo error of both."""
    found, _ = shown
    settings, stops = found.settings, _stops(found)
    X, y = _new_rows(settings, 2000, 77_000)
    predicted, _ = _fits(settings, list(range(50_000, 50_060)), found.alphas[stops], X)
    errors = np.square(predicted - y).mean(axis=-1)  # (60, R, A)
    total = (found.bias_squared + found.variance + found.noise)[:, stops]
    assert found.noise == settings.noise**2
    of_fits = errors.std(axis=0, ddof=1) * np.sqrt(2 / len(errors))  # the scatter of 60 fits, here and on the page
    of_points = np.square(predicted - y).mean(axis=0).std(axis=-1) * np.sqrt(1 / len(y) + 1 / PROBES)
    assert np.all(np.abs(errors.mean(axis=0) - total) <= 4 * np.hypot(of_fits, of_points))


def test_ridge_scatters_less_with_more_lambda_and_misses_more(shown: tuple[Variance, Board]) -> None:
    found, _ = shown
    scatter, bias = found.variance[L2], found.bias_squared[L2]
    positive = slice(1, None)
    assert np.all(np.diff(scatter[positive]) <= 1e-9 * scatter[1])
    assert bias[-1] > bias[found.start]
    total = (found.bias_squared + found.variance).min(axis=1)
    assert np.all(found.bias_squared[:, 0] + found.variance[:, 0] > 1.05 * total)
    assert np.all(found.bias_squared[:, -1] + found.variance[:, -1] > 1.05 * total)


def test_l1_pays_with_sparse_weights_and_l2_with_dense_ones() -> None:
    """The claim of the words under the picture."""
    least = {}
    for data in ("sparse", "dense"):
        found = variance(Settings(data=data, n_samples=40))
        least[data] = (found.bias_squared + found.variance).min(axis=1)
    assert least["sparse"][L1] < 0.9 * least["sparse"][L2]
    assert least["dense"][L2] < 0.9 * least["dense"][L1]


# -- the picture


def test_drawn_fits_are_those_of_the_samples(shown: tuple[Variance, Board]) -> None:
    found, board = shown
    settings = found.settings
    seeds = resample_seeds(settings, RESAMPLES)
    travelled = as_sent(board)
    entry = DATASETS[settings.data]
    for at in (0, 1, *_stops(found)[:3]):  # the wildest curves need the most of single precision
        index = {"alpha": at, "l1_ratio": 4}
        X = found.x_line[:, None] if found.is_curve else np.zeros((1, len(found.names)))
        predicted, weights = _fits(settings, seeds, found.alphas[[at]], X)
        shapes = predicted if found.is_curve else weights
        for key, r in _rows(index).items():
            expected = shapes[:, r, 0]
            for shown_board in (board, travelled):
                traces = _figure(shown_board, f"fits_{key}", index)
                if found.is_curve:
                    drawn = np.array([trace["y"] for trace in traces if trace["name"] == "one sample"])
                    line = np.asarray(traces[0]["x"])
                    truth = entry.truth(line)  # type: ignore[union-attr]
                    np.testing.assert_allclose(line, found.x_line, atol=1e-7)
                else:
                    drawn = np.asarray(traces[0]["y"]).reshape(DRAWN, -1)
                    place = np.tile(np.arange(1, len(found.names) + 1), DRAWN)
                    np.testing.assert_array_equal(traces[0]["x"], place)
                    truth = _sampled(settings, 1).true_coef
                assert drawn.shape == expected[:DRAWN].shape
                size = np.abs(expected).max(axis=1, keepdims=True)
                assert np.all(np.abs(drawn - expected[:DRAWN]) <= 1e-6 * size[:DRAWN])
                mean = next(trace for trace in traces if trace["name"] == "mean of all samples")
                np.testing.assert_allclose(mean["y"], expected.mean(axis=0), atol=1e-6 * size.max())
                true = next(trace for trace in traces if trace["name"].startswith("true"))
                np.testing.assert_allclose(true["y"], truth, atol=1e-6)


def test_curves_of_parts_and_their_marks(shown: tuple[Variance, Board]) -> None:
    found, board = shown
    total = found.bias_squared + found.variance + found.noise
    parts = {"bias²": found.bias_known, "variance": found.variance, "sum = expected error²": total}
    for at in (0, found.start, len(found.alphas) - 1):
        index = {"alpha": at, "l1_ratio": 2}
        for key, r in _rows(index).items():
            drawn = {trace["name"]: trace for trace in _figure(board, f"parts_{key}", index)}
            for words, values in parts.items():
                np.testing.assert_array_equal(drawn[words]["y"], values[r])
                np.testing.assert_equal(drawn[f"{words} at λ"]["y"][0], values[r, at])
                assert drawn[f"{words} at λ"]["x"][0] == drawn[words]["x"][at]
            np.testing.assert_allclose(10 ** np.asarray(drawn["variance"]["x"])[1:], found.alphas[1:])
            assert drawn["noise"]["y"] == [found.noise] * 2
            least = int(np.argmin(total[r]))
            mark = drawn["least sum"]
            assert (mark["x"][0], mark["y"][0]) == (drawn["variance"]["x"][least], total[r, least])
            assert drawn["λ of the slider"]["x"][0] == drawn["variance"]["x"][at]
            headline = next(card.headline for card in board.readouts if card.name == f"heading_{key}")
            bias, scatter, whole = (number_text(values[r, at], 3) for values in parts.values())
            noise = number_text(found.noise, 3)
            assert board.say(headline, index) == f"sum {whole}: bias² {bias}, variance {scatter}, noise {noise}"


def test_the_slider_has_stops_of_the_page_before(shown: tuple[Variance, Board]) -> None:
    found, board = shown
    alphas = Task.of(found.settings).alphas
    assert np.isin(found.alphas, alphas).all()
    assert found.alphas[0] == 0
    assert 0.5 < (found.alphas[found.start] / alphas[Task.of(found.settings).start]) < 2
    assert board.axes[0].default == found.start


# -- what it may be asked


def test_measured_rows_are_refused_in_words() -> None:
    for name, entry in DATASETS.items():
        told = refused(Settings(data=name))
        assert bool(told) == (not entry.takes_noise)
        if told:
            assert "truth" in told
            assert told.endswith(".")
    assert refused(Settings(data=OWN_DATA))


def test_the_same_settings_give_the_same_parts() -> None:
    settings = CASES["sparse"]
    one, other = variance(settings), variance(replace(settings, match="df"))
    np.testing.assert_array_equal(one.bias_squared, other.bias_squared)
    assert not np.array_equal(one.variance, variance(replace(settings, random_state=8)).variance)


def test_javascript_reads_the_same_fits() -> None:
    for case in ("legendre", "sparse"):
        board = picture(variance(CASES[case]))
        assert same_in_javascript(board, [board.index({})]) > 20


def test_first_load_stays_small() -> None:
    for settings in (CASES["sparse"], replace(DEFAULT, degree=20)):
        packed, whole = sent_size(picture(variance(settings)))
        assert packed <= whole <= 900_000
