"""What people do to API objects, with kubectl: everything here is a request to the API server like any
other."""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.api.api_resources import RESOURCES
from clustersim.api.core_v1 import Node, Pod, Taint
from clustersim.api.meta import replace
from clustersim.api.registry import key_of, resource_of
from clustersim.api.request import Request
from clustersim.api.selectors import parse_label_selector
from clustersim.bounds import LONGEST_LINE
from clustersim.command import Argument, CommandError
from clustersim.digits import is_whole
from clustersim.engine.time import SECOND
from clustersim.faults.action import Action, Parameter, Target
from clustersim.i18n import _
from clustersim.manifests import build_object
from clustersim.workstation import DrainOptions, Invocation

GRACE: Final = Parameter("grace_s", int, _("grace period in seconds; -1: the pod's own"), -1)
TIMEOUT: Final = Parameter("timeout_s", int, _("seconds after which it gives up; 0: never"), 0)
EFFECTS: Final[Mapping[Argument, str]] = {
    "NoSchedule": _("NoSchedule: no new pods"),
    "PreferNoSchedule": _("PreferNoSchedule: rather no new pods"),
    "NoExecute": _("NoExecute: its pods leave, too"),
}
"""The effects of a taint."""
TAINTING: Final = "kubectl-taint"
"""Who is remembered for taints."""
LONGEST: Final = 10_000_000
"""Seconds; what is longer is no time that anybody waits."""


def check_times(args: Mapping[str, Argument], *others: tuple[str, int]) -> None:
    """Raises CommandError for a grace period or a timeout out of bounds. others: further numbers of seconds,
    with the least each can be."""
    for name, least in (("grace_s", -1), ("timeout_s", 0), *others):
        if not least <= int(args[name]) <= LONGEST:
            raise CommandError(
                _("{name} must be between {least} and {most}"), name=name, least=least, most=LONGEST
            )


class NodeObjectAction(Action):
    """Base: aimed at a Node object."""

    part = "node"

    def node(self) -> Node | None:
        """The Node object as stored."""
        found = self.cluster.object("nodes", self.target_name)
        return found if isinstance(found, Node) else None

    def existing(self) -> Node:
        """The same, or CommandError."""
        if (node := self.node()) is None:
            raise CommandError(_("the API server has no node {name}"), name=self.target_name)
        return node

    def check(self) -> None:
        self.existing()

    def available(self) -> bool:
        return self.node() is not None

    def patch(self, body: dict[str, Any]) -> None:
        """Patch the Node object."""
        self.cluster.kubectl.ask(
            Request("patch", "nodes", name=self.target_name, body=body, manager="kubectl")
        )


class DeleteNode(NodeObjectAction):
    do = "delete-node"
    label, help = _("Delete the Node object"), _("kubectl delete node: its pods are collected as orphans.")

    def apply(self) -> None:
        self.cluster.kubectl.ask(Request("delete", "nodes", name=self.target_name))


class Cordon(NodeObjectAction):
    do = "cordon"
    label, help = _("Cordon"), _("No new pods are scheduled there; those that run stay.")

    def apply(self) -> None:
        self.patch({"spec": {"unschedulable": True}})

    def available(self) -> bool:
        return (node := self.node()) is not None and not node.spec.unschedulable


class Uncordon(NodeObjectAction):
    do = "uncordon"
    label, help = _("Uncordon"), _("Pods may be scheduled there again.")

    def apply(self) -> None:
        self.patch({"spec": {"unschedulable": None}})

    def available(self) -> bool:
        return (node := self.node()) is not None and node.spec.unschedulable


class Drain(NodeObjectAction):
    do = "drain"
    label, help = _("Drain"), _("Cordon the node, then delete its pods one after another.")
    parameters = (
        Parameter("ignore_daemonsets", bool, _("leave pods of DaemonSets alone"), True),
        GRACE,
        TIMEOUT,
        Parameter("pods", str, _("a selector: which pods; empty for all"), ""),
        Parameter("evict", bool, _("heed disruption budgets"), True),
        Parameter(
            "skip_s", int, _("seconds after which a pod that was to be gone is not waited for; 0: never"), 0
        ),
    )

    def check(self) -> None:
        super().check()
        check_times(self.args, ("skip_s", 0))
        try:
            parse_label_selector(str(self.args["pods"]))
        except ValueError as error:
            raise CommandError(_("drain: pods: {why}"), why=str(error)) from None

    def apply(self) -> None:
        options = DrainOptions(
            ignore_daemon_sets=bool(self.args["ignore_daemonsets"]),
            grace_seconds=int(self.args["grace_s"]),
            timeout=int(self.args["timeout_s"]) * SECOND,
            pods=str(self.args["pods"]),
            evicts=bool(self.args["evict"]),
            skips_after=int(self.args["skip_s"]) * SECOND,
        )
        self.cluster.kubectl.drain(self.target_name, options)


class Interrupt(Action):
    """Aimed at a run of kubectl by the number of the act that began it."""

    do, target = "interrupt", Target.NOTHING
    label, help = _("Interrupt"), _("Ctrl-C: a kubectl that waits ends; what it asked for is done.")

    def invocation(self) -> Invocation:
        """The run of kubectl. Raises CommandError."""
        act = self.target_name
        found = self.cluster.kubectl.invocations.of_act(int(act)) if is_whole(act) else None
        if found is None:
            raise CommandError(_("no kubectl of {act} goes on"), act=act)
        return found

    def check(self) -> None:
        self.invocation()

    def apply(self) -> None:
        self.cluster.kubectl.interrupt(self.invocation())

    def available(self) -> bool:
        return False


