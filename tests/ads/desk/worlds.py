"""A small world for the desk: invented advertisers and people, and an examiner that finds words and says where.

All texts are synthetic.
"""

import datetime as dt
import hashlib
import io
from typing import Any

from argon2 import PasswordHasher
from PIL import Image, ImageDraw
from sqlalchemy import Engine

from haechi.review.ads import Ad, Advertiser, Box, Decision, Fact, Outcome, Reason, Signal, Span
from haechi.review.case import History, Visit, World
from haechi.service.platform import Platform
from haechi.service.settings import PlatformSettings
from haechi.stores import schema
from haechi.stores.clock import utc_now
from haechi.stores.keys import make_key
from haechi.stores.review.ads import Ads
from haechi.stores.review.advertisers import AdvertiserFacts, put_advertiser
from haechi.terms.zones import naive
from tests.service.door import PASSWORD

RULES = hashlib.sha256(b"rules of the desk's tests").hexdigest()
_HASHED = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
WORDS = {
    "LINE": ("hand-off", "line"),
    "guaranteed": ("claim", "guaranteed-return"),
    "元本保証": ("claim", "guaranteed-return"),
    "savings": ("investment-offer", "fund"),
}
ATTACK = "<script>window.owned=1</script><img src=x onerror=alert(1)>\"'><svg/onload=alert(2)>{{7*7}}"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>window.owned=1;alert(3)</script></svg>'


def examine(
    ad: Ad,
    *,
    ad_hash: str,
    advertiser: Advertiser | None,
    picture: bytes | None,
    visits: tuple[Visit, ...],
    world: World,
    history: History,
    now: dt.datetime,
) -> Decision:
    """Finds `WORDS` and protected names with their places; holds what has any, rejects `[reject]`."""
    signals: list[Signal] = []
    texts: list[tuple[Any, str]] = [("headline", ad.headline), ("text", ad.text)]
    texts += [("landing_text", f"{visit.title}\n{visit.text}") for visit in visits]
    for field, text in texts:
        for word, (name, value) in WORDS.items():
            if word in text:
                at = text.index(word)
                span = Span(field=field, start=at, end=at + len(word), text=word)
                signals.append(Signal(name=name, version="1", score=0.97, value=value, evidence=(span,)))
        for party in world.parties.values():
            for name in party.names:
                if name in text and (party.party_id, ad.advertiser_id) not in world.authorised:
                    at = text.index(name)
                    span = Span(field=field, start=at, end=at + len(name), text=name)
                    signals.append(
                        Signal(
                            name="named-party", version="1", score=1.0, value=party.party_id, evidence=(span,)
                        )
                    )
        if "[copy of " in text:
            signals.append(
                Signal(
                    name="near-copy",
                    version="1",
                    score=1.0,
                    value="held",
                    params={"ad_id": text.split("[copy of ")[1].split("]")[0]},
                )
            )
    if "[shows " in ad.text:
        shown = ad.text.split("[shows ")[1].split("]")[0]
        signals.append(
            Signal(
                name="image-copy",
                version="1",
                score=0.99,
                value=shown,
                evidence=(Fact("picture_shows", shown),),
            )
        )
    if picture is not None and picture[:4] == b"\x89PNG":
        box = Box(x=40, y=200, width=300, height=60, text="add me on LINE")
        signals.append(Signal(name="image-code", version="1", score=0.9, value="line", evidence=(box,)))
    if len({visit.text for visit in visits}) > 1:
        fact = Fact("texts alike", "12 %")
        signals.append(Signal(name="cloaking", version="1", score=0.8, value="text", evidence=(fact,)))
    outcome: Outcome = "hold" if signals else "approve"
    if "[reject]" in ad.text:
        outcome = "reject"
    codes = list(dict.fromkeys(one.name for one in signals)) or (["marked"] if outcome == "reject" else [])
    reasons = tuple(
        Reason(
            code=f"no-{code}", laws=("DSA, Art. 26",), text=f"The ad was found to have {code}.",
            fix=f"Take {code} out of it.",
        )
        for code in codes
    )  # fmt: skip
    return Decision(
        ad_id=ad.ad_id, ad_hash=ad_hash, decision=outcome, reasons=reasons, signals=tuple(signals),
        rules=tuple(f"no-{code}" for code in codes), shadow_rules=(), ruleset_hash=RULES, decided_at=now,
    )  # fmt: skip


def visit(ad: Ad) -> tuple[Visit, ...]:
    """The page behind an ad: one for phones, another for reviewers."""
    if ad.landing_url is None:
        return ()
    at = naive(dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC))
    found = []
    for profile, text in (
        ("phone", f"Join our circle on LINE today. Seats are few. {ATTACK}"),
        ("reviewer", "A blog about gardens. We plant tulips."),
    ):
        found.append(
            Visit(
                profile=profile, at=at, redirects=(ad.landing_url, "https://short.example/x"),
                final_url="https://circle.example/join", status=200, title="Welcome", text=text,
                form_fields=("tel",), text_hash=hashlib.sha256(text.encode()).hexdigest(),
            )
        )  # fmt: skip
    return tuple(found)


def found(engine: Engine) -> dict[str, str]:
    """Advertisers, people with the same password, and keys: by name of the advertiser, and `root`."""
    now = utc_now()
    for name in ("acme", "club", "mall"):
        with engine.begin() as connection:
            connection.execute(
                schema.advertisers.insert().values(
                    advertiser_id=name, name=name.title(), verified=True, country="JP", created_at=0
                )
            )
    facts = AdvertiserFacts(
        legal_name="Acme Savings K.K. (invented)", display_names=("Acme",), kind="business",
        opened_at=now - dt.timedelta(days=3), domains=("acme.example",),
    )  # fmt: skip
    put_advertiser(engine, "acme", facts, by="test", now=now)
    for name, role in (("ann", "reviewer"), ("bob", "reviewer"), ("cat", "owner"), ("eve", "viewer")):
        with engine.begin() as connection:
            # Hashed once: to hash is meant to take long.
            connection.execute(
                schema.users.insert().values(
                    subject=name, name=name, role=role, password_hash=_HASHED, created_at=0
                )
            )
    keys = {
        name: make_key(engine, name=f"{name} key", scopes=["ads"], advertiser_id=name, now=now)
        for name in ("acme", "club")
    }
    keys["root"] = make_key(engine, name="root", scopes=["ads", "review", "deliver"], now=now)
    keys["audiences"] = make_key(engine, name="a", scopes=["audiences"], advertiser_id="acme", now=now)
    return keys


def platform_of(database: str, snapshot: str) -> Platform:
    """A platform by which ads are examined and pages visited as above."""
    platform = Platform(PlatformSettings(database=database, snapshot=snapshot, snapshot_seconds=1))
    # The work beside the calls goes on with the ads that the platform has.
    platform.ads = Ads(platform.engine, examine, visit=visit)
    platform.ad_work._ads = platform.ads
    return platform


def drawing() -> bytes:
    """A picture, made here."""
    image = Image.new("RGB", (640, 320), "#1d3557")
    pen = ImageDraw.Draw(image)
    pen.rectangle((30, 30, 610, 150), fill="#e63946")
    pen.rectangle((40, 200, 340, 260), fill="#f1faee")
    pen.text((60, 70), "GUARANTEED (a synthetic picture)", fill="white")
    pen.text((60, 220), "add me on LINE", fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
