"""Manifests that are wrong in a detail, which people apply and report: each is refused, and in which words.

Sources: v1.7.5, v1.8.0 pkg/api/validation/validation.go, pkg/apis/*/validation; v1.36
pkg/apis/*/validation/validation.go.
"""

import pytest

from tests.model.reports.typed import ALL, create, empty

TODAY = "v1.36"


def pod(container: str = "", spec: str = "") -> str:
    lines = "".join(f"\n  {line}" for line in spec.splitlines())
    return f"metadata: {{name: a}}\nspec:\n  containers: [{{name: c, image: nginx{container}}}]{lines}"


def volume(source: str, mount: str = "") -> str:
    mounts = f", volumeMounts: [{{name: v, mountPath: /a{mount}}}]" if mount else ""
    return pod(mounts, f"volumes: [{{name: v, {source}}}]")


def refused(release: str, kind: str, rest: str, version: str = "v1") -> str:
    """What is said of the fields that are wrong."""
    told = create(empty(release), kind, rest, version)
    head, _is, why = told.partition(" is invalid: ")
    assert _is, head
    return why.replace("\n* ", " | ").strip(" |")


ASKED = ", resources: {limits: {cpu: 100m}, requests: {cpu: 200m}}"
GPU = ", resources: {requests: {example.com/gpu: 1}}"
HUGE = ", resources: {limits: {hugepages-2Mi: 4Mi}}"
FIRST = "spec.containers[0].resources"


@pytest.mark.parametrize(
    ("release", "container", "why"),
    [
        (
            "v1.7",
            ASKED,
            f'{FIRST}.limits: Invalid value: "100m": must be greater than or equal to cpu request',
        ),
        ("v1.8", ASKED, f'{FIRST}.requests: Invalid value: "200m": must be less than or equal to cpu limit'),
        (
            TODAY,
            ASKED,
            f'{FIRST}.requests: Invalid value: "200m": must be less than or equal to cpu limit of 100m',
        ),
        (TODAY, GPU, f"{FIRST}.limits: Required value: Limit must be set for non overcommitable resources"),
        (
            "v1.8",
            HUGE,
            f"{FIRST}.limits: Forbidden: hugepages-2Mi field disabled by feature-gate for "
            "ResourceRequirements",
        ),
        (TODAY, HUGE, f"{FIRST}: Forbidden: HugePages require cpu or memory"),
        (
            TODAY,
            ", resources: {requests: {cpus: 1}}",
            f'{FIRST}.requests[cpus]: Invalid value: "cpus": must be a standard resource type or fully '
            f'qualified | {FIRST}.requests[cpus]: Invalid value: "cpus": must be a standard resource for '
            "containers",
        ),
    ],
)
def test_what_a_container_asks_for_fits_its_limit(release: str, container: str, why: str) -> None:
    """https://stackoverflow.com/q/53277413, kk#50473."""
    assert refused(release, "Pod", pod(container)) == why


def test_a_pod_asks_for_no_less_than_its_containers() -> None:
    """Pod-level resources (v1.34)."""
    rest = pod(", resources: {requests: {cpu: 2}, limits: {cpu: 3}}", "resources: {requests: {cpu: 1}}")
    assert refused(TODAY, "Pod", rest) == (
        'spec.resources.requests[cpu]: Invalid value: "1": must be greater than or equal to aggregate '
        "container requests of 2"
    )


BOTH = "fieldRef: {fieldPath: metadata.name}, resourceFieldRef: {containerName: c, resource: limits.cpu}"
TWICE = "{key: k, path: p}"
PROJECTED = (
    f"sources: [{{secret: {{name: a, items: [{TWICE}]}}}}, {{configMap: {{name: b, items: [{TWICE}]}}}}]"
)
TWO_KINDS = "projected: {sources: [{secret: {name: a}, configMap: {name: a}}]}"


