"""Doubts and links as cards, without a browser: what is chosen is what is settled, kept, and taken back."""

import pandas as pd
import pytest
import yaml

import cjmkit as cj
from cjmkit.errors import CjmError
from cjmkit.survey import Survey, read

CODES = [1, 2, 3, 4, 5, 5, 4, 6, 6, 6, 0, 0]


def battery(n=40):
    columns = {f"Q7{k}": (CODES[i:] + CODES[:i]) * n for i, k in enumerate(("ART", "BAR", "CAR"))}
    return pd.DataFrame({"id": range(12 * n), **columns})


def quiet(pane):
    pane.sent = []
    pane.send = lambda content, buffers=None: pane.sent.append(content)
    return pane


def test_a_battery_is_one_card_with_the_means_and_answers_of_each_reading():
    s = Survey.from_frame(battery())
    pane = quiet(cj.widgets.doubts(s, lang="en"))
    pane._receive(pane, {"op": "hello"}, [])
    (card,) = pane.sent[-1]["cards"]
    row = s.doubts().iloc[0]
    assert card["id"] == "Q7" and card["more"].startswith("3 items")
    assert f"{row['mean_used']:.2f}" in card["choices"][0]["detail"]
    for choice, reading in zip(card["choices"], s.open_doubts[0].readings, strict=True):
        low, high = reading.scale
        counted = {b["label"]: b["n"] for b in choice["bars"] if b["on"]}
        assert set(counted) == {str(c) for c in set(CODES) if low <= c <= high and c not in reading.missing}
        assert counted["5"] == 2 * 40 * 3 and max(b["height"] for b in choice["bars"]) == 1


def test_an_answer_settles_as_settle_does_and_undo_takes_it_back(tmp_path):
    path = tmp_path / "wave.csv"
    battery().to_csv(path, index=False)
    s, kept = read(path, quiet=True), tmp_path / "wave.items.yaml"
    pane = quiet(cj.widgets.doubts(s))
    pane._receive(pane, {"op": "answer", "card": "Q7", "answer": 1}, [])
    assert pane.survey == s.settle({"Q7": 1}, keep=False) and read(path, quiet=True) == pane.survey
    pane._receive(pane, {"op": "answer", "card": "Q7", "answer": 0}, [])
    assert read(path, quiet=True).item("Q7ART").scale == s.settle({"Q7": 0}, keep=False).item("Q7ART").scale
    pane.undo()
    assert pane.answers == {"Q7": 1} and read(path, quiet=True) == pane.survey
    pane.undo()
    assert not kept.exists() and pane.survey == s and len(read(path, quiet=True).doubts()) == 1


def test_undo_leaves_what_the_file_says_of_other_items(tmp_path):
    path = tmp_path / "wave.csv"
    battery().to_csv(path, index=False)
    other = {"format": "cjmkit/survey/1", "items": {"id": {"type": "id"}}}
    (tmp_path / "wave.items.yaml").write_text(yaml.safe_dump(other))
    pane = quiet(cj.widgets.doubts(read(path, quiet=True)))
    pane.answer("Q7", 0)
    pane.answer("Q7", None)
    assert yaml.safe_load((tmp_path / "wave.items.yaml").read_text()) == other


def test_a_study_keeps_the_answer_and_accepts_no_link_by_it(tmp_path):
    study = cj.Study.create(tmp_path / "shop", framework="five-stages")
    battery().rename(columns={"Q7ART": "Rate the delivery"}).to_csv(study.path / "surveys" / "wave.csv", index=False)
    pane = quiet(cj.widgets.doubts(study))
    for name in [c["id"] for c in pane._cards()]:
        pane.answer(name, 0)
    assert study.survey().doubts().empty
    assert not study.links()["linked"].any()


def test_fields_as_an_answer_are_shown_as_another_reading():
    pane = quiet(cj.widgets.doubts(Survey.from_frame(battery())))
    pane.answer("Q7", {"scale": (1, 7), "missing": [0]})
    assert pane._cards()[0]["answered"] == -1 and pane.survey.item("Q7BAR").scale == (1, 7)
    with pytest.raises(CjmError, match="Q7"):
        pane.answer("Q8", 0)


def test_the_table_without_a_kernel_says_what_was_chosen():
    pane = quiet(cj.widgets.doubts(Survey.from_frame(battery()), lang="ru"))
    pane.answer("Q7", 0)
    assert pane._cards()[0]["choices"][0]["label"] in pane.static_html() and "Ответ" in pane.static_html()
    assert pane._cards()[0]["note"] == pane._given.open_doubts[0].reason[1]
    nothing = cj.widgets.doubts(pane.survey, lang="en")
    assert nothing.static_html() == "<p>There is nothing to ask.</p>" and "0 of 0" in repr(nothing)


@pytest.fixture
def shop(tmp_path):
    study = cj.Study.create(tmp_path / "shop", framework="five-stages")
    columns = ("How satisfied are you with the delivery?", "How satisfied are you with the website?")
    rated = {c: [1 + (k + j) % 5 for k in range(40)] for j, c in enumerate(columns)}
    pd.DataFrame({"id": range(40), **rated}).to_csv(study.path / "surveys" / "s.csv", index=False)
    return study, columns


def test_links_are_accepted_changed_and_taken_back(shop):
    study, (delivery, website) = shop
    first = study.links().set_index("item")
    pane = quiet(cj.widgets.links(study, lang="en"))
    assert [c["answered"] for c in pane._cards()] == [None, None]
    pane._receive(pane, {"op": "answer", "card": delivery, "answer": 0}, [])
    now = study.links().set_index("item")
    assert now.loc[delivery, ["stage", "touchpoint"]].equals(first.loc[delivery, ["stage", "touchpoint"]])
    assert now["linked"].to_dict() == {delivery: True, website: False}
    stage = study.stages()[0].id
    pane._receive(pane, {"op": "answer", "card": website, "answer": f"{stage}\nWebsite"}, [])
    assert study.survey().item(website).stage == stage and study.survey().item(website).touchpoint == "Website"
    assert pane._cards()[1]["placed"].endswith("Website")
    pane.undo()
    pane.undo()
    assert not study.links()["linked"].any()


def test_accept_takes_places_of_ones_own_and_refuses_unknown_stages(shop):
    study, (delivery, _) = shop
    stage = study.stages()[-1].id
    assert study.accept({delivery: (stage, "Courier")})["touchpoint"].tolist() == ["Courier"]
    assert study.survey().item(delivery).stage == stage
    with pytest.raises(CjmError, match="stage"):
        study.accept({delivery: ("nowhere", "Courier")})
