"""Diagrams that other people drew."""

import csv

import cjmkit as cj


def test_diagrams_of_other_projects_are_read_whole(shared):
    folder = shared / "data" / "journey_maps" / "mermaid"
    with open(folder / "INDEX.csv", encoding="utf-8") as f:
        index = list(csv.DictReader(f))
    assert index
    for row in index:
        j, notes = cj.exchange.from_mermaid(folder / row["file"])
        assert len(j.stages) == int(row["sections"]), row
        tasks = [n for s in j.stages for n in s.actions]
        assert len(tasks) == int(row["tasks"]), row
        assert len(j.personas) == int(row["actors"]), row
        if row["scores_all_1_5"] == "True":
            assert not [n for n in notes if "score" in n or "оценк" in n], notes
            assert all(s.id in {p.stage for p in j.emotion} for s in j.stages)
        again = cj.exchange.from_mermaid(cj.exchange.to_mermaid(j))
        assert again.journey == j