class TaintNode(NodeObjectAction):
    do = "taint"
    label, help = _("Taint"), _("Repel pods that do not tolerate it.")
    parameters = (
        Parameter("key", str, _("the taint's key")),
        Parameter("value", str, _("the taint's value"), ""),
        Parameter("effect", str, _("its effect"), "NoSchedule", EFFECTS),
    )

    def apply(self) -> None:
        taint = Taint(
            key=str(self.args["key"]), value=str(self.args["value"]), effect=str(self.args["effect"])
        )
        node = self.existing()
        others = tuple(t for t in node.spec.taints if (t.key, t.effect) != (taint.key, taint.effect))
        self.cluster.kubectl.update(
            replace(node, spec=replace(node.spec, taints=(taint, *others))), manager=TAINTING
        )


class UntaintNode(NodeObjectAction):
    do = "untaint"
    label, help = _("Remove the taint"), _("Take a taint off the node.")
    parameters = (
        Parameter("key", str, _("the taint's key")),
        Parameter("value", str, _("the taint's value"), ""),
        Parameter("effect", str, _("its effect"), "", {"": _("any"), **EFFECTS}),
    )

    def apply(self) -> None:
        node = self.existing()
        key, effect = self.args["key"], self.args["effect"]
        kept = tuple(t for t in node.spec.taints if t.key != key or (effect and t.effect != effect))
        self.cluster.kubectl.update(replace(node, spec=replace(node.spec, taints=kept)), manager=TAINTING)


class DeletePod(Action):
    do, target, part = "delete-pod", Target.POD, "pod"
    label, help = _("Delete the pod"), _("kubectl delete pod; its owner makes another one at once.")
    parameters = (
        GRACE,
        Parameter("force", bool, _("remove the object at once, whatever runs"), False),
    )

    def pod(self) -> Pod:
        """The pod: by uid, by "namespace/name", by name, or as "owner@node"."""
        found = self.cluster.find_pod(self.target_name)
        if found is None:
            raise CommandError(_("there is no pod {name}"), name=self.target_name)
        return found

    def check(self) -> None:
        self.pod()

    def apply(self) -> None:
        metadata = self.pod().metadata
        grace = 0 if self.args["force"] else int(self.args["grace_s"])
        self.cluster.kubectl.ask(
            Request(
                "delete",
                "pods",
                metadata.namespace,
                metadata.name,
                grace_seconds=None if grace < 0 else grace,
            )
        )


class Label(Action):
    do, target, part = "label", Target.OBJECT, "pod"
    label, help = _("Change a label"), _("Owners and Services choose pods by their labels.")
    parameters = (
        Parameter("key", str, _("the label's key")),
        Parameter("value", str, _("its new value; empty removes it"), ""),
    )

    def found(self) -> Any:
        """The object: "pods/default/name" or what names a pod."""
        resource, _slash, key = self.target_name.partition("/")
        obj = (
            self.cluster.object(resource, key)
            if resource in RESOURCES
            else self.cluster.find_pod(self.target_name)
        )
        if obj is None:
            raise CommandError(_("there is no object {name}"), name=self.target_name)
        return obj

    def check(self) -> None:
        self.found()

    def apply(self) -> None:
        obj = self.found()
        labels = {key: value for key, value in obj.metadata.labels.items() if key != self.args["key"]}
        if self.args["value"]:
            labels[str(self.args["key"])] = str(self.args["value"])
        self.cluster.kubectl.update(
            replace(obj, metadata=replace(obj.metadata, labels=labels)), manager="kubectl-label"
        )


class Create(Action):
    do, target = "create", Target.OBJECT
    label, help = _("Create"), _("Create an object that the scenario describes.")

    def check(self) -> None:
        spec = self.cluster.scenario.object_of(self.target_name)
        if spec is None:
            raise CommandError(_("the scenario describes no object {name}"), name=self.target_name)
        obj = build_object(spec)
        if self.cluster.object(resource_of(obj).plural, key_of(obj)) is not None:
            raise CommandError(_("{name} exists already"), name=self.target_name)

    def apply(self) -> None:
        spec = self.cluster.scenario.object_of(self.target_name)
        if spec is not None:
            self.cluster.create(spec)


class Watch(Action):
    do, target = "watch", Target.NOTHING
    label, help = _("Watch"), _("Nothing is done.")

    def check(self) -> None:
        """Nothing to refuse."""

    def apply(self) -> None:
        """Nothing to do."""


class SetFlags(Action):
    do, target = "set-flags", Target.COMPONENT
    label, help = _("Change settings"), _("Restart a component with other flags.")
    open_arguments = True

    def check(self) -> None:
        self.cluster.flags_with(self.target_name, self.args)

    def apply(self) -> None:
        self.cluster.reconfigure(self.target_name, self.args)


class RefuseFlags(Action):
    do, target = "refuse-flags", Target.COMPONENT
    label = _("Give flags that are refused")
    help = _("The program ends as soon as it has read its command line, and again whenever it is started.")
    parameters = (Parameter("line", str, _("its flags, such as --node-monitor-grace-period=20x")),)

    @property
    def texts(self) -> dict[str, str]:
        """The flags that it is given, by name."""
        words = [word.lstrip("-").partition("=") for word in str(self.args["line"])[:LONGEST_LINE].split()]
        return {name: value for name, _sign, value in words}

    def check(self) -> None:
        if not self.cluster.words_of_refusal(self.target_name, self.texts):
            raise CommandError(_("{component} starts with these flags"), component=self.target_name)

    def apply(self) -> None:
        self.cluster.refuse(self.target_name, self.texts)

    def available(self) -> bool:
        return False
