"""Which candidates are speakers: decided by what the whole file shows, and carefully.

A label taken for speech can be named (`--roles Kirsi=participant`); speech taken for a label is lost to coding without
a trace. So a label must be well known ("Interviewer", "P1"), or look like a name and recur; what is left out although
it looks like a label is reported with its line.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from qualcode.counts import counted
from qualcode.ingest.draft import Doubt
from qualcode.ingest.labels import Candidate
from qualcode.ingest.vocabulary import (
    NOT_LABEL_WORDS,
    STAGE,
    header_key,
    key_of,
    known,
    name_like,
    never_speaker,
    words_of,
)

# Fewest labelled lines per paragraph for a file whose labels are all unknown names.
LEAST_COVERAGE = 0.2
LEAST_COVERAGE_SET_OFF = 0.3
MOST_PLAIN_WORDS = 3
MOST_DOUBTS = 8
CLOSE = 0.85


@dataclass(frozen=True, slots=True)
class Verdict:
    """What starts turns.

    Attributes:
        starts: Accepted candidates with a label, by the position that their line (or part of a line) starts at.
        doubts: Labels accepted or left out on thin evidence.
    """

    starts: Mapping[int, Candidate]
    doubts: tuple[Doubt, ...]


class _File:
    """The candidates of one file, counted."""

    def __init__(self, candidates: Iterable[Candidate], paragraphs: int, named: Iterable[str]) -> None:
        self.candidates = [candidate for candidate in candidates if candidate.label]
        self.paragraphs = max(paragraphs, 1)
        self.named = {key_of(label) for label in named}
        self.by_form: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in self.candidates:
            self.by_form[_group(candidate.form)].append(candidate)
        self.count = {form: Counter(c.key for c in found) for form, found in self.by_form.items()}
        self.timed = {form: Counter(c.key for c in found if c.stamp) for form, found in self.by_form.items()}
        self.firsts = {form: {c.key: c for c in reversed(found)} for form, found in self.by_form.items()}
        self.known = {c.key: known(c.label) for c in self.candidates}
        self.label = {c.key: c.label for c in reversed(self.candidates)}
        self.accepted: set[tuple[str, str]] = set()
        self.doubts: list[Doubt] = []

    def first(self, group: str, key: str) -> Candidate:
        """Return the first candidate with a label in a form."""
        return self.firsts[group][key]

    def coverage(self, group: str, keys: Iterable[str]) -> float:
        """Return labelled lines per paragraph."""
        return sum(self.count[group][key] for key in keys) / self.paragraphs


def _group(form: str) -> str:
    """Colon and time after a label are one habit; the other forms each stand for themselves."""
    return "colon" if form in ("colon", "stamp") else form


def judge(candidates: Iterable[Candidate], *, paragraphs: int, named: Iterable[str] = ()) -> Verdict:
    """Decide which candidates start a turn.

    Args:
        candidates: Of the whole file, in order.
        paragraphs: How many runs of lines without a blank one the file has after its header.
        named: Labels that the user or the file's own legend says are speakers.
    """
    file = _File(candidates, paragraphs, named)
    for group in file.by_form:
        file.accepted |= {(group, key) for key in file.count[group] if key in file.named}
    if "colon" in file.by_form:
        _accept_known(file)
        _accept_names(file)
        _accept_once(file)
    by_colon = [key for group, key in file.accepted if group == "colon"]
    if not by_colon or file.coverage("colon", by_colon) < LEAST_COVERAGE_SET_OFF:
        for group in ("dash", "bracket", "tab", "bold", "alone"):
            if group in file.by_form:
                _accept_set_off(file, group)
    starts = {c.start: c for c in file.candidates if (_group(c.form), c.key) in file.accepted}
    return Verdict(starts, tuple(_fewer(file.doubts)))


def _accept_known(file: _File) -> None:
    """Accept well-known labels before a colon: words at once, codes where labels recur."""
    counts = file.count["colon"]
    said = {key: file.known[key] for key in counts if file.known[key] is not None}
    total = sum(counts[key] for key in said)
    for key, what in sorted(said.items()):
        if what is not None and (what.sure or total >= 2):
            file.accepted.add(("colon", key))
        else:
            candidate = file.first("colon", key)
            file.doubts.append(_once(candidate))


def _accept_names(file: _File) -> None:
    """Accept names before a colon that recur, where the file as a whole looks like talk."""
    counts = file.count["colon"]
    sure = [key for group, key in file.accepted if group == "colon"]
    roles = {what.role for key in sure if (what := file.known[key]) is not None}
    complete = {"interviewer", "participant"} <= roles
    timed = _mostly_timed(file, sure)
    maybe = [key for key in sorted(counts) if ("colon", key) not in file.accepted and _recurs(file, key)]
    kept = [key for key in maybe if not (timed and not _timed(file, key)) and not (complete and counts[key] < 3)]
    enough = len(kept) + len(sure) >= 2 and (sure or file.coverage("colon", kept) >= LEAST_COVERAGE)
    for key in maybe:
        candidate = file.first("colon", key)
        if enough and key in kept:
            file.accepted.add(("colon", key))
            if complete:
                times = counted(counts[key], "time")
                message = f'"{candidate.label}" is read as a speaker beside well-known labels ({times})'
                file.doubts.append(Doubt(message, candidate.line))
        else:
            message = (
                f'"{candidate.label}:" recurs but the file as a whole does not bear it out as a speaker: read as speech'
            )
            file.doubts.append(Doubt(f"{message}; {_name_it(candidate.label)}", candidate.line))


def _recurs(file: _File, key: str) -> bool:
    """Whether an unknown label recurs often enough for what it looks like."""
    label, count = file.label[key], file.count["colon"][key]
    if never_speaker(label) or file.known[key] is not None:
        return False
    if header_key(label):
        return count >= 3 and name_like(label)
    if name_like(label):
        return count >= 2
    words = [word.casefold() for word in words_of(label)]
    return count >= 3 and len(words) <= MOST_PLAIN_WORDS and label[0].isupper() and not NOT_LABEL_WORDS & set(words)


def _timed(file: _File, key: str) -> bool:
    """Whether most occurrences of a label have a time."""
    return _mostly_timed(file, [key])


def _mostly_timed(file: _File, keys: Collection[str]) -> bool:
    """Whether most lines with these labels have a time."""
    count, timed = file.count["colon"], file.timed["colon"]
    return sum(timed[key] for key in keys) * 2 > sum(count[key] for key in keys)


def _accept_once(file: _File) -> None:
    """Judge names that occur once: speakers beside a time where others are so, or where misspelt; else a doubt."""
    accepted = sorted(key for group, key in file.accepted if group == "colon")
    timed = _mostly_timed(file, accepted)
    long = [key for key in accepted if _spelt(key)]
    for key, count in sorted(file.count["colon"].items()):
        candidate = file.first("colon", key)
        label = candidate.label
        if count > 1 or ("colon", key) in file.accepted or file.known[key] or never_speaker(label) or header_key(label):
            if count > 1 and not name_like(label) and len(words_of(label)) == 1 and ("colon", key) not in file.accepted:
                file.doubts += [] if never_speaker(label) else [Doubt(_lower(candidate, count), candidate.line)]
            continue
        close = get_close_matches(key, long, 1, CLOSE) if _spelt(key) else []
        if close:
            file.accepted.add(("colon", key))
            message = f'"{label}" occurs once and is read as a speaker; is it "{file.label[close[0]]}" misspelt?'
            file.doubts.append(Doubt(message, candidate.line))
        elif name_like(label) and timed and candidate.stamp is not None:
            file.accepted.add(("colon", key))
            file.doubts.append(Doubt(f'"{label}" occurs once and is read as a speaker', candidate.line))
        elif name_like(label):
            file.doubts.append(_once(candidate))


def _spelt(key: str) -> bool:
    """Whether a label is a word that can be misspelt, and no code or number."""
    return len(key) >= 5 and not any(map(str.isdigit, key))


def _once(candidate: Candidate) -> Doubt:
    """Say that a label occurs once and was read as speech."""
    message = f'"{candidate.label}:" occurs once and is read as speech; {_name_it(candidate.label)}'
    return Doubt(message, candidate.line)


def _lower(candidate: Candidate, count: int) -> str:
    """Say that a label without a capital recurs and was read as speech."""
    lines = counted(count, "line")
    return f'"{candidate.label}:" starts {lines} but has no capital: read as speech; {_name_it(candidate.label)}'


def _name_it(label: str) -> str:
    """Say how to make a label a speaker."""
    return f'if it is a speaker, name it with --roles "{label}=participant"'


def _accept_set_off(file: _File, group: str) -> None:
    """Accept labels set off without a colon: a set of them must recur and cover much of the file."""
    usable = {c.key: c.label for c in file.by_form[group] if _usable(c, group)}
    shapes = Counter(_shape(c.key) for c in file.by_form[group] if c.key in usable)
    counts = file.count[group]
    numbered = group == "bracket"
    kept = [
        key
        for key in sorted(usable)
        if counts[key] >= 2 or (numbered and _shape(key) != key and shapes[_shape(key)] >= 2)
    ]
    others = {key for _, key in file.accepted}
    least = LEAST_COVERAGE if group == "alone" else LEAST_COVERAGE_SET_OFF
    if len({*kept, *others}) >= 2 and file.coverage(group, kept) >= least:
        file.accepted |= {(group, key) for key in kept}


def _usable(candidate: Candidate, group: str) -> bool:
    """Whether a label set off without a colon looks like one at all."""
    label = candidate.label
    if never_speaker(label) or any(word.casefold() in STAGE for word in words_of(label)):
        return False
    if known(label) is not None:
        return True
    if group == "bracket":
        return any(map(str.isalpha, label)) and (any(map(str.isdigit, label)) or name_like(label)) and " " not in label
    return name_like(label)


def _shape(key: str) -> str:
    """Return a label with its numbers made alike: `id1` and `id27` are one habit."""
    return re.sub(r"\d+", "#", key)


def in_article(doubts: tuple[Doubt, ...]) -> tuple[Doubt, ...]:
    """Return one doubt for all: prose has many lines with a colon, and none of them was taken for a speaker's."""
    if not doubts:
        return ()
    labels = ", ".join(doubt.message.split('"')[1] for doubt in doubts[:3] if '"' in doubt.message)
    more = ", …" if len(doubts) > 3 else ""
    message = f"lines that start like a speaker's ({labels}{more}) are read as text; --roles names speakers"
    return (Doubt(message, doubts[0].line),)


def _fewer(doubts: list[Doubt]) -> list[Doubt]:
    """Return the doubts by line; past the first few only how many more there are."""
    ordered = sorted(doubts, key=lambda doubt: doubt.line)
    if len(ordered) <= MOST_DOUBTS:
        return ordered
    rest = len(ordered) - MOST_DOUBTS
    return [*ordered[:MOST_DOUBTS], Doubt(f"… and {counted(rest, 'more label')} like these", ordered[MOST_DOUBTS].line)]
