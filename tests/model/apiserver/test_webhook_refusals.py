"""Web hooks and policies that are refused, row by row as in the table of the real server's own tests
(v1.36.2 pkg/apis/admissionregistration/validation/validation_test.go)."""

from typing import Any

import pytest

from clustersim.api.decoding import decode_object
from clustersim.api.errors import ApiError
from clustersim.apiserver.defaults import default_object
from clustersim.apiserver.validation.objects import validate_create
from tests.model.apiserver.made import Plain

GROUP = "admissionregistration.k8s.io/v1"
SERVICE = {"name": "n", "namespace": "ns"}
RULE = {"operations": ["CREATE"], "apiGroups": ["a"], "apiVersions": ["v1"], "resources": ["pods"]}


def refused(made: Plain) -> str:
    decoded = decode_object({"metadata": {"name": "few"}, "apiVersion": GROUP, **made}, "v1.36")
    try:
        validate_create(default_object(decoded.obj, "v1.36", decoded.api_version), "v1.36")
    except ApiError as error:
        return error.message
    return ""


def hook(kind: str = "Validating", **fields: Any) -> str:
    """Why a configuration with one hook is refused."""
    plain = {
        "name": "hook.example.com",
        "clientConfig": {"service": SERVICE},
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "rules": [RULE],
    }
    return refused({"kind": f"{kind}WebhookConfiguration", "webhooks": [plain | fields]})


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, ""),
        ({"name": "hook"}, 'name: Invalid value: "hook": should be a domain with at least three segments'),
        ({"sideEffects": None}, "sideEffects: Required value: must specify one of None, NoneOnDryRun"),
        ({"sideEffects": "Some"}, 'sideEffects: Unsupported value: "Some": supported values: "None", "None'),
        ({"admissionReviewVersions": []}, "Required value: must specify one of v1, v1beta1"),
        ({"admissionReviewVersions": ["v2"]}, 'Invalid value: ["v2"]: must include at least one of v1'),
        ({"timeoutSeconds": 31}, "Invalid value: 31: the timeout value must be between 1 and 30 seconds"),
        ({"failurePolicy": "other"}, 'failurePolicy: Unsupported value: "other"'),
        ({"clientConfig": {}}, "clientConfig: Required value: exactly one of url or service is required"),
        ({"clientConfig": {"url": "http://a"}}, "'https' is the only allowed URL scheme"),
        ({"clientConfig": {"service": {**SERVICE, "path": "a/"}}}, "must start with a '/'"),
        ({"clientConfig": {"service": {**SERVICE, "path": "/a//b"}}}, "segment[1] may not be empty"),
        ({"clientConfig": {"service": {**SERVICE, "port": 65536}}}, "port is not valid: must be between 1"),
        ({"rules": [RULE | {"operations": ["PATCH"]}]}, 'rules[0].operations[0]: Unsupported value: "PATCH"'),
        ({"rules": [RULE | {"resources": ["a/*", "a/x"]}]}, "if 'a/*' is present, must not specify a/x"),
        (
            {"rules": [RULE | {"resources": ["*", "a"]}]},
            "if '*' is present, must not specify other resources without subresources",
        ),
        ({"matchConditions": [{"name": "a", "expression": "6"}]}, "must evaluate to bool but got int"),
        (
            {"objectSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]}},
            "webhooks[0].objectSelector.matchExpressions[0].values: Required value",
        ),
    ],
)  # fmt: skip
def test_hooks_say_whom_to_ask_about_what(fields: Plain, why: str) -> None:
    said = hook(**fields)
    assert why in said
    assert bool(why) == bool(said)


def test_a_hook_that_changes_says_whether_it_is_asked_again() -> None:
    assert 'reinvocationPolicy: Unsupported value: "x"' in hook("Mutating", reinvocationPolicy="x")
    assert hook("Mutating") == ""


def mutating(**fields: Any) -> str:
    spec = {
        "matchConstraints": {"resourceRules": [RULE]},
        "reinvocationPolicy": "Never",
        "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": "[]"}}],
    }
    return refused({"kind": "MutatingAdmissionPolicy", "spec": spec | fields})


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, ""),
        (
            {"matchConstraints": {"resourceRules": [RULE | {"operations": ["DELETE"]}]}},
            'spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE"',
        ),
        ({"mutations": [{"patchType": "JSONPatch"}]}, "must be specified when patchType is JSONPatch"),
        (
            {"matchConstraints": {"resourceRules": [RULE | {"resourceNames": ["a/b"]}]}},
            'resourceRules[0].resourceNames[0]: Invalid value: "a/b": may not contain',
        ),
        ({"paramKind": {"apiVersion": "a/b/c", "kind": "K"}}, "unexpected GroupVersion string: a/b/c"),
        ({"paramKind": {"apiVersion": "v1", "kind": "K*"}}, 'paramKind.kind: Invalid value: "K*": may have '),
    ],
)  # fmt: skip
def test_policies_that_change_are_about_what_stays(fields: Plain, why: str) -> None:
    said = mutating(**fields)
    assert why in said
    assert bool(why) == bool(said)


def test_parameters_are_named_or_selected_not_both() -> None:
    ref = {"name": "p", "selector": {"matchLabels": {"a b": "c"}}, "parameterNotFoundAction": "Deny"}
    spec = {"policyName": "few", "validationActions": ["Deny"], "paramRef": ref}
    said = refused({"kind": "ValidatingAdmissionPolicyBinding", "spec": spec})
    assert "spec.paramRef.name: Forbidden: name and selector are mutually exclusive" in said
    assert 'spec.paramRef.selector.matchLabels: Invalid value: "a b"' in said
