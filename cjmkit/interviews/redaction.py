"""Redaction: names, numbers and addresses out of transcripts, reversibly, with codings that keep their words."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from cjmkit.core.codings import check_codings
from cjmkit.errors import CjmError
from cjmkit.i18n import count, say
from cjmkit.interviews.reading.labels import GENERIC, NUMBERED, fold, known_role
from cjmkit.interviews.redaction_key import Key
from cjmkit.interviews.transcripts import Transcripts, make_documents
from cjmkit.text.pseudonyms import gendered
from cjmkit.text.recognise import Recogniser, either, missing
from cjmkit.text.redact import KINDS, Finder

__all__ = ["Redacted", "redact", "restore"]

KIND_WORDS = {
    "person": (("name", "names"), ("имя", "имени", "имён")),
    "organisation": (("organisation", "organisations"), ("организация", "организации", "организаций")),
    "address": (("address", "addresses"), ("адрес", "адреса", "адресов")),
    "postcode": (("postcode", "postcodes"), ("индекс", "индекса", "индексов")),
    "phone": (("phone", "phones"), ("телефон", "телефона", "телефонов")),
    "email": (("e-mail", "e-mails"), ("адрес почты", "адреса почты", "адресов почты")),
    "url": (("web address", "web addresses"), ("ссылка", "ссылки", "ссылок")),
    "handle": (("handle", "handles"), ("ник", "ника", "ников")),
    "card": (("card", "cards"), ("карта", "карты", "карт")),
    "iban": (("IBAN", "IBANs"), ("IBAN", "IBAN", "IBAN")),
    "account": (("account number", "account numbers"), ("номер счёта", "номера счёта", "номеров счетов")),
    "passport": (("passport", "passports"), ("паспорт", "паспорта", "паспортов")),
    "ssn": (("SSN", "SSNs"), ("SSN", "SSN", "SSN")),
    "nino": (("NINO", "NINOs"), ("NINO", "NINO", "NINO")),
    "snils": (("SNILS", "SNILS"), ("СНИЛС", "СНИЛС", "СНИЛС")),
    "inn": (("tax number", "tax numbers"), ("ИНН", "ИНН", "ИНН")),
    "ogrn": (("registration number", "registration numbers"), ("ОГРН", "ОГРН", "ОГРН")),
    "plate": (("number plate", "number plates"), ("номер машины", "номера машин", "номеров машин")),
    "ip": (("IP address", "IP addresses"), ("IP-адрес", "IP-адреса", "IP-адресов")),
    "mac": (("MAC address", "MAC addresses"), ("MAC-адрес", "MAC-адреса", "MAC-адресов")),
    "birth_date": (("birth date", "birth dates"), ("дата рождения", "даты рождения", "дат рождения")),
    "age": (("age over 89", "ages over 89"), ("возраст старше 89", "возраста старше 89", "возрастов старше 89")),
    "order": (
        ("order or contract number", "order or contract numbers"),
        ("номер заказа или договора", "номера заказов или договоров", "номеров заказов или договоров"),
    ),
}


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
    masked : pandas.DataFrame
        document, start, end (in the new text), kind, pseudonym, original: place by place. It holds what was masked;
        do not share it.
    warnings : tuple of str
        What to look at.
    """

    transcripts: Transcripts
    codings: pd.DataFrame | None
    report: pd.DataFrame
    key: Key
    masked: pd.DataFrame
    warnings: tuple[str, ...] = ()

    @property
    def texts(self) -> pd.Series:
        """The redacted texts by document, or by the index of the column that was given."""
        return self.transcripts.documents.set_index("document")["text"]

    def review(self, n: int = 200) -> pd.DataFrame:
        r"""What was masked, and what looks like a name and was left, to decide by hand.

        Parameters
        ----------
        n : int
            How many of the words that were left, most frequent first.

        Returns
        -------
        pandas.DataFrame
            status ("masked" or "left"), kind, what (as it stood), pseudonym, times, documents, context (the first
            place). It holds names: for your eyes, not for sharing. Mask more with ``names=``, fewer with ``keep=``.

        Examples
        --------
        >>> found = redact("Q: Who?\nA: Mr Hill, from Plateful.", names=["Hill"])
        >>> found.review()[["status", "what"]].values.tolist()
        [['masked', 'Hill'], ['left', 'Plateful']]
        """
        text_of = dict(zip(self.transcripts.documents["document"], self.transcripts.documents["text"], strict=True))

        def around(document: str, a: int, b: int) -> str:
            return str(text_of[document])[max(0, a - 30) : b + 30].replace("\n", " ")

        rows: list[tuple[Any, ...]] = []
        for (kind, name, what), part in self.masked.groupby(["kind", "pseudonym", "original"], sort=False):
            d, a, b = part.iloc[0][["document", "start", "end"]]
            rows.append(("masked", kind, what, name, len(part), part["document"].nunique(), around(d, a, b)))
        for word, times, documents in self.candidates(n).itertuples(index=False):
            whole = re.compile(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])")
            d, m = next((d, m) for d, t in text_of.items() if (m := whole.search(t)))
            rows.append(("left", "", word, "", times, documents, around(d, *m.span())))
        return pd.DataFrame(rows, columns=["status", "kind", "what", "pseudonym", "times", "documents", "context"])

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
        times = self.report.groupby("kind")["times"].sum()
        parts = [count(int(times[k]), en=KIND_WORDS[k][0], ru=KIND_WORDS[k][1], lang=lang) for k in KINDS if k in times]
        if not parts:
            return say(en="Nothing was found to mask.", ru="Скрывать было нечего.", lang=lang)
        return say(en="Masked: ", ru="Скрыто: ", lang=lang) + ", ".join(parts) + "."

    def __repr__(self) -> str:
        return f"<Redacted: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        warned = "".join(f'<p style="color:#b00020">{html.escape(w)}</p>' for w in self.warnings)
        return f"<p>{html.escape(self.summary())}</p>{warned}{self.report.to_html(index=False, border=0)}"


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


