"""Make the start page and the sixteen notebooks from their nine sources.

Both languages are written side by side in ``source/NN_name.md``: text between ``::: en`` or ``::: ru`` and ``:::``,
code between fences and shared by the two. So the code cells cannot drift apart. The notebooks are then run on the
shipped studies and stored with their outputs.

    python notebooks/make.py            # write and run all
    python notebooks/make.py --no-run   # write only
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from pathlib import Path

import nbformat

HERE = Path(__file__).resolve().parent
_BLOCK = re.compile(r"^::: (en|ru)\n(.*?)^:::\s*$|^```python([^\n]*)\n(.*?)^```\s*$", re.M | re.S)


def cells(source: str, language: str) -> list[nbformat.NotebookNode]:
    """The cells of one language."""
    out = []
    for match in _BLOCK.finditer(source):
        if match[1] == language:
            out.append(nbformat.v4.new_markdown_cell(match[2].strip()))
        elif match[4] is not None:
            cell = nbformat.v4.new_code_cell(match[4].strip())
            tags = match[3].split()
            if tags:
                cell.metadata["tags"] = tags
            out.append(cell)
    for k, cell in enumerate(out):
        cell["id"] = f"cell-{k:02d}"  # a random id would change in every build and make noise in the diff
    return out


def write(source: Path, language: str) -> Path:
    """Write one notebook without outputs."""
    notebook = nbformat.v4.new_notebook(cells=cells(source.read_text("utf-8"), language))
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python"}
    target = HERE / language / source.with_suffix(".ipynb").name
    target.parent.mkdir(exist_ok=True)
    target.write_text(nbformat.writes(notebook) + "\n", "utf-8")
    return target


def run(language: str, names: list[str]) -> None:
    """Run the notebooks of one language on a copy of its shipped study and keep their outputs."""
    from cjmkit.study import Study
    from cjmkit.study.runner import run as run_study
    from cjmkit.study.shipped import EXAMPLES

    with tempfile.TemporaryDirectory() as folder:
        study = Study.example(EXAMPLES[language], Path(folder) / EXAMPLES[language])
        run_study(study.path)
        start(study.path / "notebooks" / "00_start.ipynb")
        for name in names:
            shutil.copyfile(study.path / "notebooks" / name, HERE / language / name)


def start(path: Path) -> None:
    """Run the start page by itself: a run of the study leaves it out, since it is the form that starts one."""
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}).execute()
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8")


def main() -> None:
    """Write, then run."""
    parser = argparse.ArgumentParser(description="Make the notebooks of both languages from their sources.")
    parser.add_argument("--no-run", action="store_true", help="write them without outputs")
    parser.add_argument("--language", choices=("en", "ru"), help="only one language")
    args = parser.parse_args()
    for language in (args.language,) if args.language else ("en", "ru"):
        names = [write(source, language).name for source in sorted((HERE / "source").glob("[0-9][0-9]_*.md"))]
        if not args.no_run:
            run(language, names)
        print(f"{language}: {', '.join(names)}")


if __name__ == "__main__":
    main()
