"""kubectl logs: what containers have written, and what they write from now on.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/logs.go; v1.36 k8s.io/kubectl pkg/cmd/logs/logs.go.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from msgspec.structs import replace

from clustersim.api.pod_containers import every_status
from clustersim.api.timestamp import canonical_time, micros_here
from clustersim.console.answer import Answer, Follow, Said
from clustersim.console.api import Api
from clustersim.console.arguments import Arguments
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.misuse import misused
from clustersim.console.kubectl.pods.pods import ask_kubelet, container_of, pods_named
from clustersim.console.kubectl.selection import namespace_of
from clustersim.console.kubectl.selectors import labels_of
from clustersim.console.kubectl.waits import duration_of
from clustersim.console.nodes.container_logs import Part, Written, shown, written
from clustersim.console.nodes.held import with_id
from clustersim.digits import is_whole
from clustersim.engine.time import Micros
from clustersim.i18n import Message, _
from clustersim.kubectl.table import NOTHING

MOST_FOLLOWED: Final = 5
OF_SELECTED: Final = 10
"""Lines of each container that a selector finds, where none are asked for."""
_MORE: Final = _("kubectl goes on printing as simulated time passes.")


class _Source(NamedTuple):
    """A container whose log is wanted."""

    pod: Any
    container: str


def logs(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl logs. Raises Said."""
    arguments = _read(api, words)
    api.reach()
    if api.today:
        _check(api, arguments)
        part = _part(api, arguments)
    pods = _pods(api, arguments)
    for pod in pods:
        api.may("get", "pods", pod.metadata.namespace, pod.metadata.name, "log")
    part = _part(api, arguments)
    sources = _sources(api, arguments, pods)
    if not sources:
        namespace = arguments.value("namespace", "default")
        return Answer(text=f"No resources found in {namespace} namespace." if api.today else NOTHING)
    if api.today and arguments.has("follow") and len(sources) > 1:
        _check_streams(arguments, len(sources))
    told, text = list[Written](), ""
    for source in sources:
        try:
            told.append(_log_of(api, source, arguments))
            text += _prefixed(shown(told[-1].lines, part), source, arguments)
        except Said as said:
            if not (api.today and arguments.has("ignore-errors")):
                raise
            text += f"error: {said.text.partition(': ')[2] or said.text}\n"
    follow = None
    if arguments.has("follow") and any(_runs(source) for source in sources):
        follow = Follow(since=api.now, began=api.now)
    note = next((one.note for one in told if one.note is not None), None)
    if follow is not None and note is None:
        note = Message(_MORE)
    return Answer(text=text.removesuffix("\n"), note=note, follow=follow)


def follow(api: Api, words: Sequence[str], position: Follow) -> Answer:
    """What has been written since, for as long as a container runs."""
    arguments = _read(api, words)
    try:
        sources = _sources(api, arguments, _pods(api, arguments))
    except Said:
        return Answer()  # the pod is gone, and with it what there was to follow
    part = Part(since=position.since + 1, stamped=arguments.has("timestamps"))
    text = "".join(
        _prefixed(shown(_log_of(api, source, arguments).lines, part), source, arguments) for source in sources
    )
    goes_on = replace(position, since=api.now) if any(_runs(source) for source in sources) else None
    return Answer(text=text.removesuffix("\n"), follow=goes_on)


_FORM: Final = "(POD | TYPE/NAME) [CONTAINER_NAME]"


def _read(api: Api, words: Sequence[str]) -> Arguments:
    arguments = commands.read("logs", words, api.release)
    if not arguments.words and not arguments.value("selector"):
        form = "[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]" if api.today else _FORM
        what = "POD or TYPE/NAME is a required argument for the logs command"
        raise misused(api, "logs", f"expected 'logs {form}'.\n{what}")
    return arguments


def _check(api: Api, arguments: Arguments) -> None:
    """What today's kubectl looks at before it asks for anything (LogsOptions.Validate). Raises Said."""
    inline = len(arguments.words) == 2
    container = arguments.value("container") or (arguments.words[1] if inline else "")
    if arguments.has("all-containers") and container:
        told = "--all-containers=true should not be specified with container name"
        raise Said(f"error: {told} {container}")
    if inline and arguments.given("container"):
        raise Said("error: only one of -c or an inline [CONTAINER] arg is allowed")
    if arguments.value("since").startswith("-"):
        raise Said("error: --since must be greater than 0")


def _part(api: Api, arguments: Arguments) -> Part:
    """What the flags ask for. Raises Said."""
    since = duration_of(arguments, "since", 0, "logs" if api.today else "")
    moment: Micros | None = api.now - since if since else None
    if text := arguments.value("since-time"):
        if since:
            raise Said("error: at most one of `sinceTime` or `sinceSeconds` may be specified")
        try:
            moment = micros_here(canonical_time(text))
        except ValueError as error:
            raise Said(f"error: {error}") from None
    tail = _number(arguments, "tail", -1)
    if tail < -1:
        raise Said("error: --tail must be greater than or equal to -1")
    if tail == -1 and arguments.value("selector") and not arguments.has("tail"):
        tail = OF_SELECTED
    limit = _number(arguments, "limit-bytes", 0)
    if limit < 0:
        raise Said("error: --limit-bytes must be greater than 0")
    return Part(None if tail == -1 else tail, moment, limit or None, arguments.has("timestamps"))