class _Masker:
    """Finds, names and counts: the same thing has the same pseudonym in all texts."""

    def __init__(self, finder: Finder, chosen: dict[str, str], gender: bool, shift: int) -> None:
        self.finder, self.chosen, self.gender, self.shift = finder, chosen, gender, shift
        self.numbers: Counter[str] = Counter()
        self.originals: dict[str, dict[str, None]] = {}

    def pseudonym(self, kind: str, key: str, spelt: str) -> str:
        full = f"{kind}\0{key}"
        if full not in self.chosen:
            label = gendered(spelt) if self.gender and kind == "person" else kind.upper()
            self.numbers[label] += 1
            self.chosen[full] = (
                f"[{label} {self.numbers[label]}]" if self.gender else f"[{label}_{self.numbers[label]}]"
            )
        return self.chosen[full]

    def mask(self, text: str) -> tuple[str, list[tuple[int, int, str]], list[tuple[str, str]]]:
        """The masked text; old spans with what stands there now; kind and pseudonym of each."""
        parts: list[str] = []
        spans: list[tuple[int, int, str]] = []
        what = []
        at = 0
        found = [(h.start, h.end, h.kind, h.key) for h in self.finder.find(text)]
        if self.shift:
            taken = [(a, b) for a, b, _, _ in found]
            found += [
                (m.start(), m.end(), "date", m.group())
                for m in _DATE.finditer(text)
                if not any(a < m.end() and m.start() < b for a, b in taken)
            ]
        for a, b, kind, key in sorted(found):
            new = _shifted(text[a:b], self.shift) if kind == "date" else self.pseudonym(kind, key, text[a:b])
            if new == text[a:b]:
                continue
            if kind != "date":
                self.originals.setdefault(new, {})[text[a:b]] = None
                what.append((kind, new))
            else:
                what.append(("date", "[dates]"))
            parts += [text[at:a], new]
            spans.append((a, b, new))
            at = b
        parts.append(text[at:])
        return "".join(parts), spans, what


_DATE = re.compile(
    r"(?<![\d.])(?:(?P<y>(?:19|20)\d{2})-(?P<m>\d{2})-(?P<d>\d{2})|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>(?:19|20)\d{2}))"
    r"(?![\d.]?\d)"
)


