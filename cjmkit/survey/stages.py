"""From items linked to stages to each person's score per stage, the input of the emotion curve."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.caution import packed
from cjmkit.errors import CjmError, DataWarning, NotEnough
from cjmkit.i18n import say
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import SCALE_TYPES

__all__ = ["open_answers", "stage_scores"]


def stage_scores(
    survey: SurveyData, links: Mapping[str, Any] | None = None, *, touchpoints: bool = False
) -> pd.DataFrame:
    """Score every person at every stage, from the rating items linked to it.

    Each answer is put on −2 to 2, 4·(x − min)/(max − min) − 2, whatever the length of its scale; a person's score at
    a stage is the mean of their own answers there. Averaging people afterwards keeps the unit of observation: pooling
    all ratings instead would understate the standard error, in a real airport survey by 12 to 28 %.

    Parameters
    ----------
    survey : Survey
        With stages on its items, or `links`.
    links : mapping, optional
        Stage to items, or stage to touchpoint to items, as in :meth:`Survey.link`; replaces the stages of the survey.
    touchpoints : bool
        Score every touchpoint of a stage on its own; items without a touchpoint keep an empty one.

    Returns
    -------
    pandas.DataFrame
        participant, stage, touchpoint, score (−2 to 2), source (``"survey"``), n_items (answers behind the score),
        survey and item (where the score comes from); cautions, where the reading of an item is not known: what is
        doubtful and the mean under each reading (:func:`cjmkit.emotion.curve` hands it on). Stages in the order in
        which they come in `links` or in the survey.

    Raises
    ------
    CjmError
        If no rating item has a stage, or a linked item has no scale.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, stage_scores
    >>> s = Survey.from_frame(pd.DataFrame({"id": ["a", "b"], "chat": [5, 4], "site": [3, None]}))
    >>> s = s.set_item(["chat", "site"], type="likert", scale=(1, 5))
    >>> stage_scores(s, {"evaluation": ["chat", "site"]})[["participant", "stage", "score"]].values.tolist()
    [['a', 'evaluation', 1.0], ['b', 'evaluation', 1.0]]
    """
    if links is not None:
        survey = survey.set_item([i.item for i in survey.all_items], stage="", touchpoint="").link(links)
    linked = [i for i in survey.all_items if i.stage and (i.type in SCALE_TYPES or (i.type == "number" and i.scale))]
    unfit = [i.item for i in survey.all_items if i.stage and i.type in ("number", "single") and not i.scale]
    if unfit and links is not None:
        raise CjmError(
            en=f"linked to a stage but without a scale: {', '.join(map(repr, unfit[:5]))}; "
            "set_item(…, type='likert', scale=(1, 5)) says what their answers mean",
            ru=f"привязаны к этапу, но без шкалы: {', '.join(map(repr, unfit[:5]))}; set_item(…, type='likert', "
            f"scale=(1, 5)) говорит, что значат ответы",
        )
    if not linked:
        raise NotEnough(
            say(
                en=f"survey {survey.name!r}: no rating item is linked to a stage",
                ru=f"опрос {survey.name!r}: ни одна оценка не связана с этапом",
            ),
            why=say(en="there is no curve without ratings of stages", ru="без оценок по этапам нет кривой"),
            action=say(
                en="cjmkit link --accept in a study, or links={'stage': ['item', …]}, or survey.link(…)",
                ru="cjmkit link --accept в исследовании, или links={'этап': ['вопрос', …]}, или survey.link(…)",
            ),
            lane="emotion",
        )
    if unfit:
        warnings.warn(
            DataWarning(
                say(
                    en=f"linked to a stage but not a rating, left out: {', '.join(map(repr, unfit[:5]))}",
                    ru=f"привязаны к этапу, но не оценки, пропущены: {', '.join(map(repr, unfit[:5]))}",
                )
            ),
            stacklevel=2,
        )
    cells: dict[tuple[str, str], list[np.ndarray]] = {}
    behind: dict[tuple[str, str], list[str]] = {}
    for it in linked:
        low, high = it.ends or (1.0, 5.0)
        x = 4 * (survey.values(it).to_numpy() - low) / (high - low) - 2
        cell = (it.stage, it.touchpoint if touchpoints else "")
        cells.setdefault(cell, []).append(x)
        behind.setdefault(cell, []).append(it.item)
    order = list(dict.fromkeys(links)) if links is not None else list(dict.fromkeys(i.stage for i in linked))
    people = survey._people_index()
    parts = []
    for (stage, touchpoint), columns in sorted(cells.items(), key=lambda c: order.index(c[0][0])):
        block = np.column_stack(columns)
        n = (~np.isnan(block)).sum(axis=1)
        some = n > 0
        mean = np.nansum(block[some], axis=1) / n[some]
        parts.append(
            pd.DataFrame(
                {
                    "participant": people[some].astype(str),
                    "stage": stage,
                    "touchpoint": touchpoint,
                    "score": mean,
                    "source": "survey",
                    "n_items": n[some],
                    "survey": survey.name,
                    "item": ", ".join(behind[stage, touchpoint]),
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    notes = {cell: packed(survey.cautions(*items, together=True)) for cell, items in behind.items()}
    if any(notes.values()):
        table["cautions"] = [notes[cell] for cell in zip(table["stage"], table["touchpoint"], strict=True)]
    return table


def open_answers(survey: SurveyData, items: Any = None) -> pd.DataFrame:
    """Make documents for the interviews room from what people wrote.

    Parameters
    ----------
    survey : Survey
        With open items.
    items : str or iterable of str, optional
        Which open items; all of them otherwise.

    Returns
    -------
    pandas.DataFrame
        One row an answer: document (survey, item and respondent; unique), text (as it was written), participant, stage,
        touchpoint, language, sha256, item, question, survey. The documents table of the interviews room, with more
        columns.

    Raises
    ------
    CjmError
        If there is no open item, or nobody wrote anything.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey, open_answers
    >>> s = Survey.from_frame(pd.DataFrame({"id": ["a", "b"], "why": ["Too slow, I left", None]}), name="exit")
    >>> s = s.set_item("why", type="open", stage="purchase")
    >>> open_answers(s)[["document", "text", "participant", "stage"]].values.tolist()
    [['exit/why/a', 'Too slow, I left', 'a', 'purchase']]
    """
    import hashlib

    from cjmkit.text import detect_language

    chosen = [survey.item(n) for n in survey.find(items)] if items is not None else list(survey.all_items)
    chosen = [i for i in chosen if i.type == "open"]
    if not chosen:
        raise CjmError(
            en=f"survey {survey.name!r} has no open item{'' if items is None else f' among {items!r}'}; set_item(…, "
            f"type='open')",
            ru=f"в опросе {survey.name!r} нет открытого вопроса{('' if items is None else f' среди {items!r}')}; "
            f"set_item(…, type='open')",
        )
    rows = []
    for it in chosen:
        for who, answer in survey.raw(it).dropna().items():
            text = str(answer).replace("\r\n", "\n").replace("\r", "\n")
            if not any(c.isalnum() for c in text):
                continue
            language = it.language if it.language and len(text) < 20 else detect_language(text) or it.language
            rows.append(
                (
                    f"{survey.name}/{it.item}/{who}",
                    text,
                    str(who),
                    it.stage,
                    it.touchpoint,
                    language,
                    hashlib.sha256(text.encode()).hexdigest(),
                    it.item,
                    it.question,
                    survey.name,
                )
            )
    if not rows:
        raise CjmError(
            en=f"survey {survey.name!r}: nobody wrote anything in {', '.join(repr(i.item) for i in chosen[:5])}",
            ru=f"опрос {survey.name!r}: никто ничего не написал в {', '.join(repr(i.item) for i in chosen[:5])}",
        )
    columns = [
        "document",
        "text",
        "participant",
        "stage",
        "touchpoint",
        "language",
        "sha256",
        "item",
        "question",
        "survey",
    ]
    return pd.DataFrame(rows, columns=columns)
