"""The machine coder `learned`: learns from what people have coded, and codes what nobody has.

It sees words, the interviewer's question, cues found, neighbouring turns, and meanings where embeddings are chosen. For
transcripts that are coded it can say what a model would propose that had not seen their case ("held out").

Settings, in `study.yaml`:

    extra:
      learned:
        from: [anna, ben]           # whose codings to learn from; default: all people and references
        embeddings: none            # or: multilingual, english (extras)
        coded: auto                 # held-out proposals for coded transcripts: yes, no; auto: when there are no others
        exemplars: auto             # none: `combined` takes no notice of exemplars (see qualcode.codebook.exemplars)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.coders.cues import ADVISING_COHORTS, CueCoder
from qualcode.coders.embeddings import Embedder, chosen_embedder
from qualcode.coders.exemplar_model import Lessons, lessons_of, scorer_of, together
from qualcode.coders.learner import Known, Model, Predicted, known_of, unseen_predictions
from qualcode.coders.limits import ENOUGH_SAID, NOT_YET_SAID, WEAK_SAID, Verdict
from qualcode.coders.material import material_of
from qualcode.coders.passages import assertion_of, smallest_run
from qualcode.coders.scores import kernels
from qualcode.coders.targets import Training, training_of
from qualcode.coders.views import Seen
from qualcode.errors import UserError
from qualcode.model import Codebook, Coding, Settings, Study

VERSION = "1"
FEWEST_CASES, FEWEST_CODINGS = 2, 10
# Turns coded at a time, in whole cases: keeps memory flat.
BATCH = 400
REASONS, ALIKE = 4, 2
# How much cues, likeness to the code's text, and exemplars add to a sentence's score.
CUE_HINT, LIKE_HINT, EXEMPLAR_HINT = 0.3, 0.2, 0.5

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """Probabilities of one turn.

    Attributes:
        transcript: Name.
        turn: Number of the turn.
        start: First character of its speech.
        end: One past the last.
        probabilities: By code, as in `LearnedCoder.codes`.
        limits: From which on each code is proposed.
        held_out: Whether the transcript is coded, and the model did not see its case.
    """

    transcript: str
    turn: int
    start: int
    end: int
    probabilities: tuple[float, ...]
    limits: tuple[float, ...]
    held_out: bool


class LearnedCoder:
    """Proposes codes as people have given them.

    Args:
        codebook: The codes.
        settings: Of the study; see the module.
        coders: Whose codings to learn from; empty: as the settings say.
        coded: "yes", "no" or "auto"; empty: as the settings say.
        embedder: Gives meanings; None: as the settings say.
    """

    name = "learned"
    with_codebook = False

    def __init__(
        self,
        codebook: Codebook,
        settings: Settings | None = None,
        *,
        coders: Sequence[str] = (),
        coded: str = "",
        embedder: Embedder | None = None,
    ) -> None:
        self.codebook = codebook
        self.settings = settings or Settings()
        given = _own_settings(self.settings)
        self._coders = tuple(coders) or _names(given.get("from", ()))
        self._coded = coded or _yes_no(given.get("coded", "auto"))
        self._embedder = embedder
        self._facts: dict[str, str] = {}
        self.learned_from_nothing = ""
        self.verdicts: tuple[Verdict, ...] = ()
        self.codes = tuple(code.id for code in codebook.codes)

    @property
    def attributes(self) -> dict[str, str]:
        """Version, codebook, what was learned from, and what can be expected of each code; complete after `propose`."""
        told = {f"code {verdict.code}": verdict.told for verdict in self.verdicts}
        return {
            "version": VERSION,
            "codebook": self.codebook.name,
            "codebook_hash": self.codebook.hash,
            **self._facts,
            **told,
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know: how many codes can be left to it, and which not yet; complete after `propose`."""
        if self.learned_from_nothing:
            return (
                f"too little to learn from ({self.learned_from_nothing}): proposed by what comes with the codebook; "
                "how well it does on this study is not known until some of it is coded",
            )
        by_verdict: dict[str, list[str]] = {}
        for verdict in self.verdicts:
            by_verdict.setdefault(verdict.verdict, []).append(verdict.code)
        return tuple(
            f"{name}: {len(by_verdict[name])} codes" + (f" ({', '.join(by_verdict[name])})" if name != "weak" else "")
            for name in (ENOUGH_SAID, WEAK_SAID, NOT_YET_SAID)
            if name in by_verdict
        )

    def propose(self, study: Study, *, progress: Progress | None = None) -> list[Coding]:
        """Return the codings proposed, sorted by place.

        Args:
            study: Its codings are learned from; see the module.
            progress: Called with (transcripts done, transcripts in all).

        Raises:
            UserError: There is too little to learn from.
        """
        codings: list[Coding] = []
        for known, model, seen, predicted, held_out in self._predictions(study, progress):
            codings += self._codings(study, known, model, seen, predicted, held_out)
        return sorted(codings, key=lambda coding: coding.place)

    def judge(self, study: Study, *, progress: Progress | None = None) -> list[Judged]:
        """Return the probabilities of all codes on all turns that would be coded, in order."""
        judged = []
        for _, model, seen, predicted, held_out in self._predictions(study, progress):
            lines = tuple(float(line) for line in model.limits)
            for row, values in zip(predicted.rows, predicted.probabilities, strict=True):
                text = seen.material.turns[int(row)]
                judged.append(
                    Judged(
                        text.transcript,
                        text.turn.number,
                        text.turn.start,
                        text.turn.end,
                        tuple(float(value) for value in values),
                        lines,
                        held_out,
                    )
                )
        return sorted(judged, key=lambda one: (one.transcript, one.turn))

    def can_learn(self, study: Study) -> str:
        """Return why there is too little to learn from, or nothing."""
        lacking = too_little(study, training_of(study, self._coders))
        return "" if lacking and self._exemplars(study) else lacking

    def _exemplars(self, study: Study) -> Study | None:
        return study.exemplars if self.with_codebook else None

    def _predictions(
        self, study: Study, progress: Progress | None
    ) -> Iterator[tuple[Known, Model, Seen, Predicted, bool]]:
        training, exemplars = training_of(study, self._coders), self._exemplars(study)
        embedder = self._embedder or chosen_embedder(self.settings)
        cues = CueCoder(study.codebook, study.settings)
        lacking = too_little(study, training)
        if lacking and exemplars is None:
            raise UserError(
                f"There is too little to learn from: {lacking}.",
                hint="Code some interviews yourself, or let 'cues' propose: qualcode code --coder cues",
            )
        lessons = lessons_of(study, training, exemplars, too_little=bool(lacking))
        helper = scorer_of(lessons.helped_by, embedder, cues)
        known = known_of(lessons.study, lessons.training, embedder, helper, cues=cues)
        own = lessons.own.transcripts
        others = [transcript.name for transcript in study.transcripts if transcript.name not in own]
        coded = self._coded == "yes" or (self._coded == "auto" and not others)
        self._facts = self._told(study, lessons, known, embedder)
        self.learned_from_nothing = lacking
        if lacking:
            self._facts["codings of the study"] = f"too little to learn from: {lacking}"
        total = len(others) + (len(own) if coded else 0)
        done = 0
        every = np.arange(len(known.material.turns))
        if others or not coded:
            model = Model(known, every, with_codebook=self.with_codebook)
            self.verdicts = _verdicts(model, lessons)
            for batch in _batches(study, others):
                material = material_of(study, batch)
                if len(material.turns):
                    seen = known.views.of(study, material)
                    between = kernels(seen, known.seen, known.sentences)
                    yield known, model, seen, model.predict(seen, between, np.arange(len(material.turns))), False
                done += len(batch)
                if progress:
                    progress(done, total)
        if coded and own:
            for model, predicted in unseen_predictions(known, with_codebook=self.with_codebook, of=own):
                self.verdicts = self.verdicts or _verdicts(model, lessons)
                yield known, model, known.seen, predicted, True
                done += len({known.material.turns[int(row)].transcript for row in predicted.rows})
                if progress:
                    progress(done, total)

    def _told(self, study: Study, lessons: Lessons, known: Known, embedder: Embedder | None) -> dict[str, str]:
        exemplars = self._exemplars(study)
        return {
            "learned from": lessons.learned_from,
            "codings": str(lessons.own.number),
            "turns": str(len(known.material.turns)),
            "cases": str(len(known.material.cases)),
            "embeddings": embedder.name if embedder else "none",
            "exemplars": f"{len(together(exemplars).transcripts)} made-up interviews" if exemplars else "none",
        }

    def _codings(
        self, study: Study, known: Known, model: Model, seen: Seen, predicted: Predicted, held_out: bool
    ) -> Iterator[Coding]:
        verdicts = {verdict.code: verdict for verdict in self.verdicts}
        offset = 0
        for position, row in enumerate(predicted.rows.tolist()):
            numbers = seen.material.sentences_of(row)
            own = predicted.sentences[offset : offset + len(numbers)] + _hints(seen, numbers)
            offset += len(numbers)
            for column in np.flatnonzero(predicted.probabilities[position] >= model.limits):
                scores = own[:, column]
                proposal = _Proposal(study, known, model, seen, predicted, position, row, int(column), scores)
                yield self._coding(study, proposal, held_out, verdicts.get(self.codes[column]))

    def _coding(self, study: Study, proposal: _Proposal, held_out: bool, verdict: Verdict | None) -> Coding:
        material, row, column = proposal.seen.material, proposal.row, proposal.column
        text = material.turns[row]
        transcript = study.transcript_by_name[text.transcript]
        start, end = proposal.span
        code = self.codebook.codes[column]
        hits = proposal.seen.cues.codings.get((row, column), ())
        words = proposal.words
        advising = _advising(self.settings)
        assertion, because = assertion_of(
            transcript, (start, end), words, hits, clients_are_own=text.cohort.casefold() in advising
        )
        evidence: dict[str, Any] = {
            "probability": round(proposal.probability, 4),
            "limit": round(float(proposal.model.limits[column]), 2),
            "learned_from": self._facts.get("learned from", ""),
            "words": words,
            "because": proposal.reasons,
            "alike": proposal.alike,
        }
        if held_out:
            evidence["held_out"] = "by a model that saw nothing of this case"
        if verdict:
            evidence["expect"] = verdict.told
        inside = [hit for hit in hits if hit.start < end and start < hit.end]
        if inside:
            evidence["cues"] = [
                {"cue": hit.evidence["cue"], "matched": hit.evidence["matched"], "spans": hit.evidence["spans"]}
                for hit in inside
            ]
            evidence["spans"] = sorted([list(span) for hit in inside for span in hit.evidence["spans"]])
        if because:
            evidence["assertion_because"] = because
        return Coding(
            coder=self.name,
            transcript=text.transcript,
            start=start,
            end=end,
            code=code.id,
            stage=code.stage,
            status="proposed",
            confidence=round(proposal.probability, 4),
            assertion=assertion,
            evidence=evidence,
            definition_hash=code.definition_hash,
        )


