"""Objects that people bring along: manifests, as kubectl create and apply send them."""

from typing import Any, Final

import msgspec

from clustersim.api.registry import Resource, object_key, resource_of_kind
from clustersim.api.request import Request
from clustersim.command import CommandError
from clustersim.faults.action import Action, Parameter, Target
from clustersim.i18n import _

LONGEST: Final = 8000
"""Characters of a manifest."""


class Apply(Action):
    do, target = "apply", Target.OBJECT
    label, help = _("Apply a manifest"), _("Create an object that a manifest describes, or change it.")
    parameters = (Parameter("manifest", str, _("the object as JSON, with its kind and apiVersion")),)

    def described(self) -> tuple[Resource, str, dict[str, Any]]:
        """Kind, version and content. Raises CommandError."""
        text = str(self.args["manifest"])
        try:
            plain: dict[str, Any] = msgspec.json.decode(text, type=dict) if len(text) <= LONGEST else {}
        except msgspec.DecodeError:
            plain = {}
        resource = resource_of_kind(str(plain.get("kind", "")))
        if resource is None:
            raise CommandError(_("apply needs a manifest of a kind that the model has"))
        try:
            msgspec.convert(plain, type=resource.type)
        except msgspec.ValidationError as error:
            raise CommandError(_("the manifest does not fit: {why}"), why=str(error)) from None
        return resource, str(plain.get("apiVersion", "")), plain

    def check(self) -> None:
        self.described()

    def apply(self) -> None:
        resource, api_version, plain = self.described()
        obj = msgspec.convert(plain, type=resource.type)
        metadata, kubectl = obj.metadata, self.cluster.kubectl
        namespace = (metadata.namespace or "default") if resource.namespaced else ""
        if self.cluster.object(resource.plural, object_key(namespace, metadata.name)) is None:
            kubectl.create(obj, api_version)
        else:
            body = {name: value for name, value in plain.items() if name in ("metadata", "spec")}
            kubectl.ask(Request("patch", resource.plural, namespace, metadata.name, body=body))
