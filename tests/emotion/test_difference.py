"""Differences of personas, waves and sources."""

import numpy as np
import pandas as pd
import pytest

from cjmkit.emotion import difference
from cjmkit.errors import CjmError

STAGES = ["search", "evaluation", "deal"]


def waves(people=30, change=(0.0, 0.0, 0.8), seed=0, same=True):
    rng = np.random.default_rng(seed)
    rows = []
    own = rng.normal(0, 0.9, people)
    for w, wave in enumerate(("2025", "2026")):
        for i in range(people):
            for s, stage in enumerate(STAGES):
                value = 0.1 + own[i] + w * change[s] + rng.normal(0, 0.4)
                name = f"p{i}" if same else f"{wave}-{i}"
                rows.append((name, stage, float(np.clip(value, -2, 2)), wave))
    return pd.DataFrame(rows, columns=["participant", "stage", "score", "wave"])


def test_people_in_both_waves_are_compared_with_themselves():
    table = waves()
    paired = difference(table, by="wave", stages=STAGES).table.set_index("stage")
    strangers = difference(table, by="wave", stages=STAGES, paired=False).table.set_index("stage")
    assert paired["n_paired"].tolist() == [30, 30, 30]
    assert strangers["n_paired"].tolist() == [0, 0, 0]
    width = paired["high"] - paired["low"]
    assert (width < 0.75 * (strangers["high"] - strangers["low"])).all()
    assert paired.loc["deal", "sure"]
    assert paired.loc["deal", "low"] > 0
    assert not paired.loc["search", "sure"]


def test_a_paired_difference_of_complete_data_is_the_paired_t_interval():
    from scipy import stats

    table = waves(people=12)
    row = difference(table, by="wave", stages=STAGES).table.set_index("stage").loc["deal"]
    wide = table[table["stage"] == "deal"].pivot(index="participant", columns="wave", values="score")
    d = (wide["2026"] - wide["2025"]).to_numpy()
    low, high = stats.t.interval(0.95, len(d) - 1, loc=d.mean(), scale=stats.sem(d))
    assert row["difference"] == pytest.approx(d.mean())
    assert (row["low"], row["high"]) == pytest.approx((low, high), rel=1e-6)


def test_strangers_get_welchs_interval():
    from scipy import stats

    table = waves(people=15, same=False)
    row = difference(table, by="wave", stages=STAGES).table.set_index("stage").loc["deal"]
    a, b = (table[(table["stage"] == "deal") & (table["wave"] == w)]["score"] for w in ("2025", "2026"))
    oracle = stats.ttest_ind(b, a, equal_var=False).confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((oracle.low, oracle.high), rel=1e-3)


def test_without_a_difference_false_alarms_stay_at_their_level():
    alarms = 0
    runs = 120
    for seed in range(runs):
        table = waves(people=12, change=(0, 0, 0), seed=seed, same=False)
        alarms += bool(difference(table, by="wave", stages=STAGES, permutations=199, seed=seed).table["sure"].any())
    # Binomial(120, .05): 13 or more has a chance of one in a hundred.
    assert alarms <= 12


def test_the_p_value_is_that_of_all_permutations():
    # Three people each: 20 ways to name the groups, so that the exact p-value can be counted by hand.
    table = pd.DataFrame(
        {
            "participant": list("abcdef"),
            "stage": "deal",
            "score": [-2.0, -1.5, -1.8, 1.0, 1.4, 0.7],
            "group": ["x"] * 3 + ["y"] * 3,
        }
    )
    p = difference(table, by="group", permutations=9999).table["p"].iloc[0]
    assert p == pytest.approx(2 / 20, abs=0.015)


def test_p_values_are_withheld_where_ratings_formed_the_groups():
    found = difference(waves(), by="wave", stages=STAGES, formed_from=True)
    assert found.table["p"].isna().all()
    assert not found.table["sure"].any()
    assert "Descriptive" in found.summary("en")
    assert "Только описание" in found.summary("ru")


def test_groups_split_by_a_rating_would_otherwise_differ_for_sure():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"participant": np.arange(40), "stage": "deal", "score": rng.uniform(-2, 2, 40)})
    by = pd.Series(np.where(table["score"] > 0, "up", "down"), index=table["participant"])
    assert difference(table, by=by).table["sure"].all()
    assert not difference(table, by=by, formed_from=True).table["sure"].any()


def test_stages_of_one_wave_only_are_gaps():
    table = waves()
    table = table[~((table["stage"] == "deal") & (table["wave"] == "2025"))]
    row = difference(table, by="wave", stages=STAGES).table.set_index("stage").loc["deal"]
    assert np.isnan(row["difference"])
    assert row["reason"] == "one side only"


def test_three_groups_are_compared_pair_by_pair_with_correction():
    table = pd.concat(
        [waves(same=False), waves(seed=9).assign(wave="2027", participant=lambda t: "x" + t["participant"])]
    )
    found = difference(table, by="wave", stages=STAGES, permutations=99)
    assert set(zip(found.table["a"], found.table["b"], strict=True)) == {
        ("2025", "2026"), ("2025", "2027"), ("2026", "2027"),
    }  # fmt: skip
    assert any("multiplied by 3" in w for w in found.warnings)


def test_the_gaussian_limit_agrees_with_permutations():
    from cjmkit.emotion import _contrast as room

    table = waves(people=400, change=(0, 0, 0.06), seed=3)
    exact = difference(table, by="wave", stages=STAGES, permutations=1999).table["p"]
    kept = room._MOST_PERMUTED
    try:
        room._MOST_PERMUTED = 10
        limit = difference(table, by="wave", stages=STAGES, permutations=1999).table["p"]
    finally:
        room._MOST_PERMUTED = kept
    assert limit.to_numpy() == pytest.approx(exact.to_numpy(), abs=0.05)


def test_one_group_or_nobody_in_both_is_an_error():
    with pytest.raises(CjmError, match="two groups"):
        difference(waves().query("wave == '2025'"), by="wave")
    with pytest.raises(CjmError, match="paired=True"):
        difference(waves(same=False), by="wave", paired=True)
    with pytest.raises(CjmError, match="unknown column"):
        difference(waves(), by="waves")
