"""Looking at the links of a survey's questions, and accepting those that are proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cjmkit.errors import NotEnough, one_of
from cjmkit.i18n import say
from cjmkit.study.data import StudyData
from cjmkit.study.linking import propose
from cjmkit.study.surveys import survey as read

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["accept", "links"]


def links(study: StudyData, /, survey: str | None = None) -> pd.DataFrame:
    """The rated questions with the stage and touchpoint where they stand now: decided, or proposed with the reason.

    Parameters
    ----------
    survey : str, optional
        Name of the survey; the study's own by default.

    Returns
    -------
    pandas.DataFrame
        Columns item, text, stage, touchpoint, reason, sure, linked.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> table = cj.Study.example("mealkit", tempfile.mkdtemp() + "/m").links()
    >>> table.loc[table["touchpoint"] == "Menu page", ["stage", "linked"]].values.tolist()
    [['consideration', True]]
    """
    return propose(study, read(study, survey, proposed=False))


def accept(
    study: StudyData,
    /,
    items: Iterable[str] | Mapping[str, tuple[str, str]] | None = None,
    *,
    survey: str | None = None,
) -> pd.DataFrame:
    r"""Accept proposed links: they are written into the survey's ``NAME.items.yaml`` as decisions.

    Parameters
    ----------
    items : iterable of str, or mapping of str to (str, str), optional
        Which questions; all by default. A mapping says the stage and touchpoint of each itself, in place of those
        proposed; two empty texts take a link away.
    survey : str, optional
        Name of the survey; the study's own by default.

    Returns
    -------
    pandas.DataFrame
        The links accepted, as :meth:`links` shows them.

    Raises
    ------
    NotEnough
        If the survey has no rating to link.

    Examples
    --------
    >>> import tempfile, pandas as pd, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/shop", framework="five-stages")
    >>> rows = ["id,How satisfied are you with the delivery?", *(f"a{k},{1 + k % 5}" for k in range(20))]
    >>> _ = (study.path / "surveys" / "s.csv").write_text("\n".join(rows))
    >>> study.accept()["linked"].all()
    np.True_
    """
    asked = read(study, survey, proposed=False)
    table = propose(study, asked)
    if table.empty:
        raise NotEnough(
            say(
                en=f"survey {asked.name} has no rating of one thing",
                ru=f"в опросе {asked.name} нет оценок чего-то одного",
            ),
            why=say(en="only ratings have a place on the way", ru="место на пути есть только у оценок"),
            action=say(
                en="say in NAME.items.yaml which columns are ratings (type: likert, scale: [1, 5])",
                ru="укажите в ИМЯ.items.yaml, какие столбцы — оценки (type: likert, scale: [1, 5])",
            ),
            lane="emotion",
        )
    chosen = list(table["item"]) if items is None else [one_of(i, table["item"], what="rated question") for i in items]
    table = table[table["item"].isin(chosen)]
    given = items if isinstance(items, Mapping) else {}
    for name, (stage, touchpoint) in given.items():
        if stage:
            one_of(stage, [s.id for s in study.stages()], what="stage")
        table.loc[table["item"] == name, ["stage", "touchpoint"]] = [stage, touchpoint]
    for row in table[~table["linked"] | table["item"].isin(given)].to_dict("records"):
        asked = asked.set_item(row["item"], stage=row["stage"], touchpoint=row["touchpoint"])
    asked.save_decisions(study.items_file(survey))
    return table.assign(linked=table["stage"] != "")
