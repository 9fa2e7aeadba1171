"""The strategy orchestrator (orchestrator.md): strategies listed, started, paused, stopped; their signals and trades."""
