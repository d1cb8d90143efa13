"""What would have happened otherwise: the inputs behind a link, and the run without one or with it changed.

A run is a function of its inputs: commands, the scenario's actions, settings, and which messages arrive.
Only these can be taken away; what was derived from them cannot.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from clustersim.bounds import HORIZON
from clustersim.cluster import Cluster
from clustersim.command import Argument, Command, CommandError
from clustersim.engine.record import Event
from clustersim.engine.time import MILLISECOND, Micros
from clustersim.explain.why import Link
from clustersim.flags import FlagError, Flags, find, has, refusal
from clustersim.i18n import _
from clustersim.releases import RELEASES
from clustersim.run import Given, Inputs
from clustersim.scenario_schema import ActionSpec, Scenario

COMMAND: Final = "command"
ACTION: Final = "action"
SETTING: Final = "setting"
RELEASE: Final = "release"
MESSAGE: Final = "message"

BEFORE: Final[Micros] = 20 * MILLISECOND
"""A message that is to be lost meets a cut that begins this long before its effect ..."""
AFTER: Final[Micros] = 20 * MILLISECOND
"""... and ends this long after it."""

TIME: Final = "t"
"""Among the values of a command or action: when it is given, in microseconds."""


class Input(msgspec.Struct, frozen=True):
    """Something a run depends on.

    kind: command or action (`index` into the log, or into the scenario's actions), setting (`component` and
    `flag`), release, message (`index` is the event that it led to; it is lost in a cut around `t` of `node`).
    do, target: of commands and actions. values: what can be changed, as it is.
    """

    kind: str
    index: int | None = None
    component: str = ""
    flag: str = ""
    t: Micros = 0
    node: str = ""
    do: str = ""
    target: str = ""
    values: Mapping[str, Argument] = {}


def inputs_behind(cluster: Cluster, link: Link) -> tuple[Input, ...]:
    """What of this link can be taken away or changed; nothing where it was derived from the links before."""
    if link.role == "act" and isinstance(link.event, Event):
        return (_of_act(cluster, link.event),)
    settings = tuple(
        Input(SETTING, component=s.component, flag=s.flag, values={"value": s.value}) for s in link.settings
    )
    if link.role in ("rule", "setting"):
        return settings
    if isinstance(link.event, Event) and (node := _sender(link.event)) in cluster.machines:
        return (Input(MESSAGE, link.id, t=link.t, node=node),)
    return ()


def _of_act(cluster: Cluster, act: Event) -> Input:
    kind = ACTION if act.actor == "scenario" else COMMAND
    index = sum(
        event.kind == "act" and event.id < act.id and (event.actor == "scenario") == (kind == ACTION)
        for event in cluster.record
    )
    args: dict[str, Argument] = dict(act.after) if isinstance(act.after, dict) else {}
    values = {TIME: act.t, **args}
    return Input(kind, index, t=act.t, do=act.verb, target=act.object, values=values)


def _sender(event: Event) -> str:
    """The node whose kubelet sent the write."""
    component, _at, node = event.actor.partition("@")
    return node if event.kind == "write" and component == "kubelet" else ""


# --- other inputs ------------------------------------------------------------------------------------------


def without(inputs: Inputs, removed: Input) -> Inputs:
    """The inputs without this one; a setting goes back to the release's default. Raises CommandError."""
    match removed.kind:
        case "command":
            return inputs.without(_index(removed, len(inputs.commands)))
        case "action":
            return _with_scenario(inputs, _without_action(inputs.scenario, removed))
        case "setting":
            defaults = RELEASES[inputs.scenario.release].flags.texts().get(removed.component, {})
            if removed.flag not in defaults:
                raise CommandError(_("There is no such setting."))
            return changed(inputs, removed, {"value": defaults[removed.flag]})
        case "message":
            return _cut(inputs, removed)
    raise CommandError(_("A release can only be changed."))


def changed(inputs: Inputs, what: Input, values: Mapping[str, Argument]) -> Inputs:
    """The inputs with other values for this one. Raises CommandError."""
    match what.kind:
        case "command":
            return _with_command(inputs, _index(what, len(inputs.commands)), values)
        case "action":
            return _with_scenario(inputs, _with_action(inputs.scenario, what, values))
        case "setting":
            text = str(values.get("value", ""))
            return _with_scenario(inputs, with_settings(inputs.scenario, {what.component: {what.flag: text}}))
        case "release":
            return _with_scenario(inputs, with_release(inputs.scenario, str(values.get("value", ""))))
    raise CommandError(_("A message can only be lost."))


