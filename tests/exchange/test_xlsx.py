import openpyxl
import pytest
from openpyxl import Workbook

import cjmkit as cj


def reopen(path):
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize("lang", ["en", "ru"])
@pytest.mark.parametrize("name", ["residential", "english", "hostile"])
def test_a_workbook_comes_back_equal(samples, tmp_path, name, lang):
    j = getattr(samples, name)()
    path = cj.exchange.to_xlsx(j, tmp_path / "map.xlsx", lang=lang)
    read = cj.exchange.from_xlsx(path)
    assert read.notes == ()
    assert read.journey == j


def test_the_same_journey_gives_the_same_bytes(samples, tmp_path):
    a = cj.exchange.to_xlsx(samples.residential(), tmp_path / "a.xlsx").read_bytes()
    assert a == cj.exchange.to_xlsx(samples.residential(), tmp_path / "b.xlsx").read_bytes()


def test_a_formula_in_a_note_is_exported_as_text(samples, tmp_path):
    path = cj.exchange.to_xlsx(samples.hostile(), tmp_path / "map.xlsx")
    cells = [c for ws in reopen(path).worksheets for row in ws.iter_rows() for c in row if c.value is not None]
    assert any(str(c.value).startswith("=CMD()") for c in cells)
    assert not [c for c in cells if c.data_type == "f"]
    assert not [c for c in cells if c.hyperlink]


def test_texts_longer_than_a_cell_come_back_whole(tmp_path):
    j = cj.Journey(id="x", title="x", stages=[cj.Stage(id="a", title="A", goals=["слово🙂 " * 9000])])
    read = cj.exchange.from_xlsx(cj.exchange.to_xlsx(j, tmp_path / "m.xlsx"))
    assert read.journey == j


def test_control_characters_and_escapes_come_back(tmp_path):
    words = "a\x07b _x0041_ \r\n\ttab \ufffe end"
    quote = cj.Quote(document="d", start=0, end=5, quote=f"  {words}  ")
    note = cj.Note(text=words, evidence=[quote])
    j = cj.Journey(id="x", title="x", stages=[cj.Stage(id="a", title="A", goals=[note])])
    assert cj.exchange.from_xlsx(cj.exchange.to_xlsx(j, tmp_path / "m.xlsx")).journey == j


def edited(samples, tmp_path, change):
    path = cj.exchange.to_xlsx(samples.residential(), tmp_path / "map.xlsx")
    book = reopen(path)
    change(book)
    book.save(path)
    return cj.exchange.from_xlsx(path)


def find(ws, text):
    return next(c for row in ws.iter_rows() for c in row if c.value == text)


def test_a_note_changed_in_the_grid_keeps_its_evidence_and_is_listed(samples, tmp_path):
    def change(book):
        find(book["Карта"], "Нет отзывов, которым можно верить").value = "Отзывы выглядят купленными"

    j, notes = edited(samples, tmp_path, change)
    barrier = j.stage("evaluation").barriers[0]
    assert barrier.text == "Отзывы выглядят купленными"
    assert len(barrier.evidence) == 3
    assert len(notes) == 1
    assert "Отзывы выглядят купленными" in notes[0]


def test_a_note_written_into_an_empty_cell_becomes_an_assumption(samples, tmp_path):
    def change(book):
        ws = book["Карта"]
        row = next(r for r in ws.iter_rows() if r[0].value == "Ожидания")
        row[3].value = "Договор понятным языком"

    j, notes = edited(samples, tmp_path, change)
    (note,) = j.stage("deal").expectations
    assert (note.text, note.assumption) == ("Договор понятным языком", True)
    assert len(notes) == 1


def test_a_note_taken_off_the_grid_goes_and_is_listed(samples, tmp_path):
    def change(book):
        find(book["Карта"], "Контакты просят раньше, чем показывают условия").value = None

    j, notes = edited(samples, tmp_path, change)
    assert len(j.stage("evaluation").barriers) == 2
    assert any("Контакты просят раньше" in n for n in notes)


def test_a_note_changed_on_its_sheet_wins_over_the_old_words_in_the_grid(samples, tmp_path):
    def change(book):
        find(book["Записи"], "Нет отзывов, которым можно верить").value = "Отзывы купленные"

    j, notes = edited(samples, tmp_path, change)
    assert j.stage("evaluation").barriers[0].text == "Отзывы купленные"
    assert notes == ()


def test_an_owner_added_in_the_grid_is_taken_over(samples, tmp_path):
    def change(book):
        find(
            book["Карта"], "Программа «Приведи друга» (приложение)"
        ).value = "★ Программа «Приведи друга» (приложение; CRM)"

    j, _ = edited(samples, tmp_path, change)
    t = j.stage("trigger").touchpoints[0]
    assert (t.owner, t.channel, t.moment_of_truth) == ("CRM", "приложение", True)


def test_a_stage_is_renamed_and_another_added_in_the_grid(samples, tmp_path):
    def change(book):
        ws = book["Карта"]
        find(ws, "Сделка").value = "Покупка"
        ws.cell(4, 7).value = "Переезд"
        row = next(r for r in ws.iter_rows() if r[0].value == "Цели потребителя")
        ws.cell(row[0].row, 7).value = "Въехать до родов"

    j, notes = edited(samples, tmp_path, change)
    assert [s.title for s in j.stages][2] == "Покупка"
    assert j.stages[2].id == "deal"
    assert j.stages[-1].title == "Переезд"
    assert j.stages[-1].goals[0].text == "Въехать до родов"
    assert len(notes) == 3


