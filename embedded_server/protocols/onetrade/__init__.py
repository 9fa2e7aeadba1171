"""OneTrade: sessions, JSON events, binary frames and the REST half of the forex account (onetrade.md)."""
