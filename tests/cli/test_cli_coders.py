"""Coders, blindness and who codes what."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from qualcode.model import Case, Codebook, Settings, Study, Transcript
from qualcode.project.coders import draw


def exported(music: Path, run, *words: str) -> str:
    """Return the coders whose codings an export shows."""
    lines = run("-C", music, "codings", "export", *words).stdout.splitlines()
    return " ".join(sorted({json.loads(line)["coder"] for line in lines}))


def test_coders_have_attributes(music: Path, run) -> None:
    """Attributes are kept, added to, and listed."""
    run("-C", music, "coders", "add", "bo", "--attribute", "training=2 weeks")
    run("-C", music, "coders", "add", "bo", "--attribute", "native=yes")
    rows = json.loads(run("-C", music, "coders", "list", "--format", "json").stdout)
    assert [(one["coder"], one["attributes"]) for one in rows if one["coder"] == "bo"] == [
        ("bo", {"training": "2 weeks", "native": "yes"})
    ]
    assert "already" in run("-C", music, "coders", "add", "bo").stderr
    run("-C", music, "coders", "add", "a/b", status=1)


def test_a_blind_coder_sees_only_their_own(music: Path, run) -> None:
    """Listing, export and search hide others' codings; that it was blind is in the history, and stays so."""
    words = ("--case", "ben", "--turn", "8", "--quote", "no time", "--code", "obstacles/time")
    run("-C", music, "codings", "add", "--coder", "bo", *words)
    assert exported(music, run, "--by", "bo") == "bo coder-a"
    assert exported(music, run, "--by", "bo", "--blind") == "bo"
    log = run("-C", music, "log", "--format", "csv").stdout
    assert "coder blind" in log
    assert exported(music, run, "--by", "bo") == "bo", "from then on without being asked"
    assert run("-C", music, "log", "--format", "csv").stdout == log, "recorded once"
    assert exported(music, run, "--by", "ann") == "bo coder-a", "others are not blind"
    found = run("-C", music, "search", "code:start/*", "--by", "bo", "--format", "json")
    assert json.loads(found.stdout) == [] and "hidden" in found.stderr
    rows = json.loads(run("-C", music, "search", "always wanted", "--by", "bo", "--format", "json").stdout)
    assert rows[0]["codes"] == []
    run("-C", music, "memo", "add", "Secret.", "--by", "ann")
    assert json.loads(run("-C", music, "memo", "list", "--by", "bo", "--format", "json").stdout) == []
    run("-C", music, "coders", "add", "bo", "--not-blind", "--by", "lead")
    assert exported(music, run, "--by", "bo") == "bo coder-a"
    assert "coder no longer blind" in run("-C", music, "log", "--format", "csv").stdout


def with_bo_blind(music: Path, run) -> None:
    """Let bo code one passage, and be blind."""
    words = ("--case", "ben", "--turn", "8", "--quote", "no time", "--code", "obstacles/time")
    run("-C", music, "coders", "add", "bo", "--blind", "--by", "lead")
    run("-C", music, "codings", "add", "--coder", "bo", *words)


SHOWS = ("compare", "focus", "axial", "saturation", "candidates", "search always", "codings list", "codings export")
REFUSED = (
    *("report", "run", "agree", "agree --disagreements", "evaluate --coder cues", "suggest-next"),
    *("codings accept --coder coder-a", "pseudonymise --suggest"),
)


@pytest.mark.parametrize("command", SHOWS)
def test_what_a_blind_coder_is_shown_is_their_own(music: Path, run, command: str) -> None:
    """Analyses and listings go by the blind coder's own codings, and say how many are hidden."""
    with_bo_blind(music, run)
    shown = run("-C", music, *command.split(), "--by", "bo")
    assert "codings are hidden" in shown.stderr
    for form in ("json", "csv") if command != "codings export" else ("jsonl",):
        out = run("-C", music, *command.split(), "--by", "bo", "--format", form).stdout
        assert "coder-a" not in out and ("obstacles/shame" not in out or command in ("axial", "candidates"))
    assert "hidden" not in run("-C", music, *command.split(), "--by", "coder-a").stderr


