"""Codebook files into records: what a YAML codebook may hold, and what is wrong with one that does not.

A section `categories`, `strategies` or `dimensions` that is left out is filled with what the codes name, so that a
minimal codebook is a list of codes with `id` and `definition`. A section that is there must declare everything named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from qualcode.codebook.find import find_codebook
from qualcode.codebook.normal_form import codebook_hash
from qualcode.codebook.yaml_lines import YamlFile, is_nothing, line_of
from qualcode.files import read_text
from qualcode.model import STAGES, Category, Code, Codebook, Cue

KEYS = ("name", "title", "language", "source", "strategies", "dimensions", "categories", "codes")
CATEGORY_KEYS = ("id", "name", "definition", "parent")
CODE_KEYS = (
    *("id", "name", "definition", "include", "exclude", "examples", "category", "parent"),
    *("stage", "dimension", "strategy", "colour", "origin", "cues"),
)
CUE_KEYS = ("match", "requires", "excludes", "question", "within", "confidence")
WITHIN = ("sentence", "turn")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def load_codebook(name: str | Path) -> Codebook:
    """Read a codebook.

    Texts are taken in Unicode NFC, without white space at their ends.

    Args:
        name: A path, or the name of a shipped codebook (`b2b-influencer-marketing`).

    Returns:
        The codebook with its `hash`; cues carry their line.

    Raises:
        UserError: No such codebook.
        InputError: The file is unreadable, empty, not UTF-8, not YAML, or has one mistake.
        ManyErrors: It has several mistakes; each is listed with its line.
    """
    path = find_codebook(name)
    return parse_codebook(read_text(path), path=path)


def parse_codebook(text: str, *, path: Path | str = "codebook.yaml") -> Codebook:
    """Read a codebook from its text; see `load_codebook`.

    Args:
        text: The YAML.
        path: Named in messages; its stem is the codebook's name where the text gives none.
    """
    file = YamlFile(text, path)
    codebook = _Loader(file, Path(path).stem).codebook()
    file.finish("codebook")
    return replace(codebook, hash=codebook_hash(codebook))


def code_lines(name: str | Path) -> dict[str, int]:
    """Return the line (from 1) of each code's entry by identifier, for messages about a codebook that loads."""
    path = find_codebook(name)
    file = YamlFile(read_text(path), path)
    codes = file.mapping(file.root(), "the codebook").get("codes")
    lines: dict[str, int] = {}
    for item in file.sequence(codes, "codes") if codes else []:
        identifier = file.mapping(item, "code").get("id")
        if identifier is not None:
            lines.setdefault(file.text_of(identifier, "id"), line_of(item))
    return lines


def name_from(identifier: str) -> str:
    """Return a name to show for an identifier.

    >>> name_from("planning/branding-goal")
    'Branding goal'
    """
    words = identifier.rsplit("/", 1)[-1].replace("-", " ").replace("_", " ").strip() or identifier
    return words[:1].upper() + words[1:]


