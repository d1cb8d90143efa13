"""kubectl rollout, apply's memory and diff as kubectl v1.36.4 does them, and those of v1.7 and v1.8."""

import pytest
import yaml

from clustersim import Cluster, seconds
from tests.model.reports.typed import cluster_of, typed

RELEASES = ("v1.7", "v1.8", "v1.36")
VERSIONS = {"v1.7": "extensions/v1beta1", "v1.8": "apps/v1beta2", "v1.36": "apps/v1"}
WORKLOAD = """
apiVersion: {version}
kind: {kind}
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: "nginx:1"}}]}}
"""


def cluster(release: str = "v1.36", kind: str = "Deployment", more: str = "") -> Cluster:
    world = cluster_of(f"release: {release}\nnodes: 2\n")
    version = VERSIONS[release]
    typed(world, f"cat > web.yaml <<'EOF'{WORKLOAD.format(version=version, kind=kind)}{more}EOF")
    typed(world, "kubectl create -f web.yaml")
    waited(world)
    return world


def waited(world: Cluster) -> None:
    world.run_until(world.now + seconds(10))


def updated(world: Cluster, kind: str = "deploy") -> Cluster:
    typed(world, f"kubectl set image {kind} web web=nginx:2 --record")
    waited(world)
    return world


def image(world: Cluster, kind: str = "deploy") -> str:
    return typed(world, f"kubectl get {kind} web -o jsonpath='{{.spec.template.spec.containers[0].image}}'")


@pytest.mark.parametrize(("kind", "word"), [("Deployment", "deploy"), ("DaemonSet", "ds")])
@pytest.mark.parametrize("how", ["client", "server"])
def test_a_rollback_that_is_tried_leaves_everything_as_it_is(kind: str, word: str, how: str) -> None:
    world = updated(cluster(kind=kind), word)
    told = typed(world, f"kubectl rollout undo {word} web --dry-run={how}")
    waited(world)
    assert image(world, word) == "nginx:2"
    assert told.endswith("(dry run)" if how == "client" else "rolled back (server dry run)")
    assert ("\n    Image:\tnginx:1\n" in told) is (how == "client")


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_the_old_kubectl_shows_where_a_rollback_would_lead(release: str) -> None:
    world = updated(cluster(release))
    told = typed(world, "kubectl rollout undo deploy web --dry-run")
    assert told.startswith('deployment "web" Pod Template:\n')
    waited(world)
    assert image(world) == "nginx:2"


@pytest.mark.parametrize("release", RELEASES)
def test_a_revision_is_shown_with_its_cause_and_with_tabs(release: str) -> None:
    world = updated(cluster(release))
    told = typed(world, "kubectl rollout history deploy web --revision=2")
    sign = ": " if release == "v1.36" else "="
    assert f"  Annotations:\tkubernetes.io/change-cause{sign}kubectl set image deploy web" in told
    assert "\n    Image:\tnginx:2\n" in told


def test_a_revision_of_a_daemon_set_is_shown() -> None:
    world = updated(cluster(kind="DaemonSet"), "ds")
    assert "\n    Image:\tnginx:1\n" in typed(world, "kubectl rollout history ds web --revision=1")
    path = "{.kind}:{.spec.template.spec.containers[0].image} "
    told = typed(world, f"kubectl rollout history ds web -o jsonpath='{path}'")
    assert told == "DaemonSet:nginx:1 DaemonSet:nginx:2 "


