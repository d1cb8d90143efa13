"""A status that cannot be is refused, row by row as in the tables of the real server's own tests
(v1.36.2 pkg/apis/core/validation/validation_test.go and its neighbours)."""

from typing import Any

import pytest

from clustersim.api.decoding import decode_object
from clustersim.api.errors import ApiError
from clustersim.apiserver.validation.objects import validate_status
from tests.model.apiserver.made import Plain, pod


def with_status(made: Plain, status: Plain) -> Any:
    return decode_object({**made, "status": status}, "v1.36").obj


def told(
    made: Plain, before: Plain, after: Plain, release: str = "v1.36", subresource: str = "status"
) -> str:
    """Why the second status is refused after the first."""
    old, new = with_status(made, before), with_status(made, after)
    try:
        validate_status(old, new, release, subresource)
    except ApiError as error:
        return error.message
    return ""


ENDED = {"name": "a", "state": {"terminated": {"exitCode": 1}}}
RUNS = {"name": "a", "state": {"running": {}}}
FORBIDDEN = "containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"


@pytest.mark.parametrize(("policy", "restarts"), [("Always", True), ("OnFailure", True), ("Never", False)])
def test_a_container_that_ended_for_good_does_not_run_again(policy: str, restarts: bool) -> None:
    said = told(pod(restartPolicy=policy), {"containerStatuses": [ENDED]}, {"containerStatuses": [RUNS]})
    assert (said == "") is restarts
    assert restarts or FORBIDDEN in said


def test_a_rule_of_its_own_lets_a_container_run_again() -> None:
    rule = {"action": "Restart", "exitCodes": {"operator": "In", "values": [1]}}
    one = {"name": "a", "image": "x", "restartPolicy": "Never", "restartPolicyRules": [rule]}
    made = pod(restartPolicy="Never", containers=[one])
    assert told(made, {"containerStatuses": [ENDED]}, {"containerStatuses": [RUNS]}) == ""


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ({"qosClass": "Burstable"}, {"qosClass": "BestEffort"}, "status.qosClass: Invalid value: "),
        ({}, {"observedGeneration": -1}, "status.observedGeneration: Invalid value: -1: must be a non-negat"),
        ({}, {"nominatedNodeName": "N1"}, 'status.nominatedNodeName: Invalid value: "N1": a lowercase RFC 1'),
        ({}, {"conditions": [{"type": "a b", "status": "True"}]}, "status.conditions[0].Type: Invalid value"),
        ({}, {"podIPs": [{"ip": "x"}]}, 'status.podIPs[0]: Invalid value: "x": must be a valid IP address'),
        (
            {},
            {"podIP": "1.1.1.1", "podIPs": [{"ip": "1.1.1.1"}, {"ip": "1.1.1.2"}]},
            'podIPs: Invalid value: [{"IP":"1.1.1.1"},{"IP":"1.1.1.2"}]: may specify no more than one IP for',
        ),
        ({}, {"hostIPs": [{"ip": "1.1.1.1"}]}, 'hostIPs[0].ip: Invalid value: "1.1.1.1": must be equal to `'),
        (
            {},
            {"resourceClaimStatuses": [{"name": "gpu"}]},
            'resourceClaimStatuses[0].name: Invalid value: "gpu": must match the name of an entry in',
        ),
        (
            {},
            {"containerStatuses": [{"name": "a", "allocatedResourcesStatus": [{"name": "a.io/x"}]}]},
            'allocatedResourcesStatus[0].name: Invalid value: "a.io/x": must match one of the container\'s',
        ),
    ],
)  # fmt: skip
def test_what_is_reported_of_a_pod_makes_sense(before: Plain, after: Plain, why: str) -> None:
    assert why in told(pod(), before, after)


def test_older_servers_take_any_status_of_a_pod() -> None:
    assert told(pod(), {}, {"podIP": "x", "conditions": [{"type": "a b", "status": "True"}]}, "v1.8") == ""


def made(kind: str, api_version: str = "v1", **spec: Any) -> Plain:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, "spec": spec}


NEGATIVE = "must be greater than or equal to 0"


