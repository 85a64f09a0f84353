"""What `tests.bench.speed` measures with: the programs, the people on each platform, the bare client, the report."""
