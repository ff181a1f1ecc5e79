"""Estimate: a figure that never travels without its n, its unit and its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from cjmkit.core.mistakes import explain_all
from cjmkit.errors import CjmError, suggest
from cjmkit.i18n import current_language, interval, number, say

__all__ = ["Estimate", "Value"]


if TYPE_CHECKING:  # for a type checker the fields alone say what may be given
    _Plain = BaseModel
else:

    class _SpeaksPlainly(type(BaseModel)):
        """Whoever makes a value by hand gets our error; a value inside another reports its place to the outer one."""

        def __call__(cls, *args, **fields):
            try:
                return super().__call__(*args, **fields)
            except ValidationError as error:
                raise CjmError(explain_all(error, cls)) from None

    class _Plain(BaseModel, metaclass=_SpeaksPlainly):
        pass


class Value(_Plain):
    """Base of cjmkit's frozen, validated values.

    Copy with :meth:`replace`, which validates again; ``model_copy`` would not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, ser_json_inf_nan="null")

    @model_validator(mode="before")
    @classmethod
    def _strip_as_python_does(cls, v: Any) -> Any:
        # Python and the validator disagree about a few control characters; a text that one of them strips when it is
        # written and the other does not when it is read would not come back equal.
        if not isinstance(v, dict) or not cls.model_config.get("str_strip_whitespace"):
            return v
        return {k: x.strip() if isinstance(x, str) else x for k, x in v.items()}

    def replace(self, **changes: Any) -> Any:
        """Return a copy with some fields changed, validated like a new one.

        Examples
        --------
        >>> import cjmkit as cj
        >>> journey = cj.Journey.from_framework("aida", title="Buying tea")
        >>> journey.replace(title="Buying good tea").title
        'Buying good tea'
        """
        fields: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        unknown = set(changes) - set(fields)
        if unknown:
            raise CjmError(suggest(sorted(unknown)[0], fields, what=f"field of {type(self).__name__}"))
        return type(self)(**(fields | changes))


class Estimate(Value):
    """A value with its interval, its n and what was counted.

    Parameters
    ----------
    value : float or None
        The figure; None where the data do not allow one (then `reason` says why).
    low, high : float or None
        Limits of the interval at `level`.
    n : int
        How many units of observation it rests on.
    unit : str
        What was counted: ``"people"`` unless said otherwise.
    level : float
        Confidence level of the interval, 0.95 by default.
    method : str
        How the interval was made, for example ``"Wilson"``.
    reason : str
        Why there is no value, or why it should be read with care.
    percent : bool
        Whether the value is a share that reads best as per cent.

    Examples
    --------
    >>> print(Estimate(value=0.42, low=0.31, high=0.54, n=70, method="Wilson"))
    0.42 [0.31, 0.54], n = 70 people
    >>> f"{Estimate(value=0.42, low=0.31, high=0.54, n=70):.0%}"
    '42% [31%, 54%], n = 70 people'
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = Field(ge=0)
    unit: str = "people"
    level: float = Field(default=0.95, gt=0, lt=1)
    method: str = ""
    reason: str = ""
    percent: bool = False

    @field_validator("value", "low", "high", mode="before")
    @classmethod
    def _nan_is_missing(cls, v: Any) -> Any:
        # NaN is not equal to itself: a saved and loaded journey would never be equal to its original.
        if v is None:
            return None
        try:
            v = float(v)
        except (TypeError, ValueError):
            raise ValueError(
                say(en=f"a number or None is expected, found {v!r}", ru=f"ожидалось число или None, пришло {v!r}")
            ) from None
        return None if math.isnan(v) else v

    @field_validator("n", mode="before")
    @classmethod
    def _whole_number(cls, v: Any) -> Any:
        return int(v) if isinstance(v, float) and v.is_integer() else (v.item() if hasattr(v, "item") else v)

    @model_validator(mode="after")
    def _limits_in_order(self) -> Estimate:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(
                say(
                    en=f"the interval is upside down: low {self.low} is above high {self.high}",
                    ru=f"интервал перевёрнут: нижняя граница {self.low} больше верхней {self.high}",
                )
            )
        return self

    def text(self, digits: int | None = None, *, percent: bool | None = None, lang: str | None = None) -> str:
        """Write value, interval and n for reading, in English or Russian.

        Parameters
        ----------
        digits : int, optional
            Digits after the decimal point; by default none for per cent and two otherwise.
        percent : bool, optional
            Show as per cent (0.42 as 42%); by default as the estimate itself says.
        lang : {"en", "ru"}, optional
            Language; the one in use by default.
        """
        lang = current_language(lang)
        percent = self.percent if percent is None else percent
        digits = (0 if percent else 2) if digits is None else digits
        out = number(self.value, digits, percent=percent, lang=lang)
        limits = interval(self.low, self.high, digits, percent=percent, level=self.level, lang=lang)
        out += f" {limits}" if limits else ""
        units = {"people": "чел.", "interviews": "интервью", "visits": "визитов", "events": "событий"}
        unit = say(en=self.unit, ru=units.get(self.unit, self.unit), lang=lang)
        return f"{out}, n = {number(self.n, 0, lang=lang)} {unit}"

    def __format__(self, spec: str) -> str:
        if not spec:
            return self.text(lang="en")
        percent = spec.endswith("%")
        digits = spec.strip(".%f")
        return self.text(int(digits) if digits else None, percent=percent, lang="en")

    def __str__(self) -> str:
        return self.text(lang="en")

    def _repr_html_(self) -> str:
        from html import escape

        return f"<span>{escape(self.text())}</span>"
