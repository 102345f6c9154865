"""XML read as a stream of events: no tree is built, no entity is expanded, nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from qualcode.errors import InputError

# No document nests so deep; whatever walks the events may keep a stack.
MAX_DEPTH = 256


class Event(NamedTuple):
    """The start or end of an element, or text between.

    Attributes:
        kind: "start", "end" or "text".
        name: The element's name with the prefix that `prefixes` gives its namespace ("w:p"); empty for text.
        text: The characters; empty for elements.
        attributes: By name, prefixed likewise.
    """

    kind: str
    name: str = ""
    text: str = ""
    attributes: Mapping[str, str] = {}


def xml_events(pieces: Iterable[bytes], prefixes: Mapping[str, str], *, path: Path, part: str) -> Iterator[Event]:
    """Yield the events of a document that comes in pieces.

    Args:
        pieces: Its bytes.
        prefixes: Short prefix by namespace; names of other namespaces are written in full, parted by a space.
        path: The file, for messages.
        part: Which part of it ("word/document.xml").

    Raises:
        InputError: The XML is malformed, nested too deep, or declares a document type (entities live there).
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    found: list[Event] = []
    names: dict[str, str] = {}
    depth = 0

    def short(name: str) -> str:
        known = names.get(name)
        if known is None:
            namespace, _, local = name.rpartition(" ")
            prefix = prefixes.get(namespace)
            known = names[name] = f"{prefix}:{local}" if prefix else name
        return known

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise InputError(f"{part} is nested too deep: more than {MAX_DEPTH} elements", path=path)
        found.append(Event("start", short(name), "", {short(key): value for key, value in attributes.items()}))

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        found.append(Event("end", short(name)))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda text: found.append(Event("text", "", text))
    parser.StartDoctypeDeclHandler = _refuse_doctype(path, part)
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            yield from found
            found.clear()
        parser.Parse(b"", True)
        yield from found
    except (expat.ExpatError, LookupError) as error:
        raise InputError(f"{part} is damaged: {error}", path=path, hint="Open the file and save it again.") from error


def check_xml(pieces: Iterable[bytes], *, path: Path, part: str) -> None:
    """Refuse XML that another library is going to read if it is malformed or declares a document type.

    Raises:
        InputError: It is.
    """
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_doctype(path, part)
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:
        raise InputError(f"{part} is damaged: {error}", path=path, hint="Open the file and save it again.") from error


def _refuse_doctype(path: Path, part: str) -> Callable[..., None]:
    """Return a handler that refuses a document type."""

    def refuse(*_: object) -> None:
        raise InputError(
            f"{part} declares a document type, which can hold entities: refused",
            path=path,
            hint="If you trust the file, open it and save it again.",
        )

    return refuse
