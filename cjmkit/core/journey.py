"""Journey: the map as a value with its verbs."""

from __future__ import annotations

import re
from typing import Any

from cjmkit.core import changing, frameworks, looking
from cjmkit.core.course import Action, EmotionPoint, Link
from cjmkit.core.map import MapData
from cjmkit.core.persona import Persona
from cjmkit.core.showing import html
from cjmkit.i18n import Language, current_language

__all__ = ["Action", "EmotionPoint", "Journey", "Link", "slug"]


class _Verbs:
    # Apart from the fields: a validated value takes only annotated names as its own.
    table = looking.table
    coverage = looking.coverage
    assumptions = looking.assumptions
    trace = looking.trace
    stages_table = looking.stages_table
    touchpoints_table = looking.touchpoints_table
    channel_table = looking.channel_table
    for_persona = looking.for_persona

    with_stage = changing.with_stage
    without_stage = changing.without_stage
    with_note = changing.with_note
    with_notes = changing.with_notes
    with_note_moved = changing.with_note_moved
    with_stage_order = changing.with_stage_order
    with_typical = changing.with_typical
    without_note = changing.without_note
    with_touchpoint = changing.with_touchpoint
    with_touchpoints = changing.with_touchpoints
    with_link = changing.with_link
    with_links = changing.with_links
    with_emotion = changing.with_emotion
    with_persona = changing.with_persona
    with_personas = changing.with_personas
    with_improvements = changing.with_improvements


class Journey(MapData, _Verbs):
    """A customer journey map as a frozen value; every ``with_…`` method returns a new one.

    Parameters
    ----------
    id, title : str
        Short stable name (also the file's name in a study) and the title.
    language : {"en", "ru"}
        Language of the notes.
    framework : str
        The stage model it was made from; empty for one's own.
    scenario : str
        What the person is trying to do.
    personas : tuple of Persona
        Whose journey it is; one map describes one persona, several are allowed and the linter says so.
    stages : tuple of Stage
        The columns, in the order in which they are drawn.
    links : tuple of Link
        Skips, returns, repeats and the loop.
    emotion : tuple of EmotionPoint
        Emotion curves.
    improvements : tuple of Action
        What will be done.
    agreement : Estimate or None
        Agreement of the coders behind the quotes.
    gaps : tuple of Gap
        What the map cannot say yet; shown in the lanes that stay empty.
    wave, revises : str
        Which version this is, and the id of the journey it revises.

    Examples
    --------
    >>> from cjmkit.core.stage import Stage
    >>> j = Journey(id="flat", title="First flat", stages=(Stage(id="deal", title="Deal"),))
    >>> j.with_note("deal", "barriers", "Contract in small print").stage("deal").barriers[0].assumption
    True
    """

    @classmethod
    def from_framework(
        cls,
        framework: str,
        *,
        title: str,
        id: str = "",
        language: Language | None = None,
        persona: Persona | None = None,
        content: bool = False,
        **fields: Any,
    ) -> Journey:
        """Start a journey from a ready stage model.

        Parameters
        ----------
        framework : str
            Name of the model, see ``cj.frameworks.table()``.
        title : str
            Title of the journey.
        id : str
            Short stable name; made from the title when not given.
        language : {"en", "ru"}, optional
            Language of stage names and notes; the one in use by default.
        persona : Persona, optional
            Whose journey it is.
        content : bool
            Also put the model's typical goals, questions, channels and tasks on the map, as assumptions to be
            confirmed or thrown out.
        **fields
            Other fields of the journey, for example ``scenario=``.

        Examples
        --------
        >>> import cjmkit as cj
        >>> journey = cj.Journey.from_framework("aida", title="Buying tea")
        >>> [s.title for s in journey.stages]
        ['Attention', 'Interest', 'Desire', 'Action']
        """
        language = current_language(language)
        model = frameworks.get(framework)
        return cls(
            id=id or slug(title),
            title=title,
            language=language,
            framework=model.name,
            personas=(persona,) if persona is not None else (),
            stages=model.stages(language, content=content),
            links=model.links(),
            **fields,
        )

    def __repr__(self) -> str:
        notes = sum(1 for _ in self.cells())
        evidenced = sum(1 for *_, item in self.cells() if not item.assumption)
        return (
            f"<Journey {self.id!r}: {self.title}; {len(self.stages)} stages, {notes} notes, {evidenced} with evidence>"
        )

    def _repr_html_(self) -> str:
        return html(self)


_CYRILLIC = dict(
    pair.split(":")
    for pair in (
        "а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:y к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:h ц:ts "
        "ч:ch ш:sh щ:sch ъ: ы:y ь: э:e ю:yu я:ya"
    ).split(" ")
)


def slug(title: str) -> str:
    """Make a file-safe id from a title.

    Examples
    --------
    >>> slug("Первая квартира, 2026")
    'pervaya-kvartira-2026'
    """
    plain = "".join(_CYRILLIC.get(c, c) for c in title.casefold())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "journey"
