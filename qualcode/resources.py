"""Where the shipped files are: codebooks, sample transcripts, report templates.

They live in top-level folders of the checkout and are installed inside the package as `qualcode/shipped/…`;
both places are looked at, so that a checkout, an editable install and a wheel behave alike.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = {"codebooks": "codebooks", "transcripts_sample": "transcripts_sample", "templates": "reports/templates"}


def shipped(name: str) -> Path:
    """Return the folder of shipped files.

    Args:
        name: `codebooks`, `transcripts_sample` or `templates`.

    Raises:
        FileNotFoundError: The installation is incomplete (a bug in packaging, not a user's mistake).
    """
    for folder in (PACKAGE / "shipped" / name, PACKAGE.parent / CHECKOUT[name]):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"qualcode is installed without its folder of {name}")
