"""What the API server refuses, in its own words; and that it refuses rather than fails."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustersim.api.api_resources import RESOURCES
from clustersim.api.core_v1 import Pod
from clustersim.api.decoding import decode_object
from clustersim.api.errors import ApiError
from clustersim.api.fields import RELEASES
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.request import Request
from clustersim.console.refusals import refusal
from tests.model.api.test_decoding import PLAIN
from tests.model.apiserver.made import Plain, container, create, pod, service, workload
from tests.model.worlds import ApiWorld

SUBDOMAIN = (
    "must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an "
    "alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
REFUSED: list[tuple[str, Plain, str]] = [
    (
        "v1.8",
        pod("MyPod"),
        f'Pod "MyPod" is invalid: metadata.name: Invalid value: "MyPod": a DNS-1123 subdomain {SUBDOMAIN}',
    ),
    (
        "v1.36",
        pod("MyPod"),
        'Pod "MyPod" is invalid: metadata.name: Invalid value: "MyPod": '
        f"a lowercase RFC 1123 subdomain {SUBDOMAIN}",
    ),
    ("v1.8", pod(containers=[]), 'Pod "p" is invalid: spec.containers: Required value'),
    (
        "v1.8",
        pod(containers=[{"name": "a", "image": "x"}, {"name": "a", "image": "y"}]),
        'Pod "p" is invalid: spec.containers[1].name: Duplicate value: "a"',
    ),
    (
        "v1.8",
        pod(restartPolicy="Sometimes"),
        'Pod "p" is invalid: spec.restartPolicy: Unsupported value: "Sometimes": '
        "supported values: Always, OnFailure, Never",
    ),
    (
        "v1.36",
        pod(restartPolicy="Sometimes"),
        'Pod "p" is invalid: spec.restartPolicy: Unsupported value: "Sometimes": '
        'supported values: "Always", "OnFailure", "Never"',
    ),
    (
        "v1.8",
        container(ports=[{"containerPort": 70000}]),
        'Pod "p" is invalid: spec.containers[0].ports[0].containerPort: Invalid value: 70000: '
        "must be between 1 and 65535, inclusive",
    ),
    (
        "v1.8",
        container(resources={"requests": {"cpu": "-1"}}),
        'Pod "p" is invalid: spec.containers[0].resources.requests[cpu]: Invalid value: "-1": '
        "must be greater than or equal to 0",
    ),
    (
        "v1.8",
        container(resources={"requests": {"cpu": 2}, "limits": {"cpu": 1}}),
        'Pod "p" is invalid: spec.containers[0].resources.requests: Invalid value: "2": '
        "must be less than or equal to cpu limit",
    ),
    (
        "v1.8",
        container(volumeMounts=[{"name": "data", "mountPath": "/data"}]),
        'Pod "p" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ),
    (
        "v1.8",
        container(livenessProbe={}),
        'Pod "p" is invalid: spec.containers[0].livenessProbe: Required value: must specify a handler type',
    ),
    (
        "v1.8",
        workload("Deployment", "extensions/v1beta1", replicas=-1),
        'Deployment.extensions "web" is invalid: spec.replicas: Invalid value: -1: '
        "must be greater than or equal to 0",
    ),
    (
        "v1.8",
        workload("Deployment", "apps/v1beta2"),
        'Deployment.extensions "web" is invalid: [spec.selector: Required value, '
        'spec.template.metadata.labels: Invalid value: map[string]string{"app":"web"}: '
        "`selector` does not match template `labels`]",
    ),
    (
        "v1.36",
        workload("Deployment", "apps/v1", selector={"matchLabels": {"app": "db"}}),
        'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"web"}: '
        "`selector` does not match template `labels`",
    ),
    (
        "v1.8",
        workload("Deployment", "apps/v1beta1", progressDeadlineSeconds=10, minReadySeconds=20),
        'Deployment.extensions "web" is invalid: spec.progressDeadlineSeconds: Invalid value: 10: '
        "must be greater than minReadySeconds.",
    ),
    (
        "v1.7",
        workload(
            "Deployment",
            "extensions/v1beta1",
            strategy={"rollingUpdate": {"maxSurge": 0, "maxUnavailable": 0}},
        ),
        'Deployment.extensions "web" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: '
        'intstr.IntOrString{Type:0, IntVal:0, StrVal:""}: may not be 0 when `maxSurge` is 0',
    ),
    (
        "v1.8",
        workload("Job", "batch/v1"),
        'Job.batch "web" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Always": '
        "supported values: OnFailure, Never",
    ),
    (
        "v1.8",
        service(clusterIP="1.2.3.4"),
        'Service "s" is invalid: spec.clusterIP: Invalid value: "1.2.3.4": '
        "provided IP is not in the valid range. The range of valid IPs is 10.0.0.0/24",
    ),
    (
        "v1.8",
        service(type="NodePort", ports=[{"port": 80, "nodePort": 80}]),
        'Service "s" is invalid: spec.ports[0].nodePort: Invalid value: 80: '
        "provided port is not in the valid range. The range of valid ports is 30000-32767",
    ),
    ("v1.8", service(ports=[]), 'Service "s" is invalid: spec.ports: Required value'),
]


@pytest.mark.parametrize(("release", "plain", "told"), REFUSED)
def test_a_refusal_has_the_words_of_its_release(release: str, plain: Plain, told: str) -> None:
    reply = create(plain, release)
    assert (reply.status, reply.reason) == (422, "Invalid")
    assert reply.message == told


def with_volume(*mounts: Plain) -> Plain:
    containers = [{"name": "a", "image": "x", "volumeMounts": [{"name": "v", **one} for one in mounts]}]
    return pod(containers=containers, volumes=[{"name": "v", "emptyDir": {}}])


def on_host(*ports: Plain) -> Plain:
    return pod(containers=[{"name": f"c{n}", "image": "x", "ports": [one]} for n, one in enumerate(ports)])


def init(**fields: Any) -> Plain:
    return pod(initContainers=[{"name": "b", "image": "x", **fields}])


def wishing(weight: int) -> Plain:
    term = {"labelSelector": {"matchLabels": {"a": "b"}}, "topologyKey": "zone"}
    wish = {"weight": weight, "podAffinityTerm": term}
    return pod(affinity={"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [wish]}})


def affine(seconds: int) -> Plain:
    config = {"clientIP": {"timeoutSeconds": seconds}}
    return service(sessionAffinity="ClientIP", sessionAffinityConfig=config)


TCP = {"containerPort": 80, "hostPort": 80, "protocol": "TCP"}
NO_HANDLER = {"httpGet": {"path": "/", "port": 80}, "successThreshold": 2}


@pytest.mark.parametrize(
    ("plain", "field"),
    [
        (with_volume({"mountPath": "/a"}, {"mountPath": "/b"}), ""),
        (with_volume({"mountPath": "/a"}, {"mountPath": "/a"}), "volumeMounts[1].mountPath: Invalid value"),
        (with_volume({"mountPath": "/a", "subPath": "a/..b"}), ""),
        (with_volume({"mountPath": "/a", "subPath": "a/../b"}), "subPath: Invalid value"),
        (with_volume({"mountPath": "/a", "subPath": "/b"}), "subPath: Invalid value"),
        (on_host(TCP, {**TCP, "protocol": "UDP"}), ""),
        (on_host(TCP, TCP), "containers[1].ports[0].hostPort: Duplicate value"),
        (init(), ""),
        (init(name="a"), "initContainers[0].name: Duplicate value"),
        (init(restartPolicy="Always", livenessProbe={}), "livenessProbe: Required value"),
        (init(livenessProbe={"httpGet": {"port": 80}}), "livenessProbe: Forbidden"),
        (container(readinessProbe=NO_HANDLER), ""),
        (container(livenessProbe=NO_HANDLER), "livenessProbe.successThreshold: Invalid value"),
        (container(startupProbe=NO_HANDLER), "startupProbe.successThreshold: Invalid value"),
        (container(securityContext={"allowPrivilegeEscalation": False}), ""),
        (
            container(securityContext={"allowPrivilegeEscalation": False, "privileged": True}),
            "securityContext: Invalid value",
        ),
        (wishing(100), ""),
        (wishing(101), "weight: Invalid value"),
        (wishing(0), "weight: Invalid value"),
        (affine(86_400), ""),
        (affine(86_401), "timeoutSeconds: Invalid value"),
        (affine(0), "timeoutSeconds: Invalid value"),
    ],
)
def test_what_is_just_right_is_taken_and_what_is_not_is_refused(plain: Plain, field: str) -> None:
    reply = create(plain, "v1.36")
    assert (reply.status, field in reply.message) == (422 if field else 201, True), reply.message


def test_a_pod_on_its_nodes_network_is_looked_at_although_its_containers_are_known() -> None:
    world = ApiWorld(release="v1.36")
    assert create(container(ports=[{"containerPort": 80, "hostPort": 8080}]), "v1.36", world).ok
    known = world.etcd.get("pods", "default/p").spec
    metadata = ObjectMeta(name="q", namespace="default")
    on_network = Pod(metadata=metadata, spec=replace(known, host_network=True, node_name=""))
    refused = world.apiserver.handle(Request("create", "pods", "default", body=on_network), "test")
    assert "hostPort: Invalid value" in refused.message


def test_several_causes_are_told_together() -> None:
    reply = create(pod(containers=[{"name": "A", "image": ""}]))
    assert reply.message.startswith('Pod "p" is invalid: [spec.containers[0].name: Invalid value: "A": ')
    assert reply.message.endswith(", spec.containers[0].image: Required value]")


def test_kubectl_prints_the_causes_one_a_line() -> None:
    world = ApiWorld(release="v1.8")
    obj = decode_object(pod(containers=[{"image": ""}]), "v1.8").obj
    with pytest.raises(ApiError) as refused:
        world.apiserver.registry.perform(Request("create", "pods", body=obj), "test")
    assert refusal(refused.value) == (
        'The Pod "p" is invalid: \n'
        "* spec.containers[0].name: Required value\n"
        "* spec.containers[0].image: Required value"
    )


def test_labels_are_checked_by_key_and_value() -> None:
    plain = pod()
    plain["metadata"]["labels"] = {"a/b/c": "x"}
    assert "a qualified name must consist of alphanumeric characters" in create(plain).message
    plain["metadata"]["labels"] = {"app": "two words"}
    assert 'metadata.labels: Invalid value: "two words": a valid label must be an empty string or' in (
        create(plain).message
    )


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.data())
def test_arbitrary_objects_and_patches_are_taken_or_refused(data: st.DataObject) -> None:
    release = data.draw(st.sampled_from(RELEASES))
    resource = data.draw(st.sampled_from([one for one in RESOURCES.values() if release in one.versions]))
    world = ApiWorld(release=release)
    base: Plain = {"metadata": {"name": "x"}}
    if data.draw(st.booleans()):
        base["spec"] = workload("Deployment", "v1")["spec"] if resource.kind != "Pod" else pod()["spec"]
    plain = {
        **base,
        **data.draw(FIELDS),
        "apiVersion": data.draw(st.sampled_from(resource.versions[release])),
        "kind": resource.kind,
    }
    try:
        reply = create(plain, release, world)
    except ApiError:
        return
    if not reply.ok:
        assert reply.status in (400, 403, 404, 405, 409, 422, 500)
        return
    for kind in ("merge", "strategic", "apply"):
        request = Request(
            "patch",
            resource.plural,
            reply.body.metadata.namespace,
            reply.body.metadata.name,
            body=data.draw(FIELDS),
            patch_type=kind,  # type: ignore[arg-type]
            subresource=data.draw(st.sampled_from(["", "status", "scale"])),
            manager="kubectl",
        )
        world.apiserver.handle(request, "test")


FIELDS = st.dictionaries(
    st.sampled_from(["spec", "metadata", "status", "data", "subsets", "rules", "value", "template"]),
    PLAIN,
    max_size=3,
)


@pytest.mark.parametrize(
    ("plain", "why"),
    [
        (pod(containers=[{"name": f"a{n}", "image": "x"} for n in range(101)]), "at most 100 containers"),
        ({**pod(), "metadata": {"name": "p", "labels": {f"a{n}": "x" for n in range(501)}}}, "at most 500"),
    ],
)
def test_an_object_with_more_in_it_than_anybody_needs_is_forbidden(plain: Plain, why: str) -> None:
    reply = create(plain)
    assert (reply.status, why in reply.message) == (403, True)
