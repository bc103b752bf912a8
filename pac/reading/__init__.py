"""Liberal reading of answers whose texts promise little: shared by all clients."""
