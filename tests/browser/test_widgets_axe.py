"""Accessibility and looks of the five widgets, in JupyterLab's light and dark themes, in both languages."""

import os
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PREPARE = """
import cjmkit as cj
import pathlib
home = pathlib.Path('axe-{lang}')
study = cj.Study(home) if home.exists() else cj.Study.example('{example}', home)
codings = study.codings()
journey = study.new_journey().with_notes(cj.coding.notes(codings, study.codebook()))
journey = journey.with_note(journey.stages[0].id, 'goals', 'Nobody has seen this yet').with_emotion(
    cj.emotion.curve(cj.survey.stage_scores(study.survey()), stages=study.stages())
).with_emotion(cj.emotion.curve(cj.coding.stage_scores(codings), stages=study.stages()))
"""
PANE = """
tips = codings.iloc[[3]].assign(coder='suggested: x')
pane = cj.widgets.coding_pane(
    study.documents(), study.turns(), codings, codebook=study.codebook(), coder=codings['coder'].iloc[0],
    document=codings['document'].iloc[0], stages=study.stages(), suggestions=tips, lang='{lang}')
pane
"""
EDITOR = """
editor = cj.widgets.map_editor(journey, evidence=[cj.cite(r) for _, r in codings.head(40).iterrows()], lang='{lang}')
editor
"""
EXPLORER = """
explorer = cj.widgets.persona_explorer(
    cj.personas.features(survey=study.survey(), items=study.attitudes()), lang='{lang}', nulls=19, resamples=5)
explorer
"""
FORM = """
form = cj.widgets.prioritiser(study.table('ideas'), lang='{lang}')
form
"""
PLACING = """
placing = cj.widgets.placement_pane(study, rater="axe", lang="{lang}")
placing.group()
placing
"""
LOOKS = [("light", "en", "mealkit"), ("dark", "ru", "residential")]
WHERE = {
    "pane": ".cjm-pane",
    "editor": ".cjm-editor",
    "explorer": ".jp-OutputArea-output:has(.widget-select-multiple)",
    "prioritiser": ".jp-OutputArea-output:has(.widget-text)",
    "placing": ".cjm-place",
}


@pytest.fixture(scope="module")
def axe():
    """axe-core: from CJMKIT_AXE, or a node_modules beside or above the project."""
    named = os.environ.get("CJMKIT_AXE")
    places = [Path(named)] if named else []
    places += [p / "node_modules" / "axe-core" / "axe.min.js" for p in Path(__file__).resolve().parents]
    found = next((p for p in places if p.is_file()), None)
    if found is None:
        reason = "no axe-core (npm install axe-core; CJMKIT_AXE is the path of its axe.min.js)"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found.read_text("utf-8")


