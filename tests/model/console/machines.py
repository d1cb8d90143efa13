"""A line that is typed on a machine, and what comes of it."""

from clustersim import Cluster, default_scenario
from clustersim.console import run


def do(cluster: Cluster, line: str, where: str = "n1") -> str:
    """What it prints; what it asks for is done."""
    answer = run(cluster, line, where)
    for command in answer.commands:
        cluster.apply(command)
    return answer.text


def today() -> Cluster:
    return Cluster(default_scenario("v1.36"))
