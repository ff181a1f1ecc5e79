"""docs/design.md says which files to touch: these tests count them, and walk its reading order."""

import ast
import re
from pathlib import Path

import pytest

import cjmkit as cj
from cjmkit.lint.rules import RULES

ROOT = Path(cj.__file__).parent
PAGE = (ROOT.parent / "docs" / "design.md").read_text("utf-8")
SOURCES = {
    p.relative_to(ROOT).as_posix(): p.read_text("utf-8") for p in ROOT.rglob("*.py*") if p.suffix in (".py", ".pyi")
}


def files_with(pattern: str, room: str) -> set[str]:
    return {name for name, text in SOURCES.items() if name.startswith(f"{room}/") and re.search(pattern, text, re.M)}


def recipe(thing: str) -> str:
    return next(line for line in PAGE.splitlines() if line.startswith(f"| {thing} |"))


@pytest.mark.parametrize("name", cj.plot.__all__)
def test_a_plot_needs_its_function_and_a_line_of_the_stub(name):
    files = files_with(rf"^def {name}\(|^from \.\w+ import {name} as", "plot")
    assert len(files) == 2
    assert "plot/__init__.pyi" in files
    assert "plot/__init__.pyi" in recipe("plot")


@pytest.mark.parametrize("rule", list(RULES) if isinstance(RULES, dict) else [r.id for r in RULES])
def test_a_rule_needs_a_row_and_a_function(rule):
    files = files_with(rf"[\"']{re.escape(rule)}[\"']", "lint")
    assert "lint/rules.py" in files
    assert len(files) <= 3  # at most one more that asks for it by name
    assert all(f"`{name}`" in recipe("lint rule") for name in files)


@pytest.mark.parametrize("suffix", [".pptx", ".xlsx", ".mmd", ".md"])
def test_an_export_format_is_chosen_by_its_suffix_in_one_file(suffix):
    assert "exchange/_files.py" in files_with(rf"[\"']{re.escape(suffix)}[\"']", "exchange")
    assert "exchange/_files.py" in recipe("export format")


def test_the_reading_order_is_at_most_nine_functions_that_are_where_it_says():
    steps = re.findall(r"^\d+\. `([\w/]+\.py):(\w+)`", PAGE, re.M)
    assert 5 <= len(steps) <= 9
    for file, function in steps:
        tree = ast.parse(SOURCES[file])
        assert function in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}, f"{file}: {function}"
    rooms = [file.split("/")[0] for file, _ in steps]
    changes = [a for a, b in zip(rooms, [*rooms[1:], ""]) if a != b]
    assert len(changes) - len(set(changes)) <= 1


def test_every_room_is_on_the_map_of_rooms():
    rooms = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"_shipped"}
    assert [room for room in sorted(rooms) if f"`{room}`" not in PAGE] == []


def test_every_file_that_the_page_names_exists():
    named = re.findall(r"`((?:\w+/)+\w+\.pyi?)`", PAGE)
    placeholders = {"VERB", "ROOM", "_FORMAT"}
    missing = [
        n for n in named if Path(n).stem not in placeholders and n not in SOURCES and not (ROOT.parent / n).exists()
    ]
    assert missing == []
