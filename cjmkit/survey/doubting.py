"""How sure each item is read, what is doubtful, and settling it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import yaml

from cjmkit.errors import CjmError, DataWarning, reason, suggest
from cjmkit.files import bare_name, write_atomically
from cjmkit.i18n import say
from cjmkit.survey._decode import decode
from cjmkit.survey.cautions import pooled
from cjmkit.survey.data import FORMAT, SurveyData
from cjmkit.survey.items import SCALE_TYPES, Item
from cjmkit.survey.reading.resolve import Doubt

__all__ = ["answers_under", "doubts", "kept_in", "put_back", "questions", "settle", "stored_beside"]

S = TypeVar("S", bound=SurveyData)


def questions(survey: SurveyData) -> pd.DataFrame:
    """How every item is read, and how sure that is.

    Returns
    -------
    pandas.DataFrame
        One row an item: item, text, kind, scale, direction ("high is good" or "low is good", empty without a scale),
        missing, status ("known", "guessed", "contradictory"), reason, n (people who answered).

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey
    >>> heading = "How satisfied are you? (1 = very satisfied, 5 = very dissatisfied)"
    >>> s = Survey.from_frame(pd.DataFrame({"id": range(5), heading: [1, 2, 1, 5, 9]}))
    >>> s.questions().loc[1, ["kind", "scale", "direction", "missing", "status"]].tolist()
    ['csat', (1, 5), 'low is good', (9,), 'known']
    """
    rows = []
    for it in survey.all_items:
        direction = ""
        if it.scale and it.type in SCALE_TYPES:
            direction = "low is good" if it.reverse else "high is good"
        why = say(en=it.why, ru=it.why_ru or it.why)
        n = int(survey.raw(it).notna().sum())
        rows.append((it.item, it.question, it.type, it.scale, direction, it.missing, it.status, why, n))
    return pd.DataFrame(
        rows, columns=["item", "text", "kind", "scale", "direction", "missing", "status", "reason", "n"]
    )


def doubts(survey: SurveyData) -> pd.DataFrame:
    """What is not known and would change a figure, the most consequential first; a battery is one row.

    Returns
    -------
    pandas.DataFrame
        One row a doubt: doubt (its name, for :meth:`Survey.settle`), items (how many columns), text, reason, `used`
        (the reading in use), `or` (the others), mean_used, n_used, mean_or, n_or (of the battery together; mean_or is
        that of the first other reading that is a scale), columns (their names).

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey
    >>> codes = [1, 2, 3, 4, 5, 6, 6, 6, 6, 5] * 5
    >>> s = Survey.from_frame(pd.DataFrame({"id": range(50), "Rate the food": codes}))
    >>> s.doubts()[["doubt", "used", "or", "mean_used", "mean_or"]].round(2).values.tolist()
    [['Rate the food', '1 to 5, 6 no answer', '1 to 6', 3.33, 4.4]]
    """
    rows = []
    for d in survey.open_doubts:
        members = [survey.item(n) for n in d.items]
        figures = [pooled(members, r, survey.mean_as) for r in d.readings]
        others = [f for f in figures[1:] if f[1]] or [(float("nan"), 0)]
        words = [say(en=r.words[0] or r.type, ru=r.words[1] or r.type) for r in d.readings]
        first = survey.item(d.items[0])
        text = first.group or first.question
        rows.append(
            (
                name_of(survey, d), len(d.items), text, say(en=d.reason[0], ru=d.reason[1]), words[0],
                " | ".join(words[1:]), *figures[0], *others[0], d.items,
            )
        )  # fmt: skip
    table = pd.DataFrame(
        rows,
        columns=["doubt", "items", "text", "reason", "used", "or", "mean_used", "n_used", "mean_or", "n_or", "columns"],
    )
    if table.empty:
        return table
    moved = (table["mean_used"] - table["mean_or"]).abs().fillna(0) * table[["n_used", "n_or"]].max(axis=1)
    return table.loc[moved.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def name_of(survey: SurveyData, doubt: Doubt) -> str:
    """The name of a doubt: its battery where that has one name, else its first column."""
    groups = {survey.item(n).group for n in doubt.items}
    only = groups.pop() if len(groups) == 1 else ""
    others = [d for d in survey.open_doubts if d is not doubt and any(survey.item(n).group == only for n in d.items)]
    return only if only and not others and len(doubt.items) > 1 else doubt.items[0]


def settle(survey: S, answers: Mapping[str, Any], *, keep: bool | str | os.PathLike[str] = True) -> S:
    """Answer doubts; returns a new survey in which these items are known.

    Parameters
    ----------
    answers : mapping
        From a doubt, an item, a group or a pattern with ``*`` to the answer: the number of the reading (0 is the one in
        use, 1 the first other), its words, or fields of an item such as ``{"scale": (1, 5), "missing": [0, 6]}``. A
        name that belongs to a doubt answers for all its columns; ``"*"`` answers every doubt.
    keep : bool or path-like
        Keep the answers in ``NAME.items.yaml`` beside the export that was read, where :func:`cjmkit.survey.read` finds
        them, or in another file. What the file says of other items stays. A survey that was made in memory, or a folder
        that may not be written to, keeps nothing; the latter is said.

    Raises
    ------
    CjmError
        If nothing fits a name, or a reading is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> from cjmkit.survey import Survey
    >>> codes = [1, 2, 3, 4, 5, 6, 6, 6, 6, 5] * 5
    >>> s = Survey.from_frame(pd.DataFrame({"id": range(50), "Rate the food": codes}))
    >>> round(float(s.settle({"Rate the food": {"scale": (1, 6), "missing": []}}).values("Rate the food").mean()), 2)
    4.4
    >>> len(s.settle({"*": 0}).doubts())
    0
    """
    out, settled = survey, []
    for name, answer in answers.items():
        for doubt, items in _meant(survey, str(name)):
            for item in items:
                out = out.set_item(item, **_fields(survey.item(item), doubt, answer))
                settled.append(item)
    where = stored_beside(survey) if keep is True else Path(keep) if keep else None
    if where is not None:
        try:
            _keep(out, settled, where)
        except OSError as error:
            warnings.warn(
                DataWarning(
                    say(
                        en=f"the answers could not be kept in {where} ({reason(error)}); give keep= another file",
                        ru=f"ответы не сохранены в {where} ({reason(error)}); укажите другой файл: keep=",
                    )
                ),
                stacklevel=2,
            )
    return out


def stored_beside(survey: SurveyData) -> Path | None:
    """The file beside the export that keeps answers; None for a survey that was made in memory."""
    if not survey.source.path:
        return None
    file = Path(survey.source.path)
    return file.with_name(f"{bare_name(file)}.items.yaml") if file.is_file() else None


def answers_under(survey: SurveyData, doubt: Doubt) -> pd.DataFrame:
    """The answers to the items of a doubt, and what each is under every reading.

    Returns
    -------
    pandas.DataFrame
        One row a different answer, the most frequent first: answer, n (over all items), then ``0``, ``1`` … its value
        under each reading (missing where it does not count).
    """
    first = survey.item(doubt.items[0])
    counted = pd.concat([survey.data[c][survey.counted] for c in doubt.items]).dropna().value_counts()
    table = pd.DataFrame({"answer": counted.index, "n": counted.to_numpy()})
    for k, reading in enumerate(doubt.readings):
        turned = first.replace(**reading.changes(first.missing))
        values = decode(table["answer"], turned)[0] if turned.scale or turned.type == "number" else float("nan")
        table[str(k)] = values
    return table


def _meant(survey: SurveyData, name: str) -> list[tuple[Doubt | None, tuple[str, ...]]]:
    if name == "*":
        return [(d, d.items) for d in survey.open_doubts]
    named = [d for d in survey.open_doubts if name_of(survey, d) == name]
    if named:
        return [(d, d.items) for d in named]
    try:
        columns = survey.find(name)
    except CjmError as error:
        known = [name_of(survey, d) for d in survey.open_doubts]
        raise CjmError(suggest(name, [*known, *(i.item for i in survey.all_items)], what="doubt or item")) from error
    if len(columns) == 1 and (doubt := survey.doubt_of(columns[0])) is not None:
        return [(doubt, doubt.items)]
    return [(survey.doubt_of(c), (c,)) for c in columns]


def _fields(item: Item, doubt: Doubt | None, answer: Any) -> dict[str, Any]:
    if isinstance(answer, Mapping):
        fields = dict(answer)
        if "scale" in fields and "type" not in fields and item.type not in SCALE_TYPES:
            fields["type"] = "likert"
        if "missing" in fields:
            words = [m for m in item.missing if isinstance(m, str)]
            fields["missing"] = [*words, *fields["missing"]]
        return fields
    if doubt is None:
        raise CjmError(
            en=f"item {item.item!r} is not doubtful; give the fields to set, such as "
            f"{{'scale': (1, 5), 'missing': [9]}}",
            ru=f"вопрос {item.item!r} не сомнителен; дайте поля, например {{'scale': (1, 5), 'missing': [9]}}",
        )
    ways = doubt.readings
    if isinstance(answer, int) and not isinstance(answer, bool) and 0 <= answer < len(ways):
        return ways[answer].changes(item.missing)
    for r in ways:
        if isinstance(answer, str) and answer in (*r.words, r.type):
            return r.changes(item.missing)
    shown = "; ".join(f"{k}: {say(en=r.words[0], ru=r.words[1])}" for k, r in enumerate(ways))
    raise CjmError(
        en=f"{answer!r} is no reading of {item.item!r}; there are {shown}, or give fields such as scale=",
        ru=f"{answer!r} — не прочтение {item.item!r}; есть {shown}, или дайте поля, например scale=",
    )


def kept_in(path: Path | None, items: Iterable[str]) -> dict[str, Any]:
    """What a decisions file says of some items; None for those that it does not name."""
    saved = _decisions(path) if path is not None else {}
    return {name: saved.get("items", {}).get(name) for name in items}


def put_back(path: Path, entries: Mapping[str, Any]) -> None:
    """Write what :func:`kept_in` gave back into a decisions file; a file that then says nothing goes."""
    saved = _decisions(path)
    items = {**saved.get("items", {}), **entries}
    saved["items"] = {name: entry for name, entry in items.items() if entry is not None}
    if not saved["items"] and set(saved) <= {"format", "items"}:
        path.unlink(missing_ok=True)
    else:
        write_atomically(path, yaml.safe_dump(saved, allow_unicode=True, sort_keys=False, width=120))


def _decisions(path: Path) -> dict[str, Any]:
    from cjmkit.files import read_text

    saved: dict[str, Any] = (yaml.safe_load(read_text(path)) or {}) if path.is_file() else {}
    return saved


def _keep(survey: SurveyData, items: list[str], target: Path) -> None:
    """Add the decisions on some items to a decisions file; what it says of others stays."""
    saved = {"format": FORMAT, **_decisions(target)}
    saved["items"] = {**saved.get("items", {}), **{name: survey.item(name).saved() for name in items}}
    write_atomically(target, yaml.safe_dump(saved, allow_unicode=True, sort_keys=False, width=120))
