"""Admission by what else is there: accounts, classes, nodes, and how it tells what it refuses."""

import base64

import pytest

from clustersim.api.core_v1 import Pod
from clustersim.api.decoding import decode_into
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.api.status import Reply
from tests.model.apiserver.test_admission import Plain, create, pod, quota, world
from tests.model.worlds import ApiWorld

SCHEDULING = {"v1.8": "scheduling.k8s.io/v1alpha1", "v1.36": "scheduling.k8s.io/v1"}
MISSING = {
    "v1.7": "service account default/robot was not found, retry after the service account is created",
    "v1.8": "service account default/robot was not found, retry after the service account is created",
    "v1.36": 'error looking up service account default/robot: serviceaccount "robot" not found',
}


NOT_OWN = "is not allowed because service account robot does not reference that"


def account(in_: ApiWorld, **fields: object) -> None:
    assert create(in_, "ServiceAccount", "robot", **fields).ok


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_pod_pulls_with_the_secrets_of_its_account_which_must_be_there(release: str) -> None:
    in_ = world("ServiceAccount", release=release)
    refused = pod(in_, "p", serviceAccountName="robot")
    assert refused.message == f'pods "p" is forbidden: {MISSING[release]}'
    account(in_, imagePullSecrets=[{"name": "hub"}])
    given = [pod(in_, "a", serviceAccountName="robot")]
    given += [pod(in_, "b", serviceAccountName="robot", imagePullSecrets=[{"name": "own"}])]
    assert [reply.body.spec.image_pull_secrets[0].name for reply in given] == ["hub", "own"]


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            {"volumes": [{"name": "v", "secret": {"secretName": "s"}}]},
            f'volume with secret.secretName="s" {NOT_OWN} secret',
        ),
        (
            {"containers": [{"name": "a", "image": "x", "envFrom": [{"secretRef": {"name": "s"}}]}]},
            f'container a with envFrom referencing secret.secretName="s" {NOT_OWN} secret',
        ),
        (
            {"imagePullSecrets": [{"name": "s"}]},
            f'imagePullSecrets[0].name="s" {NOT_OWN} imagePullSecret',
        ),
    ],
)
def test_an_account_may_say_which_secrets_its_pods_may_use(spec: Plain, why: str) -> None:
    in_ = world("ServiceAccount", release="v1.36")
    enforced = {"kubernetes.io/enforce-mountable-secrets": "true"}
    account(in_, metadata={"name": "robot", "annotations": enforced}, secrets=[{"name": "mine"}])
    whole = {"containers": [{"name": "a", "image": "x"}], "serviceAccountName": "robot", **spec}
    assert create(in_, "Pod", "p", spec=whole).message == f'pods "p" is forbidden: {why}'


def test_a_mirror_pod_names_no_account() -> None:
    in_ = world("ServiceAccount", release="v1.36")
    mirror = {"name": "p", "annotations": {"kubernetes.io/config.mirror": "x"}}
    spec = {"containers": [{"name": "a", "image": "x"}], "nodeName": "n1"}
    refused = create(in_, "Pod", "p", metadata=mirror, spec={**spec, "serviceAccountName": "default"})
    assert refused.message == 'pods "p" is forbidden: a mirror pod may not reference service accounts'
    assert not create(in_, "Pod", "p", metadata=mirror, spec=spec).body.spec.service_account_name


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_there_is_one_default_priority(release: str) -> None:
    in_ = world("Priority", release=release)
    if release == "v1.8":
        flags = replace(in_.apiserver.flags, runtime_config=(SCHEDULING[release],))
        in_.apiserver.flags = flags
    first = {"value": 3, "globalDefault": True}
    assert create(in_, "PriorityClass", "low", SCHEDULING[release], **first).ok
    made = create(in_, "PriorityClass", "high", SCHEDULING[release], value=9)
    second = Request("update", "priorityclasses", name="high", body=replace(made.body, global_default=True))
    assert in_.apiserver.handle(second, "test").message == (
        'priorityclasses.scheduling.k8s.io "high" is forbidden: PriorityClass low is already marked as '
        "default. Only one default can exist"
    )


