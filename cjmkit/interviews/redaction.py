"""Redaction: names, numbers and addresses out of transcripts, reversibly, with codings that keep their words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from cjmkit.core.codings import check_codings
from cjmkit.errors import CjmError
from cjmkit.i18n import say
from cjmkit.interviews.masking import Masker, Moved, move
from cjmkit.interviews.reading.labels import GENERIC, NUMBERED, fold, known_role
from cjmkit.interviews.redacted import Redacted
from cjmkit.interviews.redaction_key import Key
from cjmkit.interviews.transcripts import Transcripts, make_documents
from cjmkit.text.recognise import Recogniser, either, missing
from cjmkit.text.redact import KINDS, Finder

__all__ = ["Redacted", "redact", "restore"]


def _as_transcripts(given: Transcripts | str | Iterable[str]) -> Transcripts:
    """Texts as documents without turns of speakers."""
    if isinstance(given, Transcripts):
        return given
    if isinstance(given, str):
        given = pd.Series([given], index=["text"])
    column = given if isinstance(given, pd.Series) else pd.Series(list(given), dtype="object")
    wrong = [type(v).__name__ for v in column if not isinstance(v, str) and not pd.isna(v)]
    if wrong:
        raise CjmError(
            en=f"redact takes transcripts, a text, or texts; among the texts is a value of type {wrong[0]}",
            ru=f"redact берёт расшифровки, текст или тексты; среди текстов есть значение вида {wrong[0]}",
        )
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
            Codings; those of these texts follow. Codes, memos, touchpoints, coders, columns of your own and the words
            of other documents are masked too; participants and documents that hold a name are named in ``.warnings``.
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
    moved: dict[str, Moved] = {}
    texts: list[str] = []
    rows: list[tuple[str, int, int, str, str, str]] = []
    for d, text in zip(transcripts.documents["document"], listed, strict=True):
        new, spans, what = masker.mask(text)
        texts.append(new)
        moved[d] = Moved(spans)
        shift = 0
        for (a, b, n), (kind, pseudonym) in zip(spans, what, strict=True):
            rows.append((d, a + shift, a + shift + len(n), kind, pseudonym, text[a:b]))
            shift += len(n) - (b - a)
    masked = pd.DataFrame(rows, columns=["document", "start", "end", "kind", "pseudonym", "original"])
    documents, turns, account = _rebuilt(transcripts, texts, moved, masker)
    return Redacted(
        transcripts=Transcripts(documents, turns, account, tuple(masker.mask(w)[0] for w in transcripts.warnings)),
        codings=None if codings is None else _masked_codings(codings, moved, documents, masker),
        report=report_of(masked),
        key=Key(
            {p: tuple(o) for p, o in masker.originals.items()},
            {
                d: tuple((r.start, r.end, r.original) for r in masked[masked["document"] == d].itertuples())
                for d in documents["document"]
            },
            dict(zip(documents["document"], documents["sha256"], strict=True)),
        ),
        masked=masked,
        warnings=(*_blind(listed, recogniser), *_named_elsewhere(transcripts, codings, masker)),
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
) -> Masker:
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

    finder = Finder(persons, kinds, any_case, None if recogniser is None else without_kept, left)
    masker = Masker(finder, chosen, gender, shift)
    # Names are numbered in the order given, everything else in order of appearance.
    for name, key in persons.items():
        masker.pseudonym("person", key, name)
    return masker


def _words_of(codings: pd.DataFrame, documents: set[str]) -> list[str]:
    """Texts of codings that lie outside the documents."""
    texts = codings.loc[~codings["document"].isin(documents), "quote"].tolist() if "quote" in codings else []
    for column in _named_columns(codings):
        texts += codings[column].tolist()
    return [t for t in dict.fromkeys(texts) if isinstance(t, str) and t]


def _named_columns(codings: pd.DataFrame) -> list[str]:
    """Columns of codings in which people write: codes, touchpoints, coders, memos and columns of their own."""
    ids = ("document", "participant", "quote", "stage", "created")
    return [c for c in codings.columns if c not in ids and not pd.api.types.is_numeric_dtype(codings[c].dtype)]


def _rebuilt(
    transcripts: Transcripts, texts: list[str], moved: Mapping[str, Moved], masker: Masker
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Documents, turns and report with the new texts."""
    listed = zip(transcripts.documents["document"], texts, transcripts.documents["participant"], strict=True)
    documents = make_documents(((d, t, None if p != p else p) for d, t, p in listed), transcripts.documents["language"])
    turns = move(transcripts.turns, moved, dict(zip(documents["document"], documents["text"], strict=True)), "text")
    masked = {s: masker.mask(s)[0] for s in turns["speaker"].dropna().unique()}
    turns["speaker"] = turns["speaker"].map(masked).astype("str")
    account = transcripts.report.copy()
    for column in ("speakers", "notes"):
        account[column] = [masker.mask(str(s))[0] for s in account[column]]
    return documents, turns, account


