"""Where each coding of a code that is split goes: by identifiers, by a file, or by a search."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import ManyErrors, UserError
from qualcode.files import read_text
from qualcode.model import Coding, Study
from qualcode.project.identifiers import full_id

if TYPE_CHECKING:
    from qualcode.tables.query import Query


def by_ids(codings: Sequence[Coding], wanted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the new code by id of coding.

    Args:
        codings: Those of the code that is split.
        wanted: By new code the ids, or beginnings of ids that only one of the codings has.

    Raises:
        UserError: A beginning fits none or several of the codings, or one coding is to go to two codes.
    """
    where: dict[str, str] = {}
    for code, beginnings in wanted.items():
        for beginning in beginnings:
            id = _id(codings, beginning)
            if where.setdefault(id, code) != code:
                raise UserError(f"Coding {beginning} cannot go to {where[id]!r} and to {code!r}.")
    return where


def by_search(study: Study, codings: Sequence[Coding], queries: Mapping[str, Query]) -> dict[str, str]:
    """Return the new code by id of each coding in whose passage a query finds something; the first query goes first.

    Args:
        study: The study.
        codings: Those of the code that is split.
        queries: By new code.
    """
    from qualcode.tables.search import Scope, search

    where: dict[str, str] = {}
    own = study.with_codings(codings)
    for code, query in queries.items():
        hits: dict[str, list[tuple[int, int]]] = {}
        for hit in search(own, query, Scope(within="passage", statuses=())):
            hits.setdefault(hit.transcript, []).append((hit.start, hit.end))
        for coding in codings:
            spans = hits.get(coding.transcript, [])
            if any(coding.start <= start and end <= coding.end for start, end in spans):
                where.setdefault(coding.id, code)
    return where


def read_mapping(path: Path, codings: Sequence[Coding]) -> dict[str, str]:
    """Read where codings go from a JSONL file with one object `{"id": …, "to": CODE}` a line.

    Raises:
        InputError: The file cannot be read.
        ManyErrors: Lines that cannot be used.
    """
    where: dict[str, str] = {}
    problems = []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            id, code = told["id"], told.get("to") or told["code"]
            if not (isinstance(id, str) and isinstance(code, str)):
                raise TypeError
            where[_id(codings, id)] = code
        except UserError as error:
            problems.append(f"{path}, line {number}: {error.message}")
        except (ValueError, TypeError, KeyError, AttributeError):
            problems.append(f'{path}, line {number}: an object like {{"id": "…", "to": "code"}} is expected')
    if problems:
        raise ManyErrors("Nothing was changed: some lines cannot be used:", problems)
    return where


def _id(codings: Sequence[Coding], beginning: str) -> str:
    listing = "qualcode codings list --code CODE --format csv"
    return full_id([coding.id for coding in codings], beginning, "coding of this code", listing)
