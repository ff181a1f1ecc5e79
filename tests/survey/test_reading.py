"""Exports as the platforms write them, made here; and what is wrong with files in real life."""

from __future__ import annotations

import random
import warnings

import pandas as pd
import pytest

from cjmkit.errors import CjmError, CjmWarning, DataWarning, FileFormatError, ScaleWarning
from cjmkit.survey import Survey, read, score


@pytest.fixture
def save(tmp_path):
    def put(text, name="wave.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
        return path

    return put


def types(survey):
    return {i.item: i.type for i in survey}


# Platforms ---------------------------------------------------------------------------------------------------------


def limesurvey(n=30):
    rng = random.Random(1)
    head = [
        "id",
        "submitdate",
        "lastpage",
        "startlanguage",
        "seed",
        "Q1",
        "Q2[SQ001]",
        "Q2[SQ002]",
        "Q2[SQ003]",
        "Q3[1]",
        "Q3[2]",
        "Q3[3]",
        "Q4",
    ]
    rows = []
    for i in range(n):
        ranks = rng.sample([1, 2, 3], 3)
        rows.append(
            [
                i + 1,
                f"2026-03-0{i % 9 + 1} 10:00:00",
                3,
                "ru",
                rng.randrange(10**9),
                rng.choice(["Да", "Нет"]),
                *(rng.choice(["Y", ""]) for _ in range(3)),
                *ranks,
                rng.choice(["Отлично", "Хорошо", "Плохо", "Затрудняюсь ответить"]),
            ]
        )
    return "\n".join(";".join(f'"{c}"' for c in r) for r in [head, *rows]) + "\n"


def test_limesurvey_codes_become_groups_options_and_ranks(save):
    s = read(save(limesurvey()), quiet=True)
    assert s.source.platform == "limesurvey"
    assert s.person == "id"
    assert s.item("Q2[SQ001]").type == "multi"
    assert s.item("Q2[SQ001]").group == "Q2"
    assert s.item("Q2[SQ003]").option == "SQ003"
    assert {s.item(f"Q3[{k}]").type for k in (1, 2, 3)} == {"ranking"}
    # A label inside the scale that nobody chose is not invented: the scale has the points that were seen.
    assert s.item("Q4").scale == ("Плохо", "Хорошо", "Отлично") and s.item("Q4").status == "guessed"
    assert s.item("Q4").missing == ("Затрудняюсь ответить",)
    assert score(s, "Q2").details["answering"] <= s.n


def test_limesurvey_with_full_russian_headings_is_recognised(save):
    text = limesurvey().replace(
        '"id";"submitdate";"lastpage";"startlanguage"',
        '"ID ответа";"Дата отправки";"Последняя страница";"Начальный язык"',
    )
    s = read(save(text, encoding="cp1251"), quiet=True)
    assert (s.source.platform, s.source.encoding, s.source.separator) == ("limesurvey", "cp1251", ";")
    assert s.item("Дата отправки").type == "date"


def test_yandex_forms_keeps_its_id_and_time_apart_from_questions(save):
    rows = "\n".join(f"{900 + i},2026-05-0{i % 9 + 1}T12:00:00,{10 - i % 4},Нравится сайт номер {i}" for i in range(20))
    s = read(save("ID,Время создания,Насколько вероятно что вы порекомендуете нас?,Почему?\n" + rows), quiet=True)
    assert s.source.platform == "yandex-forms"
    assert types(s) == {
        "ID": "id",
        "Время создания": "date",
        "Насколько вероятно что вы порекомендуете нас?": "nps",
        "Почему?": "open",
    }


def test_anketolog_style_with_questions_over_options_is_read(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(
        ["№ анкеты", "Дата заполнения", "Откуда вы о нас узнали?", None, None, "Оцените нас по шкале от 1 до 5"]
    )
    sheet.append([None, None, "Реклама", "Друзья", "Другое", None])
    rng = random.Random(2)
    for i in range(25):
        sheet.append(
            [
                i + 1,
                pd.Timestamp(2026, 1, i + 1).to_pydatetime(),
                rng.choice(["Реклама", None]),
                rng.choice(["Друзья", None]),
                f"сам нашёл {i}" if i % 9 == 0 else None,
                rng.randint(2, 5),
            ]
        )
    path = tmp_path / "anketa.xlsx"
    book.save(path)
    s = read(path, quiet=True)
    assert s.source.header_rows == 2
    assert s.person == "№ анкеты"
    assert s.item("Откуда вы о нас узнали? [Реклама]").type == "multi"
    assert s.item("Откуда вы о нас узнали? [Другое]").type == "open"
    assert s.item("Оцените*").scale == (1, 5)
    assert s.item("Дата заполнения").type == "date"


def test_the_four_codings_of_a_multi_select_give_the_same_shares():
    rng = random.Random(3)
    picks = [rng.sample(range(1, 6), rng.randint(1, 3)) for _ in range(60)]
    blank = float("nan")
    codings = {
        "1 and 0": [[1 if k in p else 0 for k in range(1, 6)] for p in picks],
        "in order of choice": [[*p, *[blank] * (5 - len(p))] for p in picks],
        "code or blank": [[k if k in p else blank for k in range(1, 6)] for p in picks],
        "code or 0": [[k if k in p else 0 for k in range(1, 6)] for p in picks],
    }
    wanted = [sum(k in p for p in picks) for k in range(1, 6)]
    for name, rows in codings.items():
        s = Survey.from_frame(pd.DataFrame(rows, columns=[f"Q1_{k}" for k in range(1, 6)]))
        assert {i.type for i in s if i.group == "Q1"} == {"multi"}, name
        assert score(s, "Q1").table["chosen"].tolist() == wanted, name


def test_a_re_saved_qualtrics_file_without_import_ids_still_has_two_header_rows(save):
    text = (
        "StartDate,EndDate,Finished,ResponseId,Q1,Q2_1,Q2_2\n"
        "Start Date,End Date,Finished,Response ID,How satisfied are you?,What did you use? - Site,What did you "
        "use? - App\n"
        + "\n".join(
            f"7/2{i}/2026 10:00,7/2{i}/2026 10:04,TRUE,R_{i},{i % 5 + 1},{1 if i % 2 else ''},{1 if i % 3 else ''}"
            for i in range(9)
        )
    )
    s = read(save(text), quiet=True)
    assert (s.source.platform, s.source.header_rows, len(s)) == ("qualtrics", 2, 9)
    assert s.item("Q1").type == "csat"
    assert s.item("Q2_2").option == "App"


def test_google_forms_grid_rows_share_the_question(save):
    rows = "\n".join(f"2026/02/0{i % 9 + 1} 1:00:00 PM GMT+3,{i % 5 + 1},{(i + 1) % 5 + 1}" for i in range(20))
    s = read(save('"Отметка времени","Оцените нас [Сайт]","Оцените нас [Чат]"\n' + rows), quiet=True)
    assert s.source.platform == "google-forms"
    assert s.item("Оцените нас [Чат]").group == "Оцените нас"
    assert s.item("Оцените нас [Чат]").option == "Чат"
    assert s.item("Оцените нас [Чат]").language == "ru"


def test_sus_statements_are_found_by_their_codes_and_scored_together():
    rng = random.Random(5)
    t = pd.DataFrame({f"SUS_{k}": [rng.randint(1, 5) for _ in range(40)] for k in range(1, 11)})
    s = Survey.from_frame(t.assign(id=range(40)))
    assert [i.type for i in s][:10] == ["sus"] * 10
    assert score(s, "SUS_*").estimate.n == 40


def test_utf_16_and_koi8_are_read_without_being_told(save):
    text = "id\tКак вы нас оцениваете?\n1\tХорошо\n2\tОтлично\n3\tПлохо\n"
    for encoding in ("utf-16", "koi8-r", "cp866"):
        s = read(save(text, f"{encoding}.tsv", encoding), quiet=True)
        assert s.item("Как вы нас оцениваете?").scale[-1] == "Отлично", encoding


def test_parquet_and_gzip_and_zip_give_the_same_answers_as_csv(tmp_path):
    import gzip
    import zipfile

    t = pd.DataFrame({"id": range(12), "score out of a scale from 1 to 5": [1, 2, 3, 4, 5, 5] * 2})
    text = t.to_csv(index=False)
    (tmp_path / "a.csv").write_text(text)
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(text.encode()))
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as z:
        z.writestr("export.csv", text)
    t.to_parquet(tmp_path / "d.parquet")
    read_all = [read(tmp_path / n, quiet=True) for n in ("a.csv", "b.csv.gz", "c.zip", "d.parquet")]
    assert all(s == read_all[0] for s in read_all)


def test_leading_zeros_and_long_ids_survive(save):
    s = read(
        save("respondent_id,phone_panel,x\n0071,12345678901234567890,3\n0072,12345678901234567891,4\n"), quiet=True
    )
    assert s.respondents.tolist() == ["0071", "0072"]
    assert s.data["phone_panel"].tolist() == ["12345678901234567890", "12345678901234567891"]


def test_none_and_na_stay_answers_in_words_and_become_blanks_among_numbers(save):
    s = read(save("id,tool,hours\n1,None,5\n2,NA,NA\n3,R,7\n"), quiet=True)
    assert s.data["tool"].tolist() == ["None", "NA", "R"]
    assert s.data["hours"].tolist()[::2] == [5, 7]
    assert "hours" in s.report()


# Decisions ---------------------------------------------------------------------------------------------------------


def test_a_renamed_column_in_the_decisions_names_file_column_and_the_nearest(save, tmp_path):
    path = save("id,satisfaction\n1,4\n2,5\n")
    decisions = save("format: cjmkit/survey/1\nitems:\n  satisfacton: {type: csat, scale: [1, 5]}\n", "wave.items.yaml")
    with pytest.raises(FileFormatError, match=r"wave\.items\.yaml.*satisfacton.*did you mean 'satisfaction'") as error:
        read(path, quiet=True)
    assert error.value.column == "satisfacton"
    decisions.unlink()
    assert read(path, quiet=True).item("satisfaction").type == "csat"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("items: {x: {type: lickert}}", "did you mean 'likert'"),
        ("items: {x: {scala: [1, 5]}}", "did you mean 'scale'"),
        ("items: {x: {type: likert, scale: [5, 1]}}", "lower first"),
        ("items: {x: likert}", "a decision is a mapping"),
        ("itemz: {}", "did you mean 'items'"),
        ("format: cjmkit/survey/9", "not known"),
        ("items: [", r"d\.yaml:2"),
        ("- a", "mapping"),
    ],
)
def test_a_broken_decisions_file_says_what_is_wrong(save, text, message):
    path = save("id,x\n1,4\n2,5\n")
    with pytest.raises(FileFormatError, match=message):
        read(path, decisions=save(text, "d.yaml"), quiet=True)


