"""Bad input gives an error or a visible gap, never a wrong count."""

from __future__ import annotations

import gzip
import warnings

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError, DataWarning, FileFormatError, SmallSampleWarning

ROLES = {"user": "who", "time": "when", "event": "what"}


def table(*rows, columns=("who", "when", "what")) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns))


def on_duckdb(options):
    from dataclasses import replace

    return replace(options or cj.events.LogOptions(), duckdb=True)


def everywhere(frame: pd.DataFrame):
    import polars as pl

    yield lambda **k: cj.EventLog(frame, **(ROLES | k))
    yield lambda **k: cj.EventLog(frame, **(ROLES | k | {"options": on_duckdb(k.get("options"))}))
    clean = {c: [None if x is None or x != x else x for x in frame[c].tolist()] for c in frame}
    yield lambda **k: cj.EventLog(pl.DataFrame(clean, strict=False), **(ROLES | k))


def test_a_missing_column_is_named_together_with_those_that_exist():
    with pytest.raises(CjmError, match=r"time= names a column.*did you mean 'when'.*who, when, what"):
        cj.EventLog(table(("a", "2026-03-01", "x")), user="who", time="wen", event="what")
    with pytest.raises(CjmError, match=r"event= missing.*who, when, what"):
        cj.EventLog(table(("a", "2026-03-01", "x")), user="who", time="when")


def test_an_empty_log_is_an_error():
    for make in everywhere(table().astype("str")):
        with pytest.raises(CjmError, match="empty"):
            make()


def test_times_that_cannot_be_read_are_shown_with_their_rows():
    frame = table(("a", "2026-03-01", "x"), ("b", "yesterday", "x"), ("c", None, "x"))
    for make in everywhere(frame):
        with pytest.raises(CjmError, match=r"2 of 3 rows.*'yesterday' in row 3"):
            make()
        with pytest.warns(DataWarning, match="2"):
            log = make(options=cj.events.LogOptions(drop_bad=True))
        assert (log.n_events, log.n_people) == (1, 1)


def test_times_with_and_without_a_zone_do_not_mix():
    frame = table(("a", "2026-03-01T10:00:00+03:00", "x"), ("b", "2026-03-01T10:00:00", "x"))
    for make in everywhere(frame):
        with pytest.raises(CjmError, match="mixes times"):
            make()


def test_offsets_of_several_zones_become_one_order_of_time():
    frame = table(
        ("a", "2026-03-01T10:00:00+03:00", "second"), ("a", "2026-03-01T00:30:00-05:00", "first"),
        ("a", "2026-03-01T07:30:00Z", "third"),
    )  # fmt: skip
    for make in everywhere(frame):
        log = make(tz="Europe/Moscow")
        assert log.paths().table["path"].tolist() == ["first → second → third"]
        assert log.start == pd.Timestamp("2026-03-01T08:30:00+03:00")


def test_local_times_are_those_of_the_zone_that_was_named():
    frame = table(("a", "2026-03-01 00:30:00", "x"), ("a", "2026-07-01 00:30:00", "x"))
    for make in everywhere(frame):
        log = make(tz="Europe/Berlin")
        assert log.start == pd.Timestamp("2026-02-28T23:30:00Z")
        assert log.end == pd.Timestamp("2026-06-30T22:30:00Z")
    with pytest.raises(CjmError, match="unknown time zone 'Europe/Moskow'; did you mean 'Europe/Moscow'"):
        cj.EventLog(frame, tz="Europe/Moskow", **ROLES)


@pytest.mark.parametrize("unit", [1, 1000, 10**6, 10**9])
def test_numbers_are_seconds_ms_us_or_ns_since_1970_by_their_size(unit):
    frame = table(("a", 1772359200 * unit, "x"), ("a", 1772359260 * unit, "y"))
    for make in everywhere(frame):
        assert make().start == pd.Timestamp(1772359200, unit="s", tz="UTC")
        assert make().transitions().table["median_time"].tolist() == [pd.Timedelta(minutes=1)]
    with pytest.raises(CjmError, match="not seconds, milliseconds"):
        cj.EventLog(table(("a", 5, "x"), ("a", 7, "x")), **ROLES)


