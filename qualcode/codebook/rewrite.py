"""A changed codebook written into its file so that remarks and layout of all that did not change stay.

Only the entries of codes and categories that changed are written anew; a remark inside such an entry is lost. Where
a file is laid out in a way that this cannot follow (a list in braces, say), the whole file is written anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import yaml

from qualcode.codebook.dump import dump_codebook, dump_entries
from qualcode.codebook.load import parse_codebook
from qualcode.codebook.yaml_lines import YamlFile
from qualcode.errors import UserError
from qualcode.model import Category, Code, Codebook

Entry = Code | Category


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A codebook's file after a change.

    Attributes:
        text: The YAML.
        keeps_remarks: Whether only changed entries were written anew.
    """

    text: str
    keeps_remarks: bool


def rewrite(text: str, codebook: Codebook) -> Rewritten:
    """Return the text of a file that says what a codebook says.

    Args:
        text: The file as it is.
        codebook: What it is to say.
    """
    if (edited := _edited(text, codebook)) is not None:
        return Rewritten(edited, True)
    whole = dump_codebook(codebook)
    head = _remarks_at_head(text)
    if parse_codebook(whole).hash != codebook.hash:
        raise ValueError(f"the codebook {codebook.name!r} cannot be written as YAML")
    return Rewritten(head + whole, False)


def _edited(text: str, codebook: Codebook) -> str | None:
    old = parse_codebook(text)
    same = ("name", "title", "language", "source", "strategies", "dimensions")
    if any(getattr(old, field) != getattr(codebook, field) for field in same):
        return None
    edited = text if text.endswith("\n") else text + "\n"
    sections: list[tuple[str, Sequence[Entry], Sequence[Entry]]] = [
        ("codes", old.codes, codebook.codes),
        ("categories", old.categories, codebook.categories),
    ]
    for section, before, now in sections:
        if _plain(before) != _plain(now):
            made = _section(edited, section, before, now)
            if made is None and section == "codes":
                return None
            edited = edited if made is None else made
    try:
        return edited if parse_codebook(edited).hash == codebook.hash else None
    except UserError:
        return None


def _plain(entries: Sequence[Entry]) -> list[Entry]:
    """Return entries without what says nothing about their content: the lines of cues."""
    plain: list[Entry] = []
    for entry in entries:
        if isinstance(entry, Code):
            cues = {
                language: tuple(replace(cue, line=0) for cue in listed) for language, listed in entry.cues.items()
            }
            plain.append(replace(entry, cues=cues))
        else:
            plain.append(entry)
    return plain


def _section(text: str, section: str, before: Sequence[Entry], now: Sequence[Entry]) -> str | None:
    """Return the text with one section's entries changed, or None where its layout cannot be followed."""
    node = YamlFile(text, "codebook").mapping(yaml.compose(text, Loader=yaml.SafeLoader), "the codebook").get(section)
    if not isinstance(node, yaml.SequenceNode) or node.flow_style or len(node.value) != len(before) or not before:
        return None
    lines = text.splitlines(keepends=True)
    starts = [item.start_mark.line for item in node.value]
    column = node.start_mark.column
    if any(not lines[at].startswith(" " * column + "-") for at in starts) or len(set(starts)) != len(starts):
        return None
    end = _end(lines, starts[-1], column)
    bodies, leads = {}, {}
    for entry, start, following in zip(before, starts, [*starts[1:], end], strict=True):
        body = _without_tail(lines, start, following)
        bodies[entry.id] = "".join(lines[start:body])
        leads[entry.id] = "".join(lines[body:following])  # remarks before the next entry
    unchanged = {entry.id: entry for entry in _plain(before)}
    written = []
    previous_lead: dict[str, str] = {}
    ids = [entry.id for entry in before]
    for at, id in enumerate(ids):
        previous_lead[id] = leads[ids[at - 1]] if at else ""
    tail = leads[ids[-1]]
    for entry, plain in zip(now, _plain(now), strict=True):
        written.append(previous_lead.pop(entry.id, ""))
        if unchanged.get(entry.id) == plain:
            written.append(bodies[entry.id])
        else:
            written += dump_entries([entry], column)
    # Remarks before entries that are gone stay where they can still be read: at the end of the list.
    rest = [lead for lead in previous_lead.values() if lead.strip()]
    return "".join([*lines[: starts[0]], *written, *rest, tail, *lines[end:]])


def _end(lines: Sequence[str], last: int, column: int) -> int:
    """Return the line after the last entry of a list: the next one that is no deeper than its hyphen."""
    for at in range(last + 1, len(lines)):
        line = lines[at]
        bare = line.strip()
        if bare and not bare.startswith("#") and len(line) - len(line.lstrip(" ")) <= column:
            return at
    return len(lines)


def _without_tail(lines: Sequence[str], start: int, end: int) -> int:
    """Return where an entry ends when the remarks and empty lines after it are counted to the next one."""
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _remarks_at_head(text: str) -> str:
    head = []
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.startswith("#"):
            break
        head.append(line)
    return "".join(head)
