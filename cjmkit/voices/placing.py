"""Where on the way a text belongs, by its words; marks and tone as scores of stages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cjmkit.errors import CjmError, NotEnough
from cjmkit.i18n import say
from cjmkit.text import sentences, stems
from cjmkit.text.tone import Scorer, calibrate_tone, tone_table
from cjmkit.voices.data import V, VoicesData

__all__ = ["finders", "placed", "scorer", "stage_scores", "stages_named", "tone_scores"]


def placed(voices: V, words: Mapping[str, Iterable[str]], /, *, otherwise: str = "") -> V:
    r"""Say which words belong to which stage, so that a text that uses them counts there.

    Parameters
    ----------
    words : mapping of str to iterable of str
        Stage to words, or to the beginnings of words (``"deliver"`` finds *delivery* and *delivered*).
    otherwise : str
        The stage of texts without any of them, usually the one after which people write; without it, such texts have
        no place.

    Returns
    -------
    Voices

    Examples
    --------
    >>> import cjmkit as cj, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "r.csv"
    >>> _ = file.write_text("author,rating,review\nmia22,2,Delivery was late\nleo_k,5,Great\n")
    >>> said = cj.voices.read(file).placed({"delivery": ["deliver", "courier"]}, otherwise="after")
    >>> said.stage_scores()[["participant", "stage", "score"]].values.tolist()
    [['mia22', 'delivery', -1.0], ['leo_k', 'after', 2.0]]
    """
    made = {str(s): tuple(dict.fromkeys(_folded(w) for w in listed)) for s, listed in words.items()}
    return voices._with(words=made, otherwise=otherwise)


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е").strip()


def _finder(words: Iterable[str]) -> re.Pattern[str]:
    """Words from their beginnings; to a short one not much may be added, or "app" would find "apple"."""
    found: list[str] = []
    for w in words:
        stem = next(iter(stems(w)), w) if " " not in w and len(w) > 4 else w
        stem = min((stem, w), key=len)
        # The English stemmer writes y as i: "deliveri".
        stem = stem[:-1] if len(stem) > 4 and stem.endswith(("i", "y")) else stem
        ending = "" if len(stem) > 3 else r"\w{0,3}\b" if re.search("[а-я]", stem) else r"s?\b"
        found.append(re.escape(stem) + ending)
    return re.compile(rf"\b(?:{'|'.join(found)})") if found else re.compile(r"(?!)")


def finders(words: Mapping[str, Iterable[str]]) -> dict[str, re.Pattern[str]]:
    """For each stage what finds its words in a text (small letters, ё as е).

    Examples
    --------
    >>> bool(finders({"purchase": ["deliver"]})["purchase"].search("late delivery"))
    True
    """
    return {s: _finder(w) for s, w in words.items() if w}


def stages_named(voices: VoicesData, texts: Iterable[str]) -> list[tuple[str, ...]]:
    """The stages whose words each text uses."""
    found = finders(voices.words)
    return [tuple(s for s, f in found.items() if f.search(t)) for t in map(_folded, texts)]


def stage_scores(voices: VoicesData, /) -> pd.DataFrame:
    r"""Marks as scores of the stages that each text names, for the emotion curve.

    A mark is one for everything that a text tells. It is put on −2 to 2, 4·(mark − low)/(high − low) − 2, and counts at
    each stage whose words the text uses (see :meth:`placed`), once a person and stage; texts without such a word count
    at the stage ``otherwise``. The stage is read from words and therefore a guess; the mark is not.

    Returns
    -------
    pandas.DataFrame
        participant, stage, touchpoint, score (−2 to 2), source (``"reviews"``), survey (the file), item (``"mark"``).

    Raises
    ------
    NotEnough
        If nobody gave a mark.

    Examples
    --------
    >>> import cjmkit as cj, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "r.csv"
    >>> _ = file.write_text("author,rating,review\n" + "".join(f"user_{k},{k % 5 + 1},Fine\n" for k in range(20)))
    >>> mood = cj.emotion.curve(cj.voices.read(file).stage_scores())
    >>> mood.table[["stage", "mean", "n"]].values.tolist()
    [['review', 0.0, 20]]
    """
    marked = voices.table.dropna(subset=["mark"])
    if not len(marked):
        raise NotEnough(
            say(en="nobody gave a mark", ru="никто не поставил оценку"),
            why=say(en="a curve of marks needs marks", ru="кривая оценок строится по оценкам"),
            action=say(
                en="name the column with the mark `rating`, or take tone_scores()",
                ru="назовите столбец с оценкой «оценка» или возьмите tone_scores()",
            ),
            lane="emotion",
        )
    said = voices.said.set_index("document")["text"]
    texts = marked["document"].map(said).fillna("").tolist()
    rows = []
    scores = 4 * (marked["mark"] - marked["low"]) / (marked["high"] - marked["low"]) - 2
    for who, file, score, stages in zip(
        marked["participant"], marked["file"], scores, stages_named(voices, texts), strict=True
    ):
        rows += [(who, s, "", score, "reviews", file, "mark") for s in stages or _elsewhere(voices)]
    columns = ["participant", "stage", "touchpoint", "score", "source", "survey", "item"]
    return pd.DataFrame(rows, columns=columns)


def _elsewhere(voices: VoicesData) -> tuple[str, ...]:
    if voices.otherwise:
        return (voices.otherwise,)
    return () if voices.words else ("review",)


def scorer(voices: VoicesData, /) -> Scorer | None:
    r"""A reader of tone on the scale of these marks; None where they are too few, or tone does not rise with them.

    Returns
    -------
    Scorer or None
        Of :func:`cjmkit.text.calibrate_tone`, from the texts with a mark: thirty at least.

    Examples
    --------
    >>> import cjmkit as cj, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "r.csv"
    >>> rows = [(f"user_{k},1,Awful and rude" if k % 2 else f"user_{k},5,Great and friendly") for k in range(40)]
    >>> _ = file.write_text("author,rating,review\n" + "\n".join(rows))
    >>> cj.voices.read(file).scorer()(["Awful and rude", "Great and friendly"]).round(1).tolist()
    [-2.0, 2.0]
    """
    both = voices.said.merge(voices.table[["document", "mark", "low", "high"]].dropna(), on="document")
    labels = 4 * (both["mark"] - both["low"]) / (both["high"] - both["low"]) - 2
    try:
        return calibrate_tone(both["text"].tolist(), labels.tolist())
    except CjmError:
        return None


def tone_scores(voices: VoicesData, /, *, scorer: Any = None) -> pd.DataFrame:
    r"""The tone of each sentence as a score of the stages that it names, for the emotion curve.

    Parameters
    ----------
    scorer : Scorer, optional
        What reads the tone, for example one that :func:`cjmkit.text.calibrate_tone` made.

    Returns
    -------
    pandas.DataFrame
        participant, stage, touchpoint, score (−2 to 2), source (``"text"``), survey (the file), item (``"text"``); a
        row a sentence and stage. A text that names no stage is read as a whole and counts at ``otherwise``.

    Examples
    --------
    >>> import cjmkit as cj, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "r.csv"
    >>> _ = file.write_text("author,rating,review\nmia22,3,The food was great. Terrible delivery!\n")
    >>> said = cj.voices.read(file).placed({"food": ["food"], "delivery": ["deliver"]})
    >>> said.tone_scores().set_index("stage")["score"].gt(0).to_dict()
    {'food': True, 'delivery': False}
    """
    rows: list[tuple[str, str, str, str]] = []
    listed = voices.said
    files = listed["document"].map(voices.table.set_index("document")["file"])
    for who, text, file, whole in zip(
        listed["participant"], listed["text"], files, stages_named(voices, listed["text"]), strict=True
    ):
        if not whole:
            rows += [(who, stage, file, text) for stage in _elsewhere(voices)]
            continue
        parts = [text[a:b] for a, b in sentences(text)]
        for part, stages in zip(parts, stages_named(voices, parts), strict=True):
            rows += [(who, stage, file, part) for stage in stages]
    table = pd.DataFrame(rows, columns=["participant", "stage", "survey", "_text"])
    table["score"] = tone_table(table["_text"], scorer=scorer)["tone"]
    table = table.dropna(subset=["score"]).drop(columns="_text")
    return table.assign(touchpoint="", source="text", item="text").reset_index(drop=True)
