"""What kubectl says at its end: of several errors, of texts that break off, of flags that do not go together.

Compared with kubectl 1.36 where it is that of v1.36; v1.7.5, v1.8.0 pkg/kubectl/cmd/util/helpers.go checkErr,
pkg/kubectl/resource/visitor.go StreamVisitor.
"""

import pytest

from clustersim import Cluster
from tests.model.reports.typed import ALL, at, cluster_of, empty, typed

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {containers: [{name: a, image: nginx}]}\n---\n"
BARE = "apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec: {containers: []}\n---\n"
FOREIGN = "apiVersion: foo/v1\nkind: Foo\nmetadata: {name: %s}\n---\n"
TYPO = POD.replace("spec: {", "spec: {foo: 1, ")


@pytest.fixture
def cluster() -> Cluster:
    found = cluster_of(
        "release: v1.36\nnodes: 2\nobjects: [{kind: Pod, name: p}, {kind: Deployment, name: web}]"
    )
    at(found, "5s")
    return found


@ALL
def test_several_errors_stand_behind_what_was_done_and_say_where_they_are_from(release: str) -> None:
    told = typed(empty(release), "kubectl create -f -\n" + POD % "a" + BARE % "b" + POD % "c" + BARE % "d")
    done = "pod/{0} created" if release == "v1.36" else 'pod "{0}" created'
    wrong = (
        'Error from server (Invalid): error when creating "STDIN": Pod "{0}" is invalid: spec.containers: '
    )
    failed = [f"{wrong.format(name)}Required value" for name in "bd"]
    assert told.splitlines() == [done.format("a"), done.format("c"), *failed]


@ALL
def test_a_single_error_is_told_by_its_causes(release: str) -> None:
    told = typed(empty(release), "kubectl create -f -\n" + BARE % "b" + POD % "a")
    assert told.splitlines()[1:] == ['The Pod "b" is invalid: spec.containers: Required value']


def test_kinds_that_there_are_not_are_one_list_among_other_errors() -> None:
    none = (
        'resource mapping not found for name: "{0}" namespace: "" from "STDIN": no matches for kind "Foo" in '
    )
    none += 'version "foo/v1"\nensure CRDs are installed first'
    both = f"[{none.format('u')}, {none.format('v')}]"
    text = FOREIGN % "u" + BARE % "b" + FOREIGN % "v"
    wrong = 'error when creating "STDIN": Pod "b" is invalid: spec.containers: Required value'
    created = typed(empty("v1.36"), f"kubectl create -f -\n{text}")
    assert created.startswith(f"Error from server (Invalid): {wrong}\n{both}")
    assert typed(empty("v1.36"), f"kubectl apply -f -\n{text}").startswith(both)
    alone = typed(empty("v1.36"), f"kubectl apply -f -\n{FOREIGN % 'u'}")
    assert alone.startswith(f"error: {none.format('u')}")


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_old_kubectls_read_no_further_than_an_unknown_field(release: str) -> None:
    told = typed(empty(release), "kubectl create -f -\n" + POD % "a" + TYPO % "b" + POD % "c").splitlines()
    assert told[0] == 'pod "a" created'
    assert len(told) == 2
    assert told[1].startswith('error: error validating "STDIN": error validating data: ')


@ALL
def test_what_stands_before_a_broken_document_is_made(release: str) -> None:
    told = typed(empty(release), "kubectl create -f -\n" + POD % "a" + "x: 1\n y: 2\n---\n" + POD % "c")
    done, wrong = told.splitlines()
    assert "created" in done
    place = "yaml: line 2: mapping values are not allowed in this context"
    assert wrong == f"error: error parsing STDIN: error converting YAML to JSON: {place}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a:\n  b: c\n d: e", "error converting YAML to JSON: yaml: line 2: did not find expected key"),
        (
            "a:\n\tb: c",
            "error converting YAML to JSON: yaml: line 2: found character that cannot start any token",
        ),
        ("a: 'b", "error converting YAML to JSON: yaml: line 2: found unexpected end of stream"),
        ("a: *b", "error converting YAML to JSON: yaml: unknown anchor 'b' referenced"),
        ("a: @b", "error converting YAML to JSON: yaml: found character that cannot start any token"),
        ('{"kind": "Pod"', "unexpected EOF"),
        (
            "{{ .Values.x }}",
            "json: offset 2: invalid character '{' looking for beginning of object key string",
        ),
    ],
)
def test_lines_are_counted_as_go_counts_them(text: str, told: str) -> None:
    assert typed(empty("v1.36"), f"kubectl create -f -\n{text}") == f"error: error parsing STDIN: {told}"


