"""Adding material: files of every kind go to their place; what other programs coded is translated, nothing is lost."""

import json

import pandas as pd
import pytest
import yaml

import cjmkit as cj
from cjmkit.study import adding

SHOP = "Q: How was it?\nAnna: The delivery was late.\n"


@pytest.fixture
def study(tmp_path):
    return cj.Study.create(tmp_path / "study", title="Shop", language="en", framework="five-stages")


def table(study, *paths, **options):
    return study.add(*paths, **options).table.set_index("file")


def test_codings_of_other_programs_are_found_again_in_the_interviews_that_come_with_them(study, tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    # "a" sorts before the interview: codings are translated after the texts are there.
    (folder / "a_taguette.csv").write_text("id,document,tag,content\n1,talk.txt,Late delivery,delivery was late\n")
    (folder / "talk.txt").write_text(SHOP)
    done = table(study, folder)
    assert done["kind"].to_dict() == {"a_taguette.csv": "codings", "talk.txt": "interviews"}
    assert done["done"].eq("copied").all()
    codings = study.codings()
    row = codings.iloc[0]
    assert study.transcripts().text(row["document"])[row["start"] : row["end"]] == "delivery was late"
    code = study.codebook().codes[0]
    assert (code.name, code.lane, code.stage) == ("Late delivery", "barriers", "purchase")
    assert (study.path / "codings" / "originals" / "a_taguette.csv").is_file()
    # The same again changes nothing.
    assert table(study, folder)["done"].tolist() == ["there", "there"]


def test_a_project_brings_its_texts_its_codings_and_its_codes(study, tmp_path):
    documents = pd.DataFrame({"document": ["talk"], "text": [SHOP]})
    at = SHOP.index("late")
    rows = [("talk", at, at + 4, "late", "Too slow", "eva")]
    codings = pd.DataFrame(rows, columns=["document", "start", "end", "quote", "code", "coder"])
    cj.qda.write_qdpx(tmp_path / "p.qdpx", documents=documents, codings=codings)
    done = table(study, tmp_path / "p.qdpx")
    assert done.loc["p.qdpx", "place"] == "codings/eva.csv, interviews/, codebook.yaml"
    row = study.codings().iloc[0]
    assert study.transcripts().text(row["document"])[row["start"] : row["end"]] == "late"


def test_a_codebook_of_another_tool_becomes_ours_and_an_existing_one_stays(study, tmp_path):
    (tmp_path / "codes.csv").write_text("name,definition\nPayment trouble,Paying failed\n")
    assert table(study, tmp_path / "codes.csv").loc["codes.csv", "kind"] == "codebook"
    assert [c.name for c in study.codebook().codes] == ["Payment trouble"]
    before = (study.path / "codebook.yaml").read_bytes()
    (tmp_path / "more.csv").write_text("name,definition\nOther,x\n")
    study.add(tmp_path / "more.csv")
    assert (study.path / "codebook.yaml").read_bytes() == before


def test_codings_whose_coder_is_there_already_change_nothing(study, tmp_path):
    (study.path / "interviews" / "talk.txt").write_text(SHOP)
    (study.path / "codings" / "t.csv").write_text("document,start,end,quote,code,coder\n")
    (tmp_path / "t.csv").write_text("id,document,tag,content\n1,talk.txt,Late,delivery was late\n")
    before = sorted(p.name for p in study.path.rglob("*"))
    assert table(study, tmp_path / "t.csv").loc["t.csv", "done"] == "taken"
    assert sorted(p.name for p in study.path.rglob("*")) == before


def test_an_unknown_file_says_what_was_looked_for_and_changes_nothing(study, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "odd.json").write_text(json.dumps({"a": 1}))
    before = sorted(p.name for p in study.path.rglob("*"))
    done = table(study, *(tmp_path / n for n in ("photo.jpg", "empty.csv", "odd.json")))
    assert done["done"].eq("unknown").all()
    assert ".docx" in done.loc["photo.jpg", "why"]
    assert "empty" in done.loc["empty.csv", "why"]
    assert "looked for" in done.loc["odd.json", "why"]
    assert sorted(p.name for p in study.path.rglob("*")) == before


def test_people_whom_two_kinds_of_material_share_are_counted(study, tmp_path):
    people = [f"user_{k}" for k in range(12)]
    (tmp_path / "guests.csv").write_text(
        "id,How satisfied are you with the delivery?\n" + "".join(f"{p},{1 + k % 5}\n" for k, p in enumerate(people))
    )
    rows = "".join(f"{p},{1 + k % 5},2026-01-0{1 + k % 9},Fine\n" for k, p in enumerate(people[:5]))
    (tmp_path / "stars.csv").write_text("customer id,rating,date,review\n" + rows)
    said = study.add(tmp_path / "guests.csv", tmp_path / "stars.csv")
    assert said.shared == ("By id, 5 people are both in the survey and in the reviews and tickets",)
    assert said.shared[0] in repr(said)


def test_a_hundred_mixed_files_are_one_call_with_a_bar(study, tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    for k in range(60):
        (folder / f"i{k}.txt").write_text(SHOP)
    for k in range(20):
        (folder / f"s{k}.csv").write_text("id,How was the delivery?,And the payment?\n1,4,5\n")
        (folder / f"r{k}.csv").write_text(f"author,rating,review\nperson_{k},5,Fine\n")
    counted = []

    class Bar:
        def __init__(self, total, unit):
            counted.append((total, unit))

        def update(self, n):
            counted.append(n)

        def close(self):
            counted.append("closed")

    done = table(study, folder, bar=Bar)
    assert done["kind"].value_counts().to_dict() == {"interviews": 60, "survey": 20, "reviews": 20}
    assert done["done"].eq("copied").all()
    assert counted == [(100, "file"), *[1] * 100, "closed"]


def test_a_copy_needs_no_hard_links_and_leaves_nothing_half_done(study, tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text(SHOP)

    def refused(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refused)
    assert table(study, tmp_path / "a.txt").loc["a.txt", "done"] == "copied"
    (tmp_path / "b.txt").write_text(SHOP)
    monkeypatch.setattr(adding.shutil, "copyfile", refused)
    with pytest.raises(cj.errors.CjmError, match="b.txt"):
        study.add(tmp_path / "b.txt")
    assert [p.name for p in (study.path / "interviews").iterdir() if p.suffix == ".part"] == []
    assert not (study.path / "interviews" / "b.txt").exists()


def named(study, names):
    file = study.path / "study.yaml"
    said = yaml.safe_load(file.read_text("utf-8")) | {"personas": names}
    file.write_text(yaml.safe_dump(said, allow_unicode=True), "utf-8")
    return cj.Study(study.path)


def test_names_of_personas_follow_their_people_and_are_asked_for_again_when_the_groups_are_others(study):
    people = [f"u{k}" for k in range(40)]
    first = pd.Series(["P1"] * 25 + ["P2"] * 15, index=people)
    study = named(study, {"P1": "Hurried", "P2": "Careful"})
    assert study.names_for(first) == {"P1": "Hurried", "P2": "Careful"}
    # New people turn the order of the groups round; the old ones are together as before.
    turned = pd.concat([first.map({"P1": "P2", "P2": "P1"}), pd.Series("P1", index=[f"n{k}" for k in range(30)])])
    assert study.names_for(turned) == {"P2": "Hurried", "P1": "Careful"}
    assert "1.00" in next(f.text for f in study.findings() if f.key == "names")
    mixed = pd.Series(["P1", "P2"] * 20, index=people)
    assert study.names_for(mixed) == {}
    assert "change `personas:`" in next(f.text for f in study.findings() if f.key == "names")
    # Names given anew hold for the groups that are there now.
    study = named(study, {"P1": "Loud", "P2": "Quiet"})
    assert study.names_for(mixed) == {"P1": "Loud", "P2": "Quiet"}


def test_variables_and_placements_go_to_their_places_and_the_grid_is_there(study, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "- id: money\n  name: Money\n  ends: [counts every penny, no question]\n", "utf-8"
    )
    (tmp_path / "eva.csv").write_text("participant,variable,value\np1,money,2\np2,money,6\n", "utf-8")
    done = table(study, tmp_path / "mine.yaml", tmp_path / "eva.csv")
    assert done["kind"].to_dict() == {"mine.yaml": "variables", "eva.csv": "placements"}
    assert done["place"].to_list() == ["variables.yaml", "placements/eva.csv"]
    grid = cj.personas.grid(study.path)
    assert grid.table["money"].to_dict() == {"p1": 2, "p2": 6}
    assert list(grid.raters) == ["eva"]


def usability(folder):
    """Somebody else's test of a shop: transcripts, the observer's notes, a form, and a word about the files."""
    (folder / "talks").mkdir(parents=True)
    (folder / "notes").mkdir()
    for k in range(1, 5):
        said = f"Q: And the search?\nMaria: The delivery was late for me, {k}.\nQ: And the basket?\nMaria: Fine, {k}.\n"
        (folder / "talks" / f"p0{k}_2026050{k}.txt").write_text(said)
        (folder / "notes" / f"p0{k}_Notes.txt").write_text("T1\n\tDoes not see the filter\nT2\n\tBasket fine\n")
    answers = "".join(f"P{k},{k},{5 - k}\n" for k in range(1, 5))
    (folder / "form.csv").write_text(f"participant,Search is easy (1-5),Basket is easy (1-5)\n{answers}")
    (folder / "README.md").write_text("# What lies here\n")
    (folder / "notes" / "README.md").write_text("Not used in the analysis.\n")
    return folder


def test_notes_of_an_observer_and_words_about_the_files_are_nobodys_interview(study, tmp_path):
    done = study.add(usability(tmp_path / "given")).table
    kinds = done.groupby("kind")["file"].count().to_dict()
    assert kinds == {"": 2, "interviews": 4, "notes": 4, "survey": 1}
    assert len(study.documents()) == 4 and study.has("notes")
    # A list with hyphens is no dialogue.
    (tmp_path / "заметки Лены.md").write_text("# Шоурум\n\n- Люди фотографируют ценники\n- Спорят о цвете\n", "utf-8")
    assert table(study, tmp_path / "заметки Лены.md")["kind"].tolist() == ["notes"]
    # A dialogue stays an interview, whatever its file is called.
    talk = tmp_path / "interview notes.txt"
    talk.write_text(SHOP)
    assert table(study, talk)["kind"].tolist() == ["interviews"]


def test_people_of_files_and_form_are_the_same_though_each_spells_them_otherwise(study, tmp_path):
    added = study.add(usability(tmp_path / "given"))
    assert "4 people of the interviews are spelt as in the survey (p01 is P1)" in repr(added)
    assert "By id, 4 people are both in the interviews and in the survey" in repr(added)
    assert sorted(study.transcripts().participants) == ["P1", "P2", "P3", "P4"]


def test_ids_that_would_make_one_of_two_people_are_left_as_they_are(study, tmp_path):
    given = usability(tmp_path / "given")
    (given / "form.csv").write_text("participant,Search is easy (1-5),Basket is easy (1-5)\nP1,1,2\np-1,3,3\nP2,2,2\n")
    assert "spelt as in" not in repr(study.add(given))
    assert not (study.path / "interviews" / "participants.csv").exists()


def test_a_project_that_holds_the_interviews_of_the_study_brings_no_second_copy_of_them(study, tmp_path):
    given = usability(tmp_path / "given")
    study.add(given / "talks")
    rows = "".join(f'{k},p0{k}_2026050{k}.txt,Late,"The  delivery was late for me, {k}."\n' for k in range(1, 5))
    (tmp_path / "tags.csv").write_text("id,document,tag,content\n" + rows)
    assert table(study, tmp_path / "tags.csv")["done"].tolist() == ["copied"]
    assert len(study.documents()) == 4
    assert sorted(study.codings()["participant"]) == ["p01", "p02", "p03", "p04"]
    # The same work exported once more, without one coding, is no second coder.
    (tmp_path / "tags_later.csv").write_text("id,document,tag,content\n" + rows)
    again = table(study, tmp_path / "tags_later.csv")
    assert again["done"].tolist() == ["there"] and "the same codings as those of tags" in again["why"].iloc[0]
    assert study.codings()["coder"].nunique() == 1


METRIKA = ("ClientID", "Дата и время (МСК)", "Событие", "Источник трафика")


def visits(n, *, steps=("Каталог", "Корзина", "Оплата")):
    """A log in Russian: every third visitor goes one step less."""
    rows = [
        f"{100 + k};{1 + k % 28:02d}.09.2026 {10 + i}:00:00;{step};Директ"
        for k in range(n)
        for i, step in enumerate(steps[: 1 + k % 3])
    ]
    return "\n".join([";".join(METRIKA), *rows]) + "\n"


def test_a_log_is_told_from_answers_by_what_it_holds_and_read_without_naming_a_column(study, tmp_path):
    given = tmp_path / "given"
    given.mkdir()
    (given / "метрика.csv").write_text(visits(60), "utf-8-sig")
    app = [f"open,2026-09-{1 + k % 28:02d} 10:00:00,{k},iOS" for k in range(40)]
    (given / "app.csv").write_text("\n".join(["event_name,event_datetime,appmetrica_device_id,os_name", *app]))
    # A questionnaire may have an id, a date and a status, too; but a row is a person, and nobody comes back.
    sheet = [f"u{k};0{1 + k % 9}.09.2026;готово;{1 + k % 5}" for k in range(40)]
    (given / "анкета.csv").write_text("\n".join(["Клиент;Дата;Статус;Оцените доставку", *sheet]), "utf-8")
    asked = [f"u{k // 2},2026-09-0{1 + k % 9},visit,{1 + k % 5}" for k in range(40)]
    (given / "asked.csv").write_text("\n".join(["user id,date of visit,Which event did you visit?,mark", *asked]))
    kinds = table(study, given)["kind"].to_dict()
    assert kinds == {"app.csv": "events", "анкета.csv": "survey", "метрика.csv": "events", "asked.csv": "survey"}

    (study.path / "events" / "app.csv").unlink()
    log = study.events()
    assert (log.n_people, set(log.events)) == (60, {"Каталог", "Корзина", "Оплата"})
    assert log.describe().set_index("event")["users"].to_dict() == {"Каталог": 60, "Корзина": 40, "Оплата": 20}
    # "(МСК)" in the name of the column: ten o'clock there is seven in UTC.
    assert log.start == pd.Timestamp("2026-09-01 07:00", tz="UTC")
    assert "Каталог (60), Корзина (40), Оплата (20)" in study.status().table.set_index("step").loc[5, "doubts"]


def test_the_zone_of_a_log_is_said_in_the_study(tmp_path):
    study = cj.Study.create(tmp_path / "s", framework="aida")
    (study.path / "events" / "log.csv").write_text(
        "user,time,event\nu1,2026-09-01 10:00:00,a\nu1,2026-09-01 11:00:00,b\n"
    )
    settings = yaml.safe_load((study.path / "study.yaml").read_text("utf-8"))
    (study.path / "study.yaml").write_text(yaml.safe_dump(settings | {"events": {"tz": "Asia/Omsk"}}), "utf-8")
    assert cj.Study(study.path).events().start == pd.Timestamp("2026-09-01 04:00", tz="UTC")


def test_lanes_are_proposed_from_whole_words_and_from_the_ways_in_which_analysts_say_trouble(study):
    from cjmkit.study.code_places import with_places

    names = ["Task sequence complex", "Wording not clear", "Asks for a price", "Export useful", "Запутанная форма"]
    book, _ = with_places(study, cj.coding.Codebook(names))
    assert [c.lane for c in book.codes] == ["barriers", "barriers", "questions", "thoughts", "barriers"]


def test_texts_without_speakers_that_share_their_questions_are_interviews_and_a_lone_one_is_not(study, tmp_path):
    folder = tmp_path / "answers"
    folder.mkdir()
    for k in range(1, 6):
        said = [
            f"1. Was the search easy to use for you?\n\tMostly, {k} times.",
            "2. What would you change in the basket?",
        ]
        (folder / f"P{k}_answers.txt").write_text(
            "\n".join([*said, f"\tNothing number {k}, I think it is fine."]) + "\n"
        )
    (tmp_path / "letter.txt").write_text("Dear colleagues, the server is down today.\n")
    talk = tmp_path / "talk.txt"
    talk.write_text(SHOP)
    done = table(study, folder, tmp_path / "letter.txt", talk)
    assert done["kind"].to_dict() == {f"P{k}_answers.txt": "interviews" for k in range(1, 6)} | {
        "letter.txt": "", "talk.txt": "interviews",
    }  # fmt: skip
    assert "P1" in study.transcripts().participants


def test_a_second_survey_that_stays_off_the_map_is_said_when_it_is_added(study, tmp_path):
    rows = "".join(f"u{k},{1 + k % 5},{1 + k % 4}\n" for k in range(30))
    (tmp_path / "guests.csv").write_text("id,Rate the delivery (1-5),Rate the payment (1-5)\n" + rows * 2)
    (tmp_path / "panel.csv").write_text("id,I trust reviews (1-5),I like to plan (1-5)\n" + rows)
    added = study.add(tmp_path / "guests.csv", tmp_path / "panel.csv")
    assert "one is read: guests.csv. Not on the map: panel.csv" in repr(added)
    study.path.joinpath("study.yaml").write_text(
        study.path.joinpath("study.yaml").read_text("utf-8") + "survey: {file: panel}\n", "utf-8"
    )
    again = cj.Study(study.path)
    assert again.survey().name == "panel" and "Not on the map" not in repr(again.status())
    # The wave before is on the map.
    wave = cj.Study.create(tmp_path / "waves", framework="aida")
    for year in (2025, 2026):
        (tmp_path / f"guests-{year}.csv").write_text("id,Rate the delivery (1-5)\n" + rows.replace(",1\n", "\n"))
    assert "Not on the map" not in repr(wave.add(*tmp_path.glob("guests-*.csv")))
