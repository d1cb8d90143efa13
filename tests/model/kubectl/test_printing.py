"""What kubectl prints of an object."""

import pytest
import yaml

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta, ObjectReference, replace
from clustersim.api.timestamp import rfc3339
from clustersim.engine.time import MINUTE, SECOND, seconds
from clustersim.kubectl import print_table
from clustersim.kubectl.ages import human_duration, short_human_duration
from clustersim.kubectl.manifest import to_yaml

HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("elapsed", "era", "modern"),
    [
        (-2, "<invalid>", "<invalid>"),
        (-0.5, "0s", "0s"),
        (59, "59s", "59s"),
        (90, "1m", "90s"),
        (120, "2m", "2m"),
        (310, "5m", "5m10s"),
        (599, "9m", "9m59s"),
        (630, "10m", "10m"),
        (2 * HOUR + 3540, "2h", "179m"),
        (3 * HOUR, "3h", "3h"),
        (3 * HOUR + 300, "3h", "3h5m"),
        (8 * HOUR + 1800, "8h", "8h"),
        (47 * HOUR, "1d", "47h"),
        (50 * HOUR, "2d", "2d2h"),
        (8 * DAY, "8d", "8d"),
        (3 * 365 * DAY + 10 * DAY, "3y", "3y10d"),
    ],
)
def test_durations(elapsed: float, era: str, modern: str) -> None:
    assert (short_human_duration(seconds(elapsed)), human_duration(seconds(elapsed))) == (era, modern)


def _pod(
    *states: v1.ContainerState,
    phase: str = "Running",
    reason: str = "",
    deleting: bool = False,
    ready: bool = True,
) -> v1.Pod:
    names = [f"c{number}" for number in range(len(states))]
    return v1.Pod(
        metadata=ObjectMeta(
            name="web",
            namespace="default",
            creation_timestamp=rfc3339(0),
            deletion_timestamp=rfc3339(0) if deleting else "",
        ),
        spec=v1.PodSpec(
            containers=tuple(v1.Container(name=name, image="i") for name in names), node_name="n1"
        ),
        status=v1.PodStatus(
            phase=phase,
            reason=reason,
            pod_ip="172.17.1.2",
            container_statuses=tuple(
                v1.ContainerStatus(name=name, state=state, ready=ready, restart_count=1, image="i")
                for name, state in zip(names, states, strict=True)
            ),
        ),
    )


RUNNING = v1.ContainerState(running=v1.ContainerStateRunning())
WAITING = v1.ContainerState(waiting=v1.ContainerStateWaiting(reason="CrashLoopBackOff"))
FAILED = v1.ContainerState(terminated=v1.ContainerStateTerminated(exit_code=1, reason="Error"))
ENDED = v1.ContainerState(terminated=v1.ContainerStateTerminated(exit_code=3))


@pytest.mark.parametrize(
    ("pod", "row"),
    [
        (_pod(RUNNING), "web 1/1 Running 1 1m"),
        (_pod(RUNNING, WAITING), "web 1/2 CrashLoopBackOff 2 1m"),
        (_pod(FAILED, WAITING), "web 0/2 Error 2 1m"),
        (_pod(ENDED), "web 0/1 ExitCode:3 1 1m"),
        (_pod(RUNNING, ready=False), "web 0/1 Running 1 1m"),
        (_pod(RUNNING, reason="NodeLost"), "web 1/1 NodeLost 1 1m"),
        (_pod(RUNNING, reason="NodeLost", deleting=True), "web 1/1 Unknown 1 1m"),
        (_pod(RUNNING, deleting=True), "web 1/1 Terminating 1 1m"),
    ],
)
def test_a_pod_s_row(pod: v1.Pod, row: str) -> None:
    for release in ("v1.7", "v1.8"):
        lines = print_table("pods", [pod], release, MINUTE)
        assert lines[1].split() == row.split()


def test_wide_pods_have_address_and_node() -> None:
    pending = replace(
        _pod(), spec=v1.PodSpec(containers=(v1.Container(name="c", image="i"),)), status=v1.PodStatus()
    )
    lines = print_table("pods", [_pod(RUNNING), pending], "v1.7", 0, wide=True)
    assert lines[0].split()[-2:] == ["IP", "NODE"]
    assert lines[1].split()[-2:] == ["172.17.1.2", "n1"]
    assert lines[2].split()[-2:] == ["<none>", "<none>"]


