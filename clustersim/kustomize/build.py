"""A kustomization is built: its resources, what it generates, and what it does to them, folder by folder.

Source: kustomize api/internal/target/kusttarget.go, api/krusty/kustomizer.go.
"""

import posixpath
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final, NamedTuple

from clustersim.bounds import MOST_BUILT
from clustersim.kubectl.manifest import to_yaml
from clustersim.kustomize.errors import KustomizeError
from clustersim.kustomize.folders import Folder, root_of
from clustersim.kustomize.generators import absorb, generated, hash_of
from clustersim.kustomize.kustomization import (
    COMPONENT,
    Kustomization,
    Patch,
    read_kustomization,
    warnings_of,
)
from clustersim.kustomize.objects import Object, Objects, Plain
from clustersim.kustomize.order import put_in_order
from clustersim.kustomize.patches import apply_old_patch, apply_patch
from clustersim.kustomize.references import follow_names
from clustersim.kustomize.replacements import replace_values
from clustersim.kustomize.transforms import (
    add_affixes,
    add_managed_by,
    add_origin,
    annotate_all,
    label,
    label_all,
    set_image,
    set_namespace,
    set_replicas,
)
from clustersim.kustomize.variables import Variables
from clustersim.yaml_documents import ManifestError, read_documents

VERSION: Final = "v5.8.1"
"""What kubectl of v1.36 is built with."""
_LOCAL: Final = "config.kubernetes.io/local-config"
_MOST_FOLDERS: Final = 50


class Built(NamedTuple):
    """What came of it. warnings: what is printed beside it."""

    objects: tuple[Plain, ...]
    warnings: tuple[str, ...]

    @property
    def text(self) -> str:
        """As one YAML stream."""
        return "\n---\n".join(to_yaml(plain) for plain in self.objects)


def build(files: Mapping[str, str], name: str, path: str) -> Built:
    """What a folder's kustomization says. files: all texts by absolute path; name: the folder as it was
    typed; path: where it is. Raises KustomizeError."""
    builder = _Builder()
    folder = root_of(files, name, path)
    one, _kind = builder.read(folder)
    objects = Objects()
    builder.fill(objects, one, folder, "")
    for each in objects:
        if each.hashed:
            each.remember()
            each.metadata["name"] = f"{each.name}-{hash_of(each.plain)}"
    follow_names(objects)
    builder.variables.replace(objects)
    objects.found = [each for each in objects.found if not _is_local(each)]
    put_in_order(objects, one.sort_options)
    if "managedByLabel" in one.build_metadata:
        add_managed_by(objects, VERSION)
    if "originAnnotations" in one.build_metadata:
        for each in objects:
            add_origin(each)
    return Built(tuple(each.plain for each in objects), tuple(builder.warnings))


def _is_local(one: Object) -> bool:
    annotations = one.metadata.get("annotations")
    return isinstance(annotations, dict) and annotations.get(_LOCAL) not in (None, "false")


