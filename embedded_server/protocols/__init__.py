"""What each endpoint says: a façade and its message models a folder, each a pure projection of engine events."""
