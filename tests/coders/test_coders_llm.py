"""The coder `llm`: its settings, prompts, the reading of answers, and what it proposes."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.coders import CODERS
from qualcode.coders.llm import Exchange, LlmCoder, estimate
from qualcode.coders.llm_answer import AnswerError, entries, locate, read_answer
from qualcode.coders.llm_client import NoAnswer, UnusableAnswer
from qualcode.coders.llm_prompt import INSTRUCTIONS, Prompt, prompts
from qualcode.coders.llm_settings import LlmSettings, llm_settings
from qualcode.errors import UserError
from qualcode.model import ASSERTIONS, Code, Codebook, Settings, Study, Transcript, Turn

BOOK = Codebook(
    "small",
    "Small",
    (
        Code("pay", "Paying", "They pay.", ("a fee",), ("a gift",), ("We pay a fee.",)),
        Code("goal/fame", "Fame", "They want to be known.", stage="focused"),
    ),
    hash="abc",
)
SETTINGS = LlmSettings(base_url="http://127.0.0.1:1/v1", model="small")


def transcript(*turns: str, name: str = "anna") -> Transcript:
    """Return a transcript of turns written `P: …` (participant) or `I: …` (interviewer)."""
    text, made = "", []
    for number, turn in enumerate(turns, start=1):
        speaker, speech = turn.split(": ", 1)
        text += f"{speaker}: "
        role = {"P": "participant", "I": "interviewer"}[speaker]
        made.append(Turn(number, speaker, role, len(text), len(text) + len(speech)))
        text += f"{speech}\n"
    return Transcript(name, name.capitalize(), text, tuple(made))


TALK = transcript(
    "I: Do you pay?", "P: Yes. We “pay” a  fee.", "I: Why?", "P: For fame. They start young.", "P: I see."
)


def study(*transcripts: Transcript, **llm: Any) -> Study:
    """Return a study of some transcripts."""
    return Study(Settings(extra={"llm": llm} if llm else {}), BOOK, transcripts=transcripts)


def item(code: str = "pay", quote: str = "a fee", **more: Any) -> dict[str, Any]:
    """Return one entry of an answer."""
    return {"code": code, "quote": quote, **more}


def read(*items: Any, turns: tuple[int, ...] = (2, 4)) -> tuple[list[tuple[str, str]], list[str]]:
    """Return code and passage of what is used of an answer, and why the rest is not."""
    found, rejected = read_answer(json.dumps(items), TALK, turns, BOOK, "llm")
    return [(c.code, TALK.text[c.start : c.end]) for c in found], [r.reason for r in rejected]


# Settings


def test_off_unless_set_up() -> None:
    """Without settings the coder says how to set it up."""
    with pytest.raises(UserError, match=r"'llm' is off(.|\n)*base_url"):
        CODERS["llm"](study(TALK))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"base_url": "http://127.0.0.1/v1"}, "model"),
        ({"model": "m"}, "either base_url"),
        ({"base_url": "http://127.0.0.1/v1", "model": "m", "command": "x"}, "either base_url"),
        ({"base_url": "ftp://127.0.0.1", "model": "m"}, "an address"),
        ({"base_url": "http://me:pw@127.0.0.1/v1", "model": "m"}, "password"),
        ({"base_url": "http://127.0.0.1:x/v1", "model": "m"}, "no address"),
        ({"command": "x", "api_key": "k"}, "'api_key' is no setting"),
        ({"command": "x", "temperature": "hot"}, "temperature: a number"),
        ({"command": "x", "seed": 1.5}, "seed: a whole number"),
        ({"command": "x", "max_words": 0}, "too small"),
        ({"command": "x", "timeout": 0}, "too small"),
        ({"command": "x", "retries": True}, "a number"),
        ({"command": "x", "allow_remote": "yes"}, "true or false"),
        ({"command": []}, "a program"),
    ],
)
def test_mistakes_in_the_settings(values: dict[str, Any], why: str) -> None:
    """Each mistake is named."""
    with pytest.raises(UserError, match=why):
        llm_settings(Settings(extra={"llm": values}))


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("http://127.0.0.1:8080/v1", False),
        ("http://LOCALHOST/v1", False),
        ("http://[::1]:8080/v1", False),
        ("https://api.example.org/v1", True),
        ("http://127.0.0.1.example.org/v1", True),
        ("http://localhost.example.org/v1", True),
        ("http://0.0.0.0/v1", True),
        ("http://192.168.1.5/v1", True),
    ],
)
def test_what_is_this_machine(url: str, remote: bool) -> None:
    """Only the names of this machine itself count; lookalikes do not."""
    assert LlmSettings(base_url=url, model="m").remote is remote


# Prompts


def test_prompts_hold_each_participants_turn_once() -> None:
    """Turns are gathered up to the number of words; a longer one stands alone; questions come along."""
    assert [prompt.turns for prompt in prompts(TALK, BOOK, 100)] == [(2, 4, 5)]
    assert [prompt.turns for prompt in prompts(TALK, BOOK, 7)] == [(2,), (4, 5)]
    assert [prompt.turns for prompt in prompts(TALK, BOOK, 1)] == [(2,), (4,), (5,)]


def test_a_prompt_explains_codes_and_marks_turns() -> None:
    """Definitions, rules and examples are there; the question is context."""
    prompt = next(prompts(TALK, BOOK, 1))
    for told in ("id: pay", "definition: They pay.", "use when: a fee", "not when: a gift", "example: We pay a fee."):
        assert told in prompt.instructions
    assert "<turn 1, interviewer, CONTEXT>\nDo you pay?" in prompt.text
    assert "<turn 2, participant, CODE>\nYes. We “pay” a  fee." in prompt.text
    assert "fame" not in prompt.text
    assert all(f'"{assertion}"' in INSTRUCTIONS for assertion in ASSERTIONS)


def test_prompt_hash_stands_for_all_that_matters() -> None:
    """Another text, model or parameter is another question."""
    prompt = next(prompts(TALK, BOOK, 1))
    other = LlmSettings(base_url="http://127.0.0.1:1/v1", model="large")
    hashes = {prompt.hash(SETTINGS.parameters), prompt.again().hash(SETTINGS.parameters), prompt.hash(other.parameters)}
    assert len(hashes) == 3
    assert prompt.hash(SETTINGS.parameters) == next(prompts(TALK, BOOK, 1)).hash(SETTINGS.parameters)


# Answers


@pytest.mark.parametrize(
    "answer",
    [
        '[{"code": "a", "quote": "b"}]',
        'Here you are:\n```json\n[{"code": "a", "quote": "b"}]\n```\nAnything else?',
        '<think>[{"code": "x", "quote": "y"}] or not</think>\n[{"code": "a", "quote": "b"}]',
        '{"codings": [{"code": "a", "quote": "b"}]}',
        '{"code": "a", "quote": "b"}',
        'As turn [3] shows: [{"code": "a", "quote": "b"}]',
    ],
)
def test_forms_that_are_tolerated(answer: str) -> None:
    """What models put around the list does no harm."""
    assert entries(answer) == [{"code": "a", "quote": "b"}]


def test_an_empty_list_is_an_answer() -> None:
    """No code fits: a good answer."""
    assert entries("```\n[ ]\n```") == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("", "empty"),
        ("I cannot help with that.", "no JSON"),
        ('[{"code": "a", "quote": "b"}, {"code": "c", "quo', "cut off"),
        ('[{"code": "a", "quote": "b"}', "cut off"),
        ('[{"code": "a" "quote": "b"}]', "not valid"),
        ('{"thoughts": 1}', "an object"),
        ("[" * 100_000, "no JSON|not the JSON"),
    ],
)
def test_answers_that_cannot_be_read(answer: str, why: str) -> None:
    """Nothing of a broken answer is used, not even its first entries."""
    with pytest.raises(AnswerError, match=why):
        entries(answer)


@given(st.text(max_size=60))
def test_no_answer_breaks_the_reader(answer: str) -> None:
    """Whatever a model writes is a list or an `AnswerError`."""
    with contextlib.suppress(AnswerError):
        assert isinstance(entries(answer), list)


def test_quotations_are_looked_up() -> None:
    """Letter by letter, or apart from spaces and marks; the passage is the turn's own words."""
    used, reasons = read(
        item(quote="a  fee", turn=2), item(quote='We "pay" a fee.', turn="2"), item(quote="‘For fame’")
    )
    assert used == [("pay", "We “pay” a  fee."), ("pay", "a  fee"), ("pay", "For fame")]
    assert reasons == []


