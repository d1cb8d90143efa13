"""What the real kubectl of today printed for these lines, asked against a server of this model."""

import pytest

from clustersim import Cluster
from clustersim.console import run
from tests.model.reports.typed import cluster_of, typed


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    return cluster_of("release: v1.36\nnodes: 2\n")


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("kubectl scale rc tomcat", 'error: required flag(s) "replicas" not set'),
        ("kubectl run", 'error: required flag(s) "image" not set'),
        ("kubectl delete --all", "error: at least one resource must be specified to use a selector"),
        (
            "kubectl create ns default",
            'Error from server (AlreadyExists): namespaces "default" already exists',
        ),
        (
            "kubectl scale rc tomcat --replicas=abc",
            'error: invalid argument "abc" for "--replicas" flag: strconv.ParseInt: parsing "abc": invalid '
            "syntax\nSee 'kubectl scale --help' for usage.",
        ),
        (
            "kubectl rollout status rc/tomcat",
            "error: no status viewer has been implemented for ReplicationController",
        ),
        (
            "kubectl get pods --field-selector=foo=bar",
            'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector '
            '"", field selector "foo=bar": field label not supported: foo',
        ),
        (
            "kubectl create cronjob cj --image=busybox --schedule='* * * *'",
            'error: failed to create cronjob: CronJob.batch "cj" is invalid: spec.schedule: Invalid value: '
            '"* * * *": expected exactly 5 fields, found 4: [* * * *]',
        ),
        (
            'kubectl patch rc tomcat --type=json -p \'[{"op":"remove","path":"/spec/foo"}]\'',
            "The request is invalid: the server rejected our request due to an error in our request",
        ),
        (
            "kubectl explain pods.spec.foo",
            'KIND:       Pod\nVERSION:    v1\n\nerror: field "foo" does not exist',
        ),
    ],
)
def test_a_line_is_refused_in_these_words(cluster: Cluster, line: str, printed: str) -> None:
    assert run(cluster, line).text == printed


def test_what_kubectl_would_make_has_no_defaults_of_a_server(cluster: Cluster) -> None:
    assert run(cluster, "kubectl create deployment web --image=nginx --dry-run=client -o yaml").text == (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  labels:\n    app: web\n  name: web\nspec:\n"
        "  replicas: 1\n  selector:\n    matchLabels:\n      app: web\n  strategy: {}\n  template:\n"
        "    metadata:\n      labels:\n        app: web\n    spec:\n      containers:\n      - image: nginx\n"
        "        name: nginx\n        resources: {}\nstatus: {}"
    )


def test_what_kubectl_of_the_era_would_make_has_times_that_are_not_set() -> None:
    old = cluster_of("release: v1.7\nnodes: 1\nobjects: []\n")
    assert run(old, "kubectl run nginx --image=nginx --dry-run -o yaml").text == (
        "apiVersion: extensions/v1beta1\nkind: Deployment\nmetadata:\n  creationTimestamp: null\n"
        "  labels:\n    run: nginx\n  name: nginx\nspec:\n  replicas: 1\n  selector:\n    matchLabels:\n"
        "      run: nginx\n  strategy: {}\n  template:\n    metadata:\n      creationTimestamp: null\n"
        "      labels:\n        run: nginx\n    spec:\n      containers:\n      - image: nginx\n"
        "        name: nginx\n        resources: {}\nstatus: {}"
    )


@pytest.mark.parametrize(
    ("metadata", "verb", "printed"),
    [
        (
            "{}",
            "create",
            'The Pod "" is invalid: metadata.name: Required value: name or generateName is required',
        ),
        (
            "{name: 123}",
            "create",
            'error: unable to decode "STDIN": json: cannot unmarshal number into Go struct field '
            "ObjectMeta.metadata.name of type string",
        ),
        (
            "{name: nobody}",
            "delete",
            'Error from server (NotFound): error when deleting "STDIN": pods "nobody" not found',
        ),
    ],
)
def test_a_pasted_pod_without_a_proper_name(cluster: Cluster, metadata: str, verb: str, printed: str) -> None:
    pasted = (
        f"kubectl {verb} -f -\napiVersion: v1\nkind: Pod\nmetadata: {metadata}\n"
        "spec: {containers: [{name: a, image: x}]}\n"
    )
    assert run(cluster, pasted).text == printed


def test_a_taint_that_is_overwritten_is_modified_and_a_node_tells_its_registration() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    assert typed(cluster, "kubectl taint node n1 a=b:NoSchedule") == "node/n1 tainted"
    assert typed(cluster, "kubectl taint node n1 a=c:NoSchedule --overwrite") == "node/n1 modified"
    assert "Registered Node n1 in Controller" in run(cluster, "kubectl describe node n1").text


def test_the_namespaces_of_a_cluster_are_active_in_yaml_too(cluster: Cluster) -> None:
    assert run(cluster, "kubectl get ns default -o jsonpath='{.status.phase}'").text == "Active"


def test_what_one_line_asks_for_is_done_in_its_order() -> None:
    cluster = cluster_of("release: v1.8\nnodes: 1\nobjects: []\n")
    typed(cluster, "kubectl create cm a --from-literal=k=old")
    typed(cluster, "kubectl delete cm a && kubectl create cm a --from-literal=k=new")
    assert run(cluster, "kubectl get cm a -o jsonpath='{.data.k}'").text == "new"


@pytest.mark.parametrize(
    "line",
    [
        "kubectl apply -f - <<-EOF\n\tapiVersion: v1\n\tkind: ConfigMap\n\tmetadata: {name: h}\n\tEOF",
        "cat << 'EOF' | kubectl apply -f -\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: h}\nEOF\n",
    ],
)
def test_what_stands_below_a_here_document_is_carried_out_too(line: str) -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\nobjects: []\n")
    assert typed(cluster, f"{line}\nkubectl get cm h -o name") == "configmap/h created\nconfigmap/h"


def test_services_are_killed_by_name_and_a_machine_is_shut_down() -> None:
    cluster = cluster_of("release: v1.8\nnodes: 2\nobjects: []\n")
    typed(cluster, "pkill -STOP kubelet", "n1")
    assert cluster.process("kubelet", "n1").status.phase == "hung"
    typed(cluster, "killall -9 kubelet", "n2")
    assert cluster.process("kubelet", "n2").status.phase == "stopped"
    answer = run(cluster, "shutdown -h now", "n2")
    assert (answer.where, [command.do for command in answer.commands]) == ("", ["shut-down"])