@ALL
@pytest.mark.parametrize(
    "field", ["labels: [a, b]", "annotations: x", "labels: {a: [b]}", "ownerReferences: 3"]
)
def test_no_metadata_stops_the_console(release: str, field: str) -> None:
    text = (POD % "a").replace("name: a}", f"name: a, {field}}}", 1)
    for verb in ("create", "replace", "delete"):
        assert "rror" in typed(empty(release), f"kubectl {verb} -f -\n{text}")
    assert typed(empty(release), f"kubectl apply -f -\n{text}")
    assert typed(empty(release), f"kubectl apply --validate=false -f -\n{text}")


def test_a_patch_of_apply_is_refused_as_a_patch(cluster: Cluster) -> None:
    typed(cluster, "kubectl apply -f -\n" + POD % "b")
    told = typed(cluster, "kubectl apply -f -\n" + TYPO % "b")
    assert told.startswith('The request is invalid: patch: Invalid value: "map[metadata:map[annotations:map[')
    assert told.endswith('spec:map[foo:1]]": strict decoding error: unknown field "spec.foo"')
    told = typed(cluster, "kubectl apply --server-side -f -\n" + TYPO % "c")
    why = "(default/c; /v1, Kind=Pod): .spec.foo: field not declared in schema"
    assert told == f"Error from server: failed to create typed patch object {why}"
    assert typed(cluster, "kubectl apply --validate=false -f -\n" + TYPO % "b") == "pod/b configured"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("get pods nosuch | wc -l", 'Error from server (NotFound): pods "nosuch" not found\n0'),
        ("get pods nosuch 2>&1 | wc -l", "1"),
        ("get pods nosuch 2>/dev/null", ""),
        ("get pods -l a=b 2>/dev/null", ""),
        ("get pods -l a=b | wc -l", "No resources found in default namespace.\n0"),
        ("get ep 2>/dev/null | wc -l", "2"),
        ("get pods p nosuch -o name", 'pod/p\nError from server (NotFound): pods "nosuch" not found'),
    ],
)
def test_complaints_go_to_the_standard_error(cluster: Cluster, line: str, told: str) -> None:
    assert typed(cluster, f"kubectl {line}") == told


def test_several_names_give_a_list_whatever_is_found(cluster: Cluster) -> None:
    assert typed(cluster, "kubectl get pod nosuch p -o jsonpath={.kind}").splitlines()[0] == "List"
    assert typed(cluster, "kubectl get pod p -o jsonpath={.kind}") == "Pod"


