"""Finds thousands of cues in one pass over a text.

Each pattern is compiled once into a small program over *atoms*. An atom is a question about one word: has it this
lemma, this form, this beginning? Which atoms a distinct form answers is worked out once per form, so that a text
is only numbers.

Most patterns are never looked at for most sentences. There are three kinds, by what it takes to find them:

- *singles* are found with the word itself;
- *phrases*: a pattern without gaps is written out as its few rows of words. Each is looked up by its two rarest words:
  where the rarest stands, the word at the place of the second one says which phrases may be there;
- *programs*: the others. A match holds certain words in a certain order; the three rarest of these are its *steps*.
  Whether a sentence holds them in this order is worked out for all programs at once, one bit for each. Only then is
  the program run, by backtracking that visits each (instruction, place) once, so that no cue can run wild.

How rare words are is learned from the first texts; it changes the speed only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import pairwise
from operator import or_
from typing import Any, NamedTuple

from qualcode.coders.cue_language import Gap, Group, Item, Maybe, Pattern, Word, parse
from qualcode.coders.cue_language import Sequence as Items
from qualcode.language import Language

_Program = list[tuple[int, Any]]
"""Instructions, each with its value (see `WORD` and the others)."""
_Phrase = tuple[frozenset[int], ...]
"""Words one after the other, as questions: the atoms of which each must have one."""
_Cost = Mapping[frozenset[int], float]
"""How common the words are that answer a question."""
Key = tuple[str, str]
"""An atom as (kind, text): kind "lemma", "form" or "prefix"."""

_Check = tuple[int, int, int, tuple[tuple[int, frozenset[int]], ...]]
"""A phrase at its rarest word: (pattern, words before that word, length, the questions not asked yet by offset)."""
_Anchored = tuple[int, frozenset[int], _Check]
"""A phrase at its rarest word: (offset of the second rarest, what that must answer, the phrase)."""
_Checks = dict[int, tuple[_Check, ...]]
"""Phrases by an atom."""
_Groups = dict[int, _Checks]
"""Phrases at their rarest word: by the offset of the second rarest, then by the atom that it answers."""
_Group = tuple[int, frozenset[int], _Checks]
"""The same for one offset: (offset, atoms that lead to a phrase, phrases by atom)."""
_Steps = tuple[int, int, int]
"""Programs whose first, second, third step a form answers: a bit for each of `Matcher._running`."""
_Entry = tuple[frozenset[int], tuple[int, ...], tuple[_Group, ...], _Steps | None]
"""What a form answers and leads to: atoms, singles, phrases, programs."""
_Row = list[_Entry | None]
"""The words of a sentence; None: one that answers nothing."""
_Entries = list[tuple[int, _Entry]]
"""Words of a sentence that answer anything, with their places in it."""

NOTHING: frozenset[int] = frozenset()
# WORD holds the atoms of which a word must have one, JUMP where to go on, GAP how many words may be passed over, SPLIT
# ways to go on, the one to be tried first standing last, each with the atoms that the next word must have one of.
WORD, SPLIT, JUMP, GAP, DONE = range(5)
# A pattern that would be written out as more phrases than this runs its program instead.
MOST_PHRASES = 24
# Words by whose order candidates for a program are found.
STEPS = 3
# Matchers of at least this many patterns fill their tables anew after so many words: which are rare is known by then.
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


class Words:
    """The words of a text that cues see, and its sentences.

    Attributes:
        numbers: Form of each word, as number in the language's vocabulary.
        sentences: Spans of the sentences, in characters of the text.
        bounds: For each sentence the half-open range of its words.
    """

    def __init__(self, text: str, language: Language) -> None:
        self.sentences: list[tuple[int, int]] = language.sentences(text)
        self.numbers: list[int] = []
        self.bounds: list[tuple[int, int]] = []
        self._text = text
        self._language = language
        # Most sentences hold no cue, and nobody asks where their words stand.
        self._spans: dict[int, list[tuple[int, int]]] = {}
        self._by_sentence = _apart_by_space(self.sentences)
        if self._by_sentence:
            for start, end in self.sentences:
                begin = len(self.numbers)
                self.numbers += language.words(text[start:end])
                self.bounds.append((begin, len(self.numbers)))
        else:
            self._fill_by_place()

    @property
    def starts(self) -> list[int]:
        """First character of each word in the text."""
        return self._starts_and_ends[0]

    @property
    def ends(self) -> list[int]:
        """One past the last character of each word."""
        return self._starts_and_ends[1]

    def spans(self, sentence: int) -> list[tuple[int, int]]:
        """Return where the words of a sentence stand in the text: first character, one past the last."""
        known = self._spans.get(sentence)
        if known is None:
            known = self._spans[sentence] = self._located(sentence)
        return known

    def _located(self, sentence: int) -> list[tuple[int, int]]:
        low, high = self.bounds[sentence]
        if not self._by_sentence:
            return list(zip(self.starts[low:high], self.ends[low:high], strict=True))
        start, end = self.sentences[sentence]
        return [(start + begin, start + stop) for begin, stop in self._language.word_spans(self._text[start:end])]

    @cached_property
    def _starts_and_ends(self) -> tuple[list[int], list[int]]:
        spans = self._language.word_spans(self._text)
        return [start for start, _ in spans], [end for _, end in spans]

    def _fill_by_place(self) -> None:
        tokens = self._language.tokens(self._text)
        counts = tokens.vocabulary.counts
        self.numbers = [number for number in tokens.numbers if counts[number]]
        word = 0
        for _, end in self.sentences:
            begin = word
            while word < len(self.numbers) and self.starts[word] < end:
                word += 1
            self.bounds.append((begin, word))


def _apart_by_space(sentences: list[tuple[int, int]]) -> bool:
    """Return whether each sentence can be cut into words by itself: none begins within a run without white space."""
    return all(before[1] < after[0] for before, after in pairwise(sentences))


def words_in(text: str, language: Language) -> Words:
    """Return the words of a text that cues see, by sentence."""
    return Words(text, language)


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
        # Trees of the words met in patterns, by text and kind.
        self.known_words: dict[tuple[str, str], _Tree] = {}
        parsed = [parse(pattern) if isinstance(pattern, str) else pattern for pattern in patterns]
        compiler = _Compiler(self)
        trees = [compiler.tree(pattern.root) for pattern in parsed]
        self._phrases = [_phrases_of(tree) for tree in trees]
        # Of those that are not written out; programs are made when they are first run, which most never are.
        self._trees = {pattern: tree for pattern, tree in enumerate(trees) if self._phrases[pattern] is None}
        self._programs = _Table(lambda pattern: _program(self._trees[pattern]))
        longest = max((len(phrase) for phrases in self._phrases for phrase in phrases or ()), default=0)
        self._outside: _Row = [None] * longest
        self._forms, self._lemmas, self._prefixes = (
            {text: atom for (kind, text), atom in self._atoms.items() if kind == wanted}
            for wanted in ("form", "lemma", "prefix")
        )
        self._prefix_lengths = sorted(set(map(len, self._prefixes)))
        # Most forms begin like no prefix, which their first letters say.
        self._shortest_prefix = min(self._prefix_lengths, default=0)
        self._prefix_starts = {prefix[: self._shortest_prefix] for prefix in self._prefixes}
        self._counts: dict[int, int] = {}
        self._words_to_learn = WORDS_TO_LEARN if len(trees) >= MANY else 0
        # Atoms that a form answers.
        self._answers = _Table(self._resolve_atoms)
        self._fill_tables(self._expected(trees))

    def __len__(self) -> int:
        return len(self._phrases)

    def scan(self, words: Words, without: Collection[int] = NOTHING) -> Iterator[tuple[int, Match]]:
        """Yield (sentence, match) for all patterns but some, sentence by sentence.

        Matches of one pattern in one sentence do not overlap: of overlapping ones the one with the fewest words in gaps
        is kept, then the longest, then the first.
        """
        for sentence, (low, high) in enumerate(words.bounds):
            for match in self.matches(words.numbers, low, high, without):
                yield sentence, match

    def matches(self, numbers: list[int], low: int, high: int, without: Collection[int] = NOTHING) -> list[Match]:
        """Return the matches of patterns among the words `low` to `high`, sorted by pattern and place.

        Args:
            numbers: Forms of words.
            low: First word.
            high: One past the last word.
            without: Numbers of the patterns that are not looked for.
        """
        found = self.places(numbers, low, high, without)
        return [Match(pattern, words) for pattern in sorted(found) for words in found[pattern]]

    def places(
        self, numbers: list[int], low: int, high: int, without: Collection[int] = NOTHING
    ) -> dict[int, list[tuple[int, ...]]]:
        """Return what `matches` does as words by pattern: the words of a pattern in order, the patterns in none."""
        row = self._row(numbers[low:high])
        entries = _answering(row)
        found: dict[int, list[tuple[int, ...]]] = {}
        for place, (_, singles, _, _) in entries:
            for pattern in singles:
                if pattern not in without:
                    found.setdefault(pattern, []).append((low + place,))
        longer = set()
        for pattern, words in self._longer_in(row, entries):
            if pattern not in without:
                found.setdefault(pattern, []).append(tuple(low + word for word in words))
                longer.add(pattern)
        for pattern in longer:
            found[pattern] = _apart(found[pattern])
        return found

    def present(self, numbers: list[int], low: int, high: int) -> set[int]:
        """Return which patterns are found at all among the words `low` to `high`: faster than `matches`."""
        row = self._row(numbers[low:high])
        entries = _answering(row)
        found: set[int] = set().union(*(singles for _, (_, singles, _, _) in entries if singles))
        found.update(pattern for pattern, _ in self._longer_in(row, entries))
        return found

    # Compiling.

    def atom(self, kind: str, text: str) -> int:
        """Return the number of an atom."""
        return self._atoms.setdefault((kind, text), len(self._atoms))

    def _fill_tables(self, weight: Mapping[int, float]) -> None:
        """Fill the tables of singles, phrases and programs.

        Args:
            weight: How common each atom is held to be.
        """
        # How common the words are that answer a question; many patterns ask the same one.
        cost = _Table(lambda question: sum(weight[atom] for atom in sorted(question)))
        self._single_patterns: dict[int, list[int]] = {}
        self._anchored: dict[int, list[_Anchored]] = {}
        self._step_bits: dict[int, list[int]] = {}
        self._running: list[int] = []
        # Programs of one, two and three steps.
        self._of_steps = [0, 0, 0]
        for pattern, phrases in enumerate(self._phrases):
            if phrases is None:
                self._place_program(pattern, cost)
            for phrase in phrases or ():
                self._place_phrase(pattern, phrase, cost)
        self._groups = _Table(self._grouped)
        self._entries = _Table(self._entry)
        self._table = _Table(self._resolve)

    def _place_program(self, pattern: int, cost: _Cost) -> None:
        tree = self._trees[pattern]
        # Where a pattern is a list of alternatives, each is told by words of its own.
        for alternative in tree.parts if tree.kind == "any" else (tree,):
            musts = _musts(alternative, cost)
            rarest = sorted(range(len(musts)), key=lambda place: cost[musts[place]])[:STEPS]
            bit = 1 << len(self._running)
            self._running.append(pattern)
            self._of_steps[len(rarest) - 1] |= bit
            for step, place in enumerate(sorted(rarest)):
                for atom in musts[place]:
                    self._step_bits.setdefault(atom, [0] * STEPS)[step] |= bit

    def _place_phrase(self, pattern: int, phrase: _Phrase, cost: _Cost) -> None:
        # The rarest questions are asked first, so that most candidates fail at once.
        anchor, *order = sorted(range(len(phrase)), key=lambda place: cost[phrase[place]])
        if not order:
            for atom in phrase[anchor]:
                self._single_patterns.setdefault(atom, []).append(pattern)
            return
        (offset, second), *rest = ((place - anchor, phrase[place]) for place in order)
        anchored = (offset, second, (pattern, anchor, len(phrase), tuple(rest)))
        for atom in phrase[anchor]:
            self._anchored.setdefault(atom, []).append(anchored)

    def _grouped(self, atom: int) -> _Groups:
        """Return the phrases whose rarest word answers an atom: put in order for words that are met, not for all."""
        groups: _Groups = {}
        for offset, second, check in self._anchored.get(atom, ()):
            checks, alone = groups.setdefault(offset, {}), (check,)
            for answer in second:
                # Most atoms lead to one phrase only, and share what says so: there are many of them.
                checks[answer] = checks[answer] + alone if answer in checks else alone
        return groups

    def _expected(self, trees: Sequence[_Tree]) -> dict[int, float]:
        """Return how common each atom is held to be before any text was seen."""
        patterns = Counter(atom for tree in trees for atom in set(tree.atoms()))
        return {atom: self._commonness(key, patterns[atom] or 1) for key, atom in self._atoms.items()}

    def _learn(self, here: list[int]) -> None:
        """Count what words answer, and fill the tables anew once enough words were met."""
        for entry in map(self._table.__getitem__, here):
            for atom in entry[0] if entry else ():
                self._counts[atom] = self._counts.get(atom, 0) + 1
        self._words_to_learn -= len(here)
        if self._words_to_learn <= 0:
            self._fill_tables({atom: 0.5 + self._counts.get(atom, 0) for atom in self._atoms.values()})

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

    def _resolve(self, number: int) -> _Entry | None:
        atoms = self._answers[number]
        return self._entries[atoms] if atoms else None

    def _entry(self, atoms: frozenset[int]) -> _Entry:
        """Return what atoms lead to; the forms of a lemma mostly share one entry."""
        # A form may answer two atoms of one question.
        singles = set().union(*(self._single_patterns.get(atom, ()) for atom in atoms))
        groups: _Groups = {}
        for atom in sorted(atoms):
            for offset, checks in self._groups[atom].items():
                groups[offset] = _joined(groups[offset], checks) if offset in groups else checks
        steps = [self._step_bits[atom] for atom in atoms if atom in self._step_bits]
        merged = tuple(reduce(or_, bits) for bits in zip(*steps, strict=True))
        told = tuple((offset, frozenset(checks), checks) for offset, checks in groups.items())
        return atoms, tuple(sorted(singles)), told, merged or None

    def _resolve_atoms(self, number: int) -> frozenset[int]:
        vocabulary = self.language.vocabulary
        form, lemma = vocabulary.forms[number], vocabulary.lemmas[number]
        found = [self._forms.get(form), self._lemmas.get(lemma)]
        second = vocabulary.second_readings[number]
        if second:
            found.append(self._lemmas.get(second))
        if form[: self._shortest_prefix] in self._prefix_starts:
            found += [self._prefixes.get(form[:length]) for length in self._prefix_lengths if length <= len(form)]
        return frozenset(atom for atom in found if atom is not None) or NOTHING

    # Looking.

    def _row(self, here: list[int]) -> _Row:
        """Return what the words of a sentence answer and lead to."""
        if self._words_to_learn > 0:
            self._learn(here)
        return list(map(self._table.__getitem__, here))

    def _longer_in(self, row: _Row, entries: _Entries) -> list[tuple[int, Sequence[int]]]:
        """Return (pattern, words) of the phrases and programs among some words; matches may overlap."""
        found = self._phrases_in(row, entries)
        candidates = self._candidates(entries)
        if candidates:
            found += self._run_all(candidates, row, entries)
        return found

    def _phrases_in(self, row: _Row, entries: _Entries) -> list[tuple[int, Sequence[int]]]:
        """Return (pattern, words) of the phrases among some words: most often there are none."""
        found: list[tuple[int, Sequence[int]]] = []
        # A word outside of the sentence answers nothing. Places before the first one are counted from the end, and so
        # lie outside as well.
        around = row + self._outside
        for place, (_, _, groups, _) in entries:
            for offset, leading, checks in groups:
                second = around[place + offset]
                if second and not leading.isdisjoint(second[0]):
                    for atom in leading & second[0]:
                        found += _checked(checks[atom], around, place)
        return found

    def _run_all(self, candidates: int, row: _Row, entries: _Entries) -> Iterator[tuple[int, tuple[int, ...]]]:
        """Yield (pattern, words) of the programs that match, from every word that they can begin at."""
        places = _bits_by_atom(entries)
        present, anywhere = frozenset(places), (1 << len(row)) - 1
        answers = [entry[0] if entry else NOTHING for entry in row]
        for pattern in sorted({self._running[program] for program in _bits(candidates)}):
            tree = self._trees[pattern]
            if not _ends(tree, anywhere, places, present):
                continue
            for start, answered in enumerate(answers):
                if not tree.begins.isdisjoint(answered):
                    words = self._run(pattern, answers, start)
                    if words:
                        yield pattern, words

    def _candidates(self, entries: _Entries) -> int:
        """Return the programs whose steps some words take in order, however far apart: a bit for each."""
        first = second = third = 0
        for _, (_, _, _, steps) in entries:
            if steps:
                # The last step first: a word takes one step at a time.
                third |= second & steps[2]
                second |= first & steps[1]
                first |= steps[0]
        one, two, _ = self._of_steps
        return third | second & two | first & one

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
                answered = answers[place] if place < high else NOTHING
                for target, begins in value:
                    if begins is None or not begins.isdisjoint(answered):
                        stack.append((target, place, trail))
            elif kind == JUMP:
                stack.append((value, place, trail))
            elif kind == GAP:
                stack.extend((at + 1, place + skipped, trail) for skipped in range(min(value, high - place), -1, -1))
            else:
                return _unwound(trail)
        return ()


def _answering(row: _Row) -> _Entries:
    """Return the words that answer anything, with their places."""
    return [(place, entry) for place, entry in enumerate(row) if entry]


def _checked(checks: Sequence[_Check], around: _Row, place: int) -> Iterator[tuple[int, Sequence[int]]]:
    """Yield (pattern, words) of the phrases that are there, where two of their words are (see `Matcher._phrases_in`).

    Args:
        checks: The phrases.
        around: The words of the sentence, and nothing for so many behind it as a phrase is long.
        place: Of their rarest word.
    """
    for pattern, before, length, questions in checks:
        others = ((around[place + at], atoms) for at, atoms in questions)
        if all(other and not atoms.isdisjoint(other[0]) for other, atoms in others):
            yield pattern, range(place - before, place - before + length)


def _joined(one: _Checks, other: _Checks) -> _Checks:
    both = {atom: one[atom] + other[atom] for atom in one.keys() & other.keys()}
    return {**one, **other, **both}


class _Table(dict[Any, Any]):
    """A table filled on demand."""

    def __init__(self, resolve: Callable[[Any], Any]) -> None:
        super().__init__()
        self._resolve = resolve

    def __missing__(self, key: Any) -> Any:
        value = self[key] = self._resolve(key)
        return value


def _bits(number: int) -> Iterator[int]:
    """Yield the places of the bits that are set."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _bits_by_atom(entries: _Entries) -> dict[int, int]:
    """Return for each atom which words answer it: a bit for each word."""
    places: dict[int, int] = {}
    for place, (atoms, _, _, _) in entries:
        for atom in atoms:
            places[atom] = places.get(atom, 0) | 1 << place
    return places


