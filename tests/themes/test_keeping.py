"""Evidence kept event by event gives the memberships that the set-based definition gives."""

from hypothesis import given, settings
from hypothesis import strategies as st

from haechi.themes.evidence import DEFAULT_EVIDENCE, EvidenceRule
from haechi.themes.keeping import Event, advance, fold

_GAINS = st.tuples(st.integers(1, 30), st.sampled_from([100, 400, 500, 1000]))


def plain(events: list[Event], rule: EvidenceRule) -> list[tuple[int, int | None, int]]:
    """An independent reading: the evidence at every instant from all events up to it."""
    found: list[tuple[int, int | None, int]] = []
    since, score = None, 0
    for now in range(1, 40):
        total = 0
        for event in events:
            if event.takes_back or event.at > now:
                continue
            taken = any(
                other.takes_back and other.item == event.item and event.at < other.at <= now
                for other in events
            )
            total += 0 if taken else event.gain
        if total >= rule.threshold_thousandths:
            since = now if since is None else since
            score = total
        elif since is not None:
            found.append((since, now, score))
            since = None
    if since is not None:
        found.append((since, None, score))
    return found


@settings(max_examples=500, deadline=None)
@given(
    st.lists(
        st.builds(
            Event, st.integers(1, 30), st.integers(0, 3), st.sampled_from([0, 100, 500, 1000]), st.booleans()
        ),
        max_size=12,
    )
)
def test_folding_is_the_definition(raw: list[Event]) -> None:
    """Else the platform keeps people in themes that the audit says they are not in."""
    events = [event._replace(gain=0) if event.takes_back else event for event in sorted(raw)]
    stretches, _ = fold(events, DEFAULT_EVIDENCE)
    assert [tuple(stretch) for stretch in stretches] == plain(events, DEFAULT_EVIDENCE)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(_GAINS, max_size=4), max_size=5))
def test_advancing_is_folding(batches: list[list[tuple[int, int]]]) -> None:
    """Behaviours that only give are added without reading the earlier ones again."""
    kept, at, every = None, 0, []
    for batch in batches:
        moved = sorted((at + instant, amount) for instant, amount in batch)
        every += moved
        kept = advance(kept, moved, DEFAULT_EVIDENCE)
        at = max([at, *(instant for instant, _ in moved)])
    stretches, whole = fold([Event(instant, 1, amount, False) for instant, amount in every], DEFAULT_EVIDENCE)
    if kept is not None and every:
        assert (kept.evidence, kept.since) == (whole.evidence, stretches[0].since if stretches else None)


def test_a_membership_lapses_and_opens_again() -> None:
    """--lapse: evidence is not forgotten, so that the next positive behaviour opens it again."""
    day = 86_400_000_000
    rule = EvidenceRule(lapse_days=10)
    events = [Event(day, 1, 1000, False), Event(20 * day, 2, 100, False)]
    stretches, _ = fold(events, rule)
    assert [tuple(one) for one in stretches] == [(day, 11 * day, 1000), (20 * day, 30 * day, 1100)]


def test_what_comes_at_the_same_instant_still_counts() -> None:
    """A like and an unlike at one instant: the unlike takes back only what was before."""
    stretches, kept = fold([Event(5, 1, 1000, False), Event(5, 1, 0, True)], DEFAULT_EVIDENCE)
    assert [tuple(one) for one in stretches] == [(5, None, 1000)]
    assert kept.at == 5
