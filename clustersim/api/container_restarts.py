"""Whether a container that ended is started again (v1.36.2 pkg/api/v1/pod/util.go)."""

from clustersim.api.core.container import Container, ContainerRestartRule
from clustersim.api.core.pod import Pod


def restarts(pod: Pod, name: str, exit_code: int) -> bool:
    """Whether a container that ended so is started again: by the first of its own rules that is for the exit
    code, else by its own policy, else by its pod's (ContainerShouldRestart).
    """
    specs = (*pod.spec.containers, *pod.spec.init_containers)
    spec = next((one for one in specs if one.name == name), None)
    if spec is not None and rule_for(spec, exit_code) is not None:
        return True
    policy = (spec.restart_policy if spec is not None else "") or pod.spec.restart_policy
    return policy == "Always" or (policy == "OnFailure" and exit_code != 0)


def rule_for(spec: Container, exit_code: int) -> ContainerRestartRule | None:
    """The first of a container's own rules that is for that exit code; both actions that there are start it
    again."""
    for rule in spec.restart_policy_rules:
        codes = rule.exit_codes
        if codes is not None and (exit_code in codes.values) == (codes.operator == "In"):
            return rule
    return None
