"""iptables and nft of a machine: what kube-proxy has written there, as each command prints it, and the rules
by which somebody shuts out the control plane.

Source: iptables 1.6 iptables.c (print_firewall, list_rules), iptables-save.c.
"""

import re
import shlex
from collections.abc import Sequence
from typing import Final

from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.nodes.host import Host
from clustersim.i18n import _
from clustersim.kubeproxy.proxy import KubeProxy
from clustersim.machine import ADDRESS_OF_MASTER
from clustersim.network.network import INWARD, OUTWARD

_KUBELET: Final = ("10250", "10255")
_LONG: Final = {
    "--append": "-A",
    "--delete": "-D",
    "--flush": "-F",
    "--insert": "-I",
    "--list": "-L",
    "--list-rules": "-S",
    "--table": "-t",
}
_CHAIN: Final = re.compile(r":(\S+) (\S+)")
_TOLD: Final = {
    "--comment": "/* {} */",
    "--ctstate": "ctstate {}",
    "--dport": "tcp dpt:{}",
    "--dst-type": "ADDRTYPE match dst-type {}",
    "--mark": "mark match {}",
    "--probability": "statistic mode random probability {}",
    "--reject-with": "reject-with {}",
    "--set-xmark": "MARK xset {}",
    "--to-destination": "to:{}",
}
"""What -L says of what a rule asks for."""
_HEADS: Final = "target     prot opt source               destination         "


def iptables_save(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """iptables-save [-t TABLE]."""
    lines = _printed(host, "iptables-save")
    if "-t" in words[:-1]:
        lines = _table(lines, words[words.index("-t") + 1])
    return Answer(text="\n".join(lines))


def iptables(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """iptables [-t TABLE] -L|-S [CHAIN]; -A|-I|-D|-F of what shuts out the control plane. Raises Said."""
    given = [_LONG.get(word, word) for word in words]
    table = given[given.index("-t") + 1] if "-t" in given[:-1] else "filter"
    verb = next((word[:2] for word in given if word[:2] in ("-L", "-S", "-A", "-I", "-D", "-F")), "")
    if not verb:
        raise Said(
            "iptables v1.6.0: no command specified\n"
            "Try `iptables -h' or 'iptables --help' for more information."
        )
    if verb in ("-A", "-I", "-D", "-F"):
        return _written(host, verb, given)
    after = given[next(i for i, word in enumerate(given) if word[:2] == verb) + 1 :]
    chain = after[0] if after and not after[0].startswith("-") else ""
    lines = _table(_printed(host, "iptables-save"), table)
    chains = [found for line in lines if (found := _CHAIN.match(line)) is not None]
    if chain and chain not in [found[1] for found in chains]:
        raise Said("iptables: No chain/target/match by that name.")
    chains = [found for found in chains if chain in ("", found[1])]
    rules = [line for line in lines if line.startswith("-A ")]
    if verb == "-S":
        return Answer(text="\n".join(_ruled(chains, rules)))
    numeric = any(word.startswith("-") and "n" in word for word in given if word[:2] != "--")
    return Answer(text="\n".join(_listed(chains, rules, "0.0.0.0/0" if numeric else "anywhere")))


def _ruled(chains: Sequence[re.Match[str]], rules: Sequence[str]) -> list[str]:
    """-S: chains and policies, then the rules."""
    names = [chain[1] for chain in chains]
    heads = [f"-N {name}" if policy == "-" else f"-P {name} {policy}" for name, policy in map(_named, chains)]
    return [*heads, *(rule for rule in rules if rule.split()[1] in names)]


def _named(chain: re.Match[str]) -> tuple[str, str]:
    return chain[1], chain[2]


def _listed(chains: Sequence[re.Match[str]], rules: Sequence[str], anywhere: str) -> list[str]:
    """-L: each chain with its rules."""
    lines: list[str] = []
    for name, policy in map(_named, chains):
        references = sum(rule.endswith(f" {name}") or f" -j {name} " in rule for rule in rules)
        head = f"policy {policy}" if policy != "-" else f"{references} references"
        lines += ["", f"Chain {name} ({head})", _HEADS]
        lines += [_row(rule, anywhere) for rule in rules if rule.split()[1] == name]
    return lines[1:]


def _row(rule: str, anywhere: str) -> str:
    """One rule of -L."""
    words = shlex.split(rule)[2:]
    found: dict[str, str] = {}
    told: list[str] = []
    for before, word, value in zip(["", *words], words, [*words[1:], ""], strict=False):
        if word in ("-s", "-d"):
            found[word] = ("!" if before == "!" else "") + value.removesuffix("/32")
        elif word in ("-p", "-j"):
            found[word] = value
        elif word in _TOLD:
            told.append(_TOLD[word].format(value))
    source, destination = found.get("-s", anywhere), found.get("-d", anywhere)
    target, protocol = found.get("-j", ""), found.get("-p", "all")
    return f"{target:<10} {protocol:<4} --  {source:<20} {destination:<20} {' '.join(told)}".rstrip()


def _written(host: Host, verb: str, words: Sequence[str]) -> Answer:
    """A rule of a person's own. Raises Said where it is none that the model can heed."""
    if host.is_master:
        raise Said(note=_("Walls are built on nodes here."))
    if verb in ("-D", "-F"):
        return Answer(commands=(Command("heal-network", host.name),) if _walled(host) else ())
    drops = "DROP" in words
    to_master = any(ADDRESS_OF_MASTER in word for word in words) or "6443" in words
    if drops and to_master:
        return Answer(commands=(Command("cut-network", host.name, {"what": OUTWARD}),))
    if drops and any(port in words for port in _KUBELET):
        return Answer(commands=(Command("cut-network", host.name, {"what": INWARD}),))
    raise Said(
        note=_(
            "Of rules of one's own this console knows -j DROP towards the control plane (-d {address}) and "
            "of the kubelet's ports (--dport 10250), and -F."
        ),
        address=ADDRESS_OF_MASTER,
    )


def _walled(host: Host) -> bool:
    return host.name in host.cluster.network.state.walls


def nft(host: Host, words: Sequence[str], stdin: str) -> Answer:
    """nft list ruleset: the rules of kube-proxy in its nftables mode. Raises Said."""
    if list(words[:2]) not in (["list", "ruleset"], ["list", "table"], ["list", "tables"]):
        raise Said(note=_("This console knows nft list ruleset."))
    lines = _printed(host, "nft list ruleset")
    if not lines and not host.is_master and host.machine.state.kernel_rules:
        return Answer(text="# rules are those of iptables: see iptables-save")
    return Answer(text="\n".join(lines))


def _printed(host: Host, command: str) -> list[str]:
    """What a command prints of the rules that kube-proxy has written; they stay when that has ended."""
    if host.is_master:
        return []
    proxy = host.cluster.process("kube-proxy", host.name)
    assert isinstance(proxy, KubeProxy)
    return proxy.printed(command) or []


def _table(lines: Sequence[str], table: str) -> list[str]:
    found: list[str] = []
    for line in lines:
        if line.startswith("*") and found:
            break
        if found or line == f"*{table}":
            found.append(line)
    return found
