"""Words that labels and headers are made of, in the languages that interviews come in.

English, Swedish, Finnish, German, French, Spanish, Portuguese, Italian, Dutch, Danish, Norwegian, Chinese, Japanese.
To add a language, add its words to these tables; all are compared without regard to case.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INTERVIEWER = _words(
    """
    interviewer interviewers questioner moderator moderators facilitator researcher question
    intervjuare intervjuaren forskare forskaren fråga
    haastattelija haastattelijat tutkija moderaattori kysyjä kysymys
    interviewerin interviewende interviewender forscher forscherin moderatorin befrager befragerin frage
    intervieweur intervieweuse enquêteur enquêtrice enqueteur chercheur chercheuse modérateur modératrice animateur
    animatrice
    entrevistador entrevistadora investigador investigadora moderador moderadora pregunta
    pesquisador pesquisadora pergunta
    intervistatore intervistatrice ricercatore ricercatrice moderatore moderatrice domanda
    onderzoeker vraag intervjuer forsker
    采访者 采访人 访谈者 访谈员 访问者 访问员 研究者 主持人 记者 问 採訪者 訪談者 訪談員 訪問者 主持 問
    インタビュアー 聞き手 質問者 司会 司会者
    """
)
PARTICIPANT = _words(
    """
    participant participants respondent respondents interviewee interviewees informant informants discussant answer
    deltagare deltagaren respondenten informanten intervjuperson intervjupersonen intervjuad svar
    haastateltava haastateltavat vastaaja osallistuja informantti vastaus
    befragte befragter befragten interviewte interviewter teilnehmer teilnehmerin proband probandin antwort
    interviewé interviewée enquêté enquêtée répondant répondante participante interrogé interrogée réponse
    entrevistado entrevistada participante encuestado encuestada informante respuesta
    inquirido inquirida resposta
    intervistato intervistata partecipante risposta
    geïnterviewde geinterviewde deelnemer antwoord deltaker informantene
    受访者 被访者 被采访者 受访人 被访谈者 参与者 回答者 答 受訪者 被訪者 受訪人 參與者
    回答者 参加者 話し手 協力者
    """
)
OTHER = _words(
    """
    interpreter translator observer notetaker transcriber technician operator
    tolk tulkki dolmetscher dolmetscherin interprète traducteur traductrice intérprete traductor traductora
    interprete tolken 翻译 翻譯 口译 通訳
    """
)
# They mark a speaker but do not say which role.
NEUTRAL = _words(
    """
    speaker unknown unidentified talare puhuja sprecher sprecherin locuteur locutrice hablante orador spreker voice
    发言人 说话人 說話人 話者 all everyone several group host guest expert
    """
)
# As well a word of prose: these must recur.
AMBIGUOUS = _words(
    """
    question answer fråga svar kysymys vastaus frage antwort pregunta respuesta réponse
    pergunta resposta domanda risposta
    vraag antwoord speaker voice all everyone several group host guest expert unknown operator
    """
)
INTERVIEWER_CODES = frozenset({"i", "q", "int", "intv", "iv", "ir", "mod", "fac"})
PARTICIPANT_CODES = frozenset({"p", "pt", "ptp", "part", "r", "resp", "a", "ie", "ip", "inf"})
NEUTRAL_CODES = frozenset({"s", "sp", "spk", "id"})
CODES = INTERVIEWER_CODES | PARTICIPANT_CODES | NEUTRAL_CODES

# Before a colon, or in brackets, at the start of a line, these are never a speaker.
NOT_SPEAKERS = _words(
    """
    http https ftp file mailto www doi isbn url tel fax email e-mail
    note notes nb n.b ps p.s remark remarks editor's transcriber's example examples tip tips warning important
    caution attention update hint summary conclusion conclusions background aim method methods results reference
    references source sources see also figure table image picture photo caption pro pros con cons step steps rule
    so and but or well yes no yeah okay ok then now first firstly second secondly third thirdly finally lastly
    however therefore thus because remember imagine basically exactly right meaning result reason
    obs anm huom huomautus hinweis anmerkung achtung beispiel remarque nota ejemplo 注 注意 备注 例如 附注
    """
)
NOT_LABEL_WORDS = _words(
    """
    is are was were be been am there it we you they he she this that these those what why how when where who which
    had has have do does did say says said think thought know mean means because if then and but my our your their
    in on at to of for from with by as an a no not one each every any some next last same
    """
)
# Stage directions: they stand in brackets at the start of speech.
STAGE = _words(
    """
    laughs laugh laughter laughing chuckles chuckle pause pauses silence sighs sigh inaudible unclear crosstalk
    overlapping overlap coughs cough music applause noise smiles nods whispers phone break interruption interrupts
    skrattar skratt paus ohörbart naurua nauraa naurahtaa tauko lacht lachen pausiert unverständlich rires rire
    risas pausa ininteligible sic ... … 笑 笑声 停顿 听不清
    """
)
# Small words inside personal names.
PARTICLES = _words(
    """
    de da di do dos das du del della la le van von der den af av el al bin ibn
    y e i und och ja of & and et
    """
)
HEADER_KEYS = _words(
    """
    title case cohort date interview duration length language lang industry sector size location place venue city
    country author authors source url link file filename project study note notes transcriber transcription recorded
    recording position gender age organisation organization company firm topic subject keywords tags published
    publisher accessed version format id pseudonym description
    datum titel språk längd plats fall bransch storlek källa
    päivämäärä päiväys otsikko kieli kesto paikka tapaus toimiala koko lähde
    dauer ort sprache branche größe quelle
    titre durée lieu langue cas secteur taille
    fecha título duración lugar idioma caso tamaño fuente
    标题 日期 时长 地点 语言 案例 行业 规模 来源 作者
    """
)
LANGUAGES = {
    "english": "en",
    "swedish": "sv",
    "svenska": "sv",
    "finnish": "fi",
    "suomi": "fi",
    "german": "de",
    "deutsch": "de",
    "french": "fr",
    "français": "fr",
    "spanish": "es",
    "español": "es",
    "portuguese": "pt",
    "português": "pt",
    "italian": "it",
    "italiano": "it",
    "dutch": "nl",
    "nederlands": "nl",
    "danish": "da",
    "dansk": "da",
    "norwegian": "nb",
    "norsk": "nb",
    "chinese": "zh",
    "中文": "zh",
    "japanese": "ja",
    "日本語": "ja",
}

_PARENTHESES = re.compile(r"[(（][^()（）]{0,40}[)）]")
_BASE = re.compile(r"(?P<word>[^\W\d_]+)[\s_#.\-]{0,3}(?P<number>\d{1,3}[a-z]?|[A-Z])?")
_WORD = re.compile(r"[^\W_]+(?:['’\-.][^\W_]+)*\.?|&", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Known:
    """What a well-known label says.

    Attributes:
        role: "interviewer", "participant", "other", or "" where it marks a speaker without saying which.
        word: The word or code that says it, in lower case.
        sure: Whether one occurrence is enough; codes and words of prose must recur.
    """

    role: str
    word: str
    sure: bool


def key_of(label: str) -> str:
    """Return what two labels of the same speaker share: no case, single spaces, no full stop at the end."""
    return " ".join(unicodedata.normalize("NFC", label.casefold()).split()).rstrip(".")


@lru_cache(maxsize=4096)
def known(label: str) -> Known | None:
    """Return what a label says by its words, or None where it is no well-known one.

    A role word counts alone, with a number ("Participant 3"), or beside words with capitals ("Interviewer Anna",
    "Anna (interviewer)"); in other company it is prose ("The researcher said").
    """
    base = _BASE.fullmatch(label.strip())
    word = base.group("word").casefold() if base else ""
    if word in CODES and (base is None or base.group("number") is None or base.group("number").isdigit()):
        return Known(_code_role(word), word, sure=False)
    if word and _word_role(word) is not None:
        return Known(_word_role(word) or "", word, sure=word not in AMBIGUOUS)
    words = [part.strip(".,#") for part in re.split(r"[\s_/,()（）]+", label) if part]
    roles = [part for part in words if _word_role(part.casefold()) is not None]
    company = [part for part in words if part not in roles]
    # What stands in parentheses is a gloss, in any case of letters.
    gloss = " ".join(_PARENTHESES.findall(label)).casefold()
    prose = any(part[:1].islower() and part.casefold() not in gloss for part in company)
    if roles and not prose and not NOT_LABEL_WORDS & {part.casefold() for part in company}:
        word = roles[0].casefold()
        return Known(_word_role(word) or "", word, sure=word not in AMBIGUOUS)
    return None


def _word_role(word: str) -> str | None:
    """Return the role that a whole word says, "" for a neutral one, None for none."""
    if word in INTERVIEWER:
        return "interviewer"
    if word in PARTICIPANT:
        return "participant"
    if word in OTHER:
        return "other"
    return "" if word in NEUTRAL else None


def _code_role(code: str) -> str:
    """Return the role that a short code says, or ""."""
    if code in INTERVIEWER_CODES:
        return "interviewer"
    return "participant" if code in PARTICIPANT_CODES else ""


def words_of(label: str) -> list[str]:
    """Return the words of a label, without what stands in parentheses."""
    return _WORD.findall(_PARENTHESES.sub(" ", label))


def name_like(label: str) -> bool:
    """Whether a label could be a name or a code: each word with a capital, a digit, or in a script without case."""
    words = words_of(label)
    if not words or not any(character.isalpha() for character in label):
        return False
    if not any(character.isupper() or character.islower() for character in label):
        return len(label) <= 12
    first = words[0]
    return not first[0].islower() and all(not word[0].islower() or word.casefold() in PARTICLES for word in words)


def never_speaker(label: str) -> bool:
    """Whether a label is a word that introduces something else ("Note", "https", "So")."""
    words = key_of(label).replace("’", "'").split()
    return not words or words[0].rstrip(".,") in NOT_SPEAKERS or key_of(label) in STAGE


def header_key(key: str) -> bool:
    """Whether a key is one that headers have and that is no speaker's label."""
    words = key_of(key).split()
    return bool(words) and (words[0] in HEADER_KEYS or words[-1] in HEADER_KEYS)
