"""Prepare: write a log once, sorted and coded, so that later questions are plain aggregations."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TypeVar

from cjmkit.errors import CjmError
from cjmkit.events._duck import PREPARED, text
from cjmkit.events._engine import DuckEngine
from cjmkit.events.data import LogData

__all__ = ["prepare"]

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

    Raises
    ------
    CjmError
        If the file exists, or the log lives in a warehouse (prepare it there, or write it to Parquet first).
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
        "stages": log.stage_of, "tz": log.tz, "source_sha256": log.sha256,
    }  # fmt: skip
    part = path.with_name(path.name + ".part")
    try:
        relation.query(
            "cjm_view",
            f"COPY ({query}) TO {text(str(part))} (FORMAT parquet, COMPRESSION zstd, "
            f"KV_METADATA {{cjmkit: {text(json.dumps(notes, ensure_ascii=False))}}})",
        )
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return type(log)(path, name=log.name)
