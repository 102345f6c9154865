"""What a user can do wrong: a clear message, the right exit status, nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

TALK = "Interviewer: How did it start?\n\nAnna: I always wanted one.\n\nInterviewer: And now?\n\nAnna: Every morning.\n"


def exported(study: Path, run) -> str:
    """Return all codings of a study as text."""
    return run("-C", study, "codings", "export").stdout


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("empty.txt", b"", "empty"),
        ("binary.txt", b"\x00\x01\x02PNG\x00\xff" * 50, "binary"),
        ("only-questions.txt", b"Interviewer: Why?\n\nInterviewer: And then?\n\nInterviewer: Why?\n", "no participant"),
    ],
)
def test_a_bad_transcript_is_left_out_and_named(empty: Path, tmp_path: Path, run, name, content, told) -> None:
    """A file that cannot be used is named with the reason; the good one beside it is taken in."""
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text(TALK, "utf-8")
    result = run("-C", empty, "ingest", tmp_path / name, tmp_path / "good.txt", status=1)
    assert name in result.stderr and told in result.stderr
    assert "Took in 1 transcript" in result.stderr
    run("-C", empty, "check")


def test_a_latin_1_file_is_read_with_a_doubt(empty: Path, tmp_path: Path, run) -> None:
    """A file that is not UTF-8 is read as cp1252, and that is said; the letters are right."""
    (tmp_path / "latin.txt").write_bytes(TALK.replace("Every morning", "Café, every morning").encode("latin-1"))
    result = run("-C", empty, "ingest", tmp_path / "latin.txt")
    assert "cp1252" in result.stderr or "1252" in result.stderr
    from qualcode.project.folder import find_study

    assert "Café" in find_study(empty).study().transcripts[0].text


def test_a_changed_file_is_refused(music: Path, tmp_path: Path, run) -> None:
    """A file that changed since it was taken in is refused, and its codings stay where they are."""
    before = exported(music, run)
    copy = tmp_path / "anna.txt"
    copy.write_text((music / "transcripts" / "anna.txt").read_text("utf-8").replace("cello", "violoncello"), "utf-8")
    result = run("-C", music, "ingest", copy, status=1)
    assert "another text called 'anna'" in result.stderr
    assert exported(music, run) == before


def test_the_same_file_again_is_a_no_op(music: Path, run) -> None:
    """Taking the same files in again changes nothing, not even the history."""
    before = run("-C", music, "log", "--format", "csv").stdout
    result = run("-C", music, "ingest", music / "transcripts")
    assert "3 were there already" in result.stderr
    assert run("-C", music, "log", "--format", "csv").stdout == before


def test_an_unknown_code_stops_the_whole_import(music: Path, tmp_path: Path, run) -> None:
    """A row with an unknown code is named with its line and the nearest code; nothing is imported."""
    rows = (
        '{"case": "Anna", "turn": 2, "code": "start/old-wish", "quote": "I always wanted one"}\n'
        '{"case": "Anna", "turn": 2, "code": "start/old-wishes", "quote": "I always wanted one"}\n'
    )
    (tmp_path / "bad.jsonl").write_text(rows, "utf-8")
    result = run("-C", music, "codings", "import", tmp_path / "bad.jsonl", "--coder", "coder-b", status=1)
    assert "bad.jsonl, line 2" in result.stderr and "start/old-wish" in result.stderr
    assert "coder-b" not in exported(music, run)
    run("-C", music, "codings", "import", tmp_path / "bad.jsonl", "--coder", "coder-b", "--skip-bad")
    assert exported(music, run).count('"coder-b"') == 1


def test_a_machines_name_is_not_for_people(music: Path, tmp_path: Path, run) -> None:
    """A person's codings cannot be stored under a machine's name."""
    (tmp_path / "c.jsonl").write_text('{"case": "Anna", "turn": 2, "code": "start/old-wish", "quote": "I"}\n', "utf-8")
    result = run("-C", music, "codings", "import", tmp_path / "c.jsonl", "--coder", "cues", status=1)
    assert "machine coder" in result.stderr
    run("-C", music, "code", "--coder", "cues")
    before = exported(music, run)
    result = run("-C", music, "codings", "import", tmp_path / "c.jsonl", "--coder", "cues", status=1)
    assert "machine coder" in result.stderr
    assert exported(music, run) == before


def test_a_mistake_in_the_codebook_names_its_line(music: Path, run) -> None:
    """A YAML error is told with file and line, without a traceback."""
    path = music / "codebook.yaml"
    path.write_text(path.read_text("utf-8") + "  - id: x\n   name: y\n", "utf-8")
    result = run("-C", music, "code", status=1)
    assert "codebook.yaml, line" in result.stderr and "Traceback" not in result.output


def test_a_mistake_in_the_settings_names_its_line(music: Path, run) -> None:
    """An unknown key in study.yaml is told with its line and the nearest known one."""
    path = music / "study.yaml"
    path.write_text(path.read_text("utf-8") + "\nmachnes: [cues]\n", "utf-8")
    result = run("-C", music, "status", status=1)
    assert "study.yaml, line" in result.stderr and "machines" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("-C", "nowhere", "status"),
        ("-C", "{music}", "ingest", "nowhere.txt"),
        ("-C", "{music}", "codings", "import", "nowhere.jsonl", "--coder", "x"),
        ("-C", "{music}", "code", "--coder", "nobody"),
        ("-C", "{music}", "compare", "--coder", "nobody"),
        ("-C", "{music}", "compare", "--against", "nowhere.yaml"),
        ("-C", "{music}", "report", "nothing"),
        ("-C", "{music}", "codings", "list", "--code", "nothing"),
        ("-C", "{music}", "codings", "accept", "ffffffff"),
        ("-C", "{music}", "agree", "--coder", "coder-a"),
        ("codebook", "show", "nowhere"),
        ("init", "{music}"),
    ],
    ids=lambda words: " ".join(words),
)
def test_what_is_not_there_is_said(music: Path, run, words) -> None:
    """A name that does not exist gets one message and exit status 1."""
    result = run(*(word.format(music=music) for word in words), status=1)
    assert result.stderr.startswith("Error: ") and "Traceback" not in result.output


@pytest.mark.parametrize("words", [("frobnicate",), ("compare", "--format", "xml"), ("init",), ("codings", "remove")])
def test_wrong_usage_is_status_2(music: Path, run, words) -> None:
    """Wrong words get the usage and exit status 2."""
    assert "Usage:" in run("-C", music, *words, status=2).stderr


def test_a_study_that_cannot_be_made_leaves_nothing(tmp_path: Path, run) -> None:
    """`init` with a codebook that has mistakes makes no folder."""
    (tmp_path / "bad.yaml").write_text("codes:\n  - id: a\n  - id: a\n", "utf-8")
    run("init", tmp_path / "new", "--codebook", tmp_path / "bad.yaml", status=1)
    assert not (tmp_path / "new").exists()


def test_a_file_in_place_of_a_folder(tmp_path: Path, run) -> None:
    """A study cannot be made where a file is, nor the demo."""
    (tmp_path / "file").write_text("x", "utf-8")
    run("init", tmp_path / "file" / "study", status=1)
    run("demo", tmp_path / "file", status=1)
    assert (tmp_path / "file").read_text("utf-8") == "x"


def test_reports_that_cannot_be_written(music: Path, run) -> None:
    """Where the reports' folder should be stands a file: a message, and the file is left alone."""
    (music / "reports").write_text("mine", "utf-8")
    result = run("-C", music, "report", status=1)
    assert "reports" in result.stderr
    assert (music / "reports").read_text("utf-8") == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_read_only_folder(music: Path, run) -> None:
    """In a folder without write permission nothing is written, and that is said."""
    music.chmod(0o555)
    try:
        assert run("-C", music, "code", status=1).stderr.startswith("Error: ")
    finally:
        music.chmod(0o755)


