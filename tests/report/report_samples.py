"""A small study with awkward texts and hand-built findings for the tests of reports."""

from __future__ import annotations

from dataclasses import replace

from qualcode.agreement import agree, clinic, disagreements, saturation
from qualcode.agreement.findings import Agreement, CodeAgreement, Value
from qualcode.axial.findings import AxialFindings, CategoryFinding, Consideration, Edge, ProposedCategory
from qualcode.cases.findings import (
    CaseResult,
    Cell,
    Cluster,
    Clustering,
    Comparison,
    Contrast,
    FocusMatrix,
    Membership,
)
from qualcode.model import (
    Case,
    Category,
    Code,
    Codebook,
    Coder,
    Coding,
    Memo,
    Relation,
    Settings,
    Study,
    Transcript,
    Turn,
)
from qualcode.report import ReportInput

NOTICE = "These interviews are invented."
ALPHA = """Title: Interview one
Cohort: firm

[00:00:05] ANNA: How is the <b>baking</b> & selling going?

[00:00:12] BO: We bake bread, and we sell bread. <script>alert("x")</script> It is warm.

[... abridged ...]

[00:02:00] ANNA: And then?

[00:02:05] BO: Then people talk. They come back.

* * *

end of tape
"""
BETA = """[00:00:01] ANNA: ספרי לי
[00:00:04] DINA: אנחנו אופים לחם 🍞 כל יום. We sell it too.
"""


def transcript(name: str, case: str, text: str, participants: tuple[str, ...]) -> Transcript:
    """Return a transcript of lines `[HH:MM:SS] SPEAKER: text`."""
    turns = []
    at = 0
    for line in text.splitlines(keepends=True):
        if line.startswith("[0"):
            head, _, speech = line.rstrip("\n").partition(": ")
            time, _, speaker = head.partition("] ")
            hours, minutes, seconds = (int(part) for part in time[1:].split(":"))
            start = at + len(head) + 2
            role = "participant" if speaker in participants else "interviewer"
            clock = float(hours * 3600 + minutes * 60 + seconds)
            turns.append(Turn(len(turns) + 1, speaker, role, start, start + len(speech), clock))
        at += len(line)
    return Transcript(name, case, text, tuple(turns), source=f"{name}.txt", attributes={"Duration": "40 min"})


def coding(study_text: Transcript, coder: str, quote: str, code: str, **more: object) -> Coding:
    """Return a coding of the first occurrence of a quotation."""
    start = study_text.text.index(quote)
    name = f"{coder}/{study_text.name}/{start}/{len(quote)}/{code}"
    return Coding(coder, study_text.name, start, start + len(quote), code, id=name, **more)  # type: ignore[arg-type]


CODEBOOK = Codebook(
    "bakeries",
    "Bakeries",
    (
        Code("work/bake", "Baking", "Making bread.", ("dough",), ("selling",), ("We knead.",), ("work",)),
        Code(
            "work:bake", "Baking again, a code with a very long name that goes on and on and on", categories=("work",)
        ),
        Code("销售", "Selling", categories=("trade",), colour="#123456"),
        Code("none", "Never found", categories=("trade",), colour="red;} body {"),
        Code("goal/fame", "Fame", stage="focused", dimension="goal", strategy="loud"),
        Code("goal/peace", "Peace", stage="focused", dimension="goal", strategy="quiet"),
        Code("way/talk", "Talk", stage="focused", dimension="way", strategy="loud"),
    ),
    (Category("work", "Work", "What is done."), Category("trade", "Trade", parent="work")),
    {"loud": "Loud", "quiet": "Quiet"},
    {"goal": "Goal", "way": "Way"},
    source="Baker (1999). Bread.",
    hash="ab" * 32,
)
CODERS = (
    Coder("reader-1", "reference", {"made by": "a language-model reader"}),
    Coder("reader-2", "reference", {"made by": "a language-model reader"}),
    Coder("robot", "machine", {"version": "1"}),
)


def small_study() -> Study:
    """Return two cases and a third one without a transcript, two references and a machine."""
    alpha = transcript("alpha", "Alpha & Söhne", ALPHA, ("BO",))
    beta = transcript("Alpha", "../beta", BETA, ("DINA",))
    codings = []
    for reader in ("reader-1", "reader-2"):
        codings += [
            coding(alpha, reader, "We bake bread, and we sell bread.", "work/bake"),
            coding(alpha, reader, "we sell bread. <script>", "销售"),
            coding(alpha, reader, "we sell bread", "work:bake"),
            coding(alpha, reader, "It is warm.", "goal/peace", stage="focused"),
            coding(alpha, reader, "Then people talk. They come back.", "way/talk", stage="focused"),
            coding(alpha, reader, "Then people talk. They come back.", "goal/fame", stage="focused"),
            coding(beta, reader, "אנחנו אופים לחם 🍞", "work/bake"),
        ]
    codings.append(coding(beta, "reader-2", "We sell it too.", "销售"))
    codings.append(coding(alpha, "robot", "They come back.", "none", status="proposed"))
    study = Study(
        Settings(title="Bread & <i>butter</i>", notice=NOTICE, classified_cohorts=("firm",)),
        CODEBOOK,
        (
            Case("Alpha & Söhne", "firm", {"Town": "Åbo", "Duration": "41 min"}),
            Case("../beta", "shop", {"Town": "<Haifa>"}),
            Case("Gamma", "shop"),
        ),
        (beta, alpha),
        CODERS,
        memos=(
            Memo("reader-1", "About the study.", target="study"),
            Memo("reader-1", "About the case <b>.", target="case", key="Alpha & Söhne"),
            Memo("reader-1", "About a passage.", target="passage", key="alpha:0-5"),
            Memo("reader-1", "About a code.", target="code", key="work/bake"),
        ),
        relations=(Relation("work/bake", "condition", "销售", "reader-1", id="r"),),
    )
    return study.with_codings(codings)


