"""Judges the texts of `benchmarks/blind`: `python benchmarks/ads_blind.py FOLDER`.

Each text is an ad of a verified account of four years and, once more, of one that is new and that nobody verified.
FOLDER gets the datasets and decisions; the table is printed. For the hand-off, all are asked whether a chat was found
that is not the advertiser's.
"""

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

BLIND = Path(__file__).with_name("blind")
COUNTRY = {"ja": "JP", "ko": "KR", "en": "GB", "de": "DE", "zh": "TW"}
LIKELY = 0.5
"""From here on rules of the shipped policy count a hand-off."""
ACCOUNTS: dict[str, dict[str, str | None]] = {
    "verified": {"verified_at": "2022-01-01T00:00:00", "opened_at": "2022-01-01T00:00:00"},
    "unverified": {"verified_at": None, "opened_at": "2026-03-01T00:00:00"},
}


def written(texts: list[dict[str, str]], folder: Path) -> None:
    """Writes the ads and their advertisers."""
    folder.mkdir(parents=True, exist_ok=True)
    ads: list[dict[str, object]] = []
    advertisers: list[dict[str, object]] = []
    for number, text in enumerate(texts):
        country = COUNTRY[text["language"]]
        for kind, account in ACCOUNTS.items():
            name = f"{kind}-{number}"
            advertisers.append(
                {
                    "advertiser_id": name, "legal_name": f"Firm {number}", "display_names": [f"Firm {number}"],
                    "kind": "business", "country": country, "domains": [], "chat_accounts": [], "name_changes": [],
                    **account,
                }
            )  # fmt: skip
            ads.append(
                {
                    "ad_id": name, "advertiser_id": name, "headline": text["headline"], "text": text["text"],
                    "landing_url": f"https://firm-{number}.example/", "country": country,
                    "language": text["language"], "submitted_at": "2026-03-05T00:00:00",
                }
            )  # fmt: skip
    for name, rows in (("ads", ads), ("advertisers", advertisers)):
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")


def led_away(decision: dict[str, Any]) -> bool:
    """Whether a chat was found that is not the advertiser's."""
    return any(
        one["name"] == "hand-off" and one["params"]["own"] != "yes" and one["score"] >= LIKELY
        for one in decision["signals"]
    )


def main() -> None:
    """Judges all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    print("| texts | account | stopped | leads into a chat |\n| --- | --- | --- | --- |")
    for path in sorted(BLIND.glob("*.jsonl")):
        texts = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        here = folder / path.stem
        written(texts, here)
        out = folder / f"{path.stem}.jsonl"
        command = [Path(sys.executable).with_name("haechi"), "review", here / "ads.jsonl", "--out", out]
        subprocess.run([*map(str, command)], check=True, stderr=subprocess.DEVNULL)
        number: Counter[tuple[str, str]] = Counter()
        stopped, led = number.copy(), number.copy()
        for line in out.read_text(encoding="utf-8").splitlines():
            decision = json.loads(line)
            account, _, which = decision["ad_id"].partition("-")
            kind = texts[int(which)]["kind"]
            whole = path.stem.startswith(("honest", "scams"))
            group = (path.stem if whole else f"{path.stem}: {kind}", account)
            number[group] += 1
            stopped[group] += decision["decision"] != "approve"
            led[group] += led_away(decision)
        for group, of in sorted(number.items()):
            mark = " (scams)" if group[0] == "accounts: letters" else ""
            print(f"| {group[0]}{mark} | {group[1]} | {stopped[group]} of {of} | {led[group]} of {of} |")


if __name__ == "__main__":
    main()
