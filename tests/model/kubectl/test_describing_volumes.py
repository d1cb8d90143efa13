"""What describe says of volumes, claims and kinds that nothing acts on, as kubectl's describe_test.go has
it."""

import base64
from typing import Any

import pytest
import yaml

from clustersim.api.decoding import decode_object
from clustersim.api.registry import key_of
from clustersim.kubectl.columns import lines_of
from clustersim.kubectl.describe import describe


def described(*manifests: str, release: str = "v1.36") -> list[str]:
    """The lines that describe the first, beside the others; runs of blanks inside are one."""
    store: dict[str, dict[str, Any]] = {}
    decoded = [decode_object(yaml.safe_load(one), release) for one in manifests]
    for one in decoded:
        store.setdefault(one.resource.plural, {})[key_of(one.obj)] = one.obj
    text = describe(decoded[0].resource.plural, decoded[0].obj, store, release, 0)
    indents = [(line[: len(line) - len(line.lstrip())], line.split()) for line in text.splitlines()]
    return [indent + " ".join(words) for indent, words in indents]


def volume_lines(source: str, kind: str = "Pod", release: str = "v1.36") -> list[str]:
    """What is said of one volume."""
    spec = f"containers: [{{name: c, image: i}}]\n  volumes: [{{name: v, {source}}}]"
    if kind == "Pod":
        manifest = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: x}}\nspec:\n  {spec}\n"
    else:
        manifest = (
            "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: x}\nspec:\n  template:\n"
            "    metadata: {labels: {a: b}}\n    spec:\n      " + spec.replace("\n  ", "\n      ")
        )
    lines = described(manifest, release=release)
    start = next(index for index, line in enumerate(lines) if line.strip() == "Volumes:")
    end = next(n for n, line in enumerate(lines) if n > start and not line.startswith("  "))
    return [line for line in lines[start + 1 : end] if not line.startswith("  Node-") and "Toler" not in line]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("emptyDir: {}", ["Medium:", "SizeLimit: <unset>"]),
        ("emptyDir: {medium: Memory, sizeLimit: 64Mi}", ["Medium: Memory", "SizeLimit: 64Mi"]),
        ("secret: {secretName: s, optional: true}", ["SecretName: s", "Optional: true"]),
        ("configMap: {name: m}", ["Name: m", "Optional: false"]),
        ("persistentVolumeClaim: {claimName: c}", ["ClaimName: c", "ReadOnly: false"]),
        ("nfs: {server: s, path: /p}", ["Server: s", "Path: /p", "ReadOnly: false"]),
        ("hostPath: {path: /p, type: Directory}", ["Path: /p", "HostPathType: Directory"]),
        ("image: {reference: i, pullPolicy: Never}", ["Reference: i", "PullPolicy: Never"]),
        (
            "downwardAPI: {items: [{path: l, fieldRef: {fieldPath: metadata.labels}}]}",
            ["Items:", "metadata.labels -> l"],
        ),
        (
            "projected: {sources: [{secret: {name: s}}, {configMap: {name: m, optional: true}},"
            " {downwardAPI: {items: []}}, {serviceAccountToken: {path: t, expirationSeconds: 3607}}]}",
            ["SecretName: s", "Optional: false", "ConfigMapName: m", "Optional: true", "DownwardAPI: true",
             "TokenExpirationSeconds: 3607"],
        ),
        (
            "csi: {driver: d, readOnly: true, volumeAttributes: {b: '2', a: '1'}}",
            ["Driver: d", "FSType:", "ReadOnly: true", "VolumeAttributes: a=1", "b=2"],
        ),
        (
            "iscsi: {targetPortal: p, iqn: q, lun: 3, secretRef: {name: s}}",
            ["TargetPortal: p", "IQN: q", "Lun: 3", "ISCSIInterface default", "FSType:", "ReadOnly: false",
             "Portals: []", "DiscoveryCHAPAuth: false", "SessionCHAPAuth: false",
             "SecretRef: &LocalObjectReference{Name:s,}", "InitiatorName: <none>"],
        ),
        ("flexVolume: {driver: d, options: {b: c}}", ["Driver: d", "FSType:", "SecretRef: nil",
                                                      "ReadOnly: false", "Options: map[b:c]"]),
    ],
)  # fmt: skip
def test_a_volume_of_a_pod_tells_all_that_kubectl_tells(source: str, told: list[str]) -> None:
    name, kind, *rest = volume_lines(source)
    assert (name, kind.split()[0]) == ("  v:", "Type:")
    assert [line.strip() for line in rest] == told


