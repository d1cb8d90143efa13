"""The API server: optimistic concurrency, graceful deletion, binding, admission, watches, Events."""

import msgspec
import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.meta import ObjectMeta, replace
from clustersim.api.registry import encode
from clustersim.api.timestamp import micros, rfc3339
from clustersim.client.informer import Informer
from clustersim.engine.actor import Then, then
from clustersim.engine.time import HOUR, MINUTE, SECOND
from clustersim.flags import ApiServerFlags
from tests.model.worlds import ApiWorld


def pod(name: str = "web-1", node: str = "") -> v1.Pod:
    spec = v1.PodSpec(containers=(v1.Container(name="web", image="web:1"),), node_name=node)
    return v1.Pod(metadata=ObjectMeta(name=name, namespace="default", labels={"app": "web"}), spec=spec)


@pytest.fixture
def world() -> ApiWorld:
    return ApiWorld()


def test_a_created_pod_is_pending_and_has_uid_and_version(world: ApiWorld) -> None:
    created = world.ask("create", pod()).body
    assert created.status.phase == "Pending"
    assert created.status.qos_class == "BestEffort"
    assert len(created.metadata.uid) == 36
    assert int(created.metadata.resource_version) > 0


def test_names_are_generated_by_the_server(world: ApiWorld) -> None:
    body = replace(pod(), metadata=ObjectMeta(generate_name="web-", namespace="default"))
    names = {world.ask("create", body).body.metadata.name for _ in range(5)}
    assert len(names) == 5
    assert all(name.startswith("web-") and len(name) == 9 for name in names)


def test_creating_twice_is_refused(world: ApiWorld) -> None:
    world.ask("create", pod())
    reply = world.ask("create", pod())
    assert (reply.status, reply.reason) == (409, "AlreadyExists")


@pytest.mark.parametrize(("phase", "there"), [("Running", True), ("Succeeded", False), ("Failed", False)])
def test_a_finished_pod_is_removed_at_once_and_a_running_one_in_thirty_seconds(
    world: ApiWorld, phase: str, there: bool
) -> None:
    created = world.ask("create", pod(node="n1")).body
    world.ask("update_status", replace(created, status=replace(created.status, phase=phase)))
    world.ask("delete", "pods", "default", "web-1")
    left = world.etcd.get("pods", "default/web-1")
    assert (left is not None) is there
    if left is not None:
        metadata = left.metadata
        assert metadata.deletion_grace_period_seconds == 30
        assert micros(metadata.deletion_timestamp) > world.engine.now + 29 * SECOND


def test_the_second_of_two_writers_with_the_same_version_gets_409(world: ApiWorld) -> None:
    created = world.ask("create", pod()).body
    changed = replace(created, metadata=replace(created.metadata, labels={"app": "other"}))
    assert world.ask("update", changed).ok
    reply = world.ask("update", replace(changed, metadata=replace(changed.metadata, labels={})))
    assert reply.status == 409
    assert reply.message.endswith("please apply your changes to the latest version and try again")


def test_status_writes_leave_the_spec_alone_and_the_other_way_round(world: ApiWorld) -> None:
    created = world.ask("create", pod()).body
    status = replace(created.status, phase="Running")
    written = world.ask(
        "update_status", replace(created, status=status, spec=replace(created.spec, host_network=True))
    ).body
    assert written.status.phase == "Running"
    assert not written.spec.host_network
    written = world.ask("update", replace(written, status=replace(status, phase="Failed"))).body
    assert written.status.phase == "Running"


def test_a_bound_pod_is_deleted_gracefully_and_stays(world: ApiWorld) -> None:
    world.ask("create", pod(node="n1"))
    deleted = world.ask("delete", "pods", "default", "web-1").body
    assert deleted.metadata.deletion_grace_period_seconds == 30
    assert deleted.metadata.deletion_timestamp == "2017-09-26T07:00:31Z"
    world.run(HOUR)
    assert world.etcd.get("pods", "default/web-1") is not None


