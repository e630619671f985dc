"""Are the errors those of the rows they name, are the choices marked where the rule says, is the vault a vault?"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn.model_selection import KFold

from regviz.core.data.datasets import DATASETS, Data
from regviz.core.data.features import BASES, Standardizer
from regviz.core.linear.grid import fit_grid
from regviz.core.linear.selection import one_standard_error
from regviz.fits.penalties import on_sweep
from regviz.fits.task import L1, L1_RATIOS, L2, MIX_DEFAULT, Task, resample_seeds
from regviz.live.board import Board, number_text, payload
from regviz.scenes.choosing.board import board as picture
from regviz.scenes.choosing.board import optimism_board, optimism_words, vault_table, vault_words
from regviz.scenes.choosing.sweep import Choosing, Optimism, choosing, open_vault, optimism, vault_rows
from regviz.settings import MAX_RANDOM_STATE, OWN_DATA, Settings
from tests.test_live import ends_of, same_in_javascript, sent_size, sound
from tests.test_paths import HOSTILE, OWN, table

DEFAULT = Settings()
DIABETES = Settings(data="diabetes", n_samples=200)
SPARSE = Settings(data="sparse", n_samples=40)
RARE = np.eye(30)[3]  # all rows but one are the same

CASES: dict[str, tuple[Settings, Data | None]] = {
    "sine": (DEFAULT, None),
    "legendre": (Settings(basis="legendre", degree=6, n_samples=50, n_splits=7), None),
    "sparse": (SPARSE, None),
    "diabetes": (DIABETES, None),
    "own": (OWN, table(30, 4)),
}
EXTREMES: dict[str, tuple[Settings, Data | None]] = {
    "few": (replace(DEFAULT, n_samples=10, degree=20, validation=0.5), None),
    "no validation": (replace(DEFAULT, n_samples=10, degree=20, validation=0.0), None),
    "two folds": (replace(DEFAULT, n_samples=10, n_splits=2), None),
    "as many folds as points": (replace(DEFAULT, n_samples=10, n_splits=20), None),
    "no noise": (replace(DEFAULT, noise=0.0), None),
    "nothing to learn but the truth": (Settings(data="cubic", noise=0.0, basis="chebyshev", degree=3), None),
    "loud": (replace(DEFAULT, noise=1.0), None),
    "one weight": (replace(DEFAULT, degree=1, match="cv"), None),
    "one feature": (OWN, table(40, 1)),
    "wide": (OWN, table(12, 50)),
    "short": (replace(OWN, validation=0.5, n_splits=20), table(10, 3)),
    "constant feature": (OWN, table(30, 4, constant=2)),
    "constant target": (OWN, table(30, 4, y=np.full(30, 2.5))),
    "a rare event": (OWN, table(30, 4, y=RARE)),
    "large units": (OWN, table(30, 4, y=1e8 * np.arange(30.0) ** 2)),
    "raw units": (Settings(data="nuclei", standardize=False), None),
}


@pytest.fixture(scope="module", params=list(CASES))
def shown(request: pytest.FixtureRequest) -> tuple[Choosing, Board]:
    found = choosing(*CASES[request.param])
    return found, picture(found)


def _figure(board: Board, name: str, index: dict[str, int]) -> dict[str, dict]:
    figure = next(figure for figure in board.figures if figure.name == name).at(board, index)
    return {trace["name"]: trace for trace in figure["data"]} | {"layout": figure["layout"]}


def _places(alphas: np.ndarray, axis: dict) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.where(alphas > 0, np.log10(alphas), axis["tickvals"][axis["ticktext"].index("0")])


PINS = {"l1": L1, "mix": 7, "l2": L2}  # rows at the index below


def _index(board: Board) -> dict[str, int]:
    return board.index({}) | {"l1_ratio": PINS["mix"]}


def test_every_figure_is_a_plotly_figure_and_has_words(shown: tuple[Choosing, Board]) -> None:
    sound(shown[1])


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", EXTREMES)
def test_both_ends_of_every_slider_and_odd_files(case: str) -> None:
    found = choosing(*EXTREMES[case])
    board = picture(found)
    sound(board, ends_of(board)[1:2])
    sent = payload(board)["spec"]["arrays"]
    for name in sent:  # not even a gap, but between two folds
        assert name.startswith("folds") or np.isfinite(board.arrays[name].values).all(), name
    settings, own = EXTREMES[case]
    opened = open_vault(settings, own, 0.01, 0.5)
    assert opened is not None
    assert np.isfinite(opened.test).all()


# -- the errors


def test_folds_are_those_of_scikit_learn(shown: tuple[Choosing, Board]) -> None:
    found, _ = shown
    settings, data, rows = found.sweep.settings, found.sweep.data, found.sweep.train
    raw = data.X
    if data.domain is not None:
        raw = BASES[settings.basis].expand(data.X[:, 0], settings.degree, data.domain)
    raw, y = raw[rows], data.y[rows]
    folds = KFold(settings.n_splits, shuffle=True, random_state=settings.random_state)
    assert len(found.folds) == settings.n_splits
    alphas = found.sweep.strengths[5:]  # where every basis is solved to all digits
    for fold, (train, held_out) in zip(found.folds, folds.split(raw), strict=True):
        scaler = Standardizer.fit(raw[train])
        grid = fit_grid(scaler.transform(raw[train]), y[train], alphas, L1_RATIOS)
        predicted = grid.coef @ scaler.transform(raw[held_out]).T + grid.intercept[..., np.newaxis]
        expected = np.square(predicted - y[held_out]).mean(axis=-1)
        np.testing.assert_allclose(fold[:, 5:], expected, rtol=1e-6, atol=1e-9 * y.var())


def test_drawn_errors_are_those_of_the_fits(shown: tuple[Choosing, Board]) -> None:
    """Training and validation by hand from the weights, the folds' mean, and new rows without end."""
    found, board = shown
    sweep, index = found.sweep, _index(board)
    task = Task.of(sweep.settings, sweep.data if sweep.settings.data == OWN_DATA else None)
    features = task.scaler.transform(task.raw)
    for key, r in PINS.items():
        drawn = _figure(board, f"errors_{key}", index)
        x = _places(sweep.strengths, drawn["layout"]["xaxis"])
        for words, rows in (("training", sweep.train), ("validation", sweep.validation)):
            residual = sweep.data.y[rows] - sweep.grid.coef[r] @ features[rows].T - sweep.grid.intercept[r][:, None]
            error = np.sqrt(np.square(residual).mean(axis=1))
            np.testing.assert_allclose(drawn[words]["y"], np.minimum(error, 1e6 * error[-1]), rtol=1e-6)
            np.testing.assert_allclose(drawn[words]["x"], x)
            at = drawn[f"{words} at λ"]
            assert (at["x"][0], at["y"][0]) == (x[index["alpha"]], drawn[words]["y"][index["alpha"]])
        k = len(found.folds)
        cv = drawn[f"{k}-fold cross-validation"]
        np.testing.assert_allclose(cv["y"], np.sqrt(found.folds[:, r].mean(axis=0)), rtol=1e-12)
        singles = np.asarray(drawn["single folds"]["y"]).reshape(k, -1)
        top = drawn["layout"]["yaxis"]["range"][1]
        assert np.all((singles[:, :-1] == np.sqrt(found.folds[:, r])) | (singles[:, :-1] > 2 * top))
        assert drawn["λ of the slider"]["x"][0] == x[index["alpha"]]
        expected = drawn.get("expected (all new points)")
        assert (expected is None) == (sweep.data.noise_sd is None)
        if expected is not None:
            noise = drawn["noise alone"]["y"]
            assert noise == 2 * [sweep.data.noise_sd]
            assert np.min(expected["y"]) >= noise[0]
            fresh = DATASETS[sweep.settings.data].sample(1000, sweep.data.noise_sd, 99_999, sweep.settings.correlation)
            raw = fresh.X
            if fresh.domain is not None:
                raw = BASES[sweep.settings.basis].expand(fresh.X[:, 0], sweep.settings.degree, fresh.domain)
            a = index["alpha"]
            miss = fresh.y - task.scaler.transform(raw) @ sweep.grid.coef[r, a] - sweep.grid.intercept[r, a]
            scatter = np.square(miss).std() / np.sqrt(len(miss))
            assert np.square(miss).mean() == pytest.approx(expected["y"][a] ** 2, abs=4 * scatter)


