"""Which changes raise the generation of which kinds (pkg/registry/*/*/strategy.go and its tests)."""

from typing import Any

import pytest

from clustersim.api.request import Request
from tests.model.apiserver.made import create, pod, workload
from tests.model.worlds import ApiWorld

WEBHOOK = {
    "name": "a.b.c",
    "admissionReviewVersions": ["v1"],
    "sideEffects": "None",
    "clientConfig": {"url": "https://a.b/c"},
}
PODS = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
POLICY = {"validations": [{"expression": "true"}], "matchConstraints": {"resourceRules": [PODS]}}
LIMITED = {"nominalConcurrencyShares": 5, "limitResponse": {"type": "Reject"}}
REGISTRATION = "admissionregistration.k8s.io/v1"
FLOW = "flowcontrol.apiserver.k8s.io/v1"
ANNOTATED = {"metadata": {"annotations": {"x": "y"}}}
LABELLED = {"metadata": {"labels": {"x": "y"}}}


def thing(kind: str, api_version: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "web"}, **fields}


def generations(
    plain: dict[str, Any], resource: str, *changes: dict[str, Any], release: str = "v1.36"
) -> list[int]:
    """Of the object as it is created, and after each change."""
    world = ApiWorld(release=release)
    made = create(plain, release, world)
    assert made.ok, made.message
    found = [made.body.metadata.generation]
    for change in changes:
        request = Request("patch", resource, made.body.metadata.namespace, "web", body=change)
        changed = world.apiserver.handle(request, "test")
        assert changed.ok, changed.message
        found.append(changed.body.metadata.generation)
    return found


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_annotations_raise_the_generation_of_deployments_and_labels_do_not(release: str) -> None:
    version = "apps/v1" if release == "v1.36" else "apps/v1beta1"
    select: dict[str, Any] = {"selector": {"matchLabels": {"app": "web"}}}
    changes = (LABELLED, ANNOTATED, ANNOTATED, {"spec": {"replicas": 2}})
    found = generations(workload("Deployment", version, **select), "deployments", *changes, release=release)
    assert found == [1, 1, 2, 2, 3]
    sets = generations(
        workload("StatefulSet", version, serviceName="s", **select), "statefulsets", *changes, release=release
    )
    assert sets == [1, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("plain", "resource", "change"),
    [
        (
            thing("IngressClass", "networking.k8s.io/v1", spec={"controller": "a.b/c"}),
            "ingressclasses",
            {"spec": {"parameters": {"kind": "A", "name": "b"}}},
        ),
        (
            thing("PodTemplate", "v1", template={"metadata": {}, "spec": pod()["spec"]}),
            "podtemplates",
            {"template": {"metadata": {"labels": {"z": "z"}}}},
        ),
        (
            thing("ValidatingWebhookConfiguration", REGISTRATION),
            "validatingwebhookconfigurations",
            {"webhooks": [WEBHOOK]},
        ),
        (
            thing("MutatingWebhookConfiguration", REGISTRATION),
            "mutatingwebhookconfigurations",
            {"webhooks": [WEBHOOK]},
        ),
        (
            thing("ValidatingAdmissionPolicy", REGISTRATION, spec=POLICY),
            "validatingadmissionpolicies",
            {"spec": {"failurePolicy": "Ignore"}},
        ),
        (
            thing("FlowSchema", FLOW, spec={"priorityLevelConfiguration": {"name": "x"}}),
            "flowschemas",
            {"spec": {"matchingPrecedence": 6}},
        ),
        (
            thing("PriorityLevelConfiguration", FLOW, spec={"type": "Limited", "limited": LIMITED}),
            "prioritylevelconfigurations",
            {"spec": {"limited": {"nominalConcurrencyShares": 6}}},
        ),
        (
            thing("DeviceClass", "resource.k8s.io/v1", spec={}),
            "deviceclasses",
            {"spec": {"extendedResourceName": "a.b/c"}},
        ),
    ],
)
def test_today_classes_templates_webhooks_and_policies_count_their_changes(
    plain: dict[str, Any], resource: str, change: dict[str, Any]
) -> None:
    assert generations(plain, resource, ANNOTATED, LABELLED, change, change) == [1, 1, 1, 2, 2]


def test_drivers_begin_at_no_generation_and_priorities_stay_at_their_first() -> None:
    driver = thing("CSIDriver", "storage.k8s.io/v1", spec={})
    assert generations(driver, "csidrivers", ANNOTATED, {"spec": {"requiresRepublish": True}}) == [0, 0, 1]
    priority = thing("PriorityClass", "scheduling.k8s.io/v1", value=1)
    assert generations(priority, "priorityclasses", {"description": "d"}) == [1, 1]


def test_an_endpoint_slice_counts_changes_of_its_labels() -> None:
    plain = thing("EndpointSlice", "discovery.k8s.io/v1", addressType="IPv4", endpoints=[], ports=[])
    changes = (ANNOTATED, LABELLED, {"endpoints": [{"addresses": ["10.1.2.3"]}]})
    assert generations(plain, "endpointslices", *changes) == [1, 1, 2, 3]
