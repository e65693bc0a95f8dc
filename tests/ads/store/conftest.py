"""Databases for these tests."""

from tests.databases import database, emptied, engine, postgres_server

__all__ = ["database", "emptied", "engine", "postgres_server"]
