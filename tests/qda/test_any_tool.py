"""Coded segments and codebooks of other tools: codings with the right words, code and coder."""

import json
import sqlite3

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit import coding, qda
from cjmkit.errors import CjmError, FileFormatError

ANNA, OMAR = "I nearly gave up, the price was hidden 😡. It took weeks.", "It just worked. Really, it just worked."
RIGHT = [
    ("anna", "the price was hidden", "price"),
    ("anna", "the price was hidden", "frustration"),
    ("omar", "Really", "delight"),
]
DOCS = pd.DataFrame({"document": ["anna.txt", "omar.txt"], "text": [ANNA, OMAR]})


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def got(project):
    return [(d.split("/")[-1].split(".")[0], q, c) for d, q, c in project.codings[["document", "quote", "code"]].values]


TABLES = {
    "Taguette": [
        "id,document,tag,content",
        "1,anna.txt,price,the price was hidden",
        "1,anna.txt,frustration,the price was hidden",
        "2,omar.txt,delight,Really",
    ],
    "MAXQDA": [
        "Document group;Document name;Code;Beginning;End;Segment;Created;Author",
        "A;anna;Money > price;1;1;the price was hidden;2024;eva",
        "A;anna;Mood > frustration;1;1;the price was hidden;2024;eva",
        "B;omar;Mood > delight;1;1;Really;2024;eva",
    ],
    "MAXQDA, German": [
        "Farbe;Dokumentgruppe;Dokumentname;Code;Anfang;Ende;Segment;Erstellt am",
        ";;anna;price;1;1;the price was hidden;x",
        ";;anna;frustration;1;1;the price was hidden;x",
        ";;omar;delight;1;1;Really;x",
    ],
    "ATLAS.ti": [
        "ID,Document,Quotation Content,Codes,Comment,Reference",
        '1:1,anna.docx,the price was hidden,"price',
        'frustration",,1 - 1',
        "2:1,omar.docx,Really,delight,,1 - 1",
    ],
    "Dedoose": [
        "Media Title,Excerpt Range,Excerpt Creator,Excerpt Copy,Codes Applied Combined,"
        "Code: Money\\price Applied,Code: frustration Applied,Code: delight Applied",
        'anna.txt,1-2,eva,the price was hidden,"price, frustration",True,True,False',
        "omar.txt,1-2,eva,Really,delight,False,False,True",
    ],
    "Dovetail": [
        "Highlight ID,Text,Tags,Note title",
        'h1,the price was hidden,"price, frustration",anna',
        "h2,Really,delight,omar",
    ],
    "QualCoder": [
        "\ufeffFile,Coder,Coded,Id,Codename,Coded_Memo,Category",
        "anna.txt,eva,the price was hidden,1,price,dear,",
        "anna.txt,eva,the price was hidden,2,frustration,,",
        "omar.txt,eva,Really,3,delight,,",
    ],
    "Quirkos": [
        "Source,Quirk,Text",
        "anna,price,the price was hidden",
        "anna,frustration,the price was hidden",
        "omar,delight,Really",
    ],
    "own": [
        "документ;цитата;коды;кодировщик",
        'anna.txt;the price was hidden;"price; frustration";ева',
        "omar.txt;Really;delight;ева",
    ],
}


@pytest.mark.parametrize("tool", TABLES)
def test_tables_of_segments_are_found_again_in_the_documents(tmp_path, tool):
    project = qda.read(write(tmp_path, "s.csv", "\n".join(TABLES[tool]) + "\n"), documents=DOCS)
    assert sorted(got(project)) == sorted(RIGHT)
    texts = dict(zip(DOCS["document"], DOCS["text"], strict=True))
    for r in project.codings.itertuples():
        if r.document in texts:
            assert texts[r.document][r.start : r.end] == r.quote
    if tool not in ("MAXQDA",):
        assert set(project.codings["document"]) == {"anna.txt", "omar.txt"}
    if tool in ("MAXQDA", "Dedoose"):
        assert project.codebook["price"].parent == "Money"
    if tool in ("MAXQDA", "QualCoder", "Dedoose"):
        assert set(project.codings["coder"]) == {"eva"}


