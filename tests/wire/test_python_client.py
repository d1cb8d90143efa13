"""The official Python client against a room: objects, watches, patches, files, refusals."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.stream import portforward, stream

from tests.conftest import PATIENCE, Server

CONTAINERS = [{"name": "web", "image": "nginx"}]


@contextmanager
def client_of(server: Server, code: str, directory: Path) -> Iterator[Any]:
    """The client of a room."""
    kubeconfig = directory / "kubeconfig"
    kubeconfig.write_text(server.manage("kubeconfig", code, "--server", server.url))
    with config.new_client_from_config(str(kubeconfig)) as found:
        yield found


@pytest.fixture(scope="module")
def api(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The client of a room of v1.36 in which time stands: nothing comes between two requests."""
    with client_of(server, server.new_room("v1.36"), tmp_path_factory.mktemp("api")) as found:
        yield found


@pytest.fixture
def playing(server: Server, tmp_path: Path) -> Iterator[Any]:
    """The client of a room of v1.36 that plays."""
    with client_of(server, server.new_room("v1.36", playing=True, speed=20.0), tmp_path) as found:
        yield found


def deployment(name: str, replicas: int = 2) -> dict[str, Any]:
    labels = {"app": name}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "labels": labels},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": CONTAINERS}},
        },
    }


def test_a_pod_is_created_watched_until_it_runs_and_deleted(playing: Any) -> None:
    core = client.CoreV1Api(playing)
    body = {"metadata": {"name": "one"}, "spec": {"containers": CONTAINERS}}
    made = core.create_namespaced_pod("default", body)
    phases = []
    for event in watch.Watch().stream(
        core.list_namespaced_pod,
        "default",
        field_selector="metadata.name=one",
        resource_version=made.metadata.resource_version,
        timeout_seconds=PATIENCE,
    ):
        phases.append(event["object"].status.phase)
        if phases[-1] == "Running":
            break
    assert phases[-1] == "Running"
    assert core.read_namespaced_pod_log("one", "default") == ""
    assert core.delete_namespaced_pod("one", "default").metadata.deletion_timestamp


def test_a_deployment_is_patched_in_each_way_and_scaled(api: Any) -> None:
    apps = client.AppsV1Api(api)
    apps.create_namespaced_deployment("default", deployment("web"))
    apps.patch_namespaced_deployment("web", "default", {"metadata": {"labels": {"a": "b"}}})
    apps.patch_namespaced_deployment(
        "web", "default", [{"op": "replace", "path": "/spec/replicas", "value": 3}]
    )
    found = apps.read_namespaced_deployment("web", "default")
    assert (found.metadata.labels, found.spec.replicas) == ({"app": "web", "a": "b"}, 3)
    scale = apps.read_namespaced_deployment_scale("web", "default")
    scale.spec.replicas, scale.metadata.resource_version = 1, None
    assert apps.replace_namespaced_deployment_scale("web", "default", scale).spec.replicas == 1
    found = apps.read_namespaced_deployment("web", "default")
    found.spec.replicas, found.metadata.resource_version = 2, None
    assert apps.replace_namespaced_deployment("web", "default", found).spec.replicas == 2
    apps.delete_namespaced_deployment("web", "default")
    with pytest.raises(ApiException) as gone:
        apps.read_namespaced_deployment("web", "default")
    assert gone.value.status == 404


def test_lists_come_in_pages(api: Any) -> None:
    core = client.CoreV1Api(api)
    whole = [event.metadata.name for event in core.list_event_for_all_namespaces().items]
    found, token = [], None
    while token != "":
        page = core.list_event_for_all_namespaces(limit=7, _continue=token)
        found += [event.metadata.name for event in page.items]
        token = page.metadata._continue or ""
    assert set(whole) <= set(found)
    assert len(found) == len(set(found))


def test_events_of_today_are_read_though_their_components_still_write_old_ones(api: Any) -> None:
    events = client.EventsV1Api(api).list_event_for_all_namespaces().items
    assert any(event.deprecated_first_timestamp for event in events)
    assert all(event.event_time for event in events)


def test_objects_come_from_a_file(api: Any, tmp_path: Path) -> None:
    path = tmp_path / "objects.yaml"
    path.write_text(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-file}\ndata: {a: '1'}\n---\n"
        "apiVersion: v1\nkind: Service\nmetadata: {name: from-file}\nspec: {ports: [{port: 80}]}\n"
    )
    utils.create_from_yaml(api, str(path))
    with pytest.raises(utils.FailToCreateError, match="AlreadyExists"):
        utils.create_from_yaml(api, str(path))
    assert (
        client.CoreV1Api(api).delete_namespaced_service("from-file", "default").metadata.name == "from-file"
    )


