"""The shipped codebooks for three languages on interviews and web articles in each, from the file to the codings."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.codebook import load_codebook
from qualcode.coders import CueCoder, check_cue
from qualcode.coders.cue_language import Gap, Group, Item, Maybe, Sequence, Word, parse
from qualcode.ingest import read_transcript
from qualcode.model import Code, Codebook, Cue, Transcript, Turn

LANGUAGES = ("en", "sv", "zh")
CODEBOOKS = ("b2b-versus-b2c", "practitioner-guides")
MOST_VARIANTS = 200

INTERVIEWS = {
    "en": """\
Interviewer: Who writes for you?

Respondent: A crane operator with a day job on the harbour. He is not a professional influencer.

Interviewer: What does he get?

Respondent: He gains visibility in his field and both sides benefit. We write the articles together with him, and they
go out in our newsletter.

Interviewer: And the shoe brand you worked for before? Was it all about commission?

Respondent: There we hired an influencer with two million followers. She got a fee per post and posted it on her own
Instagram.
""",
    "sv": """\
Intervjuare: Vem skriver åt er?

Svar: En professor som är branschexpert. Hon har ett vanligt jobb på universitetet. Ingen influencer till yrket.

Intervjuare: Vad får hon?

Svar: Hon får synlighet, så båda parter vinner. Vi skriver artiklarna tillsammans och de publiceras i vårt nyhetsbrev.

Intervjuare: Och skomärket? Var det provision?

Svar: Där anlitade vi en influencer med två miljoner följare. Hon fick betalt per inlägg på sitt eget Instagram.
""",
    "zh": """\
访谈者：谁为你们写文章？

受访者：一位行业专家，他的本职工作是工程师，不是职业网红。

访谈者：他得到什么？

受访者：他得到行业曝光，这是互利共赢。文章由我们共同创作，发布在公司公众号上。

访谈者：以前的鞋子品牌呢？有佣金吗？

受访者：那时我们找了一位时尚博主，她有两百万粉丝。每条帖子都要付费，在她自己的抖音账号上发布。
""",
}
# What is said of the expert in the fourth turn and of the creator in the sixth.
POLES = {
    2: {"professionalism/b2b"},
    4: {"motivation/b2b", "content-creation/b2b", "distribution/b2b"},
    6: {"relationship/b2c", "key-asset/b2c", "motivation/b2c", "distribution/b2c"},
}

ARTICLES = {
    "en": """\
Title: Choosing a voice
Source: a trade magazine

Choosing a voice

A nano influencer posts cheaply, but she may have bought followers.

Sign a contract with deadlines. Track every visit with UTM parameters.

Give it six months before you judge. Always disclose that the post is sponsored.
""",
    "sv": """\
Titel: Att välja en röst
Källa: en branschtidning

Att välja en röst

En nanoinfluencer är billig, men hon kan ha köpta följare.

Skriv ett avtal med tidsfrister. Följ varje besök med spårbara länkar och UTM-parametrar.

Det tar tid innan det ger resultat. Glöm inte reklammarkering, annars blir det smygreklam.
""",
    "zh": """\
标题：如何选择合作者
来源：行业杂志

如何选择合作者

纳米网红价格便宜，但要小心僵尸粉和刷量。

要签订合同，写明交付时间和使用权。用UTM参数跟踪访问。

见效慢，需要时间。合作内容必须标明广告，否则就是软文。
""",
}
ADVICE = [
    {"tiers/nano", "pitfalls/fake-followers"},
    {"practice/written-agreement", "measurement/tracked-links"},
    {"claims/time-to-mature", "pitfalls/missing-disclosure"},
]


def codes_by_turn(folder: Path, text: str, codebook: str) -> tuple[Transcript, dict[int, set[str]], set[str]]:
    """Return a text as read, the affirmed codes by turn, and the codes that are not affirmed."""
    path = folder / "text.txt"
    path.write_text(text, encoding="utf-8")
    transcript = read_transcript(path).transcript
    found: dict[int, set[str]] = {}
    flagged = set()
    for coding in CueCoder(load_codebook(codebook)).propose_in(transcript):
        turn = transcript.turn_at(coding.start)
        assert turn is not None and turn.role == "participant" and coding.end <= turn.end
        if coding.assertion == "affirmed":
            found.setdefault(turn.number, set()).add(coding.code)
        else:
            flagged.add(coding.code)
    return transcript, found, flagged


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_interview(tmp_path: Path, language: str) -> None:
    """Each pole is found where it is told, the other pole is not, and the interviewer's words count for nothing."""
    transcript, found, flagged = codes_by_turn(tmp_path, INTERVIEWS[language], "b2b-versus-b2c")
    assert transcript.language == language
    for turn, codes in POLES.items():
        assert codes <= found[turn], turn
        opposite = {code[:-1] + ("c" if code.endswith("b") else "b") for code in codes}
        assert not opposite & found[turn], turn
    assert set(found) == set(POLES)
    # "Not a professional influencer" is proposed as negated, which does not count.
    assert all(code.endswith("/b2c") for code in flagged)
    assert all(code.endswith("/b2b") for code in found[4])


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_article(tmp_path: Path, language: str) -> None:
    """A web article without speakers is coded paragraph by paragraph; its heading and header are not."""
    transcript, found, _ = codes_by_turn(tmp_path, ARTICLES[language], "practitioner-guides")
    assert transcript.language == language and {turn.speaker for turn in transcript.turns} == {""}
    assert [codes & set().union(*ADVICE) for _, codes in sorted(found.items())] == ADVICE
    # Nothing else but what a paragraph comes near to.
    assert set().union(*found.values()) - set().union(*ADVICE) <= {"pitfalls/over-control", "programme/referral"}


