"""What a namespace's labels allow its pods, as pod-security-admission of v1.36 has it (policy/*_test.go,
admission/admission_test.go)."""

from typing import Any

import pytest

from clustersim.api.decoding import decode_object
from clustersim.apiserver.pod_security.standards import Standard, policy_of, told, violations
from clustersim.cluster import Cluster
from clustersim.engine.time import SECOND
from tests.model.reports.typed import cluster_of, typed

Plain = dict[str, Any]


def asked(level: str, spec: Plain, annotations: Plain | None = None) -> str:
    """What a level, as its version has it, does not allow of a pod."""
    containers = spec.pop("containers", [{"name": "a", "image": "x"}])
    plain = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "annotations": annotations or {}},
        "spec": {"containers": containers, **spec},
    }
    return told(violations(Standard(*level.split(":")), decode_object(plain, "v1.36").obj))


def container(name: str = "a", **context: Any) -> Plain:
    return {"name": name, "image": "x", "securityContext": context}


BAD = 'container "a" must not '
TWO = [container("a", privileged=True), container("b", privileged=True)]
PORTS = [{"containerPort": 1, "hostPort": 20}, {"containerPort": 2, "hostPort": 3}]
PROBE = {"httpGet": {"port": 1, "host": "b.c"}}


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({}, ""),
        ({"hostNetwork": True, "hostIPC": True}, "host namespaces (hostNetwork=true, hostIPC=true)"),
        ({"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}, 'hostPath volumes (volume "v")'),
        (
            {"containers": [{"name": "a", "image": "x", "ports": PORTS}]},
            'hostPort (container "a" uses hostPorts 20, 3)',
        ),
        (
            {"containers": [{"name": "a", "image": "x", "livenessProbe": PROBE}]},
            'probe or lifecycle host (container "a" uses probe or lifecycle host "b.c")',
        ),
        (
            {"containers": TWO},
            'privileged (containers "a", "b" must not set securityContext.privileged=true)',
        ),
        (
            {"containers": [container(capabilities={"add": ["CHOWN", "SYS_TIME", "NET_RAW"]})]},
            f"non-default capabilities ({BAD}include "
            '"NET_RAW", "SYS_TIME" in securityContext.capabilities.add)',
        ),
        (
            {"containers": [container(procMount="Unmasked")]},
            f'procMount ({BAD}set securityContext.procMount to "Unmasked")',
        ),
        ({"containers": [container(procMount="Unmasked")], "hostUsers": False}, ""),
        (
            {"securityContext": {"seLinuxOptions": {"type": "t", "user": "u"}}},
            "seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: "
            'type "t"; user may not be set)',
        ),
        (
            {
                "securityContext": {"seccompProfile": {"type": "Unconfined"}},
                "containers": [container(seccompProfile={"type": "Unconfined"})],
            },
            f'seccompProfile (pod and {BAD}set securityContext.seccompProfile.type to "Unconfined")',
        ),
        (
            {"securityContext": {"sysctls": [{"name": "a", "value": "1"}, {"name": "b", "value": "1"}]}},
            "forbidden sysctls (a, b)",
        ),
        (
            {"securityContext": {"windowsOptions": {"hostProcess": True}}},
            "hostProcess (pod must not set securityContext.windowsOptions.hostProcess=true)",
        ),
        (
            {"containers": [container(appArmorProfile={"type": "Unconfined"})]},
            f'forbidden AppArmor profile ({BAD}set AppArmor profile type to "Unconfined")',
        ),
    ],
)
def test_baseline_forbids_what_is_the_nodes(spec: Plain, why: str) -> None:
    assert asked("baseline:latest", dict(spec)) == why
    assert asked("privileged:latest", dict(spec)) == ""


def test_annotations_of_before_count_where_they_did() -> None:
    notes = {"container.apparmor.security.beta.kubernetes.io/a": "unconfined"}
    assert asked("baseline:latest", {}, notes).startswith(
        "forbidden AppArmor profile (annotation must not set"
    )
    old = {"seccomp.security.alpha.kubernetes.io/pod": "unconfined"}
    assert asked("baseline:v1.18", {}, old) == (
        'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")'
    )
    assert asked("baseline:v1.19", {}, old) == ""


