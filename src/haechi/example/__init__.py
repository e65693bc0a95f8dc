"""The synthetic case and its own expected figures."""

from haechi.example.pipc import SYNTHETIC, Progress, write_pipc
from haechi.example.scale import Scale

__all__ = ["SYNTHETIC", "Progress", "Scale", "write_pipc"]
