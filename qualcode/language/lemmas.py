"""Lemmas without parts of speech: exceptions of the language, a lookup table, and a few rules for what neither knows.

The tables are those of spacy-lookups-data. The English one gives one lemma per form, which is wrong for forms of two
readings ("meeting", "thought", "matter"), and silent about regular plurals it never saw ("webinars"). Three rules mend
that: `data/en.yaml`; a form that the table itself gives as lemma of others ("meeting" of "meetings") is a lemma of its
own, and what the table gives for it ("meet") its second reading; and `_english_guess`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qualcode.language.rules import LanguageRules

Lookup = Callable[[str], str | None]

VOWELS = frozenset("aeiouy")
DOUBLED = frozenset("bdfgklmnprtvz")


class Lemmatizer:
    """Lemma of a form in one language.

    Args:
        rules: Exceptions and second readings.
        lookup: The table, or None for a language without one: a form is then its own lemma.
        lemmas: Words that the table gives as lemmas; they stay as they are.
        known: Words of a dictionary, to guess by.
        guess: Finds a lemma for a form that no table knows, or returns None.
    """

    def __init__(
        self,
        rules: LanguageRules,
        lookup: Lookup | None = None,
        lemmas: frozenset[str] = frozenset(),
        known: frozenset[str] = frozenset(),
        guess: Callable[[str, frozenset[str]], str | None] | None = None,
    ) -> None:
        self._rules = rules
        self._lookup = lookup
        self._lemmas = lemmas
        self._known = known
        self._guess = guess

    def lemma(self, form: str) -> str:
        """Return the lemma of a form (lower case, NFC, straight apostrophes)."""
        if form in self._rules.lemmas:
            return self._rules.lemmas[form]
        if self._lookup is None or form in self._rules.readings or form in self._lemmas:
            return form
        found = self._lookup(form)
        if found is None and self._guess is not None and form not in self._known:
            found = self._guess(form, self._known)
        if not found:
            return form
        found = found.lower()
        # "postings" is looked up as "posting", which may itself be a form.
        if form == f"{found}s" and found.endswith("ing"):
            return self.lemma(found)
        # The English table has "develope" and the like.
        return found[:-1] if found.endswith("e") and found not in self._known and found[:-1] in self._known else found

    def second_reading(self, form: str) -> str | None:
        """Return the other lemma of a form of two readings ("meeting": "meet"), or None."""
        if form in self._rules.readings:
            return self._rules.readings[form]
        if form in self._rules.lemmas or form not in self._lemmas or self._lookup is None:
            return None
        other = self._lookup(form)
        return other.lower() if other and other.lower() != form and other.isalpha() else None


def table_lemmatizer(code: str, rules: LanguageRules) -> tuple[Lemmatizer, bool]:
    """Return the lemmatizer of a language, and whether it has a lookup table.

    Tables by part of speech (Polish) are asked in a fixed order, nouns first.
    """
    from spacy.lookups import load_lookups

    by_part = [f"lemma_lookup_{part}" for part in ("noun", "verb", "adj", "aux", "adv", "pron", "num", "det")]
    wanted = ["lemma_lookup", *(["lemma_index"] if code == "en" else ()), *by_part]
    lookups = load_lookups(code, wanted, strict=False)
    tables = [lookups.get_table(name) for name in wanted if name != "lemma_index" and lookups.has_table(name)]
    if not tables:
        return Lemmatizer(rules), False
    if code != "en":
        return Lemmatizer(rules, _first_of(tables)), True
    index: Mapping[Any, list[str]] = lookups.get_table("lemma_index") if lookups.has_table("lemma_index") else {}
    known = frozenset(word for words in index.values() for word in words)
    lemmas = frozenset(tables[0].values())
    return Lemmatizer(rules, _first_of(tables), lemmas, known, _english_guess), True


def _first_of(tables: list[Any]) -> Lookup:
    def lookup(form: str) -> str | None:
        for table in tables:
            found = table.get(form)
            if found is not None:
                return found if isinstance(found, str) else found[0]
        return None

    return lookup


def _english_guess(form: str, known: frozenset[str]) -> str | None:
    """Return a lemma for an English form that is in no table, by its ending, or None.

    A stem that is a known word is believed at once; an unknown one ("webinars", "podcasting") only where the ending is
    regular and the stem is long enough to be a word.
    """
    if len(form) < 4 or not form.isalpha():
        return None
    if form.endswith("s") and not form.endswith(("ss", "us", "is")):
        return _singular(form, known)
    for ending in ("ing", "ed"):
        if form.endswith(ending):
            return _verb(form[: -len(ending)], known)
    return None


def _singular(form: str, known: frozenset[str]) -> str:
    if form.endswith("ies") and len(form) > 4:
        return f"{form[:-3]}y"
    if form.endswith(("sses", "xes", "ches", "shes", "zes")) and form[:-1] not in known:
        return form[:-2]
    return form[:-1]


def _verb(stem: str, known: frozenset[str]) -> str | None:
    if len(stem) < 3 or not VOWELS & set(stem):
        return None
    doubled = stem[-1] == stem[-2] and stem[-1] in DOUBLED
    tries = [stem[:-1], stem, f"{stem}e"] if doubled else [stem, f"{stem}e"]
    for word in tries:
        if word in known:
            return word
    if len(stem) < 4:
        return None
    return stem[:-1] if doubled and stem[-1] not in "lsz" else stem
