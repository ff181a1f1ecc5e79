"""The base of results: one row found by name, one way to be shown."""

import re
from dataclasses import dataclass, replace

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.result import Figure, Result, table_html
from cjmkit.errors import CjmError


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Losses(Result):
    table: pd.DataFrame
    warnings: tuple[str, ...] = ("<counted twice>",)
    level: float = 0.9

    _key = ("group", "step")
    _figure = Figure(value="share", n=("lost", "kept"), percent=True)
    _shown = ("step", "share")
    _percent = ("share",)
    _names = {"share": ("share lost", "доля потерь")}

    def summary(self, lang=None):
        return "First & last."

    def _evidence_of(self, row):
        return SurveyFigure(survey="s", item=str(row["step"]), estimate=self._estimate_of(row))


def rows(html):
    """The cells of a table, a list a row, without their markup."""
    found = re.findall(r"<tr>(.*?)</tr>", html)
    return [[re.sub(r"<[^>]+>", "", c) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in found]


@pytest.fixture
def losses():
    table = pd.DataFrame(
        {
            "group": ["a", "a", "b"],
            "step": ["1", "2", "1"],
            "share": [0.25, 0.5, 0.75],
            "low": [0.1, 0.3, 0.6],
            "high": [0.4, 0.7, None],
            "lost": [1, 2, 3],
            "kept": [3, 2, 1],
        }
    )
    return Losses(table=table)  # fmt: skip


def test_a_figure_is_found_by_the_values_of_its_naming_columns_in_any_type(losses):
    e = losses.estimate("a", 2)
    assert (e.value, e.low, e.high, e.n, e.level, e.percent) == (0.5, 0.3, 0.7, 4, 0.9, True)
    assert losses.estimate(group="b").value == 0.75
    assert losses.estimate(group="b").high is None


def test_an_unknown_or_doubtful_row_is_an_error_that_says_what_there_is(losses):
    with pytest.raises(CjmError, match=r"2 rows .* say step= one of '1', '2'"):
        losses.estimate("a")
    with pytest.raises(CjmError, match="grup"):
        losses.estimate(grup="a")
    with pytest.raises(CjmError, match="'c'"):
        losses.estimate("c")


def test_a_figure_can_be_cited_with_its_estimate(losses):
    assert cj.cite(losses, group="a", step="1").estimate == losses.estimate("a", "1")


def test_sentence_warnings_and_table_are_shown_and_nothing_in_them_is_markup(losses):
    assert repr(losses) == "First & last.\n! <counted twice>"
    html = losses._repr_html_()
    assert "<p>First &amp; last.</p>" in html
    assert "<li>&lt;counted twice&gt;</li>" in html
    assert rows(html) == [
        ["step", "share lost [90%]"],
        ["1", "██ 25% [10%, 40%]"],
        ["2", "████ 50% [30%, 70%]"],
        ["1", "██████ 75%"],
    ]


def test_numbers_and_heads_follow_the_language(losses):
    cj.use_language("ru")
    try:
        assert "доля потерь" in losses._repr_html_()
        assert "0,25" in table_html(losses.table, ["share"])
    finally:
        cj.use_language("en")


def test_a_long_table_says_how_many_rows_it_does_not_show():
    html = table_html(pd.DataFrame({"n": range(100)}), ["n"])
    assert rows(html)[12:] == [["11"], ["… 88 more"]]


def test_missing_true_and_counts_are_told_apart():
    table = pd.DataFrame({"n": [3, 4], "sure": [True, False], "p": [0.0123, None], "when": ["<b>", None]})
    assert rows(table_html(table, table.columns))[1:] == [["3", "✓", "0.012", "&lt;b&gt;"], ["4", "–", "—", "—"]]


def test_a_figure_has_no_more_digits_than_its_interval_supports():
    table = pd.DataFrame({"mean": [3915.04, 2100.0], "low": [2253.1, 1312.6], "high": [6205.9, 3756.0]})
    assert rows(table_html(table, ["mean"]))[1:] == [["3,915 [2,253, 6,206]"], ["2,100 [1,313, 3,756]"]]
    assert rows(table_html(table / 1000, ["mean"]))[1] == ["3.9 [2.3, 6.2]"]


def test_limits_of_another_column_stand_behind_it_and_a_rank_keeps_none():
    table = pd.DataFrame(
        {
            "rank": [1],
            "rank_low": [1],
            "rank_high": [3],
            "valence": [-1.4],
            "valence_low": [-1.6],
            "valence_high": [-1.1],
        }
    )
    assert rows(table_html(table, ["rank", "valence"], digits=1)) == [
        ["#", "valence [95%]"],
        ["1", "−1.4 [−1.6, −1.1]"],
    ]


def test_a_printed_table_has_names_sections_and_no_empty_column():
    said = pd.DataFrame(
        {
            "persona": ["P1", "P1", "P2"],
            "code": ["price", "slot", "price"],
            "quote": ["a", "b", "c"],
            "memo": [None] * 3,
        }
    )
    html = cj.report.table(said, by="persona", names={"P1": "Planner", "price": "No full price"})._repr_html_()
    assert rows(html) == [
        ["code", "quote"],
        ["Planner"],
        ["No full price", "a"],
        ["slot", "b"],
        ["P2"],
        ["No full price", "c"],
    ]
    with pytest.raises(CjmError, match="column 'kode'"):
        cj.report.table(said, ["kode"])


def test_a_printed_result_keeps_its_sentence_and_its_warnings():
    ideas = pd.DataFrame({"title": ["Photos", "Chat"], "impact": [3, 1], "effort": [1, 2]})
    plan = cj.priorities.rank(ideas, method="impact-effort", seed=1)
    plan = replace(plan, warnings=("guessed <inputs>",))
    printed = cj.report.table(plan, ["title", "score"])
    assert repr(printed).startswith(plan.summary())
    assert "! guessed <inputs>" in repr(printed)
    assert "<li>guessed &lt;inputs&gt;</li>" in printed._repr_html_()
