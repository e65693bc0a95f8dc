"""Writes synthetic labelled texts for haechi.review.learn_scams.

    python training/scam_texts.py OUT.jsonl [EACH] [SEED]

The templates stand in training/scam-texts/. A block begins with `## scam NAME` or `## honest NAME` and is one
campaign; each line below is one place in the text, its wordings parted by ` | `; a line that begins with `?` may be
left out. `@name = a | b` is a list, `{name}` one of it, `{n}` a figure of one to three digits, `{k}` one of
thousands.
"""

import json
import random
import re
import sys
from pathlib import Path

_HERE = Path(__file__).parent / "scam-texts"
_SLOT = re.compile(r"\{(\w+)\}")
_SIGNS = ("🔥", "💰", "✅", "📈", "👇", "⭐", "🎉", "❗", "📣")
_SHARE_OF_OPTIONAL = 0.6
_SHARE_OF_SIGNS = 0.15
_SHARE_OF_CAPITALS = 0.06


def texts(each: int, seed: int) -> list[dict[str, object]]:
    """`each` texts of every campaign, every one different."""
    rows = []
    for path in sorted(_HERE.glob("*.txt")):
        slots, campaigns = _read(path)
        for (scam, name), lines in campaigns.items():
            chance = random.Random(f"{seed} {path.stem} {name}")  # noqa: S311 - synthetic texts
            made = dict.fromkeys(_text(lines, slots, chance, path.stem) for _ in range(each))
            rows += [{"text": text, "scam": scam, "campaign": f"{path.stem} {name}"} for text in made]
    return rows


def _read(path: Path) -> tuple[dict[str, list[str]], dict[tuple[bool, str], list[str]]]:
    slots: dict[str, list[str]] = {}
    campaigns: dict[tuple[bool, str], list[str]] = {}
    block: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            label, name = line[3:].split(" ", 1)
            block = campaigns.setdefault((label == "scam", name), [])
        elif line.startswith("@"):
            name, wordings = line[1:].split(" = ", 1)
            slots[name] = wordings.split(" | ")
        elif line.strip() and not line.startswith("#"):
            block.append(line)
    return slots, campaigns


def _text(lines: list[str], slots: dict[str, list[str]], chance: random.Random, language: str) -> str:
    chosen = [line for line in lines if not line.startswith("?") or chance.random() < _SHARE_OF_OPTIONAL]
    pieces = [_filled(chance.choice(line.lstrip("? ").split(" | ")), slots, chance) for line in chosen]
    if chance.random() < _SHARE_OF_SIGNS:
        pieces = [chance.choice(_SIGNS) + piece if chance.random() < 0.5 else piece for piece in pieces]  # noqa: PLR2004
    between = "" if language in {"ja", "zh"} else " "
    text = chance.choice((between, between, "\n")).join(pieces)
    return text.upper() if chance.random() < _SHARE_OF_CAPITALS else text


def _filled(wording: str, slots: dict[str, list[str]], chance: random.Random) -> str:
    def one(slot: re.Match[str]) -> str:
        if slot[1] == "n":
            return str(chance.randint(1, 10 ** chance.randint(1, 3)))
        if slot[1] == "k":
            return f"{chance.randint(1, 99)},{chance.choice((0, 0, 500)):03d}"
        return _filled(chance.choice(slots[slot[1]]), slots, chance)

    return _SLOT.sub(one, wording)


def main(out: str, each: str = "60", seed: str = "1") -> None:
    """Writes the rows."""
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in texts(int(each), int(seed)))
    Path(out).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