def test_ctrl_c_in_the_middle_leaves_the_store_whole(music: Path, run, tmp_path: Path) -> None:
    """A command interrupted while it writes leaves the study as it was, or as it should be, never in between."""
    before = exported(music, run)
    program = (
        "import signal, sys, time\n"
        # A shell's background jobs, and so what they start, have it ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from qualcode.store import Change\n"
        "add = Change.add_codings\n"
        "def slow(self, codings):\n"
        "    count = add(self, codings)\n"
        "    print('written', flush=True)\n"
        "    time.sleep(30)\n"
        "    return count\n"
        "Change.add_codings = slow\n"
        "from qualcode.cli import main\n"
        f"main(['-C', {str(music)!r}, 'code', '--coder', 'cues'])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "written\n"
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130 and "Interrupted" in stderr and "Traceback" not in stderr
    assert exported(music, run) == before
    run("-C", music, "check")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("form", ["table", "json", "csv"])
def test_output_to_a_full_disk_is_said(music: Path, form: str) -> None:
    """A result that cannot be written whole ends with a message and exit status 1, not with a traceback."""
    words = ["-C", str(music), "codings", "list", "--format", form]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "qualcode", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert result.returncode == 1
    assert "No space is left" in result.stderr and "Traceback" not in result.stderr


def test_a_missing_codebook_can_be_brought_back_as_told(music: Path, run) -> None:
    """When codebook.yaml is gone, the advice brings back the study's own codebook, not another one."""
    path = music / "codebook.yaml"
    before = path.read_text("utf-8")
    run("-C", music, "code", "--coder", "cues")
    path.unlink()
    assert "qualcode codebook restore" in run("-C", music, "compare", status=1).stderr
    run("-C", music, "codebook", "restore")
    assert path.read_text("utf-8") == before


def test_an_unknown_role_in_the_settings_names_the_known_ones(music: Path, run) -> None:
    """A role that does not exist is told with those that do."""
    (music / "study.yaml").write_text("roles: {Anna: boss}\n", "utf-8")
    result = run("-C", music, "status", status=1)
    assert "roles.Anna: one of participant, interviewer, other is expected, found 'boss'" in result.stderr


def test_cohorts_without_cases_are_said(music: Path, run) -> None:
    """A cohort that no case belongs to leaves nothing to compare, which is said with the cohorts there are."""
    (music / "study.yaml").write_text("cohorts: {classified: [frims]}\n", "utf-8")
    told = run("-C", music, "compare").stderr
    assert "No case belongs to the cohorts to be classified" in told and "frims" in told


def test_a_coders_name_that_is_too_long_for_a_folder_is_refused(music: Path, tmp_path: Path, run) -> None:
    """Codings of every coder can be exported into a folder of the coder's name."""
    words = ("codings", "add", "--code", "way/alone", "--case", "Anna", "--turn", "4", "--quote", "videos", "--coder")
    assert "at most" in run("-C", music, *words, "x" * 300, status=1).stderr
    run("-C", music, *words, "陈" * 80)
    run("-C", music, "codings", "export", "--folder", tmp_path / "out")


def test_consensus_is_no_name_for_a_person(music: Path, run) -> None:
    """The word for what people agree on cannot be taken by one of them."""
    words = ("-C", music, "codings", "import", music / "x.jsonl", "--coder", "consensus")
    (music / "x.jsonl").write_text('{"case": "Anna", "turn": 2, "code": "start/old-wish", "quote": "I"}\n', "utf-8")
    assert "stands for what people and references agree on" in run(*words, status=1).stderr