def test_what_is_not_used() -> None:
    """Invented quotations, wrong codes, other turns, and entries in a wrong form are listed, each with its reason."""
    used, reasons = read(
        item(quote="We pay nothing.", turn=2),
        item("payment", turn=2),
        item(quote="Do you pay?", turn=1),
        item(quote="Do you pay?"),
        item(quote="I see.", turn=5),
        item(quote="a fee", turn=4),
        item(quote="art", turn=4),
        item(quote="", turn=2),
        item(quote=["a fee"], turn=2),
        item(turn="second"),
        item(assertion="maybe", turn=2),
        "a fee",
    )
    assert used == []
    assert reasons == [
        "the quotation is not in the turn",
        "the codebook has no such code",
        "this turn was not to be coded",
        "the quotation is in none of the turns",
        "this turn was not to be coded",
        "the quotation is not in the turn",
        "the quotation is not in the turn",
        "there is no quotation",
        "there is no quotation",
        "the turn is not a number",
        "'maybe' is no assertion",
        "it is not an object with code and quote",
    ]


def test_a_quotation_in_two_turns() -> None:
    """Where two turns hold it, the answer must say which is meant."""
    twice = transcript("P: We pay.", "P: We pay.")
    found, rejected = read_answer(json.dumps([item(quote="We pay.")]), twice, (1, 2), BOOK, "llm")
    assert (found, len(rejected)) == ([], 1)
    found, rejected = read_answer(json.dumps([item(quote="We pay.", turn=2)]), twice, (1, 2), BOOK, "llm")
    assert [(c.start, rejected) for c in found] == [(twice.turns[1].start, [])]


