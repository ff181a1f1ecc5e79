"""What Windows and macOS do otherwise, as far as another system can show it: consoles, line ends, names of files."""

import os
import subprocess
import sys
import unicodedata

import pytest

import cjmkit as cj
from cjmkit import interviews, survey

TALK = (
    "Interviewer: How was it?\nAnna: Late. I waited two hours — “never again”.\n\nInterviewer: Why?\nAnna: No idea.\n"
)
ANSWERS = "id,Q1. How satisfied are you?,Q2. Why?\nP1,5,quick\nP2,3,late\nP3,4,\n"


@pytest.fixture
def study(tmp_path):
    return cj.Study.create(tmp_path / "Моё исследование é", title="Первая квартира", language="ru")


@pytest.mark.parametrize(("encoding", "russian"), [("cp1252", False), ("cp866", True)])
def test_a_console_of_windows_gets_the_status_and_no_error(study, encoding, russian):
    done = subprocess.run(
        [sys.executable, "-m", "cjmkit", "status", "--language", "ru", str(study.path)],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode(encoding)
    # The letters that a code page has are there, each other one is a question mark.
    assert "sources/sources.csv" in shown
    assert ("дальше: " in shown, "??????: " in shown) == (russian, not russian)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_change_nothing_that_is_read_from_a_talk(tmp_path, end):
    read = []
    for folder, text in (("unix", TALK), ("other", TALK.replace("\n", end))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "talk.txt").write_bytes(text.encode())
        read.append(interviews.read(tmp_path / folder / "talk.txt").turns[["speaker", "text"]].values.tolist())
    assert read[0] == read[1]
    assert read[0][1] == ["Anna", "Late. I waited two hours — “never again”."]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_change_nothing_that_is_read_from_a_table(tmp_path, end):
    read = []
    for folder, text in (("unix", ANSWERS), ("other", ANSWERS.replace("\n", end))):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "answers.csv").write_bytes(text.encode())
        read.append(survey.read(tmp_path / folder / "answers.csv", quiet=True).data)
    assert read[0].equals(read[1])
    assert len(read[0]) == 3


def test_a_study_yaml_with_line_ends_of_windows_is_the_same_study(study):
    path = study.path / "study.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert cj.Study(study.path).title == "Первая квартира"


@pytest.mark.parametrize(
    ("first", "second"),
    [("A.csv", "a.csv"), ("Ответы.csv", "ОТВЕТЫ.CSV"), ("café.csv", unicodedata.normalize("NFD", "café.csv"))],
)
def test_a_name_that_some_disks_take_for_another_is_said_and_neither_file_is_lost(study, tmp_path, first, second):
    files = []
    for folder, name, text in (("one", first, ANSWERS), ("two", second, ANSWERS + "P4,1,never\n")):
        (tmp_path / folder).mkdir()
        files.append(tmp_path / folder / name)
        files[-1].write_text(text, "utf-8")
    added = study.add(*files, kind="survey")
    assert added.table["done"].tolist() == ["copied", "taken"]
    assert added.table["place"].tolist() == [f"surveys/{first}"] * 2  # names the file that is in the way
    assert (study.path / "surveys" / first).read_text("utf-8") == ANSWERS
    assert files[1].read_text("utf-8") == ANSWERS + "P4,1,never\n"


def test_the_same_file_under_such_a_name_is_there_already(study, tmp_path):
    (tmp_path / "A.csv").write_text(ANSWERS, "utf-8")
    (tmp_path / "a.csv").write_text(ANSWERS, "utf-8")
    assert study.add(tmp_path / "A.csv", tmp_path / "a.csv", kind="survey").table["done"].tolist() == [
        "copied",
        "there",
    ]


def test_paths_with_spaces_and_letters_of_any_script_go_through_the_command_line(study, tmp_path):
    folder = tmp_path / "мои файлы (1) & co"
    folder.mkdir()
    (folder / "Беседа №1 – Анна.txt").write_text(TALK, "utf-8")
    (folder / "my answers ü.csv").write_text(ANSWERS, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cjmkit", "add", str(folder), "--study", str(study.path)],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    assert done.returncode == 0
    assert [p.name for p in cj.Study(study.path).interview_files()] == ["Беседа №1 – Анна.txt"]
    assert (study.path / "surveys" / "my answers ü.csv").read_text("utf-8") == ANSWERS
    assert len(cj.Study(study.path).turns()) == 4
