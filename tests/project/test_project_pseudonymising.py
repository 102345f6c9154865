"""Names out of a study and back, and the past taken out of it."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import InputError, ManyErrors, StoreError, UserError
from qualcode.ingest.pseudonyms import Pseudonym
from qualcode.model import Case, Coder, Coding, Memo, Study
from qualcode.project.folder import StudyFolder
from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study
from qualcode.project.pseudonymising import pseudonymise
from qualcode.project.purging import purge
from qualcode.project.remaining import files_with_names, remaining
from qualcode.project.restoring import restore

TALK = """\
Case: Kirsi
Firm: Nordic Pulp Oy

Interviewer: Kirsi, who is Petteri?

KIRSI: Petteri's our architect. PETTERI, or petteri as he signs.

Interviewer: And Anna Virtanen?

KIRSI: Anna left with Petteri.
"""
TABLE = [
    Pseudonym("Petteri", "Bo"),
    Pseudonym("Kirsi", "Marjatta"),
    Pseudonym("Anna Virtanen", "Eva"),
    Pseudonym("Anna", "Eva"),
    Pseudonym("Nordic Pulp Oy", "Firm A"),
]
PSEUDONYMS = """\
Case: Marjatta
Firm: Firm A

Interviewer: Marjatta, who is Bo?

MARJATTA: Bo's our architect. BO, or petteri as he signs.

Interviewer: And Eva?

