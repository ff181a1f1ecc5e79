"""Exports as analytics systems write them; the shapes follow their public documentation, the rows are made up."""

from __future__ import annotations

import json

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError, FileFormatError

T0 = 1772359200  # 2026-03-01 10:00 UTC


def ga4_rows() -> list[dict]:
    def row(i, name, **more):
        return {
            "event_date": "20260301", "event_timestamp": (T0 + i) * 1_000_000, "event_name": name,
            "user_pseudo_id": f"u{i % 2}.1",
            "event_params": [{"key": "source", "value": {"string_value": "newsletter", "int_value": None}},
                             {"key": "medium", "value": {"string_value": "email", "int_value": None}},
                             {"key": "ga_session_id", "value": {"string_value": None, "int_value": 5}}],
            "traffic_source": {"name": "x", "medium": "organic", "source": "google"},
        } | more  # fmt: skip

    return [row(0, "session_start"), row(1, "session_start"), row(2, "purchase"), row(3, "page_view")]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_ga4_nested(tmp_path, kind):
    path = tmp_path / f"ga4.{kind}"
    (tmp_path / "ga4.jsonl").write_text("\n".join(json.dumps(r) for r in ga4_rows()))
    if kind == "parquet":
        import duckdb

        duckdb.connect().execute(f"COPY (SELECT * FROM read_json('{tmp_path / 'ga4.jsonl'}')) TO '{path}'")
    log = cj.events.read(path)
    assert (log.n_events, log.n_people, log.channels) == (4, 2, ("newsletter / email",))
    assert log.events == ("page_view", "purchase", "session_start")
    assert log.start == pd.Timestamp(T0, unit="s", tz="UTC")


def test_ga4_collected_source_goes_before_the_parameters(tmp_path):
    rows = [r | {"collected_traffic_source": {"manual_source": "bing", "manual_medium": "cpc"}} for r in ga4_rows()[:1]]
    rows += [r | {"collected_traffic_source": None} for r in ga4_rows()[1:]]
    (tmp_path / "ga4.jsonl").write_text("\n".join(json.dumps(r) for r in rows))
    assert cj.events.read(tmp_path / "ga4.jsonl").channels == ("bing / cpc", "newsletter / email")


def test_ga4_flattened_with_times_as_text(tmp_path):
    (tmp_path / "flat.csv").write_text(
        "event_timestamp,event_name,user_pseudo_id,traffic_source_source,traffic_source_medium,event_value_in_usd\n"
        f"{T0}000000,first_visit,1.1,google,organic,\n{T0 + 60}000000,purchase,1.1,google,organic,12.5\n"
    )
    log = cj.events.read(tmp_path / "flat.csv")
    assert log.channels == ("google / organic",)
    assert log.transitions().table["median_time"].tolist() == [pd.Timedelta(minutes=1)]


def test_metrica_hits_become_pages_and_goals_in_moscow_time(tmp_path):
    (tmp_path / "hits.tsv").write_text(
        "ym:pv:watchID\tym:pv:clientID\tym:pv:dateTime\tym:pv:URL\tym:pv:lastTrafficSource\tym:pv:goalsID\n"
        "1\t16400000000000000001\t2026-03-01 10:00:00\thttps://a.ru/catalog/x?y=1\tad\t[]\n"
        "2\t16400000000000000001\t2026-03-01 10:01:00\thttps://a.ru/\tad\t[]\n"
        "3\t16400000000000000001\t2026-03-01 10:02:00\thttps://a.ru/form\tad\t[77,78]\n"
    )
    log = cj.events.read(tmp_path / "hits.tsv", options=cj.events.ReadOptions(goals={77: "Заявка"}))
    assert log.paths().table["path"].tolist() == ["/catalog → / → Заявка → goal 78"]
    assert log.start == pd.Timestamp("2026-03-01 10:00", tz="Europe/Moscow")
    assert log._canon.engine.collect(log._canon.frame.select("u"))["u"].unique().tolist() == ["16400000000000000001"]


def test_braces_and_quotes_in_the_name_of_a_goal_are_letters(tmp_path):
    (tmp_path / "hits.tsv").write_text(
        "ym:pv:watchID\tym:pv:clientID\tym:pv:dateTime\tym:pv:URL\tym:pv:lastTrafficSource\tym:pv:goalsID\n"
        "1\t164\t2026-03-01 10:00:00\thttps://a.ru/\tad\t[]\n"
        "3\t164\t2026-03-01 10:02:00\thttps://a.ru/form\tad\t[77]\n"
    )
    name = "Заявка {форма} x{place.__class__} e\"'"
    log = cj.events.read(tmp_path / "hits.tsv", options=cj.events.ReadOptions(goals={77: name}))
    assert name in list(log.events)


