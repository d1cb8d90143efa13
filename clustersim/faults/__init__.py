"""The catalogue of what can be done to a cluster: one class for each verb.

Processes are stopped and started where they run; machines and the network have their own faults; everything
that concerns API objects goes through the API server, as anybody's kubectl does.
"""

from clustersim.faults.action import Action, Parameter, Target
from clustersim.faults.catalogue import ACTIONS, action_named, actions_for

__all__ = ["ACTIONS", "Action", "Parameter", "Target", "action_named", "actions_for"]
