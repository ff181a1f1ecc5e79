"""Text tone: what it may say, and what it must not."""

import numpy as np
import pandas as pd
import pytest

from cjmkit.emotion import curve
from cjmkit.errors import CjmError
from cjmkit.text import Scorer, calibrate_tone, tone_scores, tone_table
from cjmkit.text.tone import EnglishScorer, RussianScorer
from cjmkit.text.tone_model import load_model, tokens


def test_plain_praise_and_plain_blame_are_told_apart_in_both_languages():
    good = ["Excellent service, thank you so much", "Спасибо, всё быстро, удобно и вежливо"]
    bad = ["Terrible, they lied to us and were rude", "Ужасно: обманули с ценой и нахамили"]
    table = tone_table(good + bad)
    assert (table["tone"].iloc[:2] > 0.5).all()
    assert (table["tone"].iloc[2:] < -0.5).all()
    assert table["reading"].tolist() == ["good", "good", "bad", "bad"]
    assert table["language"].tolist() == ["en", "ru", "en", "ru"]
    assert table["experimental"].tolist() == [False, True, False, True]


def test_tone_stays_on_the_scale():
    texts = ["wonderful " * 200, "awful " * 200, "ужас " * 200, "!!!!!", "a", "12345", "🙂"]
    tone = tone_table(texts)["tone"].dropna()
    assert tone.abs().max() <= 2


def test_empty_missing_and_unreadable_texts_have_no_tone():
    table = tone_table(pd.Series(["", None, np.nan, "   "], index=list("abcd")))
    assert table["tone"].isna().all()
    assert table["reading"].isna().all()
    assert table.index.tolist() == list("abcd")


def test_a_text_has_the_same_tone_alone_and_in_company():
    texts = ["Great chat", "They ignored me", "Банк молчит третью неделю", "Отличный двор"]
    together = tone_table(texts)["tone"].to_numpy()
    alone = np.array([tone_table([t])["tone"].iloc[0] for t in texts])
    assert together == pytest.approx(alone)


def test_negation_turns_the_lexicon_round():
    from cjmkit.text.tone import _lexicon_score

    assert _lexicon_score("удобно") > 0 > _lexicon_score("не удобно")
    assert _lexicon_score("очень плохо") < _lexicon_score("плохо")
    assert np.isnan(_lexicon_score("квартира на пятом этаже"))


def test_a_scorer_of_ones_own_is_used_and_checked():
    own = lambda texts: [len(t) / 10 for t in texts]  # noqa: E731
    assert isinstance(own, Scorer)
    assert tone_table(["four", ""], scorer=own)["tone"].tolist()[0] == pytest.approx(0.4)
    assert not tone_table(["четыре"], scorer=own)["experimental"].iloc[0]
    with pytest.raises(CjmError, match="one number per text"):
        tone_table(["a", "b"], scorer=lambda texts: [0.0])
    with pytest.raises(CjmError, match="−2 to 2"):
        tone_table(["a"], scorer=lambda texts: [7.0])


def test_an_unknown_language_is_refused_by_name():
    with pytest.raises(CjmError, match="unknown language"):
        tone_table(["guten Tag"], language="de")
    assert len(tone_table("a text")) == 1


def test_scores_of_texts_feed_the_curve_and_coders_do_not_double_them():
    passages = pd.DataFrame(
        {
            "participant": [f"p{i % 6}" for i in range(12)], "stage": "deal", "touchpoint": "chat",
            "document": [f"d{i}" for i in range(12)], "start": 0, "end": 5,
            "quote": ["Great, thank you"] * 6 + ["Awful and slow"] * 6,
        }
    )  # fmt: skip
    scores = tone_scores(pd.concat([passages.assign(coder="a"), passages.assign(coder="b")]))
    assert len(scores) == 12
    assert set(scores["source"]) == {"text"}
    mood = curve(scores)
    assert mood.table["shown"].tolist() == [True]
    assert mood.table["n"].tolist() == [6]
    assert "text tone" in mood.summary("en")
    with pytest.raises(CjmError, match="no column 'stage'"):
        tone_scores(passages.drop(columns="stage"))


def test_calibration_learns_the_scale_and_admits_its_error():
    rng = np.random.default_rng(0)
    texts = ["Great", "Awful", "Fine I guess", "Terrible delay", "Lovely people", "It is a form"] * 20
    tone = tone_table(texts)["tone"].to_numpy()
    labels = np.clip(0.3 + 0.5 * tone + rng.normal(0, 0.2, len(tone)), -2, 2)
    calibrated = calibrate_tone(texts, labels)
    assert calibrated.slope == pytest.approx(0.5, abs=0.05)
    assert calibrated.intercept == pytest.approx(0.3, abs=0.05)
    assert calibrated.error == pytest.approx(0.2, abs=0.05)
    assert calibrated.low < calibrated.correlation < calibrated.high
    assert tone_table(["Great"], scorer=calibrated)["tone"].iloc[0] == pytest.approx(
        calibrated.intercept + calibrated.slope * tone[0]
    )


def test_a_tone_that_does_not_follow_the_labels_is_not_calibrated():
    texts = ["Great", "Awful", "Fine", "Terrible"] * 10
    with pytest.raises(CjmError, match="does not rise"):
        calibrate_tone(texts, [-1, 1, -0.5, 1] * 10)
    with pytest.raises(CjmError, match="needs 30"):
        calibrate_tone(texts[:8], [1.0] * 8)
    with pytest.raises(CjmError, match="one label per text"):
        calibrate_tone(texts, [1.0])


def test_weights_are_plain_arrays_without_pickle():
    from importlib.resources import files

    for lang in ("en", "ru"):
        with (files("cjmkit.text") / "data" / f"tone_{lang}.npz").open("rb") as stream:
            z = np.load(stream, allow_pickle=False)
            assert {z[k].dtype.kind for k in z.files} <= {"f", "u"}
    notice = (files("cjmkit.text") / "data" / "NOTICE.md").read_text("utf-8")
    assert "Apache License 2.0" in notice
    assert "tone_en.npz" in notice


def test_the_model_is_scikit_learns_tfidf_and_regression():
    # The reader of the weights against the library that made them, on a tiny corpus.
    from sklearn.feature_extraction.text import TfidfVectorizer

    from cjmkit.text.tone_model import LinearModel

    texts = ["good good day", "bad day", "a plain form"]
    blocks = [
        TfidfVectorizer(
            tokenizer=lambda t: tokens(t, "en"),
            token_pattern=None,
            lowercase=False,
            ngram_range=(1, 2),
            sublinear_tf=True,
        ),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    ]
    x = np.hstack([b.fit_transform(texts).toarray() for b in blocks])
    names = [list(b.get_feature_names_out()) for b in blocks]
    model = LinearModel(
        "en", (names[0], names[1]), (blocks[0].idf_, blocks[1].idf_), np.zeros((3, x.shape[1])), np.zeros(3)
    )
    assert model.features(texts).toarray() == pytest.approx(x)


def test_words_that_move_the_tone_can_be_asked_for():
    told = EnglishScorer().explain("The staff were rude")
    assert told[told["word"] == "rude"]["effect"].lt(0).all()
    told = RussianScorer().explain("Очень вежливо")
    assert (told[told["by"] == "lexicon"]["effect"] > 1).all()
    assert load_model("en").probabilities([]).shape == (0, 3)
