"""The screen played on with Textual's pilot: keys and clicks, in terminals of several sizes."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from terminal_study import add_elsewhere, codings_of, play, select
from textual.widgets import OptionList

from qualcode.terminal.app import CoderApp
from qualcode.terminal.keys import KEYS, keys_for
from qualcode.terminal.marks import Marks, stripes
from qualcode.terminal.review import Asked
from qualcode.terminal.rows import Rows, wrap


def shown(app: CoderApp) -> str:
    """Return what the transcript's pane shows."""
    view = app.view
    return "\n".join(view.render_line(y).text for y in range(view.size.height))


def said(app: CoderApp) -> str:
    """Return the line of messages."""
    return str(app.told.render())


def test_code_a_sentence(opened, folder) -> None:
    """Enter, a few letters, enter: the sentence has its code, on disk and on the screen."""

    async def scene(app, press) -> None:
        await press("enter", *"old w", "enter")
        assert codings_of(folder, "coder-b") == [
            ("I always wanted one, since I was nine.", "start/old-wish", "accepted")
        ]
        assert "Saved: start/old-wish" in said(app)
        assert "1 coding" in str(app.state.render()) and app.view.has_focus

    play(opened(), scene)


def test_code_a_span(opened, folder) -> None:
    """A span of words and characters is selected with keys and coded with two ticked codes at once."""

    async def scene(app, press) -> None:
        await press("right", "right", "right", "shift+right", "o", "greater_than_sign")
        await press("slash", *"time", "ctrl+t", "ctrl+u", *"shame", "ctrl+t", "enter")

    session = opened()
    play(session, scene)
    assert codings_of(folder, "coder-b") == [
        ("anted one", code, "accepted") for code in ("obstacles/shame", "obstacles/time")
    ]


def test_space_ticks_in_the_list(opened, folder) -> None:
    """With the list in hand, space ticks and enter gives all that is ticked."""

    async def scene(app, press) -> None:
        await press("tab", "tab", "space", "down", "space")
        assert app.session.ticked == ["start/old-wish", "start/occasion"]
        await press("enter")

    play(opened(), scene)
    assert [code for _, code, _ in codings_of(folder, "coder-b")] == ["start/occasion", "start/old-wish"]


def test_in_vivo_undo_redo(opened, folder) -> None:
    """One key makes a code of the words selected; it is taken back and done again."""

    async def scene(app, press) -> None:
        await press("i")
        assert "in-vivo/i-always-wanted-one-since-i" in folder.codebook().by_id
        await press("u")
        assert len(folder.codebook().codes) == 10 and codings_of(folder, "coder-b") == []
        assert "Took back" in said(app)
        await press("U")
        assert len(folder.codebook().codes) == 11
        await press("u", "u")
        assert app.told.has_class("error") and "not made here" in said(app)

    play(opened(), scene)


def test_new_code(opened, folder) -> None:
    """The dialog makes a code with its category, and gives it to the passage."""

    async def scene(app, press) -> None:
        await press("c", *"Late start", "tab", "tab", *"Began late.", "tab", "s", "shift+tab", "enter")

    play(opened(), scene)
    code = folder.codebook().by_id["start/late-start"]
    assert (code.name, code.definition, code.category) == ("Late start", "Began late.", "start")
    assert [code for _, code, _ in codings_of(folder, "coder-b")] == ["start/late-start"]


def test_the_keys_named_are_those_that_work(opened, folder) -> None:
    """While a code is looked for, letters are typed and undo nothing; the line of keys says so."""

    async def scene(app, press) -> None:
        assert "u undo" in str(app.hints.render())
        await press("enter", "u")
        assert "u undo" not in str(app.hints.render()) and "esc back" in str(app.hints.render())
        await press("tab")
        assert "esc back" in str(app.hints.render())
        await press("escape")
        assert "u undo" in str(app.hints.render())

    play(opened(), scene)


def test_a_code_that_is_there_already(opened) -> None:
    """The dialog stays open and says what is wrong."""

    async def scene(app, press) -> None:
        await press("c", *"x", "tab", *"start/occasion", "enter")
        assert len(app.screen_stack) == 2 and "already" in str(app.screen.told.render())

    play(opened(), scene)


def test_memo(opened, folder) -> None:
    """A memo is written, saved by leaving, read again and changed."""

    async def scene(app, press) -> None:
        await press("m", *"Why nine", "tab", "left", "tab", "t", "escape")
        await press("M", "enter", "end", "question_mark", "escape")

    play(opened(), scene)
    assert [(one.text, one.target, one.kind) for one in folder.study().memos] == [("Why nine?", "study", "theory")]


def test_memo_thrown_away(opened, folder) -> None:
    """ctrl+x takes away also what had been saved of the memo meanwhile."""

    async def scene(app, press) -> None:
        await press("m", *"No")
        app.screen.save()
        assert len(folder.study().memos) == 1
        await press("ctrl+x")

    play(opened(), scene)
    assert folder.study().memos == ()


