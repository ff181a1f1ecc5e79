"""Barriers: counted by people, tied to outcomes, traced to words."""

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.barriers import Beside, critical_points, rank, weakest_link
from cjmkit.barriers.counting import odds_ratio
from cjmkit.errors import CjmError

BOOK = pd.DataFrame(
    {
        "code": ["contact", "bank", "shy", "unused", "joy"],
        "title": ["Contact before terms", "The bank is silent", "Shy of a name", "Never said", "Joy"],
        "lane": ["barriers"] * 4 + ["goals"],
    }
)
STAGES = ["evaluation", "deal", "loop"]
TOUCH = pd.DataFrame(
    {
        "stage": ["evaluation", "deal", "deal"],
        "touchpoint": ["Form", "Mortgage", "Call"],
        "channel": ["site", "office", "phone"],
        "owner": ["Marketing", "Sales", None],
    }
)


def study(people=80, seed=3, harm=0.4):
    """People who name `contact` fail more often by `harm`; the others are named without harm."""
    rng = np.random.default_rng(seed)
    rows, outcome = [], {}
    for i in range(people):
        risk = 0.3
        for code, share, extra, stage, touchpoint in (
            ("contact", 0.4, harm, "evaluation", "Form"),
            ("bank", 0.3, 0.0, "deal", "Mortgage"),
            ("shy", 0.2, 0.0, "loop", ""),
        ):
            if rng.random() < share:
                risk += extra
                rows.append(
                    (f"p{i}", code, stage, touchpoint, float(rng.integers(-2, 1)), f"d{i}", 5 * len(rows), "words")
                )
        rows.append((f"p{i}", "joy", "loop", "", 2.0, f"d{i}", 0, "great"))
        outcome[f"p{i}"] = rng.random() > risk
    codings = pd.DataFrame(
        rows, columns=["participant", "code", "stage", "touchpoint", "valence", "document", "start", "quote"]
    )
    codings["end"] = codings["start"] + codings["quote"].str.len()
    turns = pd.DataFrame({"participant": [f"p{i}" for i in range(people)], "role": "respondent"})
    return codings, pd.Series(outcome), turns


def test_only_codes_of_the_barrier_lane_are_ranked_and_unnamed_ones_come_last():
    codings, outcome, turns = study()
    found = rank(codings, codebook=BOOK, outcome=outcome, turns=turns)
    assert "joy" not in set(found.table["barrier"])
    assert found.table["barrier"].iloc[-1] == "unused"
    assert any("nobody named 1" in w for w in found.warnings)


def test_people_are_counted_not_codings_and_not_coders():
    codings, _, turns = study()
    once = rank(codings, codebook=BOOK, turns=turns).table.set_index("barrier")
    twice = pd.concat([codings.assign(coder="a"), codings.assign(coder="b")])
    again = rank(twice, codebook=BOOK, turns=turns).table.set_index("barrier")
    columns = ["people", "n", "share", "low", "high", "valence", "valence_low", "valence_high", "score"]
    pd.testing.assert_frame_equal(once[columns], again[columns])
    assert once.loc["contact", "people"] == codings.query("code == 'contact'")["participant"].nunique()


def test_the_base_is_everybody_interviewed():
    codings, _, turns = study()
    few = codings[codings["code"] != "joy"]
    with_turns = rank(few, codebook=BOOK, turns=turns)
    without = rank(few, codebook=BOOK)
    assert with_turns.table["n"].iloc[0] == 80
    assert without.table["n"].iloc[0] < 80
    assert any("turns were not given" in w for w in without.warnings)


def test_the_planted_worst_barrier_is_first_with_an_interval_that_holds_its_harm():
    codings, outcome, turns = study(people=200, harm=0.4)
    row = rank(codings, codebook=BOOK, outcome=outcome, turns=turns).table.iloc[0]
    assert row["barrier"] == "contact"
    assert row["first"] > 0.95
    # Odds of failing .7/.3 against .3/.7.
    assert row["effect_low"] <= (0.7 / 0.3) / (0.3 / 0.7) <= row["effect_high"]
    assert row["lost_low"] <= 0.4 * 0.4 <= row["lost_high"]
    assert row["effect_kind"] == "odds ratio"


