"""Workloads, Services and others that are wrong in a detail, which people apply and report: each is refused,
and in which words.

Sources: v1.7.5, v1.8.0 pkg/api/validation/validation.go, pkg/apis/*/validation; v1.36
pkg/apis/*/validation/validation.go.
"""

import pytest

from tests.model.reports.typed import ALL, create, empty, refused

TODAY = "v1.36"
TEMPLATE = "metadata: {labels: {a: b}}, spec: {%s containers: [{name: c, image: x}]}"


def workload(spec: str, pod_spec: str = "") -> str:
    selected = f"selector: {{matchLabels: {{a: b}}}}, template: {{{TEMPLATE % pod_spec}}}"
    return f"metadata: {{name: w}}\nspec: {{{spec} {selected}}}"


@pytest.mark.parametrize(
    ("release", "kind", "version", "why"),
    [
        ("v1.7", "Deployment", "apps/v1beta1", "Invalid value: 3: must not be specified"),
        ("v1.8", "DaemonSet", "extensions/v1beta1", "Invalid value: 3: must not be specified"),
        (TODAY, "ReplicaSet", "apps/v1", "Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported"),
        (TODAY, "DaemonSet", "apps/v1", "Forbidden: activeDeadlineSeconds in DaemonSet is not Supported"),
        (TODAY, "StatefulSet", "apps/v1", "Forbidden: activeDeadlineSeconds in StatefulSet is not Supported"),
    ],
)
def test_pods_that_run_for_ever_have_no_deadline(release: str, kind: str, version: str, why: str) -> None:
    rest = workload("serviceName: s," if kind == "StatefulSet" else "", "activeDeadlineSeconds: 3,")
    assert refused(release, kind, rest, version) == f"spec.template.spec.activeDeadlineSeconds: {why}"


def job(spec: str) -> str:
    template = "template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}"
    return f"metadata: {{name: w}}\nspec: {{{spec} {template}}}"


CODES = "podFailurePolicy: {rules: [{action: FailJob, onExitCodes: {operator: In, values: %s}}]},"
RULE = "spec.podFailurePolicy.rules[0].onExitCodes.values"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (
            "backoffLimitPerIndex: 1,",
            "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode",
        ),
        (CODES % "[0]", f"{RULE}[0]: Invalid value: 0: must not be 0 for the In operator"),
        (CODES % "[3, 2]", f"{RULE}: Invalid value: [3,2]: must be ordered"),
        (CODES % "[3, 3]", f"{RULE}[1]: Duplicate value: 3"),
        (
            "completionMode: Indexed, completions: 2, successPolicy: {rules: [{succeededIndexes: 0-2}]},",
            'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0-2": error parsing '
            'succeededIndexes: too large index: "2"',
        ),
        (
            "completionMode: Indexed, completions: 2, successPolicy: {rules: [{succeededCount: 3}]},",
            "spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 "
            "(the number of specified completions)",
        ),
    ],
)
def test_what_failures_mean_to_a_job_is_checked(spec: str, why: str) -> None:
    assert refused(TODAY, "Job", job(spec), "batch/v1") == why


TARGET = "scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}"
METRIC = "metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization%s}}}]"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("maxReplicas: 0", "spec.maxReplicas: Required value: must be set and greater than 0"),
        (
            f"maxReplicas: 3, {METRIC % ''}",
            "spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target "
            "raw value or a target utilization",
        ),
        (
            f"maxReplicas: 3, {METRIC % ', averageUtilization: 0'}",
            "spec.metrics[0].resource.target.averageUtilization: Invalid value: 0: must be greater than 0",
        ),
        (
            "maxReplicas: 3, behavior: {scaleDown: {stabilizationWindowSeconds: 9999}}",
            "spec.behavior.scaleDown.stabilizationWindowSeconds: Invalid value: 9999: must be less than or "
            "equal to 3600",
        ),
        (
            "maxReplicas: 3, behavior: {scaleUp: {policies: [{type: Pods, value: 0, periodSeconds: 15}]}}",
            "spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero",
        ),
    ],
)
def test_what_an_autoscaler_measures_is_checked(spec: str, why: str) -> None:
    rest = f"metadata: {{name: w}}\nspec: {{minReplicas: 1, {TARGET}, {spec}}}"
    told = refused(TODAY, "HorizontalPodAutoscaler", rest, "autoscaling/v2")
    assert told.split(" | ")[0] == why


