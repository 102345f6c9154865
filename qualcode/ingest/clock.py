"""Times in a transcript's margin: how they look, and what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qualcode.model import seconds

_CLOCK = r"\d{1,3}:[0-5]\d(?::[0-5]\d)?(?:[.,]\d{1,3})?(?!\d|:\d)"
_TO = rf"(?:[ \t]{{0,3}}(?:-->|->|[-–—]|to)[ \t]{{0,3}}{_CLOCK})?"
BRACKETED = rf"\\?[\[(<{{#][ \t]{{0,3}}(?P<bracketed>{_CLOCK}(?:-\d(?=#))?){_TO}[ \t]{{0,3}}\\?[\])>}}#]"
# "3:45 pm" is a time of day in prose.
BARE = rf"(?P<bare>{_CLOCK}){_TO}(?=\s|$)(?![ \t]{{0,2}}[ap]\.?m\b)"
BARE_AFTER_LABEL = BARE.replace(r"(?=\s|$)", r"(?=\s|$|[:：])")
# f4 and MAXQDA write the time that a paragraph ends at behind it: `#00:01:02-3#`, tenths after a hyphen.
AT_END = re.compile(r"[ \t]*#(?P<bracketed>\d{1,2}:[0-5]\d(?::[0-5]\d)?(?:[-.,]\d{1,3})?)#$")
LONGEST_AT_END = 32
AT_START = re.compile(rf"(?:{BRACKETED}|{BARE})[ \t]*")

# Nobody speaks faster than this for long (words per second); talk runs at two to three.
FASTEST = 5.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time at some place of a line.

    Attributes:
        text: As written, without brackets ("00:01:02").
        bracketed: Whether brackets stand around it.
    """

    text: str
    bracketed: bool


def stamp_of(match: re.Match[str]) -> Stamp:
    """Return the time that a pattern with the groups `bracketed` and, where it has none, `bare` has matched."""
    bracketed = match.group("bracketed")
    return Stamp((bracketed or match["bare"]).replace("-", "."), bracketed is not None)


def in_hours(stamps: list[str], words: int) -> bool:
    """Whether times of two parts are hours and minutes rather than minutes and seconds.

    Two parts are taken as `MM:SS` unless all times have two parts and nobody could have spoken so fast.

    Args:
        stamps: All times of a transcript as written, in order.
        words: Words spoken before the last of them.
    """
    if not stamps or any(stamp.count(":") != 1 or "." in stamp or "," in stamp for stamp in stamps):
        return False
    span = seconds(stamps[-1]) - seconds(stamps[0])
    return span > 0 and words / span > FASTEST


def to_seconds(stamp: str, hours: bool) -> float:
    """Return a time as written in seconds; with `hours`, two parts are `HH:MM`."""
    return seconds(stamp) * (60 if hours else 1)