def test_an_odds_ratio_by_hand():
    # (10.5 · 12.5) / (5.5 · 4.5), Gart's half added
    value, low, high = odds_ratio((10, 5), (4, 12))
    assert value == pytest.approx(5.30303, abs=1e-5)
    se = np.sqrt(1 / 10.5 + 1 / 5.5 + 1 / 4.5 + 1 / 12.5)
    assert (np.log(low), np.log(high)) == pytest.approx(
        (np.log(value) - 1.959964 * se, np.log(value) + 1.959964 * se), abs=1e-5
    )
    assert np.isnan(odds_ratio((3, 0), (4, 0))[0])


def test_the_interval_of_the_odds_ratio_covers_in_small_samples():
    rng = np.random.default_rng(7)
    truth = (0.6 / 0.4) / (0.3 / 0.7)
    hits = 0
    for _ in range(2000):
        a, c = rng.binomial(8, 0.6), rng.binomial(14, 0.3)
        _, low, high = odds_ratio((a, 8 - a), (c, 14 - c))
        hits += bool(low <= truth <= high) if np.isfinite(low) else 1
    assert hits / 2000 > 0.94


def test_without_an_outcome_the_drop_off_of_the_stage_takes_its_place():
    codings, _, turns = study()
    funnel = pd.DataFrame({"step": ["visit", "card", "lead", "deal"], "users": [1000, 800, 200, 100]})
    steps = {"visit": "search", "card": "evaluation", "lead": "deal", "deal": "deal"}
    found = rank(codings, codebook=BOOK, turns=turns, beside=Beside(funnel=funnel, stage_of=steps))
    row = found.table.set_index("barrier").loc["contact"]
    assert found.ranked_by == "drop-off"
    assert row["effect_kind"] == "drop-off"
    assert row["effect"] == pytest.approx(0.75)
    assert row["effect_low"] < 0.75 < row["effect_high"]


def test_a_step_without_a_stage_is_mentioned():
    codings, _, turns = study()
    funnel = pd.DataFrame({"step": ["visit", "card"], "users": [10, 8]})
    assert any(
        "stage_of" in w for w in rank(codings, codebook=BOOK, turns=turns, beside=Beside(funnel=funnel)).warnings
    )


def test_the_way_of_ranking_can_be_chosen_where_the_data_allow_it():
    codings, outcome, turns = study()
    assert rank(codings, codebook=BOOK, turns=turns, outcome=outcome, rank_by="frequency").ranked_by == "frequency"
    with pytest.raises(CjmError, match="needs outcome="):
        rank(codings, codebook=BOOK, turns=turns, rank_by="lost")
    with pytest.raises(CjmError, match="did you mean 'severity'"):
        rank(codings, codebook=BOOK, rank_by="severty")


def test_those_who_named_it_feel_worse_at_its_stage():
    codings, _, turns = study()
    named = set(codings.query("code == 'contact'")["participant"])
    scores = pd.DataFrame({"participant": turns["participant"], "stage": "evaluation", "source": "survey"})
    rng = np.random.default_rng(0)
    scores["score"] = [-1.2 if p in named else 0.6 for p in scores["participant"]] + rng.normal(0, 0.2, len(scores))
    row = (
        rank(codings, codebook=BOOK, turns=turns, beside=Beside(scores=scores))
        .table.set_index("barrier")
        .loc["contact"]
    )
    assert row["felt"] == pytest.approx(-1.8, abs=0.2)
    assert row["felt_high"] < 0


def test_notes_cite_words_and_carry_the_share():
    codings, outcome, turns = study()
    found = rank(codings, codebook=BOOK, outcome=outcome, turns=turns, touchpoints=TOUCH)
    note = found.notes("evaluation")[0]
    assert note.id == "contact"
    assert not note.assumption
    assert note.evidence[0].quote == "words"
    assert note.estimate == found.estimate("contact")
    # The strongest feeling comes first, and no person twice before everybody was heard.
    valences = [q.valence for q in found.quotes("contact")]
    assert valences == sorted(valences)
    journey = cj.Journey(id="j", title="J", stages=(cj.Stage(id="evaluation", title="E"),)).with_note(
        "evaluation", "barriers", note
    )
    assert journey.stage("evaluation").barriers[0].evidence