@pytest.mark.parametrize("command", REFUSED)
def test_what_shows_others_is_refused_to_a_blind_coder(music: Path, run, command: str) -> None:
    """What cannot be shown without others' codings is refused, and nothing is written."""
    with_bo_blind(music, run)
    before = run("-C", music, "log", "--by", "lead", "--format", "csv").stdout
    assert "bo codes blind" in run("-C", music, *command.split(), "--by", "bo", status=1).stderr
    assert not list((music / "reports").glob("*.html"))
    assert run("-C", music, "log", "--by", "lead", "--format", "csv").stdout == before


@pytest.mark.parametrize("command", [*SHOWS, *REFUSED, "memo list", "relations list", "adjudicate --coders coder-a,bo"])
def test_nobody_in_particular_is_shown_nothing_while_somebody_codes_blind(
    music: Path, run, monkeypatch, command: str
) -> None:
    """A login name that is no coder's may be the blind one's; a name, or being a coder, is enough."""
    monkeypatch.delenv("QUALCODE_CODER", raising=False)
    monkeypatch.setenv("LOGNAME", "somebody")
    with_bo_blind(music, run)
    assert "Who looks?" in run("-C", music, *command.split(), status=1).stderr
    if command in SHOWS:
        run("-C", music, *command.split(), "--by", "lead")
        monkeypatch.setenv("QUALCODE_CODER", "lead")
        run("-C", music, *command.split())
        monkeypatch.delenv("QUALCODE_CODER")
        run("-C", music, "coders", "add", "somebody")
        assert "hidden" not in run("-C", music, *command.split()).stderr


@pytest.mark.parametrize("command", ["compare", "codings list", "agree --coder coder-a --coder bo", "relations list"])
def test_where_nobody_codes_blind_nobody_is_asked(music: Path, run, monkeypatch, command: str) -> None:
    """A single researcher meets no obstacle; nor does anybody after blindness was lifted."""
    monkeypatch.setenv("LOGNAME", "somebody")
    with_bo_blind(music, run)
    run("-C", music, "coders", "add", "bo", "--not-blind", "--by", "lead")
    run("-C", music, *command.split())


def test_reports_are_written_with_a_word_on_who_must_not_open_them(music: Path, run) -> None:
    """Who leads the study may report; the pages lie where all can open them."""
    with_bo_blind(music, run)
    assert "not for bo" in run("-C", music, "report", "--by", "lead").stderr
    run("-C", music, "coders", "add", "bo", "--not-blind", "--by", "lead")
    assert "not for" not in run("-C", music, "report").stderr


def test_a_blind_coder_removes_only_their_own(music: Path, run) -> None:
    """Not even by asking for all; what is left is not named."""
    with_bo_blind(music, run)
    asked = ("-C", music, "codings", "remove", "--all", "--by", "bo")
    dry = run(*asked, "--dry-run")
    assert "Would remove 1 coding." in dry.stderr and "obstacles/shame" not in dry.output
    assert "Removed 1 coding." in run(*asked).stderr
    assert exported(music, run, "--by", "coder-a") == "coder-a"
    assert "No coding fits" in run(*asked, status=1).stderr


def test_removing_can_be_tried(music: Path, run) -> None:
    """With --dry-run the codings are listed, and stay."""
    before = run("-C", music, "codings", "export").stdout
    tried = run("-C", music, "codings", "remove", "--code", "obstacles/shame", "--dry-run")
    assert "Would remove" in tried.stderr and "obstacles/shame" in tried.stdout
    assert run("-C", music, "codings", "export").stdout == before


def test_a_blind_coder_codes_what_they_may_find(music: Path, run) -> None:
    """A search for a code finds no passages of others, so that coding it does not copy them."""
    with_bo_blind(music, run)
    words = ("--from-search", "code:obstacles/shame", "--code", "drive/own-joy", "--coder", "bo")
    assert "Would add 0 codings" in run("-C", music, "codings", "add", *words, "--dry-run").stderr
    assert "Added 0 codings" in run("-C", music, "codings", "add", *words).stderr


