"""A changed file taken in, its codings carried over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualcode.errors import UserError
from qualcode.model import Coder, Coding, Memo
from qualcode.project.folder import StudyFolder
from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study
from qualcode.project.revising import Revision, revise

TALK = """\
Interviewer: How did it start?

Anna: I always wanted a cello. Then I retired and there was no excuse left.

Interviewer: And the neighbours?

Anna: They hear everything, so I close the windows. Six weeks I was stuck.
"""
QUOTES = ["I always wanted a cello.", "there was no excuse left", "They hear everything", "Six weeks I was stuck."]


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """Return a study of one transcript with four codings, and a memo on the last passage."""
    made = init_study(tmp_path / "study")
    (tmp_path / "anna.txt").write_text(TALK, "utf-8")
    ingest(made, [tmp_path / "anna.txt"])
    with made.store() as store, store.change(action="codings add") as change:
        change.put_coder(Coder("kirsi"))
        change.add_codings(
            Coding("kirsi", "anna", *span(quote), "first-code", id=str(number), evidence={"note": "mine"})
            for number, quote in enumerate(QUOTES)
        )
        change.add_memo(Memo("kirsi", "Why?", target="passage", key="anna:{}-{}".format(*span(QUOTES[3])), id="memo"))
    return made


def span(quote: str) -> tuple[int, int]:
    """Return where a quotation stands in the talk."""
    return TALK.index(quote), TALK.index(quote) + len(quote)


def changed(folder: StudyFolder, *changes: tuple[str, str], accept: bool = True, **extra: object) -> Revision:
    """Revise with a file in which words were changed."""
    text = TALK
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder.path.parent / "anna.txt"
    file.write_text(text, "utf-8")
    return revise(folder, file, accept=accept, **extra)  # type: ignore[arg-type]


def statuses(revision: Revision) -> list[str]:
    """Return the status of each coding, in order, then of memos."""
    return [one.status for one in revision.passages]


def quotes(folder: StudyFolder) -> dict[str, str]:
    """Return the passage of each coding by id."""
    study = folder.study()
    return {coding.id: study.quote(coding) for coding in study.codings}


def test_each_passage_has_its_status(folder: StudyFolder) -> None:
    """Unchanged before the change, moved after it, changed and lost where the words are."""
    revision = changed(
        folder, ("there was no excuse left", "there was no good excuse left"), (" Six weeks I was stuck.", "")
    )
    assert statuses(revision) == ["unchanged", "changed", "moved", "lost", "lost"]
    assert quotes(folder) == {"0": QUOTES[0], "1": "there was no good excuse left", "2": QUOTES[2]}


def test_nothing_is_written_without_accept(folder: StudyFolder) -> None:
    """The listing alone changes neither store nor files."""
    before = folder.study()
    copy = (folder.transcripts_path / "anna.txt").read_bytes()
    revision = changed(folder, ("cello", "violoncello"), accept=False)
    assert not revision.written and statuses(revision)[0] == "changed"
    assert folder.study() == before and (folder.transcripts_path / "anna.txt").read_bytes() == copy


def test_a_changed_coding_keeps_its_evidence_and_says_so(folder: StudyFolder) -> None:
    """What the coder saw is kept in the evidence beside what was there."""
    changed(folder, ("cello", "violoncello"))
    first = folder.study().codings[0]
    assert first.evidence == {"note": "mine", "carried": "changed", "before": QUOTES[0]}
    changed(folder, ("cello", "big violoncello"))
    assert folder.study().codings[0].evidence["before"] == QUOTES[0]


def test_lost_codings_stay_behind_and_their_memo_keeps_the_words(folder: StudyFolder) -> None:
    """A lost coding is still in the store on the old version; a memo on a lost passage moves to the transcript."""
    changed(folder, (" Six weeks I was stuck.", ""))
    with folder.store() as store:
        assert [(coding.id, version) for coding, version in store.left_behind()] == [("3", 1)]
        assert store.verify() == []
    memo = folder.study().memos[0]
    assert (memo.target, memo.key) == ("transcript", "anna") and QUOTES[3] in memo.text


def test_a_memo_on_a_moved_passage_moves(folder: StudyFolder) -> None:
    """The key of the memo is the new place of its passage."""
    changed(folder, ("cello", "violoncello"))
    start, end = span(QUOTES[3])
    assert folder.study().memos[0].key == f"anna:{start + 6}-{end + 6}"


def test_all_of_it_is_undone_at_once(folder: StudyFolder) -> None:
    """One undo brings text, codings and memos back; a copy of the store was kept."""
    before = folder.study()
    revision = changed(folder, ("cello", "violoncello"), (" Six weeks I was stuck.", ""))
    assert revision.copy is not None and revision.copy.is_file()
    with folder.store() as store:
        store.undo()
        assert store.verify() == []
    assert folder.study() == before
    kept = folder.path / "snapshots" / "transcripts" / "anna.version-1.txt"
    assert kept.read_text("utf-8") == TALK


def test_no_coding_moves_into_a_turn_of_another_role(folder: StudyFolder) -> None:
    """Words that the interviewer says now are lost to a coding of what Anna said."""
    revision = changed(
        folder,
        (" Six weeks I was stuck.", ""),
        ("And the neighbours?", "And the neighbours? Six weeks I was stuck."),
    )
    assert (statuses(revision)[3], revision.passages[3].remark) == ("lost", "its text is now in turns of: interviewer")


def test_a_passage_split_by_a_question_stays_in_one_turn(folder: StudyFolder) -> None:
    """With a question put between its words, a coding keeps to the turn that holds most of it."""
    changed(folder, ("no excuse left", "no\n\nInterviewer: Really?\n\nAnna: excuse left"))
    assert quotes(folder)["1"] == "there was no"
    study = folder.study()
    one = next(coding for coding in study.codings if coding.id == "1")
    assert len(study.transcripts[0].turns_touching(one.start, one.end)) == 1


def test_another_label_of_the_same_role_is_told(folder: StudyFolder) -> None:
    """A speaker who is called otherwise now keeps the codings, with a remark."""
    revision = changed(folder, ("Anna:", "Participant:"))
    assert statuses(revision) == ["moved"] * 5
    assert revision.passages[0].remark == "the speaker was Anna and is now Participant"


def test_other_roles_alone_are_a_revision(folder: StudyFolder) -> None:
    """The same text read with other roles is another version."""
    revision = changed(folder, roles={"Anna": "other", "Interviewer": "participant"})
    assert not revision.same and set(statuses(revision)) == {"lost"}


def test_the_same_file_is_nothing_to_revise(folder: StudyFolder) -> None:
    """A file that says what the study holds makes no new version."""
    assert changed(folder).same
    with folder.store() as store:
        assert store.transcript_hashes()["anna"][2] == 1


def test_two_codings_never_become_one_in_silence(folder: StudyFolder) -> None:
    """Of two codings whose passages shrink to the same words, the second is listed as lost."""
    low, high = span("Then I retired and there was no excuse left.")
    with folder.store() as store, store.change(action="codings add") as change:
        change.add_codings([Coding("kirsi", "anna", low, high, "first-code", id="wide")])
        one = next(coding for coding in folder.study().codings if coding.id == "1")
        change.put_codings([replace(one, start=low, end=high - 1)])
    revision = changed(folder, ("Then I retired and there was no excuse left.", "Then I retired and there"))
    remarks = [one.remark for one in revision.passages if one.status == "lost"]
    assert len(remarks) == 1 and "would be the same as coding" in remarks[0]


def test_machine_evidence_points_to_the_new_places(folder: StudyFolder) -> None:
    """Positions of matched words move with their passage."""
    with folder.store() as store, store.change(action="code") as change:
        one = next(coding for coding in folder.study().codings if coding.id == "2")
        change.put_codings([replace(one, evidence={"spans": [list(span("everything"))]})])
    changed(folder, ("cello", "violoncello"))
    study = folder.study()
    one = next(coding for coding in study.codings if coding.id == "2")
    ((start, end),) = one.evidence["spans"]
    assert study.transcripts[0].text[start:end] == "everything"


def test_an_unknown_name_is_refused(folder: StudyFolder, tmp_path: Path) -> None:
    """A file of another name is no revision."""
    (tmp_path / "ben.txt").write_text(TALK, "utf-8")
    with pytest.raises(UserError, match="no transcript called 'ben'"):
        revise(folder, tmp_path / "ben.txt")
