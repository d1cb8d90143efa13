"""What the API server fills in, by kind, version and release; and that what it prints applies unchanged."""

from typing import Any

import msgspec
import pytest

from clustersim.api.decoding import decode_object
from clustersim.api.diff import three_way_patch
from clustersim.api.registry import to_builtins
from clustersim.api.request import Request
from tests.model.apiserver.made import Plain, container, create, pod, service, workload
from tests.model.worlds import ApiWorld


def created(plain: Plain, release: str = "v1.8") -> Any:
    reply = create(plain, release)
    assert reply.ok, reply.message
    return reply.body


def test_what_is_limited_is_requested() -> None:
    made = created(container(resources={"limits": {"cpu": 1}}))
    assert made.spec.containers[0].resources.requests == {"cpu": "1"}
    assert made.status.qos_class == "Burstable"


SMALL: dict[str, Any] = {"cpu": "500m", "memory": "1Gi"}
SURELY: dict[str, Any] = {"limits": {"cpu": "0.5", "memory": "1073741824"}}
SURE: dict[str, Any] = {"name": "a", "image": "web", "resources": SURELY}
ALIKE: dict[str, Any] = {"name": "a", "image": "web", "resources": {**SURELY, "requests": SMALL}}
WILD = {"name": "b", "image": "web", "resources": {}}
BIG = {"name": "b", "image": "web", "resources": {"limits": {"example.com/card": "1"}}}


@pytest.mark.parametrize(
    ("spec", "old", "today"),
    [
        ({"containers": [SURE]}, "Guaranteed", "Guaranteed"),
        ({"containers": [ALIKE]}, "Guaranteed", "Guaranteed"),
        ({"containers": [SURE, WILD]}, "Burstable", "Burstable"),
        ({"containers": [BIG]}, "BestEffort", "BestEffort"),
        ({"containers": [SURE], "initContainers": [WILD]}, "Guaranteed", "Burstable"),
        ({"containers": [WILD], "resources": {"limits": SMALL, "requests": SMALL}}, "", "Guaranteed"),
    ],
)
def test_the_quality_of_a_pod_is_of_processors_and_memory(spec: Plain, old: str, today: str) -> None:
    assert created(pod(**spec), "v1.36").status.qos_class == today
    if old:
        assert created(pod(**spec), "v1.8").status.qos_class == old


def test_images_without_a_tag_are_always_pulled() -> None:
    policies = {}
    for image in ("web", "web:latest", "web:1.0", "registry:5000/web", "web@sha256:abc"):
        made = created(pod(containers=[{"name": "a", "image": image}]))
        policies[image] = made.spec.containers[0].image_pull_policy
    assert policies == {
        "web": "Always",
        "web:latest": "Always",
        "web:1.0": "IfNotPresent",
        "registry:5000/web": "Always",
        "web@sha256:abc": "IfNotPresent",
    }


def test_zero_is_as_good_as_absent_where_the_api_fills_in() -> None:
    made = created(container(livenessProbe={"tcpSocket": {"port": 80}, "periodSeconds": 0}))
    assert made.spec.containers[0].liveness_probe.period_seconds == 10
    assert created(pod(terminationGracePeriodSeconds=0)).spec.termination_grace_period_seconds == 0


@pytest.mark.parametrize(
    ("release", "version", "surge", "history", "deadline"),
    [
        ("v1.7", "extensions/v1beta1", 1, None, None),
        ("v1.7", "apps/v1beta1", "25%", 2, 600),
        ("v1.8", "apps/v1beta2", "25%", 10, 600),
        ("v1.36", "apps/v1", "25%", 10, 600),
    ],
)
def test_a_deployment_has_the_defaults_of_its_version(
    release: str, version: str, surge: Any, history: int | None, deadline: int | None
) -> None:
    spec = created(workload("Deployment", version, selector={"matchLabels": {"app": "web"}}), release).spec
    assert spec.replicas == 1
    assert spec.strategy.rolling_update.max_surge == surge
    assert (spec.revision_history_limit, spec.progress_deadline_seconds) == (history, deadline)


