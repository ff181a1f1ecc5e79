"""The edges: few people, empty cells, figures chosen after looking, people who left or are still on the way.

Each row is a world whose truth is known, a promise, and what came out. An older checkout on PYTHONPATH makes the column
"before"; the results file collects all labels.

    python benchmarks/edges.py [runs] [label] [results file]
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmkit import barriers, emotion, priorities

try:
    from cjmkit import coding
except ImportError:  # before 0.2
    from cjmkit import interviews as coding

Rng = np.random.Generator


def worlds(runs: int) -> Any:
    """Random numbers of each run: the same for every version that is measured."""
    return [np.random.default_rng([run, 11]) for run in range(runs)]


def people_table(y: Any, stages: list[str] | None = None) -> pd.DataFrame:
    names = stages or [f"s{k}" for k in range(y.shape[1])]
    wide = pd.DataFrame(y, columns=names, index=[f"p{i}" for i in range(len(y))]).rename_axis("participant")
    return wide.reset_index().melt("participant", var_name="stage", value_name="score").dropna(subset=["score"])


def hump(rng: Rng, n: int, stages: int) -> Any:
    return np.clip(np.round(rng.normal(0, 0.7, (n, 1)) + rng.normal(0, 0.7, (n, stages))), -2, 2)


# ── chosen after looking ─────────────────────────────────────────────────────────────────────────────────────────


def best_of(groups: int, n: int) -> Callable[[int], float]:
    def run(runs: int) -> float:
        promised = []
        for rng in worlds(runs):
            users = rng.binomial(n, 0.3, groups)
            rows = [(f"g{i}", s, u, n) for i, k in enumerate(users) for s, u in (("visit", n), ("form", k))]
            table = pd.DataFrame(rows, columns=["group", "step", "users", "n"])
            table["conversion"] = table["users"] / table["n"]
            flat = table.groupby("step", sort=False)[["users"]].sum().reset_index()
            pay = pd.DataFrame({"step": ["pay"], "users": [int(flat["users"].iloc[1] * 0.6)]})
            chain = priorities.moves(pd.concat([flat, pay], ignore_index=True))
            change = priorities.best_group(table).change()
            gain = priorities.what_if(chain, change, start="visit", success="pay").difference.value
            promised.append(100 * gain)
        return float(np.mean(promised))

    return run


def split(true: bool) -> Callable[[int], float]:
    def run(runs: int) -> float:
        cost = np.array([100.0, 200.0, 50.0, 150.0, 100.0])
        names = list("abcde")
        out = []
        for rng in worlds(runs):
            counts = rng.poisson(cost / 5)
            spent = pd.DataFrame({"channel": names, "cost": cost})
            found = priorities.budget_split(spent, pd.DataFrame({"channel": names, "conversions": counts}))
            proposed = found.table.set_index("channel").loc[names, "proposed"].to_numpy()
            real = float((cost / 5 * ((proposed / cost) ** 0.5 - 1)).sum())
            out.append(real if true else found.gain.value)
        return float(np.mean(out))

    return run


def first_barrier(n: int) -> Callable[[int], float]:
    def run(runs: int) -> float:
        out = []
        for rng in worlds(runs):
            said = [(str(i), f"b{k}") for k in range(8) for i in np.flatnonzero(rng.random(n) < 0.35)]
            codings = pd.DataFrame(said, columns=["participant", "code"]).assign(stage="deal")
            ids = [str(i) for i in range(n)]
            turns = pd.DataFrame({"participant": ids, "role": "respondent"})
            ended = pd.Series(rng.random(n) < 0.5, index=ids)
            if ended.nunique() < 2:
                continue
            row = barriers.rank(codings, turns=turns, outcome=ended).table.iloc[0]
            out.append(row["lost_expected"] if "lost_expected" in row else row["lost"])
        return float(np.nanmean(out))

    return run


def equal_steps(n: int) -> Callable[[int], float]:
    def run(runs: int) -> float:
        sure = 0
        for rng in worlds(runs):
            users = [n]
            for _ in range(4):
                users.append(rng.binomial(users[-1], 0.85))
            table = pd.DataFrame({"step": list("abcde"), "users": users})
            sure += barriers.weakest_link(table[table["users"] > 0]).probability > 0.8
        return sure / runs

    return run


def worst_stage(runs: int) -> float:
    held = 0
    for rng in worlds(runs):
        moments = emotion.curve(people_table(hump(rng, 8, 8))).peak_end().set_index("what")
        held += moments.loc["worst", "low"] <= 0 <= moments.loc["worst", "high"]
    return held / runs


# ── few people, empty cells ──────────────────────────────────────────────────────────────────────────────────────


def lost(n: int, share: float, fail: tuple[float, float]) -> Callable[[int], float]:
    def run(runs: int) -> float:
        truth, held, tried = share * (fail[0] - fail[1]), 0, 0
        for rng in worlds(runs):
            named = rng.random(n) < share
            failed = rng.random(n) < np.where(named, *fail)
            if not 0 < named.sum() < n or not 0 < failed.sum() < n:
                continue
            ids = np.array([str(i) for i in range(n)])
            codings = pd.DataFrame({"participant": ids[named], "code": "price", "stage": "deal"})
            turns = pd.DataFrame({"participant": ids, "role": "respondent"})
            row = barriers.rank(codings, turns=turns, outcome=pd.Series(~failed, index=ids)).table.iloc[0]
            held += row["lost_low"] <= truth <= row["lost_high"]
            tried += 1
        return held / tried

    return run


def conversion(n: int) -> Callable[[int], float]:
    def run(runs: int) -> float:
        held = 0
        for rng in worlds(runs):
            form = rng.binomial(n, 0.4)
            users = [n, form, rng.binomial(form, 0.5)]
            if not form:
                continue
            chain = priorities.moves(pd.DataFrame({"step": list("abc"), "users": users}))
            found = priorities.what_if(chain, {("a", "b"): 0.9}, start="a", success="c").baseline
            held += found.low - 1e-12 <= 0.2 <= found.high
        return held / runs

    return run


def critical(width: bool) -> Callable[[int], float]:
    def run(runs: int) -> float:
        out = 0
        for rng in worlds(runs):
            named, y = rng.random(8) < 0.3, rng.choice([-1.0, 1.0, 2.0], 8, p=[0.3, 0.4, 0.3])
            ids = np.array([f"i{k}" for k in range(8)])
            codings = pd.DataFrame({"participant": ids[named], "code": "price", "stage": "deal"})
            other = pd.DataFrame({"participant": ids[:1], "code": "other", "stage": "loop"})
            turns = pd.DataFrame({"participant": ids, "role": "respondent"})
            scores = pd.DataFrame({"participant": [f"r{k}" for k in range(8)], "stage": "deal", "score": y})
            ranked = barriers.rank(pd.concat([codings, other]), turns=turns)
            row = barriers.critical_points(ranked, emotion.curve(scores)).table.iloc[0]
            low, high = row["score_low"], row["score_high"]
            out += (high - low < 1e-9) if width else (low <= 0.09 <= high)
        return out / runs

    return run


# ── shape, drop-out, time, repetition ────────────────────────────────────────────────────────────────────────────


def one_hump(n: int) -> Callable[[int], float]:
    def run(runs: int) -> float:
        found = [emotion.distribution(people_table(hump(rng, n, 5))).splits["split"].any() for rng in worlds(runs)]
        return float(np.mean(found))

    return run


def camps(runs: int) -> float:
    found = []
    for rng in worlds(runs):
        y = np.clip(np.round(rng.choice([-1.7, 1.7], (40, 1)) + rng.normal(0, 0.4, (40, 1))), -2, 2)
        found.append(emotion.distribution(people_table(y)).splits["split"].any())
    return float(np.mean(found))


def all_at_two(runs: int) -> float:
    y = np.full((20, 3), -2.0)
    y[:8] = 2.0
    y[8:, 2] = np.nan
    return float(emotion.curve(people_table(y)).table["mean"].iloc[-1])


def slow_step(runs: int) -> float:
    steps = pd.DataFrame({"step": ["visit", "form", "contract"], "users": [2000, 1600, 706]})
    waiting = pd.DataFrame({"step": ["form"], "waiting": [688]})
    try:
        table = barriers.weakest_link(steps, waiting=waiting).table
    except TypeError:
        table = barriers.weakest_link(steps).table
    return float(table.set_index("link").loc["form → contract", "value"])


def next_interview(m: int) -> Callable[[int], float]:
    def run(runs: int) -> float:
        known = inspect.signature(coding.saturation).parameters
        few: Any = {next(k for k in ("permutations", "orders") if k in known): 2}
        off = []
        for rng in worlds(runs):
            chance = rng.beta(0.4, 1.6, 60)
            has = rng.random((m, 60)) < chance
            rows = [(f"p{i}", f"c{j}") for i, j in zip(*np.nonzero(has), strict=True)]
            codings = pd.DataFrame(rows, columns=["participant", "code"])
            everybody = [f"p{i}" for i in range(m)]
            found = coding.saturation(codings, people=everybody, **few) if rows else None
            if found is None:
                continue
            said = found.known.value if hasattr(found, "known") else found.coverage
            truth = chance[has.any(axis=0)].sum() / chance.sum() if hasattr(found, "known") else has.any(axis=0).mean()
            off.append(np.nan if said is None else said - truth)
        return float(np.nanmean(off)) if not np.isnan(off).all() else float("nan")

    return run


ROWS: list[tuple[str, str, Callable[[int], float]]] = [
    ("3 equal groups of 100: best group, then what if", "within half a point", best_of(3, 100)),
    ("8 equal groups of 100: best group, then what if", "within half a point", best_of(8, 100)),
    ("12 equal groups of 150: best group, then what if", "within half a point", best_of(12, 150)),
    ("5 equal channels: conversions promised by the split", "near 0", split(False)),
    ("5 equal channels: conversions it really brings", "near 0", split(True)),
    ("8 barriers that harm nobody, 24 people: lost with the first", "near 0", first_barrier(24)),
    ("4 equal steps, 15 people: called the worst in over 80 %", "at most .05", equal_steps(15)),
    ("4 equal steps, 300 people: called the worst in over 80 %", "at most .05", equal_steps(300)),
    ("flat curve, 8 people, 8 stages: limits of the worst stage hold 0", "at least .95", worst_stage),
    ("people lost, 15 people: limits hold the truth", ".93 to .97", lost(15, 0.4, (0.8, 0.3))),
    ("people lost, 24 people: limits hold the truth", ".93 to .97", lost(24, 0.3, (0.9, 0.3))),
    ("conversion of 8 people in two steps: limits hold the truth", "at least .93", conversion(8)),
    ("critical point, 8 and 8 people: limits hold the truth", "at least .93", critical(False)),
    ("critical point, 8 and 8 people: limits without width", "0", critical(True)),
    ("one hump, 8 people, 5 stages: called two groups", "at most .05", one_hump(8)),
    ("one hump, 30 people, 5 stages: called two groups", "at most .05", one_hump(30)),
    ("one hump, 300 people, 5 stages: called two groups", "at most .05", one_hump(300)),
    ("two camps, 40 people: found", "most", camps),
    ("8 stayed and said +2, 12 left: mean of the last stage", "2", all_at_two),
    ("a slow step that loses 20 %: loss shown", "about .2", slow_step),
    ("saturation after 1 interview: share found, less the truth", "no figure", next_interview(1)),
    ("saturation after 12 interviews: share found, less the truth", "near 0", next_interview(12)),
]


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    label = sys.argv[2] if len(sys.argv) > 2 else "now"
    path = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(__file__).parent / "results" / "edges.md"
    found: dict[str, Any] = {}
    for world, promise, measure in ROWS:
        value = measure(runs)
        found[world] = None if np.isnan(value) else round(value, 3)
        print(f"{world:62s} {promise:20s} {value:.3f}", flush=True)
    store = path.with_suffix(".json")
    known = json.loads(store.read_text("utf-8")) if store.exists() else {}
    known[label] = {"runs": runs, "rows": found}
    store.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", "utf-8")
    labels = sorted(known, key=lambda at: at != "before")
    lines = ["# Edges of the statistics", "", "Made by `benchmarks/edges.py`; what each world is stands there.", ""]
    lines += ["| world | promise | " + " | ".join(f"{at} ({known[at]['runs']} runs)" for at in labels) + " |"]
    lines += ["|---|---|" + "---|" * len(labels)]
    for world, promise, _ in ROWS:
        cells = []
        for at in labels:
            v = known[at]["rows"].get(world)
            cells.append("none" if v is None else f"{v:.3f}")
        lines.append(f"| {world} | {promise} | " + " | ".join(cells) + " |")
    path.write_text("\n".join([*lines, ""]), "utf-8")


if __name__ == "__main__":
    main()
