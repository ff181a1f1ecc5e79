"""What each column asks, guessed from its wording, its answers and its neighbours; every guess says why."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd

from cjmkit.survey._decode import label_of, norm, parse_number
from cjmkit.survey.items import SCALE_TYPES, Item
from cjmkit.survey.multi import NOT_TICKED, TICKED, find_options
from cjmkit.survey.reading._facts import (
    _EFFORT,
    _MULTI_HINT,
    _NPS,
    _OPEN,
    _OTHER,
    _RATED,
    _SATISFIED,
    Facts,
    _checkbox_codes,
    _kind,
    guess_language,
    look,
)
from cjmkit.survey.reading.ordering import ordered_answers
from cjmkit.survey.reading.platforms import Column
from cjmkit.survey.reading.resolve import Doubt, Evidence, Reading, Resolution, resolve
from cjmkit.survey.reading.scales import order_labels, valence
from cjmkit.survey.reading.wording import COUNTING, stated

__all__ = ["guess", "guess_language"]

Note = tuple[str, str]


class _Guesser:
    def __init__(self, frame: pd.DataFrame, columns: list[Column]) -> None:
        self.frame = frame
        self.columns = columns
        self.facts = [look(frame[c.name]) for c in columns]
        self.items: list[Item] = []
        self.notes: list[Note] = []
        self.evidence: dict[int, Evidence] = {}
        self.open: dict[int, Resolution] = {}
        self.batteries: list[tuple[tuple[int, ...], Resolution]] = []
        self.used: dict[tuple[float, ...], Resolution] = {}

    def run(self) -> tuple[list[Item], list[Note], list[Doubt]]:
        for c, f in zip(self.columns, self.facts):
            self.items.append(self._one(c, f))
        self._options_in_columns()
        self._rankings()
        self._grids()
        self._same_codes()
        self._sus()
        self._tell()
        return self.items, self.notes, self._doubts()

    # one column --------------------------------------------------------------------------------------------------

    def _one(self, c: Column, f: Facts) -> Item:
        base: dict[str, object]
        texts = f"{c.name} {c.text}"
        wording = norm(texts)
        base = {"item": c.name, "text": c.text, "group": c.group, "option": c.option}
        if c.kind in ("id", "weight", "date"):
            return Item(**base, type=c.kind, why="header")
        if c.kind in ("meta", "duration"):
            return Item(**base, type="meta", why="duration" if c.kind == "duration" else "header")
        base["language"] = guess_language(c.text or c.name)
        if f.n == 0:
            return Item(**base, type="open", why="no answers")
        if f.date:
            return Item(**base, type="date", why="answers are dates")
        if c.unit:
            return Item(**base, type="number", unit=c.unit, status="known", why=f"amounts in {c.unit}")
        if f.numbers and not (f.numeric and f.distinct > 60):
            return self._numeric(base, wording, f)
        if f.numeric:
            return Item(**base, type="number", why="numbers")
        return self._text(base, wording, f)

    def _evidence(self, c: Column, f: Facts, wording: str) -> Evidence:
        said = stated(wording)
        attitude = "nps" if _NPS.search(wording) else ""
        if not attitude and (_RATED.search(wording) or _SATISFIED.search(wording) or _EFFORT.search(wording)):
            attitude = _kind(wording)
        codes: dict[float, int] = {}
        labels: dict[float, float | None] = {}
        for u, k in zip(f.uniques, f.counts):
            if (v := f.numbers.get(u)) is not None:
                codes[v] = codes.get(v, 0) + k
                if label := label_of(u):
                    labels[v] = valence(label)
        counting = bool(COUNTING.search(wording)) and said.ends is None
        return Evidence(
            codes=codes, labels=labels, ends=said.ends, reverse=said.reverse, attitude=attitude, counting=counting
        )

    def _numeric(self, base: dict[str, object], wording: str, f: Facts) -> Item:
        c = self.columns[len(self.items)]
        e = self._evidence(c, f, wording)
        self.evidence[len(self.items)] = e
        if not f.numeric and 2 < len(e.labels) < len(f.numbers) and f.distinct > 12:
            return self._text(base, wording, f)
        fit = resolve(e)
        labels = tuple((int(f.numbers[u]), str(u)) for u in f.numbers if label_of(u) and f.numbers[u].is_integer())
        item = Item(**base, labels=labels)
        if fit.status == "contradictory":
            self.open[len(self.items)] = fit
        return _read_as(item, fit, f)

    def _text(self, base: dict[str, object], wording: str, f: Facts) -> Item:
        if f.uniques and f.distinct <= 14:
            scale = order_labels(f.labels)
            if scale is not None:
                return Item(
                    **base, type=_kind(wording, scale), scale=scale.labels, missing=f.missing, why="verbal scale"
                )
            if order := ordered_answers(str(x) for x in f.labels):
                return Item(
                    **base, type="ordered", scale=order, missing=f.missing,
                    why="answers with an order", why_ru="ответы с порядком",
                )  # fmt: skip
        numeric = sum(k for u, k in zip(f.uniques, f.counts) if parse_number(u, anchored=False) is not None)
        if f.uniques and numeric >= 0.8 * f.n and numeric < f.n:
            return Item(**base, type="number", missing=f.missing, why="most answers are numbers")
        joined = self._joined(base, wording, f)
        if joined is not None:
            return joined
        if not f.uniques:
            # Many different answers: texts, or names that repeat (countries, cities).
            return Item(**base, type="open", why="many different answers")
        repeated = sum(k for k in f.counts if k >= (3 if f.n >= 30 else 2)) / f.n
        few = f.distinct <= max(12, 0.05 * f.n)
        asks_for_words = bool(_OPEN.search(wording)) and f.length > 20
        if f.n < 12 and f.distinct > 0.8 * f.n and f.length > 20:
            return Item(**base, type="open", why="texts")
        # Nobody writes the same long text as others do: what comes back was ticked.
        if repeated >= 0.85 or (few and f.length <= 60 and not (asks_for_words and repeated < 0.5)):
            return Item(**base, type="single", why="few different answers")
        if repeated >= 0.6 and f.length < 40 and not asks_for_words:
            return Item(**base, type="single", why="answers repeat")
        return Item(**base, type="open", why="texts")

    def _joined(self, base: dict[str, object], wording: str, f: Facts) -> Item | None:
        """A multi-select in one column: pieces between separators that come back in other combinations."""
        if f.distinct < 4 and not _MULTI_HINT.search(wording):
            return None
        if f.uniques:
            answers = [str(u) for u, k in zip(f.uniques, f.counts) for _ in range(min(k, 400))]
        else:
            answers = self.frame[str(base["item"])].dropna().astype(str).iloc[:4000].tolist()
        best: Item | None = None
        commas = sum(a.count(",") for a in answers)
        comma = ", " if 2 * sum(a.count(", ") for a in answers) >= commas else ","
        own = self.columns[len(self.items)].separator
        if own and sum(own in a.strip() for a in answers) < 2:
            own = ""
        for sep in dict.fromkeys(((own,) if own else ()) + (";", "\n", "|", comma)):
            hit = sum((sep.strip(" ") or sep) in a for a in answers)
            if hit < 0.08 * len(answers) or hit < 2:
                continue
            options, merged, counts = find_options(answers, sep)
            total = sum(counts.values())
            if total < 1.15 * len(answers) and not _MULTI_HINT.search(wording):
                continue
            floor = 3 if len(answers) >= 30 else 2
            known = [o for o in options if counts[o] >= floor]
            covered = sum(counts[o] for o in known)
            long = np.mean([len(o) for o in known]) if known else 999
            # Chance: real options come back; pieces of sentences do not.
            need = 0.6 if _MULTI_HINT.search(wording) else 0.8
            if len(known) < 2 or covered < need * total or len(known) > 120 or long > 160:
                continue
            if len(answers) > 30 and len(set(answers)) <= len(known) and not _MULTI_HINT.search(wording):
                continue
            if merged:
                shown = "; ".join(repr(m[:60]) for m in merged[:3])
                self.notes.append(
                    (
                        f"{base['item']!r}: kept whole although they contain the separator: {shown}",
                        f"{base['item']!r}: оставлены целыми, хотя содержат разделитель: {shown}",
                    )
                )
            best = Item(**base, type="multi", separator=sep, options=known, why=f"answers joined by {sep!r}")
            break
        return best

    # neighbours --------------------------------------------------------------------------------------------------

    def _groups(self) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for i, it in enumerate(self.items):
            if it.group and it.type not in ("id", "meta", "weight"):
                groups.setdefault(it.group, []).append(i)
        return {g: m for g, m in groups.items() if len(m) > 1}

    def _ticked(self, i: int) -> bool:
        """A column that only says chosen or not: one answer, 0 and 1, or the option's own wording."""
        f = self.facts[i]
        if f.n == 0 or not f.uniques or f.distinct > 2:
            return False
        if f.numbers:
            values = set(f.numbers.values())
            return values <= {0.0, 1.0} or (len(values) == 1 and f.n < len(self.frame)) or _checkbox_codes(values)
        folded = {norm(u) for u in f.uniques}
        if len(folded) == 1:
            only = next(iter(folded))
            c = self.columns[i]
            return f.n < len(self.frame) or only in (norm(c.option), norm(c.name))
        return folded <= TICKED | NOT_TICKED and bool(self.items[i].option)

    def _other(self, i: int) -> bool:
        c = self.columns[i]
        return bool(
            _OTHER.match(c.option or c.name)
            or re.search(r"other|другое|свой вариант|please specify|_text$", norm(c.option or c.name))
        )

    def _options_in_columns(self) -> None:
        done: set[int] = set()
        for g, members in self._groups().items():
            ticks = [i for i in members if self._ticked(i)]
            answered = [i for i in members if self.facts[i].n]
            rest = [i for i in answered if i not in ticks]
            if not ticks and self._codes_in_order(answered):
                for i in members:
                    self.items[i] = self.items[i].replace(
                        type="multi", coding="code", scale=(), missing=(), option="", why="codes of the chosen options"
                    )
                done |= set(members)
                continue
            yes_no = (
                {norm(u) for i in ticks for u in self.facts[i].uniques} >= {"yes", "no"}
                and not self.facts[ticks[0]].numbers
                if ticks
                else False
            )
            if (
                len(ticks) < 2
                or len(ticks) < 0.6 * len(answered)
                or (
                    yes_no
                    and not _MULTI_HINT.search(norm(g + self.columns[ticks[0]].text))
                    and not any(self._other(i) for i in members)
                )
            ):
                continue
            # An option that nobody chose is an option all the same.
            for i in [*ticks, *(i for i in members if self.facts[i].n == 0 and not self._other(i))]:
                self._make_option(i, g)
            for i in rest:
                if self._other(i) or self.facts[i].distinct > 2:
                    self.items[i] = self.items[i].replace(
                        type="open", scale=(), missing=(), why="other, in own words", separator="", options=()
                    )
            done |= set(members)
        # No groups in the headers: a run of columns whose only answer is their own header.
        run: list[int] = []
        for i in [*range(len(self.items)), -1]:
            own = i >= 0 and i not in done and self._own_header(i)
            if own or (i >= 0 and run and i not in done and self._other_or_none(i) and not self.items[i].group):
                run.append(i)
                # The write-in closes its question: what follows belongs to the next one.
                if own or not _OTHER.match(self.columns[i].name):
                    continue
            while (
                run and not self._own_header(run[-1]) and self.columns[run[-1]].name.split(" (")[0].casefold() != "none"
            ):
                last = run.pop()
                if self.facts[last].n:
                    self.items[last] = self.items[last].replace(type="open", group="", why="other, in own words")
            if len([r for r in run if self._own_header(r)]) >= 2:
                g = f"{self.columns[run[0]].name} …"
                for r in run:
                    self.items[r] = self.items[r].replace(option=self.columns[r].text or self.columns[r].name, group=g)
                    if self._own_header(r):
                        self._make_option(r, g)
            run = []

    def _block(self, members: list[int], rows: int = 3000) -> np.ndarray:
        """Answers of some columns as numbers, of the first few thousand people who gave any: enough for a pattern."""
        names = [self.columns[i].name for i in members]
        some = self.frame.iloc[: 4 * rows][names].dropna(how="all").head(rows)
        if len(some) < rows // 10:
            some = self.frame[names].dropna(how="all").head(rows)
        return np.column_stack([pd.to_numeric(some[n], errors="coerce") for n in names])

    def _codes_in_order(self, members: list[int]) -> bool:
        """Columns filled from the left with the codes of what was chosen, no code twice: first choice, second choice
        …
        """
        if len(members) < 3 or any(not self.facts[i].numbers or self.facts[i].missing for i in members):
            return False
        # Who chose a second option chose a first: later columns hold fewer answers, the last far fewer.
        answered = [self.facts[i].n for i in members]
        if any(b > a for a, b in pairwise(answered)) or answered[-1] > 0.9 * answered[0]:
            return False
        block = self._block(members, 400)
        there = ~np.isnan(block)
        some = there.any(axis=1)
        if some.sum() < 5 or there[some].all(axis=1).mean() > 0.8:
            return False
        from_left = (there[:, :-1] >= there[:, 1:]).all(axis=1)
        rows = [r[t] for r, t in zip(block[some], there[some])]
        once = [len(set(r)) == len(r) for r in rows]
        values = {v for i in members for v in self.facts[i].numbers.values()}
        return bool(
            from_left.mean() > 0.97
            and np.mean(once) > 0.99
            and len(values) >= 3
            and all(v.is_integer() and v >= 1 for v in values)
        )

    def _own_header(self, i: int) -> bool:
        f, c = self.facts[i], self.columns[i]
        if not f.uniques or f.distinct != 1 or c.kind or self.items[i].type in ("id", "meta", "weight"):
            return False
        only = norm(f.uniques[0])
        return only in (norm(c.name), norm(c.text), norm(re.sub(r" \(\d+\)$", "", c.name))) or norm(c.name).endswith(
            " " + only
        )

    def _other_or_none(self, i: int) -> bool:
        return bool(re.match(r"^(other|none|другое|ничего|нет)\b", norm(self.columns[i].name))) and bool(
            self.facts[i].uniques or self.facts[i].n
        )

    def _make_option(self, i: int, group: str) -> None:
        f, it = self.facts[i], self.items[i]
        option = it.option
        if self._other(i) and option:
            # The box for own words is called as the platform calls it, whatever the only person wrote into it.
            option = "Other" if norm(option) == "other" else option
        elif (
            f.distinct == 1
            and not f.numbers
            and not re.fullmatch(r"yes|да|y|x|\+|checked|selected|true", norm(f.uniques[0]))
        ):
            option = option if norm(option) == norm(f.uniques[0]) else str(f.uniques[0])
        self.items[i] = it.replace(
            type="multi",
            group=group,
            option=option or it.text or it.item,
            scale=(),
            missing=(),
            separator="",
            options=(),
            why="one column an option",
        )

    def _rankings(self) -> None:
        for _g, members in self._groups().items():
            k = len(members)
            if k < 3 or any(not self.facts[i].numbers for i in members):
                continue
            values = {v for i in members for v in self.facts[i].numbers.values()}
            if not values <= {float(v) for v in range(1, k + 1)} or len(values) < 3:
                continue
            if max(values) != k:
                continue
            block = self._block(members)
            full = ~np.isnan(block).any(axis=1)
            if full.sum() < 3:
                continue
            ordered = np.sort(block[full], axis=1) == np.arange(1, k + 1)
            if ordered.all(axis=1).mean() > 0.9:
                for i in members:
                    self.items[i] = self.items[i].replace(type="ranking", scale=(1, k), why="answers are ranks 1 to k")

    def _grids(self) -> None:
        """Rows of one grid share one scale: what their columns hold is one piece of evidence."""
        for g, members in self._groups().items():
            rows = [
                i
                for i in members
                if self.items[i].type in ("likert", "csat", "ces", "single", "number") and self.facts[i].n
            ]
            if len(rows) < 2:
                continue
            verbal = [i for i in rows if not self.facts[i].numbers and self.facts[i].uniques]
            if len(verbal) == len(rows):
                self._verbal_grid(g, rows)
            elif not verbal:
                self._numeric_grid([i for i in rows if i in self.evidence and self.facts[i].distinct <= 14])

    def _verbal_grid(self, g: str, rows: list[int]) -> None:
        labels = list(dict.fromkeys(x for i in rows for x in self.facts[i].labels))
        missing = list(dict.fromkeys(m for i in rows for m in self.facts[i].missing))
        scale = order_labels(labels) if len(labels) <= 14 else None
        if scale is None:
            return
        for i in rows:
            kind = _kind(norm(self.columns[i].text + " " + g), scale)
            self.items[i] = self.items[i].replace(
                type=kind, scale=scale.labels, missing=missing, why="verbal scale of a grid", status="known"
            )

    def _numeric_grid(self, rows: list[int]) -> None:
        if len(rows) < 2:
            return
        parts = [self.evidence[i] for i in rows]
        if any(e.attitude == "nps" for e in parts) or len({e.ends for e in parts}) > 1:
            return
        pooled: Counter[float] = Counter()
        for e in parts:
            pooled.update(e.codes)
        close = [len(set(e.codes) & set(pooled)) / len(pooled) for e in parts]
        directions = {e.reverse for e in parts if e.reverse is not None}
        labels = {c: v for e in parts for c, v in e.labels.items()}
        whole = Evidence(
            codes=dict(pooled),
            labels=labels,
            ends=parts[0].ends,
            reverse=directions.pop() if len(directions) == 1 else None,
            attitude=next((e.attitude for e in parts if e.attitude), ""),
            counting=any(e.counting for e in parts),
            rows=len(rows),
            alike=sum(close) / len(close) >= 0.65,
        )
        fit = resolve(whole)
        if fit.chosen.type not in SCALE_TYPES:
            return
        for i in rows:
            self.open.pop(i, None)
            self.items[i] = _read_as(self.items[i], fit, self.facts[i])
        if fit.status == "contradictory":
            self.batteries.append((tuple(rows), fit))
        self.used.update(dict.fromkeys([tuple(sorted(pooled))], fit))

    def _same_codes(self) -> None:
        """Columns on their own with the codes of a battery: perhaps on its scale; nothing but the codes says so."""
        alone: dict[tuple[Reading, ...], list[int]] = {}
        for i, it in enumerate(self.items):
            if i not in self.evidence or it.type != "single" or self.evidence[i].counting:
                continue
            codes = set(self.evidence[i].codes)
            for full, fit in self.used.items():
                scale = fit.chosen.scale
                if (
                    scale
                    and codes <= set(full)
                    and {float(v) for v in range(int(scale[0]), int(scale[1]) + 1)} <= codes
                ):
                    nominal = Reading("single", words=("no scale: the codes name things", "не шкала: коды – названия"))
                    alone.setdefault((nominal, *fit.readings), []).append(i)
                    break
        for readings, members in alone.items():
            fit = Resolution(
                readings,
                "contradictory",
                ("the codes of a battery, on a column of its own", "коды как в блоке, но столбец стоит отдельно"),
            )
            for i in members:
                self.items[i] = _read_as(self.items[i], fit, self.facts[i])
            self.batteries.append((tuple(members), fit))

    def _doubts(self) -> list[Doubt]:
        found = [*self.batteries, *(((i,), fit) for i, fit in self.open.items())]
        return [
            Doubt(tuple(self.items[i].item for i in members), fit.readings, fit.reason)
            for members, fit in found
            if any(self.items[i].status == "contradictory" for i in members)
        ]

    def _sus(self) -> None:
        """The ten statements of the System Usability Scale, in order, on five points."""
        marks = [
            (r"use this .*frequently|like to use|пользоваться .*часто|часто пользов", 0),
            (r"complex|сложн", 1),
            (r"easy to use|легк|прост", 2),
            (r"support of a technical|помощь|поддержк", 3),
            (r"integrated|объединены|интегр", 4),
            (r"inconsisten|противореч|несогласован", 5),
            (r"learn to use|быстро .*(науч|освоит)", 6),
            (r"cumbersome|громозд|неудоб", 7),
            (r"confident|уверен", 8),
            (r"learn a lot|многому|многое .*(узнать|изучить)", 9),
        ]
        for start in range(len(self.items) - 9):
            ten = range(start, start + 10)
            names = [norm(self.columns[i].name) for i in ten]
            coded = all(re.fullmatch(r"sus[_ .-]?q?0?" + str(k + 1), n) for k, n in enumerate(names))
            said = sum(
                bool(
                    re.search(
                        p,
                        norm(
                            self.columns[start + k].option
                            or self.columns[start + k].text
                            or self.columns[start + k].name
                        ),
                    )
                )
                for p, k in marks
            )
            five = all(self.items[i].points in (None, 5) and self.facts[i].n for i in ten)
            if (coded or said >= 7) and five:
                for i in ten:
                    scale = self.items[i].scale or (1, 5)
                    self.items[i] = self.items[i].replace(
                        type="sus", scale=scale, group=self.items[i].group or "SUS", why="ten SUS statements"
                    )
                return

    # telling -----------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        coded: Counter[str] = Counter()
        for it in self.items:
            for m in it.missing:
                coded[str(m)] += 1
        if coded:
            shown = ", ".join(f"{m!r} ×{k}" for m, k in coded.most_common(6))
            self.notes.append(
                (f"taken as no answer: {shown} (items)", f"считается отсутствием ответа: {shown} (вопросов)")
            )
        left: Counter[str] = Counter()
        for it, f in zip(self.items, self.facts):
            if it.type in ("single", "multi"):
                left.update(str(m) for m in f.missing)
        if left:
            shown = ", ".join(f"{m!r} ×{k}" for m, k in left.most_common(6))
            self.notes.append(
                (
                    f"look like don't know or not applicable, left alone as options: {shown}",
                    f"похоже на «не знаю» или «не применимо», оставлено вариантом ответа: {shown}",
                )
            )
        empty = [it.item for it, f in zip(self.items, self.facts) if f.n == 0 and it.type not in ("meta", "id", "date")]
        if empty:
            shown = ", ".join(repr(e[:30]) for e in empty[:4]) + (", …" if len(empty) > 4 else "")
            self.notes.append((f"nobody answered: {shown}", f"нет ни одного ответа: {shown}"))
        numbers = [
            it.item
            for it, f in zip(self.items, self.facts)
            if it.type == "number" and 2 < f.distinct <= 11 and f.distinct < f.n
        ]
        if numbers:
            shown = ", ".join(repr(e[:30]) for e in numbers[:4]) + (", …" if len(numbers) > 4 else "")
            self.notes.append(
                (
                    f"few different numbers and no wording of a scale, left as numbers: {shown}",
                    f"мало разных чисел, шкала в формулировке не названа, оставлены числами: {shown}",
                )
            )


def _read_as(item: Item, fit: Resolution, f: Facts) -> Item:
    r = fit.chosen
    missing = list(dict.fromkeys([*f.missing, *r.missing]))
    return item.replace(
        type=r.type, scale=r.scale, missing=missing, reverse=r.reverse, status=fit.status, why=fit.reason[0],
        why_ru=fit.reason[1],
    )  # fmt: skip


def guess(frame: pd.DataFrame, columns: list[Column]) -> tuple[list[Item], list[Note], list[Doubt]]:
    """Guess an item for every column.

    Parameters
    ----------
    frame : pandas.DataFrame
        The answers; columns named as in `columns`.
    columns : list of Column
        What the headers say.

    Returns
    -------
    (items, notes, doubts)
    """
    return _Guesser(frame, columns).run()
