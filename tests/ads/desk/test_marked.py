"""Texts of strangers in pieces: nothing is lost, every mark is where its evidence is, nothing unseen stays unseen."""

import datetime as dt
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from haechi.review.ads import Ad, Box, Fact, Signal, Span
from haechi.review.case import Visit
from haechi.service.desk.differences import differences
from haechi.service.desk.marked import Mark, pieces, visible
from haechi.service.desk.sentences import sentence
from haechi.service.desk.shown_ad import boxes, numbered, page_pieces, texts

NOW = dt.datetime(2026, 11, 1)  # noqa: DTZ001 - naive UTC inside
TRICKS = "\u200b\u200d\u202e\u2066\u00ad\u3164\ufeff\u2800\ufe0f\U000e0041\x00\x07"
ANY = st.text(st.one_of(st.characters(), st.sampled_from(TRICKS)), max_size=60)


@given(ANY, st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70), st.integers(1, 4)), max_size=6))
def test_pieces_are_the_text_and_cover_their_evidence(raw: str, marks: list[tuple[int, int, int]]) -> None:
    """A text that is cut or changed on its way to the screen is not the one that is decided about."""
    found = pieces(raw, [Mark(*one) for one in marks])
    assert "".join(one.raw for one in found) == raw
    at = 0
    for piece in found:
        inside = range(at, at + len(piece.raw))
        at += len(piece.raw)
        expected = {
            number
            for start, end, number in marks
            if 0 <= start < end <= len(raw) and start <= inside.start and inside.stop <= end
        }
        assert set(piece.signals) == expected
        assert set(piece.ends) <= expected


@given(ANY)
def test_what_nobody_sees_is_named(raw: str) -> None:
    """A zero-width sign in a name, or one that turns the direction of writing, would be looked at and not seen."""
    shown = visible(raw)
    for sign in shown:
        kind = unicodedata.category(sign)
        assert kind not in ("Cf", "Cs", "Co", "Cn", "Zl", "Zp") or sign == "\u200d"
        assert kind != "Cc" or sign in "\n\r\t"
        assert sign not in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u3164\u2800\u00ad"


def test_pictograms_stay_as_they_are_and_letters_do_not_hide_joiners() -> None:
    """A heart with its variant or a family is no trick; the same signs between letters are."""
    assert (
        visible("\u2764\ufe0f and \U0001f468\u200d\U0001f469")
        == "\u2764\ufe0f and \U0001f468\u200d\U0001f469"
    )
    assert visible("gu\u200bests \u202ecba") == "gu[U+200B]ests [U+202E]cba"
    assert visible("ab\u200dcd\ufe0f") == "ab[U+200D]cd[U+FE0F]"
    assert visible("\U000e0041") == "[U+E0041]"


def signal(name: str, *evidence: Span | Box | Fact, value: str = "line") -> Signal:
    return Signal(name=name, version="1", score=0.9, value=value, evidence=evidence)


def test_evidence_is_marked_where_it_says_and_nowhere_else() -> None:
    """A span that does not fit its text is told beside, and marks nothing: a mark at the wrong place misleads."""
    text = "Add LINE today"
    ad = Ad(ad_id="a", advertiser_id="x", headline="Head", text=text, submitted_at=NOW)
    right = signal("hand-off", Span("text", 4, 8, "LINE"))
    wrong = signal("claim", Span("text", 0, 3, "Buy"))
    read = signal("hand-off", Span("image_text", 0, 4, "LINE"), Box(1, 2, 3, 4, "LINE"))
    shown = texts(ad, "Acme", [right, wrong, read])
    marked = {(one.name, piece.raw): piece.signals for one in shown for piece in one.pieces if piece.signals}
    assert marked == {("Text", "LINE"): (1,), ("Read in the picture", "LINE"): (3,)}
    assert ("Shown under the name", "Acme") in [(one.name, one.pieces[0].raw) for one in shown]
    assert [one.number for one in numbered([right, wrong, read], {})] == [1, 2, 3]
    assert [(one.number, one.box.x) for one in boxes([right, wrong, read])] == [(3, 1)]
    assert numbered([wrong], {})[0].evidence[0][1][0].raw == "Buy"


def test_of_several_visits_the_one_with_the_evidence_is_marked() -> None:
    """Evidence of the page that phones see would be looked for in vain on the one that reviewers see."""
    visits = [
        Visit(profile="phone", at=NOW, title="Hi", text="join LINE"),
        Visit(profile="abroad", at=NOW, text="x"),
    ]
    seen = signal("hand-off", Span("landing_text", 8, 12, "LINE"))
    assert [[one.raw for one in page_pieces(visit, [seen]) if one.signals] for visit in visits] == [
        ["LINE"],
        [],
    ]


def test_what_one_visitor_alone_was_shown() -> None:
    """Cloaking is seen by what differs; a visit that failed differs in nothing."""
    one = Visit(profile="phone", at=NOW, title="T", text="Same. Join us\u3002Only here!")
    two = Visit(profile="reviewer", at=NOW, title="T", text="Same. Gardens.")
    away = Visit(profile="abroad", at=NOW, failure="timeout")
    assert [(found.profile, found.parts) for found in differences([one, two, away])] == [
        ("phone", ("Join us\u3002", "Only here!")),
        ("reviewer", ("Gardens.",)),
    ]
    assert differences([one, one, away]) == []
    long = Visit(profile="phone", at=NOW, text="\n".join(str(number) for number in range(100)))
    assert next((len(found.parts), found.more) for found in differences([long, two])) == (20, 80)


def test_a_sentence_takes_values_as_they_are() -> None:
    """A value with braces is a stranger's text, not a place to fill in."""
    assert sentence(signal("claim", value="{name} {0} {value}")).endswith(": {name} {0} {value}.")
    assert sentence(signal("new-signal", value="x")) == "new-signal: x."
    assert sentence(signal("claim", value="warning")) == "Warns of fraud, or says that it is none."
