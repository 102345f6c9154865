"""A changed codebook written into its file so that remarks and layout of all that did not change stay.

Only the fields of codes and categories that changed are written anew; a remark inside such a field is lost. Where an
entry is laid out in a way that this cannot follow (in braces, say) the entry is written anew, and where the list is,
the whole file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import yaml

from qualcode.codebook.dump import dump_codebook, dump_entries, dump_field, fields_of
from qualcode.codebook.load import name_from, parse_codebook
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
            cues = {language: tuple(replace(cue, line=0) for cue in listed) for language, listed in entry.cues.items()}
            plain.append(replace(entry, cues=cues))
        else:
            plain.append(entry)
    return plain


def _section(text: str, section: str, before: Sequence[Entry], now: Sequence[Entry]) -> str | None:
    """Return the text with one section's entries changed, or None where its layout cannot be followed."""
    file = YamlFile(text, "codebook")
    node = file.mapping(file.root(), "the codebook").get(section)
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
    nodes = {entry.id: (entry, item) for entry, item in zip(before, node.value, strict=True)}
    renamed = _renamed(before, now)
    written = []
    previous_lead: dict[str, str] = {}
    ids = [entry.id for entry in before]
    for at, id in enumerate(ids):
        previous_lead[id] = leads[ids[at - 1]] if at else ""
    tail = leads[ids[-1]]
    for entry, plain in zip(now, _plain(now), strict=True):
        was = renamed.get(entry.id, entry.id)
        written.append(previous_lead.pop(was, ""))
        if unchanged.get(was) == plain:
            written.append(bodies[was])
        else:
            edited = _fields(bodies[was], *nodes[was], entry) if was in nodes else None
            written += dump_entries([entry], column) if edited is None else [edited]
    # Remarks before entries that are gone stay where they can still be read: at the end of the list.
    rest = [lead for lead in previous_lead.values() if lead.strip()]
    return "".join([*lines[: starts[0]], *written, *rest, tail, *lines[end:]])


def _renamed(before: Sequence[Entry], now: Sequence[Entry]) -> dict[str, str]:
    """Return the old identifier of each entry that stands in the place of one that is gone, where that is plain."""
    if len(before) != len(now):
        return {}
    kept = {entry.id for entry in before} & {entry.id for entry in now}
    pairs = zip(before, now, strict=True)
    return {new.id: old.id for old, new in pairs if old.id not in kept and new.id not in kept}


def _fields(body: str, old: Entry, node: yaml.Node, new: Entry) -> str | None:
    """Return an entry's lines with its changed fields written anew, or None where its layout cannot be followed."""
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        return None
    lines = body.splitlines(keepends=True)
    first = node.start_mark.line
    starts = [key.start_mark.line - first for key, _ in node.value]
    column = node.value[0][0].start_mark.column
    if starts != sorted(set(starts)) or starts[0] != 0 or starts[-1] >= len(lines):
        return None
    before, now = fields_of(old), fields_of(new)
    written = []
    for (key, _), start, end in zip(node.value, starts, [*starts[1:], len(lines)], strict=True):
        name = key.value
        if before.get(name) == now.get(name):
            written.append("".join(lines[start:end]))
        elif name in now:
            text = dump_field(name, now[name], column)
            written.append(lines[0][:column] + text[column:] if start == 0 else text)
        elif start == 0:
            return None
    there = {key.value for key, _ in node.value}
    for name, value in now.items():
        if name not in there and not (name == "name" and value == name_from(new.id)):
            written.append(dump_field(name, value, column))
    return "".join(written)


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
