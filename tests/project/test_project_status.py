"""What a study holds at a glance."""

from __future__ import annotations

from pathlib import Path

from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study
from qualcode.project.status import status_of


def test_words_are_counted_as_in_the_report(tmp_path: Path) -> None:
    """In writing without spaces each character counts, as in the report's table of the sample."""
    folder = init_study(tmp_path / "study")
    (tmp_path / "a.txt").write_text("采访者：为什么？\n\n受访者：我们成长 fast.\n", "utf-8")
    ingest(folder, [tmp_path / "a.txt"])
    assert dict(status_of(folder).numbers)["participants' words"] == 5
