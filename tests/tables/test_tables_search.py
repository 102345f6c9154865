"""Search by text, lemma, regular expression and code, joined by AND, OR, NOT, within turns, passages, sentences."""

from __future__ import annotations

import pytest

from qualcode.errors import UserError
from qualcode.model import Case, Codebook, Coder, Coding, Settings, Study, Transcript, Turn
from qualcode.tables.query import parse_query
from qualcode.tables.search import Scope, in_context, search

TEXT = (
    "Q: What reports do you write?\n"
    "A: We reported on podcasts. Podcasting is cheap. A white\n paper isn’t.\n"
    "Q: Costs?\n"
    "A: A podcast costs little. Our white papers cost more.\n"
    "A: 我们做播客和报告。\n"
)


def study(*codings: str, text: str = TEXT) -> Study:
    """Return a study of one transcript; codings are written `code: passage`, optionally `coder/code: passage`."""
    turns, at = [], 0
    for number, line in enumerate(text.replace("\n ", "\x01 ").splitlines(), 1):
        role = "interviewer" if line.startswith("Q") else "participant"
        turns.append(Turn(number, line[0], role, at + 3, at + len(line)))
        at += len(line) + 1
    made = []
    for coding in codings:
        code, passage = coding.split(": ", 1)
        coder, _, code = code.rpartition("|")
        start = text.index(passage)
        made.append(Coding(coder or "ann", "alpha", start, start + len(passage), code))
    transcript = Transcript("alpha", "Alpha", text, tuple(turns))
    return Study(
        Settings(),
        Codebook("b", "B", ()),
        (Case("Alpha", "firm", {"Industry": "Shops"}),),
        (transcript,),
        (Coder("ann"), Coder("bo")),
        tuple(sorted(made, key=lambda one: one.place)),
    )


def found(query: str, *codings: str, lemma: bool = False, regex: bool = False, **scope) -> list[str]:
    """Return the places found as `turn:text`."""
    there = study(*codings)
    hits = search(there, parse_query(query, lemma=lemma, regex=regex), Scope(**scope))
    text = there.transcripts[0].text
    return [f"{hit.turn.number}:{' '.join(text[hit.start : hit.end].split())}" for hit in hits]


def test_words_in_any_case_and_across_lines() -> None:
    """Whole words, in any case; a phrase runs over a line break; apostrophes are alike."""
    assert found("podcast") == ["4:podcast"]
    assert found("podcast*") == ["2:podcasts", "2:Podcasting", "4:podcast"]
    assert found("WHITE paper") == ["2:white paper"]
    assert found("isn't") == ["2:isn’t"]
    assert found("播客") == ["5:播客"]


def test_lemmas() -> None:
    """Every form of a word, also one after the other."""
    assert found("lemma:report") == ["1:reports", "2:reported"]
    assert found("white paper", lemma=True) == ["2:white paper", "4:white papers"]
    assert found('lemma:"cost little"') == ["4:costs little"]


def test_regular_expressions() -> None:
    """A whole query, or a term between slashes; an empty match is none."""
    assert found("(pod|white) ?(cast|paper)s?", regex=True) == [
        "2:podcasts",
        "2:Podcast",
        "4:podcast",
        "4:white papers",
    ]
    assert found("/cheap|little/ AND podcast") == ["4:podcast", "4:little"]
    assert found("x*", regex=True) == []


def test_and_or_not_within_a_turn() -> None:
    """The operators are about one turn; NOT binds closest, OR least."""
    assert found("podcast* AND cheap") == ["2:podcasts", "2:Podcasting", "2:cheap"]
    assert found("podcast* NOT cheap") == ["4:podcast"]
    assert found("cheap OR little") == ["2:cheap", "4:little"]
    assert found("cheap AND nothing OR little") == ["4:little"]
    assert found("(cheap OR little) AND podcasts") == ["2:podcasts", "2:cheap"]
    assert found("NOT podcast*", roles=("participant",)) == ["5:我们做播客和报告。"]


def test_within_sentences() -> None:
    """Two words in one sentence, or in two that follow one another."""
    assert found("podcasts AND cheap", within=1) == []
    assert found("podcasts AND cheap", within=2) == ["2:podcasts", "2:cheap"]


def test_codes() -> None:
    """Passages by code; text beside a code; a code that is not there."""
    codings = ("medium/podcast: reported on podcasts", "cost: costs little", "bo|cost: cheap")
    assert found("code:cost", *codings) == ["2:cheap", "4:costs little"]
    assert found("code:cost", *codings, coders=("ann",)) == ["4:costs little"]
    assert found("code:medium/*", *codings) == ["2:reported on podcasts"]
    assert found("podcast* AND code:cost", *codings, coders=("ann",)) == ["4:podcast"]
    assert found("podcast* NOT code:cost", *codings, coders=("ann",)) == ["2:podcasts", "2:Podcasting"]
    assert found("podcasts AND code:medium/*", *codings, within="passage") == ["2:podcasts"]
    assert found("cheap AND code:medium/*", *codings, within="passage") == []


def test_filters() -> None:
    """By role, case and attribute, in any case; an unknown one is told."""
    assert found("costs", roles=("interviewer",)) == ["3:Costs"]
    assert found("costs", cases=("alpha",), attributes={"industry": "SHOPS", "cohort": "firm"}) == [
        "3:Costs",
        "4:costs",
    ]
    assert found("costs", attributes={"Industry": "Mines"}) == []
    for scope in ({"cases": ("Beta",)}, {"attributes": {"Size": "1"}}):
        with pytest.raises(UserError):
            found("costs", **scope)


def test_context_stays_in_the_turn() -> None:
    """What is shown beside a match ends where the turn ends, on one line."""
    transcript = study().transcripts[0]
    start = transcript.text.index("white")
    assert in_context(transcript, start, start + 12, 10) == ("cheap. A ", "white paper", " isn’t.")
    start = transcript.text.index("What reports")
    assert in_context(transcript, start, start + 4, 5)[0] == ""


@pytest.mark.parametrize(
    "query", ["", "  ", "a AND", "OR a", "(a", "a)", '"a', '""', "/(/", "a AND AND b", "code: ", "()", "NOT"]
)
def test_a_query_that_cannot_be_read(query: str) -> None:
    """Every mistake is the user's, never a bug."""
    with pytest.raises(UserError):
        parse_query(query)
    if query == "/(/":
        with pytest.raises(UserError):
            parse_query("(", regex=True)
