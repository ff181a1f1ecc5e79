"""Conjoint: equal to R, planted truths come back, bad tables are named; and prices asked one by one."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.survey import Survey, conjoint, price_sensitivity

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "golden"), str(HERE.parents[1] / "benchmarks")]
from drawn import choices  # noqa: E402


@pytest.fixture(scope="module")
def r():
    return json.loads((HERE / "golden" / "drawn.json").read_text("utf-8"))["clogit"]


@pytest.fixture(scope="module")
def found():
    return conjoint(choices(), linear="price")


def test_part_worths_errors_and_fit_are_those_of_clogit_with_clusters(found, r):
    worths = found.table.set_index(["attribute", "level"])
    at = [("brand", "b"), ("brand", "c"), ("price", "(slope)"), ("(none)", "(none)")]
    against = np.array([worths.loc[at[0], "value"], worths.loc[at[1], "value"]]) - worths.loc[("brand", "a"), "value"]
    price, none = worths.loc[at[2], "value"], worths.loc[at[3], "value"] - worths.loc[("brand", "a"), "value"]
    assert [*against, price, none] == pytest.approx(r["coef"], abs=1e-7)
    # R divides by people, we by people less one
    assert worths.loc[at[2], "se"] / np.sqrt(80 / 79) == pytest.approx(r["clustered"][2], abs=1e-7)
    assert found.r2 == pytest.approx(1 - r["loglik"][1] / r["loglik"][0], abs=1e-9)
    assert worths.loc["brand", "value"].sum() == pytest.approx(0, abs=1e-12)


def test_the_logit_is_the_one_of_statsmodels():
    from statsmodels.discrete.conditional_models import ConditionalLogit

    t = choices().query("brand != ''")
    t = t[t.groupby(["person", "task"])["chosen"].transform("sum") == 1]
    x = np.column_stack([t["brand"] == "a", t["brand"] == "b", t["price"]]).astype(float)
    fit = ConditionalLogit(t["chosen"].to_numpy(), x, groups=pd.factorize(t["person"] + t["task"].astype(str))[0])
    expected = fit.fit(method="newton", disp=False).params
    worths = conjoint(t, ["brand"], linear="price").table["value"].to_numpy()
    assert [worths[0] - worths[2], worths[1] - worths[2], worths[3]] == pytest.approx(expected, abs=1e-6)


def test_shares_add_up_fall_with_the_price_and_keep_none_apart(found):
    a, b = {"brand": "a", "price": 15}, {"brand": "b", "price": 15}
    both = found.shares({"A": a, "B": b}, none=True)
    assert both.table["value"].sum() == pytest.approx(1)
    assert both.table["offer"].tolist() == ["A", "B", "(none)"]
    dear = found.shares({"A": a | {"price": 20}, "B": b}, none=True)
    assert dear.estimate("A").value < both.estimate("A").value
    row = both.table.iloc[0]
    assert row["low"] < row["value"] < row["high"]
    u = found.table.set_index("level")["value"]
    exact = np.exp(u["a"] + 15 * u["(slope)"]), np.exp(u["b"] + 15 * u["(slope)"]), np.exp(u["(none)"])
    assert both.table["value"].tolist() == pytest.approx([e / sum(exact) for e in exact])


def test_limits_hold_what_was_planted_and_a_null_attribute_is_seldom_told():
    from survey_choices import cell

    hits, told = cell(60, 0.0, 50)
    assert min(hits.values()) > 0.83  # .93 less 2.8 standard errors of 50 studies
    assert told < 0.15


def test_people_who_choose_alike_twice_count_once():
    once = conjoint(choices(), linear="price")
    twice = pd.concat([choices(), choices().assign(task=lambda t: t["task"] + 100)])
    doubled = conjoint(twice, linear="price")
    assert doubled.table["se"].to_numpy() == pytest.approx(once.table["se"].to_numpy(), rel=1e-6)


def test_order_of_rows_names_of_columns_and_ways_of_writing_yes_change_nothing(found):
    t = choices().rename(columns={"person": "respID", "task": "qID", "chosen": "choice"})
    t["choice"] = t["choice"].map({1: "Yes", 0: "no"})
    again = conjoint(t.sample(frac=1, random_state=3).assign(altID=1), linear="price")
    pd.testing.assert_frame_equal(again.table, found.table)


def test_tasks_without_a_choice_are_left_out_or_none_of_these():
    t = choices().query("brand != ''")
    left = conjoint(t, ["brand"], linear="price")
    assert any("nothing was chosen were left out" in w for w in left.warnings)
    none = conjoint(t, ["brand"], linear="price", unchosen="none")
    assert none.tasks == 480 and "(none)" in set(none.table["level"])
    assert none.table["value"].to_numpy() == pytest.approx(
        conjoint(choices(), linear="price").table["value"].to_numpy()
    )


def test_weights_of_one_change_nothing_and_missing_ones_are_named(found):
    people = sorted(set(choices()["person"]))
    same = conjoint(choices(), linear="price", weights=pd.Series(2.0, index=people))
    assert same.table["value"].tolist() == pytest.approx(found.table["value"].tolist())
    with pytest.raises(CjmError, match="no weight above 0 for 1 people .first: p0"):
        conjoint(choices(), linear="price", weights=pd.Series(1.0, index=[p for p in people if p != "p0"]))


def test_a_level_that_is_never_chosen_is_said_to_have_no_finite_worth():
    rng = np.random.default_rng(0)
    t = pd.DataFrame({"person": np.repeat(range(40), 6), "task": np.tile(np.repeat(range(2), 3), 40)})
    t["brand"] = np.tile(["a", "b", "c"], 80)
    t["chosen"] = np.concatenate([[*rng.permutation([1, 0]), 0] for _ in range(80)])
    assert any("without a finite worth" in w for w in conjoint(t).warnings)


def bad(change):
    t = choices()
    change(t)
    return t


@pytest.mark.parametrize(
    ("table", "how", "said"),
    [
        (choices().drop(columns="task"), {}, "which column is the task"),
        (choices(), {"attributes": ["brnd"]}, "did you mean 'brand'"),
        (choices().assign(task=0), {}, "more than one choice"),
        (choices().assign(chosen=7), {}, "neither yes nor no"),
        (choices().query("brand != ''").assign(same="x"), {}, "1 levels"),
        (choices().query("brand != ''").assign(copy=lambda t: t["brand"]), {}, "always change together"),
        (choices().query("person == 'p0'"), {}, "1 people made a choice"),
        (choices().assign(price=lambda t: "€" + t["price"].astype(str)), {"linear": "price"}, "are no numbers"),
        (choices(), {"columns": {"persn": "person"}}, "role of a column"),
        (choices(), {"unchosen": "drop"}, "unchosen"),
        (
            bad(lambda t: t.__setitem__("brand", t["brand"].mask(t.index == 4))),
            {"linear": "price"},
            "1 offers have no lev",
        ),
    ],
)
def test_bad_tables_are_refused_in_words(table, how, said):
    with pytest.raises(CjmError, match=said):
        conjoint(table, **how)


def test_offers_that_were_not_shown_are_refused(found):
    a = {"brand": "a", "price": 15}
    for offers, none, said in (
        ({"A": a}, False, "at least two offers"),
        ({"A": {"brand": "a"}, "B": a}, False, "no level of price"),
        ({"A": a | {"brand": "z"}, "B": a}, False, "level"),
        ({"A": a | {"price": 99}, "B": a}, False, "outside of what was shown, 10 to 20"),
    ):
        with pytest.raises(CjmError, match=said):
            found.shares(offers, none=none)
    with pytest.raises(CjmError, match="not taken as a number"):
        found.worth("brand")


def test_sentences_evidence_and_picture_carry_the_figures(found):
    assert "80 people, 480 choices" in found.summary("en") and "выборов" in found.summary("ru")
    cited = cj.cite(found, attribute="brand", level="a")
    assert "brand" in cited.label("en")
    ax = cj.plot.part_worths(found, lang="ru")
    assert "80 чел." in " ".join(t.get_text() for t in ax.texts)
    assert any("brand: 49" in t.get_text() for t in ax.get_yticklabels())


# Prices asked one by one -------------------------------------------------------------------------------------------
PRICES = (100, 150, 200, 250, 300)


def buyers(n=300, seed=0, *, asked_all=True):
    """People with a highest price, normal about 220; who is asked at some prices only stops where the answer turns."""
    rng = np.random.default_rng(seed)
    most = rng.normal(220, 50, n)
    t = pd.DataFrame({f"p{p}": np.where(most >= p, "yes", "no") for p in PRICES}).astype(object)
    if not asked_all:
        for i in range(n):
            turn = sum(most[i] >= p for p in PRICES)
            keep = {max(turn - 1, 0), min(turn, len(PRICES) - 1)}
            t.loc[i, [f"p{p}" for j, p in enumerate(PRICES) if j not in keep]] = None
    s = Survey.from_frame(t.assign(id=range(n)), person="id").set_item("p*", type="single")
    return s, {p: f"p{p}" for p in PRICES}, most


def test_demand_is_the_share_whose_highest_price_is_above_and_the_best_price_has_most_revenue():
    s, items, most = buyers()
    found = price_sensitivity(s, items, resamples=200)
    assert found.curves["buyers"].tolist() == [float((most >= p).mean()) for p in PRICES]
    revenue = [p * (most >= p).mean() for p in PRICES]
    assert found.estimate("most_revenue").value == PRICES[int(np.argmax(revenue))]
    assert (found.curves["buyers_low"] <= found.curves["buyers"]).all() and found.curves["n"].eq(300).all()
    assert "250" in found.summary("en") or "200" in found.summary("en") or "150" in found.summary("en")


def test_people_asked_only_where_their_answer_turns_give_the_same_demand():
    full, items, _ = buyers()
    few, _, _ = buyers(asked_all=False)
    a, b = price_sensitivity(full, items, resamples=0), price_sensitivity(few, items, resamples=0)
    pd.testing.assert_frame_equal(a.curves, b.curves)


def test_scales_count_their_upper_answers_and_people_who_contradict_themselves_do_not_count():
    t = pd.DataFrame({"id": range(20), "a": [5] * 12 + [4] * 4 + [1] * 4, "b": [5] * 6 + [2] * 10 + [5] * 4})
    s = Survey.from_frame(t).set_item(["a", "b"], type="likert", scale=(1, 5))
    found = price_sensitivity(s, {10: "a", 20: "b"}, resamples=20)
    assert found.curves["buyers"].tolist() == [1.0, 6 / 16] and "4 people would buy" in found.warnings[0]
    assert price_sensitivity(s, {10: "a", 20: "b"}, upper=1, resamples=20).curves["buyers"].tolist() == [
        12 / 16,
        6 / 16,
    ]


def test_a_best_price_at_the_end_of_what_was_asked_is_said():
    s, items, _ = buyers()
    cheap = price_sensitivity(s, {p: items[p] for p in (100, 150)}, resamples=20)
    assert any("may lie beyond" in w for w in cheap.warnings)


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ({100: "p100"}, "two prices"),
        ({-1: "p100", 5: "p150"}, "none below 0"),
        ({100: "p100", 150: "town"}, "neither a scale"),
    ],
)
def test_prices_that_cannot_be_read_are_refused(items, said):
    s, _, _ = buyers()
    s = Survey.from_frame(s.data.assign(town=["x", "y", "z"] * 100), person="id").set_item("*", type="single")
    with pytest.raises(CjmError, match=said):
        price_sensitivity(s, items)


def test_the_picture_of_asked_prices_has_a_tick_a_price_and_its_n():
    s, items, _ = buyers()
    ax = cj.plot.price_curves(price_sensitivity(s, items, resamples=20), lang="ru")
    assert [float(t) for t in ax.get_xticks()] == list(map(float, PRICES))
    assert any("n = 300" in t.get_text() for t in ax.texts)
