"""How well the machine coders code, on whole cases that they did not learn from, beside a baseline in the same script.

    python benchmarks/machine_coders.py                        the sample: combined with and without exemplars, from
                                                               exemplars alone, learned, cues, TF-IDF + LR
    python benchmarks/machine_coders.py --embeddings english   the same with embeddings (an extra)
    python benchmarks/machine_coders.py --data DIR             DIR/gennovate/*_units.csv, DIR/casino/units.csv: learned

The reference codings of the sample are by language-model readers, its transcripts are fictional, and so are the
exemplars of the codebook, which were written without sight of the sample. What a run said is kept in
`benchmarks/machine_coders.md`.
"""

from __future__ import annotations

import argparse
import csv
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from qualcode.coders.combined import CombinedCoder
from qualcode.coders.embeddings import load_embedder
from qualcode.coders.learner import Model, known_of, parts
from qualcode.coders.limits import STEPS, common_limit
from qualcode.coders.targets import training_of
from qualcode.model import Case, Code, Codebook, Coder, Coding, Settings, Study, Transcript, Turn

READERS = ("reader-1", "reader-2")
FOLDS = 5
SAMPLE_FOLDS = 10
DRAWS = 3


def sample_study(embeddings: str) -> Study:
    """The shipped sample with both readers' codings, without a store."""
    from qualcode.codebook import load_codebook
    from qualcode.project.sample import read_sample

    study = read_sample(load_codebook("b2b-influencer-marketing"))
    extra = {**study.settings.extra, "learned": {"embeddings": embeddings}}
    return replace(study, settings=replace(study.settings, extra=extra))


def units_study(path: Path) -> Study:
    """A file of coded units as a study: one transcript a case, one turn a unit."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    codes = [name for name in rows[0] if name.startswith("c:")]
    by_case: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row["text"].strip():
            by_case.setdefault(row["case_id"], []).append(row)
    transcripts, codings = [], []
    for case, own in sorted(by_case.items()):
        text, turns = "", []
        for number, row in enumerate(own, start=1):
            start = len(text)
            text += row["text"].strip() + "\n"
            turns.append(Turn(number, row["speaker"], "participant", start, len(text) - 1))
            codings += [Coding("people", case, start, len(text) - 1, code[2:]) for code in codes if row[code] == "1"]
        transcripts.append(Transcript(case, case, text, tuple(turns)))
    return Study(
        Settings(),
        Codebook(path.stem, path.stem, tuple(Code(code[2:], code[2:]) for code in codes)),
        tuple(Case(case) for case in sorted(by_case)),
        tuple(transcripts),
        (Coder("people"),),
    ).with_codings(codings)


def scores(given: np.ndarray, ours: np.ndarray) -> dict[str, float]:
    """Pooled and mean measures over codes that occur."""
    hits, proposed, real = (given & ours).sum(0), ours.sum(0), given.sum(0)
    used = real > 0
    number = len(given)
    observed = 1 - (proposed + real - 2 * hits) / number
    chance = (proposed / number) * (real / number) + (1 - proposed / number) * (1 - real / number)
    kappa = np.where(chance < 1, (observed - chance) / np.maximum(1 - chance, 1e-12), 0)
    f1 = 2 * hits / np.maximum(proposed + real, 1)
    return {
        "precision": float(hits.sum() / max(proposed.sum(), 1)),
        "recall": float(hits.sum() / max(real.sum(), 1)),
        "F1": float(2 * hits.sum() / max(proposed.sum() + real.sum(), 1)),
        "mean F1": float(f1[used].mean()),
        "mean kappa": float(kappa[used].mean()),
    }


def baseline(texts: list[str], given: np.ndarray, cases: np.ndarray, learn: np.ndarray, test: np.ndarray) -> np.ndarray:
    """TF-IDF of words and pairs, a balanced logistic regression per code; line by F1 or kappa on cases held out."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit([texts[i] for i in learn])
    known, new = rows.transform([texts[i] for i in learn]), rows.transform([texts[i] for i in test])
    place = parts(cases[learn], 4)
    inside = np.zeros(given[learn].shape, dtype=np.float32)
    for part in range(int(place.max()) + 1):
        inside[place == part] = logistic(known[place != part], given[learn][place != part], known[place == part])
    outside = logistic(known, given[learn], new)
    return outside >= best_lines(inside, given[learn])


