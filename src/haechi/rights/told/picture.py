"""A picture of who got what: themes on the left, advertisers on the right, a line for each that got one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from haechi.rights.answer import Answer, Recipient

_MOST: Final = 12
"""Themes and advertisers in the picture; the table beside it has all."""
_ROW: Final = 34
_TOP: Final = 34
_WIDTH: Final = 720
_BOX: Final = 270
_LETTERS: Final = 30
_WIDE: Final = 17


def picture(answer: Answer, say: Mapping[str, Any]) -> Markup:
    """SVG of who got what; nothing where nobody got anything.

    Args:
        answer: what is told.
        say: the words of the page.
    """
    told = [one for one in answer.recipients if one.within]
    if not told:
        return Markup()
    sensitive = {one.theme_id for one in told if one.categories}
    themes = _first([one.theme_id for one in told], first=sensitive)
    # Whoever got the most of the themes in the picture.
    shown = set(themes)
    advertisers = _first([one.advertiser_id for one in told if one.theme_id in shown])
    names = {one.theme_id: one.theme for one in told} | {one.advertiser_id: one.advertiser for one in told}
    height = _TOP + _ROW * max(len(themes), len(advertisers)) + 8
    left = {theme: _TOP + _ROW * place for place, theme in enumerate(themes)}
    right = {advertiser: _TOP + _ROW * place for place, advertiser in enumerate(advertisers)}
    parts = [
        Markup('<svg class="picture" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
            _WIDTH, height, say["picture"].format(themes=len(set(left)), advertisers=len(set(right)))
        ),
        _head(say["column"]["theme"], 0),
        _head(say["column"]["advertiser"], _WIDTH - _BOX),
        *_lines(told, left, right, sensitive),
        *(_box(names[theme], 0, y, theme in sensitive) for theme, y in left.items()),
        *(_box(names[one], _WIDTH - _BOX, y, False) for one, y in right.items()),
        Markup("</svg>"),
    ]
    return Markup().join(parts)


def _first(identifiers: Sequence[str], first: set[str] | None = None) -> list[str]:
    """Those that are most often there; what gives something away before all others."""
    counts = Counter(identifiers)
    ordered = sorted(counts, key=lambda one: (one not in (first or set()), -counts[one], one))
    return ordered[:_MOST]


def _lines(
    told: Sequence[Recipient], left: Mapping[str, int], right: Mapping[str, int], sensitive: set[str]
) -> list[Markup]:
    middle = _ROW // 2 - 3
    pairs = dict.fromkeys((one.theme_id, one.advertiser_id) for one in told)
    return [
        Markup('<path class="{}" d="M{} {} C{} {} {} {} {} {}"/>').format(
            "telling" if theme in sensitive else "line",
            _BOX, left[theme] + middle, _WIDTH // 2, left[theme] + middle,
            _WIDTH // 2, right[advertiser] + middle, _WIDTH - _BOX, right[advertiser] + middle,
        )
        for theme, advertiser in pairs
        if theme in left and advertiser in right
    ]  # fmt: skip


def _head(text: str, x: int) -> Markup:
    return Markup('<text class="head" x="{}" y="20">{}</text>').format(x + 4, text)


def _box(name: str, x: int, y: int, telling: bool) -> Markup:
    return Markup(
        '<g><title>{}</title><rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="5"/>'
        '<text x="{}" y="{}">{}</text></g>'
    ).format(
        escape(name), "telling" if telling else "box", x, y, _BOX, _ROW - 6, x + 9, y + 19, _shortened(name)
    )  # fmt: skip


def _shortened(name: str) -> str:
    """As much of a name as the box holds: letters of East Asian scripts are twice as wide."""
    wide = sum(char >= "\u1100" for char in name) * 2 > len(name)
    most = _WIDE if wide else _LETTERS
    return name if len(name) <= most else name[: most - 1] + "…"
