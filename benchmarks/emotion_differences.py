"""How often does a difference of two groups alarm where there is none, and how often does its band miss the truth?

Worlds of two groups (or more) without any difference: sizes from 3 to 300, lopsided answers, people who left, groups
that scatter differently, pairs, several groups, several sources. The promise: at most one picture in twenty alarms.

    python benchmarks/emotion_differences.py [runs] [label] [results file]

The label names the version that ran ("before" for an older checkout on PYTHONPATH); the results file collects both.
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmkit import emotion

STAGES = [f"s{k}" for k in range(5)]
CUTS = {"even": [-1.5, -0.5, 0.5, 1.5], "lopsided": [-2.6, -2.1, -1.4, -0.4]}


def people(n: int, rng: np.random.Generator, *, wide: float = 1.0, shape: str = "even", leave: bool = False) -> Any:
    """Ratings of n people at five stages that all feel alike on average."""
    own = rng.normal(0, 0.8 * wide, (n, 1))
    latent = own + rng.normal(0, 0.8 * wide, (n, len(STAGES)))
    y = np.searchsorted(CUTS[shape], latent.ravel()).reshape(n, -1) - 2.0
    if leave:
        gone = np.zeros(n, dtype=bool)
        for s in range(len(STAGES) - 1):
            gone |= rng.random(n) < 1 / (1 + np.exp(1.8 + 1.1 * np.nan_to_num(y[:, s])))
            y[gone, s + 1] = np.nan
    return y


def rows(y: Any, group: str, prefix: str, **columns: Any) -> pd.DataFrame:
    out = pd.DataFrame(y, columns=STAGES, index=[f"{prefix}{i}" for i in range(len(y))])
    out = out.rename_axis("participant").reset_index().melt("participant", var_name="stage", value_name="score")
    return out.dropna(subset=["score"]).assign(group=group, **columns)


def two(a: int, b: int, **how: Any) -> Any:
    wide_a, wide_b = how.pop("wide", (1.0, 1.0))
    leave_a, leave_b = how.pop("leave", (False, False))

    def world(rng: np.random.Generator) -> pd.DataFrame:
        one = people(a, rng, wide=wide_a, leave=leave_a, **how)
        other = people(b, rng, wide=wide_b, leave=leave_b, **how)
        return pd.concat([rows(one, "a", "a"), rows(other, "b", "b")])

    return world


def pairs(n: int, shared: float = 1.0) -> Any:
    def world(rng: np.random.Generator) -> pd.DataFrame:
        own = rng.normal(0, 0.8, (n, 1))
        y = [
            np.searchsorted(CUTS["even"], (own + rng.normal(0, 0.8, (n, 5))).ravel()).reshape(n, -1) - 2.0 for _ in "ab"
        ]
        both = rows(y[1], "b", "p")
        strangers = {f"p{i}" for i in range(int(n * shared), n)}
        renamed = both["participant"].where(~both["participant"].isin(strangers), "x" + both["participant"])
        return pd.concat([rows(y[0], "a", "p"), both.assign(participant=renamed)])

    return world


def groups(k: int, n: int) -> Any:
    return lambda rng: pd.concat([rows(people(n, rng), f"g{i}", f"g{i}") for i in range(k)])


def sources(k: int, n: int) -> Any:
    return lambda rng: pd.concat([rows(people(n, rng), g, f"{g}", source=f"source{i}") for i in range(k) for g in "ab"])


WORLDS: dict[str, Any] = {
    **{f"{n} and {n} strangers": two(n, n) for n in (3, 5, 8, 15, 30, 300)},
    **{f"{n} and {n}, lopsided": two(n, n, shape="lopsided") for n in (5, 8, 15, 30)},
    "30 and 30, the unhappy leave": two(30, 30, leave=(True, True)),
    "6 wide and 40 narrow": two(6, 40, wide=(1.6, 0.5)),
    "8 wide and 60 narrow": two(8, 60, wide=(1.6, 0.5)),
    "40 wide and 6 narrow": two(40, 6, wide=(1.6, 0.5)),
    "6 of all stages and 300 who leave": two(6, 300, leave=(False, True)),
    **{f"{n} pairs": pairs(n) for n in (5, 8, 15, 30)},
    "30, half of them pairs": pairs(30, 0.5),
    "4 groups of 15": groups(4, 15),
    "4 sources, 12 and 12": sources(4, 12),
}


def call(table: pd.DataFrame) -> pd.DataFrame:
    known = inspect.signature(emotion.difference).parameters
    more = {"permutations": 299} if "permutations" in known else {}
    return emotion.difference(table, by="group", stages=STAGES, **more).table


def measure(runs: int) -> dict[str, dict[str, float]]:
    out = {}
    for name, world in WORLDS.items():
        alarms = misses = compared = 0
        for run in range(runs):
            table = call(world(np.random.default_rng([run, 7])))
            compared += bool(table["difference"].notna().any())
            alarms += bool(table["sure"].any())
            misses += bool(((table["band_low"] > 1e-9) | (table["band_high"] < -1e-9)).any())
        out[name] = {"alarm": alarms / runs, "band": misses / runs, "runs": runs}
        print(f"{name:36s} alarms {alarms / runs:.3f}, band without zero {misses / runs:.3f}", flush=True)
    return out


def write(found: dict[str, Any], path: Path) -> None:
    """Results of all labels side by side, as a table for people."""
    store = path.with_suffix(".json")
    known = json.loads(store.read_text("utf-8")) if store.exists() else {}
    known |= found
    store.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", "utf-8")
    labels = list(known)
    lines = [
        "# Differences: false alarms where nothing differs",
        "",
        "Share of pictures with at least one `sure` stage, and with a band without zero; the promise is at most .05.",
        "Made by `benchmarks/emotion_differences.py`.",
        "",
        "| world | " + " | ".join(f"{at}: alarms | {at}: band" for at in labels) + " |",
        "|---|" + "---|" * (2 * len(labels)),
    ]
    for name in WORLDS:
        cells = [f"{known[at][name][k]:.3f}" if name in known[at] else "" for at in labels for k in ("alarm", "band")]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    runs = ", ".join(f"{at}: {next(iter(known[at].values()))['runs']}" for at in labels)
    path.write_text("\n".join([*lines, "", f"Runs per world: {runs}.", ""]), "utf-8")


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    label = sys.argv[2] if len(sys.argv) > 2 else "now"
    default = Path(__file__).parent / "results" / "emotion_differences.md"
    write({label: measure(runs)}, Path(sys.argv[3]) if len(sys.argv) > 3 else default)


if __name__ == "__main__":
    main()
