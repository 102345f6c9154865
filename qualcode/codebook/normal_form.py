"""The content of a codebook as plain data, and the hash that names a version of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from qualcode.model import Codebook


def normal_form(codebook: Codebook) -> dict[str, Any]:
    """Return everything a codebook says as plain data: no line numbers, no hash."""
    content = asdict(codebook)
    del content["hash"]
    for code in content["codes"]:
        for cues in code["cues"].values():
            for cue in cues:
                del cue["line"]
                cue["confidence"] = float(cue["confidence"])
    # The order of strategies and dimensions is shown in tables, so it belongs to the content.
    for section in ("strategies", "dimensions"):
        content[section] = [[id, name] for id, name in content[section].items()]
    return content


def codebook_hash(codebook: Codebook) -> str:
    """Return the SHA-256 (hexadecimal) of the normal form as sorted JSON in UTF-8.

    Two files that say the same, in whatever layout, have the same hash.
    """
    written = json.dumps(normal_form(codebook), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
