"""The communication plan and the budget split."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmkit.errors import CjmError
from cjmkit.priorities import budget_split, communication_plan
from cjmkit.priorities.budget import _allocate

MESSAGES = pd.DataFrame(
    {
        "stage": ["evaluation", "evaluation", "deal", "loop"],
        "channel": ["retargeting", "chat", "phone", "mail"],
        "message": ["Price and rate", "We answer first", "We call today", "Three questions"],
        "owner": ["Marketing", "", "Call centre", "House"],
    }
)
STUCK = pd.DataFrame(
    {
        "step": ["card", "card", "lead", "visit"],
        "stage": ["evaluation", "evaluation", "deal", "search"],
        "channel": ["ads", "mail", "ads", "ads"],
        "size": [300, 100, 40, 5000],
    }
)


def test_audiences_of_a_step_are_added_over_the_channels_people_came_from():
    table = communication_plan(MESSAGES, STUCK).table
    assert table.loc[table["message"] == "Price and rate", "size"].tolist() == [400]
    assert table.loc[table["message"] == "We call today", "size"].tolist() == [40]


def test_nobody_and_nothing_is_dropped():
    plan = communication_plan(MESSAGES, STUCK)
    assert set(MESSAGES["message"]) <= set(plan.table["message"])
    gaps = plan.gaps.set_index("missing")
    assert gaps.loc["message, owner", "size"] == 5000
    assert gaps.loc["audience", "message"] == "Three questions"
    assert gaps.loc["owner", "message"] == "We answer first"
    assert "1 audience gets no message (5,000 people)" in plan.summary("en")


def test_an_owner_comes_from_the_touchpoint_where_the_message_names_none():
    touch = pd.DataFrame({"stage": ["evaluation"], "channel": ["chat"], "owner": ["Call centre"]})
    table = communication_plan(MESSAGES, STUCK, touchpoints=touch).table.set_index("message")
    assert table.loc["We answer first", "owner"] == "Call centre"


def test_messages_for_a_persona_get_only_its_people():
    stuck = STUCK.head(2).assign(persona=["A", "B"])
    messages = MESSAGES.head(1).assign(persona="B")
    table = communication_plan(messages, stuck).table
    assert table.loc[table["message"] != "", "size"].tolist() == [100]
    assert table.loc[table["message"] == "", "persona"].tolist() == ["A"]


def test_stages_keep_their_order_and_unknown_ones_are_refused():
    plan = communication_plan(MESSAGES, STUCK, stages=["search", "evaluation", "deal", "loop"])
    assert list(dict.fromkeys(plan.table["stage"])) == ["search", "evaluation", "deal", "loop"]
    with pytest.raises(CjmError, match="did you mean 'deal'"):
        communication_plan(MESSAGES.assign(stage="deel"), stages=["deal"])
    with pytest.raises(CjmError, match="no column 'message'"):
        communication_plan(MESSAGES.drop(columns="message"))


def channels(**columns):
    return pd.DataFrame({"channel": ["search", "video", "banner"], "cost": [100.0, 50.0, 150.0]} | columns)


CREDIT = pd.DataFrame({"channel": ["search", "video", "banner"], "conversions": [40, 30, 10]})


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0.1, 100), st.floats(1, 100)), min_size=2, max_size=6),
    st.floats(0.2, 0.8),
)
def test_without_bounds_marginal_returns_are_equal(pairs, elasticity):
    conversions, cost = np.array(pairs).T
    budget = float(cost.sum())
    split = _allocate(
        conversions,
        cost,
        budget,
        elasticity=elasticity,
        floor=np.zeros(len(cost)),
        ceiling=np.full(len(cost), budget * 10),
    )
    assert split.sum() == pytest.approx(budget, rel=1e-6)
    marginal = conversions * elasticity * split ** (elasticity - 1) / cost**elasticity
    assert marginal == pytest.approx(np.full(len(cost), marginal[0]), rel=1e-4)


def test_no_other_split_brings_more_by_the_same_response():
    from scipy.optimize import minimize

    conversions, cost = np.array([40.0, 30, 10]), np.array([100.0, 50, 150])
    floor, ceiling = np.array([20.0, 0, 60]), np.array([150.0, 120, 300])
    split = _allocate(conversions, cost, 300.0, elasticity=0.5, floor=floor, ceiling=ceiling)

    def lost(x):
        return -(conversions * (x / cost) ** 0.5).sum()

    oracle = minimize(
        lost, cost, bounds=list(zip(np.maximum(floor, 1e-6), ceiling, strict=True)),
        constraints={"type": "eq", "fun": lambda x: x.sum() - 300}, tol=1e-10,
    )  # fmt: skip
    assert -lost(split) == pytest.approx(-oracle.fun, rel=1e-6)
    assert split == pytest.approx(oracle.x, abs=0.5)


def test_floors_and_ceilings_hold_and_are_named():
    split = budget_split(channels(floor=[90, 0, 0], ceiling=[100, 60, 200]), CREDIT)
    table = split.table.set_index("channel")
    assert table["proposed"].sum() == pytest.approx(300)
    assert (table["proposed"] >= table["floor"] - 1e-6).all()
    assert (table["proposed"] <= table["ceiling"] + 1e-6).all()
    assert table.loc["video", "bound"] == "ceiling"
    assert (table["low"] <= table["proposed"]).all()
    assert (table["proposed"] <= table["high"]).all()


def test_present_marginal_cost_is_average_cost_over_elasticity():
    table = budget_split(channels(), CREDIT, elasticity=0.5).table.set_index("channel")
    assert table.loc["search", "cost_per"] == pytest.approx(2.5)
    assert table.loc["search", "marginal_cost"] == pytest.approx(5.0)


def test_an_already_best_split_is_left_alone():
    cost = np.array([100.0, 50.0, 150.0])
    split = budget_split(channels(), CREDIT.assign(conversions=cost * 2), elasticity=0.5)
    assert split.table["change"].abs().max() < 0.005 * 300
    assert "already about the best" in split.summary("en")
    assert split.gain.value == pytest.approx(0, abs=1e-3)
    assert "about the best" in split.summary("en")


def test_the_gain_has_an_interval_and_the_assumption_is_said():
    split = budget_split(channels(), CREDIT)
    assert split.gain.low < split.gain.value < split.gain.high
    assert any("diminishing returns are assumed" in w for w in split.warnings)
    assert any("not causation" in w for w in split.warnings)


def test_narrow_attribution_makes_a_narrow_proposal():
    wide = budget_split(channels(), CREDIT.assign(low=[5, 5, 1], high=[90, 80, 40]), elasticity=0.5).table
    narrow = budget_split(channels(), CREDIT.assign(low=[39, 29, 9.5], high=[41, 31, 10.5]), elasticity=0.5).table
    assert ((narrow["high"] - narrow["low"]) < (wide["high"] - wide["low"])).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: budget_split(channels(floor=[200, 200, 200]), CREDIT), "does not fit"),
        (lambda: budget_split(channels(floor=[50, 0, 0], ceiling=[40, 300, 300]), CREDIT), "above its ceiling"),
        (lambda: budget_split(channels(), CREDIT, elasticity=1.2), "elasticity"),
        (lambda: budget_split(channels(), CREDIT.assign(channel=["a", "b", "c"])), "spelt alike"),
        (lambda: budget_split(channels(), pd.concat([CREDIT, CREDIT])), "choose one segment"),
        (lambda: budget_split(channels(cost=[0, 0, 0]), CREDIT), "nothing to split"),
        (lambda: budget_split(channels(), CREDIT.rename(columns={"conversions": "x"})), "credit="),
        (lambda: budget_split(channels().drop(columns="cost"), CREDIT), "no column 'cost'"),
    ],
)
def test_bad_budgets_are_refused(change, message):
    with pytest.raises(CjmError, match=message):
        change()


def test_limits_of_a_share_become_limits_of_conversions():
    share = CREDIT.assign(share=[0.5, 0.375, 0.125], low=[0.4, 0.3, 0.05], high=[0.6, 0.45, 0.2])
    counts = CREDIT.assign(low=[32, 24, 4], high=[48, 36, 16])
    a, b = (budget_split(channels(), t).table for t in (share, counts))
    pd.testing.assert_frame_equal(a, b)
    with pytest.raises(CjmError, match="such as a share"):
        budget_split(channels(), CREDIT.assign(low=0.4, high=0.6))


def test_one_of_several_attribution_models_has_to_be_named():
    both = pd.concat([CREDIT.assign(model="markov"), CREDIT.assign(model="last", conversions=[10, 10, 60])])
    with pytest.raises(CjmError, match="say model= one of markov, last"):
        budget_split(channels(), both)
    with pytest.raises(CjmError, match="did you mean 'markov'"):
        budget_split(channels(), both, model="marcov")
    markov, last = (budget_split(channels(), both, model=m).table.set_index("channel") for m in ("markov", "last"))
    assert markov.loc["search", "proposed"] > last.loc["search", "proposed"]


def test_equal_channels_are_left_alone_and_promise_next_to_nothing():
    cost = np.array([100.0, 200.0, 50.0, 150.0])
    names = list("abcd")
    gains, moved = [], 0
    for run in range(40):
        counts = np.random.default_rng(run).poisson(cost / 5)
        spent = pd.DataFrame({"channel": names, "cost": cost})
        split = budget_split(spent, pd.DataFrame({"channel": names, "conversions": counts}), resamples=200)
        gains.append(split.gain.value)
        moved += split.gain.low > 0
    assert np.mean(gains) < 0.5  # of a hundred conversions
    assert moved <= 4


def test_channels_that_truly_differ_still_get_another_split():
    spent = pd.DataFrame({"channel": list("ab"), "cost": [100.0, 100.0]})
    split = budget_split(spent, pd.DataFrame({"channel": list("ab"), "conversions": [400, 100]}))
    assert split.table.set_index("channel").loc["a", "proposed"] > 140
    assert split.gain.low > 0
    assert "(90%)" in split.summary("en")


def test_where_the_interval_holds_zero_no_split_is_called_better():
    spent = pd.DataFrame({"channel": list("ab"), "cost": [100.0, 100.0]})
    split = budget_split(spent, pd.DataFrame({"channel": list("ab"), "conversions": [14, 7]}), elasticity=0.5)
    assert split.gain.low <= 0
    said = split.summary("en")
    assert "No split is clearly better" in said or "already about the best" in said


def test_a_message_for_two_steps_is_one_message():
    messages = pd.DataFrame({"stage": ["deal"], "channel": "mail", "message": "We call today", "owner": "Ann"})
    stuck = pd.DataFrame({"step": ["form", "call"], "stage": "deal", "size": [30, 20]})
    assert communication_plan(messages, stuck).summary("en").startswith("1 message;")
