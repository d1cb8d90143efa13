"""What describe and get of v1.7 and v1.8 print of their own (pkg/printers/internalversion of each)."""

import pytest

from clustersim import Cluster, seconds
from tests.model.reports.typed import ALL, cluster_of, create, empty, typed

ONCE = pytest.mark.parametrize("release", ["v1.7", "v1.8"])
FULL = """metadata: {name: full}
spec:
  containers:
  - name: c
    image: busybox
    livenessProbe: {httpGet: {path: "health?deep=yes", port: 80}}
    volumeMounts: [{name: v, mountPath: /v, subPath: q}]
  volumes:
  - {name: v, emptyDir: {}}
  - {name: p, projected: {sources: [{secret: {name: s}}]}}
  - {name: f, flocker: {datasetName: d}}"""


def described(cluster: Cluster, what: str) -> list[list[str]]:
    return [line.split(maxsplit=1) for line in typed(cluster, f"kubectl describe {what}").splitlines()]


@ALL
def test_the_events_of_a_service_account_are_told_since_v1_8(release: str) -> None:
    cluster = empty(release)
    typed(cluster, "kubectl create sa bot")
    assert ("Events:" in typed(cluster, "kubectl describe sa bot")) is (release != "v1.7")


@ALL
def test_the_namespace_of_a_budget_is_told_since_v1_8(release: str) -> None:
    cluster = empty(release)
    version = "policy/v1" if release == "v1.36" else "policy/v1beta1"
    rest = "metadata: {name: p}\nspec: {minAvailable: 1, selector: {matchLabels: {a: b}}}"
    create(cluster, "PodDisruptionBudget", rest, version)
    assert (["Namespace:", "default"] in described(cluster, "pdb p")) is (release != "v1.7")


@ALL
def test_policies_of_a_service_are_told_since_v1_8_which_misformats_names_of_ports(release: str) -> None:
    cluster = empty(release)
    spec = "{type: NodePort, externalTrafficPolicy: Local, ports: [{port: 80, targetPort: web}]}"
    create(cluster, "Service", f"metadata: {{name: s}}\nspec: {spec}")
    told = dict(line for line in described(cluster, "svc s") if len(line) == 2)
    target = {"v1.7": None, "v1.8": "%!d(string=web)/TCP", "v1.36": "web/TCP"}
    assert told.get("TargetPort:") == target[release]
    assert ("External" in told) is (release != "v1.7")


@ALL
def test_v1_7_counts_pods_of_a_selector_and_others_those_that_are_controlled(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: ReplicationController, name: w}}]")
    cluster.run_until(seconds(10))
    pod = next(iter(cluster.objects("pods").values()))
    labels = ", ".join(f"{key}: {value}" for key, value in pod.metadata.labels.items())
    controlled = f"metadata: {{name: x, labels: {{{labels}}}, ownerReferences: [{{apiVersion: v1, kind: Pod, "
    controlled += f"name: {pod.metadata.name}, uid: {pod.metadata.uid}, controller: true}}]}}\n"
    create(cluster, "Pod", f"{controlled}spec: {{containers: [{{name: c, image: busybox}}]}}")
    told = typed(cluster, "kubectl describe rc w")
    assert f"1 Running / {int(release == 'v1.7')} Waiting" in told


@ALL
def test_paths_within_volumes_and_new_kinds_of_volumes_are_not_told_by_old_kubectls(release: str) -> None:
    cluster = empty(release)
    create(cluster, "Pod", FULL)
    text = typed(cluster, "kubectl describe pod full")
    today = release == "v1.36"
    assert ('/v from v (rw,path="q")' in text, "/v from v (rw)" in text) == (today, not today)
    assert text.count("<unknown>") == {"v1.7": 2, "v1.8": 1, "v1.36": 0}[release]


@ALL
def test_the_path_of_a_probe_is_written_as_a_url_has_it(release: str) -> None:
    cluster = empty(release)
    create(cluster, "Pod", FULL)
    assert "http-get http://:80/health%3Fdeep=yes delay=0s" in typed(cluster, "kubectl describe pod full")


