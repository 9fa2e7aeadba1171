"""Four accounts on one market, each with its own venue's rules. State changes here, never in the façades."""
