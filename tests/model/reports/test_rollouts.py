"""Rollouts of Deployments, StatefulSets and DaemonSets: what people reported, and what e2e tests expect.

kk: github.com/kubernetes/kubernetes.
"""

import pytest

from clustersim import Cluster, Command
from tests.model.reports.typed import at, cluster_of, rows, typed


def empty(release: str, nodes: int = 3, actions: str = "[]") -> Cluster:
    return cluster_of(f"release: {release}\nnodes: {nodes}\nobjects: []\nactions: {actions}\n")


VERSIONS = {"v1.7": "apps/v1beta1", "v1.8": "apps/v1beta2", "v1.36": "apps/v1"}


def apply(cluster: Cluster, kind: str, spec: str, container: str, more: str = "") -> None:
    """A workload `web` whose spec and pod have these lines."""
    version = "extensions/v1beta1" if kind == "DaemonSet" else VERSIONS[cluster.world.release.name]
    version = VERSIONS["v1.36"] if cluster.world.release.name == "v1.36" else version
    told = typed(
        cluster,
        f"kubectl apply -f -\napiVersion: {version}\nkind: {kind}\nmetadata: {{name: web}}\n"
        f"spec:\n  {{{spec}selector: {{matchLabels: {{app: web}}}}, template: {{metadata: "
        f"{{labels: {{app: web}}}}, spec: {{{more}containers: [{{name: a, {container}}}]}}}}}}\n",
    )
    assert "error" not in told.lower(), told


def pods(cluster: Cluster) -> list[list[str]]:
    return rows(typed(cluster, "kubectl get pods -o wide"))


def sets(cluster: Cluster) -> list[list[str]]:
    """DESIRED, CURRENT and READY of the ReplicaSets."""
    return [row[1:4] for row in rows(typed(cluster, "kubectl get rs"))]


ONE_A_NODE = (
    "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
    "[{labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}]}}, "
)


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_with_one_pod_a_node_a_rollout_waits_for_a_node_that_there_is_not(release: str) -> None:
    """kk#116891, kk#56539: as many replicas as nodes, anti-affinity, maxUnavailable rounded down to 0."""
    cluster = empty(release)
    apply(cluster, "Deployment", "replicas: 3, ", "image: 'nginx:1'", ONE_A_NODE)
    at(cluster, "30s")
    apply(cluster, "Deployment", "replicas: 3, ", "image: 'nginx:2'", ONE_A_NODE)
    at(cluster, "2m")
    assert sorted(row[2] for row in pods(cluster)) == ["Pending", "Running", "Running", "Running"]
    words = "MatchInterPodAffinity" if release == "v1.8" else "didn't match pod anti-affinity rules"
    (waiting,) = (row[0] for row in pods(cluster) if row[2] == "Pending")
    assert words in typed(cluster, f"kubectl describe pod {waiting}")


def test_with_one_unavailable_pod_allowed_it_goes_through() -> None:
    """kk#121388: the way out that is given there."""
    cluster = empty("v1.36")
    spec = "replicas: 3, strategy: {rollingUpdate: {maxUnavailable: 1, maxSurge: 0}}, "
    apply(cluster, "Deployment", spec, "image: 'nginx:1'", ONE_A_NODE)
    at(cluster, "30s")
    apply(cluster, "Deployment", spec, "image: 'nginx:2'", ONE_A_NODE)
    at(cluster, "3m")
    assert "successfully rolled out" in typed(cluster, "kubectl rollout status deploy/web")


def test_a_stuck_rollout_is_scaled_in_proportion() -> None:
    """test/e2e/apps/deployment.go, "should support proportional scaling": 8 and 5 become 20 and 13."""
    cluster = empty("v1.36", actions="[{at: 0s, do: refuse-image, target: 'nginx:404'}]")
    apply(
        cluster,
        "Deployment",
        "replicas: 10, strategy: {rollingUpdate: {maxSurge: 3, maxUnavailable: 2}}, ",
        "image: 'nginx:1'",
    )
    at(cluster, "40s")
    typed(cluster, "kubectl set image deploy/web a=nginx:404")
    at(cluster, "60s")
    assert sorted(row[0] for row in sets(cluster)) == ["5", "8"]
    typed(cluster, "kubectl scale deploy web --replicas=30")
    at(cluster, "100s")
    assert sorted(row[0] for row in sets(cluster)) == ["13", "20"]