def test_without_texts_a_document_is_its_passages_and_that_is_said(tmp_path):
    project = qda.read(write(tmp_path, "s.csv", "\n".join(TABLES["Taguette"])))
    assert sorted(got(project)) == sorted(RIGHT)
    assert project.documents["text"].tolist() == ["the price was hidden\n", "Really\n"]
    assert set(project.reading["positions"]) == {"passages only"}


def test_words_that_are_not_there_or_stand_twice_are_reported(tmp_path):
    table = "document,code,quote\nomar.txt,delight,it just worked\nomar.txt,delight,never said\n"
    project = qda.read(write(tmp_path, "s.csv", table), documents=DOCS)
    assert project.codings["quote"].tolist() == ["it just worked"]
    assert project.dropped.set_index("what")["times"].to_dict() == {"coding": 1}
    twice = "document,code,quote\nomar.txt,delight,just worked\n"
    project = qda.read(write(tmp_path, "t.csv", twice), documents=DOCS)
    assert "2 places" in project.dropped["reason"].iloc[0]


def test_two_coders_sheets_line_up_by_id_and_agree_as_far_as_they_do(tmp_path):
    rng = np.random.default_rng(4)
    answers = [f"Answer number {k}, in some words" for k in range(40)]
    marks = {who: {c: rng.random(40) < 0.4 for c in ("price", "time")} for who in ("eva", "ivo")}
    marks["ivo"]["price"] = np.where(rng.random(40) < 0.85, marks["eva"]["price"], marks["ivo"]["price"])
    for who, codes in marks.items():
        rows = []
        for k in rng.permutation(40):
            given_ = [c for c in codes if codes[c][k]] or ["none"]
            rows.append({"id": f"{k:03d}", "answer": answers[k], **{f"Code {i + 1}": c for i, c in enumerate(given_)}})
        pd.DataFrame(rows).to_excel(tmp_path / f"{who}.xlsx", index=False)
    project = qda.read([tmp_path / "eva.xlsx", tmp_path / "ivo.xlsx"])
    assert len(project.documents) == 40
    assert set(project.documents["document"]) == {f"{k:03d}" for k in range(40)}
    found = coding.agreement(project.codings, project.turns, unit="turn", read=project.seen, resamples=200)
    table = found.table.set_index(["code", "coefficient"])
    a, b = marks["eva"]["price"], marks["ivo"]["price"]
    po, pe = np.mean(a == b), a.mean() * b.mean() + (1 - a.mean()) * (1 - b.mean())
    assert table.loc[("price", "cohen"), "value"] == pytest.approx((po - pe) / (1 - pe))
    assert table.loc[("(all codes)", "cohen"), "low"] < table.loc[("(all codes)", "cohen"), "value"]
    assert table.loc[("(all codes)", "alpha"), "n"] == 40


def test_a_blank_row_was_not_seen_and_none_was_seen_without_a_code(tmp_path):
    project = qda.read(write(tmp_path, "eva.csv", "id,answer,Code 1\n1,Dear,price\n2,Fine,none\n3,Well,\n"))
    assert project.seen.values.tolist() == [["eva", "1"], ["eva", "2"]]
    assert project.codings["code"].tolist() == ["price"]


@pytest.mark.parametrize("yes", ["1", "x", "✓", "TRUE", "да"])
def test_a_column_a_code_with_any_mark(tmp_path, yes):
    table = (
        f"id,ответ,цена,время\n1,Дорого и долго ждать,{yes},{yes}\n2,Дорого было всё,{yes},\n3,Всё хорошо было,0,0\n"
    )
    project = qda.read(write(tmp_path, "ева.csv", table))
    assert project.codings[["document", "code"]].values.tolist() == [["1", "цена"], ["1", "время"], ["2", "цена"]]
    assert len(project.seen) == 3


def test_numbers_mean_the_codes_of_the_list_on_another_sheet_and_sheets_are_coders(tmp_path):
    with pd.ExcelWriter(tmp_path / "w.xlsx") as w:
        for who, code in (("Eva", 1), ("Ivo", 2)):
            pd.DataFrame({"id": [1, 2], "answer": ["Dear and slow", "Fine"], "Code 1": [code, None]}).to_excel(
                w, sheet_name=who, index=False
            )
        pd.DataFrame({"code": [1, 2], "label": ["price", "time"]}).to_excel(w, sheet_name="Codes", index=False)
    project = qda.read(tmp_path / "w.xlsx")
    assert project.codings[["code", "coder"]].values.tolist() == [["price", "Eva"], ["time", "Ivo"]]


