"""What a redaction gives back: texts, the report, the review, the key."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmkit.core.printed import frame_html
from cjmkit.i18n import count, say
from cjmkit.interviews.redaction_key import Key
from cjmkit.interviews.transcripts import Transcripts
from cjmkit.text.redact import KINDS

__all__ = ["Redacted"]


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
        >>> from cjmkit.interviews import redact
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
        return f"<p>{html.escape(self.summary())}</p>{warned}{frame_html(self.report)}"