def _shifted(said: str, days: int) -> str:
    """A date so many days later, written as it was; what is no date stays."""
    m = _DATE.fullmatch(said)
    try:
        if m and m["y"]:
            return (date(int(m["y"]), int(m["m"]), int(m["d"])) + timedelta(days)).isoformat()
        if m:
            return f"{date(int(m['y2']), int(m['m2']), int(m['d2'])) + timedelta(days):%d.%m.%Y}"
    except (ValueError, OverflowError):
        return said
    return said


def _as_transcripts(given: Transcripts | str | Iterable[str]) -> Transcripts:
    """Texts as documents without turns of speakers."""
    if isinstance(given, Transcripts):
        return given
    if isinstance(given, str):
        given = pd.Series([given], index=["text"])
    column = given if isinstance(given, pd.Series) else pd.Series(list(given), dtype="object")
    wrong = [type(v).__name__ for v in column if not isinstance(v, str) and not pd.isna(v)]
    if wrong:
        raise CjmError(f"redact takes transcripts, a text, or texts; among the texts is a value of type {wrong[0]}")
    documents = make_documents((str(i), "" if pd.isna(t) else t, None) for i, t in column.items())
    turns = documents[["document", "text"]].assign(
        turn=0,
        speaker=None,
        role=None,
        participant=None,
        start=0,
        end=documents["text"].str.len(),
        t_start=None,
        t_end=None,
    )
    account = pd.DataFrame({"document": documents["document"], "speakers": "", "notes": ""})
    return Transcripts(documents, turns, account)


def _speaker_names(transcripts: Transcripts) -> list[str]:
    """Labels of speakers that are names, not roles or numbers."""
    return [
        label
        for label in transcripts.turns["speaker"].dropna().unique()
        if not (known_role(label) or GENERIC.match(label.strip()) or NUMBERED.match(label.strip()))
        and len(fold(label)) > 1
        and any(c.isalpha() for c in label)
    ]


def _blind(texts: Iterable[str], recogniser: Recogniser | None) -> list[str]:
    """What the redaction cannot see on this machine."""
    if recogniser is None:
        return [say(
            en="names that were not given are not looked for (recogniser=None): look through .review()",
            ru="имена, которые не перечислены, не ищутся (recogniser=None): просмотрите .review()",
        )]  # fmt: skip
    if recogniser is not either:
        return []
    joined = "".join(texts)
    out = []
    for language, letters in (("ru", "[А-Яа-я]{3}"), ("en", "[A-Za-z]{3}")):
        if missing(language) and re.search(letters, joined):
            name = {"ru": say(en="Russian", ru="русском"), "en": say(en="English", ru="английском")}[language]
            out.append(say(
                en=f"{name} names that were not given are found only beside a title or a cue, because the "
                   'extra is not installed: pip install "cjmkit[names]"; until then '
                   'list them in names= and look through .review()',
                ru=f"имена на {name} языке, которые не перечислены, находятся только рядом с обращением: не "
                   'установлено дополнение, pip install "cjmkit[names]"; '
                   'до того перечислите их в names= и просмотрите .review()',
            ))  # fmt: skip
    return out


