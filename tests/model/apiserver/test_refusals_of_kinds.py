"""What v1.36 refuses of kinds that little acts upon, as its validation_test.go of their groups have it."""

from typing import Any

import pytest
import yaml

from clustersim import seconds
from clustersim.api.decoding import decode_object
from clustersim.api.errors import ApiError
from clustersim.apiserver.validation.objects import validate_create, validate_update
from tests.model.reports.typed import cluster_of, typed

NETWORK = "apiVersion: networking.k8s.io/v1\n"
STORAGE = "apiVersion: storage.k8s.io/v1\n"
META = "metadata: {name: x, namespace: default}\n"
WIDE = "metadata: {name: x}\n"


def decoded(manifest: str) -> Any:
    """An object as the API server holds it."""
    return decode_object(yaml.safe_load(manifest), "v1.36").obj


def told(call: Any) -> list[str]:
    """What is wrong, field by field."""
    try:
        call()
    except ApiError as error:
        causes = error.details.causes if error.details is not None else ()
        return [f"{cause.field}: {cause.message}" for cause in causes]
    return []


CLASS = NETWORK + WIDE + "kind: IngressClass\nspec: {controller: %s}"
WITH = NETWORK + WIDE + "kind: IngressClass\nspec: {controller: a.b/c, parameters: %s}"
CIDR = NETWORK + WIDE + "kind: ServiceCIDR\nspec: {cidrs: %s}"
DRIVER = STORAGE + WIDE + "kind: CSIDriver\nspec: %s"
CSI_NODE = STORAGE + WIDE + "kind: CSINode\nspec: {drivers: %s}"
ATTACHMENT = STORAGE + WIDE + "kind: VolumeAttachment\nspec: {attacher: a, nodeName: n, source: %s}"
STORAGE_CLASS = STORAGE + WIDE + "kind: StorageClass\nprovisioner: %s"
SLICE = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n" + META + "addressType: %s"
SIGNED = (
    "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: 'any:thing'}\n"
    "spec: {request: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K, signerName: %s, usages: %s}"
)
SERVICE = "apiVersion: v1\nkind: Service\n" + META + "spec: {%s}"
ADDRESS = NETWORK + "kind: IPAddress\nmetadata: {name: '%s'}\nspec: %s"
PARENT = "{parentRef: {resource: services, name: s}}"
AUTOSCALER = (
    "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n" + META + "spec: {maxReplicas: 2, "
    "scaleTargetRef: {apiVersion: %s, kind: Deployment, name: d}%s}"
)
SECRET = "apiVersion: v1\nkind: Secret\n" + META + "type: kubernetes.io/ssh-auth"
NODE = "apiVersion: v1\nkind: Node\n" + WIDE + "spec: {podCIDRs: %s}"
REVISION = "apiVersion: apps/v1\nkind: ControllerRevision\n" + META + "revision: %s\ndata: %s"
RUNTIME = "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\n" + WIDE + "handler: %s"
VOLUME = (
    "apiVersion: v1\nkind: PersistentVolume\n" + WIDE + "spec: {capacity: {storage: 1Gi}, "
    "accessModes: [ReadWriteOnce], hostPath: {path: /a}%s}"
)
ATTRIBUTES = STORAGE + WIDE + "kind: VolumeAttributesClass\ndriverName: %s"