def test_a_job_bears_six_failures_since_v1_8() -> None:
    plain = workload("Job", "batch/v1")
    plain["spec"]["template"]["spec"]["restartPolicy"] = "Never"
    limits = {release: created(plain, release).spec.backoff_limit for release in ("v1.7", "v1.8", "v1.36")}
    assert limits == {"v1.7": None, "v1.8": 6, "v1.36": 6}


@pytest.mark.parametrize(("release", "port"), [("v1.7", 80), ("v1.8", 80), ("v1.36", 0)])
def test_ports_on_the_nodes_network_are_today_for_pods_alone(release: str, port: int) -> None:
    plain = workload("Deployment", {"v1.36": "apps/v1"}.get(release, "apps/v1beta1"))
    plain["spec"]["selector"] = {"matchLabels": {"app": "web"}}
    spec = plain["spec"]["template"]["spec"]
    spec["hostNetwork"] = True
    spec["containers"] = [{"name": "a", "image": "web", "ports": [{"containerPort": 80}]}]
    assert created(plain, release).spec.template.spec.containers[0].ports[0].host_port == port
    assert created(pod(**spec), release).spec.containers[0].ports[0].host_port == 80


def test_claims_made_for_a_pod_are_of_files() -> None:
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    volume = {"name": "v", "ephemeral": {"volumeClaimTemplate": {"spec": claim}}}
    spec = {"volumes": [volume], "containers": [{"name": "a", "image": "web"}]}
    template = created(pod(**spec), "v1.36").spec.volumes[0].ephemeral.volume_claim_template
    assert template.spec.volume_mode == "Filesystem"


@pytest.mark.parametrize(
    ("release", "types"), [("v1.7", ()), ("v1.8", ("Ingress",)), ("v1.36", ("Ingress",))]
)
def test_a_network_policy_says_since_v1_8_what_it_is_about(release: str, types: tuple[str, ...]) -> None:
    plain: Plain = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "p"}}
    made = created({**plain, "spec": {"podSelector": {}, "ingress": []}}, release)
    assert made.spec.policy_types == types
    if types:
        made = created({**plain, "spec": {"podSelector": {}, "egress": [{}]}}, release)
        assert made.spec.policy_types == ("Ingress", "Egress")


RULE = {"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}
HOOK = {
    "name": "a.b.c", "sideEffects": "None", "admissionReviewVersions": ["v1"], "rules": [RULE],
    "clientConfig": {"service": {"name": "s", "namespace": "default"}},
}  # fmt: skip
POLICY = {"matchConstraints": {"resourceRules": [RULE]}, "validations": [{"expression": "true"}]}
MATCHED = {"matchPolicy": "Equivalent", "namespaceSelector": {}, "objectSelector": {}}


def kept(kind: str, version: str, **fields: Any) -> Any:
    """An object of a kind that nothing acts on, as it is given back."""
    plain: Plain = {"apiVersion": version, "kind": kind, "metadata": {"name": "x"}, **fields}
    return to_builtins(created(plain, "v1.36"))


ADMISSION = "admissionregistration.k8s.io/v1"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("ValidatingWebhookConfiguration", {}),
        ("MutatingWebhookConfiguration", {"reinvocationPolicy": "Never"}),
    ],
)
def test_a_webhook_says_what_happens_when_nobody_answers(kind: str, more: Plain) -> None:
    filled = {**HOOK, "rules": [{**RULE, "scope": "*"}], "failurePolicy": "Fail", "timeoutSeconds": 10}
    filled["clientConfig"] = {"service": {"name": "s", "namespace": "default", "port": 443}}
    assert kept(kind, ADMISSION, webhooks=[HOOK])["webhooks"] == [{**filled, **MATCHED, **more}]
    said = {**HOOK, "failurePolicy": "Ignore", "timeoutSeconds": 3}
    hook = kept(kind, ADMISSION, webhooks=[said])["webhooks"][0]
    assert (hook["failurePolicy"], hook["timeoutSeconds"]) == ("Ignore", 3)


def test_a_policy_of_admission_is_about_all_that_its_rules_name() -> None:
    spec = kept("ValidatingAdmissionPolicy", ADMISSION, spec=POLICY)["spec"]
    assert spec["failurePolicy"] == "Fail"
    matched = {**MATCHED, "resourceRules": [{**RULE, "scope": "*"}]}
    assert spec["matchConstraints"] == matched
    bound = {"policyName": "x", "validationActions": ["Deny"], "matchResources": {"resourceRules": [RULE]}}
    assert (
        kept("ValidatingAdmissionPolicyBinding", ADMISSION, spec=bound)["spec"]["matchResources"] == matched
    )


