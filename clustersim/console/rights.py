"""What whoever asks may do: in another's name, or with a token, no more than the roles let them."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from clustersim.api.errors import ApiError
from clustersim.api.request import Request
from clustersim.apiserver.authorization import Asked, Somebody, asked_of, decide, forbidden, roles_of
from clustersim.apiserver.escalation import check_grant
from clustersim.console.refusals import Refused
from clustersim.console.served import Served

if TYPE_CHECKING:
    from clustersim.cluster import Cluster


class Allowed(Served):
    """Judges what is asked for."""

    def __init__(self, cluster: "Cluster") -> None:
        super().__init__(cluster)
        self.acting: Somebody | None = None
        """In whose name the line asks, whom roles may refuse something; None: in the administrator's."""

    def may(
        self,
        verb: str,
        resource: str,
        namespace: str = "",
        name: str = "",
        part: str = "",
        node: str = "",
    ) -> None:
        """Raises Refused where the roles of whoever asks do not let them. part: a subresource."""
        if self.acting is None or resource not in self.resources:
            return
        known, group = self.resources[resource], self.group(resource)
        word = f"{known.word}/{part}" if part else known.word
        where = namespace if known.namespaced else ""
        self._allow(Asked(verb, group, word, name, where, node=node))

    def may_get(self, path: str) -> None:
        """The same of a path of the server that is no object's."""
        self._allow(Asked("get", path=path.partition("?")[0]))

    def lets(self, verb: str, resource: str, namespace: str) -> bool:
        """Whether they do."""
        try:
            self.may(verb, resource, namespace)
        except Refused:
            return False
        return True

    def _check(self, request: Request, doing: str = "") -> None:
        """The same of a request."""
        if self.acting is not None:
            version = request.api_version or self.api_version(request.resource)
            told, resource = replace(request, api_version=version), self.resources[request.resource]
            self._allow(asked_of(told, resource, self.release), doing)

    def _allow(self, asked: Asked, doing: str = "") -> None:
        if self.acting is None:
            return
        verdict = decide(roles_of(self.etcd, self.release, self.server.flags), self.acting, asked)
        if not verdict.allowed:
            raise Refused(forbidden(self.acting.user, asked, self.release, verdict.reason), doing)

    def _check_grant(self, request: Request, body: Any, doing: str = "") -> None:
        """Raises Refused where a role or a binding that is written gives more than whoever asks has."""
        if self.acting is None or request.verb not in ("create", "update", "patch"):
            return
        etcd = self.cluster.world.etcd
        try:
            check_grant(roles_of(etcd, self.release, self.server.flags), self.acting, request.resource, body)
        except ApiError as error:
            raise Refused(error, doing) from None
