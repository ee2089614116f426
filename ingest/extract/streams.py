"""Parts of a page that React streams behind it, put where the page's own scripts would put them.

A server that streams sends ``<template id="B:0">`` with a placeholder up to ``<!--/$-->``, and later
``<div hidden id="S:0">`` with the content; within such parts ``P:1`` stands for ``S:1`` (react-dom, Fizz).
"""

import re
from typing import cast

from lxml import etree
from lxml.html import HtmlElement

MARK = b'id="S:'
_MOST_PARTS = 1_000
_PART = re.compile(r"S:[0-9a-f]{1,8}")
_END = "/$"
_BEGINNINGS = ("$", "$?", "$!")
_find_parts = etree.XPath("//*[starts-with(@id, 'S:')]")
_find_places = etree.XPath("//template[starts-with(@id, 'B:') or starts-with(@id, 'P:')]")


def place_streamed_parts(tree: HtmlElement) -> None:
    """Move every streamed part to its place, in place; parts without a place stay where they are.

    The tree's comments say where a placeholder ends; they are taken out.
    """
    places = {place.get("id", "")[2:]: place for place in cast("list[HtmlElement]", _find_places(tree))}
    for part in cast("list[HtmlElement]", _find_parts(tree))[:_MOST_PARTS]:
        name = part.get("id", "")
        place = places.pop(name[2:], None) if _PART.fullmatch(name) else None
        if place is not None and all(above is not part for above in place.iterancestors()):
            _drop_placeholder(place)
            _move(part, place)
    etree.strip_tags(tree, etree.Comment)


def _drop_placeholder(place: HtmlElement) -> None:
    """Take out what stands between a boundary's template and the comment that ends it, if one does."""
    behind = list(place.itersiblings()) if place.get("id", "").startswith("B:") else []
    open_boundaries = 1
    for count, node in enumerate(behind):
        if node.tag is etree.Comment:
            mark = (node.text or "").strip()
            open_boundaries += (mark in _BEGINNINGS) - (mark == _END)
        if open_boundaries == 0:
            place.tail = None
            for placeholder in behind[:count]:
                placeholder.getparent().remove(placeholder)
            return


def _move(part: HtmlElement, place: HtmlElement) -> None:
    parent, children = place.getparent(), list(part)
    holder = place.makeelement("span")
    holder.text, holder.tail = part.text, place.tail
    parent.replace(place, holder)
    part.text = None
    index = parent.index(holder) + 1
    if children:
        children[-1].tail, holder.tail = (children[-1].tail or "") + (holder.tail or ""), None
        parent[index:index] = children
    holder.drop_tag()
