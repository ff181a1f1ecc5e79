"""Topics of open answers: planted ones, what fits nowhere, and answers without topics.

    python benchmarks/text_topics.py [runs a cell] [processes]

Planted: statements of 4, 8 or 15 intents of a labelled corpus in uneven shares, and 15 % of other intents, which fit
nowhere. Without topics: words drawn one by one with the frequencies of such statements, in the ways in which answers
come. Needs the folder of real data (beside the project, or CJMKIT_SHARED). Writes benchmarks/results/text_topics.md.
"""

from __future__ import annotations

import os
import re
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

SHARED = Path(os.environ.get("CJMKIT_SHARED", Path(__file__).resolve().parents[2] / "shared"))
JUNK = 0.15
FIRST = 5_000  # seeds from here on were never looked at while the method was made
CELLS = [(of, k, n) for of in ("en", "ru", "ru, said in English", "ru and en") for k, n in ((4, 150), (8, 400))]
CELLS += [("en", 15, 800), ("ru", 15, 800)]
WORLDS = ("as said", "other corpora", "two or three words", "one frame", "copied", "half say nothing", "two languages")
FRAMES = {"en": "what I would like most is", "ru": "больше всего мне хотелось бы чтобы"}
NOTHING = {
    "en": ["No", "none", "Nothing", "don't know", "n/a"],
    "ru": ["нет", "Нет.", "не знаю", "ничего", "Затрудняюсь"],
}


@lru_cache
def intents(of: str) -> dict[str, list[str]]:
    if of == "en":
        table = pd.read_csv(SHARED / "data/text/clinc150.csv")
    else:
        table = pd.read_csv(SHARED / "data/text/nlu_ru_intents.csv").dropna(subset=["text", "text_en"])
        if of == "ru, said in English":
            table = table.assign(text=table["text_en"])
        elif of == "ru and en":
            table = table.assign(text=np.where(np.arange(len(table)) % 2, table["text"], table["text_en"]))
    found = {str(k): list(g["text"].drop_duplicates()) for k, g in table.groupby("label")}
    return {k: t for k, t in found.items() if len(t) >= 60}


@lru_cache
def other_words(language: str) -> np.ndarray:
    """Words of posts and blogs: corpora that have nothing to do with the planted ones."""
    name = "goemotions_dev.csv.gz" if language == "en" else "cedr_test.csv"
    texts = pd.read_csv(SHARED / "data/text" / name)["text"].astype(str)
    return np.array([w for t in texts for w in re.findall(r"[^\W\d_]+", t.lower())], dtype=object)


def without(world: str, language: str, n: int, rng: np.random.Generator) -> list[str]:
    """Answers whose words were drawn one by one."""
    if world == "two languages":
        return without("as said", "en", n // 2, rng) + without("as said", "ru", n - n // 2, rng)
    texts, _ = planted(language, 8, n, rng)
    words = np.array([w for t in texts for w in t.split()], dtype=object)
    if world == "other corpora":
        words = other_words(language)
    lengths = rng.integers(2, 4, n) if world == "two or three words" else [len(t.split()) for t in texts]
    texts = [" ".join(rng.choice(words, size)) for size in lengths]
    if world == "one frame":
        texts = [f"{FRAMES[language]} {' '.join(t.split()[:3])}" for t in texts]
    if world == "copied":
        texts = [texts[i] for i in rng.choice(n // 2, n)]
    if world == "half say nothing":
        texts = [t if rng.random() < 0.5 else str(rng.choice(NOTHING[language])) for t in texts + texts[::-1]]
    return texts


def planted(of: str, k: int, n: int, rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
    pool = intents(of)
    own = rng.choice(sorted(pool), k, replace=False)
    rest = [x for x in sorted(pool) if x not in own]
    topic = np.r_[rng.choice(k, round(n * (1 - JUNK)), p=rng.dirichlet(np.full(k, 3.0))), np.full(round(n * JUNK), -1)]
    texts = [str(rng.choice(pool[own[t] if t >= 0 else str(rng.choice(rest))])) for t in topic]
    return texts, topic


def one(task: tuple[str, str, int, int, int]) -> list[float]:
    from sklearn.metrics import adjusted_rand_score

    from cjmkit.text import topics

    warnings.simplefilter("ignore")
    kind, of, k, n, run = task
    rng = np.random.default_rng([run, k, n])
    if kind != "planted":
        found = topics(without(kind, of, n, rng), seed=run)
        return [float(found.status == "topics"), float(found.status in ("topics", "fragile"))]
    texts, topic = planted(of, k, n, rng)
    found = topics(texts, seed=run, permutations=19 if n < 300 else 0)
    got = found.statements["topic"].to_numpy()
    truth = topic[found.statements["participant"].astype(int).to_numpy() - 1]
    both = (truth >= 0) & (got > 0)
    return [
        float(found.status == "topics"), float(got.max()), adjusted_rand_score(truth[both], got[both]),
        float((got[truth >= 0] == 0).mean()), float((got[truth < 0] == 0).mean()),
        float(found.table["stable"].sum()),
    ]  # fmt: skip


def main(runs: int = 10, processes: int = 1) -> None:
    from cjmkit.stats import wilson

    seeds = range(FIRST, FIRST + runs)
    lines = [
        "# Topics of open answers",
        "",
        f"{runs} runs a cell, on seeds that were not looked at before. en: clinc150. ru: NLU ru; the same statements "
        "as they were said in English; and every other one in English, the rest in Russian. Found: the test says that "
        "words hang together, and a topic comes back (with 150 statements; larger cells are not tested). k and stable: "
        "mean number of topics, and of those that come back. ARI: of statements of planted topics that were not put "
        "into the rest. Missed: their share in the rest. Rest: share of what fits nowhere that is in the rest.",
        "",
        "| statements of | planted k | statements | found | k | stable | ARI | missed | rest |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    with ProcessPoolExecutor(processes) as pool:
        for of, k, n in CELLS:
            got = np.array(list(pool.map(one, [("planted", of, k, n, r) for r in seeds])))
            found, made, ari, missed, rest, stable = got.mean(axis=0)
            tested = f"{found:.2f}" if n < 300 else "–"
            lines.append(
                f"| {of} | {k} | {n} | {tested} | {made:.1f} | {stable:.1f} | {ari:.2f} | {missed:.2f} | {rest:.2f} |"
            )
            print(lines[-1], flush=True)
        lines += [
            "",
            f"No topics: 60 answers whose words were drawn one by one, {4 * runs} runs a world, half of them English "
            "and half Russian. Claimed: topics that come back (95 % limits). Sorted: groups are shown, with the words "
            "that they are no topics, or topics are claimed.",
            "",
            "| answers | runs | topics claimed | sorted or claimed |",
            "|---|---|---|---|",
        ]
        every = []
        for world in WORLDS:
            tasks = [(world, "ru" if r % 2 else "en", 0, 60, FIRST + r) for r in range(4 * runs)]
            got = np.array(list(pool.map(one, tasks)))
            every.append(got)
            lines.append(_row(world, got, wilson))
            print(lines[-1], flush=True)
        lines.append(_row("all", np.vstack(every), wilson))
    out = Path(__file__).parent / "results" / "text_topics.md"
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _row(world: str, got: np.ndarray, wilson: Any) -> str:
    cells: list[str] = []
    for j in range(2):
        value, low, high = wilson(int(got[:, j].sum()), len(got))
        cells.append(f"{value:.3f} ({low:.3f} to {high:.3f})")
    return f"| {world} | {len(got)} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
