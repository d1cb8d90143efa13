"""Pods that are wrong in a detail, which people apply and report: each is refused, and in which words.

Sources: v1.7.5, v1.8.0 pkg/api/validation/validation.go, pkg/apis/*/validation; v1.36
pkg/apis/*/validation/validation.go.
"""

import pytest

from tests.model.reports.typed import refused

TODAY = "v1.36"


def pod(container: str = "", spec: str = "") -> str:
    lines = "".join(f"\n  {line}" for line in spec.splitlines())
    return f"metadata: {{name: a}}\nspec:\n  containers: [{{name: c, image: nginx{container}}}]{lines}"


def volume(source: str, mount: str = "") -> str:
    mounts = f", volumeMounts: [{{name: v, mountPath: /a{mount}}}]" if mount else ""
    return pod(mounts, f"volumes: [{{name: v, {source}}}]")


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
