"""Who asked and who answered: told by labels, by who comes back in every interview, by who asks; else unknown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from cjmkit.interviews.reading.drafts import UNKNOWN
from cjmkit.interviews.reading.labels import GENERIC, fold, roles_of

__all__ = ["ROLES", "guess_roles"]

ROLES = ("respondent", "interviewer", "unknown", "ignore")


def guess_roles(
    turns: Sequence[tuple[str, str, str]], given: Mapping[str, str] | None = None
) -> tuple[dict[tuple[str, str], str], list[str]]:
    """Tell interviewers from respondents.

    Parameters
    ----------
    turns : sequence of (document, speaker, text)
        All turns of all documents.
    given : mapping of folded label to role, optional
        What the researcher said; decides.

    Returns
    -------
    (dict of (document, folded label) to role, list of str)
        The role of each speaker of each document, and remarks on what could not be told.

    Notes
    -----
    In this order: what the researcher said; what the label says ("Moderator"); the other of two speakers; a name that
    comes back in most documents asks the questions; else, of two or more speakers, the one whose turns are questions
    (at least every third, and twice as often as the others') and who speaks less than half of the words. Where none
    of this tells, nobody is taken for the interviewer: the roles are unknown, and a remark says so.

    Examples
    --------
    >>> guess_roles([("a", "Ann", "Why?"), ("a", "Bob", "It was dear."), ("a", "Ann", "And?")])[0]
    {('a', 'ann'): 'interviewer', ('a', 'bob'): 'respondent'}
    """
    given = given or {}
    by_document: dict[str, dict[str, list[str]]] = {}
    for document, speaker, said in turns:
        by_document.setdefault(document, {}).setdefault(fold(speaker), []).append(said)
    everywhere = Counter(s for speakers in by_document.values() for s in speakers if s)
    roles: dict[tuple[str, str], str] = {}
    remarks: list[str] = []
    for document, speakers in by_document.items():
        often = {
            s
            for s in speakers
            if s and len(by_document) >= 3 and everywhere[s] >= 0.6 * len(by_document) and not GENERIC.match(s)
        }
        found, open_ = _of_document(speakers, given, often)
        if open_:
            names = ", ".join(sorted(x or "(no name)" for x in open_))
            remarks.append(
                f"{document}: no speaker is named; whose words these are is unknown: speakers={{'{UNKNOWN}': "
                "'respondent'}} if one person speaks"
                if open_ == [UNKNOWN] and len(speakers) == 1
                else f"{document}: nobody could be told to be the interviewer among {names}; their roles are unknown: "
                "give them with speakers="
            )
        for s in speakers:
            roles[document, s] = found.get(s, "unknown")
    return roles, remarks


def _of_document(
    speakers: Mapping[str, list[str]], given: Mapping[str, str], often: set[str]
) -> tuple[dict[str, str], list[str]]:
    """Roles that can be told, and the speakers whose cannot."""
    said = roles_of(speakers)
    found = {s: "interviewer" for s in speakers if s == ""}
    found |= {s: r for s, r in said.items() if r}
    found |= {s: given[s] for s in speakers if s in given}
    open_ = [s for s in speakers if s not in found]
    if not open_:
        # "М1" beside "Ж1" alone: a man and a woman, and one of them asks.
        men = [s for s in speakers if re.fullmatch(r"м[ _-]?\d", s) and s not in given]
        if len(men) == 1 and set(found.values()) == {"respondent"} and _asking(speakers, list(speakers)) == men:
            found[men[0]] = "interviewer"
        return found, []
    if open_ == [UNKNOWN] and len(speakers) == 1:
        return found, open_
    if "interviewer" in found.values():
        # Somebody asks, so the others are asked.
        return found | {s: "respondent" for s in open_ if s != UNKNOWN}, [s for s in open_ if s == UNKNOWN]
    if len(speakers) == 1:
        return found | {open_[0]: "respondent"}, []
    known = [s for s in open_ if s != UNKNOWN]
    back = [s for s in known if s in often]
    if len(back) != 1:
        back = _asking(speakers, known)
    if len(back) == 1:
        return found | {s: "interviewer" if s == back[0] else "respondent" for s in known}, []
    return found, open_


def _asking(speakers: Mapping[str, list[str]], open_: list[str]) -> list[str]:
    if not open_:
        return []
    asks = {s: sum("?" in t for t in speakers[s]) / len(speakers[s]) for s in open_}
    size = {s: sum(len(t) for t in speakers[s]) for s in open_}
    total = sum(len(t) for said in speakers.values() for t in said)
    best = max(open_, key=lambda s: (asks[s], -size[s]))
    others = max((asks[s] for s in open_ if s != best), default=0.0)
    # Short interviews have long questions: there the share of words says nothing.
    brief = sum(map(len, speakers.values())) <= 8
    clear = asks[best] >= 1 / 3 and asks[best] >= 2 * others and (size[best] < total / 2 or (brief and others == 0))
    return [best] if clear else []
