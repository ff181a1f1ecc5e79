"""Make the notebooks and the pages of the worked study from their sources, and run them on somebody else's data.

    SWJ_USABILITY=path/to/data python examples/swj_usability/make.py     # run, keep figures, write the pages
    python examples/swj_usability/make.py --no-run                       # write notebooks and pages only

The data stay where they are: kept are figures (``results.json``) and pictures, no words of anybody.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PICTURES = ROOT / "docs" / "pictures" / "usability-study"
PAGES = {
    "en": ROOT / "docs" / "explain" / "usability-study.md",
    "ru": ROOT / "docs" / "ru" / "explain" / "usability-study.md",
}


def _machinery() -> ModuleType:
    """``notebooks/make.py``, which turns a source of both languages into the cells of one."""
    spec = importlib.util.spec_from_file_location("notebooks_make", ROOT / "notebooks" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def notebook(language: str) -> nbformat.NotebookNode:
    """The notebook of one language, without outputs; its code differs in the one line that names the language."""
    source = (HERE / "source.md").read_text("utf-8").replace('lang = "en"', f'lang = "{language}"')
    made = nbformat.v4.new_notebook(cells=_machinery().cells(source, language))
    made.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    made.metadata["language_info"] = {"name": "python"}
    return made


def run(language: str, folder: str) -> dict[str, Any]:
    """Run a notebook on the data; keep its pictures and give back its figures."""
    from nbclient import NotebookClient

    with tempfile.TemporaryDirectory() as out:
        os.environ |= {"SWJ_USABILITY": str(Path(folder).resolve()), "SWJ_OUT": out}
        NotebookClient(notebook(language), kernel_name="python3", resources={"metadata": {"path": out}}).execute()
        PICTURES.mkdir(parents=True, exist_ok=True)
        for file in Path(out).glob("*.png"):
            shutil.copyfile(file, PICTURES / f"{file.stem}-{language}.png")
        found: dict[str, Any] = json.loads((Path(out) / "results.json").read_text("utf-8"))
        return found


def page(language: str, results: dict[str, Any]) -> str:
    """The page of one language: every figure in double braces is taken from the results."""
    text = (HERE / f"page.{language}.md").read_text("utf-8")

    def filled(match: re.Match[str]) -> str:
        path, _, form = match[1].partition("|")
        value: Any = results
        for key in path.strip().split(" > "):
            value = value[int(key)] if isinstance(value, list) else value[key]
        if form.strip() == "%":
            shown = f"{100 * value:.0f}" + (" %" if language == "ru" else "%")
        else:
            shown = f"{value:.{form.strip()}f}" if form.strip() else str(value)
        shown = shown.replace("-", "−") if isinstance(value, float) else shown
        return shown.replace(".", ",") if language == "ru" and isinstance(value, float) else shown

    return re.sub(r"\{\{(.*?)\}\}", filled, text)


def main() -> None:
    """Write, run, write the pages."""
    parser = argparse.ArgumentParser(description="Make the worked study from its sources.")
    parser.add_argument(
        "--no-run", action="store_true", help="write notebooks and pages from the figures that are kept"
    )
    parser.add_argument("--language", choices=("en", "ru"), help="run only this one")
    args = parser.parse_args()
    for language in PAGES:
        (HERE / f"usability-study-{language}.ipynb").write_text(nbformat.writes(notebook(language)) + "\n", "utf-8")
    kept = HERE / "results.json"
    for language in () if args.no_run else (args.language,) if args.language else PAGES:
        results = run(language, os.environ["SWJ_USABILITY"])
        kept.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for language, file in PAGES.items():
        file.write_text(page(language, json.loads(kept.read_text("utf-8"))), "utf-8")


if __name__ == "__main__":
    main()
