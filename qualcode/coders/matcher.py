"""Finds thousands of cues in one pass over a text.

Each pattern is compiled once into a small program over *atoms*. An atom is a question about one word: has it this
lemma, this form, this beginning? Which atoms a distinct form answers is worked out once per form, so that a text
is only numbers.

Every pattern has an *anchor*: a set of atoms of which one must be in every match, chosen to be as rare as can be told
without a corpus. Only where an anchor stands is its pattern looked for, at the few places where a match could begin.
A pattern without gaps is written out as its few *phrases* (rows of questions), which are checked word by word; any
other one runs its program by backtracking that visits each (instruction, place) once, so that no cue can run wild.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from qualcode.coders.cue_language import Gap, Group, Item, Maybe, Pattern, Word, parse
from qualcode.coders.cue_language import Sequence as Items
from qualcode.language import Language

Key = tuple[str, str]
"""An atom as (kind, text): kind "lemma", "form" or "prefix"."""

_Phrase = tuple[int, frozenset[int], int, int, int, tuple[tuple[int, frozenset[int]], ...]]
"""(offset of the rarest other word, its atoms, pattern, words before the anchor, length, the other questions)."""
_Program = tuple[frozenset[int], frozenset[int], int, int, int]
"""(atoms of which one must be in the sentence, the same again or empty, pattern, fewest words before, most)."""
_Entries = tuple[list[int], list[_Phrase], list[_Program]]
"""What is to be looked at where an anchor stands: patterns that it fulfils alone, phrases, programs."""

WORD, SPLIT, JUMP, GAP, DONE = range(5)
# A pattern that would be written out as more phrases than this runs its program instead.
MOST_PHRASES = 24
# Codebooks of at least this many patterns choose their anchors anew after so many words, by what these words were.
MANY = 100
WORDS_TO_LEARN = 20_000
# How common a stop word is held to be, compared with a word of which nothing is known (1).
STOP_WORD = 50.0
# A short beginning or a single character of an unspaced script is met often.
SHORT = 8.0


class Match(NamedTuple):
    """Where a pattern was found.

    Attributes:
        pattern: Its number.
        words: Places of the words it consists of (those in gaps are left out), in order; indices into those searched.
    """

    pattern: int
    words: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text that cues see, and its sentences.

    Attributes:
        numbers: Form of each word, as number in the language's vocabulary.
        starts: First character of each word in the text.
        ends: One past its last character.
        sentences: Spans of the sentences, in characters of the text.
        bounds: For each sentence the half-open range of its words.
    """

    numbers: list[int]
    starts: list[int]
    ends: list[int]
    sentences: list[tuple[int, int]]
    bounds: list[tuple[int, int]]


def words_in(text: str, language: Language) -> Words:
    """Return the words of a text that cues see, by sentence."""
    tokens = language.tokens(text)
    counts = tokens.vocabulary.counts
    kept = [place for place, number in enumerate(tokens.numbers) if counts[number]]
    starts = [tokens.starts[place] for place in kept]
    sentences = language.sentences(text)
    bounds, word = [], 0
    for _, end in sentences:
        begin = word
        while word < len(starts) and starts[word] < end:
            word += 1
        bounds.append((begin, word))
    return Words(
        [tokens.numbers[place] for place in kept], starts, [tokens.ends[place] for place in kept], sentences, bounds
    )


