"""Does the script make the page's numbers anew without RegViz, and can no text of a user get into it as code?"""

from __future__ import annotations

import ast
import contextlib
import csv
import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from regviz.core.data.datasets import DATASETS, Data
from regviz.core.data.features import BASES
from regviz.fits.compare import Compare, compare
from regviz.fits.task import L1, L1_RATIOS, L2
from regviz.frame.receipt import bundle, script
from regviz.settings import MATCHES, OWN_DATA, Knob, Settings

DEFAULT = Settings()
MIX = 5


def _own(names: tuple[str, ...] = ("size", "age"), n: int = 40, copies: int = 0) -> Data:
    generator = np.random.default_rng(3)
    X = generator.normal(size=(n, len(names))) * np.geomspace(1, 1e4, len(names)) + 50
    X[:, len(names) - copies :] = X[:, :copies]
    y = X @ np.linspace(-1, 2, len(names)) + generator.normal(size=n)
    return Data(X, y, names, "price", None, None, OWN_DATA, "prices.csv")


def _executed(tmp_path: Path, text: str) -> tuple[dict[str, Any], str]:
    """The script run in this process: its names and what it prints."""
    path = tmp_path / "fit.py"
    names: dict[str, Any] = {"__file__": str(path), "__name__": "__main__"}
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, str(path), "exec"), names)
    return names, printed.getvalue()


def _unpacked(tmp_path: Path, sweep: Compare, strength: int, mix: int = MIX) -> str:
    """The folder that a reader unpacks; returns the text of fit.py."""
    with zipfile.ZipFile(io.BytesIO(bundle(sweep, strength, mix, "https://example.org/?alpha=1"))) as archive:
        archive.extractall(tmp_path)
    return (tmp_path / "fit.py").read_text(encoding="utf-8")


def _rows(mix: int) -> dict[str, int]:
    return {"L1": L1, "mix": mix, "L2": L2}


def _assert_same(
    sweep: Compare, strength: int, mix: int, results: dict[str, list[float]], within: float = 1e-6
) -> None:
    """Weights, intercept, zeros and errors of the script are those of the page."""
    for column, row in _rows(mix).items():
        coef = sweep.grid.coef[row, strength]
        intercept, zeros, train_error, validation_error = results[column][len(coef) :]
        size = max(1.0, np.abs(coef).max())
        assert np.abs(np.array(results[column][: len(coef)]) - coef).max() <= within * size, column
        assert abs(intercept - sweep.grid.intercept[row, strength]) <= within * max(size, abs(intercept))
        assert zeros == np.count_nonzero(coef == 0)
        assert train_error == pytest.approx(sweep.train_error[row, strength], rel=1e-6, abs=1e-8)
        assert validation_error == pytest.approx(sweep.validation_error[row, strength], rel=10 * within, nan_ok=True)


# -- the script makes the same fits