def test_volumes_of_a_template_stand_as_kubectl_has_them() -> None:
    told = volume_lines("emptyDir: {}", "template")
    assert [line.rstrip() for line in told] == [
        "   v:",
        "    Type: EmptyDir (a temporary directory that shares a pod's lifetime)",
        "    Medium:",
        "    SizeLimit: <unset>",
    ]


def test_old_releases_know_no_limit_of_an_empty_folder() -> None:
    assert [line.strip() for line in volume_lines("emptyDir: {}", release="v1.7")][2:] == ["Medium:"]
    assert "Optional: false" in volume_lines("secret: {secretName: s}", release="v1.7")[-1]


VOLUME = """
apiVersion: v1
kind: PersistentVolume
metadata: {name: x}
spec:
  capacity: {storage: 1Gi}
  csi: {driver: d, volumeHandle: h, fsType: ext4}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: []}]}}
"""
CLAIM = """
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: x}
spec: {dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: s}}
status: {conditions: [{type: Resizing, status: "True", reason: Why, message: because}]}
"""
CLASS = """
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: x}
provisioner: p
allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [a, b]}, {key: host, values: [n]}]}]
"""
CSI_NODE = """
apiVersion: storage.k8s.io/v1
kind: CSINode
metadata: {name: x}
spec: {drivers: [{name: d, nodeID: n, allocatable: {count: 2}}]}
"""
ATTRIBUTES = """
apiVersion: storage.k8s.io/v1
kind: VolumeAttributesClass
metadata: {name: x}
driverName: d
parameters: {b: '2', a: '1'}
"""
CIDR = """
apiVersion: networking.k8s.io/v1
kind: ServiceCIDR
metadata: {name: x}
spec: {cidrs: [10.1.0.0/16, 10.2.0.0/16]}
"""
ADDRESS = """
apiVersion: networking.k8s.io/v1
kind: IPAddress
metadata: {name: 10.0.0.1}
spec: {parentRef: {resource: services, namespace: default, name: kubernetes}}
"""
SERVICE = """
apiVersion: v1
kind: Service
metadata: {name: x}
spec:
  type: LoadBalancer
  loadBalancerIP: 5.6.7.8
  ports: [{port: 80, appProtocol: http}]
status: {loadBalancer: {ingress: [{ip: 5.6.7.8, ipMode: VIP}]}}
"""
QUOTA = """
apiVersion: v1
kind: ResourceQuota
metadata: {name: x}
status: {hard: {memory: 1G}, used: {memory: 1000Ki}}
"""


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        (VOLUME, ["    Driver: d", "    FSType: ext4", "    VolumeHandle: h", "    Term 0: <none>"]),
        (
            CLAIM,
            ["DataSource:", "  APIGroup: snapshot.storage.k8s.io", "  Kind: VolumeSnapshot", "Conditions:"],
        ),
        (CLASS, ["AllowedTopologies:", "  Term 0: zone in [a, b]"]),
        (CSI_NODE, ["    d:", "      Node ID: n", "      Allocatables:", "        Count: 2"]),
        (ATTRIBUTES, ["DriverName: d", "Parameters: a=1,b=2"]),
        (CIDR, ["CIDRs: 10.1.0.0/16, 10.2.0.0/16"]),
        (
            ADDRESS,
            ["Parent Reference:", "  Resource: services", "  Namespace: default", "  Name: kubernetes"],
        ),
        (
            SERVICE,
            ["Desired LoadBalancer IP: 5.6.7.8", "LoadBalancer Ingress: 5.6.7.8 (VIP)", "AppProtocol: http"],
        ),
        (QUOTA, ["memory 1024k 1G"]),
    ],
)
def test_what_describe_tells_of_a_kind(manifest: str, told: list[str]) -> None:
    assert set(told) <= set(described(manifest))


