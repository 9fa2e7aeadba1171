"""The channels API (channels.md): a spot exchange with signed login, channels, and signed REST for orders."""