def test_owners_come_from_touchpoints_and_nobody_is_a_row():
    codings, outcome, turns = study()
    found = rank(codings, codebook=BOOK, outcome=outcome, turns=turns, touchpoints=TOUCH)
    owners = found.by_owner().set_index("owner")
    assert owners.loc["Marketing", "named"] == "Contact before terms"
    assert owners.loc["", "named"] == "Shy of a name"
    assert owners["people"].sum() == found.mentions.groupby("barrier")["participant"].nunique().sum()
    assert set(found.by_channel()["channel"]) == {"site", "office", ""}
    assert found.table.set_index("barrier")["owner"].to_dict()["bank"] == "Sales"


def test_a_touchpoint_of_the_same_name_at_another_stage_is_not_mixed_up():
    touch = pd.DataFrame(
        {"stage": ["evaluation", "deal"], "touchpoint": ["Call", "Call"], "channel": "phone", "owner": ["Ann", "Bob"]}
    )
    codings = pd.DataFrame(
        {"participant": list("abc"), "code": "bank", "stage": ["deal", "deal", "evaluation"], "touchpoint": "Call"}
    )
    owners = rank(codings, codebook=BOOK, touchpoints=touch).by_owner().set_index("owner")
    assert owners["people"].to_dict() == {"Bob": 2, "Ann": 1}


def test_an_outcome_without_variation_or_overlap_is_said_not_computed():
    codings, outcome, turns = study()
    for change, word in ((outcome | True, "same outcome"), (outcome.rename(lambda i: f"x{i}"), "none of the people")):
        found = rank(codings, codebook=BOOK, outcome=change, turns=turns)
        assert found.table["effect"].isna().all()
        assert any(word in w for w in found.warnings)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: rank(c.drop(columns="code")), "no column 'code'"),
        (lambda c: rank(c, codebook=BOOK.assign(lane="goals")), "no code of the codebook"),
        (lambda c: rank(c, codebook=BOOK.drop(columns="lane")), "no column 'lane'"),
        (lambda c: rank(c, codebook=BOOK, stages=["evaluation", "deal", "lop"]), "unknown stage"),
        (lambda c: rank(c.assign(valence=5), codebook=BOOK), "valence outside"),
        (lambda c: rank(c, codebook=BOOK, outcome=pd.Series(["yes"], index=["p0"])), "True or False"),
        (lambda c: rank(c, codebook=BOOK).quotes("contct"), "did you mean 'contact'"),
    ],
)
def test_bad_input_is_refused_with_the_reason(call, message):
    with pytest.raises(CjmError, match=message):
        call(study()[0])


def test_nobody_named_anything():
    codings = pd.DataFrame({"participant": ["a"], "code": ["joy"]})
    found = rank(codings, codebook=BOOK)
    assert found.table["people"].tolist() == [0, 0, 0, 0]
    assert found.summary("en") == "Nobody named a barrier."
    assert found.notes() == ()


def test_sentences_exist_in_both_languages():
    codings, outcome, turns = study()
    found = rank(codings, codebook=BOOK, outcome=outcome, turns=turns)
    assert "association, not cause" in found.summary("en")
    assert "связь, не причина" in found.summary("ru")
    assert found.top(1).table["barrier"].tolist() == ["contact"]


def test_the_weakest_step_of_a_funnel_and_how_sure_it_is():
    clear = pd.DataFrame({"step": ["a", "b", "c"], "users": [1000, 500, 450]})
    worst = weakest_link(clear)
    assert worst.link == "a → b"
    assert worst.probability == 1.0
    assert worst.estimate().value == pytest.approx(0.5)
    # Two equal losses share the first place.
    even = weakest_link(pd.DataFrame({"step": ["a", "b", "c"], "users": [400, 200, 100]}))
    assert even.table["probability"].max() == pytest.approx(0.5, abs=0.06)
    assert "rule of thumb" in worst.summary("en")


def test_share_and_people_can_name_different_links():
    steps = pd.DataFrame({"step": ["a", "b", "c"], "users": [10_000, 7_000, 1_000]})
    assert weakest_link(steps).link == "b → c"
    table = pd.DataFrame({"step": ["a", "b", "c", "d"], "users": [10_000, 4_000, 3_000, 1_000]})
    assert weakest_link(table).link == "c → d"
    assert weakest_link(table, rank_by="people").link == "a → b"