def _ends(tree: _Tree, starts: int, places: Mapping[int, int], present: frozenset[int]) -> int:
    """Return one past which words a tree can end when it begins at some of the words `starts`: a bit for each word.

    Beginning at all words at once, it takes one walk of the tree to tell that a program does not match.

    Args:
        tree: The tree.
        starts: Where it may begin.
        places: Of each atom (see `_bits_by_atom`).
        present: The atoms that have places.
    """
    if tree.kind == "word":
        found = 0
        for atom in tree.word & present:
            found |= places[atom]
        return (starts & found) << 1
    if tree.kind == "all":
        for part in tree.parts:
            starts = _ends(part, starts, places, present)
            if not starts:
                break
        return starts
    if tree.kind == "gap":
        return reduce(or_, (starts << skipped for skipped in range(tree.gap + 1)))
    ends = starts if tree.can_be_empty else 0
    # Of many alternatives most begin with words that are not there.
    for atom in tree.begins & present:
        here = starts & places[atom]
        if here:
            for part in tree.parts_by_begin[atom]:
                ends |= _ends(part, here, places, present)
    return ends


def _unwound(trail: Any) -> tuple[int, ...]:
    words = []
    while trail is not None:
        place, trail = trail
        words.append(place)
    return tuple(reversed(words))


