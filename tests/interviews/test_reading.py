import codecs
import io
import json
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit import interviews as iv
from cjmkit.errors import CjmError, FileFormatError
from cjmkit.intake.decoding import decode

RU = "Модератор: Как вы о нас узнали?\nАнна: От подруги, она сказала: «попробуй». Сайт был медленный.\n"


def turns(read, *columns):
    return read.turns[list(columns)].values.tolist()


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# ---- encodings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "bom"),
    [
        ("utf-8", b""), ("utf-8", codecs.BOM_UTF8), ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""), ("utf-16-be", b""), ("utf-32-le", codecs.BOM_UTF32_LE), ("cp1251", b""), ("koi8-r", b""),
        ("cp866", b""), ("mac-cyrillic", b""), ("iso8859-5", b""),
    ],
)  # fmt: skip
def test_russian_text_is_read_in_whatever_it_was_saved(tmp_path, name, bom):
    said = RU.replace("«", '"').replace("»", '"') if name in ("koi8-r", "cp866", "iso8859-5") else RU
    path = write(tmp_path, "a.txt", bom + said.replace("\n", "\r\n").encode(name))
    assert iv.read(path).documents["text"][0] == said


def test_short_and_western_texts_are_not_taken_for_russian():
    assert decode("Привет".encode("cp1251"))[0] == "Привет"
    assert decode("Café, naïve, Müller — that's it".encode("cp1252"))[0] == "Café, naïve, Müller — that's it"
    assert decode(b"plain")[1].encoding == "utf-8"


def test_a_few_damaged_bytes_do_not_change_the_encoding():
    raw = bytearray((RU * 20).encode())
    raw[100] = 0xFF
    text, how = decode(bytes(raw))
    assert how.encoding == "utf-8"
    assert "damaged" in how.note
    assert text.count("\ufffd") <= 2


def test_a_wrong_encoding_or_no_text_at_all_is_said(tmp_path):
    with pytest.raises(FileFormatError, match="not ascii"):
        iv.read(write(tmp_path, "a.txt", RU), encoding="ascii")
    with pytest.raises(CjmError, match="unknown encoding"):
        iv.read(write(tmp_path, "a.txt", RU), encoding="cp12510")
    with pytest.raises(FileFormatError, match="not a text file"):
        iv.read(write(tmp_path, "b.txt", bytes(range(256)) * 4))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_a_reason(raw):
    try:
        text, _ = decode(raw)
    except FileFormatError:
        return
    assert "\r" not in text


# ---- layouts of plain text -------------------------------------------------------------------------------------------

