"""What exemplars say of a passage: scores of a model that has learned from nothing else.

Exemplars (`qualcode.codebook.exemplars`) belong to the codebook, not to the study: what is learned from them is one
more thing that the codebook says of each code, beside cues and definitions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qualcode.coders.cues import CueCoder
from qualcode.coders.embeddings import Embedder
from qualcode.coders.learner import Known, known_of
from qualcode.coders.limits import UNSEEN
from qualcode.coders.material import Material
from qualcode.coders.scores import Scores, kernels, score
from qualcode.coders.targets import Training, training_of
from qualcode.coders.views import CueHits
from qualcode.model import Study

# The models of `qualcode.coders.scores` that are learned: the others see too little to be worth their time here.
MODELS = ("words", "meaning", "all", "sentence")
# With fewer codings, a study learns from the coded interviews that come with its codebook as if they were its own.
ENOUGH_OF_ITS_OWN = 1000
EXEMPLARS_ALONE = "exemplars alone"
AND_FROM_EXEMPLARS = "and interviews that come with the codebook"
UNSEEN_MOSTLY_OTHERS = "unseen cases, most of them not of this study"
UNSEEN_EXEMPLARS = "unseen interviews that come with the codebook, not on this study"


def scorer_of(exemplars: Study | None, embedder: Embedder | None, cues: CueCoder | None = None) -> ExemplarModel | None:
    """Return what scores turns as exemplars tell, or None without exemplars.

    Args:
        exemplars: As in `Study.exemplars`; further ones are learned from as well.
        embedder: See `ExemplarModel`.
        cues: See `ExemplarModel`.
    """
    return None if exemplars is None else ExemplarModel(together(exemplars), embedder, cues)


def together(exemplars: Study) -> Study:
    """Return exemplars and their further exemplars as one study."""
    further = exemplars.exemplars
    return exemplars if further is None else _beside(exemplars, together(further))


def _beside(one: Study, other: Study) -> Study:
    """Return one study with all that another holds."""
    return replace(
        one,
        cases=one.cases + other.cases,
        transcripts=one.transcripts + other.transcripts,
        coders=one.coders + other.coders,
        exemplars=None,
    ).with_codings((*one.codings, *other.codings))


@dataclass(frozen=True)
class Lessons:
    """What there is to learn from.

    Attributes:
        study: Holds the coded interviews.
        training: Their codings.
        helped_by: Exemplars that score passages beside them; None: none.
        own: Those of the codings that are the study's own.
        learned_from: Whose they are, in words.
        measured_on: What held-out cases are, in words (see `Verdict.measured_on`).
    """

    study: Study
    training: Training
    helped_by: Study | None
    own: Training
    learned_from: str
    measured_on: str


def lessons_of(study: Study, training: Training, exemplars: Study | None, *, too_little: bool = False) -> Lessons:
    """Return what to learn from: a study's own codings if these are enough, else those that come with its codebook too.

    Args:
        study: The study.
        training: Its codings.
        exemplars: As in `Study.exemplars`.
        too_little: Whether its codings are not to be learned from at all.
    """
    names = ", ".join(training.coders)
    if exemplars is None or training.number >= ENOUGH_OF_ITS_OWN:
        return Lessons(study, training, exemplars, training, names, UNSEEN)
    theirs, further = training_of(exemplars), exemplars.exemplars
    if too_little:
        return Lessons(exemplars, theirs, further, Training((), {}, {}), EXEMPLARS_ALONE, UNSEEN_EXEMPLARS)
    by_coder = {
        name: training.by_coder.get(name, ()) + theirs.by_coder.get(name, ())
        for name in sorted({*training.by_coder, *theirs.by_coder})
    }
    both = Training(tuple(by_coder), by_coder, {**training.transcripts, **theirs.transcripts})
    return Lessons(
        _beside(study, exemplars), both, further, training, f"{names}, {AND_FROM_EXEMPLARS}", UNSEEN_MOSTLY_OTHERS
    )


class ExemplarModel:
    """Scores turns and sentences.

    Args:
        exemplars: Coded exemplars as a study, with the codebook of the study that is scored.
        embedder: Gives meanings; None: words and cues only.
        cues: The cue coder of their codebook; None: one is made.
    """

    def __init__(self, exemplars: Study, embedder: Embedder | None, cues: CueCoder | None = None) -> None:
        self.known: Known = known_of(exemplars, training_of(exemplars), embedder, cues=cues, models=MODELS)
        self._duals = self.known.learned.duals

    def __call__(self, study: Study, material: Material, hits: CueHits) -> Scores:
        """Return scores of all turns of some material.

        Args:
            study: That it comes from.
            material: The turns.
            hits: Cues found there.
        """
        seen = self.known.views.of(study, material, hits=hits)
        between = kernels(seen, self.known.seen, self.known.sentences, MODELS)
        return score(self._duals, between, material, np.arange(len(material.turns)))
