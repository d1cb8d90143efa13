"""Programs inside a container: those whose answer the model can give."""

import base64
import gzip
import re
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from ipaddress import IPv4Address, ip_network
from typing import Any, Final, NamedTuple

from clustersim.api.pod_containers import user_and_group
from clustersim.command import Command
from clustersim.console.answer import Answer
from clustersim.console.nodes import container_files
from clustersim.console.nodes.agnhost import agnhost
from clustersim.console.nodes.cgroup_files import CGROUP
from clustersim.console.nodes.connecting import nc
from clustersim.console.nodes.container_environment import environment
from clustersim.console.nodes.container_files import ContainerFiles
from clustersim.console.nodes.container_listing import long
from clustersim.console.nodes.container_storage import df, du, fill
from clustersim.console.nodes.container_tar import tar
from clustersim.console.nodes.curl import curl
from clustersim.console.nodes.host import Host
from clustersim.console.nodes.image_programs import NotModelled, mysqladmin, nginx, pg_isready
from clustersim.console.nodes.killing import first_process, kill, killall, pkill
from clustersim.console.nodes.lookup import address_within, nslookup_within, own_names
from clustersim.console.nodes.nodetool import nodetool
from clustersim.console.nodes.redis import redis_cli
from clustersim.console.nodes.system import date, uptime
from clustersim.console.nodes.wget import wget
from clustersim.console.shell.filters import FILTERS
from clustersim.programs import image_name
from clustersim.shell.plain import PLAIN, absolute, plain_name, reversed_lines
from clustersim.shell.ran import Ran

_NAMED: Final = re.compile(r"((?:https?://)?)([a-z][-a-z0-9.]*)((?::\d+)?(?:[/?].*)?)")
_OWN: Final = re.compile(r"((?:https?://)?)(?:localhost|127\.0\.0\.1)((?::\d+)?(?:[/?].*)?)")
"""A container's own address is that of its pod."""
_CURL_FAILED: Final = re.compile(r"curl: \((\d+)\)")
_MOST_UNPACKED: Final = 1 << 20


class Inside(NamedTuple):
    """Where a program runs. variables: what its shell has set; terminal: somebody sees what it prints."""

    api: Any
    pod: Any
    spec: Any
    host: Host
    files: ContainerFiles
    commands: list[Command]
    variables: dict[str, str]
    terminal: bool = False


Program = Callable[[Inside, Sequence[str], str], Ran]
"""Of the words of the command, the program's own name among them, and what it reads."""


def encoded(text: str) -> bytes:
    """What a program printed, as bytes: those that are no text have come along."""
    return text.encode("utf-8", "surrogateescape")


def decoded(data: bytes) -> str:
    """The other way."""
    return data.decode("utf-8", "surrogateescape")


def told(answer: Answer) -> Ran:
    """What the rest of the console answers, as a program of its own prints it."""
    text = f"{answer.text}\n" if answer.text else ""
    if answer.ok:
        return Ran(text, note=answer.note)
    failed = _CURL_FAILED.search(answer.text)
    return Ran("", text, int(failed[1]) if failed is not None else 1, answer.note)


def _plain(answer: Callable[[Inside, Sequence[str]], Answer]) -> Program:
    """Of a program that reads nothing."""
    return lambda here, words, stdin: told(answer(here, words))


def _filter(name: str) -> Program:
    """A filter of the console, which reads the files that it is given last, or what comes through a pipe."""

    def run(here: Inside, words: Sequence[str], stdin: str) -> Ran:
        paths = [word for word in words[1:] if word.startswith("/")]
        own = [word for word in words[1:] if word not in paths]
        texts = [here.files.text(path) for path in paths]
        if None in texts:
            missing = paths[texts.index(None)]
            return Ran(err=f"{name}: {missing}: No such file or directory\n", code=1 + (name == "grep"))
        text = "".join(str(one) for one in texts) if paths else stdin
        found = FILTERS[name](own, text.removesuffix("\n"))
        return Ran(f"{found.text}\n" if found.text else "", code=0 if found.ok else 1)

    return run