def test_deleting_again_may_only_shorten_the_grace(world: ApiWorld) -> None:
    world.ask("create", pod(node="n1"))
    first = world.ask("delete", "pods", "default", "web-1").body
    assert world.ask("delete", "pods", "default", "web-1", grace_seconds=60).body is first
    shorter = world.ask("delete", "pods", "default", "web-1", grace_seconds=5).body
    assert shorter.metadata.deletion_grace_period_seconds == 5


def test_a_shorter_grace_counts_from_the_first_deletion(world: ApiWorld) -> None:
    world.ask("create", pod(node="n1"))
    first = world.ask("delete", "pods", "default", "web-1").body
    world.run(3 * SECOND)
    shorter = world.ask("delete", "pods", "default", "web-1", grace_seconds=5).body
    assert first.metadata.deletion_timestamp == "2017-09-26T07:00:31Z"
    assert shorter.metadata.deletion_timestamp == "2017-09-26T07:00:06Z"
    assert world.ask("delete", "pods", "default", "web-1").body == shorter, "nothing is asked for"


def test_todays_grace_is_never_negative_and_does_not_end_in_the_past() -> None:
    world = ApiWorld(release="v1.36")
    world.ask("create", pod(node="n1"))
    world.ask("delete", "pods", "default", "web-1")
    world.run(20 * SECOND)
    late = world.ask("delete", "pods", "default", "web-1", grace_seconds=5).body.metadata
    assert late.deletion_grace_period_seconds == 1
    assert late.deletion_timestamp == "2017-09-26T07:00:21Z"
    world.ask("create", pod("web-2", node="n1"))
    negative = world.ask("delete", "pods", "default", "web-2", grace_seconds=-5).body.metadata
    assert negative.deletion_grace_period_seconds == 1


def test_a_pod_without_a_node_is_removed_at_once(world: ApiWorld) -> None:
    world.ask("create", pod())
    world.ask("delete", "pods", "default", "web-1")
    assert world.etcd.get("pods", "default/web-1") is None


def test_a_forced_delete_removes_the_object_at_once(world: ApiWorld) -> None:
    world.ask("create", pod(node="n1"))
    world.ask("delete", "pods", "default", "web-1", grace_seconds=0)
    assert world.etcd.get("pods", "default/web-1") is None


def test_a_delete_with_another_uid_is_refused(world: ApiWorld) -> None:
    world.ask("create", pod(node="n1"))
    assert world.ask("delete", "pods", "default", "web-1", grace_seconds=0, uid="other").status == 409


def test_binding_sets_node_and_condition_in_one_write_and_only_once(world: ApiWorld) -> None:
    world.ask("create", pod())
    bound = world.ask("bind", "default", "web-1", "n1").body
    assert bound.spec.node_name == "n1"
    assert [(c.type, c.status) for c in bound.status.conditions] == [("PodScheduled", "True")]
    assert world.ask("bind", "default", "web-1", "n2").status == 409


def test_a_pod_that_is_being_deleted_cannot_be_bound(world: ApiWorld) -> None:
    created = world.ask("create", pod()).body
    doomed = replace(created, metadata=replace(created.metadata, deletion_timestamp="2017-09-26T07:00:00Z"))
    world.etcd.put("pods", "default/web-1", doomed)
    assert world.ask("bind", "default", "web-1", "n1").status == 409


def test_services_get_different_addresses_of_the_range(world: ApiWorld) -> None:
    addresses = set()
    for name in ("a", "b", "c"):
        spec = v1.ServiceSpec(ports=(v1.ServicePort(port=80),))
        service = v1.Service(metadata=ObjectMeta(name=name, namespace="default"), spec=spec)
        addresses.add(world.ask("create", service).body.spec.cluster_ip)
    assert len(addresses) == 3
    assert all(a.startswith("10.0.0.") and a != "10.0.0.1" for a in addresses)


