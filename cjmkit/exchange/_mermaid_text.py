"""Mermaid's ``journey`` diagrams as lines of text: what may stand in them, and what each line says."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Literal

from cjmkit.errors import FileFormatError
from cjmkit.i18n import say

__all__ = ["Diagram", "Remark", "Section", "Task", "escape", "parse", "unescape"]

_SPECIAL = re.compile(r"[#;:<>\r\n\x00-\x1f\x7f\x85\u2028\u2029]")
_KEYWORD = re.compile(r"(section|journey|title|acctitle|accdescr)(?![^\W_])|---|```|%%|graph|flowchart", re.IGNORECASE)
_OTHER = re.compile(
    r"(flowchart|graph|sequenceDiagram|classDiagram|stateDiagram|erDiagram|gantt|pie|gitGraph|mindmap|timeline|"
    r"quadrantChart|requirementDiagram|C4Context|sankey|xychart|block|kanban|architecture|packet)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Remark:
    """Something in the file that Mermaid would refuse, misread or drop."""

    line: int
    en: str
    ru: str

    def __str__(self) -> str:
        return say(en=f"line {self.line}: {self.en}", ru=f"строка {self.line}: {self.ru}")


@dataclass
class Task:
    """One task: name, score from 1 to 5 (None where there is none), actors."""

    name: str
    score: float | None
    actors: list[str]
    line: int = 0


@dataclass
class Section:
    """One section with its tasks and our own data about it."""

    title: str
    tasks: list[Task] = field(default_factory=list)
    data: str = ""
    line: int = 0


@dataclass
class Diagram:
    """A whole diagram."""

    title: str = ""
    description: str = ""
    accessible_title: str = ""
    sections: list[Section] = field(default_factory=list)
    data: str = ""
    remarks: list[Remark] = field(default_factory=list)


def escape(text: str, *, what: Literal["title", "section", "task", "actor"] = "task") -> str:
    """Spell out what Mermaid would take for punctuation, as its own entities.

    Examples
    --------
    >>> escape("Шаг 1: оплата; #2"), escape("Journey planning"), escape("Smith, Anna", what="actor")
    ('Шаг 1#58; оплата#59; #35;2', '#74;ourney planning', 'Smith#44; Anna')
    """

    def entity(c: str) -> str:
        return f"#{ord(c)};"

    out = _SPECIAL.sub(lambda m: entity(m[0]), text)
    if what == "actor":
        out = out.replace(",", entity(","))
    out = re.sub(r"%(?=%)", entity("%"), out)
    if what == "task" and _KEYWORD.match(out):
        out = entity(out[0]) + out[1:]
    # Blanks at the ends would be lost.
    if out[:1].isspace():
        out = entity(out[0]) + out[1:]
    if out[-1:].isspace():
        out = out[:-1] + entity(out[-1])
    return out


def unescape(text: str) -> str:
    """Read Mermaid's entities: ``#58;`` and ``#quot;``."""

    def char(m: re.Match[str]) -> str:
        if m[1].isdigit():
            code = int(m[1])
            return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else m[0]
        read = html.unescape(f"&{m[1]};")
        return m[0] if read.startswith("&") and m[1] != "amp" else read

    return re.sub(r"#(\d{1,7}|[A-Za-z][A-Za-z0-9]{1,30});", char, text)


def parse(text: str, *, path: object = None) -> Diagram:
    """Read a diagram line by line.

    Raises
    ------
    FileFormatError
        If there is no ``journey`` diagram in the text.
    """
    return _Parser(text, path).run()


