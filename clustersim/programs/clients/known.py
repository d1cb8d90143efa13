"""Which images hold programs that work with the API, and what these are told."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from clustersim.api.variable_names import expanded
from clustersim.programs.clients import cert_manager, certgen, frr_k8s, ingress_nginx, metallb
from clustersim.programs.clients.client import ACCOUNT, ApiClient, Reconciler

_PROGRAMS: Final[Mapping[str, Reconciler]] = {
    "cert-manager-cainjector": cert_manager.Injector(),
    "cert-manager-webhook": cert_manager.Authority(),
    "frr-k8s statuscleaner": frr_k8s.StatusCleaner(),
    "ingress-nginx/controller": ingress_nginx.Controller(),
    "kube-webhook-certgen create": certgen.Creates(),
    "kube-webhook-certgen patch": certgen.Patches(),
    "metallb/controller": metallb.Controller(),
}
_CERTGEN: Final = "kube-webhook-certgen"
_FLAG: Final = re.compile(r"--?([A-Za-z][\w.-]*)(?:=(.*))?\Z", re.DOTALL)


def reconciler(name: str) -> Reconciler:
    """One of them."""
    return _PROGRAMS[name]


def client_of(pod: Any, spec: Any, variables: Callable[[], Sequence[tuple[str, str]]]) -> ApiClient | None:
    """The program of a container, if it is one of these and has a token. variables: its environment, as far
    as that is known beforehand."""
    name = _name_of(spec)
    if name not in _PROGRAMS or pod.spec.automount_service_account_token is False:
        return None
    namespace, known = pod.metadata.namespace, dict(variables())
    account = pod.spec.service_account_name or "default"
    flags = _flags([expanded(word, known) for word in (*spec.command, *spec.args)])
    return ApiClient(
        name, f"{ACCOUNT}{namespace}:{account}", namespace, pod.metadata.name, {**known, **flags}
    )


def _name_of(spec: Any) -> str:
    """By the image, with the folder of its registry where the name alone says little."""
    repository = spec.image.partition("@")[0]
    folder, _slash, last = repository.rpartition("/")
    last = last.partition(":")[0]
    if last == _CERTGEN:
        return f"{_CERTGEN} {next((word for word in spec.args if not word.startswith('-')), '')}"
    if last == "frr-k8s":
        return f"{last} {next(iter(spec.command), '').rpartition('/')[2]}"
    return f"{folder.rpartition('/')[2]}/{last}" if last == "controller" else last


def _flags(words: Sequence[str]) -> dict[str, str]:
    """Of a command line: `--name=value`, `--name value`, `--name`."""
    found: dict[str, str] = {}
    for index, word in enumerate(words):
        if (flag := _FLAG.match(word)) is None:
            continue
        following = words[index + 1] if index + 1 < len(words) else "-"
        value = flag[2] if flag[2] is not None else "true" if following.startswith("-") else following
        found.setdefault(flag[1], value)
    return found
