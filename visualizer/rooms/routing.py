"""The addresses of WebSockets."""

from typing import Any

from django.urls import path

from visualizer.rooms.socket.consumers import StageConsumer

stage: Any = StageConsumer.as_asgi()
websocket_urlpatterns: list[Any] = [path("ws/rooms/<str:code>/", stage)]
