import json
import stat
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit import coding
from cjmkit import interviews as iv
from cjmkit.errors import CjmError, FileFormatError

SAID = "Интервьюер: Кто звонил?\nАнна: Маше звонил Пётр, +7 916 123-45-67. Потом я Петру, на 8 (916) 123-45-67.\n"


@pytest.fixture
def read():
    return iv.read_text(SAID, document="a.txt", speakers={"Анна": "respondent"})


def test_the_same_thing_has_the_same_pseudonym_everywhere(read):
    got = iv.redact(read, names=["Маша", "Пётр"])
    assert got.transcripts.documents["text"][0] == (
        "Интервьюер: Кто звонил?\n"
        "[PERSON_3]: [PERSON_1] звонил [PERSON_2], [PHONE_1]. Потом я [PERSON_2], на [PHONE_1].\n"
    )
    assert got.transcripts.turns["speaker"].tolist() == ["Интервьюер", "[PERSON_3]"]
    assert got.report.set_index("pseudonym")["times"].to_dict() == {
        "[PERSON_2]": 2, "[PERSON_1]": 1, "[PERSON_3]": 1, "[PHONE_1]": 2
    }  # fmt: skip
    assert "Маш" not in repr(got) + repr(got.key) + got.report.to_csv()
    assert got.summary("ru") == "Скрыто: 4 имени, 2 телефона."


def test_pseudonyms_can_be_chosen_and_spellings_united(read):
    got = iv.redact(read, names={"Маша": "[Покупатель]", "Анна": "[Покупатель]", "Пётр": "[Менеджер]"})
    assert "[Покупатель]: [Покупатель] звонил [Менеджер]" in got.transcripts.documents["text"][0]


def test_turns_and_codings_keep_their_words(read):
    codings = coding.empty_codings()
    for q in ("звонил Пётр, +7 916", "Потом я", "123-45-67. Потом"):
        codings = coding.add_coding(
            codings, read.documents, document="a.txt", quote=q, code="c", coder="e", memo="про Петра"
        )
    got = iv.redact(read, names=["Маша", "Пётр"], codings=codings)
    assert got.codings["quote"].tolist() == ["звонил [PERSON_2], [PHONE_1]", "Потом я", "[PHONE_1]. Потом"]
    assert got.codings["memo"].unique().tolist() == ["про [PERSON_2]"]
    coding.check_codings(got.codings, got.transcripts.documents)
    text = got.transcripts.documents["text"][0]
    assert [
        text[a:b] for a, b in zip(got.transcripts.turns["start"], got.transcripts.turns["end"])
    ] == got.transcripts.turns["text"].tolist()


def test_the_key_undoes_it_and_belongs_to_one_text_only(read, tmp_path):
    got = iv.redact(read, names=["Маша", "Пётр"])
    path = got.key.save(tmp_path / "key.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    back = iv.restore(got.transcripts, iv.read_key(path))
    assert back.transcripts.documents["text"].tolist() == [SAID]
    pd.testing.assert_frame_equal(back.transcripts.turns, read.turns)
    other = iv.read_text(SAID + "!", document="a.txt")
    with pytest.raises(CjmError, match="another text"):
        iv.restore(other, got.key)
    (tmp_path / "x.json").write_text(json.dumps({"a": 1}))
    with pytest.raises(FileFormatError, match="not a key"):
        iv.read_key(tmp_path / "x.json")


@pytest.mark.parametrize("marker", [".git", "study.yaml"])
def test_a_key_is_not_saved_where_it_would_be_shared(read, tmp_path, marker):
    if marker == ".git":
        (tmp_path / ".git").mkdir()
    else:
        (tmp_path / "study.yaml").write_text("title: x")
    (tmp_path / "interviews").mkdir()
    with pytest.raises(CjmError, match="must not lie inside"):
        iv.redact(read).key.save(tmp_path / "interviews" / "key.json")
    assert not list((tmp_path / "interviews").iterdir())


def test_words_that_may_still_be_names_are_listed(read):
    said = "Анна: Мы с Лизой ездили в Тверь. Потом с Лизой купили. Потом дом."
    got = iv.redact(iv.read_text(said, speakers={"Анна": "respondent"}), recogniser=None)
    listed = got.candidates()
    assert listed["word"].tolist() == ["Лизой", "Тверь"]
    assert listed["times"].tolist() == [2, 1]


def test_names_in_file_names_and_ids_are_pointed_out():
    t = iv.read_text("Анна: да\nМодератор: а?\nАнна: нет", document="Анна.txt", participant="Анна")
    got = iv.redact(t)
    assert len(got.warnings) == 2


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(["Пётр ", "Петру", "a@b.ru", " и ", "+7 916 123-45-67", "\n", "😀", "x ", "Маша "]), max_size=15
    ),
    st.data(),
)
def test_whatever_is_masked_comes_back_and_spans_still_hold_the_same_places(parts, data):
    text = "".join(parts) + "конец"
    read = iv.read_text(text, document="d")
    a = data.draw(st.integers(0, len(text) - 1))
    b = data.draw(st.integers(a + 1, len(text)))
    codings = coding.check_codings(
        pd.DataFrame([{"document": "d", "start": a, "end": b, "code": "c", "coder": "e"}]), read.documents
    )
    got = iv.redact(read, names=["Пётр", "Маша"], codings=codings)
    coding.check_codings(got.codings, got.transcripts.documents)
    back = iv.restore(got.transcripts, got.key, codings=got.codings)
    assert back.transcripts.documents["text"][0] == text
    row = back.codings.iloc[0]
    assert row["start"] <= a
    assert row["end"] >= b
    assert text[row["start"] : row["end"]] == row["quote"]


