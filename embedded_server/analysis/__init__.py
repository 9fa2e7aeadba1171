"""Indicators and AI signals: functions of closed bars and the quote of the instant. Nothing here trades."""
