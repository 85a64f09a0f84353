"""Model backends: everything that makes an open model speak, behind `ports.ModelBackend`."""
