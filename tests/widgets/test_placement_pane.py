"""The placement pane without a browser: what a message does is what Grid.place does, and it is in the file at once."""

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit import personas

MONEY = personas.Variable(id="money", name="Money", ends=("counts", "never asks"), question="What of money?")
WAY = personas.Variable(id="way", options=("app", "shop"))
SAID = (
    "I write down every penny that we spend on food and on everything else. The dog is called Major, he sleeps all day."
)
TURNS = pd.DataFrame(
    {"document": ["a"], "turn": [0], "role": ["respondent"], "participant": ["anna"], "start": [0], "end": [len(SAID)],
     "text": [SAID]}
)  # fmt: skip


@pytest.fixture
def pane(tmp_path):
    grid = personas.Grid((MONEY, WAY), people=["anna", "boris"]).place("anna", "money", 6, rater="tom").save(tmp_path)
    return cj.widgets.placement_pane(grid, rater="eva", turns=TURNS, names={"anna": "Anna K."}, lang="en")


def test_a_message_places_and_the_file_has_it_at_once(pane, tmp_path):
    pane._receive(None, {"op": "place", "participant": "anna", "variable": "money", "value": 2}, None)
    assert pane.grid.by_rater("money").loc["anna", "eva"] == 2
    assert "anna,money,2" in (tmp_path / "placements" / "eva.csv").read_text("utf-8")
    assert "anna,money,6" in (tmp_path / "placements" / "tom.csv").read_text("utf-8")
    pane._receive(None, {"op": "place", "participant": "anna", "variable": "money", "value": None}, None)
    assert pane.grid.by_rater("money")["tom"].notna().sum() == 1
    assert "anna,money" not in (tmp_path / "placements" / "eva.csv").read_text("utf-8")


def test_blind_shows_nothing_of_others_and_the_twin_does(pane):
    assert pane._view["others"] == []
    seeing = cj.widgets.placement_pane(pane.grid, rater="eva", blind=False)
    assert seeing._view["others"] == [["money", "anna", 6.0, "tom"]]


def test_a_passage_is_cited_with_its_offsets(pane):
    with pytest.raises(cj.CjmError, match="place the person first"):
        pane.cite("anna", "money", {"document": "a", "start": 0, "end": 5, "quote": "I wri"})
    pane.place("anna", "money", 1)
    first = pane._view["tips"][0]
    assert SAID[first["start"] : first["end"]] == first["quote"]
    pane._receive(None, {"op": "cite", "participant": "anna", "variable": "money", "tip": 0}, None)
    row = pane.grid.quotes("anna", "money").iloc[0]
    assert (row["quote"], row["rater"], row["value"]) == (first["quote"], "eva", 1.0)


def test_an_empty_scale_has_passages_and_no_value(pane):
    pane.show("anna", "money")
    assert len(pane._view["tips"]) >= 1
    assert pane._view["placed"] == []


def test_a_wrong_message_is_told_and_changes_nothing(pane):
    pane._receive(None, {"op": "place", "participant": "anna", "variable": "money", "value": 9}, None)
    assert pane._view["bad"]
    assert "1 to 7" in pane._view["message"]
    assert pane._view["placed"] == []


def test_what_somebody_else_wrote_meanwhile_stays_and_the_work_is_set_aside(pane, tmp_path):
    pane.place("anna", "money", 2)
    theirs = tmp_path / "placements" / "eva.csv"
    theirs.write_text("participant,variable,value\nboris,money,7\n", "utf-8")
    pane.place("boris", "money", 3)
    assert theirs.read_text("utf-8").endswith("boris,money,7\n")
    aside = list((tmp_path / "placements" / "unsaved").glob("eva*.csv"))
    assert len(aside) == 1
    assert "boris,money,3" in aside[0].read_text("utf-8")
    assert "unsaved" in pane._view["message"]


def test_groups_are_off_until_asked_for_and_then_live():
    grid = personas.made_up_grid(n=12, k=3, gap=5, spread=0.6, raters=1, seed=2)
    pane = cj.widgets.placement_pane(grid, rater="rater 1", lang="en")
    assert pane._view["groups"] == {}
    pane.group()
    assert set(pane._view["groups"].values()) == {0, 1, 2}
    assert "three stable personas" in pane._view["verdict"]


def test_a_page_without_a_kernel_shows_the_table(pane):
    pane.place("anna", "way", "shop")
    html = pane.static_html()
    assert "Anna K." in html
    assert ">shop<" in html


def test_a_study_opens_with_its_people_and_names(tmp_path):
    study = cj.Study.example("residential", tmp_path / "s")
    pane = cj.widgets.placement_pane(study, rater="eva", lang="ru")
    assert len(pane._view["people"]) == 24
    assert pane._view["people"][0]["name"] == "Алексей"
    assert len(pane._view["tips"]) == 4


def test_no_two_dots_carry_the_same_letters():
    people = ["Александр", "Алексей", "Алексеева", "u00017", "u00042"]
    pane = cj.widgets.placement_pane(personas.Grid((MONEY,), people=people), rater="eva", lang="ru")
    labels = [p["label"] for p in pane._view["people"]]
    assert len(set(labels)) == len(people)
    assert labels[0] == "Але"
    assert labels[3:] == ["017", "042"]


def test_colours_of_a_blind_rater_know_nothing_of_the_others():
    others = personas.made_up_grid(n=12, k=3, gap=5, spread=0.6, raters=1, seed=2)
    blind = cj.widgets.placement_pane(others, rater="eva", lang="en")
    blind.group()
    assert blind._view["groups"] == {}
    seeing = cj.widgets.placement_pane(others, rater="eva", blind=False, lang="en")
    seeing.group()
    assert set(seeing._view["groups"].values()) == {0, 1, 2}


def test_who_settles_sees_where_the_raters_stand_and_on_which_words(pane):
    said = {"document": "a", "start": 0, "end": 5, "quote": "I wri"}
    grid = pane.grid.place("anna", "money", 6, rater="tom", passage=said).place("anna", "money", 2, rater="eva")
    settling = cj.widgets.placement_pane(grid, rater="settled", blind=False, turns=TURNS, lang="en")
    assert sorted(settling._view["told"]) == [["eva", 2.0, []], ["tom", 6.0, ["I wri"]]]
    settling.place("anna", "money", 3)
    assert settling.grid.table.loc["anna", "money"] == 3
    assert settling.grid.by_rater("money").loc["anna"].to_dict() == {"tom": 6.0, "eva": 2.0}
