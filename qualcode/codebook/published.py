"""What a published study found, as data to compare a study with: a classification of cases, a literature framework.

The shipped ones are in `codebooks/published/`; a study may bring files of its own in the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from qualcode.codebook.find import find_data_file
from qualcode.codebook.yaml_lines import YamlFile
from qualcode.files import read_text
from qualcode.resources import shipped

PUBLISHED_KEYS = (
    "title",
    "source",
    "note",
    "strategies",
    "dimensions",
    "cases",
    "counts",
    "hybrids",
    "table",
    "concepts",
)
FRAMEWORK_KEYS = ("title", "source", "note", "sources", "stages", "considerations", "outside")
CONSIDERATION_KEYS = ("id", "stage", "name", "sources", "codes", "beyond", "note")


@dataclass(frozen=True)
class Published:
    """A published classification of cases into strategies.

    Attributes:
        name: The file's name without its ending.
        title: As shown.
        source: Citation.
        strategies: Names shown by identifier, in order.
        dimensions: Names shown by identifier of the dimensions that describe a strategy, in order.
        cases: Identifiers of the strategies of each case by the case's name; two or more make a hybrid.
        counts: Number of cases by strategy.
        hybrids: Names of the cases with two or more strategies, in order.
        table: What each dimension (outer key) is under each strategy (inner key), in words.
        concepts: The established concept that each strategy comes nearest to, by strategy.
        note: A remark shown beside it, or empty.
    """

    name: str
    title: str
    source: str
    strategies: Mapping[str, str]
    dimensions: Mapping[str, str]
    cases: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, int]
    hybrids: tuple[str, ...]
    table: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    concepts: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class FrameworkConsideration:
    """One thing that the literature says is to be considered.

    Attributes:
        id: As in the framework ("1a").
        stage: Identifier of its stage ("planning").
        name: As shown.
        sources: Keys of the literature that supports it, into `Framework.sources`.
        codes: Identifiers of the codes that speak for it.
        beyond: Those among `codes` that go beyond what the literature says.
        note: What the published study found, in one sentence.
    """

    id: str
    stage: str
    name: str
    sources: tuple[str, ...]
    codes: tuple[str, ...]
    beyond: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Framework:
    """A framework from the literature that categories are compared with.

    Attributes:
        name: The file's name without its ending.
        title: As shown.
        source: Citation.
        sources: Citations of the literature by key, in order.
        stages: Names shown by identifier, in order.
        considerations: In order of the framework.
        outside: Identifiers of codes that answer to no consideration.
        note: A remark shown beside it, or empty.
    """

    name: str
    title: str
    source: str
    sources: Mapping[str, str]
    stages: Mapping[str, str]
    considerations: tuple[FrameworkConsideration, ...]
    outside: tuple[str, ...] = ()
    note: str = ""


def load_published(name: str | Path) -> Published:
    """Read a published classification.

    Args:
        name: A path, or the name of a shipped file (`classification`).

    Raises:
        UserError: No such file.
        InputError: It cannot be read or has a mistake.
        ManyErrors: It has several mistakes, listed with their lines.
    """
    path = _find(name)
    file = YamlFile(read_text(path), path)
    published = _published(file, path.stem)
    file.finish("published classification")
    return published


def load_framework(name: str | Path) -> Framework:
    """Read a literature framework.

    Args:
        name: A path, or the name of a shipped file (`framework`).

    Raises:
        UserError: No such file.
        InputError: It cannot be read or has a mistake.
        ManyErrors: It has several mistakes, listed with their lines.
    """
    path = _find(name)
    file = YamlFile(read_text(path), path)
    framework = _framework(file, path.stem)
    file.finish("framework")
    return framework


def _find(name: str | Path) -> Path:
    return find_data_file(name, shipped("codebooks") / "published", "published result")


def _published(file: YamlFile, name: str) -> Published:
    top = file.mapping(file.root(), "the file", PUBLISHED_KEYS)
    _require(file, top, ("source", "strategies", "cases"))
    strategies = file.named(top["strategies"], "strategies") if "strategies" in top else {}
    dimensions = file.named(top["dimensions"], "dimensions") if "dimensions" in top else {}
    cases: dict[str, tuple[str, ...]] = {}
    for case, node in file.mapping(top["cases"], "cases").items() if "cases" in top else ():
        given = file.texts(node, f"case '{case}'")
        for strategy in given:
            file.reference(strategy, strategies, node, f"case '{case}'")
        cases[case] = tuple(strategy for strategy in strategies if strategy in given)
    counts = {strategy: sum(strategy in given for given in cases.values()) for strategy in strategies}
    hybrids = tuple(case for case, given in cases.items() if len(given) > 1)
    _compare_counts(file, top, counts, hybrids)
    return Published(
        name=name,
        title=_told(file, top, "title") or name,
        source=_told(file, top, "source"),
        strategies=strategies,
        dimensions=dimensions,
        cases=cases,
        counts=counts,
        hybrids=hybrids,
        table=_table(file, top["table"], dimensions, strategies) if "table" in top else {},
        concepts=_by_known(file, top["concepts"], "concepts", strategies) if "concepts" in top else {},
        note=_told(file, top, "note"),
    )


def _compare_counts(
    file: YamlFile, top: Mapping[str, yaml.Node], counts: Mapping[str, int], hybrids: tuple[str, ...]
) -> None:
    """Note it when the counts or hybrids stated in the file are not those of its cases."""
    for strategy, node in file.mapping(top["counts"], "counts", counts).items() if "counts" in top else ():
        stated = file.number(node, f"counts.{strategy}", 0, float("inf"))
        if stated is not None and stated != counts[strategy]:
            file.fail(node, f"counts.{strategy}: {stated:g} is stated, the cases give {counts[strategy]}")
    if "hybrids" in top:
        stated_hybrids = file.texts(top["hybrids"], "hybrids")
        if sorted(stated_hybrids) != sorted(hybrids):
            file.fail(top["hybrids"], f"hybrids: the cases with several strategies are {', '.join(hybrids) or 'none'}")


def _table(
    file: YamlFile, node: yaml.Node, dimensions: Mapping[str, str], strategies: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    rows = file.mapping(node, "table", dimensions)
    return {dimension: _by_known(file, row, f"table.{dimension}", strategies) for dimension, row in rows.items()}


def _by_known(file: YamlFile, node: yaml.Node, what: str, known: Mapping[str, str]) -> dict[str, str]:
    return {key: file.text_of(value, f"{what}.{key}") for key, value in file.mapping(node, what, known).items()}


def _framework(file: YamlFile, name: str) -> Framework:
    top = file.mapping(file.root(), "the file", FRAMEWORK_KEYS)
    _require(file, top, ("source", "stages", "considerations"))
    sources = file.named(top["sources"], "sources") if "sources" in top else {}
    stages = file.named(top["stages"], "stages") if "stages" in top else {}
    considerations: dict[str, FrameworkConsideration] = {}
    for node in file.sequence(top["considerations"], "considerations") if "considerations" in top else ():
        consideration = _consideration(file, node, sources, stages)
        if consideration and consideration.id in considerations:
            file.fail(node, f"consideration '{consideration.id}' is given twice")
        elif consideration:
            considerations[consideration.id] = consideration
    return Framework(
        name=name,
        title=_told(file, top, "title") or name,
        source=_told(file, top, "source"),
        sources=sources,
        stages=stages,
        considerations=tuple(considerations.values()),
        outside=file.texts(top["outside"], "outside") if "outside" in top else (),
        note=_told(file, top, "note"),
    )


def _consideration(
    file: YamlFile, node: yaml.Node, sources: Mapping[str, str], stages: Mapping[str, str]
) -> FrameworkConsideration | None:
    values = file.mapping(node, "consideration", CONSIDERATION_KEYS)
    told = {key: _told(file, values, key) for key in ("id", "stage", "name", "note")}
    missing = [key for key in ("id", "stage", "name", "codes") if key not in values]
    if missing:
        file.fail(node, f"consideration '{told['id']}': {', '.join(missing)} missing")
        return None
    lists = {key: file.texts(values[key], key) if key in values else () for key in ("sources", "codes", "beyond")}
    what = f"consideration '{told['id']}'"
    file.reference(told["stage"], stages, values["stage"], f"{what}, stage")
    for key, known in (("sources", tuple(sources)), ("beyond", lists["codes"])):
        for name in lists[key]:
            file.reference(name, known, values[key], f"{what}, {key}")
    return FrameworkConsideration(
        id=told["id"],
        stage=told["stage"],
        name=told["name"],
        sources=lists["sources"],
        codes=lists["codes"],
        beyond=lists["beyond"],
        note=told["note"],
    )


def _require(file: YamlFile, top: Mapping[str, yaml.Node], keys: tuple[str, ...]) -> None:
    for key in keys:
        if key not in top:
            file.fail(1, f"the section '{key}' is missing")


def _told(file: YamlFile, values: Mapping[str, yaml.Node], key: str) -> str:
    return file.text_of(values[key], key) if key in values else ""
