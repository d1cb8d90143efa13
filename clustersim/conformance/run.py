"""Run the model as a recording says, and watch it as the recording's observer did."""

from clustersim.cluster import Cluster
from clustersim.conformance.observation import Observation
from clustersim.conformance.observe import Observer
from clustersim.conformance.setup import Prepared
from clustersim.engine.time import SECOND, Micros

LOOK_EVERY: Micros = SECOND
"""How often the record is collected: nothing of it is forgotten, and no two heartbeats fall in between."""


def observed(prepared: Prepared) -> Observation:
    """What the observer of this run sees, from the boot of the world to its end."""
    scenario = prepared.scenario
    cluster = Cluster(scenario)
    observer = Observer()
    last = 0
    while True:
        events = cluster.record.since(last)
        if events:
            last = events[-1].id
        observer.collect(events)
        observer.look_at_routine(cluster.record, [node.name for node in scenario.nodes])
        if cluster.now >= scenario.until:
            return observer.observation(scenario.until)
        cluster.run_until(min(cluster.now + LOOK_EVERY, scenario.until))