def test_new_columns_are_guessed_and_named_when_decisions_do_not_know_them(save):
    path = save("id,x,fresh\n1,4,a\n2,5,b\n")
    s = read(path, decisions={"items": {"x": {"type": "likert", "scale": [1, 5], "stage": "buying"}}}, quiet=True)
    assert s.item("x").stage == "buying"
    assert "'fresh'" in s.report()


def test_set_item_returns_a_new_survey_and_leaves_the_old_one():
    s = Survey.from_frame(pd.DataFrame({"id": [1, 2], "q": [3, 6]}))
    changed = s.set_item("q", type="likert", scale=(1, 5), missing=[6])
    assert s.item("q").type != "likert"
    assert changed.values("q").isna().tolist() == [False, True]
    with pytest.raises(CjmError, match="did you mean 'q'"):
        s.set_item("Q1", type="nps")
    with pytest.raises(CjmError, match="likert"):
        s.set_item("q", type="lickert")


def test_data_cannot_be_changed_behind_the_back_of_a_survey():
    s = Survey.from_frame(pd.DataFrame({"id": [1, 2], "q": [3, 4]}))
    data = s.data
    data.loc[:, "q"] = 99
    assert s.data["q"].tolist() == [3, 4]
    with pytest.raises(AttributeError):
        s.person = "q"


