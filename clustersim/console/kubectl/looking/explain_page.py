"""The pages that `kubectl explain` prints.

Sources: v1.7.5, v1.8.0 pkg/kubectl/explain (form of v1.8: KIND, VERSION, RESOURCE); v1.36 k8s.io/kubectl
pkg/explain.
"""

import textwrap

from clustersim.console.api import Api


def no_field(api: Api, kind: str, api_version: str, name: str) -> str:
    """What is said of a field that is not there."""
    group, _slash, version = api_version.rpartition("/")
    head = [f"GROUP:      {group}"] if group else []
    head += [f"KIND:       {kind}", f"VERSION:    {version}", ""]
    return "\n".join([*(head if api.today else ()), f'error: field "{name}" does not exist'])


def page(
    api: Api,
    kind: str,
    api_version: str,
    name: str,
    of: str,
    told: str,
    fields: list[str],
) -> str:
    """A page of a kind or a field: its type, what it is, and the lines of its fields."""
    lines: list[str] = []
    if api.today:
        group, _slash, version = api_version.rpartition("/")
        lines += [f"GROUP:      {group}"] if group else []
        lines += [f"KIND:       {kind}", f"VERSION:    {version}", ""]
        if name:
            lines += [f"FIELD: {name} <{of}>", "", ""]
        lines += ["DESCRIPTION:", *wrapped(told or "<empty>", "    ")]
        lines += [*(["    "] if told else []), "FIELDS:", *fields] if fields else []
        return "\n".join(lines)
    if api.release == "v1.8":
        lines += [f"KIND:     {kind}", f"VERSION:  {api_version}", ""]
    if name:
        lines += [f"{'RESOURCE' if fields else 'FIELD'}: {name} <{of}>", ""]
    lines += ["DESCRIPTION:", *wrapped(told or "<empty>", "     ")]
    lines += ["", "FIELDS:", *fields] if fields else []
    return "\n".join(lines)


def wrapped(text: str, indent: str) -> list[str]:
    """A text in lines of 80."""
    return textwrap.wrap(text, 80, initial_indent=indent, subsequent_indent=indent)
