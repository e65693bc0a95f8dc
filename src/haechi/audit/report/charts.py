"""Charts as inline SVG, drawn at once by Vega-Lite: nothing to load, nothing that runs in the page."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import vl_convert

Row = Mapping[str, object]

# One accent for what was without permission, one quiet tone for the rest; both stand on light and dark paper.
_ACCENT: Final = "#c8442f"
_QUIET: Final = "#7d9a8c"
_INK: Final = "#5f6b66"
_FONT: Final = (
    "'Noto Sans', 'Noto Sans KR', 'Noto Sans CJK KR', 'Apple SD Gothic Neo', 'Malgun Gothic', sans-serif"
)

# To look for each of these at every label would take most of the drawing; the page finds them by itself.
_MEASURED: Final = "Noto Sans"

_CONFIG: Final[dict[str, Any]] = {
    "background": None,
    "font": _MEASURED,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _INK,
        "titleColor": _INK,
        "gridColor": "#8884",
        "gridWidth": 0.6,
        "domain": False,
        "ticks": False,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelPadding": 6,
    },
    "legend": {"labelColor": _INK, "titleColor": _INK, "orient": "top", "labelFontSize": 12, "title": None},
}


def prepare_drawing() -> None:
    """Start the machine that draws, so that the first chart does not wait for it."""
    _svg({"data": {"values": []}, "mark": "bar"})


def bars(rows: Sequence[Row], *, label: str, value: str, told: str, words: Mapping[str, str]) -> str:
    """Horizontal bars, longest first, with their figures.

    Args:
        rows: what to draw.
        label: field that names a bar.
        value: field of its length.
        told: field of its figure as it is shown.
        words: `axis`, the title of the value axis.
    """
    longest = max((len(str(row[label])) for row in rows), default=10)
    encoding = {
        "y": {"field": label, "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 220}},
        "x": {
            "field": value,
            "type": "quantitative",
            "axis": {"title": words["axis"], "format": ",d", "tickCount": 4, "tickMinStep": 1},
        },
    }
    figures = {"mark": {"type": "text", "align": "left", "dx": 5, "color": _INK, "fontSize": 12}, "encoding": {
        **encoding, "text": {"field": told, "type": "nominal"}}}  # fmt: skip
    return _svg(
        {
            "data": {"values": [dict(row) for row in rows]},
            "width": 560 - min(longest, 30) * 5,
            "height": {"step": 26},
            "layer": [
                {
                    "mark": {"type": "bar", "color": _ACCENT, "cornerRadiusEnd": 3, "height": 15},
                    "encoding": encoding,
                },
                figures,
            ],
        }
    )


def over_months(rows: Sequence[Row], words: Mapping[str, str]) -> str:
    """People exposed in each month: without permission below, with permission on top; months of nobody are empty.

    Args:
        rows: `month` (`YYYY-MM`), `people`, `people_unpermitted`.
        words: `with`, `without` and `axis`.
    """
    values = [
        {"month": f"{row['month']}-01", "who": words[who], "order": order, "people": count}
        for row in rows
        for order, (who, count) in enumerate(_parts(row))
    ]
    return _svg(
        {
            "data": {"values": values},
            "width": 620,
            "height": 230,
            "mark": {"type": "bar"},
            "encoding": {
                "x": {"field": "month", "type": "temporal", "timeUnit": "utcyearmonth", "bandPosition": 0.5,
                      "axis": {"title": None, "format": "%Y", "tickCount": "year", "grid": False}},
                "y": {"field": "people", "type": "quantitative", "stack": "zero",
                      "axis": {"title": words["axis"], "format": ",d", "tickMinStep": 1}},
                "color": {"field": "who", "type": "nominal",
                          "scale": {"domain": [words["without"], words["with"]], "range": [_ACCENT, _QUIET]}},
                "order": {"field": "order", "type": "quantitative"},
            },
        }
    )  # fmt: skip


def _parts(row: Row) -> tuple[tuple[str, int], tuple[str, int]]:
    people, without = int(str(row["people"])), int(str(row["people_unpermitted"]))
    return ("without", without), ("with", people - without)


def spread(rows: Sequence[Row], words: Mapping[str, str]) -> str:
    """Each sensitive theme by how many people are in it and how many advertisers could use it.

    Args:
        rows: `name`, `category`, `people`, `advertisers`.
        words: `people` and `advertisers`, the titles of the axes.
    """
    seen = [dict(row) for row in rows if row["people"]]
    named = sorted(seen, key=lambda row: -int(str(row["people"])) * (1 + int(str(row["advertisers"]))))[:5]
    place = {
        "x": {"field": "advertisers", "type": "quantitative",
              "axis": {"title": words["advertisers"], "format": ",d", "tickMinStep": 1},
              "scale": {"nice": True}},
        "y": {"field": "people", "type": "quantitative",
              "axis": {"title": words["people"], "format": ",d", "tickMinStep": 1},
              "scale": {"type": "sqrt", "nice": True}},
    }  # fmt: skip
    label = {"type": "text", "align": "right", "dx": -9, "color": _INK, "fontSize": 11, "limit": 210}
    return _svg(
        {
            "width": 620,
            "height": 280,
            "layer": [
                {
                    "data": {"values": seen},
                    "mark": {"type": "circle", "size": 46, "opacity": 0.55, "color": _ACCENT},
                    "encoding": place,
                },
                {"data": {"values": named}, "mark": label, "encoding": {**place, "text": {"field": "name"}}},
            ],
        }
    )


def _svg(spec: dict[str, Any]) -> str:
    spec = {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": _CONFIG, **spec}
    svg = vl_convert.vegalite_to_svg(spec)
    # It scales with the page, and says nothing to a screen reader: the figure's caption and table do.
    svg = re.sub(
        r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+"',
        r'<svg \1aria-hidden="true" focusable="false"',
        svg,
        count=1,
    )
    return str(svg).replace(f'font-family="{_MEASURED}"', f'font-family="{_FONT}"')
