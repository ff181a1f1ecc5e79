"""Text vectors for clustering answers: what they reach on labelled corpora, and how fast.

    python benchmarks/personas_text.py [seeds]

Adjusted Rand index with the true number of groups, beside plain latent semantic analysis of TF-IDF. Needs the folder of
real data (beside the project, or CJMKIT_SHARED). Writes
benchmarks/results/personas_text.md.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

SHARED = Path(os.environ.get("CJMKIT_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def corpora() -> dict[str, tuple[list[str], pd.Series]]:
    clinc = pd.read_csv(SHARED / "data/text/clinc150.csv")
    test = clinc[clinc["split"] == "test"]
    nlu = pd.read_csv(SHARED / "data/text/nlu_ru_intents.csv").fillna("")
    return {
        "clinc150 test, 150 intents": (list(test["text"]), test["label"]),
        "clinc150 test, 10 domains": (list(test["text"]), test["domain"]),
        "NLU ru, 18 scenarios": (list(nlu["text"]), nlu["scenario"]),
        "NLU en, 18 scenarios": (list(nlu["text_en"]), nlu["scenario"]),
        "NLU ru, 68 intents": (list(nlu["text"]), nlu["label"]),
    }


def lsa(texts: list[str]) -> np.ndarray:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.preprocessing import Normalizer

    views = make_union(
        TfidfVectorizer(sublinear_tf=True, min_df=2),
        TfidfVectorizer(sublinear_tf=True, min_df=2, analyzer="char_wb", ngram_range=(3, 5)),
    )
    return make_pipeline(views, TruncatedSVD(100, random_state=0), Normalizer()).fit_transform(texts)


def main(seeds: int = 5) -> None:
    from sklearn.metrics import adjusted_rand_score

    from cjmkit.text import TextVectors, cluster_texts
    from cjmkit.text.vectors import kmeans_once

    lines = [
        "# Text vectors for clustering answers",
        "",
        f"ARI, true number of groups given; mean over {seeds} seeds.",
        "",
    ]
    lines += ["| corpus | texts | LSA-100 | cjmkit | ratio | vectors, s | KMeans, s |", "|---|---|---|---|---|---|---|"]
    for name, (texts, labels) in corpora().items():
        k = labels.nunique()
        plain = lsa(texts).astype(np.float32)
        t0 = time.perf_counter()
        x = TextVectors().fit_transform(texts)
        t1 = time.perf_counter()
        ours = [adjusted_rand_score(labels, kmeans_once(x, k, seed=s, starts=5)) for s in range(seeds)]
        t2 = time.perf_counter()
        base = np.mean([adjusted_rand_score(labels, kmeans_once(plain, k, seed=s, starts=5)) for s in range(seeds)])
        a = np.mean(ours)
        lines.append(
            f"| {name} | {len(texts):,} | {base:.3f} | {a:.3f} ± {np.std(ours):.3f} | {a / base:.2f} | {t1 - t0:.1f} | "
            f"{(t2 - t1) / seeds:.1f} |"
        )
        print(lines[-1], flush=True)
    # Many short answers: real ones, each said again with other words of the same corpus between.
    rng = np.random.default_rng(0)
    pool = [
        t for texts, _ in (corpora()["clinc150 test, 150 intents"], corpora()["NLU en, 18 scenarios"]) for t in texts
    ]
    many = [
        f"{pool[i]} {pool[j].split()[0] if pool[j].split() else ''}"
        for i, j in rng.integers(0, len(pool), (100_000, 2))
    ]
    t0 = time.perf_counter()
    groups = cluster_texts(many, k=50)
    took = time.perf_counter() - t0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    lines += [
        "",
        f"{len(many):,} short answers into {len(groups.table)} groups: {took:.0f} s, peak memory {peak:.1f} GB.",
    ]
    print(lines[-1])
    out = Path(__file__).parent / "results" / "personas_text.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
