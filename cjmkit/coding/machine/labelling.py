"""People's codes laid over the units that a machine read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.coding.agreeing.units import mark
from cjmkit.coding.machine.data import MachineCodings
from cjmkit.core.codings import is_machine
from cjmkit.i18n import say

__all__ = ["Labelled", "Plan", "labelled", "strata_of"]

Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Plan:
    """Units drawn for people to code.

    Parameters
    ----------
    table : pandas.DataFrame
        document, participant, start, end, text, stratum, weight (how many units it stands for), in random order.
    strata : tuple of str
        Names; a unit belongs to the first that fits: ``"code:<name>"`` of a rare code, ``"some"``, ``"none"``.
    codes : tuple of str
        The machine's codes, in the order of its answers.
    margin : float
        Half the width of a share's interval that can be expected, for the commonest code.
    """

    table: pd.DataFrame
    strata: tuple[str, ...]
    codes: tuple[str, ...]
    margin: float

    def summary(self, lang: str | None = None) -> str:
        """How many, and what it will give."""
        n = len(self.table)
        return say(
            en=f"{n} units to code, blind to the machine's codes; the share of the commonest code will be known to "
            f"about ±{self.margin:.0%}.",
            ru=f"Закодировать {n} единиц, не видя кодов машины; доля самого частого кода станет известна примерно до "
            f"±{self.margin:.0%}.",
            lang=lang,
        )


def strata_of(f: NDArray[np.bool_], plan: Plan) -> NDArray[Any]:
    """The stratum of the plan that each unit lies in, from the machine's codes."""
    out = np.where(f.any(axis=1), "some", "none").astype(object)
    for name in reversed([s for s in plan.strata if s.startswith("code:")]):
        out[f[:, plan.codes.index(name[5:])]] = name
    known = set(plan.strata)
    return np.array([s if s in known else "none" for s in out], dtype=object)


@dataclass(frozen=True)
class Labelled:
    """The machine's and people's codes of the same units.

    Parameters
    ----------
    units : pandas.DataFrame
        The machine's units that it read.
    codes : tuple of str
        Columns of the arrays.
    machine : numpy.ndarray of bool
        With shape (units, codes).
    human : numpy.ndarray
        With shape (units, codes): 1, 0, or NaN where nobody coded the unit. Of several people the majority counts, a
        tie as yes.
    each : numpy.ndarray
        With shape (units, coders, codes), for the agreement of people with each other; NaN where a coder did not read.
    person : numpy.ndarray of str
        Who said the unit.
    weight : numpy.ndarray
        How many units a coded one stands for (1 without a plan).
    stratum : numpy.ndarray of str
        Of the plan that drew it; empty without one.
    """

    units: pd.DataFrame
    codes: tuple[str, ...]
    machine: NDArray[np.bool_]
    human: Floats
    each: Floats
    person: NDArray[Any]
    weight: Floats
    stratum: NDArray[Any]


def labelled(machine: MachineCodings, people: pd.DataFrame, *, plan: Plan | None = None) -> Labelled:
    """Lay people's codings over the machine's units.

    Parameters
    ----------
    machine : MachineCodings
        What the machine coded.
    people : pandas.DataFrame
        People's codings. Without a plan somebody has read every unit of a document in which they coded anything.
    plan : Plan, optional
        The units that were drawn for people: only these count as read.

    Returns
    -------
    Labelled
    """
    people = people[~people["coder"].map(is_machine).astype(bool)]
    units = machine.units[machine.units["read"]].reset_index(drop=True)
    codes = machine.codes
    marks = mark(people, units)
    f = np.zeros((len(units), len(codes)), dtype=bool)
    theirs = mark(machine.codings.assign(coder=machine.name), units)
    at = {c: k for k, c in enumerate(codes)}
    for u, _, c in theirs.rows.tolist():
        f[u, at[theirs.codes[c]]] = True
    each = np.full((len(units), len(marks.coders), len(codes)), np.nan)
    drawn = np.ones(len(units), dtype=bool)
    weight, stratum = np.ones(len(units)), np.full(len(units), "", dtype=object)
    if plan is not None:
        key = ["document", "start", "end"]
        found = units[key].merge(plan.table[[*key, "weight", "stratum"]], on=key, how="left")
        drawn = found["weight"].notna().to_numpy()
        weight = found["weight"].fillna(1).to_numpy()
        stratum = strata_of(f, plan)
    for k in range(len(marks.coders)):
        each[marks.read[:, k] & drawn, k, :] = 0
    for u, k, c in marks.rows.tolist():
        if marks.codes[c] in at and drawn[u]:
            each[u, k, at[marks.codes[c]]] = 1
    if plan is not None:
        # A drawn unit without a code was read all the same, by whoever coded others of the sample.
        read = ~np.isnan(each).all(axis=(1, 2))
        sample = drawn & ~read
        if read.any() and len(marks.coders):
            each[sample, 0, :] = 0
    with np.errstate(invalid="ignore"):
        told = np.isfinite(each).sum(axis=1)
        share = np.nansum(each, axis=1) / np.where(told == 0, np.nan, told)
    human = np.where(np.isnan(share), np.nan, share >= 0.5)
    person = units["participant"].fillna(units["document"]).astype("str").to_numpy()
    return Labelled(units, codes, f, human, each, person, weight, stratum)
