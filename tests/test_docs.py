"""README and documentation: every Python block runs, in order, page by page; links lead somewhere."""

import ast
import re
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_FENCE = re.compile(r"^```python\n(.*?)^```", re.M | re.S)
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def blocks(page):
    return _FENCE.findall(page.read_text("utf-8"))


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: p.relative_to(ROOT).as_posix())
def test_every_code_block_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space = {"__name__": page.stem}
    for k, block in enumerate(blocks(page), 1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                exec(compile(block, f"{page.name}, block {k}", "exec"), space)
            except Exception as error:
                pytest.fail(f"{page.name}, block {k}: {type(error).__name__}: {error}\n{block}")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page):
    targets = [t for t in _LINK.findall(page.read_text("utf-8")) if "://" not in t and not t.startswith("mailto:")]
    assert not [t for t in targets if not (page.parent / t).exists()]


def test_every_command_is_in_the_documentation():
    from cjmkit.cli.commands import COMMANDS

    text = "".join(p.read_text("utf-8") for p in PAGES)
    assert not [c.name for c in COMMANDS if f"cjmkit {c.name}" not in text]


def test_every_measured_figure_on_the_page_of_certainty_stands_in_a_result_of_a_benchmark():
    prose = re.sub(r"^```.*?^```", "", (ROOT / "docs" / "how-sure.md").read_text("utf-8"), flags=re.M | re.S)
    figures = re.findall(r"\b0\.\d+|\b\d+\.\d%", prose)
    results = "".join(p.read_text("utf-8") for p in (ROOT / "benchmarks" / "results").glob("*.md"))
    assert len(figures) > 20
    assert not [f for f in figures if not re.search(rf"(?<![\d.]){re.escape(f)}(?!\d)", results)]


def test_every_page_of_results_that_is_cited_is_there():
    texts = [p.read_text("utf-8") for p in [*PAGES, *(ROOT / "cjmkit").rglob("*.py")]]
    cited = {m for text in texts for m in re.findall(r"benchmarks/results/\w+\.md", text)}
    assert len(cited) > 10
    assert not [c for c in sorted(cited) if not (ROOT / c).is_file()]


def test_pictures_are_shown_somewhere_and_small_enough_for_slow_lines():
    text = "".join(p.read_text("utf-8") for p in PAGES)
    for picture in (ROOT / "docs" / "pictures").glob("*.png"):
        assert picture.name in text
        assert picture.stat().st_size < 400_000


def test_the_pages_of_study_yaml_are_current_and_say_something_of_every_key():
    import importlib.util

    spec = importlib.util.spec_from_file_location("make_study_yaml", ROOT / "docs" / "make_study_yaml.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    for lang, path in make.PAGES.items():
        assert path.read_text("utf-8") == make.page(lang), "run: python docs/make_study_yaml.py"
    assert [key for key, said, *_ in make.keys_of() if not said] == []
    assert "events.funnel" in {row[0] for row in make.keys_of()}


def bare(code):
    """Code without its words: strings and comments may be in another language."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            node.args = [a for a in node.args if not (isinstance(a, ast.Constant) and isinstance(a.value, str))]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


ENGLISH_ONLY = {"design.md", "reference/api.md", "reference/measured.md", "reference/lint-rules.md"}
"""Pages about the code and the figures behind it stay English."""


def pages_of(folder):
    made = folder / "reference" / "api"
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*.md") if made not in p.parents}


def test_every_page_has_its_twin_in_the_other_language():
    english = {p for p in pages_of(ROOT / "docs") if not p.startswith("ru/")}
    russian = pages_of(ROOT / "docs" / "ru")
    assert sorted(english - russian - ENGLISH_ONLY) == []
    assert sorted(russian - english) == []


def test_a_russian_page_runs_the_same_code_as_its_english_twin():
    differing = []
    for name in sorted(pages_of(ROOT / "docs" / "ru") & pages_of(ROOT / "docs")):
        if name == "howto/from-your-tool.md":
            continue  # each language shows its own exports
        if [bare(b) for b in blocks(ROOT / "docs" / "ru" / name)] != [bare(b) for b in blocks(ROOT / "docs" / name)]:
            differing.append(name)
    assert not differing
