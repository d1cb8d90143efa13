"""`kubectl describe` of ConfigMaps, Secrets and ServiceAccounts.

Sources: v1.7.5 and v1.8.0 describe.go; v1.36 k8s.io/kubectl pkg/describe.
"""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from clustersim.kubectl.describe.parts import NONE, TODAY, head


def config_map_lines(found: Any, release: str) -> Iterable[str]:
    """A ConfigMap with its data."""
    yield from head(found, release)
    yield ""
    yield "Data"
    yield "===="
    for key in sorted(found.data):
        yield f"{key}:"
        yield "----"
        yield from found.data[key].split("\n")
        if release in TODAY:
            yield ""
    if release in TODAY:
        yield ""
        yield "BinaryData"
        yield "===="
        yield from (
            f"{key}: {len(_decoded(found.binary_data[key]))} bytes" for key in sorted(found.binary_data)
        )
        yield ""


def secret_lines(secret: Any, release: str) -> Iterable[str]:
    """A Secret: sizes, not values, except for the token of a service account."""
    yield from head(secret, release)
    yield ""
    yield f"Type:\t{secret.type}"
    yield ""
    yield "Data"
    yield "===="
    for key in sorted(secret.data):
        token = key == "token" and secret.type == "kubernetes.io/service-account-token"
        text = _decoded(secret.data[key])
        yield f"{key}:\t{text.decode(errors='replace') if token else f'{len(text)} bytes'}"


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return text.encode()


def service_account_lines(account: Any, release: str) -> Iterable[str]:
    """A ServiceAccount."""
    yield from head(account, release)
    if release not in TODAY:
        yield ""
    pulls = [one.name for one in account.image_pull_secrets]
    mounted = [one.name for one in account.secrets]
    once = (("Mountable secrets", mounted), ("Tokens", list[str]()))
    for title, names in (("Image pull secrets", pulls), *(() if release in TODAY else once)):
        yield f"{title}:\t{names[0] if names else NONE}"
        yield from (f"\t{name}" for name in names[1:])
        if release not in TODAY:
            yield ""
