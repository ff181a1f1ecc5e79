"""From the bytes of a table to cells: encodings, packing, sheets, titles and totals."""

import bz2
import gzip

import openpyxl
import pytest

from cjmkit.errors import FileFormatError
from cjmkit.intake.tables import caption_rows, is_total, open_cells, open_sheets, sniff_separator

TEXT = "имя;оценка;почему\nАня;4,5;быстро, вежливо\nБорис;3;долго ждать ответа\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866"])
@pytest.mark.parametrize("pack", [lambda b: b, gzip.compress, bz2.compress])
def test_the_same_cells_in_every_encoding_packed_or_not(tmp_path, encoding, pack):
    path = tmp_path / "t.csv"
    path.write_bytes(pack(TEXT.encode(encoding)))
    cells = open_cells(path)
    assert cells.head == [line.split(";") for line in TEXT.splitlines()]
    body = cells.body(1, 3)
    assert body[2].tolist() == ["быстро, вежливо", "долго ждать ответа"]
    assert list(body.index) == [2, 3]


def test_lines_in_two_encodings_are_each_read_right_and_named(tmp_path):
    path = tmp_path / "t.csv"
    lines = [f"{i},хорошо обслужили нас".encode("cp1251" if i == 3 else "utf-8") for i in range(6)]
    path.write_bytes(b"\n".join([b"id,why", *lines]))
    cells = open_cells(path)
    assert cells.encoding == "utf-8+cp1251"
    assert set(cells.body(1, 2)[1]) == {"хорошо обслужили нас"}
    assert "lines 5" in cells.notes[0][0]


def test_every_sheet_with_cells_is_opened_and_one_by_name(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Read me"
    book.active["A1"] = "About this file"
    book.create_sheet("Empty")
    sheet = book.create_sheet("Answers")
    for row in (["id", "rating"], ["a", 4], ["b", None]):
        sheet.append(row)
    path = tmp_path / "b.xlsx"
    book.save(path)
    assert list(open_sheets(path)) == ["Read me", "Answers"]
    body = open_cells(path, sheet="Answers").body(1, 2)
    assert body[1].iloc[0] == 4 and body[1].isna().iloc[1]
    with pytest.raises(FileFormatError, match="did you mean 'Answers'"):
        open_cells(path, sheet="Answer")


def test_rows_with_more_cells_than_headers_lose_nothing(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3,4,kept\n")
    cells = open_cells(path)
    body = cells.body(1, 2)
    assert body[2].tolist()[1] == "kept" and cells.ragged == 1


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ([["Branch survey, spring"], [], ["id", "rating", "why"], ["1", "4", "ok"], ["2", "5", ""]], 2),
        ([["Отчёт", ""], ["выгружен", "2026-01-05", ""], ["id", "a", "b", "c"], ["1", "2", "3", "4"]], 2),
        ([["id", "rating"], ["1", "4"], ["2", "5"]], 0),
        ([[], ["id", "rating", "why"], ["1", "4", ""]], 1),
        # The upper of two header rows is no title, gaps or not.
        ([["id", "What did you use?", "", ""], ["", "Shop", "Web", "Phone"], ["1", "x", "", "x"]], 0),
        ([["id", "", "", "How was it?"], ["", "", "", "Open-Ended Response"], ["1", "2", "3", "ok"]], 0),
        ([["id", "why"], ["1", "a"], ["2", ""], ["3", ""]], 0),
    ],
)
def test_what_stands_above_the_header_is_told_from_the_header(head, rows):
    assert caption_rows(head) == rows


def test_a_total_is_known_by_its_word_and_an_answer_is_no_total():
    assert is_total(["Итого", None, 412]) and is_total(["", "Average", 3.2])
    assert not is_total(["r1", "Total mess", "4"]) and not is_total(["Total", "Anna", "5"])


def test_the_separator_is_the_one_that_makes_rows_alike():
    assert sniff_separator("a;b;c\n0,5;1,5;x, y, z\n") == ";"
    assert sniff_separator('a,b\n"x;y;z",1\n"p;q;r",2\n') == ","


def test_what_is_no_table_is_refused_by_name(tmp_path):
    for name, raw in [("x.csv", b""), ("x.csv", b"\x00\x01\x02\x00\x07" * 50), ("x.xlsx", b"PK no"), ("x.xls", b"a")]:
        path = tmp_path / name
        path.write_bytes(raw)
        with pytest.raises(FileFormatError, match=name):
            open_cells(path)
