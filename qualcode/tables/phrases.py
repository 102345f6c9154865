"""Phrases that recur in text: which, where, and how much each is a term of its own."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from qualcode.tables.uncoded import Sentence

Key = tuple[str, ...]
"""The lemmas of a phrase."""
Place = tuple[int, int]
"""Number of a sentence, and of the phrase's first word in it."""


def recurring(sentences: Sequence[Sentence], longest: int, least: int) -> dict[Key, list[Place]]:
    """Return all runs of words that are said at least so often, with their places in order.

    A run recurs only if the runs that it holds do, so longer ones are looked for only where those recur: memory
    grows with what recurs, not with the text.

    Args:
        sentences: All of one language.
        longest: Number of words of the longest run.
        least: How often a run must be said.
    """
    level: dict[Key, list[Place]] = defaultdict(list)
    for number, sentence in enumerate(sentences):
        for at, lemma in enumerate(sentence.lemmas):
            level[lemma,].append((number, at))
    found: dict[Key, list[Place]] = {}
    for size in range(1, longest + 1):
        level = {key: places for key, places in level.items() if len(places) >= least}
        found.update(level)
        if size < longest:
            level = _longer(sentences, level, size)
    return found


def _longer(sentences: Sequence[Sentence], level: Mapping[Key, Sequence[Place]], size: int) -> dict[Key, list[Place]]:
    known: set[Place] = {place for places in level.values() for place in places}
    longer: dict[Key, list[Place]] = defaultdict(list)
    for number, at in sorted(known):
        sentence = sentences[number]
        if (number, at + 1) in known and sentence.follows[at + size]:
            longer[sentence.lemmas[at : at + size + 1]].append((number, at))
    return longer


def c_values(counts: Mapping[Key, int]) -> dict[Key, float]:
    """Return how much each phrase is a term of its own, rather than a part of longer ones.

    log2(words) × count for a phrase that no longer one holds; else log2(words) × (count − mean over the longer ones
    that hold it of how often it is said in them). Frantzi, Ananiadou & Mima (2000), Automatic recognition of
    multi-word terms: the C-value/NC-value method, International Journal on Digital Libraries 3(2), 115-130,
    section 2.3. As in their algorithm, what is said within an even longer phrase is counted once.

    Args:
        counts: How often each candidate phrase, of two words or more, is said.

    >>> c_values({("cell", "carcinoma"): 5, ("basal", "cell", "carcinoma"): 3})[("cell", "carcinoma")]
    2.0
    """
    nested: dict[Key, int] = dict.fromkeys(counts, 0)
    holders: dict[Key, int] = dict.fromkeys(counts, 0)
    for key in sorted(counts, key=lambda key: -len(key)):
        parts = {key[low:high] for low in range(len(key)) for high in range(low + 2, len(key) + 1)} - {key}
        for part in parts & counts.keys():
            nested[part] += counts[key] - nested[key]
            holders[part] += 1
    return {
        key: math.log2(len(key)) * (count - (nested[key] / holders[key] if holders[key] else 0.0))
        for key, count in counts.items()
    }


def log_likelihood(here: int, there: int, words_here: int, words_there: int) -> float | None:
    """Return how surely a phrase is said more often here than there: G2, negative where it is said less often.

    Dunning (1993), Accurate methods for the statistics of surprise and coincidence, Computational Linguistics 19(1),
    61-74, in the form of Rayson & Garside (2000), Comparing corpora using frequency profiling, Proceedings of the
    Workshop on Comparing Corpora, 1-6. Above 3.84 the difference is significant at 0.05 (one degree of freedom).

    Args:
        here: How often it is said in the one text.
        there: How often in the other.
        words_here: Words of the one text.
        words_there: Words of the other.

    Returns:
        G2, or None where one of the texts is empty: there is nothing to compare with.
    """
    if not words_here or not words_there:
        return None
    total, words = here + there, words_here + words_there
    parts = ((here, words_here * total / words), (there, words_there * total / words))
    value = 2 * sum(count * math.log(count / expected) for count, expected in parts if count)
    return value if here * words_there >= there * words_here else -value


def closed(found: Mapping[Key, Collection[object]]) -> set[Key]:
    """Return the phrases that are not just a part of a longer one said as often."""
    shadowed: set[Key] = set()
    for key, places in found.items():
        parts = {key[low:high] for low in range(len(key)) for high in range(low + 1, len(key) + 1)} - {key}
        shadowed.update(part for part in parts if part in found and len(found[part]) <= len(places))
    return set(found) - shadowed