def test_russian_dates_are_understood_and_american_ones_where_a_day_tells(tmp_path):
    (tmp_path / "ru.csv").write_text("who;when;what\na;31.12.2025 23:59;x\na;01.02.2026 00:01;y\n")
    log = cj.EventLog(tmp_path / "ru.csv", **ROLES)
    assert log.end == pd.Timestamp("2026-02-01 00:01", tz="UTC")
    (tmp_path / "us.csv").write_text("who,when,what\na,12/31/2025 23:59,x\n")
    assert cj.EventLog(tmp_path / "us.csv", **ROLES).start == pd.Timestamp("2025-12-31 23:59", tz="UTC")
    (tmp_path / "us.csv").write_text("who,when,what\na,12/11/2025 23:59,x\n")
    with pytest.raises(CjmError, match="time_format="):
        cj.EventLog(tmp_path / "us.csv", **ROLES)
    log = cj.EventLog(tmp_path / "us.csv", options=cj.events.LogOptions(time_format="%m/%d/%Y %H:%M"), **ROLES)
    assert log.start == pd.Timestamp("2025-12-11 23:59", tz="UTC")


def test_rows_without_a_person_are_left_out_and_counted():
    frame = table(("a", "2026-03-01", "x"), (None, "2026-03-01", "x"), ("", "2026-03-02", "y"))
    for make in everywhere(frame):
        with pytest.warns(DataWarning, match="without a person: 2"):
            log = make()
        assert (log.n_events, log.n_people, log.events) == (1, 1, ("x",))


def test_rows_without_an_event_stay_visible_instead_of_joining_their_neighbours():
    frame = table(("a", "2026-03-01", "x"), ("a", "2026-03-02", None), ("a", "2026-03-03", "y"))
    for make in everywhere(frame):
        with pytest.warns(DataWarning, match="without an event: 1"):
            log = make()
        found = log.transitions().table
        assert ("x", "y") not in set(zip(found["source"], found["target"]))
        assert "(missing)" in log.events


def test_unknown_steps_are_answered_with_a_suggestion_and_one_step_is_no_funnel():
    log = cj.EventLog(table(("a", "2026-03-01", "visit"), ("a", "2026-03-02", "deal")), **ROLES)
    with pytest.raises(CjmError, match="did you mean 'visit'"):
        log.funnel(["visti", "deal"])
    for steps in ("visit", ["visit"], ["visit", []]):
        with pytest.raises(CjmError, match="step"):
            log.funnel(steps)
    with pytest.raises(CjmError, match="is no duration"):
        log.funnel(["visit", "deal"], window="soon")
    with pytest.raises(CjmError, match="channel="):
        log.funnel(["visit", "deal"], by="channel")


def test_a_step_that_nobody_reached_is_a_zero_with_an_interval():
    frame = table(("a", "2026-03-01", "visit"), ("b", "2026-03-01", "visit"), ("c", "2026-03-02", "deal"))
    for make in everywhere(frame):
        with pytest.warns(SmallSampleWarning):
            got = make().funnel(["visit", "deal", "visit"])
        assert got.table["users"].tolist() == [2, 0, 0]
        assert got.table["conversion"].iloc[1] == 0
        assert 0 < got.table["high"].iloc[1] < 1
        assert pd.isna(got.table["conversion"].iloc[2])
        assert "0 of 2" in got.summary("en")


def test_a_log_of_lonely_events_has_no_transitions_but_paths_and_a_sentence():
    frame = table(("a", "2026-03-01", "x"), ("b", "2026-03-02", "y"))
    for make in everywhere(frame):
        log = make()
        assert log.transitions().table.empty
        assert "Nobody did more than one thing" in log.transitions().summary("en")
        assert sorted(log.paths().table["path"]) == ["x", "y"]


def test_ten_thousand_kinds_of_events_are_counted_and_questioned(tmp_path):
    n = 20_000
    frame = pd.DataFrame(
        {
            "who": [f"p{i % 50}" for i in range(n)],
            "when": pd.Timestamp("2026-03-01") + pd.to_timedelta(range(n), "s"),
            "what": [f"page {i % 10_000}" for i in range(n)],
        }
    )
    for make in everywhere(frame):
        with pytest.warns(DataWarning, match="10,000 different values"):
            log = make()
        assert len(log.events) == 10_000
        assert log.transitions(detail=False).table["count"].sum() == n - 50
        assert log.funnel(["page 0", "page 50"]).table["users"].tolist() == [1, 1]