def test_a_blind_coder_exports_without_taking_away_others_files(music: Path, tmp_path: Path, run) -> None:
    """Files of coders whose codings are hidden stay as they are in a folder that all share."""
    with_bo_blind(music, run)
    run("-C", music, "codings", "export", "--folder", tmp_path / "c", "--by", "lead")
    run("-C", music, "codings", "export", "--folder", tmp_path / "c", "--by", "bo")
    assert list((tmp_path / "c" / "coder-a").iterdir()) and list((tmp_path / "c" / "bo").iterdir())


def test_a_blind_coder_does_not_revise(music: Path, tmp_path: Path, run) -> None:
    """What becomes of others' codings shows them."""
    with_bo_blind(music, run)
    text = (music / "transcripts" / "anna.txt").read_text("utf-8").replace("every two seconds", "every three seconds")
    (tmp_path / "anna.txt").write_text(text, "utf-8")
    words = ("-C", music, "ingest", "--revise", tmp_path / "anna.txt", "--by")
    assert "bo codes blind" in run(*words, "bo", status=1).output
    run(*words, "lead")


def test_the_history_hides_details_of_others(music: Path, run) -> None:
    """A blind coder sees that something was done, and what they did themselves."""
    with_bo_blind(music, run)
    where = ("--case", "ben", "--turn", "8", "--quote", "no time", "--code", "obstacles/shame")
    run("-C", music, "codings", "add", "--coder", "coder-a", *where)
    shown = run("-C", music, "log", "--by", "bo")
    assert "obstacles/shame" not in shown.stdout and "obstacles/time" in shown.stdout and "hidden" in shown.stderr
    assert "obstacles/shame" in run("-C", music, "log", "--by", "lead").stdout
    newest = json.loads(run("-C", music, "log", "--by", "bo", "--limit", "1", "--format", "json").stdout)
    assert [one["detail"] for one in newest] == [""]


def test_nobody_in_particular_sees_no_details_of_the_history(music: Path, run, monkeypatch) -> None:
    """While somebody codes blind, details of the history are for those who say who they are."""
    monkeypatch.delenv("QUALCODE_CODER", raising=False)
    with_bo_blind(music, run)
    assert "obstacles/time" not in (shown := run("-C", music, "log")).stdout and "--by NAME" in shown.stderr
    assert "obstacles/time" in run("-C", music, "log", "--by", "lead").stdout
    taken = run("-C", music, "undo").stderr
    assert "Took back: codings add (by bo)" in taken and "obstacles/time" not in taken
    assert "Did again: codings add: obstacles/time (by bo)" in run("-C", music, "redo", "--by", "lead").stderr


def test_a_blind_coder_takes_back_only_their_own(music: Path, run) -> None:
    """Taking back what another did would show what it was, and undo their work or the blindness itself."""
    with_bo_blind(music, run)
    where = ("--case", "ben", "--turn", "8", "--quote", "no time", "--code", "obstacles/shame")
    run("-C", music, "codings", "add", "--coder", "coder-a", *where)
    refused = run("-C", music, "undo", "--by", "bo", status=1).stderr
    assert "codings add by coder-a" in refused and "obstacles/shame" not in refused and "--not-blind" in refused
    run("-C", music, "undo", "--by", "lead")
    assert "somebody else's" in run("-C", music, "redo", "--by", "bo", status=1).stderr
    assert "Took back: codings add: obstacles/time\n" in run("-C", music, "undo", "--by", "bo").stderr
    assert "Did again" in run("-C", music, "redo", "--by", "bo").stderr
    run("-C", music, "undo", "--by", "bo")
    assert "coder blind by lead" in run("-C", music, "undo", "--by", "bo", status=1).stderr


