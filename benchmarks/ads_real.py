"""Real texts as ads.

    python benchmarks/ads_real.py DATA_FOLDER --out FOLDER [--only SOURCE ...] [--urls 300] [--seed 1]

DATA_FOLDER holds what is there of: `scam_videos_dev.csv` (English, scam or not), `korccvi_v1.3_ko_voicephishing.csv`
(Korean calls), `adtec_*.tsv` (ordinary Japanese ads), `ira_facebook_ads.csv` (English, political and ordinary, with
targeting), `phish_urls_dev.csv`, `cryptoscamdb_urls.csv` and `scam_domains_light.txt` (addresses, put behind an ad
that says nothing). FOLDER gets `ads.jsonl`, `advertisers.jsonl` and `truth.csv` of the form that `haechi example ads`
writes, so that one command judges both and `benchmarks/ads.py` counts both. `--only` names sources, to have the
figures of one alone: scam-videos, korccvi, adtec, ira, phish-urls, cryptoscamdb, scam-domains.

None of these is an investment ad as a platform gets it: videos have long descriptions, calls are talk, an address
alone says little. Every account is verified and old, so that only what the ad says can tell.
"""

import argparse
import csv
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from haechi.review.ads import Ad, Advertiser, Targeting
from haechi.review.targeting import targeting_of

START: Final = datetime.fromisoformat("2026-05-01")
COLUMNS: Final = ("ad_id", "campaign", "family", "scam", "kind", "language", "evasion")
COUNTRY: Final = {"en": "US", "ja": "JP", "ko": "KR"}
LONGEST_HEADLINE: Final = 200
NEUTRAL: Final = {
    "en": ("News for you", "Have a look at our page."),
    "ja": ("お知らせ", "ページをご覧ください。"),
}


class Row(NamedTuple):
    """A text of a source, with what it is."""

    source: str
    scam: bool
    kind: str
    language: str
    headline: str
    text: str
    url: str | None = None
    targeting: Targeting = Targeting()


def videos(file: Path) -> Iterator[Row]:
    """Titles and descriptions, the two in one cell as CSV again."""
    for row in _table(file, ","):
        title, *rest = next(csv.reader([row["title_and_description"].replace("\n", " ")]), [""])
        scam = row["is_scam"] == "True"
        yield Row(
            "scam-videos", scam, "" if scam else "other:video", "en", title[:LONGEST_HEADLINE], ",".join(rest)
        )


def calls(file: Path) -> Iterator[Row]:
    """Transcripts of calls."""
    for row in _table(file, ","):
        scam = row["Label"].strip() == "1"
        yield Row("korccvi", scam, "" if scam else "other:talk", "ko", "", row["Transcript"])


def ordinary(file: Path) -> Iterator[Row]:
    """Japanese ads: what each task's table has of titles and texts."""
    task = file.name.removeprefix("adtec_").removesuffix(".train.tsv")
    for row in _table(file, "\t"):
        finance = row.get("industry_type") == "金融"
        kind = f"{'finance' if finance else 'other'}:adtec-{task}"
        pairs = (
            [(row["text1"], ""), (row["text2"], "")]
            if "text1" in row
            else [(row.get("title") or row["title_1"], " ".join(_described(row)))]
        )
        for headline, text in pairs:
            yield Row("adtec", False, kind, "ja", headline, text)


def political(file: Path) -> Iterator[Row]:
    """Ads with targeting; those without a text are left out."""
    for row in _table(file, ","):
        if row["text"].strip():
            targeting = targeting_of(row["targets"])
            yield Row("ira", False, "other:ira", "en", "", row["text"], row["url"].strip() or None, targeting)


def phishing(file: Path) -> Iterator[Row]:
    """Addresses that pretended to be a Japanese brand's."""
    for row in _table(file, ","):
        yield Row("phish-urls", True, "", "ja", *NEUTRAL["ja"], row["url"].strip())


def crypto(file: Path) -> Iterator[Row]:
    """Addresses of crypto scams."""
    for row in _table(file, ","):
        yield Row("cryptoscamdb", True, "", "en", *NEUTRAL["en"], row["url"].strip())


