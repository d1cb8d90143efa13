"""kubectl apply on the server and off it, taints and drains that are only tried: as kubectl v1.36.4 does."""

import pytest
import yaml

from clustersim import Cluster, seconds
from tests.model.reports.typed import cluster_of, typed

RELEASES = ("v1.7", "v1.8", "v1.36")
MANIFEST = """
apiVersion: v1
kind: ConfigMap
metadata: {name: c, labels: {app: web}}
data: {key: a}
"""


def cluster(release: str = "v1.36") -> Cluster:
    world = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: Deployment, name: web}}]\n")
    typed(world, f"cat > c.yaml <<'EOF'{MANIFEST}EOF")
    return world


def apply(world: Cluster, more: str = "") -> str:
    return typed(world, f"kubectl apply -f c.yaml {more}")


def test_the_server_knows_whose_fields_are_whose() -> None:
    world = cluster()
    assert apply(world, "--server-side") == "configmap/c serverside-applied"
    typed(world, "sed -i 's/key: a/key: b/' c.yaml")
    told = apply(world, "--server-side --field-manager=other")
    assert told.startswith(
        'error: Apply failed with 1 conflict: conflict with "kubectl": .data.key\nPlease review'
    )
    assert typed(world, "kubectl get cm c -o jsonpath='{.data.key}'") == "a"
    assert "serverside-applied" in apply(world, "--server-side --field-manager=other --force-conflicts")
    assert typed(world, "kubectl get cm c -o jsonpath='{.data.key}'") == "b"
    managers = typed(world, "kubectl get cm c -o jsonpath='{.metadata.managedFields[*].manager}'")
    assert set(managers.split()) == {"kubectl", "other"}


def test_what_is_no_longer_applied_on_the_server_is_gone() -> None:
    world = cluster()
    typed(world, "sed -i 's/key: a/key: a, more: b/' c.yaml")
    apply(world, "--server-side")
    typed(world, "sed -i 's/, more: b//' c.yaml")
    apply(world, "--server-side")
    assert typed(world, "kubectl get cm c -o jsonpath='{.data}'") == '{"key":"a"}'


def test_whose_fields_are_whose_is_shown_when_asked_for_and_outlives_a_replacement() -> None:
    world = cluster()
    apply(world, "--server-side")
    for line in ("get cm c -o yaml", "get cm -o json", "label cm c x=y -o yaml"):
        assert "managedFields" not in typed(world, f"kubectl {line}")
    typed(world, "kubectl get cm c -o yaml | kubectl replace -f -")
    assert "managedFields" in typed(world, "kubectl get cm c -o yaml --show-managed-fields")


def test_the_client_alone_cannot_try_what_the_server_does() -> None:
    told = apply(cluster(), "--server-side --dry-run=client")
    assert (
        told
        == "error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)"
    )


@pytest.mark.parametrize("release", RELEASES)
def test_a_manifest_that_says_more_configures_though_nothing_else_changes(release: str) -> None:
    world = cluster(release)
    apply(world)
    assert apply(world).endswith("unchanged")
    typed(world, "kubectl label cm c more=b")
    typed(world, "sed -i 's/app: web/app: web, more: b/' c.yaml")
    assert apply(world).endswith("configured")
    assert apply(world).endswith("unchanged")


def test_what_was_applied_last_is_kept_as_go_writes_it() -> None:
    world = cluster()
    typed(world, "sed -i 's/key: a/key: \"a<b\"/' c.yaml")
    apply(world)
    assert r"a\u003cb" in typed(world, "kubectl get cm c -o yaml")


@pytest.mark.parametrize("release", RELEASES)
def test_a_selector_chooses_what_is_applied(release: str) -> None:
    world = cluster(release)
    assert apply(world, "-l app=other") == "error: no objects passed to apply"
    assert apply(world, "-l app=web").endswith("created")


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_in_no_manifest_any_more_is_pruned(release: str) -> None:
    world = cluster(release)
    typed(world, "sed 's/name: c/name: old/' c.yaml > old.yaml")
    typed(world, "kubectl apply -f old.yaml")
    typed(world, "kubectl create configmap mine && kubectl label cm mine app=web")
    assert apply(world, "--prune").startswith("error: all resources selected for prune without explicitly")
    told = apply(world, "--prune -l app=web").splitlines()
    old = "configmap/old pruned" if release == "v1.36" else 'configmap "old" pruned'
    assert told[1:] == [old]
    names = typed(world, "kubectl get cm -l app=web -o jsonpath='{.items[*].metadata.name}'")
    assert names == "c mine"


def test_a_field_that_there_is_not_may_be_warned_of_only() -> None:
    world = cluster()
    typed(world, "sed -i 's/^data:/datum:/' c.yaml")
    told = typed(world, "kubectl create --validate=warn -f c.yaml")
    assert told == 'Warning: unknown field "datum"\nconfigmap/c created'


