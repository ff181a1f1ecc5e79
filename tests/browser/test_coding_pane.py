"""The coding pane in a real JupyterLab: every action in the kernel's value and in the coder's file."""

import time

import pytest

import cjmkit as cj

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TEXT = "Интервьюер: Как было?\nОльга: Я 😡 долго ждала звонка. Потом нашла сама <script>alert(1)</script> цену.\nОльга: مرحبا, ещё раз."
CELL = """
import pandas as pd, cjmkit as cj
from pathlib import Path
Path('in').mkdir(exist_ok=True); Path('out').mkdir(exist_ok=True)
Path('in/olga.txt').write_text({text!r}, encoding='utf-8')
read = cj.interviews.read('in')
other = cj.coding.add_coding(cj.coding.empty_codings(), read.documents, document='olga.txt',
                                 quote='долго ждала звонка', code='wait', coder='boris')
book = cj.coding.Codebook(['wait', 'price', 'joy'])
tips = pd.DataFrame([{{'document': 'olga.txt', 'start': {tip}, 'end': {tip} + 4, 'code': 'price', 'coder': 'model x'}}])
pane = cj.widgets.coding_pane(read.documents, read.turns, other, codebook=book, coder='anna', folder='out', blind={blind},
                              suggestions=tips, stages=cj.frameworks.get('loyalty-loop').stages('ru'), lang='ru')
pane
"""


def cell(blind=False):
    return CELL.format(text=TEXT, tip=TEXT.index("цену"), blind=blind)


@pytest.fixture(scope="module")
def lab(open_lab):
    return open_lab("coding", [cell()])


def mine(lab, column):
    return lab.py(f"pane.mine['{column}'].tolist()")


def select(lab, turn, words):
    """Select words with the mouse's means: a DOM selection and a mouse-up."""
    lab.page.evaluate(
        """([turn, words]) => { const p = document.querySelectorAll('.cjm-words')[turn];
           const w = document.createTreeWalker(p, NodeFilter.SHOW_TEXT); const nodes = []; while (w.nextNode()) nodes.push(w.currentNode);
           const all = nodes.map(n => n.textContent).join(''); const at = all.indexOf(words);
           const find = (o) => { for (const n of nodes) { if (o <= n.textContent.length) return [n, o]; o -= n.textContent.length; } };
           const r = document.createRange(); r.setStart(...find(at)); r.setEnd(...find(at + words.length));
           const s = getSelection(); s.removeAllRanges(); s.addRange(r);
           document.querySelector('.cjm-text').dispatchEvent(new MouseEvent('mouseup', {bubbles: true})); }""",
        [turn, words],
    )


def test_a_selection_past_an_emoji_is_coded_in_code_points_by_number_key(lab):
    select(lab, 1, "нашла сама")
    lab.page.keyboard.press("2")
    assert mine(lab, "quote") == ["нашла сама"]
    assert mine(lab, "code") == ["price"]
    start, end = mine(lab, "start")[0], mine(lab, "end")[0]
    assert TEXT[start:end] == "нашла сама"


def test_within_a_second_the_change_is_in_the_coders_file(lab):
    time.sleep(1)
    work = lab.py("str(Path('out').resolve())")
    saved = cj.coding.read_codings(work)
    assert saved["quote"].tolist() == ["нашла сама"]
    assert set(saved["coder"]) == {"anna"}


def test_a_click_on_a_code_codes_the_selection_and_codings_may_overlap(lab):
    select(lab, 1, "сама <script>")
    lab.page.locator(".cjm-code", has_text="joy").click()
    assert mine(lab, "code") == ["price", "joy"]
    assert lab.page.locator(".cjm-coded[title*='joy'][title*='price']").count() == 1


def test_text_from_data_stays_text(lab):
    assert lab.page.locator(".cjm-text script").count() == 0
    assert "<script>alert(1)</script>" in lab.page.locator(".cjm-words").nth(1).inner_text()


def test_typing_a_name_finds_the_code_or_makes_a_new_one(lab):
    select(lab, 2, "ещё раз")
    lab.page.keyboard.press("/")
    lab.page.keyboard.type("повтор")
    lab.page.keyboard.press("Enter")
    assert mine(lab, "code")[-1] == "повтор"
    assert lab.py("'повтор' in pane.codebook")


def test_valence_stage_and_memo_by_key_and_mouse(lab):
    lab.page.keyboard.press("-")
    lab.page.keyboard.press("-")
    lab.page.keyboard.press("e")
    assert mine(lab, "valence")[-1] == -2
    assert mine(lab, "stage")[-1] == "sense-making"
    lab.page.locator(".cjm-detail input").fill("повторяет x b dd")
    lab.page.keyboard.press("Tab")
    assert mine(lab, "memo")[-1] == "повторяет x b dd"
    lab.page.locator(".cjm-valence button", has_text="+1").click()
    assert mine(lab, "valence")[-1] == 1


