"""Languages: what the text looks like, what the header and the user say."""

from __future__ import annotations

from pathlib import Path

import pytest
from ingest_marked import read_text

from qualcode.errors import UserError
from qualcode.ingest import detect_language, read_transcript
from qualcode.model import Settings

SPEECH = {
    "en": "We talk to our customers every week and then we decide what to write about in the newsletter that month.",
    "sv": "Vi pratar med våra kunder varje vecka och sedan bestämmer vi vad vi ska skriva om i nyhetsbrevet.",
    "fi": "Me puhumme asiakkaidemme kanssa joka viikko ja sitten päätämme, mistä kirjoitamme uutiskirjeessä.",
    "de": "Wir sprechen jede Woche mit unseren Kunden und entscheiden dann, worüber wir im Rundbrief schreiben.",
    "nb": "Vi snakker med kundene våre hver uke, og så bestemmer vi hva vi skal skrive om i nyhetsbrevet den måneden. "
    "Etterpå ser jeg på tallene, og noen ganger må vi gjøre det på nytt.",
    "zh": "我们每个星期都和客户交谈，然后决定这个月的通讯里要写什么内容，大家一起讨论，再慢慢修改。",
    "ja": "私たちは毎週お客様と話をして、それからその月のニュースレターに何を書くかを決めています。",
}


@pytest.mark.parametrize("code", SPEECH)
def test_detected(code: str, tmp_path: Path) -> None:
    """The language of what participants say is found, and told where the study is in another one."""
    found, confidence = detect_language(SPEECH[code])
    assert found == code
    assert 0.9 <= confidence <= 1
    reading = read_text(tmp_path, f"I: Why?\nR: {SPEECH[code]}\n", settings=Settings(language="en"))
    assert reading.transcript.language == code
    told = [doubt for doubt in reading.doubts if "--language en" in doubt]
    assert (len(told) == 1) == (code != "en")


@pytest.mark.parametrize("text", ["", "Yes.", "12 34 56 " * 50, "我们好。"])
def test_too_short(text: str) -> None:
    """A text that is too short has no language."""
    assert detect_language(text) == ("", 0.0)


def test_the_user_and_the_header_go_before(tmp_path: Path) -> None:
    """What the user says goes before the header, and the header before what the text looks like."""
    path = tmp_path / "a.txt"
    path.write_text(f"Language: Finnish\n\nI: Why?\nR: {SPEECH['sv']}\n")
    assert read_transcript(path).transcript.language == "fi"
    assert read_transcript(path, language="Svenska").transcript.language == "sv"
    assert read_transcript(path, language="zh-CN").doubts == ()


def test_unknown_language(tmp_path: Path) -> None:
    """A language that is none is a user's mistake."""
    path = tmp_path / "a.txt"
    path.write_text("I: Why?\nR: So.\n")
    with pytest.raises(UserError, match=r'"klingonish" is no language(.|\n)*two-letter'):
        read_transcript(path, language="klingonish")