@pytest.mark.parametrize(
    ("table", "parents"),
    [
        ("Code,Memo\nmoney,\n  price,what it costs\n    hidden price,\ntime,\n",
         {"price": "money", "hidden price": "price", "time": ""}),
        ("name,definition\nmoney\\price,what it costs\nmoney\\price\\hidden price,\ntime,\n",
         {"price": "money", "hidden price": "price", "time": ""}),
        ("name,definition\nmoney::price,what it costs\nmoney::price::hidden price,\ntime,\n",
         {"price": "money", "hidden price": "price", "time": ""}),
        ("название;родитель;определение\nprice;money;what it costs\nhidden price;price;\ntime;;\n",
         {"price": "money", "hidden price": "price", "time": ""}),
        ("tag,description,number of highlights,number of documents\nprice,what it costs,3,2\n", {"price": ""}),
    ],
)  # fmt: skip
def test_codebooks_say_what_hangs_below_what_in_their_own_way(tmp_path, table, parents):
    book = qda.read(write(tmp_path, "b.csv", table)).codebook
    assert {c: book[c].parent for c in parents} == parents
    assert book["price"].definition == "what it costs"


def test_reports_and_lists_for_people(tmp_path):
    nvivo = (
        "Name: price\n\n<Files\\\\talks\\\\anna> - § 1 reference coded  [ 6.78% Coverage]\n\n"
        "Reference 1 - 6.78% Coverage\n\nthe price was hidden\n"
    )
    project = qda.read(write(tmp_path, "n.txt", nvivo), documents=DOCS)
    assert got(project) == [RIGHT[0]]
    page = (
        "<html><body><h1>x</h1><hr/><p>the price was hidden</p><p><strong>Документ:</strong> anna.txt "
        "<strong>Теги:</strong> price, frustration</p><hr/><p>Really</p><p><strong>Документ:</strong> omar.txt "
        "<strong>Теги:</strong> delight</p></body></html>"
    )
    assert got(qda.read(write(tmp_path, "t.html", page), documents=DOCS)) == RIGHT
    codes = "Category: money, catid:1\n--Code: price, cid:5, Frq: 3, Owner: eva\n--Memo: what it costs\n"
    book = qda.read(write(tmp_path, "q.txt", codes)).codebook
    assert (book["price"].parent, book["price"].definition) == ("money", "what it costs")


def test_annotation_tools_count_as_they_do(tmp_path):
    a = ANNA.index("the price")
    full = [
        {"id": 7, "data": {"text": ANNA}, "annotations": [
            {"completed_by": {"email": "eva@example.com"}, "result": [
                {"value": {"start": a, "end": a + 20, "text": "the price was hidden",
                           "labels": ["price", "frustration"]}}
            ]}]}
    ]  # fmt: skip
    project = qda.read(write(tmp_path, "anna.json", json.dumps(full)))
    assert got(project) == RIGHT[:2]
    assert set(project.codings["coder"]) == {"eva@example.com"}
    doccano = {"text": ANNA, "entities": [{"label": "price", "start_offset": a, "end_offset": a + 20}], "relations": []}
    assert got(qda.read(write(tmp_path, "anna.jsonl", json.dumps(doccano)))) == RIGHT[:1]
    prodigy = {"text": ANNA, "spans": [{"start": a, "end": a + 20, "label": "price"}]}
    assert got(qda.read(write(tmp_path, "anna.jsonl", json.dumps(prodigy)))) == RIGHT[:1]
    (tmp_path / "anna.txt").write_text(ANNA, encoding="utf-8")
    brat = write(tmp_path, "anna.ann", f"T1\tprice {a} {a + 20}\tthe price was hidden\n")
    assert got(qda.read(brat)) == RIGHT[:1]


