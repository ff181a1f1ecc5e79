"""Codebook: the codes with their definitions, as a value that renames, merges and splits together with the codings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cjmkit.coding.code import Code, code_of
from cjmkit.core.printed import frame_html
from cjmkit.errors import CjmError, FileFormatError, suggest
from cjmkit.files import load_yaml, reading, write_atomically

__all__ = ["Codebook"]


@dataclass(frozen=True)
class Codebook:
    """The codes of a study.

    Operations return a new codebook; those that touch codings return the codings too.

    Parameters
    ----------
    codes : iterable of Code, str or mapping
        Parents may stand before or after their children.

    Examples
    --------
    >>> book = Codebook(["silence", Code("no call back", parent="silence", stage="deal")])
    >>> book["no call back"].parent
    'silence'
    >>> [c.name for c in book.under("silence")]
    ['no call back']
    """

    codes: tuple[Code, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", tuple(code_of(c) for c in self.codes))
        names = [c.name for c in self.codes]
        twice = sorted({n for n in names if names.count(n) > 1}) if len(set(names)) < len(names) else []
        if twice:
            raise CjmError(
                en=f"the codebook has two codes called {twice[0]!r}; names have to differ",
                ru=f"в кодификаторе два кода с именем {twice[0]!r}; имена должны различаться",
            )
        known = set(names)
        parents = {c.name: c.parent for c in self.codes}
        for c in self.codes:
            if c.parent and c.parent not in known:
                raise CjmError(f"code {c.name!r}: " + suggest(c.parent, names, what="parent"))
        for c in self.codes:
            seen, above = {c.name}, c.parent
            while above:
                if above in seen:
                    raise CjmError(en=f"code {c.name!r} is its own ancestor", ru=f"код {c.name!r} — предок самого себя")
                seen.add(above)
                above = parents[above]

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __len__(self) -> int:
        return len(self.codes)

    def __contains__(self, name: object) -> bool:
        return any(c.name == name for c in self.codes)

    def __getitem__(self, name: str) -> Code:
        for c in self.codes:
            if c.name == name:
                return c
        raise CjmError(suggest(name, self.names, what="code"))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all codes.

        Examples
        --------
        >>> Codebook(["wait", "price"]).names
        ('wait', 'price')
        """
        return tuple(c.name for c in self.codes)

    @property
    def table(self) -> pd.DataFrame:
        """One row a code: name, definition, title, parent, stage, lane, colour, include, exclude, codable, guid, text.

        Examples
        --------
        >>> Codebook([Code("wait", lane="barriers")]).table[["name", "lane"]].values.tolist()
        [['wait', 'barriers']]
        """
        keys = [f.name for f in fields(Code)]
        return pd.DataFrame([[getattr(c, k) for k in keys] for c in self.codes], columns=keys)

    def under(self, name: str, *, deep: bool = True) -> tuple[Code, ...]:
        """The codes below one, all the way down or only the next level.

        Examples
        --------
        >>> [c.name for c in Codebook(["money", Code("price", parent="money")]).under("money")]
        ['price']
        """
        self[name]
        out: list[Code] = []
        for c in self.codes:
            if c.parent == name:
                out.append(c)
                if deep:
                    out.extend(self.under(c.name))
        return tuple(out)

    def top(self, name: str) -> str:
        """The topmost code above `name` (itself at the top).

        Examples
        --------
        >>> Codebook(["money", Code("price", parent="money")]).top("price")
        'money'
        """
        code = self[name]
        while code.parent:
            code = self[code.parent]
        return code.name

    def path(self, name: str, sep: str = " / ") -> str:
        """The names from the top down to `name`.

        Examples
        --------
        >>> Codebook(["money", Code("price", parent="money")]).path("price")
        'money / price'
        """
        parts, code = [name], self[name]
        while code.parent:
            parts.append(code.parent)
            code = self[code.parent]
        return sep.join(reversed(parts))

    # ---- changes -------------------------------------------------------------------------------------------------

    def with_code(self, code: Code | str | Mapping[str, Any], **changes: Any) -> Codebook:
        """Return the codebook with a code added, or put in place of the one with its name.

        Examples
        --------
        >>> Codebook(["wait"]).with_code("wait", definition="Nobody called back")["wait"].definition
        'Nobody called back'
        """
        made = replace(code_of(code), **changes)
        kept = [made if c.name == made.name else c for c in self.codes]
        return Codebook(tuple(kept) if made.name in self else (*kept, made))

    def without_code(self, name: str) -> Codebook:
        """Return the codebook without a code; its children move up to its parent.

        Examples
        --------
        >>> Codebook(["money", Code("price", parent="money")]).without_code("money")["price"].parent
        ''
        """
        gone = self[name]
        return Codebook(
            tuple(replace(c, parent=gone.parent) if c.parent == name else c for c in self.codes if c.name != name)
        )

    def rename(self, old: str, new: str, codings: pd.DataFrame | None = None) -> tuple[Codebook, pd.DataFrame | None]:
        """Rename a code; children and codings follow.

        Returns
        -------
        (Codebook, pandas.DataFrame or None)

        Examples
        --------
        >>> Codebook(["wait"]).rename("wait", "silence")[0].names
        ('silence',)
        """
        self[old]
        if new != old and new in self:
            raise CjmError(
                en=f"there is a code {new!r} already; to unite them, use merge([{old!r}], into={new!r})",
                ru=f"код {new!r} уже есть; чтобы объединить, возьмите merge([{old!r}], into={new!r})",
            )
        out = []
        for c in self.codes:
            changed = replace(c, name=new) if c.name == old else c
            out.append(replace(changed, parent=new) if c.parent == old else changed)
        return Codebook(tuple(out)), _recode(codings, {old: new})

    def merge(
        self, names: Iterable[str], into: str, codings: pd.DataFrame | None = None
    ) -> tuple[Codebook, pd.DataFrame | None]:
        """Unite codes; children and codings follow, and codings that become equal are kept once.

        Parameters
        ----------
        names : iterable of str
            The codes that go.
        into : str
            The code that stays; it is made where there is none.
        codings : pandas.DataFrame, optional
            The codings table.

        Returns
        -------
        (Codebook, pandas.DataFrame or None)
            Definitions, inclusion and exclusion examples of the codes that go are appended to the one that stays.

        Examples
        --------
        >>> Codebook(["wait", "delay", "price"]).merge(["delay"], into="wait")[0].names
        ('wait', 'price')
        """
        gone = [n for n in ([names] if isinstance(names, str) else names) if n != into]
        for n in gone:
            self[n]
        keep = self[into] if into in self else Code(into, parent=self[gone[0]].parent if gone else "")
        if keep.parent in gone:
            # The code that stays must not hang below one that goes.
            above = keep.parent
            while above in gone:
                above = self[above].parent
            keep = replace(keep, parent=above)
        united = [self[n] for n in gone]
        keep = replace(
            keep,
            definition=" ".join(dict.fromkeys(d for d in (keep.definition, *(c.definition for c in united)) if d)),
            include=tuple(dict.fromkeys((*keep.include, *(i for c in united for i in c.include)))),
            exclude=tuple(dict.fromkeys((*keep.exclude, *(i for c in united for i in c.exclude)))),
            stage=keep.stage or next((c.stage for c in united if c.stage), ""),
            lane=keep.lane or next((c.lane for c in united if c.lane), ""),
        )
        rest = []
        for c in self.codes:
            if c.name in gone:
                continue
            c = keep if c.name == into else c
            rest.append(replace(c, parent=into) if c.parent in gone and c.name != into else c)
        if into not in self:
            rest.append(keep)
        return Codebook(tuple(rest)), _recode(codings, dict.fromkeys(gone, into))

    def split(
        self,
        name: str,
        into: Sequence[str | Code],
        codings: pd.DataFrame | None = None,
        *,
        choose: Callable[[pd.Series], str] | Mapping[Any, str] | None = None,
        keep: bool = False,
    ) -> tuple[Codebook, pd.DataFrame | None]:
        """Split a code into several.

        Parameters
        ----------
        name : str
            The code to split.
        into : sequence of str or Code
            The new codes; they take the place, stage and lane of the old one unless they bring their own.
        codings : pandas.DataFrame, optional
            The codings table.
        choose : callable or mapping, optional
            For each coding of the old code the new one: a function of the row, or a mapping from row label. A coding
            that gets None keeps the old code. Needed when there are codings to divide.
        keep : bool
            Whether the old code stays as the parent of the new ones. It stays in any case while codings use it.

        Returns
        -------
        (Codebook, pandas.DataFrame or None)

        Examples
        --------
        >>> Codebook(["wait"]).split("wait", ["no call", "late"])[0].names
        ('no call', 'late')
        """
        old = self[name]
        new = [code_of(c) for c in into]
        allowed = [c.name for c in new]
        out = codings
        left = 0
        if codings is not None:
            rows = codings.index[codings["code"] == name]
            if len(rows) and choose is None:
                raise CjmError(
                    en=f"{len(rows)} codings use {name!r}; say with choose= which of {allowed} each becomes",
                    ru=f"кодировок с {name!r}: {len(rows)}; скажите через choose=, чем из {allowed} станет каждая",
                )
            out = codings.copy()
            for r in rows:
                chosen = choose(codings.loc[r]) if callable(choose) else (choose or {}).get(r)
                if chosen is None:
                    left += 1
                elif chosen not in allowed:
                    raise CjmError(f"row {r}: " + suggest(chosen, allowed, what="code"))
                else:
                    out.loc[r, "code"] = chosen
        stays = keep or left > 0
        placed = [
            replace(
                c,
                parent=c.parent or (name if stays else old.parent),
                stage=c.stage or old.stage,
                lane=c.lane or old.lane,
            )
            for c in new
        ]
        codes: list[Code] = []
        for c in self.codes:
            if c.name != name:
                codes.append(replace(c, parent=old.parent) if c.parent == name and not stays else c)
                continue
            if stays:
                codes.append(c)
            codes.extend(p for p in placed if p.name not in self)
        return Codebook(tuple(codes)), out

    def roll_up(self, codings: pd.DataFrame) -> pd.DataFrame:
        """Return codings whose codes are replaced by their topmost ancestors, each kept once.

        Examples
        --------
        >>> book = Codebook(["money", Code("price", parent="money")])
        >>> book.roll_up(pd.DataFrame({"document": ["anna"], "code": ["price"]}))["code"].tolist()
        ['money']
        """
        tops = {c.name: self.top(c.name) for c in self.codes}
        out = _recode(codings, {k: v for k, v in tops.items() if k != v})
        assert out is not None
        return out

    # ---- files ---------------------------------------------------------------------------------------------------

    @classmethod
    def from_yaml(cls, path: str | os.PathLike[str]) -> Codebook:
        r"""Read ``codebook.yaml``.

        The file holds ``codes:``, a list of names or of mappings with the fields of :class:`Code`; ``children:`` may
        nest codes inside their parent.

        Raises
        ------
        FileFormatError
            If it is not such a file; the message names the line or the code.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "codebook.yaml"
        >>> _ = path.write_text("codes:\n- money\n- {name: price, parent: money}\n")
        >>> Codebook.from_yaml(path)["price"].parent
        'money'
        """
        loaded = load_yaml(path)
        if loaded is None:
            return cls()
        found = loaded.get("codes") if isinstance(loaded, dict) else loaded
        if not isinstance(found, list):
            raise FileFormatError(
                en="a codebook needs a list under 'codes:'", ru="кодификатору нужен список под 'codes:'", path=path
            )
        flat: list[Code] = []
        try:
            with reading(path):
                _flatten(found, "", flat)
                return cls(tuple(flat))
        except FileFormatError:
            raise
        except CjmError as error:
            raise FileFormatError(str(error), path=path) from error

    def to_yaml(self, path: str | os.PathLike[str]) -> Path:
        """Write ``codebook.yaml``, whole or not at all; empty fields are left out.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> path = Codebook(["wait"]).to_yaml(pathlib.Path(tempfile.mkdtemp()) / "codebook.yaml")
        >>> Codebook.from_yaml(path).names
        ('wait',)
        """
        return write_atomically(path, self.yaml())

    def yaml(self) -> str:
        """The text of ``codebook.yaml``; empty fields are left out.

        Examples
        --------
        >>> print(Codebook([Code("wait", colour="#0072B2")]).yaml())
        codes:
        - name: wait
          colour: '#0072B2'
        <BLANKLINE>
        """
        import yaml

        rows = []
        for c in self.codes:
            row = {k: (list(v) if isinstance(v, tuple) else v) for k, v in asdict(c).items() if v not in ("", ())}
            if row["codable"] is True:
                del row["codable"]
            rows.append(row)
        return str(yaml.safe_dump({"codes": rows}, allow_unicode=True, sort_keys=False, width=110))

    @classmethod
    def from_codings(cls, codings: pd.DataFrame) -> Codebook:
        """A codebook with the codes that a codings table uses, by name.

        Examples
        --------
        >>> Codebook.from_codings(pd.DataFrame({"code": ["wait", "price", "wait"]})).names
        ('price', 'wait')
        """
        return cls(tuple(Code(n) for n in sorted(codings["code"].dropna().unique())))

    def __repr__(self) -> str:
        tops = [c.name for c in self.codes if not c.parent]
        shown = ", ".join(tops[:6]) + (", …" if len(tops) > 6 else "")
        return f"<Codebook: {len(self.codes)} codes; {shown}>"

    def _repr_html_(self) -> str:
        shown = self.table.drop(columns=["guid", "codable"])
        shown["name"] = [" " * 4 * self.path(n).count(" / ") + n for n in shown["name"]]
        for c in ("include", "exclude"):
            shown[c] = ["; ".join(v) for v in shown[c]]
        used = [c for c in shown if (shown[c] != "").any()]
        return frame_html(shown[used])


