"""The ASGI application: HTTP by Django, WebSockets by the rooms."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "visualizer.settings")
http = get_asgi_application()

# Only now, when Django is set up, can models be imported.
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from visualizer import workers  # noqa: E402
from visualizer.origin import SameOrigin  # noqa: E402
from visualizer.rooms.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {"http": http, "websocket": SameOrigin(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))}
)
workers.warm()
