"""Train the weights of text tone from openly licensed labels and write them as .npz.

    python tools/train_tone.py --data FOLDER

FOLDER holds ``goemotions_{train,dev,test}.csv.gz`` and ``cedr_{train,test}.csv`` (both Apache-2.0), with the columns
text and labels. The held-out files are only scored, never fitted; what is chosen (strength of the penalty) is chosen
on the development part. The result is the same for the same data and library versions.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import spearmanr
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from cjmkit.text.tone_model import LinearModel, tokens

OUT = Path(__file__).resolve().parents[1] / "cjmkit" / "text" / "data"

# Grouping of the GoEmotions authors (Demszky et al. 2020, fig. 2); ambiguous emotions are left out.
GOOD = set("admiration amusement approval caring desire excitement gratitude joy love optimism pride relief".split())
BAD = set(
    "anger annoyance disappointment disapproval disgust embarrassment fear grief nervousness remorse sadness".split()
)


def english(label: object) -> float:
    """−1, 0 or 1 for a GoEmotions label; missing for ambiguous and mixed ones."""
    names = set(str(label).split(","))
    return _sign(bool(names & GOOD), bool(names & BAD), "neutral" in names)


def russian(label: object) -> float:
    """−1, 0 or 1 for a CEDR label (joy, sadness, surprise, fear, anger); missing for surprise alone and mixed ones."""
    codes = {int(v) for v in str(label).strip("[]").replace(",", " ").split()}
    return _sign(0 in codes, bool(codes & {1, 3, 4}), not codes)


def _sign(good: bool, bad: bool, neutral: bool) -> float:
    if good and bad:
        return np.nan
    return 1.0 if good else -1.0 if bad else 0.0 if neutral else np.nan


def load(path: Path, sign: object) -> pd.DataFrame:
    """Text and y of one file."""
    table = pd.read_csv(path)
    table["y"] = table["labels"].map(sign)
    return table.dropna(subset=["y", "text"])[["text", "y"]].astype({"y": int}).reset_index(drop=True)


def train(lang: str, table: pd.DataFrame, *, c: float, rare: tuple[int, int]) -> LinearModel:
    """Fit TF-IDF blocks and the regression on all of `table`."""
    blocks = [
        TfidfVectorizer(
            tokenizer=lambda t: tokens(t, lang),
            token_pattern=None,
            lowercase=False,
            ngram_range=(1, 2),
            min_df=rare[0],
            sublinear_tf=True,
        ),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=rare[1], sublinear_tf=True),
    ]
    for block in blocks:
        block.fit(table["text"])
    names = tuple(list(b.get_feature_names_out()) for b in blocks)
    model = LinearModel(lang, (names[0], names[1]), (blocks[0].idf_, blocks[1].idf_), np.zeros((3, 1)), np.zeros(3))
    fitted = LogisticRegression(C=c, max_iter=300).fit(model.features(table["text"].tolist()), table["y"])
    model.coefficients, model.intercept = fitted.coef_, fitted.intercept_
    return model


def choose(lang: str, table: pd.DataFrame, dev: pd.DataFrame | None, rare: tuple[int, int]) -> float:
    """Penalty with the best rank correlation on the development part, or by cross-validation where there is none."""
    scored = {}
    for c in (0.5, 1.0, 2.0):
        if dev is not None:
            scored[c] = spearmanr(train(lang, table, c=c, rare=rare).score(dev["text"].tolist()), dev["y"])[0]
        else:
            model = train(lang, table, c=c, rare=rare)
            x = model.features(table["text"].tolist())
            p = cross_val_predict(LogisticRegression(C=c, max_iter=300), x, table["y"], cv=5, method="predict_proba")
            scored[c] = spearmanr(p[:, 2] - p[:, 0], table["y"])[0]
    print(lang, "penalty:", {k: round(v, 4) for k, v in scored.items()})
    return max(scored, key=scored.__getitem__)


def write(model: LinearModel, path: Path) -> None:
    """Half-precision weights; vocabularies as UTF-8 lines."""
    np.savez_compressed(
        path,
        words=np.frombuffer("\n".join(model.vocabularies[0]).encode(), dtype=np.uint8),
        chars=np.frombuffer("\n".join(model.vocabularies[1]).encode(), dtype=np.uint8),
        idf_words=model.idf[0].astype(np.float16),
        idf_chars=model.idf[1].astype(np.float16),
        coefficients=model.coefficients.astype(np.float16),
        intercept=model.intercept.astype(np.float32),
    )
    print(path.name, f"{path.stat().st_size / 1e6:.2f} MB, sha256", hashlib.sha256(path.read_bytes()).hexdigest()[:16])


def main() -> None:
    """Train both languages, write the weights, score the held-out files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    OUT.mkdir(parents=True, exist_ok=True)
    for lang, train_file, dev_file, test_file, sign, rare in (
        ("en", "goemotions_train.csv.gz", "goemotions_dev.csv.gz", "goemotions_test.csv.gz", english, (3, 8)),
        ("ru", "cedr_train.csv", None, "cedr_test.csv", russian, (2, 3)),
    ):
        table = load(data / train_file, sign)
        dev = load(data / dev_file, sign) if dev_file else None
        model = train(lang, table, c=choose(lang, table, dev, rare), rare=rare)
        write(model, OUT / f"tone_{lang}.npz")
        test = load(data / test_file, sign)
        p = model.probabilities(test["text"].tolist())
        rho = spearmanr(p[:, 2] - p[:, 0], test["y"])[0]
        print(
            lang,
            f"held out n={len(test)}: Spearman {rho:.3f}, accuracy {(p.argmax(axis=1) - 1 == test['y']).mean():.3f}",
        )


if __name__ == "__main__":
    main()
