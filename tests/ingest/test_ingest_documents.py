"""Word, OpenDocument, rich text, web pages and PDF: what of them becomes text, and who speaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_files import docx, odt, p, pdf, r, read_all
from ingest_marked import marked, spoken

from qualcode.errors import InputError
from qualcode.ingest.normalise import normalise

NOTE = '<w:footnote w:id="{}"><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:footnote>'


def cell(*paragraphs: str) -> str:
    """Return a cell of WordprocessingML."""
    return f"<w:tc>{''.join(paragraphs)}</w:tc>"


def row(*cells: str) -> str:
    """Return a row of WordprocessingML."""
    return f"<w:tr>{''.join(cells)}</w:tr>"


# name -> body in WordprocessingML, text with `{` and `}` where speech begins and ends
WORD: dict[str, tuple[str, str]] = {
    "label_bold_text_plain": (
        p(r("Anna:", bold=True), r(" Who?"))
        + p(r("Ben:", bold=True), r(" Me."))
        + p(r("Anna: Why?"))
        + p(r("Ben: So.")),
        "Anna: {Who?}\nBen: {Me.}\nAnna: {Why?}\nBen: {So.}\n",
    ),
    "label_bold_without_colon": (
        "".join(p(r(name, bold=True), r(f" {text}")) for name, text in (("Anna", "Who?"), ("Ben", "Me.")) * 2),
        "Anna {Who?}\nBen {Me.}\n" * 2,
    ),
    "label_bold_in_a_paragraph_of_its_own": (
        "".join(p(r(name, bold=True)) + p(r(text)) for name, text in (("Anna", "Who?"), ("Ben", "Me.")) * 2),
        "Anna\n{Who?}\nBen\n{Me.}\n" * 2,
    ),
    "label_cut_into_runs": (
        p(r("Inter"), r("viewer: "), r("Who?")) + p(r("R"), r("espondent"), r(": Me.")),
        "Interviewer: {Who?}\nRespondent: {Me.}\n",
    ),
    "questions_in_bold_without_labels": (
        p(r("Who are you?", bold=True)) + p(r("Me.")) + p(r("Really.")) + p(r("Why?", bold=True)) + p(r("So.")),
        "{Who are you?}\n{Me.\nReally.}\n{Why?}\n{So.}\n",
    ),
    "insertions_kept_deletions_dropped": (
        p(
            r("I: Who "),
            f"<w:ins>{r('really')}</w:ins>",
            "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>",
            r("?"),
        )
        + p(r("R: Me."), f"<w:moveFrom>{r('away')}</w:moveFrom>", f"<w:moveTo>{r(' Here.')}</w:moveTo>"),
        "I: {Who really?}\nR: {Me. Here.}\n",
    ),
    "end_of_paragraph_deleted": (
        p(r("I: Who?"))
        + f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{r('R: Me and')}</w:p>"
        + p(r(" only me."))
        + p(r("I: Hm.")),
        "I: {Who?}\nR: {Me and only me.}\nI: {Hm.}\n",
    ),
    "bold_before_a_tracked_change_of_format": (
        "".join(
            f"<w:p><w:r><w:rPr><w:rPrChange><w:rPr><w:b/></w:rPr></w:rPrChange></w:rPr><w:t>{text}</w:t></w:r></w:p>"
            for text in ("I: Who?", "R: Me.", "Yes?", "No?")
        ),
        "I: {Who?}\nR: {Me.\nYes?\nNo?}\n",
    ),
    "content_controls_links_and_fields": (
        p(f"<w:sdt><w:sdtPr><w:b/></w:sdtPr><w:sdtContent>{r('I: Who')}</w:sdtContent></w:sdt>", r("?"))
        + p(
            r("R: "),
            f"<w:hyperlink>{r('link')}</w:hyperlink>",
            "<w:r><w:instrText>PAGE</w:instrText></w:r>",
            f"<w:fldSimple>{r(' 7')}</w:fldSimple>",
        ),
        "I: {Who?}\nR: {link 7}\n",
    ),
    "tabs_breaks_and_hyphens": (
        p(r("I:"), "<w:r><w:tab/><w:t>Who</w:t><w:br/><w:t>now?</w:t></w:r>")
        + p(r("R: a"), "<w:r><w:noBreakHyphen/><w:t>b</w:t><w:softHyphen/><w:t>c</w:t></w:r>"),
        "I:\t{Who\nnow?}\nR: {a\u2011b\u00adc}\n",
    ),
    "table_with_a_column_of_labels": (
        "<w:tbl>"
        + "".join(row(cell(p(r(name))), cell(p(r(text)))) for name, text in (("I", "Who?"), ("R", "Me.")) * 2)
        + "</w:tbl>",
        "I\t{Who?}\nR\t{Me.}\n" * 2,
    ),
    "table_with_time_speaker_and_cells_of_several_paragraphs": (
        "<w:tbl>"
        + row(cell(p(r("00:00:05"))), cell(p(r("Anna"))), cell(p(r("Who?")), p(r("And?"))))
        + row(cell(p(r("00:00:09"))), cell(p(r("Ben"))), cell(p(r("Me."))))
        + row(cell(p(r("00:00:12"))), cell(p(r("Anna"))), cell(p(r("Why?"))))
        + row(cell(p(r("00:00:15"))), cell(p(r("Ben"))), cell(p(r("So."))))
        + "</w:tbl>",
        "00:00:05\tAnna\t{Who?\nAnd?}\n00:00:09\tBen\t{Me.}\n00:00:12\tAnna\t{Why?}\n00:00:15\tBen\t{So.}\n",
    ),
    "time_and_speaker_in_one_cell": (
        "<w:tbl>"
        + "".join(
            row(cell(p(r(name)), p(r(time))), cell(p(r(text))))
            for name, time, text in (
                ("Anna", "0:01", "Who?"),
                ("Ben", "0:04", "Me."),
                ("Anna", "0:09", "Why?"),
                ("Ben", "0:12", "So."),
            )
        )
        + "</w:tbl>",
        "Anna\n0:01\n{Who?}\nBen\n0:04\n{Me.}\nAnna\n0:09\n{Why?}\nBen\n0:12\n{So.}\n",
    ),
    "labels_inside_a_column_beside_line_numbers": (
        "<w:tbl>"
        + row(cell(p(r("1"))), cell(p(r("DB: Who?"))))
        + row(cell(p(r("2"))), cell(p(r("KL: Me."))))
        + row(cell(p(r("3"))), cell(p(r("DB: Why?"))))
        + row(cell(p(r("4"))), cell(p(r("KL: So."))))
        + "</w:tbl>",
        "1\tDB: {Who?}\n2\tKL: {Me.}\n3\tDB: {Why?}\n4\tKL: {So.}\n",
    ),
    "text_box_and_its_second_form": (
        p(
            r("I: Who?"),
            "<w:r><mc:AlternateContent><mc:Choice><w:txbxContent>"
            + p(r("In the box."))
            + "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent>"
            + p(r("In the box."))
            + "</w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>",
        )
        + p(r("R: Me.")),
        "In the box.\nI: {Who?}\nR: {Me.}\n",
    ),
}


@pytest.mark.parametrize("name", WORD)
def test_word(name: str, tmp_path: Path) -> None:
    """What stands in a Word document comes out as the marked text."""
    body, expected = WORD[name]
    (reading,) = read_all(tmp_path, docx(body), "a.docx")
    assert marked(reading.transcript) == expected
    assert reading.transcript.format == "docx"


def test_word_notes(tmp_path: Path) -> None:
    """A note's number stands at its place; notes follow the text, belong to no turn, and their rules are none."""
    reference = '<w:r><w:footnoteReference w:id="7"/></w:r>'
    body = p(r("I: Who?")) + p(r("R: Me"), reference, r(".")) + p(r("I: Why?"))
    notes = '<w:footnote w:id="0" w:type="separator"><w:p><w:r><w:t>---</w:t></w:r></w:p></w:footnote>'
    (reading,) = read_all(tmp_path, docx(body, footnotes=notes + NOTE.format(7, "R: a friend")), "a.docx")
    assert marked(reading.transcript) == "I: {Who?}\nR: {Me[1].}\nI: {Why?}\n\n[1] R: a friend\n"


