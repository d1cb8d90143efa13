"""What kubectl says to lines that lack something, in the words of its release.

Sources: v1.7, v1.8 pkg/kubectl/cmd/util/helpers.go UsageError, pkg/kubectl/cmd/cmd.go validResources,
pkg/kubectl/resource/builder.go; v1.36 k8s.io/kubectl pkg/cmd/util/helpers.go UsageErrorf.
"""

from typing import Final

from clustersim.console.answer import Said
from clustersim.console.api import Api

NOTHING_NAMED: Final = """\
error: You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'"""
NO_NAME: Final = "error: resource(s) were provided, but no name, label selector, or --all flag specified"
_KINDS: Final = (
    "all|certificatesigningrequests csr|clusterrolebindings|clusterroles|clusters -|componentstatuses cs|"
    "configmaps cm|controllerrevisions|cronjobs|customresourcedefinition crd|daemonsets ds|"
    "deployments deploy|endpoints ep|events ev|horizontalpodautoscalers hpa|ingresses ing|jobs|"
    "limitranges limits|namespaces ns|"
    "networkpolicies netpol|nodes no|persistentvolumeclaims pvc|persistentvolumes pv|poddisruptionbudgets "
    "pdb|podpreset|pods po|podsecuritypolicies psp|podtemplates|replicasets rs|replicationcontrollers rc|"
    "resourcequotas quota|rolebindings|roles|secrets|serviceaccounts sa|services svc|statefulsets|"
    "storageclasses|thirdpartyresources"
)
"""What `kubectl get` of v1.7 and v1.8 lists, each with its short name."""
_NOT_IN: Final = {"v1.7": "customresourcedefinition", "v1.8": "thirdpartyresources"}


def misused(api: Api, command: str, told: str) -> Said:
    """What is wrong with a line, and where help is."""
    return Said(f"error: {told}{hint(api, command)}")


def hint(api: Api, command: str) -> str:
    """The line about the help: in v1.7 and v1.8 with a full stop."""
    return f"\nSee 'kubectl {command} -h' for help and examples{'' if api.today else '.'}"


def no_kind(api: Api, verb: str) -> Said:
    """No kind is named; the old releases list those they know."""
    listed = 'Use "kubectl api-resources" for a complete list of supported resources.'
    if api.today and verb != "get":
        end = "" if verb == "explain" else "\n"
        return Said(f"error: You must specify the type of resource to {verb}. {listed}{end}")
    told = "error: Required resource not specified."
    if verb == "get":
        example = "of that resource (e.g. kubectl explain pods)."
        told += f'\nUse "kubectl explain <resource>" for a detailed description {example}'
    if api.today:
        kinds = f"{listed}\n\n"
    else:
        known = [_listed(kind) for kind in _KINDS.split("|") if not kind.startswith(_NOT_IN[api.release])]
        kinds = "\n    * ".join(["Valid resource types include:\n", *known]) + "\n    "
    return Said(f"You must specify the type of resource to {verb}. {kinds}{told}{hint(api, verb)}")


def _listed(kind: str) -> str:
    name, _space, short = kind.partition(" ")
    if short == "-":
        return f"{name} (valid only for federation apiservers)"
    return f"{name} (aka '{short}')" if short else name