def test_numbers_on_the_cards_are_those_of_the_chart(shown: tuple[Choosing, Board]) -> None:
    found, board = shown
    index = _index(board)
    a = index["alpha"]
    mean = np.sqrt(found.choice.mean)
    for key, r in PINS.items():
        card = next(card for card in board.readouts if card.name == f"numbers_{key}")
        told = {label: board.say(template, index) for label, template, _ in card.rows}
        assert told["Training error"] == number_text(found.sweep.train_error[r, a], 3)
        assert told["Validation error"] == number_text(found.sweep.validation_error[r, a], 3)
        cv, error = told[f"{len(found.folds)}-fold cross-validation"].split(" ± ")
        assert cv == number_text(mean[r, a], 3)
        low, high = (np.sqrt(found.choice.mean + side * found.choice.standard_error)[r, a] for side in (-1, 1))
        assert error == number_text((high - low) / 2, 3)
        if "Expected error" in told:
            assert told["Expected error"] == number_text(found.sweep.expected_error[r, a], 3)


def test_errors_in_large_units_are_shown_as_they_are() -> None:
    found = choosing(*EXTREMES["large units"])
    board = picture(found)
    assert found.sweep.train_error.min() > 1e6
    told = board.say("{l1_train}", board.index({}))
    assert told == number_text(found.sweep.train_error[L1, board.index({})["alpha"]], 3)


