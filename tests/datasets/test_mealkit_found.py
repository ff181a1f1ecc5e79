"""cjmkit itself finds what was planted in the meal-kit study."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit import barriers, coding, interviews
from cjmkit import survey as surveys
from cjmkit.errors import CjmWarning

STUDY = Path(__file__).parents[2] / "datasets" / "mealkit"
TRUTH = pd.read_csv(STUDY / "truth" / "personas.csv", index_col="participant")


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
def codings(study):
    return study.codings()


@pytest.fixture(scope="module")
def turns(study):
    return study.turns()


def test_everything_that_the_researcher_brings_is_there(study):
    shown = repr(study)
    for part in ("interviews", "codings", "codebook", "survey", "events", "sources", "competitors", "touchpoints"):
        assert f"+ {part}" in shown
    for table in ("sources", "competitors", "touchpoints", "ideas", "channels", "messages"):
        assert len(study.table(table)) >= 6


def test_transcripts_are_read_without_a_remark(study):
    transcripts = study.transcripts()
    assert transcripts.warnings == () and len(transcripts) == 20
    assert set(transcripts.documents["language"]) == {"en"}


def test_codings_pass_all_checks_against_texts_and_codebook(study, codings):
    book = study.codebook()
    checked = coding.check_codings(codings, study.documents(), codes=book.names)
    assert len(checked) == len(codings) > 500
    assert all(c.title for c in book)


def test_agreement_is_good_except_on_what_was_expected(codings, turns):
    found = coding.agreement(codings, turns, unit="turn", resamples=200)
    assert 0.65 < found.estimate.value < 0.85 and found.estimate.n == 20
    alpha = found.by_code()["alpha"].drop("(all codes)")
    assert alpha.idxmin() == "expected" and alpha.drop("expected").median() > 0.8
    disputed = found.disagreements(40)
    assert disputed.astype(str).apply(lambda row: row.str.contains("expected").any(), axis=1).sum() >= 5


def test_people_are_lost_between_plan_page_and_account(study, log):
    funnel = log.funnel(list(study.settings.events.funnel))
    weakest = barriers.weakest_link(funnel)
    assert weakest.link == "plan_view → sign_up" and weakest.probability > 0.99


def test_podcasts_come_first_in_every_model_that_sees_whole_paths_and_brand_search_in_the_last_click(log):
    shares = log.attribution("payment").table.pivot(index="channel", columns="model", values="share")
    best = shares.idxmax()
    assert best["last"] == "brand search"
    assert {m: c for m, c in best.items() if m != "last"} == dict.fromkeys(best.index.drop("last"), "podcast")
    assert {"markov", "shapley", "first"} <= set(best.index)


def test_people_who_come_by_a_friend_or_a_podcast_convert_best(log):
    table = log.sources("payment").table.sort_values("conversion", ascending=False)
    assert set(table["source"].head(2)) == {"friend's code", "podcast"}
    assert table.set_index("source").loc["podcast", "low"] > 0.1


def test_from_the_plans_most_people_go_back_to_the_menu(log):
    moves = log.transitions()
    back = moves.estimate("plan_view", "menu_view")
    assert back.low > 0.5 and back.value > 3 * moves.estimate("plan_view", "sign_up").value


def test_people_on_the_waiting_list_are_stuck_between_account_and_payment(log):
    waiting = pd.read_csv(STUDY / "events" / "app-2026.csv.gz", parse_dates=["time"]).query("event == 'waiting_list'")
    early = set(waiting.loc[waiting["time"] < "2026-06-15", "user_id"])
    stuck = log.stuck(["sign_up", "payment"])
    assert len(early) > 50 and early <= set(stuck.ids("sign_up"))
    row = stuck.steps.set_index("step").loc["sign_up"]
    assert 0.2 < row["share"] < 0.4 and row["usual_time"] < pd.Timedelta(days=3)


def test_the_hidden_price_is_the_worst_barrier_of_the_interviews(study, codings, turns):
    status = TRUTH.loc[TRUTH["interviewed"] == "yes", "status"]
    ranked = barriers.rank(
        codings,
        codebook=study.codebook(),
        outcome=status == "current",
        turns=turns,
        stages=study.stages(),
        touchpoints=study.table("touchpoints"),
    )
    first = ranked.table.iloc[0]
    assert first["barrier"] == "hidden price" and first["stage"] == "decision" and first["people"] == 15
    assert first["first"] > 0.7 and first["valence"] < -1
    assert first["owner"] == "", "nobody answers for the plan page"


def test_coded_feelings_are_lowest_at_the_decision(codings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CjmWarning)
        curve = cj.emotion.curve(coding.stage_scores(codings))
    weakest = barriers.weakest_link(curve)
    assert weakest.link == "decision" and weakest.probability > 0.99


def test_the_survey_is_read_as_what_it_is(survey):
    assert survey.n == 380 and survey.person == "respondent_id"
    items = survey.items.set_index("item")
    assert items.loc["Q11", "type"] == "nps" and items.loc["Q10", "type"] == "csat"
    assert (items.loc[[f"Q5_{i}" for i in range(1, 15)], "type"] == "likert").all()
    linked = items[items["stage"] != ""]
    assert linked["type"].eq("likert").all() and len(linked) == 16
    assert survey.values("Q7_10").dropna().between(1, 5).all()


def test_the_decision_is_the_weakest_stage_of_the_survey_for_every_kind(survey):
    scores = surveys.stage_scores(survey)
    kinds = TRUTH.loc[TRUTH["surveyed"] == 2026, "persona"]
    curve = cj.emotion.curve(scores, by=kinds)
    for kind in ("relief", "explorer", "spender"):
        weakest = barriers.weakest_link(curve, persona=kind)
        assert weakest.link == "decision" and weakest.probability > 0.99


def test_only_the_purchase_changed_since_the_previous_wave(study, survey):
    before = study.previous_survey()
    found = surveys.compare(survey, before, [f"Q6_{i}" for i in range(1, 6)]).table.set_index("item")
    assert found.index[found["p_adjusted"] < 0.05].tolist() == ["Q6_4"]
    assert found.loc["Q6_4", "low"] > 0.5
    both = pd.concat(
        [surveys.stage_scores(survey).assign(wave="2026"), surveys.stage_scores(before).assign(wave="2025")]
    )
    by_stage = cj.emotion.difference(both, by="wave").table.set_index("stage")
    assert by_stage.index[by_stage["sure"]].tolist() == ["purchase"]


@pytest.mark.parametrize("outcome", ["Q10", "Q11"])
def test_the_week_planner_drives_satisfaction_and_recommendation(survey, outcome):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CjmWarning)
        found = surveys.drivers(survey, outcome, "Q7_*", resamples=200)
    first, second = found.table.iloc[0], found.table.iloc[1]
    assert first["item"] == "Q7_10" and first["p_top"] > 0.99
    assert first["low"] > second["value"]


def test_staff_and_managers_overrate_the_decision_most(study, survey):
    views = pd.concat([surveys.stage_scores(survey), study.employee_scores()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CjmWarning)
        gaps = cj.emotion.difference(views, by="source").table
    for who in ("employees", "managers"):
        own = gaps[gaps["a"].eq(who) & gaps["b"].eq("survey")].set_index("stage")["difference"]
        assert own.idxmin() == "decision" and own["decision"] < -0.6


def test_three_personas_come_back_from_the_attitudes_and_bear_the_names_of_the_study(study, survey):
    from sklearn.metrics import adjusted_rand_score

    found = cj.personas.fit(cj.personas.features(survey=survey, items=study.attitudes()), seed=7)
    assert "three stable personas" in found.verdict("en")
    labels = found.labels
    kinds = TRUTH.loc[labels.index, "persona"]
    assert len(labels) == 380
    assert adjusted_rand_score(kinds, labels.astype(str)) > 0.9
    named = {"relief": "Relief seeker", "explorer": "Explorer", "spender": "Careful spender"}
    most = pd.crosstab(labels.astype(str), kinds).idxmax(axis=1)
    assert {i: named[k] for i, k in most.items()} == study.settings.personas


def test_a_shuffled_copy_holds_no_personas(study, survey):
    features = cj.personas.features(survey=survey, items=study.attitudes())
    assert "no stable groups" in cj.personas.fit(cj.personas.shuffled(features, seed=1), seed=7).verdict("en")


def test_the_single_price_is_the_action_to_take_first(study):
    plan = cj.priorities.rank(study.table("ideas"))
    assert plan.table.iloc[0]["id"] == "A01"


def test_phones_and_addresses_are_masked_and_the_codings_follow(study, codings):
    masked = interviews.redact(study.transcripts(), codings=codings)
    found = masked.report.groupby("kind")["times"].sum()
    assert found["phone"] == 11 and found["email"] == 6
    texts = masked.transcripts.documents.set_index("document")["text"]
    assert not texts.str.contains("@").any() and not texts.str.contains("07700").any()
    assert all(texts[c.document][c.start : c.end] == c.quote for c in masked.codings.itertuples())


def test_nobody_leaves_the_waiting_list(log):
    stuck = log.stuck(["waiting_list", "payment"])
    row = stuck.steps.set_index("step").loc["waiting_list"]
    assert row["went_on"] == 0 and row["n"] > 60
    assert "nobody goes on" in stuck.summary("en")
