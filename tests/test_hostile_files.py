"""Files that mean harm, or are damaged: every reader gives an answer or a sentence, never a raw exception, and soon.

The kinds: too deep, too many, too large when unpacked, holding themselves, half characters, pipes, folders, the bytes
of something else under a known ending.
"""

import gzip
import io
import os
import warnings
import zipfile

import pandas as pd
import pytest

import cjmkit as cj

WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = "urn:oasis:names:tc:opendocument:xmlns:"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in parts.items():
            z.writestr(name, content)
    return out.getvalue()


def docx(body):
    text = f"<w:document {WORD}><w:body>{body}</w:body></w:document>"
    return archive(**{"[Content_Types].xml": "<Types/>", "word/document.xml": text})


def odt(body):
    spaces = f'xmlns:office="{ODF}office:1.0" xmlns:text="{ODF}text:1.0"'
    text = f"<office:document-content {spaces}><office:body><office:text>{body}</office:text></office:body>"
    return archive(
        mimetype="application/vnd.oasis.opendocument.text", **{"content.xml": f"{text}</office:document-content>"}
    )


def qdpx(codes):
    space = 'xmlns="urn:QDA-XML:project:1.0"'
    text = f'<?xml version="1.0"?><Project {space} name="x"><CodeBook><Codes>{codes}</Codes></CodeBook></Project>'
    return archive(**{"project.qde": text})


def xlsx(sheet):
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>'
    )

    def link(what, target):
        one = f'<Relationship Id="r1" Type="{OFFICE}/{what}" Target="{target}"/>'
        return f'<Relationships xmlns="{PACKAGE}/relationships">{one}</Relationships>'

    sheets = '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
    book = f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}">{sheets}</workbook>'
    return archive(
        **{
            "[Content_Types].xml": types,
            "_rels/.rels": link("officeDocument", "xl/workbook.xml"),
            "xl/workbook.xml": book,
            "xl/_rels/workbook.xml.rels": link("worksheet", "worksheets/sheet1.xml"),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}">{sheet}</worksheet>',
        }
    )


def nested(first, last, n):
    return first * n + last * n


