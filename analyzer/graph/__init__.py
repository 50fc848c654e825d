"""All facts of a repository as one graph: modules, steps, artifacts, components, owners, with the reason for each."""
