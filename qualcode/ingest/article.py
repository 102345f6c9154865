"""Texts without speakers: articles, field notes, web pages saved as text."""

from __future__ import annotations

from statistics import mean

from qualcode.ingest.draft import DraftTurn
from qualcode.ingest.lines import Line, heading, is_remark, paragraphs

# Without blank lines, lines as long as this are paragraphs; shorter ones are one paragraph, wrapped.
LONG_LINE = 120
BECAUSE = "article: the text of a paragraph"
BECAUSE_HEADING = "article: a heading"


def article_turns(lines: list[Line], *, markdown: bool = False) -> tuple[DraftTurn, ...]:
    """Return one turn per paragraph; headings are turns of the role "other", remarks are none.

    Args:
        lines: The body, after the header.
        markdown: Whether `#` at the start of a line makes a heading.

    What the layout sets aside (navigation, footers, footnotes) is kept as turns of the role "other": not to be coded.
    """
    turns = []
    for block in _blocks(lines, markdown):
        found = heading(block[0], markdown=markdown)
        aside = block[0].layout.aside
        start = block[0].start + (found.start if found else 0)
        end = block[0].start + found.end if found else block[-1].end
        role, because = ("other", BECAUSE_HEADING) if found else ("participant", BECAUSE)
        if aside:
            role, because = "other", f"article: {aside}"
        turns.append(DraftTurn("", start, end, block[0].number, role=role, because=because))
    return tuple(turns)


def _blocks(lines: list[Line], markdown: bool) -> list[list[Line]]:
    """Return the runs of lines that are one paragraph or one heading."""
    found = paragraphs(lines)
    if len(found) == 1 and mean(line.end - line.start for line in found[0]) >= LONG_LINE:
        found = [[line] for line in found[0]]
    blocks: list[list[Line]] = []
    for paragraph in found:
        current: list[Line] = []
        for line in paragraph:
            apart = is_remark(line) or heading(line, markdown=markdown) is not None
            if apart:
                blocks += [current] if current else []
                blocks += [] if is_remark(line) else [[line]]
                current = []
            else:
                current.append(line)
        blocks += [current] if current else []
    return blocks
