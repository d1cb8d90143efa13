"""Where kubectl of the workstation goes, and who one is there: by its kubeconfig and the flags of the line.

There is one cluster to be reached and one who is known there. What leads elsewhere fails as it does where
nobody answers. Source: client-go tools/clientcmd (client_config.go, validation.go).
"""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from clustersim.apiserver.authorization import Asked, Somebody, decide, forbidden, roles_of, somebody
from clustersim.apiserver.tokens import reviewed
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.kubectl.access.kubeconfig_file import NO_KEY, Kubeconfig, read_kubeconfig
from clustersim.console.refusals import refusal
from clustersim.programs.clients import ACCOUNT
from clustersim.workstation.files import name_of

HERE: Final = ("localhost", "127.0.0.1", "master")
"""Hosts at which the API server is found."""
INSECURE_PORT: Final = 8080
_VALUED: Final = {
    "--kubeconfig": "kubeconfig", "--context": "context", "--cluster": "cluster", "--user": "user",
    "--server": "server", "-s": "server", "--token": "token", "--as": "as_user",
}  # fmt: skip
_FILES: Final = (("client-certificate", "client-cert"), ("client-key", "client-key"))


class ClientFlags(msgspec.Struct, frozen=True):
    """What a line says of the connection; None: nothing."""

    kubeconfig: str | None = None
    context: str | None = None
    cluster: str | None = None
    user: str | None = None
    server: str | None = None
    token: str | None = None
    as_user: str | None = None
    as_groups: tuple[str, ...] = ()

    @property
    def plain(self) -> bool:
        """Nothing is said."""
        return self == ClientFlags()


def flags_in(words: Sequence[str], *, has_users: bool) -> ClientFlags:
    """Those of a line. has_users: --user is one of the command's own flags, as of `create rolebinding`."""
    found: dict[str, str] = {}
    groups: list[str] = []
    rest = list(words[: words.index("--")] if "--" in words else words)
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        if name == "--as-group" and (equals or rest):
            groups.append(value if equals else rest.pop(0))
            continue
        flag = _VALUED.get(name)
        if flag is None or (flag == "user" and has_users):
            continue
        if not equals and not rest:
            break
        found[flag] = value if equals else rest.pop(0)
    return ClientFlags(**found, as_groups=tuple(groups))


def namespace_of(api: Api, flags: ClientFlags) -> str:
    """The namespace of the context that is meant; empty: the usual one. Raises Said."""
    config = read_kubeconfig(api, flags.kubeconfig or "")
    context = config.contexts.get(flags.context or config.current, {})
    return str(context.get("namespace") or "")


def connect(api: Api, flags: ClientFlags) -> None:
    """Go where the line leads, as whom it names. Raises Said, unless that is to the API server of this
    cluster, as the administrator, as a service account whose token is shown, or in another's name."""
    api.acting = None
    config = read_kubeconfig(api, flags.kubeconfig or "")
    if not config.there:
        raise Said(f"error: stat {config.path}: no such file or directory")
    context = _context(api, config, flags)
    user = _user(api, config, context, flags)
    server = flags.server if flags.server else str(_cluster(api, config, context, flags).get("server") or "")
    if flags.token:
        user = {"token": flags.token}
    if flags.as_user or flags.as_groups:
        user = {**user, "as": flags.as_user or user.get("as"), "as-groups": list(flags.as_groups)}
    _check_user(api, user, flags.user or str(context.get("user") or ""))
    if not _reach(api, server):
        return
    api.acting = _in_name_of(api, user, _log_in(api, user))


def _context(api: Api, config: Kubeconfig, flags: ClientFlags) -> dict[str, Any]:
    name = flags.context or config.current
    if name and name not in config.contexts:
        if api.today:
            raise Said(f"Error in configuration: context was not found for specified context: {name}")
        raise Said(f'error: context "{name}" does not exist')
    return config.contexts.get(name, {})


def _cluster(api: Api, config: Kubeconfig, context: dict[str, Any], flags: ClientFlags) -> dict[str, Any]:
    name = flags.cluster or str(context.get("cluster") or "")
    if flags.cluster and name not in config.clusters:
        told = f'no server found for cluster "{name}"' if api.today else f'cluster "{name}" does not exist'
        raise Said(f"error: {told}")
    return config.clusters.get(name, {})


