"""What a machine coder is given and what it gives back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from cjmkit.coding.codebook import Codebook
from cjmkit.core.codings import MACHINE
from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError
from cjmkit.i18n import count, say

__all__ = ["Answer", "Coder", "MachineCodings"]


@dataclass(frozen=True)
class Answer:
    """One code that a machine gives a unit.

    Parameters
    ----------
    code : str
        Name of a code of the codebook.
    quote : str
        The words it rests on, as they stand in the unit; empty for the whole unit.
    score : float or None
        Calibrated probability, where the machine has one.
    """

    code: str
    quote: str = ""
    score: float | None = None


class Coder(Protocol):
    """Anything that can code: it has a name, and answers for units.

    ``code_units`` gets the codebook, the texts of the units and coded examples (text, codes), and returns for each unit
    the answers, or a string that says why there is none ("failed": never "no code").
    """

    name: str

    def code_units(
        self, codebook: Codebook, texts: Sequence[str], examples: Sequence[tuple[str, Sequence[str]]]
    ) -> Iterable[Sequence[Answer] | str]:
        """Answers for each text, in order."""
        ...


@dataclass(frozen=True, repr=False)
class MachineCodings:
    """What a machine coded, and what it was shown.

    Parameters
    ----------
    codings : pandas.DataFrame
        The codings table; coder is ``machine:<name>``, an extra column ``score`` holds probabilities.
    units : pandas.DataFrame
        document, participant, start, end, text, read (False where the machine failed): every unit that was asked
        about, so that "no code" can be told from "not asked".
    unit : str
        What a unit is.
    name : str
        Of the coder, with the prefix.
    codes : tuple of str
        The codes that could be given.
    refused : pandas.DataFrame
        unit, why: answers that were not taken, such as a quote that is not in the unit.
    made_by : mapping
        Model, parameters, version of the prompt, hash of the codebook.
    """

    codings: pd.DataFrame
    units: pd.DataFrame
    unit: str
    name: str
    codes: tuple[str, ...]
    refused: pd.DataFrame
    made_by: Mapping[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Units without an answer."""
        return int((~self.units["read"]).sum())

    def summary(self, lang: str | None = None) -> str:
        """What was coded, in a sentence."""
        n, k = int(self.units["read"].sum()), len(self.codings)
        units = count(n, en=("unit", "units"), ru=("единица", "единицы", "единиц"), lang=lang)
        out = say(
            en=f"{self.name} read {units} and gave {k} codes, {len(self.codings['code'].unique())} of "
            f"{len(self.codes)} different ones.",
            ru=f"{self.name}: прочитано {units}, кодов дано {k}, разных {len(self.codings['code'].unique())} из "
            f"{len(self.codes)}.",
            lang=lang,
        )
        if self.failed or len(self.refused):
            out += say(
                en=f" {self.failed} units without an answer, {len(self.refused)} answers refused.",
                ru=f" Без ответа {self.failed}, отвергнуто ответов {len(self.refused)}.",
                lang=lang,
            )
        said = say(
            en=" How often it is right is not known before people have coded a sample: cj.coding.plan_validation.",
            ru=" Как часто это верно, неизвестно, пока выборку не закодируют люди: cj.coding.plan_validation.",
            lang=lang,
        )
        return out + said

    def __repr__(self) -> str:
        return f"<MachineCodings: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        import html

        shown = self.codings[["document", "quote", "code"]].head(12)
        return f"<p>{html.escape(self.summary())}</p>{frame_html(shown)}"


def checked_name(coder: Any) -> str:
    """The name of a coder with its prefix."""
    name = str(getattr(coder, "name", "") or getattr(coder, "__name__", type(coder).__name__))
    if not name.strip() or any(c in name for c in "\n\r\0"):
        raise CjmError(
            en=f"a coder needs a name of one line, not {name!r}",
            ru=f"кодировщику нужно имя в одну строку, а не {name!r}",
        )
    return name if name.startswith(MACHINE) else MACHINE + name
