"""A cluster that is as large as a person can make it: no line holds up the rooms beside it for long."""

import sys

import pytest

from clustersim import Cluster, Command, default_scenario, seconds
from clustersim.console import run
from clustersim.console.kubectl.changing.changes import MOST_CHANGED
from clustersim.console.kubectl.output import MOST_WHOLE

MOST_CALLS = 300_000
"""Of Python's functions, for one line: some tenths of a second on any machine."""


def of_pods(replicas: int) -> Cluster:
    cluster = Cluster(default_scenario("v1.7"))
    cluster.apply(Command("scale", "rc/tomcat", {"replicas": replicas}))
    cluster.run_until(seconds(40))
    return cluster


@pytest.fixture(scope="module")
def crowded() -> Cluster:
    """More pods than one line changes or prints whole."""
    cluster = of_pods(MOST_WHOLE + 100)
    assert len(cluster.objects("pods")) > MOST_WHOLE
    return cluster


@pytest.mark.parametrize(
    "line",
    [
        "label pods --all a=b",
        "annotate pods --all a=b",
        "set image pods --all x=y",
    ],
)
def test_a_line_changes_no_more_than_it_may(crowded: Cluster, line: str) -> None:
    answer = run(crowded, f"kubectl {line}")
    assert (answer.text, answer.commands) == ("", ())
    assert str(answer.note) == f"This console changes at most {MOST_CHANGED} objects at once."


@pytest.mark.parametrize("line", ["get pods -o yaml", "get pods -o json", "get --raw /api/v1/pods"])
def test_a_line_prints_no_more_whole_than_it_may(crowded: Cluster, line: str) -> None:
    answer = run(crowded, f"kubectl {line}")
    assert answer.text == ""
    assert str(answer.note) == f"This console prints at most {MOST_WHOLE} objects whole; choose some."


def test_names_and_tables_are_of_all(crowded: Cluster) -> None:
    pods = len(crowded.objects("pods"))
    assert len(run(crowded, "kubectl get pods -o name").text.splitlines()) == pods
    assert len(run(crowded, "kubectl get pods --no-headers").text.splitlines()) == pods


def test_what_a_line_may_do_at_most_is_done_in_an_instant(crowded: Cluster) -> None:
    names = [name.rpartition("/")[2] for name in sorted(crowded.objects("pods"))]
    assert _calls(crowded, f"kubectl label pods {' '.join(names[:MOST_CHANGED])} a=b") < MOST_CALLS
    assert _calls(of_pods(MOST_WHOLE - 10), "kubectl get pods -o yaml") < MOST_CALLS


def _calls(cluster: Cluster, line: str) -> int:
    """How many functions it calls."""
    count = 0

    def called(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(called)
    try:
        answer = run(cluster, line)
    finally:
        sys.setprofile(None)
    assert answer.ok
    return count
