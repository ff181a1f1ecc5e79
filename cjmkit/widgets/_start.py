"""From a folder of files to a map with clicks: put files in, say what they are, make the map."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable, Mapping
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as w

from cjmkit.errors import CjmError
from cjmkit.i18n import say
from cjmkit.study import Study
from cjmkit.study.recognising import KINDS
from cjmkit.study.runner import run

__all__ = ["Start", "start"]

_KINDS = {
    "interviews": ("interviews", "интервью"),
    "survey": ("a survey", "опрос"),
    "reviews": ("reviews", "отзывы"),
    "tickets": ("support tickets", "обращения"),
    "chats": ("chats", "чаты"),
    "letters": ("letters", "письма"),
    "mentions": ("mentions", "упоминания"),
    "events": ("an event log", "журнал событий"),
    "codings": ("codings", "разметка"),
    "codebook": ("a codebook", "список кодов"),
    "placements": ("placements of people", "расстановка людей"),
    "participants": ("a list of participants", "список участников"),
    "sources": ("desk sources", "источники"),
    "competitors": ("competitors", "конкуренты"),
    "touchpoints": ("touchpoints", "точки контакта"),
    "ideas": ("ideas", "идеи"),
    "channels": ("channels and costs", "каналы и стоимость"),
    "messages": ("messages", "сообщения"),
}


class _Bar:
    """A progress bar that :func:`cjmkit.study.runner.run` moves."""

    def __init__(self, shown: w.IntProgress, said: w.HTML, total: int) -> None:
        self.shown, self.said = shown, said
        shown.max, shown.value = max(total, 1), 0

    def update(self, k: int = 1) -> None:
        self.shown.value += k

    def set_description(self, text: str) -> None:
        self.said.value = escape(text)

    def close(self) -> None:
        self.shown.value = self.shown.max


class Start(w.VBox):
    """The form behind :func:`start`.

    Attributes
    ----------
    study : Study
    unknown : dict of str to pathlib.Path
        Files that were not recognised and wait for a word on what they are.
    """

    def __init__(self, study: Study) -> None:
        self.study, self.unknown = study, dict[str, Path]()
        self._scratch = tempfile.TemporaryDirectory(prefix="cjmkit-")
        self._running: threading.Thread | None = None
        self.upload = w.FileUpload(
            multiple=True, description=self._say("Choose files", "Выбрать файлы"), layout=w.Layout(width="auto")
        )
        self.upload.observe(lambda change: self._uploaded(change["new"]), names="value")
        self.told = w.HTML()
        self.questions = w.VBox()
        self.state = w.HTML()
        self.make = w.Button(
            description=self._say("Make the map", "Построить карту"),
            button_style="primary",
            layout=w.Layout(width="auto"),
        )
        self.make.on_click(lambda _: self.make_map())
        self.bar = w.IntProgress(layout=w.Layout(display="none"))
        self.step = w.HTML()
        self.map = w.HTML()
        head = self._say(
            "Put your files in: transcripts, survey exports, reviews, event logs, tables. They are copied into the "
            "study and stay on this computer. Files above 10 MB go into its folder with the file browser.",
            "Положите сюда файлы: расшифровки, выгрузки опросов, отзывы, журналы событий, таблицы. Они копируются в "
            "папку исследования и остаются на этом компьютере. Файлы больше 10 МБ кладите в папку через обзор файлов.",
        )
        super().__init__(
            [w.HTML(f"<p>{escape(head)}</p>"), self.upload, self.told, self.questions, self.state,
             w.HBox([self.make, self.bar, self.step]), self.map]
        )  # fmt: skip
        self._show_state()

    def _say(self, en: str, ru: str) -> str:
        return say(en=en, ru=ru, lang=self.study.language)

    def _uploaded(self, files: Iterable[Mapping[str, Any]]) -> None:
        folder = Path(tempfile.mkdtemp(dir=self._scratch.name))
        paths = []
        for file in files:
            path = folder / (Path(str(file["name"]).replace("\\", "/")).name or "file")
            path.write_bytes(bytes(file["content"]))
            paths.append(path)
        if paths:
            self.add(*paths)

    def add(self, *paths: Path, kind: str | None = None) -> None:
        """Put files into the study, as choosing them does; the twin is :meth:`cjmkit.Study.add`."""
        try:
            added = self.study.add(*paths, kind=kind)
        except CjmError as error:
            self.told.value = f"<p role='alert'>{escape(str(error))}</p>"
            return
        self.told.value = "".join(f"<p>{escape(line)}</p>" for line in repr(added).splitlines())
        given = {p.name: p for p in paths}
        for row in added.table.to_dict("records"):
            name = Path(str(row["file"])).name
            if row["done"] == "unknown" and name in given:
                self.unknown[name] = given[name]
            else:
                self.unknown.pop(name, None)
        self._ask()
        self._show_state()

    def _ask(self) -> None:
        """A line for each file that was not recognised."""
        rows = []
        for name in self.unknown:
            options = [(self._say(*_KINDS.get(k, (k, k))), k) for k in KINDS]
            what = w.Dropdown(
                options=[(self._say("what is it?", "что это?"), ""), *options],
                description=name,
                style={"description_width": "initial"},
                layout=w.Layout(width="auto"),
            )
            what.observe(
                lambda change, name=name: self.add(self.unknown[name], kind=change["new"]) if change["new"] else None,
                names="value",
            )
            rows.append(what)
        self.questions.children = rows

    def _show_state(self) -> None:
        status = self.study.status()
        said = f"<p><b>{escape(status.short())}</b></p>{status._repr_html_()}"
        self.state.value = f"<div style='line-height:1.35'>{said}</div>"

    def make_map(self) -> None:
        """Run the eight steps, as the button does, and show the map; the twin is ``cjmkit run``.

        It runs beside the notebook, which stays usable; :meth:`wait` waits for its end.
        """
        if self._running is not None and self._running.is_alive():
            return
        self.make.disabled = True
        self.bar.layout.display = ""
        self._running = threading.Thread(target=self._make, daemon=True)
        self._running.start()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the map is made."""
        if self._running is not None:
            self._running.join(seconds)

    def _make(self) -> None:
        try:
            run(self.study.path, bar=lambda total, **_: _Bar(self.bar, self.step, total))
            self.study = Study(self.study.path)
            journey = self.study.journey()
            page = self._say("The whole map: report/map.html", "Вся карта: report/map.html")
            self.map.value = f"<p><b>{escape(page)}</b></p>{journey._repr_html_()}"
            self.step.value = self._say("done", "готово")
        except (CjmError, OSError) as error:
            self.step.value = f"<span role='alert'>{escape(str(error))}</span>"
        finally:
            self.make.disabled = False
            self._show_state()

    def static_html(self) -> str:
        """What a page without a kernel shows: where the study stands."""
        return str(self.state.value)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        return None if bundle is None else {**bundle, "text/html": self.static_html()}


def start(study: Study) -> Start:
    r"""Put files in, say what they are where that cannot be seen, and make the map: all with clicks.

    The headless twins are :meth:`cjmkit.Study.add`, :meth:`cjmkit.Study.status` and ``cjmkit run``.

    Parameters
    ----------
    study : Study
        Where the files go; the form speaks its language.

    Returns
    -------
    Start
        The form; ``.add(path)`` and ``.make_map()`` do what its buttons do.

    Examples
    --------
    >>> import pathlib, tempfile, cjmkit as cj
    >>> here = pathlib.Path(tempfile.mkdtemp())
    >>> study = cj.Study.create(here / "bikes", framework="aida")
    >>> _ = (here / "anna.txt").write_text("Q: How was it?\nAnna: Slow.")
    >>> form = start(study)
    >>> form.add(here / "anna.txt")
    >>> "interviews/anna.txt" in form.told.value
    True
    """
    return Start(study)
