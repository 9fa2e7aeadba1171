"""The channels API: HMAC login, market and account channels of the spot account, REST orders."""
