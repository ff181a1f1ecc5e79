"""What must hold before a word leaves this machine: no name in it, and the researcher sees what goes where."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from cjmkit.coding.machine.local_model import LocalModel, loopback
from cjmkit.errors import CjmError, DataWarning
from cjmkit.i18n import count, listing, say
from cjmkit.text.recognise import either
from cjmkit.text.redact import Finder

__all__ = ["check_before_sending"]


def check_before_sending(model: object, texts: Sequence[str]) -> str:
    """Refuse to send texts that hold what :func:`cjmkit.interviews.redact` would mask; say what would be sent.

    Parameters
    ----------
    model : object
        What is asked; only a :class:`LocalModel` with ``allow_remote=True`` can lead elsewhere.
    texts : sequence of str
        Everything that would be sent: prompts, examples, units.

    Returns
    -------
    str
        What is sent where, for the trail; empty where the server is on this machine.

    Raises
    ------
    CjmError
        Naming the kinds found and how many texts hold them; nothing has been sent.

    Examples
    --------
    >>> check_before_sending(LocalModel("http://127.0.0.1:1/v1", model="m"), ["Call Anna on +7 916 123-45-67"])
    ''
    """
    if not isinstance(model, LocalModel):
        return ""
    host = urlsplit(model.url).hostname or ""
    if loopback(host, look_up=False):
        return ""
    finder = Finder(recogniser=either)
    finder.learn(texts)
    found = Counter(kind for text in texts for kind in {hit.kind for hit in finder.find(text)})
    if found:
        kinds = listing(f"{kind} ({n})" for kind, n in found.most_common())
        raise CjmError(
            en=f"texts for {host} hold what names people: {kinds}. Nothing was sent. Mask them first: "
            "cj.interviews.redact(transcripts)",
            ru=f"в текстах для {host} есть то, что называет людей: {kinds}. Ничего не отправлено. Сначала скройте это: "
            "cj.interviews.redact(transcripts)",
        )
    many = count(len(texts), en=("text", "texts"), ru=("текст", "текста", "текстов"))
    said = say(
        en=f"{many} leave this machine for {host}; the last one begins: {texts[-1][:200]!r}",
        ru=f"{many} уходят с этой машины на {host}; последний начинается так: {texts[-1][:200]!r}",
    )
    warnings.warn(said, DataWarning, stacklevel=4)
    return said
