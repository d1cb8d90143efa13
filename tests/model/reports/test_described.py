"""What kubectl describes and prints of objects with much in them, compared with kubectl 1.36.

Source: v1.36 k8s.io/kubectl pkg/describe; pkg/apis/core/v1/defaults.go.
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, at, create, empty, typed


def described(cluster: Cluster, what: str) -> list[str]:
    """The lines of a description, each without what stands between its columns."""
    return [" ".join(line.split()) for line in typed(cluster, f"kubectl describe {what}").splitlines()]


@ALL
def test_rules_are_broken_down_put_together_and_sorted(release: str) -> None:
    cluster = empty(release)
    version = "rbac.authorization.k8s.io/v1" + ("" if release == "v1.36" else "beta1")
    rest = (
        "metadata: {name: r}\nrules:\n- {apiGroups: [''], resources: [pods, pods/log], verbs: [get, list]}\n"
        "- {apiGroups: [apps], resources: [deployments], resourceNames: [a, b], verbs: ['*']}\n"
        "- {apiGroups: [''], resources: [pods], verbs: [watch, get]}"
    )
    create(cluster, "Role", rest, version)
    assert described(cluster, "role r")[-4:] == [
        "deployments.apps [] [a] [*]",
        "deployments.apps [] [b] [*]",
        "pods [] [] [get list watch]",
        "pods/log [] [] [get list]",
    ]


POD = """metadata: {name: a}
spec:
  tolerations: [{key: z, operator: Exists}, {operator: Exists}]
  containers: [{name: a, image: nginx, ports: [{containerPort: 80, name: http}, {containerPort: 81}]}]
  volumes:
  - {name: h, hostPath: {path: /tmp}}
  - {name: t, projected: {sources: [{serviceAccountToken: {path: t}}]}}"""


def test_ports_have_names_and_tolerations_an_order() -> None:
    cluster = empty("v1.36")
    create(cluster, "Pod", POD)
    lines = described(cluster, "pod a")
    assert "Ports: 80/TCP (http), 81/TCP" in lines
    assert "Host Ports: 0/TCP (http), 0/TCP" in lines
    place = lines.index("Tolerations: op=Exists")
    assert lines[place + 1] == "z op=Exists"


def test_defaults_of_volumes_are_filled_in() -> None:
    cluster = empty("v1.36")
    create(cluster, "Pod", POD)
    printed = typed(cluster, "kubectl get pod a -o yaml")
    assert '      path: /tmp\n      type: ""' in printed
    assert "expirationSeconds: 3600" in printed


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_paused_deployment_has_no_sets_to_tell_of_today(release: str) -> None:
    cluster = empty(release)
    rest = (
        "metadata: {name: d}\nspec: {paused: true, selector: {matchLabels: {a: b}}, template: {metadata: "
        "{labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}"
    )
    create(cluster, "Deployment", rest, "apps/v1" if release == "v1.36" else "apps/v1beta2")
    at(cluster, "5s")
    assert ("NewReplicaSet: <none>" in described(cluster, "deploy d")) is (release == "v1.8")


def test_classes_tell_all_of_their_annotations_in_one_line() -> None:
    cluster = empty("v1.36")
    rest = "metadata: {name: c, annotations: {a: b}}\nvalue: 5"
    create(cluster, "PriorityClass", rest, "scheduling.k8s.io/v1", verb="apply")
    [line] = [line for line in described(cluster, "pc c") if line.startswith("Annotations:")]
    assert line.startswith('Annotations: a=b,kubectl.kubernetes.io/last-applied-configuration={"apiVersion"')


def test_a_namespace_tells_what_its_quotas_are_for() -> None:
    cluster = empty("v1.36")
    create(cluster, "ResourceQuota", "metadata: {name: q}\nspec: {hard: {pods: 2}, scopes: [BestEffort]}")
    lines = described(cluster, "ns default")
    place = lines.index("Scopes: BestEffort")
    assert lines[place + 1].startswith("* Matches all pods that do not have resource requirements set.")


def test_a_stateful_set_of_today_says_how_many_are_available() -> None:
    cluster = empty("v1.36")
    rest = (
        "metadata: {name: s}\nspec: {serviceName: s, selector: {matchLabels: {a: b}}, template: {metadata: "
        "{labels: {a: b}}, spec: {containers: [{name: a, image: b}]}}}"
    )
    create(cluster, "StatefulSet", rest, "apps/v1")
    assert typed(cluster, "kubectl get sts s -o jsonpath={.status.availableReplicas}") == "0"


def test_a_text_of_several_lines_ends_the_columns_it_stands_in() -> None:
    """What apply remembers ends with a newline, as the annotation of a class shows."""
    cluster = empty("v1.36")
    default = 'annotations: {storageclass.kubernetes.io/is-default-class: "true"}'
    rest = f"metadata: {{name: sc, {default}}}\nprovisioner: x.y/z\nallowVolumeExpansion: true"
    create(cluster, "StorageClass", rest, "storage.k8s.io/v1", "apply")
    lines = typed(cluster, "kubectl describe sc sc").splitlines()
    assert lines[:2] == ["Name:            sc", "IsDefaultClass:  Yes"]
    assert lines[3:5] == [",storageclass.kubernetes.io/is-default-class=true", "Provisioner:           x.y/z"]


def test_a_kind_without_namespaces_is_not_found_in_one_where_nothing_is_described() -> None:
    """v1.36 kubectl pkg/cmd/describe/describe.go; `get` says it otherwise."""
    cluster = empty("v1.36")
    assert typed(cluster, "kubectl describe runtimeclass") == "No resources found in default namespace."
    assert typed(cluster, "kubectl get runtimeclass") == "No resources found"


def test_a_container_that_ended_at_no_known_time_ended_in_the_year_one() -> None:
    """describe.go describeStatus prints the times of a container whatever they are."""
    cluster = empty("v1.36")
    create(cluster, "Pod", "metadata: {name: p}\nspec: {containers: [{name: a, image: nginx}]}")
    lost = '{"name":"a","image":"nginx","imageID":"","lastState":{"terminated":{"exitCode":137}}}'
    typed(
        cluster,
        f'kubectl patch pod p --subresource=status -p \'{{"status":{{"containerStatuses":[{lost}]}}}}\'',
    )
    lines = described(cluster, "pod p")
    ended = lines.index("Exit Code: 137")
    never = "Mon, 01 Jan 0001 00:00:00 +0000"
    assert lines[ended + 1 : ended + 3] == [f"Started: {never}", f"Finished: {never}"]
