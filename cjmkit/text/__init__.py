"""Texts in English and Russian: language, words, stems, sentences, redaction, tone.

>>> from cjmkit import text
>>> text.stems("Нет отзывов о застройщике")
['нет', 'отзыв', 'о', 'застройщик']
"""

from __future__ import annotations

from typing import Any

from cjmkit._lazy import attach

_NAMES = {
    # name: module, one line each, sorted
    "EnglishScorer": "cjmkit.text.tone",
    "RussianScorer": "cjmkit.text.tone",
    "Scorer": "cjmkit.text.tone",
    "calibrate_tone": "cjmkit.text.tone",
    "detect_language": "cjmkit.text.language",
    "sentences": "cjmkit.text.sentence",
    "stems": "cjmkit.text.word",
    "stop_words": "cjmkit.text.stop",
    "tone_scores": "cjmkit.text.tone",
    "tone_table": "cjmkit.text.tone",
    "word_spans": "cjmkit.text.word",
    "words": "cjmkit.text.word",
}

__all__ = sorted(_NAMES)  # pyright: ignore[reportUnsupportedDunderAll]
_getattr, __dir__ = attach(__name__, _NAMES)


def __getattr__(name: str) -> Any:
    return _getattr(name)