@pytest.mark.parametrize(
    ("release", "rest", "why"),
    [
        *(
            (
                release,
                volume(f"downwardAPI: {{items: [{{path: a, {BOTH}}}]}}"),
                'spec.volumes[0].downwardAPI: Invalid value: "resource": fieldRef and resourceFieldRef can '
                "not be specified simultaneously",
            )
            for release in ("v1.7", "v1.8", TODAY)
        ),
        (
            TODAY,
            volume("downwardAPI: {items: [{path: a}]}"),
            "spec.volumes[0].downwardAPI: Required value: one of fieldRef and resourceFieldRef is required",
        ),
        (
            "v1.7",
            volume(f"projected: {{{PROJECTED}}}"),
            'spec.volumes[0].projected: Invalid value: "b": conflicting duplicate paths',
        ),
        (
            "v1.8",
            volume(TWO_KINDS),
            "spec.volumes[0].projected.configMap: Forbidden: may not specify more than 1 volume type",
        ),
        (
            TODAY,
            volume(TWO_KINDS),
            "spec.volumes[0].projected.sources[0]: Forbidden: may not specify more than 1 volume type per "
            "source",
        ),
        (
            TODAY,
            volume("projected: {sources: [{serviceAccountToken: {path: t, expirationSeconds: 60}}]}"),
            "spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 60: "
            "may not specify a duration less than 10 minutes",
        ),
        (
            TODAY,
            volume("emptyDir: {}", ", mountPropagation: Bidirectional"),
            "spec.containers[0].volumeMounts.mountPropagation: Forbidden: Bidirectional mount propagation is "
            "available only to privileged containers",
        ),
        (
            "v1.8",
            volume("emptyDir: {}", ", mountPropagation: HostToContainer"),
            "spec.containers[0].volumeMounts.mountPropagation: Forbidden: mount propagation is disabled by "
            "feature-gate",
        ),
        (
            "v1.8",
            pod(", volumeMounts: [{name: v, mountPath: a}]", "volumes: [{name: v, emptyDir: {}}]"),
            'spec.containers[0].volumeMounts[0].mountPath: Invalid value: "a": must be an absolute path',
        ),
        (
            TODAY,
            volume("emptyDir: {}", ", subPath: ../x"),
            "spec.containers[0].volumeMounts.subPath: Invalid value: \"../x\": must not contain '..'",
        ),
        (
            TODAY,
            pod(", volumeDevices: [{name: v, devicePath: /a}]", "volumes: [{name: v, emptyDir: {}}]"),
            'spec.containers[0].volumeDevices[0].name: Invalid value: "v": can only use volume source type '
            "of PersistentVolumeClaim or Ephemeral for block mode",
        ),
    ],
)
def test_volumes_and_their_files_are_what_they_can_be(release: str, rest: str, why: str) -> None:
    assert refused(release, "Pod", rest) == why


@pytest.mark.parametrize(
    ("container", "spec", "why"),
    [
        (
            ", readinessProbe: {tcpSocket: {port: 1}, terminationGracePeriodSeconds: 3}",
            "",
            "spec.containers[0].readinessProbe.terminationGracePeriodSeconds: Invalid value: 3: must not be "
            "set for readinessProbes",
        ),
        (
            ", lifecycle: {preStop: {sleep: {seconds: 60}}}",
            "",
            "spec.containers[0].lifecycle.preStop.sleep: Invalid value: 60: must be non-negative and less "
            "than terminationGracePeriodSeconds (30)",
        ),
        (
            "",
            "dnsPolicy: None",
            "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None",
        ),
        (
            "",
            "dnsConfig: {nameservers: [1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4]}",
            'spec.dnsConfig.nameservers: Invalid value: ["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4"]: must not '
            "have more than 3 nameservers",
        ),
        (
            "",
            "securityContext: {seccompProfile: {type: Localhost}}",
            "spec.securityContext.seccompProfile.localhostProfile: Required value: must be set when seccomp "
            "type is Localhost",
        ),
        (
            "",
            "schedulingGates: [{name: example.com/a}]\nnodeName: n1",
            "spec.nodeName: Forbidden: cannot be set until all schedulingGates have been cleared",
        ),
        (
            "",
            "ephemeralContainers: [{name: d, image: busybox}]",
            "spec.ephemeralContainers: Forbidden: cannot be set on create",
        ),
        (
            "",
            "topologySpreadConstraints:\n"
            "- {maxSkew: 1, minDomains: 2, topologyKey: z, whenUnsatisfiable: ScheduleAnyway}",
            "spec.topologySpreadConstraints[0].minDomains: Invalid value: 2: can only use minDomains if "
            "whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway",
        ),
        (
            "",
            "topologySpreadConstraints:\n- {maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}\n"
            "- {maxSkew: 2, topologyKey: z, whenUnsatisfiable: DoNotSchedule}",
            "spec.topologySpreadConstraints[0].{topologyKey, whenUnsatisfiable}: Duplicate value: "
            '"{z, DoNotSchedule}"',
        ),
        (
            "",
            "os: {name: windows}\nsecurityContext: {runAsUser: 3}",
            "spec.securityContext.runAsUser: Forbidden: cannot be set for a windows pod",
        ),
        ("", "os: {name: mac}", 'spec.os: Unsupported value: "mac": supported values: "linux", "windows"'),
        (
            "",
            'tolerations: [{key: a, operator: Gt, value: "1"}]',
            'spec.tolerations[0].operator: Unsupported value: "Gt": supported values: "Equal", "Exists", '
            '"Lt", "Gt"',
        ),
        (
            ", resizePolicy: [{resourceName: disk, restartPolicy: NotRequired}]",
            "",
            'spec.containers[0].resizePolicy: Unsupported value: "disk": supported values: "cpu", "memory"',
        ),
    ],
)
def test_what_a_pod_of_today_says_is_checked(container: str, spec: str, why: str) -> None:
    assert refused(TODAY, "Pod", pod(container, spec)) == why


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
