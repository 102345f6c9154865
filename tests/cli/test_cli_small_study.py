"""Three interviews on another topic with a codebook of ten codes, through every stage."""

from __future__ import annotations

import csv
import io
import json
import os
import uuid
from pathlib import Path

import pytest

MUSIC = Path(__file__).resolve().parent.parent / "data" / "music"


def jsonl(text: str) -> list[dict]:
    """Return the objects of JSONL text."""
    return [json.loads(line) for line in text.splitlines()]


def test_every_stage_in_order(music: Path, run) -> None:
    """The whole way from transcripts to a report works on a study of one's own."""
    run("-C", music, "code", "--coder", "cues")
    for command in ("axial", "focus", "compare", "status"):
        assert run("-C", music, command).stdout.strip()
    written = run("-C", music, "report").stdout.split()
    assert written and all(Path(name).is_file() for name in written)
    run("-C", music, "check")


def test_run_does_all_stages(music: Path, run) -> None:
    """`run` ends with the file to open."""
    last = run("-C", music, "run").stdout.strip().splitlines()[-1]
    assert Path(last).read_text("utf-8").startswith("<!doctype html>")


def test_compare_places_the_three_learners(music: Path, run) -> None:
    """One solitary, one social, one hybrid learner come out as they were written."""
    found = json.loads(run("-C", music, "compare", "--format", "json").stdout)
    assigned = {one["case"]: one["assigned"] for one in found["cases"]}
    assert assigned == {"Anna": ["solitary"], "Ben": ["social"], "Chris": ["solitary", "social"]}
    assert found["coders"] == ["coder-a"]
    assert len(found["codebook"]["hash"]) == 64


def test_every_membership_leads_to_quotations(music: Path, run) -> None:
    """The evidence of a membership is slices of the frozen text."""
    found = json.loads(run("-C", music, "compare", "--format", "json").stdout)
    exported = jsonl(run("-C", music, "codings", "export").stdout)
    quotes = {(one["start"], one["end"], one["quote"]) for one in exported}
    for case in found["cases"]:
        for strategy, value in case["memberships"].items():
            assert bool(value) == bool(case["evidence"][strategy])
            assert {(one["start"], one["end"], one["quote"]) for one in case["evidence"][strategy]} <= quotes


def test_machine_proposals_do_not_count_until_accepted(music: Path, run) -> None:
    """What a machine proposes changes no analysis unless asked for by name or accepted."""
    before = run("-C", music, "compare", "--format", "json").stdout
    run("-C", music, "code", "--coder", "cues")
    assert run("-C", music, "compare", "--format", "json").stdout == before
    by_machine = json.loads(run("-C", music, "compare", "--coder", "cues", "--format", "json").stdout)
    assert by_machine["coders"] == ["cues"]


def test_a_negated_or_dropped_thing_is_flagged(music: Path, run) -> None:
    """Lessons that Anna says she does not take are proposed with a flag, and do not count."""
    run("-C", music, "code", "--coder", "cues")
    found = jsonl(run("-C", music, "codings", "export", "--coder", "cues", "--case", "Anna").stdout)
    flagged = [one for one in found if one["code"] == "way/with-others"]
    assert flagged and all(one["assertion"] != "affirmed" for one in flagged)


def test_coding_again_changes_nothing(music: Path, run) -> None:
    """A second run of the machine adds and removes nothing, and keeps what a person decided."""
    run("-C", music, "code", "--coder", "cues")
    run("-C", music, "codings", "accept", "--coder", "cues", "--code", "practice/routine")
    before = run("-C", music, "codings", "export").stdout
    run("-C", music, "code", "--coder", "cues")
    assert run("-C", music, "codings", "export").stdout == before


