"""Turns as rows: accepted once, claimed in order, owned under a lease, closed once."""
