"""Where the platform keeps what it knows: SQLite in a folder, or PostgreSQL. SQLAlchemy is the port.

schema      the tables
opened      a database, opened and brought up to date
ledger      what was done, provable later
migrations  how an older database becomes one of today, and back
"""

from haechi.stores.opened import open_store

__all__ = ["open_store"]
