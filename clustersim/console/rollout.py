"""`kubectl rollout` and `kubectl set image`. Source: v1.7.5 and v1.8.0 pkg/kubectl/rollout_status.go,
pkg/kubectl/history.go, pkg/kubectl/cmd/rollout."""

from collections.abc import Sequence
from typing import Any, Final

from clustersim.api.extensions_v1beta1 import Deployment
from clustersim.command import Command
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api, singular
from clustersim.console.arguments import GLOBAL, Flags, parse
from clustersim.console.selection import namespace_of, one_kind, wanted
from clustersim.console.writes import target_of
from clustersim.i18n import _

REVISION: Final = "deployment.kubernetes.io/revision"
_FLAGS: Final = Flags({**GLOBAL, "to-revision": "to-revision"}, {"w": "watch", "watch": "watch"})


def rollout(api: Api, words: Sequence[str]) -> Answer:
    """Raises Said."""
    verbs = {"status": _status, "history": _history, "undo": _undo}
    verb, *rest = words or ("",)
    if verb not in verbs:
        raise Said(note=_("This console knows kubectl rollout status, history and undo."))
    arguments = parse(rest, _FLAGS)
    one = one_kind(arguments.words)
    if len(one.names) != 1:
        raise Said("error: required resource not specified")
    api.reach()
    found = api.get(one.resource, namespace_of(arguments) or "", one.names[0])
    if not isinstance(found, Deployment):
        raise Said(f'error: no {verb} command has been implemented for "{type(found).__name__}"')
    return verbs[verb](api, found, arguments.value("to-revision", "0"))


def _status(api: Api, found: Deployment, revision: str) -> Answer:
    name, spec, status = found.metadata.name, found.spec, found.status
    if found.metadata.generation > status.observed_generation:
        return Answer(text="Waiting for deployment spec update to be observed...")
    if any(
        one.type == "Progressing" and one.reason == "ProgressDeadlineExceeded" for one in status.conditions
    ):
        raise Said(f'error: deployment "{name}" exceeded its progress deadline')
    waiting = "Waiting for rollout to finish: "
    if status.updated_replicas < spec.replicas:
        waiting += f"{status.updated_replicas} out of {spec.replicas} new replicas have been updated..."
    elif status.replicas > status.updated_replicas:
        waiting += f"{status.replicas - status.updated_replicas} old replicas are pending termination..."
    elif status.available_replicas < status.updated_replicas:
        waiting += (
            f"{status.available_replicas} of {status.updated_replicas} updated replicas are available..."
        )
    else:
        return Answer(text=f'deployment "{name}" successfully rolled out')
    return Answer(text=waiting)


def revisions(api: Api, found: Deployment) -> list[int]:
    """The revisions that are kept, oldest first."""
    metadata = found.metadata
    sets: list[Any] = api.objects("replicasets", metadata.namespace)
    own = [one for one in sets if any(owner.uid == metadata.uid for owner in one.metadata.owner_references)]
    return sorted(int(one.metadata.annotations.get(REVISION, "0")) for one in own)


def _history(api: Api, found: Deployment, revision: str) -> Answer:
    lines = [f'deployments "{found.metadata.name}"', "REVISION\tCHANGE-CAUSE"]
    rows = [f"{one}\t\t<none>" for one in revisions(api, found)]
    return Answer(text="\n".join([*lines, *rows]))


def _undo(api: Api, found: Deployment, revision: str) -> Answer:
    if not revision.isdigit():
        raise Said(f'Error: invalid argument "{revision}" for "--to-revision": invalid syntax')
    kept, wanted_revision = revisions(api, found), int(revision)
    if wanted_revision and wanted_revision not in kept:
        raise Said(f"error: unable to find specified revision {wanted_revision} in history")
    if not wanted_revision and len(kept) < 2:
        raise Said(f'error: no rollout history found for deployment "{found.metadata.name}"')
    command = Command("rollout-undo", target_of("deployments", found), {"revision": wanted_revision})
    return Answer(text=f'deployment "{found.metadata.name}" rolled back', commands=(command,))


_IMAGE: Final = Flags(dict(GLOBAL), {})


def set_image(api: Api, words: Sequence[str]) -> Answer:
    """kubectl set image deployment/NAME CONTAINER=IMAGE. Raises Said."""
    if not words or words[0] != "image":
        raise Said(note=_("This console knows kubectl set image."))
    arguments = parse(words[1:], _IMAGE)
    changes = [word for word in arguments.words if "=" in word]
    resources = wanted([word for word in arguments.words if word not in changes])
    if len(changes) != 1 or len(resources) != 1 or len(resources[0].names) != 1:
        raise Said(note=_("This console sets one image: kubectl set image deployment/NAME CONTAINER=IMAGE."))
    api.reach()
    one = resources[0]
    found = api.get(one.resource, namespace_of(arguments) or "", one.names[0])
    if not isinstance(found, Deployment):
        raise Said(note=_("In this model only Deployments roll out a new image."))
    container, _equals, image = changes[0].partition("=")
    names = [one.name for one in found.spec.template.spec.containers]
    if container not in (*names, "*"):
        raise Said(f'error: unable to find container named "{container}"')
    args: dict[str, str | int | float | bool] = {"image": image, "container": container.removeprefix("*")}
    text = f'{singular("deployments")} "{found.metadata.name}" image updated'
    return Answer(text=text, commands=(Command("set-image", target_of("deployments", found), args),))
