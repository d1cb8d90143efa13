"""What is reported of policies' expressions, row by row as v1.36.2 reports it
(apiserver pkg/admission/plugin/policy/validating/typechecking.go)."""

from typing import Any

import pytest

from clustersim.cel.type_checking import warnings_of

DEPLOYMENTS = {"apiGroups": ["apps"], "apiVersions": ["v1"], "resources": ["deployments"]}
MANY = {
    "apiGroups": [""],
    "apiVersions": ["v1"],
    "resources": ["pods", "configmaps", "pods/status", "nothing"],
}


def told(expression: str, rule: dict[str, Any], **more: Any) -> str:
    spec = {
        "matchConstraints": {"resourceRules": [rule]},
        "validations": [{"expression": expression}],
        "variables": [{"name": "a", "expression": "'x'"}, {"name": "bad", "expression": "object.foo"}],
        **more,
    }
    return "".join(one["warning"] for one in warnings_of(spec, "v1.36"))


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("object.spec.replicas > 1", ""),
        ("object.spec.replicas > 'a'", "applied to '(int, string)'"),
        ("object.spec.strategy.rollingUpdate.maxSurge == 1", ""),
        ("object.spec.template.spec.containers.all(c, has(c.resources.limits))", "undefined field 'limits'"),
        ("object.metadata.labels.foo == 1", "applied to '(string, int)'"),
        ("object.metadata.managedFields[0].fieldsV1.x", "undefined field 'x'"),
        ("object.status.conditions[0].lastTransitionTime == 'x'", "applied to '(timestamp, string)'"),
        ("object.spec.template.spec.nodeName.x", "type 'string' does not support field selection"),
        ("oldObject.spec.foo", "undefined field 'foo'"),
        ("params.x", "undeclared reference to 'params'"),
        ("variables.a == 1", "applied to '(string, int)'"),
        ("variables.bad == 1", ""),
        ("authorizer.group('').resource('pods').check('get').allowed()", ""),
        ("authorizer.requestResource.check('get').allowed()", "unexpected failed resolution of"),
    ],
)
def test_expressions_fit_deployments(expression: str, why: str) -> None:
    found = told(expression, DEPLOYMENTS)
    assert why in found if why else not found


def test_every_kind_is_told_of_by_itself() -> None:
    assert told("object.spec.x", MANY) == (
        "/v1, Kind=ConfigMap: ERROR: <input>:1:7: undefined field 'spec'\n | object.spec.x\n | ......^\n\n"
        "/v1, Kind=Pod: ERROR: <input>:1:12: undefined field 'x'\n | object.spec.x\n | ...........^\n"
    )


@pytest.mark.parametrize("more", [{"apiGroups": ["*"]}, {"apiVersions": ["*"]}, {"resources": ["*"]}])
def test_of_all_kinds_nothing_is_told(more: dict[str, Any]) -> None:
    assert told("object.nothing", {**DEPLOYMENTS, **more}) == ""


def test_parameters_have_the_fields_of_their_kind() -> None:
    known = {"apiVersion": "v1", "kind": "ConfigMap"}
    assert "undefined field 'x'" in told("params.x", DEPLOYMENTS, paramKind=known)
    assert told("params.x", DEPLOYMENTS, paramKind={"apiVersion": "a.b/v1", "kind": "X"}) == ""
