"""Delivery: what a reply says becomes messages on a platform, in their order and at the platform's pace."""
