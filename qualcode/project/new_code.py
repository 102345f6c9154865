"""New codes while coding: named by a person, or taken from a participant's words (in vivo)."""

from __future__ import annotations

import re

from qualcode.errors import UserError
from qualcode.model import Code, Codebook, Transcript, clock

IN_VIVO = "in-vivo/"
LONGEST_ID_WORDS = 6
LONGEST_NAME = 60


def in_vivo_code(codebook: Codebook, transcript: Transcript, start: int, end: int) -> Code:
    """Return a code named by the words of a passage; one taken from the same words before is returned again.

    Args:
        codebook: Whose identifiers are taken.
        transcript: Where the words stand.
        start: First character of the passage.
        end: One past its last character.

    Raises:
        UserError: The passage holds no word.
    """
    said = " ".join(transcript.text[start:end].split())
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", said.casefold())
    if not words:
        raise UserError("An in-vivo code needs at least one word: select some.")
    id = IN_VIVO + "-".join(re.sub(r"['’]", "", word) for word in words[:LONGEST_ID_WORDS])
    name = said if len(said) <= LONGEST_NAME else said[: LONGEST_NAME - 1].rstrip() + "…"
    turn = transcript.turn_at(start)
    where = (clock(turn.time) or f"turn {turn.number}") if turn else f"character {start}"
    number, free = 1, id
    while free in codebook.by_id:
        if codebook.by_id[free].name.casefold() == name.casefold():
            return codebook.by_id[free]
        number += 1
        free = f"{id}-{number}"
    return Code(free, name, examples=(said,), origin=f"in vivo: {transcript.name} {where}")
