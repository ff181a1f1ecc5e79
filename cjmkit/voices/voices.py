"""Voices: what customers wrote of their own accord, as documents, marks and attributes, with its verbs."""

from __future__ import annotations

from cjmkit.voices.data import VoicesData
from cjmkit.voices.marks import marks_and_tone
from cjmkit.voices.placing import placed, scorer, stage_scores, tone_scores
from cjmkit.voices.tagging import codings, survey, tags
from cjmkit.voices.waiting import waits

__all__ = ["Voices"]


class Voices(VoicesData):
    """Reviews, tickets, chats, letters or mentions, with what can be asked of them."""

    placed = placed
    stage_scores = stage_scores
    tone_scores = tone_scores
    scorer = scorer
    marks_and_tone = marks_and_tone
    waits = waits
    tags = tags
    codings = codings
    survey = survey
