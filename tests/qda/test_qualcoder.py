"""What we write arrives where people open it, and what we do not use survives."""

import importlib.util
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from cjmkit import coding, qda

_spec = importlib.util.spec_from_file_location("strict", Path(__file__).with_name("strict.py"))
strict = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(strict)

TEXT = "Модератор: Как?\nОльга: Дорого 💳 и долго. Курьер вежливый."
DOCS = pd.DataFrame({"document": ["sub/p1.vtt", "p2.txt"], "text": [TEXT, "Ещё дороже."]})
BOOK = coding.Codebook(
    [
        coding.Code("Боль", codable=False),
        coding.Code("цена", "Про деньги", parent="Боль", stage="deal", lane="barriers", colour="#DC0000"),
        coding.Code("курьер", include=("вежливый",)),
    ]
)


def said(document, quote, code, coder, **more):
    text = dict(zip(DOCS["document"], DOCS["text"], strict=True))[document]
    a = text.index(quote)
    row = {"document": document, "start": a, "end": a + len(quote), "quote": quote, "code": code, "coder": coder}
    who = {"sub/p1.vtt": "Ольга", "p2.txt": "Пётр"}[document]
    return row | {"created": "2026-01-02T03:04:05Z", "participant": who} | more


TABLE = coding.check_codings(
    pd.DataFrame(
        [
            said("sub/p1.vtt", "Дорого 💳 и долго", "цена", "eva", stage="deal", valence=-2, memo="вздохнула"),
            said("sub/p1.vtt", "Дорого 💳 и долго", "цена", "ivo", touchpoint="Касса", valence=0.5),
            said("sub/p1.vtt", "Курьер вежливый", "курьер", "eva", memo="stage: не поле\nвторая строка"),
            said("p2.txt", "дороже", "Боль", "ivo", participant="Ольга"),
        ]
    ),
    DOCS,
)
MEMOS = pd.DataFrame(
    [
        ("code", "цена", "", "шире, чем цена", "eva", "2026-01-02T03:04:05Z"),
        ("document", "p2.txt", "", "перезвонить", "", ""),
        ("document", "p2.txt", "дневник", "день 1", "ivo", ""),
        ("free", "", "дневник", "день 2", "", "вчера"),
        ("case", "Ольга", "", "ждёт ответа", "eva", ""),
        ("project", "", "", "О проекте", "", ""),
    ],
    columns=["kind", "target", "name", "text", "author", "created"],
)


@pytest.fixture
def path(tmp_path):
    out = tmp_path / "p.qdpx"
    people = pd.DataFrame({"document": DOCS["document"], "participant": ["Ольга", "Пётр"], "age": [30, 41]})
    qda.write_qdpx(out, documents=DOCS, codings=TABLE, codebook=BOOK, participants=people, memos=MEMOS)
    return out


def test_every_coding_arrives_at_a_strict_reader_with_its_coder_and_its_fields_in_the_memo(path):
    codings, journals = strict.read(path)
    assert [c[3] for c in codings] == TABLE["quote"].tolist()
    assert [c[4] for c in codings] == TABLE["code"].tolist(), "a heading that was coded with is no mere category"
    assert [c[5] for c in codings] == TABLE["coder"].tolist()
    assert codings[0][6] == "stage: deal\nvalence: -2\nmemo: вздохнула"
    assert "touchpoint: Касса" in codings[1][6]
    assert set(journals.values()) == {"ждёт ответа", "день 1", "день 2", "шире, чем цена"}


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda x: x.replace(' creationDateTime="1980', ' was="1980'), "Note without a date"),
        (lambda x: x.replace(' origin="cjmkit', ' from="cjmkit'), "origin"),
        (lambda x: x.replace("<CodeRef", "<NoteRef targetGUID='1'/><CodeRef"), "CodeRef is not first"),
        (lambda x: x.replace('plainTextPath="internal://', 'plainTextPath="relative://'), "internal"),
    ],
)
def test_the_strict_reader_does_refuse(path, tmp_path, spoil, why):
    broken = tmp_path / "broken.qdpx"
    with zipfile.ZipFile(path) as z, zipfile.ZipFile(broken, "w") as out:
        for n in z.namelist():
            data = z.read(n)
            out.writestr(n, spoil(data.decode()).encode() if n == "project.qde" else data)
    with pytest.raises(strict.Refused, match=why):
        strict.read(broken)


