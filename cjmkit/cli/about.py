"""What a report of a bug needs to know, without a word of the study."""

from __future__ import annotations

import locale
import platform
import sys
from importlib import metadata

from cjmkit._version import __version__
from cjmkit.i18n import say

__all__ = ["about"]


def about(*, verbose: bool = False) -> str:
    """The version; with `verbose` also Python, the system, its encodings and the versions of what cjmkit stands on.

    Examples
    --------
    >>> about().startswith("cjmkit ")
    True
    """
    if not verbose:
        return f"cjmkit {__version__}"
    rows = {
        "cjmkit": __version__,
        "Python": platform.python_version(),
        say(en="system", ru="система"): f"{platform.system()} {platform.release()} {platform.machine()}",
        say(en="encodings", ru="кодировки"): f"{sys.getfilesystemencoding()}, {getattr(sys.stdout, 'encoding', None)}, "
        f"{locale.getpreferredencoding(do_setlocale=False)}",
    }
    rows |= {name: _version_of(name) for name in sorted(_needed())}
    wide = max(map(len, rows))
    return "\n".join(f"{name:<{wide}}  {value}" for name, value in rows.items())


def _needed() -> set[str]:
    """Names of the packages that cjmkit asks for, extras too."""
    stops = " <>=!~;[("
    found = metadata.requires("cjmkit") or []
    return {"".join(c if c not in stops else " " for c in line).split()[0] for line in found} - {"cjmkit"}


def _version_of(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "—"
