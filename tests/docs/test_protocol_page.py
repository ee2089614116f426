"""Every rule of the protocol is checked by tests that are there."""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
RULES = tomllib.loads((TESTS.parent / "docs" / "protocol-rules.toml").read_text(encoding="utf-8"))["rule"]


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_the_rules_are_complete_and_in_order():
    numbers = [rule["number"] for rule in RULES]
    assert numbers == list(range(1, 101))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"rule_{rule['number']}")
def test_every_test_that_a_rule_names_exists(rule):
    missing = [test for test in rule["tests"] if test.partition("::")[2] not in functions_of(test.partition("::")[0])]
    assert rule["tests"]
    assert missing == []
