"""The addresses of WebSockets."""

from django.urls import path

from visualizer.rooms.consumers import StageConsumer

websocket_urlpatterns = [path("ws/rooms/<str:code>/", StageConsumer.as_asgi())]
