"""How well text tone agrees with people on held-out texts, and how fast it is.

    python benchmarks/tone_accuracy.py --data FOLDER

FOLDER as for ``tools/train_tone.py``.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np
from scipy.stats import pearsonr, spearmanr

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from train_tone import english, load, russian

from cjmkit.text.tone import EnglishScorer, RussianScorer, _lexicon_score, _vader
from cjmkit.text.tone_model import load_model


def agreement(tone: np.ndarray, y: np.ndarray, cut: float) -> str:
    """Spearman and accuracy of three classes."""
    read = np.where(tone > cut, 1, np.where(tone < -cut, -1, 0))
    return f"{spearmanr(tone, y)[0]:.3f} | {(read == y).mean():.3f}"


def stages(tone: np.ndarray, y: np.ndarray, texts: int) -> float:
    """Correlation of the mean tone and the mean label of stages of that many texts, drawn with different moods."""
    rng = np.random.default_rng(0)
    pools = [np.flatnonzero(y == k) for k in (-1, 0, 1)]
    means = []
    for _ in range(400):
        mix = rng.dirichlet([1, 1, 1])
        at = np.concatenate([rng.choice(p, n) for p, n in zip(pools, rng.multinomial(texts, mix), strict=True)])
        means.append((tone[at].mean(), y[at].mean()))
    return float(pearsonr(*np.array(means).T)[0])


def main() -> None:
    """Score both languages and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    lines = [
        "| texts | scorer | Spearman | accuracy (3 classes) | stage means, 10 texts | 30 texts | 1,000 texts, s |",
        "|---|---|---|---|---|---|---|",
    ]
    for title, file, sign, lang in (
        ("GoEmotions, test", "goemotions_test.csv.gz", english, "en"),
        ("CEDR, test", "cedr_test.csv", russian, "ru"),
    ):
        held_out = load(data / file, sign)
        texts, y = held_out["text"].tolist(), held_out["y"].to_numpy()
        if lang == "en":
            other = "VADER", lambda ts: np.array([_vader().polarity_scores(t)["compound"] for t in ts])
        else:
            other = "our word list", lambda ts: np.nan_to_num([_lexicon_score(t) for t in ts])
        both = EnglishScorer() if lang == "en" else RussianScorer()
        model = load_model(lang)
        for name, scorer, cut in (
            (*other, 0.05),
            ("linear model", model.score, 0.25),
            ("shipped: both", both, 0.5),
        ):
            scorer(texts[:5])
            start = time.perf_counter()
            tone = np.asarray(scorer(texts), dtype=float)
            seconds = (time.perf_counter() - start) / len(texts) * 1000
            lines.append(
                f"| {title} (n = {len(y):,}) | {name} | {agreement(tone, y, cut)} | {stages(tone, y, 10):.2f} | "
                f"{stages(tone, y, 30):.2f} | {seconds:.2f} |"
            )
            print(lines[-1], flush=True)
    out = Path(__file__).parent / "results" / "tone_accuracy.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text(f"{(__doc__ or '').splitlines()[0]}\n\n" + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
