"""What is known, as plain mutable objects; `Store` alone writes, every part counts changes in `revision`."""
