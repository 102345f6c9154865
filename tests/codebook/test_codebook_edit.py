"""Codes renamed, merged, split, moved, deleted and promoted, with their origin kept."""

from __future__ import annotations

import pytest

from qualcode.codebook import parse_codebook
from qualcode.codebook.carry import carry_codings, carry_relations
from qualcode.codebook.difference import codebook_difference, follow
from qualcode.codebook.edit import (
    delete_code,
    merge_codes,
    move_code,
    promote_code,
    rename_category,
    rename_code,
    split_code,
)
from qualcode.errors import UserError
from qualcode.model import Codebook, Coding, Relation


def book(*codes: str, more: str = "") -> Codebook:
    """Return a codebook of codes written `id`, `id<parent` or `id@category`."""
    lines = ["codes:"]
    for code in codes:
        id = code.split("<")[0].split("@")[0]
        lines.append(f"  - id: {id}\n    definition: About {id}.")
        if "<" in code:
            lines.append(f"    parent: {code.split('<')[1]}")
        if "@" in code:
            lines.append(f"    category: {code.split('@')[1]}")
    return parse_codebook("\n".join(lines) + "\n" + more)


def ids(codebook: Codebook) -> list[str]:
    """Return codes as `book` takes them."""
    return [code.id + (f"<{code.parent}" if code.parent else "") for code in codebook.codes]


def test_a_renamed_code_says_what_it_was() -> None:
    """Identifier and spelt-out name change, children follow, the origin grows with each rename."""
    done = rename_code(rename_code(book("a", "b<a"), "a", "c/aim"), "c/aim", "d")
    assert ids(done) == ["d", "b<d"]
    assert (done.by_id["d"].name, done.by_id["d"].origin) == ("D", "was: a; was: c/aim")
    assert done.hash != book("a", "b<a").hash


@pytest.mark.parametrize("new", ["b", "", " c", "a,b", "a=b", "a\nb"])
def test_a_code_cannot_be_called_anything(new: str) -> None:
    """A taken identifier, and one that lists and files would break on, is refused."""
    with pytest.raises(UserError):
        rename_code(book("a", "b"), "a", new)


def test_merging_into_a_code_that_is_there() -> None:
    """The target keeps its place and definition, children come under it, rules and examples are united."""
    start = parse_codebook(
        "codes:\n  - {id: a, definition: A., include: [x], exclude: [not b], examples: [e]}\n"
        "  - {id: b, definition: B., include: [x, y], exclude: [not a], cues: [bee]}\n  - {id: c, parent: a}\n"
    )
    done = merge_codes(start, ["a", "b"], "b")
    assert ids(done) == ["b", "c<b"]
    merged = done.by_id["b"]
    assert (merged.definition, merged.include, merged.exclude) == ("B.", ("x", "y"), ("not a",))
    assert (merged.examples, merged.origin) == (("e",), "merged from a")


def test_merging_into_a_new_code() -> None:
    """A new identifier takes the first code's place; none of the merged is its parent."""
    done = merge_codes(book("a", "b<a", "c<b"), ["b", "a"], "n", definition="Both.")
    assert ids(done) == ["n", "c<n"]
    assert (done.by_id["n"].definition, done.by_id["n"].origin) == ("Both.", "merged from b, a")


def test_codes_of_different_stages_are_not_merged() -> None:
    """An open and a focused code mean different kinds of things."""
    start = parse_codebook("codes:\n  - id: a\n  - {id: b, stage: focused, dimension: d, strategy: s}\n")
    with pytest.raises(UserError, match="stage"):
        merge_codes(start, ["a"], "b")


def test_a_split_code_stays_or_goes() -> None:
    """Parts stand in its place and say where they came from; children keep a parent."""
    start = book("a", "b<a", "c")
    assert ids(split_code(start, "a", ["x", "y"], keep=False)) == ["x", "y", "b", "c"]
    kept = split_code(start, "a", ["x", "c"], keep=True)
    assert ids(kept) == ["a", "x", "b<a", "c"]
    assert kept.by_id["x"].origin == "split from a" and kept.by_id["c"].origin == ""


def test_moving() -> None:
    """A code can be in several categories, under another code, and elsewhere in the list; never above itself."""
    start = book("a", "b<a", "c")
    done = move_code(start, "c", categories=["k", "l", "k"], parent="b", after="")
    assert ids(done) == ["c<b", "a", "b<a"] and done.by_id["c"].categories == ("k", "l")
    with pytest.raises(UserError, match="above itself"):
        move_code(start, "a", parent="b")


