"""Settings of the machine coder `llm`, as they stand in `study.yaml` under `extra: {llm: …}`."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from qualcode.errors import UserError
from qualcode.model import Settings

NAME = "llm"
# Names by which a computer calls itself: what is sent there stays on it.
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
EXAMPLE = "extra: {llm: {base_url: 'http://127.0.0.1:8080/v1', model: NAME}}"


@dataclass(frozen=True, slots=True)
class LlmSettings:
    """What is asked, where, and how.

    Attributes:
        base_url: Address of an OpenAI-compatible endpoint up to and with its version ("http://127.0.0.1:8080/v1").
        model: Name of the model, as the endpoint knows it.
        command: In place of an endpoint: a program and its arguments; it reads a prompt and writes an answer.
        temperature: 0 for the likeliest words.
        seed: Of the endpoint's random draws; many endpoints follow it only roughly.
        max_words: Most words of participants in one prompt; a longer turn is asked about alone.
        max_tokens: Longest answer, in tokens.
        timeout: Seconds within which an answer must be complete.
        retries: How often the endpoint is asked again after a failure that may pass.
        price_per_1000_tokens: For the estimate, in whatever currency; None: unknown.
        api_key_env: Name of the environment variable that holds the endpoint's key; empty: none is sent.
        allow_remote: Whether the endpoint may be on another machine.
    """

    base_url: str = ""
    model: str = ""
    command: tuple[str, ...] = ()
    temperature: float = 0.0
    seed: int = 1
    max_words: int = 300
    max_tokens: int = 2000
    timeout: float = 120.0
    retries: int = 3
    price_per_1000_tokens: float | None = None
    api_key_env: str = ""
    allow_remote: bool = False

    @property
    def host(self) -> str:
        """The machine that the endpoint is on; empty for a command."""
        return urlsplit(self.base_url).hostname or "" if self.base_url else ""

    @property
    def remote(self) -> bool:
        """Whether prompts would leave this machine; what a command does with them cannot be known."""
        return bool(self.base_url) and self.host not in LOOPBACK

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What an answer depends on, apart from the prompt; plain data."""
        asked = {"command": list(self.command)} if self.command else {"model": self.model}
        return {**asked, "temperature": self.temperature, "seed": self.seed, "max_tokens": self.max_tokens}


def llm_settings(settings: Settings) -> LlmSettings:
    """Return the coder's settings.

    Args:
        settings: Of the study.

    Raises:
        UserError: There are none (the coder is off until it is set up), or they have a mistake.
    """
    given = settings.extra.get(NAME)
    if not given:
        raise UserError(
            "The machine coder 'llm' is off: study.yaml does not say which language model to ask.",
            hint=f"Name one that runs on this machine: {EXAMPLE}; or a command that reads a prompt: "
            "extra: {llm: {command: 'PROGRAM ARGUMENTS'}}",
        )
    if not isinstance(given, Mapping):
        raise _mistake(f"names and values are expected, found {given!r}")
    known = [field.name for field in fields(LlmSettings)]
    for key in given:
        if key not in known:
            raise _mistake(f"'{key}' is no setting of it; there are: {', '.join(known)}")
    values = {key: _value(key, value) for key, value in given.items() if value is not None}
    made = LlmSettings(**values)
    _check(made)
    return made


def _value(key: str, value: Any) -> Any:
    """Return a setting in its type, or raise what is wrong with it."""
    if key == "command":
        parts = shlex.split(value) if isinstance(value, str) else value
        if not isinstance(parts, list) or not parts or not all(isinstance(part, str) and part for part in parts):
            raise _mistake(f"command: a program and its arguments are expected, found {value!r}")
        return tuple(parts)
    if key == "allow_remote":
        if not isinstance(value, bool):
            raise _mistake(f"allow_remote: true or false is expected, found {value!r}")
        return value
    if key in ("base_url", "model", "api_key_env"):
        if not isinstance(value, str):
            raise _mistake(f"{key}: text is expected, found {value!r}")
        return value.strip()
    return _number(key, value)


def _number(key: str, value: Any) -> float | int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise _mistake(f"{key}: a number is expected, found {value!r}")
    least = 1 if key in ("max_words", "max_tokens") else 0
    if value < least or (key == "timeout" and value <= 0):
        raise _mistake(f"{key}: found {value!r}, which is too small")
    if key in ("temperature", "timeout", "price_per_1000_tokens"):
        return float(value)
    if value != int(value):
        raise _mistake(f"{key}: a whole number is expected, found {value!r}")
    return int(value)


def _check(made: LlmSettings) -> None:
    if bool(made.base_url) == bool(made.command):
        raise _mistake("either base_url (and model) or command is expected, and not both")
    if made.command:
        return
    if not made.model:
        raise _mistake("model: the name of a model is expected")
    try:
        address = urlsplit(made.base_url)
        _ = address.port
    except ValueError:
        raise _mistake(f"base_url: {made.base_url!r} is no address") from None
    odd = any(letter.isspace() or letter in "\\?#" for letter in made.base_url)
    if address.scheme not in ("http", "https") or not address.hostname or odd:
        raise _mistake(f"base_url: an address such as http://127.0.0.1:8080/v1 is expected, found {made.base_url!r}")
    if address.username is not None or address.password is not None:
        raise _mistake("base_url: no name or password belongs there; name a variable with api_key_env")


def _mistake(what: str) -> UserError:
    return UserError(f"study.yaml, extra.llm: {what}.", hint=f"For example: {EXAMPLE}")