LAYOUTS = {
    "labels": "Interviewer: How was it?\nAnna: Slow.\nReally slow: ten days.\n\nInterviewer: And then?\n"
        "Anna: https://x.org, at 10:30.\n",
    "times": "[00:00:01] Interviewer: How was it?\n[00:00:04] Anna: Slow.\nReally slow: ten days.\n"
        "[00:00:09] Interviewer: And then?\n"
    "[00:00:12] Anna: https://x.org, at 10:30.\n",
    "otter": "Interviewer  0:01\nHow was it?\n\nAnna  0:04\nSlow.\nReally slow: ten days.\n\nInterviewer  "
        "0:09\nAnd then?\n\n"
    "Anna  0:12\nhttps://x.org, at 10:30.\n",
    "word": "00:00:01 Interviewer\nHow was it?\n00:00:04 Anna\nSlow.\nReally slow: ten days.\n00:00:09 "
        "Interviewer\nAnd then?\n"
    "00:00:12 Anna\nhttps://x.org, at 10:30.\n",
    "bold": "**Interviewer:** How was it?\n\n**Anna:** Slow.\nReally slow: ten days.\n\n**Interviewer:** "
        "And then?\n\n"
    "**Anna:** https://x.org, at 10:30.\n",
    "own line": "Interviewer:\nHow was it?\n\nAnna:\nSlow.\nReally slow: ten days.\n\nInterviewer:\nAnd "
        "then?\n\nAnna:\n"
    "https://x.org, at 10:30.\n",
    "tabs": "Interviewer\tHow was it?\nAnna\tSlow.\n\tReally slow: ten days.\nInterviewer\tAnd then?\n"
        "Anna\thttps://x.org, at 10:30.\n",
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_one_conversation_in_seven_layouts_gives_the_same_turns(name):
    read = iv.read_text(LAYOUTS[name], document="a.txt")
    said = [(r, " ".join(t.split())) for r, t in turns(read, "role", "text")]
    assert said == [
        ("interviewer", "How was it?"),
        ("respondent", "Slow. Really slow: ten days."),
        ("interviewer", "And then?"),
        ("respondent", "https://x.org, at 10:30."),
    ]
    for t in read.turns.itertuples():
        assert LAYOUTS[name][t.start : t.end] == t.text
    if name in ("times", "otter", "word"):
        assert read.turns["t_start"].tolist() == [1, 4, 9, 12]
    assert read.turns["participant"].tolist()[1] == "a"


@pytest.mark.parametrize(
    "said",
    [
        "Плюсы: быстро.\nМинусы: дорого.\nВывод: берём.",
        "At 10:30 we met.\n10:30 was late.\nhttps://example.org: slow",
        "I told them: no.\nThey told me: yes.\nSo it goes: badly.",
        "Note: this is a diary.\nToday was fine.",
        "Participant: P10\nDate: 2024-01-01\n\nIt was fine, thanks for asking.\nReally.",
        "Мне сказали: ждите.\nЯ ждала.",
    ],
)
def test_a_colon_makes_no_speaker(said):
    read = iv.read_text(said)
    assert set(read.turns["role"]) == {"respondent"}
    assert set(read.turns["speaker"]) <= {"respondent"}
    assert read.report["layout"][0] == "none"


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("В: Как?\nО: Плохо.\nВ: Почему?\nО: Долго.", ["interviewer", "respondent"] * 2),
        ("И.: Как?\nР1: Плохо.\nР2: Хорошо.", ["interviewer", "respondent", "respondent"]),
        ("Speaker 1: How did you find it, and why?\nSpeaker 2: By chance, a friend told me, you know.\n"
        "Speaker 1: What then?\n"
         "Speaker 2: Then we looked at it for a week or so.", ["interviewer", "respondent"] * 2),
        ("Anna (she/her): Fine, really, it was all right.\nDr. Lee: Why?\nAnna (she/her): Because of the "
        "price and place.\nDr. Lee: Ok?",
         ["respondent", "interviewer"] * 2),
        ("УЧАСТНИК 7: Да.\nВЕДУЩИЙ: Ещё?\nУЧАСТНИК 7: Нет.", ["respondent", "interviewer", "respondent"]),
    ],
)  # fmt: skip
def test_interviewers_are_told_from_respondents(said, who):
    assert iv.read_text(said).turns["role"].tolist() == who


def test_where_nobody_can_tell_the_roles_are_unknown_and_a_warning_says_so():
    read = iv.read_text("Anna: Yes.\nBen: No.\nAnna: Fine.\nBen: Good.", document="a.txt")
    assert set(read.turns["role"]) == {"unknown"}
    assert any("nobody could be told" in w for w in read.warnings)
    assert read.documents_without_respondents == 1
    assert "Not counted as respondents: 1 of 1 documents" in read.summary("en")
    both = iv.read_text(
        "Anna: Yes.\nBen: No.\nAnna: Fine.\nBen: Good.",
        document="a.txt",
        speakers={"Anna": "respondent", "Ben": "respondent"},
    )
    assert both.turns["participant"].tolist()[:2] == ["a/Anna", "a/Ben"]
    told = iv.read_text("Anna: Yes.\nBen: No.\nAnna: Fine.\nBen: Good.", speakers={"ben": "interviewer"})
    assert told.turns["role"].tolist() == ["respondent", "interviewer"] * 2
    ignored = iv.read_text(
        "Anna: Yes.\nBen: No.\nAnna: Fine.\nBen: Good.", speakers={"Ben": "ignore", "Anna": "respondent"}
    )
    assert ignored.turns["speaker"].unique().tolist() == ["Anna"]
    with pytest.raises(CjmError, match="did you mean 'interviewer'"):
        iv.read_text("A: x", speakers={"A": "interviwer"})


