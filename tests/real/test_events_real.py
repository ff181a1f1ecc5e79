"""Event logs that nobody here wrote: published counts, and equality of engines."""

from __future__ import annotations

import warnings
from pathlib import Path

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmWarning

ECOM = {"user": "user_id", "time": "timestamp", "event": "event", "channel": "acquisition_channel"}
STEPS = ["home", "product_view", "add_to_cart", "purchase"]


@pytest.fixture(scope="module")
def events(shared) -> Path:
    return shared / "data" / "events"


@pytest.fixture(scope="module")
def ecom(events) -> cj.EventLog:
    return cj.EventLog(events / "retentioneering_ecom.csv.gz", **ECOM)


def test_rows_people_and_kinds_are_those_of_the_provenance_note(events, ecom):
    assert (ecom.n_events, ecom.n_people, len(ecom.events)) == (31_106, 600, 19)
    columns = ["customer", "time", "event", "product", "category", "price", "total", "items", "distinct", "duration"]
    clicks = cj.EventLog(
        events / "ibm_clickstream.csv.gz",
        options=cj.events.LogOptions(names=columns),
        user="customer",
        time="time",
        event="event",
    )
    assert (clicks.n_events, clicks.n_people, len(clicks.events)) == (10_000, 1_059, 6)
    patients = cj.EventLog(events / "eventdataR_patients.csv.gz", user="patient", time="time", event="handling")
    assert (patients.n_events, patients.n_people, len(patients.events)) == (5_442, 500, 7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CjmWarning)
        web = cj.events.read(events / "snowplow_web_events_v0.13.0.csv.gz")
    assert len(web.channels) and web.n_people <= 42


def test_invoices_without_a_customer_are_counted_as_such(events):
    with pytest.warns(CjmWarning, match="without a person: 135,080"):
        log = cj.EventLog(
            events / "onlineretail_transactions.parquet", user="CustomerID", time="InvoiceDate", event="Country"
        )
    assert (log.n_events, log.n_people) == (541_909 - 135_080, 4_372)


def test_a_funnel_on_real_rows_equals_one_written_in_pandas(events, ecom):
    frame = pd.read_csv(events / "retentioneering_ecom.csv.gz", parse_dates=["timestamp"])
    frame = frame.sort_values("timestamp", kind="stable").reset_index(drop=True)
    reached = frame[frame["event"] == STEPS[0]].groupby("user_id").apply(lambda g: g.index[0])
    want = [len(reached)]
    for step in STEPS[1:]:
        rows = frame[frame["event"] == step]
        after = rows[rows.index > rows["user_id"].map(reached).fillna(len(frame)).to_numpy()]
        reached = after.groupby("user_id").apply(lambda g: g.index[0])
        want.append(len(reached))
    assert ecom.funnel(STEPS).table["users"].tolist() == want


@pytest.mark.parametrize("name", ["polars", "pandas"])
def test_engines_agree_on_real_logs(events, ecom, name):
    import polars as pl

    source = (
        pl.read_csv(events / "retentioneering_ecom.csv.gz", try_parse_dates=True)
        if name == "polars"
        else pd.read_csv(events / "retentioneering_ecom.csv.gz", parse_dates=["timestamp"])
    )
    other = cj.EventLog(source, **ECOM)
    for ask in (lambda g: g.funnel(STEPS, by="first_source", window="3D").table, lambda g: g.transitions().table,
                lambda g: g.paths(steps=4).table, lambda g: g.sessions().table, lambda g: g.stuck(STEPS).table,
                lambda g: g.attribution("purchase", resamples=30).table,
                lambda g: g.retention("month").table):  # fmt: skip
        pd.testing.assert_frame_equal(ask(other), ask(ecom), rtol=1e-9)


def test_sessions_of_otto_are_clicks_carts_and_orders(events):
    lines = pd.read_json(events / "otto_sample_train.jsonl", lines=True).explode("events")
    rows = pd.DataFrame(lines["events"].tolist()).assign(session=lines["session"].to_numpy())
    log = cj.EventLog(rows, user="session", time="ts", event="type")
    assert (log.n_events, log.n_people, log.events) == (862, 20, ("carts", "clicks", "orders"))
    assert log.start.year == 2022
    got = log.funnel(["clicks", "carts", "orders"]).table
    assert got["users"].is_monotonic_decreasing
    assert got["users"].iloc[0] == 20


def test_rows_that_share_person_and_time_are_as_many_as_published(events):
    """The provenance note counts 220 tied rows in the clickstream: that many transitions take no time."""
    columns = ["customer", "time", "event", *"pqrstuv"]
    log = cj.EventLog(
        events / "ibm_clickstream.csv.gz",
        options=cj.events.LogOptions(names=columns),
        user="customer",
        time="time",
        event="event",
    )
    rows = log._canon.engine.collect(log._canon.frame.select("u", "t", "d", "p"))
    assert int(((rows["d"] == 0) & (rows["p"] > 0)).sum()) == 220


def test_marketing_channels_that_never_change_get_the_same_credit_from_every_model(ecom):
    """In this log a person has one channel for ever, so all models have to agree to the last digit."""
    wide = ecom.attribution("purchase", resamples=20).wide()
    assert (wide.max(axis=1) - wide.min(axis=1)).max() == pytest.approx(0, abs=1e-9)
