"""`kubectl get -w`: rows below each other, and objects that leave a selector."""

from clustersim import Cluster
from clustersim.console import go_on, run
from tests.model.reports.typed import at, cluster_of, typed


def watch(cluster: Cluster, line: str, *acts: str) -> list[str]:
    """What a watch prints, and what it adds after each act and three seconds."""
    answer = run(cluster, line)
    told = answer.text.splitlines()
    for act in acts:
        typed(cluster, act)
        at(cluster, f"{cluster.now / 1e6 + 3}s")
        assert answer.follow is not None
        answer = go_on(cluster, line, answer.follow)
        told += answer.text.splitlines()
    return told


def empty(release: str = "v1.36") -> Cluster:
    return cluster_of(f"release: {release}\nnodes: 1\nobjects: []\n")


def test_rows_of_today_stay_as_wide_as_the_widest_cell_has_been() -> None:
    """liggitt's tabwriter remembers widths; nothing is printed before there is something to print."""
    told = watch(
        empty(), "kubectl get pods -w", "kubectl run a --image=nginx", "kubectl run bc --image=nginx"
    )
    assert told[0] == "NAME   READY   STATUS    RESTARTS   AGE"
    assert [line.rpartition(" ")[0].rstrip() for line in told[1:]] == [
        "a      0/1     Pending   0",
        "a      0/1     Pending   0",
        "a      0/1     ContainerCreating   0",
        "a      0/1     ContainerCreating   0",
        "a      1/1     Running             0",
        "bc     0/1     Pending             0",
        "bc     0/1     Pending             0",
        "bc     0/1     ContainerCreating   0",
        "bc     0/1     ContainerCreating   0",
        "bc     1/1     Running             0",
    ]


def test_rows_of_old_are_aligned_each_by_itself() -> None:
    told = watch(empty("v1.7"), "kubectl get pods -w", "kubectl run a --image=nginx --restart=Never")
    assert [line for line in told if "Creating" in line] == [
        "a         0/1       ContainerCreating   0         3s"
    ]


def test_a_pod_that_leaves_the_selector_is_gone_for_its_watch() -> None:
    """Pods are taken out of a Service by their label, and watched meanwhile."""
    cluster = empty()
    typed(cluster, "kubectl run a --image=nginx --labels=app=web")
    at(cluster, "5s")
    told = watch(
        cluster,
        "kubectl get pods -l app=web -w --output-watch-events",
        "kubectl label pod a app=debug --overwrite",
        "kubectl label pod a x=y",
        "kubectl label pod a app=web --overwrite",
    )
    assert told == [
        "EVENT      NAME   READY   STATUS    RESTARTS   AGE",
        "ADDED      a      1/1     Running   0          5s",
        "DELETED    a      1/1     Running   0          8s",
        "ADDED      a      1/1     Running   0          14s",
    ]