def test_only_one_side_labelled_leaves_the_other_lines_to_the_other_side():
    said = (
        "\tI log in.\n\tMODERATOR: Could you go on?\n\tSure.\n\tIt froze.\n\tMODERATOR: Reload.\n"
        "\tDone.\n\tFine.\n\tBye.\n\tOk.\n"
    )
    read = iv.read_text(said)
    assert turns(read, "role", "text") == [
        ["respondent", "I log in."],
        ["interviewer", "Could you go on?"],
        ["respondent", "Sure.\n\tIt froze."],
        ["interviewer", "Reload."],
        ["respondent", "Done.\n\tFine.\n\tBye.\n\tOk."],
    ]


@settings(max_examples=120, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["Анна: ", "Q: ", "да ", "\n", "10:30 ", "[00:01] ", "\t", "😀", "a: b", "Name  0:05", " ", "https://a.b"]
        ),
        max_size=25,
    )
)
def test_turns_are_slices_in_order_whatever_the_layout(parts):
    said = "".join(parts)
    read = iv.read_text(said)
    last = 0
    for t in read.turns.itertuples():
        assert said[t.start : t.end] == t.text
        assert t.text == t.text.strip()
        assert last <= t.start < t.end
        last = t.end


# ---- captions --------------------------------------------------------------------------------------------------------


def test_teams_voices_entities_and_two_voices_in_a_cue(tmp_path):
    vtt = (
        "\ufeffWEBVTT\r\n\r\nNOTE made by a tool\r\n\r\na1b2-0\r\n00:01.000 --> 00:03.500 align:start\r\n<v "
        "Maria Lopez>How did R&amp;D "
        "go?</v>\r\n\r\na1b2-1\r\n00:00:04.000 --> 00:00:06.000\r\n<v Ben O'Neil>It was <i>slow</i>,</v>\r\n\r\n"
        "00:00:06.000 --> 00:00:08.000\r\n<v Ben O'Neil>10:30 to noon.</v>\r\n\r\n00:00:08.000 --> 00:00:09.000\r\n"
        "<v Maria Lopez>Really?</v><v Ben O'Neil>Yes.</v>\r\n"
    )
    read = iv.read(write(tmp_path, "t.vtt", vtt))
    assert turns(read, "speaker", "text", "t_start", "t_end") == [
        ["Maria Lopez", "How did R&D go?", 1, 3.5],
        ["Ben O'Neil", "It was slow, 10:30 to noon.", 4, 8],
        ["Maria Lopez", "Really?", 8, 9],
        ["Ben O'Neil", "Yes.", 8, 9],
    ]
    assert read.turns["role"].tolist() == ["interviewer", "respondent"] * 2
    assert read.documents["text"][0].startswith("Maria Lopez: How did R&D go?\nBen O'Neil: It was")


def test_zoom_names_and_continuation_cues(tmp_path):
    vtt = (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:03.000\nAnna Petrova: Как вы нас нашли?\n\n2\n00:00:03.000 --> "
        "00:00:05.000\nОльга: Подруга "
        "сказала: смотри,\n\n3\n00:00:05.000 --> 00:00:07.000\nтам скидка до 10:30.\n\n4\n00:00:07.000 --> "
        "00:00:08.000\nAnna Petrova: И что?\n\n"
        "5\n00:00:08.000 --> 00:00:09.000\nОльга: https://example.org открыла.\n"
    )
    read = iv.read(write(tmp_path, "z.vtt", vtt))
    assert turns(read, "speaker", "text") == [
        ["Anna Petrova", "Как вы нас нашли?"],
        ["Ольга", "Подруга сказала: смотри, там скидка до 10:30."],
        ["Anna Petrova", "И что?"],
        ["Ольга", "https://example.org открыла."],
    ]


