"""A run as a recording: its set-up and what was done, which is all that milestones need of one."""

from clustersim.conformance.recording import (
    Final,
    Phase,
    Provenance,
    RecordedAction,
    RecordedContainer,
    RecordedNode,
    RecordedObject,
    Recording,
)
from clustersim.engine.record import Event
from clustersim.engine.time import Micros, in_seconds
from clustersim.scenario_schema import ObjectSpec, Scenario


def as_recording(scenario: Scenario, acts: list[Event], began: Micros) -> Recording:
    """A run as a recording without outcomes: its set-up, and the acts since it began."""
    actions = tuple(_action(act) for act in acts if act.t >= began)
    nothing = RecordedAction(t=in_seconds(began), do="watch", target=None)
    return Recording(
        format="golden/1",
        id=scenario.name,
        release=scenario.release,
        title="",
        provenance=Provenance("", "", "", {}),
        flags={},
        nodes=tuple(RecordedNode(node.name, node.cpu, node.memory_mib) for node in scenario.nodes),
        objects=tuple(_object(spec) for spec in scenario.objects),
        placement={},
        phase=Phase(heartbeats_before={}, heartbeat_kind={}),
        actions=actions or (nothing,),
        milestones=(),
        never=(),
        final=Final(0, {}),
    )


def _action(act: Event) -> RecordedAction:
    args = act.after if isinstance(act.after, dict) else {}
    known = {name: args[name] for name in _ARGUMENTS if name in args}
    return RecordedAction(t=in_seconds(act.t), do=act.verb, target=act.object or None, **known)


_ARGUMENTS = tuple(
    name for name in RecordedAction.__struct_fields__ if name not in ("t", "do", "target", "seen_t")
)


def _object(spec: ObjectSpec) -> RecordedObject:
    return RecordedObject(
        kind=spec.kind,
        api="v1",
        name=spec.name,
        namespace=spec.namespace,
        replicas=spec.replicas,
        selector=spec.selector,
        labels=spec.labels,
        containers=tuple(RecordedContainer(name=c.name, image=c.image) for c in spec.containers),
        node_name=spec.node_name or None,
        restart_policy=spec.restart_policy,
    )
