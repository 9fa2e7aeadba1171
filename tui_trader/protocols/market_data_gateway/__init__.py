"""The market data gateway (orchestrator.md's envelope, our messages): quotes, trades, depth and candles of everything."""
