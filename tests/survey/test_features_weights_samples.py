"""Kano, opportunity, best-worst, raking, sample sizes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjmkit.errors import CjmError
from cjmkit.survey import Survey, kano, maxdiff, opportunity, rake, sample_size, score


def test_kano_reads_words_in_both_languages_and_from_a_survey():
    words = pd.DataFrame(
        {
            "id": range(8),
            "with": ["Мне это нравится", "Ожидаю этого"] * 4,
            "without": ["I dislike it"] * 4 + ["не нравится"] * 4,
        }
    )
    s = Survey.from_frame(words).set_item(["with", "without"], type="single")
    row = kano(s, {"lift": ("with", "without")}).table.iloc[0]
    assert (row["O"], row["M"], row["n"]) == (4, 4, 8)
    assert not row["certain"]
    with pytest.raises(CjmError, match="no Kano answer"):
        kano(pd.DataFrame({"id": [1], "feature": "x", "functional": ["maybe"], "dysfunctional": [5]}))


def test_kano_refuses_the_same_person_twice_about_one_feature():
    t = pd.DataFrame({"id": [1, 1], "feature": "x", "functional": [1, 1], "dysfunctional": [5, 5]})
    with pytest.raises(CjmError, match="more than once"):
        kano(t)


def test_kano_counts_add_up_and_better_and_worse_lie_in_their_intervals():
    rng = np.random.default_rng(0)
    t = pd.DataFrame(
        {"id": range(50), "feature": "x", "functional": rng.integers(1, 6, 50), "dysfunctional": rng.integers(1, 6, 50)}
    )
    row = kano(t).table.iloc[0]
    assert sum(row[c] for c in "MOAIRQ") == row["n"] == 50
    assert row["better_low"] <= row["better"] <= row["better_high"]
    assert row["worse_low"] <= row["worse"] <= row["worse_high"] <= 0
    assert "x" in kano(t).summary("ru")


def test_opportunity_from_a_survey_uses_the_upper_two_of_each_scale():
    t = pd.DataFrame({"id": range(10), "imp": [7] * 8 + [3] * 2, "sat": [5] * 2 + [3] * 8})
    s = Survey.from_frame(t).set_item("imp", type="likert", scale=(1, 7)).set_item("sat", type="csat", scale=(1, 5))
    row = opportunity(s, {"fast": ("imp", "sat")}).table.iloc[0]
    assert (row["importance"], row["satisfaction"], row["value"]) == pytest.approx((8, 2, 14))
    assert row["low"] <= row["value"] <= row["high"]


def test_best_worst_recovers_planted_utilities_with_unequal_showing():
    rng = np.random.default_rng(2)
    true = dict(zip("abcde", [1.2, 0.5, 0.0, -0.5, -1.2]))
    rows = []
    for person in range(150):
        for task in range(5):
            # "a" is shown twice as often as chance would have it: counts alone would mislead.
            shown = (
                ["a", *rng.choice(list("bcde"), 2, replace=False)]
                if task < 3
                else list(rng.choice(list("abcde"), 3, replace=False))
            )
            u = np.array([true[x] for x in shown])
            b = rng.choice(3, p=np.exp(u) / np.exp(u).sum())
            rest = [i for i in range(3) if i != b]
            q = np.exp(-u[rest]) / np.exp(-u[rest]).sum()
            rows.append([person, task, *shown, shown[b], shown[rest[rng.choice(2, p=q)]]])
    t = pd.DataFrame(rows, columns=["id", "task", "item1", "item2", "item3", "best", "worst"])
    found = maxdiff(t, resamples=100)
    table = found.table.set_index("item")
    for item, value in true.items():
        assert table.loc[item, "utility"] == pytest.approx(value, abs=0.2)
        assert table.loc[item, "utility_low"] < value < table.loc[item, "utility_high"]
    assert table["share"].sum() == pytest.approx(1)
    assert "“a”" in found.summary("en")


def test_a_best_that_was_not_shown_is_named_with_its_row():
    t = pd.DataFrame({"id": [1, 2], "item1": "a", "item2": "b", "item3": "c", "best": ["a", "z"], "worst": ["b", "a"]})
    with pytest.raises(CjmError, match=r"not shown; rows 1"):
        maxdiff(t)
    with pytest.raises(CjmError, match="same item"):
        maxdiff(t.assign(best="a", worst="a"))


def sample(n=200, seed=0):
    rng = np.random.default_rng(seed)
    t = pd.DataFrame(
        {
            "id": range(n),
            "sex": rng.choice(["f", "m"], n, p=[0.7, 0.3]),
            "age": rng.choice(["18", "30", "60"], n),
            "q": rng.integers(1, 6, n),
        }
    )
    return Survey.from_frame(t).set_item(["sex", "age"], type="single").set_item("q", type="likert", scale=(1, 5))


def test_raking_reaches_its_margins_and_tells_what_the_sample_is_worth():
    s = sample()
    found = rake(s, {"sex": {"f": 52, "m": 48}, "age": {"18": 0.2, "30": 0.5, "60": 0.3}})
    assert np.allclose(found.table["weighted"], found.table["target"], atol=1e-8)
    assert found.weights.sum() == pytest.approx(200)
    assert found.effective == pytest.approx(found.weights.sum() ** 2 / (found.weights**2).sum())
    assert found.effective < 200
    assert "200" in found.summary("en")
    assert found.standard_error(s.values("q")) > 0


def test_raking_to_what_the_sample_is_already_changes_nothing():
    s = sample()
    share = s.data["sex"].value_counts(normalize=True).to_dict()
    found = rake(s, {"sex": share})
    assert np.allclose(found.weights, 1)
    plain, weighted = score(s, "q"), score(s, "q", weights=found)
    assert plain.estimate.value == pytest.approx(weighted.estimate.value)
    assert plain.estimate.low == pytest.approx(weighted.estimate.low)


def test_raking_names_categories_that_do_not_fit():
    s = sample()
    with pytest.raises(CjmError, match="did you mean 'f'|unknown category"):
        rake(s, {"sex": {"F": 0.5, "m": 0.5}})
    with pytest.raises(CjmError, match="nobody in the sample is 'x'"):
        rake(s, {"sex": {"f": 0.4, "m": 0.4, "x": 0.2}})
    with pytest.raises(CjmError, match="weight of zero"):
        rake(s, {"sex": {"f": 1.0, "m": 0.0}})


def test_trimmed_weights_stay_below_the_limit_and_say_what_they_miss():
    s = sample()
    found = rake(s, {"sex": {"f": 0.1, "m": 0.9}}, limit=1.8)
    assert found.weights.max() <= 1.8 * found.weights.mean() * 1.001
    assert any("missed" in w for w in found.warnings)


def test_the_sample_that_was_computed_reaches_the_margin():
    n = sample_size("nps", margin=5, promoters=0.4, detractors=0.2).n
    p, d = round(n * 0.4), round(n * 0.2)
    t = pd.DataFrame({"id": range(n), "q": [10] * p + [2] * d + [8] * (n - p - d)})
    e = score(Survey.from_frame(t).set_item("q", type="nps", scale=(0, 10)), "q").estimate
    assert (e.high - e.low) / 2 == pytest.approx(5, abs=0.05)


def test_the_power_that_was_promised_is_kept_in_a_simulation():
    n = sample_size("difference of shares", share=(0.5, 0.65)).n
    rng = np.random.default_rng(0)
    a, b = rng.binomial(n, 0.5, 4000) / n, rng.binomial(n, 0.65, 4000) / n
    pooled = (a + b) / 2
    z = np.abs(a - b) / np.sqrt(pooled * (1 - pooled) * 2 / n)
    assert (z > 1.959964).mean() == pytest.approx(0.8, abs=0.025)


@pytest.mark.parametrize(
    ("kind", "options", "message"),
    [
        ("shares", {}, "did you mean 'share'"),
        ("share", {}, "margin="),
        ("share", {"margin": 5}, "between 0 and 1"),
        ("difference of nps", {}, "difference="),
        ("nps", {"margin": 5, "promoters": 0.8, "detractors": 0.5}, "add up"),
        ("share", {"margin": 0.05, "response_rate": 20}, "response_rate"),
    ],
)
def test_sample_size_says_what_it_needs(kind, options, message):
    with pytest.raises(CjmError, match=message):
        sample_size(kind, **options)


def test_a_small_population_needs_fewer_and_never_more_than_it_has():
    assert sample_size("share", margin=0.05, population=100).n < 100
    assert sample_size("share", margin=0.05, population=10).n <= 10
    invited = sample_size("share", margin=0.05, response_rate=0.1)
    assert invited.invitations == 3850
    assert "3,850" in invited.summary("en")
    assert "пригласить" in invited.summary("ru")
