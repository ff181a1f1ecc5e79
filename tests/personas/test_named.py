"""Once personas have names, no table, text or picture made of them shows an id in place of a name."""

import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.text import Text

import cjmkit as cj

ID = re.compile(r"\bP[1-9]\b")


def ids_in(text):
    """Ids that a reader sees: those of marks and scripts of a page are not shown."""
    shown = re.sub(r"<(script|style)\b.*?</\1>|<[^>]+>", " ", str(text), flags=re.S)
    return ID.findall(shown)


def ids_drawn(ax):
    found = [t for m in ax.figure.findobj(Text) if m.get_visible() for t in ids_in(m.get_text())]
    plt.close("all")
    return found


def events_of(study):
    said = study.settings.events
    table = pd.read_csv(next((study.path / "events").glob(f"{said.file}*")))
    return table.rename(columns={said.user: "user", said.channel: "channel"})


@pytest.fixture(scope="module", params=["mealkit", "residential"])
def study(request, tmp_path_factory):
    return cj.Study.example(request.param, tmp_path_factory.mktemp("study") / request.param)


@pytest.fixture(scope="module")
def found(study):
    features = cj.personas.features(survey=study.survey(), items=study.attitudes())
    made = cj.personas.fit(features, seed=7, nulls=19, resamples=10)
    assert made.k == 3 and ids_in(made.table.to_string())
    named = made.named(study.names_for(made.labels))
    return named.with_quotes(study.codings(), turns=study.turns(), codebook=study.codebook())


@pytest.fixture(scope="module")
def results(study, found):
    """Results of every room that takes groups of people."""
    return dict(by_persona(study, found))


def by_persona(study, found):
    by, survey, log, codings = found.labels, study.survey(), study.events(), study.codings()
    scores = cj.survey.stage_scores(survey)
    steps = study.settings.events.funnel
    asked = survey.items.query("type == 'open'")["item"]
    outcome = study.settings.survey.outcome
    yield "curve", cj.emotion.curve(scores, by=by, stages=study.stages())
    yield "difference", cj.emotion.difference(scores, by=by, stages=study.stages())
    yield "banner", cj.survey.banner(survey, rows=[outcome], columns=[by])
    yield "comparison", cj.survey.compare(survey, item=outcome, by=by)
    if len(asked):
        answers = cj.survey.open_answers(survey, asked.iloc[0])
    else:  # what people said in interviews, by the personas of those who were asked both
        answers = study.turns()
    yield "topics", cj.text.topics(answers, by=by, permutations=0)
    yield "funnel", log.funnel(steps, by=by)
    yield "quotes", cj.coding.quotes(codings, by=by, n=20)
    yield "codes", cj.coding.code_by(codings, by=by)
    yield "waves", found.compare(found)
    yield "beside", found.beside(found)


def test_no_result_shows_an_id_once_personas_have_names(results):
    shown = {}
    for what, result in results.items():
        told = [getattr(result, m)() for m in ("summary", "__repr__", "_repr_html_") if hasattr(result, m)]
        tables = [t for t in (getattr(result, "table", None), result) if isinstance(t, pd.DataFrame)]
        # Where a table of personas keeps the id, to be joined on, the name stands beside it.
        tables = [t.drop(columns=["persona", "match"], errors="ignore") if "name" in t else t for t in tables]
        told = [] if isinstance(result, pd.DataFrame) else told
        shown[what] = [i for t in [*told, *(t.to_string() for t in tables)] for i in ids_in(t)]
    assert len(shown) == 10 and {what: ids for what, ids in shown.items() if ids} == {}


def test_no_table_of_the_personas_has_an_id_without_a_name(study, found):
    scores = cj.survey.stage_scores(study.survey())
    tables = {
        "table": found.table, "people": found.people, "profile": found.profile(), "words": found.words(),
        "quotes": found.quotes(), "coordinates": found.coordinates(), "by_stage": found.by_stage(scores),
        "channels": found.channels(events_of(study)), "assigned": found.assign(found.features),
    }  # fmt: skip
    for what, table in tables.items():
        assert "name" in table and set(table["name"].dropna()) <= set(found.names.values()), what
    assert not ids_in(found._repr_html_())


def test_no_picture_shows_an_id_once_personas_have_names(found, results):
    drawn = {p: ids_drawn(getattr(cj.plot, p)(found)) for p in (
        "people_map", "k_choice", "silhouette", "stability_matrix", "profile", "snake_plot",
    )}  # fmt: skip
    for what, plot in (("curve", "emotion_curve"), ("topics", "topics"), ("funnel", "funnel")):
        drawn[what] = ids_drawn(getattr(cj.plot, plot)(results[what]))
    assert {p: ids for p, ids in drawn.items() if ids} == {}


def test_the_map_takes_the_curve_of_named_personas_and_shows_their_names(study, found, results, tmp_path):
    notes = cj.coding.notes(study.codings(), study.codebook(), by=found.labels)
    journey = study.new_journey().with_personas(found.personas()).with_emotion(results["curve"]).with_notes(notes)
    assert {p.persona for p in journey.emotion} == set(found.ids)
    page = tmp_path / "map.html"
    cj.report.html(journey, page)
    assert not ids_in(page.read_text(encoding="utf-8"))
