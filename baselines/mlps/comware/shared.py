"""The checks that both families share, under the names of this type."""

from baselines.mlps.device.access import line_acls, snmp_acls
from baselines.mlps.device.boundary import applied_rules, default_deny, surplus_rules, unspecific_rules
from baselines.mlps.device.clock import authenticated, synchronised
from baselines.mlps.device.lines import idle_timeout, line_authentication
from baselines.mlps.device.logs import commands_recorded, log_protection, log_server, logging, timestamps
from baselines.mlps.device.management import (
    plaintext_management,
    snmp_security,
    ssh_algorithms,
    ssh_attempts,
    two_factors,
)
from baselines.mlps.device.network import management_area, redundancy, zones
from baselines.mlps.device.ports import admission, described_ports, unused_ports
from baselines.mlps.device.secrets import banner, default_communities, stored_secrets, super_password
from baselines.mlps.device.services import unneeded_services
from baselines.mlps.device.upkeep import saved, supported_release
from baselines.mlps.device.users import default_names, listed_users, passwords_set, separation, service_types

__all__ = [
    "admission",
    "applied_rules",
    "authenticated",
    "banner",
    "commands_recorded",
    "default_communities",
    "default_deny",
    "default_names",
    "described_ports",
    "idle_timeout",
    "line_acls",
    "line_authentication",
    "listed_users",
    "log_protection",
    "log_server",
    "logging",
    "management_area",
    "passwords_set",
    "plaintext_management",
    "redundancy",
    "saved",
    "separation",
    "service_types",
    "snmp_acls",
    "snmp_security",
    "ssh_algorithms",
    "ssh_attempts",
    "stored_secrets",
    "super_password",
    "supported_release",
    "surplus_rules",
    "synchronised",
    "timestamps",
    "two_factors",
    "unneeded_services",
    "unspecific_rules",
    "unused_ports",
    "zones",
]
