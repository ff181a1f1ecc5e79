"""Other shapes in which the same tools write, and tables of nobody's format; each gives what a person would count."""
# ruff: noqa: E501 - lines of exports are as long as tools write them

from __future__ import annotations

import csv
import datetime as dt
import json
import warnings

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError, DataWarning, FileFormatError
from cjmkit.events import ReadOptions
from tests.events.test_exports import at, lines, rows_of

T1, T2, T3 = at("2024-03-05 09:12"), at("2024-03-05 09:13"), at("2024-03-05 09:14")


def table(path, head, *rows):
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows([head.split(","), *rows])
    return path


def role(log, name):
    return log.report.roles[name].column


# product analytics --------------------------------------------------------------------------------------------------


def test_amplitude_as_a_table_with_json_in_its_cells(tmp_path):
    head = "amplitude_id,user_id,device_id,event_type,event_time,event_properties,user_properties,uuid"
    path = table(
        tmp_path / "amp.csv", head,
        [1, "", "d1", "open", "2024-03-05 09:12:00.000000", json.dumps({"cart": {"total": 5, "items": [{"sku": "1"}]}}), json.dumps({"utm_source": "mail"}), "u1"],
        [1, "ann", "d1", "pay", "2024-03-05 09:13:00.000000", '{"plan": "pro"}', "{}", "u2"],
        [2, "bob", "d2", "open", "2024-03-05 09:14:00.000000", "{}", "{}", "u3"],
    )  # fmt: skip
    log = cj.events.read(path)
    assert rows_of(log) == [("ann", "open", T1), ("ann", "pay", T2), ("bob", "open", T3)]
    assert log.channels == ("mail",)
    assert log._property("cart.total").to_dict() == {"ann": "5"}
    assert log._property("plan").to_dict() == {"ann": "pro"}


def test_amplitude_without_its_own_id_and_with_a_known_id_that_first_comes_late(tmp_path):
    rows = [
        {
            "device_id": "d1",
            "event_type": "open",
            "event_time": "2024-03-05 09:12:00",
            "$insert_id": str(i),
            "event_properties": {},
        }
        for i in range(300)
    ]
    rows.append(
        {
            "device_id": "d1",
            "user_id": "ann",
            "event_type": "pay",
            "event_time": "2024-03-05 09:13:00",
            "$insert_id": "x",
            "event_properties": {},
        }
    )
    log = cj.events.read(
        lines(tmp_path / "late.json", [r | {"user_id": None} if i else r for i, r in enumerate(rows)][:-1] + rows[-1:])
    )
    assert (log.report.format, log.n_people, log.report.counts["rows moved to a known person"]) == ("Amplitude", 1, 300)


def test_mixpanel_merges_that_come_after_the_first_rows_still_join(tmp_path):
    rows = [
        {
            "event": "Open",
            "properties": {"time": 1709629920 + i, "distinct_id": "a1", "$insert_id": f"i{i}", "$browser": "Chrome"},
        }
        for i in range(300)
    ]
    rows.append(
        {
            "event": "$identify",
            "properties": {
                "time": 1709630300,
                "distinct_id": "ann",
                "$identified_id": "ann",
                "$anon_id": "a1",
                "$insert_id": "j",
            },
        }
    )
    rows.append({"event": "Pay", "properties": {"time": 1709630400, "distinct_id": "ann", "$insert_id": "k"}})
    log = cj.events.read(lines(tmp_path / "late.jsonl", rows))
    assert log.n_people == 1
    assert log._property("browser").unique().tolist() == ["Chrome"]


def test_mixpanel_as_a_table_raw_or_from_its_own_screen(tmp_path):
    head = "event,time,distinct_id,$browser,$insert_id,$user_id,$device_id"
    raw = table(tmp_path / "raw.csv", head, ["Open", 1709629920, "$device:d1", "Chrome", "i1", "", "d1"],
                ["Pay", 1709629980, "ann", "Chrome", "i2", "ann", "d1"], ["Pay", 1709629980, "ann", "Chrome", "i2", "ann", "d1"])  # fmt: skip
    log = cj.events.read(raw)
    assert rows_of(log) == [("ann", "Open", T1), ("ann", "Pay", T2)]
    assert (log.report.format, log.report.counts["double insert ids"]) == ("Mixpanel", 1)
    screen = table(
        tmp_path / "screen.csv", "Event Name,Time,Distinct ID,Browser", ["Open", "2024-03-05T09:12:00", "ann", "Chrome"]
    )
    told = cj.events.read(screen)
    assert rows_of(told) == [("ann", "Open", T1)]
    assert told.report.roles["user"].status == "guessed"


