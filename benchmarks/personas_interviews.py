"""Personas from real sentences said by simulated people.

    python benchmarks/personas_interviews.py [runs a cell] [processes]

Everybody says `answers` sentences, drawn from the topics of a labelled corpus by their own mix of eight topics: three
kinds of mixes, one mix for all, a mix of one's own (Dirichlet), or a point on the way between two mixes (gradient).
Needs the folder of real data (beside the project, or CJMKIT_SHARED). Writes benchmarks/results/personas_interviews.md.
"""

from __future__ import annotations

import os
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

SHARED = Path(os.environ.get("CJMKIT_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@lru_cache
def corpus(language: str) -> dict[str, list[str]]:
    if language == "en":
        table = pd.read_csv(SHARED / "data/text/clinc150.csv").rename(columns={"domain": "topic"})
    else:
        table = pd.read_csv(SHARED / "data/text/nlu_ru_intents.csv").rename(columns={"scenario": "topic"})
    table = table.dropna(subset=["text"])
    return {str(t): list(g["text"]) for t, g in table.groupby("topic")}


def people(
    world: str, language: str, n: int, answers: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, np.ndarray | None]:
    texts = corpus(language)
    topics = rng.choice(sorted(texts), 8, replace=False)
    kind = None
    if world == "three kinds":
        kind = np.arange(n) % 3
        # Each kind talks about two or three topics most of the time, and about all of them sometimes.
        mixes = np.full((3, 8), 0.04)
        for k, own in enumerate(([0, 1], [2, 3], [4, 5, 6])):
            mixes[k, own] = 1 / len(own)
        p = (mixes / mixes.sum(axis=1, keepdims=True))[kind]
    elif world == "one mix":
        p = np.tile(rng.dirichlet(np.ones(8)), (n, 1))
    elif world == "own mixes":
        p = rng.dirichlet(np.ones(8), n)
    else:
        a, b = rng.dirichlet(np.ones(8) * 0.5, 2)
        w = rng.random((n, 1))
        p = w * a + (1 - w) * b
    rows = []
    for i in range(n):
        for t in rng.choice(topics, answers, p=p[i]):
            rows.append((f"p{i:03d}", texts[t][rng.integers(len(texts[t]))]))
    return pd.DataFrame(rows, columns=["participant", "text"]).assign(role="respondent"), kind


def one(job: tuple[str, str, int, int, int]) -> tuple[bool, float, float]:
    from sklearn.metrics import adjusted_rand_score

    from cjmkit import personas

    warnings.simplefilter("ignore")
    world, language, n, answers, run = job
    rng = np.random.default_rng([run, n, answers, len(world)])
    turns, kind = people(world, language, n, answers, rng)
    f = personas.features(turns=turns, seed=run)
    found = personas.fit(f, seed=run, nulls=99, resamples=50)
    if kind is None:
        return found.found, float("nan"), float("nan")
    cut = personas.fit(f, k=3, seed=run, nulls=0, resamples=0)
    order = cut.labels.reindex([f"p{i:03d}" for i in range(n)]).fillna("-")
    return found.found, float(found.k == 3 and found.found), adjusted_rand_score(kind, order)


def main(runs: int = 20, processes: int = 2) -> None:
    lines = ["# Personas from what people say", "", f"{runs} runs a cell; ARI with three groups asked for.", ""]
    lines += [
        "| world | language | people × answers | found | found and k = 3 | ARI at k = 3 |",
        "|---|---|---|---|---|---|",
    ]
    print("\n".join(lines[-2:]), flush=True)
    with ProcessPoolExecutor(processes) as pool:
        for language in ("en", "ru"):
            for world, n, answers in (
                ("three kinds", 24, 20), ("three kinds", 48, 3), ("three kinds", 48, 10), ("three kinds", 48, 30),
                ("one mix", 48, 10), ("own mixes", 48, 10), ("own mixes", 48, 30), ("gradient", 48, 10),
                ("gradient", 48, 30),
            ):  # fmt: skip
                got = list(pool.map(one, [(world, language, n, answers, r) for r in range(runs)], chunksize=4))
                row = [np.mean([g[0] for g in got]), np.mean([g[1] for g in got]), np.mean([g[2] for g in got])]
                shown = " | ".join("–" if np.isnan(v) else f"{v:.2f}" for v in row)
                lines.append(f"| {world} | {language} | {n} × {answers} | {shown} |")
                print(lines[-1], flush=True)
    out = Path(__file__).parent / "results" / "personas_interviews.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
