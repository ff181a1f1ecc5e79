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
    assert any("left out items: 1 person;" in w for w in found.warnings)


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


STATEMENTS = (
    "Overall, I am satisfied with how easy it is to use this system.", "It was simple to use this system.",
    "I could effectively complete the tasks and scenarios using this system.",
    "I was able to complete the tasks and scenarios quickly using this system.",
    "I was able to efficiently complete the tasks and scenarios using this system.",
    "I felt comfortable using this system.", "It was easy to learn to use this system.",
    "I believe I could become productive quickly using this system.",
    "The system gave error messages that clearly told me how to fix problems.",
    "Whenever I made a mistake using the system, I could recover easily and quickly.",
    "The information (such as on-line help) provided with this system was clear.",
    "It was easy to find the information I needed.",
    "The information provided for the system was easy to understand.",
    "The information was effective in helping me complete the tasks and scenarios.",
    "The organization of information on the system screens was clear.", "The interface of this system was pleasant.",
    "I liked using the interface of this system.",
    "This system has all the functions and capabilities I expect it to have.",
    "Overall, I am satisfied with this system.",
)  # fmt: skip


def form(tmp_path, n=12):
    """The export of a form: a code asked for, nineteen statements, a field of comments after each."""
    rng = np.random.default_rng(3)
    rows = [["Timestamp", "Please enter your participant number", *(x for s in STATEMENTS for x in (s, "Comments"))]]
    marks = rng.integers(1, 6, (n, 19))
    for k in range(n):
        said = ["Same as above" if k == 2 else "Good, but the page of orders takes long to open" if k < 5 else ""] * 19
        rows.append([f"2026-03-0{1 + k % 9} 10:0{k % 6}", f"P{k + 1}", *(x for p in zip(marks[k], said) for x in p)])
    path = tmp_path / "form.csv"
    pd.DataFrame(rows).to_csv(path, header=False, index=False)
    return path, marks


def test_a_form_with_the_statements_of_pssuq_is_read_as_one_with_its_people_and_its_good_end(tmp_path):
    path, marks = form(tmp_path)
    s = cj.survey.read(path, quiet=True)
    assert list(s.respondents) == [f"P{k + 1}" for k in range(12)]
    assert (s.items["type"] == "open").sum() == 19 and len(s.doubts()) == 0
    found = score(s, "PSSUQ", "pssuq")
    assert len(found.items) == 19 and found.estimate.value == pytest.approx(marks.mean())
    # 1 is agreement: on the map the same answers are the mirror image.
    on_map = cj.survey.stage_scores(s.set_item(list(found.items), stage="use"))["score"]
    assert on_map.mean() == pytest.approx(2 - 4 * (marks.mean() - 1) / 6)
