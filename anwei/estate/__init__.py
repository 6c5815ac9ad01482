"""The estate: which hosts there are, what is known of each, and who answers for it. Read from an Ansible inventory."""

from anwei.estate.loader import estates, load_estate
from anwei.estate.model import Estate, Host, Place

__all__ = ["Estate", "Host", "Place", "estates", "load_estate"]
