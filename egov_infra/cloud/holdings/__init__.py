"""Kinds of things that an account may hold, a module for each service. The folder is scanned."""
