"""Adding material: each file is looked at, said what it is and why, and copied into its place, never over another."""

from __future__ import annotations

import contextlib
import filecmp
import os
import re
import secrets
import shutil
import tempfile
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjmkit.errors import CjmError, one_of, reason
from cjmkit.files import existing, file_name, locked, write_atomically
from cjmkit.i18n import count, listing, say
from cjmkit.people import by_file_name
from cjmkit.study.code_places import with_places
from cjmkit.study.data import StudyData
from cjmkit.study.material import transcripts
from cjmkit.study.parts import PARTS, called
from cjmkit.study.people import overlaps, spelt_as_in_survey
from cjmkit.study.recognising import KINDS, TEXTS, recognise
from cjmkit.study.status import left_unread

if TYPE_CHECKING:
    import pandas as pd

    from cjmkit.interviews import Transcripts
    from cjmkit.qda import QdaProject

__all__ = ["Added", "add"]

_PART = {"reviews": "voices", "tickets": "voices", "chats": "voices", "letters": "voices", "mentions": "voices"}
_MOSTLY = 0.9
_OURS = {"document", "start", "end", "quote", "code"}


@dataclass(frozen=True)
class Added:
    """What became of each file: columns file, kind, why, place, done; shows itself as lines.

    Parameters
    ----------
    table : pandas.DataFrame
    lang : str
    shared : tuple of str
        How many people are in two kinds of material, as sentences.
    """

    table: pd.DataFrame
    lang: str
    shared: tuple[str, ...] = ()

    def __repr__(self) -> str:
        words = {
            "copied": say(en="copied", ru="скопирован", lang=self.lang),
            "there": say(en="is there already", ru="уже лежит", lang=self.lang),
            "taken": say(
                en="not copied: another file has this place",
                ru="не скопирован: место занято другим файлом",
                lang=self.lang,
            ),
            "unknown": say(en="not recognised, nothing changed", ru="не распознан, ничего не изменено", lang=self.lang),
        }
        out = []
        for row in self.table.to_dict("records"):
            place = f" → {row['place']}" if row["place"] else ""
            kind = f"{called(row['kind'], self.lang)}, " if row["kind"] else ""
            out.append(f"{row['file']}: {kind}{words[row['done']]}{place} ({row['why']})")
        out += self.shared
        kinds = dict.fromkeys(_PART.get(k, k) for k in self.table["kind"])
        allows = [say(en=PARTS[k].allows_en, ru=PARTS[k].allows_ru, lang=self.lang) for k in kinds if k in PARTS]
        if any(allows):
            out.append(
                say(en="This now allows: ", ru="Теперь есть: ", lang=self.lang) + "; ".join(filter(None, allows))
            )
        return "\n".join(out)


