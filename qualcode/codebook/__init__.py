"""Codebooks: found, read with line numbers, checked, written; and the published results shipped beside them."""

from qualcode.codebook.check import CueChecker, Finding, check_codebook
from qualcode.codebook.dump import dump_codebook
from qualcode.codebook.find import find_codebook, shipped_codebooks
from qualcode.codebook.load import code_lines, load_codebook, name_from, parse_codebook
from qualcode.codebook.normal_form import codebook_hash
from qualcode.codebook.published import (
    Framework,
    FrameworkConsideration,
    Published,
    load_framework,
    load_published,
)

__all__ = [
    "CueChecker",
    "Finding",
    "Framework",
    "FrameworkConsideration",
    "Published",
    "check_codebook",
    "code_lines",
    "codebook_hash",
    "dump_codebook",
    "find_codebook",
    "load_codebook",
    "load_framework",
    "load_published",
    "name_from",
    "parse_codebook",
    "shipped_codebooks",
]
