"""2 What it is about: who is in which theme."""

from haechi.themes.evidence import DEFAULT_EVIDENCE, EvidenceRule
from haechi.themes.memberships import memberships_from_behaviours

__all__ = ["DEFAULT_EVIDENCE", "EvidenceRule", "memberships_from_behaviours"]
