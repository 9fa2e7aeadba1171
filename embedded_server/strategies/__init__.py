"""Strategies and the bot: they decide on closed bars and signals, and trade as anyone does."""
