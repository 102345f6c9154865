"""Files to transcripts: decode, normalise, find header and turns, decide roles. Reads files, writes none."""

from qualcode.ingest.cases import read_cases
from qualcode.ingest.draft import Doubt, Draft, DraftTurn
from qualcode.ingest.find import Found, Skipped, find_files
from qualcode.ingest.normalise import normalise
from qualcode.ingest.read import READERS, Reader, Reading, known_endings, read_transcript
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
    "check_roles",
    "find_files",
    "known_endings",
    "normalise",
    "read_cases",
    "read_transcript",
    "role_table",
    "unused_roles",
]
