"""A stranger's folder: nothing is taken for what it is not, nothing is counted that is nobody's answer or speech."""

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.study.recognising import recognise

SAID = "Dana: How did you book?\nGrace: I called, twice.\nDana: And then?\nGrace: I waited.\n"


@pytest.fixture
def study(tmp_path):
    return cj.Study.create(tmp_path / "study", title="Clinic", language="en", framework="five-stages")


def given(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        (folder / f"{stem}.{ending}").write_text(text, encoding="utf-8")
    return folder


def clicks(n=60):
    """An Amplitude export: two steps, the second by half of the people; anonymous at first."""
    rows = ["amplitude_id,user_id,device_id,session_id,event_type,event_time,utm_source,platform"]
    for k in range(n):
        rows.append(f"{k},,d{k},1,Search Doctor,2026-09-01 10:{k % 60:02d}:00,google,Web")
        if k % 2:
            rows.append(f"{k},p{k},d{k},1,Booking Confirmed,2026-09-01 11:{k % 60:02d}:00,google,Web")
    return "\n".join(rows)


def test_a_product_log_is_no_survey_and_needs_no_word_on_its_columns(study, tmp_path):
    folder = given(tmp_path / "files", clicks_csv=clicks())
    assert study.add(folder).table["kind"].tolist() == ["events"]
    log = study.events()
    assert (log.report.format, log.n_people, log.channels) == ("Amplitude", 60, ("google",))
    assert len(log.ids()) == 60
    doubts = study.status().table.set_index("step")["doubts"]
    assert "Search Doctor (60), Booking Confirmed (30)" in doubts[5]


@pytest.mark.parametrize("head", ["user,time,event", "client_id,event_date,action", "Customer ID,Timestamp,Activity"])
def test_a_log_under_usual_names_is_read_without_settings(study, tmp_path, head):
    rows = [head, "a,2026-01-01 10:00,open", "a,2026-01-02 10:00,pay", "b,2026-01-01 10:00,open"]
    study.add(given(tmp_path / "files", log_csv="\n".join(rows)))
    assert study.events().n_people == 2


def test_a_log_that_cannot_be_read_is_a_doubt_and_not_a_stop_of_the_status(study, tmp_path):
    study.add(given(tmp_path / "files", log_csv="a,b\n1,2\n"), kind="events")
    assert "no column tells" in study.status().table.set_index("step").loc[5, "doubts"]


def test_notes_beside_transcripts_are_nobodys_interview(study, tmp_path):
    notes = "Everything I have. The deck is old.\n\nThanks, Dana\n"
    desk = "# Desk notes\n\n- 62% are not told how long they wait\n- MediFast has one bill\n"
    folder = given(tmp_path / "files", grace_txt=SAID, Dana_txt=notes, desk_md=desk)
    done = study.add(folder).table.set_index("file")
    assert done["done"].to_dict() == {"Dana.txt": "unknown", "desk.md": "unknown", "grace.txt": "copied"}
    assert "--as interviews" in done.loc["desk.md", "why"]
    assert [p.casefold() for p in study.transcripts().participants] == ["grace"]


def test_three_texts_alike_without_speakers_are_diaries(study, tmp_path):
    folder = given(tmp_path / "files", **{f"day{k}_txt": f"On day {k} I waited for an hour.\n" for k in range(3)})
    assert study.add(folder).table["kind"].tolist() == ["interviews"] * 3


def nps(n=50):
    rows = ["ID,Person Email,Score,Comment,Sent at,Responded at"]
    rows += [f"{k},p{k}@mail.net,{k % 11},{'slow' if k % 3 else ''},09/01/2026,09/0{1 + k % 9}/2026" for k in range(n)]
    return "\n".join(rows)


def test_an_nps_export_is_a_survey_whose_score_is_asked_about(study, tmp_path):
    folder = given(tmp_path / "files", export_csv=nps())
    assert study.add(folder).table["kind"].tolist() == ["survey"]
    asked = cj.survey.read(folder / "export.csv", quiet=True)
    assert asked.item("Score").type == "nps"
    assert asked.doubts()["items"].tolist() == [1]
    assert "marked † until you settle them: Score" in study.status().table.set_index("step").loc[6, "doubts"]
    scores = np.arange(50) % 11
    by_hand = 100 * ((scores >= 9).mean() - (scores <= 6).mean())
    settled = asked.settle({"Score": 0}, keep=False)
    found = cj.survey.score(settled, "Score")
    assert found.estimate.value == pytest.approx(by_hand) and not found.cautions
    assert asked.settle({"Score": 1}, keep=False).item("Score").type == "likert"


def test_reviews_keep_their_kind_though_they_hold_a_score(tmp_path):
    rows = "author,date,score,review\nann,2026-01-01,5,Fine\n"
    assert recognise(given(tmp_path / "f", r_csv=rows) / "r.csv")[0] == "reviews"


def test_the_sheet_with_the_answers_tells_what_a_workbook_is(tmp_path):
    path = tmp_path / "wave.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"Read me": ["made by us"]}).to_excel(book, sheet_name="Read me", index=False)
        table = pd.DataFrame({"id": range(30), "How satisfied are you?": [1, 2, 3, 4, 5] * 6, "Why?": ["x"] * 30})
        table.to_excel(book, sheet_name="Data", index=False)
    assert recognise(path)[0] == "survey"


def test_captions_as_a_table_are_a_transcript(tmp_path):
    folder = given(tmp_path / "f", w_tsv="start\tend\ttext\n0\t1200\tHello\n1200\t2000\tI waited\n")
    assert recognise(folder / "w.tsv")[0] == "interviews"


def test_titles_are_enough_for_stages_of_ones_own(study):
    settings = (study.path / "study.yaml").read_text()
    (study.path / "study.yaml").write_text(settings + "stages: [Booking, Waiting room, {title: Bill, phase: after}]\n")
    stages = cj.Study(study.path).stages()
    assert [(s.id, s.title, s.phase) for s in stages] == [
        ("booking", "Booking", None),
        ("waiting-room", "Waiting room", None),
        ("bill", "Bill", "after"),
    ]


def test_a_survey_with_steps_of_its_own_says_how_to_make_them_stages(study, tmp_path):
    steps = ["Booking", "Way", "Waiting room", "Doctor", "Bill"]
    head = ",".join(["Timestamp", *(f"How easy was each step? [{s}]" for s in steps)])
    ease = ["Very difficult", "Difficult", "Neutral", "Easy", "Very easy"]
    rows = [f"9/{1 + k % 28}/2026 10:00:00," + ",".join(ease[(k + j) % 5] for j in range(5)) for k in range(40)]
    study.add(given(tmp_path / "files", form_csv="\n".join([head, *rows])))
    said = study.status().table.set_index("step").loc[6, "doubts"]
    assert "`stages: [Booking, Way, Waiting room, Doctor, Bill]`" in said
    (study.path / "study.yaml").write_text(
        (study.path / "study.yaml").read_text() + "stages: [Booking, Way, Waiting room, Doctor, Bill]\n"
    )
    own = cj.Study(study.path)
    links = own.links().set_index("touchpoint")
    assert links["stage"].to_dict()["Waiting room"] == "waiting-room"
    # A question that is called as a stage stands there without a guess.
    assert links["sure"].eq("name").all()
    own.survey()
    assert not own.proposed
    assert "proposed" not in own.status().table.set_index("step").loc[6, "doubts"]
    assert "steps of its own" not in own.status().table.set_index("step").loc[6, "doubts"]


def curve(values, half=0.2, proposed=False):
    stages = [cj.Stage(id=f"s{k}", title=f"Stage {k}") for k in range(len(values))]
    points = [
        cj.EmotionPoint(
            stage=s.id,
            source="survey",
            proposed=proposed,
            estimate=cj.Estimate(value=v, low=v - half, high=v + half, n=80),
        )
        for s, v in zip(stages, values, strict=True)
    ]
    return cj.Journey(id="t", title="Tea", stages=stages, emotion=points)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, 0.5, -0.8], "Stage 2 feels worst (−0.8 on −2…2, n = 80)."),
        ([1, -0.7, -0.8], "Stage 2 and Stage 1 feel worst (−0.8, −0.7 on −2…2, n = 80)."),
        ([0.7, 0.75, 0.8], "No single stage feels worst (lowest 0.7 on −2…2, n = 80)."),
    ],
)
def test_the_headline_names_no_worst_stage_that_another_may_be(values, said):
    from cjmkit.view.story import headline

    assert headline(curve(values), "en") == said