class Matcher:
    """Patterns of one language, compiled.

    Args:
        patterns: As written or parsed; their numbers are their places here.
        language: Of the patterns and of the texts.

    Raises:
        CueError: A pattern cannot be understood.
    """

    def __init__(self, patterns: Sequence[str | Pattern], language: Language) -> None:
        self.language = language
        self._atoms: dict[Key, int] = {}
        self._prefix_lengths: tuple[int, ...] = ()
        parsed = [parse(pattern) if isinstance(pattern, str) else pattern for pattern in patterns]
        compiled = [_Compiler(self).compile(pattern) for pattern in parsed]
        self._programs = [program for program, _ in compiled]
        self._first = [_first(program) for program in self._programs]
        self._trees = [tree for _, tree in compiled]
        self._counts: dict[int, int] = {}
        self._words_to_learn = WORDS_TO_LEARN if len(compiled) >= MANY else 0
        self._prefix_lengths = tuple(sorted({len(text) for kind, text in self._atoms if kind == "prefix"}))
        self._answers = _ByForm(self._resolve_atoms)
        self._place_anchors({})

    def __len__(self) -> int:
        return len(self._programs)

    def scan(self, words: Words) -> Iterator[tuple[int, Match]]:
        """Yield (sentence, match) for all patterns and sentences, sentence by sentence.

        Matches of one pattern in one sentence do not overlap: of overlapping ones the one with the fewest words in gaps
        is kept, then the longest, then the first.
        """
        for sentence, (low, high) in enumerate(words.bounds):
            for match in self.matches(words.numbers, low, high):
                yield sentence, match

    def matches(self, numbers: list[int], low: int, high: int) -> list[Match]:
        """Return the matches of all patterns among the words `low` to `high`, sorted by pattern and place."""
        if self._words_to_learn > 0:
            self._learn(numbers, low, high)
        entries, first = self._entries, self._first
        answers = [self._answers[number] for number in numbers[low:high]]
        here: frozenset[int] | None = None
        found: dict[int, list[tuple[int, ...]]] = {}
        tried: set[tuple[int, int]] = set()
        for place, number in enumerate(numbers[low:high]):
            entry = entries[number]
            if entry is None:
                continue
            singles, phrases, programs = entry
            for pattern in singles:
                found.setdefault(pattern, []).append((low + place,))
            for offset, rarest, pattern, before, length, questions in phrases:
                at = place + offset
                if at < 0 or at + low >= high or rarest.isdisjoint(answers[at]):
                    continue
                begin = place - before
                if begin >= 0 and begin + length + low <= high:
                    for asked, atoms in questions:
                        if atoms.isdisjoint(answers[place + asked]):
                            break
                    else:
                        found.setdefault(pattern, []).append(tuple(range(low + begin, low + begin + length)))
            if programs and here is None:
                here = frozenset().union(*answers)
            for needed, also, pattern, nearest, farthest in programs:
                if needed.isdisjoint(here) or (also and also.isdisjoint(here)):
                    continue
                begins = first[pattern]
                for start in range(max(0, place - farthest), place - nearest + 1):
                    if begins.isdisjoint(answers[start]) or (pattern, start) in tried:
                        continue
                    tried.add((pattern, start))
                    words = self._run(pattern, answers, start)
                    if words:
                        found.setdefault(pattern, []).append(tuple(low + word for word in words))
        return [Match(pattern, words) for pattern in sorted(found) for words in _apart(found[pattern])]

    # Compiling.

    def atom(self, kind: str, text: str) -> int:
        """Return the number of an atom."""
        return self._atoms.setdefault((kind, text), len(self._atoms))

    def _place_anchors(self, counts: Mapping[int, int]) -> None:
        """Fill `_anchored`: what is to be looked at where a word answers an atom.

        Args:
            counts: How many words of the texts answered each atom so far; what the anchors are changes only the speed.
        """
        shared: dict[int, int] = {}
        for tree in self._trees:
            for atom in set(tree.atoms()):
                shared[atom] = shared.get(atom, 0) + 1
        weight = {
            number: self._commonness(key, shared.get(number, 1)) if not counts else 0.5 + counts.get(number, 0)
            for key, number in self._atoms.items()
        }
        self._anchored: dict[int, _Entries] = {}
        for pattern, tree in enumerate(self._trees):
            phrases = _written_out(tree)
            if phrases is None:
                self._place_program(pattern, tree, weight)
            else:
                for phrase in sorted(set(phrases), key=lambda row: [sorted(atoms) for atoms in row]):
                    self._place_phrase(pattern, phrase, weight)
        self._entries = _ByForm(self._resolve_entries)

    def _place_program(self, pattern: int, tree: _Tree, weight: Mapping[int, float]) -> None:
        anchor = _anchor(tree, weight)
        nothing: frozenset[int] = frozenset()
        needed, also = (*anchor.others[:2], nothing, nothing)[:2]
        for atom, (nearest, farthest) in sorted(anchor.places.items()):
            # A match with a single anchor and nothing else to ask for is let through by its own atom.
            entry = (needed or frozenset([atom]), also, pattern, nearest, farthest)
            self._anchored.setdefault(atom, ([], [], []))[2].append(entry)

    def _place_phrase(self, pattern: int, phrase: tuple[frozenset[int], ...], weight: Mapping[int, float]) -> None:
        costs = [sum(weight[atom] for atom in atoms) for atoms in phrase]
        anchor = costs.index(min(costs))
        # The rarest question is asked first, so that most candidates fail at once.
        order = sorted((place for place in range(len(phrase)) if place != anchor), key=costs.__getitem__)
        questions = tuple((place - anchor, phrase[place]) for place in order)
        for atom in sorted(phrase[anchor]):
            singles, phrases, _ = self._anchored.setdefault(atom, ([], [], []))
            if questions:
                phrases.append((*questions[0], pattern, anchor, len(phrase), questions[1:]))
            else:
                singles.append(pattern)

    def _learn(self, numbers: list[int], low: int, high: int) -> None:
        """Count what the words answer, and choose the anchors anew once enough words were met."""
        for number in numbers[low:high]:
            for atom in self._answers[number]:
                self._counts[atom] = self._counts.get(atom, 0) + 1
        self._words_to_learn -= high - low
        if self._words_to_learn <= 0:
            self._place_anchors(self._counts)

    def _commonness(self, key: Key, patterns: int) -> float:
        kind, text = key
        common = 1.0 + patterns / 10
        if text in self._stop_lemmas:
            common *= STOP_WORD
        if len(text) <= 2 or (kind == "prefix" and len(text) <= 4):
            common *= SHORT
        return common

    @cached_property
    def _stop_lemmas(self) -> frozenset[str]:
        stop = self.language.stop_words
        return stop | {self.language.lemma(word) for word in stop}

    # Answering, once per distinct form.

    def _resolve_atoms(self, number: int) -> frozenset[int]:
        vocabulary = self.language.vocabulary
        form, lemma = vocabulary.forms[number], vocabulary.lemmas[number]
        keys: list[Key] = [("form", form), ("lemma", lemma)]
        second = self.language.second_reading(form)
        if second:
            keys.append(("lemma", second))
        keys += [("prefix", form[:length]) for length in self._prefix_lengths if length <= len(form)]
        return frozenset(self._atoms[key] for key in keys if key in self._atoms)

    def _resolve_entries(self, number: int) -> _Entries | None:
        found = [self._anchored[atom] for atom in sorted(self._answers[number]) if atom in self._anchored]
        if not found:
            return None
        # A form may answer two atoms of one anchor; what it leads to is looked at once.
        singles, phrases, programs = (
            list(dict.fromkeys(entry for part in parts for entry in part)) for parts in zip(*found, strict=True)
        )
        return singles, phrases, programs

    # Running.

    def _run(self, pattern: int, answers: list[frozenset[int]], start: int) -> tuple[int, ...]:
        """Return the words of the match that begins at `start`, or nothing."""
        program, high = self._programs[pattern], len(answers)
        seen: set[tuple[int, int]] = set()
        # (instruction, place, words matched as a linked list)
        stack: list[tuple[int, int, Any]] = [(0, start, None)]
        while stack:
            at, place, trail = stack.pop()
            if (at, place) in seen:
                continue
            seen.add((at, place))
            kind, value = program[at]
            if kind == WORD:
                if place < high and not value.isdisjoint(answers[place]):
                    stack.append((at + 1, place + 1, (place, trail)))
            elif kind == SPLIT:
                stack.extend((target, place, trail) for target in reversed(value))
            elif kind == JUMP:
                stack.append((value, place, trail))
            elif kind == GAP:
                stack.extend((at + 1, place + skipped, trail) for skipped in range(min(value, high - place), -1, -1))
            else:
                return _unwound(trail)
        return ()


