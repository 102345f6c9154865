"""Documents written by hand, so that tests can hold what awkward files hold."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from qualcode.ingest import Reading, read_transcripts

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def docx(body: str, **parts: str) -> bytes:
    """Return a Word document with a body and further parts ("footnotes", "styles") in WordprocessingML."""
    head = f'<?xml version="1.0" encoding="UTF-8"?><w:{{0}} xmlns:w="{WORD}" '
    head += 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">{1}</w:{0}>'
    members = {"[Content_Types].xml": "<Types/>"}
    members["word/document.xml"] = head.format("document", f"<w:body>{body}</w:body>")
    members |= {f"word/{name}.xml": head.format(name, content) for name, content in parts.items()}
    return zipped(members)


def p(*runs: str, style: str = "") -> str:
    """Return a paragraph of WordprocessingML."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def r(text: str, *, bold: bool = False) -> str:
    """Return a run of WordprocessingML."""
    properties = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'


def odt(body: str, styles: str = "") -> bytes:
    """Return an OpenDocument text."""
    names = {"text": "text:1.0", "office": "office:1.0", "style": "style:1.0", "table": "table:1.0"}
    names["fo"] = "xsl-fo-compatible:1.0"
    spaces = " ".join(f'xmlns:{prefix}="{ODF}:{name}"' for prefix, name in names.items())
    content = f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
    content += f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def pdf(pages: list[list[tuple[float, float, str, str]]]) -> bytes:
    """Return a PDF with lines of text at places: (from the left, from the top, "F1" or "F2" for bold, ASCII text)."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(pages)))
    objects.append(f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode())
    objects += [
        b"<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding>>" % name
        for name in (b"Helvetica", b"Helvetica-Bold")
    ]
    for number, lines in enumerate(pages):
        stream = "".join(
            f"BT /{font} 11 Tf 1 0 0 1 {x} {800 - y} Tm ({text}) Tj ET\n" for x, y, font, text in lines
        ).encode()
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]"
            b"/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/Contents %d 0 R>>" % (6 + 2 * number)
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return data + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def xlsx(rows: list[list[object]], *more: list[list[object]]) -> bytes:
    """Return an Excel workbook with a sheet per list of rows."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.active)
    for number, sheet in enumerate([rows, *more], start=1):
        made = workbook.create_sheet(f"Sheet{number}")
        for row in sheet:
            made.append(row)
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def read_all(folder: Path, data: bytes | str, name: str) -> list[Reading]:
    """Write a file and read all transcripts that it holds."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_transcripts(path)
