"""CustomResourceDefinitions to add kinds with."""

from textwrap import indent


def definition(
    kind: str,
    group: str = "example.com",
    *,
    schema: str = "type: object\n",
    names: str = "",
    of_version: str = "",
) -> str:
    """Of a kind that has one version, v1, as v1.36 takes it. names: more of them; schema and of_version:
    lines of YAML."""
    return (
        f"apiVersion: apiextensions.k8s.io/v1\n{_head(kind, group, names)}"
        "  versions:\n  - name: v1\n    served: true\n    storage: true\n"
        f"    schema:\n      openAPIV3Schema:\n{indent(schema, ' ' * 8)}{indent(of_version, ' ' * 4)}"
    )


def definition_of_old(kind: str, group: str = "example.com", *, names: str = "") -> str:
    """The same as v1.7 and v1.8 take it, which know no schemas yet."""
    return f"apiVersion: apiextensions.k8s.io/v1beta1\n{_head(kind, group, names)}  version: v1\n"


def _head(kind: str, group: str, names: str) -> str:
    singular = kind.lower()
    known = f"plural: {singular}s, singular: {singular}, kind: {kind}"
    return (
        f"kind: CustomResourceDefinition\nmetadata: {{name: {singular}s.{group}}}\nspec:\n"
        f"  group: {group}\n  scope: Namespaced\n  names: {{{known}{f', {names}' if names else ''}}}\n"
    )
