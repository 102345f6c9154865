"""Asking a language model: an OpenAI-compatible endpoint by the standard library, or a command. Keeps nothing.

Both are callables from a prompt to the text of an answer. What may pass (slowness, an overloaded endpoint) is tried
again and ends in `NoAnswer`; what will not (nobody listens, a key is refused) is a `UserError` at once.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from qualcode.coders.llm_prompt import Prompt
from qualcode.coders.llm_settings import LlmSettings
from qualcode.errors import UserError

FIRST_WAIT = 1.0
LONGEST_WAIT = 120.0
MOST_BYTES = 8_000_000
PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_SHOWN = 300

Sleep = Callable[[float], None]


class NoAnswer(Exception):
    """One prompt was not answered; others may be."""


class UnusableAnswer(NoAnswer):
    """The model answered, but not completely: to be asked once more."""


class _Passing(Exception):
    """A failure that may pass.

    Args:
        reason: What happened.
        wait: Seconds to wait, as the endpoint says; None: it does not say.
    """

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class _Unheard(_Passing):
    """Nobody listens at the address."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it could lead to another machine, and take the key along."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Return None: the redirect becomes an error."""
        return None


class EndpointClient:
    """Asks an OpenAI-compatible endpoint (`POST base_url/chat/completions`).

    Args:
        settings: Where and how.
        api_key: Sent as a bearer token where it is not empty; it is in no message and no log.
        sleep: Waits some seconds; to be replaced in tests.
    """

    def __init__(self, settings: LlmSettings, *, api_key: str = "", sleep: Sleep = time.sleep) -> None:
        self._settings = settings
        self._api_key = api_key
        self._sleep = sleep
        self._heard = False
        handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
        if not settings.remote:
            # A proxy set in the environment would take what is meant for this machine to another one.
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)

    def __call__(self, prompt: Prompt) -> str:
        """Return the model's answer.

        Args:
            prompt: What to ask.

        Raises:
            NoAnswer: There was none within the time and number of tries.
            UnusableAnswer: It is cut off, or the endpoint's reply is not in the form agreed on.
            UserError: Asking for other prompts would fail as well.
        """
        body = json.dumps(self._body(prompt), ensure_ascii=False).encode("utf-8", "replace")
        for tried in range(self._settings.retries + 1):
            try:
                return _content(self._post(body))
            except _Passing as failure:
                # Who has never been heard has not been started: waiting will not start it.
                absent = isinstance(failure, _Unheard) and not self._heard
                if absent or tried == self._settings.retries:
                    raise self._given_up(failure, tried + 1) from failure
                self._sleep(self._wait(failure, tried))
        raise AssertionError("the last try returns or raises")

    def _body(self, prompt: Prompt) -> Mapping[str, Any]:
        asked = self._settings
        messages = [{"role": "system", "content": prompt.instructions}, {"role": "user", "content": prompt.text}]
        return {
            "model": asked.model,
            "messages": messages,
            "temperature": asked.temperature,
            "seed": asked.seed,
            "max_tokens": asked.max_tokens,
            "stream": False,
        }

    def _post(self, body: bytes) -> bytes:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._api_key:
            headers["Authorization"] = f"Bearer {self._api_key}"
        address = f"{self._settings.base_url.rstrip('/')}/chat/completions"
        request = urllib.request.Request(address, data=body, headers=headers, method="POST")
        end = time.monotonic() + self._settings.timeout
        try:
            with self._opener.open(request, timeout=self._settings.timeout) as response:
                self._heard = True
                return _read(response, end)
        except urllib.error.HTTPError as error:
            self._heard = True
            with error:
                raise self._refused(error) from error
        except TimeoutError as error:
            raise _Passing(f"no answer within {self._settings.timeout:g} seconds") from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise _Passing(f"no answer within {self._settings.timeout:g} seconds") from error
            if isinstance(error.reason, ConnectionError) and not isinstance(error.reason, ConnectionRefusedError):
                raise _Passing(f"the connection broke off ({error.reason})") from error
            raise _Unheard(str(error.reason)) from error
        except (http.client.HTTPException, ConnectionError) as error:
            raise _Passing(f"the connection broke off ({type(error).__name__})") from error

    def _refused(self, error: urllib.error.HTTPError) -> Exception:
        if error.code in PASSING:
            return _Passing(f"the endpoint says {error.code} {error.reason}", _retry_after(error.headers))
        if 300 <= error.code < 400:
            return UserError(
                f"{self._settings.base_url} sends on to another address; that is not followed.",
                hint="If you trust the other address, put it into study.yaml as extra.llm.base_url.",
            )
        try:
            told = _one_line(error.read(10_000).decode("utf-8", "replace"))
        except (OSError, http.client.HTTPException):
            told = ""  # What it says beside its status does not come.
        if self._api_key:
            told = told.replace(self._api_key, "[key]")
        return UserError(
            f"{self._settings.base_url} refuses: {error.code} {error.reason}. {told}".rstrip(),
            hint="Check base_url, model and api_key_env under extra.llm in study.yaml.",
        )

    def _wait(self, failure: _Passing, tried: int) -> float:
        if failure.wait is None:
            return float(min(FIRST_WAIT * 2**tried, LONGEST_WAIT))
        if failure.wait > LONGEST_WAIT:
            raise UserError(
                f"{self._settings.base_url} asks to wait {failure.wait:.0f} seconds ({failure}).",
                hint="Run the same command again then; answers so far are kept.",
            ) from failure
        return failure.wait

    def _given_up(self, failure: _Passing, tries: int) -> Exception:
        if isinstance(failure, _Unheard):
            return UserError(
                f"Nobody answers at {self._settings.base_url} ({failure}).",
                hint="Start the language model's server, then run the same command again; answers so far are kept.",
            )
        return NoAnswer(f"{failure}, tried {tries} times")


class CommandClient:
    """Asks a program: it is given the prompt on its standard input, and writes the answer on its standard output.

    Args:
        settings: The command, and how long it may take. No shell is involved.
    """

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings

    def __call__(self, prompt: Prompt) -> str:
        """Return what the program writes.

        Args:
            prompt: What to ask.

        Raises:
            NoAnswer: It took too long, or ended with an error.
            UserError: It cannot be started.
        """
        command = list(self._settings.command)
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise UserError(
                f"The command {command[0]!r} cannot be started ({error.strerror or error}).",
                hint="Check extra.llm.command in study.yaml.",
            ) from error
        try:
            written, said = process.communicate(prompt.whole.encode("utf-8", "replace"), timeout=self._settings.timeout)
        except subprocess.TimeoutExpired as error:
            raise NoAnswer(f"the command took longer than {self._settings.timeout:g} seconds") from error
        finally:
            _end(process)
        if process.returncode:
            told = _one_line(said.decode("utf-8", "replace"))
            raise NoAnswer(f"the command ended with status {process.returncode}: {told}")
        return written.decode("utf-8", "replace")


def client(settings: LlmSettings, *, api_key: str = "") -> Callable[[Prompt], str]:
    """Return the client that some settings ask for."""
    return CommandClient(settings) if settings.command else EndpointClient(settings, api_key=api_key)


def _content(reply: bytes) -> str:
    """Return the text of an endpoint's reply."""
    try:
        told = json.loads(reply)
        choice = told["choices"][0]
        content = choice["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        shown = _one_line(reply[:2000].decode("utf-8", "replace"))
        raise UnusableAnswer(f"the endpoint's reply is not that of a chat completion: {shown}") from error
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    if choice.get("finish_reason") == "length":
        raise UnusableAnswer("the answer is cut off: it is longer than max_tokens")
    if not isinstance(content, str):
        raise UnusableAnswer("the endpoint's reply holds no text")
    return content


def _read(response: Any, end: float) -> bytes:
    """Read a reply; one that trickles in is given up at the end of the time, as is one without end."""
    parts: list[bytes] = []
    size = 0
    while part := response.read1(65536):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise UnusableAnswer("the endpoint's reply has no end")
        if time.monotonic() > end:
            raise TimeoutError
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(parts)


def _retry_after(headers: Any) -> float | None:
    """Return the seconds that the header Retry-After asks for (a number, or a date), or None."""
    given = (headers.get("Retry-After") or "").strip()
    try:
        return max(0.0, float(given)) if float(given) < float("inf") else None
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(given)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program that still runs, with what it has started, and close its pipes."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.communicate()


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
