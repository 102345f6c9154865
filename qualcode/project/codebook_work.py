"""Work on the codes of a study: each operation carries the codings, memos and relations along in one change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.counts import counted
from qualcode.errors import UserError
from qualcode.model import Code, Codebook, Coding, Study
from qualcode.project.codebook_file import record_edits, rewriting
from qualcode.project.folder import StudyFolder

if TYPE_CHECKING:
    from qualcode.codebook.carry import Carried
    from qualcode.store import Change, Look, Store


@dataclass(frozen=True, slots=True)
class Plan:
    """What an operation is to do.

    Attributes:
        action: For the history ("codebook merge").
        detail: For the history.
        codebook: The codebook from now on.
        codes: New code of a whole old one; None where the code and its codings go.
        codings: New code of single codings, by id; goes before `codes`.
        same_meaning: Definition hash by (code from now on, hash before) where only names changed, so that codings
            do not count as made under an older definition.
        among: Codes that the codings in `codings` have.
    """

    action: str
    detail: str
    codebook: Codebook
    codes: Mapping[str, str | None] = field(default_factory=dict)
    codings: Mapping[str, str] = field(default_factory=dict)
    same_meaning: Mapping[tuple[str, str], str] = field(default_factory=dict)
    among: tuple[str, ...] = ()

    @property
    def concerned(self) -> frozenset[str]:
        """The codes of all codings that change, or that others may come to stand beside as doubles."""
        now = {*self.codes.values(), *self.codings.values()} - {None}
        return frozenset(
            str(code) for code in {*self.codes, *self.among, *now, *(code for code, _ in self.same_meaning)}
        )

    def code_of(self, coding: Coding) -> str | None:
        """Return the code of a coding from now on, or None when it goes."""
        return self.codings.get(coding.id) or self.codes.get(coding.code, coding.code)


@dataclass(frozen=True, slots=True)
class Before:
    """The study before an operation, to be read as far as it is needed.

    Attributes:
        codebook: The codebook in the file.
        look: What the store holds.
        study: Called for the whole study.
    """

    codebook: Codebook
    look: Look
    study: Callable[[], Study]


@dataclass(frozen=True, slots=True)
class Done:
    """What an operation did, or would do.

    Attributes:
        detail: In words.
        codings: How many codings have another code.
        doubles: How many were left out because the same coder had the same code on the same passage.
        removed: How many went with their code.
        memos: How many memos point to something else.
        relations: How many relations changed or went.
        keeps_remarks: Whether only changed entries of the codebook's file were written anew.
        mentions: Codes whose rules or definitions still mention an identifier that is gone.
        snapshot: The copy of the store made before; None for a dry run and on a server.
    """

    detail: str
    codings: int
    doubles: int
    removed: int
    memos: int
    relations: int
    keeps_remarks: bool
    mentions: tuple[str, ...]
    snapshot: Path | None


def rename(
    folder: StudyFolder,
    old: str,
    new: str,
    *,
    name: str = "",
    category: bool = False,
    actor: str,
    dry_run: bool = False,
) -> Done:
    """Rename a code or a category; see `qualcode.codebook.edit.rename_code`."""
    from qualcode.codebook.edit import rename_category, rename_code

    def plan(before: Before) -> Plan:
        if category:
            book = rename_category(before.codebook, old, new, name)
            return Plan("codebook rename", f"category {old} to {new}", book)
        book = rename_code(before.codebook, old, new, name)
        was, now = before.codebook.by_id[old].definition_hash, book.by_id[new].definition_hash
        moved: dict[str, str | None] = {old: new} if new != old else {}
        return Plan("codebook rename", f"{old} to {new}", book, moved, same_meaning={(new, was): now})

    return _carry_out(folder, plan, actor, dry_run)


def merge(
    folder: StudyFolder,
    sources: Sequence[str],
    target: str,
    *,
    name: str = "",
    definition: str = "",
    actor: str,
    dry_run: bool = False,
) -> Done:
    """Make one code of several; see `qualcode.codebook.edit.merge_codes`."""
    from qualcode.codebook.edit import merge_codes

    def plan(before: Before) -> Plan:
        book = merge_codes(before.codebook, sources, target, name=name, definition=definition)
        moved: dict[str, str | None] = {source: target for source in sources if source != target}
        return Plan("codebook merge", f"{', '.join(moved)} into {target}", book, moved)

    return _carry_out(folder, plan, actor, dry_run)


def split(
    folder: StudyFolder,
    old: str,
    choose: Callable[[Study, Sequence[Coding]], Mapping[str, str]],
    *,
    parts: Sequence[str] = (),
    rest: str = "",
    keep: bool = False,
    definitions: Mapping[str, str] | None = None,
    actor: str,
    dry_run: bool = False,
) -> Done:
    """Make several codes of one.

    Args:
        folder: The study.
        old: The code.
        choose: Called with the study and the code's codings; returns the new code by id of the codings that move.
        parts: Codes to make even where no coding goes to them.
        rest: Code of the codings that `choose` leaves; empty: they stay.
        keep: Keep the old code although no coding is left with it.
        definitions: Definitions of new codes.
        actor: Who does it.
        dry_run: Tell, but write nothing.

    Raises:
        UserError: See `qualcode.codebook.edit.split_code`.
    """
    from qualcode.codebook.edit import known_code, split_code

    def plan(before: Before) -> Plan:
        known_code(before.codebook, old)
        study = before.study()
        own = [coding for coding in study.codings if coding.code == old]
        where = dict(choose(study, own))
        if rest:
            where.update((coding.id, rest) for coding in own if coding.id not in where)
        named = tuple(dict.fromkeys([*parts, *where.values(), *([rest] if rest else [])]))
        stays = keep or any(coding.id not in where for coding in own) or not own
        book = split_code(before.codebook, old, named, keep=stays, definitions=dict(definitions or {}))
        counts = {part: sum(one == part for one in where.values()) for part in named}
        told = ", ".join(f"{part} ({count})" for part, count in counts.items())
        left = len(own) - len(where)
        detail = f"{old} into {told}" + (f"; {left} stay" if left else "")
        # What is on replaced texts, and memos on the code, go with the rest; else to the first part if the code goes.
        heir = rest or named[0]
        codes: dict[str, str | None] = {} if stays else {old: heir}
        return Plan("codebook split", detail, book, codes, where, among=(old,))

    return _carry_out(folder, plan, actor, dry_run)


def move(
    folder: StudyFolder,
    ids: Sequence[str],
    *,
    categories: Sequence[str] | None = None,
    parent: str | None = None,
    after: str | None = None,
    actor: str,
    dry_run: bool = False,
) -> Done:
    """Put codes into other categories, under another code or elsewhere in the list; codings stay as they are."""
    from qualcode.codebook.edit import move_code

    def plan(before: Before) -> Plan:
        book, place = before.codebook, after
        for id in ids:
            book = move_code(book, id, categories=categories, parent=parent, after=place)
            place = id if after is not None else None
        where = [*(categories or ()), *([f"under {parent or 'no code'}"] if parent is not None else [])]
        where += [f"after {after}" if after else "to the beginning"] if after is not None else []
        return Plan("codebook move", f"{', '.join(ids)}: {', '.join(where)}", book)

    return _carry_out(folder, plan, actor, dry_run)


def delete(
    folder: StudyFolder, ids: Sequence[str], *, with_codings: bool = False, actor: str, dry_run: bool = False
) -> Done:
    """Take codes out of the codebook, and their codings and relations with them; memos stay.

    Raises:
        UserError: A code has codings, and `with_codings` is not set.
    """
    from qualcode.codebook.edit import delete_code

    def plan(before: Before) -> Plan:
        book = before.codebook
        for id in ids:
            book = delete_code(book, id)
        used = sum(count for (code, _), count in before.look.definitions().items() if code in ids)
        if used and not with_codings:
            raise UserError(
                f"{'This code is' if len(ids) == 1 else 'These codes are'} in use: {counted(used, 'coding')}.",
                hint="Give them another code with 'codebook merge', or take them out too with --with-codings.",
            )
        return Plan("codebook delete", ", ".join(ids), book, dict.fromkeys(ids))

    return _carry_out(folder, plan, actor, dry_run)


def add(folder: StudyFolder, code: Code, *, actor: str, dry_run: bool = False) -> Done:
    """Add a code to the codebook; see `qualcode.codebook.edit.add_code`."""
    from qualcode.codebook.edit import add_code

    def plan(before: Before) -> Plan:
        return Plan("codebook add", code.id, add_code(before.codebook, code))

    return _carry_out(folder, plan, actor, dry_run)


def add_cue(folder: StudyFolder, id: str, language: str, pattern: str, *, actor: str, dry_run: bool = False) -> Done:
    """Add a cue to a code; see `qualcode.codebook.edit.add_cue`."""
    from qualcode.codebook.edit import add_cue
    from qualcode.model import Cue

    def plan(before: Before) -> Plan:
        book = add_cue(before.codebook, id, language, Cue(pattern))
        return Plan("codebook cue", f"{pattern!r} for {id}", book)

    return _carry_out(folder, plan, actor, dry_run)


def promote(
    folder: StudyFolder,
    old: str,
    new: str,
    *,
    name: str = "",
    definition: str = "",
    categories: Sequence[str] = (),
    actor: str,
    dry_run: bool = False,
) -> Done:
    """Make a code of the codebook of an in-vivo one; see `qualcode.codebook.edit.promote_code`."""
    from qualcode.codebook.edit import promote_code

    def plan(before: Before) -> Plan:
        book = promote_code(before.codebook, old, new, name=name, definition=definition, categories=categories)
        was, now = before.codebook.by_id[old].definition_hash, book.by_id[new].definition_hash
        moved: dict[str, str | None] = {old: new} if new != old else {}
        # The words were coded for what they say; that this now has a definition does not make them older.
        return Plan("codebook promote", f"{old} to {new}", book, moved, same_meaning={(new, was): now})

    return _carry_out(folder, plan, actor, dry_run)


def take_over(folder: StudyFolder, path: Path | str, *, actor: str, dry_run: bool = False) -> Done:
    """Make another codebook (a file or a shipped one) that of the study; codings follow codes that tell what they were.

    Raises:
        UserError: Codings have codes that the other codebook does not have and does not say what became of.
    """
    from qualcode.codebook import load_codebook
    from qualcode.codebook.difference import follow

    book = load_codebook(path)

    def plan(before: Before) -> Plan:
        moved: dict[str, str | None] = dict(follow(before.codebook, book))
        used = set(before.look.codes()) & set(before.codebook.by_id)
        if lost := sorted(used - set(book.by_id) - set(moved)):
            raise UserError(
                f"Codings have codes that {path} does not have: {', '.join(lost[:8])}{' …' if len(lost) > 8 else ''}.",
                hint="Merge or rename them first (codebook merge, codebook rename), or say in the new codebook what "
                "became of them with 'origin: \"was: old-id\"'.",
            )
        return Plan("codebook import", f"{book.name} from {Path(path).name}", book, moved)

    return _carry_out(folder, plan, actor, dry_run, text=_text_of(path))


def restore(folder: StudyFolder, hash_: str = "", *, actor: str) -> str:
    """Write the codebook's file as a version on record says; return that version's hash.

    Args:
        folder: The study.
        hash_: Beginning of the version's hash; empty: the newest version of the study.
        actor: Who does it.

    Raises:
        UserError: There is no such version.
    """
    from qualcode.files import write_whole

    with folder.store() as store:
        full = recorded_hash(store, hash_) if hash_ else store.codebook_hash()
        text = store.codebook_text(full)
        if text is None:
            raise UserError("The study has no codebook on record yet.", hint="Record it: qualcode codebook record")
        if full == store.codebook_hash():
            write_whole(folder.codebook_path, text)
            return full
        with rewriting(folder, store), store.change(coder=actor, action="codebook restore", detail=full[:12]) as change:
            change.record_codebook(full, text)
    return full


def recorded_hash(store: Store, beginning: str) -> str:
    """Return the full hash of the recorded codebook whose hash begins so.

    Raises:
        UserError: There is none, or several.
    """
    found = [version.hash for version in store.codebooks() if version.hash.startswith(beginning)]
    if len(found) != 1:
        raise UserError(
            f"{'No recorded codebook has' if not found else f'{len(found)} recorded codebooks have'} a hash that "
            f"begins {beginning!r}.",
            hint="Versions are listed by: qualcode codebook versions",
        )
    return found[0]


def record(folder: StudyFolder, *, actor: str) -> bool:
    """Put the codebook's file on record as it is; return whether it was not yet."""
    with folder.store() as store:
        return record_edits(folder, store, folder.codebook(), actor=actor, begin=True) > 0


