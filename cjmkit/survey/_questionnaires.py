"""Questionnaires with a published scoring: SUS, UMUX-Lite, PSSUQ; one number a person, and the published norms."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError
from cjmkit.i18n import people, say
from cjmkit.survey._figures import FIGURES
from cjmkit.survey._intervals import within
from cjmkit.survey._result import SMALL, each_group, group_of
from cjmkit.survey._scored import Score
from cjmkit.survey.data import SurveyData
from cjmkit.survey.items import Item

__all__ = ["NAMES", "pssuq", "sus_of", "umux_of"]

NAMES = {
    "sus": "System Usability Scale",
    "umux_lite": "UMUX-Lite",
    "pssuq": "Post-Study System Usability Questionnaire",
}
_PARTS = {
    16: {
        "overall": (1, 16),
        "system usefulness": (1, 6),
        "information quality": (7, 12),
        "interface quality": (13, 15),
    },
    18: {
        "overall": (1, 18),
        "system usefulness": (1, 8),
        "information quality": (9, 15),
        "interface quality": (16, 18),
    },
    19: {
        "overall": (1, 19),
        "system usefulness": (1, 8),
        "information quality": (9, 15),
        "interface quality": (16, 18),
    },
}
_NORMS = {
    "overall": (2.82, 2.62, 3.02),
    "system usefulness": (2.80, 2.57, 3.02),
    "information quality": (3.02, 2.79, 3.24),
    "interface quality": (2.49, 2.28, 2.71),
}
"""Means of version 3 with 99 % limits, of 21 studies with 210 people (Lewis 2002; Sauro and Lewis 2016, chapter 8)."""


def sus_of(survey: SurveyData, members: list[Item]) -> pd.Series:
    """SUS of each person, from ten statements in their order."""
    from cjmkit.survey._sus import sus_scores

    if len(members) != 10:
        if len(members) == 1 and members[0].group:
            members = [i for i in survey.all_items if i.group == members[0].group and i.type == "sus"]
        if len(members) != 10:
            raise CjmError(
                en=f"SUS has ten statements in their order; {len(members)} items were named",
                ru=f"в SUS десять утверждений по порядку; названо вопросов: {len(members)}",
            )
    # The scale turns its even statements itself: reverse= on top of that would turn them back.
    block = np.column_stack(
        [survey.values(m.replace(reverse=False, scale=m.scale or (1, 5))).to_numpy() for m in members]
    )
    if any(m.points not in (None, 5) for m in members):
        raise CjmError(
            en="SUS is answered on five points; the scale of these items differs",
            ru="SUS спрашивают на пяти точках; шкала этих вопросов другая",
        )
    return pd.Series(sus_scores(block), index=survey._people_index(), name=members[0].group or "SUS")


def umux_of(survey: SurveyData, members: list[Item]) -> pd.Series:
    """UMUX-Lite of each person, 0 to 100: (x₁ + x₂ − 2)·100/12 on seven points (Lewis, Utesch and Maher 2013)."""
    if len(members) != 2:
        raise CjmError(
            en=f"UMUX-Lite has two statements (capabilities meet requirements; easy to use); {len(members)} items were "
            f"named",
            ru=f"в UMUX-Lite два утверждения (возможности отвечают потребностям; легко пользоваться); названо: "
            f"{len(members)}",
        )
    parts = []
    for m in members:
        if m.ends is None or m.points not in (5, 7):
            raise CjmError(
                en=f"UMUX-Lite is answered on seven points; set_item({m.item!r}, type='likert', scale=(1, 7))",
                ru=f"UMUX-Lite спрашивают на семи точках; set_item({m.item!r}, type='likert', scale=(1, 7))",
            )
        low, high = m.ends
        parts.append((survey.values(m).to_numpy(dtype=float) - low) / (high - low))
    return pd.Series(50 * (parts[0] + parts[1]), index=survey._people_index(), name=members[0].group or "UMUX-Lite")


def pssuq(survey: SurveyData, members: list[Item], by: object, w: np.ndarray | None, level: float) -> Score:
    """PSSUQ (and CSUQ): means of the answered items, overall and of three parts; 1 is best. With norms of version 3."""
    parts = _PARTS.get(len(members))
    if parts is None:
        raise CjmError(
            en=f"PSSUQ has 16 items in their order (18 and 19 in its older versions); {len(members)} were named",
            ru=f"в PSSUQ 16 вопросов по порядку (в старых версиях 18 и 19); названо: {len(members)}",
        )
    if wrong := [m.item for m in members if m.ends != (1.0, 7.0)]:
        raise CjmError(
            en=f"PSSUQ is answered on 1 (strongly agree) to 7; set_item({wrong[0]!r}, scale=(1, 7))",
            ru=f"PSSUQ спрашивают от 1 (полностью согласен) до 7; set_item({wrong[0]!r}, scale=(1, 7))",
        )
    # A low code is the good end and stays one: reverse= says just that to the other scores, and would turn it here.
    block = np.column_stack([survey.values(m.replace(reverse=False)).to_numpy(dtype=float) for m in members])
    means = {}
    for name, (first, last) in parts.items():
        own = block[:, first - 1 : last]
        k = (~np.isnan(own)).sum(axis=1)
        means[name] = np.where(k > 0, np.nansum(own, axis=1) / np.maximum(k, 1), np.nan)
    if np.isnan(means["overall"]).all():
        raise CjmError(en="nobody answered these items", ru="на эти вопросы не ответил никто")
    label, groups = group_of(survey, by) if by is not None else ("", None)
    rows = []
    for g, mask in each_group(groups, survey.n):
        for name, x in means.items():
            row = {"item": name} if g is None else {"group": g, "item": name}
            row |= FIGURES["mean"](*within(x, w, mask), None, None, level)
            norm = _NORMS[name] if len(members) == 16 else (np.nan,) * 3
            rows.append(row | dict(zip(("norm", "norm_low", "norm_high"), norm, strict=True)))
    table = pd.DataFrame(rows)
    whole = FIGURES["mean"](means["overall"], w, None, None, level)
    overall = Estimate(
        value=whole["value"], low=whole["low"], high=whole["high"], n=whole["n"], level=level, method="t"
    )
    notes = []
    some = int((np.isnan(block).any(axis=1) & ~np.isnan(means["overall"])).sum())
    if some:
        notes.append(
            say(
                en=f"left out items: {people(some)}; their mean is of those they answered, as the authors do it",
                ru=f"вопросы пропускали: {people(some)}; их среднее — по отвеченным, как делают авторы",
            )
        )
    if len(members) != 16:
        notes.append(
            say(
                en="the published norms are of version 3 with 16 items"
                + (": of these 19, leave out the third, fifth and thirteenth" if len(members) == 19 else ""),
                ru="опубликованные нормы — для версии 3 из 16 вопросов"
                + (": из этих 19 уберите третий, пятый и тринадцатый" if len(members) == 19 else ""),
            )
        )
    if whole["n"] < SMALL:
        notes.append(say(en=f"only {whole['n']} people answered", ru=f"ответили всего {whole['n']} чел."))
    names = tuple(m.item for m in members)
    return Score(
        survey.name,
        "pssuq",
        names,
        NAMES["pssuq"],
        table,
        overall,
        by=label,
        scale=(1, 7),
        weighted=w is not None,
        warnings=tuple(notes),
    )
