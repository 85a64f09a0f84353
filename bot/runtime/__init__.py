"""What runs: settings become objects, once, and the adapters serve until a signal comes."""
