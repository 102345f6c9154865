"""What a person at the screen changes: each action one transaction, saved when the method returns.

The study in hand is read again whenever another program has written; a write first catches up with what others have
done, within its own transaction, so that nothing of theirs is lost or written over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from qualcode.errors import UserError
from qualcode.model import Code, Codebook, Coder, Coding, Memo, Study
from qualcode.project.blindness import BLIND, YES, codes_blind, note_blind
from qualcode.project.folder import StudyFolder

if TYPE_CHECKING:
    from qualcode.store import Change, JournalEntry, Store

OF_CODING = ("codings ", "memo ", "codebook add")
"""How the actions begin that a person's undo takes back at a later screen too; codings imported are among them."""
WAIT = 3.0
"""Seconds that the screen stands still for another writer before it says so."""


@dataclass(slots=True)
class Done:
    """What one change did to the study in hand.

    Attributes:
        added: Codings that are new.
        changed: Codings as they are now, in place of those with the same ids.
        removed: Ids of codings that are gone.
        memos: Memos that are new or have another text.
        memo_gone: Id of a memo that is gone.
        number: Of the journal entry; None when nothing was written.
    """

    added: list[Coding] = field(default_factory=list)
    changed: list[Coding] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    memos: list[Memo] = field(default_factory=list)
    memo_gone: str = ""
    number: int | None = None


