"""What happens outside the API server: acts of people, processes, machines, the network, decisions."""

from collections.abc import Iterator
from typing import Final

from clustersim.engine.record import Event
from clustersim.flags import lasting
from clustersim.i18n import Message, Value, _
from clustersim.narration.acts import act_words
from clustersim.narration.values import rule_message
from clustersim.runtime.records import Container

_SENTENCES: Final = {
    ("process", "started"): _("{object} starts."),
    ("process", "killed"): _("{object} is killed."),
    ("process", "exited"): _("{object} ends itself: {after}"),
    ("process", "hung"): _("{object} is frozen."),
    ("process", "resumed"): _("{object} goes on."),
    ("process", "serving"): _("{object} answers requests."),
    ("machine", "powered-off"): _("{object} loses power."),
    ("machine", "shutting-down"): _("{object} is being shut down."),
    ("machine", "powered-on"): _("{object} is powered on."),
    ("machine", "memory-taken"): _("{object}: programs outside all pods take {after} MiB of memory."),
    ("machine", "processes-taken"): _("{object}: programs outside all pods run {after} processes."),
    ("machine", "network-plugin-lost"): _("{object}: the network plugin has no configuration any more."),
    ("machine", "network-plugin-back"): _("{object}: the network plugin has its configuration again."),
    ("machine", "certificate-expired"): _("{object}: the certificate of the kubelet has expired."),
    ("machine", "certificate-renewed"): _("{object}: a valid certificate for the kubelet is on the disk."),
    ("machine", "configuration-written"): _("{object}: somebody has written {after}."),
    ("machine", "configuration-removed"): _("{object}: somebody has removed {after}."),
    ("machine", "manifest-put"): _("{object}: the file {after} says a pod of the node's own."),
    ("machine", "manifest-removed"): _("{object}: the file {after} is gone."),
    ("machine", "disk-filled"): _("{object}: the disk is {after} percent full."),
    ("machine", "image-refused"): _("{object} cannot be pulled any more."),
    ("machine", "image-allowed"): _("{object} can be pulled again."),
    ("network", "cut"): _("{object} is cut off: every packet from and to it vanishes."),
    ("network", "cut-to-apiserver"): _("{object}: what it opens to the control plane gets nowhere."),
    ("network", "cut-to-kubelet"): _("{object}: what others open to its kubelet gets nowhere."),
    ("network", "healed"): _("{object} is connected again."),
    ("container", "created"): _("{runtime} creates container {container} of pod {pod}."),
    ("container", "started"): _("{runtime} starts container {container} of pod {pod}."),
    ("container", "told-to-stop"): _("{runtime} tells container {container} of pod {pod} to stop."),
    ("container", "exited"): _("Container {container} of pod {pod} has ended with code {code}."),
    ("container", "removed"): _("{runtime} removes the record of container {container} of pod {pod}."),
    ("decision", "became-leader"): _("{actor} becomes leader."),
    ("decision", "refused"): _("The API server refuses {object}: {after}"),
}


def narrate_happening(event: Event) -> Iterator[Message]:
    """Sentences of any event that is not a write."""
    if event.kind == "act":
        yield _act(event)
    elif event.rule is not None:
        yield rule_message(event.rule)
    elif event.kind == "network" and event.verb == "delayed":
        yield Message(
            _("{object}: every packet takes {delay} longer."),
            {"object": event.object, "delay": lasting(event.after or 0)},
        )
    elif event.kind != "log":
        sentence = _SENTENCES.get((event.kind, event.verb), _("{object}: {verb}"))
        yield Message(sentence, _values(event))


def _values(event: Event) -> dict[str, Value]:
    after = str(event.after) if isinstance(event.after, str | int | float) else ""
    values: dict[str, Value] = {
        "object": event.object,
        "actor": event.actor,
        "verb": event.verb,
        "after": after,
    }
    container = event.after if event.after is not None else event.before
    if isinstance(container, Container):
        values |= {
            "container": container.name,
            "pod": container.pod,
            "code": container.exit_code,
            "runtime": event.actor.partition("@")[0],
        }
    return values


def _act(event: Event) -> Message:
    args = event.after if isinstance(event.after, dict) else {}
    what = act_words(event.verb, event.object, args)
    if event.actor == "scenario":
        return Message(_("The scenario: {what}"), {"what": what})
    return Message(_("{actor}: {what}"), {"actor": event.actor, "what": what})
