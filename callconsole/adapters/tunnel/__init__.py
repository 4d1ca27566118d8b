"""How the outside world reaches our server, and whether it does."""