def redact(
    transcripts: Transcripts | str | Iterable[str],
    *,
    names: Mapping[str, str] | Iterable[str] = (),
    keep: Iterable[str] = (),
    codings: pd.DataFrame | None = None,
    kinds: Iterable[str] = KINDS,
    speakers: bool = True,
    any_case: bool = False,
    recogniser: Recogniser | None = either,
    style: Literal["kind", "gender"] = "kind",
    shift_dates: int = 0,
) -> Redacted:
    r"""Mask what identifies people by stable pseudonyms: ``[PERSON_1]``, ``[PHONE_1]`` …

    Parameters
    ----------
        transcripts : Transcripts, str, or column or list of str
            What was read; texts are documents named by their index.
        names : iterable or mapping
            Names that may occur: people, children, employers. Russian ones are found in all their cases, first names
            also by their short forms. A mapping chooses the pseudonym: ``{"Анна Петрова": "[Покупатель 1]", "Аня":
            "[Покупатель 1]"}``.
        keep : iterable of str
            Words to leave, such as your own product's name.
        codings : pandas.DataFrame, optional
            Codings; those of these texts follow, words and memos of others are masked too.
        kinds : iterable of str
            What to look for, see :data:`cjmkit.text.redact.KINDS`. Cards, IBAN, СНИЛС, ИНН and ОГРН have right check
            digits; addresses a house number; passports, accounts, birth dates and orders stand beside a word that says
            so.
        speakers : bool
            Whether the names of speakers count as given names.
        any_case : bool
            Find given names in small letters too.
        recogniser : callable or None
            Finds people and companies that nobody gave: ``texts -> [[(start, end, "person" | "organisation"), …],
            …]``. The default reads English and Russian with the extra ``names`` and says what it cannot see without
            it. None: only given names.
        style : {"kind", "gender"}
            ``[PERSON_1]``, or ``[Женщина 1]``, ``[Man 2]`` where a first name tells.
        shift_dates : int
            Days by which all dates written in figures are shifted, so that spans of time stay; 0 leaves them.

    Returns
    -------
        Redacted
            The same thing has the same pseudonym in all documents. ``.review()`` lists what was masked and what may
            still be a name: no recogniser is complete, so look.

    Raises
    ------
        CjmError
            If a kind is unknown, a name has no letters, or something else than texts was given.

    Examples
    --------
        >>> from cjmkit.interviews import read_text
        >>> t = read_text("Q: Who called?\nA: Маше звонил Пётр, +7 916 123-45-67.")
        >>> print(redact(t, names=["Маша", "Пётр"]).transcripts.documents["text"][0])
        Q: Who called?
        A: [PERSON_1] звонил [PERSON_2], [PHONE_1].
        >>> redact(["Call Mr Hill", "Mr Hill's card 4111 1111 1111 1111"]).texts.tolist()
        ['Call Mr [PERSON_1]', "Mr [PERSON_1]'s card [CARD_1]"]
    """
    transcripts = _as_transcripts(transcripts)
    masker = _masker(
        transcripts, names, keep, set(kinds), speakers, any_case, recogniser, style == "gender", shift_dates
    )
    listed = transcripts.documents["text"].tolist()
    masker.finder.learn(
        [*listed, *([] if codings is None else _words_of(codings, set(transcripts.documents["document"])))]
    )
    moved: dict[str, _Moved] = {}
    texts: list[str] = []
    rows: list[tuple[str, int, int, str, str, str]] = []
    for d, text in zip(transcripts.documents["document"], listed, strict=True):
        new, spans, what = masker.mask(text)
        texts.append(new)
        moved[d] = _Moved(spans)
        shift = 0
        for (a, b, n), (kind, pseudonym) in zip(spans, what, strict=True):
            rows.append((d, a + shift, a + shift + len(n), kind, pseudonym, text[a:b]))
            shift += len(n) - (b - a)
    masked = pd.DataFrame(rows, columns=["document", "start", "end", "kind", "pseudonym", "original"])
    documents, turns, account = _rebuilt(transcripts, texts, moved, masker)
    return Redacted(
        transcripts=Transcripts(documents, turns, account, tuple(masker.mask(w)[0] for w in transcripts.warnings)),
        codings=None if codings is None else _masked_codings(codings, moved, documents, masker),
        report=_report(masked),
        key=Key(
            {p: tuple(o) for p, o in masker.originals.items()},
            {
                d: tuple((r.start, r.end, r.original) for r in masked[masked["document"] == d].itertuples())
                for d in documents["document"]
            },
            dict(zip(documents["document"], documents["sha256"], strict=True)),
        ),
        masked=masked,
        warnings=(*_blind(listed, recogniser), *_named_elsewhere(transcripts, masker)),
    )


def _masker(
    transcripts: Transcripts,
    names: Mapping[str, str] | Iterable[str],
    keep: Iterable[str],
    kinds: set[str],
    speakers: bool,
    any_case: bool,
    recogniser: Recogniser | None,
    gender: bool,
    shift: int,
) -> _Masker:
    given = dict(names.items()) if isinstance(names, Mapping) else {str(n): "" for n in names}
    persons: dict[str, str] = {}  # spelling to key
    chosen: dict[str, str] = {}  # key to pseudonym
    for name, pseudonym in given.items():
        persons[name] = pseudonym or name
        if pseudonym:
            chosen["person\0" + pseudonym] = pseudonym
    if speakers and "person" in kinds:
        for label in _speaker_names(transcripts):
            persons.setdefault(label, label)
    left = {w.casefold() for w in keep}

    def without_kept(texts: Sequence[str]) -> list[list[tuple[int, int, str]]]:
        read: Any = recogniser
        return [
            [(a, b, kind) for a, b, kind in found if t[a:b].casefold().strip(' «»"') not in left]
            for t, found in zip(texts, read(texts), strict=True)
        ]

    finder = Finder(persons, kinds, any_case, None if recogniser is None else without_kept)
    masker = _Masker(finder, chosen, gender, shift)
    # Names are numbered in the order given, everything else in order of appearance.
    for name, key in persons.items():
        masker.pseudonym("person", key, name)
    return masker


