"""The AI service's endpoint (bot-core.md, Python AI Service WebSocket)."""
