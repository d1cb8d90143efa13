"""What a kustomization.yaml says (kustomize api/types/kustomization.go)."""

import re
from typing import Any, Final

import msgspec

from clustersim.kubectl.manifest import to_yaml
from clustersim.kustomize.errors import KustomizeError, NotHere
from clustersim.kustomize.variables import Variable
from clustersim.yaml_documents import ManifestError, read_documents

Texts = dict[str, str]
Plain = dict[str, Any]


class Options(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """Of generators."""

    labels: Texts = {}
    annotations: Texts = {}
    disable_name_suffix_hash: bool = False
    immutable: bool = False


class Generator(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """A ConfigMap or a Secret that is made of files and literals."""

    name: str = ""
    namespace: str = ""
    behavior: str = ""
    literals: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    envs: tuple[str, ...] = ()
    env: str = ""
    options: Options | None = None
    type: str = ""


class Label(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """Labels for all objects, and where else than in their metadata."""

    pairs: Texts = {}
    include_selectors: bool = False
    include_templates: bool = False
    fields: tuple[Plain, ...] = ()


class Image(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """What becomes of an image."""

    name: str = ""
    new_name: str = ""
    new_tag: str = ""
    tag_suffix: str = ""
    digest: str = ""


class Replica(msgspec.Struct, forbid_unknown_fields=True):
    """How many there shall be of a workload."""

    name: str = ""
    count: int = 0


class Target(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """The objects that are meant."""

    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    label_selector: str = ""
    annotation_selector: str = ""


class Patch(msgspec.Struct, forbid_unknown_fields=True):
    """A change, in a file or written here."""

    path: str = ""
    patch: str = ""
    target: Target | None = None
    options: dict[str, bool] = {}


class Kustomization(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """One file."""

    api_version: str = ""
    kind: str = ""
    metadata: Plain = {}
    openapi: Texts = {}
    name_prefix: str = ""
    name_suffix: str = ""
    namespace: str = ""
    common_labels: Texts | None = None
    labels: tuple[Label, ...] = ()
    common_annotations: Texts = {}
    patches_strategic_merge: tuple[str, ...] | None = None
    patches_json6902: tuple[Patch, ...] | None = msgspec.field(default=None, name="patchesJson6902")
    patches: tuple[Patch, ...] = ()
    images: tuple[Image, ...] = ()
    image_tags: tuple[Image, ...] | None = None
    replacements: tuple[Plain, ...] = ()
    replicas: tuple[Replica, ...] = ()
    vars: tuple[Variable, ...] | None = None
    sort_options: Plain | None = None
    resources: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    crds: tuple[str, ...] = ()
    bases: tuple[str, ...] | None = None
    config_map_generator: tuple[Generator, ...] = ()
    secret_generator: tuple[Generator, ...] = ()
    helm_globals: Plain = {}
    helm_charts: tuple[Plain, ...] = ()
    helm_chart_inflation_generator: tuple[Plain, ...] = ()
    generator_options: Options | None = None
    configurations: tuple[str, ...] = ()
    generators: tuple[str, ...] = ()
    transformers: tuple[str, ...] = ()
    validators: tuple[str, ...] = ()
    build_metadata: tuple[str, ...] = ()


KIND: Final = "Kustomization"
COMPONENT: Final = "Component"
_VERSIONS: Final = {
    KIND: "kustomize.config.k8s.io/v1beta1",
    COMPONENT: "kustomize.config.k8s.io/v1alpha1",
}
_FIX: Final = "Run 'kustomize edit fix' to update your Kustomization automatically."
_OLD: Final = (
    ("bases", "bases", "resources", _FIX),
    ("common_labels", "commonLabels", "labels", _FIX),
    ("image_tags", "imageTags", "images", _FIX),
    ("patches_json6902", "patchesJson6902", "patches", _FIX),
    ("patches_strategic_merge", "patchesStrategicMerge", "patches", _FIX),
    ("vars", "vars", "replacements", f"[EXPERIMENTAL] {_FIX}"),
)
"""Fields that still work: attribute, name, what took its place."""
_NOT_HERE: Final = {
    "crds": "crds",
    "configurations": "configurations",
    "generators": "generators",
    "transformers": "transformers",
    "validators": "validators",
    "openapi": "openapi",
}


def warnings_of(one: Kustomization) -> list[str]:
    """What is printed of old fields."""
    return [
        f"# Warning: '{name}' is deprecated. Please use '{new}' instead. {fix}"
        for attribute, name, new, fix in _OLD
        if getattr(one, attribute) is not None
    ]


def read_kustomization(text: str, root: str) -> Kustomization:
    """Raises KustomizeError."""
    try:
        documents = read_documents(text)
    except ManifestError as error:
        place = f"line {error.line}: " if error.line else ""
        raise KustomizeError(f"invalid Kustomization: yaml: {place}{error.message}") from None
    plain = documents[0].plain if documents else {}
    if not isinstance(plain, dict):
        told = f"json: cannot unmarshal {_go_kind(plain)} into Go value of type types.Kustomization"
        raise KustomizeError(f"invalid Kustomization: {told}")
    plain = {key: value for key, value in plain.items() if value is not None}
    try:
        found = msgspec.convert(plain, Kustomization)
    except msgspec.ValidationError as error:
        raise KustomizeError(f"invalid Kustomization: json: {_in_go(str(error), plain)}") from None
    if not any(value for key, value in plain.items() if key not in ("apiVersion", "kind")):
        raise KustomizeError("kustomization.yaml is empty")
    _check_charts(found)
    for attribute, name in _NOT_HERE.items():
        if getattr(found, attribute):
            raise NotHere(name)
    if "transformerAnnotations" in found.build_metadata:
        raise NotHere("buildMetadata: transformerAnnotations")
    _check_type(found, root)
    return found


def _check_charts(found: Kustomization) -> None:
    """Charts want a flag that kubectl does not have here. Raises KustomizeError."""
    for chart in (*found.helm_charts, *found.helm_chart_inflation_generator):
        told = {("name" if key == "chartName" else key): value for key, value in chart.items()}
        configured = "trouble configuring builtin HelmChartInflationGenerator with config"
        raise KustomizeError(f"{configured}: `\n{to_yaml(told)}\n`: must specify --enable-helm")


def _check_type(found: Kustomization, root: str) -> None:
    wrong = []
    if found.kind not in ("", KIND, COMPONENT):
        wrong.append(f"kind should be {KIND} or {COMPONENT}")
    kind = found.kind or KIND
    version = _VERSIONS[COMPONENT if kind == COMPONENT else KIND]
    if found.api_version not in ("", version):
        wrong.append(f"apiVersion for {kind} should be {version}")
    if wrong:
        told = "\n".join(wrong)
        raise KustomizeError(f"Failed to read kustomization file under {root}:\n{told}")


# --- in Go's words -----------------------------------------------------------------------------------

_UNKNOWN: Final = re.compile(r"Object contains unknown field `([^`]*)`")
_EXPECTED: Final = re.compile(r"Expected `([^`]*)`, got `([^`]*)`(?: - at `\$\.?([^`]*)`)?")
_GO: Final = {"str": "string", "int": "int", "bool": "bool", "object": "map[string]string"}
_OF_LISTS: Final = {
    "configMapGenerator": "types.ConfigMapArgs",
    "images": "types.Image",
    "labels": "types.Label",
    "patches": "types.Patch",
    "replacements": "types.ReplacementField",
    "replicas": "types.Replica",
    "secretGenerator": "types.SecretArgs",
}


def _in_go(told: str, plain: Plain) -> str:
    """What encoding/json says of what does not fit."""
    if unknown := _UNKNOWN.match(told):
        return f'unknown field "{unknown[1]}"'
    found = _EXPECTED.match(told)
    if found is None:
        return told
    expected, got, path = found.groups()
    parts = re.sub(r"\[[^\]]*\]", "", path or "").split(".")
    kind = expected.partition(" ")[0]
    wanted = f"[]{_OF_LISTS.get(parts[-1], 'string')}" if kind == "array" else _GO.get(kind, kind)
    if kind == "object" and parts[-1] in _OF_LISTS:
        wanted = _OF_LISTS[parts[-1]]
    kinds = {"str": "string", "int": "number", "float": "number"}
    where = ".".join(part for part in parts if part)
    inner = len(parts) > 1 and parts[0] in _OF_LISTS
    struct = _OF_LISTS[parts[0]].removeprefix("types.") if inner else "Kustomization"
    wanted = "int64" if wanted == "int" else wanted
    return f"cannot unmarshal {kinds.get(got, got)} into Go struct field {struct}.{where} of type {wanted}"


def _go_kind(value: Any) -> str:
    if isinstance(value, list):
        return "array"
    if isinstance(value, bool):
        return "bool"
    return "string" if isinstance(value, str) else "number"
