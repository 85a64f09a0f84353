"""What is publicly known of open models: a data file, how it is built from open indexes, and which entry a model is."""
