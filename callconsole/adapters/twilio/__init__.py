"""Twilio as our phone company: its REST API, its webhooks and its Media Streams."""
