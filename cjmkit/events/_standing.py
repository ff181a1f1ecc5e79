"""Where people stand in a chain of steps: the furthest step, and whether they are open, left, or went another way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import narwhals as nw
import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.events._groups import attach_groups
from cjmkit.events.data import By, LogData
from cjmkit.i18n import number, say
from cjmkit.stats import wilson

__all__ = ["Asked", "asked_of", "chain_of", "standing", "still_in_window"]


class Asked(NamedTuple):
    """What was asked, in codes."""

    codes: list[list[int]]
    lost: list[int]
    by: By
    moment: int


def asked_of(
    log: LogData, steps: Sequence[str | Sequence[str]], lost: str | Sequence[str] | None, by: By, moment: int
) -> Asked:
    """The question in codes; an event cannot be a step and an exit."""
    asked = Asked([log._codes(s) for s in steps], log._codes(lost) if lost else [], by, moment)
    twice = set(asked.lost) & {c for s in asked.codes for c in s}
    if twice:
        raise CjmError(
            en=f"{log.events[min(twice) - 1]!r} is a step and an exit; it can be one of them",
            ru=f"{log.events[min(twice) - 1]!r} — и шаг, и выход; может быть что-то одно",
        )
    return asked


def chain_of(log: LogData, asked: Asked) -> tuple[list[Any], list[str], int]:
    """People at each step (u, groups, k, t, tb), as far as the moment lets us see."""
    canon, engine = log._canon, log._canon.engine
    codes, moment = asked.codes, asked.moment
    people, grouping, left_out = attach_groups(log, codes[0], by=asked.by)
    before = people.filter(nw.col("t") <= moment).select("u", *grouping, "k", "t", nw.col("t").alias("tb"))
    out = [before]
    for step in codes[1:]:
        came = canon.frame.filter(canon.did(step) & (nw.col("t") <= moment))
        came = came.select("u", nw.col("k").alias("k2"), nw.col("t").alias("t2"))
        joined = before.select("u", *grouping, "k", "t").join(came, on="u", how="inner")
        reached = joined.filter(nw.col("k2") > nw.col("k")).group_by("u", *grouping).agg(
            nw.col("k2").min().alias("kk"), nw.col("t2").min().alias("tt"), nw.col("t").max().alias("tb"),
        )  # fmt: skip
        reached = engine.cache(reached)
        before = reached.select("u", *grouping, nw.col("kk").alias("k"), nw.col("tt").alias("t"), "tb")
        out.append(before)
    return out, grouping, left_out


def standing(log: LogData, asked: Asked, chain: list[Any], grouping: list[str]) -> Any:
    """Where each person stands: u, groups, j the furthest step, k and t of its event, ended, wait.

    ``ended`` is 0 while open, 2 for a stated exit, 3 for a later step past the next one; the wait lasts until that.
    """
    canon, engine = log._canon, log._canon.engine
    union = engine.union([c.select("u", *grouping, "k", "t", j=nw.lit(j)) for j, c in enumerate(chain)])
    people = union.group_by("u", *grouping).agg(
        nw.col("j").max(), nw.col("k").max(), nw.col("k").min().alias("k0"), nw.col("t").max()
    )
    people = engine.cache(people)
    last = len(asked.codes) - 1
    step: Any = nw.lit(0)
    for j in range(1, last + 1):
        step = nw.when(nw.col("e").is_in(asked.codes[j])).then(nw.lit(j)).otherwise(step)
    ends = canon.frame.filter(canon.did(sorted({*asked.lost, *(c for s in asked.codes[1:] for c in s)})))
    ends = ends.filter(nw.col("t") <= asked.moment).select("u", nw.col("k").alias("k2"), nw.col("t").alias("t2"), "e")
    ends = ends.join(people.select("u", "j", "k", "k0"), on="u", how="inner").filter(nw.col("k2") > nw.col("k0"))
    ends = ends.with_columns(s=step)
    # A later step is another way from where the person stands; the last step ends the journey wherever it was done.
    further = (nw.col("s") == last) | ((nw.col("s") > nw.col("j") + 1) & (nw.col("k2") > nw.col("k")))
    other = nw.when(further & (nw.col("j") < last)).then(nw.lit(3)).otherwise(nw.lit(0))
    out: Any = nw.when(nw.col("e").is_in(asked.lost)).then(nw.lit(2)).otherwise(other) if asked.lost else other
    ends = ends.with_columns(ended=out).filter(nw.col("ended") > 0)
    ends = ends.group_by("u").agg(nw.col("t2").min(), nw.col("ended").min())
    columns = ["u", *grouping, "j", "k", "t"]
    whole = people.select(*columns, ended=nw.lit(0).cast(nw.Int64), t2=nw.lit(0).cast(nw.Int64))
    met = people.select(*columns).join(
        ends.select("u", nw.col("ended").cast(nw.Int64), nw.col("t2").cast(nw.Int64)), on="u", how="inner"
    )
    both = engine.union([part.select(*columns, "ended", "t2") for part in (whole, met)])
    both = both.group_by("u", *grouping).agg([nw.col(c).max() for c in ("j", "k", "t", "ended", "t2")])
    until = nw.when(nw.col("ended") > 0).then(nw.max_horizontal("t2", "t")).otherwise(nw.lit(asked.moment))
    return engine.cache(both.with_columns(wait=until - nw.col("t")).drop("t2"))


def still_in_window(table: pd.DataFrame, settled: pd.DataFrame, window: str) -> list[str]:
    """Who may still come, because their window was not over when the log ended."""
    first = table["step"].eq(table["step"].iloc[0])
    late = int(table.loc[first, "users"].sum() - settled.loc[settled["step"].eq(table["step"].iloc[0]), "users"].sum())
    if not late:
        return []
    rest = settled[settled["step"].eq(settled["step"].iloc[-1])]
    users, n = int(rest["users"].sum()), int(rest["entered"].sum())
    share, low, high = (float(x[0]) for x in wilson([users], [n]))
    pct = [number(x, 1, percent=True) for x in (share, low, high)]
    return [
        say(
            en=f"{late:,} people entered less than {window} before the log ends and may still come; of the {n:,} whose "
            f"window is over {pct[0]} ({pct[1]} to {pct[2]}) get to the end (settled)",
            ru=f"окно ({window}) к концу журнала не истекло у {late}: они ещё могут дойти; из {n}, у кого истекло, "
            f"доходят {pct[0]} (от {pct[1]} до {pct[2]}; settled)",
        )
    ]
