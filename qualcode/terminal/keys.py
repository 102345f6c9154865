"""All keys of the screen in one table, from which the bindings and the help are made."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """What some keys do.

    Attributes:
        keys: As Textual names them, separated by commas; empty for what is only told in the help.
        shown: As the help names them.
        action: Name of the app's action.
        text: What it does, in a few words.
        group: Heading in the help.
        mode: "both", "code" or "review".
    """

    keys: str
    shown: str
    action: str
    text: str
    group: str
    mode: str = "both"


MOVE, SELECT, CODE, REVIEW, OTHER = "Go", "Select", "Code", "Review", "Other"

KEYS = (
    Key("down,j", "↓ j", "move('sentence',1)", "next sentence", MOVE),
    Key("up,k", "↑ k", "move('sentence',-1)", "previous sentence", MOVE),
    Key("right,l", "→ l", "move('word',1)", "next word", MOVE),
    Key("left,h", "← h", "move('word',-1)", "previous word", MOVE),
    Key("pagedown", "PgDn", "move('turn',1)", "next turn", MOVE),
    Key("pageup", "PgUp", "move('turn',-1)", "previous turn", MOVE),
    Key("home", "Home", "to_end(-1)", "first sentence", MOVE),
    Key("end", "End", "to_end(1)", "last sentence", MOVE),
    Key("n", "n", "next_uncoded(1)", "next uncoded turn", MOVE, "code"),
    Key("p", "p", "next_uncoded(-1)", "previous uncoded turn", MOVE, "code"),
    Key("full_stop", ".", "next_coding(1)", "next coded passage", MOVE),
    Key("comma", ",", "next_coding(-1)", "previous coded passage", MOVE),
    Key("right_square_bracket", "]", "next_transcript(1)", "next transcript", MOVE),
    Key("left_square_bracket", "[", "next_transcript(-1)", "previous transcript", MOVE),
    Key("g", "g", "transcripts", "choose a transcript", MOVE),
    Key("shift+down,J", "shift+↓ J", "extend('sentence',1)", "longer by a sentence", SELECT),
    Key("shift+up,K", "shift+↑ K", "extend('sentence',-1)", "shorter by a sentence", SELECT),
    Key("shift+right,L", "shift+→ L", "extend('word',1)", "longer by a word", SELECT),
    Key("shift+left,H", "shift+← H", "extend('word',-1)", "shorter by a word", SELECT),
    Key("ctrl+right,greater_than_sign", "ctrl+→ >", "extend('character',1)", "longer by a character", SELECT),
    Key("ctrl+left,less_than_sign", "ctrl+← <", "extend('character',-1)", "shorter by a character", SELECT),
    Key("o", "o", "other_edge", "move the other end (again: back)", SELECT),
    Key("t", "t", "select_turn", "the whole turn", SELECT),
    Key("", "mouse", "", "click: sentence; double: word; draw: span", SELECT),
    Key("enter,slash", "enter /", "find", "find a code: type, ↑↓, enter gives it", CODE, "code"),
    Key("", "space, ctrl+t", "", "in the codebook: tick a code; enter gives all ticked", CODE, "code"),
    Key("r", "r", "again", "give the last codes again", CODE, "code"),
    Key("d,delete", "d", "remove", "remove a coding of yours", CODE, "code"),
    Key("i", "i", "in_vivo", "in-vivo code from the words selected", CODE, "code"),
    Key("c", "c", "new_code", "new code", CODE, "code"),
    Key("a", "a", "decide('accepted')", "accept the proposal", REVIEW, "review"),
    Key("r", "r", "decide('rejected')", "reject it", REVIEW, "review"),
    Key("c,enter,slash", "c", "find", "accept it with another code", REVIEW, "review"),
    Key("s", "s", "change_span", "accept it for the passage selected now", REVIEW, "review"),
    Key("n", "n", "step(1)", "next proposal, this one stays undecided", REVIEW, "review"),
    Key("p", "p", "step(-1)", "previous proposal", REVIEW, "review"),
    Key("b", "b", "to_proposal", "back to the passage proposed", REVIEW, "review"),
    Key("m", "m", "memo", "memo on passage, coding, code, case, study", OTHER),
    Key("M", "M", "memos", "read and change memos here", OTHER),
    Key("u", "u", "undo", "undo (what you did, here or before)", OTHER),
    Key("U,ctrl+r", "U ctrl+r", "redo", "redo", OTHER),
    Key("f", "f", "filter", "filter by case, speaker, code", OTHER),
    Key("v", "v", "others", "show or hide others' codings", OTHER, "code"),
    Key("", "tab", "", "transcript, search field, list of codes", OTHER),
    Key("question_mark,f1", "? F1", "help", "this help", OTHER),
    Key("q", "q", "quit", "leave; everything is saved", OTHER),
)

HINTS = {
    "code": "? help  ↑↓ sentence  shift+↓→ longer  enter code  i in vivo  u undo  n uncoded  c new  m memo  q quit",
    "find": "type to find a code  ↑↓ choose  ctrl+t tick  enter gives it to the passage  esc back to the transcript",
    "review": "? help  a accept  r reject  c change code  s change span  n next  u undo  p previous  m memo  q quit",
}


def keys_for(mode: str) -> tuple[Key, ...]:
    """Return the keys of a mode, "code" or "review"."""
    return tuple(key for key in KEYS if key.mode in ("both", mode))
