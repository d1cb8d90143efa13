"""`kubectl rolling-update` of v1.7 and v1.8: one ReplicationController takes another's place, pod by pod.

Source: v1.7.5, v1.8.0 pkg/kubectl/rolling_updater.go.

    label the old one's template, pods and selector, where both would select the same pods
    create the new one with no replicas
    again and again: one more of the new, wait for the period, one less of the old while enough are ready
    delete the old one; the new one takes its name, if it was made for an image alone
"""

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from clustersim.api.conditions import is_true
from clustersim.api.core.controller import ReplicationController
from clustersim.api.meta import replace
from clustersim.api.request import Request
from clustersim.api.selectors import selection_of, selects
from clustersim.api.status import Reply
from clustersim.client.client import Client
from clustersim.engine.part import Part
from clustersim.engine.process import Process
from clustersim.engine.state import State
from clustersim.engine.time import SECOND, Micros
from clustersim.workstation.invocation import FAILED, Invocations

RC: Final = "replicationcontrollers"
SAID: Final = "said"
"""A line that kubectl prints."""
SURGE: Final = 1
"""Pods beyond those of the old one; none may be missing (RollingUpdaterConfig of the command)."""
DESIRED: Final = "kubectl.kubernetes.io/desired-replicas"
ORIGINAL: Final = "kubectl.kubernetes.io/original-replicas"
SOURCE: Final = "kubectl.kubernetes.io/update-source-id"
_MARKS: Final = (DESIRED, ORIGINAL, SOURCE)


class Pace(msgspec.Struct, frozen=True):
    """period: between two steps; interval: between two looks; timeout: without any progress."""

    period: Micros = 60 * SECOND
    interval: Micros = 3 * SECOND
    timeout: Micros = 300 * SECOND


class Wanted(msgspec.Struct, frozen=True):
    """new: the ReplicationController to be; renames: it takes the old one's name in the end; key, value: the
    label that sets the old one's pods apart, empty where the selectors do."""

    old: str
    new: ReplicationController
    renames: bool = False
    key: str = ""
    value: str = ""
    pace: Pace = Pace()

    @property
    def namespace(self) -> str:
        return self.new.metadata.namespace

    @property
    def name(self) -> str:
        return self.new.metadata.name


class Going(State):
    """An update. original: how many pods the old one had; deadline: for the next progress."""

    wanted: Wanted
    original: int = 0
    deadline: Micros = 0
    before: tuple[int, int] = (0, 0)


class Updates(State):
    """Those that go on, by the numbers of their runs."""

    going_on: dict[int, Going] = msgspec.field(default_factory=dict)


