"""The command ``cjmkit``: start a study, run it, check it, look at it, hand it on."""

from __future__ import annotations

import argparse
import io
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cjmkit._version import __version__
from cjmkit.errors import CjmError
from cjmkit.i18n import say

__all__ = ["main"]

_KEY_FINDINGS = ("weakest-link", "barrier", "personas", "channel", "action")
"""The five findings that a reader wants first: where it breaks, why, for whom, where they come from, what to do."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that knows no Cyrillic shows question marks; a lost letter is better than a lost result.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    parser = _parser()
    args = parser.parse_args(argv)
    if not hasattr(args, "act"):
        parser.print_help()
        return 0
    try:
        return int(args.act(args) or 0)
    except CjmError as error:
        print(f"cjmkit: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of our output, such as head, has had enough
        sys.stdout = None
        return 0
    except OSError as error:  # a full disk, a folder that may not be read
        print(f"cjmkit: {error.filename or ''}: {error.strerror or error}".replace(": :", ":"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ncjmkit: interrupted; what was finished is saved, the same command continues", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cjmkit",
        description="Customer journey research: from interviews, surveys and event logs to a journey map in which "
        "every note leads back to its evidence. Everything stays on this machine.",
        epilog="First time here? `cjmkit demo` shows the whole way on made-up data in about a minute; "
        "`cjmkit new my-study` starts your own.",
    )
    parser.add_argument("--version", action="version", version=f"cjmkit {__version__}")
    sub = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, act: Any, short: str, long: str, example: str) -> argparse.ArgumentParser:
        p = sub.add_parser(
            name,
            help=short,
            description=f"{long}\n\nExample:\n{example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        p.set_defaults(act=act)
        return p

    p = command(
        "demo", _demo, "the whole way on made-up data, in about a minute",
        "Copy a shipped, made-up study to a new folder, run its eight notebooks and leave the finished journey map.\n"
        "The map is report/map.html (open it in any browser, no network needed), with map.png and map.xlsx beside it.",
        "  cjmkit demo --language ru",
    )  # fmt: skip
    p.add_argument("dir", nargs="?", help="where to (default: cjmkit-demo-NAME in this folder; never overwritten)")
    p.add_argument(
        "--language", choices=("en", "ru"), default="en", help="which of the two shipped studies (default: en)"
    )
    p.add_argument("--study", help="a shipped study by its name")

    p = command(
        "new", _new, "start an empty study with the eight notebooks",
        "Start a study: a folder with study.yaml, places for your material and the eight notebooks.\n"
        "Nothing has to be there at once: what is missing shows as a gap, and the notebooks say what to do.\n"
        "Frameworks: five-stages, loyalty-loop, life-cycle, aida, race, aarrr, 5e, employee.",
        "  cjmkit new first-flat --language ru --framework loyalty-loop --title \"Первая квартира\"",
    )  # fmt: skip
    p.add_argument("dir", help="a folder that does not exist yet, or is empty")
    p.add_argument(
        "--language", choices=("en", "ru"), default="en", help="of notebooks, labels and reports (default: en)"
    )
    p.add_argument("--framework", default="five-stages", metavar="NAME", help="stage model (default: five-stages)")
    p.add_argument("--title", default="", help="title of the study and its map (default: the folder's name)")

    _study_commands(command)

    p = command(
        "run", _run, "run a study's notebooks in order",
        "Run the notebooks of a study in order, in place. Notebooks whose code and material have not changed since\n"
        "they last ran are skipped, so an interrupted run continues where it stopped. A failing cell is named, and\n"
        "the notebook is saved up to it.",
        "  cjmkit run first-flat",
    )  # fmt: skip
    p.add_argument("dir", nargs="?", default=".", help="the study (default: this folder)")
    p.add_argument("--from-start", action="store_true", help="run all of them again")
    p.add_argument("--timeout", type=int, default=600, metavar="SECONDS", help="for one cell (default: 600)")

    p = command(
        "check", _check, "what a good researcher would object to",
        "Check the saved journeys of a study, or one journey file, against the rules of a sound map: notes without\n"
        "evidence, touchpoints without an owner, evidence that no longer resolves … Exit code 1 if an error is found.",
        "  cjmkit check first-flat --format sarif > findings.sarif",
    )  # fmt: skip
    p.add_argument("dir", nargs="?", default=".", help="the study, or a journey file (default: this folder)")
    p.add_argument("--format", choices=("text", "json", "sarif", "junit"), default="text", help="default: text")

    p = command(
        "render", _render, "draw the map of a saved journey",
        "Draw a saved journey as a self-contained page or a picture; the suffix says which: html, png, svg, pdf.",
        "  cjmkit render first-flat -o map.pdf",
    )  # fmt: skip
    _which_journey(p)
    p.add_argument("-o", "--output", default="map.html", help="html, png, svg or pdf (default: map.html)")

    p = command(
        "export", _export, "hand a journey on: xlsx, pptx, md, csv, mermaid, cjml …",
        "Write a saved journey in another format; the suffix says which: xlsx, pptx, md, csv, mmd (Mermaid),\n"
        "xml (CJML), yaml, json. What a format cannot hold is listed.",
        "  cjmkit export first-flat -o map.xlsx",
    )  # fmt: skip
    _which_journey(p)
    p.add_argument("-o", "--output", required=True, help="the file to write")

    p = command(
        "diff", _diff, "what changed between two journeys",
        "Say what changed between two journey files: stages, notes, evidence, emotion. Made for git as well:\n"
        "  git config diff.cjmkit.textconv 'cjmkit diff --textconv'",
        "  cjmkit diff journeys/history/flat-1a2b3c4d.yaml journeys/flat.yaml",
    )  # fmt: skip
    p.add_argument("a", help="a journey file")
    p.add_argument("b", nargs="?", help="another one")
    p.add_argument("--textconv", action="store_true", help="write one journey as plain lines, for git")

    p = command(
        "lab", _lab, "open JupyterLab on a study",
        "Open JupyterLab on a study's notebooks, on this machine only (loopback).",
        "  cjmkit lab first-flat",
    )  # fmt: skip
    p.add_argument("dir", nargs="?", default=".", help="the study (default: this folder)")
    p.add_argument("rest", nargs=argparse.REMAINDER, help="passed on to JupyterLab")
    return parser


def _study_commands(command: Any) -> None:
    """What puts material into a study and says what is missing."""
    p = command(
        "add", _add, "put your files into their places in a study",
        "Look at each file or folder, say what it is and why, and copy it into its place; never over another file.\n"
        "What is not recognised changes nothing; --as says what it is.",
        "  cjmkit add interviews/*.docx survey.csv --study first-flat",
    )  # fmt: skip
    p.add_argument("paths", nargs="+", metavar="PATH", help="files, or folders with files")
    p.add_argument("--study", default=".", metavar="DIR", help="the study (default: this folder)")
    p.add_argument("--as", dest="kind", metavar="KIND", help="what they are: interviews, survey, events, codings …")

    p = command(
        "status", _status, "what a study has, what it allows, what is missing and what to do next",
        "The eight steps: what is there, what it allows, what is missing, the one next action and the doubts open.",
        "  cjmkit status first-flat",
    )  # fmt: skip
    p.add_argument("dir", nargs="?", default=".", help="the study (default: this folder)")

    p = command(
        "link", _link, "where each rated question of the survey belongs",
        "Show the touchpoint and the stage proposed for each rated question, with the reason; --accept writes them\n"
        "into surveys/NAME.items.yaml as decisions, where each can be changed by hand.",
        "  cjmkit link first-flat --accept",
    )  # fmt: skip
    p.add_argument("dir", nargs="?", default=".", help="the study (default: this folder)")
    p.add_argument("--accept", action="store_true", help="write the proposed links down as decisions")
    p.add_argument("--survey", metavar="NAME", help="which survey (default: the study's own)")


def _study(path: str) -> Any:
    """Open a study and speak its language."""
    from cjmkit.i18n import use_language
    from cjmkit.study.folder import Study

    study = Study(path)
    use_language(study.language)
    return study


def _add(args: argparse.Namespace) -> int:
    added = _study(args.study).add(*args.paths, kind=args.kind, bar=_bar)
    print(added)
    return int(added.table["done"].isin(["taken", "unknown"]).any())


def _status(args: argparse.Namespace) -> int:
    print(_study(args.dir).status())
    return 0


def _link(args: argparse.Namespace) -> int:
    study = _study(args.dir)
    table = study.accept(survey=args.survey) if args.accept else study.links(args.survey)
    for row in table.to_dict("records"):
        print(f"{row['item']}: {row['stage']} / {row['touchpoint']} ({row['reason']})")
    return 0


def _which_journey(p: argparse.ArgumentParser) -> None:
    p.add_argument("dir", nargs="?", default=".", help="the study, or a journey file (default: this folder)")
    p.add_argument("--journey", help="which one, where a study has several (default: its main journey)")


def _bar(**kwargs: Any) -> Any:
    from tqdm import tqdm

    return tqdm(unit="cell", dynamic_ncols=True, leave=True, **kwargs)


def _demo(args: argparse.Namespace) -> int:
    from cjmkit.study import shipped
    from cjmkit.study.folder import Study
    from cjmkit.study.runner import run

    name = args.study or shipped.EXAMPLES[args.language]
    folder = Path(args.dir) if args.dir else _free(Path(f"cjmkit-demo-{name}"))
    started = time.perf_counter()
    study = Study.example(name, folder)
    print(f"The made-up study “{study.title}” is copied to {folder}; running its eight notebooks …", flush=True)
    run(folder, bar=_bar)
    _tell(study, folder, time.perf_counter() - started)
    return 0


def _free(folder: Path) -> Path:
    """The folder's name, with a number where it is taken: an earlier demo is never overwritten."""
    k, free = 1, folder
    while free.exists():
        k += 1
        free = folder.with_name(f"{folder.name}-{k}")
    return free


