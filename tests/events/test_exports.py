"""A file typed in the shape of each tool, with its traps; the plain call gives what a person would count by hand."""
# ruff: noqa: E501 - lines of exports are as long as tools write them

from __future__ import annotations

import gzip
import json
import sqlite3
import zipfile

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import FileFormatError
from cjmkit.events import ReadOptions

XES = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0"><extension name="Concept" prefix="concept" uri="u"/>
<global scope="event"><string key="concept:name" value="__INVALID__"/></global>
<trace><string key="concept:name" value="A-17"/><int key="AMOUNT" value="15000"/>
<event><string key="concept:name" value="Check"><string key="why" value="nested"/></string>
<string key="lifecycle:transition" value="start"/><date key="time:timestamp" value="2024-03-05T09:12:00+01:00"/></event>
<event><string key="concept:name" value="Check"/><string key="lifecycle:transition" value="COMPLETE"/>
<date key="time:timestamp" value="2024-03-05T09:30:00+01:00"/></event>
<event><string key="concept:name" value="Pay"/><string key="lifecycle:transition" value="complete"/>
<date key="time:timestamp" value="2024-03-05T08:40:00Z"/></event></trace>
<trace><string key="concept:name" value="0"/>
<event><string key="concept:name" value="Check"/><string key="lifecycle:transition" value="schedule"/>
<date key="time:timestamp" value="2024-03-05T09:00:00+01:00"/></event>
<event><string key="concept:name" value="Check"/><string key="lifecycle:transition" value="start"/>
<date key="time:timestamp" value="2024-03-06T09:00:00+01:00"/></event></trace></log>"""


def lines(path, rows):
    path.write_text("\n".join(json.dumps(r) for r in rows))
    return path


def rows_of(log):
    c = log._canon
    out = c.engine.collect(c.frame.select("u", "t", "e").sort("t", "u"))
    return [(u, log.events[e - 1], t // 1_000_000) for u, t, e in out.itertuples(index=False)]


def at(text: str) -> int:
    return int(pd.Timestamp(text, tz="UTC").timestamp())


@pytest.mark.parametrize("packed", [False, True])
def test_xes_start_and_completion_are_one_event_at_its_start(tmp_path, packed):
    path = tmp_path / ("log.xes.gz" if packed else "log.xes")
    path.write_bytes(gzip.compress(XES.encode()) if packed else XES.encode())
    log = cj.events.read(path)
    assert rows_of(log) == [
        ("A-17", "Check", at("2024-03-05 08:12")), ("A-17", "Pay", at("2024-03-05 08:40")),
        ("0", "Check", at("2024-03-06 08:00")),
    ]  # fmt: skip
    assert log.report.counts["rows of other phases"] == 1
    assert log.report.counts["nested attributes"] == 1
    assert log.report.roles["user"].status == "known"
    whole = cj.events.read(path, options=ReadOptions(lifecycle="keep"))
    assert whole.n_events == 5
    assert log.funnel(["Check", "Pay"], by="case:AMOUNT").table["users"].tolist() == [1, 1]


def test_a_broken_xes_is_an_error_with_its_line(tmp_path):
    (tmp_path / "cut.xes").write_text(XES[: len(XES) // 2])
    with pytest.raises(FileFormatError, match=r"cut.xes:\d+.*XES is broken.*nothing was read"):
        cj.events.read(tmp_path / "cut.xes")
    (tmp_path / "bomb.xes").write_text('<!DOCTYPE l [<!ENTITY a "aaaa">]><log xes.version="1.0"><trace/></log>')
    with pytest.raises(FileFormatError, match="entities"):
        cj.events.read(tmp_path / "bomb.xes")


OCEL = {
    "objectTypes": [{"name": "customer", "attributes": []}, {"name": "order", "attributes": []}],
    "eventTypes": [{"name": "Pay", "attributes": []}],
    "objects": [{"id": "c1", "type": "customer"}, {"id": "c2", "type": "customer"}, {"id": "o7", "type": "order"}],
    "events": [
        {"id": "e1", "type": "Order", "time": "2024-03-05T09:12:00Z", "relationships": [{"objectId": "c1"}]},
        {"id": "e2", "type": "Pay", "time": "2024-03-05T09:30:00Z",
         "relationships": [{"objectId": "c1"}, {"objectId": "c2"}, {"objectId": "o7"}]},
        {"id": "e3", "type": "Pack", "time": "2024-03-05T10:00:00Z", "relationships": [{"objectId": "o7"}]},
    ],
}  # fmt: skip
OCEL_ROWS = [
    ("c1", "Order", at("2024-03-05 09:12")), ("c1", "Pay", at("2024-03-05 09:30")), ("c2", "Pay", at("2024-03-05 09:30")),
]  # fmt: skip


def ocel_sqlite(path):
    con = sqlite3.connect(path)
    con.executescript(
        "CREATE TABLE event(ocel_id, ocel_type); CREATE TABLE object(ocel_id, ocel_type);"
        "CREATE TABLE event_map_type(ocel_type, ocel_type_map); CREATE TABLE event_object(ocel_event_id, ocel_object_id,"
        "ocel_qualifier); CREATE TABLE event_All(ocel_id, ocel_time);"
    )
    for o in OCEL["objects"]:
        con.execute("INSERT INTO object VALUES (?, ?)", (o["id"], o["type"]))
    for e in OCEL["events"]:
        con.execute("INSERT INTO event VALUES (?, ?)", (e["id"], e["type"]))
        con.execute("INSERT INTO event_map_type VALUES (?, ?)", (e["type"], e["type"]))
        con.execute(f'CREATE TABLE "event_{e["type"]}"(ocel_id, ocel_time)')
        con.execute(f'INSERT INTO "event_{e["type"]}" VALUES (?, ?)', (e["id"], e["time"]))
        for r in e["relationships"]:
            con.execute("INSERT INTO event_object VALUES (?, ?, '')", (e["id"], r["objectId"]))
    con.commit()
    con.close()


def ocel_xml(path):
    objects = "".join(f'<object id="{o["id"]}" type="{o["type"]}"/>' for o in OCEL["objects"])
    events = "".join(
        f'<event id="{e["id"]}" type="{e["type"]}" time="{e["time"]}"><objects>'
        + "".join(f'<relationship object-id="{r["objectId"]}" qualifier=""/>' for r in e["relationships"])
        + "</objects></event>"
        for e in OCEL["events"]
    )
    path.write_text(
        f'<?xml version="1.0"?><log><object-types><object-type name="customer"/></object-types><event-types/>'
        f"<objects>{objects}</objects><events>{events}</events></log>"
    )


@pytest.mark.parametrize("kind", ["json", "sqlite", "xml"])
def test_ocel_asks_whose_journey_it_is_and_counts_events_of_several_and_of_nobody(tmp_path, kind):
    path = tmp_path / f"log.{kind}"
    if kind == "json":
        path.write_text(json.dumps(OCEL))
    else:
        (ocel_sqlite if kind == "sqlite" else ocel_xml)(path)
    with pytest.raises(FileFormatError, match=r"customer \(2\), order \(1\).*object_type="):
        cj.events.read(path)
    with pytest.raises(FileFormatError, match="did you mean 'customer'"):
        cj.events.read(path, options=ReadOptions(object_type="custmer"))
    log = cj.events.read(path, options=ReadOptions(object_type="customer"))
    assert sorted(rows_of(log), key=lambda r: (r[2], r[0])) == OCEL_ROWS
    assert log.report.counts["events of several people (a row each)"] == 1
    assert log.report.counts["events of nobody (left out)"] == 1


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("case:concept:name,concept:name,time:timestamp", "C1,Check,2024-03-05 09:12:00+00:00"),
        ("Case ID,Activity,Resource,Start Timestamp,Complete Timestamp,Variant", "C1,Check,ann,2024/03/05 09:12:00,2024/03/05 09:30:00,V1"),
        ("_CASE_KEY,ACTIVITY_EN,EVENTTIME,_SORTING", "C1,Check,2024-03-05 09:12:00,1"),
    ],
)  # fmt: skip
def test_tables_of_process_mining_are_known_by_their_columns(tmp_path, head, row):
    (tmp_path / "log.csv").write_text(f"{head}\n{row}\n")
    log = cj.events.read(tmp_path / "log.csv")
    assert rows_of(log) == [("C1", "Check", at("2024-03-05 09:12"))]
    assert all(r.status == "known" for r in log.report.roles.values())


def test_amplitude_parts_of_a_zip_double_ids_a_shared_device_and_a_tester(tmp_path):
    def row(device, user, event, time, insert, **more):
        return {"device_id": device, "user_id": user, "amplitude_id": 9007199254740993, "event_type": event,
                "event_time": f"2024-03-05 {time}.000000", "$insert_id": insert, "platform": "Web"} | more  # fmt: skip

    first = [row("d1", None, "open", "09:00:00", "1"), row("d1", "ann", "login", "09:05:00", "2"),
             row("d1", "bob", "login", "10:00:00", "3"), row("d1", None, "look", "10:05:00", "4")]  # fmt: skip
    late = [row("d1", "ann", "login", "09:05:00", "2"), row("d2", "qa_robot", "open", "09:01:00", "5"),
            row("d3", "null", "open", "08:00:00", "6", event_properties={"plan": "pro"})]  # fmt: skip
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as z:
        for i, part in enumerate((first, late)):
            z.writestr(f"1/1_2024-03-05_{i}#0.json.gz", gzip.compress("\n".join(map(json.dumps, part)).encode()))
    log = cj.events.read(tmp_path / "export.zip")
    assert rows_of(log) == [
        ("d3", "open", at("2024-03-05 08:00")), ("ann", "open", at("2024-03-05 09:00")),
        ("qa_robot", "open", at("2024-03-05 09:01")), ("ann", "login", at("2024-03-05 09:05")),
        ("bob", "login", at("2024-03-05 10:00")), ("ann", "look", at("2024-03-05 10:05")),
    ]  # fmt: skip
    counts = log.report.counts
    assert (counts["double insert ids"], counts["shared devices"], counts["test users"]) == (1, 1, 1)
    assert counts["rows moved to a known person"] == 2
    assert counts["people who stay anonymous"] == 1
    assert cj.events.read(tmp_path / "export.zip", options=ReadOptions(test_users="drop")).n_people == 3
    later = cj.events.read(tmp_path / "export.zip", options=ReadOptions(identity="later", duplicates="keep"))
    assert (later.n_events, later.n_people) == (7, 5)
    assert log.funnel(["open", "login"], by="plan").table["users"].tolist() == [1, 0]


def test_mixpanel_seconds_and_its_merges(tmp_path):
    t = at("2024-03-05 09:12")

    def row(event, time, distinct, insert, **more):
        return {"event": event, "properties": {"time": time, "distinct_id": distinct, "$insert_id": insert} | more}

    rows = [
        row("Open", t, "$device:d1", "a", **{"$device_id": "d1"}),
        row("Sign up", t + 60, "u1", "b", **{"$device_id": "d1", "$user_id": "u1", "utm_source": "mail"}),
        row("Sign up", t + 60, "u1", "b", **{"$device_id": "d1", "$user_id": "u1", "utm_source": "mail"}),
    ]
    log = cj.events.read(lines(tmp_path / "raw.jsonl", rows))
    assert rows_of(log) == [("u1", "Open", t), ("u1", "Sign up", t + 60)]
    assert log.channels == ("mail",)


def test_mixpanel_aliases_join_once_and_a_circle_changes_nothing(tmp_path):
    t = at("2024-03-05 09:12")
    rows = [{"event": e, "properties": {"time": t + i, "distinct_id": d, "$insert_id": str(i)} | m} for i, (e, d, m) in enumerate([
        ("Open", "a", {}), ("$create_alias", "b", {"alias": "a"}), ("$create_alias", "a", {"alias": "b"}), ("Buy", "c", {}),
    ])]  # fmt: skip
    log = cj.events.read(lines(tmp_path / "raw.jsonl", rows))
    assert log.n_people == 2
    assert log.events == ("Buy", "Open")
    assert log.report.counts["aliases in a circle"] == 1


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "csv"])
def test_posthog_properties_as_object_or_as_text(tmp_path, kind):
    rows = [
        {"uuid": f"0{i}", "event": e, "distinct_id": d, "person_id": "p1", "timestamp": f"2024-03-05T09:1{i}:00Z",
         "properties": {"utm_source": "ads", "$raw_user_agent": agent}, "created_at": "2024-03-05T09:20:00Z"}
        for i, (e, d, agent) in enumerate([("$pageview", "a1", "Mozilla"), ("paid", "u1", "Mozilla"), ("$pageview", "x", "Googlebot/2.1")])
    ]  # fmt: skip
    path = tmp_path / f"events.{kind}"
    if kind == "jsonl":
        lines(path, rows)
    else:
        frame = pd.DataFrame([r | {"properties": json.dumps(r["properties"])} for r in rows])
        frame.to_parquet(path) if kind == "parquet" else frame.to_csv(path, index=False)
    log = cj.events.read(path)
    assert rows_of(log) == [("p1", "$pageview", at("2024-03-05 09:10")), ("p1", "paid", at("2024-03-05 09:11"))]
    assert log.report.counts["rows of bots, by agent"] == 1
    assert log.channels == ("ads",)


def test_segment_calls_and_an_alias(tmp_path):
    def call(i, kind, **more):
        return {"type": kind, "messageId": f"m{i}", "timestamp": f"2024-03-05T09:1{i}:00Z",
                "receivedAt": "2024-03-05T09:30:00Z"} | more  # fmt: skip

    rows = [
        call(0, "page", name="Home", anonymousId="a1", userId=None),
        call(1, "identify", anonymousId="a1", userId="u1", traits={"plan": "pro"}),
        call(2, "track", event="Order", anonymousId="a1", userId="u1", properties={"total": 5}),
        call(3, "track", event="Order", anonymousId="a9", userId="old"),
        call(4, "alias", previousId="zz", userId="u1", anonymousId="a1"),
        call(5, "track", event="Look", anonymousId="zz", userId=None),
    ]
    log = cj.events.read(lines(tmp_path / "calls.json", rows))
    assert rows_of(log) == [
        ("u1", "Home", at("2024-03-05 09:10")), ("u1", "Order", at("2024-03-05 09:12")),
        ("old", "Order", at("2024-03-05 09:13")), ("u1", "Look", at("2024-03-05 09:15")),
    ]  # fmt: skip
    assert log.report.counts["aliases"] == 1


def test_snowplow_without_a_header_keeps_the_earliest_copy_and_what_robots_repeat(tmp_path):
    def row(**cells):
        out = [""] * 131
        for i, v in cells.items():
            out[int(i[1:])] = v
        return "\t".join(out)

    base = {"c5": "page_view", "c6": "e-1", "c15": "d1", "c126": "page_view", "c48": "ads", "c129": "f1"}
    rows = [
        row(**base, c3="2024-03-05 09:12:09", c124="2024-03-05 09:12:01"),
        row(**base, c3="2024-03-05 09:12:03", c124="2024-03-05 09:12:00"),
        row(**(base | {"c129": "f2"}), c3="2024-03-05 09:13:00", c124="2024-03-05 09:13:00"),
    ]
    (tmp_path / "enriched.tsv").write_text("\n".join(rows) + "\n")
    log = cj.events.read(tmp_path / "enriched.tsv")
    assert rows_of(log) == [("d1", "page_view", at("2024-03-05 09:12")), ("d1", "page_view", at("2024-03-05 09:13"))]
    assert log.report.counts["double insert ids"] == 1


def test_heap_migrations_and_overlapping_tables(tmp_path):
    (tmp_path / "all_events.csv").write_text(
        "event_id,user_id,session_id,time,event_table_name,from_user_id,to_user_id\n"
        "1,11,s,2024-03-05 09:10:00,view,,\n1,11,s,2024-03-05 09:10:00,view,,\n"
        "1,11,s,2024-03-05 09:10:00,click,,\n2,22,s,2024-03-05 09:12:00,buy,,\n,,,2024-03-05 09:13:00,,11,22\n"
    )
    log = cj.events.read(tmp_path / "all_events.csv")
    assert (log.n_events, log.n_people, log.events) == (3, 1, ("buy", "click", "view"))


def test_access_logs_know_offsets_bots_and_authenticated_people(tmp_path):
    (tmp_path / "access.log").write_text(
        '192.0.2.7 - - [05/Mar/2024:10:12:00 +0100] "GET /a?x=1 HTTP/1.1" 200 512 "https://s.example/q" "Mozilla \\"5\\""\n'
        '192.0.2.7 - ann [05/Mar/2024:09:13:00 +0000] "POST /b HTTP/1.1" 302 - "-" "Mozilla \\"5\\""\n'
        '192.0.2.8 - - [05/Mar/2024:09:13:00 +0000] "GET /robots.txt HTTP/1.1" 200 1 "-" "Googlebot"\n'
    )
    log = cj.events.read(tmp_path / "access.log")
    assert rows_of(log) == [("ann", "GET /a", at("2024-03-05 09:12")), ("ann", "POST /b", at("2024-03-05 09:13"))]
    assert log.channels == ("s.example",)
    assert cj.events.read(tmp_path / "access.log", options=ReadOptions(bots="keep")).n_people == 2


def test_shopify_lines_of_one_order_are_one_order(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "Name,Email,Financial Status,Paid at,Fulfilled at,Total,Created at,Lineitem name,Cancelled at,Id,Source\n"
        "#1,A@x.org,paid,2024-03-05 09:13:00 -0500,,49.90,2024-03-05 09:12:00 -0500,tea,,7,web\n"
        "#1,A@x.org,,,,,,cup,,,\n#2,a@x.org,paid,,,5,2024-03-06 09:12:00 -0500,tea,2024-03-07 09:12:00 -0500,8,web\n"
    )
    log = cj.events.read(tmp_path / "orders.csv")
    assert rows_of(log) == [
        ("a@x.org", "order placed", at("2024-03-05 14:12")), ("a@x.org", "order paid", at("2024-03-05 14:13")),
        ("a@x.org", "order placed", at("2024-03-06 14:12")), ("a@x.org", "order cancelled", at("2024-03-07 14:12")),
    ]  # fmt: skip


def test_woocommerce_guests_are_known_by_their_address(tmp_path):
    rows = [
        {"id": i, "status": s, "customer_id": c, "billing": {"email": "A@x.org"}, "date_created_gmt": f"2024-03-0{i}T09:12:00",
         "date_paid_gmt": None, "date_completed_gmt": None, "date_modified_gmt": f"2024-03-0{i}T10:00:00", "total": "5.00",
         "created_via": "checkout"} for i, (s, c) in enumerate([("processing", 0), ("refunded", 12)], 1)]  # fmt: skip
    (tmp_path / "orders.json").write_text(json.dumps(rows))
    log = cj.events.read(tmp_path / "orders.json")
    assert [(u, e) for u, e, _ in rows_of(log)] == [
        ("a@x.org", "order placed"), ("a@x.org", "order placed"), ("a@x.org", "order refunded"),
    ]  # fmt: skip


def test_units_of_time_that_mix_and_columns_that_could_both_be_the_time_are_asked_about(tmp_path):
    rows = [{"event": "Open", "properties": {"time": t, "distinct_id": "u", "$insert_id": str(t)}}
            for t in (1709629920, 1709629920000)]  # fmt: skip
    with pytest.raises(FileFormatError, match="10 and 13 digits"):
        cj.events.read(lines(tmp_path / "mixed.jsonl", rows))
    (tmp_path / "two.csv").write_text("user,event,sent,seen\nu,a,2024-03-05 09:12,2024-03-05 09:13\n")
    with pytest.raises(FileFormatError, match=r"several columns could be the time: sent, seen\..*ReadOptions\(time="):
        cj.events.read(tmp_path / "two.csv")
    told = cj.events.read(tmp_path / "two.csv", options=cj.events.ReadOptions(time="seen"))
    assert str(told.start).startswith("2024-03-05 09:13")


def test_times_that_cannot_be_read_stop_the_reader_and_can_be_left_out(tmp_path):
    rows = [{"amplitude_id": 1, "device_id": "d", "event_type": "open", "event_time": t, "uuid": t}
            for t in ("2024-03-05 09:12:00", "soon")]  # fmt: skip
    path = lines(tmp_path / "a.json", rows)
    with pytest.raises(FileFormatError, match=r"1 of 2 rows.*'soon' in row 2.*drop_bad"):
        cj.events.read(path)
    assert cj.events.read(path, options=ReadOptions(drop_bad=True)).n_events == 1


def test_a_zip_bomb_and_an_empty_file_are_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("a.json", b" " * 60_000_000)
    with pytest.raises(FileFormatError):
        cj.events.read(tmp_path / "bomb.zip")
    (tmp_path / "empty.json").write_text("")
    with pytest.raises(FileFormatError, match="empty"):
        cj.events.read(tmp_path / "empty.json")


def test_a_bracket_in_a_name_is_a_bracket(tmp_path):
    (tmp_path / "log1.csv").write_text("user,time,event\nwrong,2024-03-05,x\n")
    (tmp_path / "log[1].csv").write_text("user,time,event\nright,2024-03-05,x\n")
    assert rows_of(cj.events.read(tmp_path / "log[1].csv"))[0][0] == "right"
