"""Bars (bars.md): candles of one topic a connection, because `bars.update` does not say whose they are."""
