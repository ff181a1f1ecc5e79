"""From a group of people to the Persona that stands on a map, with the verdict in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from cjmkit.coding import interviewed
from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import EventFigure, Evidence, Quote, SurveyFigure
from cjmkit.core.persona import Persona
from cjmkit.core.stage import Note
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import say
from cjmkit.personas.data import records
from cjmkit.personas.found import PersonasData
from cjmkit.personas.profile import profile, quotes
from cjmkit.stats import wilson

__all__ = ["persona", "personas", "with_quotes"]

Found = TypeVar("Found", bound=PersonasData)

_TRAITS = 6
_NOTES = 4
_LANES = ("goals", "expectations", "barriers")


def persona(found: PersonasData, persona: str | int, *, lanes: Mapping[str, Iterable[str]] | None = None) -> Persona:
    """One persona as a value for the map, with its verdict, its share, traits with evidence, and quotes.

    Parameters
    ----------
    persona : str or int
        Id, name or number from 0.
    lanes : dict, optional
        Which codes are ``goals``, ``expectations`` or ``barriers``; those that people of this persona were given
        become notes.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> gourmet = found.persona("P1")
    >>> gourmet.name, str(gourmet.share), gourmet.verdict.status
    ('P1', '48% [33%, 63%], n = 40 people', 'stable')
    """
    i = found.id_of(persona)
    lanes = found.lanes if lanes is None else lanes
    for lane in lanes:
        if lane not in _LANES:
            raise CjmError(suggest(lane, _LANES, what="lane"))
    j = found.ids.index(i)
    people = tuple(str(p) for p in found.labels[found.labels == i].index)
    quoted = [_quote(r) for r in records(quotes(found, n=4).query("persona == @i"))]
    made = {lane: _from_codes(found, i, codes) for lane, codes in lanes.items()}
    return Persona(
        id=i,
        name=found.name(i),
        share=found.share(i),
        traits=_traits(found, i),
        quotes=tuple(quoted),
        participants=people,
        verdict=found._persona_verdict(j),
        **made,
    )


def _quote(r: Any) -> Quote:
    return Quote(
        document=str(r.document), start=int(r.start), end=max(int(r.end), int(r.start) + 1), quote=str(r.quote),
        participant=str(r.participant), code=str(r.code or ""),
    )  # fmt: skip


def _traits(found: PersonasData, i: str) -> tuple[Note, ...]:
    """What sets the group apart, largest first, each with its figure; nothing where there are no groups."""
    if found.k < 2:
        return ()
    table = profile(found)
    own = table[(table["persona"] == i) & (table["effect"].abs() >= 0.3)]
    # An interval that holds zero is no trait.
    own = own[(own["low"] > 0) | (own["high"] < 0)]
    # Of two levels of one question the one that people of this kind chose says it all.
    own = own[
        ~((own["level"] != "") & (own["difference"] < 0) & own["column"].isin(own.loc[own["difference"] > 0, "column"]))
    ]
    notes = []
    for r in records(own.head(_TRAITS)):
        notes.append(_trait(found, i, r))
    return tuple(notes)


def _trait(found: PersonasData, i: str, r: Any) -> Note:
    f = found.features
    values = f.table.loc[found.labels[found.labels == i].index, r.column].dropna()
    kind = str(f.columns_info.set_index("column").loc[r.column, "kind"])
    if r.level:
        values = (values.astype(str) == r.level).astype(float)
        estimate = _share(values)
    elif kind == "yes_no":
        estimate = _share(values.astype(float))
    else:
        estimate = _mean(values.astype(float) ** 2 if kind == "share" else values.astype(float))
    label = f"{r.text}: {r.level}" if r.level else str(r.text)
    percent = bool(r.level) or kind in ("yes_no", "share")
    text = str(r.in_words)
    where = say(en=f"persona {found.name(i)}", ru=f"портрет «{found.name(i)}»")
    evidence: Evidence
    if r.block == "behaviour":
        evidence = EventFigure(log="behaviour", query=f"{r.column}; {where}", estimate=estimate)
        return Note(text=text, evidence=(evidence,), estimate=estimate, persona=i)
    if r.block in ("codes", "talk", "answers"):
        cited = tuple(_cited(found, i, r)[:3])
        return Note(text=text, evidence=cited, estimate=estimate, persona=i)
    statistic = say(en="share", ru="доля") if percent else say(en="mean", ru="среднее")
    item = str(f.columns_info.set_index("column").loc[r.column, "item"])
    evidence = SurveyFigure(
        survey=f.survey_name or "survey", item=item, question=label, where=where, statistic=statistic,
        estimate=estimate, cautions=f.cautions_on(item),
    )  # fmt: skip
    return Note(text=text, evidence=(evidence,), estimate=estimate, persona=i)


def _cited(found: PersonasData, i: str, r: Any) -> list[Quote]:
    codings = found.features.passages.get("codings")
    if r.block == "codes" and codings is not None:
        own = codings[codings["code"].astype(str) == r.text]
        if len(own):
            return [_quote(q) for q in records(quotes(found, own, n=3).query("persona == @i"))]
    theme = set(str(r.text).split(", "))
    some = quotes(found, n=20).query("persona == @i")
    spelt = some["quote"].str.casefold()
    hits = some[spelt.map(lambda q: any(w in q for w in theme))]
    return [_quote(q) for q in records(hits)]


def _from_codes(found: PersonasData, i: str, codes: Iterable[str]) -> tuple[Note, ...]:
    """Codes as notes: how many of those interviewed of this kind were given each, and in which words."""
    codings = found.features.passages.get("codings")
    if codings is None:
        raise CjmError(
            en="lanes= needs codings: make the features with codings=",
            ru="для lanes= нужны кодировки: сделайте признаки с codings=",
        )
    people = found.labels[found.labels == i].index
    own = codings[codings["participant"].astype(str).isin(people)]
    base = len(set(interviewed(codings, found.features.passages.get("turns"))) & set(people))
    notes = []
    for code in codes:
        here = own[own["code"].astype(str) == code]
        k = here["participant"].nunique()
        # What one of many people said is theirs, not the persona's; what nobody said is nobody's.
        if k < 1 or (k < 2 and base > 2):
            continue
        share, low, high = wilson(k, base)
        estimate = Estimate(value=share, low=low, high=high, n=base, percent=True, method="Wilson")
        cited = tuple(_quote(q) for q in records(quotes(found, here, n=3).query("persona == @i")))
        title = found.titles.get(str(code), str(code))
        notes.append((share, Note(text=title, evidence=cited, estimate=estimate, persona=i)))
    return tuple(note for _, note in sorted(notes, key=lambda n: -n[0])[:_NOTES])


def _share(x: pd.Series) -> Estimate:
    value, low, high = wilson(int(x.sum()), len(x))
    return Estimate(value=value, low=low, high=high, n=len(x), percent=True, method="Wilson")


def _mean(x: pd.Series) -> Estimate:
    from scipy.stats import t

    n = len(x)
    if n < 2:
        return Estimate(value=float(x.mean()) if n else None, n=n, reason="one person")
    half = float(t.ppf(0.975, n - 1)) * float(x.std(ddof=1)) / np.sqrt(n)
    m = float(x.mean())
    return Estimate(value=m, low=m - half, high=m + half, n=n, method="t")


def personas(found: PersonasData, *, lanes: Mapping[str, Iterable[str]] | None = None) -> tuple[Persona, ...]:
    """All personas as values for the map; where no groups were found, one of everybody with status ``none``.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> [(p.id, p.verdict.status) for p in found.personas()]
    [('P1', 'stable'), ('P2', 'stable')]
    """
    return tuple(persona(found, i, lanes=lanes) for i in found.ids)


def with_quotes(
    found: Found, codings: pd.DataFrame | None = None, *, turns: pd.DataFrame | None = None, codebook: Any = None
) -> Found:
    """Add people's words to personas that were found in other data, such as a survey.

    Parameters
    ----------
    codings, turns : pandas.DataFrame, optional
        Passages of people who have a persona; they do not change the groups.
    codebook : Codebook, optional
        Codes whose lane is goals, expectations or barriers become notes of the personas, in the codebook's titles.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from cjmkit import personas
    >>> kind = np.repeat([[1, 1, 5, 5, 3], [5, 5, 1, 1, 3]], 20, axis=0)
    >>> answers = pd.DataFrame(np.random.default_rng(1).normal(kind, 1), columns="price time taste trust age".split())
    >>> found = personas.fit(personas.features(survey=answers.round()), nulls=19, resamples=10)
    >>> said = pd.DataFrame({"participant": ["1", "30"], "quote": ["Too dear for me", "I trust them"], "document": "d",
    ...                      "start": 0, "end": 12, "code": "price"})
    >>> [[q.quote for q in p.quotes] for p in found.with_quotes(said).personas()]
    [['Too dear for me'], ['I trust them']]
    """
    passages = dict(found.features.passages)
    for key, table in (("turns", turns), ("codings", codings)):
        if table is not None:
            # What was asked for here is quoted from first.
            passages = {key: table} | {k: v for k, v in passages.items() if k != key}
    lanes: dict[str, tuple[str, ...]] = dict(found.lanes)
    titles = dict(found.titles)
    for code in codebook or ():
        if code.lane in ("goals", "expectations", "barriers"):
            lanes[code.lane] = (*lanes.get(code.lane, ()), code.name)
        titles[code.name] = code.says
    return replace(found, features=replace(found.features, passages=passages), lanes=lanes, titles=titles)
