"""The two forms of stock widgets in a real JupyterLab."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = """
import pandas as pd, numpy as np, cjmkit as cj
rng = np.random.default_rng(3)
group = np.repeat([0, 1], 60)
frame = pd.DataFrame({f'q{k}': np.clip(np.round(rng.normal(2 + 2 * (group if k < 4 else 1 - group), .7)), 1, 5) for k in range(8)})
frame.index = [f'u{k}' for k in range(120)]
features = cj.personas.features(behaviour=frame)
explorer = cj.widgets.persona_explorer(features, nulls=49, resamples=20)
explorer
"""
IDEAS = """
ideas = pd.DataFrame({'title': ['Price first', 'Photos', 'Chat'], 'reach': [9, 5, 2], 'impact': [3, 2, 1], 'effort': [1, 2, 9]})
form = cj.widgets.prioritiser(ideas)
form
"""


@pytest.fixture(scope="module")
def lab(open_lab):
    return open_lab("forms", [CELL, IDEAS])


def test_the_explorer_shows_the_verdict_and_follows_the_choice_of_k(lab):
    assert lab.py("len(explorer.found.table)") == 2
    lab.page.locator(".widget-dropdown").filter(has_text="Groups").locator("select").select_option("3")
    lab.page.locator("button", has_text="Look").click()
    assert lab.py("explorer.k.value") == 3
    shown = lab.page.locator(".widget-html").first.inner_text()
    assert lab.py("explorer.found.verdict()") in shown


def test_fewer_features_give_another_answer_and_the_twin_agrees(lab):
    lab.page.locator("select[multiple]").select_option(["q0", "q1", "q2"])
    lab.page.locator(".widget-dropdown").filter(has_text="Groups").locator("select").select_option("as the data say")
    lab.page.locator("button", has_text="Look").click()
    assert lab.py("sorted(set(explorer.found.profile()['column']))") == ["q0", "q1", "q2"]
    assert lab.py("list(explorer.columns.value)") == ["q0", "q1", "q2"]


def test_weights_change_the_ranking_as_the_twin_does(lab):
    assert lab.py("form.ranking.table.iloc[0]['title']") == "Price first"
    field = lab.page.locator(".widget-text").filter(has_text="effort").locator("input")
    field.fill("9")
    field.press("Enter")
    lab.settle()
    assert lab.py("form.weights['effort'].value") == 9
    assert lab.py("form.ranking.table.iloc[0]['title']") == "Chat"
    twin = (
        "cj.priorities.rank(ideas, method='weighted', weights={'reach': 1.0, 'impact': 1.0, 'effort': 9.0})"
        ".table['title'].tolist() == form.ranking.table['title'].tolist()"
    )
    assert lab.py(twin) is True


def test_typing_in_the_forms_never_touches_the_notebook(lab):
    before = lab.cells()
    field = lab.page.locator(".widget-text").filter(has_text="reach").locator("input")
    field.focus()
    for key in ("x", "b", "d", "d"):
        lab.page.keyboard.press(key)
    assert lab.cells() == before
    assert lab.complaints() == []