class _Proposal:
    """One code on one turn, with what is needed to say why."""

    def __init__(
        self,
        study: Study,
        known: Known,
        model: Model,
        seen: Seen,
        predicted: Predicted,
        position: int,
        row: int,
        column: int,
        scores: NDArray[np.float32],
    ) -> None:
        self.known, self.model, self.seen = known, model, seen
        self._study = study
        self.row, self.column = row, column
        self.probability = float(predicted.probabilities[position, column])
        self._features = predicted.features[position, column]
        numbers = seen.material.sentences_of(row)
        first, last = smallest_run(scores)
        self._best = numbers[int(np.argmax(scores))]
        self.span = seen.material.sentences[numbers[first]][0], seen.material.sentences[numbers[last - 1]][1]

    @property
    def words(self) -> list[str]:
        """Words of its best sentence that speak most for the code."""
        duals = self.model.duals
        return self.known.views.word_weights(
            self.seen,
            self.known.seen,
            duals.sentences["sentence"][:, self.column],
            self._best,
            self.known.sentences[duals.columns],
        )

    @property
    def reasons(self) -> list[list[Any]]:
        """What speaks most for it, with log odds."""
        added = self.model.stack.contributions(self._features)
        order = np.argsort(-added, kind="stable")[:REASONS]
        return [[self.model.names[number], round(float(added[number]), 2)] for number in order if added[number] > 0]

    @property
    def alike(self) -> list[dict[str, Any]]:
        """Coded sentences of other cases whose words are most like it."""
        duals, material = self.model.duals, self.known.material
        rows = self.known.sentences[duals.columns]
        with_code = rows[self.known.targets.sentences[rows, self.column] > 0.5]
        if not len(with_code):
            return []
        own = self.seen.sentences["words"][self._best]
        like = np.asarray((self.known.seen.sentences["words"][with_code] @ own.T).toarray()).ravel()
        found = []
        for number in np.argsort(-like, kind="stable")[:ALIKE]:
            if like[number] > 0:
                sentence = int(with_code[number])
                start, end = material.sentences[sentence]
                turn, share = material.turns[int(material.turn_of[sentence])], round(float(like[number]), 2)
                if turn.transcript not in self._study.transcript_by_name:
                    # Exemplars are not in the study: their words are quoted instead.
                    found.append({"exemplar": turn.case, "quote": material.sentence(sentence), "like": share})
                else:
                    found.append({"transcript": turn.transcript, "start": start, "end": end, "like": share})
        return found