def _tell(study: Any, folder: Path, seconds: float | None = None) -> None:
    """Print where the results are, and the findings that matter most."""
    from cjmkit.i18n import say

    def local(en: str, ru: str) -> str:
        return say(en=en, ru=ru, lang=study.language)

    print()
    if seconds is not None:
        print(local(f"Done in {seconds:.0f} s.", f"Готово за {seconds:.0f} с."))
    places = (
        ("report/map.html", local("the map; open it in a browser", "карта; откройте в браузере")),
        ("report/map.png", local("the same as a picture", "она же картинкой")),
        ("report/map.xlsx", local("the same as a table to edit", "она же таблицей, её можно править")),
        ("notebooks", local("the executed notebooks", "выполненные тетради")),
        ("journeys", local("the saved journeys", "сохранённые карты")),
    )
    for name, what in places:
        if (folder / name).exists():
            print(f"  {folder / name!s:<42} {what}")
    found = {f.key: f.text for f in study.findings()}
    first = [key for key in _KEY_FINDINGS if key in found]
    first += [key for key in found if key not in first]
    if first:
        print(local("\nWhat matters most:", "\nГлавное:"))
        for k, key in enumerate(first[:5], 1):
            print(f"  {k}. {found[key]}")


def _new(args: argparse.Namespace) -> int:
    from cjmkit.study.folder import Study

    study = Study.create(args.dir, title=args.title, language=args.language, framework=args.framework)
    print(study)
    place = shlex.quote(args.dir)
    print(f"\nPut your material in: cjmkit add FILES --study {place}")
    print(f"Then run everything: cjmkit run {place}, or open the first notebook: cjmkit lab {place}")
    return 0


