"""Searching in part of a study finds what searching in all of it does."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from qualcode.errors import UserError
from qualcode.model import Case, Codebook, Coder, Coding, Settings, Transcript, Turn
from qualcode.project.blindness import BLIND, YES, own_only
from qualcode.project.finding import Sight, find, part_for, sight_of
from qualcode.project.folder import StudyFolder
from qualcode.store import Store
from qualcode.tables.query import codes_needed, parse_query
from qualcode.tables.search import Scope, search

BOOK = Codebook("b", "B", ())
# Two turns with a space between them, then a turn after text that is in no turn.
TEXT = "we plan it. and then we plan more. [aside] so it goes on and on. it ends."
TURNS = (Turn(1, "Q", "interviewer", 0, 11), Turn(2, "A", "participant", 12, 34), Turn(3, "A", "participant", 43, 73))
TRANSCRIPTS = tuple(Transcript(name, case, TEXT, TURNS) for name, case in (("a", "Anna"), ("b", "Ben"), ("c", "Anna")))
CASES = (Case("Anna", "strings"), Case("Ben", "winds"))
QUERIES = [
    "code:x",
    "code:x/*",
    "code:*",
    "code:none",
    "plan AND code:x",
    "code:x AND code:y",
    "code:x OR code:y",
    "code:x OR plan",
    "code:x AND NOT code:y",
    "code:x AND NOT plan",
    "NOT code:x",
    "(code:x OR code:x/*) AND (plan OR code:y)",
    "NOT NOT code:x AND on",
    "lemma:go AND code:y",
    "/p.an/",
]


def stored(codings: list[Coding], place: Path) -> StudyFolder:
    """Return a study's folder whose store holds the codings; it has no codebook, for which no search asks."""
    (place / "study.yaml").write_text("title: T\n", "utf-8")
    with Store.create(place / "qualcode.db") as store, store.change(action="all") as change:
        for case in CASES:
            change.add_case(case)
        for transcript in TRANSCRIPTS:
            change.add_transcript(transcript)
        for name in ("p", "q"):
            change.put_coder(Coder(name))
        change.put_coder(Coder("blind", attributes={BLIND: YES}))
        change.add_codings(codings)
    return StudyFolder(place, Settings(title="T"))


@st.composite
def some_codings(draw: st.DrawFn) -> list[Coding]:
    """Draw passages that may begin or end anywhere, also between turns."""
    made = []
    for number in range(draw(st.integers(0, 12))):
        start = draw(st.integers(0, len(TEXT) - 1))
        end = draw(st.integers(start + 1, min(len(TEXT), start + 40)))
        status = draw(st.sampled_from(["accepted", "accepted", "proposed"]))
        code, coder = draw(st.sampled_from(["x", "x/1", "y"])), draw(st.sampled_from(["p", "q"]))
        made.append(
            Coding(coder, draw(st.sampled_from("abc")), start, end, code, status=status, id=f"{number}", created="t")
        )
    return list({coding.place: coding for coding in made}.values())


SCOPES = st.builds(
    Scope,
    within=st.sampled_from(["turn", "turn", "passage", 1, 2]),
    cases=st.sampled_from([(), ("anna",)]),
    attributes=st.sampled_from([{}, {"cohort": "winds"}]),
    roles=st.sampled_from([(), ("participant",)]),
    coders=st.sampled_from([(), ("p",)]),
    statuses=st.sampled_from([("accepted",), ("accepted", "proposed"), ()]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some_codings(), st.lists(st.tuples(st.sampled_from(QUERIES), SCOPES), min_size=5, max_size=10))
def test_a_part_is_as_good_as_the_whole(codings: list[Coding], searches: list[tuple[str, Scope]]) -> None:
    """Every query in every scope: the same places and codes, for everybody and for who sees only their own."""
    with tempfile.TemporaryDirectory() as place:
        folder = stored(codings, Path(place))
        with folder.store() as store:
            whole = store.snapshot(folder.settings, BOOK)
        for text, scope in searches:
            query = parse_query(text)
            expected = search(whole, query, scope)
            event("something was found" if expected else "nothing was found")
            assert find(folder, query, scope, sight=Sight("q")).hits == expected
            found = find(folder, query, scope, sight=Sight("q", blind=True))
            assert found.hits == search(own_only(whole, "q"), query, scope)
            assert found.cases == 2


@lru_cache(maxsize=1)
def two_places() -> StudyFolder:
    """Return a study with one coding in the middle turn of one transcript, and one that overlaps it."""
    codings = [Coding("p", "a", 15, 20, "x"), Coding("q", "a", 18, 40, "y"), Coding("q", "b", 0, 5, "y")]
    return stored(codings, Path(tempfile.mkdtemp(prefix="qualcode-test-")))


def test_no_more_is_read_than_a_code_needs() -> None:
    """The one turn of the one transcript, and the codings on it."""
    with two_places().look() as look:
        part = part_for(look, parse_query("code:x"), Scope())
    assert [(one.name, [turn.number for turn in one.turns]) for one in part.transcripts] == [("a", [2])]
    assert [coding.code for coding in part.codings] == ["x", "y"]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("code:x", ["x"]),
        ("plan", None),
        ("code:x OR plan", None),
        ("plan AND code:x", ["x"]),
        ("(code:x OR code:y) AND code:z", ["z"]),
        ("code:x OR code:y", ["x", "y"]),
        ("NOT code:x", None),
        ("code:x AND NOT code:y", ["x"]),
    ],
)
def test_the_codes_that_a_query_needs(query: str, codes: list[str] | None) -> None:
    """What holds only where a code is; of several conditions the one with the fewest codes."""
    needed = codes_needed(parse_query(query))
    assert (needed if needed is None else [term.wanted for term in needed]) == codes


def test_unknown_cases_and_attributes() -> None:
    """Told as before, also when the code is nowhere."""
    with pytest.raises(UserError, match="no case 'Carl'"):
        find(two_places(), parse_query("code:none"), Scope(cases=("Carl",)), sight=Sight("p"))
    with pytest.raises(UserError, match="attribute 'age'"):
        find(two_places(), parse_query("code:none"), Scope(attributes={"age": "3"}), sight=Sight("p"))


def test_who_sees_what() -> None:
    """A blind coder sees their own, and how many are hidden; nobody in particular has to say who they are."""
    folder = two_places()
    assert sight_of(folder, "blind") == Sight("blind", True, 3)
    assert sight_of(folder, "p") == Sight("p")
    assert sight_of(folder, "stranger") == Sight("stranger")
    with pytest.raises(UserError, match="Who looks"):
        sight_of(folder, "stranger", named=False)
