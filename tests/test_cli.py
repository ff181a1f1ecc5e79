"""The command line: help worth reading, runs that continue, failures that name the cell."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import nbformat
import pytest

import cjmkit as cj
from cjmkit.cli import main
from cjmkit.study.runner import NotebookFailed, run

COMMANDS = ["demo", "new", "add", "status", "link", "run", "check", "render", "export", "diff", "lab"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_and_gives_an_example(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    out = capsys.readouterr().out
    assert stop.value.code == 0
    assert "Example:" in out
    assert f"cjmkit {command}" in out or "cjmkit diff" in out
    assert len(out.splitlines()) > 8


def test_without_a_command_the_list_of_commands_is_shown(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert all(f"    {c}" in out for c in COMMANDS)


def test_new_starts_a_study_and_says_how_to_go_on(tmp_path, capsys):
    assert main(["new", str(tmp_path / "s"), "--language", "ru", "--framework", "loyalty-loop"]) == 0
    assert "cjmkit lab" in capsys.readouterr().out
    assert cj.Study(tmp_path / "s").settings.framework == "loyalty-loop"


def test_a_misspelt_framework_is_answered_with_a_suggestion(tmp_path, capsys):
    assert main(["new", str(tmp_path / "s"), "--framework", "loyality-loop"]) == 2
    assert "did you mean 'loyalty-loop'" in capsys.readouterr().err


def test_the_command_is_installed_and_knows_its_version():
    out = subprocess.run([sys.executable, "-m", "cjmkit", "--version"], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == f"cjmkit {cj.__version__}"


@pytest.fixture
def tiny(tmp_path):
    """A study whose notebooks are three tiny ones that leave a trace of having run."""
    study = cj.Study.create(tmp_path / "tiny", framework="aida")
    for p in (study.path / "notebooks").glob("*.ipynb"):
        p.unlink()
    for k in (1, 2, 3):
        code = f"open('../trace.txt', 'a').write('{k}')"
        write(study, k, [code, f"{k} * 10"])
    return study


def write(study, k, cells):
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    nbformat.write(nb, study.path / "notebooks" / f"0{k}_step.ipynb")


def trace(study):
    return (study.path / "trace.txt").read_text()


def test_a_run_executes_the_notebooks_in_order_and_keeps_their_outputs(tiny):
    result = run(tiny.path)
    assert trace(tiny) == "123"
    assert [p.name for p in result.executed] == ["01_step.ipynb", "02_step.ipynb", "03_step.ipynb"]
    cells = json.loads(result.executed[2].read_text("utf-8"))["cells"]
    assert cells[1]["outputs"][0]["data"]["text/plain"] == ["30"]


def test_a_failing_cell_is_named_and_the_next_run_continues_there(tiny):
    write(tiny, 2, ["open('../trace.txt', 'a').write('2')", "x = 1\nraise RuntimeError('the survey is gone')"])
    with pytest.raises(NotebookFailed, match=r"02_step.ipynb, code cell 2: RuntimeError: the survey is gone") as e:
        run(tiny.path)
    assert "x = 1" in str(e.value)
    assert trace(tiny) == "12"
    write(tiny, 2, ["open('../trace.txt', 'a').write('2')"])
    result = run(tiny.path)
    assert trace(tiny) == "1223"
    assert [p.name for p in result.skipped] == ["01_step.ipynb"]


def test_new_material_makes_the_notebooks_run_again(tiny):
    run(tiny.path)
    assert run(tiny.path).executed == ()
    (tiny.path / "surveys" / "new.csv").write_text("id,q\n1,5\n")
    assert len(run(tiny.path).executed) == 3
    assert trace(tiny) == "123123"


def test_check_of_a_study_with_two_journeys_is_one_document_in_every_format(tmp_path, capsys):
    import xml.etree.ElementTree as ET

    study = cj.Study.create(tmp_path / "two", framework="aida")
    study.save(study.new_journey())
    study.save(study.new_journey(wave="2025"))
    main(["check", str(study.path), "--format", "json"])
    assert len(json.loads(capsys.readouterr().out)) == 2
    main(["check", str(study.path), "--format", "sarif"])
    sarif = json.loads(capsys.readouterr().out)
    assert (sarif["version"], len(sarif["runs"])) == ("2.1.0", 2)
    main(["check", str(study.path), "--format", "junit"])
    assert len(ET.fromstring(capsys.readouterr().out.encode()).findall("testsuite")) == 2
    assert "empty-stage" in (main(["check", str(study.path)]), capsys.readouterr().out)[1]


def test_from_a_folder_of_material_to_a_study_in_two_commands(tmp_path, capsys):
    material = tmp_path / "my material"
    material.mkdir()
    (material / "anna.txt").write_text("Q: How was it?\nAnna: The delivery was late.")
    rows = ["id,How satisfied are you with the delivery?", *(f"u{k},{1 + k % 5}" for k in range(20))]
    (material / "guests.csv").write_text("\n".join(rows))
    (material / "log.csv").write_text("user,time,event\nu1,2026-01-01,visit\n")
    (material / "photo.jpg").write_bytes(b"\xff\xd8")
    place = str(tmp_path / "my study")
    assert main(["new", place]) == 0
    assert "'" + place + "'" in capsys.readouterr().out, "a path with blanks is quoted"
    assert main(["add", str(material), "--study", place]) == 1
    out = capsys.readouterr().out
    assert "guests.csv: survey, copied → surveys/guests.csv" in out
    assert "log.csv: events" in out
    assert "photo.jpg: not recognised, nothing changed" in out
    study = cj.Study(place)
    assert [study.has(p) for p in ("interviews", "survey", "events")] == [True, True, True]
    (material / "guests.csv").write_text("id,q\n1,2\n")
    assert main(["add", str(material / "guests.csv"), "--study", place]) == 1
    assert "another file has this place" in capsys.readouterr().out
    assert (study.path / "surveys" / "guests.csv").read_text() == "\n".join(rows)
    assert main(["link", place, "--accept"]) == 0
    assert "/ Delivery (" in capsys.readouterr().out
    assert cj.Study(place).links()["linked"].all()
    assert main(["status", place]) == 0
    assert "6. Experience" in capsys.readouterr().out


def test_an_unknown_kind_and_a_missing_file_are_one_line(tmp_path, capsys):
    cj.Study.create(tmp_path / "s")
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    for arguments, word in (
        (["add", str(tmp_path / "x.csv"), "--study", str(tmp_path / "s"), "--as", "surveyy"], "did you mean 'survey'"),
        (["add", str(tmp_path / "y.csv"), "--study", str(tmp_path / "s")], "there is no such file"),
        (["diff", str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")], "a.yaml"),
        (["check", str(tmp_path / "nope.yaml")], "nope.yaml"),
    ):
        assert main(arguments) == 2
        err = capsys.readouterr().err
        assert word in err
        assert len(err.strip().splitlines()) == 1


RUSSIAN = {"LC_ALL": "ru_RU.UTF-8", "PYTHONIOENCODING": "utf-8"}


def latin_words(text):
    """English words of a text that is meant to be Russian: no options, paths, file endings, names."""
    return re.findall(r"(?<![-./=\w{])[a-z]{3,}(?![\w./(-])", text)


@pytest.mark.parametrize("command", ["", *COMMANDS], ids=lambda c: c or "cjmkit")
def test_a_russian_terminal_is_helped_in_russian(command, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    with pytest.raises(SystemExit) as stop:
        main([*command.split(), "--help"])
    out = capsys.readouterr().out
    assert stop.value.code == 0
    assert out.startswith("запуск: cjmkit")
    assert "показать эту справку" in out
    prose = " ".join(line for line in out.splitlines() if re.search("[а-я]", line))
    assert not {"the", "this", "study", "default", "show", "and", "options"} & set(latin_words(prose))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["frob"], "cjmkit: КОМАНДА: нет такого выбора 'frob'"),
        (["render"], "study.yaml"),
        (["export"], "cjmkit: не хватает: -o/--output"),
        (["run", "--timeout", "soon"], "cjmkit: --timeout: нужно целое число, а не 'soon'"),
        (["diff", "a.yaml", "b.yaml"], "cjmkit: a.yaml: файл: не найдено"),
        (["check", "nope.yaml"], "cjmkit: nope.yaml: такого файла нет"),
    ],
)
def test_a_russian_terminal_is_answered_in_russian(words, said, tmp_path):
    env = RUSSIAN | {"PYTHONPATH": str(pathlib.Path(cj.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-m", "cjmkit", *words], capture_output=True, env=os.environ | env, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert said in done.stderr.decode()
    assert "Traceback" not in done.stderr.decode()


def test_the_command_line_may_ask_for_the_other_language(tmp_path, capsys):
    assert main(["diff", str(tmp_path / "a.yaml"), "b.yaml", "--language", "ru"]) == 2
    assert "не найдено" in capsys.readouterr().err
    assert main(["--language=en", "diff", str(tmp_path / "a.yaml"), "b.yaml"]) == 2
    assert "no such file" in capsys.readouterr().err


def test_the_language_of_a_command_does_not_stay_behind(tmp_path):
    from cjmkit.i18n import current_language

    main(["new", str(tmp_path / "s"), "--language", "ru"])
    assert current_language() == "en"


def test_ctrl_c_during_a_run_is_one_line_and_130(tmp_path):
    study = cj.Study.create(tmp_path / "s", framework="aida")
    for p in (study.path / "notebooks").glob("*.ipynb"):
        p.unlink()
    write(study, 1, ["open('../begun', 'w').close()\nimport time\ntime.sleep(60)"])
    run_ = subprocess.Popen(
        [sys.executable, "-m", "cjmkit", "run", str(study.path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    for _ in range(600):
        if (study.path / "begun").exists():
            break
        time.sleep(0.1)
    os.killpg(run_.pid, signal.SIGINT)  # as a terminal does it: to the command and to the kernel it started
    err = run_.communicate(timeout=60)[1].decode()
    assert run_.returncode == 130
    said = [line for line in err.splitlines() if line.strip() and "cell" not in line and "%|" not in line]
    assert said == ["cjmkit: interrupted; what was finished is saved, the same command continues"]


def test_a_report_of_a_bug_names_versions_and_nothing_of_a_study(tmp_path, capsys, monkeypatch):
    cj.Study.create(tmp_path / "secret-client")
    monkeypatch.chdir(tmp_path / "secret-client")
    assert main(["--version", "--verbose"]) == 0
    out = capsys.readouterr().out
    assert "pandas" in out
    assert "Python" in out
    assert "secret" not in out


def test_a_terminal_without_cyrillic_gets_question_marks_and_no_error(tmp_path):
    study = cj.Study.create(tmp_path / "s", title="Первая квартира", language="ru")
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "cjmkit", "status", str(study.path)], capture_output=True, env=env, check=False
    )
    assert done.returncode == 0
    assert b"?" in done.stdout


def test_a_name_too_long_for_a_folder_is_explained_in_a_line(tmp_path, capsys):
    assert main(["new", str(tmp_path / ("ж" * 200))]) == 2
    said = capsys.readouterr().err
    assert "255" in said and len(said) < 200 and not list(tmp_path.iterdir())
