"""What kubectl asks of running pods: exec, attach, cp, port-forward, proxy.

Sources: v1.7.5, v1.8.0 pkg/kubectl/cmd/exec.go, cp.go, portforward.go.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from msgspec.structs import replace

from clustersim.api.errors import ApiError
from clustersim.api.pod_containers import every_status
from clustersim.apiserver.rehearsal import connect
from clustersim.console.answer import Answer, Said
from clustersim.console.api import Api
from clustersim.console.kubectl import commands
from clustersim.console.kubectl.misuse import misused
from clustersim.console.kubectl.pods import listening
from clustersim.console.kubectl.selection import namespace_of
from clustersim.console.nodes.inside import (
    NOT_EXECUTED,
    Executed,
    execute,
    inside,
)
from clustersim.console.refusals import refusal
from clustersim.engine.calendar import by_its_calendar
from clustersim.engine.process import HUNG
from clustersim.i18n import _
from clustersim.shell.expanding import Memory
from clustersim.shell.ran import Ran

if TYPE_CHECKING:
    from clustersim.cluster import Cluster


def pod_named(api: Api, word: str, namespace: str) -> Any:
    """A pod by name, or the first of a workload: "deploy/web". Raises Said."""
    return first_pod(api, word, namespace)[0]


def first_pod(api: Api, word: str, namespace: str) -> tuple[Any, int]:
    """The same, and of how many. Raises Said."""
    pods = pods_named(api, word, namespace)
    return pods[0], len(pods)


def pods_named(api: Api, word: str, namespace: str) -> list[Any]:
    """A pod, or all of "deployment/web": those that run first. Raises Said."""
    kind, slash, name = word.partition("/")
    if not slash or api.named(kind) == "pods":
        return [api.get("pods", namespace, name or word)]
    resource = api.named(kind)
    owner = api.get(resource, namespace, name)
    selector = owner.spec.selector
    labels = selector if isinstance(selector, dict) else selector.match_labels
    pods = [pod for pod in api.objects("pods", namespace) if labels.items() <= pod.metadata.labels.items()]
    if not pods:
        raise Said("error: timed out waiting for the condition")
    return sorted(pods, key=lambda pod: (pod.status.phase != "Running", pod.metadata.name))


DEFAULT: Final = "kubectl.kubernetes.io/default-container"


def container_of(api: Api, pod: Any, chosen: str) -> str:
    """Which container is meant; today the first one, or that of an annotation, if none was chosen, and it is
    said beside the answer which that is (v1.36 k8s.io/kubectl pkg/cmd/util/podcmd). Raises Said."""
    names = [container.name for container in pod.spec.containers]
    init = [container.name for container in pod.spec.init_containers]
    name = pod.metadata.name
    if not api.today:
        if not chosen and len(names) > 1:
            also = f" or one of the init containers: [{' '.join(init)}]" if init else ""
            why = f"a container name must be specified for pod {name}, choose one of: [{' '.join(names)}]"
            raise Said(f"Error from server (BadRequest): {why}{also}")
        if chosen and chosen not in (*names, *init):
            raise Said(f"Error from server (BadRequest): container {chosen} is not valid for pod {name}")
        return chosen or names[0]
    looking = [container.name for container in pod.spec.ephemeral_containers]
    marked = (*(f"{one} (ephem)" for one in looking), *(f"{one} (init)" for one in init))
    every = ", ".join((*names, *marked))
    wanted = chosen or pod.metadata.annotations.get(DEFAULT, "")
    if wanted and wanted not in (*names, *init, *looking):
        raise Said(f"error: container {wanted} is not valid for pod {name} out of: {every}")
    if not wanted and len(names) + len(marked) > 1:
        api.warnings.append(f'Defaulted container "{names[0]}" out of: {every}')
    return wanted or names[0]


def streams(command: Sequence[str] = (), *, stdin: bool = False, tty: bool = False) -> str:
    """What a connection into a container is to carry, as the API server asks its kubelet for it (v1.36
    pkg/registry/core/pod/strategy.go streamParams)."""
    wanted = [("command", word) for word in command]
    wanted += [(name, "1") for name, given in (("error", not tty), ("input", stdin)) if given]
    return urlencode([*wanted, ("output", "1"), *([("tty", "1")] if tty else [])])


def ask_kubelet(api: Api, pod: Any, path: str, log: str = "", *, query: str = "") -> None:
    """The API server asks the pod's kubelet, which asks the container runtime. log: the container whose log
    is wanted, with its runtime in front; without it a connection into one is, which carries what the query
    says: today the API server translates it (apiserver pkg/util/proxy/streamtranslator.go), in v1.7 and v1.8
    it dials for the caller (pkg/registry/generic/rest/proxy.go). Raises Said where that fails.
    """
    node, cluster = pod.spec.node_name, api.cluster
    machine = cluster.machines.get(node)
    if machine is None:
        raise Said(f'Error from server (NotFound): nodes "{node}" not found')
    kubelet, runtime = cluster.world.kubelets[node], cluster.runtime(node)
    if why := undialled(api, node):
        url = f"{machine.ip if api.today else node}:{cluster.flags.kubelet.port}/{path}"
        if log:
            url = f'"https://{url}"' if api.today else f"https://{url}"
            raise Said(f"Error from server: Get {url}: {why}")
        if not api.today:
            raise Said(f"Error from server: error dialing backend: {why}")
        raise Said(f'{NOT_STREAMED}error sending request: Post "https://{url}?{query or streams()}": {why}')
    if kubelet.status.phase == HUNG:
        raise Said(note=_("kubectl waits: the kubelet of {node} does not answer."), node=node)
    if api.today and not kubelet.is_authentic:
        raise Said(
            "Error from server (InternalError): Internal error occurred: Authorization error "
            "(user=kube-apiserver-kubelet-client, verb=get, resource=nodes, subresource=proxy)"
        )
    if runtime.status.phase == HUNG:
        named = cluster.world.release.runtime
        waits = _("kubectl waits: the kubelet of {node} asks {runtime}, which does not answer.")
        raise Said(note=waits, node=node, runtime=named)
    if not runtime.running:
        raise Said(_without_runtime(api, kubelet.words.runtime_away, log))


def undialled(api: Api, node: str) -> str:
    """Why the API server does not get to the kubelet of a node; empty: it does."""
    cluster, machine = api.cluster, api.cluster.machines[node]
    dialled = f"dial tcp {machine.ip}:{cluster.flags.kubelet.port}: "
    system = "connect" if api.today else "getsockopt"
    kubelet = cluster.world.kubelets[node]
    if not machine.state.powered:
        return f"{dialled}{system}: no route to host"
    if cluster.network.is_kubelet_away(node):
        return f"{dialled}i/o timeout"
    runs = kubelet.running or kubelet.status.phase == HUNG
    return "" if runs else f"{dialled}{system}: connection refused"


NOT_STREAMED: Final = "error: Internal error occurred: "
"""How kubectl of today begins what the API server tells of a connection that it could not make."""


def not_upgraded(api: Api, why: str) -> str:
    """A kubelet answers that it does not connect to a container."""
    return f"{NOT_STREAMED if api.today else 'error: '}unable to upgrade connection: {why}"


def _without_runtime(api: Api, why: str, log: str) -> str:
    """The kubelet cannot ask its runtime (kuberuntime_manager.go GetContainerLogs)."""
    if not log:
        return not_upgraded(api, why)
    if api.today:
        return f"unable to retrieve container logs for {log}"
    runtime, _sign, number = log.partition("://")
    return f'failed to get container status {{"{runtime}" "{number}"}}: {why}'


# --- into a container --------------------------------------------------------------------------------------


_EXEC: Final = (
    "expected 'exec POD_NAME COMMAND [ARG1] [ARG2] ... [ARGN]'.\nPOD_NAME and COMMAND are required arguments "
    "for the exec command"
)


def exec_(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl exec: what the model can say of the inside of a container. Raises Said."""
    arguments = commands.read("exec", words, api.release)
    named = arguments.value("pod") or (arguments.words[0] if arguments.words else "")
    command = [*arguments.words[0 if arguments.value("pod") else 1 :], *(arguments.after or ())]
    if not named:
        if api.today:
            raise Said("error: pod, type/name or --filename must be specified")
        raise misused(api, "exec", _EXEC)
    if not command:
        if api.today:
            raise Said("error: you must specify at least one command for the container")
        raise misused(api, "exec", _EXEC)
    api.reach()
    pod = pod_named(api, named, namespace_of(arguments) or "")
    api.may("create", "pods", pod.metadata.namespace, pod.metadata.name, "exec")
    reads, terminal = arguments.has("stdin"), arguments.has("tty")
    container = into_container(
        api, pod, arguments.value("container"), command, stdin=reads, terminal=terminal
    )
    stays = "" if reads and not stdin else None
    answer = inside(
        api, pod, container, command, stdin=stdin if reads else "", stays=stays, terminal=terminal
    )
    if answer.ok:
        return answer
    if answer.text.startswith(NOT_EXECUTED):
        return replace(answer, text=f"error: Internal error occurred: {answer.text}", code=1)
    failed = f"command terminated with exit code {answer.code}"
    return replace(answer, text="\n".join([answer.text, failed] if answer.text else [failed]))


