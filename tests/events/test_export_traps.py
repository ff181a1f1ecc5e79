"""What exports hold in practice: parts of several kinds, second zones, doubled rows, quotes, marks of order, other encodings."""
# ruff: noqa: E501 - lines of exports are as long as tools write them

from __future__ import annotations

import gc
import gzip
import json
import tempfile
import zipfile

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError, FileFormatError
from cjmkit.events import ReadOptions

from .test_exports import XES, at, lines, rows_of

BOM = b"\xef\xbb\xbf"


def amplitude(i, user, time, device="d1"):
    return {"device_id": device, "user_id": user, "amplitude_id": 77, "event_type": f"e{i}", "event_time": time,
            "$insert_id": str(i), "event_properties": {"plan": "pro", "cart": {"lines": [1, {"c": 2}]}}}  # fmt: skip


def packed(rows):
    return gzip.compress("\n".join(map(json.dumps, rows)).encode())


def test_parts_packed_and_plain_are_one_log_and_what_systems_leave_beside_them_is_passed_over(tmp_path):
    folder = tmp_path / "export" / "2024"
    folder.mkdir(parents=True)
    one, two = amplitude(1, None, "2024-03-05 09:12:00"), amplitude(2, "ann", "2024-03-05T12:13:00+03:00")
    (folder / "1.json.gz").write_bytes(packed([one]))
    (folder / "2.json").write_bytes(BOM + "\r\n".join(map(json.dumps, [two, one])).encode())
    (folder / "3.json").write_bytes(b"")
    (folder / "._1.json").write_bytes(b"junk")
    expected = [("ann", "e1", at("2024-03-05 09:12")), ("ann", "e2", at("2024-03-05 09:13"))]
    log = cj.events.read(tmp_path / "export")
    assert rows_of(log) == expected
    assert log.report.counts["double insert ids"] == 1
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as z:
        for path in folder.iterdir():
            z.write(path, f"a/{path.name}")
        z.writestr("__MACOSX/a/._2.json", b"1")
        z.writestr("a/_SUCCESS", b"")
    assert rows_of(cj.events.read(tmp_path / "export.zip")) == expected


