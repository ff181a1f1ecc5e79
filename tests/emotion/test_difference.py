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


def test_pairs_get_no_narrower_limits_than_students_t_of_their_steps_and_not_much_wider_ones():
    from scipy import stats

    table = waves(people=12)
    row = difference(table, by="wave", stages=STAGES).table.set_index("stage").loc["deal"]
    wide = table[table["stage"] == "deal"].pivot(index="participant", columns="wave", values="score")
    d = (wide["2026"] - wide["2025"]).to_numpy()
    low, high = stats.t.interval(0.95, len(d) - 1, loc=d.mean(), scale=stats.sem(d))
    assert row["difference"] == pytest.approx(d.mean())
    assert row["low"] <= low + 1e-9
    assert row["high"] >= high - 1e-9
    assert row["high"] - row["low"] < 1.25 * (high - low)


def test_many_strangers_get_welchs_interval():
    from scipy import stats

    table = waves(people=300, same=False)
    row = difference(table, by="wave", stages=STAGES).table.set_index("stage").loc["deal"]
    a, b = (table[(table["stage"] == "deal") & (table["wave"] == w)]["score"] for w in ("2025", "2026"))
    oracle = stats.ttest_ind(b, a, equal_var=False)
    limits = oracle.confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((limits.low, limits.high), abs=0.01)


def test_band_and_p_say_the_same():
    for seed in range(12):
        table = difference(waves(people=14, change=(0, 0.3, 0.6), seed=seed, same=seed % 2 == 0), by="wave").table
        outside = (table["band_low"] > 0) | (table["band_high"] < 0)
        assert (outside == (table["p"] <= 0.05)).all()
        assert (outside == table["sure"]).all()


def two(a, b):
    rows = [(f"a{i}", "deal", v, "a") for i, v in enumerate(a)] + [(f"b{i}", "deal", v, "b") for i, v in enumerate(b)]
    return pd.DataFrame(rows, columns=["participant", "stage", "score", "g"])


def test_two_groups_that_differ_completely_differ_for_sure():
    row = difference(two([-1.0] * 8, [1.0] * 8), by="g").table.iloc[0]
    # 2 of the C(16, 8) ways to exchange people are as extreme as this one.
    assert row["p"] == pytest.approx(2 / 12870)
    assert row["sure"]
    assert 0 < row["low"] < 2 < row["high"] < 4


def test_three_against_three_that_differ_completely_are_too_few_to_be_sure():
    row = difference(two([-1.0] * 3, [1.0] * 3), by="g").table.iloc[0]
    assert row["p"] == pytest.approx(2 / 20)
    assert not row["sure"]


def test_a_constant_step_of_all_pairs_has_an_interval():
    before = pd.DataFrame({"participant": list("abcdefgh"), "stage": "deal", "score": [0, 1, -1, 0, 1, 0, -1, 0]})
    both = pd.concat([before.assign(w="1"), before.assign(score=before["score"] + 1, w="2")])
    row = difference(both, by="w").table.iloc[0]
    assert row["low"] < 1 < row["high"]
    assert row["high"] - row["low"] > 1
    assert row["p"] == pytest.approx(2**-7)
    same = difference(pd.concat([before.assign(w="1"), before.assign(w="2")]), by="w").table.iloc[0]
    assert same["p"] == 1
    assert same["low"] < 0 < same["high"]


def test_a_stage_where_nobody_differs_does_not_spoil_the_others():
    rng = np.random.default_rng(4)
    noisy = pd.DataFrame({"participant": [f"{g}{i}" for g in "ab" for i in range(8)], "stage": "chat",
                          "score": rng.integers(-2, 3, 16), "g": ["a"] * 8 + ["b"] * 8})  # fmt: skip
    table = difference(pd.concat([two([-1.0] * 8, [1.0] * 8), noisy]), by="g").table.set_index("stage")
    assert table.loc["deal", "p"] == pytest.approx(2 * 2 / 12870)
    assert not table.loc["chat", "sure"]


