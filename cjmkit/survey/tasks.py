"""Tasks of a usability test: who finished what, with how much help and in what time, from tables as they come."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cjmkit.core.estimate import Estimate
from cjmkit.core.evidence import SurveyFigure
from cjmkit.core.placed import PlacedNote
from cjmkit.core.result import Figure, Result
from cjmkit.core.stage import Note
from cjmkit.errors import CjmError, one_of
from cjmkit.files import existing
from cjmkit.i18n import listing, number, people, say
from cjmkit.stats import mean_interval, median_interval
from cjmkit.survey._intervals import exact_share
from cjmkit.survey.task_cells import Cell, meaning, read_cells, same_people

__all__ = ["Tasks", "read_tasks"]


_WORST = {
    "share": ("lowest", "меньше всего"),
    "time": ("longest", "дольше всего"),
    "count": ("most", "больше всего"),
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Tasks(Result):
    """How people did the tasks of a usability test.

    Attributes
    ----------
    table : pandas.DataFrame
        A row a measure and task: measure, task, kind (share, time, count), value, low, high, n. For times the value is
        the geometric mean in minutes, and median, median_low, median_high stand beside it; for counts it is the share
        of people with at least one, and total says how many there were. source keeps measure and task as the files call
        them.
    values : pandas.DataFrame
        What the files say, a row a person, task and measure: participant, task, measure, value (1 or 0, seconds, a
        count).
    status : mapping
        Measure to how its kind was told: known (words, clocks, a named unit), guessed (0 and 1, bare numbers) or
        contradictory (its parts add up to something else).
    warnings : tuple of str
        What contradicts itself, cell by cell, and what could not be read.
    """

    table: pd.DataFrame
    values: pd.DataFrame
    status: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    level: float = 0.95

    _key: ClassVar[tuple[str, ...]] = ("measure", "task")
    _figure: ClassVar[Figure] = Figure()

    def summary(self, lang: str | None = None) -> str:
        """How many people and tasks, where fewest succeed, what takes longest."""
        counted = say(
            en=f"{self.table['task'].nunique()} tasks, {people(self.values['participant'].nunique(), 'en')}",
            ru=f"Заданий: {self.table['task'].nunique()}, людей: {self.values['participant'].nunique()}",
            lang=lang,
        )
        return "; ".join([counted, *filter(None, (self.hardest(k, lang) for k in ("share", "time")))]) + "."

    def hardest(self, kind: str = "share", lang: str | None = None) -> str:
        """Where the first measure of a kind is worst, in words: the smallest share, the longest time, the most counts.

        Parameters
        ----------
        kind : {"share", "time", "count"}
        lang : {"en", "ru"}, optional
        """
        of = self.table[self.table["kind"].eq(kind)]
        if of.empty:
            return ""
        own = of[of["measure"].eq(of["measure"].iloc[0])]
        end = own[own["value"].eq(own["value"].agg("min" if kind == "share" else "max"))]
        where = listing([str(t) for t in end["task"]], 4, lang=lang)
        figure = self._shown_figure(dict(end.iloc[0]), lang)
        en, ru = _WORST[kind]
        name = own["measure"].iloc[0]
        if 1 < len(end) == len(own):
            return say(en=f"{name}: the same at every task, {figure}", ru=f"{name}: везде поровну, {figure}", lang=lang)
        return say(en=f"{name}: {en} at {where}, {figure}", ru=f"{name}: {ru} — {where}, {figure}", lang=lang)

    def only(self, *measures: str) -> Tasks:
        r"""The same with these measures alone, in this order.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "t.csv"
        >>> _ = file.write_text("participant,task,done,minutes\nA1,T1,yes,2\nA2,T1,no,4\n")
        >>> read_tasks(file).only("done").table["measure"].tolist()
        ['done']
        """
        known = list(self.table["measure"].unique())
        chosen = [one_of(m, known, what="measure") for m in measures]
        table = pd.concat([self.table[self.table["measure"].eq(m)] for m in chosen], ignore_index=True)
        values = self.values[self.values["measure"].isin(chosen)].reset_index(drop=True)
        status = {m: self.status[m] for m in chosen}
        own = tuple(w for w in self.warnings if any(w.startswith(f"{m}:") for m in chosen))
        return replace(self, table=table, values=values, status=status, warnings=own)

    def renamed(self, titles: Mapping[str, str]) -> Tasks:
        r"""The same with tasks and measures called as readers know them.

        Parameters
        ----------
        titles : mapping
            Task or measure to its name; what it leaves out keeps its own.

        Raises
        ------
        CjmError
            If a name is neither a task nor a measure.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "t.csv"
        >>> _ = file.write_text("participant,task,done\nA1,T1,yes\nA2,T1,no\n")
        >>> read_tasks(file).renamed({"T1": "Search", "done": "Done"}).table[["measure", "task"]].values.tolist()
        [['Done', 'Search']]
        """
        for name in titles:
            one_of(name, [*self.table["task"].unique(), *self.table["measure"].unique()], what="task or measure")
        return replace(
            self,
            table=self.table.replace({"task": titles, "measure": titles}),
            values=self.values.replace({"task": titles, "measure": titles}),
            status={titles.get(m, m): s for m, s in self.status.items()},
        )

    def notes(self, stage_of: Mapping[str, str] | None = None) -> tuple[PlacedNote, ...]:
        r"""One note of the lane ``"kpis"`` a measure and task, for :meth:`cjmkit.Journey.with_notes`.

        Parameters
        ----------
        stage_of : mapping, optional
            Task to stage of the map; tasks that it leaves out have no note. By default the task is the stage.

        Examples
        --------
        >>> import tempfile, pathlib
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "t.csv"
        >>> _ = file.write_text("participant,task,done\nA1,T1,yes\nA2,T1,no\n")
        >>> [(p.stage, p.lane, p.note.estimate.n) for p in read_tasks(file).notes({"T1": "search"})]
        [('search', 'kpis', 2)]
        """
        out = []
        for k, (_, cells) in enumerate(self.table.iterrows(), start=1):
            row = dict(cells)
            stage = str(row["task"]) if stage_of is None else stage_of.get(str(row["task"]))
            if stage is None:
                continue
            evidence = self._evidence_of(row)
            note = Note(id=f"task-{k}", text=str(row["measure"]), evidence=(evidence,), estimate=evidence.estimate)
            out.append(PlacedNote(stage, "kpis", note))
        return tuple(out)

    def _estimate_of(self, row: Mapping[str, Any]) -> Estimate:
        time = row["kind"] == "time"
        low, high = (None if pd.isna(row[c]) else float(row[c]) for c in ("low", "high"))
        return Estimate(
            value=float(row["value"]), low=low, high=high, n=int(row["n"]), level=self.level, percent=not time,
            method="t on logarithms" if time else "Blaker",
        )  # fmt: skip

    def _evidence_of(self, row: Mapping[str, Any]) -> SurveyFigure:
        kinds = {
            "share": "share of people",
            "count": "share of people with at least one",
            "time": "geometric mean, minutes",
        }
        called = f"{row['measure']}, {row['task']}"
        return SurveyFigure(
            survey="tasks", item=str(row["source"]), question=called if called != row["source"] else "",
            statistic=kinds[str(row["kind"])], estimate=self._estimate_of(row),
        )  # fmt: skip

    def _shown_figure(self, row: Mapping[str, Any], lang: str | None) -> str:
        share = row["kind"] != "time"
        value, low, high = (
            number(row[c], 0 if share else 1, percent=share, lang=lang) for c in ("value", "low", "high")
        )
        unit = "" if share else say(en=" min", ru=" мин", lang=lang)
        sep = say(en=", ", ru="; ", lang=lang)
        return f"{value}{unit}" + ("" if pd.isna(row["low"]) else f" [{low}{sep}{high}]")

    def _table_shown(self) -> pd.DataFrame:
        """Tasks down, measures across."""
        t = self.table.assign(shown=[self._shown_figure(dict(r), None) for _, r in self.table.iterrows()])
        wide = t.pivot(index="task", columns="measure", values="shown")
        wide = wide.reindex(index=t["task"].unique(), columns=t["measure"].unique()).fillna("")
        n = t.groupby("task")["n"].agg(["min", "max"]).reindex(wide.index)
        wide["n"] = [f"{a}" if a == b else f"{a}–{b}" for a, b in n.to_numpy()]
        return wide.reset_index().rename_axis(columns=None)


def read_tasks(*paths: str | os.PathLike[str], level: float = 0.95) -> Tasks:
    r"""Read task tables of a usability test, one measure or many, and say how people did.

    Parameters
    ----------
    *paths : path-like
        Files or folders (CSV, TSV, XLSX): tasks by people or people by tasks, named by the file (``success.csv``); the
        tasks of one person, whom the file's name says (``TimesP1.csv``); or a row a person and task with columns
        ``participant``, ``task`` and one a measure. Rows and columns of totals are checked and left out, and so is a
        stopwatch's running total beside its laps.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    Tasks

    Raises
    ------
    CjmError
        If a file says neither people nor tasks, two cells of one person, task and measure differ, or nothing is there.

    Notes
    -----
    Shares have Blaker's exact interval. Times are skewed: the value is the geometric mean exp(mean ln t) with Student's
    t limits on logarithms, better than the median below 25 people (Sauro and Lewis 2010), and the median with order
    statistics stands beside it. They are the times of all who have one, whether or not they finished. Where one count
    is called as the beginning of others (``help``, ``helpScreen``, ``helpWording``) the others are its parts, and
    cells in which they do not add up are named.

    References
    ----------
    Sauro, J., and Lewis, J. R. (2010). Average task times in usability tests: what to report? CHI 2010.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "done.csv").write_text(",P1,P2,P3,Total\nT1,1,1,1,3\nT2,0,1,0,1\n")
    >>> for p, slow in (("P1", "02:00"), ("P2", "00:40"), ("P3", "01:20")):
    ...     _ = (folder / f"Time{p}.csv").write_text(f"Time,Task\n00:30,T1\n{slow},T2\n")
    >>> found = read_tasks(folder)
    >>> print(found.estimate("done", "T2"))
    33% [2%, 86%], n = 3 people
    >>> round(float(found.estimate("Time", "T2").value), 2)
    1.21
    """
    files: list[Path] = []
    for p in map(Path, paths):
        tables = (".csv", ".tsv", ".xlsx")
        inside = [f for f in p.rglob("*") if f.suffix.lower() in tables and f.name[0] not in ".~"] if p.is_dir() else []
        files += sorted(inside, key=lambda f: _natural(f.name)) if p.is_dir() else [existing(p)]
    sheets = [read_cells(f) for f in files]
    cells = [c for s in sheets for c in s.cells]
    if not cells:
        raise CjmError(
            en="no table of tasks here; give files or folders with tasks by people",
            ru="таблиц с заданиями здесь нет; дайте файлы или папки, где задания по людям",
        )
    who = same_people(cells)
    by_measure: dict[str, list[Cell]] = {}
    for c in cells:
        by_measure.setdefault(c.measure, []).append(c)
    warned = [d for s in sheets for d in s.doubts]
    kinds, status, rows = {}, {}, []
    for measure, own in by_measure.items():
        kind, told, said = meaning(own)
        if not kind:
            odd = listing(sorted({c.said for c in own})[:6], 6)
            warned.append(
                say(
                    en=f"{measure}: neither yes and no, nor times, nor counts, left out: {odd}",
                    ru=f"{measure}: не «да» и «нет», не время и не число раз, пропущено: {odd}",
                )
            )
            continue
        kinds[measure], status[measure] = kind, told
        rows += [(who[c.participant], c.task, measure, v) for c, v in said.items()]
    values = pd.DataFrame(rows, columns=["participant", "task", "measure", "value"])
    _refuse_two_answers(values)
    warned += _parts(values.drop_duplicates(), kinds)
    for measure in status:
        if any(w.startswith(f"{measure}:") for w in warned):
            status[measure] = "contradictory"
    values = values.drop_duplicates(ignore_index=True)
    return Tasks(
        table=_figures(values, kinds, level), values=values, status=status, warnings=tuple(warned), level=level
    )


def _natural(name: str) -> list[Any]:
    return [int(p) if p.isdigit() else p.casefold() for p in re.split(r"(\d+)", name)]


def _refuse_two_answers(values: pd.DataFrame) -> None:
    key = ["participant", "task", "measure"]
    twice = values.drop_duplicates()
    twice = twice[twice.duplicated(key, keep=False)]
    if len(twice):
        first = twice.iloc[0]
        both = listing([f"{v:g}" for v in twice.merge(first[key].to_frame().T, on=key)["value"]], 4)
        raise CjmError(
            en=f"{first['measure']}, {first['participant']}, {first['task']}: two different values, {both}; a person "
            "does a task once, or the second try is another measure",
            ru=f"{first['measure']}, {first['participant']}, {first['task']}: два разных значения, {both}; задание "
            "делают один раз, а вторая попытка — это другой показатель",
        )


def _parts(values: pd.DataFrame, kinds: Mapping[str, str]) -> Iterable[str]:
    """Counts whose parts, told by their names, add up to something else."""
    counts = [m for m, k in kinds.items() if k == "count"]
    for whole in counts:
        parts = [m for m in counts if m != whole and m.casefold().startswith(whole.casefold())]
        if len(parts) < 2:
            continue
        wide = values[values["measure"].isin([whole, *parts])].pivot(
            index=["participant", "task"], columns="measure", values="value"
        )
        both = wide.dropna()
        off = both[both[whole] != both[parts].sum(axis=1)]
        if len(off):
            cells = [
                f"{person} {task} ({said:g}, {added:g})"
                for (person, task), said, added in zip(off.index, off[whole], off[parts].sum(axis=1))
            ]
            cells.sort(key=_natural)
            yield say(
                en=f"{whole}: in {len(off)} cells its parts add up to something else (whole, parts): "
                f"{listing(cells, 8)}",
                ru=f"{whole}: ячеек, где части складываются в другое число (целое, части): {len(off)}: "
                f"{listing(cells, 8)}",
            )


def _figures(values: pd.DataFrame, kinds: Mapping[str, str], level: float) -> pd.DataFrame:
    order = sorted(values["task"].unique(), key=_natural)
    rows: list[dict[str, Any]] = []
    for measure, kind in kinds.items():
        own = values[values["measure"].eq(measure)]
        for task in order:
            x = own.loc[own["task"].eq(task), "value"].to_numpy(dtype=float)
            if not len(x):
                continue
            row: dict[str, Any] = {"measure": measure, "task": task, "kind": kind, "source": f"{measure}, {task}"}
            if kind == "time":
                if (x <= 0).any():
                    raise CjmError(
                        en=f"{measure}, {task}: a time of 0 is no time; leave the cell empty where nobody measured",
                        ru=f"{measure}, {task}: время 0 — это не время; оставьте ячейку пустой, если не мерили",
                    )
                row |= dict(zip(("value", "low", "high"), np.exp(mean_interval(np.log(x / 60), level=level))))
                row |= dict(zip(("median", "median_low", "median_high"), median_interval(x / 60, level=level)))
            else:
                k = int((x > 0).sum())
                low, high = exact_share(k, len(x), level)
                row |= {"value": k / len(x), "low": float(low), "high": float(high)}
                row |= {"total": x.sum()} if kind == "count" else {}
            rows.append(row | {"n": len(x)})
    columns = [
        "measure",
        "task",
        "kind",
        "value",
        "low",
        "high",
        "n",
        "median",
        "median_low",
        "median_high",
        "total",
        "source",
    ]
    return pd.DataFrame(rows).reindex(columns=columns)
