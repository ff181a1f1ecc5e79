"""Reading a table that somebody else drew: stages in a row or in a column, lanes in the other direction."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cjmkit.core.estimate import Estimate
from cjmkit.core.journey import Action, EmotionPoint, Journey, slug
from cjmkit.core.stage import LANES, Note, Stage, Touchpoint
from cjmkit.errors import FileFormatError
from cjmkit.exchange._result import Imported
from cjmkit.exchange._words import lane_of, plain
from cjmkit.i18n import Language, say

__all__ = ["Grid", "emotion_in", "parse_touchpoint", "phase_of", "read_grid", "split_cell", "unique"]

_PHASES = {
    "before": "до|перед|before|pre|до покупки|до взаимодействия|before purchase|pre purchase",
    "during": "во время|в процессе|процесс|during|во время покупки|использование|purchase|during purchase",
    "after": "после|after|post|после покупки|after purchase|post purchase",
}
_FACES = {
    2: "😀😁😃😄😍🤩🥰😻💚", 1: "🙂😊☺👍😌😺", 0: "😐😶🤔😑", -1: "🙁😕😟😞👎😔☹", -2: "😡😠😢😭🤬😱💔😩",
}  # fmt: skip
_MOODS = {
    2: "очень хорошо|восторг|радость|very positive|delight|delighted|very happy|very good|отлично",
    1: "хорошо|позитив|позитивно|положительные|положительная|интерес|positive|happy|good|satisfied|довольство",
    0: "нейтрально|нейтральные|нейтральная|neutral|ok|so so",
    -1: "плохо|негатив|негативно|отрицательные|отрицательная|тревога|сомнение|negative|sad|bad|worried|раздражение",
    -2: "очень плохо|злость|гнев|страх|very negative|angry|frustrated|very bad|ужас|furious",
}


@dataclass
class Grid:
    """A sheet as text, 1-based like a spreadsheet, with what is odd about it."""

    cells: list[list[str]]
    name: str = ""
    notes: list[str] = field(default_factory=list)
    path: object = None

    def at(self, row: int, column: int) -> str:
        """The text of a cell; empty outside."""
        if 0 <= row < len(self.cells) and 0 <= column < len(self.cells[row]):
            return self.cells[row][column]
        return ""

    @property
    def width(self) -> int:
        """Number of columns."""
        return max(map(len, self.cells), default=0)

    def turned(self) -> Grid:
        """Rows and columns exchanged."""
        cells = [[self.at(r, c) for r in range(len(self.cells))] for c in range(self.width)]
        return Grid(cells, self.name, self.notes, self.path)


def phase_of(text: str) -> str | None:
    """The phase that a word means."""
    name = plain(text)
    return next((p for p, words in _PHASES.items() if name in words.split("|")), None)


def split_cell(text: str) -> list[str]:
    """The notes of one cell: lines, bullets or numbered points; a sentence stays whole."""
    lines = [line.strip() for line in text.replace("\r", "").split("\n")]
    out = []
    for line in lines:
        line = re.sub(r"^(?:[-–—•·*▪●◦‣>+]|\d{1,2}[.)])\s+", "", line).strip()
        if line:
            out.append(line)
    return out


def parse_touchpoint(text: str) -> Touchpoint:
    """Read ``★ name (channel; owner)``, every part but the name optional.

    Examples
    --------
    >>> t = parse_touchpoint("★ Call back (phone; Sales)")
    >>> t.name, t.channel, t.owner, t.moment_of_truth
    ('Call back', 'phone', 'Sales', True)
    """
    star = bool(re.match(r"[★⭐*]\s*", text))
    text = re.sub(r"^[★⭐]\s*|^\*\s+", "", text).strip()
    found = re.fullmatch(r"(.*\S)\s*\(([^()]*)\)", text, flags=re.S)
    if not found:
        return Touchpoint(name=text, moment_of_truth=star)
    channel, _, owner = found[2].partition(";")
    return Touchpoint(name=found[1], channel=channel.strip(), owner=owner.strip(), moment_of_truth=star)


def emotion_in(text: str) -> float | None:
    """A number, a face or a word for a mood; the number as it stands, the others on −2 to 2."""
    cleaned = text.strip().replace("−", "-").replace(",", ".")
    found = re.match(r"^([+-]?\d+(?:\.\d+)?)(?:\s*(?:/|из|of)\s*\d+)?$", cleaned)
    if found:
        return float(found[1])
    for value, faces in _FACES.items():
        if any(f in text for f in faces):
            return float(value)
    name = plain(text)
    for value, words in _MOODS.items():
        if name in words.split("|"):
            return float(value)
    return None


def unique(name: str, taken: set[str]) -> str:
    """A short stable name that is not taken yet."""
    base = slug(name)
    base = "stage" if base == "journey" and plain(name) != "journey" else base
    out, k = base, 2
    while out in taken:
        out, k = f"{base}-{k}", k + 1
    taken.add(out)
    return out


def _lanes_along(at: Callable[[int, int], str], lines: int, length: int) -> tuple[int, int]:
    """The line (row or column) that names most lanes, and how many it names."""
    best, most = 0, 0
    for line in range(min(lines, 12)):
        found = Counter(lane_of(at(line, k)) for k in range(length))
        named = len([k for k in found if k])
        if named > most:
            best, most = line, named
    return best, most


def read_grid(grid: Grid, *, title: str, language: Language) -> Imported:
    """Understand a lane grid.

    Parameters
    ----------
    grid : Grid
        The cells.
    title : str
        Title where the sheet has none.
    language : {"en", "ru"}
        Language of the notes.

    Returns
    -------
    Imported
        The journey; a note for each row, merge or mood that had to be guessed or left out.

    Raises
    ------
    FileFormatError
        If no row or column names two lanes.
    """
    rows, columns = len(grid.cells), grid.width
    down, named_down = _lanes_along(lambda c, r: grid.at(r, c), columns, rows)
    across, named_across = _lanes_along(grid.at, rows, columns)
    if max(named_down, named_across) < 2:
        raise FileFormatError(
            say(
                en="no row or column names the lanes of a journey map (goals, actions, touchpoints, emotions, "
                "barriers …); name them in the first column, stages in the first row, or the other way round",
                ru="ни одна строка и ни один столбец не называют дорожек карты (цели, процесс, точки контакта, эмоции, "
                "барьеры …); назовите их в первом столбце, а этапы в первой строке, или наоборот",
            ),
            path=grid.path,
        )
    turned = named_across > named_down
    if turned:
        grid = grid.turned()
        label, rows, columns = across, columns, rows
        where = "column"
    else:
        label, where = down, "row"
    return _Reader(grid, label, where).read(title, language)


class _Reader:
    """Reads a grid whose lanes are named in the column `label`."""

    def __init__(self, grid: Grid, label: int, where: str) -> None:
        self.grid, self.label, self.where = grid, label, where
        self.notes = grid.notes

    def read(self, title: str, language: Language) -> Imported:
        kinds = [lane_of(self.grid.at(r, self.label)) for r in range(len(self.grid.cells))]
        first = next(r for r, k in enumerate(kinds) if k and k not in ("stage", "phase"))
        header = self._header(kinds, first)
        columns = [c for c in range(self.label + 1, self.grid.width) if self._column_used(c, header, first)]
        taken: set[str] = set()
        names = [self.grid.at(header, c) if header is not None else "" for c in columns]
        stages: list[dict[str, object]] = []
        for k, (c, name) in enumerate(zip(columns, names), 1):
            shown = name or say(en=f"Stage {k}", ru=f"Этап {k}", lang=language)
            if not name:
                self._note(
                    f"column {c + 1} has no stage name; called “{shown}”",
                    f"у столбца {c + 1} нет названия этапа; назван «{shown}»",
                )
            if name and names.count(name) > 1 and names.index(name) != k - 1:
                self._note(f"a second stage is called “{name}”; it got an id of its own", f"второй этап «{name}»")
            stages.append({"id": unique(shown, taken), "title": shown})
        if "phase" in kinds:
            self._phases(kinds.index("phase"), columns, stages)
        cells, moods = self._cells(kinds, first, columns)
        points = self._emotion(moods, stages)
        improvements = []
        for s, lanes in zip(stages, cells):
            improvements += [Action(title=t, stage=str(s["id"])) for t in dict.fromkeys(lanes.pop("improvements", []))]
            self._fill(s, lanes)
        journey = Journey.model_validate(
            {
                "id": slug(title) or "journey",
                "title": title,
                "language": language,
                "stages": tuple(Stage.model_validate(s) for s in stages),
                "emotion": tuple(points),
                "improvements": tuple({a.id: a for a in improvements}.values()),
            }
        )
        return Imported(journey, tuple(self.notes))

    def _note(self, en: str, ru: str) -> None:
        self.notes.append(say(en=en, ru=ru))

    def _header(self, kinds: list[str | None], first: int) -> int | None:
        if "stage" in kinds:
            return kinds.index("stage")
        for r in range(first - 1, -1, -1):
            if kinds[r] != "phase" and any(self.grid.at(r, c) for c in range(self.label + 1, self.grid.width)):
                return r
        return None

    def _column_used(self, c: int, header: int | None, first: int) -> bool:
        if header is not None and self.grid.at(header, c):
            return True
        return any(self.grid.at(r, c) for r in range(first, len(self.grid.cells)))

    def _phases(self, row: int, columns: list[int], stages: list[dict[str, object]]) -> None:
        last: str | None = None
        for c, s in zip(columns, stages):
            text = self.grid.at(row, c)
            last = phase_of(text) if text else last
            if text and last is None:
                self._note(f"row {row + 1}: phase “{text}” is not before, during or after", f"фаза «{text}» не понята")
            s["phase"] = last

    def _cells(
        self, kinds: list[str | None], first: int, columns: list[int]
    ) -> tuple[list[dict[str, list[str]]], list[dict[int, str]]]:
        cells: list[dict[str, list[str]]] = [{} for _ in columns]
        moods: list[dict[int, str]] = [{} for _ in columns]
        lane: str | None = None
        for r in range(first, len(self.grid.cells)):
            title = self.grid.at(r, self.label)
            filled = [c for c in columns if self.grid.at(r, c)]
            if title:
                lane = kinds[r]
                if lane is None and filled:
                    self._note(
                        f"{self.where} {r + 1}: “{title}” is no lane that cjmkit knows; cells left out: {len(filled)}",
                        f"{r + 1}: дорожка «{title}» неизвестна; ячеек пропущено: {len(filled)}",
                    )
            elif filled and lane is None:
                self._note(f"{self.where} {r + 1} has no lane; left out", f"{r + 1}: дорожка не названа; пропущено")
            if lane in (None, "stage", "phase"):
                continue
            for k, c in enumerate(columns):
                text = self.grid.at(r, c)
                if not text:
                    continue
                if lane == "emotion":
                    moods[k][r] = text
                else:
                    cells[k].setdefault(str(lane), []).extend(split_cell(text))
        return cells, moods

    def _fill(self, stage: dict[str, object], lanes: dict[str, list[str]]) -> None:
        """Notes of a stage; channels and owners go to its touchpoints, line by line."""
        channels, owners = lanes.pop("channels", []), lanes.pop("owner", [])
        touchpoints = [parse_touchpoint(t) for t in lanes.pop("touchpoints", [])]
        if not touchpoints and channels:
            touchpoints, channels = [Touchpoint(name=c, channel=c) for c in channels], []
        for field_name, values in (("channel", channels), ("owner", owners)):
            if not values:
                continue
            if len(values) == 1:
                values = values * len(touchpoints)
            for k, value in enumerate(values):
                if k < len(touchpoints):
                    made = touchpoints[k]
                    if not getattr(made, field_name):
                        touchpoints[k] = Touchpoint.model_validate(
                            made.model_dump(exclude={"id"}) | {field_name: value}
                        )
                else:
                    self._note(
                        f"stage “{stage['title']}”: {field_name} “{value}” has no touchpoint beside it; left out",
                        f"этап «{stage['title']}»: «{value}» без точки контакта; пропущено",
                    )
        stage["touchpoints"] = tuple({t.id: t for t in touchpoints}.values())
        for lane, texts in lanes.items():
            if lane in LANES:
                notes = {n.id: n for n in (Note(text=t) for t in texts)}
                if len(notes) < len(texts):
                    self._note(
                        f"stage “{stage['title']}”, {lane}: {len(texts) - len(notes)} repeated notes were joined",
                        f"этап «{stage['title']}»: повторы соединены: {len(texts) - len(notes)}",
                    )
                before: Any = stage.get(lane, ())
                stage[lane] = tuple(({n.id: n for n in before} | notes).values())

    def _emotion(self, moods: list[dict[int, str]], stages: list[dict[str, object]]) -> list[EmotionPoint]:
        values = {(k, r): emotion_in(t) for k, here in enumerate(moods) for r, t in here.items()}
        for (k, r), v in values.items():
            if v is None:
                text = moods[k][r]
                self._note(
                    f"{self.where} {r + 1}, stage “{stages[k]['title']}”: the mood “{text[:60]}” has no place between "
                    "−2 and 2; kept among thoughts",
                    f"этап «{stages[k]['title']}»: настроение «{text[:60]}» не переведено в число; записано в мысли",
                )
        read = [v for v in values.values() if v is not None]
        low, high = min(read, default=0), max(read, default=0)
        scale = "−2…2" if low >= -2 and high <= 2 else "1…5" if low >= 1 and high <= 5 else "0…10"
        if scale == "0…10" and not (low >= 0 and high <= 10):
            self._note(f"moods from {low:g} to {high:g} fit no known scale; left out", "шкала эмоций не понята")
            return []
        if scale != "−2…2":
            self._note(
                f"moods were read as a scale {scale} and converted to −2…2",
                f"эмоции прочитаны по шкале {scale} и переведены в −2…2",
            )
        convert = {"−2…2": lambda v: v, "1…5": lambda v: v - 3, "0…10": lambda v: v * 0.4 - 2}[scale]
        out = []
        for k, s in enumerate(stages):
            here = [v for (stage, _), v in values.items() if stage == k and v is not None]
            if here:
                mean = sum(map(convert, here)) / len(here)
                estimate = Estimate(value=mean, n=0, unit="marks", method="read from a table")
                out.append(EmotionPoint(stage=str(s["id"]), source="researcher", estimate=estimate))
            words = [t for r, t in moods[k].items() if values[k, r] is None]
            if words:
                s["thoughts"] = tuple(Note(text=t) for t in dict.fromkeys(words))
        if len({r for _, r in values}) > 1:
            self._note("several rows of emotions were averaged", "несколько строк эмоций усреднены")
        return out
