"""Pictures: one function a picture, one module a subject."""
