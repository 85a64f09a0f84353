"""Adapters: one folder per platform; none knows another."""
