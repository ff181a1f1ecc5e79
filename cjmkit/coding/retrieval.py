"""What the codings say: quotes, codes by case, stage and persona, co-occurrence, scores. People are the unit."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmkit.core.codings import by_people
from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError, DataWarning, need_columns, suggest
from cjmkit.i18n import number, say
from cjmkit.people import ids, named
from cjmkit.stats import wilson

__all__ = ["CodeTable", "code_by", "interviewed", "quotes", "stage_of", "stage_scores", "stage_ways"]


def stage_of(codings: pd.DataFrame, codebook: Any = None, touchpoints: pd.DataFrame | None = None) -> pd.Series:
    """The stage of each coding, by the one rule that every room uses.

    In this order: the coder's own stage; the stage of its code; that of the code's parent, and of the parent's parent;
    the stage of its touchpoint, if that stands at one stage only. Missing where none of them says.

    Parameters
    ----------
    codings : DataFrame
        code, and where known stage, touchpoint.
    codebook : Codebook or DataFrame, optional
        name (or code), stage, parent.
    touchpoints : DataFrame, optional
        stage, touchpoint.

    Examples
    --------
    >>> from cjmkit.coding import Code, Codebook
    >>> book = Codebook([Code("service", stage="buying"), Code("wait", parent="service")])
    >>> stage_of(pd.DataFrame({"code": ["wait", "service"], "stage": ["using", None]}), book).tolist()
    ['using', 'buying']
    """
    need_columns(codings, (), what="codings")
    return _stages(codings, codebook, touchpoints)[0]


def stage_ways(codings: pd.DataFrame, codebook: Any = None, touchpoints: pd.DataFrame | None = None) -> pd.DataFrame:
    """How many codings got their stage in which way of :func:`stage_of`.

    Parameters
    ----------
    codings, codebook, touchpoints : DataFrame, Codebook
        As for :func:`stage_of`.

    Returns
    -------
    DataFrame
        way (coding, code, parent, touchpoint, none), n, share.

    Examples
    --------
    >>> from cjmkit.coding import Code, Codebook
    >>> book = Codebook([Code("service", stage="buying"), Code("wait", parent="service")])
    >>> stage_ways(pd.DataFrame({"code": ["wait", "service"], "stage": ["using", None]}), book)
          way  n  share
    0  coding  1    0.5
    1    code  1    0.5
    """
    ways = _stages(codings, codebook, touchpoints)[1]
    counts = ways.value_counts().reindex(["coding", "code", "parent", "touchpoint", "none"]).dropna().astype(int)
    return pd.DataFrame({"way": counts.index, "n": counts.to_numpy(), "share": counts.to_numpy() / max(len(ways), 1)})


def _stages(codings: pd.DataFrame, codebook: Any, touchpoints: pd.DataFrame | None) -> tuple[pd.Series, pd.Series]:
    """Stage of each coding, and which way it came."""
    blank: Any = pd.Series(None, index=codings.index, dtype="object")

    def column(name: str) -> Any:
        found: Any = codings[name].astype("object") if name in codings else blank
        return found.where(found.notna() & (found.astype(str).str.strip() != ""))

    by_code, parent = _codes(codebook)
    above = {code: stage for code in parent if (stage := _inherited(parent[code], by_code, parent))}
    at_touchpoint: dict[str, str] = {}
    if touchpoints is not None and {"stage", "touchpoint"} <= set(touchpoints.columns):
        pairs = touchpoints[["stage", "touchpoint"]].dropna().astype(str).drop_duplicates()
        alone = pairs[~pairs["touchpoint"].duplicated(keep=False)]
        at_touchpoint = dict(zip(alone["touchpoint"], alone["stage"], strict=True))
    code = column("code")
    stage = column("stage")
    way: Any = pd.Series("none", index=codings.index)
    way = way.where(stage.isna(), "coding")
    ways = (
        ("code", code.map(by_code)),
        ("parent", code.map(above)),
        ("touchpoint", column("touchpoint").map(at_touchpoint)),
    )
    for name, found in ways:
        new = stage.isna() & found.notna()
        stage, way = stage.where(~new, found), way.where(~new, name)
    return stage, way


def _codes(codebook: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Stage and parent of each code that has one."""
    if codebook is None:
        return {}, {}
    if not isinstance(codebook, pd.DataFrame):
        return {c.name: c.stage for c in codebook if c.stage}, {c.name: c.parent for c in codebook if c.parent}
    name = "code" if "code" in codebook else "name"
    out = []
    for column in ("stage", "parent"):
        table = codebook[[name, column]].dropna() if column in codebook else pd.DataFrame(columns=[name, column])
        out.append({str(c): str(v) for c, v in zip(table[name], table[column], strict=True) if str(v).strip()})
    return out[0], out[1]