ALL = (
    'allowPrivilegeEscalation != false (container "a" must set '
    "securityContext.allowPrivilegeEscalation=false), "
    'unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), '
    'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), '
    'seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" '
    'or "Localhost")'
)
GOOD: Plain = {
    "allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ({}, ALL),
        ({"containers": [container(**GOOD)]}, ""),
        (
            {"containers": [container(**{**GOOD, "runAsUser": 0})]},
            f"runAsUser=0 ({BAD}set runAsUser=0)",
        ),
        (
            {"containers": [container(**{**GOOD, "runAsNonRoot": False})]},
            f"runAsNonRoot != true ({BAD}set securityContext.runAsNonRoot=false)",
        ),
        (
            {"containers": [container(**GOOD)], "volumes": [{"name": "v", "hostPath": {"path": "/"}}]},
            'restricted volume types (volume "v" uses restricted volume type "hostPath")',
        ),
        (
            {"containers": [container(**{**GOOD, "capabilities": {"drop": ["ALL"], "add": ["CHOWN"]}})]},
            f'unrestricted capabilities ({BAD}include "CHOWN" in securityContext.capabilities.add)',
        ),
    ],
)
def test_restricted_wants_it_said(spec: Plain, why: str) -> None:
    assert asked("restricted:latest", dict(spec)) == why


def test_a_version_asks_what_it_asked_then() -> None:
    windows = {"os": {"name": "windows"}, "securityContext": {"runAsNonRoot": True}}
    assert asked("restricted:latest", dict(windows)) == ""
    assert asked("restricted:v1.24", dict(windows)).startswith("allowPrivilegeEscalation != false")
    sysctl = {"securityContext": {"sysctls": [{"name": "net.ipv4.tcp_rmem", "value": "1"}]}}
    assert asked("baseline:v1.32", dict(sysctl)) == ""
    assert asked("baseline:v1.31", dict(sysctl)) == "forbidden sysctls (net.ipv4.tcp_rmem)"


def test_one_is_warned_of_what_is_enforced_at_least() -> None:
    key = "pod-security.kubernetes.io/"
    strict = Standard("restricted", "v1.20")
    assert policy_of({f"{key}enforce": "restricted", f"{key}enforce-version": "v1.20"}).warn == strict
    assert policy_of({f"{key}enforce": "restricted", f"{key}warn": "baseline"}).warn == Standard("baseline")
    assert policy_of({f"{key}enforce": "strict"})[:2] == (Standard("restricted"), Standard())


def room(label: str) -> Cluster:
    """A cluster whose namespace default has one label."""
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    typed(cluster, f"kubectl label ns default pod-security.kubernetes.io/{label}")
    return cluster


def test_a_pod_that_is_not_allowed_is_refused() -> None:
    cluster = room("enforce=restricted")
    assert typed(cluster, "kubectl run a --image=x") == (
        'Error from server (Forbidden): pods "a" is forbidden: violates PodSecurity "restricted:latest": '
        + ALL
    )


def test_what_makes_pods_is_warned_of_and_makes_none() -> None:
    cluster = room("enforce=restricted")
    said = typed(cluster, "kubectl create deployment a --image=x").splitlines()
    why = ALL.replace('"a"', '"x"')
    assert said == [
        f'Warning: would violate PodSecurity "restricted:latest": {why}',
        "deployment.apps/a created",
    ]
    cluster.run_until(cluster.now + 5 * SECOND)
    events = typed(cluster, "kubectl get events")
    assert "FailedCreate" in events
    assert 'is forbidden: violates PodSecurity "restricted:latest"' in events
    assert typed(cluster, "kubectl get pods").startswith("No resources found")


def test_a_warning_alone_lets_pods_pass() -> None:
    said = typed(room("warn=baseline"), "kubectl run a --image=x --privileged").splitlines()
    assert said == [
        'Warning: would violate PodSecurity "baseline:latest": privileged (container "a" must not set '
        "securityContext.privileged=true)",
        "pod/a created",
    ]


def test_a_namespace_tells_of_pods_that_it_would_not_allow() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    for name in ("b", "a"):
        typed(cluster, f"kubectl run {name} --image=x --privileged")
    assert typed(
        cluster, "kubectl label ns default pod-security.kubernetes.io/enforce=baseline"
    ).splitlines() == [
        'Warning: existing pods in namespace "default" violate the new PodSecurity enforce level '
        '"baseline:latest"',
        "Warning: a (and 1 other pod): privileged",
        "namespace/default labeled",
    ]


def test_labels_of_no_standard_are_refused() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    assert typed(cluster, "kubectl label ns default pod-security.kubernetes.io/enforce=strict") == (
        'The Namespace "default" is invalid: metadata.labels[pod-security.kubernetes.io/enforce]: Invalid '
        'value: "strict": must be one of privileged, baseline, restricted'
    )


def test_the_old_releases_ask_nothing() -> None:
    cluster = cluster_of("release: v1.8\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl label ns default pod-security.kubernetes.io/enforce=restricted")
    assert "created" in typed(cluster, "kubectl run a --image=x --restart=Never")
