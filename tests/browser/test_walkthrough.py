"""Somebody who has never seen the code: codes one interview by keyboard, looks at agreement, puts a quote on the map."""

import pytest

import cjmkit as cj

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SETUP = """
import cjmkit as cj
study = cj.Study.example('mealkit', 'walk')
codings, turns = study.codings(), study.turns()
theirs = codings[codings['coder'] == 'maya']
"""
PANE = """
pane = cj.widgets.coding_pane(
    study.documents(), turns, theirs, codebook=study.codebook(), coder='eve', folder=study.path / 'codings',
    stages=study.stages(), lang='en', blind=True,
)
pane
"""
AGREEMENT = """
agreed = cj.coding.agreement(pane.codings, turns, unit='turn', seed=7)
agreed
"""
EDITOR = """
journey = study.new_journey()
journey = journey.with_note(journey.stages[0].id, 'barriers', 'What stands in the way')
study.save(journey)
editor = cj.widgets.map_editor(
    journey, path=study.path / 'journeys' / f'{journey.id}.yaml', evidence=[cj.cite(row) for _, row in pane.mine.iterrows()], lang='en',
)
editor
"""


@pytest.fixture(scope="module")
def lab(open_lab):
    return open_lab("walk", [SETUP, PANE], width=1500, height=1100)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    return tmp_path_factory.mktemp("walkthrough")


def run_cell(lab, source):
    """Type a cell at the end of the notebook and run it, as a person does."""
    lab.page.evaluate(
        """async (source) => { const app = window.jupyterapp, nb = app.shell.currentWidget.content;
             nb.activeCellIndex = nb.widgets.length - 1;
             await app.commands.execute('notebook:insert-cell-below');
             nb.activeCell.model.sharedModel.setSource(source);
             await app.commands.execute('notebook:run-cell'); }""",
        source,
    )
    lab.page.wait_for_timeout(300)
    lab.settle()
    failed = lab.page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']")
    assert failed.count() == 0, failed.first.inner_text()


def test_one_interview_is_coded_with_the_keyboard_alone(lab, pictures):
    press = lab.page.keyboard.press
    document = lab.py("pane._open")
    asked = lab.py(f"int(((turns['document'] == {document!r}) & (turns['role'] == 'respondent')).sum())")
    lab.page.locator(".cjm-text").focus()
    seen = []
    for k in range(asked):
        press("u")  # the next turn without a code
        press("t")  # the whole turn
        press(str(1 + k % 3))
        press("-" if k % 2 else "+")
        lab.settle()
        seen.append(lab.py("len(pane.mine)"))
    assert seen == list(range(1, asked + 1))
    assert lab.py("[int(v) for v in pane.mine['valence']]") == [-1 if k % 2 else 1 for k in range(asked)]
    names = lab.py("[c.name for c in pane.codebook if c.codable][:3]")
    assert lab.py("pane.mine['code'].tolist()") == [names[k % 3] for k in range(asked)]
    assert f"{asked} of {asked} turns coded" in lab.page.locator(".cjm-progress").inner_text()
    saved = cj.coding.read_codings(lab.py("str((study.path / 'codings' / 'eve.csv').resolve())"))
    assert len(saved) == asked
    texts = lab.py("dict(zip(study.documents()['document'], study.documents()['text']))")
    assert all(texts[r.document][r.start : r.end] == r.quote for r in saved.itertuples())
    # Nothing on the page came from the other coder.
    assert "maya" not in lab.page.locator(".cjm-pane").inner_html()
    lab.page.locator(".cjm-pane").screenshot(path=str(pictures / "pane.png"))


def test_the_next_cell_shows_the_agreement_with_the_other_coder(lab, pictures):
    run_cell(lab, AGREEMENT)
    shown = lab.page.locator(".jp-CodeCell").last.locator(".jp-OutputArea-output").last
    twin = lab.py(
        "(lambda s: cj.coding.agreement(cj.coding.concat_codings([theirs, "
        "cj.coding.read_codings(s.path / 'codings' / 'eve.csv')]), turns, unit='turn', seed=7).summary('en'))(study)"
    )
    assert lab.py("agreed.summary('en')") == twin
    assert twin.split(".")[0] in shown.inner_text()
    lab.page.screenshot(path=str(pictures / "agreement.png"))


def test_the_quote_just_coded_is_put_on_the_map_with_the_keyboard_and_saved(lab, pictures):
    run_cell(lab, EDITOR)
    lab.page.locator(".cjm-note", has_text="What stands in the way").focus()
    lab.page.keyboard.press("e")
    quote = lab.py("pane.mine['quote'].iloc[-1]")
    words = " ".join(quote.split()[:5])
    lab.page.keyboard.type(words)
    lab.page.wait_for_timeout(400)
    lab.settle()
    assert lab.page.locator(".cjm-found button").count() == 1
    lab.page.locator(".cjm-editor").screenshot(path=str(pictures / "drawer.png"))
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("Enter")
    lab.settle()
    attached = "[e.quote for e in {}.stages[0].barriers[0].evidence]"
    assert lab.py(attached.format("editor.journey")) == [quote]
    # The focus is back on the note; saving needs no mouse either.
    lab.page.keyboard.press("Control+s")
    lab.settle()
    file = lab.py("str((study.path / 'journeys' / f'{journey.id}.yaml').resolve())")
    kept = cj.exchange.read_journey(file)
    assert [e.quote for e in kept.stages[0].barriers[0].evidence] == [quote]
    assert lab.page.locator(".cjm-state").inner_text() == f"saved in {kept.id}.yaml"
    lab.page.locator(".cjm-editor").screenshot(path=str(pictures / "map.png"))


def test_nothing_was_said_on_the_console_and_the_pictures_are_there(lab, pictures):
    assert lab.complaints() == []
    assert {p.name for p in pictures.iterdir()} == {"pane.png", "agreement.png", "drawer.png", "map.png"}
    assert all(p.stat().st_size > 5000 for p in pictures.iterdir())