def test_today_low_addresses_are_kept_for_those_who_ask_until_the_others_are_taken() -> None:
    def given(release: str, count: int, range_: str) -> list[int]:
        world = ApiWorld(
            release=release, flags=ApiServerFlags(start_delay=0, service_cluster_ip_range=range_)
        )
        found = []
        for number in range(count):
            service = v1.Service(
                metadata=ObjectMeta(name=f"s{number}", namespace="default"),
                spec=v1.ServiceSpec(ports=(v1.ServicePort(port=80),)),
            )
            found.append(int(world.ask("create", service).body.spec.cluster_ip.rpartition(".")[2]))
        return found

    low = range(1, 17)
    assert any(place in low for place in given("v1.8", 60, "10.1.0.0/25"))
    today = given("v1.36", 115, "10.1.0.0/25")
    assert [place in low for place in today] == [False] * 110 + [True] * 5


def test_a_missing_namespace_is_refused_only_by_its_admission_plugin() -> None:
    elsewhere = replace(pod(), metadata=ObjectMeta(name="web-1", namespace="nowhere"))
    assert ApiWorld().ask("create", elsewhere).ok
    flags = ApiServerFlags(start_delay=0, admission_control=("NamespaceLifecycle",))
    assert ApiWorld(flags=flags).ask("create", elsewhere).status == 404


def test_default_tolerations_are_added_only_where_the_plugin_is_on() -> None:
    assert ApiWorld().ask("create", pod()).body.spec.tolerations == ()
    flags = ApiServerFlags(start_delay=0, admission_control=("DefaultTolerationSeconds",))
    tolerations = ApiWorld(flags=flags).ask("create", pod()).body.spec.tolerations
    assert [(t.key, t.toleration_seconds) for t in tolerations] == [
        ("node.alpha.kubernetes.io/notReady", 300),
        ("node.alpha.kubernetes.io/unreachable", 300),
    ]


def test_a_watch_hears_of_changes_in_order_and_a_selector_turns_them(world: ApiWorld) -> None:
    informer = Informer(world.probe.api, "pods", world.probe.changed, fields={"spec.nodeName": "n1"})
    world.engine.cause = 0
    informer.start()
    world.run(SECOND)
    world.ask("create", pod())
    assert world.probe.state.changes == []
    world.ask("bind", "default", "web-1", "n1")
    world.ask("delete", "pods", "default", "web-1", grace_seconds=0)
    assert world.probe.state.changes == [(None, "web-1"), ("web-1", "web-1"), ("web-1", None)]


def test_an_informer_lists_again_after_the_api_server_was_away(world: ApiWorld) -> None:
    informer = Informer(world.probe.api, "pods", world.probe.changed)
    informer.start()
    world.run(SECOND)
    world.apiserver.kill()
    world.run(5 * SECOND)
    world.apiserver.start()
    world.etcd.put("pods", "default/web-1", pod())
    world.run(3 * SECOND)
    assert world.probe.state.changes == [(None, "web-1")]


@pytest.mark.parametrize(("release", "reason"), [("v1.7", "Gone"), ("v1.8", "Gone"), ("v1.36", "Expired")])
def test_a_history_that_is_gone_answers_410(release: str, reason: str) -> None:
    world = ApiWorld(release=release)
    world.etcd.store.compacted = 50
    world.probe.api.watch("pods", "pods/1", 10, {}, {}, _keep(world))
    world.run(SECOND)
    assert (world.probe.last.status, world.probe.last.reason) == (410, reason)


def _keep(world: ApiWorld) -> Then:
    return then(world.probe.keep)


def test_requests_are_refused_while_nobody_listens_and_reset_when_the_server_dies(world: ApiWorld) -> None:
    world.etcd.kill()
    world.probe.api.get("nodes", "", "n1", _keep(world))
    world.run(SECOND)
    world.apiserver.kill()
    world.run(SECOND)
    assert world.probe.last.reason == "ConnectionReset"
    assert world.ask("get", "nodes", "", "n1").reason == "ConnectionRefused"


