"""From nothing to a codebook: topics of what people said as codes to accept, rename or merge."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cjmkit.coding.code import Code
from cjmkit.coding.codebook import Codebook
from cjmkit.coding.machine.running import units_of
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, NotEnough, suggest
from cjmkit.i18n import people as people_text
from cjmkit.i18n import say
from cjmkit.people import said
from cjmkit.stats import wilson
from cjmkit.text import cluster_texts
from cjmkit.text.meaning import meaning

__all__ = ["Draft", "draft_codebook"]

_WORDS = 4
"""An answer of fewer words ("Yes, it was") is no passage that a code could be read from."""
_CLOSE = 0.5
"""From this cosine on, a draft says much the same as a code that is there."""


@dataclass(frozen=True, repr=False)
class Draft(Result):
    """Codes proposed from topics; nothing is a code until somebody accepts it.

    Parameters
    ----------
    table : pandas.DataFrame
        draft (its number), name, definition, examples (list of quotes, the most typical first), people, n, value, low,
        high (share of people who said such a thing), near (the code of the codebook that says most nearly the same),
        similarity (cosine, 0 to 1).
    codebook : Codebook
        What was there before.
    """

    table: pd.DataFrame
    codebook: Codebook
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key: ClassVar[tuple[str, ...]] = ("draft",)
    _figure: ClassVar[Figure] = Figure(percent=True, method="Wilson")
    _percent: ClassVar[tuple[str, ...]] = ("value", "low", "high")
    _shown: ClassVar[tuple[str, ...]] = ("draft", "name", "value", "low", "high", "n", "near", "definition")

    def summary(self, lang: str | None = None) -> str:
        """How many drafts there are, and how many look like codes that are there."""
        alike = int((self.table["similarity"] >= _CLOSE).sum())
        return say(
            en=f"{len(self.table)} drafts from what {people_text(int(self.table['n'].max()), 'en')} said; {alike} are "
            "near a code that is there. A topic is not yet a code: read the examples, then accept, rename or merge.",
            ru=f"Заготовок {len(self.table)}, из слов {int(self.table['n'].max())} человек; близких к имеющимся кодам "
            f"{alike}. Тема ещё не код: прочитайте примеры, потом примите, переименуйте или слейте.",
            lang=lang,
        )

    def accept(self, names: Mapping[int, str]) -> Codebook:
        """The codebook with the drafts that you keep.

        Parameters
        ----------
        names : mapping
            Number of a draft to the name it gets: its own, another, or that of a code that is there, which then gets
            the draft's examples. Drafts given one name become one code; those left out are refused.

        Returns
        -------
        Codebook

        Raises
        ------
        CjmError
            If there is no such draft.

        Examples
        --------
        >>> said = ["The price is too high for me", "Such a high price again", "Nobody called me back at all",
        ...         "They never called back, nobody"]
        >>> units = pd.DataFrame({"participant": list("abcd"), "text": said})
        >>> draft = draft_codebook(units, k=2)
        >>> draft.accept({1: "price", 2: "silence"}).names
        ('price', 'silence')
        """
        book = self.codebook
        rows = self.table.set_index("draft")
        for number, name in names.items():
            if number not in rows.index:
                raise CjmError(suggest(number, rows.index, what="draft"))
            row = rows.loc[number]
            if name in book:
                known = book[name]
                book = book.with_code(known, include=(*known.include, *row["examples"]))
            else:
                book = book.with_code(Code(name, definition=str(row["definition"]), include=tuple(row["examples"])))
        return book


def draft_codebook(
    turns: pd.DataFrame | pd.Series | Mapping[Any, str] | Iterable[str],
    *,
    k: int = 12,
    codebook: Codebook | None = None,
    phrase: Callable[[str], str] | None = None,
    seed: int = 0,
) -> Draft:
    """Propose codes from the topics of what people said.

    Parameters
    ----------
    turns : pandas.DataFrame
        The turns table (respondents' turns are read), any table with participant and text, such as open answers, a
        Series from person to text, or a list of texts.
    k : int
        How many drafts; take more than you need, for merging is easier than splitting.
    codebook : Codebook, optional
        What is there already: each draft names the code that says most nearly the same.
    phrase : callable, optional
        A model that words a draft: gets a text with its words and examples, returns JSON with name and definition. What
        it returns otherwise is not taken.
    seed : int
        Same seed, same drafts.

    Returns
    -------
    Draft

    Raises
    ------
    NotEnough
        If there are fewer passages than drafts.

    Notes
    -----
    Drafts come from :func:`cjmkit.text.cluster_texts`. They are no evidence of what there is: topics are made, k of
    them, whether or not people speak of k things. Nor do they say when enough has been heard: a machine finds its
    topics in a handful of interviews too, so saturation is not claimed from them.

    Examples
    --------
    >>> said = ["The price is too high for me", "Such a high price again", "Nobody called me back at all",
    ...         "They never called back, nobody"]
    >>> units = pd.DataFrame({"participant": list("abcd"), "text": said})
    >>> draft_codebook(units, k=2).table[["draft", "people", "n"]].values.tolist()
    [[1, 2, 4], [2, 2, 4]]
    """
    if isinstance(turns, pd.DataFrame) and "role" in turns:
        units = units_of(turns, None, "turn")
    else:
        units = said(turns, "turns").rename(columns={"person": "participant"})
    units = units[units["text"].str.count(r"\w+") >= _WORDS].drop_duplicates(["participant", "text"])
    if len(units) < 2 * k:
        raise NotEnough(
            say(en=f"{len(units)} passages for {k} drafts", ru=f"отрывков {len(units)} на {k} заготовок"),
            why=say(en="a topic of one passage is that passage", ru="тема из одного отрывка — сам этот отрывок"),
            action=say(en="ask for fewer drafts: k=", ru="попросите меньше заготовок: k="),
        )
    groups = cluster_texts(units["text"], k=k, seed=seed)
    vectors = meaning(units["text"].tolist())
    base = int(units["participant"].nunique())
    rows = []
    for number, words in groups.table[["group", "words"]].itertuples(index=False):
        inside = (groups.labels == number).to_numpy()
        centre = vectors[inside].mean(axis=0)
        order = np.argsort(-(vectors[inside] @ centre), kind="stable")
        examples = list(dict.fromkeys(units["text"][inside].iloc[order]))[:3]
        name, definition = _worded(str(words), examples, phrase)
        people = int(units["participant"][inside].nunique())
        value, low, high = wilson(people, base)
        near, similarity = _nearest(centre, codebook)
        rows.append((number, name, definition, examples, people, base, value, low, high, near, similarity))
    columns = ["draft", "name", "definition", "examples", "people", "n", "value", "low", "high", "near", "similarity"]
    return Draft(pd.DataFrame(rows, columns=columns), codebook or Codebook(()))


def _worded(words: str, examples: list[str], phrase: Callable[[str], str] | None) -> tuple[str, str]:
    """Name and definition of a draft: a model's, where it words them in the form asked for, else its words."""
    if phrase is not None:
        asked = say(
            en="Name a code for these passages of interviews and define it in one sentence. Answer with JSON: "
            '{"name": "two or three words", "definition": "when to use it"}.',
            ru="Назови код для этих отрывков интервью и определи его одним предложением. Ответь JSON: "
            '{"name": "два-три слова", "definition": "когда ставить"}.',
        )
        told = json.dumps({"words": words, "passages": examples}, ensure_ascii=False)
        try:
            said = json.loads(phrase(f"{asked}\n{told}"))
            name, definition = str(said["name"]).strip()[:60], str(said["definition"]).strip()[:400]
        except (ValueError, KeyError, TypeError):
            name = definition = ""
        if name and definition:
            return name, definition
    short = ", ".join(w.strip() for w in words.split(",")[:2])
    return short, say(en=f"Says something like “{examples[0]}”", ru=f"Говорит что-то вроде «{examples[0]}»")


def _nearest(centre: Any, codebook: Codebook | None) -> tuple[str, float]:
    codes = [c for c in codebook or () if c.codable]
    if not codes:
        return "", 0.0
    told = meaning([". ".join(filter(None, (c.title or c.name, c.definition, *c.include))) for c in codes])
    likeness = told @ centre / (np.linalg.norm(told, axis=1) * np.linalg.norm(centre) + 1e-12)
    at = int(likeness.argmax())
    return codes[at].name, float(np.clip(likeness[at], 0, 1))
