"""The same answers, to the row, from every engine."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmWarning

STEPS = ["a", ["b", "c"], "d"]
QUESTIONS = {
    "funnel": lambda log: log.funnel(STEPS).table,
    "funnel by channel, window": lambda log: log.funnel(STEPS, by="channel", window="2h").table,
    "funnel by first source, skipping": lambda log: log.funnel(STEPS, by="first_source", skipping=True).table,
    "funnel, open, persona": lambda log: log.funnel(STEPS, closed=False, by=LABELS).table,
    "funnel, exits": lambda log: log.funnel(["a", "b", "d"], lost="e", by="first_source").table,
    "funnel, windows that are over": lambda log: log.funnel(STEPS, window="2h").settled,
    "outcomes": lambda log: log.outcomes("d", lost="e").table,
    "stuck, exits": lambda log: log.stuck(["a", "b", "d"], lost="e").steps,
    "transitions": lambda log: log.transitions().table,
    "transitions, bare": lambda log: log.transitions(detail=False, gap="1h").table,
    "exits": lambda log: log.transitions("stage").exits,
    "stage transitions": lambda log: log.transitions("stage", gap="30min").table,
    "paths": lambda log: log.paths(n=30).table,
    "stage paths": lambda log: log.paths("stage", fold="loops", steps=5).table,
    "times of paths": lambda log: log.paths(n=5, steps=4).times(),
    "step matrix": lambda log: log.step_matrix(steps=6).table,
    "dwell": lambda log: log.dwell().table,
    "dwell, events": lambda log: log.dwell("event", gap="1h").table,
    "stuck over time": lambda log: log.stuck(["a", "b", "d"], lost="e").over_time(9),
    "passes": lambda log: log.passes("a", "d", lost="e").table,
    "planned": lambda log: log.planned_vs_actual(lost="e").table,
    "fits": lambda log: log.planned_vs_actual().fits,
    "retention": lambda log: log.retention("day").table,
    "sessions": lambda log: log.sessions().table,
    "sources": lambda log: log.sources("d", min_n=3).table,
    "attribution": lambda log: log.attribution(
        "d", models=("first", "last", "linear", "position", "time_decay", "markov", "markov2", "markov3", "shapley",
                     "shapley_rate"), half_life="30min", resamples=50).table,
    "disagreements": lambda log: log.attribution("d", resamples=50, lookback="1D", gap="30min").disagreements,
    "stuck": lambda log: log.stuck(STEPS, by=("channel", LABELS)).table,
    "curves": lambda log: log.stuck(STEPS).curves,
    "stuck people": lambda log: log.stuck(STEPS, by="first_source").people(),
    "behaviour": lambda log: log.behaviour(),
    "describe": lambda log: log.describe(),
}  # fmt: skip
LABELS = pd.Series({f"p{i:02d}": "Planner" if i % 2 else "Explorer" for i in range(2, 30)})


@pytest.fixture(scope="module")
def frame(reference) -> pd.DataFrame:
    return reference.make_log(11, people=40, rows=900)


@pytest.fixture(scope="module")
def roles(reference) -> dict:
    return reference.ROLES | {"stage_of": reference.STAGES}


@pytest.fixture(scope="module")
def expected(frame, roles) -> dict:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CjmWarning)
        log = cj.EventLog(frame, **roles)
        assert log.engine == "pandas"
        return {name: ask(log) for name, ask in QUESTIONS.items()}


def same(log: cj.EventLog, expected: dict) -> None:
    for name, ask in QUESTIONS.items():
        got = ask(log)
        assert len(expected[name]), name
        pd.testing.assert_frame_equal(got, expected[name], rtol=1e-9, check_dtype=False, obj=f"{name} on {log.engine}")


def as_polars(frame: pd.DataFrame):
    import polars as pl

    return pl.DataFrame({c: [None if x is None or x != x else x for x in frame[c].tolist()] for c in frame})


def test_polars(frame, roles, expected):
    same(cj.EventLog(as_polars(frame), **roles), expected)


def test_polars_lazy_with_text_for_times(frame, roles, expected):
    same(cj.EventLog(as_polars(frame.assign(when=frame["when"].astype(str))).lazy(), **roles), expected)


@pytest.mark.parametrize("rows_kept", [0, 10**6])
def test_a_csv_file_on_duckdb_kept_or_read_anew(frame, roles, expected, tmp_path, monkeypatch, rows_kept):
    monkeypatch.setattr("cjmkit.events._duck.KEEP", rows_kept)
    frame.to_csv(tmp_path / "log.csv.gz", index=False)
    log = cj.EventLog(tmp_path / "log.csv.gz", **roles)
    assert log.engine == "duckdb"
    assert log._canon.ready == (rows_kept > 0)
    same(log, expected)


@pytest.mark.parametrize("rows_kept", [0, 10**6])
def test_a_parquet_file(frame, roles, expected, tmp_path, monkeypatch, rows_kept):
    monkeypatch.setattr("cjmkit.events._duck.KEEP", rows_kept)
    frame.to_parquet(tmp_path / "log.parquet")
    same(cj.EventLog(tmp_path / "log.parquet", **roles), expected)


def test_large_polars_frames_that_are_not_kept(frame, roles, expected, monkeypatch):
    monkeypatch.setattr("cjmkit.events._ingest.KEEP", 0)
    log = cj.EventLog(as_polars(frame).lazy(), **roles)
    assert not log._canon.ready
    same(log, expected)


def test_a_relation_on_the_users_own_duckdb_connection_leaves_no_tables_behind(frame, roles, expected):
    import duckdb

    con = duckdb.connect()
    con.register("mine", frame)
    same(cj.EventLog(con.sql("SELECT * FROM mine"), **roles), expected)
    left = con.sql("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'cjm_%'").fetchall()
    assert len(left) <= 1  # the coded log itself


def test_pyarrow_goes_to_duckdb_because_narwhals_misaligns_it(frame, roles, expected, need):
    pa = need("pyarrow")
    log = cj.EventLog(pa.Table.from_pandas(frame), **roles)
    assert log.engine == "duckdb"
    same(log, expected)


def test_a_prepared_log(frame, roles, expected, tmp_path):
    log = cj.EventLog(frame, **roles).prepare(tmp_path / "prepared.parquet")
    assert log.stage_of == roles["stage_of"]
    same(log, expected)
    again = cj.events.read(tmp_path / "prepared.parquet")
    assert (again.n_events, again.n_people, again.events) == (log.n_events, log.n_people, log.events)


def test_a_row_a_person_belongs_to_one_log_and_is_not_needed(frame, roles, expected, tmp_path):
    path, beside = tmp_path / "a.parquet", tmp_path / "a.people.parquet"
    log = cj.EventLog(frame, **roles)
    assert log.prepare(path)._canon.lists is not None
    log.prepare(tmp_path / "b.parquet")
    asked = {n: QUESTIONS[n] for n in ("funnel", "attribution", "disagreements")}
    beside.write_bytes((tmp_path / "b.people.parquet").read_bytes())
    other = cj.EventLog(path)
    assert other._canon.lists is None, "a row a person of another log was taken"
    for name, ask in asked.items():
        pd.testing.assert_frame_equal(ask(other), expected[name], rtol=1e-9, check_dtype=False)
    log.prepare(path, overwrite=True)
    pd.testing.assert_frame_equal(QUESTIONS["funnel"](cj.EventLog(path)), expected["funnel"], check_dtype=False)
    frame.to_parquet(beside)
    with pytest.raises(cj.errors.CjmError, match=r"a.people.parquet exists and was not written by prepare"):
        log.prepare(path, overwrite=True)
    assert len(pd.read_parquet(beside)) == len(frame)


def test_ibis_on_duckdb(frame, roles, expected, need):
    ibis = need("ibis")
    con = ibis.duckdb.connect()
    log = cj.EventLog(con.create_table("events_table", frame), **roles)
    assert log.engine == "ibis-duckdb"
    same(log, expected)


@pytest.mark.slow
def test_spark(frame, roles, expected, spark):
    objects = frame.astype(object).itertuples(index=False)
    rows = [tuple(None if x is None or x != x else x for x in r) for r in objects]
    rows = [(a, b.to_pydatetime(), c, d) for a, b, c, d in rows]
    schema = "who string, when timestamp_ntz, what string, where string"
    log = cj.EventLog(spark.createDataFrame(rows, schema), **roles)
    assert log.engine == "pyspark"
    same(log, expected)


def test_ties_of_a_large_shuffled_log_are_broken_alike_by_all_engines(tmp_path):
    """More than 100,000 rows: below that, an engine that misaligns in parallel still looks right."""
    rng = np.random.default_rng(3)
    n = 130_000
    frame = pd.DataFrame(
        {
            "who": rng.integers(0, 4000, n),
            "when": pd.Timestamp("2026-03-01") + pd.to_timedelta(rng.integers(0, 2000, n), "min"),
            "what": rng.choice(list("abcdef"), n),
            "where": rng.choice(["ads", "mail"], n),
        }
    )
    roles = {"user": "who", "time": "when", "event": "what", "channel": "where"}
    frame.to_parquet(tmp_path / "log.parquet")
    import pyarrow as pa

    sources = (frame, as_polars(frame), tmp_path / "log.parquet", pa.Table.from_pandas(frame))
    logs = [cj.EventLog(source, **roles) for source in sources]
    assert [log.engine for log in logs] == ["pandas", "polars", "duckdb", "duckdb"]
    for ask in (lambda g: g.transitions().table, lambda g: g.funnel(["a", "b", "c"], window="1D").table,
                lambda g: g.paths(steps=3).table, lambda g: g.attribution("f", resamples=20).table):  # fmt: skip
        answers = [ask(log) for log in logs]
        for other in answers[1:]:
            pd.testing.assert_frame_equal(answers[0], other, rtol=1e-9, check_dtype=False)
    # The order of the rows decides ties, so another order gives another answer: proof that there are ties to break.
    shuffled = cj.EventLog(frame.sample(frac=1, random_state=1), **roles).transitions().table
    assert not shuffled.equals(logs[0].transitions().table)


def test_the_order_column_breaks_ties_whatever_the_order_of_rows(reference):
    frame = reference.make_log(5, people=10, rows=300).assign(id=range(300))
    want = cj.EventLog(frame, **reference.ROLES).transitions().table
    mixed = frame.sample(frac=1, random_state=2)
    for engine in (None, "duckdb"):
        got = (
            cj.EventLog(mixed, options=cj.events.LogOptions(order="id", duckdb=engine == "duckdb"), **reference.ROLES)
            .transitions()
            .table
        )
        pd.testing.assert_frame_equal(got, want)
    got = cj.EventLog(as_polars(mixed), options=cj.events.LogOptions(order="id"), **reference.ROLES).transitions().table
    pd.testing.assert_frame_equal(got, want)


def test_equal_content_has_an_equal_hash_on_pandas_and_polars(frame, roles):
    one, two = cj.EventLog(frame, **roles), cj.EventLog(as_polars(frame), **roles)
    assert one.sha256 == two.sha256 != ""
    changed = frame.assign(what=frame["what"].replace("a", "A"))
    assert cj.EventLog(changed, **(roles | {"stage_of": None})).sha256 != one.sha256


def test_names_with_quotes_braces_and_semicolons_are_only_names(tmp_path, need):
    frame = pd.DataFrame(
        {
            "wh o": ["a'b", 'c"d', "a'b", "e{}f"],
            "when;": pd.date_range("2026-03-01", periods=4),
            'wh"at': ["it's", "«да», {x}", "buy \\n; drop table", "it's"],
            "ch'an": ["a'", "{place}", None, "a'"],
        }
    )
    roles = {"user": "wh o", "time": "when;", "event": 'wh"at', "channel": "ch'an"}
    path = tmp_path / "l'og {x}.csv"
    frame.to_csv(path, index=False)
    table = need("ibis").duckdb.connect().create_table("t", frame)
    for source in (frame, path, as_polars(frame), table):
        log = cj.EventLog(source, **roles)
        assert log.events == ("buy \\n; drop table", "it's", "«да», {x}")
        assert log.funnel(["it's", "buy \\n; drop table"], by="channel").table["users"].tolist() == [2, 1]
        assert set(log.channels) == {"a'", "{place}"}
    again = cj.EventLog(path, **roles).prepare(tmp_path / "l'og.parquet")
    assert again.events == log.events