@pytest.fixture(scope="module", params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def lab(request, open_lab):
    theme, lang, example = request.param
    cells = [
        c.replace("{lang}", lang).replace("{example}", example)
        for c in (PREPARE, PANE, EDITOR, EXPLORER, FORM, PLACING)
    ]
    return open_lab(f"axe-{lang}", cells, theme=theme, width=1500, height=1100)


def check(lab, axe, name):
    """Violations that hinder people, inside one widget; the page around it is JupyterLab's own."""
    lab.page.evaluate("(source) => { if (!window.axe) (0, eval)(source); }", axe)
    found = lab.page.evaluate(
        """async (where) => { const r = await axe.run(document.querySelector(where), {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']});
             return {passes: r.passes.length, bad: r.violations.filter(v => ['serious', 'critical'].includes(v.impact))
               .map(v => [v.id, v.nodes.slice(0, 3).map(n => n.html.slice(0, 160))])}; }""",
        WHERE[name],
    )
    assert found["passes"] > 3
    return found["bad"]


@pytest.mark.parametrize("name", WHERE)
def test_axe_finds_nothing_that_hinders_people(lab, axe, name):
    assert check(lab, axe, name) == []


def test_nor_with_a_coding_in_hand_or_a_code_looked_for(lab, axe):
    text = lab.page.locator(".cjm-text")
    text.focus()
    for key in ("ArrowDown", "t", "9"):
        lab.page.keyboard.press(key)
    lab.settle()
    assert lab.page.locator(".cjm-valence button").count() == 5
    assert check(lab, axe, "pane") == []
    lab.page.locator(".cjm-find").fill("zzz")
    assert lab.page.locator(".cjm-new").count() == 1
    assert check(lab, axe, "pane") == []
    lab.page.locator(".cjm-find").press("Escape")


@pytest.mark.parametrize("panel", ["memos", "show", "machine", "code", "found"])
def test_nor_with_what_stands_beside_the_text(lab, axe, panel):
    if panel == "code":
        lab.page.locator(".cjm-more").first.focus()
        lab.page.keyboard.press("Enter")
    elif panel == "found":
        lab.page.locator(".cjm-search").fill("а" if lab.py("pane.desk.lang") == "ru" else "a")
        lab.page.locator(".cjm-search").press("Enter")
    else:
        lab.page.locator(f"[data-panel={panel}]").click()
    lab.settle()
    if panel == "show":
        lab.page.locator(".cjm-panel select").last.select_option(index=1)
        lab.settle()
        assert lab.page.locator(".cjm-settle button").count() >= 3
    assert lab.page.locator(".cjm-panel").is_visible()
    assert check(lab, axe, "pane") == []
    lab.page.locator(".cjm-panel header button").click()


def test_nor_with_the_drawer_open_or_a_note_being_edited(lab, axe):
    note = lab.page.locator(".cjm-note").first
    note.press("e")
    lab.page.wait_for_timeout(300)
    lab.settle()
    assert lab.page.locator(".cjm-found button").count() > 3
    assert check(lab, axe, "editor") == []
    lab.page.keyboard.press("Escape")
    note.press("Enter")
    assert lab.page.locator(".cjm-note textarea").count() == 1
    assert check(lab, axe, "editor") == []
    lab.page.keyboard.press("Escape")


def test_tools_of_a_note_cover_none_of_its_words(lab):
    note = lab.page.locator(".cjm-note").first
    note.hover()
    overlaps = note.evaluate(
        """n => { const t = n.querySelector('.cjm-tools').getBoundingClientRect();
             return [...n.querySelectorAll('.cjm-note-text, .cjm-meta > span')].filter(e => { const b = e.getBoundingClientRect();
               return Math.min(t.right, b.right) - Math.max(t.left, b.left) > 1 && Math.min(t.bottom, b.bottom) - Math.max(t.top, b.top) > 1; }).length; }"""
    )
    assert overlaps == 0


def test_curves_of_two_sources_stand_apart_and_are_named(lab):
    places = lab.page.evaluate(
        """() => { const svg = [...document.querySelectorAll('.cjm-emotion')].find(s => s.querySelectorAll('.cjm-data').length > 1);
             const dots = [...svg.querySelectorAll('.cjm-data')];
             return dots.map(d => [d.tagName, getComputedStyle(d).fill, Math.round(d.getBoundingClientRect().left), d.textContent]); }"""
    )
    assert len(places) == 2
    assert all(len({p[k] for p in places}) == 2 for k in range(4))
    assert lab.page.locator(".cjm-legend li").count() == 3


def test_the_widgets_wear_the_theme_and_say_nothing_on_the_console(lab, request, tmp_path):
    dark = lab.page.evaluate("document.body.dataset.jpThemeLight === 'false'")
    for name in ("pane", "editor"):
        paper, ink = lab.page.evaluate(
            """where => { const s = getComputedStyle(document.querySelector(where)); const light = c => c.match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0) / 765;
                 return [light(s.backgroundColor), light(s.color)]; }""",
            WHERE[name],
        )
        assert (paper < 0.4 and ink > 0.6) if dark else (paper > 0.9 and ink < 0.4)
    for name, where in WHERE.items():
        picture = tmp_path / f"{name}.png"
        lab.page.locator(where).first.screenshot(path=str(picture))
        assert picture.stat().st_size > 5000
    assert lab.complaints() == []
