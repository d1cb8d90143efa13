"""Disks that a node lends to one pod only, row by row as in the table of the real server's own tests."""

from typing import Any

import pytest

from clustersim.api import core_v1 as v1
from clustersim.api.decoding import decode_into
from clustersim.api.meta import replace
from clustersim.scheduler.cache import NodeInfo
from clustersim.scheduler.disks import disks_conflict
from clustersim.scheduler.framework.candidate import candidate
from clustersim.scheduler.framework.plugin import Snapshot
from clustersim.scheduler.framework.plugins.image_locality import ImageLocality
from tests.model.scheduler.worlds import SchedulerWorld, node, pod

MESSAGES = {"v1.7": "NoDiskConflict (1)", "v1.8": "NoDiskConflict (1)", "v1.36": "had no available disk"}


def volume(**source: Any) -> v1.Volume:
    found: v1.Volume = decode_into(v1.Volume, {"name": "disk", **source}, "v1.36", "v1")[0]
    return found


GCE = {"pdName": "foo"}
RBD = {"monitors": ["a", "b"], "pool": "bar", "image": "baz"}
ISCSI = {"targetPortal": "127.0.0.1:3260", "iqn": "iqn.2016-12.server:storage.target01"}


@pytest.mark.parametrize(
    ("mine", "theirs", "conflict"),
    [
        (volume(gcePersistentDisk=GCE), volume(gcePersistentDisk=GCE), True),
        (volume(gcePersistentDisk=GCE), volume(gcePersistentDisk={"pdName": "bar"}), False),
        (volume(gcePersistentDisk=GCE | {"readOnly": True}), volume(gcePersistentDisk=GCE), True),
        (
            volume(gcePersistentDisk=GCE | {"readOnly": True}),
            volume(gcePersistentDisk=GCE | {"readOnly": True}),
            False,
        ),
        (
            volume(awsElasticBlockStore={"volumeID": "foo", "readOnly": True}),
            volume(awsElasticBlockStore={"volumeID": "foo", "readOnly": True}),
            True,
        ),
        (volume(rbd=RBD), volume(rbd=RBD | {"monitors": ["c", "b"]}), True),
        (volume(rbd=RBD), volume(rbd=RBD | {"monitors": ["c", "d"]}), False),
        (volume(rbd=RBD), volume(rbd=RBD | {"image": "other"}), False),
        (volume(iscsi=ISCSI), volume(iscsi=ISCSI), True),
        (volume(iscsi=ISCSI), volume(iscsi=ISCSI | {"iqn": "iqn.2017-12.server"}), False),
        (volume(emptyDir={}), volume(emptyDir={}), False),
    ],
)
def test_a_disk_is_for_one_pod_unless_all_only_read_it(
    mine: v1.Volume, theirs: v1.Volume, conflict: bool
) -> None:
    assert disks_conflict(pod("a", volumes=(mine,)), [pod("b", volumes=(theirs,))]) is conflict


@pytest.mark.parametrize("release", ["v1.7", "v1.8", "v1.36"])
def test_a_second_pod_with_the_disk_waits_where_there_is_no_other_node(release: str) -> None:
    world = SchedulerWorld(node("n1"), release=release)
    world.create(pod("first", volumes=(volume(gcePersistentDisk=GCE),)))
    world.create(pod("second", volumes=(volume(gcePersistentDisk=GCE),)))
    assert (world.where("first"), world.where("second")) == ("n1", "")
    assert MESSAGES[release] in world.pod("second").status.conditions[0].message


def test_images_of_volumes_count_for_a_node_and_do_not_raise_the_bar() -> None:
    large = v1.ContainerImage(names=("gcr.io/300:latest",), size_bytes=300 * 1024 * 1024)
    bare = [node("n1"), node("n2")]
    having = replace(bare[0], status=replace(bare[0].status, images=(large,)))
    infos = [NodeInfo(one.metadata.name, one) for one in (having, bare[1])]
    reader = pod("reader", volumes=(volume(image={"reference": "gcr.io/300"}),))
    points = ImageLocality().score(candidate(reader), Snapshot(infos), infos)
    assert points is not None
    assert [points(info) for info in infos] == [12, 0]