def into_container(
    api: Api, pod: Any, chosen: str, command: Sequence[str], *, stdin: bool = False, terminal: bool = False
) -> str:
    """The container of a pod into which one gets: the chosen one, or the first. Raises Said where nobody
    does."""
    if not chosen and not api.today:
        chosen = pod.spec.containers[0].name
        if len(pod.spec.containers) > 1:
            use = f"Use 'kubectl describe pod/{pod.metadata.name}' to see all of the containers in this pod."
            api.warnings += [f"Defaulting container name to {chosen}.", use]
    container = container_of(api, pod, chosen)
    if pod.status.phase in ("Succeeded", "Failed"):
        raise Said(
            f"error: cannot exec into a container in a completed pod; current phase is {pod.status.phase}"
        )
    admit(api, pod, "exec", container, stdin=stdin, terminal=terminal, command=command)
    if not pod.spec.node_name:
        raise Said(f"Error from server (BadRequest): pod {pod.metadata.name} does not have a host assigned")
    path = f"exec/{pod.metadata.namespace}/{pod.metadata.name}/{container}"
    ask_kubelet(api, pod, path, query=streams(command, stdin=stdin, tty=terminal))
    status = next((one for one in every_status(pod) if one.name == container), None)
    if status is None or status.state.running is None:
        raise Said(not_upgraded(api, f'container not found ("{container}")'))
    return container


