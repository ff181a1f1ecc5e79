"""Mixed data, number of groups known: does the weighting of blocks find the kinds? Peers measured beside it.

    python benchmarks/personas_mixed.py [runs a cell]

Peers that are not installed (stepmix, kmodes) are left out of the table, with a line that says so. Writes
benchmarks/results/personas_mixed.md.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from personas_worlds import mixed

warnings.simplefilter("ignore")
SHARED = Path(os.environ.get("CJMKIT_SHARED", Path(__file__).resolve().parents[2] / "shared"))
SIZES, EFFECTS, K = (30, 60, 150, 500), (0.7, 1.0), 3


def answers(kind: np.ndarray, rng: np.random.Generator) -> pd.DataFrame | None:
    """Three sentences of real people for each person, from topics that kinds prefer."""
    clinc = SHARED / "data/text/clinc150.csv"
    if not clinc.is_file():
        return None
    table = pd.read_csv(clinc)
    texts = {t: list(g["text"]) for t, g in table.groupby("domain")}
    names = rng.choice(sorted(texts), 6, replace=False)
    mixes = np.full((K, 6), 0.5) + 2.5 * np.repeat(np.eye(K), 2, axis=1)
    p = mixes / mixes.sum(axis=1, keepdims=True)
    rows = []
    for i, k in enumerate(kind):
        for t in rng.choice(names, 3, p=p[k]):
            rows.append((f"r{i}", texts[t][rng.integers(len(texts[t]))]))
    return pd.DataFrame(rows, columns=["respondent", "text"])


def ours(table: pd.DataFrame, seed: int, said: pd.DataFrame | None) -> np.ndarray:
    from cjmkit import personas

    f = personas.features(survey=table, answers=said)
    found = personas.fit(f, k=K, seed=seed, nulls=0, resamples=0)
    return found.labels.reindex(table.index).fillna("-").to_numpy()


def with_topics(table: pd.DataFrame, said: pd.DataFrame | None) -> pd.DataFrame:
    """What a peer is given of the answers: ten LSA scores a person, as numbers."""
    if said is None:
        return table
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

    pooled = said.groupby("respondent")["text"].agg(" ".join).reindex(table.index)
    x = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english").fit_transform(pooled)
    x = TruncatedSVD(min(10, x.shape[1] - 1, len(pooled) - 1), random_state=0).fit_transform(x)
    return table.assign(**{f"number text {j}": x[:, j] for j in range(x.shape[1])})


def one_hot(table: pd.DataFrame, seed: int, said: pd.DataFrame | None) -> np.ndarray:
    table = with_topics(table, said)
    from sklearn.cluster import KMeans
    from sklearn.preprocessing import StandardScaler

    x = StandardScaler().fit_transform(pd.get_dummies(table).astype(float))
    return KMeans(K, n_init=20, random_state=seed).fit_predict(x)


def k_prototypes(table: pd.DataFrame, seed: int, said: pd.DataFrame | None) -> np.ndarray:
    table = with_topics(table, said)
    from kmodes.kprototypes import KPrototypes

    numbers = [c for c in table if c.startswith("number")]
    x = table.copy()
    x[numbers] = (x[numbers] - x[numbers].mean()) / x[numbers].std()
    where = [i for i, c in enumerate(table.columns) if not c.startswith("number")]
    return KPrototypes(K, n_init=3, random_state=seed).fit_predict(x.to_numpy(dtype=object), categorical=where)


def step_mix(table: pd.DataFrame, seed: int, said: pd.DataFrame | None) -> np.ndarray:
    table = with_topics(table, said)
    from stepmix.stepmix import StepMix
    from stepmix.utils import get_mixed_descriptor

    x = table.copy()
    for c in x:
        if c.startswith("choice"):
            x[c] = x[c].astype("category").cat.codes
    data, descriptor = get_mixed_descriptor(
        x, continuous=[c for c in x if c.startswith("number")], categorical=[c for c in x if c.startswith("choice")],
        binary=[c for c in x if c.startswith("option")],
    )  # fmt: skip
    return (
        StepMix(K, measurement=descriptor, n_init=5, random_state=seed, progress_bar=0, verbose=0)
        .fit(data)
        .predict(data)
    )


def main(runs: int = 15) -> None:
    from sklearn.metrics import adjusted_rand_score

    methods: dict[str, Callable[[pd.DataFrame, int, pd.DataFrame | None], np.ndarray]] = {
        "cjmkit (MFA-weighted blocks, PCA, KMeans)": ours,
        "StepMix": step_mix,
        "StandardScaler + one-hot + KMeans": one_hot,
        "k-prototypes": k_prototypes,
    }
    score: dict[str, dict[int, list[float]]] = {m: {n: [] for n in SIZES} for m in methods}
    took = dict.fromkeys(methods, 0.0)
    missing = set()
    for n in SIZES:
        for effect in EFFECTS:
            for run in range(runs):
                rng = np.random.default_rng([n, int(effect * 10), run])
                table, kind = mixed(n, effect, rng)
                # Every other study has open answers as well.
                said = answers(kind, rng) if run % 2 else None
                for name, method in methods.items():
                    if name in missing:
                        continue
                    t = time.perf_counter()
                    try:
                        labels = method(table, run, said)
                    except ImportError:
                        missing.add(name)
                        continue
                    took[name] += time.perf_counter() - t
                    score[name][n].append(adjusted_rand_score(kind, labels))
    lines = [
        "# Mixed data, three kinds",
        "",
        "Seven numbers, five choices of four levels, eight options; mean ARI over effects ",
    ]
    lines[-1] += f"{EFFECTS[0]} and {EFFECTS[1]}, {runs} runs each; number of groups given."
    lines += [
        "",
        "| method | " + " | ".join(f"n = {n}" for n in SIZES) + " | mean | time, ratio |",
        "|---|" + "---|" * 6,
    ]
    base = took["cjmkit (MFA-weighted blocks, PCA, KMeans)"]
    for name in methods:
        if name not in missing:
            each = [float(np.mean(score[name][n])) for n in SIZES]
            shown = " | ".join(f"{v:.2f}" for v in each)
            lines.append(f"| {name} | {shown} | {np.mean(each):.3f} | {took[name] / base:.1f} |")
    lines += [f"\nNot installed, not measured: {', '.join(sorted(missing))}."] if missing else []
    print("\n".join(lines))
    out = Path(__file__).parent / "results" / "personas_mixed.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:]))
