"""What attackers learn from audience sizes, and what honest advertisers lose: figures and charts.

    python -m benchmarks.audience_attacks [--draws 6000000] [--conversations 10000] [--out docs/images]

Prints the tables of docs/explanation/audience-privacy.md and draws its two charts. With the defaults it takes about
a quarter of an hour on two cores.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import vl_convert
from pyroaring import BitMap
from tests.release.audiences.attacks.attacking import (
    START,
    Attack,
    Measured,
    both,
    differences,
    drawn,
    either,
    exact_after,
    played,
    theme,
)
from tests.release.audiences.attacks.test_attack_averaging import averaging
from tests.release.audiences.attacks.test_attack_exclusion import exclusion
from tests.release.audiences.attacks.test_attack_intersection import intersection
from tests.release.audiences.attacks.test_attack_linkage import linkage
from tests.release.audiences.attacks.test_attack_lookalike import one_plus_chaff
from tests.release.audiences.attacks.test_attack_microtargeting import microtargeting
from tests.release.audiences.attacks.test_attack_nanotargeting import nanotargeting
from tests.release.audiences.attacks.test_attack_threshold import threshold

from haechi.release.audiences import AudiencePolicy, ThemePeople, ask, new_state

Row = dict[str, Any]
PEOPLE = 980_000
NEAR = 0.03 + 1e-12


ATTACKS: list[tuple[Callable[[], Attack], Callable[[], Attack]]] = [
    (microtargeting, lambda: microtargeting(12)),
    (lambda: intersection(100), lambda: intersection(5)),
    (lambda: averaging(200), lambda: averaging(9)),
    (lambda: exclusion(100), lambda: exclusion(5)),
    (lambda: threshold(100), lambda: threshold(10)),
    (lambda: one_plus_chaff(100), lambda: one_plus_chaff(5)),
    (lambda: linkage(3), lambda: linkage(3)),
]
"""Each at full length for drawn and exact figures, and short enough for thousands of whole conversations."""


@dataclass(frozen=True)
class Result:
    """One attack's figures."""

    name: str
    questions: int
    curve: list[tuple[int, float]]
    drawn: Measured
    played_questions: int
    played: Measured