def admit(
    api: Api,
    pod: Any,
    part: str,
    container: str = "",
    *,
    stdin: bool = False,
    terminal: bool = False,
    command: Sequence[str] = (),
) -> None:
    """Asks the policies of admission. part: exec, attach or portforward. Raises Said."""
    options: dict[str, Any] = {}
    if part != "portforward":
        options = {"stdin": stdin, "stdout": True, "stderr": not terminal, "tty": terminal}
        options |= {"container": container, "command": list(command)}
    given = {name: value for name, value in options.items() if value}
    try:
        connect(api.server, pod, part, given, "kubectl")
    except ApiError as error:
        upgrading = f"error: error upgrading connection: {error.message}"
        raise Said(upgrading if part == "portforward" else refusal(error)) from None


@by_its_calendar
def exec_in(
    cluster: "Cluster",
    namespace: str,
    name: str,
    container: str,
    command: Sequence[str],
    *,
    stdin: str = "",
    memory: Memory | None = None,
) -> Executed:
    """How a command goes for whoever is in a container already, and what is to be done for it. Raises
    ShellError where a script is not finished."""
    api = Api(cluster)
    try:
        pod = api.get("pods", namespace, name)
        executed = execute(api, pod, container, command, stdin=stdin, memory=memory)
    except Said as said:
        return Executed(Ran(err=f"{said.text}\n" if said.text else "", code=1, note=said.note))
    return executed._replace(commands=(*api.in_order(), *executed.commands))


def port_forward(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl port-forward: what is wrong with the line, or where it listens. Raises Said."""
    arguments = commands.read("port-forward", words, api.release)
    pod = arguments.value("pod") or next(iter(arguments.words), "")
    ports = arguments.words[0 if arguments.value("pod") else 1 :]
    if api.today and len(arguments.words) < 2:
        raise misused(api, "port-forward", "TYPE/NAME and list of ports are required for port-forward")
    if not pod:
        raise misused(api, "port-forward", "POD is required for port-forward")
    if not ports:
        raise misused(api, "port-forward", "at least 1 PORT is required for port-forward")
    api.reach()
    namespace = namespace_of(arguments) or ""
    found = pod_named(api, pod, namespace)
    kind, slash, name = pod.partition("/")
    service = api.get("services", namespace, name) if slash and api.named(kind) == "services" else found
    api.may("create", "pods", found.metadata.namespace, found.metadata.name, "portforward")
    wanted = listening.forwards(api, service, found, ports)
    if (phase := found.status.phase) != "Running":
        told = f"unable to forward port because pod is not running. Current status={phase}"
        raise Said(f"error: {told}")
    admit(api, found, "portforward")
    if why := undialled(api, found.spec.node_name):
        raise Said(f"error: error upgrading connection: error dialing backend: {why}")
    if api.listening is None:
        raise Said(note=_ALONE)
    return listening.taken(api, found, wanted)


def proxy(api: Api, words: Sequence[str], stdin: str) -> Answer:
    """kubectl proxy: where it listens. Raises Said."""
    arguments = commands.read("proxy", words, api.release)
    api.reach()
    if api.listening is None:
        raise Said(note=_ALONE)
    return listening.proxied(api, arguments.value("port"))


_ALONE: Final = _("On a line of its own it listens on the workstation: kubectl port-forward web 8080:80 &")
