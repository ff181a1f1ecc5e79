"""The placement pane in a real JupyterLab: dragged, by keys, cited; each change in the kernel's value and in the file."""

import os
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = """
import pandas as pd, cjmkit as cj
from pathlib import Path
V = cj.personas.Variable
said = 'I write down every penny that we spend, on <script>alert(1)</script> food too. The dog sleeps all day long at home.'
turns = pd.DataFrame({'document': ['a'], 'turn': [0], 'role': ['respondent'], 'participant': ['anna'], 'start': [0],
                      'end': [len(said)], 'text': [said]})
grid = cj.personas.Grid((V(id='money', name='Money', ends=('counts every pound', 'never asks'), question='What of money?'),
                         V(id='way', name='Way', options=('app', 'phone', 'shop'))), people=['anna', 'boris']).save('grid')
pane = cj.widgets.placement_pane(grid, rater='eva', turns=turns, names={'anna': 'Anna', 'boris': 'Boris'}, lang='en')
pane
"""


@pytest.fixture(scope="module")
def lab(open_lab):
    one = open_lab("placing", [CELL])
    one.page.wait_for_selector(".cjm-place .cjm-dot")
    return one


def dot(lab, person, variable):
    return lab.page.locator(f".cjm-dot[data-person={person}][data-variable={variable}]")


def value(lab, person, variable):
    return lab.py(f"pane._value('{person}', '{variable}')")


def test_a_dot_is_dragged_onto_the_scale_and_along_it(lab):
    track = lab.page.locator(".cjm-track").first.bounding_box()
    for slot in (5, 1):
        at = dot(lab, "anna", "money").bounding_box()
        lab.page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
        lab.page.mouse.down()
        lab.page.mouse.move(track["x"] + track["width"] * slot / 6, at["y"] + 5, steps=6)
        lab.page.mouse.up()
        lab.page.wait_for_timeout(600)
        assert value(lab, "anna", "money") == slot + 1
    assert "anna,money,2" in lab.py("Path('grid/placements/eva.csv').read_text('utf-8')")


def test_a_passage_is_cited_by_a_click_and_stays_text(lab):
    dot(lab, "anna", "money").click()
    lab.page.locator(".cjm-said li").filter(has_text="every penny").locator(".cjm-cite").click()
    lab.page.wait_for_selector(".cjm-cited")
    quote = lab.py("pane.grid.quotes('anna', 'money')['quote'].iloc[0]")
    assert "every penny" in quote
    assert lab.page.locator(".cjm-cited").first.inner_text() == quote
    assert lab.page.locator(".cjm-place script").count() == 0


def test_people_are_placed_with_the_keyboard_alone(lab):
    cells = lab.cells()
    dot(lab, "anna", "way").focus()
    for key, expected in (("End", "shop"), ("ArrowLeft", "phone"), ("1", "app"), ("Delete", None)):
        lab.page.keyboard.press(key)
        lab.page.wait_for_timeout(500)
        assert value(lab, "anna", "way") == expected
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("3")
    lab.page.wait_for_timeout(500)
    assert value(lab, "boris", "way") == "shop"
    assert lab.page.evaluate("document.activeElement.dataset.person") == "boris"
    assert lab.cells() == cells


def test_the_pane_says_nothing_on_the_console_and_looks_as_it_should(lab):
    assert lab.complaints() == []
    if os.environ.get("CJMKIT_SHOTS"):
        lab.page.locator(".cjm-place").screenshot(path=str(Path(os.environ["CJMKIT_SHOTS"]) / "placing.png"))