def test_read_prints_what_it_decided_unless_told_to_be_quiet(save, capsys):
    path = save("id,How likely are you to recommend us?\n1,10\n2,11\n3,7\n")
    read(path)
    out = capsys.readouterr().out
    assert "nps" in out
    assert "11" in out
    read(path, quiet=True)
    assert capsys.readouterr().out == ""


# Bad input ---------------------------------------------------------------------------------------------------------


def test_a_file_without_headers_is_refused_and_can_be_read_on_demand(save):
    path = save("1,4,Yes\n2,5,No\n3,3,Yes\n4,1,No\n5,2,Yes\n")
    with pytest.raises(FileFormatError, match="header_rows=0") as error:
        read(path, quiet=True)
    assert error.value.line == 1
    s = read(path, header_rows=0, quiet=True)
    assert len(s) == 5
    assert "column 2" in s.data.columns


def test_repeated_headers_get_numbers_and_are_named(save):
    s = read(save("id,Other,Other\n1,a,b\n2,c,d\n"), quiet=True)
    assert list(s.data.columns) == ["id", "Other", "Other (2)"]
    assert "'Other'" in s.report()
    assert s.source.duplicate_headers == 1


def test_two_encodings_in_one_file_are_read_and_the_lines_named(save):
    lines = [
        "id,комментарий".encode(),
        "1,хорошо".encode(),
        "2,плохо, но терпимо".replace(",", ";", 0).encode("cp1251"),
        "3,отлично".encode(),
    ]
    raw = b"\n".join([lines[0], lines[1], "2,плохое обслуживание".encode("cp1251"), lines[3]])
    s = read(save(raw), quiet=True)
    assert s.data["комментарий"].tolist() == ["хорошо", "плохое обслуживание", "отлично"]
    assert "lines 3" in s.report()


