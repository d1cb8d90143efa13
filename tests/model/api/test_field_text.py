"""Field selectors (apimachinery pkg/fields/selector_test.go)."""

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.api_resources import RESOURCES
from clustersim.api.meta import ObjectMeta
from clustersim.api.selectors import matches_fields, parse_field_selector, unselectable


def chosen(selector: str) -> list[str]:
    """Of pods of each phase, those that it chooses."""
    phases = ("Pending", "Running", "Succeeded", "Failed")
    pods = [v1.Pod(metadata=ObjectMeta(name=one), status=v1.PodStatus(phase=one)) for one in phases]
    return [one.metadata.name for one in pods if matches_fields(parse_field_selector(selector), one)]


def test_a_field_may_differ_from_several_values() -> None:
    assert chosen("status.phase!=Running,status.phase!=Succeeded") == ["Pending", "Failed"]
    assert chosen("status.phase=Running,status.phase!=Succeeded") == ["Running"]
    assert chosen("status.phase=Running,status.phase==Running") == ["Running"]
    assert chosen("status.phase=Running,status.phase=Failed") == []


def test_the_first_sign_of_a_term_counts_and_values_have_others_behind_a_backslash() -> None:
    assert parse_field_selector(r"a=b\,c\=d\\") == {"a": "b,c=d\\"}
    for text, why in (
        ("a=b!=c", "unescaped character in value: 61"),
        (r"a=\b", r"invalid escape sequence: \b"),
        ("a=b\\", "invalid escape sequence: \\"),
    ):
        with pytest.raises(ValueError) as caught:
            parse_field_selector(text)
        assert str(caught.value) == f"invalid field selector: {why}"


@pytest.mark.parametrize("selector", ["status.phase=!Failed", "status.phase==!Failed", "status.phase==\\="])
def test_values_that_begin_with_a_sign_are_values(selector: str) -> None:
    assert chosen(selector) == []
    assert chosen(selector.replace("=", "!=", 1).replace("!==", "!=")) == [
        "Pending",
        "Running",
        "Succeeded",
        "Failed",
    ]


def test_terms_without_a_field_and_a_value_say_nothing() -> None:
    assert parse_field_selector("!=,=,a=b") == {"a": "b"}


@pytest.mark.parametrize(
    ("resource", "version", "path", "told"),
    [
        ("pods", "v1", "spec.host", ""),
        ("pods", "v1", "status.podIPs", ""),
        ("pods", "v1", "spec.x", "field label not supported: spec.x"),
        ("nodes", "v1", "metadata.namespace", "field label not supported: metadata.namespace"),
        ("persistentvolumes", "v1", "metadata.namespace", ""),
        ("replicasets", "apps/v1", "status.replicas", '"status.replicas" is not a known field selector'),
        ("jobs", "batch/v1", "spec.x", 'field label "spec.x" not supported for Job'),
        ("events", "events.k8s.io/v1", "regarding.kind", ""),
        (
            "events",
            "events.k8s.io/v1",
            "involvedObject.kind",
            "field label not supported: involvedObject.kind",
        ),
        ("events", "events.k8s.io/v1", "deprecatedSource", "field label not supported: deprecatedSource"),
        (
            "resourceslices",
            "resource.k8s.io/v1",
            "spec.x",
            "field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: spec.x",
        ),
        ("resourceslices", "resource.k8s.io/v1", "spec.driver", ""),
    ],
)
def test_kinds_say_what_they_can_be_selected_by(resource: str, version: str, path: str, told: str) -> None:
    """pkg/apis/*/*/conversion.go"""
    found = unselectable(RESOURCES[resource], path, version)
    assert found.startswith(told) if told else not found
