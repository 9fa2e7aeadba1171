"""The market data gateway (orchestrator.md's envelope, our messages): data of every instrument."""
