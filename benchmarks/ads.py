"""How well ads are judged, against the truth.

    python benchmarks/ads.py FOLDER DECISIONS.jsonl [FOLDER DECISIONS.jsonl ...] [--out DIR]

FOLDER has `truth.csv` as `haechi example ads` and `benchmarks/ads_real.py` write it; DECISIONS has a line for each
of its ads: `ad_id`, `decision` and `signals` (`name`, `score`). Several pairs are joined: a folder for each evasion,
made with the same seed, lets every evasion be compared with the same ads as they were.

Method. Ads of a campaign are copies, so they are not counted as if they were strangers: the unit is the campaign (of
scams) or the line and language (of honest ads). A unit's value is the share of its ads that were stopped; a rate is
the mean of the units' values, its interval Wilson's 95% with the number of units, as if copies told nothing more.
Points lost to an evasion are the mean over campaigns of the difference on the same ads, with a bootstrap of campaigns
(2,000 draws, percentiles). Rates of ads, uncorrected, stand beside. The curve counts ads, evasion `none` only.
"""

import argparse
import csv
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import vl_convert

Z: Final = 1.959963984540054
DRAWS: Final = 2_000
NONE: Final = "none"
LIKELY: Final = 0.5
"""From here on rules of the shipped policy count a hand-off."""
IN_AD: Final = ("link", "id", "button", "qr")
"""Ways into a chat that stand in the ad itself, not on the page behind it."""
TABLE_POINTS: Final = 9


class Found(msgspec.Struct):
    """A signal of a decision."""

    name: str
    score: float
    value: str = ""
    params: dict[str, str] = {}


class Decided(msgspec.Struct):
    """A line of the decisions."""

    ad_id: str
    decision: str
    signals: tuple[Found, ...] = ()


class Judged(NamedTuple):
    """An ad with its truth and its decision."""

    ad_id: str
    campaign: str
    family: str
    scam: bool
    kind: str
    language: str
    evasion: str
    decision: str
    text_score: float
    hand_off: str
    hand_off_found: bool

    @property
    def stopped(self) -> bool:
        """Held or rejected."""
        return self.decision != "approve"

    @property
    def unit(self) -> str:
        """What it is a copy of."""
        return self.campaign if self.scam else f"{self.language}:{self.kind}:{self.family}"

    @property
    def base(self) -> str:
        """The identifier of the ad as it was before the evasion."""
        return self.ad_id.removesuffix(f".{self.evasion}")


class Rate(NamedTuple):
    """A mean over units with its interval, and the plain count."""

    mean: float
    low: float
    high: float
    units: int
    hits: int
    ads: int

    def __str__(self) -> str:
        return f"{self.mean:.2%} [{self.low:.2%}, {self.high:.2%}] | {self.units:,} | {self.hits:,} of {self.ads:,}"


def joined(folder: Path, decisions: Path) -> list[Judged]:
    """Every ad of the truth with its decision.

    Raises:
        SystemExit: an ad was decided twice or not at all, or is not in the truth.
    """
    decided: dict[str, Decided] = {}
    with decisions.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            one = msgspec.json.decode(line, type=Decided)
            if one.ad_id in decided:
                sys.exit(f"{decisions}, line {number:,}: an ad is decided twice; expected one line for each.")
            if one.decision not in ("approve", "hold", "reject"):
                sys.exit(f"{decisions}, line {number:,}: expected a decision approve, hold or reject.")
            decided[one.ad_id] = one
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as rows:
        truth = list(csv.DictReader(rows))
    missing = sum(row["ad_id"] not in decided for row in truth)
    if missing or len(decided) != len(truth):
        sys.exit(
            f"{decisions}: {missing:,} of {len(truth):,} ads of {folder} have no decision, and "
            f"{len(decided) - len(truth) + missing:,} decisions are of no ad in it; expected one for each."
        )
    return [_judged(row, decided[row["ad_id"]]) for row in truth]


