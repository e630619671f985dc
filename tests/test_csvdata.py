"""Does every bad file get one clear sentence, in bounded time, and a good one its numbers?"""

import pickle
import time
import zipfile
from io import BytesIO

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from regviz.core.csvdata import MAX_BYTES, CsvError, Table, read_csv, to_data

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


def test_decimal_commas_in_a_semicolon_file() -> None:
    table = read("weight, kg;height, cm\n" + "70,5;-1,80\n3;4\n" * 10)
    assert (table.delimiter, table.decimal) == (";", ",")
    np.testing.assert_array_equal(table.values[:2], [[70.5, -1.8], [3, 4]])
    assert "semicolons, with decimal commas" in table.notes[0]


def test_decimal_comma_that_comes_late_is_seen() -> None:
    table = read("a;b\n" + "1;2\n" * 500 + "1,5;2,5\n")
    np.testing.assert_array_equal(table.values[-1], [1.5, 2.5])


def test_decimal_points_in_a_semicolon_file() -> None:
    assert read("a;b\n" + "1.5;2.5\n" * 10).values[0].tolist() == [1.5, 2.5]


def test_thousands_are_not_guessed() -> None:
    table = read("a;b;c\n" + "1.234;1,5;2,5\n" * 12)
    assert table.names == ("b", "c")
    assert "'a' ('1.234' in row 2)" in table.notes[1]


def test_underscores_and_long_digits_are_text() -> None:
    table = read("a,b,c,d\n" + ("1_000," + "9" * 200 + ",1,2\n") * 12)
    assert table.names == ("c", "d")
    assert table.unusable == ("a", "b")


def test_text_and_empty_columns_are_kept_out_and_reported() -> None:
    table = read("id,v,note,w\n" + "".join(f"p{i},{i},,{i * i}\n" for i in range(12)))
    assert table.names == ("v", "w")
    assert table.unusable == ("id", "note")
    assert "text: 'id' ('p0' in row 2)." in table.notes[1]
    assert "nothing is in them: 'note'." in table.notes[2]


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


@pytest.mark.parametrize("value", ["inf", "-inf", "1e999", "1e308", "-1e101"])
def test_absurd_magnitudes(value: str) -> None:
    table = read(GOOD + f"1,{value},3\n")
    assert "'b' has" in (message := refusal(table, "c", ["a", "b"]))
    assert "in row 14" in message
    assert refusal(table, "b", ["a"]) == message
    assert to_data(table, "c", ["a"]).n_samples == 13


def test_spread_below_rounding_counts_as_constant() -> None:
    lines = "".join(f"{i * 1e-200},{1e15 + i / 8},{i}\n" for i in range(12))
    assert to_data(read("a,b,c\n1,1,1\n" + lines), "c", ["a", "b"]).feature_names == ("a", "b")
    assert "No chosen feature varies" in refusal(read("a,b,c\n" + lines), "c", ["a"])


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
        (GOOD.encode("utf-16"), "UTF-16 text"),
        (GOOD.encode("utf-16-le"), "binary"),
        (GOOD.encode() + b"1,\x00,2\n", "binary"),
        ("größe,b\n1,2\n".encode("latin-1"), "not UTF-8 text (see line 1): save it as 'CSV UTF-8'"),
        (GOOD.encode() + b"\xff,2,3\n", "not UTF-8 text (see line 14)"),
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
        (b"a,b\n" + b"x,y\n" * 12, "No column holds only numbers, for example 'a' ('x' in row 2)"),
        (b"a,b\n" + b"x,1\n" * 12, "Only the column 'b' holds only numbers"),
        (b"a,b\n" + b"NA,NA\n" * 12, "No column holds only numbers"),
        (b"<b>\x1b,b\n" + b"<i>\x07,y\n" * 12, "'<b>' ('<i>' in row 2)"),
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
