"""Searching in part of a study finds what searching in all of it does."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from servers import server_schema

from qualcode.errors import UserError
from qualcode.model import Case, Codebook, Coder, Coding, Settings, Transcript, Turn
from qualcode.project import finding
from qualcode.project.blindness import BLIND, YES, is_blind, own_only, seen_by
from qualcode.project.finding import Sight, find, part_for, sight_of
from qualcode.project.folder import StudyFolder
from qualcode.store import Store, look
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
    "code:[xy]",
    "code:x?1 OR code:none",
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


def stored(codings: list[Coding], place: Path, target: str = "", behind: Sequence[Coding] = ()) -> StudyFolder:
    """Return a study's folder whose store holds the codings; it has no codebook, for which no search asks.

    Args:
        codings: On the present texts.
        place: The folder.
        target: URL of the store; empty: a file in the folder.
        behind: Codings on a text of which the present one took the place.
    """
    (place / "study.yaml").write_text("title: T\n", "utf-8")
    with Store.create(target or place / "qualcode.db") as store, store.change(action="all") as change:
        for case in CASES:
            change.add_case(case)
        for transcript in TRANSCRIPTS:
            change.add_transcript(replace(transcript, text=TEXT.replace("plan", "plot")) if behind else transcript)
        for name in ("p", "q"):
            change.put_coder(Coder(name))
        change.put_coder(Coder("blind", attributes={BLIND: YES}))
        if behind:
            change.add_codings(replace(coding, id=f"old-{coding.id}") for coding in behind)
            for transcript in {coding.transcript for coding in behind}:
                change.add_transcript(replace(TRANSCRIPTS["abc".index(transcript)]), replace=True)
        change.add_codings(codings)
    return StudyFolder(place, Settings(title="T", store=target))


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


def check(folder: StudyFolder, searches: Iterable[tuple[str, Scope]]) -> int:
    """Search in part and in all of a study, for everybody and for who sees only their own; return how many find."""
    with folder.store() as store:
        whole = store.snapshot(folder.settings, BOOK)
    finds = 0
    for text, scope in searches:
        query = parse_query(text)
        expected = search(whole, query, scope)
        finds += bool(expected)
        assert find(folder, query, scope, sight=Sight("q")).hits == expected
        found = find(folder, query, scope, sight=Sight("q", blind=True))
        assert found.hits == search(own_only(whole, "q"), query, scope)
        assert found.cases == 2
    return finds


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    some_codings(),
    st.just([]) | some_codings(),
    st.lists(st.tuples(st.sampled_from(QUERIES), SCOPES), min_size=5, max_size=10),
    st.sampled_from([finding.FEW, 0]),
    st.sampled_from([look.CHUNK, 1]),
)
def test_a_part_is_as_good_as_the_whole(
    codings: list[Coding], behind: list[Coding], searches: list[tuple[str, Scope]], few: int, named: int
) -> None:
    """Every query in every scope: the same places and codes, by either way of reading turns and of naming codes."""
    with tempfile.TemporaryDirectory() as place, pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding, "FEW", few)
        patch.setattr(look, "CHUNK", named)
        finds = check(stored(codings, Path(place), behind=behind), searches)
        event("something was found" if finds else "nothing was found")


@pytest.mark.skipif("QUALCODE_TEST_POSTGRESQL" not in os.environ, reason="no PostgreSQL to test on")
@pytest.mark.parametrize("named", [look.CHUNK, 1])
def test_a_part_on_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: int) -> None:
    """The same with the store on a server, texts replaced or not."""
    monkeypatch.setattr(look, "CHUNK", named)
    codings = [
        Coding(coder, transcript, start, start + 12, code, status=status, id=f"{coder}{transcript}{start}{code}")
        for coder, status in (("p", "accepted"), ("q", "proposed"))
        for transcript, start, code in itertools.product("ab", (0, 14, 36, 60), ("x", "x/1", "y"))
        if (start + len(code) + ord(transcript)) % 3
    ]
    scopes = [
        Scope(),
        Scope("passage"),
        Scope(2, statuses=()),
        Scope(coders=("q",), statuses=(), roles=("participant",)),
    ]
    with server_schema() as target:
        folder = stored(codings, tmp_path, target, behind=codings[::2])
        assert check(folder, itertools.product(QUERIES, scopes)) > len(QUERIES)


@pytest.mark.parametrize("coder", ["p", "blind", "stranger"])
@pytest.mark.parametrize("blind", [False, True])
@pytest.mark.parametrize("named", [False, True])
def test_sight_is_that_of_who_is_shown_the_study(tmp_path: Path, coder: str, blind: bool, named: bool) -> None:
    """Blindness, what is hidden, and who must say who they are: as where the whole study is read."""
    codings = [Coding("p", "a", 0, 5, "x", id="1"), Coding("q", "b", 0, 5, "y", id="2")]
    told = []
    for way in (sight_of, seen_by):
        place = tmp_path / way.__name__
        place.mkdir()
        (place / "codebook.yaml").write_text("name: b\ntitle: B\ncodes: [{id: x}, {id: y}]\n", "utf-8")
        folder = stored(codings, place, behind=codings)
        try:
            seen = way(folder, coder, blind=blind, named=named)
            told.append((seen.coder, seen.blind, seen.hidden))
        except UserError as error:
            told.append(str(error))
        with folder.look() as now:
            told.append(sorted(one.name for one in now.coders() if is_blind(one)))
    assert told[:2] == told[2:]


@lru_cache(maxsize=1)
def two_places() -> StudyFolder:
    """Return a study with one coding in the middle turn of one transcript, and one that overlaps it."""
    codings = [Coding("p", "a", 15, 20, "x"), Coding("q", "a", 18, 40, "y"), Coding("q", "b", 0, 5, "y")]
    return stored(codings, Path(tempfile.mkdtemp(prefix="qualcode-test-")))


def test_no_more_is_read_than_a_code_needs() -> None:
    """The one turn of the one transcript, and the codings on it."""
    with two_places().look() as now:
        part = part_for(now, parse_query("code:x"), Scope())
    assert [(one.name, [turn.number for turn in one.turns]) for one in part.transcripts] == [("a", [2])]
    assert [coding.code for coding in part.codings] == ["x", "y"]


def test_a_passage_that_begins_in_another_turn(tmp_path: Path) -> None:
    """Found beside the code that is needed, it is shown with the turn that it begins in, and with the codes there."""
    codings = [Coding("p", "a", 15, 20, "x"), Coding("p", "a", 5, 16, "y"), Coding("p", "a", 0, 6, "z")]
    folder = stored(codings, tmp_path)
    assert check(folder, [("code:x AND code:y", Scope()), ("code:x AND (code:y OR plan)", Scope())]) == 2
    hit = find(folder, parse_query("code:x AND code:y"), Scope(), sight=Sight("p")).hits[0]
    assert (hit.start, hit.turn and hit.turn.number, hit.codes) == (5, 1, ("x", "y", "z"))


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
