"""What a machine's codes are worth: measured on units that people coded too, before anything rests on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.coding.agreeing.units import mark
from cjmkit.coding.machine.data import MachineCodings
from cjmkit.core.codings import is_machine
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, NotEnough
from cjmkit.i18n import say
from cjmkit.stats import person_weights, z_of

__all__ = ["Labelled", "Plan", "Validation", "labelled", "plan_validation", "validate"]

Floats = NDArray[np.floating]

FLOOR = 0.667
"""Krippendorff's floor for tentative conclusions: below it a code is not carried onto the map by itself."""
FEWEST_EXAMPLES = 10


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
        stratum = _strata_of_all(f, plan)
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


@dataclass(frozen=True, repr=False)
class Validation(Result):
    """How good a machine is, code by code.

    Parameters
    ----------
    table : pandas.DataFrame
        code ("(all codes)" pools them), n (units), people, examples (units people gave the code), machine (units the
        machine gave it), then value, low and high of precision, recall, f1, kappa, ac1, alpha; ceiling (alpha of two
        people on the same units), usable.
    floor : float
        Alpha below which a code is not usable.
    laid : Labelled
        The codes side by side.
    """

    table: pd.DataFrame
    floor: float
    laid: Labelled
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key: ClassVar[tuple[str, ...]] = ("code",)
    _figure: ClassVar[Figure] = Figure(
        "alpha", "alpha_low", "alpha_high", "n", unit="units", method="bootstrap over people"
    )
    _shown: ClassVar[tuple[str, ...]] = (
        "code",
        "n",
        "people",
        "examples",
        "precision",
        "recall",
        "f1",
        "alpha",
        "ceiling",
        "usable",
    )

    @property
    def usable(self) -> tuple[str, ...]:
        """Codes that reach the floor on ten examples or more."""
        t = self.table
        return tuple(t.loc[t["usable"] & (t["code"] != ALL), "code"])

    def errors(self, code: str, *, n: int = 10) -> pd.DataFrame:
        """Units where machine and people differ on a code, to read.

        Returns
        -------
        pandas.DataFrame
            document, participant, text, what ("missed" or "too much").
        """
        if code not in self.laid.codes:
            raise CjmError(f"no code {code!r} was validated")
        k = self.laid.codes.index(code)
        y, f = self.laid.human[:, k], self.laid.machine[:, k]
        at = np.flatnonzero((y == 1) & ~f | (y == 0) & f)[:n]
        what = np.where(f[at], "too much", "missed")
        return self.laid.units.iloc[at][["document", "participant", "text"]].assign(what=what).reset_index(drop=True)

    def by(self, groups: pd.Series) -> pd.DataFrame:
        """Where it errs: precision and recall, all codes pooled, for groups of people.

        Parameters
        ----------
        groups : pandas.Series
            Person to group.

        Returns
        -------
        pandas.DataFrame
            group, people, n, precision, recall.
        """
        of = pd.Series(self.laid.person).map(groups.rename(index=str)).to_numpy()
        rows = []
        for g in sorted({str(x) for x in of if x == x and x is not None}):
            here = of == g
            cells = _cells(self.laid, here)[..., :].sum(axis=(0, 1))
            tp, fp, fn, _ = cells
            rows.append((g, len(set(self.laid.person[here])), int(np.isfinite(self.laid.human[here, 0]).sum()),
                         tp / (tp + fp) if tp + fp else np.nan, tp / (tp + fn) if tp + fn else np.nan))  # fmt: skip
        return pd.DataFrame(rows, columns=["group", "people", "n", "precision", "recall"])

    def summary(self, lang: str | None = None) -> str:
        """What it says about the use of the codes."""
        t = self.table[self.table["code"] != ALL]
        good, n = len(self.usable), len(t)
        pooled = self.table[self.table["code"] == ALL].iloc[0]
        return say(
            en=f"{good} of {n} codes reach alpha {self.floor:g} with {FEWEST_EXAMPLES} examples or more; over all "
            f"codes precision is "
            f"{pooled['precision']:.2f} and recall {pooled['recall']:.2f}, on {int(pooled['n'])} units of "
            f"{int(pooled['people'])} people. "
            "A good alpha still leaves bias: shares need cj.coding.share.",
            ru=f"Альфы {self.floor:g} на {FEWEST_EXAMPLES} и более примерах достигают {good} из {n} кодов; по всем "
            f"кодам точность "
            f"{pooled['precision']:.2f}, полнота {pooled['recall']:.2f}, единиц {int(pooled['n'])}, людей "
            f"{int(pooled['people'])}. "
            "И при хорошей альфе доли смещены: их считает cj.coding.share.",
            lang=lang,
        )


