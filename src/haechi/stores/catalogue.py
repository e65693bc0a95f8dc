"""What items speak for and what themes are about, remembered between batches until somebody changes it."""

import json
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Final, NamedTuple

from sqlalchemy import Connection, text

from haechi.stores.rows import fetch, temporary
from haechi.terms.words import Category

_VERSION: Final = "catalogue"
_REMEMBERED: Final = 1_000_000


class ThemeFacts(NamedTuple):
    """What decides whether people may be in a theme.

    Attributes:
        approved_at: from when on, or None.
        categories: what it gives away.
    """

    approved_at: int | None
    categories: frozenset[Category]


class Catalogue:
    """Themes and the items that speak for them. One a process."""

    def __init__(self) -> None:
        self._version: str | None = None
        self.themes: dict[int, ThemeFacts] = {}
        self._items: dict[int, tuple[tuple[int, int], ...]] = {}

    def of_items(
        self, connection: Connection, items: Iterable[int]
    ) -> dict[int, tuple[tuple[int, int], ...]]:
        """For each item its approved themes and their weights in billionths."""
        self.look(connection)
        missing = sorted({item for item in items if item not in self._items})
        if missing:
            self._read(connection, missing)
        return self._items

    def theme(self, connection: Connection, theme: int) -> ThemeFacts:
        """What is known of one theme; to be asked after `of_items`, or where nothing changed since."""
        if theme not in self.themes:
            rows = fetch(connection, f"SELECT approved_at, categories FROM themes WHERE theme = {theme:d}")  # noqa: S608
            approved_at, categories = rows[0] if rows else (None, None)
            self.themes[theme] = ThemeFacts(approved_at, _categories(categories))
        return self.themes[theme]

    def look(self, connection: Connection) -> None:
        """Forgets everything where somebody changed it."""
        rows = fetch(connection, f"SELECT value FROM settings WHERE name = '{_VERSION}'")  # noqa: S608
        version = rows[0][0] if rows else ""
        if version != self._version or len(self._items) > _REMEMBERED:
            self._version = version
            self.themes.clear()
            self._items.clear()

    def _read(self, connection: Connection, items: list[int]) -> None:
        temporary(connection, "items_asked", "item BIGINT", [(item,) for item in items])
        found: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for item, theme, weight, approved_at, categories in fetch(
            connection,
            "SELECT m.item, m.theme, m.weight, t.approved_at, t.categories "
            "FROM temp_items_asked a CROSS JOIN item_themes m CROSS JOIN themes t "
            "WHERE m.item = a.item AND t.theme = m.theme AND t.approved_at IS NOT NULL",
        ):
            found[item].append((theme, weight))
            self.themes[theme] = ThemeFacts(approved_at, _categories(categories))
        for item in items:
            self._items[item] = tuple(found.get(item, ()))


def changed(connection: Connection) -> None:
    """To be called by whoever changes a theme or a mapping: every process reads the catalogue anew."""
    connection.execute(
        text(
            "INSERT INTO settings (name, value) VALUES (:name, '1') ON CONFLICT (name) "
            "DO UPDATE SET value = CAST(CAST(settings.value AS INTEGER) + 1 AS TEXT)"
        ),
        {"name": _VERSION},
    )


@cache
def _categories(written: str | None) -> frozenset[Category]:
    return frozenset(json.loads(written or "[]"))