def test_a_probe_by_grpc_names_its_port_and_service() -> None:
    cluster = empty("v1.36")
    probe = "livenessProbe: {grpc: {port: 9000, service: liveness}}"
    create(cluster, "Pod", f"metadata: {{name: g}}\nspec: {{containers: [{{name: c, image: x, {probe}}}]}}")
    assert "grpc <pod>:9000 liveness delay=0s" in typed(cluster, "kubectl describe pod g")


@ONCE
def test_the_controller_that_an_autoscaler_scales_is_told(release: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: ReplicationController, name: w}}]")
    cluster.run_until(seconds(10))
    typed(cluster, "kubectl autoscale rc w --max=3")
    assert "1 current / 1 desired" in typed(cluster, "kubectl describe hpa w")
    typed(cluster, "kubectl delete rc w --cascade=false")
    assert "failed to check Replication Controller" in typed(cluster, "kubectl describe hpa w")


@ALL
def test_ranges_of_a_namespace_stand_under_one_head_and_scopes_are_explained(release: str) -> None:
    cluster = empty(release)
    for name in ("a", "b"):
        limits = "spec: {limits: [{type: Pod, max: {cpu: 1}}]}"
        create(cluster, "LimitRange", f"metadata: {{name: {name}}}\n{limits}")
    create(cluster, "ResourceQuota", "metadata: {name: q}\nspec: {hard: {pods: 1}, scopes: [BestEffort]}")
    text = typed(cluster, "kubectl describe ns default")
    assert (text.count("Resource Limits"), text.count("Default Request")) == (1, 1)
    assert "\n  * Matches all pods that do not have resource requirements set." in text
    assert "\n * Matches all pods that do not have" in typed(cluster, "kubectl describe quota q")


@ALL
def test_the_token_of_a_service_account_is_shown(release: str) -> None:
    cluster = empty(release)
    typed(cluster, "kubectl create sa bot")
    note = "annotations: {kubernetes.io/service-account.name: bot}"
    rest = f"metadata: {{name: t, {note}}}\ntype: kubernetes.io/service-account-token\n"
    create(cluster, "Secret", rest + "data: {token: eHl6enk=, other: YWI=}")
    told = described(cluster, "secret t")
    assert ["token:", "xyzzy"] in told
    assert ["other:", "2 bytes"] in told


@ONCE
def test_to_whom_a_binding_gives_a_role_is_told_with_wide(release: str) -> None:
    cluster = empty(release)
    typed(cluster, "kubectl create clusterrolebinding b --clusterrole=r --user=jane --serviceaccount=d:bot")
    head, row = typed(cluster, "kubectl get clusterrolebinding b -o wide").splitlines()
    assert head.split() == ["NAME", "AGE", "ROLE", "USERS", "GROUPS", "SERVICEACCOUNTS"]
    assert row.split() == ["b", "0s", "ClusterRole/r", "jane", "d/bot"]


@ONCE
def test_watched_events_tell_moments(release: str) -> None:
    cluster = empty(release)
    cluster.run_until(seconds(5))
    _head, *rows = typed(cluster, "kubectl get events -w").splitlines()
    assert all(row.startswith("2017-09-26 06:5") and "+0000 UTC" in row for row in rows[:3])


@ALL
def test_a_claim_that_is_deleted_says_so_since_v1_9(release: str) -> None:
    cluster = empty(release)
    spec = "spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}"
    create(cluster, "PersistentVolumeClaim", f"metadata: {{name: c, finalizers: [a.b/c]}}\n{spec}")
    typed(cluster, "kubectl delete pvc c --wait=false" if release == "v1.36" else "kubectl delete pvc c")
    row = typed(cluster, "kubectl get pvc c").splitlines()[-1]
    assert row.split()[1] == ("Terminating" if release == "v1.36" else "Pending")
