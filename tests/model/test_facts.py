"""The page of facts names only tests that exist, and each fact has one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    line
    for line in (ROOT / "docs" / "facts.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith(("| a fact", "| ---"))
]
TESTS = {
    name: True
    for folder in ("model", "web/kubeapi", "wire")
    for path in sorted((ROOT / "tests" / folder).rglob("test_*.py"))
    for name in re.findall(r"^(?:async )?def test_(\w+)", path.read_text(), flags=re.MULTILINE)
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:50])
def test_every_fact_is_held_by_tests_that_exist(row: str) -> None:
    _, fact, tests, _ = row.split("|")
    named = re.findall(r"`(\w+)`", tests)
    assert fact.strip()
    assert named
    assert [name for name in named if name not in TESTS] == []


def test_no_fact_is_told_twice() -> None:
    facts = [row.split("|")[1].strip() for row in ROWS]
    assert len(facts) == len(set(facts)) > 200
