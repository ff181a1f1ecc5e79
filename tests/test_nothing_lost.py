"""What happens to a study's files: nothing overwritten in silence, nothing outside, names are names.

Which test keeps which finding of the break-in test (A data lost, B lesser losses, C privacy, D injection, E untrusted
files) and of the recomputation of the statistics (S):

A1  here: a notebook edited while the study runs
A2  tests/widgets/test_coding_pane.py (the pane's own file), tests/coding/test_codings.py (write_codings)
A3  here: a name with brackets is that file
A4  here: names keep their dots
A5  here: ids stay what the file says; tests/test_people.py: every door
A6  tests/widgets/test_map_editor.py: three dead editors, two open ones
A7  here: work set aside is offered and taken back
A8  tests/coding/test_codings.py: each coder has one file or a refusal
B1  here: export refuses, a portfolio gives every journey a page
B2  here: two processes that conclude, that save
B3  here: history, autosaves and side files are no journeys
B4  tests/test_files.py: a link stays a link
B5  tests/test_files.py: what a killed process left
B6  here: letters of macOS; files of macOS
B7  tests/test_files.py (no disk can hold), here (damaged note of what ran), test_map_editor.py (full disk)
B9  tests/widgets/test_map_editor.py: in a study the version before goes to the history
C1  here: what does not fit into memory
C2  tests/test_files.py: a mode that was narrowed stays
C3  here: the key is private from the first byte
C4  tests/interviews/test_redaction.py: codings are masked in every column
C5  here: nothing in the history of IPython
D1  tests/intake/test_formulas.py
D2  here: a formula of an action is escaped
D3  tests/events/test_readers.py: braces and quotes in the name of a goal
D4  here: a name never leads out of its folder
D5  here: marks of direction are set apart
E   tests/test_hostile_files.py; sizes: tests/intake/
S1, S2, S4, S5, S7, S8, S9  benchmarks/edges.py and its tests in tests/emotion, tests/barriers, tests/priorities
S3  tests/barriers/test_rank.py (waiting=); the funnel's outcomes in tests/events
S6  tests/priorities/test_benchmark.py: equal groups promise next to nothing; S10 benchmarks/edges.py only

Not kept by a test: B8 (a demo killed while it is copied).
"""

import os
import subprocess
import sys

import pandas as pd
import pytest

import cjmkit as cj
from cjmkit.errors import CjmError


@pytest.fixture
def study(tmp_path):
    return cj.Study.create(tmp_path / "bikes", title="Bikes", framework="aida")


def both(code, *words, folder):
    """Two processes at once on one study."""
    started = [subprocess.Popen([sys.executable, "-c", code, str(folder), word]) for word in words]
    return [p.wait() for p in started]


def test_two_processes_that_conclude_lose_no_finding(study):
    code = (
        "import sys, cjmkit as cj\nstudy = cj.Study(sys.argv[1])\n"
        "for k in range(30):\n    study.conclude(1, f'{sys.argv[2]}{k}', 'so')\n"
    )
    assert both(code, "a", "b", folder=study.path) == [0, 0]
    assert len(study.findings()) == 60


def test_two_processes_that_save_leave_every_version(study):
    code = (
        "import sys, cjmkit as cj\nstudy = cj.Study(sys.argv[1])\nj = study.new_journey()\n"
        "for k in range(20):\n    study.save(j.replace(title=f'{sys.argv[2]} {k}'))\n"
    )
    assert both(code, "a", "b", folder=study.path) == [0, 0]
    kept = [*(study.path / "journeys").glob("*.yaml"), *(study.path / "journeys" / "history").glob("*.yaml")]
    assert len({p.read_bytes() for p in kept}) == 40


@pytest.mark.parametrize("name", ["../../outside", "..", ".hidden", "a/b", "a\0b", "n" * 300, ""])
def test_a_name_never_leads_out_of_its_folder(study, tmp_path, name):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(CjmError, match="cannot be a name"):
        study.keep(name, pd.DataFrame({"a": [1]}))
    if name:
        with pytest.raises(CjmError, match="cannot be a name"):
            study.journey(name)
    assert sorted(tmp_path.rglob("*")) == before


def test_names_keep_their_dots(study):
    for year in (2024, 2025):
        (study.path / "surveys" / f"wave.{year}.csv").write_text(f"id,nps\n1,{year % 10}\n2,{year % 10}\n")
    assert study.survey("wave.2024").data["nps"].tolist() == [4, 4]
    assert study.survey("wave.2025").data["nps"].tolist() == [5, 5]
    assert study.survey("wave.2024.csv").data["nps"].tolist() == [4, 4]


def test_ids_stay_what_the_file_says(study):
    labels = pd.Series(["P1", "P1", "P2"], index=pd.Index(["001", "002", "NA"], name="participant"), name="persona")
    study.keep("labels", labels)
    assert list(study.labels().index) == ["001", "002", "NA"]