@pytest.mark.parametrize("write", [json.dumps, str, lambda x: json.dumps(x).replace('"', '""')])
def test_posthog_properties_in_a_cell_with_double_single_or_doubled_quotes(tmp_path, write):
    properties = {"$browser": "Chrome", "plan": "it's pro", "utm_source": "mail", "on": True, "off": None}
    path = table(tmp_path / "ph.csv", "uuid,event,properties,distinct_id,timestamp", ["u1", "$pageview", write(properties), "a1", "2024-03-05T09:12:00.000Z"],
                 ["u2", "pay", write({"plan": "pro"}), "a1", "2024-03-05 09:13:00.000000+00:00"])  # fmt: skip
    log = cj.events.read(path)
    assert rows_of(log) == [("a1", "$pageview", T1), ("a1", "pay", T2)]
    assert log.channels == ("mail",)
    assert log._property("plan").to_dict() == {"a1": "it's pro"}
    assert log._property("browser").to_dict() == {"a1": "Chrome"}


def test_posthog_from_its_own_screen(tmp_path):
    path = table(
        tmp_path / "a.csv",
        "event,person.properties.email,distinct_id,properties.$current_url,timestamp",
        ["pay", "ann@x.org", "a1", "/b", "2024-03-05T09:12:00.000Z"],
    )
    assert (rows_of(cj.events.read(path)), cj.events.read(path).report.format) == ([("a1", "pay", T1)], "PostHog")
    whole = json.dumps({"uuid": "u1", "event": "pay", "distinct_id": "a1", "properties": {"utm_source": "mail"}})
    path = table(
        tmp_path / "b.csv", "*,event,person,timestamp", [whole, "pay", '{"distinct_id": "a1"}', "2024-03-05T09:12:00Z"]
    )
    log = cj.events.read(path)
    assert (rows_of(log), log.channels) == ([("a1", "pay", T1)], ("mail",))


def test_heap_a_table_an_event_with_people_and_sessions_beside_it(tmp_path):
    table(
        tmp_path / "pageviews.csv",
        "event_id,user_id,session_id,time,path",
        [1, 11, 5, "2024-03-05 09:12:00", "/a"],
        [3, 12, 6, "2024-03-05 09:14:00", "/a"],
    )
    table(tmp_path / "signup.csv", "event_id,user_id,session_id,time,plan", [2, 11, 5, "2024-03-05 09:13:00", "pro"])
    table(
        tmp_path / "users.csv",
        "user_id,identity,joindate",
        [11, "ann", "2024-03-01 00:00:00"],
        [12, "", "2024-03-02 00:00:00"],
    )
    table(
        tmp_path / "sessions.csv",
        "session_id,user_id,time,utm_source",
        [5, 11, "2024-03-05 09:11:00", "google"],
        [6, 12, "2024-03-05 09:13:00", ""],
    )
    log = cj.events.read(tmp_path)
    assert rows_of(log) == [("ann", "pageviews", T1), ("ann", "signup", T2), ("12", "pageviews", T3)]
    assert log.channels == ("google",)


def test_appmetrica_and_appsflyer_join_devices_to_people(tmp_path):
    path = table(tmp_path / "appm.csv", "event_name,event_datetime,event_timestamp,appmetrica_device_id,profile_id,event_json,os_name",
                 ["open", "2024-03-05 12:12:00", 1709629920, 12345678901234567890, "", '{"plan": "pro"}', "ios"], ["pay", "2024-03-05 12:13:00", 1709629980, 12345678901234567890, "ann", "", "ios"])  # fmt: skip
    log = cj.events.read(path)
    assert rows_of(log) == [("ann", "open", T1), ("ann", "pay", T2)]
    assert log._property("plan").to_dict() == {"ann": "pro"}
    path = table(tmp_path / "af.csv", "AppsFlyer ID,Event Name,Event Time,Media Source,Customer User ID,Install Time",
                 ["1-2", "open", "2024-03-05 09:12:00", "fb", "", "2024-03-01 00:00:00"], ["1-2", "pay", "2024-03-05 09:13:00", "fb", "ann", "2024-03-01 00:00:00"])  # fmt: skip
    log = cj.events.read(path)
    assert (rows_of(log), log.channels) == ([("ann", "open", T1), ("ann", "pay", T2)], ("fb",))


