"""A desktop console with which a person lets an AI make phone calls, watches them and steps in."""

__version__ = "0.1.0"
