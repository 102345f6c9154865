"""The key of a pseudonymised study: a file that brings the names back, readable by its owner only.

JSON with `format`, `version`, and lists: `transcripts` (what stood at each place, labels, header), `cases`, `memos` and
`codings` (those whose words, or exact places, cannot be told from the text), each with what was before and after.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qualcode.errors import InputError, UserError
from qualcode.model import Case
from qualcode.project.folder import StudyFolder

FORMAT = "qualcode pseudonym key"
VERSION = 1
_PARTS: dict[str, dict[str, type]] = {
    "transcripts": {
        **{"name": str, "before": str, "after": str},
        **{"occurrences": list, "speakers": dict, "attributes": list, "moments": list},
    },
    "cases": {"before": dict, "after": dict},
    "memos": {"id": str, "before": list, "after": list},
    "codings": {"id": str, "before": list, "after": list},
}


def new_key() -> dict[str, Any]:
    """Return a key that holds nothing yet."""
    return {"format": FORMAT, "version": VERSION, "transcripts": [], "cases": [], "memos": [], "codings": []}


def write_key(path: Path, key: Mapping[str, Any]) -> None:
    """Write a key file that only its owner may read.

    Raises:
        UserError: There is a file already, or it cannot be written.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            json.dump(key, stream, ensure_ascii=False, indent=1)
            stream.write("\n")
            stream.flush()
            os.fsync(stream.fileno())
        path.chmod(0o600)
    except FileExistsError as error:
        raise UserError(f"{path} is there already.", hint="Each pseudonymising has a key of its own.") from error
    except OSError as error:
        raise UserError(f"The key {path} cannot be written ({error.strerror or error}).") from error


def read_key(path: Path) -> dict[str, Any]:
    """Read a key file.

    Raises:
        InputError: It is missing or no key.
    """
    try:
        told = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"the key cannot be read ({error.strerror or error})", path=path) from error
    except ValueError as error:
        raise no_key(path, str(error)) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise no_key(path, f'"format" is not "{FORMAT}"')
    if told.get("version") != VERSION:
        raise no_key(path, f"its version is {told.get('version')!r}, this program knows {VERSION}")
    for part, fields in _PARTS.items():
        entries = told.get(part)
        if not isinstance(entries, list) or not all(_has(entry, fields) for entry in entries):
            raise no_key(path, f"{part!r} is missing or damaged")
    return told


def _has(entry: Any, fields: Mapping[str, type]) -> bool:
    return isinstance(entry, dict) and all(isinstance(entry.get(name), kind) for name, kind in fields.items())


def no_key(path: Path, why: str) -> InputError:
    """Return the error for a file that is no key, or a damaged one."""
    return InputError(f"this is no key of a pseudonymised study: {why}", path=path)


def check_key_path(folder: StudyFolder, key: Path | None) -> None:
    """Check where a key is to be written.

    Raises:
        UserError: Nowhere, inside the study's folder, or over another file.
    """
    if key is None:
        raise UserError(
            "Where should the key go? Only it can bring the names back.",
            hint="Name a file outside the study's folder: --key ../names.key.json",
        )
    if folder.path.resolve() in key.resolve().parents:
        raise UserError(
            f"The key {key} would lie inside the study's folder: whoever is given the study would have the names.",
            hint="Name a file outside it, in a place of its own.",
        )
    if key.exists():
        raise UserError(f"{key} is there already.", hint="Each pseudonymising has a key of its own: name a new file.")


def case_data(case: Case) -> dict[str, Any]:
    """Return a case as the key keeps it."""
    # A list: the order of attributes is part of a case.
    return {"name": case.name, "cohort": case.cohort, "attributes": [list(item) for item in case.attributes.items()]}


def data_case(data: Mapping[str, Any]) -> Case:
    """Return the case that `case_data` wrote."""
    return Case(data["name"], data["cohort"], dict(data["attributes"]))
