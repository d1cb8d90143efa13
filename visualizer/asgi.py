"""The ASGI application: HTTP by Django, WebSockets by the rooms."""

import gc
import os
import sys
import time
from typing import Any, Final

from django.core.asgi import get_asgi_application

gc.disable()  # all that is imported stays: to look for garbage in it takes a sixth of the start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "visualizer.settings")
django_application = get_asgi_application()

# Only now, when Django is set up, can models be imported.
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from clustersim.engine.collecting import put_aside, put_aside_when_much  # noqa: E402
from visualizer import workers  # noqa: E402
from visualizer.joined_app import JoinedFiles  # noqa: E402
from visualizer.kubeapi.address import PREFIX  # noqa: E402
from visualizer.kubeapi.app import KubeApi  # noqa: E402
from visualizer.origin import SameOrigin  # noqa: E402
from visualizer.rooms.routing import websocket_urlpatterns  # noqa: E402
from visualizer.rooms.socket.consumers import STRAIGHT  # noqa: E402
from visualizer.static_app import StaticFiles  # noqa: E402

THREADS_TAKE_TURNS: Final = 0.001
"""Seconds after which a thread that computes a page lets others go on: so long a tick waits for each."""
sys.setswitchinterval(THREADS_TAKE_TURNS)

kube_api = KubeApi()
http = StaticFiles(JoinedFiles(django_application))


async def http_by_path(scope: Any, receive: Any, send: Any) -> None:
    """Clients of the Kubernetes API speak past Django: no session, no middleware, no thread for a watch."""
    await (kube_api if scope["path"].startswith(PREFIX) else http)(scope, receive, send)


pages = SameOrigin(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))


async def websocket_by_path(scope: Any, receive: Any, send: Any) -> None:
    """Pages hear their room; clients of the Kubernetes API exec into containers."""
    if scope["path"].startswith(PREFIX):
        await kube_api.socket(scope, receive, send)
    else:
        await pages({**scope, STRAIGHT: send}, receive, send)


application = ProtocolTypeRouter({"http": http_by_path, "websocket": websocket_by_path})
workers.warm()
# The program itself is there for ever: to look for garbage in it, again and again, would take a tenth of a
# second each time.
gc.collect()
put_aside()
gc.enable()
put_aside_when_much(time.thread_time)
