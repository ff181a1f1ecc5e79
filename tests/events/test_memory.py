"""A log larger than the memory that the process may have is still counted, and counted right."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

WORK = """
import json, resource, sys
import numpy, pandas, duckdb, scipy.stats, narwhals
import cjmkit as cj, cjmkit.events.paths, cjmkit.events.funnel, cjmkit.events.transitions
def used():
    with open("/proc/self/status") as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmData"))
room = 700_000_000
resource.setrlimit(resource.RLIMIT_DATA, (used() + room, used() + room))
little = cj.events.LogOptions(memory_limit="300MB", threads=1)
log = cj.EventLog(sys.argv[1], user="who", time="when", event="what", options=little)
out = {"rows": log.n_events, "people": log.n_people,
       "moves": int(log.transitions(detail=False).table["count"].sum()),
       "funnel": log.funnel(["e0", "e1", "e2"]).table["users"].tolist()}
try:
    pandas.read_parquet(sys.argv[1]); out["pandas"] = "fits"
except (MemoryError, Exception) as problem:
    out["pandas"] = type(problem).__name__
print(json.dumps(out))
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits on a process's data are those of Linux")
def test_a_log_larger_than_the_limit_of_the_process(tmp_path):
    import duckdb

    rows = 8_000_000
    duckdb.connect().execute(
        f"COPY (SELECT 'a rather long id of a person ' || (hash(i) % 200000) AS who, "
        f"TIMESTAMP '2026-01-01' + to_seconds(i) AS when, 'e' || (hash(i, 7) % 5) AS what FROM range({rows}) t(i)) "
        f"TO '{tmp_path / 'log.parquet'}' (ROW_GROUP_SIZE 50000)"
    )
    run = subprocess.run(
        [sys.executable, "-c", WORK, str(tmp_path / "log.parquet")], capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr[-2000:]
    got = json.loads(run.stdout.splitlines()[-1])
    # The same log does not fit into the process as a frame: the limit is real.
    assert got["pandas"] != "fits"
    assert (got["rows"], got["people"]) == (rows, 200_000)
    assert got["moves"] == rows - 200_000
    want = duckdb.sql(
        f"WITH e AS (FROM '{tmp_path / 'log.parquet'}'), "
        "a AS (SELECT who, min(\"when\") AS t FROM e WHERE what = 'e0' GROUP BY who), "
        "b AS (SELECT e.who, min(e.when) AS t FROM e JOIN a ON e.who = a.who AND e.when > a.t WHERE what = 'e1' "
        "GROUP BY e.who), "
        "c AS (SELECT e.who FROM e JOIN b ON e.who = b.who AND e.when > b.t WHERE what = 'e2' GROUP BY e.who) "
        "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM b), (SELECT count(*) FROM c)"
    ).fetchall()[0]
    assert tuple(got["funnel"]) == want
