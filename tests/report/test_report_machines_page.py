"""The page of machine coders: numbers lead to text, what is unknown is said, and no machine means no page."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html
from report_samples import CODERS, coding, counted, small_study

from qualcode.model import Coder, Coding, Study
from qualcode.report import ReportInput, collect, render

SAID = {
    "code work/bake": "enough: 40 examples, F1 0.71 on unseen cases",
    "code work:bake": "weak: 9 examples, F1 0.45 on unseen cases; about 12 more examples",
    "code 销售": "not automatable yet: 2 examples, nothing to measure; more examples alone may not do",
}
READERS = ("reader-1", "reader-2")


def with_robot(*codings: Coding, attributes: dict[str, str] | None = None) -> Study:
    """Return the small study with a machine's codings in place of the robot's."""
    study = small_study()
    robot = Coder("robot", "machine", attributes or {"version": "1"})
    study = replace(study, coders=(*CODERS[:2], robot))
    return study.with_codings((*(one for one in study.codings if one.coder != "robot"), *codings))


def proposals(confident: bool = True) -> list[Coding]:
    """Return a machine's proposals on both texts: affirmed, flagged, reviewed, and one in Hebrew."""
    alpha, beta = (small_study().transcript_by_name[name] for name in ("alpha", "Alpha"))
    sure = {"status": "proposed"}
    made = [
        coding(alpha, "robot", "We bake bread", "work/bake", confidence=0.9 if confident else None, **sure),
        coding(alpha, "robot", "It is warm.", "work:bake", confidence=0.38 if confident else None, status="rejected"),
        coding(alpha, "robot", "we sell bread", "none", confidence=0.3 if confident else None, status="accepted"),
        coding(alpha, "robot", "They come back.", "none", assertion="negated", **sure),
        coding(beta, "robot", "אנחנו אופים לחם", "goal/fame", confidence=0.86 if confident else None, **sure),
    ]
    return made


def files(study: Study, coders: tuple[str, ...] = READERS) -> dict[str, str]:
    """Return the site's files as text."""
    findings = ReportInput(study, coders=coders, codings=counted(study) if coders else ())
    return {name: str(text) for name, text in render(collect(findings)).items()}


def page(study: Study, coders: tuple[str, ...] = READERS) -> html.HtmlElement:
    """Return the page of machines."""
    return html.fromstring(files(study, coders)["machines.html"])


def rows(tree: html.HtmlElement, label: str) -> list[list[str]]:
    """Return the cells of the table in a labelled region, rows of its body and foot."""
    (table,) = tree.xpath(f"//*[starts-with(@aria-label, '{label}')]//table")
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th | ./td")]
        for row in table.xpath("./tbody/tr | ./tfoot/tr")
    ]


def words(tree: html.HtmlElement) -> str:
    """Return the page's words."""
    return " ".join(tree.text_content().split())


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    """The site of a machine that says what it cannot do."""
    return files(with_robot(*proposals(), attributes={"version": "2", "exemplars": "40 made-up interviews", **SAID}))


@pytest.fixture(scope="module")
def tree(site: dict[str, str]) -> html.HtmlElement:
    """Its page of machines."""
    return html.fromstring(site["machines.html"])


def test_page_is_in_the_navigation_only_with_a_machine_that_coded(site: dict[str, str]) -> None:
    """All pages link to it; without machines, or with one that coded nothing, there is neither page nor link."""
    for name, text in site.items():
        if name.endswith(".html"):
            assert html.fromstring(text).xpath("//nav//a[@href='machines.html']"), name
    people = replace(small_study(), coders=CODERS[:2])
    people = people.with_codings(one for one in people.codings if one.coder != "robot")
    for study in (people, with_robot()):
        built = files(study)
        assert "machines.html" not in built
        assert not any("machines.html" in text for text in built.values())


def test_every_link_leads_somewhere(site: dict[str, str], tree: html.HtmlElement) -> None:
    """Turns, passages, codes and sections that the page names are there."""
    ids = {name: set(html.fromstring(text).xpath("//@id")) for name, text in site.items() if name.endswith(".html")}
    hrefs = [str(href) for href in tree.xpath("//main//a/@href")]
    assert any("#t" in href for href in hrefs)
    for href in hrefs:
        goal, _, anchor = href.partition("#")
        assert (goal or "machines.html") in ids, href
        assert not anchor or anchor in ids[goal or "machines.html"], href


