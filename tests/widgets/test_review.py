"""The review of a redaction without a browser: what is decided is what is masked."""

from itertools import pairwise

import pandas as pd
import pytest

import cjmkit as cj

TEXTS = {
    "a": "Interviewer: Who called?\nAnn: 😡 Mr Hill from Plateful, on +44 20 7946 0958. Monday was fine.",
    "b": "Interviewer: And then?\nBob: Hill rang again; Plateful paid.",
}


@pytest.fixture
def talks():
    read = [cj.interviews.read_text(t, document=d) for d, t in TEXTS.items()]
    parts = [pd.concat([getattr(r, k) for r in read], ignore_index=True) for k in ("documents", "turns", "report")]
    return cj.interviews.Transcripts(*parts)


@pytest.fixture
def review(talks):
    made = cj.widgets.redaction_review(talks, names=["Hill"], recogniser=None, lang="en")
    made.sent = []
    made.send = lambda content, buffers=None: made.sent.append(content)
    return made


def test_marks_lie_on_the_words_of_the_original_text(review, talks):
    assert review._texts == dict(zip(talks.documents["document"], talks.documents["text"]))
    for document, marks in review._marks.items():
        for m in marks:
            assert review._texts[document][m["start"] : m["end"]] == review._items[m["item"]]["what"]
        spans = [(m["start"], m["end"]) for m in marks]
        assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    assert {"Hill", "Plateful", "+44 20 7946 0958"} <= {i["what"] for i in review._items}


def test_what_is_decided_is_what_is_masked_in_all_texts_and_can_be_undone(review):
    review._receive(review, {"op": "decide", "what": "Plateful", "decision": "mask"}, [])
    review.decide("+44 20 7946 0958", "keep")
    texts = review.redacted.texts
    assert not texts.str.contains("Plateful|Hill").any()
    assert "+44 20 7946 0958" in texts["a"]
    assert set(review.names) == {"Hill", "Plateful"}
    assert review.keep == ("+44 20 7946 0958",)
    review.undo()
    review.undo()
    assert "PHONE" in review.redacted.texts["a"]
    assert "Plateful" in review.redacted.texts["b"]
    assert (review.table["decision"] == "").all()


def test_leaving_a_given_name_leaves_it_and_the_plain_function_does_the_same(review, talks):
    review.decide("Hill", "keep")
    plain = cj.interviews.redact(talks, names=["Hill"], keep=["Hill"], recogniser=None)
    assert review.redacted.texts.tolist() == plain.texts.tolist()
    assert plain.texts.str.contains("Hill").all()


def test_unknown_words_and_decisions_are_refused(review):
    with pytest.raises(cj.CjmError, match="Plateful"):
        review.decide("Platefull", "mask")
    with pytest.raises(cj.CjmError, match="mask"):
        review.decide("Plateful", "hide")


def test_no_name_is_in_what_a_notebook_stores(review):
    stored = repr([review.get_state(), review.static_html(), repr(review)])
    assert not any(name in stored for name in ("Hill", "Plateful", "7946"))
    review._receive(review, {"op": "hello"}, [])
    assert "Plateful" in repr(review.sent)
