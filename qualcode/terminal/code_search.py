"""Codes found by the words typed into the search field."""

from __future__ import annotations

import re

from qualcode.model import Code, Codebook


def search_codes(codebook: Codebook, words: str) -> list[Code]:
    """Return the codes in which every word typed occurs, best first.

    A word that begins a word of the name or identifier counts most, then one inside them, then one in the category,
    the definition and the rules.

    Args:
        codebook: The codes.
        words: What was typed; nothing finds all codes, in their order.
    """
    wanted = words.casefold().split()
    names = {category.id: category.name for category in codebook.categories}
    found = []
    for position, code in enumerate(codebook.codes):
        ranks = [_rank(word, code, names) for word in wanted]
        if None not in ranks:
            found.append((sum(rank or 0 for rank in ranks), position, code))
    return [code for _, _, code in sorted(found, key=lambda one: one[:2])]


def _rank(word: str, code: Code, categories: dict[str, str]) -> int | None:
    name = f"{code.name} {code.id}".casefold()
    if code.id.casefold() == word or code.name.casefold() == word:
        return 0
    if re.search(rf"(?<!\w){re.escape(word)}", name):
        return 1
    if word in name:
        return 2
    more = [*(categories.get(id, id) for id in code.categories), code.definition, *code.include, *code.examples]
    return 3 if word in " ".join(more).casefold() else None
