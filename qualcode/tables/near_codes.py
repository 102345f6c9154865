"""Which codes of a codebook some words are near to: so that a candidate is not a code that is there already."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping

from qualcode.model import Code, Codebook
from qualcode.tables.uncoded import lemmas_of, stop_lemmas

LEAST_SHARE = 0.5
MOST_NAMED = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class NearCodes:
    """The words of each code: of its name and definition, and of each of its cues.

    Args:
        codebook: The codes.
    """

    def __init__(self, codebook: Codebook) -> None:
        told = codebook.language
        self._words = {code.id: _saying(f"{code.name}. {code.definition}", told) for code in codebook.codes}
        self._cues = {code.id: _cues(code) for code in codebook.codes}
        self._spread = Counter(word for id, words in self._words.items() for word in words.union(*self._cues[id]))

    def near(self, words: Mapping[str, float], *, cues: bool = True) -> tuple[tuple[str, float], ...]:
        """Return the codes that say at least half of some words, with the share (0 to 1), nearest first.

        The share is that of the words found in a code's name and definition; or, if that is more, what the words have
        in common with one of its cues, by the longer of the two: a cue is a wording and counts as a whole. A word
        counts by its weight and by how few codes have it, 1 + ln((1 + codes) / (1 + codes with it)), so words that
        many codes use say little.

        Args:
            words: Weight by lemma; stop words left out.
            cues: Whether to compare with cues.
        """
        total = sum(weight * self._rarity(word) for word, weight in words.items())
        if not total:
            return ()
        shares = [(id, round(self._share(id, words, total, cues), 3)) for id in self._words]
        # Sorting is stable: codes of one share come in the codebook's order.
        found = sorted((one for one in shares if one[1] >= LEAST_SHARE), key=lambda one: -one[1])
        return tuple(found[:MOST_NAMED])

    def _rarity(self, word: str) -> float:
        return 1 + math.log((1 + len(self._words)) / (1 + self._spread[word]))

    def _share(self, id: str, words: Mapping[str, float], total: float, cues: bool) -> float:
        def common(own: frozenset[str]) -> float:
            return sum(weight * self._rarity(word) for word, weight in words.items() if word in own)

        shares = [common(self._words[id]) / total]
        for cue in self._cues[id] if cues else ():
            if not cue.isdisjoint(words):
                shares.append(common(cue) / max(total, sum(self._rarity(word) for word in sorted(cue))))
        return max(shares)


def _cues(code: Code) -> tuple[frozenset[str], ...]:
    found = [
        _saying(" ".join(_WORD.findall(cue.pattern)), language) for language, cues in code.cues.items() for cue in cues
    ]
    return tuple(words for words in found if words)


def _saying(text: str, language: str) -> frozenset[str]:
    return frozenset(lemmas_of(text, language)) - stop_lemmas(language)