# --- what a container knows of itself ----------------------------------------------------------------------


def _hostname(here: Inside, words: Sequence[str]) -> Answer:
    if "-i" in words:
        return Answer(text=here.pod.status.pod_ip)
    own, full = own_names(here.pod)
    return Answer(text=full if "-f" in words or "--fqdn" in words else own)


def _ip(here: Inside, words: Sequence[str]) -> Answer:
    """ip addr, ip route (busybox). The address on the wire is made of the pod's own (CNI plugin bridge)."""
    verb = next((word for word in words[1:] if not word.startswith("-")), "addr")
    ip = IPv4Address(here.pod.status.pod_ip or "127.0.0.1")
    network = ip_network(f"{ip}/24", strict=False)
    if verb in ("r", "route"):
        first = f"default via {network[1]} dev eth0 "
        return Answer(text=f"{first}\n{network} dev eth0 scope link  src {ip} ")
    if verb not in ("a", "addr", "address", "l", "link"):
        return Answer(text=f"ip: invalid argument '{verb}' to 'ip'", ok=False)
    wire = "0a:58:" + ip.packed.hex(":")
    forever = "       valid_lft forever preferred_lft forever"
    lines = [
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000",
        "    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
        "    inet 127.0.0.1/8 scope host lo",
        forever,
        "3: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue ",
        f"    link/ether {wire} brd ff:ff:ff:ff:ff:ff",
        f"    inet {ip}/24 brd {network[255]} scope global eth0",
        forever,
    ]
    plain = verb in ("l", "link")
    return Answer(text="\n".join(one for one in lines if not plain or ("inet" not in one and one != forever)))


def _env(here: Inside, words: Sequence[str]) -> Answer:
    variables = {**environment(here.api, here.pod, here.spec), **here.variables}
    if len(words) > 1:
        return Answer(text=variables.get(words[1], ""), ok=words[1] in variables)
    return Answer(text="\n".join(f"{name}={value}" for name, value in variables.items() if "[" not in name))


def _ps(here: Inside, words: Sequence[str]) -> Answer:
    user, _group = user_and_group(here.pod, here.spec)
    who = "root" if user == 0 else str(user)
    shown = " ".join(" ".join(first_process(here.spec)).split())
    return Answer(text=f"PID   USER     TIME   COMMAND\n    1 {who:<8} 0:00 {shown}\n   42 {who:<8} 0:00 ps")


def _id(here: Inside, words: Sequence[str]) -> Answer:
    user, group = user_and_group(here.pod, here.spec)
    security = here.pod.spec.security_context
    more = () if security is None else (*security.supplemental_groups, security.fs_group)
    groups = sorted({group, *(one for one in more if one is not None)})
    if words[1:] in (["-u"], ["-g"]):
        return Answer(text=str(user if words[1] == "-u" else group))
    names = [f"{number}(root)" if number == 0 else str(number) for number in (user, group, *groups)]
    return Answer(text=f"uid={names[0]} gid={names[1]} groups={','.join(names[2:])}")


def _sysctl(here: Inside, words: Sequence[str]) -> Answer:
    """Settings of the kernel that the pod has set for itself."""
    security = here.pod.spec.security_context
    known = {one.name: one.value for one in (() if security is None else security.sysctls)}
    asked = [word for word in words[1:] if not word.startswith("-")]
    missing = next((name for name in asked if name not in known), None)
    if missing is not None:
        path = f"/proc/sys/{missing.replace('.', '/')}"
        return Answer(text=f"sysctl: error: '{path}' is an unknown key", ok=False)
    return Answer(text="\n".join(f"{name} = {known[name]}" for name in asked))


def _mount(here: Inside, words: Sequence[str]) -> Answer:
    """What is mounted, as far as it is known: volumes, and the kernel's files of the container's limits."""
    kind = "cgroup2" if here.api.today else "cgroup"
    lines = [f"{kind} on {CGROUP} type {kind} (ro,nosuid,nodev,noexec,relatime)"]
    lines += [f"/dev/sda1 on {one.mount_path} type ext4 (rw,relatime)" for one in here.spec.volume_mounts]
    wanted = words[2] if words[1:2] == ["-t"] and len(words) == 3 else ""
    return Answer(text="\n".join(line for line in lines if not wanted or f" type {wanted} " in line))