def test_what_it_is_stands_without_its_lines_on_codes(tree: html.HtmlElement) -> None:
    """Version and exemplars are facts; what it says of a code stands with the code only."""
    facts = {one.xpath("string(dt)"): one.xpath("string(dd)") for one in tree.xpath("//main//dl[@class='facts']/div")}
    assert facts == {"Version": "2", "Exemplars": "40 made-up interviews"}


def test_proposals_by_assertion_add_up(tree: html.HtmlElement) -> None:
    """Proposals, accepted, rejected, open; the last row is the sum."""
    assert rows(tree, "Proposals by assertion") == [
        ["affirmed", "4", "1", "1", "2"],
        ["negated", "1", "0", "0", "1"],
        ["all", "5", "1", "1", "3"],
    ]


def test_turns_left_to_people_lead_to_their_transcript(tree: html.HtmlElement) -> None:
    """One of three turns has no affirmed proposal: it is counted, listed, and marked as coded by the readers."""
    assert rows(tree, "Turns left to people") == [
        ["Alpha", "1", "1", "0", "0 %", "0", "–"],
        ["alpha", "2", "1", "1", "50 %", "1", "list00:02:05*"],
        ["all", "3", "2", "1", "33 %", "1", ""],
    ]
    links = tree.xpath("//*[starts-with(@aria-label, 'Turns left')]//details/a/@href")
    assert links == ["transcript-alpha-2.html#t4"]
    assert "it leaves 1 (33 %) to people, and says of 1 code out of 7 that it cannot do it yet" in words(tree)


def test_codes_stand_by_what_the_machine_says_of_them(tree: html.HtmlElement) -> None:
    """What it cannot do comes first, then weak, enough, and those that it says nothing of."""
    found = rows(tree, "Proposals per code")
    assert [row[0] for row in found] == [
        "Left to people: it says that it cannot do these yet 1 code",
        "Selling",
        "Weak: to be read with care 1 code",
        "Baking again, a code with a very long name that goes on and on and on",
        "Enough, by its own measure 1 code",
        "Baking",
        "It says nothing of these 4 codes",
        "Never found",
        "Fame",
        "Peace",
        "Talk",
    ]
    assert found[1][1:4] == ["0", "0", SAID["code 销售"]]
    assert found[7][1:3] == ["1", "1"]
    assert found[7][4].endswith("flagged: Alpha & Söhne 00:02:05 negated")


def test_confidence_stands_beside_what_the_readers_gave(tree: html.HtmlElement) -> None:
    """Two bins and their sum, with Wilson's interval: 1 of 2 is 0.09 to 0.91, 2 of 4 is 0.15 to 0.85."""
    found = [[*row[:6], row[7]] for row in rows(tree, "Stated confidence")]
    assert found == [
        ["0.2 to 0.4", "2", "0.34", "1", "0.50", "0.09 to 0.91", "within"],
        ["0.8 to 1.0", "2", "0.88", "1", "0.50", "0.09 to 0.91", "within"],
        ["all", "4", "0.61", "2", "0.50", "0.15 to 0.85", "within"],
    ]
    assert "Wilson 1927" in words(tree)


def test_proposals_are_quoted_with_their_language(tree: html.HtmlElement) -> None:
    """Quotations are exact, marked with language and direction, and lead to their turn."""
    quotes = {one.text_content(): one for one in tree.xpath("//ul[@class='passages']//q")}
    assert set(quotes) == {"We bake bread", "It is warm.", "we sell bread", "אנחנו אופים לחם"}
    assert {one.get("dir") for one in quotes.values()} == {"auto"}
    assert quotes["It is warm."].getnext().get("href").startswith("transcript-alpha-2.html#t2")


def test_references_are_said_to_be_machine_made(tree: html.HtmlElement) -> None:
    """Reference codings are named as such; a person is not."""
    assert "reader-1 and reader-2: reference codings, made by a machine and not by people" in words(tree)
    study = with_robot(*proposals())
    people = replace(study, coders=tuple(replace(one, kind="person") for one in study.coders[:2]) + study.coders[2:])
    assert "made by a machine and not by people" not in words(page(people))


