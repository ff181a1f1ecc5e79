"""Prepare: write a log once, sorted and coded, so that later questions are plain aggregations."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import TypeVar

from cjmkit.errors import CjmError
from cjmkit.events._duck import PREPARED, escaped, pair_of, people_beside, text
from cjmkit.events._engine import DuckEngine
from cjmkit.events.data import LogData

__all__ = ["prepare"]

LISTED = 50_000_000
"""Of larger logs no row a person is written: their lists would have to fit into memory."""

Log = TypeVar("Log", bound=LogData)


def prepare(log: Log, path: str | os.PathLike[str], *, overwrite: bool = False) -> Log:
    """Write the log sorted by person and time, with codes for names, as Parquet, and open it.

    Parameters
    ----------
    log : LogData
        A log on DuckDB, pandas or Polars.
    path : path
        File to write, ending in ``.parquet``.
    overwrite : bool
        Replace an existing file.

    Returns
    -------
    EventLog
        The prepared log; ``EventLog(path)`` opens it again without naming columns.

    Notes
    -----
    Beside ``NAME.parquet`` lies ``NAME.people.parquet``: a row a person with the events and times in order, from which
    funnels and attribution are answered several times faster. Without it, or above 50 million events, they are
    answered from the rows.

    Raises
    ------
    CjmError
        If the file exists, or the log lives in a warehouse (prepare it there, or write it to Parquet first).

    Examples
    --------
    >>> import pandas as pd, cjmkit as cj
    >>> rows = [("a", 0, "ad", "visit"), ("a", 5, "ad", "form"), ("a", 9, "mail", "paid"), ("b", 0, "mail", "visit"),
    ...         ("b", 90, "mail", "form"), ("c", 3, "ad", "visit")]
    >>> frame = pd.DataFrame(rows, columns=["who", "minute", "channel", "what"])
    >>> frame["when"] = pd.Timestamp("2026-03-02 12:00") + pd.to_timedelta(frame["minute"], "min")
    >>> log = cj.EventLog(frame, user="who", time="when", event="what", channel="channel")
    >>> import tempfile
    >>> fast = log.prepare(tempfile.mkdtemp() + "/shop.parquet")
    >>> fast.funnel(["visit", "form", "paid"]).table["users"].tolist()
    [3, 2, 1]
    """
    path = Path(path)
    if path.suffix.lower() not in (".parquet", ".pq"):
        raise CjmError(
            en=f"a prepared log is a Parquet file; call it {path.with_suffix('.parquet').name!r}",
            ru=f"подготовленный журнал — файл Parquet; назовите его {path.with_suffix('.parquet').name!r}",
        )
    if path.exists() and not overwrite:
        raise CjmError(
            en=f"{path} exists; pass overwrite=True to replace it",
            ru=f"{path} уже есть; чтобы заменить, передайте overwrite=True",
        )
    beside = people_beside(path)
    if beside.exists() and pair_of(DuckEngine(), beside) is None:
        raise CjmError(
            en=f"{beside} exists and was not written by prepare(); call the log otherwise, or move that file",
            ru=f"{beside} уже есть и записан не prepare(); назовите журнал иначе или переместите этот файл",
        )
    canon = log._canon
    if isinstance(canon.engine, DuckEngine):
        duck, relation = canon.engine, canon.frame.to_native()
    elif canon.engine.name in ("pandas", "polars"):
        duck = DuckEngine()
        duck.register("cjm_rows", canon.engine.collect(canon.frame))
        relation = duck.sql("SELECT * FROM cjm_rows")
    else:
        raise CjmError(
            en=f"a log on {canon.engine.name} cannot be prepared from here: write it to Parquet there and open that "
            f"file",
            ru=f"журнал на {canon.engine.name} отсюда не подготовить: запишите его там в Parquet и откройте этот файл",
        )
    v = ", v" if canon.has_value else ""
    query = (
        "SELECT * FROM cjm_view ORDER BY u, n" if canon.ready else
        f"SELECT u, t, r, e, c{v}, CAST(n AS INTEGER) AS n, p, CASE WHEN p > 0 THEN t - q ELSE 0 END AS d FROM ("
        "SELECT *, row_number() OVER w AS n, coalesce(lag(e) OVER w, 0) AS p, lag(t) OVER w AS q FROM cjm_view "
        "WINDOW w AS (PARTITION BY u ORDER BY k)) ORDER BY u, n"
    )  # fmt: skip
    notes = {
        "format": PREPARED, "events": canon.events, "event_rows": canon.event_rows, "channels": canon.channels,
        "n_rows": canon.n_rows, "n_people": canon.n_people, "t_min": canon.t_min, "t_max": canon.t_max,
        "has_channel": canon.has_channel, "has_value": canon.has_value, "user_kind": canon.user_kind,
        "stages": log.stage_of, "tz": log.tz, "source_sha256": log.sha256, "pair": secrets.token_hex(8),
    }  # fmt: skip
    part = path.with_name(path.name + ".part")
    try:
        relation.query(
            "cjm_view",
            f"COPY ({query}) TO {text(str(part))} (FORMAT parquet, COMPRESSION zstd, "
            f"KV_METADATA {{cjmkit: {text(json.dumps(notes, ensure_ascii=False))}}})",
        )
        os.replace(part, path)
        beside.unlink(missing_ok=True)
        if canon.n_rows <= LISTED:
            pair = text(json.dumps({"format": PREPARED, "pair": notes["pair"]}))
            DuckEngine().sql(
                f"COPY ({_a_row_a_person(path)}) TO {text(str(part))} (FORMAT parquet, COMPRESSION zstd, "
                f"KV_METADATA {{cjmkit_people: {pair}}})"
            )
            os.replace(part, beside)
    finally:
        part.unlink(missing_ok=True)
    return type(log)(path, name=log.name)


def _a_row_a_person(path: Path) -> str:
    """What funnels and attribution ask, person by person; a touch is a channel other than that of the touch before."""
    rows = (
        f"SELECT u, min(r) AS r, list(e ORDER BY n) AS e, list(t ORDER BY n) AS t, list(c ORDER BY n) AS c "
        f"FROM read_parquet({text(escaped(path))}) GROUP BY u"
    )
    met = f"SELECT *, list_filter(range(1, len(c) + 1), lambda i: c[i] > 0) AS k FROM ({rows})"
    fresh = f"SELECT *, list_filter(k, lambda x, j: j = 1 OR c[x] <> c[k[j - 1]]) AS tk FROM ({met})"
    return f"SELECT u, r, e, t, tk, list_transform(tk, lambda x: c[x]) AS tc FROM ({fresh}) ORDER BY u"