def test_errors_far_outside_the_chart_are_told_as_they_are() -> None:
    """Without regularization a fold can be missed by a million times the spread of y."""
    found = choosing(Settings(degree=20, random_state=11))
    board = picture(found)
    index = board.index({"alpha": 0})
    cv = np.sqrt(found.folds.mean(axis=0))
    assert cv[L1, 0] > 1e6 * found.sweep.data.y.std()
    assert board.say("{l1_cv}", index) == number_text(cv[L1, 0], 3)
    line = _figure(board, "errors_l1", index)["5-fold cross-validation"]
    top = _figure(board, "errors_l1", index)["layout"]["yaxis"]["range"][1]
    seen = np.asarray(line["y"]) < top
    np.testing.assert_allclose(np.asarray(line["y"])[seen], cv[L1][seen])
    assert np.asarray(line["y"])[0] > 1e5 * top


# -- the choices


def test_choices_are_marked_where_the_rule_says(shown: tuple[Choosing, Board]) -> None:
    found, board = shown
    alphas = found.sweep.strengths
    choice = one_standard_error(found.folds, alphas)
    mean, error = found.folds.mean(axis=0), found.folds.std(axis=0, ddof=1) / np.sqrt(len(found.folds))
    index = _index(board)
    for key, r in PINS.items():
        drawn = _figure(board, f"errors_{key}", index)
        x = _places(alphas, drawn["layout"]["xaxis"])
        best, one_se = int(choice.best[r]), int(choice.one_se[r])
        assert mean[r, best] == mean[r].min()
        allowed = np.flatnonzero(mean[r] <= mean[r, best] + error[r, best])
        assert one_se == allowed.max()
        for words, at in (("least CV error", best), ("one-standard-error rule", one_se)):
            assert drawn[words]["x"][0] == x[at]
            assert drawn[words]["y"][0] == np.sqrt(mean[r, at])
            assert drawn[f"{words}, λ"]["x"].tolist() == [x[at], x[at]]
        headline = next(card.headline for card in board.readouts if card.name == f"heading_{key}")
        numbers = [number_text(alphas[at], 3) for at in (best, one_se)]
        assert board.say(headline, index) == f"CV minimum at λ = {numbers[0]}, one-SE choice {numbers[1]}"
        band = np.asarray(drawn["± one standard error"]["y"])
        half = len(alphas)
        top = drawn["layout"]["yaxis"]["range"][1]
        edge = np.sqrt(mean[r] + error[r])
        np.testing.assert_allclose(band[:half], np.minimum(edge, 3 * top), rtol=1e-12)
        np.testing.assert_allclose(
            band[half:][::-1], np.minimum(np.sqrt(np.maximum(mean[r] - error[r], 0)), 3 * top), rtol=1e-12
        )
        np.testing.assert_array_equal(drawn["± one standard error"]["x"], np.concatenate([x, x[::-1]]))