class RollingUpdater(Part):
    """All of a workstation."""

    def __init__(self, process: Process, api: Client, invocations: Invocations) -> None:
        super().__init__(process, "rolling-updater")
        self.api = api
        self.invocations = invocations

    def begin(self, wanted: Wanted) -> None:
        """Begin with the label that tells the pods of both apart."""
        number = self.invocations.begin("rolling-update", f"{RC}/{wanted.namespace}/{wanted.old}")
        self.remember(Updates).going_on[number] = Going(wanted)
        if not wanted.key:
            self._get(number, wanted.old, self.create)
            return
        labels = {"labels": {wanted.key: wanted.value}}
        self._patch(number, wanted.old, {"spec": {"template": {"metadata": labels}}}, self.labelled)

    # --- before -----------------------------------------------------------------------------------

    def labelled(self, reply: Reply, number: int) -> None:
        """New pods of the old one will have the label: now those that it has."""
        if (going := self._going(reply, number)) is not None:
            then = self.then(self.label_pods, number, reply.body)
            self.api.list("pods", then, namespace=going.wanted.namespace)

    def label_pods(self, reply: Reply, number: int, old: Any) -> None:
        """They get it, and then it selects by it."""
        if (going := self._going(reply, number)) is None:
            return
        wanted = going.wanted
        label = {"metadata": {"labels": {wanted.key: wanted.value}}}
        for pod in reply.body:
            if selects(selection_of(old), pod.metadata.labels):
                request = Request("patch", "pods", wanted.namespace, pod.metadata.name, label)
                self.api.send(request, self.then(self.pod_labelled))
        self._patch(number, wanted.old, {"spec": {"selector": {wanted.key: wanted.value}}}, self.create)

    def pod_labelled(self, reply: Reply) -> None:
        """A pod that is gone needs no label."""

    def create(self, reply: Reply, number: int) -> None:
        """The new one, without pods."""
        if (going := self._going(reply, number)) is None:
            return
        wanted, old = going.wanted, reply.body
        going.original = old.spec.replicas
        metadata = wanted.new.metadata
        marks = {DESIRED: str(wanted.new.spec.replicas), SOURCE: f"{wanted.old}:{old.metadata.uid}"}
        new = replace(
            wanted.new,
            metadata=replace(metadata, annotations={**metadata.annotations, **marks}),
            spec=replace(wanted.new.spec, replicas=0),
        )
        request = Request("create", RC, wanted.namespace, wanted.name, new)
        self.api.send(request, self.then(self.created, number))

    def created(self, reply: Reply, number: int) -> None:
        """It is there: what was is noted on the old one."""
        if (going := self._going(reply, number)) is not None:
            self._say(number, f"Created {going.wanted.name}")
            marks = {"metadata": {"annotations": {ORIGINAL: str(going.original)}}}
            self._patch(number, going.wanted.old, marks, self.announced)

    def announced(self, reply: Reply, number: int) -> None:
        """Say what comes, and begin."""
        if (going := self._going(reply, number)) is None:
            return
        wanted, original, desired = going.wanted, going.original, going.wanted.new.spec.replicas
        self._say(
            number,
            f"Scaling up {wanted.name} from 0 to {desired}, scaling down {wanted.old} from {original} to 0 "
            f"(keep {original} pods available, don't exceed {original + SURGE} pods)",
        )
        going.deadline = self.now + wanted.pace.timeout
        self.step(number)

    # --- step by step -----------------------------------------------------------------------------

    def step(self, number: int) -> None:
        """How far are both?"""
        if (going := self._of(number)) is not None:
            then = self.then(self.counted, number)
            self.api.list(RC, then, namespace=going.wanted.namespace)

    def counted(self, reply: Reply, number: int) -> None:
        """One more of the new, or the end."""
        if (going := self._going(reply, number)) is None:
            return
        wanted, desired = going.wanted, going.wanted.new.spec.replicas
        found = {one.metadata.name: one for one in reply.body}
        old, new = found.get(wanted.old), found.get(wanted.name)
        if old is None or new is None:
            missing = wanted.old if old is None else wanted.name
            self._fail(number, f'Error from server (NotFound): {RC} "{missing}" not found')
            return
        going.before = (old.spec.replicas, new.spec.replicas)
        if going.before == (0, desired):
            self.finish(number)
            return
        room = going.original + SURGE - sum(going.before)
        target = min(desired, new.spec.replicas + room)
        if target > new.spec.replicas:
            self._say(number, f"Scaling {wanted.name} up to {target}")
            self._scale(number, wanted.name, target, self.scaled_up)
        else:
            self.post(wanted.pace.period, self.judge, number)

    def scaled_up(self, number: int) -> None:
        """Let things settle."""
        if (going := self._of(number)) is not None:
            self.post(going.wanted.pace.period, self.judge, number)

    def judge(self, number: int) -> None:
        """How many pods are ready?"""
        if (going := self._of(number)) is not None:
            self.api.list("pods", self.then(self.judged, number), namespace=going.wanted.namespace)

    def judged(self, reply: Reply, number: int) -> None:
        """So many of the old may go that enough are left."""
        if (going := self._going(reply, number)) is not None:
            ready = [pod.metadata.labels for pod in reply.body if _is_ready(pod)]
            then = self.then(self.scale_down, number, tuple(ready))
            self.api.list(RC, then, namespace=going.wanted.namespace)

    def scale_down(self, reply: Reply, number: int, ready: tuple[dict[str, str], ...]) -> None:
        """Of the old as many less as are ready beyond what must be; then the next step."""
        if (going := self._going(reply, number)) is None:
            return
        wanted = going.wanted
        both = [one for one in reply.body if one.metadata.name in (wanted.old, wanted.name)]
        available = sum(selects(selection_of(one), labels) for labels in ready for one in both)
        old = next((one for one in both if one.metadata.name == wanted.old), None)
        if old is None:
            self.step(number)
            return
        target = max(0, old.spec.replicas - max(0, available - going.original))
        if target < old.spec.replicas:
            self._say(number, f"Scaling {wanted.old} down to {target}")
            self._scale(number, wanted.old, target, self.advance)
        else:
            new = next((one.spec.replicas for one in both if one is not old), 0)
            self.advance(number, moved=(old.spec.replicas, new) != going.before)

    def advance(self, number: int, *, moved: bool = True) -> None:
        """On, unless nothing has moved for too long."""
        if (going := self._of(number)) is None:
            return
        if moved:
            going.deadline = self.now + going.wanted.pace.timeout
        elif self.now > going.deadline:
            self._fail(number, "error: timed out waiting for any update progress to be made")
            return
        self.step(number)

    def _scale(self, number: int, name: str, replicas: int, then: Callable[[int], None]) -> None:
        self._patch(number, name, {"spec": {"replicas": replicas}}, self.scaling, name, then.__name__)

    def scaling(self, reply: Reply, number: int, name: str, then: str) -> None:
        """It is waited for until its status says so."""
        if (going := self._going(reply, number)) is None:
            return
        found = reply.body
        observed = (found.status.observed_generation or 0) >= found.metadata.generation
        if observed and found.status.replicas == found.spec.replicas:
            getattr(self, then)(number)
        else:
            self.post(going.wanted.pace.interval, self.look, number, name, then)

    def look(self, number: int, name: str, then: str) -> None:
        """Has it come to it?"""
        self._get(number, name, self.scaling, name, then)

    # --- after ------------------------------------------------------------------------------------

    def finish(self, number: int) -> None:
        """The notes go from the new one, and the old one goes."""
        if (going := self._of(number)) is not None:
            marks = {"metadata": {"annotations": dict.fromkeys(_MARKS)}}
            self._patch(number, going.wanted.name, marks, self.succeeded)

    def succeeded(self, reply: Reply, number: int) -> None:
        """The old one is deleted."""
        if (going := self._going(reply, number)) is not None:
            self._say(number, f"Update succeeded. Deleting old controller: {going.wanted.old}")
            self._delete(number, going.wanted.old, self.old_deleted, reply.body)

    def old_deleted(self, reply: Reply, number: int, new: Any) -> None:
        """The end, or the old name for the new one: it goes, without its pods ..."""
        if (going := self._going(reply, number, gone=True)) is None:
            return
        wanted = going.wanted
        if not wanted.renames:
            self._end(number, wanted.name)
            return
        self._say(number, f"Renaming {wanted.name} to {wanted.old}")
        self._delete(number, wanted.name, self.wait_until_gone, new, propagation="Orphan")

    def wait_until_gone(self, reply: Reply, number: int, new: Any) -> None:
        """... and when it is gone ..."""
        if (going := self._going(reply, number, gone=True)) is None:
            return
        if reply.status == 404:
            self.rename(number, new)
        else:
            self.post(SECOND, self.look_again, number, going.wanted.name, new)

    def look_again(self, number: int, name: str, new: Any) -> None:
        """Is it?"""
        self._get(number, name, self.wait_until_gone, new)

    def rename(self, number: int, new: Any) -> None:
        """... it is made again by the old name, and takes the pods over."""
        if (going := self._of(number)) is None:
            return
        wanted, metadata = going.wanted, new.metadata
        named = replace(
            wanted.new.metadata, name=wanted.old, labels=metadata.labels, annotations=metadata.annotations
        )
        again = ReplicationController(metadata=named, spec=new.spec)
        request = Request("create", RC, wanted.namespace, wanted.old, again)
        self.api.send(request, self.then(self.renamed, number))

    def renamed(self, reply: Reply, number: int) -> None:
        """All is done."""
        if (going := self._going(reply, number)) is not None:
            self._end(number, going.wanted.old)

    def _end(self, number: int, name: str) -> None:
        self._say(number, f'replicationcontroller "{name}" rolling updated')
        self.invocations.end(number)
        self.remember(Updates).going_on.pop(number, None)

    # --- asking -----------------------------------------------------------------------------------

    def _of(self, number: int) -> Going | None:
        """An update, unless it has ended or was interrupted."""
        going_on = self.remember(Updates).going_on
        if not self.invocations.goes_on(number):
            going_on.pop(number, None)
        return going_on.get(number)

    def _going(self, reply: Reply, number: int, *, gone: bool = False) -> Going | None:
        """The same, where the answer is no refusal (`gone`: that it is gone is none)."""
        going = self._of(number)
        if going is not None and not (reply.ok or (gone and reply.status == 404)):
            self._fail(number, f"Error from server ({reply.reason}): {reply.message}")
            return None
        return going

    def _get(self, number: int, name: str, then: Callable[..., None], *extra: Any) -> None:
        if (going := self._of(number)) is not None:
            self.api.get(RC, going.wanted.namespace, name, self.then(then, number, *extra))

    def _patch(
        self, number: int, name: str, body: dict[str, Any], then: Callable[..., None], *extra: Any
    ) -> None:
        if (going := self._of(number)) is not None:
            request = Request("patch", RC, going.wanted.namespace, name, body)
            self.api.send(request, self.then(then, number, *extra))

    def _delete(
        self,
        number: int,
        name: str,
        then: Callable[..., None],
        *extra: Any,
        propagation: Literal["Background", "Orphan"] = "Background",
    ) -> None:
        if (going := self._of(number)) is not None:
            request = Request("delete", RC, going.wanted.namespace, name, propagation=propagation)
            self.api.send(request, self.then(then, number, *extra))

    def _say(self, number: int, line: str) -> None:
        if (going := self._of(number)) is not None:
            ref = f"{RC}/{going.wanted.namespace}/{going.wanted.old}"
            self.invocations.tell(number, SAID, ref, line)

    def _fail(self, number: int, why: str) -> None:
        self._say(number, why)
        self.process.log(why, level="E")
        self.invocations.end(number, FAILED)


def _is_ready(pod: Any) -> bool:
    return not pod.metadata.deletion_timestamp and is_true(pod.status, "Ready")
