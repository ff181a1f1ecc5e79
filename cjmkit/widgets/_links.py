"""Where each rated question belongs, as cards: the proposed touchpoint, accepted or changed by a click or a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.i18n import current_language, say
from cjmkit.widgets._choices import ChoicePane

if TYPE_CHECKING:
    from cjmkit.study import Study

__all__ = ["LinksPane", "links"]

_APART = " · "


def links(study: Study, *, survey: str | None = None, lang: str | None = None) -> LinksPane:
    r"""Accept or change the touchpoint proposed for each rated question of a study's survey.

    Parameters
    ----------
    study : Study
        Its survey is asked about; answers are written into ``NAME.items.yaml``.
    survey : str, optional
        Name of the survey; the study's own by default.
    lang : {"en", "ru"}, optional
        Language of the cards.

    Returns
    -------
    LinksPane
        A widget; its ``table`` is what :meth:`Study.links` shows. Without a browser :meth:`Study.accept` does the same.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/shop", framework="five-stages")
    >>> rows = ["id,How satisfied are you with the delivery?", *(f"a{k},{1 + k % 5}" for k in range(20))]
    >>> _ = (study.path / "surveys" / "s.csv").write_text("\n".join(rows))
    >>> pane = links(study)
    >>> pane.answer("How satisfied are you with the delivery?", 0)
    >>> bool(study.links()["linked"].all())
    True
    """
    return LinksPane(study, survey, current_language(lang))


class LinksPane(ChoicePane):
    """The widget behind :func:`links`."""

    def __init__(self, study: Study, survey: str | None, lang: str) -> None:
        super().__init__(say(en="Where does it belong?", ru="К чему это относится?", lang=lang), lang)
        self._study, self._survey = study, survey
        self._stages = {s.id: s for s in study.stages()}
        self._proposed: list[Any] = study.links(survey).to_dict("records")
        self._first = {r["item"]: (r["stage"], r["touchpoint"]) if r["linked"] else ("", "") for r in self._proposed}
        self.answers = {r["item"]: 0 for r in self._proposed if r["linked"]}

    @property
    def table(self) -> pd.DataFrame:
        """The rated questions with the stage and touchpoint where they stand now."""
        return self._study.links(self._survey)

    def _row(self, name: str) -> dict[str, Any]:
        return next(r for r in self._proposed if r["item"] == name)

    def _answer(self, name: str, answer: Any) -> None:
        row = self._row(name)
        if answer == 0:
            place = (row["stage"], row["touchpoint"])
        elif answer is None or answer == 1:
            place = ("", "")
        elif isinstance(answer, tuple) and len(answer) == 2:
            place = (str(answer[0]), str(answer[1]))
        else:
            raise CjmError(
                en=f"{answer!r} is no place: 0 accepts, 1 says that it belongs nowhere, or give (stage, touchpoint)",
                ru=f"{answer!r} — не место: 0 принимает, 1 значит «никуда», или дайте (этап, точка контакта)",
            )
        self._study.accept({name: place}, survey=self._survey)

    def _sent(self, answer: Any) -> Any:
        return answer if answer is None or isinstance(answer, int) else tuple(str(answer).split("\n", 1))

    def _said(self, stage: str, touchpoint: str) -> str:
        title = self._stages[stage].title if stage in self._stages else stage
        return _APART.join(t for t in (title, touchpoint) if t)

    def _cards(self) -> list[dict[str, Any]]:
        known = {(r["stage"], r["touchpoint"]) for r in self._proposed if r["touchpoint"]}
        known |= {(s.id, t.name) for s in self._stages.values() for t in s.touchpoints}
        order = list(self._stages)
        places = [
            [f"{stage}\n{name}", self._said(stage, name)]
            for stage in order
            for name in ["", *sorted(n for s, n in known if s == stage)]
        ]
        nowhere = say(en="nowhere on the way", ru="ни к какому этапу", lang=self._lang)
        cards = []
        for r in self._proposed:
            answer = self.answers.get(r["item"])
            at = -1 if isinstance(answer, tuple) else answer
            placed = self._said(*answer) if isinstance(answer, tuple) else ""
            choices = [{"label": self._said(r["stage"], r["touchpoint"]), "detail": "", "bars": []},
                       {"label": nowhere, "detail": "", "bars": []}]  # fmt: skip
            cards.append({"id": r["item"], "title": r["text"] or r["item"], "note": r["reason"], "more": "",
                          "choices": choices, "answered": at, "placed": placed, "places": places})  # fmt: skip
        return cards
