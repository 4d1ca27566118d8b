"""The HTTP server: what this console offers to programs, and where other adapters hook in."""