@pytest.mark.parametrize(
    ("manifest", "refusals"),
    [
        (CLASS % "a", ['spec.controller: Invalid value: "a": must be a domain-prefixed path (such as '
                       '"acme.io/foo")']),
        (CLASS % "a.b/c", []),
        (CLASS % f"a.b/{'c' * 250}", ["spec.controller: Too long: may not be more than 250 bytes"]),
        (WITH % "{kind: k, name: n, scope: Namespace}",
         ["spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'"]),
        (WITH % "{kind: k, name: n, scope: Cluster, namespace: n}",
         ["spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'"]),
        (CIDR % "[]", ["spec.cidrs: Required value: at least one CIDR required"]),
        (CIDR % "[10.1.0.1/16]",
         ['spec.cidrs[0]: Invalid value: "10.1.0.1/16": must not have bits set beyond the prefix length']),
        (CIDR % "[10.07.0.0/16]",
         ['spec.cidrs[0]: Invalid value: "10.07.0.0/16": must not have leading 0s in IP or prefix length']),
        (CIDR % "['FD00::/64']",
         ['spec.cidrs[0]: Invalid value: "FD00::/64": must be in canonical form ("fd00::/64")']),
        (CIDR % "[10.1.0.0/16, 'fd00::/64']", []),
        (ADDRESS % ("2001:0::1", PARENT),
         ['metadata.name: Invalid value: "2001:0::1": must be in canonical form ("2001::1")']),
        (ADDRESS % ("10.0.0.1", "{}"), ["spec.parentRef: Required value"]),
        (DRIVER % "{fsGroupPolicy: Some}", [
            'spec.fsGroupPolicy: Unsupported value: "Some": supported values: "File", "None", '
            '"ReadWriteOnceWithFSType"']),
        (DRIVER % "{tokenRequests: [{audience: a, expirationSeconds: 5}, {audience: a}]}", [
            "spec.tokenRequests[0].expirationSeconds: Invalid value: 5: may not specify a duration less than "
            "10 minutes", 'spec.tokenRequests[1].audience: Duplicate value: "a"']),
        (CSI_NODE % "[{name: _a, nodeID: n}]", [
            "spec.drivers[0].name: Invalid value: \"_a\": a lowercase RFC 1123 subdomain must consist of "
            "lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric "
            "character (e.g. 'example.com', regex used for validation is "
            r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"]),
        (CSI_NODE % "[{name: a}]", ["spec.drivers[0].nodeID: Required value"]),
        (CSI_NODE % "some", []),
        (ATTACHMENT % "{}", ["spec.source: Required value: must specify exactly one of inlineVolumeSpec and "
                             "persistentVolumeName"]),
        (STORAGE_CLASS % "p\nallowedTopologies: [{matchLabelExpressions: [{key: zone}]}]",
         ["allowedTopologies[0].matchLabelExpressions[0].values: Required value"]),
        (ATTRIBUTES % "d", ["parameters: Required value: must contain at least one key/value pair"]),
        (SLICE % "IPv4\nendpoints: [{addresses: [10.0.0.01]}]",
         ['endpoints[0].addresses[0]: Invalid value: "10.0.0.01": must not have leading 0s']),
        (SLICE % "IPv4\nendpoints: [{addresses: ['fd00::1']}]",
         ['endpoints[0].addresses: Invalid value: "fd00::1": must be an IPv4 address']),
        (SLICE % "FQDN\nendpoints: [{addresses: [web]}]",
         ['endpoints[0].addresses[0]: Invalid value: "web": should be a domain with at least two segments '
          "separated by dots"]),
        (SLICE % "IPv4\nports: [{name: a, protocol: foo}, {name: a}]", [
            'ports[0].protocol: Unsupported value: "foo": supported values: "SCTP", "TCP", "UDP"',
            'ports[1].name: Duplicate value: "a"']),
        (SLICE % "IPv4\nendpoints: [{addresses: [10.0.0.1], hints: {forZones: [{name: a}, {name: a}]}}]",
         ['endpoints[0].hints.forZones[1].name: Duplicate value: "a"']),
        (SIGNED % ("a", "[client auth]"),
         ['spec.signerName: Invalid value: "a": must be a fully qualified domain and path of the form '
          "'example.com/signer-name'"]),
        (SIGNED % ("a.b/c", "[some, some]"), [
            'spec.usages[0]: Unsupported value: "some": supported values: "any", "cert sign", "client auth", '
            '"code signing", "content commitment", "crl sign", "data encipherment", "decipher only", '
            '"digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", '
            '"ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", '
            '"ocsp signing", "s/mime", "server auth", "signing", "timestamping"',
            'spec.usages[1]: Unsupported value: "some": supported values: "any", "cert sign", "client auth", '
            '"code signing", "content commitment", "crl sign", "data encipherment", "decipher only", '
            '"digital signature", "email protection", "encipher only", "ipsec end system", "ipsec tunnel", '
            '"ipsec user", "key agreement", "key encipherment", "microsoft sgc", "netscape sgc", '
            '"ocsp signing", "s/mime", "server auth", "signing", "timestamping"',
            'spec.usages[1]: Duplicate value: "some"']),
        (SIGNED % ("a.b/c", "[client auth]"), []),
        (SERVICE % "clusterIP: None, loadBalancerClass: a/b",
         ["spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"]),
        (SERVICE % "clusterIP: None, externalIPs: [01.2.3.4], externalTrafficPolicy: Cluster",
         ['spec.externalIPs[0]: Invalid value: "01.2.3.4": must not have leading 0s']),
        (AUTOSCALER % ("v1", ""),
         ['spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group']),
        (AUTOSCALER % ("apps/v1/a", ""),
         ['spec.scaleTargetRef.apiVersion: Invalid value: "apps/v1/a": unexpected GroupVersion string: '
          "apps/v1/a"]),
        (SECRET, ["data[ssh-privatekey]: Required value"]),
        (NODE % "[10.0.0.1/16]",
         ['spec.podCIDRs[0]: Invalid value: "10.0.0.1/16": must not have bits set beyond the prefix length']),
        (NODE % "[10.1.0.0/16, 10.2.0.0/16]",
         ['spec.podCIDRs: Invalid value: ["10.1.0.0/16","10.2.0.0/16"]: may specify no more than one CIDR '
          "for each IP family"]),
        (REVISION % (1, "[1]"), ["data: Required value: data must be a valid JSON object"]),
        (REVISION % (-1, "{}"), ["revision: Invalid value: -1: must be greater than or equal to 0"]),
        (RUNTIME % "''", ["handler: Required value"]),
        (RUNTIME % "a\noverhead: {podFixed: {my.org: 1}}", [
            'overhead.limits[my.org]: Invalid value: "my.org": must be a standard resource type or fully '
            "qualified",
            'overhead.limits[my.org]: Invalid value: "my.org": must be a standard resource for containers']),
        (VOLUME % ", volumeMode: Some",
         ['spec.volumeMode: Unsupported value: "Some": supported values: "Block", "Filesystem"']),
        (VOLUME % ", volumeAttributesClassName: gold",
         ["spec.csi: Required value: has to be specified when using volumeAttributesClassName"]),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_new_object(manifest: str, refusals: list[str]) -> None:
    obj = decoded(manifest)
    assert told(lambda: validate_create(obj, "v1.36")) == refusals


@pytest.mark.parametrize(
    ("before", "after", "refusals"),
    [
        (CLASS % "a.b/c", CLASS % "a.b/d",
         ['spec.controller: Invalid value: "a.b/d": field is immutable']),
        (CIDR % "[10.1.0.0/16]", CIDR % "[10.2.0.0/16]",
         ['spec.cidrs[0]: Invalid value: "10.2.0.0/16": field is immutable']),
        (CIDR % "[10.1.0.0/16]", CIDR % "[10.1.0.0/16, 'fd00::/64']", []),
        (DRIVER % "{attachRequired: true}", DRIVER % "{attachRequired: false}",
         ["spec.attachedRequired: Invalid value: false: field is immutable"]),
        (CSI_NODE % "[{name: a, nodeID: n}]",
         CSI_NODE % "[{name: a, nodeID: n, allocatable: {count: 3}}]", []),
        (RUNTIME % "a", RUNTIME % "b", ['handler: Invalid value: "b": field is immutable']),
        (REVISION % (1, "{a: 1}"), REVISION % (2, "{a: 1}"), []),
        (ATTRIBUTES % "d\nparameters: {a: b}", ATTRIBUTES % "d\nparameters: {a: c}",
         ["parameters: Forbidden: updates to parameters are forbidden."]),
        (SERVICE % "type: LoadBalancer, externalTrafficPolicy: Cluster, ports: [{port: 1}],"
         " loadBalancerClass: a.b/c",
         SERVICE % "type: LoadBalancer, externalTrafficPolicy: Cluster, ports: [{port: 1}],"
         " loadBalancerClass: a.b/d",
         ['spec.loadBalancerClass: Invalid value: "a.b/d": may not change once set']),
        (SERVICE % "type: LoadBalancer, externalTrafficPolicy: Cluster, ports: [{port: 1}],"
         " loadBalancerClass: a.b/c",
         SERVICE % "type: LoadBalancer, externalTrafficPolicy: Cluster, ports: [{port: 1}],"
         "",
         ['spec.loadBalancerClass: Invalid value: null: may not change once set']),
        (VOLUME % ", volumeMode: Filesystem", VOLUME % ", volumeMode: Block",
         ['volumeMode: Invalid value: "Block": field is immutable']),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_change(before: str, after: str, refusals: list[str]) -> None:
    old, new = decoded(before), decoded(after)
    assert told(lambda: validate_update(old, new, "v1.36", "")) == refusals


@pytest.mark.parametrize("release", ["v1.8", "v1.36"])
def test_a_revision_that_a_controller_made_is_labelled(release: str) -> None:
    daemon_set = "{kind: DaemonSet, name: web, containers: [{name: c, image: web, port: 80}]}"
    cluster = cluster_of(f"release: {release}\nnodes: 1\nobjects: [{daemon_set}]\n")
    cluster.run_until(seconds(20))
    assert typed(cluster, "kubectl label controllerrevisions --all seen=yes").endswith(" labeled")
    revision = next(iter(cluster.objects("controllerrevisions").values()))
    assert revision.metadata.labels["seen"] == "yes"
