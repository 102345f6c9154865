"""Asking a language model: a real server on this machine that misbehaves, and commands."""

from __future__ import annotations

import socket
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from qualcode.coders.llm_client import CommandClient, EndpointClient, NoAnswer, UnusableAnswer, client
from qualcode.coders.llm_prompt import Prompt
from qualcode.coders.llm_settings import LlmSettings
from qualcode.errors import UserError

PROMPT = Prompt("Code this.", "Ä turn.", "anna", (2,))
SECRET = "sk-very-secret"


class Waits(list[float]):
    """Keeps how long the client would have waited."""

    def __call__(self, seconds: float) -> None:
        """Wait not at all."""
        self.append(seconds)


def ask(server: Any, *replies: Any, api_key: str = "", **given: Any) -> tuple[str, Waits]:
    """Ask the server once; return the answer and the waits between tries."""
    server.replies = list(replies)
    waits = Waits()
    settings = LlmSettings(**{"base_url": server.url, "model": "small", "timeout": 5.0, "retries": 2, **given})
    return EndpointClient(settings, api_key=api_key, sleep=waits)(PROMPT), waits


def test_what_is_sent(model_server: Any) -> None:
    """Model, parameters and prompt are sent to the endpoint's chat completions, the key as a bearer token."""
    answer, _ = ask(model_server, model_server.says("[]"), api_key=SECRET, seed=7)
    assert answer == "[]"
    assert model_server.paths == ["/v1/chat/completions"]
    (body,) = model_server.asked
    assert [message["content"] for message in body["messages"]] == ["Code this.", "Ä turn."]
    assert (body["model"], body["seed"], body["temperature"]) == ("small", 7, 0)
    assert model_server.headers[0]["Authorization"] == f"Bearer {SECRET}"


def test_no_key_no_header(model_server: Any) -> None:
    """Where there is no key, none is sent."""
    ask(model_server, model_server.says("[]"))
    assert "Authorization" not in model_server.headers[0]