def test_no_answers_empty_files_and_other_formats_are_named(save, tmp_path):
    with pytest.raises(FileFormatError, match="0 rows"):
        read(save("id,q\n"), quiet=True)
    with pytest.raises(FileFormatError, match="empty"):
        read(save(""), quiet=True)
    with pytest.raises(FileFormatError, match=r"did you mean 'wave\.csv'"):
        read(tmp_path / "wawe.csv", quiet=True)
    with pytest.raises(FileFormatError, match="not a text file"):
        read(save(b"\x89PNG\r\n\x1a\n\x00\x00\x00", "x.csv"), quiet=True)
    with pytest.raises(FileFormatError, match="save the sheet"):
        read(save("x", "x.xls"), quiet=True)
    with pytest.raises(FileFormatError, match="workbook"):
        read(save("x", "x.xlsx"), quiet=True)
    with pytest.raises(FileFormatError, match="not utf-8") as error:
        read(save("id,q\n1,а\n".encode("cp1251")), encoding="utf-8", quiet=True)
    assert error.value.line == 2


def test_rows_with_too_many_cells_are_kept_and_named(save):
    s = read(save("id,q\n1,2\n2,3,extra\n3,4,,\n"), quiet=True)
    assert len(s) == 3
    assert "rows 3" in s.report()
    assert s.data["column 3"].dropna().tolist() == ["extra"]


def test_answers_off_the_scale_are_named_with_column_and_rows(save):
    s = read(save("id,q\n1,4\n2,5\n3,9\n4,2\n"), quiet=True).set_item("q", type="likert", scale=(1, 5))
    with pytest.warns(DataWarning, match=r"'q'.*9.*rows 4"):
        found = score(s, "q")
    assert found.estimate.n == 3
    assert found.distribution["n"].sum() == 4


def test_one_respondent_twice_is_named_and_counts_once(save):
    path = save("respondent_id,q\na,1\nb,5\na,3\n")
    with pytest.warns(DataWarning, match=r"respondent_id.*rows 2, 4.*n is 2 people"):
        s = read(path, quiet=True)
    s = s.set_item("q", type="likert", scale=(1, 5))
    assert s.n == 2
    assert score(s, "q").estimate.value == 4
    assert score(s, "q").estimate.n == 2


def test_a_column_that_nobody_answered_is_an_error_with_its_name(save):
    s = read(save("id,q,r\n1,,5\n2,,4\n"), quiet=True).set_item("q", type="likert", scale=(1, 5))
    with pytest.raises(CjmError, match=r"'q'.*nobody answered"):
        score(s, "q")
    assert "'q'" in read(save("id,q,r\n1,,5\n2,,4\n"), quiet=True).report()


