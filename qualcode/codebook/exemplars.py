"""Exemplars: interviews made up to show what the codes of a codebook sound like, coded while they were written.

They say more than a definition: how people speak who have never read it, and what only sounds like it. Machine coders
learn from them (`qualcode.coders.exemplar_model`). Those of a shipped codebook are in `codebooks/exemplars/NAME/`; a
study may bring its own in a folder `exemplars`. A file is one interview:

    # Case: Brandt Pumps
    # Kind: firm
    # Note: Made up.

    Q: Who speaks for you, then?

    A: Mostly Arvid. He was thirty years in the mill, so they believe him.
    - profile/employee: Mostly Arvid.
    - source/expertise: He was thirty years in the mill, so they believe him.

Q is asked, A answered. Lines with a hyphen code the answer above them: an identifier, and the passage exactly as it
stands there. An answer without such lines bears no code. `Kind` is the case's cohort.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from qualcode.codebook.find import shipped_codebooks
from qualcode.codebook.load import load_codebook
from qualcode.errors import ManyErrors, UserError, nearest
from qualcode.files import read_text
from qualcode.model import Case, Code, Codebook, Coder, Coding, Settings, Study, Transcript, Turn
from qualcode.resources import shipped

CODER = "exemplars"
FOLDER = "exemplars"
HEADS = ("Case", "Kind", "Industry", "Participant", "Note")
HINT = "Expected are lines that begin with '# Case: ', 'Q: ', 'A: ' or '- CODE: '."


@cache
def shipped_codebook(name: str) -> Codebook:
    """Return a shipped codebook by its name, read once."""
    return load_codebook(shipped("codebooks") / f"{name}.yaml")


def shipped_exemplars(codebook: Codebook) -> Study | None:
    """Return the exemplars of the shipped codebook that a study's codebook began as, or None where there are none.

    They speak for the codes that are still defined as they were; see `names_of_codes`.

    Args:
        codebook: That of the study; its name tells which one it began as.
    """
    folder = shipped("codebooks") / FOLDER / codebook.name
    if codebook.name not in shipped_codebooks() or not folder.is_dir():
        return None
    return load_exemplars(folder, codebook, names_of_codes(shipped_codebook(codebook.name), codebook))


def load_exemplars(folder: Path, codebook: Codebook, names: Mapping[str, str] | None = None) -> Study:
    """Read a folder of exemplars as a small study of its own.

    Args:
        folder: Its `*.txt` are read, in order of name.
        codebook: The codes of the study that they are for.
        names: Identifier in `codebook` by the identifier in the files, for those that are used; codings of other codes
            are left out. None: the files name the codes of `codebook`, and other codes are mistakes.

    Returns:
        Cases, transcripts and accepted codings by one reference coder, `CODER`.

    Raises:
        ManyErrors: Files have mistakes; each with file and line.
        UserError: There is no file.
    """
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise UserError(f"{folder} holds no exemplars (*.txt).", hint="Write some, or remove the folder.")
    known = set(codebook.by_id) if names is None else None
    read = [_Interview(path, known) for path in paths]
    problems = [problem for one in read for problem in one.problems] + _doubles(read)
    if problems:
        raise ManyErrors(f"The exemplars in {folder} were not read.", problems, hint=HINT)
    coded = [one.coded(codebook, names) for one in read]
    return Study(
        Settings(language=codebook.language),
        codebook,
        tuple(sorted((one.case for one in read), key=lambda case: case.name)),
        tuple(transcript for transcript, _ in coded),
        (Coder(CODER, "reference", {"note": "made-up interviews, coded while they were written"}),),
    ).with_codings(coding for _, codings in coded for coding in codings)


def names_of_codes(theirs: Codebook, ours: Codebook) -> dict[str, str]:
    """Return which codes of one codebook are codes of another: identifier there by identifier here.

    They are the same where definition and rules are; a code may have been renamed since. A code that was defined anew
    is another one.

    Args:
        theirs: The codebook that exemplars were written for.
        ours: The codebook of a study.
    """
    by_meaning: dict[tuple[str, ...], str] = {}
    for code in ours.codes:
        by_meaning.setdefault(_meaning(code), code.id)
    found = {}
    for code in theirs.codes:
        same = ours.by_id.get(code.id)
        if same is not None and _meaning(same) == _meaning(code):
            found[code.id] = code.id
        elif code.definition and (other := by_meaning.get(_meaning(code))):
            found[code.id] = other
    return found


def _meaning(code: Code) -> tuple[str, ...]:
    return (code.definition, *code.include, "\0", *code.exclude)


@dataclass
class _Answer:
    """What was said, with its codings: (line, code, quotation)."""

    line: int
    question: str
    text: str
    codes: list[tuple[int, str, str]] = field(default_factory=list)


class _Interview:
    """One file."""

    def __init__(self, path: Path, known: Collection[str] | None) -> None:
        self.path = path
        self.problems: list[str] = []
        self._known = known
        self._heads: dict[str, str] = {}
        self._answers: list[_Answer] = []
        self._question = ""
        for number, line in enumerate(read_text(path).split("\n"), start=1):
            if line.strip():
                self._take(number, line.rstrip())
        if not self._heads.get("Case"):
            self._wrong(1, "no line '# Case: …'")
        if not self._answers:
            self._wrong(1, "no answer ('A: …')")

    @property
    def case(self) -> Case:
        facts = {name: text for name, text in self._heads.items() if name not in ("Case", "Kind")}
        return Case(self._heads["Case"], self._heads.get("Kind", ""), facts)

    def coded(self, codebook: Codebook, names: Mapping[str, str] | None) -> tuple[Transcript, list[Coding]]:
        """Return the interview as a transcript, and its codings."""
        name = f"{CODER}/{self.path.stem}"
        text, asked = "", ""
        turns: list[Turn] = []
        codings: list[Coding] = []
        for answer in self._answers:
            if answer.question != asked and answer.question:
                turns.append(Turn(len(turns) + 1, "Q", "interviewer", len(text), len(text) + len(answer.question)))
                text += answer.question + "\n"
            asked = answer.question
            start = len(text)
            turns.append(Turn(len(turns) + 1, "A", "participant", start, start + len(answer.text)))
            text += answer.text + "\n"
            for _, given, quote in answer.codes:
                code = codebook.by_id.get(names.get(given, "") if names is not None else given)
                if code is not None:
                    at = start + answer.text.index(quote)
                    codings.append(Coding(CODER, name, at, at + len(quote), code.id, stage=code.stage))
        transcript = Transcript(name, self.case.name, text, tuple(turns), codebook.language, attributes=self._heads)
        return transcript, codings

    def _take(self, number: int, line: str) -> None:
        if line.startswith("# "):
            name, colon, text = line[2:].partition(":")
            if not colon or name not in HEADS:
                self._wrong(number, f"unknown line '# {name}'{nearest(name, HEADS)}")
            self._heads[name] = text.strip()
        elif line.startswith("Q: "):
            self._question = line[3:].strip()
        elif line.startswith("A: "):
            self._answers.append(_Answer(number, self._question, line[3:].strip()))
        elif line.startswith("- "):
            self._code(number, line)
        else:
            self._wrong(number, f"unexpected: {line[:40]!r}")

    def _code(self, number: int, line: str) -> None:
        code, colon, quote = line[2:].partition(": ")
        quote = quote.strip()
        if not colon or not quote:
            self._wrong(number, "expected '- CODE: passage'")
        elif not self._answers:
            self._wrong(number, "a code before the first answer")
        elif self._known is not None and code not in self._known:
            self._wrong(number, f"the codebook has no code {code!r}{nearest(code, self._known)}")
        elif quote not in self._answers[-1].text:
            self._wrong(number, f"not in the answer above: {quote[:60]!r}")
        else:
            self._answers[-1].codes.append((number, code, quote))

    def _wrong(self, number: int, what: str) -> None:
        self.problems.append(f"{self.path}, line {number}: {what}")


def _doubles(read: Sequence[_Interview]) -> list[str]:
    seen: dict[str, Path] = {}
    problems = []
    for one in read:
        if one.problems:
            continue
        other = seen.setdefault(one.case.name, one.path)
        if other != one.path:
            problems.append(f"{one.path}, line 1: the case {one.case.name!r} is that of {other.name} too")
    return problems
