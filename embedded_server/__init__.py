"""The simulated backend: one deterministic market behind eight documented endpoints."""