def test_a_lane_deleted_from_the_grid_is_kept_from_its_sheet_and_reported(samples, tmp_path):
    def change(book):
        ws = book["Карта"]
        for row in [r[0].row for r in ws.iter_rows() if r[0].value == "Вопросы"][::-1]:
            ws.delete_rows(row)

    j, notes = edited(samples, tmp_path, change)
    assert j == samples.residential()
    assert len(notes) == 1
    assert "questions" in notes[0]


def test_evidence_added_by_hand_makes_an_assumption_a_finding(samples, tmp_path):
    def change(book):
        ws = book["Основания"]
        heads = {c.value: c.column for c in ws[1]}
        last = ws.max_row + 1
        for k, v in {"Номер": "E900", "Вид": "source", "Источник": "S9", "Название": "Отчёт"}.items():
            # two columns of that name would be a mistake of ours
            ws.cell(last, heads[k]).value = v
        notes = book["Записи"]
        cell = find(notes, "Слишком много застройщиков")
        column = next(c.column for c in notes[1] if c.value == "Основания")
        notes.cell(cell.row, column).value = "E900"

    j, notes = edited(samples, tmp_path, change)
    assert j.stage("sense").barriers[0].evidence == (cj.DeskSource(source="S9", title="Отчёт"),)
    assert notes == ()


def template(rows, tmp_path, merge=()):
    book = Workbook()
    ws = book.active
    for row in rows:
        ws.append(row)
    for area in merge:
        ws.merge_cells(area)
    path = tmp_path / "шаблон.xlsx"
    book.save(path)
    return path


ROWS = [
    ["Карта пути: велосипед", None, None, None],
    ["Этап", "Осознание", "Выбор", "Покупка"],
    ["Цели клиента", "Ездить на работу", "Сравнить модели", "Купить без ошибки"],
    ["Точки контакта", "Реклама\nРассказ друга", "Сайт магазина", "★ Касса (магазин; Продажи)"],
    ["Ответственный", "Маркетинг", "Продукт", None],
    ["Боли", None, "• Нет отзывов\n• Много вариантов", None],
    ["Эмоции (1-5)", 3, 2, 5],
    ["Погода", "дождь", None, None],
]


@pytest.mark.parametrize("turned", [False, True])
def test_a_russian_template_is_read_with_a_stage_per_column_or_per_row(tmp_path, turned):
    rows = ROWS[1:] if turned else ROWS
    if turned:
        rows = [list(r) for r in zip(*rows)]
    j, notes = cj.exchange.from_xlsx(template(rows, tmp_path))
    assert [s.title for s in j.stages] == ["Осознание", "Выбор", "Покупка"]
    assert [n.text for n in j.stages[1].barriers] == ["Нет отзывов", "Много вариантов"]
    assert [t.name for t in j.stages[0].touchpoints] == ["Реклама", "Рассказ друга"]
    assert {t.owner for t in j.stages[0].touchpoints} == {"Маркетинг"}
    assert j.stages[2].touchpoints[0].moment_of_truth
    assert [p.estimate.value for p in j.emotion] == [0, -1, 2]
    assert all(p.source == "researcher" for p in j.emotion)
    assert j.language == "ru"
    assert any("Погода" in n for n in notes)
    assert len(notes) == 2


def test_merged_cells_reach_every_column_and_are_reported(tmp_path):
    rows = [["Stage", "A", "B"], ["Goals", "Same goal", None], ["Pain points", "p", "q"]]
    j, notes = cj.exchange.from_xlsx(template(rows, tmp_path, merge=["B2:C2"]))
    assert [s.goals[0].text for s in j.stages] == ["Same goal", "Same goal"]
    assert any("B2:C2" in n for n in notes)


def test_a_formula_in_a_template_is_text_and_reported(tmp_path):
    rows = [["Stage", "A"], ["Goals", "=CMD()"], ["Pain points", "p"]]
    j, notes = cj.exchange.from_xlsx(template(rows, tmp_path))
    assert j.stages[0].goals[0].text == "=CMD()"
    assert any("B2" in n for n in notes)


def test_moods_in_words_and_faces_are_read_and_others_kept(tmp_path):
    rows = [["Stage", "A", "B", "C"], ["Emotions", "😡", "positive", "like a long queue"], ["Goals", "x", "y", "z"]]
    j, notes = cj.exchange.from_xlsx(template(rows, tmp_path))
    assert {p.stage: p.estimate.value for p in j.emotion} == {"a": -2, "b": 1}
    assert j.stages[2].thoughts[0].text == "like a long queue"
    assert any("like a long queue" in n for n in notes)


def test_a_workbook_without_lanes_is_explained(tmp_path):
    path = template([["a", "b"], [1, 2]], tmp_path)
    with pytest.raises(cj.errors.FileFormatError, match="name them in the first column"):
        cj.exchange.from_xlsx(path)


def test_a_file_that_is_no_workbook_is_explained(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"hello")
    with pytest.raises(cj.errors.FileFormatError, match="not a readable workbook|should be a zip and is not"):
        cj.exchange.from_xlsx(path)


def test_duplicate_stage_names_get_ids_of_their_own(tmp_path):
    rows = [["Stage", "Pay", "Pay"], ["Goals", "x", "y"], ["Problems", None, "z"]]
    j, notes = cj.exchange.from_xlsx(template(rows, tmp_path))
    assert [s.id for s in j.stages] == ["pay", "pay-2"]
    assert any("Pay" in n for n in notes)
