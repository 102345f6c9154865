"""One change of a study: what is written in a `with store.change(...)` block, all of it or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, Table, func, select

from qualcode.errors import StoreError
from qualcode.model import (
    ASSERTIONS,
    CODER_KINDS,
    MEMO_KINDS,
    ROLES,
    STAGES,
    STATUSES,
    Case,
    Codebook,
    Coder,
    Coding,
    Memo,
    Relation,
    Settings,
    Study,
    Transcript,
)
from qualcode.store import schema
from qualcode.store.checking import moments_problem, turn_problems
from qualcode.store.reading import read_codebook_text, read_codings, read_hashes, read_info, read_study
from qualcode.store.rows import (
    CHUNK,
    Key,
    Row,
    RowChange,
    case_row,
    coder_row,
    coding_row,
    difference,
    layout,
    memo_row,
    relation_row,
    row_key,
    transcript_row,
    turn_row,
)
from qualcode.store.writing import Writer, fetch

MEMO_TARGETS = ("study", "case", "transcript", "code", "coding", "passage")
CODEBOOK = "codebook"
"""Key in `study_info` of the hash of the codebook recorded last."""


class Change:
    """The verbs of one change; made by `Store.change`, of no use after its block.

    Each method checks everything that it is given before it writes anything. A `ValueError` says that the caller
    has not checked what a user gave, and is a bug; ids that are no longer there are a `StoreError`, since another
    program may have removed them.
    """

    def __init__(self, connection: Connection, writer: Writer) -> None:
        self._connection = connection
        self._writer = writer
        self._texts: dict[str, tuple[int, int]] | None = None
        self._coders: set[str] | None = None

    @property
    def number(self) -> int | None:
        """Number of its entry in the journal; None as long as nothing was written."""
        return self._writer.number

    def snapshot(self, settings: Settings, codebook: Codebook) -> Study:
        """Return the study as it is now within the change: nobody else can write before the block ends."""
        return read_study(self._connection, settings, codebook)

    def codings_of(self, coder: str, transcripts: Collection[str] | None = None) -> tuple[Coding, ...]:
        """Return one coder's codings on some current transcripts as they are now; None: on all of them."""
        return read_codings(self._connection, coder, transcripts)

    def text_hashes(self) -> dict[str, str]:
        """Return the hash of the text of each current transcript as it is now, by name."""
        return {name: text for name, (_, text, _) in read_hashes(self._connection).items()}

    def describe(self, detail: str) -> None:
        """Say more about the change, for the history; for what is only known once the study has been looked at."""
        self._writer.describe(detail)

    # Cases, transcripts, coders

    def add_case(self, case: Case) -> None:
        """Add a case.

        Raises:
            ValueError: There is one of that name, or it has no name.
        """
        if not case.name:
            raise ValueError("a case without a name")
        if self._row(schema.cases, case.name) is not None:
            raise ValueError(f"case {case.name!r} is there already")
        row = case_row(case, self._next(schema.cases))
        self._writer.write(schema.cases, [RowChange((case.name,), None, row)])

    def put_case(self, case: Case) -> None:
        """Add a case, or give the one of that name another cohort and other attributes."""
        old = self._row(schema.cases, case.name)
        if old is None:
            self.add_case(case)
        else:
            self._put(schema.cases, old, case_row(case, old["position"]))

    def add_transcript(self, transcript: Transcript, *, replace: bool = False) -> int:
        """Add a transcript with its turns.

        Args:
            transcript: The transcript; its `version` is not looked at, the store counts.
            replace: Take it as the next version of one of that name. The codings of the version before stay on
                that version (`Store.left_behind`) until they are put on the new text with `put_codings`.

        Returns:
            The version it was given, from 1.

        Raises:
            ValueError: There is one of that name and `replace` is not set, the case is unknown, turns do not lie
                in order inside the text, or the text holds characters that cannot be stored.
        """
        self._check_transcript(transcript)
        versions = self._versions(transcript.name)
        current = [row for row in versions if row["current"]]
        if current and not replace:
            raise ValueError(f"transcript {transcript.name!r} is there already")
        version = max((row["version"] for row in versions), default=0) + 1
        if replace and current and _same_transcript(current[0], transcript_row(transcript, version)):
            old = fetch_turns(self._connection, transcript.name, current[0]["version"])
            if old == [turn_row(turn, transcript.name, current[0]["version"]) for turn in transcript.turns]:
                return int(current[0]["version"])
        self._writer.keep_text(transcript.hash, transcript.text)
        for row in current:
            self._put(schema.transcripts, row, row | {"current": False})
        self._add(schema.transcripts, [transcript_row(transcript, version)])
        self._add(schema.turns, [turn_row(turn, transcript.name, version) for turn in transcript.turns])
        self._texts = None
        return version

    def put_coder(self, coder: Coder) -> None:
        """Add a coder, or give the one of that name another kind and other attributes.

        Raises:
            ValueError: It has no name, or its kind is unknown.
        """
        if not coder.name:
            raise ValueError("a coder without a name")
        _known("kind of coder", coder.kind, CODER_KINDS)
        old, new = self._row(schema.coders, coder.name), coder_row(coder)
        if old is None:
            self._add(schema.coders, [new])
            self._coders = None
        else:
            self._put(schema.coders, old, new)

    # Codings

    def add_codings(self, codings: Iterable[Coding]) -> int:
        """Add codings to the current transcripts.

        Those that stand already (same place and stage, same coder, whatever their status) are left out, so that
        running a machine coder or an import again adds nothing, and does not bring back what was rejected.

        Returns:
            How many were added.

        Raises:
            ValueError: Transcript or coder are unknown, a span is empty or leaves its text, a stage, status,
                assertion or confidence is not of the model, or an id is used for another coding.
        """
        wanted = list(codings)
        rows = [self._coding_row(coding) for coding in wanted]
        taken = self._places(rows)
        added: list[Row] = []
        for row in rows:
            place = _place(row)
            if place not in taken:
                taken[place] = row["id"]
                added.append(row)
        self._add(schema.codings, added)
        return len(added)

    def put_codings(self, codings: Iterable[Coding]) -> int:
        """Put codings in place of those with the same ids, on the current version of their transcripts.

        Returns:
            How many were changed by that.

        Raises:
            StoreError: An id is not there (any more).
            ValueError: As in `add_codings`; or two codings of a coder would stand at the same place and stage.
        """
        wanted = list(codings)
        rows = [self._coding_row(coding) for coding in wanted]
        old = self._present(schema.codings, [coding.id for coding in wanted])
        for row, coding in zip(rows, wanted, strict=True):
            row["created"] = coding.created or old[(coding.id,)]["created"]
        self._check_places(rows, old)
        changes = [change for row in rows if (change := difference(schema.codings, old[(row["id"],)], row))]
        self._writer.write(schema.codings, changes)
        return len(changes)

    def set_status(self, ids: Iterable[str], status: str) -> int:
        """Accept, reject or propose codings.

        Returns:
            How many had another status before.

        Raises:
            StoreError: An id is not there (any more).
            ValueError: The status is unknown.
        """
        _known("status", status, STATUSES)
        old = self._present(schema.codings, list(ids))
        changes = [
            RowChange(key, {"status": row["status"]}, {"status": status})
            for key, row in old.items()
            if row["status"] != status
        ]
        self._writer.write(schema.codings, changes)
        return len(changes)

    def recode(self, codes: Mapping[str, str]) -> int:
        """Give codings other codes and change nothing else; also those on texts that have been replaced.

        Args:
            codes: Identifier of the code by id of the coding.

        Returns:
            How many had another code before.

        Raises:
            StoreError: An id is not there (any more).
            ValueError: A code is empty, or two codings of a coder would stand at the same place and stage.
        """
        if not all(codes.values()):
            raise ValueError("a coding without a code")
        old = self._present(schema.codings, list(codes))
        rows = [row | {"code": codes[row["id"]]} for row in old.values()]
        wheres = [(row["version"], _place(row)) for row in rows]
        if len(set(wheres)) != len(wheres):
            raise ValueError("two of the codings would be the same one")
        self._check_places([row for row in rows if self._text(row["transcript"])[0] == row["version"]], old)
        changes = [change for row in rows if (change := difference(schema.codings, old[(row["id"],)], row))]
        self._writer.write(schema.codings, changes)
        return len(changes)

    def remove_codings(self, ids: Iterable[str]) -> int:
        """Remove codings; memos about them stay.

        Returns:
            How many were removed.

        Raises:
            StoreError: An id is not there (any more).
        """
        return self._remove(schema.codings, list(ids))

    # Memos and relations

    def add_memo(self, memo: Memo) -> None:
        """Add a memo.

        Raises:
            ValueError: Its coder, kind or target is unknown, or its id is used.
        """
        self._check_memo(memo)
        self._add(schema.memos, [memo_row(memo, self._next(schema.memos), self._writer.at)])

    def put_memo(self, memo: Memo) -> None:
        """Put a memo in place of the one with the same id.

        Raises:
            StoreError: The id is not there (any more).
            ValueError: Its coder, kind or target is unknown.
        """
        self._check_memo(memo)
        old = self._present(schema.memos, [memo.id])[(memo.id,)]
        self._put(schema.memos, old, memo_row(memo, old["position"], old["created"]))

    def remove_memo(self, id_: str) -> None:
        """Remove a memo.

        Raises:
            StoreError: The id is not there (any more).
        """
        self._remove(schema.memos, [id_])

    def add_relation(self, relation: Relation) -> bool:
        """Add a relation between codes.

        Returns:
            False when the same coder has drawn the same one already; then nothing is added.

        Raises:
            ValueError: Its coder is unknown, a code or the kind is empty, or its id is used.
        """
        self._known_coder(relation.coder)
        if not (relation.source and relation.kind and relation.target):
            raise ValueError(f"a relation without source, kind or target: {relation}")
        r = schema.relations.c
        same = select(r.id).where(
            r.source == relation.source,
            r.kind == relation.kind,
            r.target == relation.target,
            r.coder == relation.coder,
        )
        if self._connection.execute(same).first() is not None:
            return False
        self._add(schema.relations, [relation_row(relation)])
        return True

    def remove_relation(self, id_: str) -> None:
        """Remove a relation.

        Raises:
            StoreError: The id is not there (any more).
        """
        self._remove(schema.relations, [id_])

    # Codebook and settings

    def record_codebook(self, hash_: str, text: str) -> None:
        """Record the codebook as it is from now on, so that each change of it is in the history and can be undone.

        Args:
            hash_: `Codebook.hash`, that of its content.
            text: The YAML file; may differ in layout and remarks from another text with the same hash.

        Raises:
            ValueError: The hash is empty.
        """
        if not hash_:
            raise ValueError("a codebook without a hash")
        text_hash = _sha256(text)
        self._writer.keep_text(text_hash, text)
        old = self._row(schema.codebooks, hash_)
        if old is None:
            self._add(schema.codebooks, [{"hash": hash_, "text_hash": text_hash, "recorded": self._writer.at}])
        else:
            self._put(schema.codebooks, old, old | {"text_hash": text_hash})
        self.put_setting(CODEBOOK, hash_)

    def codebook(self) -> tuple[str, str] | None:
        """Return (hash, text) of the codebook on record as it is now within the change, or None where none is."""
        hash_ = read_info(self._connection).get(CODEBOOK, "")
        text = read_codebook_text(self._connection, hash_) if hash_ else None
        return None if text is None else (hash_, text)

    def put_setting(self, key: str, value: str | None) -> None:
        """Keep something about the study under a key; None removes it."""
        old = self._row(schema.study_info, key)
        if value is None:
            if old is not None:
                self._writer.write(schema.study_info, [RowChange((key,), old, None)])
        elif old is None:
            self._add(schema.study_info, [{"key": key, "value": value}])
        else:
            self._put(schema.study_info, old, {"key": key, "value": value})

    # Whole states

    def put_state(self, state: Mapping[str, Mapping[Key, Row]], texts: Mapping[str, str]) -> int:
        """Bring all rows to a state, as `Store.state` gives it; what the state does not hold is removed.

        Args:
            state: Rows by table and key.
            texts: Frozen texts and codebook files by SHA-256 that the rows name and this store may not have.

        Returns:
            How many rows were added, changed and removed.

        Raises:
            ValueError: A row refers to one that is not there.
        """
        for hash_, text in texts.items():
            self._writer.keep_text(hash_, text)
        removed: list[tuple[Table, list[RowChange]]] = []
        count = 0
        for name, table in schema.JOURNALLED.items():
            present = {
                row_key(table, row): row for row in map(dict, self._connection.execute(select(table)).mappings())
            }
            wanted = state[name]
            new = [RowChange(key, None, dict(row)) for key, row in wanted.items() if key not in present]
            old = [difference(table, present[key], row) for key, row in wanted.items() if key in present]
            changes = new + [change for change in old if change is not None]
            self._writer.write(table, changes)
            gone = [RowChange(key, row, None) for key, row in present.items() if key not in wanted]
            removed.append((table, gone))
            count += len(changes) + len(gone)
        for table, gone in reversed(removed):
            self._writer.write(table, gone)
        self._texts = self._coders = None
        return count

    def row(self, table: str, key: Key) -> Row:
        """Return one row of a table as it is now within the change.

        Raises:
            KeyError: There is none.
        """
        return fetch(self._connection, schema.JOURNALLED[table], [key])[key]

    # What the verbs share

    def _add(self, table: Table, rows: Sequence[Row]) -> None:
        self._writer.write(table, [RowChange(row_key(table, row), None, row) for row in rows])

    def _put(self, table: Table, old: Row, new: Row) -> None:
        change = difference(table, old, new)
        if change is not None:
            self._writer.write(table, [change])

    def _remove(self, table: Table, ids: list[str]) -> int:
        old = self._present(table, ids)
        self._writer.write(table, [RowChange(key, row, None) for key, row in old.items()])
        return len(old)

    def _row(self, table: Table, name: str) -> Row | None:
        return fetch(self._connection, table, [(name,)]).get((name,))

    def _present(self, table: Table, ids: list[str]) -> dict[Key, Row]:
        """Return the rows with these ids, in the order of the ids, doubles once."""
        keys = [(id_,) for id_ in dict.fromkeys(ids)]
        found = fetch(self._connection, table, keys)
        missing = [key[0] for key in keys if key not in found]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise StoreError(
                f"The study holds none of the {table.name} with the id {missing[0]}{more}. Nothing was changed.",
                hint="Another program may have removed them: look again and repeat what is still wanted.",
            )
        return {key: found[key] for key in keys}

    def _next(self, table: Table) -> int:
        newest = self._connection.execute(select(func.max(table.c.position))).scalar()
        return (newest or 0) + 1

    def _versions(self, name: str) -> list[Row]:
        query = select(schema.transcripts).where(schema.transcripts.c.name == name)
        return [dict(row) for row in self._connection.execute(query).mappings()]

    def _check_transcript(self, transcript: Transcript) -> None:
        if not transcript.name:
            raise ValueError("a transcript without a name")
        if self._row(schema.cases, transcript.case) is None:
            raise ValueError(f"transcript {transcript.name!r} belongs to an unknown case {transcript.case!r}")
        for turn in transcript.turns:
            _known("role", turn.role, ROLES)
        spans = [(turn.number, turn.start, turn.end) for turn in transcript.turns]
        if problems := turn_problems(transcript.name, len(transcript.text), spans):
            raise ValueError(problems[0])
        if problem := moments_problem(transcript.name, len(transcript.text), transcript.moments):
            raise ValueError(problem)
        if "\0" in transcript.text:
            raise ValueError(f"transcript {transcript.name!r} holds a null character, which no database keeps")
        transcript.text.encode("utf-8")  # a lone surrogate is a ValueError

    def _check_memo(self, memo: Memo) -> None:
        self._known_coder(memo.coder)
        _known("kind of memo", memo.kind, MEMO_KINDS)
        _known("target of a memo", memo.target, MEMO_TARGETS)

    def _known_coder(self, name: str) -> None:
        if self._coders is None:
            self._coders = set(self._connection.execute(select(schema.coders.c.name)).scalars())
        _known("coder", name, self._coders)

    def _text(self, name: str) -> tuple[int, int]:
        """Return (version, length in characters) of a current transcript."""
        texts = self._current_texts()
        if name not in texts:
            raise ValueError(f"unknown transcript: {name!r}")
        return texts[name]

    def _current_texts(self) -> dict[str, tuple[int, int]]:
        if self._texts is None:
            t = schema.transcripts.c
            rows = self._connection.execute(select(t.name, t.version, t.length).where(t.current))
            self._texts = {row.name: (row.version, row.length) for row in rows}
        return self._texts

    def _coding_row(self, coding: Coding) -> Row:
        version, length = self._text(coding.transcript)
        if not 0 <= coding.start < coding.end <= length:
            span = f"[{coding.start}, {coding.end})"
            raise ValueError(f"span {span} is not inside the {length} characters of {coding.transcript!r}")
        self._known_coder(coding.coder)
        if coding.stage not in STAGES or coding.status not in STATUSES or coding.assertion not in ASSERTIONS:
            _known("stage", coding.stage, STAGES)
            _known("status", coding.status, STATUSES)
            _known("assertion", coding.assertion, ASSERTIONS)
        if coding.confidence is not None and not 0 <= coding.confidence <= 1:
            raise ValueError(f"a confidence of {coding.confidence} is not between 0 and 1")
        if not coding.id or not coding.code:
            raise ValueError(f"a coding without an id or a code: {coding}")
        return coding_row(coding, version, self._writer.at)

    def _places(self, rows: Iterable[Row]) -> dict[Key, str]:
        """Return the ids of codings by place and stage: at least of those that stand where the rows do."""
        c = schema.codings.c
        query = select(c.transcript, c.start, c.end, c.code, c.coder, c.stage, c.id, c.version)
        wanted = [(column, {row[column.name] for row in rows}) for column in (c.code, c.transcript)]
        column, values = min(wanted, key=lambda pair: len(pair[1]))
        if len(values) <= CHUNK:
            query = query.where(column.in_(sorted(values)))
        texts = self._current_texts()
        found = self._connection.execute(query).all()
        return {tuple(row[:6]): row[6] for row in found if row[0] in texts and texts[row[0]][0] == row[7]}

    def _check_places(self, rows: Sequence[Row], old: dict[Key, Row]) -> None:
        moved = [
            row
            for row in rows
            if _place(row) != _place(old[(row["id"],)]) or row["version"] != old[(row["id"],)]["version"]
        ]
        if not moved:
            return
        replaced = {row["id"] for row in rows}
        standing = self._places(moved)
        taken = {place: id_ for place, id_ in standing.items() if id_ not in replaced}
        for row in rows:
            other = taken.setdefault(_place(row), row["id"])
            if other != row["id"]:
                raise ValueError(f"codings {other} and {row['id']} would be the same one: {_place(row)}")


def fetch_turns(connection: Connection, name: str, version: int) -> list[Row]:
    """Return the rows of the turns of one version of a transcript, in order."""
    n = schema.turns.c
    query = select(schema.turns).where(n.transcript == name, n.version == version).order_by(n.number)
    return [dict(row) for row in connection.execute(query).mappings()]


def _same_transcript(old: Row, new: Row) -> bool:
    shape = layout(schema.transcripts)
    return all(old[name] == new[name] for name in (*shape.plain, *shape.json))


def _place(row: Row) -> Key:
    return (row["transcript"], row["start"], row["end"], row["code"], row["coder"], row["stage"])


def _known(what: str, value: str, values: Collection[str]) -> None:
    if value not in values:
        raise ValueError(f"unknown {what}: {value!r}")


def _sha256(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode("utf-8")).hexdigest()
