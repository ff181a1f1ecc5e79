import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjmkit import text
from cjmkit.errors import CjmError


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("ru", "Сайт завис, потом не прошла оплата"),
        ("ru", "Интервьюер: Как прошёл заказ?"),
        ("ru", "Слишком много времени"),
        ("ru", "оплатил через PayPal"),
        ("ru", "не знаю"),
        ("en", "The site froze and then the payment failed"),
        ("en", "Great!"),
        ("en", "Wow café"),
        ("other", "Der Markt ist nicht offen, und ich warte auf die Ware"),
        ("other", "Je ne sais pas pourquoi le site ne marche pas"),
        ("other", "Це дуже зручно, але іноді не працює"),
        ("other", "Това е много добре, защото няма опашка"),
        ("other", "Oui, c'est très bien, mais la livraison était trop chère"),
        ("other", "مرحبا"),
        ("other", "12.02.2017 😀"),
        ("other", ""),
    ],
)
def test_language_of_short_answers_is_told(lang, said):
    assert text.detect_language(said) == lang


@pytest.mark.parametrize(
    "forms",
    [
        "отзыв отзывов отзывам отзывы отзывами отзыве",
        "срыв срыва срывов",
        "негатив негатива негативом",
        "альтернатива альтернатив альтернативы",
        "коллектив коллектива",
        "заявка заявок заявки заявками",
        "звонок звонка звонков звонками",
        "продавец продавца продавцы продавцам",
        "кружка кружек",
        "человек человека человеком",
        "срок сроки сроков",
        "купив купить купил купили купила",
        "открыв открыл открыла",
        "ипотека ипотеки ипотеку ипотекой",
        "review reviews reviewed reviewing",
    ],
)
def test_inflected_forms_meet_in_one_stem(forms):
    assert len(set(text.stems(forms))) == 1, text.stems(forms)


def test_unlike_words_stay_apart_and_yo_counts_as_e():
    assert len(set(text.stems("отзыв отбор отзывчивый звонок звено срок сорок"))) == 7
    assert text.stems("Ещё мёд") == text.stems("еще мед")


def test_each_word_is_stemmed_by_its_own_script_unless_a_language_is_given():
    assert text.stems("оплатил reviews") == ["оплат", "review"]
    with pytest.raises(CjmError, match="unknown language 'de'"):
        text.stems("wir gehen", "de")


def test_decomposed_letters_give_the_same_words():
    said = "Мой заказ пришёл, café"
    assert text.words(unicodedata.normalize("NFD", said)) == text.words(said)


@given(st.text(max_size=80))
def test_words_stems_and_spans_agree_in_number(said):
    composed = unicodedata.normalize("NFC", said)
    assert len(text.stems(said)) == len(text.words(said))
    for a, b in text.word_spans(composed):
        assert 0 <= a < b <= len(composed)


def test_stop_words_keep_the_words_that_turn_a_meaning_round():
    for lang, kept in (("en", {"not", "no", "never"}), ("ru", {"не", "нет", "ни", "без", "никогда"})):
        assert not kept & text.stop_words(lang), lang
    assert {"который", "мной", "короче"} <= text.stop_words("ru")
    assert all(w == w.casefold() for lang in ("en", "ru") for w in text.stop_words(lang))
    with pytest.raises(CjmError, match="unknown language"):
        text.stop_words("fr")


@pytest.mark.parametrize(
    "parts",
    [
        ["Сайт завис.", "Потом не прошла оплата!", "И всё?"],
        ["Мы живём на ул. Ленина, д. 5, кв. 7.", "Там тихо."],
        ["Платим 30 тыс. руб. в месяц, т. е. много.", "Хотим меньше."],
        ["Сравнивали метро, школы и т. д.", "Потом устали."],
        ["Нам помог А. С. Пушкин.", "Он юрист."],
        ["Dr. Smith called e.g. the bank.", "It helped."],
        ["“Really?” she said.", "“Yes.”", "Then it froze…"],
        ["Version 2.0 costs 3.5 euros.", "Fine."],
        ["О, господи!!!", "Оплата не прошла 💳."],
    ],
)
def test_sentences_end_where_a_reader_would_end_them(parts):
    whole = " ".join(parts)
    assert [whole[a:b] for a, b in text.sentences(whole)] == parts


def test_a_wrapped_line_is_one_sentence_and_a_new_paragraph_is_not():
    said = "I went to the\nshop. It was\nclosed\n\nAnd then\nHome"
    assert [said[a:b] for a, b in text.sentences(said)] == [
        "I went to the\nshop.",
        "It was\nclosed",
        "And then",
        "Home",
    ]


@given(st.text(alphabet=st.sampled_from("аб. A?!\n\t…»«1—😀\u0301"), max_size=60))
def test_sentences_cover_everything_but_white_space_in_order(said):
    spans = text.sentences(said)
    assert all(a < b for a, b in spans)
    assert all(x[1] <= y[0] for x, y in itertools.pairwise(spans))
    left = "".join(said[a:b] for a, b in zip([0] + [s[1] for s in spans], [s[0] for s in spans] + [len(said)]))
    assert left.strip() == ""
