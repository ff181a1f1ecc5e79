"""Asking a model in words: the prompt made from the codebook, and the answer taken only where it can be checked.

Nothing of an answer is run, rendered or used as a name of a file. A code has to be one of the codebook, a quote has
to stand in the unit; one more try is given, then the unit counts as failed, never as "no code".
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from cjmkit.coding.codebook import Codebook
from cjmkit.coding.machine.data import Answer
from cjmkit.errors import CjmError, one_of

__all__ = ["Prompt", "Reply", "answers_in", "prompt_for", "reply_schema"]

_LONGEST = 100_000
"""Characters of a unit; a longer one is no answer of a person but a whole document."""


@dataclass(frozen=True)
class Prompt:
    """What is asked about every unit; versioned by its hash.

    Parameters
    ----------
    system : str
        The part that is the same for all units: codebook, rules, examples.
    unit, repair : str
        Templates of the question about a unit and of the second try.
    version : str
        First twelve characters of the hash of all three.
    """

    system: str
    unit: str
    repair: str
    version: str = field(init=False)

    def __post_init__(self) -> None:
        digest = hashlib.sha256("\0".join((self.system, self.unit, self.repair)).encode()).hexdigest()
        object.__setattr__(self, "version", digest[:12])

    def messages(self, text: str, problem: str = "", said: str = "") -> list[dict[str, str]]:
        """The messages about one unit, in the form of the chat protocol."""
        # A mark that the passage cannot hold, and that is the same in every run.
        mark = "=" * 6 + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]
        user = self.unit.format(mark=mark, passage=json.dumps(text, ensure_ascii=False))
        out = [{"role": "system", "content": self.system}, {"role": "user", "content": user}]
        if problem:
            out += [
                {"role": "assistant", "content": said[:4000]},
                {"role": "user", "content": self.repair.format(problem=problem)},
            ]
        return out


@cache
def _template(language: str, second: bool) -> tuple[str, str, str]:
    name = f"{language}-second.md" if second else f"{language}.md"
    text = (files("cjmkit.coding.machine") / "prompts" / name).read_text("utf-8")
    system, unit, repair = (part.strip("\n") for part in text.split("\n---\n"))
    return system, unit, repair


def prompt_for(
    codebook: Codebook,
    examples: Sequence[tuple[str, Sequence[str]]] = (),
    *,
    language: str = "en",
    template: str | None = None,
    second: bool = False,
) -> Prompt:
    """Make the prompt from a codebook.

    Parameters
    ----------
    codebook : Codebook
        Definitions, what to include and what not.
    examples : sequence of (text, codes)
        Coded by people; they must not be among the units that validate.
    language : {"en", "ru"}
        Of the instructions.
    template : str, optional
        Your own, with the three parts of ``cjmkit/coding/machine/prompts/en.md``.
    second : bool
        The shipped second wording, to see whether the answers hang on the first.

    Returns
    -------
    Prompt

    Raises
    ------
    CjmError
        If the template lacks a part or a place, or no code can be given.

    Examples
    --------
    >>> book = Codebook([{"name": "price", "definition": "Says that it costs too much"}])
    >>> p = prompt_for(book)
    >>> "price: Says that it costs too much" in p.system, len(p.version)
    (True, 12)
    """
    one_of(language, ("en", "ru"), what="language")
    if template is None:
        parts = _template(language, second)
    else:
        found = [part.strip("\n") for part in template.split("\n---\n")]
        if len(found) != 3 or "{passage}" not in found[1] or "{codebook}" not in found[0]:
            raise CjmError(
                en="a template has three parts between lines '---': rules with {codebook}, the unit with {passage}, "
                "the "
                "second try with "
                "{problem}",
                ru="у шаблона три части между строками '---': правила с {codebook}, единица с {passage}, вторая "
                "попытка с {problem}",
            )
        parts = (found[0], found[1], found[2])
    codes = [c for c in codebook if c.codable]
    if not codes:
        raise CjmError(
            en="the codebook has no code that can be given", ru="в кодификаторе нет кода, который можно поставить"
        )
    lines = []
    for c in codes:
        line = f"- {c.name}: {c.definition or c.title or c.name}"
        for label, said in (("yes", c.include), ("no", c.exclude)):
            line += "".join(f"\n    {label}: {json.dumps(s, ensure_ascii=False)}" for s in said[:4])
        lines.append(line)
    shown = [
        json.dumps(text, ensure_ascii=False)
        + "\n"
        + json.dumps({"codes": [{"code": c, "quote": text} for c in given]}, ensure_ascii=False)
        for text, given in examples
    ]
    system = parts[0].format(codebook="\n".join(lines), examples="\n".join(shown) + ("\n" if shown else ""))
    return Prompt(system, parts[1], parts[2])


def reply_schema(codebook: Codebook) -> dict[str, Any]:
    """The JSON schema of an answer.

    Examples
    --------
    >>> reply_schema(Codebook(["price"]))["properties"]["codes"]["items"]["properties"]["code"]["enum"]
    ['price']
    """
    item = {
        "type": "object",
        "properties": {
            "code": {"type": "string", "enum": [c.name for c in codebook if c.codable]},
            "quote": {"type": "string"},
        },
        "required": ["code", "quote"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"codes": {"type": "array", "items": item}},
        "required": ["codes"],
        "additionalProperties": False,
    }


@dataclass(frozen=True)
class Reply:
    """What could be taken of an answer, and what not.

    Parameters
    ----------
    answers : tuple of Answer
        Codes of the codebook with words of the unit.
    refused : tuple of str
        Why others were not taken.
    problem : str
        Why nothing can be taken; empty where the form was right.
    """

    answers: tuple[Answer, ...] = ()
    refused: tuple[str, ...] = ()
    problem: str = ""


def answers_in(said: str, text: str, codes: Sequence[str]) -> Reply:
    """Take an answer apart and check it against the unit.

    Parameters
    ----------
    said : str
        The model's answer.
    text : str
        The unit.
    codes : sequence of str
        Codes that may be given.

    Returns
    -------
    Reply

    Examples
    --------
    >>> answers_in('{"codes": [{"code": "price", "quote": "too dear"}]}', "It was too  dear.", ["price"]).answers
    (Answer(code='price', quote='too  dear', score=None),)
    >>> answers_in('{"codes": [{"code": "price", "quote": "cheap"}]}', "It was too dear.", ["price"]).refused
    ('the quote is not in the unit',)
    """
    try:
        loaded = json.loads(_object_in(said))
        listed = loaded["codes"]
        if not isinstance(listed, list):
            raise TypeError
    except (json.JSONDecodeError, TypeError, KeyError, RecursionError):
        return Reply(problem="no JSON object with a list of codes")
    allowed = {_fold(c): c for c in codes}
    answers: dict[str, Answer] = {}
    refused = []
    for item in listed[:200]:
        if not isinstance(item, dict) or not isinstance(item.get("code"), str):
            refused.append("an entry without a code")
            continue
        code = allowed.get(_fold(item["code"]))
        if code is None:
            refused.append("a code that is not in the codebook")
            continue
        quote = item.get("quote", "")
        place = _find(str(quote) if isinstance(quote, str) else "", text)
        if place is None:
            refused.append("the quote is not in the unit")
            continue
        answers.setdefault(code, Answer(code, text[place[0] : place[1]]))
    if refused and not answers:
        return Reply(refused=tuple(refused), problem=refused[0])
    return Reply(tuple(answers.values()), tuple(refused))


def _object_in(said: str) -> str:
    """The JSON object in an answer that may have prose, a fence or thinking around it."""
    said = re.sub(r"<think>.*?</think>", "", said[:200_000], flags=re.S)
    a, b = said.find("{"), said.rfind("}")
    return said[a : b + 1] if 0 <= a < b else said


def _fold(word: str) -> str:
    return " ".join(unicodedata.normalize("NFC", word).split()).casefold()


_QUOTES = str.maketrans(
    dict.fromkeys('«»“”„‟"', '"') | dict.fromkeys("‘’‚‛`'", "'") | {"—": "-", "–": "-", "‑": "-", "ё": "е", "Ё": "Е"}
)


def _find(quote: str, text: str) -> tuple[int, int] | None:
    """Where a quote stands in a text, blanks, quotation marks, dashes and letter case apart."""
    wanted = unicodedata.normalize("NFC", quote).translate(_QUOTES).split()
    if not wanted:
        return None
    pattern = r"\s+".join(re.escape(w) for w in wanted)
    # Translation is one to one, so that places stay what they are.
    m = re.search(pattern, text.translate(_QUOTES), flags=re.I)
    return m.span() if m else None


@dataclass(frozen=True)
class Asked:
    """A model that is asked in words: text in, text out.

    Parameters
    ----------
    ask : callable
        Gets the messages of one unit (a list of ``{"role", "content"}``), or, if `plain`, one string; returns the
        answer.
    name : str
        Of the coder.
    language : {"en", "ru"}
        Of the instructions.
    template : str, optional
        A prompt of your own, see :func:`prompt_for`.
    plain : bool
        Whether `ask` wants one string.
    """

    ask: Callable[[Any], str]
    name: str
    language: str = "en"
    template: str | None = None
    plain: bool = False

    def about(self, prompt: Prompt, text: str, codes: Sequence[str]) -> tuple[Reply, list[str]]:
        """Ask about one unit, with one more try; the reply and everything that was said."""
        if len(text) > _LONGEST:
            return Reply(problem=f"the unit has {len(text)} characters; at most {_LONGEST} are asked about"), []
        said: list[str] = []
        reply = Reply()
        for _ in range(2):
            messages = prompt.messages(text, reply.problem, said[-1] if said else "")
            sent: Any = "\n\n".join(m["content"] for m in messages) if self.plain else messages
            answer = self.ask(sent)
            if not isinstance(answer, str):
                raise CjmError(
                    en=f"the model has to return a text, not {type(answer).__name__}",
                    ru=f"модель должна вернуть текст, а не {type(answer).__name__}",
                )
            said.append(answer)
            reply = answers_in(answer, text, codes)
            if not reply.problem:
                break
        return reply, said
