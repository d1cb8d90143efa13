"""The command log is written by one process at a time, in order, and read back over forks."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from clustersim import Command
from visualizer.rooms.kept import log
from visualizer.rooms.models import LEASE, Branch, CommandEntry, Room

STOP = Command("stop-kubelet", "n1")
START = Command("start-kubelet", "n1")


def died(room: Room, *, ago: timedelta) -> Room:
    """The room as another process left it, its lease having run out that long ago."""
    Room.objects.filter(pk=room.pk).update(owner="elsewhere:1", epoch=1, lease_until=timezone.now() - ago)
    return Room.objects.get(pk=room.pk)


def test_a_room_is_claimed_by_one_process_and_counts_its_owners(room: Room) -> None:
    lease = log.claim(room)
    room.refresh_from_db()
    assert (room.owner, room.epoch, lease.epoch) == (log.PROCESS, 1, 1)


def test_a_room_whose_owner_is_alive_cannot_be_claimed(room: Room) -> None:
    room = died(room, ago=-LEASE)
    with pytest.raises(log.Taken):
        log.claim(room)


def test_a_room_whose_lease_ran_out_can_be_claimed(room: Room) -> None:
    lease = log.claim(died(room, ago=timedelta(milliseconds=1)))
    assert lease.epoch == 2


def test_of_two_that_claim_at_once_one_wins(room: Room) -> None:
    seen_by_both = Room.objects.get(pk=room.pk)
    log.claim(room)
    with pytest.raises(log.Taken):
        log.claim(seen_by_both)


@pytest.mark.parametrize(
    "write",
    [
        lambda lease: log.append(lease, 5, "visitor", STOP, moving=True),
        lambda lease: log.write_mark(lease, 99, moving=True),
        lambda lease: log.hold(lease, moving=True, playing=True),
    ],
)
def test_a_process_that_lost_the_room_writes_nothing(room: Room, write: object) -> None:
    old = log.claim(room)
    room.refresh_from_db()
    log.claim(room)
    with pytest.raises(log.LeaseLost):
        write(old)  # type: ignore[operator]
    assert not CommandEntry.objects.exists()
    assert Branch.objects.get(pk=old.branch).mark == 0


def test_a_playing_room_is_held_and_a_room_at_rest_is_free(room: Room) -> None:
    lease = log.claim(room)
    log.hold(lease, moving=True)
    room.refresh_from_db()
    assert room.lease_until > timezone.now()
    log.hold(lease, moving=False)
    room.refresh_from_db()
    assert room.lease_until <= timezone.now()


def test_commands_are_numbered_in_the_order_they_are_written(room: Room) -> None:
    lease = log.claim(room)
    log.append(lease, 5, "visitor", STOP, moving=True)
    log.append(lease, 5, "alice", START, moving=True)
    assert list(CommandEntry.objects.values_list("seq", "t", "actor", "epoch")) == [
        (1, 5, "visitor", 1),
        (2, 5, "alice", 1),
    ]


def test_two_commands_cannot_have_the_same_place_in_a_branch(room: Room) -> None:
    assert room.branch is not None
    CommandEntry.objects.create(branch=room.branch, seq=1, t=0, actor="a", command={}, epoch=1)
    with pytest.raises(IntegrityError):
        CommandEntry.objects.create(branch=room.branch, seq=1, t=9, actor="b", command={}, epoch=2)


def test_the_history_is_read_back_as_it_was_written(room: Room) -> None:
    lease = log.claim(room)
    log.append(lease, 5, "visitor", STOP, moving=True)
    log.write_mark(lease, 1_000_005, moving=True)
    entry = CommandEntry.objects.get()
    assert log.history(Branch.objects.get(pk=lease.branch)) == log.History(
        (log.Logged(5, "visitor", STOP, entry.pk),), 1_000_005
    )


def test_a_fork_shares_its_parents_commands_up_to_the_fork(room: Room) -> None:
    assert room.branch is not None
    lease = log.claim(room)
    for t in (10, 20, 30):
        log.append(lease, t, "visitor", STOP, moving=True)
    fork = Branch.objects.create(room=room, parent=room.branch, forked_at=20, name="fork", mark=20)
    CommandEntry.objects.create(
        branch=fork, seq=1, t=25, actor="visitor", command={"do": "start-kubelet", "target": "n1"}, epoch=1
    )
    assert [(logged.t, logged.command.do) for logged in log.history(fork).commands] == [
        (10, "stop-kubelet"),
        (20, "stop-kubelet"),
        (25, "start-kubelet"),
    ]


def test_a_branch_has_a_parent_and_a_fork_time_or_neither(room: Room) -> None:
    with pytest.raises(IntegrityError):
        Branch.objects.create(room=room, parent=room.branch, name="fork")
