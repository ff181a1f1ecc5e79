"""Files that may come from anybody: what is too large, too deep or no file at all is refused in a sentence."""

import bz2
import gzip
import io
import lzma
import os
import time
import zipfile

import pytest

from cjmkit.errors import FileFormatError
from cjmkit.intake.containers import (
    Limits,
    check_workbook,
    open_zip,
    parse_json,
    parse_xml,
    read_bytes,
    read_zip_member,
    unpack,
)
from cjmkit.intake.documents import read_html, text_of_docx, text_of_odt

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def zipped(**members: str | bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, data in members.items():
            z.writestr(name.replace("__", "/"), data)
    return out.getvalue()


def docx(body: str) -> bytes:
    return zipped(**{"word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'})


def odt(body: str) -> bytes:
    text = f"<office:body><office:text>{body}</office:text></office:body>"
    return zipped(**{"content.xml": f"<office:document {OFFICE}>{text}</office:document>"})


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda b: zipped(a=b)])
def test_one_packed_file_comes_out_and_a_bomb_does_not(pack):
    assert unpack(pack(b"id,answer\n1,slow\n")) == b"id,answer\n1,slow\n"
    with pytest.raises(FileFormatError, match="bomb"):
        unpack(pack(bytes(30_000_000)))
    with pytest.raises(FileFormatError, match="damaged"):
        unpack(pack(b"abc" * 100)[:-9])


def test_an_office_file_is_not_unpacked_and_an_archive_of_many_is_refused():
    office = zipped(**{"[Content_Types].xml": "<a/>", "xl__a": "b"})
    assert unpack(office) == office
    with pytest.raises(FileFormatError, match="2 files"):
        unpack(zipped(a="1", b="2"))


def test_a_pipe_is_refused_instead_of_waiting_for_ever(tmp_path):
    os.mkfifo(tmp_path / "x.txt")
    with pytest.raises(FileFormatError, match="pipe"):
        read_bytes(tmp_path / "x.txt")
    with pytest.raises(FileFormatError, match="folder"):
        read_bytes(tmp_path)
    (tmp_path / "y.txt").write_bytes(b"12345")
    with pytest.raises(FileFormatError, match="5 bytes"):
        read_bytes(tmp_path / "y.txt", Limits(file=4))


def test_the_parts_of_an_archive_are_counted():
    with pytest.raises(FileFormatError, match="parts"):
        open_zip(zipped(**{f"a{i}": "" for i in range(9)}), "x", Limits(members=8))
    with pytest.raises(FileFormatError, match="missing"):
        read_zip_member(open_zip(zipped(a="1"), "x"), "b", "x")


@pytest.mark.parametrize(
    "xml",
    [
        b"<a>" * 5000 + b"</a>" * 5000,
        b"<a>" + b"<p/>" * 3_000_001 + b"</a>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<a>",
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
    ],
    ids=["deep", "many", "entity", "open", "bytes", "encoding"],
)
def test_xml_that_is_too_deep_too_long_or_broken_is_refused(xml):
    with pytest.raises(FileFormatError):
        parse_xml(xml, "x.xml")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 50_000, "1" * 5000, "{", '{"a": 1}\n{', ""])
def test_json_that_is_too_deep_or_broken_is_refused(text):
    with pytest.raises(FileFormatError):
        parse_json(text, "x.json")


def test_half_a_surrogate_pair_does_not_stop_later_writing():
    said = parse_json(r'["\ud83d", "\ud83d\ude00", "\\ud83d"]')
    assert said == ["\ufffd", "😀", r"\ud83d"]
    "".join(said).encode("utf-8")


def test_documents_that_would_fill_memory_are_refused_quickly():
    began = time.perf_counter()
    for raw, read in (
        (odt("<text:p>" + '<text:s text:c="10000"/>' * 200_000 + "</text:p>"), text_of_odt),
        (docx("<w:p/>" * 4_000_000), text_of_docx),
        (docx("<w:tbl><w:tr><w:tc>" * 2000 + "</w:tc></w:tr></w:tbl>" * 2000), text_of_docx),
    ):
        with pytest.raises(FileFormatError):
            read(raw, "x")
    assert time.perf_counter() - began < 20


def test_a_count_of_blanks_that_is_no_number_is_one_blank():
    assert text_of_odt(odt('<text:p>a<text:s text:c="x"/>b<text:s text:c="3"/>c</text:p>'), "x") == "a b   c"


def test_a_table_in_a_cell_is_read_once():
    def table(inner: str) -> str:
        return f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"

    body = "<w:p><w:r><w:t>once</w:t></w:r></w:p>"
    for _ in range(30):
        body = table(body)
    assert text_of_docx(docx(body), "x") == "once"


@pytest.mark.parametrize("flood", ["<script" * 40_000, "<" * 200_000, "<!--" * 50_000, "</td>" * 50_000])
def test_unclosed_html_is_read_in_linear_time(flood):
    began = time.perf_counter()
    read_html(f"<p>kept</p>{flood}")
    assert time.perf_counter() - began < 3


def test_hidden_parts_of_a_page_are_left_out():
    page = "<head><title>t</title></head><p>a<!-- x --><script>1<2</script>b</p><style>p</style>c"
    assert read_html(page) == "ab\nc"


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "reaches"),
        ('<row r="1"><c r="A1"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/>', "merges"),
    ],
)
def test_a_workbook_of_a_few_bytes_that_would_fill_memory_is_refused(sheet, said):
    raw = zipped(**{"xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{sheet}</worksheet>"})
    with pytest.raises(FileFormatError, match=said):
        check_workbook(raw, "x.xlsx")


def test_an_ordinary_workbook_passes(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["id", "answer"])
    book.active.merge_cells("A3:B3")
    book.save(tmp_path / "x.xlsx")
    assert "xl/workbook.xml" in check_workbook((tmp_path / "x.xlsx").read_bytes(), "x.xlsx").namelist()
