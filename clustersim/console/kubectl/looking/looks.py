"""What kubectl shows beside `get`: describe, events, explain, version, api-versions, api-resources,
cluster-info, config, auth."""

import json
from collections.abc import Sequence
from typing import Any, Final

from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands, usage
from clustersim.console.kubectl.files import words_and_files
from clustersim.console.kubectl.looking.dump import dump
from clustersim.console.kubectl.looking.explain import explained
from clustersim.console.kubectl.misuse import misused, no_kind
from clustersim.console.kubectl.output import extra_of, format_of, in_order, nothing, print_whole
from clustersim.console.kubectl.selection import Selected, namespace_of, select, wanted
from clustersim.engine.time import Micros
from clustersim.i18n import _
from clustersim.kubectl.columns import Cell, Table
from clustersim.kubectl.describe import describe as describe_object
from clustersim.kubectl.manifest import to_yaml
from clustersim.kubectl.table import print_table
from clustersim.kubectl.tables import table_of
from clustersim.kustomize.build import VERSION

SHELLS: Final = ("bash", "fish", "powershell", "zsh")
MOST_DESCRIBED: Final = 400_000
"""Characters: what a page can still show, some two hundred pods."""


def describe(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl describe: by name, by the beginning of a name, by selector. Raises Said."""
    arguments = commands.read("describe", words, api.release)
    selected = words_and_files(api, arguments.words, arguments, stdin)
    begun: list[Any] = []
    if selected is None:
        resources = wanted(api, arguments.words, "describe")
        api.reach()
        selected = [select(api, one, arguments) for one in resources]
        begun = _begun(api, selected, arguments)
    found = [(one.resource, obj) for one in selected for obj in begun or one.objects]
    # Today kubectl leaves events out where it describes several, or has looked for a name there is not.
    several = api.today and (len(found) > 1 or bool(begun))
    with_events = arguments.has("show-events") if arguments.given("show-events") else not several
    texts, length = list[str](), 0
    # Events that one may not look at are left out without a word.
    store = (
        api.store
        if api.lets("list", "events", namespace_of(arguments) or "")
        else {**api.store, "events": {}}
    )
    for resource, obj in found:
        told = describe_object(resource, obj, store, api.release, api.now, with_events=with_events)
        texts.append(told)
        length += len(told)
        if length > MOST_DESCRIBED:
            raise Said(
                note=_("This would be more than {most} characters; choose fewer objects."),
                most=MOST_DESCRIBED,
            )
    missing = [] if begun else [text for one in selected for text in one.missing]
    between = "\n" if begun else "\n\n"
    text = between.join(texts).rstrip("\n")
    told = "\n".join(missing) or (
        "" if text else nothing(api, selected, arguments, hidden=False, describing=True)
    )
    return Answer(text=text, complaints=told, ok=not missing)


def _begun(api: Api, selected: Sequence[Selected], arguments: Any) -> list[Any]:
    """Of "KIND NAME", where there is no such name, those whose names begin so."""
    if len(selected) != 1 or len(arguments.words) != 2 or not selected[0].missing:
        return []
    objects = api.objects(selected[0].resource, namespace_of(arguments))
    return [obj for obj in objects if obj.metadata.name.startswith(arguments.words[1])]


def events(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl events. Raises Said."""
    arguments = commands.read("events", words, api.release)
    output = format_of(api, arguments)
    api.reach()
    found = api.objects("events", namespace_of(arguments))
    if any(kind not in ("Normal", "Warning") for kind in arguments.several("types")):
        raise Said("error: valid --types are Normal or Warning")
    about = arguments.value("for")
    if about:
        kind, slash, name = about.partition("/")
        if "/" in name:
            raise Said("error: arguments in resource/name form may not have more than one slash")
        if not slash or not name:
            raise Said("error: --for must be in resource/name form")
        wanted_kind = api.resources[_kind_named(api, kind)].kind
        found = [
            one
            for one in found
            if (one.involved_object.kind, one.involved_object.name) == (wanted_kind, name)
        ]
    if arguments.value("types"):
        found = [one for one in found if one.type in arguments.several("types")]
    found = in_order("events", found)
    selected = [Selected("events", found, [], False)]
    if not output.is_table:
        return Answer(text=print_whole(api, selected, output))
    if not found:
        return Answer(
            text=f"No events found in {arguments.value('namespace', 'default')} namespace."
            if not arguments.has("all-namespaces")
            else "No events found."
        )
    extra = extra_of(api, "events", arguments, several=False)
    table = table_of("events", api.release)
    lines = print_table("events", found, api.release, api.now, extra=extra, table=_with_kinds(table))
    return Answer(text="\n".join(lines))


def _with_kinds(table: Table) -> Table:
    """What an event is about stands there as it is written: "Pod/web"."""
    place = [column.header for column in table.columns].index("OBJECT")

    def cells(event: Any, now: Micros) -> tuple[Cell, ...]:
        found, about = table.cells(event, now), event.involved_object
        return (*found[:place], f"{about.kind}/{about.name}", *found[place + 1 :])

    return Table(table.columns, cells)


def _kind_named(api: Api, kind: str) -> str:
    try:
        return api.named(kind)
    except Said as said:
        raise Said(said.text.removeprefix("error: ")) from None


def explain(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl explain, with fields. Raises Said."""
    arguments = commands.read("explain", words, api.release)
    if len(arguments.words) > 1:
        told = "We accept only this format: explain RESOURCE"
        raise Said(f"error: {told}") if api.today else misused(api, "explain", told)
    if not arguments.words:
        raise no_kind(api, "explain")
    api.reach()
    if api.today and arguments.value("output") not in ("", "plaintext", "plaintext-openapiv2"):
        raise Said(f"error: unrecognized format: {arguments.value('output')}")
    version, recursive = arguments.value("api-version"), arguments.has("recursive")
    return Answer(text=explained(api, arguments.words[0], recursive=recursive, version=version))


def version(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl version: the client speaks for itself even when the server does not. Raises Said."""
    arguments = commands.read("version", words, api.release)
    major, minor, _patch = api.version.removeprefix("v").split(".")
    info = {
        "major": major,
        "minor": minor,
        "gitVersion": api.version,
        "gitTreeState": "clean",
        "compiler": "gc",
        "platform": "linux/amd64",
    }
    client = arguments.has("client") or arguments.value("client", "false") == "true"
    output = arguments.value("output")
    if output not in ("", "yaml", "json"):
        raise Said("error: --output must be 'yaml' or 'json'")
    if output:
        plain: dict[str, Any] = {"clientVersion": info}
        if api.today:
            plain["kustomizeVersion"] = VERSION
        if not client:
            api.reach()
            plain["serverVersion"] = info
        return Answer(text=to_yaml(plain) if output == "yaml" else json.dumps(plain, indent=2))
    if api.today:
        lines, told = [f"Client Version: {api.version}", f"Kustomize Version: {VERSION}"], api.version
    else:
        long = (
            f'version.Info{{Major:"{major}", Minor:"{minor}", GitVersion:"{api.version}", '
            'GitTreeState:"clean", '
            'Compiler:"gc", Platform:"linux/amd64"}'
        )
        told = api.version if arguments.has("short") else long
        lines = [f"Client Version: {told}"]
    if not client:
        try:
            api.reach()
        except Said as said:
            return Answer(text="\n".join([*lines, said.text]).strip(), note=said.note, ok=False)
        lines.append(f"Server Version: {told}")
    return Answer(text="\n".join(lines))


def cluster_info(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl cluster-info. Raises Said."""
    if words and words[0] == "dump":
        return dump(api, words[1:])
    commands.read("cluster-info", words, api.release)
    api.reach()
    master = f"https://localhost:{api.server.flags.secure_port}"
    name = "Kubernetes control plane" if api.today else "Kubernetes master"
    hint = "To further debug and diagnose cluster problems, use 'kubectl cluster-info dump'."
    return Answer(text=f"{name} is running at {master}\n\n{hint}")


def completion(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl completion. Raises Said."""
    shells = commands.read("completion", words, api.release).words
    if len(shells) != 1 or shells[0] not in SHELLS:
        told = "Too many arguments. Expected only the shell type."
        if not shells:
            told = "Shell not specified."
        elif len(shells) == 1:
            told = f'Unsupported shell type "{shells[0]}".'
        raise misused(api, "completion", told)
    raise Said(note=_("This console completes by itself: press Tab."))


def plugin(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl plugin: there are none here. Raises Said."""
    if not api.today:
        raise Said("error: no plugins installed.")
    usage.parent(api, "plugin", words)
    commands.read("plugin list", words[1:], api.release)
    raise Said("error: unable to find any kubectl plugins in your PATH")


def help_(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl help: the commands of the release. Raises Said."""
    names = commands.known(api.release)
    lines = [
        "kubectl controls the Kubernetes cluster manager.",
        "",
        "Commands:",
        *(f"  {name}" for name in names),
    ]
    return Answer(text="\n".join(lines))