def test_a_csv_that_was_cut_off_is_an_error(tmp_path):
    whole = "who,when,what\n" + "".join(f"p{i},2026-03-01T10:{i % 60:02d}:00,visit\n" for i in range(500))
    (tmp_path / "cut.csv").write_text(whole[: len(whole) // 2].rsplit("\n", 1)[0] + "\np251,2026-03-0")
    with pytest.raises(CjmError):
        cj.EventLog(tmp_path / "cut.csv", **ROLES)
    packed = gzip.compress(whole.encode())
    (tmp_path / "cut.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(CjmError):
        cj.EventLog(tmp_path / "cut.csv.gz", **ROLES)
    (tmp_path / "end.csv").write_text(whole[:-4])
    with pytest.warns(DataWarning, match="last line"):
        cj.EventLog(tmp_path / "end.csv", **ROLES)


def test_a_file_that_is_not_there_or_not_a_table_is_named(tmp_path):
    (tmp_path / "events.csv").write_text("who,when,what\na,2026-03-01,x\n")
    with pytest.raises(FileFormatError, match="did you mean 'events.csv'"):
        cj.EventLog(tmp_path / "event.csv", **ROLES)
    (tmp_path / "log.parquet").write_bytes(b"no parquet")
    with pytest.raises(FileFormatError, match="Parquet"):
        cj.EventLog(tmp_path / "log.parquet", **ROLES)
    with pytest.raises(CjmError, match="cannot be made from"):
        cj.EventLog([1, 2, 3], **ROLES)


def test_a_file_without_a_header_is_suspected_and_names_help(tmp_path):
    (tmp_path / "bare.csv").write_text("15174,2026-03-01T10:00:00,visit\n15175,2026-03-01T11:00:00,visit\n")
    with pytest.raises(CjmError, match="names="):
        cj.EventLog(tmp_path / "bare.csv", **ROLES)
    log = cj.EventLog(tmp_path / "bare.csv", options=cj.events.LogOptions(names=["who", "when", "what"]), **ROLES)
    assert (log.n_events, log.n_people) == (2, 2)


def test_ids_keep_their_leading_zeros_and_numbers_meet_their_labels(tmp_path):
    (tmp_path / "ids.csv").write_text("who,when,what\n007,2026-03-01,x\n7,2026-03-02,x\n007,2026-03-03,y\n")
    log = cj.EventLog(tmp_path / "ids.csv", **ROLES)
    assert log.n_people == 2
    numbers = cj.EventLog(table((7.0, "2026-03-01", "x"), (8.0, "2026-03-01", "x"), (7.0, "2026-03-02", "y")), **ROLES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SmallSampleWarning)
        got = numbers.funnel(["x", "y"], by={"7": "A", "8": "B"}).table
    assert got.set_index(["group", "step"])["users"].to_dict() == {
        ("A", "x"): 1,
        ("A", "y"): 1,
        ("B", "x"): 1,
        ("B", "y"): 0,
    }


def test_labels_of_strangers_or_of_one_person_twice_are_errors():
    log = cj.EventLog(table(("a", "2026-03-01", "x"), ("a", "2026-03-02", "y")), **ROLES)
    with pytest.raises(CjmError, match="none of the labels belongs"):
        log.funnel(["x", "y"], by=pd.Series({"zoe": "A"}))
    with pytest.raises(CjmError, match="twice"):
        log.funnel(["x", "y"], by=pd.Series(["A", "B"], index=["a", "a"]))


def test_nothing_is_overwritten_in_silence(tmp_path):
    log = cj.EventLog(table(("a", "2026-03-01", "x")), **ROLES)
    log.prepare(tmp_path / "log.parquet")
    with pytest.raises(CjmError, match="exists"):
        log.prepare(tmp_path / "log.parquet")
    with pytest.raises(CjmError, match="is a Parquet file"):
        log.prepare(tmp_path / "log.csv")
    assert log.prepare(tmp_path / "log.parquet", overwrite=True).n_events == 1


def test_stages_that_name_unknown_events_are_questioned():
    frame = table(("a", "2026-03-01", "visit"), ("a", "2026-03-02", "deal"))
    with pytest.warns(DataWarning, match="did you mean 'visit'"):
        cj.EventLog(frame, stage_of={"visits": "one"}, **ROLES)
    with pytest.raises(CjmError, match="stage_of="):
        cj.EventLog(frame, **ROLES).dwell()