def test_the_weakest_link_of_transitions_is_where_people_leave():
    table = pd.DataFrame(
        {"source": ["a", "a", "b", "b"], "target": ["b", "exit", "c", "exit"], "users": [80, 20, 20, 60]}
    )
    assert weakest_link(table).link == "b"
    with pytest.raises(CjmError, match="exit"):
        weakest_link(table[table["target"] != "exit"])


def test_a_funnel_that_grows_is_refused():
    with pytest.raises(CjmError, match="cannot grow"):
        weakest_link(pd.DataFrame({"step": ["a", "b"], "users": [10, 20]}))


def test_the_weakest_stage_of_a_curve_is_its_minimum():
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        [
            (i, s, float(np.clip(m + rng.normal(0, 0.5), -2, 2)))
            for i in range(40)
            for s, m in zip(STAGES, (0.5, -0.8, 0.2), strict=True)
        ],
        columns=["participant", "stage", "score"],
    )
    mood = cj.emotion.curve(table, stages=STAGES)
    worst = weakest_link(mood)
    assert worst.link == "deal"
    assert worst.probability > 0.99
    assert worst.estimate() == worst.estimate("deal")
    assert weakest_link(cj.emotion.curve(table, stages=STAGES)).table.equals(worst.table)


def test_critical_points_need_both_barriers_and_bad_feeling():
    codings, _, turns = study()
    found = rank(codings, codebook=BOOK, turns=turns, stages=STAGES)
    rng = np.random.default_rng(1)
    feel = {"evaluation": -1.0, "deal": 1.0, "loop": -1.0}
    scores = pd.DataFrame(
        [(p, s, float(np.clip(feel[s] + rng.normal(0, 0.5), -2, 2))) for p in turns["participant"] for s in STAGES],
        columns=["participant", "stage", "score"],
    )
    points = critical_points(found, cj.emotion.curve(scores, stages=STAGES))
    table = points.table.set_index("stage")
    assert points.table["stage"].iloc[0] == "evaluation"
    assert table.loc["deal", "score"] < 0.05
    assert table.loc["evaluation", "score"] == pytest.approx(
        table.loc["evaluation", "share"] * table.loc["evaluation", "unhappy"]
    )
    assert (table["score_low"] <= table["score"]).all()
    assert (table["score"] <= table["score_high"]).all()
    assert "evaluation" in points.summary("en")


def test_a_survey_of_many_makes_the_interval_narrow_and_decides_the_rank():
    codings, outcome, turns = study(people=20, seed=1)
    many, bought, _ = study(people=600, seed=9)
    ticks = (
        many[many["code"] != "joy"]
        .assign(yes=True)
        .pivot_table(index="participant", columns="code", values="yes", aggfunc="any")
    )
    ticks = ticks.reindex(bought.index).notna().rename(columns={"contact": "Contact before terms"})
    ticks.index, bought.index = "s" + ticks.index, "s" + bought.index
    few = rank(codings, codebook=BOOK, outcome=outcome, turns=turns).table.set_index("barrier")
    found = rank(codings, codebook=BOOK, outcome=pd.concat([outcome, bought]), turns=turns, beside=Beside(ticked=ticks))
    row = found.table.set_index("barrier").loc["contact"]
    assert found.table["barrier"].iloc[0] == "contact"
    assert found.table["first"].iloc[0] > 0.99
    assert row["effect_from"] == "survey"
    assert row["survey_n"] == 600
    assert row["survey_share"] == pytest.approx(0.4, abs=0.07)
    assert row["effect_low"] <= (0.7 / 0.3) / (0.3 / 0.7) <= row["effect_high"]
    assert (
        row["effect_high"] / row["effect_low"]
        < 0.5 * few.loc["contact", "effect_high"] / few.loc["contact", "effect_low"]
    )
    # Who was interviewed is still counted among the interviewed.
    assert row["n"] == 20


def test_ticks_that_are_no_barriers_or_no_ticks_are_refused():
    codings, _, turns = study()
    ticks = pd.DataFrame({"contact": [True, False]}, index=["a", "b"])
    with pytest.raises(CjmError, match="did you mean 'contact'"):
        rank(codings, codebook=BOOK, turns=turns, beside=Beside(ticked=ticks.rename(columns={"contact": "contct"})))
    with pytest.raises(CjmError, match="True or False"):
        rank(codings, codebook=BOOK, turns=turns, beside=Beside(ticked=ticks.replace({True: "yes"})))
    with pytest.raises(CjmError, match="two rows"):
        rank(codings, codebook=BOOK, turns=turns, beside=Beside(ticked=pd.concat([ticks, ticks])))


