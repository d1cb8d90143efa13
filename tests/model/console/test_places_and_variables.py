"""Where the commands of a line run, and the variables that it names."""

import pytest

from clustersim import seconds
from clustersim.console import go_on, run
from tests.model.reports.typed import cluster_of, typed


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("on n1: hostname; hostname", "n1\nn1"),
        ("on n1: hostname | tr n m; hostname && hostname || echo no", "m1\nn1\nn1"),
        ("on n1: hostname; on n2: hostname; hostname", "n1\nn2\nn2"),
        ("on n1: echo 'a; b'; hostname", "a; b\nn1"),
        ("on n1: hostname; sleep 0; hostname", "n1\nn1"),
        ("on n1: X=1; echo $X; hostname", "1\nn1"),
        ("on n1: for i in 1 2; do hostname; done; hostname", "n1\nn1\nn1"),
        ("on n1: if true; then hostname; fi", "n1"),
    ],
)
def test_what_stands_behind_on_and_a_colon_is_done_there_to_the_end_of_the_line(line: str, told: str) -> None:
    assert typed(cluster_of("release: v1.36\nnodes: 2\n"), line) == told


def test_kubectl_behind_on_is_still_that_of_the_workstation() -> None:
    told = typed(cluster_of("release: v1.36\nnodes: 2\n"), "on n1: hostname; kubectl get nodes -o name")
    assert told.splitlines() == ["n1", "node/n1", "node/n2"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('echo "NODE=$NODE"', "NODE=n1"),
        ("echo '$NODE' \\$NODE ${NODE}x", "$NODE $NODE n1x"),
        ('kubectl get node "$NODE" -o name', "node/n1"),
        ('echo "$(echo "a $NODE" \'b\')" c', "a n1 b c"),
        ('echo $NOT_SET. "$NOT_SET"', ". "),
        ("kubectl get node $NODE -o jsonpath='{.metadata.name}{\"\\n\"}'", "n1\n"),
        ("echo $ODD | wc -w", "3"),
    ],
)
def test_a_line_may_name_variables_within_quotes_and_without(line: str, told: str) -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\n")
    found = run(cluster, line, variables={"NODE": "n1", "ODD": "a | b'"})
    assert (found.text.rstrip() or "") == told.rstrip()
    assert found.variables == {"NODE": "n1", "ODD": "a | b'"}


def test_what_a_line_with_a_variable_runs_may_be_waited_for_and_entered() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\n")
    typed(cluster, "kubectl run web --image=nginx")
    waits = run(cluster, "kubectl wait pod/$POD --for=condition=Ready", variables={"POD": "web"})
    assert waits.follow is not None
    cluster.run_until(seconds(20))
    told = go_on(cluster, "kubectl wait pod/$POD --for=condition=Ready", waits.follow, "", {"POD": "web"})
    assert (told.text, told.follow) == ("pod/web condition met", None)
    assert "web" in run(cluster, "kubectl exec -it $POD -- sh", variables={"POD": "web"}).where


def test_a_substitution_within_double_quotes_has_quotes_of_its_own() -> None:
    cluster = cluster_of("release: v1.36\nnodes: 1\n")
    names = """'{{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}'"""
    line = f'export N="$(kubectl get nodes -o go-template={names})"'
    assert run(cluster, line).variables == {"N": "n1"}