class _Parser:
    def __init__(self, text: str, path: object) -> None:
        self.path = path
        # Only "\n" ends a line, as in Mermaid; other separators are part of a name.
        self.lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.out = Diagram()

    def remark(self, line: int, en: str, ru: str) -> None:
        self.out.remarks.append(Remark(line, en, ru))

    def run(self) -> Diagram:
        k = self._header()
        while k < len(self.lines):
            k = self._line(k)
        return self.out

    def _header(self) -> int:
        """Find ``journey``, past front matter, comments, directives and a Markdown fence; return the line after it."""
        k, fence = 0, next((i for i, x in enumerate(self.lines) if x.strip().lower().startswith("```mermaid")), None)
        if fence is not None:
            end = next((i for i in range(fence + 1, len(self.lines)) if self.lines[i].strip().startswith("```")), None)
            self.lines = [""] * (fence + 1) + self.lines[fence + 1 : end]
            k = fence + 1
        while k < len(self.lines):
            line = self.lines[k].strip()
            if line == "---":
                k = self._front_matter(k)
            elif not line or (line.startswith("%%") and not line.startswith("%%{")):
                self._comment(line)
                k += 1
            elif line.startswith("%%{"):
                k = self._directive(k)
            elif re.match(r"journey(?![\w-])", line, re.IGNORECASE):
                rest = line[7:].strip()
                if rest:
                    self.lines[k] = rest
                    return k
                return k + 1
            else:
                other = _OTHER.match(line)
                found = f"a {other[1]} diagram" if other else repr(line[:60])
                raise FileFormatError(
                    en=f"a journey diagram begins with the line “journey”; found {found}",
                    ru=f"диаграмма пути начинается строкой «journey»; здесь {found}",
                    path=self.path,
                    line=k + 1,
                )
        raise FileFormatError(
            en="there is no line “journey”: no diagram in it",
            ru="нет строки «journey»: диаграммы в файле нет",
            path=self.path,
            line=1,
        )

    def _front_matter(self, k: int) -> int:
        end = next((i for i in range(k + 1, len(self.lines)) if self.lines[i].strip() == "---"), None)
        if end is None:
            raise FileFormatError(
                en="the front matter that begins here has no closing ---",
                ru="заголовок, который начинается здесь, не закрыт строкой ---",
                path=self.path,
                line=k + 1,
            )
        for i in range(k + 1, end):
            name, _, value = self.lines[i].partition(":")
            if name.strip() == "title" and not self.lines[i][:1].isspace():
                self.out.title = value.strip().strip("\"'")
            elif self.lines[i].strip() and not self.lines[i][:1].isspace():
                self.remark(
                    i + 1, f"front matter “{name.strip()}” is about looks; left out", f"«{name.strip()}» пропущено"
                )
        return end + 1

    def _directive(self, k: int) -> int:
        end = next((i for i in range(k, len(self.lines)) if "}%%" in self.lines[i]), k)
        self.remark(k + 1, "a directive is about looks; left out", "директива оформления пропущена")
        return end + 1

    def _comment(self, line: str) -> None:
        found = re.match(r"%%\s+cjmkit (journey|stage) (\{.*\})\s*$", line, re.DOTALL)
        if found and found[1] == "journey":
            self.out.data = found[2]
        elif found and self.out.sections:
            self.out.sections[-1].data = found[2]

    def _line(self, k: int) -> int:
        raw, n = self.lines[k], k + 1
        line = raw.strip(" \t\xa0\u3000")
        if not line:
            return k + 1
        if line.startswith("%%{"):
            return self._directive(k)
        if line.startswith("%%"):
            self._comment(line)
            return k + 1
        lower = line.lower()
        if re.match(r"acctitle\s*:", lower):
            self.out.accessible_title = unescape(line.partition(":")[2].strip())
            return k + 1
        if re.match(r"accdescr\s*:", lower):
            self.out.description = unescape(line.partition(":")[2].strip())
            return k + 1
        if re.match(r"accdescr\s*\{", lower):
            return self._description(k)
        task_like = bool(re.search(r":\s*[+-]?\d+(?:\.\d+)?\s*(?::|$)", line))
        if re.match(r"section\s", lower) or lower == "section":
            if task_like:
                self.remark(
                    n,
                    "a task may not begin with “Section” (a syntax error in Mermaid); read as a task; write #83;ection",
                    "задача не может начинаться со слова Section (ошибка в Mermaid); прочитана как задача",
                )
                self._task(line, n)
            else:
                self._section(line[7:].strip(), n)
            return k + 1
        if re.match(r"title\s", lower):
            if task_like:
                self.remark(
                    n,
                    "a task that begins with “Title” becomes the diagram's title in Mermaid; read as a task; "
                    "write #84;itle",
                    "задача со слова Title становится в Mermaid заголовком; прочитана как задача",
                )
                self._task(line, n)
                return k + 1
            if self.out.title and self.out.sections:
                self.remark(n, "a second title; it takes the place of the first", "второй заголовок заменил первый")
            self.out.title = unescape(self._bare(line[5:].strip(), n))
            return k + 1
        if re.match(r"journey(?![\w-])", lower):
            if ":" in line:
                self.remark(
                    n,
                    "a task may not begin with “Journey” (a syntax error in Mermaid); read as a task; write #74;ourney",
                    "задача не может начинаться со слова Journey (ошибка в Mermaid); прочитана как задача",
                )
                self._task(line, n)
            else:
                self.remark(n, "a second line “journey”; left out", "вторая строка journey пропущена")
            return k + 1
        self._task(line, n)
        return k + 1

    def _description(self, k: int) -> int:
        end = next((i for i in range(k, len(self.lines)) if "}" in self.lines[i]), None)
        if end is None:
            raise FileFormatError(
                en="accDescr { has no closing brace",
                ru="у accDescr { нет закрывающей скобки",
                path=self.path,
                line=k + 1,
            )
        whole = "\n".join(x.strip() for x in self.lines[k : end + 1])
        self.out.description = unescape(whole.partition("{")[2].rpartition("}")[0].strip())
        return end + 1

    def _bare(self, text: str, n: int) -> str:
        """Report punctuation that Mermaid does not accept bare; entities are fine."""
        rest = re.sub(r"#(?:\d{1,7}|[A-Za-z][A-Za-z0-9]{1,30});", "", text)
        for c, entity in (("#", "#35;"), (";", "#59;")):
            if c in rest:
                self.remark(
                    n,
                    f"a bare “{c}” is a syntax error in Mermaid; read as text; write {entity}",
                    f"знак «{c}» в Mermaid — ошибка; прочитан как текст; пишите {entity}",
                )
        return text

    def _section(self, title: str, n: int) -> None:
        if not title:
            self.remark(n, "a section without a name", "раздел без названия")
        if ":" in title:
            self.remark(
                n,
                "“:” in a section is a syntax error in Mermaid; read as part of its name; write #58;",
                "«:» в названии раздела — ошибка в Mermaid; прочитано как часть названия; пишите #58;",
            )
        self.out.sections.append(Section(unescape(self._bare(title, n)), line=n))

    def _task(self, line: str, n: int) -> None:
        if "%%" in line:
            line, _, comment = line.partition("%%")
            self.remark(
                n,
                f"a comment needs a line of its own; in Mermaid “%%{comment[:30]}” becomes part of an actor; left out",
                f"комментарий должен стоять на своей строке; «%%{comment[:30]}» пропущено",
            )
            line = line.strip()
        if ":" not in line and "：" in line:
            self.remark(
                n,
                "the wide colon “：” separates nothing in Mermaid; read as “:”",
                "широкое двоеточие прочитано как «:»",
            )
            line = line.replace("：", ":")
        line = self._bare(line, n)
        parts = [p.strip() for p in line.split(":")]
        if len(parts) == 1:
            self.remark(
                n,
                "a task without a score is a syntax error in Mermaid; kept without a score",
                "задача без оценки — ошибка в Mermaid; оставлена без оценки",
            )
            self._add(Task(unescape(line), None, [], n))
            return
        score = 1
        if not _NUMBER.fullmatch(parts[1]):
            later = next((i for i in range(2, len(parts)) if _NUMBER.fullmatch(parts[i])), None)
            if later is not None:
                name = ":".join(line.split(":")[:later]).strip()
                self.remark(
                    n,
                    f"a bare “:” in the task's name: Mermaid would take “{parts[1]}” for the score and “{parts[2]}” "
                    f"for the actor; the name was read as “{name}”; write #58;",
                    f"«:» в названии задачи: Mermaid примет «{parts[1]}» за оценку; название прочитано как «{name}»; "
                    "пишите #58;",
                )
                parts = [name, *parts[later:]]
        name, mark = parts[0], parts[score]
        actors = [unescape(a.strip()) for a in parts[2].split(",")] if len(parts) > 2 else []
        extra = ":".join(parts[3:])
        if extra:
            self.remark(
                n,
                f"Mermaid drops what follows the actors (“{extra}”); left out",
                f"Mermaid отбрасывает «{extra}»; пропущено",
            )
        self._add(Task(unescape(name), self._score(mark, n), [a for a in actors if a], n))

    def _score(self, mark: str, n: int) -> float | None:
        if not mark:
            self.remark(n, "the score is missing; kept without a score", "оценки нет; задача оставлена без оценки")
            return None
        if not _NUMBER.fullmatch(mark):
            self.remark(
                n,
                f"the score “{mark}” is no number (Mermaid draws NaN); kept without a score",
                f"оценка «{mark}» не число (Mermaid рисует NaN); задача оставлена без оценки",
            )
            return None
        value = float(mark.replace(",", "."))
        if not 1 <= value <= 5:
            self.remark(
                n,
                f"the score {mark} lies outside 1 to 5; kept without a score",
                f"оценка {mark} вне шкалы от 1 до 5; задача оставлена без оценки",
            )
            return None
        if not value.is_integer():
            self.remark(
                n,
                f"the score {mark} is no whole number from 1 to 5; kept as it is",
                f"оценка {mark} не целая; оставлена как есть",
            )
        return value

    def _add(self, task: Task) -> None:
        # Only what is left after the entities are read tells whether anything is there: &#133; is a line end.
        if not task.name.strip():
            self.remark(task.line, "a task without a name; left out", "задача без названия пропущена")
            return
        if not self.out.sections:
            self.out.sections.append(Section("", line=task.line))
        self.out.sections[-1].tasks.append(task)
