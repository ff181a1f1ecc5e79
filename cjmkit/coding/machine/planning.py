"""Which units people have to code before a machine's codes can be trusted, and how many."""

from __future__ import annotations

import numpy as np

from cjmkit.coding.machine.data import MachineCodings
from cjmkit.coding.machine.labelling import Plan, labelled, strata_of
from cjmkit.errors import CjmError
from cjmkit.stats import z_of

__all__ = ["plan_validation"]


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
        raise CjmError(
            en="give n (units) or margin (for example 0.05), one of the two",
            ru="дайте n (единиц) или margin (например 0.05), что-то одно",
        )
    if n is None and margin is not None:
        if not 0 < margin < 0.5:
            raise CjmError(
                en=f"margin lies between 0 and 0.5, not {margin!r}", ru=f"margin между 0 и 0.5, а не {margin!r}"
            )
        n = int(np.ceil(z_of(0.95) ** 2 * spread / margin**2))
    n = min(int(n or 0), total)
    if n < 1:
        raise CjmError(en="n is a whole number from 1 on", ru="n — целое число от 1")
    counts = f.sum(axis=0)
    rare = sorted((k for k in range(f.shape[1]) if 0 < counts[k] <= 0.02 * total + 10), key=lambda k: (counts[k], k))
    strata = (*(f"code:{machine.codes[k]}" for k in rare), "some", "none")
    draft = Plan(units.iloc[:0], strata, machine.codes, 0.0)
    of = strata_of(f, draft)
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