# web ----------------------------------------------------------------------------------------------------------------


def metrica(folder, *, joined=True):
    watches = "\tym:s:watchIDs" if joined else ""
    (folder / "visits.tsv").write_text(
        f"ym:s:visitID\tym:s:clientID\tym:s:dateTime\tym:s:lastTrafficSource\tym:s:goalsID\tym:s:goalsDateTime{watches}\n"
        + "501\t77\t2024-03-05 12:12:00\torganic\t[1]\t['2024-03-05 12:13:00']" + ("\t[9001,9002]" if joined else "")
        + "\n502\t78\t2024-03-05 12:14:00\tad\t[]\t[]" + ("\t[9003]" if joined else "") + "\n"
    )  # fmt: skip
    (folder / "hits.tsv").write_text(
        "ym:pv:watchID\tym:pv:clientID\tym:pv:dateTime\tym:pv:URL\tym:pv:goalsID\n"
        "9001\t77\t2024-03-05 12:12:00\thttps://x.ru/a\t[]\n9002\t77\t2024-03-05 12:13:00\thttps://x.ru/b\t[1]\n"
        "9003\t78\t2024-03-05 12:14:00\thttps://x.ru/a\t[]\n9004\t79\t2024-03-05 12:14:00\thttps://x.ru/a\t[]\n"
    )
    return folder


def test_metrica_visits_and_hits_in_one_folder_count_a_goal_once_and_hits_have_their_visits_source(tmp_path):
    log = cj.events.read(metrica(tmp_path))
    assert rows_of(log) == [("77", "/a", T1), ("77", "goal 1", T2), ("78", "/a", T3), ("79", "/a", T3)]
    assert set(log.sources("goal 1", min_n=1).table["source"]) == {"organic", "ad", "(none)"}
    assert any("1 hits belong to no visit" in w for w in log.report.warnings)


def test_metrica_visits_and_hits_that_nothing_joins_are_refused(tmp_path):
    with pytest.raises(FileFormatError, match=r"nothing joins them: export ym:s:watchIDs"):
        cj.events.read(metrica(tmp_path, joined=False))


@pytest.mark.parametrize("wrapped", [False, True])
def test_ga4_parquet_with_structs_of_bigquery_and_of_others(tmp_path, wrapped):
    value = pa.struct([("string_value", pa.string()), ("int_value", pa.int64()), ("double_value", pa.float64())])
    pair = pa.struct([("key", pa.string()), ("value", value)])
    rows = [
        [{"key": "ga_session_id", "value": {"int_value": 5}}, {"key": "source", "value": {"string_value": "mail"}}]
    ] * 2
    kind: pa.DataType = pa.list_(pair)
    if wrapped:
        kind = pa.struct([("list", pa.list_(pa.struct([("element", pair)])))])
        rows = [{"list": [{"element": x} for x in r]} for r in rows]
    pq.write_table(pa.table({
        "event_timestamp": pa.array([1709629920000000, 1709629980000000]), "event_name": ["page_view", "purchase"],
        "event_params": pa.array(rows, type=kind), "user_pseudo_id": ["1.2", "1.2"], "user_id": [None, "ann"],
        "device": pa.array([{"category": "mobile"}] * 2),
    }), tmp_path / "ga4.parquet")  # fmt: skip
    log = cj.events.read(tmp_path / "ga4.parquet")
    assert rows_of(log) == [("ann", "page_view", T1), ("ann", "purchase", T2)]
    assert log.channels == ("mail",)
    assert log._property("session").to_dict() == {"ann": "1.2.5"}
    assert log._property("category").to_dict() == {"ann": "mobile"}