def test_a_proxy_is_not_asked_about_this_machine(model_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy in the environment never gets to see what is meant for this machine."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert ask(model_server, model_server.says("[]"))[0] == "[]"


def test_rate_limit_waits_as_long_as_it_says(model_server: Any) -> None:
    """Retry-After in seconds is obeyed; without it the waits double."""
    limited = model_server.Reply(b"slow down", 429, {"Retry-After": "7"})
    broken = model_server.Reply(b"", 500)
    answer, waits = ask(model_server, limited, broken, model_server.says("[]"))
    assert (answer, waits) == ("[]", [7.0, 2.0])


def test_rate_limit_with_a_date(model_server: Any) -> None:
    """Retry-After may be a date."""
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    limited = model_server.Reply(b"", 503, {"Retry-After": until})
    _, waits = ask(model_server, limited, model_server.says("[]"))
    assert 50 < waits[0] <= 60


def test_rate_limit_for_an_hour(model_server: Any) -> None:
    """Nobody is kept waiting for an hour: the run ends and can be gone on with."""
    with pytest.raises(UserError, match="3600 seconds"):
        ask(model_server, model_server.Reply(b"", 429, {"Retry-After": "3600"}))


def test_errors_of_the_server_to_the_end(model_server: Any) -> None:
    """An endpoint that only fails is asked three times with two retries, then given up for this prompt."""
    with pytest.raises(NoAnswer, match=r"500 .*tried 3 times"):
        ask(model_server, model_server.Reply(b"", 500))
    assert len(model_server.asked) == 3


def test_slow_answers(model_server: Any) -> None:
    """An answer that takes too long is asked for again."""
    answer, waits = ask(model_server, model_server.Reply(wait=1.0), model_server.says("[]"), timeout=0.2)
    assert (answer, waits) == ("[]", [1.0])


def test_an_answer_that_trickles_in(model_server: Any) -> None:
    """The time counts for the whole answer, not for each byte."""
    start = time.monotonic()
    with pytest.raises(NoAnswer, match=r"within 0\.3 seconds"):
        ask(model_server, model_server.Reply(b" " * 100, trickle=0.05), timeout=0.3, retries=0)
    assert time.monotonic() - start < 3


def test_a_connection_that_breaks_off(model_server: Any) -> None:
    """A reply shorter than promised is no reply."""
    short = model_server.Reply(model_server.says("[]").body, promise=10)
    with pytest.raises(NoAnswer):
        ask(model_server, short, timeout=0.3, retries=0)


@pytest.mark.parametrize(
    "body", [b"<html>busy</html>", b"", b"[]", b'{"choices": []}', b'{"choices": [{"mess', b"\xff"]
)
def test_replies_that_are_no_completion(model_server: Any, body: bytes) -> None:
    """A reply in another form is unusable, whatever it is."""
    with pytest.raises(UnusableAnswer):
        ask(model_server, model_server.Reply(body))


def test_an_answer_longer_than_allowed(model_server: Any) -> None:
    """An answer that the endpoint has cut off is unusable even where it looks complete."""
    with pytest.raises(UnusableAnswer, match="cut off"):
        ask(model_server, model_server.says("[]", finish="length"))


def test_a_refused_key_is_not_shown(model_server: Any) -> None:
    """A refusal ends the run; the key is in no message even if the endpoint repeats it."""
    reply = model_server.Reply(f"wrong key {SECRET}".encode(), 401)
    with pytest.raises(UserError, match="401") as caught:
        ask(model_server, reply, api_key=SECRET)
    assert SECRET not in str(caught.value)
    assert len(model_server.asked) == 1


def test_a_refusal_that_trickles_in(model_server: Any) -> None:
    """A refusal is one, even if its words do not come."""
    with pytest.raises(UserError, match="refuses: 403"):
        ask(model_server, model_server.Reply(b"no", 403, promise=5, trickle=0.5), timeout=0.2)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(model_server: Any, status: int) -> None:
    """A server on this machine cannot send the transcripts on to another."""
    with pytest.raises(UserError, match="another address"):
        ask(model_server, model_server.Reply(b"", status, {"Location": f"{model_server.url}/elsewhere"}))
    assert model_server.paths == ["/v1/chat/completions"]


def test_nobody_listens() -> None:
    """Where there is no server that is said at once, with what to do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    waits = Waits()
    settings = LlmSettings(base_url=f"http://127.0.0.1:{port}/v1", model="small")
    with pytest.raises(UserError, match="Nobody answers"):
        EndpointClient(settings, sleep=waits)(PROMPT)
    assert waits == []


def command(program: str, **given: Any) -> str:
    """Return what a small Python program answers to the prompt."""
    return CommandClient(LlmSettings(command=(sys.executable, "-c", program), **given))(PROMPT)


def test_a_command_reads_and_writes() -> None:
    """The command is given instructions and text as UTF-8; what it writes is the answer."""
    program = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
    assert command(program) == PROMPT.whole == "Code this.\nÄ turn.\n"


def test_a_command_that_reads_nothing() -> None:
    """A command may ignore the prompt."""
    assert command("print('[]')").strip() == "[]"


def test_a_command_that_fails() -> None:
    """Its status and what it says are told."""
    with pytest.raises(NoAnswer, match="status 3: no model"):
        command("import sys; print('no model', file=sys.stderr); sys.exit(3)")


def test_a_command_that_hangs() -> None:
    """It is ended with what it has started, when its time is over."""
    program = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(30)'])"
    start = time.monotonic()
    with pytest.raises(NoAnswer, match="longer than"):
        command(program, timeout=0.5)
    assert time.monotonic() - start < 10


def test_a_command_that_is_not_there() -> None:
    """The mistake names the command."""
    with pytest.raises(UserError, match="no-such-program"):
        CommandClient(LlmSettings(command=("no-such-program",)))(PROMPT)


def test_the_client_that_is_asked_for() -> None:
    """A command where there is one, else an endpoint."""
    assert isinstance(client(LlmSettings(command=("x",))), CommandClient)
    assert isinstance(client(LlmSettings(base_url="http://localhost/v1", model="m")), EndpointClient)
