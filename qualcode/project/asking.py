"""The coder `llm` at work: who is asked, what may leave this machine, and the log of all that was asked and answered.

The log (`llm-log.jsonl` in the study's folder) has one line per answer, written to the disk before the next prompt is
sent. It is what an interrupted run goes on from, and what the proposals can be traced to; the coder's entry in the
store holds its hash. It quotes the transcripts: it is as confidential as they are. It is a file of its own because the
store is written in whole changes that can be undone, and an answer that was paid for is not to be undone with them.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import UserError
from qualcode.model import Coding, Study
from qualcode.project.folder import StudyFolder

if TYPE_CHECKING:
    from qualcode.coders.llm import Estimate, Exchange, LlmCoder
    from qualcode.coders.llm_settings import LlmSettings

LOG = "llm-log.jsonl"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a log holds.

    Attributes:
        answers: Usable answers by prompt hash, the newest of each.
        damaged: Numbers of lines that cannot be read or were changed afterwards; they are not used.
    """

    answers: Mapping[str, str]
    damaged: tuple[int, ...] = ()


class AskingCoder:
    """The machine coder `llm` with a model to ask and a log; made by `asking_coder`.

    Attributes:
        notes: What a person should know of the run, one line each; complete after `propose`.
    """

    name = "llm"

    def __init__(self, coder: LlmCoder, log: Path, damaged: tuple[int, ...]) -> None:
        self._coder = coder
        self._log = log
        self._damaged = damaged
        self.notes: tuple[str, ...] = ()

    @property
    def attributes(self) -> Mapping[str, str]:
        """Those of the coder, and the log that it stands on."""
        if not self._log.exists():
            return self._coder.attributes
        return {
            **self._coder.attributes,
            "log": self._log.name,
            "log_hash": hashlib.sha256(self._log.read_bytes()).hexdigest(),
        }

    def propose(self, study: Study, *, progress: Progress | None = None) -> list[Coding]:
        """Return the codings proposed for a study; see `qualcode.coders.llm.LlmCoder.propose`."""
        codings = self._coder.propose(study, progress=progress)
        notes = [f"not answered: {line}" for line in self._coder.unanswered]
        notes += [f"not used: {rejected}" for rejected in self._coder.rejected]
        if self._damaged:
            notes.append(f"{self._log.name}: lines not used, as they are damaged: {', '.join(map(str, self._damaged))}")
        if self._coder.unasked:
            notes.append(f"not asked, as this is a dry run: {len(self._coder.unasked)} prompts")
        self.notes = tuple(notes)
        return codings


def asking_coder(
    folder: StudyFolder, study: Study, *, send_away: bool = False, dry_run: bool = False, by_name: bool = True
) -> AskingCoder:
    """Return the coder `llm` for a study.

    Args:
        folder: The study; its log is read, and added to.
        study: What is coded.
        send_away: The person has said, for this run, that transcripts may be sent to another machine.
        dry_run: Ask nothing; propose only what was answered before.
        by_name: The person has named the coder: a command that came with the study's settings is not run unasked.

    Raises:
        UserError: It is not set up, or may not be asked.
    """
    from qualcode.coders.llm import LlmCoder
    from qualcode.coders.llm_client import client
    from qualcode.coders.llm_settings import llm_settings

    settings = llm_settings(study.settings)
    log = folder.path / LOG
    remembered = read_log(log)
    ask = None
    if not dry_run:
        check_allowed(settings, send_away=send_away, by_name=by_name)
        ask = client(settings, api_key=_api_key(settings))
    coder = LlmCoder(
        settings,
        codebook_hash=study.codebook.hash,
        ask=ask,
        remembered=remembered.answers,
        told=lambda exchange: add_to_log(log, exchange, settings),
        dry_run=dry_run,
    )
    return AskingCoder(coder, log, remembered.damaged)


def check_allowed(settings: LlmSettings, *, send_away: bool, by_name: bool = True) -> None:
    """Raise a `UserError` unless the model may be asked: on this machine, or elsewhere with leave given twice.

    Args:
        settings: Of the coder.
        send_away: The person has said so for this run.
        by_name: The person has named the coder.
    """
    if settings.command and not by_name:
        raise UserError(
            "study.yaml has the coder 'llm' run a command; that is done only when you ask for it by name.",
            hint="Look at extra.llm.command in study.yaml, then: qualcode code --coder llm",
        )
    if not _may_be_asked(settings, send_away):
        lacking = [] if settings.allow_remote else ["allow_remote: true under extra.llm in study.yaml"]
        lacking += [] if send_away else ["--send-away on the command line"]
        raise UserError(
            f"{settings.host} is not this machine: the transcripts would leave it. Nothing was sent.",
            hint=f"If everyone concerned has agreed to that, it takes {' and '.join(lacking)}.",
        )


