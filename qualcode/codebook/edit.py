"""Changes of a codebook as functions from one codebook to another; what becomes of codings is in `carry`.

Each keeps where a code came from in its `origin`: "was: old-id", "merged from a, b", "split from a".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from qualcode.codebook.load import name_from
from qualcode.codebook.normal_form import codebook_hash
from qualcode.errors import UserError, nearest
from qualcode.model import Category, Code, Codebook, Cue

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029,=]")
_WAS = re.compile(r"was: ([^;]+)")
_MERGED = re.compile(r"merged from ([^;]+)")


def known_code(codebook: Codebook, id: str) -> Code:
    """Return a code by its identifier.

    Raises:
        UserError: There is none; the nearest is named.
    """
    if id not in codebook.by_id:
        raise UserError(f"The codebook has no code {id!r}{nearest(id, codebook.by_id)}")
    return codebook.by_id[id]


def was_called(code: Code) -> tuple[str, ...]:
    """Return the identifiers that a code had before, by its origin, in order.

    >>> was_called(Code("c", "C", origin="was: a; merged from b, d"))
    ('a',)
    """
    return tuple(dict.fromkeys(name.strip() for name in _WAS.findall(code.origin)))


def merged_from(code: Code) -> tuple[str, ...]:
    """Return the identifiers of the codes that went into a code, by its origin, in order.

    >>> merged_from(Code("c", "C", origin="was: a; merged from b, d"))
    ('b', 'd')
    """
    return tuple(dict.fromkeys(name.strip() for names in _MERGED.findall(code.origin) for name in names.split(",")))


def rename_code(codebook: Codebook, old: str, new: str, name: str = "") -> Codebook:
    """Give a code another identifier, another name, or both.

    A name that only spelt out the old identifier follows the new one; another one stays unless one is given.

    Args:
        codebook: The codebook.
        old: Its identifier.
        new: The identifier from now on; may be the old one.
        name: The name from now on; empty: see above.

    Raises:
        UserError: `old` is unknown, or `new` is taken or not fit for an identifier.
    """
    code = known_code(codebook, old)
    if new != old:
        _check_new(codebook, new)
    shown = name or (name_from(new) if code.name == name_from(old) else code.name)
    origin = _added(code.origin, f"was: {old}") if new != old else code.origin
    renamed = replace(code, id=new, name=shown, origin=origin)
    return _rebuilt(codebook, lambda one: renamed if one.id == old else _with_parent(one, old, new))


def rename_category(codebook: Codebook, old: str, new: str, name: str = "") -> Codebook:
    """Give a category another identifier, another name, or both.

    Raises:
        UserError: `old` is unknown, or `new` is taken or not fit for an identifier.
    """
    known = {category.id: category for category in codebook.categories}
    if old not in known:
        raise UserError(f"The codebook has no category {old!r}{nearest(old, known)}")
    if new != old:
        _check_fit(new)
        if new in known:
            raise UserError(f"The codebook has a category {new!r} already.")

    def changed(category: Category) -> Category:
        parent = new if category.parent == old else category.parent
        if category.id != old:
            return replace(category, parent=parent)
        shown = name or (name_from(new) if category.name == name_from(old) else category.name)
        return replace(category, id=new, name=shown, parent=parent)

    codes = tuple(
        replace(code, categories=tuple(new if one == old else one for one in code.categories))
        for code in codebook.codes
    )
    categories = tuple(changed(category) for category in codebook.categories)
    return _hashed(replace(codebook, codes=codes, categories=categories))


def merge_codes(
    codebook: Codebook, sources: Sequence[str], target: str, *, name: str = "", definition: str = ""
) -> Codebook:
    """Make one code of several.

    The target takes over the others' inclusion rules, examples and cues; their exclusion rules, which often name one
    another, and their definitions go (the history keeps them).

    Args:
        codebook: The codebook.
        sources: Identifiers of the codes that become the target; the target itself may be among them.
        target: A code that is there, or a new identifier: then the first source gives name, definition and place.
        name: Name of the target from now on; empty: as it was.
        definition: Definition of the target from now on; empty: as it was.

    Raises:
        UserError: A source is unknown, there is nothing to merge, or the codes are of different stages.
    """
    merged = tuple(dict.fromkeys(id for id in sources if id != target))
    codes = [known_code(codebook, id) for id in merged]
    if target in codebook.by_id:
        base = codebook.by_id[target]
        place = target
    else:
        _check_new(codebook, target)
        if not codes:
            raise UserError("There is nothing to merge: name the codes, then the one that they become.")
        base = replace(codes[0], id=target, parent=_outside(codebook, codes[0].parent, merged), origin="")
        place = codes[0].id
    if not codes:
        raise UserError(f"There is nothing to merge into {target!r} but itself.")
    for code in codes:
        if (code.stage, code.dimension, code.strategy) != (base.stage, base.dimension, base.strategy):
            raise UserError(
                f"{code.id!r} and {target!r} cannot be merged: they differ in stage, dimension or strategy.",
                hint="Make them alike in codebook.yaml first, if that is what is meant.",
            )
    whole = replace(
        base,
        name=name or base.name,
        definition=definition or base.definition,
        include=_united(base.include, *(code.include for code in codes)),
        examples=_united(base.examples, *(code.examples for code in codes)),
        categories=base.categories or _united(*(code.categories for code in codes)),
        parent=_outside(codebook, base.parent, (*merged, target)),
        cues=_united_cues([base, *codes]),
        origin=_added(base.origin, f"merged from {', '.join(merged)}"),
    )

    def changed(code: Code) -> Code | None:
        if code.id == place:
            return whole
        if code.id in merged:
            return None
        return replace(code, parent=target) if code.parent in merged else code

    return _rebuilt(codebook, changed)


def split_code(
    codebook: Codebook, old: str, parts: Sequence[str], *, keep: bool, definitions: dict[str, str] | None = None
) -> Codebook:
    """Make several codes of one; each new one starts as a copy of it, to be told apart by hand.

    Args:
        codebook: The codebook.
        old: The code that is split.
        parts: Identifiers of the codes that its codings go to; those that are there already stay as they are.
        keep: Whether the old code stays.
        definitions: Definitions of new codes by identifier; else the old code's.

    Raises:
        UserError: `old` is unknown, a part is the code itself or not fit for an identifier, or there is no part.
    """
    code = known_code(codebook, old)
    if not parts:
        raise UserError("A code is split into others: name at least one.")
    if old in parts:
        raise UserError(f"{old!r} cannot be a part of itself; what no part takes stays with it.")
    new = [id for id in dict.fromkeys(parts) if id not in codebook.by_id]
    for id in new:
        _check_fit(id)
    made = tuple(
        replace(
            code,
            id=id,
            name=name_from(id),
            definition=(definitions or {}).get(id, code.definition),
            origin=f"split from {old}",
            colour="",
        )
        for id in new
    )
    codes: list[Code] = []
    for one in codebook.codes:
        if one.id != old:
            codes.append(one if keep or one.parent != old else replace(one, parent=code.parent))
            continue
        codes += (one, *made) if keep else made
    return _hashed(replace(codebook, codes=tuple(codes)))


def move_code(
    codebook: Codebook,
    id: str,
    *,
    categories: Sequence[str] | None = None,
    parent: str | None = None,
    after: str | None = None,
) -> Codebook:
    """Put a code into other categories, under another code, or to another place of the list.

    Args:
        codebook: The codebook.
        id: The code.
        categories: Identifiers of its categories, the main one first; new ones are made. None: as they are.
        parent: Identifier of the code above it, empty for none. None: as it is.
        after: Identifier of the code that it comes after, empty for the beginning of the list. None: where it is.

    Raises:
        UserError: A code is unknown, a category is not fit for an identifier, or the code would be above itself.
    """
    code = known_code(codebook, id)
    book = codebook
    if categories is not None:
        book = _with_categories(book, categories)
        code = replace(code, categories=tuple(dict.fromkeys(categories)))
    if parent is not None:
        if parent:
            known_code(book, parent)
        if parent == id or id in _above(book, parent):
            raise UserError(f"{id!r} cannot be put under {parent!r}: it would be above itself.")
        code = replace(code, parent=parent)
    codes = [code if one.id == id else one for one in book.codes]
    if after is not None:
        if after == id:
            raise UserError(f"{id!r} cannot come after itself.")
        codes.remove(code)
        at = 0 if not after else 1 + codes.index(known_code(book, after))
        codes.insert(at, code)
    return _hashed(replace(book, codes=tuple(codes)))


def delete_code(codebook: Codebook, id: str) -> Codebook:
    """Take a code out; codes under it come under the one above it.

    Raises:
        UserError: It is unknown, or the only one.
    """
    gone = known_code(codebook, id)
    if len(codebook.codes) == 1:
        raise UserError(f"{id!r} is the only code; a codebook has at least one.")
    return _rebuilt(codebook, lambda one: None if one.id == id else _with_parent(one, id, gone.parent))


def add_code(codebook: Codebook, code: Code) -> Codebook:
    """Add a code at the end of its main category, or of the list; categories that are new are made.

    Raises:
        UserError: Its identifier is taken or not fit for one.
    """
    _check_new(codebook, code.id)
    if code.parent:
        known_code(codebook, code.parent)
    book = _with_categories(codebook, code.categories)
    kin = [at for at, one in enumerate(book.codes) if code.category and one.category == code.category]
    at = kin[-1] + 1 if kin else len(book.codes)
    return _hashed(replace(book, codes=(*book.codes[:at], code, *book.codes[at:])))


def add_cue(codebook: Codebook, id: str, language: str, cue: Cue) -> Codebook:
    """Add a cue to a code; its definition stays, so that codings made under it are none the older.

    Args:
        codebook: The codebook.
        id: The code.
        language: ISO 639-1 code of the cue.
        cue: The cue.

    Raises:
        UserError: The code is unknown, or has this cue already.
    """
    code = known_code(codebook, id)
    cues = code.cues.get(language, ())
    if any(one.pattern.casefold() == cue.pattern.casefold() for one in cues):
        raise UserError(f"The code {id!r} has the cue {cue.pattern!r} already.")
    changed = replace(code, cues={**code.cues, language: (*cues, cue)})
    return _rebuilt(codebook, lambda one: changed if one.id == id else one)


def promote_code(
    codebook: Codebook, old: str, new: str, *, name: str = "", definition: str = "", categories: Sequence[str] = ()
) -> Codebook:
    """Make a code of the codebook of one that was taken from a participant's words.

    Args:
        codebook: The codebook.
        old: The in-vivo code (its origin begins "in vivo").
        new: Its identifier from now on; may be the old one.
        name: Its name from now on; empty: see `rename_code`.
        definition: What it means; needed, unless it has one.
        categories: Its categories; new ones are made.

    Raises:
        UserError: The code is unknown or no in-vivo code, or would have no definition.
    """
    code = known_code(codebook, old)
    if not code.origin.startswith("in vivo"):
        raise UserError(
            f"{old!r} is no in-vivo code: its origin is {code.origin or 'the codebook'!r}.",
            hint="To give a code another name or place use 'codebook rename' or 'codebook move'.",
        )
    if not (definition or code.definition):
        raise UserError(f"A code of the codebook needs a definition; {old!r} has none.", hint="Give --definition TEXT.")
    book = rename_code(codebook, old, new, name)
    if categories:
        book = move_code(book, new, categories=categories)
    changed = replace(
        book.by_id[new],
        definition=definition or code.definition,
        origin=_added(f"promoted from {code.origin}", f"was: {old}" if new != old else ""),
    )
    return _rebuilt(book, lambda one: changed if one.id == new else one)


def _check_new(codebook: Codebook, id: str) -> None:
    _check_fit(id)
    if id in codebook.by_id:
        raise UserError(
            f"The codebook has a code {id!r} already.", hint="To make one code of two use 'codebook merge'."
        )


def _check_fit(id: str) -> None:
    if not id.strip() or id != id.strip() or _UNFIT.search(id):
        raise UserError(
            f"{id!r} cannot be an identifier: it is empty, or has a comma, equals sign, line break or outer spaces."
        )


def _hashed(codebook: Codebook) -> Codebook:
    return replace(codebook, hash=codebook_hash(codebook))


def _rebuilt(codebook: Codebook, change: Callable[[Code], Code | None]) -> Codebook:
    changed = (change(code) for code in codebook.codes)
    return _hashed(replace(codebook, codes=tuple(code for code in changed if code is not None)))


def _with_parent(code: Code, old: str, new: str) -> Code:
    return replace(code, parent=new) if code.parent == old else code


def _with_categories(codebook: Codebook, ids: Iterable[str]) -> Codebook:
    known = {category.id for category in codebook.categories}
    new = [id for id in dict.fromkeys(ids) if id not in known]
    for id in new:
        _check_fit(id)
    made = tuple(Category(id, name_from(id)) for id in new)
    return replace(codebook, categories=(*codebook.categories, *made))


def _above(codebook: Codebook, id: str) -> tuple[str, ...]:
    found: list[str] = []
    while id and id in codebook.by_id and id not in found:
        found.append(id)
        id = codebook.by_id[id].parent
    return tuple(found)


def _outside(codebook: Codebook, parent: str, inside: Sequence[str]) -> str:
    """Return the nearest code above that does not go into the merged one."""
    return next((id for id in _above(codebook, parent) if id not in inside), "")


def _added(origin: str, more: str) -> str:
    return "; ".join(part for part in (origin, more) if part)


def _united(*lists: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for texts in lists for text in texts))


def _united_cues(codes: Iterable[Code]) -> dict[str, tuple[Cue, ...]]:
    found: dict[str, dict[str, Cue]] = {}
    for code in codes:
        for language, cues in code.cues.items():
            for cue in cues:
                found.setdefault(language, {}).setdefault(repr(replace(cue, line=0)), cue)
    return {language: tuple(cues.values()) for language, cues in found.items()}
