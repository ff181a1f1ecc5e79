"""Which codes meet: in a passage, a turn or a document. People are the unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmkit.coding.retrieval import known_people
from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError, need_columns, suggest
from cjmkit.i18n import say
from cjmkit.stats import wilson

__all__ = ["Cooccurrence", "cooccurrence"]


@dataclass(frozen=True, repr=False)
class Cooccurrence:
    """Which codes meet.

    Parameters
    ----------
    table : pandas.DataFrame
        code, other, people (in whose words they meet), of (people with either), share, low, high, passages (meetings),
        c (passages in common by passages of either, Jaccard). Each pair once, most people first.
    unit : str
        What counted as meeting.
    """

    table: pd.DataFrame
    unit: str

    def wide(self, value: str = "people") -> pd.DataFrame:
        """The symmetric matrix of a column."""
        codes = sorted(set(self.table["code"]) | set(self.table["other"]))
        flipped = self.table.rename(columns={"code": "other", "other": "code"})
        both = pd.concat([self.table, flipped], ignore_index=True)
        return both.pivot(index="code", columns="other", values=value).reindex(index=codes, columns=codes)

    def summary(self, lang: str | None = None) -> str:
        """The closest pair in words."""
        met = self.table[self.table["people"] > 0]
        if not len(met):
            return say(en="No two codes meet.", ru="Никакие два кода не встречаются вместе.", lang=lang)
        r = met.iloc[0]
        return say(
            en=f"Most often together: {r['code']} and {r['other']}, {r['people']} of the {r['of']} people with either.",
            ru=f"Чаще всего вместе: {r['code']} и {r['other']}, {r['people']} из {r['of']} чел. хотя бы с одним.",
            lang=lang,
        )

    def __repr__(self) -> str:
        return f"<Cooccurrence within {self.unit}: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        import html

        return f"<p>{html.escape(self.summary())}</p>{frame_html(self.table, ['share', 'jaccard'])}"


def cooccurrence(
    codings: pd.DataFrame, *, unit: str = "passage", turns: pd.DataFrame | None = None, level: float = 0.95
) -> Cooccurrence:
    """Find codes that people's words share.

    Parameters
    ----------
    codings : pandas.DataFrame
        The codings table; several coders are taken together.
    unit : {"passage", "turn", "document"}
        ``"passage"``: the spans overlap by a character or more. ``"turn"``: both touch one turn (needs `turns`).
        ``"document"``: both occur in one document.
    turns : pandas.DataFrame, optional
        The turns table.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Cooccurrence

    Examples
    --------
    >>> said = pd.DataFrame({"document": "anna", "start": [0, 2], "end": [6, 9], "code": ["wait", "price"],
    ...     "participant": "anna"})
    >>> cooccurrence(said).table[["code", "other", "people", "of"]].values.tolist()
    [['price', 'wait', 1, 1]]
    """
    need_columns(codings, ("participant", "code"), what="codings")
    if unit not in ("passage", "turn", "document"):
        raise CjmError(suggest(unit, ("passage", "turn", "document"), what="unit"))
    table = known_people(codings).drop_duplicates(["document", "start", "end", "code", "participant"])
    table = table.reset_index(drop=True)
    if unit == "turn":
        if turns is None:
            raise CjmError(
                en="unit='turn' needs the turns table: cooccurrence(codings, unit='turn', turns=turns)",
                ru="для unit='turn' нужна таблица реплик: cooccurrence(codings, unit='turn', turns=turns)",
            )
        from cjmkit.coding.agreeing.units import turn_of

        table["place"] = turn_of(table, turns)
        table = table[table["place"].notna()].reset_index(drop=True)
    elif unit == "document":
        table["place"] = table["document"]
    pairs: list[tuple[str, str, str, tuple[int, int]]] = []  # code, other, participant, rows
    for _, rows in table.groupby("document", sort=False):
        ordered = rows.sort_values("start")
        code, who = ordered["code"].tolist(), ordered["participant"].tolist()
        start, end, label = ordered["start"].tolist(), ordered["end"].tolist(), ordered.index.tolist()
        if unit == "passage":
            for i in range(len(code)):
                for j in range(i + 1, len(code)):
                    if start[j] >= end[i]:
                        break
                    if code[i] != code[j]:
                        pairs.append((*sorted((code[i], code[j])), who[i], (label[i], label[j])))
        else:
            for _, same in ordered.groupby("place", sort=False):
                first = same.drop_duplicates("code")
                got: list[Any] = list(zip(first["code"], first["participant"], first.index, strict=True))
                for i in range(len(got)):
                    for j in range(i + 1, len(got)):
                        pairs.append((*sorted((got[i][0], got[j][0])), got[i][1], (got[i][2], got[j][2])))
    people_of: dict[str, set[str]] = {str(c): set(g) for c, g in table.groupby("code")["participant"]}
    passages_of = table["code"].value_counts().to_dict()
    codes = sorted(people_of)
    met_people: dict[tuple[str, str], set[str]] = {}
    met_rows: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for a, b, person, rows_ in pairs:
        met_people.setdefault((a, b), set()).add(person)
        met_rows.setdefault((a, b), []).append(rows_)
    out = []
    for k, a in enumerate(codes):
        for b in codes[k + 1 :]:
            who_ = len(met_people.get((a, b), ()))
            of = len(people_of[a] | people_of[b])
            meetings = met_rows.get((a, b), [])
            # Passages of either that meet one of the other; an overlap of one with three is not three meetings.
            common = (
                min(len({x for pair in meetings for x in pair if table.at[x, "code"] == side}) for side in (a, b))
                if meetings
                else 0
            )
            either = passages_of[a] + passages_of[b] - common
            out.append((a, b, who_, of, who_ / of, len(meetings), common / either))
    made = pd.DataFrame(out, columns=["code", "other", "people", "of", "share", "passages", "c"])
    if len(made):
        _, low, high = wilson(made["people"].to_numpy(), made["of"].to_numpy(), level=level)
        made.insert(5, "low", low)
        made.insert(6, "high", high)
        made = made.sort_values(["people", "passages", "code", "other"], ascending=[False, False, True, True])
    else:
        made.insert(5, "low", [])
        made.insert(6, "high", [])
    return Cooccurrence(made.reset_index(drop=True), unit)