PATH = "rules: [{http: {paths: [{path: %s, pathType: Prefix, backend: {service: {name: s, %s}}}]}}]"


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        (PATH % ("/a/..", "port: {number: 80}"), "path: Invalid value: \"/a/..\": cannot end with '/..'"),
        (PATH % ("/a//b", "port: {number: 80}"), "path: Invalid value: \"/a//b\": must not contain '//'"),
        (
            PATH % ("/a", "port: {number: 80, name: x}"),
            'backend: Invalid value: "": cannot set both port name & port number',
        ),
        (PATH % ("/a", "port: {}"), "backend: Required value: port name or number is required"),
    ],
)
def test_where_an_ingress_leads_is_checked(spec: str, why: str) -> None:
    told = refused(TODAY, "Ingress", f"metadata: {{name: w}}\nspec: {{{spec}}}", "networking.k8s.io/v1")
    assert told.splitlines()[0] == f"spec.rules[0].http.paths[0].{why}"


@ALL
def test_a_finalizer_has_the_domain_of_whose_it_is(release: str) -> None:
    """Only those of Kubernetes itself have none; of objects of added kinds nothing is asked."""
    assert refused(release, "ConfigMap", "metadata: {name: a, finalizers: [foo]}") == (
        'metadata.finalizers[0]: Invalid value: "foo": name is neither a standard finalizer name nor is it '
        "fully qualified"
    )
    assert "created" in create(empty(release), "ConfigMap", "metadata: {name: a, finalizers: [kubernetes]}")


def test_today_names_of_services_and_of_stateful_sets_are_those_of_hosts() -> None:
    """KEP-5311: a Service may begin with a digit; a StatefulSet has no dot in its name."""
    assert create(empty(TODAY), "Service", "metadata: {name: 1a}\nspec: {ports: [{port: 80}]}") == (
        "service/1a created"
    )
    assert "DNS-1035" in refused("v1.8", "Service", "metadata: {name: 1a}\nspec: {ports: [{port: 80}]}")
    rest = workload("serviceName: s,").replace("name: w", "name: a.b", 1)
    assert refused(TODAY, "StatefulSet", rest, "apps/v1").startswith('metadata.name: Invalid value: "a.b"')
    assert "created" in create(empty("v1.8"), "StatefulSet", rest, "apps/v1beta1")


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (
            "ipFamilyPolicy: RequireDualStack, ports: [{port: 80}]",
            'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for '
            "dual-stack services",
        ),
        (
            "ipFamilies: [IPv6], ports: [{port: 80}]",
            'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
        ),
        (
            "ipFamilyPolicy: SingleStack, ipFamilies: [IPv4, IPv6], ports: [{port: 80}]",
            "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or "
            "'PreferDualStack' when multiple IP families are specified",
        ),
    ],
)
def test_a_cluster_of_one_family_of_addresses_has_no_other(spec: str, told: str) -> None:
    """kubernetes.io, "IPv4/IPv6 dual-stack"."""
    assert refused(TODAY, "Service", f"metadata: {{name: s}}\nspec: {{{spec}}}") == told


@pytest.mark.parametrize("release", ["v1.7", "v1.8", TODAY])
def test_the_whole_disk_of_a_node_is_not_emptied(release: str) -> None:
    rest = (
        "metadata: {name: v}\nspec: {persistentVolumeReclaimPolicy: Recycle, capacity: {storage: 1Gi}, "
        "accessModes: [ReadWriteOnce], hostPath: {path: /}}"
    )
    assert refused(release, "PersistentVolume", rest) == (
        "spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"
    )
