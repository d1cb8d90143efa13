"""A cluster from a few lines of a scenario, and what is printed when somebody types."""

from clustersim import Cluster, seconds
from clustersim.command import CommandError
from clustersim.console import run
from clustersim.flags import parse_duration
from clustersim.scenario.document import parse
from clustersim.scenario.loader import read_scenario


def cluster_of(scenario: str) -> Cluster:
    """A cluster at zero."""
    return Cluster(read_scenario(parse(f"format: scenario/1\n{scenario}")))


def at(cluster: Cluster, time: str) -> None:
    """Advance to that moment ("6m")."""
    cluster.run_until(parse_duration(time))


def typed(cluster: Cluster, line: str, where: str = "") -> str:
    """What a line prints; what it asks for is done."""
    answer = run(cluster, line, where)
    told = [answer.text] if answer.text else []
    told += [f"[{answer.note.text()}]"] if answer.note is not None else []
    for command in answer.commands:
        try:
            cluster.apply(command)
        except CommandError as error:
            told.append(f"refused: {error}")
    cluster.run_until(cluster.now + seconds(0.05))
    return "\n".join(told)


def rows(text: str) -> list[list[str]]:
    """The cells of a table's rows."""
    return [line.split() for line in text.splitlines()[1:]]
