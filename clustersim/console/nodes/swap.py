"""Swap of a machine: swapon and swapoff (util-linux)."""

from collections.abc import Sequence
from typing import Final

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.i18n import Message, _
from clustersim.machine import SWAP_FILE

_SIZE: Final = 2048
"""MiB of the swap file that every machine has, and does not use."""
_LATER: Final = _("It stays so after a boot, as with a line in /etc/fstab. The kubelet looks when it starts.")
_ON_NODES: Final = _("Swap is switched on and off on nodes here.")
_ALL: Final = ("-a", "--all", SWAP_FILE)


def swapon(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """swapon -a, swapon --show. Raises Said."""
    swap = host.machine.state.swap
    match list(words):
        case [] | ["--show"]:
            row = f"NAME      TYPE SIZE USED PRIO\n{SWAP_FILE} file {swap // 1024}G   0B   -1"
            return Answer(text=row if swap else "")
        case ["-s"] | ["--summary"]:
            return Answer(text="\n".join(host.machine.swaps) if swap else "")
        case [one] if one in _ALL:
            if swap:
                return _busy("swapon", one, "Device or resource busy")
            return _switched(host, _SIZE)
    raise Said(f"swapon: cannot open {words[-1]}: No such file or directory")


def swapoff(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """swapoff -a. Raises Said."""
    match list(words):
        case [one] if one in _ALL:
            if not host.machine.state.swap:
                return _busy("swapoff", one, "Invalid argument")
            return _switched(host, 0)
        case []:
            raise Said("swapoff: bad usage\nTry 'swapoff --help' for more information.")
    raise Said(f"swapoff: {words[-1]}: swapoff failed: No such file or directory")


def _busy(program: str, what: str, why: str) -> Answer:
    """It is as it is wanted already: an error where the file was named."""
    if what != SWAP_FILE:
        return Answer()
    return Answer(text=f"{program}: {SWAP_FILE}: {program} failed: {why}", ok=False)


def _switched(host: Host, mib: int) -> Answer:
    if host.is_master:
        raise Said(note=_ON_NODES)
    return Answer(commands=(Command("use-swap", host.name, {"mib": mib}),), note=Message(_LATER))