def test_paths_that_end_in_success_are_no_loss():
    class Counted:
        table = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "users": [80, 20], "n": [100, 80]})
        exits = pd.DataFrame({"event": ["a", "b", "c"], "users": [20, 60, 20]})

    assert weakest_link(Counted()).link == "c"
    worst = weakest_link(Counted(), success="c")
    assert worst.link == "b"
    assert worst.estimate().value == pytest.approx(0.75)
    with pytest.raises(CjmError, match="success="):
        weakest_link(Counted(), success="bought")


def spoken(**said):
    """Codings of people "0", "1", …: which barriers each of them named."""
    rows = [(str(p), code) for code, people in said.items() for p in people]
    return pd.DataFrame(rows, columns=["participant", "code"]).assign(stage="deal")


def turns_of(n):
    return pd.DataFrame({"participant": [str(i) for i in range(n)], "role": "respondent"})


def ended(n, failed):
    return pd.Series([i not in failed for i in range(n)], index=[str(i) for i in range(n)])


def test_a_barrier_that_everybody_named_is_not_worth_nothing():
    found = rank(spoken(price=range(12), wait=[0, 1]), turns=turns_of(12), outcome=ended(12, range(9)))
    first = found.table.iloc[0]
    assert first["barrier"] == "price"
    assert np.isnan(first["lost"])
    assert np.isnan(first["score"])
    assert "everybody named “price”" in found.summary("en")
    assert any("nobody is left to compare with" in w for w in found.warnings)


def test_what_those_who_succeeded_name_more_is_not_called_people_lost():
    found = rank(spoken(wait=[5, 6, 7, 8], price=[0, 5, 6, 7, 8, 9]), turns=turns_of(10), outcome=ended(10, range(5)))
    assert (found.table["lost"] <= 0).all()
    assert "people lost" not in found.summary("en")
    assert "none of them goes with failing" in found.summary("en")
    assert found.table["barrier"].iloc[0] == "price"  # most named


def test_first_places_add_up_to_one_and_agree_with_the_ranks():
    book = pd.DataFrame({"code": ["wait", "price", "never"], "lane": "barriers"})
    found = rank(spoken(wait=range(6), price=[9]), codebook=book, turns=turns_of(10), outcome=ended(10, range(5)))
    assert found.table["first"].sum() == pytest.approx(1)
    assert (found.table["rank_low"] <= found.table["rank"]).all()
    assert (found.table["rank_high"] >= found.table["rank"]).all()


@pytest.mark.parametrize(("n", "share", "fail"), [(15, 0.4, (0.8, 0.3)), (24, 0.3, (0.9, 0.3)), (24, 0.5, (0.5, 0.5))])
def test_limits_of_people_lost_hold_the_truth(n, share, fail):
    truth = share * (fail[0] - fail[1])
    held = runs = 0
    for seed in range(250):
        rng = np.random.default_rng(seed)
        named = rng.random(n) < share
        failed = rng.random(n) < np.where(named, *fail)
        if not 0 < named.sum() < n or not 0 < failed.sum() < n:
            continue
        codings = pd.concat([spoken(price=np.flatnonzero(named)), pd.DataFrame({"participant": ["0"], "code": "x"})])
        book = pd.DataFrame({"code": ["price"], "lane": "barriers"})
        from cjmkit.barriers.counting import _lost

        row = _lost(named, 1.0 - failed, 0.95)
        held += row["lost_low"] <= truth <= row["lost_high"]
        runs += 1
        if seed == 0:
            table = rank(codings, codebook=book, turns=turns_of(n), outcome=ended(n, set(np.flatnonzero(failed)))).table
            assert table["lost"].iloc[0] == pytest.approx(row["lost"])
    assert 0.91 <= held / runs <= 0.99


def test_of_barriers_that_have_nothing_to_do_with_failing_the_first_is_not_believed():
    seen, expected = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        said = {f"b{k}": np.flatnonzero(rng.random(24) < 0.35) for k in range(8)}
        table = rank(
            spoken(**said), turns=turns_of(24), outcome=ended(24, set(np.flatnonzero(rng.random(24) < 0.5)))
        ).table
        seen.append(table["lost"].iloc[0])
        expected.append(table["lost_expected"].iloc[0])
    assert np.mean(seen) > 0.06
    assert abs(np.mean(expected)) < 0.35 * np.mean(seen)


