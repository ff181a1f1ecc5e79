"""Scores: known answers, and what has to hold whatever the answers are."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cjmkit.errors import CjmError
from cjmkit.survey import Survey, score
from cjmkit.survey._intervals import nps_interval


def make(n=120, seed=0):
    rng = np.random.default_rng(seed)
    t = pd.DataFrame(
        {
            "id": [f"p{i}" for i in range(n)],
            "recommend": rng.integers(0, 11, n),
            "satisfied": rng.choice([1, 2, 3, 4, 5, 9], n),
            "effort": rng.integers(1, 8, n),
            "city": rng.choice(["A", "B", None], n),
            "weight": rng.uniform(0.5, 2, n),
        }
    )
    s = Survey.from_frame(t)
    s = s.set_item("recommend", type="nps", scale=(0, 10)).set_item("satisfied", type="csat", scale=(1, 5), missing=[9])
    return (
        s.set_item("effort", type="ces", scale=(1, 7)).set_item("city", type="single").set_item("weight", type="weight")
    )


def test_missing_codes_do_not_count_and_the_distribution_adds_up_to_everybody():
    s = make()
    found = score(s, "satisfied")
    coded = (s.data["satisfied"] == 9).sum()
    assert found.estimate.n == 120 - coded
    assert found.distribution["n"].sum() == 120
    assert found.distribution.set_index("answer")["n"].iloc[-2] == coded
    assert found.estimate.value == pytest.approx((s.data["satisfied"].isin([4, 5])).sum() / (120 - coded))


def test_groups_add_up_to_the_whole_including_people_without_a_group():
    s = make()
    found = score(s, "recommend", by="city")
    assert found.table["n"].sum() == found.estimate.n == 120
    assert set(found.table["group"]) == {"A", "B", "(no answer)"}
    alone = score(s.keep(lambda d: d["city"] == "A"), "recommend")
    row = found.table.set_index("group").loc["A"]
    assert [row["value"], row["low"], row["high"]] == [alone.estimate.value, alone.estimate.low, alone.estimate.high]


def test_groups_can_come_from_outside_as_persona_labels():
    s = make()
    labels = pd.Series({f"p{i}": "P1" if i % 2 else "P2" for i in range(120)}, name="persona")
    found = score(s, "effort", by=labels)
    assert found.by == "persona"
    assert found.table["n"].tolist() == [60, 60]
    with pytest.raises(CjmError, match="none of the survey's respondents"):
        score(s, "effort", by=pd.Series({"x": "P1"}))


@pytest.mark.parametrize("item", ["recommend", "satisfied", "effort"])
def test_weights_of_one_change_nothing_and_a_common_factor_changes_nothing(item):
    s = make()
    plain, ones = score(s, item), score(s, item, weights=np.ones(120))
    assert plain.table.equals(ones.table)
    a, b = score(s, item, weights="weight"), score(s, item, weights=100 * s.data["weight"].to_numpy())
    for column in ("value", "low", "high"):
        assert a.table[column].iloc[0] == pytest.approx(b.table[column].iloc[0], rel=1e-9)


def test_integer_weights_have_the_mean_of_repeated_people():
    s = make(40)
    w = np.random.default_rng(1).integers(1, 4, 40)
    repeated = s.data.loc[s.data.index.repeat(w)].assign(id=lambda d: range(len(d)))
    twin = (
        Survey.from_frame(repeated)
        .set_item("effort", type="ces", scale=(1, 7))
        .set_item("recommend", type="nps", scale=(0, 10))
    )
    for item in ("effort", "recommend"):
        assert score(s, item, weights=w).estimate.value == pytest.approx(score(twin, item).estimate.value)
        # But three copies of a person are not three people: the weighted interval is wider.
        wide, narrow = score(s, item, weights=w).estimate, score(twin, item).estimate
        assert wide.high - wide.low > narrow.high - narrow.low


def test_the_order_of_respondents_changes_nothing():
    s = make()
    shuffled = Survey.from_frame(s.data.sample(frac=1, random_state=3), decisions=s.decisions())
    a, b = score(s), score(shuffled)
    assert np.allclose(a.table[["value", "low", "high"]], b.table[["value", "low", "high"]])
    assert a.table["n"].tolist() == b.table["n"].tolist()


def test_reversed_items_turn_in_scores_and_not_in_the_distribution():
    s = make()
    plain = score(s, "effort", "mean")
    turned = score(s.set_item("effort", reverse=True), "effort", "mean")
    assert turned.estimate.value == pytest.approx(8 - plain.estimate.value)
    assert turned.distribution["n"].tolist() == plain.distribution["n"].tolist()


def test_ces_gives_the_share_of_the_upper_three_of_seven_beside_the_mean():
    s = make()
    row = score(s, "effort").table.iloc[0]
    assert row["top3"] == pytest.approx((s.data["effort"] >= 5).mean())
    assert row["top3_low"] < row["top3"] < row["top3_high"]


def test_all_items_at_once_give_the_same_figures_as_one_by_one():
    s = make()
    table = score(s).table.set_index("item")
    for item in ("recommend", "satisfied", "effort"):
        one = score(s, item).estimate
        assert [table.loc[item, c] for c in ("value", "low", "high", "n")] == [one.value, one.low, one.high, one.n]
    grouped = score(s, by="city").table
    assert grouped.groupby("item")["n"].sum()["recommend"] == 120


def test_a_perfect_score_lies_within_its_interval_and_within_the_scale():
    for answers, expected in (([10] * 12, 100), ([0] * 12, -100)):
        s = Survey.from_frame(pd.DataFrame({"id": range(12), "q": answers})).set_item("q", type="nps", scale=(0, 10))
        e = score(s, "q").estimate
        assert e.value == expected
        assert -100 <= e.low <= e.value <= e.high <= 100
        assert e.high - e.low > 5


def test_the_nps_interval_covers_better_than_the_plain_one_in_a_small_simulation():
    rng = np.random.default_rng(0)
    p = np.array([0.92, 0.06, 0.02])
    truth = 100 * (p[0] - p[2])
    draws = rng.multinomial(20, p, size=4000)
    score_hits = plain = 0
    for a, b, c in draws:
        low, high = nps_interval(a, b, c)
        score_hits += low <= truth <= high
        value, se = 100 * (a - c) / 20, 100 * np.sqrt(((a + c) / 20 - ((a - c) / 20) ** 2) / 20)
        plain += value - 1.96 * se <= truth <= value + 1.96 * se
    assert 0.94 < score_hits / 4000 < 0.98
    assert plain / 4000 < 0.85


def test_summaries_carry_the_figure_the_interval_and_n_in_both_languages():
    s = make()
    for item in ("recommend", "satisfied", "effort", "city"):
        found = score(s, item)
        en, ru = found.summary("en"), found.summary("ru")
        assert en != ru
        assert "n = " in en
        assert "n = " in ru
        assert "[" in en
        assert any("а" <= c <= "я" for c in ru)
    assert "; " in score(s, "recommend").summary("ru")
    grouped = score(s, "recommend", by="city")
    assert "by city" in grouped.summary("en")


def test_evidence_names_survey_item_statistic_and_group():
    s = make()
    e = score(s, "recommend")._evidence_()
    assert (e.survey, e.item, e.statistic, e.estimate.n) == ("survey", "recommend", "NPS", 120)
    g = score(s, "recommend", by="city")._evidence_(group="A")
    assert g.where == "city: A"
    assert g.estimate.n == (s.data["city"] == "A").sum()
    with pytest.raises(CjmError, match="did you mean"):
        score(s, "recommend", by="city")._evidence_(grup="A")
    every = score(s)._evidence_(item="effort")
    assert every.item == "effort"


def test_an_item_of_the_wrong_type_says_how_to_correct_it():
    s = make()
    with pytest.raises(CjmError, match="set_item"):
        score(s, "city", "mean")
    with pytest.raises(CjmError, match="NPS is asked on 0 to 10"):
        score(s, "effort", "nps")
    with pytest.raises(CjmError, match="did you mean 'mean'"):
        score(s, "effort", "meen")


def test_multi_select_in_one_column_equals_the_same_in_many():
    rng = np.random.default_rng(4)
    options = ["Site", "App (iOS, Android)", "Office"]
    picks = [[o for o in options if rng.random() < 0.5] for _ in range(80)]
    joined = Survey.from_frame(pd.DataFrame({"id": range(80), "where": [", ".join(p) or None for p in picks]}))
    joined = joined.set_item("where", type="multi", separator=", ", options=options)
    wide = pd.DataFrame({f"where_{k}": [1 if o in p else 0 for p in picks] for k, o in enumerate(options)})
    columns = Survey.from_frame(wide.assign(id=range(80)))
    for k, o in enumerate(options):
        columns = columns.set_item(f"where_{k}", type="multi", group="where", option=o)
    a, b = (score(s, "where").table.set_index("option").sort_index() for s in (joined, columns))
    assert a["chosen"].tolist() == b["chosen"].tolist()
    assert np.allclose(a["value"], b["value"])
    assert score(joined, "where").details["answering"] == sum(bool(p) for p in picks)


def test_the_base_of_a_multi_select_changes_the_share_and_is_named():
    t = pd.DataFrame({"id": range(10), "a_1": [1] * 4 + [0] * 6, "a_2": [0] * 2 + [1] * 4 + [0] * 4})
    s = Survey.from_frame(t).set_item(["a_1", "a_2"], type="multi", group="a")
    shares = {b: score(s, "a", base=b).table["value"].iloc[0] for b in ("answering", "asked", "choices")}
    assert shares == pytest.approx({"answering": 4 / 6, "asked": 0.4, "choices": 0.5})
    assert "of those answering" in score(s, "a").summary("en")
    assert "от спрошенных" in score(s, "a", base="asked").summary("ru")
    assert any("everybody" in w for w in score(s, "a", base="asked").warnings)


def test_a_wording_that_people_wrote_themselves_is_folded_into_other_answers():
    answers = ["Yes"] * 40 + ["No"] * 30 + [f"it depends {i}" for i in range(70)]
    s = Survey.from_frame(pd.DataFrame({"id": range(140), "q": answers})).set_item("q", type="single")
    found = score(s, "q")
    assert found.table["answer"].iloc[-1] == "(other)"
    assert found.distribution["n"].sum() == 140


def test_sus_needs_all_ten_and_counts_only_complete_people():
    rng = np.random.default_rng(2)
    t = pd.DataFrame({f"SUS{k}": rng.integers(1, 6, 50).astype(float) for k in range(1, 11)} | {"id": range(50)})
    t.loc[3, "SUS4"] = np.nan
    s = Survey.from_frame(t)
    found = score(s, "SUS*")
    assert found.estimate.n == 49
    assert any("left out a statement" in w for w in found.warnings)
    with pytest.raises(CjmError, match="ten statements"):
        score(s, ["SUS1", "SUS2"], "sus")
    worst = Survey.from_frame(
        pd.DataFrame({f"SUS{k}": [1 if k % 2 else 5] * 4 for k in range(1, 11)} | {"id": range(4)})
    )
    worst = worst.set_item("SUS*", type="sus", scale=(1, 5), group="SUS")
    assert score(worst, "SUS").estimate.value == 0
    assert score(worst, "SUS").table["grade"].iloc[0] == "F"


def test_missingness_of_every_question_is_a_share_of_everybody():
    s = make()
    table = score(s, kind="missing").table.set_index("item")
    assert (table["n"] == 120).all()
    assert table.loc["satisfied", "value"] == pytest.approx((s.data["satisfied"] == 9).mean())
    assert table.loc["city", "value"] == pytest.approx(s.data["city"].isna().mean())
    assert score(s, "satisfied", "missing").estimate.value == table.loc["satisfied", "value"]
    assert "gave no answer" in score(s, "satisfied", "missing").summary("en")


def test_all_scores_leave_out_columns_that_hold_codes_of_one_question():
    """One column of several with codes has no share of its own: its first code is not the question."""
    n = 60
    frame = pd.DataFrame({"id": range(n), "rate": [1, 2, 3, 4, 5] * 12, "c1": [3, 7, 9] * 20, "c2": [None] * n})
    s = Survey.from_frame(frame).set_item("rate", type="likert", scale=(1, 5))
    s = s.set_item(["c1", "c2"], type="multi", coding="code", group="c")
    assert score(s).table["item"].tolist() == ["rate"]
    assert set(score(s, "c", "multi").table["option"]) == {"3", "7", "9"}


def test_ticked_is_said_in_one_list_for_scores_and_personas():
    import cjmkit as cj

    rows = ["Checked", "Unchecked"] * 12
    frame = pd.DataFrame({"id": range(24), "How do you travel? [bus]": rows, "How do you travel? [car]": rows[::-1]})
    asked = cj.survey.read(frame, person="id", quiet=True)
    group = asked.items.loc[asked.items["type"] == "multi", "group"].iloc[0]
    shares = cj.survey.score(asked, group).table["value"]
    assert shares.tolist() == [0.5, 0.5]
    features = cj.personas.features(survey=asked).table
    assert features.mean().tolist() == [0.5] * features.shape[1]
    assert features.shape[1] >= 1
