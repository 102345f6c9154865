"""How long coding work takes on a large study, beside qualitative-coding 1.7.8 and Taguette 1.5.2.

    python benchmarks/coding_speed.py                 the full size: 200 transcripts of about 6,000 words
    python benchmarks/coding_speed.py --scale 0.05    a twentieth of it, to try
    python benchmarks/coding_speed.py --peers --peer-python A/bin/python --peer-python B/bin/python --scale 0.05
                                                      the peers too, in the same run on the same corpus

Each peer needs an environment of its own (they want different versions of SQLAlchemy):
`pip install qualitative-coding==1.7.8` in one, `pip install taguette==1.5.2` in the other. A peer that is not there, or
takes longer than `--time-out`, is left out and said to be; at the full size, where qualitative-coding needs four
minutes and Taguette twenty, recorded figures stand in for those that were not asked for.

Times are CPU seconds, each with opening the study, none with starting Python and imports but those of whole commands,
as typed (compiled, as after an installation). The corpus is made of invented words.
What the peers do, and in which of their own terms, is in peers.py.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

TRANSCRIPTS, WORDS, CODINGS, CODES = 200, 6_000, 49_243, 60
QC, TAGUETTE = "qualitative-coding 1.7.8", "taguette 1.5.2"
# CPU seconds for the full size on a two-core machine, measured in November 2026; where --peers does not measure anew.
RECORDED: dict[str, dict[str, float]] = {
    QC: {
        "store the codings": 109.528,
        "statistics": 0.027,
        "codings by code": 0.027,
        "60-code cross table": 24.343,
        "find a code's passages": 0.036,
        "command: statistics": 1.148,
        "command: find a code": 1.173,
        "rename a code": 10.028,
        "merge two codes": 9.156,
        "command: rename a code": 11.665,
        "command: merge two codes": 11.269,
    },
    TAGUETTE: {
        "store the codings": 699.226,
        "statistics": 0.102,
        "codings by code": 0.102,
        "find a code's passages": 1.915,
        "rename a code": 0.013,
        "merge two codes": 0.026,
    },
}
REPEATS = 5
"""How often what only looks is done; the middle is shown."""
FIND = "code:group-1/code-01"


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


def make_codings(study, count: int, seed: int) -> list[Any]:  # type: ignore[no-untyped-def]
    from qualcode.model import Coding

    draw = random.Random(seed)
    codes = study.codebook.codes
    found: dict[tuple[Any, ...], Coding] = {}
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


def median(work: Callable[[], object]) -> float:
    """Return the middle of some runs: what only looks can be repeated, and is short enough to need it."""
    return statistics.median(timed(work) for _ in range(REPEATS))


def plain(study, codings: list[Any]) -> dict[str, Any]:  # type: ignore[no-untyped-def]
    """Return what peers.py reads: turns as texts, and codings located within them."""
    documents, numbers = {}, {}
    for one in study.transcripts:
        documents[one.name] = [one.text[turn.start : turn.end] for turn in one.turns]
        numbers[one.name] = {turn.start: number for number, turn in enumerate(one.turns)}
    told = []
    for coding in codings:
        turn = study.transcript_by_name[coding.transcript].turn_at(coding.start)
        place = {"start": coding.start - turn.start, "end": coding.end - turn.start}
        number = numbers[coding.transcript][turn.start]
        told.append(
            {"document": coding.transcript, "turn": number, "code": coding.code, "coder": coding.coder, **place}
        )
    return {"documents": documents, "codes": [code.id for code in study.codebook.codes], "codings": told}


def run_peer(python: str, corpus: Path, time_out: float) -> list[dict[str, Any]]:
    """Return what the peers installed in an environment took; nothing, with a line on stderr, if they cannot be run."""
    words = [python, str(Path(__file__).with_name("peers.py")), str(corpus)]
    pipe = subprocess.PIPE
    try:
        peer = subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, start_new_session=True)
    except OSError as error:
        print(f"{python}: {error}; left out", file=sys.stderr)
        return []
    try:
        told, errors = peer.communicate(timeout=time_out)
    except subprocess.TimeoutExpired:
        # With the server that it may have started.
        os.killpg(peer.pid, signal.SIGKILL)
        peer.communicate()
        print(f"{python}: longer than {time_out:.0f} seconds, left out", file=sys.stderr)
        return []
    if peer.returncode:
        print(f"{python}: {(errors.strip() or 'ended').splitlines()[-1]}; left out", file=sys.stderr)
        return []
    found = list(json.loads(told.splitlines()[-1]))
    if not found:
        print(f"{python}: has neither {QC} nor {TAGUETTE}; left out", file=sys.stderr)
    return found


def measure(
    share: float, seed: int, pythons: list[str], time_out: float
) -> tuple[dict[str, float], list[dict[str, Any]]]:
    import pandas  # noqa: F401  imported by the cross table; imports are in nobody's figures

    import qualcode
    from qualcode.model import Coder
    from qualcode.project import codebook_work
    from qualcode.project.codebook_file import changing
    from qualcode.project.finding import Sight
    from qualcode.project.finding import find as find_in
    from qualcode.project.folder import find_study
    from qualcode.project.ingesting import ingest
    from qualcode.project.init import init_study
    from qualcode.project.merging import merge_copy
    from qualcode.project.status import status_of
    from qualcode.tables import code_by_code
    from qualcode.tables.query import parse_query
    from qualcode.tables.search import Scope

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
            find_in(folder, parse_query("kalo* AND code:group-1/*"), Scope(), sight=Sight("benchmark"))

        def count_codes() -> None:
            with folder.look() as look:
                look.definitions()

        def find_code() -> None:
            find_in(folder, parse_query(FIND), Scope(), sight=Sight("benchmark"))

        def command(*words: str) -> float:
            start = resource.getrusage(resource.RUSAGE_CHILDREN)
            paths = os.pathsep.join([str(Path(qualcode.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
            called = [sys.executable, "-m", "qualcode", "-C", str(place), *words]
            environment = {**os.environ, "PYTHONPATH": paths, "PYTHONPYCACHEPREFIX": str(Path(temporary) / "compiled")}
            environment.pop("PYTHONDONTWRITEBYTECODE", None)
            subprocess.run(called, capture_output=True, check=True, env=environment)
            end = resource.getrusage(resource.RUSAGE_CHILDREN)
            return end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime

        def merge_codes() -> None:
            codebook_work.merge(folder, ["group-2/code-02"], "group-3/code-03", actor="benchmark")

        times = {"store the codings": timed(store)}
        times["statistics"] = median(lambda: status_of(folder))
        times["codings by code"] = median(count_codes)
        times["60-code cross table"] = timed(cross_table)
        times["find words near a code"] = median(find)
        times["find a code's passages"] = median(find_code)
        times["command: statistics"] = statistics.median(command("status") for _ in range(REPEATS))
        times["command: find a code"] = statistics.median(command("search", FIND) for _ in range(REPEATS))
        times["rename a code"] = timed(
            lambda: codebook_work.rename(folder, "group-1/code-01", "group-1/renamed", actor="benchmark")
        )
        times["merge two codes"] = timed(merge_codes)
        command("codebook", "rename", "group-4/code-04", "group-4/renamed", "--dry-run")  # compiles what it needs
        times["command: rename a code"] = command("codebook", "rename", "group-4/code-04", "group-4/renamed")
        times["command: merge two codes"] = command("codebook", "merge", "group-5/code-05", "--into", "group-0/code-06")
        other = Path(temporary) / "other"
        shutil.copytree(place, other)
        theirs = find_study(other)
        now = theirs.study()
        with changing(theirs, now, action="codings add", coder="benchmark") as change:
            more = make_codings(now, max(10, count // 100), seed + 1)
            change.add_codings(replace(coding, coder="coder-b") for coding in more)
        times["merge two copies"] = timed(lambda: merge_copy(folder, other, actor="benchmark"))
        print(f"{len(study.transcripts)} transcripts, {len(codings):,} codings, {len(study.codebook.codes)} codes")
        told = Path(temporary) / "peers.json"
        told.write_text(json.dumps(plain(study, codings)), "utf-8")
        return times, [peer for python in pythons for peer in run_peer(python, told, time_out)]


def show(share: float, times: dict[str, float], measured: list[dict[str, Any]]) -> None:
    """Print the table, and where its figures come from."""
    peers = {one["peer"]: dict(one["times"]) for one in measured}
    recorded = [peer for peer in RECORDED if peer not in peers and share == 1]
    peers.update({peer: RECORDED[peer] for peer in recorded})
    print(f"{'CPU seconds':<24}{'qualcode':>10}" + "".join(f"{peer:>26}{'times as fast':>15}" for peer in peers))
    for what, seconds in times.items():
        line = f"{what:<24}{seconds:>10.3f}"
        for there in peers.values():
            value = there.get(what)
            line += f"{'–':>26}{'–':>15}" if value is None else f"{value:>26.3f}{value / seconds:>15.1f}"
        print(line)
    for one in measured:
        print(f"{one['peer']}: measured now, on this corpus, {one['stored']:,} codings; {one['note']}.")
    for peer in recorded:
        print(f"{peer}: recorded in November 2026 at the full size, not measured in this run.")
    if share != 1:
        print(
            f"{share:g} of the full size; a figure here says nothing about the full size, costs grow unlike each other."
        )
    print("–: was not measured, or the tool has nothing like it.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--scale", "--share", dest="share", type=float, default=1.0, help="how much of the full size, 0 to 1"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", action="store_true", help="run the peers in the same run")
    parser.add_argument(
        "--peer-python", action="append", default=[], metavar="PATH", help="a Python with a peer installed; repeatable"
    )
    parser.add_argument("--time-out", type=float, default=3600, metavar="SECONDS", help="for each peer [3600]")
    options = parser.parse_args()
    if options.peers != bool(options.peer_python):
        parser.error("--peers and --peer-python PATH belong together")
    show(options.share, *measure(options.share, options.seed, options.peer_python, options.time_out))


if __name__ == "__main__":
    main()
