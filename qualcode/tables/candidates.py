"""Candidates for new codes, from what participants say and no counted code covers.

Three kinds, each with its cases and the places where it stands:

- `phrases`: two to four words that are a term of their own (C-value), without stop words at either end;
- `wordings`: three to seven words, stop words included, that people of several cases say in the same way;
- `clusters`: passages that share words, named by the words that set them apart.

Words are compared by lemma. Nothing here becomes a code: a person names, merges or rejects a candidate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qualcode.errors import UserError
from qualcode.model import Study
from qualcode.tables.chosen import chosen
from qualcode.tables.clusters import group_count, grouped, tf_idf
from qualcode.tables.near_codes import NearCodes
from qualcode.tables.phrases import Key, Place, c_values, closed, log_likelihood, recurring
from qualcode.tables.search import in_context
from qualcode.tables.uncoded import Sentence, lemmas_of, participant_sentences

KINDS = ("phrases", "wordings", "clusters")
LONGEST_PHRASE = 4
LONGEST_WORDING = 7
# A passage is a run of uncoded sentences of a turn, no longer than this.
PASSAGE_SENTENCES = 4
# Shorter passages have too few words to be like others.
LEAST_WORDS = 4
LEAST_PASSAGES = 3
# Mean cosine of a group's passages with its centre, below which they have little in common.
LEAST_COHESION = 0.25
LABEL_WORDS = 3
CENTRE_WORDS = 8
# G2 at 0.05 and one degree of freedom: said less often than in coded text, so that codes have it already.
SIGNIFICANT = 3.84
JOIN = " / "


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may become a code.

    Attributes:
        kind: One of `KINDS`.
        text: As it is said most often; for a cluster its label, words joined by " / ".
        key: Language and lemmas ("en:brand awareness"): the same for all forms of it.
        count: How many times it is said; for a cluster, how many passages.
        cases: Names of the cases that say it, sorted.
        score: By which candidates of a kind are ranked: C-value (phrases), number of cases (wordings), mean cosine with
            the centre (clusters).
        keyness: G2 against what codes cover, negative where it is said less often (`log_likelihood`); or None.
        near: Codes that have most of its words, with the share, 0 to 1.
        places: (transcript, start, end) where it stands; for a cluster the passages, the most typical first.
    """

    kind: str
    text: str
    key: str
    count: int
    cases: tuple[str, ...]
    score: float
    keyness: float | None
    near: tuple[tuple[str, float], ...]
    places: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A place in its context.

    Attributes:
        case: Name of the case.
        transcript: Name of the transcript.
        turn: Number of the turn.
        start: First character.
        end: One past the last character.
        left: What comes before it in the turn.
        match: The place itself, on one line.
        right: What comes after it.
    """

    case: str
    transcript: str
    turn: int
    start: int
    end: int
    left: str
    match: str
    right: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """What was found.

    Attributes:
        found: By kind (in the order of `KINDS`), then rank.
        sentences: How many sentences of participants were looked at.
        uncoded: How many of them no counted code covers.
        coders: Whose codings count.
    """

    found: tuple[Candidate, ...]
    sentences: int
    uncoded: int
    coders: tuple[str, ...]


def candidates(
    study: Study,
    *,
    kinds: Sequence[str] = KINDS,
    coders: Sequence[str] = (),
    cases: Sequence[str] = (),
    least: int = 2,
    least_cases: int = 2,
    top: int | None = 20,
    rejected: Collection[str] = (),
) -> Candidates:
    """Return candidates for new codes.

    Args:
        study: The study.
        kinds: Which of `KINDS`.
        coders: Whose codings cover text; empty: see `chosen`.
        cases: Names of cases to look at, in any spelling of upper and lower case; empty: all.
        least: How often a phrase must be said.
        least_cases: In how many cases a wording must be said.
        top: How many of each kind at most; None: all.
        rejected: Keys that are left out.

    Raises:
        UserError: A coder, a case or a kind is unknown.
    """
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise UserError(f"There is no kind of candidate {unknown[0]!r}.", hint=f"Kinds: {', '.join(KINDS)}.")
    names, codings = chosen(study, coders)
    sentences = participant_sentences(study, codings, _cases(study, cases))
    by_language: dict[str, list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        by_language[sentence.language].append(sentence)
    near = NearCodes(study.codebook)
    found: dict[str, list[Candidate]] = {kind: [] for kind in KINDS if kind in kinds}
    for language in sorted(by_language):
        look = _Look(study, language, by_language[language], near)
        if "phrases" in found:
            found["phrases"] += look.phrases(least)
        if "wordings" in found:
            found["wordings"] += look.wordings(max(2, least), least_cases)
        if "clusters" in found:
            found["clusters"] += look.clusters()
    left_out = frozenset(rejected)
    shown = [
        candidate
        for of_kind in found.values()
        for candidate in [one for one in sorted(of_kind, key=_rank) if one.key not in left_out][:top]
    ]
    return Candidates(tuple(shown), len(sentences), sum(not one.is_covered for one in sentences), names)


def lines(study: Study, candidate: Candidate, *, limit: int | None = None, width: int = 40) -> tuple[Line, ...]:
    """Return places of a candidate in context: the first of each case, then the second of each, and so on.

    Args:
        study: The study.
        candidate: The candidate.
        limit: How many at most; None: all.
        width: Characters on either side.
    """
    turn_of: Counter[str] = Counter()
    order = []
    for number, (name, _, _) in enumerate(candidate.places):
        case = study.transcript_by_name[name].case
        order.append((turn_of[case], number))
        turn_of[case] += 1
    return tuple(_line(study, candidate.places[number], width) for _, number in sorted(order)[:limit])


def key_of(phrase: str, language: str) -> str:
    """Return the key of a phrase or of a cluster's label, as `Candidate.key` has it."""
    from qualcode.language import get_language

    code = get_language(language).code
    if JOIN in phrase:
        return f"{code}:{JOIN.join(' '.join(lemmas_of(part, code)) for part in phrase.split(JOIN))}"
    return f"{code}:{' '.join(lemmas_of(phrase, code))}"


