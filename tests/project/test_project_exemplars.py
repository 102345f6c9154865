"""Which exemplars go with a study."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qualcode.errors import ManyErrors, UserError
from qualcode.project.exemplars import with_exemplars
from qualcode.project.folder import StudyFolder
from qualcode.project.init import init_study

OWN = "# Case: Ann\n\nQ: How is it?\n\nA: It takes years.\n- planning/sales-goal: It takes years.\n"


@pytest.fixture
def folder(tmp_path: Path) -> StudyFolder:
    """Return an empty study with the shipped codebook."""
    return init_study(tmp_path / "study", codebook="b2b-influencer-marketing")


def test_the_shipped_ones(folder: StudyFolder) -> None:
    """A study with a shipped codebook has its exemplars, as a study with the same codebook and settings."""
    study = with_exemplars(folder.study(), folder)
    assert study.exemplars is not None
    assert study.exemplars.codebook == study.codebook
    assert study.exemplars.settings == study.settings


def test_own_ones_go_first(folder: StudyFolder) -> None:
    """A folder of its own stands in place of the shipped ones; its mistakes are told."""
    own = folder.path / "exemplars"
    own.mkdir()
    (own / "ann.txt").write_text(OWN, "utf-8")
    exemplars = with_exemplars(folder.study(), folder).exemplars
    assert exemplars is not None
    assert [exemplars.quote(coding) for coding in exemplars.codings] == ["It takes years."]
    (own / "ben.txt").write_text(OWN.replace("sales-goal", "sale-goal").replace("Ann", "Ben"), "utf-8")
    with pytest.raises(ManyErrors, match=r"ben.txt, line 6: .*did you mean 'planning/sales-goal'"):
        with_exemplars(folder.study(), folder)


def test_none_for_other_codebooks_and_when_not_wanted(folder: StudyFolder, tmp_path: Path) -> None:
    """A codebook of one's own has none; the setting leaves them out; another word is a mistake."""
    other = init_study(tmp_path / "other")
    assert with_exemplars(other.study(), other).exemplars is None
    study = folder.study()

    def setting(value: object) -> object:
        extra = {"learned": {"exemplars": value}}
        return with_exemplars(replace(study, settings=replace(study.settings, extra=extra)), folder).exemplars

    assert setting("none") is None and setting("auto") is not None
    with pytest.raises(UserError, match="auto or none"):
        setting("some")


def test_exemplars_without_a_code_are_none(folder: StudyFolder) -> None:
    """Where no answer bears a code there is nothing to learn from: as if there were no exemplars."""
    own = folder.path / "exemplars"
    own.mkdir()
    (own / "ann.txt").write_text("# Case: Ann\n\nQ: How is it?\n\nA: It takes years.\n", "utf-8")
    assert with_exemplars(folder.study(), folder).exemplars is None