def test_few_like_minded_people_against_many_who_left_stages_out_are_found():
    # Six managers rate every stage alike; half of 420 customers did not rate the late stages.
    rng = np.random.default_rng(8)
    rows = []
    for i in range(420):
        own = rng.normal(0, 0.6)
        for k in range(5):
            if k < 3 or i % 2:
                rows.append((f"c{i}", f"s{k}", np.clip(np.round(-0.4 + own + rng.normal(0, 0.9)), -2, 2), "customers"))
    for i in range(6):
        rows += [(f"m{i}", f"s{k}", float([1, 1, 1, 1, 1, 2][i]), "managers") for k in range(5)]
    table = difference(pd.DataFrame(rows, columns=["participant", "stage", "score", "who"]), by="who").table
    assert table["sure"].all()


def test_groups_that_scatter_differently_alarm_no_more_than_promised():
    alarms, runs = 0, 100
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        wide = np.clip(np.round(rng.normal(0, 1.8, (6, 1)) * 0.7 + rng.normal(0, 1.3, (6, 4))), -2, 2)
        narrow = np.clip(np.round(rng.normal(0, 0.4, (40, 1)) + rng.normal(0, 0.4, (40, 4))), -2, 2)
        parts = []
        for name, y in (("a", wide), ("b", narrow)):
            part = pd.DataFrame(y, columns=list("wxyz"), index=[f"{name}{i}" for i in range(len(y))]).stack()
            part = part.rename_axis(["participant", "stage"]).rename("score").reset_index()
            parts.append(part.assign(g=name))
        alarms += bool(difference(pd.concat(parts), by="g").table["sure"].any())
    assert alarms <= 11  # binomial(100, .05): more than 11 has a chance of .4 in a hundred


def test_sources_are_one_picture():
    parts = [waves(seed=k, same=False).assign(source=f"source{k}") for k in range(3)]
    found = difference(pd.concat(parts), by="wave", stages=STAGES)
    alone = difference(parts[0], by="wave", stages=STAGES)
    of_all = found.table[found.table["source"] == "source0"]["p"].to_numpy()
    assert of_all == pytest.approx(np.minimum(alone.table["p"].to_numpy() * 3, 1))
    assert any("9 comparisons" in w for w in found.warnings)


def test_not_shown_is_never_said_to_be_not_there():
    found = difference(waves(people=10, change=(0, 0, 0), same=False), by="wave", stages=STAGES)
    assert "no difference shown (n = 10 and 10); differences up to" in found.summary("en")
    assert "возможны различия до" in found.summary("ru")
    reach = found.table[["band_low", "band_high"]].abs().to_numpy().max()
    assert f"up to {reach:.1f} remain possible" in found.summary("en")


def test_without_a_difference_false_alarms_stay_at_their_level():
    alarms = 0
    runs = 120
    for seed in range(runs):
        table = waves(people=12, change=(0, 0, 0), seed=seed, same=False)
        alarms += bool(difference(table, by="wave", stages=STAGES).table["sure"].any())
    # Binomial(120, .05): 13 or more has a chance of one in a hundred.
    assert alarms <= 12


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
    found = difference(table, by="wave", stages=STAGES)
    assert set(zip(found.table["a"], found.table["b"], strict=True)) == {
        ("2025", "2026"), ("2025", "2027"), ("2026", "2027"),
    }  # fmt: skip
    assert any("9 comparisons" in w for w in found.warnings)


def test_one_group_or_nobody_in_both_is_an_error():
    with pytest.raises(CjmError, match="two groups"):
        difference(waves().query("wave == '2025'"), by="wave")
    with pytest.raises(CjmError, match="paired=True"):
        difference(waves(same=False), by="wave", paired=True)
    with pytest.raises(CjmError, match="unknown column"):
        difference(waves(), by="waves")
