"""The map editor in a real JupyterLab: every action in the kernel's value, undone, saved, and safe from conflicts."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = """
import cjmkit as cj
from pathlib import Path
journey = cj.Journey.from_framework('loyalty-loop', title='Первая квартира', language='ru')
quotes = [cj.Quote(document='a.txt', start=0, end=9, quote='обещанный срок', participant='u1'),
          cj.Quote(document='b.txt', start=0, end=9, quote='цена после звонка <b>', participant='u2')]
journey = (journey.with_note('deal', 'barriers', 'Мелкий <i>шрифт</i>').with_note('deal', 'barriers', 'Нет срока', evidence=quotes[:1])
                  .with_touchpoint('deal', 'Офис продаж', channel='офис')
                  .with_emotion([cj.EmotionPoint(stage='deal', source='survey', estimate=cj.Estimate(value=-1, low=-1.4, high=-.6, n=40))]))
cj.exchange.write_journey(journey, '{name}.yaml')
editor = cj.widgets.map_editor(journey, path='{name}.yaml', evidence=quotes)
editor
"""


@pytest.fixture(scope="module")
def lab(open_lab):
    return open_lab("editor", [CELL.format(name="flat")], width=1900, height=1400)


def note(lab, text):
    return lab.page.locator(".cjm-note", has_text=text).first


def texts(lab, stage, lane):
    return lab.py(f"[n.text for n in getattr(editor.journey.stage({stage!r}), {lane!r})]")


def cell(lab, stage, lane):
    return lab.page.locator(f".cjm-cell[data-stage='{stage}'][data-lane='{lane}']")


def test_a_note_is_added_by_mouse_and_edited_by_keyboard(lab):
    cell(lab, "deal", "goals").locator(".cjm-add").click()
    lab.page.keyboard.type("Хочу ключи x b dd")
    lab.page.keyboard.press("Enter")
    assert texts(lab, "deal", "goals") == ["Хочу ключи x b dd"]
    note(lab, "Хочу ключи").press("Enter")
    lab.page.keyboard.press("Control+a")
    lab.page.keyboard.type("Ключи вовремя")
    lab.page.keyboard.press("Enter")
    assert texts(lab, "deal", "goals") == ["Ключи вовремя"]


def test_undo_and_redo_walk_through_the_values(lab):
    lab.page.locator("button[aria-label='Отменить']").click()
    assert texts(lab, "deal", "goals") == ["Хочу ключи x b dd"]
    lab.page.locator("button[aria-label='Вернуть']").click()
    assert texts(lab, "deal", "goals") == ["Ключи вовремя"]
    note(lab, "Ключи вовремя").press("Control+z")
    assert texts(lab, "deal", "goals") == ["Хочу ключи x b dd"]
    note(lab, "Хочу ключи").press("Control+Shift+z")
    assert texts(lab, "deal", "goals") == ["Ключи вовремя"]


def test_a_note_moves_by_keyboard_and_keeps_what_it_rests_on(lab):
    note(lab, "Нет срока").press("Alt+ArrowRight")
    assert texts(lab, "loyalty-loop", "barriers") == ["Нет срока"]
    assert lab.py("len(editor.journey.stage('loyalty-loop').barriers[0].evidence)") == 1
    note(lab, "Нет срока").press("Alt+ArrowLeft")
    assert texts(lab, "deal", "barriers") == ["Мелкий <i>шрифт</i>", "Нет срока"]


def test_a_note_moves_by_dragging(lab):
    target = cell(lab, "evaluation", "barriers")
    target.scroll_into_view_if_needed()
    a, b = note(lab, "Мелкий").bounding_box(), target.bounding_box()
    mouse = lab.page.mouse
    mouse.move(a["x"] + 20, a["y"] + 8)
    mouse.down()
    mouse.move(b["x"] + 30, b["y"] + 10, steps=10)
    mouse.up()
    assert texts(lab, "evaluation", "barriers") == ["Мелкий <i>шрифт</i>"]


def test_a_note_moves_by_finger(lab):
    """Touch arrives as pointer events of the kind touch."""
    target = cell(lab, "trigger", "barriers")
    a, b = note(lab, "Мелкий").bounding_box(), target.bounding_box()
    lab.page.evaluate(
        """([x0, y0, x1, y1]) => { const at = document.elementFromPoint(x0, y0);
             const fire = (node, type, x, y) => node.dispatchEvent(new PointerEvent(type, {pointerType: 'touch', pointerId: 7, button: 0, clientX: x, clientY: y, bubbles: true, cancelable: true}));
             fire(at, 'pointerdown', x0, y0); fire(window, 'pointermove', x0 + 20, y0 + 5); fire(window, 'pointermove', x1, y1); fire(window, 'pointerup', x1, y1); }""",
        [a["x"] + 20, a["y"] + 8, b["x"] + 30, b["y"] + 8],
    )
    assert texts(lab, "trigger", "barriers") == ["Мелкий <i>шрифт</i>"]


def test_evidence_is_found_and_attached_with_the_keyboard(lab):
    note(lab, "Мелкий").press("e")
    lab.page.keyboard.type("звонка")
    lab.page.wait_for_timeout(400)
    lab.settle()
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("Enter")
    assert lab.py("[e.quote for e in editor.journey.stage('trigger').barriers[0].evidence]") == [
        "цена после звонка <b>"
    ]
    assert "cjm-assumed" not in note(lab, "Мелкий").get_attribute("class")


def test_touchpoints_get_an_owner_and_a_star(lab):
    office = note(lab, "Офис продаж")
    office.press("o")
    lab.page.keyboard.type("Отдел продаж")
    lab.page.keyboard.press("Enter")
    assert lab.py("editor.journey.stage('deal').touchpoints[0].owner") == "Отдел продаж"
    note(lab, "Офис продаж").press("m")
    assert lab.py("editor.journey.stage('deal').touchpoints[0].moment_of_truth") is True


def test_an_objection_of_the_linter_stands_beside_the_note(lab):
    cell(lab, "deal", "touchpoints").locator(".cjm-add").click()
    lab.page.keyboard.type("Звонок")
    lab.page.keyboard.press("Enter")
    lab.settle()
    assert "ответствен" in note(lab, "Звонок").inner_text()


def test_the_researchers_emotion_point_is_dragged_and_keyed_and_never_becomes_data(lab):
    handle = lab.page.locator(".cjm-handle[data-stage='deal']")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    lab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] - 20, steps=5)
    lab.page.mouse.up()
    own = "[p for p in editor.journey.emotion if p.source == 'researcher'][0]"
    dragged = lab.py(f"{own}.estimate.value")
    assert 0 < dragged <= 2
    lab.page.locator(".cjm-handle[data-stage='deal']").press("ArrowDown")
    assert lab.py(f"{own}.estimate.value") == pytest.approx(dragged - 0.1)
    assert lab.py(f"{own}.estimate.n") == 0
    assert lab.py("[p.estimate.value for p in editor.journey.emotion if p.source == 'survey']") == [-1]
    lab.page.locator(".cjm-handle[data-stage='deal']").press("Delete")
    assert lab.py("[p.source for p in editor.journey.emotion]") == ["survey"]


def test_stages_are_added_renamed_moved_and_removed(lab):
    lab.page.locator("button", has_text="+ этап").click()
    lab.page.keyboard.type("Ремонт")
    lab.page.keyboard.press("Enter")
    assert lab.py("[s.id for s in editor.journey.stages][-1]") == "remont"
    lab.page.locator("button[aria-label='Левее: Ремонт']").click()
    assert lab.py("[s.id for s in editor.journey.stages][-2]") == "remont"
    lab.page.locator("button[aria-label='Переименовать: Ремонт']").click()
    lab.page.keyboard.press("Control+a")
    lab.page.keyboard.type("Ремонт и переезд")
    lab.page.keyboard.press("Enter")
    assert lab.py("editor.journey.stage('remont').title") == "Ремонт и переезд"
    lab.page.locator("button[aria-label='Удалить: Ремонт и переезд']").click()
    assert lab.py("len(editor.journey.stages)") == 5


def test_a_note_is_deleted_by_key_and_nothing_else_is(lab):
    note(lab, "Ключи вовремя").press("Delete")
    assert texts(lab, "deal", "goals") == []


def test_every_change_lies_in_the_side_file_until_it_is_saved(lab):
    lab.py("globals().update(waiting=__import__('cjmkit.files').files.waiting)")
    assert lab.py("cj.exchange.read_journey(waiting('flat.yaml')[-1]) == editor.journey") is True
    lab.page.locator(".cjm-save").click()
    assert lab.py("cj.exchange.read_journey('flat.yaml') == editor.journey") is True
    assert lab.py("len(waiting('flat.yaml'))") == 0


def test_the_second_of_two_editors_is_refused_with_the_difference(lab):
    lab.py("globals().update(second=cj.widgets.map_editor(cj.exchange.read_journey('flat.yaml'), path='flat.yaml'))")
    cell(lab, "deal", "goals").locator(".cjm-add").click()
    lab.page.keyboard.type("Первый редактор")
    lab.page.keyboard.press("Enter")
    lab.page.locator(".cjm-save").click()
    lab.py("second.change(second.journey.with_note('deal', 'goals', 'Второй редактор'))")
    message = lab.py(
        "(lambda d: (exec('try:\\n second.save()\\nexcept cj.CjmError as error:\\n d[0] = str(error)', "
        "{'second': second, 'cj': cj, 'd': d}), d[0])[1])([''])"
    )
    assert "Второй редактор" in message
    assert lab.py("cj.exchange.read_journey('flat.yaml') == editor.journey") is True


def test_text_from_data_stays_text(lab):
    assert lab.page.locator(".cjm-note i, .cjm-note b").count() == 0


def test_letters_typed_anywhere_never_touch_the_notebook(lab):
    before, value = lab.cells(), lab.py("len(editor.journey.table())")
    for kind in (".cjm-note", ".cjm-handle", ".cjm-save", ".cjm-add", "thead button"):
        lab.page.locator(f".cjm-editor {kind}").first.focus()
        for key in ("x", "b", "d", "d"):
            lab.page.keyboard.press(key)
    assert lab.cells() == before
    assert lab.py("len(editor.journey.table())") == value


def test_the_editor_says_nothing_on_the_console_and_names_everything(lab):
    assert lab.complaints() == []
    nameless = lab.page.evaluate(
        """() => [...document.querySelectorAll('.cjm-editor button, .cjm-editor [role=slider], .cjm-editor [role=button], .cjm-editor textarea')]
             .filter(e => !(e.innerText || e.getAttribute('aria-label'))).length"""
    )
    assert nameless == 0
