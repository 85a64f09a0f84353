"""Health and logs: what the operator sees of a running bot."""