def test_a_flattering_comparison_says_so() -> None:
    """A machine that learned from these readers and was not held out is told from one that was."""
    attributes = {"learned from": "reader-1, reader-2"}
    apart = [replace(one, evidence={"held_out": "by a model that saw nothing of this case"}) for one in proposals()]
    assert "4 proposals of 4 compared here are not marked as held out" in words(
        page(with_robot(*proposals(), attributes=attributes))
    )
    kept = words(page(with_robot(*apart, attributes=attributes)))
    assert "by a model that saw nothing of that case" in kept and "flatters" not in kept
    assert "flatters" not in words(page(with_robot(*proposals())))


def test_without_confidences_the_page_says_so() -> None:
    """A language model that states none gets no table of confidences, but all the rest."""
    tree = page(with_robot(*proposals(confident=False)))
    assert "It states no confidence with its proposals" in words(tree)
    assert not tree.xpath("//*[starts-with(@aria-label, 'Stated confidence')]")
    assert rows(tree, "Turns left to people")[-1][:4] == ["all", "3", "2", "1"]


def test_without_anybody_to_compare_with_the_page_says_so() -> None:
    """Where only a machine coded, it is not compared with itself."""
    study = with_robot(*proposals())
    alone = study.with_codings(one for one in study.codings if one.coder == "robot")
    tree = page(alone, coders=())
    assert "Nobody but machines has coded yet" in words(tree)
    assert "Coded by others" not in words(tree)


def test_a_machine_that_says_nothing_of_codes_has_no_such_column() -> None:
    """No column of dashes, and no claim about how many codes it cannot do."""
    tree = page(with_robot(*proposals()))
    assert "What it says of itself" not in words(tree)
    assert "cannot do" not in words(tree)
    assert len(rows(tree, "Proposals per code")) == 7


def test_machines_stand_side_by_side() -> None:
    """Two machines have a row each and sections whose anchors differ."""
    study = with_robot(*proposals(), attributes=SAID)
    other = replace(study, coders=(*study.coders, Coder("second", "machine")))
    more = [replace(one, coder="second", confidence=None, id=f"second-{one.id}") for one in proposals()[:1]]
    tree = page(other.with_codings((*other.codings, *more)))
    assert rows(tree, "Machine coders side by side") == [
        ["robot", "5", "4", "1 (33 %)", "1", "0.61", "0.50"],
        ["second", "1", "1", "2 (67 %)", "not said", "–", "–"],
    ]
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert "In 1 transcript it proposes nothing at all" in words(tree)


def test_a_code_that_the_codebook_lacks_is_named_without_a_link() -> None:
    """It was proposed once and taken out of the codebook since."""
    lost = replace(proposals()[0], code="<lost>", id="lost")
    (name,) = page(with_robot(*proposals(), lost)).xpath("//th[contains(., '<lost>')]")
    assert "not in the codebook" in name.text_content() and not name.xpath(".//a")


def test_tables_scroll_in_regions_with_names(tree: html.HtmlElement) -> None:
    """Each table is in a region that the keyboard reaches, and each column and row has its header."""
    for table in tree.xpath("//main//table"):
        region = table.getparent()
        assert region.get("tabindex") == "0" and region.get("aria-label")
        assert table.xpath(".//thead//th[@scope='col']")
        assert all(row.xpath("./th[@scope]") for row in table.xpath("./tbody/tr | ./tfoot/tr"))
    assert all(one.get("aria-label") for one in tree.xpath("//table//summary"))


def test_order_of_codings_does_not_matter(site: dict[str, str]) -> None:
    """The same study with codings the other way round gives the same page."""
    study = with_robot(*proposals(), attributes={"version": "2", "exemplars": "40 made-up interviews", **SAID})
    turned = replace(study, codings=tuple(reversed(study.codings)))
    assert files(turned)["machines.html"] == site["machines.html"]


def test_long_lists_are_cut_and_say_so() -> None:
    """Of very many proposals of a code some are listed, spread over the text, and the rest is counted."""
    alpha = small_study().transcript_by_name["alpha"]
    turn = alpha.turns[1]
    many = [
        Coding("robot", "alpha", turn.start + at, turn.start + at + 1, "none", status="proposed", id=f"m{at}")
        for at in range(40)
    ]
    tree = page(with_robot(*many))
    (row,) = [one for one in rows(tree, "Proposals per code") if one[0] == "Never found"]
    assert row[1] == "40" and row[-1].endswith("and 28 more")