def _cases(study: Study, names: Sequence[str]) -> frozenset[str] | None:
    if not names:
        return None
    known = {case.name.casefold(): case.name for case in study.cases}
    for name in names:
        if name.casefold() not in known:
            raise UserError(f"The study has no case {name!r}.", hint=f"Cases: {', '.join(study.case_by_name)}.")
    return frozenset(known[name.casefold()] for name in names)


def _rank(candidate: Candidate) -> tuple[float, int, int, str]:
    return (-round(candidate.score, 9), -len(candidate.cases), -candidate.count, candidate.key)


def _line(study: Study, place: tuple[str, int, int], width: int) -> Line:
    name, start, end = place
    transcript = study.transcript_by_name[name]
    turn = transcript.turn_at(start)
    assert turn is not None, "candidates stand in turns"
    return Line(transcript.case, name, turn.number, start, end, *in_context(transcript, start, end, width))


class _Look:
    """What is uncoded in one language, looked at in several ways."""

    def __init__(self, study: Study, language: str, sentences: Sequence[Sentence], near: NearCodes) -> None:
        self.study = study
        self.language = language
        self.sentences = sentences
        self.uncoded = [one for one in sentences if not one.is_covered]
        self.covered = [one for one in sentences if one.is_covered]
        self.near = near

    def phrases(self, least: int) -> Iterator[Candidate]:
        """Yield phrases that are terms of their own, but for those that coded text has more of."""
        found = {
            key: places
            for key, places in recurring(self.uncoded, LONGEST_PHRASE, least).items()
            if len(key) > 1 and self._is_term(places[0], len(key))
        }
        values = c_values({key: len(places) for key, places in found.items()})
        keyness = self._keyness(found)
        for key, places in found.items():
            against = keyness[key]
            if values[key] > 0 and (against is None or against > -SIGNIFICANT):
                yield self._candidate("phrases", key, places, values[key], against)

    def wordings(self, least: int, least_cases: int) -> Iterator[Candidate]:
        """Yield wordings that several cases share, the longest form of each."""
        found = {
            key: places
            for key, places in recurring(self.uncoded, LONGEST_WORDING, least).items()
            if len(key) > 2
            and sum(self._says(places[0], len(key))) > 1
            and len({self.uncoded[number].case for number, _ in places}) >= least_cases
        }
        longest = closed(found)
        found = {key: places for key, places in found.items() if key in longest}
        keyness = self._keyness(found)
        for key, places in found.items():
            spread = len({self.uncoded[number].case for number, _ in places})
            yield self._candidate("wordings", key, places, float(spread), keyness[key])

    def clusters(self) -> Iterator[Candidate]:
        """Yield groups of uncoded passages that share words."""
        passages = [passage for passage in _passages(self.sentences) if len(_saying(passage)) >= LEAST_WORDS]
        if len(passages) < 2 * LEAST_PASSAGES:
            return
        matrix, words = tf_idf([_saying(passage) for passage in passages])
        if not words:
            return
        group, cosines, centres = grouped(matrix, group_count(len(passages)))
        for number, centre in enumerate(centres):
            members = [at for at in range(len(passages)) if group[at] == number and cosines[at] > 0]
            cohesion = float(cosines[members].mean()) if members else 0.0
            if len(members) < LEAST_PASSAGES or cohesion < LEAST_COHESION:
                continue
            weights = {words[at]: float(centre[at]) for at in range(len(words)) if centre[at] > 0}
            best = sorted(weights, key=lambda word: (-round(weights[word], 9), word))[:CENTRE_WORDS]
            typical = sorted(members, key=lambda at: (-round(float(cosines[at]), 9), at))
            yield Candidate(
                "clusters",
                JOIN.join(self._said([passages[at] for at in members], word) for word in best[:LABEL_WORDS]),
                f"{self.language}:{JOIN.join(best[:LABEL_WORDS])}",
                len(members),
                tuple(sorted({passages[at][0].case for at in members})),
                cohesion,
                None,
                self.near.near({word: weights[word] for word in best}, cues=False),
                tuple((passages[at][0].transcript, passages[at][0].start, passages[at][-1].end) for at in typical),
            )

    def _says(self, place: Place, size: int) -> tuple[bool, ...]:
        number, at = place
        return self.uncoded[number].says[at : at + size]

    def _is_term(self, place: Place, size: int) -> bool:
        says = self._says(place, size)
        return says[0] and says[-1] and sum(says) >= size - 1

    def _keyness(self, found: Mapping[Key, Sequence[Place]]) -> dict[Key, float | None]:
        sizes = sorted({len(key) for key in found})
        there = Counter(
            key
            for sentence in self.covered
            for size in sizes
            for at in range(len(sentence.lemmas) - size + 1)
            if (key := sentence.lemmas[at : at + size]) in found and all(sentence.follows[at + 1 : at + size])
        )
        words = [sum(len(one.lemmas) for one in part) for part in (self.uncoded, self.covered)]
        return {key: log_likelihood(len(places), there[key], *words) for key, places in found.items()}

    def _candidate(
        self, kind: str, key: Key, places: Sequence[Place], score: float, keyness: float | None
    ) -> Candidate:
        spans = []
        for number, at in places:
            sentence = self.uncoded[number]
            spans.append((sentence.transcript, sentence.starts[at], sentence.ends[at + len(key) - 1]))
        says = self._says(places[0], len(key))
        return Candidate(
            kind,
            _commonest(self.study.transcript_by_name[name].text[start:end] for name, start, end in spans),
            f"{self.language}:{' '.join(key)}",
            len(places),
            tuple(sorted({self.uncoded[number].case for number, _ in places})),
            score,
            keyness,
            self.near.near({lemma: 1.0 for lemma, one in zip(key, says, strict=True) if one}),
            tuple(spans),
        )

    def _said(self, passages: Iterable[Sequence[Sentence]], lemma: str) -> str:
        """Return the form in which a word is said most often in some passages."""
        return _commonest(
            self.study.transcript_by_name[sentence.transcript].text[start:end]
            for passage in passages
            for sentence in passage
            for own, start, end in zip(sentence.lemmas, sentence.starts, sentence.ends, strict=True)
            if own == lemma
        )


def _commonest(texts: Iterable[str]) -> str:
    counts = Counter(" ".join(text.lower().split()) for text in texts)
    return min(counts, key=lambda text: (-counts[text], text))


def _passages(sentences: Sequence[Sentence]) -> Iterator[tuple[Sentence, ...]]:
    """Yield runs of uncoded sentences of one turn, none longer than `PASSAGE_SENTENCES`."""
    run: list[Sentence] = []
    for sentence in sentences:
        goes_on = run and (sentence.transcript, sentence.turn) == (run[-1].transcript, run[-1].turn)
        if run and (sentence.is_covered or not goes_on or len(run) == PASSAGE_SENTENCES):
            yield tuple(run)
            run = []
        if not sentence.is_covered:
            run.append(sentence)
    if run:
        yield tuple(run)


def _saying(passage: Sequence[Sentence]) -> list[str]:
    return [lemma for sentence in passage for lemma, one in zip(sentence.lemmas, sentence.says, strict=True) if one]
