"""What the two services of bot-core.md, the core and the AI service, say alike."""
