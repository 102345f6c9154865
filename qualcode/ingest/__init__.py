"""Files to transcripts: decode, normalise, find header and turns, decide roles. Reads files, writes none."""

from qualcode.ingest.cases import read_cases
from qualcode.ingest.draft import Doubt, Draft, DraftTurn
from qualcode.ingest.find import Found, Skipped, find_files
from qualcode.ingest.language import detect_language
from qualcode.ingest.normalise import normalise
from qualcode.ingest.read import (
    READERS,
    Reader,
    Reading,
    check_language,
    known_endings,
    read_transcript,
    read_transcripts,
)
from qualcode.ingest.roles import RoleRow, check_roles, role_table, unused_roles
from qualcode.ingest.source import Source

__all__ = [
    "READERS",
    "Doubt",
    "Draft",
    "DraftTurn",
    "Found",
    "Reader",
    "Reading",
    "RoleRow",
    "Skipped",
    "Source",
    "check_language",
    "check_roles",
    "detect_language",
    "find_files",
    "known_endings",
    "normalise",
    "read_cases",
    "read_transcript",
    "read_transcripts",
    "role_table",
    "unused_roles",
]