def _user(api: Api, config: Kubeconfig, context: dict[str, Any], flags: ClientFlags) -> dict[str, Any]:
    name = flags.user or str(context.get("user") or "")
    if flags.user and name not in config.users:
        raise Said(f'error: auth info "{name}" does not exist')
    return config.users.get(name, {})


def _check_user(api: Api, user: dict[str, Any], name: str) -> None:
    """What is wrong with an entry by itself (validateAuthInfo)."""
    ways = [way for way, key in (("token", "token"), ("basicAuth", "username")) if user.get(key)]
    if len(ways) > 1:
        told = f"more than one authentication method found for {name}; found [{' '.join(ways)}]"
        raise Said(f"error: {told}, only one is allowed")
    if not user.get("as") and any(user.get(key) for key in ("as-uid", "as-groups", "as-user-extra")):
        raise Said(f"error: requesting uid, groups or user-extra for {name} without impersonating a user")
    missing = [
        f"* unable to read {word} {path} for {name} due to open {path}: no such file or directory"
        for key, word in _FILES
        if (path := str(user.get(key) or "")) and name_of(path) not in api.files
    ]
    if missing:
        raise Said("\n".join(("Error in configuration: ", *missing)))


def _reach(api: Api, server: str) -> bool:
    """Whether there one is asked who one is. Raises Said where nobody answers."""
    address = urlsplit(server if "://" in server else f"http://{server or f'localhost:{INSECURE_PORT}'}")
    host = address.hostname or ""
    try:
        port = address.port or (443 if address.scheme == "https" else 80)
    except ValueError:
        raise Said(f'error: parse "{server}": invalid port after host') from None
    if host in HERE and port == api.server.flags.secure_port:
        if address.scheme != "https":
            raise Said("Error from server (BadRequest): Client sent an HTTP request to an HTTPS server.")
        return True
    if host in HERE and port == INSECURE_PORT and not api.today and address.scheme == "http":
        return False
    if host in HERE:
        raise Said(
            f"The connection to the server {host}:{port} was refused - did you specify the right host or "
            "port?"
        )
    if not host.replace(".", "").isdecimal():
        raise Said(f"Unable to connect to the server: dial tcp: lookup {host}: no such host")
    raise Said(f"Unable to connect to the server: dial tcp {host}:{port}: i/o timeout")


def _log_in(api: Api, user: dict[str, Any]) -> Somebody | None:
    """Whose token is shown; None where it is the administrator's certificate. Raises Said where neither
    is."""
    if user.get("client-certificate-data") == NO_KEY and user.get("client-key-data") == NO_KEY:
        return None
    if token := str(user.get("token") or ""):
        accounts = api.etcd.range("serviceaccounts")
        seen = reviewed(api.cluster.scenario.seed, {"token": token}, accounts, api.now)
        if seen.get("authenticated"):
            return Somebody(seen["user"]["username"], tuple(seen["user"]["groups"]))
    if not any(user.get(key) for key in ("token", "username", "client-certificate-data", "exec")):
        raise Said("Please enter Username: error: EOF")
    why = "Unauthorized" if api.today else "the server has asked for the client to provide credentials"
    raise Said(f"error: You must be logged in to the server ({why})")


_ANONYMOUS: Final = "system:anonymous"


def _in_name_of(api: Api, user: dict[str, Any], sender: Somebody | None) -> Somebody | None:
    """In whose name the line asks; None: in the administrator's. sender: who sends it, None for the
    administrator. Raises Said where they may not (apiserver pkg/endpoints/filters/impersonation)."""
    name, given = str(user.get("as") or ""), user.get("as-groups")
    groups = tuple(map(str, given if isinstance(given, list) else ()))
    if not name:
        return sender
    if sender is not None:
        wanted = [_whom(name), *(Asked("impersonate", "", "groups", group) for group in groups)]
        for asked in wanted:
            verdict = decide(roles_of(api.etcd, api.release, api.server.flags), sender, asked)
            if not verdict.allowed:
                raise Said(refusal(forbidden(sender.user, asked, api.release, verdict.reason)))
    if name == _ANONYMOUS:
        return Somebody(name, (*groups, "system:unauthenticated"))
    return somebody(name, groups)


def _whom(name: str) -> Asked:
    """The right to ask in that name."""
    if name.startswith(ACCOUNT) and name.count(":") == 3:
        namespace, _colon, account = name.removeprefix(ACCOUNT).partition(":")
        return Asked("impersonate", "", "serviceaccounts", account, namespace)
    return Asked("impersonate", "", "users", name)