def test_presets_lead_to_the_choices(shown: tuple[Choosing, Board]) -> None:
    found, board = shown
    choice, led = found.choice, {}
    for name, position in board.presets:
        led[name] = board.index({key: repr(value) for key, value in position.items()})
        for key, value in position.items():
            axis = next(axis for axis in board.axes if axis.name == key)
            assert axis.values[led[name][key]] == value  # a stop, not only near one
    assert len(led) == 7
    least = led["Least cross-validated error of all"]
    assert choice.mean[least["l1_ratio"], least["alpha"]] == choice.mean.min()
    for name, r in (("L1", L1), ("Mix 0.5", MIX_DEFAULT), ("L2", L2)):
        best, one_se = led[f"{name}: least cross-validated error"], led[f"{name}: one-standard-error rule"]
        assert best["alpha"] == choice.best[r]
        assert one_se["alpha"] == choice.one_se[r]
        if name == "Mix 0.5":
            assert best["l1_ratio"] == one_se["l1_ratio"] == MIX_DEFAULT


# -- the maps


def test_the_map_of_both_sliders(shown: tuple[Choosing, Board]) -> None:
    found, board = shown
    mean = np.sqrt(found.choice.mean)
    for index in ends_of(board):
        drawn = _figure(board, "map", index)
        cells = drawn["cross-validated error"]
        low = 10 ** cells["zmin"]
        z = 10 ** np.asarray(cells["z"])
        seen = mean <= 10 ** cells["zmax"]
        np.testing.assert_allclose(z[seen], mean[seen], rtol=1e-12)
        assert np.all(z[~seen] >= 10 ** cells["zmax"] * (1 - 1e-12))
        assert low == pytest.approx(mean.min())
        best = drawn["least of all"]
        r, a = np.unravel_index(np.argmin(mean), mean.shape)
        assert (best["x"][0], best["y"][0]) == (cells["x"][a], L1_RATIOS[r])
        frame = drawn["your mix"]
        at, ratio = index["alpha"], L1_RATIOS[index["l1_ratio"]]
        assert np.mean([min(frame["x"]), max(frame["x"])]) == pytest.approx(cells["x"][at])
        assert [min(frame["y"]), max(frame["y"])] == pytest.approx([ratio - 0.05, ratio + 0.05])
        figure = next(figure for figure in board.figures if figure.name == "map")
        alphas = found.sweep.strengths
        told = f"Least: {number_text(mean.min(), 3)} at λ = {number_text(alphas[a], 3)} and ratio {L1_RATIOS[r]:g}."
        assert told in board.say(figure.alt, index)
        here = number_text(mean[index["l1_ratio"], at], 3)
        assert board.say(figure.alt, index).endswith(f"At the sliders: {here}.")


@pytest.mark.parametrize(("degree", "validation"), [(1, 0.3), (9, 0.0), (20, 0.3)])
def test_the_map_of_degrees_has_the_present_fit_in_its_row(degree: int, validation: float) -> None:
    found = choosing(Settings(basis="legendre", degree=degree, validation=validation))
    board = picture(found)
    for index in (_index(board), ends_of(board)[2]):
        for key, r in {"l1": L1, "mix": index["l1_ratio"], "l2": L2}.items():
            drawn = _figure(board, f"degrees_{key}", index)
            cells = drawn["expected error"]
            row = np.asarray(cells["z"])[list(cells["y"]).index(degree)]
            expected = np.log10(found.sweep.expected_error[r])
            seen = expected <= cells["zmax"]
            np.testing.assert_allclose(row[seen], expected[seen], atol=1e-4)
            assert np.all(row[~seen] > cells["zmax"] - 1e-4)
            frame = drawn["present fit"]
            assert (min(frame["y"]), max(frame["y"])) == (degree - 0.5, degree + 0.5)
            middle = (min(frame["x"]) + max(frame["x"])) / 2
            assert middle == pytest.approx(cells["x"][index["alpha"]])
            u = _figure(board, f"u_curve_{key}", index)
            assert ("validation" in u) == (validation > 0)
            for words, error in (
                ("training", found.sweep.train_error),
                ("validation", found.sweep.validation_error),
                ("expected", found.sweep.expected_error),
            ):
                if words in u:
                    shown = u[words]["y"][list(u[words]["x"]).index(degree)]
                    assert shown == pytest.approx(error[r, index["alpha"]], abs=2e-4)


