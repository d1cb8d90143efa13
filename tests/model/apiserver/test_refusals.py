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
from clustersim.api.status import Reply
from clustersim.apiserver.validation.errors import printed_by_kubectl
from tests.model.api.test_decoding import PLAIN
from tests.model.worlds import ApiWorld

Plain = dict[str, Any]


def create(plain: Plain, release: str = "v1.8", world: ApiWorld | None = None) -> Reply:
    world = world or ApiWorld(release=release)
    decoded = decode_object(plain, release)
    namespace = decoded.obj.metadata.namespace
    request = Request(
        "create", decoded.resource.plural, namespace, body=decoded.obj, api_version=decoded.api_version
    )
    return world.apiserver.handle(request, "test")


def pod(name: str = "p", **spec: Any) -> Plain:
    spec.setdefault("containers", [{"name": "a", "image": "x"}])
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


def container(**fields: Any) -> Plain:
    return pod(containers=[{"name": "a", "image": "x", **fields}])


def workload(kind: str, api_version: str, name: str = "web", **spec: Any) -> Plain:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod()["spec"]}
    return {
        "apiVersion": api_version,
        "kind": kind,
        "metadata": {"name": name},
        "spec": {"template": template, **spec},
    }


def service(**spec: Any) -> Plain:
    spec.setdefault("ports", [{"port": 80}])
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "s"}, "spec": spec}


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


def test_gates_of_a_pod_may_be_taken_away_and_not_added() -> None:
    world = ApiWorld(release="v1.36")
    assert create(pod(schedulingGates=[{"name": "a"}, {"name": "b"}]), "v1.36", world).ok
    made = world.etcd.get("pods", "default/p")

    def gated(*names: str) -> Reply:
        gates = tuple(gate for gate in made.spec.scheduling_gates if gate.name in names)
        gates += tuple(replace(made.spec.scheduling_gates[0], name=name) for name in names if name == "c")
        metadata = replace(made.metadata, resource_version="")
        changed = replace(made, metadata=metadata, spec=replace(made.spec, scheduling_gates=gates))
        return world.apiserver.handle(Request("update", "pods", "default", "p", body=changed), "test")

    assert not gated("a", "b", "c").ok
    assert gated("b").ok
    assert not gated("a", "b").ok


def test_several_causes_are_told_together() -> None:
    reply = create(pod(containers=[{"name": "A", "image": ""}]))
    assert reply.message.startswith('Pod "p" is invalid: [spec.containers[0].name: Invalid value: "A": ')
    assert reply.message.endswith(", spec.containers[0].image: Required value]")


def test_kubectl_prints_the_causes_one_a_line() -> None:
    world = ApiWorld(release="v1.8")
    obj = decode_object(pod(containers=[{"image": ""}]), "v1.8").obj
    with pytest.raises(ApiError) as refused:
        world.apiserver.registry.perform(Request("create", "pods", body=obj), "test")
    assert printed_by_kubectl(refused.value) == (
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


def test_a_node_that_says_nonsense_of_its_capacity_is_refused() -> None:
    world = ApiWorld(release="v1.8")
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n9"}}
    assert create(node, world=world).ok
    body = {"status": {"capacity": {"cpu": "x"}}}
    for verb in ("patch-status", "patch"):
        subresource = "status" if verb == "patch" else ""
        request = Request(verb, "nodes", name="n9", body=body, subresource=subresource)  # type: ignore[arg-type]
        reply = world.apiserver.handle(request, "test")
        assert reply.status == 400
        assert "quantities must match the regular expression" in reply.message


def test_what_is_allowed_to_change_of_a_pod() -> None:
    world = ApiWorld(release="v1.8")
    assert create(pod(), world=world).ok

    def patch(body: Plain) -> Reply:
        request = Request("patch", "pods", "default", "p", body=body, patch_type="strategic")
        return world.apiserver.handle(request, "test")

    assert patch({"spec": {"containers": [{"name": "a", "image": "y"}]}}).ok
    assert patch({"spec": {"activeDeadlineSeconds": 60}}).ok
    refused = patch({"spec": {"hostNetwork": True}})
    assert refused.status == 422
    assert "spec: Forbidden: pod updates may not change fields other than" in refused.message
    assert patch({"spec": {"activeDeadlineSeconds": 90}}).status == 422


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_nobody_makes_a_pod_a_mirror_later_or_takes_that_from_one(release: str) -> None:
    world, key = ApiWorld(release=release), "kubernetes.io/config.mirror"
    mirror = pod("m")
    mirror["metadata"]["annotations"] = {key: "hash"}
    mirror["spec"]["nodeName"] = "n1"
    assert create(pod(), world=world).ok
    assert create(mirror, world=world).ok

    def annotate(name: str, **annotations: str | None) -> Reply:
        body = {"metadata": {"annotations": annotations}}
        return world.apiserver.handle(
            Request("patch", "pods", "default", name, body=body, patch_type="strategic"), "test"
        )

    field = f"metadata.annotations[{key}]: Forbidden:"
    for refused in (annotate("m", **{key: None}), annotate("m", **{key: "other"})):
        assert f"{field} may not remove or update mirror pod annotation" in refused.message
    assert f"{field} may not add mirror pod annotation" in annotate("p", **{key: "hash"}).message
    assert annotate("m", note="something else").ok


def test_the_selector_of_apps_v1_stays() -> None:
    world = ApiWorld(release="v1.36")
    made = workload("Deployment", "apps/v1", selector={"matchLabels": {"app": "web"}})
    assert create(made, "v1.36", world).ok
    body = {
        "spec": {
            "selector": {"matchLabels": {"app": "db"}},
            "template": {"metadata": {"labels": {"app": "db"}}},
        }
    }
    reply = world.apiserver.handle(Request("patch", "deployments", "default", "web", body=body), "test")
    assert reply.status == 422
    assert reply.message.endswith("field is immutable")


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