def test_an_undone_rollout_to_a_missing_image_restarts_nothing() -> None:
    """test/e2e/apps/daemon_set.go, "should rollback without unnecessary restarts", of a Deployment."""
    cluster = empty("v1.36", actions="[{at: 0s, do: refuse-image, target: 'nginx:nope'}]")
    apply(cluster, "Deployment", "replicas: 2, ", "image: 'nginx:1'")
    at(cluster, "20s")
    before = sorted(row[0] for row in pods(cluster))
    typed(cluster, "kubectl set image deploy/web a=nginx:nope")
    at(cluster, "60s")
    typed(cluster, "kubectl rollout undo deploy/web")
    at(cluster, "90s")
    assert sorted(row[0] for row in pods(cluster)) == before


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_stateful_set_waits_for_a_broken_pod_that_nobody_deletes(release: str) -> None:
    """kk#67250; the documentation's "Forced rollback": the good template alone does not mend it."""
    cluster = empty(release, actions="[{at: 0s, do: refuse-image, target: 'nginx:nope'}]")
    spec = "serviceName: web, replicas: 3, updateStrategy: {type: RollingUpdate}, "
    for time, tag in (("0s", "1"), ("60s", "nope"), ("2m", "2")):
        at(cluster, time)
        apply(cluster, "StatefulSet", spec, f"image: 'nginx:{tag}'")
    at(cluster, "6m")
    status = {row[0]: row[2] for row in pods(cluster)}
    assert status["web-2"] in ("ImagePullBackOff", "ErrImagePull")
    typed(cluster, "kubectl delete pod web-2")
    at(cluster, "9m")
    assert [row[2] for row in pods(cluster)] == ["Running"] * 3
    images = typed(cluster, "kubectl get pods -o jsonpath={.items[*].spec.containers[0].image}")
    assert images == "nginx:2 nginx:2 nginx:2"


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_lost_node_holds_the_rollout_of_a_daemon_set(release: str) -> None:
    """kk#63465, kk#73011, kk#117204: its pod counts as the one that may be unavailable."""
    cluster = empty(release)
    rolling = "updateStrategy: {type: RollingUpdate}, "
    apply(cluster, "DaemonSet", rolling, "image: 'nginx:1'")
    at(cluster, "30s")
    cluster.apply(Command("power-off", "n2"))
    at(cluster, "3m")
    apply(cluster, "DaemonSet", rolling, "image: 'nginx:2'")
    at(cluster, "15m")
    images = typed(cluster, "kubectl get pods -o jsonpath={.items[*].spec.containers[0].image}").split()
    assert images == ["nginx:1"] * 3
    typed(cluster, "kubectl delete node n2")
    at(cluster, "20m")
    images = typed(cluster, "kubectl get pods -o jsonpath={.items[*].spec.containers[0].image}").split()
    assert images == ["nginx:2", "nginx:2"]


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_three_bad_updates_of_a_daemon_set_cost_one_pod(release: str) -> None:
    """kk#123232, mended before v1.36: old pods that are not ready count, too."""
    cluster = empty(release)
    rolling = "updateStrategy: {type: RollingUpdate}, "
    apply(cluster, "DaemonSet", rolling, "image: 'nginx:1'")
    at(cluster, "30s")
    for number in range(1, 4):
        never = f"image: 'nginx:1', readinessProbe: {{httpGet: {{path: /no-{number}, port: 80}}}}"
        apply(cluster, "DaemonSet", rolling, never)
        at(cluster, f"{30 + 60 * number}s")
    assert sorted(row[1] for row in pods(cluster)) == ["0/1", "1/1", "1/1"]


def test_recreate_waits_for_the_pod_of_a_lost_node() -> None:
    """kubernetes.io, "Recreate Deployment": all pods are killed before new ones are made."""
    cluster = empty("v1.36", nodes=2)
    apply(cluster, "Deployment", "replicas: 2, strategy: {type: Recreate}, ", "image: 'nginx:1'")
    at(cluster, "30s")
    cluster.apply(Command("power-off", "n2"))
    at(cluster, "2m")
    typed(cluster, "kubectl set image deploy/web a=nginx:2")
    at(cluster, "4m")
    assert [row[2] for row in pods(cluster)] == ["Terminating"]
    typed(cluster, "kubectl delete pods --all --force --grace-period=0")
    at(cluster, "5m")
    assert [row[2] for row in pods(cluster)] == ["Running", "Running"]


def test_a_new_version_that_is_never_ready_leaves_the_old_one_serving() -> None:
    """kubernetes.io, "Failed Deployment": the rollout stops, and its condition says so after ten minutes."""
    cluster = empty("v1.36")
    apply(cluster, "Deployment", "replicas: 3, ", "image: 'nginx:1'")
    at(cluster, "30s")
    probe = "readinessProbe: {httpGet: {path: /healthz, port: 80}}"
    apply(cluster, "Deployment", "replicas: 3, ", f"image: 'nginx:1', {probe}")
    at(cluster, "12m")
    assert sorted(row[1] for row in pods(cluster)) == ["0/1", "1/1", "1/1", "1/1"]
    reason = "{.status.conditions[?(@.type=='Progressing')].reason}"
    assert typed(cluster, f'kubectl get deploy web -o jsonpath="{reason}"') == "ProgressDeadlineExceeded"


def test_a_paused_deployment_cannot_be_rolled_back() -> None:
    """v1.7 hack/make-rules/test-cmd-util.sh, test/cmd/apps.sh: "A paused deployment cannot be rolled
    back"."""
    for release in ("v1.7", "v1.36"):
        cluster = empty(release)
        apply(cluster, "Deployment", "replicas: 1, ", "image: 'nginx:1'")
        typed(cluster, "kubectl set image deploy/web a=nginx:2")
        typed(cluster, "kubectl rollout pause deploy/web")
        told = typed(cluster, "kubectl rollout undo deploy/web")
        assert "paused" in told, told


