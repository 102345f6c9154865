"""How fast transcripts are read, by format, beside the bare parser of the same file.

Writes one interview in each format into a temporary folder, reads it so many times, and prints files and words per
second, the time that the bare library needs to get text out of the same file, and the ratio of the two. The bare
library does less: no speakers, no turns, no roles, no language, no limits.

    python benchmarks/ingest_speed.py [--turns 200] [--repeat 5] [--format docx ...]
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from qualcode.ingest import read_transcripts
from qualcode.ingest.roles import count_words

Turn = tuple[str, str, int]
WORDS = """
    we our customers plan content every week podcast expert trust market sales team report budget write video share
    people because really think although company long short term goal story channel measure and then the a of to in
"""
VOCABULARY = WORDS.split()
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns"


def interview(turns: int) -> list[Turn]:
    """Return (label, speech, second) of a made-up interview, the same every time."""
    chance = random.Random(7)
    found = []
    second = 0
    for number in range(turns):
        asks = number % 2 == 0
        sentences = [
            " ".join(chance.choices(VOCABULARY, k=chance.randint(6, 18))).capitalize() + ("?" if asks else ".")
            for _ in range(1 if asks else chance.randint(3, 8))
        ]
        found.append(("Interviewer" if asks else "Participant", " ".join(sentences), second))
        second += chance.randint(5, 60)
    return found


def stamp(second: int, mark: str = ".") -> str:
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}:{second % 60:02d}{mark}000"


def plain(turns: list[Turn]) -> bytes:
    return "\n\n".join(f"[{stamp(at)[:8]}] {label}: {text}" for label, text, at in turns).encode()


def docx(turns: list[Turn]) -> bytes:
    bold, run = "<w:r><w:rPr><w:b/></w:rPr><w:t>", '<w:r><w:t xml:space="preserve">'
    end = "</w:t></w:r>"
    body = "".join(f"<w:p>{bold}{label}:{end}{run} {text}{end}</w:p>" for label, text, _ in turns)
    return zipped({"word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'})


def odt(turns: list[Turn]) -> bytes:
    body = "".join(f"<text:p>{label}: {text}</text:p>" for label, text, _ in turns)
    names = f'xmlns:text="{ODF}:text:1.0" xmlns:office="{ODF}:office:1.0"'
    content = f"<office:document-content {names}><office:body><office:text>{body}</office:text></office:body>"
    return zipped({"content.xml": content + "</office:document-content>"})


def zipped(members: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def rtf(turns: list[Turn]) -> bytes:
    body = "".join(f"{{\\b {label}:}} {text}\\par\n" for label, text, _ in turns)
    return ("{\\rtf1\\ansi\\ansicpg1252 " + body + "}").encode()


def html(turns: list[Turn]) -> bytes:
    body = "".join(f"<p><b>{label}:</b> {text}</p>\n" for label, text, _ in turns)
    return f"<html><head><title>x</title></head><body><nav>Home</nav><main>{body}</main></body></html>".encode()


def vtt(turns: list[Turn]) -> bytes:
    cues = []
    for label, text, at in turns:
        words = text.split()
        for part in range(0, len(words), 12):
            time_line = f"{stamp(at)} --> {stamp(at + 3)}"
            cues.append(f"{time_line}\n<v {label}>{' '.join(words[part : part + 12])}</v>\n")
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


def srt(turns: list[Turn]) -> bytes:
    cues = [
        f"{number}\n{stamp(at, ',')} --> {stamp(at + 3, ',')}\n{label}: {text}\n"
        for number, (label, text, at) in enumerate(turns, start=1)
    ]
    return "\n".join(cues).encode()


def table(turns: list[Turn]) -> bytes:
    data = io.StringIO()
    writer = csv.writer(data)
    writer.writerows([("speaker", "text", "time"), *((label, text, stamp(at)) for label, text, at in turns)])
    return data.getvalue().encode()


def xlsx(turns: list[Turn]) -> bytes:
    from openpyxl import Workbook

    workbook = Workbook()
    for row in [("speaker", "text", "time"), *((label, text, stamp(at)) for label, text, at in turns)]:
        workbook.active.append(row)
    data = io.BytesIO()
    workbook.save(data)
    return data.getvalue()


def segments(turns: list[Turn]) -> bytes:
    return json.dumps({"segments": [{"speaker": a, "text": b, "start": c} for a, b, c in turns]}).encode()


def pdf(turns: list[Turn]) -> bytes:
    lines: list[str] = []
    for label, text, _ in turns:
        words = f"{label}: {text}".split()
        lines += [" ".join(words[part : part + 12]) for part in range(0, len(words), 12)]
    pages = [lines[start : start + 50] for start in range(0, len(lines), 50)]
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects.append(f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode())
    objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    for number, page in enumerate(pages):
        stream = "".join(f"BT /F1 10 Tf 1 0 0 1 50 {780 - 14 * i} Tm ({line}) Tj ET\n" for i, line in enumerate(page))
        head = f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {5 + 2 * number} 0 R"
        objects.append(f"{head}/Resources<</Font<</F1 3 0 R>>>>>>".encode())
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream.encode()))
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj%s\nendobj\n" % (number, content)
    entries = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, entries)
    return data + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def bare_xml(member: str) -> Callable[[Path], object]:
    def parse(path: Path) -> object:
        from lxml import etree

        with zipfile.ZipFile(path) as archive:
            return "".join(etree.fromstring(archive.read(member)).itertext())

    return parse


def bare_html(path: Path) -> object:
    from lxml import etree

    return "".join(etree.HTML(path.read_text("utf-8")).itertext())


def bare_pdf(path: Path) -> object:
    import pdfplumber

    with pdfplumber.open(path) as document:
        return [page.extract_text() for page in document.pages]


def bare_xlsx(path: Path) -> object:
    from openpyxl import load_workbook

    return list(load_workbook(path, read_only=True).active.iter_rows(values_only=True))


def bare_csv(path: Path) -> object:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def bare_text(path: Path) -> object:
    return path.read_text("utf-8").splitlines()


# Format -> how the file is made, what reads it bare, and that reader's name.
FORMATS: dict[str, tuple[Callable[[list[Turn]], bytes], Callable[[Path], object], str]] = {
    "txt": (plain, bare_text, "read_text + splitlines"),
    "docx": (docx, bare_xml("word/document.xml"), "zipfile + lxml"),
    "odt": (odt, bare_xml("content.xml"), "zipfile + lxml"),
    "rtf": (rtf, bare_text, "read_text + splitlines"),
    "html": (html, bare_html, "lxml"),
    "vtt": (vtt, bare_text, "read_text + splitlines"),
    "srt": (srt, bare_text, "read_text + splitlines"),
    "csv": (table, bare_csv, "csv"),
    "xlsx": (xlsx, bare_xlsx, "openpyxl"),
    "json": (segments, lambda path: json.loads(path.read_bytes()), "json"),
    "pdf": (pdf, bare_pdf, "pdfplumber"),
}


def best(work: Callable[[], object], repeat: int) -> float:
    """Return the least time of several runs, in seconds; the first one, which loads libraries, does not count."""
    work()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--format", choices=sorted(FORMATS), nargs="*", default=list(FORMATS))
    options = parser.parse_args()
    turns = interview(options.turns)
    print(f"{options.turns} turns, {sum(count_words(text) for _, text, _ in turns):,} words; best of {options.repeat}")
    print(f"{'format':<7}{'files/s':>9}{'words/s':>12}{'ms':>9}{'bare ms':>9}{'ratio':>8}  bare library")
    with tempfile.TemporaryDirectory() as folder:
        for name in options.format:
            make, bare, library = FORMATS[name]
            path = Path(folder) / f"interview.{name}"
            path.write_bytes(make(turns))
            readings = read_transcripts(path)
            words = sum(row.words for reading in readings for row in reading.roles)
            own = best(lambda path=path: read_transcripts(path), options.repeat)
            other = best(lambda bare=bare, path=path: bare(path), options.repeat)
            print(
                f"{name:<7}{1 / own:>9.1f}{words / own:>12,.0f}{own * 1000:>9.1f}{other * 1000:>9.2f}"
                f"{own / other:>8.1f}  {library}"
            )


if __name__ == "__main__":
    main()