def test_a_driver_of_storage_attaches_if_it_does_not_say() -> None:
    spec = kept("CSIDriver", "storage.k8s.io/v1", spec={"podInfoOnMount": True})["spec"]
    assert spec == {
        "attachRequired": True, "podInfoOnMount": True, "storageCapacity": False, "seLinuxMount": False,
        "fsGroupPolicy": "ReadWriteOnceWithFSType", "volumeLifecycleModes": ["Persistent"],
        "requiresRepublish": False,
    }  # fmt: skip


def test_parameters_of_an_ingress_class_are_the_clusters() -> None:
    given = {"controller": "a.b/c", "parameters": {"kind": "K", "name": "n"}}
    spec = kept("IngressClass", "networking.k8s.io/v1", spec=given)["spec"]
    assert spec["parameters"]["scope"] == "Cluster"


def test_services_get_an_address_and_node_ports() -> None:
    spec = created(service(type="NodePort")).spec
    assert spec.cluster_ip.startswith("10.0.0.")
    [port] = spec.ports
    assert (port.target_port, 30_000 <= port.node_port <= 32_767) == (80, True)
    assert created(service(), "v1.36").spec.cluster_ips == (created(service(), "v1.36").spec.cluster_ip,)
    assert created(service(type="ExternalName", externalName="example.com", ports=[])).spec.cluster_ip == ""


MANIFESTS: list[Plain] = [
    container(
        env=[
            {"name": "A", "value": "b"},
            {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        ],
        command=["sh", "-c", "true"],
        volumeMounts=[{"name": "data", "mountPath": "/data"}],
        lifecycle={"preStop": {"exec": {"command": ["sleep", "1"]}}},
        securityContext={"runAsUser": 0, "capabilities": {"add": ["NET_ADMIN"]}},
    ),
    workload("Deployment", "apps/v1beta1", replicas=2),
    service(type="LoadBalancer", ports=[{"port": 80, "targetPort": "http"}]),
    {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"a": "1", "b": ""}},
    {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"key": "value"}},
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team", "labels": {"a": "b"}}},
]
MANIFESTS[0]["spec"]["volumes"] = [{"name": "data", "emptyDir": {}}]
MANIFESTS[0]["spec"]["affinity"] = {
    "podAntiAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": [
            {"topologyKey": "zone", "labelSelector": {"matchLabels": {"a": "b"}}}
        ]
    }
}


@pytest.mark.parametrize("plain", MANIFESTS, ids=lambda plain: plain["kind"])
def test_what_is_printed_applies_again_unchanged(plain: Plain) -> None:
    world = ApiWorld(release="v1.8")
    made = create(plain, "v1.8", world).body
    printed = msgspec.json.decode(msgspec.json.encode(to_builtins(made, plain["apiVersion"])))
    assert three_way_patch(type(made), printed, printed, printed) == {}
    again = decode_object(printed, "v1.8", validation="Strict")
    request = Request(
        "update",
        again.resource.plural,
        made.metadata.namespace,
        made.metadata.name,
        body=again.obj,
        api_version=plain["apiVersion"],
    )
    reply = world.apiserver.handle(request, "test")
    assert reply.ok, reply.message
    assert reply.body is made


def test_every_field_of_a_manifest_is_given_back() -> None:
    plain = MANIFESTS[0]
    printed = msgspec.json.decode(msgspec.json.encode(to_builtins(created(plain))))
    assert three_way_patch(None, {}, {"spec": {**plain["spec"], "containers": []}}, printed)[
        "spec"
    ].keys() == {"containers"}
    [given], [kept] = plain["spec"]["containers"], printed["spec"]["containers"]
    assert {name: kept[name] for name in given if name not in ("env", "lifecycle")} == {
        name: given[name] for name in given if name not in ("env", "lifecycle")
    }
    assert kept["env"][0] == given["env"][0]
    assert kept["lifecycle"] == given["lifecycle"]
