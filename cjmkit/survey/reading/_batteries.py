"""What columns ask together: options, rankings, grids and batteries; what a column is, its neighbours tell."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pandas as pd

from cjmkit.survey._decode import norm
from cjmkit.survey.items import SCALE_TYPES, Item
from cjmkit.survey.multi import NOT_TICKED, TICKED
from cjmkit.survey.reading._columns import Seen, read_as
from cjmkit.survey.reading._facts import _MULTI_HINT, _OTHER, Facts, _checkbox_codes
from cjmkit.survey.reading._patterns import against, filled_from_left, pssuq_rows, spread_alike, sus_rows
from cjmkit.survey.reading.platforms import Column
from cjmkit.survey.reading.resolve import FAR, Doubt, Evidence, Reading, Resolution, resolve
from cjmkit.survey.reading.scales import order_labels

__all__ = ["Batteries"]


class Batteries:
    """Columns of one table beside each other; :meth:`run` gives their items and the doubts about them.

    Parameters
    ----------
    frame : pandas.DataFrame
    columns : list of Column
    facts : list of Facts
    seen : list of Seen
        What each column looks like on its own.
    """

    def __init__(self, frame: pd.DataFrame, columns: list[Column], facts: list[Facts], seen: list[Seen]) -> None:
        self.frame = frame
        self.columns = columns
        self.facts = facts
        self.items: list[Item] = [s.item for s in seen]
        self.evidence: dict[int, Evidence] = {i: s.evidence for i, s in enumerate(seen) if s.evidence is not None}
        self.open: dict[int, Resolution] = {i: s.doubt for i, s in enumerate(seen) if s.doubt is not None}
        self.batteries: list[tuple[tuple[int, ...], Resolution]] = []
        self.used: dict[tuple[float, ...], tuple[Resolution, Counter[float]]] = {}

    def run(self) -> tuple[list[Item], list[Doubt]]:
        """Let the neighbours speak, in the order in which one rests on the other."""
        self._options_in_columns()
        self._rankings()
        self._grids()
        self._long_scales()
        self._same_codes()
        self._bare_numbers()
        self._against_their_battery()
        for i in sus_rows(self.columns, self.items, self.facts):
            it = self.items[i]
            self.items[i] = it.replace(
                type="sus", scale=it.scale or (1, 5), group=it.group or "SUS", why="ten SUS statements"
            )
        for i in pssuq_rows(self.columns, self.items, self.facts):
            self.open.pop(i, None)
            self.items[i] = self.items[i].replace(
                type="likert", scale=(1, 7), reverse=True, group="PSSUQ", status="guessed", missing=(),
                why="statements of PSSUQ, 1 = strongly agree as it is printed",
                why_ru="утверждения PSSUQ, 1 — полностью согласен, как в бланке",
            )  # fmt: skip
        return self.items, self._doubts()

    def _groups(self) -> dict[str, list[int]]:
        groups: dict[str, list[int]] = {}
        for i, it in enumerate(self.items):
            if it.group and it.type not in ("id", "meta", "weight"):
                groups.setdefault(it.group, []).append(i)
        return {g: m for g, m in groups.items() if len(m) > 1}

    def _ticked(self, i: int) -> bool:
        """A column that only says chosen or not: one answer, 0 and 1, or the option's own wording."""
        f = self.facts[i]
        if f.n == 0 or not f.uniques or f.distinct > 3:
            return False
        if f.numbers:
            values = {v for v in f.numbers.values() if v not in FAR and v > -7}
            if self.columns[i].chosen:
                return values <= {1.0, 2.0} and bool(self.items[i].group)
            return values <= {0.0, 1.0} or (len(values) == 1 and f.n < len(self.frame)) or _checkbox_codes(values)
        folded = {norm(u) for u in f.uniques}
        if f.distinct > 2:
            return False
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
            if len(ticks) < len(answered) and self._codes_in_order(answered):
                for i in members:
                    blank = (0,) if any(self._zeros(j) for j in answered) else ()
                    self.open.pop(i, None)
                    self.evidence.pop(i, None)
                    self.items[i] = self.items[i].replace(
                        type="multi", coding="code", scale=(), missing=blank, option="", status="guessed",
                        why="codes of the chosen options", why_ru="коды выбранных вариантов",
                    )  # fmt: skip
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
            # Where a neighbour holds several codes, one code is an answer and no tick.
            if any(self.facts[i].numbers and len(set(self.facts[i].numbers.values())) > 1 for i in rest):
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
        return np.column_stack([pd.to_numeric(some[n], errors="coerce").astype(float) for n in names])

    def _codes_in_order(self, members: list[int]) -> bool:
        """Columns filled from the left with the codes of what was chosen, no code twice: first choice, second choice
        …
        """
        if len(members) < 2 or any(not self.facts[i].numbers or self.facts[i].missing for i in members):
            return False
        if any(self.evidence[i].counting or self.evidence[i].attitude for i in members if i in self.evidence):
            return False
        # Who chose a second option chose a first: later columns hold fewer answers, the last far fewer. 0 is a blank.
        answered = [self.facts[i].n - self._zeros(i) for i in members]
        if any(b > a for a, b in pairwise(answered)) or answered[-1] > (0.9 if len(members) > 2 else 0.5) * answered[0]:
            return False
        block = self._block(members, 400)
        block[block == 0] = np.nan
        values = {v for i in members for v in self.facts[i].numbers.values()} - {0.0}
        whole = len(values) >= 3 and all(v.is_integer() and v >= 1 for v in values)
        return whole and filled_from_left(block)

    def _zeros(self, i: int) -> int:
        f = self.facts[i]
        return sum(k for u, k in zip(f.uniques, f.counts, strict=True) if f.numbers.get(u) == 0)

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
            options=(self.columns[i].chosen,) if self.columns[i].chosen and f.numbers else (),
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
            kind = scale.kind
            self.open.pop(i, None)
            self.items[i] = self.items[i].replace(
                type=kind, scale=scale.labels, missing=missing, reverse=scale.bad and kind != "ordered", status="known",
                why="verbal scale of a grid", why_ru="словесная шкала блока",
            )  # fmt: skip

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
            self.items[i] = read_as(self.items[i], fit, self.facts[i])
        if fit.status == "contradictory":
            self.batteries.append((tuple(rows), fit))
        self.used[tuple(sorted(pooled))] = (fit, pooled)

    def _long_scales(self) -> None:
        """A scale of seven points or more that one question has shown: others with the same codes may be on it too."""
        for i, it in enumerate(self.items):
            if it.type in SCALE_TYPES and it.type != "nps" and it.points and it.points >= 7 and i in self.evidence:
                codes = self.evidence[i].codes
                fit = Resolution(
                    (Reading(it.type, tuple(map(int, it.scale)), words=_span(it.scale)),), "guessed", ("", "")
                )
                self.used.setdefault(tuple(sorted(codes)), (fit, Counter(codes)))

    def _same_codes(self) -> None:
        """Columns on their own with the codes of a battery: perhaps on its scale; nothing but the codes says so.

        Answers spread as the battery's are speak for the scale, others for names; both stay possible.
        """
        alone: dict[tuple[Reading, ...], list[int]] = {}
        for i, it in enumerate(self.items):
            if i not in self.evidence or it.type != "single" or self.evidence[i].counting:
                continue
            codes = self.evidence[i].codes
            for full, (fit, pooled) in self.used.items():
                scale = fit.chosen.scale
                inside = [float(v) for v in range(int(scale[0]), int(scale[1]) + 1)] if scale else []
                if inside and set(codes) <= set(full) and set(inside) <= set(codes):
                    nominal = Reading("single", words=("no scale: the codes name things", "не шкала: коды – названия"))
                    alike = spread_alike([codes[v] for v in inside], [pooled[v] for v in inside])
                    ways = (*fit.readings, nominal) if alike else (nominal, *fit.readings)
                    alone.setdefault(ways, []).append(i)
                    break
        for readings, members in alone.items():
            fit = Resolution(
                readings,
                "contradictory",
                ("the codes of a battery, on a column of its own", "коды как в блоке, но столбец стоит отдельно"),
            )
            for i in members:
                self.items[i] = read_as(self.items[i], fit, self.facts[i])
            self.batteries.append((tuple(members), fit))

    def _bare_numbers(self) -> None:
        """Whole numbers under a header that says nothing, each many times: codes, or amounts? One doubt for all."""
        members = [i for i, it in enumerate(self.items) if it.type == "number" and self._bare(i)]
        if not members:
            return
        fit = Resolution(
            (
                Reading("single", words=("codes that name things", "коды – названия")),
                Reading("number", words=("amounts", "количества")),
            ),
            "contradictory",
            ("whole numbers, and the header does not say of what", "целые числа, заголовок не говорит, чего"),
        )
        for i in members:
            self.items[i] = read_as(self.items[i], fit, self.facts[i])
        self.batteries.append((tuple(members), fit))

    def _bare(self, i: int) -> bool:
        f, e, c = self.facts[i], self.evidence.get(i), self.columns[i]
        if e is None or e.counting or e.attitude or c.unit or c.text or " " in c.name.strip():
            return False
        values = [v for u in f.uniques if (v := f.numbers.get(u)) is not None]
        if (
            not values
            or any(v != int(v) or v < 0 for v in values)
            or f.n < 100
            or f.n < 10 * f.distinct
            or f.distinct < 8
        ):
            return False
        # People round amounts to fives and tens; codes are used as they come.
        large = [(f.numbers[u], k) for u, k in zip(f.uniques, f.counts, strict=True) if f.numbers[u] >= 10]
        round_ = sum(k for v, k in large if v % 5 == 0)
        return round_ < 0.35 * max(sum(k for _, k in large), 1)

    def _against_their_battery(self) -> None:
        """A row whose answers run against those of its battery may be worded the other way round: a doubt."""
        groups: dict[tuple[str, tuple[object, ...]], list[int]] = {}
        for i, it in enumerate(self.items):
            if (
                it.group
                and it.type in SCALE_TYPES
                and it.scale
                and isinstance(it.scale[0], int)
                and self.facts[i].numeric
            ):
                groups.setdefault((it.group, it.scale), []).append(i)
        for members in groups.values():
            if len(members) < 4:
                continue
            block = self._block(members)
            gone = [float(m) for i in members for m in self.items[i].missing if not isinstance(m, str)]
            block[np.isin(block, gone)] = np.nan
            block = block[~np.isnan(block).any(axis=1)]
            if len(block) < 50 or (block.std(axis=0) == 0).any():
                continue
            block = block * np.array([-1 if self.items[i].reverse else 1 for i in members])
            for k in against(block):
                i = members[k]
                it = self.items[i]
                codes = tuple(int(m) for m in it.missing if not isinstance(m, str))
                scale = tuple(int(v) for v in it.scale)
                kept = Reading(it.type, scale, codes, it.reverse, ("as the others", "как остальные"))
                turned = Reading(it.type, scale, codes, not it.reverse, ("turned round", "перевёрнуто"))
                self.open[i] = Resolution(
                    (kept, turned), "contradictory",
                    ("runs against its battery: worded the other way round?",
                     "идёт против своего блока: обратная формулировка?"),
                )  # fmt: skip
                self.items[i] = read_as(it, self.open[i], self.facts[i])

    def _doubts(self) -> list[Doubt]:
        found = [*self.batteries, *(((i,), fit) for i, fit in self.open.items())]
        return [
            Doubt(tuple(self.items[i].item for i in members), fit.readings, fit.reason)
            for members, fit in found
            if any(self.items[i].status == "contradictory" for i in members)
        ]


def _span(scale: tuple[object, ...]) -> tuple[str, str]:
    return f"{scale[0]} to {scale[-1]}", f"{scale[0]}–{scale[-1]}"
