"""All facts together: names, constants, paths, configuration values and project-made I/O wrappers resolved."""
