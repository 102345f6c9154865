"""The site as a whole: links, escaping, determinism, empty studies."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
from lxml import html
from report_samples import NOTICE, counted, measured_input, small_input, small_study, transcript

from qualcode.model import Case, Codebook, Coding, Settings, Study
from qualcode.report import REPORTS, ReportInput, collect, render


def built(findings: ReportInput) -> dict[str, str]:
    """Return the site's files as text."""
    return {name: str(content) for name, content in render(collect(findings)).items()}


@pytest.fixture(scope="module")
def site() -> dict[str, str]:
    """The site of the small study."""
    return built(small_input())


EMPTY_CODEBOOK = Codebook("empty", "Empty", ())


def awkward_inputs() -> dict[str, ReportInput]:
    """Return studies in which something is missing."""
    study = small_study()
    full = small_input()
    plain = replace(study.codebook, strategies={}, dimensions={}, categories=())
    silent = Study(Settings(), EMPTY_CODEBOOK, (Case("Only"),), (transcript("only", "Only", "", ()),))
    unknown = Coding("reader-1", "alpha", 0, 5, "not-in-the-codebook", id="u")
    alpha = study.transcript_by_name["alpha"]
    end = alpha.text.index("end of tape")
    outside = Coding("reader-1", "alpha", end, end + 11, "work/bake", id="o")
    across = Coding("reader-1", "alpha", alpha.turns[1].start + 3, alpha.turns[3].start + 4, "work/bake", id="x")
    label = Coding("reader-1", "alpha", alpha.turns[3].start - 4, alpha.turns[3].start - 1, "work/bake", id="l")
    return {
        "nothing at all": ReportInput(Study(Settings(), EMPTY_CODEBOOK)),
        "one case with an empty transcript": ReportInput(silent),
        "no codings": ReportInput(replace(study, codings=(), coders=()), coders=()),
        "codings but no findings": ReportInput(study, coders=("reader-1",), codings=counted(study)),
        "no strategies or dimensions": replace(
            full, study=replace(study, codebook=plain), focus=None, comparison=None, axial=None
        ),
        "a transcript of a case that nobody entered": ReportInput(replace(study, cases=())),
        "a code that the codebook does not know": ReportInput(study, coders=("reader-1",), codings=(unknown,)),
        "a passage outside of turns": ReportInput(study, coders=("reader-1",), codings=(outside,)),
        "a passage over several turns": ReportInput(study, coders=("reader-1",), codings=(across,)),
        "a passage in a speaker's label": ReportInput(study, coders=("reader-1",), codings=(label,)),
        "agreement of three, disagreements and saturation as measured": measured_input(),
        "everything": full,
    }


def identifiers(text: str) -> list[str]:
    """Return all ids of a page."""
    return [str(name) for name in html.fromstring(text).xpath("//@id")]


@pytest.mark.parametrize("name", awkward_inputs())
def test_every_link_leads_somewhere(name: str) -> None:
    """Each link's file is written and its anchor is there, exactly once; nothing leads out of the site."""
    files = built(awkward_inputs()[name])
    anchors = {file: identifiers(text) for file, text in files.items() if file.endswith(".html")}
    for file, ids in anchors.items():
        assert len(ids) == len(set(ids)), file
        for href in html.fromstring(files[file]).xpath("//a/@href | //svg//a/@href"):
            goal, _, anchor = unquote(str(href)).partition("#")
            assert (goal or file) in files, (file, href)
            assert not anchor or anchor in anchors[goal or file], (file, href)


def test_nothing_is_loaded_from_elsewhere(site: dict[str, str]) -> None:
    """Pages load the style sheet and the script beside them and nothing else; the style sheet loads nothing."""
    for file, text in site.items():
        if file.endswith(".html"):
            tree = html.fromstring(text)
            loaded = {str(value) for value in tree.xpath("//link/@href | //@src | //object/@data | //form/@action")}
            assert loaded == {"style.css", "site.js", "data:,"}
    assert not re.search(r"url\(|@import|https?:", site["style.css"])


def test_text_cannot_become_markup(site: dict[str, str]) -> None:
    """Titles, case names, speech and colours of a study stay text."""
    for file, text in site.items():
        if file.endswith(".html"):
            tree = html.fromstring(text)
            assert [str(item.get("src")) for item in tree.xpath("//script")] == ["site.js"], file
            assert not tree.xpath("//i[not(@class)]"), file
            assert "body {" not in text
    assert "alert(&#34;x&#34;)" in site["transcript-alpha-2.html"]