def test_cells_that_were_not_asked_are_not_no():
    ticks = pd.DataFrame(
        {"contact": [True] * 50 + [None] * 50, "bank": [True, False] * 50}, index=[f"s{i}" for i in range(100)]
    )
    codings = spoken(contact=[0], bank=[1])
    row = rank(codings, codebook=BOOK, turns=turns_of(4), beside=Beside(ticked=ticks)).table.set_index("barrier")
    assert (row.loc["contact", "survey_share"], row.loc["contact", "survey_n"]) == (1.0, 50)
    assert (row.loc["bank", "survey_share"], row.loc["bank", "survey_n"]) == (0.5, 100)


def test_a_touchpoint_of_the_same_name_at_another_stage_is_another_one():
    points = pd.DataFrame({"stage": ["s1", "s2", "s2"], "touchpoint": "site", "channel": ["web", "app", "app"],
                           "owner": ["Ann", "Bob", "Bob"]})  # fmt: skip
    codings = pd.DataFrame({"participant": ["1"], "code": "price", "stage": "s1", "touchpoint": "site"})
    row = rank(codings, touchpoints=points).table.iloc[0]
    assert (row["owner"], row["channel"]) == ("Ann", "web")


def test_a_slow_step_is_not_a_weak_one_once_those_on_the_way_are_left_out():
    steps = pd.DataFrame({"step": ["visit", "form", "contract"], "users": [2000, 1600, 690]})
    waiting = pd.DataFrame({"step": ["visit", "form"], "waiting": [0, 740]})
    blind = weakest_link(steps)
    assert blind.link == "form → contract"
    assert any("may still come" in w for w in blind.warnings)
    assert "so far" in blind.summary("en")
    seen = weakest_link(steps, waiting=waiting)
    row = seen.table.set_index("link").loc["form → contract"]
    assert (row["lost"], row["n"], row["waiting"]) == (170, 860, 740)
    assert row["value"] == pytest.approx(170 / 860)
    assert any("740 people (37% of those who began)" in w for w in seen.warnings)


def test_of_equal_steps_none_is_called_the_worst_for_sure():
    sure = 0
    for seed in range(80):
        rng = np.random.default_rng(seed)
        users = [15]
        for _ in range(4):
            users.append(rng.binomial(users[-1], 0.85))
        table = pd.DataFrame({"step": list("abcde"), "users": users})
        sure += weakest_link(table[table["users"] > 0], resamples=500).probability > 0.8
    assert sure <= 4


def test_critical_points_and_the_distribution_call_the_same_people_unhappy():
    from cjmkit.emotion import curve, distribution

    rng = np.random.default_rng(5)
    scores = pd.DataFrame({"participant": [f"r{i}" for i in range(40)] * 2, "stage": ["deal"] * 40 + ["loop"] * 40,
                           "score": rng.choice([-2, -1, -0.5, -0.25, 0, 1], 80)})  # fmt: skip
    found = critical_points(rank(spoken(price=[0, 1, 2])), curve(scores, stages=["deal", "loop"])).table
    splits = distribution(scores, stages=["deal", "loop"]).splits.set_index("stage")
    assert found.set_index("stage")["unhappy"].to_dict() == pytest.approx(splits["bad"].to_dict())


def test_no_critical_point_has_an_interval_without_width():
    from cjmkit.emotion import curve

    scores = pd.DataFrame({"participant": list("abcdefgh"), "stage": "deal", "score": [1, 2, 1, 1, 2, 1, 2, 1]})
    row = critical_points(rank(spoken(price=range(8)), turns=turns_of(8)), curve(scores)).table.iloc[0]
    assert row["score"] == 0
    assert row["score_high"] > 0.05


