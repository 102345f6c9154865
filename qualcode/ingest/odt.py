"""Reader of OpenDocument texts (.odt), by a walk of their XML.

What becomes text, besides what `qualcode.ingest.normalise` and `qualcode.ingest.document` say: runs of white space
count as one space, as the format has it, and `text:s`, `text:tab` and `text:line-break` stand for spaces, tabs and line
breaks. Kept are paragraphs, headings, lists, tables, text boxes, links, fields' results and tracked insertions; `[1]`
stands where a note is referred to, and the notes follow the text, set aside from speech. Left out are tracked deletions
and comments (both are counted in a doubt), pages' headers and footers, pictures, and the numbers of lists. Bold and
headings help to find speakers and are not part of the text. Described in OASIS OpenDocument 1.3, part 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qualcode.counts import counted, were
from qualcode.errors import InputError
from qualcode.ingest.archive import Archive
from qualcode.ingest.document import Builder, Paragraph
from qualcode.ingest.draft import Doubt, Draft
from qualcode.ingest.source import Source
from qualcode.ingest.talk import read_talk
from qualcode.ingest.xml_events import Event, xml_events

KIND = "an OpenDocument text (.odt)"
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
PREFIXES = {
    f"{_NAMESPACE}{name}:1.0": short
    for name, short in (("text", "text"), ("office", "office"), ("style", "style"), ("table", "table"))
} | {f"{_NAMESPACE}xsl-fo-compatible:1.0": "fo"}
LEFT_OUT = frozenset(
    {"text:tracked-changes", "office:annotation", "text:note-citation", "text:ruby-text", "office:forms"}
)
MOST_SPACES = 1_000
MOST_STYLES = 10_000
_SPACE = re.compile(r"[ \t\r\n]+")


def read_odt(source: Source) -> Draft:
    """Return an OpenDocument text as header and turns.

    Raises:
        InputError: The file is damaged, encrypted, no OpenDocument text or made to do harm; see also `read_talk`.
    """
    archive = Archive(source, KIND)
    if "content.xml" in archive.names and "META-INF/manifest.xml" in archive.names:
        manifest = archive.read("META-INF/manifest.xml")
        if b"encryption-data" in manifest:
            raise InputError("the file has a password", path=source.path, hint="Save it without.")
    walk = _Walk()
    for part in ("styles.xml", "content.xml"):
        if part in archive.names or part == "content.xml":
            walk.run(xml_events(archive.pieces(part), PREFIXES, path=source.path, part=part))
    text, layouts = walk.builder.finish()
    if not text.strip():
        raise InputError("the document holds no text", path=source.path)
    return read_talk(text, path=source.path, layouts=layouts, named=source.speakers, doubts=tuple(walk.doubts()))


class _Walk:
    """Goes through the parts and hands paragraphs to a builder."""

    def __init__(self) -> None:
        self.builder = Builder()
        self.deleted = 0
        self.comments = 0
        self._in_text = False
        self._skipped = 0
        self._style = ""
        self._bold_styles: dict[str, bool] = {}
        # Whether text is bold at each open paragraph and span.
        self._bold: list[bool] = []
        # Whether a space would be one too many: at a paragraph's start and after another space.
        self._spaced = [True]

    def run(self, events: Iterator[Event]) -> None:
        """Go through all events of one part."""
        for event in events:
            if event.kind == "text":
                self._write(event.text)
            elif event.kind == "start":
                self._start(event)
            else:
                self._end(event.name)

    def _write(self, text: str) -> None:
        if self._skipped or self.builder.current is None:
            return
        text = _SPACE.sub(" ", text)
        if self._spaced[-1] and text.startswith(" "):
            text = text[1:]
        if text:
            self._spaced[-1] = text.endswith(" ")
            self.builder.write(text, bool(self._bold and self._bold[-1]))

    def _exactly(self, text: str) -> None:
        """Write characters that are not subject to the rule about white space."""
        if self.builder.current is not None:
            self.builder.write(text, bool(self._bold and self._bold[-1]))
            self._spaced[-1] = False

    def _start(self, event: Event) -> None:
        name = event.name
        if self._skipped or name in LEFT_OUT:
            self.deleted += name == "text:deletion"
            self.comments += name == "office:annotation"
            self._skipped += 1
        elif name == "office:text":
            self._in_text = True
        elif not self._in_text:
            self._take_style(event)
        elif name in ("text:p", "text:h"):
            level = event.attributes.get("text:outline-level", "1") if name == "text:h" else "0"
            self.builder.open_paragraph(Paragraph(level=int(level) if level.isdigit() else 1))
            self._bold.append(self._is_bold(event))
            self._spaced.append(True)
        elif name == "text:span":
            own = event.attributes.get("text:style-name", "")
            self._bold.append(self._bold_styles.get(own, bool(self._bold and self._bold[-1])))
        elif name == "text:s":
            count = event.attributes.get("text:c", "1")
            self._exactly(" " * min(int(count) if count.isdigit() else 1, MOST_SPACES))
        elif name == "text:tab":
            self._exactly("\t")
        elif name == "text:line-break":
            self._exactly("\n")
        elif name == "text:note-body":
            self._exactly(f"[{len(self.builder.notes) + 1}]")
            self.builder.open_note()
        elif name == "table:table-row":
            self.builder.open_row()
        elif name == "table:table-cell":
            self.builder.open_cell()

    def _take_style(self, event: Event) -> None:
        """Remember which styles are bold, their own or inherited."""
        name, attributes = event.name, event.attributes
        if name == "style:style" and len(self._bold_styles) < MOST_STYLES:
            self._style = attributes.get("style:name", "")
            above = attributes.get("style:parent-style-name", "")
            if above in self._bold_styles:
                self._bold_styles[self._style] = self._bold_styles[above]
        elif name == "style:text-properties" and "fo:font-weight" in attributes and self._style:
            weight = attributes["fo:font-weight"]
            self._bold_styles[self._style] = weight == "bold" or (weight.isdigit() and int(weight) >= 600)

    def _is_bold(self, event: Event) -> bool:
        return self._bold_styles.get(event.attributes.get("text:style-name", ""), False)

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif not self._in_text:
            self._style = "" if name == "style:style" else self._style
        elif name == "office:text":
            self._in_text = False
        elif name in ("text:p", "text:h"):
            self.builder.close_paragraph()
            self._bold.pop()
            self._spaced.pop()
        elif name == "text:span":
            self._bold.pop()
        elif name in ("text:note-body", "table:table-cell"):
            self.builder.end()
        elif name == "table:table-row":
            self.builder.close_row()

    def doubts(self) -> Iterator[Doubt]:
        """Say what was left out."""
        if self.deleted:
            told = f"{counted(self.deleted, 'deletion')} {were(self.deleted)} left out"
            yield Doubt(f"tracked changes: {told}, insertions kept")
        if self.comments:
            yield Doubt(f"{counted(self.comments, 'comment')} in the margin {were(self.comments)} left out")
