"""Where codes of another program belong on the map: lanes and stages proposed from their names."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from cjmkit.study.data import StudyData
from cjmkit.study.linking import stage_words

if TYPE_CHECKING:
    import pandas as pd

    from cjmkit.coding import Code, Codebook

__all__ = ["with_places"]

_LANES = (
    (
        "barriers",
        r"barrier|pain|problem|obstacle|complain|frustrat|issue|difficult|fail|error|broken|late\b|delay|slow|wait|"
        r"expensive|missing|lack|confus|unclear|rude|fear|doubt|"
        r"not (?:clear|understood|useful)|complex|complicated|hard to|"
        r"барьер|боль\b|боли|проблем|препятств|жалоб|трудност|сложно|ошибк|слома|опозд|задержк|долг|медленн|ожидан|"
        r"дорог|нехватк|отсутств|непонятн|не понятн|неясн|сложен|запутан|путан|груб|страх|сомнен|недовол",
    ),
    ("goals", r"\bgoals?\b|\bneeds?\b|motiv|\bцел[ьи]\b|потребност|мотив|зачем"),
    ("expectations", r"expect|\bhopes?\b|ожидани[ея] от|ожидает|надежд"),
    ("questions", r"question|\basks?\b|вопрос|спрашива"),
    ("actions", r"\bactions?\b|\bsteps?\b|does\b|behavio|действи|поведени|шаги"),
)


def _line(book: Codebook, code: Code) -> list[Code]:
    """A code and those above it, the nearest first."""
    by_name = {c.name: c for c in book.codes}
    out = [code]
    while out[-1].parent in by_name and len(out) < 20:
        out.append(by_name[out[-1].parent])
    return out


def with_places(study: StudyData, book: Codebook, codings: pd.DataFrame | None = None) -> tuple[Codebook, int]:
    """The codebook with lanes and stages where its names tell them, and for how many codes they were proposed.

    A code whose line to the top names a lane belongs there; one whose passages (`codings`) feel bad on average is a
    barrier; any other belongs to what people think. Its stage is the one whose words its name or definition uses, if it
    is one stage. What the codebook says itself stays.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/shop", framework="five-stages")
    >>> made, n = with_places(study, cj.coding.Codebook(["Late delivery", "Liked it"]))
    >>> [(c.name, c.lane, c.stage) for c in made.codes], n
    ([('Late delivery', 'barriers', 'purchase'), ('Liked it', 'thoughts', '')], 2)
    """
    from cjmkit.coding import Codebook
    from cjmkit.voices.placing import finders

    places = finders(stage_words(study))
    feels = {} if codings is None else dict(codings.groupby("code")["valence"].mean().dropna())
    made, changed = [], 0
    for code in book.codes:
        line = _line(book, code)
        names = [f"{c.name} {c.title}".casefold().replace("ё", "е") for c in line]
        named = next((found for n in names for found, words in _LANES if re.search(words, n)), "")
        if feels.get(code.name, 0) > 0 and named == "barriers":
            named = ""  # "no errors", "fast despite the queue": the words of trouble, said gladly
        lane = code.lane or named or ("barriers" if feels.get(code.name, 0) < 0 else "thoughts")
        told = (names[0], code.definition.casefold().replace("ё", "е"), *names[1:])
        stages = next((s for t in told if len(s := [k for k, f in places.items() if f.search(t)]) == 1), [""])
        placed = replace(code, lane=lane, stage=code.stage or stages[0])
        changed += placed != code
        made.append(placed)
    return Codebook(tuple(made)), changed