def test_an_ingress_without_a_class_gets_the_default_one() -> None:
    in_ = world("DefaultIngressClass", release="v1.36")
    default = {"ingressclass.kubernetes.io/is-default-class": "true"}
    for name, annotations in (("other", {}), ("nginx", default)):
        metadata = {"name": name, "annotations": annotations}
        spec = {"controller": f"example.com/{name}"}
        assert create(in_, "IngressClass", name, "networking.k8s.io/v1", metadata=metadata, spec=spec).ok
    backend = {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}}
    old = {"metadata": {"name": "old", "annotations": {"kubernetes.io/ingress.class": "traefik"}}}
    made = [
        create(in_, "Ingress", name, "networking.k8s.io/v1", spec={**backend, **more}, **other)
        for name, more, other in (
            ("a", {}, {}),
            ("b", {"ingressClassName": "other"}, {}),
            ("old", {}, old),
        )
    ]
    assert [reply.body.spec.ingress_class_name for reply in made] == ["nginx", "other", None]


def test_a_runtime_class_brings_tolerations_and_contradicts_no_selector() -> None:
    in_ = world("RuntimeClass", release="v1.36")
    mine = {"key": "sandbox", "operator": "Exists"}
    scheduling = {"nodeSelector": {"sandbox": "yes"}, "tolerations": [mine]}
    assert create(in_, "RuntimeClass", "s", "node.k8s.io/v1", handler="runsc", scheduling=scheduling).ok
    narrow = {"key": "sandbox", "operator": "Equal", "value": "a", "effect": "NoSchedule"}
    other = {"key": "disk", "operator": "Exists", "effect": "NoSchedule"}
    spec = pod(in_, "p", runtimeClassName="s", tolerations=[narrow, other]).body.spec
    assert [(one.key, one.operator) for one in spec.tolerations] == [
        ("disk", "Exists"),
        ("sandbox", "Exists"),
    ]
    refused = pod(in_, "q", runtimeClassName="s", nodeSelector={"sandbox": "no"})
    assert refused.message == (
        'pods "q" is forbidden: conflict: runtimeClass.scheduling.nodeSelector[sandbox] = yes; '
        "pod.spec.nodeSelector[sandbox] = no"
    )


def test_a_pod_has_the_zone_of_its_node_as_a_label() -> None:
    in_ = world("PodTopologyLabels", release="v1.36")
    labels = {"topology.kubernetes.io/zone": "west", "kubernetes.io/os": "linux"}
    assert create(in_, "Node", "n1", metadata={"name": "n1", "labels": labels}).ok
    assert pod(in_, "p").ok
    bound = in_.apiserver.handle(Request("bind", "pods", "default", "p", "n1"), "scheduler")
    placed = pod(in_, "q", nodeName="n1")
    for reply in (bound, placed):
        assert reply.body.metadata.labels == {"topology.kubernetes.io/zone": "west"}


def _stem(in_: ApiWorld, **metadata: str) -> Reply:
    plain = {"metadata": metadata, "spec": {"containers": [{"name": "a", "image": "x"}]}}
    sent = decode_into(Pod, plain, in_.apiserver.release, "v1")[0]
    return in_.apiserver.handle(Request("create", "pods", "default", body=sent, api_version="v1"), "test")


def test_a_refusal_tells_the_group_and_of_a_name_that_is_not_made_yet_its_beginning() -> None:
    """In v1.36 quotas come after the name is made, in v1.8 all of admission comes before."""
    old, today = (world("ResourceQuota", "ServiceAccount", release=release) for release in ("v1.8", "v1.36"))
    for in_ in (old, today):
        assert quota(in_, {"pods": "0", "count/deployments.apps": "0"}).ok
    assert _stem(old, generateName="web-").message.startswith('pods "web-" is forbidden: exceeded quota')
    refused = _stem(today, generateName="web-").message
    assert refused.startswith('pods "web-')
    assert not refused.startswith('pods "web-"')
    labels, spec = {"a": "b"}, {"containers": [{"name": "a", "image": "x"}]}
    template = {"metadata": {"labels": labels}, "spec": spec}
    wanted = {"selector": {"matchLabels": labels}, "template": template}
    told = create(today, "Deployment", "d", "apps/v1", spec=wanted).message
    assert told.startswith(
        'deployments.apps "d" is forbidden: exceeded quota: few, requested: count/deployments'
    )


