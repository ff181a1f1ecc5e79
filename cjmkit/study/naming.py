"""Names in place of ids; those of personas follow the groups that they were given to, or are asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjmkit.core.stage import LANES, lane_title
from cjmkit.files import load_yaml, write_atomically
from cjmkit.i18n import number, say
from cjmkit.study.data import StudyData
from cjmkit.study.material import codebook, event_titles
from cjmkit.study.parts import has
from cjmkit.study.results import conclude

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["names_for", "titles"]

_SAME = 0.8
_FEWEST = 10


def names_for(study: StudyData, /, by: pd.Series) -> dict[str, str]:
    """The names of ``study.yaml`` for the groups found now, as far as these are the groups that were named.

    The people of each group are kept with the names when these are first used. After new material the groups are
    compared over the people that both have: where they agree (adjusted Rand index from .8 on), each name goes to the
    group with most of its people; otherwise no name is given, and the step says so. Names changed in ``study.yaml``
    are taken as given to the groups that are there then.

    Parameters
    ----------
    by : pandas.Series
        Persona id of each person (index participant).

    Returns
    -------
    dict
        Persona id to name.

    References
    ----------
    Hubert and Arabie (1985), Comparing partitions. Journal of Classification 2, 193–218.

    Examples
    --------
    >>> import tempfile, pandas as pd, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida")
    >>> study.names_for(pd.Series({"ann": "P1", "joe": "P2"}))
    {}
    """
    given = dict(study.settings.personas)
    if not given:
        return {}
    file = study.path / "results" / "named.yaml"
    before = load_yaml(file) if file.is_file() else None
    now = {str(who): str(group) for who, group in by.dropna().items()}
    if not before or before["names"] != given:
        write_atomically(file, _dumped(given, now))
        return given
    named: dict[str, str] = before["people"]
    shared = sorted(set(named) & set(now))
    if len(shared) < _FEWEST:
        _say(study, None, len(shared))
        return {}
    import numpy as np
    from scipy.optimize import linear_sum_assignment
    from sklearn.metrics import adjusted_rand_score

    old, new = [named[p] for p in shared], [now[p] for p in shared]
    same = float(adjusted_rand_score(old, new)) if len(set(old)) > 1 or len(set(new)) > 1 else 1.0
    if same < _SAME:
        _say(study, same, len(shared))
        return {}
    olds, news = sorted(set(old)), sorted(set(new))
    table = np.array([[sum(a == i and b == j for a, b in zip(old, new)) for j in news] for i in olds])
    pairs = {news[j]: olds[i] for i, j in zip(*linear_sum_assignment(-table)) if table[i, j]}
    if pairs != {j: j for j in pairs} or set(now) != set(named):
        _say(study, same, len(shared))
    return {j: given[i] for j, i in pairs.items() if i in given}


def titles(study: StudyData, /) -> dict[str, str]:
    """What people call things, for tables and pictures: id to name of stages, codes, events, touchpoints and personas.

    Stages and lanes have their titles, codes those of the codebook, events those of ``events: names:`` in
    ``study.yaml`` and otherwise their id with spaces for underscores, personas the names of ``personas:``.

    Parameters
    ----------
    study : StudyData
        The study.

    Returns
    -------
    dict
        Id to name.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", framework="aida")
    >>> study.titles()["attention"]
    'Attention'
    """
    lang = study.language
    out = event_titles(study)
    out |= {lane: lane_title(lane, lang) for lane in LANES}
    if has(study, "codebook"):
        out |= {c.name: c.title for c in codebook(study) if c.title}
    out |= {s.id: s.title for s in study.stages()}
    return out | dict(study.settings.personas)


def _say(study: StudyData, same: float | None, shared: int) -> None:
    lang = study.language
    index = say(en="no index", ru="индекса нет", lang=lang) if same is None else number(same, 2, lang=lang)
    if same is not None and same >= _SAME:
        text = say(
            en=f"The groups are those that were named (adjusted Rand index {index}, {shared} people in both): "
            "the names stay",
            ru=f"Группы те же, которым давали имена (скорректированный индекс Рэнда {index}, общих людей {shared}): "
            "имена остаются",
            lang=lang,
        )
    else:
        text = say(
            en=f"The groups are not those that were named (adjusted Rand index {index}, {shared} people in both): look "
            "at them and change `personas:` in study.yaml, or delete results/named.yaml to use the same names",
            ru=f"Группы не те, которым давали имена (скорректированный индекс Рэнда {index}, общих людей {shared}): "
            "посмотрите и измените `personas:` в study.yaml или, чтобы имена остались, удалите results/named.yaml",
            lang=lang,
        )
    conclude(study, 3, "names", text)


def _dumped(names: dict[str, str], people: dict[str, str]) -> str:
    import yaml

    return str(yaml.safe_dump({"names": names, "people": people}, allow_unicode=True, sort_keys=True))