class _Builder:
    def __init__(self) -> None:
        self.warnings: list[str] = []
        self._folders = 0
        self.variables = Variables()

    def read(self, folder: Folder) -> tuple[Kustomization, str]:
        """The kustomization of a folder, and what its file is called. Raises KustomizeError."""
        self._folders += 1
        if self._folders > _MOST_FOLDERS:
            raise KustomizeError(f"more than {_MOST_FOLDERS} folders")
        text, name = folder.kustomization()
        found = read_kustomization(text, folder.root)
        self.warnings += warnings_of(found)
        return found, name

    def fill(self, objects: Objects, one: Kustomization, folder: Folder, place: str) -> None:
        """Everything a kustomization says, added to what is there. place: where the folder is, seen from the
        first one."""
        try:
            for path in (*one.resources, *(one.bases or ())):
                self._add(objects, path, folder, place)
        except KustomizeError as error:
            if type(error) is not KustomizeError:
                raise
            raise KustomizeError(f"accumulating resources: {error}") from None
        file = posixpath.join(place, folder.kustomization()[1])
        for kind, generators in (("ConfigMap", one.config_map_generator), ("Secret", one.secret_generator)):
            for generator in generators:
                new = generated(kind, generator, one.generator_options, folder)
                new.origin = (
                    f"configuredIn: {file}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {kind}Generator\n"
                )
                absorb(objects, new)
        for path in one.components:
            self._component(objects, path, folder, place)
        _transform(objects, one, folder)
        self.variables.merge(one.vars or (), objects)
        if len(objects.found) > MOST_BUILT:
            raise KustomizeError(f"more than {MOST_BUILT} objects")

    def _add(self, objects: Objects, path: str, folder: Folder, place: str) -> None:
        """A file of objects, or a folder with a kustomization of its own."""
        try:
            self._add_file(objects, path, folder, place)
        except KustomizeError as not_a_file:
            if type(not_a_file) is not KustomizeError or isinstance(not_a_file.__cause__, ManifestError):
                raise
            try:
                below = folder.below(path)
                one, _name = self._made(below)
                if one.kind == COMPONENT:
                    raise KustomizeError(f"expected kind != '{COMPONENT}' for path '{below.root}'")
                inner = Objects()
                self._recursed(inner, one, below, posixpath.join(place, path))
                for each in inner:
                    objects.add(each)
            except KustomizeError as error:
                if type(error) is not KustomizeError:
                    raise
                raise KustomizeError(f"accumulation err='{not_a_file}': {error}") from None

    def _made(self, folder: Folder) -> tuple[Kustomization, str]:
        try:
            return self.read(folder)
        except KustomizeError as error:
            if type(error) is not KustomizeError:
                raise
            raise KustomizeError(f"couldn't make target for path '{folder.root}': {error}") from None

    def _recursed(self, objects: Objects, one: Kustomization, folder: Folder, place: str) -> None:
        try:
            self.fill(objects, one, folder, posixpath.normpath(place))
        except KustomizeError as error:
            if type(error) is not KustomizeError:
                raise
            raise KustomizeError(f"recursed accumulation of path '{folder.root}': {error}") from None

    def _add_file(self, objects: Objects, path: str, folder: Folder, place: str) -> None:
        if path.startswith(("http://", "https://")):
            raise KustomizeError(f"accumulating resources from '{path}': no way to the internet")
        try:
            text = folder.load(path)
        except KustomizeError as error:
            raise KustomizeError(f"accumulating resources from '{path}': {error}") from None
        try:
            documents = read_documents(text, today=True)
        except ManifestError as error:
            told = f"MalformedYAMLError: yaml: line {error.line}: {error.message} in File: {path}"
            raise KustomizeError(f"accumulating resources from '{path}': {told}") from error
        origin = f"path: {posixpath.normpath(posixpath.join(place, path))}\n"
        for document in documents:
            plain = _object(path, document.plain)
            try:
                objects.add(Object(deepcopy(plain), origin=origin))
            except KustomizeError as error:
                raise KustomizeError(f"merging resources from '{path}': {error}") from None

    def _component(self, objects: Objects, path: str, folder: Folder, place: str) -> None:
        try:
            below = folder.below(path)
        except KustomizeError as error:
            raise KustomizeError(f'accumulating components: loader.New "{error}"') from None
        one, _name = self._made(below)
        if one.kind != COMPONENT:
            told = (
                f"expected kind '{COMPONENT}' for path '{below.root}' but got '{one.kind or 'Kustomization'}'"
            )
            raise KustomizeError(f'accumulating components: accumulateDirectory: "{told}"')
        self._recursed(objects, one, below, posixpath.join(place, path))


def _object(path: str, plain: Any) -> Plain:
    """Raises KustomizeError for what is no object."""
    if not isinstance(plain, dict):
        raise KustomizeError(f"accumulating resources from '{path}': map node expected")
    metadata = plain.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not plain.get("kind"):
        raise KustomizeError(f"accumulating resources from '{path}': missing Resource metadata")
    if not name and not str(plain["kind"]).endswith("List"):
        kind = f"{plain.get('apiVersion', '')} {plain['kind']}"
        told = f"missing metadata.name in object {{{{{kind}}} {{{{ }} map[] map[]}}}}"
        raise KustomizeError(f"accumulating resources from '{path}': {told}")
    return plain


def _transform(objects: Objects, one: Kustomization, folder: Folder) -> None:
    """In kustomize's order (kusttarget_configplugin.go configureBuiltinTransformers)."""
    for told in one.patches_strategic_merge or ():
        apply_old_patch(objects, told, folder)
    for patch in one.patches:
        apply_patch(objects, patch, folder)
    if one.namespace:
        set_namespace(objects, one.namespace)
    add_affixes(objects, one.name_prefix, "")
    add_affixes(objects, "", one.name_suffix)
    for each in one.labels:
        label(objects, each)
    if one.common_labels:
        label_all(objects, one.common_labels)
    if one.common_annotations:
        annotate_all(objects, one.common_annotations)
    for old in one.patches_json6902 or ():
        apply_patch(objects, Patch(path=old.path, patch=old.patch, target=old.target), folder)
    for replica in one.replicas:
        set_replicas(objects, replica)
    for image in (*one.images, *(one.image_tags or ())):
        set_image(objects, image)
    for replacement in one.replacements:
        replace_values(objects, replacement, folder)
