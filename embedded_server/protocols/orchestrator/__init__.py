"""The strategy orchestrator's endpoint (orchestrator.md)."""
