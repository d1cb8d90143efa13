"""Unit files with their drop-ins: what systemd makes of /etc/systemd/system/UNIT.service and of the files in
the folder beside it (systemd.unit(5), systemd.service(5)).
"""

import re
from typing import TYPE_CHECKING, Final

from clustersim.console.answer import Said
from clustersim.console.nodes.unit_paths import drop_in_folder, unit_path

if TYPE_CHECKING:
    from clustersim.console.nodes.machine_files import MachineFiles

_LINE: Final = re.compile(r"^ExecStart=(.*)$")
_ENVIRONMENT: Final = re.compile(r"^Environment=(.*)$", re.MULTILINE)
_PAIR: Final = re.compile(r"\"(\w+)=([^\"]*)\"|'(\w+)=([^']*)'|(\w+)=(\S*)")
_VARIABLE: Final = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_BAD: Final = (
    "Failed to {verb} {unit}.service: Unit {unit}.service has a bad unit file setting.\n"
    "See system logs and 'systemctl status {unit}.service' for details."
)


def drop_ins(files: "MachineFiles", unit: str) -> list[str]:
    """The paths of a unit's drop-ins, in the order in which they are read."""
    found = (path for path in files.within(drop_in_folder(unit)) if path.endswith(".conf"))
    return sorted(found)


def wanted(files: "MachineFiles", unit: str) -> str | None:
    """What people have made of a unit, as one file; None: nothing."""
    kept, more = files.kept(unit_path(unit)), drop_ins(files, unit)
    if kept is None and not more:
        return None
    text = str(files.text(unit_path(unit)))
    if not more:
        return text
    lines = text.replace("\\\n", " ").splitlines()
    for path in more:
        for line in (files.text(path) or "").replace("\\\n", " ").splitlines():
            if (found := _LINE.match(line.strip())) is not None and not found[1].strip():
                lines = [one for one in lines if _LINE.match(one) is None]
            elif line.strip() and not line.startswith("["):
                lines.append(line.strip())
    return "\n".join(_with_values(lines)) + "\n"


def _with_values(lines: list[str]) -> list[str]:
    """The same with the values of Environment= in command lines."""
    values: dict[str, str] = {}
    for told in _ENVIRONMENT.findall("\n".join(lines)):
        for parts in _PAIR.findall(told):
            name, value = next((parts[at], parts[at + 1]) for at in (0, 2, 4) if parts[at])
            values[name] = value
    if not values:
        return lines
    return [
        _VARIABLE.sub(lambda found: values.get(found[1] or found[2], ""), line) if _LINE.match(line) else line
        for line in lines
    ]


def check(unit: str, text: str, verb: str) -> None:
    """Raises Said where there is more than one command to start."""
    if sum(_LINE.match(line) is not None for line in text.splitlines()) > 1:
        raise Said(_BAD.format(verb=verb, unit=unit))


def shown(files: "MachineFiles", unit: str) -> str:
    """All of it, as systemctl cat prints it."""
    parts = [str(files.text(unit_path(unit))).rstrip("\n")]
    for path in drop_ins(files, unit):
        text = str(files.text(path)).rstrip("\n")
        parts.append(f"# {path}\n{text}")
    return "\n\n".join(parts)
