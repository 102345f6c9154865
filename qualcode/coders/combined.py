"""The machine coder `combined`: the default proposal.

Where there are codings to learn from it is `learned` with all that the codebook says besides: cues with their
confidences, likeness to definitions and examples, what was learned from exemplars, and strategies (codes of one
strategy occur together in a case). Where there is too little, it learns from the exemplars alone; without exemplars it
proposes what `cues` proposes.
"""

from __future__ import annotations

from dataclasses import replace

from qualcode.coders.cues import CueCoder
from qualcode.coders.learned import LearnedCoder, Progress
from qualcode.model import Coding, Study


class CombinedCoder(LearnedCoder):
    """Proposes by all that is known; see the module and `LearnedCoder`."""

    name = "combined"
    with_codebook = True

    def propose(self, study: Study, *, progress: Progress | None = None) -> list[Coding]:
        """Return the codings proposed, sorted by place.

        Args:
            study: Its codings are learned from if there are enough.
            progress: Called with (transcripts done, transcripts in all).
        """
        lacking = self.can_learn(study)
        if not lacking:
            return super().propose(study, progress=progress)
        cues = CueCoder(study.codebook, study.settings)
        proposed = cues.propose(study, progress=progress)
        self.learned_from_nothing = lacking
        self._facts = {"learned from": f"nothing: {lacking}; cues alone", **_told(cues)}
        return [
            replace(coding, coder=self.name, evidence={**coding.evidence, "by": "cues alone"}) for coding in proposed
        ]


def _told(cues: CueCoder) -> dict[str, str]:
    return {f"cues: {name}": text for name, text in cues.attributes.items() if name.startswith("language")}


def combined_coder(study: Study) -> CombinedCoder:
    """Return the coder for a study's codebook and settings."""
    return CombinedCoder(study.codebook, study.settings)