@pytest.mark.parametrize("match", ["df", "error"])
@pytest.mark.parametrize("unit", [1e-35, 1e6, 1e12])
def test_the_unit_of_the_target_changes_no_fit(unit: float, match: str, tmp_path: Path) -> None:
    """A weak L2 beside a target in millions is no least squares, and a column is not constant for being small."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(40, 1)) + 1e-3 * rng.normal(size=(40, 4))  # four columns that are nearly one
    y = unit * (X[:, 0] + rng.normal(size=40))
    own = Data(X * np.array([1, 1, 1, unit]), y, ("a", "b", "c", "d"), "price", None, None, OWN_DATA, "prices.csv")
    sweep = compare(replace(DEFAULT, data=OWN_DATA, match=match), own)
    for strength in (2, 20, 40):
        names, _ = _executed(tmp_path, _unpacked(tmp_path, sweep, strength))
        X, y = names["X"][names["train"]], names["y"][names["train"]]
        alpha = names["FITS"]["L2"][0]
        closed = np.linalg.solve(X.T @ X / len(y) + alpha * np.eye(4), X.T @ (y - y.mean()) / len(y))
        for coef in (sweep.grid.coef[L2, strength], np.array(names["results"]["L2"][:4])):
            np.testing.assert_allclose(coef, closed, rtol=1e-6)


@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("data", DATASETS)
def test_the_script_makes_the_fits_of_the_page(data: str, basis: str, tmp_path: Path) -> None:
    """Every data set and basis, each with its own degree, seed and strength."""
    number = list(DATASETS).index(data) * 3 + list(BASES).index(basis)
    settings = replace(
        DEFAULT,
        data=data,
        basis=basis,
        n_samples=(20, 45, 90)[number % 3],
        degree=(3, 6, 9, 12, 15, 18, 20)[number % 7],
        random_state=37 * number,
        noise=(0.0, 0.25, 0.6)[number // 3 % 3],
        correlation=(0.0, 0.7, 0.95)[number % 3],
        standardize=number % 4 != 1,
        validation=(0.3, 0.0, 0.5)[number % 3],
    )
    sweep = compare(settings)
    for strength, mix in ((12, number % 11), (sweep.start, MIX), (len(sweep.strengths) - 3 * (number % 6) - 1, 1)):
        names, _ = _executed(tmp_path, script(sweep, strength, mix))
        _assert_same(sweep, strength, mix, names["results"])


@pytest.mark.parametrize("degree", [1, 3, 5])
@pytest.mark.parametrize("data", ["kink", "dense", "nuclei"])
def test_without_a_penalty_all_three_are_least_squares(data: str, degree: int, tmp_path: Path) -> None:
    sweep = compare(replace(DEFAULT, data=data, degree=degree, n_samples=60))
    names, _ = _executed(tmp_path, script(sweep, 0, MIX))
    _assert_same(sweep, 0, MIX, names["results"])
    assert names["results"]["L1"] == names["results"]["L2"]


@pytest.mark.parametrize("degree", [15, 20])
def test_where_weights_explode_the_script_agrees_as_far_as_numbers_go(degree: int, tmp_path: Path) -> None:
    """Monomials and next to no penalty: the systems have condition numbers up to 1e12, so digits are lost."""
    for seed in range(4):
        sweep = compare(replace(DEFAULT, degree=degree, random_state=seed, n_samples=40))
        names, _ = _executed(tmp_path, script(sweep, 1, MIX))
        assert np.abs(sweep.grid.coef[:, 1]).max() > 10
        _assert_same(sweep, 1, MIX, names["results"], within=1e-5)


@pytest.mark.parametrize("match", MATCHES)
def test_each_column_has_its_own_lambda(match: str, tmp_path: Path) -> None:
    for data in ("sine", "groups"):
        sweep = compare(replace(DEFAULT, data=data, match=match, degree=9))
        names, _ = _executed(tmp_path, script(sweep, sweep.start, 3))
        _assert_same(sweep, sweep.start, 3, names["results"])
        assert names["FITS"]["L2"] == (sweep.grid.alphas[L2, sweep.start], 0.0)
        assert names["FITS"]["mix"] == (sweep.grid.alphas[3, sweep.start], 0.3)


@pytest.mark.parametrize("standardize", [True, False])
def test_own_data_are_read_from_the_file_beside_the_script(standardize: bool, tmp_path: Path) -> None:
    sweep = compare(replace(DEFAULT, data=OWN_DATA, standardize=standardize), _own(("a", "b", "c", "d")))
    names, _ = _executed(tmp_path, _unpacked(tmp_path, sweep, sweep.start))
    _assert_same(sweep, sweep.start, MIX, names["results"])
    np.testing.assert_array_equal(names["table"], np.column_stack([sweep.data.X, sweep.data.y]))


@pytest.mark.parametrize("strength", [0, 20, 60])
def test_degenerate_tables_get_a_fit_as_good(strength: int, tmp_path: Path) -> None:
    """Twin columns (many solutions), one column, more columns than rows, a column constant in the training rows."""
    rare = _own(("a", "b", "c"))
    X = np.array(rare.X)
    sweep = compare(replace(DEFAULT, data=OWN_DATA), rare)
    X[:, 2] = 0.1
    X[sweep.validation[0], 2] = 0.7
    tables = [
        _own(("a", "b", "twin of a"), copies=1),
        _own(("a",)),
        _own(tuple(f"column {j}" for j in range(20)), n=12),
        replace(rare, X=X),
    ]
    for table in tables:
        sweep = compare(replace(DEFAULT, data=OWN_DATA), table)
        names, _ = _executed(tmp_path, _unpacked(tmp_path, sweep, strength))
        for column, row in _rows(MIX).items():
            train_error = names["results"][column][-2]
            assert train_error == pytest.approx(sweep.train_error[row, strength], rel=1e-6, abs=1e-6)
    _assert_same(sweep, strength, MIX, names["results"])


def test_a_penalty_that_one_column_feels_is_not_lost(tmp_path: Path) -> None:
    """As they are, in units 1e15 apart: next to nothing for the large column, and all of the small one's weight."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=(40, 2))
    own = Data(X * [1e-3, 1e12], X @ [1, 2] + rng.normal(size=40), ("a", "b"), "price", None, None, OWN_DATA, "own.csv")
    sweep = compare(replace(DEFAULT, data=OWN_DATA, standardize=False), own)
    grid, X = sweep.grid, sweep.design
    names, _ = _executed(tmp_path, _unpacked(tmp_path, sweep, 1))
    size = X.std(axis=0)
    for column, row in _rows(MIX).items():
        expected = grid.coef[row, 1] * size
        least = grid.coef[row, 0] * size
        np.testing.assert_allclose(np.array(names["results"][column][:2]) * size, expected, rtol=1e-6, atol=1e-12)
        assert abs(expected[0]) < 1e-3 * abs(least[0])
        assert abs(expected[1] - least[1]) < 0.3 * abs(least[1])


