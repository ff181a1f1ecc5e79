"""Shares that rest on a machine's codes, corrected by what people found: with intervals, per code and group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cjmkit.coding.machine.corrected import Corrected, corrected_share, difference_of
from cjmkit.coding.machine.data import MachineCodings
from cjmkit.coding.machine.labelling import Labelled, Plan, labelled
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, NotEnough, one_of
from cjmkit.i18n import say
from cjmkit.people import ids

__all__ = ["Shares", "corrected_on", "share"]


@dataclass(frozen=True, repr=False)
class Shares(Result):
    """Corrected shares.

    Parameters
    ----------
    table : pandas.DataFrame
        code, group ("" without groups), value, low, high, n (people or units), n_labelled (of these, coded by
        people), n_eff, machine (the machine's own share, never to be shown alone), reason (why there is no value).
    differences : pandas.DataFrame
        code, group, other, difference, low, high: of groups in pairs.
    per : str
        "person" or "unit".
    """

    table: pd.DataFrame
    differences: pd.DataFrame
    per: str
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key: ClassVar[tuple[str, ...]] = ("code", "group")
    _figure: ClassVar[Figure] = Figure(percent=True, method="machine codes, corrected by people's")
    _percent: ClassVar[tuple[str, ...]] = ("value", "low", "high", "machine")
    _shown: ClassVar[tuple[str, ...]] = ("code", "group", "value", "low", "high", "n", "n_labelled")

    def summary(self, lang: str | None = None) -> str:
        """What the shares rest on."""
        there = self.table[self.table["value"].notna()]
        n, k = (int(there[c].max()) if len(there) else 0 for c in ("n", "n_labelled"))
        of = say(
            en="people" if self.per == "person" else "units",
            ru="людях" if self.per == "person" else "единицах",
            lang=lang,
        )
        gaps = len(self.table) - len(there)
        out = say(
            en=f"Coded by machine, corrected on {k} {of} by people, of {n}.",
            ru=f"Закодировано машиной, исправлено по кодам человека на {k} {of} из {n}.",
            lang=lang,
        )
        if gaps:
            out += say(
                en=f" {gaps} shares cannot be corrected yet; the reason stands beside each.",
                ru=f" Долей, которые пока нельзя исправить: {gaps}; причина стоит рядом.",
                lang=lang,
            )
        return out


def corrected_on(n: int, lang: str | None = None) -> str:
    """How a corrected share is said wherever it stands.

    Examples
    --------
    >>> corrected_on(200, "en")
    'coded by machine, corrected on 200 by people'
    """
    return say(
        en=f"coded by machine, corrected on {n} by people",
        ru=f"закодировано машиной, исправлено по {n} кодам человека",
        lang=lang,
    )


def share(
    machine: MachineCodings,
    people: pd.DataFrame,
    *,
    code: str | None = None,
    per: str = "person",
    by: pd.Series | None = None,
    plan: Plan | None = None,
    level: float = 0.95,
) -> Shares:
    r"""How many people (or units) have a code, from machine codes of all and people's codes of some.

    Parameters
    ----------
    machine : MachineCodings
        Codes of everything.
    people : pandas.DataFrame
        People's codings of a sample.
    code : str, optional
        One code; all by default.
    per : {"person", "unit"}
        What the share counts. A share of people with a code at least once is validated person by person: only those
        count as coded of whom people read every unit. Passages cannot give it.
    by : pandas.Series, optional
        Person to group: each group has its own sample and its own errors.
    plan : Plan, optional
        The draw that people coded; then `per` is "unit".
    level : float
        Confidence level.

    Returns
    -------
    Shares
        A share that cannot be corrected (nobody coded where the machine said yes, fewer than eight people) has no
        value and its reason.

    Notes
    -----
    See :func:`cjmkit.coding.machine.corrected.corrected_share` for the estimator and its simulated coverage.

    Examples
    --------
    >>> from cjmkit.coding import Codebook, code_with, plan_validation
    >>> from cjmkit.interviews import read_text
    >>> said = ["Q: So?\nA: " + ("Too dear." if k % 3 else "Fine.") for k in range(30)]
    >>> talks = [read_text(text, document=f"p{k}").turns for k, text in enumerate(said)]
    >>> turns = pd.concat(talks, ignore_index=True).assign(participant=lambda t: t["document"])
    >>> def model(prompt):
    ...     return '{"codes": [{"code": "price", "quote": "Too dear"}]}' if "Too dear" in prompt else '{"codes": []}'
    >>> got = code_with(model, turns, Codebook(["price", "speed"]))
    >>> plan = plan_validation(got, n=30)
    >>> people = got.codings.assign(coder="eva", code=["speed"] * 2 + ["price"] * 18)
    >>> print(share(got, people, code="price", per="unit", plan=plan).estimate("price"))
    60% [40%, 77%], n = 30 people
    """
    one_of(per, ("person", "unit"), what="per")
    if plan is not None and per == "person":
        raise CjmError(
            en="a plan draws units; a share of people needs people of whom everything was coded: per='unit', or no "
            "plan",
            ru="план выбирает единицы; доле людей нужны люди, у которых закодировано всё: per='unit' или без плана",
        )
    laid = labelled(machine, people, plan=plan)
    codes = laid.codes if code is None else (one_of(code, laid.codes, what="code"),)
    groups = None if by is None else pd.Series(ids(laid.person)).map(by.set_axis(ids(by.index))).to_numpy()
    names = [""] if groups is None else sorted({str(g) for g in groups if g == g and g is not None})
    rows, differences, few = [], [], set()
    for c in codes:
        made: dict[str, tuple[Corrected, Any]] = {}
        for g in names:
            here = np.ones(len(laid.person), dtype=bool) if groups is None else np.array([str(x) == g for x in groups])
            try:
                s, who = _one(laid, laid.codes.index(c), here, per, level)
            except NotEnough as error:
                rows.append((c, g, np.nan, np.nan, np.nan, *_counts(laid, here, per), np.nan, np.nan, str(error)))
                continue
            made[g] = s, who
            few |= set(s.warnings)
            labelled_n = s.persons if s.persons else s.n_labelled
            n = len(set(who)) if who is not None else s.n
            rows.append((c, g, s.value, s.low, s.high, n, labelled_n, s.n_eff, s.machine, ""))
        for i, g in enumerate(made):
            for h in list(made)[i + 1 :]:
                differences.append((c, g, h, *difference_of(made[g][0], made[h][0])))
    columns = ["code", "group", "value", "low", "high", "n", "n_labelled", "n_eff", "machine", "reason"]
    told: tuple[str, ...] = ()
    if few:
        told = (say(
            en="some shares rest on fewer than ten human codes in a stratum: their intervals are wide, more coding "
               "narrows them",
            ru="часть долей держится менее чем на десяти кодах человека в страте: интервалы широки, кодирование их "
               "сузит",
        ),)  # fmt: skip
    return Shares(
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame(differences, columns=["code", "group", "other", "difference", "low", "high"]),
        per,
        told,
        level,
    )


def _counts(laid: Labelled, here: Any, per: str) -> tuple[int, int]:
    there = np.isfinite(laid.human[:, 0])
    if per == "unit":
        return int(here.sum()), int((here & there).sum())
    whole = pd.Series(there[here]).groupby(laid.person[here]).all()
    return len(whole), int(whole.sum())


def _one(laid: Labelled, k: int, here: Any, per: str, level: float) -> tuple[Corrected, Any]:
    f, y, person = laid.machine[here, k], laid.human[here, k], laid.person[here]
    if per == "person":
        table = pd.DataFrame({"person": person, "f": f, "y": y, "there": np.isfinite(y)})
        g = table.groupby("person", sort=True).agg(f=("f", "max"), y=("y", "max"), whole=("there", "all"))
        return corrected_share(g["f"], g["y"].where(g["whole"]), level=level), None
    group = laid.stratum[here] if (laid.stratum[here] != "").any() else None
    return corrected_share(f, y, group=group, person=person, level=level), person
