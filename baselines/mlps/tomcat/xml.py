"""The XML of Tomcat. A file with a document type is refused, so no entity is ever expanded and nothing is fetched."""

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

ANYWHERE = re.compile(r"\{[^}]*\}")


def element(text: str) -> Element:
    """The root of a file, its names without their space."""
    if "<!" in text:
        raise ValueError("<!")
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - without a document type there is nothing to expand
    except ElementTree.ParseError as odd:
        raise ValueError(str(odd)) from odd
    for each in root.iter():
        each.tag = ANYWHERE.sub("", each.tag)
    return root


def kind(each: Element) -> str:
    """The last part of the class that an element names."""
    return each.get("className", "").rpartition(".")[2]


def text_of(each: Element, name: str) -> str:
    """The text of a part of an element."""
    return (each.findtext(name) or "").strip()
