"""How an outcome goes with codes, where most codes are a machine's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjmkit.coding.machine.data import MachineCodings
from cjmkit.coding.machine.labelling import labelled
from cjmkit.core.result import Figure, Result
from cjmkit.errors import CjmError, NotEnough, one_of
from cjmkit.i18n import listing, say
from cjmkit.people import ids

__all__ = ["CodeEffects", "outcome_on_codes"]

Floats = NDArray[np.floating]
FEWEST_CODED = 20


@dataclass(frozen=True, repr=False)
class CodeEffects(Result):
    """Coefficients of a linear regression of an outcome on codes, corrected for a machine's errors.

    Parameters
    ----------
    table : pandas.DataFrame
        code, value (difference of the outcome with and without the code, the others alike), low, high, n, n_labelled,
        machine (the coefficient of the machine's codes, never to be shown alone).
    outcome : str
        What was explained.
    """

    table: pd.DataFrame
    outcome: str
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key: ClassVar[tuple[str, ...]] = ("code",)
    _figure: ClassVar[Figure] = Figure(method="design-based, machine codes corrected by people's")
    _shown: ClassVar[tuple[str, ...]] = ("code", "value", "low", "high", "n", "n_labelled")

    def summary(self, lang: str | None = None) -> str:
        """Which codes go with the outcome."""
        told = self.table[(self.table["low"] > 0) | (self.table["high"] < 0)]["code"].tolist()
        n, k = int(self.table["n"].max()), int(self.table["n_labelled"].max())
        return say(
            en=f"{self.outcome or 'The outcome'} goes with {listing(told) or 'none of the codes'} (association, not "
            f"cause); n = {n} people, {k} of them coded by people.",
            ru=f"{self.outcome or 'Исход'} связан с: {listing(told) or 'ни с одним кодом'} (связь, не причина); "
            f"n = {n} человек, из них закодированы человеком {k}.",
            lang=lang,
        )


def outcome_on_codes(
    machine: MachineCodings,
    people: pd.DataFrame,
    outcome: pd.Series,
    *,
    codes: Sequence[str] | None = None,
    level: float = 0.95,
) -> CodeEffects:
    r"""Regress an outcome of people on the codes they have, most of them given by a machine.

    Parameters
    ----------
    machine : MachineCodings
        Codes of everybody.
    people : pandas.DataFrame
        People's codings of some, drawn at random: of them every unit was read, and at least one code was given (a
        person in whose words nothing was found is not known to have been read).
    outcome : pandas.Series
        A number or True/False per person (index participant).
    codes : sequence of str, optional
        Which codes explain; those that a tenth of the people or more have, by the machine, by default.
    level : float
        Confidence level.

    Returns
    -------
    CodeEffects

    Raises
    ------
    NotEnough
        If fewer than twenty people, or three for each code, were coded by people.
    CjmError
        If the outcome is not a number per person.

    Notes
    -----
    Design-based supervised learning (Egami, Hinck, Stewart and Wei 2023) for least squares: with :math:`\hat x` the
    machine's codes of a person, :math:`x` those by people, :math:`R` whether people coded them and :math:`\pi` the
    share they coded, :math:`\beta` solves :math:`\sum \hat x(y-\hat x'\beta) + (R/\pi)\,[x(y-x'\beta) - \hat
    x(y-\hat x'\beta)] = 0`. Whatever the machine's errors are, the estimate is right on average, for a random sample;
    limits are from the sandwich over people with Student's t.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjmkit as cj
    >>> rows = [(f"p{k}.txt", f"p{k}", "Too dear." if k % 3 == 0 else "All fine.") for k in range(90)]
    >>> turns = pd.concat([cj.interviews.read_text(f"Q: So?\nA: {t}", document=d).turns for d, p, t in rows])
    >>> book = cj.coding.Codebook(["price", "praise"])
    >>> def model(prompt):
    ...     code, quote = ("price", "Too dear") if "Too dear" in prompt.split("======")[-2] else ("praise", "All fine")
    ...     return '{"codes": [{"code": "%s", "quote": "%s"}]}' % (code, quote)
    >>> got = cj.coding.code_with(model, turns.reset_index(drop=True), book)
    >>> stays = pd.Series({p: float("dear" not in t) for p, t in zip(got.units["participant"], got.units["text"])})
    >>> by_hand = got.codings.assign(coder="eva")
    >>> effects = outcome_on_codes(got, by_hand, stays, codes=["price"])
    >>> round(effects.estimate("price").value, 2)
    -1.0
    """
    laid = labelled(machine, people)
    who, at = np.unique(laid.person.astype(str), return_inverse=True)
    chosen = list(laid.codes) if codes is None else [one_of(c, laid.codes, what="code") for c in codes]
    columns = [laid.codes.index(c) for c in chosen]
    guess = _ever(laid.machine[:, columns].astype(float), at, len(who))
    seen = ~np.isnan(laid.human[:, 0])
    whole = np.bincount(at, weights=(~seen).astype(float), minlength=len(who)) == 0
    human = _ever(np.nan_to_num(laid.human[:, columns]), at, len(who))
    y = _outcome(outcome, who)
    known = ~np.isnan(y)
    if codes is None and known.any():
        common = guess[known].mean(axis=0) >= 0.1
        chosen = [c for c, keep in zip(chosen, common, strict=True) if keep]
        guess, human = guess[:, common], human[:, common]
    guess, human, y, whole = guess[known], human[known], y[known], whole[known]
    n, k = len(y), int(whole.sum())
    if not chosen or k < max(FEWEST_CODED, 3 * (len(chosen) + 1)):
        raise NotEnough(
            say(
                en=f"{k} people with an outcome were coded by people, for {len(chosen)} codes",
                ru=f"людей с исходом, закодированных человеком: {k}, кодов: {len(chosen)}",
            ),
            why=say(en="the machine's errors cannot be told from so few", ru="по стольким ошибки машины не определить"),
            action=say(
                en="have more people coded, or name fewer codes=", ru="закодируйте ещё людей или назовите меньше codes="
            ),
        )
    beta, se = _corrected(guess, human, y, whole)
    naive, _ = _corrected(guess, guess, y, np.ones(n, dtype=bool))
    from scipy.stats import t

    half = float(t.ppf(0.5 + level / 2, max(1, k - len(chosen) - 1))) * se
    table = pd.DataFrame(
        {
            "code": chosen, "value": beta[1:], "low": (beta - half)[1:], "high": (beta + half)[1:],
            "n": n, "n_labelled": k, "machine": naive[1:],
        }
    )  # fmt: skip
    return CodeEffects(table, str(outcome.name or ""), level=level)


def _ever(marks: Floats, at: NDArray[np.integer], people: int) -> Floats:
    """Whether a person has each code at least once."""
    out = np.zeros((people, marks.shape[1]))
    np.maximum.at(out, at, marks)
    return out


def _outcome(outcome: pd.Series, who: NDArray[Any]) -> Floats:
    values = pd.to_numeric(outcome, errors="coerce").astype(float)
    given = dict(zip(ids(outcome.index), values, strict=True))
    return np.array([given.get(p, np.nan) for p in who])


def _corrected(guess: Floats, human: Floats, y: Floats, coded: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Coefficients (constant first) and their standard errors."""
    n = len(y)
    weight = coded / coded.mean()
    a, b = (np.column_stack([np.ones(n), x]) for x in (guess, human))
    bread = a.T @ a + (b * weight[:, None]).T @ b - (a * weight[:, None]).T @ a
    meat = a.T @ y + b.T @ (weight * y) - a.T @ (weight * y)
    try:
        beta = np.linalg.solve(bread, meat)
        inverse = np.linalg.inv(bread)
    except np.linalg.LinAlgError:
        raise CjmError(
            en="two codes always come together, or one never comes: name fewer codes=",
            ru="два кода всегда вместе, или один не встречается: назовите меньше codes=",
        ) from None
    machine, people = y - a @ beta, y - b @ beta
    pull = a * machine[:, None] + weight[:, None] * (b * people[:, None] - a * machine[:, None])
    pull = pull - pull.mean(axis=0)
    return beta, np.sqrt(np.maximum(np.diag(inverse @ (pull.T @ pull) @ inverse.T), 0))
