"""The forex dealer: instant execution, requotes, offers that expire."""