def _text_of(path: Path | str) -> str:
    from qualcode.codebook import find_codebook
    from qualcode.files import read_text

    return read_text(find_codebook(path))


def _carry_out(
    folder: StudyFolder, plan_of: Callable[[Before], Plan], actor: str, dry_run: bool, text: str | None = None
) -> Done:
    """Work out what an operation does to the study as it is, keep a copy, and write it all in one change."""
    from qualcode.codebook.carry import carry_codings, carry_memos, carry_relations
    from qualcode.codebook.rewrite import Rewritten, rewrite

    with folder.store() as store:
        codebook = folder.codebook()
        with store.look() as look:
            number = look.number()
            plan = plan_of(Before(codebook, look, lambda: store.snapshot(folder.settings, codebook)))
            codings, left_behind = look.codings(plan.concerned), look.left_behind(plan.concerned)
            memos_before, relations_before = look.memos(), look.relations()
        file = Rewritten(text, True) if text is not None else rewrite(folder.codebook_text(), plan.codebook)
        carried = carry_codings(codings, plan.code_of)
        carried = replace(carried, put=(*carried.put, *_renamed_only(codings, plan, carried)))
        behind = _behind(left_behind, plan)
        codes = {old: new for old, new in plan.codes.items() if new is not None}
        memos = carry_memos(memos_before, codes, carried.kept_for or {})
        out, added = carry_relations(relations_before, plan.codes)
        copy = None
        if not dry_run:
            number += record_edits(folder, store, codebook, actor=actor, begin=True)
            copy = store.snapshot_copy(plan.action)
            with (
                rewriting(folder, store),
                store.change(coder=actor, action=plan.action, detail=plan.detail, based_on=number) as change,
            ):
                _write_codings(change, plan, carried, behind)
                for memo in memos:
                    change.put_memo(memo)
                for relation in out:
                    change.remove_relation(relation.id)
                for relation in added:
                    change.add_relation(relation)
                change.record_codebook(plan.codebook.hash, file.text)
    gone = [coding for coding in carried.removed if plan.code_of(coding) is None]
    return Done(
        detail=plan.detail,
        codings=sum(plan.code_of(coding) not in (coding.code, None) for coding in codings),
        doubles=len(carried.removed) - len(gone),
        removed=len(gone),
        memos=len(memos),
        relations=len(out),
        keeps_remarks=file.keeps_remarks,
        mentions=_mentions(plan),
        snapshot=copy,
    )


