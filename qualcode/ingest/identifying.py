"""What in a text may tell who somebody is: candidates for a table of pseudonyms, found by rules.

A list to look through, not a verdict: rules find too much (titles, products) and too little (a nickname in lower
case, "the only dentist in Ii"). Capitals say nothing where sentences begin, so a single capitalised word counts when
it stands inside a sentence somewhere, and only if it is not as often in lower case. In German, where every noun has a
capital, only runs of several words and words after a form of address count; in Chinese and Japanese, which have none,
a surname with a form of address does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from qualcode.ingest.vocabulary import PARTICLES, known, name_like
from qualcode.model import Transcript

KINDS = ("speaker", "name", "organisation", "e-mail", "phone", "web address", "handle")
NO_CAPITALS = frozenset({"zh", "ja", "ko", "th", "ar", "he", "fa", "hi"})
"""Languages whose script has no capitals."""
NOUNS_WITH_CAPITALS = frozenset({"de", "lb"})
CONTEXT = 30
"""Characters shown on either side of an example."""

Finder = Callable[[str, str], Iterable[tuple[int, int, str]]]
"""Text and language to (start, end, kind): entities of a trained pipeline."""

_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_WEB = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'“”()\[\]]*[^\s<>\"'“”()\[\].,;:!?]|\b[\w\-]+\.(?:com|org|net|fi|se|de|io|eu|cn)\b"
)
_HANDLE = re.compile(r"(?<![\w@.])@\w[\w.]*\w")
_PHONE = re.compile(r"(?<![\w:.,/])(?:\+|00)?\(?\d[\d\s()\-/\u00a0]{5,18}\d(?![\w:])")
_WORD = re.compile(r"[^\W\d_][\w]*(?:[-'’][^\W\d_]\w*)*", re.UNICODE)
_GAP = re.compile(r"[^\S\n]+|[^\S\n]*\n[^\S\n]*")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ORGANISATION_WORDS = _words(
    """
    oy oyj ab ltd limited inc gmbh ag plc llc llp bv nv aps asa corp corporation co company group holding university
    universitet yliopisto universität université institute hospital bank foundation ministry association agency
    studios kommun stiftung verein sa srl spa kg ry rf
    """
)
_TITLES = _words("mr mrs ms miss dr prof professor herr frau fru doktor rouva herra mme sir")
_NOT_NAMES = _words(
    """
    i i'm i've i'd i'll ok okay oh ah mm hm hmm ehm yes yeah no well mondays tuesdays wednesdays thursdays fridays
    saturdays sundays monday tuesday wednesday thursday friday saturday sunday january february march april
    may june july august september october november december mon tue wed thu fri sat sun christmas easter god
    english finnish swedish german french spanish chinese european american ceo cfo cmo cto b2b b2c hr it pr ai us eu uk
    usa seo roi kpi crm tv vat cio it's that's there's he's she's they're we're you're don't fictional
    interviewer interviewee participant respondent moderator researcher speaker title case cohort industry size
    duration note date language
    """
)
# Common Chinese surnames of one character.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_CHINESE = re.compile(
    rf"[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?(?:先生|女士|小姐|老师|总经理|经理|博士|教授|总)|[小老阿][{_SURNAMES}](?![\u4e00-\u9fff]?们)"
)
_JAPANESE = re.compile(r"[\u4e00-\u9fff]{1,4}(?:さん|様|氏|先生|教授|社長|部長)")
# Characters that stand between words far more often than inside the name of a firm.
_CHINESE_FIRM = re.compile(
    r"(?:[A-Z][A-Za-z]+|(?:(?![的了在去和我你他她们是到从与跟说把被就也很都有这那个为给对向])[\u4e00-\u9fff]){2,6})"
    r"(?:公司|大学|银行|集团|医院|株式会社)"
)
# "Anna von Platen", but not "Leena and Juhani".
_INSIDE_NAMES = PARTICLES - _words("and y e i und och ja of & et")
_SENTENCE_END = frozenset('.!?…:;"“”„»«([—–*_#>|')


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that may have to be replaced.

    Attributes:
        name: As it stands most often.
        kind: One of `KINDS`, or what a trained pipeline calls it.
        count: How often it occurs in all texts.
        transcripts: Names of the transcripts that it occurs in.
        example: Its first occurrence with the words around it, the name between ‹ and ›.
    """

    name: str
    kind: str
    count: int
    transcripts: tuple[str, ...]
    example: str


@dataclass(frozen=True, slots=True)
class _Hit:
    kind: str
    transcript: Transcript
    start: int
    end: int
    inside: bool = True


