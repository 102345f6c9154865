"""`study.yaml`: read into `Settings` with errors that give the line, and written for a new study."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import yaml

from qualcode.codebook.yaml_lines import YamlFile
from qualcode.errors import InputError
from qualcode.files import read_text
from qualcode.model import ROLES, Settings, Thresholds

KEYS = (
    *("title", "notice", "language", "unit", "cohorts", "coders", "machines", "roles"),
    *("thresholds", "published", "framework", "store", "extra"),
)
UNITS = ("turn", "sentence", "passage")
SHARES = ("membership", "membership_low", "interval")
COUNTS = ("dimensions", "draws", "seed", "cooccurrence")

NEW = """\
# Settings of this study; README.md of qualcode, "Settings", explains each line.
title: {title}
notice: ""           # a sentence for the head of every report page, such as what the data are
language: en         # of transcripts that do not say
unit: turn           # what agreement and co-occurrence count: turn, sentence or passage
cohorts:
  classified: []     # cohorts whose cases are placed among strategies; empty: all
coders: []           # whose codings an analysis uses; empty: what people and references agree on
machines: [combined] # machine coders that `qualcode code` and `qualcode run` use
roles: {{}}            # speaker label: participant, interviewer or other
published: "{published}"        # a published result to compare with
framework: "{framework}"        # a literature framework to compare categories with
store: "{store}"            # URL of a database in place of qualcode.db
"""


def read_settings(path: Path) -> Settings:
    """Read a study's settings.

    Args:
        path: The file.

    Raises:
        InputError: It is missing, not YAML, or has one mistake.
        ManyErrors: It has several mistakes.
    """
    text = read_text(path)
    if not text.strip():
        raise InputError("the file is empty", path=path, hint="A title is enough: 'title: My study'.")
    file = YamlFile(text, path)
    nodes = file.mapping(file.root(), "the settings", KEYS)
    values: dict[str, object] = {}
    for key in ("title", "notice", "language", "unit", "published", "framework", "store"):
        if key in nodes:
            values[key] = file.text_of(nodes[key], key)
    for key in ("coders", "machines"):
        if key in nodes:
            values[key] = file.texts(nodes[key], key)
    if "cohorts" in nodes:
        cohorts = file.mapping(nodes["cohorts"], "cohorts", ("classified",))
        if "classified" in cohorts:
            values["classified_cohorts"] = file.texts(cohorts["classified"], "cohorts.classified")
    if "roles" in nodes:
        values["roles"] = _roles(file, nodes["roles"])
    if "thresholds" in nodes:
        values["thresholds"] = _thresholds(file, nodes["thresholds"])
    if "extra" in nodes:
        values["extra"] = yaml.safe_load(yaml.serialize(nodes["extra"])) or {}
    if "language" in values:
        file.language(str(values["language"]), nodes["language"], "language")
    if values.get("unit", "turn") not in UNITS:
        file.fail(nodes["unit"], f"unit: one of {', '.join(UNITS)} is expected, found '{values['unit']}'")
    file.finish("settings")
    return Settings(**values)  # type: ignore[arg-type]


def _roles(file: YamlFile, node: yaml.Node) -> dict[str, str]:
    roles = {}
    for label, value in file.mapping(node, "roles").items():
        roles[label] = file.text_of(value, f"roles.{label}")
        if roles[label] not in ROLES:
            file.fail(value, f"roles.{label}: one of {', '.join(ROLES)} is expected, found '{roles[label]}'")
    return roles


def _thresholds(file: YamlFile, node: yaml.Node) -> Thresholds:
    known = [field.name for field in fields(Thresholds)]
    values: dict[str, float | int] = {}
    for name, value in file.mapping(node, "thresholds", known).items():
        number = file.number(value, f"thresholds.{name}", 0, 1 if name in SHARES else 2**31)
        if number is not None:
            values[name] = int(number) if name in COUNTS else number
            if name == "draws" and number < 100:
                file.fail(value, f"thresholds.draws: at least 100 are needed for an interval, found {number:g}")
    return Thresholds(**values)  # type: ignore[arg-type]


def new_settings(*, title: str, published: str = "", framework: str = "", store: str = "") -> str:
    """Return the text of a new `study.yaml`."""
    quoted = yaml.safe_dump(title, allow_unicode=True, width=10_000, default_style='"').strip()
    return NEW.format(title=quoted, published=published, framework=framework, store=store)