def _inherited(code: str, stage: dict[str, str], parent: dict[str, str]) -> str:
    for _ in range(len(parent) + 1):
        if code in stage:
            return stage[code]
        if code not in parent:
            return ""
        code = parent[code]
    return ""


def interviewed(codings: pd.DataFrame, turns: pd.DataFrame | None = None) -> list[str]:
    """Everybody interviewed: who speaks in the turns, and who has a coding; the base of every share of people.

    Without turns nobody knows of the people who said nothing that was coded.

    Examples
    --------
    >>> turns = pd.DataFrame({"participant": ["anna", "boris"], "role": "respondent"})
    >>> interviewed(pd.DataFrame({"participant": ["anna"]}), turns)
    ['anna', 'boris']
    """
    need_columns(codings, ("participant",), what="codings")
    people = set(ids(codings["participant"]).dropna())
    if turns is not None:
        need_columns(turns, ("participant",), what="turns")
        speaking = turns[turns["role"].astype(str) != "interviewer"] if "role" in turns else turns
        people |= set(ids(speaking["participant"]).dropna())
    return sorted(str(p) for p in people - {""})


def known_people(codings: pd.DataFrame) -> pd.DataFrame:
    if not len(codings):
        raise CjmError(en="there are no codings yet", ru="кодировок ещё нет")
    table = by_people(codings)
    table = table.assign(participant=ids(table["participant"]))
    table = table[table["participant"].notna()]
    if not len(table):
        raise CjmError(
            en="no coding says whose words it is; fill the column participant, for example from the turns: "
            "cj.coding.with_participants(codings, turns)",
            ru="ни у одной кодировки не сказано, чьи это слова; заполните столбец participant, например из реплик: "
            "cj.coding.with_participants(codings, turns)",
        )
    return table


def _labels(labels: Mapping[str, str] | pd.Series) -> dict[str, str]:
    made = (named(labels) if isinstance(labels, pd.Series) else pd.Series(dict(labels), dtype="object")).dropna()
    return dict(zip(ids(made.index), made.astype(str), strict=True))


