"""The channels API (channels.md): a spot exchange with signed login, channels to subscribe, and signed REST for orders."""
