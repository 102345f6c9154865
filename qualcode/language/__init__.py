"""Languages: tokens, lemmas and sentences, without downloaded models. The only package that imports spaCy.

language = get_language("en")
tokens = language.tokens("We wrote two reports.")
tokens.lemmas                                       # ["we", "write", "two", "report", "."]
language.sentences("We wrote two. They read one.")  # [(0, 13), (14, 28)]
"""

from qualcode.language.language import Language, get_language
from qualcode.language.tokens import Tokens, Vocabulary, fold

__all__ = ["Language", "Tokens", "Vocabulary", "fold", "get_language"]
