"""Does every bad file get one clear sentence, in bounded time, and a good one its numbers?"""

import pickle
import time
import zipfile
from io import BytesIO

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regviz.core.data.csvdata import MAX_BYTES, RESERVED, CsvError, Table, read_csv, to_data
from regviz.settings import AUTOMATIC

ROWS = "".join(f"{i},{i * i},{7 - i}\n" for i in range(1, 13))
GOOD = "a,b,c\n" + ROWS
SECONDS = 4.0  # a hostile file must not hold a server longer; measured: 1 s


def read(text: str) -> Table:
    return read_csv(text.encode())


def sentence(raw: bytes) -> str:
    """The message of the CsvError that `raw` must raise, checked to be one short sentence."""
    start = time.perf_counter()
    with pytest.raises(CsvError) as caught:
        read_csv(raw)
    assert time.perf_counter() - start < SECONDS
    return checked(str(caught.value))


def refusal(table: Table, target: str, features: list[str]) -> str:
    with pytest.raises(CsvError) as caught:
        to_data(table, target, features)
    return checked(str(caught.value))


def checked(message: str) -> str:
    assert message[-1] == ".", message
    assert message.isprintable(), message
    assert len(message) < 300, message
    return message


def zipped() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


# What is read.


def test_plain_file() -> None:
    table = read(GOOD)
    assert table.names == ("a", "b", "c")
    assert table.values.shape == (12, 3)
    np.testing.assert_array_equal(table.values[2], [3, 9, 4])
    np.testing.assert_array_equal(table.row_numbers, np.arange(2, 14))
    assert (table.delimiter, table.decimal, table.unusable) == (",", ".", ())
    assert table.notes == ("Read 12 rows, separated by commas.",)
    assert table.default_target == "c"
    assert table.default_features("c") == ("a", "b")
    data = to_data(table, "c", ["b", "a"])
    np.testing.assert_array_equal(data.X, table.values[:, [1, 0]])
    np.testing.assert_array_equal(data.y, table.values[:, 2])
    assert (data.feature_names, data.target_name, data.name) == (("b", "a"), "c", "csv")
    assert data.truth is None
    assert data.noise_sd is None
    assert data.notes == table.notes
    assert pickle.loads(pickle.dumps(table)).names == table.names