def test_srt_in_cp1251_with_dashes_for_speakers(tmp_path):
    srt = (
        "1\n00:00:01,000 --> 00:00:02,500\nМодератор: Как дела?\n\n2\n00:00:03,000 --> 00:00:04,000\n"
        "Ольга: Плохо,\nочень.\n\n3\n00:00:05,000 --> 00:00:06,000\nОльга: Вот.\n"
    )
    read = iv.read(write(tmp_path, "a.srt", srt.replace("\n", "\r\n").encode("cp1251")))
    assert turns(read, "speaker", "text", "t_end") == [
        ["Модератор", "Как дела?", 2.5],
        ["Ольга", "Плохо, очень. Вот.", 6],
    ]
    assert read.report["encoding"][0] == "cp1251"


@pytest.mark.parametrize("cut", range(20, 260, 8))
def test_a_caption_file_cut_anywhere_gives_what_is_whole(tmp_path, cut):
    said = ["Ольга: Ответ номер", "Модератор: Вопрос?"]
    whole = "WEBVTT\n\n" + "".join(
        f"{k}\n00:00:{k:02d}.000 --> 00:00:{k + 1:02d}.000\n{said[k % 2]} {k}\n\n" for k in range(1, 7)
    )
    try:
        read = iv.read(write(tmp_path, "c.vtt", whole.encode()[:cut]))
    except FileFormatError as error:
        assert "no captions" in str(error)  # noqa: PT017
        return
    for t in read.turns["text"]:
        assert "-->" not in t
        assert "00:00" not in t
        assert not t.strip().isdigit()


# ---- containers ------------------------------------------------------------------------------------------------------


def test_docx_keeps_tables_breaks_and_order(tmp_path):
    import docx

    d = docx.Document()
    d.add_paragraph("Интервью 5")
    p = d.add_paragraph("Модератор: Как сайт?")
    p.add_run().add_break()
    p.add_run("Ольга: сайт,\tпотом чат")
    table = d.add_table(rows=2, cols=2)
    for r, cells in enumerate((("Модератор", "И что?"), ("Ольга", "Молчит  всегда."))):
        for c, text in enumerate(cells):
            table.cell(r, c).text = text
    d.add_paragraph("Ольга: Конец.")
    d.save(tmp_path / "a.docx")
    read = iv.read(tmp_path / "a.docx")
    assert turns(read, "role", "text") == [
        ["interviewer", "Как сайт?"],
        ["respondent", "сайт,\tпотом чат"],
        ["interviewer", "И что?"],
        ["respondent", "Молчит  всегда."],
        ["respondent", "Конец."],
    ]
    assert read.documents["text"][0].startswith("Интервью 5\n")


def test_odt_keeps_repeated_spaces_and_tabs(tmp_path):
    from odf.opendocument import OpenDocumentText
    from odf.text import P, S, Tab

    d = OpenDocumentText()
    p = P(text="Модератор: Как?")
    d.text.addElement(p)
    p = P(text="Ольга: раз")
    p.addElement(S(c=3))
    p.addText("два")
    p.addElement(Tab())
    p.addText("три\n   четыре")
    d.text.addElement(p)
    d.save(tmp_path / "a.odt")
    read = iv.read(tmp_path / "a.odt")
    assert turns(read, "role", "text") == [["interviewer", "Как?"], ["respondent", "раз   два\tтри четыре"]]


