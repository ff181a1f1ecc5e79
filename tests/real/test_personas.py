"""Real sentences, real surveys: what the room does with data that nobody here wrote."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cjmkit import personas, text
from cjmkit.text.grouping import kmeans_once


@pytest.fixture(scope="module")
def texts(shared):
    clinc = pd.read_csv(shared / "data/text/clinc150.csv")
    russian = pd.read_csv(shared / "data/text/nlu_ru_intents.csv").fillna("")
    return clinc[clinc["split"] == "test"], russian


def reached(sentences, labels):
    x = text.TextVectors().fit_transform(list(sentences))
    seeds = [adjusted_rand_score(labels, kmeans_once(x, labels.nunique(), seed=s, starts=5)) for s in range(3)]
    return float(np.mean(seeds))


def test_english_intents_are_told_apart(texts):
    assert reached(texts[0]["text"], texts[0]["label"]) >= 0.622


def test_russian_scenarios_are_told_apart(texts):
    assert reached(texts[1]["text"], texts[1]["scenario"]) >= 0.241


def test_bulk_answers_of_real_people_are_described_by_their_words(texts):
    banking = texts[0][texts[0]["domain"].isin(["banking", "travel", "kitchen_and_dining"])]
    groups = text.cluster_texts(banking["text"], k=3)
    assert adjusted_rand_score(banking["domain"], groups.labels) > 0.3
    assert groups.table["words"].str.len().min() > 10


def test_a_real_survey_gets_a_verdict_and_loses_it_when_shuffled(shared):
    frame = pd.read_csv(shared / "data/survey/surveymonkey/steak-risk-survey.csv", skiprows=[1])
    f = personas.features(survey=frame.set_index("RespondentID"))
    assert f.n > 500
    found = personas.fit(f, nulls=39, resamples=20)
    assert found.status in ("none", "stable", "tentative")
    assert personas.fit(personas.shuffled(f), nulls=39, resamples=20).status == "none"


def verdict_on(shared, path):
    from cjmkit.survey import read

    f = personas.features(survey=read(shared / "data/survey" / path))
    return f, personas.fit(f, nulls=39, resamples=10, seed=1)


@pytest.mark.filterwarnings("ignore::cjmkit.errors.DataWarning")
def test_an_airports_passengers_differ_by_degree_and_codes_are_left_out(shared):
    f, found = verdict_on(shared, "airport_2017/airport_survey_2017.csv")
    left = set(f.left_out["column"])
    assert {"Q2PURP1", "Q3GETTO1", "Q8COM1", "STRATA", "GATE", "NETPRO", "WEIGHT"} <= left
    assert set(f.columns_info.loc[f.columns_info["used"], "block"]) == {"ratings"}
    assert (found.status, found.why) == ("none", "degree")
    assert "Q7ALL" in found.about  # the overall rating goes with the line: how content people are
    parts = found.degree(parts=4)["part"]
    assert parts.value_counts().max() - parts.value_counts().min() <= 1


@pytest.mark.filterwarnings("ignore::cjmkit.errors.DataWarning")
@pytest.mark.parametrize("path", ["google_forms/dou_year_2017_ru.csv", "google_forms/dou_relocation_2016_ru.csv"])
def test_developers_of_two_russian_surveys_fall_into_no_kinds(shared, path):
    f, found = verdict_on(shared, path)
    assert f.n == 1500
    assert (found.status, found.why) == ("none", "test"), found.summary("en")


@pytest.mark.filterwarnings("ignore::cjmkit.errors.DataWarning")
def test_fans_of_a_film_are_who_was_asked_about_it(shared):
    _, found = verdict_on(shared, "surveymonkey/StarWars.csv")
    assert (found.status, found.why) == ("none", "blanks")
    assert "fan" in found.about
