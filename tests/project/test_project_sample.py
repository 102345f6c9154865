"""On the sample, all twelve firms come out as published from either reader's codings and from their consensus."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qualcode.cases import compare
from qualcode.codebook import load_published
from qualcode.errors import UserError
from qualcode.model import Study
from qualcode.project.analysis import agreements
from qualcode.project.sample import sample_study

COUNTS = {"reference-based": 4, "content-based": 7, "interaction-based": 3, "purpose-based": 3}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return the sample study with its reference codings."""
    folder: Path = tmp_path_factory.mktemp("sample") / "study"
    return sample_study(folder).folder.study()


def test_the_sample_is_whole(study: Study) -> None:
    """22 transcripts, 454 participants' turns, 2,989 reference codings."""
    assert len(study.transcripts) == 22
    assert sum(len(transcript.participant_turns()) for transcript in study.transcripts) == 454
    assert len(study.codings) == 2989


@pytest.mark.parametrize("coders", [("reader-1",), ("reader-2",), ()], ids=["reader-1", "reader-2", "consensus"])
def test_all_twelve_firms_as_published(study: Study, coders: tuple[str, ...]) -> None:
    """Each firm's strategies, the counts and the five hybrids are those of the published Table 4."""
    published = load_published("classification")
    found = compare(study, coders, published=published)
    assert {result.case: set(result.assigned) for result in found.cases} == {
        case: set(strategies) for case, strategies in published.cases.items()
    }
    assert {strategy: here for strategy, here, _ in found.counts} == COUNTS
    assert found.hybrids == (5, 5)


def test_agencies_are_not_classified(study: Study) -> None:
    """Only the firms are given strategies."""
    assert len(compare(study).cases) == 12


def test_the_readers_agree_as_the_sample_says(study: Study) -> None:
    """F1 0.86 and mean kappa 0.84 at turn × code (transcripts_sample/README.md)."""
    (found,) = agreements(study)
    assert found.units == 454
    assert found.pooled["f1"].value == pytest.approx(0.86, abs=0.005)
    assert found.pooled["mean_kappa"].value == pytest.approx(0.84, abs=0.005)


def test_codings_that_cannot_be_copied_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up while the sample is copied gives a message; the next demo takes it up from there."""

    def full(*_: object, **__: object) -> None:
        raise shutil.Error([("a", "b", "[Errno 28] No space left on device")])

    with monkeypatch.context() as patched:
        patched.setattr(shutil, "copytree", full)
        with pytest.raises(UserError, match="cannot be written"):
            sample_study(tmp_path / "demo")
    assert sample_study(tmp_path / "demo").transcripts == 22
