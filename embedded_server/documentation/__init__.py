"""AsyncAPI, OpenAPI and pages, from the models the façades use; nothing is built before it is asked for."""
