"""WebVTT, SubRip and recognisers' JSON: cues and segments to turns."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_files import read_all
from ingest_marked import marked, spoken

from qualcode.errors import InputError
from qualcode.ingest.normalise import normalise


def vtt(*cues: tuple[str, str]) -> str:
    """Return WebVTT with a cue per (time line, words)."""
    return "WEBVTT\n\n" + "\n".join(f"{number}\n{time}\n{words}\n" for number, (time, words) in enumerate(cues, 1))


def at(second: int) -> str:
    """Return a time line of one second."""
    return f"00:00:{second:02d}.000 --> 00:00:{second + 1:02d}.000"


# name -> file, turns as (label, time, words)
VTT: dict[str, tuple[str, list[tuple[str, float | None, str]]]] = {
    "voice_tags_with_surname_first": (
        vtt((at(1), "<v Mero, J.>Who &amp; what?</v>"), (at(2), "<v Berg, Ida>Me.</v>")),
        [("Mero, J.", 1, "Who & what?"), ("Berg, Ida", 2, "Me.")],
    ),
    "cue_without_label_goes_on": (
        vtt((at(1), "Anna: Who"), (at(2), "are you?"), (at(3), "Ben: Me."), (at(4), "Anna: Why?"), (at(5), "Ben: So.")),
        [("Anna", 1, "Who are you?"), ("Ben", 3, "Me."), ("Anna", 4, "Why?"), ("Ben", 5, "So.")],
    ),
    "lines_within_a_cue": (
        vtt((at(1), "<v Anna>Who\nare you?</v>\n<v Ben>Me.</v>")),
        [("Anna", 1, "Who are you?"), ("Ben", 1, "Me.")],
    ),
    "voice_tags_inside_one_line": (
        vtt((at(1), "<v Anna>Who?</v> <v.loud Ben>Me.")),
        [("Anna", 1, "Who?"), ("Ben", 1, "Me.")],
    ),
    "styling_and_word_times": (
        vtt((at(1), "<v Anna><i>Who</i><00:00:01.500><c.red> are</c> <laughs> you?")),
        [("Anna", 1, "Who are <laughs> you?")],
    ),
    "malformed_time_keeps_words": (
        vtt((at(1), "<v Anna>Who?"), ("00:00:0x.000 --> 00:00:03.000", "<v Ben>Me.")),
        [("Anna", 1, "Who?"), ("Ben", None, "Me.")],
    ),
    "arrow_in_speech": (
        vtt((at(1), "<v Anna>Who?"), (at(2), "<v Ben>from a --> to b")),
        [("Anna", 1, "Who?"), ("Ben", 2, "from a --> to b")],
    ),
    "blank_line_in_a_cue": (
        vtt((at(1), "<v Anna>Who?"), (at(2), "<v Ben>Me.\n\nAnd so on.")),
        [("Anna", 1, "Who?"), ("Ben", 2, "Me. And so on.")],
    ),
    "label_on_a_line_of_its_own": (
        vtt((at(1), "Anna:\nWho?"), (at(2), "Ben:\nMe."), (at(3), "Anna:\nWhy?"), (at(4), "Ben:\nSo.")),
        [("Anna", 1, "Who?"), ("Ben", 2, "Me."), ("Anna", 3, "Why?"), ("Ben", 4, "So.")],
    ),
    "changes_marked_but_not_named": (
        vtt((at(1), ">> Who?"), (at(2), ">> Ben: Me."), (at(3), ">> Why?"), (at(4), "Ben: So.")),
        [("", 1, "Who?"), ("Ben", 2, "Me."), ("", 3, "Why?"), ("Ben", 4, "So.")],
    ),
    "chinese_is_joined_without_spaces": (
        vtt((at(1), "<v 王>你好"), (at(2), "<v 王>吗？"), (at(3), "<v 李>很好。")),
        [("王", 1, "你好吗？"), ("李", 3, "很好。")],
    ),
    "teams_metadata": (
        vtt(
            (at(1), json.dumps({"speakerName": "Anna", "spokenText": "Who?"})),
            (at(2), '{"speakerName":"Ben","spokenText":"Me."}'),
        ),
        [("Anna", 1, "Who?"), ("Ben", 2, "Me.")],
    ),
    "notes_styles_and_header": (
        "WEBVTT - x\nKind: captions\n\nSTYLE\n::cue {}\n\nNOTE\nnot this\n\nid\n"
        "01:02:03.500 --> 01:02:04.000 align:start\n<v Anna>Who?\n",
        [("Anna", 3723.5, "Who?")],
    ),
}


@pytest.mark.parametrize("name", VTT)
def test_vtt(name: str, tmp_path: Path) -> None:
    """Cues become turns with label, time of the first cue, and words."""
    data, expected = VTT[name]
    (reading,) = read_all(tmp_path, data, "a.vtt")
    assert spoken(reading.transcript) == expected


def test_malformed_cues_are_doubted(tmp_path: Path) -> None:
    """Each malformed cue is named with its line."""
    cues = vtt(
        (at(5), "<v Anna>Who?"), ("0:0:x --> y", "<v Ben>Me."), (at(2), "<v Anna>Why?"), ("00:09.000 -->", "So.")
    )
    (reading,) = read_all(tmp_path, cues, "a.vtt")
    assert reading.doubts[1:] == (
        "line 8: the cue's time cannot be read; its words are kept without a time",
        "line 12: the cue begins before the one above",
        "line 16: the cue's end cannot be read",
    )


def test_times_of_all_cues(tmp_path: Path) -> None:
    """The time of each cue is known at its place in the text, also within a turn."""
    cues = vtt((at(1), "<v Anna>Who"), (at(2), "are you?"), (at(4), "<v Ben>Me."))
    (reading,) = read_all(tmp_path, cues, "a.vtt")
    transcript = reading.transcript
    text, (anna, ben) = transcript.text, transcript.turns
    moments = [(text[position : position + 3], time) for position, time in transcript.moments]
    assert moments == [("Who", 1), ("are", 2), ("Me.", 4)]
    assert transcript.moments_in(anna) == transcript.moments[:2] and transcript.last_time == 4
    # Before the speech, within the first cue, at the seam, after it; and never the time of a turn before.
    places = [anna.start - 1, anna.start + 1, text.index("are"), text.index("you")]
    assert [transcript.time_in(anna, place) for place in places] == [1, 1, 2, 2]
    assert transcript.time_in(ben, ben.start - 1) == 4


def test_srt(tmp_path: Path) -> None:
    """SubRip is read without blank lines between cues, with two speakers in a line, and with marks of the screen."""
    data = (
        "1\r\n00:00:01,000 --> 00:00:02,000\r\nAnna: {\\an8}Who\r\nare you?\r\n2\r\n00:00:03,500 --> 00:00:04,000\r\n"
        "Ben: <font color=red>Me.</font> Anna: Why?\r\n\r\n3\r\n00:00:05,000 --> 00:00:06,000\r\nBen: So.\r\n"
    )
    (reading,) = read_all(tmp_path, data, "a.srt")
    assert marked(reading.transcript) == (
        "[00:00:01] Anna: {Who are you?}\n\n[00:00:03] Ben: {Me.}\n\n[00:00:03] Anna: {Why?}\n\n[00:00:05] Ben: {So.}\n"
    )
    assert reading.transcript.turns[1].time == 3.5


def test_captions_without_speakers(tmp_path: Path) -> None:
    """Without speakers a turn ends with a sentence before a pause."""
    data = vtt((at(1), "One thing"), (at(2), "to say."), (at(3), "And this."), (at(9), "Later: that."))
    (reading,) = read_all(tmp_path, data, "a.vtt")
    assert spoken(reading.transcript) == [("", 1, "One thing to say. And this."), ("", 9, "Later: that.")]
    assert {turn.role for turn in reading.transcript.turns} == {"participant"}
    assert any("no speakers found" in doubt for doubt in reading.doubts)


def test_captions_that_roll_up(tmp_path: Path) -> None:
    """Lines that each cue repeats from the one before are read once, and that is said."""
    lines = ["one", "two", "three", "four", "five"]
    cues = [(at(i), f"{before}\n{after}") for i, (before, after) in enumerate(zip(["", *lines], lines, strict=False))]
    (reading,) = read_all(tmp_path, vtt(*cues), "a.vtt")
    assert spoken(reading.transcript)[0][2] == "one two three four five"
    assert any("roll up: 4 repeated lines" in doubt for doubt in reading.doubts)


def test_words_said_again(tmp_path: Path) -> None:
    """Somebody who says the same word in cue after cue has said it so often."""
    (reading,) = read_all(tmp_path, vtt(*((at(i), "<v Anna>no") for i in range(5))), "a.vtt")
    assert spoken(reading.transcript) == [("Anna", 0, "no no no no no")]


def test_no_cues(tmp_path: Path) -> None:
    """A file without cues is refused."""
    with pytest.raises(InputError, match="no cue"):
        read_all(tmp_path, "WEBVTT\n\nNOTE only\n", "a.vtt")


# program -> JSON, turns as (label, time, words)
JSON: dict[str, tuple[Any, list[tuple[str, float | None, str]]]] = {
    "whisper": (
        {"text": "One. Two.", "language": "sv", "segments": [{"start": 0.5, "end": 2, "text": " One."}]},
        [("", 0.5, "One.")],
    ),
    "whisperx_with_two_speakers_in_a_segment": (
        {
            "segments": [
                {
                    "start": 1,
                    "text": " Who? Me.",
                    "speaker": "SPEAKER_00",
                    "words": [
                        {"word": "Who?", "start": 1, "speaker": "SPEAKER_00"},
                        {"word": "Well"},
                        {"word": "me.", "start": 1.5, "speaker": "SPEAKER_01"},
                    ],
                },
                {"start": 2, "text": "Really.", "speaker": "SPEAKER_01"},
            ]
        },
        [("SPEAKER_00", 1, "Who? Well"), ("SPEAKER_01", 1.5, "me. Really.")],
    ),
    "whisper_cpp": (
        {"result": {"language": "en"}, "transcription": [{"timestamps": {"from": "00:00:01,500"}, "text": " One."}]},
        [("", 1.5, "One.")],
    ),
    "otter": (
        {"speech": {"transcripts": [{"start_offset": 32000, "speaker_model_label": "Anna", "transcript": "Who?"}]}},
        [("Anna", 2, "Who?")],
    ),
    "zoom": (
        {"timeline": [{"ts": "00:00:01.500", "end_ts": "00:00:02", "text": "Who?", "users": [{"username": "Anna"}]}]},
        [("Anna", 1.5, "Who?")],
    ),
    "teams": (
        {"entries": [{"speakerDisplayName": "Anna", "startOffset": "00:00:03.1234567", "text": "Who?"}]},
        [("Anna", 3.1234567, "Who?")],
    ),
    "assemblyai": ({"utterances": [{"speaker": "A", "text": "Who?", "start": 1500}]}, [("A", 1.5, "Who?")]),
    "deepgram": (
        {"results": {"utterances": [{"speaker": 0, "transcript": "Who?", "start": 1.5}]}},
        [("Speaker 0", 1.5, "Who?")],
    ),
    "generic_list": (
        [{"speaker": "Anna", "text": "Who?", "start": "0:01"}, {"speaker": "Ben", "text": "Me.", "start": "PT1M2S"}],
        [("Anna", 1, "Who?"), ("Ben", 62, "Me.")],
    ),
    "times_that_are_none": (
        [{"speaker": "Anna", "text": "Who?", "start": -1}, {"speaker": "Ben", "text": "Me.", "start": 10**400}],
        [("Anna", None, "Who?"), ("Ben", None, "Me.")],
    ),
    "labels_in_the_text": (
        {"segments": [{"text": text} for text in ("Anna: Who?", "Ben: Me.", "Really.", "Anna: Why?", "Ben: So.")]},
        [("Anna", None, "Who?"), ("Ben", None, "Me. Really."), ("Anna", None, "Why?"), ("Ben", None, "So.")],
    ),
}


@pytest.mark.parametrize("name", JSON)
def test_json(name: str, tmp_path: Path) -> None:
    """Segments of each program become turns."""
    data, expected = JSON[name]
    (reading,) = read_all(tmp_path, json.dumps(data), "a.json")
    assert spoken(reading.transcript) == [
        (label, pytest.approx(time) if time is not None else None, words) for label, time, words in expected
    ]


def test_json_language(tmp_path: Path) -> None:
    """The recogniser's language is the transcript's."""
    (reading,) = read_all(tmp_path, json.dumps(JSON["whisper"][0]), "a.json")
    assert reading.transcript.language == "sv"
    assert reading.transcript.attributes["Recogniser"] == "Whisper"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('{"a": 1, "b": []}', r"no segments of speech are known in this JSON \(it holds: a, b\)"),
        ('[{"text": "x",}', "line 1: the file is no JSON"),
        ("[1, 2]", "no segments"),
        ('"x"', "no segments"),
    ],
)
def test_json_that_is_no_transcript(data: str, message: str, tmp_path: Path) -> None:
    """JSON without speech is refused, with what it holds."""
    with pytest.raises(InputError, match=message):
        read_all(tmp_path, data, "a.json")


WORDS = st.sampled_from(
    ["we", "plan", "我", "很", "café", "cafe\u0301", "👩\u200d👧", "か", "\u3099x", "(hm)", "10:30"]
)
SAID = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.lists(st.tuples(st.sampled_from(["Anna", "Ben"]), SAID), min_size=1, max_size=8))
@pytest.mark.parametrize("form", ["vtt", "json"])
def test_all_words_come_back(form: str, tmp_path: Path, said: list[tuple[str, str]]) -> None:
    """All words of all cues stand in the turns, in order, whoever speaks how often in a row."""
    if form == "vtt":
        data = vtt(*((at(i), f"<v {label}>{words}") for i, (label, words) in enumerate(said)))
    else:
        data = json.dumps([{"speaker": label, "text": words, "start": i} for i, (label, words) in enumerate(said)])
    (reading,) = read_all(tmp_path, data, f"a.{form}")
    turns = spoken(reading.transcript)
    assert "".join("".join(words.split()) for _, _, words in turns) == "".join(
        "".join(normalise(words).split()) for _, words in said
    )
    assert all(before[0] != after[0] for before, after in pairwise(turns))