def _judged(row: Mapping[str, str], decided: Decided) -> Judged:
    score = max((one.score for one in decided.signals if one.name == "scam-text"), default=0.0)
    named = {name: row[name] for name in ("ad_id", "campaign", "family", "kind", "language", "evasion")}
    # By words alone nobody can tell whose chat it is: that of an honest advertiser who has one is taken for its own.
    own = ("yes",) if row["scam"] == "yes" else ("yes", "unknown")
    chats = (one for one in decided.signals if one.name == "hand-off" and one.params.get("own") not in own)
    return Judged(
        **named,
        scam=row["scam"] == "yes",
        decision=decided.decision,
        text_score=score,
        hand_off=row.get("hand_off", ""),
        hand_off_found=any(one.score >= LIKELY for one in chats),
    )


def wilson(mean: float, count: int) -> tuple[float, float]:
    """Wilson's 95% interval of a proportion (E. B. Wilson, JASA 22, 1927)."""
    if not count:
        return 0.0, 1.0
    middle = mean + Z * Z / (2 * count)
    reach = Z * math.sqrt(mean * (1 - mean) / count + Z * Z / (4 * count * count))
    whole = 1 + Z * Z / count
    return max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole)


def rate(ads: Iterable[Judged], hit: Callable[[Judged], bool]) -> Rate:
    """How often something is true of ads, by unit."""
    units: defaultdict[str, list[bool]] = defaultdict(list)
    for one in ads:
        units[one.unit].append(hit(one))
    shares = [sum(values) / len(values) for values in units.values()]
    mean = sum(shares) / len(shares) if shares else math.nan
    low, high = wilson(0.0 if math.isnan(mean) else mean, len(shares))
    return Rate(mean, low, high, len(shares), sum(map(sum, units.values())), sum(map(len, units.values())))


def stopped(one: Judged) -> bool:
    """Whether it was held or rejected."""
    return one.stopped


def lost(plain: Sequence[Judged], evaded: Sequence[Judged]) -> tuple[float, float, float, int]:
    """Points of recall lost on the same ads: mean over campaigns, interval by bootstrap, campaigns."""
    before = {one.ad_id: one.stopped for one in plain}
    by_campaign: defaultdict[str, list[int]] = defaultdict(list)
    for one in evaded:
        if one.base in before:
            by_campaign[one.campaign].append(before[one.base] - one.stopped)
    if not by_campaign:
        return math.nan, math.nan, math.nan, 0
    means = np.array([sum(values) / len(values) for values in by_campaign.values()])
    draws = np.random.default_rng(7).integers(0, len(means), (DRAWS, len(means)))
    low, high = np.percentile(means[draws].mean(axis=1), (2.5, 97.5))
    return 100 * float(means.mean()), 100 * float(low), 100 * float(high), len(means)


def curve(ads: Sequence[Judged]) -> list[tuple[float, float, float]]:
    """Threshold, recall and precision of stopping ads by their strongest `scam-text` score."""
    scams = sum(one.scam for one in ads)
    order = sorted(ads, key=lambda one: -one.text_score)
    points, hits = [], 0
    for number, one in enumerate(order, 1):
        hits += one.scam
        last = number == len(order) or order[number].text_score != one.text_score
        if last and one.text_score > 0 and scams:
            points.append((one.text_score, hits / scams, hits / number))
    return points


def decided_point(ads: Sequence[Judged], outcomes: Sequence[str]) -> tuple[float, float]:
    """Recall and precision of the decisions; a precision of nothing is NaN."""
    chosen = [one for one in ads if one.decision in outcomes]
    scams = sum(one.scam for one in ads)
    hits = sum(one.scam for one in chosen)
    return hits / scams if scams else math.nan, hits / len(chosen) if chosen else math.nan


