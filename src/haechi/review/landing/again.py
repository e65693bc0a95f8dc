"""Whether the page behind an approved ad changed so that the ad must be reviewed again.

Japan's Transparency Act evaluates platforms on review of what is replaced after approval (METI). Advertisers change
prices, dates and lists every day; none of that is told.
"""

from typing import Final

from haechi.review.ads import Fact
from haechi.review.case import Visit
from haechi.review.landing.compare import chats, investments, language, shingles, site

MOST_NEW: Final = 0.75
"""The share of a page that may be new. benchmarks/ad_landing.py measures it."""
_NEW_WORDS: Final = 3
_ENOUGH: Final = 40
_ASKING: Final = frozenset({"tel", "email", "password", "card", "id-number", "file"})
_FIRST_ERROR: Final = 400


def changed(approved: Visit, now: Visit) -> tuple[Fact, ...]:
    """What changed since the approved visit that a person or a rule has to judge anew; nothing when nothing did.

    Both visits are of the same profile. A page that can no longer be seen is told too: its ad leads to what nobody
    judged. Call again before acting on that, for servers fail.
    """
    if now.failure is not None or (now.status or 0) >= _FIRST_ERROR:
        if approved.failure == now.failure and approved.status == now.status:
            return ()
        return (Fact("cannot-be-seen", now.failure or str(now.status)),)
    if (
        approved.text_hash == now.text_hash
        and approved.links == now.links
        and approved.final_url == now.final_url
    ):
        return ()
    facts: list[Fact] = []
    before, after = site(approved.final_url), site(now.final_url)
    if before != after:
        facts.append(Fact("other-site", f"{before} -> {after}"))
    facts += [Fact("new-chat", chat) for chat in sorted(chats(now) - chats(approved))]
    words = investments(f"{now.title}\n{now.text}")
    if words >= _NEW_WORDS and investments(f"{approved.title}\n{approved.text}") * 2 < words:
        facts.append(Fact("new-investment-words", str(words)))
    facts += [Fact("new-form-field", one) for one in now.form_fields if _is_new_question(one, approved)]
    return (*facts, *_new_text(approved, now))


def _is_new_question(kind: str, approved: Visit) -> bool:
    return kind in _ASKING and kind not in approved.form_fields


def _new_text(approved: Visit, now: Visit) -> tuple[Fact, ...]:
    old, new = shingles(approved.text), shingles(now.text)
    if len(new) < _ENOUGH and len(old) < _ENOUGH:
        return ()
    told_before, told_now = language(approved.text), language(now.text)
    if told_before and told_now and told_before != told_now:
        return (Fact("other-language", f"{told_before} -> {told_now}"),)
    share = len(new - old) / len(new) if new else 1.0
    return (Fact("new-text", f"{share:.2f}"),) if share > MOST_NEW else ()
