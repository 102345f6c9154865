"""Text files as every part reads and writes them: strict UTF-8 with the line of what is wrong; whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from qualcode.errors import InputError, UserError


def read_text(path: Path, *, hint: str = "Save the file as UTF-8 in your editor.") -> str:
    """Return the text of a UTF-8 file (a byte order mark is dropped).

    Args:
        path: The file.
        hint: What to do if it is not UTF-8.

    Raises:
        InputError: The file is missing, cannot be read, or is not UTF-8 (with the line of the first bad byte).
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror or error})", path=path) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"is not UTF-8 text (byte 0x{data[error.start]:02x})"
        raise InputError(message, path=path, line=line, hint=hint) from error


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all: beside it first, then renamed.

    Args:
        path: The file; its folder must be there.
        content: Text is written in UTF-8, with its line breaks as they are.

    Raises:
        UserError: It cannot be written.
    """
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserError(
            f"{path} cannot be written ({error.strerror or error}).",
            hint="Check that the folder exists, can be written to, and that the disk is not full.",
        ) from error