@pytest.mark.parametrize(
    ("kind", "version", "status", "why"),
    [
        ("Namespace", "v1", {"phase": "Terminating"}, "may only be 'Active' if `deletionTimestamp` is empty"),
        ("PersistentVolumeClaim", "v1", {"capacity": {"storage": "-5G"}}, "must be a valid resource quantit"),
        (
            "PersistentVolumeClaim", "v1", {"allocatedResources": {"cpu": "1"}},
            'status.allocatedResources: Unsupported value: "cpu": supported values: "storage"',
        ),
        ("ResourceQuota", "v1", {"used": {"pods": "-1"}}, 'status.used[pods]: Invalid value: "-1": must be'),
        (
            "Ingress", "networking.k8s.io/v1", {"loadBalancer": {"ingress": [{"ip": "x"}]}},
            'status.loadBalancer.ingress[0].ip: Invalid value: "x": must be a valid IP address',
        ),
        (
            "HorizontalPodAutoscaler", "autoscaling/v2", {"desiredReplicas": -1, "currentReplicas": 0},
            f"status.desiredReplicas: Invalid value: -1: {NEGATIVE}",
        ),
        (
            "CustomResourceDefinition", "apiextensions.k8s.io/v1", {"acceptedNames": {"kind": "T*b"}},
            'status.acceptedNames.kind: Invalid value: "T*b": may have mixed case, but should otherwise matc',
        ),
        (
            "CertificateSigningRequest", "certificates.k8s.io/v1",
            {"conditions": [{"type": "Approved", "status": "True"}]},
            'status.conditions: Forbidden: updates may not add a condition of type "Approved"',
        ),
    ],
)  # fmt: skip
def test_statuses_of_other_kinds_make_sense(kind: str, version: str, status: Plain, why: str) -> None:
    assert why in told(made(kind, version), {}, status)


def test_a_verdict_says_one_thing_and_nothing_of_a_certificate() -> None:
    asked = made("CertificateSigningRequest", "certificates.k8s.io/v1")
    both = [{"type": one, "status": "True"} for one in ("Approved", "Denied")]
    said = told(asked, {}, {"conditions": both, "certificate": "eA=="}, subresource="approval")
    assert 'Invalid value: "Denied": Approved and Denied conditions are mutually exclusive' in said
    assert "status.certificate: Forbidden: updates may not set certificate content" in said


def test_labels_that_come_with_a_status_are_looked_at_too() -> None:
    old, new = with_status(pod(), {}), with_status(pod(), {"phase": "Running"})
    labelled = with_status({**pod(), "metadata": {"name": "p", "labels": {"a b": "c"}}}, {})
    validate_status(old, new, "v1.36")
    with pytest.raises(ApiError, match="metadata"):
        validate_status(old, labelled, "v1.36")


BUDGET = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "a", "namespace": "b"},
}
POLICY = {
    "apiVersion": "admissionregistration.k8s.io/v1",
    "kind": "ValidatingAdmissionPolicy",
    "metadata": {"name": "a"},
}
FINE = {"type": "Fine", "status": "True", "reason": "AllIsWell", "lastTransitionTime": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize("made", [BUDGET, POLICY])
@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({}, ""),
        (
            {"status": "Yes"},
            '[0].status: Unsupported value: "Yes": supported values: "False", "True", "Unknown"',
        ),
        ({"reason": ""}, "[0].reason: Required value"),
        (
            {"reason": "all is well"},
            '[0].reason: Invalid value: "all is well": a condition reason must start',
        ),
        ({"reason": "a" * 1025}, "[0].reason: Too long: may not be more than 1024 bytes"),
        (
            {"observedGeneration": -1},
            "[0].observedGeneration: Invalid value: -1: must be greater than or equal",
        ),
        ({"lastTransitionTime": None}, "[0].lastTransitionTime: Required value"),
        ({"type": "a b"}, '[0].type: Invalid value: "a b": name part must consist'),
    ],
)
def test_conditions_of_today_are_whole(made: Plain, more: Plain, why: str) -> None:
    said = told(made, {}, {"conditions": [{**FINE, **more}]})
    assert why in said if why else not said


def test_a_condition_is_there_once_and_counts_are_still_counts() -> None:
    said = told(BUDGET, {}, {"conditions": [FINE, FINE], "expectedPods": -2})
    assert 'status.conditions[1].type: Duplicate value: "Fine"' in said
    assert "status.expectedPods: Invalid value: -2: must be greater than or equal to 0" in said


def test_warnings_of_expressions_name_what_they_are_about() -> None:
    said = told(POLICY, {}, {"typeChecking": {"expressionWarnings": [{"fieldRef": " "}]}})
    assert "expressionWarnings[0].warning: Required value" in said
    assert "expressionWarnings[0].fieldRef: Required value" in said
