"""Looks at everything that a call needs, and says in words what is right or how to cure it."""
