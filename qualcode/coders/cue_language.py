"""The cue language: how a codebook says which words hint at a code.

A cue is matched within one sentence, over its words: marks and thinking sounds ("um") are passed over, so a cue runs
over commas but never over the end of a sentence ("%" and signs of money are words). Case, curly or straight apostrophes
and soft hyphens make no difference.

| written | matches |
|---|---|
| `report` | any form of the word: "report", "reports", "reported" (in languages with a lemma table) |
| `=reports` | this form only |
| `report*` | any form that begins so: "reporter", "reporting" |
| `white paper` | the words one after the other |
| `podcast\\|webinar` | either word; the bar binds single words: `white paper\\|book` is `white (paper\\|book)` |
| `(podcast\\|white paper)` | any of the phrases; groups may hold every other notation, and groups |
| `our?`, `(of the)?` | may be there or not |
| `...` | up to 5 words in between (also written `…`) |
| `...8` | up to 8 words in between, at most 50 |

"don't" is two words, "do" and "n't", in cues as in texts; "co-creation" is "co" and "creation", and so matches with and
without its hyphen. In languages written without spaces (Chinese, Japanese) a cue is the literal string of characters.
Words of two readings ("meeting", "posting", "thought") stand for themselves: `meeting` finds "meetings" but not "they
met"; `meet` finds all of them. Degrees ("better", "most") stand for themselves as well.

The grammar::

    pattern      = sequence
    sequence     = item+                                 separated by white space
    item         = gap | primary ("|" primary)*          no white space round this bar
    primary      = word "?"? | group "?"?
    group        = "(" sequence ("|" sequence)* ")"
    gap          = ("..." | "…") number?
    word         = "="? characters "*"?

A gap has something that must be there on both sides of it, and so has the pattern as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from qualcode.errors import UserError
from qualcode.language import Language, get_language

GAP = 5
LONGEST_GAP = 50
DEEPEST = 20
SPACED_BAR = "put alternatives in parentheses, (a|b), or write no space round the '|'"

_TOKEN = re.compile(
    r"""(?P<space>[\s"“”]+)|(?P<gap>(?:\.{3,}|…+)(?P<size>\d*))|(?P<mark>[()|?])|(?P<word>(?:(?!\.{3})[^\s()|"“”…?])+)"""
)


class CueError(UserError):
    """A cue pattern cannot be understood.

    Args:
        message: What is wrong.
        position: Character of the pattern at which it is noticed, from 0.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.position = position


@dataclass(frozen=True, slots=True)
class Word:
    """One written word of a pattern; a language may cut it into several tokens.

    Attributes:
        text: Without its marks.
        kind: "lemma" (any form), "form" (this form only) or "prefix".
        position: First character in the pattern.
    """

    text: str
    kind: str
    position: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to `words` words of any kind."""

    words: int
    position: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items one after the other."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Any one of some sequences."""

    alternatives: tuple[Sequence, ...]


@dataclass(frozen=True, slots=True)
class Maybe:
    """Something that may be missing."""

    item: Word | Group


Item = Word | Gap | Group | Maybe


@dataclass(frozen=True, slots=True)
class Pattern:
    """A parsed cue pattern.

    Attributes:
        source: As written.
        root: What it says.
    """

    source: str
    root: Sequence


def parse(pattern: str) -> Pattern:
    """Return the meaning of a cue pattern.

    Raises:
        CueError: It cannot be understood.

    >>> parse("=reports").root.items
    (Word(text='reports', kind='form', position=0),)
    """
    return Pattern(pattern, _Parser(pattern).pattern())


def check_cue(cue: str, language_code: str) -> str | None:
    """Return why a cue can never match in a language, or None when it can.

    Args:
        cue: The pattern.
        language_code: ISO 639-1.
    """
    try:
        pattern = parse(cue)
    except CueError as error:
        return error.message
    language = get_language(language_code)
    return next((why for word in words_of(pattern.root) if (why := _wordless(word, language))), None)


def words_of(item: Item | Sequence) -> list[Word]:
    """Return all words of a pattern, in the order written."""
    match item:
        case Word():
            return [item]
        case Gap():
            return []
        case Maybe(inner):
            return words_of(inner)
        case Group(alternatives):
            return [word for sequence in alternatives for word in words_of(sequence)]
        case Sequence(items):
            return [word for part in items for word in words_of(part)]


def can_be_empty(item: Item | Sequence) -> bool:
    """Return whether something of a pattern can match no word at all."""
    match item:
        case Word():
            return False
        case Gap() | Maybe():
            return True
        case Group(alternatives):
            return any(can_be_empty(sequence) for sequence in alternatives)
        case Sequence(items):
            return all(can_be_empty(part) for part in items)


def _wordless(word: Word, language: Language) -> str | None:
    tokens = language.tokens(word.text)
    if any(language.vocabulary.counts[number] for number in tokens.numbers):
        return None
    if any(tokens.is_word):
        return f"'{word.text}' is a thinking sound, which cues pass over"
    return f"'{word.text}' holds no word; marks are passed over"


