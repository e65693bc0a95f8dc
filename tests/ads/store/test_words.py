"""Words that somebody has to give: what shows nothing is none."""

import pytest

from haechi.errors import UsageError
from haechi.rights.effect import Wanted, check_wanted
from haechi.stores.review.queue import expect_words
from haechi.terms.showing import shown_signs, shows

INVISIBLE = (
    "", " \n", "\u200b", "\u2060\u2060", "\u3164", "\u00ad", "\u115f\u1160", "\uffa0", "\u2800", "\u202e", "\ufeff",
    "\u0007", "\u3000", "\u0301", "\ue000", "\U000e0041", " \u200b\u3164 ",
)  # fmt: skip
VISIBLE = ("x", "가", "あ", "1", "?", "€", "👍", "\u200bno\u200b", "e\u0301", "ไม่", "لا")


@pytest.mark.parametrize("text", INVISIBLE)
def test_words_that_nobody_sees_are_none(text: str) -> None:
    """If it fails, somebody is suspended, or an appeal is answered, with a reason that reads as an empty line."""
    assert not shows(text)
    with pytest.raises(UsageError, match="words that show"):
        expect_words(text)


@pytest.mark.parametrize("text", VISIBLE)
def test_words_of_every_script_are_words(text: str) -> None:
    """If it fails, who writes in another script, or only a number, cannot give a reason."""
    assert shows(text)
    expect_words(text)


def test_signs_are_counted_as_they_are_seen() -> None:
    """If it fails, a refusal's reason of ten letters is one letter and nine joiners."""
    assert shown_signs("n\u200bo" + "\u200b" * 20) == 2
    with pytest.raises(UsageError, match="says nothing"):
        check_wanted("rectification", Wanted(words="\u200b\u3164"))
