"""The two forms without a browser: they show what their twins return."""

import html

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.i18n import number

IDEAS = pd.DataFrame(
    {"title": ["Price <b>first</b>", "Photos", "Chat"], "reach": [9, 5, 2], "impact": [3, 2, 1], "effort": [1, 2, 9]}
)


@pytest.fixture(scope="module")
def features():
    rng = np.random.default_rng(3)
    group = np.repeat([0, 1], 60)
    answers = {
        f"q{k}": np.clip(np.round(rng.normal(2 + 2 * (group if k < 4 else 1 - group), 0.7)), 1, 5) for k in range(8)
    }
    return cj.personas.features(behaviour=pd.DataFrame(answers, index=[f"u{k}" for k in range(120)]))


def test_the_prioritiser_ranks_as_its_twin_and_follows_a_weight():
    form = cj.widgets.prioritiser(IDEAS, criteria={"reach": 1, "impact": 2, "effort": -1}, lang="en")
    twin = cj.priorities.rank(IDEAS, method="weighted", weights={"reach": 1, "impact": 2, "effort": -1}, seed=0)
    pd.testing.assert_frame_equal(form.ranking.table, twin.table)
    form.weights["effort"].value = 9
    assert form.ranking.table["title"].iloc[0] == "Chat"


def test_the_prioritiser_changes_its_method_and_rests_the_weights():
    form = cj.widgets.prioritiser(IDEAS.assign(confidence=0.8), lang="en")
    form.method.value = "rice"
    twin = cj.priorities.rank(IDEAS.assign(confidence=0.8), method="rice", seed=0)
    pd.testing.assert_frame_equal(form.ranking.table, twin.table)
    assert all(f.disabled for f in form.weights.values())


def test_the_explorer_finds_what_its_twin_finds(features):
    form = cj.widgets.persona_explorer(features, nulls=19, resamples=10, lang="en")
    twin = cj.personas.fit(features, seed=0, nulls=19, resamples=10)
    pd.testing.assert_series_equal(form.found.labels, twin.labels)
    assert twin.verdict("en") in form.static_html()
    form.columns.value = ("q0",)
    form.look()
    assert "at least two" in form.static_html()


def test_without_a_kernel_a_page_shows_the_escaped_result():
    form = cj.widgets.prioritiser(IDEAS, lang="en")
    shown = form._repr_mimebundle_()["text/html"]
    assert "Price &lt;b&gt;first&lt;/b&gt;" in shown
    assert "<script" not in shown
    assert "<caption" in shown


def test_the_explorer_quotes_what_each_group_said(tmp_path):
    study = cj.Study.example("mealkit", tmp_path / "mealkit")
    features = cj.personas.features(survey=study.survey(), items=study.attitudes())
    form = cj.widgets.persona_explorer(features, said=study.codings(), nulls=19, resamples=5, lang="ru")
    quotes = form.found.quotes(study.codings(), n=2)
    assert len(quotes) >= 3
    assert all(html.escape(q) in form.static_html() for q in quotes["quote"])
    silent = cj.widgets.persona_explorer(features, nulls=19, resamples=5, lang="ru")
    assert "Их словами" in form.static_html()
    assert "Их словами" not in silent.static_html()
    assert "устойчив" in silent.static_html()
    share = silent.found.table["share"].iloc[0]
    assert number(share, 0, percent=True, lang="ru") in silent.static_html()
