"""Every number that R computed for the survey room, against cjmkit."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from cjmkit.stats import newcombe, wilson
from cjmkit.survey import Survey, compare, importance_performance, kano, maxdiff, opportunity, rake, sample_size, score
from cjmkit.survey import drivers as find_drivers
from cjmkit.survey._intervals import exact_share, nps_difference
from cjmkit.survey._sus import grade, percentile
from cjmkit.survey._tests import adjust, cliffs_delta, mann_whitney
from cjmkit.survey.relative import johnson, lmg

TIGHT = 1e-8


@pytest.fixture(scope="module")
def folder(shared):
    return shared / "reference" / "survey_reference"


@pytest.fixture(scope="module")
def r(folder):
    return json.loads((folder / "reference_R.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def table(folder):
    return lambda name: pd.read_csv(folder / "data" / f"{name}.csv")


def survey_of(frame, **items):
    s = Survey.from_frame(frame.assign(respondent=[f"p{i}" for i in range(len(frame))]), person="respondent")
    for name, changes in items.items():
        s = s.set_item(name, **changes)
    return s


def test_nps_of_every_sample_has_the_score_and_the_error_of_r(r):
    seen = 0
    for expected in r["nps"].values():
        if "promoters" not in expected:
            continue
        seen += 1
        p, q, d = (expected[k] for k in ("promoters", "passives", "detractors"))
        answers = pd.DataFrame({"q": [10] * p + [8] * q + [2] * d})
        s = score(survey_of(answers, q={"type": "nps", "scale": (0, 10)}), "q")
        assert s.estimate.value == pytest.approx(expected["nps"], abs=TIGHT)
        assert s.estimate.n == expected["n"]
        assert s.table["se"].iloc[0] == pytest.approx(expected["se_wald"], abs=TIGHT)
    assert seen == 7


@pytest.mark.parametrize(
    ("key", "a", "b"),
    [
        ("diff_AB", "A", "B"),
        ("sfo_diff_2018_2017", "sfo2018", "sfo2017"),
        ("rstudio_diff", "rstudio2019", "rstudio2018"),
    ],
)
def test_nps_difference_is_tested_on_adjusted_values(r, key, a, b):
    counts = [tuple(r["nps"][s][k] for k in ("promoters", "passives", "detractors")) for s in (a, b)]
    low, high, z, p = nps_difference(*counts)
    expected = r["nps"][key]
    assert [low, high] == pytest.approx(expected["adj_ci"], abs=TIGHT)
    assert z == pytest.approx(expected["adj_z"], abs=TIGHT)
    assert p == pytest.approx(expected["adj_p"], rel=1e-6)


def test_compare_reports_the_same_difference_of_two_waves(r, table):
    waves = table("rstudio_waves")
    a, b = (survey_of(waves.loc[waves["wave"] == w, ["recommend"]].reset_index(drop=True)) for w in (2019, 2018))
    a, b = (s.set_item("recommend", type="nps", scale=(0, 10)) for s in (a, b))
    found = compare(a, b, "recommend", names=("2019", "2018"))
    assert found.estimate.value == pytest.approx(r["nps"]["rstudio_diff"]["diff"], abs=TIGHT)
    assert [found.estimate.low, found.estimate.high] == pytest.approx(r["nps"]["rstudio_diff"]["adj_ci"], abs=TIGHT)
    assert found.table["p"].iloc[0] == pytest.approx(r["nps"]["rstudio_diff"]["adj_p"], rel=1e-6)


def test_csat_is_the_top_2_share_with_the_limits_of_r(r):
    for expected in [r["csat"]["sfo2017_Q7ALL"], r["csat"]["sfo2018_Q7ALL"], *r["csat"]["items"].values()]:
        k, n = expected["k"], expected["n"]
        assert k / n == pytest.approx(expected["p"], abs=TIGHT)
        assert wilson(k, n)[1:] == pytest.approx(expected["wilson"], abs=TIGHT)
        low, high = exact_share(k, n)  # within the exact interval of Clopper and Pearson, and hardly narrower
        if "clopper" in expected:
            assert expected["clopper"][0] <= low < expected["clopper"][0] + 5e-4
            assert expected["clopper"][1] - 5e-4 < high <= expected["clopper"][1]
    assert wilson(7, 9)[1:] == pytest.approx(r["csat"]["small_7_of_9"]["wilson"], abs=TIGHT)


def test_csat_of_a_whole_distribution_gives_mean_share_and_interval(r):
    counts = r["likert"]["counts"]
    s = survey_of(pd.DataFrame({"q": np.repeat([1, 2, 3, 4, 5], counts)}), q={"type": "csat", "scale": (1, 5)})
    found = score(s, "q")
    assert found.estimate.value == pytest.approx(r["likert"]["top2"], abs=TIGHT)
    assert found.table["mean"].iloc[0] == pytest.approx(r["likert"]["mean"], abs=TIGHT)
    assert found.table["sd"].iloc[0] == pytest.approx(r["likert"]["sd"], abs=TIGHT)
    mean = score(s, "q", "mean").estimate
    assert [mean.low, mean.high] == pytest.approx(r["csat"]["sfo2017_Q7ALL"]["mean_ci"], abs=TIGHT)


def test_two_shares_are_compared_by_z_and_newcombe(r):
    expected = r["prop2"]
    (k1, k2), (n1, n2) = expected["counts"], expected["n"]
    assert newcombe((k1, n1), (k2, n2))[1:] == pytest.approx(expected["newcombe"], abs=TIGHT)
    a, b = (
        survey_of(pd.DataFrame({"q": [5] * k + [1] * (n - k)}), q={"type": "csat", "scale": (1, 5)})
        for k, n in ((k1, n1), (k2, n2))
    )
    row = compare(a, b, "q", names=("2018", "2017")).table.iloc[0]
    assert row["difference"] == pytest.approx(expected["diff"], abs=TIGHT)
    assert row["p"] == pytest.approx(expected["p"], rel=1e-8)
    assert row["effect"] == pytest.approx(expected["cohen_h"], abs=TIGHT)


def test_sus_scores_mean_interval_and_alpha(r, table, folder):
    answers = table("sus")
    s = survey_of(answers, **{c: {"type": "sus", "scale": (1, 5), "group": "SUS"} for c in answers})
    found = score(s, list(answers))
    assert found.distribution["n"].sum() == len(answers)
    assert found.estimate.value == pytest.approx(r["sus"]["mean"], abs=TIGHT)
    assert [found.estimate.low, found.estimate.high] == pytest.approx(r["sus"]["ci"], abs=TIGHT)
    assert found.table["sd"].iloc[0] == pytest.approx(r["sus"]["sd"], abs=TIGHT)
    assert found.table["grade"].iloc[0] == "C"
    turned = s.set_item(list(answers)[1::2], reverse=True)
    assert score(turned, list(answers), "alpha").estimate.value == pytest.approx(r["sus"]["alpha"], abs=TIGHT)
    norms = json.loads((folder / "sus_norms.json").read_text("utf-8"))
    for letter, low, high in norms["grades"]:
        assert grade(low) == letter
        assert grade(high) == letter
    for at, expected in norms["percentile_table"].items():
        assert percentile(float(at)) == expected
    # Anchors that were read at the source: 80.3 lies at about the 90th percentile.
    assert [round(percentile(x)) for x in (68, 75, 74, 52)] == [50, 73, 70, 15]


def test_reliability_of_attitude(r, table):
    answers = table("attitude")
    s = survey_of(answers, **{c: {"type": "number"} for c in answers})
    expected = r["reliability"]["attitude"]
    alpha = score(s, list(answers), "alpha")
    assert alpha.estimate.value == pytest.approx(expected["raw_alpha"], abs=TIGHT)
    assert [alpha.estimate.low, alpha.estimate.high] == pytest.approx(expected["feldt_ci"], abs=TIGHT)
    assert alpha.details["standardised"] == pytest.approx(expected["std_alpha"], abs=TIGHT)
    assert alpha.details["average_r"] == pytest.approx(expected["avg_r"], abs=TIGHT)
    by_item = alpha.table.set_index("item")
    for column, key in (("alpha_if_dropped", "alpha_if_dropped"), ("item_rest_r", "item_rest_r")):
        for item, value in expected[key].items():
            assert by_item.loc[item, column] == pytest.approx(value, abs=TIGHT)
    assert score(s, list(answers), "omega").estimate.value == pytest.approx(expected["omega_1factor_ml"], abs=1e-4)
    three = score(s, list(answers), "omega", factors=3)
    assert three.estimate.value == pytest.approx(expected["omega_total_3f"], abs=1e-4)
    # The general factor is a Heywood case there: R stops a little before the minimum, 1.2e-4 away from it.
    assert three.details["omega_h"] == pytest.approx(expected["omega_h_3f"], abs=2e-4)


def test_alpha_counts_only_people_who_answered_every_item(r, table):
    answers = table("dou2016_clean").drop(columns=["nps", "job"])
    s = survey_of(answers, **{c: {"type": "likert", "scale": (1, 10)} for c in answers})
    found = score(s, list(answers), "alpha")
    assert found.estimate.n == r["reliability"]["dou2016_12items"]["n"]
    assert found.estimate.value == pytest.approx(r["reliability"]["dou2016_12items"]["raw_alpha"], abs=TIGHT)
    assert found.details["standardised"] == pytest.approx(r["reliability"]["dou2016_12items"]["std_alpha"], abs=TIGHT)


@pytest.mark.parametrize(("key", "column"), [("enjoy_2019_vs_2018", "enjoy"), ("recommend_2019_vs_2018", "recommend")])
def test_ordinal_comparison_of_two_waves(r, table, key, column):
    waves, expected = table("rstudio_waves"), r["ordinal"][key]
    a, b = (waves.loc[waves["wave"] == w, column].dropna().to_numpy(dtype=float) for w in (2019, 2018))
    u, p = mann_whitney(a, b)
    assert u == expected["W"]
    assert p == pytest.approx(expected["p"], rel=1e-8)
    delta, low, high = cliffs_delta(a, b)
    assert delta == pytest.approx(expected["delta"], abs=TIGHT)
    assert low < delta < high
    sides = [survey_of(pd.DataFrame({"q": x}), q={"type": "likert", "scale": (0, 10)}) for x in (a, b)]
    row = compare(*sides, "q", kind="mean", names=("2019", "2018")).table.iloc[0]
    assert row["p"] == pytest.approx(expected["welch_p"], rel=1e-6)
    assert row["effect"] == pytest.approx(expected["hedges_g"], abs=1e-6)
    assert [row["value_a"], row["value_b"]] == pytest.approx(expected["mean"], abs=TIGHT)


def test_adjustment_of_p_values(r):
    p = r["multiplicity"]["p"]
    assert adjust(p, "holm") == pytest.approx(r["multiplicity"]["holm"], abs=TIGHT)
    assert adjust(p, "bh") == pytest.approx(r["multiplicity"]["bh"], abs=TIGHT)
    pairs = r["ordinal"]["kruskal_sfo_boarding_area"]
    assert adjust(pairs["pair_p"], "holm") == pytest.approx(pairs["pair_holm"], abs=TIGHT)
    assert adjust(pairs["pair_p"], "bh") == pytest.approx(pairs["pair_bh"], abs=TIGHT)


@pytest.mark.parametrize(
    ("key", "name", "outcome"),
    [("swiss", "swiss", "Fertility"), ("attitude", "attitude", "rating"), ("dou2016_nps_12", "dou2016_clean", "nps")],
)
def test_relative_weights_and_lmg_equal_r(r, table, key, name, outcome):
    frame, expected = table(name).drop(columns="job", errors="ignore"), r["drivers"][key]
    s = survey_of(frame, **{c: {"type": "number", "scale": ()} for c in frame})
    for method in ("johnson", "lmg"):
        found = find_drivers(s, outcome, list(expected[method]), method=method, resamples=20)
        assert found.n == expected["n"]
        assert found.r2 == pytest.approx(expected["r2"], abs=TIGHT)
        rows = found.table.set_index("item")
        for item, value in expected[method].items():
            assert rows.loc[item, "importance"] == pytest.approx(value, abs=TIGHT)
            assert rows.loc[item, "beta"] == pytest.approx(expected["std_beta"][item], abs=TIGHT)
            assert rows.loc[item, "r"] == pytest.approx(expected["r"][item], abs=TIGHT)
            assert rows.loc[item, "vif"] == pytest.approx(expected["vif"][item], abs=1e-7)
        if method == "lmg":
            for item, value in expected["lmg_pct"].items():
                assert 100 * rows.loc[item, "value"] == pytest.approx(value, abs=1e-7)


def test_lmg_by_subsets_equals_lmg_by_all_orders(r):
    expected = r["drivers"]["swiss"]["lmg_by_120_orderings"]
    assert list(r["drivers"]["swiss"]["lmg"].values()) == pytest.approx(list(expected.values()), abs=TIGHT)


def test_johnson_and_lmg_lie_close_on_real_data(r):
    for key in ("sfo2017_8", "dou2016_nps_12", "sfo2017_nps_8"):
        d = r["drivers"][key]
        total_j, total_l = sum(d["johnson"].values()), sum(d["lmg"].values())
        assert total_j == pytest.approx(total_l, abs=1e-9)
        assert max(abs(d["johnson"][i] / total_j - d["lmg"][i] / total_l) for i in d["lmg"]) < 0.015
    assert callable(johnson)
    assert callable(lmg)


def test_kano(r, table):
    found = kano(table("kano")).table.set_index("feature")
    for feature, expected in r["kano"].items():
        row = found.loc[feature]
        assert {c: row[c] for c in "MOAIRQ"} == expected["counts"]
        assert row["category"] == expected["mode"]
        assert row["better"] == pytest.approx(expected["better"], abs=TIGHT)
        assert row["worse"] == pytest.approx(expected["worse"], abs=TIGHT)
        assert row["category_strength"] == pytest.approx(expected["category_strength"], abs=TIGHT)
        assert row["total_strength"] == pytest.approx(expected["total_strength"], abs=TIGHT)
        assert row["certain"] == (not expected["fong_not_significant"])
        for side in ("functional", "dysfunctional"):
            assert row[side] == pytest.approx(expected[f"{side}_mean"], abs=TIGHT)
            assert row[f"{side}_sd"] == pytest.approx(expected[f"{side}_sd"], abs=TIGHT)


def test_opportunity_takes_top_2_shares_not_means(r, table):
    found = opportunity(table("opportunity")).table.set_index("outcome")
    for outcome, expected in r["opportunity"].items():
        row = found.loc[outcome]
        assert row["value"] == pytest.approx(expected["score"], abs=TIGHT)
        assert row["importance"] == pytest.approx(expected["importance"], abs=TIGHT)
        assert row["satisfaction"] == pytest.approx(expected["satisfaction"], abs=TIGHT)
        assert row["mean_importance"] == pytest.approx(expected["mean_importance"], abs=TIGHT)
        assert row["low"] <= row["value"] <= row["high"]


def test_best_worst_counts_and_logit(r, table):
    found = maxdiff(table("maxdiff"))
    rows, expected = found.table.set_index("item"), r["maxdiff"]
    for item in expected["shown"]:
        assert rows.loc[item, ["shown", "best", "worst"]].tolist() == [
            expected[k][item] for k in ("shown", "best", "worst")
        ]
        assert rows.loc[item, "value"] == pytest.approx(expected["bw_score"][item], abs=TIGHT)
        assert rows.loc[item, "utility"] == pytest.approx(expected["logit_centered"][item], abs=1e-4)
        assert rows.loc[item, "share"] == pytest.approx(expected["share"][item], abs=1e-4)
    assert found.loglik == pytest.approx(expected["loglik"], abs=1e-4)


def test_ranking(r, table):
    frame, expected = table("starwars_rank"), r["ranking"]
    s = survey_of(frame, **{c: {"type": "ranking", "scale": (1, 6), "group": "films"} for c in frame})
    found = score(s, "films")
    assert found.details["n"] == expected["n"]
    assert found.details["friedman"] == pytest.approx(expected["friedman"], abs=1e-6)
    assert found.details["kendall_w"] == pytest.approx(expected["kendall_W"], abs=TIGHT)
    assert found.details["p"] == pytest.approx(expected["p"], rel=1e-6)
    rows = found.table.set_index("option")
    for item, value in expected["mean_rank"].items():
        assert rows.loc[item, "value"] == pytest.approx(value, abs=TIGHT)
        assert rows.loc[item, "first_share"] == pytest.approx(expected["first_share"][item], abs=TIGHT)
        assert rows.loc[item, "borda"] == expected["borda"][item]


def test_multi_select_states_its_base(r, table):
    frame, expected = table("starwars_seen"), r["multiselect"]
    frame = pd.concat(
        [frame, pd.DataFrame(0, index=range(expected["base_all"] - len(frame)), columns=frame.columns)],
        ignore_index=True,
    )
    asked = np.arange(len(frame)) < expected["base_asked"]
    s = survey_of(frame, **{c: {"type": "multi", "group": "seen", "option": c} for c in frame})
    found = score(s, "seen", asked=asked)
    assert found.details["answering"] == expected["base_answered"]
    assert found.details["asked"] == expected["base_asked"]
    assert found.details["cochran_q"] == pytest.approx(expected["cochran_q"], abs=1e-6)
    rows = found.table.set_index("option")
    for item, value in expected["pct_answered"].items():
        assert rows.loc[item, "chosen"] == expected["n"][item]
        assert 100 * rows.loc[item, "value"] == pytest.approx(value, abs=TIGHT)
        assert 100 * rows.loc[item, "share_asked"] == pytest.approx(expected["pct_asked"][item], abs=TIGHT)
    of_asked = score(s, "seen", base="asked", asked=asked).table
    assert 100 * of_asked["value"].iloc[0] == pytest.approx(expected["pct_asked"]["ep1"], abs=TIGHT)


def test_raking_and_weighted_standard_error(r, table):
    frame, expected = table("apiclus1"), r["raking"]
    s = (
        survey_of(frame)
        .set_item(["stype", "sch.wide"], type="single")
        .set_item(["api00", "pw"], type="number", missing=[])
    )
    # The population margins are those that the weighted cells of the reference add up to.
    cells = pd.DataFrame(expected["cells"]).assign(total=lambda c: c["n"] * c["w"])
    targets = {
        "stype": cells.groupby("stype")["total"].sum().to_dict(),
        "sch.wide": cells.groupby("sch")["total"].sum().to_dict(),
    }
    found = rake(s, targets, base="pw", total=expected["sum_w"])
    assert found.weights.min() == pytest.approx(expected["min"], abs=1e-3)
    assert found.weights.max() == pytest.approx(expected["max"], abs=1e-3)
    assert found.effective == pytest.approx(expected["kish_neff"], abs=1e-3)
    assert found.deff == pytest.approx(expected["deff"], abs=1e-5)
    mean = score(s, "api00", weights=found)
    assert mean.estimate.value == pytest.approx(expected["api00_mean"], abs=1e-3)
    fixed = score(s, "api00", weights=found.weights)
    assert fixed.table["se"].iloc[0] == pytest.approx(expected["api00_se_fixed_weights"], abs=1e-4)
    assert mean.table["se"].iloc[0] == pytest.approx(expected["api00_se_raked"], abs=1e-4)
    values = s.values("api00")
    assert found.standard_error(values) == pytest.approx(expected["api00_se_raked"], abs=1e-4)
    assert score(s, "api00").estimate.value == pytest.approx(expected["api00_unweighted"], abs=TIGHT)


def test_sample_sizes(r):
    expected = r["sample_size"]
    assert sample_size("share", margin=0.05).exact == pytest.approx(expected["prop_5pct"], abs=0.02)
    assert sample_size("share", margin=0.03).exact == pytest.approx(expected["prop_3pct"], abs=0.02)
    assert sample_size("share", margin=0.05, population=2000).exact == pytest.approx(
        expected["prop_5pct_N2000"], abs=0.02
    )
    assert sample_size("nps", margin=5, promoters=0.4, detractors=0.2).exact == pytest.approx(
        expected["nps_margin5_pp40_pd20"], abs=0.02
    )
    assert sample_size("nps", margin=5).exact == pytest.approx(expected["nps_margin5_worst"], abs=0.02)
    assert sample_size("difference of shares", share=(0.7, 0.75)).exact == pytest.approx(
        expected["two_prop_70_75_power80_per_group"], abs=0.02
    )
    assert sample_size("difference", difference=0.2).exact == pytest.approx(
        expected["two_means_d02_power80_per_group"], abs=0.02
    )
    assert sample_size("mean", margin=0.1).exact == pytest.approx(expected["mean_ci_sd1_e01"], abs=0.02)
    nps = sample_size("difference of nps", difference=10, promoters=0.4, detractors=0.2)
    assert nps.exact == pytest.approx(expected["nps_diff_10pts_power80_per_group"], abs=0.02)
    assert nps.n == 880


def test_importance_performance_quadrants(r, table):
    # Rebuilt from a survey whose LMG and means are known: the four quadrants of the reference follow from its own
    # figures.
    expected = r["ipa"]
    cx, cy = np.mean(list(expected["importance"].values())), np.mean(list(expected["performance"].values()))
    assert [cx, cy] == pytest.approx(expected["cut"], abs=TIGHT)
    from cjmkit.survey.quadrants import _quadrant

    for item, quadrant in expected["quadrant"].items():
        assert _quadrant(expected["importance"][item] >= cx, expected["performance"][item] >= cy) == quadrant
    frame = table("attitude")
    s = survey_of(frame, **{c: {"type": "number"} for c in frame})
    found = importance_performance(s, "rating", [c for c in frame if c != "rating"], resamples=20)
    lmgs = r["drivers"]["attitude"]["lmg"]
    assert dict(zip(found.table["item"], found.table["importance"])) == pytest.approx(lmgs, abs=TIGHT)
    assert found.cut[0] == pytest.approx(np.mean(list(lmgs.values())), abs=TIGHT)
