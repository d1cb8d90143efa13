"""Steps of Kubernetes's own command tests (v1.7, v1.8: hack/make-rules/test-cmd-util.sh), and what kubectl
of today does there: files in folders, templates, causes, pruning, what a shell makes of a line."""

import pytest

from clustersim import Cluster, seconds
from clustersim.shell.braces import MOST_BRACES, MOST_SPREAD
from tests.model.reports.typed import ALL, cluster_of, typed

OLD = pytest.mark.parametrize("release", ["v1.7", "v1.8"])
NAMES = "{{range.items}}{{.metadata.name}}:{{end}}"


def cluster(release: str) -> Cluster:
    world = cluster_of(
        f"release: {release}\nnodes: 1\nobjects: [{{kind: ReplicationController, name: web}}]\n"
    )
    world.run_until(seconds(20))
    return world


def put(world: Cluster, name: str, text: str) -> None:
    typed(world, f"cat > {name} <<'EOF'\n{text}\nEOF")


def pod(name: str, kind: str = "kind") -> str:
    spec = "{containers: [{name: c, image: x}]}"
    metadata = f"{{name: {name}, labels: {{app: {name[:9]}}}}}"
    return f"apiVersion: v1\n{kind}: Pod\nmetadata: {metadata}\nspec: {spec}"


def folder(release: str) -> Cluster:
    world = cluster(release)
    for name, text in (("a", pod("a")), ("deep/b", pod("b")), ("deep/c", pod("c", "ind"))):
        put(world, f"f/{name}.yaml", text)
    return world


@ALL
def test_what_cannot_be_read_in_a_folder_is_told_and_the_rest_is_done(release: str) -> None:
    world = folder(release)
    assert "kind not set" in typed(world, "kubectl create -f f -R")
    wrong = "unable to decode \"f/deep/c.yaml\": Object 'Kind' is missing in '{"
    for line in (
        "describe -f f -R",
        "label -f f -R x=y",
        "annotate -f f -R x=y",
        "expose -f f -R --port=80",
        f"get -f f -R -o go-template='{NAMES}'",
    ):
        assert wrong in typed(world, f"kubectl {line}"), line
    shown = typed(world, "kubectl get pods -l x=y -o jsonpath='{.items[*].metadata.annotations.x}'")
    assert shown == "y y"
    assert typed(world, "kubectl get svc b -o jsonpath='{.spec.ports[0].port}'") == "80"


@ALL
def test_without_recursion_a_folder_is_what_lies_in_it(release: str) -> None:
    world = folder(release)
    assert "error" not in typed(world, "kubectl create -f f")
    assert typed(world, f"kubectl get pods -l 'app in (a, b)' -o go-template='{NAMES}'") == "a:"


@ALL
def test_templates_that_name_what_is_not_there(release: str) -> None:
    world = cluster(release)
    at = "kubectl get node n1 --allow-missing-template-keys=false -o"
    assert "missing is not found" in typed(world, f"{at} jsonpath='{{.missing}}'")
    told = typed(world, f"{at} go-template='{{{{.missing}}}}'")
    assert 'output:1:2: executing "output" at <.missing>: map has no entry for key "missing"' in told
    assert typed(world, "kubectl get node n1 -o go-template='{{.missing}}'") == "<no value>"


@ALL
def test_only_named_kinds_are_pruned(release: str) -> None:
    world = cluster(release)
    flag = "--prune-allowlist" if release == "v1.36" else "--prune-whitelist"
    labelled = pod("a").replace("app: a", 'p: "1"')
    service = (
        'apiVersion: v1\nkind: Service\nmetadata: {name: s, labels: {p: "1"}}\nspec: {ports: [{port: 80}]}'
    )
    put(world, "pod.yaml", labelled)
    put(world, "svc.yaml", service)
    typed(world, "kubectl apply -f pod.yaml")
    assert "pruned" not in typed(world, f"kubectl apply --prune -l p=1 {flag} core/v1/Service -f svc.yaml")
    assert "pruned" in typed(world, f"kubectl apply --prune -l p=1 {flag} core/v1/Pod -f svc.yaml")
    wrong = typed(world, f"kubectl apply --prune -l p=1 {flag} core/v1/Foo -f svc.yaml")
    assert "no matches for" in wrong
    wrong = typed(world, f"kubectl apply --prune -l p=1 {flag} Pod -f svc.yaml")
    assert wrong.endswith("invalid GroupVersionKind format: Pod, please follow <group/version/kind>")


@ALL
def test_a_selector_chooses_what_is_created(release: str) -> None:
    world = cluster(release)
    put(world, "two.yaml", f"{pod('a')}\n---\n{pod('b')}")
    typed(world, "kubectl create -l app=a -f two.yaml")
    assert typed(world, f"kubectl get pods -l 'app in (a, b)' -o go-template='{NAMES}'") == "a:"


