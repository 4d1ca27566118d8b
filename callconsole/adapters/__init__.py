"""One outside thing each: Twilio, Gemini, the web server, the tunnel, the sound card, files."""
