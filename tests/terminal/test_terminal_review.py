"""Review without a screen: the queue, decisions, corrections, undo."""

from __future__ import annotations

import pytest
from terminal_study import codings_of

from qualcode.errors import UserError
from qualcode.project.blindness import set_blind
from qualcode.project.codings import set_status
from qualcode.project.machines import code
from qualcode.project.selection import Selection
from qualcode.terminal.review import Asked, queue
from qualcode.terminal.told import matched_spans, reasons


def test_nearest_the_threshold_first(folder) -> None:
    """The proposals whose confidence is nearest the threshold come first; in the other order, by place."""
    study = folder.study()
    found = queue(study, Asked(order="nearest", threshold=0.8))
    far = [abs((one.confidence or 0) - 0.8) for one in found]
    assert far == sorted(far) and len(set(far)) > 1
    by_place = queue(study, Asked(order="transcript"))
    assert [one.place for one in by_place] == sorted(one.place for one in by_place)
    assert {one.id for one in found} == {one.id for one in by_place}


def test_accept_and_reject(reviewed, folder) -> None:
    """Each decision is saved at once and the next proposal is taken in hand."""
    review = reviewed()
    first, second = review.waiting()[:2]
    review.decide("accepted")
    assert review.current == second
    review.decide("rejected")
    now = {one.id: one.status for one in folder.study().codings}
    assert (now[first.id], now[second.id]) == ("accepted", "rejected")
    with folder.store() as store:
        assert [entry.coder for entry in store.journal(2)] == ["anna", "anna"]


def test_another_code(reviewed, folder) -> None:
    """The proposal is rejected; the corrected coding is accepted beside it, and its evidence names both."""
    review = reviewed()
    proposal = review.current
    other = next(id for id in folder.codebook().by_id if id != proposal.code)
    review.change_code(other)
    study = folder.study()
    assert {one.id: one.status for one in study.codings}[proposal.id] == "rejected"
    new = next(one for one in study.codings if one.evidence.get("changed_by") == "anna")
    assert (new.coder, new.code, new.status, new.start) == (proposal.coder, other, "accepted", proposal.start)
    assert new.evidence["changed_from"]["id"] == proposal.id
    assert new.evidence["cue"] == proposal.evidence["cue"]


def test_another_span(reviewed, folder) -> None:
    """The code is accepted for the passage selected."""
    review = reviewed()
    proposal, session = review.current, review.session
    with pytest.raises(UserError, match="longer or shorter"):
        review.change_span()
    session.extend("word", -1)
    quote = session.quote
    review.change_span()
    assert (quote, proposal.code, "accepted") in codings_of(folder, proposal.coder)


def test_a_corrected_proposal_is_not_made_again(reviewed, folder) -> None:
    """The machine coder run again neither repeats what was corrected nor removes the correction."""
    review = reviewed()
    review.session.extend("word", -1)
    review.change_span()
    before = codings_of(folder, "cues")
    code(folder, ["cues"], actor="tester")
    assert codings_of(folder, "cues") == before


def test_undo_brings_the_proposal_back(reviewed, folder) -> None:
    """Undo takes the decision back and the proposal in hand; redo decides again."""
    review = reviewed()
    first = review.current
    review.decide("rejected")
    review.undo()
    assert review.current == first and review.decided == 0
    review.redo()
    assert {one.id: one.status for one in folder.study().codings}[first.id] == "rejected"
    assert review.current != first and review.decided == 1


def test_walk_without_deciding(reviewed) -> None:
    """Next and previous leave proposals undecided; the ends are said."""
    review = reviewed()
    first = review.current
    review.step(1)
    assert review.position == 2
    review.step(-1)
    assert review.current == first
    with pytest.raises(UserError, match="first"):
        review.step(-1)


def test_until_none_is_left(reviewed, folder) -> None:
    """After the last decision nothing is in hand, a further one is refused, and undo goes back in."""
    review = reviewed()
    count = len(review.waiting())
    review.step(1)
    for _ in range(count):
        review.decide("accepted")
    assert review.current is None and review.decided == count
    with pytest.raises(UserError, match="No proposal is left"):
        review.decide("accepted")
    review.undo()
    assert review.current is not None


def test_decided_by_somebody_else_meanwhile(reviewed, folder) -> None:
    """A proposal that another program has decided on is said, and not decided on twice."""
    review = reviewed()
    set_status(folder, Selection(ids=(review.current.id,)), "rejected", actor="ben")
    with pytest.raises(UserError, match="Somebody else"):
        review.decide("accepted")
    assert review.current is not None and review.current.status == "proposed"


def test_only_some_proposals(reviewed, folder) -> None:
    """A code narrows the queue; one without proposals is said."""
    review = reviewed(Asked(Selection(codes=("practice/routine",))))
    assert {one.code for one in review.waiting()} == {"practice/routine"}
    with pytest.raises(UserError, match="No proposed coding"):
        reviewed(Asked(Selection(coders=("coder-a",))))


def test_the_evidence_is_told(folder) -> None:
    """Cue, words matched and the reason of a flag are told; the spans are the words in the transcript."""
    study = folder.study()
    flagged = next(one for one in study.codings if one.code == "way/with-others" and one.assertion != "affirmed")
    told = dict(reasons(flagged))
    assert told["cue"] == flagged.evidence["cue"] and told[flagged.assertion]
    text = study.transcript_by_name[flagged.transcript].text
    assert "lessons" in [text[start:end] for start, end in matched_spans(flagged)]


def test_a_memo_by_a_reviewer(reviewed, folder) -> None:
    """A reviewer new to the study becomes known to it by a memo."""
    review = reviewed()
    review.session.memo("coding", "Doubtful.", key=review.id)
    study = folder.study()
    assert [(one.coder, one.key) for one in study.memos] == [("anna", review.id)]
    assert study.coder_by_name["anna"].kind == "person"


def test_a_blind_coder_does_not_review(reviewed, folder) -> None:
    """Review would show what others did: it is refused, and the message names the way to end blindness on record."""
    set_blind(folder, "anna", True)
    with pytest.raises(UserError, match="--not-blind"):
        reviewed()