def _run(args: argparse.Namespace) -> int:
    from cjmkit.study.folder import Study
    from cjmkit.study.runner import run

    result = run(args.dir, from_start=args.from_start, timeout=args.timeout, bar=_bar)
    if result.skipped:
        names = ", ".join(p.stem for p in result.skipped)
        print(f"Up to date, not run again: {names} (--from-start runs them all)")
    study = Study(args.dir)
    _tell(study, Path(args.dir))
    print(f"\n{study.status().short()}")
    return 0


def _journeys(args: argparse.Namespace) -> tuple[list[Any], Any]:
    """The journeys that a command is about, and the study they lie in (None for a lone file)."""
    from cjmkit.exchange import read_journey
    from cjmkit.study.folder import Study

    path = Path(args.dir)
    if path.is_file():
        return [read_journey(path)], None
    study = Study(path)
    named = getattr(args, "journey", None)
    if hasattr(args, "journey"):
        return [study.journey(named)], study
    found = list(study.journeys())
    if not found:
        raise CjmError(f"{path}/journeys holds no journey yet; the notebook of step 4 makes the first one")
    return found, study


def _check(args: argparse.Namespace) -> int:
    from cjmkit import lint

    journeys, study = _journeys(args)
    found = [lint.check(journey, study=study) for journey in journeys]
    match args.format:
        case "json":
            print(_together([f.to_json() for f in found]))
        case "sarif":
            print(_together([f.to_sarif() for f in found], key="runs"))
        case "junit":
            suites = [f.to_junit().split("<testsuites>\n")[1].split("</testsuites>")[0] for f in found]
            print('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n' + "".join(suites) + "</testsuites>")
        case _:
            print("\n\n".join(f.text() for f in found))
    return max(f.exit_code for f in found)


