"""What a picture says of figures whose answers can be read in two ways: † at their names, both values below."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from cjmkit.core.caution import Caution, contradictions, unpacked
from cjmkit.i18n import say
from cjmkit.plot._style import wrap
from cjmkit.plot._survey import below

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["foot", "footed", "signed", "signed_rows"]

P = ParamSpec("P")

_MOST = 3


def footed(draw: Callable[Concatenate[Any, P], Axes]) -> Callable[Concatenate[Any, P], Axes]:
    """A plot of a result, with its cautions as footnotes."""

    @wraps(draw)
    def drawn(result: Any, *args: P.args, **options: P.kwargs) -> Axes:
        ax = draw(result, *args, **options)
        lang = options.get("lang")
        foot(ax, getattr(result, "cautions", ()), lang if isinstance(lang, str) else None)
        return ax

    return drawn


def foot(ax: Axes, cautions: Iterable[Caution], lang: str | None = None) -> None:
    """Write the value under each reading, and what was guessed, below everything that the axes hold."""
    found = list(cautions)
    signs = [(c, "†") for c in contradictions(found)] + [(c, "*") for c in found if not c.contradictory]
    if not signs:
        return
    figure: Any = ax.get_figure()
    inches, height = map(float, figure.get_size_inches())
    width = max(50, int(inches * 10.5))
    lines = [wrap(f"{sign} {c.text(lang)}", width) for c, sign in signs[:_MOST]]
    if len(signs) > _MOST:
        k = len(signs) - _MOST
        lines.append(say(en=f"and {k} more: .cautions", ru=f"и ещё {k}: .cautions", lang=lang))
    text = "\n".join(lines)
    if len(figure.axes) == 1:
        # A figure of one drawing grows by what is written below it.
        figure.set_size_inches(inches, height + 0.135 * (text.count("\n") + 2))
    figure.canvas.draw()
    box = ax.get_tightbbox(figure.canvas.get_renderer())
    down = (ax.bbox.y0 - box.y0) * 72 / figure.dpi if box is not None else 40.0
    below(ax, text, down + 6)


def signed(result: Any, text: str, *items: str) -> str:
    """A name with † where the answers of its items can be read in two ways."""
    return f"† {text}" if contradictions(result.cautions_on(*items)) else text


def signed_rows(table: pd.DataFrame, texts: Iterable[str], column: str = "stage") -> list[str]:
    """Names of the stages (or touchpoints) of a curve in their order, with † where one of its points is doubtful."""
    if "cautions" not in table:
        return list(texts)
    rows = table.drop(columns="cautions").assign(doubt=[bool(contradictions(unpacked(t))) for t in table["cautions"]])
    keys = [column, "touchpoint"] if "touchpoint" in rows else [column]
    doubtful = rows.groupby(keys, sort=False)["doubt"].any().tolist()
    names = list(texts)
    doubtful = doubtful if len(names) == len(doubtful) else [False] * len(names)
    return [f"† {t}" if d else t for t, d in zip(names, doubtful, strict=True)]
