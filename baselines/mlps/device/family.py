"""What a device does where its configuration says nothing: data by family, since `display` leaves defaults out."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Family:
    """The defaults of one family. None or an empty word: releases differ, so silence decides nothing.

    `closed` are lines on which nobody can log in without more settings.
    """

    code: str
    telnet: bool | None
    http: bool | None
    protocols: str
    console: str
    vty: str
    top_level: int
    ssh1: bool | None
    packet_filter: str


VRP = Family(
    code="vrp",
    telnet=None,
    http=None,
    protocols="",
    console="",
    vty="closed",
    top_level=3,
    ssh1=None,
    packet_filter="permit",
)
COMWARE = Family(
    code="comware",
    telnet=False,
    http=False,
    protocols="all",
    console="none",
    vty="password",
    top_level=3,
    ssh1=None,
    packet_filter="permit",
)
FAMILIES = {each.code: each for each in (VRP, COMWARE)}
