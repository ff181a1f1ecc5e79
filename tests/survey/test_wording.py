"""Words of open answers: planted ones come back, chance is called chance, and every word has its people and a quote."""

import numpy as np
import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.survey import Survey, words

COMMON = ["order", "shop", "price", "phone", "site", "button", "weather", "colour", "size", "window"]


def wrote(n=120, planted=None, seed=0):
    """People who write four common words; of the group `a` also a planted one, with that chance."""
    rng = np.random.default_rng(seed)
    group = np.array(["a", "b"])[np.arange(n) % 2]
    texts = []
    for g in group:
        said = list(rng.choice(COMMON, 4, replace=False))
        if planted and g == "a" and rng.random() < planted:
            said.append("courier")
        texts.append("I noticed the " + " and the ".join(said) + ".")
    t = pd.DataFrame({"id": [f"p{i}" for i in range(n)], "group": group, "why": texts})
    return Survey.from_frame(t, person="id").set_item("why", type="open").set_item("group", type="single")


def test_a_planted_word_leads_its_group_with_its_share_of_people_and_a_quote_that_holds_it():
    s = wrote(planted=0.5)
    found = words(s, "why", by="group")
    first = found.table.query("group == 'a'").iloc[0]
    people = s.data.loc[s.data["why"].str.contains("courier")]
    assert (first["word"], first["people"], first["n"]) == ("courier", len(people), 60)
    assert first["value"] == len(people) / 60 and first["elsewhere"] == 0 and first["told"]
    assert first["low"] < first["value"] < first["high"] and first["difference_low"] > 0.2
    assert "courier" in first["quote"] and first["participant"] in set(people["id"])
    text = cj.survey.open_answers(s, "why").set_index("document")["text"]
    assert all(text[r.document][r.start : r.end] == r.quote for r in found.table.itertuples())
    assert "courier" in found.summary("en") and "courier" in found.summary("ru")
    assert "courier" in cj.cite(found, group="a", word="courier").label("en")


def test_where_groups_do_not_differ_a_word_is_told_in_at_most_one_of_twenty_surveys():
    told = sum(words(wrote(seed=k), by="group").table["told"].any() for k in range(30))
    assert told <= 5  # 1.5 expected, 2.9 standard errors above
    assert "No word is told from chance" in words(wrote(seed=1), by="group").summary("en")


def test_forms_of_a_word_and_repetitions_count_once_a_person():
    t = pd.DataFrame(
        {"id": range(6), "q": ["доставка, доставка!", "Доставку ждали", "доставки нет", "цена", "цены", "цену"]}
    )
    s = Survey.from_frame(t).set_item("q", type="open")
    table = words(s, min_n=3).table.set_index("word")
    assert table["people"].tolist() == [3, 3] and table["value"].tolist() == [0.5, 0.5]


def test_people_without_a_group_are_left_out_and_said():
    s = wrote()
    labels = pd.Series(["x", "y"] * 50, index=[f"p{i}" for i in range(100)], name="persona")
    found = words(s, by=labels)
    assert any("20 people who wrote have no group" in w for w in found.warnings)
    assert found.table["n"].max() == 50


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: words(wrote(), min_n=500), "lower min_n="),
        (lambda: words(wrote(), by=pd.Series("x", index=["p0", "p1"])), "two are needed"),
        (lambda: words(Survey.from_frame(pd.DataFrame({"id": [1, 2], "a": [1, 5]}))), "no open item"),
    ],
)
def test_what_makes_no_list_is_refused_in_words(call, said):
    with pytest.raises(CjmError, match=said):
        call()
