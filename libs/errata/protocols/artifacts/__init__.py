"""What build tools upload: artifact bundles and the notes within built files."""