def test_without_etcd_every_request_waits(world: ApiWorld) -> None:
    world.etcd.kill()
    before = len(world.probe.state.replies)
    world.probe.api.get("nodes", "", "n1", _keep(world))
    world.run(40 * SECOND)
    assert len(world.probe.state.replies) == before
    world.etcd.start()
    world.run(13 * SECOND)
    assert world.probe.last.status == 404


@pytest.mark.parametrize(
    ("release", "waits", "reason", "told"),
    [
        ("v1.7", 30, "ServerTimeout", "The get operation against nodes could not be completed at this time"),
        ("v1.8", 30, "ServerTimeout", "The get operation against nodes could not be completed at this time"),
        ("v1.36", 34, "Timeout", "Timeout: request did not complete within the allotted timeout"),
    ],
)
def test_without_etcd_a_write_waits_for_half_a_minute_and_a_read_for_a_minute(
    release: str, waits: int, reason: str, told: str
) -> None:
    world = ApiWorld(release=release)
    world.etcd.kill()
    world.probe.api.create(pod(), _keep(world))
    world.run((waits - 1) * SECOND)
    assert not world.probe.state.replies
    world.run(2 * SECOND)
    assert (world.probe.last.status, world.probe.last.reason) == (504, "Timeout")
    world.probe.api.get("nodes", "", "n1", _keep(world))
    world.run(59 * SECOND)
    assert len(world.probe.state.replies) == 1
    world.run(2 * SECOND)
    assert (world.probe.last.status, world.probe.last.reason) == (504, reason)
    assert world.probe.last.message.startswith(told)


def test_events_are_removed_when_their_time_is_over(world: ApiWorld) -> None:
    event = v1.Event(
        metadata=ObjectMeta(name="e", namespace="default"),
        involved_object=v1.ObjectReference(kind="Pod", name="web-1"),
    )
    world.ask("create", event)
    world.run(59 * MINUTE)
    assert world.etcd.get("events", "default/e") is not None
    world.run(3 * MINUTE)
    assert world.etcd.get("events", "default/e") is None


def test_events_go_in_time_whatever_they_say_of_it_and_in_whatever_order_they_were_made(
    world: ApiWorld,
) -> None:
    """One is counted again; two are of clients whose clocks are behind and ahead."""

    def event(name: str, last: str = "") -> v1.Event:
        metadata = ObjectMeta(name=name, namespace="default")
        return v1.Event(metadata=metadata, reason="Killing", last_timestamp=last)

    def names() -> set[str]:
        return {found.metadata.name for found in world.etcd.range("events").values()}

    world.ask("create", event("first"))
    world.run(20 * MINUTE)
    world.ask("create", event("second"))
    world.run(20 * MINUTE)
    world.ask("create", event("behind", last=rfc3339(world.engine.now - 24 * 60 * MINUTE)))
    world.ask("create", event("ahead", last=rfc3339(world.engine.now + 24 * 60 * MINUTE)))
    world.ask("patch", "events", "default", "first", {"lastTimestamp": rfc3339(world.engine.now)})
    world.run(31 * MINUTE)
    assert names() == {"first", "second", "behind", "ahead"}
    world.run(12 * MINUTE)
    assert names() == {"first", "behind", "ahead"}
    world.run(20 * MINUTE)
    assert not names()


def test_objects_encode_to_the_json_of_the_real_api(world: ApiWorld) -> None:
    plain = msgspec.json.decode(encode(world.ask("create", pod(node="n1")).body))
    assert plain["kind"] == "Pod"
    assert plain["apiVersion"] == "v1"
    assert plain["spec"]["nodeName"] == "n1"
    assert plain["metadata"]["creationTimestamp"].endswith("Z")