def _hints(seen: Seen, sentences: range) -> NDArray[np.float32]:
    """Return what the codebook says of where in a turn a code is: it decides where few examples were learned from."""
    rows = slice(sentences.start, sentences.stop)
    hints = CUE_HINT * seen.cues.sentences[rows] + LIKE_HINT * seen.near["words"][rows]
    if seen.told is not None:
        hints = hints + EXEMPLAR_HINT * seen.told.sentences[rows]
    return np.asarray(hints, dtype=np.float32)


def _verdicts(model: Model, lessons: Lessons) -> tuple[Verdict, ...]:
    """Return a model's verdicts, which say of interviews of what kind they are."""
    return tuple(replace(verdict, measured_on=lessons.measured_on) for verdict in model.verdicts)


def too_little(study: Study, training: Training) -> str:
    """Return why there is too little to learn from, in words, or nothing."""
    names = set(training.transcripts)
    cases = {transcript.case for transcript in study.transcripts if transcript.name in names}
    if len(cases) < FEWEST_CASES:
        return f"{len(cases)} coded cases, at least {FEWEST_CASES} are needed"
    if training.number < FEWEST_CODINGS:
        return f"{training.number} codings, at least {FEWEST_CODINGS} are needed"
    return ""


def _batches(study: Study, names: Sequence[str]) -> Iterator[list[str]]:
    """Yield names of transcripts, whole cases together."""
    wanted, turns = set(names), 0
    batch: list[str] = []
    ordered = sorted((t for t in study.transcripts if t.name in wanted), key=lambda t: (t.case, t.name))
    for number, transcript in enumerate(ordered):
        batch.append(transcript.name)
        turns += len(transcript.turns)
        last_of_case = number + 1 == len(ordered) or ordered[number + 1].case != transcript.case
        if last_of_case and turns >= BATCH:
            yield batch
            batch, turns = [], 0
    if batch:
        yield batch


def _own_settings(settings: Settings) -> dict[str, Any]:
    given = settings.extra.get("learned") or {}
    if not isinstance(given, dict):
        raise UserError(
            "extra.learned in study.yaml is a mapping.", hint="For example: extra: {learned: {from: [anna]}}"
        )
    known = {"from", "embeddings", "coded", "exemplars"}
    for key in given:
        if key not in known:
            raise UserError(
                f"extra.learned.{key} in study.yaml is unknown.", hint=f"Known: {', '.join(sorted(known))}."
            )
    return given


def _names(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(str(name) for name in value)


def _yes_no(value: Any) -> str:
    # YAML reads yes and no as truth values.
    told = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else str(value)
    if told not in ("yes", "no", "auto"):
        raise UserError(f"extra.learned.coded in study.yaml is {value!r}; it is yes, no or auto.")
    return str(told)


def _advising(settings: Settings) -> frozenset[str]:
    given = settings.extra.get("cues") or {}
    return frozenset(cohort.casefold() for cohort in given.get("advising_cohorts", ADVISING_COHORTS))


def learned_coder(study: Study) -> LearnedCoder:
    """Return the coder for a study's codebook and settings."""
    return LearnedCoder(study.codebook, study.settings)
