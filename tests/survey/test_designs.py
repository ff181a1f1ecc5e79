"""Intervals that cover, and samples with strata, clusters and finite populations, against R's survey package."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cjmkit.errors import CjmError
from cjmkit.survey import Survey, banner, design, rake, score
from cjmkit.survey._intervals import exact_share, nps_interval

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "golden"))
from drawn import drawn  # noqa: E402

ROOT = HERE.parents[1]


@pytest.fixture(scope="module")
def r():
    return json.loads((HERE / "golden" / "drawn.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def shops():
    s = Survey.from_frame(drawn(), person="id", name="shops")
    s = s.set_item("rating", type="likert", scale=(1, 5)).set_item("recommend", type="nps", scale=(0, 10))
    return s.set_item(["region", "shop", "plan"], type="single").set_item(["weight", "shops"], type="number")


SAMPLES = {
    "full": {"strata": "region", "clusters": "shop", "fpc": "shops"},
    "clusters": {"clusters": "shop"},
    "strata": {"strata": "region"},
}


def sample_of(shops, name):
    if name != "raked":
        return design(shops, weights="weight", **SAMPLES[name])
    targets = {"plan": {"basic": 400, "plus": 400, "team": 200}, "region": {"e": 400, "n": 200, "s": 250, "w": 150}}
    return rake(shops, targets, base=design(shops, weights="weight", clusters="shop"), total=1000)


@pytest.mark.parametrize("name", [*SAMPLES, "raked"])
def test_means_errors_and_limits_are_those_of_svymean_and_svyby(shops, r, name):
    sample, expected = sample_of(shops, name), r[name]
    mean, nps = score(shops, "rating", weights=sample), score(shops, "recommend", weights=sample)
    share = score(shops, "plan", weights=sample).table.set_index("answer").loc["plus"]
    assert [mean.estimate.value, nps.estimate.value, share["value"]] == pytest.approx(expected["mean"], rel=1e-7)
    errors = [mean.table["se"][0], nps.table["se"][0], share["se"]]
    assert errors == pytest.approx(expected["se"], rel=1e-6, abs=1e-8)
    assert [mean.estimate.low, mean.estimate.high] == pytest.approx(expected["ci"], rel=1e-6)
    by = score(shops, "rating", by="plan", weights=sample).table.set_index("group")
    assert by["value"].loc[expected["plan"]].tolist() == pytest.approx(expected["plan_mean"], rel=1e-7)
    assert by["se"].loc[expected["plan"]].tolist() == pytest.approx(expected["plan_se"], rel=1e-6)
    table = banner(shops, ["rating", "recommend"], "plan", weights=sample).table
    cells = table[table["statistic"].eq("mean") & table["column"].isin(expected["plan"])].set_index("column")
    assert cells["se"].loc[expected["plan"]].tolist() == pytest.approx(expected["plan_se"], rel=1e-6)
    total = table[table["statistic"].eq("nps") & table["by"].eq("")].iloc[0]
    assert [total["low"], total["high"]] == pytest.approx([nps.estimate.low, nps.estimate.high])


def test_shares_of_a_drawn_sample_are_near_korn_and_graubard_and_never_narrower_than_their_people_allow(shops, r):
    got = score(shops, "plan", weights=sample_of(shops, "full")).table.set_index("answer").loc["plus"]
    low, high = r["beta"]  # R lets a lucky sample count for more people than it has
    assert low - 0.02 < got["low"] < low and high < got["high"] < high + 0.02
    assert got["n_effective"] <= got["n"]


def test_a_sample_says_its_units_strata_and_degrees_of_freedom(shops, r):
    sample = sample_of(shops, "full")
    assert sample.df == r["full"]["df"] == 20
    assert sample.table["drawn"].tolist() == [8, 5, 7, 4]  # e, n, s, w
    assert sample.table["population"].tolist() == [90, 40, 60, 30]
    assert "24 clusters, 4 strata; 20 degrees" in sample.summary("en") and "24 кластера" in sample.summary("ru")


def test_alike_people_in_clusters_widen_the_interval(shops):
    plain, drawn_ = (
        score(shops, "rating", weights="weight"),
        score(shops, "rating", weights=sample_of(shops, "clusters")),
    )
    assert plain.estimate.value == pytest.approx(drawn_.estimate.value)
    assert drawn_.estimate.high - drawn_.estimate.low > 1.3 * (plain.estimate.high - plain.estimate.low)


def test_a_share_of_everybody_counts_each_cluster_once(shops):
    same = Survey.from_frame(drawn().assign(yes="yes"), person="id").set_item(["yes", "shop"], type="single")
    e = score(same, "yes", weights=design(same, clusters="shop")).table.iloc[0]
    assert e["value"] == 1 and e["n_effective"] == 24 and e["low"] < 0.9


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"clusters": "region", "strata": "region"}, "one unit alone"),
        ({"clusters": "shop", "fpc": 3}, "not fewer than were drawn"),
        ({"clusters": "shop", "strata": "region", "fpc": "weight"}, "differs within a stratum"),
        ({"clusters": "shop", "strata": "region", "fpc": {"e": 90}}, "does not fit in: n, s, w"),
        ({"clusters": "shopp"}, "shop"),
    ],
)
def test_a_sample_that_cannot_be_is_refused_in_words(shops, how, said):
    with pytest.raises(CjmError, match=said):
        design(shops, **how)


def test_a_design_of_other_people_is_refused(shops):
    sample = sample_of(shops, "clusters")
    with pytest.raises(CjmError, match="use by= for groups"):
        score(shops.keep(shops.raw("plan") == "plus"), "rating", weights=sample)


def test_blakers_interval_is_the_one_of_his_own_functions(r):
    for row in r["blaker"]:
        for level, key in ((0.95, "limits"), (0.8, "wide")):
            assert list(exact_share(row["k"], row["n"], level)) == pytest.approx(row[key], abs=2e-5), row
    k, n = (np.array([row[c] for row in r["blaker"]]) for c in ("k", "n"))
    low, high = exact_share(k, n)
    assert low[3] == exact_share(7, 9)[0] and high[3] == exact_share(7, 9)[1]


def test_the_score_interval_of_nps_is_the_likelihood_of_r_and_the_published_one(r):
    for row in r["tango"]:
        b, c, n = row["b"], row["c"], row["n"]
        assert nps_interval(b, n - b - c, c) == pytest.approx([100 * v for v in row["limits"]], abs=1e-5), row
    # Fagerland, Lydersen and Laake (2014): 1 against 7 of 21, −0.517 to −0.026
    assert [round(v / 100, 3) for v in nps_interval(1, 13, 7)] == [-0.517, -0.026]


def test_intervals_without_weights_cover_as_they_say_over_all_samples():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from survey_coverage import SHAPES, exactly

    for chances in SHAPES.values():
        for n in (10, 30):
            assert 0.94 <= exactly(chances, n) <= 0.97, (chances, n)
    for p in np.arange(0.02, 0.99, 0.03):
        for n in (10, 30, 100):
            assert exactly((float(p),), n) >= 0.95 - 1e-9, (p, n)


def test_weighted_raked_and_clustered_intervals_cover_in_a_small_simulation():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from survey_coverage import clustered, drawn, raked, weighted

    for kind, chances, truth in (("nps", (0.92, 0.02), 90.0), ("share", (0.05,), 0.05)):
        for sample in (weighted(chances, 30, 0.8), raked(chances, 100), clustered(chances, 20, 0.2)):
            assert drawn(kind, sample, truth, 500, 3) > 0.915  # .94 less 2.4 standard errors of 500 draws


def test_respondents_without_a_weight_are_refused_by_name():
    t = pd.DataFrame({"id": list("abcd"), "w": [1, None, 2, 1], "shop": list("xxyy")})
    s = Survey.from_frame(t, person="id").set_item("w", type="number").set_item("shop", type="single")
    with pytest.raises(CjmError, match="1 people have no weight .first: b"):
        design(s, weights="w", clusters="shop")