def add(
    study: StudyData,
    /,
    *paths: str | os.PathLike[str],
    kind: str | None = None,
    bar: Callable[..., Any] | None = None,
) -> Added:
    r"""Put files, or all files of folders, into their places in the study.

    Parameters
    ----------
    *paths : path-like
        Files or folders.
    kind : str, optional
        What they are (interviews, survey, reviews, tickets, chats, letters, mentions, events, codings, codebook,
        participants, notes, tasks, sources, competitors, touchpoints, ideas, channels, messages), where they should
        not be looked at.
    bar : callable, optional
        Makes a progress bar (``tqdm`` or alike); called with ``total=`` files.

    Returns
    -------
    Added
        For each file what it is, why, and whether it was copied; and how many people two kinds of material share. A
        file that is not recognised changes nothing, and none is ever copied over another. Where interviews and survey
        spell the same ids differently (p01, P1), ``interviews/participants.csv`` is written and said.

    Raises
    ------
    CjmError
        If a path does not exist, or `kind` is unknown.

    Notes
    -----
    Codings, codebooks and projects of other programs (see :func:`cjmkit.qda.read`) are kept as they came in
    ``codings/originals/``; their codings go to ``codings/CODER.csv``, their codes to ``codebook.yaml`` and the texts
    that they bring to ``interviews/``.

    Examples
    --------
    >>> import tempfile, pathlib, cjmkit as cj
    >>> here = pathlib.Path(tempfile.mkdtemp())
    >>> study = cj.Study.create(here / "bikes", framework="aida")
    >>> _ = (here / "anna.txt").write_text("Q: How was it?\nAnna: Slow.")
    >>> study.add(here / "anna.txt").table[["kind", "done"]].values.tolist()
    [['interviews', 'copied']]
    """
    import pandas as pd

    if kind is not None:
        one_of(kind, KINDS, what="kind of material")
    files: list[Path] = []
    for p in map(Path, paths):
        files += (
            sorted(f for f in p.rglob("*") if f.is_file() and f.name[0] not in ".~") if p.is_dir() else [existing(p)]
        )
    progress = bar(total=len(files), unit="file") if bar is not None and len(files) > 1 else None
    rows: dict[int, tuple[str, str, str, str, str]] = {}
    texts = _Texts(study)
    found = _together([(k, file, *_looked_at(file, kind)) for k, file in enumerate(files)])
    # Codings are found again in the interviews, which therefore come first.
    for k, file, what, why in sorted(found, key=lambda f: f[2] in ("codings", "codebook")):
        place, done = ("", "unknown")
        if what:
            try:
                place, done, why = _put(study, file, what, why, texts)
            except CjmError as error:
                if isinstance(error.__cause__, OSError):
                    raise
                why = str(error).splitlines()[0]
        rows[k] = (file.name, what if done != "unknown" else "", why, place, done)
        if progress is not None:
            progress.update(1)
    if progress is not None:
        progress.close()
    table = pd.DataFrame([rows[k] for k in sorted(rows)], columns=["file", "kind", "why", "place", "done"])
    new = {_PART.get(k, k) for k in table.loc[table["done"].eq("copied"), "kind"]}
    spelt = spelt_as_in_survey(study, texts.talks) if new & {"interviews", "survey"} else ()
    if spelt:
        texts.forget()
    aside = left_unread(study).values() if new & {"survey", "events"} else ()
    return Added(table, study.language, (*spelt, *overlaps(study, new, texts.talks), *aside))


def _looked_at(file: Path, kind: str | None) -> tuple[str, str]:
    if kind:
        return kind, say(en="as you said", ru="так сказано")
    try:
        return recognise(file)
    except (CjmError, OSError, ValueError) as error:
        return "", str(error).splitlines()[0]


def _together(found: list[tuple[int, Path, str, str]]) -> list[tuple[int, Path, str, str]]:
    """Texts without speakers among none that have any are diaries or answers, unless there are fewer than three."""
    asked = say(en="texts that share their questions", ru="тексты с одними и теми же вопросами")
    shared = _sharing_questions([f[1] for f in found if not f[2] and f[1].suffix.lower() in TEXTS])
    found = [(*f[:2], "interviews", asked) if f[1] in shared else f for f in found]
    texts = [f for f in found if f[1].suffix.lower() in TEXTS]
    if len(texts) < 3 or any(f[2] for f in texts):
        return found
    why = say(en="texts in which nobody is seen to speak, all alike", ru="тексты без говорящих, все одинаковы")
    return [(*f[:2], "interviews", why) if f in texts else f for f in found]


def _sharing_questions(files: list[Path]) -> set[Path]:
    """Texts of one folder in which the same lines come back: alone nobody is seen to speak, together a guide is."""
    from cjmkit import interviews

    out: set[Path] = set()
    for folder in {f.parent for f in files}:
        own = [f for f in files if f.parent == folder]
        if not 3 <= len(own) <= 500:
            continue
        with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for f in own:
                shutil.copyfile(f, Path(scratch) / f.name)
            try:
                turns = interviews.read(scratch).turns
            except CjmError:
                continue
        roles = turns.groupby("document")["role"].agg(set)
        told = {str(d) for d, r in roles.items() if {"interviewer", "respondent"} <= r}
        out |= {f for f in own if unicodedata.normalize("NFC", f.name) in told}
    return out


class _Texts:
    """The interviews of a study, read once for all files of codings, and again after one of them brought texts."""

    def __init__(self, study: StudyData) -> None:
        self.study = study
        self.talks: Transcripts | None = None

    def read(self) -> pd.DataFrame | None:
        if self.talks is None and self.study.interview_files():
            self.talks = transcripts(self.study)
        return None if self.talks is None else self.talks.documents

    def forget(self) -> None:
        self.talks = None


def _put(study: StudyData, file: Path, kind: str, why: str, texts: _Texts) -> tuple[str, str, str]:
    """Copy a file into its place in one step, if the place is free; codings of other programs are translated."""
    if kind in ("codings", "codebook") and not _is_ours(file, kind):
        return _translated(study, file, why, texts)
    place = KINDS[kind]
    target = _one_with_this_name(study.path / (place + file.name if place.endswith("/") else place))
    return _shown(study, target), _copied(file, target), why


