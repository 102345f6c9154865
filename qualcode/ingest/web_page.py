"""Reader of web pages saved as HTML (.html, .htm, .xhtml).

What becomes text, besides what `qualcode.ingest.normalise` and `qualcode.ingest.document` say: white space is collapsed
as browsers do it (not within `pre`), each block is a paragraph with a blank line before it (items of a list and rows of
a table come line by line), `br` is a line break, a picture is left out. Scripts, styles and the like are no text.

What surrounds an article stays in the text and is set aside, so that it is not coded: navigation, footers, asides,
forms, and everything outside `main` or `article` where a page has one. Title, author, source, address and date come
from the page's metadata (its `title`, Open Graph, Dublin Core and Schema.org names) and become attributes.

The parser is lxml's (libxml2), because the standard library's takes time that grows with the square of a page made to
do so.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from qualcode.errors import InputError
from qualcode.ingest.document import Builder, Paragraph
from qualcode.ingest.draft import Draft
from qualcode.ingest.source import MARKS, Source, decode
from qualcode.ingest.talk import read_talk

MAX_DEPTH = 250
_NO_TEXT = "script style template noscript svg math object iframe canvas video audio head rt rp select"
NO_TEXT = frozenset(_NO_TEXT.split())
ASIDE = {"nav": "navigation", "footer": "a footer", "aside": "an aside", "form": "a form", "dialog": "a dialogue"}
ASIDE_ROLES = {
    "navigation": "navigation",
    "banner": "a page's head",
    "contentinfo": "a footer",
    "complementary": "an aside",
    "search": "a form",
}
MAIN = frozenset({"main", "article"})
OUTSIDE = "outside the article"
_PARAGRAPHS = """
    p div section article main header footer nav aside h1 h2 h3 h4 h5 h6 blockquote pre ul ol dl table figure figcaption
    address form fieldset hr body details summary dialog center
"""
PARAGRAPHS = frozenset(_PARAGRAPHS.split())
LINES = frozenset({"li", "dt", "dd", "tr", "caption", "option", "legend"})
_VOID = "area base br col embed hr img input link meta source track wbr"
VOID = frozenset(_VOID.split())
BOLD = frozenset({"b", "strong", "th"})
# Name, property or itemprop of a `meta` element -> attribute; the first that is there counts.
METADATA: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Title", ("og:title", "dc.title", "citation_title", "headline")),
    ("Author", ("author", "article:author", "dc.creator", "citation_author")),
    ("Source", ("og:site_name", "dc.publisher", "publisher", "citation_journal_title")),
    (
        "Date",
        ("article:published_time", "datepublished", "date", "dc.date", "dcterms.created", "citation_publication_date"),
    ),
    ("URL", ("og:url",)),
)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_CHARSET = re.compile(rb"""charset[ ]{0,3}=[ ]{0,3}["']?([\w.:-]{2,40})""", re.IGNORECASE)
_HEADING = re.compile(r"h[1-6]")


def read_web_page(source: Source) -> Draft:
    """Return a web page as an article, or as turns where it has speakers.

    Raises:
        InputError: See `decode` and `read_talk`; or the page is nested too deep.
    """
    from lxml import etree

    decoded = decode(_with_charset(source))
    walk = _Walk(source)
    parser = etree.HTMLParser(target=walk, no_network=True, remove_comments=True, remove_pis=True)
    try:
        parser.feed(decoded.text)
        parser.close()
    except etree.LxmlError as error:
        raise InputError(f"the page cannot be read ({error})", path=source.path) from error
    walk.outside()
    text, layouts = walk.builder.finish()
    if not text.strip():
        raise InputError("the page holds no text", path=source.path, hint="Save it from the browser once it is shown.")
    return read_talk(
        text,
        path=source.path,
        layouts=layouts,
        attributes=walk.attributes(),
        named=source.speakers,
        encoding=decoded.encoding,
        doubts=decoded.doubts,
    )


def _with_charset(source: Source) -> Source:
    """Return the source with the encoding that the page names, unless the user names one."""
    match = _CHARSET.search(source.data, 0, 4096)
    if source.encoding or match is None or any(source.data.startswith(mark) for mark, _ in MARKS):
        return source
    try:
        "".encode(match[1].decode("ascii"))
    except (LookupError, UnicodeError):
        return source
    return replace(source, encoding=match[1].decode("ascii"))


