"""What is not known of a survey, as cards: both readings with their answers and means, decided by a click or a key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.i18n import count, current_language, number, say
from cjmkit.survey.doubting import answers_under, kept_in, put_back, stored_beside
from cjmkit.survey.survey import Survey
from cjmkit.widgets._choices import ChoicePane

if TYPE_CHECKING:
    from cjmkit.study import Study

__all__ = ["DoubtsPane", "doubts"]

_MOST_BARS = 12


def doubts(source: Survey | Study, *, keep: bool = True, lang: str | None = None) -> DoubtsPane:
    """Ask what is doubtful in a survey, a card a battery: each reading with its answers, its mean and its n.

    Parameters
    ----------
    source : Survey or Study
        A survey, or a study whose survey is asked about.
    keep : bool
        Keep each answer in ``NAME.items.yaml`` beside the export; undo takes it out again.
    lang : {"en", "ru"}, optional
        Language of the cards.

    Returns
    -------
    DoubtsPane
        A widget; its ``survey`` is the survey as it is settled now. Without a browser :meth:`Survey.settle`
        does the same.

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> codes = [1, 2, 3, 4, 5, 6, 6, 6, 6, 5] * 5
    >>> pane = doubts(cj.survey.Survey.from_frame(pd.DataFrame({"id": range(50), "Rate the food": codes})))
    >>> pane.answer("Rate the food", 1)
    >>> round(float(pane.survey.values("Rate the food").mean()), 2), len(pane.survey.doubts())
    (4.4, 0)
    """
    if isinstance(source, Survey):
        return DoubtsPane(source, keep, current_language(lang))
    return DoubtsPane(source.survey(proposed=False), source.items_file() if keep else False, current_language(lang))


class DoubtsPane(ChoicePane):
    """The widget behind :func:`doubts`."""

    def __init__(self, survey: Survey, keep: bool | Path, lang: str) -> None:
        super().__init__(say(en="How is it meant?", ru="Как это понимать?", lang=lang), lang)
        self._given, self._keep = survey, keep
        table = survey.doubts()
        self._asked = [(str(r["doubt"]), str(r["text"]), r["columns"]) for _, r in table.iterrows()]
        self._before: dict[str, dict[str, Any]] = {}
        self._bars = {name: self._bars_of(columns) for name, _, columns in self._asked}

    @property
    def survey(self) -> Survey:
        """The survey with the answers given so far."""
        return self._given.settle(self.answers, keep=False)

    def _answer(self, name: str, answer: Any) -> None:
        file = stored_beside(self._given) if self._keep is True else self._keep or None
        columns = next(c for n, *_, c in self._asked if n == name)
        if answer is not None:
            self._before.setdefault(name, kept_in(file, columns))
            self._given.settle({name: answer}, keep=file or False)
        elif file is not None and name in self._before:
            put_back(file, self._before.pop(name))

    def _cards(self) -> list[dict[str, Any]]:
        cards = []
        for name, text, columns in self._asked:
            doubt = self._given.doubt_of(columns[0])
            (caution,) = self._given.cautions(*columns, together=True)[:1]
            if doubt is None:
                raise CjmError(en=f"the doubt about {name!r} is settled", ru=f"вопрос о {name!r} уже решён")
            choices = []
            for way, reading, bars in zip(caution.ways, doubt.readings, self._bars[name], strict=True):
                label = say(en=way.words[0], ru=way.words[1], lang=self._lang)
                mean = say(en="no mean", ru="без среднего", lang=self._lang)
                if way.value is not None:
                    mean = say(en="mean ", ru="среднее ", lang=self._lang) + number(way.value, 2, lang=self._lang)
                    mean += f", n {number(way.n, 0, lang=self._lang)}"
                choices.append({"label": label, "detail": mean, "bars": bars, "scale": bool(reading.scale)})
            more = ""
            if len(columns) > 1:
                k = len(columns)
                more = count(k, en=("item", "items"), ru=("вопрос", "вопроса", "вопросов"), lang=self._lang)
                more += f": {', '.join(columns[:4])}{' …' if k > 4 else ''}"
            answer = self.answers.get(name)
            at = answer if isinstance(answer, int) else None if answer is None else -1
            placed = "" if at is None or at >= 0 else str(answer)
            note = say(en=caution.reason[0], ru=caution.reason[1], lang=self._lang)
            cards.append({"id": name, "title": text, "note": note, "more": more, "choices": choices, "answered": at,
                          "placed": placed})  # fmt: skip
        return cards

    def _bars_of(self, columns: tuple[str, ...]) -> list[list[dict[str, Any]]]:
        """For each reading the answers given, how often, and whether each counts under it."""
        doubt = self._given.doubt_of(columns[0])
        if doubt is None:
            return []
        table = answers_under(self._given, doubt).head(_MOST_BARS)
        most = max(int(table["n"].max()), 1) if len(table) else 1
        out = []
        for k in map(str, range(len(doubt.readings))):
            # From the bad end to the good one; what is no answer under this reading stands after them, in grey.
            rows = table.sort_values([k, "answer"], key=_in_order, kind="stable", na_position="last")
            bars = zip(rows["answer"], rows["n"], rows[k].notna(), strict=True)
            out.append([{"label": _plain(a), "n": int(n), "height": n / most, "on": bool(on)} for a, n, on in bars])
        return out


def _in_order(column: pd.Series) -> pd.Series:
    """Numbers by size, other answers by the alphabet after them."""
    numbers = pd.to_numeric(column, errors="coerce")
    return numbers if numbers.notna().any() else column.astype(str)


def _plain(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 14 else text[:13] + "…"
