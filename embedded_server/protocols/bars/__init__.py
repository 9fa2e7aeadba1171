"""Bars: OHLC candles by topic, as FastWS speaks it (bars.md)."""
