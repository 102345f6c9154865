"""How long coding work takes on a large study, beside qualitative-coding 1.7.8.

    python benchmarks/coding_speed.py                 the full size: 200 transcripts of about 6,000 words
    python benchmarks/coding_speed.py --share 0.05    a twentieth of it, to try

Times are CPU seconds of this process, each with opening the study. The corpus is made of invented words.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

TRANSCRIPTS, WORDS, CODINGS, CODES = 200, 6_000, 49_243, 60
PEER = "qualitative-coding 1.7.8"
SOURCE = "measured with qualitative-coding 1.7.8 in November 2026"
# CPU seconds on a two-core machine; None: not measured.
PEER_SECONDS = {
    "store the codings": 195.0,
    "statistics": None,
    "60-code cross table": 31.0,
    "find": None,
    "rename a code": 22.0,
    "merge two codes": None,
    "merge two copies": None,
}


def vocabulary(draw: random.Random) -> list[str]:
    syllables = ["ka", "lo", "mi", "ter", "na", "so", "ru", "ve", "pi", "dan", "el", "or", "ti", "bu", "sha"]
    return ["".join(draw.choices(syllables, k=draw.randint(1, 4))) for _ in range(4_000)]


def transcript_text(draw: random.Random, words: list[str], size: int) -> str:
    lines, count, asks = [], 0, True
    while count < size:
        length = draw.randint(5, 20) if asks else draw.randint(30, 150)
        said = draw.choices(words, k=length)
        for at in range(9, length, 11):
            said[at] += "."
        lines.append(f"{'INTERVIEWER' if asks else 'ANSWER'}: {' '.join(said)}.")
        count += length
        asks = not asks
    return "\n".join(lines) + "\n"


def codebook_text() -> str:
    lines = ["name: speed", "title: Speed", "codes:"]
    for number in range(CODES):
        lines += [f"  - id: group-{number % 6}/code-{number:02}", f"    definition: What code {number} means."]
    return "\n".join(lines) + "\n"


def make_corpus(place: Path, share: float, seed: int) -> int:
    """Write transcripts and codebook; return how many codings belong to them."""
    draw = random.Random(seed)
    words = vocabulary(draw)
    place.mkdir(parents=True)
    for number in range(max(2, round(TRANSCRIPTS * share))):
        text = transcript_text(draw, words, round(WORDS * draw.uniform(0.9, 1.1)))
        (place / f"t{number:03}.txt").write_text(text, "utf-8")
    (place / "codebook.yaml").write_text(codebook_text(), "utf-8")
    return max(100, round(CODINGS * share))


def make_codings(study, count: int, seed: int) -> list:  # type: ignore[no-untyped-def]
    from qualcode.model import Coding

    draw = random.Random(seed)
    codes = study.codebook.codes
    found: dict[tuple, Coding] = {}
    turns = [(one.name, turn) for one in study.transcripts for turn in one.participant_turns()]
    while len(found) < count:
        name, turn = draw.choice(turns)
        start = draw.randrange(turn.start, max(turn.start + 1, turn.end - 20))
        end = min(turn.end, start + draw.randint(20, 300))
        code = draw.choice(codes)
        coder = draw.choice(("coder-a", "coder-b"))
        coding = Coding(coder, name, start, end, code.id, definition_hash=code.definition_hash)
        found.setdefault(coding.place, coding)
    return list(found.values())


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        work()
    return time.process_time() - start


def measure(share: float, seed: int) -> dict[str, float]:
    from qualcode.model import Coder
    from qualcode.project import codebook_work
    from qualcode.project.codebook_file import changing
    from qualcode.project.folder import find_study
    from qualcode.project.ingesting import ingest
    from qualcode.project.init import init_study
    from qualcode.project.merging import merge_copy
    from qualcode.project.status import status_of
    from qualcode.tables import code_by_code
    from qualcode.tables.query import parse_query
    from qualcode.tables.search import search

    with tempfile.TemporaryDirectory() as temporary:
        corpus, place = Path(temporary) / "corpus", Path(temporary) / "study"
        count = make_corpus(corpus, share, seed)
        folder = init_study(place, codebook=str(corpus / "codebook.yaml"))
        ingest(folder, sorted(corpus.glob("*.txt")), actor="benchmark")
        study = find_study(place).study()
        codings = make_codings(study, count, seed)

        def store() -> None:
            with changing(folder, folder.study(), action="codings import", coder="benchmark") as change:
                for name in ("coder-a", "coder-b"):
                    change.put_coder(Coder(name))
                change.add_codings(codings)

        def cross_table() -> None:
            now = folder.study()
            code_by_code(now, now.codings)

        def find() -> None:
            search(folder.study(), parse_query("kalo* AND code:group-1/*"))

        def merge_codes() -> None:
            codebook_work.merge(folder, ["group-2/code-02"], "group-3/code-03", actor="benchmark")

        times = {"store the codings": timed(store)}
        times["statistics"] = timed(lambda: status_of(folder))
        times["60-code cross table"] = timed(cross_table)
        times["find"] = timed(find)
        times["rename a code"] = timed(
            lambda: codebook_work.rename(folder, "group-1/code-01", "group-1/renamed", actor="benchmark")
        )
        times["merge two codes"] = timed(merge_codes)
        other = Path(temporary) / "other"
        shutil.copytree(place, other)
        theirs = find_study(other)
        now = theirs.study()
        with changing(theirs, now, action="codings add", coder="benchmark") as change:
            more = make_codings(now, max(10, count // 100), seed + 1)
            change.add_codings(replace(coding, coder="coder-b") for coding in more)
        times["merge two copies"] = timed(lambda: merge_copy(folder, other, actor="benchmark"))
        print(f"{len(study.transcripts)} transcripts, {len(codings):,} codings, {len(study.codebook.codes)} codes")
        return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="how much of the full size, 0 to 1")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    times = measure(options.share, options.seed)
    print(f"{'CPU seconds':<24}{'qualcode':>10}{PEER:>28}{'times as fast':>16}")
    for what, seconds in times.items():
        peer = PEER_SECONDS[what] if options.share == 1 else None
        beside = f"{peer:.1f}" if peer else "–"
        ratio = f"{peer / seconds:.0f}" if peer else "–"
        print(f"{what:<24}{seconds:>10.2f}{beside:>28}{ratio:>16}")
    print(f"Figures of the peer: {SOURCE}; – was not measured, or not at this size.")


if __name__ == "__main__":
    main()