def test_export_and_import_are_inverse(music: Path, tmp_path: Path, run) -> None:
    """Codings exported by one person and imported for another are the same passages and codes."""
    for form in ("jsonl", "csv"):
        file = tmp_path / f"codings.{form}"
        run("-C", music, "codings", "export", "--coder", "coder-a", "--format", form, "--output", file)
        run("-C", music, "codings", "import", file, "--coder", f"copy-{form}")
    everything = jsonl(run("-C", music, "codings", "export").stdout)
    places = {
        name: {(one["transcript"], one["start"], one["end"], one["code"]) for one in everything if one["coder"] == name}
        for name in ("coder-a", "copy-jsonl", "copy-csv")
    }
    assert places["coder-a"] == places["copy-jsonl"] == places["copy-csv"]
    assert len(places["coder-a"]) == 17


def test_import_twice_adds_nothing(music: Path, run) -> None:
    """The same file imported again is a no-op."""
    again = run("-C", music, "codings", "import", MUSIC / "coder-a.jsonl", "--coder", "coder-a")
    assert "Imported 0 codings" in again.stderr and "17 were there already" in again.stderr


def test_agreement_of_two_coders(music: Path, tmp_path: Path, run) -> None:
    """A second coder who left out one of 17 codings agrees with F1 32/33."""
    lines = (MUSIC / "coder-a.jsonl").read_text("utf-8").splitlines(keepends=True)
    (tmp_path / "b.jsonl").write_text("".join(lines[:-1]), "utf-8")
    run("-C", music, "codings", "import", tmp_path / "b.jsonl", "--coder", "coder-b")
    found = json.loads(run("-C", music, "agree", "--format", "json").stdout)
    assert found["coders"] == ["coder-a", "coder-b"] and found["unit"] == "turn" and found["units"] == 12
    assert found["pooled"]["f1"] == round(32 / 33, 6)
    shame = next(one for one in found["codes"] if one["code"] == "obstacles/shame")
    assert shame["units"] == {"coder-a": 2, "coder-b": 1}


def test_case_attributes_come_from_the_case_file(music: Path, run) -> None:
    """What the case file says is shown beside what headers say."""
    from qualcode.project.folder import find_study

    anna = find_study(music).study().case_by_name["Anna"]
    assert (anna.cohort, anna.attributes["Age"], anna.attributes["Instrument"]) == ("strings", "66", "cello")


def test_undo_and_redo(music: Path, run) -> None:
    """The newest change is taken back and done again; the log shows all of it."""
    before = run("-C", music, "codings", "export").stdout
    run("-C", music, "codings", "remove", "--all")
    assert run("-C", music, "codings", "export").stdout == ""
    run("-C", music, "undo")
    assert run("-C", music, "codings", "export").stdout == before
    run("-C", music, "redo")
    assert run("-C", music, "codings", "export").stdout == ""
    actions = [row["what"] for row in csv.DictReader(io.StringIO(run("-C", music, "log", "--format", "csv").stdout))]
    assert actions[:3] == ["redo", "undo", "codings remove"]


def test_one_coding_added_by_hand(music: Path, run) -> None:
    """A person adds a coding by turn and quotation; adding it again is refused."""
    words = ("-C", music, "codings", "add", "--coder", "coder-b", "--code", "obstacles/time", "--case", "ben")
    words = (*words, "--turn", "8", "--quote", "no time at all")
    run(*words)
    assert [one["quote"] for one in jsonl(run("-C", music, "codings", "export", "--coder", "coder-b").stdout)] == [
        "no time at all"
    ]
    assert "already" in run(*words, status=1).stderr


def test_formats_of_a_listing(music: Path, run) -> None:
    """Listings come as tables, JSON and CSV with the same rows."""
    rows = json.loads(run("-C", music, "codings", "list", "--format", "json").stdout)
    lines = list(csv.DictReader(io.StringIO(run("-C", music, "codings", "list", "--format", "csv").stdout)))
    assert [row["quote"] for row in rows] == [row["quote"] for row in lines]
    assert "Getting stuck" in run("-C", music, "codebook", "show").stdout


