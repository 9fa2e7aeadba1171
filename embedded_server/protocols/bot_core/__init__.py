"""The bot core's endpoint (bot-core.md, Rust Core Engine WebSocket)."""