def _may_be_asked(settings: LlmSettings, send_away: bool) -> bool:
    return not settings.remote or (settings.allow_remote and send_away)


def what_leaves(settings: LlmSettings) -> str:
    """Return a sentence that says what leaves this machine or is handed on, or nothing where nothing is.

    Args:
        settings: Of the coder.
    """
    what = "what participants say in the transcripts, the interviewer's questions, and the codebook"
    if settings.remote:
        return f"{what} are sent to {settings.host}."
    if settings.command:
        command = " ".join(settings.command)
        return f"{what} are handed to the command `{command}`; qualcode cannot know where it sends them."
    return ""


def warning(folder: StudyFolder) -> str:
    """Return `what_leaves` for a study's settings.

    Raises:
        UserError: The coder is not set up.
    """
    from qualcode.coders.llm_settings import llm_settings

    return what_leaves(llm_settings(folder.settings))


def allowed(folder: StudyFolder, *, send_away: bool) -> bool:
    """Return whether a study's model may be asked; see `check_allowed`."""
    from qualcode.coders.llm_settings import llm_settings

    return _may_be_asked(llm_settings(folder.settings), send_away)


def estimate(folder: StudyFolder) -> Estimate:
    """Return what asking about a study would take; nothing is asked.

    Raises:
        UserError: The coder is not set up.
    """
    from qualcode.coders.llm import estimate as estimated
    from qualcode.coders.llm_settings import llm_settings

    settings = llm_settings(folder.settings)
    return estimated(folder.study(), settings, read_log(folder.path / LOG).answers.keys())


def read_log(path: Path) -> Remembered:
    """Return what a log holds; a missing log holds nothing.

    Args:
        path: The log.

    Raises:
        UserError: It is there and cannot be read.
    """
    from qualcode.coders.llm import answer_hash

    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return Remembered({})
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or error}).") from error
    answers: dict[str, str] = {}
    damaged: list[int] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            prompt, answer, usable = str(told["prompt_hash"]), str(told["answer"]), told["usable"] is True
            whole = told["answer_hash"] == answer_hash(answer)
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            damaged.append(number)
        elif usable:
            answers[prompt] = answer
    return Remembered(answers, tuple(damaged))


def add_to_log(path: Path, exchange: Exchange, settings: LlmSettings) -> None:
    """Add an exchange to a log; it is on the disk when this returns.

    Args:
        path: The log; it is made where it is missing, for its owner's eyes only.
        exchange: What was asked and answered.
        settings: Whom, and how.

    Raises:
        UserError: It cannot be written.
    """
    line = json.dumps(_row(exchange, settings), ensure_ascii=True).encode("ascii") + b"\n"
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as stream:
            # A line that an interruption cut off must not swallow this one.
            if stream.seek(0, os.SEEK_END) and (stream.seek(-1, os.SEEK_END), stream.read(1))[1] != b"\n":
                line = b"\n" + line
            stream.write(line)
            os.fsync(stream.fileno())
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}).",
            hint="Answers are kept there; make room or give leave to write, then run the same command again.",
        ) from error


def _row(exchange: Exchange, settings: LlmSettings) -> dict[str, Any]:
    from qualcode.coders.llm import answer_hash

    return {
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "transcript": exchange.prompt.transcript,
        "turns": list(exchange.prompt.turns),
        "asked": settings.base_url or "command",
        "parameters": dict(settings.parameters),
        "prompt_hash": exchange.hash,
        "answer": exchange.answer,
        "answer_hash": answer_hash(exchange.answer),
        "usable": not exchange.reason,
        "reason": exchange.reason,
        "rejected": [
            {"turn": entry.turn, "code": entry.code, "quote": entry.quote, "reason": entry.reason}
            for entry in exchange.rejected
        ],
    }


def _api_key(settings: LlmSettings) -> str:
    """Return the endpoint's key from the environment; it stands in no file of the study."""
    if not settings.api_key_env:
        return ""
    key = os.environ.get(settings.api_key_env, "").strip()
    if not key:
        raise UserError(
            f"The environment variable {settings.api_key_env} is not set; study.yaml says that it holds the key.",
            hint=f"Set it for this session: export {settings.api_key_env}=…",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UserError(f"The environment variable {settings.api_key_env} holds something that cannot be a key.")
    return key