def _together(documents: Sequence[str], *, key: str = "") -> str:
    """Several JSON documents as one: a list, or the first with the lists under `key` joined."""
    import json

    read = [json.loads(d) for d in documents]
    if len(read) == 1 or not key:
        return json.dumps(read if len(read) > 1 else read[0], ensure_ascii=False, indent=2)
    whole = read[0] | {key: [run for one in read for run in one[key]]}
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _render(args: argparse.Namespace) -> int:
    from cjmkit import report

    (journey,), study = _journeys(args)
    target = Path(args.output)
    match target.suffix.lower():
        case ".html":
            documents = study.documents() if study is not None and study.has("interviews") else None
            report.html(journey, target, documents=documents)
        case ".png" | ".svg" | ".pdf":
            report.save_picture(journey, target)
        case other:
            raise CjmError(f"cannot draw a {other or 'file without suffix'}; allowed are .html, .png, .svg and .pdf")
    print(target)
    return 0


def _export(args: argparse.Namespace) -> int:
    from cjmkit import exchange

    (journey,), _ = _journeys(args)
    _not_over_the_study(args.output)
    remarks = exchange.write(journey, args.output)
    for remark in remarks or ():
        print(f"  {remark}", file=sys.stderr)
    print(args.output)
    return 0


def _not_over_the_study(output: str) -> None:
    """A map never takes the place of something that is not a map: settings, codebook, codings …"""
    path = Path(output)
    if path.name in ("study.yaml", "codebook.yaml") or (path.is_file() and path.suffix in (".yaml", ".yml")):
        with open(path, encoding="utf-8", errors="replace") if path.is_file() else io.StringIO() as f:
            head = f.read(2000)
        if "cjmkit/journey/" not in head:
            raise CjmError(
                say(
                    en=f"{output} is a file of the study and no map; choose another name, nothing was written",
                    ru=f"{output} — файл исследования, а не карта; выберите другое имя, ничего не записано",
                )
            )


def _diff(args: argparse.Namespace) -> int:
    from cjmkit import exchange

    if args.textconv:
        print(exchange.as_lines(exchange.read_journey(args.a)))
        return 0
    if args.b is None:
        raise CjmError("diff compares two journey files; give the second one too")
    text = exchange.diff(exchange.read_journey(args.a), exchange.read_journey(args.b))
    print(text or "no difference")
    return 0


def _lab(args: argparse.Namespace) -> int:
    import subprocess

    from cjmkit.study.folder import Study

    study = Study(args.dir)
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", f"--notebook-dir={study.path}"]
    first = sorted((study.path / "notebooks").glob("01_*.ipynb"))
    if first:
        command.append(str(first[0]))
    try:
        import jupyterlab  # noqa: F401
    except ImportError:
        raise CjmError("JupyterLab is not installed: pip install 'cjmkit[lab]'") from None
    return subprocess.call([*command, *args.rest])


if __name__ == "__main__":
    sys.exit(main())