def test_ga4_properties_of_people_are_columns(tmp_path):
    one = {"event_timestamp": "1709629920000000", "event_name": "page_view", "event_params": [], "user_pseudo_id": "1.2",
           "user_properties": [{"key": "plan", "value": {"string_value": "pro"}}]}  # fmt: skip
    assert cj.events.read(lines(tmp_path / "a.json", [one]))._property("plan").to_dict() == {"1.2": "pro"}


def test_snowplow_contexts_are_columns_as_text_of_json_and_as_columns_of_a_warehouse(tmp_path):
    context = json.dumps({"schema": "s", "data": [{"schema": "iglu:com.acme/page/jsonschema/1-0-0", "data": {"id": 1}},
                                                  {"schema": "iglu:com.acme/user/jsonschema/1-0-0", "data": {"plan": "pro"}}]})  # fmt: skip
    head = "app_id,collector_tstamp,derived_tstamp,event_id,event,event_name,domain_userid,user_id,contexts"
    text = table(
        tmp_path / "sp.csv",
        head,
        ["x", "2024-03-05 09:12:01", "2024-03-05 09:12:00", "e1", "page_view", "page_view", "d1", "", context],
    )
    log = cj.events.read(text)
    assert (rows_of(log), log._property("user.plan").to_dict()) == ([("d1", "page_view", T1)], {"d1": "pro"})
    row = {"collector_tstamp": "2024-03-05 09:12:01 UTC", "derived_tstamp": "2024-03-05T09:12:00.000Z", "event_id": "e1", "event": "unstruct",
           "event_name": "add", "domain_userid": "d1", "contexts_com_acme_user_1": [{"plan": "pro"}], "unstruct_event_com_acme_add_1": {"sku": "7"}}  # fmt: skip
    log = cj.events.read(lines(tmp_path / "sp.json", [row]))
    assert rows_of(log) == [("d1", "add", T1)]
    assert (log._property("com_acme_user.plan")["d1"], log._property("com_acme_add.sku")["d1"]) == ("pro", "7")


def test_matomo_lists_written_as_objects_and_what_a_visit_was(tmp_path):
    visit = {"idVisit": 4, "visitorId": "5041", "userId": None, "referrerType": "search", "referrerName": "Google", "deviceType": "Smartphone",
             "lastActionTimestamp": 1709629999, "actionDetails": {"0": {"type": "action", "timestamp": 1709629920},
             "2": {"type": "ecommerceOrder", "orderId": "7", "revenue": "12.5", "timestamp": 1709629980}}}  # fmt: skip
    (tmp_path / "visits.json").write_text(json.dumps([visit], indent=1))
    log = cj.events.read(tmp_path / "visits.json")
    assert rows_of(log) == [("5041", "action", T1), ("5041", "ecommerceOrder", T2)]
    assert (log.channels, log._property("deviceType")["5041"], log._property("revenue")["5041"]) == (
        ("search / Google",),
        "Smartphone",
        "12.5",
    )


LOGS = {
    "ipv6": '2001:db8::7 - - [05/Mar/2024:10:12:00 +0100] "GET /a?x=\\"q\\" HTTP/1.1" 200 512 "https://g.com/" "Mozilla/5.0 (X; \\"quoted\\")"\n',
    "vhost": 'x.org:443 2001:db8::7 - - [05/Mar/2024:10:12:00 +0100] "GET /a HTTP/1.1" 200 512 "https://g.com/" "Mozilla/5.0 (X; \\"quoted\\")"\n',
    "json": '{"time_local": "05/Mar/2024:10:12:00 +0100", "remote_addr": "2001:db8::7", "request": "GET /a HTTP/1.1", "http_user_agent": "Mozilla/5.0 (X; \\\\\\"quoted\\\\\\")", "http_referer": "https://g.com/x"}\n',
    "iis": "#Software: IIS\n#Fields: date time cs-method cs-uri-stem cs-username c-ip cs(User-Agent) cs(Referer) sc-status\n"
           '2024-03-05 09:12:00 GET /a - 2001:db8::7 Mozilla/5.0+(X;+\\"quoted\\") https://g.com/ 200\n',
}  # fmt: skip


@pytest.mark.parametrize("kind", LOGS)
def test_logs_of_servers_in_four_ways_of_writing(tmp_path, kind):
    (tmp_path / "access.log").write_text(LOGS[kind])
    log = cj.events.read(tmp_path / "access.log")
    ((user, event, time),) = rows_of(log)
    assert user.startswith("2001:db8::7 Mozilla/5.0") and 'quoted\\"' in user
    assert (event, time, log.channels) == ("GET /a", T1, ("g.com",))


