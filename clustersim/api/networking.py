"""Ingress, IngressClass and NetworkPolicy."""

from clustersim.api.core.persistent_volume import TypedLocalObjectReference
from clustersim.api.meta import ApiObject, ApiStruct, Int32, IntOrString, LabelSelector, written


class ServiceBackendPort(ApiStruct, frozen=True, kw_only=True):
    """A port by name or number."""

    name: str = ""
    number: Int32 = 0


class IngressServiceBackend(ApiStruct, frozen=True, kw_only=True):
    """A Service and its port."""

    name: str = written("")
    port: ServiceBackendPort | None = None


class IngressBackend(ApiStruct, frozen=True, kw_only=True):
    """The Service, or another object, that requests go to."""

    service_name: str = ""
    service_port: IntOrString | None = None
    resource: TypedLocalObjectReference | None = None
    service: IngressServiceBackend | None = None


class HTTPIngressPath(ApiStruct, frozen=True, kw_only=True):
    """A path, and where it leads."""

    backend: IngressBackend = written(IngressBackend())
    path_type: str = ""
    path: str = ""


class HTTPIngressRuleValue(ApiStruct, frozen=True, kw_only=True):
    """The paths."""

    paths: tuple[HTTPIngressPath, ...] = written(())


class IngressRule(ApiStruct, frozen=True, kw_only=True):
    """Paths of one host."""

    host: str = ""
    http: HTTPIngressRuleValue | None = None


class IngressTLS(ApiStruct, frozen=True, kw_only=True):
    """Hosts that speak TLS, and the Secret with their certificate."""

    hosts: tuple[str, ...] = ()
    secret_name: str = ""


class IngressSpec(ApiStruct, frozen=True, kw_only=True):
    """The rules."""

    backend: IngressBackend | None = None
    default_backend: IngressBackend | None = None
    ingress_class_name: str | None = None
    rules: tuple[IngressRule, ...] = ()
    tls: tuple[IngressTLS, ...] = ()


class IngressPortStatus(ApiStruct, frozen=True, kw_only=True):
    """A port of it."""

    port: Int32 = written(0)
    protocol: str = written("")
    error: str = ""


class IngressLoadBalancerIngress(ApiStruct, frozen=True, kw_only=True):
    """One such point."""

    hostname: str = ""
    ip: str = ""
    ports: tuple[IngressPortStatus, ...] = ()


class IngressLoadBalancerStatus(ApiStruct, frozen=True, kw_only=True):
    """The points where it answers."""

    ingress: tuple[IngressLoadBalancerIngress, ...] = ()


class IngressStatus(ApiStruct, frozen=True, kw_only=True):
    """Where it answers."""

    load_balancer: IngressLoadBalancerStatus = written(IngressLoadBalancerStatus())


class Ingress(ApiObject, frozen=True, kw_only=True):
    """How HTTP from outside reaches Services."""

    spec: IngressSpec = IngressSpec()
    status: IngressStatus = IngressStatus()


class IngressClassParametersReference(ApiStruct, frozen=True, kw_only=True):
    """Where its parameters are."""

    kind: str = written("")
    name: str = written("")
    api_group: str = ""
    namespace: str = ""
    scope: str = ""


class IngressClassSpec(ApiStruct, frozen=True, kw_only=True):
    """The controller and its parameters."""

    controller: str = ""
    parameters: IngressClassParametersReference | None = None


class IngressClass(ApiObject, frozen=True, kw_only=True):
    """Which controller serves an Ingress."""

    spec: IngressClassSpec = IngressClassSpec()


class IPBlock(ApiStruct, frozen=True, kw_only=True):
    """Addresses, except for some of them."""

    cidr: str = written("")
    except_: tuple[str, ...] = ()


class NetworkPolicyPeer(ApiStruct, frozen=True, kw_only=True):
    """Pods, namespaces or addresses."""

    ip_block: IPBlock | None = None
    namespace_selector: LabelSelector | None = None
    pod_selector: LabelSelector | None = None


class NetworkPolicyPort(ApiStruct, frozen=True, kw_only=True):
    """A port."""

    end_port: Int32 | None = None
    port: IntOrString | None = None
    protocol: str = written("TCP")


class NetworkPolicyEgressRule(ApiStruct, frozen=True, kw_only=True):
    """What may go out."""

    ports: tuple[NetworkPolicyPort, ...] = ()
    to: tuple[NetworkPolicyPeer, ...] = ()


class NetworkPolicyIngressRule(ApiStruct, frozen=True, kw_only=True):
    """What may come in."""

    from_: tuple[NetworkPolicyPeer, ...] = ()
    ports: tuple[NetworkPolicyPort, ...] = ()


class NetworkPolicySpec(ApiStruct, frozen=True, kw_only=True):
    """Which pods, and what they may receive and send."""

    egress: tuple[NetworkPolicyEgressRule, ...] = ()
    ingress: tuple[NetworkPolicyIngressRule, ...] = ()
    pod_selector: LabelSelector | None = None
    policy_types: tuple[str, ...] = ()


class NetworkPolicy(ApiObject, frozen=True, kw_only=True):
    """Who may talk to a set of pods."""

    spec: NetworkPolicySpec = NetworkPolicySpec()
