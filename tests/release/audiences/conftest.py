"""A small catalogue that several tests ask about."""

from datetime import datetime

import pytest
from pyroaring import BitMap

from haechi.release.audiences import AudiencePolicy, State, ThemePeople, new_state

NOW = datetime.fromisoformat("2026-03-02T12:00")


@pytest.fixture
def policy() -> AudiencePolicy:
    return AudiencePolicy()


@pytest.fixture
def state(policy: AudiencePolicy) -> State:
    return new_state(policy, NOW)


@pytest.fixture
def sets() -> dict[str, ThemePeople]:
    return {
        "cars": ThemePeople(BitMap(range(20_000))),
        "bikes": ThemePeople(BitMap(range(15_000, 40_000))),
        "boats": ThemePeople(BitMap(range(39_000, 52_000))),
        "news": ThemePeople(BitMap(range(200_000))),
        "rare": ThemePeople(BitMap(range(7))),
        "faith": ThemePeople(BitMap(range(10_000, 22_000)), frozenset({("eu-gdpr", "religion")})),
        "nobody": ThemePeople(BitMap()),
    }