ALL = "(all codes)"


def _cells(laid: Labelled, which: NDArray[np.bool_] | None = None) -> Floats:
    """Weighted tp, fp, fn, tn with shape (people, codes, 4)."""
    there = np.isfinite(laid.human[:, 0]) if laid.human.shape[1] else np.zeros(len(laid.human), dtype=bool)
    if which is not None:
        there = there & which
    who, of = np.unique(laid.person[there], return_inverse=True)
    f, y, w = laid.machine[there], laid.human[there] == 1, laid.weight[there]
    out = np.zeros((len(who), len(laid.codes), 4))
    for k, part in enumerate((f & y, f & ~y, ~f & y, ~f & ~y)):
        for j in range(len(laid.codes)):
            out[:, j, k] = np.bincount(of, weights=w * part[:, j], minlength=len(who))
    return out


_MEASURES = ("precision", "recall", "f1", "kappa", "ac1", "alpha")


def _measures(cells: Floats) -> Floats:
    """The six measures from cells tp, fp, fn, tn on the last axis; NaN where there is none."""
    tp, fp, fn, tn = np.moveaxis(cells, -1, 0)
    n = tp + fp + fn + tn
    with np.errstate(invalid="ignore", divide="ignore"):
        p, r = tp / (tp + fp), tp / (tp + fn)
        f1 = 2 * tp / (2 * tp + fp + fn)
        agree = (tp + tn) / n
        a, b = (tp + fp) / n, (tp + fn) / n
        chance = a * b + (1 - a) * (1 - b)
        kappa = (agree - chance) / (1 - chance)
        q = (a + b) / 2
        gwet = 2 * q * (1 - q)
        ac1 = (agree - gwet) / (1 - gwet)
        ones = 2 * tp + fp + fn
        expected = 2 * ones * (2 * n - ones) / (2 * n * (2 * n - 1))
        alpha = 1 - (1 - agree) / expected
    return np.stack([p, r, f1, kappa, ac1, alpha], axis=-1)


