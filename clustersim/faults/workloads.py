"""What people do to workloads with kubectl: scale, set image, rollout undo; and deleting any object."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from clustersim.api.api_resources import RESOURCES
from clustersim.api.apps import DaemonSet, Deployment, DeploymentSpec, ReplicaSet, StatefulSet
from clustersim.api.fields import exists
from clustersim.api.meta import replace
from clustersim.api.owners import controller_of
from clustersim.api.registry import resource_of
from clustersim.api.request import Request
from clustersim.apiserver.size import Size, wanted
from clustersim.command import CommandError
from clustersim.controllermanager.deployment.sets import annotations_for, revision_of, without_hash
from clustersim.controllermanager.history import template_of
from clustersim.engine.time import SECOND
from clustersim.faults.action import Action, Parameter, Target
from clustersim.faults.objects import GRACE, TIMEOUT, check_times
from clustersim.i18n import _
from clustersim.workstation import SCALED_DOWN

_NAMES: Final[dict[str, str]] = {
    name: resource.plural
    for resource in RESOURCES.values()
    for name in (resource.plural, resource.kind.lower(), *resource.short_names)
}


def resource_named(name: str) -> str | None:
    """The resource that people call so: "rc", "deployment", "pods"; None for an unknown one."""
    return _NAMES.get(name.lower())


MAX_INT32: Final = 2**31 - 1


def check_size(cluster: Any, obj: Any, old: Any = None) -> None:
    """Refuse what wants more pods than the cluster takes, before anything is done. Raises CommandError."""
    size: Size = cluster.world.apiserver.registry.storage.size
    if wanted(obj) <= (0 if old is None else wanted(old)):
        return
    pods = size.pods_with(resource_of(obj).plural, obj)
    if pods > size.most_pods:
        raise CommandError(
            _("this cluster takes at most {most} pods; with this it would have {pods}"),
            most=size.most_pods,
            pods=pods,
        )


class WorkloadAction(Action):
    """Base: aimed at an object by kind and name: "rc/tomcat", "deployment/web", "rc/team/tomcat"."""

    target, part = Target.OWNER, "owner"

    def named(self) -> Any:
        """The object, None if there is none."""
        kind, _slash, name = self.target_name.partition("/")
        resource = resource_named(kind)
        if resource is None:
            return None
        key = name if "/" in name or not RESOURCES[resource].namespaced else f"default/{name}"
        return self.cluster.object(resource, key)

    def patch(self, spec: dict[str, Any], manager: str = "kubectl", part: str = "") -> None:
        """Patch the object's spec. manager: who is remembered for it; part: the address that it goes to."""
        found = self.named()
        request = Request("patch", resource_of(found).plural, found.metadata.namespace, found.metadata.name)
        told = {"body": {"spec": spec}, "manager": manager, "subresource": part}
        self.cluster.kubectl.ask(msgspec.structs.replace(request, **told))


class Scale(WorkloadAction):
    do = "scale"
    label, help = _("Scale"), _("Want another number of pods.")
    parameters = (Parameter("replicas", int, _("how many pods are wanted")),)

    def scalable(self) -> bool:
        """It is there and has a number of replicas."""
        found = self.named()
        return found is not None and hasattr(getattr(found, "spec", None), "replicas")

    def check(self) -> None:
        if not self.scalable():
            raise CommandError(_("there is nothing to scale called {name}"), name=self.target_name)
        replicas = int(self.args["replicas"])
        if not 0 <= replicas <= MAX_INT32:
            raise CommandError(_("replicas must be between 0 and {most}"), most=MAX_INT32)
        found = self.named()
        check_size(self.cluster, replace(found, spec=replace(found.spec, replicas=replicas)), found)

    def apply(self) -> None:
        resource = resource_of(self.named())
        has_address = "scale" in resource.subresources_in(self.cluster.release)
        part = "scale" if has_address else ""
        self.patch({"replicas": int(self.args["replicas"])}, part=part)

    def available(self) -> bool:
        return self.scalable()


class DeploymentAction(WorkloadAction):
    """Base: aimed at a Deployment."""

    def deployment(self) -> Deployment:
        """The Deployment, or CommandError."""
        found = self.named()
        if not isinstance(found, Deployment):
            raise CommandError(_("there is no Deployment called {name}"), name=self.target_name)
        return found

    def check(self) -> None:
        self.deployment()

    def available(self) -> bool:
        return isinstance(self.named(), Deployment)


