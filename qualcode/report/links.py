"""Names of pages and anchors: the same study always gives the same ones."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping

LONGEST = 60


def slug(name: str) -> str:
    """Return a name for files and anchors: small Latin letters, digits and single hyphens.

    A name without any of these (in another script, say) becomes ten digits of its SHA-256.

    >>> slug("planning/Branding goal")
    'planning-branding-goal'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    short = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:LONGEST].strip("-")
    return short or hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def slugs(names: Iterable[str]) -> dict[str, str]:
    """Return a slug for each name, all different; a later one of two alike ends in a number."""
    result: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        if name in result:
            continue
        base = candidate = slug(name)
        number = 1
        while candidate in taken:
            number += 1
            candidate = f"{base}-{number}"
        taken.add(candidate)
        result[name] = candidate
    return result


def anchor(turn: int, start: int, end: int) -> str:
    """Return the anchor of a passage on its transcript's page; `turn` is 0 outside of any turn."""
    return f"t{turn}-{start}-{end}"


class Links:
    """Addresses within a site.

    Args:
        cases: Names of all cases.
        transcripts: Names of all transcripts.
        codes: Identifiers of all codes.
        others: Identifiers of categories, strategies, dimensions and considerations, which share anchors' names.
    """

    def __init__(
        self, cases: Iterable[str], transcripts: Iterable[str], codes: Iterable[str], others: Iterable[str] = ()
    ) -> None:
        self._cases: Mapping[str, str] = slugs(cases)
        self._transcripts: Mapping[str, str] = slugs(transcripts)
        self._codes: Mapping[str, str] = slugs(codes)
        self._others: Mapping[str, str] = slugs(others)

    def case_page(self, case: str) -> str:
        """Return the file of a case's page."""
        return f"case-{self._cases[case]}.html"

    def transcript_page(self, transcript: str) -> str:
        """Return the file of a transcript's page."""
        return f"transcript-{self._transcripts[transcript]}.html"

    def code_page(self, code: str) -> str:
        """Return the file of a code's page, which lists its passages."""
        return f"code-{self._codes[code]}.html"

    def case_anchor(self, case: str) -> str:
        """Return the anchor of a case on a page that goes case by case."""
        return f"case-{self._cases[case]}"

    def code_anchor(self, code: str) -> str:
        """Return the anchor of a code on a page that goes code by code."""
        return f"code-{self._codes[code]}"

    def other_anchor(self, kind: str, name: str) -> str:
        """Return the anchor of a category, strategy, dimension or consideration."""
        return f"{kind}-{self._others[name]}"

    def code_in_case(self, code: str, case: str) -> str:
        """Return the address of the passages of a code in a case."""
        return f"{self.code_page(code)}#{self.case_anchor(case)}"

    def passage(self, transcript: str, turn: int, start: int, end: int) -> str:
        """Return the address of a passage in its transcript."""
        return f"{self.transcript_page(transcript)}#{anchor(turn, start, end)}"