def test_search_as_one_types(opened) -> None:
    """The list narrows with every letter, and widens again."""

    async def scene(app, press) -> None:
        codes = app.codebook.codes
        everything = codes.option_count
        await press("slash", *"tau")
        assert [option.id for option in codes.options] == ["way/alone", "way/with-others"]
        await press("down")
        assert app.codebook.code.id == "way/with-others"
        assert "Learns from a teacher" in str(app.codebook.definition.render())
        await press("escape")
        assert codes.option_count == everything and app.view.has_focus

    play(opened(), scene)


def test_filter(opened) -> None:
    """Only Chris's turns as a participant are gone through."""

    async def scene(app, press) -> None:
        await press("f", "c", "down", "c", "enter")
        assert app.session.filters.cases == ("Chris",) and app.session.filters.speaker == "Chris"
        assert app.session.name == "chris" and "filtered" in str(app.state.render())
        await press("home")
        assert app.session.quote.startswith("I found a saxophone")

    play(opened(), scene)


def test_next_uncoded_and_transcripts(opened) -> None:
    """n goes to the next uncoded turn, ] to the next transcript, g chooses one."""

    async def scene(app, press) -> None:
        await press("n")
        assert app.session.turn.number == 4
        await press("right_square_bracket")
        assert app.session.name == "ben" and "How did it start?" in shown(app)
        await press("g", "down", "enter")
        assert app.session.name == "chris"

    play(opened(), scene)


def test_remove_one_of_several(opened, folder) -> None:
    """With two codings at the selection, d asks which."""
    session = opened()
    session.apply(["obstacles/time", "start/old-wish"])

    async def scene(app, press) -> None:
        await press("d")
        assert isinstance(app.focused, OptionList)
        await press("down", "enter")

    play(session, scene)
    assert [code for _, code, _ in codings_of(folder, "coder-b")] == ["obstacles/time"]


def test_blind(opened) -> None:
    """Blind, no mark of others is on the screen, and v does not bring them."""
    session = opened("coder-b", blind=True)

    async def scene(app, press) -> None:
        assert "▎" not in shown(app) and "(blind)" in str(app.state.render())
        await press("v")
        assert "▎" not in shown(app) and "blind" in said(app)

    play(session, scene)


def test_others_are_shown_and_hidden(opened) -> None:
    """v hides others' codings and brings them back."""

    async def scene(app, press) -> None:
        assert "▎" in shown(app)
        await press("v")
        assert "▎" not in shown(app)
        await press("v")
        assert "▎" in shown(app)

    play(opened(), scene)


def test_marks_have_colour_and_underline(opened) -> None:
    """A coded passage is underlined in its code's colour; where two lie on each other it is bold too."""
    session = opened("coder-b", blind=True)
    select(session, "Every morning before breakfast.", "anna")
    session.apply(["practice/routine"])
    select(session, "before breakfast. I do it", "anna")
    session.apply(["drive/own-joy"])
    session.move("turn", -1)

    async def scene(app, press) -> None:
        styles = {}
        for y in range(app.view.size.height):
            for segment in app.view.render_line(y):
                styles[segment.text] = segment.style
        assert styles["Every morning "].underline and not styles["Every morning "].bold
        assert styles["before breakfast."].underline and styles["before breakfast."].bold
        assert styles["Every morning "].color != styles[" I do it"].color

    play(session, scene, size=(140, 40))


def test_mouse(opened, folder) -> None:
    """A click selects a sentence, a drawn mouse a span."""
    session = opened("coder-b", blind=True)
    app = CoderApp(session)

    async def run() -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            lines = shown(app).split("\n")
            y = next(at for at, line in enumerate(lines) if "With videos" in line)
            await pilot.click("#transcript", offset=(lines[y].index("videos"), y))
            await pilot.pause()
            assert session.quote == "With videos, mostly."
            x = lines[y].index("videos")
            await pilot.mouse_down("#transcript", offset=(x, y))
            await pilot.hover("#transcript", offset=(x + 5, y))
            await pilot.mouse_up("#transcript", offset=(x + 5, y))
            await pilot.pause()
            assert session.quote == "videos"

    import asyncio

    asyncio.run(run())


def test_two_writers(opened, folder) -> None:
    """A coding added by the command line shows by itself, and both remain after one more is made here."""

    async def scene(app, press) -> None:
        await press("enter", *"old w", "enter")
        add_elsewhere(folder, "coder-b", "obstacles/time", "anna", 2, "no excuse left")
        app.look()
        assert "Another program" in said(app) and "2 codings" in str(app.state.render())
        await press("down", "r")

    play(opened(), scene)
    assert sorted(code for _, code, _ in codings_of(folder, "coder-b")) == [
        "obstacles/time",
        "start/old-wish",
        "start/old-wish",
    ]


