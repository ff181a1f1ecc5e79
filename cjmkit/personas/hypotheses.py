"""Where no kinds of people are found: the patterns that come nearest, as things to look into and no personas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.core.placed import PlacedNote
from cjmkit.core.result import Figure, Result
from cjmkit.core.stage import Note
from cjmkit.errors import NotEnough
from cjmkit.i18n import count, current_language, number, say
from cjmkit.personas._distance import ward_labels
from cjmkit.personas.found import PersonasData
from cjmkit.personas.grid_data import GridData
from cjmkit.personas.patterns import Placed, on_grid, placed
from cjmkit.personas.variables import Variable

__all__ = ["Hypotheses", "hypotheses"]

Floats = NDArray[Any]
Ints = NDArray[Any]

_TOGETHER = 0.6
"""A variable binds a group that stands at least so many standard deviations (of all people) from the others."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Hypotheses(Result):
    """Patterns that might be kinds of people, and what would tell.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a hypothesis: hypothesis (H1 …), n, people, variables (where they stand together, in words), survives
        (share of the grids with a person or a variable left out in which the pattern is still there), ask (questions
        that their interviews leave open), recruit (whom to look for next).
    quotes : pandas.DataFrame
        hypothesis, participant, variable, document, start, end, quote: what the placements rest on. Rows can be cited.
    verdict : str
        Why these are no personas.
    """

    table: pd.DataFrame
    quotes: pd.DataFrame
    verdict: str
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key = ("hypothesis",)
    _figure = Figure(value="survives", percent=True)
    _percent = ("survives",)
    _names = {
        "hypothesis": ("hypothesis", "гипотеза"),
        "people": ("people", "кто"),
        "variables": ("stand together on", "стоят рядом по"),
        "survives": ("survives", "выдерживает"),
        "ask": ("ask next", "что спросить"),
        "recruit": ("recruit next", "кого позвать"),
    }

    def summary(self, lang: str | None = None) -> str:
        """How many there are, and that they are not personas."""
        lang = current_language(lang)
        many = count(
            len(self.table), en=("hypothesis", "hypotheses"), ru=("гипотеза", "гипотезы", "гипотез"), lang=lang
        )
        if not len(self.table):
            return say(en="No pattern is coherent enough to follow up.", ru="Связных закономерностей нет.", lang=lang)
        return say(en=f"{many}, not personas: {self.verdict}.", ru=f"{many}, а не портреты: {self.verdict}.", lang=lang)

    def notes(self, stage: str, *, lane: str = "thoughts", lang: str | None = None) -> tuple[PlacedNote, ...]:
        """The hypotheses as assumptions for the map: ``journey.with_notes(found.hypotheses().notes("awareness"))``.

        Parameters
        ----------
        stage : str
            Stage of the map.
        lane : str
            Lane of the map.
        lang : {"en", "ru"}, optional
            Language.

        Returns
        -------
        tuple of PlacedNote
            Without evidence, so that every picture shows them as assumptions.
        """
        lang = current_language(lang)
        out = []
        for row in self.table.itertuples():
            text = say(
                en=f"Perhaps a kind of people ({row.n} of those interviewed): {row.variables}",
                ru=f"Возможно, вид людей ({row.n} из опрошенных): {row.variables}",
                lang=lang,
            )
            out.append(PlacedNote(stage=stage, lane=lane, note=Note(text=text)))
        return tuple(out)


def hypotheses(found: PersonasData, n: int = 3) -> Hypotheses:
    """The most coherent patterns on a grid, with people, variables, quotes, and what to do next.

    Branches of Ward's tree of three people and more (two among fewer than twelve) that do not hold half of everybody,
    kept if they come back in at least half of the trees grown without one person or without one variable.

    Parameters
    ----------
    n : int
        At most so many.

    Returns
    -------
    Hypotheses

    Raises
    ------
    NotEnough
        If the groups were not looked for in placements alone, or personas were found.

    Examples
    --------
    >>> from cjmkit import personas
    >>> grid = personas.made_up_grid(n=12, k=3, gap=1.5, seed=3)
    >>> found = personas.fit(personas.features(grid=grid), nulls=99)
    >>> maybe = found.hypotheses()
    >>> bool((maybe.table["survives"] >= 0.5).all())
    True
    """
    grid = found.features.grid
    if not on_grid(found.features) or not isinstance(grid, GridData) or found.search is None:
        raise NotEnough(
            say(en="no hypotheses without people on a grid", ru="без людей на сетке гипотез нет"),
            why=found.verdict()
            if on_grid(found.features)
            else say(en="they are patterns of placements", ru="гипотезы — это закономерности в расстановке"),
            action=say(
                en="place people on variables (docs: personas from a dozen interviews) and fit features(grid=…)",
                ru="расставьте людей по переменным (раздел «Портреты по дюжине интервью») и передайте features(grid=…)",
            ),
            lane="personas",
        )
    if found.found:
        raise NotEnough(
            say(en="there are personas, and no need of hypotheses", ru="портреты найдены, гипотезы не нужны"),
            why=found.verdict(),
            action=say(
                en="look at found.profile() and found.carriers()", ru="смотрите found.profile() и found.carriers()"
            ),
            lane="personas",
        )
    p = placed(found.features, found.rows)
    people = found.features.people[found.rows]
    rows: list[list[Any]] = []
    said: list[pd.DataFrame] = []
    for members, survives in _coherent(p, n):
        name = f"H{len(rows) + 1}"
        own = np.zeros(len(people), dtype=bool)
        own[list(members)] = True
        binding = _binding(p, own, grid, found)
        if not binding:
            continue
        who = [str(x) for x in people[own]]
        words = "; ".join(f"{v.name}: {v.side(value)}" for v, value in binding)
        rows.append([name, len(who), ", ".join(who), words, survives, _ask(grid, who), _recruit(binding)])
        for v, _ in binding:
            for person in who:
                said.append(grid.quotes(person, v.id).head(1).assign(hypothesis=name))
    columns = ["hypothesis", "n", "people", "variables", "survives", "ask", "recruit"]
    keep = ["hypothesis", "participant", "variable", "document", "start", "end", "quote"]
    quotes = pd.concat(said, ignore_index=True)[keep] if said else pd.DataFrame(columns=keep)
    return Hypotheses(
        table=pd.DataFrame(rows, columns=columns),
        quotes=quotes.reset_index(drop=True),
        verdict=found.verdict().split(". ")[0],
    )