def test_rtf_with_a_russian_code_page(tmp_path):
    def escaped(text):
        return "".join(f"\\'{b:02x}" if b > 127 else chr(b) for b in text.encode("cp1251"))

    rtf = "{\\rtf1\\ansi\\ansicpg1251 " + escaped("Модератор: Как?") + "\\par " + escaped("Ольга: Плохо.") + "\\par}"
    read = iv.read(write(tmp_path, "a.rtf", rtf))
    assert turns(read, "role", "text") == [["interviewer", "Как?"], ["respondent", "Плохо."]]


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.rtf", "a.json", "a.vtt", "a.csv", "a.xlsx"])
@pytest.mark.parametrize("content", [b"", b"garbage", b"PK\x03\x04garbage", b"\x00\x01\x02\x03" * 50])
def test_a_damaged_file_is_an_error_with_its_name(tmp_path, name, content):
    with pytest.raises(FileFormatError, match=name):
        iv.read(write(tmp_path, name, content))


def test_a_docx_bomb_and_xml_entities_are_refused(tmp_path):
    def pack(xml):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("word/document.xml", xml)
        return buffer.getvalue()

    with pytest.raises(FileFormatError, match="zip bomb"):
        iv.read(write(tmp_path, "a.docx", pack(b" " * 60_000_000)))
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document xmlns:w="x">&a;</w:document>'
    with pytest.raises(FileFormatError, match="entities"):
        iv.read(write(tmp_path, "b.docx", pack(entity)))


def test_whisper_and_whisperx_segments(tmp_path):
    plain = {
        "text": "…",
        "segments": [{"start": 0, "end": 2, "text": " Hello there."}, {"start": 2, "end": 4, "text": " It froze."}],
    }
    read = iv.read(write(tmp_path, "w.json", json.dumps(plain)))
    assert turns(read, "text", "t_start") == [["Hello there.", 0], ["It froze.", 2]]
    spoken = {
        "segments": [
            {"start": 0, "end": 2, "text": "How was it, and why?", "speaker": "SPEAKER_00"},
            {"start": 2, "end": 3, "text": "Slow", "speaker": "SPEAKER_01"},
            {"start": 3, "end": 5, "text": "and then it froze for good.", "speaker": "SPEAKER_01"},
            {"start": 5, "end": 6, "text": "again and again"},
        ]
    }
    read = iv.read(write(tmp_path, "x.json", json.dumps(spoken)))
    assert turns(read, "role", "text", "t_end") == [
        ["interviewer", "How was it, and why?", 2],
        ["respondent", "Slow and then it froze for good. again and again", 6],
    ]


# ---- tables ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["comma", "semicolon cp1251", "xlsx"])
def test_a_table_of_turns_with_several_interviews(tmp_path, kind):
    table = pd.DataFrame(
        {
            "интервью": ["а", "а", "б", "б"],
            "спикер": ["Модератор", "Ольга", "Модератор", "Пётр"],
            "текст": ["Как?", "Плохо; долго", "А вам?", "Хорошо, да"],
            "начало": ["0:01", "0:05", "0:02", "0:04"],
        }
    )
    if kind == "xlsx":
        table.to_excel(tmp_path / "t.xlsx", index=False)
        path = tmp_path / "t.xlsx"
    elif kind == "comma":
        path = write(tmp_path, "t.csv", table.to_csv(index=False))
    else:
        path = write(tmp_path, "t.csv", table.to_csv(index=False, sep=";").encode("cp1251"))
    read = iv.read(path)
    assert turns(read, "participant", "role", "text", "t_start")[3] == ["б", "respondent", "Хорошо, да", 4]
    assert len(read.documents) == 2


