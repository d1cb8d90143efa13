"""What each storage system needs is checked, and what means something among the annotations of a pod."""

import pytest

from tests.model.reports.typed import ALL, create, empty, typed

IQN = "iqn.2001-04.com.example:disk"
PORTAL = "targetPortal: 10.0.0.1:3260, lun: 0"

OF_ALL_RELEASES = [
    ("nfs: {server: a, path: b}", 'nfs.path: Invalid value: "b": must be an absolute path'),
    (
        "gcePersistentDisk: {pdName: a, partition: 300}",
        "persistentDisk.partition: Invalid value: 300: must be between 1 and 255, inclusive",
    ),
    (f"iscsi: {{iqn: '{IQN}', {PORTAL}, chapAuthSession: true}}", "iscsi.secretRef: Required value"),
    ("flocker: {datasetName: a/b}", "flocker.datasetName: Invalid value: \"a/b\": must not contain '/'"),
    ("flocker: {}", "flocker: Required value: one of datasetName and datasetUUID is required"),
    (
        'flexVolume: {driver: a/b, options: {kubernetes.io/fs: "x"}}',
        'flexVolume.options[kubernetes.io/fs]: Invalid value: "kubernetes.io/fs": kubernetes.io and k8s.io '
        "namespaces are reserved",
    ),
    (
        "quobyte: {registry: host, volume: v}",
        'quobyte.registry: Invalid value: "host": must be a host:port pair or multiple pairs separated by '
        "commas",
    ),
    (
        "gitRepo: {repository: r, directory: ../a}",
        "gitRepo.directory: Invalid value: \"../a\": must not contain '..'",
    ),
]


def _pod(release: str, source: str) -> str:
    cluster = empty(release)
    spec = f"{{containers: [{{name: c, image: nginx}}], volumes: [{{name: v, {source}}}]}}"
    return create(cluster, "Pod", f"metadata: {{name: p}}\nspec: {spec}")


@ALL
@pytest.mark.parametrize(("source", "why"), OF_ALL_RELEASES)
def test_what_a_storage_system_needs_is_checked(release: str, source: str, why: str) -> None:
    assert _pod(release, source) == f'The Pod "p" is invalid: spec.volumes[0].{why}'


@pytest.mark.parametrize(
    ("release", "why"),
    [
        ("v1.7", None),
        ("v1.8", "must be valid format"),
        ("v1.36", "must be valid format starting with iqn, eui, or naa"),
    ],
)
def test_the_name_of_a_target_is_checked_since_v1_8(release: str, why: str | None) -> None:
    told = _pod(release, f"iscsi: {{iqn: disk, {PORTAL}}}")
    if why is None:
        assert told.endswith("created")
    else:
        assert told == f'The Pod "p" is invalid: spec.volumes[0].iscsi.iqn: Invalid value: "disk": {why}'


@pytest.mark.parametrize("iqn", [IQN, "eui.0123456789ABCDEF", "naa.0123456789abcdef0123456789abcdef"])
def test_real_names_of_targets_are_taken(iqn: str) -> None:
    assert _pod("v1.36", f"iscsi: {{iqn: '{iqn}', {PORTAL}}}").endswith("created")


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_type_of_host_path_that_there_is_not_is_refused(release: str) -> None:
    """It stopped the run once."""
    told = _pod(release, "hostPath: {path: /tmp, type: Folder}")
    assert 'spec.volumes[0].hostPath.type: Unsupported value: "Folder": supported values: ' in told


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_old_releases_refuse_what_their_gates_keep_shut(release: str) -> None:
    told = _pod(release, "emptyDir: {sizeLimit: 1Gi}")
    assert told.endswith(
        "emptyDir.sizeLimit: Forbidden: SizeLimit field disabled by feature-gate for EmptyDir volumes"
    )
    told = create(
        empty(release),
        "PersistentVolume",
        "metadata: {name: p}\n"
        "spec: {accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, local: {path: /d}}",
    )
    assert "spec.local: Forbidden: Local volumes are disabled by feature-gate" in told


def test_the_size_of_an_empty_folder_is_taken_today() -> None:
    assert _pod("v1.36", "emptyDir: {sizeLimit: 1Gi}").endswith("created")


def test_a_volume_names_no_claim_that_is_made_for_another() -> None:
    claim = "{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"
    rest = (
        "metadata: {name: p}\nspec: {containers: [{name: c, image: nginx}], volumes: [{name: v, ephemeral: "
        f"{{volumeClaimTemplate: {{spec: {claim}}}}}}}, "
        "{name: w, persistentVolumeClaim: {claimName: p-v}}]}"
    )
    assert create(empty("v1.36"), "Pod", rest).endswith(
        'spec.volumes[1].persistentVolumeClaim.claimName: Invalid value: "p-v": must not reference a PVC '
        "that gets created for an ephemeral volume"
    )


def test_a_claim_made_for_a_pod_is_checked() -> None:
    told = _pod("v1.36", "ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce]}}}")
    field = "spec.volumes[0].ephemeral.volumeClaimTemplate.spec.resources[storage]"
    assert told.endswith(f"{field}: Required value")


def test_certificates_in_volumes_are_dropped_since_their_gates_are_shut() -> None:
    cluster = empty("v1.36")
    source = "{clusterTrustBundle: {name: a, signerName: b, path: c}}"
    rest = (
        "metadata: {name: p}\nspec: {containers: [{name: c, image: nginx}], "
        f"volumes: [{{name: v, projected: {{sources: [{source}]}}}}]}}"
    )
    assert create(cluster, "Pod", rest).endswith("created")
    assert typed(cluster, "kubectl get pod p -o jsonpath={.spec.volumes[0].projected.sources}") == "[{}]"


ANNOTATED = [
    (
        "kubernetes.io/config.mirror: x",
        '[kubernetes.io/config.mirror]: Invalid value: "x": must set spec.nodeName if mirror pod '
        "annotation is set",
    ),
    (
        "seccomp.security.alpha.kubernetes.io/pod: strict",
        '.seccomp.security.alpha.kubernetes.io/pod: Invalid value: "strict": must be a valid seccomp profile',
    ),
    (
        "container.apparmor.security.beta.kubernetes.io/d: runtime/default",
        '[container.apparmor.security.beta.kubernetes.io/d]: Invalid value: "d": container not found',
    ),
]


@ALL
@pytest.mark.parametrize(("annotation", "why"), ANNOTATED)
def test_annotations_that_mean_something_are_checked(release: str, annotation: str, why: str) -> None:
    meta = f"metadata: {{name: p, annotations: {{{annotation}}}}}"
    told = create(empty(release), "Pod", f"{meta}\nspec: {{containers: [{{name: c, image: nginx}}]}}")
    assert told == f'The Pod "p" is invalid: metadata.annotations{why}'


def test_a_key_is_either_text_or_bytes() -> None:
    told = create(empty("v1.36"), "ConfigMap", 'metadata: {name: c}\ndata: {a: "1"}\nbinaryData: {a: AAEC}')
    assert told.endswith('data[a]: Invalid value: "a": duplicate of key present in binaryData')
