"""The conversation engine: what is answered, by which model, in which order. It knows no platform and no SQL."""
