"""The architecture as a test: imports point down, and the package is light to import."""

import ast
import subprocess
import sys
from pathlib import Path

import cjmkit

ROOT = Path(cjmkit.__file__).parent
FLOORS = [
    {"_version", "errors", "i18n", "files", "stats"},
    {"core", "intake"},
    {"text", "view"},
    {"survey", "interviews", "events", "emotion"},
    {"coding"},
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
NEIGHBOURS = {
    ("report", "plot"),
    ("text", "personas"),
    ("priorities", "barriers"),
    ("__main__", "cli"),
}


def imports(path: Path) -> set[tuple[str, bool]]:
    """Rooms that a module imports, and whether it does so at module level outside TYPE_CHECKING."""
    found = set()
    tree = ast.parse(path.read_text("utf-8"))

    def walk(node: ast.AST, top: bool) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                continue
            if isinstance(child, ast.ImportFrom) and child.module and child.module.split(".")[0] == "cjmkit":
                parts = child.module.split(".")
                rooms = [parts[1]] if len(parts) > 1 else [a.name for a in child.names]
                found.update((room, top) for room in rooms)
            inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            walk(child, top and not inside)

    walk(tree, True)
    return found


def rooms() -> list[tuple[str, Path]]:
    out = []
    for path in sorted(ROOT.rglob("*.py")):
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        if room not in ("__init__", "_shipped"):
            out.append((room, path))
    return out


def test_every_room_has_a_floor():
    assert {room for room, _ in rooms()} <= set(FLOOR)


def test_imports_point_down():
    wrong = []
    for room, path in rooms():
        for other, top in imports(path):
            if other == room or other == "__version__":
                continue
            up = FLOOR[other] > FLOOR[room] and (room, other) not in NEIGHBOURS
            level = FLOOR[other] == FLOOR[room] and (room, other) not in NEIGHBOURS and FLOOR[room] > 1
            # A value asks the report room for its looks, and a journey its stage model: inside a function only.
            if (up or level) and not (room == "core" and other == "report" and not top):
                wrong.append(f"{path.relative_to(ROOT)} imports {other}")
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_importing_cjmkit_is_light():
    heavy = [
        "pandas",
        "numpy",
        "matplotlib",
        "sklearn",
        "scipy",
        "duckdb",
        "ipywidgets",
        "anywidget",
        "pydantic",
        "yaml",
    ]
    code = f"import sys, cjmkit; print([m for m in {heavy} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_every_public_name_loads():
    missing = []
    for name in cjmkit.__all__:
        try:
            getattr(cjmkit, name)
        except Exception as error:
            missing.append(f"{name}: {error}")
    assert not missing, "\n".join(missing)


def test_public_functions_take_at_most_three_positional_parameters():
    too_many = []
    for _, path in rooms():
        if path.name.startswith("_"):
            continue
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and len(node.args.args) > 3:
                too_many.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert not too_many, "\n".join(too_many)