def test_word_says_what_it_left_out(tmp_path: Path) -> None:
    """Deletions and comments are counted in doubts."""
    deletion = "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"
    body = p(r("I: Who?"), deletion) + p(r("R: Me."), '<w:r><w:commentReference w:id="1"/></w:r>', deletion)
    (reading,) = read_all(tmp_path, docx(body), "a.docx")
    assert reading.doubts == (
        "tracked changes: 2 deletions were left out, 0 insertions kept",
        "1 comment in the margin was left out",
    )


def test_word_styles(tmp_path: Path) -> None:
    """Bold and headings may come from styles, and from the styles that those are based on."""
    styles = (
        '<w:style w:styleId="Base"><w:rPr><w:b/></w:rPr></w:style>'
        '<w:style w:styleId="Q"><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:styleId="H"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    )
    body = p(r("A talk"), style="H") + p(r("Who?"), style="Q") + p(r("Me.")) + p(r("Why?"), style="Q") + p(r("So."))
    (reading,) = read_all(tmp_path, docx(body, styles=styles), "a.docx")
    assert marked(reading.transcript) == "A talk\n{Who?}\n{Me.}\n{Why?}\n{So.}\n"
    assert [turn.role for turn in reading.transcript.turns] == ["interviewer", "participant"] * 2


def test_odt(tmp_path: Path) -> None:
    """White space counts as the format has it; lists, notes, spans and tracked changes are understood."""
    styles = '<style:style style:name="B"><style:text-properties fo:font-weight="bold"/></style:style>'
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:p><text:span text:style-name="B">Anna</text:span> Who?</text:p>'
        '<text:p><text:span text:style-name="B">Ben</text:span>  Me \n  and<text:s text:c="3"/>x<text:tab/>y'
        "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>A note</text:p></text:note-body>"
        "</text:note><office:annotation><text:p>psst</text:p></office:annotation><text:line-break/>z.</text:p>"
        '<text:p><text:span text:style-name="B">Anna</text:span> Why?</text:p>'
        '<text:p><text:span text:style-name="B">Ben</text:span> So:</text:p>'
        "<text:list><text:list-item><text:p>one</text:p></text:list-item></text:list>"
    )
    (reading,) = read_all(tmp_path, odt(body, styles), "a.odt")
    assert marked(reading.transcript) == (
        "Anna {Who?}\nBen {Me and   x\ty[1]\nz.}\nAnna {Why?}\nBen {So:\none}\n\n[1] A note\n"
    )
    assert "tracked changes: 1 deletion was left out, insertions kept" in reading.doubts
    assert "1 comment in the margin was left out" in reading.doubts


