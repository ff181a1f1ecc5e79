"""Equal to a slow reference written from the definitions, on random small logs with ties, gaps and lonely events."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cjmkit as cj

STEPS = (["a", "b", "c"], ["a", ["b", "c"], "d"], ["a", "a", "b"], ["c", ["c", "a"], "e", "b"])
relaxed = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def on(engine: str, frame: pd.DataFrame, **roles) -> cj.EventLog:
    if engine == "polars":
        import polars as pl

        return cj.EventLog(
            pl.DataFrame({c: [None if x is None or x != x else x for x in frame[c].tolist()] for c in frame}), **roles
        )
    return cj.EventLog(frame, options=cj.events.LogOptions(duckdb=engine == "duckdb"), **roles)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@relaxed
@given(seed=st.integers(0, 10**6), steps=st.sampled_from(STEPS), kind=st.sampled_from(["closed", "skipping", "open"]),
       window=st.sampled_from([None, 5, 45, 600]))  # fmt: skip
def test_the_funnel_counts_what_its_definition_says(engine, reference, seed, steps, kind, window):
    frame = reference.make_log(seed)
    log = on(engine, frame, **reference.ROLES)
    if any(e not in log.events for s in steps for e in s):
        return
    how = {"closed": kind != "open", "skipping": kind == "skipping"}
    limit = None if window is None else pd.Timedelta(minutes=window)
    got = log.funnel(steps, window=limit, **how).table
    users, converted, waits = reference.funnel(frame, steps, window=limit, **how)
    assert got["users"].tolist() == users
    assert got["converted"].tolist()[1:] == converted[1:]
    if kind == "closed":
        seconds = [np.nan if pd.isna(t) else t.total_seconds() for t in got["median_time"]]
        if window is None:
            assert seconds[1:] == pytest.approx(waits[1:], abs=1e-6, nan_ok=True)
    assert ((got["low"] <= got["conversion"]) & (got["conversion"] <= got["high"]) | got["conversion"].isna()).all()


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@relaxed
@given(seed=st.integers(0, 10**6))
def test_transitions_entries_and_exits_are_those_of_the_sorted_log(engine, reference, seed):
    frame = reference.make_log(seed)
    got = on(engine, frame, **reference.ROLES).transitions()
    want, entries, exits = reference.transitions(frame)
    found = {
        (r["source"], r["target"]): (r["count"], r["users"], r["median_time"].total_seconds())
        for r in got.table.to_dict("records")
    }
    assert found == want
    assert dict(zip(got.entries["event"], got.entries["users"])) == entries
    assert dict(zip(got.exits["event"], got.exits["users"])) == exits
    assert got.table.groupby("source")["probability"].sum().to_numpy() == pytest.approx(1.0)
    assert (
        (got.table["low"] <= got.table["probability"] + 1e-12) & (got.table["probability"] <= got.table["high"] + 1e-12)
    ).all()


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@relaxed
@given(
    seed=st.integers(0, 10**6), fold=st.sampled_from([None, "repeats", "loops"]), steps=st.sampled_from([None, 1, 3])
)
def test_paths_and_their_number_are_those_written_out(engine, reference, seed, fold, steps):
    frame = reference.make_log(seed)
    got = on(engine, frame, **reference.ROLES).paths(fold=fold, steps=steps, n=1000)
    want = reference.paths(frame, fold=fold, steps=steps)
    assert dict(zip(got.events, got.table["users"])) == want
    assert got.variants == len(want)
    assert got.table["share"].sum() == pytest.approx(1)


def half_of_movers(stays):
    """By when half of those who ever go on have gone on, by the product-limit rule, person by person."""
    there, gone, curve = 1.0, 0.0, []
    for time in sorted({t for t, _ in stays}):
        at_risk = sum(t >= time for t, _ in stays)
        moved = sum(t == time and m for t, m in stays)
        gone += there * moved / at_risk
        there *= 1 - moved / at_risk
        curve.append((time, gone))
    return next((t for t, f in curve if gone and f >= gone / 2 - 1e-9), None)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@relaxed
@given(seed=st.integers(0, 10**6))
def test_stages_visits_dwell_and_the_fit_to_the_map_follow_from_the_visits(engine, reference, seed):
    frame = reference.make_log(seed)
    log = on(
        engine,
        frame,
        stage_of={e: s for e, s in reference.STAGES.items() if e in set(frame["what"])},
        **reference.ROLES,
    )
    if log.stage_order != ("one", "two", "three"):
        return
    visits = reference.visits(frame, reference.STAGES)
    moves, per_person, stays = {}, {}, {}
    for who, seen in visits.items():
        for (t, a), (t2, b) in itertools.pairwise(seen):
            moves.setdefault((a, b), set()).add(who)
            stays.setdefault(a, {}).setdefault(who, 0.0)
            stays[a][who] += (t2 - t).total_seconds()
        order = ["one", "two", "three"]
        steps = [(order.index(a[1]), order.index(b[1])) for a, b in itertools.pairwise(seen)]
        if seen:
            per_person[who] = (len(steps), sum((b == a + 1) or (a == 2 and b == 0) for a, b in steps))
    got = log.planned_vs_actual(gap="1000D")
    found = {(r["source"], r["target"]): r["users"] for r in got.table.to_dict("records") if r["target"]}
    assert found == {k: len(v) for k, v in moves.items()}
    people = got.people().set_index("participant")
    assert {u: (int(r["moves"]), int(r["planned"])) for u, r in people.iterrows()} == per_person
    shares = [b / a for a, b in per_person.values() if a]
    if shares:
        assert got.fit.value == pytest.approx(np.mean(shares))
        assert got.fit.n == len(shares)
    dwell = log.dwell().table.set_index("stage")
    there = {}
    for who, seen in visits.items():
        if seen:
            t, stage = seen[-1]
            there.setdefault(stage, set()).add(who)
            stays.setdefault(stage, {}).setdefault(who, 0.0)
            stays[stage][who] += (frame["when"].max() - t).total_seconds()
    for stage, by_person in stays.items():
        still = there.get(stage, set())
        assert (dwell.loc[stage, "n"], dwell.loc[stage, "open"]) == (len(by_person) - len(still), len(still))
        middle = half_of_movers([(t, who not in still) for who, t in by_person.items()])
        found_middle = dwell.loc[stage, "median_time"]
        assert (found_middle is pd.NaT) if middle is None else found_middle.total_seconds() == pytest.approx(middle)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@relaxed
@given(seed=st.integers(0, 10**6))
def test_the_step_matrix_accounts_for_everybody_at_every_step(engine, reference, seed):
    frame = reference.make_log(seed)
    got = on(engine, frame, **reference.ROLES).step_matrix(steps=4)
    for step, part in got.table.groupby("step"):
        want = {}
        for rows in reference.people_of(frame).values():
            event = rows[step - 1][2] if len(rows) >= step else "(ended)"
            want[event] = want.get(event, 0) + 1
        assert dict(zip(part["event"], part["users"])) == want
        assert part["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@relaxed
@given(seed=st.integers(0, 10**6))
def test_attribution_shares_are_those_of_the_paths_written_out(engine, reference, seed):
    from cjmkit.events.credit import markov

    frame = reference.make_log(seed, people=20, rows=120)
    if "d" not in set(frame["what"]):
        return
    log = on(engine, frame, **reference.ROLES)
    models = ("first", "last", "linear", "position", "shapley", "markov", "markov2")
    got = log.attribution("d", models=models, resamples=20)
    paths = reference.touches(frame, "d")
    done = [p for p, finished in paths if finished]
    if not done:
        assert got.table.empty
        return
    channels = sorted({c for p, _ in paths for c in p})

    def credit(rule):
        out = dict.fromkeys(channels, 0.0)
        for path in done:
            for c, w in rule(path):
                out[c] += w / len(done)
        return out

    def position(path):
        if len(path) < 3:
            return [(c, 1 / len(path)) for c in path]
        middle = 0.2 / (len(path) - 2)
        return [(c, 0.4 if i in (0, len(path) - 1) else middle) for i, c in enumerate(path)]

    want = {
        "first": credit(lambda p: [(p[0], 1)]),
        "last": credit(lambda p: [(p[-1], 1)]),
        "linear": credit(lambda p: [(c, 1 / len(p)) for c in p]),
        "position": credit(position),
        "shapley": credit(lambda p: [(c, 1 / len(set(p))) for c in set(p)]),
    }
    for name, order in (("markov", 1), ("markov2", 2)):
        effects = markov([(p, 1, int(f)) for p, f in paths], order=order)
        total = sum(effects.values())
        want[name] = {c: effects[c] / total for c in channels}
    for model in models:
        part = got.table[got.table["model"] == model]
        assert dict(zip(part["channel"], part["share"])) == pytest.approx(want[model], abs=1e-9)
        assert part["share"].sum() == pytest.approx(1)
    assert (got.table["n"] == len(done)).all()


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
@relaxed
@given(seed=st.integers(0, 10**6), gap=st.sampled_from([5, 30, 600]))
def test_sessions_begin_after_a_pause(engine, reference, seed, gap):
    frame = reference.make_log(seed)
    got = on(engine, frame, **reference.ROLES).sessions(gap=f"{gap}min").table.iloc[0]
    sizes = []
    for rows in reference.people_of(frame).values():
        sizes.append([1])
        for a, b in itertools.pairwise(rows):
            if b[0] - a[0] > pd.Timedelta(minutes=gap):
                sizes[-1].append(0)
            sizes[-1][-1] += 1
    flat = [s for person in sizes for s in person]
    assert (got["sessions"], got["users"]) == (len(flat), len(sizes))
    assert got["events"] == pytest.approx(np.mean(flat))
    assert got["single"] == pytest.approx(np.mean([s == 1 for s in flat]))


@relaxed
@given(seed=st.integers(0, 10**6), period=st.sampled_from(["day", "week"]))
def test_retention_counts_in_the_calendar_of_the_logs_zone(reference, seed, period):
    frame = reference.make_log(seed)
    got = cj.EventLog(frame, tz="Europe/Moscow", **reference.ROLES).retention(period).table
    local = frame["when"]  # times without a zone are the zone's own
    start = local.dt.normalize() - (pd.to_timedelta(local.dt.weekday, "D") if period == "week" else pd.Timedelta(0))
    size = pd.Timedelta(days=7 if period == "week" else 1)
    first = start.groupby(frame["who"]).transform("min")
    index = ((start - first) / size).astype(int)
    want = pd.DataFrame({"c": first, "i": index, "u": frame["who"]}).drop_duplicates().groupby(["c", "i"]).size()
    found = {
        (cohort.tz_localize(None), period): users
        for cohort, period, users in zip(got["cohort"], got["period"], got["users"])
        if users
    }
    assert found == want.to_dict()
