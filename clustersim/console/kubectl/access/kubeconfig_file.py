"""The kubeconfig of the workstation as a file: clusters, users, contexts, and which of these is meant.

It is made up from what the workstation knows until somebody changes it; then it is kept like any other file.
Source: client-go tools/clientcmd (api/v1/types.go, loader.go).
"""

import base64
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.kubectl.manifest import to_yaml
from clustersim.workstation.files import HOME, KUBECONFIG, name_of
from clustersim.yaml_documents import ManifestError, read_documents

CONTEXT: Final = "admin@kubernetes"
CLUSTER: Final = "kubernetes"
USER: Final = "admin"
NO_KEY: Final = base64.b64encode(
    b"This model makes no keys: whoever types here is the administrator.\n"
).decode()
"""What stands where a real file has a certificate or a key."""
_LISTS: Final = {"clusters": "cluster", "users": "user", "contexts": "context"}

Entries = dict[str, dict[str, Any]]


class Kubeconfig(msgspec.Struct, frozen=True):
    """One file. path: as messages name it; there: whether it is one, or what kubectl makes of none."""

    path: str
    clusters: Entries = {}
    users: Entries = {}
    contexts: Entries = {}
    current: str = ""
    there: bool = True

    def entries(self, kind: str) -> Entries:
        """Those of a kind, "clusters", "users" or "contexts"."""
        found: Entries = getattr(self, kind)
        return found

    def with_entries(self, kind: str, entries: Entries) -> "Kubeconfig":
        return msgspec.structs.replace(self, **{kind: entries})

    def plain(self, *, today: bool) -> dict[str, Any]:
        """As the file says it."""
        lists = {
            kind: [{word: value, "name": name} for name, value in sorted(self.entries(kind).items())] or None
            for kind, word in _LISTS.items()
        }
        more: dict[str, Any] = {} if today else {"preferences": {}}
        return {"apiVersion": "v1", "kind": "Config", "current-context": self.current, **more, **lists}


def read_kubeconfig(api: Api, path: str = "") -> Kubeconfig:
    """The file at a path, the usual one where none is given. Raises Said for what cannot be read."""
    name = name_of(path) if path else KUBECONFIG
    shown = path or f"{HOME}/{KUBECONFIG}"
    text = api.files.get(name)
    if text is None:
        return Kubeconfig(shown, there=False) if path else made_up(api, shown)
    try:
        return msgspec.structs.replace(_parsed(text, today=api.today), path=shown)
    except ManifestError as error:
        loading = "error loading" if api.today else "Error loading"
        raise Said(f'error: {loading} config file "{shown}": {error.message}') from None


def made_up(api: Api, path: str) -> Kubeconfig:
    """What kubeadm would have written there."""
    server = f"https://localhost:{api.server.flags.secure_port}"
    return Kubeconfig(
        path,
        clusters={CLUSTER: {"certificate-authority-data": NO_KEY, "server": server}},
        users={USER: {"client-certificate-data": NO_KEY, "client-key-data": NO_KEY}},
        contexts={CONTEXT: {"cluster": CLUSTER, "user": USER}},
        current=CONTEXT,
    )


def write_kubeconfig(api: Api, config: Kubeconfig, path: str = "") -> None:
    """Keep the file. Raises Said where there is no room."""
    api.save(name_of(path) if path else KUBECONFIG, f"{to_yaml(config.plain(today=api.today))}\n")


@lru_cache(maxsize=64)
def _parsed(text: str, *, today: bool) -> Kubeconfig:
    """Raises ManifestError."""
    documents = read_documents(text, today=today)
    plain = documents[0].plain if documents else {}
    if not isinstance(plain, Mapping):
        raise ManifestError("json: cannot unmarshal the text into Go value of type struct")
    kind, version = plain.get("kind", "Config"), plain.get("apiVersion", "v1")
    if (kind, version) != ("Config", "v1"):
        told = f'no kind "{kind}" is registered for version "{version}"'
        where = ' in scheme "k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50"'
        raise ManifestError(told + where if today else told)
    found = Kubeconfig("", current=str(plain.get("current-context") or ""))
    for entries, word in _LISTS.items():
        found = found.with_entries(entries, _named(plain.get(entries), word))
    return found


def _named(items: Any, word: str) -> Entries:
    """The first of each name counts. Raises ManifestError."""
    found: Entries = {}
    for item in items or ():
        if not isinstance(item, Mapping) or not isinstance(item.get(word) or {}, Mapping):
            raise ManifestError(f"json: cannot unmarshal into Go struct field of {word}s")
        found.setdefault(str(item.get("name", "")), dict(item.get(word) or {}))
    return found