def test_relations_and_memos_of_others_are_hidden_too(music: Path, run) -> None:
    """What others think of how codes hang together is neither listed, shown in analyses, nor taken out."""
    with_bo_blind(music, run)
    run("-C", music, "relations", "add", "drive/company", "context", "way/with-others", "--by", "coder-a")
    run("-C", music, "memo", "add", "Secret.", "--by", "coder-a")
    run("-C", music, "relations", "add", "drive/own-joy", "context", "way/alone", "--by", "bo")
    listed = run("-C", music, "relations", "list", "--by", "bo", "--format", "json").stdout
    assert [one["coder"] for one in json.loads(listed)] == ["bo"]
    assert "drive/own-joy" in (shown := run("-C", music, "axial", "--by", "bo").stdout.partition("Relations")[2])
    assert "drive/company" not in shown
    for what in ("relations", "memo"):
        ids = json.loads(run("-C", music, what, "list", "--by", "lead", "--format", "json").stdout)
        other = next(one["id"] for one in ids if one["coder"] == "coder-a")
        assert "No " in run("-C", music, what, "remove", other, "--by", "bo", status=1).stderr
        run("-C", music, what, "remove", other, "--by", "lead")


def test_a_coding_made_blind_says_so_for_ever(music: Path, run) -> None:
    """Lifting blindness changes nothing about what was coded blind, and what is coded afterwards is told apart."""
    with_bo_blind(music, run)
    run("-C", music, "coders", "add", "bo", "--not-blind", "--by", "lead")
    where = ("--case", "ben", "--turn", "8", "--quote", "no time", "--code", "obstacles/shame")
    run("-C", music, "codings", "add", "--coder", "bo", *where)
    lines = run("-C", music, "codings", "export", "--coder", "bo").stdout.splitlines()
    told = {one["code"]: one["evidence"] for one in map(json.loads, lines)}
    assert told == {"obstacles/time": {"blind": True}, "obstacles/shame": {}}
    rows = json.loads(run("-C", music, "coders", "list", "--format", "json").stdout)
    assert {one["coder"]: one["made blind"] for one in rows} == {"bo": 1, "coder-a": 0}


def test_undo_and_redo_say_what_becomes_of_blindness(music: Path, run) -> None:
    """Neither lifts blindness nor brings it back in silence."""
    run("-C", music, "coders", "add", "bo", "--blind")
    assert "bo no longer codes blind" in run("-C", music, "undo").stderr
    assert "bo codes blind again" in run("-C", music, "redo").stderr
    run("-C", music, "coders", "add", "bo", "--not-blind")
    assert "may have seen" in run("-C", music, "undo").stderr
    run("-C", music, "memo", "add", "Note.", "--by", "lead")
    assert "blind" not in run("-C", music, "undo").stderr


def test_restore_says_what_becomes_of_blindness(music: Path, run) -> None:
    """A copy from before bo coded blind knows nothing of it; taking that back brings it again, and says so too."""
    run("-C", music, "codebook", "rename", "obstacles/shame", "x")
    run("-C", music, "coders", "add", "bo", "--blind")
    assert "bo no longer codes blind" in run("-C", music, "restore", "1").stderr
    assert "bo codes blind again" in run("-C", music, "undo").stderr


def test_blindness_is_no_attribute_to_be_set(music: Path, run) -> None:
    """So that the history shows it."""
    for value in ("yes", "lifted"):
        refused = run("-C", music, "coders", "add", "bo", "--attribute", f"blind={value}", status=1)
        assert "--not-blind" in refused.stderr


def test_a_blind_coder_does_not_decide_on_proposals(music: Path, run) -> None:
    """Whoever must not see what machines proposed neither accepts nor rejects it unseen."""
    run("-C", music, "code", "--coder", "cues")
    assert "bo codes blind" in run("-C", music, "coders", "add", "bo", "--blind").output
    for verb in ("accept", "reject"):
        assert "codes blind" in run("-C", music, "codings", verb, "--coder", "cues", "--by", "bo", status=1).output
    export = run("-C", music, "codings", "export", "--coder", "cues", "--by", "lead")
    told = [json.loads(line) for line in export.stdout.splitlines()]
    assert {one["status"] for one in told} == {"proposed"}
    assert "no longer" in run("-C", music, "coders", "add", "bo", "--not-blind").output
    run("-C", music, "codings", "accept", "--coder", "cues", "--by", "bo")


