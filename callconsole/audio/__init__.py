"""Samples in, samples out: codecs, filters, meters and files; no devices and no asyncio."""