def quotes(
    codings: pd.DataFrame,
    *,
    code: str | Iterable[str] | None = None,
    stage: str | Iterable[str] | None = None,
    by: Mapping[str, str] | pd.Series | None = None,
    n: int | None = None,
    turns: pd.DataFrame | None = None,
    documents: pd.DataFrame | None = None,
    context: int = 120,
    codebook: Any = None,
) -> pd.DataFrame:
    """Find passages again, with what stands around them.

    Parameters
    ----------
    codings : pandas.DataFrame
        The codings table.
    code, stage : str or iterable of str, optional
        Only these; with a codebook, a code includes the codes below it, and a stage those that its codes belong to.
    by : mapping or Series, optional
        Persona of each participant; adds the column ``persona``.
    n : int, optional
        So many per code, of as many different people as possible: everybody's first before anybody's second.
    turns, documents : pandas.DataFrame, optional
        Where to take the context from: the turn around the passage, or the document's text.
    context : int
        At most so many characters on each side.
    codebook : Codebook, optional
        Hierarchy and stages of the codes.

    Returns
    -------
    pandas.DataFrame
        document, participant, persona (with by), stage, code, quote, before, after, start, end, coders, valence
        (mean of the coders'), memo. A passage that several coders gave the same code comes once.

    Examples
    --------
    >>> said = pd.DataFrame({"document": ["anna", "boris"], "start": 0, "end": 4, "quote": ["Slow", "Dear"],
    ...     "code": ["wait", "price"], "participant": ["anna", "boris"], "coder": "eva"})
    >>> said["valence"], said["memo"] = float("nan"), None
    >>> texts = pd.DataFrame({"document": ["anna", "boris"], "text": ["Slow, very slow.", "Dear to me."]})
    >>> quotes(said, code="wait", documents=texts)[["quote", "after"]].values.tolist()
    [['Slow', ', very slow.']]
    """
    need_columns(codings, ("participant", "code", "quote"), what="codings")
    table = codings.assign(stage=stage_of(codings, codebook))
    if code is not None:
        wanted = [code] if isinstance(code, str) else list(code)
        known = set(table["code"]) | (set(codebook.names) if codebook is not None else set())
        for c in wanted:
            if c not in known:
                raise CjmError(suggest(c, sorted(known), what="code"))
        if codebook is not None:
            wanted += [u.name for c in wanted if c in codebook for u in codebook.under(c)]
        table = table[table["code"].isin(wanted)]
    if stage is not None:
        stages = [stage] if isinstance(stage, str) else list(stage)
        table = table[table["stage"].isin(stages)]
    if by is not None:
        persona = _labels(by)
        table = table.assign(persona=pd.Series(ids(table["participant"]), index=table.index).map(persona))
    key = ["document", "start", "end", "code"]
    first = table.drop_duplicates(key).sort_values([*key[:1], "start", "end", "code"], kind="stable").copy()
    grouped = table.groupby(key, sort=False)
    coders = grouped["coder"].agg(lambda c: ", ".join(sorted(set(c.dropna()))))
    valence = grouped["valence"].mean()
    memo = grouped["memo"].agg(lambda m: " | ".join(dict.fromkeys(m.dropna())))
    at = pd.MultiIndex.from_frame(first[key])
    first["coders"] = coders.reindex(at).to_numpy()
    first["valence"] = valence.reindex(at).to_numpy()
    first["memo"] = memo.reindex(at).to_numpy()
    if n is not None:
        turn = first.groupby(["code", "participant"], dropna=False).cumcount()
        first = first.assign(_round=turn).sort_values(["code", "_round"], kind="stable")
        first = first.groupby("code", sort=False).head(n).drop(columns="_round")
    around = [_around(row, turns, documents, context) for row in first.itertuples()]
    first["before"] = pd.Series([b for b, _ in around], index=first.index, dtype="str")
    first["after"] = pd.Series([a for _, a in around], index=first.index, dtype="str")
    columns = [
        "document",
        "participant",
        *(["persona"] if by is not None else []),
        "stage",
        "code",
        "quote",
        "before",
    ]
    columns += ["after", "start", "end", "coders", "valence", "memo"]
    return first[columns].reset_index(drop=True)


def _around(row: Any, turns: pd.DataFrame | None, documents: pd.DataFrame | None, context: int) -> tuple[str, str]:
    text, offset = "", 0
    if documents is not None:
        found = documents.loc[documents["document"] == row.document, "text"]
        text = str(found.iloc[0]) if len(found) else ""
    elif turns is not None:
        hit = turns[(turns["document"] == row.document) & (turns["start"] <= row.start) & (turns["end"] >= row.end)]
        if len(hit):
            text, offset = str(hit["text"].iloc[0]), int(hit["start"].iloc[0])
    if not text:
        return "", ""
    a, b = row.start - offset, row.end - offset
    before, after = text[max(0, a - context) : a], text[b : b + context]
    # Do not begin or end inside a word.
    if a > context and " " in before:
        before = "…" + before[before.index(" ") + 1 :]
    if b + context < len(text) and " " in after:
        after = after[: after.rindex(" ")] + "…"
    return before, after


