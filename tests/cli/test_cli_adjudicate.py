"""Disagreements listed, settled, and preferred by analyses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qualcode.model import Study
from qualcode.project.folder import StudyFolder


@pytest.fixture
def pair(music: Path, run) -> Path:
    """Return a study in which two coders disagree on three turns."""
    lines = (Path(__file__).parent.parent / "data/music/coder-a.jsonl").read_text("utf-8").splitlines(keepends=True)
    (music / "b.jsonl").write_text("".join(lines[:-3]), "utf-8")
    run("-C", music, "codings", "import", music / "b.jsonl", "--coder", "coder-b")
    return music


def listed(study: Path, run, *words: str) -> list[dict]:
    """Return the queue."""
    return json.loads(run("-C", study, "adjudicate", "--coders", "coder-a,coder-b", *words, "--format", "json").stdout)


def decided(study: Path, run, *words: str | Path, status: int = 0):
    """Decide something."""
    return run("-C", study, "adjudicate", "--coders", "coder-a,coder-b", *words, "--by", "lead", status=status)


def chosen(study: Path) -> list[tuple]:
    """Return what an analysis uses: place and code."""
    from qualcode.project.folder import find_study
    from qualcode.tables import chosen as choose

    return [coding.place[:4] for coding in choose(find_study(study).study())[1]]


def test_the_queue_shows_both_sides(pair: Path, run) -> None:
    """Each disagreement has the passages, who gave the code and who did not, and the memos there."""
    rows = listed(pair, run)
    assert len(rows) == 3 and all(one["gave"] == ["coder-a"] and one["withheld"] == ["coder-b"] for one in rows)
    first = rows[0]
    quote = first["passages"][0]["quote"]
    assert quote in first["text"]
    run("-C", pair, "memo", "add", "I was not sure.", "--coding", first["passages"][0]["id"], "--by", "coder-a")
    assert listed(pair, run)[0]["memos"] == [{"coder": "coder-a", "text": "I was not sure."}]
    assert quote[:10] in run("-C", pair, "adjudicate", "--coders", "coder-a,coder-b", "--format", "csv").stdout


def test_an_outcome_names_its_parents_and_counts(pair: Path, run) -> None:
    """A code that stands counts though only one of two gave it; one that does not is kept as rejected."""
    rows = listed(pair, run)
    before = chosen(pair)
    decided(pair, run, "--choose", rows[0]["id"][:8], "--code", rows[0]["code"], "--memo", "Clear.")
    place = (rows[0]["transcript"], rows[0]["passages"][0]["start"], rows[0]["passages"][0]["end"], rows[0]["code"])
    assert set(chosen(pair)) - set(before) == {place}
    exported = [json.loads(line) for line in run("-C", pair, "codings", "export").stdout.splitlines()]
    outcome = next(one for one in exported if one["coder"] == "consensus")
    assert outcome["evidence"]["parents"] == [rows[0]["passages"][0]["id"]] and outcome["status"] == "accepted"
    assert (outcome["evidence"]["by"], outcome["evidence"]["coders"]) == ("lead", ["coder-a", "coder-b"])
    decided(pair, run, "--choose", rows[0]["id"], "--code", "none")
    assert chosen(pair) == before
    assert len(listed(pair, run, "--open")) == 2
    run("-C", pair, "undo")
    assert place in chosen(pair)
    run("-C", pair, "check")


def test_another_code_can_stand(pair: Path, run, tmp_path: Path) -> None:
    """Decisions from a file; another code than the disputed one, on a passage of its own."""
    rows = listed(pair, run)
    start = rows[1]["passages"][0]["start"]
    other = "obstacles/time" if rows[1]["code"] != "obstacles/time" else "obstacles/shame"
    told = [
        {"id": rows[0]["id"], "code": "none"},
        {"id": rows[1]["id"], "code": other, "start": start, "end": start + 4},
    ]
    (tmp_path / "d.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told), "utf-8")
    before = chosen(pair)
    decided(pair, run, "--decide", tmp_path / "d.jsonl", "--dry-run")
    assert chosen(pair) == before
    decided(pair, run, "--decide", tmp_path / "d.jsonl")
    assert set(chosen(pair)) - set(before) == {(rows[1]["transcript"], start, start + 4, other)}
    assert [one["decided"] for one in listed(pair, run)] == ["none", other, ""]
    found = json.loads(
        run("-C", pair, "agree", "--coder", "coder-a", "--coder", "consensus", "--format", "json").stdout
    )
    assert found["coders"] == ["coder-a", "consensus"]


def test_mistakes_in_adjudicating(pair: Path, run, tmp_path: Path) -> None:
    """One coder, an unknown disagreement or code, a passage elsewhere, half an instruction."""
    rows = listed(pair, run)
    run("-C", pair, "adjudicate", "--coders", "coder-a", status=1)
    run("-C", pair, "adjudicate", "--coders", "coder-a,nobody", status=1)
    run("init", tmp_path / "none")
    told = run("-C", tmp_path / "none", "adjudicate", "--coders", "a,b", status=1).stderr
    assert "Coders are: none yet." in told
    decided(pair, run, "--choose", "ffff", "--code", "none", status=1)
    decided(pair, run, "--choose", rows[0]["id"], "--code", "nothing", status=1)
    decided(pair, run, "--choose", rows[0]["id"], status=2)
    for text in ("nonsense\n", json.dumps({"id": rows[0]["id"], "code": rows[0]["code"], "start": 0, "end": 2}) + "\n"):
        (tmp_path / "d.jsonl").write_text(text, "utf-8")
        decided(pair, run, "--decide", tmp_path / "d.jsonl", status=1)
    assert not any(one["decided"] for one in listed(pair, run))


def test_a_blind_coder_does_not_adjudicate(pair: Path, run) -> None:
    """The queue shows others' passages: it is not for one who codes blind, until that is lifted."""
    first = listed(pair, run)[0]
    words = ("-C", pair, "adjudicate", "--coders", "coder-a,coder-b", "--by", "coder-b")
    run("-C", pair, "coders", "add", "coder-b", "--blind")
    for more in ((), ("--format", "json"), ("--choose", first["id"], "--code", "none")):
        refused = run(*words, *more, status=1)
        assert "coder-b codes blind" in refused.output and first["passages"][0]["quote"] not in refused.output
    for shows in (["--disagreements"], ["--clinic"], ["--rho"], []):
        assert "codes blind" in run("-C", pair, "agree", *shows, "--by", "coder-b", status=1).output
        run("-C", pair, "agree", *shows, "--by", "lead")
    assert [one["decided"] for one in listed(pair, run, "--by", "lead")] == ["", "", ""]
    run("-C", pair, "coders", "add", "coder-b", "--not-blind")
    run(*words, "--choose", first["id"], "--code", "none")
    assert listed(pair, run)[0]["decided"] == "none"


