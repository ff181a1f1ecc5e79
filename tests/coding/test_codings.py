import unicodedata

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit import coding
from cjmkit.errors import CjmError, FileFormatError

TEXT = "Сайт завис. Потом не прошла оплата 💳, и сайт завис снова."
DOCUMENTS = pd.DataFrame({"document": ["anna.txt"], "text": [TEXT], "participant": ["anna"]})


def row_of(**fields):
    return {"document": "anna.txt", "start": 0, "end": 10, "quote": TEXT[:10], "code": "сбой", "coder": "Ева"} | fields


def test_a_coding_is_found_by_its_quote_and_gets_its_participant():
    made = coding.add_coding(
        coding.empty_codings(),
        DOCUMENTS,
        document="anna.txt",
        quote="не прошла оплата 💳",
        code="оплата",
        coder="Ева",
        valence=-2,
    )
    row = made.iloc[0]
    assert TEXT[row["start"] : row["end"]] == "не прошла оплата 💳"
    assert (row["participant"], row["valence"]) == ("anna", -2)


def test_a_quote_that_stands_twice_needs_its_place():
    with pytest.raises(CjmError, match="2 times"):
        coding.add_coding(
            coding.empty_codings(), DOCUMENTS, document="anna.txt", quote="завис", code="сбой", coder="Ева"
        )
    with pytest.raises(CjmError, match="does not say"):
        coding.add_coding(
            coding.empty_codings(), DOCUMENTS, document="anna.txt", quote="упал", code="сбой", coder="Ева"
        )


def test_editing_and_removing_leave_the_given_table_alone():
    before = coding.check_codings(pd.DataFrame([row_of(), row_of(code="сайт")]))
    copy = before.copy(deep=True)
    after = coding.remove_codings(coding.edit_coding(before, 0, valence=-1, memo="злится"), 1)
    assert after["memo"].tolist() == ["злится"]
    assert after["valence"].tolist() == [-1]
    pd.testing.assert_frame_equal(before, copy)
    with pytest.raises(CjmError, match="unknown column 'vallence'; did you mean 'valence'"):
        coding.edit_coding(before, 0, vallence=1)
    with pytest.raises(CjmError, match="new quote"):
        coding.edit_coding(before, 0, end=4)


@pytest.mark.parametrize(
    ("fields", "column", "says"),
    [
        ({"start": "x"}, "start", "whole number"),
        ({"start": 1.5}, "start", "whole number"),
        ({"start": -1}, "start", "negative"),
        ({"end": 0}, "end", "not after start"),
        ({"end": 5000}, "end", "beyond the end"),
        ({"quote": "другое"}, "quote", "not what the document says"),
        ({"document": "ann.txt"}, "document", "did you mean 'anna.txt'"),
        ({"valence": 3}, "valence", "outside"),
        ({"valence": "bad"}, "valence", "not a number"),
        ({"code": " "}, "code", "every coding needs one"),
    ],
)
def test_a_wrong_value_names_file_column_and_rows(tmp_path, fields, column, says):
    path = tmp_path / "eva.csv"
    pd.DataFrame([row_of(), row_of(**fields)]).to_csv(path, index=False)
    with pytest.raises(FileFormatError, match=says) as caught:
        coding.read_codings(path, documents=DOCUMENTS)
    assert caught.value.column == column
    assert caught.value.rows == (3,)
    assert "eva.csv" in str(caught.value)


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "eva.csv"
    path.write_text("document,start,code\na,1,b\n")
    with pytest.raises(FileFormatError, match="end missing"):
        coding.read_codings(path)


def test_a_file_saved_by_a_spreadsheet_in_a_russian_locale_is_read(tmp_path):
    path = tmp_path / "Ольга.csv"
    path.write_bytes("document;start;end;quote;code;valence\nanna.txt;0;10;Сайт завис;сбой;-1,5\n".encode("cp1251"))
    row = coding.read_codings(path).iloc[0]
    assert (row["coder"], row["quote"], row["valence"]) == ("Ольга", "Сайт завис", -1.5)


