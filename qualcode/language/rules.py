"""What a person can add for a language without programming: `data/<code>.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "data"
FALLBACK = "xx"


@dataclass(frozen=True)
class LanguageRules:
    """Words that a language treats in a way of their own; all in lower case with straight apostrophes.

    Attributes:
        lemmas: Lemma by word, over the lookup table.
        readings: Second lemma of words of two readings ("meeting": "meet"); the first one is the word itself.
        fillers: Sounds that cues pass over ("um").
        abbreviations: Without their last period: those that never end a sentence.
        abbreviations_ending: Those that end one when a capital follows.
        abbreviations_before_numbers: Those that are abbreviations only before a number.
    """

    lemmas: Mapping[str, str] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    fillers: frozenset[str] = frozenset()
    abbreviations: frozenset[str] = frozenset()
    abbreviations_ending: frozenset[str] = frozenset()
    abbreviations_before_numbers: frozenset[str] = frozenset()


@lru_cache(maxsize=64)
def language_rules(code: str) -> LanguageRules:
    """Return the rules of a language, or those of any language where it has none of its own."""
    import yaml

    path = FOLDER / f"{code}.yaml"
    own = code.isalpha() and path.is_file()
    given = yaml.safe_load((path if own else FOLDER / f"{FALLBACK}.yaml").read_text("utf-8")) or {}
    words = [
        word
        for entry in given.values()
        for pair in (entry.items() if isinstance(entry, dict) else [entry])
        for word in pair
    ]
    if not all(isinstance(word, str) for word in words):
        raise ValueError(f"{path.name}: put quotes round {[word for word in words if not isinstance(word, str)]}")
    known = set(LanguageRules.__dataclass_fields__)
    if not set(given) <= known:
        raise ValueError(f"{path.name}: unknown keys {sorted(set(given) - known)}")
    return LanguageRules(
        lemmas=dict(given.get("lemmas", {})),
        readings=dict(given.get("readings", {})),
        **{key: frozenset(given.get(key, ())) for key in sorted(known - {"lemmas", "readings"})},
    )
