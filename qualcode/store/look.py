"""Looking at part of a store: only the rows that a question needs, all as of one moment.

`Store.snapshot` reads a whole study; most commands need little of it. They ask in plain SQL that SQLite and PostgreSQL
both understand; a file is asked with Python's own driver, because importing SQLAlchemy takes longer than the answers.
Nothing is written here.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from qualcode.model import Case, Coder, Coding, Memo, Relation, Transcript, Turn
from qualcode.store import engine
from qualcode.store.revisions import READABLE, REVISIONS
from qualcode.store.rows import CHUNK, coding_order, text_mapping

Span = tuple[int, int]
Ask = Callable[[str, Mapping[str, Any]], Sequence[Any]]
_CODING = (
    'c.version, c.coder, c.transcript, c.start, c."end", c.code, c.stage, c.status, c.confidence, c.assertion, '
    "c.evidence, c.definition_hash, c.id, c.created"
)
_TURN = 'u.transcript, u.version, u.number, u.speaker, u.role, u.start, u."end", u.time'
_CURRENT_TURNS = "turns u JOIN transcripts t ON t.name = u.transcript AND t.version = u.version WHERE t.current"
_TRANSCRIPT = (
    "t.name, t.case_name, x.text, t.language, t.format, t.source, t.source_hash, t.attributes, t.version, t.moments"
)


class Current(NamedTuple):
    """What is known of a current transcript without its text.

    Attributes:
        version: The version that is current.
        case: Name of its case.
    """

    version: int
    case: str


@contextmanager
def looking(target: Path | str, *, wait: float = engine.WAIT) -> Iterator[Look]:
    """Look at a store; one that an older version has written is upgraded first, as by `Store.open`.

    Args:
        target: A path, or an SQLAlchemy URL.
        wait: Seconds that an upgrade waits for another writer.

    Raises:
        StoreError: As by `Store.open`.
    """
    place = engine.database(target, wait=wait)
    if isinstance(place, engine.SqliteFile):
        if not _is_known(place):
            _open_and_close(target, wait)
        with _at_file(place) as look:
            yield look
        return
    from qualcode.store.store import Store

    with Store.open(target, wait=wait) as store, store.look() as look:
        yield look


@contextmanager
def looking_at(place: engine.Database) -> Iterator[Look]:
    """Look at a store that is open already.

    Raises:
        StoreError: It cannot be read.
    """
    if isinstance(place, engine.SqliteFile):
        with _at_file(place) as look:
            yield look
        return
    from sqlalchemy import text

    with engine.reading(place) as connection:
        yield Look(lambda sql, values: connection.execute(text(sql), dict(values)).all())


@contextmanager
def _at_file(place: engine.SqliteFile) -> Iterator[Look]:
    try:
        with closing(place.connect()) as connection:
            connection.execute("BEGIN")
            yield Look(lambda sql, values: connection.execute(sql, values).fetchall())
    except sqlite3.Error as error:
        told = place.error(error)
        if told is None:
            raise
        raise told from error


def _is_known(place: engine.SqliteFile) -> bool:
    """Return whether a file needs no upgrade; what else may be wrong with it, opening the store will tell."""
    try:
        with closing(place.connect()) as connection:
            found = [row[0] for row in connection.execute("SELECT version_num FROM alembic_version")]
            connection.execute("SELECT number FROM journal LIMIT 1")
    except sqlite3.Error:
        return False
    return found == [REVISIONS[-1]] or (place.read_only and len(found) == 1 and found[0] in READABLE)


def _open_and_close(target: Path | str, wait: float) -> None:
    from qualcode.store.store import Store

    Store.open(target, wait=wait).close()


class Look:
    """What a store holds at one moment, read as far as it is asked for; made by `looking`, of no use after its block.

    Everything is about current transcripts and the codings on them, in the order that `Study` says.

    Args:
        ask: Returns the rows of a query, given its named values.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def number(self) -> int:
        """Return the number of the newest change; 0 before the first."""
        return int(self._ask("SELECT max(number) FROM journal", {})[0][0] or 0)

    def history(self) -> tuple[tuple[int, str, int | None], ...]:
        """Return (number, action, number of the change that it takes back) of all changes, oldest first."""
        rows = self._ask("SELECT number, action, undoes FROM journal ORDER BY number", {})
        return tuple((number, action, undoes) for number, action, undoes in rows)

    def info(self) -> Mapping[str, str]:
        """Return what `Change.put_setting` has kept about the study, by key."""
        return dict(sorted(self._ask('SELECT "key", value FROM study_info', {})))

    def cases(self) -> tuple[Case, ...]:
        """Return the cases in the order of ingest."""
        rows = self._ask('SELECT "position", name, cohort, attributes FROM cases', {})
        return tuple(Case(name, cohort, text_mapping(told)) for _, name, cohort, told in sorted(rows))

    def coders(self) -> tuple[Coder, ...]:
        """Return the coders, by name."""
        rows = self._ask("SELECT name, kind, attributes FROM coders", {})
        return tuple(Coder(name, kind, text_mapping(told)) for name, kind, told in sorted(rows))

    def memos(self) -> tuple[Memo, ...]:
        """Return the memos in the order written."""
        query = 'SELECT created, "position", id, coder, text, kind, target, "key" FROM memos'
        found: list[tuple[Any, ...]] = sorted(map(tuple, self._ask(query, {})), key=lambda row: row[:3])
        fields: list[tuple[Any, ...]] = [(*row[3:], row[2], row[0]) for row in found]
        return tuple(Memo(*each) for each in fields)

    def memo_count(self) -> int:
        """Return how many memos there are."""
        return int(self._ask("SELECT count(*) FROM memos", {})[0][0])

    def relations(self) -> tuple[Relation, ...]:
        """Return the relations, by source, kind, target and coder."""
        rows = self._ask("SELECT source, kind, target, coder, id FROM relations", {})
        return tuple(Relation(*row) for row in sorted(map(tuple, rows)))

    @cached_property
    def transcripts(self) -> Mapping[str, Current]:
        """What is known of the current transcripts without their texts, by name."""
        rows = self._ask("SELECT name, version, case_name FROM transcripts WHERE current", {})
        return {name: Current(version, case) for name, version, case in sorted(map(tuple, rows))}

    # Texts

    def texts(self, names: Collection[str] | None = None) -> dict[str, str]:
        """Return the texts of transcripts by name; None: of all."""
        some, values = _among("t.name", names)
        query = f"SELECT t.name, x.text FROM transcripts t JOIN texts x ON x.hash = t.text_hash WHERE t.current{some}"
        return {name: text for name, text in self._ask(query, values) if names is None or name in names}

    def turns(self, names: Collection[str] | None = None) -> dict[str, list[tuple[Any, ...]]]:
        """Return the fields of `Turn` for each turn in order, by transcript; None: of all."""
        some, values = _among("t.name", names)
        found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for transcript, _, *turn in self._ask(f"SELECT {_TURN} FROM {_CURRENT_TURNS}{some}", values):
            found[transcript].append(tuple(turn))
        return {name: sorted(turns) for name, turns in found.items() if names is None or name in names}

    def turns_coded(self, codes: Collection[str]) -> dict[str, list[tuple[Any, ...]]]:
        """Return the fields of `Turn` for each turn that a coding with any of some codes touches, by transcript."""
        some, values = _among("c.code", codes)
        query = (
            f"SELECT DISTINCT {_TURN}, c.code FROM codings c CROSS JOIN turns u WHERE u.transcript = c.transcript "
            f'AND u.version = c.version AND u.start < c."end" AND u."end" > c.start{some}'
        )
        found: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
        for transcript, version, *turn, code in self._ask(query, values):
            if code in codes and self._is_current(transcript, version):
                found[transcript].add(tuple(turn))
        return {name: sorted(turns) for name, turns in found.items()}

    def turn_spans(self, role: str) -> dict[str, list[Span]]:
        """Return the spans of the turns of a role, sorted, by transcript."""
        query = f'SELECT u.transcript, u.start, u."end" FROM {_CURRENT_TURNS} AND u.role = :role'
        found: dict[str, list[Span]] = defaultdict(list)
        for transcript, start, end in self._ask(query, {"role": role}):
            found[transcript].append((start, end))
        return {name: sorted(spans) for name, spans in found.items()}

    def whole_transcripts(self, turns: Mapping[str, Sequence[tuple[Any, ...]]]) -> tuple[Transcript, ...]:
        """Return transcripts, by name, with those turns that are given for each, as `turns` gives them."""
        some, values = _among("t.name", turns)
        join = "transcripts t JOIN texts x ON x.hash = t.text_hash"
        rows = self._ask(f"SELECT {_TRANSCRIPT} FROM {join} WHERE t.current{some}", values)
        return tuple(
            Transcript(
                name=row[0],
                case=row[1],
                text=row[2],
                turns=tuple(Turn(*turn) for turn in turns[row[0]]),
                language=row[3],
                format=row[4],
                source=row[5],
                source_hash=row[6],
                attributes=text_mapping(row[7]),
                version=row[8],
                moments=tuple((int(position), time) for position, time in text_mapping(row[9]).items()),
            )
            for row in sorted(rows, key=lambda row: row[0])
            if row[0] in turns
        )

    # Codings

    def coded(self) -> dict[tuple[str, str, str], int]:
        """Return how many codings there are by (coder, status, transcript)."""
        query = "SELECT coder, status, transcript, version, count(*) FROM codings GROUP BY 1, 2, 3, 4"
        return {
            (coder, status, transcript): count
            for coder, status, transcript, version, count in self._ask(query, {})
            if self._is_current(transcript, version)
        }

    def definitions(self) -> dict[tuple[str, str], int]:
        """Return how many codings there are by (code, definition hash)."""
        query = "SELECT code, definition_hash, count(*) FROM codings GROUP BY code, definition_hash"
        counts = {(code, hash_): count for code, hash_, count in self._ask(query, {})}
        behind = "SELECT code, definition_hash FROM codings WHERE transcript = :name AND version = :version"
        for replaced in self._replaced():
            for code, hash_ in self._ask(behind, replaced):
                counts[code, hash_] -= 1
        return {key: counts[key] for key in sorted(counts) if counts[key]}

    def codes(self) -> tuple[str, ...]:
        """Return the codes that codings have, sorted."""
        return tuple(sorted({code for code, _ in self.definitions()}))

    def places(self, coder: str) -> dict[str, list[Span]]:
        """Return the passages of a coder, sorted, by transcript."""
        query = 'SELECT transcript, version, start, "end" FROM codings WHERE coder = :coder'
        found: dict[str, list[Span]] = defaultdict(list)
        for transcript, version, start, end in self._ask(query, {"coder": coder}):
            if self._is_current(transcript, version):
                found[transcript].append((start, end))
        return {name: sorted(spans) for name, spans in found.items()}

    def codings(self, codes: Collection[str] | None = None) -> tuple[Coding, ...]:
        """Return the codings with some codes, by place and stage; None: all."""
        return _sorted(row for row in self._coding_rows(codes) if self._is_current(row[2], row[0]))

    def codings_by_id(self, ids: Collection[str]) -> tuple[Coding, ...]:
        """Return the codings with some ids, by place and stage; those that are not there are left out."""
        some, values = _among("c.id", ids)
        rows = self._ask(f"SELECT {_CODING} FROM codings c WHERE 1 = 1{some}", values)
        return _sorted(row for row in rows if row[12] in ids and self._is_current(row[2], row[0]))

    def codings_overlapping(self, spans: Mapping[str, Iterable[Span]]) -> tuple[Coding, ...]:
        """Return the codings that overlap any of some spans, by place and stage.

        Args:
            spans: By transcript.
        """
        longest = int(self._ask('SELECT max("end" - start) FROM codings', {})[0][0] or 0)
        places = [(name, start, end) for name, each in spans.items() for start, end in each]
        found = {}
        for first in range(0, len(places), CHUNK):
            for row in self._touching(places[first : first + CHUNK], longest):
                found[row[12]] = row
        return _sorted(found.values())

    def _touching(self, places: Sequence[tuple[str, int, int]], longest: int) -> Sequence[Any]:
        """Return the rows of codings that overlap any of some (transcript, start, end), at least once each."""
        keys = {name: f"name_{number}" for number, name in enumerate(dict.fromkeys(name for name, _, _ in places))}
        asked = ", ".join(
            f"(:{keys[name]}, {self.transcripts[name].version:d}, {start:d}, {end:d})" for name, start, end in places
        )
        # A passage that reaches into a span begins at most the longest passage before it: that bounds the index.
        # The join is to begin with the few spans; so says CROSS, where the database heeds it.
        query = (
            f"WITH asked (transcript, version, low, high) AS (VALUES {asked}) "
            f"SELECT {_CODING} FROM asked a CROSS JOIN codings c WHERE c.transcript = a.transcript "
            f'AND c.version = a.version AND c.start >= a.low - {longest:d} AND c.start < a.high AND c."end" > a.low'
        )
        return self._ask(query, {key: name for name, key in keys.items()})

    def left_behind(self, codes: Collection[str]) -> tuple[tuple[Coding, int], ...]:
        """Return the codings with some codes on texts that were replaced, each with the version it stands on."""
        if not self._replaced():
            return ()
        rows = [row for row in self._coding_rows(codes) if not self._is_current(row[2], row[0])]
        found = [(_coding(row), int(row[0])) for row in rows]
        return tuple(sorted(found, key=lambda pair: (coding_order(pair[0]), pair[1])))

    def _coding_rows(self, codes: Collection[str] | None) -> list[Any]:
        # Which texts are current is looked up here, not joined: the database would begin with the texts.
        some, values = _among("c.code", codes)
        rows = self._ask(f"SELECT {_CODING} FROM codings c WHERE 1 = 1{some}", values)
        return [row for row in rows if codes is None or row[5] in codes]

    def _is_current(self, transcript: str, version: int) -> bool:
        known = self.transcripts.get(transcript)
        return known is not None and known.version == version

    def _replaced(self) -> list[dict[str, Any]]:
        rows = self._ask("SELECT name, version FROM transcripts WHERE NOT current", {})
        return [{"name": name, "version": version} for name, version in rows]


def _among(column: str, names: Collection[str] | None) -> tuple[str, dict[str, str]]:
    """Return a further condition, and its values: nothing where there are too many names to name."""
    if names is None or len(names) > CHUNK:
        return "", {}
    values = {f"name_{number}": name for number, name in enumerate(sorted(names))}
    return f" AND {column} IN ({', '.join(':' + key for key in values)})" if values else " AND 1 = 0", values


def _coding(row: Sequence[Any]) -> Coding:
    fields: tuple[Any, ...] = (*row[1:10], text_mapping(row[10]), *row[11:])
    return Coding(*fields)


def _sorted(rows: Iterable[Sequence[Any]]) -> tuple[Coding, ...]:
    # As `coding_order`, but before there are records: fields of a row are looked up faster.
    return tuple(map(_coding, sorted(rows, key=itemgetter(2, 3, 4, 5, 1, 6, 12))))