def suggest(
    transcripts: Sequence[Transcript], *, leave: Iterable[str] = (), entities: Finder | None = None
) -> list[Candidate]:
    """Return candidates for a table of pseudonyms, by kind and then the most frequent first.

    Args:
        transcripts: Texts to look through.
        leave: What is a pseudonym already, or need not be listed; compared without regard to case.
        entities: Entities of a trained pipeline, taken beside what the rules find.
    """
    hits: dict[str, list[_Hit]] = {}
    lower: Counter[str] = Counter()
    for transcript in transcripts:
        lower.update(word for word in _WORD.findall(transcript.text) if word.islower())
        for hit in _hits(transcript, entities):
            hits.setdefault(transcript.text[hit.start : hit.end], []).append(hit)
    left = {" ".join(text.casefold().split()) for text in leave}
    found = [
        _candidate(name, of_name)
        for name, of_name in hits.items()
        if " ".join(name.casefold().split()) not in left and _telling(name, of_name, lower)
    ]
    rank = {kind: number for number, kind in enumerate(KINDS)}
    return sorted(found, key=lambda one: (rank.get(one.kind, len(KINDS)), -one.count, one.name))


def in_context(text: str, start: int, end: int) -> str:
    """Return a stretch of text with the words around it on one line, the stretch between ‹ and ›."""
    before = " ".join(text[max(0, start - CONTEXT) : start].split())
    after = " ".join(text[end : end + CONTEXT].split())
    left = " " if start and text[start - 1].isspace() else ""
    right = " " if text[end : end + 1].isspace() else ""
    return f"{before}{left}‹{' '.join(text[start:end].split())}›{right}{after}".strip()


def _candidate(name: str, hits: Sequence[_Hit]) -> Candidate:
    # A word that stands somewhere inside a sentence is shown there.
    first = next((hit for hit in hits if hit.inside), hits[0])
    kinds = Counter(hit.kind for hit in hits)
    kind = min(kinds, key=lambda one: (KINDS.index(one) if one in KINDS else len(KINDS), one))
    where = tuple(sorted({hit.transcript.name for hit in hits}))
    return Candidate(
        " ".join(name.split()), kind, len(hits), where, in_context(first.transcript.text, first.start, first.end)
    )


def _telling(name: str, hits: Sequence[_Hit], lower: Counter[str]) -> bool:
    """Whether a candidate is more than a word that begins sentences."""
    if any(hit.kind != "name" for hit in hits):
        return True
    if not any(hit.inside for hit in hits):
        # "Petteri came. Petteri left.": never in lower case, and it recurs.
        return len(hits) >= 2 and not lower[name.lower()] and name.casefold() not in _NOT_NAMES
    return lower[name.lower()] < len(hits)


def _hits(transcript: Transcript, entities: Finder | None) -> list[_Hit]:
    text = transcript.text
    taken: list[tuple[int, int]] = []
    hits: list[_Hit] = []

    def add(kind: str, start: int, end: int, inside: bool = True) -> None:
        if not any(low < end and start < high for low, high in taken):
            hits.append(_Hit(kind, transcript, start, end, inside))

    for kind, pattern in (("e-mail", _EMAIL), ("web address", _WEB), ("handle", _HANDLE), ("phone", _PHONE)):
        for match in pattern.finditer(text):
            if kind != "phone" or _is_phone(match.group()):
                add(kind, match.start(), match.end())
        taken = [(hit.start, hit.end) for hit in hits]
    labels = {turn.speaker for turn in transcript.turns if turn.speaker}
    for label in sorted(label for label in labels if known(label) is None and name_like(label)):
        for match in re.finditer(rf"(?<!\w){re.escape(label)}(?!\w)", text):
            add("speaker", match.start(), match.end())
    taken = sorted((hit.start, hit.end) for hit in hits)
    if transcript.language in NO_CAPITALS:
        for pattern, kind in ((_CHINESE_FIRM, "organisation"), (_japanese_or_chinese(transcript.language), "name")):
            for match in pattern.finditer(text):
                add(kind, match.start(), match.end())
    words = _Capitals(transcript, taken)
    hits += [_Hit(kind, transcript, start, end, inside) for kind, start, end, inside in words.runs()]
    if entities is not None:
        taken = sorted((hit.start, hit.end) for hit in hits)
        for start, end, kind in entities(text, transcript.language):
            add(kind, start, end)
    return hits


def _japanese_or_chinese(language: str) -> re.Pattern[str]:
    return _JAPANESE if language == "ja" else _CHINESE