MARJATTA: Eva left with Bo.
"""
QUOTES = ["Petteri's our architect.", "PETTERI, or petteri", "Anna left with", "left with Pett"]


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """Return a study of one transcript with codings (one ends inside a name), memos and evidence."""
    made = init_study(tmp_path / "study")
    (tmp_path / "talk.txt").write_text(TALK, "utf-8")
    ingest(made, [tmp_path / "talk.txt"])
    with made.store() as store, store.change(action="codings add") as change:
        change.put_coder(Coder("reader"))
        change.add_codings(
            Coding("reader", "talk", *span(quote), "first-code", id=f"{number:08}")
            for number, quote in enumerate(QUOTES)
        )
        change.add_memo(Memo("reader", "Petteri again", target="passage", key="talk:{}-{}".format(*span(QUOTES[0]))))
        change.add_memo(Memo("reader", "calls herself Kirsi", target="case", key="Kirsi"))
        change.add_memo(Memo("reader", "cut", target="passage", key="talk:{}-{}".format(*span("PETTE"))))
    evidence = {"matched": "Anna left", "spans": [list(span("Anna left"))]}
    with made.store() as store, store.change(action="code") as change:
        change.put_codings([replace(coding(made, 2), evidence=evidence)])
    return made


def span(quote: str) -> tuple[int, int]:
    """Return where a quotation stands in the talk."""
    return TALK.index(quote), TALK.index(quote) + len(quote)


def coding(folder: StudyFolder, number: int) -> Coding:
    """Return one of the codings."""
    return next(one for one in folder.study().codings if one.id == f"{number:08}")


def timeless(study: Study) -> Study:
    """Return a study without what a new version must change."""
    return replace(study, transcripts=tuple(replace(transcript, version=1) for transcript in study.transcripts))


def test_names_go_everywhere_and_positions_stay_right(folder: StudyFolder, tmp_path: Path) -> None:
    """Text, labels, header, case, memos and evidence have pseudonyms; quotations are the old ones with them."""
    done = pseudonymise(folder, TABLE, key=tmp_path / "key.json", accept=True)
    study = folder.study()
    (talk,) = study.transcripts
    assert talk.text == PSEUDONYMS
    assert [turn.speaker for turn in talk.turns] == ["Interviewer", "MARJATTA"] * 2
    assert talk.speech(talk.turns[3]) == "Eva left with Bo."
    assert (talk.case, talk.attributes["Firm"]) == ("Marjatta", "Firm A")
    assert [(case.name, case.attributes["Firm"]) for case in study.cases] == [("Marjatta", "Firm A")]
    quotes = {one.id[-1]: study.quote(one) for one in study.codings}
    assert quotes == {"0": "Bo's our architect.", "1": "BO, or petteri", "2": "Eva left with", "3": "left with Bo"}
    evidence = coding(folder, 2).evidence
    assert evidence["matched"] == "Eva left" and talk.text[slice(*evidence["spans"][0])] == "Eva left"
    assert [(memo.text, memo.key) for memo in study.memos][:2] == [
        (
            "Bo again",
            "talk:{}-{}".format(talk.text.index("Bo's"), talk.text.index("Bo's") + len("Bo's our architect.")),
        ),
        ("calls herself Marjatta", "Marjatta"),
    ]
    assert done.names == {"Petteri": 5, "Kirsi": 7, "Anna Virtanen": 1, "Anna": 2, "Nordic Pulp Oy": 3}
    with folder.store() as store:
        assert store.verify() == [] and store.left_behind() == ()


def test_the_key_brings_everything_back_exactly(folder: StudyFolder, tmp_path: Path) -> None:
    """Restored, the study is what it was to the character, codings that cut a name too."""
    before = folder.study()
    key = tmp_path / "key.json"
    pseudonymise(folder, TABLE, key=key, accept=True)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    done = restore(folder, key, accept=True)
    assert done.left == () and timeless(folder.study()) == timeless(before)


def test_times_within_turns_are_carried_along(tmp_path: Path) -> None:
    """The time of a caption stays with its words, one inside a name goes to its beginning, and all come back."""
    cues = ["<v Kirsi>I met Petteri with Anna", "Virtanen, and then", "Petteri left."]
    lines = [f"00:00:0{number}.500 --> 00:00:0{number + 1}.000\n{cue}\n" for number, cue in enumerate(cues)]
    (tmp_path / "talk.vtt").write_text("\n".join(["WEBVTT\n", *lines]), "utf-8")
    made = init_study(tmp_path / "study")
    ingest(made, [tmp_path / "talk.vtt"], roles={"Kirsi": "participant"})
    before = made.study()
    key = tmp_path / "key.json"
    pseudonymise(made, TABLE, key=key, accept=True)
    (talk,) = made.study().transcripts
    assert talk.speech(talk.turns[0]) == "I met Bo with Eva, and then Bo left."
    assert [(talk.text[place:], time) for place, time in talk.moments] == [
        ("I met Bo with Eva, and then Bo left.\n", 0.5),
        ("Eva, and then Bo left.\n", 1.5),
        ("Bo left.\n", 2.5),
    ]
    assert restore(made, key, accept=True).left == () and timeless(made.study()) == timeless(before)
    with made.store() as store:
        assert store.verify() == []


def test_undo_takes_it_back_as_one_change(folder: StudyFolder, tmp_path: Path) -> None:
    """One undo brings the study back, and redo does it again; the journal names nobody."""
    before = folder.study()
    pseudonymise(folder, TABLE, key=tmp_path / "key.json", accept=True)
    after = folder.study()
    with folder.store() as store:
        told = store.journal()[0]
        assert not any(row.name in told.detail for row in TABLE)
        store.undo()
        assert store.verify() == []
        assert folder.study() == before
        store.redo()
        assert folder.study() == after


def test_nothing_is_written_without_accept(folder: StudyFolder, tmp_path: Path) -> None:
    """A dry run counts, and leaves store and key unwritten."""
    before = folder.study()
    done = pseudonymise(folder, TABLE, key=tmp_path / "key.json")
    assert done.transcripts == {"talk": 11} and not done.written
    assert folder.study() == before and not (tmp_path / "key.json").exists()


def test_a_pseudonym_in_use_is_told(folder: StudyFolder) -> None:
    """A pseudonym that the text uses for something else is named."""
    assert pseudonymise(folder, [Pseudonym("Petteri", "Kirsi")]).collisions == {"Kirsi": 2, "KIRSI": 2}


def test_where_a_key_may_not_be(folder: StudyFolder, tmp_path: Path) -> None:
    """The key is asked for, never written into the study's folder, and never over another file."""
    with pytest.raises(UserError, match="Where should the key go"):
        pseudonymise(folder, TABLE, accept=True)
    with pytest.raises(UserError, match="inside the study's folder"):
        pseudonymise(folder, TABLE, key=folder.path / "reports" / "key.json", accept=True)
    (tmp_path / "key.json").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="there already"):
        pseudonymise(folder, TABLE, key=tmp_path / "key.json", accept=True)
    assert (tmp_path / "key.json").read_text("utf-8") == "mine"


