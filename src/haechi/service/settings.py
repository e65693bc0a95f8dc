"""How a platform is served: told to its process, and read without loading its parts."""

import msgspec

from haechi.release.audiences import AudiencePolicy


class PlatformSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a platform is served.

    Attributes:
        database: a folder, or a `postgresql://` URL.
        laws: only these; empty: all.
        law_packs: further law packs.
        decisions: what people decided about themes elsewhere (`haechi themes review`).
        lapse_days: days after the last positive behaviour at which a membership closes; None: never.
        approve_ordinary: a theme that gives nothing away, beyond doubt, needs nobody's approval.
        snapshot: where the gate's state is written.
        snapshot_seconds: how often.
        provider: the name of the platform's own segments in bid requests.
        audiences: the numbers of the release of sizes.
        per_minute: calls a minute from one address.
        proxies: addresses or networks whose word on who called, and by https, is believed.
        controller: file that says who answers for the data, or None: then no answers are given over HTTP.
        people_page: the origin at which people reach their page, such as https://ads.example; None: there is none.
        visit_pages: the pages behind ads are visited over the network when ads are judged.
        exchange: file that says how to deal with agents and advertisers about people's rights, or None.
    """

    database: str
    laws: tuple[str, ...] = ()
    law_packs: tuple[str, ...] = ()
    decisions: str | None = None
    lapse_days: int | None = None
    approve_ordinary: bool = True
    snapshot: str
    snapshot_seconds: float = 30.0
    provider: str = "haechi"
    audiences: AudiencePolicy = AudiencePolicy()
    per_minute: int = 6_000
    proxies: tuple[str, ...] = ()
    controller: str | None = None
    people_page: str | None = None
    exchange: str | None = None
    visit_pages: bool = False
