"""What known images answer to whoever asks for a page, as their documentation and tutorials show it.

Sources: docker-nginx and httpd (their index.html); GoogleCloudPlatform/kubernetes-engine-samples
quickstarts/hello-app/main.go; kubernetes-bootcamp's server.js; v1.36 test/images (nautilus, kitten) and
registry.k8s.io/hpa-example (index.php); the tutorial "Using Source IP" for registry.k8s.io/echoserver.
"""

import re
from typing import Final, NamedTuple

from clustersim.programs.known import image_name

_NGINX: Final = """<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
"""
_HTTPD: Final = "<html><body><h1>It works!</h1></body></html>\n"
_INDEX: Final = ("/", "/index.html")
_VERSION: Final = re.compile(r":v?(\d+)")
_ECHO: Final = """

Hostname: {host}

Pod Information:
\t-no pod information available-

Server values:
\tserver_version=nginx: 1.13.3 - lua: 10008

Request Information:
\tclient_address={client}
\tmethod={method}
\treal path={path}
\tquery={query}
\trequest_version=1.1
\trequest_scheme=http
\trequest_uri=http://{asked}:8080{path}

Request Headers:
\taccept=*/*
\thost={asked}
\tuser-agent=curl/7.81.0

Request Body:
\t-no body in request-

"""


class Asker(NamedTuple):
    """Who asks. client: the address from which the request seems to come; asked: for which host."""

    client: str = ""
    asked: str = ""


NOBODY: Final = Asker("127.0.0.1", "localhost")


def known_page(image: str, method: str, address: str, host_name: str, asker: Asker = NOBODY) -> str | None:
    """What an image's own program answers; None: nobody knows. host_name: of its pod."""
    path, _mark, query = address.partition("?")
    found = _VERSION.search(image)
    version = found[1] if found is not None else "1"
    match image_name(image):
        case "nginx" | "nginx-slim" | "nginx-unprivileged":
            return _NGINX if path in _INDEX else None
        case "httpd":
            return _HTTPD if path in _INDEX else None
        case "hello-app":
            return f"Hello, world!\nVersion: {version}.0.0\nHostname: {host_name}\n"
        case "kubernetes-bootcamp":
            return f"Hello Kubernetes bootcamp! | Running on: {host_name} | v={version}\n"
        case "hpa-example" | "php-apache":
            return "OK!" if path in ("/", "/index.php") else None
        case ("nautilus" | "kitten") as name:
            return f'{{\n"image": "{name}.jpg"\n}}\n' if path == "/data.json" else None
        case "echoserver":
            return _ECHO.format(
                host=host_name, client=asker.client, method=method, path=path, query=query, asked=asker.asked
            )
    return None
