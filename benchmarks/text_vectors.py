"""Text vectors for clustering answers: what they reach on labelled corpora, and how fast.

    python benchmarks/text_vectors.py [seeds]

Adjusted Rand index with the true number of groups, beside plain latent semantic analysis of TF-IDF. Needs the folder of
real data (beside the project, or CJMKIT_SHARED). Writes
benchmarks/results/text_vectors.md.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path
from unittest import mock

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


def suggestions() -> list[tuple[str, int, float, float]]:
    import tempfile

    import cjmkit as cj
    from cjmkit.coding.suggestions import _MEANING

    out = []
    for name in ("mealkit", "residential"):
        with tempfile.TemporaryDirectory() as folder:
            study = cj.Study.example(name, Path(folder) / name)
            codings = study.codings()
            own = codings[codings["coder"] == codings["coder"].iloc[0]]
            reached = []
            for weight in (0.0, _MEANING):
                with mock.patch("cjmkit.coding.suggestions._MEANING", weight):
                    quality = cj.coding.suggest_codes(own, study.turns(), n=None).quality
                reached.append(float(quality["f1"].fillna(0).mean()))
        out.append((name, len(quality), *reached))
    return out


def main(seeds: int = 3) -> None:
    from sklearn.metrics import adjusted_rand_score

    from cjmkit.text import TextVectors, cluster_texts
    from cjmkit.text.grouping import kmeans_once

    def reached(x: np.ndarray, labels: pd.Series) -> tuple[float, float]:
        k = labels.nunique()
        got = [adjusted_rand_score(labels, kmeans_once(x, k, seed=s, starts=5)) for s in range(seeds)]
        return float(np.mean(got)), float(np.std(got))

    lines = [
        "# Text vectors for clustering answers",
        "",
        f"ARI, true number of groups given; mean and standard deviation over {seeds} seeds. LSA-100: plain latent "
        'semantic analysis of TF-IDF. Corpus: `vectors="corpus"`. Joined: known meaning beside it, the default. The '
        "weight (1.4) and the number of axes (100) were chosen on the English corpora, among weights of 1 to 2, 40 to "
        "128 axes of the meaning or of both, with and without whitening and the first axis; the Russian ones "
        "had been seen for some of these, and were not used.",
        "",
    ]
    lines += ["| corpus | texts | LSA-100 | corpus | joined | vectors, s of one core |", "|---|---|---|---|---|---|"]
    for name, (texts, labels) in corpora().items():
        base, _ = reached(lsa(texts).astype(np.float32), labels)
        alone, off = reached(TextVectors(vectors="corpus").fit_transform(texts), labels)
        t0 = time.process_time()
        x = TextVectors().fit_transform(texts)
        took = time.process_time() - t0
        joined, spread = reached(x, labels)
        lines.append(
            f"| {name} | {len(texts):,} | {base:.3f} | {alone:.3f} ± {off:.3f} | {joined:.3f} ± {spread:.3f} "
            f"| {took:.1f} |"
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
    t0 = time.process_time()
    groups = cluster_texts(many, k=50)
    took = time.process_time() - t0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    lines += [
        "",
        f"{len(many):,} short answers, {len(set(many)):,} of them different, into {len(groups.table)} groups: "
        f"{took:.0f} s of one core, peak memory {peak:.1f} GB.",
    ]
    print(lines[-1])
    lines += [
        "",
        "Code suggestions on the shipped studies: macro F1 of the first coder's codes on people not learnt from, five "
        "folds.",
        "",
        "| study | codes | words alone | with known meaning |",
        "|---|---|---|---|",
    ]
    for name, codes, words, f1 in suggestions():
        lines.append(f"| {name} | {codes} | {words:.2f} | {f1:.2f} |")
        print(lines[-1])
    out = Path(__file__).parent / "results" / "text_vectors.md"
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
