"""Coding by rule: phrases, words in all their forms, regular expressions. As a coder of its own, never as a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from cjmkit.core.codings import check_codings, empty_codings
from cjmkit.errors import CjmError, need_columns, suggest

__all__ = ["autocode"]

_HOWS = ("lemma", "phrase", "regex")
_UNITS = ("match", "sentence", "turn")


def autocode(
    turns: pd.DataFrame,
    rules: Mapping[str, str | Iterable[str]],
    *,
    how: str = "lemma",
    unit: str = "sentence",
    role: str | None = "respondent",
    coder: str | None = None,
) -> pd.DataFrame:
    r"""Code what matches.

    Parameters
    ----------
    turns : pandas.DataFrame
        The turns table.
    rules : mapping of str to str or iterable of str
        Code to what it is recognised by.
    how : {"lemma", "phrase", "regex"}
        ``"lemma"``: words in any form, in Russian and English: "отзыв" finds "отзывов"; several words have to follow
        each other. ``"phrase"``: the characters themselves, whole words, case and ё aside. ``"regex"``: a regular
        expression.
    unit : {"match", "sentence", "turn"}
        What is coded: the words that matched, or the sentence or turn around them.
    role : str or None
        Whose turns; None for all.
    coder : str, optional
        Name of the coder; ``"auto: lemma"`` and so on if not given, so that nobody takes it for a person.

    Returns
    -------
    pandas.DataFrame
        Codings; ``memo`` says which rule it was. A sentence or turn has a code once, however often it matches.

    Raises
    ------
    CjmError
        If a regular expression is faulty, or matches nothing at all (an empty match).

    Examples
    --------
    >>> from cjmkit.interviews import read_text
    >>> t = read_text("Я: Отзывов не нашли. А цена хорошая.", speakers={"Я": "respondent"})
    >>> autocode(t.turns, {"reviews": "отзыв"})[["quote", "code", "coder"]].values.tolist()
    [['Отзывов не нашли.', 'reviews', 'auto: lemma']]
    """
    need_columns(turns, ("document", "participant", "text", "start", "end"), what="turns")
    if not hasattr(rules, "items"):
        raise CjmError(
            en=f"rules: expected a mapping from code to pattern, got {type(rules).__name__}",
            ru=f"rules: нужен словарь «код → шаблон», пришло {type(rules).__name__}",
        )
    if how not in _HOWS:
        raise CjmError(suggest(how, _HOWS, what="how"))
    if unit not in _UNITS:
        raise CjmError(suggest(unit, _UNITS, what="unit"))
    patterns = {code: [r] if isinstance(r, str) else list(r) for code, r in rules.items()}
    for code, listed in patterns.items():
        if not str(code).strip() or not listed or any(not str(p).strip() for p in listed):
            raise CjmError(en=f"the rule of {code!r} is empty", ru=f"правило для {code!r} пустое")
    spoken = turns if role is None else turns[turns["role"] == role]
    rows: list[dict[str, Any]] = []
    finders = [(code, rule, _finder(rule, how)) for code, listed in patterns.items() for rule in listed]
    name = coder or f"auto: {how}"
    t: Any
    for t in spoken.itertuples(index=False):
        text = str(t.text)
        tokens = _tokens(text) if how == "lemma" else []
        spans = _sentences(text) if unit == "sentence" else [(0, len(text))]
        seen: set[tuple[int, int, str]] = set()
        for code, rule, find in finders:
            for a, b in find(text, tokens):
                if unit != "match":
                    a, b = next(((s, e) for s, e in spans if s <= a < e), (a, b))
                if (a, b, code) in seen:
                    continue
                seen.add((a, b, code))
                offset = int(t.start)
                row = {"document": t.document, "start": offset + a, "end": offset + b, "quote": text[a:b], "code": code}
                rows.append(row | {"coder": name, "participant": t.participant, "memo": f"{how}: {rule}"})
    if not rows:
        return empty_codings()
    return (
        check_codings(pd.DataFrame(rows))
        .sort_values(["document", "start", "end"], kind="stable")
        .reset_index(drop=True)
    )


def _sentences(text: str) -> list[tuple[int, int]]:
    from cjmkit.text import sentences

    return sentences(text)


def _tokens(text: str) -> list[tuple[str, int, int]]:
    from cjmkit.text import stems, word_spans

    out = []
    for a, b in word_spans(text):
        made = stems(text[a:b])
        out.append((made[0] if made else "", a, b))
        # "по-моему" is a word, and so are its parts: "интернет-магазин" answers to "магазин".
        if re.search(r"[-‑]", text[a:b]):
            at = a
            for part in re.split(r"([-‑])", text[a:b]):
                if part and part not in "-‑" and len(part) > 2:
                    inner = stems(part)
                    out.append((inner[0] if inner else "", at, at + len(part)))
                at += len(part)
    return out


def _finder(rule: str, how: str) -> Any:
    if how == "lemma":
        from cjmkit.text import stems

        wanted = stems(rule)
        if not wanted:
            raise CjmError(
                en=f"the rule {rule!r} has no word in it; use how='phrase' or how='regex'",
                ru=f"в правиле {rule!r} нет слов; возьмите how='phrase' или how='regex'",
            )
        return lambda text, tokens: _follow(tokens, wanted)
    if how == "phrase":
        inner = r"\s+".join(re.escape(part) for part in rule.split())
        inner = re.sub("[её]", "[её]", inner, flags=re.IGNORECASE)
        return _by_pattern(re.compile(rf"(?<!\w){inner}(?!\w)", re.IGNORECASE), rule)
    try:
        return _by_pattern(re.compile(rule, re.IGNORECASE), rule)
    except re.error as error:
        raise CjmError(
            en=f"faulty regular expression {rule!r}: {error}", ru=f"ошибка в регулярном выражении {rule!r}: {error}"
        ) from error


def _by_pattern(pattern: re.Pattern[str], rule: str) -> Any:
    if pattern.match(""):
        raise CjmError(
            en=f"the rule {rule!r} matches nothing at all, so it would code everything",
            ru=f"правило {rule!r} ничего не требует и закодировало бы всё",
        )
    return lambda text, tokens: [m.span() for m in pattern.finditer(text) if m.end() > m.start()]


def _follow(tokens: Sequence[tuple[str, int, int]], wanted: Sequence[str]) -> list[tuple[int, int]]:
    n = len(wanted)
    return [
        (tokens[i][1], tokens[i + n - 1][2])
        for i in range(len(tokens) - n + 1)
        if all(tokens[i + k][0] == wanted[k] for k in range(n))
    ]
