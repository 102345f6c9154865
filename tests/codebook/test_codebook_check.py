"""Findings about codebooks that load."""

from __future__ import annotations

import pytest

from qualcode.codebook import Finding, check_codebook, parse_codebook

GOOD = """\
strategies: {quick: Quick}
dimensions: {place: Place}
categories: [{id: habits, definition: Daily things}]
codes:
  - {id: a, name: Black, definition: Coffee without milk, include: [x], exclude: [y], examples: [z], category: habits,
     cues: [cup]}
  - {id: b, name: Desk, definition: Where it is drunk, include: [x], exclude: [y], examples: [z], cues: [desk],
     stage: focused, dimension: place, strategy: quick}
"""


def findings(old: str = "", new: str = "", parse_cue: object = None) -> list[tuple[str, str, str]]:
    """Return what is found in the good codebook after one change, apart from the summary of languages."""
    assert old in GOOD
    found = check_codebook(parse_codebook(GOOD.replace(old, new, 1)), parse_cue)  # type: ignore[arg-type]
    return [(f.severity, f.code, f.message) for f in found if not f.message.startswith("languages of cues")]


def test_a_good_codebook_has_no_findings() -> None:
    """Nothing is found where nothing is wrong."""
    assert findings() == []


@pytest.mark.parametrize(
    ("old", "new", "severity", "code", "said"),
    [
        ("definition: Coffee without milk, ", "", "warning", "a", "has no definition"),
        ("Where it is drunk", "coffee  without MILK", "warning", "b", "the same definition as 'a'"),
        ("Where it is drunk", "Coffee without milks", "warning", "b", "nearly the same definition as 'a'"),
        ("name: Desk", "name: BLACK", "warning", "b", "has the same name as 'a'"),
        ("examples: [z], category", "category", "warning", "a", "has no example"),
        ("examples: [z], category", "examples: [z, ''], category", "warning", "a", "an example that is empty"),
        ("include: [x]", "include: []", "note", "a", "does not say when to use it"),
        ("exclude: [y]", "exclude: []", "note", "a", "does not say when not to use it"),
        ("cues: [cup]", "cues: [cup, Cup]", "warning", "a", "cue 'Cup' (en) is given twice"),
        ("cues: [desk]", "cues: [cup]", "note", "b", "is also a cue of 'a'"),
        ("dimension: place, ", "", "error", "b", "is a focused code without dimension"),
        ("stage: focused, ", "", "warning", "b", "its stage is open"),
        (
            "{quick: Quick}",
            "{quick: Quick, slow: Slow}",
            "note",
            "",
            "dimension 'place' has no code for strategy 'slow'",
        ),
        ("{place: Place}", "{place: Place, time: Time}", "warning", "", "dimension 'time' has no code"),
        (", category: habits", "", "note", "", "category 'habits' has no codes"),
        ("definition: Daily things", "name: H", "note", "", "category 'habits' has no definition"),
        ("cues: [desk]", "cues: {sv: [bord]}", "note", "a", "has no cues in sv"),
    ],
)
def test_what_is_found(old: str, new: str, severity: str, code: str, said: str) -> None:
    """Each weakness is found, at its code and with its severity."""
    assert any(f[:2] == (severity, code) and said in f[2] for f in findings(old, new))


def test_the_same_cue_under_other_conditions_is_no_double() -> None:
    """A cue that requires something else matches elsewhere."""
    assert findings("cues: [desk]", "cues: [{match: cup, requires: [desk]}]") == []


def test_cues_are_given_to_the_parser_of_the_cue_language() -> None:
    """What the parser says of patterns and their conditions becomes an error with the cue's line."""
    asked = []

    def parse_cue(pattern: str, language: str) -> str | None:
        asked.append((pattern, language))
        return "a bracket is open" if "(" in pattern else None

    book = parse_codebook(GOOD.replace("cues: [cup]", 'cues: [{match: cup, excludes: ["(tea"]}]'))
    found = check_codebook(book, parse_cue)
    assert found[0] == Finding("error", "a", "cue '(tea' (en) can never match: a bracket is open", 6)
    assert sorted(asked) == [("(tea", "en"), ("cup", "en"), ("desk", "en")]


def test_findings_about_codes_have_lines_when_they_are_known() -> None:
    """Lines given by identifier are passed on, errors come first."""
    book = parse_codebook("codes:\n  - {id: a, definition: x}\n  - {id: b, stage: focused}\n")
    found = check_codebook(book, lines={"a": 2, "b": 3})
    assert (found[0].severity, found[0].line) == ("error", 3)
    assert [f.line for f in found if f.code == "a" and f.severity == "warning"] == [2]
