"""Named party: the ad wears a protected party's name, with permission or without.

In spring 2024 more than half of 20,742 Japanese investment ads in one ad library wore a celebrity's name (Sankei
Shimbun, 15 April 2024).
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from haechi.review.ads import Evidence, Signal, Span
from haechi.review.case import Case, Text
from haechi.review.name_index import Hit, hits
from haechi.review.permission_to_name import authorised, protected

NAME: Final = "named-party"
AUTHORISED_NAME: Final = "authorised-party"
VERSION: Final = "2"

FULL_SCORE: Final = 0.97
SWAPPED_SCORE: Final = 0.85
WEAK_SCORE: Final = 0.6
"""Of a short or common name that something else beside it makes the party's."""
_ITSELF: Final = ("named", "swapped", "invisible")
_MOST_EVIDENCE: Final = 8
_NEAR: Final = 12
_TITLE: Final = re.compile(
    r"^\s*(?:氏|さん|様|さま|先生|社長|会長|監督|選手|代表|教授|議員|大臣|首相|総理|アナ|くん|ちゃん|씨|님|회장|대표|교수|"
    r"사장|의원|장관|선수|감독|先生|女士|总裁|總裁|董事长|老师|老師|[(\uff08]\d{2}[)\uff09])|"
    r"^['\u2019]s\s+(?:investment|trading|secret|platform|stock|crypto|advice|tip|method|system|fund|bank|wealth)"
)
_TITLE_BEFORE: Final = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|professor|sir|president|ceo|investor|billionaire|founder|by|with|from|herr|frau)\.?|"
    r"社長|会長|実業家|投資家|経営者|起業家|教授|俳優|タレント|芸人|億万長者|투자자|회장|대표|교수|배우|방송인)\s*の?$",
    re.IGNORECASE,
)
_FINANCE: Final = re.compile(
    r"投資|ログイン|口座|公式|銀行|カード|株|銘柄|資産|儲|副業|仮想通貨|暗号資産|fx|nisa|투자|주식|종목|수익|코인|재테크|"
    r"\b(?:invest\w*|stocks?|trading|log ?in|accounts?|bank\w*|wallets?|official|cards?|loans?|"
    r"crypto\w*|bitcoin|shares|returns?|profits?|wealth|forex|"
    r"passive income|aktien|rendite|krypto\w*)\b|投资|股票|理财"
)


def find(case: Case) -> list[Signal]:
    """Protected parties whose names the ad wears, the surest first.

    One signal for each party: `named-party` where nothing permits it, `authorised-party` where its authorisation is
    in force or the account is its own. `value` is the party_id; params: `kind`, `form` (full, swapped, weak).
    """
    found: dict[str, list[tuple[float, str, Evidence]]] = {}
    for text in case.texts:
        for hit in _worn(case, text):
            score = _score(hit, text, case)
            if score and protected(case, hit.party_id):
                form = "weak" if hit.weak else "swapped" if hit.likeness == "swapped" else "full"
                span = Span(text.field, hit.start, hit.end, text.raw[hit.start : hit.end])
                found.setdefault(hit.party_id, []).append((score, form, span))
    for hit, span in _across(case):
        if protected(case, hit.party_id):
            score = SWAPPED_SCORE if hit.likeness == "swapped" else FULL_SCORE
            found.setdefault(hit.party_id, []).append((score, "full", span))
    return sorted(
        (_signal(case, party_id, seen) for party_id, seen in found.items()),
        key=lambda signal: (-signal.score, signal.value),
    )


def _signal(case: Case, party_id: str, seen: list[tuple[float, str, Evidence]]) -> Signal:
    seen = sorted(seen, key=lambda one: -one[0])
    return Signal(
        name=AUTHORISED_NAME if authorised(case, party_id) else NAME,
        version=VERSION,
        score=seen[0][0],
        value=party_id,
        params={"kind": case.world.parties[party_id].kind, "form": seen[0][1]},
        evidence=tuple(dict.fromkeys(evidence for _, _, evidence in seen))[:_MOST_EVIDENCE],
    )


def _across(case: Case) -> Iterator[tuple[Hit, Span]]:
    """Names that begin in the headline and end in the text."""
    if case.joined is None:
        return
    for hit in hits(case.world, case.joined.raw):
        span = case.across(hit.start, hit.end)
        if span is not None and not hit.weak and hit.likeness in _ITSELF:
            yield hit, span


def _worn(case: Case, text: Text) -> list[Hit]:
    """Hits that are the name itself; in an address only names of several words, behind the host."""
    if text.field in ("landing_url", "image_code"):
        return _in_address(case, text)
    return [hit for hit in hits(case.world, text.raw) if hit.likeness in _ITSELF]


def _in_address(case: Case, text: Text) -> list[Hit]:
    try:
        parts = urlsplit(text.raw)
    except ValueError:
        return []
    if not parts.scheme:
        return [hit for hit in hits(case.world, text.raw) if hit.likeness == "named" and not hit.weak]
    behind = unquote(f"{parts.path} {parts.query} {parts.fragment}")
    names = [hit for hit in hits(case.world, behind) if hit.likeness == "named" and not hit.weak]
    return [
        hit._replace(start=0, end=len(text.raw))
        for hit in names
        if re.search(r"[\s\-_+・.]", behind[hit.start : hit.end]) or not behind[hit.start : hit.end].isascii()
    ]


def _score(hit: Hit, text: Text, case: Case) -> float:
    if not hit.weak:
        return SWAPPED_SCORE if hit.likeness == "swapped" else FULL_SCORE
    before = text.raw[max(hit.start - _NEAR, 0) : hit.start]
    after = text.raw[hit.end : hit.end + _NEAR * 2]
    if _TITLE.search(after) or _TITLE_BEFORE.search(before) or text.field == "display_name":
        return WEAK_SCORE
    return WEAK_SCORE if any(_FINANCE.search(other.plain.text) for other in case.texts) else 0.0
