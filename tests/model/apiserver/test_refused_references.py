"""What is said of things by name, and what is refused of it, in the words of the real server."""

import pytest

from clustersim.api.request import Request
from tests.model.apiserver.made import Plain, create, pod, service
from tests.model.worlds import ApiWorld


def container(**more: object) -> list[Plain]:
    return [{"name": "a", "image": "x", **more}]


BAD = 'Invalid value: "$%^": a lowercase RFC 1123 subdomain must consist of'


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
@pytest.mark.parametrize("kind", ["configMapKeyRef", "secretKeyRef"])
def test_keys_are_of_things_whose_names_can_be(release: str, kind: str) -> None:
    variable = {"name": "A", "valueFrom": {kind: {"name": "$%^", "key": "a"}}}
    reply = create(pod(containers=container(env=[variable])), release)
    assert f"spec.containers[0].env[0].valueFrom.{kind}.name: {BAD[:22]}" in reply.message


@pytest.mark.parametrize("kind", ["configMapRef", "secretRef"])
def test_all_keys_are_of_things_whose_names_can_be(kind: str) -> None:
    reply = create(pod(containers=container(envFrom=[{kind: {"name": "$%^"}}])), "v1.36")
    assert f"spec.containers[0].envFrom[0].{kind}.name: {BAD}" in reply.message
    both = {"configMapRef": {"name": "a"}, "secretRef": {"name": "b"}}
    reply = create(pod(containers=container(envFrom=[both])), "v1.36")
    assert 'envFrom: Invalid value: "": may not have more than one field specified at a time' in reply.message


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            {"securityContext": {"supplementalGroupsPolicy": "invalid"}},
            'supplementalGroupsPolicy: Unsupported value: "invalid": supported values: "Merge", "Strict"',
        ),
        (
            {"securityContext": {"seLinuxChangePolicy": "MountOption"}},
            'seLinuxChangePolicy: Unsupported value: "MountOption": supported values: "Recursive"',
        ),
        (
            {"os": {"name": "windows"}, "resources": {"limits": {"cpu": "100m"}}},
            "spec.resources: Forbidden: may not be set for a windows pod",
        ),
    ],
)
def test_what_a_pod_of_today_cannot_say(spec: Plain, why: str) -> None:
    assert why in create(pod(**spec), "v1.36").message


@pytest.mark.parametrize(
    "claims", [[{"name": "c"}, {"name": "c", "request": "r"}], [{"name": "c", "request": "r"}, {"name": "c"}]]
)
def test_a_claim_is_used_as_a_whole_or_by_its_requests(claims: list[Plain]) -> None:
    made = pod(
        containers=container(resources={"claims": claims}),
        resourceClaims=[{"name": "c", "resourceClaimName": "some"}],
    )
    assert 'resources.claims[1]: Duplicate value: "c"' in create(made, "v1.36").message


def test_a_binding_keeps_its_role_and_the_other_one_is_named() -> None:
    world = ApiWorld(release="v1.36")
    group = "rbac.authorization.k8s.io"
    binding: Plain = {
        "apiVersion": f"{group}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "b", "namespace": "default"},
        "roleRef": {"apiGroup": group, "kind": "Role", "name": "valid"},
        "subjects": [],
    }
    assert create(binding, "v1.36", world).ok
    body = {"roleRef": {"name": "changed"}}
    request = Request("patch", "rolebindings", "default", "b", body=body, patch_type="merge")
    assert world.apiserver.handle(request, "test").message.endswith(
        f'roleRef: Invalid value: {{"APIGroup":"{group}","Kind":"Role","Name":"changed"}}: '
        "cannot change roleRef"
    )


@pytest.mark.parametrize(
    ("release", "kind", "ranges", "why"),
    [
        ("v1.36", "ClusterIP", "1.2.3.0/24", "Forbidden: may only be used when `type` is 'LoadBalancer'"),
        (
            "v1.36",
            "LoadBalancer",
            "1.2.3.0/24, foo.bar",
            'Invalid value: "foo.bar": must be a valid CIDR value',
        ),
        (
            "v1.8",
            "ClusterIP",
            "1.2.3.0/24",
            "Invalid value: \"\": may only be used when `type` is 'LoadBalancer'",
        ),
        ("v1.8", "LoadBalancer", "foo.bar", 'Invalid value: "foo.bar": must be a list of IP ranges.'),
    ],
)
def test_whom_a_balancer_lets_in_may_be_an_annotation(release: str, kind: str, ranges: str, why: str) -> None:
    key = "service.beta.kubernetes.io/load-balancer-source-ranges"
    made = service(type=kind, ports=[{"port": 80}], selector={"a": "b"})
    made["metadata"]["annotations"] = {key: ranges}
    assert f"metadata.annotations[{key}]: {why}" in create(made, release).message