def test_transcript_page_holds_the_whole_speech(site: dict[str, str]) -> None:
    """The words of each turn on its page are the words of the transcript, marks or no marks."""
    for transcript_ in small_study().transcripts:
        page = {"alpha": "transcript-alpha-2.html", "Alpha": "transcript-alpha.html"}[transcript_.name]
        tree = html.fromstring(site[page])
        for turn in transcript_.turns:
            (speech,) = tree.xpath(f"//*[@id='t{turn.number}']//*[@class='speech']")
            assert speech.text_content() == transcript_.speech(turn)
    assert "[... abridged ...]" in site["transcript-alpha-2.html"]
    assert "end of tape" in site["transcript-alpha-2.html"]


def test_marks_of_overlapping_passages(site: dict[str, str]) -> None:
    """Overlapping passages are shown as pieces that name the passages that cover them."""
    (speech,) = html.fromstring(site["transcript-alpha-2.html"]).xpath("//*[@id='t2']//*[@class='speech']")
    pieces = [(mark.text_content(), mark.get("class").split()[1:]) for mark in speech.xpath(".//mark")]
    assert pieces == [
        ("We bake bread, and ", ["p1"]),
        ("we sell bread", ["p1", "p2", "p3"]),
        (".", ["p1", "p2"]),
        (" <script>", ["p2"]),
        ("It is warm.", ["p4"]),
    ]


def test_numbers_lead_to_as_many_passages(site: dict[str, str]) -> None:
    """Each number of the table of codes and cases is the length of the list that it leads to."""
    checked = 0
    for link in html.fromstring(site["index.html"]).xpath("//table[@class='heat']//td[not(@class='sum')]/a"):
        file, _, anchor = link.get("href").partition("#")
        passages = html.fromstring(site[file]).xpath(f"//*[@id='{anchor}']//li")
        assert len(passages) == int(link.text_content())
        checked += 1
    assert checked == 7


def test_every_page_says_what_the_data_are_and_whose_codings_count(site: dict[str, str]) -> None:
    """Notice and foot are on every page, and every page but those of agreement says whose codings it counts."""
    for file, text in site.items():
        if not file.endswith(".html"):
            continue
        words = html.fromstring(text).text_content()
        assert NOTICE in words, file
        assert "abababababab" in words, file
        if file != "agreement.html":
            assert "agreed between reader-1 (reference codings: a language-model reader)" in words, file


def test_a_machines_codings_stay_apart(site: dict[str, str]) -> None:
    """What only the machine proposed is neither marked nor listed; what one reader gave is, as not counted."""
    assert "R2" in site["transcript-alpha.html"]
    assert "not counted" in site["transcript-alpha.html"]
    assert "Never found" not in site["transcript-alpha-2.html"]
    assert "No passage counts for this code." in site["code-none.html"]
    words = html.fromstring(site["agreement.html"]).text_content()
    assert "robot: machine coder" in words
    assert "undefined" in words


def test_same_input_gives_same_bytes() -> None:
    """Two builds are equal byte for byte."""
    assert built(small_input()) == built(small_input())


def test_codings_in_another_order_give_same_bytes(site: dict[str, str]) -> None:
    """The order in which codings arrive does not matter."""
    findings = small_input()
    assert built(replace(findings, codings=tuple(reversed(findings.codings)))) == site


def test_differences_from_the_published_result_are_said(site: dict[str, str]) -> None:
    """A case that is classified otherwise than published is marked as differing, in both places."""
    assert "✗ differs" in site["comparison.html"]
    assert "✗ differs" in site["case-alpha-sohne.html"]
    assert "0 of 1" in site["comparison.html"]


def test_sources_are_cited_in_full(site: dict[str, str]) -> None:
    """Keys of the framework's sources are replaced by citations."""
    assert "Baker (1998)" in site["process.html"]
    assert "Baker (1998)" in site["how.html"]


def test_sections_without_findings_say_so() -> None:
    """A study without strategies, framework and second coder says what is left out instead of showing empty tables."""
    files = built(awkward_inputs()["no codings"])
    assert "No case is classified" in files["comparison.html"]
    assert "not compared with a literature framework" in files["process.html"]
    assert "Agreement was not measured" in files["agreement.html"]
    assert "no codings count yet" in files["index.html"]


def test_report_is_found_by_name() -> None:
    """The dictionary of reports leads to the same files."""
    report = REPORTS["site"]
    assert report.build(small_input())["index.html"] == built(small_input())["index.html"]
    assert report.ending == "html"


def test_two_hundred_cases_stay_fast_to_read() -> None:
    """A wide table of codes scrolls in a region of its own that the keyboard reaches."""
    study = replace(small_study(), cases=tuple(Case(f"Case {number}") for number in range(200)), transcripts=())
    text = built(ReportInput(replace(study, codings=())))["index.html"]
    (region,) = html.fromstring(text).xpath("//table[@class='heat']/..")
    assert region.get("tabindex") == "0"
    assert len(region.xpath(".//thead//th[@class='up']")) == 202
