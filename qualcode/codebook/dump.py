"""Records into a codebook file that a person can read and edit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import yaml

from qualcode.model import Category, Code, Codebook, Cue

# Line separators that YAML would fold, characters it cannot show: written as escapes in double quotes.
_AWKWARD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff]")


def dump_codebook(codebook: Codebook) -> str:
    """Return a codebook as YAML: block style, in the order of the records, fields at their defaults left out.

    Loading the result gives the same codebook (same hash), apart from the lines of its cues.
    """
    content: dict[str, Any] = {"name": codebook.name, "title": codebook.title, "language": codebook.language}
    if codebook.source:
        content["source"] = codebook.source
    if codebook.strategies:
        content["strategies"] = dict(codebook.strategies)
    if codebook.dimensions:
        content["dimensions"] = dict(codebook.dimensions)
    if codebook.categories:
        content["categories"] = [_category(category) for category in codebook.categories]
    content["codes"] = [_code(code) for code in codebook.codes]
    return yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)


def dump_entries(entries: Iterable[Code | Category], indent: int) -> list[str]:
    """Return the list items of codes or categories as lines of a codebook, each item one text with its line ends.

    Args:
        entries: Codes or categories.
        indent: Spaces before the hyphen.
    """
    texts = []
    for entry in entries:
        texts.append(_indented([fields_of(entry)], indent))
    return texts


def dump_field(key: str, value: Any, indent: int) -> str:
    """Return one field of an entry (see `fields_of`) as lines of a codebook.

    Args:
        key: Its name.
        value: Its value.
        indent: Spaces before the name.
    """
    return _indented({key: value}, indent)


def fields_of(entry: Code | Category) -> dict[str, Any]:
    """Return what a codebook's file says of a code or category, by field; fields at their defaults are left out."""
    return _code(entry) if isinstance(entry, Code) else _category(entry)


def _indented(content: Any, indent: int) -> str:
    text = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False)
    return "".join(" " * indent + line if line.strip() else line for line in text.splitlines(keepends=True))


def _category(category: Category) -> dict[str, str]:
    told = {"id": category.id, "name": category.name, "definition": category.definition, "parent": category.parent}
    return {key: value for key, value in told.items() if value}


def _code(code: Code) -> dict[str, Any]:
    categories = list(code.categories)
    told: dict[str, Any] = {
        "id": code.id,
        "name": code.name,
        "definition": code.definition,
        "include": list(code.include),
        "exclude": list(code.exclude),
        "examples": list(code.examples),
        "category": categories[0] if len(categories) == 1 else categories,
        "parent": code.parent,
        "stage": "" if code.stage == "open" else code.stage,
        "dimension": code.dimension,
        "strategy": code.strategy,
        "colour": code.colour,
        "origin": code.origin,
        "cues": {language: [_cue(cue) for cue in cues] for language, cues in code.cues.items()},
    }
    return {key: value for key, value in told.items() if value}


def _cue(cue: Cue) -> str | dict[str, Any]:
    told: dict[str, Any] = {}
    for key in ("requires", "excludes", "question"):
        if getattr(cue, key):
            told[key] = list(getattr(cue, key))
    if cue.within != "sentence":
        told["within"] = cue.within
    if cue.confidence != Cue("").confidence:
        told["confidence"] = float(cue.confidence)
    return {"match": cue.pattern, **told} if told else cue.pattern


class _Dumper(yaml.SafeDumper):
    """Lists indented under their key, as people write them; no anchors for values that occur twice."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None
    if _AWKWARD.search(text):
        style = '"'
    elif "\n" in text:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
