"""UMUX-Lite and PSSUQ: the published scoring, the norms, and what does not fit."""

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.survey import Survey, score


def umux(a, b, scale=(1, 7)):
    s = Survey.from_frame(pd.DataFrame({"id": range(len(a)), "meets": a, "easy": b}))
    return s.set_item(["meets", "easy"], type="likert", scale=scale, group="umux")


def test_umux_lite_is_the_published_formula_and_stands_for_its_sus():
    a, b = [7, 6, 5, 4, 1, 7], [7, 5, 6, 4, 1, 6]
    found = score(umux(a, b), ["meets", "easy"], "umux_lite")
    raw = np.array([(x + y - 2) * (100 / 12) for x, y in zip(a, b, strict=True)])
    assert found.estimate.value == pytest.approx(raw.mean())
    row = found.table.iloc[0]
    assert row["sus"] == pytest.approx((0.65 * raw + 22.9).mean())
    assert row["sus_low"] == pytest.approx(0.65 * row["low"] + 22.9)
    assert row["grade"] == "C" and "SUS of 65" in found.summary("en") and "SUS 65" in found.summary("ru")


def test_umux_lite_of_five_points_runs_from_0_to_100_too():
    assert score(umux([1, 5] * 6, [1, 5] * 6, (1, 5)), "umux", "umux_lite").estimate.value == 50


def test_umux_lite_of_the_best_answers_stands_for_at_most_87_9():
    assert score(umux([7] * 5, [7] * 5), "umux", "umux_lite").table["sus"].iloc[0] == pytest.approx(87.9)


def answers(n=40, items=16, seed=0, shift=0.0):
    rng = np.random.default_rng(seed)
    mood = rng.normal(2.8 + shift, 0.8, n)[:, None]
    t = pd.DataFrame(
        np.clip(np.round(mood + rng.normal(0, 0.9, (n, items))), 1, 7), columns=[f"q{i + 1}" for i in range(items)]
    )
    s = Survey.from_frame(t.assign(id=range(n), team=["a", "b"] * (n // 2)), person="id")
    return s.set_item("q*", type="likert", scale=(1, 7), group="PSSUQ").set_item("team", type="single"), t


@pytest.mark.parametrize(("items", "ends"), [(16, (6, 12, 15)), (18, (8, 15, 18)), (19, (8, 15, 18))])
def test_pssuq_parts_are_the_means_of_their_items(items, ends):
    s, t = answers(items=items)
    found = score(s, "q*", "pssuq").table.set_index("item")["value"]
    a, b, c = ends
    x = t.to_numpy()
    expected = [x.mean(), x[:, :a].mean(), x[:, a:b].mean(), x[:, b:c].mean()]
    assert found.tolist() == pytest.approx(expected)


def test_pssuq_stands_beside_the_published_means_of_version_three_only():
    s, _ = answers()
    table = score(s, "q*", "pssuq").table.set_index("item")
    assert table["norm"].tolist() == [2.82, 2.80, 3.02, 2.49]
    old = score(answers(items=19)[0], "q*", "pssuq")
    assert old.table["norm"].isna().all() and any("version 3" in w for w in old.warnings)
    assert "worse than the published mean of 2.82" in score(answers(shift=1.5)[0], "q*", "pssuq").summary("en")
    assert "лучше опубликованного среднего 2,82" in score(answers(shift=-1.2)[0], "q*", "pssuq").summary("ru")
    assert "not told from" in score(s, "q*", "pssuq").summary("en")


def test_pssuq_of_people_who_left_items_out_is_the_mean_of_the_others():
    _, t = answers()
    t = t.astype(float)
    t.loc[0, ["q9", "q10"]] = np.nan
    holes = Survey.from_frame(t.assign(id=range(40)), person="id").set_item("q*", type="likert", scale=(1, 7))
    found = score(holes, "q*", "pssuq")
    assert found.estimate.n == 40 and found.estimate.value == pytest.approx(np.nanmean(t.to_numpy(), axis=1).mean())
    assert any("1 people left out items" in w for w in found.warnings)


def test_pssuq_by_group_has_every_part_of_every_group_and_cites():
    s, t = answers()
    found = score(s, "q*", "pssuq", by="team")
    assert len(found.table) == 8
    assert found.table.query("group == 'a' and item == 'overall'")["value"].iloc[0] == pytest.approx(
        t.iloc[::2].to_numpy().mean()
    )
    assert "PSSUQ" in cj.cite(found, group="a", item="overall").label("en")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: score(answers()[0], ["q1", "q2"], "pssuq"), "16 items"),
        (lambda: score(answers()[0].set_item("q3", scale=(1, 5)), "q*", "pssuq"), "1 .strongly agree. to 7"),
        (lambda: score(umux([1], [2]), "meets", "umux_lite"), "two statements"),
        (lambda: score(umux([1, 9], [2, 10], (1, 10)), "umux", "umux_lite"), "seven points"),
    ],
)
def test_items_that_do_not_fit_a_questionnaire_are_refused(call, said):
    with pytest.raises(CjmError, match=said):
        call()