def _annotated(in_: ApiWorld, **annotations: str) -> None:
    """The namespace of the pods says so."""
    keys = {f"scheduler.alpha.kubernetes.io/{key}": text for key, text in annotations.items()}
    namespace = in_.etcd.get("namespaces", "default")
    changed = replace(namespace, metadata=replace(namespace.metadata, annotations=keys))
    assert in_.apiserver.handle(Request("update", "namespaces", name="default", body=changed), "test").ok


@pytest.mark.parametrize("release", ["v1.7", "v1.36"])
def test_a_pod_pulls_always_where_the_plugin_says_so(release: str) -> None:
    in_ = world("AlwaysPullImages", release=release)
    made = pod(in_, "p").body
    (container,) = made.spec.containers
    assert container.image_pull_policy == "Always"


def test_a_namespace_chooses_nodes_and_tolerations_of_its_pods_where_plugins_ask_it() -> None:
    in_ = world("PodNodeSelector", "PodTolerationRestriction", release="v1.36")
    mine, all_of_it = '[{"Key":"a","Operator":"Exists"}]', '[{"key":"a","operator":"Exists","effect":""}]'
    _annotated(
        in_, **{"node-selector": "disk=ssd", "defaultTolerations": mine, "tolerationsWhitelist": all_of_it}
    )
    spec = pod(in_, "p", nodeSelector={"zone": "west"}).body.spec
    assert spec.node_selector == {"disk": "ssd", "zone": "west"}
    assert [one.key for one in spec.tolerations] == ["a"]
    refused = pod(in_, "q", nodeSelector={"disk": "hdd"})
    why = "pod node label selector conflicts with its namespace node label selector"
    assert refused.message == f'pods "q" is forbidden: {why}'
    refused = pod(in_, "r", tolerations=[{"key": "b", "operator": "Exists"}])
    assert refused.status == 500
    assert refused.message.endswith("conflict with its namespace whitelist")


def test_a_service_gets_no_external_address_where_they_are_denied() -> None:
    in_ = world("DenyServiceExternalIPs", release="v1.36")
    made = create(in_, "Service", "web", spec={"ports": [{"port": 80}]}).body
    more = replace(made, spec=replace(made.spec, external_ips=("203.0.113.1",)))
    refused = in_.apiserver.handle(Request("update", "services", "default", "web", more), "test")
    assert refused.message == (
        'services "web" is forbidden: Use of external IPs is denied by admission control'
    )


# openssl req -new -subj "/O=system:masters/CN=ann"
OF_AN_ADMINISTRATOR = """-----BEGIN CERTIFICATE REQUEST-----
MIHiMIGJAgEAMCcxFzAVBgNVBAoMDnN5c3RlbTptYXN0ZXJzMQwwCgYDVQQDDANh
bm4wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARD+I2nb1ZziB8bYaEBVTKTxnqW
tvibk/ygSYN82xZ6KEPiT87iFMyozrWjH94xDQ/tAa8nsGaJwR3C6zzyde9qoAAw
CgYIKoZIzj0EAwIDSAAwRQIhAL+vo647FLpRsnBIljrcckD8AS4CchBjImEyNC4P
ulHEAiABdJJkq9JWIn7KN71VHN2Nquzp63Dqy2cCO0RUlurKhg==
-----END CERTIFICATE REQUEST-----
"""


@pytest.mark.parametrize(
    ("signer", "why"),
    [
        (
            "kubernetes.io/kube-apiserver-client",
            'certificatesigningrequests.certificates.k8s.io "ann" is forbidden: use of '
            "kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed",
        ),
        ("example.com/own", ""),
    ],
)
def test_the_signer_of_clients_makes_nobody_an_administrator(signer: str, why: str) -> None:
    in_ = world("CertificateSubjectRestriction", release="v1.36")
    request = base64.b64encode(OF_AN_ADMINISTRATOR.encode()).decode()
    spec = {"request": request, "signerName": signer, "usages": ["client auth"]}
    made = create(in_, "CertificateSigningRequest", "ann", "certificates.k8s.io/v1", spec=spec)
    assert made.message == why
