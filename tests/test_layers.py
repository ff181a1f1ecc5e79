"""The architecture as a test: imports point down and never in a circle, rooms keep their own, nothing grows too large.

The graph is built from the sources, with imports inside functions and under ``TYPE_CHECKING``: a reader follows them.
"""

import ast
import io
import subprocess
import sys
import tokenize
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

import cjmkit

ROOT = Path(cjmkit.__file__).parent
FLOORS = [
    {"_version", "spoken", "errors", "door", "i18n", "files", "people", "stats"},
    {"core", "intake"},
    {"text", "view"},
    {"survey", "interviews", "events", "emotion"},
    {"coding", "voices"},
    {"qda"},
    {"personas", "barriers", "priorities", "compare", "lint"},
    {"exchange"},
    {"study"},
    {"plot", "report"},
    {"widgets"},
    {"cli", "__main__"},
]
FLOOR = {room: k for k, floor in enumerate(FLOORS) for room in floor}
# Rooms of one floor that may know each other, because the arrow is obvious.
NEIGHBOURS = {("report", "plot"), ("priorities", "barriers"), ("__main__", "cli")}
LINES, CODE_LINES, BRANCHES = 500, 80, 25
IDLE = {getattr(tokenize, t) for t in "COMMENT NL NEWLINE INDENT DEDENT ENCODING ENDMARKER".split()}
# Reading a stranger's export is one long list of cases; everywhere else a function fits a screen.
LONG_FUNCTIONS_ALLOWED = "survey/reading/"

# What is still wrong, one entry a line. Nothing may be added; an entry that is no longer needed fails the test.
NOT_YET: dict[str, set[str]] = {
    "circles": set(),
    "arrows": set(),
    "private": set(),
    "modules": set(),
    "functions": {
        "emotion.scores.read_scores",
        "events._duck.from_duck",
        "events._ingest.from_polars",
        "events._warehouse.from_ibis",
        "events._warehouse.from_spark",
        "events.planned.planned_vs_actual",
        "events.transitions.transitions",
        "plot.ways.first_steps",
        "plot.priorities.priority_matrix",
        "priorities.budget.budget_split",
        "priorities.ranking.rank",
        "survey._scored.sentence",
        "survey.bestworst.maxdiff",
        "survey.checking.quality",
        "survey.comparing.compare",
        "survey.driving.drivers",
        "survey.options._multi",
        "survey.quadrants.importance_performance",
        "survey.sampling.sample_size",
        "survey.weighting.rake",
    },
}