@dataclass(frozen=True, repr=False)
class CodeTable:
    """How many people a code was given to, by group.

    Parameters
    ----------
    table : pandas.DataFrame
        code, group, people, of, share, low, high, passages. ``people`` of the ``of`` people in the group said something
        with that code; low and high are Wilson's interval of the share.
    by : str
        What the groups are: ``"case"``, ``"stage"`` or ``"persona"``.
    level : float
        Confidence level of the intervals.
    """

    table: pd.DataFrame
    by: str
    level: float = 0.95

    def wide(self, value: str = "people") -> pd.DataFrame:
        """Codes as rows, groups as columns; `value` is any column of the table."""
        if value not in self.table.columns:
            raise CjmError(suggest(value, self.table.columns, what="column"))
        codes, groups = self.table["code"].unique(), self.table["group"].unique()
        return self.table.pivot(index="code", columns="group", values=value).reindex(index=codes, columns=groups)

    def summary(self, lang: str | None = None) -> str:
        """The most frequent pairs of code and group in words."""
        if not len(self.table):
            return say(en="No codings.", ru="Кодировок нет.", lang=lang)
        top = self.table.sort_values(["people", "passages"], ascending=False, kind="stable").iloc[0]
        share = number(top["share"], 0, percent=True, lang=lang)
        what = f"{top['code']} ({top['group']})"
        low, high = number(top["low"], 0, percent=True, lang=lang), number(top["high"], 0, percent=True, lang=lang)
        return say(
            en=f"Most often: {what}, {top['people']} of {top['of']} people, {share} [{low}, {high}].",
            ru=f"Чаще всего: {what}, {top['people']} из {top['of']} чел., {share} [{low}; {high}].",
            lang=lang,
        )

    def _evidence_(self, *, code: str, group: str | None = None) -> Any:
        from cjmkit.core.estimate import Estimate
        from cjmkit.core.evidence import SurveyFigure

        rows = self.table[
            (self.table["code"] == code) & ((self.table["group"] == group) if group is not None else True)
        ]
        if not len(rows):
            raise CjmError(suggest(code, self.table["code"].unique(), what="code"))
        if len(rows) > 1:
            raise CjmError(
                en=f"say which group: {', '.join(map(str, rows['group']))}",
                ru=f"скажите, какая группа: {', '.join(map(str, rows['group']))}",
            )
        r = rows.iloc[0]
        return SurveyFigure(
            survey="codings",
            item=str(code),
            question=str(code),
            where="" if group is None else f"{self.by} {group}",
            statistic="share of people",
            estimate=Estimate(
                value=r["share"], low=r["low"], high=r["high"], n=int(r["of"]), level=self.level, method="Wilson"
            ),
        )

    def __repr__(self) -> str:
        return f"<CodeTable by {self.by}: {self.summary('en')}>"

    def _repr_html_(self) -> str:
        import html

        return f"<p>{html.escape(self.summary())}</p>{frame_html(self.wide())}"


def code_by(
    codings: pd.DataFrame,
    *,
    by: str | Mapping[str, str] | pd.Series,
    codebook: Any = None,
    people: Iterable[str] | None = None,
    stages: Iterable[str] | None = None,
    level: float = 0.95,
) -> CodeTable:
    """Count people by code and case, stage or persona.

    Parameters
    ----------
    codings : pandas.DataFrame
        The codings table. A person counts once for a code, whoever coded and however often.
    by : {"case", "stage", "code"} or mapping or Series
        ``"case"``: each person (1 of 1, or 0 of 1; passages tell how often). ``"stage"``: of all people, how many said
        it about that stage. ``"code"``: only how many people have the code. A mapping from participant to persona:
        share of the persona's people.
    codebook : Codebook, optional
        Stage of codes whose codings have none.
    people : iterable of str, optional
        Everybody who was interviewed, also those without any coding; without it, everybody who has one (or a label).
    stages : iterable of str, optional
        Order of the stages; those without codings are shown with zeros.
    level : float
        Confidence level of the intervals.

    Returns
    -------
    CodeTable
        Its table has all pairs of code and group, zeros too.

    Examples
    --------
    >>> c = pd.DataFrame({"code": ["price", "price"], "participant": ["a", "b"], "stage": ["deal", "deal"]})
    >>> code_by(c, by="stage", people=["a", "b", "c"]).table[["people", "of"]].values.tolist()
    [[2, 3]]
    """
    table = known_people(codings)
    everybody = list(dict.fromkeys(ids(people) if people is not None else table["participant"]))
    if people is not None:
        strangers = sorted(set(table["participant"]) - set(everybody))
        if strangers:
            raise CjmError(suggest(strangers[0], everybody, what="participant in the codings"))
    if isinstance(by, str):
        if by not in ("case", "stage", "code"):
            raise CjmError(
                suggest(by, ("case", "stage", "code"), what="grouping") + "; or a mapping from participant to persona"
            )
        kind = by
        if by == "stage":
            table = table.assign(group=stage_of(table, codebook))
            table = table[table["group"].notna()]
            groups = list(stages) if stages is not None else sorted(table["group"].unique())
            sizes = dict.fromkeys(groups, len(everybody))
        elif by == "case":
            table = table.assign(group=table["participant"])
            groups = everybody
            sizes = dict.fromkeys(groups, 1)
        else:
            table = table.assign(group="all")
            groups, sizes = ["all"], {"all": len(everybody)}
    else:
        kind = "persona"
        persona = _labels(by)
        table = table.assign(group=table["participant"].map(persona))
        nobody = table.loc[table["group"].isna(), "participant"].nunique()
        if nobody:
            of = table["participant"].nunique()
            en = f"{nobody} of {of} people with codings have no label and are in no group"
            ru = f"у {nobody} из {of} чел. с кодировками нет метки, ни в одной группе их нет"
            warnings.warn(say(en=en, ru=ru), DataWarning, stacklevel=2)
        table = table[table["group"].notna()]
        counted = pd.Series(persona).value_counts()
        if people is not None:
            counted = pd.Series({k: v for k, v in persona.items() if k in set(everybody)}).value_counts()
        groups = sorted(counted.index)
        sizes = counted.to_dict()
    order = [c.name for c in codebook] if codebook is not None else []
    used = list(codings["code"].dropna().unique())
    codes = [c for c in order if c in used] + sorted(c for c in used if c not in order)
    grouped = table.groupby(["code", "group"])
    who = grouped["participant"].nunique()
    spans = [c for c in ("document", "start", "end") if c in table]
    unique = table.drop_duplicates(["code", "group", "participant", *spans]) if spans else table
    passages = unique.groupby(["code", "group"]).size()
    index = pd.MultiIndex.from_product([codes, groups], names=["code", "group"])
    out = pd.DataFrame({"people": who.reindex(index, fill_value=0), "passages": passages.reindex(index, fill_value=0)})
    out = out.reset_index()
    out["of"] = out["group"].map(sizes).fillna(0).astype("int64")
    _, low, high = wilson(out["people"].to_numpy(), out["of"].to_numpy(), level=level)
    with np.errstate(invalid="ignore", divide="ignore"):
        out["share"] = np.where(out["of"] > 0, out["people"] / out["of"].where(out["of"] > 0, 1), np.nan)
    out["low"], out["high"] = low, high
    return CodeTable(out[["code", "group", "people", "of", "share", "low", "high", "passages"]], kind, level)