def _masked_codings(
    codings: pd.DataFrame, moved: Mapping[str, Moved], documents: pd.DataFrame, masker: Masker
) -> pd.DataFrame:
    """Codings at their new places; quotes of documents that are not here are masked as texts of their own.

    The same name has the same pseudonym in a code as in a text, so that codes stay the same codes.
    """
    out = move(check_codings(codings), moved, dict(zip(documents["document"], documents["text"], strict=True)), "quote")
    elsewhere = ~out["document"].isin(list(moved))
    where = {"quote": elsewhere & out["quote"].notna()} | {c: out[c].notna() for c in _named_columns(out)}
    for column, which in where.items():
        new = {m: masker.mask(str(m))[0] for m in out.loc[which, column].unique()}
        out.loc[which, column] = out.loc[which, column].map(new)
        out[column] = out[column].astype("str")
    return out


def report_of(masked: pd.DataFrame) -> pd.DataFrame:
    order = {k: i for i, k in enumerate((*KINDS, "date"))}
    if masked.empty:
        return pd.DataFrame({"kind": [], "pseudonym": [], "times": [], "documents": []})
    found = masked.groupby(["kind", "pseudonym"], sort=False)["document"].agg(["size", "nunique"]).reset_index()
    found.columns = pd.Index(["kind", "pseudonym", "times", "documents"])
    found = found.assign(_order=found["kind"].map(order))
    found = found.sort_values(["_order", "times"], ascending=[True, False], kind="stable")
    return found.drop(columns="_order").reset_index(drop=True)


def _named_elsewhere(transcripts: Transcripts, codings: pd.DataFrame | None, masker: Masker) -> list[str]:
    """Ids and file names that hold a name: they travel with every table."""
    out = []
    people, documents = list(transcripts.participants), transcripts.documents["document"].tolist()
    if codings is not None:
        people += codings["participant"].dropna().tolist() if "participant" in codings else []
        documents += codings["document"].dropna().tolist()
    for p in dict.fromkeys(people):
        if masker.mask(str(p))[0] != p:
            out.append(
                say(
                    en=f"the participant id {p!r} holds a name; give participants other ids before you share anything: "
                    "rename the file, or write participants.csv beside it (document, participant)",
                    ru=f"в идентификаторе участника {p!r} есть имя; замените его, прежде чем чем-то делиться: "
                    "переименуйте файл или положите рядом participants.csv (document, participant)",
                )
            )
    for d in dict.fromkeys(documents):
        if masker.mask(str(d))[0] != d:
            out.append(say(en=f"the file name {d!r} holds a name", ru=f"в названии файла {d!r} есть имя"))
    return out


_NOTHING = pd.DataFrame({c: [] for c in ("document", "start", "end", "kind", "pseudonym", "original")})


def restore(transcripts: Transcripts, key: Key, *, codings: pd.DataFrame | None = None) -> Redacted:
    r"""Undo a redaction.

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

    Examples
    --------
    >>> import cjmkit as cj
    >>> talk = cj.interviews.read_text("Q: Who called?\nA: Peter Hill did.", document="ann")
    >>> hidden = cj.interviews.redact(talk, names=["Peter Hill"])
    >>> print(hidden.transcripts.documents["text"][0])
    Q: Who called?
    A: [PERSON_1] did.
    >>> print(cj.interviews.restore(hidden.transcripts, hidden.key).transcripts.documents["text"][0])
    Q: Who called?
    A: Peter Hill did.
    """
    moved: dict[str, Moved] = {}
    texts = []
    rows: list[Any] = list(transcripts.documents.itertuples(index=False))
    for r in rows:
        if key.sha256.get(r.document) != r.sha256:
            raise CjmError(
                en=f"the key does not belong to {r.document!r} as it is now; it was made for another text",
                ru=f"ключ не подходит к {r.document!r} в нынешнем виде; он сделан для другого текста",
            )
        spans = [(a, b, old) for a, b, old in key.spans.get(r.document, ())]
        moved[r.document] = Moved(spans)
        parts, at = [], 0
        for a, b, old in spans:
            parts += [r.text[at:a], old]
            at = b
        texts.append("".join([*parts, r.text[at:]]))
    documents = make_documents(
        (r.document, t, None if r.participant != r.participant else r.participant) for r, t in zip(rows, texts)
    )
    text_of = dict(zip(documents["document"], documents["text"], strict=True))
    turns = move(transcripts.turns, moved, text_of, "text")
    first = {p: o[0] for p, o in key.originals.items()}
    turns["speaker"] = turns["speaker"].map(lambda s: first.get(s, s) if s == s else s).astype("str")
    out = None if codings is None else move(check_codings(codings), moved, text_of, "quote")
    empty = pd.DataFrame({"kind": [], "pseudonym": [], "times": [], "documents": []})
    return Redacted(Transcripts(documents, turns, transcripts.report), out, empty, Key(), _NOTHING.copy())
