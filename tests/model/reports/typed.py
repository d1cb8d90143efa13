"""A cluster from a few lines of a scenario, and what is printed when somebody types."""

import pytest

from clustersim import Cluster, seconds
from clustersim.command import CommandError
from clustersim.console import go_on, run
from clustersim.flags import parse_duration
from clustersim.scenario.document import parse
from clustersim.scenario.loader import read_scenario

ALL = pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])


def cluster_of(scenario: str) -> Cluster:
    """A cluster at zero."""
    return Cluster(read_scenario(parse(f"format: scenario/1\n{scenario}")))


def at(cluster: Cluster, time: str) -> None:
    """Advance to that moment ("6m")."""
    cluster.run_until(parse_duration(time))


def typed(cluster: Cluster, line: str, where: str = "") -> str:
    """What a line prints; what it asks for is done."""
    answer, told = run(cluster, line, where), list[str]()
    while True:
        told += [answer.text] if answer.text else []
        told += [f"[{answer.note.text()}]"] if answer.note is not None else []
        for command in answer.commands:
            try:
                cluster.apply(command)
            except CommandError as error:
                told.append(f"refused: {error}")
        if answer.follow is None or not answer.follow.at_once:
            break
        answer = go_on(cluster, line, answer.follow, answer.where)
    cluster.run_until(cluster.now + seconds(0.05))
    return "\n".join(told)


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows."""
    return [line.split() for line in text.splitlines()[1:]]


def empty(release: str) -> Cluster:
    """One node, and nothing that runs on it."""
    return cluster_of(f"release: {release}\nnodes: 1\nobjects: []")


def of_web(release: str = "v1.36") -> Cluster:
    """One node, and a pod of the Deployment `web` that runs there."""
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{{kind: Deployment, name: web}}]\n")
    cluster.run_until(seconds(20))
    return cluster


def create(cluster: Cluster, kind: str, rest: str, version: str = "v1", verb: str = "create") -> str:
    """What kubectl says of a manifest of that kind. rest: its lines after the kind."""
    return typed(cluster, f"kubectl {verb} -f -\napiVersion: {version}\nkind: {kind}\n{rest}\n")


def refused(release: str, kind: str, rest: str, version: str = "v1") -> str:
    """What is said of the fields that are wrong."""
    told = create(empty(release), kind, rest, version)
    head, _is, why = told.partition(" is invalid: ")
    assert _is, head
    return why.replace("\n* ", " | ").strip(" |")
