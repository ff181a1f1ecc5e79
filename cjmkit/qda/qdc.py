"""Codebooks in the exchange format .qdc, both ways."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit._version import __version__
from cjmkit.coding.codebook import Codebook
from cjmkit.errors import FileFormatError
from cjmkit.files import reader, write_atomically
from cjmkit.intake.containers import parse_xml, read_bytes
from cjmkit.qda.codes import codes_of
from cjmkit.qda.model import Losses
from cjmkit.qda.qdpx_write import code_ids, write_codes
from cjmkit.qda.xml import Xml, child, local

__all__ = ["read_qdc", "write_qdc"]


@reader
def read_qdc(path: str | os.PathLike[str]) -> Codebook:
    """Read a codebook that another tool exported.

    Parameters
    ----------
    path : path-like
        The .qdc file, with or without a byte order mark, valid or not: ids need not be GUIDs, sets may be empty.

    Returns
    -------
    Codebook
        Sets of codes have no place in it and are left out. Codes of the same name under different parents are called
        by their path.

    Raises
    ------
    FileFormatError
        If it is not a codebook.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> path = tempfile.mkdtemp() + "/book.qdc"
    >>> _ = cj.qda.write_qdc(cj.coding.Codebook([cj.coding.Code("price", definition="Says what it costs")]), path)
    >>> cj.qda.read_qdc(path)["price"].definition
    'Says what it costs'
    """
    where = Path(path)
    root: Any = parse_xml(read_bytes(where), where)
    if local(root) == "Project":
        root = child(root, "CodeBook")
    if root is None or local(root) != "CodeBook":
        raise FileFormatError(
            en="no <CodeBook> inside; is this a .qdc file?", ru="внутри нет <CodeBook>; это файл .qdc?", path=where
        )
    return codes_of(child(root, "Codes"), Losses())[0]


def write_qdc(codebook: Codebook, path: str | os.PathLike[str]) -> pd.DataFrame:
    """Write a codebook for other tools.

    Parameters
    ----------
    codebook : Codebook
        At least one code, for the schema asks for one.
    path : path-like
        The .qdc file.

    Returns
    -------
    pandas.DataFrame
        what, reason, times, example: what the format has no place for.

    Examples
    --------
    >>> import tempfile, cjmkit as cj
    >>> book = cj.coding.Codebook([cj.coding.Code("price", definition="Says what it costs"), "wait"])
    >>> path = tempfile.mkdtemp() + "/book.qdc"
    >>> lost = cj.qda.write_qdc(book, path)
    >>> len(lost), cj.qda.read_qdc(path).names
    (0, ('price', 'wait'))
    """
    losses = Losses()
    if not len(codebook):
        raise FileFormatError(
            en="an empty codebook cannot be written: the format asks for a code",
            ru="пустой кодификатор не записать: формат требует хотя бы один код",
            path=path,
        )
    for c in codebook:
        for key in ("title", "stage", "lane", "include", "exclude", "text"):
            if getattr(c, key):
                losses.add(key, "the format has no place for it", c.name)
    xml = Xml(losses)
    xml.open("CodeBook", {"xmlns": "urn:QDA-XML:codebook:1.0", "origin": f"cjmkit {__version__}"})
    write_codes(xml, codebook, code_ids(codebook, losses))
    xml.close("CodeBook")
    write_atomically(path, xml.bytes())
    return losses.table()