def test_finished_pods_are_hidden_without_show_all() -> None:
    done = _pod(ENDED, phase="Succeeded")
    assert print_table("pods", [done], "v1.7", 0) == [
        "No resources found, use --show-all to see completed objects."
    ]
    assert len(print_table("pods", [done], "v1.7", 0, show_all=True)) == 2
    assert print_table("pods", [], "v1.7", 0) == ["No resources found."]


def _node(status: str | None, *, cordoned: bool = False) -> v1.Node:
    conditions = (v1.NodeCondition(type="Ready", status=status),) if status else ()
    return v1.Node(
        metadata=ObjectMeta(
            name="n1", labels={"node-role.kubernetes.io/master": ""}, creation_timestamp=rfc3339(0)
        ),
        spec=v1.NodeSpec(unschedulable=cordoned),
        status=v1.NodeStatus(
            conditions=conditions, node_info=v1.NodeSystemInfo(kubelet_version="v1.7.5", os_image="Linux 1")
        ),
    )


@pytest.mark.parametrize(
    ("node", "word"),
    [
        (_node("True"), "Ready"),
        (_node("False"), "NotReady"),
        (_node("Unknown"), "NotReady"),
        (_node(None), "Unknown"),
        (_node("True", cordoned=True), "Ready,SchedulingDisabled"),
    ],
)
def test_a_node_s_status(node: v1.Node, word: str) -> None:
    assert print_table("nodes", [node], "v1.7", 5 * SECOND)[1].split() == [
        "n1",
        f"{word},master",
        "5s",
        "v1.7.5",
    ]
    assert print_table("nodes", [node], "v1.8", 5 * SECOND)[1].split() == [
        "n1",
        word,
        "master",
        "5s",
        "v1.7.5",
    ]


def test_endpoints_show_three_ready_addresses() -> None:
    def endpoints(count: int, unready: int = 0) -> v1.Endpoints:
        addresses = tuple(
            v1.EndpointAddress(ip=f"172.17.1.{number}") for number in range(2, 2 + count + unready)
        )
        subset = v1.EndpointSubset(
            addresses=addresses[:count],
            not_ready_addresses=addresses[count:],
            ports=(v1.EndpointPort(port=80),),
        )
        metadata = ObjectMeta(name="web", creation_timestamp=rfc3339(0))
        return v1.Endpoints(metadata=metadata, subsets=(subset,) if addresses else ())

    def cell(found: v1.Endpoints) -> str:
        return " ".join(print_table("endpoints", [found], "v1.7", 0)[1].split()[1:-1])

    assert cell(endpoints(0)) == "<none>"
    assert cell(endpoints(0, unready=1)) == ""
    assert cell(endpoints(5)) == "172.17.1.2:80,172.17.1.3:80,172.17.1.4:80 + 2 more..."


def test_the_name_of_an_event_is_the_object_s_in_v17_and_its_own_in_v18() -> None:
    event = v1.Event(
        metadata=ObjectMeta(name="n1.abc"),
        involved_object=ObjectReference(kind="Node", name="n1"),
        source=v1.EventSource(component="kubelet", host="n1"),
        first_timestamp=rfc3339(0),
        last_timestamp=rfc3339(MINUTE),
        count=2,
        type="Normal",
        reason="Starting",
        message="Starting kubelet.",
    )
    rows = [print_table("events", [event], release, 2 * MINUTE)[1].split() for release in ("v1.7", "v1.8")]
    assert rows[0] == [
        "1m",
        "2m",
        "2",
        "n1",
        "Node",
        "Normal",
        "Starting",
        "kubelet,",
        "n1",
        "Starting",
        "kubelet.",
    ]
    assert rows[1][3] == "n1.abc"


LONG = " ".join(["word"] * 40)


@pytest.mark.parametrize(
    "text",
    [LONG, f"key: {LONG}", f"tab\t{LONG}", "x" * 200, "-c", "it's", "- x", "a: b's", "?", ":a", "..."],
)
def test_a_text_of_yaml_reads_as_what_it_was(text: str) -> None:
    plain = {"metadata": {"annotations": {"key": text}}, "spec": {"args": [text, {"name": text}]}}
    assert yaml.safe_load(to_yaml(plain)) == plain


def test_a_long_text_is_broken_at_the_first_space_behind_the_eightieth_column() -> None:
    lines = to_yaml({"status": {"message": LONG}}).splitlines()
    assert [len(line) for line in lines[1:]] == [85, 83, 48]
    assert all(line.startswith("    word") for line in lines[2:])
