"""Groups of people: by the channel of a step, by the first source, by labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import pandas as pd

from cjmkit.errors import CjmError
from cjmkit.events.data import By, Labels, LogData

__all__ = ["NO_CHANNEL", "attach_groups", "first_channel", "group_names", "join_groups", "split_by"]


NO_CHANNEL = "(none)"
"""The row of people and events without a channel; :func:`cjmkit.core.words.row_title` says it in Russian."""


def first_channel(log: LogData, column: str = "group") -> Any:
    """For every person the code of the first channel that they came from; 0 where no event has one."""
    rows, engine = log._canon.frame, log._canon.engine
    firsts = rows.filter(nw.col("c") > 0).group_by("u").agg(nw.col("k").min())
    found = rows.select("u", "k", "c").join(firsts, on=["u", "k"], how="inner").select("u", "c")
    # A union and a maximum instead of an outer join, whose missing values differ between engines.
    everybody = rows.select("u").unique().select("u", c=nw.lit(0))
    both = [found, everybody]
    kinds = engine.union([part.select("u", nw.col("c").cast(nw.Int64)) for part in both])
    return kinds.group_by("u").agg(nw.col("c").max().alias(column))


def split_by(by: By) -> tuple[str | Labels | None, Labels | None]:
    """The grouping, and the labels that go beside it: those of a pair, or a Series that is named persona."""
    if isinstance(by, tuple):
        words = [b for b in by if isinstance(b, str)]
        labels = [b for b in by if not isinstance(b, str)]
        if len(words) != 1 or len(labels) != 1:
            raise CjmError(
                "two groupings are a word and labels, as in by=('channel', labels); these came: "
                + ", ".join(type(b).__name__ if not isinstance(b, str) else repr(b) for b in by)
            )
        return words[0], labels[0]
    if isinstance(by, pd.Series) and by.name == "persona":
        return None, by
    return by, None


def attach_groups(
    log: LogData,
    first_step: list[int],
    *,
    by: By,
    closed: bool = True,
    steps: Sequence[list[int]] = (),
) -> tuple[Any, list[str], int]:
    """People who enter (u, k, t of the entering event), with their groups.

    Returns
    -------
    (frame, list of str, int)
        The people, the names of the group columns, and how many people had no label.
    """
    canon = log._canon
    wanted = first_step if closed else sorted({c for s in steps for c in s})
    entering = canon.frame.filter(canon.did(wanted))
    people = canon.engine.cache(entering.group_by("u").agg(nw.col("k").min(), nw.col("t").min()))
    people, grouping, left_out = join_groups(log, people, people.select("u", "k"), by)
    return (canon.engine.cache(people) if grouping else people), grouping, left_out


def join_groups(log: LogData, people: Any, entering: Any, by: By) -> tuple[Any, list[str], int]:
    """People with their groups; `entering` tells the event (u, k) whose channel is theirs."""
    by, labels = split_by(by)
    grouping: list[str] = []
    left_out = 0
    if isinstance(by, str) and by not in ("channel", "first_source"):
        by = log._property(by)
    if isinstance(by, str):
        log._need_channel(f"by={by!r}")
        if by == "channel":
            at = log._canon.frame.select("u", "k", nw.col("c").alias("group"))
            people = people.join(
                entering.join(at, on=["u", "k"], how="inner").select("u", "group"), on="u", how="inner"
            )
        else:
            people = people.join(first_channel(log), on="u", how="inner")
        grouping.append("group")
    elif by is not None:
        people, n = _join_labels(log, people, by, "group")
        left_out += n
        grouping.append("group")
    if labels is not None:
        people, n = _join_labels(log, people, labels, "persona")
        left_out += n
        grouping.append("persona")
    return people, grouping, left_out


def _join_labels(log: LogData, people: Any, labels: Any, column: str) -> tuple[Any, int]:
    if not isinstance(labels, pd.Series | Mapping):
        raise CjmError(
            en=f"labels are a Series or a mapping from person to {column}; {type(labels).__name__} came",
            ru=f"метки — Series или отображение от человека к {column}; пришло {type(labels).__name__}",
        )
    engine = log._canon.engine
    table = log._labels(labels, column)
    joined = engine.cache(people.join(engine.upload(table), on="u", how="inner"))
    before, after = (int(engine.collect(f.select(nw.len().alias("n")))["n"].iloc[0]) for f in (people, joined))
    if before and not after:
        some = engine.collect(people.select("u").head(3))["u"].tolist()
        raise CjmError(
            en=f"none of the labels belongs to a person of this log: labels are for {list(table['u'][:3])} …, "
            f"the log has {some} …; a person has one id everywhere",
            ru=f"ни одна метка не относится к человеку этого журнала: метки для {list(table['u'][:3])} …, в журнале "
            f"{some} …; у человека везде одно id",
        )
    return joined, before - after


def group_names(log: LogData, frame: pd.DataFrame, grouping: list[str]) -> pd.DataFrame:
    """Channel codes in the group column as names."""
    if "group" in grouping and pd.api.types.is_numeric_dtype(frame["group"].dtype):
        names = [NO_CHANNEL, *log.channels]
        frame = frame.assign(group=[names[int(c)] for c in frame["group"]])
    return frame