def test_a_key_of_another_state_is_refused(folder: StudyFolder, tmp_path: Path) -> None:
    """Keys are used newest first; the older one is refused until then, and nothing is written."""
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    before = folder.study()
    pseudonymise(folder, TABLE[:1], key=first, accept=True)
    pseudonymise(folder, TABLE[1:], key=second, accept=True)
    with pytest.raises(ManyErrors, match="not the one that this key belongs to"):
        restore(folder, first, accept=True)
    restore(folder, second, accept=True)
    restore(folder, first, accept=True)
    assert timeless(folder.study()) == timeless(before)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"format": "qualcode pseudonym key", "version": 9}'])
def test_a_file_that_is_no_key_is_refused(folder: StudyFolder, tmp_path: Path, content: str) -> None:
    """Any other file is named as no key."""
    (tmp_path / "key.json").write_text(content, "utf-8")
    with pytest.raises(InputError, match="no key"):
        restore(folder, tmp_path / "key.json", accept=True)


def test_what_was_edited_since_stays(folder: StudyFolder, tmp_path: Path) -> None:
    """A memo rewritten after pseudonymising is not overwritten by the old one, and that is told."""
    pseudonymise(folder, TABLE, key=tmp_path / "key.json", accept=True)
    memo = folder.study().memos[0]
    with folder.store() as store, store.change(action="memo") as change:
        change.put_memo(replace(memo, text="better"))
    done = restore(folder, tmp_path / "key.json", accept=True)
    assert len(done.left) == 1 and "its text was changed since" in done.left[0]
    memo = folder.study().memos[0]
    assert (memo.text, memo.key) == ("better", "talk:{}-{}".format(*span(QUOTES[0])))


def test_cases_may_exchange_names(folder: StudyFolder, tmp_path: Path) -> None:
    """A pseudonym may be the name of another case that gets one too; two cases never get one name."""
    (tmp_path / "anna.txt").write_text(TALK.replace("Case: Kirsi", "Case: Anna"), "utf-8")
    ingest(folder, [tmp_path / "anna.txt"])
    before = folder.study()
    with pytest.raises(UserError, match="would both be called"):
        pseudonymise(folder, [Pseudonym("Kirsi", "Anna")])
    swapped = [Pseudonym("Kirsi", "Anna"), Pseudonym("Anna", "Kirsi")]
    pseudonymise(folder, swapped, key=tmp_path / "key.json", accept=True)
    study = folder.study()
    assert {one.name: one.case for one in study.transcripts} == {"anna": "Kirsi", "talk": "Anna"}
    restore(folder, tmp_path / "key.json", accept=True)
    assert timeless(folder.study()) == timeless(before)


def test_what_is_left_is_listed(folder: StudyFolder, tmp_path: Path) -> None:
    """Other spellings, other places and the files with the old texts are named."""
    with folder.store() as store, store.change(action="coder") as change:
        change.put_coder(Coder("reader", "person", {"about": "a friend of Petterin"}))
    (folder.codebook_path).write_text(folder.codebook_text() + "# as Virtanen says\n", "utf-8")
    pseudonymise(folder, TABLE, key=tmp_path / "key.json", accept=True)
    left = {(one.where, one.name, one.found) for one in remaining(folder, folder.study(), TABLE)}
    assert left == {
        ("transcript talk", "Petteri", "petteri"),
        ("coder reader", "Petteri", "Petterin"),
        ("codebook.yaml", "Virtanen", "Virtanen"),
    }
    files = files_with_names(folder, folder.study())
    assert files[0] == "transcripts/talk.txt (source of a transcript)"
    assert len(files) == 2 and files[1].startswith("snapshots/")


def bytes_of(folder: StudyFolder) -> bytes:
    """Return everything that the files of a study hold."""
    return b"".join(path.read_bytes() for path in sorted(folder.path.rglob("*")) if path.is_file())


