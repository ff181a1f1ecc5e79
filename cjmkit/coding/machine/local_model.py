"""A language model on this machine, asked over the OpenAI chat protocol: Ollama, llama.cpp, vLLM, LM Studio.

Only loopback addresses are asked; where a name leads is looked up before anything is sent.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from cjmkit.errors import CjmError
from cjmkit.i18n import say

__all__ = ["LocalModel", "ModelError", "loopback"]

_TRIES = 4
_LONGEST_ANSWER = 1_000_000


class ModelError(CjmError):
    """The server did not answer as it should; the message says what to do."""


class LocalModel:
    """A model behind a server on this machine.

    Parameters
    ----------
    url : str
        Base address, ending in ``/v1``: Ollama ``http://127.0.0.1:11434/v1``, llama.cpp port 8080, vLLM 8000, LM
        Studio 1234.
    model : str
        Name of the model, as the server calls it.
    timeout : float
        Seconds for one answer.
    seed, max_tokens : int
        Sent with every question; temperature is always 0.
    allow_remote : bool
        Ask an address that is not this machine. What is sent leaves it: texts that hold what
        :func:`cjmkit.interviews.redact` would mask are refused, and what goes is shown and kept in the trail.

    Raises
    ------
    CjmError
        If the address is not this machine's, or no address.

    Examples
    --------
    >>> LocalModel("http://127.0.0.1:11434/v1", model="qwen3").name
    'qwen3'
    >>> LocalModel("https://api.example.com/v1", model="x")
    Traceback (most recent call last):
    cjmkit.errors.CjmError: https://api.example.com/v1 is not an address of this machine...
    """

    def __init__(
        self,
        url: str,
        *,
        model: str,
        timeout: float = 120,
        seed: int = 0,
        max_tokens: int = 1000,
        allow_remote: bool = False,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
            raise CjmError(
                en=f"{url!r} is not the address of a server; write it like http://127.0.0.1:11434/v1",
                ru=f"{url!r} — не адрес сервера; пишите так: http://127.0.0.1:11434/v1",
            )
        if not allow_remote and not loopback(parts.hostname, look_up=False):
            raise CjmError(
                en=f"{url} is not an address of this machine: people's words would leave it. Start a server here "
                "(http://127.0.0.1:11434/v1), or redact the texts and pass allow_remote=True",
                ru=f"{url} — адрес не этой машины: слова людей ушли бы с неё. Запустите сервер здесь "
                f"(http://127.0.0.1:11434/v1) или скройте имена (redact) и передайте allow_remote=True",
            )
        self.url, self.model, self.name = url.rstrip("/"), model, model
        self.timeout, self.seed, self.max_tokens, self.allow_remote = timeout, seed, max_tokens, allow_remote
        self.tokens = 0
        self.schema: dict[str, Any] | None = None
        self._client: Any = None

    def __repr__(self) -> str:
        return f"LocalModel({self.url!r}, model={self.model!r})"

    @property
    def parameters(self) -> dict[str, Any]:
        """What is recorded with every answer."""
        return {
            "url": self.url,
            "model": self.model,
            "temperature": 0,
            "seed": self.seed,
            "max_tokens": self.max_tokens,
        }

    def __call__(self, messages: Sequence[dict[str, str]]) -> str:
        """Ask once, with retries while the server is busy or loading."""
        body: dict[str, Any] = {
            "model": self.model, "messages": list(messages), "temperature": 0, "seed": self.seed,
            "max_tokens": self.max_tokens, "stream": False,
        }  # fmt: skip
        if self.schema is not None:
            wanted = {"name": "codes", "strict": True, "schema": self.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        for k in range(_TRIES):
            status, wait, said = self._post(body)
            if status in (429, 503) and k + 1 < _TRIES:
                time.sleep(min(60.0, wait if wait is not None else 0.5 * 2**k))
                continue
            return self._answer(status, said)
        raise AssertionError("unreachable")

    def _post(self, body: dict[str, Any]) -> tuple[int, float | None, str]:
        import httpx

        host = urlsplit(self.url).hostname or ""
        if not self.allow_remote and not loopback(host, look_up=True):
            raise ModelError(
                say(
                    en=f"{host} leads to an address that is not this machine's; nothing was sent",
                    ru=f"{host} ведёт на адрес другой машины; ничего не отправлено",
                )
            )
        if self._client is None:
            # No proxy from the environment: it would carry the words away from this machine.
            self._client = httpx.Client(timeout=self.timeout, trust_env=False, follow_redirects=False)
        try:
            with self._client.stream("POST", f"{self.url}/chat/completions", json=body) as response:
                parts, size = [], 0
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    if size > _LONGEST_ANSWER:
                        raise ModelError(
                            say(
                                en=f"{self.url} sends without end: more than {_LONGEST_ANSWER:,} bytes for one answer",
                                ru=f"{self.url} шлёт без конца: больше {_LONGEST_ANSWER:,} байт на один ответ",
                            )
                        )
                    parts.append(chunk)
                wait = response.headers.get("retry-after", "")
                said = b"".join(parts).decode("utf-8", "replace")
                return response.status_code, float(wait) if wait.isdigit() else None, said
        except httpx.ConnectError as error:
            raise ModelError(
                say(
                    en=f"no server answers at {self.url}; start it (for Ollama: ollama serve) and run again: what was "
                    f"answered is kept",
                    ru=f"по адресу {self.url} сервера нет; запустите его (для Ollama: ollama serve) и повторите: "
                    f"полученные ответы сохранены",
                )
            ) from error
        except httpx.TimeoutException as error:
            raise ModelError(
                say(
                    en=f"{self.url} did not answer within {self.timeout:g} s; raise timeout= or take a smaller model",
                    ru=f"{self.url} не ответил за {self.timeout:g} с; увеличьте timeout= или возьмите модель поменьше",
                )
            ) from error
        except httpx.HTTPError as error:
            raise ModelError(
                say(
                    en=f"the answer of {self.url} broke off ({type(error).__name__}); run again, what was answered is "
                    f"kept",
                    ru=f"ответ {self.url} оборвался ({type(error).__name__}); повторите, полученные ответы сохранены",
                )
            ) from error

    def _answer(self, status: int, said: str) -> str:
        import json

        try:
            loaded = json.loads(said)
        except json.JSONDecodeError:
            raise ModelError(
                say(
                    en=f"{self.url} answers with something else than JSON (status {status}): is it a chat server?",
                    ru=f"{self.url} отвечает не JSON (код {status}): это сервер чата?",
                )
            ) from None
        fault = loaded.get("error") if isinstance(loaded, dict) else None
        if fault or status != 200:
            told = fault.get("message", fault) if isinstance(fault, dict) else fault
            hint = {
                404: f"has the server a model {self.model!r}? (for Ollama: ollama pull {self.model})",
                400: "the text may be longer than the model's context",
                429: "the server is busy; run again later, what was answered is kept",
                503: "the model is still loading or busy; run again later",
            }.get(status, "see the server's own log")
            raise ModelError(
                say(
                    en=f"{self.url} says {str(told)[:300]!r} (status {status}); {hint}",
                    ru=f"{self.url} отвечает {str(told)[:300]!r} (код {status}); {hint}",
                )
            )
        try:
            choice = loaded["choices"][0]
            text = choice["message"]["content"]
        except (KeyError, IndexError, TypeError):
            raise ModelError(
                say(
                    en=f"{self.url} answers in another form than the chat protocol's",
                    ru=f"{self.url} отвечает не так, как велит протокол чата",
                )
            ) from None
        self.tokens += int((loaded.get("usage") or {}).get("total_tokens") or 0)
        return str(text or "")


def loopback(host: str, *, look_up: bool) -> bool:
    """Whether a host is this machine; a name is looked up only if asked for."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        pass
    if not look_up:
        # A name other than localhost may lead anywhere, and elsewhere tomorrow.
        return host == "localhost" or host.endswith(".localhost")
    try:
        found = {str(a[4][0]) for a in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(a.split("%")[0]).is_loopback for a in found)


Ask = Callable[[Any], str]
