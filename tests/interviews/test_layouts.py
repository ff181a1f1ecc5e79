"""One conversation in the layouts that people and tools write: the same turns, the same roles, or a question."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit import interviews as iv
from cjmkit.errors import CjmError, FileFormatError
from cjmkit.interviews.reading.layouts import READINGS, closing_lines, find_layout

ASKED = ["Как вы выбирали банк?", "А что потом?", "Что вы почувствовали?"]
SAID = ["Посоветовала сестра, она там работает.", "Долго ждала карту, дней десять.", "Злость."]
LAYOUTS = [
    "И: {q}|Р: {a}", "И. {q}|Р. {a}", "И – {q}|Р – {a}", "И) {q}|Р) {a}", "И.: {q}|Р.: {a}", "Инт.: {q}|Отв.: {a}",
    "В: {q}|О: {a}", "В. {q}|О. {a}", "Вопрос: {q}|Ответ: {a}", "Вопрос. {q}|Ответ. {a}", "М: {q}|Ж1: {a}",
    "М: {q}|М1: {a}", "М1: {q}|Ж1: {a}", "Модератор: {q}|Ж, 34 года: {a}", "ИНТЕРВЬЮЕР {q}|РЕСПОНДЕНТ {a}",
    "Модератор — {q}|Анна — {a}", "— {q}|— {a}", "– {q}|– {a}", "- {q}|- {a}",
    "Дана (00:1{n}): {q}|Ольга (00:2{n}): {a}",
    "[00:1{n}] Дана: {q}|[00:2{n}] Ольга: {a}", "Дана [00:1{n}] {q}|Ольга [00:2{n}] {a}",
    "Дана 00:1{n} {q}|Ольга 00:2{n} {a}", "Дана - {q}|Ольга - {a}", "Q{n}: {q}|A{n}: {a}", "Q{n}. {q}|A{n}. {a}",
    "Q{n} {q}|A{n} {a}", "Q: {q}|A: {a}", "Int: {q}|Resp: {a}", "INT: {q}|P1: {a}", "I: {q}|R: {a}", "IV: {q}|IE: {a}",
    "<Дана> {q}|<Ольга> {a}", "[Интервьюер] {q}|[Респондент] {a}", "(И) {q}|(Р) {a}", "**Дана** {q}|**Ольга** {a}",
    "Интервьюер - {q}|Респондент - {a}", "Интервьюер\t{q}|Респондент\t{a}",
    "Speaker A: {q}|Speaker B: {a}", "SPEAKER_00: {q}|SPEAKER_01: {a}", "S1: {q}|S2: {a}", "{n}. {q}|{a}",
    "{n}) {q}|Ответ: {a}", "Вопрос {n}. {q}|{a}", "**{q}**|{a}", "*{q}*|{a}", "### {q}|{a}", "В{n}: {q}|О{n}: {a}",
    "И{n}: {q}|Р{n}: {a}", "Мод. {q}|Респ. {a}", "И: {q} Р: {a}|", "И. {q} Р. {a}|", "И: {q} — Р: {a}|",
    "— {q} — {a}|",
]  # fmt: skip


def written(layout: str) -> str:
    lines = []
    for n, (q, a) in enumerate(zip(ASKED, SAID, strict=True), 1):
        lines += [part.format(q=q, a=a, n=n) for part in layout.split("|") if part]
    return "\n".join(lines)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_one_line_layouts_give_the_same_turns_and_roles(layout):
    read = iv.read_text(written(layout), document="anna.txt")
    assert read.turns["role"].tolist() == ["interviewer", "respondent"] * 3
    assert read.turns["text"].tolist() == [x for pair in zip(ASKED, SAID, strict=True) for x in pair]
    assert read.turns["participant"].dropna().unique().tolist() == ["anna"]


@pytest.mark.parametrize("layout", ["Дана. {q}|Ольга. {a}", "дана) {q}|ольга) {a}", "Дана > {q}|Ольга > {a}"])
def test_labels_that_the_researcher_names_are_speakers_whatever_stands_behind_them(layout):
    read = iv.read_text(written(layout), speakers={"Дана": "respondent", "Ольга": "interviewer"})
    assert read.turns["role"].tolist() == ["respondent", "interviewer"] * 3


def test_a_name_that_nobody_bears_is_said():
    read = iv.read_text("A: Why?\nB: Slow.", speakers={"Carl": "respondent"})
    assert any("'carl', and nobody is called so" in w for w in read.warnings)


def test_evidence_is_told_and_a_reading_can_be_chosen():
    text = "1. How did you hear?\nFrom a friend.\n2. And then?\nI waited.\n"
    read = iv.read_text(text)
    assert read.layout == "numbered questions"
    assert "4 turns marked" in read.why
    plain = iv.read_text(text, reading="none")
    assert set(plain.turns["role"]) == {"respondent"}
    with pytest.raises(CjmError, match="no turns are found by reading='chat'"):
        iv.read_text(text, reading="chat")
    with pytest.raises(CjmError, match="did you mean 'dashes'"):
        iv.read_text(text, reading="dash")


def test_a_list_is_no_conversation():
    for text in (
        "- fast delivery\n- low price\n- polite courier",
        "1. Price\n2. Speed\n3. Place",
        "В. Иванов пришёл.\nОн ждал.\nПотом ушёл.\nИ. Петров остался.\nОн тоже ждал.\nИ всё.",
        "We met at 10:30 today.\nWe left at 11:00 sharp.\nIt was fine.",
        "**Summary**\nIt was fine.\n**Price**\nDear.",
    ):
        read = iv.read_text(text)
        assert read.layout == "none", text
        assert any("no speakers" in w for w in read.warnings)


def test_nobody_is_made_the_interviewer_of_an_interview_without_answers():
    read = iv.read_text("Q1: How?\nQ2: Why?\nQ3: When?\n")
    assert "interviewer" not in set(read.turns["role"])


@pytest.mark.parametrize(
    "line",
    [
        "Transcribed by https://otter.ai", "(Transcribed by Sonix.ai - Remove this message by upgrading)",
        "Meeting ended after 00:06:13", "Transcription ended after 00:10:00",
        "This editable transcript was computer generated and might contain errors. People can change the text.",
        "Dana Whitfield stopped transcription", "[End of transcript]", "Конец записи", "Субтитры сделал DimaTorzok",
        "Расшифровано с помощью сервиса Войси",
    ],
)  # fmt: skip
def test_what_a_tool_writes_at_the_end_is_no_speech(line):
    text = f"Q: Why?\nA: It was slow.\n\n{line}\n"
    assert iv.read_text(text).turns["text"].tolist() == ["Why?", "It was slow."]
    assert text[: closing_lines(text)].endswith("slow.\n\n")


@pytest.mark.parametrize(
    "said", ["The meeting ended badly, after an hour of waiting for the courier and so on.", "Yes."]
)
def test_the_last_answer_stays(said):
    assert iv.read_text(f"Q: Why?\nA: Slow.\nQ: And?\nA: {said}").turns["text"].iloc[-1] == said


def test_chats_decide_day_and_month_over_the_whole_file_and_leave_out_pictures():
    us = "\n".join(
        [
            "[1/29/18, 11:46:03 PM] Dana: How was it?",
            "[1/29/18, 11:47:03 PM] \u200eOlga: \u200eimage omitted",
            "[1/30/18, 12:01:03 AM] Olga: Slow.\nVery slow.",
            "[1/30/18, 12:02:00 AM] Messages are end-to-end encrypted.",
            "[1/30/18, 12:03:03 AM] Dana: And then?",
        ]
    )
    read = iv.read_text(us)
    assert read.layout == "chat"
    assert read.turns[["speaker", "text", "t_start"]].values.tolist() == [
        ["Dana", "How was it?", 0],
        ["Olga", "Slow.\nVery slow.", 900],
        ["Dana", "And then?", 1020],
    ]
    assert "pictures" in read.report["notes"][0]


def json_read(tmp_path, data, name="x.json"):
    path = tmp_path / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return iv.read(path)


DEEPGRAM = {
    "results": {
        "channels": [
            {
                "alternatives": [
                    {
                        "transcript": "Why so? It was slow.",
                        "words": [
                            {"word": "why", "punctuated_word": "Why", "start": 1.0, "end": 1.2, "speaker": 0},
                            {"word": "so", "punctuated_word": "so?", "start": 1.2, "end": 1.5, "speaker": 0},
                            {"word": "it", "punctuated_word": "It", "start": 2.0, "end": 2.2, "speaker": 1},
                            {"word": "was", "punctuated_word": "was", "start": 2.2, "end": 2.4, "speaker": 1},
                            {"word": "slow", "punctuated_word": "slow.", "start": 2.4, "end": 2.9, "speaker": 1},
                        ],
                    }
                ]
            }
        ]
    }
}
GOOGLE = {
    "results": [
        {"alternatives": [{"words": [{"word": "Why?", "startTime": "1s", "endTime": "1.5s"}]}]},
        {
            "alternatives": [
                {
                    "words": [
                        {"word": "Why", "startTime": "1s", "endTime": "1.2s", "speakerTag": 1},
                        {"word": "so?", "startTime": "1.2s", "endTime": "1.5s", "speakerTag": 1},
                        {"word": "It", "startTime": "2s", "endTime": "2.2s", "speakerTag": 2},
                        {"word": "was", "startTime": "2.2s", "endTime": "2.4s", "speakerTag": 2},
                        {"word": "slow.", "startTime": "2.4s", "endTime": "2.9s", "speakerTag": 2},
                    ]
                }
            ]
        },
    ]
}
AZURE = {
    "recognizedPhrases": [
        {"speaker": 1, "offsetInTicks": 1e7, "durationInTicks": 5e6, "nBest": [{"display": "Why so?"}]},
        {"speaker": 2, "offsetInTicks": 2e7, "durationInTicks": 9e6, "nBest": [{"display": "It was slow."}]},
    ]
}
GRAIN = [
    {"participant_id": "a", "speaker": "Dana", "start": 1000, "end": 1500, "text": "Why so?"},
    {"participant_id": "b", "speaker": "Olga", "start": 2000, "end": 2900, "text": "It was slow."},
]
YANDEX = "\n".join(
    json.dumps(row)
    for row in (
        {"result": {"channelTag": "0", "final": {"alternatives": [{"text": "why so", "startTimeMs": "1000"}]}}},
        {
            "result": {
                "channelTag": "0",
                "finalRefinement": {
                    "normalizedText": {
                        "alternatives": [{"text": "Why so?", "startTimeMs": "1000", "endTimeMs": "1500"}]
                    }
                },
            }
        },
        {
            "result": {
                "channelTag": "1",
                "finalRefinement": {
                    "normalizedText": {
                        "alternatives": [{"text": "It was slow.", "startTimeMs": "2000", "endTimeMs": "2900"}]
                    }
                },
            }
        },
    )
)
GONG = {
    "callTranscripts": [
        {
            "callId": "7",
            "transcript": [
                {"speakerId": "1", "sentences": [{"start": 1000, "end": 1500, "text": "Why so?"}]},
                {"speakerId": "2", "sentences": [{"start": 2000, "end": 2900, "text": "It was slow."}]},
            ],
        }
    ],
    "parties": [
        {"speakerId": "1", "name": "Dana", "affiliation": "Internal"},
        {"speakerId": "2", "name": "Olga", "affiliation": "External"},
    ],
}


@pytest.mark.parametrize(
    "data",
    [DEEPGRAM, GOOGLE, AZURE, GRAIN, YANDEX, GONG],
    ids=["Deepgram", "Google", "Azure", "Grain", "Yandex", "Gong"],
)
def test_speech_tools_give_the_same_turns_in_seconds(tmp_path, data):
    read = json_read(tmp_path, data)
    assert read.turns[["role", "text", "t_start", "t_end"]].values.tolist() == [
        ["interviewer", "Why so?", 1, 1.5],
        ["respondent", "It was slow.", 2, 2.9],
    ]


def test_zoom_names_of_every_kind_are_speakers(tmp_path):
    names = ["Anna P.", "iPhone (2)", "user17", "Whitfield, Dana", "О'Нил", "ben"]
    cues = "".join(
        f"{k}\n00:00:{k:02d}.000 --> 00:00:{k + 1:02d}.000\n{n}: Said number {k}, and so on\n\n"
        for k, n in enumerate([*names, names[3]], 1)
    )
    (tmp_path / "z.vtt").write_text("WEBVTT\n\n" + cues, encoding="utf-8")
    assert iv.read(tmp_path / "z.vtt").turns["speaker"].unique().tolist() == names


def test_whisperx_brackets_are_labels(tmp_path):
    cue = "{}\n00:00:0{},000 --> 00:00:0{},500\n[SPEAKER_0{}]: {}\n\n"
    text = cue.format(1, 1, 1, 0, "Why so?") + cue.format(2, 3, 3, 1, "Slow.")
    (tmp_path / "x.srt").write_text(text)
    assert iv.read(tmp_path / "x.srt").turns["role"].tolist() == ["interviewer", "respondent"]


@pytest.mark.parametrize("data", ["{}", "[]", '{"a": 1}', '"x"', "3", '[{"a": 1}]', '{"results": {"items": [null]}}'])
def test_json_without_a_transcript_says_what_was_looked_for(tmp_path, data):
    with pytest.raises(FileFormatError, match="x.json"):
        json_read(tmp_path, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "segments",
                    "utterances",
                    "results",
                    "items",
                    "alternatives",
                    "words",
                    "text",
                    "speaker",
                    "start",
                    "end",
                    "monologues",
                    "elements",
                    "callTranscripts",
                    "transcript",
                    "sentences",
                    "recognizedPhrases",
                    "nBest",
                    "transcription",
                    "offsets",
                    "messages",
                    "chunks",
                    "result",
                    "final",
                    "finalRefinement",
                    "channels",
                    "from",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused_in_words(data):
    import pathlib

    from cjmkit.interviews.reading.formats import read_file

    try:
        drafts = read_file(pathlib.Path("x.json"), json.dumps(data).encode(), name="x.json", encoding=None)
    except CjmError:
        return
    for d in drafts:
        for p in d.pieces or []:
            assert d.text[p.start : p.end].strip()


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["И. ", "— ", "Q1. ", "1) ", "Анна ", "[00:01] ", "(00:02) ", "**", "05.03.2024, 10:00 - Дана: ", "? ",
             "да. ",             "\n", "\n\n", "слово ", "Transcribed by x", "| ", "🙂"]
        ),
        max_size=24,
    )
)  # fmt: skip
def test_turns_are_slices_in_order_in_any_layout(parts):
    text = "".join(parts)
    try:
        read = iv.read_text(text)
    except CjmError as error:
        assert "reads two ways" in str(error)  # noqa: PT017
        return
    last = 0
    for t in read.turns.itertuples():
        assert text[t.start : t.end] == t.text == t.text.strip()
        assert last <= t.start < t.end
        last = t.end


def test_every_reading_has_a_text_that_it_explains_best():
    best = {find_layout(written(x)).layout for x in LAYOUTS}
    assert len(best & set(READINGS)) >= 9


CALL = [
    "How did you hear about us?",
    "From a colleague. She sent me a link.",
    "And then?",
    "I could not find the price.",
]
TIMED = {
    "Zoom": "[{n}] 10:00:{s}\n{t}\n\n",
    "Happy Scribe": "[00:00:{s}.000] - {n}\n{t}\n\n",
    "time below": "{n}\n00:{s}\n{t}\n\n",
    "Sonix": "{n}: [00:00:{s}] {t}\n\n",
    "Rev": "{n}: (00:{s})\n{t}\n\n",
    "Trint": "{n} [00:00:{s}] {t}\n\n",
    "Riverside": "{n}: 00:{s}\n{t}\n\n",
    "Otter": "{n}  0:{s}\n{t}\n\n",
}


@pytest.mark.parametrize("tool", TIMED)
def test_times_are_taken_off_the_speech_wherever_they_stand(tool):
    names, at = ["Dana Whitfield", "Priya Nair"] * 2, ["03", "11", "19", "24"]
    text = "".join(TIMED[tool].format(n=n, s=s, t=t) for n, s, t in zip(names, at, CALL, strict=True))
    read = iv.read_text(text)
    assert read.turns["text"].tolist() == CALL
    assert read.turns["role"].tolist() == ["interviewer", "respondent"] * 2
    base = 36_000 if tool == "Zoom" else 0
    assert read.turns["t_start"].tolist() == [base + int(s) for s in at]


def test_meets_markdown_has_the_time_of_each_block():
    text = "## Transcript\n### 00:00:00\n\n**Dana:** {}\n**Priya:** {}\n### 00:05:00\n\n**Dana:** {}\n**Priya:** {}\n"
    tail = "\nTranscription ended after 00:06:13\n\n*This editable transcript was computer generated and might err.*\n"
    read = iv.read_text(text.format(*CALL) + tail)
    assert read.turns["text"].tolist() == CALL
    assert read.turns["t_start"].tolist() == [0, 0, 300, 300]


def test_short_answers_to_questions_are_kept(tmp_path):
    table = "Respondent,How did you hear?,What was hard?,Recommend us?,NPS\nR1,Friend,Price,Yes,9\nR2,Ad,Nothing,No,3\n"
    (tmp_path / "w.csv").write_text(table)
    read = iv.read(tmp_path / "w.csv")
    said = read.turns[read.turns["role"] == "respondent"].groupby("participant")["text"].agg(list)
    assert said["R1"] == ["Friend", "Price", "Yes"]
    assert "NPS" in read.report["notes"][0]


def test_several_rows_of_one_person_are_one_document(tmp_path):
    rows = "Code Name,Task,Notes on what confused them\nTaco,1,Went to the middle first\nTaco,2,Sought a button\n"
    (tmp_path / "n.csv").write_text(rows + "Hugo,1,Did not see the menu at all\n")
    read = iv.read(tmp_path / "n.csv")
    assert read.participants == ("Taco", "Hugo")
    assert read.turns.groupby("document").size().tolist() == [2, 4]


def test_a_head_that_names_the_respondent_makes_no_second_person_and_no_turn(tmp_path):
    plain = "Интервьюер: Как выбирали?\nРеспондент: Долго.\nИнтервьюер: А оплата?\nРеспондент: Картой.\n"
    talk = plain.replace("р: ", "р (00:05): ").replace("т: ", "т (00:09): ")
    heads = {
        "title.txt": "Интервью №1. Респондент: Ольга Кузнецова. Дата: 11.09.2026\nИнтервьюер — Елена Смирнова\n" + talk,
        "card.txt": "Респондент: Вера Николаевна, 61 год, г. Подольск\n\n" + talk,
        "names.txt": "Интервьюер: Елена Смирнова\nРеспондент: Иван Петров\n\n" + plain,
    }
    for name, text in heads.items():
        read = iv.read_text(text, document=name)
        said = read.turns
        assert said["participant"].dropna().unique().tolist() == [name[:-4]], name
        assert said["text"].tolist() == ["Как выбирали?", "Долго.", "А оплата?", "Картой."], name
        assert read.text(name).startswith(text.split("\n")[0]), "the head stays in the text"
    # An answer that is short, and someone who says one thing only, are speech.
    short = iv.read_text("Респондент: Да.\nИнтервьюер: Начнём?\nРеспондент: Давайте.\nИнтервьюер: Как вы?\n")
    assert len(short.turns) == 4
    group = iv.read_text("Анна: Всем привет.\nМодератор: Начнём.\nИван: Дорого.\nМодератор: А ещё?\nИван: Долго.\n")
    assert "Анна" in set(group.turns["speaker"])


def test_notes_of_what_a_researcher_saw_are_nobodys_answers(tmp_path):
    (tmp_path / "Наблюдения.md").write_text("## Регистратура\n\nОчередь из 14 человек.\n", "utf-8")
    (tmp_path / "field notes.txt").write_text("Two people left.\n\nThe guard helps.\n", "utf-8")
    (tmp_path / "anna.txt").write_text("I waited for an hour.\n\nThen I left.\n", "utf-8")
    read = iv.read(tmp_path)
    assert read.participants == ("anna",)
    assert set(read.turns.loc[read.turns["document"].ne("anna.txt"), "role"]) == {"unknown"}