class _Walk:
    """Takes the parser's events and hands paragraphs to a builder."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.builder = Builder()
        self.metadata: dict[str, str] = {}
        self._open: list[tuple[str, str]] = []
        self._no_text = 0
        self._spaced = True
        self._title = False
        self._in_lines = False

    def start(self, tag: str, attributes: Any) -> None:
        """Take the start of an element."""
        tag = str(tag).lower()
        if tag == "br" and not self._no_text:
            if self.builder.current is not None:
                self.builder.write("\n", self._has(*BOLD))
            self._spaced = True
        elif tag == "hr":
            self._close()
        elif tag == "meta":
            self._take_metadata(attributes)
        elif tag == "link" and attributes.get("rel") == "canonical":
            self.metadata.setdefault("canonical", attributes.get("href") or "")
        elif tag == "time" and attributes.get("datetime"):
            self.metadata.setdefault("time", attributes["datetime"])
        elif tag == "html" and attributes.get("lang"):
            self.metadata["lang"] = attributes["lang"]
        if tag in VOID:
            return
        if len(self._open) >= MAX_DEPTH:
            raise InputError(f"the page is nested too deep: more than {MAX_DEPTH} elements", path=self.source.path)
        hidden = "hidden" in attributes or attributes.get("aria-hidden") == "true"
        aside = ASIDE.get(tag) or ASIDE_ROLES.get(attributes.get("role") or "") or ("hidden" if hidden else "")
        self._open.append((tag, aside))
        self._no_text += tag in NO_TEXT
        self._title = self._title or tag == "title"
        if tag in PARAGRAPHS or tag in LINES:
            self._close()
        if tag == "tr":
            self.builder.open_row()
        elif tag in ("td", "th") and any(name == "tr" for name, _ in self._open):
            self._close()
            self.builder.open_cell()

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        tag = str(tag).lower()
        if tag in VOID or not self._open:
            return
        if tag in PARAGRAPHS or tag in LINES or tag in ("td", "th"):
            self._close()
        if tag in ("td", "th") and any(name == "tr" for name, _ in self._open):
            self.builder.end()
            self._spaced = True
        elif tag == "tr":
            self.builder.close_row()
        name, _ = self._open.pop()
        self._no_text -= name in NO_TEXT
        self._title = self._title and name != "title"

    def data(self, text: str) -> None:
        """Take text."""
        if self._title and not self._has("svg"):
            self.metadata["title"] = self.metadata.get("title", "") + text
        elif not self._no_text:
            self._write(text)

    def close(self) -> None:
        """End the page."""
        self._close()

    def comment(self, text: str) -> None:
        """Comments are no text."""

    def _has(self, *tags: str) -> bool:
        return any(name in tags for name, _ in self._open)

    def _write(self, text: str) -> None:
        if not self._has("pre", "textarea"):
            text = _SPACE.sub(" ", text)
            text = text[1:] if self._spaced and text.startswith(" ") else text
        if not text:
            return
        if self.builder.current is None:
            if not text.strip():
                return
            self.builder.open_paragraph(self._paragraph())
        self.builder.write(text, self._has(*BOLD))
        self._spaced = text.endswith((" ", "\n"))

    def _paragraph(self) -> Paragraph:
        """Return a paragraph with what its place in the page says."""
        level = next((int(name[1]) for name, _ in reversed(self._open) if _HEADING.fullmatch(name)), 0)
        aside = next((reason for _, reason in self._open if reason), "")
        # The first item of a list and the first row of a table are set apart from what stands above.
        body = self.builder.body
        apart = not self._has(*LINES, "td", "th") or (bool(body) and body[-1].apart and not self._in_lines)
        self._in_lines = self._has(*LINES, "td", "th")
        return Paragraph(level=level, aside=aside, apart=apart, place="main" if self._has(*MAIN) else "")

    def _close(self) -> None:
        """End the open paragraph, without the white space at its end."""
        current = self.builder.current
        if current is not None:
            while current.runs and not current.runs[-1][0].strip():
                current.runs.pop()
            if current.runs:
                text, bold = current.runs[-1]
                current.runs[-1] = (text.rstrip(" \n"), bold)
            self.builder.close_paragraph()
        self._spaced = True

    def _take_metadata(self, attributes: Any) -> None:
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        content = " ".join((attributes.get("content") or "").split())
        if name and content:
            self.metadata.setdefault(name.casefold(), content)

    def outside(self) -> None:
        """Set aside what stands outside the article, where the page has one."""
        if not any(paragraph.place for paragraph in self.builder.body):
            return
        for paragraph in self.builder.body:
            if not paragraph.place and not paragraph.aside:
                paragraph.aside = OUTSIDE

    def attributes(self) -> dict[str, str]:
        """Return what the page says about itself."""
        found = {}
        for key, names in METADATA:
            value = next((self.metadata[name] for name in names if name in self.metadata), "")
            found[key] = value
        found["Title"] = found["Title"] or " ".join(self.metadata.get("title", "").split())
        found["Date"] = found["Date"] or self.metadata.get("time", "")
        found["URL"] = found["URL"] or self.metadata.get("canonical", "")
        found["Language"] = self.metadata.get("lang", "")
        return {key: value for key, value in found.items() if value}
