"""Trends: figures are those of score and compare, a changed question breaks the line, bad input is named."""

import numpy as np
import pandas as pd
import pytest

from cjmkit.errors import CjmError
from cjmkit.survey import Survey, compare, score, trend


def wave(seed, shift=0.0, n=200, text="How likely are you to recommend us?", name="recommend", scale=(0, 10)):
    rng = np.random.default_rng(seed)
    low, high = scale
    answers = np.clip(np.round(low + (high - low) * 0.7 + shift + rng.normal(0, 2, n)), low, high).astype(int)
    t = pd.DataFrame({"id": [f"{seed}-{i}" for i in range(n)], name: answers, "w": rng.uniform(0.5, 2, n)})
    kind = "nps" if scale == (0, 10) else "likert"
    return Survey.from_frame(t, name=str(seed)).set_item(name, type=kind, scale=scale, text=text)


def test_figures_are_those_of_score_and_changes_those_of_compare():
    waves = {"2023": wave(1), "2024": wave(2, 0.5), "2025": wave(3, 1.5)}
    found = trend(waves, "recommend", weights="w")
    for name, s in waves.items():
        one, e = score(s, "recommend", weights="w").table.iloc[0], found.estimate("recommend", name)
        assert (e.value, e.low, e.high, e.n) == (one["value"], one["low"], one["high"], one["n"])
    row = found.table.iloc[2]
    for old, columns in (("2024", ("change", "change_low", "p")), ("2023", ("first_change", "first_low", "first_p"))):
        pair = compare(waves["2025"], waves[old], "recommend", weights="w").table.iloc[0]
        assert row[list(columns)].tolist() == pytest.approx(pair[["difference", "low", "p"]].tolist())
    assert found.table["p_adjusted"].dropna().ge(found.table["p"].dropna()).all()
    assert "up" in found.summary("en") and "рост" in found.summary("ru")


def test_a_changed_wording_and_a_changed_scale_break_the_line_and_are_not_tested():
    waves = {
        "1": wave(1),
        "2": wave(2, text="Would you recommend us to a friend?"),
        "3": wave(3, text="Would you recommend us to a friend?"),
        "4": wave(4, text="Would you recommend us to a friend?", scale=(1, 7)),
    }
    found = trend(waves, "recommend", kind="mean")
    t = found.table.set_index("wave")
    assert "wording differs" in t.loc["2", "broken"] and "points" in t.loc["4", "broken"]
    assert t.loc["3", "broken"] == ""
    assert t["p"].notna().tolist() == [False, False, True, False]
    # After a break the first wave to compare with is the first after it.
    assert t.loc["3", "first_change"] == pytest.approx(t.loc["3", "value"] - t.loc["2", "value"])
    assert "the question changed before it" in found.summary("en")


def test_an_item_of_another_name_is_found_by_its_wording_or_by_renamed_and_a_near_one_is_proposed():
    same = trend({"1": wave(1, name="q5"), "2": wave(2)}, "recommend")
    assert same.table["column"].tolist() == ["q5", "recommend"]
    near = trend({"1": wave(1, name="q5", text="How likely are you to recommend us now?"), "2": wave(2)}, "recommend")
    assert near.table["n"].tolist() == [0, 200]
    assert "renamed={'1': {'recommend': 'q5'}} joins them" in near.warnings[0]
    waves = {"1": wave(1, name="q5", text="Score"), "2": wave(2)}
    told = trend(waves, "recommend", renamed={"1": {"recommend": "q5"}})
    assert told.table["n"].tolist() == [200, 200]
    assert told.table["broken"].iloc[1] != ""


def test_a_wave_without_the_item_is_a_gap_and_the_next_is_compared_across_it():
    gap = wave(9, name="other", text="Something else")
    t = trend({"1": wave(1), "2": gap, "3": wave(3, 2)}, "recommend").table
    assert (t["n"].tolist(), np.isnan(t["value"].iloc[1])) == ([200, 0, 200], True)
    assert t["change"].iloc[2] == pytest.approx(t["value"].iloc[2] - t["value"].iloc[0])


def test_the_share_of_one_answer_is_followed():
    def plans(k):
        return Survey.from_frame(pd.DataFrame({"id": range(100), "plan": ["plus"] * k + ["basic"] * (100 - k)}))

    found = trend({"a": plans(20), "b": plans(50)}, "plan", answer="plus")
    assert found.table["value"].tolist() == pytest.approx([0.2, 0.5])
    assert "30.0 points" in found.summary("en")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"waves": {"1": wave(1)}}, "needs two waves"),
        ({"waves": [wave(1), wave(1)]}, "same name"),
        ({"items": "recomend"}, "recommend"),
        ({"renamed": {"2030": {}}}, "2030"),
        ({"weights": {"2030": "w"}}, "2030"),
        ({"kind": "sum"}, "sum"),
    ],
)
def test_bad_input_is_named(change, says):
    given = {"waves": {"1": wave(1), "2": wave(2)}, "items": "recommend"} | change
    with pytest.raises(CjmError, match=says):
        trend(given.pop("waves"), given.pop("items"), **given)


def test_at_most_one_null_trend_in_twenty_moves():
    found = [
        trend([wave(10 * i + k, n=80) for k in range(4)], "recommend").table["p_adjusted"].lt(0.05).any()
        for i in range(120)
    ]
    assert sum(found) <= 6 + 6  # 5 % and 2.5 standard errors
