"""Tags as proposed codes, and marks as a survey: ways from voices into the other rooms."""

from __future__ import annotations

import pandas as pd

from cjmkit.core.codings import check_codings
from cjmkit.errors import NotEnough
from cjmkit.i18n import say
from cjmkit.survey import Survey
from cjmkit.voices.data import VoicesData

__all__ = ["codings", "survey", "tags"]


def tags(voices: VoicesData, /) -> pd.DataFrame:
    r"""The tags of the tickets as proposed codes, those of most people first.

    Returns
    -------
    pandas.DataFrame
        Columns code, n (people), documents, mark (their mean, where there are marks).

    Examples
    --------
    >>> import cjmkit as cj, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "t.csv"
    >>> rows = "1,Late,open,late,ann_b\n2,Lost,open,late,joe_k\n"
    >>> _ = file.write_text("Ticket ID,Subject,Status,Tags,Requester\n" + rows)
    >>> cj.voices.read(file).tags()[["code", "n"]].values.tolist()
    [['late', 2]]
    """
    long = voices.table.explode("tags").dropna(subset=["tags"])
    made = long.groupby("tags").agg(
        n=("participant", "nunique"), documents=("document", "nunique"), mark=("mark", "mean")
    )
    return made.rename_axis("code").reset_index().sort_values(["n", "code"], ascending=[False, True], ignore_index=True)


def codings(voices: VoicesData, /) -> pd.DataFrame:
    r"""The tags as codings: each covers the person's first words of its ticket; coder ``"tags"``.

    Returns
    -------
    pandas.DataFrame
        The table of codings.

    Examples
    --------
    >>> import cjmkit as cj, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "t.csv"
    >>> _ = file.write_text("Ticket ID,Subject,Status,Tags,Requester\n1,Late,open,late,ann_b\n")
    >>> cj.voices.read(file).codings()[["quote", "code", "coder"]].values.tolist()
    [['Late', 'late', 'tags']]
    """
    own = voices.turns[voices.turns["role"].eq("respondent")].drop_duplicates("document")
    long = voices.table[["document", "tags"]].explode("tags").dropna(subset=["tags"])
    rows = own.merge(long, on="document").rename(columns={"text": "quote", "tags": "code"})
    columns = ["document", "start", "end", "quote", "code", "participant"]
    return check_codings(rows[columns].assign(coder="tags"))


def survey(voices: VoicesData, /, *, name: str = "marks") -> Survey:
    r"""The marks as a survey of one question, a row a person, with the attributes to group by.

    Parameters
    ----------
    name : str
        What the survey is called in evidence.

    Returns
    -------
    Survey
        The rating ``mark`` on its scale, and date, product, place, channel and the other attributes; of a person who
        wrote several texts the mean mark and the first attributes.

    Raises
    ------
    NotEnough
        If nobody gave a mark, or the marks are on several scales.

    Examples
    --------
    >>> import cjmkit as cj, pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "r.csv"
    >>> _ = file.write_text("author,rating,review,place\nmia22,2,Late,Riga\nleo_k,5,Great,Oslo\n")
    >>> cj.survey.score(cj.voices.read(file).survey(), "mark").estimate.value
    3.5
    """
    marked = voices.table.dropna(subset=["mark"])
    scales = marked[["low", "high"]].drop_duplicates()
    if len(scales) != 1:
        raise NotEnough(
            say(en=f"marks on {len(scales)} scales", ru=f"шкал у оценок: {len(scales)}"),
            why=say(en="a mean is one of one scale", ru="среднее считают по одной шкале"),
            action=say(en="read the files one by one", ru="прочитайте файлы по отдельности"),
        )
    low, high = (float(v) for v in scales.iloc[0])
    left = {"document", "mark", "low", "high", "tags", "title", "url"}
    people = marked.drop(columns=[c for c in marked if c in left]).groupby("participant", sort=False).first()
    people.insert(0, "mark", marked.groupby("participant")["mark"].mean())
    made = Survey.from_frame(people.reset_index(), name=name, person="participant")
    return made.set_item("mark", type="likert", scale=(low, high))
