"""Type checkers see the public face: what a notebook gets has its class, and a slip is reported before it runs."""

import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import lazy_loader
import pytest

import cjmkit as cj

HERE = Path(__file__).parent
ROOT = Path(cj.__file__).parent
NOTEBOOK, MISTAKES = HERE / "typed" / "notebook.py", HERE / "typed" / "mistakes.py"
CHECKERS = ["mypy", "pyright"]


@cache
def reports(checker: str) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """(file, line) → what the checker says there, as (kind, message)."""
    out: dict[tuple[str, int], list[tuple[str, str]]] = {}
    files = [str(NOTEBOOK), str(MISTAKES)]
    if checker == "mypy":
        command = [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=",
            "--python-version=3.11",
            "--no-error-summary",
            *files,
        ]
        told = subprocess.run(command, capture_output=True, text=True, cwd=ROOT.parent)
        for line in told.stdout.splitlines():
            if found := re.match(r"(.+?):(\d+): (\w+): (.*)", line):
                out.setdefault((Path(found[1]).name, int(found[2])), []).append((found[3], found[4]))
        return out
    if not shutil.which("pyright"):
        pytest.skip("pyright is not installed here (extra `test` brings it)")
    command = ["pyright", "--outputjson", "--pythonpath", sys.executable, *files]
    told = subprocess.run(command, capture_output=True, text=True, cwd=ROOT.parent)
    for one in json.loads(told.stdout)["generalDiagnostics"]:
        place = (Path(one["file"]).name, one["range"]["start"]["line"] + 1)
        out.setdefault(place, []).append((one["severity"], one["message"]))
    return out


def class_names(shown: str) -> str:
    """``cjmkit.core.journey.Journey`` → ``Journey``, ``tuple[…]`` → ``tuple``."""
    return re.sub(r"\[.*\]", "", re.sub(r"[\w.]+\.(\w+)", r"\1", shown))


def lines(path: Path, pattern: str) -> dict[int, str]:
    text = path.read_text("utf-8").splitlines()
    return {k: found[1] for k, line in enumerate(text, 1) if (found := re.search(pattern, line))}


@pytest.mark.parametrize("checker", CHECKERS)
def test_forty_names_of_a_notebook_have_their_class(checker):
    expected = lines(NOTEBOOK, r"reveal_type\(.*\)  # (.*)$")
    assert len(expected) >= 40
    found = {}
    for (name, line), told in reports(checker).items():
        for _, message in told:
            if name == NOTEBOOK.name and (shown := re.search(r'(?:Revealed type is|Type of ".*" is) "(.*)"$', message)):
                found[line] = class_names(shown[1])
    assert found == expected


@pytest.mark.parametrize("checker", CHECKERS)
def test_a_correct_notebook_has_no_error(checker):
    errors = {place: told for place, told in reports(checker).items() if "error" in dict(told)}
    assert [place for place in errors if place[0] == NOTEBOOK.name] == []


@pytest.mark.parametrize("checker", CHECKERS)
def test_every_mistake_is_reported_and_nothing_else(checker):
    expected = set(lines(MISTAKES, r"(# wrong)$"))
    assert len(expected) >= 10
    assert {
        k for (name, k), told in reports(checker).items() if name == MISTAKES.name and "error" in dict(told)
    } == expected


@pytest.mark.parametrize("stub", sorted(ROOT.rglob("__init__.pyi")), ids=lambda p: p.parent.name)
def test_a_stub_names_what_its_room_gives(stub):
    _, _, declared = lazy_loader.attach_stub(".".join(("cjmkit", *stub.parent.relative_to(ROOT).parts)), str(stub))
    module = sys.modules.get(name := ".".join(("cjmkit", *stub.parent.relative_to(ROOT).parts))) or __import__(
        name, fromlist=["x"]
    )
    assert set(module.__all__) >= set(declared)
    assert [shown for shown in declared if not hasattr(module, shown)] == []
