"""Can the reader's own CSV file be used, and if not, what is wrong with it in one sentence?

The file is hostile until read: its size, columns, rows and cells are bounded before they cost
anything. It is read by the standard library, cell by cell, so that no number is guessed: a column
is either all numbers or not usable. pandas.read_csv would fill a row with too few cells without a
word, take text after a closing quote into the cell, and spend a minute and 3 GB on a second row of
2.4 million cells. Names and messages hold text from the file; show them as text.
"""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from regviz.core import Array
from regviz.core.datasets import Data

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 500
MAX_FEATURES = 50
MIN_ROWS = 10
MAX_NAME = 40
MAX_MAGNITUDE = 1e100

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "-", "?", "."})

_SNIFF_CHARACTERS = 65_536
_SNIFF_ROWS = 20
_MAX_NUMBER_CHARACTERS = 64
_MAX_LISTED = 3
_KNOWN_BINARY = {
    b"PK\x03\x04": "an Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}


class CsvError(ValueError):
    """The file or the choice of columns cannot be used; the message is one sentence saying why."""


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of a CSV file that hold numbers.

    names        the usable columns in the order of the file: unique, at most 40 characters
    values       (n_rows, n_usable), read-only; NaN where a value is missing
    row_numbers  (n_rows,) the row in a spreadsheet: the first line of the file is row 1
    unusable     names of the columns that hold text or nothing
    delimiter    "," ";" tab or "|";  decimal  "." or ","
    label        the words on the page for this file
    notes        sentences on how the file was read
    """

    names: tuple[str, ...]
    values: Array  # (n_rows, n_usable)
    row_numbers: NDArray[np.intp]  # (n_rows,)
    unusable: tuple[str, ...]
    delimiter: str
    decimal: str
    label: str
    notes: tuple[str, ...]

    @property
    def default_target(self) -> str:
        """The last column that varies and is filled at least half; else the last one."""
        return (self._sound_names() or self.names)[-1]

    def default_features(self, target: str) -> tuple[str, ...]:
        """The first 50 or fewer other columns that vary and are filled at least half."""
        others = tuple(name for name in self._sound_names() if name != target)
        return (others or tuple(name for name in self.names if name != target))[:MAX_FEATURES]

    def _sound_names(self) -> tuple[str, ...]:
        sound = []
        for name, column in zip(self.names, self.values.T, strict=True):
            present = column[~np.isnan(column)]
            filled = 2 * len(present) >= len(column)
            bounded = bool((np.abs(present) <= MAX_MAGNITUDE).all())
            if filled and bounded and _varies(present):
                sound.append(name)
        return tuple(sound)


def read_csv(raw: bytes, label: str = "Your CSV") -> Table:
    """Read the bytes of a CSV file with a line of column names: UTF-8, separated by , ; tab or |.

    Rows beyond 20,000 are left out, text columns are put aside, repeated names are numbered; the
    notes say so. Raises CsvError (and nothing else) if the file is empty, above 5 MB, binary, not
    UTF-8, has one column, more than 500, no line of names, ragged rows, a stray quote, fewer
    than 10 rows or fewer than two columns of numbers.
    """
    text = _decode(raw)
    delimiter = _sniff_delimiter(text)
    decimal = _sniff_decimal(text, delimiter)
    rows = _rows(text, delimiter)
    _, header = next(rows)
    names, notes = _column_names(header, decimal)
    body = _read_body(rows, len(names), decimal)

    if len(body.row_numbers) < MIN_ROWS:
        raise CsvError(
            f"The file has {_count(len(body.row_numbers), 'row')} of data, and at least {MIN_ROWS} "
            "are needed: add rows."
        )
    empty = [j for j in range(len(names)) if np.isnan(body.values[:, j]).all()]
    usable = [j for j in range(len(names)) if j not in body.texts and j not in empty]
    words = [f"'{names[j]}' ('{cell}' in row {row})" for j, (row, cell) in body.texts.items()]
    blanks = [f"'{names[j]}'" for j in empty if j not in body.texts]
    if len(usable) < 2:
        found = f"Only the column '{names[usable[0]]}' holds" if usable else "No column holds"
        reason = f", for example {words[0]} is text" if words else ""
        raise CsvError(f"{found} only numbers{reason}: two such columns are needed, a target and a feature.")

    read = f"Read {_count(len(body.row_numbers), 'row')}, separated by {DELIMITERS[delimiter]}"
    notes.insert(0, read + (", with decimal commas." if decimal == "," else "."))
    if body.cut:
        notes.append(f"Only the first {MAX_ROWS:,} rows are read; the rest is left out.")
    if words:
        notes.append(f"Not usable, because of text: {_listed(words)}.")
    if blanks:
        notes.append(f"Not usable, because nothing is in them: {_listed(blanks)}.")
    values = body.values[:, usable]
    values.setflags(write=False)
    return Table(
        names=tuple(names[j] for j in usable),
        values=values,
        row_numbers=body.row_numbers,
        unusable=tuple(names[j] for j in range(len(names)) if j not in usable),
        delimiter=delimiter,
        decimal=decimal,
        label=_clean(label, MAX_NAME) or "Your CSV",
        notes=tuple(notes),
    )


def to_data(table: Table, target: str, features: Sequence[str]) -> Data:
    """The chosen columns as Data named "csv", with the table's notes and its own.

    Rows with a missing value in a chosen column are left out, and so are constant features; the
    notes say so. Raises CsvError if a name is unknown or repeated, the target is among the
    features, there are 0 or more than 50 features, fewer than 10 rows are complete, a number is
    infinite or beyond 1e100, the target is constant or no feature varies.
    """
    _check_choice(table, target, features)
    names = (*features, target)
    chosen = table.values[:, [table.names.index(name) for name in names]]
    missing = np.isnan(chosen)
    complete = ~missing.any(axis=1)
    n_complete, n_dropped = int(complete.sum()), int((~complete).sum())
    if n_complete < MIN_ROWS:
        worst = int(missing.sum(axis=0).argmax())
        raise CsvError(
            f"Only {_count(n_complete, 'row')} have a number in every chosen column, and at least "
            f"{MIN_ROWS} are needed: leave out '{names[worst]}', which lacks "
            f"{int(missing[:, worst].sum()):,}."
        )
    chosen = chosen[complete]
    _check_magnitudes(chosen, names, table.row_numbers[complete])

    varies = [_varies(column) for column in chosen.T]
    if not varies[-1]:
        raise CsvError(
            f"The target '{target}' is the same in every row, so there is nothing to predict: choose another target."
        )
    kept = [j for j in range(len(features)) if varies[j]]
    constant = [f"'{features[j]}'" for j in range(len(features)) if not varies[j]]
    if not kept:
        raise CsvError(f"No chosen feature varies ({_listed(constant)}): choose a feature that differs between rows.")
    notes = list(table.notes)
    if n_dropped:
        notes.append(f"{_count(n_dropped, 'row')} left out for a missing value.")
    if constant:
        notes.append(f"Left out, because the same in every row: {_listed(constant)}.")
    return Data(
        X=chosen[:, kept],
        y=chosen[:, -1],
        feature_names=tuple(features[j] for j in kept),
        target_name=target,
        truth=None,
        noise_sd=None,
        name="csv",
        label=table.label,
        notes=tuple(notes),
    )


def _decode(raw: bytes) -> str:
    """The text of the file, without a byte order mark."""
    if len(raw) > MAX_BYTES:
        raise CsvError(
            f"The file has {len(raw) / 1e6:.1f} MB, and at most {MAX_BYTES / 1e6:.0f} MB are read: "
            "delete rows or columns."
        )
    advice = "save it as 'CSV UTF-8' and upload that."
    for start, kind in _KNOWN_BINARY.items():
        if raw.startswith(start):
            raise CsvError(f"The file is {kind}, not a UTF-8 CSV file: {advice}")
    if b"\0" in raw:
        raise CsvError(f"The file is binary, not a CSV file: {advice}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CsvError(f"The file is not UTF-8 text (see line {line:,}): {advice}") from None
    if not text.strip():
        raise CsvError("The file is empty: it needs a line of column names and rows of numbers below.")
    return text


def _sniff_delimiter(text: str) -> str:
    """The delimiter under which the first rows agree best with the header and hold most numbers."""
    sample = text[:_SNIFF_CHARACTERS]
    if len(text) > len(sample) and "\n" in sample:
        sample = sample[: sample.rindex("\n")]
    scores = {}
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        rows = list(islice((row for row in reader if not _is_blank(row)), _SNIFF_ROWS))
        if rows and len(rows[0]) > 1:
            width = len(rows[0])
            agreeing = [row for row in rows[1:] if len(row) == width]
            cells = [cell for row in agreeing for cell in row]
            numeric = sum(_is_number(cell, ".") or _is_number(cell, ",") for cell in cells)
            scores[delimiter] = (
                len(agreeing) / max(len(rows) - 1, 1),
                numeric / max(len(cells), 1),
                width,
            )
    if not scores:
        raise CsvError("Only one column was found: separate the columns by comma, semicolon, tab or |.")
    return max(scores, key=lambda delimiter: scores[delimiter])


def _sniff_decimal(text: str, delimiter: str) -> str:
    """A comma if more cells of the whole file are like 1,5 than like 1.5, else a point."""
    if delimiter == ",":
        return "."
    edge = re.escape(delimiter) + '"\r\n'

    def count(sign: str) -> int:
        cell = rf"[{edge}] *[+-]?\d+{re.escape(sign)}\d+ *(?=[{edge}]|$)"
        return sum(1 for _ in re.finditer(cell, text))

    return "," if count(",") > count(".") else "."


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(row number in a spreadsheet, cells) of every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if not _is_blank(row):
                yield number, row
    except csv.Error as error:
        if "limit" in str(error):
            limit = f"{csv.field_size_limit():,}"
            problem = f"has a cell of more than {limit} characters: look for a quote left open."
        elif "end of data" in str(error):
            problem = "opens a quote that is never closed: close or remove it."
        else:
            problem = 'has text after a closing quote: write a quote inside a cell as "".'
        raise CsvError(f"Row {number + 1:,} {problem}") from None


def _is_blank(row: list[str]) -> bool:
    return len(row) < 2 and not "".join(row).strip()


def _column_names(header: list[str], decimal: str) -> tuple[list[str], list[str]]:
    """Clean and unique names of all columns, and notes on those that were changed."""
    if len(header) > MAX_COLUMNS:
        raise CsvError(f"The file has {len(header):,} columns, and at most {MAX_COLUMNS} are read: delete columns.")
    if all(_is_number(cell, decimal) or cell.strip().lower() in MISSING for cell in header):
        raise CsvError("The first line has no column names, only numbers or nothing: add a line of names at the top.")
    names: list[str] = []
    renamed = []
    for position, cell in enumerate(header, start=1):
        wanted = _clean(cell, MAX_NAME) or f"column {position}"
        name, copy = wanted, 1
        while name in names:
            copy += 1
            suffix = f" ({copy})"
            name = wanted[: MAX_NAME - len(suffix)] + suffix
        if copy > 1:
            renamed.append(f"'{name}'")
        names.append(name)
    notes = [f"Columns with the same name were numbered: {_listed(renamed)}."] if renamed else []
    return names, notes


@dataclass(frozen=True, eq=False)
class _Body:
    """The cells below the header as numbers, and where text was met first in a column."""

    values: Array  # (n_rows, n_columns), NaN where missing or text
    row_numbers: NDArray[np.intp]  # (n_rows,)
    texts: dict[int, tuple[int, str]]  # column -> (row number, cell)
    cut: bool


def _read_body(rows: Iterable[tuple[int, list[str]]], width: int, decimal: str) -> _Body:
    cells = array("d")
    row_numbers: list[int] = []
    texts: dict[int, tuple[int, str]] = {}
    cut = False
    for number, row in rows:
        if not any(map(str.strip, row)):  # a spreadsheet's empty row: only delimiters
            continue
        if len(row_numbers) == MAX_ROWS:
            cut = True
            break
        if len(row) < width or any(row[width:]):
            raise CsvError(
                f"Row {number:,} has {_count(len(row), 'cell')} but the first line has {width}: "
                "give every row the same number of cells."
            )
        row_numbers.append(number)
        for j, cell in enumerate(row[:width]):
            value = math.nan
            if j not in texts:
                try:
                    value = _number(cell, decimal)
                except ValueError:
                    texts[j] = (number, _clean(cell, 20))
            cells.append(value)
    values = np.array(cells, dtype=np.float64).reshape(len(row_numbers), width)
    ordered = {j: texts[j] for j in sorted(texts)}
    return _Body(values, np.array(row_numbers, dtype=np.intp), ordered, cut)


def _number(cell: str, decimal: str) -> float:
    """The number in a cell; NaN if missing. Raises ValueError for anything else."""
    text = cell.strip()
    if text.lower() in MISSING:
        return math.nan
    if len(text) > _MAX_NUMBER_CHARACTERS or "_" in text:  # Python reads 1_000 as a number
        raise ValueError
    if decimal == ",":
        if "." in text:  # 1.234 is a thousand here and not there: no guess
            raise ValueError
        text = text.replace(",", ".")
    return float(text)


def _is_number(cell: str, decimal: str) -> bool:
    try:
        return not math.isnan(_number(cell, decimal))
    except ValueError:
        return False


def _check_choice(table: Table, target: str, features: Sequence[str]) -> None:
    for name in (target, *features):
        if name not in table.names:
            raise CsvError(
                f"'{_clean(str(name), MAX_NAME)}' is not a column of numbers in this file: choose "
                f"among {_listed(table.names)}."
            )
    if target in features:
        raise CsvError(f"The target '{target}' is also among the features: take it out of the features.")
    if len(set(features)) < len(features):
        raise CsvError("A feature is chosen twice: choose each feature once.")
    if not 1 <= len(features) <= MAX_FEATURES:
        raise CsvError(f"Choose 1 to {MAX_FEATURES} features, got {len(features)}.")


def _check_magnitudes(values: Array, names: Sequence[str], row_numbers: NDArray[np.intp]) -> None:
    wrong = np.argwhere(np.abs(values) > MAX_MAGNITUDE)
    if len(wrong) == 0:
        return
    i, j = wrong[0]
    value = values[i, j]
    kind = "an infinite number" if np.isinf(value) else f"{value:g}, beyond {MAX_MAGNITUDE:g},"
    raise CsvError(f"The column '{names[j]}' has {kind} in row {row_numbers[i]:,}: correct it or leave out the column.")


def _varies(column: Array) -> bool:
    """Whether the values differ by more than rounding, and by enough to be squared."""
    if len(column) == 0:
        return False
    spread = float(column.max() - column.min())
    return spread > max(1e-12 * float(np.abs(column).max()), 1.0 / MAX_MAGNITUDE)


def _clean(text: str, limit: int) -> str:
    """One line of at most `limit` characters without control or formatting characters."""
    spaced = " ".join(text[: 10 * limit].split())
    shown = "".join(c for c in spaced if unicodedata.category(c)[0] != "C").strip()
    cut = len(shown) > limit or len(text) > 10 * limit
    return shown[: limit - 1] + "…" if cut else shown


def _listed(items: Sequence[str]) -> str:
    more = len(items) - _MAX_LISTED
    return ", ".join(items[:_MAX_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
