"""Can the reader's own CSV file be used, and if not, what is wrong with it in one sentence?

The file is hostile until read: its size, columns, rows and cells are bounded before they cost
anything. No number is guessed in silence: a column is all numbers or it is left out, and the notes
say what was left out, why, and what was assumed. Names and messages hold text from the file; show
them as text.

The cells come from the standard library's csv, strict about quotes. Two faster readers were held
against the files of tests/test_csvdata.py and are not right there. pyarrow.csv reads "1"2 as 12,
takes what follows an open quote into the cell and refuses rows that end in spare delimiters; its
one decimal mark knows no thousands, so that every cell would have to come as text all the same:
as many lines here, no less time, and more than twice the memory for 20,000 × 50 numbers.
pandas.read_csv fills a row with too few cells without a word, takes text after a closing quote into
the cell too, and spends a minute and 3 GB on a second row of 2.4 million cells.
"""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from regviz.core import Array
from regviz.core.data.datasets import Data

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 500
MAX_FEATURES = 50
MIN_ROWS = 10
MAX_NAME = 40
# What the pages draw is sent in single precision: squares of these, and ratios of two, must fit into it.
MAX_MAGNITUDE = 1e15
MIN_SPREAD = 1 / MAX_MAGNITUDE

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none"})
DOUBTFUL = frozenset({"-", "?", "."})  # read as missing too, but told
RESERVED = frozenset({"automatic"})  # an entry of the page's menus of names
ASSUMED = {
    "grouped": "The mark between thousands was dropped",
    "decimal": "Read as decimals, not as thousands",
    "mark": "The decimal mark differs between columns",
    "unit": "The unit was dropped",
    "rounded": "Rounded, because a computer keeps 15 to 17 digits",
    "missing": "Taken as missing",
}

_SNIFF_CHARACTERS = 65_536
_SNIFF_ROWS = 20
_BLOCK_ROWS = 1_000
_MAX_NUMBER_CHARACTERS = 64
_MAX_LISTED = 3
_MAX_LEFT_OUT = 6
_EXACT = 2.0**53  # beyond it integers have gaps
_KNOWN_BINARY = {
    b"PK\x03\x04": "an Excel or zip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"\x1f\x8b": "a gzip file",
    b"%PDF": "a PDF file",
}


def _number_pattern(decimal: str) -> re.Pattern[str]:
    """A number with this decimal mark; thousands in threes, a percent or currency sign may be there."""
    point, group = (r"\.", ",") if decimal == "." else (",", r"\.")
    space = "[ \u00a0\u2009\u202f]"
    return re.compile(
        rf"""(?P<minus>[-+−]?) (?: (?P<before>[$€£¥]) {space}? )?
        (?P<digits>
            (?: [0-9]+ (?:{point}[0-9]*)? | {point}[0-9]+ ) (?:[eE][-+]?[0-9]+)?
          | [1-9][0-9]{{0,2}} (?P<group>{group}|{space}|['’])[0-9]{{3}} (?:(?P=group)[0-9]{{3}})* (?:{point}[0-9]*)?
          | (?i:inf(?:inity)?)
        )
        (?: {space}? (?P<after>[$€£¥%]) )?""",
        re.VERBOSE,
    )


_NUMBER = {decimal: _number_pattern(decimal) for decimal in ".,"}
_SHAPE = str.maketrans("12345678", "99999999")  # a leading 0 makes a difference, another digit none
_DROPPED = dict.fromkeys(map(ord, "+$€£¥% \u00a0\u2009\u202f'’"))
_PLAIN = {  # what float() takes, of cells that are numbers
    ".": _DROPPED | str.maketrans("−", "-", ","),
    ",": _DROPPED | str.maketrans("−,", "-.", "."),
}


class CsvError(ValueError):
    """The file or the choice of columns cannot be used; the message is one sentence saying why."""


