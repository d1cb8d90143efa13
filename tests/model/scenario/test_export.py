import contextlib

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clustersim.flags import Flags
from clustersim.scenario import (
    ActionSpec,
    ClientSpec,
    ContainerSpec,
    Exits,
    NodeSpec,
    ObjectSpec,
    Phase,
    Scenario,
    ScenarioError,
    Supervisor,
    TolerationSpec,
    engine_version,
)
from clustersim.scenario.export import to_yaml
from clustersim.scenario.loader import default_scenario, load_scenario

names = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
labels = st.dictionaries(names, names, max_size=3)
past = st.integers(-(10**9), -1)
future = st.integers(0, 10**10)

containers = st.builds(
    ContainerSpec,
    name=names,
    image=names,
    port=st.none() | st.integers(1, 65_535),
    requests=st.dictionaries(st.sampled_from(["cpu", "memory"]), st.sampled_from(["1", "250m", "64Mi"])),
    exits=st.none() | st.builds(Exits, after_ms=st.integers(0, 10**6), code=st.integers(0, 255)),
    pull_fails=st.booleans(),
)
tolerations = st.builds(
    TolerationSpec,
    key=names,
    operator=st.sampled_from(["Equal", "Exists"]),
    effect=st.sampled_from(["NoSchedule", "NoExecute"]),
    seconds=st.none() | st.integers(0, 1000),
)


@st.composite
def objects(draw: st.DrawFn) -> ObjectSpec:
    own = draw(labels)
    common = {
        "name": draw(names),
        "namespace": draw(st.just("default") | names),
        "at": draw(st.none() | past | future),
    }
    pod = {
        "labels": own,
        "containers": tuple(draw(st.lists(containers, min_size=1, max_size=2))),
        "tolerations": tuple(draw(st.lists(tolerations, max_size=2))),
        "termination_grace_period_s": draw(st.none() | st.integers(0, 100)),
    }
    match draw(st.sampled_from(["ReplicationController", "Service", "Pod", "Namespace"])):
        case "ReplicationController" as kind:
            return ObjectSpec(kind=kind, **common, **pod, replicas=draw(st.integers(0, 50)), selector=own)
        case "Service" as kind:
            ports = {"port": draw(st.integers(1, 65_535)), "target_port": draw(st.integers(1, 65_535))}
            return ObjectSpec(kind=kind, **common, **ports, selector=draw(labels))
        case "Pod" as kind:
            return ObjectSpec(
                kind=kind, **common, **pod, restart_policy=draw(st.sampled_from(["Always", "Never"]))
            )
        case kind:
            return ObjectSpec(kind=kind, **common)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    nodes = draw(
        st.lists(
            st.builds(
                NodeSpec,
                name=names,
                cpu=st.sampled_from(["1", "2", "500m"]),
                memory_mib=st.integers(1, 10_000),
                ready_at=st.none() | st.integers(-(10**9), -(10**8)),
                heartbeat_at=st.none() | st.integers(-(10**7), -1),
                joins=st.booleans(),
                flags=st.just({}) | st.just({"kubelet": {"max-pods": "20"}}),
            ),
            min_size=1,
            max_size=4,
            unique_by=lambda node: node.name,
        )
    )
    specs = draw(st.lists(objects(), max_size=4, unique_by=lambda spec: spec.target))
    node = nodes[0].name
    actions = [ActionSpec(at=draw(future), do="stop-kubelet", target=node, label=draw(st.just("") | names))]
    actions += [
        ActionSpec(at=draw(future), do="scale", target=spec.target, args={"replicas": 3})
        for spec in specs
        if spec.replicas is not None
    ]
    return Scenario(
        name=draw(names),
        title=draw(st.just({}) | st.fixed_dictionaries({"en": texts, "zh": texts})),
        seed=draw(st.integers(0, 2**63 - 1)),
        flags=draw(
            st.sampled_from(
                [
                    Flags(),
                    Flags().with_texts({"controller-manager": {"pod-eviction-timeout": "1m30s"}}),
                    Flags().with_texts(
                        {"apiserver": {"admission-control": "NamespaceLifecycle,LimitRanger"}}
                    ),
                ]
            )
        ),
        nodes=tuple(nodes),
        objects=tuple(specs),
        placement={spec.name: {node: 1} for spec in specs if spec.containers},
        phase=draw(
            st.builds(
                Phase, monitor_pass=st.none() | past, gc_pass=st.none() | past, leader_since=st.none() | past
            )
        ),
        supervisor=draw(st.just(Supervisor()) | st.just(Supervisor(components=("scheduler",), after=7))),
        transport=draw(st.sampled_from(["http/1.1", "http/2 over tls"])),
        clients=tuple(
            ClientSpec(name=f"c{number}", service=spec.name, namespace=spec.namespace)
            for number, spec in enumerate(specs)
            if spec.kind == "Service"
        ),
        actions=tuple(sorted(actions, key=lambda action: action.at)),
        until=draw(st.integers(10**10, 2 * 10**10)),
        ticking=draw(st.booleans()),
    )


@given(scenarios())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_written_scenario_reads_back(scenario: Scenario) -> None:
    assert load_scenario(to_yaml(scenario)) == scenario


def test_the_default_world_reads_back() -> None:
    for release in ("v1.7", "v1.8"):
        assert load_scenario(to_yaml(default_scenario(release))) == default_scenario(release)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("latin-1")))
@settings(deadline=None)
def test_no_text_fails_in_another_way_than_a_scenario_error(text: str) -> None:
    with contextlib.suppress(ScenarioError):
        load_scenario(text + "\n")


def test_a_scenario_cannot_be_changed_in_place() -> None:
    scenario = default_scenario()
    assert msgspec.structs.replace(scenario, seed=5).seed == 5
    assert scenario.seed == 42


def test_the_engine_version_is_stable_within_one_source() -> None:
    engine_version.cache_clear()
    first = engine_version()
    engine_version.cache_clear()
    assert engine_version() == first
    assert len(first) == 12
