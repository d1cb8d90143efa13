"""The columns of each kind and release, and what stands in the cells that follow a rule of their own."""

from typing import Any

import pytest

from clustersim.api import apps
from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta, ObjectReference, replace
from clustersim.api.timestamp import rfc3339
from clustersim.engine.time import MINUTE
from clustersim.kubectl import print_table
from clustersim.kubectl.tables import table_of
from clustersim.kubectl.texts import ports_text

COLUMNS = """
v1.7 | nodes | NAME STATUS AGE VERSION | EXTERNAL-IP OS-IMAGE KERNEL-VERSION
v1.8 | nodes | NAME STATUS ROLES AGE VERSION | EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME
v1.36 | nodes | NAME STATUS ROLES AGE VERSION | \
    INTERNAL-IP EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME
v1.7 | pods | NAME READY STATUS RESTARTS AGE | IP NODE
v1.8 | pods | NAME READY STATUS RESTARTS AGE | IP NODE
v1.36 | pods | NAME READY STATUS RESTARTS AGE | IP NODE NOMINATED-NODE READINESS-GATES
v1.7 | replicationcontrollers | NAME DESIRED CURRENT READY AGE | CONTAINER(S) IMAGE(S) SELECTOR
v1.8 | replicasets | NAME DESIRED CURRENT READY AGE | CONTAINERS IMAGES SELECTOR
v1.36 | replicasets | NAME DESIRED CURRENT READY AGE | CONTAINERS IMAGES SELECTOR
v1.8 | deployments | NAME DESIRED CURRENT UP-TO-DATE AVAILABLE AGE | CONTAINERS IMAGES SELECTOR
v1.36 | deployments | NAME READY UP-TO-DATE AVAILABLE AGE | CONTAINERS IMAGES SELECTOR
v1.7 | daemonsets | NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE-SELECTOR AGE | \
    CONTAINER(S) IMAGE(S) SELECTOR
v1.36 | daemonsets | NAME DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE-SELECTOR AGE | \
    CONTAINERS IMAGES SELECTOR
v1.7 | services | NAME CLUSTER-IP EXTERNAL-IP PORT(S) AGE | SELECTOR
v1.8 | services | NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE | SELECTOR
v1.36 | services | NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE | SELECTOR
v1.7 | endpoints | NAME ENDPOINTS AGE |
v1.36 | endpoints | NAME ENDPOINTS AGE |
v1.7 | events | LASTSEEN FIRSTSEEN COUNT NAME KIND SUBOBJECT TYPE REASON SOURCE MESSAGE |
v1.8 | events | LAST-SEEN FIRST-SEEN COUNT NAME KIND SUBOBJECT TYPE REASON SOURCE MESSAGE |
v1.36 | events | LAST-SEEN TYPE REASON OBJECT MESSAGE | SUBOBJECT SOURCE FIRST-SEEN COUNT NAME
v1.7 | componentstatuses | NAME STATUS MESSAGE ERROR |
v1.36 | componentstatuses | NAME STATUS MESSAGE ERROR |
v1.8 | namespaces | NAME STATUS AGE |
v1.36 | namespaces | NAME STATUS AGE |
v1.36 | leases | NAME HOLDER AGE |
v1.36 | endpointslices | NAME ADDRESSTYPE PORTS ENDPOINTS AGE |
v1.7 | statefulsets | NAME DESIRED CURRENT AGE | CONTAINER(S) IMAGE(S)
v1.8 | statefulsets | NAME DESIRED CURRENT AGE | CONTAINERS IMAGES
v1.36 | statefulsets | NAME READY AGE | CONTAINERS IMAGES
"""
"""Release, resource, columns, and those of -o wide; a hyphen in v1.8 and later may be a space."""


@pytest.mark.parametrize("line", COLUMNS.strip().splitlines())
def test_columns_are_those_of_the_release(line: str) -> None:
    release, resource, shown, wide = (part.strip() for part in line.split("|"))
    columns = table_of(resource, release).columns
    for priority, names in ((0, shown), (1, wide)):
        headers = [column.header.replace(" ", "-") for column in columns if column.priority == priority]
        assert headers == names.split()


