"""How much of what a role gives is looked at."""

import pytest

from clustersim.api.errors import ApiError
from clustersim.api.meta import ObjectMeta
from clustersim.api.rbac import ClusterRole, PolicyRule
from clustersim.apiserver.authorization import Roles, Somebody
from clustersim.apiserver.escalation import MOST_TOLD, check_grant

NOBODY_HAS_ROLES = {
    kind: {} for kind in ("roles", "clusterroles", "rolebindings", "clusterrolebindings")
}  # fmt: skip
BOB = Somebody("bob", ("system:authenticated",))


@pytest.mark.parametrize("today", [False, True])
@pytest.mark.parametrize("length", [1, 4000])
def test_a_role_of_thousands_of_millions_of_rights_is_refused_in_a_bounded_text(
    today: bool, length: int
) -> None:
    many = tuple(f"{number:0{length}}" for number in range(400))
    rule = PolicyRule(api_groups=many, resources=many, verbs=many, resource_names=many)
    role = ClusterRole(metadata=ObjectMeta(name="r"), rules=(rule,))
    with pytest.raises(ApiError) as refused:
        check_grant(Roles(NOBODY_HAS_ROLES, today), BOB, "clusterroles", role)
    assert refused.value.status == 403
    assert '"r" is forbidden' in refused.value.message
    assert len(refused.value.message) < 8 * MOST_TOLD
