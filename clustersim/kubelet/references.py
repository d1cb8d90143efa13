"""What containers and pods need of ConfigMaps, Secrets and claims: without them a container is not made, a
volume not mounted.

Sources: v1.7.5, v1.8.0 pkg/kubelet/kubelet_pods.go makeEnvironmentVariables, pkg/volume/secret, configmap,
pkg/kubelet/volumemanager/populator (createVolumeSpec); v1.36.2 the same. What is there is remembered by the
real kubelet, so that only the word that there is none counts here, not that the API server does not answer.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from clustersim.api.attachable import driver_of, must_be_attached, unique_name
from clustersim.api.core_v1 import Container, Pod
from clustersim.api.status import Reply
from clustersim.kubelet.attachments import is_attached
from clustersim.kubelet.container_killer import Done
from clustersim.kubelet.part import Part
from clustersim.runtime.records import Held

UNPROCESSED: Final = "not bound yet"
UNATTACHED: Final = "not attached yet"
"""In place of errors of which no Event tells: a volume is waited for."""


class Reference(msgspec.Struct, frozen=True):
    """An object that must be there, and a key in it; of a node the volume that must be attached to it.
    volume: by which volume of the pod it is wanted."""

    resource: str
    name: str
    key: str = ""
    optional: bool = False
    volume: str = ""


_OF_THE_CLUSTER: Final = ("nodes", "persistentvolumes", "csidrivers")


class References(Part):
    """Asks for them, one after another; tells `done` with (error, volume, what was found, ...), the first two
    empty if all is well."""

    name = "references"

    def check(
        self, pod: Pod, wanted: tuple[Reference, ...], done: Done, found: tuple[Held, ...] = ()
    ) -> None:
        """Are they there?"""
        if not wanted:
            self._tell(done, "", "", found)
            return
        first = wanted[0]
        then = self.then(self.looked, pod, wanted, done, found)
        namespace = "" if first.resource in _OF_THE_CLUSTER else pod.metadata.namespace
        self.kubelet.api.get(first.resource, namespace, first.name, then)

    def looked(
        self, reply: Reply, pod: Pod, wanted: tuple[Reference, ...], done: Done, found: tuple[Held, ...]
    ) -> None:
        """One was asked for."""
        first = wanted[0]
        if first.resource == "csidrivers":
            needed = must_be_attached(reply.body if reply.ok else None)
            behind = self.on_node(pod.metadata.uid, first.key, first.volume) if needed else ()
            self.check(pod, (*behind, *wanted[1:]), done, found)
            return
        if first.resource in ("nodes", "persistentvolumes", "persistentvolumeclaims"):
            next_ones = self._behind(reply, pod, first) if reply.ok else None
            if next_ones is None:
                waits = UNATTACHED if first.resource == "nodes" else UNPROCESSED
                self._tell(done, waits, first.volume, found)
            else:
                self.check(pod, (*next_ones, *wanted[1:]), done, found)
            return
        if reply.status == 404 and not first.optional:
            self._tell(done, self.kubelet.words.no_such(first.resource, first.name), first.volume, found)
        elif reply.ok and first.key and not first.optional and first.key not in keys_of(reply.body):
            kind = {"configmaps": "ConfigMap", "secrets": "Secret"}[first.resource]
            key = f"{pod.metadata.namespace}/{first.name}"
            self._tell(done, f"couldn't find key {first.key} in {kind} {key}", first.volume, found)
        else:
            self.check(pod, wanted[1:], done, (*found, *_held(reply, first)))

    def _behind(self, reply: Reply, pod: Pod, known: Reference) -> tuple[Reference, ...] | None:
        """What else must be there: behind a claim its volume, behind a volume that is attached the node to
        which it is. None: it is not there yet."""
        uid, found = pod.metadata.uid, reply.body
        if known.resource == "nodes":
            return () if is_attached(found, known.key) else None
        if known.resource == "persistentvolumeclaims":
            if found.status.phase != "Bound" or not found.spec.volume_name:
                return None
            return (Reference("persistentvolumes", found.spec.volume_name, volume=known.volume),)
        self.kubelet.attachments.behind(uid, known.volume, found)
        name = unique_name(found.spec, csi=self.kubelet.speaks_csi)
        if driver := driver_of(name):
            return (Reference("csidrivers", driver, name, volume=known.volume),)
        return self.on_node(uid, name, known.volume)

    def on_node(self, uid: str, name: str, volume: str) -> tuple[Reference, ...]:
        """A pod uses a volume of that name, empty for one that is not attached."""
        if not name:
            return ()
        self.kubelet.attachments.want(uid, name)
        return (Reference("nodes", self.kubelet.node_name, name, volume=volume),)

    def of_storage(self, pod: Pod) -> tuple[Reference, ...]:
        """The claims of a pod, and what of its own volumes must be attached."""
        found: list[Reference] = []
        for volume in pod.spec.volumes:
            claim = volume.persistent_volume_claim
            if claim is not None:
                found.append(Reference("persistentvolumeclaims", claim.claim_name, volume=volume.name))
            elif volume.ephemeral is not None:
                own = f"{pod.metadata.name}-{volume.name}"
                found.append(Reference("persistentvolumeclaims", own, volume=volume.name))
            else:
                name = unique_name(volume, csi=self.kubelet.speaks_csi)
                found += self.on_node(pod.metadata.uid, name, volume.name)
        return tuple(found)

    def _tell(self, done: Done, error: str, volume: str, found: tuple[Held, ...]) -> None:
        getattr(self.kubelet.parts[done.part], done.method)(error, volume, found, *done.args)


def _held(reply: Reply, known: Reference) -> tuple[Held, ...]:
    """What was found. An optional one of a volume that is gone holds nothing, and its files go."""
    if not reply.ok:
        return (Held(known.resource, known.name),) if reply.status == 404 and known.volume else ()
    if known.resource == "secrets":
        return (Held(known.resource, known.name, binary=reply.body.data),)
    return (Held(known.resource, known.name, reply.body.data, reply.body.binary_data or {}),)


def keys_of(found: Any) -> tuple[str, ...]:
    """The keys of a ConfigMap or Secret."""
    return (*found.data, *(getattr(found, "binary_data", None) or ()))


def of_environment(spec: Container) -> tuple[Reference, ...]:
    """What a container's environment is made of."""
    return tuple(_of_environment(spec)) if spec.env or spec.env_from else ()