def test_one_coding_per_place() -> None:
    """The same code on the same words twice is one coding, and the second is listed."""
    used, reasons = read(item(turn=2), item(turn=2, assertion="negated"))
    assert used == [("pay", "a  fee")]
    assert reasons == ["the same code is given to the same passage twice"]


def test_what_a_coding_says() -> None:
    """Stage, confidence, assertion and definition come along; a confidence that is none is left out."""
    answer = [item("goal/fame", "For fame.", turn=4, confidence="0.75", assertion="Negated"), item(confidence=80)]
    (pay, fame), _ = read_answer(json.dumps(answer), TALK, (2, 4), BOOK, "llm")
    assert (fame.stage, fame.confidence, fame.assertion, fame.status) == ("focused", 0.75, "negated", "proposed")
    assert fame.definition_hash == BOOK.by_id["goal/fame"].definition_hash
    assert pay.confidence is None
    assert pay.evidence == {"turn": 2, "verbatim": "apart from spaces and marks", "quoted": "a fee"}


def test_chinese_quotations_need_no_word_edges() -> None:
    """Where words are not set apart, a quotation may begin anywhere."""
    assert locate("我们每年付费给他们", "付费") == (4, 6, True)


@given(st.text(max_size=40), st.data())
def test_what_is_located_is_the_quotation(speech: str, data: st.DataObject) -> None:
    """A located passage lies in the speech, and a letter-by-letter one is the quotation itself."""
    start = data.draw(st.integers(0, len(speech)))
    quote = speech[start : data.draw(st.integers(start, len(speech)))]
    place = locate(speech, quote)
    if place:
        assert 0 <= place[0] < place[1] <= len(speech)
        assert not place[2] or speech[place[0] : place[1]] == quote.strip()


# The coder


