"""Study: a folder of plain files with its verbs. The only room that knows the folder; all others take tables."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from cjmkit.errors import DataWarning
from cjmkit.i18n import current_language, use_language
from cjmkit.study import (
    accepting,
    adding,
    contents,
    freshness,
    gaps,
    material,
    naming,
    parts,
    results,
    set_aside,
    status,
    surveys,
)
from cjmkit.study.data import StudyData
from cjmkit.study.new import copy_example, copy_templates, find, start
from cjmkit.study.notebook import watch

__all__ = ["Study"]


class Study(StudyData):
    """A study: a folder with the material, the decisions and the results.

    Parameters
    ----------
    path : path-like
        The folder; it holds ``study.yaml``.

    Raises
    ------
    StudyError
        If the folder does not exist, is empty or holds no ``study.yaml``.
    FileFormatError
        If ``study.yaml`` has a mistake: with file, line, what was found and what is allowed.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes", framework="aida")
    >>> [s.id for s in study.stages()]
    ['attention', 'interest', 'desire', 'action']
    >>> study.has("survey")
    False
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(path)
        self._offer()

    def _offer(self) -> None:
        """Say that work waits which was set aside."""
        if notice := set_aside.notice(self):
            warnings.warn(notice, DataWarning, stacklevel=3)

    # What the researcher brought.
    transcripts = material.transcripts
    participants = material.participants
    documents = material.documents
    turns = material.turns
    codings = material.codings
    codebook = material.codebook
    survey = surveys.survey
    previous_survey = surveys.previous_survey
    waves = surveys.waves
    employee_survey = surveys.employee_survey
    events = material.events
    voices = material.voices
    service_notes = material.service_notes
    attitudes = surveys.attitudes
    outcome = surveys.outcome
    survey_notes = surveys.survey_notes
    touchpoint_items = surveys.touchpoint_items
    employee_scores = surveys.employee_scores
    success = surveys.success
    tasks = material.tasks
    table = material.table

    # Where material and questions belong.
    add = adding.add
    links = accepting.links
    accept = accepting.accept

    # What the study found.
    save = results.save
    new_journey = results.new_journey
    journeys = results.journeys
    journey = results.journey
    personas = results.personas
    keep = results.keep
    kept = results.kept
    labels = results.labels
    names_for = naming.names_for
    titles = naming.titles
    conclude = results.conclude
    findings = results.findings
    findings_table = results.findings_table
    waiting = set_aside.waiting
    take_back = set_aside.take_back

    # What is there and what is missing.
    has = parts.has
    missing = parts.missing
    contents = contents.contents
    gaps_table = gaps.gaps_table
    gaps = gaps.gaps
    stale = freshness.stale
    status = status.status

    @classmethod
    def here(cls) -> Study:
        """Open the study that the notebook (or the working directory) lies in.

        A shipped notebook opened where it is shipped gets a working copy of the example study beside it. In a
        notebook, cells whose first line is ``# needs: survey, codings`` (any of the names :meth:`has` knows) are
        skipped with a word on what is missing when the study does not have it, and a cell whose question the material
        cannot answer yet shows a gap (see :meth:`gaps`); the cells after it go on.

        Raises
        ------
        StudyError
            If there is no ``study.yaml`` in the working directory or above it.

        Examples
        --------
        >>> import os, tempfile, cjmkit as cj
        >>> before, path = os.getcwd(), cj.Study.create(tempfile.mkdtemp() + "/bikes").path
        >>> os.chdir(path / "notebooks")
        >>> cj.Study.here().path.name
        'bikes'
        >>> os.chdir(before)
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DataWarning)
            study = cls(find())
        use_language(study.language)
        watch(study)
        study._offer()  # now that warnings are shown as sentences
        return study

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        *,
        title: str = "",
        language: str | None = None,
        framework: str = "five-stages",
    ) -> Study:
        """Start an empty study: ``study.yaml``, the folders, a word on what goes where, and the eight notebooks.

        Parameters
        ----------
        path : path-like
            A folder that does not exist yet, or is empty.
        title : str
            Title; the folder's name by default.
        language : {"en", "ru"}, optional
            Language of notebooks and labels; the one in use by default.
        framework : str
            A ready stage model, see ``cj.frameworks.table()``.

        Raises
        ------
        StudyError
            If the folder is not empty: nothing is ever overwritten.

        Examples
        --------
        >>> import tempfile, cjmkit as cj
        >>> study = cj.Study.create(tempfile.mkdtemp() + "/bikes", title="Bikes in town", framework="aida")
        >>> sorted(p.name for p in study.path.iterdir() if p.is_dir())[:4]
        ['codings', 'events', 'interviews', 'journeys']
        """
        lang = current_language(language)
        return cls(start(Path(path), title=title, language=lang, framework=framework))

    @classmethod
    def example(cls, name: str, path: str | os.PathLike[str]) -> Study:
        """Copy a shipped, made-up study with its notebooks to a new folder and open the copy.

        Parameters
        ----------
        name : str
            ``"residential"`` (Russian) or ``"mealkit"`` (English).
        path : path-like
            A folder that does not exist yet, or is empty; an earlier copy of the same study is opened as it is.

        Examples
        --------
        >>> import tempfile, cjmkit as cj
        >>> cj.Study.example("mealkit", tempfile.mkdtemp() + "/m").title
        'Larder & Lane: a weekly meal box'
        """
        there = (Path(path) / "study.yaml").is_file()
        study = cls(copy_example(name, Path(path)))
        if not there:
            copy_templates(study.path, study.language)
        return study

    def __repr__(self) -> str:
        return contents.contents_text(self)

    def _repr_html_(self) -> str:
        return contents.contents_html(self)
