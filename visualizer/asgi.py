"""The ASGI application: HTTP by Django, WebSockets by the rooms."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "visualizer.settings")
application = get_asgi_application()