def test_the_dynamic_client_finds_kinds_and_applies(api: Any) -> None:
    found = dynamic.DynamicClient(api)
    deployments = found.resources.get(api_version="apps/v1", kind="Deployment")
    made = deployments.server_side_apply(
        body=deployment("applied"), name="applied", namespace="default", field_manager="test"
    )
    assert made.metadata.managedFields[0].operation == "Apply"
    with pytest.raises(ApiException) as refused:
        deployments.server_side_apply(
            body=deployment("applied", 5), name="applied", namespace="default", field_manager="other"
        )
    assert refused.value.status == 409


def test_an_eviction_and_a_binding_go_the_clients_own_way(api: Any) -> None:
    core = client.CoreV1Api(api)
    spec = {"containers": CONTAINERS, "schedulerName": "by-hand"}
    core.create_namespaced_pod("default", {"metadata": {"name": "bound"}, "spec": spec})
    target = client.V1ObjectReference(kind="Node", name="n2")
    binding = client.V1Binding(metadata=client.V1ObjectMeta(name="bound"), target=target)
    core.create_namespaced_binding("default", binding, _preload_content=False)
    assert core.read_namespaced_pod("bound", "default").spec.node_name == "n2"
    eviction = client.V1Eviction(metadata=client.V1ObjectMeta(name="bound", namespace="default"))
    core.create_namespaced_pod_eviction("bound", "default", eviction)
    assert core.read_namespaced_pod("bound", "default").metadata.deletion_timestamp


def test_a_refusal_says_what_and_why(api: Any) -> None:
    with pytest.raises(ApiException) as refused:
        client.CoreV1Api(api).create_namespaced_pod(
            "default", {"metadata": {"name": "UPPER"}, "spec": {"containers": CONTAINERS}}
        )
    assert refused.value.status == 422
    assert "metadata.name" in refused.value.body


def test_the_version_is_the_rooms(api: Any) -> None:
    assert client.VersionApi(api).get_code().git_version.startswith("v1.36.")


def running_pod(core: Any) -> str:
    pods = core.list_namespaced_pod("default", field_selector="status.phase=Running").items
    return str(pods[0].metadata.name)


def test_a_command_in_a_container_says_what_it_prints_and_how_it_ended(api: Any) -> None:
    core = client.CoreV1Api(api)
    name = running_pod(core)
    asked = {"stdout": True, "stderr": True, "stdin": False, "tty": False}
    said = stream(core.connect_get_namespaced_pod_exec, name, "default", command=["hostname"], **asked)
    assert said.strip() == name
    running = stream(
        core.connect_get_namespaced_pod_exec,
        name, "default", command=["/bin/sh", "-c", "cat /etc/none"], _preload_content=False, **asked,
    )  # fmt: skip
    running.run_forever(timeout=PATIENCE)
    assert "No such file" in running.read_stderr()
    assert running.returncode == 1


def test_a_forwarded_port_leads_to_the_program_of_the_pod(api: Any) -> None:
    core = client.CoreV1Api(api)
    name = str(core.list_namespaced_pod("default", label_selector="app=tomcat").items[0].metadata.name)
    ports = portforward(core.connect_get_namespaced_pod_portforward, name, "default", ports="8080,81")
    tunnel = ports.socket(8080)
    tunnel.settimeout(PATIENCE)
    tunnel.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    said = b""
    while name.encode() not in said:
        said += tunnel.recv(4096)
    assert said.startswith(b"HTTP/1.1 200 OK")
    refused = ports.socket(81)
    refused.settimeout(PATIENCE)
    assert refused.recv(1) == b""
    assert "onnection refused" in ports.error(81)
    ports.close()


def test_a_shell_reads_lines_until_it_is_left(api: Any) -> None:
    core = client.CoreV1Api(api)
    name = running_pod(core)
    asked = {"stdout": True, "stderr": True, "stdin": True, "tty": False, "_preload_content": False}
    shell = stream(core.connect_get_namespaced_pod_exec, name, "default", command=["/bin/sh"], **asked)
    shell.write_stdin("hostname\nwhoami\n")
    assert shell.readline_stdout(timeout=PATIENCE) == name
    assert shell.readline_stdout(timeout=PATIENCE) == "root"
    shell.write_stdin("exit\n")
    shell.run_forever(timeout=PATIENCE)
    assert shell.returncode == 0
