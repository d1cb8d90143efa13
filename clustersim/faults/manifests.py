"""Objects that people bring along: manifests, as kubectl create and apply send them."""

from typing import Any, Final

import msgspec

from clustersim.api.core.controller import ReplicationController
from clustersim.api.core_v1 import Pod
from clustersim.api.decoding import Decoded, decode_object
from clustersim.api.errors import ApiError
from clustersim.api.meta import replace
from clustersim.api.registry import object_key
from clustersim.api.request import Request
from clustersim.apiserver.defaults import default_object
from clustersim.apiserver.strategy import prepare_create
from clustersim.apiserver.validation.objects import validate_create
from clustersim.bounds import MOST_OF_PATH
from clustersim.command import CommandError
from clustersim.engine.time import SECOND
from clustersim.faults.action import Action, Parameter, Target
from clustersim.faults.objects import LONGEST as LONGEST_WAIT
from clustersim.faults.workloads import check_size
from clustersim.i18n import _
from clustersim.workstation import Pace, Wanted

LONGEST: Final = 1024 * 1024
"""Characters of an object's JSON: what etcd takes."""
APPLYING: Final = "kubectl-client-side-apply"
"""Who is remembered for what is applied."""


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


def static_pod(cluster: Any, text: str) -> Pod:
    """The pod of a manifest in a node's directory, as its kubelet reads it. Raises CommandError."""
    found = decoded(cluster, text)
    if not isinstance(found.obj, Pod):
        raise CommandError(_("a kubelet takes only pods from its directory of manifests"))
    release: str = cluster.world.release.name
    try:
        pod: Pod = prepare_create(default_object(found.obj, release, found.api_version), release)
        validate_create(pod, release)
    except ApiError as error:
        raise CommandError(_("the manifest does not fit: {why}"), why=error.message) from None
    return pod


class PutManifest(Action):
    do, part = "put-manifest", "machine"
    label = _("Put a manifest")
    help = _("A file in the kubelet's directory of manifests: its pod runs without any API server.")
    parameters = (
        Parameter("manifest", str, _("the pod as JSON, with its kind and apiVersion")),
        Parameter("file", str, _("the name of its file; empty: that of the pod, and .yaml"), ""),
    )

    def check(self) -> None:
        super().check()
        static_pod(self.cluster, str(self.args["manifest"]))
        file = str(self.args["file"])
        if len(file) > MOST_OF_PATH or "/" in file or file.startswith("."):
            raise CommandError(_("{name} is no name of a manifest's file"), name=file[:MOST_OF_PATH])

    def apply(self) -> None:
        pod, file = static_pod(self.cluster, str(self.args["manifest"])), str(self.args["file"])
        path = in_directory(file) if file else path_of(pod.metadata.name)
        self.cluster.machines[self.target_name].put_manifest(path, pod)


class RemoveManifest(Action):
    do, part = "remove-manifest", "machine"
    label = _("Remove a manifest")
    help = _("The file is gone: its kubelet kills the pod and removes its mirror.")
    parameters = (Parameter("name", str, _("the name in the manifest, without the node's, or of its file")),)

    def check(self) -> None:
        super().check()
        if self._path() not in self.cluster.machines[self.target_name].state.manifests:
            raise CommandError(_("there is no manifest {name} on this node"), name=str(self.args["name"]))

    def _path(self) -> str:
        name = str(self.args["name"])
        named = in_directory(name)
        return named if named in self.cluster.machines[self.target_name].state.manifests else path_of(name)

    def apply(self) -> None:
        self.cluster.machines[self.target_name].put_manifest(self._path(), None)

    def available(self) -> bool:
        return bool(self.cluster.machines[self.target_name].state.manifests)


def in_directory(file: str) -> str:
    """A file of the kubelet's directory of manifests."""
    return f"/etc/kubernetes/manifests/{file}"


def path_of(name: str) -> str:
    """The file of a static pod where nobody has named another."""
    return in_directory(f"{name}.yaml")


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
            kubectl.create(found.obj, found.api_version, manager=APPLYING)
        else:
            body = {
                name: value for name, value in plain.items() if name not in ("kind", "apiVersion", "status")
            }
            request = Request(
                "patch", found.resource.plural, namespace, metadata.name, body, manager=APPLYING
            )
            kubectl.ask(request)


class RollingUpdate(Action):
    """kubectl rolling-update of v1.7 and v1.8, once kubectl has made the new ReplicationController."""

    do, target = "rolling-update", Target.OWNER
    label = _("Update a ReplicationController")
    help = _("kubectl rolling-update: another ReplicationController takes its place, pod by pod.")
    parameters = (
        Parameter("manifest", str, _("the new ReplicationController, as JSON")),
        Parameter("renames", bool, _("it takes the old one's name in the end"), False),
        Parameter("key", str, _("a label that sets the old one's pods apart; empty for none"), ""),
        Parameter("value", str, _("the value of that label"), ""),
        Parameter("period_s", int, _("seconds between two steps"), 60),
        Parameter("interval_s", int, _("seconds between two looks"), 3),
        Parameter("timeout_s", int, _("seconds without any progress until it gives up"), 300),
    )

    def old(self) -> ReplicationController:
        """The one whose place is taken. Raises CommandError."""
        kind, _slash, name = self.target_name.partition("/")
        namespace, _slash, plain = name.rpartition("/")
        found = self.cluster.object("replicationcontrollers", object_key(namespace or "default", plain))
        if kind not in ("rc", "replicationcontroller", "replicationcontrollers") or found is None:
            raise CommandError(_("there is no object {name}"), name=self.target_name)
        assert isinstance(found, ReplicationController)
        return found

    def new(self) -> ReplicationController:
        """The one that takes it. Raises CommandError."""
        found = decoded(self.cluster, str(self.args["manifest"])).obj
        old = self.old().metadata
        if not isinstance(found, ReplicationController) or found.metadata.name in ("", old.name):
            raise CommandError(_("rolling-update needs a ReplicationController of another name"))
        metadata = replace(found.metadata, namespace=old.namespace)
        return replace(found, metadata=metadata)

    def check(self) -> None:
        check_size(self.cluster, self.new())
        for name, least in (("period_s", 0), ("interval_s", 1), ("timeout_s", 0)):
            if not least <= int(self.args[name]) <= LONGEST_WAIT:
                raise CommandError(
                    _("{name} must be between {least} and {most}"), name=name, least=least, most=LONGEST_WAIT
                )

    def apply(self) -> None:
        pace = Pace(*(int(self.args[name]) * SECOND for name in ("period_s", "interval_s", "timeout_s")))
        wanted = Wanted(
            self.old().metadata.name,
            self.new(),
            bool(self.args["renames"]),
            str(self.args["key"]),
            str(self.args["value"]),
            pace,
        )
        self.cluster.kubectl.rolling_update(wanted)

    def available(self) -> bool:
        return False
