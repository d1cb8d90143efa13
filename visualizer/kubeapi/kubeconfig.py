"""The file that tells kubectl where a room is and who asks."""

from clustersim.kubectl.manifest import to_yaml


def kubeconfig(code: str, server: str, secret: str = "") -> str:
    """The kubeconfig, as YAML. server: the address up to and without `/api`; secret: sent as a bearer token,
    which kubectl does over HTTPS only; over HTTP it stands in the address.
    """
    name = f"clustersim-{code.lower()}"
    secure = server.startswith("https:")
    user = {"token": secret} if secret and secure else {}
    # Without it the JavaScript client refuses plain HTTP.
    cluster = {"server": server} if secure else {"server": server, "insecure-skip-tls-verify": True}
    return to_yaml(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": cluster}],
            "users": [{"name": name, "user": user}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": "default"}}],
            "current-context": name,
        }
    )