def report(ads: Sequence[Judged]) -> str:
    """All tables, as Markdown."""
    plain = [one for one in ads if one.evasion == NONE]
    parts = [
        "# Ads judged",
        (
            f"{len(ads):,} ads, {sum(one.scam for one in ads):,} of them scams. Rates are means over campaigns "
            "(scams) or lines (honest ads) with Wilson's 95% interval of their number."
        ),
        _whole(plain),
        _by("Recall (held or rejected) by family", plain, lambda one: one.family, scam=True),
        _by("False holds by kind of honest ad", plain, lambda one: one.kind, scam=False),
        _hand_offs(ads),
        _evasions(plain, ads),
        _curves(plain),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _whole(plain: Sequence[Judged]) -> str:
    lines = [
        "## In all and by language",
        "",
        "| | language | rate | units | ads |",
        "| --- | --- | --- | --- | --- |",
    ]
    for language in ("all", *sorted({one.language for one in plain})):
        ads = [one for one in plain if language in ("all", one.language)]
        scams = [one for one in ads if one.scam]
        fair = [one for one in ads if not one.scam]
        finance = [one for one in fair if one.kind.startswith("finance:")]
        rejected = [one for one in ads if one.decision == "reject"]
        for name, chosen, hit in (
            ("recall (held or rejected)", scams, stopped),
            ("rejected without a person, of scams", scams, _rejected),
            ("precision of rejection", rejected, _is_scam),
            ("honest finance ads stopped", finance, stopped),
            ("all honest ads stopped", fair, stopped),
            ("all honest ads rejected", fair, _rejected),
        ):
            lines += [f"| {name} | {language} | {rate(chosen, hit)} |"] if chosen else []
    return "\n".join(lines)


def _rejected(one: Judged) -> bool:
    return one.decision == "reject"


def _is_scam(one: Judged) -> bool:
    return one.scam


def _by(title: str, plain: Sequence[Judged], key: Callable[[Judged], str], *, scam: bool) -> str:
    ads = [one for one in plain if one.scam == scam]
    lines = [f"## {title}", "", "| | rate | units | ads |", "| --- | --- | --- | --- |"]
    rates = {
        name: rate([one for one in ads if key(one) == name], stopped) for name in {key(one) for one in ads}
    }
    worst = sorted(rates.items(), key=lambda item: (item[1].mean if scam else -item[1].mean, item[0]))
    lines += [f"| {name} | {found} |" for name, found in worst]
    return "\n".join(lines) if ads else ""


def _hand_offs(ads: Sequence[Judged]) -> str:
    """How often a chat that is not the advertiser's own is found where the ad has one, and where it has none."""
    there = [one for one in ads if one.scam and one.hand_off in IN_AD]
    if not there:
        return ""
    lines = ["## Hand-off found", "", "| | rate | units | ads |", "| --- | --- | --- | --- |"]
    for name in (NONE, *sorted({one.evasion for one in there} - {NONE})):
        chosen = [one for one in there if one.evasion == name]
        lines += (
            [f"| in scams that have one, evasion {name} | {rate(chosen, _hand_off_found)} |"]
            if chosen
            else []
        )
    fair = [one for one in ads if not one.scam]
    about = [one for one in fair if _about_scams(one)]
    for said, chosen in (
        ("in honest ads that warn of scams or report on them", about),
        ("in all other honest ads", [one for one in fair if not _about_scams(one)]),
    ):
        lines += [f"| {said} | {rate(chosen, _hand_off_found)} |"] if chosen else []
    return "\n".join(lines)


def _hand_off_found(one: Judged) -> bool:
    return one.hand_off_found


def _about_scams(one: Judged) -> bool:
    return any(word in one.kind for word in ("warning", "news"))


def _evasions(plain: Sequence[Judged], ads: Sequence[Judged]) -> str:
    names = sorted({one.evasion for one in ads if one.scam} - {NONE})
    if not names:
        return ""
    lines = [
        "## Evasions, against the same ads as they were",
        "",
        "| evasion | recall | units | ads | points lost [95%] | campaigns compared |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in names:
        evaded = [one for one in ads if one.evasion == name and one.scam]
        points, low, high, campaigns = lost([one for one in plain if one.scam], evaded)
        lines.append(
            f"| {name} | {rate(evaded, stopped)} | {points:.1f} [{low:.1f}, {high:.1f}] | {campaigns:,} |"
        )
    return "\n".join(lines)


def _curves(plain: Sequence[Judged]) -> str:
    lines = [
        "## Precision and recall",
        "",
        "| language | stopped by | threshold | recall | precision |",
        "| --- | --- | --- | --- | --- |",
    ]
    for language in sorted({one.language for one in plain if one.scam}):
        ads = [one for one in plain if one.language == language]
        points = curve(ads)
        for at in (
            sorted({round(n * (len(points) - 1) / TABLE_POINTS) for n in range(TABLE_POINTS + 1)})
            if points
            else ()
        ):
            score, recall, precision = points[at]
            lines.append(f"| {language} | scam-text | {score:.3f} | {recall:.2%} | {precision:.2%} |")
        for name, outcomes in (("hold or reject", ("hold", "reject")), ("reject", ("reject",))):
            recall, precision = decided_point(ads, outcomes)
            lines.append(f"| {language} | {name} | | {recall:.2%} | {precision:.2%} |")
    return "\n".join(lines)


def chart(ads: Sequence[Judged]) -> str:
    """The curves and the decisions' points as SVG."""
    plain = [one for one in ads if one.evasion == NONE]
    lines, points = [], []
    for language in sorted({one.language for one in plain if one.scam}):
        chosen = [one for one in plain if one.language == language]
        lines += [{"language": language, "recall": r, "precision": p} for _, r, p in curve(chosen)]
        for told, outcomes in (("hold or reject", ("hold", "reject")), ("reject", ("reject",))):
            recall, precision = decided_point(chosen, outcomes)
            if not math.isnan(precision):
                points.append({"language": language, "recall": recall, "precision": precision, "by": told})
    axes: dict[str, Any] = {
        "x": {"field": "recall", "type": "quantitative", "axis": {"title": "recall", "format": ".0%"}},
        "y": {"field": "precision", "type": "quantitative", "axis": {"title": "precision", "format": ".0%"}},
        "color": {"field": "language", "type": "nominal"},
    }
    shape = {"field": "by", "type": "nominal", "title": "decided"}
    layers = [
        {"data": {"values": lines}, "mark": {"type": "line", "interpolate": "step-before"}, "encoding": {
            **axes, "order": {"field": "recall", "type": "quantitative"}}},
        {"data": {"values": points}, "mark": {"type": "point", "size": 80, "filled": True}, "encoding": {
            **axes, "shape": shape}},
    ]  # fmt: skip
    spec = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "width": 460, "height": 320}
    return str(vl_convert.vegalite_to_svg({**spec, "layer": layers}))


def main() -> None:
    """Reads the pairs, writes `ads.md` and `ads.svg` where a folder is named, and prints the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("pairs", nargs="+", type=Path, help="FOLDER DECISIONS.jsonl, any number of pairs")
    parser.add_argument("--out", type=Path, help="folder for ads.md and ads.svg")
    asked = parser.parse_args()
    if len(asked.pairs) % 2:
        parser.error("expected pairs: a folder and its decisions")
    seen: dict[str, Judged] = {}
    for folder, decisions in zip(asked.pairs[::2], asked.pairs[1::2], strict=True):
        for one in joined(folder, decisions):
            # Honest ads of a seed stand in every folder; they are counted where they were first judged.
            seen.setdefault(one.ad_id, one)
    text = report(list(seen.values()))
    print(text)
    if asked.out:
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / "ads.md").write_text(f"{text}\n![Precision and recall](ads.svg)\n", encoding="utf-8")
        (asked.out / "ads.svg").write_text(chart(list(seen.values())), encoding="utf-8")


if __name__ == "__main__":
    main()
