"""Barriers: what :func:`cjmkit.barriers.rank` returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import Any

import pandas as pd

from cjmkit.barriers._owners import attach, count_by
from cjmkit.core.cite import cite
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import Quote, SurveyFigure
from cjmkit.core.stage import Note
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import count, current_language, number, say

__all__ = ["Barriers"]

_QUOTE = ("document", "start", "end", "quote")


@dataclass(frozen=True, eq=False, repr=False)
class Barriers:
    """Barriers in rank order; see :func:`cjmkit.barriers.rank` for the columns of `table`.

    Attributes
    ----------
    table : DataFrame
        A row a barrier.
    ranked_by : str
        What ranks: lost, drop-off, severity or frequency.
    warnings : tuple of str
        What a reader should know.
    mentions : DataFrame
        The codings behind it.
    """

    table: pd.DataFrame
    ranked_by: str
    level: float
    warnings: tuple[str, ...]
    mentions: pd.DataFrame
    people: tuple[str, ...]
    touchpoints: pd.DataFrame | None = None
    titles: dict[str, str] | None = None

    def top(self, n: int = 3) -> Barriers:
        """The first `n` barriers, as a result of the same kind."""
        table = self.table.head(n)
        return replace(self, table=table, mentions=self.mentions[self.mentions["barrier"].isin(table["barrier"])])

    def quotes(self, barrier: str, n: int | None = None) -> tuple[Quote, ...]:
        """People's words behind a barrier, one passage a person first, the strongest feeling first.

        Raises
        ------
        CjmError
            If there is no such barrier.
        """
        self._row(barrier)
        part = self.mentions[self.mentions["barrier"] == barrier]
        if not set(_QUOTE) <= set(part.columns):
            return ()
        part = part.dropna(subset=list(_QUOTE))
        part = part[part["quote"].astype(str) != ""].drop_duplicates(["document", "start", "end"])
        part = part.sort_values(["valence", "document", "start"], kind="stable", na_position="last")
        again = part.duplicated("participant")
        part = pd.concat([part[~again], part[again]])
        rows = part.head(n).to_dict("records") if n is not None else part.to_dict("records")
        return tuple(q for q in (cite(r) for r in rows) if isinstance(q, Quote))

    def notes(self, stage: str | None = None, *, quotes: int = 3) -> tuple[Note, ...]:
        """Barriers of a stage as notes for the map, each with its quotes and the share of people who named it.

        Parameters
        ----------
        stage : str, optional
            Only barriers named at this stage; all of them by default.
        quotes : int
            Passages cited per note.
        """
        table = self.table[self.table["people"] > 0]
        if stage is not None:
            at_stage = self.mentions.loc[self.mentions["stage"] == stage, "barrier"]
            table = table[table["barrier"].isin(set(at_stage)) | (table["stage"] == stage)]
        return tuple(
            Note(
                id=str(r["barrier"]),
                text=str(r["title"]),
                estimate=self.estimate(r["barrier"]),
                evidence=self.quotes(r["barrier"], quotes) or (self._evidence_(barrier=r["barrier"]),),
            )
            for r in table.to_dict("records")
        )

    def estimate(self, barrier: str) -> Estimate:
        """Share of people who named it."""
        r = self._row(barrier)
        return Estimate(
            value=r["share"], low=r["low"], high=r["high"], n=int(r["n"]), level=self.level, method="Wilson"
        )

    def by_owner(self) -> pd.DataFrame:
        """Problems by owner: owner, barriers, people, n, share, low, high, valence with limits, named.

        The row with an empty owner counts what nobody answers for.
        """
        return self._by("owner")

    def by_channel(self) -> pd.DataFrame:
        """Problems by channel; columns as in :meth:`by_owner`."""
        return self._by("channel")

    def by_stage(self) -> pd.DataFrame:
        """Who named which barrier where: stage, barrier, title, people, n, share, low, high, valence."""
        from cjmkit.barriers._intervals import wilson

        rows = []
        titles = dict(zip(self.table["barrier"], self.table["title"], strict=True))
        place = {b: i for i, b in enumerate(self.table["barrier"])}
        for (stage, barrier), part in self.mentions.groupby(["stage", "barrier"]):
            k, n = part["participant"].nunique(), len(self.people)
            low, high = wilson(k, n, level=self.level)
            each = part.dropna(subset=["valence"]).groupby("participant")["valence"].mean()
            rows.append((stage, barrier, titles[str(barrier)], k, n, k / n, low, high, each.mean(), len(each)))
        out = pd.DataFrame(
            rows,
            columns=["stage", "barrier", "title", "people", "n", "share", "low", "high", "valence", "n_valence"],
        )
        order = list(self.titles or {}) or sorted(out["stage"].unique())
        key = [
            (order.index(s) if s in order else len(order), place[b])
            for s, b in zip(out["stage"], out["barrier"], strict=True)
        ]
        return out.iloc[sorted(range(len(out)), key=key.__getitem__)].reset_index(drop=True)

    def summary(self, lang: str | None = None) -> str:
        """Two sentences: the first barrier with its figures, and how sure the first place is."""
        lang = current_language(lang)
        named = self.table[self.table["people"] > 0]
        if named.empty:
            return say(en="Nobody named a barrier.", ru="Никто не назвал ни одного барьера.", lang=lang)
        r = named.iloc[0].to_dict()
        n_barriers = count(len(named), en=("barrier", "barriers"), ru=("барьер", "барьера", "барьеров"), lang=lang)
        share = self.estimate(r["barrier"]).text(0, percent=True, lang=lang)
        effect = _effect_text(r, lang)
        sure = number(r["first"], 0, percent=True, lang=lang)
        way = {
            "lost": ("people lost with it", "потерянным вместе с ним людям"),
            "drop-off": ("share × drop-off of its stage", "доле и потерям этапа"),
            "severity": ("share × negative feeling", "доле и силе недовольства"),
            "frequency": ("frequency", "частоте"),
        }[self.ranked_by]
        return say(
            en=f"{n_barriers}; first by {way[0]}: “{r['title']}”, named by {share}{effect}. "
            f"First in {sure} of resamples.",
            ru=f"{n_barriers}; первый по {way[1]}: «{r['title']}», назвали {share}{effect}. "
            f"Первый в {sure} повторных выборок.",
            lang=lang,
        ).replace("..", ".")

    def _by(self, column: str) -> pd.DataFrame:
        found = attach(self.mentions, self.table, self.touchpoints, column)
        return count_by(found, self.table, len(self.people), column, level=self.level)

    def _row(self, barrier: str) -> dict[str, Any]:
        hit = self.table[self.table["barrier"] == barrier]
        if hit.empty:
            raise CjmError(suggest(barrier, self.table["barrier"], what="barrier"))
        return {str(k): v for k, v in hit.iloc[0].to_dict().items()}

    def _evidence_(self, *, barrier: str, quote: int | None = None) -> Quote | SurveyFigure:
        if quote is not None:
            return self.quotes(barrier)[quote]
        row = self._row(barrier)
        return SurveyFigure(
            survey="codings",
            item=barrier,
            question=row["title"],
            statistic="share of people who named it",
            estimate=self.estimate(barrier),
        )

    def _repr_html_(self) -> str:
        lang = current_language()
        rows = []
        for r in self.table.to_dict("records"):
            share = self.estimate(r["barrier"]).text(0, percent=True, lang=lang)
            cells = (
                str(r["rank"]),
                r["title"],
                share,
                ", ".join((self.titles or {}).get(t, t) for t in r["stages"].split(", ")),
                number(r["valence"], 1, lang=lang),
                _effect_text(r, lang).lstrip(",; ") or "—",
                r["owner"] or "—",
                number(r["first"], 0, percent=True, lang=lang),
            )
            rows.append("<tr>" + "".join(f"<td>{escape(str(c))}</td>" for c in cells) + "</tr>")
        head = say(
            en="#|barrier|named by|stages|valence|association with failing|owner|first in",
            ru="№|барьер|назвали|этапы|эмоция|связь с неудачей|ответственный|первый в",
            lang=lang,
        )
        top = "".join(f"<th>{escape(h)}</th>" for h in head.split("|"))
        notes = "".join(f"<li>{escape(w)}</li>" for w in self.warnings)
        return f"<p>{escape(self.summary())}</p><table><tr>{top}</tr>{''.join(rows)}</table>" + (
            f"<ul>{notes}</ul>" if notes else ""
        )

    def __repr__(self) -> str:
        return self.summary()


def _effect_text(r: Any, lang: str) -> str:
    if r["effect"] != r["effect"]:
        return ""
    sep = "; " if lang == "ru" else ", "
    percent = r["effect_kind"] == "drop-off"
    value, low, high = (
        number(r[k], 0 if percent else 1, percent=percent, lang=lang) for k in ("effect", "effect_low", "effect_high")
    )
    if percent:
        return say(
            en=f", its stage loses {value} [{low}{sep}{high}]",
            ru=f", этап теряет {value} [{low}{sep}{high}]",
            lang=lang,
        )
    return say(
        en=f", odds of failing × {value} [{low}{sep}{high}] (association, not cause)",
        ru=f", шансы неудачи × {value} [{low}{sep}{high}] (связь, не причина)",
        lang=lang,
    )