DOUBLING = "".join(f" - &k{i + 1} {{name: n{i}, children: [*k{i}, *k{i}]}}\n" for i in range(25))
FILES = {
    "deep.docx": docx(nested("<w:ins>", "</w:ins>", 5000)),
    "deep_run.docx": docx("<w:p>" + nested("<w:r>", "</w:r>", 5000) + "</w:p>"),
    "damaged.docx": b"PK\3\4\0\0\0",
    "deep.odt": odt(nested("<text:section>", "</text:section>", 5000)),
    "blanks.odt": odt("<text:p>" + '<text:s text:c="10000"/>' * 10_000 + "</text:p>"),
    "no_number.odt": odt('<text:p>a<text:s text:c="x"/>b</text:p>'),
    "deep.qdpx": qdpx(nested('<Code guid="g" name="a">', "</Code>", 3000)),
    "damaged.qdpx": b"PK\3\4xxxx",
    "far.xlsx": xlsx(
        '<sheetData><row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    ),
    "merged.xlsx": xlsx('<sheetData/><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
    "deep.json": b"[" * 20_000 + b"]" * 20_000,
    "deep_map.json": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "half_character.json": b'{"segments":[{"start":0,"end":1,"text":"hi \\ud83d there"}]}',
    "digits.json": b'{"a":' + b"9" * 10_000 + b"}",
    "not_the_kind.json": b'{"user":1}',
    "deep.yaml": b"a: " + b"{a: " * 900 + b"1" + b"}" * 900,
    "deeper.yaml": b"a: " + b"{a: " * 5_000 + b"1" + b"}" * 5_000,
    "holds_itself.yaml": b"codes: &c [{name: a, children: *c}]\n",
    "doubling.yaml": f"codes:\n - &k0 {{name: z}}\n{DOUBLING}".encode(),
    "keys.yaml": b"[a, b]: 1\n? {a: 1}\n: 2\n",
    "date.yaml": b"date: 2026-99-99\n",
    "code.yaml": b"a: !!python/object/apply:os.system ['x']\n",
    "nul.yaml": b"a: \0\n",
    "tags.html": b"<script" * 10_000,
    "signs.html": b"<" * 20_000,
    "open.html": b"<div>" * 5_000,
    "bomb.csv.gz": gzip.compress(b"\0" * 12_000_000, 9),
    "nul.csv": b"a,b\n\0\0,\0\n",
    "open_quote.csv": b'a,b\n"' + b"x" * 100_000,
    "wide.csv": b",".join([b"a"] * 200) + b"\n" + b",".join([b"1"] * 200),
    "half_character.csv": b"document,start,end,quote,code\nd,0,1,\xed\xa0\xbd,c\n",
    "odd_utf16.csv": "a,b\n1,2\n".encode("utf-16")[:-1],
    "empty.txt": b"",
    "bytes.txt": bytes(range(256)) * 100,
    "no_end.vtt": b"WEBVTT\n\n99:99:99.999 --> x\n",
    "deep.rtf": b"{\\rtf1" + b"{" * 20_000,
    "numbers.rtf": b"{\\rtf1\\u99999999999999 \\'zz \\bin999999999999 x}",
    "deep.xes": b"<log>" + b"<trace>" * 3000,
    "date.xes": b"<log><trace><event><date key='time:timestamp' value='x'/></event></trace></log>",
    "other.cjml": b"<a/>",
    "deep.xml": nested("<a>", "</a>", 20_000).encode(),
    "entity.xml": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    "damaged.qda": b"SQLite format 3\0" + b"\0" * 200,
    "damaged.sqlite": b"SQLite format 3\0" + b"x" * 5000,
    "damaged.parquet": b"PAR1xxxxPAR1",
    "deep.jsonl": b'{"a":' * 5000,
    "deep.jsonocel": b'{"objects":' + b"[" * 5000,
    "damaged.sav": b"$FL2@(#) SPSS" + b"\xff" * 1000,
    "many.mmd": b"journey\n" + b" section \n" * 1000,
    "bytes.md": b"```mermaid\njourney\n title \xff\n```",
}
READERS = {
    "interviews": cj.interviews.read,
    "survey": lambda p: cj.survey.read(p, quiet=True),
    "decisions": lambda p: cj.survey.read(pd.DataFrame({"id": [1, 2], "q": [1, 2]}), decisions=p, quiet=True),
    "codings": cj.coding.read_codings,
    "codebook": cj.coding.Codebook.from_yaml,
    "qda": cj.qda.read,
    "qdc": cj.qda.read_qdc,
    "qdpx": cj.qda.read_qdpx,
    "qualcoder": cj.qda.read_qualcoder,
    "taguette": cj.qda.read_taguette,
    "map": cj.exchange.read,
    "log": lambda p: cj.EventLog(p, user="user", time="time", event="event"),
    "export": cj.events.read,
    "key": cj.interviews.read_key,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("hostile")
    for name, content in FILES.items():
        (out / name).write_bytes(content)
    for ending in ("txt", "csv", "yaml", "json", "xlsx", "parquet", "qdpx"):
        if hasattr(os, "mkfifo"):
            os.mkfifo(out / f"pipe.{ending}")
        (out / f"folder.{ending}").mkdir()
    return out


@pytest.mark.parametrize("reader", READERS)
def test_whatever_the_file_a_reader_answers_or_says_why_not(folder, reader):
    raw = {}
    for path in sorted(folder.iterdir()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                READERS[reader](path)
            except cj.CjmError:
                pass  # said in a sentence
            except Exception as error:
                raw[path.name] = repr(error)[:200]
    assert raw == {}


def test_one_bad_file_leaves_the_folder_readable(tmp_path):
    (tmp_path / "good.txt").write_text("Q: how was it?\nA: Slow, no news for weeks.\n")
    for name in ("deep.docx", "deep.odt", "deep.json", "damaged.docx", "far.xlsx"):
        (tmp_path / name).write_bytes(FILES[name])
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.txt")
    with pytest.warns(cj.CjmWarning):
        found = cj.interviews.read(tmp_path)
    assert found.documents["document"].tolist() == ["good.txt"]
    assert any("deep.docx" in w for w in found.warnings)
