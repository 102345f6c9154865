"""The coder `llm` at work in a study: leave, log, going on after an interruption."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qualcode.coders.llm_settings import llm_settings
from qualcode.errors import UserError
from qualcode.model import Coder, Coding
from qualcode.project.asking import LOG, check_allowed, estimate, read_log, what_leaves
from qualcode.project.folder import StudyFolder
from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study
from qualcode.project.machines import Proposed, code
from qualcode.project.purging import purge

TALK = """\
Interviewer: How did it start?

Anna: I always wanted a cello. Then I retired.

Interviewer: And the neighbours?

Anna: They hear everything.

Interviewer: And now?

Anna: I close the windows.
"""
CODES = """\
name: music
title: Music
codes:
  - {id: wish, name: A wish, definition: Wanted for years.}
  - {id: noise, name: Noise, definition: Others hear it.}
"""
WISH = [{"turn": 2, "code": "wish", "quote": "I always wanted a cello.", "confidence": 0.9}]
NOISE = [{"turn": 4, "code": "noise", "quote": "They hear everything.", "confidence": 0.8}]


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """Return a study of one transcript with three turns to code."""
    made = init_study(tmp_path / "study")
    made.codebook_path.write_text(CODES, "utf-8")
    (tmp_path / "anna.txt").write_text(TALK, "utf-8")
    ingest(made, [tmp_path / "anna.txt"])
    return made


def with_llm(folder: StudyFolder, **llm: Any) -> StudyFolder:
    """Return the study with settings for the coder; each turn is asked about alone."""
    values = {"max_words": 1, "timeout": 5, "retries": 0, **llm}
    return replace(folder, settings=replace(folder.settings, extra={"llm": values}))


def asking(folder: StudyFolder, server: Any, *replies: Any, **llm: Any) -> StudyFolder:
    """Return the study set up to ask the server, which gives these replies."""
    server.asked.clear()
    server.replies = [server.says(reply) if isinstance(reply, list | str) else reply for reply in replies]
    return with_llm(folder, base_url=server.url, model="small", **llm)


def run(folder: StudyFolder, **given: Any) -> Proposed:
    """Let the coder propose."""
    ((done, _),) = code(folder, ["llm"], **given)
    return done


def stored(folder: StudyFolder) -> list[tuple[str, str]]:
    """Return code and passage of what the store holds by the coder."""
    study = folder.study()
    return [(coding.code, study.quote(coding)) for coding in study.codings if coding.coder == "llm"]


def lines(folder: StudyFolder) -> list[dict[str, Any]]:
    """Return the rows of the log."""
    return [json.loads(line) for line in (folder.path / LOG).read_text("utf-8").splitlines()]


def test_proposals_are_stored_and_logged(folder: StudyFolder, model_server: Any) -> None:
    """Verified quotations become proposals; the log has all that was asked; the store has the log's hash."""
    invented = [{"turn": 6, "code": "noise", "quote": "The neighbours complained."}]
    study = asking(folder, model_server, WISH, NOISE, invented)
    done = run(study)
    assert stored(study) == [("wish", "I always wanted a cello."), ("noise", "They hear everything.")]
    assert [row["turns"] for row in lines(study)] == [[2], [4], [6]]
    assert lines(study)[2]["rejected"][0]["reason"] == "the quotation is not in the turn"
    assert "The neighbours complained." in done.notes[0]
    coder = study.study().coder_by_name["llm"]
    assert (coder.kind, coder.attributes["model"], len(coder.attributes["log_hash"])) == ("machine", "small", 64)


def test_an_interrupted_run_goes_on(folder: StudyFolder, model_server: Any) -> None:
    """What was answered before the endpoint refused is not asked again, and nothing was stored by half."""
    study = asking(folder, model_server, WISH, model_server.Reply(b"no more money", 402))
    with pytest.raises(UserError, match="no more money"):
        run(study)
    assert stored(study) == []
    run(asking(folder, model_server, NOISE, []))
    assert len(model_server.asked) == 2
    assert [code for code, _ in stored(study)] == ["wish", "noise"]


def test_a_second_run_asks_nothing(folder: StudyFolder, model_server: Any) -> None:
    """All answers are in the log; a changed definition is a new question."""
    run(asking(folder, model_server, WISH, NOISE, []))
    again = asking(folder, model_server, [])
    done = run(again)
    assert (model_server.asked, done.added, done.removed) == ([], 0, 0)
    folder.codebook_path.write_text(CODES.replace("Wanted for years.", "Longed for."), "utf-8")
    assert estimate(again).prompts == 3


def test_unusable_answers_are_asked_again_in_the_next_run(folder: StudyFolder, model_server: Any) -> None:
    """They are logged with the reason and the turn is told; they do not stand for an answer."""
    done = run(asking(folder, model_server, '[{"code": "wish", "quo', "sorry", NOISE, []))
    assert [row["usable"] for row in lines(folder)] == [False, False, True, True]
    assert done.notes == ("not answered: anna, turn 2: it holds no JSON list",)
    run(asking(folder, model_server, WISH))
    assert len(model_server.asked) == 1
    assert len(stored(folder)) == 2