def test_a_coding_is_removed_by_key(lab):
    n = len(mine(lab, "code"))
    select(lab, 2, "ещё раз")
    lab.page.locator(".cjm-text").press("Home")
    lab.page.locator(".cjm-text").press("End")
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("Delete")
    assert len(mine(lab, "code")) == n - 1


def test_a_suggestion_is_accepted_by_key_and_says_whose_it_was(lab):
    select(lab, 1, "цену")
    lab.page.keyboard.press("Home")
    lab.page.keyboard.press("End")
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("a")
    assert mine(lab, "quote")[-1] == "цену"
    assert "model x" in mine(lab, "memo")[-1]


def test_the_next_uncoded_turn_and_the_next_disagreement_are_jumped_to(lab):
    lab.page.locator(".cjm-text").press("u")
    assert lab.page.locator(".cjm-words").nth(2).locator(".cjm-caret").count() == 1
    lab.page.locator(".cjm-text").press("g")
    assert lab.page.locator(".cjm-words").nth(1).locator(".cjm-caret").count() == 1


def test_letters_typed_anywhere_in_the_pane_never_touch_the_notebook(lab):
    before = lab.cells()
    for kind in (".cjm-text", ".cjm-bar button", ".cjm-bar select", ".cjm-code", ".cjm-find"):
        lab.page.locator(kind).first.focus()
        for key in ("x", "b", "d", "d"):
            lab.page.keyboard.press(key)
    lab.page.locator(".cjm-find").fill("")
    select(lab, 1, "нашла")
    for kind in (".cjm-detail button", ".cjm-detail select", ".cjm-detail input"):
        lab.page.locator(kind).first.focus()
        for key in ("x", "b", "d", "d"):
            lab.page.keyboard.press(key)
    assert lab.cells() == before


def test_what_was_done_by_key_is_undone_and_done_again_by_key(lab):
    select(lab, 1, "долго")
    before = lab.py("pane.mine[['quote', 'code', 'memo']].astype(str).to_numpy().tolist()")
    lab.page.keyboard.press("1")
    lab.page.keyboard.press("m")  # before Python has answered: it means the coding that is on its way
    lab.settle()
    lab.page.keyboard.type("сколько?")
    lab.page.keyboard.press("Enter")
    lab.settle()
    lab.page.keyboard.press("Delete")
    assert lab.py("pane.mine[['quote', 'code', 'memo']].astype(str).to_numpy().tolist()") == before
    lab.page.keyboard.press("z")
    assert mine(lab, "memo")[-1] == "сколько?"
    lab.page.keyboard.press("Control+z")
    lab.page.keyboard.press("z")
    assert lab.py("pane.mine[['quote', 'code', 'memo']].astype(str).to_numpy().tolist()") == before
    lab.page.keyboard.press("y")
    assert mine(lab, "quote")[-1] == "долго"
    lab.page.locator(".cjm-bar button[aria-label='Отменить']").click()
    assert lab.py("pane.mine[['quote', 'code', 'memo']].astype(str).to_numpy().tolist()") == before


def test_a_coding_gets_another_code_by_key(lab):
    select(lab, 1, "долго")
    lab.page.keyboard.press("1")
    lab.settle()
    lab.page.keyboard.press("k")
    lab.page.keyboard.type("pri")
    lab.page.keyboard.press("Enter")
    assert lab.py("pane.mine[['quote', 'code']].to_numpy().tolist()[-1]") == ["долго", "price"]
    lab.page.keyboard.press("z")
    assert mine(lab, "code")[-1] == "wait"
    lab.page.keyboard.press("z")


def test_a_selection_may_run_over_turns(lab):
    select(lab, 1, "цену")
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("Shift+ArrowRight")
    lab.page.keyboard.press("Shift+ArrowDown")
    lab.page.keyboard.press("1")
    quote = mine(lab, "quote")[-1]
    assert quote.endswith("ещё раз.")
    assert "\nОльга: " in quote
    assert lab.page.locator(".cjm-turn:has(.cjm-coded)").count() == 2
    lab.page.keyboard.press("z")


