"""What attackers gain from audience sizes, and what honest advertisers lose: the two curves.

    python benchmarks/audience_attacks.py [--trials 10000] [--draws 1000000] [--charts docs/images]

First every attack of tests/release/audiences/test_attacks.py through the real interface. Then the best any attacker
can do with q answers that count the target, on many more draws of the same noise: he knows everything else exactly,
so that the sum of what is left tells him all there is (the likelihood ratio of Gaussian noise is a function of the
sum). Last the error of honest sizes, alone and after many overlapping questions.
"""

import argparse
import datetime as dt
import math
from pathlib import Path
from typing import Any, Final

import numpy as np
import opendp.prelude as dp
import vl_convert
from pyroaring import BitMap
from tests.release.audiences.test_attacks import ATTACKS
from tests.release.audiences.worlds import POLICY, advantage

from haechi.release.audiences import AudiencePolicy, People, State, ask

_NOW: Final = dt.datetime.fromisoformat("2026-11-01T00:00:00")
_AT_ONCE: Final = 200_000


def draws(count: int, sigma: float) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Noise as the platform draws it, many at once."""
    many = dp.m.make_gaussian(dp.vector_domain(dp.atom_domain(T="i64")), dp.l2_distance(T="f64"), scale=sigma)
    parts = [many([0] * min(_AT_ONCE, count - at)) for at in range(0, count, _AT_ONCE)]
    return np.concatenate([np.array(part, dtype=np.int64) for part in parts])


def best_attacker(questions: int, trials: int, policy: AudiencePolicy) -> tuple[float, float]:
    """The advantage from answers that count the target in one world and not in the other."""
    counted = min(questions, policy.answers)
    sums = np.zeros(trials)
    for _ in range(questions):
        sums += draws(trials, policy.sigma)
    truth = np.arange(trials) % 2 == 0
    sums += truth * counted
    right = float(((sums > counted / 2) == truth).mean())
    return 2 * right - 1, 2 * 1.96 * math.sqrt(right * (1 - right) / trials)


def errors(size: int, earlier: int, policy: AudiencePolicy, trials: int) -> list[float]:
    """Relative errors of the size of one theme after earlier questions, each of which shares a third with it."""
    generator = np.random.default_rng(size + earlier)
    people = 980_000
    found = []
    for _ in range(trials):
        asked = BitMap(generator.choice(people, size, replace=False).astype("uint32"))
        inside = np.array(asked)
        sets = {"asked": asked}
        for place in range(earlier):
            shared = generator.choice(inside, size // 3, replace=False)
            other = generator.choice(people, size - size // 3, replace=False)
            sets[f"e{place}"] = BitMap(np.concatenate([shared, other]).astype("uint32"))
        state = State()
        everybody = People(sets.__getitem__, BitMap(range(people)))

        def size_of(name: str, everybody: People = everybody, state: State = state) -> int | None:
            return ask(
                {"theme": name}, people=everybody, sensitive=lambda _: False, minimum=policy.minimum,
                policy=policy, state=state, now=_NOW,
            ).size  # fmt: skip

        for place in range(earlier):
            size_of(f"e{place}")
        told = size_of("asked")
        if told is not None:
            found.append((told - size) / size)
    return found


def _chart(
    file: Path, rows: list[dict[str, Any]], encoding: dict[str, Any], title: str, layers: list[Any]
) -> None:
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": title,
        "width": 560,
        "height": 280,
        "data": {"values": rows},
        "encoding": encoding,
        "layer": layers,
    }
    file.write_text(vl_convert.vegalite_to_svg(spec), encoding="utf-8")


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=10_000)
    parser.add_argument("--draws", type=int, default=1_000_000)
    parser.add_argument("--charts", type=Path, default=Path("docs/images"))
    options = parser.parse_args()
    print(f"bound of the policy: {POLICY.advantage:.5f}")
    print(f"attacks through the interface, {options.trials:,} trials each:")
    for attack in ATTACKS:
        gained, half = advantage(lambda truth, attack=attack: attack(truth, POLICY), options.trials)  # type: ignore[misc]
        print(f"  {attack.__name__:18} {gained:+.4f} (± {half:.4f})")
    print(f"the best attacker with q answers, {options.draws:,} draws each:")
    attacked = []
    for questions in (1, 2, 3, 5, 7, 10, 15, 20):
        gained, half = best_attacker(questions, options.draws, POLICY)
        print(f"  q = {questions:2}  {gained:+.4f} (± {half:.4f})")
        attacked.append(
            {"questions": questions, "advantage": gained, "low": gained - half, "high": gained + half}
        )
    print("relative error of honest sizes: median, 95th percentile, mean (bias)")
    honest = []
    for size in (2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000):
        for earlier in (0, 10, 20):
            tries = 400 if earlier == 0 else 60
            found = errors(size, earlier, POLICY, tries)
            if len(found) < tries // 2:
                print(f"  {size:7,} after {earlier:2}: refused in {tries - len(found)} of {tries}")
                continue
            told = np.abs(found)
            row = {
                "size": size,
                "earlier": f"{earlier} earlier",
                "median": float(np.median(told)),
                "p95": float(np.quantile(told, 0.95)),
            }
            honest.append(row)
            print(
                f"  {size:7,} after {earlier:2}: {row['median']:.4f} {row['p95']:.4f} {np.mean(found):+.4f}"
            )
    options.charts.mkdir(parents=True, exist_ok=True)
    _chart(
        options.charts / "audience-advantage.svg",
        attacked,
        {"x": {"field": "questions", "type": "quantitative", "title": "answers that count the target"}},
        "Advantage of the best attacker over guessing (bound: 0.01)",
        [
            {"mark": {"type": "area", "opacity": 0.25}, "encoding": {
                "y": {"field": "low", "type": "quantitative", "title": "advantage"}, "y2": {"field": "high"}}},
            {"mark": {"type": "line", "point": True}, "encoding": {
                "y": {"field": "advantage", "type": "quantitative"}}},
            {"mark": {"type": "rule", "strokeDash": [4, 4]}, "encoding": {"y": {"datum": 0.01}}},
        ],
    )  # fmt: skip
    _chart(
        options.charts / "audience-error.svg",
        honest,
        {"x": {"field": "size", "type": "quantitative", "scale": {"type": "log"}, "title": "people in the audience"}},
        "Error that 95 of 100 honest sizes stay below (3 % asked for above 10,000)",
        [
            {"mark": {"type": "line", "point": True}, "encoding": {
                "y": {"field": "p95", "type": "quantitative", "title": "relative error", "axis": {"format": ".0%"}},
                "color": {"field": "earlier", "type": "nominal", "title": "overlapping questions"}}},
            {"mark": {"type": "rule", "strokeDash": [4, 4]}, "encoding": {"y": {"datum": 0.03}}},
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