def test_a_line_that_was_cut_off_or_changed(folder: StudyFolder, model_server: Any) -> None:
    """A damaged line does no harm to the next one, is told, and its prompt is asked again."""
    run(asking(folder, model_server, WISH, NOISE, []))
    log = folder.path / LOG
    first, second, third = log.read_bytes().splitlines()
    changed = first.replace(b"a cello", b"a tuba!")
    assert changed != first
    log.write_bytes(changed + b"\n" + second + b"\n" + third[: len(third) // 2])
    done = run(asking(folder, model_server, WISH, []))
    assert len(model_server.asked) == 2
    assert done.notes == (f"{LOG}: lines not used, as they are damaged: 1, 3",)
    assert read_log(log).damaged == (1, 3)
    assert len(read_log(log).answers) == 3


def test_a_dry_run_asks_nothing(folder: StudyFolder, model_server: Any) -> None:
    """It tells how much it would ask, and needs no leave for it."""
    done = run(asking(folder, model_server, WISH), dry_run=True)
    assert done.notes == ("not asked, as this is a dry run: 3 prompts",)
    assert (model_server.asked, (folder.path / LOG).exists()) == ([], False)


def test_what_people_reviewed_stays(folder: StudyFolder, model_server: Any) -> None:
    """A proposal that a person accepted is not taken back when the model thinks otherwise."""
    run(asking(folder, model_server, WISH, NOISE, []))
    with folder.store() as store, store.change(action="accept") as change:
        change.set_status([coding.id for coding in folder.study().codings if coding.code == "wish"], "accepted")
    done = run(asking(folder, model_server, [], [], [], seed=2))
    assert (done.kept, done.removed, stored(folder)) == (1, 1, [("wish", "I always wanted a cello.")])


def test_leave_is_needed_twice(folder: StudyFolder) -> None:
    """Another machine is asked only if the settings and the person both say so; before that nothing is sent."""
    away = {"base_url": "http://llm.example.invalid/v1", "model": "large"}
    for allow, send, lacking in ((False, True, "allow_remote"), (True, False, "--send-away"), (False, False, " and ")):
        with pytest.raises(UserError, match=f"Nothing was sent(.|\n)*{lacking}"):
            run(with_llm(folder, **away, allow_remote=allow), send_away=send)
    settings = llm_settings(with_llm(folder, **away, allow_remote=True).settings)
    check_allowed(settings, send_away=True)
    assert "are sent to llm.example.invalid" in what_leaves(settings)


def test_a_command_is_run_only_when_named(folder: StudyFolder, tmp_path: Path) -> None:
    """A study from elsewhere cannot have a program run by its settings alone."""
    program = tmp_path / "model.py"
    program.write_text(f"import sys; print({json.dumps(WISH)!r} if 'cello' in sys.stdin.read() else '[]')", "utf-8")
    study = with_llm(folder, command=[sys.executable, str(program)])
    study = replace(study, settings=replace(study.settings, machines=("llm",)))
    with pytest.raises(UserError, match="run a command"):
        code(study)
    assert stored(study) == []
    run(study)
    assert [code for code, _ in stored(study)] == ["wish"]


def test_the_key_comes_from_the_environment(
    folder: StudyFolder, model_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is sent to the endpoint and stands in no file of the study; without it nothing is sent."""
    study = asking(folder, model_server, WISH, NOISE, [], api_key_env="SOME_KEY")
    monkeypatch.delenv("SOME_KEY", raising=False)
    with pytest.raises(UserError, match="SOME_KEY is not set"):
        run(study)
    monkeypatch.setenv("SOME_KEY", "sk-very\nsecret")
    with pytest.raises(UserError, match="cannot be a key"):
        run(study)
    assert model_server.asked == []
    monkeypatch.setenv("SOME_KEY", "sk-very-secret")
    run(study)
    assert model_server.headers[0]["Authorization"] == "Bearer sk-very-secret"
    files = [path for path in study.path.rglob("*") if path.is_file()]
    assert not [path for path in files if b"sk-very-secret" in path.read_bytes()]


def test_purging_takes_the_log(folder: StudyFolder, model_server: Any) -> None:
    """The log quotes the texts: it goes with what holds earlier texts."""
    run(asking(folder, model_server, WISH, NOISE, []))
    assert LOG in purge(folder).removed
    assert not (folder.path / LOG).exists()


def test_other_coders_need_no_model(folder: StudyFolder) -> None:
    """Without settings the coder is off, and the others work."""
    with pytest.raises(UserError, match="is off"):
        run(folder)
    code(folder, ["cues"])


def test_proposals_by_another_coder_stay(folder: StudyFolder, model_server: Any) -> None:
    """Its codings are a layer of their own."""
    with folder.store() as store, store.change(action="codings add") as change:
        change.put_coder(Coder("kirsi"))
        start = TALK.index("They hear")
        change.add_codings([Coding("kirsi", "anna", start, start + 21, "noise")])
    run(asking(folder, model_server, [], NOISE, []))
    assert sorted(coding.coder for coding in folder.study().codings) == ["kirsi", "llm"]