def test_a_name_that_is_nearly_known(music: Path, run) -> None:
    """An unknown coder is answered with the nearest name, in one sentence."""
    assert (
        "no coder 'coder-x', did you mean 'coder-a'?\n"
        in run("-C", music, "codings", "list", "--coder", "coder-x", status=1).output
    )
    assert "no coder 'zzz'.\n" in run("-C", music, "codings", "list", "--coder", "zzz", status=1).output


def test_assignment_and_progress(music: Path, run) -> None:
    """Everybody's transcripts are drawn, kept, listed, and the status says how far each is."""
    run("-C", music, "assign", "--coders", "coder-a,bo", "--overlap", "34%", "--dry-run")
    assert json.loads(run("-C", music, "assign", "--format", "json").stdout)[0]["coders"] == []
    run("-C", music, "assign", "--coders", "coder-a,bo", "--overlap", "34%")
    rows = json.loads(run("-C", music, "assign", "--format", "json").stdout)
    assert sorted(len(one["coders"]) for one in rows) == [1, 1, 2]
    progress = json.loads(run("-C", music, "status", "--format", "json").stdout)[0]["progress"]
    by_coder = {one["coder"]: one for one in progress}
    assert by_coder["bo"]["begun"] == 0 and by_coder["bo"]["turns"] > 0 and len(by_coder["bo"]["not begun"]) == 2
    assert by_coder["coder-a"]["begun"] == 2 and 0 < by_coder["coder-a"]["turns coded"] <= by_coder["coder-a"]["turns"]
    assert "Progress" in run("-C", music, "status").stdout
    run("-C", music, "undo")
    assert json.loads(run("-C", music, "assign", "--format", "json").stdout)[0]["coders"] == []


@pytest.mark.parametrize(
    "words",
    [
        ("--overlap", "50%"),
        ("--coders", "a,b", "--overlap", "150%"),
        ("--coders", "a,b", "--overlap", "half"),
        ("--share", "a=1", "--overlap", "50%"),
    ],
)
def test_wrong_usage_of_assign(music: Path, run, words: tuple[str, ...]) -> None:
    """Shares that are none, and both ways at once, are wrong usage."""
    run("-C", music, "assign", *words, status=2)


def many(firms: int, agencies: int) -> Study:
    """Return a study of cases in two cohorts, one transcript each."""
    cases = [Case(f"f{n:02}", "firm") for n in range(firms)] + [Case(f"a{n:02}", "agency") for n in range(agencies)]
    return Study(
        Settings(),
        Codebook("b", "B", ()),
        tuple(cases),
        tuple(Transcript(case.name, case.name, "x", ()) for case in cases),
    )


def test_the_design_of_one_full_and_two_half_coders() -> None:
    """100 %, 50 %, 50 %: one codes all, the others one half each, and both halves hold the cohorts alike."""
    study = many(12, 10)
    drawn = draw(study, {"a": Fraction(1), "b": Fraction(1, 2), "c": Fraction(1, 2)}, overlap=None, seed=1)
    everything, b, c = (set(drawn.transcripts[name]) for name in "abc")
    assert len(everything) == 22 and len(b) == len(c) == 11 and not b & c
    for half in (b, c):
        assert abs(sum(name.startswith("f") for name in half) - 6) <= 1


def test_overlap_is_stratified_and_seeded() -> None:
    """Half of the transcripts go to both, the rest is dealt out evenly; the same seed draws the same."""
    study = many(12, 8)
    shares = {"a": Fraction(1), "b": Fraction(1)}
    drawn = draw(study, shares, overlap=Fraction(1, 2), seed=7)
    both = set(drawn.transcripts["a"]) & set(drawn.transcripts["b"])
    assert len(both) == 10 and set(drawn.transcripts["a"]) | set(drawn.transcripts["b"]) == {
        one.name for one in study.transcripts
    }
    assert sum(name.startswith("f") for name in both) == 6
    assert draw(study, shares, overlap=Fraction(1, 2), seed=7) == drawn
    assert draw(study, shares, overlap=Fraction(1, 2), seed=8) != drawn
