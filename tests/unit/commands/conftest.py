"""The site of the life cycle's own tests."""

from tests.unit.change.conftest import made_site, site

__all__ = ["made_site", "site"]
