"""The outside world in miniature, on loopback: a phone company and an agent."""
