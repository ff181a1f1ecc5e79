"""From bytes to text: which encoding a file is in, and how sure that is."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from cjmkit.errors import CjmError, FileFormatError

__all__ = ["Decoded", "decode"]

# How often a letter occurs in Russian text, in per mille (rounded; any large corpus gives about these).
_FREQUENT = "110 85 80 74 67 63 55 47 45 43 35 32 30 28 26 20 19 17 17 16 16 14 12 10 9 7 6 5 4 3 3 0.4 0.4"
_RUSSIAN = dict(zip("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", map(float, _FREQUENT.split())))
_CYRILLIC = ("cp1251", "koi8-r", "cp866", "mac-cyrillic", "iso8859-5")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Decoded:
    """How a file was read.

    Parameters
    ----------
    encoding : str
        The encoding chosen.
    note : str
        What to tell the researcher; empty where there was nothing to decide.
    """

    encoding: str
    note: str = ""


def decode(raw: bytes, *, encoding: str | None = None, path: object = None) -> tuple[str, Decoded]:
    r"""Turn the bytes of a text file into text with ``\n`` line ends and no byte order mark.

    Parameters
    ----------
    raw : bytes
        The file.
    encoding : str, optional
        The encoding, where the researcher knows it.
    path : path-like, optional
        The file to name in an error.

    Returns
    -------
    (str, Decoded)
        The text, and which encoding it was taken for.

    Raises
    ------
    FileFormatError
        If it is not text, or not in the encoding given.

    Notes
    -----
    A byte order mark decides; else UTF-8 if the bytes allow it; else UTF-16 if every second byte is nearly always
    zero or 4; else the eight-bit Cyrillic encoding whose reading looks most like Russian by the frequency of letters
    and by capitals inside words; else Windows-1252.

    Examples
    --------
    >>> text, how = decode("Дорого, и долго ждать.".encode("cp1251"))
    >>> text, how.encoding
    ('Дорого, и долго ждать.', 'cp1251')
    """
    text, how = _decode(raw, encoding, path)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, how


def _decode(raw: bytes, encoding: str | None, path: object) -> tuple[str, Decoded]:
    if encoding is not None:
        try:
            return raw.decode(encoding).removeprefix("\ufeff"), Decoded(encoding)
        except LookupError as error:
            raise CjmError(
                en=f"unknown encoding {encoding!r}; try 'utf-8' or 'cp1251'",
                ru=f"кодировка {encoding!r} неизвестна; попробуйте 'utf-8' или 'cp1251'",
            ) from error
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            raise FileFormatError(
                en=f"this is not {encoding}: {error.reason} at byte {error.start}; leave encoding out to have it found",
                ru=f"это не {encoding}: {error.reason}, байт {error.start}; уберите encoding, и она найдётся сама",
                path=path,
                line=line,
            ) from error
    for bom, name in _BOMS:
        if raw.startswith(bom):
            cut = raw[: len(raw) - len(raw) % (4 if "32" in name else 2)] if name != "utf-8-sig" else raw
            try:
                return cut.decode(name).removeprefix("\ufeff"), Decoded(name)
            except UnicodeDecodeError:
                return cut.decode(name, "replace").removeprefix("\ufeff"), Decoded(name, "some bytes are damaged")
    try:
        text = raw.decode("utf-8")
        if "\x00" not in text:
            return text, Decoded("utf-8")
    except UnicodeDecodeError:
        pass
    wide = _utf16(raw)
    if wide:
        return raw[: len(raw) // 2 * 2].decode(wide, "replace"), Decoded(wide, "no byte order mark; read as UTF-16")
    if b"\x00" in raw[:4096]:
        raise FileFormatError(
            en="this is not a text file; give tables as csv, tsv or xlsx, transcripts as txt, vtt, srt, docx, odt, rtf",
            ru="это не текстовый файл; таблицы — csv, tsv или xlsx, расшифровки — txt, vtt, srt, docx, odt, rtf",
            path=path,
        )
    sample = raw[:200_000]
    loose = raw.decode("utf-8", "replace")
    broken = loose.count("\ufffd") - raw.count(b"\xef\xbf\xbd")
    multi = sum(c > "\x7f" for c in loose[:100_000])
    if multi > 20 and broken * 50 < multi:
        return loose, Decoded("utf-8", f"{broken} damaged characters were replaced by �")
    best = max(_CYRILLIC, key=lambda name: _looks_russian(sample.decode(name, "replace")))
    shown = sample.decode(best, "replace")
    western = sample.decode("cp1252", "replace")
    high = sum(b > 0x7F for b in sample)
    latin = sum(c.isascii() and c.isalpha() for c in western)
    if _looks_russian(shown) > 0 and high > 0.25 * latin:
        return raw.decode(best, "replace"), Decoded(best, f"not UTF-8; read as {best}")
    return raw.decode("cp1252", "replace"), Decoded("cp1252", "not UTF-8; read as cp1252")


def _utf16(raw: bytes) -> str | None:
    sample = raw[:4000]
    if len(sample) < 4:
        return None
    for name, at in (("utf-16-le", 1), ("utf-16-be", 0)):
        highs = sample[at::2]
        if sum(b in (0, 4) for b in highs) > 0.9 * len(highs):
            return name
    return None


_ODD = re.compile(r"[а-яё][А-ЯЁ]")


def _looks_russian(text: str) -> float:
    """Mean log-likeness of a reading to Russian; higher is better."""
    if not text:
        return 0.0
    letters = [c for c in text if c > "\x7f"]
    if not letters:
        return 0.0
    points = 0.0
    for c in letters[:20_000]:
        low = c.lower()
        weight = _RUSSIAN.get(low)
        points += (
            (weight if c == low else weight / 4) if weight is not None else (0.0 if c in "«»—–…№“”’\xa0" else -60.0)
        )
    return points / min(len(letters), 20_000) - 40 * len(_ODD.findall(text)) / len(letters)
