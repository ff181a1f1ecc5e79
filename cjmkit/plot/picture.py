"""A drawing as a notebook should keep it: a picture with a text that says what it shows."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Picture", "show"]


@dataclass(frozen=True)
class Picture:
    """A PNG with its alternative text.

    Parameters
    ----------
    png : bytes
        The picture.
    alt : str
        What it shows, for people who do not see it.
    width : int
        Width on the page in CSS pixels.
    """

    png: bytes
    alt: str
    width: int

    def __repr__(self) -> str:
        return f"<Picture: {self.alt}>"

    def _repr_html_(self) -> str:
        # JupyterLab drops the alternative text of PNG outputs, and an untrusted notebook drops <figure> and SVG:
        # an <img> with a data URI and an alt keeps both picture and text everywhere.
        data = base64.b64encode(self.png).decode()
        return (
            f'<img alt="{escape(self.alt, quote=True)}" width="{self.width}" '
            f'style="max-width:100%;background:#fff" src="data:image/png;base64,{data}">'
        )


def show(drawing: Any, alt: str, *, dpi: int = 144) -> Picture:
    """Turn a drawing into a picture with alternative text, and close its figure.

    Parameters
    ----------
    drawing : Axes, Figure or dict of Axes
        What a plot function returned.
    alt : str
        What the picture shows in a sentence or two; a result's ``summary()`` is a good start.
    dpi : int
        Dots per inch of the file.

    Returns
    -------
    Picture
        Shows itself in a notebook.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> show(plt.subplots()[1], "an empty pair of axes")
    <Picture: an empty pair of axes>
    """
    import matplotlib.pyplot as plt

    first = next(iter(drawing.values())) if isinstance(drawing, dict) else drawing
    figure: Figure = first if hasattr(first, "savefig") else first.get_figure()
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight", metadata={"Software": None})
    width = int(figure.get_size_inches()[0] * 96)
    plt.close(figure)
    return Picture(_small(buffer), " ".join(alt.split()), width)


def _small(png: io.BytesIO) -> bytes:
    """The picture with a palette of 64 colours: a third of the size, so that a notebook with ten of them stays
    light.
    """
    from PIL import Image

    out = io.BytesIO()
    with Image.open(png) as full:
        full.convert("RGB").quantize(64, dither=Image.Dither.NONE).save(out, format="PNG", optimize=True)
    return out.getvalue()
