"""Passages that may speak to a placement, and variables that the material suggests; a value is never suggested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, NotEnough, need_columns, suggest
from cjmkit.i18n import count, current_language, say
from cjmkit.people import ids
from cjmkit.personas._builder import Builder
from cjmkit.personas._columns import from_survey
from cjmkit.personas.data import records
from cjmkit.personas.grid_data import GridData
from cjmkit.personas.variables import Variable
from cjmkit.text.meaning import meaning
from cjmkit.text.sentence import sentences

__all__ = ["VariableProposals", "passages", "propose_variables"]

_LEAST = 60
"""A sentence shorter than this many characters takes its neighbour along: alone it means little."""
_ASKED = 0.3
"""How much of a passage's score is that of the question it answers."""


def passages(grid: GridData, participant: str, variable: str, *, turns: pd.DataFrame, n: int = 5) -> pd.DataFrame:
    """What a person said that may speak to a variable: to be read before placing. It is no value and suggests none.

    Sentence vectors of the respondent's own words are compared with the variable's question, its ends and its options;
    what the interviewer asked just before counts a little.

    Parameters
    ----------
    participant, variable : str
        Who, on what.
    turns : pandas.DataFrame
        Turns of the interviews, as from ``study.turns()``.
    n : int
        How many passages.

    Returns
    -------
    pandas.DataFrame
        document, start, end, quote, score (cosine; only the order means something), best first. A row is what
        ``grid.place(..., passage=row)`` takes.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import personas
    >>> money = personas.Variable(id="money", name="Money", ends=("counts every penny", "the price is no question"))
    >>> said = ("I walk the dog every morning by the river with Sue from next door. "
    ...     "I write down every penny that we spend.")
    >>> turns = pd.DataFrame({"document": ["a"], "turn": [0], "role": ["respondent"], "participant": ["anna"],
    ...     "start": [0], "end": [len(said)], "text": [said]})
    >>> personas.Grid((money,), people=["anna"]).passages("anna", "money", turns=turns, n=1)["quote"].tolist()
    ['I write down every penny that we spend.']
    """
    v, who = grid.variable(variable), grid._person(participant)
    table = spoken(turns)
    own = table[table["participant"] == who].reset_index(drop=True)
    columns = ["document", "start", "end", "quote", "score"]
    if not len(own):
        return pd.DataFrame(columns=columns)
    looked = [
        x for x in (v.question, f"{v.name}: {' — '.join(v.ends)}" if v.ends else v.name, *v.ends, *v.options) if x
    ]
    wanted = meaning(looked)
    score = (meaning(own["quote"].tolist()) @ wanted.T).max(axis=1)
    asked = meaning([q or " " for q in own["asked"]])
    score = (1 - _ASKED) * score + _ASKED * (asked @ wanted.T).max(axis=1)
    own = own.assign(score=score).sort_values("score", ascending=False, kind="stable").head(n)
    return own[columns].reset_index(drop=True)


def spoken(turns: pd.DataFrame) -> pd.DataFrame:
    """Respondents' sentences with their offsets in the document: document, participant, start, end, quote, asked."""
    need_columns(turns, ["document", "role", "participant", "start", "text"], what="turns")
    rows = []
    asked, document = "", None
    told = turns.assign(participant=ids(turns["participant"]).to_numpy())
    for t in records(told):
        if t.document != document:
            asked, document = "", t.document
        if t.role != "respondent":
            asked = str(t.text)
            continue
        spans = sentences(str(t.text))
        i = 0
        while i < len(spans):
            begin, end = spans[i]
            while end - begin < _LEAST and i + 1 < len(spans):
                i += 1
                end = spans[i][1]
            start = int(t.start) + begin
            rows.append([t.document, t.participant, start, int(t.start) + end, str(t.text)[begin:end], asked])
            i += 1
    return pd.DataFrame(rows, columns=["document", "participant", "start", "end", "quote", "asked"])


# ---- proposals ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class VariableProposals(Result):
    """Variables that the material suggests: to be worded anew, thrown away, or kept.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a proposal: id, name, left, right (ends), question, source (``code``, ``valence`` or ``statement``),
        n (people it was heard from), disagreement (1: half of them stand at either end), said_left, said_right
        (passages).
    """

    table: pd.DataFrame
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key = ("id",)
    _figure = Figure(value="disagreement")
    _shown = ("id", "name", "left", "right", "source", "n", "disagreement")
    _names = {
        "left": ("one end", "один конец"),
        "right": ("other end", "другой конец"),
        "disagreement": ("disagreement", "расхождение"),
    }

    def summary(self, lang: str | None = None) -> str:
        """How many there are, and that they are raw."""
        lang = current_language(lang)
        many = count(
            len(self.table), en=("proposal", "proposals"), ru=("черновик", "черновика", "черновиков"), lang=lang
        )
        return say(
            en=f"{many} of variables: give the ends words of your own, and add what only you have noticed.",
            ru=f"Переменные, {many}: назовите концы своими словами и добавьте то, что заметили только вы.",
            lang=lang,
        )

    def variables(self, *chosen: str) -> tuple[Variable, ...]:
        """The proposals as variables, all of them or those named.

        Raises
        ------
        CjmError
            If there is no such proposal.
        """
        known = {str(r.id): r for r in self.table.itertuples()}
        for c in chosen:
            if c not in known:
                raise CjmError(suggest(c, known, what="proposal"))
        return tuple(
            Variable(id=str(r.id), name=str(r.name), ends=(str(r.left), str(r.right)), question=str(r.question))
            for i, r in known.items()
            if not chosen or i in chosen
        )


