import ast
from pathlib import Path

import pytest

import clustersim
from clustersim.flags import catalogue

PACKAGE = Path(clustersim.__file__).parent


@pytest.fixture(scope="module")
def read() -> dict[str, bool]:
    """The names of all attributes that the model reads outside the description of the flags."""
    names: dict[str, bool] = {}
    for path in PACKAGE.rglob("*.py"):
        if path.relative_to(PACKAGE).parts[0] != "flags":
            tree = ast.parse(path.read_text("utf-8"))
            names |= {node.attr: True for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return names


def test_a_setting_that_claims_to_be_modelled_is_read_by_the_model(read: dict[str, bool]) -> None:
    modelled = [info.flag for info in catalogue() if info.setting.modelled]
    assert [flag for flag in modelled if flag.replace("-", "_") not in read] == []


def test_a_setting_that_the_model_reads_does_not_claim_to_be_only_shown(read: dict[str, bool]) -> None:
    shown = [info.flag for info in catalogue() if not info.setting.modelled]
    assert [flag for flag in shown if flag.replace("-", "_") in read] == []