def request_of(subject: bytes, attributes: bytes = b"") -> str:
    """A request for a certificate in PEM and base64: as much of it as is described."""
    info = der(0x30, der(0x02, b"\0") + der(0x30, subject) + der(0x30, b"") + der(0xA0, attributes))
    body = base64.b64encode(der(0x30, info)).decode()
    pem = f"-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n"
    return base64.b64encode(pem.encode()).decode()


def der(tag: int, content: bytes) -> bytes:
    """A value in DER that is shorter than 256 bytes."""
    length = bytes([len(content)]) if len(content) < 128 else bytes([0x81, len(content)])
    return bytes([tag]) + length + content


def part(identifier: str, value: str) -> bytes:
    """A part of a name."""
    pair = der(0x06, bytes.fromhex(identifier)) + der(0x0C, value.encode())
    return der(0x31, der(0x30, pair))


def test_a_request_for_a_certificate_tells_its_subject_and_other_names() -> None:
    names = der(0x30, der(0x82, b"web.example.com") + der(0x87, bytes([10, 0, 0, 1])))
    extension = der(0x30, der(0x06, bytes.fromhex("551d11")) + der(0x04, names))
    asked = der(0x30, der(0x06, bytes.fromhex("2a864886f70d01090e")) + der(0x31, der(0x30, extension)))
    subject = part("55040a", "dev") + part("55040a", "ops") + part("550403", "alice")
    request = request_of(subject, asked)
    told = described(
        "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: x}\n"
        f"spec: {{signerName: s/t, username: bob, expirationSeconds: 3600, request: {request}}}"
    )
    assert [line.strip() for line in told[4:]] == [
        "Requesting User: bob", "Signer: s/t", "Requested Duration: 60m", "Status: Pending", "Subject:",
        "Common Name: alice", "Serial Number:", "Organization: dev", "ops", "Subject Alternative Names:",
        "DNS Names: web.example.com", "IP Addresses: 10.0.0.1", "Events: <none>",
    ]  # fmt: skip


OWNER = """
apiVersion: v1
kind: ReplicationController
metadata: {name: x, uid: mine}
spec: {selector: {a: b}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: %s, labels: {a: b}, ownerReferences: [%s]}
spec: {containers: [{name: c, image: i}]}
status: {phase: Running}
"""
_BY = "{apiVersion: v1, kind: ReplicationController, name: x, uid: %s, controller: true}"


def test_pods_that_others_control_are_not_counted() -> None:
    told = described(OWNER, POD % ("a", _BY % "mine"), POD % ("b", _BY % "other"), POD % ("c", ""))
    assert "Pods Status: 1 Running / 0 Waiting / 0 Succeeded / 0 Failed" in told


def test_nothing_printed_steers_the_terminal_today() -> None:
    told = described('apiVersion: v1\nkind: Pod\nmetadata: {name: x, annotations: {a: "b\\e[31m"}}\nspec: {}')
    assert "Annotations: a: b^[[31m" in told
    assert lines_of([("NAME", "MESSAGE"), ("x\x1b", "one\ntwo")], "v1.36")[1] == "x^[    one..."


def test_a_devices_slice_is_told_of_its_node() -> None:
    node = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}"
    part_of = (
        "apiVersion: resource.k8s.io/v1\nkind: ResourceSlice\nmetadata: {name: %s}\n"
        "spec: {driver: d, nodeName: n1, pool: {name: p}, devices: [{name: a}, {name: b}]}"
    )
    told = described(node, part_of % "a", part_of % "b")
    at = told.index("Node-Local ResourceSlices:")
    assert told[at + 3 : at + 5] == ["  d p 2 4", "System Info:"]


def test_a_node_of_which_no_kubelet_told_anything_has_no_conditions_to_show() -> None:
    told = described("apiVersion: v1\nkind: Node\nmetadata: {name: n1}")
    assert told[told.index("Addresses:") + 1] == "System Info:"
    assert "Conditions:" not in told
