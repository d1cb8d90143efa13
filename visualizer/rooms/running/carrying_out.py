"""Carries out what a room is asked for, between two steps: checked, written to the log, and only then
given to the model."""

import asyncio

import msgspec
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from clustersim import Command, CommandError
from clustersim.api.errors import ApiError
from clustersim.apiserver.calls import ApiCall, request_of
from clustersim.apiserver.rehearsal import Outcome, check_reachable, rehearse
from clustersim.faults import action_named
from clustersim.faults.api_request import CLIENT, command_of
from clustersim.lesson.blind import Commitment
from clustersim.lesson.expressions.typed_lines import TypedLine
from clustersim.run import Given
from visualizer import metrics, storage, trouble
from visualizer.lessons.frames import Move
from visualizer.lessons.lesson_driver import LessonDriver, NotThere
from visualizer.rooms.feed import Feed
from visualizer.rooms.frames.stage import Transport
from visualizer.rooms.kept import branches, log
from visualizer.rooms.kept.branches import NoSuchBranch, TooMany
from visualizer.rooms.running.held import HeldRoom
from visualizer.rooms.running.letting_go import let_go
from visualizer.rooms.running.requests import REASONS, BranchSwitch, Done, Refused, RoomRequest
from visualizer.rooms.running.transport import set_pace
from visualizer.texts import texts


async def carry_out(held: HeldRoom, asked: RoomRequest) -> Done | Outcome:
    """Raises Refused, ApiError where the API server refuses, log.LeaseLost, DatabaseError, and whatever the
    model raises that breaks.
    """
    match asked.what:
        case Command():
            return Done(held.player.now, await _command(held, asked, asked.what))
        case ApiCall():
            return await _api(held, asked.actor, asked.what)
        case Transport():
            await set_pace(held, asked.what)
        case BranchSwitch():
            await _switch(held, asked.actor, asked.what)
        case _:
            await _about_lesson(held, asked.what)
    return Done(held.player.now)


async def _command(held: HeldRoom, asked: RoomRequest, command: Command) -> int:
    if asked.seen is not None and held.player.stale(asked.seen):
        raise Refused(texts(_("The room has moved on since you clicked.")), stale=True)
    try:
        action_named(command.do)(held.player.cluster, command.target, command.args).check()
    except CommandError as error:
        raise Refused(texts(error.message)) from None
    except Exception:
        raise Refused(trouble.failed("command not checked", command=command, **held.about())) from None
    return await _give(held, asked.actor, command)


async def _api(held: HeldRoom, actor: str, call: ApiCall) -> Outcome:
    """Carry a write out. The rehearsal right before it tells its answer; what changes nothing is not written
    down.
    """
    server = held.player.cluster.world.apiserver
    check_reachable(server)
    try:
        outcome = rehearse(server, request_of(call, server).request, CLIENT)
    except ApiError:
        raise
    except Exception:
        raise Refused(trouble.failed("request not rehearsed", call=call, **held.about())) from None
    if outcome.revision > server.etcd.store.revision:
        await _give(held, actor, command_of(call))
    return outcome


async def _give(held: HeldRoom, actor: str, command: Command) -> int:
    """To the log, and then to the model; returns the id of its act."""
    player = held.player
    await held.writer.write(log.append, held.lease, player.now, actor, command, moving=player.moving)
    act = player.run.apply(command, actor)
    metrics.commands.labels(do=command.do).inc()
    await held.troubles.go_on(held.lease.branch, player.now, otherwise=True)
    return act


async def _switch(held: HeldRoom, actor: str, switch: BranchSwitch) -> None:
    """Leave the branch where it stands, so that nothing of it is lost, and go on with the other."""
    player, run = held.player, switch.run
    await held.writer.write(log.write_mark, held.lease, player.now, moving=player.moving)
    await held.snapshots.leave()
    try:
        held.lease = await held.writer.write(_arrive, held, actor, switch)
    except (TooMany, NoSuchBranch) as why:
        raise Refused(texts(REASONS[type(why)])) from None
    if switch.command is not None:
        run.apply(switch.command, actor)
    left = player.show(run, held.lease.branch, await asyncio.to_thread(Feed, run.head))
    await asyncio.to_thread(let_go, left)
    held.beat.restart()
    await held.rest()
    await held.troubles.go_on(held.lease.branch, player.now, otherwise=True)
    if switch.failing is not None:
        await held.troubles.fail(switch.failing)


def _arrive(held: HeldRoom, actor: str, switch: BranchSwitch) -> log.Lease:
    """Write down where the room goes on."""
    moving, to = held.player.moving, switch.to
    if isinstance(to, int):
        return branches.move(held.lease, to, moving=moving)
    if switch.command is not None:
        given = Given(switch.run.now, switch.command, actor)
        to = msgspec.structs.replace(to, commands=(*to.commands, given))
    return branches.fork(held.lease, to, moving=moving, move=True)


# --- the lesson --------------------------------------------------------------------------------------------


async def _about_lesson(held: HeldRoom, what: Move | Commitment | TypedLine) -> None:
    match what:
        case Move():
            await _move(held, what.step)
        case Commitment():
            await _commit(held, what)
        case TypedLine() if held.lesson_driver is not None:
            held.lesson_driver.heard(what)


async def _move(held: HeldRoom, step: int) -> None:
    driver = _driver(held)
    try:
        held.lease = await driver.move(held.lease, step)
    except NotThere as why:
        raise Refused(why.reason) from None
    except DatabaseError as error:
        raise Refused(storage.why_not_written(error)) from None
    held.beat.restart()
    await held.keep_lesson()
    await held.rest()
    await held.troubles.go_on(held.lease.branch, held.player.now, otherwise=True)


async def _commit(held: HeldRoom, committed: Commitment) -> None:
    driver = _driver(held)
    try:
        driver.commit(committed)
    except NotThere as why:
        raise Refused(why.reason) from None
    await held.keep_lesson()
    await held.rest()


def _driver(held: HeldRoom) -> LessonDriver:
    """Raises Refused."""
    if held.lesson_driver is None:
        raise Refused(texts(_("This room has no lesson.")))
    return held.lesson_driver
