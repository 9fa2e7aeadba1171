"""How frames become events and commands become frames: one codec a folder, listed in registry.py."""