@ALL
def test_objects_of_json_one_after_the_other(release: str) -> None:
    world = cluster(release)
    one = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"NAME","labels":{"t":"1"}}}'
    both = f"{one.replace('NAME', 'x')}\n{one.replace('NAME', 'y')}"
    assert typed(world, f"kubectl create -f -\n{both}").count("created") == 2
    assert typed(world, f"kubectl get cm -l t=1 -o go-template='{NAMES}'") == "x:y:"
    assert "error" in typed(world, f"kubectl create -f -\n{both} {{")


@ALL
def test_what_a_shell_makes_of_a_line(release: str) -> None:
    world = cluster(release)
    assert typed(world, "echo redis-{master,slave} web{,-2}") == "redis-master redis-slave web web-2"
    assert typed(world, 'echo \'{a,b}\' {a} {"x":1,"y":2}') == "{a,b} {a} {x:1,y:2}"
    assert typed(world, "echo {1..150}").split() == [str(number) for number in range(1, 151)]
    assert typed(world, r"echo $'a\tb\'c'") == "a\tb'c"


def test_a_word_becomes_so_many_words_that_nobody_waits_for_them() -> None:
    """Bash would go on until its memory ends."""
    world = cluster("v1.8")
    told = typed(world, "echo " + "{a,b}" * (MOST_BRACES + 10)).split()
    assert len(told) == MOST_SPREAD
    assert told[0] == "a" * MOST_BRACES + "{a,b}" * 10
    assert "This is longer than" in typed(world, f"echo {'x' * 7_000}{'{a,b}' * 8}")


@ALL
def test_what_is_exposed_need_not_be_there(release: str) -> None:
    world = cluster(release)
    ports = "ports: [{containerPort: 2380}, {containerPort: 2379}]"
    put(world, "p.yaml", pod("etcd").replace("image: x", f"image: x, {ports}"))
    assert "exposed" in typed(world, "kubectl expose -f p.yaml")
    assert typed(world, "kubectl get svc etcd -o jsonpath='{.spec.ports[*].name}'") == "port-1 port-2"
    put(world, "long.yaml", pod("a" * 70))
    assert "exposed" in typed(world, "kubectl expose -f long.yaml --port=80")
    assert typed(world, f"kubectl get svc {'a' * 63} -o jsonpath='{{.spec.ports[0].port}}'") == "80"


@OLD
def test_a_cause_that_was_told_before_is_told_anew(release: str) -> None:
    world = cluster(release)
    cause = "kubectl get rc web -o jsonpath='{.metadata.annotations.kubernetes\\.io/change-cause}'"
    typed(world, "kubectl label rc web a=b --record")
    typed(world, "kubectl label rc web c=d")
    assert typed(world, cause) == "kubectl label rc web c=d"
    typed(world, "kubectl label rc web e=f --record=false")
    assert typed(world, cause) == "kubectl label rc web c=d"


@OLD
def test_an_export_leaves_out_what_its_cluster_gave_it(release: str) -> None:
    world = cluster(release)
    typed(world, f"kubectl create -f -\n{pod('a')}")
    world.run_until(world.now + seconds(5))
    told = typed(world, "kubectl get pod a --export -o yaml")
    assert "name: a\n" in told
    for word in ("uid", "resourceVersion", "selfLink", "namespace: default", "podIP"):
        assert word not in told


@OLD
def test_words_of_the_old_releases(release: str) -> None:
    world = cluster(release)
    put(world, "two.yaml", f"{pod('a')}\n---\n{pod('b')}")
    typed(world, "kubectl create -f two.yaml")
    told = typed(world, "kubectl get -f two.yaml --watch")
    only = "error: watch is only supported on individual resources and resource collections"
    assert told == f"{only} - 2 resources were found"
    assert typed(world, "kubectl get pods,svc -w") == "error: you may only specify a single resource type"
    told = typed(world, "kubectl rollout pause rc web")
    assert told == 'error: replicationcontrollers "web" pausing is not supported'
    typed(world, "kubectl expose rc web --port=80 --generator=service/v1")
    assert typed(world, "kubectl get svc web -o jsonpath='{.spec.ports[0].name}'") == "default"
    nothing = pod("nil").replace("image: x", "image: x, args: [a, null]")
    told = typed(world, f"kubectl create -f -\n{nothing}")
    words = {"v1.7": "unexpected nil value for field s", "v1.8": 'unknown object type "nil" in Pod.s'}
    assert f"{words[release]}pec.containers[0].args[1]" in told


@ALL
def test_the_status_of_a_rollout_that_is_over(release: str) -> None:
    world = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: Deployment, name: web}}]\n")
    world.run_until(seconds(20))
    told = typed(world, "kubectl rollout status deploy web --revision=3")
    assert told == "error: desired revision (3) is different from the running revision (1)"