def overtaken(monkeypatch: pytest.MonkeyPatch, between: Callable[[], object]) -> None:
    """Let something happen between reading the study and writing to it, once."""
    read, left = StudyFolder.study_as_of, [between]

    def both(folder: StudyFolder) -> tuple[Study, int]:
        found = read(folder)
        if left:
            left.pop()()
        return found

    monkeypatch.setattr(StudyFolder, "study_as_of", both)


def test_what_changed_meanwhile_is_not_decided_on(pair: Path, run, monkeypatch) -> None:
    """A decision names its parents: it is refused where another takes one of them away at that moment."""
    first = listed(pair, run)[0]
    parent = first["passages"][0]["id"]
    overtaken(monkeypatch, lambda: run("-C", pair, "codings", "remove", parent))
    refused = decided(pair, run, "--choose", first["id"], "--code", "none", status=1)
    assert "changed meanwhile" in refused.stderr
    assert "consensus" not in run("-C", pair, "codings", "export").stdout
    decided(pair, run, "--choose", listed(pair, run)[0]["id"], "--code", "none")


def test_an_import_by_ids_does_not_take_back_what_another_does(pair: Path, run, monkeypatch, tmp_path: Path) -> None:
    """A line of the folder replaces what the study says: not what it has come to say meanwhile."""
    run("-C", pair, "codings", "export", "--folder", tmp_path / "c")
    run("-C", pair, "codings", "reject", "--coder", "coder-a", "--code", "way/alone")
    overtaken(monkeypatch, lambda: run("-C", pair, "codings", "reject", "--coder", "coder-b", "--code", "way/alone"))
    words = ("-C", pair, "codings", "import", tmp_path / "c", "--by-id")
    assert "changed meanwhile" in run(*words, status=1).stderr
    rejected = json.loads(run("-C", pair, "codings", "list", "--status", "rejected", "--format", "json").stdout)
    assert {one["coder"] for one in rejected} == {"coder-a", "coder-b"}
