"""Kinds of relations between codes, each with what it says.

After the coding paradigm of Strauss & Corbin (Basics of Qualitative Research, 1990, chapter 7; Corbin & Strauss, 3rd
ed. 2008, chapter 5), with two that hold between codes themselves. Definitions are ours.
"""

from __future__ import annotations

RELATION_KINDS: dict[str, str] = {
    "condition": "SOURCE brings TARGET about, or must be there for it to happen.",
    "context": "SOURCE is the particular circumstance in which TARGET takes place.",
    "strategy": "SOURCE is done in order to deal with TARGET.",
    "consequence": "SOURCE is what comes of TARGET, meant or not.",
    "part-of": "SOURCE is a part, aspect or kind of TARGET.",
    "contradicts": "SOURCE and TARGET cannot both hold of the same thing; said in either direction.",
}
"""Definition by kind; SOURCE and TARGET are the codes that a relation leads from and to."""