def _words_of(codings: pd.DataFrame, documents: set[str]) -> list[str]:
    """Texts of codings that lie outside the documents."""
    quotes = codings.loc[~codings["document"].isin(documents), "quote"].tolist()
    memos = codings["memo"].tolist() if "memo" in codings else []
    return [t for t in dict.fromkeys([*quotes, *memos]) if isinstance(t, str) and t]


def _rebuilt(
    transcripts: Transcripts, texts: list[str], moved: Mapping[str, _Moved], masker: _Masker
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Documents, turns and report with the new texts."""
    listed = zip(transcripts.documents["document"], texts, transcripts.documents["participant"], strict=True)
    documents = make_documents(((d, t, None if p != p else p) for d, t, p in listed), transcripts.documents["language"])
    turns = _move(transcripts.turns, moved, dict(zip(documents["document"], documents["text"], strict=True)), "text")
    masked = {s: masker.mask(s)[0] for s in turns["speaker"].dropna().unique()}
    turns["speaker"] = turns["speaker"].map(masked).astype("str")
    account = transcripts.report.copy()
    for column in ("speakers", "notes"):
        account[column] = [masker.mask(str(s))[0] for s in account[column]]
    return documents, turns, account


def _masked_codings(
    codings: pd.DataFrame, moved: Mapping[str, _Moved], documents: pd.DataFrame, masker: _Masker
) -> pd.DataFrame:
    """Codings at their new places; quotes of documents that are not here are masked as texts of their own."""
    out = _move(
        check_codings(codings), moved, dict(zip(documents["document"], documents["text"], strict=True)), "quote"
    )
    elsewhere = ~out["document"].isin(list(moved))
    for column, which in (("memo", out["memo"].notna()), ("quote", elsewhere & out["quote"].notna())):
        new = {m: masker.mask(m)[0] for m in out.loc[which, column].unique()}
        out.loc[which, column] = out.loc[which, column].map(new)
        out[column] = out[column].astype("str")
    return out


def _report(masked: pd.DataFrame) -> pd.DataFrame:
    order = {k: i for i, k in enumerate((*KINDS, "date"))}
    if masked.empty:
        return pd.DataFrame({"kind": [], "pseudonym": [], "times": [], "documents": []})
    found = masked.groupby(["kind", "pseudonym"], sort=False)["document"].agg(["size", "nunique"]).reset_index()
    found.columns = pd.Index(["kind", "pseudonym", "times", "documents"])
    found = found.assign(_order=found["kind"].map(order))
    found = found.sort_values(["_order", "times"], ascending=[True, False], kind="stable")
    return found.drop(columns="_order").reset_index(drop=True)


def _named_elsewhere(transcripts: Transcripts, masker: _Masker) -> list[str]:
    """Ids and file names that hold a name: they travel with every table."""
    out = []
    for p in transcripts.participants:
        if masker.mask(str(p))[0] != p:
            out.append(
                say(
                    en=f"the participant id {p!r} holds a name; give participants other ids before you share anything",
                    ru=f"в идентификаторе участника {p!r} есть имя; замените его, прежде чем чем-то делиться",
                )
            )
    for d in transcripts.documents["document"]:
        if masker.mask(str(d))[0] != d:
            out.append(say(en=f"the file name {d!r} holds a name", ru=f"в названии файла {d!r} есть имя"))
    return out


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


_NOTHING = pd.DataFrame({c: [] for c in ("document", "start", "end", "kind", "pseudonym", "original")})


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
    return Redacted(Transcripts(documents, turns, transcripts.report), out, empty, Key(), _NOTHING.copy())
