"""The risk guardian's endpoint (CLARIFICATIONS.md: orchestrator.md documents only its envelope)."""