class _LeftOut(Exception):
    """The column is not all numbers; the message says where."""


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of a CSV file that hold numbers.

    names        the usable columns in the order of the file: unique, at most 40 characters
    values       (n_rows, n_usable), read-only; NaN where a value is missing
    row_numbers  (n_rows,) the row in a spreadsheet: the first line of the file is row 1
    unusable     names of the columns that were left out
    delimiter    "," ";" tab or "|";  decimal  "." or ",", or "" if columns differ
    label        the words on the page for this file
    notes        sentences on how the file was read: what was assumed, what was left out
    """

    names: tuple[str, ...]
    values: Array  # (n_rows, n_usable)
    row_numbers: NDArray[np.intp]  # (n_rows,)
    unusable: tuple[str, ...]
    delimiter: str
    decimal: str
    label: str
    notes: tuple[str, ...] = ()

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
    """Read the bytes of a CSV file with a line of column names, separated by , ; tab or |.

    A file has one decimal mark: the one that its cells prove, as 0,5 proves the comma; a group of
    three digits behind the other mark is thousands, and 1.037 is 1037 there. Where columns prove
    both, each column goes by its own proof. Where none proves any, it is a point between commas;
    else 1.037 is a decimal if every number of its column has that mark. What could still be either
    is left out. Text columns and rows beyond 20,000 are left out, repeated names are numbered; the
    notes tell all this. Raises CsvError (and nothing else) if the file is empty, above 5 MB, binary,
    has one column, more than 500, no line of names, ragged rows, a stray quote, fewer than 10
    rows or fewer than two columns of numbers.
    """
    text, notes = _decode(raw)
    delimiter = _sniff_delimiter(text)
    rows = _rows(text, delimiter)
    _, header = next(rows)
    names = _column_names(header, notes)
    columns, cut = _read_body(rows, len(names))
    row_numbers = columns[0].row_numbers
    if len(row_numbers) < MIN_ROWS:
        raise CsvError(
            f"The file has {_count(len(row_numbers), 'row')} of data, and at least {MIN_ROWS} are needed: add rows."
        )
    if cut:
        notes.append(f"Only the first {MAX_ROWS:,} rows are read; the rest is left out.")

    read, reasons, decimal = _read_columns(columns, delimiter)
    usable = sorted(read)
    left_out = [f"column '{names[j]}' ({reasons[j]})" for j in sorted(reasons)]
    if len(usable) < 2:
        found = f"Only the column '{names[usable[0]]}' holds" if usable else "No column holds"
        reason = f"; left out is for example {left_out[0]}" if left_out else ""
        raise CsvError(f"{found} only numbers, and two such columns are needed, a target and a feature{reason}.")
    told = f"Read {_count(len(row_numbers), 'row')}, separated by {DELIMITERS[delimiter]}"
    notes.insert(0, told + (", with decimal commas." if decimal == "," else "."))
    for kind, words in ASSUMED.items():
        firsts = [(j, read[j].assumed[kind]) for j in usable if kind in read[j].assumed]
        cells = [
            f"“{_clean(columns[j][i], 30)}” is {_shown(read[j].values[i])} ('{names[j]}', row {row_numbers[i]:,})"
            for j, i in firsts
        ]
        notes += [f"{words}: {_listed(cells)}."] if cells else []
    notes += [f"Left out: {words}." for words in left_out[:_MAX_LEFT_OUT]]
    if len(left_out) > _MAX_LEFT_OUT:
        notes.append(f"Left out too: {_count(len(left_out) - _MAX_LEFT_OUT, 'more column')}.")

    values = np.stack([read[j].values for j in usable], axis=1)
    values.setflags(write=False)
    return Table(
        names=tuple(names[j] for j in usable),
        values=values,
        row_numbers=np.array(row_numbers, dtype=np.intp),
        unusable=tuple(names[j] for j in sorted(reasons)),
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
    _check_spreads(chosen, names)

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


def _decode(raw: bytes) -> tuple[str, list[str]]:
    """The text of the file without a byte order mark, and a note if its encoding was guessed."""
    if len(raw) > MAX_BYTES:
        raise CsvError(
            f"The file has {len(raw) / 1e6:.1f} MB, and at most {MAX_BYTES / 1e6:.0f} MB are read: "
            "delete rows or columns."
        )
    advice = "save it as 'CSV UTF-8' and upload that."
    for start, kind in _KNOWN_BINARY.items():
        if raw.startswith(start):
            raise CsvError(f"The file is {kind}, not a CSV file: {advice}")
    notes = []
    try:
        text = raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = f"The file is not UTF-8 text (see line {line:,})"
        try:
            text = raw.decode("cp1252")  # what Excel writes as "CSV" in Western Europe
        except UnicodeDecodeError:
            raise CsvError(f"{problem}: {advice}") from None
        notes.append(f"{problem}: read as Windows-1252. If names look wrong, save it as 'CSV UTF-8'.")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise CsvError(f"The file is binary, not a CSV file (a zero byte in line {line:,}): {advice}")
    if not text.strip():
        raise CsvError("The file is empty: it needs a line of column names and rows of numbers below.")
    return text, notes


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
            numeric = sum(map(_is_number, cells))
            scores[delimiter] = (
                len(agreeing) / max(len(rows) - 1, 1),
                numeric / max(len(cells), 1),
                width,
            )
    if not scores:
        raise CsvError("Only one column was found: separate the columns by comma, semicolon, tab or |.")
    return max(scores, key=lambda delimiter: scores[delimiter])


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


def _column_names(header: list[str], notes: list[str]) -> list[str]:
    """Clean and unique names of all columns; what was made of them goes to the notes."""
    if len(header) > MAX_COLUMNS:
        raise CsvError(f"The file has {len(header):,} columns, and at most {MAX_COLUMNS} are read: delete columns.")
    numbers = [f"'{_clean(cell, MAX_NAME)}'" for cell in header if _is_number(cell)]
    if len(numbers) == sum(not _is_missing(cell.strip()) for cell in header):
        raise CsvError("The first line has no column names, only numbers or nothing: add a line of names at the top.")
    if numbers:
        notes.append(f"The first line is read as names, and some are numbers: {_listed(numbers)}.")
    names: list[str] = []
    taken = set(RESERVED)
    renamed = []
    for position, cell in enumerate(header, start=1):
        wanted = _clean(cell, MAX_NAME) or f"column {position}"
        name, copy = wanted, 1
        while name in taken:
            copy += 1
            suffix = f" ({copy})"
            name = wanted[: MAX_NAME - len(suffix)] + suffix
        if copy > 1:
            renamed.append(f"'{name}'")
        names.append(name)
        taken.add(name)
    if renamed:
        notes.append(f"Columns whose name was taken were numbered: {_listed(renamed)}.")
    return names


@dataclass(frozen=True, eq=False)
class _Cells:
    """A column as text: its cells with NUL between, which no file has.

    shapes  cell with its digits 1 to 8 as 9 -> position of the first such cell: a few stand for thousands of cells
    """

    text: str
    shapes: dict[str, int]
    row_numbers: list[int]

    @classmethod
    def of(cls, text: str, row_numbers: list[int]) -> _Cells:
        """The column of this text."""
        shapes = text.translate(_SHAPE).split("\0")
        last_first = dict(zip(reversed(shapes), reversed(range(len(shapes))), strict=True))
        return cls(text, dict(sorted(last_first.items(), key=lambda item: item[1])), row_numbers)

    def __getitem__(self, i: int) -> str:
        return self.text.split("\0")[i]

    def at(self, i: int) -> str:
        """Row and cell, in words."""
        return f"row {self.row_numbers[i]:,}: “{_clean(self[i], 20)}”"

    def known(self) -> dict[str, int]:
        """The shapes of cells that are not missing."""
        return {shape: i for shape, i in self.shapes.items() if not _is_missing(shape)}

    def proofs(self) -> dict[str, int]:
        """Decimal mark -> position of the first number with this mark and none with the other: 0,5 or 1.234.567."""
        found: dict[str, int] = {}
        for shape, i in self.shapes.items():
            marks = [mark for mark in ".," if ("." in shape or "," in shape) and _match(shape, mark)]
            if len(marks) == 1:
                found.setdefault(marks[0], i)
        return found


@dataclass(frozen=True, eq=False)
class _Column:
    """The numbers of a column, and where each kind of assumption was made first."""

    values: Array  # (n_rows,), NaN where missing
    assumed: dict[str, int]  # kind -> position


def _read_body(rows: Iterable[tuple[int, list[str]]], width: int) -> tuple[list[_Cells], bool]:
    """The columns below the header, and whether rows were left out."""
    blocks: list[list[str]] = [[] for _ in range(width)]
    block: list[list[str]] = []
    row_numbers: list[int] = []

    def flush() -> None:
        for parts, cells in zip(blocks, zip(*block, strict=True), strict=False):
            parts.append("\0".join(cells))
        block.clear()

    cut = False
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):  # a spreadsheet's empty row: only delimiters
            continue
        if len(row_numbers) == MAX_ROWS:
            cut = True
            break
        if len(row) < width or any(cells[width:]):
            raise CsvError(
                f"Row {number:,} has {_count(len(row), 'cell')} but the first line has {width}: "
                "give every row the same number of cells."
            )
        row_numbers.append(number)
        block.append(cells[:width])
        if len(block) == _BLOCK_ROWS:  # text takes a tenth of the memory of its cells
            flush()
    flush()
    return [_Cells.of("\0".join(parts), row_numbers) for parts in blocks], cut


def _read_columns(columns: list[_Cells], delimiter: str) -> tuple[dict[int, _Column], dict[int, str], str]:
    """The columns of numbers, why the others are left out, and the decimal mark ("" if columns differ)."""
    read: dict[int, _Column] = {}
    left_out: dict[int, str] = {}

    def attempt(j: int, decimal: str) -> None:
        try:
            read[j] = _read_column(columns[j], decimal)
        except _LeftOut as reason:
            left_out[j] = str(reason)

    proofs = [cells.proofs() for cells in columns]
    proven: set[str] = set()
    for j, proof in enumerate(proofs):
        if len(proof) == 2:
            point, comma = (columns[j].at(proof[mark]) for mark in ".,")
            left_out[j] = f"{point} has a decimal point, {comma} a decimal comma"
        elif proof:
            attempt(j, *proof)
        if j in read or len(proof) == 2:  # text proves nothing
            proven |= set(proof)
    if not proven and delimiter == ",":
        proven = {"."}
    used = set().union(*(proofs[j] for j in read))
    if len(used) == 2:
        for j in read:
            read[j].assumed["mark"] = min(proofs[j].values())

    decimal = min(proven) if len(proven) == 1 else ""
    rest = [j for j, proof in enumerate(proofs) if not proof]
    for j in rest:
        attempt(j, decimal or ".")
    if decimal:
        return read, left_out, decimal
    unsettled = {}  # column -> position of a cell like 1.037
    for j in rest:
        marked = [i for shape, i in columns[j].known().items() if "." in shape or "," in shape]
        if j in read and marked:
            unsettled[j] = marked[0]
    marks = {mark for j in unsettled for shape in columns[j].known() for mark in ".," if mark in shape}
    for j, i in unsettled.items():
        if not proven and len(marks) == 1 and all(marks <= set(shape) for shape in columns[j].known()):
            attempt(j, *marks)
            read[j].assumed["decimal"] = i
            used = marks
        else:
            cell = _Cells.of(columns[j][i], [0])
            one, other = (_shown(_read_column(cell, mark).values[0]) for mark in ".,")
            left_out[j] = (
                f"{columns[j].at(i)} could be {one} or {other}: use one decimal mark and none between thousands"
            )
            del read[j]
    return read, left_out, "" if len(used) == 2 else min(used, default=".")


def _read_column(cells: _Cells, decimal: str) -> _Column:
    """Raises _LeftOut if a cell is neither a number nor missing, if units differ or nothing is there."""
    assumed: dict[str, int] = {}
    units: dict[str, int] = {}
    for shape, i in cells.known().items():
        match = _match(shape, decimal)
        if not match:
            raise _LeftOut(f"{cells.at(i)} is not a number")
        unit = (match["before"] or "") + (match["after"] or "")
        units.setdefault(unit, i)
        if unit:
            assumed.setdefault("unit", i)
        if match["group"]:
            assumed.setdefault("grouped", i)
    if not units:
        raise _LeftOut("no number is in it")
    if len(units) > 1:
        one, other = (cells.at(i) for i in list(units.values())[:2])
        raise _LeftOut(f"{one} and {other} differ in their unit")

    missing = {shape for shape in cells.shapes if _is_missing(shape)}  # without a digit: cells, too
    if doubtful := [i for shape, i in cells.shapes.items() if shape in DOUBTFUL]:
        assumed["missing"] = doubtful[0]
    plain = cells.text.translate(_PLAIN[decimal]).split("\0")
    if missing - {""}:
        plain = ["" if cell in missing else number for cell, number in zip(cells.text.split("\0"), plain, strict=True)]
    values = np.array([float(number) if number else math.nan for number in plain])
    extreme = (np.abs(values) >= _EXACT) & np.isfinite(values)
    if "e" in cells.text.lower():
        extreme |= values == 0
    rounded = next((int(i) for i in np.flatnonzero(extreme) if _is_rounded(plain[i], values[i])), None)
    return _Column(values, assumed if rounded is None else assumed | {"rounded": rounded})


def _is_rounded(plain: str, value: float) -> bool:
    """Whether an integer was changed, as those beyond 2⁵³ are, or a number below 1e-324 is now 0."""
    digits, exponent, _ = plain.lower().partition("e")
    return value == 0 and any(digit in digits for digit in "123456789") if exponent else Decimal(digits) != value


def _match(cell: str, decimal: str) -> re.Match[str] | None:
    return _NUMBER[decimal].fullmatch(cell) if len(cell) <= _MAX_NUMBER_CHARACTERS else None


def _is_number(cell: str) -> bool:
    return any(_match(cell.strip(), decimal) for decimal in ".,")


def _is_missing(cell: str) -> bool:
    return cell.lower() in MISSING or cell in DOUBTFUL


def _shown(value: float) -> str:
    if math.isnan(value):
        return "missing"
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e21 else repr(float(value))


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
    kind = "infinity, or a number above 1.8e308," if np.isinf(value) else f"{value:g}, beyond {MAX_MAGNITUDE:g},"
    raise CsvError(f"The column '{names[j]}' has {kind} in row {row_numbers[i]:,}: correct it or leave out the column.")


def _check_spreads(values: Array, names: Sequence[str]) -> None:
    for name, spread in zip(names, np.ptp(values, axis=0), strict=True):
        if 0 < spread < MIN_SPREAD:
            raise CsvError(
                f"The values of the column '{name}' differ by {spread:.2g} at most, and at least {MIN_SPREAD:g} is "
                "needed: give it in a smaller unit or leave it out."
            )


def _varies(column: Array) -> bool:
    """Whether the values differ by more than rounding, and by enough to be fitted."""
    if len(column) == 0:
        return False
    spread = float(column.max() - column.min())
    return spread > 1e-12 * float(np.abs(column).max()) and spread >= MIN_SPREAD


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