def test_folders_that_a_reader_unpacks_into_go_with_the_log(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with zipfile.ZipFile(tmp_path / "e.zip", "w") as z:
        z.writestr("1.csv", "user,time,event\nann,2024-03-05 09:12,open\n")
    log = cj.events.read(tmp_path / "e.zip")
    assert list(tmp_path.glob("cjmkit-export-*"))
    assert log.n_events == 1
    del log
    gc.collect()
    assert not list(tmp_path.glob("cjmkit-export-*"))


def test_a_log_is_called_like_its_file_without_the_endings(tmp_path):
    path = tmp_path / "my.site.v2.csv.gz"
    path.write_bytes(gzip.compress(b"user,time,event\nann,2024-03-05 09:12,open\n"))
    assert cj.events.read(path).name == "my.site.v2"


@pytest.mark.parametrize("name", ["bomb.csv.gz", "bomb.zip"])
def test_what_unpacks_to_more_than_an_honest_file_is_refused(tmp_path, name):
    body = b"user,time,event\n" + b"ann,2024-03-05,open\n" * 2_000_000
    if name.endswith("gz"):
        (tmp_path / name).write_bytes(gzip.compress(body))
    else:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr("a.csv", body)
    with pytest.raises(FileFormatError, match="bomb"):
        cj.events.read(tmp_path / name)


def test_mixpanel_of_an_old_project_is_in_its_own_zone_where_that_is_said(tmp_path):
    t = at("2024-03-05 09:12")
    rows = [{"event": "Open", "properties": {"time": x, "distinct_id": "u", "$insert_id": str(x), "where": {"city": "Omsk"}}}
            for x in (t, t + 60)]  # fmt: skip
    path = lines(tmp_path / "raw.jsonl", rows)
    assert [x for *_, x in rows_of(cj.events.read(path))] == [t, t + 60]
    # A zone to count days in does not move the times; only the project's zone does.
    assert [x for *_, x in rows_of(cj.events.read(path, tz="America/Los_Angeles"))] == [t, t + 60]
    old = cj.events.read(path, options=ReadOptions(project_tz="America/Los_Angeles"))
    assert [x for *_, x in rows_of(old)] == [t + 8 * 3600, t + 60 + 8 * 3600]


HITS = "ym:pv:watchID\tym:pv:clientID\tym:pv:dateTime\tym:pv:URL\tym:pv:goalsID\tym:pv:title\n"
VISITS = "ym:s:visitID\tym:s:clientID\tym:s:dateTimeUTC\tym:s:goalsID\tym:s:goalsDateTime\tym:s:lastTrafficSource\n"


def test_metrica_quotes_are_letters_long_ids_stay_whole_and_the_documented_offset_is_three_hours(tmp_path):
    hit = '18446744073709551615\t1700000000123456789\t2024-03-05 12:12:00\thttps://s.ru/a?x="q"\t[]\t"Shop\n'
    other = "2\t1700000000123456790\t2024-03-05 12:13:00\thttps://s.ru/b\t[1,2]\tit's\n"
    (tmp_path / "hits.tsv").write_bytes(BOM + (HITS + hit + hit + other).encode())
    log = cj.events.read(tmp_path / "hits.tsv")
    assert rows_of(log) == [
        ("1700000000123456789", "/a", at("2024-03-05 09:12")), ("1700000000123456790", "goal 1", at("2024-03-05 09:13")),
        ("1700000000123456790", "goal 2", at("2024-03-05 09:13")),
    ]  # fmt: skip
    visit = "1\t55\t2024-03-05 12:12:00\t[7,8]\t[\\'2024-03-05 12:13:00\\',\\'2024-03-05 12:14:00\\']\tad\n"
    (tmp_path / "visits.tsv").write_text(VISITS + visit)
    assert rows_of(cj.events.read(tmp_path / "visits.tsv")) == [
        ("55", "visit", at("2024-03-05 09:12")), ("55", "goal 7", at("2024-03-05 09:13")),
        ("55", "goal 8", at("2024-03-05 09:14")),
    ]  # fmt: skip
    with pytest.raises(FileFormatError, match="one at a time"):
        cj.events.read(tmp_path)


def ga4(name, time, device, user=None):
    kinds = ("string_value", "int_value", "float_value", "double_value")
    return {"event_name": name, "event_timestamp": time, "user_pseudo_id": device, "user_id": user,
            "event_params": [{"key": k, "value": dict.fromkeys(kinds) | v} for k, v in
                             (("ga_session_id", {"int_value": "9"}), ("source", {"string_value": "ads"}), ("score", {"double_value": 0.5}))],
            "device": {"category": "mobile"}}  # fmt: skip


def test_ga4_never_adds_the_running_day_to_the_whole_one_and_knows_all_kinds_of_values(tmp_path):
    day = tmp_path / "ga"
    day.mkdir()
    rows = [ga4("scroll", "1709629920000000", "p1"), ga4("buy", "1709629930000000", "p1", "ann")]
    (day / "events_20240305.json.gz").write_bytes(packed(rows))
    lines(day / "events_intraday_20240305.json", rows[:1])
    lines(day / "events_intraday_20240306.json", [ga4("buy", "1709716330000000", "p1", "ann")])
    log = cj.events.read(day)
    assert [(u, e) for u, e, _ in rows_of(log)] == [("ann", "scroll"), ("ann", "buy"), ("ann", "buy")]
    assert log.channels == ("ads",)
    pd.DataFrame([r | {"event_timestamp": int(r["event_timestamp"])} for r in rows]).to_parquet(
        tmp_path / "day.parquet"
    )
    table = cj.events.read(tmp_path / "day.parquet")
    assert rows_of(table) == rows_of(log)[:2]
    assert table.funnel(["scroll", "buy"], by="category").table["group"].tolist() == ["mobile", "mobile"]


def test_snowplow_contexts_with_quotes_are_read(tmp_path):
    def row(**cells):
        out = [""] * 131
        for i, v in cells.items():
            out[int(i[1:])] = v
        return "\t".join(out)

    rows = [
        row(
            c3="2024-03-05 09:12:09",
            c5="unstruct",
            c6="e1",
            c15="d1",
            c124="2024-03-05 09:12:01",
            c126="add",
            c52='{"data":[{"a":"b, \\"c\\""}]}',
            c58='"q',
        ),
        row(
            c3="2024-03-05 09:13:09",
            c5="page_view",
            c6="e2",
            c12="ann",
            c15="d1",
            c124="2024-03-05 09:13:01",
            c126="page_view",
        ),
    ]
    (tmp_path / "enriched.tsv.gz").write_bytes(gzip.compress(("\n".join(rows) + "\n").encode()))
    assert [(u, e) for u, e, _ in rows_of(cj.events.read(tmp_path / "enriched.tsv.gz"))] == [
        ("ann", "add"),
        ("ann", "page_view"),
    ]


def test_posthog_mixes_offsets_and_its_parquet_is_named_as_it_likes(tmp_path):
    def row(i, time):
        return {"uuid": f"0{i}", "event": f"e{i}", "distinct_id": "a1", "person_id": "p1", "timestamp": time,
                "properties": json.dumps({"utm_source": "ads"})}  # fmt: skip

    rows = [
        row(1, "2024-03-05T12:11:00+03:00"),
        row(2, "2024-03-05T09:12:00.000000Z"),
        row(2, "2024-03-05T09:12:00.000000Z"),
    ]
    (tmp_path / "batch.jsonl.gz").write_bytes(packed(rows))
    expected = [("p1", "e1", at("2024-03-05 09:11")), ("p1", "e2", at("2024-03-05 09:12"))]
    assert rows_of(cj.events.read(tmp_path / "batch.jsonl.gz")) == expected
    frame = pd.DataFrame(rows)
    frame["timestamp"] = pd.to_datetime(frame["timestamp"], utc=True, format="ISO8601")
    frame.to_parquet(tmp_path / "batch.parquet.zst", compression="zstd")
    assert rows_of(cj.events.read(tmp_path / "batch.parquet.zst")) == expected


@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
@pytest.mark.parametrize("time", ["05.03.2024 09:12:00", "2024/03/05 09:12:00.000"])
def test_disco_tables_of_german_workplaces_are_read_in_their_zone(tmp_path, zone, time):
    head = "Case ID;Activity;Resource;Start Timestamp;Complete Timestamp;Variant;Variant index"
    (tmp_path / "disco.csv").write_bytes(BOM + f"{head}\n007;Prüfen;ann;{time};{time};V;1\n".encode())
    hour = "08:12" if zone else "09:12"
    assert rows_of(cj.events.read(tmp_path / "disco.csv", tz=zone)) == [("007", "Prüfen", at(f"2024-03-05 {hour}"))]


def test_of_a_start_and_an_end_the_start_is_the_time_and_celonis_sorts_what_is_equal(tmp_path):
    (tmp_path / "log.csv").write_text(
        "case,activity,start,end\nC1,A,2024-03-05 09:12:00,2024-03-05 09:13:00\nC1,B,2024-03-05 09:12:30,\n"
    )
    log = cj.events.read(tmp_path / "log.csv")
    assert rows_of(log) == [("C1", "A", at("2024-03-05 09:12")), ("C1", "B", at("2024-03-05 09:12") + 30)]
    assert log.report.roles["time"].reason == "when it began; end is its end"
    (tmp_path / "cel.csv").write_text(
        "_CASE_KEY,ACTIVITY_EN,EVENTTIME,_SORTING\nC1,B,2024-03-05 09:12:00,2\nC1,A,2024-03-05 09:12:00,1\n"
    )
    order = cj.events.read(tmp_path / "cel.csv").transitions().table
    assert order[["source", "target"]].to_numpy().tolist() == [["A", "B"]]


def test_xes_in_utf_16_and_in_many_files_is_one_log(tmp_path):
    (tmp_path / "one.xes").write_bytes(XES.replace("UTF-8", "UTF-16").replace("A-17", "Ж-17").encode("utf-16"))
    (tmp_path / "two.xes.gz").write_bytes(
        gzip.compress(XES.replace("A-17", "B-1").replace('value="0"', 'value="B-2"').encode())
    )
    log = cj.events.read(tmp_path)
    assert {u for u, *_ in rows_of(log)} == {"Ж-17", "0", "B-1", "B-2"}
    assert log.n_events == 6
    assert log.funnel(["Check", "Pay"], by="case:AMOUNT").table["users"].tolist() == [2, 2]


def test_ocel_with_a_mark_of_order_is_read_and_its_first_version_is_named(tmp_path):
    log = {"eventTypes": [], "objectTypes": [{"name": "customer"}], "objects": [{"id": "c1", "type": "customer"}],
           "events": [{"id": "e1", "type": "Pay", "time": "2024-03-05 09:12:00",
                       "relationships": [{"objectId": "c1", "qualifier": q} for q in "xy"]}]}  # fmt: skip
    (tmp_path / "log.jsonocel").write_bytes(BOM + json.dumps(log, indent=2).encode())
    assert rows_of(cj.events.read(tmp_path / "log.jsonocel")) == [("c1", "Pay", at("2024-03-05 09:12"))]
    (tmp_path / "old.jsonocel").write_text('{"ocel:events": {"e1": {}}, "ocel:objects": {}}')
    with pytest.raises(FileFormatError, match=r"OCEL 1\.0"):
        cj.events.read(tmp_path / "old.jsonocel")


def test_shopify_item_names_hold_quotes_and_lines_and_orders_come_from_two_zones(tmp_path):
    (tmp_path / "orders.csv").write_bytes(BOM + (
        b"Name,Email,Financial Status,Paid at,Fulfilled at,Total,Created at,Lineitem name,Cancelled at,Id,Source\n"
        b'#1,A@x.org,paid,2024-03-05 09:13:00 -0500,,49.90,2024-03-05 09:12:00 -0500,"tea, ""green""\nbig",,7,web\n'
        b"#1,A@x.org,,,,,,cup,,,\n#2,,paid,,,5,2024-03-06 09:12:00 +0300,tea,,8,pos\n"))  # fmt: skip
    assert rows_of(cj.events.read(tmp_path / "orders.csv")) == [
        ("a@x.org", "order placed", at("2024-03-05 14:12")), ("a@x.org", "order paid", at("2024-03-05 14:13")),
        ("order #2", "order placed", at("2024-03-06 06:12")),
    ]  # fmt: skip


def test_access_logs_begin_with_what_is_no_request_and_know_new_addresses(tmp_path):
    (tmp_path / "access.log.gz").write_bytes(gzip.compress(
        b"logs rotated\n"
        b'2001:db8::1 - - [05/Mar/2024:10:12:00 +0100] "GET /a HTTP/1.1" 200 512 "-" "Mozilla"\n'
        b'192.0.2.1 - frank [05/Mar/2024:09:13:00 +0000] "GET /b?u=1 HTTP/2.0" 200 2326\n'))  # fmt: skip
    with pytest.raises(FileFormatError, match="1 of 3 rows have no time"):
        cj.events.read(tmp_path / "access.log.gz")
    log = cj.events.read(tmp_path / "access.log.gz", options=ReadOptions(drop_bad=True))
    assert rows_of(log) == [
        ("2001:db8::1 Mozilla", "GET /a", at("2024-03-05 09:12")), ("frank", "GET /b", at("2024-03-05 09:13")),
    ]  # fmt: skip


def test_heap_tables_in_a_folder_and_a_plain_table_of_the_old_code_page(tmp_path):
    heap = tmp_path / "heap"
    heap.mkdir()
    (heap / "all_events.csv").write_text(
        "event_id,user_id,session_id,time,event_table_name\n1,11,s,2024-03-05 09:10:00,view\n2,22,s,2024-03-05 09:12:00,buy\n"
    )
    (heap / "user_migrations.csv").write_text("from_user_id,to_user_id,time\n11,22,2024-03-05 09:13:00\n")
    assert [u for u, *_ in rows_of(cj.events.read(heap))] == ["22", "22"]
    (tmp_path / "old.csv").write_bytes("пользователь;время;событие\nАня;05.03.2024 09:12;вход\n".encode("cp1251"))
    assert rows_of(cj.events.read(tmp_path / "old.csv")) == [("Аня", "вход", at("2024-03-05 09:12"))]


def test_seconds_and_milliseconds_in_one_plain_column_are_refused(tmp_path):
    (tmp_path / "t.csv").write_text("user,time,event\na,1709629920,x\nb,1709629920123,y\n")
    with pytest.raises(CjmError, match="any one of these units"):
        cj.events.read(tmp_path / "t.csv")


def test_json_lines_are_read_within_a_memory_limit(tmp_path):
    rows = [amplitude(i, None, "2024-03-05 09:12:00", f"d{i % 90}") for i in range(20_000)]
    log = cj.events.read(lines(tmp_path / "big.json", rows), options=ReadOptions(memory_limit="150MB"))
    assert (log.n_events, log.n_people) == (20_000, 90)