def test_deleting_leaves_no_dangling_parent() -> None:
    """The children of a deleted code come under its parent; the last code stays."""
    assert ids(delete_code(book("a", "b<a", "c<b"), "b")) == ["a", "c<a"]
    with pytest.raises(UserError, match="only code"):
        delete_code(book("a"), "a")


def test_promoting_an_in_vivo_code() -> None:
    """It needs a definition, gets a category, and still says whose words it was."""
    start = parse_codebook("codes:\n  - {id: count on me, origin: 'in vivo: ben 00:01:48'}\n  - id: b\n")
    with pytest.raises(UserError, match="definition"):
        promote_code(start, "count on me", "drive/duty")
    done = promote_code(start, "count on me", "drive/duty", definition="Others rely on them.", categories=["drive"])
    code = done.by_id["drive/duty"]
    assert code.origin == "promoted from in vivo: ben 00:01:48; was: count on me" and code.category == "drive"
    with pytest.raises(UserError, match="no in-vivo code"):
        promote_code(start, "b", "c", definition="x")


def test_a_renamed_category_takes_its_codes_along() -> None:
    """Codes and categories under it point to the new identifier."""
    start = book("a@k", more="categories:\n  - id: k\n  - {id: l, parent: k}\n")
    done = rename_category(start, "k", "m")
    assert done.by_id["a"].categories == ("m",) and [(c.id, c.parent) for c in done.categories] == [
        ("m", ""),
        ("l", "m"),
    ]


def test_differences_are_told_by_origin() -> None:
    """Renamed, merged, split, added, removed and changed codes are told apart."""
    old = book("a", "b", "c", "d", "e", "g")
    new = rename_code(old, "a", "a2")
    new = merge_codes(new, ["b"], "c")
    new = split_code(new, "d", ["d1", "d2"], keep=False)
    new = delete_code(new, "e")
    found = {(one.change, one.code, one.was) for one in codebook_difference(old, new)}
    assert found == {
        ("renamed", "a2", ("a",)),
        ("merged", "c", ("b",)),
        ("split", "d1", ("d",)),
        ("split", "d2", ("d",)),
        ("removed", "e", ()),
    }
    assert follow(old, new) == {"a": "a2", "b": "c"}
    assert codebook_difference(old, old) == ()
    changed = codebook_difference(book("a"), parse_codebook("codes:\n  - {id: a, definition: Other.}\n"))
    assert [(one.change, one.fields, one.redefined) for one in changed] == [("changed", ("definition",), True)]


def coding(code: str, **more: object) -> Coding:
    """Return a coding of the same ten characters."""
    return Coding("ann", "t", 0, 10, code, **more)  # type: ignore[arg-type]


def test_doubles_after_a_merge_keep_the_accepted_one() -> None:
    """Of two codings that become the same one the accepted is kept, and names the other."""
    one, two = coding("a", status="proposed", id="1"), coding("b", id="2")
    other = coding("a", id="3", status="rejected", stage="axial")
    done = carry_codings([one, two, other], lambda c: "b" if c.code == "a" else c.code)
    assert [(c.id, c.code, dict(c.evidence)) for c in done.put] == [
        ("3", "b", {}),
        ("2", "b", {"doubles": ["1"], "codes": ["a", "b"]}),
    ]
    assert [c.id for c in done.removed] == ["1"] and done.kept_for == {"1": "2"}


def test_nothing_changes_where_no_code_does() -> None:
    """Codings whose code stays are not written."""
    done = carry_codings([coding("a"), coding("b")], lambda c: c.code)
    assert done.put == () and done.removed == ()


def test_relations_follow_and_never_lead_to_themselves() -> None:
    """After a merge a relation between the merged goes, and the same one is kept once."""
    drawn = [
        Relation("a", "condition", "b", "ann", "1"),
        Relation("a", "context", "c", "ann", "2"),
        Relation("b", "context", "c", "ann", "3"),
    ]
    out, added = carry_relations(drawn, {"a": "b"})
    assert [one.id for one in out] == ["1", "2"] and added == ()
    out, added = carry_relations(drawn, {"c": "d"})
    assert [(one.source, one.target, one.id) for one in added] == [("a", "d", "2"), ("b", "d", "3")]
