"""The strategy orchestrator (orchestrator.md): strategies, their signals and trades."""