_PROPOSED = ["id", "name", "left", "right", "question", "source", "n", "disagreement", "said_left", "said_right"]


def propose_variables(
    *,
    codings: pd.DataFrame | None = None,
    turns: pd.DataFrame | None = None,
    codebook: Any = None,
    survey: Any = None,
    items: Sequence[str] | str | None = None,
    n: int = 12,
) -> VariableProposals:
    """Propose behavioural variables: from codes that part people, and from statements of a survey that do.

    Parameters
    ----------
    codings : pandas.DataFrame, optional
        Coded passages: participant, code, quote, and valence where there is one.
    turns : pandas.DataFrame, optional
        Turns of the interviews: who was interviewed. A code that nobody but half of them was given parts people.
    codebook : Codebook, optional
        Titles and definitions of the codes.
    survey : Survey or pandas.DataFrame, optional
        Answers, for statements that people disagree about.
    items : list of str, optional
        Which questions of the survey, such as ``study.attitudes()``.
    n : int
        At most so many of each sort.

    Returns
    -------
    VariableProposals

    Raises
    ------
    NotEnough
        If neither codings nor a survey are given.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit import personas
    >>> said = pd.DataFrame({"participant": list("abcd"), "code": "price", "valence": [-2, -1, 1, 2],
    ...     "quote": ["Far too dear", "A bit much", "Fair enough", "A bargain"]})
    >>> personas.propose_variables(codings=said).table[["id", "source", "disagreement"]].values.tolist()
    [['price', 'valence', 1.0]]
    """
    if codings is None and survey is None:
        raise NotEnough(
            say(en="nothing to propose variables from", ru="не из чего предложить переменные"),
            why=say(en="variables are what people differ in", ru="переменные — это то, в чём люди различаются"),
            action=say(en="give codings=, survey=, or both", ru="передайте codings=, survey= или то и другое"),
            lane="personas",
        )
    rows: list[list[Any]] = []
    everybody = set(ids(turns["participant"]).dropna()) if turns is not None and "participant" in turns else None
    if codings is not None:
        rows += _from_codes(codings, everybody, codebook)[:n]
    if survey is not None:
        rows += _from_statements(survey, items)[:n]
    return VariableProposals(table=pd.DataFrame(rows, columns=_PROPOSED))


def _from_codes(codings: pd.DataFrame, everybody: set[str] | None, codebook: Any) -> list[list[Any]]:
    need_columns(codings, ["participant", "code"], what="codings")
    t = codings.assign(participant=ids(codings["participant"]).to_numpy()).dropna(subset=["participant", "code"])
    people = everybody or set(t["participant"])
    rows = []
    for code, own in t.groupby("code", sort=True):
        title, definition = _words(codebook, str(code))
        quotes = own["quote"] if "quote" in own else pd.Series("", index=own.index)
        felt = (
            pd.to_numeric(own["valence"], errors="coerce") if "valence" in own else pd.Series(np.nan, index=own.index)
        )
        by_person = felt.groupby(own["participant"]).mean().dropna()
        low, high = int((by_person < 0).sum()), int((by_person > 0).sum())
        if min(low, high) >= 2:
            ends = (
                say(en="speaks ill of it", ru="отзывается плохо"),
                say(en="speaks well of it", ru="отзывается хорошо"),
            )
            disagree = 4 * low * high / (low + high) ** 2
            said = [
                str(quotes.iloc[int(felt.to_numpy(dtype=float, na_value=9.0).argmin())]),
                str(quotes.iloc[int(felt.to_numpy(dtype=float, na_value=-9.0).argmax())]),
            ]
            rows.append([code, title, *ends, definition, "valence", low + high, disagree, *said])
            continue
        share = own["participant"].nunique() / max(1, len(people))
        if 0.2 <= share <= 0.8 and own["participant"].nunique() >= 2:
            ends = (
                say(en="never comes up", ru="речи не заходит"),
                say(en="comes back again and again", ru="возвращается снова и снова"),
            )
            said = ["", str(quotes.iloc[0])]
            rows.append([code, title, *ends, definition, "code", len(people), 4 * share * (1 - share), *said])
    return sorted(rows, key=lambda r: -r[7])


def _words(codebook: Any, code: str) -> tuple[str, str]:
    for c in codebook or ():
        if c.name == code:
            return str(getattr(c, "title", "") or code), str(getattr(c, "definition", "") or "")
    return code, ""


def _from_statements(survey: Any, items: Sequence[str] | str | None) -> list[list[Any]]:
    """Statements of a survey that people neither all share nor all refuse, the most divided first."""
    b = Builder()
    from_survey(b, survey, items)
    rows = []
    for row in b.info:
        if row["kind"] != "number":
            continue
        x = b.series[row["column"]].dropna().to_numpy(dtype=float)
        if x.size < 4 or x.min() == x.max():
            continue
        middle = (x.min() + x.max()) / 2
        low, high = float((x < middle).mean()), float((x > middle).mean())
        ends = say(en="does not agree", ru="не согласен"), say(en="agrees", ru="согласен")
        text = str(row["text"] or row["item"])
        rows.append([row["item"], text, *ends, text, "statement", x.size, 4 * low * high, "", ""])
    return sorted(rows, key=lambda r: -r[7])
