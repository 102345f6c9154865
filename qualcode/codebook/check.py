"""What could be better in a codebook that loads: the questions a second coder would ask of it.

Each rule is a function from a codebook to findings; `check_codebook` runs them all. Whether a cue can match is asked of
a function given by the caller, because the cue language belongs to the coders.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from qualcode.model import Code, Codebook, Cue

SEVERITIES = ("error", "warning", "note")
ALIKE = 0.9
"""Two definitions are nearly equal when difflib's ratio of their letters is at least this (0 to 1)."""

CueChecker = Callable[[str, str], str | None]
"""(pattern, language) -> what is wrong with it, or None when it can match."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at in a codebook.

    Attributes:
        severity: "error" (will not work), "warning" (coders will stumble) or "note" (worth knowing).
        code: Identifier of the code that it is about, or empty.
        message: What, in one sentence.
        line: Line in the codebook file, from 1; 0 where unknown.
    """

    severity: str
    code: str
    message: str
    line: int = 0


def check_codebook(
    codebook: Codebook, parse_cue: CueChecker | None = None, lines: Mapping[str, int] | None = None
) -> list[Finding]:
    """Return what is missing, doubled or cannot work in a codebook.

    Args:
        codebook: The codebook.
        parse_cue: Says what is wrong with a cue pattern of a language, or None; without it cues are not parsed.
        lines: Line of each code by identifier (see `code_lines`), for findings about codes.

    Returns:
        Findings, errors first, then warnings and notes; within these by line, code and message.
    """
    found = [
        *_definitions(codebook),
        *_alike_definitions(codebook),
        *_doubled_names(codebook),
        *_examples_and_rules(codebook),
        *_doubled_cues(codebook),
        *(_unmatchable_cues(codebook, parse_cue) if parse_cue else ()),
        *_focused_codes(codebook),
        *_empty_cells(codebook),
        *_empty_categories(codebook),
        *_cue_languages(codebook),
    ]
    at = lines or {}
    placed = {
        Finding(finding.severity, finding.code, finding.message, finding.line or at.get(finding.code, 0))
        for finding in found
    }
    return sorted(placed, key=lambda f: (SEVERITIES.index(f.severity), f.line, f.code, f.message))


def _definitions(codebook: Codebook) -> Iterator[Finding]:
    for code in codebook.codes:
        if not code.definition:
            yield Finding("warning", code.id, "has no definition")
    for category in codebook.categories:
        if not category.definition:
            yield Finding("note", "", f"category '{category.id}' has no definition")


def _alike_definitions(codebook: Codebook) -> Iterator[Finding]:
    told = [(code, _folded(code.definition)) for code in codebook.codes if code.definition]
    words = {code.id: set(text.split()) for code, text in told}
    for (first, text), (second, other) in combinations(told, 2):
        if text == other:
            yield Finding("warning", second.id, f"has the same definition as '{first.id}'")
            continue
        shared = len(words[first.id] & words[second.id])
        # Texts with few words in common cannot reach the ratio; comparing letters is slow.
        if shared * 2 < max(len(words[first.id]), len(words[second.id])):
            continue
        ratio = difflib.SequenceMatcher(None, text, other, autojunk=False).ratio()
        if ratio >= ALIKE:
            yield Finding("warning", second.id, f"has nearly the same definition as '{first.id}' ({ratio:.0%} alike)")


def _doubled_names(codebook: Codebook) -> Iterator[Finding]:
    by_name: dict[str, list[Code]] = defaultdict(list)
    for code in codebook.codes:
        by_name[_folded(code.name)].append(code)
    for codes in by_name.values():
        for code in codes[1:]:
            yield Finding("warning", code.id, f"has the same name as '{codes[0].id}': {code.name}")


