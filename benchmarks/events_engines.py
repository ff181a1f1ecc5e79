"""Event logs: time and memory of the common questions, beside hand-written queries and other tools.

Every measurement is a fresh process, from the raw Parquet file to the answer; the least of the repetitions counts,
and the peak is that of the process. "hand" is the query that somebody who knows DuckDB or Polars would write for the
same figures, with ties broken by the row's place as here; "bare" is the same without breaking ties. Other tools are
measured when
``--peers`` names an interpreter that has them.

    python benchmarks/events_engines.py --rows 10000000 [--peers path/to/python] [--repeat 2] [--only transitions]

A hundred million events within two gigabytes: ``BENCH_MEMORY=2GB python benchmarks/events_engines.py --rows 10000000
--times 10 --only transitions --skip polars,prepared``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
FUNNEL = ["e00", "e01", "e02", "e03", "e04"]


def make(path: Path, rows: int, seed: int = 1) -> None:
    """Write a log by time, with ties: 15 events, 9 channels, a heavy-tailed number of events a person (mean 30)."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(seed)
    people = max(1, rows // 30)
    weight = rng.lognormal(0, 1.5, people)
    user = rng.choice(people, rows, p=weight / weight.sum()).astype("int64")
    event = rng.choice(15, rows, p=np.r_[[0.16, 0.13, 0.1, 0.08, 0.05], np.full(10, 0.048)])
    channel = (user * 7919 + rng.integers(0, 40, rows) // 30) % 9  # a person mostly keeps a channel
    seconds = np.sort(rng.integers(0, 180 * 86400, rows))
    frame = pd.DataFrame(
        {
            "user": user,
            "time": pd.Timestamp("2026-01-01") + pd.to_timedelta(seconds, "s"),
            "event": pd.Categorical.from_codes(event, [f"e{i:02d}" for i in range(15)]).astype("str"),
            "channel": pd.Categorical.from_codes(channel, [f"c{i}" for i in range(9)]).astype("str"),
        }
    )
    frame.to_parquet(path, row_group_size=1_000_000)


def grow(path: Path, times: int) -> Path:
    """The same log several times over, as other people: 100 million events without holding them in memory."""
    import duckdb

    out = path.with_name(f"{path.stem}-x{times}.parquet")
    if not out.exists():
        copies = " UNION ALL ".join(
            f"SELECT user + {i} * 1000000000 AS user, time, event, channel FROM '{path}'" for i in range(times)
        )
        con = duckdb.connect()
        con.execute("SET preserve_insertion_order = false")
        con.execute(f"COPY ({copies}) TO '{out}' (FORMAT parquet, ROW_GROUP_SIZE 1000000)")
    return out


# ---------------------------------------------------------------- ours

ROLES = {"user": "user", "time": "time", "event": "event"}
OURS = {
    "transitions": lambda log: log.transitions(detail=False),
    "transitions with people, time, interval": lambda log: log.transitions(),
    "funnel, 5 steps": lambda log: log.funnel(FUNNEL),
    "step matrix, 10 steps": lambda log: log.step_matrix(steps=10),
    "paths, top 20": lambda log: log.paths(fold=None),
    "attribution, Markov": lambda log: log.attribution("e14", models=["markov"], resamples=100),
    "sessions, stuck, outcomes": lambda log: [log.sessions(), log.stuck(FUNNEL[:3], resamples=50), log.outcomes("e14")][
        -1
    ],
}


def ours(path: str, op: str, engine: str) -> object:
    import cjmkit as cj

    roles = ROLES | ({"channel": "channel"} if op.startswith("attribution") else {})
    if engine == "polars":
        import polars as pl

        log = cj.EventLog(pl.scan_parquet(path), **roles)
    elif engine == "prepared":
        log = cj.EventLog(path.replace(".parquet", ".prepared.parquet"))
    else:
        log = cj.EventLog(path, **roles, options=cj.events.LogOptions(memory_limit=os.environ.get("BENCH_MEMORY")))
    return OURS[op](log).table


def prepare(path: str) -> object:
    import cjmkit as cj

    return cj.EventLog(path, channel="channel", **ROLES).prepare(
        path.replace(".parquet", ".prepared.parquet"), overwrite=True
    )


# ---------------------------------------------------------------- by hand

SOURCE = "read_parquet('{path}', file_row_number = true)"
TIE, BARE = "time, file_row_number", "time"
SQL = {
    "transitions": """
        SELECT p, event, count(*) FROM (SELECT event, lag(event) OVER (PARTITION BY user ORDER BY {order}) AS p FROM
        {source})
        GROUP BY ALL""",
    "transitions with people, time, interval": """
        WITH s AS MATERIALIZED (SELECT user, event, lag(event) OVER w AS p, time - lag(time) OVER w AS d FROM {source}
                   WINDOW w AS (PARTITION BY user ORDER BY {order})),
        m AS MATERIALIZED (SELECT user, p, event, count(*) AS m FROM s WHERE p IS NOT NULL GROUP BY ALL),
        t AS (SELECT user, p, sum(m) AS s FROM m GROUP BY ALL)
        SELECT *, (SELECT count(*) FROM t) FROM (SELECT p, event, sum(m.m), count(*), sum(m.m * m.m), sum(m.m * t.s)
            FROM m JOIN t USING (user, p) GROUP BY ALL)
        JOIN (SELECT p, event, median(d) FROM s WHERE p IS NOT NULL GROUP BY ALL) USING (p, event)""",
    "funnel, 5 steps": """
        WITH e AS (SELECT user, event, epoch_us(time)::HUGEINT * 100000000 + file_row_number AS k FROM {source}),
        s0 AS MATERIALIZED (SELECT user, min(k) AS k FROM e WHERE event = 'e00' GROUP BY user),
        """
    + ",\n        ".join(
        f"s{i} AS MATERIALIZED (SELECT user, min(e.k) AS k, any_value(s{i - 1}.k) AS b FROM e JOIN s{i - 1} USING "
        f"(user) "
        f"WHERE event = 'e{i:02d}' AND e.k > s{i - 1}.k GROUP BY user)"
        for i in range(1, 5)
    )
    + "\n        SELECT count(*), NULL FROM s0 "
    + " ".join(f"UNION ALL SELECT count(*), median((k - b)::DOUBLE) FROM s{i}" for i in range(1, 5)),
    "step matrix, 10 steps": """
        SELECT n, event, count(*) FROM (SELECT event, row_number() OVER (PARTITION BY user ORDER BY {order}) AS n FROM
        {source})
        WHERE n <= 10 GROUP BY ALL""",
    "paths, top 20": """
        SELECT path, count(*) AS n FROM (SELECT user, list(event ORDER BY {order}) AS path FROM {source} GROUP BY user)
        GROUP BY path ORDER BY n DESC LIMIT 20""",
    "attribution, Markov": """
        WITH t AS (SELECT user, {key} AS k, event, channel FROM {source}),
        d AS MATERIALIZED (SELECT user, coalesce(min(k) FILTER (event = 'e14'), max(k)) AS last, bool_or(event =
        'e14') AS won
              FROM t GROUP BY user),
        c AS MATERIALIZED (SELECT * FROM (SELECT user, k, channel, won, lag(channel) OVER (PARTITION BY user ORDER BY
        k) AS p
              FROM t JOIN d USING (user) WHERE k <= last) WHERE channel IS DISTINCT FROM p)
        SELECT p, channel, count(*) FROM c GROUP BY ALL
        UNION ALL SELECT channel, won::VARCHAR, count(*) FROM (
            SELECT user, arg_max(channel, k) AS channel, any_value(won) AS won FROM c GROUP BY user) GROUP BY ALL""",
    "sessions, stuck, outcomes": """
        WITH s AS (SELECT user, time, lag(time) OVER (PARTITION BY user ORDER BY {order}) AS q FROM {source}),
        f AS (SELECT user, time, sum((q IS NULL OR time - q > INTERVAL 30 MINUTE)::INT) OVER (PARTITION BY user ORDER BY
        time) AS n FROM s)
        SELECT count(*), median(d), avg(m) FROM (SELECT max(time) - min(time) AS d, count(*) AS m FROM f
        GROUP BY user, n);
        WITH e AS (SELECT user, event, time FROM {source}),
        s0 AS MATERIALIZED (SELECT user, min(time) AS t FROM e WHERE event = 'e00' GROUP BY user),
        s1 AS MATERIALIZED (SELECT user, min(e.time) AS t, any_value(s0.t) AS b FROM e JOIN s0 USING (user)
            WHERE event = 'e01' AND e.time > s0.t GROUP BY user),
        s2 AS MATERIALIZED (SELECT user, min(e.time) AS t, any_value(s1.t) AS b FROM e JOIN s1 USING (user)
            WHERE event = 'e02' AND e.time > s1.t GROUP BY user),
        w AS (SELECT s0.user, epoch(coalesce(s1.t, (SELECT max(time) FROM e)) - s0.t)::BIGINT AS d, s1.t IS NULL AS open
              FROM s0 LEFT JOIN s1 USING (user) UNION ALL
              SELECT s1.user, epoch(coalesce(s2.t, (SELECT max(time) FROM e)) - s1.t)::BIGINT, s2.t IS NULL
              FROM s1 LEFT JOIN s2 USING (user))
        SELECT d, open, count(*) FROM w GROUP BY ALL;
        SELECT d, won, count(*) FROM (SELECT epoch(coalesce(min(time) FILTER (event = 'e14'), (SELECT max(time) FROM
            {source})) - min(time))::BIGINT AS d, bool_or(event = 'e14') AS won FROM {source} GROUP BY user)
        GROUP BY ALL""",
}


def by_hand(path: str, op: str, order: str) -> object:
    import duckdb

    con = duckdb.connect()
    if os.environ.get("BENCH_MEMORY"):
        con.execute(f"SET memory_limit = '{os.environ['BENCH_MEMORY']}'")
    key = "epoch_us(time)::HUGEINT * 100000000 + file_row_number" if order == TIE else "time"
    query = SQL[op].replace("{source}", SOURCE.format(path=path)).replace("{order}", order).replace("{key}", key)
    return [con.execute(q).df() for q in query.split(";")][-1]


# ---------------------------------------------------------------- others


def peer(path: str, op: str, name: str) -> object:
    import pandas as pd

    os.environ["RETENTIONEERING_NO_TRACK"] = "1"
    if name == "pm4py (polars)":
        import pm4py
        import polars as pl

        frame = pl.scan_parquet(path).rename(
            {"user": "case:concept:name", "event": "concept:name", "time": "time:timestamp"}
        )
        frame = frame.with_columns(pl.col("case:concept:name").cast(pl.String))
        return pm4py.discover_dfg(frame)
    frame = pd.read_parquet(path)
    if name == "pm4py (pandas)":
        import pm4py

        frame["user"] = frame["user"].astype(str)
        return pm4py.discover_dfg(
            pm4py.format_dataframe(frame, case_id="user", activity_key="event", timestamp_key="time")
        )
    import retentioneering as rete

    frame["user"] = frame["user"].astype(str)
    schema = {"path_cols": ["user"], "event_col": "event", "timestamp_col": "time", "segment_cols": ["channel"]}
    return rete.Eventstream(frame, schema=schema).transition_graph_data()


# ---------------------------------------------------------------- measuring


def measure(python: str, arguments: list[str]) -> tuple[float, float] | str:
    run = subprocess.run([python, __file__, "--worker", *arguments], capture_output=True, text=True, timeout=1800)
    if run.returncode:
        return run.stderr.strip().splitlines()[-1][:90] if run.stderr.strip() else f"exit {run.returncode}"
    told = json.loads(run.stdout.strip().splitlines()[-1])
    return told["seconds"], told["gb"]


def compare(runs: list[tuple[str, str, list[str]]], repeat: int) -> dict[str, tuple[float, float] | str]:
    """Run everybody in turn, several times over: what else the machine does then hits all alike."""
    out: dict[str, tuple[float, float] | str] = {}
    for _ in range(repeat):
        for who, python, arguments in runs:
            got, known = measure(python, arguments), out.get(who)
            if isinstance(got, str) or isinstance(known, str):
                out[who] = got if isinstance(got, str) else known  # type: ignore[assignment]
            else:
                out[who] = got if known is None else (min(got[0], known[0]), max(got[1], known[1]))
    return out


def worker(what: str, path: str, op: str, detail: str) -> None:
    import time

    # Imports are not what is measured.
    if what == "ours":
        import duckdb  # noqa: F401
        import narwhals  # noqa: F401
        import pandas  # noqa: F401
        import scipy.stats  # noqa: F401

        import cjmkit.events.attribution
        import cjmkit.events.log
        import cjmkit.events.paths
        import cjmkit.events.prepare  # noqa: F401

        if detail == "polars":
            import polars  # noqa: F401
    begin = time.perf_counter()
    if what == "ours":
        prepare(path) if op == "prepare" else ours(path, op, detail)
    elif what == "hand":
        by_hand(path, op, TIE if detail == "ties" else BARE)
    else:
        peer(path, op, detail)
    seconds = time.perf_counter() - begin
    # Not ru_maxrss: a child begins with that of its parent.
    status = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(json.dumps({"seconds": seconds, "gb": peak / 1e6}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=1, help="the log so many times over, as other people")
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--skip", default="")
    parser.add_argument("--peers", default="")
    parser.add_argument("--folder", default=tempfile.gettempdir())
    parser.add_argument("--out", default="")
    parser.add_argument("--worker", nargs=4)
    given = parser.parse_args()
    if given.worker:
        return worker(*given.worker)
    path = Path(given.folder) / f"cjmkit-events-{given.rows}.parquet"
    if not path.exists():
        make(path, given.rows)
    if given.times > 1:
        path = grow(path, given.times)
    lines = [
        f"## {given.rows:,} events, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "",
        "| question | who | seconds | peak GB | against hand |",
        "|---|---|---:|---:|---:|",
    ]

    def add(op: str, who: str, got: tuple[float, float] | str, base: float | None) -> None:
        if isinstance(got, str):
            lines.append(f"| {op} | {who} | {got} | | |")
        else:
            ratio = f"{got[0] / base:.2f}×" if base else ""
            lines.append(f"| {op} | {who} | {got[0]:.2f} | {got[1]:.2f} | {ratio} |")
        print(lines[-1], flush=True)

    if "prepared" not in given.skip.split(","):
        add("prepare", "cjmkit", measure(sys.executable, ["ours", str(path), "prepare", ""]), None)
    for op in OURS:
        if given.only and given.only not in op:
            continue
        runs = [("hand, DuckDB", sys.executable, ["hand", str(path), op, "ties"])]
        if "{order}" in SQL[op] and not op.startswith("sessions"):
            runs.append(("bare, DuckDB (ties as they fall)", sys.executable, ["hand", str(path), op, "bare"]))
        for engine in ("duckdb", "polars", "prepared"):
            if engine not in given.skip.split(","):
                runs.append((f"cjmkit on {engine}", sys.executable, ["ours", str(path), op, engine]))
        found = compare(runs, given.repeat)
        if given.peers and op == "transitions":
            for name in ("pm4py (polars)", "pm4py (pandas)", "retentioneering"):
                found[name] = measure(given.peers, ["peer", str(path), op, name])
        hand = found["hand, DuckDB"]
        for who, got in found.items():
            add(op, who, got, None if isinstance(hand, str) else hand[0])
    out = Path(given.out or HERE / "results" / f"events_engines_{given.rows}.md")
    out.parent.mkdir(exist_ok=True)
    out.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