@pytest.mark.parametrize("bad", [0, -1])
def test_weights_of_zero_or_less_are_refused_with_column_and_rows(save, bad):
    s = read(save(f"id,q,weight\n1,4,1\n2,5,{bad}\n3,3,2\n"), quiet=True).set_item("q", type="likert", scale=(1, 5))
    with pytest.raises(CjmError, match=r"'weight'.*rows 3"):
        score(s, "q", weights="weight")


def test_a_missing_person_column_is_named_with_the_nearest(save):
    with pytest.raises(FileFormatError, match="did you mean 'respondent_id'"):
        read(save("respondent_id,q\n1,2\n2,3\n"), person="respondentid", quiet=True)


def test_an_item_that_does_not_exist_is_named_with_the_nearest(save):
    s = read(save("id,satisfaction\n1,4\n2,5\n"), quiet=True)
    with pytest.raises(CjmError, match="did you mean 'satisfaction'"):
        score(s, "satisfacton")


def test_nothing_is_printed_as_a_warning_for_a_sound_file(save):
    with warnings.catch_warnings():
        warnings.simplefilter("error", CjmWarning)
        read(save("id,q\n1,4\n2,5\n"), quiet=True)


def test_a_quoted_line_break_does_not_shift_the_rows(save):
    s = read(save('id,"why\nexactly?",q\n1,"a\nb",4\n2,c,9\n'), quiet=True).set_item("q", type="likert", scale=(1, 5))
    assert len(s) == 2
    with pytest.warns(DataWarning, match="rows 3"):
        s.values("q")


def test_a_coded_file_whose_codebook_is_elsewhere_asks_once_and_marks_its_means(save):
    rng = random.Random(0)
    rows = [
        [i + 1, *(rng.choice([0, 1, 2, 3, 4, 5, 6]) for _ in range(4)), rng.randint(0, 11), rng.uniform(0.5, 2)]
        for i in range(300)
    ]
    head = "RESPNUM,Q7ART,Q7FOOD,Q7STORE,Q7SIGN,NETPRO,WEIGHT\n"
    s = read(save(head + "\n".join(",".join(map(str, r)) for r in rows)), quiet=True)
    assert s.person == "RESPNUM"
    assert (s.item("NETPRO").type, s.item("NETPRO").missing) == ("nps", (11,))
    assert s.item("WEIGHT").type == "weight"
    # 6 may be "not applicable" and 0 a blank, or the scale has seven points: that is asked, once for the battery.
    assert s.doubts()["doubt"].tolist() == ["Q7"] and s.item("Q7FOOD").status == "contradictory"
    assert "Q7ART" in s.report()
    with pytest.warns(ScaleWarning, match="if 0 to 6; .*0, 6 no answer"):
        s.values("Q7FOOD")
    assert {s.item(f"Q7{k}").group for k in ("ART", "FOOD", "STORE", "SIGN")} == {"Q7"}
    told = s.set_item("Q7*", type="likert", scale=(1, 5), missing=[0, 6])
    assert len(told.doubts()) == 0 and told.item("Q7SIGN").status == "known"
    assert told.values("Q7FOOD").dropna().between(1, 5).all()


def test_several_ids_are_named_and_person_chooses(save):
    rows = "\n".join(f"2026-01-0{i} 10:00:00,2026-01-0{i} 10:05:00,True,R_{i},u{i},5" for i in range(1, 9))
    head = "StartDate,EndDate,Finished,ResponseId,respondent_id,Q1\n"
    path = save(head + rows)
    s = read(path, quiet=True)
    assert s.person == "ResponseId"
    assert "'respondent_id'" in s.report()
    assert read(path, person="respondent_id", quiet=True).respondents.tolist()[0] == "u1"


def test_options_that_answer_with_their_own_header_are_headers(save):
    rng = random.Random(1)
    options = [f"option {k}" for k in range(12)]
    rows = [[f"h{i}", *(o if rng.random() < 0.5 else "" for o in options)] for i in range(30)]
    s = read(save(",".join(["#", *options]) + "\n" + "\n".join(",".join(r) for r in rows)), quiet=True)
    assert len(s) == 30
    assert {i.type for i in s if i.item.startswith("option")} == {"multi"}
    assert len({i.group for i in s if i.type == "multi"}) == 1
