"""Names replaced, and put back exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.errors import InputError, ManyErrors
from qualcode.ingest.identifying import suggest
from qualcode.ingest.pseudonyms import Pseudonym, Replacer, read_pseudonyms, replace_all
from qualcode.model import Transcript, Turn

TABLE = [
    Pseudonym("Petteri", "Mikko"),
    Pseudonym("Anna Virtanen", "Maria"),
    Pseudonym("Anna", "Marja-Liisa"),
    Pseudonym("O'Brien", "Smith"),
    Pseudonym("王伟", "李明"),
    Pseudonym("petteri@firm.fi", "someone@example.org"),
    Pseudonym("Oy", "AB"),
]
COMMON = settings(max_examples=100, deadline=None)
PIECE = st.sampled_from(
    [
        "Petteri",
        "PETTERI",
        "petteri",
        "Anna",
        " ",
        "Virtanen",
        "\n",
        "'s",
        "Hannah",
        "王伟",
        "说",
        "é",
        "👩\u200d👧",
        "Oy",
        ".",
    ]
)
TEXT = st.lists(PIECE, min_size=1, max_size=20).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Petteri's draft, and PETTERI'S too.", "Mikko's draft, and MIKKO'S too."),
        ("Petteri’s", "Mikko’s"),
        ("Anna Virtanen and Anna.", "Maria and Marja-Liisa."),
        ("Anna\nVirtanen", "Maria"),
        ("Anna\n\nVirtanen", "Marja-Liisa\n\nVirtanen"),
        ("Anna\u00a0Virtanen", "Maria"),
        ("Hannah, Petterin, petteri", "Hannah, Petterin, petteri"),
        ("_Petteri_ (Petteri-Juhani)", "_Mikko_ (Mikko-Juhani)"),
        ("O’Brien", "Smith"),
        ("王伟说了", "李明说了"),
        ("petteri@firm.fi", "someone@example.org"),
        ("Petteri\u0302", "Petteri\u0302"),
        ("Oy, soy OY", "AB, soy AB"),
    ],
    ids=repr,
)
def test_whole_words_longest_first(text: str, expected: str) -> None:
    """A name is a whole word; the longest one wins; what follows stays."""
    assert Replacer(TABLE).replaced(text).text == expected


def test_any_case_follows_the_text() -> None:
    """With any case allowed, the pseudonym is written as the name was."""
    assert Replacer(TABLE, any_case=True).replaced("petteri, PETTERI, PetterI").text == "mikko, MIKKO, Mikko"


def test_turkish_letters_in_any_case() -> None:
    """Dotted and dotless i, which case folding and patterns treat differently, are replaced all the same."""
    table = [Pseudonym("Işıl", "Ayla"), Pseudonym("ismet", "kemal")]
    assert Replacer(table, any_case=True).replaced("IŞIL, İsmet").text == "AYLA, kemal"


def test_swedish_genitive() -> None:
    """A bare s after a name is taken along where the language has it, and only there."""
    assert Replacer(TABLE, language="sv").replaced("Petteris bok").text == "Mikkos bok"
    assert Replacer(TABLE, language="en").replaced("Petteris bok").text == "Petteris bok"


def test_names_are_exchanged_in_one_pass() -> None:
    """A pseudonym that is another one's name is not replaced again."""
    table = [Pseudonym("Anna", "Maria"), Pseudonym("Maria", "Eva")]
    assert Replacer(table).replaced("Anna, Maria").text == "Maria, Eva"


def test_no_name_runs_over_the_end_of_a_turn() -> None:
    """What one speaker ends with and the next begins with is no name."""
    text = "Anna\nVirtanen"
    assert Replacer(TABLE).replaced(text, cuts=[4]).text == "Marja-Liisa\nVirtanen"


@COMMON
@given(TEXT, st.booleans(), st.data())
def test_replacing_and_restoring_is_identity(text: str, any_case: bool, data: st.DataObject) -> None:
    """The inverse gives back the text, and every passage that does not cut a name, to the character."""
    there = Replacer(TABLE, any_case=any_case).replaced(text)
    back = replace_all(there.text, there.inverse())
    assert back.text == text
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    moved = there.span(start, end)
    assert 0 <= moved[0] < moved[1] <= len(there.text)
    low, high = back.span(*moved)
    assert (low, high) == (start, end) if not there.cuts(start, end) else low <= start < end <= high