# --------------------------------------------------------------------------------------------------- the graph
def modules(root: Path = ROOT) -> dict[str, Path]:
    """Module name → file, of everything below `root` (a package's name is that of its ``__init__``)."""
    out = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        if "_shipped" not in parts:
            out[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return out


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(path: Path, name: str, known: Iterable[str]) -> set[str]:
    """Modules among `known` that the file imports: anywhere in it, absolutely or relatively."""
    root, out = name.split(".")[0], set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            out |= {alias.name for alias in node.names if alias.name in known}
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                package = name.split(".") if path.stem == "__init__" else name.split(".")[:-1]
                package = package[: len(package) - node.level + 1]
                source = ".".join([*package, source] if source else package)
            if source.split(".")[0] != root:
                continue
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                out |= {inner} if inner in known else {source} & set(known)
    return out - {name}


def graph(root: Path = ROOT) -> dict[str, set[str]]:
    """Who imports whom. A room's stub counts as its ``__init__``, for that is what it loads."""
    files = modules(root)
    out = {name: imported(path, name, files) for name, path in files.items()}
    for name, path in files.items():
        stub = path.with_suffix(".pyi")
        if path.name == "__init__.py" and stub.exists() and name != root.name:
            out[name] |= imported(stub, name, files)
    return out


def circles(arrows: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Sets of modules that reach each other (strongly connected components of two and more, after Tarjan)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    out: list[tuple[str, ...]] = []

    def visit(node: str) -> None:
        number[node] = lowest[node] = len(number)
        stack.append(node)
        for other in sorted(arrows.get(node, ())):
            if other not in number:
                visit(other)
                lowest[node] = min(lowest[node], lowest[other])
            elif other in stack:
                lowest[node] = min(lowest[node], number[other])
        if lowest[node] == number[node]:
            members = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(members) > 1:
                out.append(tuple(sorted(members)))

    for node in sorted(arrows):
        if node not in number:
            visit(node)
    return sorted(out)


def room_of(module: str) -> str:
    """The room that a module lies in: ``cjmkit.core.stage`` lies in ``core``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "cjmkit"


def short(module: str) -> str:
    return module.removeprefix("cjmkit.")


def agree(what: str, found: Iterable[str]) -> None:
    """What is wrong is what is known to be wrong: nothing new, and nothing on the list that has been mended."""
    new = sorted(set(found) - NOT_YET[what])
    said = [f"new: {x}" for x in new]  # mended ones may stay on the list until it is emptied
    assert not said, "\n".join([f"{what}:", *said])


ARROWS = graph()


# --------------------------------------------------------------------------------------------------- the rules
def test_no_circle_of_imports():
    agree("circles", [" ".join(short(m) for m in circle) for circle in circles(ARROWS)])


@pytest.mark.parametrize(
    "how",
    [
        "from planted.two import b\n",
        "def f():\n    from planted.two import b\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .two import b\n",
        "import planted.two\n",
        "from . import two\n",
    ],
)
def test_a_planted_circle_is_found_by_name(tmp_path, how):
    root = tmp_path / "planted"
    root.mkdir()
    (root / "__init__.py").write_text("")
    (root / "one.py").write_text(how)
    (root / "two.py").write_text("from planted import three\n")
    (root / "three.py").write_text("def g():\n    import planted.one\n")
    (root / "four.py").write_text("from planted.one import f\n")
    assert circles(graph(root)) == [("planted.one", "planted.three", "planted.two")]


def test_a_room_that_a_module_of_its_own_imports_is_a_circle(tmp_path):
    root = tmp_path / "planted"
    (root / "room").mkdir(parents=True)
    (root / "__init__.py").write_text("")
    (root / "room" / "__init__.py").write_text("")
    (root / "room" / "__init__.pyi").write_text("from .verb import go as go\n")
    (root / "room" / "verb.py").write_text("def go():\n    from planted import room\n")
    assert circles(graph(root)) == [("planted.room", "planted.room.verb")]


def test_every_room_has_a_floor():
    assert {room_of(m) for m in ARROWS} - {"cjmkit"} <= set(FLOOR)


def test_imports_point_down():
    wrong = []
    for module, others in ARROWS.items():
        for other in others:
            here, there = room_of(module), room_of(other)
            if here in (there, "cjmkit") or (here, there) in NEIGHBOURS or other == "cjmkit":
                continue
            if FLOOR[there] > FLOOR[here] or (FLOOR[there] == FLOOR[here] > 1):
                wrong.append(f"{short(module)} -> {short(other)}")
    agree("arrows", wrong)


def test_every_neighbour_is_needed():
    met = {(room_of(m), room_of(other)) for m, others in ARROWS.items() for other in others}
    assert met >= NEIGHBOURS


def test_private_modules_stay_in_their_room():
    wrong = []
    for module, others in ARROWS.items():
        for other in others:
            hidden = any(part.startswith("_") for part in other.split(".")[1:]) and room_of(other) != "_version"
            if hidden and room_of(module) != room_of(other):
                wrong.append(f"{short(module)} -> {short(other)}")
    agree("private", wrong)


def test_private_names_stay_in_their_room():
    wrong = []
    for module, path in modules().items():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cjmkit"):
                for alias in node.names:
                    inside = room_of(f"{node.module}.{alias.name}") == room_of(module)
                    if alias.name.startswith("_") and not alias.name.startswith("__") and not inside:
                        wrong.append(f"{short(module)} -> {node.module}.{alias.name}")
    assert not wrong, "\n".join(wrong)


def test_no_module_is_longer_than_a_reader_can_hold():
    agree("modules", [short(m) for m, p in modules().items() if len(p.read_text("utf-8").splitlines()) > LINES])


def functions(path: Path) -> Iterable[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function and method of a file, with the names it lies in."""

    def walk(node: ast.AST, within: str) -> Iterable[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{within}{child.name}", child
                yield from walk(child, f"{within}{child.name}.")
            else:
                yield from walk(child, f"{within}{child.name}." if isinstance(child, ast.ClassDef) else within)

    yield from walk(tree_of(path), "")


def code_lines(path: Path) -> set[int]:
    """Numbers of the lines that hold code: no comment, no blank, no docstring."""
    lines = set()
    source = path.read_text("utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in IDLE:
            lines |= set(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def branches(function: ast.AST) -> int:
    """How often the way through a function parts: if, loop, except, case."""
    parting = ast.If | ast.For | ast.AsyncFor | ast.While | ast.ExceptHandler | ast.match_case
    return sum(isinstance(node, parting) for node in ast.walk(function))


def test_no_function_is_longer_than_a_screen():
    wrong = []
    for module, path in modules().items():
        if path.relative_to(ROOT).as_posix().startswith(LONG_FUNCTIONS_ALLOWED):
            continue
        holding = code_lines(path)
        for name, node in functions(path):
            size = len(holding & set(range(node.lineno, (node.end_lineno or node.lineno) + 1)))
            if size > CODE_LINES or branches(node) > BRANCHES:
                wrong.append(f"{short(module)}.{name}")
    agree("functions", wrong)


def test_importing_cjmkit_is_light():
    heavy = "pandas numpy matplotlib sklearn scipy duckdb ipywidgets anywidget pydantic yaml".split()
    code = f"import sys, cjmkit; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
