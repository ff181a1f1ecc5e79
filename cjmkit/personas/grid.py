"""The grid with its verbs bound, read from a study."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.errors import NotEnough
from cjmkit.i18n import say
from cjmkit.people import ids
from cjmkit.personas.data import records
from cjmkit.personas.grid_data import GridData
from cjmkit.personas.passages import passages
from cjmkit.personas.placements import read_placements
from cjmkit.personas.power import simulated_kinds
from cjmkit.personas.rating import agreement
from cjmkit.personas.variables import Variable, read_variables

__all__ = ["Grid", "grid", "made_up_grid"]


class Grid(GridData):
    """People on behavioural variables, placed by one rater or several, each placement with its passages.

    Read one with :func:`cjmkit.personas.grid`, or make one: ``Grid(variables, people=[…])``. A value: placing somebody
    gives a new one, and nothing is written before :meth:`save`.

    Attributes
    ----------
    variables : tuple of Variable
        What people are placed on.
    placements : pandas.DataFrame
        One row a passage: rater, participant, variable, value, document, start, end, quote, memo.
    people : tuple of str
        Everybody who was interviewed, placed or not.
    table : pandas.DataFrame
        People × variables, one value each: settled, or the median of the raters.
    """

    agreement = agreement
    passages = passages


def grid(study: Any) -> Grid:
    """Read ``variables.yaml`` and ``placements/<rater>.csv`` of a study, and hold the quotes against the interviews.

    Parameters
    ----------
    study : Study or path-like
        The study, or its folder (then quotes are not checked).

    Returns
    -------
    Grid
        Everybody who was interviewed is in it, placed or not. Quotes that do not stand where they say are told in its
        `warnings`; no placement is lost by it.

    Raises
    ------
    NotEnough
        If there is no ``variables.yaml``.
    FileFormatError
        If a file is not what it should be: file, column and rows are named.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m")
    >>> cj.personas.grid(study).n
    20
    """
    folder = Path(study) if isinstance(study, str | os.PathLike) else Path(study.path)
    if not (folder / "variables.yaml").is_file():
        raise NotEnough(
            say(en="no behavioural variables yet", ru="поведенческих переменных ещё нет"),
            why=say(
                en="patterns among a dozen people are looked for in where they stand on variables",
                ru="закономерности среди дюжины людей ищут в том, как они стоят по переменным",
            ),
            action=say(
                en="write variables.yaml (cj.personas.propose_variables drafts it), then place people: "
                "cj.widgets.placement_pane(study, rater=…)",
                ru="напишите variables.yaml (черновик даст cj.personas.propose_variables), затем расставьте людей: "
                "cj.widgets.placement_pane(study, rater=…)",
            ),
            lane="personas",
        )
    variables = read_variables(folder / "variables.yaml")
    table, before = read_placements(folder / "placements", variables)
    people: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    if not isinstance(study, str | os.PathLike) and (folder / "interviews").is_dir():
        read = study.transcripts()
        turns = read.turns
        own = turns.loc[turns["role"].eq("respondent"), "participant"] if "role" in turns else turns["participant"]
        people = tuple(dict.fromkeys(ids(own).dropna()))
        warned = _misquoted(table, read.documents, people)
    return Grid(variables, table, people, warned, folder, before)


def _misquoted(table: pd.DataFrame, documents: pd.DataFrame, people: tuple[str, ...]) -> tuple[str, ...]:
    """What does not fit the interviews: quotes that are not where they say, people who were not interviewed."""
    texts = dict(zip(documents["document"].astype(str), documents["text"].astype(str)))
    wrong = []
    for row in records(table[table["quote"] != ""]):
        text = texts.get(str(row.document))
        if text is None or pd.isna(row.start) or pd.isna(row.end) or text[int(row.start) : int(row.end)] != row.quote:
            wrong.append(f"{row.rater}: {row.participant}, {row.variable} ({row.document})")
    strangers = [p for p in dict.fromkeys(table["participant"]) if p not in people]
    out = []
    if wrong:
        listed = "; ".join(wrong[:5]) + (" …" if len(wrong) > 5 else "")
        out.append(
            say(
                en=f"{len(wrong)} quotes do not stand in the interviews where they say: {listed}",
                ru=f"цитат, которых нет в интервью на указанном месте: {len(wrong)}: {listed}",
            )
        )
    if strangers:
        listed = ", ".join(strangers[:5]) + (" …" if len(strangers) > 5 else "")
        out.append(
            say(
                en=f"{len(strangers)} placed people have no interview: {listed}",
                ru=f"расставлены, но не опрошены: {len(strangers)}: {listed}",
            )
        )
    return tuple(out)


def made_up_grid(
    *,
    n: int = 16,
    variables: int = 12,
    k: int = 3,
    gap: float = 3.0,
    spread: float = 1.2,
    missing: float = 0.0,
    raters: int = 2,
    error: float = 0.5,
    seed: int = 0,
) -> Grid:
    """A made-up grid whose kinds of people are known: to try things on, and to learn what a dozen interviews can show.

    Parameters
    ----------
    n, variables : int
        People p01, p02 … on variables v01, v02 …
    k : int
        Kinds, of equal size: person i is of kind i mod k. 1 for none.
    gap, spread : float
        Points between kinds on two thirds of the variables, standard deviation within a kind.
    missing : float
        Share of places that nobody knows.
    raters : int
        How many raters.
    error : float
        Standard deviation of a rater's own error, in points.
    seed : int
        Decides every random number.

    Returns
    -------
    Grid

    Examples
    --------
    >>> made_up_grid(n=9, k=3).table.shape
    (9, 12)
    """
    rng = np.random.default_rng(seed)
    true = simulated_kinds(rng, 1, n, variables, gap if k > 1 else 0.0, max(k, 1), spread, missing)[0]
    scale = tuple(Variable(id=f"v{j + 1:02d}", ends=(f"left {j + 1}", f"right {j + 1}")) for j in range(variables))
    rows = []
    for r in range(raters):
        seen = np.clip(np.round(true + rng.normal(0, error, true.shape)), 1, 7)
        rows += [
            [f"rater {r + 1}", f"p{i + 1:02d}", scale[j].id, seen[i, j]]
            for i, j in zip(*np.nonzero(~np.isnan(seen)))
        ]  # fmt: skip
    placements = pd.DataFrame(rows, columns=["rater", "participant", "variable", "value"])
    return Grid(scale, placements, tuple(f"p{i + 1:02d}" for i in range(n)))
