"""What people and scenarios do, in words."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from clustersim.faults.api_request import ApiRequest
from clustersim.faults.catalogue import ACTIONS
from clustersim.i18n import Message, _

LONGEST_VALUE: Final = 80
"""Longer arguments, such as manifests, are not told."""


def act_words(verb: str, target: str, args: Mapping[str, Any]) -> Message:
    """What the action is called, its target and its arguments: "Scale (rc/web, replicas=4)"."""
    label = Message(ACTIONS[verb].label if verb in ACTIONS else verb)
    if verb == ApiRequest.do:
        return Message(_("{what} ({where})"), {"what": label, "where": _request(args)})
    parameters = ACTIONS[verb].parameters if verb in ACTIONS else ()
    usual = {parameter.name: parameter.default for parameter in parameters}
    unusual = {name: value for name, value in args.items() if name not in usual or value != usual[name]}
    told = [
        target,
        *(f"{name}={value}" for name, value in unusual.items() if len(str(value)) <= LONGEST_VALUE),
    ]
    where = ", ".join(filter(None, told))
    return Message(_("{what} ({where})"), {"what": label, "where": where}) if where else label


def _request(args: Mapping[str, Any]) -> str:
    """What a client asked for: "create pods/default/web"; a new object has its name in what was sent."""
    parts = [str(args.get(name, "")) for name in ("resource", "namespace", "name", "subresource")]
    parts[2] = parts[2] or _name_in(str(args.get("body", "")))
    return f"{args.get('verb', '')} {'/'.join(filter(None, parts))}"


def _name_in(body: str) -> str:
    try:
        return msgspec.json.decode(body, type=_Named).metadata.name
    except msgspec.DecodeError:
        return ""


class _Metadata(msgspec.Struct):
    name: str = ""


class _Named(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
