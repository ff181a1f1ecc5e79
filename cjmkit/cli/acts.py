"""What each command does."""

from __future__ import annotations

import argparse
import io
import shlex
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cjmkit.cli.terminal import can_show
from cjmkit.errors import CjmError, DataWarning
from cjmkit.i18n import current_language, say, use_language

__all__ = ["add", "check", "demo", "diff", "export", "lab", "link", "new", "render", "run", "status"]

_KEY_FINDINGS = ("weakest-link", "barrier", "personas", "channel", "action")
"""The five findings that a reader wants first: where it breaks, why, for whom, where they come from, what to do."""


def _study(path: Path | str, args: argparse.Namespace) -> Any:
    """Open a study and speak its language, unless the command line names one or the terminal cannot show it."""
    from cjmkit.study.folder import Study

    study = Study(path)
    _speak(study, args)
    return study


def _speak(study: Any, args: argparse.Namespace) -> None:
    if getattr(args, "language", None) is None and (study.language == "en" or can_show("я")):
        use_language(study.language)


def add(args: argparse.Namespace) -> int:
    """Put files into their places; 1 if a place was taken or a file not recognised."""
    added = _study(args.study, args).add(*args.paths, kind=args.kind, bar=_bar)
    print(added)
    return int(added.table["done"].isin(["taken", "unknown"]).any())


