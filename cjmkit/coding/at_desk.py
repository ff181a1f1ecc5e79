"""Beside the coder: what the machine would propose, where two people differ, how far the work is, where words stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.coding.agreeing.coders import agreement
from cjmkit.coding.desk import Desk
from cjmkit.coding.machine.learned import Learned
from cjmkit.coding.machine.running import code_with
from cjmkit.coding.machine.validation import FEWEST_EXAMPLES
from cjmkit.core.codings import is_machine
from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError
from cjmkit.i18n import count, say

__all__ = ["Standing", "find_words", "propose", "standing"]


def propose(desk: Desk, *, coder: Any = None, unit: str = "turn", n: int = 200) -> Any:
    r"""Let a machine propose codes for what this coder has not coded; the proposals lie on the desk as suggestions.

    Parameters
    ----------
    desk : Desk
        The desk. What was refused on it teaches the machine, and turns that nobody has seen count for nothing.
    coder : Learned, LocalModel or anything that :func:`cjmkit.coding.code_with` takes
        The machine; :class:`cjmkit.coding.Learned` by default, offline.
    unit : {"turn", "sentence"}
        What gets codes.
    n : int
        At most so many, the surest first.

    Returns
    -------
    MachineCodings
        All that the machine said.

    Raises
    ------
    NotEnough
        If there is too little to learn from.

    Examples
    --------
    >>> from cjmkit.coding import Codebook
    >>> from cjmkit.interviews import read_text
    >>> talk = read_text("Q: So?\nA: The price is high.", document="anna")
    >>> desk = Desk(talk.documents, talk.turns, codebook=Codebook(["price"]), coder="eve")
    >>> _ = propose(desk, coder=lambda prompt: '{"codes": [{"code": "price", "quote": "price is high"}]}')
    >>> [tip["quote"] for tip in desk.tips.values()]
    ['price is high']
    """
    machine = Learned(refused=refused(desk), unread=unread(desk)) if coder is None else coder
    mine = desk.mine
    made = code_with(machine, desk.turns, desk.book, codings=mine, unit=unit)
    table = made.codings
    sure = pd.to_numeric(table["score"], errors="coerce") if "score" in table else pd.Series(1.0, index=table.index)
    table = table.assign(score=sure).sort_values("score", ascending=False, kind="stable")
    own = {(d, c): g[["start", "end"]].to_numpy() for (d, c), g in mine.groupby(["document", "code"])}

    def coded(r: Any) -> bool:
        spans = own.get((r.document, r.code))
        return spans is not None and bool(((spans[:, 0] < r.end) & (spans[:, 1] > r.start)).any())

    fresh = [not coded(r) for r in table.itertuples(index=False)]
    desk.tips = {}
    desk.offer(table[np.array(fresh, dtype=bool)].head(n))
    return made


def refused(desk: Desk) -> pd.DataFrame:
    """The suggestions that this coder refused, in this session or before: document, start, end, code."""
    return pd.DataFrame(sorted(desk.notes.refused), columns=["document", "start", "end", "code"])


def unread(desk: Desk) -> pd.DataFrame:
    """Turns not seen in documents that were seen in part: document, start, end."""
    rows = []
    for document in desk.notes.seen:
        seen = desk.seen(document) if document in set(desk.documents["document"]) else None
        if seen is not None:
            rows += [(document, t["start"], t["end"]) for t in desk.stretches(document) if t["index"] not in seen]
    return pd.DataFrame(rows, columns=["document", "start", "end"])


@dataclass(frozen=True)
class Standing:
    """How far the work is.

    Parameters
    ----------
    documents : pandas.DataFrame
        document, turns (of respondents), seen, coded, codings, disagreements, next (1 for what to code next).
    codes : pandas.DataFrame
        code, examples, needed (how many more until a machine's codes can be judged).
    agreement : tuple of str
        A sentence for each other coder.
    """

    documents: pd.DataFrame
    codes: pd.DataFrame
    agreement: tuple[str, ...]

    @property
    def next(self) -> str:
        """The document to code next; empty when all were seen."""
        chosen = self.documents.loc[self.documents["next"], "document"]
        return str(chosen.iloc[0]) if len(chosen) else ""

    def summary(self, lang: str | None = None) -> str:
        """In words."""
        d, short = self.documents, self.codes[self.codes["needed"] > 0]
        parts = [
            say(
                en=f"Seen {d['seen'].sum()} of {d['turns'].sum()} turns, {d['coded'].sum()} of them coded.",
                ru=f"Просмотрено реплик: {d['seen'].sum()} из {d['turns'].sum()}, с кодами {d['coded'].sum()}.",
                lang=lang,
            ),
            *self.agreement,
        ]
        if self.next:
            parts.append(say(en=f"Next: {self.next}.", ru=f"Дальше: {self.next}.", lang=lang))
        if len(short):
            n = count(len(short), en=("code", "codes"), ru=("кода", "кодов", "кодов"), lang=lang)
            parts.append(
                say(
                    en=f"Examples missing until a machine can be judged: {short['needed'].sum()}, for {n}.",
                    ru=f"Чтобы судить о машине, не хватает примеров: {short['needed'].sum()}, для {n}.",
                    lang=lang,
                )
            )
        return " ".join(parts)

    def __repr__(self) -> str:
        return f"<Standing: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        return frame_html(self.documents) + frame_html(self.codes)


def standing(desk: Desk, *, blind: bool = False) -> Standing:
    r"""Agreement now, what to code next, how many examples more until the floor.

    Parameters
    ----------
    desk : Desk
        The desk.
    blind : bool
        Leave out what others did.

    Notes
    -----
    What to code next: the interview in which the machine's proposals are least certain (a score near one half), of
    those not seen to the end; without proposals, the one with the fewest turns seen.

    Examples
    --------
    >>> from cjmkit.interviews import read_text
    >>> talk = read_text("Q: How was it?\nA: Slow and dear.", document="anna")
    >>> desk = Desk(talk.documents, talk.turns, codebook=None, coder="eve", lang="en")
    >>> standing(desk).next
    'anna'
    """
    rows = []
    doubt: dict[str, list[float]] = {}
    for tip in desk.tips.values():
        score = float(tip.get("score") or np.nan)
        if score == score:
            doubt.setdefault(str(tip["document"]), []).append(0.5 - abs(score - 0.5))
    for document in desk.documents["document"]:
        turns = desk.stretches(document)
        asked = {t["index"] for t in turns if t["role"] == "respondent"}
        codes = {t: desk.codes_in(document, t) for t in asked}
        coded = sum(bool(c.get(desk.coder)) for c in codes.values())
        differ = 0 if blind else sum(desk.differs(document, t["index"]) for t in turns)
        seen = len(desk.seen(document) & asked)
        n = sum(r["coder"] == desk.coder for r in desk.rows_of(document).values())
        rows.append((document, len(asked), seen, coded, n, differ, float(np.mean(doubt.get(document, [0.0])))))
    columns = ["document", "turns", "seen", "coded", "codings", "disagreements", "doubt"]
    table = pd.DataFrame(rows, columns=columns)
    left = table[table["seen"] < table["turns"]]
    order = left.sort_values(["doubt", "seen"], ascending=[False, True], kind="stable")
    table["next"] = table.index == (order.index[0] if len(order) else -1)
    uses = desk.uses()
    codes_ = pd.DataFrame(
        [(c.name, uses.get(c.name, 0), max(0, FEWEST_EXAMPLES - uses.get(c.name, 0))) for c in desk.book if c.codable],
        columns=["code", "examples", "needed"],
    )
    return Standing(table, codes_, () if blind else _agreeing(desk))


def _agreeing(desk: Desk) -> tuple[str, ...]:
    table = desk.codings
    out = []
    for other in sorted(set(table["coder"].dropna()) - {desk.coder}):
        if is_machine(other):
            continue
        try:
            found = agreement(table[table["coder"].isin([desk.coder, other])], desk.turns, unit="turn", resamples=200)
            text = say(
                en=f"Agreement with {other}: α {found.estimate}.",
                ru=f"Согласие с {other}: α {found.estimate}.",
                lang=desk.lang,
            )
        except CjmError as error:
            text = f"{other}: {error}"
        settled = sum(who == other for _, _, who in desk.notes.settled)
        if settled:
            n = count(settled, en=("turn", "turns"), ru=("реплике", "репликам", "репликам"), lang=desk.lang)
            text += say(en=f" After {n} settled.", ru=f" После решения по {n}.", lang=desk.lang)
        out.append(text)
    return tuple(out)


def find_words(desk: Desk, words: str, *, n: int = 200) -> pd.DataFrame:
    r"""Where words stand in the interviews, whatever their case.

    Parameters
    ----------
    desk : Desk
        The desk.
    words : str
        What to look for; blanks match any blanks.
    n : int
        At most so many places.

    Returns
    -------
    pandas.DataFrame
        document, start, end, before, found, after.

    Examples
    --------
    >>> from cjmkit.interviews import read_text
    >>> talk = read_text("Q: How was it?\nA: Slow and dear.", document="anna")
    >>> desk = Desk(talk.documents, talk.turns, coder="eve")
    >>> find_words(desk, "SLOW")[["start", "found"]].values.tolist()
    [[18, 'Slow']]
    """
    rows: list[tuple[Any, ...]] = []
    wanted = r"\s+".join(map(re.escape, words.split()))
    for document, text in zip(desk.documents["document"], desk.documents["text"], strict=True):
        for m in re.finditer(wanted, text, re.IGNORECASE) if wanted else ():
            a, b = m.span()
            rows.append((document, a, b, text[max(0, a - 30) : a], text[a:b], text[b : b + 30]))
            if len(rows) == n:
                break
    return pd.DataFrame(rows[:n], columns=["document", "start", "end", "before", "found", "after"])
