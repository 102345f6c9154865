"""What changed from one version of a codebook to another."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.codebook.edit import merged_from, was_called
from qualcode.model import Code, Codebook

CHANGES = ("added", "removed", "renamed", "merged", "split", "changed")
_FIELDS = (
    *("name", "definition", "include", "exclude", "examples", "categories", "parent"),
    *("stage", "dimension", "strategy", "cues", "colour"),
)


@dataclass(frozen=True, slots=True)
class CodeDifference:
    """What happened to one code.

    Attributes:
        change: One of `CHANGES`.
        code: Its identifier in the new version; in the old one for a removed code.
        was: Identifiers in the old version, where they differ.
        fields: Names of the fields that changed, for a code that is in both.
        old_definition: Definition before.
        definition: Definition now.
        redefined: Whether what a coder goes by (name, definition, rules, examples) changed.
    """

    change: str
    code: str
    was: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    old_definition: str = ""
    definition: str = ""
    redefined: bool = False


def codebook_difference(old: Codebook, new: Codebook) -> tuple[CodeDifference, ...]:
    """Return the differences, in the order of the new codebook, removed codes last.

    A code that is new by its identifier, but whose origin names codes that are only in the old version, was renamed
    (one) or merged (several); one whose origin says "split from" an old code is one of its parts.
    """
    gone = {code.id for code in old.codes if code.id not in new.by_id}
    told: set[str] = set()
    found = []
    for code in new.codes:
        before = tuple(id for id in was_called(code) if id in gone)
        merged = tuple(id for id in merged_from(code) if id in gone)
        told.update(before, merged)
        if code.id in old.by_id:
            if change := _changed(old.by_id[code.id], code, merged):
                found.append(change)
        elif merged:
            found.append(_between("merged", old.by_id[merged[0]], code, (*before, *merged)))
        elif before:
            found.append(_between("renamed", old.by_id[before[-1]], code, before))
        elif (source := _split_from(code)) in old.by_id:
            told.add(source)
            found.append(_between("split", old.by_id[source], code, (source,)))
        else:
            found.append(CodeDifference("added", code.id, definition=code.definition, redefined=True))
    removed = [code for code in old.codes if code.id in gone and code.id not in told]
    found += [CodeDifference("removed", code.id, old_definition=code.definition) for code in removed]
    return tuple(found)


def follow(old: Codebook, new: Codebook) -> dict[str, str]:
    """Return what the codes that are gone are called now, by their old identifier, where their origin tells."""
    return {
        before: code.id
        for code in new.codes
        for before in (*was_called(code), *merged_from(code))
        if before in old.by_id and before not in new.by_id
    }


def _split_from(code: Code) -> str:
    return code.origin.removeprefix("split from ").split(";")[0].strip() if "split from" in code.origin else ""


def _fields(old: Code, new: Code) -> tuple[str, ...]:
    return tuple(field for field in _FIELDS if _value(old, field) != _value(new, field))


def _value(code: Code, field: str) -> object:
    value = getattr(code, field)
    if field != "cues":
        return value
    # The line of a cue in its file says nothing about what it means.
    return {
        language: [(c.pattern, c.requires, c.excludes, c.question, c.within, c.confidence) for c in cues]
        for language, cues in value.items()
    }


def _between(change: str, old: Code, new: Code, was: tuple[str, ...]) -> CodeDifference:
    redefined = old.definition_hash != new.definition_hash
    return CodeDifference(change, new.id, was, _fields(old, new), old.definition, new.definition, redefined)


def _changed(old: Code, new: Code, merged: tuple[str, ...]) -> CodeDifference | None:
    if merged:
        return _between("merged", old, new, merged)
    return _between("changed", old, new, ()) if _fields(old, new) else None