def test_history_autosaves_and_side_files_are_no_journeys(study):
    study.save(study.new_journey())
    study.save(study.new_journey().replace(title="Other"))
    folder = study.path / "journeys"
    text = next(folder.glob("*.yaml")).read_text()
    for name in (".bikes.autosave.yaml", "._bikes.yaml"):
        (folder / name).write_text(text)
    (folder / "unsaved").mkdir()
    (folder / "unsaved" / "bikes.0a.yaml").write_text(text)
    assert len(study.journeys()) == 1
    assert cj.report.portfolio(study.path).count("<tr") == cj.report.portfolio(list(study.journeys())).count("<tr")


def test_files_of_macos_are_nobodys_codings(study):
    (study.path / "codings" / "anna.csv").write_text("document,start,end,quote,code\nd.txt,0,4,Slow,wait\n")
    (study.path / "codings" / "._anna.csv").write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X")
    assert len(study.codings()) == 1


def test_export_refuses_the_studys_own_files(study, capsys):
    from cjmkit.cli import main

    study.save(study.new_journey())
    before = (study.path / "study.yaml").read_bytes()
    codebook = study.path / "codebook.yaml"
    codebook.write_text("codes: []\n")
    for name in ("study.yaml", "codebook.yaml"):
        assert main(["export", str(study.path), "-o", str(study.path / name)]) != 0
    assert (study.path / "study.yaml").read_bytes() == before
    assert codebook.read_text() == "codes: []\n"
    assert main(["export", str(study.path), "-o", str(study.path / "map.yaml")]) == 0


def test_a_portfolio_gives_every_journey_a_page_of_its_own(study, tmp_path):
    for folder, title in (("a", "Quokka"), ("b", "Wombat"), ("c", "Numbat")):
        (tmp_path / "all" / folder).mkdir(parents=True)
        for id in ("index",) if folder == "c" else ("a",):
            j = study.new_journey().replace(id=id, title=title)
            cj.exchange.write_journey(j, tmp_path / "all" / folder / "j.yaml")
    cj.report.portfolio(tmp_path / "all", tmp_path / "out" / "index.html")
    pages = {p.name: p.read_text("utf-8") for p in (tmp_path / "out").glob("*.html")}
    assert len(pages) == 4
    assert [
        sum(title in page for name, page in pages.items() if name != "index.html")
        for title in ("Quokka", "Wombat", "Numbat")
    ] == [1, 1, 1]


def test_the_key_is_private_from_the_first_byte(tmp_path, monkeypatch):
    import stat

    from cjmkit.interviews.redaction_key import Key

    modes = []
    monkeypatch.setattr(os, "fsync", lambda fd: modes.append(stat.S_IMODE(os.fstat(fd).st_mode)))
    path = tmp_path / "key.json"
    path.write_text("{}")
    path.chmod(0o644)
    Key({}, {}, {}).save(path)
    assert modes == [0o600]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_work_set_aside_is_offered_when_the_study_opens_and_taken_back_without_loss(study, capsys):
    from cjmkit.cli import main
    from cjmkit.files import set_aside

    folder = study.path / "codings"
    head = "document,start,end,quote,code\n"
    (folder / "anna.csv").write_text(head + "d.txt,0,4,Slow,wait\n")
    set_aside(folder / "anna.csv", head + "d.txt,5,9,fast,speed\n", session="0a")
    set_aside(study.path / "journeys" / "bikes.yaml", "id: bikes\n", session="0b")
    with pytest.warns(cj.errors.DataWarning, match="2 files"):
        again = cj.Study(study.path)
    assert "study.take_back" in repr(again)
    assert "anna.0a.csv" in again._repr_html_()
    assert main(["status", str(study.path)]) == 0
    assert "anna.0a.csv" in capsys.readouterr().out
    table = again.waiting().set_index("file")
    assert table.loc["codings/unsaved/anna.0a.csv", ["belongs_to", "lines"]].tolist() == ["codings/anna.csv", 1]
    assert list(again.codings()["code"]) == ["wait"]
    again.take_back("anna.0a.csv")
    assert list(again.codings()["code"]) == ["speed"]
    (earlier,) = (folder / "history").glob("anna-*.csv")
    assert "wait" in earlier.read_text()
    assert list(again.waiting()["file"]) == ["journeys/unsaved/bikes.0b.yaml"]
    with pytest.raises(CjmError, match=r"unsaved/bikes\.0b\.yaml"):
        again.take_back("bikes.0c.yaml")