def test_odt_table(tmp_path: Path) -> None:
    """A table's rows are lines."""
    cells = [("I", "Who?"), ("R", "Me."), ("I", "Why?"), ("R", "So.")]
    body = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{text}</text:p></table:table-cell>" for text in pair)
        + "</table:table-row>"
        for pair in cells
    )
    (reading,) = read_all(tmp_path, odt(f"<table:table>{body}</table:table>"), "a.odt")
    assert marked(reading.transcript) == "I\t{Who?}\nR\t{Me.}\nI\t{Why?}\nR\t{So.}\n"


# name -> rich text after the head, marked text
RICH: dict[str, tuple[bytes, str]] = {
    "bold_labels": (
        rb"{\b Anna} Who?\par {\b Ben} Me.\par \b Anna\b0  Why?\par {\b Ben} So.\par",
        "Anna {Who?}\nBen {Me.}\nAnna {Why?}\nBen {So.}\n",
    ),
    "emoji_in_two_halves": (
        rb"I: Who?\par R: Me \u-10179?\u-8704?.\par {\uc0 I: \u55357\u56832  ok?}\par",
        "I: {Who?}\nR: {Me 😀.}\nI: {😀 ok?}\n",
    ),
    "code_pages_by_font": (
        rb"I: caf\'e9?\par R: {\f1 \'d2\'e0\'ea}, {\f2 \'93\'fa\'96\'7b}.\par",
        "I: {café?}\nR: {Так, 日本.}\n",
    ),
    "deletions_and_notes": (
        rb"I: Who?\par R: Me{\footnote {\b a} note}, {\deleted gone}{\revised added}.\par",
        "I: {Who?}\nR: {Me[1], added.}\n\n[1] a note\n",
    ),
    "skippable_groups_pictures_and_binary": (
        rb"I: Who?\par{\*\unknown no}{\pict\wmetafile8 0123abcd}{\*\shppict{\pict\bin5 {}{}{}}R: Me.\par",
        "I: {Who?}\nR: {Me.}\n",
    ),
    "table": (
        rb"\trowd\intbl I\cell Who?\cell\row\trowd\intbl R\cell Me.\cell\row I\cell Why?\cell\row R\cell So.\cell\row",
        "I\t{Who?}\nR\t{Me.}\nI\t{Why?}\nR\t{So.}\n",
    ),
    "special_characters": (
        rb"I: \'93a\'94\~b\-c\_d \{e\}?\par R:\tab f\emdash g\line h\rquote\par",
        "I: {“a”\u00a0b\u00adc\u2011d {e}?}\nR:\t{f—g\nh’}\n".replace("{e}", "\\{e\\}"),
    ),
    "link": (
        rb'I: Who?\par R: {\field{\*\fldinst{HYPERLINK "http://example.org"}}{\fldrslt{\ul here}}}.\par',
        "I: {Who?}\nR: {here.}\n",
    ),
}


