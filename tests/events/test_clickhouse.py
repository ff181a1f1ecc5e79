"""ClickHouse: the SQL that our questions compile to, run by ClickHouse itself (chdb) on columns that cannot be null.

There lag() of the first row gives the type's default instead of NULL, and outer joins fill with defaults: both have
made phantom transitions and funnels of 100 %.
"""

from __future__ import annotations

import io

import narwhals as nw
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.events._engine import Engine, union_of_tables


class ClickHouse(Engine):
    """Compiles each question with Ibis for ClickHouse and has chdb answer it."""

    name = "ibis-clickhouse"

    def __init__(self, rows: pd.DataFrame, ibis, session) -> None:
        self.ibis, self.session, self.asked = ibis, session, []
        columns = {"u": "String", "t": "Int64", "k": "Int64", "r": "Int64", "e": "Int32", "c": "Int32"}
        session.query("CREATE DATABASE IF NOT EXISTS cjm ENGINE = Atomic")
        session.query("DROP TABLE IF EXISTS cjm.log")
        shape = ", ".join(f"{n} {t}" for n, t in columns.items())
        session.query(f"CREATE TABLE cjm.log ({shape}) ENGINE = MergeTree ORDER BY (u, k)")
        values = ", ".join(str(tuple(r)) for r in rows[list(columns)].astype(object).itertuples(index=False))
        session.query(f"INSERT INTO cjm.log VALUES {values}")
        kinds = {"String": "!string", "Int64": "!int64", "Int32": "!int32"}
        self.table = ibis.table({n: kinds[t] for n, t in columns.items()}, name="log", database="cjm")

    def union(self, frames):
        return union_of_tables(frames)

    def upload(self, frame):
        return nw.from_native(self.ibis.memtable(frame))

    def collect(self, frame):
        sql = str(self.ibis.to_sql(frame.to_native(), dialect="clickhouse"))
        self.asked.append(sql)
        out = self.session.query(sql, "CSVWithNames").bytes().decode()
        return pd.read_csv(io.StringIO(out), keep_default_na=True) if out else pd.DataFrame()

    @property
    def version(self):
        return "clickhouse"


@pytest.fixture(scope="module")
def pair(need, reference, tmp_path_factory):
    """The same log in pandas and in ClickHouse."""
    ibis = need("ibis")
    chdb = need("chdb.session")
    frame = reference.make_log(21, people=30, rows=600)
    log = cj.EventLog(frame, **reference.ROLES, stage_of=reference.STAGES)
    rows = log._canon.engine.collect(log._canon.frame.select("u", "t", "k", "r", "e", "c"))
    session = chdb.session.Session(str(tmp_path_factory.mktemp("clickhouse")))
    there = cj.EventLog(frame, **reference.ROLES, stage_of=reference.STAGES)
    engine = ClickHouse(rows, ibis, session)
    there._canon.engine, there._canon.ready, there._canon.frame = engine, False, nw.from_native(engine.table)
    yield log, there
    session.close()


QUESTIONS = {
    "transitions": lambda log: log.transitions().table,
    "transitions, bare": lambda log: log.transitions(detail=False).table,
    "stage transitions": lambda log: log.transitions("stage").table,
    "funnel": lambda log: log.funnel(["a", "b", "c", "d"]).table,
    "funnel by channel": lambda log: log.funnel(["a", "b", "c"], by="channel").table,
    "funnel in a window": lambda log: log.funnel(["a", "b", "c"], window="1h").table,
    "step matrix": lambda log: log.step_matrix(steps=5).table,
    "sources": lambda log: log.sources("d", min_n=2).table,
    "attribution": lambda log: log.attribution("d", resamples=20).table,
    "retention": lambda log: log.retention("day").table,
    "sessions": lambda log: log.sessions().table,
    "planned": lambda log: log.planned_vs_actual().table,
    "funnel with skipping": lambda log: log.funnel(["a", "b", "c"], skipping=True).table,
    "open funnel": lambda log: log.funnel(["a", "b", "c"], closed=False, by="first_source").table,
    "stuck": lambda log: log.stuck(["a", "b", "c", "d"]).table,
    "stuck, exits": lambda log: log.stuck(["a", "b", "d"], lost="c").steps,
    "outcomes": lambda log: log.outcomes("d", lost="c").table,
    "funnel, exits": lambda log: log.funnel(["a", "b", "d"], lost="c").table,
    "funnel, windows that are over": lambda log: log.funnel(["a", "b", "c"], window="1h").settled,
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_clickhouse_answers_as_pandas_does(pair, name):
    here, there = pair
    pd.testing.assert_frame_equal(QUESTIONS[name](there), QUESTIONS[name](here), rtol=1e-9, check_dtype=False)


def test_no_question_looks_ahead_or_joins_outside(pair):
    _, there = pair
    there.transitions()
    there.funnel(["a", "b", "c", "d"], by="first_source")
    there.attribution("d", resamples=20)
    asked = " ".join(there._canon.engine.asked).upper()
    assert "LAG" in asked
    for trap in (" LEAD", "LEFT JOIN", "LEFT OUTER", "FULL OUTER", "RIGHT JOIN"):
        assert trap not in asked
