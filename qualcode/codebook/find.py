"""Where codebooks are: a path, or the name of one that is shipped."""

from __future__ import annotations

from pathlib import Path

from qualcode.errors import UserError
from qualcode.resources import shipped

ENDINGS = (".yaml", ".yml")


def shipped_codebooks() -> list[str]:
    """Return the names of the codebooks that come with qualcode, sorted."""
    return sorted(path.stem for path in shipped("codebooks").glob("*.yaml"))


def find_codebook(name: str | Path) -> Path:
    """Return the file of a codebook.

    Args:
        name: A path, or the name of a shipped codebook with or without `.yaml`. A file wins over a shipped name.

    Raises:
        UserError: There is no such file or shipped codebook; the shipped names are listed.
    """
    return find_data_file(name, shipped("codebooks"), "codebook")


def find_data_file(name: str | Path, folder: Path, what: str) -> Path:
    """Return a file given by its path, or by its name in a folder of shipped files.

    Raises:
        UserError: There is neither; the names in the folder are listed.
    """
    path = Path(name)
    if path.is_file():
        return path
    plain = path.name.removesuffix(".yaml")
    shipped_file = folder / f"{plain}.yaml"
    spellings = (plain, f"{plain}.yaml", f"{folder.name}/{plain}", f"{folder.name}/{plain}.yaml")
    if plain and str(name) in spellings and shipped_file.is_file():
        return shipped_file
    names = ", ".join(sorted(file.stem for file in folder.glob("*.yaml"))) or "none"
    reason = f"{name} is a folder, not a {what} file" if path.is_dir() else f"there is no {what} {str(name)!r}"
    raise UserError(
        f"{reason}: neither a file nor a shipped name", hint=f"Shipped: {names}. Or give a path to a YAML file."
    )
