"""What the timeline is drawn from, also where the record has forgotten how it came to that."""

import pytest

from clustersim import Cluster, Command, default_scenario
from clustersim.engine import record
from clustersim.engine.time import SECOND
from clustersim.scenario.loader import load_scenario
from clustersim.view.timeline import timeline

OWNERS = """
format: scenario/1
name: owners
release: v1.36
nodes: 3
objects:
  - {kind: Deployment, name: web, replicas: 3, containers: [{name: web, image: "web:1"}]}
  - {kind: StatefulSet, name: db, replicas: 3, containers: [{name: db, image: "db:1"}]}
  - {kind: DaemonSet, name: agent, containers: [{name: agent, image: "agent:1"}]}
"""


def drawn(cluster: Cluster) -> tuple[tuple[int, int], list[str]]:
    """Of tomcat how many are wanted and ready, of n1 its states."""
    found = timeline(cluster, 0, 0, cluster.now)
    tomcat = found.owners["rc/default/tomcat"][-1]
    return (tomcat.wants, tomcat.ready), [span.state for span in found.nodes["n1"]]


def test_every_owner_whose_pods_go_on_is_counted_from_the_beginning() -> None:
    cluster = Cluster(load_scenario(OWNERS))
    owners = timeline(cluster, 0, 0, cluster.now).owners
    assert sorted(owners) == ["daemonset/default/agent", "deployment/default/web", "statefulset/default/db"]
    for items in owners.values():
        assert (items[0].ready, items[-1].ready, items[-1].wants) == (0, 3, 3)


def test_what_the_record_has_forgotten_is_told_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Cluster(default_scenario())
    assert drawn(whole) == ((3, 3), ["Ready"])
    monkeypatch.setattr(record, "DETAIL_LIMIT", 5)
    forgetful = Cluster(default_scenario())
    assert drawn(forgetful) == ((3, 3), ["Ready"])
    forgetful.apply(Command("stop-kubelet", "n1"))
    forgetful.run_until(120 * SECOND)
    assert drawn(forgetful)[1][-1] == "Unknown"
