"""Alembic's scripts: how an older database becomes one of today, and back."""