def variants(item: Item | Sequence) -> list[str]:
    """Return texts that a pattern says literally, with nothing in its gaps: at most some of them."""
    match item:
        case Word(text):
            return [text]
        case Gap():
            return [""]
        case Maybe(inner):
            return ["", *variants(inner)]
        case Group(alternatives):
            return [text for sequence in alternatives for text in variants(sequence)]
        case Sequence(items):
            found = [""]
            for part in items:
                found = [f"{before} {after}".strip() for before in found for after in variants(part)]
                found = found[:: 1 + len(found) // MOST_VARIANTS]
            return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CODEBOOKS)
def test_each_cue_finds_its_own_words(name: str, language: str) -> None:
    """A cue can be read, and finds what it says when that stands in a text: tokens of cue and text agree."""
    unfound = []
    for code in load_codebook(name).codes:
        assert code.cues.get(language), f"{code.id} has no cues"
        for cue in code.cues[language]:
            assert check_cue(cue.pattern, language) is None
            text, turns = "", []
            for number, said in enumerate(dict.fromkeys(variants(parse(cue.pattern).root)), start=1):
                said = f"{said.replace(' ', '')}。" if language == "zh" else f"{said}."
                turns.append(Turn(number, "P", "participant", len(text), len(text) + len(said)))
                text += f"{said}\n"
            transcript = Transcript("t", "T", text, tuple(turns), language=language)
            alone = Codebook("one", "One", (Code("c", "C", cues={language: (Cue(cue.pattern),)}),))
            found = {transcript.turn_at(coding.start) for coding in CueCoder(alone).propose_in(transcript)}
            unfound += [(code.id, cue.pattern, transcript.speech(turn)) for turn in turns if turn not in found]
    assert unfound == []


# Codebooks written in one language only, as their own authors would: what they mean by each turn, and what is negated.
OWN = {
    "sv": (
        'cues: ["snigel", "mördarsnig*"]',
        'cues: ["regnvatten", "(byta|byter) ... frön"]',
        "Intervjuare: Har ni sniglar och regnvatten?\n\nSvar: Sniglarna åt upp salladen. Vi byter ofta frön.\n\n"
        "Intervjuare: Varje år?\n\nSvar: I år har vi inga sniglar.\n",
    ),
    "zh": (
        'cues: ["蜗牛", "虫子"]',
        'cues: ["雨水", "交换 ... 种子"]',
        "访谈者：有蜗牛和雨水吗？\n\n受访者：虫子太多了，白菜全是洞。我们和邻居交换一些种子。\n\n"
        "访谈者：每年都有吗？\n\n受访者：今年我们这里没有蜗牛。\n",
    ),
}


@pytest.mark.parametrize("language", OWN)
def test_a_codebook_in_its_own_language(tmp_path: Path, language: str) -> None:
    """Its cues need not say which language they are in, inflected forms and gaps are found, a denial is flagged."""
    pests, plenty, text = OWN[language]
    codebook = tmp_path / "codebook.yaml"
    codebook.write_text(
        f"name: own\ntitle: own\nlanguage: {language}\ncodes:\n"
        f"  - {{id: pests, name: pests, definition: pests, {pests}}}\n"
        f"  - {{id: plenty, name: plenty, definition: plenty, {plenty}}}\n",
        "utf-8",
    )
    transcript, found, flagged = codes_by_turn(tmp_path, f"Language: {language}\n\n{text}", str(codebook))
    assert transcript.language == language
    assert found == {2: {"pests", "plenty"}}
    assert flagged == {"pests"}
