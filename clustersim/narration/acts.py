"""What people and scenarios do, in words."""

from collections.abc import Mapping
from typing import Any, Final

from clustersim.faults.catalogue import ACTIONS
from clustersim.i18n import Message, _

LONGEST_VALUE: Final = 80
"""Longer arguments, such as manifests, are not told."""


def act_words(verb: str, target: str, args: Mapping[str, Any]) -> Message:
    """What the action is called, its target and its arguments: "Scale (rc/web, replicas=4)"."""
    label = Message(ACTIONS[verb].label if verb in ACTIONS else verb)
    parameters = ACTIONS[verb].parameters if verb in ACTIONS else ()
    usual = {parameter.name: parameter.default for parameter in parameters}
    unusual = {name: value for name, value in args.items() if name not in usual or value != usual[name]}
    told = [
        target,
        *(f"{name}={value}" for name, value in unusual.items() if len(str(value)) <= LONGEST_VALUE),
    ]
    where = ", ".join(filter(None, told))
    return Message(_("{what} ({where})"), {"what": label, "where": where}) if where else label
