"""The market data gateway's endpoint (CLARIFICATIONS.md: orchestrator.md documents only its envelope)."""
