"""What all tests share: fixed examples for properties; a language model's server that misbehaves as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import settings

# The same examples in every run: what passes here passes there.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")


@dataclass(frozen=True)
class Reply:
    """What the server does with one request.

    Attributes:
        body: Sent as it is.
        status: Of HTTP.
        headers: Beside the usual ones.
        wait: Seconds before anything is sent.
        trickle: Seconds between single bytes of the body; 0: all at once.
        promise: Bytes promised beyond those sent.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0
    trickle: float = 0
    promise: int = 0


def says(answer: Any, finish: str = "stop") -> Reply:
    """Return a chat completion: text, or data written as JSON."""
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return Reply(json.dumps({"object": "chat.completion", "choices": [choice]}).encode())


class ModelServer:
    """Answers with its replies in order, the last one for ever; keeps what it was asked."""

    Reply = Reply
    says = staticmethod(says)

    def __init__(self) -> None:
        self.replies: list[Reply] = [says([])]
        self.asked: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.paths: list[str] = []
        self.url = ""

    def next_reply(self) -> Reply:
        """Return the reply to the newest request."""
        return self.replies[min(len(self.asked), len(self.replies)) - 1]


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """Return a running server; replies are set on it by the test."""
    state = ModelServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.asked.append(json.loads(body))
            state.headers.append(dict(self.headers))
            state.paths.append(self.path)
            reply = state.next_reply()
            time.sleep(reply.wait)
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) + reply.promise))
                self.end_headers()
                for piece in [reply.body[i : i + 1] for i in range(len(reply.body))] if reply.trickle else [reply.body]:
                    self.wfile.write(piece)
                    self.wfile.flush()
                    time.sleep(reply.trickle)
            except ConnectionError:
                pass  # The client has given up, as it should.

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    # Quick polling: a test waits for the end of this loop.
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield state
    server.shutdown()
    server.server_close()
