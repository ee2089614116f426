"""The feed documents: one module a format, each in the dialect of the platforms that publish it."""
