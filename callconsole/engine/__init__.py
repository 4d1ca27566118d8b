"""The headless engine: it owns the calls and knows neither Qt nor any vendor."""
