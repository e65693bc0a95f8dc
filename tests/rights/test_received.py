"""What advertisers received, against a plain reading instant by instant."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from haechi.stores import schema
from haechi.stores.clock import instant, micros
from haechi.stores.received import Bookings, received_by
from haechi.stores.rows import reading
from tests.rights.bookings import Span, booked, member, person, theme

THEMES = ("a", "b", "c")
LAST = 8
_SPANS = st.builds(lambda since, length: (since, None if length is None else since + length),
                   st.integers(0, LAST - 1), st.none() | st.integers(1, LAST))  # fmt: skip
_EXPRESSIONS = st.recursive(
    st.builds(lambda name: {"theme": name}, st.sampled_from(THEMES)),
    lambda inner: (
        st.builds(lambda parts: {"and": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda parts: {"or": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=4,
)


def apart(spans: list[Span]) -> list[Span]:
    """Memberships in one theme begin at different instants and end before the next begins."""
    kept: list[Span] = []
    for since, until in sorted(spans, key=lambda span: span[0]):
        if not kept or (kept[-1][1] is not None and kept[-1][1] < since):
            kept.append((since, until))
    return kept


def holds(expression: Any, within: set[str]) -> bool:
    ((word, content),) = expression.items()
    if word == "theme":
        return content in within
    if word == "not":
        return not holds(content, within)
    return (all if word == "and" else any)(holds(part, within) for part in content)


def matters(expression: Any, name: str) -> bool:
    """Whether a theme can make a difference at all."""
    others = [{THEMES[i] for i in range(3) if mask >> i & 1} - {name} for mask in range(8)]
    return any(holds(expression, within) != holds(expression, within | {name}) for within in others)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    memberships=st.dictionaries(st.sampled_from(THEMES), st.lists(_SPANS, max_size=3).map(apart), max_size=3),
    bookings=st.lists(st.tuples(st.sampled_from(("x", "y")), _EXPRESSIONS, _SPANS), max_size=3),
    window=st.none() | st.tuples(st.integers(0, 4), st.integers(5, LAST)),
)
def test_it_is_what_held_at_each_instant(
    emptied: Callable[[], Engine],
    memberships: dict[str, list[Span]],
    bookings: list[tuple[str, Any, Span]],
    window: tuple[int, int] | None,
) -> None:
    """An advertiser left out breaks C-154/21 and PIPA Decree Art. 15-3(3) no. 2; one too many accuses wrongly."""
    engine = emptied()
    with engine.begin() as connection:
        for name in THEMES:
            theme(connection, name)
        member(connection, "someone else", {"a": [(0, None)]})
        member(connection, "me", memberships)
        me = person(connection, "me")
        for advertiser, expression, (since, until) in bookings:
            booked(connection, advertiser, expression, since, until)

    def within(at: int) -> set[str]:
        return {
            name
            for name, spans in memberships.items()
            if any(since <= at and (until is None or at < until) for since, until in spans)
        }

    expected = set()
    first, end = window or (0, 2 * LAST + 1)
    for at in range(first, end):
        for advertiser, expression, (since, until) in bookings:
            if since <= at and (until is None or at < until) and holds(expression, within(at)):
                expected |= {(advertiser, name, at) for name in within(at) if matters(expression, name)}
    with reading(engine) as connection:
        bounds = {} if window is None else {"since": instant(first), "until": instant(end)}
        found = Bookings(connection).of([me], **bounds).get(me, [])
        if window is None:
            assert received_by(connection, me) == found
    told = [
        (one.advertiser_id, one.theme_id, at)
        for one in found
        for at in range(micros(one.since), end if one.until is None else min(micros(one.until), end))
    ]
    assert len(told) == len(set(told))
    assert set(told) == expected


def test_a_person_of_whom_nothing_was_told_is_not_there(engine: Engine) -> None:
    """An empty list of advertisers and no answer are told apart by the caller."""
    with engine.begin() as connection:
        me = person(connection, "me")
        member(connection, "other", {"a": [(0, None)]})
        booked(connection, "x", {"theme": "a"}, 5, None)
    with reading(engine) as connection:
        assert Bookings(connection).of([me]) == {}
        (one,) = received_by(connection, person_number(engine, "other"))
    assert (one.advertiser, one.since, one.until) == ("x Ltd.", instant(5), None)
    assert one.since == dt.datetime.fromisoformat("1970-01-01T00:00:00.000005")


def test_an_ad_that_was_delivered_outlives_the_membership(engine: Engine) -> None:
    """Who withdraws is still told who had received it; and that an audience left the theme out is told as such."""
    with engine.begin() as connection:
        me = person(connection, "me")
        booked(connection, "x", {"theme": "a"}, 5, 6)
        advertiser = connection.execute(schema.advertisers.select()).one().advertiser
        for name, within in (("a", True), ("b", False)):
            connection.execute(
                schema.disclosures.insert().values(
                    person=me, at=70, advertiser=advertiser, theme=theme(connection, name), purpose="disclosure",
                    within=within,
                )
            )  # fmt: skip
    with reading(engine) as connection:
        told = [(one.theme_id, one.within, one.since, one.until) for one in received_by(connection, me)]
        assert told == [("a", True, instant(70), instant(71)), ("b", False, instant(70), instant(71))]
        assert Bookings(connection).of([me], until=instant(70)) == {}
        assert Bookings(connection, ["y"]).of([me]) == {}


def person_number(engine: Engine, person_id: str) -> int:
    with engine.begin() as connection:
        return person(connection, person_id)
