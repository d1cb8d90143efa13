"""Events as components send them take a short way into the store: it leads to the same."""

import hashlib

import msgspec
import pytest
from msgspec.structs import replace

from clustersim import Cluster, Command, default_scenario
from clustersim.api.core_v1 import Event
from clustersim.api.meta import ObjectMeta, ObjectReference, OwnerReference
from clustersim.api.request import Request
from clustersim.apiserver import registry
from clustersim.apiserver.plain_events import is_plain
from clustersim.engine.time import SECOND
from clustersim.etcd import Etcd
from clustersim.releases import RELEASES

PLAIN = Event(
    metadata=ObjectMeta(name="web-1.15d5", namespace="default"),
    involved_object=ObjectReference(kind="Pod", namespace="default", name="web-1"),
)


@pytest.fixture(scope="module")
def etcd() -> Etcd:
    return Cluster(default_scenario("v1.8")).world.etcd


def story(release: str) -> str:
    """All that happens in a cluster that loses a node, and what is left of it."""
    cluster = Cluster(default_scenario(release))
    cluster.apply(Command("stop-kubelet", "n1"))
    cluster.run_until(400 * SECOND)
    told = hashlib.blake2b(msgspec.json.encode(list(cluster.record)))
    return f"{told.hexdigest()} {cluster.state_hash()}"


@pytest.mark.parametrize("release", RELEASES)
def test_both_ways_lead_to_the_same_history_and_the_same_state(
    release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Versions, uids and all: byte for byte."""
    asked: list[bool] = []

    def watched(request: Request, etcd: Etcd, release: str) -> bool:
        asked.append(is_plain(request, etcd, release))
        return asked[-1]

    monkeypatch.setattr(registry, "is_plain", watched)
    short = story(release)
    assert sum(asked) > 10
    monkeypatch.setattr(registry, "is_plain", lambda *_: False)
    assert story(release) == short


def _with(**changes: object) -> Event:
    event: Event = replace(PLAIN, metadata=replace(PLAIN.metadata, **changes))
    return event


ODD = {
    "no name": _with(name="", generate_name="web-"),
    "a name no object can have": _with(name="Web_1"),
    "elsewhere than what it is about": replace(PLAIN, involved_object=ObjectReference(namespace="other")),
    "about nothing with a namespace, in one of people": replace(
        _with(namespace="shop"), involved_object=ObjectReference()
    ),
    "labels": _with(labels={"a b": "c"}),
    "annotations": _with(annotations={"a": "b"}),
    "an owner without a kind": _with(owner_references=(OwnerReference(name="web"),)),
    "a finalizer": _with(finalizers=("mine",)),
    "a uid": _with(uid="1"),
    "a version": _with(resource_version="7"),
    "a date": _with(creation_timestamp="2017-09-26T07:00:00Z"),
    "a generation": _with(generation=2),
}


@pytest.mark.parametrize("what", ODD)
def test_an_event_that_is_odd_takes_the_long_way(what: str, etcd: Etcd) -> None:
    """There it is completed or refused."""
    event = ODD[what]
    request = Request("create", "events", event.metadata.namespace, event.metadata.name, event)
    assert not is_plain(request, etcd, "v1.8")


def test_an_event_that_is_there_or_that_is_only_tried_takes_the_long_way(etcd: Etcd) -> None:
    """A name is given once; who only tries stores nothing."""
    request = Request("create", "events", "default", PLAIN.metadata.name, PLAIN)
    assert is_plain(request, etcd, "v1.8")
    assert not is_plain(replace(request, dry_run=True), etcd, "v1.8")
    assert not is_plain(replace(request, manager="kubectl"), etcd, "v1.8")
    assert not is_plain(replace(request, namespace="other"), etcd, "v1.8")
    known = next(iter(etcd.range("events").values()))
    again = Request("create", "events", known.metadata.namespace, known.metadata.name, known)
    plain = replace(known, metadata=ObjectMeta(name=known.metadata.name, namespace=known.metadata.namespace))
    assert not is_plain(replace(again, body=plain), etcd, "v1.8")
