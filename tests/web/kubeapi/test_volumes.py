"""What containers find in their volumes, as their logs and commands in them tell."""

import base64
import json
from typing import Any

import pytest

from tests.web.kubeapi.asking import MERGE, Client
from tests.web.kubeapi.pods import V1, after, log_of, made, pod, printed, script
from visualizer.rooms.models import Room

pytestmark = pytest.mark.django_db(transaction=True)


def mounttest(*flags: str) -> dict[str, Any]:
    """A container that prints what there is at paths of its volume."""
    return {"args": ["mounttest", *flags], "volumeMounts": [{"name": "v", "mountPath": "/v"}]}


async def told_of(room: Room, client: Client, flags: tuple[str, ...], volume: Any, **spec: Any) -> list[str]:
    volumes = [{"name": "v", **volume}]
    await made(client, "pods", pod("p", mounttest(*flags), volumes=volumes, **spec))
    await after(room, 30)
    return (await log_of(client, "p")).splitlines()


async def test_a_secret_is_read_by_the_container_that_is_given_it(room: Room, client: Client) -> None:
    await made(client, "secrets", {"metadata": {"name": "s"}, "stringData": {"user": "ann", "word": "lock"}})
    env = [{"name": "WORD", "valueFrom": {"secretKeyRef": {"name": "s", "key": "word"}}}]
    container = {
        "image": "busybox", "command": ["sh", "-c", "env; cat /v/user; echo; sleep 1000"],
        "env": env, "envFrom": [{"secretRef": {"name": "s"}, "prefix": "S_"}],
        "volumeMounts": [{"name": "v", "mountPath": "/v"}],
    }  # fmt: skip
    await made(client, "pods", pod("p", container, volumes=[{"name": "v", "secret": {"secretName": "s"}}]))
    await after(room, 30)
    lines = (await log_of(client, "p")).splitlines()
    assert {"WORD=lock", "S_user=ann", "ann"} <= set(lines)
    assert await printed(client, "p", "echo $WORD; cat /v/word") == "lock\nlock"


async def test_what_is_no_text_is_read_byte_by_byte(room: Room, client: Client) -> None:
    body = {"metadata": {"name": "b"}, "binaryData": {"dump": base64.b64encode(b"\xde\xca\xfe").decode()}}
    await made(client, "configmaps", body)
    volume = {"configMap": {"name": "b"}}
    mounts = [{"name": "v", "mountPath": "/v"}]
    reader = {"image": "busybox", "command": ["hexdump", "-C", "/v/dump"], "volumeMounts": mounts}
    await made(client, "pods", pod("q", reader, volumes=[{"name": "v", **volume}]))
    lines = await told_of(room, client, ("--file_content=/v/dump",), volume)
    bytes_ = "00000000  de ca fe                                          |...|\n00000003\n"
    assert await log_of(client, "q") == bytes_
    assert lines[0].encode("utf-8", "surrogateescape") == b'content of file "/v/dump": \xde\xca\xfe'


@pytest.mark.parametrize(
    ("source", "spec", "mode"),
    [
        ({"name": "m"}, {}, "-rw-r--r--"),
        ({"name": "m", "defaultMode": 0o400}, {}, "-r--------"),
        ({"name": "m", "items": [{"key": "k", "path": "k", "mode": 0o400}]}, {}, "-r--------"),
        ({"name": "m", "defaultMode": 0o400}, {"securityContext": {"fsGroup": 1001}}, "-r--r-----"),
    ],
)
async def test_files_of_volumes_have_the_modes_that_they_are_given(
    room: Room, client: Client, source: Any, spec: Any, mode: str
) -> None:
    await made(client, "configmaps", {"metadata": {"name": "m"}, "data": {"k": "text"}})
    flags = ("--file_mode=/v/k", "--file_content=/v/k")
    lines = await told_of(room, client, flags, {"configMap": source}, **spec)
    assert lines == [f'mode of file "/v/k": {mode}', 'content of file "/v/k": text']
    assert (await client.get(f"{V1}/pods/p")).json["status"]["phase"] == "Succeeded"


