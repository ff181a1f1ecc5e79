"""Small inputs in the shape that each tool exports, which were once read wrongly: each with its right value."""

import pandas as pd
import pytest

from cjmkit import interviews as iv
from cjmkit import qda
from cjmkit.errors import FileFormatError

TWO = ["interviewer", "respondent"]


@pytest.fixture
def read(shared):
    return lambda name, **how: iv.read(shared / "data" / "cases" / "interviews" / name, **how)


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("bold_int.txt", None), ("bold_questions.docx", None), ("descript.md", [3, 11, 19, 24]),
        ("descript.txt", [3, 11, 19, 24]), ("fireflies.json", [3.1, 6]), ("fireflies_flat.json", [3, 6]),
        ("mac_cr.txt", None), ("meet.txt", [0, 0, 300, 300]), ("nvivo.rtf", None), ("otter.txt", [3, 11, 19, 24]),
        ("qa_num.txt", None), ("rev.txt", [3, 11, 19, 24]), ("riverside.txt", [3.12, 11.4, 19.01, 24.88]),
        ("ru_caps.txt", None), ("ru_cp1251_crlf.txt", None), ("ru_dash.txt", None), ("ru_i_r.txt", None),
        ("ru_interv.txt", None), ("ru_koi8.txt", None), ("ru_paren.txt", None), ("ru_stamp.txt", [723, 729, 735, 740]),
        ("ru_utf16.txt", None), ("sonix.txt", [3, 11, 19, 24]), ("srt_dash_ru.srt", [1, 1, 4, 4]),
        ("table.docx", [3, 11, 19, 24]), ("table_ru.docx", None), ("teams.docx", [3, 11, 19, 24]),
        ("teams.vtt", [3.41, 7, 12.1]), ("telegram.json", [0, 60]), ("trint.txt", [3, 11, 19, 24]),
        ("whatsapp.txt", [0, 60, 120, 300]), ("yandex_speechkit_ru.txt", [3, 9, 15, 20]),
    ],
)  # fmt: skip
def test_questions_are_the_interviewers_and_answers_the_respondents(read, name, times):
    got = read(name)
    roles = got.turns["role"].tolist()
    assert roles == (TWO * len(roles))[: len(roles)]
    assert len(roles) >= 2
    assert got.turns["participant"].dropna().nunique() == 1
    assert not got.warnings
    assert got.why
    if times is not None:
        assert got.turns["t_start"].tolist() == pytest.approx(times)


@pytest.mark.parametrize("name", ["otter.txt", "meet.txt"])
def test_the_tools_closing_line_is_nobodys_speech(read, name):
    got = read(name)
    assert not got.turns["text"].str.contains("otter.ai|ended after|computer generated").any()
    assert got.turns["text"].iloc[-1].startswith("I could not find the price.")


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("whisper.json", [0, 2.5]), ("whisper.tsv", [0, 2.5]), ("whispercpp.json", [0, 2.5]),
        ("assemblyai.json", [0.25, 63]), ("aws.json", [0.1, 1.1]), ("rev.json", [0.3, 1.3]), ("gong.json", [3.1, 6]),
    ],
)  # fmt: skip
def test_speech_of_nobody_knows_whom_is_unknown_with_a_warning_and_times_in_seconds(read, name, times):
    got = read(name)
    assert got.turns["t_start"].tolist() == pytest.approx(times)
    assert set(got.turns["role"]) == {"unknown"}
    assert got.turns["participant"].isna().all()
    assert got.documents["participant"].isna().all()
    assert any("unknown" in w for w in got.warnings)
    assert "Not counted as respondents: 1 of 1" in got.summary("en")


def test_words_are_joined_as_the_tool_says(read):
    assert read("rev.json").turns["text"].tolist() == ["Thanks Priya.", "From work."]
    assert read("aws.json").turns["text"].iloc[0] == "Thanks."


@pytest.mark.parametrize("name", ["taguette.csv", "taguette.xlsx", "taguette.html", "atlas_quotations.xlsx"])
def test_coded_segments_are_not_a_person_a_highlight(read, name):
    with pytest.raises(FileFormatError, match=r"coded segments .*cj\.qda\.read"):
        read(name)


@pytest.mark.parametrize(("name", "n"), [("doccano.jsonl", 2), ("labelstudio_min.json", 1)])
def test_texts_of_annotation_tools_are_documents_and_their_labels_are_announced(read, name, n):
    got = read(name)
    assert len(got.documents) == n
    assert any("cj.qda.read" in w for w in got.warnings)


def test_a_table_of_questions_by_person_and_its_transpose(read):
    rows = read("wide_ru.xlsx")
    assert rows.participants == ("Анна", "Пётр", "Ольга")
    said = rows.turns[rows.turns["role"] == "respondent"].set_index("participant")["text"]
    assert said["Пётр"].tolist() == ["Реклама", "Ничего"]
    columns = read("wide.xlsx")
    answers = columns.turns[columns.turns["role"] == "respondent"].groupby("participant")["text"].agg(list)
    assert answers["R01"] == ["From a colleague who sent me a link", "Price was hidden, I nearly left", "Yes"]
    assert "Gender, Age" in columns.report["notes"].iloc[0]


def test_lines_with_times_alone_keep_their_times(read):
    got = read("ru_stamp_only.txt")
    assert got.turns["t_start"].tolist() == [723, 729, 735, 740]
    assert got.turns["text"].iloc[0] == "Как вы выбирали банк?"
    assert any("no speakers" in w for w in got.warnings)
    pd.testing.assert_series_equal(got.turns["role"], pd.Series(["respondent"] * 4, name="role"), check_dtype=False)


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("taguette.csv", [("priya.txt", "I nearly gave up, the price was hidden", "price"),
                          ("priya.txt", "I nearly gave up, the price was hidden", "frustration"),
                          ("omar.txt", "It just worked", "delight")]),
        ("taguette.xlsx", [("priya.txt", "I nearly gave up", "price"), ("omar.txt", "It just worked", "delight")]),
        ("taguette.html", [("priya.txt", "I nearly gave up", "price"), ("priya.txt", "I nearly gave up", "frustration"),
                           ("omar.txt", "It just worked", "delight")]),
        ("atlas_quotations.xlsx", [("Priya.docx", "I nearly gave up", "Price"),
                                   ("Priya.docx", "I nearly gave up", "Frustration"),
                                   ("Omar.docx", "It just worked", "Delight")]),
        ("labelstudio_min.json", [("labelstudio_min", "From a", "source")]),
        ("doccano.jsonl", [("1", "From a colleague.", "source"), ("1", "The price was hidden.", "price"),
                           ("2", "It just worked.", "delight")]),
    ],
)  # fmt: skip
def test_coded_segments_are_codings(shared, name, right):
    project = qda.read(shared / "data" / "cases" / "interviews" / name)
    assert list(map(tuple, project.codings[["document", "quote", "code"]].values)) == right