def test_a_job_that_is_made_of_a_cron_job_is_its_own_and_goes_with_it() -> None:
    world = cluster()
    typed(world, "kubectl create cronjob tick --image=busybox --schedule='0 0 1 1 *'")
    typed(world, "kubectl create job now --from=cronjob/tick")
    found = yaml.safe_load(typed(world, "kubectl get job now -o yaml"))["metadata"]
    assert found["annotations"] == {"cronjob.kubernetes.io/instantiate": "manual"}
    [owner] = found["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["controller"]) == ("CronJob", "tick", True)
    typed(world, "kubectl delete cronjob tick")
    world.run_until(world.now + seconds(10))
    assert typed(world, "kubectl get jobs") == "No resources found in default namespace."


# --- nodes -------------------------------------------------------------------------------------------------


def taints(world: Cluster) -> str:
    path = "{range .spec.taints[*]}{.key}={.value}:{.effect} {end}"
    return typed(world, f"kubectl get node n1 -o jsonpath='{path}'")


@pytest.mark.parametrize("release", RELEASES)
def test_a_new_taint_stands_before_the_old_ones(release: str) -> None:
    world = cluster(release)
    typed(world, "kubectl taint node n1 a=1:PreferNoSchedule")
    assert "tainted" in typed(world, "kubectl taint node n1 b=2:PreferNoSchedule")
    assert taints(world) == "b=2:PreferNoSchedule a=1:PreferNoSchedule "
    assert "modified" in typed(world, "kubectl taint node n1 c=3:PreferNoSchedule --overwrite")


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("a=b:Bad", "invalid taint effect: Bad, unsupported taint effect"),
        ("a=b", "invalid taint spec: a=b"),
        ("a:b:NoSchedule", "invalid taint spec: a:b:NoSchedule"),
        ("a=-b:NoSchedule", "invalid taint spec: a=-b:NoSchedule, a valid label must be an empty string or"),
        (
            "a=b:NoSchedule a=c:NoSchedule",
            "duplicated taints with the same key and effect: {a c NoSchedule",
        ),
        (
            "a=b:NoSchedule a-",
            "can not both modify and remove the following taint(s) in the same command",
        ),
    ],
)
def test_taints_that_cannot_be_are_refused(spec: str, told: str) -> None:
    for release in RELEASES:
        assert typed(cluster(release), f"kubectl taint node n1 {spec}").startswith(f"error: {told}")


def test_a_drain_that_is_tried_says_what_it_would_do() -> None:
    world = cluster()
    told = typed(world, "kubectl drain n1 --dry-run=client").splitlines()
    assert told[0] == "node/n1 cordoned (dry run)"
    assert told[1].startswith("evicting pod default/web-")
    assert told[1].endswith(" (dry run)")
    assert told[2:] == ["node/n1 drained (dry run)"]


def test_who_is_drained_is_said_in_one_way() -> None:
    world = cluster()
    told = typed(world, "kubectl drain n1 -l a=b")
    assert told.startswith("error: cannot specify both a node name and a --selector option")
    told = typed(world, "kubectl drain n1 --pod-selector='a b'")
    assert told == "error: --pod-selector=<pod_selector> must be a valid label selector"


def test_a_deletion_that_the_client_tries_asks_nobody() -> None:
    told = typed(cluster(), "kubectl delete ns kube-system --dry-run=client")
    assert told == 'namespace "kube-system" deleted (dry run)'


SERVICE = """kubectl apply --server-side --field-manager=%s -f -
apiVersion: v1
kind: Service
metadata: {name: s}
spec: {selector: {%s: web}, ports: [%s]}
"""


def test_a_selector_is_one_value_that_one_manager_sets_whole() -> None:
    world = cluster()
    typed(world, SERVICE % ("me", "app", "{port: 80}"))
    told = typed(world, SERVICE % ("other", "tier", "{port: 80}"))
    assert told.startswith('error: Apply failed with 1 conflict: conflict with "me": .spec.selector\n')
    typed(world, SERVICE.replace(" -f", " --force-conflicts -f") % ("other", "tier", "{port: 80}"))
    assert typed(world, "kubectl get svc s -o jsonpath={.spec.selector}") == '{"tier":"web"}'
    fields = typed(world, "kubectl get svc s --show-managed-fields -o yaml")
    assert "f:selector: {}" in fields
    assert "f:tier" not in fields


def test_items_that_are_one_value_go_and_come_whole() -> None:
    world = cluster()
    applied = (
        "kubectl apply --server-side -f -\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n"
        "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {"
        "imagePullSecrets: [%s], containers: [{name: a, image: nginx}]}}}\n"
    )
    typed(world, applied % "{name: x}, {name: z}")
    assert 'k:{"name":"x"}: {}' in typed(world, "kubectl get deploy d --show-managed-fields -o yaml")
    typed(world, applied % "{name: z}")
    path = "{.spec.template.spec.imagePullSecrets}"
    assert typed(world, f"kubectl get deploy d -o jsonpath={path}") == '[{"name":"z"}]'


def test_a_list_with_two_items_of_one_key_cannot_be_applied() -> None:
    told = typed(cluster(), SERVICE % ("me", "app", "{port: 80}, {port: 80}"))
    assert told == (
        "Error from server: failed to create typed patch object (default/s; /v1, Kind=Service): "
        '.spec.ports: duplicate entries for key [port=80,protocol="TCP"]'
    )


def test_the_conditions_of_a_job_are_one_value() -> None:
    world = cluster()
    typed(world, "kubectl create job j --image=busybox -- true")
    world.run_until(seconds(60))
    fields = typed(world, "kubectl get job j --show-managed-fields -o yaml")
    assert "f:conditions: {}" in fields
    pod = typed(world, "kubectl get pods -l job-name=j --show-managed-fields -o yaml")
    assert "f:hostIPs: {}" in pod
    assert 'k:{"type":"Ready"}' in pod