def _of_environment(spec: Container) -> Iterator[Reference]:
    for source in spec.env_from:
        for resource, one in (("configmaps", source.config_map_ref), ("secrets", source.secret_ref)):
            if one is not None:
                yield Reference(resource, one.name, optional=bool(one.optional))
    for variable in spec.env:
        found = variable.value_from
        if found is not None:
            pairs = (("configmaps", found.config_map_key_ref), ("secrets", found.secret_key_ref))
            for resource, key in pairs:
                if key is not None:
                    yield Reference(resource, key.name, key.key, bool(key.optional))


def of_volumes(pod: Pod) -> tuple[Reference, ...]:
    """What a pod's volumes are made of."""
    return tuple(_of_volumes(pod)) if pod.spec.volumes else ()


def _of_volumes(pod: Pod) -> Iterator[Reference]:
    for volume in pod.spec.volumes:
        if volume.config_map is not None:
            source = volume.config_map
            yield Reference("configmaps", source.name, "", bool(source.optional), volume.name)
        if volume.secret is not None:
            secret = volume.secret
            yield Reference("secrets", secret.secret_name, "", bool(secret.optional), volume.name)
        for part in () if volume.projected is None else volume.projected.sources:
            for resource, one in (("configmaps", part.config_map), ("secrets", part.secret)):
                if one is not None:
                    yield Reference(resource, one.name, "", bool(one.optional), volume.name)