def test_metrica_visits_become_a_visit_and_its_goals_at_their_own_times(tmp_path):
    (tmp_path / "visits.tsv").write_text(
        "ym:s:visitID\tym:s:clientID\tym:s:dateTime\tym:s:lastsignTrafficSource\tym:s:goalsID\tym:s:goalsDateTime\n"
        "1\t164\t2026-03-01 10:00:00\tad\t[77,78]\t['2026-03-01 10:05:00','2026-03-01 10:07:00']\n"
        "2\t165\t2026-03-01 10:01:00\torganic\t[]\t[]\n"
    )
    log = cj.events.read(tmp_path / "visits.tsv", options=cj.events.ReadOptions(goals={"77": "form"}))
    assert log.channels == ("ad", "organic")
    waits = {(r["source"], r["target"]): r["median_time"] for r in log.transitions().table.to_dict("records")}
    assert waits == {("visit", "form"): pd.Timedelta(minutes=5), ("form", "goal 78"): pd.Timedelta(minutes=2)}
    assert log.n_people == 2


def test_snowplow_rows_delivered_twice_count_once(tmp_path):
    head = "event_id,domain_userid,collector_tstamp,derived_tstamp,event,se_action,event_name,"
    head += "mkt_source,mkt_medium,refr_medium\n"
    (tmp_path / "atomic.csv").write_text(
        head + "1,u,2026-03-01 10:00:00.5,2026-03-01 10:00:00.1,page_view,,page_view,,,search\n"
        "1,u,2026-03-01 10:00:09,2026-03-01 10:00:00.1,page_view,,page_view,,,search\n"
        "2,u,2026-03-01 10:01:00,2026-03-01 10:00:59,struct,add-to-basket,event,ads,cpc,\n"
        "3,u,2026-03-01 10:02:00,2026-03-01 10:01:59,unstruct,,checkout_step,,,\n"
    )
    log = cj.events.read(tmp_path / "atomic.csv")
    assert log.report.warnings == ("1 rows repeat an insert id and were left out",)
    assert "repeat an insert id" in log._repr_html_()
    assert log.paths().table["path"].tolist() == ["page_view → add-to-basket → checkout_step"]
    assert log.channels == ("ads / cpc", "search")


def test_matomo_visits_open_into_their_actions(tmp_path):
    visits = [
        {"visitorId": "a", "referrerType": "search", "referrerName": "Google", "serverTimestamp": T0,
         "actionDetails": [{"type": "action", "url": "x", "timestamp": T0, "goalName": None},
                           {"type": "goal", "url": "x", "timestamp": T0 + 100, "goalName": "Buy"}]},
        {"visitorId": "b", "referrerType": "direct", "referrerName": "", "serverTimestamp": T0,
         "actionDetails": [{"type": "action", "url": "x", "timestamp": T0 + 5, "goalName": None}]},
    ]  # fmt: skip
    (tmp_path / "visits.json").write_text(json.dumps(visits))
    log = cj.events.read(tmp_path / "visits.json")
    assert sorted(log.paths().table["path"]) == ["action", "action → Buy"]
    assert log.channels == ("direct", "search / Google")
    (tmp_path / "flat.csv").write_text(
        "idvisitor,server_time,action_name,referer_type\na,2026-03-01 10:00:00,/x,search\n"
    )
    assert cj.events.read(tmp_path / "flat.csv").events == ("/x",)


def test_a_plain_table_is_read_by_the_usual_names_and_others_have_to_be_said(tmp_path):
    (tmp_path / "plain.csv").write_text("Клиент;Дата;Событие;Канал\n7;2026-03-01;визит;реклама\n")
    log = cj.events.read(tmp_path / "plain.csv", name="crm")
    assert (log.name, log.events, log.channels) == ("crm", ("визит",), ("реклама",))
    (tmp_path / "odd.csv").write_text("alpha,beta\n1,2\n")
    with pytest.raises(FileFormatError, match=r"no column tells the user or the time or the event.*alpha, beta"):
        cj.events.read(tmp_path / "odd.csv")
    with pytest.raises(CjmError, match="did you mean 'snowplow'"):
        cj.events.read(tmp_path / "odd.csv", format="snowplough")


def test_a_column_can_replace_the_readers_choice(tmp_path):
    (tmp_path / "flat.csv").write_text(
        f"event_timestamp,event_name,user_pseudo_id,user_id,traffic_source_source\n{T0}000000,a,1.1,anna,x\n{T0}000001,b,2.2,anna,x\n"
    )
    assert cj.events.read(tmp_path / "flat.csv").n_people == 1
    assert cj.events.read(tmp_path / "flat.csv", user="user_pseudo_id").n_people == 2
    with pytest.raises(FileFormatError, match="did you mean 'user_id'"):
        cj.events.read(tmp_path / "flat.csv", user="userid")