def test_macos_letters_of_a_document_meet_those_of_codings_and_participants(study):
    import unicodedata

    folder = study.path
    (folder / "interviews" / unicodedata.normalize("NFD", "Андрей.txt")).write_text("Q: how?\nA: Slow. No news.\n")
    (folder / "interviews" / "participants.csv").write_text("document,participant\nАндрей.txt,0007\n")
    (folder / "codings" / "eva.csv").write_text("document,start,end,quote,code\nАндрей.txt,11,15,Slow,wait\n")
    documents = study.documents()
    assert documents[["document", "participant"]].to_numpy().tolist() == [["Андрей.txt", "0007"]]
    assert len(cj.coding.read_codings(folder / "codings", documents=documents)) == 1


@pytest.mark.slow
def test_cells_that_run_leave_nothing_in_the_history_of_ipython(study, tmp_path, monkeypatch):
    import nbformat

    from cjmkit.study.runner import run

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    for path in (study.path / "notebooks").glob("*.ipynb"):
        path.unlink()
    cell = nbformat.v4.new_code_cell("print('Anna Petrova')")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), study.path / "notebooks" / "01_a.ipynb")
    run(study.path)
    assert not any(b"Petrova" in p.read_bytes() for p in (tmp_path / "ipython").rglob("*") if p.is_file())


@pytest.mark.parametrize("damage", ["[1]", "{: ", "", "\0"])
def test_a_damaged_note_of_what_ran_only_means_that_all_runs_again(tmp_path, damage):
    from cjmkit.study.runner import _done

    (tmp_path / "run.json").write_text(damage)
    assert _done(tmp_path / "run.json") == {}


@pytest.mark.slow
def test_a_notebook_edited_while_the_study_runs_keeps_the_edit(study):
    import nbformat

    from cjmkit.study.runner import run

    folder = study.path / "notebooks"
    for path in folder.glob("*.ipynb"):
        path.unlink()
    new = nbformat.v4

    def write(path, *cells):
        nbformat.write(new.new_notebook(cells=[new.new_code_cell(c) for c in cells]), path)

    late, now = folder / "02_late.ipynb", folder / "01_now.ipynb"
    edit = (
        "import nbformat\n"
        "for name in ('01_now.ipynb', '02_late.ipynb'):\n"
        "    nb = nbformat.read(name, as_version=4)\n"
        "    nb.cells.append(nbformat.v4.new_code_cell('print(\"my edit\")'))\n"
        "    nbformat.write(nb, name)\n"
    )
    write(now, edit)
    write(late, "print('late')")
    with pytest.warns(cj.CjmWarning, match="was edited while it ran"):
        run(study.path)
    for path in (now, late):
        assert nbformat.read(path, as_version=4).cells[-1].source == 'print("my edit")'
    assert nbformat.read(late, as_version=4).cells[-1].outputs[0].text == "my edit\n"
    assert len(list((folder / "unsaved").glob("01_now.*.ipynb"))) == 1


def test_a_formula_of_an_action_is_escaped_in_markdown():
    evil = "<script>alert(1)</script> | b"
    action = cj.Action(id="a", title="x", stage="action", method=evil, metric=evil, memo=evil)
    journey = cj.Journey.from_framework("aida", title="T").replace(improvements=(action,))
    assert "<script" not in cj.exchange.to_markdown(journey)


def test_marks_of_direction_turn_nothing_around_beside_them():
    quote = cj.Quote(document="d.txt", start=12, end=34, quote="Slow", participant="Anna\u202e")
    assert quote.label("en") == "“Slow” (\u2068Anna\u202e\u2069)"
    journey = cj.Journey.from_framework("aida", title="T").with_note("action", "goals", "Slow", evidence=[quote])
    assert "\u2068Anna\u202e\u2069 · d.txt · 12–34" in cj.report.html(journey)


def test_a_name_with_brackets_is_that_file_and_no_pattern(tmp_path):
    head = "user,time,event\n"
    (tmp_path / "log[1].csv").write_text(head + "1,2024-01-01,mine\n2,2024-01-02,mine\n")
    (tmp_path / "log1.csv").write_text(head + "1,2024-01-01,other\n2,2024-01-02,other\n")
    log = cj.EventLog(tmp_path / "log[1].csv", user="user", time="time", event="event")
    assert list(log.events) == ["mine"]


def test_what_does_not_fit_into_memory_is_read_by_its_owner_only_and_does_not_stay(tmp_path):
    code = (
        "import os, stat, sys, tempfile\nfrom pathlib import Path\nfrom cjmkit.events._engine import DuckEngine\n"
        "DuckEngine()\n(made,) = Path(tempfile.gettempdir()).glob('cjmkit-spill-*')\n"
        "assert stat.S_IMODE(made.stat().st_mode) == 0o700\n"
        "(made / 'people').write_text('ids')\n"
        "os._exit(9) if sys.argv[1] == 'killed' else None\n"
    )
    for end, left in (("killed", 1), ("well", 0)):
        environment = os.environ | {"TMPDIR": str(tmp_path)}
        subprocess.run([sys.executable, "-c", code, end], env=environment, check=False)
        assert len(list(tmp_path.glob("cjmkit-spill-*"))) == left