@pytest.mark.parametrize(
    ("delimiter", "word"), [(",", "commas"), (";", "semic"), ("\t", "tabs"), ("|", "vertical bars")]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_delimiters_line_ends_and_byte_order_mark(delimiter: str, word: str, ending: str, bom: bytes) -> None:
    text = GOOD.replace(",", delimiter).replace("\n", ending)
    table = read_csv(bom + text.encode())
    assert table.delimiter == delimiter
    assert word in table.notes[0]
    np.testing.assert_array_equal(table.values, read(GOOD).values)
    assert table.names == ("a", "b", "c")


def lines(*first: str, filled: int = 12) -> bytes:
    """A file of the header, these rows, and the last row again up to 12 rows."""
    return "\n".join([*first, *[first[-1]] * (filled + 1 - len(first)), ""]).encode()


# Bytes, the first numbers of every column that is read, and words of every note but the first.
READ: dict[str, tuple[bytes, dict[str, list[float]], tuple[str, ...]]] = {
    # The decimal mark: proven by the file, or by the column, or taken and told, or not taken.
    "points": (lines("a,b", "1.5,-0.25"), {"a": [1.5], "b": [-0.25]}, ()),
    "points, semicolons": (lines("a;b", "1.5;2.007"), {"a": [1.5], "b": [2.007]}, ()),
    "three decimals between commas": (lines("a,b", "1.037,2.007"), {"a": [1.037], "b": [2.007]}, ()),
    "commas": (lines("a;b", "1,5;2,007"), {"a": [1.5], "b": [2.007]}, ()),
    "commas in quotes between commas": (lines("a,b", '"1,5","-,5"'), {"a": [1.5], "b": [-0.5]}, ()),
    "commas and bars": (lines("a|b", "0,123|5"), {"a": [0.123], "b": [5]}, ()),
    "a late comma": (
        lines("a;b", *["1;2.007"] * 500, "1,5;2"),
        {"a": [1], "b": [2007]},
        ("“2.007” is 2007 ('b', row 2)",),
    ),
    "thousands beside decimal commas": (
        lines("a;b;c", "1.037;2.007;0,5"),
        {"a": [1037], "b": [2007], "c": [0.5]},
        ("between thousands was dropped: “1.037” is 1037 ('a', row 2), “2.007” is 2007 ('b', row 2).",),
    ),
    "thousands and decimal commas": (lines("a;b", "1.234,5;1"), {"a": [1234.5], "b": [1]}, ("“1.234,5” is 1234.5",)),
    "thousands and decimal points": (lines("a;b", "1,234.5;1"), {"a": [1234.5], "b": [1]}, ("“1,234.5” is 1234.5",)),
    "thousands beside decimal points": (lines("a\tb", "1.5\t1,037"), {"a": [1.5], "b": [1037]}, ("“1,037” is 1037",)),
    "thousands in quotes between commas": (
        lines("a,b", '999,"1,037"', '7,"-2,000,000"'),
        {"a": [999, 7], "b": [1037, -2e6]},
        ("“1,037” is 1037 ('b', row 2)",),
    ),
    "millions prove the comma": (
        lines("a;b;c", "1.234.567;1.037;12"),
        {"a": [1234567], "b": [1037], "c": [12]},
        ("“1.234.567” is 1234567 ('a', row 2), “1.037” is 1037",),
    ),
    "thousands with spaces": (
        lines("a;b;c", "1 234,5;1\u202f234;1\u00a0234\u00a0567,25"),
        {"a": [1234.5], "b": [1234], "c": [1234567.25]},
        ("“1 234,5” is 1234.5 ('a', row 2), “1 234” is 1234 ('b', row 2), “1 234 567,25” is 1234567.25",),
    ),
    "thousands with apostrophes": (lines("a,b", "1'234.5,1"), {"a": [1234.5], "b": [1]}, ("“1'234.5” is 1234.5",)),
    "all could be thousands": (
        lines("a;b;c", "1.037;2;20.007", "9.500;3;1.000"),
        {"a": [1.037, 9.5], "b": [2, 3], "c": [20.007, 1]},
        ("Read as decimals, not as thousands: “1.037” is 1.037 ('a', row 2), “20.007” is 20.007 ('c', row 2).",),
    ),
    "all could be thousands, commas": (
        lines("a\tb\tc", "1,037\t2\t"),
        {"a": [1.037], "b": [2]},
        ("Read as decimals, not as thousands: “1,037” is 1.037", "column 'c' (no number is in it)"),
    ),
    "thousands or decimals, not all marked": (
        lines("a;b;c", "999;1;5", "1.037;2;6"),
        {"b": [1, 2], "c": [5, 6]},
        ("column 'a' (row 3: “1.037” could be 1.037 or 1037: use one decimal mark and none between thousands)",),
    ),
    "either mark, none proven": (
        lines("a;b;c;d", "1.037;2,007;1;2"),
        {"c": [1], "d": [2]},
        ("column 'a' (row 2: “1.037” could be 1.037 or 1037", "column 'b' (row 2: “2,007” could be 2007 or 2.007"),
    ),
    "each column its own mark": (
        lines("a;b;c;d", "1;2.007;0,5;7", "1.5;2.007;0,5;7"),
        {"a": [1, 1.5], "c": [0.5], "d": [7]},
        (
            "decimal mark differs between columns: “1.5” is 1.5 ('a', row 3), “0,5” is 0.5 ('c', row 2)",
            "column 'b' (row 2: “2.007” could be 2.007 or 2007",
        ),
    ),
    "a column of both marks beside commas": (
        lines("a;b;c", "1.5;1,5;2", "1,5;1,5;2"),
        {"b": [1.5], "c": [2]},
        ("column 'a' (row 2: “1.5” has a decimal point, row 3: “1,5” a decimal comma)",),
    ),
    "both marks in a column": (
        lines("a;b;c;d", "1.5;1;2;3.007", "2;2;2;1", "1,5;1;2;2"),
        {"b": [1, 2], "c": [2]},
        (
            "column 'a' (row 2: “1.5” has a decimal point, row 4: “1,5” a decimal comma)",
            "column 'd' (row 2: “3.007” could",
        ),
    ),
    "a version number proves nothing": (
        lines("a;b;c", "1.100.200;1.037;2", "x;1.037;2"),
        {"b": [1.037], "c": [2]},
        ("Read as decimals, not as thousands: “1.037”", "column 'a' (row 3: “x” is not a number)"),
    ),
    # Other numbers.
    "exponents": (
        lines("a;b;c", "1e3;-1.5E-3;+2,5e+2".replace(",", ".")),
        {"a": [1e3], "b": [-1.5e-3], "c": [250]},
        (),
    ),
    "edges": (lines("a,b,c,d", "5.,.5,007,−3"), {"a": [5], "b": [0.5], "c": [7], "d": [-3]}, ()),
    "edges, commas": (lines("a;b;c", "−3,5;,5;5,"), {"a": [-3.5], "b": [0.5], "c": [5]}, ()),
    "spaces around": (lines("a,b", ' 1.5 ,"\u00a02 "'), {"a": [1.5], "b": [2]}, ()),
    "percent": (
        lines("a;b;c", "12%;3;50 %", "7%;3;0.5"),
        {"a": [12, 7], "b": [3]},
        (
            "The unit was dropped: “12%” is 12 ('a', row 2)",
            "column 'c' (row 2: “50 %” and row 3: “0.5” differ in their unit)",
        ),
    ),
    "currency": (
        lines("a;b;c;d", "-$1,200.50;€ 5;3 €;$1", "$2.5;€6;4€;€1"),
        {"a": [-1200.5, 2.5], "b": [5, 6], "c": [3, 4]},
        (
            "“-$1,200.50” is -1200.5 ('a', row 2).",
            "unit was dropped: “-$1,200.50” is -1200.5",
            "“$1” and row 3: “€1” differ",
        ),
    ),
    "integers beyond 2^53": (
        lines("id,a,b", "9007199254740992,1,2", "9007199254740993,1,36028797018963969", "-9007199254740995,1,2"),
        {"id": [2.0**53, 2.0**53, -(2.0**53) - 4], "a": [1], "b": [2, 2.0**55]},
        ("“9007199254740993” is 9007199254740992 ('id', row 3), “36028797018963969” is 36028797018963968",),
    ),
    "large and exact": (lines("a,b", "1e300,1000000000000000000000"), {"a": [1e300], "b": [1e21]}, ()),
    "below the smallest number": (lines("a,b", "1e-400,0e5"), {"a": [0], "b": [0]}, ("“1e-400” is 0 ('a', row 2).",)),
    "infinite": (lines("a,b,c", "inf,-Infinity,1e400"), {"a": [np.inf], "b": [-np.inf], "c": [np.inf]}, ()),
    # What is no number.
    "no numbers": (
        lines("date,hex,x,y,group", '2024-05-01,0x1F,1,2,"12,34,567"', '2024-05-02,0x2F,1,2,"1,2"'),
        {"x": [1], "y": [2]},
        ("'date' (row 2: “2024-05-01” is not", "'hex' (row 2: “0x1F” is not", "'group' (row 2: “12,34,567” is not"),
    ),
    "text in one cell": (
        lines("a,b,c", "1,2,3", "1,2,3", "1,2 kg,3"),
        {"a": [1], "c": [3]},
        ("'b' (row 4: “2 kg” is not",),
    ),
    "dates with points": (
        lines("a;b;c", "01.05.2024;1,5;2"),
        {"b": [1.5], "c": [2]},
        ("“01.05.2024” is not a number",),
    ),
    "clock, brackets, digits": (
        lines("a,b,c,d,e,f,g", "12:30,(5),٣,1_000,--5,1,2"),
        {"f": [1], "g": [2]},
        ("“12:30”", "“(5)”", "“٣”", "“1_000”", "“--5”"),
    ),
    "many left out": (
        lines(",".join(f"c{j}" for j in range(10)), "x,x,x,x,x,x,x,x,1,2"),
        {"c8": [1], "c9": [2]},
        (*["“x” is not"] * 6, "Left out too: 2 more columns."),
    ),
    "missing": (
        lines("a,b,c", "1,NA,n/a", ",2,#N/A", "NaN,null,3", "None,NONE,nan"),
        {"a": [1, np.nan, np.nan, np.nan], "b": [np.nan, 2, np.nan, np.nan], "c": [np.nan, np.nan, 3, np.nan]},
        (),
    ),
    "doubtful": (
        lines("a,b,c", "1,2,3", "?,-,.", "-,2,3"),
        {"a": [1, np.nan, np.nan], "b": [2, np.nan], "c": [3, np.nan]},
        ("Taken as missing: “?” is missing ('a', row 3), “-” is missing ('b', row 3), “.” is missing ('c', row 3).",),
    ),
    # Names.
    "a menu's word": (lines("automatic,a", "1,2"), {"automatic (2)": [1], "a": [2]}, ("numbered: 'automatic (2)'",)),
    "names that are numbers": (
        lines("1990,a,5", "1,2,3"),
        {"1990": [1], "a": [2], "5": [3]},
        ("some are numbers: '1990', '5'",),
    ),
    # Encodings, line ends, quotes.
    "latin-1": (
        lines("größe;b", "1,5;2").decode().encode("latin-1"),
        {"größe": [1.5], "b": [2]},
        ("not UTF-8 text (see line 1): read as Windows-1252.",),
    ),
    "euro in windows-1252": (
        lines("a;b", "1,5 €;2").decode().encode("cp1252"),
        {"a": [1.5], "b": [2]},
        ("not UTF-8 text (see line 2)", "“1,5 €” is 1.5"),
    ),
    "utf-16": (lines("größe;b", "1,5;2").decode().encode("utf-16"), {"größe": [1.5], "b": [2]}, ()),
    "utf-16, big end first": (
        b"\xfe\xff" + lines("a\tb", "1\t2").decode().encode("utf-16-be"),
        {"a": [1], "b": [2]},
        (),
    ),
    "old Mac": (lines("a,b", "1.5,2").replace(b"\n", b"\r"), {"a": [1.5], "b": [2]}, ()),
    "quoted line ends": (lines('"a\nb",c', '"1",2', '" 2\n",3'), {"a b": [1, 2], "c": [2, 3]}, ()),
    "inches": (lines("a,b,c", '5",1,2'), {"b": [1], "c": [2]}, ('“5"” is not a number',)),
    "trailing delimiters": (lines("a,b", "1,2,,", "3,4, "), {"a": [1, 3], "b": [2, 4]}, ()),
    "delimiter in names": (
        lines("weight, kg;height, cm", "70,5;-1,80"),
        {"weight, kg": [70.5], "height, cm": [-1.8]},
        (),
    ),
}


@pytest.mark.parametrize("case", READ)
def test_numbers_of_hostile_files(case: str) -> None:
    """The numbers that a careful person would read; and every assumption, every column left out is told."""
    raw, numbers, told = READ[case]
    table = read_csv(raw)
    assert table.names == tuple(numbers)
    for name, first in numbers.items():
        np.testing.assert_array_equal(table.values[: len(first), table.names.index(name)], first)
    assert len(table.notes) == 1 + len(told), table.notes
    for words, note in zip(told, table.notes[1:], strict=True):
        assert words in checked(note)


@pytest.mark.parametrize("delimiter", ";\t|")
def test_the_decimal_mark_is_told(delimiter: str) -> None:
    def row(*cells: str) -> bytes:
        return lines(delimiter.join("abc"), delimiter.join(cells))

    expected = {("1.5", "2", "3"): ".", ("1,5", "2", "3"): ",", ("1", "2", "3"): ".", ("1.5", "2,5", "3"): ""}
    expected |= {("1.037", "2", "3"): ".", ("1,037", "2", "3"): ",", ("1.037", "2,5", "3"): ","}
    for cells, decimal in expected.items():
        table = read_csv(row(*cells))
        assert (table.decimal, table.delimiter) == (decimal, delimiter)
        assert ("with decimal commas" in table.notes[0]) == (decimal == ",")


def test_the_menu_has_no_column_of_its_own_words() -> None:
    assert AUTOMATIC in RESERVED


def test_underscores_and_long_digits_are_text() -> None:
    table = read("a,b,c,d\n" + ("1_000," + "9" * 200 + ",1,2\n") * 12)
    assert table.names == ("c", "d")
    assert table.unusable == ("a", "b")


def test_text_and_empty_columns_are_kept_out_and_reported() -> None:
    table = read("id,v,note,w\n" + "".join(f"p{i},{i},,{i * i}\n" for i in range(12)))
    assert table.names == ("v", "w")
    assert table.unusable == ("id", "note")
    assert table.notes[1] == "Left out: column 'id' (row 2: “p0” is not a number)."
    assert table.notes[2] == "Left out: column 'note' (no number is in it)."


def test_quoted_newlines_and_delimiters() -> None:
    table = read('"first\nname","b, c"\n' + '"1","2"\n' * 12)
    assert table.names == ("first name", "b, c")


def test_blank_rows_are_skipped_and_rows_keep_their_numbers() -> None:
    table = read("\n  \na,b\n\n1,2\n,\n , \n3,4\n" + "5,6\n" * 10)
    assert table.values.shape == (12, 2)
    assert table.row_numbers[:2].tolist() == [5, 8]


def test_trailing_delimiters_are_harmless() -> None:
    assert read("a,b\n" + "1,2,,\n" * 12).values.shape == (12, 2)


def test_repeated_and_missing_names() -> None:
    table = read("a,a,,a (2),a\n" + "1,2,3,4,5\n" * 12)
    assert table.names == ("a", "a (2)", "column 3", "a (2) (2)", "a (3)")
    assert "numbered: 'a (2)', 'a (2) (2)', 'a (3)'." in table.notes[1]


def test_hostile_names_are_trimmed_to_one_line() -> None:
    names = ["<script>alert(1)</script>", "x" * 10_000, "a\x07\x1b[31mb\u202ec\u200b", "y" * 10_001]
    names += ["y" * 10_000, "\u2028\u0085", '=cmd|"/c calc"!A1']
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    table = read(quoted + "\n" + "1,2,3,4,5,6,7\n" * 12)
    assert table.names[0] == "<script>alert(1)</script>"
    assert table.names[1] == "x" * 39 + "…"
    assert table.names[2] == "a[31mbc"
    assert table.names[5] == "column 6"
    assert len(set(table.names)) == 7
    assert all(len(name) <= 40 and name.isprintable() for name in table.names)


def test_only_the_first_20000_rows() -> None:
    table = read("a,b\n" + "".join(f"{i},{-i}\n" for i in range(20_001)))
    assert table.values.shape == (20_000, 2)
    assert table.values[-1, 0] == 19_999
    assert table.notes[1] == "Only the first 20,000 rows are read; the rest is left out."
    assert len(read("a,b\n" + "1,2\n" * 20_000).notes) == 1


def test_defaults_avoid_columns_that_cannot_be_used() -> None:
    lines = "".join(f"{i},{i * i},{i if i < 3 else ''},inf,5\n" for i in range(12))
    table = read("a,b,sparse,infinite,constant\n" + lines)
    assert len(table.names) == 5
    assert table.default_target == "b"
    assert table.default_features("b") == ("a",)
    constant = read("a,b\n" + "1,2\n" * 12)
    assert constant.default_target == "b"
    assert constant.default_features("b") == ("a",)


def test_at_most_50_default_features() -> None:
    header = ",".join(f"c{j}" for j in range(60))
    lines = "".join(",".join(str(i + j) for j in range(60)) + "\n" for i in range(12))
    table = read(header + "\n" + lines)
    assert table.default_features("c59") == tuple(f"c{j}" for j in range(50))
    assert "1 to 50 features, got 51" in refusal(table, "c59", [f"c{j}" for j in range(51)])


# What is chosen.


def test_rows_with_a_missing_value_in_a_chosen_column_are_counted() -> None:
    cells = ["", "NA", "n/a", "NaN", "null", "None", "-", "?", " "]
    lines = "".join(f"{cell},{i},{i * i}\n" for i, cell in enumerate(cells)) + ROWS
    table = read("a,b,c\n" + lines)
    data = to_data(table, "c", ["a", "b"])
    assert data.n_samples == 12
    assert data.notes[-1] == "9 rows left out for a missing value."
    assert to_data(table, "c", ["b"]).n_samples == 21


def test_too_few_complete_rows() -> None:
    table = read("a,b,c\n" + ",1,2\n" * 9 + "1,2,3\n" * 9)
    message = refusal(table, "c", ["a", "b"])
    assert "Only 9 rows" in message
    assert "at least 10" in message
    assert "'a', which lacks 9" in message


def test_constant_columns() -> None:
    table = read("a,b,c\n" + "".join(f"5,{i},{2 * i}\n" for i in range(12)))
    data = to_data(table, "c", ["a", "b"])
    assert data.feature_names == ("b",)
    assert data.X.shape == (12, 1)
    assert data.notes[-1] == "Left out, because the same in every row: 'a'."
    assert "target 'a' is the same in every row" in refusal(table, "a", ["b"])
    assert "No chosen feature varies" in refusal(table, "c", ["a"])


def test_constant_only_after_rows_are_left_out() -> None:
    table = read("a,b,c\n" + "1,,1\n" + "".join(f"2,{i},{i * i}\n" for i in range(12)))
    assert to_data(table, "c", ["a", "b"]).feature_names == ("b",)


@pytest.mark.parametrize("value", ["inf", "-inf", "1e999", "1e308", "-1.1e15"])
def test_absurd_magnitudes(value: str) -> None:
    table = read(GOOD + f"1,{value},3\n")
    assert "'b' has" in (message := refusal(table, "c", ["a", "b"]))
    assert "in row 14" in message
    assert refusal(table, "b", ["a"]) == message
    assert ("infinity, or a number above 1.8e308" in message) == (abs(float(value)) > 1e308)
    assert to_data(table, "c", ["a"]).n_samples == 13


def test_spread_below_rounding_counts_as_constant() -> None:
    lines = "".join(f"{i * 1e-14},{9e14 + i / 8},{i}\n" for i in range(12))
    assert to_data(read("a,b,c\n1,1,1\n" + lines), "c", ["a", "b"]).feature_names == ("a", "b")
    assert "No chosen feature varies" in refusal(read("a,b,c\n" + lines), "c", ["b"])


@pytest.mark.parametrize("target", ["a", "c"])
def test_a_spread_too_small_to_be_drawn_is_no_constant(target: str) -> None:
    table = read("a,b,c\n" + "".join(f"{i * 1e-17},{i % 5},{i}\n" for i in range(12)))
    message = refusal(table, target, ["b", "ac".replace(target, "")])
    assert "column 'a' differ by 1.1e-16 at most, and at least 1e-15 is needed: give it in a smaller unit" in message


@pytest.mark.parametrize(
    ("target", "features", "words"),
    [
        ("c", ["a", "c"], "also among the features"),
        ("z", ["a"], "'z' is not a column of numbers"),
        ("c", ["a", "<b>\x00" + "z" * 999], "choose among a, b, c"),
        ("c", ["a", "a"], "chosen twice"),
        ("c", [], "1 to 50 features, got 0"),
    ],
)
def test_bad_choices(target: str, features: list[str], words: str) -> None:
    assert words in refusal(read(GOOD), target, features)


# What is refused.


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "The file is empty"),
        (b" \r\n\n\t", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (GOOD.encode() + b"\n" * MAX_BYTES, "has 5.0 MB, and at most 5 MB"),
        (zipped(), "an Excel or zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file"),
        (b"\x1f\x8b\x08", "a gzip file"),
        (b"%PDF-1.7", "a PDF file"),
        (GOOD.encode("utf-16-le"), "binary, not a CSV file (a zero byte in line 1)"),
        (GOOD.encode("utf-32"), "binary"),
        (b"\xff\xfe" + b"a\0,\0" * 20 + b"\0\xd8", "binary"),
        (GOOD.encode() + b"1,\x00,2\n", "a zero byte in line 14"),
        ("größe,b\n1\u0081,2\n".encode("latin-1"), "not UTF-8 text (see line 1): save it as 'CSV UTF-8'"),
        (GOOD.encode() + b"\x81,2,3\n", "not UTF-8 text (see line 14)"),
        (b"a\n" + b"1\n" * 20, "Only one column"),
        (b"a b c\n" + b"1 2 3\n" * 20, "Only one column"),
        (ROWS.encode(), "no column names"),
        (b",,\n" + ROWS.encode(), "no column names"),
        (b"a,b\n", "0 rows"),
        (b"a,b\n" + b"1,2\n" * 9, "9 rows of data, and at least 10"),
        (b"a,b\n" + b"1,2\n" * 9 + b",\n" * 9, "9 rows"),
        (GOOD.encode() + b"1,2\n", "Row 14 has 2 cells but the first line has 3"),
        (GOOD.encode() + b"1,2,3,4\n", "Row 14 has 4 cells but the first line has 3"),
        (GOOD.encode() + b'1,"2,3\n4,5,6\n', "Row 14 opens a quote that is never closed"),
        (GOOD.encode() + b'1,"2"x,3\n', "Row 14 has text after a closing quote"),
        (GOOD.encode() + b'1,"1"2,3\n', "Row 14 has text after a closing quote"),
        (lines("a,b", "1,5,2,5"), "Row 2 has 4 cells but the first line has 2"),
        (lines("Sizes in cm", "a,b", "1,2"), "Only one column"),
        (lines("2024-05-01,a,b", "1,2"), "Row 2 has 2 cells but the first line has 3"),
        (lines("a;b", "1.037;2,007"), "'a' (row 2: “1.037” could be 1.037 or 1037: use one decimal mark"),
        (lines("a,b", "x,12%", "y,3"), "No column holds only numbers"),
        (b"a,b\n" + b"x,y\n" * 12, "left out is for example column 'a' (row 2: “x” is not a number)"),
        (b"a,b\n" + b"x,1\n" * 12, "Only the column 'b' holds only numbers"),
        (b"a,b\n" + b"NA,NA\n" * 12, "No column holds only numbers"),
        (b"<b>\x1b,b\n" + b"<i>\x07,y\n" * 12, "'<b>' (row 2: “<i>” is not a number)"),
        (",".join(f"c{j}" for j in range(501)).encode(), "501 columns, and at most 500"),
    ],
)
def test_refused_in_one_sentence(raw: bytes, words: str) -> None:
    assert words in sentence(raw)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"," * 300_000 + b"\n1,2\n", "300,001 columns"),
        (b"," * MAX_BYTES, "5,000,001 columns"),
        (b"a,b\n" + b"," * (MAX_BYTES - 4), "0 rows"),
        (b"a,b\n1,2" + b",1" * 2_400_000, "Row 2 has 2,400,002 cells"),
        (b"x" * MAX_BYTES, "Only one column"),
        (b"a," + b"x" * (MAX_BYTES - 2), "Row 1 has a cell of more than"),
        (b"a,b\n" + b" " * (MAX_BYTES - 4), "Row 2 has a cell of more than"),
        (b'a,b\n"1,2\n' + b"1,2\n" * 1_200_000, "look for a quote left open"),
        (b'"' * MAX_BYTES, "Only one column"),
        (b"a,b\n" + b'"",""\n' * 800_000, "0 rows"),
        (b"a,b" + b"\n" * (MAX_BYTES - 3), "0 rows"),
        (b"a;b\n;" + b"1" * (MAX_BYTES - 5), "Row 2 has a cell of more than"),
        (b"a;b\n;" + b"1," * 2_400_000, "Row 2 has a cell of more than"),
        (b"a;b" + b";\n" * 2_400_000, "0 rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hostile_files_cost_little(raw: bytes, words: str) -> None:
    assert words in sentence(raw)


@pytest.mark.parametrize("cell", ["1", "1,5", "", "x"])
def test_the_most_cells_that_fit_cost_little(cell: str) -> None:
    header = ";".join(f"c{j}" for j in range(500)) + "\n"
    line = ";".join([cell] * 498 + ["1", "2"]) + "\n"
    raw = (header + line * ((MAX_BYTES - len(header)) // len(line))).encode()
    start = time.perf_counter()
    table = read_csv(raw)
    assert {"c498", "c499"} <= set(table.names)
    assert time.perf_counter() - start < SECONDS


# Anything at all.

tokens = st.sampled_from([*',;|\t"\n\r', "\r\n", "1", "-2.5", "3,5", "NA", "x", "é", "inf", "1e308", "'", " ", "\x0b"])
csv_like = st.lists(tokens, max_size=200).map("".join)


def survives(raw: bytes) -> None:
    """Only CsvError comes out of reading and choosing the defaults; and what is read is sound."""
    try:
        table = read_csv(raw)
        target = table.default_target
        data = to_data(table, target, table.default_features(target))
    except CsvError as error:
        checked(str(error))
        return
    assert data.n_samples >= 10
    assert np.isfinite(data.X).all()
    assert np.isfinite(data.y).all()
    assert len(set(table.names)) == len(table.names)
    for note in data.notes:
        checked(note)


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_fuzz_bytes(raw: bytes) -> None:
    survives(raw)


@given(st.text(max_size=300))
@settings(max_examples=300)
@example('""')
@example('"",\n')
@example("\x0b,\x1c\n")
def test_fuzz_text(text: str) -> None:
    survives(text.encode("utf-8", "surrogatepass"))


@given(csv_like, csv_like)
@settings(max_examples=500)
def test_fuzz_csv_like(before: str, after: str) -> None:
    survives(before.encode())
    survives((GOOD + after).encode())
    survives((before + "\n" + GOOD).encode())
    survives(("a;b\n" + "1,5;2\n" * 12 + after).encode())


@given(
    st.lists(
        st.lists(st.floats(-1e90, 1e90) | st.none(), min_size=3, max_size=3),
        min_size=10,
        max_size=25,
    ),
    st.sampled_from(",;\t|"),
    st.booleans(),
)
def test_numbers_come_back_exactly(rows: list[list[float | None]], delimiter: str, commas: bool) -> None:
    def cell(value: float | None) -> str:
        text = "" if value is None else repr(value)
        return text.replace(".", ",") if commas and delimiter != "," else text

    lines = [delimiter.join(["a", "b", "c", "d"])]
    lines += [delimiter.join([cell(i + 0.5), *map(cell, row)]) for i, row in enumerate(rows)]
    if all(row == [None] * 3 for row in rows):
        assert "Only the column 'a'" in sentence("\n".join(lines).encode())
        return
    table = read("\n".join(lines))
    expected = np.array([[np.nan if v is None else v for v in row] for row in rows])
    for j, name in enumerate("bcd"):
        if name in table.names:
            np.testing.assert_array_equal(table.values[:, table.names.index(name)], expected[:, j])
        else:
            assert np.isnan(expected[:, j]).all()


@given(
    st.lists(st.integers(-(2**53), 2**53), min_size=10, max_size=15),
    st.sampled_from([(".", ","), (",", "."), (".", " "), (",", "\u202f"), (".", "'"), (",", "’")]),
    st.sampled_from(["{}", "{} %", "€{}", "{}$"]),
)
@settings(max_examples=60)
def test_thousands_come_back_exactly(numbers: list[int], marks: tuple[str, str], unit: str) -> None:
    """Whatever stands between thousands, beside a column that proves the decimal mark."""
    decimal, thousands = marks
    rows = [f"0{decimal}5;{unit.format(format(n, ',').replace(',', thousands))}".replace("€-", "-€") for n in numbers]
    table = read("\n".join(["half;n", *rows]))
    np.testing.assert_array_equal(table.values, [[0.5, n] for n in numbers])
    assert any("thousands" in note for note in table.notes) == any(abs(n) >= 1000 for n in numbers)
    assert any("unit" in note for note in table.notes) == (unit != "{}")