def _branches(far: Floats, least: int) -> set[frozenset[int]]:
    """People of every branch of Ward's tree that is neither too small nor half of everybody."""
    n = len(far)
    labels = ward_labels(far[None], tuple(range(2, n)))[0]
    out = set()
    for column in labels.T:
        for j in np.unique(column):
            members = np.flatnonzero(column == j)
            if least <= members.size <= n / 2:
                out.add(frozenset(int(i) for i in members))
    return out


def _coherent(p: Placed, n: int) -> list[tuple[frozenset[int], float]]:
    """Disjoint branches that survive most, with the share of grown trees that they survive in."""
    far = p.far()[0]
    least = 3 if len(far) >= 12 else 2
    kept: dict[frozenset[int], list[bool]] = {b: [] for b in _branches(far, least)}
    for i in range(len(far)):
        rest = np.flatnonzero(np.arange(len(far)) != i)
        again = [frozenset(int(rest[j]) for j in b) for b in _branches(far[np.ix_(rest, rest)], max(2, least - 1))]
        for b, hits in kept.items():
            hits.append(any(_alike(b - {i}, a) for a in again))
    for j in range(p.x.shape[1]):
        again = list(_branches(p.without(j).far()[0], least))
        for b, hits in kept.items():
            hits.append(any(_alike(b, a) for a in again))
    scored = [(b, float(np.mean(hits)), _gap(far, b)) for b, hits in kept.items()]
    out: list[tuple[frozenset[int], float]] = []
    for b, survives, _ in sorted(scored, key=lambda s: (-s[1] * s[2], sorted(s[0]))):
        if survives >= 0.5 and len(out) < n and not any(b & other for other, _ in out):
            out.append((b, survives))
    return out


def _alike(a: frozenset[int], b: frozenset[int]) -> bool:
    return len(a & b) >= 0.75 * len(a | b)


def _gap(far: Floats, members: frozenset[int]) -> float:
    """How much nearer the members are to each other than to the rest."""
    own = np.zeros(len(far), dtype=bool)
    own[list(members)] = True
    inside = far[np.ix_(own, own)].sum() / max(1, own.sum() * (own.sum() - 1))
    return float(max(0.0, 1 - inside / max(far[np.ix_(own, ~own)].mean(), 1e-9)))


def _binding(p: Placed, own: Ints, grid: GridData, found: PersonasData) -> list[tuple[Variable, Any]]:
    """Variables on which the members stand together and away from the rest, strongest first."""
    info = found.features.columns_info.set_index("column")
    table = found.features.table.iloc[found.rows]
    out = []
    for j, column in enumerate(p.columns):
        v = grid.variable(str(info.at[column, "item"]))
        known = table[column].notna().to_numpy()
        a, b = table[column][own & known], table[column][~own & known]
        if len(a) < 2 or not len(b):
            continue
        if p.nominal[j]:
            option = a.value_counts().index[0]
            strength = float((a == option).mean() - (b == option).mean())
            if strength >= 0.5:
                out.append((strength, v, option))
            continue
        sd = float(np.nanstd(p.x[:, j])) or 1.0
        gap = abs(float(a.mean()) - float(b.mean())) / sd
        if gap >= _TOGETHER and float(a.std(ddof=0)) <= sd:
            out.append((gap, v, float(a.mean())))
    return [(v, value) for _, v, value in sorted(out, key=lambda x: -x[0])][:6]


def _ask(grid: GridData, who: list[str], n: int = 3) -> str:
    """Questions that most of these people's interviews leave open."""
    blank = grid.table.loc[who].isna().mean()
    parts = []
    for name in blank[blank > 0].sort_values(ascending=False, kind="stable").index[:n]:
        v = grid.variable(str(name))
        share = number(float(blank[name]), 0, percent=True)
        parts.append(f"{v.question or v.title()} ({say(en='not told by', ru='не сказали')} {share})")
    return "; ".join(parts)


def _recruit(binding: list[tuple[Variable, Any]]) -> str:
    """Whom to look for: people like these on two variables, to see whether the others follow."""
    first = " + ".join(f"{v.name}: {v.side(value)}" for v, value in binding[:2])
    rest = ", ".join(v.name for v, _ in binding[2:])
    if not rest:
        return say(en=f"5 more who fit “{first}”", ru=f"ещё 5 человек, о которых верно «{first}»")
    return say(
        en=f"5 more who fit “{first}”; if they stand the same way on {rest} too, the pattern holds",
        ru=f"ещё 5 человек, о которых верно «{first}»; если они так же стоят и по {rest}, закономерность есть",
    )
