"""What is TRUE about a repository: discover, read, link, graph. Knows no rule and no report format."""
