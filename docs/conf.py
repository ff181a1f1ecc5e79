"""How the documentation is built: ``sphinx-build -W docs site``; needs no network."""

import importlib
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

import cjmkit

project = "cjmkit"
author = "The cjmkit authors"
copyright = "2026, the cjmkit authors"
release = cjmkit.__version__

extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary"]
exclude_patterns = ["_build", "_templates"]
templates_path = ["_templates"]
html_theme = "furo"
html_title = "cjmkit"
html_static_path = []
html_extra_path = ["journey.schema.json", "cheat-sheet.html", "cheat-sheet-ru.html"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
# Remarks of the kind "unknown target" concern names of other projects; we link to none.
nitpicky = False
suppress_warnings = ["myst.xref_missing"]


# ---- the API pages are made from the names that the rooms publish ----------------------------------------------------

_ROOMS = {
    "interviews": "Interviews",
    "survey": "Surveys",
    "personas": "Personas",
    "emotion": "Emotion curves",
    "events": "Event logs",
    "barriers": "Barriers",
    "priorities": "Priorities",
    "compare": "Comparison",
    "lint": "Linter",
    "exchange": "Exchange",
    "report": "Report",
    "plot": "Plots",
    "text": "Text",
    "widgets": "Widgets",
}
_VALUES = ["Journey", "Stage", "Note", "Touchpoint", "Persona", "Verdict", "Estimate", "EmotionPoint", "Link", "Action"]
_VALUES += ["Quote", "SurveyFigure", "EventFigure", "DeskSource", "Study", "cite", "use_language"]


def _page(title: str, module: str, names: list[str]) -> str:
    lines = [
        title,
        "=" * len(title),
        "",
        f".. currentmodule:: {module}",
        "",
        ".. autosummary::",
        "   :toctree: made",
        "",
    ]
    return "\n".join(lines + [f"   {name}" for name in names]) + "\n"


def _write_api() -> list[str]:
    """Write a page for each room, and say which; now, because Sphinx looks for pages before any of its events."""
    folder = Path(__file__).parent / "reference" / "api"
    folder.mkdir(exist_ok=True)
    pages = {"values": _page("Values and the study", "cjmkit", _VALUES)}
    for room, title in _ROOMS.items():
        module = importlib.import_module(f"cjmkit.{room}")
        pages[room] = _page(title, f"cjmkit.{room}", [n for n in module.__all__ if callable(getattr(module, n))])
    for name, text in pages.items():
        file = folder / f"{name}.rst"
        if not file.is_file() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")
    return [f"reference/api/{name}.rst" for name in pages]


autosummary_generate = _write_api()


# ---- the tables of the benchmarks stand on one page, as they were written -------------------------------------------


def _show_measured(app: object, docname: str, source: list[str]) -> None:
    if docname != "reference/measured":
        return
    for file in sorted((Path(__file__).parents[1] / "benchmarks" / "results").glob("*.md")):
        lines = file.read_text("utf-8").splitlines()
        highest = min((len(x) - len(x.lstrip("#")) for x in lines if x.startswith("#")), default=1)
        below = "#" * (3 - highest)  # under the file's own heading, whatever level the page begins with
        told = [below + x if x.startswith("#") else x for x in lines]
        source[0] += "\n".join(["", f"## `{file.stem}`", "", *told]) + "\n"


# ---- formulas become MathML, which browsers draw themselves: the usual way loads a script from the network -----------


def _formula(writer: Any, node: Any) -> None:
    block = isinstance(node, nodes.math_block)
    writer.body.append(tex2mathml(node.astext(), as_block=block))
    raise nodes.SkipNode


html_math_renderer = "mathml"


def _not_ours(app: object, what: str, name: str, member: Any, skip: bool, options: object) -> bool | None:
    # scikit-learn gives its estimators requests for metadata, with texts that refer to its own pages.
    return True if name.rpartition(".")[2] in ("set_fit_request", "set_transform_request", "set_output") else None


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("autodoc-skip-member", _not_ours)
    app.add_html_math_renderer("mathml", (_formula, None), (_formula, None))
    app.connect("source-read", _show_measured)