def _flatten(found: list[Any], parent: str, out: list[Code], depth: int = 0) -> None:
    # Aliases can make a file of a kilobyte say a thing 2^25 times, or inside itself.
    if depth > 40:
        raise CjmError(
            en=f"codes nest deeper than 40 levels below {parent!r}", ru=f"коды вложены глубже 40 уровней под {parent!r}"
        )
    for item in found:
        children: list[Any] = []
        if isinstance(item, Mapping) and "children" in item:
            children = item["children"] if isinstance(item["children"], list) else []
            item = {k: v for k, v in item.items() if k != "children"}
        code = code_of(str(item) if isinstance(item, int | float) else item)
        out.append(replace(code, parent=code.parent or parent))
        if len(out) > 20_000:
            raise CjmError(en="the codebook holds more than 20,000 codes", ru="в кодификаторе больше 20 000 кодов")
        _flatten(children, code.name, out, depth + 1)


def _recode(codings: pd.DataFrame | None, change: Mapping[str, str]) -> pd.DataFrame | None:
    if codings is None:
        return None
    hit = codings["code"].isin(list(change))
    if not hit.any():
        return codings.copy()
    out = codings.copy()
    out["code"] = out["code"].map(lambda c: change.get(c, c))
    # Two codings that were told apart only by the codes now united are one; those untouched stay as they were.
    # A different memo or valence is a different remark and stays.
    key = [c for c in out.columns if c != "created"]
    touched = out[key].astype("str").fillna("").apply(tuple, axis=1)
    united = set(touched[hit])
    drop = touched.duplicated() & touched.isin(united)
    return out[~drop]