@COMMON
@given(TEXT, st.data())
def test_quotes_are_replaced_within(text: str, data: st.DataObject) -> None:
    """The passage at the new place is the old passage with its names replaced."""
    there = Replacer(TABLE).replaced(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    if there.cuts(start, end):
        return
    low, high = there.span(start, end)
    inside = [one for one in there.occurrences if start <= one.start and one.end <= end]
    expected, position = "", start
    for one in inside:
        expected += text[position : one.start] + one.replacement
        position = one.end
    assert there.text[low:high] == expected + text[position:end]


def test_a_passage_that_cuts_a_name_is_widened() -> None:
    """Half a name becomes the whole pseudonym."""
    there = Replacer(TABLE).replaced("so Petteri left")
    assert there.cuts(0, 6) and there.text[slice(*there.span(0, 6))] == "so Mikko"


def test_a_table_is_read_with_its_mistakes(tmp_path: Path) -> None:
    """Rows without pseudonym are counted, further columns passed over, contradictions named with their line."""
    file = tmp_path / "names.csv"
    file.write_text("name;pseudonym;kind;count\nPetteri;Mikko;name;3\nIrma;;name;2\nPetteri;Mikko;;1\n", "utf-8")
    assert read_pseudonyms(file) == ([Pseudonym("Petteri", "Mikko", "name")], 1)
    file.write_text("name,pseudonym\nPetteri,Mikko\nPetteri,Pekka\n,X\n", "utf-8")
    with pytest.raises(ManyErrors, match=r"line 3: 'Petteri' has another pseudonym above(.|\n)*line 4"):
        read_pseudonyms(file)
    file.write_text("who,what\nPetteri,Mikko\n", "utf-8")
    with pytest.raises(InputError, match="no columns"):
        read_pseudonyms(file)


def transcript(text: str, language: str = "en", *speakers: str) -> Transcript:
    """Return a transcript of one turn per speaker, or of one turn."""
    turns = tuple(Turn(number, speaker, "participant", 0, len(text)) for number, speaker in enumerate(speakers, 1))
    return Transcript("one", "One", text, turns or (Turn(1, "", "participant", 0, len(text)),), language)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "And then Petteri came. Petteri's draft was ugly.", {"Petteri": "name"}),
        ("en", "We asked. Then Anna von Platen left.", {"Anna von Platen": "name"}),
        ("en", "Marketing is hard. We do Marketing, marketing and marketing.", {}),
        ("en", "Irma came. Irma left.", {"Irma": "name"}),
        (
            "en",
            "Write to a.b@firm.fi or +358 40 123 4567, see www.firm.fi/x.",
            {"a.b@firm.fi": "e-mail", "+358 40 123 4567": "phone", "www.firm.fi/x": "web address"},
        ),
        ("en", "From 2018-2022 it was 1 000 000 a year, at 10:30:00.", {}),
        ("en", "She is @petteri_k there.", {"@petteri_k": "handle"}),
        ("en", "It was Nordic Pulp Oy who paid, and Dr. Smith.", {"Nordic Pulp Oy": "organisation", "Smith": "name"}),
        (
            "de",
            "Die Firma und das Haus gehören Frau Schmidt, sagt Hans Meier.",
            {"Schmidt": "name", "Hans Meier": "name"},
        ),
        ("sv", "Sedan kom Börje och pratade.", {"Börje": "name"}),
        ("zh", "我们和王经理去了北京大学。", {"王经理": "name", "北京大学": "organisation"}),
    ],
)
def test_candidates(language: str, text: str, expected: dict[str, str]) -> None:
    """Names, firms and addresses are found by the habits of the language, and ordinary words are not."""
    assert {one.name: one.kind for one in suggest([transcript(text, language)])} == expected


def test_candidates_are_counted_and_shown_in_context() -> None:
    """Each candidate comes with its number and a line of context; labels count; pseudonyms are left out."""
    found = suggest([transcript("Kirsi: so Petteri and Mikko came with Petteri.", "en", "Kirsi")], leave=["mikko"])
    assert [(one.name, one.kind, one.count) for one in found] == [("Kirsi", "speaker", 1), ("Petteri", "name", 2)]
    assert found[1].example == "Kirsi: so ‹Petteri› and Mikko came with Petteri."
    assert found[1].transcripts == ("one",)


def test_entities_of_a_pipeline_are_added() -> None:
    """What a trained pipeline finds beyond the rules is taken with its own kind, and nothing twice."""
    text = "then petteri and Irma came"
    found = suggest([transcript(text)], entities=lambda text, language: [(5, 12, "PERSON"), (17, 21, "PERSON")])
    assert {one.name: one.kind for one in found} == {"Irma": "name", "petteri": "PERSON"}
