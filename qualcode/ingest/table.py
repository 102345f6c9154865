"""Tables (CSV, TSV, Excel) with the columns' names in the first row.

A **table of talk** has a column of text, and may have columns for case, transcript, speaker, role, time, end and
number; each row is a turn. Where it has several cases or transcripts, each is a transcript. A column that says the same
in all rows of a transcript is an attribute; others are left out, with a doubt.

A **survey** has no column of text: a column whose name ends in a question mark, or whose cells are mostly sentences, is
a question, and each row is a transcript in which the question is the interviewer's turn and the cell the answer. Other
columns are attributes.

The text is set as `qualcode.ingest.speech` says; a cell's own line breaks stay, white space around it goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from qualcode.errors import InputError
from qualcode.ingest.draft import Doubt, Draft
from qualcode.ingest.labels import candidate_of
from qualcode.ingest.lines import split_lines
from qualcode.ingest.normalise import normalise
from qualcode.ingest.roles import count_words
from qualcode.ingest.speech import Utterance, spoken
from qualcode.ingest.talk import read_talk
from qualcode.ingest.vocabulary import key_of
from qualcode.model import ROLES, seconds

MAX_ROWS = 200_000
# A column holds answers rather than facts from so many words a cell on average.
SENTENCE_WORDS = 4
LEAST_DIFFERENT = 0.5
AS_QUESTION = "a column's name, asked of everyone"
AS_ANSWER = "an answer in a column"
# What a column holds, by its name; the first name that is there counts.
COLUMNS: dict[str, tuple[str, ...]] = {
    "text": (
        *("text", "utterance", "speech", "content", "quote", "said", "transcript text", "caption", "words"),
        *("teksti", "puhe", "tal", "aussage", "texte", "texto", "testo", "tekst", "文本", "内容", "发言", "本文"),
    ),
    "case": (
        *("case", "case id", "case name", "respondent", "respondent id", "participant", "participant id"),
        *("fall", "tapaus", "cas", "caso", "案例", "受访者"),
    ),
    "transcript": ("transcript", "interview", "interview id", "document", "file", "haastattelu", "intervju"),
    "speaker": (
        *("speaker", "speaker name", "who", "name", "label", "puhuja", "talare", "sprecher", "sprecherin"),
        *("locuteur", "hablante", "spreker", "发言人", "说话人", "話者"),
    ),
    "role": ("role", "rooli", "roll", "rolle"),
    "time": (
        *("time", "start", "start time", "timestamp", "timecode", "begin", "from", "tid", "aika", "zeit", "heure"),
        *("时间", "時間"),
    ),
    "end": ("end", "end time", "to", "stop"),
    "number": ("id", "turn", "number", "no", "nr", "#", "row", "line", "index"),
}


@dataclass(frozen=True, slots=True)
class Cells:
    """A row.

    Attributes:
        line: Where it begins in the file, or the row's number in a sheet; from 1.
        cells: Its text, by column; without white space around.
    """

    line: int
    cells: list[str]


def read_table(
    rows: Iterable[Cells],
    *,
    path: Path,
    named: tuple[str, ...] = (),
    encoding: str = "",
    doubts: Iterable[Doubt] = (),
) -> list[Draft]:
    """Return the transcripts that a table holds, in the order of their first rows.

    Args:
        rows: The first one holds the columns' names.
        path: The file, for messages.
        named: Labels that the user says are speakers.
        encoding: What the bytes were read with.
        doubts: What reading left open.

    Raises:
        InputError: The table has no rows, too many, or no column that can be read.
    """
    table = _Table(path, rows, list(doubts))
    drafts = _talk(table, named) if "text" in table.columns else _survey(table)
    if not drafts:
        raise InputError("no row of the table holds text", path=path)
    # What is about the table as a whole is said once.
    first = replace(drafts[0], doubts=(*table.doubts, *drafts[0].doubts))
    return [replace(draft, encoding=encoding) for draft in (first, *drafts[1:])]


class _Table:
    """Names, rows, and which column is what."""

    def __init__(self, path: Path, rows: Iterable[Cells], doubts: list[Doubt]) -> None:
        self.path = path
        self.doubts = doubts
        kept: list[Cells] = []
        for row in rows:
            if any(row.cells):
                kept.append(row)
            if len(kept) > MAX_ROWS:
                raise InputError(f"the table has more than {MAX_ROWS:,} rows", path=path)
        if len(kept) < 2:
            raise InputError("the table has no rows below the columns' names", path=path)
        width = max(len(row.cells) for row in kept)
        self.names = [" ".join(name.split()) for name in kept[0].cells] + [""] * (width - len(kept[0].cells))
        self.rows = [Cells(row.line, row.cells + [""] * (width - len(row.cells))) for row in kept[1:]]
        keys = [key_of(name.replace("_", " ")) for name in self.names]
        self.columns: dict[str, int] = {}
        for what, names in COLUMNS.items():
            at = next((keys.index(name) for name in names if name in keys), None)
            if at is not None and at not in self.columns.values():
                self.columns[what] = at
        # "Transcript" names the interview, unless there is no other column for what was said.
        if "text" not in self.columns and self._mostly_sentences(self.columns.get("transcript")):
            self.columns["text"] = self.columns.pop("transcript")

    def _mostly_sentences(self, at: int | None) -> bool:
        return at is not None and self.words(at) >= SENTENCE_WORDS

    def words(self, at: int) -> float:
        """Return the mean number of words in a column's cells that are not empty."""
        counts = [count_words(row.cells[at]) for row in self.rows if row.cells[at]]
        return sum(counts) / len(counts) if counts else 0.0

    def cell(self, row: Cells, what: str) -> str:
        """Return a row's cell of a kind, or ""."""
        at = self.columns.get(what)
        return "" if at is None else row.cells[at]

    def others(self) -> list[int]:
        """Return the columns that are of no known kind and have a name."""
        return [at for at, name in enumerate(self.names) if name and at not in self.columns.values()]