def _shown(study: StudyData, target: Path) -> str:
    return target.relative_to(study.path).as_posix()


def _one_with_this_name(target: Path) -> Path:
    """The file that some disks take for the target: A.csv for a.csv (Windows, macOS), é as one character or two."""
    same = _as_disks_see(target.name)
    there = [p for p in target.parent.glob("*") if _as_disks_see(p.name) == same] if target.parent.is_dir() else []
    return target if target in there or not there else min(there)


def _as_disks_see(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _copied(file: Path, target: Path) -> str:
    """Copy whole or not at all, unless the place is taken."""
    if target.exists():
        return "there" if target.is_file() and filecmp.cmp(file, target, shallow=False) else "taken"
    temporary = target.with_name(f".{secrets.token_hex(6)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with locked(target):
            if target.exists():
                return "taken"
            shutil.copyfile(file, temporary)
            os.replace(temporary, target)
    except OSError as error:
        raise CjmError(f"{target}: {reason(error)}") from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    return "copied"


def _is_ours(file: Path, kind: str) -> bool:
    """Whether a file has the form that a study keeps."""
    if kind == "codebook":
        return file.suffix.lower() in (".yaml", ".yml")
    if file.suffix.lower() != ".csv":
        return False
    with file.open("rb") as opened:
        head = opened.readline(2000)
    return set(re.split(r"[,;\t]", head.decode("utf-8-sig", "replace").strip())) >= _OURS


def _translated(study: StudyData, file: Path, why: str, read: _Texts) -> tuple[str, str, str]:
    """Codings, codes and texts of another program, each in its place; the original is kept beside them."""
    from cjmkit import coding, qda

    original = study.path / "codings" / "originals" / file.name
    if original.exists():
        same = filecmp.cmp(file, original, shallow=False)
        return _shown(study, original), "there" if same else "taken", why
    there = read.read()
    project = qda.read(file, documents=there)
    said, places = [why], []
    book = study.path / "codebook.yaml"
    codings, texts, left = _with_texts(study, project, there)
    codings, foreign = _with_stages(study, codings)
    if foreign:
        said.append(
            say(
                en=f"stages that this study does not have, kept as memos: {listing(foreign)}",
                ru=f"этапы, которых в исследовании нет, остались в заметках: {listing(foreign)}",
            )
        )
    codings = codings.assign(coder=codings["coder"].where(codings["coder"].fillna("").ne(""), file.stem))
    if len(codings) and (coder := _coded_already(study, codings)):
        _copied(file, original)
        again = say(en=f"the same codings as those of {coder}", ru=f"те же отметки, что у {coder}")
        return f"codings/{file_name(coder)}.csv", "there", f"{why}; {again}"
    names = [file_name(str(c)) for c in codings["coder"].unique()]
    taken = [n for n in names if (study.path / "codings" / f"{n}.csv").exists()]
    if taken:
        return f"codings/{taken[0]}.csv", "taken", why
    if len(codings):
        places += [_shown(study, p) for p in coding.write_codings(codings, study.path / "codings")]
        said.append(count(len(codings), en=("coding", "codings"), ru=("отметка", "отметки", "отметок")))
    for name, text in texts.items():
        write_atomically(study.path / "interviews" / name, text)
    if texts:
        read.forget()
        places.append("interviews/")
        said.append(count(len(texts), en=("text", "texts"), ru=("текст", "текста", "текстов")))
    if len(project.codebook.codes) and not book.exists():
        made, n = with_places(study, project.codebook, codings)
        made.to_yaml(book)
        places.append("codebook.yaml")
        if n:
            said.append(
                say(
                    en=f"lane or stage proposed from words for {n} codes; look them over in codebook.yaml",
                    ru=f"строка или этап предложены по словам, кодов: {n}; проверьте их в codebook.yaml",
                )
            )
    elif len(project.codebook.codes):
        said.append(say(en="codebook.yaml was there and stays", ru="codebook.yaml уже был и остался"))
    lost = left + (int(project.dropped["times"].sum()) if len(project.dropped) else 0)
    if lost:
        said.append(say(en=f"not taken over: {lost}", ru=f"не перенесено: {lost}"))
    _copied(file, original)
    if not places and book.exists() and len(project.codebook.codes):
        return _shown(study, book), "taken", "; ".join(said)
    return ", ".join(places), "copied" if places else "unknown", "; ".join(said)


def _with_stages(study: StudyData, codings: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Stages by their ids, as a sheet writes their titles; one that the study does not have goes to the memo."""
    written = codings["stage"].fillna("").astype(str).str.strip()
    known = {name.casefold(): s.id for s in study.stages() for name in (s.title, s.id)}
    found = written.map(lambda w: known.get(w.casefold()))
    foreign = written.ne("") & found.isna()
    memo = codings["memo"].fillna("").astype(str)
    kept = memo.where(memo.eq(""), memo + "; ") + "stage: " + written
    made = codings.assign(stage=found.where(found.notna(), None), memo=codings["memo"].where(~foreign, kept))
    return made, list(dict.fromkeys(written[foreign]))


def _with_texts(
    study: StudyData, project: QdaProject, there: pd.DataFrame | None
) -> tuple[pd.DataFrame, dict[str, str], int]:
    """The codings under the names of documents that the study has or will have, the texts that are new to it, and how
    many codings are not in the study's own text.
    """
    import pandas as pd

    from cjmkit import coding

    codings, texts, lost = project.codings, {}, 0
    known = {} if there is None else dict(zip(there["document"], there["text"]))
    own = set() if there is None else _same_document(codings, there)
    if own and there is not None:
        # The interview is here as its file, and the project holds it as its own text: a second copy would count twice.
        moved = coding.anchor(codings[codings["document"].isin(own)], there).codings
        lost = int(codings["document"].isin(own).sum()) - len(moved)
        codings = pd.concat([moved, codings[~codings["document"].isin(own)]], ignore_index=True)
    renamed: dict[str, str] = {}
    for name, text in zip(project.documents["document"], project.documents["text"], strict=True):
        if name in own or known.get(name) == text:
            continue
        made = file_name(str(name)) or "document"
        made = made if made.lower().endswith(".txt") else f"{made}.txt"
        if known.get(made) == text:
            renamed[name] = made
            continue
        while (study.path / "interviews" / made).exists() or made in texts:
            made = f"{made[:-4]}-1.txt"
        texts[made], renamed[name] = text, made
    people = dict(zip(project.participants["document"], project.participants["participant"])) if len(
        project.participants
    ) else {}  # fmt: skip
    who = codings["document"].map(people)
    # Whose interview it is, the study knows; a sheet that calls the person otherwise must not make two people of one.
    whose = {} if there is None else dict(zip(there["document"], there["participant"]))
    owner = codings["document"].map(lambda d: whose.get(renamed.get(d, d)))
    stated = codings["participant"].where(codings["participant"].fillna("").ne(""), who)
    codings = codings.assign(
        participant=owner.where(owner.notna(), stated),
        document=codings["document"].map(lambda d: renamed.get(d, d)),
    )
    nobody = codings["participant"].isna() | codings["participant"].fillna("").eq("")
    stems = codings["document"].str.replace(r"\.\w{2,5}$", "", regex=True)
    begins = by_file_name([*known, *codings["document"].unique()])
    stems = codings["document"].map(begins).fillna(stems)
    return codings.assign(participant=codings["participant"].where(~nobody, stems)), texts, lost


def _same_document(codings: pd.DataFrame, there: pd.DataFrame) -> set[str]:
    """Documents of a project whose coded words nearly all stand in the study's document of the same name."""
    from cjmkit import coding

    named = codings[codings["document"].isin(set(there["document"]))]
    if named.empty:
        return set()
    found = coding.anchor(named, there).report["start"].notna()
    return {str(d) for d, share in found.groupby(named["document"]).mean().items() if share >= _MOSTLY}


def _coded_already(study: StudyData, codings: pd.DataFrame) -> str:
    """The coder whose file holds nearly all of these codings: another export of one work is no second coder."""
    from cjmkit import coding

    if not study.files("codings", (".csv",)):
        return ""
    kept = coding.read_codings(study.path / "codings")
    columns = ["document", "code", "quote"]
    new = _without_blanks(codings[columns])
    for coder, group in kept.groupby("coder"):
        if len(new) and len(new & _without_blanks(group[columns])) >= _MOSTLY * len(new):
            return str(coder)
    return ""


def _without_blanks(rows: pd.DataFrame) -> set[tuple[str, ...]]:
    return {tuple("".join(str(v).split()) for v in row) for row in rows.itertuples(index=False)}