class _ByForm(dict[int, Any]):
    """A table filled on demand, by number of form."""

    def __init__(self, resolve: Any) -> None:
        super().__init__()
        self._resolve = resolve

    def __missing__(self, number: int) -> Any:
        value = self[number] = self._resolve(number)
        return value


def _unwound(trail: Any) -> tuple[int, ...]:
    words = []
    while trail is not None:
        place, trail = trail
        words.append(place)
    return tuple(reversed(words))


def _apart(matches: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    if len(matches) < 2:
        return matches
    ranked = sorted(matches, key=lambda words: (words[-1] - words[0] + 1 - len(words), -len(words), words[0]))
    kept: list[tuple[int, ...]] = []
    for words in ranked:
        if all(words[-1] < other[0] or other[-1] < words[0] for other in kept):
            kept.append(words)
    return sorted(kept)


@dataclass(frozen=True, slots=True)
class _Tree:
    """A pattern after its words were cut into tokens.

    Attributes:
        kind: "word", "all" (one after the other), "any", "maybe" or "gap".
        parts: Those below.
        word: Atoms of which a word must have one.
        gap: Words at most.
    """

    kind: str
    parts: tuple[_Tree, ...] = ()
    word: frozenset[int] = frozenset()
    gap: int = 0

    def atoms(self) -> Iterator[int]:
        yield from sorted(self.word)
        for part in self.parts:
            yield from part.atoms()

    def extent(self) -> tuple[int, int]:
        """Return the fewest and the most words that it can take."""
        if self.kind == "word":
            return 1, 1
        if self.kind == "gap":
            return 0, self.gap
        extents = [part.extent() for part in self.parts]
        if self.kind == "all":
            return sum(low for low, _ in extents), sum(high for _, high in extents)
        low, high = min(low for low, _ in extents), max(high for _, high in extents)
        return (0 if self.kind == "maybe" else low), high


class _Compiler:
    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._program: list[tuple[int, Any]] = []

    def compile(self, pattern: Pattern) -> tuple[list[tuple[int, Any]], _Tree]:
        tree = self._tree(pattern.root)
        self._emit(tree)
        self._program.append((DONE, None))
        return self._program, tree

    def _tree(self, item: Item | Items) -> _Tree:
        match item:
            case Word():
                return self._word(item)
            case Gap(words):
                return _Tree("gap", gap=words)
            case Maybe(inner):
                return _Tree("maybe", (self._tree(inner),))
            case Group(alternatives):
                return _any([self._tree(sequence) for sequence in alternatives])
            case Items(items):
                parts = tuple(self._tree(part) for part in items)
                return parts[0] if len(parts) == 1 else _Tree("all", parts)

    def _word(self, word: Word) -> _Tree:
        language = self._matcher.language
        tokens = language.tokens(word.text)
        vocabulary = tokens.vocabulary
        numbers = [number for number in tokens.numbers if vocabulary.counts[number]]
        if not numbers:
            # It can never match (`check_cue` says so); an atom that no form answers keeps the rest working.
            return _Tree("word", word=frozenset([self._matcher.atom("form", "")]))
        parts = []
        for place, number in enumerate(numbers):
            last = place == len(numbers) - 1
            kind = word.kind if word.kind != "prefix" or last else "form"
            text = vocabulary.lemmas[number] if kind == "lemma" else vocabulary.forms[number]
            parts.append(_Tree("word", word=frozenset([self._matcher.atom(kind, text)])))
        return parts[0] if len(parts) == 1 else _Tree("all", tuple(parts))

    def _emit(self, tree: _Tree) -> None:
        program = self._program
        if tree.kind == "word":
            program.append((WORD, tree.word))
        elif tree.kind == "gap":
            program.append((GAP, tree.gap))
        elif tree.kind == "all":
            for part in tree.parts:
                self._emit(part)
        elif tree.kind == "maybe":
            split = len(program)
            program.append((SPLIT, ()))
            self._emit(tree.parts[0])
            program[split] = (SPLIT, (split + 1, len(program)))
        else:
            self._emit_any(tree)

    def _emit_any(self, tree: _Tree) -> None:
        program = self._program
        split = len(program)
        program.append((SPLIT, ()))
        begins, jumps = [], []
        for part in tree.parts:
            begins.append(len(program))
            self._emit(part)
            jumps.append(len(program))
            program.append((JUMP, 0))
        for jump in jumps:
            program[jump] = (JUMP, len(program))
        program[split] = (SPLIT, tuple(begins))


def _any(parts: list[_Tree]) -> _Tree:
    """Return alternatives, with those of a single word put together into one question."""
    single = frozenset(atom for part in parts if part.kind == "word" for atom in part.word)
    others = [part for part in parts if part.kind != "word"]
    # Longer alternatives are tried first, so that "white paper" is preferred to "white".
    others.sort(key=lambda part: -part.extent()[1])
    whole = [*others, *([_Tree("word", word=single)] if single else [])]
    return whole[0] if len(whole) == 1 else _Tree("any", tuple(whole))


def _written_out(tree: _Tree) -> list[tuple[frozenset[int], ...]] | None:
    """Return the phrases that a pattern without gaps stands for, or None where there are too many or gaps."""
    if tree.kind == "word":
        return [(tree.word,)]
    if tree.kind == "gap":
        return None
    parts = [_written_out(part) for part in tree.parts]
    rows = [part for part in parts if part is not None]
    if len(rows) < len(parts):
        return None
    if tree.kind != "all":
        phrases = [phrase for part in rows for phrase in part] + ([()] if tree.kind == "maybe" else [])
    else:
        phrases = [()]
        for part in rows:
            phrases = [(*before, *after) for before in phrases for after in part]
            if len(phrases) > MOST_PHRASES:
                return None
    return phrases if len(phrases) <= MOST_PHRASES else None


class _Anchor(NamedTuple):
    """What must be in every match of a tree.

    Attributes:
        cost: How common it is; infinite where the tree can be empty: it cannot be counted on to be there.
        places: For each atom of the anchor how many words (fewest, most) a match has before it.
        others: Further sets of atoms of which each must be answered somewhere in a match, the rarest first.
    """

    cost: float
    places: dict[int, tuple[int, int]]
    others: tuple[frozenset[int], ...] = ()


def _anchor(tree: _Tree, weight: Mapping[int, float]) -> _Anchor:
    """Return the best anchor of a tree."""
    if tree.kind == "word":
        return _Anchor(sum(weight[atom] for atom in tree.word), dict.fromkeys(tree.word, (0, 0)))
    if tree.kind in ("gap", "maybe"):
        return _Anchor(float("inf"), {})
    found = [_anchor(part, weight) for part in tree.parts]
    if tree.kind == "any":
        return _Anchor(sum(anchor.cost for anchor in found), _united([anchor.places for anchor in found]))
    low = high = 0
    costs, moved = [], []
    for part, anchor in zip(tree.parts, found, strict=True):
        # Every further place where a match may begin costs as much again.
        costs.append(anchor.cost * (1 + (high - low) / 4))
        moved.append({atom: (fewest + low, most + high) for atom, (fewest, most) in anchor.places.items()})
        fewest, most = part.extent()
        low, high = low + fewest, high + most
    best = costs.index(min(costs))
    ranked = sorted((n for n in range(len(found)) if n != best and found[n].places), key=lambda n: found[n].cost)
    return _Anchor(costs[best], moved[best], tuple(frozenset(found[n].places) for n in ranked))


def _united(places: list[dict[int, tuple[int, int]]]) -> dict[int, tuple[int, int]]:
    united: dict[int, tuple[int, int]] = {}
    for some in places:
        for atom, (low, high) in some.items():
            known = united.get(atom, (low, high))
            united[atom] = (min(known[0], low), max(known[1], high))
    return united


def _first(program: list[tuple[int, Any]]) -> frozenset[int]:
    """Return the atoms that the first word of a match can have."""
    atoms: set[int] = set()
    waiting, seen = [0], set()
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        seen.add(at)
        kind, value = program[at]
        if kind == WORD:
            atoms |= value
        elif kind == SPLIT:
            waiting.extend(value)
        elif kind == JUMP:
            waiting.append(value)
        elif kind == GAP:
            # A gap never begins a match: the parser asks for a word before it.
            waiting.append(at + 1)
    return frozenset(atoms)