def test_open_ended_answers_are_a_document_a_person(tmp_path):
    table = pd.DataFrame(
        {
            "id": ["u1", "u2", "u3"],
            "NPS": ["9", "3", "5"],
            "Что понравилось больше всего?": ["Курьер был вежливый", "Ничего, всё было плохо", ""],
            "Что улучшить?": ["Сайт слишком медленный", "", "Цены пониже сделать бы"],
        }
    )
    read = iv.read(write(tmp_path, "s.csv", table.to_csv(index=False)))
    assert read.documents["participant"].tolist() == ["u1", "u2", "u3"]
    assert turns(read, "participant", "role", "text")[:2] == [
        [pytest.approx(float("nan"), nan_ok=True), "interviewer", "Что понравилось больше всего?"],
        ["u1", "respondent", "Курьер был вежливый"],
    ]
    with pytest.raises(FileFormatError, match="neither turns"):
        iv.read(write(tmp_path, "n.csv", "id,a\n1,2\n2,3\n"))


# ---- folders ---------------------------------------------------------------------------------------------------------


def test_a_folder_is_read_with_what_cannot_be_read_left_out(tmp_path):
    write(tmp_path, "p2.txt", RU)
    write(tmp_path, "p10.txt", RU.replace("Анна", "Пётр"))
    (tmp_path / "sub").mkdir()
    write(
        tmp_path / "sub",
        "p1.vtt",
        "WEBVTT\n\n00:01.000 --> 00:02.000\nМодератор: а?\n\n00:02.000 --> 00:03.000\nИрина: б\n",
    )
    write(tmp_path, "bad.docx", b"oops")
    write(tmp_path, ".hidden.txt", "x")
    write(tmp_path, "participants.csv", "document,participant\np2.txt,u2\np10,u10\n")
    with pytest.warns(UserWarning, match="1 of 4 files"):
        read = iv.read(tmp_path)
    assert read.documents["document"].tolist() == ["p2.txt", "p10.txt", "sub/p1.vtt"]
    assert read.documents["participant"].tolist() == ["u2", "u10", "sub/p1"]
    assert read.turns.loc[read.turns["role"] == "respondent", "participant"].tolist() == ["u2", "u10", "sub/p1"]
    assert read.report["format"].tolist().count("not read") == 1
    assert "bad.docx" in " ".join(read.warnings)


def test_a_name_that_comes_back_in_most_interviews_asks_the_questions(tmp_path):
    for k, who in enumerate(("Anna", "Ben", "Cleo", "Dan")):
        write(
            tmp_path,
            f"p{k}.txt",
            f"Maria: Tell me.\n{who}: It was like this, and so on.\nMaria: Go on.\n{who}: Then it ended.\n",
        )
    read = iv.read(tmp_path)
    assert set(read.turns.loc[read.turns["speaker"] == "Maria", "role"]) == {"interviewer"}
    assert set(read.turns.loc[read.turns["speaker"] != "Maria", "role"]) == {"respondent"}


def test_lines_that_most_interviews_share_are_the_guide(tmp_path):
    for k in range(4):
        write(
            tmp_path,
            f"p{k}.txt",
            f"1. How did you find us, and where?\nBy chance number {k}, from a friend.\n2. What happened "
            f"after that?\nWe waited {k} days.\n",
        )
    read = iv.read(tmp_path)
    assert read.turns["role"].tolist() == ["interviewer", "respondent"] * 8
    assert read.turns["participant"].dropna().unique().tolist() == ["p0", "p1", "p2", "p3"]


def test_texts_are_hashed_and_reading_twice_is_the_same(tmp_path):
    import hashlib

    path = write(tmp_path, "a.txt", RU)
    one, two = iv.read(path), iv.read(path)
    assert one.documents["sha256"][0] == hashlib.sha256(RU.encode()).hexdigest()
    pd.testing.assert_frame_equal(one.turns, two.turns)
    with pytest.raises(FileFormatError, match="no such file"):
        iv.read(tmp_path / "none.txt")
    with pytest.raises(FileFormatError, match="save it as docx"):
        iv.read(write(tmp_path, "old.doc", "x"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileFormatError, match="no transcripts"):
        iv.read(tmp_path / "empty")
