"""Which commands there are on a machine, and what a shell says of others."""

from difflib import get_close_matches
from typing import Final

from clustersim.console.nodes.host import Host

EVERYWHERE: Final = (
    "awk",
    "cat",
    "cp",
    "curl",
    "cut",
    "date",
    "dd",
    "df",
    "dmesg",
    "exit",
    "fallocate",
    "free",
    "grep",
    "halt",
    "head",
    "hostname",
    "ifconfig",
    "ip",
    "journalctl",
    "kill",
    "killall",
    "less",
    "ls",
    "mkdir",
    "mv",
    "nano",
    "netstat",
    "nproc",
    "nslookup",
    "pgrep",
    "pidof",
    "ping",
    "pkill",
    "poweroff",
    "ps",
    "reboot",
    "rm",
    "sed",
    "service",
    "shutdown",
    "sort",
    "ss",
    "stress",
    "stress-ng",
    "swapoff",
    "swapon",
    "systemctl",
    "tail",
    "tc",
    "tee",
    "top",
    "touch",
    "uname",
    "uniq",
    "uptime",
    "vi",
    "vim",
    "wc",
)
_PROXIES: Final = ("iptables", "iptables-save", "nft")
_RUNTIMES: Final = {"docker": ("docker",), "containerd": ("crictl", "ctr")}
ELSEWHERE: Final = ("docker", "crictl", "ctr", "etcdctl", "iptables-save", "nft")


LEAVING: Final = ("halt", "poweroff", "reboot", "shutdown")
"""After these one is at the workstation again."""


def known_on(host: Host) -> tuple[str, ...]:
    """The commands of that machine, sorted."""
    if host.is_master:
        return tuple(sorted((*EVERYWHERE, "etcdctl")))
    return tuple(sorted((*EVERYWHERE, *_PROXIES, *_RUNTIMES[host.runtime])))


def nearest(word: str, known: tuple[str, ...]) -> str:
    """The known command that comes nearest, empty where none does."""
    return next(iter(get_close_matches(word, known, 1, 0.6)), "")