@pytest.mark.parametrize("name", RICH)
def test_rich_text(name: str, tmp_path: Path) -> None:
    """What stands in rich text comes out as the marked text."""
    body, expected = RICH[name]
    fonts = rb"{\fonttbl{\f0\fswiss\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset128 C;}}"
    (reading,) = read_all(tmp_path, rb"{\rtf1\ansi\ansicpg1252\deff0" + fonts + rb"\pard " + body + b"}", "a.rtf")
    if name == "special_characters":
        assert spoken(reading.transcript)[0][2] == "“a”\u00a0b\u00adc\u2011d {e}?"
    else:
        assert marked(reading.transcript) == expected


def test_no_rich_text(tmp_path: Path) -> None:
    """A file that is none is refused."""
    with pytest.raises(InputError, match="no rich text"):
        read_all(tmp_path, "I: Who?", "a.rtf")


ARTICLE = """<!DOCTYPE html><html lang="en-GB"><head><title>Old title | Site</title>
<meta property="og:title" content="How we work"><meta name="author" content="A. Writer">
<meta property="og:site_name" content="The Site"><meta property="article:published_time" content="2024-01-02">
<link rel="canonical" href="https://example.org/a"><style>p {}</style></head><body>
<nav><a href="/">Home</a></nav><div>Subscribe now</div>
<main><h1>How we work</h1><p>First <b>part</b>
 of it.<br>Second&nbsp;line.</p><aside>Read more</aside><ul><li>One</li><li>Two</li></ul>
<table><tr><td>a</td><td>b</td></tr></table><script>track()</script></main>
<footer>© The Site</footer></body></html>"""


def test_web_page(tmp_path: Path) -> None:
    """An article's paragraphs are to be coded; what surrounds it is kept and is not."""
    (reading,) = read_all(tmp_path, ARTICLE, "a.html")
    transcript = reading.transcript
    assert [transcript.speech(turn) for turn in transcript.participant_turns()] == [
        "First part of it.\nSecond\u00a0line.",
        "One",
        "Two",
        "a\tb",
    ]
    assert [transcript.speech(turn) for turn in transcript.turns if turn.role == "other"] == [
        "Home",
        "Subscribe now",
        "How we work",
        "Read more",
        "© The Site",
    ]
    assert dict(transcript.attributes) == {
        "Title": "How we work",
        "Author": "A. Writer",
        "Source": "The Site",
        "Date": "2024-01-02",
        "URL": "https://example.org/a",
        "Language": "en-GB",
        "Form": "article",
    }
    assert transcript.language == "en"


def test_web_page_with_speakers(tmp_path: Path) -> None:
    """A page that holds an interview has turns; its navigation belongs to none."""
    page = "<nav>Home</nav><p><strong>Anna:</strong> Who?</p><p><strong>Ben:</strong> Me.</p><p>Really.</p>"
    page += "<p><b>Anna:</b> Why?</p><p><b>Ben:</b> So.</p><footer>Ben: ours</footer>"
    (reading,) = read_all(tmp_path, page, "a.htm")
    assert spoken(reading.transcript) == [
        ("Anna", None, "Who?"),
        ("Ben", None, "Me.\n\nReally."),
        ("Anna", None, "Why?"),
        ("Ben", None, "So."),
    ]


