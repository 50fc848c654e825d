"""Configuration as a source of values: one module for each way in which code gets them."""
