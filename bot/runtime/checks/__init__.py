"""What `lyceum doctor` looks at besides the platforms: database, models, lessons, and the machine."""
