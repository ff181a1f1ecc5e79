"""Which language a text is in: English, Russian or another one."""

from __future__ import annotations

import re
from typing import Literal

from cjmkit.text.stop import stop_words

__all__ = ["detect_language", "has_known_meaning", "is_cyrillic"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Letters that modern Russian does not have (Ukrainian, Belarusian, Serbian, Kazakh …), and those that only it and
# Belarusian have: the cheapest evidence there is.
_NOT_RUSSIAN = re.compile(r"[іїєґўђјљњћџѓќѕәғқңөұүһҳҷӣӯѝ]")
_IS_CYRILLIC = re.compile("[\u0400-\u04ff]")
_IS_LATIN = re.compile("[a-z\u00aa-\u024f]")
_RUSSIAN = re.compile(r"[ыэё]")
_NOT_ENGLISH = re.compile(r"[àâäãåąáæçćčďđéèêëęěğíìîïıłñńňóòôöõøőœřśšşșťțúùûüůűýÿźżžßðþ]")
# Frequent function words of neighbours that share the script; each list holds only words that are not English
# (or not Russian) function words, so that one hit counts for one side.
# German, French, Spanish, Italian, Portuguese, Dutch, Polish, Turkish.
_LATIN = """
der das und ist nicht ich ein eine einen dem den des mit auf für auch sich sind wir sie war aber wie haben wird
le la les des une est pas que qui dans pour avec sur ce je il nous vous mais sont ne plus et du au
el los las una por con para pero muy como más esta este ser fue su del es lo mi yo
il di che è un non sono per ma ho della nel gli questo anche come più
os um uma não que em com para mais foi eu ele isso muito está
de het een niet dat van ik zijn maar voor ook naar wel werd
nie jest się na w z że jak ale był tak czy
ve bir bu için çok ama değil ne gibi daha
"""
# Those that the sentence vectors have not learnt: Swedish, Danish and Norwegian, Finnish, Czech, Romanian, Hungarian.
_LATIN_STRANGE = """
och att det som en jag inte är på av har den var
og jeg ikke til på af er det som ble
ja ei se että oli mutta on minä myös
je to že se jsem jsou není velmi ale jako když protože bylo byla
și să este nu foarte pentru dar sunt mai când
és hogy nem egy volt nagyon ez az meg mert
"""
# Ukrainian, Bulgarian, Serbian, Belarusian.
_CYRILLIC = """
та що це як від але вже ще дуже бути був було були має мене їх якщо тому коли
се си са от със съм беше това този които който което няма още също защото
је су да али није као који која било била
што гэта вельмі каб яго яны быў была
"""
_LATIN_KNOWN = frozenset(_LATIN.split())
_LATIN_OTHERS = (_LATIN_KNOWN | frozenset(_LATIN_STRANGE.split())) - stop_words("en")
_LATIN_STRANGERS = frozenset(_LATIN_STRANGE.split()) - _LATIN_KNOWN - stop_words("en")
# Letters of languages that the sentence vectors have not learnt, by script.
_STRANGE_LATIN = re.compile(r"[ăåæčďđěňňřšťůžøőűșțāēģīķļņūėįųðþơưạ-ỹ]")
_STRANGE_ARABIC = re.compile("[پچژگکیٹڈڑںھہے]")
_KNOWN_SCRIPTS = re.compile(
    "[a-z\u00aa-\u024f\u0400-\u04ff\u0600-\u06ff\u0e00-\u0e7f\u1ea0-\u1ef9\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"
)
_CYRILLIC_OTHERS = frozenset(_CYRILLIC.split()) - stop_words("ru")


def detect_language(text: str) -> Literal["en", "ru", "other"]:
    """Say whether a text is English, Russian or something else.

    The script decides first (by letters, the larger part wins), then letters and function words that only one
    language of the script has. A text of one or two words without such signs is taken for the language of its script.

    Parameters
    ----------
    text : str
        Any text; only the first 4,000 characters are looked at.

    Returns
    -------
    {"en", "ru", "other"}
        ``"other"`` also for a text without letters.

    Examples
    --------
    >>> detect_language("The site froze"), detect_language("Сайт завис"), detect_language("Der Markt ist nicht offen")
    ('en', 'ru', 'other')
    """
    found = [w.replace("’", "'").casefold() for w in _WORD.findall(text[:4_000])]
    letters = "".join(found)
    if not letters:
        return "other"
    cyrillic, latin = len(_IS_CYRILLIC.findall(letters)), len(_IS_LATIN.findall(letters))
    if max(cyrillic, latin) * 2 < len(letters):
        return "other"
    if cyrillic >= latin:
        foreign = len(_NOT_RUSSIAN.findall(letters)) / cyrillic
        own = len(_RUSSIAN.findall(letters)) / cyrillic
        ours, theirs = _hits(found, stop_words("ru")), _hits(found, _CYRILLIC_OTHERS)
        # ы, э and ё make up about 3% of Russian letters; і alone makes up 6% of Ukrainian ones.
        if foreign > 0.01 and foreign > own / 2:
            return "other"
        if len(letters) > 200 and own == 0:
            return "other"
        return "ru" if ours >= theirs else "other"
    ours, theirs = _hits(found, stop_words("en")), _hits(found, _LATIN_OTHERS)
    strange = sum(bool(_NOT_ENGLISH.search(w)) for w in found)
    # A café or a Müller does not make a text foreign; every fifth word does.
    if strange * 5 > len(found) and strange + theirs > max(ours, 1):
        return "other"
    if ours == 0 and len(found) >= 15:
        return "other"
    return "en" if ours >= theirs else "other"


def is_cyrillic(text: str) -> bool:
    """Whether most of its letters are Cyrillic: the cheapest way to tell two languages of one file apart.

    Examples
    --------
    >>> is_cyrillic("сайт завис"), is_cyrillic("the app, то есть the site"), is_cyrillic("12")
    (True, False, False)
    """
    low = text.casefold()
    return len(_IS_CYRILLIC.findall(low)) > len(_IS_LATIN.findall(low))


def has_known_meaning(text: str) -> bool:
    """Whether the language may be one of the sixteen whose sentence vectors come installed.

    Arabic, Chinese (both scripts), Dutch, English, French, German, Italian, Japanese, Korean, Polish, Portuguese,
    Russian, Spanish, Thai, Turkish. A text without a sign of another language counts as known.

    Examples
    --------
    >>> [has_known_meaning(t) for t in ("Das ist zu teuer", "слишком дорого", "це дуже дорого", "είναι πολύ ακριβό")]
    [True, True, False, False]
    """
    found = [w.replace("’", "'").casefold() for w in _WORD.findall(text[:4_000])]
    letters = "".join(found)
    if not letters:
        return True
    if 2 * len(_KNOWN_SCRIPTS.findall(letters)) < len(letters):
        return False
    if 2 * len(_IS_CYRILLIC.findall(letters)) > len(letters):
        return detect_language(text) == "ru"
    if _STRANGE_ARABIC.search(letters):
        return False
    strange = sum(bool(_STRANGE_LATIN.search(w)) for w in found)
    theirs = _hits(found, _LATIN_STRANGERS)
    return strange * 5 <= len(found) and theirs * 5 <= len(found)


def _hits(found: list[str], known: frozenset[str]) -> int:
    return sum(w in known for w in found)
