"""The machine coder `llm`: a language model proposes codings, each with a quotation that is looked up in the turn.

What is asked and answered goes through callables given to the coder: it is itself a function from a study to codings.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from qualcode.coders import llm_prompt
from qualcode.coders.llm_answer import AnswerError, Rejected, read_answer
from qualcode.coders.llm_client import NoAnswer, UnusableAnswer
from qualcode.coders.llm_prompt import Prompt
from qualcode.coders.llm_settings import NAME, LlmSettings, llm_settings
from qualcode.errors import UserError
from qualcode.model import Coding, Study

# After so many prompts in a row without an answer something is wrong that more asking will not mend.
MOST_UNANSWERED = 3

Progress = Callable[[int, int], None]
Ask = Callable[[Prompt], str]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One prompt and what came of it.

    Attributes:
        prompt: What was asked.
        hash: `Prompt.hash` with the parameters of the run.
        answer: The model's words; empty where there were none.
        reason: Why it cannot be used; empty if it can.
        rejected: Entries of it that are not used.
    """

    prompt: Prompt
    hash: str
    answer: str
    reason: str = ""
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would take, before anything is asked.

    Attributes:
        turns: Participants' turns still to be asked about.
        words: Words in them.
        prompts: Prompts that hold them.
        answered: Prompts answered before, which are not asked again.
        tokens_in: Tokens of the prompts, roughly.
        tokens_out: Tokens of the answers, roughly.
        cost: In the currency of the price, or None without a price.
    """

    turns: int
    words: int
    prompts: int
    answered: int
    tokens_in: int
    tokens_out: int
    cost: float | None


class LlmCoder:
    """Proposes what a language model answers, as far as it can be verified.

    Args:
        settings: Of the coder.
        codebook_hash: Of the codebook, for the record.
        ask: Asks the model; raises `NoAnswer` or `UserError`. None: nothing may be asked, all must be remembered.
        remembered: Usable answers by prompt hash; these prompts are not asked again.
        told: Is given each exchange as it happens.
        dry_run: With nobody to ask: leave out what is not remembered.

    Attributes:
        rejected: Entries of answers that were not used, in order.
        unanswered: What was left without a usable answer, one line each, in order.
        unasked: Prompts that a dry run did not ask.
    """

    name = NAME

    def __init__(
        self,
        settings: LlmSettings,
        *,
        codebook_hash: str = "",
        ask: Ask | None = None,
        remembered: Mapping[str, str] | None = None,
        told: Callable[[Exchange], None] | None = None,
        dry_run: bool = False,
    ) -> None:
        self.settings = settings
        self._codebook_hash = codebook_hash
        self._ask = ask
        self._dry_run = dry_run
        self._remembered = dict(remembered or {})
        self._told = told or (lambda exchange: None)
        self._begin()

    @property
    def attributes(self) -> Mapping[str, str]:
        """Version, model, parameters, and after `propose` what the proposals stand on; all text."""
        parameters = {name: str(value) for name, value in self.settings.parameters.items() if name != "command"}
        if self.settings.command:
            parameters["command"] = " ".join(self.settings.command)
        else:
            parameters["base_url"] = self.settings.base_url
        return {
            "version": llm_prompt.VERSION,
            **parameters,
            "max_words": str(self.settings.max_words),
            "codebook_hash": self._codebook_hash,
            "answers": str(self._answers),
            "answers_hash": self._digest.hexdigest(),
            "rejected": str(len(self.rejected)),
            "unanswered": str(len(self.unanswered)),
        }

    def propose(self, study: Study, *, progress: Progress | None = None) -> list[Coding]:
        """Return the codings proposed for a study, sorted by place.

        Args:
            study: Its transcripts and codebook are read.
            progress: Called with (prompts done, prompts in all).

        Raises:
            UserError: The model cannot be reached or may not be asked, or several prompts in a row stay unanswered.
        """
        self._begin()
        asked = _prompts(study, self.settings)
        codings: list[Coding] = []
        in_a_row = 0
        for done, prompt in enumerate(asked, start=1):
            found, reason = self._answered(study, prompt)
            codings += found
            in_a_row = in_a_row + 1 if reason else 0
            if in_a_row == MOST_UNANSWERED and self._ask:
                raise UserError(
                    f"The language model gave no usable answer {in_a_row} times in a row; the last time: {reason}.",
                    hint="Look into it, then run the same command again; answers so far are kept.",
                )
            if progress:
                progress(done, len(asked))
        return sorted(codings, key=lambda coding: coding.place)

    def _begin(self) -> None:
        self.rejected: list[Rejected] = []
        self.unanswered: list[str] = []
        self.unasked: list[Prompt] = []
        self._answers = 0
        self._digest = hashlib.sha256()

    def _answered(self, study: Study, prompt: Prompt) -> tuple[list[Coding], str]:
        """Return the codings for one prompt, and why there is no usable answer (empty if there is)."""
        # An answer in a wrong form is asked for once more; what is remembered may answer either prompt.
        attempts = (prompt, prompt.again())
        for attempt in attempts:
            answer = self._remembered.get(attempt.hash(self.settings.parameters))
            if answer is not None and (found := self._tried(study, attempt, answer)[0]) is not None:
                return found, ""
        if self._ask is None:
            if not self._dry_run:
                raise UserError(
                    "The coder 'llm' has not been asked about all turns yet, and is not asked here.",
                    hint="See what it would take, then ask: qualcode code --coder llm --estimate",
                )
            self.unasked.append(prompt)
            return [], "not asked"
        reason = ""
        for attempt in attempts:
            found, reason, once_more = self._asked(study, attempt, self._ask)
            if found is not None:
                return found, ""
            if not once_more:
                break
        self.unanswered.append(f"{_where(prompt)}: {reason}")
        return [], reason

    def _asked(self, study: Study, prompt: Prompt, ask: Ask) -> tuple[list[Coding] | None, str, bool]:
        """Ask; return the codings (None: no usable answer), why there are none, and whether to ask once more."""
        answer, reason, once_more = "", "", True
        found: list[Coding] | None = None
        rejected: tuple[Rejected, ...] = ()
        try:
            answer = ask(prompt)
        except NoAnswer as why:
            reason, once_more = str(why), isinstance(why, UnusableAnswer)
        else:
            before = len(self.rejected)
            found, reason = self._tried(study, prompt, answer)
            rejected = tuple(self.rejected[before:])
        self._told(Exchange(prompt, prompt.hash(self.settings.parameters), answer, reason, rejected))
        return found, reason, once_more

    def _tried(self, study: Study, prompt: Prompt, answer: str) -> tuple[list[Coding] | None, str]:
        """Read an answer; return its codings, or None and why it cannot be used."""
        transcript = study.transcript_by_name[prompt.transcript]
        try:
            found, rejected = read_answer(answer, transcript, prompt.turns, study.codebook, self.name)
        except AnswerError as why:
            return None, str(why)
        self.rejected += rejected
        self._answers += 1
        hash_ = prompt.hash(self.settings.parameters)
        self._digest.update(f"{hash_} {answer_hash(answer)}\n".encode())
        return found, ""


def answer_hash(answer: str) -> str:
    """Return the SHA-256 of an answer in UTF-8, hexadecimal."""
    return hashlib.sha256(answer.encode("utf-8", "surrogatepass")).hexdigest()


def estimate(study: Study, settings: LlmSettings, remembered: Collection[str] = ()) -> Estimate:
    """Return what asking about a study would take; nothing is asked.

    Args:
        study: What would be coded.
        settings: Of the coder.
        remembered: Hashes of prompts answered before.
    """
    prompts = _prompts(study, settings)
    left = [
        prompt
        for prompt in prompts
        if not {attempt.hash(settings.parameters) for attempt in (prompt, prompt.again())}.intersection(remembered)
    ]
    turns = [
        study.transcript_by_name[prompt.transcript].speech(turn)
        for prompt in left
        for turn in study.transcript_by_name[prompt.transcript].participant_turns()
        if turn.number in prompt.turns
    ]
    tokens_in = sum(llm_prompt.estimate_tokens(prompt.whole) for prompt in left)
    tokens_out = len(turns) * llm_prompt.ANSWER_TOKENS_PER_TURN
    price = settings.price_per_1000_tokens
    return Estimate(
        turns=len(turns),
        words=sum(llm_prompt.count_words(turn) for turn in turns),
        prompts=len(left),
        answered=len(prompts) - len(left),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        cost=None if price is None else round((tokens_in + tokens_out) / 1000 * price, 4),
    )


def llm_coder(study: Study) -> LlmCoder:
    """Return the coder for a study's settings; by itself it asks nothing (see `qualcode.project.asking`).

    Raises:
        UserError: The study does not say which model to ask.
    """
    return LlmCoder(llm_settings(study.settings), codebook_hash=study.codebook.hash)


def _prompts(study: Study, settings: LlmSettings) -> list[Prompt]:
    return [
        prompt
        for transcript in study.transcripts
        for prompt in llm_prompt.prompts(transcript, study.codebook, settings.max_words)
    ]


def _where(prompt: Prompt) -> str:
    first, last = prompt.turns[0], prompt.turns[-1]
    return f"{prompt.transcript}, turn {first}" if first == last else f"{prompt.transcript}, turns {first}–{last}"
