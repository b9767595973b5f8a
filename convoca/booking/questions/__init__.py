"""Reads shared by the doors. Nothing here writes, and nothing here decides but who may see a link."""
