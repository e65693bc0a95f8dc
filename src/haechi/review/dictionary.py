"""Words of English and German, to tell a name that somebody gave themselves from them."""

import re
from functools import cache
from typing import Final

from spellchecker import SpellChecker

_BRITISH: Final = re.compile(r"our(?=s?$|ed|i|a|f|l|h)|is(?=e[drs]?s?$|ing$|ations?$)")
"""What the subtitles, American for the most part, spell otherwise: favourite, organise."""
_LANGUAGES: Final = ("en", "de")


def is_word(word: str) -> bool:
    """Whether a word in lower case is one of English or German, as films and their subtitles use them."""
    forms = {word, _BRITISH.sub(lambda found: found[0].replace("ou", "o").replace("is", "iz"), word)}
    forms |= {form.removeprefix("un") for form in forms}
    # German is asked last and loads only then: most texts never need it.
    return any(not forms.isdisjoint(_words(language)) for language in _LANGUAGES)


@cache
def _words(language: str) -> frozenset[str]:
    """All words of a language; as a plain set, for their frequencies would take twice the memory."""
    return frozenset(SpellChecker(language=language).word_frequency.words())
