"""An ad as the desk shows it: each text in pieces, evidence numbered by its signal, boxes over the picture."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from haechi.review.ads import Ad, Box, Fact, Signal, Span
from haechi.review.case import Visit
from haechi.review.policy.readable import FACTS
from haechi.service.desk.marked import Mark, Piece, pieces, visible
from haechi.service.desk.pictures import Size
from haechi.service.desk.sentences import sentence
from haechi.stores.review.copied import Copied

_CALLED: Final = {
    "headline": "Headline",
    "text": "Text",
    "display_name": "Shown under the name",
    "landing_url": "Leads to",
    "image_text": "Read in the picture",
    "image_code": "A code in the picture says",
    "landing_text": "The page behind it",
}
_OF_PICTURES: Final = ("image_text", "image_code")


class Beheld(NamedTuple):
    """A known picture with its size; None where it cannot be shown."""

    known: Copied
    size: Size | None


class Numbered(NamedTuple):
    """A signal with its number on the page.

    Attributes:
        number: 1 is the first.
        name: of the signal.
        sentence: what it says.
        sure: 0 to 100.
        evidence: each as a line: where it is seen, and what is seen there.
        copy: of which known picture it says that the ad's is a copy, or None.
    """

    number: int
    name: str
    sentence: str
    sure: int
    evidence: tuple[tuple[str, list[Piece]], ...]
    copy: Beheld | None = None


class Text(NamedTuple):
    """A text with its name."""

    field: str
    name: str
    pieces: list[Piece]


class Drawn(NamedTuple):
    """A box over the picture, with the number of its signal."""

    box: Box
    number: int


def numbered(signals: Sequence[Signal], copies: Mapping[str, Beheld]) -> list[Numbered]:
    """Signals with their numbers and evidence in lines; what rules read beside them speaks for nothing.

    Args:
        signals: found in the ad.
        copies: known pictures, by the values of signals that name them.
    """
    return [
        Numbered(
            number=number,
            name=one.name,
            sentence=visible(_sentence(one, copies)),
            sure=round(one.score * 100),
            # Of a picture that is shown, its number in the bank tells nothing more.
            evidence=() if one.value in copies else tuple(_line(seen) for seen in one.evidence),
            copy=copies.get(one.value),
        )
        for number, one in enumerate(signals, 1)
        if one.name != FACTS
    ]


def _sentence(signal: Signal, copies: Mapping[str, Beheld]) -> str:
    beheld = copies.get(signal.value)
    if beheld is None:
        return sentence(signal)
    known = beheld.known
    whose = f"the protected party {known.name}" if known.kind == "party" else f"the rejected ad {known.of}"
    return f"Its picture is a copy of a picture of {whose}."


def texts(ad: Ad, shown_as: str, signals: Sequence[Signal]) -> list[Text]:
    """The ad's texts, evidence marked; and what was read in its picture, as the signals quote it.

    Args:
        ad: as submitted.
        shown_as: the advertiser's own name, where the ad has no other.
        signals: found in it.
    """
    raw = {
        "headline": ad.headline,
        "text": ad.text,
        "display_name": shown_as if ad.display_name is None else ad.display_name,
        "landing_url": ad.landing_url or "",
    }
    found = [
        Text(field, _CALLED[field], pieces(text, _marks(signals, field, text)))
        for field, text in raw.items()
        if text
    ]
    return [*found, *_read_in_picture(signals)]


def page_pieces(visit: Visit, signals: Sequence[Signal]) -> list[Piece]:
    """The text of a page as one visitor saw it, evidence marked."""
    raw = f"{visit.title}\n{visit.text}"
    return pieces(raw, _marks(signals, "landing_text", raw))


def boxes(signals: Sequence[Signal]) -> list[Drawn]:
    """What is drawn over the picture."""
    return [
        Drawn(seen, number)
        for number, one in enumerate(signals, 1)
        for seen in one.evidence
        if isinstance(seen, Box)
    ]


def _marks(signals: Sequence[Signal], field: str, raw: str) -> list[Mark]:
    # Of several visits to a page, evidence is in those that say just this at just this place.
    return [
        Mark(seen.start, seen.end, number)
        for number, one in enumerate(signals, 1)
        for seen in one.evidence
        if isinstance(seen, Span) and seen.field == field and raw[seen.start : seen.end] == seen.text
    ]


def _read_in_picture(signals: Sequence[Signal]) -> list[Text]:
    found = []
    for field in _OF_PICTURES:
        quoted: dict[str, list[int]] = {}
        for number, one in enumerate(signals, 1):
            for seen in one.evidence:
                if isinstance(seen, Span) and seen.field == field:
                    quoted.setdefault(seen.text, []).append(number)
        for text, numbers in quoted.items():
            marks = [Mark(0, len(text), number) for number in numbers]
            found.append(Text(field, _CALLED[field], pieces(text, marks)))
    return found


def _line(seen: Span | Box | Fact) -> tuple[str, list[Piece]]:
    if isinstance(seen, Span):
        return _CALLED[seen.field], pieces(seen.text)
    if isinstance(seen, Box):
        return f"In the picture at {seen.x}, {seen.y}", pieces(seen.text)
    return seen.key, pieces(seen.value)
