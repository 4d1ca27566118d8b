"""The pieces that the window is built of: painted, keyboard-ready, named for screen readers."""
