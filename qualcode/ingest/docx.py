"""Reader of Word documents (.docx, .docm), by a walk of their XML.

What becomes text, besides what `qualcode.ingest.normalise` and `qualcode.ingest.document` say:

- kept: paragraphs, tabs, line breaks (a page break is one), tables, text boxes (before the paragraph they hang on),
  links, fields' results, content controls, tracked insertions and moved text at its new place, soft hyphens (U+00AD),
  non-breaking hyphens (U+2011), hidden text;
- notes: `[1]` stands where a footnote or endnote is referred to, the notes follow the text, set aside from speech;
- left out: tracked deletions, comments (both are counted in a doubt), pages' headers and footers, pictures, the numbers
  of automatic lists.

Bold and headings, by the text's own marks or by its styles, help to find speakers and are not part of the text.
Described in ECMA-376, Office Open XML, part 1, section 17.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from qualcode.counts import counted, were
from qualcode.errors import InputError
from qualcode.ingest.archive import Archive
from qualcode.ingest.document import Builder, Paragraph
from qualcode.ingest.draft import Doubt, Draft
from qualcode.ingest.source import Source
from qualcode.ingest.talk import read_talk
from qualcode.ingest.xml_events import Event, xml_events

KIND = "a Word document (.docx)"
MAIN = "word/document.xml"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PREFIXES = {
    _WORD: "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://schemas.openxmlformats.org/package/2006/content-types": "ct",
}
# Deleted text, and text at the place that it was moved from.
DELETED = frozenset({"w:del", "w:moveFrom"})
# A second form of what stands beside it, and pronunciation; so are properties before a change (`w:rPrChange`).
LEFT_OUT = frozenset({"mc:Fallback", "w:rt"})
CHARACTERS = {"w:tab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "\u2011", "w:softHyphen": "\u00ad"}
REFERENCES = {"w:footnoteReference": "footnotes", "w:endnoteReference": "endnotes"}
NOTES = frozenset({"w:footnote", "w:endnote"})
MOST_STYLES = 10_000
HEADINGS = 9


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says: whether text is bold (None: as the style it is based on), and the level of a heading."""

    bold: bool | None = None
    level: int = 0
    base: str = ""


def read_docx(source: Source) -> Draft:
    """Return a Word document as header and turns.

    Raises:
        InputError: The file is damaged, encrypted, no Word document or made to do harm; see also `read_talk`.
    """
    archive = Archive(source, KIND)
    main = MAIN if MAIN in archive.names else _main_part(archive)
    folder = main.rpartition("/")[0]
    styles = _styles(archive, f"{folder}/styles.xml")
    walk = _Walk(Builder(), styles)
    walk.run(_events(archive, main))
    notes = {kind: _notes(archive, f"{folder}/{kind}.xml", styles, walk) for kind in REFERENCES.values()}
    for kind, identifier in walk.referred:
        walk.builder.notes.append(notes[kind].get(identifier, []))
    text, layouts = walk.builder.finish()
    if not text.strip():
        raise InputError("the document holds no text", path=source.path)
    return read_talk(text, path=source.path, layouts=layouts, named=source.speakers, doubts=tuple(walk.doubts()))


def _events(archive: Archive, part: str) -> Iterator[Event]:
    return xml_events(archive.pieces(part), PREFIXES, path=archive.path, part=part)


def _main_part(archive: Archive) -> str:
    """Return the name of the part that holds the text, where it has an unusual one."""
    types = "[Content_Types].xml"
    for event in _events(archive, types) if types in archive.names else ():
        kind = event.attributes.get("ContentType", "")
        if event.kind == "start" and "main+xml" in kind and ("wordprocessingml" in kind or "ms-word" in kind):
            return event.attributes.get("PartName", "").lstrip("/")
    return MAIN


def _on(event: Event) -> bool:
    """Whether a switch (`<w:b/>`, `<w:b w:val="false"/>`) is on."""
    return event.attributes.get("w:val", "1") not in ("0", "false", "off")


def _styles(archive: Archive, part: str) -> Mapping[str, Style]:
    """Return the styles by identifier, each with what it takes from the styles that it is based on."""
    found: dict[str, Style] = {}
    current = ""
    for event in _events(archive, part) if part in archive.names else ():
        if event.kind != "start" or len(found) > MOST_STYLES:
            continue
        value = event.attributes.get("w:val", "")
        if event.name == "w:style":
            current = event.attributes.get("w:styleId", "")
            found[current] = Style()
        elif current and event.name == "w:b":
            found[current] = replace(found[current], bold=_on(event))
        elif current and event.name == "w:basedOn":
            found[current] = replace(found[current], base=value)
        elif current and event.name == "w:outlineLvl" and value.isdigit() and int(value) < HEADINGS:
            found[current] = replace(found[current], level=int(value) + 1)
        elif current and event.name == "w:name" and value.casefold() == "title":
            found[current] = replace(found[current], level=1)
    return {name: _resolved(name, found) for name in found}


