"""Asking a model again: does it say the same, and does another wording of the question change it?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.coding.codebook import Codebook
from cjmkit.coding.machine.asking import Prompt, prompt_for
from cjmkit.coding.machine.running import Trail, ask_all, asked_of, trail_rows
from cjmkit.core.estimate import Estimate
from cjmkit.errors import CjmError
from cjmkit.i18n import number, say
from cjmkit.stats import wilson

__all__ = ["Replication", "replicate"]


@dataclass(frozen=True)
class Replication:
    """Further runs beside the first.

    Parameters
    ----------
    table : pandas.DataFrame
        text, before and after (codes, joined by "; "; with several runs after_1, after_2 …), same (in all runs).
    same : Estimate
        Share of units with the same codes in every run.
    codes : pandas.DataFrame
        code, first (share of units in the first run), low and high (its smallest and largest share over all runs).
    """

    table: pd.DataFrame
    same: Estimate
    codes: pd.DataFrame

    def summary(self, lang: str | None = None) -> str:
        """How many units changed, and which code moved most."""
        changed = int((~self.table["same"]).sum())
        runs = sum(str(c).startswith("after") for c in self.table)
        out = say(
            en=f"{changed} of {len(self.table)} units got other codes when asked {runs + 1} times; the same: "
            f"{self.same.text(lang='en')}.",
            ru=f"При {runs + 1} вопросах другие коды у {changed} из {len(self.table)} единиц; те же: "
            f"{self.same.text(lang='ru')}.",
            lang=lang,
        )
        moved = self.codes.assign(by=self.codes["high"] - self.codes["low"]).sort_values("by", ascending=False)
        if len(moved) and moved["by"].iloc[0] > 0:
            r = moved.iloc[0]
            low, high = (number(r[c], 0, percent=True, lang=lang) for c in ("low", "high"))
            out += say(
                en=f" “{r['code']}” moved most: {low} to {high} of the units.",
                ru=f" Сильнее всего изменился «{r['code']}»: от {low} до {high} единиц.",
                lang=lang,
            )
        return out


def replicate(
    trail: str | os.PathLike[str],
    coder: Any,
    *,
    n: int = 1,
    codebook: Codebook | None = None,
    template: str | None = None,
    workers: int = 4,
) -> Replication:
    r"""Ask everything again and compare: the same question `n` times, or in another wording.

    Parameters
    ----------
    trail : path
        ``trail.jsonl`` of a run, or its folder.
    coder : LocalModel, Asked or callable
        The same model, or another.
    n : int
        How many more runs; a model that answers differently each time cannot be more right than its agreement with
        itself.
    codebook : Codebook, optional
        With it the question is put in other words: a shipped second wording, or `template`.
    template : str, optional
        Your own wording, see :func:`cjmkit.coding.machine.asking.prompt_for`; needs `codebook`.
    workers : int
        Questions under way at once.

    Returns
    -------
    Replication

    Raises
    ------
    CjmError
        If there is no trail there, or the coder is not asked in words.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> talk = cj.interviews.read_text("Q: So?\nA: The price is high.", document="anna")
    >>> book = cj.coding.Codebook([{"name": "price", "definition": "Says what it costs"}])
    >>> def model(prompt):
    ...     return '{"codes": [{"code": "price", "quote": "price is high"}]}'
    >>> folder = tempfile.mkdtemp()
    >>> got = cj.coding.code_with(model, talk.turns, book, folder=folder)
    >>> replicate(folder, model, n=2, codebook=book).same.value
    1.0
    """
    path = Path(trail) / "trail.jsonl" if Path(trail).is_dir() else Path(trail)
    rows = list(trail_rows(path))
    runs = [r for r in rows if r["kind"] == "run"]
    first = {r["text"]: r for r in rows if r["kind"] == "answer" and r.get("said")}
    if not runs or not first:
        raise CjmError(
            en=f"{path} holds no run to repeat; code_with(…, folder=…) writes one",
            ru=f"в {path} нет прогона, который можно повторить; его пишет code_with(…, folder=…)",
        )
    asked = asked_of(coder)
    if asked is None:
        raise CjmError(
            en="a coder that is not asked in words gives the same answer again by itself",
            ru="кодировщик, которого не спрашивают словами, сам даёт тот же ответ",
        )
    if template is not None and codebook is None:
        raise CjmError(en="template= needs codebook=", ru="для template= нужен codebook=")
    told = runs[-1]["asked"]
    prompt = Prompt(told["system"], told["unit"], told["repair"])
    if codebook is not None:
        prompt = prompt_for(codebook, language=asked.language, template=template, second=template is None)
    codes = tuple(runs[-1]["codes"])
    given = [[frozenset(r["codes"]) for r in first.values()]]
    for _ in range(n):
        answers = ask_all(asked, prompt, list(first), codes, Trail(None, prompt, {}), workers, [])
        given.append([frozenset(a.code for a in g) if isinstance(g, list) else frozenset("?") for g in answers])
    names = ["before", *(["after"] if n == 1 else [f"after_{k + 1}" for k in range(n)])]
    table = pd.DataFrame({"text": list(first)} | {c: ["; ".join(sorted(x)) for x in g] for c, g in zip(names, given)})
    table["same"] = (table[names].nunique(axis=1) == 1).to_numpy()
    k, of = int(table["same"].sum()), len(table)
    _, low, high = wilson(k, of)
    shares = {c: [sum(c in x for x in run) / of for run in given] for c in codes}
    return Replication(
        table,
        Estimate(value=k / of, low=low, high=high, n=of, unit="units", method="Wilson", percent=True),
        pd.DataFrame([(c, s[0], min(s), max(s)) for c, s in shares.items()], columns=["code", "first", "low", "high"]),
    )
