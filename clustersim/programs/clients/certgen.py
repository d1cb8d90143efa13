"""kube-webhook-certgen, which the Jobs of ingress-nginx and others run: `create` makes a Secret with a
certificate, `patch` has the API server know it.

Source: ingress-nginx images/kube-webhook-certgen/rootfs (v1.6.9).
"""

import json
from collections.abc import Sequence
from typing import ClassVar, Final

from clustersim.api.core_v1 import Secret
from clustersim.api.meta import ObjectMeta
from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339
from clustersim.engine.time import Micros
from clustersim.programs.clients.certificates import (
    MUTATING,
    VALIDATING,
    certificate,
    private_key,
    with_authority,
)
from clustersim.programs.clients.client import Acts, ApiClient, Look, Means, Reconciler, Seen

_KINDS: Final = (("patch-validating", VALIDATING), ("patch-mutating", MUTATING))
_WORDS: Final = {VALIDATING: "validating", MUTATING: "mutating"}


def _line(level: str, message: str, source: str, now: Micros, error: str = "") -> str:
    """As logrus writes it, in the order of the names."""
    told = {"level": level, "msg": message, "source": source, "time": rfc3339(now)}
    return json.dumps({"err": error, **told} if error else told, separators=(",", ":"))


class _Certgen(Reconciler):
    manager = "kube-webhook-certgen"
    ends: ClassVar[bool] = True

    def _secret(self, client: ApiClient) -> Look:
        return Look("secrets", client.option("namespace"), client.option("secret-name"))

    def refused(self, client: ApiClient, request: Request, message: str, now: Micros) -> str:
        word = _WORDS.get(request.resource, "")
        if word:
            doing = "getting" if request.verb == "get" else "patching"
            return _line("fatal", f"failed {doing} {word} webhook", "cmd/patch.go:87", now, message)
        if request.verb == "get":
            return _line("fatal", "error getting secret", "k8s/k8s.go:232", now, message)
        return _line("fatal", "failed creating secret", "k8s/k8s.go:256", now, message)


class Creates(_Certgen):
    """`kube-webhook-certgen create`."""

    def looks(self, client: ApiClient) -> Sequence[Look]:
        return (self._secret(client),)

    def acts(self, client: ApiClient, seen: Seen, means: Means) -> Acts:
        look = self._secret(client)
        if (found := seen[look]) is not None:
            if "ca" not in found.data:
                why = "got secret, but it did not contain a 'ca' key"
                return Acts(lines=(_line("fatal", why, "k8s/k8s.go:237", means.now),), code=1)
            return Acts(
                lines=(_line("info", "secret already exists", "cmd/create.go:33", means.now),), code=0
            )
        missing = f'secrets "{look.name}" not found'
        lines = (
            _line("info", "no secret found", "k8s/k8s.go:229", means.now, missing),
            _line("info", "creating new secret", "cmd/create.go:28", means.now),
        )
        data = {
            "ca": certificate(means.random),
            client.option("cert-name", "cert"): certificate(means.random),
            client.option("key-name", "key"): private_key(means.random),
        }
        secret = Secret(metadata=ObjectMeta(name=look.name, namespace=look.namespace), data=data)
        return Acts((Request("create", "secrets", look.namespace, look.name, secret),), lines, 0)


class Patches(_Certgen):
    """`kube-webhook-certgen patch`."""

    def looks(self, client: ApiClient) -> Sequence[Look]:
        return (self._secret(client), *self._configurations(client))

    def _configurations(self, client: ApiClient) -> list[Look]:
        name = client.option("webhook-name")
        return [Look(kind, "", name) for flag, kind in _KINDS if client.option(flag, "true") == "true"]

    def acts(self, client: ApiClient, seen: Seen, means: Means) -> Acts:
        look, configurations = self._secret(client), self._configurations(client)
        secret = seen[look]
        if secret is None or not secret.data.get("ca"):
            found = f'secrets "{look.name}" not found'
            why = f"no secret with '{look.name}' in '{look.namespace}'"
            told = (
                _line("info", "no secret found", "k8s/k8s.go:229", means.now, found),
                _line("fatal", why, "cmd/patch.go:90", means.now),
            )
            return Acts(lines=told, code=1)
        policy = client.option("patch-failure-policy")
        flags = [str(any(one.resource == kind for one in configurations)).lower() for _flag, kind in _KINDS]
        what = f"mutating={flags[1]}, validating={flags[0]}, failurePolicy={policy}"
        lines = [
            _line(
                "info",
                f"patching webhook configurations '{client.option('webhook-name')}' {what}",
                "k8s/k8s.go:118",
                means.now,
            )
        ]
        requests = []
        for one in configurations:
            if seen[one] is None:
                error = f'{one.resource}.admissionregistration.k8s.io "{one.name}" not found'
                text = f"failed getting {_WORDS[one.resource]} webhook"
                return Acts(lines=(*lines, _line("fatal", text, "cmd/patch.go:87", means.now, error)), code=1)
            changed = with_authority(seen[one], secret.data["ca"], policy)
            requests.append(Request("update", one.resource, "", one.name, changed))
        return Acts(requests, (*lines, _line("info", "Patched hook(s)", "k8s/k8s.go:138", means.now)), 0)
