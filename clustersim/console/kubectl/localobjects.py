"""--local: objects of manifests are changed as they are written, and nobody is asked.

Sources: v1.7.5, v1.8.0 pkg/kubectl/resource/builder.go Local; v1.36 k8s.io/cli-runtime pkg/resource.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clustersim.api.errors import ApiError
from clustersim.api.patch import DoesNotFit, json_patch, merge_patch, strategic_merge_patch
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.files import Manifest, recognized, texts_of
from clustersim.console.kubectl.made import decoded
from clustersim.console.kubectl.selection import Selected
from clustersim.yaml_documents import ManifestError

_FILES_ONLY: Final = (
    "error: you must specify resources by --filename when --local is set.\nExample resource specifications "
    "include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'"
)
_SAID: Final = {
    **dict.fromkeys(
        ("annotate", "label"),
        "error: can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set",
    ),
    "patch": "error: cannot specify --local and server resources",
}


class Locals:
    """Objects of manifests, and how each is written."""

    def __init__(self) -> None:
        self._plain: dict[int, Mapping[str, Any]] = {}
        self._kept: list[Any] = []

    def read(
        self, api: Api, words: Sequence[str], arguments: Arguments, stdin: str, verb: str
    ) -> list[Selected]:
        """Those that -f names. Raises Said."""
        if words:
            raise Said(_SAID.get(verb, _FILES_ONLY))
        if not arguments.of_files:
            raise Said("error: one or more files must be specified as -f pod.yaml or --filename=pod.json")
        found: list[Selected] = []
        for manifest, plain in _manifests(api, arguments, stdin):
            obj = decoded(api, manifest, arguments)
            self._kept.append(obj)
            self._plain[id(obj)] = manifest.plain if not api.today else plain
            found.append(Selected(manifest.resource, [obj], [], True))
        return found

    def patched(self, obj: Any, body: Any, kind: str) -> dict[str, Any]:
        """How one is written after a patch. Raises Said."""
        return patched_here(obj, self._plain[id(obj)], body, kind)


def _manifests(api: Api, arguments: Arguments, stdin: str) -> list[tuple[Manifest, Mapping[str, Any]]]:
    """Each with the object as it is written."""
    found: list[tuple[Manifest, Mapping[str, Any]]] = []
    for source, text in texts_of(api, arguments, stdin):
        try:
            documents = api.documents(text)
        except ManifestError as error:
            raise Said(f"error: error parsing {source}: {error.message}") from None
        found += [(recognized(api, source, one.plain, arguments), one.plain) for one in documents]
    return found


def patched_here(obj: Any, plain: Mapping[str, Any], body: Any, kind: str) -> dict[str, Any]:
    """What kubectl itself makes of an object and a patch, without a server. Raises Said."""
    try:
        if kind == "json":
            new: dict[str, Any] = json_patch(plain, body)
        elif kind == "merge":
            new = merge_patch(plain, body)
        else:
            new = strategic_merge_patch(type(obj), plain, body)
    except DoesNotFit as error:
        raise Said(f"error: {error}") from None
    except ApiError as error:
        raise Said(f"error: {error.message}") from None
    return new