def test_the_headline_marks_a_place_that_is_only_proposed():
    from cjmkit.view.story import headline, tiles

    assert "(≈ −0.8" in headline(curve([1, -0.8], proposed=True), "en")
    assert tiles(curve([1, -0.8], proposed=True), "en")[0].figure.startswith("≈ −0.8")


def test_too_few_people_in_every_group_is_a_gap_and_no_stop():
    table = pd.DataFrame(
        {"group": ["a", "a"], "step": ["x", "y"], "users": [9, 4], "n": [9, 9], "conversion": [1, 0.4]}
    )
    with pytest.raises(cj.errors.NotEnough, match="no group has 100 people"):
        cj.priorities.best_group(table)


def test_an_overall_rating_stands_on_the_map_as_a_share_of_people(study, tmp_path):
    rows = ["id,Overall how satisfied are you? (1-5)", *(f"u{k},{1 + k % 5}" for k in range(40))]
    study.add(given(tmp_path / "files", wave_csv="\n".join(rows)))
    note = study.survey_notes()[0].note
    assert note.estimate.percent and note.estimate.value == pytest.approx(0.4)
    assert note.text.endswith("satisfied")


def sheet(path, rows, head=("Participant", "Quote", "Code", "Sentiment", "Stage")):
    pd.DataFrame(rows, columns=head).to_excel(path, index=False)
    return path


