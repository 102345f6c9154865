"""Names in the settings that nothing in the study has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from qualcode.model import Coder
from qualcode.project.folder import StudyFolder
from qualcode.project.ingesting import ingest
from qualcode.project.init import init_study
from qualcode.project.status import status_of


def unknown(folder: StudyFolder, **settings: object) -> tuple[str, ...]:
    """Return what the status says of a study with these settings."""
    return status_of(replace(folder, settings=replace(folder.settings, **settings))).unknown


def test_each_name_is_told_with_its_place_and_the_nearest(tmp_path: Path) -> None:
    """Cohorts, coders, machines, labels of speakers and files; what is there is not told."""
    folder = init_study(tmp_path / "study")
    (tmp_path / "a.txt").write_text("Interviewer: Why?\n\nAnna: Because.\n\n" * 2, "utf-8")
    (tmp_path / "cases.csv").write_text("case,cohort\na,firm\n", "utf-8")
    assert ingest(folder, [tmp_path / "a.txt"], cases_file=tmp_path / "cases.csv").added
    with folder.store() as store, store.change(action="x") as change:
        change.put_coder(Coder("reader"))
    assert unknown(folder) == ()
    assert unknown(folder, classified_cohorts=("firm", "frim")) == (
        "cohorts, classified: the study has no cohort 'frim', did you mean 'firm'?",
    )
    assert unknown(folder, coders=("reader", "consensus", "raeder")) == (
        "coders: the study has no coder 'raeder', did you mean 'reader'?",
    )
    assert unknown(folder, machines=("cues", "qeus")) == ("machines: the study has no machine coder 'qeus'.",)
    assert unknown(folder, roles={"ANNA.": "other", "Anan": "participant"}) == (
        "roles: no speaker is called 'Anan', did you mean 'Anna'?",
    )
    (told,) = unknown(folder, published="mero", framework="framework")
    assert told.startswith("published: there is no published result 'mero'")


def test_a_study_without_material_has_no_names_to_miss(tmp_path: Path) -> None:
    """Before anything is taken in nothing is said of cohorts and speakers."""
    folder = init_study(tmp_path / "study")
    assert unknown(folder, classified_cohorts=("firm",), roles={"Anna": "other"}) == ()
