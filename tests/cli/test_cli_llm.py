"""`qualcode code --coder llm`: what it would take, asking, and what leaves the machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import Result

ANSWER = [{"turn": 2, "code": "start/old-wish", "quote": "I always wanted one", "confidence": 0.9}]


def set_up(study: Path, **llm: Any) -> None:
    """Write settings of the coder into the study."""
    settings = study / "study.yaml"
    settings.write_text(settings.read_text("utf-8") + f"extra: {json.dumps({'llm': llm})}\n", "utf-8")


def test_estimate_then_ask(music: Path, run: Callable[..., Result], model_server: Any) -> None:
    """The estimate asks nothing; the run stores what is verified and lists what is not."""
    model_server.replies = [model_server.says(ANSWER), model_server.says([])]
    set_up(music, base_url=model_server.url, model="small", price_per_1000_tokens=0.5)
    (told,) = json.loads(run("-C", music, "code", "--coder", "llm", "--estimate", "--format", "json").stdout)
    assert told["prompts"] == 3
    assert told["cost"] > 0
    assert model_server.asked == []
    done = run("-C", music, "code", "--coder", "llm", "--format", "json", "--by", "tester")
    assert json.loads(done.stdout)[0]["proposals"] == 1
    assert len(model_server.asked) == 3
    assert "Warning" not in done.stderr
    (coding,) = json.loads(run("-C", music, "codings", "list", "--coder", "llm", "--format", "json").stdout)
    assert (coding["code"], coding["quote"]) == ("start/old-wish", "I always wanted one")


def test_off_and_refused(music: Path, run: Callable[..., Result]) -> None:
    """Without settings it is off; another machine takes leave in the settings and on the command line."""
    assert "is off" in run("-C", music, "code", "--coder", "llm", status=1).stderr
    set_up(music, base_url="http://llm.example.invalid/v1", model="large", allow_remote=True, retries=0)
    refused = run("-C", music, "code", "--coder", "llm", status=1).stderr
    assert "Nothing was sent" in refused
    assert "Warning" not in refused
    sent = run("-C", music, "code", "--coder", "llm", "--send-away", status=1).stderr
    assert "Warning: what participants say" in sent
    assert "Nobody answers at http://llm.example.invalid/v1" in sent


def test_flags_of_this_coder_only(music: Path, run: Callable[..., Result]) -> None:
    """`--estimate` with another coder is a wrong usage."""
    run("-C", music, "code", "--coder", "cues", "--estimate", status=2)