def stage_scores(codings: pd.DataFrame, *, codebook: Any = None) -> pd.DataFrame:
    """Scores of people at stages from the valence that coders gave their words.

    Parameters
    ----------
    codings : pandas.DataFrame
        The codings table; rows without valence, stage or participant say nothing and are left out.
    codebook : Codebook, optional
        Stage of codes whose codings have none.

    Returns
    -------
    pandas.DataFrame
        participant, stage, touchpoint, score (−2 to 2), source (``"coding"``), passages, survey and item (where the
        score comes from). One row per person, stage and touchpoint: the mean over a coder's
        passages, then over coders, so that nobody counts more for coding more.

    Examples
    --------
    >>> said = pd.DataFrame({"participant": ["anna", "anna"], "stage": "buying", "valence": [-2, -1], "coder": "eva"})
    >>> stage_scores(said)[["participant", "stage", "score"]].values.tolist()
    [['anna', 'buying', -1.5]]
    """
    need_columns(codings, ("participant",), what="codings")
    codings = by_people(codings)
    table = codings.assign(stage=stage_of(codings, codebook), participant=ids(codings["participant"]))
    table = table[table["valence"].notna() & table["stage"].notna() & table["participant"].notna()].copy()
    if "touchpoint" not in table:
        table["touchpoint"] = None
    table["touchpoint"] = table["touchpoint"].astype("str").fillna("")
    table["coder"] = table["coder"].astype("str").fillna("") if "coder" in table else ""
    key = ["participant", "stage", "touchpoint"]
    by_coder = table.groupby([*key, "coder"], sort=False)["valence"].mean()
    score = by_coder.groupby(level=key, sort=False).mean()
    spans = [c for c in ("document", "start", "end") if c in table]
    passages = table.drop_duplicates([*key, *spans]).groupby(key, sort=False).size()
    out = score.rename("score").reset_index()
    out["source"] = pd.Series("coding", index=out.index, dtype="str")
    out["passages"] = passages.reindex(pd.MultiIndex.from_frame(out[key])).to_numpy() if len(out) else 0
    out["touchpoint"] = out["touchpoint"].where(out["touchpoint"] != "")
    # Where the figure comes from, for the evidence of a curve.
    out["survey"], out["item"] = "codings", "valence"
    return out[[*key, "score", "source", "passages", "survey", "item"]]
