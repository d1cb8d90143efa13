"""The admission plugin ServiceAccount: as whom a pod runs, and what it may use of its account.

The token's volume is left out. The real plugin waits for `default`, which a controller makes; here it may be
missing. Sources: v1.7.5, v1.8.0, v1.36.2 plugin/pkg/admission/serviceaccount/admission.go.
"""

from collections.abc import Iterator
from typing import Any, Final

from clustersim.api.core_v1 import Container, Pod, ServiceAccount
from clustersim.api.errors import forbidden
from clustersim.api.meta import replace
from clustersim.api.mirrors import is_mirror
from clustersim.etcd import Etcd
from clustersim.flags.apiserver import ApiServerFlags

_DEFAULT: Final = "default"
_ENFORCED: Final = "kubernetes.io/enforce-mountable-secrets"
_TRUE: Final = ("1", "t", "T", "TRUE", "true", "True")


def service_account(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """A pod runs as its namespace's account `default` unless it names another, which must be there; it pulls
    images with the secrets of the account, unless it names some."""
    missing = "service account {name} was not found, retry after the service account is created"
    return _admitted(etcd, resource, obj, missing, today=False)


def service_account_of_today(etcd: Etcd, _: ApiServerFlags, resource: str, obj: Any) -> Any:
    """The same, in the words of v1.36."""
    missing = 'error looking up service account {name}: serviceaccount "{account}" not found'
    return _admitted(etcd, resource, obj, missing, today=True)


def _admitted(etcd: Etcd, resource: str, obj: Any, missing: str, *, today: bool) -> Any:
    if not isinstance(obj, Pod):
        return obj
    if is_mirror(obj):
        if why := _not_for_mirrors(obj, today=today):
            raise forbidden(resource, obj.metadata.name, why)
        return obj
    name = obj.spec.service_account_name or _DEFAULT
    key = f"{obj.metadata.namespace}/{name}"
    account: ServiceAccount | None = etcd.get("serviceaccounts", key)
    if account is None and name != _DEFAULT:
        raise forbidden(resource, obj.metadata.name, missing.format(name=key, account=name))
    spec = replace(obj.spec, service_account_name=name, service_account=name)
    if account is not None:
        if account.metadata.annotations.get(_ENFORCED) in _TRUE and (
            why := _not_of(account, obj, today=today)
        ):
            raise forbidden(resource, obj.metadata.name, why)
        if not spec.image_pull_secrets and account.image_pull_secrets:
            spec = replace(spec, image_pull_secrets=account.image_pull_secrets)
    return replace(obj, spec=spec)


def _not_for_mirrors(pod: Pod, *, today: bool) -> str:
    """What a mirror of a static pod may not name: its kubelet runs it without the API server."""
    if pod.spec.service_account_name:
        return "a mirror pod may not reference service accounts"
    containers = (*pod.spec.init_containers, *pod.spec.containers)
    in_volumes = any(volume.secret is not None for volume in pod.spec.volumes)
    if (
        pod.spec.image_pull_secrets
        or in_volumes
        or any(list(_secrets(one, whole=True)) for one in containers)
    ):
        return "a mirror pod may not reference secrets"
    sources = (
        source
        for volume in pod.spec.volumes
        if volume.projected is not None
        for source in volume.projected.sources
    )
    if today and any(source.service_account_token is not None for source in sources):
        return "a mirror pod may not use ServiceAccountToken volume projections"
    return ""


def _not_of(account: ServiceAccount, pod: Pod, *, today: bool) -> str:
    """The first secret that the pod uses and its account does not name (limitSecretReferences); until v1.8
    nobody looked at `envFrom`."""
    own = {one.name for one in account.secrets}
    why = f"is not allowed because service account {account.metadata.name} does not reference that"
    for volume in pod.spec.volumes:
        if volume.secret is not None and volume.secret.secret_name not in own:
            return f'volume with secret.secretName="{volume.secret.secret_name}" {why} secret'
    for kind, containers in (
        ("init container", pod.spec.init_containers),
        ("container", pod.spec.containers),
    ):
        for container in containers:
            for where, name in _secrets(container, whole=today):
                if name not in own:
                    told = f'{kind} {container.name} with {where} referencing secret.secretName="{name}"'
                    return f"{told} {why} secret"
    pulled_with = {one.name for one in account.image_pull_secrets}
    for index, one in enumerate(pod.spec.image_pull_secrets):
        if one.name not in pulled_with:
            return f'imagePullSecrets[{index}].name="{one.name}" {why} imagePullSecret'
    return ""


def _secrets(container: Container, *, whole: bool) -> Iterator[tuple[str, str]]:
    """Where a container's environment names secrets, and which; whole: with those of `envFrom`."""
    for variable in container.env:
        source = variable.value_from
        if source is not None and source.secret_key_ref is not None:
            yield f"envVar {variable.name}", source.secret_key_ref.name
    for one in container.env_from if whole else ():
        if one.secret_ref is not None:
            yield "envFrom", one.secret_ref.name
