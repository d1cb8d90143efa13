"""`kubectl kustomize` and -k: a folder on the workstation with a kustomization.yaml.

Source: v1.36 k8s.io/kubectl pkg/cmd/kustomize, k8s.io/cli-runtime pkg/resource/kustomizevisitor.go.
"""

from collections.abc import Sequence
from typing import Any

from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.i18n import _
from clustersim.kubectl.manifest import to_yaml
from clustersim.kustomize import Built, KustomizeError, NotHere, build
from clustersim.workstation.files import HOME, name_of


def kustomize(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl kustomize DIR: what it comes to, as YAML. Raises Said."""
    arguments = commands.read("kustomize", words, api.release)
    if len(arguments.words) > 1:
        raise Said("error: specify one path to kustomization.yaml")
    text = built_from(api, arguments.words[0] if arguments.words else ".").text
    if path := arguments.value("output"):
        api.save(name_of(path), f"{text}\n")
        return Answer()
    return Answer(text=text)


def built_from(api: Api, folder: str) -> Built:
    """What a folder's kustomization comes to; what kustomize warns of is told. Raises Said."""
    files = {_absolute(name): text for name, text in api.files.items()}
    try:
        found = build(files, folder, _absolute(name_of(folder)))
    except NotHere as not_here:
        told = _("This console does not follow {field} in a kustomization.")
        raise Said(note=told, field=not_here.field) from None
    except KustomizeError as error:
        raise Said(f"error: {error}") from None
    api.warnings += found.warnings
    return found


def manifests_of(api: Api, folder: str) -> str:
    """The same as the API server takes it: bytes in one line. Raises Said."""
    found = [_in_one_line(plain) for plain in built_from(api, folder).objects]
    return "\n---\n".join(to_yaml(plain) for plain in found)


def _in_one_line(plain: dict[str, Any]) -> dict[str, Any]:
    data = plain.get("data")
    if plain.get("kind") != "Secret" or not isinstance(data, dict):
        return plain
    return {**plain, "data": {key: "".join(str(text).split()) for key, text in data.items()}}


def _absolute(name: str) -> str:
    """The path of a file or folder from the root on."""
    if name == HOME or name.startswith("/"):
        return name
    return HOME if name == "." else f"{HOME}/{name}"
