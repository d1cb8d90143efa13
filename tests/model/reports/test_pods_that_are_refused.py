"""What of a pod the server refuses: what is for Windows, what is shared with the host, where values are."""

import pytest

from tests.model.reports.typed import ALL, create, empty, typed

REFUSED = [
    (
        "containers: [{name: c, image: nginx, "
        "securityContext: {windowsOptions: {runAsUserName: 'a\\b\\c'}}}]",
        'spec.containers[0].securityContext.windowsOptions.runAsUserName: Invalid value: "a\\\\b\\\\c": '
        "runAsUserName cannot contain more than one backslash",
    ),
    (
        "securityContext: {windowsOptions: {hostProcess: true}}, containers: [{name: c, image: nginx}]",
        "spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess "
        "containers",
    ),
    (
        "hostUsers: false, hostPID: true, containers: [{name: c, image: nginx}]",
        "spec.HostPID: Forbidden: when `hostUsers` is false",
    ),
    (
        "containers: [{name: c, image: nginx, securityContext: {procMount: Unmasked}}]",
        'spec.containers[0].securityContext.procMount: Invalid value: "Unmasked": `hostUsers` must be false '
        "to use `Unmasked`",
    ),
    (
        "hostNetwork: true, securityContext: {sysctls: [{name: net.core.somaxconn, value: '9'}]}, "
        "containers: [{name: c, image: nginx}]",
        'spec.securityContext.sysctls[0].name: Invalid value: "net.core.somaxconn": may not be specified'
        " when 'hostNetwork' is true",
    ),
    (
        "readinessGates: [{conditionType: a b}], containers: [{name: c, image: nginx}]",
        'spec.readinessGates[0].conditionType: Invalid value: "a b": name part must consist of alphanumeric '
        "characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. "
        "'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ),
    (
        "containers: [{name: c, image: nginx, env: "
        "[{name: A, valueFrom: {fileKeyRef: {volumeName: v, path: f, key: K}}}]}]",
        'spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName: Not found: "v"',
    ),
    (
        "initContainers: [{name: i, image: nginx, resizePolicy: "
        "[{resourceName: cpu, restartPolicy: RestartContainer}]}], containers: [{name: c, image: nginx}]",
        'spec.initContainers[0].resizePolicy[0].restartPolicy: Invalid value: "RestartContainer": must not '
        "be set to 'RestartContainer' for non-sidecar initContainers",
    ),
    (
        "containers: [{name: c, image: nginx, "
        "securityContext: {privileged: true, allowPrivilegeEscalation: false}}]",
        'spec.containers[0].securityContext: Invalid value: {"Capabilities":null,"Privileged":true,'
        '"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,'
        '"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,'
        '"SeccompProfile":null,"AppArmorProfile":null}: cannot set `allowPrivilegeEscalation` to false and '
        "`privileged` to true",
    ),
]


@pytest.mark.parametrize(("spec", "why"), REFUSED)
def test_what_a_pod_of_today_may_not_say_is_told(spec: str, why: str) -> None:
    told = create(empty("v1.36"), "Pod", f"metadata: {{name: p}}\nspec: {{{spec}}}")
    assert told == f'The Pod "p" is invalid: {why}'


FORBIDDEN = [
    (
        "overhead: {cpu: 1}",
        "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead",
    ),
    (
        "preemptionPolicy: Never",
        "the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission "
        "controller computed PreemptLowerPriority from the given PriorityClass name",
    ),
]


@pytest.mark.parametrize(("more", "why"), FORBIDDEN)
def test_what_a_class_tells_is_not_told_by_the_pod(more: str, why: str) -> None:
    rest = f"metadata: {{name: p}}\nspec: {{{more}, containers: [{{name: c, image: nginx}}]}}"
    assert create(empty("v1.36"), "Pod", rest).endswith(f'pods "p" is forbidden: {why}')


@ALL
def test_names_of_headers_are_checked(release: str) -> None:
    probe = "{httpGet: {port: 80, httpHeaders: [{name: a b, value: x}]}}"
    spec = f"{{containers: [{{name: c, image: nginx, readinessProbe: {probe}}}]}}"
    told = create(empty(release), "Pod", f"metadata: {{name: p}}\nspec: {spec}")
    assert 'httpGet.httpHeaders: Invalid value: "a b": a valid HTTP header must consist of' in told


@ALL
def test_a_field_of_a_pod_is_one_of_v1(release: str) -> None:
    source = "{fieldRef: {apiVersion: v2, fieldPath: metadata.name}}"
    spec = f"{{containers: [{{name: c, image: nginx, env: [{{name: A, valueFrom: {source}}}]}}]}}"
    told = create(empty(release), "Pod", f"metadata: {{name: p}}\nspec: {spec}")
    unknown = (
        "unsupported pod version"
        if release == "v1.36"
        else "No field label conversion function found for version"
    )
    assert told.endswith(
        f'fieldRef.fieldPath: Invalid value: "metadata.name": error converting fieldPath: {unknown}: v2'
    )


@ALL
def test_a_deadline_of_a_pod_is_not_taken_away(release: str) -> None:
    cluster = empty(release)
    create(
        cluster,
        "Pod",
        "metadata: {name: p}\nspec: {activeDeadlineSeconds: 500, containers: [{name: c, image: nginx}]}",
    )
    told = typed(cluster, 'kubectl patch pod p -p \'{"spec":{"activeDeadlineSeconds":null}}\'')
    nothing = "null" if release == "v1.36" else '"null"'
    assert told.endswith(f"Invalid value: {nothing}: must not update from a positive integer to nil value")


@pytest.mark.parametrize("kind", ["ResourceQuota", "LimitRange"])
def test_v1_8_counts_no_disk_of_pods(kind: str) -> None:
    spec = "{limits: [{type: Container, max: {ephemeral-storage: 1Gi}}]}"
    if kind == "ResourceQuota":
        spec = "{hard: {requests.ephemeral-storage: 1Gi}}"
    told = create(empty("v1.8"), kind, f"metadata: {{name: x}}\nspec: {spec}")
    assert "Forbidden: ResourceEphemeralStorage field disabled by feature-gate for Resource" in told


def test_a_quota_whose_requests_exceed_its_limits_is_warned_of() -> None:
    told = create(
        empty("v1.36"), "ResourceQuota", 'metadata: {name: q}\nspec: {hard: {cpu: "4", limits.cpu: "2"}}'
    )
    assert told.startswith("Warning: ResourceQuota cpu (4) should be less than limits.cpu (2)")


def test_an_account_that_keeps_pods_from_secrets_is_warned_of() -> None:
    meta = 'metadata: {name: a, annotations: {kubernetes.io/enforce-mountable-secrets: "true"}}'
    told = create(empty("v1.36"), "ServiceAccount", meta)
    assert told.startswith(
        "Warning: metadata.annotations[kubernetes.io/enforce-mountable-secrets]: deprecated in v1.32+"
    )