def _pwd(here: Inside, words: Sequence[str]) -> Answer:
    return Answer(text=_place(here))


def _place(here: Inside) -> str:
    """The folder where the shell is."""
    return here.variables.get("PWD", "/")


# --- requests ----------------------------------------------------------------------------------------------


def _curl(here: Inside, words: Sequence[str]) -> Answer:
    """As from the node, but that names of Services lead to their addresses."""
    own = here.host if here.pod.spec.host_network else here.host._replace(source=here.pod.status.pod_ip)
    return curl(own, here.host, [_addressed(here, word) for word in words])


def _addressed(here: Inside, word: str) -> str:
    own = _OWN.fullmatch(word)
    if own is not None and not here.pod.spec.host_network:
        return f"{own[1]}{here.pod.status.pod_ip}{own[2]}"
    named = _NAMED.fullmatch(word)
    found = address_within(here.api, here.pod.metadata.namespace, named[2]) if named is not None else None
    return word if named is None or not found else f"{named[1]}{found[0]}{named[3]}"


# --- texts -------------------------------------------------------------------------------------------------


def _cat(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    if not [word for word in words[1:] if word != "-"]:
        return Ran(stdin)
    return container_files.cat(here.files, _placed(here, words[1:]))


def _rev(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    """Lines from their ends."""
    if not words[1:]:
        return Ran(reversed_lines(stdin))
    ran = container_files.cat(here.files, _placed(here, words[1:]))
    return ran._replace(out=reversed_lines(ran.out), err=ran.err.replace("cat:", "rev:"))


def _ls(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    paths = [word for word in _placed(here, words[1:]) if not word.startswith("-")] or [_place(here)]
    flags = "".join(word for word in words[1:] if word.startswith("-") and not word.startswith("--"))
    if "l" in flags:
        return long(here.files, paths, hidden="a" in flags, itself="d" in flags)
    return container_files.ls(here.files, paths, itself="d" in flags)


def _placed(here: Inside, words: Sequence[str]) -> list[str]:
    """Paths from where the shell is."""
    place = _place(here)
    return [word if word.startswith("-") else absolute(word, place) for word in words]


def _tee(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    for path in words[1:]:
        if not path.startswith("-"):
            here.files.write(absolute(path, _place(here)), stdin)
    return Ran(stdin)


def _gzip(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    if "-d" not in words and words[0] == "gzip":
        return Ran(decoded(gzip.compress(encoded(stdin), mtime=0)))
    try:
        unpacked = zlib.decompressobj(wbits=31).decompress(encoded(stdin), _MOST_UNPACKED)
    except zlib.error:
        return Ran(err=f"{words[0]}: invalid magic\n", code=1)
    return Ran(decoded(unpacked))


def _base64(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    if "-d" not in words and "--decode" not in words:
        return Ran(base64.encodebytes(encoded(stdin)).decode().replace("\n", "") + "\n")
    try:
        return Ran(decoded(base64.b64decode("".join(stdin.split()), validate=True)))
    except ValueError:
        return Ran(err="base64: invalid input\n", code=1)


def _hexdump(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    """hexdump -C of a file: sixteen bytes a line, and what of them is text."""
    paths = [word for word in words[1:] if not word.startswith("-")]
    ran = container_files.cat(here.files, _placed(here, paths)) if paths else Ran(stdin)
    if ran.code:
        return Ran(err=f"hexdump: {paths[0]}: No such file or directory\n", code=1)
    data, lines = encoded(ran.out), []
    for start in range(0, len(data), 16):
        part = data[start : start + 16]
        halves = "  ".join(part[at : at + 8].hex(" ") for at in (0, 8))
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:08x}  {halves:<48}  |{text}|\n")
    return Ran("".join(lines) + f"{len(data):08x}\n")


def _tar(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    ran, archive = tar(here.files, words, encoded(stdin))
    return ran._replace(out=decoded(archive))


def _fill(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    return fill(here.files, here.host.machine, [plain_name(words[0]), *words[1:]], _place(here))


def _df(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    return df(here.files, here.pod, here.spec, here.host.machine, words, _place(here))


def _chroot(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    """chroot of coreutils and of busybox to what is no directory; roots.py knows that of a machine."""
    path = next((word for word in words[1:] if not word.startswith("-")), "/")
    if here.files.is_directory(absolute(path, _place(here))):
        raise NotModelled
    cannot, code = ("can't", 1) if here.files.small else ("cannot", 125)
    return Ran(
        err=f"chroot: {cannot} change root directory to '{path}': No such file or directory\n", code=code
    )


def _nothing(here: Inside, words: Sequence[str], stdin: str) -> Ran:
    return Ran()


def _of_shell(name: str) -> Program:
    """One of those of which all depends on their words and on files."""
    return lambda here, words, stdin: PLAIN[name](here.files, words)


PROGRAMS: Final[dict[str, Program]] = {
    "agnhost": agnhost,
    **{name: _of_shell(name) for name in PLAIN},
    **{name: _filter(name) for name in FILTERS if name not in ("less", "more", "cat")},
    "base64": _base64,
    "cat": _cat,
    "chroot": _chroot,
    "curl": _plain(lambda here, words: _curl(here, words[1:])),
    "date": _plain(lambda here, words: date(here.host, words[1:], "")),
    "dd": _fill,
    "df": _df,
    "du": lambda here, words, stdin: du(here.files, words, _place(here)),
    "env": _plain(_env),
    "fallocate": _fill,
    "gunzip": _gzip,
    "gzip": _gzip,
    "hexdump": _hexdump,
    "hostname": _plain(_hostname),
    "id": _plain(_id),
    "ip": _plain(_ip),
    "kill": kill,
    "killall": killall,
    "ls": _ls,
    "mkdir": _nothing,
    "mount": _plain(_mount),
    "mv": _plain(lambda here, words: container_files.mv(here.files, _placed(here, words[1:]))),
    "nc": lambda here, words, stdin: nc(here, words[1:], stdin),
    "nslookup": _plain(lambda here, words: nslookup_within(here.api, here.pod.metadata.namespace, words[1:])),
    "pkill": pkill,
    "printenv": _plain(_env),
    "ps": _plain(_ps),
    "pwd": _plain(_pwd),
    "rev": _rev,
    "rm": _plain(lambda here, words: container_files.rm(here.files, _placed(here, words[1:]))),
    "sleep": _nothing,
    "sysctl": _plain(_sysctl),
    "tar": _tar,
    "tee": _tee,
    "touch": _plain(lambda here, words: container_files.touch(here.files, _placed(here, words[1:]))),
    "uname": _plain(lambda here, words: Answer(text="Linux")),
    "uptime": _plain(lambda here, words: uptime(here.host, words[1:], "")),
    "wget": _plain(
        lambda here, words: wget(words[1:], lambda url: _addressed(here, url), partial(_curl, here))
    ),
    "whoami": _plain(lambda here, words: Answer(text="root")),
}

READERS: Final = ("base64", "cat", "gunzip", "gzip", "tee", *(name for name in FILTERS))
"""Programs that read what they are sent until its end, where they are given no file."""


_OF_IMAGES: Final[dict[str, tuple[Sequence[str], Program]]] = {
    "mysqladmin": (("mysql", "mariadb"), mysqladmin),
    "nginx": (("nginx",), nginx),
    "nodetool": (("cassandra",), nodetool),
    "pg_isready": (("postgres",), pg_isready),
    "redis-cli": (("redis",), redis_cli),
}
"""Programs of some images alone, and what the names of these have in them."""


def program(words: Sequence[str], image: str = "") -> Program | None:
    """That of a command, by its name or by its path, in an image."""
    name = plain_name(words[0])
    if (own := _OF_IMAGES.get(name)) is not None:
        return own[1] if any(one in image_name(image) for one in own[0]) else None
    return PROGRAMS.get("agnhost" if name in ("/agnhost", "/agnhost-2") else name)