def _renamed_only(codings: Iterable[Coding], plan: Plan, carried: Carried) -> list[Coding]:
    """Return codings that keep their code, made under a definition whose wording alone changed."""
    if not plan.same_meaning:
        return []
    told = {coding.id for coding in (*carried.put, *carried.removed)}
    return [
        coding
        for coding in codings
        if (coding.code, coding.definition_hash) in plan.same_meaning and coding.id not in told
    ]


def _behind(left_behind: Iterable[tuple[Coding, int]], plan: Plan) -> list[Carried]:
    """Return what becomes of codings on texts that were replaced, one for each version of a text."""
    from qualcode.codebook.carry import carry_codings

    versions: dict[int, list[Coding]] = {}
    for coding, version in left_behind:
        versions.setdefault(version, []).append(coding)
    return [carry_codings(codings, plan.code_of) for _, codings in sorted(versions.items())]


def _write_codings(change: Change, plan: Plan, carried: Carried, behind: Iterable[Carried]) -> None:
    if carried.removed:
        change.remove_codings([coding.id for coding in carried.removed])
    change.put_codings([_same_meaning(plan, coding) for coding in carried.put])
    for old in behind:
        if old.removed:
            change.remove_codings([coding.id for coding in old.removed])
        change.recode({coding.id: coding.code for coding in old.put})


def _same_meaning(plan: Plan, coding: Coding) -> Coding:
    hash_ = plan.same_meaning.get((coding.code, coding.definition_hash), coding.definition_hash)
    return replace(coding, definition_hash=hash_)


def _mentions(plan: Plan) -> tuple[str, ...]:
    """Return the codes whose definition or rules mention an identifier that the codebook no longer has."""
    import re

    gone = [old for old in plan.codes if old not in plan.codebook.by_id]
    if not gone:
        return ()
    pattern = re.compile("|".join(rf"(?<![\w/-]){re.escape(old)}(?![\w/-])" for old in gone))
    return tuple(
        code.id
        for code in plan.codebook.codes
        if pattern.search("\n".join((code.definition, *code.include, *code.exclude)))
    )
