"""The values: frozen, validated, and true to the promises about evidence and n."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import cjmkit as cj
from cjmkit.core.journey import slug
from cjmkit.errors import CjmError
from cjmkit.exchange import dump_yaml, read_journey, write_journey

QUOTE = cj.Quote(document="anna.txt", start=10, end=17, quote="no news", participant="u1", code="silence")


@pytest.fixture
def journey():
    return cj.Journey.from_framework("loyalty-loop", title="First flat", language="en")


def test_an_estimate_writes_value_interval_n_and_unit():
    e = cj.Estimate(value=0.42, low=0.31, high=0.54, n=70)
    assert str(e) == "0.42 [0.31, 0.54], n = 70 people"
    assert e.text(0, percent=True, lang="ru") == "42 % [31 %; 54 %], n = 70 чел."


def test_an_estimate_refuses_an_interval_that_is_upside_down():
    with pytest.raises(CjmError, match="upside down"):
        cj.Estimate(value=1, low=2, high=1, n=3)


def test_a_missing_value_is_none_so_that_saved_estimates_stay_equal():
    assert cj.Estimate(value=float("nan"), n=2) == cj.Estimate(value=None, n=2)


def test_values_cannot_be_changed_in_place(journey):
    with pytest.raises(ValidationError, match="frozen"):
        journey.title = "other"
    assert hash(journey) == hash(journey.replace(title="First flat"))


def test_replace_validates_again():
    with pytest.raises(cj.CjmError, match="upside down"):
        cj.Estimate(value=1, low=0, high=2, n=3).replace(low=5)
    with pytest.raises(cj.CjmError, match="did you mean 'value'"):
        cj.Estimate(value=1, n=3).replace(valeu=2)


def test_with_methods_return_a_new_journey_and_leave_the_old_one(journey):
    more = journey.with_note("deal", "barriers", "Small print", evidence=[QUOTE])
    assert journey.stage("deal").barriers == ()
    assert more.stage("deal").barriers[0].evidence == (QUOTE,)


def test_a_note_without_evidence_is_an_assumption(journey):
    j = journey.with_note("deal", "barriers", "Small print").with_note("deal", "goals", "A flat", evidence=[QUOTE])
    assert list(j.assumptions()["text"]) == ["Small print"]
    total = j.coverage().iloc[-1]
    assert (total["notes"], total["evidenced"], total["share"]) == (2, 1, 0.5)


def test_trace_leads_from_a_note_to_the_words(journey):
    j = journey.with_note("deal", "barriers", "Small print", evidence=[QUOTE])
    row = j.trace(j.stage("deal").barriers[0].id).iloc[0]
    assert (row["where"], row["place"], row["says"], row["who"]) == ("anna.txt", "10–17", "no news", "u1")
    assert len(j.trace(cj.Note(text="nothing behind it"))) == 0


def test_unknown_stages_lanes_and_notes_get_a_did_you_mean(journey):
    with pytest.raises(cj.CjmError, match="did you mean 'evaluation'"):
        journey.with_note("evalution", "barriers", "x")
    with pytest.raises(cj.CjmError, match="did you mean 'barriers'"):
        journey.with_note("evaluation", "bariers", "x")
    with pytest.raises(cj.CjmError, match="unknown note"):
        journey.trace("n-nothing")


def test_a_journey_is_not_a_line(journey):
    j = (
        journey.with_link("evaluation", "sense-making", kind="back")
        .with_link("evaluation", "evaluation", kind="repeat")
        .with_link("evaluation", "trigger", kind="skip")
        .with_link("deal", "", kind="leave")
    )
    assert [(k.source, k.target, k.kind) for k in j.links] == [
        ("trigger", "sense-making", "loop"),
        ("evaluation", "sense-making", "back"),
        ("evaluation", "evaluation", "repeat"),
        ("evaluation", "trigger", "skip"),
        ("deal", "", "leave"),
    ]
    with pytest.raises(cj.CjmError, match="unknown stage in a link"):
        j.with_link("deal", "nowhere", kind="skip")


def test_a_note_moves_with_what_it_rests_on(journey):
    j = journey.with_note("deal", "barriers", "Small print", evidence=[QUOTE]).with_note("trigger", "goals", "A gift")
    note = j.stage("deal").barriers[0]
    moved = j.with_note_moved(note.id, "trigger", "goals", position=0)
    assert moved.stage("deal").barriers == ()
    assert [n.text for n in moved.stage("trigger").goals] == ["Small print", "A gift"]
    assert moved.stage("trigger").goals[0] == note
    with pytest.raises(cj.CjmError, match="neither becomes the other"):
        j.with_note_moved(note.id, "trigger", "touchpoints")


def test_an_action_finds_its_barrier_by_code_by_text_and_by_a_name_with_commas(journey):
    j = (
        journey.with_note("deal", "barriers", cj.Note(text="Paperwork", id="forms, bank-deal"))
        .with_note("deal", "barriers", cj.Note(text="Hidden price", id="price-deal"))
        .with_improvements(
            [
                cj.Action(title="A", barriers=("price",)),
                cj.Action(title="B", barriers=("hidden price",)),
                cj.Action(title="C", barriers=("forms", "bank")),
                cj.Action(title="D", barriers=("nowhere",)),
            ]
        )
    )
    assert [a.barriers for a in j.improvements] == [
        ("price-deal",),
        ("price-deal",),
        ("forms, bank-deal",),
        ("nowhere",),
    ]


def test_stages_are_put_in_another_order_only_as_a_whole(journey):
    ids = [s.id for s in journey.stages]
    assert [s.id for s in journey.with_stage_order(reversed(ids)).stages] == ids[::-1]
    with pytest.raises(cj.CjmError, match="each stage once"):
        journey.with_stage_order(ids[:-1])


def test_taking_a_stage_out_takes_its_links_and_points(journey):
    point = cj.EmotionPoint(stage="trigger", source="survey", estimate=cj.Estimate(value=1, n=9))
    j = journey.with_emotion([point]).without_stage("trigger")
    assert j.links == () and j.emotion == () and len(j.stages) == 4


def test_emotion_of_another_persona_stays_off_the_map(journey):
    points = [
        cj.EmotionPoint(stage="deal", source="survey", estimate=cj.Estimate(value=1, n=9), persona=p)
        for p in ("", "P1", "P2")
    ]
    j = journey.with_persona(cj.Persona(id="P1", name="Planner")).with_emotion(points)
    assert [p.persona for p in j.emotion] == ["", "P1"]


def test_an_emotion_outside_the_scale_is_refused():
    with pytest.raises(CjmError, match="between −2 and 2"):
        cj.EmotionPoint(stage="deal", source="survey", estimate=cj.Estimate(value=4.5, n=9))


def test_for_persona_keeps_what_holds_for_all(journey):
    j = (
        journey.with_persona(cj.Persona(id="P1", name="Planner"))
        .with_persona(cj.Persona(id="P2", name="Investor"))
        .with_note("deal", "goals", "Everybody's")
        .with_note("deal", "goals", "The planner's", persona="P1")
        .with_note("deal", "goals", "The investor's", persona="P2")
    )
    mine = j.for_persona("Planner")
    assert [n.text for n in mine.stage("deal").goals] == ["Everybody's", "The planner's"]
    assert [p.id for p in mine.personas] == ["P1"]


def test_a_persona_nobody_looked_for_says_so():
    assert "assumed" in cj.Persona(id="P1", name="Planner").verdict.text("en")


def test_cite_takes_rows_and_results():
    import pandas as pd

    row = pd.Series({"document": "a.txt", "start": 0, "end": 2, "quote": "hi", "coder": "m", "valence": float("nan")})
    assert cj.cite(row) == cj.Quote(document="a.txt", start=0, end=2, quote="hi", coder="m")
    assert cj.cite({"id": "s1", "title": "Report", "date": "2026-01-02"}).date == dt.date(2026, 1, 2)
    with pytest.raises(cj.CjmError, match="cannot be cited, it has a, b"):
        cj.cite({"a": 1, "b": 2})


def test_quotes_keep_their_spaces_because_offsets_depend_on_them():
    assert cj.Quote(document="a", start=0, end=5, quote=" yes ").quote == " yes "


def test_slug_reads_cyrillic():
    assert slug("Ёлка: щедрый выбор!") == "elka-schedryy-vybor"


@pytest.mark.parametrize("name", cj.frameworks.names())
@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_framework_makes_a_journey_whose_content_is_assumption(name, lang):
    j = cj.Journey.from_framework(name, title="X", language=lang, content=True)
    assert len(j.stages) >= 4
    assert all(item.assumption for _, _, item in j.cells())
    cyrillic = any("а" <= c <= "я" for s in j.stages for c in s.title.lower())
    assert cyrillic == (lang == "ru")


def test_the_five_stages_and_the_loyalty_loop_come_with_content():
    for name in ("five-stages", "loyalty-loop"):
        for s in cj.frameworks.get(name).stages("ru", content=True):
            assert s.goals and s.questions and s.touchpoints and s.tasks, (name, s.id)


# ---- saved and loaded is equal ------------------------------------------------------------------------------------

texts = st.text(min_size=1, max_size=40).filter(lambda t: t.strip())
estimates = st.builds(
    cj.Estimate, value=st.floats(-2, 2), n=st.integers(0, 10**6), reason=st.text(max_size=20), unit=st.just("people")
)
quotes = st.builds(
    lambda d, s, q, v: cj.Quote(document=d, start=s, end=s + len(q), quote=q, valence=v),
    texts, st.integers(0, 10**6), st.text(min_size=1, max_size=60), st.none() | st.floats(-2, 2),
)  # fmt: skip
desk = st.builds(cj.DeskSource, source=texts, title=st.text(max_size=20), date=st.none() | st.dates(), passage=texts)
surveys = st.builds(cj.SurveyFigure, survey=texts, item=texts, where=st.text(max_size=9), estimate=estimates)
events = st.builds(cj.EventFigure, log=texts, query=texts, estimate=estimates)
evidence = st.lists(quotes | desk | surveys | events, max_size=3).map(tuple)
notes = st.builds(cj.Note, text=texts, evidence=evidence, estimate=st.none() | estimates)
unique = lambda s: st.lists(s, max_size=3, unique_by=lambda n: n.id).map(tuple)  # noqa: E731
stages = st.builds(
    lambda i, t, g, b, tp: cj.Stage(id=f"s{i}", title=t, goals=g, barriers=b, touchpoints=tp),
    st.integers(0, 10**6), texts, unique(notes), unique(notes),
    unique(st.builds(cj.Touchpoint, name=texts, channel=st.text(max_size=9), evidence=evidence)),
)  # fmt: skip
journeys = st.builds(
    lambda t, lang, s, d: cj.Journey(id="j", title=t, language=lang, stages=s, date=d),
    texts, st.sampled_from(["en", "ru"]),
    st.lists(stages, max_size=3, unique_by=lambda s: s.id).map(tuple), st.none() | st.dates(),
)  # fmt: skip


@given(journeys)
def test_a_journey_saved_and_loaded_is_equal(tmp_path_factory, journey):
    path = tmp_path_factory.mktemp("j") / "j.yaml"
    write_journey(journey, path)
    again = read_journey(path)
    assert again == journey
    assert dump_yaml(again) == dump_yaml(journey)


def test_texts_are_stripped_as_python_strips_them():
    assert cj.Note(text="a\x1f").text == "a"
    with pytest.raises(CjmError, match="'text' is empty"):
        cj.Note(text="\x1c\x1f")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: cj.Journey(titel="x"), "did you mean 'title'"),
        (lambda: cj.Quote(text="a"), "unknown field 'text'. Known: code, coder, document"),
        (lambda: cj.Estimate(value="a"), "value: a number or None is expected, found 'a'"),
        (lambda: cj.Estimate(value=1, n="x"), "n: a whole number is expected, found 'x'"),
        (lambda: cj.Journey(id="a", title="b", stages=[{"id": "x", "titel": "y"}]), "stages.0.titel: unknown field"),
        (lambda: cj.Note(text="x", evidence=[{"kind": "quotes"}]), "one of quote, survey, events, source"),
    ],
)
def test_a_value_made_wrongly_by_hand_says_what_was_meant_and_no_web_address(make, said):
    with pytest.raises(CjmError) as error:
        make()
    assert said in str(error.value)
    assert "http" not in str(error.value)
    assert error.value.__suppress_context__


def test_every_piece_of_evidence_is_walked_once_with_its_place():
    quote = cj.Quote(document="a.txt", start=0, end=2, quote="ab")
    figure = cj.SurveyFigure(survey="s", item="q", estimate=cj.Estimate(value=1, n=3))
    j = cj.Journey.from_framework("aida", title="Tea").with_note("desire", "goals", "x", evidence=[quote])
    j = j.with_emotion([cj.EmotionPoint(stage="action", source="survey", estimate=figure.estimate, evidence=(figure,))])
    j = j.with_persona(cj.Persona(id="P1", name="Ann", quotes=(quote,)))
    assert [(e.kind, p["stage"], p["lane"]) for e, p in j.cited()] == [
        ("quote", "desire", "goals"),
        ("survey", "action", "emotion"),
        ("quote", "", ""),
    ]