# -- run as a reader runs it


@pytest.mark.slow
@pytest.mark.parametrize("data", ["sine", "diabetes", OWN_DATA])
def test_the_script_runs_by_itself_and_prints_the_numbers(data: str, tmp_path: Path) -> None:
    sweep = compare(replace(DEFAULT, data=data, n_samples=60), _own())
    _unpacked(tmp_path, sweep, sweep.start)
    done = subprocess.run(
        [sys.executable, str(tmp_path / "fit.py")],
        cwd=tmp_path.parent,
        env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["weight", "L1", "mix", "L2"]
    table = {line[:24].strip(): [float(cell) for cell in line[24:].split()] for line in lines[1 : len(sweep.names) + 5]}
    assert list(table) == [*sweep.names, "intercept", "zeros", "training error", "validation error"]
    results = {column: [row[k] for row in table.values()] for k, column in enumerate(_rows(MIX))}
    _assert_same(sweep, sweep.start, MIX, results)


def test_scikit_learn_agrees_where_it_converges(tmp_path: Path) -> None:
    for data in ("dense", "diabetes"):
        sweep = compare(replace(DEFAULT, data=data, n_samples=100))
        names, printed = _executed(tmp_path, script(sweep, sweep.start, MIX))
        scale = np.abs(sweep.data.y).max()
        assert max(names["differences"].values()) < 1e-8 * scale
        assert "scikit-learn" in printed


def test_the_script_is_short_and_needs_nothing_of_ours() -> None:
    text = script(compare(DEFAULT), 40, MIX)
    assert "regviz." not in text
    assert len(text.splitlines()) <= 110
    assert max(map(len, text.splitlines())) <= 120
    assert text == script(compare(DEFAULT), 40, MIX)


# -- nothing that a user wrote becomes code

HOSTILE = (
    "=cmd|' /C calc'!A0",
    '"""\nimport os\nos.abort()\n"""',
    "'] + [__import__('os').abort()] + ['",
    "$names ${fits} $$",
    "{0} {settings} %s %(x)s",
    "\\",
    "# \r\n\u2028exit()",
    "+1",
    "\t@SUM(1)",
    "-2;3,4\"5'",
    "名前 x²",
)


def test_names_are_literals_and_nothing_else(tmp_path: Path) -> None:
    hostile = replace(_own(HOSTILE), target_name="=1+1\n2", label='"""\nimport os\nos.abort()')
    plain = _own(tuple(f"x{j}" for j in range(len(HOSTILE))))
    settings = replace(DEFAULT, data=OWN_DATA, weight_a='"""', weight_b="=1")
    sweep, other = compare(settings, hostile), compare(settings, plain)
    text = _unpacked(tmp_path, sweep, sweep.start)
    trees = [ast.parse(text), ast.parse(script(other, other.start, MIX))]
    for tree, names in zip(trees, (HOSTILE, plain.feature_names), strict=True):
        lists = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and _target(node) == "NAMES"]
        assert len(lists) == 1
        assert tuple(ast.literal_eval(lists[0].value)) == names
        lists[0].value = ast.Constant(None)
    assert ast.dump(trees[0]) == ast.dump(trees[1])
    executed, _ = _executed(tmp_path, text)
    _assert_same(sweep, sweep.start, MIX, executed["results"])


