"""What the API server of today warns of, and kubectl prints.

Source: v1.36 pkg/registry (WarningsOnCreate), pkg/api.
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import create, empty, typed


@pytest.fixture
def cluster() -> Cluster:
    return empty("v1.36")


def warned(cluster: Cluster, kind: str, rest: str, version: str = "v1", verb: str = "create") -> list[str]:
    told = create(cluster, kind, rest, version, verb).splitlines()
    return [line.removeprefix("Warning: ") for line in told if line.startswith("Warning: ")]


@pytest.mark.parametrize(
    ("metadata", "spec", "container", "told"),
    [
        (
            "",
            "",
            "env: [{name: A, value: b}, {name: A, value: c}]",
            'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when '
            "using apply",
        ),
        ("", "", "env: [{name: A, value: b}, {name: A, value: $(A)c}]", ""),
        (
            "",
            "",
            "ports: [{containerPort: 80}, {containerPort: 80}]",
            "spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]",
        ),
        (
            "",
            "",
            "ports: [{containerPort: 80}, {containerPort: 80, hostPort: 80}]",
            "spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]",
        ),
        (
            "",
            "",
            "resources: {requests: {memory: 128m}}",
            'spec.containers[0].resources.requests[memory]: fractional byte value "128m" is invalid, must '
            "be an integer",
        ),
        (
            "",
            "nodeSelector: {beta.kubernetes.io/os: linux},",
            "",
            "spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "
            '"kubernetes.io/os" instead',
        ),
        (
            "annotations: {scheduler.alpha.kubernetes.io/critical-pod: ''},",
            "",
            "",
            "metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use "
            'the "priorityClassName" field instead',
        ),
        (
            "",
            "volumes: [{name: v, gitRepo: {repository: a}}],",
            "",
            "spec.volumes[0].gitRepo: deprecated in v1.11, and disabled by default in v1.33+",
        ),
        (
            "",
            "hostAliases: [{ip: 1.2.3.4, hostnames: [a]}, {ip: 1.2.3.4, hostnames: [b]}],",
            "",
            'spec.hostAliases[1].ip: duplicate ip "1.2.3.4"',
        ),
        (
            "",
            "terminationGracePeriodSeconds: -1,",
            "",
            "spec.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be "
            "treated as 1",
        ),
        (
            "",
            "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
            "[{topologyKey: a}]}},",
            "",
            "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector: "
            "a null labelSelector results in matching no pod",
        ),
        ("", "", "", ""),
    ],
)
def test_pods(cluster: Cluster, metadata: str, spec: str, container: str, told: str) -> None:
    rest = (
        f"metadata: {{{metadata} name: p}}\n"
        f"spec: {{{spec} containers: [{{name: a, image: b{', ' if container else ''}{container}}}]}}"
    )
    assert warned(cluster, "Pod", rest) == ([told] if told else [])
    assert "Warning" not in typed(cluster, "kubectl label pod p x=y")


def test_templates_warn_where_they_change(cluster: Cluster) -> None:
    rest = (
        "metadata: {name: d}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, "
        "spec: {nodeSelector: {beta.kubernetes.io/arch: amd64}, containers: [{name: a, image: b}]}}}"
    )
    told = (
        "spec.template.spec.nodeSelector[beta.kubernetes.io/arch]: deprecated since v1.14; use "
        '"kubernetes.io/arch" instead'
    )
    assert warned(cluster, "Deployment", rest, "apps/v1") == [told]
    assert f"Warning: {told}" in typed(cluster, "kubectl set image deploy d a=c")
    assert "Warning" not in typed(cluster, "kubectl label deploy d x=y")


@pytest.mark.parametrize(
    ("kind", "version", "rest", "told"),
    [
        (
            "Service",
            "v1",
            "metadata: {name: s}\nspec: {externalIPs: [9.9.9.9], ports: [{port: 80}]}",
            "spec.externalIPs is deprecated and may no longer be implemented in some clusters",
        ),
        (
            "Service",
            "v1",
            "metadata: {name: s}\nspec: {clusterIP: None, sessionAffinity: ClientIP, ports: [{port: 80}]}",
            "spec.SessionAffinity is ignored for headless services",
        ),
        (
            "PersistentVolumeClaim",
            "v1",
            "metadata: {name: c}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: "
            "{storage: 1500m}}}",
            'spec.resources.requests[storage]: fractional byte value "1500m" is invalid, must be an integer',
        ),
        (
            "Ingress",
            "networking.k8s.io/v1",
            "metadata: {name: i, annotations: {kubernetes.io/ingress.class: nginx}}\n"
            "spec: {defaultBackend: {service: {name: a, port: {number: 80}}}}",
            "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' "
            "instead",
        ),
        (
            "ReplicationController",
            "v1",
            "metadata: {name: a.b}\nspec: {selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: "
            "{containers: [{name: a, image: b}]}}}",
            "metadata.name: this is used in Pod names and hostnames, which can result in surprising "
            "behavior; a DNS label is recommended: [must not contain dots]",
        ),
    ],
)
def test_other_kinds(cluster: Cluster, kind: str, version: str, rest: str, told: str) -> None:
    assert warned(cluster, kind, rest, version) == [told]


def test_dots_are_what_is_wrong_with_a_label_that_could_be_a_host(cluster: Cluster) -> None:
    told = typed(cluster, "kubectl create ns a.b")
    assert (
        told == 'The Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots'
    )


def test_old_servers_warn_of_nothing() -> None:
    rest = "metadata: {name: p}\nspec: {containers: [{name: a, image: b, env: [{name: A}, {name: A}]}]}"
    assert warned(empty("v1.8"), "Pod", rest) == []