@pytest.mark.parametrize(("medium", "kind"), [("Memory", "tmpfs"), ("", "61267")])
async def test_an_empty_volume_is_open_to_everybody(
    room: Room, client: Client, medium: str, kind: str
) -> None:
    flags = ("--fs_type=/v", "--new_file_0666=/v/f", "--file_perm=/v/f", "--file_mode=/v")
    lines = await told_of(room, client, flags, {"emptyDir": {"medium": medium}})
    assert [line for line in lines if line] == [
        f'mount type of "/v": {kind}',
        'content of file "/v/f": mount-tester new file',
        'mode of file "/v": drwxrwxrwx',
        'perms of file "/v/f": -rw-rw-rw-',
    ]


async def test_files_of_an_optional_config_map_come_change_and_go(room: Room, client: Client) -> None:
    flags = ("--break_on_expected_content=false", "--retry_time=600", "--file_content_in_loop=/v/k")
    volume = {"configMap": {"name": "later", "optional": True}}
    lines = await told_of(room, client, flags, volume)
    assert lines[-1] == "Error reading file /v/k: open /v/k: no such file or directory, retrying"
    for write in (
        ("POST", f"{V1}/configmaps", {"metadata": {"name": "later"}, "data": {"k": "one"}}, "one"),
        ("PATCH", f"{V1}/configmaps/later", {"data": {"k": "two"}}, "two"),
        ("DELETE", f"{V1}/configmaps/later", None, "no such file"),
    ):
        method, path, body, told = write
        media = MERGE if method == "PATCH" else "application/json"
        assert (await client.send(method, path, body, type_=media)).code in (200, 201)
        await after(room, 120)
        assert told in (await log_of(client, "p")).splitlines()[-1]


async def test_every_container_finds_how_to_speak_to_the_api_server(room: Room, client: Client) -> None:
    container = {"image": "busybox", "command": ["sleep", "100000"]}
    await made(client, "pods", pod("p", container))
    await made(client, "pods", pod("q", container, automountServiceAccountToken=False))
    await after(room, 30)
    folder = "/var/run/secrets/kubernetes.io/serviceaccount"
    assert await printed(client, "p", f"cat {folder}/namespace") == "default"
    root = (await client.get(f"{V1}/configmaps/kube-root-ca.crt")).json["data"]["ca.crt"]
    assert await printed(client, "p", f"cat {folder}/ca.crt") == root
    await after(room, 4000)  # the first one is over
    token = await printed(client, "p", f"cat {folder}/token")
    review = {"spec": {"token": token}}
    answer = await client.send("POST", "/apis/authentication.k8s.io/v1/tokenreviews", review)
    told = answer.json["status"]["user"]
    assert told["username"] == "system:serviceaccount:default:default"
    metadata = (await client.get(f"{V1}/pods/p")).json["metadata"]
    prefix = "authentication.kubernetes.io"
    assert told["extra"][f"{prefix}/pod-uid"] == [metadata["uid"]]
    assert told["extra"][f"{prefix}/node-name"][0].startswith("n")
    assert told["extra"][f"{prefix}/credential-id"][0].startswith("JTI=")
    assert await printed(client, "q", f"ls {folder}") == ""


def with_part(name: str, expression: str) -> dict[str, Any]:
    container = {
        "image": "busybox", "command": ["sh", "-c", "sleep 100000"],
        "env": [{"name": "N", "valueFrom": {"fieldRef": {"fieldPath": "metadata.annotations['part']"}}}],
        "volumeMounts": [{"name": "v", "mountPath": "/part", "subPathExpr": expression},
                         {"name": "v", "mountPath": "/whole"}],
    }  # fmt: skip
    return pod(name, container, volumes=[{"name": "v", "emptyDir": {}}])


async def test_variables_say_which_part_of_a_volume_is_mounted(room: Room, client: Client) -> None:
    body = with_part("p", "logs/$(N)")
    await made(client, "pods", {**body, "metadata": {"name": "p", "annotations": {"part": "a"}}})
    await after(room, 30)
    assert await printed(client, "p", "test -d /whole/logs/a; echo $?") == "0\n"
    await printed(client, "p", "echo here > /part/f")
    assert await printed(client, "p", "cat /whole/logs/a/f") == "here\n"


