"""Banner tables: the figures are R's, letters are rarely false, every form has one content."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from cjmkit.errors import CjmError
from cjmkit.survey import Survey, banner, rake, score

GOLDEN = Path(__file__).parent / "golden"
sys.path.insert(0, str(GOLDEN))
from banner_check import agrees  # noqa: E402
from people import tables  # noqa: E402


def survey_of(frame, **items):
    s = Survey.from_frame(frame.assign(respondent=[f"p{i}" for i in range(len(frame))]), person="respondent")
    for name, changes in items.items():
        s = s.set_item(name, **changes)
    return s


@pytest.fixture(scope="module")
def shop():
    rng = np.random.default_rng(5)
    n = 600
    t = pd.DataFrame({"age": rng.choice(["18-34", "35-54", "55+"], n), "sex": rng.choice(["f", "m"], n)})
    t["recommend"] = np.clip(np.round(7 + 1.5 * (t["age"] == "55+") + rng.normal(0, 2.2, n)), 0, 10).astype(int)
    t["speed"] = rng.integers(1, 6, n)
    t["city"] = rng.choice(["Perm", "Omsk", "Tver", "Orel"], n, p=[0.5, 0.3, 0.15, 0.05])
    t["spent"] = np.round(rng.lognormal(3, 1, n))
    picks = rng.random((n, 3)) < [0.6, 0.4, 0.2]
    t["used"] = [";".join(np.array(["chat", "phone", "shop"])[p]) or None for p in picks]
    s = survey_of(t, recommend={"type": "nps", "scale": (0, 10)}, speed={"type": "likert", "scale": (1, 5)})
    return s.set_item("used", type="multi", separator=";").set_item("spent", type="number")


@pytest.mark.parametrize("name", ["rating", "rating_weighted", "plan", "plan_weighted"])
def test_every_cell_p_value_and_letter_is_the_one_of_r(name):
    people = tables()
    one = people[people["table"] == name].reset_index(drop=True)
    rating = name.startswith("rating")
    answer = one["answer"].astype(int) if rating else one["answer"]
    kind = {"type": "likert", "scale": (1, 5)} if rating else {"type": "single"}
    s = survey_of(pd.DataFrame({"answer": answer, "column": one["column"]}), answer=kind, column={"type": "single"})
    weights = one["weight"].to_numpy() if name.endswith("weighted") else None
    expected = json.loads((GOLDEN / "banner.json").read_text("utf-8"))[name]
    assert agrees(s, "answer", "column", expected, weights) >= 50


def test_figures_and_limits_are_those_of_score(shop):
    w = np.random.default_rng(1).uniform(0.5, 2, 600)
    found = banner(shop, ["recommend", "speed"], "age", weights=w)
    for item, kind, row in (("recommend", "nps", "nps"), ("speed", "mean", "mean"), ("speed", "top2", "top2")):
        one = score(shop, item, kind=kind, by="age", weights=w).table
        for r in one.itertuples():
            e = found.estimate(item, row, r.group)
            assert (e.value, e.n) == (pytest.approx(r.value, abs=1e-9), r.n)
            assert (e.low, e.high) == (
                pytest.approx(r.low, abs=1e-6),
                pytest.approx(r.high, abs=1e-6),
            ) or kind == "mean"


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n", [90, 300, 1500])
def test_at_most_one_null_table_row_in_twenty_carries_a_letter(n, weighted):
    rng = np.random.default_rng(n + weighted)
    rows, tries = 40, 6
    false = 0
    for _ in range(tries):
        t = pd.DataFrame({f"q{i}": rng.choice(["x", "y"], n, p=[0.1 + i / 100, 0.9 - i / 100]) for i in range(rows)})
        s = survey_of(t.assign(by=rng.choice(list("abc"), n)), **{"q*": {"type": "single"}})
        w = np.exp(0.5 * rng.standard_normal(n)) if weighted else None
        found = banner(s, "q*", "by", weights=w, min_n=20).table
        false += found.groupby("item")["letters"].agg(lambda v: v.ne("").any()).sum()
    # Both answers of a question are one finding; 240 questions, 5 % of them 12, and 2.6 standard errors of that count.
    assert false <= 0.05 * rows * tries + 9


def test_people_in_two_columns_are_no_two_samples():
    rng = np.random.default_rng(3)
    n, false = 400, 0
    for _ in range(60):
        base = rng.random(n)
        t = pd.DataFrame({"q": rng.choice(["x", "y"], n)})
        # The same nine in ten use both: columns that nearly coincide must not differ more often than others.
        t["used"] = np.where(base < 0.9, "chat;phone", np.where(base < 0.95, "chat", "phone"))
        s = survey_of(t, used={"type": "multi", "separator": ";"}, q={"type": "single"})
        found = banner(s, "q", "used", correction="none")
        p = found.tests["p"].iloc[0]
        false += p < 0.05
    assert 0 <= false <= 9


def test_a_difference_among_those_not_shared_is_found():
    t = pd.DataFrame({"used": ["a;b"] * 300 + ["a"] * 60 + ["b"] * 60, "q": ["x", "y"] * 150 + ["x"] * 60 + ["y"] * 60})
    s = survey_of(t, used={"type": "multi", "separator": ";"}, q={"type": "single"})
    # A sample of 360 against another would not show 58 against 42 % so surely: the shared part is taken off.
    assert banner(s, "q", "used").tests["p"].iloc[0] < 1e-12


def test_nets_join_answers_and_a_person_in_two_of_them_counts_once(shop):
    nets = {"used": {"remote": ["chat", "phone"], "any": {"far": ["chat", "phone"], "near": ["shop"]}}}
    found = banner(shop, "used", "sex", nets=nets)
    whole = found.table[found.table["by"] == ""].set_index("row")
    raw = shop.raw("used").dropna()
    assert whole["n"].unique().tolist() == [len(raw)]
    expected = raw.str.contains("chat|phone").mean()
    assert whole.loc["remote", "value"] == pytest.approx(expected)
    assert whole.loc["any", "value"] == pytest.approx(1.0)
    assert whole.loc[["remote", "any", "far", "near"], "net"].all()
    assert (whole.loc["far", "depth"], whole.loc["chat", "depth"]) == (1, 1)


def test_nested_columns_are_the_cross_of_both(shop):
    found = banner(shop, "speed", [("age", "sex")])
    frame = shop.data
    for (age, sex), part in frame.groupby(["age", "sex"]):
        assert found.estimate("speed", "mean", f"{age} · {sex}").value == pytest.approx(part["speed"].mean())


def test_all_kinds_of_items_have_rows(shop):
    found = banner(shop, ["recommend", "speed", "city", "spent", "used"], ["age", "sex"])
    kinds = found.table.groupby("item")["statistic"].agg(set).to_dict()
    assert kinds["recommend"] == {"share", "nps"}
    assert kinds["speed"] == {"share", "mean"}
    assert kinds["spent"] == {"mean", "median"}
    assert kinds["city"] == kinds["used"] == {"share"}
    spent = shop.data["spent"]
    median = found.estimate(item="spent", row="median", by="")
    assert (median.value, median.low < median.value < median.high) == (spent.median(), True)


def test_the_older_recommend_more_and_the_letter_says_so(shop):
    t = banner(shop, "recommend", "age").table
    nps = t[t["row"] == "nps"].set_index("column")
    assert nps.loc["55+", "letters"] == "A B"
    assert nps.loc["18-34", "letters"] == ""


def test_a_small_column_is_marked_and_not_tested(shop):
    few = pd.Series(["rare"] * 12 + ["often"] * 588, index=shop.respondents.to_numpy(), name="kind")
    found = banner(shop, "speed", few)
    assert found.tests.empty
    assert found.table.loc[found.table["column"] == "rare", "small"].all()
    assert "rare" in found.warnings[0]
    assert "rare" not in found.without(30).table["column"].tolist()
    assert "(B*)" in str(found.wide("en").columns.tolist())


def test_a_raking_serves_as_weights(shop):
    raked = rake(shop, {"sex": {"f": 0.7, "m": 0.3}})
    found = banner(shop, "speed", "sex", weights=raked)
    total = found.table[(found.table["by"] == "") & (found.table["row"] == "mean")].iloc[0]
    expected = np.average(shop.data["speed"], weights=raked.weights)
    assert total["value"] == pytest.approx(expected)
    assert total["n_effective"] == pytest.approx(raked.effective)


def test_the_workbook_holds_the_same_figures_and_no_formula(shop, tmp_path):
    found = banner(shop, ["recommend", "used"], ["age", "sex"], weights=np.random.default_rng(1).uniform(0.5, 2, 600))
    book = openpyxl.load_workbook(found.write(tmp_path / "t.xlsx", lang="en"))
    assert book.sheetnames == ["Contents", "1", "2"]
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not any(c.data_type == "f" for c in cells)
    sheet = book["2"]
    letters = {}
    for item_row in sheet.iter_rows(min_row=9, max_row=8 + 3):
        name = str(item_row[0].value).strip()
        mine = found.table[(found.table["item"] == "used") & (found.table["row"] == name)]
        assert [item_row[1 + 2 * j].value for j in range(len(mine))] == pytest.approx(mine["value"].tolist(), abs=1e-12)
        letters |= {(name, j): item_row[2 + 2 * j].value or "" for j in range(len(mine))}
        assert [letters[name, j] for j in range(len(mine))] == mine["letters"].tolist()


def test_an_answer_that_looks_like_a_formula_or_a_tag_stays_text(tmp_path):
    t = pd.DataFrame({"q": ["=1+1", "<b>x</b>", "a|b"] * 20, "by": list("uv") * 30})
    found = banner(survey_of(t, q={"type": "single"}), "q", "by")
    assert "<b>x" not in found.html() and "&lt;b&gt;x" in found.html()
    assert r"a\|b" in found.markdown()
    book = openpyxl.load_workbook(found.write(tmp_path / "t.xlsx"))
    assert not any(c.data_type == "f" for sheet in book for row in sheet.iter_rows() for c in row)


def test_html_and_markdown_show_the_figures_in_both_languages(shop):
    found = banner(shop, "recommend", "age")
    whole = found.table[(found.table["by"] == "") & (found.table["row"] == "promoters")]["value"].iloc[0]
    assert f"{whole * 100:.0f}%" in found.html("en") and f"{whole * 100:.0f} %" in found.html("ru")
    assert "промоутеры" in found.markdown("ru") and "promoters" in found.markdown("en")
    assert found.summary("ru").startswith("1 вопрос, 3 группы")


def test_sorting_keeps_every_figure(shop):
    found = banner(shop, "city", "sex", statistics="share")
    again = found.sorted()
    first = again.table[again.table["by"] == ""]["value"].tolist()
    assert first == sorted(first, reverse=True)
    assert len(again.table) == len(found.table)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rows": "sped"}, "speed"),
        ({"columns": "agee"}, "age"),
        ({"rows": "age"}, "rows and in columns"),
        ({"columns": "respondent"}, "columns are items with few answers"),
        ({"rows": "respondent"}, "has no figure"),
        ({"weights": np.zeros(600)}, "zero or less"),
        ({"nets": {"city": {"south": ["Sochi"]}}, "rows": "city"}, "Sochi"),
        ({"nets": {"cty": {"x": ["Perm"]}}, "rows": "city"}, "cty"),
        ({"nets": {"city": {"x": []}}, "rows": "city"}, "joins no answers"),
        ({"statistics": "sum"}, "sum"),
        ({"statistics": "nps"}, "cannot be shown as nps"),
        ({"correction": "bonferroni"}, "bonferroni"),
        ({"columns": []}, "names no item"),
        ({"rows": []}, "names no item"),
        ({"level": 95}, "between 0 and 1"),
    ],
)
def test_bad_input_is_named(shop, change, says):
    given = {"rows": "speed", "columns": "age"} | change
    with pytest.raises(CjmError, match=says):
        banner(shop, given.pop("rows"), given.pop("columns"), **given)


def test_five_hundred_categories_are_too_many_columns_and_one_tail_row():
    t = pd.DataFrame({"many": [f"c{i % 500}" for i in range(1000)], "q": ["x", "y"] * 500})
    s = survey_of(t, many={"type": "single"}, q={"type": "single"})
    with pytest.raises(CjmError, match="columns; a table takes up to 60|different answers"):
        banner(s, "q", pd.Series(t["many"].to_numpy(), index=s.respondents.to_numpy(), name="many"))
    assert banner(s, "many", "q").table["row"].nunique() == 51


def test_a_group_without_an_answer_is_a_gap_and_no_error():
    t = pd.DataFrame({"q": ["x", "y"] * 20 + [None] * 20, "by": ["a"] * 40 + ["b"] * 20})
    found = banner(survey_of(t, q={"type": "single"}), "q", "by")
    row = found.table[(found.table["column"] == "b")].iloc[0]
    assert (row["n"], np.isnan(row["value"])) == (0, True)
    assert found.wide("en").loc[("q", "x")].tolist()[-1] == "—"


def test_two_thousand_people_take_a_second():
    rng = np.random.default_rng(0)
    t = pd.DataFrame({f"q{i}": rng.integers(1, 6, 2000) for i in range(30)})
    t = t.assign(
        a=rng.choice(list("abcdefgh"), 2000), b=rng.choice(list("uvwxyz"), 2000), c=rng.choice(list("klmnop"), 2000)
    )
    s = survey_of(t, **{"q*": {"type": "likert", "scale": (1, 5)}})
    banner(s, "q0", "a")
    start = time.process_time()
    found = banner(s, "q*", ["a", "b", "c"])
    assert time.process_time() - start < 1
    assert found.table.drop_duplicates(["item", "row"]).shape[0] == 210


def spending(seed, n, shift=0.0, weighted=False):
    rng = np.random.default_rng(seed)
    group = rng.choice(["a", "b"], n)
    t = pd.DataFrame({"group": group, "spent": np.round(np.exp(rng.normal(3 + shift * (group == "b"), 0.8, n)))})
    s = survey_of(t.assign(w=np.exp(0.6 * rng.standard_normal(n))), spent={"type": "number"}, w={"type": "number"})
    found = banner(s, "spent", "group", weights="w" if weighted else None, statistics="median", correction="none")
    return found, t


def test_medians_are_tested_as_scipys_median_test_does():
    from scipy.stats import median_test

    found, t = spending(1, 301, 0.6)
    a, b = (t.loc[t["group"] == g, "spent"] for g in "ab")
    assert found.tests["p"].iloc[0] == pytest.approx(median_test(a, b, correction=False, ties="below").pvalue, abs=1e-9)
    assert found.table.query("column == 'b'")["letters"].iloc[0] == "A"


@pytest.mark.parametrize("weighted", [False, True])
def test_equal_medians_get_letters_in_about_one_of_twenty_tables(weighted):
    hits = sum(spending(k, 120, weighted=weighted)[0].tests["p"].iloc[0] < 0.05 for k in range(80))
    assert hits <= 10  # 4 expected, 3 standard errors above


def test_limits_of_weighted_medians_hold_the_truth():
    hits = []
    for k in range(80):
        total = spending(k, 120, weighted=True)[0].table.query("by == ''").iloc[0]
        hits.append(total["low"] <= round(np.exp(3)) <= total["high"])
    assert np.mean(hits) > 0.88


def test_questions_of_one_figure_stand_in_one_table_and_a_batterys_words_once():
    rng = np.random.default_rng(3)
    t = pd.DataFrame(rng.integers(1, 6, (60, 2)), columns=["q1", "q2"]).assign(sex=["f", "m"] * 30)
    s = survey_of(
        t,
        q1={"type": "likert", "scale": (1, 5), "text": "How good was it? - Food"},
        q2={"type": "likert", "scale": (1, 5), "text": "How good was it? - Staff"},
    )
    html = banner(s, ["q1", "q2"], "sex", statistics="mean")._repr_html_()
    assert html.count("<table") == 1
    assert html.count("How good was it?") == 1
    assert ">Food<" in html and ">Staff<" in html
    assert banner(s, ["q1", "q2"], "sex")._repr_html_().count("<table") == 2


def test_personas_head_their_columns_in_the_readers_language():
    survey = Survey.from_frame(pd.DataFrame({"id": range(40), "q": [1, 5] * 20, "r": [2, 4, 3, 5] * 10}))
    by = pd.Series(["a", "b"] * 20, index=survey.raw("q").index, name="persona")
    shown = banner(survey, ["r"], by, statistics="mean").html("ru")
    assert ">портрет</th>" in shown
    assert ">persona</th>" not in shown
