"""`kubectl certificate approve` and `deny`.

Source: v1.7.5, v1.8.0 pkg/kubectl/cmd/certificates.go; v1.36 k8s.io/kubectl pkg/cmd/certificates.
"""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.request import Request
from clustersim.api.timestamp import rfc3339
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.selection import Wanted, select
from clustersim.console.kubectl.usage import parent

REQUESTS: Final = "certificatesigningrequests"
_DONE: Final = {"approve": "approved", "deny": "denied"}
_VERDICTS: Final = {"approve": ("Approved", "KubectlApprove"), "deny": ("Denied", "KubectlDeny")}


def certificate(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """Raises Said."""
    verb = parent(api, "certificate", words)
    arguments = commands.read(f"certificate {verb}", words[1:], api.release)
    names = [word.rpartition("/")[2] for word in arguments.words]
    if not names:
        raise Said("error: one or more CSRs must be specified as <name> or -f <filename>")
    api.reach()
    found = select(api, Wanted(REQUESTS, tuple(names)), arguments)
    lines = list(found.missing)
    for obj in found.objects:
        if api.ask(_decision(api, obj, verb)) is not None:
            lines.append(api.did(REQUESTS, obj.metadata.name, _DONE[verb]))
    return Answer(text="\n".join(lines), ok=not found.missing)


def _decision(api: Api, obj: Any, verb: str) -> Request:
    """A patch of the conditions, as the answer of whoever decides."""
    kind, reason = _VERDICTS[verb]
    now = rfc3339(api.now)
    condition = {
        "type": kind,
        "reason": reason,
        "message": f"This CSR was {_DONE[verb]} by kubectl certificate {verb}.",
        "lastUpdateTime": now,
    }
    if api.today:
        condition |= {"status": "True", "lastTransitionTime": now}
    body = {"status": {"conditions": [condition]}}
    return Request(
        "patch", REQUESTS, name=obj.metadata.name, body=body, patch_type="strategic", subresource="approval"
    )