@pytest.mark.parametrize(
    ("part", "expression", "why"),
    [
        (None, "$(N)", "missing value for N"),
        ("/tmp", "$(N)", "error SubPath `/tmp` must not be an absolute path"),
        ("..", "x/$(N)", "unable to provision SubPath `x/..`: must not contain '..'"),
    ],
)
async def test_a_part_that_cannot_be_mounted_is_told_and_tried_again(
    room: Room, client: Client, part: str | None, expression: str, why: str
) -> None:
    body = with_part("p", expression)
    annotations = {} if part is None else {"part": part}
    await made(client, "pods", {**body, "metadata": {"name": "p", "annotations": annotations}})
    await after(room, 30)
    found = (await client.get(f"{V1}/pods/p")).json["status"]
    waiting = found["containerStatuses"][0]["state"]["waiting"]
    told = {"reason": "CreateContainerConfigError", "message": why}
    assert (found["phase"], waiting) == ("Pending", told)
    change = json.loads(json.dumps({"metadata": {"annotations": {"part": "good"}}}))
    assert (await client.send("PATCH", f"{V1}/pods/p", change, type_=MERGE)).code == 200
    await after(room, 60)
    assert (await client.get(f"{V1}/pods/p")).json["status"]["phase"] == "Running"


ONCE = "if [[ -r /data/f ]]; then exit 0; else touch /data/f; exit 42; fi"


async def test_a_program_finds_what_it_left_in_a_volume_before(room: Room, client: Client) -> None:
    container = script(ONCE, volumeMounts=[{"name": "v", "mountPath": "/data"}])
    volumes = [{"name": "v", "emptyDir": {}}]
    await made(client, "pods", pod("p", container, restartPolicy="OnFailure", volumes=volumes))
    counted = "count=$(echo hello >> /data/f; wc -l /data/f | awk {'print $1'})\nexit $((3 - count))"
    again = script(counted, volumeMounts=[{"name": "v", "mountPath": "/data"}])
    await made(client, "pods", pod("q", again, restartPolicy="OnFailure", volumes=volumes))
    await after(room, 90)
    for name, restarts in (("p", 1), ("q", 2)):
        status = (await client.get(f"{V1}/pods/{name}")).json["status"]
        assert (status["phase"], status["containerStatuses"][0]["restartCount"]) == ("Succeeded", restarts)


async def test_a_folder_of_a_machine_is_common_to_its_pods_and_outlives_them(
    room: Room, client: Client
) -> None:
    mounts = [{"name": "v", "mountPath": "/data"}]
    host = {"path": "/tmp/marks", "type": "DirectoryOrCreate"}
    more = {"nodeName": "n1", "volumes": [{"name": "v", "hostPath": host}]}
    for name, code in (("first", 42), ("second", 0)):
        await made(client, "pods", pod(name, script(ONCE, volumeMounts=mounts), **more))
        await after(room, 30)
        status = (await client.get(f"{V1}/pods/{name}")).json["status"]["containerStatuses"][0]
        assert status["state"]["terminated"]["exitCode"] == code
        assert (await client.send("DELETE", f"{V1}/pods/{name}")).code == 200
        await after(room, 60)
    waits = ONCE.replace("exit 42", "sleep 1000000")
    container = script(waits.replace("/data/f", "/data/g"), volumeMounts=mounts)
    await made(client, "pods", pod("waits", container, **more))
    await after(room, 30)
    assert (await client.get(f"{V1}/pods/waits")).json["status"]["phase"] == "Running"
    assert (await client.send("DELETE", f"{V1}/pods/waits")).code == 200
    await after(room, 60)
    await made(client, "pods", pod("goes-on", container, **more))
    await after(room, 30)
    assert (await client.get(f"{V1}/pods/goes-on")).json["status"]["phase"] == "Succeeded"
    elsewhere = {**more, "nodeName": "n2"}
    await made(client, "pods", pod("third", script(ONCE, volumeMounts=mounts), **elsewhere))
    await after(room, 30)
    assert (await client.get(f"{V1}/pods/third")).json["status"]["phase"] == "Failed"


async def test_a_file_of_the_machine_is_seen_where_it_is_mounted(room: Room, client: Client) -> None:
    volumes = [{"name": "v", "hostPath": {"path": "/etc/hosts", "type": "File"}}]
    mounts = [{"name": "v", "mountPath": "/etc/hosts-of-machine"}]
    security = {"sysctls": [{"name": "kernel.shm_rmid_forced", "value": "1"}]}
    container = script("sleep 100000", volumeMounts=mounts)
    await made(client, "pods", pod("p", container, volumes=volumes, securityContext=security))
    await after(room, 30)
    assert "10.0.0.12   n2" in await printed(client, "p", "cat /etc/hosts-of-machine")
    told = await printed(client, "p", "sysctl kernel.shm_rmid_forced")
    assert told == "kernel.shm_rmid_forced = 1\n"
