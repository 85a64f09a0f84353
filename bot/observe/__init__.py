"""What the operator sees of a running bot."""