# shops, and tables whose dates are the events -------------------------------------------------------------------------


def test_orders_with_a_row_an_item_are_one_order_each_and_a_status_is_no_event(tmp_path):
    path = table(tmp_path / "woo.csv", "Order ID,Order Status,Order Date,Paid date,Customer Email,Item Name,Order Total",
                 [7, "completed", "2024-03-05 09:12:00", "2024-03-05 09:13:00", "Ann@x.org", "A", "49.90"], [7, "completed", "2024-03-05 09:12:00", "2024-03-05 09:13:00", "Ann@x.org", "B", "49.90"],
                 [8, "cancelled", "2024-03-05 09:14:00", "", "bob@x.org", "B", "9.90"])  # fmt: skip
    log = cj.events.read(path)
    assert [(e, t) for _, e, t in rows_of(log)] == [("order placed", T1), ("order paid", T2), ("order placed", T3)]
    assert log._property("Order Status").to_dict() == {"Ann@x.org": "completed", "bob@x.org": "cancelled"}
    assert any("Order Status has no time of its own" in w for w in log.report.warnings)


def test_guests_of_a_shop_are_known_by_their_address(tmp_path):
    path = table(
        tmp_path / "woo.csv",
        "order_id,order_date,customer_id,billing_email",
        [7, "2024-03-05 09:12:00", 0, "Ann@x.org"],
        [8, "2024-03-05 09:13:00", 0, "bob@x.org"],
        [9, "2024-03-05 09:14:00", 12, ""],
    )
    assert [u for u, _, _ in rows_of(cj.events.read(path))] == ["ann@x.org", "bob@x.org", "12"]


def test_invoices_without_an_event_are_orders(tmp_path):
    path = table(
        tmp_path / "retail.csv",
        "InvoiceNo,StockCode,Quantity,InvoiceDate,CustomerID",
        ["536365", "85123A", 6, "12/13/2010 8:26", "17850"],
        ["536365", "71053", 6, "12/13/2010 8:26", "17850"],
    )
    assert rows_of(cj.events.read(path)) == [("17850", "order placed", at("2010-12-13 08:26"))]


def test_a_table_with_dates_and_no_event_has_an_event_a_date(tmp_path):
    path = table(
        tmp_path / "people.csv",
        "customer,visited,contract_date,плановая дата",
        ["ann", "2024-03-05 09:12", "2024-03-05 09:14", ""],
        ["bob", "2024-03-05 09:13", "", ""],
    )
    log = cj.events.read(path)
    assert rows_of(log) == [("ann", "visited", T1), ("bob", "visited", T2), ("ann", "contract_date", T3)]
    assert (log.report.format, log.report.roles["event"].status) == ("table of dates", "guessed")


# tables of nobody's format ------------------------------------------------------------------------------------------


