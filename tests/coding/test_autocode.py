import pytest

from cjmkit import coding
from cjmkit import interviews as iv
from cjmkit.errors import CjmError

SAID = (
    "Модератор: Отзывы читали?\n"
    "Ольга: Отзывов не нашла. Искала живые отзывы, живых отзывов нет! Онлайн-чат молчит 😡.\n"
    "Модератор: А цена?\n"
    "Ольга: Всё ещё дорого; ещё раз: дорого. No reviews at all, reviewed nothing.\n"
)


@pytest.fixture(scope="module")
def read():
    return iv.read_text(SAID)


def quotes(read, rules, **how):
    made = coding.autocode(read.turns, rules, **how)
    coding.check_codings(made, read.documents)
    return made["quote"].tolist()


def test_a_word_is_found_in_all_its_forms(read):
    assert quotes(read, {"отзывы": "отзыв"}, unit="match") == ["Отзывов", "отзывы", "отзывов"]
    assert quotes(read, {"r": "review"}, unit="match") == ["reviews", "reviewed"]
    assert quotes(read, {"чат": "чаты"}, unit="match") == ["чат"]


def test_words_of_a_rule_follow_each_other(read):
    assert quotes(read, {"живые": "живой отзыв"}, unit="match") == ["живые отзывы", "живых отзывов"]


def test_a_sentence_has_a_code_once_and_interviewers_have_none_unless_asked(read):
    assert quotes(read, {"отзывы": "отзыв"}) == ["Отзывов не нашла.", "Искала живые отзывы, живых отзывов нет!"]
    assert len(quotes(read, {"отзывы": "отзыв"}, role=None)) == 3
    assert len(quotes(read, {"отзывы": ["отзыв", "чат"]}, unit="turn")) == 1


def test_phrases_are_whole_words_without_case_and_yo(read):
    assert quotes(read, {"ещё": "ВСЕ ЕЩЕ"}, how="phrase", unit="match") == ["Всё ещё"]
    assert quotes(read, {"д": "дорог"}, how="phrase") == []


def test_regular_expressions_are_checked(read):
    assert quotes(read, {"д": r"дорог\w+"}, how="regex", unit="match") == ["дорого", "дорого"]
    with pytest.raises(CjmError, match="faulty"):
        coding.autocode(read.turns, {"д": "("}, how="regex")
    with pytest.raises(CjmError, match="code everything"):
        coding.autocode(read.turns, {"д": "x*"}, how="regex")
    with pytest.raises(CjmError, match="empty"):
        coding.autocode(read.turns, {"д": []})
    with pytest.raises(CjmError, match="no word"):
        coding.autocode(read.turns, {"д": "!!!"})


def test_the_machine_is_a_coder_of_its_own(read):
    made = coding.autocode(read.turns, {"отзывы": "отзыв"})
    assert made["coder"].unique().tolist() == ["auto: lemma"]
    assert made["memo"].unique().tolist() == ["lemma: отзыв"]
    assert coding.autocode(read.turns, {"x": "верблюд"}).empty