def best_lines(probabilities: np.ndarray, given: np.ndarray) -> np.ndarray:
    """The better of one line for all codes and a line of its own for each, by pooled F1 on the cases held out."""
    common = np.full(given.shape[1], common_limit(probabilities, given))
    own = np.array([common_limit(probabilities[:, [c]], given[:, [c]]) for c in range(given.shape[1])])
    found = max((common, own), key=lambda lines: scores(given, probabilities >= lines)["F1"])
    return np.clip(found, STEPS[0], STEPS[-1])


def logistic(known, given: np.ndarray, new) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression

    result = np.zeros((new.shape[0], given.shape[1]), dtype=np.float32)
    for column in range(given.shape[1]):
        if 2 <= given[:, column].sum() < len(given):
            model = LogisticRegression(C=10, class_weight="balanced", max_iter=300, solver="liblinear")
            result[:, column] = model.fit(known, given[:, column]).predict_proba(new)[:, 1]
    return result


def on_sample(embeddings: str) -> None:
    from qualcode.agreement import agree
    from qualcode.cases import compare
    from qualcode.codebook import load_published
    from qualcode.project.evaluating import evaluate
    from qualcode.project.exemplars import shipped_for

    study = sample_study(embeddings)
    published = load_published("classification")
    known = known_of(study, training_of(study), None)
    material, given = known.material, known.targets.given
    codes = known.targets.codes
    columns: dict[str, dict[str, float]] = {}
    rows = []
    with_exemplars = replace(study, exemplars=shipped_for(study))
    for label, name, own in (
        ("combined", "combined", with_exemplars),
        ("exemplars only", "combined", before_coding(with_exemplars)),
        ("no exemplars", "combined", study),
        ("learned", "learned", study),
        ("cues", "cues", study),
    ):
        began = time.perf_counter()
        found = evaluate(own, name if label != "exemplars only" else "before", READERS)
        took = time.perf_counter() - began
        pooled = {key: found.agreement.pooled[key] for key in ("precision", "recall", "f1", "mean_kappa")}
        columns[label] = {one.code: one.measures["f1"].value or 0.0 for one in found.agreement.codes}
        rows.append((label, pooled, firms(study, found.coder, found.proposals, published, compare), took))
    between = agree(study, READERS, reference=READERS[0], draws=0)
    columns["readers"] = {one.code: one.measures["f1"].value or 0.0 for one in between.codes}
    began = time.perf_counter()
    ours = np.zeros(given.shape, dtype=bool)
    place = parts(material.case_of, SAMPLE_FOLDS)
    texts = [turn.text for turn in material.turns]
    for part in range(SAMPLE_FOLDS):
        test = np.flatnonzero(place == part)
        ours[test] = baseline(texts, given, material.case_of, np.flatnonzero(place != part), test)
    took = time.perf_counter() - began
    proposals = [
        Coding("baseline", turn.transcript, turn.turn.start, turn.turn.end, codes[column], status="proposed")
        for row, turn in enumerate(material.turns)
        for column in np.flatnonzero(ours[row])
    ]
    flat = scores(given, ours)
    columns["TF-IDF + LR"] = {
        code: 2 * (given[:, c] & ours[:, c]).sum() / max(given[:, c].sum() + ours[:, c].sum(), 1)
        for c, code in enumerate(codes)
    }
    print(
        f"Sample: {len(texts)} turns, {len(codes)} codes, {int(given.sum())} turn × code by both readers; "
        "whole cases held out"
    )
    print(f"{'coder':14} precision recall F1    interval        mean kappa  firms as published  seconds")
    for name, pooled, right, took_ in rows:
        f1 = pooled["f1"]
        print(
            f"{name:14} {pooled['precision'].value:9.3f} {pooled['recall'].value:6.3f} {f1.value:.3f} "
            f"[{f1.low:.3f}, {f1.high:.3f}] {pooled['mean_kappa'].value:10.3f}  {right:18}  {took_:.0f}"
        )
    right = firms(study, "baseline", proposals, published, compare)
    print(
        f"{'TF-IDF + LR':14} {flat['precision']:9.3f} {flat['recall']:6.3f} {flat['F1']:.3f} "
        f"{'':16} {flat['mean kappa']:10.3f}  {right:18}  {took:.0f}"
    )
    print(f"\n{'F1 per code':36} turns " + " ".join(f"{name:>14}" for name in columns))
    for c, code in enumerate(codes):
        print(
            f"{code:36} {int(given[:, c].sum()):5} " + " ".join(f"{columns[n].get(code, 0.0):14.2f}" for n in columns)
        )


