"""What is refused of other kinds: disks that several pods write, claims filled from others, and the like."""

import pytest

from clustersim.api.go_json import json_error
from tests.model.reports.typed import ALL, create, empty, typed

DISK = "volumes: [{name: v, gcePersistentDisk: {pdName: x}}]"
TEMPLATE = (
    f"template: {{metadata: {{labels: {{a: b}}}}, spec: {{containers: [{{name: c, image: nginx}}], {DISK}}}}}"
)
SHARED = (
    "spec.template.spec.volumes[0].gcePersistentDisk.readOnly: Invalid value: false: must be true for "
    "replicated pods > 1; GCE PD can only be mounted on multiple machines if it is read-only"
)


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_old_releases_let_no_two_pods_write_a_disk_of_gce(release: str) -> None:
    cluster = empty(release)
    rest = f"metadata: {{name: d}}\nspec: {{replicas: 1, {TEMPLATE}}}"
    assert create(cluster, "Deployment", rest, "extensions/v1beta1").endswith("created")
    assert typed(cluster, "kubectl scale deployment d --replicas=2").endswith(SHARED)
    rest = f"metadata: {{name: r}}\nspec: {{replicas: 2, {TEMPLATE}}}"
    assert create(cluster, "ReplicationController", rest).endswith(SHARED)


def test_today_nobody_minds() -> None:
    rest = f"metadata: {{name: r}}\nspec: {{replicas: 2, selector: {{a: b}}, {TEMPLATE}}}"
    assert create(empty("v1.36"), "ReplicationController", rest).endswith("created")


def _claim(more: str) -> str:
    spec = f"{{accessModes: [ReadWriteOnce], resources: {{requests: {{storage: 1Gi}}}}, {more}}}"
    return f"metadata: {{name: c}}\nspec: {spec}"


def test_from_what_a_claim_is_filled_is_told_by_two_fields() -> None:
    cluster = empty("v1.36")
    source = "{apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: s}"
    create(cluster, "PersistentVolumeClaim", _claim(f"dataSource: {source}"))
    told = typed(cluster, "kubectl get pvc c -o jsonpath={.spec.dataSourceRef}")
    assert told == '{"apiGroup":"snapshot.storage.k8s.io","kind":"VolumeSnapshot","name":"s"}'


def test_a_source_of_another_kind_is_dropped_and_two_that_differ_are_refused() -> None:
    cluster = empty("v1.36")
    create(cluster, "PersistentVolumeClaim", _claim("dataSource: {kind: Pod, name: s}"))
    assert "dataSource" not in typed(cluster, "kubectl get pvc c -o jsonpath={.spec}")
    claim = "{kind: PersistentVolumeClaim, name: %s}"
    both = f"dataSource: {claim % 'one'}, dataSourceRef: {claim % 'two'}"
    told = create(empty("v1.36"), "PersistentVolumeClaim", _claim(both))
    assert told.endswith("spec: Invalid value: {}: must match dataSourceRef")


def test_a_claim_is_of_files_or_of_blocks() -> None:
    told = create(empty("v1.36"), "PersistentVolumeClaim", _claim("volumeMode: Foo"))
    assert told.endswith('spec.volumeMode: Unsupported value: "Foo": supported values: "Block", "Filesystem"')


def test_a_role_that_gathers_others_says_which() -> None:
    told = create(
        empty("v1.36"),
        "ClusterRole",
        "metadata: {name: r}\naggregationRule: {clusterRoleSelectors: []}",
        "rbac.authorization.k8s.io/v1",
    )
    assert "at least one clusterRoleSelector required if aggregationRule is non-nil" in told


def test_a_profile_told_twice_is_the_same() -> None:
    meta = "metadata: {name: p, annotations: {seccomp.security.alpha.kubernetes.io/pod: unconfined}}"
    spec = (
        "{securityContext: {seccompProfile: {type: RuntimeDefault}}, containers: [{name: c, image: nginx}]}"
    )
    told = create(empty("v1.36"), "Pod", f"{meta}\nspec: {spec}")
    assert told.endswith("seccompProfile.type: Forbidden: seccomp type in annotation and field must match")


@ALL
def test_finalizers_of_a_namespace_have_a_domain(release: str) -> None:
    told = create(empty(release), "Namespace", "metadata: {name: space}\nspec: {finalizers: [mine]}")
    assert told.endswith("name is neither a standard finalizer name nor is it fully qualified")


@ALL
def test_what_is_no_json_in_a_secret_is_told_by_its_character(release: str) -> None:
    rest = "metadata: {name: s}\ntype: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: foo}"
    told = create(empty(release), "Secret", rest)
    assert told.endswith("invalid character 'o' in literal false (expecting 'a')")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a": [1, 2.5e3, "\\u00e9", null]}', ""),
        ('{"a":1,}', "invalid character '}' looking for beginning of object key string"),
        ('{"a":1 "b"}', "invalid character '\"' after object key:value pair"),
        ("{a:1}", "invalid character 'a' looking for beginning of object key string"),
        ('{"a" 1}', "invalid character '1' after object key"),
        ("[1 2]", "invalid character '2' after array element"),
        ("{} x", "invalid character 'x' after top-level value"),
        ('"\\x"', "invalid character 'x' in string escape code"),
        ('"\n"', "invalid character '\\n' in string literal"),
        ("1.x", "invalid character 'x' after decimal point in numeric literal"),
        ('{"a":', "unexpected end of JSON input"),
        ("[" * 20_000, "exceeded max depth"),
    ],
)
def test_json_is_refused_in_the_words_of_go(text: str, why: str) -> None:
    assert json_error(text) == why
