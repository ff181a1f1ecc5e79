"""Redaction: names, numbers and addresses out of transcripts, reversibly, with codings that keep their words."""

from __future__ import annotations

import json
import os
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.core.codings import check_codings
from cjmkit.errors import CjmError, FileFormatError
from cjmkit.files import read_text, write_atomically
from cjmkit.i18n import count, say
from cjmkit.interviews.speakers import _GENERIC, _NUMBERED, fold, known_role
from cjmkit.interviews.transcripts import Transcripts, make_documents
from cjmkit.text.redact import KINDS, Finder

__all__ = ["Key", "Redacted", "read_key", "redact", "restore"]


@dataclass(frozen=True, repr=False)
class Key:
    """What stands behind the pseudonyms; whoever has it can undo the redaction, so keep it apart from the study.

    Parameters
    ----------
    originals : dict of str to tuple of str
        For each pseudonym the spellings it replaced.
    spans : dict
        For each document the places in the redacted text: (start, end, original).
    sha256 : dict
        Hash of each redacted text, so that a key is never applied to another text.
    """

    originals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spans: dict[str, tuple[tuple[int, int, str], ...]] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the key as JSON, readable by you alone.

        Raises
        ------
        CjmError
            If the place is inside a study or a git working tree, where it would travel with what it protects.
        """
        target = Path(path).resolve()
        for folder in target.parents:
            if (folder / ".git").exists() or (folder / "study.yaml").exists():
                raise CjmError(
                    f"the key must not lie inside {folder}: it would be shared together with the study it protects. "
                    f"Choose a place outside, for example {Path.home() / target.name}"
                )
        content = {
            "format": "cjmkit/key/1",
            "originals": {k: list(v) for k, v in self.originals.items()},
            "sha256": self.sha256,
            "spans": {d: [list(s) for s in spans] for d, spans in self.spans.items()},
        }
        written = write_atomically(target, json.dumps(content, ensure_ascii=False, indent=1))
        os.chmod(written, 0o600)
        return written

    def __repr__(self) -> str:
        # Never the originals: a repr ends up in a notebook's output.
        return f"<Key: {len(self.originals)} pseudonyms in {len(self.spans)} documents; keep it outside the study>"


def read_key(path: str | os.PathLike[str]) -> Key:
    """Read a key that :meth:`Key.save` wrote."""
    try:
        loaded = json.loads(read_text(path))
        if loaded.get("format") != "cjmkit/key/1":
            raise FileFormatError("not a key of cjmkit", path=path)
        return Key(
            {k: tuple(v) for k, v in loaded["originals"].items()},
            {d: tuple((int(a), int(b), str(t)) for a, b, t in spans) for d, spans in loaded["spans"].items()},
            dict(loaded["sha256"]),
        )
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, FileFormatError):
            raise
        raise FileFormatError(f"not a key of cjmkit ({error})", path=path) from error


@dataclass(frozen=True, repr=False)
class Redacted:
    """Transcripts without what identifies people.

    Parameters
    ----------
    transcripts : Transcripts
        New texts, turns at their new places.
    codings : pandas.DataFrame or None
        Codings at their new places, with the new words as quotes; memos are redacted too.
    report : pandas.DataFrame
        kind, pseudonym, times, documents: what was masked, without saying what it was.
    key : Key
        The way back. Save it outside the study, or let it go.
    warnings : tuple of str
        What to look at.
    """

    transcripts: Transcripts
    codings: pd.DataFrame | None
    report: pd.DataFrame
    key: Key
    warnings: tuple[str, ...] = ()

    def candidates(self, n: int = 50) -> pd.DataFrame:
        """Words that may still be names: capitalised inside sentences, and never written small.

        Parameters
        ----------
        n : int
            How many, most frequent first.

        Returns
        -------
        pandas.DataFrame
            word, times, documents. Look through them and redact once more with ``names=``.
        """
        import re

        inside: Counter[str] = Counter()
        where: dict[str, set[str]] = {}
        small: set[str] = set()
        for d, text in zip(self.transcripts.documents["document"], self.transcripts.documents["text"], strict=True):
            small.update(w for w in re.findall(r"[^\W\d_]+", text) if w[0].islower())
            for m in re.finditer(r"(?<=[\w,;»”] )[^\W\d_]{3,}", text):
                w = m.group()
                if w[0].isupper() and not w.isupper():
                    inside[w] += 1
                    where.setdefault(w, set()).add(d)
        rows = [(w, k, len(where[w])) for w, k in inside.most_common() if w.casefold() not in small]
        return pd.DataFrame(rows[:n], columns=["word", "times", "documents"])

    def summary(self, lang: str | None = None) -> str:
        """What was masked, in a sentence."""
        names = {
            "person": (("name", "names"), ("имя", "имени", "имён")),
            "email": (("e-mail", "e-mails"), ("адрес почты", "адреса почты", "адресов почты")),
            "phone": (("phone", "phones"), ("телефон", "телефона", "телефонов")),
            "card": (("card", "cards"), ("карта", "карты", "карт")),
            "address": (("address", "addresses"), ("адрес", "адреса", "адресов")),
            "handle": (("handle", "handles"), ("ник", "ника", "ников")),
            "id": (
                ("document number", "document numbers"),
                ("номер документа", "номера документов", "номеров документов"),
            ),
        }
        times = self.report.groupby("kind")["times"].sum()
        parts = [count(int(times[k]), en=names[k][0], ru=names[k][1], lang=lang) for k in KINDS if k in times]
        if not parts:
            return say(en="Nothing was found to mask.", ru="Скрывать было нечего.", lang=lang)
        return say(en="Masked: ", ru="Скрыто: ", lang=lang) + ", ".join(parts) + "."

    def __repr__(self) -> str:
        return f"<Redacted: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        import html

        return f"<p>{html.escape(self.summary())}</p>{self.report.to_html(index=False, border=0)}"


class _Moved:
    """Old offsets to new ones around replacements."""

    def __init__(self, spans: list[tuple[int, int, str]]) -> None:
        self.starts = [a for a, _, _ in spans]
        self.spans = spans
        self.shift = [0]
        for a, b, new in spans:
            self.shift.append(self.shift[-1] + len(new) - (b - a))

    def offset(self, x: int, *, end: bool) -> int:
        """New offset; inside a replaced place, its beginning or (for an end) its end."""
        i = bisect_right(self.starts, x) - 1
        if i >= 0:
            a, b, new = self.spans[i]
            if a < x < b:
                return a + self.shift[i] + (len(new) if end else 0)
            if x <= a:
                return x + self.shift[i]
        return x + self.shift[i + 1]


def redact(
    transcripts: Transcripts,
    *,
    names: Mapping[str, str] | Iterable[str] = (),
    codings: pd.DataFrame | None = None,
    kinds: Iterable[str] = KINDS,
    speakers: bool = True,
    any_case: bool = False,
) -> Redacted:
    r"""Mask what identifies people by stable pseudonyms: ``[PERSON_1]``, ``[PHONE_1]`` …

    Parameters
    ----------
    transcripts : Transcripts
        What was read.
    names : iterable or mapping
        Names that may occur: people, children, employers. Russian ones are found in all their cases. A mapping chooses
        the pseudonym: ``{"Анна Петрова": "[Покупатель 1]", "Аня": "[Покупатель 1]"}``.
    codings : pandas.DataFrame, optional
        Codings of these texts; they follow.
    kinds : iterable of {"person", "email", "phone", "card", "address", "handle", "id"}
        What to look for. Cards have a right check digit; addresses have a house number; "id" are Russian pension
        insurance numbers and passports.
    speakers : bool
        Whether the names of speakers count as given names.
    any_case : bool
        Find names in small letters too.

    Returns
    -------
    Redacted
        The same thing has the same pseudonym in all documents. ``.candidates()`` lists words that may still be names:
        no list of names is complete, so look.

    Examples
    --------
    >>> from cjmkit.interviews import read_text
    >>> t = read_text("Q: Who called?\nA: Маше звонил Пётр, +7 916 123-45-67.")
    >>> print(redact(t, names=["Маша", "Пётр"]).transcripts.documents["text"][0])
    Q: Who called?
    A: [PERSON_1] звонил [PERSON_2], [PHONE_1].
    """
    given = dict(names.items()) if isinstance(names, Mapping) else {str(n): "" for n in names}
    persons: dict[str, str] = {}  # spelling to key
    chosen: dict[str, str] = {}  # key to pseudonym
    for name, pseudonym in given.items():
        key = pseudonym or name
        persons[name] = key
        if pseudonym:
            chosen["person\0" + key] = pseudonym
    if speakers and "person" in set(kinds):
        for label in transcripts.turns["speaker"].dropna().unique():
            if known_role(label) or _GENERIC.match(label.strip()) or _NUMBERED.match(label.strip()):
                continue
            if label not in persons and len(fold(label)) > 1 and any(c.isalpha() for c in label):
                persons[label] = label
    finder = Finder(persons, kinds, any_case)
    numbers: Counter[str] = Counter()
    # Names are numbered in the order given, everything else in order of appearance.
    for key in dict.fromkeys(persons.values()):
        if "person\0" + key not in chosen:
            numbers["person"] += 1
            chosen["person\0" + key] = f"[PERSON_{numbers['person']}]"

    def pseudonym_of(kind: str, key: str) -> str:
        full = f"{kind}\0{key}"
        if full not in chosen:
            numbers[kind] += 1
            chosen[full] = f"[{kind.upper()}_{numbers[kind]}]"
        return chosen[full]

    originals: dict[str, dict[str, None]] = {}
    seen: Counter[tuple[str, str]] = Counter()
    seen_in: dict[tuple[str, str], set[str]] = {}
    moved: dict[str, _Moved] = {}
    texts: list[str] = []
    key_spans: dict[str, tuple[tuple[int, int, str], ...]] = {}

    def mask(text: str) -> tuple[str, list[tuple[int, int, str]], list[tuple[str, str]]]:
        parts: list[str] = []
        spans: list[tuple[int, int, str]] = []
        what = []
        at = 0
        for h in finder.find(text):
            new = pseudonym_of(h.kind, h.key)
            originals.setdefault(new, {})[text[h.start : h.end]] = None
            parts += [text[at : h.start], new]
            spans.append((h.start, h.end, new))
            what.append((h.kind, new))
            at = h.end
        parts.append(text[at:])
        return "".join(parts), spans, what

    for d, text in zip(transcripts.documents["document"], transcripts.documents["text"], strict=True):
        new, spans, what = mask(text)
        texts.append(new)
        moved[d] = _Moved(spans)
        for w in what:
            seen[w] += 1
            seen_in.setdefault(w, set()).add(d)
        back, shift = [], 0
        for a, b, n in spans:
            back.append((a + shift, a + shift + len(n), text[a:b]))
            shift += len(n) - (b - a)
        key_spans[d] = tuple(back)
    listed = zip(transcripts.documents["document"], texts, transcripts.documents["participant"], strict=True)
    documents = make_documents(((d, t, None if p != p else p) for d, t, p in listed), transcripts.documents["language"])
    text_of = dict(zip(documents["document"], documents["text"], strict=True))
    turns = _move(transcripts.turns, moved, text_of, "text")
    masked = {s: mask(s)[0] for s in turns["speaker"].dropna().unique()}
    turns["speaker"] = turns["speaker"].map(masked).astype("str")
    out = None
    if codings is not None:
        out = _move(check_codings(codings), moved, text_of, "quote")
        memo = {m: mask(m)[0] for m in out["memo"].dropna().unique()}
        out["memo"] = out["memo"].map(memo).astype("str")
    report = pd.DataFrame(
        [
            (k, p, n, len(seen_in[k, p]))
            for (k, p), n in sorted(seen.items(), key=lambda x: (KINDS.index(x[0][0]), -x[1]))
        ],
        columns=["kind", "pseudonym", "times", "documents"],
    )
    remarks = []
    for p in transcripts.participants:
        if mask(str(p))[0] != p:
            remarks.append(
                say(
                    en=f"the participant id {p!r} holds a name; give participants other ids before you share anything",
                    ru=f"в идентификаторе участника {p!r} есть имя; замените его, прежде чем чем-то делиться",
                )
            )
    for d in transcripts.documents["document"]:
        if mask(str(d))[0] != d:
            remarks.append(say(en=f"the file name {d!r} holds a name", ru=f"в названии файла {d!r} есть имя"))
    account = transcripts.report.copy()
    account["speakers"] = [mask(str(s))[0] for s in account["speakers"]]
    account["notes"] = [mask(str(s))[0] for s in account["notes"]]
    return Redacted(
        transcripts=Transcripts(documents, turns, account, tuple(mask(w)[0] for w in transcripts.warnings)),
        codings=out,
        report=report,
        key=Key(
            {p: tuple(o) for p, o in originals.items()},
            key_spans,
            dict(zip(documents["document"], documents["sha256"], strict=True)),
        ),
        warnings=tuple(remarks),
    )


def _move(table: pd.DataFrame, moved: Mapping[str, _Moved], texts: Mapping[str, str], column: str) -> pd.DataFrame:
    """The table with its spans at their new places and their words from the new texts."""
    out = table.copy()
    starts, ends, words = [], [], []
    for d, a, b, old in zip(out["document"], out["start"], out["end"], out[column], strict=True):
        if d not in moved:
            starts.append(int(a))
            ends.append(int(b))
            words.append(old)
            continue
        x, y = moved[d].offset(int(a), end=False), moved[d].offset(int(b), end=True)
        starts.append(x)
        ends.append(y)
        words.append(texts[d][x:y])
    out["start"], out["end"] = (
        pd.Series(starts, index=out.index, dtype="int64"),
        pd.Series(ends, index=out.index, dtype="int64"),
    )
    out[column] = pd.Series(words, index=out.index, dtype="str")
    return out


def restore(transcripts: Transcripts, key: Key, *, codings: pd.DataFrame | None = None) -> Redacted:
    """Undo a redaction.

    Parameters
    ----------
    transcripts : Transcripts
        The redacted ones.
    key : Key
        From the redaction.
    codings : pandas.DataFrame, optional
        Codings of the redacted texts; they follow.

    Returns
    -------
    Redacted
        With the texts as they were, and an empty report.

    Raises
    ------
    CjmError
        If a text is not the one that the key belongs to.
    """
    moved: dict[str, _Moved] = {}
    texts = []
    rows: list[Any] = list(transcripts.documents.itertuples(index=False))
    for r in rows:
        if key.sha256.get(r.document) != r.sha256:
            raise CjmError(f"the key does not belong to {r.document!r} as it is now; it was made for another text")
        spans = [(a, b, old) for a, b, old in key.spans.get(r.document, ())]
        moved[r.document] = _Moved(spans)
        parts, at = [], 0
        for a, b, old in spans:
            parts += [r.text[at:a], old]
            at = b
        texts.append("".join([*parts, r.text[at:]]))
    documents = make_documents(
        (r.document, t, None if r.participant != r.participant else r.participant) for r, t in zip(rows, texts)
    )
    text_of = dict(zip(documents["document"], documents["text"], strict=True))
    turns = _move(transcripts.turns, moved, text_of, "text")
    first = {p: o[0] for p, o in key.originals.items()}
    turns["speaker"] = turns["speaker"].map(lambda s: first.get(s, s) if s == s else s).astype("str")
    out = None if codings is None else _move(check_codings(codings), moved, text_of, "quote")
    empty = pd.DataFrame({"kind": [], "pseudonym": [], "times": [], "documents": []})
    return Redacted(Transcripts(documents, turns, transcripts.report), out, empty, Key())
