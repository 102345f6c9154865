"""YAML read with line numbers, so that every mistake can be reported with its file and line.

The node tree that PyYAML composes keeps the position of each value; values are turned into text and numbers only
where the caller says what it expects. All mistakes of a file are collected and raised together by `finish`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from qualcode.errors import InputError, ManyErrors, nearest

_CORE = "tag:yaml.org,2002:"
_READ_AS = {
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "timestamp": "a date",
    "null": "nothing",
    "merge": "a merge key",
    "value": "a default key",
}
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_FAST_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlFile:
    """One YAML file on its way into records.

    Args:
        text: Its text.
        path: Its name, for messages.
    """

    def __init__(self, text: str, path: Path | str) -> None:
        self.text = text
        self.path = str(path)
        self.problems: list[tuple[int, str]] = []

    def root(self) -> yaml.Node:
        """Return the root of the node tree.

        Raises:
            InputError: The text is empty or not YAML.
        """
        if not self.text.strip():
            raise InputError("the file is empty", path=self.path)
        try:
            node = self._compose()
        except RecursionError as error:
            raise InputError("is nested too deeply", path=self.path) from error
        if node is None:
            raise InputError("the file holds nothing but comments", path=self.path)
        return node

    def _compose(self) -> yaml.Node | None:
        try:
            return yaml.compose(self.text, Loader=_FAST_LOADER)
        except yaml.YAMLError:
            # The two loaders word mistakes differently; the plain one says more, and is there on every machine.
            try:
                return yaml.compose(self.text, Loader=yaml.SafeLoader)
            except yaml.YAMLError as error:
                raise self._syntax_error(error) from error

    def _syntax_error(self, error: yaml.YAMLError) -> InputError:
        if isinstance(error, yaml.reader.ReaderError):
            return InputError(
                "holds a character that YAML does not allow; is it a text file?",
                path=self.path,
                line=self.text.count("\n", 0, error.position) + 1,
            )
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line = mark.line + 1 if mark else None
        problem = getattr(error, "problem", None) or str(error)
        context = getattr(error, "context", None)
        message = f"not valid YAML: {problem}" + (f" ({context})" if context else "")
        hint = None
        if line and "\t" in self._line(line):
            hint = "YAML is indented with spaces: replace the tab."
        elif "mapping values are not allowed" in problem:
            hint = "A text with a colon followed by a space must stand in quotes."
        return InputError(message, path=self.path, line=line, hint=hint)

    def _line(self, number: int) -> str:
        lines = self.text.split("\n")
        return lines[number - 1] if number <= len(lines) else ""

    def fail(self, where: yaml.Node | int, message: str) -> None:
        """Note a mistake at a node (or a line number from 1)."""
        self.problems.append((where if isinstance(where, int) else line_of(where), message))

    def finish(self, what: str) -> None:
        """Raise what was noted.

        Args:
            what: What the file is, for the headline ("codebook").

        Raises:
            InputError: One mistake.
            ManyErrors: Several, in the order of lines.
        """
        problems = sorted(dict.fromkeys(self.problems), key=lambda problem: problem[0])
        if len(problems) == 1:
            line, message = problems[0]
            raise InputError(message, path=self.path, line=line)
        if problems:
            listed = [f"{self.path}, line {line}: {message}" for line, message in problems]
            raise ManyErrors(f"{self.path}: the {what} has {len(problems)} mistakes", listed)

    def mapping(self, node: yaml.Node, what: str, keys: Iterable[str] | None = None) -> dict[str, yaml.Node]:
        """Return the values of a mapping by key, in order; wrong, unknown and doubled keys are noted and left out.

        Args:
            node: The node.
            what: What it is, for messages.
            keys: The keys that are known; None: any.
        """
        if not isinstance(node, yaml.MappingNode):
            self.fail(node, f"{what}: 'key: value' lines are expected, found {_kind(node)}")
            return {}
        known = None if keys is None else tuple(keys)
        values: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = self.text_of(key_node, f"key of {what}")
            if not key:
                if isinstance(key_node, yaml.ScalarNode) and not key_node.value:
                    self.fail(key_node, f"{what}: a key is empty")
            elif known is not None and key not in known:
                self.fail(
                    key_node, f"{what}: unknown key '{key}'{nearest(key, known) or '; known: ' + ', '.join(known)}"
                )
            elif key in values:
                self.fail(key_node, f"{what}: key '{key}' is given twice (first on line {line_of(values[key])})")
            else:
                values[key] = value
        return values

    def sequence(self, node: yaml.Node, what: str) -> list[yaml.Node]:
        """Return the items of a list; nothing at all is an empty list."""
        if is_nothing(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.fail(node, f"{what}: a list ('- item' lines) is expected, found {_kind(node)}")
            return []
        return list(node.value)

    def text_of(self, node: yaml.Node, what: str) -> str:
        """Return a text in NFC without white space at its ends; nothing at all is an empty text."""
        if isinstance(node, yaml.ScalarNode):
            if node.tag == _CORE + "str":
                return unicodedata.normalize("NFC", node.value).strip()
            if is_nothing(node):
                return ""
            read_as = _READ_AS.get(node.tag.removeprefix(_CORE), "something else than text")
            self.fail(node, f'{what}: YAML reads {node.value} as {read_as}; to mean the text, quote it: "{node.value}"')
            return ""
        hint = (
            "; a text with a colon followed by a space must stand in quotes"
            if isinstance(node, yaml.MappingNode)
            else ""
        )
        self.fail(node, f"{what}: text is expected, found {_kind(node)}{hint}")
        return ""

    def texts(self, node: yaml.Node, what: str) -> tuple[str, ...]:
        """Return a list of texts; a text alone is a list of one."""
        if isinstance(node, yaml.ScalarNode) and not is_nothing(node):
            text = self.text_of(node, what)
            return (text,) if text else ()
        return tuple(self.text_of(item, what) for item in self.sequence(node, what))

    def named(self, node: yaml.Node, what: str) -> dict[str, str]:
        """Return a mapping of identifiers to shown names; a missing name is the identifier itself."""
        if is_nothing(node):
            return {}
        return {key: self.text_of(value, f"{what}.{key}") or key for key, value in self.mapping(node, what).items()}

    def number(self, node: yaml.Node, what: str, low: float, high: float) -> float | None:
        """Return a number within `low` to `high`, or None after noting what is wrong."""
        number = None
        if isinstance(node, yaml.ScalarNode) and node.tag in (_CORE + "int", _CORE + "float"):
            try:
                number = float(node.value.replace("_", ""))
            except ValueError:
                number = None
        if number is None or not low <= number <= high:
            found = f"'{node.value}'" if isinstance(node, yaml.ScalarNode) else _kind(node)
            self.fail(node, f"{what}: a number from {low:g} to {high:g} is expected, found {found}")
            return None
        return number

    def language(self, text: str, node: yaml.Node, what: str) -> None:
        """Note it when a text is not a language code."""
        if not _LANGUAGE.fullmatch(text):
            self.fail(node, f"{what}: a language code such as en, sv or zh is expected, found '{text}'")

    def reference(self, name: str, known: Mapping[str, object] | Iterable[str], node: yaml.Node, what: str) -> None:
        """Note it when a name is none of the known ones."""
        names = tuple(known)
        if name not in names:
            self.fail(node, f"{what}: '{name}' is not declared{nearest(name, names)}")


def line_of(node: yaml.Node) -> int:
    """Return the line of a node in its file, from 1."""
    return int(node.start_mark.line) + 1


def is_nothing(node: yaml.Node) -> bool:
    """Return whether a node is empty (`key:` without a value, `~`, `null`)."""
    return isinstance(node, yaml.ScalarNode) and node.tag == _CORE + "null"


def _kind(node: yaml.Node) -> str:
    if isinstance(node, yaml.MappingNode):
        return "'key: value' pairs"
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    return "nothing" if is_nothing(node) else f"'{node.value}'"