@pytest.mark.skipif("QUALCODE_TEST_POSTGRESQL" not in os.environ, reason="no PostgreSQL to test on")
def test_a_study_on_postgresql(tmp_path: Path, run) -> None:
    """The same commands work with the store on a server."""
    import sqlalchemy

    url = sqlalchemy.make_url(os.environ["QUALCODE_TEST_POSTGRESQL"])
    schema = f"study_{uuid.uuid4().hex[:12]}"
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text(f"CREATE SCHEMA {schema}"))
    try:
        own = url.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
        study = tmp_path / "music"
        run("init", study, "--codebook", MUSIC / "codebook.yaml", "--store", own)
        run("-C", study, "ingest", MUSIC / "transcripts", "--cases", MUSIC / "cases.csv")
        run("-C", study, "codings", "import", MUSIC / "coder-a.jsonl", "--coder", "coder-a")
        run("-C", study, "run")
        run("-C", study, "codings", "remove", "--all")
        run("-C", study, "undo")
        assert len(jsonl(run("-C", study, "codings", "export", "--coder", "coder-a").stdout)) == 17
        run("-C", study, "check")
        assert not (study / "qualcode.db").exists()
    finally:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


def test_the_default_machine_learns_where_it_can(music: Path, run) -> None:
    """A new study is coded by `combined`; in bulk, which it cannot do, by `cues`, and the table says by whom."""
    assert "combined" in run("-C", music, "code", "--dry-run").stdout
    in_bulk = run("-C", music, "code", "--dry-run", "--jobs", "2").stdout
    assert "cues" in in_bulk and "combined" not in in_bulk


def without_shame(music: Path) -> None:
    """Take a code out of the codebook by hand."""
    text = (music / "codebook.yaml").read_text("utf-8")
    before, _, rest = text.partition("  - id: obstacles/shame\n")
    (music / "codebook.yaml").write_text(before + "  - id: " + rest.partition("  - id: ")[2], "utf-8")


@pytest.mark.parametrize(
    "command", ["focus", "compare", "axial", "saturation", "agree --coder coder-a --coder bo", "report", "run"]
)
def test_codes_that_the_codebook_has_lost_are_told(music: Path, run, command: str) -> None:
    """Before numbers that may leave them out, with the way to bring them back."""
    words = ("--case", "ben", "--turn", "8", "--quote", "no time", "--code", "obstacles/time")
    run("-C", music, "codings", "add", "--coder", "bo", *words)
    assert "lacks" not in run("-C", music, *command.split()).stderr
    without_shame(music)
    assert "lacks 1 code that codings have" in (told := run("-C", music, *command.split()).stderr)
    assert "obstacles/shame (" in told and "check --repair" in told
    run("-C", music, "check", "--repair")
    assert "lacks" not in run("-C", music, *command.split()).stderr


def test_codings_of_a_code_that_the_codebook_has_lost_are_found(music: Path, run) -> None:
    """They can be listed and removed by it; recording the codebook as it is says that they are there."""
    without_shame(music)
    assert "2 codings" in run("-C", music, "codings", "list", "--code", "obstacles/shame").stderr
    assert "obstacles/shame (2 codings)" in run("-C", music, "codebook", "record").stderr
    assert "2 codings with the code 'obstacles/shame'" in run("-C", music, "check", status=1).stdout
    run("-C", music, "codings", "remove", "--code", "obstacles/shame")
    assert (
        "no code 'obstacles/shame'" in run("-C", music, "codings", "list", "--code", "obstacles/shame", status=1).stderr
    )


def test_nothing_of_nothing_is_not_counted(music: Path, run, tmp_path: Path) -> None:
    """Where there is nothing to count a share of, that is said."""
    run("init", tmp_path / "none")
    for command in ("candidates", "search x"):
        assert "0 of 0" not in run("-C", tmp_path / "none", *command.split()).stderr
    told = run("-C", music, "compare", "--against", "classification").stderr
    assert "None of these cases has a published place" in told and "0 of 0" not in told