def test_every_degree_is_the_sweep_of_that_degree() -> None:
    by_degree = choosing(DEFAULT).by_degree
    assert by_degree is not None
    alphas = choosing(DEFAULT).sweep.strengths
    for degree in (2, 11):
        task = Task.of(replace(DEFAULT, degree=degree))
        grid = fit_grid(task.X, task.y, alphas, L1_RATIOS)
        k = list(by_degree.degrees).index(degree)
        residual = task.y - grid.coef @ task.X.T - grid.intercept[..., np.newaxis]
        np.testing.assert_allclose(by_degree.train[..., k], np.sqrt(np.square(residual).mean(axis=-1)), atol=1e-9)


# -- the vault


def _rows_of(data: Data) -> set[tuple[float, ...]]:
    return {tuple(row) for row in np.column_stack([data.X, data.y])}


@pytest.mark.parametrize(
    ("settings", "own"),
    [
        (DEFAULT, None),
        (SPARSE, None),
        (replace(DEFAULT, n_samples=500), None),
        (DIABETES, None),
        (replace(DIABETES, n_samples=400, validation=0.0), None),
        (Settings(data="nuclei", n_samples=100), None),
        (OWN, table(30, 4)),
        (replace(OWN, validation=0.5), table(10, 3)),
    ],
)
def test_no_row_of_the_vault_is_anywhere_else(settings: Settings, own: Data | None) -> None:
    vault = vault_rows(settings, own)
    assert vault is not None
    sweep = choosing(settings, own).sweep
    used = _rows_of(sweep.data)  # training and validation; the folds are parts of training
    assert len(used) == sweep.data.n_samples
    assert len(sweep.train) + len(sweep.validation) == sweep.data.n_samples
    assert not used & _rows_of(vault)
    assert vault.n_samples >= 2
    if own is not None:
        assert used | _rows_of(vault) == _rows_of(own)
    elif not DATASETS[settings.data].takes_noise:
        whole = DATASETS[settings.data].load()  # type: ignore[union-attr]
        assert _rows_of(vault) <= _rows_of(whole)
    else:  # of the same truth, with the same noise
        z = vault.y - (vault.X @ vault.true_coef if vault.truth is None else vault.truth(vault.X[:, 0]))
        assert 0.5 < z.std() / settings.noise < 1.5


@pytest.mark.parametrize(("settings", "own"), [(DEFAULT, None), (DIABETES, None), (SPARSE, None), (OWN, table(40, 3))])
def test_the_vault_tells_the_error_on_its_rows(settings: Settings, own: Data | None) -> None:
    vault = vault_rows(settings, own)
    sweep = choosing(settings, own).sweep
    assert vault is not None
    raw, test = sweep.data.X, vault.X
    if sweep.data.domain is not None:
        raw, test = (
            BASES[settings.basis].expand(x[:, 0], settings.degree, sweep.data.domain) for x in (sweep.data.X, vault.X)
        )
    scaler = Standardizer.fit(raw[sweep.train])
    for a, r in ((sweep.start, 3), (len(sweep.strengths) - 1, L1), (30, L2)):
        opened = open_vault(settings, own, float(sweep.strengths[a]), float(L1_RATIOS[r]))
        assert opened is not None
        assert opened.n_rows == vault.n_samples  # the same rows, whatever the position
        for told, row in zip(opened.test, (L1, r, L2), strict=True):
            miss = vault.y - scaler.transform(test) @ sweep.grid.coef[row, a] - sweep.grid.intercept[row, a]
            assert told == pytest.approx(np.sqrt(np.mean(miss**2)), rel=1e-6)


def test_another_seed_sets_other_rows_of_a_table_aside() -> None:
    own = table(40, 3)
    vaults = [vault_rows(replace(OWN, random_state=seed), own) for seed in (1, 2)]
    assert all(vault is not None for vault in vaults)
    one, other = (_rows_of(vault) for vault in vaults if vault is not None)
    assert one != other
    assert len(one) == len(other) == 10
    again = vault_rows(replace(OWN, random_state=1, degree=3, validation=0.1), own)
    assert again is not None
    assert _rows_of(again) == one


def test_no_resample_has_a_seed_that_a_page_can_have() -> None:
    for seed in (0, 851, MAX_RANDOM_STATE):  # of 851 one number that is drawn is 111
        seeds = resample_seeds(Settings(random_state=seed), 200)
        assert len(set(seeds)) == 200
        assert min(seeds) > MAX_RANDOM_STATE


def test_a_vault_without_rows_is_none() -> None:
    assert vault_rows(Settings(data="diabetes", n_samples=500)) is None
    assert open_vault(Settings(data="nuclei", n_samples=569, validation=0.0), None, 0.1, 0.5) is None


