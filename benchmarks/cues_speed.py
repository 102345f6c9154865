"""How fast cues are found, beside the bare spaCy pipeline on the same text.

    python benchmarks/cues_speed.py TURNS.jsonl[.gz] [--cues 4000] [--words 400000]

TURNS is one JSON object a line with a field "text" (a turn); without it the sample transcripts are read. Cues are made
up from the text's own vocabulary, with a fixed seed, in the shapes that codebooks use: words, phrases, groups, gaps,
endings; `--codebook` takes the cues of the shipped codebooks instead. Each side
runs in a process of its own, so that peak memory can be told apart. Prints words per CPU second, their ratio
(the aim is 0.5 or more), and how memory grows over the text.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import random
import re
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def turns(source: Path | None, most_words: int) -> Iterator[str]:
    words = 0
    for text in _texts(source):
        yield text
        words += len(text.split())
        if words >= most_words:
            return


def _texts(source: Path | None) -> Iterator[str]:
    if source is None:
        for path in sorted((ROOT / "transcripts_sample").glob("*.txt")):
            yield from (line for line in path.read_text("utf-8").split("\n") if line.strip())
        return
    with gzip.open(source, "rt") if source.suffix == ".gz" else source.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def made_up_cues(texts: list[str], number: int) -> list[str]:
    """Cues of the shapes that codebooks use, around words that are not among the 400 commonest of the text."""
    counts = Counter(word for text in texts for word in re.findall(r"[a-z]{3,}", text.lower()))
    ranked = [word for word, _ in counts.most_common()]
    common, rare = ranked[20:400], ranked[400:8000] or ranked
    draw = random.Random(20221017)
    known = set(ranked[:300])
    pairs = [
        f"{first} {second}"
        for text in texts[:2000]
        for first, second in re.findall(r"([a-z]{3,}) ([a-z]{3,})", text.lower())
        if not {first, second} <= known
    ] or ["white paper"]

    def cue() -> str:
        word, other, more = draw.choice(rare), draw.choice(rare), draw.choice(common)
        return draw.choice(
            [
                word,
                f"={word}",
                f"{word[:6]}*",
                f"{more} {word}",
                draw.choice(pairs),
                f"({word}|{other}) {more}?",
                f"({more}|{draw.choice(common)}) (the|a|our)? {word}",
                f"({more}|{draw.choice(common)}) ... ({word}|{other}|{draw.choice(rare)})",
                f"{word} ...8 {other}",
                f"({word}|{other}|{draw.choice(pairs)})",
            ]
        )

    return [cue() for _ in range(number)]


def shipped_cues() -> list[str]:
    from qualcode.codebook import load_codebook, shipped_codebooks
    from qualcode.coders import check_cue

    codes = [code for name in shipped_codebooks() for code in load_codebook(name).codes]
    patterns = dict.fromkeys(cue.pattern for code in codes for cue in code.cues.get("en", ()))
    return [pattern for pattern in patterns if check_cue(pattern, "en") is None]


def spacy_side(source: Path | None, most_words: int) -> dict[str, float]:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("lemmatizer", config={"mode": "lookup"})
    pipeline.initialize()
    return _timed(source, most_words, lambda text: [token.lemma_ for token in pipeline(text)])


def our_side(source: Path | None, most_words: int, cues: list[str]) -> dict[str, float]:
    from qualcode.coders.matcher import Matcher, words_in
    from qualcode.language import get_language

    language = get_language("en")
    begun = time.process_time()
    matcher = Matcher(cues, language)
    compiled = time.process_time() - begun
    figures = _timed(source, most_words, lambda text: list(matcher.scan(words_in(text, language))))
    return {**figures, "compile seconds": compiled}


def _timed(source: Path | None, most_words: int, work) -> dict[str, float]:
    words = found = 0
    half = 0.0
    seconds = 0.0
    for text in turns(source, most_words):
        begun = time.process_time()
        found += len(work(text))
        seconds += time.process_time() - begun
        words += len(text.split())
        if words <= most_words / 2:
            half = _peak()
    return {"words": words, "seconds": seconds, "results": found, "peak MB": _peak(), "peak MB at half": half}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _alone(work, *arguments) -> dict[str, float]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source", nargs="?", type=Path)
    parser.add_argument("--cues", type=int, default=4000)
    parser.add_argument("--codebook", action="store_true")
    parser.add_argument("--words", type=int, default=400_000)
    given = parser.parse_args()
    cues = shipped_cues() if given.codebook else made_up_cues(list(turns(given.source, given.words)), given.cues)
    bare = _alone(spacy_side, given.source, given.words)
    ours = _alone(our_side, given.source, given.words, cues)
    for name, figures in (("spaCy blank + lookup lemmas", bare), (f"qualcode, {len(cues)} cues", ours)):
        speed = figures["words"] / figures["seconds"]
        print(
            f"{name:30} {figures['words']:9,.0f} words {speed:10,.0f} words/s  {figures['results']:9,.0f} results"
            f"  peak {figures['peak MB']:.0f} MB ({figures['peak MB at half']:.0f} MB at half)"
        )
    print(f"cues compiled in {ours['compile seconds']:.1f} s")
    print(f"one match in {ours['words'] / ours['results']:.1f} words")
    ratio = (ours["words"] / ours["seconds"]) / (bare["words"] / bare["seconds"])
    print(f"ratio {ratio:.2f} (aim: 0.50 or more)")


if __name__ == "__main__":
    main()
