"""The coder `cues`: what it proposes, why, and with what assertion."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from qualcode.coders import CODERS, CueCoder
from qualcode.coders.cues import propose_in
from qualcode.errors import UserError
from qualcode.model import Case, Code, Codebook, Coding, Cue, Settings, Study, Transcript, Turn


def transcript(*turns: str, name: str = "alpha", language: str = "en") -> Transcript:
    """Return a transcript of turns written `P: …` (participant), `I: …` (interviewer) or `O: …` (other)."""
    text, made = "", []
    for number, turn in enumerate(turns, start=1):
        speaker, speech = turn.split(": ", 1)
        text += f"{speaker}: "
        role = {"P": "participant", "I": "interviewer", "O": "other"}[speaker]
        made.append(Turn(number, speaker, role, len(text), len(text) + len(speech)))
        text += f"{speech}\n"
    return Transcript(name, name.capitalize(), text, tuple(made), language=language)


def codebook(language: str = "en", **codes: list[str | Cue]) -> Codebook:
    """Return a codebook of codes with cues."""
    made = tuple(
        Code(name, name.capitalize(), cues={language: tuple(Cue(cue) if isinstance(cue, str) else cue for cue in cues)})
        for name, cues in codes.items()
    )
    return Codebook("small", "Small", made, hash="abc")


def propose(book: Codebook, *turns: str, **given: Any) -> list[Coding]:
    """Return what the coder proposes for one transcript."""
    return CueCoder(book).propose_in(transcript(*turns), **given)


def passages(book: Codebook, *turns: str, **given: Any) -> list[tuple[str, str, str]]:
    """Return code, assertion and passage of each proposal."""
    text = transcript(*turns).text
    return [(c.code, c.assertion, text[c.start : c.end]) for c in propose(book, *turns, **given)]


PAY = codebook(pay=["pay"], write=["write|publish"])


def test_only_participants_sentences_are_coded() -> None:
    """Interviewers and others say nothing that counts; the passage is the sentence."""
    assert passages(PAY, "I: Do you pay them?", "P: Well. We pay a fee, always. It is small.", "O: I pay too.") == [
        ("pay", "affirmed", "We pay a fee, always.")
    ]


def test_adjacent_sentences_of_one_code_merge_within_a_turn() -> None:
    """Neighbouring sentences with the same code and assertion are one passage; turns stay apart."""
    assert passages(PAY, "P: We pay. They pay. It rains. We pay.", "P: We pay.") == [
        ("pay", "affirmed", "We pay. They pay."),
        ("pay", "affirmed", "We pay."),
        ("pay", "affirmed", "We pay."),
    ]


def test_assertions_part_passages() -> None:
    """What is denied is returned as well, flagged, and never merged with what is affirmed."""
    assert passages(PAY, "P: We pay experts. We don't pay bloggers.") == [
        ("pay", "affirmed", "We pay experts."),
        ("pay", "negated", "We don't pay bloggers."),
    ]


def test_evidence_is_plain_data_with_places_in_the_transcript() -> None:
    """Every cue is told with its words and where they stand; the evidence survives JSON unchanged."""
    book = codebook(pay=[Cue("pay ... fee", confidence=0.7), Cue("small fee", confidence=0.5)])
    spoken = transcript("P: So. We pay them a small fee, no more.")
    (coding,) = CueCoder(book).propose_in(spoken)
    assert json.loads(json.dumps(coding.evidence)) == dict(coding.evidence)
    assert coding.evidence["cue"] == "pay ... fee"
    assert coding.evidence["matched"] == "pay … fee"
    assert [[spoken.text[a:b] for a, b in told["spans"]] for told in coding.evidence["cues"]] == [
        ["pay", "fee"],
        ["small fee"],
    ]
    assert coding.confidence == pytest.approx(0.85)
    assert coding.status == "proposed"
    assert coding.definition_hash == book.codes[0].definition_hash
    assert "assertion_because" not in coding.evidence


def test_the_reason_of_a_flag_is_evidence() -> None:
    """A flagged coding says which words flagged it."""
    (coding,) = propose(PAY, "P: We never pay.")
    assert coding.evidence["assertion_because"] == "“never” (rule never)"


def test_confidence_counts_a_cue_once_and_is_never_certain() -> None:
    """The same cue again adds nothing; many cues stay below one."""
    (coding,) = propose(PAY, "P: We pay, pay, pay. We pay.")
    assert coding.confidence == 0.6
    many = codebook(all=[Cue(word, confidence=0.9) for word in ["we", "do", "pay", "them", "a", "fee"]])
    assert propose(many, "P: We do pay them a fee.")[0].confidence == 0.99


def test_requires_and_excludes() -> None:
    """Conditions are looked for in the sentence, or in the whole turn where the cue says so."""
    near = codebook(x=[Cue("fee", requires=("we|our",), excludes=("bank",))])
    assert passages(near, "P: The fee is small. We know. We have a bank fee. Our fee is big.") == [
        ("x", "affirmed", "Our fee is big.")
    ]
    wide = codebook(x=[Cue("fee", requires=("we|our",), excludes=("bank",), within="turn")])
    assert len(passages(wide, "P: The fee is small. We know.")) == 1
    assert passages(wide, "P: The fee is small. We know a bank.") == []


def test_question_of_the_interviewer() -> None:
    """A cue may ask for the question before the turn: the nearest one, not an earlier one."""
    book = codebook(goal=[Cue("visibility", question=("goal|aim",))])
    asked = ("I: What is the goal?", "P: Visibility.")
    assert len(passages(book, *asked)) == 1
    assert len(passages(book, *asked, "P: Visibility again.")) == 2
    assert len(passages(book, *asked, "I: And what is new?", "P: Visibility again.")) == 1
    assert passages(book, "P: Visibility.") == []


def test_codes_can_be_chosen() -> None:
    """Only the codes asked for are proposed, whether asked of the coder or of the call."""
    turn = "P: We pay and publish."
    assert {c.code for c in propose(PAY, turn)} == {"pay", "write"}
    assert {c.code for c in propose(PAY, turn, codes=["pay"])} == {"pay"}
    assert {c.code for c in CueCoder(PAY, codes=["write"]).propose_in(transcript(turn))} == {"write"}


def study(book: Codebook, cohort: str, *transcripts: Transcript, **extra: Any) -> Study:
    """Return a study of transcripts."""
    cases = tuple(Case(t.case, cohort) for t in transcripts)
    return Study(Settings(extra=extra), book, cases, transcripts)


def test_propose_for_a_study() -> None:
    """Transcripts are coded in turn, sorted by place, with progress told; twice gives the same."""
    given = study(PAY, "firm", transcript("P: We pay."), transcript("P: We publish. We pay.", name="beta"))
    seen: list[tuple[int, int]] = []
    coder = CODERS["cues"](given)
    first = coder.propose(given, progress=lambda done, all_of: seen.append((done, all_of)))
    assert seen == [(1, 2), (2, 2)]
    assert [c.place for c in first] == sorted(c.place for c in first)
    again = CODERS["cues"](given).propose(given)
    assert [(c.place, c.evidence, c.confidence) for c in first] == [(c.place, c.evidence, c.confidence) for c in again]
    assert coder.attributes["codebook_hash"] == "abc"


def test_clients_of_agencies() -> None:
    """An agency tells of its clients' practice; a setting says which cohorts advise."""
    spoken = transcript("P: Our clients pay bloggers.")
    assert [c.assertion for c in CueCoder(PAY).propose(study(PAY, "firm", spoken))] == ["others"]
    assert [c.assertion for c in CueCoder(PAY).propose(study(PAY, "Agency", spoken))] == ["affirmed"]
    other = study(PAY, "consultant", spoken, cues={"advising_cohorts": ["consultant"]})
    assert [c.assertion for c in CODERS["cues"](other).propose(other)] == ["affirmed"]