def counted(study: Study) -> tuple[Coding, ...]:
    """Return what both readers gave, as codings of their consensus."""
    return tuple(
        replace(item, coder="consensus", id=f"c{number}", evidence={"coders": ["reader-1", "reader-2"]})
        for number, item in enumerate(study.codings)
        if item.coder == "reader-1"
    )


def small_input() -> ReportInput:
    """Return the small study with hand-built findings of every kind."""
    study = small_study()
    codings = counted(study)
    names = ("reader-1", "reader-2")

    def of(*codes: str) -> tuple[Coding, ...]:
        return tuple(item for item in codings if item.code in codes)

    case = "Alpha & Söhne"
    edge = Edge("work/bake", "销售", 1, 2, 1, 0.5, 1.0, 2.0, (case,), of("work/bake", "销售")[-2:])
    axial = AxialFindings(
        names,
        "turn",
        4,
        (CategoryFinding("work", (("work/bake", (case,), of("work/bake")),), (case,), 2),),
        (edge,),
        (ProposedCategory(1, ("work/bake", "销售"), (("work", 1),), 0.9),),
        0.1,
        None,
        (
            Consideration(
                "1a", "work", "Baking", ("baker",), "confirmed", ("work/bake",), (), (case,), of("work/bake")
            ),
            Consideration("1b", "work", "Fame", (), "not found", ("none",), (), (), (), "A note."),
        ),
        (("Edge", "at least 1"),),
    )
    focus = FocusMatrix(
        names,
        (case,),
        ("goal", "way"),
        (
            Cell(case, "goal", (("goal/fame", "loud", of("goal/fame")), ("goal/peace", "quiet", of("goal/peace")))),
            Cell(case, "way", (("way/talk", "loud", of("way/talk")),)),
        ),
    )
    comparison = Comparison(
        names,
        (
            CaseResult(
                case,
                (
                    Membership("loud", 0.75, 0.4, 1.0, 2, of("goal/fame", "way/talk"), True, "Enough."),
                    Membership("quiet", 0.25, 0.0, 0.6, 1, of("goal/peace"), False, "Too little."),
                ),
                ("loud",),
                ("loud", "quiet"),
                False,
            ),
        ),
        (("loud", 1, 1), ("quiet", 0, 1)),
        (0, 1),
        Clustering(
            (case, "../beta", "Gamma"),
            ((0, 1, 0.5, 2), (3, 2, 1.0, 3)),
            (case, "../beta", "Gamma"),
            (Cluster(1, (case, "../beta"), 0.9, (("goal/fame", 1.0),)), Cluster(2, ("Gamma",), 0.5, ())),
            ((2, 0.4),),
            0.8,
        ),
        (Contrast("loud", "work/bake", 1, 1, 0, 2, 1.0), Contrast("loud", "none", 0, 1, 1, 2, -0.5)),
        "At least half.",
        "Baker (2000). Bread again.",
        (("Draws", "10"),),
    )
    agreements = (
        Agreement(
            "turn",
            names,
            3,
            "",
            {"f1": Value(0.9, low=0.8, high=1.0), "alpha": Value(None, "nobody varied")},
            (CodeAgreement("work/bake", {"reader-1": 2, "reader-2": 2}, 2, 0.5, {"f1": Value(1.0)}),),
            ("none",),
            ("Few units.",),
            (),
        ),
        Agreement(
            "turn",
            ("reader-1", "robot"),
            3,
            "reader-1",
            {"precision": Value(0.0), "recall": Value(0.0)},
            (CodeAgreement("none", {"reader-1": 0, "robot": 1}, 0, 0.2, {"precision": Value(0.0)}),),
            (),
            (),
            (),
        ),
    )
    return ReportInput(
        study, axial, focus, comparison, agreements, names, codings, (("baker", "Baker (1998)"),), (("Draft", "first"),)
    )


def measured_input() -> ReportInput:
    """Return the small study with agreement of three coders, then of two with a machine, and saturation, measured."""
    study = small_study()
    third = replace(study, coders=(*study.coders, Coder("reader-3", "reference")))
    alpha = study.transcript_by_name["alpha"]
    extra = [
        coding(alpha, "reader-3", "We bake bread", "work/bake"),
        coding(alpha, "reader-3", "It is warm.", "work/bake"),
        coding(alpha, "reader-3", "They come back.", "销售"),
    ]
    third = third.with_codings((*study.codings, *extra))
    compared = ((("reader-1", "reader-2", "reader-3"), ""), (("reader-1", "robot"), "reader-1"))
    codings = counted(third)
    return ReportInput(
        third,
        agreements=tuple(agree(third, names, reference=reference, draws=20) for names, reference in compared),
        coders=("reader-1", "reader-2"),
        codings=codings,
        clinics=tuple(clinic(third, names) for names, _ in compared),
        disagreements=tuple(disagreements(third, names) for names, _ in compared),
        saturation=saturation(third, codings, permutations=20),
    )