class Changes:
    """The study at the screen, and everything that can be changed in it.

    Args:
        folder: The study's folder.
        store: Its store, open for as long as the screen is.
        actor: Who works, for the journal.
        blind: The coder sees nobody else's codings.

    Attributes:
        study: The study as read last.
        number: Of the newest change that it knows.
        coder: Whose codings are made; None in review, where nobody's own codings are made.
        codebook_problem: Why the codebook's file cannot be read at present; empty when it can.
    """

    def __init__(self, folder: StudyFolder, store: Store, *, actor: str, blind: bool = False) -> None:
        self.folder = folder
        self.store = store
        self.actor = actor
        self.blind = blind
        self.codebook_problem = ""
        self.coder: Coder | None = None
        self._own: set[int] = set()
        self._last = -1
        self._text = folder.codebook_text()
        self._codebook = folder.codebook()
        self.study: Study
        self.number = -1
        self._read()

    # Reading

    def refresh(self) -> bool:
        """Read again what another program, or an editor of the codebook, has changed; return whether there was any.

        Raises:
            StoreError: The store cannot be read.
        """
        edited = self._refresh_codebook()
        if not edited and self.store.number == self.number:
            return False
        self._read()
        return True

    def _refresh_codebook(self) -> bool:
        from qualcode.codebook import parse_codebook

        try:
            text = self.folder.codebook_text()
            if text == self._text and not self.codebook_problem:
                return False
            self._codebook, self._text = parse_codebook(text, path=self.folder.codebook_path), text
        except UserError as error:
            # Somebody is in the middle of editing it: the codes known so far go on working.
            known, self.codebook_problem = self.codebook_problem, error.message
            return known != self.codebook_problem
        self.codebook_problem = ""
        return True

    def _read(self) -> None:
        # The number first: a change between the two reads is then read once more, not missed.
        number = self.store.number
        self.study = self.store.snapshot(self.folder.settings, self._codebook)
        self.number = number
        if self.coder is not None and codes_blind(self.study, self.coder.name):
            self.blind = True

    # Writing

    def record_opening(self) -> None:
        """Put on record that the coder works blind from now on; one who was stays so until it is lifted.

        Raises:
            StoreError: The store cannot be written.
        """
        if self.coder is None:
            return
        if self.coder.attributes.get(BLIND) == YES:
            self.blind = True
        elif self.blind:
            self.coder = replace(self.coder, attributes={**self.coder.attributes, BLIND: YES})
            with self.store.change(coder=self.actor, action="coder blind", detail=self.coder.name) as change:
                change.put_coder(self.coder)
            self._read()

    def add_codings(self, codings: Sequence[Coding], *, action: str = "codings add") -> Done:
        """Add codings of the coder; those that stand already are left out, rejected ones stand again.

        Raises:
            UserError: The text has been replaced meanwhile.
            StoreError: The store cannot be written.
        """
        detail = ", ".join(coding.code for coding in codings)
        with self._change(action, detail, [coding.transcript for coding in codings]) as (change, done):
            self._add(change, done, codings)
        return done

    def remove_codings(self, codings: Sequence[Coding]) -> Done:
        """Remove codings.

        Raises:
            StoreError: The store cannot be written, or another program has removed one of them.
        """
        with self._change("codings remove", ", ".join(coding.code for coding in codings)) as (change, done):
            done.removed = [coding.id for coding in codings]
            change.remove_codings(done.removed)
        return done

    def set_status(self, codings: Sequence[Coding], status: str) -> Done:
        """Accept or reject codings.

        Raises:
            StoreError: The store cannot be written, or another program has removed one of them.
        """
        detail = ", ".join(f"{coding.code} of {coding.coder}" for coding in codings)
        with self._change(f"codings {status}", detail) as (change, done):
            change.set_status([coding.id for coding in codings], status)
            done.changed = [replace(coding, status=status) for coding in codings]
        return done

    def correct(self, coding: Coding, *, code: Code | None = None, span: tuple[int, int] | None = None) -> Done:
        """Accept a proposed coding with another code or passage.

        The proposal stays as rejected, so that its coder does not make it again; beside it stands the corrected one,
        accepted, whose evidence names what it was made from and who corrected it.

        Raises:
            UserError: The text has been replaced meanwhile.
            StoreError: The store cannot be written.
        """
        start, end = span or (coding.start, coding.end)
        now = code or self.study.codebook.by_id.get(coding.code)
        before = {"id": coding.id, "code": coding.code, "start": coding.start, "end": coding.end}
        corrected = Coding(
            coder=coding.coder,
            transcript=coding.transcript,
            start=start,
            end=end,
            code=now.id if now else coding.code,
            stage=now.stage if now else coding.stage,
            assertion=coding.assertion,
            evidence={**coding.evidence, "changed_from": before, "changed_by": self.actor},
            definition_hash=now.definition_hash if now else coding.definition_hash,
        )
        detail = f"{coding.code} to {corrected.code}" if code else f"{coding.code}: another passage"
        with self._change("codings change", detail, [coding.transcript]) as (change, done):
            change.set_status([coding.id], "rejected")
            done.changed = [replace(coding, status="rejected")]
            self._add(change, done, [corrected])
        return done

    def add_code(self, code: Code, codings: Sequence[Coding] = ()) -> Done:
        """Add a code to the codebook, in the file and in the store, and give it to passages in the same change.

        Raises:
            UserError: Its identifier is taken or not fit for one, or the codebook's file has mistakes.
            StoreError: The store cannot be written.
        """
        from qualcode.codebook.edit import add_code
        from qualcode.codebook.rewrite import rewrite
        from qualcode.project.codebook_file import rewriting

        self._record_edits(begin=True)
        # Before the file is marked as about to be written: what cannot be read is left as it is.
        self._readable_codebook()
        names = [coding.transcript for coding in codings]
        with rewriting(self.folder, self.store), self._change("codebook add", code.id, names) as (change, done):
            codebook = add_code(self._readable_codebook(), code)
            change.record_codebook(codebook.hash, rewrite(self._text, codebook).text)
            self._add(change, done, codings)
        self._refresh_codebook()
        self.study = replace(self.study, codebook=self._codebook)
        return done

    def write_memo(self, memo: Memo) -> Done:
        """Add a memo, or give it another text or kind if there is one with its id.

        Raises:
            StoreError: The store cannot be written.
        """
        known = any(memo.id == other.id for other in self.study.memos)
        about = f"{memo.target} {memo.key}".strip()
        with self._change("memo change" if known else "memo add", f"{memo.kind} on {about}") as (change, done):
            self._known_coder(change)
            (change.put_memo if known else change.add_memo)(memo)
            done.memos = [memo]
        return done

    def remove_memo(self, id: str) -> Done:
        """Remove a memo.

        Raises:
            StoreError: The store cannot be written, or another program has removed it.
        """
        with self._change("memo remove", "") as (change, done):
            change.remove_memo(id)
            done.memo_gone = id
        return done

    def undo(self) -> str:
        """Take back the newest change, if it was made at this screen, or before by the same person in coding.

        Raises:
            UserError: There is none, or the newest change is somebody else's, or more than coding.
            StoreError: The store cannot be written.
        """
        standing = self._newest_standing()
        if standing is None:
            raise UserError("There is nothing to take back.")
        here = standing.number in self._own
        if not here and not (standing.coder == self.actor and standing.action.startswith(OF_CODING)):
            who = f" by {standing.coder}" if standing.coder else ""
            raise UserError(
                f"Nothing of yours is left to take back here: the newest change ({standing.action}{who}, "
                f"{standing.at}) was not made here, and is left as it is.",
                hint=None if self.blind else "To take it back all the same: qualcode undo",
            )
        self._own.add(standing.number)
        told = self._take_back(standing.number)
        return told if here else f"{told} (of {standing.at}, before this screen was opened)"

    def redo(self) -> str:
        """Do again what was taken back last at this screen; return what it was.

        Raises:
            UserError: There is nothing, or something else has been changed since.
            StoreError: The store cannot be written.
        """
        if self.store.number != self._last:
            raise UserError("There is nothing to do again: the study has been changed since.")
        return self._take_back(None, again=True)

    def _take_back(self, expected: int | None, *, again: bool = False) -> str:
        from qualcode.project.codebook_file import take_back

        taken = take_back(self.folder, actor=self.actor, again=again).entry
        if taken is None:
            raise UserError(f"There is nothing to {'do again' if again else 'take back'}.")
        if taken.origin not in self._own or expected not in (None, taken.origin):
            # Another program got in between looking and doing: what it did stays.
            take_back(self.folder, actor=self.actor, again=not again)
            self._read()
            raise UserError("Another program has changed the study just now: nothing was taken back. Try again.")
        self._refresh_codebook()
        self._read()
        self._last = taken.number
        return taken.detail

    def _newest_standing(self) -> JournalEntry | None:
        for limit in (50, None):
            for entry in self.store.journal(limit):
                if entry.undoes is None and not entry.taken_back:
                    return entry
        return None

    @contextmanager
    def _change(self, action: str, detail: str, transcripts: Iterable[str] = ()) -> Iterator[tuple[Change, Done]]:
        """One transaction: catch up with others, let the block write, then put what it did on the study in hand."""
        from qualcode.project.codebook_file import keep_on_record

        self._record_edits()
        done = Done()
        hashes = {name: self.study.transcript_by_name[name].hash for name in transcripts}
        if self.blind:
            detail = f"{detail} (blind)".strip()
        with self.store.change(coder=self.actor, action=action, detail=detail) as change:
            # Nobody else can write before the block ends.
            self.refresh()
            for name, hash in hashes.items():
                now = self.study.transcript_by_name.get(name)
                if now is None or now.hash != hash:
                    raise UserError(f"The text of {name} has been replaced meanwhile: nothing was saved. Select again.")
            before = self.number
            if not self.codebook_problem:
                keep_on_record(change, self._codebook, self._text)
            if self.coder is not None:
                # As the study knows the coder now: blindness set or lifted meanwhile is not undone by a coding.
                self.coder = self.study.coder_by_name.get(self.coder.name, self.coder)
                change.put_coder(self.coder)
            yield change, done
            done.number = change.number
        if done.number is None:
            return
        self._own.add(done.number)
        self._last = done.number
        if done.number == before + 1:
            self._apply(done)
        else:
            self._read()

    def _record_edits(self, *, begin: bool = False) -> None:
        from qualcode.project.codebook_file import record_edits

        self._refresh_codebook()
        if self.codebook_problem:
            return
        before = self.store.number
        if record_edits(self.folder, self.store, self._codebook, actor=self.actor, begin=begin):
            self._read()
            if self.number == before + 1:
                self._own.add(self.number)

    def _readable_codebook(self) -> Codebook:
        if self.codebook_problem:
            raise UserError(f"The codebook cannot be added to: {self.codebook_problem}")
        return self._codebook

    def _known_coder(self, change: Change) -> None:
        """Make the reviewer known to the study, whose memos are to have an author."""
        if self.coder is None and self.actor not in self.study.coder_by_name:
            change.put_coder(Coder(self.actor))

    def _add(self, change: Change, done: Done, codings: Sequence[Coding]) -> None:
        names = {coding.transcript for coding in codings}
        near = (coding for coding in self.study.codings if coding.transcript in names)
        held = {(coding.place, coding.stage): coding for coding in near}
        again = [
            held[coding.place, coding.stage]
            for coding in codings
            if (coding.place, coding.stage) in held and held[coding.place, coding.stage].status != "accepted"
        ]
        new = [coding for coding in codings if (coding.place, coding.stage) not in held]
        if self.blind:
            new = [note_blind(coding) for coding in new]
        change.add_codings(new)
        if again:
            change.set_status([coding.id for coding in again], "accepted")
        done.added += new
        done.changed += [replace(coding, status="accepted") for coding in again]

    def _apply(self, done: Done) -> None:
        """Do to the study in hand what was done to the one on disk: reading it all again takes too long for a key."""
        assert done.number is not None
        study, self.number = self.study, done.number
        if done.added or done.changed or done.removed:
            changed, removed = {coding.id: coding for coding in done.changed}, set(done.removed)
            kept = [changed.get(coding.id, coding) for coding in study.codings if coding.id not in removed]
            study = study.with_codings([*kept, *done.added])
        if done.memos or done.memo_gone:
            new = {memo.id: memo for memo in done.memos}
            memos = [new.pop(memo.id, memo) for memo in study.memos if memo.id != done.memo_gone]
            study = replace(study, memos=(*memos, *new.values()))
        coders = dict(study.coder_by_name)
        if self.coder is not None:
            coders[self.coder.name] = self.coder
        elif done.memos:
            coders.setdefault(self.actor, Coder(self.actor))
        self.study = replace(study, coders=tuple(sorted(coders.values(), key=lambda coder: coder.name)))
