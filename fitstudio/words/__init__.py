"""The one door for every sentence that a person reads: said in English here, translated on the way.

`say` makes a sentence out of an English template and named values, in the language in use, and the
result remembers both, so that it can be kept in a file and said again in another language.
"""

from fitstudio.words.keeping import heard, kept
from fitstudio.words.language import ENGLISH, PSEUDO, available, current, use
from fitstudio.words.saying import Said, marked, say, say_count, say_marked, sentences

__all__ = [
    "ENGLISH",
    "PSEUDO",
    "Said",
    "available",
    "current",
    "heard",
    "kept",
    "marked",
    "say",
    "say_count",
    "say_marked",
    "sentences",
    "use",
]