def differs_from(inputs: Inputs, other: Inputs) -> Micros:
    """Up to when two runs are the same: the first time at which their inputs differ; settings count from the
    beginning."""
    if msgspec.structs.replace(inputs.scenario, actions=()) != msgspec.structs.replace(
        other.scenario, actions=()
    ):
        return 0
    mine = [(a.at, a) for a in inputs.scenario.all_actions()] + [(c.t, c) for c in inputs.commands]
    theirs = [(a.at, a) for a in other.scenario.all_actions()] + [(c.t, c) for c in other.commands]
    different = [t for t, item in mine if (t, item) not in theirs]
    different += [t for t, item in theirs if (t, item) not in mine]
    return min(different, default=0)


def with_settings(scenario: Scenario, texts: Mapping[str, Mapping[str, str]]) -> Scenario:
    """The scenario with other settings. Raises CommandError where the binary would refuse them."""
    try:
        flags: Flags = scenario.flags.with_texts(texts, scenario.release)
    except FlagError as error:
        raise CommandError(error.message.msgid, **error.message.values) from error
    if (refused := refusal(flags)) is not None:
        raise CommandError(refused.message.msgid, **refused.message.values)
    return msgspec.structs.replace(scenario, flags=flags)


def with_release(scenario: Scenario, release: str) -> Scenario:
    """The scenario in another release: what was set and still exists stays set, defaults are the other
    release's."""
    if release not in RELEASES:
        raise CommandError(_("There is no release {release}."), release=release)
    own = {
        component: {flag: text for flag, text in texts.items() if has(find(component, flag), release)}
        for component, texts in scenario.flags.texts(RELEASES[scenario.release].flags).items()
    }
    moved = msgspec.structs.replace(scenario, release=release, flags=RELEASES[release].flags)
    return with_settings(moved, own)


def _index(what: Input, length: int) -> int:
    if what.index is None or not 0 <= what.index < length:
        raise CommandError(_("The run has no such input."))
    return what.index


def _with_scenario(inputs: Inputs, scenario: Scenario) -> Inputs:
    return msgspec.structs.replace(inputs, scenario=scenario)


def _with_command(inputs: Inputs, index: int, values: Mapping[str, Argument]) -> Inputs:
    given = inputs.commands[index]
    t, args = _split(given.t, values)
    command = msgspec.structs.replace(given.command, args={**given.command.args, **args})
    others = [*inputs.commands[:index], *inputs.commands[index + 1 :], Given(t, command, given.actor)]
    return msgspec.structs.replace(inputs, commands=tuple(sorted(others, key=lambda given: given.t)))


def _without_action(scenario: Scenario, removed: Input) -> Scenario:
    actions = scenario.all_actions()
    index = _index(removed, len(actions))
    return _with_actions(scenario, (*actions[:index], *actions[index + 1 :]))


def _with_action(scenario: Scenario, what: Input, values: Mapping[str, Argument]) -> Scenario:
    actions = list(scenario.all_actions())
    action = actions[_index(what, len(actions))]
    t, args = _split(action.at, values)
    actions[actions.index(action)] = msgspec.structs.replace(action, at=t, args={**action.args, **args})
    return _with_actions(scenario, tuple(actions))


def _with_actions(scenario: Scenario, actions: tuple[ActionSpec, ...]) -> Scenario:
    """Objects that no action creates any more go with their action."""
    created = {action.target for action in actions if action.do == "create"}
    objects = tuple(
        spec for spec in scenario.objects if spec.at is None or spec.at < 0 or spec.target in created
    )
    return msgspec.structs.replace(scenario, actions=actions, objects=objects)


def _split(t: Micros, values: Mapping[str, Argument]) -> tuple[Micros, dict[str, Argument]]:
    moved = values.get(TIME, t)
    if isinstance(moved, bool) or not isinstance(moved, int) or not 0 <= moved <= HORIZON:
        raise CommandError(_("A time is a whole number of microseconds, from zero to a week."))
    return moved, {name: value for name, value in values.items() if name != TIME}


def _cut(inputs: Inputs, lost: Input) -> Inputs:
    """A cut of the sender's network around the message."""
    cut = Given(max(0, lost.t - BEFORE), Command("cut-network", lost.node), "what-if")
    heal = Given(lost.t + AFTER, Command("heal-network", lost.node), "what-if")
    commands = sorted((*inputs.commands, cut, heal), key=lambda given: given.t)
    return msgspec.structs.replace(inputs, commands=tuple(commands))
