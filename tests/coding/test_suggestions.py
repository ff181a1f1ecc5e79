import numpy as np
import pandas as pd
import pytest

from cjmkit import coding
from cjmkit import interviews as iv
from cjmkit.errors import CjmError

ABOUT = {
    "цена": [
        "слишком дорого для нас",
        "цена выросла на десять тысяч",
        "скидку нам не дали, дорого",
        "за деньги цена высокая",
    ],
    "delay": [
        "they never called back",
        "waited two weeks for a call",
        "no call for days, just waiting",
        "the call was late",
    ],
    "": ["погода была хорошая", "we had some tea", "собака лаяла во дворе", "my sister lives nearby", "кот спал день"],
}


@pytest.fixture(scope="module")
def study():
    """Twelve people; what they say about prices and delays is planted."""
    rng = np.random.default_rng(3)
    lines, rows = [], []
    for _ in range(12):
        said = []
        for code, phrases in ABOUT.items():
            said += [
                (code, f"{rng.choice(phrases).capitalize()} {rng.choice(['вот', 'indeed', 'да'])}") for _ in range(3)
            ]
        rng.shuffle(said)
        lines.append("".join(f"Q: ?\nA: {text}.\n" for _, text in said))
    read = [iv.read_text(t, document=f"p{i}.txt", participant=f"p{i}") for i, t in enumerate(lines)]
    turns = pd.concat([r.turns for r in read], ignore_index=True)
    for t in turns[turns["role"] == "respondent"].itertuples():
        for code, phrases in ABOUT.items():
            if code and any(t.text.lower().startswith(x) for x in phrases):
                rows.append({"document": t.document, "start": t.start, "end": t.end, "quote": t.text, "code": code})
                rows[-1] |= {"participant": t.participant, "coder": "eva"}
    return turns, coding.check_codings(pd.DataFrame(rows))


def test_planted_codes_are_found_in_interviews_nobody_coded(study):
    turns, codings = study
    known = codings[codings["document"].isin([f"p{i}.txt" for i in range(6)])]
    got = coding.suggest_codes(known, turns, n=None)
    truth = {(r.document, r.start, r.code) for r in codings.itertuples()} - {
        (r.document, r.start, r.code) for r in known.itertuples()
    }
    sure = got.table[got.table["score"] >= 0.5]
    hits = {(r.document, r.start, r.code) for r in sure.itertuples()}
    assert len(hits & truth) >= 0.9 * len(truth)
    assert len(hits & truth) >= 0.9 * len(hits)
    assert (got.quality["precision"] > 0.8).all()
    assert got.table["useful"].is_monotonic_decreasing


def test_suggestions_are_another_coder_until_accepted(study):
    turns, codings = study
    known = codings[codings["document"] < "p5"]
    got = coding.suggest_codes(known, turns, n=4)
    assert got.codings["coder"].unique().tolist() == ["suggested: tf-idf + logistic regression"]
    mixed = coding.concat_codings([known, got.codings])
    again = coding.suggest_codes(mixed, turns, n=4)
    pd.testing.assert_frame_equal(again.table, got.table)
    taken = coding.accept(known, got, 0, coder="eva")
    assert len(taken) == len(known) + 1
    assert taken.iloc[-1]["coder"] == "eva"
    assert "suggested by" in taken.iloc[-1]["memo"]


def test_a_callable_takes_the_place_and_its_name_is_recorded(study):
    turns, codings = study

    def keyword_model(examples, given, texts):
        assert len(examples) == len(given)
        return [{"цена": 0.9} if "дорого" in t.lower() else {} for t in texts]

    got = coding.suggest_codes(codings[codings["document"] < "p5"], turns, method=keyword_model)
    assert got.method == "keyword_model"
    assert set(got.table["code"]) == {"цена"}
    for bad, says in ((lambda a, b, c: [], "returned 0 results"), (lambda a, b, c: [1] * len(c), "mapping"),
                      (lambda a, b, c: [{"цена": 7}] * len(c), "between 0 and 1")):  # fmt: skip
        with pytest.raises(CjmError, match=says):
            coding.suggest_codes(codings, turns, method=bad)


def test_noise_is_not_praised(study):
    turns, codings = study
    shuffled = codings.copy()
    spoken = turns[turns["role"] == "respondent"].sample(len(codings), random_state=1, replace=False)
    for c in ("document", "start", "end", "participant"):
        shuffled[c] = spoken[c].to_numpy()
    shuffled["quote"] = spoken["text"].to_numpy()
    got = coding.suggest_codes(shuffled, turns)
    q = got.quality
    right = (q["precision"] * q["suggested"]).sum() / max(1, q["suggested"].sum())
    assert right < 0.5, "a third of the units have each code, whatever they say"


def test_too_few_examples_is_said(study):
    turns, codings = study
    with pytest.raises(CjmError, match="no code has 3"):
        coding.suggest_codes(codings.head(1), turns)
    two = codings[codings["document"].isin(["p0.txt", "p1.txt"])]
    got = coding.suggest_codes(two, turns, min_n=2)
    assert "too few examples" in got.summary("en")
    assert "примеров мало" in got.summary("ru")
