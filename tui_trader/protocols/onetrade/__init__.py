"""OneTrade (onetrade.md): a forex broker with a dealer. Events by WebSocket, requests by REST."""
