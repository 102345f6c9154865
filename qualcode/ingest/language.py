"""Which language a text is in, found offline (py3langid: 4.6 MB, BSD licence, no download)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

# Fewer letters than this say nothing certain.
LEAST_LETTERS = 60
LEAST_LETTERS_UNSPACED = 25
SAMPLE = 6_000
LEAST_CONFIDENCE = 0.9
# Japanese is written with kana among the Chinese characters; a Chinese text may quote a Japanese name.
LEAST_KANA = 0.1
BY_SCRIPT = 0.99
# What the model calls a language -> the code that the toolkit uses.
CODES = {"no": "nb", "yue": "zh", "wuu": "zh"}
UNKNOWN = ("", 0.0)


def detect_language(text: str) -> tuple[str, float]:
    """Return a text's language and how sure that is, or ("", 0.0) where the text is too short to say.

    Args:
        text: Speech or prose; its first `SAMPLE` characters are looked at.

    Returns:
        The ISO 639-1 code ("sv"; "nb" for Norwegian Bokmål) and a probability from 0 to 1, as the model
        (naive Bayes over byte n-grams; Lui & Baldwin 2012, "langid.py: An Off-the-shelf Language Identification
        Tool", ACL 2012 System Demonstrations) gives it.

    >>> detect_language("yes")
    ('', 0.0)
    """
    sample = text[:SAMPLE]
    letters = sum(1 for character in sample if character.isalpha())
    kana = sum(1 for character in sample if "\u3040" <= character <= "\u30ff")
    unspaced = kana + sum(1 for character in sample if "\u4e00" <= character <= "\u9fff")
    if letters < LEAST_LETTERS and unspaced < LEAST_LETTERS_UNSPACED:
        return UNKNOWN
    # The script tells more surely than the model, which takes short Chinese texts with Latin names for anything.
    if unspaced >= LEAST_LETTERS_UNSPACED and unspaced > letters / 2:
        return ("ja" if kana > unspaced * LEAST_KANA else "zh"), BY_SCRIPT
    code, confidence = _identifier().classify(sample)
    return CODES.get(code, code), float(confidence)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    """Return the model, loaded once (it takes about a second)."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
