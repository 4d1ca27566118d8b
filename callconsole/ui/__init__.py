"""Widgets: how the window looks; they decide nothing."""
