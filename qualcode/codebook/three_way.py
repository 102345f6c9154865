"""Two versions of a codebook made one, knowing what both were before; the same whichever is "ours".

A code that one side renamed is the same code. What both sides changed differently is settled by a fixed rule (the
greater text) and listed; of a code that both redefined, the definition that gave way is kept as a code of its own,
`code~1a2b3c`, with the origin "other definition of code".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from qualcode.codebook.edit import was_called
from qualcode.codebook.load import in_circle
from qualcode.codebook.normal_form import codebook_hash
from qualcode.model import Category, Code, Codebook

DEFINING = ("name", "definition", "include", "exclude", "examples")
OTHERS = ("id", "categories", "parent", "stage", "dimension", "strategy", "cues", "colour", "origin")


@dataclass(frozen=True, slots=True, order=True)
class CodebookConflict:
    """What two versions say differently.

    Attributes:
        code: Identifier of the code (or category), or "" for the codebook itself.
        about: The field.
        kept: What stands now.
        other: What gave way, or where it was kept.
    """

    code: str
    about: str
    kept: str
    other: str


def merge_codebooks(
    base: Codebook | None, ours: Codebook, theirs: Codebook, used: frozenset[str] = frozenset()
) -> tuple[Codebook, tuple[CodebookConflict, ...]]:
    """Return one codebook of two.

    Args:
        base: What both were before; None where they never were one.
        ours: One version.
        theirs: The other.
        used: Codes that codings have: one that a side took out stays when it is still used.
    """
    if ours.hash == theirs.hash:
        return ours, ()
    if base is not None:
        for one, other in ((ours, theirs), (theirs, ours)):
            if one.hash == base.hash and not _lost(base, other, used):
                return other, ()
    conflicts: list[CodebookConflict] = []
    old = {code.id: code for code in base.codes} if base else {}
    mine, others = _by_origin(ours, old), _by_origin(theirs, old)
    codes: dict[str, Code] = {}
    for id in sorted({*mine, *others, *old}):
        codes.update(_merge_code(id, old.get(id), mine.get(id), others.get(id), used, conflicts))
    ordered = _each_once([(key, codes[key]) for key in _order(base, ours, theirs, codes)])
    merged = Codebook(
        **{
            field: _settle("", field, getattr(ours, field), getattr(theirs, field), _of(base, field), conflicts)
            for field in ("name", "title", "language", "source")
        },
        codes=ordered,
        categories=_categories(base, ours, theirs, conflicts),
        strategies=_names(base, ours, theirs, "strategies", conflicts),
        dimensions=_names(base, ours, theirs, "dimensions", conflicts),
    )
    merged = _sound(merged)
    return replace(merged, hash=codebook_hash(merged)), tuple(sorted(set(conflicts)))


def _lost(base: Codebook, other: Codebook, used: frozenset[str]) -> bool:
    """Return whether the other side took out a code that is used, without saying what it is called now."""
    from qualcode.codebook.difference import follow

    gone = {code.id for code in base.codes} - {code.id for code in other.codes} - set(follow(base, other))
    return bool(gone & used)


def _of(book: Codebook | None, field: str) -> Any:
    return getattr(book, field) if book else None


def _by_origin(book: Codebook, old: Mapping[str, Code]) -> dict[str, Code]:
    """Return codes by the identifier that they have in the old version, else by their own."""
    found = {}
    for code in book.codes:
        before = [id for id in was_called(code) if id in old and id not in book.by_id]
        found[before[-1] if before and code.id not in old else code.id] = code
    return found


def _merge_code(
    id: str,
    base: Code | None,
    ours: Code | None,
    theirs: Code | None,
    used: frozenset[str],
    conflicts: list[CodebookConflict],
) -> dict[str, Code]:
    if ours is None or theirs is None:
        there = ours or theirs
        if there is None:
            return {}
        if base is None or id in used or _value(there) != _value(base):
            if base is not None:
                reason = "codings have it" if id in used else "the other copy changed it"
                conflicts.append(CodebookConflict(id, "removed", f"kept: {reason}", "removed"))
            return {id: there}
        return {}
    values = {
        field: _settle(id, field, getattr(ours, field), getattr(theirs, field), _field(base, field), conflicts)
        for field in OTHERS
    }
    if values["id"] != max(ours.id, theirs.id) or (ours.id != theirs.id and id not in (ours.id, theirs.id)):
        # Both sides renamed it: codings made under the name that gave way still find it.
        gone = min(ours.id, theirs.id)
        values["origin"] = "; ".join(sorted({*str(values["origin"]).split("; "), f"was: {gone}"} - {""}))
    mine, other, was = (_defining(code) for code in (ours, theirs, base))
    extra: dict[str, Code] = {}
    if mine == other or other == was:
        told = mine
    elif mine == was:
        told = other
    else:
        told, gave_way = sorted((mine, other), key=_text, reverse=True)
        alternative = _alternative(id, ours, gave_way)
        extra[alternative.id] = alternative
        conflicts.append(CodebookConflict(id, "definition", str(told["definition"]), f"kept as {alternative.id}"))
    return {id: Code(**values, **told), **extra}


def _field(code: Code | None, field: str) -> Any:
    return getattr(code, field) if code else None


def _defining(code: Code | None) -> dict[str, Any]:
    return {field: getattr(code, field) for field in DEFINING} if code else {}


def _alternative(id: str, code: Code, told: Mapping[str, Any]) -> Code:
    digest = hashlib.sha256(_text(told).encode()).hexdigest()[:6]
    return Code(
        id=f"{id}~{digest}",
        **told,
        stage=code.stage,
        dimension=code.dimension,
        strategy=code.strategy,
        origin=f"other definition of {id}",
    )


def _settle(id: str, field: str, mine: Any, other: Any, was: Any, conflicts: list[CodebookConflict]) -> Any:
    if _text(mine) == _text(other) or _text(other) == _text(was):
        return mine
    if _text(mine) == _text(was):
        return other
    if field == "origin":
        return "; ".join(sorted({*mine.split("; "), *other.split("; ")} - {""}))
    low, high = sorted((mine, other), key=_text)
    conflicts.append(CodebookConflict(id, field, _shown(high), _shown(low)))
    return high


def _value(code: Code) -> str:
    return _text(code)


def _text(value: Any) -> str:
    """Return a value as text to compare: without the lines of cues, which say where they stand."""
    if isinstance(value, Code | Category):
        value = asdict(value)

    def plain(one: Any) -> Any:
        if hasattr(one, "pattern"):
            return {**asdict(one), "line": 0}
        if isinstance(one, Mapping):
            return {key: plain(part) for key, part in one.items() if key != "line"}
        if isinstance(one, list | tuple):
            return [plain(part) for part in one]
        return one

    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else _text(value)


def _order(base: Codebook | None, ours: Codebook, theirs: Codebook, codes: Mapping[str, Code]) -> list[str]:
    """Return the keys of codes in order.

    Old codes stand as the side that moved them has them; new ones after the old code that they follow, by key.

    Args:
        base: What both were before.
        ours: One version.
        theirs: The other.
        codes: By the identifier that they have in the old version, else by their own.
    """
    old = base.by_id if base else {}
    sides = [list(_by_origin(book, old)) for book in (ours, theirs)]
    standing = [id for id in old if id in codes]
    orders = [[id for id in side if id in standing] for side in sides]
    moved = [order for order in orders if order != [id for id in standing if id in order]]
    chosen = max(moved) if moved else standing
    chosen = [*chosen, *(id for id in standing if id not in chosen)]
    anchor: dict[str, int] = {}
    for side in sides:
        at = -1
        for id in side:
            if id in standing:
                at = chosen.index(id)
            elif id in codes:
                anchor[id] = max(at, anchor.get(id, -1))
    for id in codes:
        if id not in standing and id not in anchor:
            head = id.rsplit("~", 1)[0]
            anchor[id] = chosen.index(head) if head in chosen else anchor.get(head, -1)
    ordered: list[str] = []
    for at in range(-1, len(chosen)):
        ordered += [chosen[at]] if at >= 0 else []
        ordered += sorted(id for id, place in anchor.items() if place == at)
    return ordered


def _each_once(codes: list[tuple[str, Code]]) -> tuple[Code, ...]:
    """Return codes without two of one identifier: the one that was there before stands, another is kept beside it."""
    found: dict[str, Code] = {}
    for _, code in sorted(codes, key=lambda pair: (pair[0] == pair[1].id, pair[0])):
        if code.id in found and _text(_defining(found[code.id])) != _text(_defining(code)):
            alternative = _alternative(code.id, code, _defining(code))
            found[alternative.id] = alternative
        else:
            found.setdefault(code.id, code)
    order = {code.id: at for at, (_, code) in reversed(list(enumerate(codes)))}
    return tuple(
        sorted(found.values(), key=lambda code: (order.get(code.id, order.get(code.id.rsplit("~", 1)[0], 0)), code.id))
    )


def _categories(
    base: Codebook | None, ours: Codebook, theirs: Codebook, conflicts: list[CodebookConflict]
) -> tuple[Category, ...]:
    sides = [{one.id: one for one in book.categories} if book else {} for book in (base, ours, theirs)]

    def merge(id: str) -> Category | None:
        was, mine, other = (side.get(id) for side in sides)
        if mine is None or other is None:
            there = mine or other
            return None if there is None or (was is not None and there == was) else there
        told = {
            field: _settle(id, field, getattr(mine, field), getattr(other, field), getattr(was, field, None), conflicts)
            for field in ("name", "definition", "parent")
        }
        return Category(id, **told)

    return tuple(one for id in _keys(sides) if (one := merge(id)) is not None)


def _names(
    base: Codebook | None, ours: Codebook, theirs: Codebook, field: str, conflicts: list[CodebookConflict]
) -> dict[str, str]:
    sides: list[Mapping[str, str]] = [getattr(book, field) if book else {} for book in (base, ours, theirs)]
    found = {}
    for id in _keys(sides):
        was, mine, other = (side.get(id) for side in sides)
        if mine is None or other is None:
            there = mine if other is None else other
            if there is not None and (was is None or there != was):
                found[id] = there
        else:
            found[id] = _settle(id, field, mine, other, was, conflicts)
    return found


def _keys(sides: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return keys in the order of the old version, then by name."""
    base, ours, theirs = sides
    return [*base, *sorted((ours.keys() | theirs.keys()) - base.keys())]


def _sound(book: Codebook) -> Codebook:
    """Return a codebook whose codes name only parents, categories, strategies and dimensions that are there."""
    ids = {code.id for code in book.codes}
    renamed = {was: code.id for code in book.codes for was in was_called(code) if was not in ids}
    known = {category.id for category in book.categories}
    missing = sorted({id for code in book.codes for id in code.categories} - known)
    categories = (*book.categories, *(Category(id, id) for id in missing))
    parents = {code.id: renamed.get(code.parent, code.parent) for code in book.codes}

    def parent(code: Code) -> str:
        above = parents[code.id]
        return above if above in ids and not in_circle(code.id, parents) else ""

    codes = tuple(replace(code, parent=parent(code)) for code in book.codes)
    strategies = {
        **book.strategies,
        **{c.strategy: c.strategy for c in codes if c.strategy and c.strategy not in book.strategies},
    }
    dimensions = {
        **book.dimensions,
        **{c.dimension: c.dimension for c in codes if c.dimension and c.dimension not in book.dimensions},
    }
    categories = tuple(
        replace(one, parent=one.parent if one.parent in {c.id for c in categories} else "") for one in categories
    )
    return replace(book, codes=codes, categories=categories, strategies=strategies, dimensions=dimensions)
