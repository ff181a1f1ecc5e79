"""Answers that mean one thing in different words come together."""

import pytest

from cjmkit import text
from cjmkit.errors import CjmError
from cjmkit.text.meaning import meaning


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
