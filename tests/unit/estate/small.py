"""A small sound inventory, and the loader with Ansible's merging replaced by a few lines, for tests that run often."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from anwei.errors import BadInput
from anwei.estate import Estate, inventory_tool, load_estate

SOUND = """\
all:
  vars:
    estate_title: 小环境
    estate_zones:
      outer: {title: 外部区}
      inner: {title: 内部区}
    estate_subnets:
      web: {zone: outer, title: 网站, cidr: 192.0.2.0/26}
      data: {zone: inner, title: 数据, cidr: 198.51.100.0/26}
    estate_owners:
      platform: {title: 平台运维组}
    estate_freezes:
      - {name: 春节, from: 2027-02-01, to: 2027-02-14, reason: 节日保障}
    owner: platform
    mlps_level: 3
    system: linux
  hosts:
    web-01: {address: 192.0.2.1, zone: outer, subnet: web, criticality: 关键, ha_group: web}
    web-02: {address: 192.0.2.2, zone: outer, subnet: web, criticality: 关键, ha_group: web}
    db-01:
      address: 198.51.100.1
      zone: inner
      subnet: data
      criticality: 重要
      health_checks:
        - {type: tcp, port: 3306}
"""


def written(directory: Path, content: str) -> Path:
    """An inventory directory with `content` as its only file."""
    directory.mkdir(exist_ok=True)
    (directory / "hosts.yml").write_text(content, encoding="utf-8")
    return directory


def merged_by_hand(directory: Path) -> dict[str, Any]:
    """What `ansible-inventory --list` would say of one file with variables and hosts below `all` and nothing else."""
    try:
        top = yaml.safe_load((directory / "hosts.yml").read_text(encoding="utf-8"))["all"]
        common, hosts = top.get("vars") or {}, top.get("hosts") or {}
        variables = {str(name): {**common, **(own or {})} for name, own in hosts.items()}
        listing = {"_meta": {"hostvars": variables}, "all": {"hosts": list(variables)}}
        return json.loads(json.dumps(listing, default=str))
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise inventory_tool.ToolError([str(error)]) from error


def load_by_hand(directory: Path) -> Estate:
    """`load_estate` without a subprocess."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inventory_tool, "merged", merged_by_hand)
        return load_estate(directory)


def refusal(directory: Path) -> BadInput:
    """How the loader refuses an inventory (merged by hand)."""
    with pytest.raises(BadInput) as refused:
        load_by_hand(directory)
    return refused.value
