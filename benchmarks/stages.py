"""Times each stage of `qualcode run` on the sample study, and on the sample repeated 10 and 100 times.

    python benchmarks/stages.py [--times 1 10 100]

Every size runs in a process of its own, so that peak memory is that size's. The yardstick beside it is what anybody
would need at least for the same words: reading the files, and spaCy's blank tokeniser over all of them.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

READERS = ("reader-1", "reader-2")


def copies(source: Path, folder: Path, times: int) -> list[Path]:
    """Write each sample transcript `times` times under names and cases of its own; return the files."""
    folder.mkdir()
    files = []
    for path in sorted(source.glob("*.txt")):
        text = path.read_text("utf-8")
        for number in range(times):
            copy = folder / f"{path.stem}-{number:03d}.txt"
            copy.write_text(
                text.replace(f"Case: {path.stem.title()}\n", f"Case: {path.stem.title()} {number:03d}\n"), "utf-8"
            )
            files.append(copy)
    return files


def add_codings(folder, times: int) -> int:  # type: ignore[no-untyped-def]
    """Give every copy the reference codings of its original; return how many."""
    from qualcode.interchange import read_coding_files
    from qualcode.model import Coder, new_id
    from qualcode.resources import shipped

    study = folder.study()
    originals = [one for one in study.transcripts if one.name.endswith("-000")]
    named = replace(study, transcripts=tuple(replace(one, name=one.name[:-4], case=one.name[:-4]) for one in originals))
    added = 0
    with folder.store() as store, store.change(action="codings import", coder="benchmark") as change:
        change.record_codebook(study.codebook.hash, folder.codebook_text())
        for reader in READERS:
            change.put_coder(Coder(reader, "reference"))
            read = read_coding_files(shipped("transcripts_sample") / "codings" / reader, named, coder=reader)
            for number in range(times):
                added += change.add_codings(
                    replace(coding, transcript=f"{coding.transcript}-{number:03d}", id=new_id())
                    for coding in read.codings
                )
    return added


def measure(times: int) -> dict[str, object]:
    """Take the sample, repeated, through every stage; return seconds by stage and what was done."""
    from qualcode.axial import axial
    from qualcode.cases import compare, focus
    from qualcode.project.analysis import agreements, load_beside
    from qualcode.project.ingesting import ingest
    from qualcode.project.init import init_study
    from qualcode.project.machines import code
    from qualcode.project.reporting import write_reports
    from qualcode.resources import shipped

    taken: dict[str, float] = {}

    def timed(stage: str, work: Callable[[], object]) -> object:
        start = time.perf_counter()
        result = work()
        taken[stage] = time.perf_counter() - start
        return result

    with tempfile.TemporaryDirectory() as temporary:
        source = shipped("transcripts_sample")
        settings = (source / "study.yaml").read_text("utf-8")
        folder = init_study(Path(temporary) / "study", codebook="b2b-influencer-marketing", settings=settings)
        files = copies(source, Path(temporary) / "files", times)
        words = sum(len(path.read_text("utf-8").split()) for path in files)
        timed("yardstick: read and tokenise", lambda: tokenise(files))
        timed("ingest", lambda: ingest(folder, files))
        codings = timed("import codings", lambda: add_codings(folder, times))
        timed("code (cues)", lambda: code(folder))
        study = timed("read the study", folder.study)
        published, framework = load_beside(folder)
        timed("axial", lambda: axial(study, framework=framework))
        timed("focus", lambda: focus(study))
        timed("compare", lambda: compare(study, published=published))
        timed("agreement", lambda: agreements(study))
        timed("report (with all analyses)", lambda: write_reports(folder))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "times": times,
        "files": len(files),
        "words": words,
        "codings": codings,
        "seconds": taken,
        "megabytes": memory,
    }


def tokenise(files: Sequence[Path]) -> int:
    """Read the files and run spaCy's blank English tokeniser over them."""
    import spacy

    tokenizer = spacy.blank("en").tokenizer
    return sum(len(tokenizer(path.read_text("utf-8"))) for path in files)


def show(results: list[dict]) -> None:
    """Print seconds, words per second and growth by stage."""
    sizes = [f"{one['times']}×" for one in results]
    print(
        "sample repeated:",
        ", ".join(
            f"{one['times']}× = {one['files']} files, {one['words']:,} words, "
            f"{one['codings']:,} codings, peak {one['megabytes']:.0f} MB"
            for one in results
        ),
    )
    print(f"\n{'stage':32}" + "".join(f"{size:>12}" for size in sizes) + f"{'words/s':>14}{'growth':>10}")
    for stage in results[0]["seconds"]:
        seconds = [one["seconds"][stage] for one in results]
        rate = results[-1]["words"] / seconds[-1]
        growth = exponent(results, seconds)
        print(f"{stage:32}" + "".join(f"{value:>10.2f} s" for value in seconds) + f"{rate:>14,.0f}{growth:>10}")
    print("\ngrowth: exponent b of seconds ~ words^b between the two largest sizes; 1.0 is linear")


def exponent(results: list[dict], seconds: list[float]) -> str:
    """Return the exponent of growth between the two largest sizes."""
    from math import log

    if len(results) < 2:
        return ""
    return f"{log(seconds[-1] / seconds[-2]) / log(results[-1]['words'] / results[-2]['words']):.2f}"


def main() -> None:
    """Run the sizes asked for, each in its own process, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(measure(arguments.one)))
        return
    results = []
    for times in arguments.times:
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(times)], capture_output=True, text=True, check=True
        )
        results.append(json.loads(done.stdout.splitlines()[-1]))
    show(results)


if __name__ == "__main__":
    main()