def _resolved(name: str, styles: Mapping[str, Style]) -> Style:
    """Return a style with what it inherits."""
    style, base, seen = styles[name], styles[name].base, {name}
    while base in styles and base not in seen:
        seen.add(base)
        above = styles[base]
        style = replace(style, bold=above.bold if style.bold is None else style.bold, level=style.level or above.level)
        base = above.base
    return style


def _notes(archive: Archive, part: str, styles: Mapping[str, Style], main: _Walk) -> dict[str, list[Paragraph]]:
    """Return the notes of one part, by their identifier."""
    if part not in archive.names:
        return {}
    walk = _Walk(Builder(), styles)
    walk.run(_events(archive, part))
    main.deleted += walk.deleted
    main.comments += walk.comments
    return walk.found


class _Walk:
    """Goes through one part and hands its paragraphs to a builder."""

    def __init__(self, builder: Builder, styles: Mapping[str, Style]) -> None:
        self.builder = builder
        self.styles = styles
        self.referred: list[tuple[str, str]] = []
        self.found: dict[str, list[Paragraph]] = {}
        self.deleted = 0
        self.inserted = 0
        self.comments = 0
        self._skipped = 0
        # Properties of a paragraph and of a run, and what they have said so far.
        self._inside: list[str] = []
        self._bold_paragraph = False
        self._bold = False
        self._joins = False
        self._speaks = False

    def run(self, events: Iterator[Event]) -> None:
        """Go through all events."""
        for event in events:
            if event.kind == "text":
                if self._speaks and not self._skipped:
                    self.builder.write(event.text.replace("\n", " "), self._bold)
            elif event.kind == "start":
                self._start(event)
            else:
                self._end(event.name)

    def _start(self, event: Event) -> None:
        name = event.name
        if self._skipped:
            self._skipped += 1
            return
        if name in DELETED and self._inside[-1:] == ["w:pPr"]:
            # The paragraph's end was deleted: what follows goes on in it.
            self._joins = True
        elif name in LEFT_OUT or name in DELETED or name.endswith("PrChange"):
            self.deleted += name in DELETED and not self._inside
            self._skipped = 1
        elif self._inside:
            self._property(event)
        elif name in ("w:pPr", "w:rPr", "w:tblPr", "w:trPr", "w:tcPr", "w:sectPr", "w:sdtPr"):
            self._inside.append(name)
        else:
            self._content(event)

    def _property(self, event: Event) -> None:
        """Take in what a paragraph's or a run's properties say."""
        name, value = event.name, event.attributes.get("w:val", "")
        paragraph = self.builder.current
        if name == "w:b" and self._inside == ["w:rPr"]:
            self._bold = _on(event)
        elif name == "w:rStyle" and self._inside == ["w:rPr"] and value in self.styles:
            bold = self.styles[value].bold
            self._bold = self._bold if bold is None else bold
        elif name == "w:pStyle" and paragraph is not None and value in self.styles:
            paragraph.level = self.styles[value].level
            self._bold_paragraph = bool(self.styles[value].bold)
        elif name == "w:outlineLvl" and paragraph is not None and value.isdigit() and int(value) < HEADINGS:
            paragraph.level = int(value) + 1

    def _content(self, event: Event) -> None:
        """Take in a piece of the text."""
        name = event.name
        if name == "w:p":
            if not self._joins or self.builder.current is None:
                self.builder.open_paragraph(Paragraph())
            self._joins = False
            self._bold_paragraph = False
        elif name == "w:r":
            self._bold = self._bold_paragraph
        elif name in ("w:t", "m:t"):
            self._speaks = True
        elif name in CHARACTERS:
            self.builder.write(CHARACTERS[name], self._bold)
        elif name == "w:sym":
            self.builder.write(_symbol(event.attributes.get("w:char", "")), self._bold)
        elif name == "w:tr":
            self.builder.open_row()
        elif name == "w:tc":
            self.builder.open_cell()
        elif name == "w:ins":
            self.inserted += 1
        elif name == "w:commentReference":
            self.comments += 1
        elif name in REFERENCES:
            self.referred.append((REFERENCES[name], event.attributes.get("w:id", "")))
            self.builder.write(f"[{len(self.referred)}]", self._bold)
        elif name in NOTES:
            # Notes with a type are rules between text and notes, not notes.
            self.builder.begin(self.found.setdefault(event.attributes.get("w:id", ""), []))

    def _end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif self._inside:
            if name == self._inside[-1]:
                self._inside.pop()
        elif name == "w:p":
            if not self._joins:
                self.builder.close_paragraph()
        elif name in ("w:t", "m:t"):
            self._speaks = False
        elif name == "w:tr":
            self.builder.close_row()
        elif name == "w:tc" or name in NOTES:
            self.builder.end()

    def doubts(self) -> Iterator[Doubt]:
        """Say what was left out."""
        if self.deleted:
            told = f"{counted(self.deleted, 'deletion')} {were(self.deleted)} left out"
            yield Doubt(f"tracked changes: {told}, {counted(self.inserted, 'insertion')} kept")
        if self.comments:
            yield Doubt(f"{counted(self.comments, 'comment')} in the margin {were(self.comments)} left out")


def _symbol(code: str) -> str:
    """Return the character of a symbol font by its hexadecimal code."""
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