class Model:
    """Answers prompts with what it was given, in order; a mistake among it is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Prompt] = []

    def __call__(self, prompt: Prompt) -> str:
        """Return or raise what comes next."""
        self.asked.append(prompt)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, str) else json.dumps(answer)


ONE_BY_ONE = LlmSettings(base_url="http://127.0.0.1:1/v1", model="small", max_words=1)


def test_answers_become_proposals() -> None:
    """All prompts are asked in order; the codings are the coder's, sorted; progress counts prompts."""
    model = Model([], [item("goal/fame", "For fame.", turn=4)], [item(quote="no such words", turn=5)])
    coder, seen = LlmCoder(ONE_BY_ONE, ask=model), []
    (coding,) = coder.propose(study(TALK), progress=lambda done, total: seen.append((done, total)))
    assert (coding.coder, coding.code) == ("llm", "goal/fame")
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert [rejected.quote for rejected in coder.rejected] == ["no such words"]
    assert (coder.attributes["answers"], coder.attributes["rejected"]) == ("3", "1")


def test_remembered_answers_are_not_asked_for_again() -> None:
    """A second run with what the first was told asks nothing and proposes the same."""
    told: list[Exchange] = []
    first = LlmCoder(ONE_BY_ONE, ask=Model("nonsense", [item(turn=2)], [], []), told=told.append)
    proposed = [coding.place for coding in first.propose(study(TALK))]
    assert [exchange.reason for exchange in told] == ["it holds no JSON list", "", "", ""]
    remembered = {exchange.hash: exchange.answer for exchange in told if not exchange.reason}
    second = LlmCoder(ONE_BY_ONE, remembered=remembered)
    assert [coding.place for coding in second.propose(study(TALK))] == proposed != []
    assert second.unasked == []
    assert second.attributes == first.attributes


def test_an_unreadable_answer_is_asked_for_once_more() -> None:
    """The second prompt says what was wrong; after a second failure the turn is listed."""
    model = Model(UnusableAnswer("cut off"), '[{"code": "pay", "quo', [], [])
    coder = LlmCoder(ONE_BY_ONE, ask=model)
    assert coder.propose(study(TALK)) == []
    assert [prompt.turns for prompt in model.asked] == [(2,), (2,), (4,), (5,)]
    assert "complete JSON list" in model.asked[1].text
    assert len(coder.unanswered) == 1
    assert coder.unanswered[0].startswith("anna, turn 2: it is cut off")


def test_three_in_a_row_end_the_run() -> None:
    """A model that no longer answers is not asked about the whole study."""
    model = Model([], *[NoAnswer("no answer within 5 seconds")] * 5)
    talk = transcript(*[f"P: turn {number}" for number in range(6)])
    with pytest.raises(UserError, match="3 times in a row; the last time: no answer within"):
        LlmCoder(ONE_BY_ONE, ask=model).propose(study(talk))
    assert len(model.asked) == 4


def test_without_leave_nothing_is_asked() -> None:
    """The coder of the table asks nobody, and says so; a dry run knows what it would ask."""
    with pytest.raises(UserError, match="has not been asked"):
        CODERS["llm"](study(TALK, base_url="http://127.0.0.1:1/v1", model="small")).propose(study(TALK))
    coder = LlmCoder(SETTINGS, dry_run=True)
    assert coder.propose(study(TALK)) == []
    assert [prompt.turns for prompt in coder.unasked] == [(2, 4, 5)]


def test_estimate() -> None:
    """Turns, words, prompts and cost of what is left to ask; 4 characters a token."""
    settings = LlmSettings(base_url="http://127.0.0.1:1/v1", model="small", max_words=1, price_per_1000_tokens=2.0)
    asked = list(prompts(TALK, BOOK, 1))
    found = estimate(study(TALK), settings, {asked[0].hash(settings.parameters)})
    assert (found.turns, found.words, found.prompts, found.answered) == (2, 7, 2, 1)
    assert found.tokens_in == pytest.approx(sum(len(prompt.whole) for prompt in asked[1:]) / 4, abs=10)
    assert found.cost == pytest.approx((found.tokens_in + found.tokens_out) * 0.002)
