"""4 Who agreed to what: stretches of time in which a permission holds."""

from haechi.permission.stretches import permission_stretches

__all__ = ["permission_stretches"]
