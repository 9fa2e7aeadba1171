"""The user's own alerts: what to watch for, and when it happened. No widget, no clock."""
