"""Cases from CSV, and the files of a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.errors import InputError, ManyErrors, UserError
from qualcode.ingest import find_files, read_cases
from qualcode.model import Case


def cases(folder: Path, text: str | bytes, encoding: str | None = None) -> list[Case]:
    """Write a CSV file and read it."""
    path = folder / "cases.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_cases(path, encoding=encoding)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cases(mark: str, tmp_path: Path) -> None:
    """Comma, semicolon and tab all part fields; columns are found by name; empty fields are no attribute."""
    rows = [["Industry", "CASE", "Cohort", "Size"], ["Steel", "Alpha", "firm", "10"], ["", "Beta", "", "20"]]
    text = "".join(mark.join(row) + "\r\n" for row in rows)
    assert cases(tmp_path, "\ufeff" + text) == [
        Case("Alpha", "firm", {"Industry": "Steel", "Size": "10"}),
        Case("Beta", "", {"Size": "20"}),
    ]


def test_quoted_fields_over_lines(tmp_path: Path) -> None:
    """A quoted field may hold the delimiter and newlines; empty rows are passed over; later lines count right."""
    text = 'name;note\n"Alpha";"a; b\nc"\n;\n'
    assert cases(tmp_path, text) == [Case("Alpha", "", {"note": "a; b\nc"})]
    with pytest.raises(InputError, match="line 5: 3 fields where the first row has 2"):
        cases(tmp_path, text + "Beta;x;y\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("firm,size\nAlpha,1\n", 'line 1: there is no column "case"'),
        (
            "case,size,Size\nAlpha,1,2\n",
            'line 1: the column "Size" occurs twice|line 1: the column "size" occurs twice',
        ),
        ("case,,size\nAlpha,1,2\n", "line 1: a column has no name"),
        ("case,size\nAlpha,1\nalpha,2\n", 'line 3: the case "alpha" is in line 2 already'),
        ("case,size\nAlpha\n", "line 2: 1 fields where the first row has 2"),
        ("case,size\n ,1\n", "line 2: the case has no name"),
        ('case,size\n"Alpha,1\n', "line 2: the row is no CSV"),
        ("", "is empty"),
    ],
)
def test_mistakes(text: str, message: str, tmp_path: Path) -> None:
    """Each mistake is told with its line."""
    with pytest.raises(InputError, match=message):
        cases(tmp_path, text)


def test_several_mistakes(tmp_path: Path) -> None:
    """Several mistakes are told together."""
    with pytest.raises(ManyErrors) as caught:
        cases(tmp_path, "case,size\n,1\nAlpha\n")
    assert [problem.split("line ")[1] for problem in caught.value.problems] == [
        "2: the case has no name",
        "3: 1 fields where the first row has 2",
    ]


def test_cases_in_windows_1252(tmp_path: Path) -> None:
    """Names are not guessed at: another encoding must be named."""
    data = "case\nÅbo\n".encode("cp1252")
    with pytest.raises(InputError, match=r"line 2: the file is not UTF-8(.|\n)*--encoding"):
        cases(tmp_path, data)
    assert cases(tmp_path, data, encoding="cp1252") == [Case("Åbo")]


def folder_with(folder: Path, *names: str) -> Path:
    """Make empty files."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_files_in_folders(tmp_path: Path) -> None:
    """Files are found below folders, sorted; hidden ones, READMEs and unknown endings are left out with a reason."""
    folder_with(
        tmp_path, "b.txt", "a.MD", "sub/c.text", "README.md", "LICENSE.txt", ".x.txt", ".git/d.txt", "n", "e.jsonl"
    )
    files, skipped = find_files([tmp_path])
    assert [str(path.relative_to(tmp_path)) for path in files] == ["a.MD", "b.txt", "sub/c.text"]
    assert [(str(path.relative_to(tmp_path)), reason) for path, reason in skipped] == [
        (".git", "hidden folder"),
        (".x.txt", "hidden file"),
        ("LICENSE.txt", "about the folder, no transcript"),
        ("README.md", "about the folder, no transcript"),
        ("e.jsonl", 'unknown ending ".jsonl"'),
        ("n", "no ending"),
    ]


def test_files_by_name(tmp_path: Path) -> None:
    """A file named by itself is taken as it is, and once, however often it is named."""
    folder_with(tmp_path, "README.md", "b.txt", "e.jsonl")
    named = [tmp_path / "e.jsonl", tmp_path, tmp_path / "README.md", tmp_path / "." / "b.txt"]
    files, skipped = find_files(named)
    assert [path.name for path in files] == ["README.md", "b.txt", "e.jsonl"]
    assert skipped == []


@pytest.mark.parametrize("names", [(), ("e.jsonl",)])
def test_folder_without_transcripts(names: tuple[str, ...], tmp_path: Path) -> None:
    """A folder in which nothing can be read is a mistake that names the endings."""
    with pytest.raises(UserError, match=r"no file in this folder can be read(.|\n)*\.txt"):
        find_files([folder_with(tmp_path, *names)])


def test_missing_path(tmp_path: Path) -> None:
    """A path that is not there is a mistake."""
    with pytest.raises(UserError, match="no such file or folder"):
        find_files([tmp_path / "nowhere"])