def test_webanno_positions_are_utf16_units(tmp_path):
    tsv = (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Code|value\n\n\n#Text=Bad 😡 price here\n"
        "1-1\t0-3\tBad\t_\t\n1-2\t4-6\t😡\tmood\t\n1-3\t7-12\tprice\tmoney[1]|cost\t\n1-4\t13-17\there\tmoney[1]\t\n"
    )
    project = qda.read(write(tmp_path, "anna.tsv", tsv))
    assert project.documents["text"].tolist() == ["Bad 😡 price here"]
    found = {(r.quote, r.code) for r in project.codings.itertuples()}
    assert found == {("😡", "mood"), ("price here", "money"), ("price", "cost")}


def test_an_sqlite_project_is_taguettes_or_qualcoders(tmp_path):
    path = tmp_path / "x.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE other (id INTEGER)")
    with pytest.raises(FileFormatError, match="x.sqlite3"):
        qda.read(path)


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "just words", "{}", "<p>hello</p>", "id,answer\n1,x\n"])
def test_what_is_not_recognised_says_what_was_looked_for(tmp_path, content):
    for name in ("x.csv", "x.txt"):
        with pytest.raises(FileFormatError, match=r"Looked for: Taguette, MAXQDA"):
            qda.read(write(tmp_path, name, content))


def test_segments_go_out_as_others_expect_them_and_nothing_in_them_runs(tmp_path):
    table = coding.check_codings(
        pd.DataFrame(
            {
                "document": ["anna.txt", "omar.txt"], "start": [18, 0], "end": [38, 14], "code": ["=price", "+delight"],
                "quote": ["the price was hidden", "It just worked"], "coder": "eva", "memo": ["=1+1", "@x"],
            }
        ),
        DOCS,
    )  # fmt: skip
    import openpyxl

    out = qda.write_segments(table, tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(out)
    assert len(book.sheetnames) == 3
    for sheet in book:
        assert all(c.data_type != "f" for row in sheet.iter_rows() for c in row)
    assert sorted(qda.read(out, documents=DOCS).codings["code"]) == ["+delight", "=price"]
    for style in ("taguette", "maxqda"):
        back = qda.read(qda.write_segments(table, tmp_path / f"{style}.csv", style=style), documents=DOCS)
        key = ["document", "start", "end", "quote", "code"]
        assert back.codings[key].values.tolist() == table[key].values.tolist()
    with pytest.raises(CjmError, match="did you mean 'maxqda'"):
        qda.write_segments(table, tmp_path / "x.csv", style="maxqd")


def test_one_sheet_of_two_coders_and_tables_of_annotation_tools(tmp_path):
    table = "id,answer,coder,Code 1\n1,Dear thing,eva,price\n1,Dear thing,ivo,time\n2,Fine,eva,none\n2,Fine,ivo,none\n"
    project = qda.read(write(tmp_path, "both.csv", table))
    assert project.codings[["document", "code", "coder"]].values.tolist() == [
        ["1", "price", "eva"],
        ["1", "time", "ivo"],
    ]
    assert len(project.seen) == 4
    none = qda.read(write(tmp_path, "n.csv", "id,answer,price,None\n1,Dear thing here,1,0\n2,Fine as it is,0,1\n"))
    assert none.codings["code"].tolist() == ["price"]
    assert len(none.seen) == 2
    doccano = qda.read(write(tmp_path, "d.csv", "id,data,label\n1,Dear thing,price#mood\n"))
    assert doccano.codings["code"].tolist() == ["price", "mood"]
    spans = json.dumps([{"start": 0, "end": 4, "text": "Dear", "labels": ["price"]}]).replace('"', '""')
    studio = f'text,id,label,annotator,annotation_id\nDear thing,1,"{spans}",7,5\n'
    found = qda.read(write(tmp_path, "l.csv", studio))
    assert found.codings[["quote", "code", "coder"]].values.tolist() == [["Dear", "price", "7"]]


CELLS = st.sampled_from(["", "id", "answer", "Code 1", "code", "tag", "content", "document", "quote", "1", "x", "none",
                         "Dear me", "a\\b", "::", "0", "name", "definition", "segment", "=1"])  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=6))
def test_any_table_is_read_or_refused_in_words(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("f") / "x.csv"
    path.write_text("\n".join(",".join(r) for r in rows), encoding="utf-8")
    try:
        project = qda.read(path)
    except CjmError:
        return
    texts = dict(zip(project.documents["document"], project.documents["text"], strict=True))
    for r in project.codings.itertuples():
        assert texts[r.document][r.start : r.end] == r.quote
