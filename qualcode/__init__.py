"""Qualitative coding of interview transcripts: three coding stages, agreement, cross-case analysis."""

__version__ = "0.1.0"