PLAIN = {
    "1C": ("№;Период;Контрагент;Вид события;Сумма, руб.\n1;05.03.2024 9:12;ООО Ромашка;Счёт;1 234,50\n2;05.03.2024 09:13:00;ООО Ромашка;Оплата;1 234,50\n",
           "utf-8", ("Контрагент", "Период", "Вид события"), [("ООО Ромашка", "Счёт", T1), ("ООО Ромашка", "Оплата", T2)]),
    "Bitrix": ("ID;Сделка;Стадия сделки;Дата изменения;Контакт;Источник\n1;№5;Новая;05.03.2024 09:12:00;Анна;Звонок\n2;№5;В работе;05.03.2024 09:13:00;Анна;Сайт\n",
               "utf-8-sig", ("Контакт", "Дата изменения", "Стадия сделки"), [("Анна", "Новая", T1), ("Анна", "В работе", T2)]),
    "old code page": ("Дата;Клиент;Событие\n05.03.2024 09:12;Анна;Заявка\n", "cp1251", ("Клиент", "Дата", "Событие"), [("Анна", "Заявка", T1)]),
    "UTF-16 of Excel": ("user\ttime\tevent\nАнна\t2024-03-05 09:12:00\topen\n", "utf-16", ("user", "time", "event"), [("Анна", "open", T1)]),
    "UTF-16 without a mark": ("user\ttime\tevent\nann\t2024-03-05 09:12:00\topen\n", "utf-16-le", ("user", "time", "event"), [("ann", "open", T1)]),
    "sep=": ("sep=;\nuser;time;event\nann;2024-03-05 09:12:00;open\n", "utf-8", ("user", "time", "event"), [("ann", "open", T1)]),
    "a title above": ("Отчёт за март\n\nКлиент;Дата;Событие\nАнна;05.03.2024 09:12;Заявка\n", "utf-8", ("Клиент", "Дата", "Событие"), [("Анна", "Заявка", T1)]),
    "day and clock apart": ("Дата;Время;Клиент;Событие\n05.03.2024;9:13;Анна;Заявка\n05.03.2024;09:12:00;Анна;Визит\n", "utf-8",
                            ("Клиент", "Дата + Время", "Событие"), [("Анна", "Визит", T1), ("Анна", "Заявка", T2)]),
    "camel": ("userId,eventTime,eventName,eventId\nann,2024-03-05T09:12:00.000Z,open,7\n", "utf-8", ("userId", "eventTime", "eventName"), [("ann", "open", T1)]),
    "American": ("User ID,Date,Event\nann,3/5/2024 9:12 AM,open\nann,3/15/2024 1:12 PM,pay\n", "utf-8", ("User ID", "Date", "Event"),
                 [("ann", "open", T1), ("ann", "pay", at("2024-03-15 13:12"))]),
    "names of months": ('user,time,event\nann,5 Mar 2024 09:12:00,open\nann,"Mar 5, 2024 9:13:00 AM",pay\n', "utf-8", ("user", "time", "event"), [("ann", "open", T1), ("ann", "pay", T2)]),
    "three offsets": ("user,time,event\nann,2024-03-05T12:12:00+03:00,a\nann,2024-03-05T09:13:00Z,b\nann,2024-03-05T04:14:00-0500,c\n", "utf-8",
                      ("user", "time", "event"), [("ann", "a", T1), ("ann", "b", T2), ("ann", "c", T3)]),
    "milliseconds": ("user,ts,event,amount\nann,1709629920000,open,1234567890\n", "utf-8", ("user", "ts", "event"), [("ann", "open", T1)]),
    "Celonis by hand": ("CASE_KEY;ACTIVITY;START_TIME;END_TIME\nC1;Check;05.03.2024 09:12:00;05.03.2024 09:30:00\n", "utf-8", ("CASE_KEY", "START_TIME", "ACTIVITY"), [("C1", "Check", T1)]),
    "a CRM": ("Lead ID,Stage,Changed At,Owner\nL1,New,2024-03-05 09:12,ann\n", "utf-8", ("Lead ID", "Changed At", "Stage"), [("L1", "New", T1)]),
    "an address": ("customer_email,event_date,event_type\na@x.org,2024-03-05 09:12,open\n", "utf-8", ("customer_email", "event_date", "event_type"), [("a@x.org", "open", T1)]),
    "nested": ('{"user":{"id":"ann"},"ts":1709629920,"event":{"name":"open"}}\n', "utf-8", ("user.id", "ts", "event.name"), [("ann", "open", T1)]),
    "below a key": ('{"data":[{"user_id":"ann","time":"2024-03-05T09:12:00Z","event":"open"}],\n"next":null}', "utf-8", ("user_id", "time", "event"), [("ann", "open", T1)]),
}  # fmt: skip


@pytest.mark.parametrize("kind", PLAIN)
def test_tables_of_nobodys_format_are_read_by_their_names_and_what_they_hold(tmp_path, kind):
    written, encoding, roles, rows = PLAIN[kind]
    (tmp_path / "log.csv").write_bytes(written.encode(encoding))
    log = cj.events.read(tmp_path / "log.csv")
    assert rows_of(log) == rows
    assert (role(log, "user"), role(log, "time"), role(log, "event")) == roles
    assert all(r.reason for r in log.report.roles.values())


