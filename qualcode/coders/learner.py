"""Learns from coded cases and says how probable each code is on each turn of other cases."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from qualcode.coders.cues import CueCoder
from qualcode.coders.embeddings import Embedder
from qualcode.coders.limits import Verdict, f1_of, limits, verdicts
from qualcode.coders.material import Material, material_of
from qualcode.coders.pairs import Pairs, Prior, own_features
from qualcode.coders.scores import Duals, Kernels, Learned, Rows, Scores, kernels, score, sentences_to_learn
from qualcode.coders.stack import fit_all
from qualcode.coders.targets import Targets, Training, targets_of
from qualcode.coders.views import Seen, Views
from qualcode.model import Study

if TYPE_CHECKING:
    from qualcode.coders.views import ScoresOf

Array = NDArray[np.float32]

# Parts that the cases are cut into; each is scored by models that did not see it.
INNER, OUTER, LINES = 6, 10, 3
# With fewer examples (turn × code) it is tried whether other turns and codes are more noise than help.
EXAMPLES_FOR_SURROUNDINGS = 300


@dataclass(frozen=True)
class Known:
    """Coded material, ready to be learned from.

    Attributes:
        views: Fitted on it.
        seen: It, as vectors.
        targets: What people gave.
        within: Inner products of its passages.
        sentences: Numbers of the sentences that are learned from.
    """

    views: Views
    seen: Seen
    targets: Targets
    within: Kernels
    sentences: Rows

    @property
    def material(self) -> Material:
        """Its turns."""
        return self.seen.material

    @cached_property
    def learned(self) -> Learned:
        """What is learned from all of it; what is learned from most of it follows from that at little cost."""
        return self._learned_from(np.arange(len(self.material.turns)))

    def learned_with(self, learn: Rows) -> tuple[Learned, Rows]:
        """Return what was learned from these turns and perhaps more, and the positions of those to leave out of it."""
        if 2 * len(learn) < len(self.material.turns):
            return self._learned_from(learn), np.zeros(0, dtype=np.int64)
        return self.learned, np.setdiff1d(np.arange(len(self.material.turns)), learn)

    def _learned_from(self, learn: Rows) -> Learned:
        return Learned(self.within, self.targets, self.material, self.sentences, learn)


@dataclass(frozen=True)
class Predicted:
    """What is said of some turns.

    Attributes:
        rows: Their positions in the material.
        probabilities: Turns × codes.
        sentences: Scores of their sentences: sentences × codes.
        features: Turns × codes × features.
    """

    rows: Rows
    probabilities: Array
    sentences: Array
    features: Array


def known_of(
    study: Study,
    training: Training,
    embedder: Embedder | None,
    exemplars: ScoresOf | None = None,
    *,
    cues: CueCoder | None = None,
    models: Collection[str] | None = None,
) -> Known:
    """Return the coded material of a study, ready to be learned from.

    Args:
        study: The study.
        training: Its codings.
        embedder: See `Views`.
        exemplars: See `Views`.
        cues: The study's cue coder; None: one is made.
        models: See `kernels`.
    """
    views = Views(study.codebook, cues or CueCoder(study.codebook, study.settings), embedder, exemplars)
    material = material_of(study, training.transcripts)
    views.fit(material)
    seen = views.of(study, material)
    targets = targets_of(material, training, views.codes)
    sentences = sentences_to_learn(targets)
    return Known(views, seen, targets, kernels(seen, seen, sentences, models), sentences)


class Model:
    """What was learned from some of the known cases.

    Args:
        known: The material.
        learn: Positions of the turns to learn from.
        with_codebook: See `Pairs`.
    """

    def __init__(self, known: Known, learn: Rows, *, with_codebook: bool) -> None:
        self.known = known
        self._given = known.targets.given[learn]
        self._pairs = Pairs(known.views.codebook, with_codebook=with_codebook)
        learned, out = known.learned_with(learn)
        features, place = self._held_out(learned, out, learn)
        self._columns = list(range(features.shape[2]))
        self._fit(features, place)
        if int(self._given.sum()) < EXAMPLES_FOR_SURROUNDINGS:
            self._try_without_surroundings(features, place)
        self.names = tuple(self._names[column] for column in self._columns)
        self.duals: Duals = learned.without(out)
        self._prior = Prior(known.targets, known.seen, learn)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What can be expected of each code, in the codebook's order."""
        return verdicts(self.known.targets.codes, self.unseen, self._given, self.limits)

    def _fit(self, features: Array, place: NDArray[np.int64]) -> None:
        """Learn the stack; and probabilities of the turns learned from, each by one that did not see its case."""
        kept = features[:, :, self._columns]
        flat, given, codes = kept.reshape(-1, kept.shape[2]), self._given.ravel(), kept.shape[1]
        here = [place % LINES == part for part in range(min(LINES, int(place.max()) + 1))]
        away = [np.repeat(~rows, codes) for rows in here]
        self.stack, *others = fit_all([(flat, given), *((flat[pairs], given[pairs]) for pairs in away)])
        self.unseen = np.zeros(self._given.shape, dtype=np.float32)
        for rows, pairs, stack in zip(here, away, others, strict=True):
            self.unseen[rows] = stack.probabilities(flat[~pairs]).reshape(int(rows.sum()), codes)
        self.limits = limits(self.unseen, self._given)

    def _try_without_surroundings(self, features: Array, place: NDArray[np.int64]) -> None:
        """Leave out what is known of other turns and codes if that does better on cases held out."""
        before = self._columns, self.stack, self.unseen, self.limits
        value = f1_of(self.unseen >= self.limits, self._given)
        self._columns = own_features(self._names)
        self._fit(features, place)
        if f1_of(self.unseen >= self.limits, self._given) < value:
            self._columns, self.stack, self.unseen, self.limits = before

    def predict(self, seen: Seen, between: Kernels, rows: Rows) -> Predicted:
        """Return probabilities for turns of cases that were not learned from.

        Args:
            seen: Material with its vectors.
            between: Its inner products with the known material.
            rows: Positions of its turns; whole cases.
        """
        scores = score(self.duals, between, seen.material, rows)
        return self._predicted(scores, seen, rows)

    def _predicted(self, scores: Scores, seen: Seen, rows: Rows) -> Predicted:
        features = self._pairs.features(scores, seen, rows, self._prior)[1][:, :, self._columns]
        flat = self.stack.probabilities(features.reshape(-1, features.shape[2]))
        return Predicted(rows, flat.reshape(features.shape[:2]), scores.sentences, features)

    def _held_out(self, learned: Learned, out: Rows, learn: Rows) -> tuple[Array, NDArray[np.int64]]:
        """Return features of the turns to learn from, each made without its case; and the part that each belongs to."""
        known = self.known
        place = parts(known.material.case_of[learn], INNER)
        features: Array | None = None
        for part in range(int(place.max()) + 1):
            here, away = learn[place == part], learn[place != part]
            scores = score(learned.without(np.concatenate([out, here])), known.within, known.material, here)
            self._names, found = self._pairs.features(scores, known.seen, here, Prior(known.targets, known.seen, away))
            if features is None:
                features = np.zeros((len(learn), *found.shape[1:]), dtype=np.float32)
            features[place == part] = found
        assert features is not None
        return features, place


