"""The u-alpha family, on segments and on a study."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.agreement import agree, unitized
from qualcode.agreement.unitizing import Continuum, unitized_alpha
from qualcode.errors import UserError

segments = st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6), st.sampled_from("xyz")), min_size=1, max_size=5)


def laid_out(parts: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return segments one after the other, from (gap, length, value)."""
    found, at = [], 0
    for gap, length, value in parts:
        found.append((at + gap, at + gap + length, value))
        at += gap + length
    return found


@given(parts=segments)
@settings(max_examples=50, deadline=None)
def test_identical_segments(parts) -> None:  # type: ignore[no-untyped-def]
    """Coders who marked the same have u and |u of 1."""
    same = laid_out(parts)
    found = unitized_alpha([Continuum(70, {"A": same, "B": same})])
    assert found.u.value == pytest.approx(1)
    assert found.binary.value == pytest.approx(1)


@given(one=segments, other=segments)
@settings(max_examples=50, deadline=None)
def test_coders_and_documents_can_change_places(one, other) -> None:  # type: ignore[no-untyped-def]
    """Neither the order of coders nor that of documents matters."""
    first = Continuum(70, {"A": laid_out(one), "B": laid_out(other)})
    swapped = Continuum(70, {"A": laid_out(other), "B": laid_out(one)})
    second = Continuum(70, {"A": laid_out(one), "B": laid_out(one)})
    assert unitized_alpha([first]).u.value == pytest.approx(unitized_alpha([swapped]).u.value)
    assert unitized_alpha([first, second]).u.value == pytest.approx(unitized_alpha([second, first]).u.value)


def test_random_segments_agree_by_chance() -> None:
    """Coders who mark at random have u near 0."""
    generator = np.random.default_rng(2)
    documents = []
    for _ in range(60):
        own = {}
        for coder in ("A", "B", "C"):
            parts = [(int(g), int(n), "xyz"[v]) for g, n, v in generator.integers((1, 5, 0), (9, 6, 3), size=(12, 3))]
            # A window away from the ends: common margins without passages would be agreement.
            inside = [(max(start, 20), min(end, 70), value) for start, end, value in laid_out(parts)]
            own[coder] = [(start - 20, end - 20, value) for start, end, value in inside if start < end]
        documents.append(Continuum(50, own))
    found = unitized_alpha(documents)
    assert found.u.value == pytest.approx(0, abs=0.06)
    assert found.binary.value == pytest.approx(0, abs=0.06)


@pytest.mark.parametrize("wrong", [[(0, 5, "x"), (4, 8, "y")], [(5, 5, "x")], [(8, 11, "x")]])
def test_segments_that_are_none(wrong: list[tuple[int, int, str]]) -> None:
    """Overlapping segments of one coder, empty ones, and ones beyond the end are refused."""
    with pytest.raises(ValueError, match="of A overlaps"):
        unitized_alpha([Continuum(10, {"A": wrong, "B": []})])


def test_nothing_marked_is_undefined() -> None:
    """Where nobody marked anything, no coefficient is defined, and each says why."""
    found = unitized_alpha([Continuum(10, {"A": [], "B": []})])
    assert [value.value for value in (found.u, found.binary, found.coding)] == [None, None, None]
    assert found.u.reason and found.binary.reason and found.coding.reason


def test_study_with_a_domain(make_study) -> None:  # type: ignore[no-untyped-def]
    """Passages of a study become segments of participants' speech; a domain's codes keep their values."""
    study = make_study(
        {"ann": {"one": [("wrote reports", "a"), ("talks", "b")]}, "ben": {"one": [("reports", "a"), ("talks", "c")]}}
    )
    found = unitized(study, ["ann", "ben"], codes=["a", "b", "c"])
    speech = "We wrote reports. They were long.We gave talks.That's all."
    wanted = ("wrote reports", "reports", "talks")
    at = {words: (speech.index(words), speech.index(words) + len(words)) for words in wanted}
    expected = unitized_alpha(
        [
            Continuum(
                len(speech),
                {
                    "ann": [(*at["wrote reports"], "a"), (*at["talks"], "b")],
                    "ben": [(*at["reports"], "a"), (*at["talks"], "c")],
                },
            )
        ]
    )
    assert found == expected


def test_codes_on_the_same_text_make_no_domain(make_study) -> None:  # type: ignore[no-untyped-def]
    """Two codes of a domain on the same words by one coder are refused, with the place named."""
    study = make_study({"ann": {"one": [("wrote reports", "a"), ("reports", "b")]}, "ben": {"one": [("talks", "a")]}})
    with pytest.raises(UserError, match=r"ann gave both a and b .*turn 2"):
        unitized(study, ["ann", "ben"], codes=["a", "b"])


def test_agree_gives_binary_u_alpha_of_each_code(make_study) -> None:  # type: ignore[no-untyped-def]
    """On the character continuum each code has its |u, the same as by itself, overlapping codes or not."""
    own = {f"t{n}": [("wrote reports", "a"), ("reports", "b")] for n in range(9)}
    most, some = [("reports", "a"), ("talks", "b")], [("wrote", "a"), ("gave", "a")]
    other = {f"t{n}": most if n % 3 else some for n in range(9)}
    study = make_study({"ann": own, "ben": other})
    found = agree(study, ["ann", "ben"], unit="character", draws=200)
    for one in found.codes:
        value = one.measures["u_alpha_binary"]
        assert value.value == pytest.approx(unitized(study, ["ann", "ben"], codes=[one.code]).binary.value)
        assert value.low is not None and value.value is not None and value.high is not None
        assert value.low <= value.value <= value.high
