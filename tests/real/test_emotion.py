"""The emotion curve on ratings that 3,081 graduates gave their universities (DOU 2016), 1 to 10."""

import warnings

import numpy as np
import pandas as pd
import pytest

from cjmkit.barriers import weakest_link
from cjmkit.emotion import curve, difference

STAGES = {
    "program": ["program_interest", "program_useful", "program_actual"],
    "tutors": ["tutors_explanation", "tutors_practice"],
    "facilities": ["facilities_buildings", "facilities_tech", "facilities_materials"],
    "community": ["community_group", "community_alumni", "community_network"],
    "money": ["finance_effectiveness"],
}


@pytest.fixture(scope="module")
def ratings(shared):
    path = shared / "data" / "survey" / "russian" / "dou_universities_2016_cp1251.csv"
    wide = pd.read_csv(path, sep=";", encoding="cp1251", header=[0, 1], dtype=str)
    wide.columns = [c for c, _ in wide.columns]
    parts = []
    for stage, items in STAGES.items():
        for item in items:
            # "10 - полностью согласен" is a 10; "Трудно сказать" is no answer.
            score = pd.to_numeric(wide[item].str.extract(r"^(\d+)")[0])
            parts.append(
                pd.DataFrame(
                    {"participant": wide.index, "stage": stage, "item": item, "score": (score - 1) * 4 / 9 - 2}
                )
            )
    return (
        pd.concat(parts)
        .dropna()
        .assign(source="survey", year=lambda t: wide["year"].reindex(t["participant"]).to_numpy())
    )


def test_means_agree_with_statsmodels_where_a_quarter_gave_no_answer(ratings):
    import statsmodels.formula.api as smf

    some = ratings[ratings["participant"] < 300]
    mood = curve(some, stages=list(STAGES))
    cells = some.groupby(["participant", "stage"], as_index=False)["score"].mean()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = smf.mixedlm("score ~ C(stage) - 1", cells, groups="participant").fit(reml=True)
    means = mood.table.set_index("stage")["mean"]
    for stage in STAGES:
        assert means[stage] == pytest.approx(oracle.fe_params[f"C(stage)[{stage}]"], abs=1e-5)
    assert mood.table.set_index("stage").loc["money", "n"] < 0.85 * mood.table["n"].max()


def test_intervals_of_small_samples_hold_the_mean_of_all(ratings):
    everybody = curve(ratings, stages=list(STAGES)).table.set_index("stage")
    cells = ratings.groupby(["participant", "stage"], as_index=False)["score"].mean()
    by_person = dict(list(cells.groupby("participant")))
    rng = np.random.default_rng(0)
    hits, people = [], list(by_person)
    for _ in range(150):
        some = pd.concat([by_person[p] for p in rng.choice(people, 15, replace=False)])
        table = curve(some, stages=list(STAGES)).table
        hits += (
            (table["low"] <= everybody["mean"].to_numpy()) & (everybody["mean"].to_numpy() <= table["high"])
        ).tolist()
    # 750 intervals that are not independent: three standard errors below 95 % is about 92 %.
    assert np.mean(hits) > 0.92


def test_answers_are_not_people(ratings):
    table = curve(ratings, stages=list(STAGES)).table.set_index("stage")
    here = ratings[ratings["stage"] == "program"]
    assert table.loc["program", "n"] == here["participant"].nunique()
    assert table.loc["program", "ratings"] == len(here) > 2.9 * here["participant"].nunique()
    pooled = here["score"].sem() * 1.96
    ours = (table.loc["program", "high"] - table.loc["program", "low"]) / 2
    assert ours > 1.12 * pooled


def test_the_weakest_stage_is_named_with_certainty_by_thousands_and_with_doubt_by_a_dozen(ratings):
    all_of_them = weakest_link(curve(ratings, stages=list(STAGES)))
    few = weakest_link(curve(ratings[ratings["participant"] < 12], stages=list(STAGES)))
    assert all_of_them.link == "money"
    assert all_of_them.probability > 0.99
    assert few.probability < all_of_them.probability


def test_recent_and_earlier_graduates_are_compared_at_every_stage(ratings):
    by = ratings["year"].str.startswith("2016").map({True: "recent", False: "earlier"})
    found = difference(ratings.assign(cohort=by), by="cohort", stages=list(STAGES))
    assert found.table["difference"].notna().all()
    assert (found.table["n_paired"] == 0).all()
    assert ((found.table["band_low"] <= found.table["low"]) & (found.table["high"] <= found.table["band_high"])).all()
