"""The curve as a researcher meets it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cjmkit as cj
from cjmkit.core.stage import Stage
from cjmkit.emotion import Weights, curve, distribution, peak_end_value
from cjmkit.errors import CjmError

STAGES = ["search", "evaluation", "deal", "loop"]
MEANS = {"search": 0.8, "evaluation": -1.0, "deal": 0.5, "loop": 1.0}


def scores(people=40, seed=0, source="survey", shift=0.0, prefix="p"):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(people):
        own = rng.normal(0, 0.4)
        for stage in STAGES:
            value = np.clip(np.round(MEANS[stage] + own + shift + rng.normal(0, 0.6)), -2, 2)
            rows.append((f"{prefix}{i}", stage, float(value), source))
    return pd.DataFrame(rows, columns=["participant", "stage", "score", "source"])


def same_table(a, b):
    pd.testing.assert_frame_equal(a.table, b.table, check_exact=True)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_order_of_rows_cannot_matter(data):
    rows = data.draw(
        st.lists(
            st.tuples(
                st.sampled_from("abcdefg"),
                st.sampled_from(STAGES),
                st.floats(-2, 2, allow_nan=False),
                st.sampled_from(["survey", "coding"]),
            ),
            min_size=1,
            max_size=40,
        )
    )
    table = pd.DataFrame(rows, columns=["participant", "stage", "score", "source"])
    turned = table.sample(frac=1, random_state=data.draw(st.integers(0, 99)))
    same_table(curve(table, stages=STAGES), curve(turned, stages=STAGES))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 50), st.integers(2, 20))
def test_a_person_whose_rows_are_repeated_counts_once(seed, times):
    table = scores(people=8, seed=seed)
    again = pd.concat([table, *[table[table["participant"] == "p3"]] * times])
    a, b = curve(table, stages=STAGES), curve(again, stages=STAGES)
    columns = ["mean", "low", "high", "band_low", "band_high", "n", "shown", "hollow"]
    pd.testing.assert_frame_equal(a.table[columns], b.table[columns])


def test_a_person_with_fifty_answers_counts_once():
    table = pd.DataFrame(
        {"participant": ["loud"] * 50 + ["a", "b"], "stage": "deal", "score": [-2.0] * 50 + [1.0, 1.0]}
    )
    row = curve(table).table.iloc[0]
    assert row["n"] == 3
    assert row["ratings"] == 52
    assert row["mean"] == pytest.approx(0.0)


def test_ids_of_people_agree_whatever_their_type():
    table = pd.DataFrame({"participant": [1.0, 2.0, 3.0, 4.0], "stage": "deal", "score": [1, 1, 0, -1]})
    mood = curve(table, by=pd.Series(["A", "A", "A", "B"], index=[1, 2, 3, 4]))
    assert mood.table["n"].tolist() == [3, 1]


def test_fewer_than_three_people_are_a_gap_and_few_are_hollow():
    table = pd.concat(
        [scores(4), pd.DataFrame({"participant": ["p0", "p1"], "stage": "extra", "score": 1.0, "source": "survey"})]
    )
    mood = curve(table, stages=[*STAGES, "extra", "nobody"])
    by_stage = mood.table.set_index("stage")
    assert by_stage.loc["deal", "hollow"]
    assert not by_stage.loc["extra", "shown"]
    assert np.isnan(by_stage.loc["extra", "mean"])
    assert by_stage.loc["extra", "n"] == 2
    assert by_stage.loc["nobody", "reason"] == "nobody"
    gap = {p.stage: p for p in mood.points()}["extra"]
    assert gap.estimate.value is None
    assert gap.estimate.n == 2
    assert gap.evidence == ()


def test_text_tone_needs_ten_texts():
    nine = pd.DataFrame({"participant": list("abcdefghi"), "stage": "deal", "score": 0.5, "source": "text"})
    ten = pd.concat([nine, nine.head(1)])
    assert not curve(nine).table["shown"].iloc[0]
    assert "texts" in curve(nine).table["reason"].iloc[0]
    assert curve(ten).table["shown"].iloc[0]


def test_the_band_holds_every_interval_and_the_interval_the_mean():
    mood = curve(scores(15), stages=STAGES).table
    assert (mood["band_low"] <= mood["low"]).all()
    assert (mood["low"] <= mood["mean"]).all()
    assert (mood["mean"] <= mood["high"]).all()
    assert (mood["high"] <= mood["band_high"]).all()
    assert mood[["band_low", "band_high"]].abs().to_numpy().max() <= 2


def test_equal_ratings_still_have_an_interval_with_a_width():
    table = pd.DataFrame({"participant": list("abcdef"), "stage": "deal", "score": 2.0})
    mood = curve(table)
    row = mood.table.iloc[0]
    assert row["low"] < row["mean"] == row["high"] == 2.0
    assert any("same rating" in w for w in mood.warnings)


def test_one_person_one_stage_is_a_gap_not_an_error():
    mood = curve(pd.DataFrame({"participant": ["a"], "stage": ["deal"], "score": [1.0]}))
    assert not mood.table["shown"].any()
    assert "1 person" in mood.summary("en")
    assert mood.peak_end().empty


def test_worst_and_best_stage_are_found_with_their_probability():
    moments = curve(scores(40), stages=STAGES).peak_end().set_index("what")
    assert moments.loc["worst", "stage"] == "evaluation"
    assert moments.loc["worst", "probability"] > 0.99
    assert moments.loc["best", "stage"] in ("loop", "search")
    assert moments.loc["end", "stage"] == "loop"
    assert 0.3 < moments.loc["best", "probability"] < 1


def test_peak_end_is_half_way_between_peak_and_end():
    mood = curve(scores(40), stages=STAGES)
    moments = mood.peak_end().set_index("what")
    half = (moments.loc["peak", "value"] + moments.loc["end", "value"]) / 2
    assert moments.loc["peak_end", "value"] == pytest.approx(half)
    assert moments.loc["peak_end", "low"] < half < moments.loc["peak_end", "high"]


def test_peak_end_values_of_kahnemans_two_patients():
    assert peak_end_value([2, 8, 5, 7]) == 7.5
    assert peak_end_value([2, 8, 5, 4, 3, 1]) == 4.5
    assert peak_end_value([-2, 1, 1.5]) == -0.25
    with pytest.raises(CjmError, match="at least one"):
        peak_end_value([np.nan])


def test_straight_lines_join_the_stages_and_break_at_a_gap():
    table = scores(20)
    table = table[~((table["stage"] == "deal") & (table["participant"] > "p1"))]
    mood = curve(table, stages=STAGES)
    drawn = cj.plot.emotion_curve(mood, lang="en").lines
    means = mood.table["mean"].where(mood.table["shown"]).to_numpy()
    line = next(x for x in drawn if len(x.get_ydata()) == len(STAGES) and x.get_linestyle() == "-")
    np.testing.assert_array_equal(np.asarray(line.get_ydata(), dtype=float), means)
    assert np.isnan(means).any()


def test_sources_stay_apart_and_say_where_they_disagree():
    rated, coded = scores(40), scores(40, seed=1, source="coding")
    coded.loc[coded["stage"] == "deal", "score"] -= 1.5
    coded["score"] = coded["score"].clip(-2, 2)
    mood = curve(pd.concat([rated, coded]), stages=STAGES)
    assert mood.sources == ("survey", "coding")
    gaps = mood.disagreements().set_index("stage")
    assert gaps.loc["deal", "disagree"]
    assert gaps.loc["deal", "difference"] == pytest.approx(-1.5, abs=0.5)
    assert not gaps.loc["search", "disagree"]


def test_text_is_compared_by_shape_because_it_has_no_common_zero():
    told = scores(40, seed=1, source="text")
    told["score"] = (told["score"] - 0.8).clip(-2, 2)
    table = pd.concat([scores(40), told])
    gaps = curve(table, stages=STAGES).disagreements()
    assert set(gaps["by"]) == {"shape"}
    assert gaps["difference"].abs().max() < 0.6


def test_weights_need_a_reason_and_change_the_mean():
    table = pd.DataFrame({"participant": list("abcd"), "stage": "deal", "score": [2.0, 2.0, -2.0, -2.0]})
    weights = pd.Series([3, 3, 1, 1], index=list("abcd"))
    with pytest.raises(CjmError, match="reason"):
        Weights(weights, " ")
    mood = curve(table, weights=Weights(weights, "city quotas"))
    assert mood.table["mean"].iloc[0] == pytest.approx(1.0)
    assert mood.table["n_eff"].iloc[0] == pytest.approx(64 / 20)
    assert any("city quotas" in w for w in mood.warnings)


def test_personas_keep_their_order_and_strangers_are_counted():
    labels = pd.Series(pd.Categorical(["Z", "A", "A", "Z"], ["Z", "A"]), index=["p0", "p1", "p2", "p3"])
    mood = curve(scores(6), by=labels, stages=STAGES)
    assert mood.personas == ("Z", "A")
    assert any("2 of 6 people" in w for w in mood.warnings)


def test_a_stage_that_a_persona_never_rated_is_a_visible_gap():
    table = scores(8)
    table = table[~((table["stage"] == "loop") & table["participant"].isin(["p0", "p1", "p2", "p3"]))]
    mood = curve(table, by=pd.Series(["A"] * 4 + ["B"] * 4, index=[f"p{i}" for i in range(8)]), stages=STAGES)
    row = mood.table.set_index(["persona", "stage"]).loc[("A", "loop")]
    assert not row["shown"]
    assert row["n"] == 0
    assert row["reason"] == "nobody"


def test_touchpoints_have_curves_of_their_own():
    table = scores(10).assign(touchpoint=lambda t: np.where(t["stage"] == "deal", "office", "site"))
    mood = curve(table, unit="touchpoint", stages=STAGES)
    assert mood.table["touchpoint"].tolist() == ["site", "site", "office", "site"]
    assert mood.estimate("deal", touchpoint="office").n == 10
    with pytest.raises(CjmError, match="touchpoint"):
        mood.points()


def test_points_go_onto_a_journey_and_cite_what_they_rest_on():
    mood = curve(scores(12).assign(item="Q1", survey="buyers"), stages=STAGES)
    journey = cj.Journey(id="j", title="J", stages=tuple(Stage(id=s, title=s) for s in STAGES)).with_emotion(mood)
    assert [p.stage for p in journey.emotion] == STAGES
    assert journey.emotion[0].evidence[0].survey == "buyers"
    assert journey.emotion[0].evidence[0].item == "Q1"
    figure = cj.cite(mood, stage="deal")
    assert figure.estimate == journey.emotion[2].estimate


def test_the_same_scores_give_the_same_words():
    a, b = (curve(scores(20), stages=STAGES) for _ in range(2))
    assert a.summary("ru") == b.summary("ru")
    assert "ниже всего" in a.summary("ru")
    assert "lowest" in a.summary("en")


def test_stage_titles_come_from_stage_objects():
    mood = curve(scores(12), stages=[Stage(id=s, title=s.title()) for s in STAGES])
    assert "“Evaluation”" in mood.summary("en")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.assign(score=t["score"] + 3), "outside −2..2"),
        (lambda t: t.assign(score="good"), "not numbers"),
        (lambda t: t.drop(columns="stage"), "no column 'stage'"),
        (lambda t: t.assign(score=np.nan), "no scores"),
        (lambda t: t.assign(stage="evalution"), "did you mean 'evaluation'"),
    ],
)
def test_bad_tables_are_refused_with_the_reason(change, message):
    with pytest.raises(CjmError, match=message):
        curve(change(scores(5)), stages=STAGES)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: curve(t, source="surveys"), "did you mean 'survey'"),
        (lambda t: curve(t, unit="channel"), "unknown unit"),
        (lambda t: curve(t, level=95), "level"),
        (lambda t: curve(t, stages=["search", "search"]), "named twice"),
        (lambda t: curve(t, by=pd.Series(["A"], index=["nobody"])), "none of the 5 people"),
        (lambda t: curve(t, by="persona"), "unknown column"),
        (lambda t: curve(t.to_dict()), "DataFrame"),
        (lambda t: curve(t, stages=STAGES).estimate("deel"), "did you mean 'deal'"),
    ],
)
def test_bad_calls_are_refused_with_the_way_out(call, message):
    with pytest.raises(CjmError, match=message):
        call(scores(5))


def test_alphabetical_order_is_admitted():
    assert any("alphabetical" in w for w in curve(scores(5)).warnings)
    assert curve(scores(5)).stages == tuple(sorted(STAGES))


def test_distribution_sees_a_quarrel_behind_a_mean_of_zero():
    table = pd.DataFrame({"participant": range(24), "stage": "deal", "score": [-2, -2, -2, -1, 1, 2, 2, 2] * 3})
    spread = distribution(table)
    assert spread.splits["split"].iloc[0]
    assert spread.table["share"].sum() == pytest.approx(1)
    assert spread.table.set_index("feeling")["people"].to_dict() == {-2: 9, -1: 3, 0: 0, 1: 3, 2: 9}
    assert "50%" in spread.summary("en")


def test_coverage_of_skewed_ratings_stays_near_its_level():
    from scipy import stats

    # The full simulation is in benchmarks/emotion_coverage.py; here one world where Student's t covers 91 %.
    rng = np.random.default_rng(11)
    cuts = [-2.6, -2.1, -1.4, -0.4]

    def world(n):
        own = rng.normal(0, 0.8, n)
        return np.searchsorted(cuts, own + rng.normal(0, 0.8, n)) - 2.0

    truth = world(400_000).mean()
    hits = {"curve": 0, "t": 0}
    runs = 400
    for _ in range(runs):
        y = world(15)
        row = curve(pd.DataFrame({"participant": np.arange(15), "stage": "deal", "score": y})).table.iloc[0]
        hits["curve"] += row["low"] <= truth <= row["high"]
        low, high = stats.t.interval(0.95, 14, loc=y.mean(), scale=stats.sem(y) or 1e-9)
        hits["t"] += low <= truth <= high
    assert hits["curve"] / runs >= 0.93
    assert hits["t"] < hits["curve"]


def test_remarks_are_made_in_the_language_in_use():
    cj.use_language("ru")
    try:
        assert any("по алфавиту" in w for w in curve(scores(5)).warnings)
    finally:
        cj.use_language("en")


def test_every_result_shows_itself_in_both_languages():
    from cjmkit.barriers import weakest_link
    from cjmkit.emotion import difference

    mood = curve(scores(12), stages=STAGES)
    waves = pd.concat([scores(12).assign(wave="a"), scores(12, seed=4).assign(wave="b")])
    results = [mood, difference(waves, by="wave", stages=STAGES), weakest_link(mood)]
    for lang, word in (("en", "stage"), ("ru", "этап")):
        cj.use_language(lang)
        try:
            for result in results:
                html = result._repr_html_()
                assert f">{word}</th>" in html
                assert result.summary().split(" ")[0] in html
        finally:
            cj.use_language("en")


def test_one_hump_is_seldom_called_two_groups():
    for n in (8, 30, 200):
        said = 0
        for seed in range(100):
            y = np.clip(np.round(np.random.default_rng(seed).normal(0, 1, n)), -2, 2)
            found = distribution(pd.DataFrame({"participant": range(n), "stage": "deal", "score": y}))
            said += found.splits["split"].any()
        assert said <= 5
    flat = pd.DataFrame({"participant": range(300), "stage": "deal", "score": [-2, -1, 0, 1, 2] * 60})
    assert "No stage shows two groups" in distribution(flat).summary("en")


def test_two_camps_are_found_from_a_few_dozen_people_on():
    found = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        y = np.clip(np.round(rng.choice([-1.7, 1.7], 40) + rng.normal(0, 0.4, 40)), -2, 2)
        table = pd.DataFrame({"participant": range(40), "stage": "deal", "score": y})
        found += bool(distribution(table).splits["split"].iloc[0])
    assert found >= 36


def test_shares_of_feelings_do_not_change_sides_when_signs_are_turned():
    table = pd.DataFrame({"participant": range(6), "stage": "deal", "score": [-1.5, -0.5, 0.5, 1.5, 0.0, -2.0]})
    one, other = distribution(table).table, distribution(table.assign(score=-table["score"])).table
    turned = dict(zip(-other["feeling"], other["people"], strict=True))
    assert dict(zip(one["feeling"], one["people"], strict=True)) == turned


def eight_of_twenty():
    rows = [(f"p{i}", s, 2 if i < 8 else -2) for i in range(20) for s in ("s1", "s2")]
    rows += [(f"p{i}", "s3", 2) for i in range(8)]
    return pd.DataFrame(rows, columns=["participant", "stage", "score"])


def test_a_mean_stays_within_what_people_at_the_stage_said_and_the_limits_hold_what_the_model_infers():
    row = curve(eight_of_twenty(), stages=["s1", "s2", "s3"]).table.set_index("stage").loc["s3"]
    assert (row["mean"], row["answered"], row["n"]) == (2, 2, 8)
    assert row["left"] == 0.6
    assert row["low"] == pytest.approx(-0.4, abs=0.01)


def test_where_many_left_the_assumption_stands_beside_the_mean_of_those_who_answered():
    mood = curve(eight_of_twenty(), stages=["s1", "s2", "s3"])
    (said,) = [w for w in mood.warnings if "had left by" in w]
    assert "60% had left by “s3”" in said
    assert "8 people answered, with a mean of 2.00" in said
    assert "the mean is 0.6 lower" in said
    assert "Those who left had rated" not in said  # all 12 the same: no spread to measure against
    assert not [w for w in curve(scores(30), stages=STAGES).warnings if "had left" in w]


def test_leaving_that_goes_with_ratings_is_said():
    rng = np.random.default_rng(3)
    rows = []
    for i in range(120):
        first = float(rng.integers(-2, 3))
        rows.append((f"p{i}", "s1", first))
        if first > -1 or rng.random() < 0.2:
            rows.append((f"p{i}", "s2", float(rng.integers(-2, 3))))
    mood = curve(pd.DataFrame(rows, columns=["participant", "stage", "score"]), stages=["s1", "s2"])
    assert any("had rated" in w and "lower before they did" in w for w in mood.warnings)


def test_the_worst_stage_chosen_after_looking_gets_the_limits_of_all_stages():
    held, runs = 0, 120
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        y = np.clip(np.round(rng.normal(0, 0.7, (8, 1)) + rng.normal(0, 0.9, (8, 8))), -2, 2)
        table = pd.DataFrame(y, columns=list("abcdefgh")).rename_axis("participant").reset_index()
        table = table.melt("participant", var_name="stage", value_name="score")
        row = curve(table).peak_end().set_index("what").loc["worst"]
        held += row["low"] <= 0 <= row["high"]
    assert held / runs >= 0.93


def test_weights_that_are_all_zero_are_refused():
    table = scores(6)
    none = pd.Series(0.0, index=table["participant"].unique())
    with pytest.raises(CjmError, match="nobody counts"):
        curve(table, weights=Weights(none, "x"))
