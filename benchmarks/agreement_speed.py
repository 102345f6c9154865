"""Time and memory of a whole table of agreement: 20 coders × 10,000 units × 200 codes, 2,000 bootstrap draws.

Beside it, what the packages krippendorff and nltk can do on the same data: krippendorff one alpha of one code (no sets,
no intervals, no other measure), nltk one alpha over sets, on part of the units because it compares every pair of them.
Run: python benchmarks/agreement_speed.py [--units N] [--coders N] [--codes N] [--draws N] [--interviews N]
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from qualcode.agreement import agree
from qualcode.agreement.alpha import alpha, alpha_of_sets, masi_distance
from qualcode.model import Case, Code, Codebook, Coder, Coding, Settings, Study, Transcript, Turn

WORD = "word "


def make_study(coders: int, units: int, codes: int, interviews: int, seed: int = 1) -> tuple[Study, np.ndarray]:
    """Return a study of one-word turns, and the same as an array units × coders × codes.

    Codes are skewed as in real codebooks: most are rare. Coders find 80 % of what is there and add a little of their
    own.
    """
    generator = np.random.default_rng(seed)
    prevalence = generator.beta(1, 60, codes)
    truth = generator.random((units, codes)) < prevalence
    given = np.zeros((units, coders, codes), dtype=bool)
    for coder in range(coders):
        chance = generator.random((units, codes))
        given[:, coder] = np.where(truth, chance < 0.8, chance < prevalence * 0.15)
    length = units // interviews
    turns = tuple(Turn(n + 1, "P", "participant", n * len(WORD), (n + 1) * len(WORD) - 1) for n in range(length))
    transcripts = tuple(Transcript(f"i{n:03}", f"i{n:03}", WORD * length, turns) for n in range(interviews))
    made = []
    for unit, coder, code in np.argwhere(given[: length * interviews]).tolist():
        name, start = f"i{unit // length:03}", unit % length * len(WORD)
        made.append(Coding(f"c{coder:02}", name, start, start + 4, f"k{code:03}", id=f"{len(made)}"))
    study = Study(
        settings=Settings(),
        codebook=Codebook("bench", "Bench", tuple(Code(f"k{n:03}", f"k{n:03}") for n in range(codes))),
        cases=tuple(Case(item.name) for item in transcripts),
        transcripts=transcripts,
        coders=tuple(Coder(f"c{n:02}") for n in range(coders)),
    )
    return study.with_codings(made), given


def timed(what: str, work: Callable[[], Any], *, best_of: int = 1) -> tuple[float, Any]:
    taken = float("inf")
    for _ in range(best_of):
        start = time.perf_counter()
        found = work()
        taken = min(taken, time.perf_counter() - start)
    print(f"{what:<72} {taken:>9.3f} s")
    return taken, found


def beside_krippendorff(given: np.ndarray, table: float, codes: int, draws: int) -> None:
    if importlib.util.find_spec("krippendorff") is None:
        print("(krippendorff is not installed)")
        return
    import krippendorff

    ratings = given[:, :, 0].astype(int)
    ours, mine = timed("alpha of one code: qualcode", lambda: alpha(ratings).value, best_of=5)
    theirs, other = timed(
        "alpha of one code: krippendorff",
        lambda: krippendorff.alpha(reliability_data=ratings.T.astype(float), level_of_measurement="nominal"),
        best_of=5,
    )
    assert abs(mine - other) < 1e-9
    whole = theirs * codes * (draws + 1)
    print(f"  one alpha: {theirs / ours:.1f} times as fast; alphas of all codes with {draws} draws would take it")
    print(f"  {whole / 3600:.1f} hours, the whole table here takes {table:.0f} s ({whole / table:,.0f} times as fast)")


def beside_nltk(given: np.ndarray) -> None:
    if importlib.util.find_spec("nltk") is None:
        print("(nltk is not installed)")
        return
    from nltk.metrics.agreement import AnnotationTask

    part = given[:300, :4]
    rows = [[frozenset(np.flatnonzero(codes).tolist()) for codes in unit] for unit in part]
    triples = [(str(coder), unit, item) for unit, row in enumerate(rows) for coder, item in enumerate(row)]
    what = f"alpha over sets (MASI), {len(part)} units × 4 coders:"
    ours, mine = timed(f"{what} qualcode", lambda: alpha_of_sets(rows).value, best_of=5)
    theirs, other = timed(f"{what} nltk", lambda: AnnotationTask(triples, distance=masi_distance).alpha(), best_of=5)
    assert abs(mine - other) < 1e-9
    print(f"  {theirs / ours:.1f} times as fast")


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, default in (("coders", 20), ("units", 10_000), ("codes", 200), ("draws", 2000), ("interviews", 100)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    _, (study, given) = timed(
        f"making {asked.coders} coders × {asked.units} units × {asked.codes} codes in {asked.interviews} interviews",
        lambda: make_study(asked.coders, asked.units, asked.codes, asked.interviews),
    )
    rate = given.sum() / given.shape[0] / given.shape[1]
    print(f"  {len(study.codings):,} codings, {rate:.1f} codes per unit and coder")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    names = [coder.name for coder in study.coders]
    timed("whole table without intervals", lambda: agree(study, names, draws=0))
    table, found = timed(f"whole table with {asked.draws} draws", lambda: agree(study, names, draws=asked.draws))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    measures = len(found.codes) * len(found.codes[0].measures) + len(found.pooled)
    print(f"  {measures:,} values with intervals; peak memory {peak:.0f} MB ({before:.0f} MB before: study and data)")
    beside_krippendorff(given, table, asked.codes, asked.draws)
    beside_nltk(given)


if __name__ == "__main__":
    main()
