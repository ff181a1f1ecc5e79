"""Topics of open answers: planted ones, what fits nowhere, and random words.

    python benchmarks/text_topics.py [runs a cell] [processes]

Planted: statements of 4, 8 or 15 intents of a labelled corpus in uneven shares, and 15 % of other intents, which fit
nowhere. Random: words drawn one by one with the frequencies of such statements, of the same lengths. Needs the folder
of real data (beside the project, or CJMKIT_SHARED). Writes benchmarks/results/text_topics.md.
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
JUNK = 0.15
CELLS = [("en", 4, 150), ("en", 8, 400), ("en", 15, 800), ("ru", 4, 150), ("ru", 8, 400), ("ru", 15, 800)]
RANDOM = [("en", 8, 60), ("en", 8, 200), ("ru", 8, 60), ("ru", 8, 200)]


@lru_cache
def intents(language: str) -> dict[str, list[str]]:
    if language == "en":
        table = pd.read_csv(SHARED / "data/text/clinc150.csv")
    else:
        table = pd.read_csv(SHARED / "data/text/nlu_ru_intents.csv").dropna(subset=["text"])
    found = {str(k): list(g["text"].drop_duplicates()) for k, g in table.groupby("label")}
    return {k: t for k, t in found.items() if len(t) >= 60}


def planted(language: str, k: int, n: int, rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
    pool = intents(language)
    own = rng.choice(sorted(pool), k, replace=False)
    rest = [x for x in sorted(pool) if x not in own]
    topic = np.r_[rng.choice(k, round(n * (1 - JUNK)), p=rng.dirichlet(np.full(k, 3.0))), np.full(round(n * JUNK), -1)]
    texts = [str(rng.choice(pool[own[t] if t >= 0 else str(rng.choice(rest))])) for t in topic]
    return texts, topic


def one(task: tuple[str, str, int, int, int]) -> list[float]:
    from sklearn.metrics import adjusted_rand_score

    from cjmkit.text import topics

    warnings.simplefilter("ignore")
    kind, language, k, n, run = task
    rng = np.random.default_rng([run, k, n])
    texts, topic = planted(language, k, n, rng)
    if kind == "random":
        words = np.array([w for t in texts for w in t.split()], dtype=object)
        texts = [" ".join(rng.choice(words, len(t.split()))) for t in texts]
        return [float(topics(texts, seed=run).status != "none")]
    found = topics(texts, seed=run, permutations=19 if n < 300 else 0)
    got = found.statements["topic"].to_numpy()
    of = found.statements["participant"].astype(int).to_numpy() - 1
    truth = topic[of]
    both = (truth >= 0) & (got > 0)
    return [
        float(found.status != "none"), float(got.max()), adjusted_rand_score(truth[both], got[both]),
        float((got[truth >= 0] == 0).mean()), float((got[truth < 0] == 0).mean()),
        float(found.table["stable"].sum()),
    ]  # fmt: skip


def main(runs: int = 10, processes: int = 2) -> None:
    lines = [
        "# Topics of open answers",
        "",
        f"{runs} runs a cell. Found: the test against shuffled words says that there are topics (with 150 statements; "
        "larger cells are not tested). k and stable: mean number of topics, and of those that come back. ARI: of "
        "statements of planted topics that were not put into the rest. Missed: their share in the rest. Rest: share "
        "of what fits nowhere that is in the rest.",
        "",
        "| language | planted k | statements | found | k | stable | ARI | missed | rest |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    with ProcessPoolExecutor(processes) as pool:
        for language, k, n in CELLS:
            got = np.array(list(pool.map(one, [("planted", language, k, n, r) for r in range(runs)])))
            found, made, ari, missed, rest, stable = got.mean(axis=0)
            tested = f"{found:.2f}" if n < 300 else "–"
            lines.append(
                f"| {language} | {k} | {n} | {tested} | {made:.1f} | {stable:.1f} | {ari:.2f} | {missed:.2f} "
                f"| {rest:.2f} |"
            )
            print(lines[-1], flush=True)
        lines += [
            "",
            f"Random words, {5 * runs} runs a cell: share in which topics are claimed (at most .05 by construction).",
            "",
            "| language | statements | topics claimed |",
            "|---|---|---|",
        ]
        for language, k, n in RANDOM:
            got = np.array(list(pool.map(one, [("random", language, k, n, r) for r in range(5 * runs)])))
            lines.append(f"| {language} | {n} | {got.mean():.2f} |")
            print(lines[-1], flush=True)
    out = Path(__file__).parent / "results" / "text_topics.md"
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