def test_each_coder_has_a_file_and_others_are_not_touched(tmp_path):
    (tmp_path / "Боб.csv").write_text("document,start,end,quote,code\nanna.txt,0,4,Сайт,сайт\n", encoding="utf-8")
    table = coding.check_codings(pd.DataFrame([row_of(), row_of(coder="A/B")]))
    files = coding.write_codings(table, tmp_path)
    assert sorted(f.name for f in files) == ["A%2FB.csv", "Ева.csv"]
    assert set(coding.read_codings(tmp_path)["coder"]) == {"A/B", "Ева", "Боб"}
    with pytest.raises(FileFormatError, match="file per coder needs names"):
        coding.write_codings(coding.check_codings(pd.DataFrame([row_of(coder="")])), tmp_path)
    with pytest.raises(CjmError, match="would share the file"):
        coding.write_codings(coding.check_codings(pd.DataFrame([row_of(coder="Eva"), row_of(coder="eva")])), tmp_path)


words = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t\"';,"), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(words, words, st.sampled_from([-2.0, -0.5, 0, 1, float("nan")])), min_size=1, max_size=5))
def test_what_is_written_is_what_is_read(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("c")
    table = coding.check_codings(
        pd.DataFrame(
            [
                {"document": "d.txt", "start": i, "end": i + len(q), "quote": q, "code": "c", "coder": "eva"}
                | {"memo": m, "valence": v}
                for i, (q, m, v) in enumerate(rows)
            ]
        )
    )
    coding.write_codings(table, folder)
    pd.testing.assert_frame_equal(coding.read_codings(folder), table)


def one(coder):
    return pd.DataFrame({"document": ["d"], "start": [0], "end": [2], "code": ["c"], "coder": [coder]})


NAMES = ["a/b", "a_b", "a:b", "a?b", "Anna", "anna", "Андрей", "Андреи\u0306", "con", "Анна К.", "я" * 300, "machine:x"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=8))
def test_each_coder_has_one_file_or_a_refusal_in_words_and_nobodys_rows_go(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("c")
    written = set()
    for name in names:
        same = {w for w in written if w.casefold() == unicodedata.normalize("NFC", name).casefold()}
        if same - {unicodedata.normalize("NFC", name)}:
            with pytest.raises(CjmError, match="rename one of them"):
                coding.write_codings(one(name), folder)
        else:
            coding.write_codings(one(name), folder)
            written.add(unicodedata.normalize("NFC", name))
        assert sorted(coding.read_codings(folder)["coder"]) == sorted(written)


def test_rows_of_a_coder_spelt_otherwise_than_the_file_go_back_to_that_file(tmp_path):
    one("Anna").to_csv(tmp_path / "anna.csv", index=False)
    coding.write_codings(coding.read_codings(tmp_path), tmp_path)
    assert [p.name for p in tmp_path.glob("*.csv")] == ["anna.csv"]


def test_a_file_of_two_coders_is_not_doubled(tmp_path):
    pd.concat([one("anna"), one("bob")]).to_csv(tmp_path / "all.csv", index=False)
    with pytest.raises(CjmError, match=r"all\.csv holds the codings of 'bob'"):
        coding.write_codings(one("anna"), tmp_path)
    assert len(coding.read_codings(tmp_path)) == 2


def test_a_name_spelt_with_composed_and_decomposed_letters_is_one_coder(tmp_path):
    for name in ("Андрей", "Андреи\u0306"):
        coding.write_codings(one(name), tmp_path)
    assert len(list(tmp_path.glob("*.csv"))) == 1


def test_what_a_killed_writer_left_is_cleared(tmp_path):
    import os

    half = tmp_path / ".cjmkit-0a1b2c3d.part"
    half.write_text("words of somebody")
    os.utime(half, (0, 0))
    row = {"document": ["d"], "start": [0], "end": [2], "code": ["c"], "coder": ["eva"]}
    coding.write_codings(pd.DataFrame(row), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["eva.csv"]
