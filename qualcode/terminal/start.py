"""Opens the screens: checks what they need, and closes the store behind them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from qualcode.errors import UserError
from qualcode.model import Coder, Study
from qualcode.project.blindness import refuse_blind
from qualcode.project.coders import read_assignment
from qualcode.project.codings import known_or_new_coder
from qualcode.project.folder import StudyFolder
from qualcode.terminal.changes import WAIT, Changes
from qualcode.terminal.review import Asked, Review
from qualcode.terminal.session import Filters, Session

EXTRA = "terminal"


def open_coder(folder: StudyFolder, *, coder: str, blind: bool = False, cases: Sequence[str] = ()) -> None:
    """Open the screen on which a person codes; returns when it is closed.

    Args:
        folder: The study.
        coder: Who codes.
        blind: Hide others' codings, machines' proposals and others' memos, and put that on record.
        cases: Names of the cases to go through; empty: all.

    Raises:
        UserError: This is no terminal, Textual is not installed, the coder is a machine or a case is unknown.
        StoreError: The store cannot be opened.
    """
    _check_screen()
    with coding(folder, coder=coder, blind=blind, cases=cases) as session:
        from qualcode.terminal.app import CoderApp

        _run(CoderApp(session))


def open_review(folder: StudyFolder, *, actor: str, asked: Asked = Asked(), named: bool = True) -> int:
    """Open the screen on which a person goes through proposed codings; returns when it is closed.

    Args:
        folder: The study.
        actor: Who reviews.
        asked: Which proposals, in what order.
        named: See `qualcode.project.blindness.need_looker`.

    Returns:
        How many proposals were decided on.

    Raises:
        UserError: This is no terminal, Textual is not installed, or see `reviewing`.
        StoreError: The store cannot be opened.
    """
    _check_screen()
    with reviewing(folder, actor=actor, asked=asked, named=named) as review:
        from qualcode.terminal.app import CoderApp

        _run(CoderApp(review.session, review))
        return review.decided


@contextmanager
def coding(folder: StudyFolder, *, coder: str, blind: bool = False, cases: Sequence[str] = ()) -> Iterator[Session]:
    """Open a study for a coder, without a screen; where transcripts are assigned, theirs are gone through.

    Raises:
        UserError: The coder is a machine, or a case is unknown.
        StoreError: The store cannot be opened.
    """
    from qualcode.store import Store

    with Store.open(folder.store_target, wait=WAIT) as store:
        changes = Changes(folder, store, actor=coder, blind=blind)
        changes.coder = _person(changes.study, coder)
        assigned = read_assignment(store).transcripts.get(coder, ())
        session = Session(changes, coder=coder, filters=Filters(cases=tuple(cases)), assigned=assigned)
        changes.record_opening()
        yield session


@contextmanager
def reviewing(folder: StudyFolder, *, actor: str, asked: Asked = Asked(), named: bool = True) -> Iterator[Review]:
    """Open a study for a reviewer, without a screen.

    Raises:
        UserError: There is nothing to review, the selection names something unknown, or the reviewer codes blind (or
            somebody does, and who reviews is not known).
        StoreError: The store cannot be opened.
    """
    from qualcode.store import Store

    with Store.open(folder.store_target, wait=WAIT) as store:
        changes = Changes(folder, store, actor=actor)
        refuse_blind(changes.study, actor, "review", named=named)
        yield Review(Session(changes, coder=actor), asked)


def _person(study: Study, name: str) -> Coder:
    record = known_or_new_coder(study, name)
    if record.kind in ("machine", "consensus"):
        raise UserError(
            f"{name!r} is a {record.kind} coder; a person's codings are not mixed with its own.",
            hint="Give your own name with --by; its proposals are gone through with: qualcode review --coder " + name,
        )
    return record


def _check_screen() -> None:
    # Textual draws on stderr.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UserError(
            "The screen for coding needs a terminal, and this is none.",
            hint="In a script, code with: qualcode codings add, or qualcode codings accept and reject.",
        )
    check_textual()


def check_textual() -> None:
    """Make sure that Textual is there.

    Raises:
        UserError: It is not.
    """
    try:
        import textual  # noqa: F401
    except ImportError as error:
        raise UserError(
            f"The screen for coding needs Textual, which is not installed ({error.name}).",
            hint=f"Install it with: pip install 'qualcode[{EXTRA}]'",
        ) from error


def _run(app) -> None:  # type: ignore[no-untyped-def]
    app.run()
    # Textual reports a bug on the screen and goes on; its traceback and exit status are ours to give.
    if app.return_code:
        raise SystemExit(app.return_code)