def test_everything_comes_back(path):
    got = qda.read_qdpx(path)
    columns = [*coding.empty_codings().columns]
    expected = TABLE[columns].reset_index(drop=True)
    back = got.codings[columns]
    assert back.drop(columns="participant").equals(expected.drop(columns="participant"))
    assert back["participant"].tolist() == ["Ольга", "Ольга", "Ольга", "Ольга"]
    assert got.documents["document"].tolist() == ["sub/p1.vtt", "p2.txt"]
    key = ["kind", "target", "name", "text", "author", "created"]
    assert sorted(map(tuple, got.memos[key].fillna("").values)) == sorted(map(tuple, MEMOS.values))
    for c in BOOK:
        again = got.codebook[c.name]
        assert (again.definition, again.stage, again.lane, again.include, again.codable, again.colour) == (
            c.definition, c.stage, c.lane, c.include, c.codable, c.colour
        )  # fmt: skip


def test_links_sets_and_graphs_survive_and_what_points_nowhere_is_reported(path, tmp_path):
    code, other = (coding.Codebook(qda.read_qdpx(path).codebook.codes)[n].guid for n in ("цена", "курьер"))
    gone = "99999999-0000-4000-8000-000000000099"
    extra = (
        f'<Links><Link guid="10000000-0000-4000-8000-000000000001" name="because" direction="OneWay" '
        f'originGUID="{code}" targetGUID="{other}"/><Link guid="10000000-0000-4000-8000-000000000002" '
        f'originGUID="{code}" targetGUID="{gone}"/></Links><Sets><Set guid="10000000-0000-4000-8000-000000000003" '
        f'name="money"><MemberCode targetGUID="{code}"/><MemberCode targetGUID="{gone}"/></Set></Sets>'
        f'<Graphs><Graph guid="10000000-0000-4000-8000-000000000004" name="map">'
        f'<Vertex guid="10000000-0000-4000-8000-000000000005" representedGUID="{code}" firstX="1" firstY="1"/>'
        f'<Vertex guid="10000000-0000-4000-8000-000000000006" representedGUID="{other}" firstX="2" firstY="1"/>'
        f'<Edge guid="10000000-0000-4000-8000-000000000007" sourceVertex="10000000-0000-4000-8000-000000000005" '
        f'targetVertex="10000000-0000-4000-8000-000000000006"/></Graph></Graphs>'
    )
    foreign = tmp_path / "foreign.qdpx"
    with zipfile.ZipFile(path) as z, zipfile.ZipFile(foreign, "w") as out:
        for n in z.namelist():
            data = z.read(n).decode()
            if n == "project.qde":
                links = data[data.index("<Links>") : data.index("</Links>") + len("</Links>")]
                data = data.replace(links, links.replace("</Links>", "") + extra.removeprefix("<Links>"))
            out.writestr(n, data)
    got = qda.read_qdpx(foreign)
    assert "because" in got.kept
    again = tmp_path / "again.qdpx"
    dropped = qda.write_qdpx(
        again, documents=got.documents, codings=got.codings, codebook=got.codebook, memos=got.memos, kept=got.kept
    )
    back = qda.read_qdpx(again).kept
    for part in ('name="because"', 'name="money"', 'name="map"', "<Edge", "OneWay"):
        assert part in back
    assert gone not in back
    assert dropped.set_index("what")["reason"].to_dict() == {
        "link": "joins what is no longer here", "set": "joins what is no longer here"
    }  # fmt: skip
    strict.read(again)
