"""What the study found: journeys, personas, tables for later notebooks, and what each step came to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from cjmkit.core import frameworks
from cjmkit.core.caution import among
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.journey import Journey
from cjmkit.core.persona import Persona
from cjmkit.errors import NotEnough, StudyError, one_of, suggest
from cjmkit.exchange.yaml_file import dump_yaml, read_journey, write_journey
from cjmkit.files import is_ours, keep_earlier, load_yaml, locked, write_atomically
from cjmkit.i18n import count, say
from cjmkit.intake.formulas import guarded
from cjmkit.study.data import StudyData
from cjmkit.study.freshness import is_fresh, record
from cjmkit.study.gaps import gaps
from cjmkit.study.material import csv_with_ids
from cjmkit.study.parts import PARTS
from cjmkit.study.rated import with_rated

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Finding",
    "Saved",
    "conclude",
    "findings",
    "findings_table",
    "journey",
    "journeys",
    "keep",
    "kept",
    "labels",
    "new_journey",
    "personas",
    "save",
]


@dataclass(frozen=True)
class Saved:
    """What was saved and where; shows itself as a sentence."""

    path: Path
    sentence: str

    def __repr__(self) -> str:
        return self.sentence


@dataclass(frozen=True)
class Finding:
    """One sentence that a step of the study came to.

    Parameters
    ----------
    step : int
        Step of the method, 1 to 8.
    key : str
        What it is about, for example ``"weakest-link"``.
    text : str
        The sentence.
    """

    step: int
    key: str
    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        style = "border-left:3px solid #0072B2;padding:2px 10px;color:#1a1a1a;background:#eef5fa"
        return f"<div style='{style}'>{escape(self.text)}</div>"


def save(study: StudyData, /, value: Journey | Iterable[Persona]) -> Saved:
    """Save a journey or personas.

    The earlier version of a journey is kept in ``journeys/history``: nothing is overwritten without a trace.

    Parameters
    ----------
    value : Journey or iterable of Persona
        What to save.

    Returns
    -------
    Saved
        The path, and a sentence.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> study.save(study.new_journey()).path.name
    'bikes.yaml'
    """
    if isinstance(value, Journey):
        path = study.path / "journeys" / f"{value.id}.yaml"
        value = _with_proposed(study, _with_gaps(study, with_rated(study, value)))
        with locked(path):
            _put_aside_earlier_title(study, value)
            keep_earlier(path, dump_yaml(value))
            write_journey(value, path)
        covered = value.coverage().iloc[-1]
        notes = count(
            int(covered["notes"]), en=("note", "notes"), ru=("заметка", "заметки", "заметок"), lang=study.language
        )
        sentence = say(
            en=f"Saved journeys/{path.name}: {notes}, {int(covered['evidenced'])} of them with evidence; "
            "earlier versions are kept in journeys/history.",
            ru=f"Сохранено: journeys/{path.name}, {notes}, из них с доказательствами {int(covered['evidenced'])}; "
            "прежние версии лежат в journeys/history.",
            lang=study.language,
        )
        return Saved(path, sentence)
    people = tuple(value)
    path = study.path / "results" / "personas.yaml"
    write_atomically(path, dump_yaml(list(people)))
    record(study, "personas.yaml")
    names = ", ".join(p.name for p in people)
    return Saved(path, say(en=f"Saved personas: {names}.", ru=f"Портреты сохранены: {names}.", lang=study.language))


def _with_gaps(study: StudyData, journey: Journey) -> Journey:
    """The journey with the gaps of the lanes that are still empty."""
    # Of several gaps of a lane the one that says what is wrong with the material there, before one that names another.
    absent = {words for part in PARTS.values() for words in (part.en, part.ru)}
    found = {g.lane: g for g in sorted(gaps(study), key=lambda g: g.action not in absent) if g.lane}
    filled = {lane for _, lane, _ in journey.cells()}
    filled |= {"emotion"} if any(p.estimate.value is not None for p in journey.emotion) else set()
    filled |= {"improvements"} if journey.improvements else set()
    filled |= {"personas"} if journey.personas else set()
    made: Journey = journey.replace(gaps=tuple(g for lane, g in found.items() if lane not in filled))
    return made


def _with_proposed(study: StudyData, journey: Journey) -> Journey:
    """The journey with a mark on the points that stand where a proposed link puts them."""
    if not study.proposed:
        return journey
    points = []
    for p in journey.emotion:
        figures = [e for e in p.evidence if isinstance(e, SurveyFigure)]
        guessed = any(among(s, e.survey) and among(item, e.item) for s, item in study.proposed for e in figures)
        points.append(p.replace(proposed=True) if guessed else p)
    made: Journey = journey.replace(emotion=tuple(points))
    return made


def _put_aside_earlier_title(study: StudyData, journey: Journey) -> None:
    """A study whose title changed has one main journey, not two: the earlier one goes to the history."""
    note = study.path / "journeys" / "history" / "main.txt"
    if journey.id != study.journey_id:
        return
    before = note.read_text("utf-8").strip() if note.is_file() else ""
    old = study.path / "journeys" / f"{before}.yaml"
    if before and before != journey.id and old.is_file():
        keep_earlier(old, "")
        old.unlink()
    if before != journey.id:
        write_atomically(note, journey.id + "\n")


def new_journey(study: StudyData, /, *, wave: str = "", content: bool = False) -> Journey:
    """The study's journey before anything is known: its stages, its personas, nothing else.

    Parameters
    ----------
    wave : str
        Name of an earlier or later wave, which then is a journey of its own.
    content : bool
        Also put the framework's typical notes on the map, as assumptions.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> journey = study.new_journey(wave="2026")
    >>> journey.title, len(journey.stages)
    ('Bikes, 2026', 4)
    """
    s = study.settings
    links = frameworks.get(s.framework).links() if s.framework and not s.stages else ()
    return Journey(
        id=f"{study.journey_id}-{wave}" if wave else study.journey_id,
        title=f"{study.title}, {wave}" if wave else study.title,
        language=s.language,
        framework=s.framework,
        scenario=s.brief.question,
        wave=wave,
        personas=personas(study),
        stages=study.stages(content=content),
        links=links,
    )


def _journey_files(study: StudyData) -> list[Path]:
    """Saved journeys: not their history, and nothing hidden."""
    return sorted(p for p in (study.path / "journeys").glob("*.yaml") if is_ours(p) and p.is_file())


def journeys(study: StudyData, /) -> tuple[Journey, ...]:
    """All saved journeys, by file name.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> _ = study.save(study.new_journey())
    >>> [j.title for j in study.journeys()]
    ['Bikes']
    """
    return tuple(read_journey(p) for p in _journey_files(study))


def journey(study: StudyData, /, id: str | None = None) -> Journey:
    """One saved journey; without `id`, the study's own (see :attr:`journey_id`).

    Raises
    ------
    StudyError
        If it has not been saved yet.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> _ = study.save(study.new_journey())
    >>> study.journey().title
    'Bikes'
    """
    path = study.place("journeys", id or study.journey_id, ".yaml")
    if not path.is_file():
        saved = [p.stem for p in _journey_files(study)]
        raise StudyError(suggest(path.stem, saved, what="journey") + "; the notebook of step 4 makes the first one")
    return read_journey(path)


def personas(study: StudyData, /) -> tuple[Persona, ...]:
    """The personas that step 3 saved; empty before it ran, or where they were made from other material.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> study.save([cj.Persona(id="P1", name="In a hurry")]) is not None
    True
    >>> [p.name for p in study.personas()]
    ['In a hurry']
    """
    file = study.path / "results" / "personas.yaml"
    if not file.is_file() or not is_fresh(study, file.name):
        return ()
    return tuple(Persona.model_validate(p) for p in load_yaml(file) or ())


def keep(study: StudyData, /, name: str, table: pd.DataFrame | pd.Series) -> Saved:
    """Leave a table for a later notebook (``results/<name>.csv``); :meth:`kept` fetches it.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> import pandas as pd
    >>> _ = study.keep("barriers", pd.DataFrame({"barrier": ["price"], "people": [7]}))
    >>> study.kept("barriers")
      barrier  people
    0   price       7
    """
    import pandas as pd

    path = study.place("results", name, ".csv")
    shown = table.to_frame() if isinstance(table, pd.Series) else table
    write_atomically(path, guarded(shown).to_csv(lineterminator="\n"))
    record(study, path.name)
    n = count(len(table), en=("row", "rows"), ru=("строка", "строки", "строк"), lang=study.language)
    return Saved(path, f"results/{name}.csv: {n}")


def kept(study: StudyData, /, name: str) -> pd.DataFrame:
    """A table that an earlier notebook left, with its first column as index.

    Raises
    ------
    NotEnough
        If no notebook has left it yet.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> import pandas as pd
    >>> _ = study.keep("shares", pd.Series({"ad": 0.6, "mail": 0.4}, name="share"))
    >>> study.kept("shares")
          share
    ad      0.6
    mail    0.4
    """
    path = study.place("results", name, ".csv")
    there = path.is_file()
    if not there or not is_fresh(study, path.name):
        raise NotEnough(
            say(en=f"results/{name}.csv is not there yet", ru=f"results/{name}.csv ещё нет")
            if not there
            else say(
                en=f"results/{name}.csv was made from other material than there is now",
                ru=f"results/{name}.csv сделан по другому материалу",
            ),
            why=say(en="an earlier notebook leaves it", ru="его оставляет одна из прежних тетрадей"),
            action=say(en="run the earlier notebooks again: cjmkit run", ru="выполните прежние тетради: cjmkit run"),
        )
    table = csv_with_ids(path)
    first = table.columns[0]
    return table.set_index(first).rename_axis(None if first.startswith("Unnamed:") else first)


def labels(study: StudyData, /) -> pd.Series:
    """Persona id of each person (index participant), as step 3 left it.

    Raises
    ------
    NotEnough
        If step 3 has not run yet.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> import pandas as pd
    >>> _ = study.keep("labels", pd.Series({"ann": "P1", "ben": "P2"}, name="persona"))
    >>> study.labels().to_dict()
    {'ann': 'P1', 'ben': 'P2'}
    """
    return kept(study, "labels").iloc[:, 0].rename("persona")


def conclude(study: StudyData, /, step: int, key: str, text: str) -> Finding:
    """Write down what a step came to; ``cjmkit demo`` and step 8 list these.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> study.conclude(2, "barrier", "The price shows too late").text
    'The price shows too late'
    """
    one_of(step, range(9), what="step")
    text = " ".join(text.split())
    finding = Finding(step, key, text[:1].upper() + text[1:])
    file = study.path / "results" / "findings.yaml"
    with locked(file):
        found = {f.key: f for f in findings(study)} | {key: finding}
        rows = [{"step": f.step, "key": f.key, "text": f.text} for f in sorted(found.values(), key=lambda f: f.step)]
        write_atomically(file, dump_yaml(rows))
    return finding


def findings(study: StudyData, /) -> tuple[Finding, ...]:
    """What the steps came to so far.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> _ = study.conclude(2, "barrier", "The price shows too late")
    >>> [(f.step, f.text) for f in study.findings()]
    [(2, 'The price shows too late')]
    """
    file = study.path / "results" / "findings.yaml"
    if not file.is_file():
        return ()
    return tuple(Finding(int(f["step"]), str(f["key"]), str(f["text"])) for f in load_yaml(file) or ())


def findings_table(study: StudyData, /) -> pd.DataFrame:
    """What the steps came to so far: columns step and finding.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> _ = study.conclude(2, "barrier", "The price shows too late")
    >>> study.findings_table()
       step                   finding
    0     2  The price shows too late
    """
    import pandas as pd

    return pd.DataFrame([(f.step, f.text) for f in findings(study)], columns=["step", "finding"])