def _examples_and_rules(codebook: Codebook) -> Iterator[Finding]:
    for code in codebook.codes:
        if not any(code.examples):
            yield Finding("warning", code.id, "has no example")
        elif not all(code.examples):
            yield Finding("warning", code.id, "has an example that is empty")
        for field, told in (("include", code.include), ("exclude", code.exclude)):
            if not any(told):
                yield Finding(
                    "note", code.id, f"does not say when {'to use it' if field == 'include' else 'not to use it'}"
                )


def _all_cues(codebook: Codebook) -> Iterator[tuple[Code, str, Cue]]:
    for code in codebook.codes:
        for language, cues in code.cues.items():
            for cue in cues:
                yield code, language, cue


def _doubled_cues(codebook: Codebook) -> Iterator[Finding]:
    # Two cues are the same when they would match at the same places: patterns and conditions alike.
    places: dict[tuple[str, str, object], list[tuple[Code, Cue]]] = defaultdict(list)
    for code, language, cue in _all_cues(codebook):
        conditions = (cue.requires, cue.excludes, cue.question, cue.within if cue.requires or cue.excludes else "")
        places[(language, _folded(cue.pattern), conditions)].append((code, cue))
    for (language, _, _), users in places.items():
        first, first_cue = users[0]
        for code, cue in users[1:]:
            if code.id == first.id:
                message = f"cue '{cue.pattern}' ({language}) is given twice{_first_line(first_cue)}"
                yield Finding("warning", code.id, message, cue.line)
            else:
                message = f"cue '{cue.pattern}' ({language}) is also a cue of '{first.id}'{_first_line(first_cue)}"
                yield Finding("note", code.id, message, cue.line)


def _first_line(cue: Cue) -> str:
    return f" (line {cue.line})" if cue.line else ""


def _unmatchable_cues(codebook: Codebook, parse_cue: CueChecker) -> Iterator[Finding]:
    for code, language, cue in _all_cues(codebook):
        for pattern in (cue.pattern, *cue.requires, *cue.excludes, *cue.question):
            wrong = parse_cue(pattern, language)
            if wrong:
                yield Finding("error", code.id, f"cue '{pattern}' ({language}) can never match: {wrong}", cue.line)


def _focused_codes(codebook: Codebook) -> Iterator[Finding]:
    for code in codebook.codes:
        if code.stage == "focused":
            missing = [field for field in ("dimension", "strategy") if not getattr(code, field)]
            if missing:
                yield Finding("error", code.id, f"is a focused code without {' and '.join(missing)}")
        elif code.dimension or code.strategy:
            yield Finding(
                "warning", code.id, f"has a dimension or strategy, but its stage is {code.stage}, not focused"
            )


def _empty_cells(codebook: Codebook) -> Iterator[Finding]:
    filled = {(code.dimension, code.strategy) for code in codebook.in_stage("focused")}
    for dimension in codebook.dimensions:
        if not any(dimension == there for there, _ in filled):
            yield Finding("warning", "", f"dimension '{dimension}' has no code")
            continue
        for strategy in codebook.strategies:
            if (dimension, strategy) not in filled:
                yield Finding("note", "", f"dimension '{dimension}' has no code for strategy '{strategy}'")


def _empty_categories(codebook: Codebook) -> Iterator[Finding]:
    used = {category for code in codebook.codes for category in code.categories}
    used |= {category.parent for category in codebook.categories}
    for category in codebook.categories:
        if category.id not in used:
            yield Finding("note", "", f"category '{category.id}' has no codes")


def _cue_languages(codebook: Codebook) -> Iterator[Finding]:
    languages = _in_order(language for code in codebook.codes for language in code.cues)
    if not languages:
        return
    yield Finding("note", "", f"languages of cues: {', '.join(languages)}")
    for code in codebook.codes:
        lacking = [language for language in languages if language not in code.cues]
        if lacking:
            yield Finding("note", code.id, f"has no cues in {', '.join(lacking)}")


def _in_order(names: Iterable[str]) -> list[str]:
    return sorted(set(names))


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().casefold()