def test_a_code_that_holds_a_slash_is_made_found_and_edited(lab):
    select(lab, 2, "ещё раз")
    lab.page.keyboard.press("/")
    lab.page.keyboard.type("и/или")
    lab.page.keyboard.press("Enter")
    assert mine(lab, "code")[-1] == "и/или"
    row = lab.page.locator(".cjm-codes li", has_text="и/или")
    row.hover()
    row.locator(".cjm-more").click()
    panel = lab.page.locator(".cjm-panel")
    panel.locator("input[type=text]").fill("или/и")
    panel.locator("textarea").first.fill("Оба сразу")
    panel.get_by_role("button", name="Сохранить").click()
    assert lab.py("(pane.codebook['или/и'].definition, pane.mine['code'].iloc[-1])") == ["Оба сразу", "или/и"]
    assert lab.py("cj.coding.Codebook.from_yaml('out/codebook.yaml')['или/и'].definition") == "Оба сразу"
    panel.locator(".cjm-colours button").nth(3).click()
    assert lab.py("pane.codebook['или/и'].colour") == lab.py("cj.coding.COLOURS[3]")
    panel.locator(".cjm-row select").select_option("joy")
    panel.get_by_role("button", name="OK").click()
    assert mine(lab, "code")[-1] == "joy"
    for _ in range(5):
        lab.py("pane.undo()")
    lab.page.keyboard.press("Escape")
    assert "и/или" not in lab.py("pane.codebook.names")


def test_words_are_searched_and_the_place_is_gone_to(lab):
    lab.page.locator(".cjm-text").press("f")
    lab.page.keyboard.type("ЗВОНКА")
    lab.page.keyboard.press("Enter")
    lab.settle()
    lab.page.locator(".cjm-panel .cjm-hit").click()
    assert lab.page.locator(".cjm-chosen").all_inner_texts() == ["звонка"]
    lab.page.locator(".cjm-panel header button").click()


def test_another_coder_is_read_side_by_side_and_a_turn_is_settled(lab):
    n = lab.py("len(pane.mine)")
    lab.page.locator("[data-panel=show]").click()
    lab.page.locator(".cjm-panel select").last.select_option("boris")
    lab.settle()
    turn = lab.page.locator(".cjm-turn").nth(1)
    assert "wait" in turn.locator(".cjm-aside").inner_text()
    assert turn.evaluate("e => e.classList.contains('cjm-disagree')")
    turn.locator(".cjm-settle button").nth(2).click()
    assert lab.py("len(pane.mine)") == n + 1
    assert not turn.evaluate("e => e.classList.contains('cjm-disagree')")
    assert turn.locator(".cjm-settle").count() == 0
    lab.page.locator(".cjm-panel select").nth(0).select_option("wait")
    lab.settle()
    assert set(lab.page.evaluate("[...document.querySelectorAll('.cjm-coded')].map(e => e.title.split(' ')[0])")) == {
        "wait"
    }
    lab.page.locator(".cjm-panel select").nth(0).select_option("")
    lab.page.locator(".cjm-panel select").last.select_option("")
    lab.py("pane.undo()")
    lab.page.locator("[data-panel=show]").click()
    assert lab.page.locator(".cjm-aside").count() == 0


def test_the_panel_says_how_far_the_work_is_and_the_ghost_layer_can_be_hidden(lab):
    lab.page.locator("[data-panel=machine]").click()
    lab.settle()
    assert "olga.txt" in lab.page.locator(".cjm-docs").inner_text()
    box = lab.page.locator(".cjm-panel input[type=checkbox]")
    assert box.is_checked()  # the suggestions were handed in
    box.click()
    lab.settle()
    assert lab.py("pane.ghost") is False
    assert lab.page.locator(".cjm-suggested").count() == 0
    lab.page.locator("[data-panel=machine]").click()
    assert lab.page.locator(".cjm-panel").is_hidden()


def test_turns_on_the_screen_count_as_seen(lab):
    lab.page.wait_for_timeout(2500)
    assert lab.py("sorted(pane.desk.seen('olga.txt'))") == [0, 1, 2]


def test_in_blind_mode_the_other_coders_work_is_not_there(open_lab):
    lab = open_lab("blind", [cell(blind=True).replace("'out'", "'out-blind'")])
    assert lab.page.locator(".cjm-coded:not(.cjm-suggested)").count() == 0
    assert "boris" not in lab.page.locator(".cjm-pane").inner_html()


def test_an_interview_is_coded_with_the_keyboard_alone(open_lab):
    lab = open_lab("keys", [cell().replace("'out'", "'out-keys'")])
    press = lab.page.keyboard.press
    lab.page.locator(".cjm-text").focus()
    press("ArrowDown")
    press("ArrowRight")
    for _ in range(3):
        press("Shift+ArrowRight")
    press("1")
    # Asked for before Python has answered: meant for the coding that is on its way.
    press("-")
    press("-")
    press("e")
    assert mine(lab, "quote") == ["😡 долго ждала звонка"]
    assert mine(lab, "valence") == [-2]
    assert mine(lab, "stage") == ["sense-making"]
    press("ArrowDown")
    press("t")
    press("3")
    assert mine(lab, "code") == ["wait", "joy"]
    assert lab.py("len(pane.codings)") == 3