def cells(resource: str, obj: Any, release: str, now: int = MINUTE) -> dict[str, str]:
    """What stands in the row of an object, by column."""
    table = table_of(resource, release)
    return dict(zip(table.header(wide=True), table.row(obj, now, wide=True), strict=True))


def named(name: str = "web", **fields: Any) -> ObjectMeta:
    return ObjectMeta(name=name, namespace="default", creation_timestamp=rfc3339(0), **fields)


def service(kind: str, **fields: Any) -> v1.Service:
    return v1.Service(metadata=named(), spec=v1.ServiceSpec(type=kind, cluster_ip="10.0.0.7", **fields))


@pytest.mark.parametrize(
    ("found", "in_v1_7", "later"),
    [
        (service("ClusterIP"), "<none>", "<none>"),
        (service("NodePort"), "<nodes>", "<none>"),
        (service("LoadBalancer"), "<pending>", "<pending>"),
        (service("ExternalName", external_name="example.org"), "example.org", "example.org"),
    ],
)
def test_the_external_address_of_a_service_depends_on_its_type(
    found: v1.Service, in_v1_7: str, later: str
) -> None:
    told = [cells("services", found, release)["EXTERNAL-IP"] for release in ("v1.7", "v1.8", "v1.36")]
    assert told == [in_v1_7, later, later]


def test_ports_are_told_with_those_of_nodes_and_joined_by_commas() -> None:
    ports = (
        v1.ServicePort(name="http", port=80, protocol="TCP", node_port=31000),
        v1.ServicePort(name="dns", port=53, protocol="UDP"),
    )
    assert ports_text(ports) == "80:31000/TCP,53/UDP"


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_roles_of_a_node_come_from_both_kinds_of_labels_sorted(release: str) -> None:
    labels = {"node-role.kubernetes.io/worker": "", "kubernetes.io/role": "edge", "disk": "ssd"}
    assert cells("nodes", v1.Node(metadata=named("n1", labels=labels)), release)["ROLES"] == "edge,worker"
    assert cells("nodes", v1.Node(metadata=named("n1")), release)["ROLES"] == "<none>"


def test_the_object_of_an_event_today_is_its_kind_and_name() -> None:
    event = v1.Event(metadata=named("web.1"), involved_object=ObjectReference(kind="Pod", name="web"))
    assert cells("events", event, "v1.36")["OBJECT"] == "pod/web"


def test_a_deployment_of_today_is_ready_in_so_many_of_so_many() -> None:
    found = apps.Deployment(
        metadata=named(), spec=apps.DeploymentSpec(replicas=3), status=apps.DeploymentStatus(ready_replicas=2)
    )
    assert cells("deployments", found, "v1.36")["READY"] == "2/3"


# --- the STATUS of a pod -----------------------------------------------------------------------------------

RUNNING = v1.ContainerState(running=v1.ContainerStateRunning())


def waiting(reason: str) -> v1.ContainerState:
    return v1.ContainerState(waiting=v1.ContainerStateWaiting(reason=reason))


def ended(code: int, reason: str = "", at: int | None = None) -> v1.ContainerState:
    finished = "" if at is None else rfc3339(at)
    return v1.ContainerState(
        terminated=v1.ContainerStateTerminated(exit_code=code, reason=reason, finished_at=finished)
    )


def statuses(*states: v1.ContainerState, last: v1.ContainerState | None = None) -> Any:
    return tuple(
        v1.ContainerStatus(
            name=f"c{index}",
            image="i",
            state=state,
            ready=state.running is not None,
            restart_count=0 if last is None else 3,
            last_state=last or v1.ContainerState(),
        )
        for index, state in enumerate(states)
    )


def pod(
    *states: v1.ContainerState,
    inits: tuple[v1.ContainerState, ...] = (),
    deleted: bool = False,
    last: v1.ContainerState | None = None,
    **status: Any,
) -> v1.Pod:
    containers, init_containers = (
        tuple(v1.Container(name=f"c{index}", image="i") for index in range(len(some)))
        for some in (states, inits)
    )
    return v1.Pod(
        metadata=named(deletion_timestamp=rfc3339(0) if deleted else ""),
        spec=v1.PodSpec(containers=containers, init_containers=init_containers),
        status=v1.PodStatus(
            **{"phase": "Running", **status},
            container_statuses=statuses(*states, last=last),
            init_container_statuses=statuses(*inits),
        ),
    )


