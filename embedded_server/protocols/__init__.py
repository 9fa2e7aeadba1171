"""What each endpoint says: a folder each, a pure projection of engine events."""
