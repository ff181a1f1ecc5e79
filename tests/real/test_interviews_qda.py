"""Projects and codebooks that other tools wrote, and the standard's own schema."""

import json

import pandas as pd
import pytest

from cjmkit import qda


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "data/qda"


VARIANTS = ["atlas_crlf_counted_1", "atlas_qde_name", "capital_Sources", "nvivo_utf16_crlf_bom"]


@pytest.mark.parametrize("name", ["conformant", *(f"variant_{v}" for v in VARIANTS)])
def test_every_vendor_variant_gives_the_same_spans(folder, name):
    expected = json.loads((folder / "handmade/expected.json").read_text())
    got = qda.read_qdpx(folder / f"handmade/{name}.qdpx")
    guid = {c.name: c.guid for c in got.codebook}
    spans = [[r.start, r.end, r.quote, guid[r.code], r.coder] for r in got.codings.itertuples()]
    assert sorted(spans) == sorted(expected["codings"])
    assert got.documents["text"].tolist() == [expected["text"]]
    assert got.reading["confidence"].isin(["certain", "high"]).all()
    assert got.participants.iloc[0].to_dict() == {
        "document": "Интервью Ольга", "participant": "Ольга", "Возраст": 34, "Сегмент": "новые"
    }  # fmt: skip


def test_nvivo_passages_begin_where_words_begin(folder):
    got = qda.read_qdpx(folder / "qdpx_nvivo_win12_scrambled/nvivo12_win_scrambled.qdpx")
    text = got.documents["text"][0]
    starts = got.codings["start"]
    on_boundary = [
        not text[a].isspace() and (a == 0 or not (text[a - 1].isalnum() and text[a].isalnum())) for a in starts
    ]
    assert len(starts) == 303
    assert sum(on_boundary) >= 300
    assert got.reading["positions"][0] == "UTF-16 units, CRLF as 2"
    assert got.reading["confidence"][0] == "high"
    assert [text[a:b] for a, b in zip(starts, got.codings["end"])] == got.codings["quote"].tolist()


def test_the_standard_project_without_its_files_opens_and_accounts_for_all_codings(folder):
    for path in (folder / "qdpx_spec_atlas8/TestProject.qdpx",):
        got = qda.read_qdpx(path)
        assert len(got.codebook) == 14
        lost = got.dropped.loc[got.dropped["what"] == "coding", "times"].sum()
        codings = (folder / "qdpx_spec_atlas8/Project.qde").read_text(encoding="utf-8-sig").count("<Coding ")
        assert lost + len(got.codings) == codings


@pytest.mark.parametrize("name", ["atlas23_style", "invalid_guid_style", "qualcoder_style_bom", "taguette_style"])
def test_codebooks_of_other_tools_open(folder, name):
    got = qda.read_qdc(folder / f"qdc/{name}.qdc")
    parents = {c.name: c.parent for c in got}
    assert (
        parents
        == {
            "atlas23_style": {"Coke::diet Coke": ""},
            "invalid_guid_style": {"Negative": "", "Rage": "Negative"},
            "qualcoder_style_bom": {"Этап": "", "Оплата": "Этап"},
            "taguette_style": {"payment": "", "payment.error": ""},
        }[name]
    )


def test_what_we_write_validates_against_the_schema(folder, tmp_path):
    xmlschema = pytest.importorskip("xmlschema")
    import zipfile

    project = xmlschema.XMLSchema(str(folder / "schema/Project-mrt2019.xsd"))
    codebook = xmlschema.XMLSchema(str(folder / "schema/Codebook.xsd"))
    for k, source in enumerate(sorted(folder.glob("**/*.qdpx"))):
        got = qda.read_qdpx(source)
        codings = got.codings.assign(stage="deal", valence=-1.5) if len(got.codings) else got.codings
        path = tmp_path / f"{k}.qdpx"
        qda.write_qdpx(
            path,
            documents=got.documents,
            codings=codings,
            codebook=got.codebook,
            participants=got.participants if len(got.participants) else None,
            memos=got.memos,
            title=got.title,
        )
        with zipfile.ZipFile(path) as z:
            project.validate(z.read("project.qde").decode())
        again = qda.read_qdpx(path)
        assert len(again.dropped) == 0
        keys = ["document", "start", "end", "quote", "code", "coder", "memo", "valence"]
        if len(codings):
            pd.testing.assert_frame_equal(again.codings[keys], codings[keys].reset_index(drop=True))
        if len(got.codebook):
            qda.write_qdc(got.codebook, tmp_path / f"{k}.qdc")
            codebook.validate((tmp_path / f"{k}.qdc").read_text(encoding="utf-8"))
