"""What one viewer does to the branches of a room: begins them, goes from one to another, names them."""

from channels.db import database_sync_to_async
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clustersim import Command
from clustersim.faults import action_named
from visualizer.rooms.computing.opening import open_branch, take_over
from visualizer.rooms.computing.recalling import as_of, moment
from visualizer.rooms.frames.branching import BranchChange, Fork, Rename, Switch
from visualizer.rooms.frames.stage import Accepted, Act, Notice, Rejected
from visualizer.rooms.kept import branches
from visualizer.rooms.kept.branches import Forked
from visualizer.rooms.kept.sources import Source
from visualizer.rooms.running.requests import BranchSwitch, Refused, RoomRequest
from visualizer.rooms.socket.viewer_work import ViewerWork
from visualizer.texts import filled, texts


class BranchChanges:
    """One viewer's changes, one after the other."""

    def __init__(self, work: ViewerWork) -> None:
        self._work = work

    def change(self, change: BranchChange, actor: str) -> None:
        """Fork, switch or rename."""
        self._work.begin(
            self._work.in_turn(self._change(change, actor)), lambda why: Rejected(id=change.id, reason=why)
        )

    def act_in_past(self, act: Act, actor: str) -> None:
        """Fork at that time, and do it there."""
        self._work.begin(
            self._work.in_turn(self._act(act, actor)), lambda why: Rejected(id=act.id, reason=why)
        )

    async def _change(self, change: BranchChange, actor: str) -> None:
        hub = self._work.hub
        match change:
            case Rename():
                await database_sync_to_async(branches.rename)(hub.room.pk, change.branch, change.name)
                await self._accept(change.id)
                await hub.tell_branches()
            case Switch():
                if change.branch != hub.runner.player.branch:
                    found = await open_branch(hub.runner.lease, change.branch)
                    switch = BranchSwitch(found.run, change.branch, failing=found.failing)
                    await hub.runner.ask(RoomRequest(actor, switch))
                    await hub.notify(found.told)
                await self._accept(change.id)
                await self._notice(_("%(actor)s moved the room to another branch."), actor)
            case Fork():
                branch, source = await hub.source(change.branch)
                switch = await self._branch_off(branch, source, change.t, change.name)
                await hub.runner.ask(RoomRequest(actor, switch))
                await self._accept(change.id)
                await self._notice(_("%(actor)s began another branch in the past."), actor)

    async def _act(self, act: Act, actor: str) -> None:
        assert act.at is not None
        branch, source = await self._work.hub.source(act.branch)
        switch = await self._branch_off(branch, source, act.at, "")
        command = Command(act.do, act.target, act.args)
        action_named(command.do)(switch.run.head, command.target, command.args).check()
        whole = BranchSwitch(switch.run, switch.to, command)
        await self._work.hub.runner.ask(RoomRequest(actor, whole))
        await self._accept(act.id)
        await self._notice(_("%(actor)s acted in the past; the room goes on in a new branch."), actor)

    async def _branch_off(self, branch: int, source: Source, t: int, name: str) -> BranchSwitch:
        if not 0 <= t <= source.until:
            raise Refused(texts(_("The branch does not go as far as that.")))
        fork = await take_over(await self._work.compute(moment, as_of(source, t), t))
        return BranchSwitch(fork, Forked(branch, t, len(fork.commands), fork.now, name))

    async def _accept(self, request: str) -> None:
        player = self._work.hub.runner.player
        await self._work.viewer.answer(Accepted(id=request, t=player.now, branch=player.branch))

    async def _notice(self, text: Promise, actor: str) -> None:
        player = self._work.hub.runner.player
        said = filled(text, actor=actor)
        await self._work.hub.tell(Notice(text=said, branch=player.branch, t=player.now, kept=True))
        await self._work.hub.tell_branches()