def validate(
    machine: MachineCodings,
    people: pd.DataFrame,
    *,
    plan: Plan | None = None,
    floor: float = FLOOR,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Validation:
    """Hold a machine's codes against people's on the same units.

    Parameters
    ----------
    machine : MachineCodings
        What the machine coded. A learned coder judged these people without having seen them.
    people : pandas.DataFrame
        People's codings, made blind to the machine's.
    plan : Plan, optional
        The draw that people coded, see :func:`plan_validation`; its weights are used.
    floor : float
        Alpha below which a code is not usable.
    resamples : int
        Bootstrap samples of people.
    level : float
        Confidence level.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Validation
        Precision, recall, F1, Cohen's kappa, Gwet's AC1 and Krippendorff's alpha per code and pooled, with intervals
        over people, beside the agreement of two people with each other.

    Raises
    ------
    NotEnough
        If people coded no unit that the machine read.
    """
    laid = labelled(machine, people, plan=plan)
    cells = _cells(laid)
    if not len(cells):
        raise NotEnough(
            say(
                en="nobody coded a unit that the machine read",
                ru="ни одну единицу, прочитанную машиной, человек не кодировал",
            ),
            why=say(
                en="without that nobody knows how often it is right", ru="без этого неизвестно, как часто она права"
            ),
            action=say(
                en="draw units with cj.coding.plan_validation", ru="наберите единицы через cj.coding.plan_validation"
            ),
        )
    both = np.concatenate([cells, cells.sum(axis=1, keepdims=True)], axis=1)
    point = _measures(both.sum(axis=0))
    blocks = person_weights(len(cells), resamples=resamples, seed=seed)
    drawn = np.concatenate([_measures(np.tensordot(w, both, axes=1)) for w in blocks])
    tail = (1 - level) / 2
    with np.errstate(all="ignore"):
        import warnings as w_

        with w_.catch_warnings():
            w_.simplefilter("ignore", RuntimeWarning)  # a code nobody ever gave has no measure
            low, high = np.nanquantile(drawn, [tail, 1 - tail], axis=0)
    ceiling = _ceiling(laid)
    rows = []
    for j, code in enumerate((*laid.codes, ALL)):
        there = np.isfinite(laid.human[:, 0])
        k = slice(None) if code == ALL else slice(j, j + 1)
        examples, given = int((laid.human[there][:, k] == 1).sum()), int(laid.machine[there][:, k].sum())
        row = {"code": code, "n": int(there.sum()), "people": len(cells), "examples": examples, "machine": given}
        for m, name in enumerate(_MEASURES):
            row |= {name: point[j, m], f"{name}_low": low[j, m], f"{name}_high": high[j, m]}
        row["ceiling"] = ceiling[j]
        row["usable"] = bool(point[j, 5] >= floor and examples >= FEWEST_EXAMPLES)
        rows.append(row)
    return Validation(pd.DataFrame(rows), floor, laid, _remarks(laid, ceiling), level)


def _ceiling(laid: Labelled) -> Floats:
    """Alpha between the two people who coded most of the same units; NaN where no two did."""
    read = np.isfinite(laid.each[:, :, 0]) if laid.each.size else np.zeros((0, 0), dtype=bool)
    best, pair = 1, None
    for a in range(read.shape[1]):
        for b in range(a + 1, read.shape[1]):
            together = int((read[:, a] & read[:, b]).sum())
            if together > best:
                best, pair = together, (a, b)
    if pair is None:
        return np.full(len(laid.codes) + 1, np.nan)
    both = read[:, pair[0]] & read[:, pair[1]]
    x, y = laid.each[both][:, pair[0]] == 1, laid.each[both][:, pair[1]] == 1
    cells = np.stack([(x & y).sum(0), (x & ~y).sum(0), (~x & y).sum(0), (~x & ~y).sum(0)], axis=-1).astype(float)
    return _measures(np.concatenate([cells, cells.sum(axis=0, keepdims=True)]))[:, 5]


def _remarks(laid: Labelled, ceiling: Floats) -> tuple[str, ...]:
    out = []
    if np.isnan(ceiling).all():
        out.append(say(
            en="one person coded: how well two people would agree, the ceiling for any machine, is not known",
            ru="кодировал один человек: насколько согласились бы двое, потолок для любой машины, неизвестно",
        ))  # fmt: skip
    return tuple(out)


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


def _strata_of_all(f: NDArray[np.bool_], plan: Plan) -> NDArray[Any]:
    out = np.where(f.any(axis=1), "some", "none").astype(object)
    for name in reversed([s for s in plan.strata if s.startswith("code:")]):
        out[f[:, plan.codes.index(name[5:])]] = name
    known = set(plan.strata)
    return np.array([s if s in known else "none" for s in out], dtype=object)


def plan_validation(
    machine: MachineCodings, n: int | None = None, margin: float | None = None, *, seed: int = 0
) -> Plan:
    r"""Draw the units that people should code to validate a machine.

    Parameters
    ----------
    machine : MachineCodings
        What it coded.
    n : int, optional
        How many units.
    margin : float, optional
        In place of `n`: half the width of the interval of a share, for example 0.05.
    seed : int
        Of the draw; it is part of the record.

    Returns
    -------
    Plan
        Two fifths of the units are those where the machine gave a code, rare codes more often; the rest where it gave
        none, because what it missed lies there. Weights say how many units each stands for.

    Notes
    -----
    The margin is :math:`z\sqrt{\theta(1-\theta)(1-\varphi^2)/n}` with a correlation of machine and people of
    :math:`\varphi = .6`.

    Examples
    --------
    >>> from cjmkit.coding import Codebook, code_with, plan_validation
    >>> from cjmkit.interviews import read_text
    >>> talk = read_text("\n".join(f"Q: So?\nA: It is {k} too dear." for k in range(30)), document="anna")
    >>> got = code_with(lambda prompt: '{"codes": []}', talk.turns, Codebook(["price"]))
    >>> plan = plan_validation(got, n=12)
    >>> len(plan.table), round(float(plan.table["weight"].sum()), 9)
    (12, 30.0)
    """
    units = machine.units[machine.units["read"]].reset_index(drop=True)
    laid = labelled(machine, machine.codings.iloc[:0])
    f, total = laid.machine, len(units)
    share = float(f.mean(axis=0).max()) if f.size else 0.0
    spread = max(share * (1 - share), 0.05 * 0.95) * (1 - 0.6**2)
    if (n is None) == (margin is None):
        raise CjmError("give n (units) or margin (for example 0.05), one of the two")
    if n is None and margin is not None:
        if not 0 < margin < 0.5:
            raise CjmError(f"margin lies between 0 and 0.5, not {margin!r}")
        n = int(np.ceil(z_of(0.95) ** 2 * spread / margin**2))
    n = min(int(n or 0), total)
    if n < 1:
        raise CjmError("n is a whole number from 1 on")
    counts = f.sum(axis=0)
    rare = sorted((k for k in range(f.shape[1]) if 0 < counts[k] <= 0.02 * total + 10), key=lambda k: (counts[k], k))
    strata = (*(f"code:{machine.codes[k]}" for k in rare), "some", "none")
    draft = Plan(units.iloc[:0], strata, machine.codes, 0.0)
    of = _strata_of_all(f, draft)
    size = {s: int((of == s).sum()) for s in strata}
    wanted = _allocated(size, n)
    rng = np.random.default_rng(seed)
    picked: list[int] = []
    weight: dict[int, float] = {}
    for s in strata:
        at = np.flatnonzero(of == s)
        for k in rng.choice(at, wanted[s], replace=False) if wanted[s] else ():
            picked.append(int(k))
            weight[int(k)] = size[s] / wanted[s]
    order = rng.permutation(picked)
    table = units.iloc[order][["document", "participant", "start", "end", "text"]].assign(
        stratum=of[order], weight=[weight[int(k)] for k in order]
    )
    kept = tuple(s for s in strata if size[s])
    expected = z_of(0.95) * float(np.sqrt(spread / n))
    return Plan(table.reset_index(drop=True), kept, machine.codes, expected)


def _allocated(size: dict[str, int], n: int) -> dict[str, int]:
    """How many of each stratum: two fifths on given codes, shared evenly, the rest where the machine gave none."""
    out = dict.fromkeys(size, 0)
    given = [s for s in size if s != "none" and size[s]]
    quota = round(0.4 * n) if size["none"] else n
    for k, s in enumerate(sorted(given, key=lambda s: size[s])):
        out[s] = min(size[s], max(1, round((quota - sum(out.values())) / (len(given) - k))))
    out["none"] = min(size["none"], n - sum(out.values()))
    # What is left over goes where there is room.
    for s in sorted(size, key=lambda s: -size[s]):
        out[s] += min(size[s] - out[s], max(0, n - sum(out.values())))
    return out