def _is_phone(text: str) -> bool:
    """Whether a run of digits is a telephone number, and no year, date or amount ("2018-2022", "10 000 000")."""
    digits = sum(map(str.isdigit, text))
    if not 7 <= digits <= 15:
        return False
    if re.fullmatch(r"(?:1[5-9]|20)\d\d\s?[-/]\s?(?:(?:1[5-9]|20)\d\d|\d\d?[-/]\d\d?)", text.strip()):
        return False
    return text.startswith(("+", "0", "(")) or not re.fullmatch(r"\d{1,3}(?:\s\d{3})+", text)


class _Capitals:
    """Runs of capitalised words of a transcript."""

    def __init__(self, transcript: Transcript, taken: Sequence[tuple[int, int]]) -> None:
        self.text = transcript.text
        self.language = transcript.language
        self.starts = {turn.start for turn in transcript.turns}
        spans = iter([*taken, (len(self.text) + 1, len(self.text) + 1)])
        low, high = next(spans)
        self.words: list[tuple[int, int]] = []
        for match in _WORD.finditer(self.text):
            while high <= match.start():
                low, high = next(spans)
            if match.end() <= low:
                self.words.append(match.span())

    def runs(self) -> Iterable[tuple[str, int, int, bool]]:
        """Yield (kind, start, end, whether inside a sentence) of each run."""
        number = 0
        while number < len(self.words):
            last = self._run_end(number)
            if last < number:
                number += 1
                continue
            yield from self._judged(number, last)
            number = last + 1

    def _word(self, number: int) -> str:
        return self.text[slice(*self.words[number])]

    def _run_end(self, first: int) -> int:
        """Return the last word of the run that starts with a word; less than `first` where none does."""
        if not self._name_word(first) or self._word(first).casefold() in _SMALL_WORDS:
            # "Then Petteri": such a word has its capital from the sentence only.
            return first - 1
        last = first
        number = first + 1
        while number < len(self.words) and self._joined(number):
            if self._name_word(number):
                last = number
            elif self._word(number) not in _INSIDE_NAMES:
                break
            number += 1
        return last

    def _name_word(self, number: int) -> bool:
        word = self._word(number)
        base = re.sub(r"['’]s?$", "", word).casefold()
        return word[0].isupper() and len(base) > 1 and base not in _NOT_NAMES and word.casefold() not in _NOT_NAMES

    def _joined(self, number: int) -> bool:
        """Whether only a space parts a word from the one before (after an initial or title: also a full stop)."""
        between = self.text[self.words[number - 1][1] : self.words[number][0]]
        if self.words[number][0] in self.starts:
            return False
        if between.startswith(".") and (self._word(number - 1).casefold() in _TITLES):
            between = between[1:]
        return _GAP.fullmatch(between) is not None

    def _begins_sentence(self, number: int) -> bool:
        start = self.words[number][0]
        if start in self.starts:
            return True
        before = self.text[max(0, start - 40) : start]
        bare = before.rstrip()
        if number and self._word(number - 1).casefold() in _TITLES and bare.endswith("."):
            return False
        return not bare or bare[-1] in _SENTENCE_END or before.endswith("\n\n")

    def _judged(self, first: int, last: int) -> Iterable[tuple[str, int, int, bool]]:
        begins = self._begins_sentence(first)
        titled = self._word(first).casefold() in _TITLES and last > first
        if titled:
            first, begins = first + 1, False
        before = self._word(first - 1).casefold() if first and self._joined(first) else ""
        titled = titled or (before in _TITLES and not begins)
        if self.language in NOUNS_WITH_CAPITALS and first == last and not titled:
            return
        start, end = self.words[first][0], self._end(last)
        name = self.text[start:end]
        words = {word.casefold() for word in _WORD.findall(name)}
        kind = "organisation" if len(words) > 1 and words & ORGANISATION_WORDS else "name"
        yield kind, start, end, not begins or last > first

    def _end(self, number: int) -> int:
        """Return the end of a word without a possessive."""
        start, end = self.words[number]
        return start + len(re.sub(r"['’]s?$", "", self.text[start:end]))


_SMALL_WORDS = _words(
    """
    a an the and but so then or if when while we they he she it you my our his her their this that these those what who
    why how where in on at to of for from with by as not no yes yeah well also because after before there here
    och men så då vi de han hon det den när om i på av med ja nej mutta ja niin sitten me he hän se kun jos ei
    und aber dann wir sie er es der die das wenn ob in im am mit nein
    """
)