def test_a_workbook_with_a_title_is_a_table(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Выгрузка"], [], ["Дата", "Клиент", "Событие"], [dt.datetime(2024, 3, 5, 9, 12), "007", "Заявка"]):
        book.active.append(row)
    book.save(tmp_path / "log.xlsx")
    assert rows_of(cj.events.read(tmp_path / "log.xlsx")) == [("007", "Заявка", T1)]


def test_of_two_times_both_readings_are_said_and_the_other_can_be_taken(tmp_path):
    path = table(tmp_path / "two.csv", "user,created_at,updated_at,event", ["ann", "2024-03-05 09:12:00", "2024-03-06 09:12:00", "open"],
                 ["ann", "2024-03-05 09:13:00", "2024-03-05 09:14:00", "pay"], ["bob", "2024-03-05 09:13:00", "2024-03-05 09:14:00", "pay"])  # fmt: skip
    with pytest.warns(
        DataWarning,
        match=r"created_at was taken.*updated_at could be it too.*2024-03-06 09:12.*differ for 1 of 2 people",
    ):
        log = cj.events.read(path)
    assert log.report.roles["time"].status == "contradictory"
    assert rows_of(log)[:2] == [("ann", "open", T1), ("ann", "pay", T2)]
    other = cj.events.read(path, options=ReadOptions(time="updated_at"))
    assert [e for u, e, _ in rows_of(other) if u == "ann"] == ["pay", "open"]
    same = table(
        tmp_path / "same.csv",
        "user,created_at,updated_at,event",
        ["ann", "2024-03-05 09:12:00", "2024-03-05 09:12:30", "open"],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "updated_at could be it too" in cj.events.read(same).report.roles["time"].reason


def test_two_times_of_which_no_name_is_better_are_asked_about_with_their_readings(tmp_path):
    path = table(
        tmp_path / "two.csv", "user,sent,arrived,event", ["ann", "2024-03-05 09:12", "2024-03-06 09:12", "open"]
    )
    with pytest.raises(
        FileFormatError,
        match=r"several columns could be the time: sent, arrived\. sent: 2024-03-05 09:12.*arrived: 2024-03-06 09:12.*ReadOptions\(time=",
    ):
        cj.events.read(path)


def test_day_and_month_that_cannot_be_told_apart_are_asked_about_with_both_readings(tmp_path):
    path = table(tmp_path / "us.csv", "User ID,Date,Event", ["ann", "3/5/2024 9:12", "open"])
    with pytest.raises(CjmError, match=r"%d/%m/%Y 2024-05-03.*%m/%d/%Y 2024-03-05"):
        cj.events.read(path)
    log = cj.events.read(path, options=ReadOptions(time_format="%m/%d/%Y %H:%M"))
    assert rows_of(log) == [("ann", "open", T1)]


@pytest.mark.parametrize("other", [1709629920000, 1709629920000000])
def test_seconds_mixed_with_finer_units_are_never_guessed(tmp_path, other):
    path = table(tmp_path / "mixed.csv", "user,ts,event", ["ann", 1709629920, "open"], ["ann", other, "pay"])
    with pytest.raises(CjmError, match="in any one of these units"):
        cj.events.read(path)


def test_sums_with_a_decimal_comma_are_numbers(tmp_path):
    (tmp_path / "log.csv").write_text(
        "who;when;what;sum\na;05.03.2024 09:12;x;1 234,50\na;05.03.2024 09:13;y;0,5\n", encoding="utf-8"
    )
    log = cj.EventLog(
        tmp_path / "log.csv", user="who", time="when", event="what", options=cj.events.LogOptions(value="sum")
    )
    found = log._canon.engine.collect(log._canon.frame.select("v").sort("v"))["v"]
    assert found.tolist() == [0.5, 1234.5]


def test_a_thousand_columns_do_not_slow_the_questions(tmp_path):
    frame = pd.DataFrame(
        {"user_id": ["a", "a", "b"], "time": ["2024-03-05 09:12"] * 3, "event": ["x", "y", "x"]}
        | {f"p{i}": ["1", "2", "3"] for i in range(1000)}
    )
    frame.to_csv(tmp_path / "wide.csv", index=False)
    log = cj.events.read(tmp_path / "wide.csv")
    assert log.funnel(["x", "y"]).table["users"].tolist() == [2, 1]
    assert log._property("p999").to_dict() == {"a": "1", "b": "3"}
    # The log itself holds the few columns that it needs.
    assert len(log._canon.frame.collect_schema()) < 20
