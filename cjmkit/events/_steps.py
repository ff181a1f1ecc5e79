"""Counting the people at each step of a funnel: in order, past steps, or from wherever they entered."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd

__all__ = ["attempts", "in_lists", "open_steps", "ordered", "place_in", "skipping"]


def ordered(canon: Any, codes: list[list[int]], people: Any, grouping: list[str], limit: int | None) -> list[Any]:
    """Step by step, the first matching event after the one before; each step a small table of people.

    With a limit people are those of ``attempts``: the way has to fit into it from their start.
    """
    engine = canon.engine
    start = [nw.col("t").alias("t1")] if limit is not None else []
    before = people.select("u", *grouping, "k", "t", *start)
    out = [_counted(engine, before, grouping, None)]
    for step in codes[1:]:
        came = canon.frame.filter(canon.did(step)).select("u", nw.col("k").alias("k2"), nw.col("t").alias("t2"))
        joined = before.join(came, on="u", how="inner").filter(nw.col("k2") > nw.col("k"))
        if limit is not None:
            joined = joined.filter(nw.col("t2") <= nw.col("t1") + limit)
        # t grows with k, so the smallest of each belong to the same event.
        kept = [nw.col("t1").max()] if limit is not None else []
        reached = joined.group_by("u", *grouping).agg(
            nw.col("k2").min().alias("kk"), nw.col("t2").min().alias("tt"), nw.col("t").max().alias("tb"), *kept
        )
        reached = engine.cache(reached)
        out.append(_counted(engine, reached.with_columns(t=nw.col("tt")), grouping, "tb"))
        before = reached.select(
            "u", *grouping, nw.col("kk").alias("k"), nw.col("tt").alias("t"), *(["t1"] if kept else [])
        )
    return out


def in_lists(canon: Any, codes: list[list[int]]) -> list[Any]:
    """As ``ordered`` without groups and limit, from a row a person: one look along each list, without a join."""
    found = f"SELECT t, e, {place_in('e', codes[0])} AS p0 FROM {canon.lists}"
    for j, step in enumerate(codes[1:], 1):
        after = f"e[p{j - 1} + 1:]"
        found = f"SELECT *, CASE WHEN p{j - 1} > 0 THEN {place_in(after, step)} ELSE 0 END AS d{j} FROM ({found})"
        found = f"SELECT *, CASE WHEN d{j} > 0 THEN p{j - 1} + d{j} ELSE 0 END AS p{j} FROM ({found})"
    parts = [f"count(*) FILTER (p{j} > 0) AS u{j}" for j in range(len(codes))]
    parts += [f"median(t[p{j}] - t[p{j - 1}]) FILTER (p{j} > 0) AS w{j}" for j in range(1, len(codes))]
    row = canon.engine.collect(nw.from_native(canon.engine.sql(f"SELECT {', '.join(parts)} FROM ({found})"))).iloc[0]
    return [
        pd.DataFrame({"users": [int(row[f"u{j}"])], "wait": [row[f"w{j}"] if j else 0.0]}) for j in range(len(codes))
    ]


def place_in(items: str, step: list[int]) -> str:
    """The place of the first of several codes in a list; 0 where there is none."""
    if len(step) == 1:
        return f"coalesce(list_position({items}, {step[0]}), 0)"
    return f"coalesce(least({', '.join(f'nullif(list_position({items}, {c}), 0)' for c in step)}), 0)"


def _counted(engine: Any, reached: Any, grouping: list[str], since: str | None) -> pd.DataFrame:
    wait = (nw.col("t") - nw.col(since)) if since else nw.lit(0)
    rows = reached.with_columns(one=nw.lit(1), wait=wait)
    aggregated = [nw.col("one").sum().alias("users"), nw.col("wait").median().alias("wait")]
    if grouping:
        return engine.collect(rows.group_by(*grouping).agg(*aggregated))
    return engine.collect(rows.select(*aggregated))


def attempts(canon: Any, codes: list[list[int]], people: Any, grouping: list[str], limit: int) -> Any:
    """For each person the start of the attempt that gets furthest within the window (the first such attempt).

    For every event, in order: the latest start from which a chain of j steps is complete by now. It only grows, so a
    running maximum is enough; a latest start is best, because the window counts from it.
    """
    wanted = sorted({c for s in codes for c in s})
    rows = canon.frame.filter(canon.did(wanted)).select("u", "k", "t", "e")
    rows = rows.join(people.select("u"), on="u", how="inner")
    # 0 stands for "no chain"; times are shifted to begin at 1.
    rows = rows.with_columns(s=nw.col("t") - (canon.t_min - 1))
    rows = rows.with_columns(s0=nw.when(nw.col("e").is_in(codes[0])).then(nw.col("s")).otherwise(nw.lit(0)))
    rows = rows.with_columns(s0=nw.col("s0").cum_max().over("u", order_by="k"))
    for j in range(1, len(codes)):
        before = nw.col(f"s{j - 1}")
        if set(codes[j]) & set(codes[j - 1]):
            # The same row must not reach two steps: look at the state before it.
            rows = rows.with_columns(b=before.shift(1).over("u", order_by="k").fill_null(0))
            before = nw.col("b")
        complete = nw.col("e").is_in(codes[j]) & (before > 0) & (nw.col("s") - before <= limit)
        rows = rows.with_columns(nw.when(complete).then(before).otherwise(nw.lit(0)).alias(f"s{j}"))
        rows = rows.with_columns(nw.col(f"s{j}").cum_max().over("u", order_by="k"))
    never = canon.t_max - canon.t_min + 2
    rows = rows.with_columns(
        [
            nw.when(nw.col(f"s{j}") > 0).then(nw.col(f"s{j}")).otherwise(nw.lit(never)).alias(f"s{j}")
            for j in range(len(codes))
        ]
    )
    best = rows.group_by("u").agg([nw.col(f"s{j}").min() for j in range(len(codes))])
    start: Any = nw.col("s0")
    for j in range(1, len(codes)):
        start = nw.when(nw.col(f"s{j}") < never).then(nw.col(f"s{j}")).otherwise(start)
    best = canon.engine.cache(best.select(nw.col("u"), (start + (canon.t_min - 1)).alias("tb")))
    starts = canon.frame.filter(canon.did(codes[0])).select("u", nw.col("k").alias("kb"), nw.col("t").alias("ts"))
    found = (
        starts.join(best, on="u", how="inner").filter(nw.col("ts") == nw.col("tb")).group_by("u")
        .agg(nw.col("kb").min(), nw.col("ts").min())
    )  # fmt: skip
    return (
        people.select("u", *grouping)
        .join(found, on="u", how="inner")
        .select("u", *grouping, nw.col("kb").alias("k"), nw.col("ts").alias("t"))
    )


def skipping(canon: Any, codes: list[list[int]], people: Any, grouping: list[str], limit: int | None) -> list[Any]:
    """The furthest step that a person did after entering; ``did`` counts those who did the step itself."""
    engine = canon.engine
    entered = people.select("u", *grouping, "k", "t")
    out = [_counted(engine, entered, grouping, None)]
    done = [entered.select("u", *grouping, "t")]
    for step in codes[1:]:
        came = canon.frame.filter(canon.did(step)).select("u", nw.col("k").alias("k2"), nw.col("t").alias("t2"))
        joined = entered.join(came, on="u", how="inner").filter(nw.col("k2") > nw.col("k"))
        if limit is not None:
            joined = joined.filter(nw.col("t2") <= nw.col("t") + limit)
        did = engine.cache(joined.group_by("u", *grouping).agg(nw.col("t2").min().alias("t")))
        done.append(did)
    parts = [d.select("u", *grouping, j=nw.lit(j)) for j, d in enumerate(done)]
    furthest = engine.union(parts).group_by("u", *grouping).agg(nw.col("j").max())
    levels = engine.collect(furthest.with_columns(one=nw.lit(1)).group_by(*grouping, "j").agg(nw.col("one").sum()))
    for j in range(1, len(codes)):
        pair = done[j].join(
            done[j - 1].select("u", nw.col("t").alias("tb")), on="u", how="inner"
        ).filter(nw.col("t") >= nw.col("tb"))  # fmt: skip
        waits = _counted(engine, pair, grouping, "tb").drop(columns="users")
        did = _counted(engine, done[j].with_columns(tb=nw.col("t")), grouping, "tb").rename(columns={"users": "did"})
        up = levels[levels["j"] >= j]
        if grouping:
            users = up.groupby(grouping, as_index=False)["one"].sum().rename(columns={"one": "users"})
            users = users.merge(waits, on=grouping, how="left").merge(did.drop(columns="wait"), on=grouping, how="left")
        else:
            users = pd.DataFrame(
                {"users": [up["one"].sum()], "wait": [waits["wait"].iloc[0]], "did": [did["did"].iloc[0]]}
            )
        out.append(users)
    return out


def open_steps(canon: Any, codes: list[list[int]], people: Any, grouping: list[str], limit: int | None) -> list[Any]:
    """Each step by itself, and of those at the step before the ones who did this step after it."""
    engine = canon.engine
    everybody = people.select("u", *grouping)
    out, before, firsts = [], None, []
    for step in codes:
        came = canon.frame.filter(canon.did(step)).select("u", "k", "t")
        did = engine.cache(
            everybody.join(came, on="u", how="inner").group_by("u", *grouping).agg(nw.col("k").min(), nw.col("t").min())
        )
        counted = _counted(engine, did, grouping, None).drop(columns="wait")
        if before is None:
            counted["wait"] = np.nan
            counted["converted"] = np.nan
        else:
            after = came.select("u", nw.col("k").alias("k2"), nw.col("t").alias("t2"))
            joined = before.join(after, on="u", how="inner").filter(nw.col("k2") > nw.col("k"))
            if limit is not None:
                joined = joined.filter(nw.col("t2") <= nw.col("t") + limit)
            went = joined.group_by("u", *grouping).agg(nw.col("t2").min().alias("t"), nw.col("t").max().alias("tb"))
            went_on = _counted(engine, went, grouping, "tb").rename(columns={"users": "converted"})
            if grouping:
                counted = counted.merge(went_on, on=grouping, how="outer")
            else:
                counted = pd.concat([counted, went_on], axis=1)
        out.append(counted)
        firsts.append(did.select("u", *grouping))
        before = did
    anywhere = engine.union(firsts).unique()
    entered = _counted(engine, anywhere.with_columns(t=nw.lit(0)), grouping, None).rename(columns={"users": "entered"})
    out[0] = out[0].merge(entered.drop(columns="wait"), on=grouping, how="outer") if grouping else pd.concat(
        [out[0], entered.drop(columns="wait")], axis=1
    )  # fmt: skip
    return out
