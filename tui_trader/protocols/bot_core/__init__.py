"""Bot core (bot-core.md): perpetuals' prices, the bot, its positions, trades and AI signals."""