def status(args: argparse.Namespace) -> int:
    """Print the eight steps."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # the status says itself what waits
        study = _study(args.dir, args)
    print(study.status())
    return 0


def link(args: argparse.Namespace) -> int:
    """Print the proposed links, or write them down."""
    study = _study(args.dir, args)
    table = study.accept(survey=args.survey) if args.accept else study.links(args.survey)
    for row in table.to_dict("records"):
        print(f"{row['item']}: {row['stage']} / {row['touchpoint']} ({row['reason']})")
    if not len(table):
        from cjmkit.study.linking import agreed_said

        none = say(en="no rated question to place", ru="вопросов с оценкой, которым нужен этап, нет")
        print(agreed_said(study.survey(args.survey), study.language) or none)
    return 0


def _bar(**kwargs: Any) -> Any:
    from tqdm import tqdm

    return tqdm(**{"unit": "cell", "dynamic_ncols": True, "leave": True} | kwargs)


def demo(args: argparse.Namespace) -> int:
    """Copy a made-up study, run it and say what matters."""
    from cjmkit.study import shipped
    from cjmkit.study.folder import Study
    from cjmkit.study.runner import run

    name = args.study or shipped.EXAMPLES[args.language or current_language()]
    folder = Path(args.dir) if args.dir else _free(Path(f"cjmkit-demo-{name}"))
    started = time.perf_counter()
    study = Study.example(name, folder)
    _speak(study, args)
    copied = say(
        en=f"The made-up study “{study.title}” is copied to {folder}; running its eight notebooks …",
        ru=f"Придуманное исследование «{study.title}» скопировано в {folder}; выполняются восемь тетрадей …",
    )
    print(copied, flush=True)
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
    print()
    if seconds is not None:
        print(say(en=f"Done in {seconds:.0f} s.", ru=f"Готово за {seconds:.0f} с."))
    places = (
        ("report/map.html", say(en="the map; open it in a browser", ru="карта; откройте в браузере")),
        ("report/map.png", say(en="the same as a picture", ru="она же картинкой")),
        ("report/map.xlsx", say(en="the same as a table to edit", ru="она же таблицей, её можно править")),
        ("notebooks", say(en="the executed notebooks", ru="выполненные тетради")),
        ("journeys", say(en="the saved journeys", ru="сохранённые карты")),
    )
    for name, what in places:
        if (folder / name).exists():
            print(f"  {folder / name!s:<42} {what}")
    found = {f.key: f.text for f in study.findings()}
    first = [key for key in _KEY_FINDINGS if key in found]
    first += [key for key in found if key not in first]
    if first:
        print(say(en="\nWhat matters most:", ru="\nГлавное:"))
        for k, key in enumerate(first[:5], 1):
            print(f"  {k}. {found[key]}")


def new(args: argparse.Namespace) -> int:
    """Start an empty study and say how to go on."""
    from cjmkit.study.folder import Study

    language = args.language or current_language()
    study = Study.create(args.dir, title=args.title, language=language, framework=args.framework)
    _speak(study, args)
    print(study)
    place = shlex.quote(args.dir)
    print()
    print(
        say(
            en=f"Put your material in: cjmkit add FILES --study {place}\n"
            f"Then run everything: cjmkit run {place}, or open the first notebook: cjmkit lab {place}",
            ru=f"Положите материал: cjmkit add ФАЙЛЫ --study {place}\n"
            f"Потом выполните всё: cjmkit run {place}, или откройте первую тетрадь: cjmkit lab {place}",
        )
    )
    return 0


def run(args: argparse.Namespace) -> int:
    """Run the notebooks and say what matters and what is next."""
    from cjmkit.study.runner import run
    from cjmkit.study.status import left_unread

    study = _study(args.dir, args)
    result = run(args.dir, from_start=args.from_start, timeout=args.timeout, bar=_bar)
    if result.skipped:
        names = ", ".join(p.stem for p in result.skipped)
        print(
            say(
                en=f"Up to date, not run again: {names} (--from-start runs them all)",
                ru=f"Не изменились и не выполнялись: {names} (--from-start выполнит все)",
            )
        )
    _tell(study, Path(args.dir))
    print(f"\n{study.status().short()}")
    for said in left_unread(study).values():
        print(said)
    return 0


def _journeys(args: argparse.Namespace) -> tuple[list[Any], Any]:
    """The journeys that a command is about, and the study they lie in (None for a lone file)."""
    from cjmkit.exchange import read_journey

    path = Path(args.dir)
    if path.is_file():
        return [read_journey(path)], None
    if path.suffix and not path.exists():
        raise CjmError(en=f"{path}: there is no such file", ru=f"{path}: такого файла нет")
    study = _study(path, args)
    named = getattr(args, "journey", None)
    if hasattr(args, "journey"):
        return [study.journey(named)], study
    found = list(study.journeys())
    if not found:
        raise CjmError(
            en=f"{path}/journeys holds no journey yet; the notebook of step 4 makes the first one",
            ru=f"в {path}/journeys ещё нет пути; первый создаёт тетрадь шага 4",
        )
    return found, study


def check(args: argparse.Namespace) -> int:
    """Print the findings of the linter; 1 if one is an error."""
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


def render(args: argparse.Namespace) -> int:
    """Draw the map."""
    from cjmkit import report

    (journey,), study = _journeys(args)
    target = Path(args.output)
    said, asked = (study.settings.headline, study.settings.brief.question) if study is not None else ("", "")
    match target.suffix.lower():
        case ".html":
            documents = study.documents() if study is not None and study.has("interviews") else None
            report.html(journey, target, documents=documents, headline=said, question=asked)
        case ".png" | ".svg" | ".pdf":
            report.save_picture(journey, target, headline=said)
        case other:
            raise CjmError(
                en=f"cannot draw a {other or 'file without suffix'}; allowed are .html, .png, .svg and .pdf",
                ru=f"не умею рисовать {other or 'файл без окончания'}; можно .html, .png, .svg и .pdf",
            )
    print(target)
    return 0


def export(args: argparse.Namespace) -> int:
    """Write a journey in another format."""
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


def diff(args: argparse.Namespace) -> int:
    """Print what differs between two journeys."""
    from cjmkit import exchange

    if args.textconv:
        print(exchange.as_lines(exchange.read_journey(args.a)))
        return 0
    if args.b is None:
        raise CjmError(
            en="diff compares two journey files; give the second one too",
            ru="diff сравнивает два файла пути; дайте и второй",
        )
    text = exchange.diff(exchange.read_journey(args.a), exchange.read_journey(args.b))
    print(text or "no difference")
    return 0


def lab(args: argparse.Namespace) -> int:
    """Open JupyterLab on the study."""
    import subprocess

    study = _study(args.dir, args)
    command = [sys.executable, "-m", "jupyterlab", "--ServerApp.ip=127.0.0.1", f"--notebook-dir={study.path}"]
    # JupyterLab would ask whether it may fetch its news.
    command += ["--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    first = sorted((study.path / "notebooks").glob("01_*.ipynb"))
    if first:
        command.append(str(first[0]))
    try:
        import jupyterlab  # noqa: F401
    except ImportError:
        raise CjmError(
            en="JupyterLab is not installed: pip install 'cjmkit[lab]'",
            ru="JupyterLab не установлен: pip install 'cjmkit[lab]'",
        ) from None
    return subprocess.call([*command, *args.rest])