def test_whoever_is_named_in_one_text_is_masked_in_all_and_has_one_pseudonym():
    column = pd.Series(
        ["Звонила Марине Ковалёвой.", "потом Марина перезвонила", None, "С Ковалёвой всё решили."],
        index=[11, 12, 13, 14],
    )
    got = iv.redact(column)
    assert got.texts.tolist() == ["Звонила [PERSON_1].", "потом [PERSON_1] перезвонила", "", "С [PERSON_1] всё решили."]
    assert got.texts.index.tolist() == ["11", "12", "13", "14"]


def test_a_text_and_a_list_are_redacted_too_and_anything_else_is_refused_in_words():
    assert iv.redact("Ask Mr Hill").texts.tolist() == ["Ask Mr [PERSON_1]"]
    assert iv.redact(["a", "b"]).texts.tolist() == ["a", "b"]
    with pytest.raises(CjmError, match="of type int"):
        iv.redact(["a", 5])


def test_codings_of_other_documents_lose_their_names_too():
    t = iv.read_text("Анна: мне звонил Пётр Орлов.", speakers={"Анна": "respondent"})
    d = t.documents["document"][0]
    text = t.documents["text"][0]
    at = text.index("Пётр")
    rows = pd.DataFrame(
        {
            "document": [d, "elsewhere.txt"], "start": [at, 0], "end": [at + 10, 21],
            "quote": [text[at : at + 10], "Пётр Орлов всё обещал"],
            "code": ["c", "c"], "coder": ["e", "e"], "memo": ["", "спросить Петра"],
        }
    )  # fmt: skip
    got = iv.redact(t, codings=rows)
    assert "Орлов" not in " ".join(got.codings["quote"]) and got.codings["memo"][1] == "спросить [PERSON_2]"
    assert (
        got.codings["quote"][0] == got.transcripts.documents["text"][0][got.codings["start"][0] : got.codings["end"][0]]
    )


def test_a_recogniser_of_ones_own_takes_the_place_of_ours():
    got = iv.redact("the robot R2D2 and Mr Hill", recogniser=lambda texts: [[(10, 14, "person")] for _ in texts])
    assert got.texts.tolist() == ["the robot [PERSON_1] and Mr Hill"]
    assert "not looked for" in iv.redact("Mr Hill", recogniser=None).warnings[0]


def test_words_to_keep_are_kept():
    assert (
        iv.redact("Заказала в Сбербанке у Марины", keep=["Сбербанке"]).texts.iloc[0]
        == "Заказала в Сбербанке у [PERSON_1]"
    )


def test_pseudonyms_can_keep_the_gender():
    said = ["Позвонила Марине, потом Петру и Марине.", "I asked Margaret and then Kenneth."]
    assert iv.redact(said, style="gender").texts.tolist() == [
        "Позвонила [Женщина 1], потом [Мужчина 1] и [Женщина 1].",
        "I asked [Woman 1] and then [Man 1].",
    ]


@given(st.dates(), st.integers(-400, 400).filter(bool))
def test_dates_move_by_one_constant_so_spans_of_time_stay(day, days):
    other = day + timedelta(30) if day.year < 9000 else day
    if not (1902 <= day.year <= 2090):
        return
    got = iv.redact(f"с {day.isoformat()} по {other:%d.%m.%Y}", recogniser=None, shift_dates=days).texts.iloc[0]
    a, b = got.split()[1], got.split()[3]
    assert date.fromisoformat(a) == day + timedelta(days)
    assert datetime.strptime(b, "%d.%m.%Y").date() == other + timedelta(days)


def test_review_shows_what_was_masked_and_what_was_left():
    found = iv.redact("Mr Hill rang at Plateful. It was in Plateful.").review()
    assert found[["status", "what", "times"]].values.tolist() == [["masked", "Hill", 1], ["left", "Plateful", 2]]
    assert "Plateful" in found["context"].iloc[1]


def test_codings_are_masked_in_every_column_that_people_write():
    import cjmkit as cj

    talk = cj.interviews.read_text("Q: how?\nA: Anna Petrova said slow.", document="d")
    codings = pd.DataFrame(
        {"document": ["d", "call of Anna Petrova.txt"], "start": [11, 0], "end": [23, 12], "quote": "Anna Petrova"}
        | {"code": ["Anna Petrova was late", "wait"], "coder": ["eva", "Anna Petrova"], "touchpoint": "Anna Petrova"}
        | {
            "participant": ["Anna Petrova", "p2"],
            "memo": "ask Anna Petrova",
            "own": ["Anna Petrova", "+7 916 123-45-67"],
        }
    )
    found = cj.interviews.redact(talk, names=["Anna Petrova"], codings=codings, recogniser=None)
    for column in ("quote", "code", "coder", "touchpoint", "memo", "own"):
        assert not found.codings[column].str.contains("Anna|916").any(), column
    assert found.codings["code"].tolist() == ["[PERSON_1] was late", "wait"]
    assert sum("holds a name" in w for w in found.warnings) == 2
