"""The risk guardian (orchestrator.md's envelope, our messages): figures, limits, alerts, the kill switch."""