def _apart(matches: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
    if len(matches) == 1:
        return matches
    ranked = sorted(matches, key=lambda words: (words[-1] - words[0] + 1 - len(words), -len(words), words[0]))
    kept: list[tuple[int, ...]] = []
    for words in ranked:
        if all(words[-1] < other[0] or other[-1] < words[0] for other in kept):
            kept.append(words)
    return sorted(kept)


# Not frozen, which takes several times as long to make; tens of thousands are made, and never changed.
@dataclass(eq=False)
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

    @cached_property
    def can_be_empty(self) -> bool:
        return self.extent()[0] == 0

    @cached_property
    def begins(self) -> frozenset[int]:
        """Atoms that the first word of a match can have."""
        if self.kind != "all":
            return self.word.union(*(part.begins for part in self.parts))
        atoms: frozenset[int] = frozenset()
        for part in self.parts:
            atoms |= part.begins
            if not part.can_be_empty:
                break
        return atoms

    @cached_property
    def parts_by_begin(self) -> dict[int, list[_Tree]]:
        """Parts by each atom that their first word can have."""
        parts: dict[int, list[_Tree]] = {}
        for part in self.parts:
            for atom in part.begins:
                parts.setdefault(atom, []).append(part)
        return parts


class _Compiler:
    """Makes trees, whose atoms are those of a matcher."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def tree(self, item: Item | Items) -> _Tree:
        match item:
            case Word():
                return self._word(item)
            case Items(items):
                parts = tuple(self.tree(part) for part in items)
                return parts[0] if len(parts) == 1 else _Tree("all", parts)
            case Group(alternatives):
                return _any([self.tree(sequence) for sequence in alternatives])
            case Gap(words):
                return _Tree("gap", gap=words)
            case Maybe(inner):
                return _Tree("maybe", (self.tree(inner),))

    def _word(self, word: Word) -> _Tree:
        known = self._matcher.known_words
        if (word.text, word.kind) not in known:
            known[word.text, word.kind] = self._cut(word)
        return known[word.text, word.kind]

    def _cut(self, word: Word) -> _Tree:
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


def _program(tree: _Tree) -> _Program:
    """Return the program that finds a tree from the word at which it begins."""
    program: _Program = []
    _emit(tree, program)
    program.append((DONE, None))
    return program


def _emit(tree: _Tree, program: _Program) -> None:
    if tree.kind == "word":
        program.append((WORD, tree.word))
    elif tree.kind == "gap":
        program.append((GAP, tree.gap))
    elif tree.kind == "all":
        for part in tree.parts:
            _emit(part, program)
    elif tree.kind == "maybe":
        split = len(program)
        program.append((SPLIT, ()))
        _emit(tree.parts[0], program)
        program[split] = (SPLIT, ((len(program), None), (split + 1, _needed(tree.parts[0]))))
    else:
        _emit_any(tree, program)


def _emit_any(tree: _Tree, program: _Program) -> None:
    split = len(program)
    program.append((SPLIT, ()))
    ways: list[tuple[int, frozenset[int] | None]] = []
    jumps = []
    for part in tree.parts:
        ways.append((len(program), _needed(part)))
        _emit(part, program)
        jumps.append(len(program))
        program.append((JUMP, 0))
    for jump in jumps:
        program[jump] = (JUMP, len(program))
    program[split] = (SPLIT, tuple(reversed(ways)))


def _needed(tree: _Tree) -> frozenset[int] | None:
    """Return the atoms of which the next word must have one, or None where a tree can be empty."""
    return None if tree.can_be_empty else tree.begins


def _any(parts: list[_Tree]) -> _Tree:
    """Return alternatives, with those of a single word put together into one question."""
    single = frozenset(atom for part in parts if part.kind == "word" for atom in part.word)
    others = [part for part in parts if part.kind != "word"]
    # Longer alternatives are tried first, so that "white paper" is preferred to "white".
    others.sort(key=lambda part: -part.extent()[1])
    whole = [*others, *([_Tree("word", word=single)] if single else [])]
    return whole[0] if len(whole) == 1 else _Tree("any", tuple(whole))


def _phrases_of(tree: _Tree) -> list[_Phrase] | None:
    """Return the phrases that a pattern is written out as, in a fixed order, or None where its program is run."""
    phrases = _written_out(tree)
    return None if phrases is None else sorted(set(phrases), key=lambda row: [sorted(atoms) for atoms in row])


def _written_out(tree: _Tree) -> list[_Phrase] | None:
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


def _musts(tree: _Tree, cost: _Cost) -> list[frozenset[int]]:
    """Return questions that every match of a tree answers, each with a word of its own, in this order."""
    if tree.kind == "word":
        return [tree.word]
    if tree.kind in ("gap", "maybe"):
        return []
    musts = [_musts(part, cost) for part in tree.parts]
    if tree.kind == "all":
        return [question for part in musts for question in part]
    if not all(musts):
        return []
    # One of the alternatives is there, and with it the rarest word of it.
    rarest = (min(part, key=cost.__getitem__) for part in musts)
    return [frozenset().union(*rarest)]