def test_openings_are_counted() -> None:
    one = open_vault(DEFAULT, None, 0.01, 0.5)
    other = open_vault(DEFAULT, None, 0.02, 0.5)
    assert one is not None
    assert other is not None
    assert "Opened **once**" in vault_words([one])
    assert "Opened **2 times**" in vault_words([one, other])
    rows = vault_table([one, other])
    assert [row["Opening"] for row in rows] == [1, 2]
    assert rows[1]["λ"] == "0.02"
    assert rows[0]["L2: test error"] == number_text(one.test[2], 3)


# -- what tuning on the test set buys


@pytest.mark.parametrize(
    ("settings", "own"),
    [(DEFAULT, None), (SPARSE, None), (DIABETES, None), (OWN, table(60, 4)), (OWN, table(30, 8))],
    ids=["sine", "sparse", "diabetes", "own", "short own"],
)
def test_tuning_on_the_test_set_looks_too_good(settings: Settings, own: Data | None) -> None:
    found = optimism(settings, own)
    again = optimism(settings, own)
    np.testing.assert_array_equal(found.tuned_on_test, again.tuned_on_test)
    root = np.sqrt(len(found.tuned_on_test))
    on_test, honest = found.tuned_on_test, found.tuned_honestly
    assert abs(honest.mean()) <= 3 * honest.std(ddof=1) / root
    gain = honest - on_test
    assert gain.mean() >= 3 * gain.std(ddof=1) / root
    assert on_test.mean() < 0
    if settings.data in ("sine", "sparse"):
        assert on_test.mean() <= -3 * on_test.std(ddof=1) / root
    assert "it looks better than it is" in optimism_words(found)
    board = optimism_board(found)
    sound(board)
    bars = board.figures[0].at(board, {})["data"]
    for bar, values in zip(bars, (on_test, honest), strict=False):
        assert np.sum(bar["y"]) == len(values)
    assert bars[2]["x"] == [on_test.mean()] * 2


def test_another_seed_is_another_hundred_samples() -> None:
    one, other = optimism(SPARSE), optimism(replace(SPARSE, random_state=8))
    assert not np.isin(one.tuned_on_test, other.tuned_on_test).any()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", [name for name in EXTREMES if EXTREMES[name][1]] + ["few", "no noise"])
def test_optimism_is_always_a_number(case: str) -> None:
    settings, own = EXTREMES[case]
    found = optimism(settings, own)
    assert np.isfinite(found.tuned_on_test).all()
    assert np.isfinite(found.tuned_honestly).all()
    assert not re.search("nan|inf", optimism_words(found))


def test_without_any_gain_nothing_is_claimed() -> None:
    flat = Optimism(np.tile([-0.1, 0.1], 50), np.tile([-0.1, 0.1], 50), 9)
    assert "better than it is" not in optimism_words(flat)
    clear = Optimism(np.full(100, -0.3) + np.tile([-0.1, 0.1], 50), np.tile([-0.1, 0.1], 50), 9)
    assert "**-30%** on average: it looks better than it is" in optimism_words(clear)


# -- names and sizes


def test_names_from_a_file_are_only_text() -> None:
    found = choosing(DIABETES)
    data = replace(found.sweep.data, target_name="<b>{x}</b> @train_y $l1")
    hostile = picture(replace(found, sweep=replace(found.sweep, names=HOSTILE, data=data)))
    sound(hostile, [hostile.index({})])
    for figure in payload(hostile)["spec"]["figures"]:
        text = str([figure["data"], figure["layout"]])
        assert "<img" not in text
        assert "<b>" not in text
    same_in_javascript(hostile, [hostile.index({})])


def test_javascript_reads_the_same_errors() -> None:
    assert same_in_javascript(picture(choosing(DEFAULT))) > 100


def test_first_load_stays_small() -> None:
    for settings in (DEFAULT, DIABETES, SPARSE):
        packed, whole = sent_size(picture(choosing(settings)))
        assert packed <= whole <= 900_000


def test_the_choices_of_every_column_are_named() -> None:
    board = picture(choosing(DEFAULT))
    assert set(on_sweep()) == set(PINS)
    for key in PINS:
        for name in ("cv", "cv_se", "best_alpha", "one_se_alpha", "best_error", "one_se_error"):
            assert f"{key}_{name}" in board.values
