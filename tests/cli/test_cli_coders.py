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


def test_a_blind_coder_does_not_decide_on_proposals(music: Path, run) -> None:
    """Whoever must not see what machines proposed neither accepts nor rejects it unseen."""
    run("-C", music, "code")
    assert "bo codes blind" in run("-C", music, "coders", "add", "bo", "--blind").output
    for verb in ("accept", "reject"):
        assert "codes blind" in run("-C", music, "codings", verb, "--coder", "cues", "--by", "bo", status=1).output
    told = [json.loads(line) for line in run("-C", music, "codings", "export", "--coder", "cues").stdout.splitlines()]
    assert {one["status"] for one in told} == {"proposed"}
    assert "no longer" in run("-C", music, "coders", "add", "bo", "--not-blind").output
    run("-C", music, "codings", "accept", "--coder", "cues", "--by", "bo")


def test_a_name_that_is_nearly_known(music: Path, run) -> None:
    """An unknown coder is answered with the nearest name, in one sentence."""
    assert (
        "no coder 'coder-x'; did you mean 'coder-a'?\n"
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
