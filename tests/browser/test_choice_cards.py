"""Doubts and links as cards in a real JupyterLab: by click, by key, undone; light, dark, both languages, phone width."""

import os
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PREPARE = """
import pandas as pd, cjmkit as cj, shutil
from pathlib import Path
shutil.rmtree('shop-{lang}', ignore_errors=True)
study = cj.Study.create('shop-{lang}', framework='five-stages', language='{lang}')
codes = [1, 2, 3, 4, 5, 5, 4, 6, 6, 6, 0, 0]
asked = {f'Q7{k}': (codes[i:] + codes[:i]) * 40 for i, k in enumerate(('ART', 'BAR', 'CAR'))}
asked['Rate the <script>alert(1)</script> food'] = [1, 2, 3, 4, 5, 6, 6, 6, 6, 5, 4, 4] * 40
asked['How satisfied are you with the delivery?'] = [1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 3, 4] * 40
pd.DataFrame({'id': range(480), **asked}).to_csv(study.path / 'surveys' / 'wave.csv', index=False)
"""
DOUBTS = "pane = cj.widgets.doubts(study, lang='{lang}')\npane"
LINKS = "links = cj.widgets.links(study, lang='{lang}')\nlinks"
LOOKS = [("light", "en", 1200), ("dark", "ru", 1200), ("light", "ru", 340)]


@pytest.fixture(scope="module")
def axe():
    named = os.environ.get("CJMKIT_AXE")
    places = [Path(named)] if named else []
    places += [p / "node_modules" / "axe-core" / "axe.min.js" for p in Path(__file__).resolve().parents]
    found = next((p for p in places if p.is_file()), None)
    if found is None:
        pytest.skip("no axe-core (npm install axe-core; CJMKIT_AXE is the path of its axe.min.js)")
    return found.read_text("utf-8")


@pytest.fixture(scope="module", params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def lab(request, open_lab):
    theme, lang, width = request.param
    cells = [c.replace("{lang}", lang) for c in (PREPARE, DOUBTS, LINKS)]
    one = open_lab(f"choice-{lang}-{width}", cells, theme=theme, width=1200, height=1000)
    one.page.wait_for_selector(".cjm-choice .cjm-card")
    # JupyterLab's own sidebars leave nothing of a phone's width; the pane alone is made as narrow as one.
    one.page.add_style_tag(content=f".cjm-choice {{ max-width: {width}px }}")
    return one


def pane(lab, k=0):
    return lab.page.locator(".cjm-choice").nth(k)


def test_one_click_settles_a_battery_and_another_takes_it_back(lab):
    ways = pane(lab).locator(".cjm-card").first.locator(".cjm-way")
    name = pane(lab).locator(".cjm-card").first.get_attribute("data-card")
    assert pane(lab).locator(".cjm-card").count() == 2 and ways.first.locator(".cjm-bars > span").count() >= 6
    ways.nth(1).click()
    lab.settle()
    assert lab.py("list(pane.answers.items())") == [[name, 1]] or lab.py("list(pane.answers.items())") == [(name, 1)]
    assert ways.nth(1).get_attribute("aria-pressed") == "true"
    assert "status" not in lab.py("study.items_file().read_text('utf-8')")
    ways.nth(1).click()
    lab.settle()
    assert lab.py("pane.answers") == {} and not lab.py("study.items_file().exists()")


def test_all_is_answered_and_undone_by_keys_alone(lab):
    cells = lab.cells()
    pane(lab).locator(".cjm-card").first.focus()
    for key in ("1", "ArrowDown", "2"):
        lab.page.keyboard.press(key)
        lab.settle()
    assert sorted(lab.py("list(pane.answers.values())")) == [0, 1] and lab.py("len(study.survey().doubts())") == 0
    lab.page.keyboard.press("z")
    lab.settle()
    assert lab.py("list(pane.answers.values())") == [0] and lab.py("len(study.survey().doubts())") == 1
    lab.page.keyboard.press("z")
    lab.settle()
    assert lab.cells() == cells and lab.page.locator(".cjm-choice script").count() == 0


def test_a_proposed_place_is_accepted_by_a_key_and_changed_by_a_select(lab):
    card = pane(lab, 1).locator("[data-card*=delivery]")
    card.focus()
    lab.page.keyboard.press("1")
    lab.settle()
    row = "study.links().set_index('item').loc['How satisfied are you with the delivery?']"
    assert lab.py(f"bool({row}['linked'])")
    before = lab.py(f"{row}['stage']")
    options = card.locator("select option").evaluate_all("all => all.map(o => o.value)")
    other = next(v for v in options if v and not v.startswith(before))
    card.locator("select").select_option(other)
    lab.settle()
    assert lab.py(f"{row}['stage']") == other.split("\n")[0]
    card = pane(lab, 1).locator("[data-card*=delivery]")
    assert card.locator("select.cjm-set").count() == 1


def test_axe_finds_nothing_and_nothing_runs_over_the_edge(lab, axe, request, tmp_path):
    lab.page.evaluate("(source) => { if (!window.axe) (0, eval)(source); }", axe)
    pane(lab).locator(".cjm-way").first.click()
    lab.settle()
    for k in (0, 1):
        found = lab.page.evaluate(
            """async (k) => { const r = await axe.run(document.querySelectorAll('.cjm-choice')[k], {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']});
                 return {passes: r.passes.length, bad: r.violations.map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))])}; }""",
            k,
        )
        assert found["passes"] > 3 and found["bad"] == []
        where = Path(os.environ.get("CJMKIT_PICTURES") or tmp_path)
        picture = where / f"{request.node.callspec.id}-{k}.png"
        pane(lab, k).screenshot(path=str(picture))
        assert picture.stat().st_size > 4000
        over = pane(lab, k).evaluate(
            "n => [...n.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1 && !['SMALL', 'I'].includes(e.tagName) && getComputedStyle(e).display !== 'inline' && !e.classList.contains('cjm-live')).map(e => e.className)"
        )
        assert over == []
    assert lab.complaints() == []
