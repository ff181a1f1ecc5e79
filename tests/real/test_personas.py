"""Real sentences, real surveys: what the room does with data that nobody here wrote."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cjmkit import personas, text
from cjmkit.text.vectors import kmeans_once


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
    assert reached(texts[0]["text"], texts[0]["label"]) >= 0.49


def test_russian_scenarios_are_told_apart(texts):
    assert reached(texts[1]["text"], texts[1]["scenario"]) >= 0.24


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
