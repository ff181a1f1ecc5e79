"""A slow reference, written from the definitions and sharing no code with the package; and the engines to compare."""

from __future__ import annotations

import itertools
import os
from collections import Counter, defaultdict
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

STAGES = {"a": "one", "b": "one", "c": "two", "d": "three"}
ROLES = {"user": "who", "time": "when", "event": "what", "channel": "where"}


def make_log(seed: int, people: int = 12, rows: int = 80, ties: bool = True) -> pd.DataFrame:
    """Random events in whole minutes, so that ties are common; some people have one event, some rows no channel."""
    rng = np.random.default_rng(seed)
    who = rng.choice([f"p{i:02d}" for i in range(people)], rows, p=rng.dirichlet(np.full(people, 0.7)))
    minutes = rng.integers(0, 40 if ties else 10**6, rows) * rng.choice([1, 1, 7, 60], rows)
    return pd.DataFrame(
        {
            "who": who,
            "when": pd.Timestamp("2026-02-27 21:00") + pd.to_timedelta(minutes, "min"),
            "what": rng.choice(list("abcde"), rows, p=[0.3, 0.25, 0.2, 0.15, 0.1]),
            "where": rng.choice(["ads", "mail", "search", None], rows, p=[0.3, 0.2, 0.3, 0.2]),
        }
    )


def people_of(frame: pd.DataFrame) -> dict[str, list[tuple]]:
    """For each person their events in order: time, then place in the input."""
    out = defaultdict(list)
    for place, (who, when, what, where) in enumerate(frame.itertuples(index=False)):
        out[who].append((when, place, what, where if isinstance(where, str) else ""))
    return {who: sorted(rows) for who, rows in out.items()}


def chain(rows, steps, start, window=None):
    """Times at which the steps are reached from the event at `start`, each the first after the one before."""
    out, i = [rows[start][0]], start
    for step in steps[1:]:
        i = next((j for j in range(i + 1, len(rows)) if rows[j][2] in step), None)
        if i is None or (window is not None and rows[i][0] - out[0] > window):
            break
        out.append(rows[i][0])
    return out


def funnel(frame, steps, *, closed=True, skipping=False, window=None):
    """(users, converted, median wait in seconds) of each step."""
    steps = [[s] if isinstance(s, str) else list(s) for s in steps]
    reached = [[] for _ in steps]  # times per person that got there: (time, time of the step before)
    converted = [0] * len(steps)
    for rows in people_of(frame).values():
        if not closed:
            firsts = []
            for step in steps:
                firsts.append(next((i for i, r in enumerate(rows) if r[2] in step), None))
            for j, first in enumerate(firsts):
                if first is None:
                    continue
                reached[j].append(None)
            for j in range(1, len(steps)):
                if firsts[j - 1] is None:
                    continue
                begin = rows[firsts[j - 1]][0]
                after = [r[0] for r in rows[firsts[j - 1] + 1 :] if r[2] in steps[j]]
                if after and (window is None or after[0] - begin <= window):
                    converted[j] += 1
            continue
        starts = [i for i, r in enumerate(rows) if r[2] in steps[0]]
        if not starts:
            continue
        if skipping:
            begin = rows[starts[0]][0]
            furthest = 0
            for j in range(1, len(steps)):
                after = [r[0] for r in rows[starts[0] + 1 :] if r[2] in steps[j]]
                if after and (window is None or after[0] - begin <= window):
                    furthest = j
            for j in range(furthest + 1):
                reached[j].append(None)
            continue
        # The attempt that gets furthest; without a window the first one is it.
        times = max((chain(rows, steps, s, window) for s in starts), key=len)
        for j, t in enumerate(times):
            reached[j].append((t - times[j - 1]).total_seconds() if j else 0)
    if closed:
        converted = [len(r) for r in reached]
    waits = [float(np.median(r)) if r and r[0] is not None else np.nan for r in reached]
    return [len(r) for r in reached], converted, waits


def transitions(frame):
    """{(source, target): (count, users, median seconds)}, entries, exits."""
    count, users, waits = Counter(), defaultdict(set), defaultdict(list)
    entries, exits = Counter(), Counter()
    for who, rows in people_of(frame).items():
        entries[rows[0][2]] += 1
        exits[rows[-1][2]] += 1
        for a, b in itertools.pairwise(rows):
            count[a[2], b[2]] += 1
            users[a[2], b[2]].add(who)
            waits[a[2], b[2]].append((b[0] - a[0]).total_seconds())
    return {k: (count[k], len(users[k]), float(np.median(waits[k]))) for k in count}, entries, exits


def paths(frame, *, fold="repeats", steps=None):
    """Counter of tuples."""
    out = Counter()
    for rows in people_of(frame).values():
        path = [r[2] for r in rows]
        if fold:
            path = [e for i, e in enumerate(path) if i == 0 or e != path[i - 1]]
        if fold == "loops":
            path = [e for i, e in enumerate(path) if not (i >= 3 and e == path[i - 2] and path[i - 1] == path[i - 3])]
        out[tuple(path[:steps] if steps else path)] += 1
    return out


def visits(frame, stages):
    """For each person the visits of stages: (time, stage), repeats of a stage folded, other events passed over."""
    out = {}
    for who, rows in people_of(frame).items():
        seen = [(r[0], stages[r[2]]) for r in rows if r[2] in stages]
        out[who] = [v for i, v in enumerate(seen) if i == 0 or v[1] != seen[i - 1][1]]
    return out


def touches(frame, success):
    """For each person (channels up to the first success with repeats folded, finished)."""
    out = []
    for rows in people_of(frame).values():
        end = next((i for i, r in enumerate(rows) if r[2] == success), None)
        seen = [r[3] for r in (rows if end is None else rows[: end + 1]) if r[3]]
        seen = [c for i, c in enumerate(seen) if i == 0 or c != seen[i - 1]]
        if seen:
            out.append((tuple(seen), end is not None))
    return out


@pytest.fixture(scope="session")
def reference() -> SimpleNamespace:
    return SimpleNamespace(
        make_log=make_log, funnel=funnel, transitions=transitions, paths=paths, visits=visits, touches=touches,
        people_of=people_of, STAGES=STAGES, ROLES=ROLES,
    )  # fmt: skip


def _need(module: str):
    """Skip with a reason on a user's machine; fail where the whole check has to run."""
    try:
        return __import__(module)
    except ImportError:
        if os.environ.get("CI"):
            pytest.fail(f"{module} is missing; in CI it has to be there")
        pytest.skip(f"{module} is not installed")


@pytest.fixture(scope="session")
def need():
    return _need


@pytest.fixture(scope="session")
def spark():
    """A Spark session in a real JVM, on loopback."""
    import shutil

    _need("pyspark")
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        if os.environ.get("CI"):
            pytest.fail("there is no Java; in CI it has to be there")
        pytest.skip("Spark needs Java, which is not installed")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.codegen.wholeStage", "false")  # compiling costs more than a small log takes
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()
