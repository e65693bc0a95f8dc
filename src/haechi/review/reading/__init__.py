"""The tables as they come: located beside the ads, read, every fault named."""

from haechi.review.reading.located import Located, locate, read_ads, read_world

__all__ = ["Located", "locate", "read_ads", "read_world"]
