"""Whose configuration a text is: Huawei's VRP or H3C's Comware, by words that only one of them writes."""

import re

MARKS = {
    "vrp": (
        r"^!\s*Software Version V\d+R\d+",
        r"Huawei Versatile Routing Platform|VRP \(R\) software",
        r"^interface (?:Vlanif|MEth|Eth-Trunk|XGigabitEthernet|\d+GE)\S*",
        r"^vlan batch ",
        r"^\s*local-user \S+ (?:privilege level|service-type|password irreversible-cipher|level \d)",
        r"^stelnet (?:ipv[46] )?server enable",
        r"^user-interface (?:maximum-vty|con \d|vty \d+ \d+)",
        r"^\s*port trunk allow-pass ",
    ),
    "comware": (
        r"^ ?version [3-9]\.\d+[^,\n]*, \w+",
        r"Comware (?:Platform )?Software|H3C Comware",
        r"^interface (?:Vlan-interface|Bridge-Aggregation|Route-Aggregation|M-GigabitEthernet|M-Ethernet)\S*",
        r"^local-user \S+ class ",
        r"^line (?:class )?(?:aux|con|console|usb|vty)\b",
        r"^\s*port trunk permit ",
        r"^ ?(?:irf|password-control) ",
        r"^user-interface aux \d",
        r"^ ?(?:domain default enable|ssh server enable)",
    ),
}


def recognised(text: str) -> str:
    """The family that has more marks in the text; nothing where none or both have."""
    counts = {name: sum(bool(re.search(mark, text, re.MULTILINE)) for mark in MARKS[name]) for name in MARKS}
    best = max(counts, key=lambda name: counts[name])
    return best if list(counts.values()).count(counts[best]) == 1 else ""