def test_web_page_names_its_encoding(tmp_path: Path) -> None:
    """A page's own word for its encoding counts."""
    page = '<meta charset="windows-1251"><p>Почему?</p><p>Так.</p>'.encode("cp1251")
    (reading,) = read_all(tmp_path, page, "a.html")
    assert "Почему?" in reading.transcript.text
    assert reading.encoding == "cp1251"


def test_pdf(tmp_path: Path) -> None:
    """Lines come in reading order; heads, feet and page numbers go; a turn goes on over the page's end."""
    pages = [
        [(50, 20, "F1", f"Study X, page {number}"), *lines, (290, 780, "F1", str(number))]
        for number, lines in enumerate(
            [
                [(50, 60, "F2", "Anna"), (120, 60, "F1", "Who?"), (50, 90, "F2", "Ben"), (120, 90, "F1", "Me and")],
                [(50, 60, "F1", "only me."), (50, 90, "F2", "Anna"), (120, 90, "F1", "Why?")],
                [(50, 60, "F2", "Ben"), (120, 60, "F1", "So.")],
            ],
            start=1,
        )
    ]
    (reading,) = read_all(tmp_path, pdf(pages), "a.pdf")
    assert marked(reading.transcript) == "Anna {Who?}\nBen {Me and\nonly me.}\nAnna {Why?}\nBen {So.}\n"
    assert "6 lines at the top or the foot of pages were left out (heads, page numbers)" in reading.doubts


def test_pdf_with_line_numbers(tmp_path: Path) -> None:
    """Numbers that count a page's lines go, also where they are glued to the text."""
    texts = ["I: Who are you?", "R: Me, that is", "all there is to", "say of it.", "I: Why?", "R: So."]
    lines = [(40, 60 + 14 * i, "F1", str(11 + i)) for i in range(6)]
    lines += [(52, 60 + 14 * i, "F1", text) for i, text in enumerate(texts)]
    (reading,) = read_all(tmp_path, pdf([lines]), "a.pdf")
    assert spoken(reading.transcript)[1] == ("R", None, "Me, that is\nall there is to\nsay of it.")
    assert "line numbers in the margin of 1 page were left out" in reading.doubts


def test_pdf_that_is_a_scan(tmp_path: Path) -> None:
    """A PDF without text says what to do."""
    with pytest.raises(InputError, match=r"a scan(.|\n)*OCR"):
        read_all(tmp_path, pdf([[]]), "a.pdf")


SAID = st.text(alphabet="aé\u0301 \u00a0\u00ad\u200f👩\u200d🦰我.,-", min_size=1, max_size=12).map(
    lambda text: f"x{text}x"
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(SAID, min_size=2, max_size=8), cut=st.integers(0, 12))
@pytest.mark.parametrize("form", ["docx", "odt", "html"])
def test_nothing_is_lost_or_invented(form: str, tmp_path: Path, said: list[str], cut: int) -> None:
    """Whatever is written in a document, in however many runs, is the text, apart from the documented normalisation."""
    labels = ["Interviewer: ", "Respondent: "]
    lines = [labels[number % 2] + text for number, text in enumerate(said)]
    if form == "docx":
        data = docx("".join(p(r(line[:cut], bold=True), r(line[cut:])) for line in lines))
    elif form == "odt":
        marks = ("".join(f"<text:s/>{word}" for word in line.split(" ")).removeprefix("<text:s/>") for line in lines)
        data = odt("".join(f"<text:p>{mark}</text:p>" for mark in marks))
    else:
        data = "".join(f"<pre>{line}</pre>" for line in lines).encode()
    (reading,) = read_all(tmp_path, data, f"a.{form}")
    joint = "\n\n" if form == "html" else "\n"
    assert reading.transcript.text == joint.join(normalise(line).rstrip("\n") for line in lines) + "\n"
    assert [speech for _, _, speech in spoken(reading.transcript)] == [normalise(text).strip() for text in said]
