"""What the coding pane sends to its page: words in both languages, codes with their marks, codings as spans."""

from __future__ import annotations

from collections import Counter
from typing import Any

from cjmkit import coding
from cjmkit.i18n import say

__all__ = ["codes_of", "span", "words"]

_WORDS = {
    "pane": ("Coding pane", "Панель кодирования"),
    "document": ("Interview", "Интервью"),
    "undo": ("Undo", "Отменить"),
    "redo": ("Redo", "Повторить"),
    "next_uncoded": ("→ uncoded", "→ без кодов"),
    "next_disagreement": ("→ differing", "→ расхождение"),
    "search": ("Search (f)", "Искать (f)"),
    "found": ("Found", "Найдено"),
    "nothing_found": ("nothing found", "ничего не найдено"),
    "filter": ("Show", "Показ"),
    "any_code": ("all codes", "все коды"),
    "any_coder": ("all coders", "все кодировщики"),
    "any_stage": ("all stages", "все этапы"),
    "compare": ("Side by side", "Рядом с другим"),
    "compare_with": ("Compare with", "Сравнить с"),
    "nobody": ("nobody", "ни с кем"),
    "mine": ("mine", "моё"),
    "theirs": ("theirs", "их"),
    "both": ("both", "оба"),
    "nothing": ("no code", "без кода"),
    "settle": ("Settle", "Решить"),
    "machine": ("Machine", "Машина"),
    "machine_on": ("Show the machine's proposals", "Показать предложения машины"),
    "machine_learn": ("Learn and propose", "Обучить и предложить"),
    "machine_note": (
        "Code first, look then: whoever sees proposals before reading is led by them.",
        "Сначала кодируйте, потом смотрите: предложения, увиденные до чтения, ведут за собой.",
    ),
    "standing": ("How far the work is", "Как идёт работа"),
    "close": ("Close", "Закрыть"),
    "learning": ("the machine is learning …", "машина учится…"),
    "codebook": ("Codebook", "Кодовая книга"),
    "find": ("Find or add a code", "Найти или добавить код"),
    "add_code": ("New code", "Новый код"),
    "edit_code": ("Edit the code", "Изменить код"),
    "name": ("Name", "Название"),
    "definition": ("Definition", "Определение"),
    "colour": ("Colour", "Цвет"),
    "parent": ("Below", "Внутри"),
    "top": ("top level", "верхний уровень"),
    "key": ("Key", "Клавиша"),
    "merge": ("Merge into", "Объединить с"),
    "split": ("Split", "Разделить"),
    "split_hint": (
        "New codes, one a line; the codings keep the old one until you change them.",
        "Новые коды, по одному в строке; отрывки сохраняют старый код, пока вы его не смените.",
    ),
    "up": ("Move up", "Выше"),
    "down": ("Move down", "Ниже"),
    "save": ("Save", "Сохранить"),
    "delete_code": ("Remove the code", "Удалить код"),
    "text_help": (
        "Interview text. Arrows move, Shift with arrows selects, also across turns; s takes the sentence, t the turn; "
        "1 to 9 or slash gives a code; plus and minus set valence, e the stage, m the memo, k another code, Delete "
        "removes; z undoes, y redoes; u, g and n jump to uncoded, disagreement and proposal; a accepts, r refuses, "
        "k corrects a proposal; f searches.",
        "Текст интервью. Стрелки двигают, Shift со стрелками выделяет, и через реплики; s берёт предложение, t "
        "реплику; 1–9 или косая черта ставит код; плюс и минус задают оценку, e этап, m пометку, k другой код, "
        "Delete удаляет; z отменяет, y повторяет; u, g и n ведут к непомеченному, расхождению и предложению; "
        "a принимает, r отклоняет, k исправляет предложение; f ищет.",
    ),
    "coding": ("Coding", "Код на отрывке"),
    "hint": (
        "Select words, then press a number or click a code. s sentence · t turn · / find a code · z undo · u next "
        "uncoded · f search",
        "Выделите слова и нажмите цифру или код. s предложение · t реплика · / найти код · z отменить · u дальше без "
        "кодов · f поиск",
    ),
    "valence": ("Valence", "Оценка"),
    "stage": ("Stage", "Этап"),
    "memo": ("Memo", "Пометка"),
    "memos": ("Memos", "Пометки"),
    "no_memos": ("no memos in this interview", "в этом интервью нет пометок"),
    "other_code": ("Code", "Код"),
    "remove": ("Remove", "Удалить"),
    "accept": ("Accept", "Принять"),
    "refuse": ("Refuse", "Отклонить"),
    "correct": ("Correct", "Исправить"),
    "recover": ("Take up the work set aside", "Вернуть отложенную работу"),
    "nothing_selected": ("nothing is selected", "ничего не выделено"),
    "none_left": ("none left", "больше нет"),
    "progress": (
        "{coded} of {turns} turns coded, {seen} seen · {codings} codings",
        "реплик с кодами {coded} из {turns}, просмотрено {seen} · кодов {codings}",
    ),
}  # fmt: skip


def words(lang: str) -> dict[str, str]:
    """All of it in one language."""
    return {key: say(en=en, ru=ru, lang=lang) for key, (en, ru) in _WORDS.items()}


def codes_of(book: coding.Codebook) -> dict[str, Any]:
    """All codes, each with its colour and kind of line (three, so that a colour serves three)."""
    codes = []
    lines: Counter[str] = Counter()
    for k, c in enumerate(sorted(book, key=lambda c: not c.codable)):
        colour = c.colour or coding.COLOURS[k % len(coding.COLOURS)]
        codes.append(
            {
                "name": c.name,
                "title": c.title or c.name,
                "colour": colour,
                "line": lines[colour] % 3,
                "definition": c.definition,
                "parent": c.parent,
                "depth": book.path(c.name, "\0").count("\0"),
                "codable": c.codable,
            }
        )
        lines[colour] += 1
    place = {name: k for k, name in enumerate(book.names)}
    return {"codes": sorted(codes, key=lambda c: place[str(c["name"])])}


def span(key: str, row: Any, coder: str) -> dict[str, Any]:
    """A coding or, with a key that begins with s, a suggestion."""

    def text(name: str) -> str:
        value = row.get(name)
        return "" if value is None or value != value else str(value)

    valence = row.get("valence")
    return {
        "id": key,
        "start": int(row["start"]),
        "end": int(row["end"]),
        "code": text("code"),
        "coder": text("coder"),
        "quote": text("quote"),
        "stage": text("stage"),
        "memo": text("memo"),
        "valence": None if valence is None or valence != valence else int(valence),
        "kind": "suggestion" if key[0] == "s" else "mine" if row.get("coder") == coder else "other",
    }
