"""Running a machine over the material: units, cache, retries, a trail of everything asked and answered."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.coding.agreeing.units import make_units, turn_of
from cjmkit.coding.codebook import Codebook
from cjmkit.coding.machine.asking import Asked, Prompt, answers_in, prompt_for, reply_schema
from cjmkit.coding.machine.data import Answer, MachineCodings, checked_name
from cjmkit.coding.machine.leaving import check_before_sending
from cjmkit.coding.machine.local_model import LocalModel, ModelError
from cjmkit.core.codings import check_codings, empty_codings, is_machine
from cjmkit.errors import CjmError, one_of, reason

__all__ = ["Trail", "ask_all", "asked_of", "code_with", "trail_rows", "units_of"]

_IN_A_ROW = 5
"""So many units in a row without an answer, and the run stops: the server is at fault, not the units."""


def units_of(turns: pd.DataFrame, codings: pd.DataFrame | None, unit: str) -> pd.DataFrame:
    """The units with their text and what was said before them.

    Returns
    -------
    pandas.DataFrame
        document, participant, start, end, text, before.
    """
    one_of(unit, ("turn", "sentence"), what="unit")
    role = "respondent" if (turns["role"] == "respondent").any() else None
    units = make_units(codings if codings is not None else empty_codings(), turns, unit, role=role)
    ordered = turns.sort_values(["document", "start"], kind="stable")
    said_before = ordered.groupby("document", sort=False)["text"].shift().fillna("")
    at = turn_of(units, turns)
    words, begins = turns["text"], turns["start"]
    text = [
        str(words[t])[int(a) - int(begins[t]) : int(b) - int(begins[t])]
        for t, a, b in zip(at, units["start"], units["end"])
    ]
    return units.assign(text=text, before=[str(said_before[t]) for t in at]).drop(columns="weight")


def code_with(
    coder: Any,
    turns: pd.DataFrame,
    codebook: Codebook,
    *,
    codings: pd.DataFrame | None = None,
    unit: str = "turn",
    sample: int | None = None,
    folder: str | os.PathLike[str] | None = None,
    workers: int = 4,
    seed: int = 0,
) -> MachineCodings:
    r"""Let a machine code.

    Parameters
    ----------
    coder : Learned, LocalModel, Asked, callable, or anything with ``name`` and ``code_units``
        A callable gets one text (the whole prompt) and returns the answer.
    turns : pandas.DataFrame
        The turns table; respondents' turns are coded.
    codebook : Codebook
        What each code means.
    codings : pandas.DataFrame, optional
        People's codings: examples to learn from, or to show a model (two a code). Those of machines are left out.
    unit : {"turn", "sentence"}
        What gets codes.
    sample : int, optional
        Code only so many units, drawn at random.
    folder : path, optional
        Where ``trail.jsonl`` is kept: what was asked, answered and refused. What stands there is not asked again.
    workers : int
        Questions under way at once.
    seed : int
        Of the draw.

    Returns
    -------
    MachineCodings
        Under the name ``machine:<name>``, apart from people's codings.

    Raises
    ------
    CjmError
        If the model's server does not answer; what was answered is kept in the trail.
    NotEnough
        If there is too little to learn from.

    Examples
    --------
    >>> from cjmkit.interviews import read_text
    >>> talk = read_text("Q: So?\\nA: The price is high.", document="anna")
    >>> book = Codebook([{"name": "price", "definition": "Says what it costs"}])
    >>> def model(prompt):
    ...     return '{"codes": [{"code": "price", "quote": "price is high"}]}'
    >>> got = code_with(model, talk.turns, book)
    >>> got.codings[["quote", "code", "coder"]].values.tolist()
    [['price is high', 'price', 'machine:model']]
    """
    if workers < 1:
        raise CjmError(
            en=f"workers is a whole number from 1 on, not {workers!r}",
            ru=f"workers — целое число от 1, а не {workers!r}",
        )
    people = empty_codings() if codings is None else codings[~codings["coder"].map(is_machine).astype(bool)]
    units = units_of(turns, people, unit)
    if sample is not None:
        if not 1 <= sample <= len(units):
            raise CjmError(
                en=f"sample is a number from 1 to {len(units)} units, not {sample!r}",
                ru=f"sample — число единиц от 1 до {len(units)}, а не {sample!r}",
            )
        units = units.iloc[np.sort(np.random.default_rng(seed).choice(len(units), sample, replace=False))]
        units = units.reset_index(drop=True)
    asked = asked_of(coder)
    name = checked_name(asked or coder)
    codes = tuple(c.name for c in codebook if c.codable)
    made_by: dict[str, Any] = {
        "coder": name,
        "codebook": _hash(repr(codebook.table.to_dict("list"))),
        "codes": list(codes),
    }
    refused: list[tuple[int, str]] = []
    if asked is None:
        answers = list(coder.code_units(codebook, units, people))
        if len(answers) != len(units):
            raise CjmError(
                en=f"{name} returned {len(answers)} answers for {len(units)} units",
                ru=f"{name}: ответов {len(answers)} на {len(units)} единиц",
            )
        made_by |= getattr(coder, "parameters", {})
    else:
        prompt = prompt_for(codebook, _shown(people, seed), language=asked.language, template=asked.template)
        made_by |= {"prompt": prompt.version, **getattr(asked.ask, "parameters", {})}
        if isinstance(asked.ask, LocalModel):
            asked.ask.schema = reply_schema(codebook)
        sent = check_before_sending(asked.ask, [prompt.system, *units["text"]])
        trail = Trail(folder, prompt, made_by)
        if sent:
            trail.write({"kind": "sent", "what": sent})
        answers = ask_all(asked, prompt, units["text"].tolist(), codes, trail, workers, refused)
    return _collected(name, units, answers, refused, unit, codes, made_by)


def asked_of(coder: Any) -> Asked | None:
    """The coder as one that is asked in words, or None where it codes by itself."""
    if hasattr(coder, "code_units"):
        return None
    if isinstance(coder, Asked):
        return coder
    if isinstance(coder, LocalModel):
        return Asked(coder, coder.name)
    if callable(coder):
        return Asked(coder, getattr(coder, "__name__", type(coder).__name__), plain=True)
    raise CjmError(
        en=f"a coder is a callable, a model or an object with code_units, not {type(coder).__name__}",
        ru=f"кодировщик — это функция, модель или объект с code_units, а не {type(coder).__name__}",
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _shown(people: pd.DataFrame, seed: int) -> list[tuple[str, list[str]]]:
    """Two examples a code, of people's codings; they are quotes, so that no whole unit is given away."""
    if not len(people):
        return []
    told = people[people["quote"].astype("str").str.len().between(15, 300)]
    drawn = told.groupby("code").sample(frac=1, random_state=seed).groupby("code").head(2)
    together = drawn.groupby("quote", sort=False)["code"].agg(lambda c: list(dict.fromkeys(c)))
    return [(str(q), list(c)) for q, c in together.items()]


