"""What a machine's codes are worth: measured on units that people coded too, before anything rests on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.coding.machine.data import MachineCodings
from cjmkit.coding.machine.labelling import Labelled, Plan, labelled
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, NotEnough
from cjmkit.i18n import say
from cjmkit.stats import person_weights

__all__ = ["Validation", "validate"]

Floats = NDArray[np.floating]

FLOOR = 0.667
"""Krippendorff's floor for tentative conclusions: below it a code is not carried onto the map by itself."""
FEWEST_EXAMPLES = 10


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
            raise CjmError(en=f"no code {code!r} was validated", ru=f"код {code!r} не проверяли")
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
    r"""Hold a machine's codes against people's on the same units.

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

    Examples
    --------
    >>> from cjmkit.coding import Codebook, code_with
    >>> from cjmkit.interviews import read_text
    >>> said = ["Q: So?\nA: " + ("Too dear." if k % 3 else "Fine.") for k in range(30)]
    >>> talks = [read_text(text, document=f"p{k}").turns for k, text in enumerate(said)]
    >>> turns = pd.concat(talks, ignore_index=True).assign(participant=lambda t: t["document"])
    >>> def model(prompt):
    ...     return '{"codes": [{"code": "price", "quote": "Too dear"}]}' if "Too dear" in prompt else '{"codes": []}'
    >>> got = code_with(model, turns, Codebook(["price", "speed"]))
    >>> people = got.codings.assign(coder="eva", code=["speed"] * 2 + ["price"] * 18)
    >>> validate(got, people, resamples=50).table[["code", "n", "precision", "recall"]].head(2)
        code   n  precision  recall
    0  price  20        0.9     1.0
    1  speed  20        NaN     0.0
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
    return Validation(pd.DataFrame(rows), floor, laid, _remarks(ceiling), level)


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


def _remarks(ceiling: Floats) -> tuple[str, ...]:
    out = []
    if np.isnan(ceiling).all():
        out.append(say(
            en="one person coded: how well two people would agree, the ceiling for any machine, is not known",
            ru="кодировал один человек: насколько согласились бы двое, потолок для любой машины, неизвестно",
        ))  # fmt: skip
    return tuple(out)
