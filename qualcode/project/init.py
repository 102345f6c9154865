"""Make a new study."""

from __future__ import annotations

import shutil
from pathlib import Path

from qualcode.errors import UserError
from qualcode.files import write_whole
from qualcode.project.folder import CODEBOOK, SETTINGS, STORE, TRANSCRIPTS, StudyFolder, find_study
from qualcode.project.settings_file import new_settings

EMPTY_CODEBOOK = """\
# The codebook of this study: add codes here; `qualcode codebook check` looks it over.
name: {name}
title: {title}
codes:
  - id: first-code
    name: First code
    definition: What this code means, in one or two sentences.
    include: [When to use it.]
    exclude: [When not to use it, and which code to use instead.]
    examples: [A passage it would be given to.]
    cues: []
"""


def init_study(
    path: Path,
    *,
    codebook: str = "",
    title: str = "",
    settings: str = "",
    published: str = "",
    framework: str = "",
    store: str = "",
) -> StudyFolder:
    """Make a study in a new or empty folder (files that are not a study's may be there).

    Args:
        path: The folder.
        codebook: Name of a shipped codebook or path of a file; empty: one code to start from.
        title: As shown; empty: the folder's name.
        settings: Text of the `study.yaml`; empty: one made from the other arguments.
        published: See `Settings.published`.
        framework: See `Settings.framework`.
        store: URL of a database; empty: `qualcode.db` in the folder.

    Raises:
        UserError: The folder holds a study already, cannot be written, or the codebook has mistakes.
    """
    from qualcode.codebook import find_codebook, load_codebook
    from qualcode.files import read_text
    from qualcode.store import Store

    taken = [name for name in (SETTINGS, CODEBOOK, STORE) if (path / name).exists()]
    if taken:
        raise UserError(f"{path} holds a study already ({', '.join(taken)}).", hint="Choose another folder.")
    title = title or path.resolve().name
    if codebook:
        load_codebook(codebook)
        codebook_text = read_text(find_codebook(codebook))
    else:
        codebook_text = EMPTY_CODEBOOK.format(name=_slug(title), title=_quoted(title))
    made = _make_folder(path)
    try:
        write_whole(path / CODEBOOK, codebook_text)
        (path / TRANSCRIPTS).mkdir(exist_ok=True)
        # The settings come last: a folder counts as a study once they are there.
        Store.create(store or path / STORE).close()
        made_up = new_settings(title=title, published=published, framework=framework, store=store)
        write_whole(path / SETTINGS, settings or made_up)
        return find_study(path)
    except BaseException:
        _take_back(path, made)
        raise


def _make_folder(path: Path) -> Path | None:
    """Make the folder; return the topmost folder that had to be made, or None."""
    top = None
    for folder in (path, *path.parents):
        if folder.exists():
            break
        top = folder
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"The folder {path} cannot be made ({error.strerror or error}).") from error
    return top


def _take_back(path: Path, made: Path | None) -> None:
    """Remove what a failed `init_study` left, and nothing else."""
    if made is not None:
        shutil.rmtree(made, ignore_errors=True)
        return
    for name in (SETTINGS, CODEBOOK, STORE, f"{STORE}-wal", f"{STORE}-shm"):
        (path / name).unlink(missing_ok=True)


def _slug(title: str) -> str:
    import re

    return re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-") or "codebook"


def _quoted(title: str) -> str:
    import json

    return json.dumps(title, ensure_ascii=False)
