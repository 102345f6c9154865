"""Files that are no text: what they are, by their first bytes."""

from __future__ import annotations

# First bytes -> what it is and what to do. Public file signatures; longest first where one begins another.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a rich text document (RTF)"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (.doc, .xls)"),
    (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF87a", "a picture (GIF)"),
    (b"GIF89a", "a picture (GIF)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"ID3", "a sound recording (MP3)"),
    (b"\xff\xfb", "a sound recording (MP3)"),
    (b"OggS", "a sound recording (Ogg)"),
    (b"fLaC", "a sound recording (FLAC)"),
    (b"RIFF", "a recording (WAV or AVI)"),
    (b"\x1aE\xdf\xa3", "a video recording (Matroska, WebM)"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"),
    (b"Rar!\x1a\x07", "a compressed file (RAR)"),
    (b"SQLite format 3\x00", "a database (SQLite)"),
    (b"\x7fELF", "a program"),
)
ZIP = b"PK\x03\x04"
# What a zip file holds tells which kind of document it is.
ZIP_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"word/", "a Word document (.docx)"),
    (b"xl/", "an Excel workbook (.xlsx)"),
    (b"ppt/", "a PowerPoint presentation (.pptx)"),
    (b"opendocument.text", "an OpenDocument text (.odt)"),
    (b"opendocument.spreadsheet", "an OpenDocument spreadsheet (.ods)"),
    (b"epub+zip", "an e-book (EPUB)"),
    (b"project.qde", "a REFI-QDA project (.qdpx)"),
)


# Endings of files that hold transcripts, or seem to, and are not read: what they are, and what to do.
_SAVE_AS_WORD = "Open it and save it as .docx (or .txt), then try again."
_EXPORT = "Export the transcripts from it as .docx or .txt, and the codings with them if you need them."
_TRANSCRIBE = "It has to be transcribed first; what is read is the transcript (.vtt, .srt, .json, .docx, .txt)."
ELSEWHERE: dict[str, tuple[str, str]] = {
    "doc": ("an old Word document", _SAVE_AS_WORD),
    "dot": ("an old Word template", _SAVE_AS_WORD),
    "pages": ("a document of Apple Pages", "Export it from Pages as Word (.docx), then try again."),
    "wpd": ("a WordPerfect document", _SAVE_AS_WORD),
    "wps": ("a Works document", _SAVE_AS_WORD),
    "gdoc": ("a link to Google Docs, not the document", "Download it there as .docx."),
    "xls": ("an old Excel workbook", "Open it and save it as .xlsx or .csv, then try again."),
    "ods": ("an OpenDocument spreadsheet", "Open it and save it as .xlsx or .csv, then try again."),
    "numbers": ("a spreadsheet of Apple Numbers", "Export it as .xlsx or .csv, then try again."),
    "pptx": ("a presentation", "Save its text as .docx or .txt."),
    "epub": ("an e-book", "Save its text as .html or .txt."),
    "zip": ("an archive", "Unpack it and name the folder."),
    "gz": ("an archive", "Unpack it first."),
    "7z": ("an archive", "Unpack it and name the folder."),
    "rar": ("an archive", "Unpack it and name the folder."),
    "qdpx": ("a project of coding software", "Import it with the command for REFI-QDA projects."),
    "nvp": ("an NVivo project", _EXPORT),
    "nvpx": ("an NVivo project", _EXPORT),
    "atlproj": ("an ATLAS.ti project", _EXPORT),
    "mx24": ("a MAXQDA project", _EXPORT),
    "mp3": ("a recording", _TRANSCRIBE),
    "m4a": ("a recording", _TRANSCRIBE),
    "wav": ("a recording", _TRANSCRIBE),
    "mp4": ("a recording", _TRANSCRIBE),
    "mov": ("a recording", _TRANSCRIBE),
    "png": ("a picture", "Recognise its characters first (OCR), and save them as text."),
    "jpg": ("a picture", "Recognise its characters first (OCR), and save them as text."),
}


def binary_kind(data: bytes) -> str:
    """Return what a file that is no plain text is, in words ("a PDF"), or "" where its signature is unknown.

    Args:
        data: The file's bytes; only the first few thousand and the last few (a zip file's list) are looked at.
    """
    if data.startswith(ZIP):
        seen = data[:4096] + data[-65536:]
        return next((kind for mark, kind in ZIP_KINDS if mark in seen), "a zip file")
    if data[4:8] == b"ftyp":
        return "a recording (MP4, M4A)"
    return next((kind for mark, kind in SIGNATURES if data.startswith(mark)), "")
