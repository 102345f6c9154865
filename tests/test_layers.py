"""The layers of the design hold: imports go down, and heavy libraries stay out of start-up."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "qualcode"

# Lowest first; packages on one line do not import each other (design, "Layers").
LAYERS = [
    {"errors", "resources", "counts"},
    {"model", "files"},
    {"language"},
    {"ingest", "codebook", "coders", "interchange", "store"},
    {"tables"},
    {"agreement"},
    {"axial"},
    {"cases"},
    {"report"},
    {"project"},
    {"terminal"},
    {"cli"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
SPACY_HOME = "language"
HEAVY = {"spacy", "pandas", "networkx", "scipy", "sklearn", "sqlalchemy", "alembic", "jinja2", "textual"}


def modules() -> list[Path]:
    """Return the package's modules, without migrations."""
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def home(path: Path) -> str:
    """Return the name of the layer that a module belongs to."""
    part = path.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py")


def imported(path: Path) -> list[tuple[int, str]]:
    """Return (line, module) for each import anywhere in a module."""
    tree = ast.parse(path.read_text("utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            found.append((node.lineno, node.module or ""))
            if node.module == "qualcode":
                found += [(node.lineno, f"qualcode.{alias.name}") for alias in node.names]
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    """A module imports only from its own package and from layers below it."""
    own = home(path)
    if own in {"__init__", "__main__"}:
        return
    for line, name in imported(path):
        if not name.startswith("qualcode."):
            continue
        other = name.split(".")[1]
        if other in {own, "__version__"}:
            continue
        assert LEVEL[other] < LEVEL[own], f"{path}, line {line}: {own} must not import {other}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_language_imports_spacy(path: Path) -> None:
    """spaCy is imported in one layer, so that it can be loaded late and replaced."""
    if home(path) != SPACY_HOME:
        assert not [name for _, name in imported(path) if name.split(".")[0] == "spacy"]


def test_help_loads_nothing_heavy() -> None:
    """`qualcode --help` answers without importing any of the heavy libraries."""
    program = (
        "import sys\nfrom qualcode.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print(sorted(set(sys.modules) & {HEAVY!r}), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
