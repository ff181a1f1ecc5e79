"""Touchpoints that a survey names: the lane of a study that has a survey alone is not empty."""

from __future__ import annotations

import warnings

from cjmkit.core.caution import among
from cjmkit.core.journey import Journey
from cjmkit.core.placed import PlacedTouchpoint
from cjmkit.core.stage import Touchpoint
from cjmkit.emotion import curve
from cjmkit.errors import CjmError
from cjmkit.study.data import StudyData
from cjmkit.study.parts import has
from cjmkit.study.surveys import survey as read
from cjmkit.survey.stages import stage_scores

__all__ = ["with_rated"]


def with_rated(study: StudyData, journey: Journey) -> Journey:
    """The study's journey with the touchpoints that rated questions name, where it has none at all.

    Each carries the mean feeling of the people who rated it as evidence, and a mark where its place is a proposed link.
    A journey with a touchpoint of its own, or a study that lists them, is the researcher's: nothing is added.
    """
    planned = any(s.touchpoints for s in journey.stages) or has(study, "touchpoints")
    if journey.id != study.journey_id or planned or not has(study, "survey"):
        return journey
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is to be said of the survey is said where it is read
            asked = read(study)
            scores = stage_scores(asked, touchpoints=True)
            named = scores[scores["touchpoint"] != ""]
            if named.empty:
                return journey
            rated = curve(named, unit="touchpoint", stages=[s.id for s in journey.stages])
    except CjmError:
        return journey  # no rating has a place, or its stage is not on this map: the lane says what is missing
    placed = []
    for row in rated.table[rated.table["shown"]].to_dict("records"):
        figure = rated._evidence_of(row)
        guessed = any(survey == asked.name and among(item, figure.item) for survey, item in study.proposed)
        touchpoint = Touchpoint(name=row["touchpoint"], evidence=(figure,), proposed=bool(guessed))
        placed.append(PlacedTouchpoint(row["stage"], touchpoint))
    made: Journey = journey.with_touchpoints(placed)
    return made