def parts(case_of: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """Return which of at most `number` parts each turn belongs to, so that every case is in one part.

    Args:
        case_of: Case of each turn, as number.
        number: Of parts.
    """
    cases = np.unique(case_of)
    part: NDArray[np.int64] = np.searchsorted(cases, case_of) % min(number, len(cases))
    return part


def unseen_predictions(
    known: Known, *, with_codebook: bool, number: int = OUTER, of: Collection[str] | None = None
) -> Iterator[tuple[Model, Predicted]]:
    """Yield predictions for the known material, part by part, each by a model that saw nothing of its cases.

    Args:
        known: The coded material.
        with_codebook: See `Pairs`.
        number: Parts at most.
        of: Names of the transcripts that predictions are wanted for; the others are only learned from. None: all.
    """
    every = np.arange(len(known.material.turns))
    wanted = [of is None or turn.transcript in of for turn in known.material.turns]
    rows = every[np.array(wanted, dtype=bool)]
    place = parts(known.material.case_of[rows], number)
    for part in range(int(place.max(initial=-1)) + 1):
        here = rows[place == part]
        model = Model(known, np.setdiff1d(every, here), with_codebook=with_codebook)
        yield model, model.predict(known.seen, known.within, here)


def curve_of(
    known: Known, *, with_codebook: bool, parts_: int = 3, of: Collection[str] | None = None
) -> list[tuple[float, float, float, float, float]]:
    """Return (cases, examples, precision, recall, F1) after learning from a quarter, half, and all of the other cases.

    The cases are cut into `parts_`; each is coded after learning from some of the others. Hits are counted over parts.

    Args:
        known: The coded material.
        with_codebook: See `Pairs`.
        parts_: How many.
        of: Names of the transcripts that are coded and counted; the others are always learned from. None: all.
    """
    every = np.arange(len(known.material.turns))
    wanted = np.array([of is None or turn.transcript in of for turn in known.material.turns], dtype=bool)
    rows, always = every[wanted], every[~wanted]
    case_of = known.material.case_of
    place = parts(case_of[rows], parts_)
    numbers = [len(np.unique(case_of[rows[place != part]])) for part in range(int(place.max(initial=-1)) + 1)]
    if not numbers:
        return []
    sizes = sorted({max(2, round(min(numbers) * share)) for share in (0.25, 0.5, 1.0)})
    points = []
    for size in sizes:
        hits = proposed = real = examples = cases = 0.0
        for part in range(int(place.max()) + 1):
            others = rows[place != part]
            kept = np.unique(case_of[others])[:: max(1, numbers[part] // size)][:size]
            if size == sizes[-1]:
                kept = np.unique(case_of[others])
            learn = others[np.isin(case_of[others], kept)]
            model = Model(known, np.sort(np.concatenate([learn, always])), with_codebook=with_codebook)
            predicted = model.predict(known.seen, known.within, rows[place == part])
            given = known.targets.given[predicted.rows]
            ours = predicted.probabilities >= model.limits
            hits, proposed, real = hits + (ours & given).sum(), proposed + ours.sum(), real + given.sum()
            examples += known.targets.given[learn].sum()
            cases += len(kept)
        number = int(place.max()) + 1
        points.append(
            (
                cases / number,
                float(examples / number),
                float(hits / max(proposed, 1)),
                float(hits / max(real, 1)),
                float(2 * hits / max(proposed + real, 1)),
            )
        )
    return points
