"""The page on sharing is held against the library that its tests build."""

from tests.sharing.conftest import place, wheel

__all__ = ["place", "wheel"]
