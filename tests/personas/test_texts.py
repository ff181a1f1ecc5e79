"""Talk and answers: whose words count, and which words."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score

from cjmkit import personas, text
from cjmkit.errors import CjmError, DataWarning
from cjmkit.personas._texts import _compare_questions
from cjmkit.text.vectors import content_stems, probable_names

TOPICS = {
    "price": "the monthly payment was too high|the price went up again|too expensive for our budget"
    "|we compared every price|a discount would help with the payment|the bank raised the monthly payment"
    "|our budget has no room for that price",
    "school": "the school is far from the house|our children need a school nearby|the kindergarten has no places"
    "|children walk to school alone|we asked about the kindergarten and the school|children need a safe yard",
    "noise": "the trams are loud at night|we cannot sleep because of the noise|quiet windows matter to us"
    "|loud neighbours upstairs|a quiet street with trees|the noise of the road never stops at night",
}


def talk(n=30, passages=12, seed=0, mixed=0.15):
    """People of three kinds, each talking about one topic most of the time."""
    rng = np.random.default_rng(seed)
    names = list(TOPICS)
    rows = []
    for i in range(n):
        for _ in range(passages):
            topic = names[rng.integers(3)] if rng.random() < mixed else names[i % 3]
            said = TOPICS[topic].split("|")
            rows.append((f"p{i}", f"p{i}.txt", "respondent", said[rng.integers(len(said))]))
    return pd.DataFrame(rows, columns=["participant", "document", "role", "text"]), np.arange(n) % 3


def test_kinds_of_talk_come_back():
    turns, kind = talk()
    f = personas.features(turns=turns)
    found = personas.fit(f, k=3, nulls=19, resamples=10)
    assert adjusted_rand_score(kind, found.labels.fillna("-")) > 0.9
    words = found.words()
    assert {"price", "payment", "school", "children", "noise", "quiet"} & set(words["word"])


def test_the_interviewers_words_never_enter():
    turns, _ = talk()
    rng = np.random.default_rng(0)
    asked = pd.DataFrame(
        {
            "participant": [f"p{i}" for i in range(30)],
            "document": [f"p{i}.txt" for i in range(30)],
            "role": "interviewer",
            "text": [
                "tell me about blueberry pancakes please" if rng.random() < 0.5 else "zeppelin" for _ in range(30)
            ],
        }
    )
    f = personas.features(turns=pd.concat([turns, asked]))
    pd.testing.assert_frame_equal(f.table, personas.features(turns=turns).table)
    assert not any("pancak" in s or "zeppelin" in s for d in f.said.values() for s in d)


def test_different_guides_are_warned_of():
    turns, _ = talk()
    guide = ["how did you choose the bank and the loan offer", "which school did your children visit last year"]
    asked = pd.DataFrame(
        [
            (f"p{i}", f"p{i}.txt", "interviewer", f"{guide[i % 2]} {extra}")
            for i in range(30)
            for extra in ("when was that", "what happened then", "who decided")
        ],
        columns=["participant", "document", "role", "text"],
    )
    with pytest.warns(DataWarning, match="questions"):
        personas.features(turns=pd.concat([turns, asked]))
    # One guide for all says nothing.
    asked["text"] = guide[0]
    collected: list[str] = []

    class Quiet:
        def warn(self, message, kind=None):
            collected.append(message)

    _compare_questions(Quiet(), asked, pd.concat([turns, asked]))
    assert not collected


def test_nobody_is_the_respondent():
    turns, _ = talk(6)
    with pytest.raises(CjmError, match="respondent"):
        personas.features(turns=turns.assign(role="speaker"))


def test_names_and_redaction_marks_carry_nothing():
    names = probable_names(["We met Anna there. Then Anna called.", "They sent Anna to us"])
    assert "anna" in names
    assert content_stems("Then Anna called [PERSON_3] about prices", names) == ["call", "price"]


def test_capitals_at_the_start_of_sentences_are_no_names():
    assert not probable_names(["Prices rose. Prices fell.", "Prices? Prices!"])


def test_russian_and_english_inflections_meet():
    assert content_stems("отзывы")[0] == content_stems("отзывов")[0]
    assert content_stems("reviews")[0] == content_stems("reviewed")[0]


def test_an_embedder_takes_the_place_of_the_built_in_vectors():
    turns, kind = talk()
    keys = list(TOPICS)
    seen = []

    def embed(texts):
        seen.extend(texts)
        return np.array([[float(t in TOPICS[k]) for k in keys] for t in texts]) + 0.01

    f = personas.features(turns=turns, talk=personas.Talk(themes=3, vectors=embed))
    found = personas.fit(f, k=3, nulls=0, resamples=0)
    assert seen
    assert adjusted_rand_score(kind, found.labels.fillna("-")) == 1.0


@pytest.mark.parametrize(
    "bad", [lambda t: np.zeros(len(t)), lambda t: np.zeros((1, 3)), lambda t: [[np.nan, 1]] * len(t)]
)
def test_an_embedder_that_returns_nonsense_is_told_so(bad):
    with pytest.raises(CjmError, match="embedder"):
        personas.features(turns=talk()[0], talk=personas.Talk(vectors=bad))


def test_other_languages_are_said():
    turns = pd.DataFrame(
        {
            "participant": [f"p{i}" for i in range(8)],
            "role": "respondent",
            "text": ["Der Preis ist mir zu hoch und die Straße ist auch nicht ruhig genug für uns"] * 8,
        }
    )
    with pytest.warns(DataWarning, match="neither"):
        personas.features(turns=turns)


@pytest.mark.parametrize("text", ["", "   ", "привет"])
def test_empty_or_identical_texts_make_no_persona(text):
    answers = pd.Series([text] * 30, index=[f"r{i}" for i in range(30)])
    if not text.strip():
        with pytest.raises(CjmError, match="nobody"):
            personas.features(answers=answers)
    else:
        assert personas.fit(personas.features(answers=answers)).status == "none"


def test_a_few_short_answers_are_answers_and_no_kinds_of_people():
    turns, _ = talk(60, passages=2)
    found = personas.fit(personas.features(turns=turns))
    assert found.status == "none"
    assert "too little" in found.verdict("en")


def test_bulk_answers_are_sorted_and_counted():
    rng = np.random.default_rng(0)
    vocabulary = [v.replace("|", " ").split() for v in TOPICS.values()]
    own = [sorted({w for w in v if len(w) > 4} - {w for u in vocabulary if u is not v for w in u}) for v in vocabulary]
    topic = rng.integers(0, 3, 300)
    texts = pd.Series([" ".join(rng.choice(own[t], 5)) for t in topic], index=range(1000, 1300))
    groups = text.cluster_texts(texts, k=3)
    assert adjusted_rand_score(topic, groups.labels) > 0.9
    assert groups.table["n"].sum() == 300
    assert (groups.table["low"] < groups.table["share"]).all()
    assert groups.labels.index.equals(texts.index)


def test_empty_answers_belong_to_no_group_of_texts():
    groups = text.cluster_texts(["high price", "price is high", "", "school", "no school", None], k=2)
    assert groups.labels.tolist()[2] == 0
    assert groups.labels.tolist()[5] == 0


@pytest.mark.parametrize("k", [0, 7, 2.5])
def test_more_groups_than_texts(k):
    with pytest.raises(CjmError, match="different texts|takes a whole number"):
        text.cluster_texts(["a b", "c d", "e f"], k=k)


def test_vectors_of_new_texts_lie_in_the_learnt_space():
    texts = [t for v in TOPICS.values() for t in v.split("|")]
    model = text.TextVectors(8)
    learnt = model.fit_transform(texts)
    np.testing.assert_allclose(model.transform(texts), learnt, atol=1e-5)
    assert model.transform(["quite unknown zzz"]).shape == (1, learnt.shape[1])
    assert clone(model).get_params() == model.get_params()


def test_letters_of_new_words_place_a_text_near_its_kin():
    texts = [t for v in TOPICS.values() for t in v.split("|")]
    model = text.TextVectors(8).fit(texts)
    near = model.transform(["the kindergartens", "the kindergarten has no places", "loud trams at night"])
    assert near[0] @ near[1] > near[0] @ near[2]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_any_texts_give_finite_vectors(texts):
    x = text.TextVectors(5).fit_transform(texts)
    assert x.shape[0] == len(texts)
    assert np.isfinite(x).all()