def domains(file: Path) -> Iterator[Row]:
    """Domains of scams."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith(("#", "!")):
            yield Row("scam-domains", True, "", "en", *NEUTRAL["en"], f"https://{line.strip()}/")


SOURCES: Final[Mapping[str, Callable[[Path], Iterator[Row]]]] = {
    "scam_videos_*.csv": videos,
    "korccvi_*.csv": calls,
    "adtec_*.tsv": ordinary,
    "ira_facebook_ads.csv": political,
    "phish_urls_*.csv": phishing,
    "cryptoscamdb_urls.csv": crypto,
    "scam_domains_*.txt": domains,
}
ADDRESSES: Final = (phishing, crypto, domains)


def rows(data: Path, urls: int, seed: int) -> list[Row]:
    """All rows of the sources that are there, of each source of addresses a random `urls`.

    Raises:
        SystemExit: the folder has none of the sources.
    """
    chance = random.Random(seed)  # noqa: S311 - a sample
    found: list[Row] = []
    for pattern, reader in SOURCES.items():
        for file in sorted(data.glob(pattern)):
            read = [row for row in reader(file) if (row.headline + row.text).strip()]
            found += chance.sample(read, min(urls, len(read))) if reader in ADDRESSES else read
    if not found:
        sys.exit(f"{data}: found none of {', '.join(SOURCES)}; expected at least one.")
    chance.shuffle(found)
    return found


def write(found: list[Row], out: Path) -> None:
    """The three files."""
    out.mkdir(parents=True, exist_ok=True)
    with (
        (out / "ads.jsonl").open("wb") as ads,
        (out / "advertisers.jsonl").open("wb") as advertisers,
        (out / "truth.csv").open("w", encoding="utf-8", newline="") as truth,
    ):
        told = csv.writer(truth)
        told.writerow(COLUMNS)
        for number, row in enumerate(found):
            name = f"{row.source}-{number:05}"
            ads.write(msgspec.json.encode(_ad(name, number, row)) + b"\n")
            advertisers.write(msgspec.json.encode(_advertiser(name, row)) + b"\n")
            # Every text is a unit of its own: the sources do not say which are copies.
            family = row.source if row.scam else name
            told.writerow((name, name, family, "yes" if row.scam else "no", row.kind, row.language, "none"))


def _ad(name: str, number: int, row: Row) -> Ad:
    return Ad(
        ad_id=name,
        advertiser_id=f"by-{name}",
        headline=row.headline,
        text=row.text,
        landing_url=row.url,
        country=COUNTRY[row.language],
        language=row.language,
        targeting=row.targeting,
        submitted_at=START + timedelta(minutes=7 * number),
    )


def _advertiser(name: str, row: Row) -> Advertiser:
    return Advertiser(
        advertiser_id=f"by-{name}",
        legal_name="Neutral Advertiser",
        display_names=(
            "広告主" if row.language == "ja" else "광고주" if row.language == "ko" else "Advertiser",
        ),
        kind="business",
        country=COUNTRY[row.language],
        verified_at=START - timedelta(days=900),
        opened_at=START - timedelta(days=1_000),
    )


def _described(row: Mapping[str, str]) -> list[str]:
    named = ("title_2", "title_3", "description_1", "description_2")
    return [row[name] for name in named if row.get(name, "").strip()]


def _table(file: Path, delimiter: str) -> Iterator[dict[str, str]]:
    csv.field_size_limit(10_000_000)
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines, delimiter=delimiter)


def main() -> None:
    """Reads what is there and writes the folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--urls", type=int, default=300, help="addresses drawn from each source of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="+", help="names of sources")
    asked = parser.parse_args()
    found = rows(asked.data, asked.urls, asked.seed)
    if asked.only:
        found = [row for row in found if row.source in asked.only]
    write(found, asked.out)
    scams = sum(row.scam for row in found)
    print(f"{asked.out}: {len(found):,} ads, {scams:,} of them scams.")


if __name__ == "__main__":
    main()
