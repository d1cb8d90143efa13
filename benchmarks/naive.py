"""The baseline of benchmarks.delivery: what a tutorial would do. Each viewer is a member of the channel
layer's group, and every tick is a dict that every viewer's consumer turns into JSON for itself.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import django
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

settings.configure(
    SECRET_KEY="only-for-a-benchmark",
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}}
    },
)
django.setup()

TICK: dict[str, Any] = json.loads(Path(os.environ["TICK_FILE"]).read_text())
PERIOD = 0.1


class Everybody(AsyncJsonWebsocketConsumer):
    """One viewer."""

    publisher: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await self.channel_layer.group_add("everybody", self.channel_name)
        await self.accept()
        if Everybody.publisher is None:
            Everybody.publisher = asyncio.create_task(publish())

    async def room_tick(self, message: dict[str, Any]) -> None:
        await self.send_json(message["tick"])


async def publish() -> None:
    """Ten ticks a second."""
    layer = get_channel_layer()
    seq = 0
    while True:
        seq += 1
        await layer.group_send("everybody", {"type": "room.tick", "tick": {**TICK, "seq": seq}})
        await asyncio.sleep(PERIOD)


application = ProtocolTypeRouter({"websocket": URLRouter([path("ws", Everybody.as_asgi())])})