def attacked(number: int, draws: int, conversations: int) -> Result:
    """All measures of one attack; `draws` bounds the noise drawn in bulk."""
    full, short = (make() for make in ATTACKS[number])
    steps = differences(full)
    at = sorted(
        {
            n
            for n in (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 130, 160, 200, len(steps))
            if n <= len(steps)
        }
    )
    differing = max(1, sum(map(len, steps)))
    return Result(
        name=full.name,
        questions=len(steps),
        curve=[(n, exact_after(steps[:n])) for n in at],
        drawn=drawn(full, min(1_000_000, draws // differing)),
        played_questions=len(short.script),
        played=played(short, conversations, np.random.default_rng(number)),
    )


def fresh_errors(trials: int) -> Iterator[Row]:
    """Relative errors of sizes told to advertisers that asked nothing before."""
    policy = AudiencePolicy()
    for size in (2_000, 5_000, 10_000, 15_000, 20_000, 50_000, 100_000, 200_000, 500_000):
        sets = {"t": ThemePeople(BitMap(range(size)))}
        errors = []
        for _ in range(trials):
            state = new_state(policy, START)
            told = ask(theme("t"), sets=sets, policy=policy, state=state, now=START)[0].size
            errors.append((told or 0) / size - 1)
        yield {
            "size": size,
            "median": float(np.median(np.abs(errors))),
            "p95": float(np.quantile(np.abs(errors), 0.95)),
            "within": float(np.mean(np.abs(errors) <= NEAR)),
            "who": "first question",
        }


def _platform(rng: np.random.Generator) -> dict[str, ThemePeople]:
    sizes = (10 ** rng.uniform(3.5, 5.6, 60)).astype(int)
    members = (rng.choice(PEOPLE, size, replace=False).astype(np.uint32) for size in sizes)
    return {f"t{n:02}": ThemePeople(BitMap(people)) for n, people in enumerate(members)}


def worn_errors(advertisers: int) -> tuple[list[Row], list[float]]:
    """Each advertiser asks 100 overlapping questions of five themes: every answer's error, and what the last took."""
    rng, policy, rows, took = np.random.default_rng(2), AudiencePolicy(), [], []
    for _ in range(advertisers):
        sets, state = _platform(rng), new_state(policy, START)
        for number in range(120):
            names = [f"t{n:02}" for n in rng.choice(60, 5, replace=False)]
            one, two, three, four, five = map(theme, names)
            question = either(both(one, either(two, three)), both(four, either(five, two)))
            b = [sets[name].people for name in names]
            size = len((b[0] & (b[1] | b[2])) | (b[3] & (b[4] | b[1])))
            start = time.perf_counter()
            answer, state = ask(question, sets=sets, policy=policy, state=state, now=START)
            if number >= 100:
                took.append(time.perf_counter() - start)
            rows.append({"number": number, "size": size, "told": answer.size, "refused": answer.refused})
    return rows, took


def worn_table(rows: list[Row]) -> Iterator[Row]:
    """The errors after 0, 20, … questions, for audiences of 10,000 and more, by size."""
    for low in (0, 20, 40, 60, 80, 100):
        for small, large in ((10_000, 30_000), (30_000, 100_000), (100_000, PEOPLE)):
            part = [row for row in rows if low <= row["number"] < low + 20 and small <= row["size"] < large]
            errors = [row["told"] / row["size"] - 1 for row in part if row["told"]]
            if errors:
                yield {
                    "after": low,
                    "sizes": f"{small:,} to {large:,}",
                    "answers": len(errors),
                    "refused": len(part) - len(errors),
                    "median": float(np.median(errors)),
                    "within": float(np.mean(np.abs(errors) <= NEAR)),
                }


def advantage_chart(results: list[Result], bound: float) -> dict[str, Any]:
    """The attackers' advantage by the number of questions, under the bound."""
    values = [
        {"attack": result.name, "questions": n, "advantage": value}
        for result in results
        for n, value in result.curve
    ]
    x = {
        "field": "questions",
        "type": "quantitative",
        "scale": {"type": "log"},
        "axis": {"title": "questions asked"},
    }
    y = {
        "field": "advantage",
        "type": "quantitative",
        "axis": {"title": "advantage (0 is guessing, 1 is knowing)"},
    }
    rule = {"mark": {"type": "rule", "strokeDash": [5, 4], "color": "#c8442f"}}
    return {
        "width": 620,
        "height": 280,
        "layer": [
            {
                "data": {"values": values},
                "mark": {"type": "line", "point": {"size": 24}},
                "encoding": {"x": x, "y": y, "color": {"field": "attack", "type": "nominal"}},
            },
            {**rule, "data": {"values": [{"advantage": bound}]}, "encoding": {"y": y}},
        ],
    }


def error_chart(fresh: list[Row], worn: list[Row]) -> dict[str, Any]:
    """Relative errors of honest sizes: 95 of 100 below the line; single answers after many questions as dots."""
    dots = [
        {
            "size": row["size"],
            "error": abs(row["told"] / row["size"] - 1),
            "who": "after 80 and more questions",
        }
        for row in worn
        if row["told"] and row["number"] >= 80 and row["size"] >= 1_500
    ]
    line = [
        {"size": row["size"], "error": row["p95"], "who": "first question, 95 of 100 below"} for row in fresh
    ]
    people = {"title": "people in the audience", "format": "~s"}
    x = {"field": "size", "type": "quantitative", "scale": {"type": "log"}, "axis": people}
    scale = {"domain": [0, 0.3], "clamp": True}
    y = {
        "field": "error",
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": "relative error", "format": "%"},
    }
    color = {"field": "who", "type": "nominal", "scale": {"range": ["#7d9a8c", "#c8442f"]}}
    encoding = {"x": x, "y": y, "color": color}
    rule = {"mark": {"type": "rule", "strokeDash": [5, 4], "color": "#5f6b66"}}
    return {
        "width": 620,
        "height": 280,
        "layer": [
            {
                "data": {"values": dots},
                "mark": {"type": "circle", "size": 22, "opacity": 0.5},
                "encoding": encoding,
            },
            {"data": {"values": line}, "mark": {"type": "line", "point": True}, "encoding": encoding},
            {**rule, "data": {"values": [{"error": 0.03}]}, "encoding": {"y": y}},
        ],
    }


def draw(spec: dict[str, Any], path: Path) -> None:
    """Write a chart as SVG."""
    ink = {"labelColor": "#5f6b66", "titleColor": "#5f6b66"}
    config = {
        "background": "white",
        "view": {"stroke": None},
        "axis": {**ink, "gridColor": "#8884", "domain": False, "ticks": False, "titleFontWeight": "normal"},
        "legend": {**ink, "orient": "top", "title": None, "columns": 4},
    }
    schema = "https://vega.github.io/schema/vega-lite/v6.json"
    path.write_text(
        vl_convert.vegalite_to_svg({"$schema": schema, "config": config, **spec}), encoding="utf-8"
    )


def _told(found: Measured) -> str:
    return f"{found.advantage:.4f} ({found.low:.4f} to {found.high:.4f})"


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=6_000_000)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    given = parser.parse_args()
    with ProcessPoolExecutor(2) as pool:
        waiting = [pool.submit(attacked, n, given.draws, given.conversations) for n in range(len(ATTACKS))]
        results = [one.result() for one in waiting]
    bound = AudiencePolicy().advantage_bound()
    print(
        f"bound {bound:.5f}\n\n| attack | questions | exact | drawn | trials | played questions | played | trials |"
    )
    for one in results:
        print(
            f"| {one.name} | {one.questions} | {one.curve[-1][1]:.4f} | {_told(one.drawn)} | {one.drawn.trials:,} "
            f"| {one.played_questions} | {_told(one.played)} | {one.played.trials:,} |"
        )
    for rarest in (None, 4):
        print(rarest or "22 random", nanotargeting(3_000, rarest=rarest))
    fresh = list(fresh_errors(1_000))
    for row in fresh:
        print(f"| {row['size']:,} | {row['median']:.2%} | {row['p95']:.2%} | {row['within']:.1%} |")
    worn, took = worn_errors(20)
    for row in worn_table(worn):
        print(
            f"| {row['after']} | {row['sizes']} | {row['answers']} | {row['refused']} | {row['median']:+.2%} "
            f"| {row['within']:.1%} |"
        )
    print(
        f"after 100 questions an answer takes {1e3 * statistics.median(took):.1f} ms (median of {len(took)})"
    )
    draw(advantage_chart(results, bound), given.out / "audience-advantage.svg")
    draw(error_chart(fresh, worn), given.out / "audience-error.svg")


if __name__ == "__main__":
    main()