def test_a_kernel_that_restarts_in_the_middle_takes_nothing_with_it(open_lab):
    lab = open_lab("restart", [cell().replace("'out'", "'out-restart'")])
    select(lab, 1, "нашла")
    lab.page.keyboard.press("2")
    assert mine(lab, "quote") == ["нашла"]
    lab.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    lab.page.wait_for_timeout(500)
    lab.run_all()
    assert mine(lab, "quote") == ["нашла"]
    select(lab, 1, "сама")
    lab.page.keyboard.press("3")
    assert mine(lab, "quote") == ["нашла", "сама"]
    saved = cj.coding.read_codings(lab.py("str(Path('out-restart').resolve())"))
    assert saved["quote"].tolist() == ["нашла", "сама"]


def test_a_file_that_somebody_else_changed_is_not_overwritten(open_lab):
    lab = open_lab("conflict", [cell().replace("'out'", "'out2'")])
    select(lab, 1, "ждала")
    lab.page.keyboard.press("1")
    lab.py("Path('out2/anna.csv').write_text('document,start,end,quote,code\\n', encoding='utf-8')")
    select(lab, 1, "нашла")
    lab.page.keyboard.press("1")
    assert lab.py("Path('out2/anna.csv').read_text(encoding='utf-8')").strip() == "document,start,end,quote,code"
    assert len(lab.py("[str(p) for p in Path('out2/unsaved').glob('anna.*.csv')]")) == 1
    told = lab.page.locator(".cjm-said.cjm-bad")
    assert told.is_visible()
    assert "unsaved/anna." in told.inner_text()


def test_the_pane_says_nothing_on_the_console_and_has_names_for_everything(lab):
    assert lab.complaints() == []
    nameless = lab.page.evaluate(
        """() => [...document.querySelectorAll('.cjm-pane button, .cjm-pane select, .cjm-pane input, .cjm-pane textarea')]
             .filter(e => !(e.innerText || e.getAttribute('aria-label') || e.labels?.length)).length"""
    )
    assert nameless == 0


LONG = """
import cjmkit as cj, pandas as pd
from pathlib import Path
sentence = 'Мы долго выбирали и всё время спорили о цене, о сроках и о том, где ребёнку гулять. '
text = '\\n'.join(('Интервьюер: ' if k % 2 == 0 else 'Ольга: ') + sentence * 4 for k in range({turns}))
Path('long{turns}').mkdir(exist_ok=True); Path('long{turns}/a.txt').write_text(text, encoding='utf-8')
read = cj.interviews.read('long{turns}')
rows = [dict(document='a.txt', start=s, end=s + 40, quote=text[s:s + 40], code=f'c{{k % {codes}}}', coder='anna')
        for k, s in enumerate(range(60, {codings} * 160 + 60, 160))]
pane = cj.widgets.coding_pane(read.documents, read.turns, pd.DataFrame(rows), coder='anna', lang='ru')
pane
"""


@pytest.mark.parametrize(
    ("turns", "codings", "codes", "size"),
    [(300, 600, 40, 180_000), (1700, 3000, 300, 1_000_000)],
    ids=["an-hour-with-600-codings", "a-megabyte-with-300-codes"],
)
def test_long_interviews_and_large_codebooks_work_as_short_ones_do(open_lab, turns, codings, codes, size):
    lab = open_lab(f"long{turns}", [LONG.format(turns=turns, codings=codings, codes=codes)])
    assert lab.py("len(text.encode())") >= size
    assert lab.py("len(pane.mine)") == codings
    assert lab.page.locator(".cjm-code").count() == codes
    lab.page.locator(".cjm-text").focus()
    lab.page.keyboard.press("ArrowDown")
    lab.page.keyboard.press("s")
    lab.page.keyboard.press("1")
    assert lab.py("len(pane.mine)") == codings + 1
    assert lab.py("pane.mine['quote'].iloc[-1]") == lab.py("sentence.strip()")
    # Jumping to the first turn without a code leads behind the last coding, however far down that is.
    lab.page.keyboard.press("u")
    turn = int(lab.page.locator(".cjm-words:has(.cjm-caret)").get_attribute("data-turn"))
    assert not lab.py(
        f"any((pane.mine['start'] < pane.desk.stretches('a.txt')[{turn}]['end']) & (pane.mine['end'] > pane.desk.stretches('a.txt')[{turn}]['start']))"
    )
