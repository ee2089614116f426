"""Which publishing system made a page: by generator, body classes, asset hosts and the shape of its markup."""

from collections.abc import Iterable

from lxml import etree
from lxml.html import HtmlElement

from ingest.clean.rules import Platform, Rules

_ASSETS = etree.XPath("//script/@src | //link/@href")
_GENERATORS = etree.XPath("//meta[translate(@name, 'GENRATO', 'genrato') = 'generator']/@content")
_MAX_ASSETS = 200


def name_platform(tree: HtmlElement, rules: Rules) -> str | None:
    """The first platform with evidence, generators before classes, classes before hosts, hosts before shapes."""
    generators = [value.lower() for value in _GENERATORS(tree)]
    body = tree if tree.tag == "body" else tree.find(".//body")
    classes = set((body.get("class") or "").lower().split()) if body is not None else set()
    assets = [value.lower() for value in _ASSETS(tree)[:_MAX_ASSETS]]
    tests = (
        lambda platform: any(word in value for word in platform.generators for value in generators),
        lambda platform: bool(classes & set(platform.body_classes)),
        lambda platform: _is_served(platform.hosts, assets),
        lambda platform: bool(platform.shapes) and all(tree.xpath(shape) for shape in platform.shapes),
    )
    for test in tests:
        found = [platform for platform in rules.platforms.values() if test(platform)]
        if found:
            return _choose(found, tree)
    return None


def _is_served(hosts: Iterable[str], assets: Iterable[str]) -> bool:
    return any(host in asset for asset in assets for host in hosts)


def _choose(found: list[Platform], tree: HtmlElement) -> str:
    """One system's variants share evidence (Blogger's two templates): the one whose shape fits is meant."""
    for platform in found:
        if len(found) > 1 and platform.shapes and all(tree.xpath(shape) for shape in platform.shapes):
            return platform.name
    plain = [platform for platform in found if not platform.shapes]
    return (plain or found)[0].name