def before_coding(study: Study) -> Study:
    """The study with what `combined` proposes when it sees no coding of it, under the name "before"."""
    bare = replace(study, codings=(), coders=())
    proposals = CombinedCoder(study.codebook, study.settings).propose(bare)
    return replace(study, coders=(*study.coders, Coder("before", "machine"))).with_codings(
        (*study.codings, *(replace(coding, coder="before") for coding in proposals))
    )


def firms(study: Study, name: str, proposals, published, compare) -> str:
    alone = replace(study, coders=(Coder(name, "machine"),)).with_codings(
        [replace(coding, coder=name) for coding in proposals]
    )
    found = compare(alone, (name,), published=published)
    wrong = [f"{one.case}: {'+'.join(one.assigned) or 'none'}" for one in found.cases if one.agrees is False]
    right, of = found.agreed
    return f"{right}/{of}" + (f" ({'; '.join(wrong)})" if wrong else "")


def on_units(path: Path, embeddings: str) -> None:
    study = units_study(path)
    embedder = None if embeddings == "none" else load_embedder(embeddings)
    known = known_of(study, training_of(study), embedder)
    material, given = known.material, known.targets.given
    texts = [turn.text for turn in material.turns]
    place = parts(material.case_of, FOLDS)
    print(f"{path.parent.name}/{path.name}: {len(texts)} units, {len(material.cases)} cases, {given.shape[1]} codes")
    for number in (100, 0):
        sums: dict[str, list[dict[str, float]]] = {"learned": [], "TF-IDF + LR": []}
        for draw in range(DRAWS if number else 1):
            ours = {name: np.zeros(given.shape, dtype=bool) for name in sums}
            for part in range(FOLDS):
                learn, test = np.flatnonzero(place != part), np.flatnonzero(place == part)
                if number:
                    learn = np.sort(np.random.default_rng(draw).choice(learn, number, replace=False))
                model = Model(known, learn, with_codebook=False)
                predicted = model.predict(known.seen, known.within, test)
                ours["learned"][test] = predicted.probabilities >= model.limits
                ours["TF-IDF + LR"][test] = baseline(texts, given, material.case_of, learn, test)
            for name in sums:
                sums[name].append(scores(given, ours[name]))
        for name, found in sums.items():
            mean = {key: np.mean([one[key] for one in found]) for key in found[0]}
            told = f"{number} units coded" if number else "all units coded"
            print(
                f"  {told:16} {name:12} " + "  ".join(f"{key} {value:.3f}" for key, value in mean.items()), flush=True
            )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, help="folder with gennovate/ and casino/")
    options.add_argument("--embeddings", default="none", help="none, english or multilingual")
    given = options.parse_args()
    if given.data is None:
        on_sample(given.embeddings)
        return
    for name in ("gennovate/indicator_units.csv", "gennovate/category_units.csv", "casino/units.csv"):
        on_units(given.data / name, given.embeddings)


if __name__ == "__main__":
    main()
