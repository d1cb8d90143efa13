"""How kubectl prints objects: tables, -o yaml, json, name, jsonpath, go-template, custom-columns, --sort-by.

Sources: v1.7.5 and v1.8.0 pkg/kubectl/cmd/util/printing.go, pkg/kubectl/sorting_printer.go; v1.36
k8s.io/kubectl pkg/cmd/get.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from clustersim.api.definitions import CustomObject
from clustersim.api.timestamp import micros
from clustersim.apiserver.field_owners import told
from clustersim.apiserver.scale import scale_of
from clustersim.console.answer import Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl.selection import Selected
from clustersim.i18n import _
from clustersim.kubectl.added import table_for
from clustersim.kubectl.columns import Table, lines_of
from clustersim.kubectl.customcolumns import custom_columns
from clustersim.kubectl.gotemplate import GoTemplate, TemplateError
from clustersim.kubectl.jsonpath import UNEXPECTED_PATH, JsonPath, compile_path, relaxed
from clustersim.kubectl.jsonpath_steps import JsonPathError
from clustersim.kubectl.kyaml import to_kyaml
from clustersim.kubectl.manifest import plain_list, plain_object, to_json, to_yaml
from clustersim.kubectl.pods import is_finished
from clustersim.kubectl.table import NOTHING, NOTHING_SHOWN, Extra, hides_finished, print_table
from clustersim.kubectl.tables import DEFAULT_TODAY, SCALE, watched_table_of
from clustersim.workstation.files import name_of

TABLES: Final = ("", "wide")
_OF_TEMPLATE: Final = ("go-template", "template", "templatefile", "go-template-file")
_FORMATS: Final = (
    "json",
    "kyaml",
    "yaml",
    "name",
    "jsonpath",
    "jsonpath-as-json",
    "custom-columns",
    *_OF_TEMPLATE,
)
_FROM_FILES: Final = {
    "templatefile": "go-template",
    "go-template-file": "go-template",
    "jsonpath-file": "jsonpath",
    "custom-columns-file": "custom-columns",
}
"""Formats whose template is in a file, and what they are then."""
MOST_WHOLE: Final = 500
"""Objects that are printed whole at once ..."""
MOST_WITH_MANAGERS: Final = 100
"""... and with whose fields are whose: that takes 0.8 ms a pod."""


class Format(NamedTuple):
    """-o: its name, and what stands behind its "="; managed: with whose fields are whose; strict: templates
    name nothing that is not there."""

    name: str
    spec: str
    headers: bool = True
    managed: bool = False
    strict: bool = False

    @property
    def is_table(self) -> bool:
        return self.name in TABLES


def format_of(api: Api, arguments: Arguments) -> Format:
    """Raises Said for what no printer knows."""
    name, equals, spec = arguments.value("output").partition("=")
    if not equals and arguments.value("template"):
        spec, name = arguments.value("template"), name or "go-template"
    if name in _FROM_FILES and spec:
        name, spec = _FROM_FILES[name], _in_file(api, name, spec)
    if name in ("jsonpath-as-json", "kyaml") and not api.today:
        raise Said(f'error: output format "{name}" not recognized')
    bare = name in (*TABLES, "json", "kyaml", "yaml", "name")
    if bare and equals and api.today:
        raise Said(_no_printer(f"{name}={spec}"))
    if name in TABLES or (name in _FORMATS and (spec or bare)):
        managed = arguments.has("show-managed-fields")
        strict = not arguments.has("allow-missing-template-keys", True)
        return Format(name, spec, not arguments.has("no-headers"), managed, strict)
    if name in ("jsonpath", "jsonpath-as-json", "custom-columns", *_OF_TEMPLATE, *_FROM_FILES):
        raise Said(
            "error: template format specified but no template given"
            if not name.startswith("custom-columns")
            else "error: custom-columns format specified but no custom columns given"
        )
    raise Said(_no_printer(name) if api.today else f'error: output format "{name}" not recognized')


def _in_file(api: Api, name: str, path: str) -> str:
    """The template that is in a file. Raises Said."""
    if (text := api.files.get(name_of(path))) is None:
        flag = "--template" if api.today and name != "custom-columns-file" else "template"
        raise Said(f"error: error reading {flag} {path}, open {path}: no such file or directory")
    return _columns(text) if name == "custom-columns-file" else text


def _columns(text: str) -> str:
    """A line of headers and one of paths, as they stand behind -o (NewCustomColumnsPrinterFromTemplate).
    Raises Said."""
    headers, paths = ([*line.split()] for line in [*text.splitlines(), "", ""][:2])
    if len(headers) != len(paths):
        told = f"number of headers ({len(headers)}) and field specifications ({len(paths)}) don't match"
        raise Said(f"error: {told}")
    return ",".join(f"{header}:{path}" for header, path in zip(headers, paths, strict=True))


def _no_printer(name: str) -> str:
    allowed = (
        "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,"
        "jsonpath-file,kyaml,name,template,templatefile,wide,yaml"
    )
    told = f'unable to match a printer suitable for the output format "{name}"'
    return f"error: {told}, allowed formats are: {allowed}"


def plain_of(api: Api, obj: Any) -> dict[str, Any]:
    """An object as this release gives it."""
    return plain_object(obj, api.release, api.resources, api.named_version(obj))


def ordered(api: Api, objects: Sequence[Any], by: str) -> list[Any]:
    """--sort-by. Raises Said."""
    if not by:
        return list(objects)
    try:
        path = compile_path(relaxed(by))
        if len(objects) < 2:
            return list(objects)
        keys = [path(plain_of(api, obj)) for obj in objects]
    except JsonPathError as error:
        raise Said(f"error: {error}") from None
    if not any(keys):
        name = by.strip("{}")
        raise Said(f'error: couldn\'t find any field with path "{{{name}}}" in the list of objects')
    pairs = sorted(zip([_key(key) for key in keys], range(len(objects)), strict=True))
    return [objects[index] for _order, index in pairs]


def _key(found: list[Any]) -> tuple[int, float, str]:
    """What is not there comes first; numbers by size, moments by time, everything else as text."""
    if not found or found[0] is None:
        return (0, 0.0, "")
    value = found[0]
    if isinstance(value, int | float):
        return (1, float(value), "")
    return (2, 0.0, str(value))


def print_whole(api: Api, selected: Sequence[Selected], output: Format) -> str:
    """Everything but tables. Raises Said."""
    listed = [(one, obj) for one in selected for obj in one.objects]
    if output.name == "name":
        return "\n".join(named(api, one.resource, obj.metadata.name) for one, obj in listed)
    with_managers = output.managed or "managedFields" in output.spec
    check_number(len(listed), MOST_WITH_MANAGERS if with_managers else MOST_WHOLE)
    found = [told(api.server, obj) if with_managers and api.today else obj for _one, obj in listed]
    plain = [plain_of(api, obj) for obj in found]
    asked = sum(len(one.objects) + len(one.missing) for one in selected)
    if asked == 1 and all(one.named for one in selected):
        if not plain:
            return ""
        return shown(api, plain[0], plain, output)
    whole: Any = plain_list(plain, api.release)
    return shown(api, whole, plain, output)


def check_number(objects: int, most: int = MOST_WHOLE) -> None:
    """Raises Said where more are to be printed whole than the rooms beside this one would wait for."""
    if objects > most:
        raise Said(note=_("This console prints at most {most} objects whole; choose some."), most=most)


def shown(api: Api, whole: Any, items: Sequence[Any], output: Format) -> str:
    """A document, of these items, in a format. Raises Said."""
    match output.name:
        case "yaml":
            return to_yaml(whole if output.managed else without_managers(whole))
        case "json":
            return to_json(whole if output.managed else without_managers(whole))
        case "kyaml":
            return to_kyaml(whole if output.managed else without_managers(whole))
        case "jsonpath":
            try:
                return JsonPath(output.spec, as_json=api.today, strict=output.strict).text(whole)
            except JsonPathError as error:
                raise Said(_path_failed(output.spec, error)) from None
        case "jsonpath-as-json":
            try:
                return to_json(compile_path(output.spec)(whole))
            except JsonPathError as error:
                raise Said(_path_failed(output.spec, error)) from None
        case "custom-columns":
            try:
                rows = custom_columns(output.spec, items, headers=output.headers)
                return "\n".join(lines_of(rows, api.release))
            except JsonPathError as error:
                raise Said(f"error: {error}") from None
    try:
        template = GoTemplate(output.spec, strict=output.strict)
    except TemplateError as error:
        raise Said(f"error: error parsing template {output.spec}, {error}") from None
    try:
        return template.text(whole)
    except TemplateError as error:
        raise Said(f'error: error executing template "{output.spec}": {error}') from None


def without_managers(whole: Any) -> Any:
    """A document as kubectl prints it: whose fields are whose is left out (cli-runtime printers
    OmitManagedFieldsPrinter)."""
    if not isinstance(whole, dict):
        return whole
    if isinstance(items := whole.get("items"), list):
        whole = {**whole, "items": [without_managers(item) for item in items]}
    metadata = whole.get("metadata")
    if not isinstance(metadata, dict) or "managedFields" not in metadata:
        return whole
    kept = {name: value for name, value in metadata.items() if name != "managedFields"}
    return {**whole, "metadata": kept}


def _path_failed(template: str, error: JsonPathError) -> str:
    if any(word in str(error) for word in ("out of bounds", "not array or slice", "is not found")):
        return f'error: error executing jsonpath "{template}": Error executing template: {error}'
    return f"error: error parsing jsonpath {template}, {error}"


def named(api: Api, resource: str, name: str) -> str:
    """-o name: "pods/web-1" until v1.8, "pod/web-1" and "deployment.apps/web" today."""
    return f"{api.singular(resource) if api.today else resource}/{name}"


# --- tables ------------------------------------------------------------------------------------------------


class Tables(NamedTuple):
    """Lines; hidden: there are finished pods that nobody asked for."""

    lines: list[str]
    hidden: bool


def print_tables(
    api: Api, selected: Sequence[Selected], arguments: Arguments, *, everything: bool = False
) -> Tables:
    """Tables one below the other, an empty line between."""
    lines: list[str] = []
    hidden = False
    # Today the kind stands before the names where several kinds were found, before where they were asked for.
    listed = [one for one in selected if one.objects or not one.named] if api.today else selected
    several = len(listed) > 1 or everything or arguments.has("show-kind")
    for one in selected:
        found = one.objects if api.today else in_order(one.resource, one.objects)
        objects = _in_table_order(api, found, arguments.value("sort-by"))
        if one.resource == "pods" and hides_finished(api.release) and not one.named and not _all(arguments):
            kept = [pod for pod in objects if not is_finished(pod)]
            hidden = hidden or len(kept) < len(objects)
            objects = kept
        if not objects:
            continue
        if api.today and arguments.value("subresource") == "scale":
            objects = [scale_of(obj, api.release) for obj in objects if not isinstance(obj, CustomObject)]
        extra = extra_of(api, one.resource, arguments, several=several)
        table = print_table(
            one.resource,
            objects,
            api.release,
            api.now,
            wide=arguments.value("output") == "wide",
            show_all=True,
            extra=extra,
            table=table_shown(api, one.resource, arguments),
        )
        lines += ["", *table] if lines and not arguments.has("no-headers") else table
    return Tables(lines, hidden)


def _in_table_order(api: Api, objects: Sequence[Any], by: str) -> list[Any]:
    """--sort-by of a table: of one that cannot be sorted kubectl of today shows nothing (NewTableSorter)."""
    try:
        return ordered(api, objects, by)
    except Said as said:
        if not api.today or said.text == f"error: {UNEXPECTED_PATH}":
            raise
        return []


def table_shown(api: Api, resource: str, arguments: Arguments) -> Table | None:
    """The table of a resource; with --server-print=false kubectl knows of nothing but name and age."""
    if api.today and not arguments.has("server-print", True):
        return DEFAULT_TODAY
    if api.today and arguments.value("subresource") == "scale":
        return SCALE
    watching = arguments.has("watch") or arguments.has("watch-only")
    watched = watched_table_of(resource, api.release) if watching else None
    return watched or table_for(api.resources[resource], api.release)


def _all(arguments: Arguments) -> bool:
    return arguments.has("show-all")


def nothing(
    api: Api, selected: Sequence[Selected], arguments: Arguments, *, hidden: bool, describing: bool = False
) -> str:
    """The sentence where there is nothing to print. describing: kubectl describe of today names the namespace
    for kinds that have none, too."""
    if not api.today:
        return NOTHING_SHOWN if hidden else NOTHING
    namespaced = describing or all(api.resources[one.resource].namespaced for one in selected)
    if not namespaced or arguments.has("all-namespaces"):
        return "No resources found"
    return f"No resources found in {arguments.value('namespace', 'default')} namespace."


def extra_of(api: Api, resource: str, arguments: Arguments, *, several: bool) -> Extra:
    """Columns that flags add, and the kind before the names where several kinds are listed."""
    known = api.resources[resource]
    prefix = ""
    if several:
        short = known.short_names[0] if known.short_names else resource
        prefix = f"{api.singular(resource)}/" if api.today else f"{short}/"
    return Extra(
        event="ADDED" if arguments.has("output-watch-events") else "",
        namespace=arguments.has("all-namespaces") and known.namespaced,
        labels=arguments.has("show-labels"),
        label_columns=tuple(arguments.several("label-columns")),
        unlabelled="" if api.today else "<none>",
        prefix=prefix,
        headers=not arguments.has("no-headers"),
    )


def in_order(resource: str, objects: list[Any]) -> list[Any]:
    """Until v1.8 events by when they were last seen; all else, and events today, by name, as stored."""
    if resource != "events":
        return objects
    return sorted(objects, key=lambda event: micros(event.last_seen))
