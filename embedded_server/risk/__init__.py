"""The risk guardian: watches all four accounts, warns, refuses what is too large, and can stop everything."""
