"""The text of a question, run by somebody else, gives what the question gives."""

from __future__ import annotations

import re

import duckdb
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError

QUESTIONS = {
    "funnel": (["a", "b", "d"],), "transitions": (), "step_matrix": (), "paths": (), "stuck": (["a", "b", "d"],),
    "outcomes": ("d",), "sources": ("d",), "sessions": (), "dwell": ("event",), "retention": ("week",),
}  # fmt: skip


@pytest.fixture(scope="module")
def path(reference, tmp_path_factory):
    where = tmp_path_factory.mktemp("script") / "log.parquet"
    reference.make_log(3, people=60, rows=900).to_parquet(where)
    return where


def run(text: str) -> list[pd.DataFrame]:
    """The rows of each result, by a connection that knows nothing of the log."""
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    out = []
    for statement in re.split(r";\s*\n", text):
        bare = "\n".join(x for x in statement.splitlines() if not x.startswith("--")).strip()
        if bare:
            found = con.execute(bare)
            if "-- result" in statement:
                out.append(found.df())
    return out


@pytest.mark.parametrize("verb", QUESTIONS)
def test_the_text_of_a_question_fetches_the_same_rows(path, reference, monkeypatch, verb):
    log = cj.EventLog(path, **reference.ROLES)
    fetched = []
    collect = type(log._canon.engine).collect
    monkeypatch.setattr(type(log._canon.engine), "collect", lambda s, f: fetched.append(collect(s, f)) or fetched[-1])
    text = log.sql(verb, *QUESTIONS[verb])
    got = run(text)
    assert len(got) == len(fetched) > 0
    for a, b in zip(got, fetched):
        by = list(a.columns)
        pd.testing.assert_frame_equal(
            a.sort_values(by, ignore_index=True), b.sort_values(by, ignore_index=True), check_exact=False
        )


def test_a_funnel_read_from_its_text_is_the_funnel(path, reference):
    log = cj.EventLog(path, **reference.ROLES)
    users = [int(t["users"].iloc[0]) for t in run(log.sql("funnel", ["a", "b", "d"]))]
    assert users == log.funnel(["a", "b", "d"]).table["users"].tolist()


def test_a_frame_and_an_unknown_question_are_refused(reference):
    log = cj.EventLog(reference.make_log(3, people=6, rows=90), **reference.ROLES)
    with pytest.raises(CjmError, match="duckdb=True"):
        log.sql("funnel", ["a", "b"])
    with pytest.raises(CjmError, match="did you mean 'funnel'"):
        log.sql("funel", ["a", "b"])
