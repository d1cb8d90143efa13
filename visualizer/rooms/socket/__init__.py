"""The WebSocket of the stage: one viewer's connection, and what it asks for."""
