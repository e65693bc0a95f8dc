"""Databases for these tests."""

from tests.databases import postgres_server

__all__ = ["postgres_server"]