def _target(node: ast.Assign) -> str:
    return node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    sweep = compare(replace(DEFAULT, data=OWN_DATA), replace(_own(HOSTILE), target_name="=1+1\n2"))
    _unpacked(tmp_path, sweep, sweep.start)
    for name in ("data.csv", "path.csv"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        lines = list(csv.reader(io.StringIO(text)))
        assert len(text.splitlines()) == len(lines)
        assert len({len(line) for line in lines}) == 1
        assert not [cell for cell in lines[0] if cell.lstrip()[:1] in tuple("=+-@")]
    header = (tmp_path / "data.csv").read_text(encoding="utf-8").splitlines()[0]
    assert next(csv.reader([header]))[0] == "'" + HOSTILE[0]


@pytest.mark.parametrize(
    ("strength", "mix", "field"), [(-1, 5, "strength"), (10**6, 5, "strength"), (3, 11, "l1_ratio")]
)
def test_a_position_off_the_slider_is_told(strength: int, mix: int, field: str) -> None:
    with pytest.raises(IndexError, match=f"^{field} must be a position from 0 to"):
        script(compare(DEFAULT), strength, mix)


# -- the ZIP


def test_the_zip_holds_what_the_readme_says() -> None:
    link = "https://example.org/?data=Sine&alpha=0.01"
    for data in ("sine", "groups", OWN_DATA):
        sweep = compare(replace(DEFAULT, data=data), _own())
        packed = bundle(sweep, 30, 2, link)
        assert packed == bundle(sweep, 30, 2, link)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            assert archive.testzip() is None
            files = {name: archive.read(name).decode() for name in archive.namelist()}
        assert set(files) == {"README.txt", "fit.py", "path.csv"} | ({"data.csv"} if data == OWN_DATA else set())
        assert files["fit.py"] == script(sweep, 30, 2)
        readme = files["README.txt"]
        assert all(name in readme for name in files if name != "README.txt")
        assert link in readme
        assert "Sample: 7" in readme
        assert f"numpy {np.__version__}" in readme
        assert ("Degree: 15" in readme) == (data == "sine")
        assert ("Correlation of the features: 0.7" in readme) == (data == "groups")
        assert (f"Data set: {sweep.data.label}") in readme
        assert max(map(len, readme.splitlines())) <= 130


@pytest.mark.parametrize(
    "settings",
    [
        replace(DEFAULT, validation=0.2, random_state=3),
        replace(DEFAULT, data="groups", match="df", n_samples=45, validation=0.5, standardize=False, correlation=0.4),
        replace(DEFAULT, data=OWN_DATA, validation=0.1, match="error"),
    ],
    ids=lambda settings: settings.data,
)
def test_every_number_of_the_readme_is_that_of_the_fit(settings: Settings) -> None:
    sweep = compare(settings, _own())
    strength, mix = sweep.start, 2
    with zipfile.ZipFile(io.BytesIO(bundle(sweep, strength, mix, ""))) as archive:
        readme = archive.read("README.txt").decode()
    n, held = sweep.data.n_samples, round(settings.validation * sweep.data.n_samples)
    assert (len(sweep.train), len(sweep.validation)) == (n - held, held)
    assert f"\n{n - held} rows are fitted and {held} validate. The weights belong to the features" in readme
    assert ("with mean 0 and variance 1" in readme) == settings.standardize
    alphas = np.broadcast_to(sweep.grid.alphas, sweep.grid.intercept.shape)
    for column, row in _rows(mix).items():
        assert f"\n  {column:<4} λ {alphas[row, strength]:.12g}, L1 ratio {L1_RATIOS[row]:g}\n" in readme
    told = dict(line[2:].split(": ", 1) for line in readme.split("\nSettings\n")[1].split("\n\n")[0].splitlines())
    for name, knob in Settings.knobs().items():
        if knob.label in told:
            assert told[knob.label] == (sweep.data.label if name == "data" else _told(knob, getattr(settings, name)))
    of_rows = {"Points", "Noise", "Correlation of the features", "Degree", "Basis"}
    applies = {
        OWN_DATA: set(),
        "groups": of_rows - {"Degree", "Basis"},
        "sine": of_rows - {"Correlation of the features"},
    }
    assert set(told) == {knob.label for knob in Settings.knobs().values()} - of_rows | applies[settings.data]


def _told(knob: Knob, value: Any) -> str:
    return knob.options[value] if knob.options else str(value)


def test_a_link_or_a_file_name_stays_in_its_line() -> None:
    sweep = compare(replace(DEFAULT, data=OWN_DATA), replace(_own(), label="a\nMade with\x00 b"))
    with zipfile.ZipFile(io.BytesIO(bundle(sweep, 30, 2, "x\r\nrun me\u202e"))) as archive:
        readme = archive.read("README.txt").decode()
    assert "Data set: a Made with b\n" in readme
    assert "  x run me\n" in readme


def test_the_path_is_the_whole_sweep() -> None:
    sweep = compare(replace(DEFAULT, data="sparse", match="df"))
    with zipfile.ZipFile(io.BytesIO(bundle(sweep, 30, 2, ""))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("path.csv").decode())))
    n = len(sweep.strengths)
    assert len(rows) == 3 * n
    for column, (name, row) in enumerate(_rows(2).items()):
        for strength in range(n):
            line = rows[column * n + strength]
            assert line["penalty"] == name
            assert float(line["l1_ratio"]) == L1_RATIOS[row]
            assert float(line["alpha"]) == sweep.grid.alphas[row, strength]
            assert [float(line[f"weight of {x}"]) for x in sweep.names] == sweep.grid.coef[row, strength].tolist()
            assert float(line["intercept"]) == sweep.grid.intercept[row, strength]
            assert int(line["zeros"]) == np.count_nonzero(sweep.grid.coef[row, strength] == 0)
            assert float(line["df"]) == sweep.df[row, strength]
            assert float(line["train_error"]) == sweep.train_error[row, strength]
            assert float(line["validation_error"]) == sweep.validation_error[row, strength]
            assert float(line["expected_error"]) == sweep.expected_error[row, strength]


def test_an_unknown_error_is_an_empty_cell() -> None:
    sweep = compare(replace(DEFAULT, data="diabetes", validation=0.0))
    with zipfile.ZipFile(io.BytesIO(bundle(sweep, 30, 2, ""))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("path.csv").decode())))
    assert {(row["validation_error"], row["expected_error"]) for row in rows} == {("", "")}
