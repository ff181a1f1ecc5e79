"""cjmkit, pointed at the residential study as a researcher would point it, finds what was planted."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import cjmkit as cj
from cjmkit.errors import CjmWarning

STUDY = Path(__file__).parents[2] / "datasets" / "residential"
PHONE_FIRST = "сначала телефон"


@pytest.fixture(autouse=True)
def _said_warnings_are_fine():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CjmWarning)
        yield


@pytest.fixture(scope="module")
def study():
    return cj.Study(STUDY)


@pytest.fixture(scope="module")
def survey(study):
    return study.survey()


@pytest.fixture(scope="module")
def log(study):
    return study.events()


@pytest.fixture(scope="module")
def truth():
    return pd.read_csv(STUDY / "truth" / "personas.csv", index_col="participant", dtype=str)


@pytest.fixture(scope="module")
def values():
    table = pd.read_csv(STUDY / "truth" / "values.csv", keep_default_na=False)
    return {(r.where, r.what, r.of, r.who): float(r.value) for r in table.itertuples()}


@pytest.fixture(scope="module")
def scores(survey):
    return cj.survey.stage_scores(survey)


def test_the_study_lacks_nothing_but_what_the_notebooks_make(study):
    for part in ("interviews", "codings", "codebook", "survey", "events", "sources", "competitors", "touchpoints"):
        assert study.has(part), part
    assert study.settings.made_up and study.language == "ru"
    assert len(study.attitudes()) == 14
    stages = [s.id for s in study.new_journey().stages]
    assert stages == list(dict.fromkeys(study.settings.events.stages.values()))


def test_three_stable_personas_come_back_from_the_attitudes_and_none_from_a_shuffled_copy(study, survey, truth):
    features = cj.personas.features(survey=survey, items=study.attitudes())
    found = cj.personas.fit(features, seed=7, nulls=99, resamples=40)
    labels = found.labels.dropna()
    assert labels.nunique() == 3 and len(labels) > 390
    assert adjusted_rand_score(truth.loc[labels.index, "persona"], labels) >= 0.8
    assert found.status == "stable"
    nobody = cj.personas.fit(cj.personas.shuffled(features), seed=7, nulls=99, resamples=20)
    assert nobody.status == "none"


def test_names_in_the_settings_fit_the_groups_that_seed_seven_finds(study, survey, truth):
    """The researcher gave the names after looking; the order of the groups must not drift away from under them."""
    names = study.settings.personas
    if not names:
        pytest.skip("nobody has named the personas yet")
    found = cj.personas.fit(cj.personas.features(survey=survey, items=study.attitudes()), seed=7)
    assert set(names) == set(found.labels.dropna().unique())
    kinds = {"Новосёлы": "семья", "Инвесторы": "инвестор", "Обстоятельные": "старшие"}
    for label, name in names.items():
        members = found.labels.index[found.labels == label]
        assert truth.loc[members, "persona"].mode()[0] == kinds[name]


def test_the_emotion_curve_finds_the_weakest_stage_and_its_intervals_hold_the_true_values(scores, values):
    table = cj.emotion.curve(scores).table.set_index("stage")
    assert table["mean"].idxmin() == "evaluation"
    true = pd.Series({s: values["buyers-2026", "stage score (−2..2)", s, "все"] for s in table.index})
    assert ((table["low"] <= true) & (true <= table["high"])).all()
    assert (table["n"] > 200).all()


def test_the_coded_interviews_say_the_same(study):
    table = cj.emotion.curve(cj.coding.stage_scores(study.codings())).table.set_index("stage")
    assert table["mean"].idxmin() == "evaluation" and table.loc["evaluation", "high"] < 0
    assert table.loc["evaluation", "n"] >= 20


def test_the_weakest_link_is_the_same_stage_in_feeling_and_the_request_in_the_funnel(study, scores, log):
    felt = cj.barriers.weakest_link(cj.emotion.curve(scores))
    assert felt.link == "evaluation" and felt.probability > 0.99
    table = log.funnel(study.settings.events.funnel).table.set_index("step")
    assert table["conversion"].iloc[1:].idxmin() == "заявка"
    assert table.loc["заявка", "high"] < table["low"].drop(["заявка", "визит на сайт"]).min()


def test_the_hidden_price_ranks_first_among_the_barriers(study, scores):
    ranked = cj.barriers.rank(
        study.codings(),
        codebook=study.codebook(),
        beside=cj.barriers.Beside(scores=scores),
        outcome=study.success(),
        turns=study.turns(),
        touchpoints=study.table("touchpoints"),
    )
    table = ranked.table.set_index("barrier")
    assert table.index[0] == PHONE_FIRST and table["first"].idxmax() == PHONE_FIRST
    assert table.loc[PHONE_FIRST, "people"] == 15 and table.loc[PHONE_FIRST, "n"] == 24
    assert table.loc[PHONE_FIRST, "effect_low"] < 4.373 < table.loc[PHONE_FIRST, "effect_high"]
    assert not table.loc[PHONE_FIRST, "owner"], "nobody answers for the form that asks for a telephone number"
    paper = table.loc["бумаги, банк, обмен"]
    assert paper["people"] >= 12 and paper["effect"] < 1, "frequent among those who came so far, not what stops people"


def test_videos_bring_buyers_and_only_the_last_click_says_otherwise(study, log):
    table = log.attribution(study.settings.events.success).table
    first = table.loc[table.groupby("model")["share"].idxmax()].set_index("model")["channel"]
    assert first["last"] == "поиск: название ЖК"
    assert set(first.drop("last")) == {"видеообзоры"}
    true_source = log.sources(study.settings.events.success).table
    assert {"видеообзоры", "рекомендации"} == set(true_source.nlargest(2, "conversion")["source"])


def test_the_viewing_drives_satisfaction(study, survey):
    items = [i.item for i in survey.all_items if i.touchpoint]
    found = cj.survey.drivers(survey, outcome=study.settings.survey.outcome, items=items).table
    top = found.iloc[0]
    assert "Показ квартиры" in top["text"] and top["p_top"] > 0.99 and top["low"] > found["high"].iloc[1:].max()


def test_only_the_deal_changed_since_the_last_wave(study, scores, values):
    before = cj.survey.stage_scores(study.previous_survey())
    both = pd.concat([scores.assign(wave="2026"), before.assign(wave="2025")])
    table = cj.emotion.difference(both, by="wave").table.set_index("stage")
    assert list(table.index[table["sure"]]) == ["deal"]
    true = [values[f"buyers-{w}", "stage score (−2..2)", "deal", "все"] for w in (2025, 2026)]
    assert table.loc["deal", "band_low"] < true[1] - true[0] < table.loc["deal", "band_high"]


def test_staff_and_managers_overrate_the_weakest_stage_most(study, scores):
    believed = cj.emotion.curve(study.employee_scores(), source="employees").table.set_index("stage")["mean"]
    managers = cj.emotion.curve(study.employee_scores(), source="managers").table.set_index("stage")["mean"]
    real = cj.emotion.curve(scores).table.set_index("stage")["mean"]
    assert (believed - real).idxmax() == (managers - real).idxmax() == "evaluation"
    assert managers["evaluation"] > believed["evaluation"] > real["evaluation"] + 1


def test_the_best_action_shows_the_price(study):
    table = cj.priorities.rank(study.table("ideas"), method="rice").table
    assert table.iloc[0]["id"] == "A01"


def test_the_coders_agree_and_doubts_are_worst(study):
    found = cj.coding.agreement(study.codings(), study.turns(), unit="turn")
    alpha = found.table.query("coefficient == 'alpha'").set_index("code")["value"]
    overall = alpha.filter(regex=r"^\(").iloc[0]
    assert 0.65 < overall < 0.85
    each = alpha[[not re.match(r"\(", str(c)) for c in alpha.index]]
    assert each.idxmin() == "сомнения" and each.nsmallest(2).iloc[1] - each.min() > 0.1
    assert np.median(each) > 0.75


def test_people_without_an_answer_from_the_bank_are_found_stuck(log, values):
    row = log.stuck(["заявка на ипотеку", "одобрение ипотеки"], by=None).table.iloc[0]
    true = values["site-2026", "no answer after a mortgage request", "", "все"]
    # Whoever has not waited long is not counted; whoever asked shortly before the end of the log may be.
    assert row["low"] < true < row["high"] and row["n"] > 150