def test_unhappy_people_who_left_still_count_at_the_stages_they_did_not_reach():
    from cjmkit.emotion import curve

    rng = np.random.default_rng(2)
    own = rng.normal(0, 1, 300)
    rows = []
    for i, level in enumerate(own):
        first = np.clip(np.round(level + rng.normal(0, 0.5)), -2, 2)
        rows.append((f"r{i}", "deal", first))
        if first >= 0:
            rows.append((f"r{i}", "loop", np.clip(np.round(level + rng.normal(0, 0.5)), -2, 2)))
    scores = pd.DataFrame(rows, columns=["participant", "stage", "score"])
    truth = np.mean(np.round(own + rng.normal(0, 0.5, 300)) <= -1)
    found = critical_points(rank(spoken(price=range(8))), curve(scores, stages=["deal", "loop"])).table.set_index(
        "stage"
    )
    stayed = scores[scores["stage"] == "loop"]["score"]
    assert abs(found.loc["loop", "unhappy"] - truth) < abs((stayed <= -0.5).mean() - truth)


def test_the_first_of_several_barriers_says_in_both_languages_what_to_expect_of_it():
    found = rank(spoken(price=range(7), wait=[0, 9]), turns=turns_of(12), outcome=ended(12, range(6)))
    assert "chosen as the largest of 2, expect" in found.summary("en")
    assert "ждать стоит" in found.summary("ru")


def test_who_is_stuck_in_a_log_tells_who_may_still_come():
    from types import SimpleNamespace

    steps = pd.DataFrame({"step": ["visit", "form"], "users": [100, 40]})
    stuck = SimpleNamespace(steps=pd.DataFrame({"step": ["visit"], "waiting": [20]}))
    assert weakest_link(steps, waiting=stuck).table[["lost", "n", "waiting"]].iloc[0].tolist() == [40, 80, 20]


def machine_shares(rows):
    from cjmkit.coding import Shares

    table = pd.DataFrame(rows, columns=["code", "value", "low", "high", "n", "n_labelled", "reason"]).assign(group="")
    return Shares(table=table, differences=pd.DataFrame(), per="person")


def coded_people():
    """Ten people coded by people: seven named the price, two the waiting."""
    rows = [(f"p{k}", "price") for k in range(7)] + [("p1", "wait"), ("p9", "wait"), ("p8", "praise")]
    return pd.DataFrame(rows, columns=["participant", "code"]).assign(stage="deal", valence=-1.0)


PRICES = pd.DataFrame(
    {"code": ["price", "wait", "praise"], "title": ["Price", "Waiting", "Praise"], "lane": ["barriers"] * 2 + ["goals"]}
)


def test_a_machines_corrected_share_takes_the_place_of_the_counted_one_and_says_so():
    shares = machine_shares([("price", 0.2, 0.15, 0.26, 400, 90, ""), ("wait", 0.5, 0.44, 0.56, 400, 90, "")])
    found = rank(coded_people(), codebook=PRICES, beside=Beside(machine=shares), rank_by="frequency")
    table = found.table.set_index("barrier")
    assert found.table["barrier"].tolist() == ["wait", "price"], "the order is that of the corrected shares"
    assert table.loc["price", ["share", "low", "high", "n", "corrected"]].tolist() == [0.2, 0.15, 0.26, 400, 90]
    assert table.loc["wait", "first"] > 0.99
    estimate = cj.cite(found, barrier="price").estimate
    assert (estimate.value, estimate.n, estimate.method) == (0.2, 400, "coded by machine, corrected on 90 by people")
    assert any("corrected on 90 by people" in w for w in found.warnings)


def test_a_barrier_whose_share_cannot_be_corrected_has_none():
    shares = machine_shares([
        ("price", 0.2, 0.15, 0.26, 400, 90, ""),
        ("wait", np.nan, np.nan, np.nan, 400, 3, "3 people"),
    ])  # fmt: skip
    found = rank(coded_people(), codebook=PRICES, beside=Beside(machine=shares), rank_by="frequency")
    table = found.table.set_index("barrier")
    assert np.isnan(table.loc["wait", "share"])
    assert np.isnan(table.loc["wait", "score"])
    assert found.table["barrier"].tolist() == ["price", "wait"]
    assert any("no share yet for Waiting" in w for w in found.warnings)
    assert found.summary()


def test_shares_of_units_or_of_groups_are_no_base_for_barriers():
    shares = machine_shares([("price", 0.2, 0.15, 0.26, 400, 90, "")])
    for wrong in (
        type(shares)(table=shares.table, differences=shares.differences, per="unit"),
        type(shares)(table=shares.table.assign(group="P1"), differences=shares.differences, per="person"),
    ):
        with pytest.raises(CjmError, match="per='person'"):
            rank(coded_people(), codebook=PRICES, beside=Beside(machine=wrong))