class Trail:
    """The record of a run: one line a question, written when it is answered; what stands there is not asked again."""

    def __init__(self, folder: str | os.PathLike[str] | None, prompt: Prompt, made_by: dict[str, Any]) -> None:
        self.path = None if folder is None else Path(folder) / "trail.jsonl"
        self.made_by = made_by
        self.known: dict[str, list[str]] = {}
        self._stream: Any = None
        if self.path is None:
            return
        for row in trail_rows(self.path):
            if row.get("kind") == "answer" and row.get("said"):
                self.known[row["key"]] = row["said"]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self.path.open("a", encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            raise CjmError(
                en=f"the trail cannot be written to {self.path}: {reason(error)}",
                ru=f"журнал не записать в {self.path}: {reason(error)}",
            ) from error
        self.write({"kind": "run", "asked": asdict(prompt), **made_by})

    def key(self, text: str) -> str:
        """What the answer about a text is known by: the text and everything that it depends on."""
        return _hash(json.dumps([text, self.made_by], ensure_ascii=False, sort_keys=True, default=str))

    def keep(self, text: str, said: list[str], answers: list[Answer], refused: list[str]) -> None:
        """Write down what was said of a text, and what of it was taken."""
        row = {"kind": "answer", "key": self.key(text), "text": text, "said": said}
        self.write(row | {"codes": [a.code for a in answers], "refused": refused})

    def write(self, row: dict[str, Any]) -> None:
        """Add a line."""
        if self._stream is None:
            return
        row = {"when": datetime.now(UTC).isoformat(timespec="seconds"), **row}
        try:
            self._stream.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
            self._stream.flush()
        except OSError as error:
            raise CjmError(
                en=f"the trail cannot be written to {self.path}: {reason(error)}; what stands there is kept",
                ru=f"журнал не записать в {self.path}: {reason(error)}; что там есть, сохранено",
            ) from error

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()


def trail_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Lines of a trail; one that was cut short by an interruption is passed over."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue
            if isinstance(row, dict):
                yield row


def ask_all(
    asked: Asked,
    prompt: Prompt,
    texts: list[str],
    codes: tuple[str, ...],
    trail: Trail,
    workers: int,
    refused: list[tuple[int, str]],
) -> list[list[Answer] | str]:
    """Ask about every text that the trail does not know; each text once, however often it stands in the material."""
    out: list[list[Answer] | str] = [""] * len(texts)
    places: dict[str, list[int]] = {}
    for k, t in enumerate(texts):
        places.setdefault(t, []).append(k)

    def settle(text: str, answers: list[Answer] | str, said_no: list[str]) -> None:
        for k in places[text]:
            out[k] = answers
            refused.extend((k, why) for why in said_no)

    def ask(text: str) -> tuple[list[Answer] | str, list[str], list[str], bool]:
        """Answers or the problem, what was refused, what was said, and whether the server is at fault."""
        try:
            reply, said = asked.about(prompt, text, codes)
        except ModelError as error:
            return str(error), [], [], True
        return (reply.problem if reply.problem else list(reply.answers)), list(reply.refused), said, False

    todo = []
    for text in places:
        said = trail.known.get(trail.key(text))
        if said:
            reply = answers_in(said[-1], text, codes)
            settle(text, reply.problem or list(reply.answers), list(reply.refused))
        else:
            todo.append(text)
    if not todo:
        trail.close()
        return out
    try:
        _run(ask, todo, settle, trail, workers)
    finally:
        trail.close()
    return out


def _run(ask: Any, todo: list[str], settle: Any, trail: Trail, workers: int) -> None:
    from tqdm.auto import tqdm

    failed = 0
    waiting: dict[Future[Any], str] = {}
    coming = iter(todo)
    with ThreadPoolExecutor(workers) as pool, tqdm(total=len(todo), disable=len(todo) < 50, leave=False) as bar:
        try:
            while True:
                # Few questions lie ahead, so that memory does not grow with the material and a stop loses little.
                while len(waiting) < 2 * workers and (text := next(coming, None)) is not None:
                    waiting[pool.submit(ask, text)] = text
                if not waiting:
                    break
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    text = waiting.pop(future)
                    answers, said_no, said, at_fault = future.result()
                    bar.update()
                    settle(text, answers, said_no)
                    if said:
                        trail.keep(text, said, answers if isinstance(answers, list) else [], said_no)
                    failed = failed + 1 if at_fault else 0
                    if failed >= min(_IN_A_ROW, len(todo)):
                        raise ModelError(str(answers))
        except BaseException:
            for future in waiting:
                future.cancel()
            raise


def _collected(
    name: str,
    units: pd.DataFrame,
    answers: list[list[Answer] | str],
    refused: list[tuple[int, str]],
    unit: str,
    codes: tuple[str, ...],
    made_by: dict[str, Any],
) -> MachineCodings:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    rows = []
    listed: Any = units.itertuples(index=False)
    for u, given in zip(listed, answers, strict=True):
        if isinstance(given, str):
            continue
        for a in given:
            at = u.text.find(a.quote) if a.quote else 0
            start = u.start + max(0, at)
            quote = a.quote or u.text
            rows.append((u.document, start, start + len(quote), quote, a.code, name, u.participant, now, a.score))
    columns = ["document", "start", "end", "quote", "code", "coder", "participant", "created", "score"]
    codings = check_codings(pd.DataFrame(rows, columns=columns)) if rows else empty_codings().assign(score=np.nan)
    read = [not isinstance(a, str) for a in answers]
    why = [(k, w) for k, w in refused] + [(k, a) for k, a in enumerate(answers) if isinstance(a, str)]
    return MachineCodings(
        codings, units.assign(read=read), unit, name, codes, pd.DataFrame(why, columns=["unit", "why"]), made_by
    )