def test_purge_leaves_the_present_and_nothing_else(folder: StudyFolder, tmp_path: Path) -> None:
    """After purging, no file of the study holds a name, the study is the same, and the key still works."""
    before = folder.study()
    table = [*TABLE, Pseudonym("petteri", "bo")]
    pseudonymise(folder, table, key=tmp_path / "key.json", accept=True)
    assert b"Petteri" in bytes_of(folder)
    after = folder.study()
    done = purge(folder, actor="me")
    for name in (b"Petteri", b"petteri", b"PETTERI", b"Kirsi", b"Virtanen", b"Nordic"):
        assert name not in bytes_of(folder)
    assert folder.study() == timeless(after)
    assert done.replaced == ("talk.txt",) and len(done.removed) == 1 and done.others == ()
    with folder.store() as store:
        assert store.verify() == [] and [entry.action for entry in store.journal()] == ["purge"]
    assert files_with_names(folder, folder.study()) == []
    assert ingest(folder, [folder.transcripts_path]).unchanged == ("talk",)
    restore(folder, tmp_path / "key.json", accept=True)
    assert timeless(folder.study()) == timeless(before)


def test_purge_waits_for_other_programs(folder: StudyFolder) -> None:
    """With the store open elsewhere nothing is swapped, and no unfinished file stays."""
    before = bytes_of(folder)
    with folder.store() as store:
        store.snapshot(folder.settings, folder.codebook())
        with pytest.raises(StoreError, match="Another program has"):
            purge(folder)
        assert not list(folder.path.glob("*.purged*"))
    assert bytes_of(folder) == before


def test_purge_tells_of_files_it_does_not_know(folder: StudyFolder) -> None:
    """A file among the transcripts that belongs to none is left, and named."""
    (folder.transcripts_path / "notes.rtf").write_text("Petteri", "utf-8")
    assert purge(folder).others == ("notes.rtf",)
    assert (folder.transcripts_path / "notes.rtf").exists()


PIECE = st.sampled_from(["Petteri", "Anna", "Virtanen", "and", "KIRSI", "said", "petteri", "plan", "我"])
SPEECH = st.lists(PIECE, min_size=1, max_size=6).map(" ".join)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(SPEECH, min_size=1, max_size=4), st.data())
def test_any_study_comes_back(tmp_path_factory: pytest.TempPathFactory, turns: list[str], data: st.DataObject) -> None:
    """For any talk and any passages, replacing and restoring is identity on text, turns and positions."""
    place = tmp_path_factory.mktemp("any")
    folder = init_study(place / "study")
    text = "".join(f"Interviewer: Well?\n\nAnna: {speech}\n\n" for speech in turns)
    (place / "talk.txt").write_text(text, "utf-8")
    ingest(folder, [place / "talk.txt"], roles={"Anna": "participant"})
    length = len(folder.study().transcripts[0].text)
    starts = data.draw(st.lists(st.integers(0, length - 2), max_size=4, unique=True))
    with folder.store() as store, store.change(action="codings add") as change:
        change.put_coder(Coder("reader"))
        change.add_codings(
            Coding("reader", "talk", start, data.draw(st.integers(start + 1, length)), f"c{number}")
            for number, start in enumerate(starts)
        )
    before = folder.study()
    if not pseudonymise(folder, TABLE, key=place / "key.json", accept=True).written:
        return
    told = json.loads((place / "key.json").read_text("utf-8"))
    assert told["transcripts"][0]["before"] == before.transcripts[0].hash
    restore(folder, place / "key.json", accept=True)
    assert timeless(folder.study()) == timeless(before)


def test_a_purge_cannot_be_taken_back(tmp_path: Path) -> None:
    """After a purge `undo` finds nothing, instead of emptying the study."""
    from qualcode.project.init import init_study
    from qualcode.project.purging import purge

    folder = init_study(tmp_path / "study")
    with folder.store() as store, store.change(action="note") as change:
        change.add_case(Case("Anna"))
    purge(folder)
    with folder.store() as store:
        assert store.undo() is None
        assert [entry.taken_back for entry in store.journal()] == [False]
    assert [case.name for case in folder.study().cases] == ["Anna"]
