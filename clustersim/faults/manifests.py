"""Objects that people bring along: manifests, as kubectl create and apply send them."""

from typing import Any, Final

import msgspec

from clustersim.api.decoding import Decoded, decode_object
from clustersim.api.errors import ApiError
from clustersim.api.registry import object_key
from clustersim.api.request import Request
from clustersim.command import CommandError
from clustersim.faults.action import Action, Parameter, Target
from clustersim.i18n import _

LONGEST: Final = 1024 * 1024
"""Characters of an object's JSON: what etcd takes."""


def decoded(cluster: Any, text: str) -> Decoded:
    """The object of a JSON text. Raises CommandError."""
    try:
        plain = msgspec.json.decode(text) if len(text) <= LONGEST else None
    except (msgspec.DecodeError, RecursionError):
        plain = None
    if not isinstance(plain, dict):
        raise CommandError(_("apply needs a manifest of a kind that the model has"))
    try:
        return decode_object(plain, cluster.world.release.name)
    except ApiError as error:
        raise CommandError(_("the manifest does not fit: {why}"), why=error.message) from None


class Apply(Action):
    do, target = "apply", Target.OBJECT
    label, help = _("Apply a manifest"), _("Create an object that a manifest describes, or change it.")
    parameters = (Parameter("manifest", str, _("the object as JSON, with its kind and apiVersion")),)

    def check(self) -> None:
        decoded(self.cluster, str(self.args["manifest"]))

    def apply(self) -> None:
        found = decoded(self.cluster, str(self.args["manifest"]))
        plain = msgspec.json.decode(str(self.args["manifest"]))
        metadata, kubectl = found.obj.metadata, self.cluster.kubectl
        namespace = (metadata.namespace or "default") if found.resource.namespaced else ""
        if self.cluster.object(found.resource.plural, object_key(namespace, metadata.name)) is None:
            kubectl.create(found.obj, found.api_version)
        else:
            body = {
                name: value for name, value in plain.items() if name not in ("kind", "apiVersion", "status")
            }
            kubectl.ask(Request("patch", found.resource.plural, namespace, metadata.name, body=body))