def _number(arguments: Arguments, flag: str, default: int) -> int:
    text = arguments.value(flag)
    return int(text) if is_whole(text.removeprefix("-")) and len(text) < 19 else default


def _check_streams(arguments: Arguments, streams: int) -> None:
    """kubectl follows so many at once. Raises Said."""
    most = _number(arguments, "max-log-requests", MOST_FOLLOWED)
    if streams > most:
        raise Said(
            f"error: you are attempting to follow {streams} log streams, but maximum allowed concurrency is "
            f"{most}, use --max-log-requests to increase the limit"
        )


# --- whose logs ---------------------------------------------------------------------------------------------


def _sources(api: Api, arguments: Arguments, pods: Sequence[Any]) -> list[_Source]:
    """The containers of these pods that are meant. Raises Said."""
    sources = []
    for pod in pods:
        if arguments.has("all-containers"):
            every = (*pod.spec.init_containers, *pod.spec.containers, *pod.spec.ephemeral_containers)
            sources += [_Source(pod, one.name) for one in every]
        else:
            inline = arguments.words[1] if len(arguments.words) > 1 else ""
            chosen = container_of(api, pod, arguments.value("container") or inline)
            sources.append(_Source(pod, chosen))
    return sources


def _pods(api: Api, arguments: Arguments) -> list[Any]:
    namespace = namespace_of(arguments) or ""
    if arguments.value("selector"):
        selector = labels_of(api, arguments.value("selector"), "pods")
        return [pod for pod in api.objects("pods", namespace) if selector.matches(pod.metadata.labels)]
    word = arguments.words[0]
    if "/" not in word and api.today and api.find("pods", namespace, word) is None:
        told = f'pods "{word}" not found in namespace "{namespace}"'
        raise Said(f"error: error from server (NotFound): {told}")
    if "/" in word and api.today:
        resource, name = api.named(word.partition("/")[0]), word.partition("/")[2]
        if api.find(resource, namespace, name) is None:
            told = f'{api.qualified(resource)} "{name}" not found in namespace "{namespace}"'
            raise Said(f"error: error from server (NotFound): {told}")
    found = pods_named(api, word, namespace)
    if arguments.has("all-pods"):
        return found
    if len(found) > 1 and api.today:
        api.warnings.append(f"Found {len(found)} pods, using pod/{found[0].metadata.name}")
    return found[:1]


def _status_of(source: _Source) -> Any:
    return next((one for one in every_status(source.pod) if one.name == source.container), None)


def _runs(source: _Source) -> bool:
    status = _status_of(source)
    return status is not None and status.state.running is not None


# --- what they say ------------------------------------------------------------------------------------------


class NoLog(Exception):
    """There is none, in the kubelet's words."""


def _log_of(api: Api, source: _Source, arguments: Arguments) -> Written:
    """What a container has written, once its kubelet was asked. Raises Said."""
    pod, container = source
    path = f"containerLogs/{pod.metadata.namespace}/{pod.metadata.name}/{container}"
    if not pod.spec.node_name:
        return Written()  # there is nobody to ask, and that is no error
    try:
        number = logged(pod, container, _status_of(source), previous=arguments.has("previous"))
    except NoLog as none:
        raise Said(f"Error from server (BadRequest): {none}") from None
    ask_kubelet(api, pod, path, log=number)
    record = with_id(api.cluster, pod, number)
    if record is None:
        raise Said(f"unable to retrieve container logs for {number}")
    return written(api.cluster, pod, record)


_PULLING: Final = {
    "ErrImagePull": "image can't be pulled",
    "ImagePullBackOff": "trying and failing to pull image",
}


def logged(pod: Any, container: str, status: Any, *, previous: bool) -> str:
    """The id of the container whose log is meant, with its runtime in front. status: what is known of it.
    Raises NoLog (v1.7.5, v1.36 pkg/kubelet/kubelet_pods.go validateContainerLogStatus).
    """
    if status is None:
        raise NoLog(_waits(pod, container, "ContainerCreating"))
    last, state = status.last_state.terminated, status.state
    before = "" if last is None else str(last.container_id)
    if previous:
        if not before:
            name = pod.metadata.name
            raise NoLog(f'previous terminated container "{container}" in pod "{name}" not found')
        return before
    if state.running is not None:
        return str(status.container_id)
    if state.terminated is not None and (state.terminated.container_id or before):
        return str(state.terminated.container_id) or before
    if state.terminated is not None:
        raise NoLog(f'container "{container}" in pod "{pod.metadata.name}" is terminated')
    if before:
        return before
    reason = state.waiting.reason if state.waiting is not None else ""
    raise NoLog(_waits(pod, container, _PULLING.get(reason, reason or "ContainerCreating")))


def _waits(pod: Any, container: str, why: str) -> str:
    return f'container "{container}" in pod "{pod.metadata.name}" is waiting to start: {why}'


def _prefixed(text: str, source: _Source, arguments: Arguments) -> str:
    if not arguments.has("prefix") and not arguments.has("all-pods"):
        return text
    prefix = f"[pod/{source.pod.metadata.name}/{source.container}] "
    return "".join(f"{prefix}{line}" for line in text.splitlines(keepends=True))