@pytest.mark.parametrize(("release", "version"), [("v1.7", "extensions/v1beta1"), ("v1.36", "apps/v1")])
def test_a_recorded_cause_has_its_flags_at_the_end_and_by_their_long_names(
    release: str, version: str
) -> None:
    """kk#47210, kk#89125: `kubectl apply --filename=ds.yaml --record=true`."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []")
    manifest = (
        f"apiVersion: {version}\nkind: Deployment\nmetadata: {{name: web}}\nspec: {{selector: {{matchLabels: "
        "{app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: "
        "[{name: a, image: b}]}}}\n"
    )
    typed(cluster, f"kubectl create --record -f -\n{manifest}")
    at(cluster, "5s")
    typed(cluster, "kubectl set image --record deploy/web a=c -n default")
    at(cluster, "20s")
    history = typed(cluster, "kubectl rollout history deploy/web")
    assert "kubectl create --record=true --filename=-" in history
    assert "kubectl set image deploy/web a=c --record=true --namespace=default" in history


@pytest.mark.parametrize(("release", "version"), [("v1.7", "extensions/v1beta1"), ("v1.36", "apps/v1")])
def test_a_forced_replacement_makes_the_object_anew(release: str, version: str) -> None:
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: []")
    manifest = (
        f"-f -\napiVersion: {version}\nkind: Deployment\nmetadata: {{name: web}}\nspec: {{selector: "
        "{matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: "
        "[{name: a, image: b}]}}}\n"
    )
    typed(cluster, f"kubectl create {manifest}")
    at(cluster, "10s")
    told = typed(cluster, f"kubectl replace --force {manifest}").splitlines()
    assert " deleted" in told[0]
    assert told[1].endswith("replaced")
    at(cluster, "60s")
    assert len(rows(typed(cluster, "kubectl get pods"))) == 1


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_only_v1_7_counts_no_new_revision_when_it_goes_back_from_10_to_9(release: str) -> None:
    # kk#49701
    cluster = empty(release, nodes=1)
    apply(cluster, "Deployment", "revisionHistoryLimit: 10, ", "image: 'nginx:1.1'")
    for version in range(2, 11):
        at(cluster, f"{10 * version}s")
        typed(cluster, f"kubectl set image deployment/web a=nginx:1.{version}")
    at(cluster, "120s")
    typed(cluster, "kubectl rollout undo deployment/web --to-revision=9")
    at(cluster, "130s")
    history = rows(typed(cluster, "kubectl rollout history deployment/web"))
    told = [row[0] for row in history if row[0].isdigit()]
    assert told[-3:] == (["8", "9", "10"] if release == "v1.7" else ["8", "10", "11"])
    assert "nginx:1.9" in typed(cluster, "kubectl describe deployment web")


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_an_annotation_makes_the_history_of_revisions_longer_only_in_old_releases(release: str) -> None:
    cluster = empty(release, nodes=1)
    apply(cluster, "Deployment", "", "image: 'nginx:1.1'")
    at(cluster, "10s")
    typed(cluster, "kubectl annotate deployment web who=me")
    at(cluster, "15s")
    told = typed(cluster, "kubectl get rs -o jsonpath='{.items[0].metadata.annotations}'")
    assert "who" in told
    assert ("revision-history" in told) == (release == "v1.8")


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_deadline_is_not_kept_when_a_finished_rollout_gets_more_pods(release: str) -> None:
    """kk#106697: scaled from 0 to 1 with an image that there is not, Progressing stays True for ever; so does
    it when the pods of a finished rollout cannot be replaced. Only a new template has a deadline."""
    cluster = empty(release)
    apply(cluster, "Deployment", "replicas: 0, progressDeadlineSeconds: 20, ", "image: bad-image")
    condition = '{.status.conditions[?(@.type=="Progressing")].reason}'
    progressing = f"kubectl get deploy web -o jsonpath='{condition}'"
    typed(cluster, "kubectl scale deploy web --replicas=1")
    at(cluster, "60s")
    assert rows(typed(cluster, "kubectl get pods"))[0][2] in ("ErrImagePull", "ImagePullBackOff")
    assert typed(cluster, progressing) == "NewReplicaSetAvailable"
    typed(cluster, "kubectl set image deploy web a=nginx:invalid-tag")
    at(cluster, "90s")
    assert typed(cluster, progressing) == "ProgressDeadlineExceeded"


@pytest.mark.parametrize(
    ("image", "there"),
    [
        ("bad-image", False),
        ("nginx:badtag", False),
        ("alpine:NotValid", False),
        ("this-image-does-not-exist:latest", False),
        ("invalid.registry.k8s.io/invalid/alpine:3.1", False),
        ("nonexistent/nginx", False),
        ("nginx:1.161", False),
        ("nginx:1.16.1", True),
        ("e2e-test-images/nonroot:1.4", True),
        ("defaultbackend-404", True),
        ("bad-app:1", True),
    ],
)
def test_an_image_whose_name_says_so_is_not_to_be_had(image: str, there: bool) -> None:
    assert empty("v1.36").world.registry.serves(image) is there
