"""What goes over the WebSocket of the stage, both ways: one JSON object each, tagged by its type."""
