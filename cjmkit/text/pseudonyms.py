"""What stands for a person: a word that keeps the gender where the first name tells it."""

from __future__ import annotations

import re
from functools import cache

from cjmkit.text.name_cues import missing

__all__ = ["gendered"]


@cache
def _latin_gender() -> dict[str, str]:
    from importlib import import_module

    out: dict[str, set[str]] = {}
    for place in ("en_US", "en_GB", "en_IN", "de_DE", "fr_FR", "es_ES", "pl_PL"):
        provider = import_module(f"faker.providers.person.{place}").Provider
        for gender in ("female", "male"):
            for name in getattr(provider, f"first_names_{gender}", ()):
                out.setdefault(str(name).casefold(), set()).add(gender)
    return {name: next(iter(genders)) for name, genders in out.items() if len(genders) == 1}


def gendered(name: str) -> str:
    """A word for the person who bears a name: Женщина, Мужчина, Человек, or Woman, Man, Person.

    Parameters
    ----------
    name : str
        As it stood in the text, in any case.

    Returns
    -------
    str
        The neutral word where the name does not tell, or the extra ``names`` is not installed.

    Examples
    --------
    >>> gendered("Марине Ковалёвой"), gendered("Петру"), gendered("O.")
    ('Женщина', 'Мужчина', 'Person')
    """
    words = [w for w in re.findall(r"[^\W\d_]+", name) if len(w) > 1]
    if re.search("[а-яё]", name.casefold()):
        return {"female": "Женщина", "male": "Мужчина"}.get(_russian_gender(words), "Человек")
    genders = {} if missing("en") else _latin_gender()
    found = next((genders[w.casefold()] for w in words if w.casefold() in genders), "")
    return {"female": "Woman", "male": "Man"}.get(found, "Person")


def _russian_gender(words: list[str]) -> str:
    if missing("ru"):
        return ""
    from cjmkit.text.name_cues import morphology

    for tag in ("Patr", "Name", "Surn"):
        for w in words:
            for parse in morphology().parse(w.casefold())[:3]:
                if (
                    tag in parse.tag
                    and parse.tag.gender in ("femn", "masc")
                    and "ms-f" not in str(parse.tag).casefold()
                ):
                    return "female" if parse.tag.gender == "femn" else "male"
    return ""