def test_revisions_of_a_deployment_are_its_replica_sets() -> None:
    world = updated(cluster())
    found = yaml.safe_load(typed(world, "kubectl rollout history deploy web --revision=1 -o yaml"))
    assert (found["kind"], found["metadata"]["ownerReferences"][0]["name"]) == ("ReplicaSet", "web")
    told = typed(world, "kubectl rollout history deploy web --revision=9 -o yaml")
    assert told == "error: unable to find the specified revision"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("restart svc kubernetes", 'services "kubernetes" restarting is not supported'),
        ("pause ds web", 'daemonsets.apps "web" pausing is not supported'),
        ("resume ds web", 'daemonsets.apps "web" resuming is not supported'),
        ("history svc kubernetes", 'no history viewer has been implemented for "Service"'),
        ("undo svc kubernetes", 'no rollbacker has been implemented for "Service"'),
        ("status svc kubernetes", "no status viewer has been implemented for Service"),
    ],
)
def test_what_does_not_roll_is_told_in_the_words_of_today(line: str, told: str) -> None:
    assert typed(cluster(kind="DaemonSet"), f"kubectl rollout {line}") == f"error: {told}"


def test_a_paused_deployment_neither_restarts_nor_rolls_back() -> None:
    world = updated(cluster())
    typed(world, "kubectl rollout pause deploy web")
    assert typed(world, "kubectl rollout restart deploy web") == (
        'error: deployments.apps "web" can\'t restart paused deployment (run rollout resume first)'
    )
    told = typed(world, "kubectl rollout undo deploy web")
    assert told.startswith(
        "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout"
    )


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_paused_already_or_not_at_all_is_told(release: str) -> None:
    world, group = cluster(release), ".apps" if release == "v1.36" else ""
    named = f'error: deployments{group} "web" is'
    assert typed(world, "kubectl rollout resume deploy web") == f"{named} not paused"
    typed(world, "kubectl rollout pause deploy web")
    assert typed(world, "kubectl rollout pause deploy web") == f"{named} already paused"


def test_a_second_restart_within_a_second_is_refused() -> None:
    world = cluster()
    assert typed(world, "kubectl rollout restart deploy web") == "deployment.apps/web restarted"
    told = typed(world, "kubectl rollout restart deploy web")
    assert told.startswith("error: failed to create patch for web: if restart has already been triggered")


def test_every_roll_out_of_a_stateful_set_is_partitioned_today() -> None:
    world = cluster("v1.36", "StatefulSet", "  serviceName: web\n")
    told = typed(world, "kubectl rollout status sts web")
    assert told == "partitioned roll out complete: 1 new pods have been updated..."


def test_a_diff_shows_the_generation_and_no_version_and_no_annotation() -> None:
    world = cluster()
    typed(world, "kubectl apply -f web.yaml")
    typed(world, "sed -i 's/nginx:1/nginx:9/' web.yaml")
    told = typed(world, "kubectl diff -f web.yaml")
    changed = [
        line[:1] + line[1:].strip() for line in told.splitlines() if line[:1] in "+-" and line[1] == " "
    ]
    # The first apply wrote an annotation, and so raised the generation of the Deployment.
    assert changed == ["-generation: 2", "+generation: 3", "-- image: nginx:1", "+- image: nginx:9"]


def test_what_would_be_new_has_no_version() -> None:
    world = cluster()
    typed(world, "kubectl delete deploy web")
    assert "resourceVersion" not in typed(world, "kubectl diff -f web.yaml")
    assert "resourceVersion" not in typed(world, "kubectl create cm c --dry-run=server -o yaml")


@pytest.mark.parametrize("release", RELEASES)
def test_what_was_applied_last_is_set_and_viewed(release: str) -> None:
    world = cluster(release)
    refused = (
        "error: no last-applied-configuration annotation found on resource: web, to create the annotation,"
    )
    assert typed(world, "kubectl apply set-last-applied -f web.yaml").startswith(refused)
    assert "configured" in typed(world, "kubectl apply set-last-applied -f web.yaml --create-annotation")
    told = typed(world, "kubectl apply set-last-applied -f web.yaml")
    assert told == "set-last-applied web: no changes required."
    viewed = typed(world, "kubectl apply view-last-applied -f web.yaml -o json")
    assert viewed.startswith('{\n  "apiVersion"')
