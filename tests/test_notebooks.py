"""The sixteen notebooks: one source, the stored outputs come back, and a study that lacks things is told so."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import cjmkit as cj
from cjmkit.study.runner import run
from cjmkit.study.shipped import EXAMPLES

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[a-z][a-z]/*.ipynb"))
LANGUAGES = ["en", "ru"]


def code(path):
    return [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]


@pytest.fixture(scope="module")
def make():
    spec = importlib.util.spec_from_file_location("make_notebooks", ROOT / "notebooks" / "make.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_a_start_page_and_eight_steps_in_each_language():
    names = {lang: [p.name for p in NOTEBOOKS if p.parent.name == lang] for lang in LANGUAGES}
    assert len(names["en"]) == 9
    assert names["en"][0] == "00_start.ipynb"
    assert names["en"] == names["ru"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_notebook_is_what_its_source_says(path, make):
    source = (ROOT / "notebooks" / "source" / f"{path.stem}.md").read_text("utf-8")
    stored = [(c.cell_type, c.source) for c in nbformat.read(path, as_version=4).cells]
    assert stored == [(c.cell_type, c.source) for c in make.cells(source, path.parent.name)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_notebook_starts_and_ends_in_words_and_has_short_cells(path):
    cells = nbformat.read(path, as_version=4).cells
    assert cells[0].cell_type == "markdown"
    assert any(w in cells[0].source for w in ("What this step decides", "Что решаем на этом шаге"))
    headings = [c.source for c in cells if c.cell_type == "markdown" and c.source.startswith("## ")]
    assert any(w in headings[-1] for w in ("next", "Next", "дальше", "Дальше"))
    assert max(len(c.source.splitlines()) for c in cells if c.cell_type == "code") <= 15


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_notebook_names_its_material_and_stays_small_enough_to_be_shown(path):
    first = nbformat.read(path, as_version=4).cells[0].source
    assert path.stem == "00_start" or "**Material:**" in first or "**Материал:**" in first
    # A page that shows notebooks gives up on large ones.
    assert path.stat().st_size < 300_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_no_table_of_a_notebook_is_a_raw_frame_or_longer_than_a_screen(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    shown = ["".join(o["data"].get("text/html", "")) for c in cells for o in c.get("outputs", ()) if "data" in o]
    assert not [h[:120] for h in shown if "dataframe" in h]
    assert not [h[:120] for h in shown if re.search(r">-?\d+\.\d{5,}<", h)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_two_languages_share_their_code(language):
    for path in NOTEBOOKS:
        assert code(path) == code(path.parent.parent / language / path.name)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_stored_notebooks_hold_results_and_no_errors(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    outputs = [o for c in cells if c["cell_type"] == "code" for o in c["outputs"]]
    assert outputs
    assert not [o for o in outputs if o["output_type"] == "error"]
    pictures = [h for o in outputs for h in o.get("data", {}).get("text/html", []) if "<img" in h]
    assert not [h[:80] for h in pictures if 'alt=""' in h or "alt=" not in h]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_running_the_notebooks_gives_the_stored_outputs(language, tmp_path):
    study = cj.Study.example(EXAMPLES[language], tmp_path / EXAMPLES[language])
    for path in NOTEBOOKS:
        if path.parent.name == language:
            (study.path / "notebooks" / path.name).write_bytes(path.read_bytes())
    # A pytest of its own: nbval needs the notebooks in order and in one process, whatever the outer one does.
    command = [
        sys.executable, "-m", "pytest", "--nbval", "--nbval-sanitize-with", str(ROOT / "tests" / "nbval.cfg"),
        "-p", "no:cacheprovider", "-n", "0", "-q", "--rootdir", str(study.path), str(study.path / "notebooks"),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=study.path)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_on_an_empty_study_the_notebooks_say_what_is_missing(language, tmp_path):
    study = cj.Study.create(tmp_path / "empty", language=language, framework="five-stages")
    result = run(study.path)
    said = "".join(p.read_text("utf-8") for p in result.executed)
    assert len(result.executed) == 8
    assert said.count("Left out, because" if language == "en" else "Пропущено: для этой") > 20
    assert (study.path / "report" / "map.html").is_file()
    assert study.journey().coverage().iloc[-1]["evidenced"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("kept", ["interviews", "survey"])
def test_a_study_with_only_one_kind_of_material_gets_a_map_with_visible_gaps(kept, tmp_path):
    full = cj.Study.example("mealkit", tmp_path / "full")
    study = cj.Study.create(tmp_path / "part", framework="five-stages")
    folders = {"interviews": ("interviews", "codings"), "survey": ("surveys",)}[kept]
    for folder in folders:
        for file in (full.path / folder).iterdir():
            (study.path / folder / file.name).write_bytes(file.read_bytes())
    if kept == "interviews":
        (study.path / "codebook.yaml").write_bytes((full.path / "codebook.yaml").read_bytes())
    else:
        settings = (study.path / "study.yaml").read_text("utf-8")
        (study.path / "study.yaml").write_text(settings + "survey: {file: customers-2026}\n", "utf-8")
    run(study.path)
    journey = study.journey()
    kinds = {e.kind for _, _, item in journey.cells() for e in item.evidence} | {
        e.kind for p in journey.emotion for e in p.evidence
    }
    assert kinds == ({"quote"} if kept == "interviews" else {"survey"})
    assert len(journey.assumptions()) > 0
    assert (study.path / "report" / "map.html").is_file()
