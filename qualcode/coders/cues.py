"""The machine coder `cues`: codes proposed where the codebook's cues are found.

Works by sentence, in participants' turns only. Everything it proposes says which cue matched where, and what the
sentence does with it (`qualcode.coders.assertion`): codings that are not affirmed are returned as well, flagged.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qualcode.coders.assertion import AFFIRMED, AssertionRules, assertion_rules
from qualcode.coders.cue_language import CueError, Pattern, parse
from qualcode.coders.garbage import collector_paused
from qualcode.coders.matcher import Match, Matcher, Words, words_in
from qualcode.errors import UserError
from qualcode.language import Language, get_language
from qualcode.model import Code, Codebook, Coding, Cue, Settings, Study, Transcript, Turn

NAME = "cues"
VERSION = "1"
# However many cues agree, words alone are never certain.
MOST_CONFIDENT = 0.99
# Cohorts whose cases advise others: what their clients do on their advice is the practice they speak of.
ADVISING_COHORTS = ("agency",)

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Hit:
    """One cue found in one sentence, and what the sentence does with it."""

    cue: int
    sentence: int
    match: Match
    assertion: str
    because: str


@dataclass(frozen=True, slots=True)
class _Bearing:
    """One code in one sentence."""

    sentence: int
    code: int
    assertion: str
    hits: tuple[_Hit, ...]


class CueCoder:
    """Proposes codes by the cues of a codebook.

    Args:
        codebook: Whose cues.
        settings: Of the study; `extra["cues"]["advising_cohorts"]` names cohorts whose clients' practice is their own
            to tell of (default: agency).
        codes: Identifiers of the codes to propose; None: all of them.

    Raises:
        UserError: A cue cannot be understood (when its language is first met).
    """

    name = NAME

    def __init__(
        self, codebook: Codebook, settings: Settings | None = None, *, codes: Collection[str] | None = None
    ) -> None:
        self.codebook = codebook
        self.settings = settings or Settings()
        self._codes = tuple(code for code in codebook.codes if codes is None or code.id in codes)
        given = self.settings.extra.get(NAME) or {}
        self._advising = frozenset(cohort.casefold() for cohort in given.get("advising_cohorts", ADVISING_COHORTS))
        self._compiled: dict[str, CompiledCues | None] = {}

    def __getstate__(self) -> dict[str, Any]:
        # What is compiled is worked out again in each process: it holds spaCy's tokenizer.
        return {**self.__dict__, "_compiled": {}}

    @property
    def attributes(self) -> Mapping[str, str]:
        """Version, codebook, and notes on the languages met so far; all text."""
        notes = {
            f"language {code}": " ".join(self._notes(code, compiled)) or "tokens, lemmas and assertion rules"
            for code, compiled in sorted(self._compiled.items())
        }
        return {
            "version": VERSION,
            "codebook": self.codebook.name,
            "codebook_hash": self.codebook.hash,
            "advising_cohorts": ", ".join(sorted(self._advising)),
            **notes,
        }

    def propose(
        self, study: Study, *, codes: Collection[str] | None = None, progress: Progress | None = None
    ) -> list[Coding]:
        """Return the codings proposed for a study, sorted by place.

        Args:
            study: Its transcripts and cases are read; its codings are not.
            codes: Identifiers of the codes to propose; None: those the coder was made for.
            progress: Called with (transcripts done, transcripts in all).
        """
        codings: list[Coding] = []
        for done, transcript in enumerate(study.transcripts, start=1):
            case = study.case_by_name.get(transcript.case)
            codings += self.propose_in(transcript, cohort=case.cohort if case else "", codes=codes)
            if progress:
                progress(done, len(study.transcripts))
        return sorted(codings, key=lambda coding: coding.place)

    @collector_paused()
    def propose_in(
        self, transcript: Transcript, *, cohort: str = "", codes: Collection[str] | None = None
    ) -> list[Coding]:
        """Return the codings proposed for one transcript, sorted by place.

        Args:
            transcript: Its participants' turns are read, and the interviewer's questions where a cue asks for them.
            cohort: Of its case.
            codes: Identifiers of the codes to propose; None: those the coder was made for.
        """
        compiled = self._for_language(transcript.language)
        if compiled is None:
            return []
        own = cohort.casefold() in self._advising
        question: Turn | None = None
        # What the question asks for is worked out once, and only where somebody answers it.
        not_asked: frozenset[int] | None = None
        codings: list[Coding] = []
        for turn in transcript.turns:
            if turn.role == "interviewer":
                question, not_asked = turn, None
            elif turn.role == "participant":
                if not_asked is None:
                    not_asked = compiled.not_asked(transcript.speech(question) if question else "")
                words, bearings = compiled.bearings(transcript.speech(turn), not_asked, own)
                codings += [
                    self._coding(transcript, turn, compiled, words, passage)
                    for passage in _passages(bearings)
                    if codes is None or compiled.codes[passage[0].code].id in codes
                ]
        return sorted(codings, key=lambda coding: coding.place)

    def _for_language(self, code: str) -> CompiledCues | None:
        language = get_language(code)
        if language.code not in self._compiled:
            compiled = CompiledCues(self._codes, language)
            self._compiled[language.code] = compiled if compiled.cues else None
        return self._compiled[language.code]

    def _notes(self, code: str, compiled: CompiledCues | None) -> list[str]:
        notes = list(get_language(code).notes)
        if compiled is None:
            return [f"The codebook has no cues in language '{code}': nothing is proposed.", *notes]
        if compiled.assertions is None:
            notes.append(f"No assertion rules for language '{code}': everything found counts as affirmed.")
        return notes

    def _coding(
        self, transcript: Transcript, turn: Turn, compiled: CompiledCues, words: Words, passage: tuple[_Bearing, ...]
    ) -> Coding:
        code = compiled.codes[passage[0].code]
        start = turn.start + words.sentences[passage[0].sentence][0]
        end = turn.start + words.sentences[passage[-1].sentence][1]
        hits = [hit for bearing in passage for hit in bearing.hits]
        assertion = passage[0].assertion
        counted = [hit for hit in hits if hit.assertion == assertion]
        return Coding(
            coder=self.name,
            transcript=transcript.name,
            start=start,
            end=end,
            code=code.id,
            stage=code.stage,
            status="proposed",
            confidence=_confidence(compiled.cues[hit.cue] for hit in counted),
            assertion=assertion,
            evidence=_evidence(transcript, turn, compiled, words, hits, counted),
            definition_hash=compiled.definition_hashes[passage[0].code],
        )


class CompiledCues:
    """The cues of some codes in one language, ready to be looked for.

    Attributes:
        codes: The codes, in order.
        cues: All their cues in this language, in order.
        assertions: The language's rules, or None.
    """

    def __init__(self, codes: Iterable[Code], language: Language) -> None:
        self.codes = tuple(codes)
        pairs = [
            (number, cue)
            for number, code in enumerate(self.codes)
            for cues_language, cues in code.cues.items()
            if get_base(cues_language) == language.code
            for cue in cues
        ]
        self.cues = tuple(cue for _, cue in pairs)
        self._code_of = tuple(code for code, _ in pairs)
        self._language = language
        self.definition_hashes = tuple(code.definition_hash for code in self.codes)
        parsed = {text: pattern for code, cue in pairs for text, pattern in _parsed(self.codes[code], cue)}
        # Those that ask for a question stand last: what is told of a passage tells of the others first.
        self._order = sorted(range(len(self.cues)), key=lambda number: bool(self.cues[number].question))
        self._matcher = Matcher([parsed[self.cues[number].pattern] for number in self._order], language)
        questions = _numbered(cue.question for cue in self.cues)
        self._questions = Matcher([parsed[text] for text in questions], language)
        # Places of the cues that ask for a question at all, and for each question.
        self._asking: set[int] = set()
        self._asked_by: list[set[int]] = [set() for _ in questions]
        for place, number in enumerate(self._order):
            for question in _numbers(self.cues[number].question, questions):
                self._asking.add(place)
                self._asked_by[question].add(place)
        # Conditions are looked for only where a cue was found, so they are kept apart.
        conditions = _numbered((*cue.requires, *cue.excludes) for cue in self.cues)
        self._conditions = Matcher([parsed[text] for text in conditions], language)
        self._requires = [_numbers(cue.requires, conditions) for cue in self.cues]
        self._excludes = [_numbers(cue.excludes, conditions) for cue in self.cues]
        self.assertions: AssertionRules | None = assertion_rules(language.code)

    def not_asked(self, question: str) -> frozenset[int]:
        """Return which cues may not be looked for after a question, since they ask for another one.

        Args:
            question: What the interviewer asked; empty: nothing.

        Returns:
            Their places in the matcher, for `bearings`.
        """
        if not self._asking:
            return frozenset()
        words = words_in(question, self._language)
        met: set[int] = set().union(*(self._questions.present(words.numbers, *bounds) for bounds in words.bounds))
        return frozenset(self._asking.difference(*(self._asked_by[question] for question in met)))

    def bearings(self, speech: str, not_asked: frozenset[int], clients_are_own: bool) -> tuple[Words, list[_Bearing]]:
        """Return the words of a turn, and which of its sentences bear which codes, sorted by code and sentence.

        Args:
            speech: The turn.
            not_asked: What `not_asked` said of the question before it.
            clients_are_own: See `TurnAssertions.judge`.
        """
        words = words_in(speech, self._language)
        met = _Conditions(words, self._conditions)
        judge = self.assertions.on(speech, words) if self.assertions else None
        found: dict[tuple[int, int], list[_Hit]] = {}
        for sentence, match in self._matcher.scan(words, without=not_asked):
            number = self._order[match.pattern]
            if not self._holds(number, met, sentence):
                continue
            assertion, because = judge.judge(sentence, match, clients_are_own=clients_are_own) if judge else AFFIRMED
            hit = _Hit(number, sentence, match, assertion, because)
            found.setdefault((self._code_of[number], sentence), []).append(hit)
        return words, [
            _Bearing(sentence, code, _together(hits, self.cues), tuple(hits))
            for (code, sentence), hits in sorted(found.items())
        ]

    def _holds(self, number: int, met: _Conditions, sentence: int) -> bool:
        """Return whether what a cue requires is there, and nothing that it excludes."""
        requires, excludes = self._requires[number], self._excludes[number]
        if not (requires or excludes):
            return True
        where = met.in_turn() if self.cues[number].within == "turn" else met.in_sentence(sentence)
        return excludes.isdisjoint(where) and not (requires and requires.isdisjoint(where))


class _Conditions:
    """Which conditions a turn meets; a sentence is looked into once, and only where a cue asks for it."""

    def __init__(self, words: Words, matcher: Matcher) -> None:
        self._words = words
        self._matcher = matcher
        self._met: dict[int, set[int]] = {}

    def in_turn(self) -> set[int]:
        """Return the conditions met in any sentence."""
        return set().union(*map(self.in_sentence, range(len(self._words.bounds))))

    def in_sentence(self, sentence: int) -> set[int]:
        """Return the conditions met in a sentence."""
        if sentence not in self._met:
            self._met[sentence] = self._matcher.present(self._words.numbers, *self._words.bounds[sentence])
        return self._met[sentence]


def _numbered(patterns: Iterable[Iterable[str]]) -> dict[str, int]:
    distinct = sorted({text for some in patterns for text in some})
    return {text: number for number, text in enumerate(distinct)}


def _numbers(patterns: Iterable[str], numbered: Mapping[str, int]) -> frozenset[int]:
    return frozenset(numbered[text] for text in patterns)


def _parsed(code: Code, cue: Cue) -> Iterator[tuple[str, Pattern]]:
    """Yield what a cue says, pattern by pattern; raise a `UserError` that says what of which code is not understood."""
    for pattern in (cue.pattern, *cue.requires, *cue.excludes, *cue.question):
        try:
            yield pattern, parse(pattern)
        except CueError as error:
            line = f", line {cue.line} of the codebook" if cue.line else ""
            raise UserError(
                f"Cue '{pattern}' of code '{code.id}'{line} cannot be understood: {error.message}",
                hint="Look all cues over with: qualcode codebook check",
            ) from error


def get_base(code: str) -> str:
    """Return the language code without its region, in lower case ("en-GB": "en")."""
    return code.replace("_", "-").split("-")[0].strip().lower()


def _together(hits: list[_Hit], cues: tuple[Cue, ...]) -> str:
    """Return what a sentence does with a code: affirmed if any of its hits is, else what the surest hit says."""
    if any(hit.assertion == "affirmed" for hit in hits):
        return "affirmed"
    return max(hits, key=lambda hit: (cues[hit.cue].confidence, -hit.cue, -hit.match.words[0])).assertion


def _passages(bearings: list[_Bearing]) -> Iterator[tuple[_Bearing, ...]]:
    """Yield runs of adjacent sentences that bear the same code with the same assertion."""
    run: list[_Bearing] = []
    for bearing in bearings:
        last = run[-1] if run else None
        if last and (bearing.code, bearing.assertion, bearing.sentence) != (
            last.code,
            last.assertion,
            last.sentence + 1,
        ):
            yield tuple(run)
            run = []
        run.append(bearing)
    if run:
        yield tuple(run)


def _confidence(cues: Iterable[Cue]) -> float:
    """Return how surely some cues together mean their code: one minus the chance that all of them err.

    The same cue found twice says nothing more.
    """
    distinct = {(cue.pattern, cue.requires, cue.excludes, cue.question, cue.within): cue.confidence for cue in cues}
    doubt = 1.0
    for confidence in distinct.values():
        doubt *= 1.0 - confidence
    return round(min(1.0 - doubt, MOST_CONFIDENT), 4)


def _evidence(
    transcript: Transcript,
    turn: Turn,
    compiled: CompiledCues,
    words: Words,
    hits: list[_Hit],
    counted: list[_Hit],
) -> dict[str, Any]:
    """Return why, as plain data: the surest cue, and all of them with their words and places in the transcript."""
    surest = max(counted, key=lambda hit: (compiled.cues[hit.cue].confidence, -hit.cue, -hit.match.words[0]))
    in_order = sorted(hits, key=lambda hit: hit.match.words)
    told = [_told(transcript, turn, compiled, words, hit) for hit in in_order]
    main = told[in_order.index(surest)]
    evidence: dict[str, Any] = {
        "cue": main["cue"],
        "matched": main["matched"],
        "spans": sorted({tuple(span) for entry in told for span in entry["spans"]}),
        "cues": told,
    }
    evidence["spans"] = [list(span) for span in evidence["spans"]]
    if surest.because:
        evidence["assertion_because"] = surest.because
    return evidence


def _told(transcript: Transcript, turn: Turn, compiled: CompiledCues, words: Words, hit: _Hit) -> dict[str, Any]:
    spans = _spans(hit, words, turn.start)
    cue = compiled.cues[hit.cue]
    told: dict[str, Any] = {
        "cue": cue.pattern,
        "matched": " … ".join(transcript.text[start:end] for start, end in spans),
        "spans": spans,
        "confidence": cue.confidence,
        "assertion": hit.assertion,
    }
    if hit.because:
        told["assertion_because"] = hit.because
    return told


def _spans(hit: _Hit, words: Words, offset: int) -> list[list[int]]:
    """Return the stretches of matched words, in characters of the transcript; neighbouring words are one stretch."""
    first, _ = words.bounds[hit.sentence]
    places = words.spans(hit.sentence)
    spans: list[list[int]] = []
    before = -2
    for word in hit.match.words:
        start, end = places[word - first]
        if word == before + 1:
            spans[-1][1] = offset + end
        else:
            spans.append([offset + start, offset + end])
        before = word
    return spans


def propose_in(transcript: Transcript, coder: CueCoder, cohort: str = "") -> list[Coding]:
    """Return the codings of one transcript: a plain function for pools of processes (a `CueCoder` can be pickled).

    A pool should hand each process its coder once (an initializer), since a process compiles it when it first uses it.
    """
    return coder.propose_in(transcript, cohort=cohort)


def cue_coder(study: Study) -> CueCoder:
    """Return the coder for a study's codebook and settings."""
    return CueCoder(study.codebook, study.settings)
