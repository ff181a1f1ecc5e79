"""Topics of what people said: those that were planted come back, and nothing comes of nothing."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cjmkit import cite, plot, survey, text
from cjmkit.errors import CjmError, NotEnough

PLANTED = {
    "late": (
        "The courier|My delivery|The box|The driver|Our parcel|The order",
        "came late|was two hours late|arrived a day late|was delayed again|came late in the evening|was late, no call",
    ),
    "price": (
        "The price|The cost|The subscription|A portion|What they charge|A month of it",
        "is too high|is too expensive|costs more than the shop|is expensive for us|went up again|costs far too much",
    ),
    "recipe": (
        "The recipes|The recipe cards|Cooking instructions|The cooking steps|Their recipes|The recipe photos",
        "are clear|are simple to cook|help me to cook|are easy to follow|are clear and simple|are easy for a child",
    ),
}
JUNK = (
    "The cat sat in the box|The app froze once|My neighbour orders too|We were away in summer|Music is my hobby"
    "|The garden needs rain|I lost my umbrella|Chess is a game for two|The lift is broken again|Blue is a fine colour"
    "|My teeth hurt on Monday|He repairs old bicycles|Taxes are due in April|A violin has four strings"
)


def spoken(n=120, seed=0, junk=0.15):
    """Answers of one or two sentences, what each is about, and who is new: new people speak of the price."""
    rng = np.random.default_rng(seed)
    names, rows, about, new = list(PLANTED), [], [], {}
    for i in range(n):
        new[f"p{i}"] = "new" if i % 2 else "old"
        p = [0.1, 0.8, 0.1] if i % 2 else [0.45, 0.1, 0.45]
        for t in rng.choice(3, rng.integers(1, 3), replace=False, p=p):
            rows.append((f"p{i}", " ".join(rng.choice(part.split("|")) for part in PLANTED[names[t]])))
            about.append(t)
        if rng.random() < junk:
            rows.append((f"p{i}", rng.choice(JUNK.split("|"))))
            about.append(-1)
    return pd.DataFrame(rows, columns=["participant", "text"]), np.array(about), new


@pytest.fixture(scope="module")
def found():
    table, about, new = spoken()
    return text.topics(table, by=new), about


def test_planted_topics_come_back_with_their_people(found):
    topics, about = found
    planted = about >= 0
    assert adjusted_rand_score(about[planted], topics.statements["topic"][planted]) > 0.8
    assert topics.status == "topics" and topics.p <= 0.05
    late = topics.statements.loc[about == 0]
    number = late["topic"].mode()[0]
    people = set(topics.statements.loc[topics.statements["topic"] == number, "participant"])
    row = topics.table.set_index("topic").loc[number]
    assert row["people"] == len(people) and row["n"] == topics.n
    assert row["low"] < row["people"] / row["n"] < row["high"]
    assert {"late", "courier", "delivery"} & set(row["words"].split(", "))


def test_a_person_of_two_topics_counts_once_in_each_and_shares_add_to_more_than_one(found):
    topics, _ = found
    again = topics.statements.groupby("participant")["topic"].nunique()
    assert topics.table["people"].sum() == again.sum() > topics.n


def test_what_fits_nowhere_is_the_rest(found):
    topics, about = found
    assert (topics.statements["topic"][about < 0] == 0).mean() > 0.7
    assert (topics.statements["topic"][about >= 0] == 0).mean() < 0.1


def test_groups_that_speak_of_other_things_are_told_with_their_difference(found):
    topics, about = found
    price = topics.statements["topic"][about == 1].mode()[0]
    own, other = (topics.by_group.set_index(["topic", "group"]).loc[(price, g)] for g in ("new", "old"))
    assert own["told"] and own["diff_low"] > 0.1
    assert own["difference"] == pytest.approx(own["people"] / own["n"] - other["people"] / other["n"])


def test_random_words_are_no_topics():
    words = "box late price cook photo child shop courier evening discount recipe salad week order phone".split()
    made = []
    for seed in range(2):  # each of them is wrong once in twenty
        rng = np.random.default_rng(seed)
        made.append(text.topics([" ".join(rng.choice(words, rng.integers(3, 7))) for _ in range(50)], seed=seed))
    none = [t for t in made if t.status == "none"]
    assert none and all(set(t.table["topic"]) == {0} for t in none)
    assert "shuffled" in none[0].summary("en") and "вперемешку" in none[0].summary("ru")
    plt.close(plot.topics(none[0], lang="ru").figure)


def test_who_only_says_that_there_is_nothing_to_say_is_a_row_and_no_topic():
    table, about, _ = spoken(60, seed=3, junk=0)
    silent = ["No", "нет.", "Don't know", "Затрудняюсь ответить", "n/a"] * 8
    lines = [*((f"q{i}", t) for i, t in enumerate(silent)), ("p0", "No. Nothing to add.")]
    topics = text.topics(pd.concat([table, pd.DataFrame(lines, columns=table.columns)]), permutations=0)
    row = topics.table.iloc[-1]
    assert (row["topic"], row["people"], row["n"], row["stable"]) == (-1, 40, 100, False)
    assert set(topics.statements.query("topic == -1")["participant"]) == {f"q{i}" for i in range(40)}
    assert not topics.table["words"].str.contains("нет|know|затруд").any()
    assert adjusted_rand_score(about, topics.statements["topic"][: len(about)]) > 0.7
    ax = plot.topics(topics, lang="ru")
    assert ax.get_yticklabels()[-1].get_text().startswith("(сказать нечего)")
    plt.close(ax.figure)


def test_topics_of_a_file_in_two_languages_are_what_is_said_and_not_the_languages():
    table, about, _ = spoken(60, seed=4, junk=0)
    russian = {
        0: "Курьер опоздал на два часа|Доставка пришла поздно|Коробку привезли на день позже|Заказ снова задержали",
        1: "Цена слишком высокая|Подписка стоит дорого|Порция дороже, чем в магазине|Цена опять выросла",
        2: "Рецепты понятные|По рецептам легко готовить|Карточки рецептов простые и ясные|Рецепт поймёт и ребёнок",
    }
    rng = np.random.default_rng(0)
    half = rng.random(len(about)) < 0.5
    mixed = [str(rng.choice(russian[a].split("|"))) if h else t for t, a, h in zip(table["text"], about, half)]
    topics = text.topics(mixed, permutations=0)
    found = topics.statements["topic"].to_numpy()
    placed = found > 0
    assert placed.mean() > 0.7
    assert adjusted_rand_score(about[placed], found[placed]) > 0.6
    assert adjusted_rand_score(half[placed], found[placed]) < 0.2


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_answers_of_which_each_says_something_else_are_drawn_as_a_sentence(lang):
    topics = text.topics(JUNK.split("|"), permutations=0)
    ax = plot.topics(topics, lang=lang)
    assert set(topics.table["topic"]) == {0} and not ax.axison
    assert [t.get_text().replace("\n", " ") for t in ax.texts] == [topics.summary(lang)]
    plt.close(ax.figure)


def test_a_frame_that_everybody_was_given_makes_no_topics_of_random_words():
    words = "box late price cook photo child shop courier evening discount recipe salad week order phone".split()
    status = []
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        texts = ["what I would like most is " + " ".join(rng.choice(words, 3)) for _ in range(50)]
        status.append(text.topics(texts, seed=seed).status)
    assert "none" in status


def test_the_same_words_said_by_many_are_a_topic_and_not_what_decides_where_the_others_lie():
    table, about, _ = spoken(90, seed=2, junk=0)
    many = pd.DataFrame({"participant": [f"q{i}" for i in range(30)], "text": "Quantum zebra"})
    topics = text.topics(pd.concat([table, many]), permutations=0)
    assert topics.statements["topic"].iloc[-30:].nunique() == 1 and topics.statements["topic"].iloc[-1] > 0
    assert topics.status == "untested" and np.isnan(topics.p)
    assert adjusted_rand_score(about, topics.statements["topic"][: len(about)]) > 0.7


def test_the_same_again_whatever_form_people_come_in(found):
    table, _, new = spoken(40)
    first = text.topics(table, by=new, permutations=0)
    pooled = table.groupby("participant", sort=False)["text"].agg(". ".join)
    for other in (pooled, pooled.to_dict(), pooled.rename_axis("respondent").rename("value").reset_index()):
        again = text.topics(other, by=pd.Series(new), permutations=0)
        assert again.table["people"].tolist() == first.table["people"].tolist()
    whole = dict(enumerate(pooled))
    mixed = dict(zip([float(i) if i % 2 else str(i) for i in whole], whole.values()))
    by = pd.Series({i: "even" if i % 2 == 0 else "odd" for i in whole})
    assert text.topics(mixed, by=by, permutations=0).by_group["n"].gt(0).all()


def test_a_survey_hands_over_its_open_question_and_a_figure_can_be_cited():
    table, _, new = spoken(40)
    pooled = table.groupby("participant", sort=False)["text"].agg(". ".join)
    frame = pd.DataFrame({"id": pooled.index, "why": pooled.to_numpy(), "kind": [new[p] for p in pooled.index]})
    wave = survey.Survey.from_frame(frame, name="wave").set_item("why", type="open").set_item("kind", type="single")
    topics = text.topics(survey.open_answers(wave, "why"), by=wave.raw("kind"), permutations=0)
    assert topics.source == "wave" and topics.item == "why"
    evidence = cite(topics, topic=1)
    assert evidence.survey == "wave" and evidence.estimate.n == 40
    again = survey.Survey.from_frame(frame.assign(topic=frame["id"].map(topics.members())), name="wave")
    again = again.set_item("topic", type="multi", separator=";").set_item("kind", type="single")
    told = survey.banner(again, rows=["topic"], columns=["kind"]).table
    first = topics.table.iloc[0]
    value = told[(told["row"] == first["name"]) & (told["column"] == "total")]["value"].iloc[0]
    assert value == pytest.approx(first["value"])


def test_bad_input_is_told_in_words():
    with pytest.raises(CjmError, match="list"):
        text.topics("The price is high")
    with pytest.raises(NotEnough, match="statements"):
        text.topics(["high", "low"])
    with pytest.raises(CjmError, match="choose k"):
        text.topics(["one thing", "another thing", "a third", "one thing"], k=9)
    with pytest.raises(CjmError, match="who it is"):
        text.topics(pd.DataFrame({"text": ["a", "b"]}))
    with pytest.raises(CjmError, match="none of the"):
        text.topics(["too dear", "dear thing", "rude man", "rude staff"], by={"x": "new"}, k=2)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_the_picture_has_a_mark_for_everybody_and_each_group(found, lang):
    topics, _ = found
    ax = plot.topics(topics, lang=lang)
    assert len(ax.collections) == len(topics.table) * 3
    assert ax.get_legend().get_texts()[0].get_text().startswith({"en": "everybody", "ru": "все"}[lang])
    plt.close(ax.figure)