def words(found: v1.Pod) -> list[str]:
    """What each release prints under STATUS."""
    return [cells("pods", found, release)["STATUS"] for release in ("v1.7", "v1.8", "v1.36")]


@pytest.mark.parametrize(
    ("init", "word"),
    [
        (ended(1, "Error"), "Init:Error"),
        (ended(2), "Init:ExitCode:2"),
        (waiting("CrashLoopBackOff"), "Init:CrashLoopBackOff"),
        (waiting("PodInitializing"), "Init:0/2"),
        (RUNNING, "Init:0/2"),
    ],
)
def test_the_first_init_container_that_has_not_ended_well_names_the_status(
    init: v1.ContainerState, word: str
) -> None:
    found = pod(waiting("PodInitializing"), inits=(init, waiting("PodInitializing")), phase="Pending")
    assert words(found) == [word] * 3


def test_init_containers_that_ended_well_are_counted() -> None:
    found = pod(waiting("PodInitializing"), inits=(ended(0, "Completed"), RUNNING), phase="Pending")
    assert words(found) == ["Init:1/2"] * 3


def test_of_several_containers_the_first_names_the_status() -> None:
    assert words(pod(waiting("ImagePullBackOff"), waiting("CrashLoopBackOff"))) == ["ImagePullBackOff"] * 3


def test_the_reason_of_a_pod_stands_before_its_phase() -> None:
    assert words(pod(phase="Failed", reason="Evicted")) == ["Evicted"] * 3


def test_a_pod_that_waits_for_its_gates_says_so_today() -> None:
    condition = v1.PodCondition(type="PodScheduled", status="False", reason="SchedulingGated")
    assert words(pod(phase="Pending", conditions=(condition,))) == ["Pending", "Pending", "SchedulingGated"]


@pytest.mark.parametrize(
    ("states", "ready", "today"),
    [
        ((ended(0, "Completed"), RUNNING), "True", "Running"),
        ((ended(0, "Completed"), RUNNING), "False", "NotReady"),
        ((ended(0, "Completed"), RUNNING, ended(1, "Error")), "False", "Error"),
    ],
)
def test_a_pod_of_which_something_runs_is_not_completed_today(
    states: tuple[v1.ContainerState, ...], ready: str, today: str
) -> None:
    conditions = (v1.PodCondition(type="Ready", status=ready),)
    assert words(pod(*states, conditions=conditions)) == ["Completed", "Completed", today]


def test_a_finished_pod_that_is_being_deleted_does_not_terminate_today() -> None:
    found = pod(ended(0, "Completed"), phase="Succeeded", deleted=True)
    assert words(found) == ["Terminating", "Terminating", "Completed"]


def test_restarts_are_summed_and_today_tell_when_the_last_was() -> None:
    found = pod(RUNNING, RUNNING, last=ended(1, "Error", at=MINUTE))
    told = [cells("pods", found, release, 3 * MINUTE)["RESTARTS"] for release in ("v1.7", "v1.8", "v1.36")]
    assert told == ["6", "6", "6 (2m ago)"]


def test_sidecars_that_started_are_ready_and_counted_today() -> None:
    sidecar = v1.Container(name="mesh", image="i", restart_policy="Always")
    started = v1.ContainerStatus(name="mesh", image="i", state=RUNNING, ready=True, started=True)
    plain = pod(RUNNING)
    found = replace(
        plain,
        spec=replace(plain.spec, init_containers=(sidecar,)),
        status=replace(plain.status, init_container_statuses=(started,)),
    )
    row = cells("pods", found, "v1.36")
    assert (row["READY"], row["STATUS"]) == ("2/2", "Running")


def test_finished_pods_are_shown_by_kubectl_of_today() -> None:
    done = pod(ended(0, "Completed"), phase="Succeeded")
    assert len(print_table("pods", [done], "v1.36", 0)) == 2