def _talk(table: _Table, named: tuple[str, ...]) -> list[Draft]:
    """Return the transcripts of a table of talk."""
    groups: dict[tuple[str, str], list[Cells]] = {}
    for row in table.rows:
        key = (table.cell(row, "transcript"), table.cell(row, "case"))
        groups.setdefault(key, []).append(row)
    names = _names(table.path.stem, [transcript or case for transcript, case in groups])
    drafts = []
    for name, ((_, case), rows) in zip(names, groups.items(), strict=True):
        attributes = {"Case": case} if case else {}
        left_out = []
        for at in table.others():
            values = {row.cells[at] for row in rows if row.cells[at]}
            if len(values) == 1:
                attributes[table.names[at]] = values.pop()
            elif values:
                left_out.append(table.names[at])
        doubts = [Doubt(f"columns left out: {', '.join(left_out)}")] if left_out else []
        if any(table.cell(row, "text") for row in rows):
            drafts.append(_talk_of(table, rows, name, attributes, doubts, named))
    return drafts


def _talk_of(
    table: _Table,
    rows: list[Cells],
    name: str,
    attributes: Mapping[str, str],
    doubts: list[Doubt],
    named: tuple[str, ...],
) -> Draft:
    """Return one transcript of a table of talk."""
    texts = [table.cell(row, "text") for row in rows]
    if "speaker" not in table.columns and "role" not in table.columns and _hold_talk(texts):
        text = normalise("\n\n".join(text for text in texts if text))
        draft = read_talk(text, path=table.path, attributes=attributes, named=named, doubts=tuple(doubts))
        return replace(draft, name=name)
    utterances = []
    for row in rows:
        role = key_of(table.cell(row, "role"))
        utterances.append(
            Utterance(
                table.cell(row, "text"),
                table.cell(row, "speaker"),
                _time(table, row, "time", doubts),
                _time(table, row, "end", doubts),
                row.line,
                opens="speaker" in table.columns and bool(table.cell(row, "speaker")),
                role=role if role in ROLES else "",
                because="the column of roles" if role in ROLES else "",
            )
        )
    if "speaker" not in table.columns:
        # Nobody is named, but each row was somebody's answer.
        utterances = [
            utterance if utterance.role else replace(utterance, role="participant", because=AS_ANSWER)
            for utterance in utterances
        ]
    return spoken(utterances, path=table.path, name=name, join=False, attributes=attributes, doubts=doubts)


