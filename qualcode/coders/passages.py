"""From a turn and a code to the passage that bears it: the smallest run of sentences, and what it asserts."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from qualcode.coders.assertion import AFFIRMED, assertion_rules
from qualcode.coders.matcher import Match, words_in
from qualcode.language import get_language
from qualcode.model import Coding, Transcript

# A neighbouring sentence belongs to the passage if its score is at least this share of the best one's.
SHARE_OF_BEST = 0.4


def smallest_run(scores: NDArray[np.floating], share: float = SHARE_OF_BEST) -> tuple[int, int]:
    """Return the half-open run of sentences around the best one whose scores come near to its.

    Args:
        scores: Of a turn's sentences for one code.
        share: See `SHARE_OF_BEST`.

    >>> smallest_run(np.array([0.0, 0.5, 0.2, 0.7]))
    (3, 4)
    >>> smallest_run(np.array([0.0, 0.5, 0.6, 0.1]))
    (1, 3)
    """
    best = int(np.argmax(scores))
    line = share * float(scores[best])
    start, end = best, best + 1
    if scores[best] <= 0:
        return start, end
    while start > 0 and scores[start - 1] >= line:
        start -= 1
    while end < len(scores) and scores[end] >= line:
        end += 1
    return start, end


def assertion_of(
    transcript: Transcript,
    span: tuple[int, int],
    words: Iterable[str],
    hits: Iterable[Coding],
    *,
    clients_are_own: bool,
) -> tuple[str, str]:
    """Return what a passage does with the thing that its code is about, and because of what.

    Cues of the code found in the passage decide; without any, the rules are asked about the words that made the machine
    propose the code, and only an answer that holds for all of them counts.

    Args:
        transcript: The transcript.
        span: The passage, in characters.
        words: Lemmas that spoke for the code.
        hits: What cues of the code proposed in the turn.
        clients_are_own: See `qualcode.coders.assertion`.
    """
    start, end = span
    found = [hit for hit in hits if hit.start < end and start < hit.end]
    if any(hit.assertion == "affirmed" for hit in found):
        return AFFIRMED
    if found:
        surest = max(found, key=lambda hit: (hit.confidence or 0, -hit.start))
        return surest.assertion, str(surest.evidence.get("assertion_because", ""))
    return _of_words(transcript, span, frozenset(words), clients_are_own)


def _of_words(
    transcript: Transcript, span: tuple[int, int], lemmas: frozenset[str], clients_are_own: bool
) -> tuple[str, str]:
    language = get_language(transcript.language)
    rules = assertion_rules(language.code)
    turn = transcript.turn_at(span[0])
    if rules is None or turn is None or not lemmas:
        return AFFIRMED
    speech = transcript.speech(turn)
    words = words_in(speech, language)
    judge = rules.on(speech, words)
    answers = []
    for sentence, (low, high) in enumerate(words.bounds):
        for place in range(low, high):
            if not span[0] <= turn.start + words.starts[place] < span[1]:
                continue
            if language.vocabulary.lemmas[words.numbers[place]] in lemmas:
                match = Match(-1, (place,))
                answers.append(judge.judge(sentence, match, clients_are_own=clients_are_own))
    if answers and all(answer[0] == answers[0][0] for answer in answers):
        return answers[0]
    return AFFIRMED