def test_a_sheet_of_highlights_keeps_its_sentiment_and_its_stage_and_finds_its_interview(study, tmp_path):
    folder = given(
        tmp_path / "files", GMT1_txt=SAID, GMT2_txt="Dana: And you?\nBen: The app is quick.\nDana: Good.\nBen: Yes.\n"
    )
    study.add(folder)
    rows = [
        ("Grace Okoro", "I called, twice", "Two calls", "Negative", "Purchase"),
        ("Grace Okoro", "I waited", "Queue", "negative", "purchase"),
        ("Ben W.", "The app is quick", "Quick app", "Positive", "Check-in"),
    ]
    done = table_of(study.add(sheet(tmp_path / "highlights.xlsx", rows)))
    assert done["kind"] == "codings" and "Check-in" in done["why"]
    codings = study.codings().set_index("code")
    assert codings["valence"].to_dict() == {"Two calls": -1, "Queue": -1, "Quick app": 1}
    assert codings["stage"].fillna("").to_dict() == {"Two calls": "purchase", "Queue": "purchase", "Quick app": ""}
    assert codings.loc["Quick app", "memo"] == "stage: Check-in"
    # The words are found in the interviews, and no second person is made of the first.
    assert codings["document"].to_dict() == {"Two calls": "GMT1.txt", "Queue": "GMT1.txt", "Quick app": "GMT2.txt"}
    assert set(codings["participant"]) == set(study.transcripts().participants)
    assert len(study.interview_files()) == 2
    lanes = {c.name: c.lane for c in study.codebook()}
    assert lanes["Two calls"] == "barriers" and lanes["Quick app"] == "thoughts"


def table_of(added):
    return added.table.iloc[0]


@pytest.mark.parametrize(
    ("said", "value"),
    [("Very negative", -2), ("NEGATIVE", -1), ("mixed", 0), ("👍", 1), ("+2", 2), ("−1", -1), ("очень плохо", -2)],
)
def test_words_for_a_feeling_are_a_number_of_ours(said, value):
    from cjmkit.qda.segments import felt

    assert felt(said) == value


@pytest.mark.parametrize("said", ["", "4", "2.5", "positively charged", "n/a"])
def test_what_is_no_feeling_is_none(said):
    from cjmkit.qda.segments import felt

    assert felt(said) is None


def test_a_barrier_whose_code_has_no_title_is_named_by_its_code(study, tmp_path):
    study.add(given(tmp_path / "files", GMT1_txt=SAID))
    rows = [("Grace", "I called, twice", "Two calls", "negative", "purchase")]
    study.add(sheet(tmp_path / "highlights.xlsx", rows))
    found = cj.barriers.rank(study.codings(), codebook=study.codebook(), stages=study.stages())
    assert found.table["title"].tolist() == ["Two calls"] and "“Two calls”" in found.summary("en")


IDEAS = "id,title,stage,reach,impact,confidence,effort\n"


def test_a_plan_is_read_as_people_write_it(study):
    file = study.path / "plan" / "ideas.csv"
    file.write_text(IDEAS + 'a,Say the wait,Purchase,80,2,80%,1\nb,One bill,retention,80,2,"0,5",1\n', encoding="utf-8")
    ideas = study.table("ideas")
    assert ideas["stage"].tolist() == ["purchase", "retention"]
    ranked = cj.priorities.rank(ideas, resamples=100).table.set_index("id")["score"]
    assert ranked.to_dict() == {"a": pytest.approx(80 * 2 * 0.8), "b": pytest.approx(80 * 2 * 0.5)}