def _hold_talk(texts: list[str]) -> bool:
    """Whether cells hold talk between several: two lines of one cell begin like a speaker's."""
    for text in texts:
        lines = [line for line in split_lines(text) if not line.blank]
        found = [line for line in lines[:50] if (c := candidate_of(line)) is not None and c.form in ("colon", "stamp")]
        if len(found) >= 2:
            return True
    return False


def _time(table: _Table, row: Cells, what: str, doubts: list[Doubt]) -> float | None:
    """Return a row's time in seconds: a clock time or a number."""
    value = table.cell(row, what).strip("[]() ").replace(",", ".")
    if not value:
        return None
    try:
        return seconds(value) if ":" in value else float(value)
    except ValueError:
        if not any("time cannot be read" in doubt.message for doubt in doubts):
            doubts.append(Doubt(f'the time cannot be read: "{value[:40]}"', row.line))
        return None


def _survey(table: _Table) -> list[Draft]:
    """Return one transcript per row of a survey."""
    candidates = [at for at in range(len(table.names)) if table.names[at] and at != table.columns.get("case")]
    questions = [at for at in candidates if _is_question(table, at)]
    if not questions:
        listed = ", ".join(name for name in table.names if name)
        raise InputError(
            f"no column holds what was said; columns are: {listed}",
            path=table.path,
            hint='Name the column "text" (and others "case", "speaker", "time"). Attributes of cases: --cases FILE.',
        )
    facts = [at for at in candidates if at not in questions]
    asked = ", ".join(f'"{table.names[at]}"' for at in questions[:3]) + (", …" if len(questions) > 3 else "")
    as_facts = ", ".join(table.names[at] for at in facts) or "none"
    table.doubts.append(Doubt(f"read as a survey: questions are {asked}; attributes are {as_facts}"))
    labels = [_label(table, row) for row in table.rows]
    names = _names(table.path.stem, labels)
    drafts = []
    for row, label, name in zip(table.rows, labels, names, strict=True):
        utterances = []
        for at in questions:
            if row.cells[at]:
                utterances.append(Utterance(table.names[at], line=row.line, role="interviewer", because=AS_QUESTION))
                utterances.append(Utterance(row.cells[at], line=row.line, role="participant", because=AS_ANSWER))
        if not utterances:
            table.doubts.append(Doubt(f'"{label}" answers no question and is left out', row.line))
            continue
        attributes = {table.names[at]: row.cells[at] for at in facts if row.cells[at]}
        attributes["Case"] = label
        drafts.append(spoken(utterances, path=table.path, name=name, join=False, attributes=attributes))
    return drafts


def _is_question(table: _Table, at: int) -> bool:
    """Whether a column's name asks, or its cells are mostly sentences of people's own."""
    if table.names[at].endswith(("?", "？", "؟")):
        return True
    cells = [row.cells[at] for row in table.rows if row.cells[at]]
    return table.words(at) >= SENTENCE_WORDS and len(set(cells)) > LEAST_DIFFERENT * len(cells)


def _label(table: _Table, row: Cells) -> str:
    """Return the name of a survey row's case: the case, the number, or the row."""
    return table.cell(row, "case") or table.cell(row, "number") or f"row {row.line}"


def _names(stem: str, labels: list[str]) -> list[str]:
    """Return the transcripts' names: the file's for a single one, else with what tells it apart, each once."""
    if len(labels) == 1:
        return [""]
    found: list[str] = []
    taken: set[str] = set()
    for number, label in enumerate(labels, start=1):
        part = "".join("-" if character in '/\\:*?"<>|' else character for character in label) or str(number)
        name = f"{stem}-{part}"
        found.append(name if name.casefold() not in taken else f"{name}-{number}")
        taken.add(found[-1].casefold())
    return found
