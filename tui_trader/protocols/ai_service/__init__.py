"""The AI service (bot-core.md, Python AI Service): signals, in the documented and the observed dialect."""