def test_swedish_and_chinese_transcripts() -> None:
    """A codebook in Swedish and one in Chinese code text in those languages."""
    swedish = codebook("sv", betala=["betala ... expert"])
    (coding,) = CueCoder(swedish).propose_in(transcript("P: Ja. Vi betalade två experter.", language="sv"))
    assert coding.evidence["matched"] == "betalade … experter"
    chinese = codebook("zh", fufei=["付费推广"])
    spoken = transcript("P: 我们很忙。我们做付费推广。我们不做付费推广。", language="zh")
    assert [(c.assertion, spoken.text[c.start : c.end]) for c in CueCoder(chinese).propose_in(spoken)] == [
        ("affirmed", "我们做付费推广。"),
        ("negated", "我们不做付费推广。"),
    ]


def test_a_language_without_cues_says_so() -> None:
    """Nothing is proposed, and the coder's attributes say why."""
    coder = CueCoder(PAY)
    assert coder.propose_in(transcript("P: Me maksamme.", language="fi")) == []
    assert "no cues" in coder.attributes["language fi"]


def test_a_bad_cue_names_its_code_and_line() -> None:
    """A cue that means nothing is the user's mistake: code, line and what to do."""
    with pytest.raises(UserError, match=r"'\(pay' of code 'bad', line 12"):
        propose(codebook(bad=[Cue("(pay", line=12)]), "P: We pay.")


def test_a_coder_travels_to_other_processes() -> None:
    """A pickled coder proposes the same, so that pools of processes can share the work."""
    spoken = transcript("P: We pay.")
    coder = CueCoder(PAY)
    before = coder.propose_in(spoken)
    after = propose_in(spoken, pickle.loads(pickle.dumps(coder)))
    assert [c.place for c in after] == [c.place for c in before]


@pytest.mark.parametrize("speech", ["", "...", "👍", "\ud800 pay", "p\u00aday!", "PAY" * 400, "we\tpay\x00"])
def test_odd_speech(speech: str) -> None:
    """Empty, wordless and broken speech is no error."""
    for coding in propose(PAY, f"P: {speech}"):
        assert coding.start < coding.end