class SetImage(DeploymentAction):
    do = "set-image"
    label, help = _("Set the image"), _("kubectl set image: new pods replace the old ones, step by step.")
    parameters = (
        Parameter("image", str, _("the new image")),
        Parameter("container", str, _("the container's name; empty for the first one"), ""),
    )

    def check(self) -> None:
        names = [container.name for container in self.deployment().spec.template.spec.containers]
        if self.args["container"] and self.args["container"] not in names:
            raise CommandError(_("there is no container {name}"), name=self.args["container"])
        if not self.args["image"]:
            raise CommandError(_("set-image needs the name of an image"))

    def apply(self) -> None:
        containers = self.deployment().spec.template.spec.containers
        name = self.args["container"] or containers[0].name
        changed = [
            msgspec.structs.replace(container, image=str(self.args["image"]))
            if container.name == name
            else container
            for container in containers
        ]
        plain = msgspec.to_builtins(changed)
        self.patch({"template": {"spec": {"containers": plain}}}, "kubectl-set")


class RolloutUndo(WorkloadAction):
    """Where a Deployment has `rollbackTo` its controller finds the revision; elsewhere kubectl does."""

    do = "rollout-undo"
    label = _("Undo the rollout")
    help = _("kubectl rollout undo: the template of an earlier revision is rolled out again.")
    parameters = (Parameter("revision", int, _("the revision to go back to; 0: the one before"), 0),)

    def check(self) -> None:
        if not self.available():
            raise CommandError(_("there is no Deployment called {name}"), name=self.target_name)

    def available(self) -> bool:
        return isinstance(self.named(), (Deployment, StatefulSet, DaemonSet))

    def apply(self) -> None:
        found, wanted = self.named(), int(self.args["revision"])
        if isinstance(found, Deployment) and exists(DeploymentSpec, "rollbackTo", self.cluster.release):
            self.patch({"rollbackTo": {"revision": wanted}})
            return
        templates = dict(sorted(self._templates(found)))
        numbers = list(templates)
        number = wanted or (numbers[-2] if len(numbers) > 1 else 0)
        if number in templates:
            metadata, resource = found.metadata, resource_of(found).plural
            template, annotations = templates[number]
            patch = [{"op": "replace", "path": "/spec/template", "value": template}]
            if isinstance(found, Deployment):
                of_revision = annotations_for(found, annotations)
                patch.append({"op": "replace", "path": "/metadata/annotations", "value": of_revision})
            self.cluster.kubectl.ask(
                Request(
                    "patch",
                    resource,
                    metadata.namespace,
                    metadata.name,
                    patch,
                    patch_type="json",
                    manager="kubectl",
                )
            )

    def _templates(self, found: Any) -> Iterator[tuple[int, tuple[dict[str, Any], dict[str, str]]]]:
        """The templates that the object has had, by their revisions, and the annotations of these."""
        uid = found.metadata.uid
        kept = "replicasets" if isinstance(found, Deployment) else "controllerrevisions"
        for one in self.cluster.objects(kept).values():
            owner = controller_of(one)
            if owner is None or owner.uid != uid:
                continue
            if isinstance(one, ReplicaSet):
                template = msgspec.to_builtins(without_hash(one.spec.template))
                yield revision_of(one), (template, one.metadata.annotations)
            else:
                yield one.revision, (msgspec.to_builtins(template_of(one)), one.metadata.annotations)


class Delete(WorkloadAction):
    do, target, part = "delete", Target.OBJECT, "owner"
    label = _("Delete")
    help = _("The object goes; what it owns is collected after it.")
    parameters = (
        Parameter("scale_down", bool, _("scale it down first, as kubectl did until v1.9"), False),
        GRACE,
        TIMEOUT,
    )

    def check(self) -> None:
        if self.named() is None:
            raise CommandError(_("there is no object {name}"), name=self.target_name)
        check_times(self.args)

    def apply(self) -> None:
        found = self.named()
        if self.args["scale_down"] and resource_of(found).plural in SCALED_DOWN:
            grace, timeout = int(self.args["grace_s"]), int(self.args["timeout_s"]) * SECOND
            self.cluster.kubectl.delete(found, grace_seconds=grace, timeout=timeout)
            return
        metadata = found.metadata
        self.cluster.kubectl.ask(
            Request(
                "delete",
                resource_of(found).plural,
                metadata.namespace,
                metadata.name,
                propagation="Background",
            )
        )

    def available(self) -> bool:
        return self.named() is not None
