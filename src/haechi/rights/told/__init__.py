"""An answer as people take it: a page in their language, tables for a spreadsheet."""

from haechi.rights.told.page import answer_page
from haechi.rights.told.tables import answer_tables

__all__ = ["answer_page", "answer_tables"]
