"""The law pack of the how-to guide, as the tests of laws have it."""

from tests.law.conftest import user_pack

__all__ = ["user_pack"]