class _Loader:
    """Turns one file's nodes into a codebook; mistakes are noted in the file."""

    def __init__(self, file: YamlFile, stem: str) -> None:
        self.file = file
        self.stem = stem

    def codebook(self) -> Codebook:
        file = self.file
        root = file.root()
        top = file.mapping(root, "the codebook", KEYS)
        told = {key: file.text_of(top[key], key) for key in ("name", "title", "language", "source") if key in top}
        self.language = told.get("language") or "en"
        if told.get("language"):
            file.language(self.language, top["language"], "language")
        if "codes" not in top and isinstance(root, yaml.MappingNode):
            file.fail(root, "the section 'codes' is missing")
        categories = self._categories(top["categories"]) if "categories" in top else ()
        self.nodes: dict[str, dict[str, yaml.Node]] = {}
        codes = self._codes(top["codes"]) if "codes" in top else ()
        declared = {category.id for category in categories}
        if "categories" in top:
            self._check_references(codes, "category", declared)
        else:
            categories = tuple(
                Category(id, name_from(id)) for id in _unique(id for code in codes for id in code.categories)
            )
        strategies = self._section(top, "strategies", codes, "strategy")
        dimensions = self._section(top, "dimensions", codes, "dimension")
        self._check_parents(codes)
        name = told.get("name") or self.stem
        return Codebook(
            name=name,
            title=told.get("title") or name,
            codes=codes,
            categories=categories,
            strategies=strategies,
            dimensions=dimensions,
            language=self.language,
            source=told.get("source", ""),
        )

    def _section(
        self, top: Mapping[str, yaml.Node], section: str, codes: tuple[Code, ...], field: str
    ) -> dict[str, str]:
        if section not in top:
            return {id: name_from(id) for id in _unique(getattr(code, field) for code in codes)}
        declared = self.file.named(top[section], section)
        self._check_references(codes, field, declared)
        return declared

    def _check_references(self, codes: tuple[Code, ...], field: str, declared: Iterable[str]) -> None:
        known = tuple(declared)
        for code in codes:
            named = code.categories if field == "category" else (getattr(code, field),)
            for name in named:
                if name:
                    self.file.reference(name, known, self.nodes[code.id][field], f"code '{code.id}', {field}")

    def _check_parents(self, codes: tuple[Code, ...]) -> None:
        parents = {code.id: code.parent for code in codes}
        for code in codes:
            if code.parent:
                node = self.nodes[code.id]["parent"]
                self.file.reference(code.parent, parents, node, f"code '{code.id}', parent")
                if in_circle(code.id, parents):
                    self.file.fail(node, f"code '{code.id}': its parents lead back to itself")

    def _categories(self, node: yaml.Node) -> tuple[Category, ...]:
        file = self.file
        found: dict[str, Category] = {}
        nodes: dict[str, yaml.Node] = {}
        for item in file.sequence(node, "categories"):
            if isinstance(item, yaml.ScalarNode):
                values, told = {}, {"id": file.text_of(item, "category")}
            else:
                values = file.mapping(item, "category", CATEGORY_KEYS)
                told = {key: file.text_of(value, f"category {key}") for key, value in values.items()}
            id = self._identifier(told.get("id", ""), item, "category", values.get("id"), found)
            if id:
                name = told.get("name") or name_from(id)
                found[id] = Category(id, name, told.get("definition", ""), told.get("parent", ""))
                nodes[id] = values.get("parent", item)
        parents = {category.id: category.parent for category in found.values()}
        for category in found.values():
            if category.parent:
                file.reference(category.parent, found, nodes[category.id], f"category '{category.id}', parent")
                if in_circle(category.id, parents):
                    file.fail(nodes[category.id], f"category '{category.id}': its parents lead back to itself")
        return tuple(found.values())

    def _identifier(
        self, id: str, item: yaml.Node, what: str, id_node: yaml.Node | None, taken: Mapping[str, object]
    ) -> str:
        """Return the identifier when it can be used, else note why not and return an empty text."""
        if not id:
            # A wrong type was noted already; a missing one was not.
            if id_node is None or is_nothing(id_node) or not getattr(id_node, "value", ""):
                self.file.fail(item, f"{what}: 'id' is missing")
            return ""
        if _CONTROL.search(id):
            self.file.fail(id_node or item, f"{what}: the id {id!r} holds a line break or control character")
            return ""
        if id in taken:
            self.file.fail(id_node or item, f"{what}: the id '{id}' is given twice")
            return ""
        return id

    def _codes(self, node: yaml.Node) -> tuple[Code, ...]:
        found: dict[str, Code] = {}
        items = self.file.sequence(node, "codes")
        if not items and (is_nothing(node) or isinstance(node, yaml.SequenceNode)):
            self.file.fail(node, "the codebook has no codes")
        for item in items:
            values = self.file.mapping(item, "code", CODE_KEYS)
            if not isinstance(item, yaml.MappingNode):
                continue
            id_node = values.get("id")
            id = self.file.text_of(id_node, "code id") if id_node else ""
            id = self._identifier(id, item, "code", id_node, found)
            code = self._code(id, values)
            if id:
                found[id] = code
                self.nodes[id] = values
        return tuple(found.values())

    def _code(self, id: str, values: dict[str, yaml.Node]) -> Code:
        what = f"code '{id}'"
        text = {
            key: self.file.text_of(values[key], f"{what}, {key}")
            for key in ("name", "definition", "parent", "stage", "dimension", "strategy", "origin")
            if key in values
        }
        lists = {
            key: self.file.texts(values[key], f"{what}, {key}") if key in values else ()
            for key in ("include", "exclude", "examples", "category")
        }
        stage = text.get("stage") or "open"
        if stage not in STAGES:
            self.file.fail(values["stage"], f"{what}, stage: one of {', '.join(STAGES)} is expected, found '{stage}'")
        return Code(
            id=id,
            name=text.get("name") or name_from(id),
            definition=text.get("definition", ""),
            include=lists["include"],
            exclude=lists["exclude"],
            examples=lists["examples"],
            categories=tuple(_unique(lists["category"])),
            parent=text.get("parent", ""),
            stage=stage,
            dimension=text.get("dimension", ""),
            strategy=text.get("strategy", ""),
            cues=self._cues(values["cues"], what) if "cues" in values else {},
            colour=self._colour(values["colour"], what) if "colour" in values else "",
            origin=text.get("origin", ""),
        )

    def _colour(self, node: yaml.Node, what: str) -> str:
        if is_nothing(node):
            self.file.fail(
                node, f'{what}, colour: nothing is given; # begins a comment, so write it in quotes: "#4477aa"'
            )
            return ""
        colour = self.file.text_of(node, f"{what}, colour")
        if isinstance(node, yaml.ScalarNode) and colour and not _COLOUR.fullmatch(colour):
            self.file.fail(node, f"{what}, colour: \"#rrggbb\" is expected, found '{colour}'")
        return colour

    def _cues(self, node: yaml.Node, what: str) -> dict[str, tuple[Cue, ...]]:
        if is_nothing(node):
            return {}
        if isinstance(node, yaml.SequenceNode):
            by_language: dict[str, yaml.Node] = {self.language: node}
        else:
            by_language = self.file.mapping(node, f"{what}, cues by language")
            for language, value in by_language.items():
                self.file.language(language, value, f"{what}, cues")
        cues = {}
        for language, value in by_language.items():
            items = self.file.sequence(value, f"{what}, cues.{language}")
            listed = tuple(cue for item in items if (cue := self._cue(item, f"{what}, cue ({language})")))
            if listed:
                cues[language] = listed
        return cues

    def _cue(self, node: yaml.Node, what: str) -> Cue | None:
        file = self.file
        if not isinstance(node, yaml.MappingNode):
            before = len(file.problems)
            pattern = file.text_of(node, what)
            if not pattern and len(file.problems) == before:
                file.fail(node, f"{what}: the cue is empty")
            return Cue(pattern, line=line_of(node)) if pattern else None
        values = file.mapping(node, what, CUE_KEYS)
        if "match" not in values:
            file.fail(node, f"{what}: 'match' is missing")
            return None
        pattern = file.text_of(values["match"], f"{what}, match")
        if is_nothing(values["match"]) or (not pattern and not values["match"].value):
            file.fail(node, f"{what}: the cue is empty")
        within = file.text_of(values["within"], f"{what}, within") if "within" in values else "sentence"
        if within not in WITHIN:
            file.fail(values["within"], f"{what}, within: sentence or turn is expected, found '{within}'")
        confidence = file.number(values["confidence"], f"{what}, confidence", 0, 1) if "confidence" in values else None
        lists = {
            key: file.texts(values[key], f"{what}, {key}") if key in values else ()
            for key in ("requires", "excludes", "question")
        }
        default = Cue(pattern).confidence
        return Cue(
            pattern=pattern,
            requires=lists["requires"],
            excludes=lists["excludes"],
            question=lists["question"],
            within=within,
            confidence=default if confidence is None else confidence,
            line=line_of(node),
        )


def _unique(names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name]


def in_circle(id: str, parents: Mapping[str, str]) -> bool:
    """Return whether going up from an identifier leads back to it."""
    seen: set[str] = set()
    above = parents.get(id, "")
    while above and above not in seen:
        if above == id:
            return True
        seen.add(above)
        above = parents.get(above, "")
    return False