def test_a_lock_is_a_message(opened, folder) -> None:
    """While another program writes, the screen says so and goes on."""
    session = opened()
    session.changes.store._database.wait = 0.1
    session.changes.store.close()

    async def scene(app, press) -> None:
        with folder.store() as store, store.change(action="slow", coder="x") as change:
            change.put_setting("slow", "yes")
            await press("enter", *"old w", "enter")
            assert app.told.has_class("error") and "another program" in said(app).replace("\n", " ")
        await press("enter", *"old w", "enter")
        assert "Saved" in said(app)

    play(session, scene)
    assert len(codings_of(folder, "coder-b")) == 1


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (20, 6), (5, 3), (200, 60)])
def test_sizes(opened, folder, size) -> None:
    """From a tiny terminal to a wide one, the main way works; narrow ones show the codebook when asked for it."""

    async def scene(app, press) -> None:
        await press("enter", *"old w", "enter", "down", "question_mark", "escape", "m", "escape")
        if size[0] >= 40:
            assert "▎" in shown(app) and app.view.size.width > 20

    play(opened("coder-b", blind=True), scene, size=size)
    assert len(codings_of(folder, "coder-b")) == 1


def test_help_names_every_key(opened) -> None:
    """The help lists all keys of its mode, and no key has two meanings in one mode."""
    from qualcode.terminal.dialogs import help_text

    for mode in ("code", "review"):
        bound = [key for one in keys_for(mode) for key in one.keys.split(",") if key]
        assert len(bound) == len(set(bound))
        told = help_text(mode).plain
        assert all(one.text in told for one in keys_for(mode))
    actions = {re.sub(r"\(.*", "", key.action) for key in KEYS if key.action} - {"quit"}
    assert all(hasattr(CoderApp, f"action_{action}") for action in actions)


def test_review(reviewed, folder) -> None:
    """Accept, reject, another code, another span, with the evidence on the screen; undo brings the last one back."""
    review = reviewed(Asked(order="nearest"))
    ids = [coding.id for coding in review.waiting()]

    async def scene(app, press) -> None:
        told = str(app.here.render())
        assert "matched" in told and "cue" in told
        assert any(segment.style.bgcolor and segment.style.bgcolor.name == "#ffd75f" for segment in painted(app))
        await press("a", "r")
        await press("c", *"shame", "enter")
        await press("H", "s")
        await press("n", "p")
        assert review.decided == 4
        last = review.id
        await press("r", "u")
        assert review.id == last

    play(review.session, scene, review=review)
    statuses = {one.id: one.status for one in folder.study().codings}
    assert [statuses[id] for id in ids[:5]] == ["accepted", "rejected", "rejected", "rejected", "proposed"]
    changed = [one for one in folder.study().codings if one.evidence.get("changed_by") == "anna"]
    assert len(changed) == 2 and "obstacles/shame" in {one.code for one in changed}


def painted(app: CoderApp):
    """Return the segments of the transcript's pane."""
    return [segment for y in range(app.view.size.height) for segment in app.view.render_line(y)]


def test_review_memo_is_about_the_proposal(reviewed, folder) -> None:
    """A memo in review is about the coding in hand, unless told otherwise."""
    review = reviewed()
    id = review.id

    async def scene(app, press) -> None:
        await press("m", *"Hm", "escape")

    play(review.session, scene, review=review)
    assert [(one.target, one.key) for one in folder.study().memos] == [("coding", id)]


@pytest.mark.parametrize(
    ("text", "width", "rows"),
    [
        ("one two three", 8, ["one two ", "three"]),
        ("one two", 3, ["one ", "two"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("你好世界", 4, ["你好", "世界"]),
        ("one\ntwo", 8, ["one", "two"]),
        ("", 8, [""]),
    ],
)
def test_wrap(text, width, rows) -> None:
    """Rows break after white space, in words only where they are too wide; wide characters take two cells."""
    assert [text[start:end] for start, end in wrap(text, 0, len(text), width)] == rows


def test_a_cell_is_a_character(opened) -> None:
    """The cell of a row leads to the character that it shows, and back to the row."""
    transcript = opened().transcript
    rows = Rows(transcript, 30)
    for number, row in enumerate(rows.rows):
        if row.kind == "speech":
            assert rows.position(number, 0) == row.start and rows.at(row.start) == number
            assert rows.position(number, 1000) == row.end - 1


def test_stripes_do_not_overlap(opened) -> None:
    """Codings in one stripe never lie on each other."""
    codings = opened("coder-a").visible("anna")
    beside = stripes(codings)
    for stripe in set(beside):
        own = [coding for coding, at in zip(codings, beside, strict=True) if at == stripe]
        assert all(one.end <= other.start for one, other in pairwise(own))
    assert next(iter(Marks(codings, 500).between(10, 20)))[0] == 10