class _Parser:
    """Recursive descent over the tokens of one pattern."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tokens = [found for found in _TOKEN.finditer(source) if found.group()]
        self.at = 0

    def pattern(self) -> Sequence:
        root = self._sequence(0)
        if self.at < len(self.tokens) and self._mark() == "|":
            raise CueError(SPACED_BAR, self._position())
        if self.at < len(self.tokens):
            raise CueError(f"'{self._mark()}' without a '(' before it", self._position())
        if can_be_empty(root):
            raise CueError("everything in it is optional, so it would match nothing", 0)
        return root

    def _sequence(self, depth: int) -> Sequence:
        if depth > DEEPEST:
            raise CueError(f"groups are nested more than {DEEPEST} deep", self._position())
        begin = self._position()
        if depth and self._is_lone_word():
            # Most alternatives are a single word: no need to look for anything else.
            self.at += 1
            return Sequence((_word(self.tokens[self.at - 1]),))
        items: list[Item] = []
        while not self._ends():
            if self._kind() == "space":
                self.at += 1
            else:
                items.append(self._gap() if self._kind() == "gap" else self._alternation(depth))
        if not items:
            raise CueError("a word is missing", begin)
        _check_gaps(items)
        return Sequence(tuple(items))

    def _is_lone_word(self) -> bool:
        """Return whether here is a word, and right after it the end of an alternative."""
        here = self.tokens[self.at : self.at + 2]
        return len(here) == 2 and here[0].lastgroup == "word" and here[1].group() in ("|", ")")

    def _ends(self) -> bool:
        return self.at >= len(self.tokens) or (self._mark() in ("|", ")") and self._kind() == "mark")

    def _gap(self) -> Gap:
        found = self.tokens[self.at]
        self.at += 1
        words = int(found["size"]) if found["size"] else GAP
        if not 1 <= words <= LONGEST_GAP:
            raise CueError(f"a gap is 1 to {LONGEST_GAP} words long", found.start())
        return Gap(words, found.start())

    def _alternation(self, depth: int) -> Item:
        first, options = self._primary(depth), []
        while self._binds_tight(depth):
            self.at += 1
            options.append(self._primary(depth))
        if not options:
            return first
        if isinstance(first, Maybe) or any(isinstance(option, Maybe) for option in options[:-1]):
            raise CueError("put alternatives that may be missing in parentheses: (a|b)?", self._position())
        last = options[-1]
        bare = last.item if isinstance(last, Maybe) else last
        group = Group(tuple(Sequence((option,)) for option in (first, *options[:-1], bare)))
        return Maybe(group) if isinstance(last, Maybe) else group

    def _binds_tight(self, depth: int) -> bool:
        """Return whether a bar follows that belongs to this word: inside a group it parts whole phrases instead."""
        if self.at >= len(self.tokens) or self._mark() != "|":
            return False
        if depth:
            return False
        before = self.at > 0 and self.tokens[self.at - 1].lastgroup != "space"
        after = self.at + 1 < len(self.tokens) and self.tokens[self.at + 1].lastgroup != "space"
        if not (before and after):
            raise CueError(SPACED_BAR, self._position())
        return True

    def _primary(self, depth: int) -> Word | Group | Maybe:
        if self.at >= len(self.tokens):
            raise CueError("a word is missing", self._position())
        found = self.tokens[self.at]
        if found.lastgroup == "word":
            self.at += 1
            item: Word | Group = _word(found)
        elif found.group() == "(":
            item = self._group(depth)
        else:
            raise CueError(f"a word is missing before '{found.group()}'", found.start())
        if self.at < len(self.tokens) and self.tokens[self.at].group() == "?":
            self.at += 1
            return Maybe(item)
        return item

    def _group(self, depth: int) -> Group:
        begin = self._position()
        self.at += 1
        alternatives = [self._sequence(depth + 1)]
        while self.at < len(self.tokens) and self._mark() == "|":
            self.at += 1
            alternatives.append(self._sequence(depth + 1))
        if self.at >= len(self.tokens):
            raise CueError("'(' is never closed", begin)
        self.at += 1
        return Group(tuple(alternatives))

    def _kind(self) -> str:
        return self.tokens[self.at].lastgroup or ""

    def _mark(self) -> str:
        return self.tokens[self.at].group()

    def _position(self) -> int:
        return self.tokens[self.at].start() if self.at < len(self.tokens) else max(0, len(self.source) - 1)


def _word(found: re.Match[str]) -> Word:
    text, kind = found.group(), "lemma"
    if text.startswith("="):
        text, kind = text[1:], "form"
    if text.endswith("*"):
        if kind == "form":
            raise CueError("'=' (this form only) and '*' (any ending) exclude each other", found.start())
        text, kind = text[:-1], "prefix"
    if not text:
        raise CueError(f"a word is missing beside '{found.group()}'", found.start())
    if "*" in text:
        raise CueError("'*' stands only at the end of a word", found.start() + found.group().index("*"))
    return Word(text, kind, found.start())


def _check_gaps(items: list[Item]) -> None:
    if not any(isinstance(item, Gap) for item in items):
        return
    needed = [number for number, item in enumerate(items) if not can_be_empty(item)]
    for number, item in enumerate(items):
        if not isinstance(item, Gap):
            continue
        if not needed or not needed[0] < number < needed[-1]:
            raise CueError("a gap needs a word that must be there before it and after it", item.position)
        if isinstance(items[number + 1], Gap):
            raise CueError("two gaps follow each other; write one with their sum", item.position)
