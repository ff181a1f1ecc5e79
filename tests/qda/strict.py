"""A reader of REFI-QDA projects that is as strict as QualCoder 3's importer: it fails where that fails, and loses what
that loses. Written from a description of its behaviour, not from its source."""

import re
import zipfile
from xml.etree.ElementTree import fromstring

NS = "{urn:QDA-XML:project:1.0}"


class Refused(Exception):
    """The importer would stop here."""


def demand(holds, why):
    if not holds:
        raise Refused(why)


def text_at(z, path, what):
    demand(path is not None and path.startswith("internal://"), f"{what} needs plainTextPath=internal://")
    name = f"sources/{path.removeprefix('internal://')}"
    demand(name in z.namelist(), f"{what}: {name} is missing")
    return z.read(name).decode("utf-8")


def read(path):
    """Codings as (document, start, end, quote, code, coder, memo), and journals as {name: text}, as they arrive."""
    with zipfile.ZipFile(path) as z:
        demand("project.qde" in z.namelist(), "no project.qde")
        root = fromstring(z.read("project.qde"))
        demand(root.get("origin"), "Project without origin")
        users = {u.get("guid"): u.get("name") for u in root.iter(f"{NS}User")}
        codes, names = {}, set()
        book = root.find(f"{NS}CodeBook")
        demand(book is None or book.find(f"{NS}Codes/{NS}Code") is not None, "empty CodeBook")
        for c in root.iter(f"{NS}Code"):
            demand(re.fullmatch(r"#[0-9A-Fa-f]{6}", c.get("color") or "#000000"), "colour")
            # The second code of a name vanishes, and what cannot be coded with takes no coding.
            if c.get("name") not in names and c.get("isCodable") == "true":
                codes[c.get("guid")] = c.get("name")
            names.add(c.get("name"))
        variables = {v.get("guid") for v in root.iter(f"{NS}Variable")}
        for value in root.iter(f"{NS}VariableValue"):
            demand(value[0].tag == f"{NS}VariableRef", "a value before its VariableRef")
            demand(value[0].get("targetGUID") in variables, "unknown VariableRef")
        journals = {}
        for n in root.iter(f"{NS}Note"):
            demand(n.get("creationDateTime") or n.get("modifiedDateTime"), "Note without a date")
            demand(n.get("creatingUser") in users, "Note without a user")
            demand(n.get("name") and n.get("name") not in journals, "two Notes of one name")
            journals[n.get("name")] = text_at(z, n.get("plainTextPath"), "Note")
        codings = []
        for source in root.iter(f"{NS}TextSource"):
            demand(source.find(f"{NS}PlainTextContent") is None, "inline text")
            demand(not re.search(r"[/\\:?]", source.get("name")), "a source name with / : ?")
            text = text_at(z, source.get("plainTextPath"), "TextSource")
            demand(not text.startswith("\ufeff") or source.get("name"), "byte order mark counts")
            for s in source.findall(f"{NS}PlainTextSelection"):
                a, b = int(s.get("startPosition")), int(s.get("endPosition"))
                memo = s.findtext(f"{NS}Description") or ""
                for c in s.findall(f"{NS}Coding"):
                    demand(len(c), "Coding without child")
                    demand(c[0].tag == f"{NS}CodeRef", "CodeRef is not first")
                    if c[0].get("targetGUID") in codes:
                        who = users.get(s.get("creatingUser"), "default")
                        codings.append((source.get("name"), a, b, text[a:b], codes[c[0].get("targetGUID")], who, memo))
        return codings, journals
