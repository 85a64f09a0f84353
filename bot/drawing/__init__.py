"""How figures read where no platform shows them itself: as CSV, as a picture."""