def test_a_stage_that_no_study_has_is_refused_where_it_stands(study):
    file = study.path / "plan" / "ideas.csv"
    file.write_text(IDEAS + "a,Say the wait,Waiting room,80,2,0.8,1\n", encoding="utf-8")
    with pytest.raises(
        cj.errors.FileFormatError, match=r"rows 2: no stage of this study is called 'Waiting room'; kno"
    ):
        study.table("ideas")


@pytest.mark.parametrize("rows", ["id,title\na,Say the wait\n", IDEAS + "a,Say the wait,purchase,80,2,,1\n"])
def test_ideas_without_their_numbers_are_a_gap_and_no_stop(study, rows):
    (study.path / "plan" / "ideas.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(cj.errors.NotEnough) as gap:
        cj.priorities.rank(study.table("ideas"))
    assert gap.value.lane == "improvements"


def test_what_is_missing_names_every_column(study):
    assert "reach, impact, confidence, effort" in study.missing("ideas", "en")


def test_the_first_barrier_says_how_many_are_named_as_often():
    from cjmkit.view.story import headline, tiles

    third = cj.Estimate(value=1 / 3, low=0.12, high=0.65, n=9)
    less = cj.Estimate(value=1 / 9, low=0.02, high=0.4, n=9)
    notes = [cj.Note(text="Two bills", estimate=third), cj.Note(text="No time", estimate=third)]
    stage = cj.Stage(id="bill", title="Bill", barriers=[*notes, cj.Note(text="Far", estimate=less)])
    journey = cj.Journey(id="t", title="Tea", stages=[stage])
    assert "(1 more named as often)" in headline(journey, "en")
    assert "1 more named as often" in tiles(journey, "en")[1].figure
    alone = cj.Journey(id="t", title="Tea", stages=[stage.replace(barriers=stage.barriers[1:])])
    assert "as often" not in headline(alone, "en")


def test_a_funnel_without_stages_says_that_it_stands_nowhere_on_the_map(study, tmp_path):
    study.add(given(tmp_path / "files", clicks_csv=clicks()))
    file = study.path / "study.yaml"
    file.write_text(file.read_text() + "events: {funnel: [Search Doctor, Booking Confirmed]}\n")
    doubts = cj.Study(study.path).status().table.set_index("step")["doubts"]
    assert "at no stage of the map" in doubts[5] and "purchase" in doubts[5]


def test_five_rows_are_not_five_stages_because_there_are_five(study, tmp_path):
    places = ["Boarding area", "Air train", "Car rental", "Restaurants", "Restrooms"]
    head = ",".join(["Timestamp", *(f"Please rate the following [{p}]" for p in places)])
    rows = [f"9/{1 + k % 28}/2026 10:00:00," + ",".join(str(1 + (k + j) % 5) for j in range(5)) for k in range(40)]
    study.add(given(tmp_path / "files", form_csv="\n".join([head, *rows])))
    assert not study.links()["sure"].eq("battery").any()
    assert "steps of its own" not in study.status().table.set_index("step").loc[6, "doubts"]


@pytest.mark.parametrize(("prefix", "said"), [("", True), ("user-", False)])
def test_running_numbers_that_two_files_share_are_not_told_as_the_same_people(study, tmp_path, prefix, said):
    answers = "id,How satisfied are you with the delivery?\n" + "".join(f"{prefix}{k},{1 + k % 5}\n" for k in range(40))
    log = "user,time,event\n" + "".join(f"{prefix}{k},2026-01-01 10:{k:02d},open\n" for k in range(40))
    shared = study.add(given(tmp_path / "files", wave_csv=answers, log_csv=log)).shared
    assert (
        shared[0].startswith("By id, 40 people are both") and ("if these are not the same people" in shared[0]) == said
    )


def test_a_deck_has_no_empty_slide_for_a_group_that_is_not_there(tmp_path):
    pptx = pytest.importorskip("pptx")
    verdict = cj.Verdict(status="none", en="no stable groups in these 84 people", ru="групп нет")
    everybody = cj.Persona(id="all", name="Everybody", verdict=verdict)
    journey = cj.Journey(id="t", title="Tea", stages=[cj.Stage(id="a", title="A")], personas=[everybody])

    def titles(made):
        cj.exchange.to_pptx(made, tmp_path / "deck.pptx")
        slides = pptx.Presentation(str(tmp_path / "deck.pptx")).slides
        return [s.shapes.title.text if s.shapes.title is not None else "" for s in slides]

    assert "Everybody" not in titles(journey)
    told = everybody.replace(goals=(cj.Note(text="Be seen today"),))
    assert "Everybody" in titles(journey.replace(personas=(told,)))
