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
import pandas as pd
from scipy.stats import pearsonr, spearmanr

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

from train_tone import english, load, russian

from cjmkit.text.tone import EnglishScorer, RussianScorer, _lexicon_score, _vader, calibrate_tone
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


LABELS = 300
KNOWS_NOT = """
## What this does not know

- Reviews of customers and letters to support are not among these texts: no such corpus with labels was at hand. Tweets,
  blogs and comments are nearest to them. Calibrate on the marks of your own reviews (`voices.scorer()`) or on thirty
  labelled texts of your own.
- A label of these corpora is an emotion, not a mark: "no emotion" is a class, and irony is labelled by what was meant.
- What people like and dislike about a tool, said soberly, holds few words of feeling: the best class stays below 0.8.
- News name bad things without feeling them; there tone is a weak witness, and a single text says next to nothing.
- A text of one or two words, a language other than English and Russian, and what a picture or a smiley alone says are
  not read.
"""


def corpora(data: Path) -> list[tuple[str, str, pd.DataFrame]]:
    """Held-out texts by where they come from: name, language, table of text and y."""
    raw = pd.read_csv(data / "cedr_test.csv")
    raw["y"] = raw["labels"].map(russian)
    raw = raw.dropna(subset=["y", "text"])
    names = {"twitter": "CEDR, tweets", "lj": "CEDR, blogs", "lenta": "CEDR, news"}
    out = [(names[str(s)], "ru", part.reset_index(drop=True)) for s, part in raw.groupby("source")]
    out.append(("GoEmotions, comments", "en", load(data / "goemotions_test.csv.gz", english)))
    # What users like best and least about a program: nearest to the good and the bad of a review.
    answers = data.parent / "survey" / "google_forms" / "rstudio2018_en.tsv"
    if answers.is_file():
        survey = pd.read_csv(answers, sep="\t")
        sides = [
            pd.DataFrame({"text": survey[f"What do you like {word} about using R?"].dropna(), "y": y})
            for word, y in (("best", 1), ("least", -1))
        ]
        out.append(("likes and dislikes of a program", "en", pd.concat(sides, ignore_index=True)))
    return out


def calibration(data: Path) -> list[str]:
    """Means of the worst and the best class after calibration on some of the texts, measured on the others."""
    out = [
        "",
        f"After calibration on {LABELS} labelled texts of the same source (half of them, if fewer), measured on the "
        "others; labels −2, 0, 2. The last two columns: by how much the mean of 30 texts of a stage with another mix "
        "of classes is missed, with the line read backwards (`calibrate_tone`) and by regression of labels on tone.",
        "",
        "| texts | Spearman | worst class | neutral | best class | missed by | by regression |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, lang, table in corpora(data):
        texts, y = table["text"].tolist(), 2.0 * table["y"].to_numpy()
        order = np.random.default_rng(0).permutation(len(y))
        fit, rest = np.split(order, [min(LABELS, len(y) // 2)])
        scorer = calibrate_tone([texts[i] for i in fit], y[fit], language=lang)
        tone = np.asarray((EnglishScorer() if lang == "en" else RussianScorer())(texts))
        slope = np.cov(tone[fit], y[fit])[0, 1] / np.var(tone[fit], ddof=1)
        plain = np.clip(y[fit].mean() + slope * (tone[rest] - tone[fit].mean()), -2, 2)
        read, true = scorer([texts[i] for i in rest]), y[rest]
        means = " | ".join(
            f"{read[true == k].mean():.2f}".replace("-", "−") if (true == k).any() else "" for k in (-2, 0, 2)
        )
        rho = spearmanr(tone[rest], true)[0]
        out.append(
            f"| {name} (n = {len(rest):,}) | {rho:.2f} | {means} "
            f"| {missed(read, true):.2f} | {missed(plain, true):.2f} |"
        )
        print(out[-1], flush=True)
    return [*out, KNOWS_NOT.rstrip()]


def missed(read: np.ndarray, true: np.ndarray, texts: int = 30) -> float:
    """Mean absolute miss of the means of stages with mixes drawn at random."""
    rng = np.random.default_rng(0)
    pools = [np.flatnonzero(true == k) for k in np.unique(true)]
    off = []
    for _ in range(400):
        mix = rng.dirichlet([1] * len(pools))
        at = np.concatenate([rng.choice(p, n) for p, n in zip(pools, rng.multinomial(texts, mix), strict=True)])
        off.append(abs(read[at].mean() - true[at].mean()))
    return float(np.mean(off))


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
    lines += calibration(data)
    out = Path(__file__).parent / "results" / "tone_accuracy.md"
    out.parent.mkdir(exist_ok=True)
    out.write_text(f"{(__doc__ or '').splitlines()[0]}\n\n" + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