HINT = "\nSee 'kubectl {} -h' for help and examples"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("annotate pods --all -l a=b x=y", "cannot set --all and --selector at the same time"),
        (
            "label pods --all --field-selector=a=b x=y",
            "cannot set --all and --field-selector at the same time",
        ),
        (
            "annotate pod p a=b a-",
            "can not both modify and remove the following annotation(s) in the same command: a",
        ),
        ("apply -f x --force-conflicts", "--force-conflicts only works with --server-side"),
        ("apply -f x --server-side --force", "--force cannot be used with --server-side"),
        ("apply -f x --dry-run=server --force", "--dry-run=server cannot be used with --force"),
        ("delete pod p -o yaml", "unexpected -o output mode: yaml. We only support '-o name'"),
        (
            "delete pod p --force --grace-period=10",
            "--force and --grace-period greater than 0 cannot be specified together",
        ),
        ("get pods/p/x", "arguments in resource/name form may not have more than one slash"),
        ("get pods/", "arguments in resource/name form must have a single resource and name"),
        (
            "get pod/p -l a=b",
            "selectors and the all flag cannot be used when passing resource/name arguments",
        ),
        ("get pods --subresource=status", "subresource cannot be used when bulk resources are specified"),
        ("logs p -l a=b", "only a selector (-l) or a POD name is allowed" + HINT.format("logs")),
        (
            "logs p --all-containers -c p",
            "--all-containers=true should not be specified with container name p",
        ),
        ("logs p --since=-1s", "--since must be greater than 0"),
        (
            "exec p ls",
            "exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead"
            + HINT.format("exec"),
        ),
        ("rollout history deploy web --revision=-1", "revision must be a positive integer: -1"),
        (
            "scale deploy web --replicas=2 --current-replicas=-5",
            "The --current-replicas must specify an integer of -1 or greater",
        ),
        (
            "taint nodes --all -l a=b x=y:NoSchedule",
            "setting 'all' parameter with a non empty selector is prohibited",
        ),
        ("taint nodes n1 a=b:NoSchedule n2", "all resources must be specified before taint changes: n2"),
        ("version foo", "extra arguments: [foo]"),
        ("api-resources foo", "unexpected arguments: [foo]" + HINT.format("api-resources")),
        (
            "run x --image=nginx -t",
            "-i/--stdin is required for containers with -t/--tty=true" + HINT.format("run"),
        ),
        ("create svc externalname e --external-name=A_B", "invalid service external name A_B"),
        ("create job j --from=deploy/web", "unknown object type *v1.Deployment"),
        (
            "create --validate=foo -f x",
            'invalid - validate option "foo"; must be one of: strict (or true), warn, ignore (or false)',
        ),
        (
            "get pods --watch=foo",
            'invalid argument "foo" for "-w, --watch" flag: strconv.ParseBool: parsing "foo": invalid '
            "syntax\nSee 'kubectl get --help' for usage.",
        ),
    ],
)
def test_flags_that_do_not_go_together_are_told_first(cluster: Cluster, line: str, told: str) -> None:
    assert typed(cluster, f"kubectl {line}") == f"error: {told}"


@pytest.mark.parametrize("release", ["v1.7", "v1.8"])
def test_old_kubectls_autoscale_no_stateful_set(release: str) -> None:
    """kubernetes#44033, #48591. v1.7.5, v1.8.0 pkg/kubectl/cmd/util/factory_client_access.go CanBeAutoscaled,
    CanBeExposed: kinds are printed as Go prints two strings."""
    found = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: StatefulSet, name: db}}]")
    at(found, "10s")
    told = typed(found, "kubectl autoscale statefulset db --max=5")
    assert told == "error: cannot autoscale a {apps StatefulSet}"
    assert typed(found, "kubectl expose sts db --port=80") == "error: cannot expose a {apps StatefulSet}"
    assert typed(found, "kubectl expose node n1 --port=80") == "error: cannot expose a { Node}"
    assert typed(found, "kubectl get hpa") == "No resources found."


def test_todays_kubectl_autoscales_a_stateful_set_and_exposes_none() -> None:
    found = cluster_of("release: v1.36\nnodes: 1\nobjects: [{kind: StatefulSet, name: db}]")
    at(found, "10s")
    scaled = typed(found, "kubectl autoscale statefulset db --max=5")
    assert scaled == "horizontalpodautoscaler.autoscaling/db autoscaled"
    assert typed(found, "kubectl expose sts db --port=80") == "error: cannot expose a StatefulSet.apps"
    assert typed(found, "kubectl expose node n1 --port=80") == "error: cannot expose a Node"


@ALL
def test_each_taint_that_is_not_there_is_told(release: str) -> None:
    # kubernetes.io/docs/setup/production-environment/tools/kubeadm/create-cluster-kubeadm/ has the line.
    cluster = cluster_of(f"release: {release}\nnodes: 2\nobjects: []")
    master, plane = "node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"
    both = f'[taint "{plane}" not found, taint "{master}" not found]'
    assert typed(cluster, f"kubectl taint nodes --all {plane}- {master}-") == f"{both}\n{both}"
    assert typed(cluster, "kubectl taint nodes n1 a- b:NoSchedule-") == (
        'taint "a" not found\ntaint "b:NoSchedule" not found'
    )
    assert typed(cluster, "kubectl taint nodes n1 a-") == 'error: taint "a" not found'


def test_all_taints_that_are_there_already_are_told_before_those_that_are_not() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []")
    typed(cluster, "kubectl taint nodes n1 x=1:NoSchedule y=1:NoSchedule")
    assert typed(cluster, "kubectl taint nodes n1 x=2:NoSchedule y=2:NoSchedule a-") == (
        "error: node n1 already has x,y taint(s) with same effect(s) and --overwrite is false"
    )
