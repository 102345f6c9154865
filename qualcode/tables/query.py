"""The language of `qualcode search`: words, lemmas, regular expressions and codes, joined by AND, OR and NOT.

| written | finds |
|---|---|
| `white paper` | these words one after the other, in any case and across line breaks; `*` stands for any letters |
| `"and or not"` | the same for words that would mean something else |
| `lemma:report` | every form of the word; `lemma:"white paper"` of the words |
| `/influenc(er|ing)/` | a regular expression (Python's, without regard to case) |
| `code:planning/*` | passages with this code; `*` stands for anything |
| `A AND B`, `A OR B`, `NOT A`, `(A OR B) AND C` | what they say, within one turn, passage or so many sentences |

NOT binds closer than AND, AND closer than OR.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from qualcode.errors import UserError

_PIECES = re.compile(
    r"\s*(?:(?P<bracket>[()])"
    r"|(?P<prefix>lemma:|code:)?(?:\"(?P<quoted>[^\"]*)\"|/(?P<regex>(?:\\.|[^/\\])+)/(?=[\s)]|$)|(?P<word>[^\s()\"]+)))"
)


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for.

    Attributes:
        kind: "text", "lemma", "regex" or "code".
        wanted: Words, a regular expression, or a code's identifier with `*` for anything.
    """

    kind: str
    wanted: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part must hold."""

    parts: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold."""

    part: Query


Query = Term | All | Any | Not


def parse_query(text: str, *, lemma: bool = False, regex: bool = False) -> Query:
    """Read a query.

    Args:
        text: As typed; see the head of this module.
        lemma: Plain words mean every form of them.
        regex: The whole text is one regular expression.

    Raises:
        UserError: It is empty, a bracket or word is missing, or a regular expression is not one.

    >>> parse_query("(podcast OR lemma:webinar) AND NOT code:cost")
    All(parts=(Any(parts=(Term(kind='text', wanted='podcast'), Term(kind='lemma', wanted='webinar'))), \
Not(part=Term(kind='code', wanted='cost'))))
    """
    text = unicodedata.normalize("NFC", text)
    if not text.strip():
        raise UserError("The query is empty.")
    if regex:
        return _checked(Term("regex", text))
    return _Parser(_pieces(text, lemma)).query()


def terms(query: Query) -> tuple[Term, ...]:
    """Return the terms that must or may hold, without those under NOT, in order."""
    if isinstance(query, Term):
        return (query,)
    if isinstance(query, Not):
        return ()
    return tuple(term for part in query.parts for term in terms(part))


def codes_needed(query: Query) -> tuple[Term, ...] | None:
    """Return code terms of which at least one must hold wherever the query does, or None where it can hold without.

    >>> codes_needed(parse_query("podcast AND (code:a OR code:b)"))
    (Term(kind='code', wanted='a'), Term(kind='code', wanted='b'))
    """
    if isinstance(query, Term):
        return (query,) if query.kind == "code" else None
    if isinstance(query, Not):
        return None
    needed = [codes_needed(part) for part in query.parts]
    known = [each for each in needed if each is not None]
    if isinstance(query, All):
        return min(known, key=len, default=None)
    return tuple(term for each in known for term in each) if len(known) == len(needed) else None


Piece = Term | str


def _pieces(text: str, lemma: bool) -> list[Piece]:
    """Cut a query into terms and the words `(`, `)`, AND, OR, NOT; words after one another are one term."""
    plain = "lemma" if lemma else "text"
    pieces: list[Piece] = []
    joins = False
    at = 0
    while at < len(text.rstrip()):
        found = _PIECES.match(text, at)
        if found is None:
            raise UserError(f"The query cannot be read at {text[at:].strip()[:20]!r}: a quotation mark is missing.")
        at = found.end()
        word, prefix = found["word"], found["prefix"]
        if found["bracket"]:
            pieces.append(found["bracket"])
        elif word and not prefix and word in ("AND", "OR", "NOT"):
            pieces.append(word)
        elif found["regex"] and not prefix:
            pieces.append(_checked(Term("regex", found["regex"])))
        else:
            wanted = word or found["quoted"] or (f"/{found['regex']}/" if found["regex"] else "")
            if not wanted.strip() or wanted in ("code:", "lemma:"):
                raise UserError("The query holds an empty term.")
            kind = prefix.rstrip(":") if prefix else plain
            last = pieces[-1] if pieces else ""
            if word and not prefix and joins and isinstance(last, Term):
                pieces[-1] = Term(last.kind, f"{last.wanted} {word}")
            else:
                pieces.append(Term(kind, wanted))
            joins = bool(word) and kind != "code"
            continue
        joins = False
    return pieces


def _checked(term: Term) -> Term:
    try:
        re.compile(term.wanted)
    except re.error as error:
        raise UserError(f"{term.wanted!r} is not a regular expression: {error}.") from None
    return term


class _Parser:
    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.at = 0

    def query(self) -> Query:
        found = self.any()
        if self.at < len(self.pieces):
            raise UserError(f"The query cannot be read at {self.shown()}.", hint="Is a bracket or AND missing?")
        return found

    def shown(self) -> str:
        piece = self.pieces[self.at]
        return repr(piece.wanted if isinstance(piece, Term) else piece)

    def next(self) -> Piece | None:
        return self.pieces[self.at] if self.at < len(self.pieces) else None

    def any(self) -> Query:
        parts = [self.all()]
        while self.next() == "OR":
            self.at += 1
            parts.append(self.all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def all(self) -> Query:
        parts = [self.one()]
        while (piece := self.next()) is not None and piece not in ("OR", ")"):
            self.at += piece == "AND"
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def one(self) -> Query:
        piece = self.next()
        if piece is None:
            raise UserError("The query ends where a word is expected.")
        if piece in ("AND", "OR", ")"):
            raise UserError(f"The query has {piece} where a word is expected.")
        self.at += 1
        if isinstance(piece, Term):
            return piece
        if piece == "NOT":
            return Not(self.one())
        inner = self.any()
        if self.next() != ")":
            raise UserError("A closing bracket is missing in the query.")
        self.at += 1
        return inner
